//! The stretches of a body put together, each in the form that says the most.

use super::{Defects, Limits, html};
use std::collections::HashSet;

/// The longest plain form that only refers to the HTML beside it.
const STUB_BYTES_MAX: usize = 240;

/// How many words a letter in TNEF has at least of which some may be lacking in the text beside it that says the same.
const WORDS_TO_COMPARE_MIN: usize = 20;

/// How many such letters are compared with the text beside them: each takes the length of all of it.
const LETTERS_COMPARED_MAX: usize = 8;

/// How HTML ends that leaves nothing on its last line.
const ENDS_OF_BLOCKS: [&str; 8] =
    ["</html>", "</body>", "</div>", "</p>", "</pre>", "</table>", "<br>", "</blockquote>"];

/// One stretch of the body, in the forms in which it came.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) alternative: Option<usize>,
    pub(super) plain: Option<String>,
    pub(super) html: Option<String>,
}

/// The text of all stretches, and where its lines stand in the HTML where there is but one.
pub(super) fn text_of(
    blocks: Vec<Block>,
    limits: &Limits,
    defects: &mut Defects,
) -> (Option<String>, Option<html::Places>) {
    let most = limits.text_bytes_max;
    let is_one = blocks.len() == 1;
    let (mut cut, mut places) = (false, None);
    let mut take = |out: html::ReadOut| {
        cut |= out.is_cut;
        places = Some(out.places);
        out.text
    };
    let mut all: Option<String> = None;
    for block in blocks {
        let text = match (block.plain, block.html) {
            (Some(plain), Some(html)) if plain.trim().is_empty() => take(html::read_out(&html, most)),
            (Some(plain), Some(html)) if may_refer_to_html(&plain) => {
                let shown = html::read_out(&html, most);
                if says_what_is_shown(&plain, &shown.text) { plain } else { take(shown) }
            }
            (Some(plain), _) => plain,
            (None, Some(html)) => take(html::read_out(&html, most)),
            (None, None) => continue,
        };
        let Some(before) = &mut all else {
            all = Some(text);
            continue;
        };
        if !before.is_empty() && !before.ends_with('\n') {
            before.push('\n');
        }
        before.push_str(&text);
        if before.len() > most {
            break;
        }
    }
    let Some(mut all) = all else { return (None, None) };
    if all.len() > most {
        all.truncate(all.floor_char_boundary(most));
        cut = true;
    }
    if cut {
        defects.add(super::TEXT_BEYOND);
    }
    (Some(all), places.filter(|_| is_one))
}

/// Takes the bodies of mails in TNEF, each with the number of stretches before it. Where the text beside it says the
/// same, that lacks only its HTML; else it is a stretch of its own.
pub(super) fn take_letters(letters: Vec<(usize, Block)>, blocks: &mut Vec<Block>, limits: &Limits) {
    if letters.is_empty() {
        return;
    }
    let words = |block: &Block| match (&block.plain, &block.html) {
        (Some(plain), _) if !plain.trim().is_empty() => plain.clone(),
        (_, Some(html)) => html::read_out(html, limits.text_bytes_max).text,
        _ => String::new(),
    };
    let is_blank = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let mut beside = blocks.iter().map(words).collect::<Vec<String>>().join("\n");
    let before = blocks.len();
    for (index, (place, letter)) in letters.into_iter().enumerate() {
        if is_blank(&letter.plain) && letter.html.is_none() {
            continue;
        }
        let said = words(&letter);
        let added = blocks.len().saturating_sub(before);
        if blocks.iter().all(|block| is_blank(&block.plain) && is_blank(&block.html)) {
            blocks.clear();
            blocks.push(letter);
        } else if index >= LETTERS_COMPARED_MAX || !says(&beside, &said) {
            blocks.insert((place + added).min(blocks.len()), letter);
        } else if let [block] = blocks.as_mut_slice()
            && block.html.is_none()
        {
            block.html = letter.html;
        }
        beside.extend(["\n", &said]);
    }
}

