//! Writes mails of ours into a folder, one `.eml` file each, as if they had been sent.

use crate::adapters::compose::{Marks, compose};
use crate::ports::{Cause, Failure, Mailer, OutboxEntry};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// An outgoing server that is a folder. A mail that is submitted twice is there once.
#[derive(Debug)]
pub struct FilesMailer {
    folder: PathBuf,
    loop_mark: String,
}

impl FilesMailer {
    /// Mails go into this folder, which is made where it is missing, under this system's loop mark.
    pub fn new(folder: impl Into<PathBuf>, loop_mark: impl Into<String>) -> Self {
        Self { folder: folder.into(), loop_mark: loop_mark.into() }
    }

    /// A file is there as a whole or not at all, also after a power cut.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let unfinished = self.folder.join(format!(".{name}.tmp"));
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&unfinished, self.folder.join(name))?;
        sync_folder(&self.folder)
    }
}

impl Mailer for FilesMailer {
    fn submit(&mut self, mail: &OutboxEntry) -> Result<(), Failure> {
        let composed = compose(mail, Marks { loop_mark: &self.loop_mark, rules: mail.rules.as_deref() })?;
        self.write(&file_name(&mail.message_id), &composed.bytes).map_err(|error| {
            let shown = self.folder.display();
            Failure::Transient(Cause::from_error(format!("cannot write into `{shown}`: {error}"), error))
        })
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file, and its entries are durable without.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// A file name from a message id: the same for the same id, never the same for two.
fn file_name(message_id: &str) -> String {
    /// How many bytes of the digest tell apart two ids that look alike as file names.
    const BYTES: usize = 6;
    /// File systems take 255 bytes; the rest is for the ending and the mark of an unfinished file.
    const CHARS_MAX: usize = 150;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_@.".contains(c);
    let plain: String =
        message_id.chars().map(|c| if is_plain(c) { c } else { '_' }).take(CHARS_MAX).collect();
    if plain == message_id && !plain.is_empty() && !plain.starts_with('.') {
        return format!("{plain}.eml");
    }
    let digest = Sha256::digest(message_id);
    format!("mail-{plain}-{}.eml", hex::encode(digest.get(..BYTES).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::compose::tests::entry;

    #[test]
    fn a_mail_that_is_submitted_twice_is_there_once_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let mut mailer = FilesMailer::new(&out, "desk-1");
        mailer.submit(&entry()).unwrap();
        mailer.submit(&entry()).unwrap();
        let files: Vec<_> = fs::read_dir(&out).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["0f1e2d.1.postroom@example.com.eml"]);
        let mail = fs::read_to_string(out.join(&files[0])).unwrap();
        assert!(mail.contains("\r\nX-Postroom-Loop: desk-1\r\n"), "{mail}");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_worth_another_attempt() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let failure = FilesMailer::new(folder.path().join("file"), "m").submit(&entry()).unwrap_err();
        assert!(matches!(failure, Failure::Transient(_)), "{failure}");
    }

    #[test]
    fn a_file_name_stays_in_its_folder() {
        assert_eq!(file_name("ab12.1.postroom@example.com"), "ab12.1.postroom@example.com.eml");
        for id in ["../../etc/passwd", "..", ".hidden", "a/b", "a\\b", "a\0b", "", &"x".repeat(400)] {
            let name = file_name(id);
            assert!(
                !name.starts_with('.') && !name.contains(['/', '\\', '\0']) && name.len() < 200,
                "{name}"
            );
        }
        assert_ne!(file_name("a/b"), file_name("a\\b"));
    }
}
