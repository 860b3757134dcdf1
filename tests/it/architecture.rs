//! Holds the sources against the plan of the house: who may use whom, how large a file is, what a floor may
//! touch, and that every finding has its page.

use postroom::cli::explain::pages;
use postroom::ruleset::waiver;
use regex::Regex;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each floor and those that it may use; `cli` may use all.
const FLOORS: [(&str, &[&str]); 8] = [
    ("vocab", &[]),
    ("diagnostic", &[]),
    ("message", &["vocab"]),
    ("ruleset", &["vocab", "diagnostic"]),
    ("engine", &["vocab", "diagnostic", "message", "ruleset"]),
    ("ports", &["vocab"]),
    ("adapters", &["vocab", "diagnostic", "message", "ruleset", "ports"]),
    ("runtime", &["vocab", "diagnostic", "message", "ruleset", "engine", "ports"]),
];

/// The floors that open nothing and ask no clock.
const PURE: [&str; 5] = ["vocab", "diagnostic", "message", "ruleset", "engine"];

/// What they may not name.
const IMPURE: [&str; 6] =
    ["std::fs", "SystemTime", "Instant::now", "std::env", "Timestamp::now", "Zoned::now"];

const LINES_MAX: usize = 700;

const NAMES_WITHOUT_MEANING: [&str; 7] =
    ["utils", "common", "helpers", "types", "manager", "service", "handler"];

struct File {
    path: PathBuf,
    text: String,
}

impl File {
    fn floor(&self) -> String {
        let first = self.path.components().nth(1).expect("below src").as_os_str().to_string_lossy();
        first.trim_end_matches(".rs").to_owned()
    }

    /// The text without comments, and without the tests at its end.
    fn code(&self) -> String {
        let code = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let without_comment = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
        code.lines().map(without_comment).collect::<Vec<_>>().join("\n")
    }

    fn is_test(&self) -> bool {
        let name = self.path.file_stem().expect("a name").to_string_lossy();
        name == "tests" || name == "testing"
    }
}

fn sources() -> Vec<File> {
    fn walk(folder: &Path, files: &mut Vec<File>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                files.push(File { path, text });
            }
        }
    }
    let mut files = Vec::new();
    walk(Path::new("src"), &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The floors that a file names: `crate::x`, and `use crate::{x, y}`.
fn used(code: &str) -> BTreeSet<String> {
    let single = Regex::new(r"\bcrate::([a-z_]+)").expect("a pattern");
    let group = Regex::new(r"\bcrate::\{([^;]*)\}").expect("a pattern");
    let mut used: BTreeSet<String> = single.captures_iter(code).map(|found| found[1].to_owned()).collect();
    for found in group.captures_iter(code) {
        let mut depth = 0;
        let at_top: String = found[1]
            .chars()
            .filter(|c| {
                depth += i32::from(*c == '{') - i32::from(*c == '}');
                depth == 0
            })
            .collect();
        used.extend(at_top.split(',').filter_map(|path| path.trim().split("::").next()).map(str::to_owned));
    }
    used.retain(|name| !name.is_empty());
    used
}

#[test]
fn every_floor_uses_only_those_that_it_may() {
    let mut wrong = Vec::new();
    for file in sources() {
        let floor = file.floor();
        let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| *name == floor) else {
            assert!(["cli", "lib", "main"].contains(&floor.as_str()), "no floor is called `{floor}`");
            continue;
        };
        let code = if file.is_test() { String::new() } else { file.code() };
        let beyond =
            used(&code).into_iter().filter(|name| *name != floor && !allowed.contains(&name.as_str()));
        wrong.extend(beyond.map(|name| format!("{} uses {name}", file.path.display())));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn floors_that_decide_touch_nothing_outside() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| PURE.contains(&file.floor().as_str()) && !file.is_test()) {
        let code = file.code();
        let named = IMPURE.iter().filter(|name| code.contains(*name));
        wrong.extend(named.map(|name| format!("{} names {name}", file.path.display())));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_file_is_too_long_and_no_name_is_empty_of_meaning() {
    let mut wrong = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!("{} has {lines} lines", file.path.display()));
        }
        let names = file.path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let empty = |name: &String| NAMES_WITHOUT_MEANING.contains(&name.trim_end_matches(".rs"));
        wrong.extend(names.filter(empty).map(|name| format!("{} is called {name}", file.path.display())));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn imports_are_read_in_every_form() {
    let code =
        "use crate::vocab::Kind;\nlet x = crate::engine::decide();\nuse crate::{ports, cli::{render, open}};";
    assert_eq!(used(code), ["cli", "engine", "ports", "vocab"].map(str::to_owned).into());
}

/// The codes that findings are made with.
fn codes_in_use() -> BTreeSet<String> {
    let made = Regex::new(
        r#"(?:Diagnostic::error|Diagnostic::warning|unknown_name|self\.unknown|self\.fault|self\.say)\(\s*"([a-z0-9-]+)""#,
    )
    .expect("a pattern");
    let files = sources();
    let mut codes = BTreeSet::new();
    for file in files.iter().filter(|file| !file.path.starts_with("src/cli")) {
        let code = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        codes.extend(made.captures_iter(code).map(|found| found[1].to_owned()));
    }
    codes
}

#[test]
fn every_code_in_use_has_a_page() {
    let pages: BTreeSet<String> = pages().map(|page| page.code.to_owned()).collect();
    let without: Vec<String> = codes_in_use().difference(&pages).cloned().collect();
    assert_eq!(without, Vec::<String>::new());
}

/// A warning that a comment could not name could not be waived.
#[test]
fn every_warning_can_be_waived_but_those_about_waivers() {
    let made = Regex::new(r#"Diagnostic::warning\(\s*"([a-z0-9-]+)""#).expect("a pattern");
    let files = sources();
    let files = files.iter().filter(|file| file.path.starts_with("src/ruleset"));
    let texts: Vec<String> = files.map(File::code).collect();
    let warnings: BTreeSet<&str> = texts
        .iter()
        .flat_map(|text| made.captures_iter(text))
        .filter_map(|found| found.get(1).map(|code| code.as_str()))
        .filter(|code| !code.starts_with("waiver-"))
        .collect();
    assert_eq!(warnings, waiver::codes().iter().copied().collect());
}

#[test]
fn every_page_belongs_to_a_code_in_use() {
    let texts: Vec<String> = sources()
        .into_iter()
        .filter(|file| !file.path.starts_with("src/cli/explain"))
        .map(|file| file.text)
        .collect();
    let is_used = |code: &str| {
        texts.iter().any(|text| text.contains(&format!("\"{code}\"")) || text.contains(&format!("[{code}]")))
    };
    let unused: Vec<&str> = pages().map(|page| page.code).filter(|code| !is_used(code)).collect();
    assert_eq!(unused, Vec::<&str>::new());
}
