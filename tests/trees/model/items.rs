//! Items: a channel returns each item that it took once, or drops it at its own end.

use super::facts::Facts;
use crate::log::{Part, What};
use crate::scenario::{Id, Kind, Leaf};
use std::collections::{HashMap, HashSet};

pub(super) fn check(facts: &Facts<'_>, broken: &mut Vec<String>) {
    let mut sent = HashSet::new();
    let mut got = HashSet::new();
    let mut closing = HashMap::new();
    for (at, id, what) in &facts.notes {
        match what {
            What::Sent(item) => {
                sent.insert(*item);
            }
            What::Got(item) if !got.insert(*item) => {
                broken.push(format!("item {item} was received twice"));
            }
            What::Closing => {
                closing.insert(*id, *at);
            }
            _ => {}
        }
    }
    for (by, part) in facts.began.keys() {
        let Part::Item(item) = part else { continue };
        let (was_sent, was_got) = (sent.contains(item), got.contains(item));
        if was_got && !was_sent {
            broken.push(format!(
                "item {item} of step {by} was received, and its send was cancelled"
            ));
        }
        let gone = facts.gone.get(&(*by, *part)).map(|(at, _)| *at);
        if was_sent && !was_got && gone < closing.get(&channel_of(facts, *by)).copied() {
            broken.push(format!("item {item} of step {by} is lost"));
        }
    }
}

/// The step that ends together with the channel: that of a pipe, or the root.
fn channel_of(facts: &Facts<'_>, by: Id) -> Id {
    match facts.kind(by) {
        Kind::Leaf(Leaf::Pipe { .. }) => by,
        _ => 0,
    }
}
