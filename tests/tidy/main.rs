//! The rules of the house that a program can check.
//!
//! Each test names the violations of its rule; ARCHITECTURE.md says why the rule exists.

mod dependencies;
mod imports;
mod links;
mod messages;
mod prose;
mod source;
mod strip;

use std::fs;

use crate::imports::{Imports, shown};
use crate::source::{all_sources, files_below, has_word, read, relative, root, sources};

/// The layers of a crate, by folder.
struct House {
    sources: &'static str,
    /// From the bottom up. A file may name its own layer and those before it; the modules of one
    /// line may name one another.
    layers: &'static [&'static [&'static str]],
    /// The composition root: these modules may name all layers.
    composition: &'static [&'static str],
    /// The imports that point up, each with its reason.
    upward: &'static [(&'static str, &'static str)],
    /// The most modules of one circle.
    largest_circle: usize,
}

const HOUSES: &[House] = &[
    House {
        sources: "vthread-runtime/src",
        layers: &[
            &["primitive", "config"],
            &["base"],
            &["trace"],
            &["cancel"],
            &["task"],
            &["scheduler"],
            &["world"],
            &["group"],
            &["scoped"],
            &["program"],
            &["call"],
            &["inspect"],
            &["console", "context"],
            &["driver"],
            &["sync"],
            &[
                "io", "net", "os", "fs", "time", "signal", "thread", "process", "testing",
            ],
        ],
        composition: &["lib", "runtime", "macro_support"],
        // All of them call functions of the composition root, which hands them on.
        upward: &[
            ("call::block_on", "runtime::start"),
            ("group::grace", "runtime::arm"),
            ("process::reaper", "runtime::start"),
            ("scheduler::queueing", "runtime::scheduler"),
            ("task::cell", "runtime::schedule_last"),
            ("task::current", "runtime::ring"),
            ("task::handle", "runtime::schedule_last"),
            ("task::handle", "runtime::watch"),
            ("task::wait_for", "runtime::watch"),
            ("task::waker", "runtime::schedule"),
            ("testing::run", "runtime::start"),
        ],
        largest_circle: 10,
    },
    House {
        sources: "vthread-macros/src",
        layers: &[
            &[
                "names", "errors", "library", "editor", "clippy", "source", "stacks",
            ],
            &["emit"],
            &["known"],
            &["forms"],
            &["analysis"],
            &["lower"],
            &["item"],
        ],
        composition: &["lib", "snapshots"],
        // A vthread function inside a body is an item of its own.
        upward: &[("lower::expr", "item::function")],
        // The walk over expressions, blocks and loops.
        largest_circle: 3,
    },
];

/// The most lines of code, without comments and blank lines, that a file may have.
const MAX_CODE_LINES: usize = 400;

