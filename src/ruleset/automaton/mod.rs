//! Patterns as automata: what several of them say about all subjects there are, not about samples.
//!
//! A pattern becomes a nondeterministic automaton over characters (`nfa`). Characters that no pattern at hand
//! tells apart are one letter (`alphabet`). Then all automata walk side by side, breadth first, towards a
//! text that some match and others do not (`search`): the first one found is a shortest one, and where there
//! is none, there is none at all. The walk is bounded and says so where the bound was reached.

mod alphabet;
mod nfa;
mod outline;
mod search;
#[cfg(test)]
mod tests;

pub use nfa::Nfa;
pub use outline::{Outline, folded};
pub use search::{Effort, Found, Want, shortest};
