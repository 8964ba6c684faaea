//! Passwords that stand in a file: where the customer allows it they are sealed as the first ones of the
//! accounts the file makes (docs/decisions/0034). Nobody's present password is ever changed by a file.

use std::collections::BTreeMap;

use domain::{
    bulk::{Act, Said, Value},
    field::{FieldError, Rule},
    id::{BulkId, UserId},
    import::{Column, Mapping, Recognised},
    password,
    plan::Secret,
    setting::Setting,
    table::Row,
};
use store::{
    bulk::{Bulk, BulkRow, FirstAccount, FirstPassword, Kept, expired},
    tx::{TenantRef, WriteTx},
};

use super::plan::refuse;
use crate::AppError;

/// By this rows say whether the password has to be changed at the first log-on. It has to, otherwise.
pub(super) const MUST_CHANGE: &str = "must_change_password";

/// The password of a row.
#[derive(Debug, Clone)]
pub(super) enum Given {
    /// As it stands there, or why it cannot be what was typed.
    New(Result<Secret, FieldError>),
    /// As it was kept before.
    Kept(Kept),
}

/// What is asked of passwords, where they are taken.
pub(super) struct Rules {
    rules: password::Rules,
    /// The column they stand in.
    place: Option<usize>,
    /// Those that were kept of the same rows before.
    kept: BTreeMap<i32, Kept>,
}

impl Rules {
    /// None where the customer does not allow passwords in files.
    pub async fn of(tx: &mut WriteTx<'_>, tenant: &TenantRef) -> Result<Option<Self>, AppError> {
        if !are_allowed(tx, tenant).await? {
            return Ok(None);
        }
        Ok(Some(Self { rules: tx.rules_in(tenant).await?, place: None, kept: BTreeMap::new() }))
    }

    /// For rows that were planned before. What was kept of another column than that of passwords, or
    /// is not allowed any more, is forgotten.
    pub async fn anew(
        tx: &mut WriteTx<'_>,
        tenant: &TenantRef,
        bulk: &Bulk,
        mapping: &Mapping,
    ) -> Result<Option<Self>, AppError> {
        let rules = Self::of(tx, tenant).await?.map(|rules| rules.at(mapping));
        let place = rules.as_ref().and_then(|rules| rules.place);
        tx.keep_first_passwords_at(bulk, place.map(number)).await?;
        Ok(match rules {
            Some(rules) => Some(Self { kept: tx.first_passwords(bulk).await?, ..rules }),
            None => None,
        })
    }

    /// For a file that is read so.
    pub fn at(self, mapping: &Mapping) -> Self {
        Self { place: place_of(mapping), ..self }
    }

    /// The password a row has, or had.
    pub fn given(&self, line: i32, password: Option<Result<Secret, FieldError>>) -> Option<Given> {
        password.map(Given::New).or_else(|| self.kept.get(&line).cloned().map(Given::Kept))
    }

    /// What is kept of a password: nothing that breaks a rule.
    fn accepted(&self, line: i32, password: Result<Secret, FieldError>, names: &[&str]) -> FirstPassword {
        let value = match password {
            Ok(secret) => self.rules.accept("password", &secret.0, names.iter().copied()).map(|()| secret),
            Err(error) => Err(vec![error]),
        };
        let at_row = |error: FieldError| error.with("row", line);
        let value = value.map_err(|errors| errors.into_iter().map(at_row).collect());
        FirstPassword { line, place: self.place.map_or(-1, number), value }
    }

    /// Looks at the password of somebody who would be made, and says of the row what is wrong with it.
    /// Gives what is to be kept, and whether it has one then.
    pub fn look(&self, row: &mut BulkRow, given: Given) -> (Option<FirstPassword>, bool) {
        let (new, errors) = match given {
            Given::New(password) => {
                let new = self.accepted(row.line, password, &names_of(row));
                let errors = new.value.as_ref().err().cloned().unwrap_or_default();
                (Some(new), errors)
            }
            Given::Kept(Kept::Sealed) => (None, Vec::new()),
            Given::Kept(Kept::Expired) => {
                row.warnings.push(expired(row.line));
                return (None, false);
            }
            Given::Kept(Kept::Refused(errors)) => (None, errors),
        };
        let has = errors.is_empty();
        for error in errors {
            refuse(row, Act::Error, error);
        }
        (new, has)
    }

