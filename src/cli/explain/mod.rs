//! A page for every code that a finding can have: `postroom explain CODE`.
//!
//! The pages live beside this file as one table, so that a new check cannot forget its page: a test
//! compares the table with the codes in use.

mod pages;

pub use pages::PAGES;

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

/// The page of a code.
pub fn find(code: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.code == code)
}

/// The page of a code as text, under its four headings.
pub fn page(code: &str) -> Option<String> {
    find(code).map(Page::text)
}

impl Page {
    /// The page as text, under its four headings.
    pub fn text(&self) -> String {
        let example = self.example.replace('\n', "\n    ");
        format!(
            "{}\n\nWhat it says\n\n{}\n\nWhy it matters at the desk\n\n{}\n\nExample\n\n    {example}\n\nCure\n\n{}\n",
            self.code, self.says, self.matters, self.cure
        )
    }
}
