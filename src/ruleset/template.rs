//! Reply texts: what stands in braces is filled in, and nothing else can happen.
//!
//! minijinja with single braces does the work. Templates see only the values they are given, cannot
//! reach a file or another template, and stop after a bounded number of steps.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

/// The most steps one rendering may take.
const STEPS_MAX: u64 = 200_000;

/// The names a template may use, each with what it stands for.
pub const PLACEHOLDERS: &[(&str, &str)] = &[
    ("number", "the number of the item"),
    ("linked_number", "the number of the item that the mail is about, after a new call was logged for it"),
    ("command", "what is to be confirmed: close, approve, reject or list"),
    ("hours", "so many hours a request for confirmation may be answered"),
    ("kind", "what the item is: call, request, task or approval"),
    ("Kind", "the same at the beginning of a sentence"),
    ("kinds", "what a summary lists: calls, requests, or tasks and approvals"),
    ("state", "the state of the item: open, closed, approved or rejected"),
    ("title", "one line about the item"),
    ("product", "the product's name, `system.product`"),
    ("account", "the title of the account, or its name"),
    ("sender", "the name of the sender"),
    ("subject", "the subject of the sender's mail"),
    ("items", "the items of a summary, each with number, kind, state, title, user and because"),
];

/// What is wrong with a template's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateError {
    /// It cannot be understood; the reason, and the bytes of the text where it is seen.
    Syntax(String, Option<std::ops::Range<usize>>),
    /// It uses names that are none of [`PLACEHOLDERS`].
    Unknown(Vec<String>),
}

/// What fills in templates, as they take it; made once for all texts of a mail.
#[derive(Debug, Clone)]
pub struct Values(minijinja::Value);

impl Values {
    /// The fields of `values`; a placeholder is filled in by the field of its name.
    pub fn new(values: &impl Serialize) -> Self {
        Self(minijinja::Value::from(minijinja::value::Serde(values)))
    }
}

/// All templates of a rule set, compiled.
#[derive(Debug, Clone)]
pub struct Templates(Environment<'static>);

impl Default for Templates {
    fn default() -> Self {
        let mut environment = Environment::empty();
        let syntax = SyntaxConfig::builder()
            .variable_delimiters("{", "}")
            .block_delimiters("{%", "%}")
            .comment_delimiters("{#", "#}")
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build();
        if let Ok(syntax) = syntax {
            environment.set_syntax(syntax);
        }
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(STEPS_MAX));
        environment.set_auto_escape_callback(minijinja::default_auto_escape_callback);
        environment.add_filter("title", minijinja::filters::title);
        environment.add_filter("upper", minijinja::filters::upper);
        environment.add_filter("lower", minijinja::filters::lower);
        environment.add_filter("join", minijinja::filters::join);
        environment.add_filter("length", minijinja::filters::length);
        environment.add_filter("default", minijinja::filters::default);
        Self(environment)
    }
}

impl Templates {
    /// Takes in a text. Values are escaped where the name ends in `.html`.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), TemplateError> {
        let added = self.0.add_template_owned(name.to_owned(), text.to_owned());
        added.map_err(|error| {
            let reason = error.detail().unwrap_or("it cannot be understood").to_owned();
            TemplateError::Syntax(reason, error.range())
        })?;
        let unknown = self.placeholders(name).into_iter();
        let unknown: Vec<String> =
            unknown.filter(|used| !PLACEHOLDERS.iter().any(|(known, _)| known == used)).collect();
        if unknown.is_empty() { Ok(()) } else { Err(TemplateError::Unknown(unknown)) }
    }

    /// A template as it was written.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get_template(name).ok().map(|template| template.source().to_owned())
    }

    /// The names that a template uses, in alphabetical order.
    pub fn placeholders(&self, name: &str) -> Vec<String> {
        let Ok(template) = self.0.get_template(name) else { return Vec::new() };
        let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        names.sort_unstable();
        names
    }

    /// Fills in a template. What goes wrong leaves a text that says so: a reply is never lost over it.
    pub fn render(&self, name: &str, values: &Values) -> Result<String, String> {
        let template = self.0.get_template(name).map_err(|error| error.to_string())?;
        template.render(&values.0).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_filled_in_and_html_is_escaped() {
        let mut templates = Templates::default();
        templates
            .add("a.txt", "{Kind} {number} of {sender}: {# remark #}{% if number %}yes{% endif %}")
            .unwrap();
        templates.add("a.html", "<p>{sender}</p>").unwrap();
        let values = serde_json::json!({ "Kind": "Call", "number": 5, "sender": "<b>&" });
        assert_eq!(templates.render("a.txt", &Values::new(&values)).unwrap(), "Call 5 of <b>&: yes");
        assert_eq!(templates.render("a.html", &Values::new(&values)).unwrap(), "<p>&lt;b&gt;&amp;</p>");
    }

    #[test]
    fn unknown_names_and_broken_texts_are_refused() {
        let mut templates = Templates::default();
        assert_eq!(
            templates.add("a", "{nummer}").unwrap_err(),
            TemplateError::Unknown(vec!["nummer".into()])
        );
        assert!(matches!(templates.add("b", "Call {number has").unwrap_err(), TemplateError::Syntax(..)));
    }

    #[test]
    fn a_template_that_runs_wild_is_stopped() {
        let mut templates = Templates::default();
        templates.add("a", "{% for a in items %}{% for b in items %}{% for c in items %}x{% endfor %}{% endfor %}{% endfor %}").unwrap();
        let values = serde_json::json!({ "items": vec![0; 1000] });
        assert!(templates.render("a", &Values::new(&values)).is_err());
    }
}
