//! Bundles: giving them to people and taking them away. Giving brings what is
//! missing; taking removes only what nothing else gives.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    field::{FieldError, Rule},
    id::{ObjectId, UserId},
    limits,
};
use store::{
    catalogue::{Assigned, Instance, NewAssignment, Plan},
    objects::Edge,
    subscriptions::NewSubscription,
    tx::{TenantRef, WriteTx},
};

use crate::{
    AppError,
    users::{end_plan, home},
};

/// Whether one of these bundles gives a plan of an instance.
pub(crate) fn gives(assigned: &[Assigned], plan: &str, instance: &str) -> bool {
    assigned.iter().any(|a| a.gives(plan, instance))
}

/// Plans of instances, as they are noted.
pub(crate) fn given(plans: &[(&Plan, &Instance)]) -> Vec<String> {
    plans.iter().map(|(plan, instance)| format!("{}@{}", plan.code, instance.code)).collect()
}

/// Makes these all the bundles a person has, each in its newest version. Needs an open
/// request and the person's account locked; refused where the caller may not change who is
/// in a group a bundle brings.
pub(crate) async fn set(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    (user, object): (UserId, ObjectId),
    codes: &[String],
) -> Result<(), AppError> {
    if codes.len() > limits::BUNDLES {
        return Err(AppError::field(FieldError::new("bundles", Rule::TooMany).with("max", limits::BUNDLES)));
    }
    let plans = tx.plans_for(tenant, &tenant.currency).await?;
    let home = home(tx, tenant, &plans, true).await?;
    let has = tx.assigned(&[user]).await?;
    let (mut fresh, mut errors, mut kept) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut anew = Vec::new();
    for (i, code) in codes.iter().enumerate() {
        let newest = home.bundles.iter().find(|b| b.content.code == *code && !b.retired);
        let present = has.iter().find(|a| a.content.code == *code);
        // What somebody has already stays as it is, also when it is published no more.
        if let Some(has) = present.filter(|a| newest.is_none_or(|b| b.content.version == a.content.version)) {
            kept.insert(code.as_str());
            // But of a service that was taken from the customer and given again it gives nothing yet.
            if let Ok((_, plans, _)) = home.bundle("bundles", code)
                && plans.iter().any(|(plan, instance)| !has.gives(&plan.code, &instance.code))
            {
                anew.push((has.clone(), plans));
            }
            continue;
        }
        if codes[..i].contains(code) {
            let error = FieldError::new(format!("bundles[{i}]"), Rule::Duplicate).with("value", code);
            errors.push(error);
            continue;
        }
        match home.bundle(&format!("bundles[{i}]"), code) {
            Ok(content) => fresh.push(content),
            Err(more) => errors.extend(more),
        }
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let gone: Vec<_> = has.iter().filter(|a| !kept.contains(a.content.code.as_str())).cloned().collect();
    // Only where that is all that was meant: who gives another bundle orders nothing of this one.
    for (mut of, plans) in anew.into_iter().filter(|_| fresh.is_empty() && gone.is_empty()) {
        give(tx, tenant, (user, object), &plans).await?;
        of.plans = given(&plans);
        tx.set_assigned_plans(&of).await?;
    }
    // What is new first, so that nothing is left and entered again.
    for (bundle, plans, groups) in fresh {
        give(tx, tenant, (user, object), &plans).await?;
        let given = given(&plans);
        let present = tx.member_among(object, &groups).await?;
        let brought: Vec<_> = groups.into_iter().filter(|g| !present.contains(g)).collect();
        tx.may_fill(tenant, &brought).await?;
        let edges: Vec<_> = brought.iter().map(|g| Edge { group: *g, member: object }).collect();
        tx.want_members_now(tenant.id, &edges, true).await?;
        let name = format!("{}/{}", bundle.content.code, bundle.content.version);
        let (bundle, groups) = (bundle.id, brought);
        tx.assign_bundles(tenant.id, &[NewAssignment { user, bundle, name, plans: given, groups }]).await?;
    }
    take(tx, tenant, (user, object), &gone).await
}

/// Gives the plans of a bundle, as far as somebody does not have them.
async fn give(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    (user, object): (UserId, ObjectId),
    plans: &[(&Plan, &Instance)],
) -> Result<(), AppError> {
    let held = tx.subscriptions(tenant.id, Some(user)).await?;
    let lacks = |plan: &Plan, instance: &Instance| {
        held.iter().all(|s| (s.plan.as_str(), s.instance.as_str()) != (&*plan.code, &*instance.code))
    };
    let (mut subscriptions, mut groups) = (Vec::new(), BTreeSet::new());
    for (plan, instance) in plans.iter().filter(|(plan, instance)| lacks(plan, instance)) {
        let (order, group, member) = (None, instance.groups[0], Some(object));
        subscriptions.push(NewSubscription {
            id: tx.id(),
            user: Some(user),
            plan: plan.id,
            order,
            group,
            member,
        });
        tx.note_plan(tenant.id, user, &plan.code, plan.version, true);
        groups.extend(instance.groups.iter().copied());
    }
    if subscriptions.is_empty() {
        return Ok(());
    }
    tx.subscribe(tenant.id, &tenant.time_zone, &subscriptions).await?;
    let edges: Vec<_> = groups.into_iter().map(|group| Edge { group, member: object }).collect();
    tx.want_members_now(tenant.id, &edges, true).await?;
    let bundled: Vec<_> = subscriptions.iter().map(|s| s.id).collect();
    tx.set_direct(&bundled, false).await?;
    Ok(())
}

/// Takes bundles away.
async fn take(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    (user, object): (UserId, ObjectId),
    gone: &[Assigned],
) -> Result<(), AppError> {
    for assigned in gone {
        tx.end_assignment(tenant.id, assigned).await?;
        let rest = tx.assigned(&[user]).await?;
        for held in tx.subscriptions(tenant.id, Some(user)).await? {
            let given = gives(std::slice::from_ref(assigned), &held.plan, &held.instance);
            if given && !held.direct && !gives(&rest, &held.plan, &held.instance) {
                end_plan(tx, tenant, user, object, held.id).await?;
            }
        }
        let (mut leave, mut taken_over) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
        for group in &assigned.groups {
            let names = tx.groups_named_in(tenant.id, *group).await?;
            // Another bundle that names the group brings it from now on.
            let other =
                rest.iter().find(|a| a.content.groups.iter().any(|g| names.contains(&g.to_lowercase())));
            match other {
                Some(other) => {
                    taken_over.entry(other.id).or_insert_with(|| other.groups.clone()).push(*group);
                }
                None => leave.push(Edge { group: *group, member: object }),
            }
        }
        for (other, groups) in taken_over {
            tx.set_assigned_groups(other, &groups).await?;
        }
        tx.may_fill(tenant, &leave.iter().map(|edge| edge.group).collect::<Vec<_>>()).await?;
        tx.want_members_now(tenant.id, &leave, false).await?;
    }
    Ok(())
}
