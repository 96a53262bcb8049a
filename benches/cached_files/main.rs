//! A checksum of many small files that the system has in memory, side by side: std on OS threads,
//! vthread, and tokio.
//!
//! ```text
//! cargo bench -p vthread-benches --bench cached_files -- --rounds 21
//! cargo bench -p vthread-benches --bench cached_files -- --bar 1.2    # fails above it
//! ```
//!
//! The contenders take turns in one process, each with two workers, and the table shows medians.
//! Each lists the directories, opens and reads every file to its end, and adds up its bytes; the
//! sums are compared. Times on a busy machine mean little, the ratio to std in one run is what
//! counts.

use std::fs;
use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

mod on_std;
mod on_tokio;
mod on_vthread;

const DIRECTORIES: usize = 140;
const FILES_EACH: usize = 100;
const WORKERS: usize = 2;

const USAGE: &str = "usage: cached_files [--rounds N] [--bar RATIO]";

/// The sum of a file: FNV-1a, as cheap as reading.
fn sum(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// Makes the files, of up to some kilobytes each; so they are in memory.
fn make(root: &Path) -> io::Result<()> {
    for n in 0..DIRECTORIES {
        let directory = root.join(n.to_string());
        fs::create_dir(&directory)?;
        for m in 0..FILES_EACH {
            let line = format!("{n} {m}\n");
            let bytes = line.repeat(1 + (n * 31 + m * 17) % 500);
            fs::write(directory.join(format!("{m}.txt")), bytes)?;
        }
    }
    Ok(())
}

/// A contender: the sum of all files below a directory.
type Contender = (&'static str, fn(&Path) -> io::Result<u64>);

const CONTENDERS: [Contender; 3] = [
    ("std", on_std::run),
    ("vthread", on_vthread::run),
    ("tokio", on_tokio::run),
];

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn compare(root: &Path, rounds: usize) -> io::Result<f64> {
    let mut times = [const { Vec::new() }; CONTENDERS.len()];
    let mut expected = None;
    // The first round warms up.
    for round in 0..=rounds {
        for ((name, run), times) in CONTENDERS.iter().zip(&mut times) {
            let begun = Instant::now();
            let all = black_box(run(root)?);
            let took = begun.elapsed().as_secs_f64();
            assert_eq!(*expected.get_or_insert(all), all, "{name}");
            if round > 0 {
                times.push(took);
            }
        }
    }
    let medians = times.map(median);
    println!(
        "{} files, {rounds} rounds, {WORKERS} workers",
        DIRECTORIES * FILES_EACH
    );
    for ((name, _), took) in CONTENDERS.iter().zip(medians) {
        println!(
            "{name:>8}  {:7.1} ms  {:5.2}",
            took * 1e3,
            took / medians[0]
        );
    }
    Ok(medians[1] / medians[0])
}

/// What the command line asks for: rounds, and the ratio to std that is too much.
fn options() -> Option<(usize, Option<f64>)> {
    let (mut rounds, mut bar) = (9, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // What cargo says to every bench.
            "--bench" => {}
            "--rounds" => rounds = args.next()?.parse().ok().filter(|n| *n > 0)?,
            "--bar" => bar = Some(args.next()?.parse().ok()?),
            _ => return None,
        }
    }
    Some((rounds, bar))
}

fn run(rounds: usize, place: &PathBuf) -> io::Result<f64> {
    fs::create_dir(place)?;
    let ratio = make(place).and_then(|()| compare(place, rounds));
    fs::remove_dir_all(place)?;
    ratio
}

fn main() -> ExitCode {
    let Some((rounds, bar)) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    // Before the first vthread call.
    let config = vthread::Config::new().workers(WORKERS);
    config.install().expect("nothing has started it");
    let place = std::env::temp_dir().join(format!("cached-files-{}", std::process::id()));
    match (run(rounds, &place), bar) {
        (Ok(ratio), Some(bar)) if ratio > bar => {
            eprintln!("vthread takes {ratio:.2} times as long as std, and the bar is {bar}");
            ExitCode::FAILURE
        }
        (Ok(_), _) => ExitCode::SUCCESS,
        (Err(error), _) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
