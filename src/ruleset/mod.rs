//! YAML becomes a rule set, or diagnostics.

pub mod decode;
pub mod shape;
pub mod yaml;
