//! Turns an action into effects: each step, given the facts, becomes data that a desk can perform.

use super::Case;
use super::left_out;
use super::object::{self, Object};
use super::policy::{self, Acting};
use super::trace::{ACTIONS, TraceLine};
use crate::message::{Sureness, html};
use crate::ruleset::{Action, Step};
use crate::vocab::{
    Assignee, Effect, HistoryFormat, Kind, MessageFormat, Number, Outcome, PersonRef, Reference, State,
    SummaryRelation, Verdict,
};

/// An hour in seconds.
const HOUR_SECS: i64 = 60 * 60;

/// What an action did.
pub(super) struct Deed {
    /// Its steps, in order; the creation or flagging of a person comes first.
    pub(super) effects: Vec<Effect>,
    /// The item that it concerned: the one asked for, or the call that it logged.
    pub(super) item: Option<Item>,
    /// For which reasons a summary lists items; empty where none was asked for.
    pub(super) listed: Vec<SummaryRelation>,
}

/// An item as it is after the action.
#[derive(Clone)]
pub(super) struct Item {
    /// What it is.
    pub(super) kind: Kind,
    /// Its number.
    pub(super) number: Number,
    /// Its state after the action.
    pub(super) state: State,
    /// The slice of the system it belongs to.
    pub(super) partition: Option<String>,
    /// To whom it is assigned after the action.
    pub(super) owner: Option<Assignee>,
}

/// The item that was asked for, as the desk found it.
pub(super) fn item_found(case: &Case<'_>) -> Option<Item> {
    case.record.map(|record| Item {
        kind: record.kind,
        number: record.number,
        state: record.state,
        partition: record.partition.clone(),
        owner: record.owner.clone(),
    })
}

/// Does every step of the action, or says why the message must be left to somebody.
pub(super) fn act(case: &Case<'_>, action: &Action, trace: &mut Vec<TraceLine>) -> Result<Deed, Outcome> {
    let acting = if action.steps.iter().any(Step::asks_acting_user) {
        Some(policy::acting_user(case, trace)?)
    } else {
        None
    };
    let mut work = Work::new(case, acting);
    for step in &action.steps {
        match work.step(step, trace) {
            Ok(()) => {}
            Err(Hindrance::Skipped { step, because }) => {
                let line = TraceLine::new(ACTIONS, format!("skip {step}")).named(&action.name);
                trace.push(line.because(because));
            }
            Err(Hindrance::Stopped(outcome)) => return Err(outcome),
        }
    }
    Ok(work.deed)
}

/// Why a step was not done.
enum Hindrance {
    /// The facts leave nothing to do for it, though a rule asked for it; the others are done.
    Skipped { step: &'static str, because: &'static str },
    /// Nothing of the action can be done.
    Stopped(Outcome),
}

const fn skipped(step: &'static str, because: &'static str) -> Hindrance {
    Hindrance::Skipped { step, because }
}

/// An action half done.
struct Work<'c, 'a> {
    case: &'c Case<'a>,
    by: Option<PersonRef>,
    deed: Deed,
}

impl<'c, 'a> Work<'c, 'a> {
    fn new(case: &'c Case<'a>, acting: Option<Acting>) -> Self {
        let (by, first) = match acting {
            Some(Acting { person, effect }) => (Some(person), effect),
            None => (None, None),
        };
        let effects = first.into_iter().collect();
        Self { case, by, deed: Deed { effects, item: item_found(case), listed: Vec::new() } }
    }

    fn step(&mut self, step: &Step, trace: &mut Vec<TraceLine>) -> Result<(), Hindrance> {
        match step {
            Step::CreateCall => self.create_call(trace),
            Step::AddHistory { whole_body } => self.add_history(*whole_body, trace),
            Step::AttachObjects => self.attach_files(),
            Step::AttachEmail => {
                self.attach("attach_email", object::email(self.case.account, &self.case.facts.message))
            }
            Step::ShowNoteIcon => self.show_note_icon(),
            Step::NotifyAssignee => self.notify_assignee(),
            Step::LinkCall => self.link_call(),
            Step::AskConfirmation => self.ask_confirmation(),
            Step::Reopen => self.reopen(trace),
            Step::Close => self.close(),
            Step::DecideApproval(verdict) => self.decide_approval(*verdict),
            Step::Summarize(relations) => self.summarize(relations),
        }
    }

