//! Public crates in vthread code: what they need, and that it works.

mod blocking_crates;
mod databases;
mod grpc;
mod tls;
mod tower_services;
mod websockets;
