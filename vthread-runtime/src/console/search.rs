//! Which vthreads and groups a reader looks for.

use super::tree::{Member, Node, People};
use crate::inspect::stack::frames;
use std::fmt::Write;

/// The words that a line must have, each somewhere, in small letters. None: all are found.
#[derive(Debug)]
pub(super) struct Search {
    words: Vec<String>,
}

impl Search {
    pub(super) fn new(text: &str) -> Self {
        let words = text.split_whitespace().map(str::to_lowercase);
        Search {
            words: words.collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Of each node, whether it is found, or is below or above one that is.
    pub(super) fn wanted(&self, people: &People<'_>, nodes: &[Node]) -> Vec<bool> {
        if self.is_empty() {
            return vec![true; nodes.len()];
        }
        let mut is_wanted: Vec<bool> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let is_below = node.parent.is_some_and(|parent| is_wanted[parent]);
            is_wanted.push(is_below || self.finds(people, node.member));
        }
        for (me, node) in nodes.iter().enumerate().rev() {
            if let Some(parent) = node.parent.filter(|_| is_wanted[me]) {
                is_wanted[parent] = true;
            }
        }
        is_wanted
    }

    fn finds(&self, people: &People<'_>, member: Member) -> bool {
        let text = text(people, member).to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

/// All that a line says of it, but its age.
fn text(people: &People<'_>, member: Member) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = match member {
        Member::Group(group) => {
            let group = &people.snapshot.groups[group];
            let name = group.name.as_deref().unwrap_or_default();
            write!(text, "group {name} {}", group.site)
        }
        Member::Vthread(vthread) => {
            let vthread = &people.snapshot.vthreads[vthread];
            let name = vthread.name.as_deref().unwrap_or_default();
            let _ = write!(
                text,
                "{} {name} {}",
                vthread.role.word(),
                people.state(vthread)
            );
            if let Some(id) = vthread.task_id {
                let _ = write!(text, " #{id}");
            }
            let _ = write!(text, " {}", vthread.wait_reason.words());
            for site in vthread.site.into_iter().chain(vthread.waits_at()) {
                let _ = write!(text, " {site}");
            }
            for frame in frames(vthread) {
                let _ = write!(text, " {frame}");
            }
            if vthread.is_cancelled() {
                text.push_str(" cancelled");
            }
            write!(text, " {}", people.lock_holder(vthread).unwrap_or_default())
        }
    };
    text
}
