//! One test binary; one module for each floor.

#![allow(
    clippy::format_collect,
    clippy::maybe_infinite_iter,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::too_many_lines,
    let_underscore_drop,
    reason = "a test says what it needs in the shortest way"
)]

#[cfg(test)]
mod answers;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod attachments;
#[cfg(test)]
mod bounces;
#[cfg(test)]
mod broken;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod diff;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod fixes;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod html;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod look;
#[cfg(test)]
mod made_up;
#[cfg(test)]
mod message;
#[cfg(test)]
mod migration;
#[cfg(test)]
mod mutation;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod outgoing_server;
#[cfg(test)]
mod people;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replies;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod rule_tests;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod runtime;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod senders;
#[cfg(test)]
mod servers;
#[cfg(test)]
#[cfg(unix)]
mod service;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod spec;
#[cfg(test)]
mod store;
#[cfg(test)]
mod strangers;
#[cfg(test)]
#[cfg(unix)]
mod tutorial;
#[cfg(test)]
mod versions;
#[cfg(test)]
mod waivers;
#[cfg(test)]
mod winmail;
#[cfg(test)]
mod without_path;
#[cfg(test)]
mod wordings;
#[cfg(test)]
mod yaml;
