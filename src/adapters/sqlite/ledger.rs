//! Remembers: the ledger, the raw mails, the outbox, the quarantine and the activations.

use super::answer::{Word, kind_of, many, one};
use super::confirm::Requested;
use super::desk::{keep_content, keep_content_under};
use super::{SqliteStore, permanent};
use crate::adapters::seal::{self, Token};
use crate::ports::{
    Entry, EntryFilter, Failure, Key, Ledger, OutboxEntry, OutboxState, QuarantineEntry, QuarantineState,
    Settlement,
};
use crate::vocab::{Number, Outcome, Reference, Reply};
use rusqlite::{Row, params};
use sha2::{Digest as _, Sha256};

/// The columns of a line, in the order in which [`entry`] reads them.
const ENTRY: &str =
    "l.account, l.identity, l.sha256, l.origin, l.at, l.size, l.message_id, l.sender, l.subject,
    l.outcome, l.word, l.about, l.disposition, l.rule_set, l.revision, l.digest, l.decision";

/// The columns of a mail of ours, in the order in which [`mail_of_ours`] reads them.
const MAIL: &str = "id, reply, message_id, at, state, attempts, last_error, tried_at,
    (SELECT substr(l.rule_set, 1, 200) || ' ' || l.revision || ' ' || l.digest FROM ledger l WHERE l.id = outbox.ledger)";

/// How many columns a line has.
const ENTRY_COLUMNS: usize = 17;

impl SqliteStore {
    /// Writes down everything that one mail leads to, within the open transaction.
    pub(super) fn write_down(&self, settlement: &Settlement<'_>) -> Result<bool, Failure> {
        let entry = settlement.entry;
        let key = (&entry.key.account, &entry.key.identity, &entry.key.sha256);
        let sql = "SELECT 1 FROM ledger WHERE account = ?1 AND sha256 = ?2 AND superseded = 0";
        if one(&self.connection, sql, (key.0, key.2), |_| Ok(()))?.is_some() {
            return Ok(false);
        }
        let sql = "DELETE FROM attempts WHERE account = ?1 AND identity = ?2 AND sha256 = ?3";
        let _tried = self.connection.prepare_cached(sql)?.execute(key)?;
        let raw = settlement.raw.map(|bytes| self.keep_raw(bytes, &entry.key)).transpose()?;
        let line = self.add_line(entry, raw)?;
        let sql = "SELECT 1 FROM performed WHERE account = ?1 AND identity = ?2 AND sha256 = ?3";
        let is_performed = one(&self.connection, sql, key, |_| Ok(()))?.is_some();
        let requested = if is_performed {
            None
        } else {
            self.perform_all(settlement.effects, settlement.contents, entry.at)?
        };
        if !settlement.replies.is_empty() {
            self.add_replies(line, entry, settlement.replies, requested.as_ref())?;
        }
        if settlement.quarantine {
            let sql = "INSERT INTO quarantine (ledger, state, changed_at) VALUES (?1, 'kept', ?2)";
            let _added = self.connection.prepare_cached(sql)?.execute((line, entry.at))?;
        }
        Ok(true)
    }

    /// Keeps a raw mail; its digest is a part of its key.
    fn keep_raw(&self, bytes: &[u8], key: &Key) -> Result<i64, Failure> {
        let mut digest = [0; 32];
        match hex::decode_to_slice(&key.sha256, &mut digest) {
            Ok(()) => keep_content_under(&self.connection, bytes, digest),
            Err(_) => keep_content(&self.connection, bytes),
        }
    }

