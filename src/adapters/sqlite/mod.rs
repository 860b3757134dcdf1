//! The embedded desk and ledger: one SQLite file that holds both, so that one commit makes a mail's
//! effects, its line in the ledger and its replies durable together (invariant 7).
//!
//! `desk` answers and performs, `ledger` remembers, `look` shows, `world` imports and exports. A batch of
//! mails has no savepoints: where one mail goes wrong the whole batch is undone and done again without it.
//! That is rare, and a savepoint for every mail costs a tenth of the writer's time.

mod answer;
mod confirm;
mod desk;
mod generation;
mod kept;
mod ledger;
mod look;
mod schema;
mod status;
mod turns;
mod world;

pub use generation::{Becoming, Generation};
pub use kept::KeptMail;
pub use look::{Activation, HistoryLine, ItemFilter, ItemLine, ItemSheet, ObjectLine, PersonLine};

pub use status::{Depths, LedgerCount, Queue, StatusNote, Troubles};
pub use turns::Turns;

use crate::adapters::seal::Seal;
use crate::ports::{Cause, Failure, Settlement, Store};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use turns::Turn;

/// How long a command waits for another one that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How many prepared statements are kept; there are fewer in this adapter.
const STATEMENTS_MAX: usize = 128;

/// After how many pages of new data they are moved into the database itself: 16 MiB.
const CHECKPOINT_PAGES: i64 = 4096;

/// How much of the database is kept in memory, in KiB.
const CACHE_KIB: i64 = 16 * 1024;

/// Desk and ledger in one SQLite database.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    batch: Batch,
    turns: Option<Arc<Turns>>,
    /// Held while a batch is open.
    turn: Option<Turn>,
    /// Signs the tokens in our mails; none are made without one.
    seal: Option<Seal>,
}

/// The transaction that mails share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Batch {
    None,
    Open,
    /// A part of one mail is in it, so it must be rolled back.
    Spoiled,
}

impl SqliteStore {
    /// Opens the database in this file; makes one where there is none.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let connection =
            Connection::open(path).map_err(|error| failure(&format!("cannot open `{shown}`"), error))?;
        Self::prepared(connection, &shown).map_err(|error| match error {
            Failure::Permanent(cause) => Failure::Permanent(cause),
            Failure::Transient(cause) => {
                Failure::Transient(Cause::from_error(format!("cannot open `{shown}`: {cause}"), cause))
            }
        })
    }

    /// Opens the database in this file for looking only; nothing is made or changed.
    pub fn open_to_look(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)
            .map_err(|error| failure(&format!("cannot open `{shown}`"), error))?;
        let store = Self::prepared(connection, &shown)?;
        store.connection.pragma_update(None, "query_only", true)?;
        Ok(store)
    }

    /// A database that is gone with the value; for tests, rule tests and `trace --world`.
    pub fn in_memory() -> Result<Self, Failure> {
        Self::prepared(Connection::open_in_memory()?, "memory")
    }

    fn prepared(connection: Connection, shown: &str) -> Result<Self, Failure> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // A plan that depended on bound values would be made anew at every use of a statement.
        let _is_on = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        // What a statement would go back to is kept in memory, not in a file of its own.
        connection.pragma_update(None, "temp_store", "memory")?;
        // Asked before anything is written, so that another program's database stays as it is.
        schema::prepare(&connection, shown)?;
        connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        Ok(Self { connection, batch: Batch::None, turns: None, turn: None, seal: None })
    }

    /// From now on our mails bear tokens that are signed so, and such tokens are known.
    pub fn seal_with(&mut self, seal: Option<Seal>) {
        self.seal = seal;
    }

    /// From now on it writes in turns with the other connections of this program that share them.
    pub fn take_turns(&mut self, turns: &Arc<Turns>) {
        self.turns = Some(Arc::clone(turns));
    }

    /// Runs `work` so that all of it sees one state of the desk.
    fn in_one_view<T>(&self, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        if !self.connection.is_autocommit() {
            return work();
        }
        self.connection.execute_batch("BEGIN")?;
        let result = work();
        self.connection.execute_batch("ROLLBACK")?;
        result
    }

    /// Runs `work` as a whole or not at all: in a transaction of its own, or within the open batch, which is
    /// spoiled where the work fails.
    fn as_a_whole<T>(&mut self, work: impl FnOnce(&Self) -> Result<T, Failure>) -> Result<T, Failure> {
        if self.batch == Batch::None {
            let _turn = self.turns.as_ref().map(Turns::wait);
            return in_transaction(&self.connection, || work(self));
        }
        self.check_batch()?;
        let result = work(self);
        if result.is_err() {
            self.batch = Batch::Spoiled;
        }
        result
    }

    fn check_batch(&self) -> Result<(), Failure> {
        match self.batch {
            Batch::None => permanent("no transaction is open"),
            // A full disk makes SQLite give up the whole transaction by itself.
            Batch::Open if !self.connection.is_autocommit() => Ok(()),
            Batch::Open | Batch::Spoiled => transient("the whole batch was given up and must be done again"),
        }
    }
}

/// Runs `work` in a transaction of its own that holds the write lock from the start.
fn in_transaction<T>(
    connection: &Connection,
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let result = work().and_then(|value| {
        connection.execute_batch("COMMIT")?;
        Ok(value)
    });
    if result.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    result
}

impl Store for SqliteStore {
    fn begin(&mut self) -> Result<(), Failure> {
        if self.batch != Batch::None {
            return permanent("a transaction is open already");
        }
        let turn = self.turns.as_ref().map(Turns::wait);
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        self.turn = turn;
        self.batch = Batch::Open;
        Ok(())
    }

    fn settle(&mut self, settlement: &Settlement<'_>) -> Result<bool, Failure> {
        self.check_batch()?;
        self.check_batch()?;
        self.as_a_whole(|store| store.write_down(settlement))
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.check_batch()?;
        // A commit that finds the disk full or another one busy leaves the batch open: it can be tried again.
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.batch = Batch::None;
        self.turn = None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), Failure> {
        self.batch = Batch::None;
        let _turn = self.turn.take();
        if !self.connection.is_autocommit() {
            self.connection.prepare_cached("ROLLBACK")?.execute([])?;
        }
        Ok(())
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        failure("cannot use the desk's database", error)
    }
}

/// Sorts what SQLite says into worth another attempt, or not, in the admin's words.
fn failure(doing: &str, error: rusqlite::Error) -> Failure {
    let (is_transient, because) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (true, "another program is writing to it".to_owned())
        }
        Some(ErrorCode::DiskFull) => (true, "the disk is full".to_owned()),
        Some(ErrorCode::SystemIoFailure) => (true, "the disk does not read or write".to_owned()),
        Some(ErrorCode::CannotOpen) => (true, "the file or its folder cannot be opened".to_owned()),
        Some(ErrorCode::OutOfMemory) => (true, "there is not enough memory".to_owned()),
        Some(ErrorCode::ReadOnly) => (false, "it may not be written".to_owned()),
        Some(ErrorCode::NotADatabase) => (false, "it is not a database".to_owned()),
        Some(ErrorCode::DatabaseCorrupt) => (false, "it is damaged".to_owned()),
        _ => (false, error.to_string()),
    };
    let cause = Cause::from_error(format!("{doing}: {because}"), error);
    if is_transient { Failure::Transient(cause) } else { Failure::Permanent(cause) }
}

/// Fails for good with this sentence.
fn permanent<T>(text: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Permanent(Cause::new(text)))
}

/// Fails for now with this sentence.
fn transient<T>(text: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Transient(Cause::new(text)))
}
