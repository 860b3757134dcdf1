//! Tests of this floor.
