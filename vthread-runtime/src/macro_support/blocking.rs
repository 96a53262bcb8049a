//! Calls of std that block the OS thread, and their counterparts for vthread code.
//!
//! Stable procedural macros cannot warn. So beside a call whose name is in the table below there is
//! dead code that asks about the call's types and calls `blocks` on the answer: a deprecated method
//! if the types are std's, and one without a warning elsewhere. The table is the only place that
//! knows the counterparts; the macros know the names (`lower/blocking_calls.rs`).

use super::choice::IsCall;
use super::loops::SuspendingLoop;
use super::probe::{Probe, Unnamed};
use crate::base::type_question::{Asked, answers, ask};
use crate::task::call::{Call, FunctionKind, name_hash};
use std::fs::{DirBuilder, File};
use std::io::{self, BufReader, Bytes, Lines, Split, Stdin, StdinLock};
use std::marker::PhantomData;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc::Receiver;
use std::sync::{LockResult, MutexGuard, RwLockReadGuard, RwLockWriteGuard, TryLockResult};
use std::thread::{JoinHandle, ThreadId};

/// `Self` is a type of std whose method of this name blocks.
pub trait Blocks<const NAME: u64> {}

macro_rules! through {
    ($($pointer:ty),* $(,)?) => {
        $(impl<T: ?Sized + Blocks<NAME>, const NAME: u64> Blocks<NAME> for $pointer {})*
    };
}

through!(&T, &mut T, Box<T>, std::rc::Rc<T>, std::sync::Arc<T>);

/// The marker of a module that is not std's.
#[derive(Debug)]
pub struct Unknown;

/// Is the object of `Q` the call of std that has this key?
#[allow(missing_debug_implementations)]
pub struct Of<KEY, Q>(PhantomData<fn() -> (KEY, Q)>);

/// Asks about a call.
pub fn of<KEY, Q>(_: &Asked<Q, 0>) -> Asked<Of<KEY, Q>, 0> {
    ask()
}

/// Asks about a function of the module in which `Marker` is found.
pub fn of_module<KEY, Marker>() -> Asked<Of<KEY, Module<Marker>>, 0> {
    ask()
}

/// A module, known by a type in it.
#[allow(missing_debug_implementations)]
pub struct Module<Marker>(PhantomData<fn() -> Marker>);

/// A stream of the library, or one of std's wrapped around it, whose `std::io` methods block.
pub trait StreamUnderStd {}

