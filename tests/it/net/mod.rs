//! Sockets: std's types, and some that std does not have.

mod crowds;
mod datagrams;
mod faults;
mod shared_sockets;
mod sockets;
mod unix;
