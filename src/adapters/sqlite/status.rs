//! What the service writes down about itself, and how much waits in the store.

use super::SqliteStore;
use super::answer::many;
use crate::ports::Failure;
use rusqlite::ToSql;
use std::collections::BTreeMap;

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

/// How many mails of each account the ledger has, as of the last time that they were counted.
#[derive(Debug, Clone, Default)]
pub struct LedgerCount {
    /// The last line that is counted.
    up_to: i64,
    lines: BTreeMap<String, u64>,
    superseded: BTreeMap<String, u64>,
}

impl LedgerCount {
    /// The accounts with their mails; one that was processed again counts once.
    pub fn mails(&self) -> impl Iterator<Item = (&str, u64)> {
        self.lines.iter().map(|(account, lines)| {
            let superseded = self.superseded.get(account).copied().unwrap_or_default();
            (account.as_str(), lines.saturating_sub(superseded))
        })
    }
}

/// What somebody should know of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Troubles {
    /// Mails in quarantine, by the word of their reason.
    pub quarantined: BTreeMap<String, u64>,
    /// Mails that failed for now, and still to be dealt with.
    pub failing: u64,
    /// What was said of the one that failed last.
    pub failing_error: Option<String>,
    /// Replies to its mails that wait, by the outgoing server that is to send them.
    pub replies_waiting: BTreeMap<String, u64>,
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

    /// Counts the mails that were written down since this count was taken last: what is counted is not looked at
    /// again. Lines of the ledger are never deleted, and their numbers grow.
    pub fn count_ledger(&self, count: &mut LedgerCount) -> Result<(), Failure> {
        // The first time the small index is read as a whole; from then on the new lines alone.
        let sql = if count.up_to == 0 {
            "SELECT account, count(*), max(id) FROM ledger GROUP BY account"
        } else {
            NEW_LINES
        };
        let parameters: &[&dyn ToSql] = if count.up_to == 0 { &[] } else { &[&count.up_to] };
        let new = many(&self.connection, sql, parameters, |row| {
            Ok((row.get::<_, String>(0)?, unsigned(row.get(1)?), row.get::<_, i64>(2)?))
        })?;
        for (account, lines, last) in new {
            *count.lines.entry(account).or_default() += lines;
            count.up_to = count.up_to.max(last);
        }
        let superseded =
            many(&self.connection, SUPERSEDED, [], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))?;
        count.superseded = superseded.into_iter().collect();
        Ok(())
    }

    /// What somebody should know of each account that has mails in quarantine, failing mails, or replies that wait.
    pub fn troubles(&self) -> Result<BTreeMap<String, Troubles>, Failure> {
        let mut troubles: BTreeMap<String, Troubles> = BTreeMap::new();
        let sql = "SELECT l.account, l.word, count(*) FROM quarantine q JOIN ledger l ON l.id = q.ledger
                   WHERE q.state = 'kept' GROUP BY l.account, l.word ORDER BY l.account, l.word";
        let kept = many(&self.connection, sql, [], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, unsigned(row.get(2)?)))
        })?;
        for (account, reason, count) in kept {
            let _first = troubles.entry(account).or_default().quarantined.insert(reason, count);
        }
        // SQLite takes the error from the line that has the latest time.
        let sql = "SELECT account, count(*), max(tried_at), error FROM attempts GROUP BY account";
        let failing = many(&self.connection, sql, [], |row| {
            Ok((row.get::<_, String>(0)?, unsigned(row.get(1)?), row.get(3)?))
        })?;
        for (account, count, error) in failing {
            let trouble = troubles.entry(account).or_default();
            (trouble.failing, trouble.failing_error) = (count, Some(error));
        }
        let sql =
            "SELECT l.account, coalesce(o.via, ''), count(*) FROM outbox o JOIN ledger l ON l.id = o.ledger
                   WHERE o.state = 'waiting' GROUP BY l.account, o.via";
        let waiting = many(&self.connection, sql, [], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, unsigned(row.get(2)?)))
        })?;
        for (account, via, count) in waiting {
            let _first = troubles.entry(account).or_default().replies_waiting.insert(via, count);
        }
        Ok(troubles)
    }
}

/// By its number alone: a count of each account by the index would walk through all of it.
const NEW_LINES: &str =
    "SELECT account, count(*), max(id) FROM ledger NOT INDEXED WHERE id > ?1 GROUP BY account";

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// The few lines that were processed again have an index of their own.
const SUPERSEDED: &str =
    "SELECT account, count(*) FROM ledger INDEXED BY ledger_superseded WHERE superseded = 1 GROUP BY account";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_lines_are_counted_without_a_walk_through_the_ledger() {
        let store = SqliteStore::in_memory().unwrap();
        let plan = many(&store.connection, &format!("EXPLAIN QUERY PLAN {NEW_LINES}"), [7], |row| {
            row.get::<_, String>(3)
        });
        let plan = plan.unwrap().join("; ");
        assert!(plan.contains("SEARCH ledger USING INTEGER PRIMARY KEY"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }
}
