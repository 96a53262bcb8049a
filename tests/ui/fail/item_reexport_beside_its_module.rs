//! A function re-exported beside the module of its name.
mod sleep {
    #[vthread::vthread]
    pub fn sleep(n: u32) -> u32 {
        n
    }
}

pub use sleep::sleep;

fn main() {}
