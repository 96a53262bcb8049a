//! In plain code a method's call has to be made, with `.block()`, before `?`.
use std::io;
use vthread::prelude::*;

struct Client;

#[vthread]
impl Client {
    fn get(&self, id: u32) -> io::Result<u32> {
        Ok(id)
    }
}

fn main() -> io::Result<()> {
    Client.get(1)?;
    Ok(())
}
