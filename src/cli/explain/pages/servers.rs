//! Pages about mailboxes, outgoing servers and logins.

use super::{Page, Theme};

pub(super) const THEME: Theme = Theme {
    title: "Mailboxes and servers",
    pages: &[
        Page {
            code: "protocol-withdrawn",
            says: "The account uses MAPI, which the vendor removed in version 10.5.",
            matters: "It is understood, but never polled: mail would stay in that mailbox unread.",
            example: "connect: { mapi: { server: exchange.example.com } }",
            cure: "Use `graph` or `ews`; the finding shows the same account written so.",
        },
        Page {
            code: "protocol-cannot-send",
            says: "An outgoing server uses a protocol that only fetches mail.",
            matters: "No reply would leave. One of the vendor's documents lists POP for sending, which it cannot do.",
            example: "outgoing:\n  main: { pop3: { server: pop.example.com } }",
            cure: "Use `smtp`, `graph` or `ews`.",
        },
        Page {
            code: "microsoft-365-requires-tls",
            says: "The server belongs to Microsoft 365, and the account does not use TLS.",
            matters: "Microsoft refuses such connections; the account would never fetch or send a mail.",
            example: "imap: { server: outlook.office365.com, tls: off }",
            cure: "Set `tls` to `starttls` or `implicit`.",
        },
        Page {
            code: "clear-text-login",
            says: "The password would cross the network in the clear.",
            matters: "Who reads it can read the desk's mail, and close its calls.",
            example: "imap: { server: imap.example.com, tls: off, authentication: [standard] }",
            cure: "Turn TLS on, take a method that does not send the password, or allow it expressly for this account.",
        },
        Page {
            code: "token-secret-missing",
            says: "A rule asks for a confirmation, looks at tokens, or signs reply addresses, and the rule set names no secret to sign with.",
            matters: "A token proves which mail of ours is answered and who was to read it. Without a secret anybody could write one, so none is made: nobody could confirm anything.",
            example: "extends: strict\n# and no `system.token_secret`",
            cure: "Make a secret (`openssl rand -hex 32`), keep it where only Postroom reads it, and name the place: `system: { token_secret: { file: /etc/postroom/token-secret } }`. With another secret, tokens of mails already sent count for nothing: requests that wait must be made again, and answers to other mails still find their items.",
        },
        Page {
            code: "secret-in-file",
            says: "A password or secret is written in the rule file.",
            matters: "Rule files are mailed, reviewed and kept for years. A secret in one is no secret.",
            example: "password: hunter2",
            cure: "Say where it is instead: `{ env: IT_DESK_PASSWORD }` or `{ file: /run/secrets/it-desk }`. Change the password, since it has been seen.",
        },
        Page {
            code: "default-server-replaced",
            says: "A second outgoing server is the default, and replaces the first.",
            matters: "Exactly one can be. Mail of partitions without a server of their own leaves by another than one may think.",
            example: "outgoing:\n  main: { default: true }\n  backup: { default: true }",
            cure: "Keep `default: true` at one of them.",
        },
        Page {
            code: "no-default-server",
            says: "No outgoing server is the default.",
            matters: "Replies about items of partitions that name no server could not leave.",
            example: "outgoing:\n  hr: { partition: HR }",
            cure: "Add `default: true` to one server.",
        },
        Page {
            code: "two-servers-for-partition",
            says: "Several active outgoing servers serve one partition.",
            matters: "One of them is always taken, the same every time; the others stand idle.",
            example: "outgoing:\n  a: { partition: HR }\n  b: { partition: HR }",
            cure: "Give one of them another partition, or turn it off with `active: false`.",
        },
    ],
};
