//! Subjects of a test and what they ask for.

use super::{Correction, Fault, FaultKind, Verdict, correction};
use crate::diagnostic::{Edit, Sources, Span};
use crate::ruleset::RuleSet;
use crate::ruleset::column::Stage;
use crate::ruleset::file::SubjectTest;
use crate::vocab::{Intent, Kind};

/// Recognizes one subject and holds it against what is expected.
pub fn judge(rule_set: &RuleSet, test: &SubjectTest, sources: &Sources) -> Verdict {
    let Some(subject) = &test.subject else {
        let span = test.intent.as_ref().map(|intent| intent.span).unwrap_or_default();
        let fault = Fault::new(FaultKind::Test, "the test has no `subject`").at(span);
        return Verdict::broken("a subject", span, fault.help("write the subject as it comes"));
    };
    let mut verdict =
        Verdict { name: format!("subject \"{}\"", subject.value), span: subject.span, ..Verdict::default() };
    let found = rule_set.recognize(&subject.value);
    if let Some((rule, _)) = &found {
        verdict.hits.push(format!("{}/{}", Stage::Recognize, rule.name));
    }
    let intent = found.as_ref().map_or(Intent::Log, |(rule, _)| rule.intent);
    let kind = found.as_ref().map(|(rule, _)| rule.kind);
    let number = found.as_ref().and_then(|(_, found)| found.number.clone());
    let Some(expected) = &test.intent else {
        let fault = Fault::new(FaultKind::Test, "the test expects nothing").at(subject.span);
        verdict
            .faults
            .push(fault.help(format!("add `intent: {}`, which is what it asks for", intent.word())));
        return verdict;
    };
    let where_ = match &found {
        Some((rule, _)) => format!(" (`{}` at {})", rule.name, rule.place),
        None => " (nothing recognizes it)".to_owned(),
    };
    let mut look = Look { verdict: &mut verdict, sources, where_ };
    if expected.value != intent {
        look.differs("what it asks for", expected.span, expected.word(), Some(intent.word()));
    }
    if let Some(expected) = &test.kind
        && kind != Some(expected.value)
    {
        look.differs("the kind", expected.span, expected.word(), kind.map(Kind::word));
    }
    if let Some(expected) = &test.number
        && number.as_deref().and_then(|digits| digits.parse().ok()) != Some(expected.value)
    {
        look.differs("the number", expected.span, &expected.value.to_string(), number.as_deref());
    }
    verdict
}

struct Look<'a> {
    verdict: &'a mut Verdict,
    sources: &'a Sources,
    where_: String,
}

impl Look<'_> {
    fn differs(&mut self, what: &str, span: Span, expected: &str, got: Option<&str>) {
        let kind = if got.is_some() { FaultKind::Wrong } else { FaultKind::Missing };
        let shown = got.map_or("nothing".to_owned(), |got| format!("`{got}`"));
        let text = format!("expected {what} to be `{expected}`, got {shown}{}", self.where_);
        self.verdict.faults.push(Fault::new(kind, text).at(span));
        let edits = match (got, self.sources.get(span.source)) {
            (Some(got), _) => vec![Edit { span, text: got.to_owned() }],
            (None, Some(source)) => correction::without(&source.text, span).into_iter().collect(),
            (None, None) => Vec::new(),
        };
        let text = format!("{what} {expected} → {}", got.unwrap_or("nothing"));
        self.verdict.corrections.push(Correction { text, edits });
    }
}
