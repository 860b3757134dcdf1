//! Mail in files: `.eml` files, folders of them, Maildirs, mboxes, one mail from a stream; and mails of
//! ours written into a folder.
//!
//! A folder is listed before the first mail is read; of the mails themselves one is in memory at a time.
//! What a path cannot give is one error for that path; the others flow on.

mod mailer;
mod mbox;
mod scan;

pub use mailer::FilesMailer;

use crate::ports::{Arrival, Cause, Failure, Inbox};
use crate::vocab::Disposition;
use mbox::{Found, Mbox};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest mail that is read at all. What an account allows is far less; up to here the bytes of a mail
/// that is too large for its account are kept in quarantine (SPEC G7), beyond it the mail stays where it is.
pub const MAIL_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Mails in files, one after the other.
pub struct FilesInbox {
    queue: VecDeque<Source>,
    mbox: Option<(String, Mbox<BufReader<File>>)>,
    is_spool: bool,
    /// Mails of a spool that were handed out and not disposed of yet, by origin.
    handed_out: BTreeMap<String, PathBuf>,
    mail_bytes_max: u64,
}

/// Where mail comes from.
enum Source {
    Mail(PathBuf),
    Mbox(PathBuf),
    Stream(String, Box<dyn Read + Send>),
    /// What a path cannot give.
    Fault(Failure),
}

impl fmt::Debug for FilesInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilesInbox")
            .field("waiting", &self.queue.len())
            .field("is_spool", &self.is_spool)
            .finish_non_exhaustive()
    }
}

impl FilesInbox {
    /// Reads what these paths hold, in their order. The files are the user's: nothing is ever deleted.
    pub fn open(paths: &[PathBuf]) -> Self {
        Self::over(paths.iter().flat_map(|path| scan::sources(path)).collect(), false)
    }

    /// Reads what a folder holds now, and takes each mail away once it has been dealt with.
    ///
    /// An mbox in it is read but stays as it is. Mail that is delivered into the folder must appear in one
    /// step, as a Maildir's does; hidden files are not looked at.
    pub fn spool(folder: &Path) -> Self {
        Self::over(scan::sources(folder).into(), true)
    }

    /// Reads one mail from a stream, which is shown under this name.
    pub fn stream(name: impl Into<String>, stream: impl Read + Send + 'static) -> Self {
        Self::over(VecDeque::from([Source::Stream(name.into(), Box::new(stream))]), false)
    }

    fn over(queue: VecDeque<Source>, is_spool: bool) -> Self {
        Self { queue, mbox: None, is_spool, handed_out: BTreeMap::new(), mail_bytes_max: MAIL_BYTES_MAX }
    }

    /// The next mail of the mbox at hand.
    fn next_of_mbox(&mut self) -> Option<Result<Arrival, Failure>> {
        let (shown, mbox) = self.mbox.as_mut()?;
        let found = mbox.next_mail(self.mail_bytes_max);
        let origin = format!("{shown}#{}", mbox.count());
        match found {
            Ok(Some(Found::Mail(raw))) => Some(Ok(arrival(origin, raw))),
            Ok(Some(Found::TooLarge)) => Some(Err(too_large(&origin))),
            Ok(None) => {
                self.mbox = None;
                None
            }
            Err(error) => {
                let failure = unreadable(shown, error);
                self.mbox = None;
                Some(Err(failure))
            }
        }
    }

    fn read_mail(&mut self, path: PathBuf) -> Option<Result<Arrival, Failure>> {
        let shown = path.display().to_string();
        let raw = File::open(&path).and_then(|file| {
            // What is too large anyway is not read to find that out.
            let is_too_large = file.metadata()?.len() > self.mail_bytes_max;
            if is_too_large { Ok(None) } else { read_up_to(file, self.mail_bytes_max) }
        });
        match raw {
            Ok(Some(raw)) => {
                if self.is_spool {
                    let _earlier = self.handed_out.insert(shown.clone(), path);
                }
                Some(Ok(arrival(shown, raw)))
            }
            Ok(None) => Some(Err(too_large(&shown))),
            // Another reader of the spool took it since the folder was listed.
            Err(error) if self.is_spool && error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(Err(unreadable(&shown, error))),
        }
    }

    fn open_mbox(&mut self, path: &Path) -> Option<Result<Arrival, Failure>> {
        let shown = path.display().to_string();
        match File::open(path) {
            Ok(file) => {
                self.mbox = Some((shown, Mbox::new(BufReader::new(file))));
                self.next_of_mbox()
            }
            Err(error) => Some(Err(unreadable(&shown, error))),
        }
    }
}

impl Inbox for FilesInbox {
    fn count(&self) -> Option<u64> {
        let is_known =
            self.mbox.is_none() && !self.queue.iter().any(|source| matches!(source, Source::Mbox(_)));
        is_known.then(|| u64::try_from(self.queue.len()).unwrap_or(u64::MAX))
    }

    fn fetch(&mut self) -> Option<Result<Arrival, Failure>> {
        if let Some(found) = self.next_of_mbox() {
            return Some(found);
        }
        while let Some(source) = self.queue.pop_front() {
            let found = match source {
                Source::Mail(path) => self.read_mail(path),
                Source::Mbox(path) => self.open_mbox(&path),
                Source::Stream(name, stream) => Some(match read_up_to(stream, self.mail_bytes_max) {
                    Ok(Some(raw)) => Ok(arrival(name, raw)),
                    Ok(None) => Err(too_large(&name)),
                    Err(error) => Err(unreadable(&name, error)),
                }),
                Source::Fault(failure) => Some(Err(failure)),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// One file that cannot be read says nothing about the others.
    fn is_out_of_reach(&self) -> bool {
        false
    }

    fn dispose(&mut self, arrival: &Arrival, disposition: Disposition) -> Result<(), Failure> {
        let Some(path) = self.handed_out.get(&arrival.origin) else { return Ok(()) };
        let done = match disposition {
            Disposition::Delete => fs::remove_file(path),
            Disposition::Keep => scan::seen_path(path).map_or(Ok(()), |seen| fs::rename(path, seen)),
        };
        match done {
            Ok(()) => {}
            // Somebody else took it away: that is what was wanted.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let sentence = format!("cannot take `{}` out of its folder: {error}", path.display());
                return Err(Failure::Transient(Cause::from_error(sentence, error)));
            }
        }
        let _done = self.handed_out.remove(&arrival.origin);
        Ok(())
    }
}

fn arrival(origin: String, raw: Vec<u8>) -> Arrival {
    let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
    Arrival { origin, identity: String::new(), raw: Arc::new(raw), size }
}

/// Every byte, or nothing where there are more than `most`.
fn read_up_to(stream: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut raw = Vec::new();
    let read = stream.take(most.saturating_add(1)).read_to_end(&mut raw)?;
    Ok((u64::try_from(read).unwrap_or(u64::MAX) <= most).then_some(raw))
}

fn unreadable(shown: &str, error: io::Error) -> Failure {
    let because = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => error.to_string(),
    };
    Failure::Permanent(Cause::from_error(format!("cannot read `{shown}`: {because}"), error))
}

fn too_large(origin: &str) -> Failure {
    let mebibytes = MAIL_BYTES_MAX / (1024 * 1024);
    Failure::Permanent(Cause::new(format!("`{origin}` is larger than {mebibytes} MiB and stays where it is")))
}

#[cfg(test)]
mod tests;
