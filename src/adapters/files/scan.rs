//! Finds out what a path holds: one mail, an mbox, a Maildir, or a folder of such.

use super::{Source, unreadable};
use crate::ports::{Cause, Failure};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// How far a file without a telling name is read to see whether it is mail.
const PEEK_BYTES: u64 = 1024;

/// The fields that a stored mail begins with; anything else is no mail.
const FIRST_FIELDS: &[&str] = &[
    "return-path",
    "received",
    "delivered-to",
    "envelope-to",
    "authentication-results",
    "dkim-signature",
    "from",
    "to",
    "cc",
    "sender",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "auto-submitted",
    "precedence",
    "list-id",
];

/// Everything that a path holds, in the order of names. A file that is named itself is always mail.
pub(super) fn sources(path: &Path) -> Vec<Source> {
    match fs::metadata(path) {
        Err(error) => vec![Source::Fault(unreadable(&path.display().to_string(), error))],
        Ok(metadata) if metadata.is_dir() => folder(path),
        Ok(metadata) if metadata.is_file() => match is_mbox(path) {
            Ok(true) => vec![Source::Mbox(path.to_owned())],
            Ok(false) => vec![Source::Mail(path.to_owned())],
            Err(error) => vec![Source::Fault(unreadable(&path.display().to_string(), error))],
        },
        Ok(_) => vec![Source::Fault(Failure::Permanent(Cause::new(format!(
            "`{}` is neither a file nor a folder",
            path.display()
        ))))],
    }
}

fn folder(path: &Path) -> Vec<Source> {
    WalkDir::new(path)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry) && !is_maildir_tmp(entry))
        .filter_map(|entry| match entry {
            Ok(entry) if entry.file_type().is_file() => file_in_folder(entry.into_path()),
            Ok(_) => None,
            Err(error) => Some(Source::Fault(walk_fault(path, error))),
        })
        .collect()
}

fn file_in_folder(path: PathBuf) -> Option<Source> {
    if has_ending(&path, "eml") || is_in_maildir(&path) {
        return Some(Source::Mail(path));
    }
    match is_mbox(&path) {
        Ok(true) => Some(Source::Mbox(path)),
        Ok(false) => looks_like_mail(&path).then_some(Source::Mail(path)),
        Err(error) => Some(Source::Fault(unreadable(&path.display().to_string(), error))),
    }
}

fn walk_fault(folder: &Path, error: walkdir::Error) -> Failure {
    let shown = error.path().unwrap_or(folder).display().to_string();
    unreadable(&shown, io::Error::from(error))
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// A Maildir's `tmp` holds mails that are still being written.
fn is_maildir_tmp(entry: &DirEntry) -> bool {
    entry.file_name() == "tmp" && entry.path().parent().is_some_and(is_maildir)
}

fn is_maildir(folder: &Path) -> bool {
    folder.join("new").is_dir() && folder.join("cur").is_dir()
}

fn is_in_maildir(path: &Path) -> bool {
    let folder = path.parent();
    let name = folder.and_then(Path::file_name);
    (name == Some(OsStr::new("new")) || name == Some(OsStr::new("cur")))
        && folder.and_then(Path::parent).is_some_and(is_maildir)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// By its ending, or by its first line.
fn is_mbox(path: &Path) -> io::Result<bool> {
    Ok(has_ending(path, "mbox") || peek(path)?.starts_with(b"From "))
}

fn looks_like_mail(path: &Path) -> bool {
    let start = peek(path).unwrap_or_default();
    let name: Vec<u8> = start.iter().copied().take_while(|byte| *byte != b':').collect();
    let name = String::from_utf8_lossy(&name).to_lowercase();
    start.len() > name.len()
        && (FIRST_FIELDS.contains(&name.as_str()) || name.starts_with("x-") && !name.contains(' '))
}

fn peek(path: &Path) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let _read = File::open(path)?.take(PEEK_BYTES).read_to_end(&mut start)?;
    Ok(start)
}

/// Where a Maildir keeps a mail that somebody has seen; nothing for a mail in no Maildir's `new`.
pub(super) fn seen_path(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    if folder.file_name() != Some(OsStr::new("new")) || !is_in_maildir(path) {
        return None;
    }
    let mut name = path.file_name()?.to_owned();
    name.push(":2,S");
    Some(folder.parent()?.join("cur").join(name))
}
