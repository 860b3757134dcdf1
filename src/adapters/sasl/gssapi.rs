//! GSSAPI (RFC 4752): Kerberos, by the system's library. The ticket takes the place of a password.

use super::{Exchange, Refused};
use crate::adapters::net::legible;
use crate::ports::{Cause, Failure};
use libgssapi::context::{ClientCtx, CtxFlags, SecurityContext as _};
use libgssapi::credential::{Cred, CredUsage};
use libgssapi::error::Error;
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_NT_HOSTBASED_SERVICE, OidSet};

/// "No security layer": TLS does that.
const NO_LAYER: u8 = 1;

pub(super) struct Gssapi {
    context: ClientCtx,
    login: String,
    state: State,
}

enum State {
    /// Ours is the next token.
    Begin,
    Agreeing,
    /// The server's offer of security layers comes next.
    Agreed,
    Done,
}

/// There is a ticket that has not run out.
pub(super) fn has_ticket() -> bool {
    ticket().and_then(|ticket| ticket.lifetime()).is_ok_and(|lifetime| !lifetime.is_zero())
}

fn ticket() -> Result<Cred, Error> {
    let mechanisms = OidSet::singleton(GSS_MECH_KRB5)?;
    Cred::acquire(None, None, CredUsage::Initiate, Some(&mechanisms))
}

impl Gssapi {
    /// `service`: as registered at IANA, `host`: the name the server's key was made for.
    pub(super) fn new(login: String, service: &str, host: &str) -> Result<Self, Failure> {
        let unusable = |error: Error| {
            let why = legible(error.to_string().as_bytes());
            let sentence = format!(
                "Kerberos cannot be used for `{service}@{host}`: {why}; is there a ticket (`kinit`)?"
            );
            Failure::Transient(Cause::from_error(sentence, error))
        };
        let name = Name::new(format!("{service}@{host}").as_bytes(), Some(GSS_NT_HOSTBASED_SERVICE));
        let name = name.map_err(unusable)?;
        let ticket = ticket().map_err(unusable)?;
        // With mutual authentication the server proves who it is.
        let flags = CtxFlags::GSS_C_MUTUAL_FLAG | CtxFlags::GSS_C_INTEG_FLAG;
        let context = ClientCtx::new(Some(ticket), name, flags, Some(GSS_MECH_KRB5));
        Ok(Self { context, login, state: State::Begin })
    }

    fn step(&mut self, token: Option<&[u8]>) -> Result<Vec<u8>, Refused> {
        let answer = self.context.step(token, None).map_err(odd)?;
        self.state = if self.context.is_complete() { State::Agreed } else { State::Agreeing };
        Ok(answer.map(|answer| answer.to_vec()).unwrap_or_default())
    }

    /// §3.1: the layers that the server offers, one octet, and the size of its buffer.
    fn layer(&mut self, offer: &[u8]) -> Result<Vec<u8>, Refused> {
        let offer = self.context.unwrap(offer).map_err(odd)?;
        let layers = if offer.len() == 4 { offer.first() } else { None };
        if layers.is_none_or(|layers| layers & NO_LAYER == 0) {
            return Err(Refused::new("the server wants Kerberos to protect the connection, which TLS does"));
        }
        let answer = [&[NO_LAYER, 0, 0, 0], self.login.as_bytes()].concat();
        let answer = self.context.wrap(false, &answer).map_err(odd)?;
        self.state = State::Done;
        Ok(answer.to_vec())
    }
}

fn odd(error: Error) -> Refused {
    Refused(format!("Kerberos failed: {}", legible(error.to_string().as_bytes())))
}

impl Exchange for Gssapi {
    fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Refused> {
        match self.state {
            State::Begin => self.step(None),
            State::Agreeing => self.step(Some(challenge)),
            State::Agreed => self.layer(challenge),
            State::Done => Err(Refused::new("the server goes on after the end of Kerberos")),
        }
    }

    fn is_client_first(&self) -> bool {
        true
    }

    fn verify_end(&mut self) -> Result<(), Refused> {
        match self.state {
            State::Done => Ok(()),
            _ => Err(Refused::new("the server accepted the login before Kerberos had ended")),
        }
    }
}
