//! The core of the library, by the same code on every system.
//!
//! ```text
//! cargo test -p portable
//! CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=/usr/lib/wine/wine64 \
//!     cargo test -p portable --target x86_64-pc-windows-gnu
//! ```
//!
//! wine 8 lacks a library of Windows: `wine/bcryptprimitives.c` and `.ci/run` make it.

use std::env;
use std::path::PathBuf;
use vthread::fs::{self, File, OpenOptions};
use vthread::io::{self, BufReader};
use vthread::net::{TcpListener, TcpStream, UdpSocket};
use vthread::prelude::*;
use vthread::process::Command;
use vthread::sync::{Mutex, channel};
use vthread::time::{Duration, Instant, sleep};

/// A path that no other test, and no other process, uses.
fn path(name: &str) -> PathBuf {
    env::temp_dir().join(format!("vthread-{}-{name}", std::process::id()))
}

/// This program, as a process that runs one of the tests below alone.
fn this_program(test: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("the path of the tests"));
    command.args([test, "--exact", "--nocapture", "--include-ignored"]);
    command
}

#[test]
#[vthread]
fn children_share_what_their_parent_has() {
    let sum = Mutex::new(0);
    group! {
        for n in 1..=1_000 {
            spawn! { *sum.lock() += n; }
        }
    }
    assert_eq!(sum.into_inner(), 500_500);
}

#[test]
#[vthread]
fn a_channel_waits_in_both_directions() {
    let (tx, rx) = channel(1);
    let mut seen = Vec::new();
    group! {
        spawn!(move => {
            for n in 0..100 {
                tx.send(n).expect("a receiver");
            }
        });
        for n in rx {
            seen.push(n);
        }
    }
    assert_eq!(seen, Vec::from_iter(0..100));
}

#[test]
#[vthread]
fn a_time_limit_cancels() {
    let start = Instant::now();
    let slept = timeout!(Duration::from_millis(20) => sleep(Duration::from_secs(600)));
    assert!(slept.is_err());
    assert!(start.elapsed() >= Duration::from_millis(20));
}

/// Many messages of sizes that no buffer of the system is a multiple of.
#[test]
#[vthread]
fn tcp_echoes() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    group! {
        spawn!(service => {
            for stream in listener.incoming() {
                let mut stream = stream?;
                spawn! {
                    let mut buf = [0; 1_000];
                    loop {
                        let n = stream.read(&mut buf)?;
                        if n == 0 {
                            break;
                        }
                        stream.write_all(&buf[..n])?;
                    }
                }
            }
        });
        group! {
            for client in 0..20_usize {
                spawn! {
                    let mut stream = TcpStream::connect(address)?;
                    for round in 0..20 {
                        let sent = vec![round as u8; 1 + client * 777];
                        stream.write_all(&sent)?;
                        let mut echo = vec![0; sent.len()];
                        stream.read_exact(&mut echo)?;
                        assert_eq!(echo, sent);
                    }
                }
            }
        }?;
    }
}

#[test]
#[vthread]
fn tcp_carries_a_megabyte_each_way_at_once() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let near = TcpStream::connect(listener.local_addr()?)?;
    let (far, _) = listener.accept()?;
    group! {
        for (end, byte) in [(&near, 1_u8), (&far, 2)] {
            spawn! {
                let mut end = end;
                end.write_all(&vec![byte; 1 << 20])?;
            }
            spawn! {
                let mut end = end;
                let mut received = vec![0; 1 << 20];
                end.read_exact(&mut received)?;
                assert!(received.iter().all(|received| *received == 3 - byte));
            }
        }
    }
}

#[test]
#[vthread]
fn a_cancelled_read_of_a_socket_loses_nothing() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut near = TcpStream::connect(listener.local_addr()?)?;
    let (mut far, _) = listener.accept()?;
    let mut buf = [0; 5];
    for _ in 0..3 {
        let none = timeout!(Duration::from_millis(10) => near.read_exact(&mut buf)?);
        assert!(none.is_err());
        far.write_all(b"words")?;
        near.read_exact(&mut buf)?;
        assert_eq!(&buf, b"words");
    }
    Ok(())
}

#[test]
#[vthread]
fn a_port_without_a_listener_refuses() -> io::Result<()> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let refused = TcpStream::connect(address).expect_err("nothing listens there");
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    Ok(())
}

