//! The memory of a process, which a program of its own measures.

use std::process::Command;

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn r23_the_memory_of_a_crowd_goes_back() {
    let output = Command::new(env!("CARGO_BIN_EXE_crowd_main"))
        .output()
        .expect("it starts");
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).expect("text");
    let mut lines = printed.lines().map(|line| {
        let numbers = line.split(' ').map(|number| number.parse().unwrap());
        numbers.collect::<Vec<usize>>()
    });
    let before = lines.next().expect("it begins")[0];
    let mut rounds = 0;
    for round in lines {
        let [peak, after] = round[..] else {
            panic!("{printed}")
        };
        assert!(
            peak > before + 20_000_000,
            "a crowd needs memory: {printed}"
        );
        assert!(after <= before + (peak - before) / 5, "{printed}");
        rounds += 1;
    }
    assert_eq!(rounds, 3);
}
