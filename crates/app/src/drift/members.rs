//! Adopting who is in a group.

use domain::{
    drift::{FindingKind, FindingState},
    id::{GroupId, RequestId},
    request::Lane,
};
use serde_json::json;
use store::{
    Caller,
    drift::Finding,
    groups::Change,
    tx::{Cause, WriteTx},
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
    let group: Option<GroupId> = finding.entity.as_deref().and_then(|id| id.parse().ok());
    let group = group.ok_or(AppError::Conflict(Conflict::NotAdoptable))?;
    let (group, permit) = match tx.group_to_change(group).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, finding.tenant.id, error.into(), cause).await);
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
