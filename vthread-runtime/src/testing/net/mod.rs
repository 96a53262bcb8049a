//! A network in memory, for tests of protocols without sockets: streams, listeners and sockets for
//! datagrams with the methods of [`vthread::net`](crate::net)'s.
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

mod conditions;
mod listener;
mod place;
mod stream;
mod udp_socket;

pub use conditions::{Conditions, set_conditions};
pub use listener::TcpListener;
pub use stream::TcpStream;
pub use udp_socket::UdpSocket;

pub(super) use place::forget;
