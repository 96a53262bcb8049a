//! An example that serves on a port of its own choice, which its first line tells.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::binary;

/// No read takes longer than this.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    process: Child,
    address: String,
}

impl Server {
    pub(crate) fn start(example: &str, clients: usize) -> Server {
        let mut process = Command::new(binary(example))
            .arg(clients.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let mut line = String::new();
        let stdout = process.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line
            .trim()
            .strip_prefix("listening on ")
            .expect("an address");
        Server {
            address: address.to_owned(),
            process,
        }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        stream
    }

    pub(crate) fn port(&self) -> &str {
        let (_, port) = self.address.rsplit_once(':').expect("an address");
        port
    }

    /// Ends one that would serve any number of clients.
    pub(crate) fn kill(mut self) {
        self.process.kill().expect("it is there");
        self.process.wait().expect("it ends");
    }

    pub(crate) fn end(mut self) {
        assert!(self.process.wait().expect("it ends").success());
    }
}