    /// The item and the person of a step that needs both.
    fn item_and_person(&self, step: &'static str) -> Result<(Item, PersonRef), Hindrance> {
        let item = self.deed.item.clone().ok_or(skipped(step, "the mail concerns no item"))?;
        let by = self.by.clone().ok_or(skipped(step, "nobody performs it"))?;
        Ok((item, by))
    }

    fn create_call(&mut self, trace: &mut Vec<TraceLine>) -> Result<(), Hindrance> {
        let answers = &self.case.facts.answers;
        let (Some(number), Some(user)) = (answers.next_call_number, self.by.clone()) else {
            let reason = "no_call_number";
            let line = TraceLine::new(ACTIONS, format!("quarantine {reason}"));
            trace.push(line.because("the desk gave no number for a new call"));
            return Err(Hindrance::Stopped(Outcome::Quarantine(reason.to_owned())));
        };
        let logging_analyst = policy::logging_analyst(self.case, &user, trace);
        let template = answers.template.as_ref();
        let partition = template.and_then(|template| template.partition.clone());
        let owner = template.and_then(|template| template.owner.clone());
        self.deed.effects.push(Effect::CreateCall {
            number,
            template: self.case.account.template.clone(),
            user,
            logging_analyst,
            description: self.case.facts.message.text.clone().unwrap_or_default(),
            partition: partition.clone(),
            owner: owner.clone(),
            priority: template.and_then(|template| template.priority),
        });
        self.deed.item = Some(Item { kind: Kind::Call, number, state: State::Open, partition, owner });
        Ok(())
    }

    fn add_history(&mut self, whole_body: bool, trace: &mut Vec<TraceLine>) -> Result<(), Hindrance> {
        let (item, by) = self.item_and_person("add_history")?;
        trace.extend(self.cut_line(whole_body));
        let (format, text) = self.entry(whole_body);
        self.deed.effects.push(Effect::AddHistory {
            kind: item.kind,
            number: item.number,
            by,
            format,
            text,
            hidden_from_user: self.is_hidden_from_user(),
        });
        Ok(())
    }

    /// What of the text goes into the history, and by which evidence the rest was cut; nothing where it stays whole.
    fn cut_line(&self, whole_body: bool) -> Option<TraceLine> {
        let message = &self.case.facts.message;
        let cuts =
            || message.cuts.iter().map(|cut| format!("{} in line {}", cut.evidence.word(), cut.first_line));
        self.portion(whole_body)
            .filter(|_| !message.cuts.is_empty() || message.reply_sureness != Sureness::Certain)?;
        let line = TraceLine::new(ACTIONS, "add_history reply_portion")
            .saw("message.cuts", cuts().collect::<Vec<_>>().join(", "))
            .saw("message.reply_sureness", message.reply_sureness.word());
        Some(line.because(if message.cuts.is_empty() {
            "nothing was cut: words of the sender might have been lost"
        } else {
            "what is quoted and the signature stay in the raw original"
        }))
    }

    /// The reply portion, where only that goes into the history (SPEC U9).
    fn portion(&self, whole_body: bool) -> Option<&str> {
        let message = &self.case.facts.message;
        let is_cut = !whole_body
            && self.case.rule_set.system.truncate_incoming_emails
            && is_reply_to_own_mail(self.case)
            && !message.reply_portion.trim().is_empty();
        is_cut.then_some(message.reply_portion.as_str())
    }

    /// The history entry, cut and formatted (SPEC U9, U10). A reply that has nothing of its own above the
    /// quoted mail is kept whole rather than lost.
    fn entry(&self, whole_body: bool) -> (HistoryFormat, String) {
        let message = &self.case.facts.message;
        let system = &self.case.rule_set.system;
        let portion = self.portion(whole_body);
        let keeps_html = self.case.account.preserve_html && system.default_format == MessageFormat::Html;
        match (&message.html, portion) {
            (Some(_), Some(portion)) if keeps_html => (HistoryFormat::Html, paragraphs(portion)),
            (Some(whole), None) if keeps_html => {
                (HistoryFormat::Html, object::linked_html(self.case.account, message, whole))
            }
            (_, Some(portion)) => (HistoryFormat::Text, portion.to_owned()),
            (_, None) => (HistoryFormat::Text, message.text.clone().unwrap_or_default()),
        }
    }

