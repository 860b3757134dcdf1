//! Brings one mail that a command names: a file, or standard input.

use super::Trouble;
use crate::adapters::files::MAIL_BYTES_MAX;
use std::io::Read;
use std::path::Path;

/// The bytes of a mail; `-` is standard input.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, Trouble> {
    if path == Path::new("-") {
        return read(&mut std::io::stdin().lock(), "standard input");
    }
    let shown = format!("`{}`", path.display());
    if path.is_dir() {
        return Err(Trouble::usage(format!(
            "{shown} is a folder; name one mail (`postroom process` takes whole folders)"
        )));
    }
    let mut file = std::fs::File::open(path)
        .map_err(|error| Trouble::new(format!("the mail {shown} cannot be read: {error}")))?;
    // before its bytes fill the memory
    if file.metadata().is_ok_and(|file| file.len() > MAIL_BYTES_MAX) {
        return Err(too_large(&shown));
    }
    read(&mut file, &shown)
}

fn too_large(shown: &str) -> Trouble {
    Trouble::new(format!("the mail {shown} has more than {MAIL_BYTES_MAX} bytes"))
}

fn read(from: &mut dyn Read, shown: &str) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    let read = from.take(MAIL_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| Trouble::new(format!("the mail {shown} cannot be read: {error}")))?;
    if bytes.len() as u64 > MAIL_BYTES_MAX {
        return Err(too_large(shown));
    }
    Ok(bytes)
}
