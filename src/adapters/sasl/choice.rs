//! Which way to prove who we are is taken (SPEC 11).

use super::{Mechanism, Protocol};
use crate::ports::{Cause, Failure};
use crate::ruleset::account::{Authentication, AuthenticationMethod, Login};

/// What the server offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// SASL names as the server lists them.
    pub sasl: Vec<String>,
    /// USER and PASS, or the LOGIN command (no LOGINDISABLED), may be used.
    pub standard: bool,
    /// The timestamp in the greeting, with its angle brackets, where APOP may be used.
    pub apop_challenge: Option<String>,
}

/// The method to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// `None`: no authentication.
    pub mechanism: Option<Mechanism>,
    /// One sentence for `account test`.
    pub why: String,
    /// One sentence where it is none of those that the account lists.
    pub warning: Option<String>,
}

/// Whether what is said to the server may show the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// It may: there is TLS, or the account allows clear text.
    Sheltered,
    /// It may not: whoever is in between hears everything, and can change it.
    Open,
}

impl Exposure {
    /// What a login may show on a connection with or without TLS.
    pub fn of(login: &Login, is_protected: bool) -> Self {
        if is_protected || login.allow_clear_text { Self::Sheltered } else { Self::Open }
    }
}

/// Best first where nobody can listen: what proves without showing the secret and lets the server prove itself,
/// then the secret itself under TLS, then what rests on digests that are broken by now.
const PROTECTED: [Mechanism; 12] = [
    Mechanism::Gssapi,
    Mechanism::ScramSha256,
    Mechanism::ScramSha1,
    Mechanism::Oauthbearer,
    Mechanism::Xoauth2,
    Mechanism::Plain,
    Mechanism::Login,
    Mechanism::Ntlm,
    Mechanism::CramMd5,
    Mechanism::DigestMd5,
    Mechanism::Apop,
    Mechanism::Standard,
];

/// Best first where anybody may listen: everything that hides the secret goes before what shows it. NTLM comes late,
/// since whether its version hides anything is known only in the middle of it.
const UNPROTECTED: [Mechanism; 12] = [
    Mechanism::Gssapi,
    Mechanism::ScramSha256,
    Mechanism::ScramSha1,
    Mechanism::CramMd5,
    Mechanism::DigestMd5,
    Mechanism::Ntlm,
    Mechanism::Apop,
    Mechanism::Oauthbearer,
    Mechanism::Xoauth2,
    Mechanism::Plain,
    Mechanism::Login,
    Mechanism::Standard,
];

/// Chooses among what the server offers and the account allows.
pub fn choose(
    offer: &Offer,
    login: &Login,
    protocol: Protocol,
    is_protected: bool,
) -> Result<Choice, Failure> {
    let none = |why: &str| Ok(Choice { mechanism: None, why: why.to_owned(), warning: None });
    let listed: Option<Vec<Mechanism>> = match &login.authentication {
        Authentication::Automatic => None,
        Authentication::Only(methods) if methods.is_empty() => {
            return none("no authentication: the list of methods is empty");
        }
        Authentication::Only(methods) => Some(methods.iter().map(|&method| mechanism(method)).collect()),
    };
    if login.login.is_none() {
        return none("no authentication: there is no login");
    }
    let order = if is_protected { PROTECTED } else { UNPROTECTED };
    let is_listed = |mechanism: Mechanism| listed.as_ref().is_some_and(|it| it.contains(&mechanism));
    // A token is no password: where one is meant, the list says so.
    let is_usable = |mechanism: Mechanism| {
        let is_token = matches!(mechanism, Mechanism::Xoauth2 | Mechanism::Oauthbearer);
        is_offered(mechanism, offer, protocol) && (!is_token || is_listed(mechanism))
    };
    let exposure = Exposure::of(login, is_protected);
    let is_safe = |mechanism: Mechanism| exposure == Exposure::Sheltered || !mechanism.is_clear_text();
    let usable: Vec<Mechanism> = order.into_iter().filter(|&it| is_usable(it)).collect();
    let safe =
        |among: &dyn Fn(Mechanism) -> bool| usable.iter().copied().find(|&it| is_safe(it) && among(it));
    let how = if is_protected { "under TLS" } else { "without TLS" };
    let Some(listed) = &listed else {
        return match safe(&|_| true) {
            Some(best) => Ok(Choice {
                mechanism: Some(best),
                why: format!("{}: the best of what the server offers {how}", best.title()),
                warning: None,
            }),
            None => Err(nothing(offer, &usable, is_protected)),
        };
    };
    if let Some(best) = safe(&is_listed) {
        let why = format!("{}: the best of the account's list that the server offers {how}", best.title());
        return Ok(Choice { mechanism: Some(best), why, warning: None });
    }
    match safe(&|_| true) {
        Some(other) => {
            let names: Vec<&str> = listed.iter().map(|it| it.title()).collect();
            let names = names.join(", ");
            let other_name = other.title();
            Ok(Choice {
                mechanism: Some(other),
                why: format!("{other_name}: the server offers none of the account's list {how}"),
                warning: Some(format!(
                    "the server offers none of the listed methods ({names}) {how}; {other_name} is used instead"
                )),
            })
        }
        None => Err(nothing(offer, &usable, is_protected)),
    }
}

