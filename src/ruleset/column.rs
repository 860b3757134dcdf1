//! The closed list of columns: the facts that a rule may look at, and the words each may hold.
//!
//! Conditions are only "is" and "is one of", and every column holds one of a few words. That is what
//! lets [`prove`](super::prove) look at every situation there is. What needs more is a new column here.

use std::fmt;

/// A table, in the order in which a message meets them; also the key in the rule file, the file in
/// `engine`, and the heading in the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// May this message be processed at all?
    Guard,
    /// What does the subject ask for?
    Recognize,
    /// Who sent it?
    Identify,
    /// Which action does that make?
    Choose,
    /// May this sender have it done?
    Permit,
    /// Policy: who is the User of a new call, and who performs an update or a closure?
    ActingUser,
    /// Policy: who is entered as having logged a call?
    LoggingAnalyst,
    /// Policy: to whom does a reopened call go?
    ReopenedTo,
}

impl Stage {
    /// The stages that are tables of rules, in order.
    pub const TABLES: [Self; 7] = [
        Self::Guard,
        Self::Identify,
        Self::Choose,
        Self::Permit,
        Self::ActingUser,
        Self::LoggingAnalyst,
        Self::ReopenedTo,
    ];

    /// The key in the rule file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Guard => "guard",
            Self::Recognize => "recognize",
            Self::Identify => "identify",
            Self::Choose => "choose",
            Self::Permit => "permit",
            Self::ActingUser => "acting_user",
            Self::LoggingAnalyst => "logging_analyst",
            Self::ReopenedTo => "reopened_to",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Which words a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// `false`, `true`.
    Truth,
    /// `unset`, `set`.
    Setness,
    /// These, in this order.
    Fixed(&'static [&'static str]),
    /// The SMTP codes that the rules name, `other`, and `none`.
    ReportCodes,
    /// The names of the accounts.
    Accounts,
    /// The names of the actions.
    Actions,
}

