//! `postroom schema`: the JSON Schemas of rule files, world files, and of what commands print.
//!
//! Each is generated from the types that read or write the data, so that it cannot say anything else.

use super::diff::DiffDocument;
use super::document::{LedgerDocument, OutboxDocument, QuarantineDocument};
use super::read::MessageDocument;
use super::rules::RulesLogDocument;
use super::status::StatusDocument;
use super::test::TestReportDocument;
use super::{Exit, Trouble};
use crate::adapters::world::World;
use crate::engine::DecisionDocument;
use crate::ruleset::column::{Column, Words};
use crate::ruleset::file::{RuleFile, TestFile};
use crate::ruleset::nearest;
use serde_json::{Map, Value, json};
use std::io::Write;

/// The dialect of all schemas.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What there is a schema of: its name, and what it describes.
pub const SCHEMAS: [(&str, &str); 12] = [
    ("rule-set", "a rule file; editors complete and check with it"),
    ("test", "a file of tests, NAME.test.yaml; editors complete and check with it"),
    ("test-report", "what `test --format json` prints of each rule set"),
    ("decision", "what `trace --format json` and `process --format json` print"),
    ("message", "what `read --format json` prints"),
    ("log", "a line of the ledger, as `log --format json` lists them"),
    ("outbox", "a mail of ours, as `outbox list --format json` lists them"),
    ("quarantine", "a mail in quarantine, as `quarantine list --format json` lists them"),
    ("diff", "what two rule sets do differently, as `diff --format json` says"),
    ("rules-log", "an activation of rules, as `rules log --format json` lists them"),
    ("status", "how the service fares, as `status --format json` says"),
    ("world", "a world file: the people, calls, requests and tasks of a desk"),
];

const EXAMPLES: &str = "\
Rule files name their schema in the first line, so that an editor completes and checks them:
  # yaml-language-server: $schema=schemas/rule-set.v1.json

Examples:
  postroom schema
      lists what there is
  postroom schema rule-set > schemas/rule-set.v1.json";

/// Prints the JSON Schema of rule files, world files, or of what a command prints.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct SchemaArgs {
    /// rule-set, test, test-report, decision, message, log, outbox, quarantine, diff, rules-log, status or world; without one, they are listed.
    name: Option<String>,
}

/// Prints a schema, or the list of them.
pub(super) fn run(args: &SchemaArgs, out: &mut dyn Write) -> Result<Exit, Trouble> {
    let Some(name) = &args.name else {
        for (name, what) in SCHEMAS {
            writeln!(out, "{name:<13}{what}")?;
        }
        return Ok(Exit::Done);
    };
    let schema = document(name).ok_or_else(|| {
        let names = SCHEMAS.map(|(name, _)| name);
        let help = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", names.join(", ")),
        };
        Trouble::usage(format!("there is no schema `{name}`; {help}"))
    })?;
    writeln!(out, "{schema:#}")?;
    Ok(Exit::Done)
}

/// The schema of this name.
pub fn document(name: &str) -> Option<Value> {
    let (schema, title) = match name {
        "rule-set" => (schemars::schema_for!(RuleFile), "Postroom rule set"),
        "test" => (schemars::schema_for!(TestFile), "Postroom tests"),
        "test-report" => (schemars::schema_for!(TestReportDocument), "What came of tests"),
        "decision" => (schemars::schema_for!(DecisionDocument<'static>), "Postroom decision"),
        "message" => (schemars::schema_for!(MessageDocument), "What a mail says"),
        "log" => (schemars::schema_for!(LedgerDocument<'static>), "What became of a mail"),
        "outbox" => (schemars::schema_for!(OutboxDocument<'static>), "A mail of ours"),
        "quarantine" => (schemars::schema_for!(QuarantineDocument<'static>), "A mail in quarantine"),
        "diff" => (schemars::schema_for!(DiffDocument), "What two rule sets do differently"),
        "rules-log" => (schemars::schema_for!(RulesLogDocument<'static>), "An activation of rules"),
        "status" => (schemars::schema_for!(StatusDocument), "How the service fares"),
        "world" => (schemars::schema_for!(World), "Postroom world file"),
        _ => return None,
    };
    let mut schema = schema.to_value();
    drop_empty_defaults(&mut schema);
    if name == "rule-set" {
        enrich_conditions(&mut schema);
    }
    if ["rule-set", "test"].contains(&name) {
        enrich_worlds(&mut schema);
    }
    let mut document = Map::new();
    document.insert("$schema".to_owned(), json!(DIALECT));
    document.insert("$id".to_owned(), json!(format!("urn:postroom:schema:{name}:v1")));
    document.insert("title".to_owned(), json!(title));
    if let Value::Object(rest) = schema {
        document.extend(rest.into_iter().filter(|(key, _)| key != "$schema" && key != "title"));
    }
    Some(Value::Object(document))
}

/// Takes out defaults of nothing, which an editor would offer to write.
fn drop_empty_defaults(schema: &mut Value) {
    match schema {
        Value::Object(entries) => {
            entries.retain(|key, value| key != "default" || !value.is_null());
            entries.values_mut().for_each(drop_empty_defaults);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_empty_defaults),
        _ => {}
    }
}

/// The conditions of a rule, column by column, so that an editor knows their words.
fn enrich_conditions(schema: &mut Value) {
    let Some(when) = schema.pointer_mut("/$defs/When").and_then(Value::as_object_mut) else { return };
    let columns = Column::ALL.iter().map(|&column| (column.path().to_owned(), condition(column)));
    when.insert("properties".to_owned(), Value::Object(columns.collect()));
    when.insert("additionalProperties".to_owned(), json!(false));
}

/// The world that a test writes: what a world file may say.
fn enrich_worlds(schema: &mut Value) {
    let mut world = schemars::schema_for!(World).to_value();
    drop_empty_defaults(&mut world);
    let Value::Object(mut world) = world else { return };
    world.remove("$schema");
    let Some(definitions) = schema.pointer_mut("/$defs").and_then(Value::as_object_mut) else { return };
    if let Some(Value::Object(more)) = world.remove("$defs") {
        for (name, definition) in more {
            definitions.entry(name).or_insert(definition);
        }
    }
    definitions.insert("WorldTest".to_owned(), Value::Object(world));
}

fn condition(column: Column) -> Value {
    let word = match column.words() {
        Words::Truth => json!({ "type": "boolean" }),
        Words::Setness => json!({ "enum": ["unset", "set"] }),
        Words::Fixed(words) => json!({ "enum": words }),
        Words::ReportCodes => {
            json!({ "anyOf": [{ "type": "integer", "minimum": 200, "maximum": 599 }, { "enum": ["other", "none"] }] })
        }
        Words::Accounts | Words::Actions => json!({ "type": "string" }),
    };
    json!({
        "title": column.path(),
        "description": column.meaning(),
        "anyOf": [word, { "type": "array", "items": word, "minItems": 1 }],
    })
}
