//! A chat server with rooms, on vthread: a vthread for each half of each connection.
//!
//! `std.rs` is the same program on std: imports, attributes and the uses of `spawn!` differ.
//!
//! ```text
//! cargo run --release --example chat
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use vthread::io::{self, BufReader, BufWriter};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::mpsc::{self, Receiver, Sender};

/// The room in which every client begins.
const LOBBY: &str = "lobby";

/// A message from a connection to the hub.
enum Event {
    Came(u64, Sender<String>),
    Said(u64, String),
    Left(u64),
}

/// A connected client.
struct Member {
    name: String,
    room: String,
    outbox: Sender<String>,
}

/// The clients and their rooms. Only the hub touches it, so it needs no lock.
#[derive(Default)]
struct Hub {
    members: BTreeMap<u64, Member>,
}

#[vthread]
impl Hub {
    fn tell(&self, id: u64, text: &str) {
        if let Some(member) = self.members.get(&id) {
            // A client that has gone receives nothing.
            let _ = member.outbox.send(text.to_string());
        }
    }

    fn tell_room(&self, room: &str, but: u64, text: &str) {
        for (&id, member) in &self.members {
            if member.room == room && id != but {
                self.tell(id, text);
            }
        }
    }

    fn find(&self, name: &str) -> Option<u64> {
        let mut members = self.members.iter();
        let found = members.find(|(_, member)| member.name == name);
        found.map(|(&id, _)| id)
    }

    fn came(&mut self, id: u64, outbox: Sender<String>) {
        let name = format!("guest{id}");
        let room = LOBBY.to_string();
        let text = format!("* {name} has come");
        self.tell_room(LOBBY, id, &text);
        self.members.insert(id, Member { name, room, outbox });
        self.tell(id, &format!("* welcome, guest{id}"));
    }

    fn left(&mut self, id: u64) {
        if let Some(member) = self.members.remove(&id) {
            let text = format!("* {} has left", member.name);
            self.tell_room(&member.room, id, &text);
        }
    }

    fn said(&mut self, id: u64, line: &str) {
        let Some(member) = self.members.get(&id) else {
            return;
        };
        let Some(command) = line.strip_prefix('/') else {
            let text = format!("{}: {line}", member.name);
            self.tell_room(&member.room, id, &text);
            return;
        };
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        match (verb, rest.trim()) {
            ("name", name) if !name.is_empty() => self.rename(id, name),
            ("join", room) if !room.is_empty() => self.join(id, room),
            ("msg", rest) => self.whisper(id, rest),
            ("who", _) => self.who(id),
            ("rooms", _) => self.rooms(id),
            _ => self.tell(
                id,
                "! /name NAME, /join ROOM, /msg NAME TEXT, /who, /rooms, /quit",
            ),
        }
    }

    fn rename(&mut self, id: u64, name: &str) {
        if self.find(name).is_some() {
            self.tell(id, &format!("! {name} is taken"));
            return;
        }
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let before = std::mem::replace(&mut member.name, name.to_string());
        let room = member.room.clone();
        self.tell_room(&room, id, &format!("* {before} is {name} now"));
        self.tell(id, &format!("* you are {name} now"));
    }

    fn join(&mut self, id: u64, room: &str) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let before = std::mem::replace(&mut member.room, room.to_string());
        let name = member.name.clone();
        self.tell_room(&before, id, &format!("* {name} has gone to {room}"));
        self.tell_room(room, id, &format!("* {name} has come"));
        self.tell(id, &format!("* you are in {room}"));
    }

    fn whisper(&mut self, id: u64, rest: &str) {
        let Some((name, text)) = rest.split_once(' ') else {
            self.tell(id, "! /msg NAME TEXT");
            return;
        };
        match (self.find(name), self.members.get(&id)) {
            (Some(other), Some(member)) => {
                self.tell(other, &format!("{} (to you): {text}", member.name));
            }
            _ => self.tell(id, &format!("! {name} is not here")),
        }
    }

    fn who(&self, id: u64) {
        let room = self.members.get(&id).map(|member| member.room.as_str());
        let members = self.members.values();
        let here = members.filter(|member| Some(member.room.as_str()) == room);
        let names: BTreeSet<&str> = here.map(|member| member.name.as_str()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        self.tell(id, &format!("* here: {}", names.join(", ")));
    }

    fn rooms(&self, id: u64) {
        let rooms = self.members.values().map(|member| member.room.as_str());
        let rooms: BTreeSet<&str> = rooms.collect();
        let rooms: Vec<&str> = rooms.into_iter().collect();
        self.tell(id, &format!("* rooms: {}", rooms.join(", ")));
    }
}

/// Handles the events one by one, until no connection can send any more.
#[vthread]
fn run_hub(events: Receiver<Event>) {
    let mut hub = Hub::default();
    for event in events {
        match event {
            Event::Came(id, outbox) => hub.came(id, outbox),
            Event::Said(id, line) => hub.said(id, &line),
            Event::Left(id) => hub.left(id),
        }
    }
}

/// Reads a client's lines, and passes them to the hub.
#[vthread]
fn listen_to(id: u64, stream: TcpStream, hub: &Sender<Event>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let said = line.trim_end().to_string();
        if said == "/quit" {
            break;
        }
        if !said.is_empty() && hub.send(Event::Said(id, said)).is_err() {
            break;
        }
        line.clear();
    }
    Ok(())
}

/// Writes the hub's messages to a client, until there are no more.
#[vthread]
fn talk_to(stream: TcpStream, outbox: Receiver<String>) -> io::Result<()> {
    let mut writer = BufWriter::new(stream);
    while let Ok(line) = outbox.recv() {
        writeln!(writer, "{line}")?;
        // Messages that are waiting already go with it.
        while let Ok(line) = outbox.try_recv() {
            writeln!(writer, "{line}")?;
        }
        writer.flush()?;
    }
    Ok(())
}

/// One client, from its first word to its last.
#[vthread]
fn attend(id: u64, stream: TcpStream, hub: Sender<Event>) -> io::Result<()> {
    let (outbox, lines) = mpsc::channel();
    let writer = stream.try_clone()?;
    group! {
        spawn! {
            let _ = talk_to(writer, lines);
        }
        if hub.send(Event::Came(id, outbox)).is_ok() {
            let result = listen_to(id, stream, &hub);
            // The hub drops the outbox then, and the other half ends.
            let _ = hub.send(Event::Left(id));
            return result;
        }
        Ok(())
    }
}

/// Serves this many clients, and ends when the last of them has gone.
#[vthread]
fn serve(listener: &TcpListener, clients: u64) -> io::Result<()> {
    let (hub, events) = mpsc::channel();
    group! {
        spawn! { run_hub(events); }
        for id in 1..=clients {
            let (stream, peer) = listener.accept()?;
            let hub = hub.clone();
            spawn! {
                if let Err(error) = attend(id, stream, hub) {
                    eprintln!("{peer}: {error}");
                }
            }
        }
        drop(hub);
        Ok(())
    }
}

#[vthread]
fn main() -> io::Result<()> {
    let clients = env::args().nth(1).and_then(|n| n.parse().ok());
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);
    serve(&listener, clients.unwrap_or(u64::MAX))
}
