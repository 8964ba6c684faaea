//! Whom rows mean, and which of their names somebody else has.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::Entry};

use domain::{
    bulk::{Act, Said, Value},
    field::{FieldError, Rule},
    id::UserId,
    person::Detail,
};
use store::{
    bulk::{BulkRow, Key},
    tx::{Permit, TenantRef, WriteTx, act},
    users::Name,
};

use super::plan::{What, Wish, refuse};
use crate::{
    AppError,
    names::{Holder, Used},
    provision::Home,
};

/// The value of a row's key, in the form people are found by.
fn key_value(key: Key, said: &Said, tenant: &TenantRef) -> Option<String> {
    let text = |code: &str| match said.get(code) {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    match key {
        Key::ExternalId => text("external_id"),
        Key::EmployeeId => text("employee_id"),
        Key::DisplayName => text("display_name").map(|name| name.to_lowercase()),
        Key::LogonName => text("logon_name").map(|name| name.to_lowercase()),
        Key::PrincipalName => text("principal_name")
            .or_else(|| Some(format!("{}@{}", text("user_name")?, tenant.suffixes.first()?)))
            .map(|name| name.to_lowercase()),
    }
}

pub(super) const fn key_code(key: Key) -> &'static str {
    match key {
        Key::ExternalId => "external_id",
        Key::EmployeeId => "employee_id",
        Key::PrincipalName => "principal_name",
        Key::LogonName => "logon_name",
        Key::DisplayName => "display_name",
    }
}

/// What rows that were looked at before leave to those that follow.
#[derive(Default)]
pub(super) struct Seen {
    /// The lines of the rows that mean somebody who is there.
    people: HashMap<UserId, i32>,
    /// The lines of the rows whose people get a key of another system.
    keys: HashMap<String, i32>,
    /// Names people get.
    pub names: Used,
}

impl Seen {
    /// Takes a key for the person of a row; gives the line of who has it already.
    pub fn take_key(&mut self, key: &str, line: i32) -> Option<i32> {
        match self.keys.entry(key.to_owned()) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(line);
                None
            }
        }
    }
}

/// Whom each row means: nobody who is known, one person, or a mistake.
pub(super) async fn matches(
    tx: &mut WriteTx<'_>,
    read: &Permit<act::UserRead>,
    key: Key,
    wishes: &[Wish],
    seen: &mut Seen,
) -> Result<Vec<Result<Option<UserId>, FieldError>>, AppError> {
    let values: Vec<_> = wishes
        .iter()
        .map(|wish| match &wish.what {
            What::Said(said) if wish.user.is_none() => key_value(key, said, &read.tenant),
            _ => None,
        })
        .collect();
    let asked: BTreeSet<_> = values.iter().flatten().cloned().collect();
    let asked: Vec<_> = asked.into_iter().collect();
    let known = if asked.is_empty() { BTreeMap::new() } else { tx.people_by(read, key, &asked).await? };
    let mut all = Vec::with_capacity(wishes.len());
    for (wish, value) in wishes.iter().zip(values) {
        let found = match (wish.user, &value) {
            (Some(user), _) => Ok(Some(user)),
            (None, None) => Ok(None),
            (None, Some(value)) => match known.get(value).map(Vec::as_slice) {
                None | Some([]) => Ok(None),
                Some([one]) => Ok(Some(*one)),
                Some(several) => {
                    let error = FieldError::new(key_code(key), Rule::Duplicate).with("value", value);
                    Err(error.with("people", several.len()))
                }
            },
        };
        // Two rows about one person: the second is the mistake, and says where the first is.
        let again = match found.as_ref().ok().copied().flatten().map(|user| seen.people.entry(user)) {
            Some(Entry::Occupied(first)) => Some(*first.get()),
            Some(Entry::Vacant(free)) => {
                free.insert(wish.line);
                None
            }
            None => None,
        };
        all.push(match again {
            Some(line) => {
                let error = FieldError::new(key_code(key), Rule::Duplicate);
                Err(error.with("value", value.unwrap_or_default()).with("other", format!("row {line}")))
            }
            None => found,
        });
    }
    Ok(all)
}

/// New names of people who are there, as far as somebody else has them.
pub(super) async fn taken_names(
    tx: &mut WriteTx<'_>,
    home: &Home<'_>,
    rows: &mut [BulkRow],
    seen: &mut Seen,
) -> Result<(), AppError> {
    let mut asked: Vec<(usize, &'static str, Name)> = Vec::new();
    let mut keys = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.act == Act::Update) {
        for change in &row.changes {
            let Some(after) = &change.after else { continue };
            let same = change.before.as_ref().is_some_and(|before| before.eq_ignore_ascii_case(after));
            match change.field.as_str() {
                "principal_name" if !same => asked.push((at, "principal_name", Name::principal(after))),
                "logon_name" if !same => asked.push((at, "logon_name", Name::logon(home.target, after))),
                code if code == Detail::ExternalId.code() => keys.push((at, after.clone())),
                _ => {}
            }
        }
    }
    let names: Vec<_> = asked.iter().map(|(.., name)| name.clone()).collect();
    let taken: HashSet<_> =
        if names.is_empty() { HashSet::new() } else { tx.names_taken(&names).await?.into_iter().collect() };
    let there = tx.names_seen(home.tenant, home.target, &names).await?;
    seen.names.note(&names, &taken, &there);
    // What somebody was called before is kept for them.
    let former: Vec<_> = asked
        .iter()
        .filter(|(.., name)| taken.contains(name))
        .filter_map(|(at, _, name)| Some((name.clone(), rows[*at].user?.uuid())))
        .collect();
    let own = if former.is_empty() { HashSet::new() } else { tx.names_owned(&former).await? };
    let own: HashSet<_> = own.into_iter().map(|place| &former[place]).collect();
    for (at, code, name) in asked {
        let is_own = rows[at].user.is_some_and(|user| own.contains(&(name.clone(), user.uuid())));
        // Of two rows that want the same name the second finds it taken.
        let holder = if taken.contains(&name) && !is_own || !seen.names.take(&name) {
            Some(Holder::Somebody)
        } else {
            there.get(&name).copied().map(Holder::there)
        };
        if let Some(holder) = holder {
            refuse(&mut rows[at], Act::Conflict, holder.error(code, &name.value));
        }
    }
    let wanted: Vec<_> = keys.iter().map(|(_, key)| key.clone()).collect();
    let taken: HashSet<_> = match wanted.is_empty() {
        true => HashSet::new(),
        false => tx.external_ids_taken(home.tenant, &wanted).await?.into_iter().collect(),
    };
    for (at, key) in keys {
        if taken.contains(&key) || seen.take_key(&key, rows[at].line).is_some() {
            let error = FieldError::new(Detail::ExternalId.code(), Rule::Taken).with("value", key);
            refuse(&mut rows[at], Act::Conflict, error);
        }
    }
    Ok(())
}
