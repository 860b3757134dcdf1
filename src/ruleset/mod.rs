//! YAML becomes a rule set, or diagnostics.

pub mod yaml;
