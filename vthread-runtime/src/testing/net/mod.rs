//! A network in memory, for tests of protocols without sockets: streams, listeners and sockets for
//! datagrams with the methods of [`vthread::net`](crate::net)'s, of TCP, UDP and the Unix domain.
//!
//! Code that is generic over [`Read`](crate::io::Read) and [`Write`](crate::io::Write) takes these
//! streams as they are; other code can name `vthread::testing::net` in place of `vthread::net`
//! while it is tested. Each test has a network of its own: the same address in two tests is two
//! places.
//!
//! In a test with a seed what is written arrives late, by up to 10 ms of the test's time, and in
//! pieces, both drawn from the seed; datagrams overtake one another. [`set_conditions`] changes
//! that, and has connections cut and datagrams lost.
//!
//! # Examples
//! ```
//! # use vthread_runtime as vthread;
//! use vthread::testing::net::{TcpListener, TcpStream};
//!
//! let listener = TcpListener::bind("10.0.0.1:80").block()?; // In #[vthread] code without .block()
//! let mut client = TcpStream::connect("10.0.0.1:80").block()?;
//! let (mut server, _) = listener.accept().block()?;
//! client.write_all(b"words").block()?;
//! drop(client);
//! let mut text = String::new();
//! server.read_to_string(&mut text).block()?;
//! assert_eq!(text, "words");
//! # Ok::<(), std::io::Error>(())
//! ```

mod arrivals;
mod conditions;
mod connection;
#[cfg_attr(not(unix), allow(dead_code))] // Sockets of the Unix domain use all of it.
mod inbox;
mod incoming;
mod listener;
mod options;
mod place;
mod stream;
mod udp_socket;
#[cfg(unix)]
pub mod unix;
mod waiters;
mod within;

pub use conditions::{Conditions, set_conditions};
pub use listener::{Incoming, TcpListener};
pub use stream::TcpStream;
pub use udp_socket::UdpSocket;
#[cfg(unix)]
pub use unix::{UnixDatagram, UnixListener, UnixStream};

pub(super) use place::forget;
