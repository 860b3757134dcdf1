//! Subject patterns, written like the subject itself: `[CLOSE#{number}]`.

use super::expression::with_ascii_digits;
use regex::{Regex, RegexBuilder};

/// The most bytes of a compiled pattern; a pattern beyond it is refused when the rule set loads.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// It has no text of its own and would match anything.
    Empty,
    /// A `{` without its `}`.
    Unclosed(String),
    /// A name in braces that is none.
    Placeholder(String),
    /// The same name stands in it twice.
    RepeatedPlaceholder(String),
    /// A regular expression that cannot be compiled, with the reason.
    Invalid(String),
}

/// A pattern, ready to look for itself anywhere in a subject.
///
/// Case does not matter; where the pattern has punctuation or a number, spaces around it do not either.
/// Digits are ASCII digits. Matching takes time linear in the subject.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    is_expression: bool,
    regex: Regex,
}

/// What a pattern found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The digits of `{number}`, if the pattern has it.
    pub number: Option<String>,
    /// Every other name with what it captured.
    pub captured: Vec<(String, String)>,
}

/// A piece of a pattern that is written like a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Letters and digits.
    Word(String),
    /// Any number of spaces.
    Space,
    /// Punctuation.
    Mark(char),
    /// `{number}` or another name.
    Capture(String),
}

