//! How the error of a group is written in an event: as its type allows.
//!
//! A group's error type need not be printable. The macro cannot see what it is, but method resolution can:
//! `Telling<E>` has a method for errors that are `Display`, and derefs to one that has it for those that are
//! `Debug`, which derefs to one for all others.

use super::owner::Owner;
use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// A way to write an `E`.
#[derive(Debug)]
pub struct How<E>(fn(&E, &mut fmt::Formatter<'_>) -> fmt::Result);

/// The question how an `E` is written.
#[derive(Debug)]
pub struct Telling<E>(ByDebug<E>);

/// For errors that are not `Display`.
#[derive(Debug)]
pub struct ByDebug<E>(ByName<E>);

/// For errors that are neither `Display` nor `Debug`.
#[derive(Debug)]
pub struct ByName<E>(PhantomData<fn(&E)>);

impl<E> Telling<E> {
    /// Of the error type of a group.
    pub fn of(_: &Owner<E>) -> Self {
        Telling(ByDebug(ByName(PhantomData)))
    }
}

impl<E: fmt::Display> Telling<E> {
    /// As `Display` does.
    pub fn how(&self) -> How<E> {
        How(E::fmt)
    }
}

impl<E: fmt::Debug> ByDebug<E> {
    /// As `Debug` does.
    pub fn how(&self) -> How<E> {
        How(E::fmt)
    }
}

impl<E> ByName<E> {
    /// The name of its type has to do.
    pub fn how(&self) -> How<E> {
        How(|_, f| write!(f, "an error of type {}", type_name::<E>()))
    }
}

impl<E> Deref for Telling<E> {
    type Target = ByDebug<E>;
    fn deref(&self) -> &ByDebug<E> {
        &self.0
    }
}

impl<E> Deref for ByDebug<E> {
    type Target = ByName<E>;
    fn deref(&self) -> &ByName<E> {
        &self.0
    }
}

impl<E> Owner<E> {
    /// How this group's errors are written. Before it is open.
    #[inline(always)]
    pub fn tells(&self, how: How<E>) {
        self.teller.set(how.0);
    }
}
