//! What the macros use to make a call is unsafe.
fn main() {
    let _ = vthread::__rt::call(async {});
}
