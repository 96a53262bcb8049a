//! A program of the guide.

use rusqlite::Connection;
use vthread::blocking_scoped;
use vthread::prelude::*;
use vthread::sync::Mutex;

struct Database {
    db: Mutex<Connection>,
}

#[vthread]
impl Database {
    fn insert(&self, n: i64) -> rusqlite::Result<usize> {
        let mut db = self.db.lock();
        // `&mut`, because a `Connection` is not `Sync`.
        let db = &mut *db;
        blocking_scoped(move || {
            db.execute("INSERT INTO numbers VALUES (?)", (n,))
        })
    }

    fn total(&self) -> rusqlite::Result<i64> {
        let mut db = self.db.lock();
        let db = &mut *db;
        blocking_scoped(move || {
            let text = "SELECT SUM(n) FROM numbers";
            db.query_row(text, (), |row| row.get(0))
        })
    }
}

#[vthread]
fn main() -> rusqlite::Result<()> {
    let db = Connection::open_in_memory()?;
    db.execute("CREATE TABLE numbers (n INTEGER)", ())?;
    let database = Database { db: Mutex::new(db) };
    group! {
        for n in 1..=10 {
            spawn! { database.insert(n)?; }
        }
    }?;
    assert_eq!(database.total()?, 55);
    Ok(())
}
