//! What still goes through the traits of std blocks, and says so.
#![deny(deprecated)]
use std::io::{BufRead, BufReader, BufWriter, Write};
use vthread::net::TcpStream;
use vthread::vthread;

#[vthread]
fn talk(mut stream: TcpStream) -> std::io::Result<String> {
    stream.write_all(b"suspends")?;
    (&stream).write_all(b"blocks")?;
    let mut writer = BufWriter::new(&stream);
    writer.write_all(b"blocks")?;
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    Ok(line)
}

fn main() {}