/// The only files with unsafe code.
const UNSAFE_FILES: &[&str] = &[
    "tests/crates/programs/src/bin/fork_main.rs",
    "tests/crates/soak/src/heap.rs",
    "tests/it/language/unsafety.rs",
    "tests/it/language/function_attributes.rs",
    "tests/lints/bodies.rs",
    "tests/miri/balance.rs",
    "vthread-runtime/src/base/arc.rs",
    "vthread-runtime/src/base/blocks.rs",
    "vthread-runtime/src/base/late_box.rs",
    "vthread-runtime/src/base/list.rs",
    "vthread-runtime/src/base/overwrite.rs",
    "vthread-runtime/src/call/block_on.rs",
    "vthread-runtime/src/call/closure.rs",
    "vthread-runtime/src/call/map_concurrent.rs",
    "vthread-runtime/src/cancel/mark.rs",
    "vthread-runtime/src/cancel/passed_deadline.rs",
    "vthread-runtime/src/cancel/reason.rs",
    "vthread-runtime/src/cancel/scope.rs",
    "vthread-runtime/src/context/bind.rs",
    "vthread-runtime/src/driver/blocking/scoped.rs",
    "vthread-runtime/src/driver/alarm.rs",
    "vthread-runtime/src/driver/time/timers.rs",
    "vthread-runtime/src/process/command_unix.rs",
    "vthread-runtime/src/driver/time/wheel.rs",
    "vthread-runtime/src/driver/time/wheel_tests.rs",
    "vthread-runtime/src/fs/raw_descriptor.rs",
    "vthread-runtime/src/io/without_waiting.rs",
    "vthread-runtime/src/group/cancel.rs",
    "vthread-runtime/src/group/child.rs",
    "vthread-runtime/src/group/claim.rs",
    "vthread-runtime/src/group/collect.rs",
    "vthread-runtime/src/group/grace.rs",
    "vthread-runtime/src/group/handle.rs",
    "vthread-runtime/src/group/infallible.rs",
    "vthread-runtime/src/group/lifecycle.rs",
    "vthread-runtime/src/group/lineage.rs",
    "vthread-runtime/src/group/leaving.rs",
    "vthread-runtime/src/group/limit.rs",
    "vthread-runtime/src/group/node.rs",
    "vthread-runtime/src/group/owner.rs",
    "vthread-runtime/src/group/race.rs",
    "vthread-runtime/src/group/spawn.rs",
    "vthread-runtime/src/inspect/snapshot.rs",
    "vthread-runtime/src/io/from_raw_fd.rs",
    "vthread-runtime/src/io/in_place.rs",
    "vthread-runtime/src/net/unix/credentials.rs",
    "vthread-runtime/src/macro_support/choice.rs",
    "vthread-runtime/src/macro_support/closures.rs",
    "vthread-runtime/src/program/background.rs",
    "vthread-runtime/src/program/current_group.rs",
    "vthread-runtime/src/program/plain_threads.rs",
    "vthread-runtime/src/runtime/at_exit.rs",
    "vthread-runtime/src/runtime/fork.rs",
    "vthread-runtime/src/scheduler/bare_thread.rs",
    "vthread-runtime/src/scheduler/remote.rs",
    "vthread-runtime/src/scheduler/worker.rs",
    "vthread-runtime/src/scoped/await_future.rs",
    "vthread-runtime/src/scoped/body.rs",
    "vthread-runtime/src/scoped/catch_unwind.rs",
    "vthread-runtime/src/scoped/defer.rs",
    "vthread-runtime/src/scoped/in_span.rs",
    "vthread-runtime/src/scoped/select.rs",
    "vthread-runtime/src/scoped/shield.rs",
    "vthread-runtime/src/signal/cancel.rs",
    "vthread-runtime/src/signal/delivery.rs",
    "vthread-runtime/src/signal/dump_on.rs",
    "vthread-runtime/src/sync/channel.rs",
    "vthread-runtime/src/sync/manual_poll.rs",
    "vthread-runtime/src/sync/mutex.rs",
    "vthread-runtime/src/sync/rw_lock_guards.rs",
    "vthread-runtime/src/sync/mutex_guards.rs",
    "vthread-runtime/src/driver/time_limit.rs",
    "vthread-runtime/src/sync/on_demand.rs",
    "vthread-runtime/src/sync/receive_any.rs",
    "vthread-runtime/src/sync/rw_lock.rs",
    "vthread-runtime/src/sync/semaphore.rs",
    "vthread-runtime/src/sync/send_permit.rs",
    "vthread-runtime/src/sync/waitlist.rs",
    "vthread-runtime/src/task/frame_waker.rs",
    "vthread-runtime/src/task/short_waker.rs",
    "vthread-runtime/src/task/bindings.rs",
    "vthread-runtime/src/task/call.rs",
    "vthread-runtime/src/task/cell.rs",
    "vthread-runtime/src/task/cold.rs",
    "vthread-runtime/src/task/current.rs",
    "vthread-runtime/src/task/current_map.rs",
    "vthread-runtime/src/task/handle.rs",
    "vthread-runtime/src/task/header.rs",
    "vthread-runtime/src/task/level.rs",
    "vthread-runtime/src/task/poll.rs",
    "vthread-runtime/src/task/recursion.rs",
    "vthread-runtime/src/task/root.rs",
    "vthread-runtime/src/task/stack.rs",
    "vthread-runtime/src/task/stack_top.rs",
    "vthread-runtime/src/task/vthread.rs",
    "vthread-runtime/src/task/wait_for.rs",
    "vthread-runtime/src/task/waker.rs",
    "vthread-runtime/src/time/bounded.rs",
    "vthread-runtime/src/time/sleeping.rs",
    "vthread-runtime/src/world/turns.rs",
    "vthread-runtime/src/trace/chunks.rs",
    "vthread-runtime/src/trace/stamps.rs",
];

