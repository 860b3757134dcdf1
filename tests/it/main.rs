//! One test binary; one module for each floor.

#[cfg(test)]
mod findings;
mod message;
#[cfg(test)]
mod mutation;
mod scratch;
#[cfg(test)]
mod spec;
mod store;
#[cfg(test)]
mod yaml;
