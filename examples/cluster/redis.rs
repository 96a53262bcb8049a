//! A client of Redis: a command is a list of words, and gets one answer.

use std::io;
use std::net::SocketAddr;

use vthread::io::BufReader;
use vthread::net::TcpStream;
use vthread::prelude::*;

/// An answer.
#[derive(Debug)]
pub(crate) enum Answer {
    Nothing,
    Number(i64),
    Text(String),
    List(Vec<Answer>),
}

/// A connection, for one command at a time.
#[derive(Debug)]
pub(crate) struct Redis {
    stream: BufReader<TcpStream>,
}

#[vthread]
impl Redis {
    pub(crate) fn connect(server: SocketAddr) -> io::Result<Redis> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        Ok(Redis {
            stream: BufReader::new(stream),
        })
    }

    /// Sends a command, and waits for its answer.
    pub(crate) fn ask(&mut self, words: &[&str]) -> io::Result<Answer> {
        let mut command = format!("*{}\r\n", words.len());
        for word in words {
            command += &format!("${}\r\n{word}\r\n", word.len());
        }
        self.stream.get_mut().write_all(command.as_bytes())?;
        answer(&mut self.stream)
    }
}

#[vthread]
fn answer(stream: &mut BufReader<TcpStream>) -> io::Result<Answer> {
    let line = line(stream)?;
    let (kind, rest) = line.split_at_checked(1).ok_or_else(|| broken(&line))?;
    let number = || rest.parse::<i64>().map_err(|_| broken(&line));
    Ok(match kind {
        "+" => Answer::Text(rest.to_owned()),
        "-" => return Err(io::Error::other(rest.to_owned())),
        ":" => Answer::Number(number()?),
        "$" => match usize::try_from(number()?) {
            Err(_) => Answer::Nothing,
            Ok(len) => {
                let mut bytes = vec![0; len + 2];
                stream.read_exact(&mut bytes)?;
                bytes.truncate(len);
                Answer::Text(String::from_utf8(bytes).map_err(io::Error::other)?)
            }
        },
        "*" => match number()? {
            -1 => Answer::Nothing,
            len => {
                let mut list = Vec::new();
                for _ in 0..len {
                    list.push(answer(stream)?);
                }
                Answer::List(list)
            }
        },
        _ => return Err(broken(&line)),
    })
}

#[vthread]
fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

fn broken(line: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("no answer of Redis': {line:?}"),
    )
}

impl Answer {
    pub(crate) fn number(&self) -> i64 {
        match self {
            Answer::Number(n) => *n,
            Answer::Text(text) => text.parse().unwrap_or(0),
            Answer::Nothing | Answer::List(_) => 0,
        }
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Answer::Text(text) => text,
            _ => "",
        }
    }

    pub(crate) fn list(&self) -> &[Answer] {
        match self {
            Answer::List(list) => list,
            _ => &[],
        }
    }
}