#[test]
fn layers_point_one_way() {
    let mut broken = Vec::new();
    for house in HOUSES {
        for source in sources(&[house.sources]) {
            let top = source.module()[0].clone();
            if house.layer_of(&top).is_none() && !house.composes(&top) {
                broken.push(format!("{}: `{top}` has no place in HOUSES", source.path));
            }
        }
        let mut unused: Vec<_> = house.upward.iter().collect();
        for (from, to) in Imports::of(house.sources).iter() {
            let Some(own) = from.first().and_then(|top| house.layer_of(top)) else {
                continue;
            };
            let is_up = to.first().is_some_and(|top| {
                house.composes(top) || house.layer_of(top).is_some_and(|named| named > own)
            });
            let (from, to) = (shown(from), shown(to));
            let is_it = |(known_from, known_to): &(&str, &str)| {
                *known_from == from && (*known_to == to || known_to.starts_with(&format!("{to}::")))
            };
            if is_up && !house.upward.iter().any(is_it) {
                broken.push(format!("{from} names `{to}`"));
            }
            unused.retain(|known| !is_it(known));
        }
        broken.extend(
            unused
                .iter()
                .map(|(from, to)| format!("{from} does not name {to} any more")),
        );
    }
    assert_none(broken, "a layer knows only the layers below it");
}

#[test]
fn files_are_short() {
    let too_long = all_sources().into_iter().filter_map(|source| {
        let lines = source.code.lines();
        let n = lines.filter(|line| !line.trim().is_empty()).count();
        (n > MAX_CODE_LINES).then(|| format!("{}: {n} lines of code", source.path))
    });
    assert_none(
        too_long.collect(),
        "a file that is longer answers two questions: split it there",
    );
}

#[test]
fn unsafe_code_is_only_where_the_list_says() {
    let mut broken = Vec::new();
    let mut seen = Vec::new();
    for source in all_sources() {
        // The macros spell the word in the code that they generate; their own code must not have
        // any.
        if source.path.starts_with("vthread-macros/") || !has_word(&source.code, "unsafe") {
            continue;
        }
        if !UNSAFE_FILES.contains(&source.path.as_str()) {
            broken.push(format!("{} is not in UNSAFE_FILES", source.path));
        }
        // A file of unit tests belongs to the module that it tests, and so do its permissions.
        let is_inside = source.path.ends_with("tests.rs");
        if !is_inside && !source.code.contains("[allow(unsafe_code)]") {
            broken.push(format!("{} does not say allow(unsafe_code)", source.path));
        }
        seen.push(source.path);
    }
    let gone = UNSAFE_FILES
        .iter()
        .filter(|listed| !seen.iter().any(|path| path == *listed));
    broken.extend(gone.map(|listed| format!("{listed} has no unsafe code any more")));
    assert_none(broken, "unsafe code is in few files, and they are known");
}

