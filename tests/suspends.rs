//! Every form of call suspends in vthread code: none of them blocks its OS thread.
//!
//! A binary of its own, because it counts the blocking calls of the whole process.

use std::sync::Arc;
use std::time::Duration;
use vthread::io;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::time::sleep;
use vthread::yield_now;

#[vthread]
fn number(n: u32) -> u32 {
    sleep(Duration::from_millis(1));
    n
}

#[vthread]
fn recursive(n: u32) -> u32 {
    yield_now();
    if n == 0 { 0 } else { recursive(n - 1) + 1 }
}

struct Client {
    calls: Mutex<u32>,
}

#[vthread]
impl Client {
    fn get(&self, n: u32) -> u32 {
        *self.calls.lock() += 1;
        number(n)
    }

    fn made(n: u32) -> Self {
        Client {
            calls: Mutex::new(number(n)),
        }
    }

    fn recursive(&self, n: u32) -> u32 {
        yield_now();
        if n == 0 { 0 } else { self.recursive(n - 1) + 1 }
    }
}

#[vthread]
trait Load {
    fn load(&self, n: u32) -> u32;
}

#[vthread]
impl Load for Client {
    fn load(&self, n: u32) -> u32 {
        self.get(n)
    }
}

#[vthread(dyn)]
trait DynLoad {
    fn dyn_load(&self, n: u32) -> u32;
}

#[vthread(dyn)]
impl DynLoad for Client {
    fn dyn_load(&self, n: u32) -> u32 {
        self.get(n)
    }
}

#[vthread]
fn by_bound<L: Load>(load: &L) -> u32 {
    load.load(1)
}

#[vthread]
fn every_form() -> u32 {
    let client = Arc::new(Client::made(0));
    let shape: Box<dyn DynLoad + Send + Sync> = Box::new(Client::made(0));
    let (tx, rx) = channel(1);
    tx.send(1).unwrap();
    let text = format!("{}{}", number(1), client.get(1));
    assert_eq!(number(1), client.get(1));
    let inner = group! {
        let task = spawn! { client.load(1) + number(1) };
        let limited = group!(max_concurrency = 1 => {
            for _ in 0..3 {
                spawn! { number(1); }
            }
            number(1)
        });
        task.join() + limited
    };
    text.len() as u32
        + by_bound(&*client)
        + shape.dyn_load(1)
        + Client::get(&client, 1)
        + <Client as Load>::load(&client, 1)
        + recursive(3)
        + client.recursive(3)
        + rx.recv().unwrap()
        + inner
        + std::future::ready(1).await
}

/// Counts down.
struct Countdown(u32);

