//! Findings for the eye, and findings for programs.
//!
//! The look is that of the Rust compiler; the words are the findings' own. Text from rule files is shown
//! without control characters, so that no file can move the cursor or turn the reading direction.

mod data;
mod github;
mod text;

pub use data::{findings_as_json, findings_as_sarif, waived_as_json};
pub use github::findings_as_github;
pub use text::findings_as_text;

/// Replaces what a terminal would obey rather than show; tabs and line ends stay.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|c| if is_shown(c) { c } else { '\u{fffd}' }).collect()
}

/// Whether a terminal shows this character rather than obeys it.
pub(super) fn is_shown(c: char) -> bool {
    let turns_direction =
        matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c == '\n' || c == '\t' || !(c.is_control() || turns_direction)
}
