//! What the macros use for recursive calls is unsafe.
pub fn make() -> vthread::__rt::Segment<std::future::Ready<u32>> {
    vthread::__rt::segment(std::future::ready(1))
}

fn main() {}
