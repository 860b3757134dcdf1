//! The pages, in the order in which a rule set is read: the file, its names, its tables, the desk.

mod answers;
mod calls;
mod file;
mod letters;
mod names;
mod servers;
mod subjects;
mod tables;
mod waivers;
mod world;

use super::{Page, Theme};

/// All pages, by theme.
pub const THEMES: [Theme; 10] = [
    file::THEME,
    names::THEME,
    subjects::THEME,
    tables::THEME,
    calls::THEME,
    servers::THEME,
    answers::THEME,
    letters::THEME,
    waivers::THEME,
    world::THEME,
];
