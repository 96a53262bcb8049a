//! Sockets: those of std, and what std has not.

mod crowds;
mod datagrams;
mod sockets;
mod unix;
