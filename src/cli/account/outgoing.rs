//! The test of an outgoing server: a mail is sent, and every step is shown.

use crate::adapters::compose::Marks;
use crate::adapters::net::Patience;
use crate::adapters::probe::{self, Step, TestMail, Verdict};
use crate::cli::output::{Out, Tone, one_line};
use crate::cli::{Exit, Format, Trouble};
use crate::ruleset::account::Outgoing;
use crate::vocab::AddrSpec;

/// The subject of a test mail where none is named.
const SUBJECT: &str = "Test of the outgoing server";

/// The mail that an outgoing server is tried with.
#[derive(Debug, clap::Args)]
pub(super) struct MailArgs {
    /// Who reads the test mail; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
    /// Who reads it, too
    #[arg(long, value_name = "ADDRESS")]
    cc: Vec<String>,
    /// Who reads it without the others' knowledge
    #[arg(long, value_name = "ADDRESS")]
    bcc: Vec<String>,
    /// Its subject; of an account, words in the subject of the mail to look for
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// Its text; may be empty
    #[arg(long, value_name = "TEXT", default_value = "")]
    message: String,
}

impl MailArgs {
    /// Somebody is named to read a mail.
    pub(super) fn has_readers(&self) -> bool {
        [&self.to, &self.cc, &self.bcc].iter().any(|named| !named.is_empty())
    }

    /// The subject, where one is named.
    pub(super) fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }
}

pub(super) fn run(
    server: &Outgoing,
    loop_mark: &str,
    mail: &MailArgs,
    format: Format,
    out: &mut Out,
) -> Result<Exit, Trouble> {
    if mail.to.is_empty() {
        return Err(Trouble::usage(format!(
            "who reads the test mail? `{}` is an outgoing server: say --to ADDRESS",
            server.name
        )));
    }
    let mail = TestMail {
        to: addresses(&mail.to)?,
        cc: addresses(&mail.cc)?,
        bcc: addresses(&mail.bcc)?,
        subject: mail.subject().unwrap_or(SUBJECT).to_owned(),
        text: mail.message.clone(),
    };
    let marks = Marks { loop_mark, rules: None };
    let ended =
        probe::outgoing(server, &mail, marks, Patience::default(), &mut |step| show(&step, format, out));
    match (ended, format) {
        (Ok(()), _) => Ok(Exit::Done),
        // What failed was shown as a step.
        (Err(_), Format::Json) => Ok(Exit::CouldNotRun),
        (Err(failure), Format::Text) => Err(failure.into()),
    }
}

/// One step as soon as it has ended: a line for people, or one of JSON.
pub(super) fn show(step: &Step, format: Format, out: &mut Out) {
    match format {
        Format::Json => out.json_line(step),
        Format::Text => {
            let (tone, word) = match step.verdict {
                Verdict::Good => (Tone::Good, "ok    "),
                Verdict::Doubtful => (Tone::Mild, "doubt "),
                Verdict::Bad => (Tone::Bad, "failed"),
            };
            let word = out.toned(tone, word);
            out.line(format_args!("{word}  {:<12}  {}", step.stage.title(), one_line(&step.found)));
        }
    }
    out.bring_out();
}

fn addresses(texts: &[String]) -> Result<Vec<AddrSpec>, Trouble> {
    let parse = |text: &String| {
        AddrSpec::parse(text).ok_or_else(|| Trouble::usage(format!("`{}` is not an address", one_line(text))))
    };
    texts.iter().map(parse).collect()
}
