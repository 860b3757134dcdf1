//! The world outside; each file one neighbour.
//!
//! Nothing here decides anything: a neighbour is asked, told, or believed. The floors below stay pure
//! because everything that opens a file, a socket or a database lives here.

pub mod compose;
pub mod files;
pub mod git;
pub mod imap;
pub mod inboxes;
pub mod incoming;
pub mod library;
pub mod mailers;
pub mod net;
pub mod pop3;
pub mod probe;
pub mod rehearsal;
pub mod sasl;
pub mod seal;
pub mod secret;
pub mod smtp;
pub mod snapshot;
pub mod sqlite;
pub mod world;

#[cfg(test)]
mod testing;