    fn add_line(&self, entry: &Entry, raw: Option<i64>) -> Result<i64, Failure> {
        let sql =
            "INSERT INTO ledger (account, identity, sha256, origin, at, size, message_id, sender, subject,
                       outcome, word, about, disposition, rule_set, revision, digest, decision, raw)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";
        let (outcome, word) = entry.outcome.words();
        let (name, revision, digest) = &entry.rule_set;
        let added = self.connection.prepare_cached(sql)?.insert(params![
            entry.key.account,
            entry.key.identity,
            entry.key.sha256,
            entry.origin,
            entry.at,
            i64::try_from(entry.size).unwrap_or(i64::MAX),
            entry.message_id,
            entry.from,
            entry.subject,
            outcome,
            word,
            entry.about.map(|about| about.to_string()),
            Word(entry.disposition),
            name,
            i64::try_from(*revision).unwrap_or(i64::MAX),
            digest,
            entry.decision,
            raw,
        ])?;
        Ok(added)
    }

    fn add_replies(
        &self,
        line: i64,
        entry: &Entry,
        replies: &[Reply],
        requested: Option<&Requested>,
    ) -> Result<(), Failure> {
        let Key { account, identity, sha256 } = &entry.key;
        let sql = "SELECT count(*) FROM ledger
                   WHERE account = ?1 AND identity = ?2 AND sha256 = ?3 AND superseded = 1";
        let earlier: i64 =
            one(&self.connection, sql, (account, identity, sha256), |row| row.get(0))?.unwrap_or_default();
        let stem = message_id_stem(&entry.key, earlier);
        let sql = "INSERT INTO outbox (ledger, ordinal, recipient, reply, message_id, at, via, state)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting')";
        let mut insert = self.connection.prepare_cached(sql)?;
        for (ordinal, reply) in (1_i64..).zip(replies) {
            let token = self.token(reply, requested)?;
            let domain = reply.from.address.domain();
            let message_id = seal::message_id(&format!("{stem}.{ordinal}"), token.as_deref(), domain);
            let mut reply = reply.clone();
            if let (true, Some(token)) = (reply.signed_reply_address, &token)
                && let Some(signed) = seal::with_token(&reply.reply_to.address, token)
            {
                reply.reply_to.address = signed;
            }
            let Ok(json) = serde_json::to_string(&reply) else {
                return permanent(format!("the reply `{}` cannot be written down", reply.name));
            };
            let _added = insert.execute((
                line,
                ordinal,
                reply.to.address.key(),
                json,
                message_id,
                entry.at,
                &reply.via,
            ))?;
        }
        Ok(())
    }

    /// The token of a mail of ours: for the request that it makes, else for the item that it speaks of.
    fn token(&self, reply: &Reply, requested: Option<&Requested>) -> Result<Option<String>, Failure> {
        let Some(seal) = &self.seal else { return Ok(None) };
        if let Some(Requested { id, at, person, address }) = requested.filter(|_| reply.asks_confirmation) {
            return Ok(Some(seal.sign(&Token::Request(*id, *at, seal.reader(*person, address)))));
        }
        let Some((kind, number)) = reply.about else { return Ok(None) };
        let address = &reply.to.address;
        // what goes to an address of several persons proves nobody of them
        let (person, persons) = super::answer::records_at(&self.connection, address)?;
        let reader = seal.reader(person.filter(|_| persons == 1), address);
        let token = Token::Mail(Reference { kind, number }, reader);
        Ok(Some(seal.sign(&token)))
    }

    /// Deletes bytes that nothing points at any more.
    fn forget_content(&self, content: i64) -> Result<(), Failure> {
        let sql = "DELETE FROM contents WHERE id = ?1
                   AND NOT EXISTS (SELECT 1 FROM objects WHERE content = ?1)
                   AND NOT EXISTS (SELECT 1 FROM ledger WHERE raw = ?1)";
        let _deleted = self.connection.prepare_cached(sql)?.execute([content])?;
        Ok(())
    }

    fn set_quarantine_state(&self, id: i64, state: QuarantineState, now: i64) -> Result<(), Failure> {
        let sql = "UPDATE quarantine SET state = ?2, changed_at = ?3 WHERE id = ?1";
        let _changed = self.connection.prepare_cached(sql)?.execute((id, Word(state), now))?;
        Ok(())
    }
}

impl Ledger for SqliteStore {
    fn find(&mut self, key: &Key) -> Result<Option<Entry>, Failure> {
        let sql = format!(
            "SELECT {ENTRY} FROM ledger l
             WHERE sha256 = ?1 AND account = ?2 AND superseded = 0 LIMIT 1"
        );
        one(&self.connection, &sql, (&key.sha256, &key.account), entry)
    }

    fn entries(&mut self, filter: &EntryFilter) -> Result<Vec<Entry>, Failure> {
        let sql = format!(
            "SELECT {ENTRY} FROM ledger l
             WHERE superseded = 0 AND (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR outcome = ?2)
               AND (?3 IS NULL OR instr(lower(concat_ws(char(10), sha256, message_id, sender, subject)), lower(?3)))
             ORDER BY id DESC LIMIT ?4"
        );
        let params = (&filter.account, &filter.outcome, &filter.text, limit(filter.most));
        many(&self.connection, &sql, params, entry)
    }

    fn raw(&mut self, key: &Key) -> Result<Option<Vec<u8>>, Failure> {
        let sql = "SELECT c.bytes FROM ledger l JOIN contents c ON c.id = l.raw
                   WHERE l.sha256 = ?1 AND l.account = ?2 AND l.identity = ?3 AND l.superseded = 0";
        one(&self.connection, sql, (&key.sha256, &key.account, &key.identity), |row| row.get(0))
    }