#[vthread]
impl Countdown {
    fn next(&mut self) -> Option<u32> {
        sleep(Duration::from_millis(1));
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

#[vthread]
fn every_loop() -> u32 {
    let (tx, rx) = channel(1);
    let other = rx.clone();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    group! {
        let by_value = spawn! {
            let mut sum = 0;
            for n in rx {
                sum += number(n);
            }
            sum
        };
        let by_reference = spawn! {
            let mut sum = 0;
            for n in &other {
                sum += number(n);
            }
            for _ in other.iter() {}
            sum
        };
        spawn!(service => {
            for stream in listener.incoming() {
                number(1);
                drop(stream);
            }
        });
        for n in Countdown(4) {
            drop(TcpStream::connect(address));
            tx.send(n).unwrap();
        }
        drop(tx);
        by_value.join() + by_reference.join()
    }
}

#[test]
fn no_loop_pins_a_kernel_thread() {
    assert_eq!(every_loop(), 6);
    assert_eq!(vthread::metrics().pinned, 0);
}

#[vthread]
fn many(n: usize) -> u32 {
    group! {
        let tasks = Mutex::new(Vec::new());
        for _ in 0..n {
            let task = spawn! { every_form() };
            tasks.lock().push(task);
        }
        let mut sum = 0;
        for task in tasks.into_inner() {
            sum += task.join();
        }
        sum
    }
}

#[test]
fn no_kernel_thread_is_pinned() {
    assert_eq!(many(50), 50 * 17);
    assert_eq!(vthread::metrics().pinned, 0);
}

/// Suspends before each of its bytes.
struct Slowly(u8);

#[vthread]
impl Read for Slowly {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        sleep(Duration::from_millis(1));
        let is_more = self.0 > 0 && !buf.is_empty();
        if is_more {
            self.0 -= 1;
            buf[0] = if self.0.is_multiple_of(3) {
                b'\n'
            } else {
                b'a'
            };
        }
        Ok(usize::from(is_more))
    }
}

#[vthread]
fn generic<R: Read, W: Write>(source: &mut R, sink: &mut W) -> io::Result<u64> {
    let mut first = [0; 2];
    source.read_exact(&mut first)?;
    sink.write_all(&first)?;
    writeln!(sink, "{}", number(1))?;
    let n = io::copy(&mut source.by_ref().take(2), sink)?;
    sink.flush()?;
    Ok(n)
}

#[vthread]
fn dynamic(source: &mut dyn BufRead) -> io::Result<usize> {
    let mut line = String::new();
    let n = source.read_line(&mut line)?;
    let mut rest = Vec::new();
    for part in source.split(b'\n') {
        rest.push(part?);
    }
    Ok(n + rest.len())
}

#[vthread]
fn every_stream() -> io::Result<u64> {
    let (mut near, mut far) = io::duplex(3);
    group! {
        let copied = spawn! { generic(&mut Slowly(9), &mut near)? };
        let mut n = 0;
        for byte in io::BufReader::new(&mut far).bytes() {
            byte?;
            n += 1;
            if n == 6 { break; }
        }
        n += dynamic(&mut io::BufReader::new(Slowly(9)))? as u64;
        Ok(n + copied.join())
    }
}

#[test]
fn no_stream_pins_a_kernel_thread() {
    assert_eq!(every_stream().unwrap(), 6 + 3 + 2 + 2);
    assert_eq!(vthread::metrics().pinned, 0);
}

macro_rules! parsers {
    ($($name:ident)*) => {
        $(#[vthread]
        pub(crate) fn $name(n: u32) -> u32 {
            sleep(Duration::from_millis(1));
            n
        })*
    };
}

/// Functions that a macro names like types which are in scope everywhere.
mod named_like_types {
    use super::*;

    parsers!(u8 str);

    #[vthread]
    pub(crate) fn beside() -> u32 {
        u8(1) + str(2) + self::u8(3)
    }
}

/// Brings them into its body by their names, below a use of them.
#[vthread]
fn named_like_types_by_import() -> u32 {
    let first = u8(1) + char(2);
    use named_like_types::{self as named, str as char, u8};
    first + named::beside()
}

/// A glob of the body brings a plain one; an item of the body has nothing to do with its name.
#[vthread]
fn named_like_types_beside_a_glob() -> u32 {
    use their_glob::*;
    struct Other;
    let _ = Other;
    char(5)
}

#[vthread]
fn named_like_types_by_glob() -> u32 {
    use named_like_types::*;
    beside() + self::named_like_types::u8(4)
}

mod their_glob {
    use super::named_like_types::*;
    use vthread::prelude::*;

    /// A plain one.
    pub(crate) fn char(n: u32) -> u32 {
        n
    }

    #[vthread]
    pub(crate) fn all() -> u32 {
        u8(1) + char(2) + async { char(3) }.await
    }
}

#[test]
fn t13_a_function_named_like_a_builtin_type_suspends() {
    assert_eq!(named_like_types_by_glob() + their_glob::all(), 10 + 6);
    assert_eq!(named_like_types_by_import(), 9);
    assert_eq!(named_like_types_beside_a_glob(), 5);
    assert_eq!(vthread::metrics().pinned, 0);
}
