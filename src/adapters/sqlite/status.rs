//! What the service writes down about itself, and how much waits in the store.

use super::SqliteStore;
use super::answer::many;
use crate::ports::Failure;

/// What the service said about one part of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusNote {
    /// `service`, `account` or `server`.
    pub part: String,
    /// The account's or server's name; empty for the service itself.
    pub name: String,
    /// In the service's own words, as JSON.
    pub state: String,
    /// When it said so, in seconds since 1970.
    pub at: i64,
}

/// What waits for one outgoing server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// The server's name.
    pub via: String,
    /// Mails to be sent.
    pub waiting: u64,
    /// When the oldest of them was written, in seconds since 1970.
    pub oldest_at: Option<i64>,
    /// Mails that were refused for good, or given up.
    pub failed: u64,
    /// What was said last about one that waits or failed.
    pub last_error: Option<String>,
}

/// How many mails somebody should look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depths {
    /// In quarantine.
    pub quarantined: u64,
    /// Failed for now, and still to be dealt with.
    pub failing: u64,
}

impl SqliteStore {
    /// Replaces everything that the service said about itself.
    pub fn write_status(&mut self, notes: &[StatusNote]) -> Result<(), Failure> {
        self.as_a_whole(|store| {
            store.connection.execute_batch("DELETE FROM service_status")?;
            let sql = "INSERT INTO service_status (part, name, state, at) VALUES (?1, ?2, ?3, ?4)";
            let mut insert = store.connection.prepare_cached(sql)?;
            for note in notes {
                let _added = insert.execute((&note.part, &note.name, &note.state, note.at))?;
            }
            Ok(())
        })
    }

    /// What the service said last about itself.
    pub fn read_status(&self) -> Result<Vec<StatusNote>, Failure> {
        let sql = "SELECT part, name, state, at FROM service_status ORDER BY part, name";
        many(&self.connection, sql, [], |row| {
            Ok(StatusNote { part: row.get(0)?, name: row.get(1)?, state: row.get(2)?, at: row.get(3)? })
        })
    }

    /// What waits or failed, for each outgoing server that has such mails.
    pub fn queues(&self) -> Result<Vec<Queue>, Failure> {
        let sql = "SELECT via, sum(state = 'waiting'), min(CASE WHEN state = 'waiting' THEN at END),
                          sum(state = 'failed'),
                          (SELECT last_error FROM outbox e
                           WHERE e.via = o.via AND (e.state = 'waiting' OR e.state = 'failed')
                             AND e.last_error IS NOT NULL ORDER BY e.tried_at DESC LIMIT 1)
                   FROM outbox o WHERE state = 'waiting' OR state = 'failed' GROUP BY via ORDER BY via";
        many(&self.connection, sql, [], |row| {
            Ok(Queue {
                via: row.get::<_, Option<String>>(0)?.unwrap_or_default(),
                waiting: unsigned(row.get(1)?),
                oldest_at: row.get(2)?,
                failed: unsigned(row.get(3)?),
                last_error: row.get(4)?,
            })
        })
    }

    /// How many mails somebody should look at.
    pub fn depths(&self) -> Result<Depths, Failure> {
        let count = |sql| many(&self.connection, sql, [], |row| row.get::<_, i64>(0));
        let first = |counts: Vec<i64>| unsigned(counts.first().copied().unwrap_or_default());
        Ok(Depths {
            quarantined: first(count("SELECT count(*) FROM quarantine WHERE state = 'kept'")?),
            failing: first(count("SELECT count(*) FROM attempts")?),
        })
    }

    /// How many mails of each account the ledger has.
    pub fn ledger_counts(&self) -> Result<Vec<(String, u64)>, Failure> {
        let sql = "SELECT account, count(*) FROM ledger GROUP BY account ORDER BY account";
        many(&self.connection, sql, [], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))
    }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
