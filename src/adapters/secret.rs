//! Reads secrets from where the rule set says they are found.
//!
//! A secret that cannot be read is a fault of the moment: the file may be there again tomorrow, and no mail
//! is given up for it.

use crate::ports::{Cause, Failure};
use crate::ruleset::account::SecretPlace;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// The longest file or output that is looked at.
const BYTES_MAX: u64 = 64 * 1024;

/// How long a command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// A shorter text is not taken for a secret in the words of a server.
const FORM_CHARS_MIN: usize = 4;

/// How often a command that has said everything is asked whether it has ended.
const END_CHECK_EVERY: Duration = Duration::from_millis(5);

/// A password or token. Nothing prints it, and its memory is overwritten when it is no longer needed.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the one line in which the server must see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A failure without this secret, should a server have repeated in its words what it was told: they are shown
    /// to people and stand in logs.
    pub fn blotted(&self, failure: Failure) -> Failure {
        let said = failure.to_string();
        let mut blotted = said.clone();
        for form in self.forms() {
            blotted = blotted.replace(form.as_str(), "…");
        }
        match failure {
            kept if blotted == said => kept,
            Failure::Transient(_) => Failure::Transient(Cause::new(blotted)),
            Failure::Permanent(_) => Failure::Permanent(Cause::new(blotted)),
        }
    }

    /// How it may stand in a text: as it is, and within base64, where its letters depend on how many bytes are before
    /// it. What is shorter than [`FORM_CHARS_MIN`] would blot out words that have nothing to do with it.
    fn forms(&self) -> Vec<Zeroizing<String>> {
        let mut forms = vec![self.0.clone()];
        for before in 0..3 {
            let mut bytes = Zeroizing::new(vec![0; before]);
            bytes.extend_from_slice(self.reveal().as_bytes());
            let letters = Zeroizing::new(BASE64.encode(&*bytes));
            // The first letters and the last one hold bits of what stands beside the secret, too.
            let own = letters.get((before * 8).div_ceil(6)..bytes.len() * 8 / 6).unwrap_or_default();
            forms.push(Zeroizing::new(own.to_owned()));
        }
        forms.retain(|form| form.len() >= FORM_CHARS_MIN);
        forms
    }
}

impl Clone for Secret {
    fn clone(&self) -> Self {
        Self::new(self.reveal())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Reads the secret that is found in this place: the first line, without its line break.
pub fn read(place: &SecretPlace) -> Result<Secret, Failure> {
    match place {
        SecretPlace::Env(name) => {
            let value = std::env::var_os(name).ok_or_else(|| {
                failed(format!("the environment variable `{name}` with the secret is not set"))
            })?;
            let value = value.into_string().map_err(|_| {
                failed(format!("the secret in the environment variable `{name}` is not UTF-8"))
            })?;
            first_line(value.into_bytes(), &format!("the environment variable `{name}`"))
        }
        SecretPlace::File(path) => {
            let bytes = File::open(path).and_then(bounded).map_err(|error| {
                let sentence = format!("the file `{path}` with the secret cannot be read: {error}");
                Failure::Transient(Cause::from_error(sentence, error))
            })?;
            first_line(bytes, &format!("the file `{path}`"))
        }
        SecretPlace::Command(words) => from_command(words, COMMAND_TIMEOUT),
    }
}

fn failed(sentence: String) -> Failure {
    Failure::Transient(Cause::new(sentence))
}

fn bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn first_line(bytes: Vec<u8>, place: &str) -> Result<Secret, Failure> {
    let bytes = Zeroizing::new(bytes);
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text =
        std::str::from_utf8(line).map_err(|_| failed(format!("the secret in {place} is not UTF-8")))?;
    if text.is_empty() {
        return Err(failed(format!("{place} holds no secret: its first line is empty")));
    }
    Ok(Secret::new(text))
}

/// Runs the command itself, without a shell. What it writes to its standard error is not looked at, since a
/// program may well put the secret there.
fn from_command(words: &[String], timeout: Duration) -> Result<Secret, Failure> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(failed("the command for the secret is empty".to_owned()));
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            let sentence = format!("the command `{program}` for the secret cannot be started: {error}");
            Failure::Transient(Cause::from_error(sentence, error))
        })?;
    let deadline = Instant::now() + timeout;
    let output = output_until(&mut child, deadline);
    let ended = output.as_ref().ok().and_then(|_| end_until(&mut child, deadline));
    if ended.is_none() {
        // Both fail only where the command has ended in the meantime.
        let _gone = child.kill();
        let _ended = child.wait();
    }
    match (output, ended) {
        (Err(Some(error)), _) => {
            let sentence = format!("the output of the command `{program}` cannot be read: {error}");
            Err(Failure::Transient(Cause::from_error(sentence, error)))
        }
        (Ok(bytes), Some(status)) if status.success() => {
            first_line(bytes, &format!("the output of the command `{program}`"))
        }
        (Ok(_), Some(status)) => {
            Err(failed(format!("the command `{program}` gave no secret: it ended with {status}")))
        }
        (Err(None), _) | (Ok(_), None) => {
            let secs = timeout.as_secs();
            Err(failed(format!("the command `{program}` for the secret did not end within {secs} seconds")))
        }
    }
}

