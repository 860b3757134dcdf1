//! One test binary; one module for each floor.

mod message;
mod scratch;
mod store;
mod yaml;
