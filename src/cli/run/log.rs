//! What the service says while it runs: one line for each mail, and whatever somebody should know.
//!
//! Lines go to standard error. Without leave they hold no body, address, subject or path of a mail; secrets
//! they never hold.

use regex::Regex;
use std::borrow::Cow;
use std::io;
use std::sync::LazyLock;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// In which form lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object for each line.
    Json,
}

/// From which weight on lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum LogLevel {
    /// What somebody must look after.
    Error,
    /// What somebody may want to look after, too.
    Warn,
    /// Each mail, too.
    #[default]
    Info,
    /// Each poll, too.
    Debug,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
        }
    }
}

/// Begins to write lines. Crates below us are not heard: some would tell what was said to a server.
pub(super) fn begin(format: LogFormat, level: LogLevel) {
    let ours = Targets::new().with_target("postroom", LevelFilter::from(level));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_target(false)
        .with_ansi(false)
        .log_internal_errors(false);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // A second service in one process there is not.
    let _begun = tracing_subscriber::registry().with(lines.with_filter(ours)).try_init();
    let _earlier = std::panic::take_hook();
    // What a panic says may quote a mail; where it happened never does.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            place,
            "a part of the program came to grief; this is a fault of Postroom, please report it"
        );
    }));
}

/// What looks like an address; servers like to quote them.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:"[^"\r\n]*"|[^\s<>"'`,;:()\[\]]+)(?:@|%40)[^\s<>"'`,;:()\[\]]+"#).ok()
});

/// The shortest piece that is looked for; shorter ones stand in too many words.
const PIECE_CHARS_MIN: usize = 4;

/// The text with every address blotted out.
pub(super) fn without_addresses(text: &str) -> Cow<'_, str> {
    ADDRESS.as_ref().map_or(Cow::Borrowed(""), |address| address.replace_all(text, "(address)"))
}

/// The text with these pieces of a mail blotted out, wherever and in whatever case a server has repeated them.
pub(super) fn without_pieces(text: &str, pieces: &[&str]) -> String {
    let mut text = text.to_owned();
    for piece in pieces.iter().map(|piece| piece.trim()) {
        if piece.chars().count() < PIECE_CHARS_MIN {
            continue;
        }
        let pattern = regex::RegexBuilder::new(&regex::escape(piece)).case_insensitive(true).build();
        // a piece that makes no pattern is too long to be repeated by anybody
        if let Ok(pattern) = pattern {
            text = pattern.replace_all(&text, "(withheld)").into_owned();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_blotted_out_wherever_they_stand() {
        for (said, shown) in [
            ("550 <uma@example.com>: no such user", "550 <(address)>: no such user"),
            ("rejected uma.user+x@mail.example.com;try later", "rejected (address);try later"),
            ("üma@bücher.example", "(address)"),
            ("550 \"uma user\"@example.com unknown", "550 (address) unknown"),
            ("see https://mail.example/why?to=uma%40example.com", "see https:(address)"),
            ("552 size=40960 is too much", "552 size=40960 is too much"),
            ("nothing to hide @ all", "nothing to hide @ all"),
        ] {
            assert_eq!(without_addresses(said), shown);
        }
    }

    #[test]
    fn what_a_server_repeats_of_a_mail_is_blotted_out() {
        let pieces = ["Your salary", "Uma User", "Uma", " "];
        let said = "554 message \"YOUR SALARY\" for uma user looks like spam; a pneumatic no";
        assert_eq!(
            without_pieces(said, &pieces),
            "554 message \"(withheld)\" for (withheld) looks like spam; a pneumatic no"
        );
    }
}
