//! The stack of a vthread in a text: the calls around the operation for which it waits.

use super::snapshot::SeenVthread;
use crate::task::seen_stack::SeenCall;
use crate::task::wait_for::Site;
use std::fmt;
use std::time::Duration;

/// A line of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A call that waits.
    Call {
        /// The called function, or the macro. None: a trait's method, chosen at run time.
        callee: Option<String>,
        site: Site,
    },
    /// So many calls of functions that call themselves stand between the calls before and after
    /// this, and are left out.
    Recursion(u32),
}

/// The calls around the wait of a vthread, from the innermost outwards. Empty if it runs, or if
/// stacks are not kept.
pub(crate) fn frames(vthread: &SeenVthread) -> Vec<Frame> {
    if !vthread.is_parked() {
        return Vec::new();
    }
    let [_, base] = &vthread.stack.calls;
    let (_, around) = vthread.calls();
    let mut frames: Vec<Frame> = around.iter().map(call).collect();
    // The innermost call of the base is the first recursive one, and it is the last of them.
    if let Some(left_out) = vthread.stack.n_recursive.checked_sub(1) {
        if left_out > 0 {
            frames.push(Frame::Recursion(left_out));
        }
        frames.extend(base.iter().map(call));
    }
    frames
}

fn call(call: &SeenCall) -> Frame {
    Frame::Call {
        callee: callee(call.callee),
        site: call.site,
    }
}

/// The function, or the macro of ours, from the name that the compiler gives to the frame's type.
fn callee(frame: &str) -> Option<String> {
    let mut frame = frame;
    for around in [
        "core::pin::Pin<alloc::boxed::Box<",
        "vthread_runtime::task::recursion::Segment<",
    ] {
        frame = frame.strip_prefix(around).unwrap_or(frame);
    }
    if frame.starts_with("dyn ") {
        return None;
    }
    let of_library = frame.strip_prefix("vthread_runtime::");
    if let Some(rest) = of_library {
        let macros = [
            ("group::race::", "race!"),
            ("scoped::select::Select", "select!"),
            ("scoped::shield::Shield", "shield!"),
            ("scoped::catch_unwind::CatchUnwind", "catch_unwind!"),
            ("scoped::defer::Defer", "the block of defer!"),
            ("scoped::defer::", "defer!"),
            ("time::bounded::Timeout", "timeout!"),
            ("context::bind::Bind", "bind!"),
        ];
        let found = macros.iter().find(|(path, _)| rest.starts_with(path));
        let name = found.map_or("a function of the library", |(_, name)| name);
        return Some(name.to_owned());
    }
    let end = frame.find("::{{closure}}").unwrap_or(frame.len());
    Some(frame[..end].replace("__vthread_", ""))
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Frame::Call {
                callee: Some(callee),
                site,
            } if callee.ends_with('!') => write!(f, "in {callee} at {site}"),
            Frame::Call {
                callee: Some(callee),
                site,
            } => write!(f, "in {callee}, called at {site}"),
            Frame::Call { callee: None, site } => write!(f, "in a method called at {site}"),
            Frame::Recursion(1) => f.write_str("in 1 more recursive call"),
            Frame::Recursion(n) => write!(f, "in {n} more recursive calls"),
        }
    }
}

/// Ages in seconds, after a line: of one vthread, or of the youngest and the eldest. Nothing if
/// they are less than a tenth of a second.
pub(super) struct Ages(pub(super) Option<(Duration, Duration)>);

impl fmt::Display for Ages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = |age: Duration| age.as_millis() / 100;
        let Some((least, most)) = self.0.filter(|(_, most)| tenths(*most) > 0) else {
            return Ok(());
        };
        let [least, most] = [least, most].map(tenths);
        match least == most {
            true => write!(f, ", for {}.{} s", most / 10, most % 10),
            false => write!(
                f,
                ", for {}.{} s to {}.{} s",
                least / 10,
                least % 10,
                most / 10,
                most % 10
            ),
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn types_of_frames_name_functions_and_macros() {
        let cases = [
            ("app::__vthread_client::{{closure}}", Some("app::client")),
            (
                "<app::Store>::load<u8>::{{closure}}",
                Some("<app::Store>::load<u8>"),
            ),
            (
                "vthread_runtime::task::recursion::Segment<app::__vthread_walk::{{closure}}>",
                Some("app::walk"),
            ),
            (
                "core::pin::Pin<alloc::boxed::Box<app::__vthread_far::{{closure}}>>",
                Some("app::far"),
            ),
            (
                "core::pin::Pin<alloc::boxed::Box<dyn core::future::future::Future<Output = u8>>>",
                None,
            ),
            (
                "vthread_runtime::scoped::select::Select<x>",
                Some("select!"),
            ),
        ];
        for (frame, name) in cases {
            assert_eq!(callee(frame).as_deref(), name);
        }
    }

    #[test]
    fn ages_are_told_to_a_tenth() {
        let ages = |least, most| {
            let [least, most] = [least, most].map(Duration::from_millis);
            Ages(Some((least, most))).to_string()
        };
        assert_eq!(ages(40, 99), "");
        assert_eq!(ages(12_345, 12_399), ", for 12.3 s");
        assert_eq!(ages(0, 61_000), ", for 0.0 s to 61.0 s");
    }
}
