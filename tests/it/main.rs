//! One test binary; one module for each floor.

mod message;
mod store;
mod yaml;
