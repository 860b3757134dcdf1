//! The one place that prints: results to standard output, remarks to standard error.
//!
//! A reader who goes away (`postroom … | head`) is no fault: what is left is not printed, and the work goes on.

use super::Trouble;
use super::render::shown;
use super::screen::json;
use anstream::{AutoStream, ColorChoice};
use comfy_table::{ContentArrangement, Row, Table, presets};
use std::fmt;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

/// Standard output while a command prints its results.
pub(super) struct Out {
    stream: BufWriter<StdoutLock<'static>>,
    fault: Option<io::Error>,
    is_terminal: bool,
    has_colour: bool,
}

impl fmt::Debug for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Out").field("fault", &self.fault).finish_non_exhaustive()
    }
}

/// How a word is shown where there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it should be.
    Good,
    /// Somebody may want to look.
    Mild,
    /// Somebody must look.
    Bad,
    /// Beside the point.
    Dim,
}

impl Out {
    /// Takes standard output.
    pub(super) fn new() -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let has_colour = is_terminal && AutoStream::choice(&stdout) != ColorChoice::Never;
        Self { stream: BufWriter::new(stdout.lock()), fault: None, is_terminal, has_colour }
    }

    /// Prints one line.
    pub(super) fn line(&mut self, line: impl fmt::Display) {
        self.attempt(|stream| writeln!(stream, "{line}"));
        if self.is_terminal {
            self.bring_out();
        }
    }

    /// Prints text that brings its own line ends.
    pub(super) fn text(&mut self, text: impl fmt::Display) {
        self.attempt(|stream| write!(stream, "{text}"));
    }

    /// Hands bytes through as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.attempt(|stream| stream.write_all(bytes));
    }

    /// Prints a value as JSON on one line.
    pub(super) fn json_line(&mut self, value: &impl serde::Serialize) {
        self.attempt(|stream| {
            serde_json::to_writer(&mut *stream, value)?;
            stream.write_all(b"\n")
        });
    }

    /// Prints a value as JSON for people to read.
    pub(super) fn json(&mut self, value: &impl serde::Serialize) {
        self.attempt(|stream| writeln!(stream, "{}", json(&serde_json::to_value(value)?)));
    }

    /// Brings out what was printed so far.
    pub(super) fn bring_out(&mut self) {
        self.attempt(io::Write::flush);
    }

    /// Ends the printing; a fault other than a reader who went away is told.
    pub(super) fn finish(&mut self) -> Result<(), Trouble> {
        self.bring_out();
        match self.fault.take() {
            Some(fault) if fault.kind() != io::ErrorKind::BrokenPipe => {
                Err(Trouble::new(format!("the results cannot be printed: {fault}")))
            }
            _ => Ok(()),
        }
    }

    /// A word in its colour.
    pub(super) fn toned(&self, tone: Tone, word: &str) -> String {
        let code = match tone {
            _ if !self.has_colour => return word.to_owned(),
            Tone::Good => "32",
            Tone::Mild => "33",
            Tone::Bad => "31",
            Tone::Dim => "2",
        };
        format!("\u{1b}[{code}m{word}\u{1b}[0m")
    }

    /// Prints a table; on a terminal it keeps to the terminal's width.
    pub(super) fn table<R: Into<Row>>(&mut self, header: &[&str], rows: impl IntoIterator<Item = R>) {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(header.to_vec());
        for row in rows {
            table.add_row(row);
        }
        if self.is_terminal
            && let Some((width, _)) = terminal_size::terminal_size()
        {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width.0);
        }
        for line in table.lines() {
            self.line(line.trim_end());
        }
    }

    fn attempt(&mut self, write: impl FnOnce(&mut BufWriter<StdoutLock<'static>>) -> io::Result<()>) {
        if self.fault.is_none() {
            self.fault = write(&mut self.stream).err();
        }
    }
}

/// For whoever prints piece by piece; a fault is kept until the end here, too.
impl io::Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bring_out();
        Ok(())
    }
}

/// Says something beside the results.
pub(super) fn remark(text: impl fmt::Display) {
    // Nobody can be told that standard error is gone.
    let _gone = writeln!(io::stderr().lock(), "{text}");
}

/// Says why a command could not do what it was asked.
pub(super) fn error(text: impl fmt::Display) {
    remark(format_args!("postroom: {text}"));
}

/// Whether findings on standard error may have colour.
pub(super) fn stderr_has_colour() -> bool {
    let stderr = io::stderr();
    stderr.is_terminal() && AutoStream::choice(&stderr) != ColorChoice::Never
}

/// A text from outside on one line, without anything that a terminal would obey.
pub(super) fn one_line(text: &str) -> String {
    shown(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The end of a long text, or its whole: of a path the end tells more.
pub(super) fn ending(text: &str, chars_max: usize) -> String {
    let text = one_line(text);
    let count = text.chars().count();
    if count <= chars_max {
        return text;
    }
    std::iter::once('…').chain(text.chars().skip(count + 1 - chars_max)).collect()
}

/// The beginning of a long text, or its whole.
pub(super) fn beginning(text: &str, chars_max: usize) -> String {
    let text = one_line(text);
    if text.chars().count() <= chars_max {
        return text;
    }
    text.chars().take(chars_max.saturating_sub(1)).chain(std::iter::once('…')).collect()
}
