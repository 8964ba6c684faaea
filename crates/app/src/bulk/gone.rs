//! Removing the people of rows, and restoring those who were removed.

use domain::{
    field::{FieldError, Rule},
    request::Lane,
};
use store::{
    StoreError,
    bulk::BulkRow,
    tx::{TenantRef, WriteTx, act},
};

use super::run::{Part, Stop};
use crate::{
    AppError, settings,
    users::{give_back, remove},
};

/// The last first, as they went: then everybody finds those whom they managed.
pub(super) async fn restore_all(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    rows: &[BulkRow],
) -> Result<Part, Stop> {
    let mut part = Part::default();
    for row in rows.iter().rev() {
        let Some(id) = row.user else { continue };
        let refused = |rule| vec![FieldError::new("principal_name", rule).with("row", row.line)];
        let removed = match tx.lock_removed(id).await {
            Ok((removed, home)) if home.id == tenant.id => removed,
            Ok(_) | Err(StoreError::NotFound(_)) => {
                part.failed.push((row.line, refused(Rule::Unknown)));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let permit = match tx.permit_restore(tenant, &removed) {
            Ok(permit) => permit,
            Err(StoreError::Denied(_)) => {
                part.failed.push((row.line, refused(Rule::AdministratorsOnly)));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        match give_back(tx, tenant, &permit, &removed, Lane::Bulk).await {
            Ok(()) => part.done.push((row.line, None, removed.user.principal_name, Vec::new())),
            Err(AppError::Invalid(errors)) => {
                let errors = errors.into_iter().map(|error| error.with("row", row.line)).collect();
                return Err(Stop::Rows(vec![(row.line, errors)]));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(part)
}

pub(super) async fn remove_all(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    rows: &[BulkRow],
) -> Result<Part, Stop> {
    let grace = settings::grace_days(tx, tenant, None).await?;
    let mut part = Part::default();
    for row in rows {
        let Some(id) = row.user else { continue };
        let refused = |rule| vec![FieldError::new("principal_name", rule).with("row", row.line)];
        match tx.account::<act::UserDelete>(id).await {
            Ok((user, permit)) if user.tenant == tenant.id => {
                remove(tx, tenant, &permit, &user, (None, grace, Lane::Bulk)).await?;
                part.done.push((row.line, None, user.principal_name, Vec::new()));
            }
            Ok(_) | Err(StoreError::NotFound(_)) => part.failed.push((row.line, refused(Rule::Unknown))),
            Err(StoreError::Denied(_)) => part.failed.push((row.line, refused(Rule::AdministratorsOnly))),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(part)
}
