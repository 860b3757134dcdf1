//! `postroom check`: everything about rule sets that can be known without mail.

mod fix;
pub(in crate::cli) mod patch;

use super::render::{
    findings_as_github, findings_as_json, findings_as_sarif, findings_as_text, waived_as_json,
};
use super::screen::{counted, grouped, has_colour, line};
use super::{Exit, Trouble, activation, open, screen, silence};
use crate::adapters::sqlite::SqliteStore;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ruleset::check::check_desk;
use crate::ruleset::load::Loaded;
use crate::ruleset::{Silence, silences, waiver};
use crate::vocab::DeskSummary;
use fix::Fixed;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The most findings that are shown as text; programs get them all.
const SHOWN_MAX: usize = 100;

const EXAMPLES: &str = "\
All findings are shown at once, each with its place, why it matters at the desk and what to write instead;
`postroom explain CODE` says more. Every situation that the tables can meet is looked at: one without an
answer, and a rule that can never be reached, are errors. Exit code 3 where there are errors.

`--fix` changes what can only have been meant otherwise, such as a name that is misspelled, and nothing else; it
writes the file only where fewer errors are left. A warning that is right as it is gets a comment in its line or
the line above: `# postroom: allow CODE because REASON`.

Examples:
  postroom check
      ./postroom.yaml, or the built-in demo where there is none
  postroom check rules/*.yaml --world desk.yaml
      also holds the people, groups and templates that they name against this desk
  postroom check --silent
      also lists the situations in which the sender hears nothing, with the rule that decides so
  postroom check hr.yaml --fix --dry-run
      shows what `--fix` would change
  postroom check rules/hr.yaml --format sarif > findings.sarif
      for the build server; `--format github` writes annotations for a workflow";

/// Checks rule sets: everything that can be known without mail.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct CheckArgs {
    /// The rules: files, folders with a `postroom.yaml`, or built-in names.
    ///
    /// Without any: `./postroom.yaml`, else the built-in demo.
    #[arg(value_name = "RULES")]
    rules: Vec<PathBuf>,
    /// A world file: the people, groups and templates that the rules may name.
    #[arg(long, visible_alias = "desk", value_name = "FILE", conflicts_with = "store")]
    world: Option<PathBuf>,
    /// The store whose people, groups and templates the rules may name, and which knows the rules that were active before;
    /// it is not changed.
    #[arg(long, value_name = "STORE")]
    store: Option<String>,
    /// Lists the situations that end without the sender being told.
    #[arg(long)]
    silent: bool,
    /// Puts right, in the files that are named, what can only have been meant otherwise.
    #[arg(long)]
    fix: bool,
    /// Shows as a diff what `--fix` would change, and changes nothing.
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// For people, for programs, or for build servers.
    #[arg(long, value_enum, default_value_t)]
    format: CheckFormat,
}

/// In which form findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum CheckFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For build servers: SARIF 2.1.0.
    Sarif,
    /// For GitHub: an annotation for each finding.
    Github,
}

/// One rule set, checked.
struct Checked {
    /// As it was named.
    named: Option<PathBuf>,
    loaded: Loaded,
    took: Duration,
    /// What `--fix` has changed.
    fixed: Option<Fixed>,
    /// The situations that end without the sender being told, where the rules hold together; and whether those are all.
    silences: Option<(Vec<Silence>, bool)>,
}

/// A desk and how people know it.
struct NamedDesk {
    name: String,
    summary: DeskSummary,
    /// Knows which rules were active before.
    store: Option<SqliteStore>,
}

/// Checks each rule set and prints what was found.
pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> Result<Exit, Trouble> {
    let desk = desk(args)?;
    let named: Vec<Option<&Path>> = match args.rules.as_slice() {
        [] => vec![None],
        rules => rules.iter().map(|path| Some(path.as_path())).collect(),
    };
    if args.dry_run && matches!(args.format, CheckFormat::Sarif | CheckFormat::Github) {
        return Err(Trouble::usage("`--dry-run` shows a diff, for which this format has no place"));
    }
    let mut all = Vec::new();
    for named in named {
        let fixed = if args.fix { Some(fix::fix(open::rules_source(named)?, args.dry_run)?) } else { None };
        all.push(Checked { fixed, ..check(named, desk.as_ref())? });
    }
    match args.format {
        CheckFormat::Text => print_text(&all, args, out)?,
        CheckFormat::Json => {
            let sets: Vec<Value> = all.iter().map(Checked::to_json).collect();
            writeln!(out, "{}", screen::json(&json!({ "format": 1, "rule_sets": sets })))?;
        }
        CheckFormat::Sarif => writeln!(out, "{}", screen::json(&sarif(&all)))?,
        CheckFormat::Github => {
            for checked in &all {
                let (findings, sources) = (&checked.loaded.findings, &checked.loaded.sources);
                // no name of a rule set may begin a line: the runner would take it for a command
                writeln!(out, "{}postroom: {}", findings_as_github(findings, sources), checked.summary())?;
            }
        }
    }
    let has_errors = all.iter().any(|checked| checked.count(Severity::Error) > 0);
    Ok(if has_errors { Exit::RuleSetWrong } else { Exit::Done })
}

/// The desk that was named.
fn desk(args: &CheckArgs) -> Result<Option<NamedDesk>, Trouble> {
    if let Some(path) = &args.world {
        let summary = open::world(path)?.summary();
        return Ok(Some(NamedDesk { name: path.display().to_string(), summary, store: None }));
    }
    let Some(named) = &args.store else { return Ok(None) };
    let store = open::store_to_look(named)?;
    Ok(Some(NamedDesk { name: named.clone(), summary: store.summary()?, store: Some(store) }))
}

fn check(named: Option<&Path>, desk: Option<&NamedDesk>) -> Result<Checked, Trouble> {
    let begun = Instant::now();
    let mut loaded = open::rules(named)?;
    let demo = if desk.is_none() && open::is_demo(named) {
        let summary = open::demo_world()?.summary();
        Some(NamedDesk { name: "the demo's".to_owned(), summary, store: None })
    } else {
        None
    };
    if let Some(desk) = desk.or(demo.as_ref()) {
        hold_against(&mut loaded, desk)?;
    }
    let silences = loaded.rule_set.as_ref().map(silences);
    let named = named.map(Path::to_path_buf);
    Ok(Checked { named, loaded, took: begun.elapsed(), fixed: None, silences })
}

/// Adds what is wrong between the rules and a desk.
fn hold_against(loaded: &mut Loaded, desk: &NamedDesk) -> Result<(), Trouble> {
    let Some(file) = &loaded.file else { return Ok(()) };
    let mut found = Vec::new();
    if let Some(store) = &desk.store {
        found.extend(activation::findings(store, loaded)?);
    }
    found.extend(check_desk(file, &desk.summary, &desk.name));
    waiver::apply_to_desk(loaded, found);
    Ok(())
}

impl Checked {
    fn count(&self, severity: Severity) -> usize {
        self.loaded.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// `classic r12`, or the file where it has no name yet.
    fn name(&self) -> String {
        match &self.loaded.rule_set {
            Some(rule_set) => format!("{} r{}", line(&rule_set.identity.name), rule_set.identity.revision),
            None => self
                .loaded
                .stack
                .as_ref()
                .and_then(|stack| stack.layers.first())
                .and_then(|top| self.loaded.sources.get(*top))
                .map(|source| line(&source.name))
                .or_else(|| self.named.as_ref().map(|path| line(&path.to_string_lossy())))
                .or_else(|| self.loaded.sources.iter().next().map(|(_, source)| line(&source.name)))
                .unwrap_or_else(|| "the rule set".to_owned()),
        }
    }

    fn summary(&self) -> String {
        let mut counts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning")]
            .map(|(severity, word)| (self.count(severity), word))
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| counted(count, word))
            .collect();
        if counts.is_empty() {
            counts.push("nothing wrong".to_owned());
        }
        let waived = self.loaded.waived.len();
        if waived > 0 {
            counts.push(format!("{} waived", counted(waived, "warning")));
        }
        let counts = counts.join(", ");
        let proof = &self.loaded.proof;
        let looked_at = if proof.situations == 0 {
            String::new()
        } else {
            let complete = if proof.is_complete { "complete" } else { "not complete" };
            let took = self.took.as_millis();
            let statements = match proof.statements {
                0 => String::new(),
                count => format!(", {} held against them", counted(count, "statement")),
            };
            format!(
                "; {} situations looked at{statements} in {took} ms, {complete}",
                grouped(proof.situations)
            )
        };
        format!("{}: {counts}{looked_at}", self.name())
    }

    fn to_json(&self) -> Value {
        let rule_set = self.loaded.rule_set.as_ref().map(|rule_set| json!(rule_set.identity));
        json!({
            "named": self.named.as_ref().map(|path| path.to_string_lossy()),
            "rule_set": rule_set,
            "errors": self.count(Severity::Error),
            "warnings": self.count(Severity::Warning),
            "situations": self.loaded.proof.situations,
            "complete": self.loaded.proof.is_complete,
            "statements": self.loaded.proof.statements,
            "silent": self.silences.as_ref().map(|(silences, _)| silence::as_json(silences)),
            "silent_complete": self.silences.as_ref().map(|(_, is_complete)| is_complete),
            "waived": waived_as_json(&self.loaded.waived, &self.loaded.sources),
            "fixes": self.fixed.as_ref().map(Fixed::to_json),
            "findings": findings_as_json(&self.loaded.findings, &self.loaded.sources),
        })
    }
}

fn print_fixed(fixed: &Fixed, out: &mut dyn Write) -> std::io::Result<()> {
    write!(out, "{}", fixed.diff)?;
    let count = counted(fixed.changes.len(), "change");
    if fixed.is_written {
        writeln!(out, "{count} made\n")?;
    } else if fixed.changes.is_empty() {
        writeln!(out, "nothing to change\n")?;
    } else {
        writeln!(out, "{count} would be made; nothing was written\n")?;
    }
    for remark in &fixed.remarks {
        screen::note(remark);
    }
    Ok(())
}

fn print_text(all: &[Checked], args: &CheckArgs, out: &mut dyn Write) -> std::io::Result<()> {
    for (at, checked) in all.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        if let Some(fixed) = &checked.fixed {
            print_fixed(fixed, out)?;
        }
        let findings: &[Diagnostic] = &checked.loaded.findings;
        let shown = findings.get(..SHOWN_MAX).unwrap_or(findings);
        if !shown.is_empty() {
            writeln!(out, "{}", findings_as_text(shown, &checked.loaded.sources, has_colour()))?;
        }
        if shown.len() < findings.len() {
            writeln!(
                out,
                "and {} more; `--format json` shows them all\n",
                grouped(findings.len() - shown.len())
            )?;
        }
        writeln!(out, "{}", checked.summary())?;
        if let Some((silences, is_complete)) = &checked.silences {
            silence::print(silences, *is_complete, args.silent, out)?;
        }
    }
    Ok(())
}

/// One log with a run for each rule set.
fn sarif(all: &[Checked]) -> Value {
    let mut logs = all.iter().map(|checked| {
        let Loaded { findings, waived, sources, .. } = &checked.loaded;
        findings_as_sarif(findings, waived, sources)
    });
    let mut log = logs.next().unwrap_or_default();
    for mut other in logs {
        if let (Some(runs), Some(more)) = (
            log.get_mut("runs").and_then(Value::as_array_mut),
            other.get_mut("runs").and_then(Value::as_array_mut),
        ) {
            runs.append(more);
        }
    }
    log
}
