//! Edge case 35: no vthread waits behind a stuck poll, however many workers there are.

use std::process::Command;

const STUCK: &str = env!("CARGO_BIN_EXE_stuck_main");

fn holds(case: &str) {
    for workers in ["1", "2", "4"] {
        let run = Command::new(STUCK).args([case, workers]).output().unwrap();
        assert!(
            run.status.success() && run.stdout == b"done\n",
            "{case} with {workers} workers: {run:?}"
        );
    }
}

#[test]
fn r11_a_woken_peer_does_not_wait_for_its_waker() {
    holds("woken");
}

#[test]
fn r11_beside_endless_loops() {
    holds("endless");
}

#[test]
fn r11_beside_loops_that_wait_for_others() {
    holds("loop");
}

#[test]
fn r11_beside_sleeping_kernel_threads() {
    holds("sleep");
}

#[test]
fn r11_beside_a_lock_of_std() {
    holds("lock");
}

#[test]
fn r11_beside_scoped_threads_that_call_vthreads() {
    holds("scope");
}

#[test]
fn r11_beside_a_foreign_block_on() {
    holds("foreign");
}
