//! What an admin demands of the rules: statements that are proven, or refuted by a counter-example.

use super::table::Condition;
use crate::diagnostic::Span;

/// Something that holds for every mail there can be, or the rule set does not load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name, by which a layer above sets it aside.
    pub name: Option<String>,
    /// `never`: not all of this comes about. `always`: wherever all of this does, `then` does too.
    pub when: Vec<Claim>,
    /// What must come with it; empty in a `never`.
    pub then: Option<Vec<Claim>>,
    /// Why, in the words of who wrote it.
    pub because: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// One cell of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// A column holds one of these words; where the mail ends before it is known, it holds none.
    Fact(Condition),
    /// The mail ends so, with one of these words; with any where there are none.
    Ending(EndingKey, Vec<String>),
}

/// How a mail ends, as statements say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndingKey {
    /// An action is performed, not only chosen.
    Action,
    /// It is refused, with this reply.
    Refuse,
    /// It is ignored, for this reason.
    Ignore,
    /// A guard discards it, for this reason.
    Discard,
    /// A guard discards it and keeps nothing.
    Delete,
    /// A guard leaves it to somebody.
    Quarantine,
    /// The sender gets this reply; `none`: gets none at all.
    Reply,
}

impl EndingKey {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::Action,
        Self::Refuse,
        Self::Ignore,
        Self::Discard,
        Self::Delete,
        Self::Quarantine,
        Self::Reply,
    ];

    /// How it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Refuse => "refuse",
            Self::Ignore => "ignore",
            Self::Discard => "discard",
            Self::Delete => "delete",
            Self::Quarantine => "quarantine",
            Self::Reply => "reply",
        }
    }

    /// The one that is written so.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.word() == word)
    }
}
