//! Puts a text in the place of a file in one step: whoever reads it sees the old one or the new one, whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Puts a text in the place of a file, under its name, with its permissions and, where it may, its owner.
///
/// A link stays a link: what it leads to is replaced. A file that is read-only is left alone, although its folder
/// would allow to replace it. A file that is not there is made.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let known = fs::metadata(&path).ok();
    if known.as_ref().is_some_and(|known| known.permissions().readonly()) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let (unfinished, mut file) = unfinished(&path)?;
    let mut write = || -> io::Result<()> {
        file.write_all(text.as_bytes())?;
        if let Some(known) = &known {
            keep_owner(&file, known);
            file.set_permissions(known.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&unfinished, &path)
    };
    write().inspect_err(|_| {
        // what is half written is of use to nobody
        drop(fs::remove_file(&unfinished));
    })?;
    sync_folder(&path)
}

/// A new file beside the one that it will replace; never one that somebody else has put there.
fn unfinished(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut attempt = 0;
    loop {
        let beside = path.with_file_name(format!(".{name}.{}-{attempt}.new", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            opened => return opened.map(|file| (beside, file)),
        }
    }
}

/// A file of somebody else stays theirs where we may say so; else it belongs to who changed it, as with an editor.
#[cfg(unix)]
fn keep_owner(file: &File, known: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let is_given = fchown(file, Some(known.uid()), Some(known.gid())).is_ok();
    if !is_given {
        drop(fchown(file, None, Some(known.gid())));
    }
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _known: &fs::Metadata) {}

/// The new name is durable only when its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
