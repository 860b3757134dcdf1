//! The mail programs that people write with, by the names which they give themselves.

use super::header::Fields;

/// What people write with, as `User-Agent` and `X-Mailer` call it; in lower case.
const CLIENTS: [&str; 39] = [
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
    "kmail",
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
];

/// Whether a mail program that people write with is named.
pub(super) fn is_named(fields: &Fields<'_>) -> bool {
    ["user-agent", "x-mailer"].iter().filter_map(|name| fields.text(name)).any(|program| {
        let program = program.to_lowercase();
        CLIENTS.iter().any(|client| program.contains(client))
    })
}
