//! Reads the standard input line by line, with hardly any patience, and writes each line to the
//! standard output and its length to the standard error. No byte is lost to the many reads that
//! were cancelled. With the argument `tells` it says so when the first of them was.

use std::time::Duration;
use vthread::io::{self, stderr, stdin, stdout};
use vthread::prelude::*;

#[vthread]
fn main() -> io::Result<()> {
    let mut input = stdin().lock();
    let tells = std::env::args().any(|argument| argument == "tells");
    let mut n_cancelled = 0;
    let mut line = String::new();
    loop {
        let limit = Duration::from_micros(200);
        match timeout!(limit => input.read_line(&mut line)) {
            Err(_) => {
                assert_eq!(line, "");
                n_cancelled += 1;
                if tells && n_cancelled == 1 {
                    writeln!(stdout(), "cancelled")?;
                }
                continue;
            }
            Ok(Ok(0)) => break,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(error),
        }
        write!(stdout(), "{line}")?;
        writeln!(stderr(), "{}", line.len())?;
        line.clear();
    }
    let mut output = stdout().lock();
    writeln!(output, "the end")?;
    output.flush()
}
