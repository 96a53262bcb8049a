//! A module of the file has the name of a function that a glob import brings.

use vthread::vthread;

mod users {
    use vthread::vthread;

    #[vthread]
    pub fn list() -> u32 {
        1
    }
}

use users::*;

mod list {
    pub const LENGTH: u32 = 3;
}

#[vthread]
fn main() {
    assert_eq!(list(), list::LENGTH);
}
