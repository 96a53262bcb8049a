//! Checksums and grep of a directory tree, on std: OS threads share the files.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

const USAGE: &str = "usage: search [--jobs N] [--name PATTERN] [--sums] DIRECTORY [TEXT]";

/// How much of a file tells whether it is text.
const HEAD: usize = 8 * 1024;

/// What the command line asks for.
struct Options {
    jobs: usize,
    /// What the names of the files match, with `*` and `?`.
    name: Option<String>,
    /// Whether the checksum of every file is printed.
    sums: bool,
    directory: PathBuf,
    text: Option<String>,
}

impl Options {
    fn parse(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options {
            jobs: 4,
            name: None,
            sums: false,
            directory: PathBuf::new(),
            text: None,
        };
        let mut rest = Vec::new();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument}: a value"));
            match argument.as_str() {
                "--jobs" => {
                    let n: usize = value()?.parse().map_err(|_| "--jobs: a number")?;
                    options.jobs = n.max(1);
                }
                "--name" => options.name = Some(value()?),
                "--sums" => options.sums = true,
                _ => rest.push(argument),
            }
        }
        let mut rest = rest.into_iter();
        options.directory = rest.next().ok_or("a directory")?.into();
        options.text = rest.next();
        rest.next()
            .map_or(Ok(options), |more| Err(format!("{more}?")))
    }
}

/// Whether a name matches a pattern in which `*` is any text and `?` any character.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            matches(rest, name) || !name.is_empty() && matches(pattern, &name[1..])
        }
        (Some((b'?', pattern)), Some((_, name))) => matches(pattern, name),
        (Some((a, pattern)), Some((b, name))) => a == b && matches(pattern, name),
        _ => false,
    }
}

/// The sum of POSIX's `cksum`: CRC-32, most significant bit first, over the bytes and their number.
#[derive(Clone, Copy, Default)]
struct Sum {
    crc: u32,
    len: u64,
}

/// For each byte what eight steps of the polynomial make of it.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = (n as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc << 1) ^ (if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 });
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
};

impl Sum {
    fn byte(crc: u32, byte: u8) -> u32 {
        (crc << 8) ^ TABLE[(crc >> 24) as usize ^ byte as usize]
    }

    fn add(&mut self, bytes: &[u8]) {
        self.crc = bytes
            .iter()
            .fold(self.crc, |crc, byte| Sum::byte(crc, *byte));
        self.len += bytes.len() as u64;
    }

    fn finish(self) -> u32 {
        let (mut crc, mut len) = (self.crc, self.len);
        while len > 0 {
            crc = Sum::byte(crc, len as u8);
            len >>= 8;
        }
        !crc
    }
}

/// A line that has the text.
struct Hit {
    number: usize,
    line: String,
}

/// What was found in a file.
#[derive(Default)]
struct Found {
    sum: Sum,
    hits: Vec<Hit>,
    is_text: bool,
}

/// The files of a tree, and what could not be read of it.
#[derive(Default)]
struct Tree {
    files: Vec<PathBuf>,
    directories: usize,
    errors: Vec<(PathBuf, io::Error)>,
}

impl Tree {
    /// Adds what is below a directory. Links are not followed, so it ends.
    fn walk(&mut self, directory: &Path, options: &Options) {
        let mut left = vec![directory.to_owned()];
        while let Some(directory) = left.pop() {
            self.directories += 1;
            if let Err(error) = self.enter(&directory, options, &mut left) {
                self.errors.push((directory, error));
            }
        }
    }

    /// Adds the files of one directory, and what is to be entered later.
    fn enter(
        &mut self,
        directory: &Path,
        options: &Options,
        left: &mut Vec<PathBuf>,
    ) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name();
            let name = name.as_encoded_bytes();
            let mut pattern = options.name.iter();
            if kind.is_dir() {
                left.push(entry.path());
            } else if kind.is_file() && pattern.all(|pattern| matches(pattern.as_bytes(), name)) {
                self.files.push(entry.path());
            }
        }
        Ok(())
    }
}

/// Reads a file once, for its sum and for the lines that have the text.
fn examine(path: &Path, text: Option<&str>) -> io::Result<Found> {
    let mut found = Found::default();
    let mut reader = BufReader::with_capacity(HEAD, File::open(path)?);
    found.is_text = !reader.fill_buf()?.contains(&0);
    let Some(text) = text.filter(|_| found.is_text) else {
        let mut bytes = [0; HEAD];
        loop {
            match reader.read(&mut bytes)? {
                0 => return Ok(found),
                n => found.sum.add(&bytes[..n]),
            }
        }
    };
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        found.sum.add(&line);
        let line = String::from_utf8_lossy(&line);
        if line.contains(text) {
            let line = line.trim_end().to_string();
            found.hits.push(Hit { number, line });
        }
    }
    Ok(found)
}

/// Takes one file after the other until none is left.
fn work(
    files: &[PathBuf],
    next: &AtomicUsize,
    options: &Options,
    results: Sender<(usize, io::Result<Found>)>,
) {
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        let Some(path) = files.get(n) else {
            break;
        };
        let found = examine(path, options.text.as_deref());
        if results.send((n, found)).is_err() {
            // The output is closed.
            break;
        }
    }
}

/// What the last line says.
#[derive(Default)]
struct Totals {
    files: usize,
    binary: usize,
    bytes: u64,
    hits: usize,
    errors: usize,
}

/// Prints the results in the order of the files, in whichever order they come.
fn print<W: Write>(
    out: &mut W,
    files: &[PathBuf],
    options: &Options,
    results: Receiver<(usize, io::Result<Found>)>,
) -> io::Result<Totals> {
    let mut totals = Totals::default();
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (n, found) in results {
        early.insert(n, found);
        while let Some(found) = early.remove(&next) {
            let path = files[next].display();
            next += 1;
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    totals.errors += 1;
                    writeln!(out, "{path}: {error}")?;
                    continue;
                }
            };
            totals.files += 1;
            totals.binary += usize::from(!found.is_text);
            totals.bytes += found.sum.len;
            totals.hits += found.hits.len();
            if options.sums {
                writeln!(out, "{} {} {path}", found.sum.finish(), found.sum.len)?;
            }
            for Hit { number, line } in found.hits {
                writeln!(out, "{path}:{number}:{line}")?;
            }
        }
    }
    Ok(totals)
}

fn search<W: Write>(out: &mut W, options: &Options) -> io::Result<Totals> {
    let mut tree = Tree::default();
    tree.walk(&options.directory, options);
    tree.files.sort();
    tree.errors.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (path, error) in &tree.errors {
        writeln!(out, "{}: {error}", path.display())?;
    }
    let files = &tree.files;
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    let mut totals = thread::scope(|scope| {
        for _ in 0..options.jobs {
            let sender = sender.clone();
            scope.spawn(|| work(files, &next, options, sender));
        }
        drop(sender);
        print(out, files, options, results)
    })?;
    totals.errors += tree.errors.len();
    writeln!(
        out,
        "{} files in {} directories, {} binary, {} bytes, {} hits, {} errors",
        totals.files, tree.directories, totals.binary, totals.bytes, totals.hits, totals.errors
    )?;
    Ok(totals)
}

fn main() -> ExitCode {
    let options = match Options::parse(env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let result = search(&mut out, &options);
    let flushed = out.flush();
    match result.and_then(|totals| flushed.map(|()| totals)) {
        Ok(totals) if totals.errors > 0 => ExitCode::from(2),
        Ok(totals) if options.text.is_some() && totals.hits == 0 => ExitCode::from(1),
        Ok(_) => ExitCode::SUCCESS,
        // A pager that has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
