//! Every example is run, and what it prints and leaves behind is compared.

mod program;
mod server;

mod short;

mod download_bad_input;
mod download_given_urls;
mod download_own_pages;
