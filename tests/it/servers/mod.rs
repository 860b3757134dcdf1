//! The compiled program against real mail servers: Dovecot, Cyrus and Exim on loopback (tests/servers).
//!
//! Every test process starts what it needs on ports of its own, and a guard stops it when the process has ended,
//! however it ended. Where the servers are not installed the tests say so and pass, unless
//! `POSTROOM_SERVERS=required` is set.

mod account;
mod certificate;
mod chaos;
mod elsewhere;
mod harness;
mod imap;
#[cfg(feature = "gssapi")]
mod kerberos;
mod lmtp;
mod mailbox;
mod method;
mod offer;
mod proxy;
mod snag;
mod submission;
mod trouble;
