//! Giving back what is ours: a person, a group, or all that an adoption took over, as
//! long as nothing of it changed since. The directory keeps every object as it is,
//! without our marker; here it ends, with its plans and their facts.
//!
//! Whoever may remove somebody may not do this alone: an account that is given back can
//! still be used, and nobody is billed for it. So it needs the word of the operator of
//! the directory, as an adoption does.

use domain::{
    id::{AdoptionId, GroupId, ObjectId, RequestId, TargetId, TenantId, UserId},
    permission::Permission,
    request::Lane,
    spec::ObjectKind,
};
use serde_json::json;
use store::{
    Caller,
    adoptions::Adoption,
    releases::Taken,
    tx::{Cause, Permit, ReadTx, TenantRef, WriteTx, act},
};

use crate::{App, AppError, error::Conflict};

/// What becomes of a person or a group that is given back.
#[derive(Debug, Clone, Default)]
pub struct ReleasePreview {
    /// What people call it.
    pub name: String,
    /// Where it stands; none when it never was there.
    pub dn: Option<String>,
    /// Plans that end.
    pub plans: Vec<String>,
    /// Groups it leaves, because they stay ours and give something.
    pub left: Vec<String>,
    /// Groups it stays in as it is.
    pub kept: Vec<String>,
}

/// What becomes of an adoption that is taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleaseCounts {
    /// People whose accounts lose our marker.
    pub users: usize,
    /// Groups that lose it.
    pub groups: usize,
    /// Containers that lose it.
    pub containers: usize,
    /// Groups that the adoption made and that go.
    pub removed: usize,
    /// Plans that end.
    pub plans: usize,
    /// People and groups that were the customer's before, and stay.
    pub kept: usize,
    /// Something of it changed since, so that it cannot be taken back.
    pub changed: bool,
}

/// On the word of the operator of the directory.
async fn operator(tx: &mut ReadTx<'_>, target: TargetId) -> Result<Permit<act::DirectoryAdopt>, AppError> {
    let owner = tx.operator_of(target).await?;
    // Who may not see the operator may not act for it.
    let owner = tx.tenant(owner).await.map_err(|_| AppError::NotFound("directory"))?;
    Ok(tx.permit::<act::DirectoryAdopt>(&owner)?)
}

