//! Roles that rows give and take: which there are, and whether whoever asks may.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    bulk::{Change, Said, Value},
    field::{FieldError, Rule},
    id::UserId,
};
use store::{
    bulk::BulkRow,
    tx::{ReadTx, TenantRef, WriteTx},
};

use super::{compare::unread, person::list, run::Stop};
use crate::roles::{self, Deed};

/// Their code.
pub(super) const ROLES: &str = "roles";

/// The roles whoever asks may give and take.
pub(super) struct Ceiling(BTreeSet<&'static str>);

impl Ceiling {
    pub(super) fn of(tx: &ReadTx<'_>, tenant: &TenantRef) -> Self {
        Self(roles::possible(tx, tenant).iter().map(|role| role.code).collect())
    }

    /// A role among those named that whoever asks may neither give nor take.
    pub(super) fn refuses(&self, named: &[String]) -> Option<FieldError> {
        let beyond = named.iter().find(|code| !self.0.contains(code.as_str()))?;
        Some(FieldError::new(ROLES, Rule::NotHeld).with("value", beyond))
    }

    /// The same of what changes of somebody.
    pub(super) fn refuses_change(&self, changes: &[Change]) -> Option<FieldError> {
        let change = changes.iter().find(|change| change.field == ROLES)?;
        let (comes, goes) = change.entries();
        self.refuses(&[comes, goes].concat())
    }
}

/// The roles a row names, by their codes. Those of other panels mean nothing here, and that is told; in a
/// list of ours, which names all somebody has, they are mistakes.
pub(super) fn settle(tenant: &TenantRef, whole: bool, row: &mut BulkRow, said: &mut Said) {
    if !matches!(said.get(ROLES), Some(Value::List(_) | Value::Text(_))) {
        return;
    }
    let mut codes = Vec::new();
    for name in list(said, ROLES) {
        match roles::named(tenant, ROLES, &name) {
            Ok(role) if codes.iter().any(|code| code == role.code) => {}
            Ok(role) => codes.push(role.code.to_owned()),
            Err(error) if whole => row.errors.push(error.with("row", row.line)),
            Err(_) => row.warnings.push(unread(ROLES, &name, row.line)),
        }
    }
    said.insert(ROLES.to_owned(), Value::List(codes));
}

/// Who gets and who loses which role.
#[derive(Default)]
pub(super) struct Changing(BTreeMap<(String, Deed), Vec<UserId>>);

impl Changing {
    pub(super) fn note(&mut self, user: UserId, codes: impl IntoIterator<Item = String>, deed: Deed) {
        for code in codes {
            self.0.entry((code, deed)).or_default().push(user);
        }
    }

    /// Gives and takes them.
    pub(super) async fn done(self, tx: &mut WriteTx<'_>, tenant: &TenantRef) -> Result<(), Stop> {
        for ((code, deed), people) in self.0 {
            let role = roles::named(tenant, ROLES, &code).map_err(crate::AppError::field)?;
            roles::change_of(tx, tenant, (role, deed), &people).await?;
        }
        Ok(())
    }
}
