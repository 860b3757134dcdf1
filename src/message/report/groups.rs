//! The groups of fields of a status part (RFC 3464 §2.1): one about the mail, one about each recipient.

use super::super::header::{Fields, line_at};
use super::RECIPIENTS_MAX;
use std::borrow::Cow;

/// Fields that say whom a group is about, in lower case.
const RECIPIENT_FIELDS: [&str; 2] = ["original-recipient", "final-recipient"];
/// Fields that say what became of a recipient, in lower case.
const FATE_FIELDS: [&str; 5] = ["action", "status", "diagnostic-code", "remote-mta", "last-attempt-date"];

/// The groups, divided by empty lines.
pub(super) fn read(bytes: &[u8]) -> Vec<Fields<'_>> {
    let mut groups = Vec::new();
    let mut position = 0;
    while let Some((line, next)) = line_at(bytes, position) {
        if groups.len() > RECIPIENTS_MAX {
            break;
        }
        if line.trim_ascii().is_empty() {
            position = next;
            continue;
        }
        let group = Fields::read(bytes, position, bytes.len());
        position = group.body_start.max(next);
        groups.push(group);
    }
    groups
}

/// What is known of the group that is being read.
#[derive(Default)]
struct Open {
    /// Which of [`RECIPIENT_FIELDS`] it has.
    recipients: [bool; 2],
    /// Which of [`FATE_FIELDS`] it has.
    fates: [bool; 5],
    /// The field above is one of [`RECIPIENT_FIELDS`]: the other one right below it is about the same recipient.
    follows_recipient: bool,
}

impl Open {
    /// Notes a field; whether it has to open another group.
    fn note(&mut self, name: &str, follows_blank: bool) -> bool {
        let place = |names: &[&str]| names.iter().position(|known| name.eq_ignore_ascii_case(known));
        let (recipient, fate) = (place(&RECIPIENT_FIELDS), place(&FATE_FIELDS));
        let has = |seen: &[bool], at: Option<usize>| at.and_then(|at| seen.get(at)).is_some_and(|seen| *seen);
        let names_somebody = self.recipients.contains(&true);
        // a field of the recipient above it, which no other recipient has to do without
        let belongs = fate.is_some() && !has(&self.fates, fate) && names_somebody;
        let is_other_name = self.follows_recipient && !has(&self.recipients, recipient);
        let is_next = recipient.is_some()
            && !is_other_name
            && self.recipients.get(1) == Some(&true)
            && self.fates.contains(&true);
        let opens = if follows_blank { !belongs } else { is_next };
        if opens {
            *self = Self::default();
        }
        let mark = |seen: &mut [bool], at: Option<usize>| {
            at.and_then(|at| seen.get_mut(at)).into_iter().for_each(|seen| *seen = true);
        };
        mark(&mut self.recipients, recipient);
        mark(&mut self.fates, fate);
        self.follows_recipient = recipient.is_some();
        opens
    }
}

/// The same bytes, with an empty line where the next recipient begins and none within what is said of one. Some servers
/// forget the first, and some gateways double the second.
pub(super) fn divided(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut whole = Vec::with_capacity(bytes.len());
    let (mut open, mut position, mut is_blank, mut differs) = (Open::default(), 0, true, false);
    while let Some((line, next)) = line_at(bytes, position) {
        position = next;
        if line.trim_ascii().is_empty() {
            differs |= is_blank && !whole.is_empty();
            is_blank = true;
            continue;
        }
        let name = line.split(|byte| *byte == b':').next().and_then(|name| std::str::from_utf8(name).ok());
        let is_folded = line.starts_with(b" ") || line.starts_with(b"\t");
        let opens = !is_folded && open.note(name.unwrap_or_default().trim(), is_blank);
        differs |= opens != is_blank;
        if opens && !whole.is_empty() {
            whole.extend_from_slice(b"\r\n");
        }
        whole.extend_from_slice(line);
        whole.extend_from_slice(b"\r\n");
        is_blank = false;
    }
    if differs { Cow::Owned(whole) } else { Cow::Borrowed(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_are_told_apart_however_empty_lines_stand() {
        let names = |text: &str| {
            let bytes = divided(text.as_bytes()).into_owned();
            let names = |group: &Fields<'_>| {
                group.iter().map(|field| field.name.get(..1).unwrap_or_default()).collect::<String>()
            };
            read(&bytes).iter().map(names).collect::<Vec<_>>().join(" ")
        };
        for (text, expected) in [
            ("Reporting-MTA: m\n\nFinal-Recipient: a\nAction: f\nStatus: 5\n", "R FAS"),
            ("Final-Recipient: a\n\nAction: f\n\nStatus: 5\n", "FAS"),
            ("Final-Recipient: a\nAction: f\nFinal-Recipient: b\nAction: f\n", "FA FA"),
            (
                "Original-Recipient: a\nFinal-Recipient: a\nAction: f\nOriginal-Recipient: b\nFinal-Recipient: b\n",
                "OFA OF",
            ),
            ("Final-Recipient: a\nFinal-Recipient: a\nAction: f\n", "FFA"),
            ("Action: f\nFinal-Recipient: a\nOriginal-Recipient: a\nStatus: 4\n", "AFOS"),
            ("Action: f\nFinal-Recipient: a\n\nAction: f\nFinal-Recipient: b\n", "AF AF"),
            ("Final-Recipient: a\nDiagnostic-Code: x\n y\n\n\nFinal-Recipient: b\n", "FD F"),
            ("", ""),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }
}
