//! A dump in folded form: one line for all vthreads that were spawned at the same places, one below
//! another, have made the same calls, and wait for the same.
//!
//! This is the format that Brendan Gregg's flame graphs read: <https://www.brendangregg.com/flamegraphs.html>.

use super::snapshot::{Role, SeenVthread, Snapshot};
use super::stack::{Frame, frames};
use crate::task::state::Activity;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A line for each distinct stack, in the order of their texts: frames from the outermost inwards,
/// with semicolons between, and after a space the number of vthreads.
pub(super) fn write(snapshot: &Snapshot) -> String {
    let mut counts = BTreeMap::<String, usize>::new();
    // Parents come before their children.
    let mut stacks: Vec<String> = Vec::with_capacity(snapshot.vthreads.len());
    for vthread in &snapshot.vthreads {
        let mut stack = String::new();
        if let Some(group) = vthread.within {
            let group = &snapshot.groups[group];
            stack.push_str(&stacks[group.owner]);
            let name = group.name.as_ref();
            frame(&mut stack, "group", name, &group.site.to_string());
        }
        let site = vthread.site.map(ToString::to_string).unwrap_or_default();
        let role = match vthread.role {
            Role::Root => "call",
            Role::Child => "vthread",
            Role::Service => "service",
            Role::Background => "background",
        };
        frame(&mut stack, role, vthread.name.as_ref(), &site);
        let mut line = stack.clone();
        for call in frames(vthread).iter().rev() {
            line.push(';');
            line.push_str(&match call {
                Frame::Call { callee, site } => {
                    format!("{} at {site}", callee.as_deref().unwrap_or("a method"))
                }
                Frame::Recursion(n) => format!("{n} more recursive calls"),
            });
        }
        line.push(';');
        line.push_str(&end(vthread));
        *counts.entry(line).or_default() += 1;
        stacks.push(stack);
    }
    let mut text = String::new();
    for (line, count) in counts {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line} {count}");
    }
    text
}

fn frame(stack: &mut String, role: &str, name: Option<&String>, site: &str) {
    if !stack.is_empty() {
        stack.push(';');
    }
    stack.push_str(role);
    if let Some(name) = name {
        stack.push_str(" `");
        // Semicolons and line ends are the format's own.
        stack.extend(name.chars().map(|c| match c {
            ';' => ',',
            '\n' | '\r' => ' ',
            other => other,
        }));
        stack.push('`');
    }
    stack.push_str(" at ");
    stack.push_str(site);
}

/// The innermost frame: what the vthread does.
fn end(vthread: &SeenVthread) -> String {
    match vthread.activity {
        _ if vthread.nested.is_some() => "blocks in plain code".to_owned(),
        Activity::Running => "runs".to_owned(),
        Activity::Ready => "is ready to run".to_owned(),
        Activity::Over => "has ended".to_owned(),
        Activity::Waiting => {
            let words = vthread.wait_reason.words();
            match vthread.waits_at() {
                Some(site) => format!("waits {words} at {site}"),
                None => format!("waits {words}"),
            }
        }
    }
}