macro_rules! columns {
    ($(#[doc = $doc:literal] $name:ident $path:literal $stage:ident $words:expr;)*) => {
        /// A fact that a rule may look at, by its path in a `when`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column { $(#[doc = $doc] $name,)* }

        impl Column {
            /// Every column, in the order in which they become known.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// How a rule writes it.
            pub fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }

            /// What it says, in a sentence for who writes rules.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $doc.trim_ascii(),)* }
            }

            /// The first stage that may look at it.
            pub fn known_from(self) -> Stage {
                match self { $(Self::$name => Stage::$stage,)* }
            }

            /// The words it may hold.
            pub fn words(self) -> Words {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

use Words::{Accounts, Actions, Fixed, ReportCodes, Setness, Truth};

columns! {
    /// The account that the message came to.
    Account "account" Guard Accounts;
    /// The SMTP code of a delivery report: one that the rules name, before any other.
    ReportCode "report_code" Guard ReportCodes;
    /// The top-level media type.
    ContentType "content_type" Guard Fixed(&["other", "multipart_report"]);
    /// The `Return-Path`.
    ReturnPath "return_path" Guard Fixed(&["absent", "blank", "given"]);
    /// The message carries our own mark, or comes from an address of ours.
    OwnLoop "own_loop" Guard Truth;
    /// Whether a program sent it.
    Automatic "automatic" Guard Fixed(&["no", "auto_generated", "auto_replied", "bulk", "list"]);
    /// Account switch "Ignore Mail Server Report Messages".
    IgnoreReportMessages "guard.ignore_report_messages" Guard Truth;
    /// Account switch "Ignore On Blank Return Path".
    IgnoreBlankReturnPath "guard.ignore_blank_return_path" Guard Truth;
    /// Account switch "Use Linked Analyst".
    UseLinkedAnalyst "new_calls.use_linked_analyst" Guard Truth;
    /// Account switch "Log New Call on Invalid Number".
    LogOnInvalidNumber "new_calls.log_on_invalid_number" Guard Truth;
    /// Account setting "Default Logging Analyst".
    DefaultLoggingAnalyst "new_calls.default_logging_analyst" Guard Setness;
    /// Account switch "Update Closed Calls".
    UpdateClosedCalls "closed_calls.update" Guard Truth;
    /// Account switch "Reopen Closed Calls".
    ReopenClosedCalls "closed_calls.reopen" Guard Truth;
    /// Account setting "On Reopening of Calls".
    OnReopening "closed_calls.on_reopening" Guard Fixed(&["template_assignee", "sending_analyst", "logging_analyst", "none"]);
    /// Account setting "If none then assign to IPK Group".
    OtherwiseTo "closed_calls.otherwise_to" Guard Setness;
    /// Account switch "Create New Calls Anonymously".
    CreateAnonymously "anonymous.create_calls" Guard Truth;
    /// Account switch "Update Calls Anonymously".
    UpdateAnonymously "anonymous.update_calls" Guard Truth;
    /// Account switch "Close Calls Anonymously".
    CloseAnonymously "anonymous.close_calls" Guard Truth;
    /// Account setting "Use Default User for Anonymous Email".
    DefaultUser "anonymous.default_user" Guard Setness;
    /// Account switch: any recognised sender decides approvals (SPEC A4).
    AnyRecognisedSender "approvals.any_recognised_sender" Guard Truth;
    /// Account switch "Send Auto Reply".
    AutoReply "replies.auto_reply" Guard Truth;
    /// How many person records have the sender's address.
    PersonsWithAddress "persons_with_address" Identify Fixed(&["none", "one", "several"]);
    /// A person record has the sender's address.
    IsPerson "is_person" Identify Truth;
    /// That record is flagged User.
    IsUser "is_user" Identify Truth;
    /// That record is flagged Analyst.
    IsAnalyst "is_analyst" Identify Truth;
    /// What the subject asks for.
    Intent "intent" Choose Fixed(&["log", "summary", "close", "approve", "reject", "update", "confirm"]);
    /// The kind of item that the subject names.
    Kind "kind" Choose Fixed(&["none", "call", "request", "task", "approval"]);
    /// Whether the desk knows an item of that kind and number.
    Number "number" Choose Fixed(&["none", "unknown", "known"]);
    /// What the item really is.
    KindFound "kind_found" Choose Fixed(&["none", "call", "request", "task", "approval"]);
    /// The item's state.
    State "state" Choose Fixed(&["none", "open", "closed", "approved", "rejected"]);
    /// The sender's role lets closed calls be reopened (SPEC R3).
    MayReopen "may_reopen" Choose Truth;
    /// The closed call has been reopened less often than `closed_calls.reopenings_max` allows; true of anything else.
    ReopeningsLeft "reopenings_left" Choose Truth;
    /// The call was closed within `closed_calls.reopen_within_days`; true where nobody knows, and of anything else.
    ClosedRecently "closed_recently" Choose Truth;
    /// Who sent it: the answer of `identify`.
    Sender "sender" Choose Fixed(&["unknown", "user", "analyst", "analyst_and_user"]);
    /// What proves that the sender sent it: nothing, the mail server's word, a token of ours for this item and person, or the answer to a request for confirmation.
    Proof "proof" Choose Fixed(&["none", "authenticated", "token", "confirmed"]);
    /// The answer of `choose`.
    Action "action" Permit Actions;
    /// The sender is the User of the call.
    IsCallUser "is_call_user" Permit Truth;
    /// The sender owns the call, alone or as a member of the owning group.
    OwnsCall "owns_call" Permit Truth;
    /// The sender has Take Over rights.
    MayTakeOver "may_take_over" Permit Truth;
    /// The sender is an approver: assignee, member of the assigned group, or delegate (SPEC A4).
    MayDecide "may_decide" Permit Truth;
    /// The one who logged the call is an Analyst still.
    LoggerIsAnalyst "logger_is_analyst" Permit Truth;
}

impl Column {
    /// The column with this path.
    pub fn parse(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.path() == path)
    }

    /// Its place in a [`Situation`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// Index of a word in its column's list.
pub type WordIndex = u16;

/// One combination of facts: for each column the index of its word, or nothing where it is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Situation([WordIndex; Column::ALL.len()]);

const UNKNOWN: WordIndex = WordIndex::MAX;

impl Default for Situation {
    fn default() -> Self {
        Self([UNKNOWN; Column::ALL.len()])
    }
}

impl Situation {
    /// The word of a column, by index.
    pub fn get(&self, column: Column) -> Option<WordIndex> {
        self.0.get(column.index()).copied().filter(|&word| word != UNKNOWN)
    }

    /// Notes down a word.
    pub fn set(&mut self, column: Column, word: WordIndex) {
        if let Some(place) = self.0.get_mut(column.index()) {
            *place = word;
        }
    }

    /// Notes down a truth.
    pub fn set_truth(&mut self, column: Column, truth: bool) {
        self.set(column, truth.into());
    }

    /// What it says of these columns alone.
    #[must_use]
    pub fn only(&self, columns: &[Column]) -> Self {
        let mut only = Self::default();
        for &column in columns {
            if let Some(word) = self.get(column) {
                only.set(column, word);
            }
        }
        only
    }

    /// Forgets a word.
    pub fn forget(&mut self, column: Column) {
        self.set(column, UNKNOWN);
    }

    /// Whether a truth column holds `true`.
    pub fn is_true(&self, column: Column) -> bool {
        self.get(column) == Some(1)
    }
}

/// The words of the columns whose lists depend on the rule set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domains {
    /// SMTP codes that the rules name, in ascending order.
    pub report_codes: Vec<u16>,
    /// Names of the accounts, in order.
    pub accounts: Vec<String>,
    /// Names of the actions, in order.
    pub actions: Vec<String>,
}

impl Domains {
    /// How many words a column may hold.
    pub fn size(&self, column: Column) -> WordIndex {
        let size = match column.words() {
            Truth | Setness => 2,
            Fixed(words) => words.len(),
            ReportCodes => self.report_codes.len() + 2,
            // a rule set without accounts is still proven: for an account of no name
            Accounts => self.accounts.len().max(1),
            Actions => self.actions.len(),
        };
        WordIndex::try_from(size).unwrap_or(UNKNOWN)
    }

    /// The word with this index, as written in a rule.
    pub fn word(&self, column: Column, index: WordIndex) -> String {
        let at = usize::from(index);
        let pick = |words: &[String]| words.get(at).cloned().unwrap_or_default();
        match column.words() {
            Truth => (index == 1).to_string(),
            Setness => (if index == 1 { "set" } else { "unset" }).to_owned(),
            Fixed(words) => words.get(at).copied().unwrap_or_default().to_owned(),
            ReportCodes => match self.report_codes.get(at) {
                Some(code) => code.to_string(),
                None if at == self.report_codes.len() => "other".to_owned(),
                None => "none".to_owned(),
            },
            Accounts => pick(&self.accounts),
            Actions => pick(&self.actions),
        }
    }

    /// Every word of a column, as written in a rule.
    pub fn words(&self, column: Column) -> Vec<String> {
        (0..self.size(column)).map(|index| self.word(column, index)).collect()
    }

    /// The index of a word, if the column may hold it.
    pub fn index(&self, column: Column, word: &str) -> Option<WordIndex> {
        let among = |words: &[String]| words.iter().position(|known| known == word);
        let index = match column.words() {
            Accounts => among(&self.accounts),
            Actions => among(&self.actions),
            _ => (0..self.size(column)).find(|&index| self.word(column, index) == word).map(usize::from),
        };
        index.and_then(|index| WordIndex::try_from(index).ok()).filter(|&index| index < self.size(column))
    }

    /// The index of the one of these SMTP codes that the rules name, else of `other` or `none` (SPEC G3).
    pub fn report_code(&self, codes: &[u16]) -> WordIndex {
        let named = codes.iter().find_map(|code| self.report_codes.iter().position(|known| known == code));
        let otherwise = self.report_codes.len() + usize::from(codes.is_empty());
        WordIndex::try_from(named.unwrap_or(otherwise)).unwrap_or(UNKNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_every_column_is_found_again() {
        let domains = Domains {
            report_codes: vec![501, 550],
            accounts: vec!["a".into()],
            actions: vec!["log_call".into(), "close_call".into()],
        };
        for &column in Column::ALL {
            assert_eq!(Column::parse(column.path()), Some(column));
            for (index, word) in domains.words(column).iter().enumerate() {
                assert_eq!(domains.index(column, word).map(usize::from), Some(index), "{word}");
            }
        }
    }

    #[test]
    fn report_code_prefers_one_that_the_rules_name() {
        let domains = Domains { report_codes: vec![501, 550], ..Domains::default() };
        let word = |codes: &[u16]| domains.word(Column::ReportCode, domains.report_code(codes));
        assert_eq!([word(&[450, 550]), word(&[450]), word(&[])], ["550", "other", "none"]);
    }
}
