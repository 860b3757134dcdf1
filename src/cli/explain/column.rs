//! A page for every column that a condition may ask about: `postroom explain columns`, `postroom explain report_code`.

use crate::ruleset::column::{Column, Stage, Words};

/// The list of all columns: their paths, what they say, and the words they may hold, by the table from which on they
/// are known.
pub(super) fn list() -> String {
    let stages = Stage::TABLES.iter().filter(|stage| known_from(**stage).next().is_some());
    let mut text = String::from(
        "What a condition may ask about (`when: { COLUMN: WORD }`), by the table from which on it is known\n",
    );
    for stage in stages {
        text.extend(["\nFrom `", stage.word(), "` on\n"]);
        for column in known_from(*stage) {
            text.extend([
                "\n  ",
                column.path(),
                ": ",
                &words(column.words()),
                "\n      ",
                column.meaning(),
                "\n",
            ]);
        }
    }
    text.push_str("\nBeside these, a script declares `x.` columns of its own.\n");
    text
}

/// The page of one column.
pub(super) fn page(column: Column) -> String {
    format!(
        "{path}\n\nWhat it says\n\n{meaning}\n\nIts words\n\n{words}\n\nWhere it may be asked for\n\nIn `{stage}` and every later table.\n",
        path = column.path(),
        meaning = column.meaning(),
        words = words(column.words()),
        stage = column.known_from(),
    )
}

fn known_from(stage: Stage) -> impl Iterator<Item = Column> {
    Column::ALL.iter().copied().filter(move |column| column.known_from() == stage)
}

/// The words that a column may hold, or where they come from.
fn words(words: Words) -> String {
    match words {
        Words::Truth => "true, false".to_owned(),
        Words::Setness => "set, unset".to_owned(),
        Words::Fixed(words) => words.join(", "),
        Words::ReportCodes => "none, a code from 200 to 599, other (one that no rule names)".to_owned(),
        Words::Accounts => "the name of an account".to_owned(),
        Words::Actions => "the name of an action".to_owned(),
    }
}
