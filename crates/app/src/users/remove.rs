//! Removing people, and restoring them while their time lasts.

use domain::{
    field::{FieldError, Rule},
    id::{RequestId, UserId},
    person::Detail,
    request::Lane,
    service::split_instance,
};
use jiff::SignedDuration;
use serde_json::json;
use store::{
    Caller,
    objects::Edge,
    subscriptions::{NewSubscription, Subscription},
    tx::{Cause, Permit, TenantRef, WriteTx, act},
    users::{Removal, Removed, User},
};

use super::{load, settle_one, with_values};
use crate::{App, AppError, bundles, settings};

/// Removes a person: plans end and groups are left, the account cannot log on.
/// For `grace_days` the person can be restored, then the account goes; the names
/// stay reserved. People without an account in a directory are gone at once.
pub async fn delete(
    app: &App,
    caller: &Caller,
    id: UserId,
    version: i64,
    grace_days: Option<i64>,
    cause: &Cause,
) -> Result<Option<RequestId>, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant_of_user(id).await?;
    let grace = settings::grace_days(&mut tx, &tenant, grace_days).await?;
    let (user, permit) = match tx.account::<act::UserDelete>(id).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    let name = user.display_name.clone();
    let request = user
        .object
        .map(|_| tx.open_request(tenant.id, "user_delete", json!({ "name": name }), Lane::Interactive));
    remove(&mut tx, &tenant, &permit, &user, (Some(version), grace, Lane::Interactive)).await?;
    tx.commit(cause).await?;
    Ok(request)
}

/// Removes the permitted person; who has an account needs an open request.
pub(crate) async fn remove(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    permit: &Permit<act::UserDelete>,
    user: &User,
    (version, grace, lane): (Option<i64>, i64, Lane),
) -> Result<(), AppError> {
    let id = user.id;
    let Some(object) = user.object else {
        return Ok(tx.remove_user(permit, user, version, None).await?);
    };
    let groups = tx.own_groups(object).await?;
    let ended = tx.unsubscribe(tenant.id, &tenant.time_zone, id, None).await?;
    let code = |s: &Subscription| format!("{}@{}", s.plan, s.instance);
    let bundled = ended.iter().filter(|s| !s.direct).map(code).collect();
    let plans = ended.iter().map(|s| (code(s), s.version)).collect();
    let reports = tx.drop_reports(permit).await?;
    let removal = Removal { enabled: user.enabled, groups, plans, bundled, reports };
    tx.leave_groups(tenant.id, object).await?;
    let now = tx.now();
    let purge_at = now + SignedDuration::from_hours(24 * grace);
    if grace == 0 {
        tx.want_change(object, |_| None, lane).await?;
        tx.remove_user(permit, user, version, None).await?;
    } else {
        let gone = User { enabled: false, ..user.clone() };
        tx.want_change(object, |spec| Some(with_values(spec, &gone, tenant, &[], now)), lane).await?;
        tx.remove_user(permit, user, version, Some((&removal, purge_at))).await?;
    }
    Ok(tx.settle_owned(permit).await?)
}

/// Gives a removed person back what they had: account, groups and plans that
/// still exist. Billing of the plans begins anew; roles are not given back.
pub async fn restore(app: &App, caller: &Caller, id: UserId, cause: &Cause) -> Result<User, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (removed, tenant) = tx.lock_removed(id).await?;
    let permit = match tx.permit_restore(&tenant, &removed) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    let args = json!({ "name": removed.user.display_name });
    tx.open_request(tenant.id, "user_restore", args, Lane::Interactive);
    give_back(&mut tx, &tenant, &permit, &removed, Lane::Interactive).await?;
    tx.commit(cause).await?;
    load(app, caller, id).await
}

/// Gives a removed person back what they had, within the open request. What is refused is refused
/// before anything is written.
pub(crate) async fn give_back(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    permit: &Permit<act::UserDelete>,
    removed: &Removed,
    lane: Lane,
) -> Result<(), AppError> {
    let id = removed.user.id;
    let object = removed.user.object.ok_or(AppError::NotFound("user"))?;
    if let Some(key) = removed.user.details.get(&Detail::ExternalId)
        && !tx.external_ids_taken(tenant.id, std::slice::from_ref(key)).await?.is_empty()
    {
        let error = FieldError::new("details.external_id", Rule::Taken).with("value", key);
        return Err(AppError::field(error));
    }
    let user = tx.restore_user(permit, removed).await?;
    let now = tx.now();
    tx.want_change(object, |spec| Some(with_values(spec, &user, tenant, &[], now)), lane).await?;
    tx.restore_reports(permit, object, &removed.removal.reports).await?;
    tx.settle_owned(permit).await?;
    let mut groups = tx.groups_left(permit, object, &removed.removal.groups).await?;
    let (mut subscriptions, mut bundled) = (Vec::new(), Vec::new());
    let assigned = tx.assigned(&[id]).await?;
    for (code, version) in &removed.removal.plans {
        let Some((plan, of_plan)) = tx.plan_left(permit, (code, *version)).await? else { continue };
        let id_of_subscription = tx.id();
        let (plan_code, instance) = split_instance(code);
        // What a bundle gave of a service that was taken meanwhile is not the bundle's any more.
        let still = instance.is_none_or(|instance| bundles::gives(&assigned, plan_code, instance));
        if removed.removal.bundled.contains(code) && still {
            bundled.push(id_of_subscription);
        }
        let (order, member) = (None, Some(object));
        subscriptions.push(NewSubscription {
            id: id_of_subscription,
            user: Some(id),
            plan,
            order,
            group: of_plan[0],
            member,
        });
        tx.note_plan(tenant.id, id, plan_code, *version, true);
        groups.extend(of_plan);
    }
    if !subscriptions.is_empty() {
        tx.subscribe(tenant.id, &tenant.time_zone, &subscriptions).await?;
        tx.set_direct(&bundled, false).await?;
    }
    let edges: Vec<_> = groups.into_iter().map(|group| Edge { group, member: object }).collect();
    tx.want_members_now(tenant.id, &edges, true).await?;
    settle_one(tx, tenant.id, id).await
}
