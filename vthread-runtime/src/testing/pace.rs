//! The time of a test, and its seed.

use crate::base::clock;
use crate::task::call::vthread_fn;
use crate::task::current::checkpoint;
use crate::task::wait_reason;
use crate::task::wait_reason::WaitReason;
use crate::world::{Pause, World};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

vthread_fn! {
    /// Lets `duration` pass on the clock of the test, and everything happen that is due meanwhile:
    /// returns when no other vthread of the test can run before still more time passes.
    ///
    /// The clock moves from one timer to the next, so that each vthread sees the time for which it
    /// has waited.
    ///
    /// # Suspends
    /// Always.
    ///
    /// # Cancellation
    /// The wait ends at once.
    ///
    /// # Panics
    /// Outside of a test with `virtual_time`, `seed` or `seeds`.
    pub fn advance = __vthread_advance(duration: Duration) -> () => Advance { Advance { pause: pause("advance", duration) } }
}

vthread_fn! {
    /// Waits until no other vthread of the test can run before time passes: each has ended, or
    /// waits for something that none of them will do. Time stands still meanwhile.
    ///
    /// Helper threads at work, and sockets at work, are waited for.
    ///
    /// # Suspends
    /// Always.
    ///
    /// # Cancellation
    /// The wait ends at once.
    ///
    /// # Panics
    /// Outside of a test with `virtual_time`, `seed` or `seeds`.
    pub fn wait_until_idle = __vthread_wait_until_idle() -> () => WaitUntilIdle {
        WaitUntilIdle { pause: pause("wait_until_idle", Duration::ZERO) }
    }
}

/// The frame of [`advance`].
#[derive(Debug)]
pub struct Advance {
    pause: Pause,
}

/// The frame of [`wait_until_idle`].
#[derive(Debug)]
pub struct WaitUntilIdle {
    pause: Pause,
}

impl Future for Advance {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        poll(&mut self.pause, cx)
    }
}

impl Future for WaitUntilIdle {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        poll(&mut self.pause, cx)
    }
}

fn poll(pause: &mut Pause, cx: &mut Context<'_>) -> Poll<()> {
    ready!(checkpoint(cx));
    wait_reason::waits(WaitReason::Sleeping, cx);
    pause.poll_over(cx)
}

fn pause(name: &str, duration: Duration) -> Pause {
    match World::current() {
        Some(world) => Pause::after(world, duration),
        None => panic!(
            "`vthread::testing::{name}` is for tests with a time of their own: \
             `#[vthread::test(virtual_time)]`, or with a `seed`"
        ),
    }
}

/// Returns the seed of the test, or of this run of it: 0 in a test without one.
///
/// For a test that draws its own data, so that `VTHREAD_SEED` repeats that as well.
pub fn seed() -> u64 {
    World::current().and_then(|world| world.seed()).unwrap_or(0)
}

/// Returns how much time has passed on the clock of the test since it began: exactly what its
/// sleeps and time limits have waited for.
///
/// # Panics
/// Outside of a test with `virtual_time`, `seed` or `seeds`.
pub fn elapsed() -> Duration {
    let clock = clock::standing();
    clock.map(clock::StandingClock::elapsed).unwrap_or_else(|| {
        panic!(
            "`vthread::testing::elapsed` is for tests with a time of their own: \
             `#[vthread::test(virtual_time)]`, or with a `seed`"
        )
    })
}

/// The world of this test.
pub(super) fn world() -> Option<Arc<World>> {
    World::current()
}
