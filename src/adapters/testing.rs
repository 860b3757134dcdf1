//! A mail server on this machine that answers lines as a table tells it, however badly.

use super::net::Patience;
use super::net::testing::server;
use crate::ports::{Arrival, Failure, Inbox};
use crate::ruleset::account::{Authentication, Server, Tls};
use crate::vocab::Disposition;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The server says what stands before this mark, and closes.
pub(super) const DROP: &str = "<drop>";
/// The server says what stands before this mark, and then nothing more.
pub(super) const STALL: &str = "<stall>";
/// The server says what stands before this mark, and then a byte now and then.
pub(super) const DRIP: &str = "<drip>";
/// The server says what stands before this mark, and then a line that never ends.
pub(super) const FLOOD: &str = "<flood>";

/// The beginning of a line, without its tag, and its answers in turn; the last one stays. `{tag}` is the tag of the
/// line.
pub(super) type Rule = (&'static str, &'static [&'static str]);

/// A server that plays a table.
pub(super) struct Script {
    pub(super) server: Server,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// Takes any number of connections. Where several rules fit a line, the first one answers.
    pub(super) fn play(rules: impl IntoIterator<Item = Rule>) -> Self {
        let rules: Vec<(Rule, usize)> = rules.into_iter().map(|rule| (rule, 0)).collect();
        let (rules, heard) = (Arc::new(Mutex::new(rules)), Arc::new(Mutex::new(Vec::new())));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut server = server(listener.local_addr().unwrap().port(), Tls::Off);
        server.server = "127.0.0.1".into();
        server.login.authentication = Authentication::Only(Vec::new());
        let also_heard = Arc::clone(&heard);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let (rules, heard) = (Arc::clone(&rules), Arc::clone(&also_heard));
                thread::spawn(move || serve(socket.unwrap(), &rules, &heard));
            }
        });
        Self { server, heard }
    }

    /// Every line that was heard, without its tag, `LOGOUT` left out.
    pub(super) fn heard(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|line| *line != "LOGOUT").cloned().collect()
    }

    /// How often a line was heard that begins so.
    pub(super) fn count(&self, beginning: &str) -> usize {
        self.heard().iter().filter(|line| line.starts_with(beginning)).count()
    }
}

fn serve(mut socket: TcpStream, rules: &Mutex<Vec<(Rule, usize)>>, heard: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(socket.try_clone().unwrap());
    let greeting = answer(rules, "greeting").unwrap();
    let mut goes_on = say(&mut socket, &greeting);
    let mut line = String::new();
    while goes_on && lines.read_line(&mut line).is_ok_and(|read| read > 0) {
        let said = line.trim_end();
        let is_tagged = said.starts_with('p') && said.get(1..2).is_some_and(|c| c.parse::<u8>().is_ok());
        let (tag, rest) = if is_tagged { said.split_once(' ').unwrap() } else { ("", said) };
        heard.lock().unwrap().push(rest.to_owned());
        let refusal = if is_tagged { "{tag} BAD what?\r\n" } else { "-ERR what?\r\n" };
        let reply = answer(rules, rest).unwrap_or_else(|| refusal.to_owned());
        goes_on = say(&mut socket, &reply.replace("{tag}", tag));
        line.clear();
    }
}

fn answer(rules: &Mutex<Vec<(Rule, usize)>>, line: &str) -> Option<String> {
    let mut rules = rules.lock().unwrap();
    let ((_, answers), next) = rules.iter_mut().find(|((beginning, _), _)| line.starts_with(beginning))?;
    let reply = answers[(*next).min(answers.len() - 1)];
    *next += 1;
    Some(reply.to_owned())
}

/// Says it; `false` where the connection ends with it. The client may go before all is said.
fn say(socket: &mut TcpStream, reply: &str) -> bool {
    let mark = [DROP, STALL, DRIP, FLOOD].into_iter().find(|mark| reply.contains(mark));
    let said = mark.and_then(|mark| reply.split_once(mark)).map_or(reply, |(before, _)| before);
    if socket.write_all(said.as_bytes()).is_err() {
        return false;
    }
    match mark {
        None => return true,
        Some(STALL) => {
            let _gone = socket.read_to_end(&mut Vec::new());
        }
        Some(DRIP) => {
            while socket.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
        }
        Some(FLOOD) => while socket.write_all(&[b'x'; 4096]).is_ok() {},
        Some(_) => {}
    }
    false
}

/// A server that says nothing for so long is gone.
pub(super) fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(5),
        command: Duration::from_millis(500),
        line_bytes_max: 64 * 1024,
    }
}

/// One round: what was brought, each mail as its text or the fault, and the mails themselves.
pub(super) fn round(inbox: &mut dyn Inbox) -> (Vec<String>, Vec<Arrival>) {
    let mut arrivals = Vec::new();
    let mut told = Vec::new();
    while let Some(found) = inbox.fetch() {
        assert!(told.len() < 1_000, "a round ends");
        told.push(match &found {
            Ok(arrival) => String::from_utf8_lossy(&arrival.raw).trim().to_owned(),
            Err(failure) => failure.to_string(),
        });
        arrivals.extend(found);
    }
    (told, arrivals)
}

/// Disposes of all these at once, and ends the round; gives what is left in place.
pub(super) fn dispose(inbox: &mut dyn Inbox, arrivals: &[Arrival], disposition: Disposition) -> Vec<String> {
    for arrival in arrivals {
        inbox.dispose(arrival, disposition).unwrap();
    }
    let mut left: Vec<String> =
        inbox.complete_disposals().into_iter().map(|(_, why)| why.to_string()).collect();
    left.extend(inbox.end_round().err().map(|failure| failure.to_string()));
    left
}

/// Whether it is worth another attempt.
pub(super) fn is_transient(failure: &Failure) -> bool {
    matches!(failure, Failure::Transient(_))
}
