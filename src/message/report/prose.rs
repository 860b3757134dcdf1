//! The recipients of a bounce in prose, each with what is said of it.
//!
//! A text is divided where a line opens with a recipient. What stands below, down to the next such line, is about it;
//! where several open one after the other without a word, it is about all of them.

use super::code::{enhanced_status, smtp_code};
use super::shape::{self, Opening};
use super::transient::{Farewell, Outlook};
use super::{
    Evidence, RECIPIENTS_MAX, ReportRecipient, addressee, after_type, bounce, contact, listed, refusal,
};
use crate::vocab::AddrSpec;
use std::collections::HashMap;

/// How much of the text is searched for recipients.
const TEXT_BYTES_MAX: usize = 128 * 1024;
/// The most stretches of text that are kept for one recipient.
const STRETCHES_MAX: usize = 8;
/// Parts of headings over recipients whose mail is still waiting, in lower case.
const DELAY_HEADINGS: [&str; 9] = [
    "yet to be delivered",
    "transient non-fatal",
    "not yet been delivered",
    "not been delivered yet",
    "has been delayed",
    "is delayed",
    "been delayed",
    "noch nicht zugestellt",
    "temporarily undeliverable",
];
/// What stands beside such words where nobody has got it, in lower case.
const DENIALS: [&str; 6] = [" not ", "n't ", "unsuccessful", "fail", "unable", "without success"];
/// Parts of headings over recipients who have got the mail, in lower case.
const SUCCESS_HEADINGS: [&str; 4] = [
    "successful delivery",
    "successfully delivered",
    "successfully relayed",
    "was delivered to the following",
];
/// Parts of headings over recipients whose mail is given up, in lower case.
const FAILURE_HEADINGS: [&str; 5] =
    ["fatal error", "failed", "could not be delivered", "did not reach", "undeliverable to"];
/// How the subjects of servers begin that put the subject of the mail behind a colon, in lower case.
const FAILURE_SUBJECTS: [&str; 37] = [
    "mail delivery failed",
    "mail delivery failure",
    "mail failure",
    "returned mail",
    "delivery failure",
    "delivery has failed",
    "undeliverable",
    "undelivered",
    "unzustellbar",
    "nicht zugestellt",
    "non remis",
    "échec de remise",
    "no se puede entregar",
    "no entregado",
    "non recapitabile",
    "onbestelbaar",
    "não entregue",
    "não é possível entregar",
    "olevererbart",
    "kan ikke leveres",
    "не удается доставить",
    "недоставленное",
    "配信不能",
    "无法传递",
    "未送达",
    "failure notice",
    "niedostarczalne",
    "nedoručitelné",
    "nedoručiteľné",
    "kézbesíthetetlen",
    "teslim edilemiyor",
    "nelivrat",
    "kan inte levereras",
    "배달되지 않음",
    "message undeliverable",
    "message not delivered",
    "undeliverable mail",
];

/// What a text says became of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Failed,
    Delayed,
    Delivered,
}

/// What a stretch of text says, whomever it is about.
#[derive(Debug, Clone)]
struct Verdict {
    status: Option<String>,
    smtp_code: Option<String>,
    outlook: Outlook,
}

impl Verdict {
    fn read(text: &str) -> Self {
        let status = text.lines().filter_map(enhanced_status).find(|status| !status.starts_with('2'));
        let class = status.as_deref().and_then(|status| status.chars().next());
        let smtp_code = text.lines().find_map(|line| smtp_code(&after_type(line), class));
        Self { status, smtp_code, outlook: Outlook::of(text) }
    }

    fn has_code(&self) -> bool {
        self.status.is_some() || self.smtp_code.is_some()
    }

    /// What two stretches say together: the first word counts, and a code only beside a status of its class.
    fn and(self, later: &Self) -> Self {
        let status = self.status.or_else(|| later.status.clone());
        let fits = |code: &String| status.as_deref().is_none_or(|status| status.get(..1) == code.get(..1));
        let smtp_code = self.smtp_code.filter(fits).or_else(|| later.smtp_code.clone().filter(fits));
        Self { smtp_code, outlook: self.outlook.or(later.outlook), status }
    }

