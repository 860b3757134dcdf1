//! Keeps every rule set that was ever active, as its texts.

use super::SqliteStore;
use super::answer::{many, one};
use crate::adapters::snapshot::Snapshot;
use crate::ports::{Cause, Failure};
use rusqlite::Row;

/// The columns of a generation, in the order in which [`generation`] reads them.
const GENERATION: &str = "g.digest, g.name, g.revision, g.reason, g.at, g.texts_json";

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
    /// Keeps the texts of a rule set that becomes active: name, revision and digest, and why it was changed.
    ///
    /// One that is known already gets the new instant, and the texts of now: a reply's body is no part of the
    /// digest.
    pub fn note_generation(
        &mut self,
        (name, revision, digest): &(String, u64, String),
        reason: &str,
        now: i64,
        texts: &Snapshot,
    ) -> Result<(), Failure> {
        let json = serde_json::to_string(texts).map_err(|error| {
            Failure::Permanent(Cause::from_error("the texts of the rules cannot be written down", error))
        })?;
        let revision = i64::try_from(*revision).unwrap_or(i64::MAX);
        self.as_a_whole(|store| {
            let sql = "INSERT INTO generations (digest, name, revision, reason, at, texts_json)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                       ON CONFLICT (digest) DO UPDATE SET reason = ?4, at = ?5, texts_json = ?6";
            let params = (digest, name, revision, reason, now, &json);
            let _kept = store.connection.prepare_cached(sql)?.execute(params)?;
            Ok(())
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
