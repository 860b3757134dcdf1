//! DIGEST-MD5 (RFC 2831), `qop=auth`: a digest of login, password and both sides' nonces.

use super::{Exchange, Refused};
use crate::adapters::secret::Secret;
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

pub(super) struct DigestMd5 {
    login: String,
    secret: Secret,
    /// `service/host`.
    uri: String,
    nonce: String,
    state: State,
}

enum State {
    Begin,
    /// The proof that the server must give, in hexadecimal.
    Proof(String),
    Proved,
}

impl DigestMd5 {
    /// `nonce`: printable ASCII without quotes, never used before.
    pub(super) fn new(login: String, secret: Secret, uri: String, nonce: String) -> Self {
        Self { login, secret, uri, nonce, state: State::Begin }
    }

    fn answer(&self, challenge: &[u8]) -> Result<(Vec<u8>, String), Refused> {
        let directives = directives(challenge)?;
        let mut nonces = values(&directives, "nonce");
        let nonce = nonces.next().filter(|nonce| !nonce.is_empty()).ok_or_else(|| odd("it has no nonce"))?;
        if nonces.next().is_some() {
            return Err(odd("it has two nonces"));
        }
        let algorithm = values(&directives, "algorithm").next();
        if !algorithm.is_some_and(|it| it.eq_ignore_ascii_case(b"md5-sess")) {
            return Err(odd("its algorithm is not `md5-sess`"));
        }
        let is_auth = |qop: &[u8]| {
            qop.split(|byte| *byte == b',').any(|it| it.trim_ascii().eq_ignore_ascii_case(b"auth"))
        };
        if values(&directives, "qop").next().is_some_and(|qop| !is_auth(qop)) {
            return Err(odd("it wants more than authentication (`qop`), which TLS gives"));
        }
        let is_utf8 =
            values(&directives, "charset").next().is_some_and(|it| it.eq_ignore_ascii_case(b"utf-8"));
        let realm = values(&directives, "realm").next();
        let user_hash = self.user_hash(realm.unwrap_or_default(), is_utf8)?;
        let response = self.response(&user_hash, nonce, b"AUTHENTICATE:");
        let proof = self.response(&user_hash, nonce, b":");

        let mut answer = b"username=".to_vec();
        quote(&mut answer, &Self::sent(&self.login, is_utf8)?);
        if let Some(realm) = realm {
            answer.extend_from_slice(b",realm=");
            quote(&mut answer, realm);
        }
        answer.extend_from_slice(b",nonce=");
        quote(&mut answer, nonce);
        let rest = format!(
            ",cnonce=\"{}\",nc=00000001,qop=auth,digest-uri=\"{}\",response={response}",
            self.nonce, self.uri
        );
        answer.extend_from_slice(rest.as_bytes());
        if is_utf8 {
            answer.extend_from_slice(b",charset=utf-8");
        }
        Ok((answer, proof))
    }

    fn sent(text: &str, is_utf8: bool) -> Result<Vec<u8>, Refused> {
        if is_utf8 {
            return Ok(text.as_bytes().to_vec());
        }
        latin_1(text)
            .ok_or_else(|| odd("it takes only letters of ISO 8859-1, and the login or password has others"))
    }

    /// §2.1.2.1: H of login, realm and password, in ISO 8859-1 where they fit into it.
    fn user_hash(&self, realm: &[u8], is_utf8: bool) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let hashed = |text: &str| match latin_1(text) {
            Some(bytes) => Ok(bytes),
            None => Self::sent(text, is_utf8),
        };
        let mut text = Zeroizing::new(hashed(&self.login)?);
        text.push(b':');
        text.extend_from_slice(realm);
        text.push(b':');
        text.extend_from_slice(&Zeroizing::new(hashed(self.secret.reveal())?));
        Ok(Zeroizing::new(Md5::digest(&*text).to_vec()))
    }

    fn response(&self, user_hash: &[u8], nonce: &[u8], method: &[u8]) -> String {
        let a1 = Md5::new()
            .chain_update(user_hash)
            .chain_update(b":")
            .chain_update(nonce)
            .chain_update(b":")
            .chain_update(&self.nonce);
        let a2 = Md5::new().chain_update(method).chain_update(&self.uri);
        let whole = Md5::new()
            .chain_update(hex::encode(a1.finalize()))
            .chain_update(b":")
            .chain_update(nonce)
            .chain_update(b":00000001:")
            .chain_update(&self.nonce)
            .chain_update(b":auth:")
            .chain_update(hex::encode(a2.finalize()));
        hex::encode(whole.finalize())
    }
}

