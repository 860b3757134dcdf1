//! One test binary; one module for each floor.

#[cfg(test)]
mod architecture;
mod broken;
mod cli;
#[cfg(test)]
mod findings;
#[cfg(unix)]
mod kill;
#[cfg(test)]
mod look;
mod message;
#[cfg(test)]
mod mutation;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod runtime;
#[cfg(test)]
mod schemas;
mod store;
#[cfg(test)]
mod yaml;
