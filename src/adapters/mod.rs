//! The world outside; each file one neighbour.
