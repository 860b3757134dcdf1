//! The mails that the store has kept, one after the other, so that they can be decided again.

use super::SqliteStore;
use super::answer::{many, one};
use crate::ports::Failure;

/// A mail of which the bytes are still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMail {
    /// The number of its line in the ledger; later mails have higher ones.
    pub line: i64,
    /// The account that it came to.
    pub account: String,
    /// Where it was found.
    pub origin: String,
    /// When it was dealt with, in seconds since 1970.
    pub at: i64,
}

impl SqliteStore {
    /// Mails behind this line of the ledger, oldest first, at most so many; without their bytes.
    pub fn kept_mails(&self, after: i64, most: usize) -> Result<Vec<KeptMail>, Failure> {
        let sql = "SELECT id, account, origin, at FROM ledger
                   WHERE superseded = 0 AND raw IS NOT NULL AND id > ?1 ORDER BY id LIMIT ?2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        many(&self.connection, sql, (after, most), |row| {
            Ok(KeptMail { line: row.get(0)?, account: row.get(1)?, origin: row.get(2)?, at: row.get(3)? })
        })
    }

    /// The bytes of one of them; `None` where they have gone since.
    pub fn kept_bytes(&self, line: i64) -> Result<Option<Vec<u8>>, Failure> {
        let sql = "SELECT c.bytes FROM ledger l JOIN contents c ON c.id = l.raw WHERE l.id = ?1";
        one(&self.connection, sql, [line], |row| row.get(0))
    }
}
