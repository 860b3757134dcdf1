//! Keeps every rule set that was ever active, as its texts.

use super::answer::{many, one};
use super::{Activation, SqliteStore};
use crate::adapters::snapshot::Snapshot;
use crate::ports::{Cause, Failure};
use rusqlite::{Connection, Row};

/// The columns of a generation, in the order in which [`generation`] reads them.
const GENERATION: &str = "g.digest, g.name, g.revision, g.reason, g.at, g.texts_json";

/// The number of the activation that a rollback under way returns to; no row where there is none.
const ROLLBACK: &str = "rollback_to";

/// A rule set that becomes active.
#[derive(Debug, Clone, Copy)]
pub struct Becoming<'a> {
    /// Name, revision and digest.
    pub rule_set: &'a (String, u64, String),
    /// Why it was changed, in the words of its file.
    pub reason: &'a str,
    /// Why it becomes active, where that is another reason.
    pub because: Option<&'a str>,
    /// Who runs the program, as far as is known.
    pub who: Option<&'a str>,
    /// The instant, in seconds since 1970.
    pub at: i64,
    /// The texts that it was read from.
    pub texts: &'a Snapshot,
    /// The activation whose rules it brings back.
    pub returns_to: Option<i64>,
}

/// A rule set that was active once, or is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// `sha256:` and the digest of its texts; stands in each decision that it took.
    pub digest: String,
    /// The rule set's name.
    pub name: String,
    /// Its revision.
    pub revision: u64,
    /// Why it was changed, in the words of its file.
    pub reason: String,
    /// When it became active last, in seconds since 1970.
    pub at: i64,
    /// The texts that it was read from; it can be loaded from them again.
    pub texts: Snapshot,
}

impl SqliteStore {
    /// Records that a rule set becomes active, where it is not the one that is, and keeps its texts; both or neither.
    /// Says whether it became active now. A rollback that it ends is under way no more.
    ///
    /// One that was active before gets the texts of now: the same words, and perhaps other places of their files.
    pub fn note_becoming(&mut self, becoming: Becoming<'_>) -> Result<bool, Failure> {
        let Becoming { rule_set: (name, revision, digest), reason, because, who, at, texts, returns_to } =
            becoming;
        let revision = i64::try_from(*revision).unwrap_or(i64::MAX);
        let live = self.live_generation()?;
        let is_kept = live.is_some_and(|live| live.digest == *digest && live.texts == *texts);
        let json = if is_kept { None } else { Some(written(texts)?) };
        self.as_a_whole(|store| {
            let sql = "INSERT INTO activations (rule_set, revision, digest, reason, at, who, returns_to)
                       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?7 IS NOT NULL OR NOT EXISTS (
                           SELECT 1 FROM activations
                           WHERE id = (SELECT max(id) FROM activations)
                             AND rule_set = ?1 AND revision = ?2 AND digest = ?3)";
            let params = (name, revision, digest, because.unwrap_or(reason), at, who, returns_to);
            let added = store.connection.prepare_cached(sql)?.execute(params)?;
            if let Some(json) = &json {
                keep(&store.connection, (name, revision, digest), reason, at, json)?;
            }
            if returns_to.is_some() {
                store.connection.execute("DELETE FROM settings WHERE name = ?1", [ROLLBACK])?;
            }
            Ok(added > 0)
        })
    }

    /// From now on until an activation with `returns_to` is recorded, a rollback is under way: the files on disk may
    /// be partly those of one generation and partly those of another.
    pub fn begin_rollback(&mut self, to: i64) -> Result<(), Failure> {
        self.as_a_whole(|store| {
            let sql = "INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)";
            let _set = store.connection.execute(sql, (ROLLBACK, to))?;
            Ok(())
        })
    }

    /// The rollback that was begun did not come about, and every file is what it was.
    pub fn give_up_rollback(&mut self) -> Result<(), Failure> {
        self.as_a_whole(|store| {
            let _gone = store.connection.execute("DELETE FROM settings WHERE name = ?1", [ROLLBACK])?;
            Ok(())
        })
    }

    /// The activation that a rollback returns to which is under way, or was broken off.
    pub fn rollback_under_way(&self) -> Result<Option<i64>, Failure> {
        one(&self.connection, "SELECT value FROM settings WHERE name = ?1", [ROLLBACK], |row| row.get(0))
    }

    /// Every activation of a rule set, newest first.
    pub fn activations(&self) -> Result<Vec<Activation>, Failure> {
        let sql = "SELECT a.id, a.rule_set, a.revision, a.digest, a.reason, a.at, a.who, a.returns_to,
                          EXISTS (SELECT 1 FROM generations g WHERE g.digest = a.digest)
                   FROM activations a ORDER BY a.id DESC";
        many(&self.connection, sql, [], |row| {
            Ok(Activation {
                id: row.get(0)?,
                rule_set: row.get(1)?,
                revision: row.get(2)?,
                digest: row.get(3)?,
                reason: row.get(4)?,
                at: row.get(5)?,
                who: row.get(6)?,
                returns_to: row.get(7)?,
                is_kept: row.get(8)?,
            })
        })
    }

    /// Every rule set that was ever active and whose texts were kept, the one that became active last first.
    pub fn generations(&self) -> Result<Vec<Generation>, Failure> {
        let sql = format!("SELECT {GENERATION} FROM generations g ORDER BY g.at DESC, g.revision DESC");
        many(&self.connection, &sql, [], generation)
    }

    /// The one of this digest.
    pub fn generation(&self, digest: &str) -> Result<Option<Generation>, Failure> {
        let sql = format!("SELECT {GENERATION} FROM generations g WHERE g.digest = ?1");
        one(&self.connection, &sql, [digest], generation)
    }

    /// The one that was activated last; `None` where its texts were not kept.
    pub fn live_generation(&self) -> Result<Option<Generation>, Failure> {
        let sql = format!(
            "SELECT {GENERATION} FROM generations g
             WHERE g.digest = (SELECT digest FROM activations ORDER BY id DESC LIMIT 1)"
        );
        one(&self.connection, &sql, [], generation)
    }
}

fn written(texts: &Snapshot) -> Result<String, Failure> {
    serde_json::to_string(texts).map_err(|error| {
        Failure::Permanent(Cause::from_error("the texts of the rules cannot be written down", error))
    })
}

fn keep(
    connection: &Connection,
    (name, revision, digest): (&str, i64, &str),
    reason: &str,
    at: i64,
    json: &str,
) -> Result<(), Failure> {
    let sql = "INSERT INTO generations (digest, name, revision, reason, at, texts_json)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (digest) DO UPDATE SET reason = ?4, at = ?5, texts_json = ?6";
    let _kept = connection.prepare_cached(sql)?.execute((digest, name, revision, reason, at, json))?;
    Ok(())
}

fn generation(row: &Row<'_>) -> rusqlite::Result<Generation> {
    let json: String = row.get(5)?;
    let texts = serde_json::from_str(&json).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(5, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(Generation {
        digest: row.get(0)?,
        name: row.get(1)?,
        revision: row.get::<_, i64>(2).map(|revision| u64::try_from(revision).unwrap_or_default())?,
        reason: row.get(3)?,
        at: row.get(4)?,
        texts,
    })
}
