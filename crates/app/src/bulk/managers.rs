//! Who manages whom, as files say it: by login, log-on name, key, distinguished name or name as
//! shown; somebody who is there or somebody of the file. Who is made after whom follows from it.

use std::collections::{BTreeSet, HashMap};

use domain::{
    bulk::{Act, Change, Value},
    field::{FieldError, Rule},
    id::UserId,
    import::{Above, Names, depths, manager_name},
};
use store::{
    bulk::{BulkRow, Key, PackedRow},
    tx::{Permit, WriteTx, act},
};

use super::{
    person::ROW,
    plan::{pack, refuse},
};
use crate::AppError;

/// As much of all rows as shows who manages whom.
pub(super) struct Chain {
    /// Whether rows say it at all.
    is_said: bool,
    links: Vec<Link>,
    names: Names,
}

/// What is kept of a row.
struct Link {
    line: i32,
    act: Act,
    user: Option<UserId>,
    login: Box<str>,
    /// What it says of a manager.
    says: Option<Box<str>>,
    /// Nothing but the manager changes of somebody.
    is_alone: bool,
    /// The manager until now, where that is so.
    before: Option<Box<str>>,
}

/// What becomes of what a row says.
#[derive(Default)]
struct Verdict {
    /// The manager, as it is kept and as it is shown; or why that is not known.
    manager: Option<Result<(String, String), Rule>>,
    turn: usize,
    /// The managers go round in a circle.
    in_circle: bool,
    /// The manager is somebody who is not made.
    without: bool,
}

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

impl Chain {
    /// For rows that say who manages whom, or do not.
    pub fn new(is_said: bool) -> Self {
        Self { is_said, links: Vec::new(), names: Names::default() }
    }

    /// Takes down a row; whether it says who somebody's manager is.
    pub fn note(&mut self, row: &BulkRow) -> bool {
        if !self.is_said {
            return false;
        }
        let at = self.links.len();
        if let Some(said) = &row.said {
            self.names.note(at, said);
        }
        // Logins that were made count as well as those that were said.
        if !row.login.is_empty() {
            self.names.note_login(at, &row.login);
        }
        let says = said(row).map(Box::from);
        let is_said = says.is_some();
        let (is_alone, before) = match row.changes.as_slice() {
            [one] if one.field == "manager" => (true, one.before.as_deref().map(Box::from)),
            _ => (false, None),
        };
        let (line, act, user, login) = (row.line, row.act, row.user, row.login.as_str().into());
        self.links.push(Link { line, act, user, login, says, is_alone, before });
        is_said
    }

    /// Replaces what rows say of managers by who that is, and orders the rows by it. Gives each
    /// row that says it to `settled`, as it then is.
    pub async fn resolve(
        mut self,
        tx: &mut WriteTx<'_>,
        read: &Permit<act::UserRead>,
        rows: &mut [PackedRow],
        mut settled: impl FnMut(&BulkRow) + Send,
    ) -> Result<(), AppError> {
        if self.links.iter().all(|link| link.says.is_none()) {
            return Ok(());
        }
        let mut verdicts = self.verdicts(tx, read).await?;
        self.order(&mut verdicts);
        for ((row, link), (verdict, _)) in rows.iter_mut().zip(&self.links).zip(verdicts) {
            if link.says.is_some() {
                let mut plain = row.unpack().map_err(|error| AppError::Internal(Box::new(error)))?;
                verdict.settle(&mut plain);
                settled(&plain);
                *row = pack(plain)?;
            }
        }
        Ok(())
    }

