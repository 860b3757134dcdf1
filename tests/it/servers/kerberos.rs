//! A ticket from the throw-away Kerberos.

use super::harness::Servers;
use std::process::Command;

/// Where Kerberos finds its settings and the tickets.
pub(crate) struct Tickets {
    settings: String,
    cache: String,
}

impl Tickets {
    pub(crate) fn of_kim(servers: &Servers) -> Self {
        let folder = servers.folder.join("kerberos");
        let tickets = Self {
            settings: folder.join("krb5.conf").display().to_string(),
            cache: format!("FILE:{}", folder.join("tickets").display()),
        };
        let output = Command::new("kinit")
            .args(["-k", "-t"])
            .arg(folder.join("kim.keytab"))
            .arg("kim")
            .envs(tickets.variables())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        tickets
    }

    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        vec![("KRB5_CONFIG".to_owned(), self.settings.clone()), ("KRB5CCNAME".to_owned(), self.cache.clone())]
    }
}
