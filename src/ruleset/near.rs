//! What somebody may have meant.

/// No word is longer; comparing a whole text with words would only take time.
const WORD_BYTES_MAX: usize = 100;

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
        .map(|word| (strsim::damerau_levenshtein(&written, &folded(word)), word))
        .filter(|(distance, _)| *distance <= bound)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// A word without what people get wrong most: `Use Linked-Analyst` and `use_linked_analyst` are one.
pub(super) fn folded(word: &str) -> String {
    word.trim().to_lowercase().replace(['-', ' ', '_'], "_")
}

/// Words as people list them: `` `a`, `b` or `c` ``.
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
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
    fn words_are_listed_as_people_do() {
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
