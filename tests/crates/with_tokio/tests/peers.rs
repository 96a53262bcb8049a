//! Crates that need a tokio runtime, in vthread code, each with a real peer on this machine; and
//! vthreads in tokio's code.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::channel;

/// Counts the values that were dropped.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

#[test]
#[vthread]
fn timers_tasks_and_sockets_of_tokio_work_in_vthreads() {
    let before = Instant::now();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    group! {
        for n in 0..100_u64 {
            spawn! {
                tokio::time::sleep(Duration::from_millis(n % 10)).await;
                let squared = tokio::spawn(async move { n * n }).await.unwrap();
                assert_eq!(squared, n * n);
            }
        }
        spawn! {
            let (stream, _) = listener.accept().await.unwrap();
            stream.writable().await.unwrap();
            stream.try_write(b"hello").unwrap();
        }
        let mut stream = TcpStream::connect(address).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
    }
    assert!(before.elapsed() < Duration::from_secs(60));
}

#[test]
#[vthread]
fn a_cancelled_vthread_drops_its_future_of_tokio() {
    let n_dropped = Arc::new(AtomicUsize::new(0));
    let dropped = Dropped(n_dropped.clone());
    let late = timeout!(Duration::from_millis(10) => {
        let endless = async move {
            let _dropped = dropped;
            tokio::time::sleep(Duration::from_secs(3600)).await;
        };
        endless.await;
    });
    assert!(late.is_err());
    assert_eq!(n_dropped.load(Ordering::Acquire), 1);
}

#[test]
#[vthread]
fn closures_of_blocking_and_plain_code_are_in_the_context_too() {
    let is_inside = || tokio::runtime::Handle::try_current().is_ok();
    assert!(is_inside());
    assert!(vthread::blocking(is_inside));
}

#[vthread]
fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    let path = String::from_utf8_lossy(&request);
    let path = path.split(' ').nth(1).unwrap_or("/").to_owned();
    // It answers once: a client that kept the connection for its next request would meet the end.
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        path.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(path.as_bytes())
}

#[test]
#[vthread]
fn reqwest_fetches_from_a_server_of_vthreads() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    group! {
        spawn!(service => {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                spawn!(service => { answer(stream).unwrap(); });
            }
        });
        let client = reqwest::Client::new();
        let mut pages = Vec::new();
        for n in 0..20 {
            let client = client.clone();
            pages.push(spawn! {
                let url = format!("http://{address}/page/{n}");
                let response = client.get(url).send().await.unwrap();
                response.text().await.unwrap()
            });
        }
        for (n, page) in pages.into_iter().enumerate() {
            assert_eq!(page.join(), format!("/page/{n}"));
        }
    }
}

#[test]
#[vthread]
fn sqlx_queries_sqlite() -> Result<(), sqlx::Error> {
    let folder = tempfile::tempdir()?;
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(folder.path().join("numbers.db"))
        .create_if_missing(true)
        // Ten of them wait for one another, and for the disk.
        .busy_timeout(Duration::from_secs(60));
    let pool = sqlx::SqlitePool::connect_with(options).await?;
    sqlx::query("CREATE TABLE numbers (n INTEGER)")
        .execute(&pool)
        .await?;
    group! {
        for n in 0..10_i64 {
            let pool = pool.clone();
            spawn! {
                sqlx::query("INSERT INTO numbers VALUES (?)").bind(n).execute(&pool).await?;
            }
        }
    }?;
    let sum: i64 = sqlx::query_scalar("SELECT SUM(n) FROM numbers")
        .fetch_one(&pool)
        .await?;
    assert_eq!(sum, 45);
    pool.close().await;
    Ok(())
}

#[test]
fn redis_commands_reach_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("redis.sock");
    let server = std::process::Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--unixsocket"])
        .arg(&socket)
        .stdout(std::process::Stdio::null())
        .spawn();
    let Ok(mut server) = server else {
        eprintln!("!!!!!! NO redis-server IS INSTALLED: its test has not run !!!!!!");
        return;
    };
    let done = std::panic::catch_unwind(|| count_with(&format!("unix://{}", socket.display())));
    server.kill().unwrap();
    server.wait().unwrap();
    done.unwrap();
}

#[vthread]
fn count_with(url: &str) {
    let client = redis::Client::open(url).unwrap();
    // Its own limit for an answer is half a second.
    let patient = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    // The server needs a moment to listen.
    let mut connection = loop {
        match client
            .get_multiplexed_async_connection_with_config(&patient)
            .await
        {
            Ok(connection) => break connection,
            Err(_) => vthread::time::sleep(Duration::from_millis(5)),
        }
    };
    group! {
        for _ in 0..50 {
            let mut connection = connection.clone();
            spawn! {
                let _: i64 = redis::cmd("INCR").arg("n").query_async(&mut connection).await.unwrap();
            }
        }
    }
    let n: i64 = redis::cmd("GET")
        .arg("n")
        .query_async(&mut connection)
        .await
        .unwrap();
    assert_eq!(n, 50);
}

/// A vthread for a task of tokio's.
#[vthread]
fn double(n: u32) -> u32 {
    vthread::time::sleep(Duration::from_millis(1));
    2 * n
}

#[tokio::test(flavor = "multi_thread")]
async fn tokio_awaits_vthreads() {
    let mut doubled = Vec::new();
    for n in 0..10 {
        doubled.push(vthread::background! { double(n) }.cancel_on_drop());
    }
    for (n, doubled) in (0..).zip(doubled) {
        assert_eq!(doubled.await.unwrap(), 2 * n);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vthread_ends_with_the_task_that_waits_for_it() {
    let n_dropped = Arc::new(AtomicUsize::new(0));
    let dropped = Dropped(n_dropped.clone());
    let (began, has_begun) = tokio::sync::oneshot::channel();
    let (tx, rx) = channel::<()>(1);
    let endless = vthread::background! {
        let _dropped = dropped;
        began.send(()).unwrap();
        let _ = rx.recv();
    };
    // Outside of the block: an abort may come before the block is polled for the first time.
    let endless = endless.cancel_on_drop();
    let waiting = tokio::spawn(endless);
    has_begun.await.unwrap();
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    while n_dropped.load(Ordering::Acquire) == 0 {
        tokio::task::yield_now().await;
    }
    drop(tx);
}
