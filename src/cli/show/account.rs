//! Every setting that an account could have, with its value and where that comes from.

use super::value::{Kind, Value};
use crate::ruleset::account::Account;
use crate::ruleset::setting;
use serde_json::Value as Json;

/// Groups of settings in the order of the manual's window; a group without a name is the account itself.
type Groups = Vec<(&'static str, Vec<(&'static str, Json)>)>;

/// All settings: as written where they are written, else what holds without.
pub(super) fn settings(account: &Account, written: Option<Value>) -> Value {
    let mut written = written.unwrap_or_else(|| Value::map([]));
    let mut entries = Vec::new();
    for (group, settings) in switches(account) {
        if group.is_empty() {
            entries.extend(filled(&settings, &mut written));
            continue;
        }
        let mut own = written.take(group).unwrap_or_else(|| Value::map([]));
        let mut settings = filled(&settings, &mut own);
        settings.extend(own.into_entries());
        entries.push((group.to_owned(), group_of(settings)));
    }
    entries.push(("connect".to_owned(), connect(account, written.take("connect"))));
    entries.extend(written.into_entries());
    group_of(entries)
}

fn group_of(entries: Vec<(String, Value)>) -> Value {
    Value { kind: Kind::Map(entries), origin: "default".to_owned(), overrode: Vec::new() }
}

fn filled(settings: &[(&'static str, Json)], written: &mut Value) -> Vec<(String, Value)> {
    let setting = |(key, value): &(&'static str, Json)| {
        let value = written.take(key).unwrap_or_else(|| match value {
            Json::Null => Value::unset(),
            value => Value::default(value.clone()),
        });
        ((*key).to_owned(), value)
    };
    settings.iter().map(setting).collect()
}

/// The settings by their groups, which stand together in the list.
fn switches(account: &Account) -> Groups {
    let mut groups: Groups = Vec::new();
    for (path, value) in setting::of_account(account) {
        let (group, key) = path.split_once('.').unwrap_or(("", path));
        match groups.last_mut() {
            Some((last, settings)) if *last == group => settings.push((key, value)),
            _ => groups.push((group, vec![(key, value)])),
        }
    }
    groups
}

/// Where mail comes from; nothing of it is ever a secret.
fn connect(account: &Account, written: Option<Value>) -> Value {
    let Some(connect) = &account.connect else { return Value::unset() };
    let protocol = connect.protocol();
    let mut own = written.and_then(|mut connect| connect.take(protocol)).unwrap_or_else(|| Value::map([]));
    let mut entries = filled(&setting::of_connect(connect), &mut own);
    entries.extend(own.into_entries());
    group_of(vec![(protocol.to_owned(), group_of(entries))])
}
