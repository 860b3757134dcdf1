//! People of the desk and what they may do.

use super::AddrSpec;
use serde::{Deserialize, Serialize, Serializer};

/// In which form somebody reads mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageFormat {
    /// HTML with a plain text alternative.
    Html,
    /// Plain text only.
    PlainText,
}

/// What a person's security role allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rights {
    /// May close calls that others own (SPEC C5).
    pub take_over: bool,
    /// May reopen closed calls (SPEC R3).
    pub reopen: bool,
}

/// Points at one person record.
///
/// Effects name people; in JSON an effect shows the name alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRef {
    /// The record number; `None` for the person that this very decision creates.
    pub record: Option<i64>,
    /// As shown to people.
    pub name: String,
}

impl PersonRef {
    /// Shows the name alone, as the contract's effects do.
    pub fn serialize_name<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

/// A set of Analysts that work can be assigned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The record number.
    pub record: i64,
    /// As the rule file names it.
    pub name: String,
}

/// A person record of the desk (never a Template record, SPEC I1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The record number; of several with one address the lowest counts (SPEC I2).
    pub record: i64,
    /// As shown to people.
    pub name: String,
    /// Every address, the main one first.
    pub addresses: Vec<AddrSpec>,
    /// Flagged as a User.
    pub is_user: bool,
    /// Flagged as an Analyst.
    pub is_analyst: bool,
    /// What the security role allows.
    pub rights: Rights,
    /// Names of the groups the person is a member of.
    pub groups: Vec<String>,
    /// In which form the person wants mail, if that was ever said.
    pub email_format: Option<MessageFormat>,
}

impl Person {
    /// Points at this record.
    pub fn reference(&self) -> PersonRef {
        PersonRef { record: Some(self.record), name: self.name.clone() }
    }
}

/// Who reads a mail that we send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The record number, where there is one.
    pub record: Option<i64>,
    /// As shown to people.
    pub name: String,
    /// Where it goes.
    pub address: AddrSpec,
    /// In which form that person wants mail, if that was ever said.
    pub email_format: Option<MessageFormat>,
}

/// To whom work is assigned. As JSON: `{"analyst": NAME}`, `{"group": NAME}` or `{"user": NAME}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// One Analyst.
    Analyst(PersonRef),
    /// Every member of a group.
    Group(Group),
    /// A User, of a User Approval Task only.
    User(PersonRef),
}

impl Assignee {
    /// As shown to people.
    pub fn name(&self) -> &str {
        match self {
            Self::Analyst(person) | Self::User(person) => &person.name,
            Self::Group(group) => &group.name,
        }
    }

    /// Shows the kind and the name, as the contract's effects do.
    pub fn serialize_name<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let kind = match self {
            Self::Analyst(_) => "analyst",
            Self::Group(_) => "group",
            Self::User(_) => "user",
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(kind, self.name())?;
        map.end()
    }
}

/// Who sent a message, as far as the desk knows: the four cases of the manual (SPEC 4, 7).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SenderCase {
    /// Case 1: no record, or one with neither flag (SPEC I5).
    Unknown,
    /// Case 3: a User only.
    User,
    /// Case 2: an Analyst only.
    Analyst,
    /// Case 4: both.
    AnalystAndUser,
}

impl SenderCase {
    /// The word in rule files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::User => "user",
            Self::Analyst => "analyst",
            Self::AnalystAndUser => "analyst_and_user",
        }
    }

    /// Whether the sender counts as an Analyst.
    pub fn is_analyst(self) -> bool {
        matches!(self, Self::Analyst | Self::AnalystAndUser)
    }
}
