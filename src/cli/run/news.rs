//! What comes from outside while the service runs: signals, and changes of the rule files.

use crate::cli::Trouble;
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::thread;

/// Something that the service must heed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// Come to an end.
    Stop,
    /// Read the rules anew: somebody asked for it.
    Reload,
    /// A rule file has changed on disk.
    RulesChanged,
}

/// Hears signals from now on. A second signal to stop ends the program at once.
pub(super) fn hear_signals(news: Sender<News>) -> Result<(), Trouble> {
    let unheard = |error: std::io::Error| Trouble::new(format!("signals cannot be heard: {error}"));
    let is_asked_to_stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        let _registered =
            flag::register_conditional_shutdown(signal, 1, Arc::clone(&is_asked_to_stop)).map_err(unheard)?;
        let _registered = flag::register(signal, Arc::clone(&is_asked_to_stop)).map_err(unheard)?;
    }
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP]).map_err(unheard)?;
    let hear = move || {
        for signal in signals.forever() {
            let heard = if signal == SIGHUP { News::Reload } else { News::Stop };
            if news.send(heard).is_err() {
                return;
            }
        }
    };
    let _ends_with_the_program =
        thread::Builder::new().name("signals".to_owned()).spawn(hear).map_err(unheard)?;
    Ok(())
}

/// Watches the folders of rule files. A folder is watched and not the file, because editors write a new file
/// and give it the old one's name.
pub(super) struct RuleWatch {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
    /// The names of the files; a folder may hold much that is no rule file.
    names: Arc<Mutex<BTreeSet<OsString>>>,
}

impl RuleWatch {
    pub(super) fn begin(news: Sender<News>) -> notify::Result<Self> {
        let names: Arc<Mutex<BTreeSet<OsString>>> = Arc::default();
        let known = Arc::clone(&names);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // What cannot be watched any more is told by nobody; SIGHUP is still there.
            let Ok(event) = event else { return };
            let known = super::house::held(&known);
            let is_rule_file = |path: &PathBuf| path.file_name().is_some_and(|name| known.contains(name));
            if !event.kind.is_access() && event.paths.iter().any(is_rule_file) {
                let _gone = news.send(News::RulesChanged);
            }
        })?;
        Ok(Self { watcher, folders: BTreeSet::new(), names })
    }

    /// Watches these files, and earlier ones no more.
    pub(super) fn watch(&mut self, files: &BTreeSet<PathBuf>) {
        let names = files.iter().filter_map(|file| file.file_name().map(OsString::from));
        *super::house::held(&self.names) = names.collect();
        let folder_of = |file: &PathBuf| match file.parent() {
            Some(folder) if folder != Path::new("") => folder.to_path_buf(),
            _ => PathBuf::from("."),
        };
        let mut folders: BTreeSet<PathBuf> = files.iter().map(folder_of).collect();
        folders.retain(|folder| folder.is_dir());
        for folder in self.folders.difference(&folders) {
            let _gone = self.watcher.unwatch(folder);
        }
        for folder in folders.difference(&self.folders) {
            if let Err(error) = self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                tracing::warn!(
                    folder = %folder.display(), fault = %error,
                    "changes of rules in this folder are not noticed; send SIGHUP after a change"
                );
            }
        }
        self.folders = folders;
    }
}
