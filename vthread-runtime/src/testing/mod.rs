//! Tests of concurrent code that give the same answer every time.
//!
//! `#[vthread::test]` makes a test of a function whose body is vthread code. Its vthreads are its
//! own: it fails with a panic of any of them, and if one lives on when the body has ended.
//!
//! # Time
//!
//! With `virtual_time` the test has a clock that stands still as long as a vthread of the test can
//! run, and jumps to the next timer when none can. So an hour of retries takes milliseconds, and a
//! time limit of a second is not missed because the machine is busy.
//!
//! What follows the clock: everything in the library that waits for a time or measures it, as
//! `sleep`, `timeout!`, `interval`, [`Timer`](crate::time::Timer), the waits of channels, locks and
//! sockets with a limit, and the grace of a group. What does not is std's own: `Instant::now()`
//! tells the time of the system, here as everywhere. [`elapsed`] tells that of the test, and
//! [`time::now`](crate::time::now) the point in time from which the library counts, in a test and
//! in a program: code that measures with it can be tested.
//!
//! What holds it: helper threads at work ([`blocking`](crate::blocking), files), and sockets,
//! processes and signals of the system for 100 ms after a vthread has begun to wait for them. So an
//! answer from another thread or process comes in time, and an idle server does not keep the
//! clock. OS threads that the test starts with std are not known to it.
//!
//! If nothing can run, and no timer, helper or socket is left that could change that, there is a
//! deadlock: the test fails with a dump of its vthreads.
//!
//! # Order
//!
//! With a `seed` every decision of the runtime is drawn from a stream of pseudo-random numbers:
//! which of the vthreads that can run goes next, which is held up for a while, which gives way
//! between two operations of the library or between the looks at two branches of a `select!`, and
//! which of the branches of a `select!` or the runners of a `race!` that are ready wins.
//! `seeds = 1000` runs the test a thousand times, in a thousand orders. A test that fails prints
//! its seed, and `VTHREAD_SEED=N` repeats that very run: the same vthreads in the same order at
//! the same times.
//!
//! The order covers what the test's own vthreads do through this library. Data that they draw from
//! elsewhere, and the answers of helper threads, sockets and OS threads, come as they come.
//! A test with a seed has virtual time, because an order that depends on the time that things take
//! cannot be repeated.
//!
//! # Threads
//!
//! In a test with a time of its own all vthreads run on the test's thread, one at a time. A
//! blocking call that plain code makes, in a closure say, parks the thread in the middle of a
//! vthread; then the others run on a thread beside, still one at a time and in the same order.
//!
//! # Examples
//! ```
//! # use vthread_runtime as vthread;
//! use vthread::testing::{seed, spawned};
//!
//! // Outside of a test there is no seed, and there are no vthreads of a test.
//! assert_eq!(seed(), 0);
//! assert_eq!(spawned(), 0);
//! ```

pub mod net;
mod pace;
mod report;
pub(crate) mod run;
mod spawned;

pub use pace::{
    __vthread_advance, __vthread_wait_until_idle, Advance, WaitUntilIdle, advance, elapsed, seed,
    wait_until_idle,
};
pub use spawned::{Spawned, SpawnedVthread, spawned};
