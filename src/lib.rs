// Where the links of the README lead in the documentation: these definitions take precedence.
#![cfg_attr(not(doctest), doc = include_str!("links.md"))]
#![doc = include_str!("../README.md")]
#![doc(test(attr(deny(warnings))))]
#![forbid(unsafe_code)]

// What the macros write names the library by its name, here too.
#[cfg(any(feature = "hyper", feature = "tower"))]
extern crate self as vthread;

#[cfg(feature = "hyper")]
pub mod hyper;
#[cfg(feature = "tower")]
pub mod tower;

pub mod time;

pub use vthread_macros::{
    background, bind, catch_unwind, closure, context_var, defer, group, plain, race, select,
    shield, spawn, test, timeout, vthread,
};

#[doc(hidden)]
pub use vthread_macros::__gates;
#[doc(hidden)]
pub use vthread_runtime::__vthread_map_concurrent;
#[doc(hidden)]
pub use vthread_runtime::FailedMember as Culprit;
/// # Examples
/// ```
/// use vthread::{Group, prelude::*, sync::Mutex};
///
/// #[vthread]
/// fn note<'scope>(g: &Group<'scope>, log: &'scope Mutex<Vec<u32>>, n: u32) {
///     spawn!(g => { log.lock().push(n); });
/// }
///
/// #[vthread]
/// fn both() -> Vec<u32> {
///     let log = Mutex::new(Vec::new());
///     group!(g => {
///         note(g, &log, 1);
///         note(g, &log, 2);
///     });
///     log.into_inner()
/// }
///
/// fn main() {
///     assert_eq!(both().len(), 2);
/// }
/// ```
pub use vthread_runtime::NoError;
/// # Examples
/// ```
/// use std::time::Duration;
/// use vthread::{Tasks, prelude::*, time::sleep};
///
/// #[vthread]
/// fn fastest_first(millis: &[u64]) -> Vec<u64> {
///     let mut order = Vec::new();
///     group! {
///         let mut sleepers = Tasks::new();
///         for &n in millis {
///             sleepers.push(spawn! {
///                 sleep(Duration::from_millis(n));
///                 n
///             });
///         }
///         for n in sleepers {
///             order.push(n);
///         }
///     }
///     order
/// }
///
/// fn main() {
///     let order = fastest_first(&[300, 1, 100]);
///     assert_eq!(order.len(), 3); // 1, 100, 300, if the machine is in time
/// }
/// ```
pub use vthread_runtime::Tasks;
pub use vthread_runtime::WriteBlockToMakeTheCall;
/// # Examples
/// ```
/// use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
/// use std::time::Duration;
/// use vthread::prelude::*;
/// use vthread::time::sleep;
///
/// /// The loop of a library without vthreads: it calls back, and survives panics.
/// fn each(n_calls: u32, mut callback: impl FnMut(u32)) -> u32 {
///     let mut n_panics = 0;
///     for n in 0..n_calls {
///         if let Err(payload) = catch_unwind(AssertUnwindSafe(|| callback(n))) {
///             if vthread::is_cancellation(&payload) {
///                 resume_unwind(payload);
///             }
///             n_panics += 1;
///         }
///     }
///     n_panics
/// }
///
/// #[vthread]
/// fn main() {
///     let patience = Duration::from_millis(10);
///     let result = timeout!(patience => each(1000, |_| sleep(Duration::from_secs(1))));
///     assert!(result.is_err());
/// }
/// ```
pub use vthread_runtime::is_cancellation;
#[doc(hidden)]
pub use vthread_runtime::{
    __vthread_blocking, __vthread_blocking_scoped, __vthread_checkpoint, __vthread_yield_now,
};
pub use vthread_runtime::{AlreadyStarted, Config, Metrics, metrics};
pub use vthread_runtime::{BackgroundError, BackgroundFailure, shutdown};
pub use vthread_runtime::{Call, ContextVar, Failures, Group, OwnedGroup};
pub use vthread_runtime::{CancelOnDrop, CancelReason, FailedMember, Outcome};
pub use vthread_runtime::{Closure, Mapped, VthreadFn, map_concurrent};
pub use vthread_runtime::{Dump, OnDeadlock, dump};
pub use vthread_runtime::{Task, TaskFuture, TaskId};
pub use vthread_runtime::{blocking, blocking_scoped, checkpoint, is_cancelled, yield_now};
pub use vthread_runtime::{fs, io, net, os, process, signal, sync, testing, thread};

/// The macros, and the traits of [`io`]: what programs with vthreads usually have in scope.
pub mod prelude {
    #[doc(no_inline)]
    pub use crate::io::{BufRead, Read, Seek, Write};
    #[doc(no_inline)]
    pub use crate::{
        background, bind, catch_unwind, closure, context_var, defer, group, plain, race, select,
        shield, spawn, timeout,
    };
    // Not by way of the crate, whose own name may stand there as well.
    #[doc(no_inline)]
    pub use vthread_macros::vthread;
}

#[doc(hidden)]
pub use vthread_runtime::macro_support as __rt;
// The name that rustc shows in warnings.
#[doc(hidden)]
pub use vthread_runtime::macro_support::blocking as std_calls;

// Our macros, under the names by which expansions check that a macro is ours.
#[doc(hidden)]
pub mod __macros {
    pub use vthread_macros::background as a_background_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::bind as a_bind_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::catch_unwind as a_catch_unwind_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::closure as a_closure_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::defer as a_defer_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::group as a_group_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::race as a_race_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::select as a_select_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::shield as a_shield_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::spawn as a_spawn_not_of_vthread_needs_a_path_or_another_name;
    pub use vthread_macros::timeout as a_timeout_not_of_vthread_needs_a_path_or_another_name;
}

// The same for std's macros, whose arguments may suspend. Macros that the user's file declares or
// imports by name are known to be others.
#[doc(hidden)]
#[expect(hidden_glob_reexports, reason = "modules of std are kept out")]
pub mod __std_macros {
    pub use named_as_modules::*;
    pub use std::assert as a_assert_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::assert_eq as a_assert_eq_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::assert_ne as a_assert_ne_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::dbg as a_dbg_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::debug_assert as a_debug_assert_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::debug_assert_eq as a_debug_assert_eq_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::debug_assert_ne as a_debug_assert_ne_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::eprint as a_eprint_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::eprintln as a_eprintln_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::format as a_format_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::matches as a_matches_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::print as a_print_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::println as a_println_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::todo as a_todo_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::unimplemented as a_unimplemented_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::unreachable as a_unreachable_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::write as a_write_not_of_std_needs_an_import_in_this_file_or_a_path;
    pub use std::writeln as a_writeln_not_of_std_needs_an_import_in_this_file_or_a_path;

    // These two share their names with modules of std. The private modules below keep those of std
    // out of the glob, so that a user's module `vec` does not collide with it.
    mod named_as_modules {
        pub use std::panic as a_panic_not_of_std_needs_an_import_in_this_file_or_a_path;
        pub use std::vec as a_vec_not_of_std_needs_an_import_in_this_file_or_a_path;
    }
    mod a_panic_not_of_std_needs_an_import_in_this_file_or_a_path {}
    mod a_vec_not_of_std_needs_an_import_in_this_file_or_a_path {}
}

#[cfg(doc)]
#[doc = include_str!("../docs/transform.md")]
pub mod transform {}

#[cfg(doc)]
#[doc = include_str!("../docs/limits.md")]
pub mod limits {}

#[cfg(doc)]
#[doc = include_str!("../docs/with_tokio.md")]
pub mod with_tokio {}

#[cfg(any(doc, doctest))]
pub mod guide;
