//! Every example is run, and its output and files are compared.

mod listening;
mod program;
mod server;
mod versions;

mod chat;
mod cluster;
mod jobs;
mod prefork;
mod redis;
mod redis_tools;
mod search;
mod short;

/// The tests of this example are what it shows.
#[allow(dead_code)]
#[path = "../../examples/seeds.rs"]
mod seeds;

mod download_bad_input;
mod download_given_urls;
mod download_own_pages;
