//! The clients of the page, on one thread: none waits for another one's bytes.

use super::connection::Connection;
use super::pages::Pages;
use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token};
use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net;
use std::time::{Duration, Instant};

/// How many clients there are at most. One more takes the place of the one whose time is over
/// first.
const MOST_CLIENTS: usize = 32;
/// After an error that may pass, as a shortage of descriptors, clients are accepted again then.
const PAUSE: Duration = Duration::from_millis(100);

const LISTENER: Token = Token(0);

/// The server of the page.
#[derive(Debug)]
pub(super) struct Server {
    poll: Poll,
    listener: TcpListener,
    is_unprotected: bool,
    clients: HashMap<Token, Connection>,
    last: Token,
    accepts_at: Option<Instant>,
}

impl Server {
    pub(super) fn new(listener: net::TcpListener, is_unprotected: bool) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let mut listener = TcpListener::from_std(listener);
        let poll = Poll::new()?;
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Server {
            poll,
            listener,
            is_unprotected,
            clients: HashMap::new(),
            last: LISTENER,
            accepts_at: None,
        })
    }

    /// Serves until the system refuses to tell of clients.
    pub(super) fn run(mut self, mut pages: Pages) -> io::Error {
        let mut events = Events::with_capacity(2 * MOST_CLIENTS);
        loop {
            let times = self.clients.values().map(|client| client.until);
            let next = times.chain(self.accepts_at).chain(pages.kept_until()).min();
            let rest = next.map(|time| time.saturating_duration_since(Instant::now()));
            match self.poll.poll(&mut events, rest) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return error,
                _ => {}
            }
            for event in &events {
                match event.token() {
                    LISTENER => self.accepts_at = Some(Instant::now()),
                    client => self.go_on(client, &mut pages),
                }
            }
            let now = Instant::now();
            if self.accepts_at.is_some_and(|time| time <= now) {
                self.accepts_at = None;
                self.accept(&mut pages);
            }
            self.clients.retain(|_, client| client.until > now);
            pages.forget();
        }
    }

    fn go_on(&mut self, client: Token, pages: &mut Pages) {
        // It may have lost its place.
        let Some(connection) = self.clients.get_mut(&client) else {
            return;
        };
        let mut answer = |request: &_| pages.answer(request);
        if !connection.go_on(self.is_unprotected, &mut answer) {
            self.clients.remove(&client);
        }
    }

    fn accept(&mut self, pages: &mut Pages) {
        // So that those who are there get on as well.
        for _ in 0..MOST_CLIENTS {
            match self.listener.accept() {
                Ok((stream, _)) => self.welcome(Connection::new(stream), pages),
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => return,
                    ErrorKind::Interrupted | ErrorKind::ConnectionAborted => {}
                    _ => {
                        self.accepts_at = Some(Instant::now() + PAUSE);
                        return;
                    }
                },
            }
        }
        self.accepts_at = Some(Instant::now());
    }

    fn welcome(&mut self, mut client: Connection, pages: &mut Pages) {
        if self.clients.len() == MOST_CLIENTS {
            let slowest = self.clients.iter().min_by_key(|(_, client)| client.until);
            let slowest = slowest.map(|(token, _)| *token);
            slowest.and_then(|token| self.clients.remove(&token));
        }
        self.last = Token(self.last.0 + 1);
        let both = Interest::READABLE | Interest::WRITABLE;
        let registry = self.poll.registry();
        // Without a registration it would never go on.
        if registry.register(client.stream(), self.last, both).is_ok() {
            self.clients.insert(self.last, client);
            self.go_on(self.last, pages);
        }
    }
}
