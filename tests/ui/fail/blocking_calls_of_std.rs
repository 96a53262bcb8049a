//! Each call that is known to block the OS thread gets a warning that names its counterpart.
#![deny(deprecated)]
use std::io::{self, BufRead, Error, Read};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;
use std::{fs, thread};
use vthread::prelude::*;

#[vthread]
fn threads() {
    std::thread::sleep(Duration::ZERO);
    thread::sleep(Duration::ZERO);
    {
        use std::thread::sleep;
        sleep(Duration::ZERO);
    }
    thread::spawn(|| 1).join().unwrap();
    let (_sender, receiver) = mpsc::channel::<u8>();
    let shared = &receiver;
    let _ = (shared.recv(), receiver.recv_timeout(Duration::ZERO));
    Arc::new(Barrier::new(1)).wait();
}

#[vthread]
fn files(path: &Path) -> Result<(), Error> {
    ::std::fs::write(path, fs::read(path)?)?;
    fs::read_to_string(path)?;
    fs::create_dir(path)?;
    fs::create_dir_all(path)?;
    fs::symlink_metadata(path)?;
    fs::set_permissions(path, fs::metadata(path)?.permissions())?;
    fs::remove_dir(path)?;
    fs::remove_dir_all(path)?;
    fs::remove_file(path)?;
    fs::rename(path, path)?;
    fs::read_dir(path)?;
    fs::canonicalize(path)?;
    fs::copy(path, path)?;
    fs::hard_link(path, path)?;
    fs::read_link(path)?;
    fs::exists(path)?;
    fs::File::open(path)?;
    std::fs::File::create(path)?;
    std::fs::File::create_new(path)?;
    Ok(())
}

#[vthread]
fn others(line: &mut String) -> Result<(), Error> {
    TcpListener::bind("127.0.0.1:0")?.accept()?;
    let stream = TcpStream::connect("127.0.0.1:0")?;
    TcpStream::connect_timeout(&stream.peer_addr()?, Duration::ZERO)?;
    io::stdin().read_line(line)?;
    Command::new("true").status()?;
    Command::new("true").output()?;
    Command::new("true").spawn()?.wait()?;
    Command::new("true").spawn()?.wait_with_output()?;
    Ok(())
}

#[vthread]
fn standard_input(text: &mut String, bytes: &mut Vec<u8>) -> Result<(), Error> {
    for line in io::stdin().lines() {
        text.push_str(&line?);
    }
    let stdin = io::stdin();
    let _ = (stdin.lock().split(b' '), stdin.lock().bytes());
    stdin.lock().read_until(b' ', bytes)?;
    let mut input = io::BufReader::new(stdin);
    input.read_line(text)?;
    input.read(bytes)?;
    input.read_to_end(bytes)?;
    io::stdin().read_to_string(text)?;
    io::stdin().read_exact(bytes)?;
    std::io::read_to_string(std::io::stdin())?;
    io::read_to_string(io::stdin().lock())?;
    Ok(())
}

fn main() {}
