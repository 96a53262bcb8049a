// The texts, and the tests that run them.

mod net {
    use super::library;
    include!("net.rs");
}
mod fs {
    use super::library;
    include!("fs.rs");
}
mod io {
    use super::library;
    include!("io.rs");
}
mod process {
    use super::library;
    include!("process.rs");
}
mod sync {
    use super::library;
    include!("sync.rs");
}
mod time {
    use super::library;
    include!("time.rs");
}

#[test]
fn sockets() -> std::io::Result<()> {
    net::tcp()?;
    net::udp()?;
    net::unix(tempfile::tempdir()?.path())
}

#[test]
#[cfg(target_os = "linux")]
fn of_linux() -> std::io::Result<()> {
    net::linux()
}

#[test]
fn files() -> std::io::Result<()> {
    fs::files(tempfile::tempdir()?.path())
}

#[test]
fn readers_and_writers() -> std::io::Result<()> {
    io::adapters(tempfile::tempdir()?.path())
}

/// The standard input may be a terminal: it is compiled, and not read.
#[test]
fn standard_input() {
    let _: fn() -> std::io::Result<()> = io::stdin_lines;
}

#[test]
fn processes() -> std::io::Result<()> {
    process::processes(tempfile::tempdir()?.path())
}

#[test]
fn channels() {
    sync::channels();
}

#[test]
fn what_is_done_once() {
    sync::once_only();
}

#[test]
fn times() {
    time::times();
}
