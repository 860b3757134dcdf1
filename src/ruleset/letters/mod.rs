//! Characters that deceive whoever reads a rule: some are not seen or turn the reading direction, some look like
//! a letter of another alphabet. A subject that holds one is never found in what people type, and a reviewer
//! cannot see why.

mod table;

use super::yaml::{Node, NodeKind};
use crate::diagnostic::{Diagnostic, Edit, Source, SourceId, Span};
use std::ops::Range;
use table::{alphabet_of, hidden, is_direction, is_latin, look_alike, looks_like_latin};

/// Keys below which texts are for people, in whatever letters they like.
const FREE: [&str; 6] = ["because", "body", "change_reason", "tests", "text", "title"];

/// Nobody reads more of them, and a hostile file may hold nothing else.
const FOUND_MAX: usize = 100;

/// Whether a character is not seen, or turns the reading direction.
pub(super) fn is_hidden(c: char) -> bool {
    hidden(c).is_some()
}

/// The Latin letter that a letter of another alphabet looks like.
pub(super) fn as_latin(c: char) -> Option<char> {
    looks_like_latin(c)
}

/// Warns of characters in names, words and subjects of one file that are not what they seem; and of those in
/// its comments that turn the reading direction.
pub(super) fn suspicious(tree: &Node, id: SourceId, source: &Source) -> Vec<Diagnostic> {
    let mut look = Look { text: &source.text, seen: Vec::new(), found: Vec::new() };
    look.at(tree);
    look.between(id);
    look.found
}

struct Look<'a> {
    text: &'a str,
    /// The stretches that are names, words and texts: what is left over is comments.
    seen: Vec<Range<usize>>,
    found: Vec<Diagnostic>,
}

