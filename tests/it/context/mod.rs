//! Context: `context_var!` and `bind!`. A binding is visible below and in children, everywhere
//! there and nowhere else.

mod frames;
mod inherited;
mod scope;

use crate::drop_log::DropLog;
use std::collections::{BTreeMap, HashSet};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, Sender, channel};
use vthread::time::sleep;
use vthread::{Group, yield_now};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

context_var! {
    /// The request that is being served.
    pub(crate) static ID: u64 = 0;
    static NAME: &'static str = "default";
    #[allow(dead_code)]
    static UNUSED: Option<Box<dyn Fn(u32) -> u32 + Send + Sync>> = None;
}

/// Plain code below sees the bindings of vthread code.
fn seen() -> (u64, &'static str) {
    (ID.get(), NAME.get())
}

#[vthread]
fn seen_later() -> (u64, &'static str) {
    yield_now();
    let before = seen();
    sleep(Duration::from_micros(10));
    assert_eq!(before, seen());
    before
}
