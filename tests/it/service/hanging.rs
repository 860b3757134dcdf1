//! A thread that hangs, and a main loop that hangs: who is told, and what goes on.

use super::{Installation, get, until};
use crate::cli::postroom;
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Something that nobody writes into: whoever reads it hangs, as on a share whose server is gone.
fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Whether the service manager hears within so long that the main loop lives; what it heard before is left out.
fn is_alive(manager: &UnixDatagram, within: Duration) -> bool {
    let mut word = [0; 256];
    manager.set_nonblocking(true).unwrap();
    while manager.recv(&mut word).is_ok() {}
    manager.set_nonblocking(false).unwrap();
    let until = Instant::now() + within;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        manager.set_read_timeout(Some(left)).unwrap();
        match manager.recv(&mut word) {
            Ok(count) if String::from_utf8_lossy(&word[..count]).contains("WATCHDOG=1") => return true,
            Ok(_) | Err(_) => {}
        }
    }
}

#[test]
fn account_that_hangs_is_told_and_the_watchdog_is_fed_only_while_the_main_loop_lives() {
    let desk = Installation::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    make_pipe(&desk.path().join("authority"));
    let rules = fs::read_to_string(desk.path().join("postroom.yaml")).unwrap().replace(
        "files: { folder: spool/back }",
        &format!("imap: {{ server: localhost, port: {port}, tls: implicit, login: x, ca_file: authority }}"),
    );
    fs::write(desk.path().join("postroom.yaml"), &rules).unwrap();
    let manager = UnixDatagram::bind(desk.path().join("manager")).unwrap();
    let arguments = ["--http", "127.0.0.1:0", "--hangs-after-secs", "5"];
    let service = desk.start_with(&arguments, Some(&desk.path().join("manager")));
    let log = service.log.clone();
    until("the thread is noticed", || desk.account("back")["hanging"].is_object(), &log);
    let line = service.log();
    let address = line.split("address=").nth(1).unwrap().split_whitespace().next().unwrap().trim_matches('"');
    let (code, health) = get(address, "/health");
    let health: Value = serde_json::from_str(&health).unwrap();
    let faults = health["faults"].as_array().unwrap();
    let named = |fault: &&Value| {
        fault["part"] == "account back" && fault["fault"].as_str().unwrap().contains("it hangs")
    };
    assert!(code == 503 && faults.iter().any(|fault| named(&fault)), "{health}");
    let text = postroom(desk.path()).arg("status").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains("! back: it hangs: nothing has been heard of it since it began to connect"),
        "{text}"
    );
    assert!(service.log().contains("a thread hangs"), "{}", service.log());
    // The other account works, however long it sleeps between two looks, and nobody restarts the service.
    desk.deliver("front", "meanwhile");
    until("the other account goes on", || desk.files_in("spool/front") == 0, &log);
    until("and is not thought to hang", || desk.account("front")["hanging"].is_null(), &log);
    until("the watchdog is fed", || is_alive(&manager, Duration::from_secs(5)), &log);
    // It moves again: its authority is there, and is none.
    fs::write(desk.path().join("authority"), "nothing").unwrap();
    until("its own fault is told", || desk.account("back")["fault"].is_object(), &log);
    let words = desk.account("back")["fault"]["words"].to_string();
    assert!(words.contains("holds no certificate"), "{words}");

    // The main loop hangs where it reads the rules from a place that does not answer.
    let (pipe, name) = (desk.path().join("pipe"), desk.path().join("postroom.yaml"));
    make_pipe(&pipe);
    fs::hard_link(&pipe, desk.path().join("link")).unwrap();
    fs::rename(desk.path().join("link"), &name).unwrap();
    service.signal("-HUP");
    until("the watchdog is fed no more", || !is_alive(&manager, Duration::from_secs(4)), &log);
    desk.deliver("front", "all-the-same");
    until("mail is dealt with all the same", || desk.files_in("spool/front") == 0, &log);
    fs::write(desk.path().join("rules"), &rules).unwrap();
    fs::rename(desk.path().join("rules"), &name).unwrap();
    fs::write(&pipe, &rules).unwrap();
    until("the main loop lives again", || is_alive(&manager, Duration::from_secs(5)), &log);
}