/// Whether a text says what a letter does: its letters stand there, or all but a few of its words, as where a program
/// wrote out a link.
fn says(text: &str, letter: &str) -> bool {
    if letters(text).contains(&letters(letter)) {
        return true;
    }
    let known: HashSet<&str> = words(text).collect();
    let (all, lacking) = words(letter)
        .fold((0, 0), |(all, lacking), word| (all + 1, lacking + usize::from(!known.contains(word))));
    all >= WORDS_TO_COMPARE_MIN && lacking * 10 <= all
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Nothing but the letters and digits of a text.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a plain form may say no more than that the HTML has to be looked at, in whichever language.
fn may_refer_to_html(plain: &str) -> bool {
    let plain = plain.trim();
    plain.len() <= STUB_BYTES_MAX && !plain.contains('>') && plain.to_ascii_lowercase().contains("html")
}

/// Whether the words of a plain form stand in the HTML beside it, or that shows nothing: then they are the writer's.
fn says_what_is_shown(plain: &str, shown: &str) -> bool {
    let shown = letters(shown);
    shown.is_empty() || shown.contains(&letters(plain))
}

/// The HTML of all stretches, where any came in it.
pub(super) fn html_of(blocks: &[Block]) -> Option<String> {
    if blocks.iter().all(|block| block.html.is_none()) {
        return None;
    }
    let mut all = String::new();
    for block in blocks {
        if !all.is_empty() && !ends_block(&all) {
            all.push_str("<br>");
        }
        match (&block.html, &block.plain) {
            (Some(html), _) => all.push_str(html),
            (None, Some(plain)) if !plain.trim().is_empty() => {
                all.push_str("<pre>");
                all.push_str(&html::escape(plain));
                all.push_str("</pre>");
            }
            _ => {}
        }
    }
    Some(all)
}

/// Whether what follows some HTML begins on a line of its own anyway.
fn ends_block(html: &str) -> bool {
    let html = html.trim_end();
    ENDS_OF_BLOCKS.iter().any(|end| {
        let from = html.len().checked_sub(end.len()).and_then(|from| html.get(from..));
        from.is_some_and(|found| found.eq_ignore_ascii_case(end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_form_that_only_refers_to_the_html_gives_way_to_it() {
        const SHOWN: &str = "<p>The HTML page is <b>broken</b>.</p>";
        for (plain, html, expected) in [
            (" \n", SHOWN, "The HTML page is broken."),
            ("To view this mail, please use an HTML compatible viewer.", SHOWN, "The HTML page is broken."),
            ("Diese Mail ist in HTML geschrieben.", SHOWN, "The HTML page is broken."),
            ("The HTML page is *broken*.", SHOWN, "The HTML page is *broken*."),
            ("This mail is in HTML.", "<p> </p>", "This mail is in HTML."),
            ("The HTML viewer crashes:\n> fault 5", SHOWN, "The HTML viewer crashes:\n> fault 5"),
            ("It works.", SHOWN, "It works."),
        ] {
            let (plain, html) = (Some(plain.to_owned()), Some(html.to_owned()));
            let block = Block { alternative: Some(1), plain, html };
            let is_kept = block.plain.as_deref() == Some(expected);
            let (text, places) = text_of(vec![block], &Limits::default(), &mut Defects::default());
            assert_eq!(text.as_deref(), Some(expected));
            assert_eq!(places.is_none(), is_kept, "places are those of the text that is taken: {expected}");
        }
    }

    #[test]
    fn a_letter_in_tnef_is_taken_where_no_text_beside_it_says_the_same() {
        let many = "one two three four five six seven eight nine ten ".repeat(2);
        let other = many.replacen("two", "TWO", 1);
        for (beside, letter, place, expected) in [
            (&["The printer burns!"][..], "The  printer\nburns", 1, &["The printer burns!"][..]),
            (&["a footer"], "The printer burns", 0, &["The printer burns", "a footer"]),
            (&["Please see below"], "The printer burns", 1, &["Please see below", "The printer burns"]),
            (&[" ", ""], "The printer burns", 2, &["The printer burns"]),
            (&[&other], &many, 0, &[&other]),
            (&["a", "b"], "c", 9, &["a", "b", "c"]),
            (&["a"], " ", 1, &["a"]),
        ] {
            let block = |text: &&str| Block { plain: Some((*text).to_owned()), ..Block::default() };
            let mut blocks: Vec<Block> = beside.iter().map(block).collect();
            take_letters(vec![(place, block(&letter))], &mut blocks, &Limits::default());
            let found: Vec<_> = blocks.iter().filter_map(|block| block.plain.as_deref()).collect();
            assert_eq!(found, expected, "{letter}");
        }
    }

    #[test]
    fn html_of_several_parts_does_not_run_together() {
        for (first, expected) in
            [("one <b>two</b>", "one <b>two</b><br>three"), ("<DIV>one</DIV>\n", "<DIV>one</DIV>\nthree")]
        {
            let blocks =
                [first, "three"].map(|html| Block { html: Some(html.to_owned()), ..Block::default() });
            assert_eq!(html_of(&blocks).as_deref(), Some(expected));
        }
    }
}
