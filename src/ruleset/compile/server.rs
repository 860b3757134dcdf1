//! Servers: where mail comes from and where it goes out.

use super::{Compiler, or, placed, text};
use crate::diagnostic::{Diagnostic, Span};
use crate::ruleset::account::{
    Application, Authentication, AuthenticationMethod, Connect, Grant, Login, Outgoing, PagerEncoding,
    SecretPlace, Server, Submit, Tls,
};
use crate::ruleset::decode::Placed;
use crate::ruleset::file::{
    AuthenticationFile, ConnectFile, EwsFile, GraphFile, MapiFile, OutgoingFile, Setting,
};
use crate::vocab::AddrSpec;

/// Methods that send the password, or a token as good as one, readable.
const CLEAR_TEXT: [AuthenticationMethod; 5] = [
    AuthenticationMethod::Standard,
    AuthenticationMethod::SaslLogin,
    AuthenticationMethod::SaslPlain,
    AuthenticationMethod::SaslXoauth2,
    AuthenticationMethod::SaslOauthbearer,
];

/// The domains of Microsoft 365's mail servers.
const MICROSOFT_365: [&str; 3] = ["office365.com", "outlook.com", "office.com"];

const DELETED_ITEMS: &str = "Deleted Items";

/// What the mail protocols have in common, borrowed from where it is written.
struct Written<'a> {
    protocol: &'static str,
    server: &'a Setting<String>,
    port: &'a Setting<u16>,
    ports: Ports,
    tls: &'a Setting<Tls>,
    tls_default: Tls,
    login: &'a Setting<String>,
    password: &'a Setting<SecretPlace>,
    authentication: &'a Setting<AuthenticationFile>,
    allow_clear_text: &'a Setting<bool>,
    ca_file: &'a Setting<String>,
    fingerprint: &'a Setting<String>,
}

/// The ports of a protocol where the rule file names none.
struct Ports {
    /// Where nothing is said of TLS, or it is turned off.
    plain: u16,
    /// Where `tls: starttls` is written.
    starttls: u16,
    /// With TLS from the first byte on.
    implicit: u16,
}

const IMAP: Ports = Ports { plain: 143, starttls: 143, implicit: 993 };
const HTTPS: Ports = Ports { plain: 443, starttls: 443, implicit: 443 };
const POP3: Ports = Ports { plain: 110, starttls: 110, implicit: 995 };
/// SPEC 12: 25, or by the TLS mode 465 (RFC 8314) and 587 (RFC 6409).
const SMTP: Ports = Ports { plain: 25, starttls: 587, implicit: 465 };

impl Ports {
    fn by(&self, tls: Option<Tls>) -> u16 {
        match tls {
            None | Some(Tls::Off) => self.plain,
            Some(Tls::Starttls) => self.starttls,
            Some(Tls::Implicit) => self.implicit,
        }
    }
}

/// How the program makes itself known, which `graph` and `ews` write with the same keys.
macro_rules! application {
    ($self:expr, $file:expr, $scope:expr) => {
        Application {
            tenant: text(&$file.tenant),
            client_id: text(&$file.client_id),
            client_secret: $self.secret(&$file.client_secret),
            certificate: $self.path(&$file.certificate),
            refresh_token: $self.secret(&$file.refresh_token),
            grant: or(&$file.grant, Grant::ClientCredentials),
            scopes: or(&$file.scopes, vec![$scope.to_owned()]),
            mailbox: text(&$file.mailbox),
        }
    };
}

macro_rules! written {
    ($file:expr, $protocol:literal, $ports:expr, $tls:expr) => {
        Written {
            protocol: $protocol,
            server: &$file.server,
            port: &$file.port,
            ports: $ports,
            tls: &$file.tls,
            tls_default: $tls,
            login: &$file.login,
            password: &$file.password,
            authentication: &$file.authentication,
            allow_clear_text: &$file.allow_clear_text,
            ca_file: &$file.ca_file,
            fingerprint: &$file.fingerprint,
        }
    };
}