    /// What is kept of passwords in a file whose other columns have no meaning yet.
    pub fn of_unread(self, rows: &[Row], seen: &Recognised) -> Vec<FirstPassword> {
        let rules = self.at(&seen.mapping());
        let line = |row: &Row| i32::try_from(row.line).unwrap_or(i32::MAX);
        in_unread(rows, seen).map(|(row, password)| rules.accepted(line(row), password, &[])).collect()
    }
}

/// How many passwords there are in a file whose other columns have no meaning yet.
pub(super) fn many(rows: &[Row], seen: &Recognised) -> usize {
    in_unread(rows, seen).count()
}

fn in_unread<'r>(
    rows: &'r [Row],
    seen: &Recognised,
) -> impl Iterator<Item = (&'r Row, Result<Secret, FieldError>)> {
    let place = place_of(&seen.mapping());
    let header = seen.header;
    let after = rows.iter().filter(move |row| header.is_none_or(|header| row.line > header));
    after.filter_map(move |row| Some((row, domain::import::password(row.cells.get(place?)?)?)))
}

fn place_of(mapping: &Mapping) -> Option<usize> {
    mapping.columns.iter().position(|column| *column == Column::Password)
}

async fn are_allowed(tx: &mut WriteTx<'_>, tenant: &TenantRef) -> Result<bool, AppError> {
    Ok(tx.setting(&tenant.path, Setting::ImportPasswords).await?.as_deref() == Some("true"))
}

fn number(place: usize) -> i32 {
    i32::try_from(place).unwrap_or(i32::MAX)
}

/// Names of somebody, which a password may not hold where a rule says so.
const NAMES: [&str; 5] = ["given_name", "surname", "principal_name", "user_name", "logon_name"];

fn names_of(row: &BulkRow) -> Vec<&str> {
    let said = row.said.iter().flatten().filter(|(code, _)| NAMES.contains(&code.as_str()));
    let said = said.filter_map(|(_, value)| match value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    said.chain([row.name.as_str(), row.login.as_str()]).collect()
}

/// Keeps the password somebody types for a row that has a wrong one; false where the column is another one.
/// What the cells of the file are kept as holds no passwords.
pub(super) async fn mend(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    bulk: &Bulk,
    (mapping, column): (&Mapping, usize),
    (line, text): (i32, &str),
) -> Result<bool, AppError> {
    if mapping.columns.get(column) != Some(&Column::Password) {
        return Ok(false);
    }
    let Some(rules) = Rules::of(tx, tenant).await? else {
        return Err(AppError::NotFound("column"));
    };
    let rows = tx.bulk_rows(bulk, (&[], None), Some(line - 1), 1).await?;
    let row = rows.into_iter().find(|row| row.line == line).ok_or(AppError::NotFound("row"))?;
    if !matches!(row.act, Act::Create | Act::Error | Act::Conflict) {
        return Err(AppError::field(FieldError::new("password", Rule::Immutable).with("row", line)));
    }
    let password = || rules.at(mapping).accepted(line, Ok(Secret(text.to_owned())), &names_of(&row));
    let password = (!text.is_empty()).then(password);
    tx.mend_first_password(bulk, line, password).await?;
    Ok(true)
}

/// Keeps the passwords of rows as they are planned now, and those kept before that are still needed.
pub(super) async fn keep(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    bulk: BulkId,
    passwords: &[FirstPassword],
) -> Result<(), AppError> {
    tx.keep_first_passwords(tenant.id, bulk, passwords).await?;
    Ok(tx.forget_needless_passwords(bulk).await?)
}

/// Sends the passwords of rows to the accounts they made, if that is allowed by now.
pub(super) async fn send(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    bulk: &Bulk,
    made: impl Iterator<Item = (&BulkRow, UserId)>,
) -> Result<(), AppError> {
    if bulk.ask["file"]["sealed"].as_u64().is_none_or(|sealed| sealed == 0) {
        return Ok(());
    }
    if !are_allowed(tx, tenant).await? {
        return Ok(tx.forget_first_passwords(bulk).await?);
    }
    let request = bulk.request.ok_or(AppError::NotFound("bulk"))?;
    let accounts: Vec<_> = made.map(|(row, user)| account(row, user)).collect();
    Ok(tx.send_first_passwords(bulk, request, &accounts).await?)
}

fn account(row: &BulkRow, user: UserId) -> FirstAccount {
    let keeps = |said: &Said| said.get(MUST_CHANGE) == Some(&Value::Text("false".to_owned()));
    FirstAccount { line: row.line, user, must_change: !row.said.as_ref().is_some_and(keeps) }
}
