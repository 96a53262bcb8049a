//! Where the console's page is served, as the environment or the program says it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where, and for which readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConsoleAddress {
    pub(crate) addr: SocketAddr,
    /// Readers on other machines are meant as well.
    pub(crate) is_unprotected: bool,
}

/// The environment's request, if there is one.
///
/// # Errors
/// The text, and what is wrong with it.
pub(super) fn of_environment() -> Result<Option<ConsoleAddress>, String> {
    let text = std::env::var("VTHREAD_CONSOLE").unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    let parsed = parse(&text).map(Some);
    parsed.map_err(|why| format!("VTHREAD_CONSOLE={text:?}: {why}"))
}

/// `127.0.0.1:6464`, `[::1]:6464`, `localhost:6464` or `6464`; after `unprotected:` any address.
fn parse(text: &str) -> Result<ConsoleAddress, &'static str> {
    let (is_unprotected, place) = match text.strip_prefix("unprotected:") {
        Some(place) => (true, place.trim()),
        None => (false, text.trim()),
    };
    let local = |port: &str| {
        let port = port.parse().ok()?;
        Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
    };
    let addr = match place.strip_prefix("localhost:") {
        Some(port) => local(port),
        None => place.parse().ok().or_else(|| local(place)),
    };
    let addr = addr.ok_or("it is no address and port, as 127.0.0.1:6464")?;
    if !addr.ip().is_loopback() && !is_unprotected {
        return Err(
            "other machines may reach this address, and the page has no password: \
             say `unprotected:` before it if that is meant",
        );
    }
    Ok(ConsoleAddress {
        addr,
        is_unprotected,
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn protected(addr: &str) -> Result<ConsoleAddress, &'static str> {
        Ok(ConsoleAddress {
            addr: addr.parse().unwrap(),
            is_unprotected: false,
        })
    }

    #[test]
    fn addresses_of_this_machine_are_understood() {
        assert_eq!(parse("127.0.0.1:6464"), protected("127.0.0.1:6464"));
        assert_eq!(parse("127.9.9.9:0"), protected("127.9.9.9:0"));
        assert_eq!(parse("[::1]:80"), protected("[::1]:80"));
        assert_eq!(parse("localhost:80"), protected("127.0.0.1:80"));
        assert_eq!(parse(" 8080 "), protected("127.0.0.1:8080"));
    }

    #[test]
    fn other_addresses_have_to_be_meant() {
        for text in ["0.0.0.0:80", "[::]:80", "192.168.0.7:80"] {
            assert!(parse(text).unwrap_err().contains("unprotected:"), "{text}");
            let meant = parse(&format!("unprotected:{text}")).unwrap();
            assert_eq!(meant.addr, text.parse().unwrap());
            assert!(meant.is_unprotected);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "yes",
            "127.0.0.1",
            "localhost",
            "host:80",
            "127.0.0.1:65536",
            "-1",
        ] {
            assert!(parse(text).unwrap_err().contains("no address"), "{text}");
        }
    }
}
