//! Who manages whom, as files say it: by login, log-on name, key, distinguished name or name as
//! shown; somebody who is there or somebody of the file. Who is made after whom follows from it.

use std::collections::{BTreeSet, HashMap};

use domain::{
    bulk::{Act, Change, Value},
    field::{FieldError, Rule},
    id::UserId,
    import::{Above, Said, depths, manager_name, order},
};
use store::{
    bulk::{BulkRow, Key},
    tx::{Permit, WriteTx, act},
};

use super::{person::ROW, plan::refuse};
use crate::AppError;

/// Somebody's manager.
#[derive(Clone)]
enum Found {
    /// Somebody who is there: id and login.
    Person(UserId, String),
    /// Somebody who would be made, by the place of the row.
    Row(usize),
    /// Several are called so.
    Several,
}

type Index = HashMap<String, Found>;

fn add(index: &mut Index, key: &str, found: Found) {
    let same = |a: &Found, b: &Found| match (a, b) {
        (Found::Person(a, _), Found::Person(b, _)) => a == b,
        _ => false,
    };
    if key.is_empty() {
        return;
    }
    match index.get_mut(key) {
        Some(present) if same(present, &found) => {}
        Some(present) => *present = Found::Several,
        None => drop(index.insert(key.to_owned(), found)),
    }
}

fn said(row: &BulkRow) -> Option<&str> {
    match row.said.as_ref()?.get("manager")? {
        Value::Text(text)
            if !text.is_empty() && matches!(row.act, Act::Create | Act::Update | Act::Nothing) =>
        {
            Some(text)
        }
        _ => None,
    }
}

/// Replaces what rows say of managers by who that is, and orders the rows by it.
pub(super) async fn resolve(
    tx: &mut WriteTx<'_>,
    read: &Permit<act::UserRead>,
    rows: &mut [BulkRow],
) -> Result<(), AppError> {
    let texts: Vec<_> = rows.iter().map(|row| said(row).map(str::to_owned)).collect();
    if texts.iter().all(Option::is_none) {
        return Ok(());
    }
    let in_file = of_file(rows, &texts);
    let asked: BTreeSet<_> = texts
        .iter()
        .zip(&in_file)
        .filter(|(_, found)| found.is_none_or(|above| above.by_name))
        .filter_map(|(text, _)| text.as_deref().map(manager_name))
        .collect();
    let index = of_customer(tx, read, &asked.into_iter().collect::<Vec<_>>()).await?;
    let mut above: Vec<Option<usize>> = vec![None; rows.len()];
    for (at, text) in texts.iter().enumerate() {
        let Some(text) = text else { continue };
        let row = |above: Above| match rows[above.row].user {
            Some(user) => Found::Person(user, rows[above.row].login.clone()),
            None => Found::Row(above.row),
        };
        // Who is there goes before somebody of the file who only is called so.
        let certain = in_file[at].filter(|above| !above.by_name).map(row);
        let there = || index.get(&manager_name(text).to_lowercase()).cloned();
        let found = certain.or_else(there).or_else(|| in_file[at].map(row));
        above[at] = settle(rows, at, text, found);
    }
    turns(rows, &above);
    Ok(())
}

/// Who of the file is meant.
fn of_file(rows: &[BulkRow], texts: &[Option<String>]) -> Vec<Option<Above>> {
    // Logins that were made count as well as those that were said.
    let own: Vec<_> = rows
        .iter()
        .zip(texts)
        .map(|(row, text)| {
            let mut values = row.said.clone().unwrap_or_default();
            let login = Some(row.login.clone()).filter(|login| !login.is_empty());
            values.extend(login.map(|login| ("principal_name".to_owned(), Value::Text(login))));
            match text {
                Some(text) => drop(values.insert("manager".to_owned(), Value::Text(text.clone()))),
                None => drop(values.remove("manager")),
            }
            Said { values, password: false }
        })
        .collect();
    let lines: Vec<_> = rows.iter().zip(&own).map(|(row, said)| (row.line.unsigned_abs(), said)).collect();
    order(&lines).managers
}

