//! Services that borrow what lives on the stack of the server's caller.

use crate::client::{ask, connect1, connect2, listen, request, text};
use hyper::body::Incoming;
use hyper::{Request, Response};
use std::sync::atomic::{AtomicUsize, Ordering};
use vthread::hyper::{Server, serve, service};
use vthread::prelude::*;
use vthread::sync::{Mutex, Notify, Semaphore};
use vthread::time::{Duration, sleep};

const LONG: Duration = Duration::from_secs(60);

/// What requests use, and how many use it now.
#[derive(Default)]
struct Book {
    paths: Mutex<Vec<String>>,
    n_users: AtomicUsize,
    changed: Notify,
}

struct User<'a>(&'a Book);

impl<'a> User<'a> {
    fn of(book: &'a Book) -> Self {
        book.n_users.fetch_add(1, Ordering::SeqCst);
        book.changed.notify_one();
        User(book)
    }
}

impl Drop for User<'_> {
    fn drop(&mut self) {
        self.0.n_users.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_one();
    }
}

#[vthread]
fn write(book: &Book, request: &Request<Incoming>) -> Response<String> {
    let _user = User::of(book);
    let mut paths = book.paths.lock();
    sleep(Duration::from_millis(1));
    paths.push(request.uri().path().to_owned());
    Response::new(format!("{}", paths.len()))
}

#[test]
#[vthread]
fn a_service_borrows_the_locals_of_the_servers_parent() {
    let (listener, address) = listen();
    let book = Book::default();
    group! {
        spawn!(service => {
            serve(&listener, service(closure!(|request| write(&book, &request)))).unwrap();
        });
        group! {
            spawn! {
                let mut requests = connect1::<String>(address);
                for _ in 0..20 {
                    requests.ready().await.unwrap();
                    let answer = requests.send_request(request("/one", String::new())).await.unwrap();
                    text(answer).unwrap();
                }
            }
            let requests = connect2::<String>(address);
            for _ in 0..20 {
                let mut requests = requests.clone();
                spawn! {
                    let answer = requests.send_request(request("/two", String::new())).await.unwrap();
                    text(answer).unwrap();
                }
            }
        }
    }
    assert_eq!(book.n_users.load(Ordering::SeqCst), 0);
    let paths = book.paths.into_inner();
    assert_eq!(paths.iter().filter(|path| *path == "/one").count(), 20);
    assert_eq!(paths.iter().filter(|path| *path == "/two").count(), 20);
}

/// A request that runs uses the locals until it has been answered, or cancelled.
#[test]
#[vthread]
fn nothing_uses_the_locals_when_the_server_has_ended() {
    for grace in [LONG, Duration::from_millis(1)] {
        let (listener, address) = listen();
        let book = Book::default();
        let go_on = Semaphore::new(0);
        let answers = group! {
            let clients = [(); 3].map(|()| spawn! { ask(address, "/").unwrap_or_default() });
            group! {
                let server = spawn! {
                    let answer = service(closure!(|_request| {
                        let _user = User::of(&book);
                        let _permit = go_on.acquire();
                        Response::new("late".to_owned())
                    }));
                    Server::new().grace(grace).serve(&listener, answer).unwrap();
                };
                while book.n_users.load(Ordering::SeqCst) < 3 {
                    book.changed.notified();
                }
                server.cancel();
                if grace == LONG {
                    go_on.add_permits(3);
                }
            }
            assert_eq!(book.n_users.load(Ordering::SeqCst), 0);
            let mut answers = Vec::new();
            for client in clients {
                answers.push(client.join());
            }
            answers
        };
        let n_late = answers
            .iter()
            .filter(|answer| answer.ends_with("late"))
            .count();
        assert_eq!(n_late, if grace == LONG { 3 } else { 0 });
    }
}

/// What a request borrows is there until its frame has been dropped.
#[test]
#[vthread]
fn a_client_that_goes_away_cancels_what_borrows() {
    let (listener, address) = listen();
    let book = Book::default();
    group! {
        spawn!(service => {
            let answer = service(closure!(|_request| {
                let _user = User::of(&book);
                sleep(Duration::from_secs(3600));
                Response::new(String::new())
            }));
            serve(&listener, answer).unwrap();
        });
        let client = spawn! { Ok(ask(address, "/")) };
        while book.n_users.load(Ordering::SeqCst) < 1 {
            book.changed.notified();
        }
        client.cancel();
        while book.n_users.load(Ordering::SeqCst) > 0 {
            book.changed.notified();
        }
    }
}
