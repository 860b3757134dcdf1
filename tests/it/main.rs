//! One test binary; one module for each floor.

#[cfg(test)]
mod findings;
mod message;
#[cfg(test)]
mod mutation;
#[cfg(test)]
mod rules;
mod store;
#[cfg(test)]
mod yaml;
