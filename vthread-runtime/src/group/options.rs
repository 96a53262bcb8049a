//! The options of a `group!` and of a `spawn!`.

use crate::cancel::grace_period::Grace;
use std::borrow::Cow;
use std::panic::Location;
use std::time::Duration;

/// The effect of a failure in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnFailure {
    /// It cancels the others; later failures are dropped.
    Cancel,
    /// It cancels the others; later failures are kept as well.
    Collect,
    /// No member is cancelled.
    Keep,
    /// No member is cancelled, and all failures are kept.
    Race,
}

impl OnFailure {
    /// Whether the first failure cancels the others.
    pub(crate) fn cancels(self) -> bool {
        matches!(self, OnFailure::Cancel | OnFailure::Collect)
    }
}

/// The options of a `group!`.
#[derive(Debug)]
pub struct GroupOptions {
    pub(crate) on_failure: OnFailure,
    pub(crate) max_concurrency: usize,
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) grace: Grace,
    pub(crate) site: &'static Location<'static>,
}

impl GroupOptions {
    /// Unlimited, without a name. The caller is the group's site.
    #[track_caller]
    pub const fn new() -> Self {
        GroupOptions {
            on_failure: OnFailure::Cancel,
            max_concurrency: usize::MAX,
            name: None,
            grace: Grace::DEFAULT,
            site: Location::caller(),
        }
    }

    /// `on_failure = collect`
    pub fn collect(mut self) -> Self {
        self.on_failure = OnFailure::Collect;
        self
    }

    /// `on_failure = keep`
    pub fn keep(mut self) -> Self {
        self.on_failure = OnFailure::Keep;
        self
    }

    /// A `race!`.
    pub fn race(mut self) -> Self {
        self.on_failure = OnFailure::Race;
        self
    }

    /// At most `n` children run at a time.
    ///
    /// # Panics
    /// If `n` is zero: no child could ever run.
    #[track_caller]
    pub fn max_concurrency(mut self, n: usize) -> Self {
        assert!(
            n > 0,
            "max_concurrency must be at least 1: with 0 no child could ever run"
        );
        self.max_concurrency = n;
        self
    }

    /// A name, for dumps and traces.
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// `grace = d`
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = Grace::new(grace);
        self
    }
}

impl Default for GroupOptions {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

/// The options of a `spawn!`.
#[derive(Debug)]
pub struct SpawnOptions {
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) is_service: bool,
    pub(crate) site: &'static Location<'static>,
}

impl SpawnOptions {
    /// An ordinary child without a name. The caller is its spawn site.
    #[track_caller]
    pub const fn new() -> Self {
        SpawnOptions {
            name: None,
            is_service: false,
            site: Location::caller(),
        }
    }

    /// A name, for dumps and traces.
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The child does not keep its group open.
    pub fn service(mut self) -> Self {
        self.is_service = true;
        self
    }
}

impl Default for SpawnOptions {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}
