//! Who owns a group.

use domain::{
    field::{FieldError, Rule},
    id::{GroupId, UserId},
    limits,
    request::Lane,
};
use serde_json::json;
use store::{Caller, tx::Cause};

use super::{changeable, denied};
use crate::{App, AppError, error::Conflict};

/// Makes these people, by id or principal name and in this order, the owners of a group, if `version` is still
/// the present one. They may change who is in it, without any role; the directory shows
/// the first.
pub async fn set_owners(
    app: &App,
    caller: &Caller,
    id: GroupId,
    version: i64,
    owners: &[String],
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let (group, permit) = match tx.group_to_change(id).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(denied(app, caller, id, error.into(), cause).await);
        }
    };
    changeable(&group)?;
    if version != group.version {
        return Err(AppError::Conflict(Conflict::Stale { present: group.version }));
    }
    if owners.len() > limits::GROUP_OWNERS {
        return Err(AppError::field(
            FieldError::new("owners", Rule::TooMany).with("max", limits::GROUP_OWNERS),
        ));
    }
    let names: Vec<_> = owners.iter().map(|name| name.trim().to_lowercase()).collect();
    let named = tx.users_named(permit.tenant.id, &names).await?;
    let read = |name: &String| name.parse().ok().or_else(|| named.get(name).copied());
    let parsed: Vec<Option<UserId>> = names.iter().map(read).collect();
    let ids: Vec<UserId> = parsed.iter().copied().flatten().collect();
    let known = tx.people_of(permit.tenant.id, &ids).await?;
    let mut errors = Vec::new();
    for (i, (text, id)) in owners.iter().zip(&parsed).enumerate() {
        let error = |rule| FieldError::new(format!("owners[{i}]"), rule).with("value", text);
        match id.filter(|id| known.contains(id)) {
            None => errors.push(error(Rule::Unknown)),
            Some(id) if parsed[..i].contains(&Some(id)) => errors.push(error(Rule::Duplicate)),
            Some(_) => {}
        }
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let args = json!({ "name": group.values.name });
    tx.open_request(permit.tenant.id, "group_owners", args, Lane::Interactive);
    if let Some(shown) = tx.set_owners(&permit, &group, &ids).await? {
        tx.request_of(shown);
        tx.commit(cause).await?;
    }
    Ok(())
}
