//! "Did you mean": the nearest of several names.

use crate::diagnostic::{Diagnostic, Edit, Span};

/// How alike two names must be to be taken for a slip of the pen.
const LIKENESS_MIN: f64 = 0.7;

/// The most names that are listed where none is near.
const LISTED_MAX: usize = 12;

/// The name among `known` that is most like `written`, if any is like it at all.
pub fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(&written.to_lowercase(), &name.to_lowercase());
    let best = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) >= LIKENESS_MIN).then_some(best)
}

/// A finding about a name that nothing bears, with the one that was probably meant, or all there are.
pub(super) fn unknown_name(
    code: &'static str,
    message: &str,
    span: Span,
    written: &str,
    known: &[&str],
) -> Diagnostic {
    let finding = Diagnostic::error(code, message).at(span, "not known");
    match nearest(written, known) {
        Some(name) => {
            finding.fix(format!("did you mean `{name}`?"), vec![Edit { span, text: quoted_like(name) }])
        }
        None if known.is_empty() => finding.help("there is none to name yet"),
        None => finding.help(format!("there are: {}", listed(known))),
    }
}

/// Names in a row, the first of them where there are many.
pub(super) fn listed(names: &[&str]) -> String {
    let mut text = names.iter().take(LISTED_MAX).copied().collect::<Vec<_>>().join(", ");
    if names.len() > LISTED_MAX {
        text.push_str(", …");
    }
    text
}

/// The name as YAML wants it.
fn quoted_like(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c)) && !name.trim().is_empty();
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")) }
}
