//! Edge case 37: after a `fork` the child has no runtime.

use std::process::Command;

#[test]
fn r10_a_forked_child_says_that_it_has_no_runtime() {
    let output = Command::new(env!("CARGO_BIN_EXE_fork_main"))
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let printed = String::from_utf8_lossy(&output.stdout);
    let expected = "the child's call panicked\nthe parent's call gave 7\n";
    assert_eq!(printed, expected, "{said}");
    assert!(
        said.contains("was forked after the runtime had started"),
        "{said}"
    );
}