impl Compiler<'_> {
    pub(super) fn connect(&mut self, name: &Placed<String>, connect: &Placed<ConnectFile>) -> Connect {
        match &connect.value {
            ConnectFile::Files(file) => Connect::Files { folder: self.folder(&file.folder, connect.span) },
            ConnectFile::Imap(file) => Connect::Imap {
                server: self.server(&written!(file, "imap", IMAP, Tls::Starttls), connect.span),
                folder: text(&file.folder).unwrap_or_else(|| "INBOX".to_owned()),
                deleted_items_folder: or(&file.deleted_items_folder, DELETED_ITEMS.to_owned()),
            },
            ConnectFile::Pop3(file) => {
                self.need_server(&file.server, connect.span, "pop3");
                Connect::Pop3 {
                    server: self.server(&written!(file, "pop3", POP3, Tls::Starttls), connect.span),
                    max_messages_per_session: or(&file.max_messages_per_session, 50),
                }
            }
            ConnectFile::Graph(file) => Connect::Graph {
                application: self.graph(file, connect.span),
                deleted_items_folder: or(&file.deleted_items_folder, DELETED_ITEMS.to_owned()),
            },
            ConnectFile::Ews(file) => Connect::Ews {
                server: self.ews(file, connect.span),
                application: self.ews_application(file),
                deleted_items_folder: or(&file.deleted_items_folder, DELETED_ITEMS.to_owned()),
            },
            ConnectFile::Mapi(file) => {
                self.withdrawn(name, connect.span, file, "connect: ");
                Connect::Mapi
            }
        }
    }

    fn folder(&mut self, folder: &Setting<String>, at: Span) -> String {
        self.path(folder).unwrap_or_else(|| {
            self.missing(at, "`files` does not say which `folder`", "name it: `files: { folder: spool/in }`");
            String::new()
        })
    }

    fn need_server(&mut self, server: &Setting<String>, at: Span, protocol: &str) {
        if text(server).is_none() {
            self.missing(
                at,
                format!("`{protocol}` does not say which `server`"),
                "name it: `server: mail.example.com`",
            );
        }
    }

    fn server(&mut self, file: &Written<'_>, at: Span) -> Server {
        let tls = or(file.tls, file.tls_default);
        let server = text(file.server).unwrap_or_else(|| "localhost".to_owned());
        let host = server.to_lowercase();
        let tls_at = file.tls.as_ref().map_or(at, |placed| placed.span);
        if tls == Tls::Off && MICROSOFT_365.iter().any(|domain| host.ends_with(domain)) {
            self.findings.push(
                Diagnostic::error(
                    "microsoft-365-requires-tls",
                    format!("`{server}` refuses connections without TLS"),
                )
                .at(tls_at, "TLS is turned off here")
                .note("Microsoft 365 takes mail and passwords over protected connections only")
                .help("write `tls: starttls`, or `tls: implicit` with the port for it"),
            );
        }
        Server {
            login: self.login(file, tls, tls_at),
            port: or(file.port, file.ports.by(file.tls.as_ref().map(|placed| placed.value))),
            tls,
            server,
            ca_file: self.path(file.ca_file),
            fingerprint: text(file.fingerprint),
        }
    }

    fn login(&mut self, file: &Written<'_>, tls: Tls, tls_at: Span) -> Login {
        let authentication = match placed(file.authentication) {
            Some((AuthenticationFile::Only(methods), at)) => {
                self.check_methods(file.protocol, methods, at);
                let is_clear =
                    !methods.is_empty() && methods.iter().all(|method| CLEAR_TEXT.contains(method));
                if is_clear && tls == Tls::Off && !or(file.allow_clear_text, false) {
                    self.findings.push(
                        Diagnostic::error("clear-text-login", "the password would travel in clear text")
                            .at(at, "each of these sends it readable")
                            .against(tls_at, "and nothing protects the connection")
                            .note("whoever listens on the way can read the mailbox from then on")
                            .help("write `tls: starttls`; where that cannot be, `allow_clear_text: true` says that you know"),
                    );
                }
                Authentication::Only(methods.clone())
            }
            _ => Authentication::Automatic,
        };
        Login {
            login: text(file.login),
            password: self.secret(file.password),
            authentication,
            allow_clear_text: or(file.allow_clear_text, false),
        }
    }

    fn check_methods(&mut self, protocol: &str, methods: &[AuthenticationMethod], at: Span) {
        let applies = |method: &AuthenticationMethod| match method {
            AuthenticationMethod::Apop => protocol == "pop3",
            AuthenticationMethod::Standard => protocol != "smtp",
            _ => true,
        };
        if !methods.is_empty() && !methods.iter().any(applies) {
            self.findings.push(
                Diagnostic::warning(
                    "method-not-applicable",
                    format!("none of these methods exists for {protocol}"),
                )
                .at(at, "does not apply")
                .note("another method that the server offers will be used instead")
                .help("write `authentication: automatic`, or name a method of this protocol"),
            );
        }
    }

    fn graph(&mut self, file: &GraphFile, at: Span) -> Application {
        if text(&file.mailbox).is_none() {
            self.missing(at, "`graph` does not say whose `mailbox`", "name it: `mailbox: desk@example.com`");
        }
        application!(self, file, "https://graph.microsoft.com/.default")
    }

    fn ews(&mut self, file: &EwsFile, at: Span) -> Server {
        self.need_server(&file.server, at, "ews");
        self.server(&written!(file, "ews", HTTPS, Tls::Implicit), at)
    }

    fn withdrawn(&mut self, name: &Placed<String>, at: Span, file: &MapiFile, key: &str) {
        let mailbox = text(&file.mailbox)
            .or_else(|| text(&file.login))
            .unwrap_or_else(|| "desk@example.com".to_owned());
        let server = text(&file.server).unwrap_or_else(|| "localhost".to_owned());
        let login = text(&file.login).unwrap_or_else(|| mailbox.clone());
        self.findings.push(
            Diagnostic::warning("protocol-withdrawn", format!("`{}` speaks MAPI, which is never used", name.value))
                .at(at, "understood, but never connected to")
                .note("the vendor took MAPI out in version 10.5; mail of this server stays where it is")
                .help(format!("for Microsoft 365: `{key}{{ graph: {{ tenant: example.com, client_id: …, mailbox: {mailbox}, client_secret: {{ env: GRAPH_SECRET }} }} }}`"))
                .help(format!("for an Exchange server of your own: `{key}{{ ews: {{ server: {server}, login: {login}, password: {{ env: EWS_PASSWORD }}, mailbox: {mailbox} }} }}`")),
        );
    }

    pub(super) fn outgoing(&mut self, is_needed: bool) -> Vec<Outgoing> {
        let file = self.file;
        let mut servers = Vec::new();
        for (name, outgoing) in &file.outgoing {
            self.own_name(name, "outgoing server");
            servers.extend(self.outgoing_server(name, outgoing));
        }
        self.one_default(&mut servers);
        self.one_for_each_partition(&servers);
        if is_needed
            && servers.iter().all(|server| !server.active)
            && file.outgoing.is_empty()
            && !file.accounts.is_empty()
        {
            self.findings.push(
                Diagnostic::warning("no-default-server", "no outgoing server is named")
                    .at(self.top(), "in the whole rule set")
                    .note("nobody will ever be answered; each reply is shown as suppressed in its trace")
                    .help("for a first try: `outgoing: { main: { files: { folder: spool/out }, outgoing_email_id: desk@example.com } }`"),
            );
        }
        servers
    }

    fn outgoing_server(&mut self, name: &Placed<String>, file: &OutgoingFile) -> Option<Outgoing> {
        let submit = self.submit(name, file);
        let outgoing_email_id = if let Some((address, at)) = placed(&file.outgoing_email_id) {
            let parsed = AddrSpec::parse(address);
            if parsed.is_none() {
                self.findings.push(
                    Diagnostic::error(
                        "wrong-type",
                        format!("`{}` is not a mail address", address.escape_debug()),
                    )
                    .at(at, "not an address")
                    .help("write it like `servicedesk@example.com`"),
                );
            }
            parsed
        } else {
            self.missing(
                name.span,
                format!("outgoing server `{}` has no `outgoing_email_id`", name.value),
                "name the address that stands in the `From` of our mails",
            );
            None
        };
        Some(Outgoing {
            name: name.value.clone(),
            active: or(&file.active, true),
            submit: submit?,
            outgoing_email_id: outgoing_email_id?,
            is_default: or(&file.default, false),
            partition: text(&file.partition),
            sent_from_analyst: or(&file.sent_from_analyst, false),
            reply_to_forwarding_analyst: or(&file.reply_to_forwarding_analyst, false),
            send_receipt: or(&file.send_receipt, false),
        })
    }

    fn submit(&mut self, name: &Placed<String>, file: &OutgoingFile) -> Option<Submit> {
        let mut found = Vec::new();
        if let Some(files) = &file.files {
            found.push(Submit::Files { folder: self.folder(&files.folder, files.span) });
        }
        if let Some(smtp) = &file.smtp {
            found.push(Submit::Smtp {
                server: self.server(&written!(smtp, "smtp", SMTP, Tls::Starttls), smtp.span),
                connection_timeout_secs: or(&smtp.connection_timeout_secs, 120),
                chunking: or(&smtp.chunking, false),
                pager_encoding: or(&smtp.pager_encoding, PagerEncoding::None),
            });
        }
        if let Some(graph) = &file.graph {
            found.push(Submit::Graph { application: self.graph(graph, graph.span) });
        }
        if let Some(ews) = &file.ews {
            found.push(Submit::Ews {
                server: self.ews(ews, ews.span),
                application: self.ews_application(ews),
            });
        }
        if let Some(mapi) = &file.mapi {
            self.withdrawn(name, mapi.span, mapi, "");
            found.push(Submit::Mapi);
        }
        if let Some(pop3) = &file.pop3 {
            self.findings.push(
                Diagnostic::error("protocol-cannot-send", "POP3 cannot send mail")
                    .at(pop3.span, "fetches only")
                    .note("one page of the manual lists POP among the protocols for outgoing mail; there is no such thing")
                    .help("use `smtp`, `graph` or `ews`"),
            );
            return None;
        }
        if found.len() != 1 {
            let what = if found.is_empty() {
                "does not say how it sends"
            } else {
                "says in more than one way how it sends"
            };
            self.missing(
                name.span,
                format!("outgoing server `{}` {what}", name.value),
                "name one of `files`, `smtp`, `graph`, `ews`",
            );
            return None;
        }
        found.pop()
    }

    /// A second default server replaces the first, with a warning (SPEC 12).
    fn one_default(&mut self, servers: &mut [Outgoing]) {
        let file = self.file;
        let place = |name: &str| {
            let server = file.outgoing.get(name)?;
            server.default.as_ref().map(|placed| placed.span)
        };
        let defaults: Vec<String> =
            servers.iter().filter(|server| server.is_default).map(|server| server.name.clone()).collect();
        if let Some((last, replaced)) = defaults.split_last() {
            for name in replaced {
                let (Some(at), Some(by)) = (place(name), place(last)) else { continue };
                self.findings.push(
                    Diagnostic::warning(
                        "default-server-replaced",
                        format!("`{name}` is no longer the default outgoing server"),
                    )
                    .at(by, format!("`{last}` takes its place"))
                    .against(at, "was the default until then")
                    .note("there is exactly one default outgoing server; the last one named is it")
                    .help(format!("take `default: true` away from `{name}` or from `{last}`")),
                );
                if let Some(server) = servers.iter_mut().find(|server| server.name == *name) {
                    server.is_default = false;
                }
            }
        } else if servers.iter().filter(|server| server.active).count() > 1 {
            self.findings.push(
                Diagnostic::warning("no-default-server", "no outgoing server is the default one")
                    .at(
                        file.outgoing.iter().next().map_or(self.top(), |(name, _)| name.span),
                        "would be used, being the first",
                    )
                    .note("mail about partitions that name no server has to leave by one of them")
                    .help("write `default: true` at one of them"),
            );
        }
    }

    fn one_for_each_partition(&mut self, servers: &[Outgoing]) {
        let file = self.file;
        for (at, server) in servers.iter().enumerate().filter(|(_, server)| server.active) {
            let Some(partition) = &server.partition else { continue };
            let earlier = servers
                .iter()
                .take(at)
                .find(|other| other.active && other.partition.as_ref() == Some(partition));
            let place = |name: &str| {
                file.outgoing.get(name).and_then(|file| file.partition.as_ref()).map(|placed| placed.span)
            };
            if let Some(other) = earlier
                && let (Some(second), Some(first)) = (place(&server.name), place(&other.name))
            {
                let chosen = server.name.as_str().min(&other.name);
                self.findings.push(
                    Diagnostic::warning("two-servers-for-partition", format!("two active outgoing servers serve partition `{partition}`"))
                        .at(second, "the second one")
                        .against(first, "the first one")
                        .note(format!("mail of this partition always leaves by `{chosen}`, the first in the order of the alphabet"))
                        .help("make one of them inactive, or give it another partition"),
                );
            }
        }
    }

    fn ews_application(&self, file: &EwsFile) -> Application {
        application!(self, file, "https://outlook.office365.com/.default")
    }
}