fn mechanism(method: AuthenticationMethod) -> Mechanism {
    match method {
        AuthenticationMethod::Standard => Mechanism::Standard,
        AuthenticationMethod::Apop => Mechanism::Apop,
        AuthenticationMethod::SaslLogin => Mechanism::Login,
        AuthenticationMethod::SaslPlain => Mechanism::Plain,
        AuthenticationMethod::SaslCramMd5 => Mechanism::CramMd5,
        AuthenticationMethod::SaslDigestMd5 => Mechanism::DigestMd5,
        AuthenticationMethod::SaslNtlm | AuthenticationMethod::SaslMsn => Mechanism::Ntlm,
        AuthenticationMethod::SaslGssapi => Mechanism::Gssapi,
        AuthenticationMethod::SaslScramSha1 => Mechanism::ScramSha1,
        AuthenticationMethod::SaslScramSha256 => Mechanism::ScramSha256,
        AuthenticationMethod::SaslXoauth2 => Mechanism::Xoauth2,
        AuthenticationMethod::SaslOauthbearer => Mechanism::Oauthbearer,
    }
}

fn is_offered(mechanism: Mechanism, offer: &Offer, protocol: Protocol) -> bool {
    match mechanism {
        Mechanism::Standard => offer.standard && protocol != Protocol::Smtp,
        Mechanism::Apop => offer.apop_challenge.is_some() && protocol == Protocol::Pop3,
        Mechanism::Gssapi if !super::is_kerberos_ready() => false,
        other => {
            other.sasl_name().is_some_and(|name| offer.sasl.iter().any(|it| it.eq_ignore_ascii_case(name)))
        }
    }
}

/// Nothing can be used; what helps depends on why.
fn nothing(offer: &Offer, usable: &[Mechanism], is_protected: bool) -> Failure {
    let names: Vec<&str> = offer.sasl.iter().map(String::as_str).collect();
    let sentence = if !usable.is_empty() && !is_protected {
        let names: Vec<&str> = usable.iter().map(|it| it.title()).collect();
        format!(
            "the server offers only methods that send the password in clear text ({}), and nothing protects the \
             connection; set `tls`, or allow it with `allow_clear_text: true`",
            names.join(", ")
        )
    } else if names.is_empty() {
        "the server offers no way to log in; it may offer one under TLS, or on another port".to_owned()
    } else {
        let names = crate::adapters::net::legible(names.join(", ").as_bytes());
        format!("the server offers no method that can be used here, only {names}")
    };
    Failure::Permanent(Cause::new(sentence))
}
