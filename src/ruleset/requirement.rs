//! What a file demands of the program that reads it: its `format`, and `requires`.
//!
//! Asked before anything else of the file is looked at: what a newer or older file means cannot be told from its
//! words, and whatever else would be found wrong with them stems from this.

use super::file::FORMAT;
use super::migrate::{Formats, format_of};
use super::yaml::Node;
use crate::diagnostic::{Diagnostic, Findings};
use std::fmt;

/// The version of this program.
const THIS: &str = env!("CARGO_PKG_VERSION");

/// A version as people write it; a part that is left out is 0, and one before its release comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    numbers: [u64; 3],
    is_released: bool,
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let text = text.split('+').next()?;
        let (plain, is_released) = match text.split_once('-') {
            Some((plain, before)) if !before.is_empty() => (plain, false),
            Some(_) => return None,
            None => (text, true),
        };
        let mut numbers = [0; 3];
        let mut places = numbers.iter_mut();
        for part in plain.split('.') {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            *places.next()? = part.parse().ok().filter(|_| is_number)?;
        }
        Some(Self { numbers, is_released })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        if self.is_released { Ok(()) } else { f.write_str(" (before its release)") }
    }
}

/// Whether this program is the one to read the file; why not is told.
pub(super) fn is_met(tree: &Node, formats: Formats, findings: &mut Findings) -> bool {
    let this = Version::parse(THIS);
    if let Some(node) = tree.get("requires")
        && let Some(text) = node.as_text()
    {
        let Some(wanted) = demanded(text) else {
            findings.push(
                Diagnostic::error("requirement-invalid", "what the file `requires` cannot be understood")
                    .at(node.span, "not `postroom >= VERSION`")
                    .note("a demand that nobody understands protects nobody: an older program would take the file")
                    .help(format!("write for instance `requires: postroom >= {THIS}`")),
            );
            return true;
        };
        if this.is_some_and(|this| this < wanted) {
            findings.push(
                Diagnostic::error("program-too-old", format!("this file needs Postroom {wanted} or newer"))
                    .at(node.span, format!("this is Postroom {THIS}"))
                    .note("what is new in it would be read wrongly here, so nothing else of the file was looked at")
                    .help(format!("install Postroom {wanted} or newer, or lower this where the file does without")),
            );
            return false;
        }
    }
    is_format_known(tree, formats, findings)
}

/// The version out of `postroom >= 1.2.3`.
fn demanded(text: &str) -> Option<Version> {
    let rest = text.trim().strip_prefix("postroom")?.trim_start().strip_prefix(">=")?;
    Version::parse(rest.trim())
}

fn is_format_known(tree: &Node, formats: Formats, findings: &mut Findings) -> bool {
    let (Some(format), Some(node)) = (format_of(tree), tree.get("format")) else { return true };
    let place = format!("this program reads format {FORMAT}");
    let message = format!("this file has format {format}");
    if format > FORMAT {
        findings.push(
            Diagnostic::error("newer-format", message)
                .at(node.span, place)
                .note("a newer Postroom wrote it; what it means here cannot be known")
                .help("install the Postroom that the file was written for"),
        );
        return false;
    }
    if format < FORMAT && formats == Formats::Current {
        findings.push(
            Diagnostic::error("older-format", message)
                .at(node.span, place)
                .note("some keys had other names and meanings then, so nothing else of the file was looked at")
                .help("run `postroom migrate` on this file: it keeps comments, and proves that every mail is decided as before"),
        );
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demands_are_understood_as_people_write_them() {
        let version = |numbers, is_released| Some(Version { numbers, is_released });
        for (text, wanted) in [
            ("postroom >= 1.2.3", version([1, 2, 3], true)),
            ("postroom>=1.2", version([1, 2, 0], true)),
            ("  postroom  >=  2 ", version([2, 0, 0], true)),
            ("postroom >= 1.2.3-rc.1", version([1, 2, 3], false)),
            ("postroom >= 1.2.3+build.7", version([1, 2, 3], true)),
            ("postroom > 1", None),
            ("postroom >= 1.2.3.4", None),
            ("postroom >= 1.x", None),
            ("postroom >= +1", None),
            ("postroom >= ", None),
            ("1.2.3", None),
        ] {
            assert_eq!(demanded(text), wanted, "{text}");
        }
        assert!(demanded("postroom >= 1.2.3-rc.1") < demanded("postroom >= 1.2.3"));
        assert!(demanded("postroom >= 1.10") > demanded("postroom >= 1.9.9"));
    }
}
