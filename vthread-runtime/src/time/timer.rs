//! A point in time that can be moved.

use super::{Duration, Instant, Sleep};
use crate::base::clock;
use crate::task::call::{Call, Suspends, name_hash};
use std::future::{Future, IntoFuture};

/// Returns the present time, as sleeps and time limits count it: `Instant::now()`, and in a test
/// with `virtual_time` or a seed the time on the clock of the test.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::time::{Duration, now, sleep};
///
/// let before = now();
/// sleep(Duration::from_millis(2));
/// assert!(now() - before >= Duration::from_millis(2));
/// ```
pub fn now() -> Instant {
    clock::now()
}

/// The time that is left until `deadline`: zero if it has passed.
///
/// For interfaces that take a duration: the time limits of a foreign socket, say. The macro
/// `timeout!` takes the instant itself.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::time::{Duration, Instant, until};
///
/// let deadline = Instant::now() + Duration::from_secs(1);
/// assert!(until(deadline) <= Duration::from_secs(1));
/// assert_eq!(until(Instant::now()), Duration::ZERO);
/// ```
pub fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(clock::now())
}

/// A point in time to wait for, which can be moved: the end of a connection that is idle, say.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::time::{Duration, Timer};
///
/// let mut idle = Timer::after(Duration::from_secs(60));
/// // In #[vthread] code, in a loop: select! { .. => idle.reset(..), _ = idle.wait() => break }
/// idle.reset(Duration::from_millis(1));
/// idle.wait().block();
/// assert!(idle.is_over());
/// ```
#[derive(Clone, Debug)]
pub struct Timer {
    deadline: Instant,
}

impl Timer {
    /// A timer that is over after `duration`, counted from now.
    pub fn after(duration: Duration) -> Self {
        Timer::at(after(duration))
    }

    /// A timer that is over at `deadline`.
    pub fn at(deadline: Instant) -> Self {
        Timer { deadline }
    }

    /// Waits until it is over.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the time has come.
    ///
    /// # Cancellation
    /// The wait ends. The timer stays as it is.
    pub fn wait(&self) -> Call<(), impl Future<Output = ()> + Send + use<>> {
        Call::leaf(Sleep::until(self.deadline))
    }

    /// Moves it to `duration` from now.
    pub fn reset(&mut self, duration: Duration) {
        self.deadline = after(duration);
    }

    /// Moves it to `deadline`.
    pub fn reset_at(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// When it is over.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.deadline <= clock::now()
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("wait") }> for Timer {}

/// For async code: a future that is ready when the timer is over, for any executor.
///
/// It takes the deadline that the timer has now. In a vthread that is cancelled it is never ready.
/// In vthread code [`Timer::wait`] reads better.
impl IntoFuture for Timer {
    type Output = ();
    type IntoFuture = Sleep;

    fn into_future(self) -> Sleep {
        Sleep::until(self.deadline)
    }
}

/// So long from now; thirty years where no instant can express it.
fn after(duration: Duration) -> Instant {
    let now = clock::now();
    let far_away = Duration::from_secs(30 * 365 * 24 * 60 * 60);
    now.checked_add(duration).unwrap_or_else(|| now + far_away)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn async_code_awaits_a_timer() {
        let start = Instant::now();
        let future = Timer::after(Duration::from_millis(2)).into_future();
        crate::call::block_on::block_on(future);
        assert!(start.elapsed() >= Duration::from_millis(2));
    }

    #[test]
    fn what_is_moved_comes_later_or_sooner() {
        let start = Instant::now();
        let mut timer = Timer::after(Duration::MAX);
        assert!(!timer.is_over());
        timer.reset(Duration::from_millis(2));
        timer.wait().block();
        assert!(timer.is_over() && start.elapsed() >= Duration::from_millis(2));
        timer.wait().block();
        timer.reset_at(start + Duration::from_secs(60));
        assert_eq!(
            (timer.is_over(), timer.deadline()),
            (false, start + Duration::from_secs(60))
        );
        assert!(until(timer.deadline()) > Duration::from_secs(50));
    }
}
