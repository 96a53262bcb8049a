//! From what users write to socket addresses.

use super::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use crate::driver::blocking::Offload;
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

/// The names of one or more socket addresses: the types for which [`std::net::ToSocketAddrs`] is
/// implemented.
///
/// Numeric addresses are known at once. Host names are looked up by the system, on a helper thread.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::net::ToSocketAddrs;
///
/// let addresses: Vec<_> = ("127.0.0.1", 80).to_socket_addrs().block()?.collect();
/// assert_eq!(addresses, ["127.0.0.1:80".parse().unwrap()]);
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait ToSocketAddrs: sealed::Sealed {
    /// Finds the addresses.
    ///
    /// # Suspends
    /// Always a checkpoint, and while a name is looked up.
    ///
    /// # Cancellation
    /// The wait ends at once. The system ends its search by itself.
    ///
    /// # Errors
    /// The text is no address, or the name is not known.
    fn to_socket_addrs(&self) -> Call<Found, Resolve> {
        Call::leaf(self.resolve())
    }
}

impl<T: sealed::Sealed + ?Sized> ToSocketAddrs for T {}

mod sealed {
    /// Implemented here only.
    pub trait Sealed {
        #[doc(hidden)]
        fn resolve(&self) -> super::Resolve;
    }
}
use sealed::Sealed;

type Found = io::Result<vec::IntoIter<SocketAddr>>;

/// The frame of [`ToSocketAddrs::to_socket_addrs`].
pub struct Resolve {
    state: State,
}

enum State {
    Known(Option<Found>),
    Searched(Offload<Box<dyn FnOnce() -> Found + Send>, Found>),
}

impl Resolve {
    fn known(addresses: impl Into<Vec<SocketAddr>>) -> Self {
        Resolve {
            state: State::Known(Some(Ok(addresses.into().into_iter()))),
        }
    }

    fn failed(message: &'static str) -> Self {
        Resolve {
            state: State::Known(Some(Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                message,
            )))),
        }
    }

    fn host(host: &str, port: u16) -> Self {
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Resolve::known([SocketAddr::new(ip, port)]);
        }
        let host = host.to_owned();
        let search = move || std::net::ToSocketAddrs::to_socket_addrs(&(host, port));
        Resolve {
            state: State::Searched(Offload::new(Box::new(search))),
        }
    }

    /// Polls without a checkpoint, as a part of another operation.
    pub(super) fn poll_found(&mut self, cx: &mut Context<'_>) -> Poll<Found> {
        match &mut self.state {
            State::Known(found) => {
                Poll::Ready(found.take().expect("a frame is not polled after its end"))
            }
            State::Searched(offload) => Pin::new(offload).poll(cx).map(|found| found?),
        }
    }
}

impl Future for Resolve {
    type Output = Found;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Found> {
        ready!(checkpoint(cx));
        self.poll_found(cx)
    }
}

impl fmt::Debug for Resolve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolve").finish_non_exhaustive()
    }
}

macro_rules! known_at_once {
    ($($ty:ty),* $(,)?) => {
        $(impl Sealed for $ty {
            fn resolve(&self) -> Resolve {
                Resolve::known([SocketAddr::from(*self)])
            }
        }
        suspends!($ty: "to_socket_addrs");)*
    };
}
known_at_once!(
    SocketAddr,
    SocketAddrV4,
    SocketAddrV6,
    (IpAddr, u16),
    (Ipv4Addr, u16),
    (Ipv6Addr, u16)
);

impl Sealed for [SocketAddr] {
    fn resolve(&self) -> Resolve {
        Resolve::known(self)
    }
}

impl Sealed for str {
    fn resolve(&self) -> Resolve {
        if let Ok(address) = self.parse::<SocketAddr>() {
            return Resolve::known([address]);
        }
        let Some((host, port)) = self.rsplit_once(':') else {
            return Resolve::failed("invalid socket address");
        };
        match port.parse() {
            Ok(port) => Resolve::host(host, port),
            Err(_) => Resolve::failed("invalid port value"),
        }
    }
}

impl Sealed for String {
    fn resolve(&self) -> Resolve {
        self.as_str().resolve()
    }
}

impl Sealed for (&str, u16) {
    fn resolve(&self) -> Resolve {
        Resolve::host(self.0, self.1)
    }
}

impl Sealed for (String, u16) {
    fn resolve(&self) -> Resolve {
        Resolve::host(&self.0, self.1)
    }
}

impl<T: Sealed + ?Sized> Sealed for &T {
    fn resolve(&self) -> Resolve {
        (**self).resolve()
    }
}

suspends!([SocketAddr]: "to_socket_addrs");
suspends!(str: "to_socket_addrs");
suspends!(String: "to_socket_addrs");
suspends!((&str, u16): "to_socket_addrs");
suspends!((String, u16): "to_socket_addrs");

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn resolve(name: impl ToSocketAddrs) -> Vec<SocketAddr> {
        name.to_socket_addrs().block().unwrap().collect()
    }

    #[test]
    fn agrees_with_std() {
        let address: SocketAddr = "[::1]:7".parse().unwrap();
        assert_eq!(resolve(address), [address]);
        assert_eq!(resolve("[::1]:7"), [address]);
        assert_eq!(resolve(String::from("[::1]:7")), [address]);
        assert_eq!(resolve(("::1", 7)), [address]);
        assert_eq!(resolve((Ipv6Addr::LOCALHOST, 7)), [address]);
        assert_eq!(resolve(&[address, address][..]), [address, address]);
        assert_eq!(resolve("127.0.0.1:0"), ["127.0.0.1:0".parse().unwrap()]);
    }

    #[test]
    fn names_are_looked_up() {
        assert!(
            resolve("localhost:7")
                .iter()
                .all(|address| address.ip().is_loopback() && address.port() == 7)
        );
    }

    #[test]
    fn errors_are_those_of_std() {
        for wrong in ["no-port", "host:", "host:99999", "127.0.0.1"] {
            let ours = ToSocketAddrs::to_socket_addrs(wrong).block().unwrap_err();
            let std = std::net::ToSocketAddrs::to_socket_addrs(&wrong).unwrap_err();
            assert_eq!(
                (ours.kind(), ours.to_string()),
                (std.kind(), std.to_string())
            );
        }
    }
}
