//! Redis' own client and benchmark (Debian's `redis-tools`) drive the store, in both its versions.

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::process::{Command, Output, Stdio};

use crate::listening::Server;
use crate::program::text;

const EXAMPLES: [&str; 2] = ["redis_std", "redis"];

/// Runs one of the tools against a store, or says that it is not there.
fn tool(name: &str, server: &Server, args: &[&str], input: &str) -> Option<Output> {
    // Nothing that hangs holds the test: `timeout` ends it with 124.
    let started = Command::new("timeout")
        .args(["120", name, "-h", "127.0.0.1", "-p", server.port()])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match started {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("!!!!!! NO timeout HERE: {name} is not run !!!!!!");
            return None;
        }
        started => started.expect("it starts"),
    };
    let mut stdin = child.stdin.take().expect("it is piped");
    // A tool that has not started does not read.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    if output.status.code() == Some(127) {
        println!("!!!!!! NO {name} HERE: install redis-tools; this test does not run !!!!!!");
        return None;
    }
    assert!(output.status.success(), "{name}: {output:?}");
    Some(output)
}

#[test]
fn redis_cli_asks() {
    let commands = "SET key value\nGET key\nGET other\nINCR n\nINCRBY n 41\nINCR key\n\
                    MSET a 1 b \"two words\"\nMGET a b c\nDEL a c\nKEYS *\nDBSIZE\nDANCE\n";
    let mut said = Vec::new();
    for example in EXAMPLES {
        let server = Server::start(example, usize::MAX);
        let Some(output) = tool("redis-cli", &server, &["--no-raw"], commands) else {
            return server.kill();
        };
        said.push(text(&output.stdout));
        server.kill();
    }
    assert_eq!(said[0], said[1]);
    for wanted in [
        "OK\n\"value\"\n(nil)\n(integer) 1\n(integer) 42\n(error) ERR value is not an integer",
        "1) \"1\"\n2) \"two words\"\n3) (nil)\n(integer) 1\n",
        "(integer) 3\n(error) ERR unknown command",
    ] {
        assert!(said[1].contains(wanted), "{}", said[1]);
    }
}

/// Ten thousand commands in one pipeline: `--pipe` counts the replies.
#[test]
fn redis_cli_inserts_a_mass() {
    const COMMANDS: usize = 10_000;
    let mut commands = String::new();
    for n in 0..COMMANDS {
        let key = format!("key{n}");
        write!(
            commands,
            "*3\r\n$3\r\nSET\r\n${}\r\n{key}\r\n$1\r\nv\r\n",
            key.len()
        )
        .expect("a string grows");
    }
    for example in EXAMPLES {
        let server = Server::start(example, usize::MAX);
        if let Some(output) = tool("redis-cli", &server, &["--pipe"], &commands) {
            let said = text(&output.stdout);
            assert!(
                said.contains(&format!("errors: 0, replies: {COMMANDS}")),
                "{said}"
            );
            let size = tool("redis-cli", &server, &["DBSIZE"], "").expect("it was there");
            assert_eq!(text(&size.stdout).trim(), COMMANDS.to_string());
        }
        server.kill();
    }
}

/// Fifty clients with sixteen commands in flight each.
#[test]
fn redis_benchmark_drives_it() {
    const REQUESTS: &str = "20000";
    for example in EXAMPLES {
        let server = Server::start(example, usize::MAX);
        let args = [
            "-t",
            "set,get,incr,mset",
            "-n",
            REQUESTS,
            "-c",
            "50",
            "-P",
            "16",
            "--csv",
        ];
        if let Some(output) = tool("redis-benchmark", &server, &args, "") {
            let said = text(&output.stdout);
            println!("{example}:\n{said}");
            for test in ["\"SET\"", "\"GET\"", "\"INCR\"", "\"MSET (10 keys)\""] {
                assert!(said.lines().any(|line| line.starts_with(test)), "{said}");
            }
            // No increment is lost, whatever the order of the clients.
            let key = "counter:__rand_int__";
            if let Some(count) = tool("redis-cli", &server, &["GET", key], "") {
                assert_eq!(text(&count.stdout).trim(), REQUESTS);
            }
        }
        server.kill();
    }
}
