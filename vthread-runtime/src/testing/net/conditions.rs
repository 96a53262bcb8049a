//! How well the network works.

use super::place;
use crate::base::chance;
use std::time::Duration;

/// How late data may arrive in a test with a seed.
const USUAL: Duration = Duration::from_millis(10);

/// How well the network of a test works: set by [`set_conditions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    most: Duration,
    cut: u32,
}

impl Conditions {
    /// A network that is as fast as memory, and whose connections hold.
    pub fn new() -> Self {
        Conditions {
            most: Duration::ZERO,
            cut: 0,
        }
    }

    /// Data arrives up to `most` late, and in pieces.
    pub fn delays(self, most: Duration) -> Self {
        Conditions { most, ..self }
    }

    /// One in `n` reads and writes finds its connection cut: it fails, and so does all that follows
    /// on both sides. One in `n` datagrams of UDP is lost. 0: none.
    pub fn cuts(self, n: u32) -> Self {
        Conditions { cut: n, ..self }
    }

    /// Those of a test for which none were set.
    pub(super) fn usual(is_seeded: bool) -> Self {
        match is_seeded {
            true => Self::new().delays(USUAL),
            false => Self::new(),
        }
    }

    /// Whether the connection is cut at this operation.
    pub(super) fn draw_cut(self) -> bool {
        self.cut != 0 && chance::below(self.cut as usize) == 0
    }

    /// How late this operation is.
    pub(super) fn draw_delay(self) -> Duration {
        // In milliseconds, as timers count; half of the operations are not late.
        let most = usize::try_from(self.most.as_millis()).unwrap_or(usize::MAX - 1);
        if most == 0 || chance::below(2) == 0 {
            return Duration::ZERO;
        }
        Duration::from_millis(chance::below(most + 1) as u64)
    }

    /// How many of `n` bytes go at once.
    pub(super) fn draw_piece(self, n: usize) -> usize {
        match self.most.is_zero() || n < 2 || chance::below(2) == 0 {
            true => n,
            false => 1 + chance::below(n),
        }
    }
}

impl Default for Conditions {
    fn default() -> Self {
        Self::new()
    }
}

/// Sets how well the network of this test works from here on.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::testing::net::{Conditions, set_conditions};
/// use vthread::time::Duration;
///
/// set_conditions(Conditions::new().delays(Duration::from_secs(2)).cuts(100));
/// # set_conditions(Conditions::new());
/// ```
pub fn set_conditions(conditions: Conditions) {
    place::here(|place| place.conditions = Some(conditions));
}