    fn recipient(self, address: Option<AddrSpec>, fate: Fate, farewell: Farewell) -> ReportRecipient {
        let class = self.status.as_deref().or(self.smtp_code.as_deref()).and_then(|text| text.chars().next());
        let permanent = fate == Fate::Failed
            && match class {
                Some(class) => class == '5',
                None => !self.outlook.is_transient(farewell),
            };
        let action = match fate {
            Fate::Failed => "failed",
            Fate::Delayed => "delayed",
            Fate::Delivered => "delivered",
        };
        ReportRecipient {
            address: address.map(String::from),
            action: Some(action.to_owned()),
            permanent,
            status: self.status,
            smtp_code: self.smtp_code,
        }
    }
}

/// Where in the text something is said of one or several recipients.
#[derive(Debug)]
struct Stretch {
    start: usize,
    end: usize,
    fate: Option<Fate>,
}

/// The recipients that lines of a text open with, in their order.
#[derive(Debug, Default)]
pub(super) struct Openings {
    addresses: Vec<AddrSpec>,
    /// Which stretches are about an address, by its key.
    by_key: HashMap<String, Vec<usize>>,
    stretches: Vec<Stretch>,
    /// Whether a line is one that only servers write.
    pub(super) has_verdict: bool,
}

impl Openings {
    pub(super) fn read(text: &str) -> Self {
        let mut openings = Self::default();
        let mut fate = None;
        let (mut position, mut shares) = (0, false);
        let (mut is_heading, mut sends_on) = (false, false);
        let mut mark = None;
        // what was said before a verdict such as `554 <a@b.example>... refused` led to it
        let mut dialogue = None;
        for line in text.split_inclusive('\n') {
            let start = position;
            position += line.len();
            let said = line.trim();
            if said.is_empty() {
                continue;
            }
            // an entry of a list that has begun, or an address made a link as the one above
            let is_next = !openings.addresses.is_empty()
                && (mark.is_some() && mark == listed::mark(said) || said.contains("<mailto:"));
            let opening = shape::opening(line, is_heading || shares || is_next)
                .filter(|opening| !(sends_on && opening.is_bare));
            if let Some(opening) = opening {
                mark = listed::mark(said);
                let start = dialogue
                    .take()
                    .filter(|_| said.starts_with('5') || said.starts_with('4'))
                    .unwrap_or(start);
                shares = openings.add(opening, shares, start, position, fate);
                (is_heading, sends_on) = (false, false);
                continue;
            }
            shares = false;
            if said.starts_with("<<<") || said.starts_with(">>>") {
                dialogue = dialogue.or(Some(start));
            }
            let lower = said.to_lowercase();
            is_heading = said.ends_with([':', '：']);
            sends_on = contact::follows(&lower) && !said.ends_with(['.', '!', '?', '。'])
                || contact::ends_in_example(&lower);
            fate = heading(&lower, is_heading || said.starts_with('-')).or(fate);
            if let Some(stretch) = openings.stretches.last_mut() {
                stretch.end = position;
            }
        }
        openings
    }

    /// Adds the recipients of a line; says whether those of the next line would share what is said below.
    fn add(&mut self, opening: Opening, shares: bool, start: usize, end: usize, fate: Option<Fate>) -> bool {
        match self.stretches.last_mut().filter(|_| shares) {
            Some(stretch) => stretch.end = end,
            None => self.stretches.push(Stretch { start, end, fate }),
        }
        self.has_verdict |= opening.is_verdict;
        let stretch = self.stretches.len() - 1;
        for address in opening.addresses {
            let known = self.by_key.entry(address.key()).or_default();
            if known.is_empty() {
                self.addresses.push(address);
            }
            if known.len() < STRETCHES_MAX && known.last() != Some(&stretch) {
                known.push(stretch);
            }
        }
        opening.is_bare
    }

