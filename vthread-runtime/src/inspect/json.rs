//! A dump as JSON.

use super::snapshot::{Role, SeenGroup, SeenVthread, Snapshot};
use super::stack::{Frame, frames};
use crate::task::state::Activity;
use std::collections::HashMap;
use std::fmt::{self, Display, Write};

/// Writes the whole snapshot. Vthreads and groups are named by their positions in it.
pub(super) fn write(snapshot: &Snapshot) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, snapshot);
    text
}

fn write_all(text: &mut String, snapshot: &Snapshot) -> fmt::Result {
    let all = || snapshot.vthreads.iter().enumerate();
    let by_waker: HashMap<_, _> = all().map(|(me, vthread)| (vthread.waker, me)).collect();
    let by_who: HashMap<_, _> = all()
        .filter(|(_, vthread)| vthread.stamp.who() != 0)
        .map(|(me, vthread)| (vthread.stamp.who(), me))
        .collect();
    text.push_str("{\"vthreads\":[");
    for (me, vthread) in all() {
        let call = vthread.nested.and_then(|(waker, _)| by_waker.get(&waker));
        let holder = vthread.lock.map(|lock| lock.taken_by.who());
        let holder = holder.and_then(|who| by_who.get(&who));
        let mut object = Object::begin(text, me > 0)?;
        write_vthread(&mut object, me, vthread, call.copied(), holder.copied())?;
        object.end();
    }
    text.push_str("],\"groups\":[");
    for (index, group) in snapshot.groups.iter().enumerate() {
        let mut object = Object::begin(text, index > 0)?;
        write_group(&mut object, index, group)?;
        object.end();
    }
    text.push_str("]}");
    Ok(())
}

fn write_vthread(
    object: &mut Object<'_>,
    me: usize,
    vthread: &SeenVthread,
    call: Option<usize>,
    holder: Option<usize>,
) -> fmt::Result {
    object.plain("id", me)?;
    object.plain_or_null("task_id", vthread.task_id)?;
    object.text_or_null("name", vthread.name.as_ref())?;
    object.text("role", vthread.role.word())?;
    object.text_or_null("site", vthread.site)?;
    object.plain_or_null("group", vthread.within)?;
    object.text("state", vthread.state(call.is_some()))?;
    let waits = (vthread.activity == Activity::Waiting).then_some(vthread.wait_reason);
    object.text_or_null("waits", waits.map(|reason| reason.words()))?;
    object.text_or_null("waits_at", vthread.waits_at())?;
    write_stack(object, vthread)?;
    let age = vthread.stack.age.filter(|_| vthread.is_parked());
    object.plain_or_null("age", age.map(|age| age.as_secs_f64()))?;
    object.plain_or_null("lock_holder", holder)?;
    object.text_or_null("lock_taken_at", vthread.lock.and_then(|lock| lock.taken_at))?;
    object.plain_or_null("blocks_in_call", call)?;
    object.plain("cancelled", vthread.is_cancelled())
}

/// The calls as an array, or null where stacks are not kept.
pub(crate) fn write_stack(object: &mut Object<'_>, vthread: &SeenVthread) -> fmt::Result {
    if vthread.stack.age.is_none() || !vthread.is_parked() {
        return object.plain("stack", "null");
    }
    object.key("stack");
    object.text.push('[');
    for (n, frame) in frames(vthread).iter().enumerate() {
        if n > 0 {
            object.text.push(',');
        }
        let mut inner = Object::inside(object.text);
        match frame {
            Frame::Call { callee, site } => {
                inner.text_or_null("function", callee.as_ref())?;
                inner.text("called_at", site)?;
            }
            Frame::Recursion(n) => inner.plain("recursive_calls", n)?,
        }
        inner.end();
    }
    object.text.push(']');
    Ok(())
}

fn write_group(object: &mut Object<'_>, index: usize, group: &SeenGroup) -> fmt::Result {
    object.plain("id", index)?;
    object.text_or_null("name", group.name.as_ref())?;
    object.text("site", group.site)?;
    object.plain("owner", group.owner)?;
    object.plain("children", group.n_alive)?;
    object.plain("running", group.n_running)?;
    object.plain("waiting_for_room", group.n_queued)?;
    let limit = (group.limit < usize::MAX).then_some(group.limit);
    object.plain_or_null("limit", limit)?;
    object.plain("failures", group.n_failures)?;
    object.plain("cancelled", group.is_cancelled)
}