impl Pattern {
    /// Compiles a pattern written like a subject.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let tokens = tokens(text)?;
        if !tokens.iter().any(|token| matches!(token, Token::Word(_) | Token::Mark(_))) {
            return Err(PatternError::Empty);
        }
        Self::compile(text, &expression(&tokens), false)
    }

    /// Compiles a regular expression with named groups; `(?<number>[0-9]+)` gives the number.
    ///
    /// `\d` is an ASCII digit here: items have no other numbers.
    pub fn parse_expression(text: &str) -> Result<Self, PatternError> {
        let pattern = Self::compile(text, &with_ascii_digits(text), true)?;
        if pattern.regex.is_match("") { Err(PatternError::Empty) } else { Ok(pattern) }
    }

    fn compile(text: &str, expression: &str, is_expression: bool) -> Result<Self, PatternError> {
        let regex = RegexBuilder::new(expression)
            .case_insensitive(true)
            .size_limit(PATTERN_BYTES_MAX)
            .build()
            .map_err(|error| PatternError::Invalid(error.to_string()))?;
        Ok(Self { text: text.to_owned(), is_expression, regex })
    }

    /// The pattern as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it was written as a regular expression.
    pub fn is_expression(&self) -> bool {
        self.is_expression
    }

    /// Its pieces, in order; none of a regular expression.
    pub(crate) fn tokens(&self) -> Vec<Token> {
        if self.is_expression { Vec::new() } else { tokens(&self.text).unwrap_or_default() }
    }

    /// Whether it has a `{number}`.
    pub fn has_number(&self) -> bool {
        self.regex.capture_names().flatten().any(|name| name == "number")
    }

    /// Whether it matches somewhere in the subject.
    pub fn matches(&self, subject: &str) -> bool {
        self.regex.is_match(subject)
    }

    /// The leftmost match in the subject.
    pub fn find(&self, subject: &str) -> Option<Match> {
        if !self.regex.is_match(subject) {
            return None;
        }
        let captures = self.regex.captures(subject)?;
        let mut found = Match { number: None, captured: Vec::new() };
        for name in self.regex.capture_names().flatten() {
            let Some(text) = captures.name(name).map(|group| group.as_str().to_owned()) else { continue };
            if name == "number" {
                found.number = Some(text);
            } else {
                found.captured.push((name.to_owned(), text));
            }
        }
        Some(found)
    }

    /// The pattern as the regular expression that is looked for; its case does not matter.
    pub fn expression(&self) -> &str {
        self.regex.as_str()
    }

    /// A piece of text, in small letters, that every subject in small letters holds which the pattern matches;
    /// empty where there is none to be sure of.
    pub(crate) fn piece(&self) -> String {
        let words = self.tokens().into_iter().filter_map(|token| match token {
            // other letters have more than one small form
            Token::Word(word) if word.is_ascii() => Some(word),
            _ => None,
        });
        words.max_by_key(String::len).unwrap_or_default().to_lowercase()
    }

    /// A text with the words of this pattern spelled as they are written in it.
    pub fn spelled_alike(&self, text: &str) -> String {
        let mut alike = text.to_owned();
        for token in tokens(&self.text).unwrap_or_default() {
            let Token::Word(word) = token else { continue };
            // letters of other scripts may change their length with their case
            if let Some(at) = alike.to_ascii_lowercase().find(&word.to_ascii_lowercase())
                && alike.is_char_boundary(at + word.len())
            {
                alike.replace_range(at..at + word.len(), &word);
            }
        }
        alike
    }

    /// Subjects that the pattern matches, for comparing it with others: close and wide spacing, short and
    /// long numbers. Empty for regular expressions.
    pub fn witnesses(&self) -> Vec<String> {
        if self.is_expression {
            return Vec::new();
        }
        let Ok(tokens) = tokens(&self.text) else { return Vec::new() };
        let spell = |number: &str, wide: bool| {
            let mut subject = String::new();
            for token in &tokens {
                match token {
                    Token::Word(word) => subject.push_str(word),
                    Token::Space => subject.push_str(if wide { "  " } else { " " }),
                    Token::Mark(mark) if wide && *mark == '#' => subject.push_str(" # "),
                    Token::Mark(mark) => subject.push(*mark),
                    Token::Capture(name) if name == "number" => subject.push_str(number),
                    Token::Capture(_) => subject.push('x'),
                }
            }
            subject
        };
        let all = [spell("5837", false), spell("1", true)];
        all.into_iter().filter(|subject| self.matches(subject)).collect()
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, PatternError> {
    let mut tokens = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut characters = text.trim().chars().peekable();
    while let Some(character) = characters.next() {
        if character == '{' {
            let mut is_closed = false;
            let name: String = characters
                .by_ref()
                .take_while(|&c| {
                    is_closed = c == '}';
                    !is_closed
                })
                .collect();
            if !is_closed {
                return Err(PatternError::Unclosed(name));
            }
            let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if !is_name {
                return Err(PatternError::Placeholder(name));
            }
            if names.contains(&name) {
                return Err(PatternError::RepeatedPlaceholder(name));
            }
            names.push(name.clone());
            tokens.push(Token::Capture(name));
        } else if character.is_whitespace() {
            if !matches!(tokens.last(), Some(Token::Space)) {
                tokens.push(Token::Space);
            }
        } else if is_of_word(character) {
            match tokens.last_mut() {
                Some(Token::Word(word)) => word.push(character),
                _ => tokens.push(Token::Word(character.to_string())),
            }
        } else {
            tokens.push(Token::Mark(character));
        }
    }
    Ok(tokens)
}

/// A letter or digit at which regular expressions see a word end; they do not at `²` or `①`.
fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() && regex_syntax::try_is_word_character(character).unwrap_or_default()
}

