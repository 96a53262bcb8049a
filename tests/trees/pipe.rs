//! Producers and consumers over a channel whose closing ends them: nothing else bounds their waits.

use crate::log::{Fail, Log, What};
use crate::scenario::Id;
use crate::world::World;
use vthread::prelude::*;
use vthread::sync::channel;

/// Records that the channel declared before it is dropped.
struct Closing<'w>(&'w Log, Id);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.note(self.1, What::Closing);
    }
}

#[vthread]
pub(crate) fn pipe(
    world: &World,
    id: Id,
    producers: usize,
    consumers: usize,
    items: usize,
    bound: usize,
) -> Result<(), Fail> {
    let log = &*world.log;
    let (tx, rx) = channel(bound);
    let _closing = Closing(log, id);
    group! {
        for _ in 0..producers {
            let tx = tx.clone();
            spawn! {
                for _ in 0..items {
                    let item = world.item(id);
                    let number = item.number;
                    match tx.send(item) {
                        Ok(()) => log.note(id, What::Sent(number)),
                        Err(_) => log.complain(format!("pipe {id} closed too early")),
                    }
                }
            }
        }
        drop(tx);
        for _ in 0..consumers {
            let rx = rx.clone();
            spawn! {
                while let Ok(item) = rx.recv() {
                    log.note(id, What::Got(item.number));
                }
            }
        }
    }?;
    if !rx.is_empty() {
        log.complain(format!("pipe {id} ends with items that were not received"));
    }
    Ok(())
}
