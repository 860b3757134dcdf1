//! Mail servers that are started by tests/servers and live as long as the test process.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One listening socket of the servers, as counted from the first port (tests/servers/parts/places.sh).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    DovecotImap = 0,
    DovecotImaps = 1,
    DovecotPop3 = 2,
    DovecotPop3s = 3,
    DovecotLmtp = 4,
    CyrusImap = 5,
    CyrusImaps = 6,
    CyrusPop3 = 7,
    CyrusPop3s = 8,
    CyrusLmtp = 9,
    EximSmtp = 10,
    EximSmtps = 11,
    EximExpired = 12,
    EximBare = 13,
}

/// So many ports belong to one set of servers; the last is only held, so that nobody else takes this set.
const PORTS: u16 = 20;
/// Below the ports that the system gives to clients.
const FIRST_PORT: u16 = 20_000;
const SETS: u16 = 600;

/// Mail servers that live as long as the test process.
#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) folder: PathBuf,
    base: u16,
    _set_is_taken: TcpListener,
}

/// Everybody's password, but bob's and kim's (tests/servers/parts/users.sh).
pub(crate) const PASSWORD: &str = "wonderland";

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers")
}

/// What is missing, in words; `None` where all is installed.
fn missing() -> Option<String> {
    let output = Command::new(scripts().join("install")).arg("--check").output();
    match output {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

impl Servers {
    /// Starts servers by their names; `None` where they are not installed, which is told.
    pub(crate) fn start(names: &[&str]) -> Option<Self> {
        if let Some(missing) = missing() {
            let required = std::env::var("POSTROOM_SERVERS").is_ok_and(|value| value == "required");
            assert!(!required, "the mail servers are required; run tests/servers/install ({missing})");
            eprintln!(
                "passed over: the mail servers are not installed; run tests/servers/install ({missing})"
            );
            return None;
        }
        let (base, taken) = free_set();
        let folder = tempfile::Builder::new().prefix("postroom-servers-").tempdir().unwrap().keep();
        let servers = Self { folder, base, _set_is_taken: taken };
        servers.script("start", &[&base.to_string()], names);
        Some(servers)
    }

    pub(crate) fn port(&self, port: Port) -> u16 {
        self.base + port as u16
    }

    /// A file that tells the program whom to trust.
    pub(crate) fn certificate(&self, name: &str) -> PathBuf {
        self.folder.join("certificates").join(name)
    }

    /// Stops servers, and starts them again with what they had.
    pub(crate) fn restart(&self, names: &[&str]) {
        self.script("stop", &[], names);
        self.script("start", &[&self.base.to_string()], names);
    }

    fn script(&self, script: &str, arguments: &[&str], names: &[&str]) {
        let output = Command::new(scripts().join(script))
            .arg(&self.folder)
            .args(arguments)
            .args(names)
            .env("LIFETIME", std::process::id().to_string())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{script} {names:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// The mails that Exim has delivered for people elsewhere: replies, mostly.
    pub(crate) fn delivered(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder.join("exim/delivered/new")) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()).collect()
    }

    /// Waits until Exim has delivered so many mails; what there is after ten seconds otherwise.
    pub(crate) fn wait_for_delivered(&self, count: usize) -> Vec<String> {
        for _ in 0..200 {
            let delivered = self.delivered();
            if delivered.len() >= count {
                return delivered;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        self.delivered()
    }
}

/// The first port of a set that nobody uses, and the socket that says so to others.
fn free_set() -> (u16, TcpListener) {
    let process = u16::try_from(std::process::id() % u32::from(SETS)).unwrap();
    (0..SETS)
        .find_map(|step| {
            let base = FIRST_PORT + (process + step) % SETS * PORTS;
            let taken = TcpListener::bind(("127.0.0.1", base + PORTS - 1)).ok()?;
            let free = (base..base + PORTS - 1).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok());
            free.then_some((base, taken))
        })
        .expect("no ports are free for mail servers")
}
