//! Figures of the runtime.

use std::time::Duration;
use vthread::metrics;
use vthread::net::TcpListener;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;

#[test]
#[vthread]
fn vthreads_timers_and_descriptors_are_counted_while_they_are_there() {
    let (tx, rx) = channel::<()>(1);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    group!(on_failure = cancel => {
        for _ in 0..1000 {
            spawn!(service => { sleep(Duration::from_secs(3600)); });
        }
        spawn!(service => { let _ = listener.accept(); });
        spawn!(service => { let _ = rx.recv(); });
        while metrics().timers < 1000 {
            vthread::yield_now();
        }
        let during = metrics();
        assert!(during.alive >= 1002, "{during:?}");
        assert!(during.descriptors >= 1, "{during:?}");
        assert!(during.workers >= 1);
        assert_eq!(during.busy.len(), during.workers);
        assert!(during.polls >= 1000, "{during:?}");
        let page = during.to_prometheus();
        assert!(page.contains(&format!("\nvthread_alive {}\n", during.alive)), "{page}");
    });
    drop(tx);
}

#[test]
#[vthread]
fn busy_time_grows_while_a_worker_computes() {
    let total = || metrics().busy.iter().sum::<Duration>();
    let before = total();
    group! {
        spawn! {
            // The monitor counts in steps of some milliseconds.
            while total() < before + Duration::from_millis(50) {
                std::hint::black_box(());
            }
        }
    }
}

/// The glob brings the function, and the module of its name hides the companion.
mod hidden {
    pub(super) mod fetch {
        use vthread::prelude::*;

        #[allow(deprecated)] // What the test is about is warned of here.
        #[vthread]
        pub(in super::super) fn fetch(n: u32) -> u32 {
            vthread::yield_now();
            n + 1
        }
    }
    #[allow(unused_imports)]
    pub(super) use self::fetch::*;
}

#[test]
#[vthread]
fn t06_calls_of_a_hidden_companion_are_counted() {
    let before = metrics().pinned;
    let n = group! { spawn! { self::hidden::fetch(1) }.join() };
    assert_eq!(n, 2);
    assert!(metrics().pinned > before);
}
