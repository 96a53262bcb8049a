//! What suspends in a `for` blocks as an iterator.
#![deny(deprecated)]
use std::path::Path;
use vthread::fs;
use vthread::io::BufReader;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::Receiver;

#[vthread]
fn messages(rx: Receiver<u32>, receiver: &Receiver<u32>) -> Vec<u32> {
    for (i, n) in receiver.iter().enumerate() {
        println!("{i} {n}");
    }
    rx.into_iter().collect()
}

#[vthread]
fn the_first(reading: &[u32], rx: &Receiver<u32>) -> u32 {
    reading.iter().take(2).sum::<u32>() + rx.iter().take(2).sum::<u32>()
}

#[vthread]
fn lines(reader: BufReader<TcpStream>) -> usize {
    reader.lines().map_while(Result::ok).count()
}

#[vthread]
fn connections(listener: &TcpListener) -> std::io::Result<()> {
    for (n, stream) in listener.incoming().enumerate() {
        println!("{n} {:?}", stream?.peer_addr());
    }
    Ok(())
}

#[vthread]
fn entries(path: &Path) -> std::io::Result<usize> {
    for entry in fs::read_dir(path)?.flatten() {
        println!("{:?}", entry.path());
    }
    Ok(fs::read_dir(path).unwrap().count() + vthread::fs::read_dir(path).expect("one").count())
}

// These suspend, or do not wait, or are others of these names.
#[vthread]
fn others(rx: &Receiver<u32>, readers: &[u32]) -> usize {
    for n in rx.iter() {
        println!("{n}");
    }
    for n in rx {
        println!("{n}");
    }
    for entry in fs::read_dir("/").unwrap() {
        println!("{entry:?}");
    }
    rx.try_iter().count() + readers.iter().count()
}

fn in_plain_code(rx: Receiver<u32>) -> Vec<u32> {
    rx.into_iter().collect()
}

fn main() {}
