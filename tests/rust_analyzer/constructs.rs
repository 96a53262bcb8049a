//! Every construct of the library, as the pages show them: an editor has nothing to say of it.

use std::collections::HashMap;
use std::num::ParseIntError;
use std::time::Duration;
use vthread::fs::File;
use vthread::net::{TcpListener, TcpStream};
use vthread::sync::{Mutex, Receiver, Semaphore, Sender, channel};
use vthread::time::sleep;
use vthread::{Group, VthreadFn, blocking, map_concurrent, prelude::*, yield_now};

#[vthread]
fn pause_and_double(n: u32) -> u32 {
    sleep(Duration::from_millis(1));
    n * 2
}

struct Counter {
    n: Mutex<u32>,
}

#[vthread]
impl Counter {
    #[plain]
    fn new() -> Self {
        Counter { n: Mutex::new(0) }
    }

    fn add(&self, k: u32) -> u32 {
        let mut n = self.n.lock();
        *n += k;
        *n
    }

    fn twice(&self) -> u32 {
        self.add(1);
        Self::other(self.add(1))
    }

    fn other(n: u32) -> u32 {
        yield_now();
        n
    }
}

struct Ticks(u32);

#[vthread]
impl Ticks {
    fn next(&mut self) -> Option<u32> {
        sleep(Duration::from_millis(1));
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

#[vthread]
trait Store {
    fn get(&self, key: &str) -> Option<String>;

    fn length(&self, key: &str) -> usize {
        self.get(key).map_or(0, |value| value.len())
    }
}

#[vthread]
impl Store for Counter {
    fn get(&self, key: &str) -> Option<String> {
        let n = self.add(1);
        (n > 1).then(|| key.repeat(2))
    }
}

#[vthread(dyn)]
trait Shape {
    fn area(&self) -> f64;
}

struct Square(f64);

#[vthread(dyn)]
impl Shape for Square {
    fn area(&self) -> f64 {
        yield_now();
        self.0 * self.0
    }
}

#[vthread]
fn areas(shapes: &[Box<dyn Shape>]) -> f64 {
    let mut sum = 0.0;
    for shape in shapes {
        sum += shape.area();
    }
    sum.sqrt()
}

#[vthread]
fn loops(v: Vec<String>, by_name: &HashMap<String, u32>, parts: &str) -> usize {
    let mut n = 0;
    for x in &v {
        n += x.len();
    }
    for x in v.iter() {
        n += x.len();
    }
    for (name, count) in by_name {
        n += name.len() + *count as usize;
    }
    for part in parts.split(' ') {
        n += part.len();
    }
    for part in parts.split(' ').take(2) {
        n += part.trim().len();
    }
    for i in 0..3 {
        n += i;
    }
    for x in [1, 2] {
        n += x;
    }
    for (i, c) in parts.chars().enumerate().filter(|(i, _)| i % 2 == 0) {
        n += i + c.len_utf8();
    }
    if let Some(first) = v.iter().find(|x| x.is_empty()) {
        n += first.len();
    }
    for x in v {
        n += x.len();
    }
    'outer: loop {
        while n > 10 {
            n -= 3;
            if n == 4 {
                break 'outer;
            }
        }
        n += 1;
    }
    n
}

#[vthread]
fn received(rx: Receiver<u32>, mut ticks: Ticks) -> u32 {
    let mut sum = ticks.next().unwrap_or(0);
    for n in ticks {
        sum += n;
    }
    for n in rx {
        sum += n.pow(2);
    }
    sum
}

#[vthread]
fn sent(tx: &Sender<u32>) -> Result<(), String> {
    tx.send(1).map_err(|error| error.to_string())?;
    match tx.send(2) {
        Ok(()) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

#[vthread]
fn sum_of_squares(numbers: &[u64]) -> u64 {
    let total = Mutex::new(0);
    group! {
        for n in numbers {
            spawn! {
                *total.lock() += n * n;
            }
        }
    }
    total.into_inner()
}

#[vthread]
fn add(a: &str, b: &str) -> Result<u32, ParseIntError> {
    group! {
        let a = spawn! { a.parse::<u32>()? };
        let b: u32 = b.parse()?;
        a.join() + b
    }
}

#[vthread]
fn count<'scope>(g: &Group<'scope, String>, words: &'scope [&str], n: &'scope Mutex<usize>) {
    for word in words {
        spawn!(g => {
            if word.is_empty() {
                return Err("an empty word".to_string());
            }
            *n.lock() += word.len();
            Ok(())
        });
    }
}

#[vthread]
fn letters(words: &[&str]) -> Result<usize, String> {
    let n = Mutex::new(0);
    group!(g, max_concurrency = 8, name = "letters" => {
        count(g, words, &n);
    })?;
    Ok(n.into_inner())
}

#[vthread]
fn first(a: &Receiver<u32>, b: &Receiver<String>) -> usize {
    select! {
        n = a.recv() => n.map_or(0, |n| n as usize),
        text = b.recv() => text.map_or(0, |text| text.len()),
    }
}

#[vthread]
fn in_time(rx: &Receiver<u32>) -> Option<u32> {
    timeout!(Duration::from_secs(1) => { rx.recv() }).ok()?.ok()
}

#[vthread]
fn cleaned_up(path: &str) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    defer! {
        let _ = vthread::fs::remove_file(path);
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    shield! {
        yield_now();
    }
    Ok(text)
}

#[vthread]
fn fetch(url: &str) -> Result<String, String> {
    Ok(url.to_owned())
}

#[vthread]
fn fastest(urls: &[&str]) -> Result<String, vthread::Failures<String>> {
    race!(for url in urls => { fetch(url) })
}

#[vthread]
fn lengths(words: &[&str]) -> Result<Vec<usize>, String> {
    map_concurrent(words, 8, closure!(|word| { fetch(word).map(|page| page.len()) }))
}

#[vthread]
fn twice<T>(f: impl VthreadFn<u32, Output = T>) -> [T; 2] {
    [f.call(1), f.call(2)]
}

context_var! {
    static DEPTH: u32 = 0;
}

#[vthread]
fn nested() -> u32 {
    bind!(DEPTH = DEPTH.get() + 1 => {
        DEPTH.get() + pause_and_double(1)
    })
}

#[vthread]
fn caught(n: u32) -> u32 {
    match catch_unwind!({ pause_and_double(n) }) {
        Ok(n) => n,
        Err(_) => 0,
    }
}

#[vthread]
fn serve(listener: &TcpListener) -> std::io::Result<()> {
    let permits = Semaphore::new(10);
    group! {
        for stream in listener.incoming() {
            let stream = stream?;
            let permits = &permits;
            spawn! {
                let _permit = permits.acquire();
                echo(stream)?;
            }
        }
        Ok(())
    }
}

#[vthread]
fn echo(mut stream: TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..n])?;
    }
}