#[test]
#[vthread]
fn udp_echoes() -> io::Result<()> {
    let server = UdpSocket::bind("127.0.0.1:0")?;
    let client = UdpSocket::bind("127.0.0.1:0")?;
    client.connect(server.local_addr()?)?;
    group! {
        spawn!(service => {
            let mut buf = [0; 100];
            loop {
                let (n, peer) = server.recv_from(&mut buf)?;
                server.send_to(&buf[..n], peer)?;
            }
        });
        let mut buf = [0; 100];
        for n in 1..=50 {
            client.send(&[n; 10])?;
            assert_eq!(client.recv(&mut buf)?, 10);
            assert_eq!(buf[..10], [n; 10]);
        }
    }
}

/// A listener and a stream of std's, which block.
fn of_std() -> io::Result<(std::net::TcpListener, std::net::TcpStream)> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    Ok((listener, std::net::TcpStream::connect(address)?))
}

#[test]
#[vthread]
fn sockets_of_std_are_taken_and_given_back() -> io::Result<()> {
    let (listener, near) = of_std()?;
    let listener = TcpListener::try_from(listener)?;
    let (mut far, _) = listener.accept()?;
    let mut near = TcpStream::try_from(near)?;
    near.write_all(b"to you")?;
    let mut buf = [0; 6];
    far.read_exact(&mut buf)?;
    assert_eq!(&buf, b"to you");
    let mut other = far.try_clone()?;
    other.write_all(b"to me")?;
    drop((far, other));
    let mut text = String::new();
    let mut near = near.into_std()?;
    vthread::blocking(move || {
        std::io::Read::read_to_string(&mut near, &mut text)?;
        assert_eq!(text, "to me");
        Ok(())
    })
}

#[test]
#[vthread]
fn files_are_written_and_read() -> io::Result<()> {
    let path = path("file");
    defer! { let _ = fs::remove_file(&path); }
    fs::write(&path, "one\n")?;
    let mut file = OpenOptions::new().append(true).open(&path)?;
    file.write_all(b"two\n")?;
    file.flush()?;
    drop(file);
    let mut lines = Vec::new();
    for line in BufReader::new(File::open(&path)?).lines() {
        lines.push(line?);
    }
    assert_eq!(lines, ["one", "two"]);
    assert_eq!(fs::metadata(&path)?.len(), 8);
    let missing = fs::read(path.join("none")).expect_err("no such file");
    assert_ne!(missing.kind(), io::ErrorKind::WouldBlock);
    Ok(())
}

#[test]
#[vthread]
fn directories_are_made_and_listed() -> io::Result<()> {
    let path = path("directory");
    fs::create_dir_all(path.join("inner"))?;
    defer! { let _ = fs::remove_dir_all(&path); }
    fs::write(path.join("file"), "")?;
    fs::copy(path.join("file"), path.join("copy"))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(&path)? {
        names.push(entry?.file_name());
    }
    names.sort();
    assert_eq!(names, ["copy", "file", "inner"]);
    Ok(())
}

#[test]
#[vthread]
fn a_pipe_waits_and_ends() -> io::Result<()> {
    let (mut reader, mut writer) = io::pipe()?;
    let mut buf = [0; 5];
    let none = timeout!(Duration::from_millis(10) => reader.read_exact(&mut buf)?);
    assert!(none.is_err());
    writer.write_all(b"words")?;
    reader.read_exact(&mut buf)?;
    assert_eq!(&buf, b"words");
    drop(writer);
    assert_eq!(reader.read(&mut buf)?, 0);
    Ok(())
}

#[test]
#[vthread]
fn a_process_takes_its_input_and_ends() -> io::Result<()> {
    let mut child = this_program("echo_of_the_input");
    let mut child = child
        .stdin(vthread::process::Stdio::piped())
        .stdout(vthread::process::Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().expect("it is a pipe");
    input.write_all(b"words\n")?;
    drop(input);
    let output = child.wait_with_output()?;
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("it said: words"), "{text}");
    Ok(())
}

/// What the process of the test above does.
#[test]
#[ignore = "it is run as a process, by another test"]
#[vthread]
fn echo_of_the_input() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    io::stdout().write_all(format!("it said: {line}").as_bytes())?;
    Ok(())
}

#[test]
#[vthread]
fn a_process_is_killed_when_its_wait_is_cancelled() -> io::Result<()> {
    let start = Instant::now();
    let mut child = this_program("a_long_sleep");
    child.kill_on_cancel(true);
    let mut child = child.spawn()?;
    let waited = timeout!(Duration::from_millis(100) => child.wait()?);
    assert!(waited.is_err());
    assert!(!child.wait()?.success());
    assert!(start.elapsed() < Duration::from_secs(300));
    Ok(())
}

/// What the process of the test above does.
#[test]
#[ignore = "it is run as a process, by another test"]
#[vthread]
fn a_long_sleep() {
    sleep(Duration::from_secs(600));
}