/// Whether the caller may give back what lies in the directory of a tenant.
pub async fn may_release(tx: &mut ReadTx<'_>, caller: &Caller, tenant: &TenantRef) -> Result<bool, AppError> {
    let anywhere = [Permission::DirectoryRead, Permission::DirectoryAdopt].map(|p| caller.may_anywhere(p));
    let Some(target) = tenant.target.filter(|_| anywhere == [true; 2]) else { return Ok(false) };
    match operator(tx, target).await {
        Ok(_) => Ok(true),
        Err(AppError::NotFound(_) | AppError::Forbidden(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What would become of a person.
pub async fn preview_user_release(
    app: &App,
    caller: &Caller,
    id: UserId,
) -> Result<ReleasePreview, AppError> {
    let mut tx = app.store.read(caller).await?;
    let user = tx.user(id).await?;
    let tenant = tx.tenant_of_user(id).await?;
    let (Some(object), Some(target)) = (user.object, tenant.target) else {
        return Err(AppError::NotFound("user"));
    };
    operator(&mut tx, target).await?;
    let standing = tx.standing_of(object).await?;
    let plans = tx.plans_held(tenant.id, &[id]).await?;
    let plans = plans.into_iter().filter(|(whose, _)| *whose == Some(id)).map(|(_, plan)| plan).collect();
    tx.finish().await?;
    Ok(ReleasePreview {
        name: user.display_name,
        dn: standing.dn,
        plans,
        left: standing.left,
        kept: standing.kept,
    })
}

/// Gives a person's account back.
pub async fn release_user(
    app: &App,
    caller: &Caller,
    id: UserId,
    version: i64,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    if caller.user() == id {
        return Err(AppError::Conflict(Conflict::Oneself));
    }
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant_of_user(id).await?;
    let permits = async {
        let (user, remove) = tx.account::<act::UserDelete>(id).await?;
        let target = tenant.target.ok_or(AppError::NotFound("user"))?;
        Ok::<_, AppError>((user, remove, operator(&mut tx, target).await?))
    };
    let (user, remove, adopt) = match permits.await {
        Ok(permits) => permits,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error, cause).await);
        }
    };
    if user.version != version {
        return Err(AppError::Conflict(Conflict::Stale { present: user.version }));
    }
    let object = user.object.ok_or(AppError::NotFound("user"))?;
    let args = json!({ "name": user.display_name });
    let request = tx.open_request(tenant.id, "user_release", args, Lane::Interactive);
    tx.drop_reports(&remove).await?;
    tx.release_people(&adopt, (tenant.id, &tenant.time_zone), &[id]).await?;
    // Groups show their next owner.
    tx.settle_owned(&remove).await?;
    tx.release_objects(&adopt, tenant.id, &[object], Lane::Interactive).await?;
    tx.commit(cause).await?;
    Ok(request)
}

/// What would become of a group.
pub async fn preview_group_release(
    app: &App,
    caller: &Caller,
    id: GroupId,
) -> Result<ReleasePreview, AppError> {
    let mut tx = app.store.read(caller).await?;
    let (group, tenant) = tx.group(id).await?;
    operator(&mut tx, tenant.target.ok_or(AppError::NotFound("group"))?).await?;
    let standing = tx.standing_of(group.object).await?;
    tx.finish().await?;
    let (left, kept) = (standing.left, standing.kept);
    Ok(ReleasePreview { name: group.values.name, dn: standing.dn, plans: Vec::new(), left, kept })
}

/// Gives a group back; who is in it stays in it.
pub async fn release_group(
    app: &App,
    caller: &Caller,
    id: GroupId,
    version: i64,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (_, tenant) = tx.group(id).await?;
    let permits = async {
        let (group, _) = tx.group_to_change(id).await?;
        let target = tenant.target.ok_or(AppError::NotFound("group"))?;
        Ok::<_, AppError>((group, operator(&mut tx, target).await?))
    };
    let (group, adopt) = match permits.await {
        Ok(permits) => permits,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error, cause).await);
        }
    };
    if group.is_built_in() {
        return Err(AppError::Conflict(Conflict::BuiltInGroup));
    }
    if group.version != version {
        return Err(AppError::Conflict(Conflict::Stale { present: group.version }));
    }
    let args = json!({ "name": group.values.name });
    let request = tx.open_request(tenant.id, "group_release", args, Lane::Interactive);
    tx.release_groups(&adopt, (tenant.id, &tenant.time_zone), &[(id, group.object)]).await?;
    tx.release_objects(&adopt, tenant.id, &[group.object], Lane::Interactive).await?;
    tx.commit(cause).await?;
    Ok(request)
}

/// What an adoption that was run would give back.
struct Back {
    customer: TenantRef,
    users: Vec<UserId>,
    /// Objects that lose our marker and nothing else.
    released: Vec<ObjectId>,
    /// Groups the adoption made, that go.
    removed: Vec<ObjectId>,
    /// All its groups.
    groups: Vec<(GroupId, ObjectId)>,
    counts: ReleaseCounts,
}

