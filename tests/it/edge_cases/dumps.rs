//! Edge case 25: a dump shows what a deadlock report does not: every vthread, and what it waits
//! for.

use super::process::wait_for_dump;
use std::thread;
use vthread::net::TcpListener;
use vthread::prelude::*;
use vthread::sync::{Mutex, Receiver, Semaphore, channel};
use vthread::time::{Duration, sleep};

/// The lines of a dump about the group of this name, with their indentation.
fn part_about<'d>(dump: &'d str, group: &str) -> Vec<&'d str> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut lines = dump.lines();
    let Some(first) = lines.find(|line| line.trim_start().starts_with(&format!("group `{group}`")))
    else {
        return Vec::new();
    };
    let children = lines.take_while(|line| depth(line) > depth(first));
    std::iter::once(first).chain(children).collect()
}

#[vthread]
fn wait_in_every_way(over: &Receiver<()>) -> Result<(), &'static str> {
    let (lock, permits) = (Mutex::new(()), Semaphore::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (tx, rx) = channel::<u8>(1);
    tx.send(0).unwrap();
    let _guard = lock.lock();
    group!(name = "ways to wait", max_concurrency = 8 => {
        spawn!(name = "sleeper" => { sleep(Duration::from_secs(3600)) });
        spawn!(name = "locker" => { let _ = lock.lock(); });
        spawn!(name = "sender" => { let _ = tx.send(1); });
        spawn!(name = "acquirer" => { let _ = permits.acquire(); });
        spawn!(name = "accepter" => { let _ = listener.accept(); });
        spawn!(service, name = "server" => { let _ = over.recv(); });
        let parent = spawn!(name = "parent" => {
            group!(name = "inner" => {
                spawn!(name = "grandchild" => { let _ = over.recv(); });
            })?;
        });
        spawn!(name = "joiner" => { parent.join() });
        let _ = over.recv();
        drop(rx);
        Err::<(), _>("over")?;
    })
}

#[test]
fn case_25_a_dump_shows_every_wait() {
    let (tx, over) = channel::<()>(1);
    let waiting = thread::spawn(move || wait_in_every_way(&over));
    let wanted = [
        "group `ways to wait` opened at ",
        " with 8 children, 7 of at most 8 running, 0 waiting for room",
        "  `sleeper` (spawned at ",
        ") waits for a point in time",
        "  `locker` (spawned at ",
        " for a lock that the blocking call (made at ",
        "  `sender` (spawned at ",
        ") waits for room in a channel",
        "  `acquirer` (spawned at ",
        ") waits for a permit",
        "  `accepter` (spawned at ",
        ") waits for I/O",
        "  `server` (spawned at ",
        ", a service, waits for a message",
        "  `parent` (spawned at ",
        ") waits for the children of its group",
        "    group `inner` opened at ",
        "      `grandchild` (spawned at ",
        "  `joiner` (spawned at ",
        ") waits for the end of a vthread",
    ];
    wait_for_dump(|dump| {
        let part = part_about(dump, "ways to wait").join("\n");
        let mut rest = part.as_str();
        // In the order in which they were spawned.
        wanted.iter().all(|wanted| match rest.find(wanted) {
            Some(at) => {
                rest = &rest[at + wanted.len()..];
                true
            }
            None => false,
        })
    });
    drop(tx);
    assert_eq!(waiting.join().unwrap(), Err("over"));
    assert!(part_about(&vthread::dump().to_string(), "ways to wait").is_empty());
}

#[vthread]
fn look_at_itself() -> String {
    group!(name = "lookers" => {
        let looker = spawn!(name = "looker" => {
            let lock = Mutex::new(());
            let _guard = lock.lock();
            // In a destructor and in a closure as well: they are part of the same poll.
            defer! { assert!(vthread::dump().to_string().contains("`looker`")); }
            let in_a_closure = (|| vthread::dump().to_string())();
            assert!(in_a_closure.contains("`looker`"));
            vthread::dump().to_string()
        });
        looker.join()
    })
}

/// A dump is no wait: not for the group of the vthread that takes it, nor for its own poll.
#[test]
fn r10_a_dump_shows_the_poll_that_takes_it() {
    let dump = look_at_itself();
    let part = part_about(&dump, "lookers");
    let own = part.iter().find(|line| line.contains("`looker`"));
    assert!(own.is_some_and(|line| line.ends_with(" runs")), "{dump}");
}

#[vthread]
fn block_in_an_async_block(over: &Receiver<()>) {
    group!(name = "hidden calls" => {
        spawn!(name = "hider" => {
            #[allow(deprecated)]
            let future = async { over.recv().block() };
            let _ = future.await;
        });
    })
}

#[test]
fn r10_a_dump_names_what_blocks_its_own_poll() {
    let (tx, over) = channel::<()>(1);
    let waiting = thread::spawn(move || block_in_an_async_block(&over));
    wait_for_dump(|dump| {
        let part = part_about(dump, "hidden calls").join("\n");
        part.contains("`hider` (spawned at ")
            && part.contains(", which blocks its own poll")
            && part.contains(" waits for a message")
    });
    drop(tx);
    waiting.join().unwrap();
}
