//! Programs that reach a limit of the system, and continue.

use std::process::Command;

#[test]
fn r24_accept_waits_while_there_are_no_descriptors() {
    accepts_all(env!("CARGO_BIN_EXE_accept_at_the_limit"));
}

#[test]
fn so_does_that_of_the_unix_domain() {
    accepts_all(env!("CARGO_BIN_EXE_accept_unix_at_the_limit"));
}

fn accepts_all(program: &str) {
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 72 && exec \"$0\"", program])
        .output()
        .expect("it runs");
    let (said, told) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{told}");
    assert_eq!(said, "all were accepted\n", "{told}");
}