impl Back {
    async fn of(tx: &mut ReadTx<'_>, adoption: &Adoption) -> Result<Self, AppError> {
        let run = adoption.customer.zip(adoption.request).filter(|_| adoption.state == "run");
        let Some((customer, request)) = run else { return Err(AppError::Conflict(Conflict::NotUndoable)) };
        let customer = tx.tenant(customer).await?;
        let taken = tx.taken_by(adoption, (customer.id, request)).await?;
        let (kept, new): (Vec<_>, Vec<_>) = taken.into_iter().partition(|taken| taken.is_linked);
        let of = |kind| new.iter().filter(move |taken: &&Taken| taken.kind == kind);
        // Access lists name the group of all: without it nobody could read them any more.
        let (stay, removed): (Vec<_>, Vec<_>) = of(ObjectKind::Group)
            .partition(|taken| taken.was_there || Some(taken.object) == customer.members);
        let gone: Vec<_> = removed.iter().map(|taken| taken.object).collect();
        let users: Vec<_> = of(ObjectKind::User).map(|taken| UserId::from_uuid(taken.entity)).collect();
        let is_new = adoption.into.is_none();
        let objects: Vec<_> = new.iter().map(|taken| taken.object).collect();
        let since = tx.requests_since(customer.id, request, (!is_new).then_some(objects.as_slice())).await?;
        let plans = tx.plans_held(customer.id, &users).await?;
        let plans = plans.into_iter().filter(|(whose, _)| is_new || whose.is_some()).count();
        let counts = ReleaseCounts {
            users: users.len(),
            groups: stay.len(),
            containers: of(ObjectKind::Container).count(),
            removed: gone.len(),
            plans,
            kept: kept.len(),
            changed: since > 0 || new.iter().any(|t| t.is_changed) || (is_new && customer.version > 1),
        };
        let groups = of(ObjectKind::Group).map(|taken| (GroupId::from_uuid(taken.entity), taken.object));
        let groups = groups.collect();
        let released = objects.into_iter().filter(|object| !gone.contains(object)).collect();
        Ok(Self { customer, users, released, removed: gone, groups, counts })
    }
}

/// What would become of an adoption.
pub async fn preview_release(app: &App, caller: &Caller, id: AdoptionId) -> Result<ReleaseCounts, AppError> {
    let mut tx = app.store.read(caller).await?;
    let (adoption, _) = tx.adoption(id).await?;
    let back = Back::of(&mut tx, &adoption).await?;
    tx.finish().await?;
    Ok(back.counts)
}

/// Takes an adoption back, if nothing of it changed since. Once: asked for again, it
/// gives the same request.
pub async fn release(
    app: &App,
    caller: &Caller,
    id: AdoptionId,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (adoption, owner) = tx.lock_adoption(id).await?;
    let adopt = tx.permit::<act::DirectoryAdopt>(&owner)?;
    if let Some((_, request)) = adoption.released {
        return Ok(request);
    }
    let back = Back::of(&mut tx, &adoption).await?;
    if back.counts.changed {
        return Err(AppError::Conflict(Conflict::ChangedSince));
    }
    let (customer, zone) = (back.customer.id, back.customer.time_zone.clone());
    let close = match permitted(&mut tx, &adoption, &back.customer) {
        Ok(close) => close,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error, cause).await);
        }
    };
    let lane = Lane::for_objects(back.released.len());
    let args = json!({ "name": back.customer.name, "count": back.users.len() });
    let request = tx.open_request(customer, "adoption_release", args, lane);
    tx.release_groups(&adopt, (customer, &zone), &back.groups).await?;
    tx.release_people(&adopt, (customer, &zone), &back.users).await?;
    tx.release_objects(&adopt, customer, &back.released, lane).await?;
    for object in &back.removed {
        tx.want_change(*object, |_| None, lane).await?;
    }
    if let Some(close) = close {
        tx.release_customer(&close, &adopt).await?;
    }
    tx.adoption_released(&adopt, id).await?;
    tx.commit(cause).await?;
    Ok(request)
}

/// Whoever may close the customer that was made may take it back; of one that exists
/// whoever may give it something.
fn permitted(
    tx: &mut WriteTx<'_>,
    adoption: &Adoption,
    customer: &TenantRef,
) -> Result<Option<Permit<act::TenantClose>>, AppError> {
    let into: Option<TenantId> = adoption.into;
    match into {
        None => Ok(Some(tx.permit::<act::TenantClose>(customer)?)),
        Some(_) => tx.permit::<act::OrderCreate>(customer).map(|_| None).map_err(Into::into),
    }
}
