//! Regular expressions as admins write them: digits are ASCII digits, groups have names.

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{Ast, ClassPerl, ClassPerlKind, ClassSetItem, GroupKind, Visitor, visit};
use std::convert::Infallible;
use std::ops::Range;

/// What is peculiar about an expression as written.
#[derive(Debug, Default)]
struct Survey {
    /// Where `\d` or `\D` stands, and which.
    digits: Vec<(Range<usize>, bool)>,
    /// Where the parenthesis of a group without a name stands.
    unnamed: Vec<usize>,
}

impl Survey {
    fn of(expression: &str) -> Self {
        let read = Parser::new().parse(expression).ok();
        // visiting cannot fail
        read.and_then(|ast| visit(&ast, Self::default()).ok()).unwrap_or_default()
    }

    fn note_class(&mut self, class: &ClassPerl) {
        if class.kind == ClassPerlKind::Digit {
            self.digits.push((class.span.start.offset..class.span.end.offset, class.negated));
        }
    }
}

impl Visitor for Survey {
    type Output = Self;
    type Err = Infallible;

    fn finish(self) -> Result<Self, Infallible> {
        Ok(self)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Infallible> {
        match ast {
            Ast::ClassPerl(class) => self.note_class(class),
            Ast::Group(group) if matches!(group.kind, GroupKind::CaptureIndex(_)) => {
                self.unnamed.push(group.span.start.offset);
            }
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Infallible> {
        if let ClassSetItem::Perl(class) = item {
            self.note_class(class);
        }
        Ok(())
    }
}

/// The expression with every `\d` as `[0-9]`: numbers of items have no other digits.
pub(super) fn with_ascii_digits(expression: &str) -> String {
    let mut digits = Survey::of(expression).digits;
    digits.sort_by_key(|(place, _)| place.start);
    let mut written = expression.to_owned();
    for (place, is_negated) in digits.into_iter().rev() {
        written.replace_range(place, if is_negated { "[^0-9]" } else { "[0-9]" });
    }
    written
}

/// The expression with groups that capture nothing in the place of those without a name; `None` where each has one.
pub(super) fn without_unnamed_groups(expression: &str) -> Option<String> {
    let mut unnamed = Survey::of(expression).unnamed;
    unnamed.sort_unstable();
    let mut written = expression.to_owned();
    for at in unnamed.iter().rev() {
        written.insert_str(at + 1, "?:");
    }
    (!unnamed.is_empty()).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_ascii_digits_wherever_they_stand() {
        let check = |expression, expected| assert_eq!(with_ascii_digits(expression), expected);
        check(r"\bA-(?<number>\d+)\b", r"\bA-(?<number>[0-9]+)\b");
        check(r"[\dA-F]+\D", r"[[0-9]A-F]+[^0-9]");
        check(r"\\d\p{Nd}[^\d]", r"\\d\p{Nd}[^[0-9]]");
        check(r"(\d", r"(\d");
    }

    #[test]
    fn groups_without_names_are_found_and_those_with_one_are_left() {
        let check = |expression, expected: Option<&str>| {
            assert_eq!(without_unnamed_groups(expression).as_deref(), expected);
        };
        check(r"(a|(b))(?<number>[0-9]+)(?i)(?:c)[(]", Some(r"(?:a|(?:b))(?<number>[0-9]+)(?i)(?:c)[(]"));
        check(r"(?<number>[0-9]+)\(", None);
    }
}
