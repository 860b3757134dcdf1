//! "Did you mean": the nearest of several names, and names as people list them.

use crate::diagnostic::{Diagnostic, Edit, Span};

/// No word is longer; comparing a whole text with words would only take time.
const WORD_BYTES_MAX: usize = 100;

/// With more names than this nobody is helped by a guess, and all would have to be compared.
const COMPARED_MAX: usize = 500;

/// The most names that are listed where none is near.
const LISTED_MAX: usize = 12;

/// The known word nearest to a written one, if one is near enough to ask for.
///
/// Case, `-` and `_` count little; of equally near ones the first known is taken.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > WORD_BYTES_MAX {
        return None;
    }
    let written = folded(written);
    let bound = (written.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .take(COMPARED_MAX)
        .map(|word| (strsim::damerau_levenshtein(&written, &folded(word)), word))
        .filter(|(distance, _)| *distance <= bound)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The most slips of the keyboard in a word that is put right without asking.
const SLIPS_MAX: usize = 2;

/// The known word that alone can have been meant: no other is near enough to ask for, and it is a slip or two away.
pub(super) fn only_one_meant<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
    // `desk-2` is no slip of `desk-1`
    let near = nearest(written, known.clone()).filter(|near| digits(near) == digits(written))?;
    let distance = strsim::damerau_levenshtein(&folded(written), &folded(near));
    let is_alone = nearest(written, known.into_iter().filter(|word| *word != near)).is_none();
    (distance <= SLIPS_MAX && is_alone).then_some(near)
}

/// A word without what people get wrong most: `Use Linked-Analyst` and `use_linked_analyst` are one.
pub(super) fn folded(word: &str) -> String {
    word.trim().to_lowercase().replace(['-', ' ', '_'], "_")
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
    match nearest(written, known.iter().copied()) {
        Some(name) => {
            let (asked, edits) =
                (format!("did you mean `{name}`?"), vec![Edit { span, text: quoted_like(name) }]);
            if only_one_meant(written, known.iter().copied()).is_some() {
                finding.safe_fix(asked, edits)
            } else {
                finding.fix(asked, edits)
            }
        }
        None if known.is_empty() => finding.help("there is none to name yet"),
        None => finding.help(format!("there are: {}", first_of(known))),
    }
}

/// Names in a row, the first of them where there are many.
pub(super) fn first_of(names: &[&str]) -> String {
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

/// Words as people list them: `` `a`, `b` or `c` ``.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match (words.pop(), words.is_empty()) {
        (None, _) => "nothing".to_owned(),
        (Some(only), true) => only,
        (Some(last), false) => format!("{} or {last}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let known = ["use_linked_analyst", "template", "default_logging_analyst", "on"];
        let check = |written, expected| assert_eq!(nearest(written, known), expected, "{written}");
        check("use_linked_analist", Some("use_linked_analyst"));
        check("Use-Linked-Analyst", Some("use_linked_analyst"));
        check("tempalte", Some("template"));
        check("no", Some("on"));
        check("colour", None);
        check("", None);
    }

    #[test]
    fn a_word_is_put_right_only_where_nothing_else_can_have_been_meant() {
        let known = ["close_call", "close_task", "update_call", "log_call", "use_linked_analyst"];
        let check = |written, expected| assert_eq!(only_one_meant(written, known), expected, "{written}");
        check("use_linked_analist", Some("use_linked_analyst"));
        check("update_cal", Some("update_call"));
        check("close_tall", None);
        check("use_linkd_analits", None);
        check("colour", None);
    }

    #[test]
    fn words_are_listed_as_people_do() {
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
