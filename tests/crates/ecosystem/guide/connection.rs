//! A program of the guide.

use rusqlite::Connection;
use vthread::blocking_scoped;
use vthread::prelude::*;
use vthread::sync::Mutex;

#[vthread]
fn add(db: &Mutex<Connection>, n: i64) -> rusqlite::Result<usize> {
    let mut db = db.lock();
    // `&mut`, because a `Connection` is not `Sync`.
    let db = &mut *db;
    blocking_scoped(move || {
        db.execute("INSERT INTO numbers VALUES (?)", (n,))
    })
}

#[vthread]
fn main() -> rusqlite::Result<()> {
    let db = Connection::open_in_memory()?;
    db.execute("CREATE TABLE numbers (n INTEGER)", ())?;
    let db = Mutex::new(db);
    group! {
        for n in 0..10 {
            spawn! { add(&db, n)?; }
        }
    }
}
