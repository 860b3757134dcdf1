//! The subject as its writer meant it, and what it is without the marks that mail programs put before it.

/// Marks of an answer, in lower case, as mail programs of many languages write them.
const REPLY_MARKS: [&str; 35] = [
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "svar",
    "vs",
    "rif",
    "res",
    "resp",
    "odp",
    "ynt",
    "ref",
    "réf",
    "réponse",
    "vá",
    "ats",
    "bls",
    "rép",
    "rsp",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "返信",
    "回信",
    "отв",
    "ответ",
    "απ",
    "απάντηση",
    "σχετ",
    "رد",
    "השב",
    "답장",
    "odg",
];
/// Marks of a forwarded mail.
const FORWARD_MARKS: [&str; 43] = [
    "fw",
    "fwd",
    "wg",
    "weitergeleitet",
    "tr",
    "transf",
    "rv",
    "enc",
    "vb",
    "vl",
    "videresendt",
    "vidarebefordrat",
    "doorst",
    "doorgestuurd",
    "pd",
    "przekazane",
    "ilt",
    // the small form of İLT has a dot of its own
    "i\u{307}lt",
    "továbbítva",
    "转发",
    "轉寄",
    "転送",
    "пересл",
    "пер",
    "πρθ",
    "προώθηση",
    "전달",
    "trs",
    "fs",
    "tov",
    "továbbítás",
    "пред",
    "препратено",
    "переслать",
    "пересланное",
    "doorsturen",
    "videres",
    "välitetty",
    "přeposláno",
    "réach",
    "reenviado",
    "encaminhado",
    "inoltrato",
];
/// What gateways write before a subject.
const WARNINGS: [&str; 22] = [
    "external",
    "extern",
    "ext",
    "external email",
    "external mail",
    "external sender",
    "externe",
    "externo",
    "esterno",
    "externe mail",
    "externe e-mail",
    "outside",
    "caution",
    "caution: external email",
    "spam",
    "spam?",
    "suspected spam",
    "possible spam",
    "bulk",
    "encrypted",
    "secure",
    "verschlüsselt",
];
/// How many marks are taken off at most.
const MARKS_MAX: usize = 64;

/// A subject taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    /// Without marks: what the mail is about.
    pub(super) base: String,
    /// A mark of an answer was among those taken off.
    pub(super) has_reply_mark: bool,
    /// The outermost mark says that the mail was forwarded.
    pub(super) is_forward: bool,
}

/// What a mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Reply,
    Forward,
    Warning,
}

/// Takes the marks off a decoded subject (RFC 5256 §2.1). Other words in square brackets stay: they may be
/// what the desk is asked to do.
pub(super) fn take_apart(subject: &str) -> Subject {
    let mut rest = subject.trim();
    let mut has_reply_mark = false;
    let mut outermost = None;
    for _ in 0..MARKS_MAX {
        let taken = take_mark(rest).or_else(|| take_warning(rest)).or_else(|| take_wrapper(rest));
        let Some((mark, after)) = taken else { break };
        has_reply_mark |= mark == Mark::Reply;
        if mark != Mark::Warning {
            outermost = outermost.or(Some(mark));
        }
        rest = after.trim();
    }
    if let Some(before) = strip_suffix_ignoring_case(rest, "(fwd)") {
        outermost = outermost.or(Some(Mark::Forward));
        rest = before.trim_end();
    }
    Subject { base: rest.to_owned(), has_reply_mark, is_forward: outermost == Some(Mark::Forward) }
}

/// `Re:`, `RE :`, `Re[2]:`, `AW (3):`, `回复：`.
fn take_mark(text: &str) -> Option<(Mark, &str)> {
    let colon = text.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?;
    let (before, after) = text.split_at_checked(colon.0)?;
    let after = after.strip_prefix([':', '：'])?;
    let word = without_counter(before.trim());
    let lower = word.to_lowercase();
    let mark = if REPLY_MARKS.contains(&lower.as_str()) || word == "R" {
        Mark::Reply
    } else if FORWARD_MARKS.contains(&lower.as_str()) || word == "I" {
        Mark::Forward
    } else {
        return None;
    };
    Some((mark, after))
}

/// The word before a counter such as `[2]`, `(2)`, `^2` or `*2`.
fn without_counter(word: &str) -> &str {
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    for (open, close) in [("[", "]"), ("(", ")"), ("^", ""), ("*", "")] {
        if let Some((before, counter)) = word.split_once(open)
            && counter.strip_suffix(close).is_some_and(digits)
        {
            return before.trim_end();
        }
    }
    word
}

/// `[EXTERNAL]`, `(Extern)`, `{Spam?}`, `*** SPAM ***`, `EXTERNAL:`.
fn take_warning(text: &str) -> Option<(Mark, &str)> {
    for (open, close) in
        [("[", "]"), ("(", ")"), ("{", "}"), ("<", ">"), ("***", "***"), ("*", "*"), ("", ":")]
    {
        if let Some((words, after)) = text.strip_prefix(open).and_then(|rest| rest.split_once(close))
            && words.len() <= 40
            && WARNINGS.contains(&words.trim().to_lowercase().as_str())
        {
            return Some((Mark::Warning, after));
        }
    }
    None
}

/// `[Fwd: subject]`.
fn take_wrapper(text: &str) -> Option<(Mark, &str)> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let (mark, rest) = take_mark(inner)?;
    (mark == Mark::Forward).then_some((mark, rest))
}

fn strip_suffix_ignoring_case<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(suffix.len())?;
    let (before, end) = text.split_at_checked(at)?;
    end.eq_ignore_ascii_case(suffix).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_many_languages_are_taken_off() {
        let cases = [
            ("Call 5837 has been updated", "Call 5837 has been updated", false, false),
            ("Re: [CLOSE#5837]", "[CLOSE#5837]", true, false),
            ("AW: WG: Drucker", "Drucker", true, false),
            ("RE : Imprimante", "Imprimante", true, false),
            ("Re[2]: Re (3): SV: x", "x", true, false),
            ("Fwd: Re: x", "x", true, true),
            ("[EXTERNAL] RE: [APPROVE#77]", "[APPROVE#77]", true, false),
            ("*** SPAM *** (Extern) TR: x", "x", false, true),
            ("[Fwd: old news]", "old news", false, true),
            ("old news (fwd)", "old news", false, true),
            ("回复：打印机", "打印机", true, false),
            ("R: I: stampante", "stampante", true, false),
            ("İLT: Yazıcı", "Yazıcı", false, true),
            ("Reminder: pay", "Reminder: pay", false, false),
            ("[MyCalls]", "[MyCalls]", false, false),
            ("re:", "", true, false),
            ("", "", false, false),
        ];
        for (subject, base, has_reply_mark, is_forward) in cases {
            let expected = Subject { base: base.to_owned(), has_reply_mark, is_forward };
            assert_eq!(take_apart(subject), expected, "{subject}");
        }
    }
}
