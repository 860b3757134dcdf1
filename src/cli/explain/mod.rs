//! A page for every code that a finding can have: `postroom explain CODE`.
//!
//! The pages live beside this file by theme, so that a new check cannot forget its page: a test compares them with
//! the codes in use. `docs/DIAGNOSTICS.md` is made of the same pages. Columns have pages, too, made of what the rule
//! language itself says of them.

mod column;
mod pages;

pub use pages::THEMES;

use super::screen::columns;
use super::{Exit, Trouble};
use crate::ruleset::column::Column;
use crate::ruleset::nearest;
use std::io::Write;

const EXAMPLES: &str = "\
Every finding names its code in brackets: `error[unreachable-rule]`.

Examples:
  postroom explain unreachable-rule
  postroom explain
      lists all codes
  postroom explain columns
      lists what a condition may ask about, and the words it may hold
  postroom explain report_code";

/// Word for the list of all columns.
const COLUMNS: &str = "columns";

/// Explains a finding: what it says, why it matters at the desk, an example, the cure. Or a column, and its words.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct ExplainArgs {
    /// The code, as findings carry it, a column, or `columns` for a list of those; without one, all codes are listed.
    code: Option<String>,
}

/// Prints a page, or the list of pages.
pub(super) fn run(args: &ExplainArgs, out: &mut dyn Write) -> Result<Exit, Trouble> {
    let Some(code) = &args.code else {
        let rows: Vec<Vec<String>> =
            pages().map(|page| vec![page.code.to_owned(), page.says.to_owned()]).collect();
        for row in columns(&rows, &[], &[2]) {
            writeln!(out, "{row}")?;
        }
        return Ok(Exit::Done);
    };
    let of_column = || Column::parse(code).map(column::page);
    let of_columns = || (code == COLUMNS).then(column::list);
    let page = page(code).or_else(of_column).or_else(of_columns).ok_or_else(|| unknown(code))?;
    out.write_all(page.as_bytes())?;
    Ok(Exit::Done)
}

fn unknown(code: &str) -> Trouble {
    let columns = Column::ALL.iter().map(|column| column.path());
    let known: Vec<&str> = pages().map(|page| page.code).chain(columns).chain([COLUMNS]).collect();
    let help = match nearest(code, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`postroom explain` lists all codes, `postroom explain columns` all columns".to_owned(),
    };
    Trouble::usage(format!("no finding has the code `{code}`, and no column this name; {help}"))
}

/// What there is to say about one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The code, as findings carry it.
    pub code: &'static str,
    /// What the finding says, in other words.
    pub says: &'static str,
    /// What would happen at the desk without it.
    pub matters: &'static str,
    /// Lines of a rule file that have the fault.
    pub example: &'static str,
    /// What to do.
    pub cure: &'static str,
}

/// Pages that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// What they are about.
    pub title: &'static str,
    /// The pages, in the order in which they are listed.
    pub pages: &'static [Page],
}

/// All pages, theme after theme.
pub fn pages() -> impl Iterator<Item = &'static Page> {
    THEMES.iter().flat_map(|theme| theme.pages)
}

/// All pages as one Markdown document, theme after theme, with a list of them at the beginning.
pub fn document() -> String {
    let mut text = "# Findings\n\nWhat `postroom check` can find, by code: what it says, why it matters at the desk, an example, and the cure.\n\
        `postroom explain CODE` prints the same page. This file is made of the pages in `src/cli/explain/pages`;\n\
        `UPDATE_SCHEMAS=1 cargo nextest run schema` writes it anew.\n"
        .to_owned();
    let contents = THEMES.iter().map(|theme| {
        let codes = theme.pages.iter().map(|page| format!("[{code}](#{code})", code = page.code));
        format!("\n**{}:** {}\n", theme.title, codes.collect::<Vec<_>>().join(", "))
    });
    text.extend(contents);
    for theme in &THEMES {
        text.extend(["\n## ", theme.title, "\n"]);
        text.extend(theme.pages.iter().map(Page::markdown));
    }
    text
}

/// The page of a code.
pub fn find(code: &str) -> Option<&'static Page> {
    pages().find(|page| page.code == code)
}

/// The page of a code as text, under its four headings.
pub fn page(code: &str) -> Option<String> {
    find(code).map(Page::text)
}

impl Page {
    /// The page as a section of a Markdown document.
    fn markdown(&self) -> String {
        format!(
            "\n### {}\n\n{}\n\n**Why it matters at the desk.** {}\n\n```yaml\n{}\n```\n\n**Cure.** {}\n",
            self.code, self.says, self.matters, self.example, self.cure
        )
    }

    /// The page as text, under its four headings.
    pub fn text(&self) -> String {
        let example = self.example.replace('\n', "\n    ");
        format!(
            "{}\n\nWhat it says\n\n{}\n\nWhy it matters at the desk\n\n{}\n\nExample\n\n    {example}\n\nCure\n\n{}\n",
            self.code, self.says, self.matters, self.cure
        )
    }
}
