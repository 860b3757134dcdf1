//! Notifications of Amazon SES that come by mail: a JSON object where others write prose.

use super::{RECIPIENTS_MAX, Report, ReportRecipient, ReportedMail, enhanced_status, smtp_code};
use serde_json::Value;

/// The most bytes that are read.
const BYTES_MAX: usize = 128 * 1024;

/// The report in a text that is such a notification.
pub(super) fn read(text: &str) -> Option<Report> {
    let start = text.trim_start();
    if !start.starts_with('{') {
        return None;
    }
    // old mail servers break long lines by an exclamation mark, a line break and a space
    let whole = start.get(..start.floor_char_boundary(BYTES_MAX))?.replace("!\n ", "");
    let value: Value = serde_json::Deserializer::from_str(&whole).into_iter().next()?.ok()?;
    // subscribed to as JSON, it comes in an envelope of the service that passes it on
    match value.get("Message").and_then(Value::as_str) {
        Some(inner) => notified(&serde_json::from_str(inner).ok()?),
        None => notified(&value),
    }
}

fn notified(value: &Value) -> Option<Report> {
    let kind = value.get("notificationType").or_else(|| value.get("eventType"))?.as_str()?;
    let recipients = match kind {
        "Bounce" => bounced(value.get("bounce")?),
        // who complained is not told: no address of theirs was at fault
        "Complaint" => Vec::new(),
        "Delivery" => delivered(value.get("delivery")?),
        _ => return None,
    };
    let kind = if kind == "Complaint" { "feedback-report" } else { "delivery-status" };
    Some(Report { kind: kind.to_owned(), recipients, original: original(value.get("mail")) })
}

fn delivered(delivery: &Value) -> Vec<ReportRecipient> {
    let said = delivery.get("smtpResponse").and_then(Value::as_str).unwrap_or_default();
    let one = ReportRecipient {
        smtp_code: code_at_start(said),
        status: enhanced_status(said),
        ..plain("delivered")
    };
    delivery.get("recipients").map(|list| listed(list, |_| one.clone())).unwrap_or_default()
}

fn plain(action: &str) -> ReportRecipient {
    ReportRecipient {
        address: None,
        action: Some(action.to_owned()),
        status: None,
        smtp_code: None,
        permanent: false,
    }
}

fn bounced(bounce: &Value) -> Vec<ReportRecipient> {
    let is_permanent = bounce.get("bounceType").and_then(Value::as_str) == Some("Permanent");
    let Some(list) = bounce.get("bouncedRecipients") else { return Vec::new() };
    listed(list, |one| {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        let status = enhanced_status(text("status")).or_else(|| enhanced_status(text("diagnosticCode")));
        let class = status.as_deref().and_then(|status| status.chars().next());
        ReportRecipient {
            smtp_code: smtp_code(text("diagnosticCode"), class),
            status,
            permanent: is_permanent,
            ..plain(if text("action").is_empty() { "failed" } else { text("action") })
        }
    })
}

fn listed(list: &Value, read: impl Fn(&Value) -> ReportRecipient) -> Vec<ReportRecipient> {
    let all = list.as_array().into_iter().flatten().take(RECIPIENTS_MAX);
    all.map(|one| {
        let address = one.as_str().or_else(|| one.get("emailAddress").and_then(Value::as_str));
        ReportRecipient { address: address.map(str::to_owned), ..read(one) }
    })
    .collect()
}

/// `250` of `250 2.6.0 received`.
pub(super) fn code_at_start(said: &str) -> Option<String> {
    let code = said.trim_start().get(..3)?;
    let is_code = code.bytes().all(|byte| byte.is_ascii_digit()) && code.starts_with(['2', '4', '5']);
    is_code.then(|| code.to_owned())
}

fn original(mail: Option<&Value>) -> Option<ReportedMail> {
    let mail = mail?;
    let common = |name: &str| mail.pointer(&format!("/commonHeaders/{name}")).and_then(Value::as_str);
    let header = |name: &str| {
        let headers = mail.get("headers").and_then(Value::as_array)?;
        let named = |field: &&Value| {
            field.get("name").and_then(Value::as_str).is_some_and(|one| one.eq_ignore_ascii_case(name))
        };
        headers.iter().find(named)?.get("value")?.as_str()
    };
    let id = header("Message-ID").or_else(|| common("messageId"));
    let subject = common("subject").or_else(|| header("Subject"));
    ReportedMail {
        message_id: id.map(|id| id.trim_matches(['<', '>', ' ']).to_owned()),
        subject: subject.map(str::to_owned),
    }
    .known()
}