    fn outbox(&mut self, state: Option<OutboxState>, most: usize) -> Result<Vec<OutboxEntry>, Failure> {
        // A condition of its own for each state: so the small index of that state is used.
        let condition = match state {
            None => "true",
            Some(OutboxState::Waiting) => "state = 'waiting'",
            Some(OutboxState::Sent) => "state = 'sent'",
            Some(OutboxState::Failed) => "state = 'failed'",
        };
        let sql = format!("SELECT {MAIL} FROM outbox WHERE {condition} ORDER BY id LIMIT ?1");
        many(&self.connection, &sql, [limit(most)], mail_of_ours)
    }

    fn note_sending(
        &mut self,
        id: i64,
        state: OutboxState,
        error: Option<&str>,
        now: i64,
    ) -> Result<(), Failure> {
        let sql = if state == OutboxState::Waiting && error.is_none() {
            "UPDATE outbox SET state = ?2, last_error = ?3, attempts = 0, tried_at = NULL
             WHERE id = ?1 AND ?4 IS NOT NULL"
        } else {
            "UPDATE outbox SET state = ?2, last_error = ?3, attempts = attempts + 1, tried_at = ?4,
                    claimed_by = NULL, claimed_until = NULL WHERE id = ?1"
        };
        self.as_a_whole(|store| {
            if store.connection.prepare_cached(sql)?.execute((id, Word(state), error, now))? == 0 {
                return permanent(format!("the outbox has no mail {id}"));
            }
            Ok(())
        })
    }

    fn sendable(
        &mut self,
        via: Option<&str>,
        after: i64,
        most: usize,
        now: i64,
    ) -> Result<Vec<OutboxEntry>, Failure> {
        let condition = if via.is_some() { "via = ?1" } else { "?1 IS NULL" };
        let sql = format!(
            "SELECT {MAIL} FROM outbox WHERE state = 'waiting' AND {condition} AND id > ?2
             AND (claimed_until IS NULL OR claimed_until <= ?4) ORDER BY id LIMIT ?3"
        );
        many(&self.connection, &sql, (via, after, limit(most), now), mail_of_ours)
    }

    fn claim_sendings(
        &mut self,
        ids: &[i64],
        sender: &str,
        now: i64,
        until: i64,
    ) -> Result<Vec<i64>, Failure> {
        self.as_a_whole(|store| {
            let sql = "UPDATE outbox SET claimed_by = ?2, claimed_until = ?4
                       WHERE id = ?1 AND state = 'waiting' AND (claimed_until IS NULL OR claimed_until <= ?3)";
            let mut claim = store.connection.prepare_cached(sql)?;
            let mut claimed = Vec::with_capacity(ids.len());
            for id in ids {
                if claim.execute((id, sender, now, until))? == 1 {
                    claimed.push(*id);
                }
            }
            Ok(claimed)
        })
    }

    fn give_back(&mut self, ids: &[i64], sender: &str) -> Result<(), Failure> {
        self.as_a_whole(|store| {
            let sql = "UPDATE outbox SET claimed_by = NULL, claimed_until = NULL
                       WHERE id = ?1 AND state = 'waiting' AND claimed_by = ?2";
            let mut release = store.connection.prepare_cached(sql)?;
            for id in ids {
                let _released = release.execute((id, sender))?;
            }
            Ok(())
        })
    }

    fn release_claims(&mut self, sender: &str) -> Result<(), Failure> {
        self.as_a_whole(|store| {
            let sql = "UPDATE outbox SET claimed_by = NULL, claimed_until = NULL
                       WHERE state = 'waiting' AND claimed_by = ?1";
            let _released = store.connection.prepare_cached(sql)?.execute([sender])?;
            Ok(())
        })
    }

    fn note_attempt(&mut self, key: &Key, error: &str, now: i64) -> Result<u32, Failure> {
        self.as_a_whole(|store| {
            let sql = "INSERT INTO attempts (account, identity, sha256, count, tried_at, error)
                       VALUES (?1, ?2, ?3, 1, ?4, ?5)
                       ON CONFLICT (sha256, account, identity)
                       DO UPDATE SET count = count + 1, tried_at = ?4, error = ?5
                       RETURNING count";
            let params = (&key.account, &key.identity, &key.sha256, now, error);
            Ok(one(&store.connection, sql, params, |row| row.get(0))?.unwrap_or(1))
        })
    }

    fn quarantine(&mut self, include_done: bool) -> Result<Vec<QuarantineEntry>, Failure> {
        let condition = if include_done { "true" } else { "q.state = 'kept'" };
        let sql = format!(
            "SELECT {ENTRY}, q.id, q.state FROM quarantine q JOIN ledger l ON l.id = q.ledger
             WHERE {condition} ORDER BY q.id"
        );
        many(&self.connection, &sql, [], |row| {
            Ok(QuarantineEntry {
                entry: entry(row)?,
                id: row.get(ENTRY_COLUMNS)?,
                state: row.get::<_, Word<QuarantineState>>(ENTRY_COLUMNS + 1)?.0,
            })
        })
    }

