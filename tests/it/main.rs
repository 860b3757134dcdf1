//! One test binary; one module for each floor.

#[cfg(test)]
mod findings;
#[cfg(test)]
mod mutation;
mod message;
mod scratch;
mod store;
#[cfg(test)]
mod yaml;
