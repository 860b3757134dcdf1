//! Puts a text in the place of a file in one step: whoever reads it sees the old one or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A new text that lies beside its file, durable, until it takes the file's place. Dropped before, it is gone.
#[derive(Debug)]
pub(super) struct Replacement {
    path: PathBuf,
    staged: Option<PathBuf>,
}

impl Replacement {
    /// Writes the text beside the file, with the file's permissions and owner. Where the file is a link, what it
    /// leads to is replaced, and the link stays.
    pub(super) fn stage(path: &Path, text: &[u8]) -> io::Result<Self> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        if fs::metadata(&path).is_ok_and(|known| known.permissions().readonly()) {
            // its folder would allow to replace it, whoever made it so would not
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.new", std::process::id()));
        let staged = path.with_file_name(name);
        // what a killed program of the same number left is not ours to follow, if it is a link
        match fs::remove_file(&staged) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = new_file(&staged)?;
        let replacement = Self { path, staged: Some(staged.clone()) };
        file.write_all(text)?;
        if let Ok(known) = fs::metadata(&replacement.path) {
            give_owner(&file, &known);
            file.set_permissions(known.permissions())?;
        } else {
            be_like_a_new_file(&file, &staged)?;
        }
        file.sync_all()?;
        Ok(replacement)
    }

    /// Takes the file's place.
    pub(super) fn put(mut self) -> io::Result<()> {
        let Some(staged) = self.staged.take() else { return Ok(()) };
        if let Err(error) = fs::rename(&staged, &self.path) {
            self.staged = Some(staged);
            return Err(error);
        }
        let folder = self.path.parent().filter(|folder| *folder != Path::new(""));
        // a folder that cannot be opened holds the new name all the same, once the system writes it
        let _may_be_later =
            File::open(folder.unwrap_or_else(|| Path::new("."))).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some(staged) = &self.staged {
            let _may_be_gone = fs::remove_file(staged);
        }
    }
}

/// Puts a text in the place of a file.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    Replacement::stage(path, text.as_bytes())?.put()
}

/// A file that was not there, for its owner alone until it gets the permissions of another.
fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The owner stays, where whoever runs the program may give files away. Of the open file: under its name somebody may
/// have put a link meanwhile.
#[cfg(unix)]
fn give_owner(file: &File, known: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let _may_not = fchown(file, Some(known.uid()), Some(known.gid()));
}

/// A file that takes nobody's place is read by everybody, and belongs to whom its folder does.
#[cfg(unix)]
fn be_like_a_new_file(file: &File, path: &Path) -> io::Result<()> {
    if let Some(Ok(folder)) = path.parent().map(fs::metadata) {
        give_owner(file, &folder);
    }
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(not(unix))]
fn be_like_a_new_file(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn give_owner(_: &File, _: &fs::Metadata) {}

/// Keeps bytes beside a file under its name and this ending, and under another one where that is taken. Says where.
pub(super) fn keep_beside(path: &Path, ending: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    /// More copies than anybody looks through.
    const COPIES_MAX: u32 = 1000;
    for at in 1..=COPIES_MAX {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(if at == 1 { format!(".{ending}") } else { format!(".{ending}-{at}") });
        let copy = path.with_file_name(name);
        match new_file(&copy) {
            Ok(mut file) => {
                file.write_all(bytes)?;
                if let Ok(known) = fs::metadata(path) {
                    give_owner(&file, &known);
                    file.set_permissions(known.permissions())?;
                }
                file.sync_all()?;
                return Ok(copy);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let is_regular = fs::symlink_metadata(&copy).is_ok_and(|known| known.is_file());
                if is_regular && fs::read(&copy).is_ok_and(|kept| kept == bytes) {
                    return Ok(copy);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("there are {COPIES_MAX} copies already")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_takes_the_place_of_what_a_link_leads_to_and_what_is_not_put_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        fs::write(&file, "old").unwrap();
        let link = folder.path().join("link.yaml");
        #[cfg(unix)]
        std::os::unix::fs::symlink("a.yaml", &link).unwrap();
        #[cfg(not(unix))]
        fs::copy(&file, &link).unwrap();
        drop(Replacement::stage(&link, b"never").unwrap());
        assert_eq!(fs::read_to_string(&link).unwrap(), "old");
        Replacement::stage(&link, b"new").unwrap().put().unwrap();
        assert_eq!(fs::read_to_string(&link).unwrap(), "new");
        assert_eq!(fs::symlink_metadata(&link).unwrap().is_symlink(), cfg!(unix));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn copies_never_overwrite_one_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        let keep = |bytes: &[u8]| {
            let copy = keep_beside(&file, "kept", bytes).unwrap();
            copy.file_name().unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(
            [keep(b"1"), keep(b"2"), keep(b"1"), keep(b"2")],
            ["a.yaml.kept", "a.yaml.kept-2", "a.yaml.kept", "a.yaml.kept-2"]
        );
    }
}
