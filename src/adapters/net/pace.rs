//! What readers of whole mails need of a connection: lines without a limit of their own, and whether there is more.

use super::Connection;
use crate::ports::Failure;
use std::io::{self, BufRead};

impl Connection {
    /// Waits until the server says something. `false`: it has not before the deadline, and nothing is lost.
    pub fn has_more(&mut self) -> Result<bool, Failure> {
        match self.fill_buf() {
            Ok([]) => Err(self.failure("closed the connection")),
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(false),
            Err(error) => Err(self.fault(error)),
        }
    }
}

impl BufRead for Connection {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken >= self.received.len() {
            let _count = self.receive()?;
        }
        Ok(self.received.get(self.taken..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.taken = self.taken.saturating_add(count).min(self.received.len());
    }
}
