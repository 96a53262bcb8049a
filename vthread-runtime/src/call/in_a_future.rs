//! Blocking calls inside of a future that vthread code awaits, as in `async { rx.recv().block() }`.
//!
//! Such a call blocks the thread that polls the future, and with it whatever is polled together
//! with the future. If the call waits for that, it waits forever. This cannot be proven, since any
//! other vthread may end the wait. So after a time the place of the call is told on standard error,
//! once for each place.

use crate::task::current::{self, Running};
use crate::task::notice::Notice;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::panic::Location;
use std::time::Duration;

/// The wait that is long enough to be told of.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits for the notice of a call, for at most `longest`. Returns whether it has come.
pub(super) fn wait(
    notice: &Notice,
    longest: Option<Duration>,
    site: &'static Location<'static>,
) -> bool {
    let is_inside = current::with(|around| around.is_some_and(Running::is_in_foreign));
    if is_inside && longest.is_none() {
        if notice.wait(Some(PATIENCE)) {
            return true;
        }
        tell(site);
    }
    notice.wait(longest)
}

fn tell(site: &'static Location<'static>) {
    static TOLD: Mutex<BTreeSet<Location<'static>>> = Mutex::new(BTreeSet::new());
    if !TOLD.lock().insert(*site) {
        return;
    }
    let _ = writeln!(
        io::stderr(),
        "vthread: the call at {site} has blocked its thread for {} seconds, inside of a future that \
         vthread code awaits. What is polled together with that future stands still meanwhile: if \
         the call waits for it, neither goes on. Let a vthread of its own make the call (`let task = \
         spawn! {{ .. }};` outside), and write `task.await` here",
        PATIENCE.as_secs()
    );
}