macro_rules! streams_under_std {
    ($([$($generic:ident)?] $ty:ty),* $(,)?) => {
        $(#[doc(hidden)] impl$(<$generic: StreamUnderStd>)? StreamUnderStd for $ty {})*
    };
}

streams_under_std! {
    [] crate::net::TcpStream,
    [] crate::io::PipeReader,
    [] crate::io::PipeWriter,
    [] crate::fs::File,
    [T] &T,
    [T] &mut T,
    [T] Box<T>,
    [T] std::sync::Arc<T>,
    [T] BufReader<T>,
    [T] io::Take<T>,
}

#[cfg(unix)]
streams_under_std! {
    [] crate::net::UnixStream,
}

/// Two functions, by their types: each function has one of its own.
#[allow(missing_debug_implementations)]
pub struct Same<A, B>(PhantomData<fn() -> (A, B)>);

impl<A, B> Copy for Same<A, B> {}
impl<A, B> Clone for Same<A, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, B> Same<A, B> {
    /// To compare others with `function`.
    #[inline(always)]
    pub fn to(_: A) -> Self {
        Same(PhantomData)
    }
    /// Passes the other one on.
    #[inline(always)]
    pub fn with(self, function: B) -> B {
        function
    }
    /// Asks whether they are the same.
    pub fn asked<KEY>(self) -> Asked<Of<KEY, Self>, 0> {
        ask()
    }
}

/// The contents of a value of type `T` live across the choice `K`.
#[allow(missing_debug_implementations)]
pub struct Across<T, K>(PhantomData<fn() -> (T, K)>);

/// A choice by which the vthread suspends.
pub trait Suspending {}

impl<F> Suspending for IsCall<F> {}
impl Suspending for FunctionKind {}
impl Suspending for SuspendingLoop {}

/// A certain suspension.
#[derive(Debug)]
pub struct Suspension;

impl Suspending for Suspension {}

/// No warning.
#[derive(Clone, Copy, Debug)]
pub struct Fine;

impl Fine {
    /// Nothing.
    pub fn blocks(self) {}
}

answers! {
    /// Any other call.
    1 [KEY, Q] Of<KEY, Q> => Fine;
    /// The function that is compared is the one of the table.
    0 [A] Of<thread_sleep, Same<A, A>> => thread_sleep;
}

/// One type for each call: its name, its marker, and its message.
macro_rules! table {
    // A function, identified by a type in its module.
    (functions by $marker:ident: $($name:ident = $note:literal,)*) => {
        $(table!(@key $name, $note, [] for Module<$marker>);)*
    };
    // A function of a type, identified by its result.
    (constructors: $($name:ident = $note:literal for $($result:ty),*;)*) => {
        $(table!(@key $name, $note, $([] for Probe<0, Unnamed, io::Result<$result>>),*);)*
    };
    // A method, identified by its receiver.
    (methods: $($name:ident = $text:literal: $note:literal for $([$($generics:ident)?] $receiver:ty),*;)*) => {
        $(
            table!(@key $name, $note, [T: ?Sized + Blocks<{ name_hash($text) }>, X] for Probe<{ name_hash($text) }, T, X>);
            $(impl$(<$generics>)? Blocks<{ name_hash($text) }> for $receiver {})*
        )*
    };
    // A read of the standard input, by any receiver.
    (readers: $($name:ident = $note:literal for $($reader:ident),*;)*) => {
        $(table!(@key $name, $note,
            $([] for Probe<0, Unnamed, $reader<StdinLock<'_>>>),*,
            $([] for Probe<0, Unnamed, $reader<Stdin>>),*,
            $([] for Probe<0, Unnamed, $reader<BufReader<Stdin>>>),*);)*
    };
    // A guard, identified by the results it comes in, beside a possible suspension.
    (guards: $($name:ident = $note:literal for $($guard:ty),*;)*) => {
        $(table!(@key $name, $note,
            $([V: ?Sized, K: Suspending] for Across<LockResult<$guard>, K>),*,
            $([V: ?Sized, K: Suspending] for Across<TryLockResult<$guard>, K>),*);)*
    };
    // The guard of a span, beside a possible suspension.
    (spans: $($name:ident = $note:literal for $($guard:ty),*;)*) => {
        $(
            table!(@key $name, $note,);
            answers! { $(0 [K: Suspending] Of<held_guard, Across<$guard, K>> => $name;)* }
        )*
    };
    // A stream of the library that is used by std's traits.
    (streams under std: $($name:ident = $note:literal for $([$($generics:tt)*] $tag:ty),*;)*) => {
        $(table!(@key $name, $note, $([$($generics)*] for $tag),*);)*
    };
    // A vthread call where it blocks.
    (vthread calls: $($name:ident = $note:literal for $([$($generics:tt)*] $tag:ty),*;)*) => {
        $(table!(@key $name, $note, $([$($generics)*] for $tag),*);)*
    };
    (@key $name:ident, $note:literal, $([$($generics:tt)*] for $tag:ty),*) => {
        #[doc = $note]
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $name {
            #[deprecated(note = $note)]
            #[doc = $note]
            pub fn blocks(self) {}
        }

        answers! { $(0 [$($generics)*] Of<$name, $tag> => $name;)* }
    };
}

table! { functions by ThreadId:
    thread_sleep = "`std::thread::sleep` blocks the OS thread and cannot be cancelled: write `vthread::time::sleep`",
    thread_park = "`std::thread::park` blocks the OS thread: write `vthread::thread::park`",
    thread_park_timeout = "`std::thread::park_timeout` blocks the OS thread: write `vthread::thread::park_timeout`",
}

table! { functions by DirBuilder:
    fs_read = "`std::fs::read` blocks the OS thread: write `vthread::fs::read`",
    fs_read_to_string = "`std::fs::read_to_string` blocks the OS thread: write `vthread::fs::read_to_string`",
    fs_write = "`std::fs::write` blocks the OS thread: write `vthread::fs::write`",
    fs_create_dir = "`std::fs::create_dir` blocks the OS thread: write `vthread::fs::create_dir`",
    fs_create_dir_all = "`std::fs::create_dir_all` blocks the OS thread: write `vthread::fs::create_dir_all`",
    fs_metadata = "`std::fs::metadata` blocks the OS thread: write `vthread::fs::metadata`",
    fs_symlink_metadata = "`std::fs::symlink_metadata` blocks the OS thread: write `vthread::fs::symlink_metadata`",
    fs_remove_dir = "`std::fs::remove_dir` blocks the OS thread: write `vthread::fs::remove_dir`",
    fs_remove_dir_all = "`std::fs::remove_dir_all` blocks the OS thread: write `vthread::fs::remove_dir_all`",
    fs_remove_file = "`std::fs::remove_file` blocks the OS thread: write `vthread::fs::remove_file`",
    fs_rename = "`std::fs::rename` blocks the OS thread: write `vthread::fs::rename`",
    fs_read_dir = "`std::fs::read_dir` blocks the OS thread: write `vthread::fs::read_dir`",
    fs_canonicalize = "`std::fs::canonicalize` blocks the OS thread: write `vthread::fs::canonicalize`",
    fs_copy = "`std::fs::copy` blocks the OS thread: write `vthread::fs::copy`",
    fs_hard_link = "`std::fs::hard_link` blocks the OS thread: write `vthread::fs::hard_link`",
    fs_read_link = "`std::fs::read_link` blocks the OS thread: write `vthread::fs::read_link`",
    fs_set_permissions = "`std::fs::set_permissions` blocks the OS thread: write `vthread::fs::set_permissions`",
    fs_exists = "`std::fs::exists` blocks the OS thread: write `vthread::fs::exists`",
}

table! { constructors:
    of_open = "this file of std blocks the OS thread: write `vthread::fs::File::open`" for File;
    of_create = "this file of std blocks the OS thread: write `vthread::fs::File::create`" for File;
    of_create_new = "this file of std blocks the OS thread: write `vthread::fs::File::create_new`" for File;
    of_connect = "this stream of std blocks the OS thread: write `vthread::net::TcpStream::connect`" for TcpStream;
    of_connect_timeout = "this stream of std blocks the OS thread: write `vthread::net::TcpStream::connect_timeout`" for TcpStream;
    of_bind = "this listener of std blocks the OS thread: write `vthread::net::TcpListener::bind`" for TcpListener;
}

table! { methods:
    by_accept = "accept": "this listener of std blocks the OS thread: use a `vthread::net::TcpListener`" for [] TcpListener;
    by_recv = "recv": "this channel of std blocks the OS thread: make it with `vthread::sync::channel`" for [M] Receiver<M>;
    by_recv_timeout = "recv_timeout": "this channel of std blocks the OS thread: make it with `vthread::sync::channel`" for [M] Receiver<M>;
    by_join = "join": "joining an OS thread blocks this one: start a `spawn!` in a `group!` instead, or write `vthread::blocking(..)`" for [V] JoinHandle<V>;
    by_output = "output": "waiting for a process blocks the OS thread: use a `vthread::process::Command`" for [] Command;
    by_status = "status": "waiting for a process blocks the OS thread: use a `vthread::process::Command`" for [] Command;
    by_wait = "wait": "this wait blocks the OS thread: use `vthread::sync`, or `vthread::process` for a child" for [] Child, [] std::sync::Barrier, [] std::sync::Condvar;
    by_wait_with_output = "wait_with_output": "waiting for a process blocks the OS thread: start it by a `vthread::process::Command`" for [] Child;
    by_read_line = "read_line": "reading the standard input blocks the OS thread: read `vthread::io::stdin()`" for [] Stdin, [] StdinLock<'_>, [] BufReader<Stdin>;
    by_read_until = "read_until": "reading the standard input blocks the OS thread: read `vthread::io::stdin()`" for [] Stdin, [] StdinLock<'_>, [] BufReader<Stdin>;
    by_read_to_string = "read_to_string": "reading the standard input blocks the OS thread: read `vthread::io::stdin()`" for [] Stdin, [] StdinLock<'_>, [] BufReader<Stdin>;
    by_read_to_end = "read_to_end": "reading the standard input blocks the OS thread: read `vthread::io::stdin()`" for [] Stdin, [] StdinLock<'_>, [] BufReader<Stdin>;
    by_read_exact = "read_exact": "reading the standard input blocks the OS thread: read `vthread::io::stdin()`" for [] Stdin, [] StdinLock<'_>, [] BufReader<Stdin>;
    by_read = "read": "reading the standard input blocks the OS thread: read `vthread::io::stdin()`" for [] Stdin, [] StdinLock<'_>, [] BufReader<Stdin>;
    by_exists = "exists": "`Path::exists` blocks the OS thread: write `vthread::fs::exists(path)`" for [] Path, [] PathBuf;
    by_try_exists = "try_exists": "`Path::try_exists` blocks the OS thread: write `vthread::fs::exists(path)`" for [] Path, [] PathBuf;
    by_is_file = "is_file": "`Path::is_file` blocks the OS thread: write `vthread::fs::metadata(path)?.is_file()`" for [] Path, [] PathBuf;
    by_is_dir = "is_dir": "`Path::is_dir` blocks the OS thread: write `vthread::fs::metadata(path)?.is_dir()`" for [] Path, [] PathBuf;
    by_is_symlink = "is_symlink": "`Path::is_symlink` blocks the OS thread: write `vthread::fs::symlink_metadata(path)?.is_symlink()`" for [] Path, [] PathBuf;
    by_metadata = "metadata": "`Path::metadata` blocks the OS thread: write `vthread::fs::metadata(path)`" for [] Path, [] PathBuf;
    by_symlink_metadata = "symlink_metadata": "`Path::symlink_metadata` blocks the OS thread: write `vthread::fs::symlink_metadata(path)`" for [] Path, [] PathBuf;
    by_canonicalize = "canonicalize": "`Path::canonicalize` blocks the OS thread: write `vthread::fs::canonicalize(path)`" for [] Path, [] PathBuf;
    by_read_dir = "read_dir": "`Path::read_dir` blocks the OS thread: write `vthread::fs::read_dir(path)`" for [] Path, [] PathBuf;
    by_read_link = "read_link": "`Path::read_link` blocks the OS thread: write `vthread::fs::read_link(path)`" for [] Path, [] PathBuf;
}

table! { guards:
    held_guard = "a guard of a lock of std lives across this suspension, and a waiter for the lock blocks an OS thread: end it before, by a block or `drop(guard)`, or take the lock of `vthread::sync`"
        for MutexGuard<'_, V>, RwLockReadGuard<'_, V>, RwLockWriteGuard<'_, V>;
}

#[cfg(feature = "tracing")]
table! { spans:
    held_span = "the guard of a span lives across this suspension, and so other vthreads get into the span: end it before, or let `#[instrument]` below `#[vthread]` make the span, which a function leaves while it waits"
        for tracing::span::Entered<'_>, tracing::span::EnteredSpan;
}

table! { vthread calls:
    in_async_block = "this vthread call blocks the thread that polls the async block, which may hang: let a vthread of its own make it (`let task = spawn! { .. };` outside), and write `task.await` here"
        for [K: Suspending] Across<(), K>,
            [R, F] Probe<0, Unnamed, Call<R, F>>;
}

/// An iterator of the library's which a `for` of vthread code takes in another way.
pub trait BlocksAtEachStep {}

impl<M> BlocksAtEachStep for crate::sync::IntoIter<M> {}
impl<M> BlocksAtEachStep for crate::sync::Iter<'_, M> {}
impl<R> BlocksAtEachStep for crate::io::Lines<R> {}
impl<R> BlocksAtEachStep for crate::io::Split<R> {}
impl<R> BlocksAtEachStep for crate::io::Bytes<R> {}
impl BlocksAtEachStep for crate::fs::ReadDir {}
impl BlocksAtEachStep for crate::net::Incoming<'_> {}
#[cfg(unix)]
impl BlocksAtEachStep for crate::net::unix::Incoming<'_> {}

table! { vthread calls:
    of_an_iterator = "as an iterator this blocks the OS thread at each step: let a `for` take the items, which suspends"
        for [T: BlocksAtEachStep] Probe<0, Unnamed, T>;
}

table! { streams under std:
    by_a_trait_of_std = "this is the method of a trait of `std::io`, which blocks the OS thread: call the stream's own, or import the trait of `vthread::io`"
        for [const NAME: u64, T: ?Sized + StreamUnderStd, X] Probe<NAME, T, io::Result<X>>;
    of_a_stream = "this reads and writes by the traits of `std::io`, and so blocks the OS thread: use the methods of the stream, or what `vthread::io` has"
        for [T: StreamUnderStd] Probe<0, Unnamed, BufReader<T>>,
            [T: StreamUnderStd + io::Write] Probe<0, Unnamed, io::BufWriter<T>>,
            [T: StreamUnderStd + io::Write] Probe<0, Unnamed, io::LineWriter<T>>;
}

table! { functions by Stdin:
    io_read_to_string = "reading the standard input blocks the OS thread: read `vthread::io::stdin()`",
}

table! { readers:
    of_stdin = "reading the standard input blocks the OS thread: read `vthread::io::stdin()`" for Lines, Split, Bytes;
}
