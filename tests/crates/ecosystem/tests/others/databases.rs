//! rusqlite: a connection behind a lock, and its calls on helper threads.

use rusqlite::Connection;
use std::sync::Arc;
use vthread::prelude::*;
use vthread::sync::Mutex;

/// A database for vthreads.
struct Database {
    connection: Arc<std::sync::Mutex<Connection>>,
    /// Vthreads wait here, where waiting costs no thread; so the lock inside is always free.
    turn: Mutex<()>,
}

#[vthread]
impl Database {
    fn open(path: std::path::PathBuf) -> rusqlite::Result<Self> {
        let connection = vthread::blocking(move || Connection::open(path))?;
        Ok(Database {
            connection: Arc::new(std::sync::Mutex::new(connection)),
            turn: Mutex::new(()),
        })
    }

    /// Runs `work` on a helper thread. A cancelled call is not waited for: it ends there.
    fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> rusqlite::Result<T> {
        let _turn = self.turn.lock();
        let connection = self.connection.clone();
        vthread::blocking(move || work(&mut connection.lock().expect("no panic inside")))
    }
}

#[test]
#[vthread]
fn rusqlite_runs_on_helper_threads() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let folder = tempfile::tempdir()?;
    let database = Database::open(folder.path().join("numbers.db"))?;
    database.with(|db| db.execute("CREATE TABLE numbers (n INTEGER)", ()))?;
    group! {
        for n in 0..50_i64 {
            spawn! {
                database.with(move |db| db.execute("INSERT INTO numbers VALUES (?)", (n,)))?;
            }
        }
    }?;
    let sum: i64 =
        database.with(|db| db.query_row("SELECT SUM(n) FROM numbers", (), |row| row.get(0)))?;
    assert_eq!(sum, 1225);
    // A failure undoes what its transaction did.
    let undone = database.with(|db| {
        let transaction = db.transaction()?;
        transaction.execute("DELETE FROM numbers", ())?;
        transaction.execute("no SQL", ())
    });
    assert!(undone.is_err());
    let n: i64 =
        database.with(|db| db.query_row("SELECT COUNT(*) FROM numbers", (), |row| row.get(0)))?;
    assert_eq!(n, 50);
    Ok(())
}
