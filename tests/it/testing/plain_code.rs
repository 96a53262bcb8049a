//! Blocking calls in plain code, in a test that runs one vthread at a time.

use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::testing::elapsed;
use vthread::time::{Duration, sleep};

const SECOND: Duration = Duration::from_secs(1);

#[vthread::test(virtual_time)]
fn the_others_go_on() {
    let (first, from_first) = channel(1);
    let (second, from_second) = channel(1);
    group! {
        spawn! {
            let received: Vec<u32> = (0..3).map(|_| from_second.recv().block().unwrap()).collect();
            assert_eq!(received, [0, 1, 2]);
        }
        spawn! {
            (0..3).for_each(|_| {
                let n = from_first.recv().block().unwrap();
                sleep(SECOND);
                second.send(n).block().unwrap();
            });
        }
        spawn! {
            for n in 0..3 {
                sleep(60 * SECOND);
                first.send(n).unwrap();
            }
        }
    }
    assert_eq!(elapsed(), 181 * SECOND);
}

/// The body is polled above the child on its thread's stack.
#[vthread::test(virtual_time)]
fn the_body_goes_on() {
    let (question, questions) = channel::<u32>(1);
    let (answer, answers) = channel(1);
    group! {
        spawn! {
            for n in (0..3).map(|_| questions.recv().block().unwrap()) {
                answer.send(n).unwrap();
            }
        }
        for n in 0..3 {
            sleep(SECOND);
            question.send(n).unwrap();
            assert_eq!(answers.recv(), Ok(n));
        }
    }
    assert_eq!(elapsed(), 3 * SECOND);
}

#[vthread::test(virtual_time)]
#[should_panic(expected = "the body's own words")]
fn the_body_panics() {
    let (_sender, receiver) = channel::<u32>(1);
    group! {
        spawn! {
            [0].iter().for_each(|_| assert!(receiver.recv().block().is_err()));
        }
        sleep(SECOND);
        panic!("the body's own words");
    }
}

#[vthread::test(seeds = 100)]
fn all_block_in_every_order() {
    let (sender, receiver) = channel(1);
    let n_received = Mutex::new(0);
    group! {
        for _ in 0..3 {
            spawn! {
                (0..2).for_each(|_| {
                    let n = receiver.recv().block().unwrap();
                    sleep(Duration::from_millis(n));
                    *n_received.lock().block() += 1;
                })
            }
        }
        for n in 0..6 {
            sleep(Duration::from_millis(1));
            sender.send(n).unwrap();
        }
        [1, 2].iter().for_each(|&n| sleep(Duration::from_millis(n)));
    }
    assert_eq!(n_received.into_inner(), 6);
}
