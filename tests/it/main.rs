//! One test binary; one module for each floor.

#[cfg(test)]
mod broken;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod mutation;
mod message;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod secrets;
mod store;
#[cfg(test)]
mod yaml;
