// One of the texts: see `main.rs`.

use library::time::{Duration, Instant, SystemTime, SystemTimeError, UNIX_EPOCH};

const D: Duration = Duration::from_millis(100);

functions! {
    pub(super) fn times() {
        let now = Instant::now();
        let _ = (
            now.elapsed(),
            now.duration_since(now),
            now + D,
            now.checked_add(D),
            now.checked_sub(D),
            now.checked_duration_since(now),
            now.saturating_duration_since(now),
        );
        let _: Result<Duration, SystemTimeError> = SystemTime::now().duration_since(UNIX_EPOCH);
        library::thread::sleep(Duration::from_millis(1));
        library::thread::yield_now();
        library::thread::park_timeout(Duration::from_millis(1));
        library::thread::current().unpark();
        library::thread::park();
        let current = library::thread::current();
        let _ = (current.id(), current.name().map(str::len));
        let _: library::thread::ThreadId = current.id();
        let _: library::thread::Thread = current;
        let _ = library::thread::panicking();
        let _ = library::thread::available_parallelism().unwrap();
    }
}
