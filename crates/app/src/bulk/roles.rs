//! Roles that rows give and take: which there are, and whether whoever asks may.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    bulk::{Change, Options, Present, ROLES, Said, Value, entries},
    field::{FieldError, Rule},
    id::UserId,
};
use store::{
    bulk::BulkRow,
    tx::{ReadTx, TenantRef, WriteTx},
};

use super::{compare::unread, run::Stop};
use crate::roles::{self, Deed};

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
/// list of ours, which names all somebody has, they are mistakes. Where it was not asked for nothing is given
/// or taken, and what is left so is told.
pub(super) fn settle(
    tenant: &TenantRef,
    (options, whole): (&Options, bool),
    row: &mut BulkRow,
    (said, present): (&mut Said, &Present),
) {
    let Some(value) = said.remove(ROLES) else { return };
    let names = match value {
        Value::List(names) => names,
        Value::Text(name) => vec![name],
        Value::Empty => Vec::new(),
    };
    let mut codes = BTreeSet::new();
    for name in names {
        match roles::named(tenant, ROLES, &name) {
            Ok(role) => drop(codes.insert(role.code.to_owned())),
            Err(error) if whole && options.give_roles => row.errors.push(error.with("row", row.line)),
            Err(_) => row.warnings.push(unread(ROLES, &name, row.line)),
        }
    }
    if options.give_roles {
        said.insert(ROLES.to_owned(), Value::List(codes.into_iter().collect()));
        return;
    }
    let has = entries(present.get(ROLES).map(String::as_str));
    let left: Vec<_> = match whole {
        true => codes.symmetric_difference(&has).cloned().collect(),
        false => codes.difference(&has).cloned().collect(),
    };
    if !left.is_empty() {
        let error = FieldError::new(ROLES, Rule::NotAsked).with("value", left.join(", "));
        row.warnings.push(error.with("row", row.line));
    }
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
            roles::change_of(tx, tenant.id, (role, deed), &people).await?;
        }
        Ok(())
    }
}
