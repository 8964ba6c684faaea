//! Passwords that stand in a file: where the customer allows it they are sealed as the first ones of the
//! accounts the file makes (docs/decisions/0034). Nobody's present password is ever changed by a file.

use std::collections::BTreeMap;

use domain::{
    bulk::{Act, Said, Value},
    field::FieldError,
    id::BulkId,
    import::{Column, Mapping, Recognised},
    limits, password,
    plan::Secret,
    setting::Setting,
    table::Row,
};
use store::{
    bulk::{Bulk, BulkRow, FirstAccount, FirstPassword, Kept},
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
    /// Those that were kept of the same rows before.
    kept: BTreeMap<i32, Kept>,
}

impl Rules {
    /// None where the customer does not allow passwords in files. `before` was planned before.
    pub async fn of(
        tx: &mut WriteTx<'_>,
        tenant: &TenantRef,
        before: Option<&Bulk>,
    ) -> Result<Option<Self>, AppError> {
        if tx.setting(&tenant.path, Setting::ImportPasswords).await?.as_deref() != Some("true") {
            return Ok(None);
        }
        let rules = tx.rules_in(tenant).await?;
        let kept = match before {
            Some(bulk) => tx.first_passwords(bulk).await?,
            None => BTreeMap::new(),
        };
        Ok(Some(Self { rules, kept }))
    }

    /// The password a row has, or had.
    pub fn given(&self, line: i32, password: Option<Result<Secret, FieldError>>) -> Option<Given> {
        password.map(Given::New).or_else(|| self.kept.get(&line).cloned().map(Given::Kept))
    }

    /// What is kept of a password: nothing that breaks a rule.
    fn accepted<'a>(
        &self,
        line: i32,
        password: Result<Secret, FieldError>,
        names: impl IntoIterator<Item = &'a str>,
    ) -> FirstPassword {
        let value = match password {
            Ok(secret) => self.rules.accept("password", &secret.0, names).map(|()| secret),
            Err(error) => Err(vec![error]),
        };
        let at_row = |error: FieldError| error.with("row", line);
        FirstPassword { line, value: value.map_err(|errors| errors.into_iter().map(at_row).collect()) }
    }

    /// Looks at the password of somebody who would be made, and says of the row what is wrong with it.
    /// Gives what is to be kept, and whether it has one then.
    pub fn look(&self, row: &mut BulkRow, given: Given) -> (Option<FirstPassword>, bool) {
        let (new, errors) = match given {
            Given::New(password) => {
                let said = row.said.iter().flatten().filter(|(code, _)| NAMES.contains(&code.as_str()));
                let said = said.filter_map(|(_, value)| match value {
                    Value::Text(text) => Some(text.as_str()),
                    _ => None,
                });
                let names = said.chain([row.name.as_str(), row.login.as_str()]);
                let new = self.accepted(row.line, password, names);
                let errors = new.value.as_ref().err().cloned().unwrap_or_default();
                (Some(new), errors)
            }
            Given::Kept(Kept::Sealed) => (None, Vec::new()),
            Given::Kept(Kept::Expired) => {
                let error = FieldError::new("password", domain::field::Rule::Expired);
                row.warnings.push(error.with("row", row.line).with("hours", limits::SECRET_HOURS));
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
    pub fn of_unread(&self, rows: &[Row], seen: &Recognised) -> Vec<FirstPassword> {
        let column = seen.columns.iter().position(|column| column.column == Some(Column::Password));
        let Some(column) = column else { return Vec::new() };
        let after = rows.iter().filter(|row| seen.header.is_none_or(|header| row.line > header));
        let password = |row: &Row| {
            let password = domain::import::password(row.cells.get(column)?)?;
            Some(self.accepted(i32::try_from(row.line).unwrap_or(i32::MAX), password, []))
        };
        after.filter_map(password).collect()
    }
}

/// Names of somebody, which a password may not hold where a rule says so.
const NAMES: [&str; 5] = ["given_name", "surname", "principal_name", "user_name", "logon_name"];

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
    let Some(rules) = Rules::of(tx, tenant, None).await? else {
        return Err(AppError::NotFound("column"));
    };
    let rows = tx.bulk_rows(bulk, (&[], None), Some(line - 1), 1).await?;
    let row = rows.into_iter().find(|row| row.line == line).ok_or(AppError::NotFound("row"))?;
    if text.is_empty() {
        tx.forget_first_passwords(bulk, Some(line)).await?;
        return Ok(true);
    }
    let names = [row.name.as_str(), row.login.as_str()];
    let password = rules.accepted(line, Ok(Secret(text.to_owned())), names);
    keep(tx, tenant, bulk.id, &[password]).await?;
    Ok(true)
}

pub(super) async fn keep(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    bulk: BulkId,
    passwords: &[FirstPassword],
) -> Result<(), AppError> {
    Ok(tx.keep_first_passwords(tenant.id, bulk, passwords).await?)
}

/// The account a row made, which may have a password.
pub(super) fn account(row: &BulkRow, user: domain::id::UserId) -> FirstAccount {
    let said = |said: &Said| said.get(MUST_CHANGE) == Some(&Value::Text("false".to_owned()));
    FirstAccount { line: row.line, user, must_change: !row.said.as_ref().is_some_and(said) }
}
