//! Every example is run, and its output and files are compared.

mod program;
mod server;

mod chat;
mod short;

mod download_bad_input;
mod download_given_urls;
mod download_own_pages;
