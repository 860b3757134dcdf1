//! The mail programs that people write with, by the names which they give themselves.

use super::header::Fields;

/// What people write with, as `User-Agent` and `X-Mailer` call it; in lower case.
const CLIENTS: [&str; 57] = [
    "thunderbird",
    "apple mail",
    "iphone mail",
    "ipad mail",
    "microsoft outlook",
    "microsoft-macoutlook",
    "outlook",
    "windows mail",
    "windows live mail",
    "evolution",
    "mutt",
    "k-9",
    "fairemail",
    "aquamail",
    "bluemail",
    "airmail",
    "postbox",
    "betterbird",
    "seamonkey",
    "kmail/",
    "kontact",
    "alpine",
    "roundcube",
    "the bat",
    "foxmail",
    "claws",
    "sylpheed",
    "squirrelmail",
    "horde",
    "rainloop",
    "snappymail",
    "sogomail",
    "yahoomailwebservice",
    "webmail",
    "emclient",
    "em client",
    "mailbird",
    "mailmate",
    "lotus notes",
    "zimbrawebclient",
    "open-xchange mailer",
    "mailspring",
    "readdle",
    "gnus",
    "wanderlust",
    "becky!",
    "eudora",
    "pegasus mail",
    "opera mail",
    "geary",
    "vivaldi",
    "shuriken",
    "incredimail",
    "canary mail",
    "samsung email",
    "delta chat",
    "deltachat",
];

/// Whether a mail program that people write with is named.
pub(super) fn is_named(fields: &Fields<'_>) -> bool {
    ["user-agent", "x-mailer"].iter().filter_map(|name| fields.text(name)).any(|program| {
        let program = program.to_lowercase();
        CLIENTS.iter().any(|client| program.contains(client))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_people_write_with_are_told_from_those_of_servers() {
        for (header, expected) in [
            ("X-Mailer: Microsoft Outlook 16.0", true),
            ("User-Agent: NeoMutt/20230517", true),
            ("X-Mailer: Zimbra 8.8 (ZimbraWebClient - GC98 (Linux))", true),
            ("X-Mailer: Open-Xchange Mailer v7.10", true),
            ("User-Agent: Gnus/5.13 (Gnus v5.13)", true),
            ("X-Mailer: Acme Autoresponder", false),
            ("X-Mailer: SparkPost", false),
            ("User-Agent: KMail/4.14", true),
            ("X-Mailer: Amazon WorkMail", false),
            ("X-Program: Mutt", false),
        ] {
            let raw = format!("{header}\r\n\r\n");
            assert_eq!(is_named(&Fields::read(raw.as_bytes(), 0, 1_000)), expected, "{header}");
        }
    }
}