impl Look<'_> {
    fn at(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::List(items) => items.iter().for_each(|item| self.at(item)),
            NodeKind::Map(entries) => {
                for entry in entries {
                    self.word(&entry.key, entry.key_span);
                    if FREE.contains(&entry.key.as_str()) {
                        self.pass(&entry.value);
                    } else {
                        self.at(&entry.value);
                    }
                }
            }
            NodeKind::Text(text) => self.word(text, node.span),
            _ => {}
        }
    }

    /// Notes where texts stand that are nobody's concern.
    fn pass(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::List(items) => items.iter().for_each(|item| self.pass(item)),
            NodeKind::Map(entries) => entries.iter().for_each(|entry| self.pass(&entry.value)),
            _ => self.seen.push(node.span.start..node.span.end),
        }
    }

    fn word(&mut self, word: &str, span: Span) {
        self.seen.push(span.start..span.end);
        if word.is_ascii() || self.found.len() >= FOUND_MAX {
            return;
        }
        let mut before = ' ';
        for c in word.chars() {
            // joiners belong to the writing of some languages
            let is_joiner = matches!(c, '\u{200c}' | '\u{200d}') && !before.is_ascii();
            if let Some(what) = hidden(c).filter(|_| !is_joiner) {
                let finding = self.hidden(word, c, what, span);
                self.found.push(finding);
                break;
            }
            before = c;
        }
        let stranger = word.split(|c: char| !c.is_alphabetic()).find_map(stranger);
        if let Some((run, c, like)) = stranger {
            let finding = self.alike(run, c, like, span);
            self.found.push(finding);
        }
    }

    fn hidden(&self, word: &str, c: char, what: &str, span: Span) -> Diagnostic {
        let seen: String = word.chars().filter(|c| hidden(*c).is_none()).collect();
        let (place, edit) = self.place(c, "", span);
        let finding = Diagnostic::warning(
            "hidden-character",
            format!("`{seen}` holds {}, {what}, which nobody sees", code_point(c)),
        )
        .at(place, format!("{} stands here", code_point(c)))
        .note("a mail that reads the same is not recognised, and who reviews the rule cannot see why");
        match edit {
            Some(edit) => finding.fix("take it out", vec![edit]),
            None => finding.help("take it out"),
        }
    }

    fn alike(&self, run: &str, c: char, like: char, span: Span) -> Diagnostic {
        let (place, edit) = self.place(c, &like.to_string(), span);
        let finding = Diagnostic::warning(
            "look-alike-character",
            format!("`{run}` mixes alphabets: {} looks like `{like}` and is another letter", code_point(c)),
        )
        .at(place, format!("{} `{c}`, not {} `{like}`", code_point(c), code_point(like)))
        .note("what people type has the letter of the rest of the word, so that this is never found in it");
        let advice = format!("write the letter of the rest of the word, {}", code_point(like));
        match edit {
            Some(edit) => finding.fix(advice, vec![edit]),
            None => finding.help(advice),
        }
    }

    /// Where the character is written, with the change of it; the whole text where it is written as an escape.
    fn place(&self, c: char, instead: &str, span: Span) -> (Span, Option<Edit>) {
        let written = self.text.get(span.start..span.end).and_then(|written| written.find(c));
        let Some(at) = written else { return (span, None) };
        let start = span.start + at;
        let place = Span { start, end: start + c.len_utf8(), ..span };
        (place, Some(Edit { span: place, text: instead.to_owned() }))
    }

    /// What turns the reading direction between the texts, which is in comments: code may be shown as a comment.
    fn between(&mut self, source: SourceId) {
        if self.text.is_ascii() {
            return;
        }
        self.seen.sort_by_key(|stretch| (stretch.start, stretch.end));
        let mut seen = self.seen.iter().peekable();
        let mut line_told = None;
        let mut line = 0;
        for (at, c) in self.text.char_indices() {
            line += usize::from(c == '\n');
            while seen.next_if(|stretch| stretch.end <= at).is_some() {}
            let is_text = seen.peek().is_some_and(|stretch| stretch.contains(&at));
            if self.found.len() >= FOUND_MAX {
                break;
            }
            if is_text || !is_direction(c) || line_told == Some(line) {
                continue;
            }
            line_told = Some(line);
            let span = Span { source, start: at, end: at + c.len_utf8() };
            let what = hidden(c).unwrap_or_default();
            self.found.push(
                Diagnostic::warning(
                    "hidden-character",
                    format!("a comment holds {}, {what}, which nobody sees", code_point(c)),
                )
                .at(span, format!("{} stands here", code_point(c)))
                .note("what is shown of this line need not be what the program reads")
                .fix("take it out", vec![Edit { span, text: String::new() }]),
            );
        }
    }
}

/// The first letter of a word that is of another alphabet than most of it and looks like one of that; with the
/// letter it looks like.
fn stranger(run: &str) -> Option<(&str, char, char)> {
    if run.is_ascii() {
        return None;
    }
    let latin = run.chars().filter(|c| is_latin(*c)).count();
    let others = run.chars().count() - latin;
    if latin == 0 || others == 0 {
        return None;
    }
    let found = if latin >= others {
        run.chars().find_map(|c| looks_like_latin(c).map(|like| (c, like)))
    } else {
        let alphabet = run.chars().find_map(alphabet_of)?;
        let mut latin = run.chars().filter(|c| is_latin(*c));
        latin.find_map(|c| look_alike(c, alphabet).map(|like| (c, like)))
    };
    found.map(|(c, like)| (run, c, like))
}

fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_among_letters_are_found_and_words_of_one_alphabet_are_not() {
        let check = |word: &str, expected: Option<(char, char)>| {
            assert_eq!(stranger(word).map(|(_, c, like)| (c, like)), expected, "{word}");
        };
        check("\u{421}LOSE", Some(('\u{421}', 'C')));
        check("CL\u{39f}SE", Some(('\u{39f}', 'O')));
        check("\u{ff23}LOSE", Some(('\u{ff23}', 'C')));
        check("\u{1d402}LOSE", Some(('\u{1d402}', 'C')));
        check("Заявкa", Some(('a', 'а')));
        check("Заявка", None);
        check("Αίτημα", None);
        check("Größe", None);
        check("Łódź", None);
        check("日本語IT", None);
        check("ＣＬＯＳＥ", None);
    }
}