/// Who of the customer has these names.
async fn of_customer(
    tx: &mut WriteTx<'_>,
    read: &Permit<act::UserRead>,
    asked: &[String],
) -> Result<Index, AppError> {
    let mut index = Index::new();
    if asked.is_empty() {
        return Ok(index);
    }
    let ids: Vec<_> = asked.iter().filter_map(|text| text.parse().ok()).collect();
    for user in tx.people_with_ids(read, &ids).await? {
        add(&mut index, &user.id.to_string(), Found::Person(user.id, user.principal_name));
    }
    for key in [Key::PrincipalName, Key::LogonName, Key::ExternalId, Key::DisplayName] {
        let found = tx.people_by(read, key, asked).await?;
        let ids: Vec<_> = found.values().flatten().copied().collect();
        let logins: HashMap<_, _> = tx
            .people_with_ids(read, &ids)
            .await?
            .into_iter()
            .map(|user| (user.id, user.principal_name))
            .collect();
        for (name, people) in found {
            // A login means one person, whoever else is called like it.
            if index.contains_key(&name.to_lowercase()) {
                continue;
            }
            for id in people {
                let login = logins.get(&id).cloned().unwrap_or_default();
                add(&mut index, &name.to_lowercase(), Found::Person(id, login));
            }
        }
    }
    Ok(index)
}

/// Notes who the manager of a row is; gives the place of that row, if it is one of the file.
fn settle(rows: &mut [BulkRow], at: usize, text: &str, found: Option<Found>) -> Option<usize> {
    let (value, login, place) = match found {
        Some(Found::Person(id, login)) => (id.to_string(), login, None),
        Some(Found::Row(place)) => {
            (format!("{ROW}{}", rows[place].line), rows[place].login.clone(), Some(place))
        }
        None | Some(Found::Several) => {
            let rule = if found.is_some() { Rule::Duplicate } else { Rule::Unknown };
            // The person is worth more than the manager: it is told, and can be said again.
            let row = &mut rows[at];
            let error = FieldError::new("manager", rule).with("value", text).with("row", row.line);
            row.warnings.push(error);
            leave(row);
            return None;
        }
    };
    let row = &mut rows[at];
    if let Some(said) = &mut row.said {
        said.insert("manager".to_owned(), Value::Text(value));
    }
    if let Some(change) = row.changes.iter_mut().find(|change| change.field == "manager") {
        change.after = Some(login.clone());
        if change.before == change.after {
            row.changes.retain(|change| change.field != "manager");
            if row.changes.is_empty() {
                row.act = Act::Nothing;
            }
        }
    } else if row.act == Act::Create {
        row.changes.push(Change { field: "manager".to_owned(), before: None, after: Some(login) });
    }
    place.filter(|_| row.act == Act::Create || row.act == Act::Update)
}

/// The row says nothing of a manager.
fn leave(row: &mut BulkRow) {
    if let Some(said) = &mut row.said {
        said.remove("manager");
    }
    row.changes.retain(|change| change.field != "manager");
    if row.act == Act::Update && row.changes.is_empty() {
        row.act = Act::Nothing;
    }
}

/// Managers before their people; circles are mistakes of all who are in them.
fn turns(rows: &mut [BulkRow], above: &[Option<usize>]) {
    let (depths, circles) = depths(above);
    for (row, depth) in rows.iter_mut().zip(depths) {
        row.turn = i32::try_from(depth).unwrap_or(i32::MAX);
    }
    for at in circles.into_iter().flatten() {
        let error = FieldError::new("manager", Rule::Cycle).with("value", &rows[at].login);
        refuse(&mut rows[at], Act::Error, error);
    }
    // Who would be managed by somebody who is not made comes without.
    for at in 0..rows.len() {
        let without = above[at].is_some_and(|manager| rows[manager].act != Act::Create);
        if without && matches!(rows[at].act, Act::Create | Act::Update) {
            let error = FieldError::new("manager", Rule::Unknown).with("row", rows[at].line);
            rows[at].warnings.push(error);
            leave(&mut rows[at]);
        }
    }
}
