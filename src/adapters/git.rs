//! Rule files as they stood in a git revision.
//!
//! git is run without a shell. A revision becomes the name of a commit before anything else is asked, so that it can
//! be no option, and files are read as they are stored: no filter, pager or external program of the repository runs.

use super::library::Shelf;
use crate::diagnostic::Source;
use crate::ruleset::layer::Library;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The most bytes that are read of one file.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// The file that a folder of rules begins with.
const RULES_FILE: &str = "postroom.yaml";

/// The files of one commit.
#[derive(Debug)]
pub struct Revision {
    /// As it was named: `HEAD~1`, a tag, a branch.
    name: String,
    /// The commit's own name.
    commit: String,
    /// Where git is asked.
    folder: PathBuf,
}

impl Revision {
    /// The revision of this name in the repository around a folder.
    pub fn open(name: &str, folder: &Path) -> Result<Self, String> {
        let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && c != ':';
        if name.is_empty() || name.starts_with('-') || !name.chars().all(is_plain) {
            return Err(format!("`{name}` is no revision"));
        }
        let mut revision = Self { name: name.to_owned(), commit: String::new(), folder: folder.to_owned() };
        let wanted = format!("{name}^{{commit}}");
        let commit = revision.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        let commit = commit.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let commit = commit.trim();
        if commit.is_empty() || !commit.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(format!("git knows no revision `{name}` here"));
        }
        commit.clone_into(&mut revision.commit);
        Ok(revision)
    }

    /// The rule file at this path, as git writes paths: from the top of the repository, or from the folder where
    /// git is asked if it begins with `./` or `../`. Of a folder it is the `postroom.yaml` in it.
    pub fn rule_file(&self, path: &str) -> Result<Source, String> {
        let mut path = self.below_top(path)?;
        if self.kind(&path)?.as_deref() == Some("tree") {
            path = joined(&path, RULES_FILE)?;
        }
        let bytes = self.blob(&path)?;
        let text = String::from_utf8(bytes).map_err(|_| format!("`{path}` is not written in UTF-8"))?;
        Ok(Source::new(self.shown(&path), text))
    }

    fn below_top(&self, path: &str) -> Result<String, String> {
        if !(path.starts_with("./") || path.starts_with("../")) {
            return joined("", path);
        }
        let prefix = self.git(&["rev-parse", "--show-prefix"])?.unwrap_or_default();
        joined(String::from_utf8_lossy(&prefix).trim_end_matches('\n'), path)
    }

    fn shown(&self, path: &str) -> String {
        format!("{}:{path}", self.name)
    }

    /// The path of a file that findings call by this name.
    fn path_of<'a>(&self, shown: &'a str) -> Option<&'a str> {
        shown.strip_prefix(&self.name)?.strip_prefix(':')
    }

    fn beside(&self, named: &str, from: &str) -> Result<Option<String>, String> {
        let Some(from) = self.path_of(from) else { return Ok(None) };
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        joined(folder, named).map(Some)
    }

    /// `blob`, `tree`, or nothing where there is no such path.
    fn kind(&self, path: &str) -> Result<Option<String>, String> {
        let object = format!("{}:{path}", self.commit);
        let kind = self.git(&["cat-file", "-t", &object])?;
        Ok(kind.map(|kind| String::from_utf8_lossy(&kind).trim().to_owned()))
    }

    fn blob(&self, path: &str) -> Result<Vec<u8>, String> {
        let object = format!("{}:{path}", self.commit);
        self.git(&["cat-file", "blob", &object])?
            .ok_or_else(|| format!("`{}` has no file `{path}`", self.name))
    }

    /// What git prints; nothing where it refuses.
    fn git(&self, arguments: &[&str]) -> Result<Option<Vec<u8>>, String> {
        let mut child = Command::new("git")
            .args(arguments)
            .current_dir(&self.folder)
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("git cannot be run: {error}"))?;
        let mut bytes = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let read = stdout.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
            read.map_err(|error| format!("what git says cannot be read: {error}"))?;
        }
        if bytes.len() as u64 > FILE_BYTES_MAX {
            // nobody waits for the rest; that it is gone already is as good
            drop(child.kill());
            drop(child.wait());
            return Err(format!("a file of `{}` has more than {FILE_BYTES_MAX} bytes", self.name));
        }
        let ended = child.wait().map_err(|error| format!("git did not end: {error}"))?;
        Ok(ended.success().then_some(bytes))
    }
}

impl Library for Revision {
    fn rule_set(&self, named: &str, from: &str) -> Result<Source, String> {
        if let Some(source) = Shelf::built_in(named) {
            return Ok(source);
        }
        match self.beside(named, from)? {
            Some(path) => self.rule_file(&path),
            None => Shelf.rule_set(named, from),
        }
    }

    fn text(&self, path: &str, from: &str) -> Result<Vec<u8>, String> {
        match self.beside(path, from)? {
            Some(path) => self.blob(&path),
            None => Shelf.text(path, from),
        }
    }
}

/// A path below the top of a repository, without `.` and `..`.
fn joined(folder: &str, path: &str) -> Result<String, String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err(format!("`{path}` is outside of the repository"));
                }
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_within_the_repository() {
        assert_eq!(joined("rules/hr", "../base.yaml").as_deref(), Ok("rules/base.yaml"));
        assert_eq!(joined("", "./a//b.yaml").as_deref(), Ok("a/b.yaml"));
        assert!(joined("rules", "../../etc/passwd").is_err());
    }

    #[test]
    fn what_could_be_an_option_is_no_revision() {
        for name in ["", "-p", "--output=x", "HEAD main", "a:b", "a\nb"] {
            let error = Revision::open(name, Path::new(".")).unwrap_err();
            assert!(error.ends_with("is no revision"), "{error}");
        }
    }
}