#[test]
fn every_crate_denies_unsafe_code_at_its_root() {
    let roots = [
        ("src/lib.rs", "forbid(unsafe_code)"),
        ("vthread-macros/src/lib.rs", "forbid(unsafe_code)"),
        ("vthread-runtime/src/lib.rs", "deny(unsafe_code)"),
    ];
    let broken = roots
        .iter()
        .filter(|(path, attribute)| !read(path).contains(attribute));
    assert_none(
        broken
            .map(|(path, attribute)| format!("{path} does not say {attribute}"))
            .collect(),
        "a file that needs unsafe code has to ask for it",
    );
}

#[test]
fn unsafe_blocks_say_why_they_are_sound() {
    let mut broken = Vec::new();
    for source in all_sources() {
        // Unit tests of unsafe code may give the argument for all their blocks once, at their head.
        let is_said_once = source
            .text
            .contains("allow(clippy::undocumented_unsafe_blocks)");
        if source.path.starts_with("vthread-macros/") || is_said_once {
            continue;
        }
        let (code, text): (Vec<_>, Vec<_>) =
            (source.code.lines().collect(), source.text.lines().collect());
        for (idx, line) in code.iter().enumerate() {
            let is_block = line.contains("unsafe {") || line.trim_end().ends_with("unsafe");
            if !is_block && !line.contains("unsafe impl") {
                continue;
            }
            // The comment stands above the statement, which may have begun some lines before.
            let nearby = &text[idx.saturating_sub(8)..=idx];
            if !nearby.iter().any(|line| line.contains("SAFETY:")) {
                broken.push(format!("{}:{}", source.path, idx + 1));
            }
        }
    }
    assert_none(
        broken,
        "a `// SAFETY:` comment names the fact that the block rests on",
    );
}

#[test]
fn files_that_comments_name_exist() {
    let known: Vec<_> = ["rs", "md"]
        .iter()
        .flat_map(|extension| files_below(root(), extension))
        .map(|path| format!("/{}", relative(&path)))
        .collect();
    let mut broken = Vec::new();
    for source in all_sources() {
        let comments = source
            .text
            .lines()
            .filter(|line| line.trim_start().starts_with("//"));
        for word in comments
            .flat_map(|line| line.split(|c: char| c.is_whitespace() || "`(),;:'\"".contains(c)))
        {
            let name = word.trim_end_matches('.');
            let is_file =
                (name.ends_with(".rs") || name.ends_with(".md")) && !name.starts_with('.');
            if is_file && !known.iter().any(|path| path.ends_with(&format!("/{name}"))) {
                broken.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert_none(
        broken,
        "a comment that points at a file points at one that is there",
    );
}

#[test]
fn crates_share_the_lints() {
    let manifests = [
        "Cargo.toml",
        "vthread-macros/Cargo.toml",
        "vthread-runtime/Cargo.toml",
        "benches/Cargo.toml",
    ];
    let broken = manifests
        .iter()
        .filter(|path| !read(path).contains("[lints]\nworkspace = true"));
    assert_none(
        broken.map(|path| (*path).to_owned()).collect(),
        "every crate has the workspace's lints",
    );
}

#[test]
fn every_example_is_run_by_a_test() {
    let tests = files_below(&root().join("tests/examples"), "rs")
        .iter()
        .map(|path| read(&relative(path)))
        .collect::<String>();
    let entries = fs::read_dir(root().join("examples")).expect("the examples");
    let names = entries.map(|entry| entry.expect("an entry").path());
    let unused = names.filter_map(|path| {
        let name = path.file_stem()?.to_str()?.to_owned();
        (!tests.contains(&format!("\"{name}\""))).then_some(name)
    });
    assert_none(unused.collect(), "tests/examples runs every example");
}

fn assert_none(broken: Vec<String>, rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

impl House {
    fn layer_of(&self, module: &str) -> Option<usize> {
        let mut layers = self.layers.iter();
        layers.position(|layer| layer.contains(&module))
    }

    fn composes(&self, module: &str) -> bool {
        self.composition.contains(&module)
    }
}