    fn drop_quarantined(&mut self, id: i64, now: i64) -> Result<bool, Failure> {
        self.as_a_whole(|store| {
            let sql = "SELECT l.id, l.raw FROM quarantine q JOIN ledger l ON l.id = q.ledger
                       WHERE q.id = ?1 AND q.state = 'kept'";
            let found = one(&store.connection, sql, [id], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
            })?;
            let Some((line, raw)) = found else { return Ok(false) };
            store.set_quarantine_state(id, QuarantineState::Dropped, now)?;
            if let Some(content) = raw {
                // Traces of earlier attempts let go of the bytes too.
                let sql = "UPDATE ledger SET raw = NULL WHERE raw = ?1 AND (id = ?2 OR superseded = 1)";
                let _changed = store.connection.prepare_cached(sql)?.execute((content, line))?;
                store.forget_content(content)?;
            }
            Ok(true)
        })
    }

    fn retry_quarantined(&mut self, id: i64, now: i64) -> Result<Option<(Entry, Vec<u8>)>, Failure> {
        self.as_a_whole(|store| {
            let sql = format!(
                "SELECT {ENTRY}, c.bytes FROM quarantine q JOIN ledger l ON l.id = q.ledger
                 JOIN contents c ON c.id = l.raw WHERE q.id = ?1 AND q.state = 'kept'"
            );
            let found = one(&store.connection, &sql, [id], |row| Ok((entry(row)?, row.get(ENTRY_COLUMNS)?)))?;
            if found.is_some() {
                store.set_quarantine_state(id, QuarantineState::Retried, now)?;
                let sql = "UPDATE ledger SET superseded = 1
                           WHERE id = (SELECT ledger FROM quarantine WHERE id = ?1)";
                let _changed = store.connection.prepare_cached(sql)?.execute([id])?;
            }
            Ok(found)
        })
    }
}

/// What the message ids of all replies to one mail begin with; never the same for two mails.
fn message_id_stem(key: &Key, earlier_attempts: i64) -> String {
    /// How many bytes of the digest are shown.
    const BYTES: usize = 10;
    let digest = Sha256::new()
        .chain_update(&key.account)
        .chain_update([0])
        .chain_update(&key.identity)
        .chain_update([0])
        .chain_update(&key.sha256)
        .finalize();
    let short = hex::encode(digest.get(..BYTES).unwrap_or_default());
    if earlier_attempts == 0 { short } else { format!("{short}-{earlier_attempts}") }
}

fn limit(most: usize) -> i64 {
    if most == 0 { -1 } else { i64::try_from(most).unwrap_or(i64::MAX) }
}

/// What [`Reference`] was written as.
fn reference(text: &str) -> Option<Reference> {
    let (kind, number) = text.split_once(' ')?;
    Some(Reference { kind: kind_of(kind), number: Number::parse(number)? })
}

/// A mail of ours from the columns of [`MAIL`].
fn mail_of_ours(row: &Row<'_>) -> rusqlite::Result<OutboxEntry> {
    let reply: String = row.get(1)?;
    let reply = serde_json::from_str(&reply).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(OutboxEntry {
        id: row.get(0)?,
        reply,
        message_id: row.get(2)?,
        at: row.get(3)?,
        state: row.get::<_, Word<OutboxState>>(4)?.0,
        attempts: row.get(5)?,
        last_error: row.get(6)?,
        tried_at: row.get(7)?,
        rules: row.get(8)?,
    })
}

/// A line from the columns of [`ENTRY`].
fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let word: String = row.get(10)?;
    let outcome = match row.get::<_, String>(9)?.as_str() {
        "action" => Outcome::Action(word),
        "refuse" => Outcome::Refuse(word),
        "ignore" => Outcome::Ignore(word),
        "discard" => Outcome::Discard(word),
        _ => Outcome::Quarantine(word),
    };
    let unsigned = |index| row.get::<_, i64>(index).map(|number| u64::try_from(number).unwrap_or_default());
    Ok(Entry {
        key: Key { account: row.get(0)?, identity: row.get(1)?, sha256: row.get(2)? },
        origin: row.get(3)?,
        at: row.get(4)?,
        size: unsigned(5)?,
        message_id: row.get(6)?,
        from: row.get(7)?,
        subject: row.get(8)?,
        outcome,
        about: row.get::<_, Option<String>>(11)?.and_then(|text| reference(&text)),
        disposition: row.get::<_, Word<_>>(12)?.0,
        rule_set: (row.get(13)?, unsigned(14)?, row.get(15)?),
        decision: row.get(16)?,
    })
}
