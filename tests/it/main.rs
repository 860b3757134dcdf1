//! One test binary; one module for each floor.

mod cli;
#[cfg(test)]
mod findings;
#[cfg(unix)]
mod kill;
mod message;
mod scratch;
mod store;
#[cfg(test)]
mod yaml;
