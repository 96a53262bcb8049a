//! Runs the steps that have no inner steps.

use crate::log::{Boom, Fail, Log, Thrown, What};
use crate::pipe::pipe;
use crate::run::BOUND;
use crate::scenario::{How, Id, Leaf};
use crate::world::{Item, World};
use std::future::Future;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use vthread::prelude::*;
use vthread::time::sleep;
use vthread::{blocking, yield_now};

/// No wait is this long: such a waiter is to be cancelled.
const FOREVER: Duration = Duration::from_secs(24 * 3600);

#[vthread]
pub(crate) fn leaf(world: &World, id: Id, what: &Leaf) -> Result<(), Fail> {
    let log = &*world.log;
    match *what {
        Leaf::Yield(times) => {
            for _ in 0..times {
                yield_now();
            }
        }
        Leaf::Sleep(micros) => sleep(Duration::from_micros(micros)),
        Leaf::Forever => sleep(FOREVER),
        Leaf::Await(pending) => Foreign { pending }.await,
        Leaf::Blocking(micros) => {
            let here = BOUND.get();
            let there = blocking(move || {
                std::thread::sleep(Duration::from_micros(micros));
                BOUND.get()
            });
            if here != there {
                log.complain(format!(
                    "the helper of {id} sees {there}, and {here} was bound"
                ));
            }
        }
        Leaf::Deep { depth, wait } => {
            let dropped = AtomicUsize::new(0);
            deep(log, depth, wait, &dropped);
        }
        Leaf::Send { channel, how } => send(world, id, channel, how),
        Leaf::Recv { channel, how } => receive(world, id, channel, how),
        Leaf::Pipe {
            producers,
            consumers,
            items,
            bound,
        } => pipe(world, id, producers, consumers, items, bound)?,
        Leaf::Join(child) => {
            if let Some(task) = world.take_task(child) {
                let value = task.join();
                if value.of != child {
                    log.complain(format!(
                        "the join of {child} gave the value of {}",
                        value.of
                    ));
                }
                log.note(id, What::Joined(child));
            }
        }
        Leaf::CancelTask(child) => {
            if world.with_task(child, |task| task.cancel()).is_some() {
                log.note(id, What::Cancelled);
            }
        }
        Leaf::CancelGroup { .. } => unreachable!("it needs the handle of a group"),
        Leaf::Fail => return Err(Fail(id)),
        Leaf::FailAfter(child) => {
            see_the_end_of(world, id, child);
            return Err(Fail(id));
        }
        Leaf::PanicAfter(child) => {
            see_the_end_of(world, id, child);
            throw(log, id);
        }
        Leaf::Panic => throw(log, id),
    }
    Ok(())
}

fn throw(log: &Log, id: Id) {
    log.note(id, What::Threw(Thrown::Boom(id)));
    panic_any(Boom(id));
}

/// Waits until the child has ended, or until its locals are gone, but not forever. A failing child
/// has claimed before that.
#[vthread]
fn see_the_end_of(world: &World, id: Id, child: Id) {
    shield! {
        for turn in 0..20 {
            let has_ended = match id % 2 {
                0 => world.with_task(child, |task| task.is_finished()),
                _ => world.with_task(child, |_| world.log.is_gone(child)),
            };
            match has_ended {
                Some(true) if id % 2 == 1 => break,
                Some(true) => {
                    world.log.note(id, What::Saw(child));
                    break;
                }
                Some(false) if turn < 10 => yield_now(),
                Some(false) => sleep(Duration::from_micros(50)),
                None => break,
            }
        }
    }
}

#[vthread]
fn send(world: &World, id: Id, channel: usize, how: How) {
    let sender = &world.channels[channel].0;
    let item = world.item(id);
    let number = item.number;
    let was_sent = match how {
        How::Try => sender.try_send(item).is_ok(),
        How::Timeout(micros) => {
            let sent = timeout!(Duration::from_micros(micros) => sender.send(item));
            sent.is_ok_and(|sent| sent.is_ok())
        }
        How::Select(micros) => {
            select! {
                sent = sender.send(item) => sent.is_ok(),
                _ = sleep(Duration::from_micros(micros)) => false,
            }
        }
        How::Endless => sender.send(item).is_ok(),
    };
    if was_sent {
        world.log.note(id, What::Sent(number));
    }
}

#[vthread]
fn receive(world: &World, id: Id, channel: usize, how: How) {
    let receiver = &world.channels[channel].1;
    let item: Option<Item> = match how {
        How::Try => receiver.try_recv().ok(),
        How::Timeout(micros) => {
            let got = timeout!(Duration::from_micros(micros) => receiver.recv());
            got.ok().and_then(|got| got.ok())
        }
        How::Select(micros) => {
            select! {
                got = receiver.recv() => got.ok(),
                _ = sleep(Duration::from_micros(micros)) => None,
            }
        }
        How::Endless => receiver.recv().ok(),
    };
    if let Some(item) = item {
        world.log.note(id, What::Got(item.number));
    }
}

/// A level of a recursion: the levels go from the innermost to the outermost.
struct Level<'a> {
    log: &'a Log,
    at: usize,
    dropped: &'a AtomicUsize,
}

impl Drop for Level<'_> {
    fn drop(&mut self) {
        let before = self.dropped.fetch_add(1, Ordering::Relaxed);
        if before != self.at {
            self.log
                .complain(format!("level {} went after {before} others", self.at));
        }
    }
}

#[vthread]
fn deep(log: &Log, at: usize, wait: u64, dropped: &AtomicUsize) {
    let _level = Level { log, at, dropped };
    if at == 0 {
        sleep(Duration::from_micros(wait));
    } else {
        deep(log, at - 1, wait, dropped);
    }
}

/// A future that is not the library's.
struct Foreign {
    pending: usize,
}

impl Future for Foreign {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.pending == 0 {
            return Poll::Ready(());
        }
        self.pending -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
