//! One test binary; one module for each floor.

#[cfg(test)]
mod findings;
mod message;
mod scratch;
mod store;
#[cfg(test)]
mod yaml;
