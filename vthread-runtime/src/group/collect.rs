//! `on_failure = collect` and `race!`: every failure of a group, in order of time.

#![allow(unsafe_code)] // An entry point for the macros.

use super::handle::Group;
use super::lifecycle::{Exit, GroupBody};
use super::owner::Owner;
use std::fmt;
use std::future::Future;
use std::iter;
use std::marker::PhantomData;
use std::slice;
use std::vec;

/// All failures of a `group!(on_failure = collect => ..)`, or of a `race!` without a winner: the
/// first one, and those that followed.
///
/// There is always at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failures<E> {
    first: E,
    rest: Vec<E>,
}

impl<E> Failures<E> {
    pub(crate) fn new(first: E, rest: Vec<E>) -> Self {
        Failures { first, rest }
    }

    /// Returns the first failure in time: in a group, the one that cancelled it.
    pub fn first(&self) -> &E {
        &self.first
    }

    /// Returns the first failure, without the others.
    pub fn into_first(self) -> E {
        self.first
    }

    /// Returns the number of failures: at least one.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        1 + self.rest.len()
    }

    /// Returns all failures, in order of time.
    pub fn iter(&self) -> impl Iterator<Item = &E> {
        iter::once(&self.first).chain(&self.rest)
    }
}

impl<'a, E> IntoIterator for &'a Failures<E> {
    type Item = &'a E;
    type IntoIter = iter::Chain<iter::Once<&'a E>, slice::Iter<'a, E>>;

    fn into_iter(self) -> Self::IntoIter {
        iter::once(&self.first).chain(&self.rest)
    }
}

impl<E> IntoIterator for Failures<E> {
    type Item = E;
    type IntoIter = std::iter::Chain<std::iter::Once<E>, vec::IntoIter<E>>;
    fn into_iter(self) -> Self::IntoIter {
        iter::once(self.first).chain(self.rest)
    }
}

impl<E: fmt::Display> fmt::Display for Failures<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.fmt(f)?;
        match self.rest.len() {
            0 => Ok(()),
            1 => f.write_str(" (and 1 more failure)"),
            n => write!(f, " (and {n} more failures)"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for Failures<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.first)
    }
}

/// The end of a group that collects.
#[derive(Debug)]
pub struct Collects<C, E>(PhantomData<fn() -> (C, E)>);

impl<C, E> Collects<C, E> {
    pub(crate) fn new() -> Self {
        Collects(PhantomData)
    }
}

impl<C, E> Exit<E, Result<C, E>> for Collects<C, E> {
    type Said = C;
    type Output = Result<C, Failures<E>>;
    fn ended(&self, output: Result<C, E>) -> Result<C, E> {
        output
    }
    fn signalled(&self) -> Option<C> {
        None
    }
    fn deliver(&self, result: Result<C, E>, owner: &Owner<E>) -> Result<C, Failures<E>> {
        result.map_err(|first| Failures::new(first, owner.take_rest()))
    }
}

impl<E> Owner<E> {
    /// As `run`, for a group that collects failures.
    ///
    /// # Safety
    /// - As for `run`.
    pub unsafe fn run_collect<'scope, C, B>(
        &self,
        group: Group<'scope, E>,
        body: B,
    ) -> GroupBody<'_, 'scope, E, B, Collects<C, E>, C>
    where
        B: Future<Output = Result<C, E>>,
    {
        GroupBody::new(self, group, Collects::new(), body)
    }
}
