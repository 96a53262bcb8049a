//! Code that switches stacks leaves a vthread call in the middle of a poll. If calls end in order
//! that is allowed; if the thread's current poll would dangle, the process ends at once and says
//! why.

use std::process::{Command, Output};

fn run(case: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coroutine_main"))
        .arg(case)
        .output()
        .expect("it starts")
}

#[test]
fn r04_a_poll_left_in_the_middle_ends_the_process() {
    for case in ["drops in a call", "goes on in a call", "ends around"] {
        let output = run(case);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), None, "{case}: no signal; {said}");
        assert!(said.contains("has suspended inside"), "{case}: {said}");
        assert_eq!(output.stdout, b"", "{case}: it went on");
    }
}

#[test]
fn r04_a_poll_that_goes_on_in_order_is_none_the_worse() {
    let output = run("in order");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(output.stdout, b"end\n");
}
