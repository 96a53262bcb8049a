//! Faults on loopback: each is bounded in time, and what else there is goes on.

use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;
use vthread::net::{TcpListener, TcpSocket, TcpStream};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;

/// A peer is gone: by a reset, or because it has closed its socket.
fn is_gone(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
}

#[vthread]
fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    Ok((client, listener.accept()?.0))
}

mod resets {
    use super::*;

    /// In the middle of what is read, and of what is written.
    #[vthread]
    fn midway() -> io::Result<(usize, ErrorKind, ErrorKind)> {
        let (mut client, mut server) = pair()?;
        let (told, news) = channel::<()>(1);
        group! {
            spawn! {
                client.write_all(&[7; 100_000])?;
                // The other side has read some of it.
                let _ = news.recv();
                client.set_linger(Some(Duration::ZERO))?;
                drop(client);
            }
            let mut bytes = vec![0; 1_000_000];
            let mut n_read = server.read(&mut bytes)?;
            told.send(()).expect("it waits");
            let on_read = loop {
                match server.read(&mut bytes) {
                    Ok(0) => panic!("a reset is no end"),
                    Ok(n) => n_read += n,
                    Err(error) => break error.kind(),
                }
            };
            let on_write = loop {
                match server.write(b"x") {
                    Ok(_) => sleep(Duration::from_millis(1)),
                    Err(error) => break error.kind(),
                }
            };
            Ok((n_read, on_read, on_write))
        }
    }

    #[test]
    fn a_reset_is_an_error_of_std() -> io::Result<()> {
        let (n_read, on_read, on_write) = midway()?;
        assert!((1..=100_000).contains(&n_read));
        assert_eq!(on_read, ErrorKind::ConnectionReset);
        assert!(is_gone(on_write));
        Ok(())
    }
}

mod half_closed {
    use super::*;

    /// One side has said all; it hears all the same, for as long as the other one talks.
    #[vthread]
    fn talk() -> io::Result<(u64, String)> {
        let (mut client, mut server) = pair()?;
        group! {
            let heard = spawn! {
                client.write_all(b"all of it")?;
                client.shutdown(Shutdown::Write)?;
                let error = client.write_all(b"more").expect_err("it is closed");
                assert_eq!(error.kind(), ErrorKind::BrokenPipe);
                let mut sum = 0;
                let mut bytes = [0; 4096];
                loop {
                    match client.read(&mut bytes)? {
                        0 => break sum,
                        n => sum += n as u64,
                    }
                }
            };
            let mut text = String::new();
            server.read_to_string(&mut text)?;
            for _ in 0..1000 {
                server.write_all(&[1; 1000])?;
            }
            server.shutdown(Shutdown::Write)?;
            // Both directions have ended.
            assert_eq!(server.read(&mut [0])?, 0);
            Ok((heard.join(), text))
        }
    }

    #[test]
    fn one_direction_goes_on() -> io::Result<()> {
        assert_eq!(talk()?, (1_000_000, "all of it".to_owned()));
        Ok(())
    }
}

mod slow {
    use super::*;

    /// How many of the quick ones may be late on a slow machine.
    const TRIES: usize = 20;

    /// A line within the time that a client has for it.
    #[vthread]
    fn line_of(stream: &mut TcpStream, limit: Duration) -> io::Result<Option<String>> {
        let read = timeout!(limit => {
            let mut line = Vec::new();
            let mut byte = [0];
            while byte != *b"\n" {
                if stream.read(&mut byte)? == 0 {
                    break;
                }
                line.push(byte[0]);
            }
            Ok::<_, io::Error>(line)
        });
        match read {
            Ok(line) => Ok(Some(String::from_utf8_lossy(&line?).into_owned())),
            Err(_) => Ok(None),
        }
    }