    /// SPEC U11; nothing is hidden where the item has no User to hide it from.
    fn is_hidden_from_user(&self) -> bool {
        self.case.account.hide_unless_recipient
            && self.case.record.is_some_and(|record| {
                record.user.is_some() && !self.case.facts.message.is_addressed_to(&record.user_addresses)
            })
    }

    /// The attached files, and a note of those that are left out.
    fn attach_files(&mut self) -> Result<(), Hindrance> {
        const STEP: &str = "attach_objects";
        let (account, message) = (self.case.account, &self.case.facts.message);
        self.attach(STEP, object::attachments(account, message))?;
        let Some(text) = left_out::note(&account.attachments, message) else { return Ok(()) };
        let (item, by) = self.item_and_person(STEP)?;
        self.deed.effects.push(Effect::AddHistory {
            kind: item.kind,
            number: item.number,
            by,
            format: HistoryFormat::Text,
            text,
            hidden_from_user: self.is_hidden_from_user(),
        });
        Ok(())
    }

    fn attach(&mut self, step: &'static str, objects: Vec<Object>) -> Result<(), Hindrance> {
        if objects.is_empty() {
            return Ok(());
        }
        let (item, by) = self.item_and_person(step)?;
        let security_profile = &self.case.rule_set.system.security_profile;
        self.deed.effects.extend(objects.into_iter().map(|object| Effect::AttachObject {
            kind: item.kind,
            number: item.number,
            name: object.name,
            media_type: object.media_type,
            size: object.size,
            security_profile: security_profile.clone(),
            by: by.clone(),
            source: object.source,
        }));
        Ok(())
    }

    fn show_note_icon(&mut self) -> Result<(), Hindrance> {
        let item = self.deed.item.as_ref().ok_or(skipped("show_note_icon", "the mail concerns no item"))?;
        self.deed.effects.push(Effect::ShowNoteIcon { kind: item.kind, number: item.number });
        Ok(())
    }

    fn notify_assignee(&mut self) -> Result<(), Hindrance> {
        const STEP: &str = "notify_assignee";
        if !self.case.rule_set.system.email_at_update_via_email_in {
            return Err(skipped(STEP, "`system.email_at_update_via_email_in` is off"));
        }
        let item = self.deed.item.as_ref().ok_or(skipped(STEP, "the mail concerns no item"))?;
        let to = item.owner.clone().ok_or(skipped(STEP, "the item is assigned to nobody"))?;
        self.deed.effects.push(Effect::NotifyAssignee { kind: item.kind, number: item.number, to });
        Ok(())
    }

    fn link_call(&mut self) -> Result<(), Hindrance> {
        const STEP: &str = "link_call";
        let item = self.deed.item.as_ref().ok_or(skipped(STEP, "no call was logged"))?;
        let closed = self.case.record.ok_or(skipped(STEP, "the mail concerns no item"))?;
        if (item.kind, item.number) == (closed.kind, closed.number) {
            return Err(skipped(STEP, "no new call was logged"));
        }
        self.deed.effects.push(Effect::LinkCall {
            kind: item.kind,
            number: item.number,
            linked_to: Reference { kind: closed.kind, number: closed.number },
        });
        Ok(())
    }

    fn ask_confirmation(&mut self) -> Result<(), Hindrance> {
        const STEP: &str = "ask_confirmation";
        let mailbox = self.case.sender.mailbox.ok_or(skipped(STEP, "the mail names no address"))?;
        let kind = self.case.asked.kind.ok_or(skipped(STEP, "the mail asks for no kind of item"))?;
        let hours = i64::from(self.case.account.confirm_within_hours);
        self.deed.effects.push(Effect::RequestConfirmation {
            intent: self.case.asked.intent,
            kind,
            number: self.case.asked.number,
            address: mailbox.address.clone(),
            person: self.case.sender.person.map(crate::vocab::Person::reference),
            until: self.case.facts.now.saturating_add(hours * HOUR_SECS),
        });
        Ok(())
    }

