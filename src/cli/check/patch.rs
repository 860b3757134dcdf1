//! What changes between two texts, as programs like `diff` and `patch` write it.

use crate::cli::render::is_shown;

/// How many lines stand around a change.
const AROUND: usize = 3;

/// A text with what may be shown of it: the same lines, in which secrets are overwritten.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Shown<'a> {
    pub(in crate::cli) text: &'a str,
    pub(in crate::cli) shown: &'a str,
}

impl<'a> Shown<'a> {
    fn lines(self) -> Vec<(&'a str, &'a str)> {
        let mut shown = self.shown.split_inclusive('\n');
        self.text.split_inclusive('\n').map(|line| (line, shown.next().unwrap_or_default())).collect()
    }
}

/// Lines from here to there of one text, and of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hunk {
    before: (usize, usize),
    after: (usize, usize),
}

/// The changes as a unified diff; nothing where there are none.
pub(in crate::cli) fn unified(name: &str, before: Shown<'_>, after: Shown<'_>) -> String {
    let (old, new) = (before.lines(), after.lines());
    let hunks = hunks(&old, &new);
    if hunks.is_empty() {
        return String::new();
    }
    let name = visible(name);
    let mut text = format!("--- {name}\n+++ {name}\n");
    let mut hunks = hunks.as_slice();
    while let Some(first) = hunks.first() {
        // changes whose surroundings meet are shown together
        let joined = hunks.windows(2).take_while(|pair| match pair {
            [one, next] => next.before.0 - one.before.1 <= 2 * AROUND,
            _ => false,
        });
        let count = joined.count() + 1;
        let (together, rest) = hunks.split_at(count.min(hunks.len()));
        let last = together.last().unwrap_or(first);
        text.push_str(&block(&old, &new, together, *first, *last));
        hunks = rest;
    }
    text
}

fn block(old: &[(&str, &str)], new: &[(&str, &str)], hunks: &[Hunk], first: Hunk, last: Hunk) -> String {
    let ahead = first.before.0.min(AROUND);
    let behind = (old.len() - last.before.1).min(AROUND);
    let range = |from: usize, to: usize| {
        let (start, count) = (from - ahead, to + behind - (from - ahead));
        if count == 0 { format!("{start},0") } else { format!("{},{count}", start + 1) }
    };
    let mut text =
        format!("@@ -{} +{} @@\n", range(first.before.0, last.before.1), range(first.after.0, last.after.1));
    let mut at = first.before.0 - ahead;
    for hunk in hunks {
        push(&mut text, ' ', old.get(at..hunk.before.0));
        push(&mut text, '-', old.get(hunk.before.0..hunk.before.1));
        push(&mut text, '+', new.get(hunk.after.0..hunk.after.1));
        at = hunk.before.1;
    }
    push(&mut text, ' ', old.get(at..last.before.1 + behind));
    text
}

fn push(text: &mut String, sign: char, lines: Option<&[(&str, &str)]>) {
    for (_, line) in lines.unwrap_or_default() {
        text.push(sign);
        text.push_str(&visible(line.trim_end_matches(['\n', '\r'])));
        // a line of another system keeps its end, so that the diff can be applied
        text.push_str(if line.ends_with("\r\n") { "\r\n" } else { "\n" });
        if !line.ends_with('\n') {
            text.push_str("\\ No newline at end of file\n");
        }
    }
}

/// Nothing in it steers a terminal; a byte order mark is shown by none.
fn visible(line: &str) -> String {
    line.chars().map(|c| if is_shown(c) { c } else { '\u{fffd}' }).collect()
}

/// Where the texts differ. As long as no line comes or goes, each line stands for itself; else all from the first
/// that differs to the last is one change.
fn hunks(old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<Hunk> {
    let same = |(one, other): &(&(&str, &str), &(&str, &str))| one.0 == other.0;
    if old.len() != new.len() {
        let ahead = old.iter().zip(new).take_while(same).count();
        let rest = old.len().min(new.len()) - ahead;
        let behind = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(same).count();
        return vec![Hunk { before: (ahead, old.len() - behind), after: (ahead, new.len() - behind) }];
    }
    let mut hunks: Vec<Hunk> = Vec::new();
    for (at, pair) in old.iter().zip(new).enumerate() {
        if same(&pair) {
            continue;
        }
        match hunks.last_mut() {
            Some(last) if last.before.1 == at => (last.before.1, last.after.1) = (at + 1, at + 1),
            _ => hunks.push(Hunk { before: (at, at + 1), after: (at, at + 1) }),
        }
    }
    hunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(before: &str, after: &str) -> String {
        let shown = |text| Shown { text, shown: text };
        unified("a.yaml", shown(before), shown(after))
    }

    #[test]
    fn changes_far_apart_have_a_block_each_and_near_ones_share_one() {
        let before: String = (1..=20).flat_map(|line| [line.to_string(), "\n".to_owned()]).collect();
        let after =
            before.replace("2\n3\n", "2\nthree\n").replace("\n6\n", "\nsix\n").replace("\n19\n", "\nx\n");
        let expected = "--- a.yaml\n+++ a.yaml\n@@ -1,9 +1,9 @@\n 1\n 2\n-3\n+three\n 4\n 5\n-6\n+six\n 7\n 8\n 9\n@@ -16,5 +16,5 @@\n 16\n 17\n 18\n-19\n+x\n 20\n";
        assert_eq!(diff(&before, &after), expected);
        assert_eq!(diff(&before, &before), "");
    }

    #[test]
    fn line_ends_and_the_missing_last_one_are_kept() {
        assert_eq!(
            diff("a\r\nb", "x\r\nb"),
            "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n-a\r\n+x\r\n b\n\\ No newline at end of file\n"
        );
        assert_eq!(diff("a\n", "a\nb\n"), "--- a.yaml\n+++ a.yaml\n@@ -1,1 +1,2 @@\n a\n+b\n");
    }

    #[test]
    fn secrets_and_steering_signs_are_not_shown() {
        let before = Shown { text: "p: hunter2\na: \u{1b}[2J\n", shown: "p: *******\na: \u{1b}[2J\n" };
        let after = Shown { text: "p: hunter2\na: x\n", shown: "p: xxxxxxx\na: x\n" };
        let diff = unified("a.yaml", before, after);
        assert!(!diff.contains("hunter2") && !diff.contains('\u{1b}'), "{diff}");
        assert_eq!(diff.matches("\n-").count(), 1, "{diff}");
    }
}
