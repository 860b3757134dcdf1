//! One test binary; one module for each floor.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod broken;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod look;
#[cfg(test)]
mod message;
#[cfg(test)]
mod mutation;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod runtime;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod spec;
#[cfg(test)]
mod store;
#[cfg(test)]
mod yaml;
