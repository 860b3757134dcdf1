//! The tables, and how a database of an older version becomes one of this version.
//!
//! A migration is a numbered piece of SQL that is never edited once released; `user_version` says how many
//! a database has had.

use super::{in_transaction, permanent};
use crate::ports::Failure;
use rusqlite::Connection;

/// Marks a file as ours: "Post" in ASCII.
const APPLICATION_ID: i64 = 0x506f_7374;

/// Every migration in order; the database's version is how many it has had.
const MIGRATIONS: &[&str] = &[
    include_str!("schema-1.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
    include_str!("schema-5.sql"),
];

/// Makes a new database ready, brings an older one up to date, and refuses any other.
pub(super) fn prepare(connection: &Connection, shown: &str) -> Result<(), Failure> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0) {
        return permanent(format!("`{shown}` is another program's database"));
    }
    let newest = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > newest {
        return permanent(format!(
            "`{shown}` was written by a newer Postroom (its version is {version}, this one knows {newest})"
        ));
    }
    if version == newest {
        return Ok(());
    }
    in_transaction(connection, || {
        // Somebody else may have come first while this one waited for the lock.
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or_default()) {
            connection.execute_batch(migration)?;
        }
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.pragma_update(None, "user_version", newest)?;
        Ok(())
    })
}
