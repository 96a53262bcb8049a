//! A macro under a name of std's that comes by `#[macro_use]` is the user's where the file imports its name.

#[macro_use]
mod everywhere {
    macro_rules! dbg {
        ($shown:expr) => {
            stringify!($shown)
        };
    }
}

mod inside {
    #[allow(unused_imports)]
    use dbg;

    #[vthread::vthread]
    fn one() -> u32 {
        1
    }

    #[vthread::vthread]
    pub fn shown() -> &'static str {
        dbg!(one())
    }
}

fn main() {
    assert_eq!(inside::shown(), "one()");
}
