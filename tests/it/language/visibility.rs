//! Visibility, imports, renames, globs and re-exports inside a crate.

#![allow(unreachable_pub)] // Every visibility is tested, even without a reader.

use super::proof::{begin, pause, suspends};
use vthread::prelude::*;

mod api {
    mod private {
        use super::super::pause;

        #[vthread::vthread]
        pub fn public(n: u32) -> u32 {
            pause();
            n
        }
        #[vthread::vthread]
        pub(crate) fn in_crate(n: u32) -> u32 {
            pause();
            n
        }
        #[vthread::vthread]
        pub(super) fn in_super(n: u32) -> u32 {
            pause();
            in_self(n)
        }
        #[vthread::vthread]
        pub(self) fn in_self(n: u32) -> u32 {
            pause();
            n
        }
        #[vthread::vthread]
        pub(in crate::language) fn in_path(n: u32) -> u32 {
            pause();
            n
        }
        #[vthread::vthread]
        pub(in super::super) fn in_super_super(n: u32) -> u32 {
            pause();
            n
        }
        pub fn plain(n: u32) -> u32 {
            n
        }
        pub const CONSTANT: u32 = 1;
    }

    pub(in crate::language) use private::in_path as pathed;
    pub(super) use private::in_super_super;
    pub use private::{CONSTANT, plain, public, public as again};
    pub(crate) use private::{in_crate, in_crate as renamed_in_crate};

    #[vthread::vthread]
    pub(super) fn through(n: u32) -> u32 {
        private::in_super(n) + private::plain(n)
    }

    pub(super) mod glob {
        pub(crate) use super::private::in_crate;
        pub use super::private::*;
    }
    pub mod prelude {
        pub use super::again as from_prelude;
    }
}

mod explicit {
    use super::api::{self, again as twice_renamed, renamed_in_crate, *};
    use super::*;

    #[vthread]
    pub(super) fn all() -> u32 {
        begin().await;
        api::public(1)
            + public(1)
            + twice_renamed(1)
            + again(1)
            + renamed_in_crate(1)
            + in_crate(1)
            + pathed(1)
            + through(1)
            + plain(1)
            + api::plain(1)
            + CONSTANT
            + in_super_super(1)
    }
}

mod globs {
    use super::api::glob::*;
    use super::api::prelude::*;
    use super::*;

    #[vthread]
    pub(super) fn all() -> u32 {
        begin().await;
        public(1) + plain(1) + from_prelude(1) + in_crate(1) + super::api::glob::public(1)
    }
}

#[test]
fn re_exports_renames_and_globs() {
    assert_eq!(suspends(7 + 2 + 1, explicit::all), 13);
    assert_eq!(suspends(4, globs::all), 5);
}

mod same_names {
    use super::*;

    mod a {
        #[vthread::vthread]
        pub(super) fn run() -> u32 {
            super::pause();
            1
        }
    }
    mod b {
        pub(super) fn run() -> u32 {
            2
        }
    }
    mod c {
        #[vthread::vthread]
        pub(super) fn run() -> u32 {
            super::super::pause();
            super::a::run() + super::b::run()
        }
    }
    use a::run as first;
    use b::run;

    #[vthread]
    fn all() -> u32 {
        begin().await;
        a::run() + b::run() + c::run() + first() + run()
    }

    #[test]
    fn one_name_in_three_modules() {
        assert_eq!(suspends(4, all), 1 + 2 + 3 + 1 + 2);
    }
}

mod scoped_imports {
    use super::*;

    mod pool {
        #[vthread::vthread]
        pub(super) fn take(n: u32) -> u32 {
            super::pause();
            n
        }
        pub(super) fn put(n: u32) -> u32 {
            n
        }
    }

    #[vthread]
    fn all() -> u32 {
        use pool::take;
        begin().await;
        let a = take(1);
        let b = {
            use pool::{put as other, take as more};
            other(1) + more(2)
        };
        fn take_plain(n: u32) -> u32 {
            use super::api::plain as take;
            take(n)
        }
        a + b
            + take_plain(3)
            + if a == 1 {
                use pool::*;
                put(4)
            } else {
                0
            }
    }

    #[test]
    fn imports_in_bodies() {
        assert_eq!(suspends(2, all), 1 + 3 + 3 + 4);
    }
}