    /// Who is meant by what each row says, and whose row comes after whose.
    async fn verdicts(
        &mut self,
        tx: &mut WriteTx<'_>,
        read: &Permit<act::UserRead>,
    ) -> Result<Vec<(Verdict, Option<usize>)>, AppError> {
        let names = std::mem::take(&mut self.names);
        let in_file: Vec<_> = self.links.iter().map(|link| names.find(link.says.as_deref()?)).collect();
        drop(names);
        let asked: BTreeSet<_> = self
            .links
            .iter()
            .zip(&in_file)
            .filter(|(_, found)| found.is_none_or(|above| above.by_name))
            .filter_map(|(link, _)| link.says.as_deref().map(manager_name))
            .collect();
        let index = of_customer(tx, read, &asked.into_iter().collect::<Vec<_>>()).await?;
        let of_row = |above: Above| {
            let link = &self.links[above.row];
            link.user.map_or(Found::Row(above.row), |user| Found::Person(user, link.login.to_string()))
        };
        let verdict = |(link, in_file): (&Link, Option<Above>)| {
            let Some(text) = &link.says else { return (Verdict::default(), None) };
            // Who is there goes before somebody of the file who only is called so.
            let certain = in_file.filter(|above| !above.by_name).map(of_row);
            let there = || index.get(&manager_name(text).to_lowercase()).cloned();
            let (manager, place) = match certain.or_else(there).or_else(|| in_file.map(of_row)) {
                Some(Found::Person(id, login)) => (Ok((id.to_string(), login)), None),
                Some(Found::Row(place)) => {
                    let above = &self.links[place];
                    (Ok((format!("{ROW}{}", above.line), above.login.to_string())), Some(place))
                }
                Some(Found::Several) => (Err(Rule::Duplicate), None),
                None => (Err(Rule::Unknown), None),
            };
            (Verdict { manager: Some(manager), ..Verdict::default() }, place)
        };
        Ok(self.links.iter().zip(in_file).map(verdict).collect())
    }

    /// Managers before their people; circles are mistakes of all who are in them, and who would be
    /// managed by somebody who is not made comes without.
    fn order(&mut self, verdicts: &mut [(Verdict, Option<usize>)]) {
        for (link, (verdict, above)) in self.links.iter_mut().zip(verdicts.iter_mut()) {
            let after = match &verdict.manager {
                Some(Ok((_, login))) => Some(login.as_str()),
                _ => None,
            };
            // Nothing is left to do where it is the same manager, or nobody knows which.
            let is_same = after.is_none() || link.before.as_deref() == after;
            if link.act == Act::Update && link.is_alone && is_same {
                link.act = Act::Nothing;
            }
            *above = above.filter(|_| matches!(link.act, Act::Create | Act::Update));
        }
        let above: Vec<_> = verdicts.iter().map(|(_, above)| *above).collect();
        let (depths, circles) = depths(&above);
        for ((verdict, _), depth) in verdicts.iter_mut().zip(depths) {
            verdict.turn = depth;
        }
        for at in circles.into_iter().flatten() {
            verdicts[at].0.in_circle = true;
            self.links[at].act = Act::Error;
        }
        for (at, above) in above.into_iter().enumerate() {
            let is_made = above.is_none_or(|manager| self.links[manager].act == Act::Create);
            verdicts[at].0.without = !is_made && matches!(self.links[at].act, Act::Create | Act::Update);
        }
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

impl Verdict {
    /// Puts what was found out into the row.
    fn settle(self, row: &mut BulkRow) {
        row.turn = i32::try_from(self.turn).unwrap_or(i32::MAX);
        match self.manager {
            Some(Ok((value, login))) => manage(row, value, login),
            Some(Err(rule)) => {
                // The person is worth more than the manager: it is told, and can be said again.
                let text = said(row).unwrap_or_default().to_owned();
                row.warnings.push(FieldError::new("manager", rule).with("value", text).with("row", row.line));
                leave(row);
            }
            None => {}
        }
        if self.in_circle {
            let error = FieldError::new("manager", Rule::Cycle).with("value", &row.login);
            refuse(row, Act::Error, error);
        }
        if self.without {
            row.warnings.push(FieldError::new("manager", Rule::Unknown).with("row", row.line));
            leave(row);
        }
    }
}

/// Notes who the manager of a row is.
fn manage(row: &mut BulkRow, value: String, login: String) {
    if let Some(said) = &mut row.said {
        said.insert("manager".to_owned(), Value::Text(value));
    }
    if let Some(change) = row.changes.iter_mut().find(|change| change.field == "manager") {
        change.after = Some(login);
        if change.before == change.after {
            row.changes.retain(|change| change.field != "manager");
            if row.changes.is_empty() {
                row.act = Act::Nothing;
            }
        }
    } else if row.act == Act::Create {
        row.changes.push(Change { field: "manager".to_owned(), before: None, after: Some(login) });
    }
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
