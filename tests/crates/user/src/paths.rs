//! The ways in which a name of another crate comes into scope.

use exporter::prelude::*;
use exporter::proof::{begin, n_pauses, pause};
use exporter::{elsewhere as here, handlers, plain};
use vthread::prelude::*;

mod api {
    pub(crate) use exporter::client::checked as validated;
    pub(crate) use exporter::elsewhere;
    pub(crate) mod deep {
        pub(crate) use super::elsewhere as deeper;
        pub(crate) use exporter::*;
    }
}
use api::deep::deeper;
use exporter as library;
extern crate exporter as external;

#[vthread]
fn by_path() -> u32 {
    begin().await;
    exporter::elsewhere(1)
        + ::exporter::renamed(1)
        + library::elsewhere(1)
        + external::elsewhere(1)
        + here(1)
        + api::elsewhere(1)
        + self::api::deep::elsewhere(1)
        + crate::paths::api::deep::renamed(1)
        + deeper(1)
        + plain(1)
        + exporter::plain(1)
        + api::deep::plain(1)
        + api::validated(2).unwrap()
}

#[test]
fn paths_renames_and_re_exports() {
    assert_eq!(by_path(), 13);
    assert_eq!(n_pauses(), 10);
    assert_eq!(exporter::elsewhere(1) + here(1), 2);
}

#[vthread]
fn by_glob() -> Result<u32, String> {
    begin().await;
    let client = Client::connect(3)?;
    let handlers: Vec<Box<dyn handlers::Handler>> = vec![Box::new(handlers::Echo)];
    let n = handlers::all(&handlers, "ab")?.concat().len() + handlers[0].handle("c")?.len();
    pause();
    Ok(fetch(&client) + client.get() + countdown(2) + checked(1)? + n as u32)
}

#[test]
fn globs_and_unnamed_traits() {
    assert_eq!(by_glob(), Ok(3 + 3 + 2 + 3));
    assert_eq!(n_pauses(), 1 + 2 + 1 + 2 + 3 + 1);
}

exporter::make_function!(made, 1 + 2);

#[vthread]
fn by_macro() -> u32 {
    begin().await;
    made(2)
}

#[test]
fn functions_made_by_a_macro_of_the_library() {
    assert_eq!(by_macro(), 6);
    assert_eq!(n_pauses(), 1);
}

/// A function with the name of its library: beside its import, paths into the library still work.
mod named_as_its_library {
    use exporter::exporter;
    use exporter::exporter as other;
    use exporter::proof::{begin, n_pauses};
    use vthread::prelude::*;

    #[vthread]
    fn by_all_names() -> u32 {
        begin().await;
        let plain: fn(u32) -> u32 = exporter::plain;
        assert_eq!(plain(2), 2);
        exporter(1)
            + exporter::exporter(1)
            + other(1)
            + exporter::exporter_twice(1)
            + vthread::map_concurrent([1], 1, closure!(|n: u32| exporter(n)))[0]
    }

    #[test]
    fn t10_a_function_named_as_its_library_suspends() {
        assert_eq!(by_all_names(), 6);
        assert_eq!(n_pauses(), 5);
    }
}
