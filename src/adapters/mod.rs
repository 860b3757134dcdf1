//! The world outside; each file one neighbour.
pub mod library;
