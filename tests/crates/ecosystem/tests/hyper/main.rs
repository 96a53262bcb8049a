//! Servers of `vthread::hyper`, and hyper's clients on vthread's streams.

mod bodies;
mod borrows;
mod client;
mod ends;
mod limits;
mod protocols;
mod routers;
