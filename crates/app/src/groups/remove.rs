//! Removing groups, and restoring them while their time lasts.

use domain::{
    id::{GroupId, RequestId},
    request::Lane,
};
use jiff::SignedDuration;
use serde_json::json;
use store::{Caller, tx::Cause};

use super::{changeable, denied};
use crate::{App, AppError, settings};

/// Removes a group: nobody is in it any more, and it is in no other. For
/// `grace_days` it can be restored with the same security id, then it goes from the
/// directory; its name stays reserved.
pub async fn delete(
    app: &App,
    caller: &Caller,
    id: GroupId,
    version: i64,
    grace_days: Option<i64>,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (group, permit) = match tx.group_to_change(id).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(denied(app, caller, id, error.into(), cause).await);
        }
    };
    let grace = settings::grace_days(&mut tx, &permit.tenant, grace_days).await?;
    changeable(&group)?;
    let args = json!({ "name": group.values.name });
    let request = tx.open_request(permit.tenant.id, "group_delete", args, Lane::Interactive);
    let purge_at = (grace > 0).then(|| tx.now() + SignedDuration::from_hours(24 * grace));
    tx.remove_group(&permit, &group, version, purge_at).await?;
    match purge_at {
        None => tx.want_change(group.object, |_| None, Lane::Interactive).await?,
        // Nobody is in it, so it gives nothing; its security id lives on.
        Some(_) => tx.verify_again(&[group.object.uuid()]).await?,
    };
    tx.commit(cause).await?;
    Ok(request)
}

/// Gives a removed group its members back, as far as they still exist and their
/// time is not over, and puts it into the groups it was in.
pub async fn restore(app: &App, caller: &Caller, id: GroupId, cause: &Cause) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (removed, permit) = tx.removed_group(id).await?;
    let args = json!({ "name": removed.group.values.name });
    let request = tx.open_request(permit.tenant.id, "group_restore", args, Lane::Interactive);
    let (tenant, object) = (permit.tenant.id, removed.group.object);
    let mut left = tx.edges_left(&permit, &removed).await?;
    tx.leave_edges(&permit, &removed).await?;
    tx.restore_group(&permit, &removed).await?;
    // What was put together meanwhile may close a circle with what was before.
    let refused = tx.check_nesting(tenant, object, &left.nested).await?;
    left.members.retain(|edge| !refused.iter().any(|(member, _)| *member == edge.member));
    tx.want_members_now(tenant, &left.members, true).await?;
    for edge in left.groups {
        if tx.check_nesting(tenant, edge.group, &[object]).await?.is_empty() {
            tx.want_members_now(tenant, &[edge], true).await?;
        }
    }
    tx.verify_again(&[object.uuid()]).await?;
    tx.commit(cause).await?;
    Ok(request)
}
