//! The vthreads of a test that have not ended.

use crate::inspect;
use crate::task::wait_for::Site;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;

/// A vthread of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpawnedVthread {
    name: Option<String>,
    site: Site,
}

impl SpawnedVthread {
    pub(super) fn new(name: Option<String>, site: Site) -> Self {
        SpawnedVthread { name, site }
    }

    /// Returns the name that it was given.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the location where it was spawned.
    pub fn location(&self) -> &'static Location<'static> {
        self.site
    }
}

/// Reads as in "`flusher`, spawned at src/main.rs:7:5".
impl fmt::Display for SpawnedVthread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "`{name}`, spawned at {}", self.site),
            None => write!(f, "a vthread spawned at {}", self.site),
        }
    }
}

/// The vthreads of a test that have not ended, returned by [`spawned`]: a slice of them, which
/// compares with their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spawned(Vec<SpawnedVthread>);

impl Deref for Spawned {
    type Target = [SpawnedVthread];
    fn deref(&self) -> &[SpawnedVthread] {
        &self.0
    }
}

impl PartialEq<usize> for Spawned {
    fn eq(&self, n: &usize) -> bool {
        self.0.len() == *n
    }
}

impl PartialOrd<usize> for Spawned {
    fn partial_cmp(&self, n: &usize) -> Option<std::cmp::Ordering> {
        self.0.len().partial_cmp(n)
    }
}

/// One line for each.
impl fmt::Display for Spawned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|vthread| writeln!(f, "{vthread}"))
    }
}

/// Returns the vthreads that the test has spawned and that have not ended: children of its groups,
/// children of those, and what was spawned with `background!`. Not the body of the test itself.
///
/// Empty outside of a test.
///
/// In a test with `virtual_time` or a seed they are in the order of their spawns. A cancelled
/// vthread counts until it has ended.
pub fn spawned() -> Spawned {
    let spawned = match super::pace::world() {
        Some(world) => {
            let alive = world.alive().into_iter();
            let spawned = alive.map(|vthread| {
                SpawnedVthread::new(vthread.name.map(|name| name.to_string()), vthread.site)
            });
            spawned.collect()
        }
        None => {
            let of_test = inspect::of_test().into_iter();
            of_test
                .map(|(name, site)| SpawnedVthread::new(name, site))
                .collect()
        }
    };
    Spawned(spawned)
}
