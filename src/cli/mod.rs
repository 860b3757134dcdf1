//! What people and programs see of Postroom.

pub mod explain;
pub mod render;
