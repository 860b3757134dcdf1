//! The tutorial, done as a newcomer does it: every file written, every command run, every output held against the page.
//!
//! `UPDATE_TUTORIAL=1 cargo nextest run tutorial` writes what the commands print into the page, to be read before it
//! is kept.

use regex::Regex;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/TUTORIAL.md");

/// A fenced block of the page.
enum Block {
    /// A file to be written, by its name.
    File(String, String),
    /// More lines for a file.
    More(String, String),
    /// Lines of a file, and behind `---` those that take their place.
    Edit(String, String),
    /// Commands behind `$ `, each with what it prints.
    Session(Vec<(String, String)>),
}

/// The text between blocks, and the blocks.
enum Part {
    Text(String),
    Block(String, Block),
}

fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut lines = page.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let Some(info) = line.trim_end().strip_prefix("```") else {
            text.push_str(line);
            continue;
        };
        let body: String = lines.by_ref().take_while(|line| line.trim_end() != "```").collect();
        let file = |key: &str| info.split_once(key).map(|(_, file)| file.to_owned());
        let block = if let Some(file) = file(" title=") {
            Block::File(file, body)
        } else if let Some(file) = file(" append=") {
            Block::More(file, body)
        } else if let Some(file) = file(" edit=") {
            Block::Edit(file, body)
        } else if info == "console" {
            Block::Session(session(&body))
        } else {
            write!(text, "```{info}\n{body}```\n").unwrap();
            continue;
        };
        parts.push(Part::Text(std::mem::take(&mut text)));
        parts.push(Part::Block(info.to_owned(), block));
    }
    parts.push(Part::Text(text));
    parts
}

fn session(body: &str) -> Vec<(String, String)> {
    let mut session: Vec<(String, String)> = Vec::new();
    for line in body.split_inclusive('\n') {
        match (line.strip_prefix("$ "), session.last_mut()) {
            (Some(command), _) => session.push((command.trim_end().to_owned(), String::new())),
            (None, Some((_, output))) => output.push_str(line),
            (None, None) => panic!("a session begins with a command: {line}"),
        }
    }
    session
}

/// A shell of the newcomer's, in the folder where they are now.
struct Shell {
    home: PathBuf,
    folder: PathBuf,
}

impl Shell {
    fn run(&mut self, command: &str) -> String {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.folder = self.folder.join(folder).canonicalize().unwrap();
            return String::new();
        }
        let binary = Path::new(env!("CARGO_BIN_EXE_postroom")).parent().unwrap();
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-c", &format!("{command} 2>&1")])
            .current_dir(&self.folder)
            .env("PATH", path)
            .env_remove("SUDO_USER")
            .env("NO_COLOR", "1")
            .env("USER", "you")
            .output()
            .unwrap();
        let home = self.home.to_str().unwrap();
        String::from_utf8(output.stdout).unwrap().replace(home, "/home/you")
    }
}

/// What is another thing each time: durations, instants, digests.
fn settled(text: &str) -> String {
    let changing = [
        (r"\b\d+(\.\d+)? m?s\b", "N ms"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z| UTC)?", "DATE"),
        (r"\b[0-9a-f]{8,64}\b", "DIGEST"),
        (r" +\n", "\n"),
    ];
    changing.iter().fold(text.to_owned(), |text, (pattern, with)| {
        Regex::new(pattern).unwrap().replace_all(&text, *with).into_owned()
    })
}

#[test]
fn tutorial_prints_what_it_says() {
    let page = fs::read_to_string(PAGE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().canonicalize().unwrap();
    let mut shell = Shell { folder: home.clone(), home };
    let is_update = std::env::var_os("UPDATE_TUTORIAL").is_some();
    let (mut written, mut commands) = (String::new(), 0);
    for part in parts(&page) {
        match part {
            Part::Text(text) => written.push_str(&text),
            Part::Block(info, Block::File(name, body)) => {
                fs::write(shell.folder.join(name), &body).unwrap();
                write!(written, "```{info}\n{body}```\n").unwrap();
            }
            Part::Block(info, Block::More(name, body)) => {
                let file = shell.folder.join(name);
                fs::write(&file, fs::read_to_string(&file).unwrap() + &body).unwrap();
                write!(written, "```{info}\n{body}```\n").unwrap();
            }
            Part::Block(info, Block::Edit(name, body)) => {
                let file = shell.folder.join(name);
                let text = fs::read_to_string(&file).unwrap();
                let (old, new) = body.split_once("---\n").unwrap();
                assert_eq!(text.matches(old).count(), 1, "{old}");
                fs::write(&file, text.replace(old, new)).unwrap();
                write!(written, "```{info}\n{body}```\n").unwrap();
            }
            Part::Block(_, Block::Session(session)) => {
                written.push_str("```console\n");
                for (command, expected) in session {
                    let printed = shell.run(&command);
                    commands += 1;
                    if !is_update {
                        assert_eq!(settled(&printed), settled(&expected), "$ {command}\n{printed}");
                    }
                    let kept = if settled(&printed) == settled(&expected) { &expected } else { &printed };
                    write!(written, "$ {command}\n{kept}").unwrap();
                }
                written.push_str("```\n");
            }
        }
    }
    assert!(commands >= 12, "the tutorial goes the whole way: {commands} commands");
    if is_update {
        fs::write(PAGE, written).unwrap();
    } else {
        assert_eq!(written, page, "the page is read as it is written");
    }
}
