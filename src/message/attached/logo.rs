//! Pictures of signatures: each answer brings them again, and nobody looks for them among the files of a call.
//!
//! A picture belongs to a signature or to quoted mail where it stands in a container that mail programs make for
//! one, or where words stand between the end of what the person wrote and the picture. A picture right behind the
//! person's words is a screenshot, not a logo.

use super::super::Message;
use super::super::html::{Glimpse, glimpses};
use std::collections::BTreeSet;

/// The largest picture that is taken for a logo.
pub(super) const SIZE_BYTES_MAX: u64 = 50 * 1024;
/// How many letters of the end of a reply it is found by.
const END_LETTERS: usize = 24;

/// The content ids of pictures that are shown only in signatures or quoted mail.
pub(super) fn content_ids(message: &Message) -> BTreeSet<String> {
    let has_pictures = message.attachments.iter().any(|attachment| attachment.content_id.is_some());
    let Some(html) = message.html.as_deref().filter(|_| has_pictures) else {
        return BTreeSet::new();
    };
    let mut letters = String::new();
    let mut pictures = Vec::new();
    for glimpse in glimpses(html) {
        match glimpse {
            Glimpse::Text(text) => letters.extend(text.chars().filter(|c| c.is_alphanumeric())),
            Glimpse::Picture { content_id, is_set_apart } => {
                pictures.push((content_id, is_set_apart, letters.len()));
            }
        }
    }
    let end = end_of_reply(&letters, &message.reply_portion);
    let is_behind = |at: usize| end.is_some_and(|end| at > end);
    let (behind, within): (Vec<_>, Vec<_>) =
        pictures.into_iter().partition(|(_, is_set_apart, at)| *is_set_apart || is_behind(*at));
    let within: BTreeSet<String> = within.into_iter().map(|(id, ..)| id).collect();
    behind.into_iter().map(|(id, ..)| id).filter(|id| !within.contains(id)).collect()
}

/// Where the reply's last letters end among those of the whole; `None` where they are not found.
fn end_of_reply(letters: &str, reply: &str) -> Option<usize> {
    let mut last: Vec<char> = reply.chars().rev().filter(|c| c.is_alphanumeric()).take(END_LETTERS).collect();
    last.reverse();
    let last: String = last.into_iter().collect();
    if last.is_empty() {
        return None;
    }
    letters.find(&last).map(|at| at + last.len())
}
