//! The report: one HTML file that needs nothing else, to be read in a browser or mail client, or printed.
//!
//! Everything from outside is escaped, and made harmless as for a terminal before: a subject can be no markup, load
//! nothing and turn no reading direction. There is no script in it, and its own policy forbids any.

use super::document::{DiffDocument, MailKind, Replay};
use super::text::{both, example, heading, place, title};
use crate::cli::render::shown;
use crate::cli::screen::{counted, grouped};
use crate::message::html::escape;
use crate::ruleset::compare::{Cell, Comparison, KindOfChange};
use std::fmt::Write as _;

const STYLE: &str = "\
:root{color-scheme:light}
body{font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#1d2733;background:#f3f5f8;margin:0}
main{max-width:68rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.6rem;margin:0 0 .4rem}
h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:2px solid #d8dee6;padding-bottom:.25rem}
h3{font-size:1rem;margin:0 0 .5rem}
.sum{font-size:1.05rem;margin:.2rem 0 0}
.good{color:#17693a}.bad{color:#9a3412}
section.kind{background:#fff;border:1px solid #d8dee6;border-left:4px solid #c2571a;border-radius:6px;padding:1rem 1.1rem;margin:0 0 1rem;break-inside:avoid-page}
section.same{border-left-color:#8a97a6}
.stage{display:inline-block;font-size:.75rem;letter-spacing:.04em;background:#e6ebf2;color:#44546a;border-radius:3px;padding:.05rem .4rem;margin-right:.4rem;vertical-align:.1em}
.count{font-weight:normal;color:#5b6979}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem;margin:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #e6ebf2}
th{color:#44546a;background:#f7f9fb;font-weight:600}
td.number,th.number{text-align:right;white-space:nowrap}
code,pre{font:12.5px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:#f7f9fb;border:1px solid #e6ebf2;border-radius:4px;padding:.6rem .7rem;overflow-x:auto;margin:.3rem 0;white-space:pre}
.place,.dim{color:#5b6979;font-size:.85em}
del{background:#fde8e4;text-decoration:none}ins{background:#dff3e4;text-decoration:none}
details{margin:.5rem 0}summary{cursor:pointer}
footer{margin-top:3rem;color:#5b6979;font-size:.85rem}
@media print{body{background:#fff}main{max-width:none;padding:0}pre{white-space:pre-wrap}}
";

/// The whole report.
pub(super) fn report(document: &DiffDocument) -> String {
    let comparison = &document.comparison;
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        title = text(&both(comparison)),
    );
    let tone = if document.equal { "good" } else { "bad" };
    let mut push = |part: &str| page.push_str(part);
    push(&format!("<p class=\"sum {tone}\">{}</p>\n", text(&document.summary)));
    if !comparison.new.change_reason.is_empty() {
        push(&format!("<p class=\"dim\">Reason: {}</p>\n", text(&comparison.new.change_reason)));
    }
    push(&identities(comparison));
    if comparison.changes().next().is_some() {
        push("<h2>Situations that end differently</h2>\n");
        comparison.changes().for_each(|changed| push(&kind(changed)));
    }
    let same: Vec<&KindOfChange> = comparison.kinds.iter().filter(|kind| kind.same_end).collect();
    if !same.is_empty() {
        push("<h2>Decided differently, with the same end</h2>\n");
        for changed in same {
            push(&kind(changed));
        }
    }
    push(&others(comparison));
    if let Some(replay) = &document.mails {
        push(&mails(replay));
    }
    push(
        "<footer>Written by <code>postroom diff</code>. Every situation that can come about was decided by both rule \
         sets; where that was not possible, the first line says so. Mails are decided each for itself, on the same \
         desk.</footer>\n</main>\n</body>\n</html>\n",
    );
    page
}

/// A text from outside: harmless and escaped.
fn text(text: &str) -> String {
    escape(&shown(text))
}

fn identities(comparison: &Comparison) -> String {
    let row = |what: &str, identity: &crate::ruleset::Identity| {
        format!(
            "<tr><th>{what}</th><td>{}</td><td>revision {}</td><td><code>{}</code></td></tr>\n",
            text(&identity.name),
            identity.revision,
            text(&identity.digest)
        )
    };
    format!(
        "<div class=\"scroll\"><table>\n{}{}</table></div>\n",
        row("old", &comparison.old),
        row("new", &comparison.new)
    )
}

fn kind(kind: &KindOfChange) -> String {
    let class = if kind.same_end { "kind same" } else { "kind" };
    let name = title(kind);
    let name = name.strip_prefix(&format!("{}: ", kind.stage)).unwrap_or(&name);
    let mut part = format!(
        "<section class=\"{class}\">\n<h3><span class=\"stage\">{}</span>{} <span class=\"count\">· {}</span></h3>\n",
        text(kind.stage),
        text(name),
        counted(kind.situations, "situation")
    );
    let mut say = |what: &str| {
        // writing to a text cannot go wrong
        let _always = writeln!(part, "<p class=\"dim\">{}</p>", text(what));
    };
    if kind.old.replies != kind.new.replies {
        let replies = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        say(&format!("Replies: {} → {}", replies(&kind.old.replies), replies(&kind.new.replies)));
    }
    if let Some(reopens) = kind.where_portal_reopens {
        let reopens = if reopens { "lets" } else { "does not let" };
        say(&format!("Where the desk {reopens} Users reopen calls in the portal."));
    }
    part.push_str(&rows(kind));
    if let Some(row) = kind.rows.first() {
        let _always = writeln!(part, "<p class=\"dim\">For example: {}</p>", text(&example(row)));
    }
    if !kind.ends.is_empty() {
        part.push_str(
            "<details><summary>How these mails end</summary><table>\n<tr><th>before</th><th>now</th></tr>\n",
        );
        for end in &kind.ends {
            let _always = writeln!(part, "<tr><td>{}</td><td>{}</td></tr>", text(&end.old), text(&end.new));
        }
        part.push_str("</table></details>\n");
    }
    part.push_str("</section>\n");
    part
}

fn rows(kind: &KindOfChange) -> String {
    let mut names: Vec<&str> = Vec::new();
    for cell in kind.rows.iter().flat_map(|row| &row.when) {
        if !names.contains(&cell.column) {
            names.push(cell.column);
        }
    }
    let mut part = String::from("<div class=\"scroll\"><table>\n<tr>");
    for name in &names {
        let _always = write!(part, "<th>{}</th>", text(name));
    }
    part.push_str("<th>decided by</th><th>now by</th><th class=\"number\">situations</th></tr>\n");
    for row in &kind.rows {
        part.push_str("<tr>");
        for name in &names {
            let cell: Option<&Cell> = row.when.iter().find(|cell| cell.column == *name);
            let words =
                cell.map_or("<span class=\"dim\">any</span>".to_owned(), |cell| text(&cell.words.join(", ")));
            let _always = write!(part, "<td>{words}</td>");
        }
        for rule in [&row.old_rule, &row.new_rule] {
            let at = place(rule);
            let at = at.strip_prefix(&rule.rule).unwrap_or(&at);
            let _always =
                write!(part, "<td>{}<span class=\"place\">{}</span></td>", text(&rule.rule), text(at));
        }
        let _always = writeln!(part, "<td class=\"number\">{}</td></tr>", grouped(row.situations));
    }
    part.push_str("</table></div>\n");
    part
}

/// A table of changes under a heading; nothing where there are none.
fn listed(heading: &str, header: [&str; 3], rows: &[[String; 3]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut part = format!("<h2>{heading}</h2>\n<div class=\"scroll\"><table>\n<tr>");
    for name in header {
        let _always = write!(part, "<th>{name}</th>");
    }
    part.push_str("</tr>\n");
    for [first, old, new] in rows {
        let _always = writeln!(
            part,
            "<tr><td>{}</td><td><del>{}</del></td><td><ins>{}</ins></td></tr>",
            text(first),
            text(old),
            text(new)
        );
    }
    part.push_str("</table></div>\n");
    part
}

fn others(comparison: &Comparison) -> String {
    let or = |value: &Option<String>| value.clone().unwrap_or_default();
    let subjects = &comparison.subjects;
    let patterns: Vec<[String; 3]> = subjects
        .patterns
        .iter()
        .map(|it| [format!("{} {}", it.change, it.pattern), or(&it.old), or(&it.new)])
        .collect();
    let examples: Vec<[String; 3]> =
        subjects.subjects.iter().map(|it| [it.subject.clone(), it.old.clone(), it.new.clone()]).collect();
    let settings: Vec<[String; 3]> =
        comparison.settings.iter().map(|it| [it.setting.clone(), or(&it.old), or(&it.new)]).collect();
    let texts: Vec<[String; 3]> =
        comparison.texts.iter().map(|it| [it.what.clone(), or(&it.old), or(&it.new)]).collect();
    let renamed: Vec<[String; 3]> = comparison
        .renamed
        .iter()
        .map(|it| [format!("{}, which does the same", it.what), it.old.clone(), it.new.clone()])
        .collect();
    let header = |first| [first, "before", "now"];
    [
        listed("Subject patterns", header("pattern"), &patterns),
        listed("Subjects that ask for something else", header("subject"), &examples),
        listed("Settings", header("setting"), &settings),
        listed("Texts and actions", header("text"), &texts),
        listed("New names", header("what"), &renamed),
    ]
    .concat()
}

fn mails(replay: &Replay) -> String {
    let mut part = format!(
        "<h2>Mails that end differently</h2>\n<p>{} of {}.</p>\n",
        grouped(replay.changed),
        counted(replay.decided, "mail")
    );
    replay.kinds.iter().for_each(|kind| part.push_str(&mails_of(kind)));
    if replay.failed > 0 {
        let _always =
            writeln!(part, "<p>{} could not be read or decided:</p>\n<ul>", counted(replay.failed, "mail"));
        for fault in &replay.faults {
            let _always = writeln!(part, "<li>{}</li>", text(fault));
        }
        part.push_str("</ul>\n");
    }
    part
}

fn mails_of(kind: &MailKind) -> String {
    let mut part = format!(
        "<section class=\"kind\">\n<h3>{} → {} <span class=\"count\">· {}</span></h3>\n",
        text(&kind.old),
        text(&kind.new),
        counted(kind.count, "mail")
    );
    for mail in &kind.mails {
        let _always = writeln!(part, "<details><summary>{}</summary>", text(&heading(mail)));
        if let Some([before, after]) = &mail.sheets {
            let _always = writeln!(
                part,
                "<p class=\"dim\">before</p><pre>{}</pre>\n<p class=\"dim\">now</p><pre>{}</pre>",
                text(before),
                text(after)
            );
        }
        part.push_str("</details>\n");
    }
    if kind.mails.len() < kind.count {
        let _always =
            writeln!(part, "<p class=\"dim\">and {} more</p>", grouped(kind.count - kind.mails.len()));
    }
    part.push_str("</section>\n");
    part
}
