//! hyper's timeouts on our clock.

use ::hyper::rt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// hyper's timer on the clock of [`vthread::time`](crate::time). In a test with `virtual_time` it
/// follows the clock of the test.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timer;

impl rt::Timer for Timer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn rt::Sleep>> {
        sleep(crate::time::Timer::after(duration))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn rt::Sleep>> {
        sleep(crate::time::Timer::at(deadline))
    }

    fn now(&self) -> Instant {
        crate::time::now()
    }
}

fn sleep(timer: crate::time::Timer) -> Pin<Box<dyn rt::Sleep>> {
    Box::pin(Sleep(Mutex::new(Box::pin(timer.into_future()))))
}

/// The lock is never taken: it makes the alarm `Sync`, as hyper wants it.
struct Sleep(Mutex<Pin<Box<crate::time::Sleep>>>);

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let alarm = self
            .0
            .get_mut()
            .unwrap_or_else(|poison| poison.into_inner());
        alarm.as_mut().poll(cx)
    }
}

impl rt::Sleep for Sleep {}
