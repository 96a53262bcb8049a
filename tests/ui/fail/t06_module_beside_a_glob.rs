//! A glob brings a vthread function beside a module of its name, which hides whether it suspends.

#![deny(deprecated)]

mod client {
    mod fetch {
        use vthread::vthread;

        #[vthread]
        pub fn fetch() -> u32 {
            vthread::yield_now();
            1
        }
    }
    pub use fetch::*;
}

fn main() {
    client::fetch();
}