#[vthread]
fn macros(n: u32, text: &mut String) -> Vec<u32> {
    use std::fmt::Write;
    println!("{} {n}", pause_and_double(n));
    assert_eq!(pause_and_double(n), n * 2, "of {n}");
    assert!(matches!(pause_and_double(n), 0..));
    let _ = write!(text, "{}", pause_and_double(n));
    vec![pause_and_double(1), pause_and_double(2)]
}

async fn a_future() -> u32 {
    3
}

#[vthread]
fn awaits() -> u32 {
    let sum = blocking(|| 1 + 1);
    background! {
        yield_now();
    };
    a_future().await + sum
}

#[vthread]
fn main() -> Result<(), String> {
    let (tx, rx) = channel(1);
    let counter = Counter::new();
    let text = counter.get("key").unwrap_or_default();
    let n = group! {
        let received = spawn! { received(rx, Ticks(3)) };
        sent(&tx)?;
        drop(tx);
        received.join()
    }?;
    println!("{n} {text} {}", counter.twice() + counter.length("key") as u32);
    println!("{:?} {:?}", sum_of_squares(&[1, 2]), add("1", "2"));
    println!("{:?} {:?}", letters(&["a"]), lengths(&["a"]));
    println!("{:?} {}", fastest(&["a"]), nested() + caught(1) + awaits());
    println!("{:?}", twice(closure!(|n: u32| { n + 1 })));
    println!("{} {}", areas(&[Box::new(Square(2.0))]), loops(Vec::new(), &HashMap::new(), "a b"));
    let _ = (first, in_time, cleaned_up, serve, macros);
    Ok(())
}