    /// A byte now and then, and never a line: such a client is closed when its time is over.
    #[vthread]
    fn loris(server: SocketAddr) -> io::Result<()> {
        let mut stream = TcpStream::connect(server)?;
        loop {
            if let Err(error) = stream.write_all(b"x") {
                assert!(is_gone(error.kind()), "{error}");
                return Ok(());
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Whether it was answered: not if this machine is so slow that its time was over.
    #[vthread]
    fn is_answered(server: SocketAddr) -> io::Result<bool> {
        let mut stream = TcpStream::connect(server)?;
        stream.write_all(b"quick\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer == "quick\n")
    }

    #[vthread]
    fn served(n_slow: usize, n_quick: usize) -> io::Result<usize> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = listener.local_addr()?;
        group! {
            spawn!(service => {
                group! {
                    for stream in listener.incoming() {
                        let mut stream = stream.expect("a client");
                        spawn! {
                            let limit = Duration::from_millis(500);
                            if let Ok(Some(line)) = line_of(&mut stream, limit) {
                                let _ = stream.write_all(line.as_bytes());
                            }
                        }
                    }
                }
            });
            for _ in 0..n_slow {
                spawn! { loris(server)?; }
            }
            let mut n_answered = 0;
            for _ in 0..n_quick + TRIES {
                n_answered += usize::from(is_answered(server).unwrap_or(false));
                if n_answered == n_quick {
                    break;
                }
            }
            Ok(n_answered)
        }
    }

    #[test]
    fn clients_that_dawdle_are_closed() -> io::Result<()> {
        assert_eq!(served(100, 50)?, 50);
        Ok(())
    }
}

mod full_queue {
    use super::*;

    /// More clients than the queue of the listener holds, before the first is accepted.
    #[vthread]
    fn all_come_in(n: usize) -> io::Result<usize> {
        let socket = TcpSocket::new_v4()?;
        socket.bind("127.0.0.1:0".parse().expect("an address"))?;
        let listener = socket.listen(1)?;
        let server = listener.local_addr()?;
        group! {
            let mut clients = Vec::new();
            for i in 0..n {
                clients.push(spawn! {
                    let mut stream = TcpStream::connect(server)?;
                    stream.write_all(&[i as u8])?;
                    let mut answer = [0];
                    stream.read_exact(&mut answer)?;
                    usize::from(answer[0] == i as u8)
                });
            }
            // The queue is full, and what else there is goes on.
            for _ in 0..50 {
                sleep(Duration::from_millis(1));
            }
            for _ in 0..n {
                let (mut stream, _) = listener.accept()?;
                let mut byte = [0];
                stream.read_exact(&mut byte)?;
                stream.write_all(&byte)?;
            }
            let mut n_served = 0;
            for client in clients {
                n_served += client.join();
            }
            Ok(n_served)
        }
    }

    #[test]
    fn none_is_turned_away() -> io::Result<()> {
        assert_eq!(all_come_in(12)?, 12);
        Ok(())
    }

    /// A connect that waits for room is cancelled at once.
    #[vthread]
    fn given_up() -> io::Result<bool> {
        let socket = TcpSocket::new_v4()?;
        socket.bind("127.0.0.1:0".parse().expect("an address"))?;
        let listener = socket.listen(1)?;
        let server = listener.local_addr()?;
        let mut connected = Vec::new();
        let mut was_cancelled = false;
        while !was_cancelled && connected.len() < 100 {
            match timeout!(Duration::from_millis(200) => TcpStream::connect(server)) {
                Ok(stream) => connected.push(stream?),
                Err(_) => was_cancelled = true,
            }
        }
        Ok(was_cancelled)
    }

    #[test]
    fn a_connect_that_waits_is_cancelled() -> io::Result<()> {
        if !given_up()? {
            println!("!!!!!! THE SYSTEM'S QUEUE DOES NOT FILL: nothing waited !!!!!!");
        }
        Ok(())
    }
}

mod never_reads {
    use super::*;

    /// Writes for as long as the other side takes anything.
    #[vthread]
    fn until_it_is_full(stream: &mut TcpStream) -> io::Result<usize> {
        let mut n_written = 0;
        let piece = vec![7; 64 * 1024];
        loop {
            match timeout!(Duration::from_millis(300) => stream.write(&piece)) {
                Ok(n) => n_written += n?,
                Err(_) => return Ok(n_written),
            }
        }
    }

    #[vthread]
    fn beside_others() -> io::Result<(usize, usize)> {
        let (mut silent, mut server) = pair()?;
        let n_written = until_it_is_full(&mut server)?;
        let mut n_ticks = 0;
        // It is stuck, and another connection is not.
        let (mut other, mut answers) = pair()?;
        group! {
            spawn!(service => { server.write_all(&vec![7; 10_000_000])?; });
            for n in 0..100u8 {
                other.write_all(&[n])?;
                let mut byte = [0];
                answers.read_exact(&mut byte)?;
                n_ticks += usize::from(byte[0] == n);
            }
            Ok::<(), io::Error>(())
        }?;
        // It reads at last: each byte of what was written is there, and no cancelled write is.
        drop(server);
        let mut all = Vec::new();
        silent.read_to_end(&mut all)?;
        assert!(all.len() >= n_written && all.iter().all(|byte| *byte == 7));
        Ok((n_written, n_ticks))
    }

    #[test]
    fn it_holds_nothing_but_itself() -> io::Result<()> {
        let (n_written, n_ticks) = beside_others()?;
        // What the system keeps for it, and not a byte more.
        assert!(n_written < 64 * 1024 * 1024, "{n_written}");
        assert_eq!(n_ticks, 100);
        Ok(())
    }

    #[vthread]
    fn limited() -> io::Result<ErrorKind> {
        let (_silent, mut server) = pair()?;
        server.set_write_timeout(Some(Duration::from_millis(50)))?;
        let piece = vec![7; 1024 * 1024];
        loop {
            if let Err(error) = server.write(&piece) {
                return Ok(error.kind());
            }
        }
    }

    #[test]
    fn a_limit_of_std_ends_the_write() -> io::Result<()> {
        let kind = limited()?;
        assert!(
            matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "{kind:?}"
        );
        Ok(())
    }
}

mod full_disk {
    use super::*;
    use std::path::Path;
    use std::process::Command;
    use vthread::fs::{self, File};
    use vthread::io::BufWriter;

    #[vthread]
    fn fill(directory: &Path) -> io::Result<()> {
        let early = directory.join("early");
        fs::write(&early, "kept")?;
        let mut file = File::create(directory.join("large"))?;
        let error = file.write_all(&[7; 1 << 20]).expect_err("it is full");
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        let whole = fs::write(directory.join("whole"), [7; 1 << 20]);
        assert_eq!(
            whole.expect_err("it is full").kind(),
            ErrorKind::StorageFull
        );
        let mut buffered = BufWriter::with_capacity(1 << 16, File::create(directory.join("more"))?);
        let result = buffered.write_all(&[7; 60_000]);
        let flushed = result.and_then(|()| buffered.flush());
        assert_eq!(
            flushed.expect_err("it is full").kind(),
            ErrorKind::StorageFull
        );
        // What cannot be written is not tried again.
        drop(buffered.into_parts());
        assert_eq!(fs::read_to_string(&early)?, "kept");
        // Room again, when nothing has them open.
        drop(file);
        for name in ["large", "whole", "more"] {
            fs::remove_file(directory.join(name))?;
        }
        fs::write(directory.join("late"), [7; 1000])?;
        Ok(())
    }

    #[test]
    fn a_full_disk_is_an_error_and_recovers() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=128k", "vthread-test"])
            .arg(directory.path())
            .output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            println!("!!!!!! NO tmpfs CAN BE MOUNTED HERE: this test does not run !!!!!!");
            return Ok(());
        }
        let result = std::panic::catch_unwind(|| fill(directory.path()));
        let unmounted = Command::new("umount")
            .arg("-l")
            .arg(directory.path())
            .status()?;
        assert!(unmounted.success());
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}