fn expression(tokens: &[Token]) -> String {
    let mut expression = String::new();
    let is_edge = |token: Option<&Token>| matches!(token, Some(Token::Word(_) | Token::Capture(_)));
    if is_edge(tokens.first()) {
        expression.push_str(r"\b");
    }
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        match token {
            Token::Word(word) => expression.push_str(&regex::escape(word)),
            Token::Mark(mark) => expression.push_str(&regex::escape(&mark.to_string())),
            Token::Capture(name) if name == "number" => expression.push_str("(?<number>[0-9]+)"),
            Token::Capture(name) => {
                expression.push_str("(?<");
                expression.push_str(name);
                expression.push_str(r">[^\s\[\]]+)");
            }
            Token::Space => {
                // between two words or numbers a space is asked for; beside punctuation it is free
                let before = at.checked_sub(1).and_then(|before| tokens.get(before));
                expression.push_str(if is_edge(before) && is_edge(next) { r"\s+" } else { r"\s*" });
                continue;
            }
        }
        let touches_mark = matches!(token, Token::Mark(_)) || matches!(next, Some(Token::Mark(_)));
        if touches_mark && next.is_some_and(|next| !matches!(next, Token::Space)) {
            expression.push_str(r"\s*");
        }
    }
    if is_edge(tokens.last()) {
        expression.push_str(r"\b");
    }
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(pattern: &str, subject: &str) -> Option<String> {
        Pattern::parse(pattern).unwrap().find(subject).map(|found| found.number.unwrap_or_default())
    }

    #[test]
    fn spaces_and_case_do_not_matter_but_brackets_do() {
        for subject in
            ["[CLOSE#5837]", "RE: [close#5837] done", "[ Close # 5837 ]", "AW: [EXTERNAL] [CLOSE #5837]"]
        {
            assert_eq!(number("[CLOSE#{number}]", subject).as_deref(), Some("5837"), "{subject}");
        }
        for subject in
            ["CLOSE#5837", "[CLOSE#]", "[CLOSE#58x]", "[CLOSE 5837]", "[DISCLOSE#1]x", "[CLOSE#５８３７]"]
        {
            assert_eq!(number("[CLOSE#{number}]", subject), None, "{subject}");
        }
    }

    #[test]
    fn words_are_whole_words() {
        assert_eq!(number("Call {number} has been", "Re: Call  12 has\tbeen closed").as_deref(), Some("12"));
        for subject in ["Recall 12 has been", "Call 12 has beenies", "Call12 has been"] {
            assert_eq!(number("Call {number} has been", subject), None, "{subject}");
        }
        assert_eq!(number("Call No {number}", "Call No 12x"), None);
    }

    #[test]
    fn numerals_that_belong_to_no_word_are_found_where_the_subject_has_them() {
        for (pattern, subject) in [
            ("① {number}", "Re: ① 12"),
            ("Area m² {number}", "area m² 12"),
            ("{number} ½", "Re: 12 ½"),
            ("No.{number}²", "No. 12²"),
        ] {
            assert_eq!(number(pattern, subject).as_deref(), Some("12"), "{pattern}");
        }
    }

    #[test]
    fn broken_patterns_say_what_is_wrong() {
        assert_eq!(Pattern::parse("  ").unwrap_err(), PatternError::Empty);
        assert_eq!(Pattern::parse("{number}").unwrap_err(), PatternError::Empty);
        assert_eq!(Pattern::parse("[A#{Number}]").unwrap_err(), PatternError::Placeholder("Number".into()));
        assert_eq!(Pattern::parse("[A#{x}{x}]").unwrap_err(), PatternError::RepeatedPlaceholder("x".into()));
        assert!(matches!(Pattern::parse_expression("(").unwrap_err(), PatternError::Invalid(_)));
        assert_eq!(Pattern::parse_expression("(a*)*").unwrap_err(), PatternError::Empty);
        assert!(matches!(Pattern::parse_expression(r"\w{1000}{100}").unwrap_err(), PatternError::Invalid(_)));
    }

    #[test]
    fn digits_of_an_expression_are_ascii_digits() {
        let pattern = Pattern::parse_expression(r"TKT-(?<number>\d+)").unwrap();
        assert_eq!(pattern.find("tkt-12").unwrap().number.as_deref(), Some("12"));
        assert!(!pattern.matches("TKT-５８"));
        assert_eq!(pattern.text(), r"TKT-(?<number>\d+)");
    }

    #[test]
    fn a_text_is_spelled_like_the_pattern() {
        let alike = |pattern: &str, text: &str| Pattern::parse(pattern).unwrap().spelled_alike(text);
        assert_eq!(alike("[CLOSE#{number}]", "[close#1]"), "[CLOSE#1]");
        assert_eq!(alike("Call {number} has been", "call 1 has been"), "Call 1 has been");
    }

    #[test]
    fn named_captures_are_found() {
        let pattern = Pattern::parse("[HR-{site}#{number}]").unwrap();
        let found = pattern.find("[hr-berlin#7]").unwrap();
        assert_eq!(
            found,
            Match { number: Some("7".into()), captured: vec![("site".into(), "berlin".into())] }
        );
    }
}