/// What the command writes, read on a thread of its own so that a silent command holds up nobody.
/// `Err(None)`: the time is over.
fn output_until(child: &mut Child, deadline: Instant) -> Result<Vec<u8>, Option<io::Error>> {
    let Some(stdout) = child.stdout.take() else {
        return Ok(Vec::new());
    };
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more where the time was over.
        let _late = sender.send(bounded(stdout));
    });
    match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(read) => read.map_err(Some),
        Err(_) => Err(None),
    }
}

fn end_until(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(END_CHECK_EVERY),
            Ok(None) | Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> SecretPlace {
        SecretPlace::Command(words.iter().map(|&word| word.to_owned()).collect())
    }

    #[test]
    fn a_secret_is_the_first_line_of_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        for (written, secret) in [
            ("hunter2", "hunter2"),
            ("hunter2\n", "hunter2"),
            ("hunter2\r\nsecond\n", "hunter2"),
            (" spaces stay \n", " spaces stay "),
            ("grün\n", "grün"),
        ] {
            std::fs::write(&path, written).unwrap();
            let place = SecretPlace::File(path.to_string_lossy().into_owned());
            assert_eq!(read(&place).unwrap().reveal(), secret, "{written:?}");
            let shown = path.to_string_lossy().into_owned();
            assert_eq!(read(&command(&["cat", &shown])).unwrap().reveal(), secret, "{written:?}");
        }
        assert!(!read(&SecretPlace::Env("PATH".into())).unwrap().reveal().is_empty());
    }

    #[test]
    fn what_gives_no_secret_is_named_and_worth_another_attempt() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty").to_string_lossy().into_owned();
        std::fs::write(&empty, "\nsecond line").unwrap();
        let binary = folder.path().join("binary").to_string_lossy().into_owned();
        std::fs::write(&binary, b"\xff\xfe").unwrap();
        let cases = [
            (
                SecretPlace::Env("POSTROOM_TEST_UNSET".into()),
                "`POSTROOM_TEST_UNSET` with the secret is not set",
            ),
            (
                SecretPlace::File("/nowhere/password".into()),
                "`/nowhere/password` with the secret cannot be read",
            ),
            (SecretPlace::File(empty), "holds no secret: its first line is empty"),
            (SecretPlace::File(binary), "is not UTF-8"),
            (command(&["false"]), "the command `false` gave no secret"),
            (command(&["true"]), "holds no secret"),
            (command(&["/nowhere/give-secret"]), "cannot be started"),
            (command(&[]), "the command for the secret is empty"),
        ];
        for (place, expected) in cases {
            let failure = read(&place).unwrap_err();
            assert!(matches!(failure, Failure::Transient(_)), "{place:?}");
            assert!(failure.to_string().contains(expected), "{failure}");
        }
    }

    #[test]
    fn a_command_that_does_not_end_is_stopped() {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let short = Duration::from_millis(50);
        let silent = from_command(&words(&["sleep", "600"]), short).unwrap_err();
        assert!(silent.to_string().contains("did not end"), "{silent}");
        // `yes` is cut off by the limit and then stopped by its broken pipe
        assert!(from_command(&words(&["yes"]), Duration::from_secs(5)).is_err());
    }

    #[test]
    fn a_server_that_repeats_a_secret_does_not_bring_it_into_an_error() {
        let secret = Secret::new("hunter2!");
        for before in ["", "\0", "\0alice\0", "user=al\x01auth=Bearer "] {
            let line = base64::engine::general_purpose::STANDARD.encode(format!("{before}hunter2!\x01\x01"));
            let failure = Failure::Permanent(Cause::new(format!("`x:1` says `AUTH {line}`, or hunter2!")));
            let said = secret.blotted(failure).to_string();
            assert!(!said.contains("hunter2!"), "{said}");
            let shown = said.split('`').nth(3).unwrap();
            assert!(shown.contains('…') && shown.len() < line.len() + 5, "{before:?}: {said}");
        }
        for (secret, said) in [("hunter2", "`x:1` refuses the login: no"), ("no", "no such login")] {
            let failure = Secret::new(secret).blotted(Failure::Transient(Cause::new(said)));
            assert_eq!(
                (failure.to_string().as_str(), matches!(failure, Failure::Transient(_))),
                (said, true)
            );
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }
}
