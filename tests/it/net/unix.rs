//! Streams in the Unix domain.

use std::io;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd};
use std::time::Duration;
use vthread::os::unix::net::{UnixListener, UnixStream};
use vthread::prelude::*;

#[vthread]
fn echo(listener: &UnixListener, n: usize) -> io::Result<()> {
    group! {
        let mut left = n;
        for stream in listener {
            let mut stream = stream?;
            spawn! {
                let mut text = String::new();
                stream.read_to_string(&mut text)?;
                stream.write_all(text.to_uppercase().as_bytes())?;
            }
            left -= 1;
            if left == 0 { break; }
        }
    }
}

#[vthread]
fn served() -> io::Result<Vec<String>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("socket");
    let listener = UnixListener::bind(&path)?;
    assert_eq!(listener.local_addr()?.as_pathname(), Some(path.as_path()));
    let mut answers = Vec::new();
    group! {
        spawn! { echo(&listener, 3)?; }
        for word in ["one", "two", "three"] {
            let mut stream = UnixStream::connect(&path)?;
            stream.write_all(word.as_bytes())?;
            stream.shutdown(std::net::Shutdown::Write)?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            answers.push(answer);
        }
    }?;
    Ok(answers)
}

#[test]
fn a_server_at_a_path() -> io::Result<()> {
    assert_eq!(served()?, ["ONE", "TWO", "THREE"]);
    Ok(())
}

#[vthread]
fn a_pair() -> io::Result<()> {
    let (mut one, mut other) = UnixStream::pair()?;
    let credentials = one.peer_cred()?;
    assert_eq!(credentials.pid, Some(std::process::id() as i32));
    write!(one, "{}", 1)?;
    let mut clone = one.try_clone()?;
    drop(one);
    clone.write_all(b"2")?;
    let descriptor = clone.as_raw_fd();
    let raw = clone.into_std()?;
    assert_eq!(raw.as_raw_fd(), descriptor);
    io::Write::write_all(&mut &raw, b"3")?;
    let mut back = UnixStream::try_from(OwnedFd::from(raw))?;
    back.write_all(b"4")?;
    assert_eq!(back.as_raw_fd(), descriptor);
    drop(back);
    let mut text = String::new();
    other.read_to_string(&mut text)?;
    assert_eq!(text, "1234");
    let raw = other.into_raw_fd();
    assert!(raw > 0);
    Ok(())
}

#[test]
fn a_pair_and_its_descriptors() -> io::Result<()> {
    a_pair()
}

/// Accepts are cancelled all the time; each client is served all the same.
#[vthread]
fn storm(n: u32) -> io::Result<u32> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("socket");
    let listener = UnixListener::bind(&path)?;
    let mut cancelled = 0;
    group! {
        for i in 0..4 {
            let path = &path;
            spawn! {
                for j in 0..n / 4 {
                    let mut stream = UnixStream::connect(path)?;
                    stream.write_all(&(i * n / 4 + j).to_le_bytes())?;
                    assert_eq!(stream.read(&mut [0])?, 0);
                }
            }
        }
        let mut seen = vec![false; n as usize];
        let mut served = 0;
        while served < n {
            let limit = Duration::from_micros(u64::from(cancelled % 7) * 20);
            match timeout!(limit => listener.accept()) {
                Ok(accepted) => {
                    let mut number = [0; 4];
                    accepted?.0.read_exact(&mut number)?;
                    let place = &mut seen[u32::from_le_bytes(number) as usize];
                    assert!(!std::mem::replace(place, true));
                    served += 1;
                }
                Err(_) => cancelled += 1,
            }
        }
        assert!(seen.into_iter().all(|seen| seen));
        Ok(cancelled)
    }
}

#[test]
fn cancelled_accepts_lose_no_client() -> io::Result<()> {
    assert!(storm(400)? > 0);
    Ok(())
}
