//! Attributes of other macros below `#[vthread]` would act on what it makes of the item.

use vthread::prelude::*;

#[vthread]
#[tokio::main(flavor = "current_thread")]
fn of_a_crate() -> u32 {
    1
}

#[vthread]
#[cfg_attr(all(), tokio::main)]
fn under_a_condition() -> u32 {
    1
}

#[vthread]
#[track_caller]
fn that_asks_for_its_caller() -> u32 {
    std::panic::Location::caller().line()
}

#[vthread]
#[target_feature(enable = "sse2")]
fn with_a_feature() {}

#[vthread]
#[async_trait]
impl Store {
    #[cached::proc_macro::cached]
    fn load(&self) -> u32 {
        1
    }
    #[plain]
    #[inline]
    fn left_alone(&self) -> u32 {
        1
    }
}

struct Store;

#[vthread]
trait Loads {
    #[cached]
    fn loads(&self) -> u32;
}

#[vthread]
fn outer() -> u32 {
    #[vthread]
    #[doubled]
    fn inner() -> u32 {
        1
    }
    inner()
}

fn main() {}
