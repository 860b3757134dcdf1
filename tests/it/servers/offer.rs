//! What a server lists as its authentication methods, asked by hand.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// The line in which the server lists its SASL mechanisms.
pub(crate) fn listed(port: u16, protocol: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (question, mark) = match protocol {
        "imap" => ("a CAPABILITY\r\nb LOGOUT\r\n", "* CAPABILITY"),
        "pop3" => ("CAPA\r\nQUIT\r\n", "SASL "),
        _ => ("EHLO localhost\r\nQUIT\r\n", "250-AUTH "),
    };
    // Exim refuses whoever speaks before it has greeted.
    let mut text = Vec::new();
    let mut byte = [0];
    while text.last() != Some(&b'\n') {
        stream.read_exact(&mut byte).unwrap();
        text.push(byte[0]);
    }
    stream.write_all(question.as_bytes()).unwrap();
    stream.read_to_end(&mut text).unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().rfind(|line| line.starts_with(mark)).unwrap_or_else(|| panic!("{text}")).to_owned()
}
