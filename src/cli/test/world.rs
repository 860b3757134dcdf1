//! A world written within a test.

use crate::adapters::world::World;
use crate::diagnostic::Span;
use crate::ruleset::example::{Fault, FaultKind};
use crate::ruleset::load::Loaded;
use crate::ruleset::yaml::extent;

/// Reads the world that begins at this place. Everything else in the file is blanked out first, so that
/// what is wrong with the world is told with its place in the test's file.
pub(super) fn written_world(loaded: &Loaded, span: Span) -> Result<World, Fault> {
    let Some(source) = loaded.sources.get(span.source) else { return Ok(World::default()) };
    let end = extent::end(&source.text, span.start);
    let blank = |text: &str| -> String { text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect() };
    let before = blank(source.text.get(..span.start).unwrap_or_default());
    let world = source.text.get(span.start..end).unwrap_or_default();
    World::parse(&source.name, &format!("{before}{world}\n")).map_err(|faults| {
        let text = format!("the world of this test is wrong: {faults}");
        Fault::new(FaultKind::Test, text)
            .at(span)
            .help("it is written like a world file; `postroom schema world` describes it")
    })
}
