//! The network of a test: who listens where.

use super::conditions::Conditions;
use super::inbox::Inbox;
use super::stream::TcpStream;
#[cfg(unix)]
use super::unix::{BoundName, Name};
use crate::program::of_test;
use crate::program::shutdown::Process;
use crate::sync::Sender;
use crate::time::Sleep;
use crate::world::World;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::ptr;
use std::sync::Arc;

/// The first port that is given to those who ask for any.
const FIRST_PORT: u16 = 49_152;

/// A network.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) conditions: Option<Conditions>,
    pub(super) listeners: HashMap<SocketAddr, Sender<TcpStream>>,
    pub(super) inboxes: HashMap<SocketAddr, Arc<Inbox<SocketAddr>>>,
    #[cfg(unix)]
    pub(super) names: HashMap<Name, BoundName>,
    next_port: u16,
}

/// The networks, by the address of their test's group. 0: outside of tests.
static PLACES: Mutex<Option<HashMap<usize, Place>>> = Mutex::new(None);

fn key(of_test: Option<&'static Process>) -> usize {
    of_test.map_or(0, |process| ptr::from_ref(process).addr())
}

/// Calls `code` with the network of the code that runs here.
pub(super) fn here<R>(code: impl FnOnce(&mut Place) -> R) -> R {
    at(key(of_test::current()), code)
}

/// The same with the network of this number.
pub(super) fn at<R>(number: usize, code: impl FnOnce(&mut Place) -> R) -> R {
    let mut places = PLACES.lock();
    let place = places.get_or_insert_default().entry(number);
    code(place.or_insert_with(|| Place {
        conditions: None,
        listeners: HashMap::new(),
        inboxes: HashMap::new(),
        #[cfg(unix)]
        names: HashMap::new(),
        next_port: FIRST_PORT,
    }))
}

/// The number of the network of the code that runs here.
pub(super) fn number() -> usize {
    key(of_test::current())
}

/// The conditions of the code that runs here.
pub(super) fn conditions() -> Conditions {
    let is_seeded = || World::current().is_some_and(|world| world.seed().is_some());
    here(|place| place.conditions).unwrap_or_else(|| Conditions::usual(is_seeded()))
}

/// Waits as long as the network delays what begins here.
pub(super) async fn delay() {
    let delay = conditions().draw_delay();
    if !delay.is_zero() {
        Sleep::for_duration(delay).await;
    }
}

/// The test is over.
pub(crate) fn forget(of_test: &'static Process) {
    let place = match &mut *PLACES.lock() {
        Some(places) => places.remove(&key(Some(of_test))),
        None => None,
    };
    drop(place);
}

impl Place {
    /// `address` with a port with which it is not `taken`, if there is one.
    pub(super) fn at_any_port(
        &mut self,
        mut address: SocketAddr,
        taken: impl Fn(&Self, &SocketAddr) -> bool,
    ) -> SocketAddr {
        for _ in FIRST_PORT..=u16::MAX {
            address.set_port(self.next_port());
            if !taken(self, &address) {
                break;
            }
        }
        address
    }

    /// The next of the ports for those who ask for any.
    pub(super) fn next_port(&mut self) -> u16 {
        let port = self.next_port;
        self.next_port = self.next_port.checked_add(1).unwrap_or(FIRST_PORT);
        port
    }
}
