//! What was cut off a text, on which evidence, and how sure that is (SPEC U9).

use serde::{Deserialize, Serialize};

/// Lines of `text` that are not part of the reply portion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cut {
    /// Where these lines are found instead.
    pub part: CutPart,
    /// What shows that they are no words of the writer.
    pub evidence: CutEvidence,
    /// Their first line in `text`, from 1. Where an attribution stands behind words of the reply, that line is in both.
    pub first_line: usize,
    /// Their last line.
    pub last_line: usize,
    /// How sure that is.
    pub sureness: Sureness,
}

/// Where lines are found that were cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CutPart {
    /// In `quoted`: an earlier mail.
    Quoted,
    /// In `signature`: who wrote it, with which program, and what a lawyer asked for.
    Signature,
}

/// What shows where a reply ends.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CutEvidence {
    /// `>` before each line.
    QuoteMarks,
    /// A line such as `On … wrote:`.
    Attribution,
    /// A line such as `-----Original Message-----`.
    OriginalMessage,
    /// `From:`, `Sent:`, `To:`, `Subject:`.
    HeaderBlock,
    /// A desk's line that asks to write above it.
    ReplyMarker,
    /// A container that the mail program marks as quoted in its HTML.
    HtmlContainer,
    /// A container that the mail program marks as a signature in its HTML.
    HtmlSignature,
    /// `-- ` on a line of its own (RFC 3676 §4.3).
    SignatureMark,
    /// A line such as `Sent from my phone`.
    DeviceLine,
    /// A paragraph that begins as disclaimers do.
    Disclaimer,
}

/// How sure the reader is of what it cut.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Sureness {
    /// A program wrote the mark, or there was nothing to cut.
    #[default]
    Certain,
    /// A person might have written it, but hardly so.
    Likely,
    /// There were signs of a quotation, but cutting there might have lost words: they are kept.
    Doubtful,
}

impl CutEvidence {
    /// The word that JSON and traces have for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::QuoteMarks => "quote_marks",
            Self::Attribution => "attribution",
            Self::OriginalMessage => "original_message",
            Self::HeaderBlock => "header_block",
            Self::ReplyMarker => "reply_marker",
            Self::HtmlContainer => "html_container",
            Self::HtmlSignature => "html_signature",
            Self::SignatureMark => "signature_mark",
            Self::DeviceLine => "device_line",
            Self::Disclaimer => "disclaimer",
        }
    }
}

impl Sureness {
    /// The word that JSON and traces have for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Doubtful => "doubtful",
        }
    }
}
