//! A socket that accepts TCP connections.

use super::accept::{Accept, Shortage};
use super::addresses::Resolve;
use super::connect::no_address;
use super::conversions::conversions;
use super::without_waiting::blocks;
use super::{SocketAddr, TcpStream, ToSocketAddrs};
use crate::call::for_loop::IntoSuspendingIter;
use crate::driver::{Interest, Source};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A socket that accepts TCP connections.
///
/// As [`std::net::TcpListener`]. Any number of vthreads may accept from one listener.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::net::{TcpListener, TcpStream};
///
/// // In #[vthread] code without the .block()
/// let listener = TcpListener::bind("127.0.0.1:0").block()?;
/// let client = TcpStream::connect(listener.local_addr()?).block()?;
/// let (_stream, peer) = listener.accept().block()?;
/// assert_eq!(peer, client.local_addr()?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpListener {
    source: Source<mio::net::TcpListener>,
    /// It came from elsewhere, where it is expected to block.
    blocks: bool,
    shortage: Shortage,
}

impl TcpListener {
    /// Listens at the first of the addresses that can be had. Port 0 asks the system for a free
    /// one.
    ///
    /// # Suspends
    /// Always a checkpoint, and while a name is looked up.
    ///
    /// # Cancellation
    /// Cancelled means that nothing was bound.
    ///
    /// # Errors
    /// The error of the last address, or that there is none.
    pub fn bind<A: ToSocketAddrs>(address: A) -> Call<io::Result<TcpListener>, Bind> {
        Call::leaf(Bind {
            resolve: address.resolve(),
        })
    }

    /// Waits for a connection, and returns it with the address of the other side.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is a connection.
    ///
    /// # Cancellation
    /// Cancelled means not accepted: the connection stays for the next call.
    ///
    /// # Errors
    /// The system's error. A server goes on after most errors:
    /// - [`io::ErrorKind::ConnectionAborted`] concerns one connection only;
    /// - that there are no more descriptors, or no memory, concerns the moment. It is reported
    ///   after a pause of 5 ms, during which the connection may still be accepted, and after twice
    ///   as much each time up to a second: so a server that just goes on does not spin until some
    ///   come free.
    ///
    /// ```
    /// # use vthread_runtime as vthread;
    /// # use vthread::{io, net::{TcpListener, TcpStream}};
    /// # let listener = TcpListener::bind("127.0.0.1:0").block()?;
    /// # let client = TcpStream::connect(listener.local_addr()?).block()?;
    /// loop {
    ///     match listener.accept().block() { // In #[vthread] code without the .block()
    ///         Ok((stream, peer)) => println!("{peer} is here"), // spawn! { serve(stream) }
    ///         Err(error) => eprintln!("not accepted: {error}"),
    ///     }
    /// #   break;
    /// }
    /// # Ok::<(), io::Error>(())
    /// ```
    pub fn accept(&self) -> Call<io::Result<(TcpStream, SocketAddr)>, Accept<'_>> {
        Call::leaf(self.accepting())
    }

    /// Returns the connections, one by one, without end: `for stream in listener.incoming()`.
    ///
    /// In a `for` of vthread code it suspends, as [`accept`](TcpListener::accept) does; as an
    /// `Iterator`, in plain code and under an adapter such as `take`, each step blocks. An error is
    /// not the end, and a server goes on after most of them: see [`accept`](TcpListener::accept).
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming { listener: self }
    }

    /// Returns the address at which it listens.
    ///
    /// # Errors
    /// The system's error.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.source.local_addr()
    }

    /// Returns the time to live of packets.
    ///
    /// # Errors
    /// The system's error.
    pub fn ttl(&self) -> io::Result<u32> {
        self.source.ttl()
    }

    /// Sets the time to live of packets.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.source.set_ttl(ttl)
    }

    /// Takes the error that the socket has met, if any.
    ///
    /// # Errors
    /// The system's error.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.source.take_error()
    }

    fn from_socket(listener: std::net::TcpListener) -> io::Result<Self> {
        let blocks = blocks(&listener)?;
        let mut this = TcpListener::watched(mio::net::TcpListener::from_std(listener))?;
        this.blocks = blocks;
        Ok(this)
    }

    fn into_socket(self) -> std::net::TcpListener {
        self.source.into_inner().into()
    }

    fn accepting(&self) -> Accept<'_> {
        Accept::from(&self.source, self.blocks, &self.shortage)
    }

    fn watched(listener: mio::net::TcpListener) -> io::Result<Self> {
        Ok(TcpListener {
            source: Source::new(listener, Interest::BOTH)?,
            blocks: false,
            shortage: Shortage::default(),
        })
    }
}

suspends!(TcpListener: "accept");

conversions!(TcpListener, std::net::TcpListener);

/// The frame of [`TcpListener::bind`].
#[derive(Debug)]
pub struct Bind {
    resolve: Resolve,
}

impl Future for Bind {
    type Output = io::Result<TcpListener>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(checkpoint(cx));
        let mut last_error = None;
        for address in ready!(self.resolve.poll_found(cx))? {
            match mio::net::TcpListener::bind(address).and_then(TcpListener::watched) {
                Ok(listener) => return Poll::Ready(Ok(listener)),
                Err(error) => last_error = Some(error),
            }
        }
        Poll::Ready(Err(last_error.unwrap_or_else(no_address)))
    }
}

/// The connections that come to a listener. See [`TcpListener::incoming`].
#[derive(Debug)]
pub struct Incoming<'l> {
    listener: &'l TcpListener,
}

impl Iterator for Incoming<'_> {
    type Item = io::Result<TcpStream>;

    fn next(&mut self) -> Option<io::Result<TcpStream>> {
        Some(self.listener.accept().block().map(|(stream, _)| stream))
    }
}

impl std::iter::FusedIterator for Incoming<'_> {}

/// The connections as `for` in vthread code takes them.
#[doc(hidden)]
#[derive(Debug)]
pub struct ConnectionSteps<'l> {
    listener: &'l TcpListener,
}

impl<'l> ConnectionSteps<'l> {
    /// The next connection.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Call<Option<io::Result<TcpStream>>, NextConnection<'l>> {
        Call::leaf(NextConnection {
            accept: self.listener.accepting(),
        })
    }
}

impl<'l> IntoSuspendingIter for Incoming<'l> {
    type Steps = ConnectionSteps<'l>;
    fn into_steps(self) -> Self::Steps {
        ConnectionSteps {
            listener: self.listener,
        }
    }
}

impl<'l> IntoSuspendingIter for &mut Incoming<'l> {
    type Steps = ConnectionSteps<'l>;
    fn into_steps(self) -> Self::Steps {
        ConnectionSteps {
            listener: self.listener,
        }
    }
}

/// The frame of a step of a loop over [`TcpListener::incoming`].
#[derive(Debug)]
pub struct NextConnection<'l> {
    accept: Accept<'l>,
}

impl Future for NextConnection<'_> {
    type Output = Option<io::Result<TcpStream>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let accepted = ready!(Pin::new(&mut self.accept).poll(cx));
        Poll::Ready(Some(accepted.map(|(stream, _)| stream)))
    }
}
