//! The workloads of `vthread` beside the same workloads on tokio, smol, may and Go.
//!
//! ```text
//! cargo run --release -p vthread-benches -- all --rounds 9
//! cargo run --release -p vthread-benches -- skynet pingpong --rounds 21
//! cargo run --release -p vthread-benches -- scaling
//! ```
//!
//! Each repetition is a process of its own with two workers (or as many as `VTHREAD_WORKERS` says),
//! the contenders take turns, and the table shows medians. The ratio is vthread's number over the
//! best peer's, so below 1 is better. The numbers of one run on one quiet machine can be compared
//! with one another, and with nothing else. Without a `go` on the path Go takes no part.

mod compare;
mod go;
mod load;
mod measure;
mod open_load;
mod scaling;
mod workloads;

use std::process::ExitCode;

use crate::workloads::{Contender, Workload};

const USAGE: &str = "usage: vthread-benches <all | WORKLOAD...> [--rounds N]
       vthread-benches scaling
workloads: spawn_join scope crowd context skynet yield pingpong mutex recursion deep echo
           echo_open cancel sleepers";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        // The argument with which the comparison runs itself for one repetition.
        ["run", contender, workload] => repeat_once(contender, workload),
        // The same, of the curves.
        ["scale", contender, curve, n] => {
            scaling::repeat_once(contender, curve, n).ok_or_else(|| USAGE.to_owned())
        }
        ["scaling"] => scaling::draw(),
        _ => compare_all(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn repeat_once(contender: &str, workload: &str) -> Result<(), String> {
    let workload = Workload::named(workload).ok_or(USAGE)?;
    match Contender::named(contender).ok_or(USAGE)? {
        Contender::Vthread => workloads::on_vthread::run(workload),
        Contender::Tokio => workloads::on_tokio::run(workload),
        Contender::Smol => workloads::on_smol::run(workload),
        Contender::May => workloads::on_may::run(workload),
        Contender::Go => return Err("Go's workloads are a program of their own".to_owned()),
    }
    Ok(())
}

fn compare_all(args: &[String]) -> Result<(), String> {
    let mut workloads = Vec::new();
    let mut rounds = 9;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "all" => workloads.extend(Workload::ALL),
            "--rounds" => {
                let number = args.next().and_then(|number| number.parse().ok());
                rounds = number.filter(|&rounds| rounds > 0).ok_or(USAGE)?;
            }
            name => workloads.push(Workload::named(name).ok_or(USAGE)?),
        }
    }
    if workloads.is_empty() {
        return Err(USAGE.to_owned());
    }
    compare::run(&workloads, rounds)
}
