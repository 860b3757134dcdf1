//! The tree of a rule file.