    fn reopen(&mut self, trace: &mut Vec<TraceLine>) -> Result<(), Hindrance> {
        let (mut item, by) = self.call_and_person("reopen")?;
        let owner = policy::reopened_to(self.case, trace);
        self.deed.effects.push(Effect::Reopen {
            kind: item.kind,
            number: item.number,
            owner: owner.clone(),
            by,
        });
        (item.owner, item.state) = (owner, State::Open);
        self.deed.item = Some(item);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Hindrance> {
        let (mut item, by) = self.call_and_person("close")?;
        self.deed.effects.push(Effect::Close { kind: item.kind, number: item.number, by });
        item.state = State::Closed;
        self.deed.item = Some(item);
        Ok(())
    }

    fn call_and_person(&self, step: &'static str) -> Result<(Item, PersonRef), Hindrance> {
        let (item, by) = self.item_and_person(step)?;
        if item.kind == Kind::Call { Ok((item, by)) } else { Err(skipped(step, "the item is no call")) }
    }

    fn decide_approval(&mut self, verdict: Verdict) -> Result<(), Hindrance> {
        const STEP: &str = "decide_approval";
        let (mut item, by) = self.item_and_person(STEP)?;
        if item.kind != Kind::Approval {
            return Err(skipped(STEP, "the item is no approval"));
        }
        self.deed.effects.push(Effect::DecideApproval { kind: item.kind, number: item.number, verdict, by });
        item.state = match verdict {
            Verdict::Approved => State::Approved,
            Verdict::Rejected => State::Rejected,
        };
        self.deed.item = Some(item);
        Ok(())
    }

    fn summarize(&mut self, relations: &[SummaryRelation]) -> Result<(), Hindrance> {
        const STEP: &str = "summarize";
        let person = self.case.sender.person.ok_or(skipped(STEP, "the sender has no record"))?;
        let kinds = match self.case.asked.kind {
            Some(Kind::Call) => vec![Kind::Call],
            Some(Kind::Request) => vec![Kind::Request],
            Some(Kind::Task | Kind::Approval) => vec![Kind::Task, Kind::Approval],
            None => return Err(skipped(STEP, "the subject names no kind of item")),
        };
        self.deed.effects.push(Effect::Summarize { kinds, person: person.reference() });
        self.deed.listed.extend(relations);
        Ok(())
    }
}

/// Whether the mail answers a mail of ours: its subject names an item, or it refers to an identifier that
/// only this system gives (SPEC U9).
fn is_reply_to_own_mail(case: &Case<'_>) -> bool {
    let message = &case.facts.message;
    let refers_to_own = message.in_reply_to.iter().chain(&message.references).any(|id| is_own_id(id));
    refers_to_own || message.is_reply && case.asked.has_number()
}

pub(super) fn is_own_id(id: &str) -> bool {
    id.rsplit_once('@').is_some_and(|(local, _)| local.ends_with(".postroom"))
}

/// Plain text as simple HTML: an empty line ends a paragraph, a line break stays one.
pub(super) fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut html = String::with_capacity(text.len() + 16);
    for paragraph in text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')) {
        if paragraph.trim().is_empty() {
            continue;
        }
        html.push_str("<p>");
        html.push_str(&html::escape(paragraph).replace('\n', "<br>\n"));
        html.push_str("</p>\n");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_escaped_and_keep_their_lines() {
        assert_eq!(
            paragraphs("Hello <b>\r\nAna & co\n\n\nBye\n"),
            "<p>Hello &lt;b&gt;<br>\nAna &amp; co</p>\n<p>Bye</p>\n"
        );
        assert_eq!(paragraphs(" \n"), "");
    }

    #[test]
    fn only_identifiers_of_this_system_are_own() {
        assert!(is_own_id("7f3a.1.postroom@example.com"));
        assert!(!is_own_id("postroom@example.com"));
        assert!(!is_own_id("x@a.postroom"));
        assert!(!is_own_id(""));
    }
}
