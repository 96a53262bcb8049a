//! Everything mixed, for a long time; in the end the process must hold what it held after the first
//! part.
//!
//! ```text
//! cargo run --release -p soak -- [SECONDS [SECONDS OF A PART]]
//! ```
//! Twenty minutes by default, in parts of a minute. After each part everything has ended, and the
//! remaining resources are counted: threads, descriptors, vthreads, bytes of the heap, resident
//! memory. It exits with 1 if any of them is larger at the end than after the first part; memory,
//! if it grew by more than a twentieth and by more than the tolerance.

mod scenes;

use soak::heap::{self, Counted};
use soak::holds::Holds;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: Counted = Counted;

/// If nothing ends any more, the run ends with a dump.
const LIMIT_OF_A_PART: Duration = Duration::from_secs(120);

fn main() -> ExitCode {
    heap::keep_nothing_large();
    let mut numbers = std::env::args()
        .skip(1)
        .map(|text| text.parse().expect("a number of seconds"));
    let all = Duration::from_secs(numbers.next().unwrap_or(1200));
    let part = Duration::from_secs(numbers.next().unwrap_or(60)).min(all / 2);
    let end = Instant::now() + all;
    let mut first = None;
    loop {
        let watchdog = Watchdog::start(part + LIMIT_OF_A_PART);
        let done = scenes::play(part);
        drop(watchdog);
        let holds = Holds::at_rest();
        println!("{done}; at rest: {holds}");
        let Some(first) = &first else {
            first = Some(holds);
            continue;
        };
        if Instant::now() >= end {
            let more = holds.more_than(first);
            for line in &more {
                eprintln!("at the end there are {line}");
            }
            if !more.is_empty() {
                eprintln!("{}", vthread::dump());
            }
            return ExitCode::from(u8::from(!more.is_empty()));
        }
    }
}

/// Ends the process, with a dump, if it is not dropped in time.
struct Watchdog(#[allow(dead_code)] std::sync::mpsc::Sender<()>);

impl Watchdog {
    fn start(limit: Duration) -> Self {
        let (owner, is_gone) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            if is_gone.recv_timeout(limit) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                eprintln!("it does not end\n{}", vthread::dump());
                std::process::abort();
            }
        });
        Watchdog(owner)
    }
}