fn odd(why: &str) -> Refused {
    Refused(format!("the server's part of DIGEST-MD5 cannot be accepted: {why}"))
}

fn latin_1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

fn quote(target: &mut Vec<u8>, text: &[u8]) {
    target.push(b'"');
    for &byte in text {
        if matches!(byte, b'"' | b'\\') {
            target.push(b'\\');
        }
        target.push(byte);
    }
    target.push(b'"');
}

fn values<'a>(directives: &'a [(String, Vec<u8>)], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    directives.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_slice())
}

/// `name=value, name="value, with \"escapes\""` (§7.1); names in lower case.
fn directives(text: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Refused> {
    let mut directives = Vec::new();
    let mut bytes = text.iter().copied().peekable();
    loop {
        while bytes.next_if(|byte| *byte == b',' || byte.is_ascii_whitespace()).is_some() {}
        if bytes.peek().is_none() {
            return Ok(directives);
        }
        let mut name = String::new();
        while let Some(byte) = bytes.next_if(|byte| byte.is_ascii_graphic() && !b"=,\"".contains(byte)) {
            name.push(char::from(byte.to_ascii_lowercase()));
        }
        if name.is_empty() || bytes.next() != Some(b'=') {
            return Err(odd("it is not a list of names and values"));
        }
        let mut value = Vec::new();
        if bytes.next_if_eq(&b'"').is_some() {
            loop {
                match bytes.next() {
                    Some(b'"') => break,
                    Some(b'\\') => value.extend(bytes.next()),
                    Some(byte) => value.push(byte),
                    None => return Err(odd("a quotation in it does not end")),
                }
            }
        } else {
            while let Some(byte) = bytes.next_if(|byte| *byte != b',' && !byte.is_ascii_whitespace()) {
                value.push(byte);
            }
        }
        directives.push((name, value));
    }
}

impl Exchange for DigestMd5 {
    fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        match &self.state {
            State::Begin => {
                let (answer, proof) = self.answer(challenge)?;
                self.state = State::Proof(proof);
                Ok(answer)
            }
            State::Proof(expected) => {
                let directives = directives(challenge)?;
                if values(&directives, "rspauth").next() != Some(expected.as_bytes()) {
                    return Err(odd("it does not prove that it knows the password; is it the right server?"));
                }
                self.state = State::Proved;
                Ok(Vec::new())
            }
            State::Proved => Err(odd("it goes on after its proof")),
        }
    }

    fn is_client_first(&self) -> bool {
        false
    }

    fn verify_end(&mut self) -> Result<(), Refused> {
        match self.state {
            State::Proved => Ok(()),
            _ => Err(odd("it accepts the login without proving that it knows the password")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chris(uri: &str, nonce: &str) -> DigestMd5 {
        DigestMd5::new("chris".into(), Secret::new("secret"), uri.into(), nonce.into())
    }

    #[test]
    fn digest_md5_answers_as_rfc_2831_shows() {
        let cases = [
            (
                chris("imap/elwood.innosoft.com", "OA6MHXh6VqTrRk"),
                &br#"realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8"#[..],
                r#"username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",cnonce="OA6MHXh6VqTrRk",nc=00000001,qop=auth,digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,charset=utf-8"#,
                "rspauth=ea40f60335c427b5527b84dbabcdfffd",
            ),
            (
                chris("acap/elwood.innosoft.com", "OA9BSuZWMSpW8m"),
                br#"realm="elwood.innosoft.com",nonce="OA9BSXrbuRhWay",qop="auth",algorithm=md5-sess,charset=utf-8"#,
                r#"username="chris",realm="elwood.innosoft.com",nonce="OA9BSXrbuRhWay",cnonce="OA9BSuZWMSpW8m",nc=00000001,qop=auth,digest-uri="acap/elwood.innosoft.com",response=6084c6db3fede7352c551284490fd0fc,charset=utf-8"#,
                "rspauth=2f0b3d7c3c2e486600ef710726aa2eae",
            ),
        ];
        for (mut exchange, challenge, expected, proof) in cases {
            let answer = exchange.respond(challenge).unwrap();
            assert_eq!(String::from_utf8(answer).unwrap(), expected);
            assert!(exchange.verify_end().is_err(), "the server has proved nothing yet");
            assert_eq!(exchange.respond(proof.as_bytes()).unwrap(), b"");
            assert_eq!(exchange.verify_end(), Ok(()));
        }
    }

    #[test]
    fn a_wrong_proof_is_refused() {
        for proof in ["rspauth=ea40f60335c427b5527b84dbabcdfffe", "rspauth=", "", "x", "rspauth=\"a"] {
            let mut exchange = chris("imap/elwood.innosoft.com", "OA6MHXh6VqTrRk");
            exchange
                .respond(br#"realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",algorithm=md5-sess"#)
                .unwrap();
            assert!(exchange.respond(proof.as_bytes()).is_err(), "{proof}");
            assert!(exchange.verify_end().is_err());
        }
    }

    #[test]
    fn quotations_may_hold_commas_and_quotes() {
        let challenge = br#"realm="a, \"b\", c=d" , nonce="x\\y",,qop="auth-int, auth",ALGORITHM=MD5-sess"#;
        let answer = chris("imap/h", "n").respond(challenge).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(
            answer.starts_with(r#"username="chris",realm="a, \"b\", c=d",nonce="x\\y",cnonce="n","#),
            "{answer}"
        );
        assert!(!answer.contains("charset"));
    }

    #[test]
    fn a_challenge_that_is_not_as_it_must_be_is_refused() {
        for (challenge, why) in [
            ("nonce=\"a\"", "algorithm"),
            ("nonce=\"a\",algorithm=md5", "algorithm"),
            ("algorithm=md5-sess", "no nonce"),
            ("nonce=\"\",algorithm=md5-sess", "no nonce"),
            ("nonce=a,nonce=b,algorithm=md5-sess", "two nonces"),
            ("nonce=a,algorithm=md5-sess,qop=\"auth-conf\"", "qop"),
            ("nonce=\"a", "does not end"),
            ("nonce=\"a\\", "does not end"),
            ("=a", "not a list"),
            ("nonce", "not a list"),
            ("\u{0}", "not a list"),
        ] {
            let refused = chris("imap/h", "n").respond(challenge.as_bytes()).unwrap_err();
            assert!(refused.to_string().contains(why), "{challenge}: {refused}");
        }
    }

    #[test]
    fn other_letters_are_hashed_in_iso_8859_1_where_they_fit() {
        let answer = |login: &str, charset: &str| {
            let mut exchange = DigestMd5::new(login.into(), Secret::new("x"), "imap/h".into(), "n".into());
            exchange.respond(format!("nonce=a,algorithm=md5-sess{charset}").as_bytes())
        };
        let digest_of = |answer: Vec<u8>| {
            let text = String::from_utf8_lossy(&answer).into_owned();
            text.split("response=").nth(1).unwrap().chars().take(32).collect::<String>()
        };
        // the same hash, sent in two ways
        let utf8 = answer("grün", ",charset=utf-8").unwrap();
        let latin = answer("grün", "").unwrap();
        assert!(
            utf8.starts_with("username=\"grün\"".as_bytes()) && latin.starts_with(b"username=\"gr\xfcn\"")
        );
        assert_eq!(digest_of(utf8), digest_of(latin));
        assert!(answer("ж", ",charset=utf-8").is_ok());
        assert!(answer("ж", "").is_err());
    }
}
