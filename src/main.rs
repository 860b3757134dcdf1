//! The `postroom` program.

fn main() {}