impl SeenVthread {
    /// Its state as a word. `has_call`: its plain code makes a blocking call.
    pub(crate) fn state(&self, has_call: bool) -> &'static str {
        match self.activity {
            _ if has_call => "blocked",
            Activity::Running => "running",
            Activity::Ready => "ready",
            Activity::Waiting => "waiting",
            Activity::Over => "ended",
        }
    }
}

impl Role {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Role::Root => "call",
            Role::Child => "child",
            Role::Service => "service",
            Role::Background => "background",
        }
    }
}

/// An object that is being written.
pub(crate) struct Object<'a> {
    text: &'a mut String,
    has_members: bool,
}

impl<'a> Object<'a> {
    pub(crate) fn begin(text: &'a mut String, is_next: bool) -> Result<Self, fmt::Error> {
        text.push_str(if is_next { ",\n{" } else { "\n{" });
        Ok(Object {
            text,
            has_members: false,
        })
    }

    pub(crate) fn inside(text: &'a mut String) -> Self {
        text.push('{');
        Object {
            text,
            has_members: false,
        }
    }

    pub(crate) fn end(self) {
        self.text.push('}');
    }

    fn key(&mut self, key: &str) {
        if std::mem::replace(&mut self.has_members, true) {
            self.text.push(',');
        }
        // Keys need no escapes.
        self.text.push('"');
        self.text.push_str(key);
        self.text.push_str("\":");
    }

    pub(crate) fn plain(&mut self, key: &str, value: impl Display) -> fmt::Result {
        self.key(key);
        write!(self.text, "{value}")
    }

    pub(crate) fn plain_or_null(&mut self, key: &str, value: Option<impl Display>) -> fmt::Result {
        match value {
            Some(value) => self.plain(key, value),
            None => self.plain(key, "null"),
        }
    }

    pub(crate) fn text(&mut self, key: &str, value: impl Display) -> fmt::Result {
        self.key(key);
        self.text.push('"');
        write!(Escaping(self.text), "{value}")?;
        self.text.push('"');
        Ok(())
    }

    /// A member that is an object, whose members `write` writes.
    pub(crate) fn object(
        &mut self,
        key: &str,
        write: impl FnOnce(&mut Object<'_>) -> fmt::Result,
    ) -> fmt::Result {
        self.key(key);
        let mut object = Object::inside(self.text);
        write(&mut object)?;
        object.end();
        Ok(())
    }

    /// A member that is an array, whose elements `write` writes, with commas between.
    #[cfg(feature = "console")]
    pub(crate) fn array(
        &mut self,
        key: &str,
        write: impl FnOnce(&mut String) -> fmt::Result,
    ) -> fmt::Result {
        self.key(key);
        self.text.push('[');
        write(self.text)?;
        self.text.push(']');
        Ok(())
    }

    /// A member that is an array of texts.
    #[cfg(feature = "console")]
    pub(crate) fn texts(&mut self, key: &str, texts: Vec<String>) -> fmt::Result {
        self.array(key, |array| {
            for (n, text) in texts.iter().enumerate() {
                array.push_str(if n > 0 { ",\"" } else { "\"" });
                write!(Escaping(array), "{text}")?;
                array.push('"');
            }
            Ok(())
        })
    }

    pub(crate) fn text_or_null(&mut self, key: &str, value: Option<impl Display>) -> fmt::Result {
        match value {
            Some(value) => self.text(key, value),
            None => self.plain(key, "null"),
        }
    }
}

/// Escapes what is written into a string of JSON.
struct Escaping<'a>(&'a mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '\t' => self.0.push_str("\\t"),
                control if control < ' ' => write!(self.0, "\\u{:04x}", u32::from(control))?,
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_json_reserves_is_escaped() {
        let mut text = String::new();
        let mut object = Object::begin(&mut text, false).unwrap();
        object.text("name", "a \"b\" \\ c\n\u{1}é").unwrap();
        object.plain_or_null("limit", None::<usize>).unwrap();
        object.end();
        assert_eq!(
            text,
            "\n{\"name\":\"a \\\"b\\\" \\\\ c\\n\\u0001é\",\"limit\":null}"
        );
    }
}
