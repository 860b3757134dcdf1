//! Tests of the rules as written.

use super::{AccountFile, Setting, Word};
use crate::ruleset::decode::{Entries, Placed};
use crate::vocab::{Disposition, Intent, Kind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// Tests in a file of their own beside the rule file: `postroom.test.yaml` holds tests of `postroom.yaml`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TestFile {
    /// The rule file that is tested, as seen from this file; unset: the one of the same name beside it.
    pub rules: Setting<String>,
    /// The world file from which every message test of this file starts that names none.
    pub desk: Setting<String>,
    /// Accounts for the tests alone; an account of the rule set may be named just as well.
    pub accounts: Entries<AccountFile>,
    /// Tables, cell by cell: for each table the columns and the rows. A column left out means "whatever it holds".
    pub tables: Entries<TableTest>,
    /// Subjects and what they ask for.
    pub subjects: Vec<SubjectTest>,
    /// Mails and what becomes of them.
    pub messages: Vec<MessageTest>,
}

/// Tests of the rules.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TestsFile {
    /// The world file from which every message test starts that names none.
    pub desk: Setting<String>,
    /// Accounts for the tests alone; an account of the rule set may be named just as well.
    pub accounts: Entries<AccountFile>,
    /// Tables, cell by cell: for each table the columns and the rows. A column left out means "whatever it holds".
    pub tables: Entries<TableTest>,
    /// Subjects and what they ask for.
    pub subjects: Vec<SubjectTest>,
    /// Mails and what becomes of them.
    pub messages: Vec<MessageTest>,
}

/// Situations of one table and the answers expected.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TableTest {
    /// The columns, then `then`, and `rule` where the deciding rule is expected too.
    pub columns: Vec<Placed<String>>,
    /// One word for each column.
    pub rows: Vec<Placed<Vec<Placed<Word>>>>,
}

/// A subject and what it asks for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SubjectTest {
    /// The subject as it comes.
    pub subject: Setting<String>,
    /// What it asks for; `log` for nothing in particular.
    pub intent: Setting<Intent>,
    /// Of which kind of item.
    pub kind: Setting<Kind>,
    /// With which number.
    pub number: Setting<u64>,
}

/// A mail and what becomes of it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MessageTest {
    /// What the test shows, as a sentence.
    pub name: Setting<String>,
    /// The account that the mail comes to.
    pub account: Setting<String>,
    /// The world file to start from.
    pub desk: Setting<String>,
    /// The world to start from, written here as in a world file: the people and items that the test needs.
    pub world: Option<Placed<WorldTest>>,
    /// The mail.
    pub mail: Option<Placed<MailFile>>,
    /// What becomes of it; whatever is left out may be anything.
    pub expect: Option<Placed<ExpectFile>>,
}

/// A world written in a test. It is read where it stands, by who knows worlds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorldTest;

impl<'de> Deserialize<'de> for WorldTest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl JsonSchema for WorldTest {
    fn schema_name() -> Cow<'static, str> {
        "WorldTest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "People, groups, templates, calls, requests and tasks, as in a world file.",
            "type": "object",
            "additionalProperties": true
        })
    }
}

/// A mail written in a test, or the file that holds it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailFile {
    /// A file with the mail, as seen from this file: `.eml`, or one of a Maildir; nothing else may be given then.
    pub file: Setting<String>,
    /// The whole mail as it comes, headers and all; nothing else may be given then.
    pub raw: Setting<String>,
    /// Who sends it: an address, or a name with an address in angle brackets.
    pub from: Setting<String>,
    /// To whom; the account's desk if unset.
    pub to: Setting<String>,
    /// The subject.
    pub subject: Setting<String>,
    /// The plain text body.
    pub text: Setting<String>,
    /// The HTML body.
    pub html: Setting<String>,
    /// Further headers.
    pub headers: Entries<String>,
    /// Attached text files: the name, and what is in it.
    pub attachments: Entries<String>,
}

/// What becomes of a mail.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectFile {
    /// The outcome is this action.
    pub action: Setting<String>,
    /// It is refused with this reply.
    pub refuse: Setting<String>,
    /// It is ignored for this reason.
    pub ignore: Setting<String>,
    /// It is discarded for this reason.
    pub discard: Setting<String>,
    /// It goes to quarantine for this reason.
    pub quarantine: Setting<String>,
    /// The effects by their words, in order.
    pub effects: Setting<Vec<Placed<String>>>,
    /// The one reply that is sent.
    pub reply: Setting<String>,
    /// Every reply that is sent, in order; `[]` for none.
    pub replies: Setting<Vec<Placed<String>>>,
    /// Every notification of the assigned analyst or group, by its template's name; `[]` for none.
    pub notifications: Setting<Vec<Placed<String>>>,
    /// What becomes of the mail in the mailbox.
    pub dispose: Setting<Disposition>,
    /// The deciding rules, `stage/rule`; those left out may be any.
    pub trace: Setting<Vec<Placed<String>>>,
}
