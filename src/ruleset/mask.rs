//! Secrets written into a rule file: refused, and never shown again.

use super::yaml::{Node, NodeKind};
use crate::diagnostic::{Diagnostic, Findings, SourceId, Sources, Span};
use regex::Regex;
use std::sync::LazyLock;

/// Keys whose value is a place where a secret is found, never a secret.
const SECRET_KEYS: [&str; 3] = ["password", "client_secret", "refresh_token"];

/// Refuses every secret that stands in the tree itself, and blots it out of the text that findings show.
pub(super) fn secrets(tree: &mut Node, sources: &mut Sources, findings: &mut Findings) {
    match &mut tree.kind {
        NodeKind::Map(entries) => {
            for entry in entries {
                let is_scalar =
                    !matches!(entry.value.kind, NodeKind::Map(_) | NodeKind::List(_) | NodeKind::Null);
                if SECRET_KEYS.contains(&entry.key.as_str()) && is_scalar {
                    sources.blot(entry.value.span);
                    findings.push(finding(&entry.key, entry.value.span));
                    // the shape is complained of already
                    entry.value.kind = NodeKind::Null;
                }
                secrets(&mut entry.value, sources, findings);
            }
        }
        NodeKind::List(items) => items.iter_mut().for_each(|item| secrets(item, sources, findings)),
        _ => {}
    }
}

fn finding(key: &str, span: Span) -> Diagnostic {
    Diagnostic::error("secret-in-file", format!("`{key}` is written into the file itself"))
        .at(span, "a secret, readable by everybody who may read the rules")
        .note("rule files are copied, reviewed and kept in version control; the secret should be changed now")
        .help(format!("write where it is found: `{key}: {{ env: IT_DESK_PASSWORD }}`, `{{ file: /run/secrets/it-desk }}` or `{{ command: [pass, it-desk] }}`"))
}

/// Blots out whatever looks like a secret in a text that cannot be read as YAML.
pub(super) fn lines(id: SourceId, sources: &mut Sources) {
    static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?i)\b(?:password|client_secret|refresh_token)["']?[ \t]*:[ \t]*([^\s{][^\n]*)"#).ok()
    });
    let Some(pattern) = SECRET.as_ref() else { return };
    let Some(text) = sources.get(id).map(|source| source.text.clone()) else { return };
    for found in pattern.captures_iter(&text).filter_map(|captures| captures.get(1)) {
        sources.blot(Span { source: id, start: found.start(), end: found.end() });
    }
}
