//! Adopting who is in a group, and who owns it.

use domain::{
    drift::{FindingKind, FindingState},
    id::{GroupId, RequestId},
    limits,
    request::Lane,
};
use serde_json::json;
use store::{
    Caller,
    drift::Finding,
    groups::{Change, Group},
    tx::{Cause, Permit, WriteTx, act},
};

use super::open;
use crate::{App, AppError, error::Conflict, groups};

/// Makes it wanted that somebody is in a group, or is not. Only of members that
/// are ours and of the same tenant, and only of groups people keep themselves.
pub(super) async fn adopt(
    app: &App,
    caller: &Caller,
    mut tx: WriteTx<'_>,
    finding: Finding,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let (group, permit) = match group_of(&mut tx, &finding).await? {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, finding.tenant.id, error, cause).await);
        }
    };
    if let Some(request) = finding.request.filter(|_| finding.state == FindingState::Adopted) {
        return Ok(request);
    }
    open(&finding)?;
    let Some(member) = finding.member.filter(|_| !group.is_built_in()) else {
        return Err(AppError::Conflict(Conflict::NotAdoptable));
    };
    let wanted = finding.kind == FindingKind::MemberAdded;
    let object = match tx.member_objects(permit.tenant.id, &[member]).await?.remove(&member) {
        Some((object, _)) => object,
        // Somebody who was removed meanwhile can only go.
        None => {
            finding.member_object.filter(|_| !wanted).ok_or(AppError::Conflict(Conflict::NotAdoptable))?
        }
    };
    let change = Change { member, object, wanted, until: None };
    groups::check_nesting(&mut tx, permit.tenant.id, &group, &[("member".to_owned(), change)]).await?;
    let args = json!({ "name": group.values.name });
    let request = tx.open_request(permit.tenant.id, "drift_adopt", args, Lane::Interactive);
    tx.change_members(permit.tenant.id, &group, &[change]).await?;
    tx.adopted_member(&permit, &finding).await?;
    tx.commit(cause).await?;
    Ok(request)
}

/// Makes whom the directory shows the first owner of a group, before the others;
/// whom nobody here knows, or nobody at all, cannot be adopted while there are owners.
pub(super) async fn adopt_owner(
    app: &App,
    caller: &Caller,
    mut tx: WriteTx<'_>,
    finding: Finding,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let (group, permit) = match group_of(&mut tx, &finding).await? {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, finding.tenant.id, error, cause).await);
        }
    };
    if let Some(request) = finding.request.filter(|_| finding.state == FindingState::Adopted) {
        return Ok(request);
    }
    open(&finding)?;
    let known = tx.people_of(permit.tenant.id, finding.linked.as_slice()).await?;
    let Some(first) = known.first().copied().filter(|_| !group.is_built_in()) else {
        return Err(AppError::Conflict(Conflict::NotAdoptable));
    };
    let present = tx.owners(&group).await?;
    let others = present.iter().map(|owner| owner.id).filter(|owner| *owner != first);
    let mut owners: Vec<_> = [first].into_iter().chain(others).collect();
    owners.truncate(limits::GROUP_OWNERS);
    let args = json!({ "name": group.values.name });
    let request = tx.open_request(permit.tenant.id, "drift_adopt", args, Lane::Interactive);
    tx.set_owners(&permit, &group, &owners).await?;
    tx.adopted_member(&permit, &finding).await?;
    tx.commit(cause).await?;
    Ok(request)
}

/// The group a finding is about, if the caller may manage it.
async fn group_of(
    tx: &mut WriteTx<'_>,
    finding: &Finding,
) -> Result<Result<(Group, Permit<act::GroupManage>), AppError>, AppError> {
    let group: Option<GroupId> = finding.entity.as_deref().and_then(|id| id.parse().ok());
    let group = group.ok_or(AppError::Conflict(Conflict::NotAdoptable))?;
    Ok(tx.group_to_change(group).await.map_err(AppError::from))
}
