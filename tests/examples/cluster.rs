//! Workers share a job by a Redis server; one is killed, and no page is lost or stored twice.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::program::{binary, text};

const PAGES: usize = 60;
const PATIENCE: Duration = Duration::from_secs(60);

/// A Redis server on a port that was free.
struct Redis {
    process: Child,
    address: String,
    _held: TcpListener,
    _folder: tempfile::TempDir,
}

impl Redis {
    /// `None`: there is no such program here.
    fn start() -> Option<Redis> {
        // While this is held no other listener is given the port. The server has it at another
        // address of this machine, which nothing else uses.
        let held = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = held.local_addr().expect("an address").port();
        let address = SocketAddr::from(([127, 0, 0, 2], port));
        let folder = tempfile::tempdir().expect("a folder");
        let started = Command::new("redis-server")
            .args(["--bind", "127.0.0.2", "--save", "", "--port"])
            .arg(address.port().to_string())
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let process = match started {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                println!(
                    "!!!!!! NO redis-server HERE: the test of the cluster does not run !!!!!!"
                );
                return None;
            }
            started => started.expect("it starts"),
        };
        let redis = Redis {
            process,
            address: address.to_string(),
            _held: held,
            _folder: folder,
        };
        let before = Instant::now();
        while TcpStream::connect(&redis.address).is_err() {
            assert!(before.elapsed() < PATIENCE, "redis-server does not listen");
            std::thread::yield_now();
        }
        Some(redis)
    }

    fn cluster(&self, job: &[String]) -> Command {
        let mut command = Command::new(binary("cluster"));
        command.args(["--redis", &self.address]).args(job);
        command
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server of the pages. It ends when this is dropped, by a failed assertion too.
struct Pages<'p> {
    address: SocketAddr,
    is_over: &'p AtomicBool,
}

impl Drop for Pages<'_> {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        drop(TcpStream::connect(self.address));
    }
}

/// Each page takes a while, and counts how often it was asked for.
fn serve(listener: &TcpListener, asked: &Mutex<BTreeMap<String, u32>>, is_over: &AtomicBool) {
    std::thread::scope(|threads| {
        for stream in listener.incoming() {
            if is_over.load(Ordering::Acquire) {
                return;
            }
            threads.spawn(|| answer(stream.expect("a connection"), asked));
        }
    });
}

/// A client that was killed is no failure here.
fn answer(mut stream: TcpStream, asked: &Mutex<BTreeMap<String, u32>>) {
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    let mut lines = BufReader::new(stream.try_clone().expect("a handle")).lines();
    let Some(Ok(first)) = lines.next() else {
        return;
    };
    while let Some(Ok(line)) = lines.next() {
        if line.is_empty() {
            break;
        }
    }
    let path = first.split(' ').nth(1).expect("a path").to_owned();
    std::thread::sleep(Duration::from_millis(30)); // The page is far away.
    let body = format!("the page {path}");
    *asked.lock().unwrap().entry(path).or_default() += 1;
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
    let _ = stream.read(&mut [0]);
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn a_worker_that_is_killed_loses_no_page() {
    let Some(redis) = Redis::start() else { return };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (asked, is_over) = (Mutex::new(BTreeMap::new()), AtomicBool::new(false));
    std::thread::scope(|threads| {
        threads.spawn(|| serve(&listener, &asked, &is_over));
        let _pages = Pages {
            address,
            is_over: &is_over,
        };
        let urls: Vec<String> = (0..PAGES)
            .map(|n| format!("http://{address}/{n:02}"))
            .collect();
        let mut add = words(&["add"]);
        add.extend(urls.iter().cloned());
        assert!(redis.cluster(&add).status().expect("it runs").success());

        let work = words(&["work", "--silence", "400"]);
        let start = || {
            redis
                .cluster(&work)
                .stdout(Stdio::piped())
                .spawn()
                .expect("it starts")
        };
        // It has stored two pages, so it holds others now, unless it was too quick for this thread.
        let mut victim = start();
        let mut said = BufReader::new(victim.stdout.take().expect("piped")).lines();
        said.next().expect("a page").expect("text");
        said.next().expect("a page").expect("text");
        let others = [start(), start()];
        victim.kill().expect("it is there");
        victim.wait().expect("it ends");
        for worker in others {
            assert!(worker.wait_with_output().expect("it ends").status.success());
        }

        let shown = redis.cluster(&words(&["show"])).output().expect("it runs");
        let mut wanted = String::new();
        for (n, url) in urls.iter().enumerate() {
            let body = format!("the page /{n:02}");
            let sum: u64 = body.bytes().map(u64::from).sum();
            wanted += &format!("{url}: {} bytes, sum {sum}\n", body.len());
        }
        wanted += &format!("{PAGES} of {PAGES} pages stored, {PAGES} times\n");
        assert_eq!(text(&shown.stdout), wanted);
    });
    let asked = asked.into_inner().unwrap();
    assert_eq!(asked.len(), PAGES);
    let n_twice = asked.values().filter(|times| **times > 1).count();
    println!("{n_twice} of {PAGES} pages were fetched more than once, all were stored once");
}