    pub(super) fn addresses(&self) -> &[AddrSpec] {
        &self.addresses
    }
}

/// What a line over recipients says became of their mail; of a failure only a heading does.
fn heading(lower: &str, is_heading: bool) -> Option<Fate> {
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&DELAY_HEADINGS) {
        return Some(Fate::Delayed);
    }
    if says(&SUCCESS_HEADINGS) && !says(&DENIALS) {
        return Some(Fate::Delivered);
    }
    (is_heading && says(&FAILURE_HEADINGS)).then_some(Fate::Failed)
}

/// Whom a bounce in prose is about, and what became of each. Never empty; the address of the only one may be unknown.
pub(super) fn recipients(evidence: &Evidence<'_, '_>) -> Vec<ReportRecipient> {
    let text = bounce::own_text(evidence.text, TEXT_BYTES_MAX);
    let openings = Openings::read(text);
    let mut addresses = addressee::find(evidence, text, openings.addresses());
    addresses.truncate(RECIPIENTS_MAX);
    let subject = evidence.subject.to_lowercase();
    let warns = refusal::is_warning(&subject) && !quotes_a_subject(&subject);
    let own = bounce::own_text(evidence.text, bounce::TEXT_BYTES_MAX);
    let is_returned = refusal::is_in_subject(&subject) && !refusal::is_warning(&subject);
    let farewell = Farewell::of(own, is_returned || refusal::is_said(own));
    if addresses.len() < 2 {
        let whole = Verdict::read(own);
        let said = openings.stretches.iter().find_map(|stretch| stretch.fate);
        let address = addresses.pop();
        let fate = fate(said, warns, &whole);
        return vec![whole.recipient(address, fate, farewell)];
    }
    each(addresses, text, &openings, warns, farewell)
}

/// Whether a subject in lower case repeats that of the mail behind its own words.
fn quotes_a_subject(subject: &str) -> bool {
    FAILURE_SUBJECTS.iter().any(|words| {
        subject.strip_prefix(words).is_some_and(|rest| rest.trim_start().starts_with([':', '：']))
    })
}

/// What became of a mail: what the heading over its recipient says, or else whether the whole only warns. Nobody waits
/// after a refusal for good.
fn fate(said: Option<Fate>, warns: bool, verdict: &Verdict) -> Fate {
    let code = verdict.status.as_deref().or(verdict.smtp_code.as_deref());
    match said {
        Some(Fate::Delivered) if !code.is_some_and(|code| code.starts_with(['4', '5'])) => Fate::Delivered,
        _ if code.is_some_and(|code| code.starts_with('5')) => Fate::Failed,
        Some(Fate::Delayed) => Fate::Delayed,
        _ if warns => Fate::Delayed,
        _ => Fate::Failed,
    }
}

fn each(
    addresses: Vec<AddrSpec>,
    text: &str,
    openings: &Openings,
    warns: bool,
    farewell: Farewell,
) -> Vec<ReportRecipient> {
    let verdicts: Vec<Verdict> = openings
        .stretches
        .iter()
        .map(|stretch| Verdict::read(text.get(stretch.start..stretch.end).unwrap_or_default()))
        .collect();
    let head_end = openings.stretches.first().map_or(text.len(), |stretch| stretch.start);
    let head = Verdict::read(text.get(..head_end).unwrap_or_default());
    let one = |address: AddrSpec| {
        let about = openings.by_key.get(&address.key()).map(Vec::as_slice).unwrap_or_default();
        let said = about.iter().filter_map(|at| openings.stretches.get(*at)).find_map(|stretch| stretch.fate);
        let verdict =
            about.iter().filter_map(|at| verdicts.get(*at)).cloned().reduce(|all, next| all.and(&next));
        let verdict = match verdict {
            Some(verdict) if verdict.has_code() || verdict.outlook.is_known() => verdict,
            _ => head.clone(),
        };
        let fate = fate(said, warns, &verdict);
        verdict.recipient(Some(address), fate, farewell)
    };
    addresses.into_iter().map(one).collect()
}
