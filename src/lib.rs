//! Postroom reads a service desk's incoming mail and does what it asks.
//!
//! The floors, lowest first; each uses only those above it in this list:
//! [`vocab`] and [`diagnostic`], [`message`], [`ruleset`], [`engine`], [`ports`], [`adapters`] beside
//! [`runtime`], [`cli`].

pub mod adapters;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod message;
pub mod ports;
pub mod ruleset;
pub mod runtime;
pub mod vocab;
