//! One service for each store: a lock beside it that ends with the process that holds it.

use crate::cli::{Trouble, time};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Held while the service runs.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// `STORE.lock`, wherever the store is named from.
fn path_of(store: &Path) -> PathBuf {
    let mut path = std::fs::canonicalize(store).unwrap_or_else(|_| store.to_path_buf()).into_os_string();
    path.push(".lock");
    path.into()
}

impl Lock {
    /// Takes the lock of this store, or says who has it.
    pub(super) fn take(store: &Path) -> Result<Self, Trouble> {
        /// `postroom status` holds the lock for an instant.
        const ATTEMPTS: u32 = 5;
        const PAUSE: Duration = Duration::from_millis(100);
        let path = path_of(store);
        let unusable = |error: std::io::Error| {
            Trouble::new(format!("the lock `{}` cannot be used: {error}", path.display()))
        };
        let mut options = OpenOptions::new();
        let opened = options.read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(unusable)?;
        for attempt in 1.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(Trouble::new(format!(
                        "the service runs on this store already: {}; one store has one service, stop that one first",
                        said_in(&mut file)
                    )));
                }
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
            }
        }
        let since = time::shown(time::now());
        file.set_len(0).map_err(unusable)?;
        writeln!(file, "process {}, since {since}", std::process::id()).map_err(unusable)?;
        file.flush().map_err(unusable)?;
        Ok(Self { _file: file })
    }
}

/// Who runs the service of this store; nobody where it does not run.
pub(in crate::cli) fn holder(store: &Path) -> Option<String> {
    let mut file = File::open(path_of(store)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(said_in(&mut file)),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

fn said_in(file: &mut File) -> String {
    /// More is not ours.
    const BYTES_MAX: u64 = 200;
    let mut text = String::new();
    let read = file.rewind().and_then(|()| (&*file).take(BYTES_MAX).read_to_string(&mut text));
    match read {
        Ok(_) if !text.trim().is_empty() => crate::cli::output::one_line(&text),
        _ => "a process that has not said which".to_owned(),
    }
}
