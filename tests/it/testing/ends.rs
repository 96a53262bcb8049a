//! How tests end.

use std::process::ExitCode;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::testing::spawned;
use vthread::time::{Duration, sleep};

const LONG: Duration = Duration::from_secs(3600);

#[vthread::test]
fn a_result_of_success() -> Result<(), String> {
    let n: u32 = "3".parse().map_err(|_| "no number".to_owned())?;
    assert_eq!(n, 3);
    Ok(())
}

#[vthread::test]
#[should_panic(expected = "the test has returned an error")]
fn a_result_of_failure() -> Result<(), String> {
    Err("as it should".to_owned())
}

#[vthread::test(virtual_time)]
#[should_panic(expected = "the test has returned an error")]
fn an_exit_code_of_failure() -> ExitCode {
    ExitCode::from(3)
}

#[vthread::test]
#[ignore = "a test that is not run"]
fn it_is_ignored() {
    panic!("std's attributes work");
}

#[cfg(any())]
#[vthread::test]
fn it_is_not_compiled() {
    no_such_function();
}

/// The same name, in the other half of a `cfg`.
#[cfg(test)]
#[vthread::test]
fn it_is_not_compiled() {}

#[vthread::test]
#[should_panic(expected = "the child's own words")]
fn the_panic_of_a_child() {
    group! {
        spawn! { panic!("the child's own words") }
    }
}

#[vthread::test(seed = 4)]
#[should_panic(expected = "the child's own words")]
fn the_panic_of_a_child_with_a_seed() {
    group! {
        spawn! { panic!("the child's own words") }
    }
}

#[vthread::test]
#[should_panic(expected = "panicked: far from every group")]
fn the_panic_in_the_background() {
    background! { panic!("far from every group") };
}

#[vthread::test(virtual_time)]
#[should_panic(expected = "failed: the disk is full")]
fn the_failure_in_the_background() {
    background!(name = "cleaner" => {
        sleep(Duration::ZERO);
        Err("the disk is full")?;
        Ok(())
    });
}

#[vthread::test]
#[should_panic(expected = "`flusher`, spawned at ")]
fn who_lives_on_is_named() {
    background!(name = "flusher" => {
        sleep(LONG);
        Ok(())
    });
}

#[vthread::test]
#[should_panic(expected = "let the test join or cancel their tasks")]
fn what_to_do_with_who_lives_on() {
    background! {
        sleep(LONG);
        Ok(())
    };
}

#[vthread::test(virtual_time)]
#[should_panic(expected = "`flusher`, spawned at ")]
fn who_lives_on_is_named_in_virtual_time() {
    background!(name = "flusher" => {
        sleep(LONG);
        Ok(())
    });
}

#[vthread::test(virtual_time)]
fn who_is_about_to_end_does_not_live_on() {
    let (sender, receiver) = channel(1);
    background! {
        while receiver.recv().is_ok() {
            vthread::yield_now();
        }
        vthread::yield_now();
        Ok(())
    };
    sender.send(1).unwrap();
    assert_eq!(spawned(), 1);
}

/// Those of other tests, which run beside this one, are not counted.
#[vthread::test]
fn the_vthreads_of_a_test_are_its_own() {
    let (sender, receiver) = channel::<()>(1);
    let background = background!(name = "in the background" => {
        let _ = receiver.recv();
        Ok(())
    });
    group! {
        let (inner, end) = channel::<()>(1);
        spawn!(name = "parent" => {
            group! {
                spawn!(name = "child" => { let _ = end.recv(); });
            }
        });
        while spawned() < 3 {
            vthread::yield_now();
        }
        let spawned = spawned();
        let mut names: Vec<_> = spawned.iter().map(|vthread| vthread.name().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["child", "in the background", "parent"]);
        drop(inner);
    }
    drop(sender);
    background.join();
}

#[vthread::test(virtual_time)]
#[should_panic(expected = "a deadlock")]
fn a_deadlock_fails_the_test() {
    let (_sender, receiver) = channel::<u32>(1);
    let place = Mutex::new(());
    group! {
        let _guard = place.lock();
        spawn!(name = "stuck" => { drop(place.lock()) });
        let _ = receiver.recv();
    }
}
