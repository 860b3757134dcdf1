//! An installation whose account and outgoing server are real servers, and the program in it.

use super::harness::{PASSWORD, Port, Servers};
use crate::cli::postroom;
use std::fmt;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Where the program finds the password.
pub(crate) const PASSWORD_VARIABLE: &str = "POSTROOM_TEST_PASSWORD";

/// A server as it is written into a rule file.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) protocol: &'static str,
    pub(crate) server: &'static str,
    pub(crate) port: u16,
    pub(crate) tls: &'static str,
    pub(crate) login: String,
    /// A word of `authentication`; empty: `automatic`.
    pub(crate) method: &'static str,
    /// Whom to trust and whatever else, each with a comma before it.
    pub(crate) more: String,
}

impl Reach {
    /// Alice's mailbox or submission by the method that the program likes best, with our authority trusted.
    pub(crate) fn new(servers: &Servers, protocol: &'static str, port: Port, tls: &'static str) -> Self {
        Self {
            protocol,
            server: "localhost",
            port: servers.port(port),
            tls,
            login: "alice".to_owned(),
            method: "",
            more: format!(", ca_file: {}", servers.certificate("ca.pem").display()),
        }
    }

    pub(crate) fn login(mut self, login: &str) -> Self {
        login.clone_into(&mut self.login);
        self
    }

    pub(crate) fn with(mut self, more: &str) -> Self {
        self.more = format!("{}, {more}", self.more);
        self
    }

    /// Trusts nothing but what `more` says.
    pub(crate) fn trusting(mut self, more: &str) -> Self {
        self.more = if more.is_empty() { String::new() } else { format!(", {more}") };
        self
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, server, port, tls, login, method, more } = self;
        write!(f, "{protocol}: {{ server: {server}, port: {port}, tls: {tls}, login: {login}, ")?;
        write!(f, "password: {{ env: {PASSWORD_VARIABLE} }}")?;
        if !method.is_empty() {
            write!(f, ", authentication: [{method}]")?;
        }
        if *tls == "off" {
            f.write_str(", allow_clear_text: true")?;
        }
        write!(f, "{more} }}")
    }
}

/// What one run of the program left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) said: String,
    pub(crate) remarks: String,
}

/// A folder with a rule file, the small desk, and the store.
#[derive(Debug)]
pub(crate) struct Installation {
    folder: TempDir,
    password: String,
    variables: Vec<(String, String)>,
}

impl Installation {
    /// Replies become files.
    pub(crate) fn receiving(connect: &Reach) -> Self {
        Self::receiving_with(connect, "")
    }

    /// `settings` are further lines of the account.
    pub(crate) fn receiving_with(connect: &Reach, settings: &str) -> Self {
        Self::new(&format!("{{ {connect} }}"), "files: { folder: out }", settings)
    }

    /// Mail comes from the folder `in`.
    pub(crate) fn sending(outgoing: &Reach) -> Self {
        Self::sending_with(outgoing, "")
    }

    /// `settings` are further lines of the account.
    pub(crate) fn sending_with(outgoing: &Reach, settings: &str) -> Self {
        Self::new("{ files: { folder: in } }", &outgoing.to_string(), settings)
    }

    /// `settings` are further lines of the account.
    pub(crate) fn new(connect: &str, outgoing: &str, settings: &str) -> Self {
        Self::on_desk(include_str!("../../../fixtures/desk/small.yaml"), connect, outgoing, settings)
    }

    /// The same with a desk of its own.
    pub(crate) fn on_desk(world: &str, connect: &str, outgoing: &str, settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rules = format!(
            "format: 1\nrule_set: servers\nrevision: 1\nchange_reason: A test\nextends: classic\n\
             accounts:\n  desk:\n    connect: {connect}\n    \
             new_calls: {{ template: IT Incident, default_logging_analyst: Duty Analyst }}\n    \
             closed_calls: {{ otherwise_to: IT First Line }}\n{}\
             outgoing:\n  main: {{ {outgoing}, outgoing_email_id: desk@example.com, default: true }}\n",
            settings.lines().fold(String::new(), |text, line| format!("{text}    {line}\n"))
        );
        fs::write(folder.path().join("postroom.yaml"), rules).unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        let installation = Self { folder, password: PASSWORD.to_owned(), variables: Vec::new() };
        fs::write(installation.path().join("world.yaml"), world).unwrap();
        let ran = installation.run(&["desk", "import", "world.yaml"]);
        assert_eq!(ran.code, 0, "{}", ran.remarks);
        installation
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn password(mut self, password: &str) -> Self {
        password.clone_into(&mut self.password);
        self
    }

    /// What the program finds in its environment besides.
    #[cfg(feature = "gssapi")]
    pub(crate) fn variables(mut self, variables: Vec<(String, String)>) -> Self {
        self.variables = variables;
        self
    }

    /// Lays a mail into the folder that the account reads, where it reads one.
    pub(crate) fn lay_in(&self, name: &str, mail: &str) {
        fs::write(self.path().join("in").join(format!("{name}.eml")), mail).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = postroom(self.path());
        command.env(PASSWORD_VARIABLE, &self.password).envs(self.variables.iter().cloned()).args(arguments);
        command.timeout(std::time::Duration::from_mins(2));
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            said: text(output.stdout),
            remarks: text(output.stderr),
        };
        assert!(
            !ran.said.contains(&self.password) && !ran.remarks.contains(&self.password),
            "the password is shown: {ran:?}"
        );
        ran
    }

    /// Fetches what is there and deals with it; the run must succeed.
    pub(crate) fn process(&self) -> Ran {
        let ran = self.run(&["process", "--account", "desk"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran
    }

    /// What a command says, as data.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let ran = self.run(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&ran.said).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {ran:?}"))
    }

    /// How many mails the ledger knows.
    pub(crate) fn ledger_lines(&self) -> usize {
        self.json(&["log", "--most", "0"]).as_array().unwrap().len()
    }
}
