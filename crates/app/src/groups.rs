//! Groups of a customer's own, and who is in them.

use domain::{
    field::{Checker, FieldError, Rule},
    id::{GroupId, ObjectId, RequestId, TenantId, UserId},
    limits, names as rules,
    request::Lane,
    spec::Spec,
};
use serde_json::json;
use store::{
    Caller,
    groups::{GroupPurpose, NewGroup},
    objects::{Edge, Entity, NewObject},
    tx::{Cause, act},
    users::Name,
};

use crate::{Answer, App, AppError, Repeat, error::Conflict, repeat};

/// The `sAMAccountName` of a group: its name without what MS-SAMR forbids.
pub(crate) fn group_logon_name(name: &str) -> String {
    let clean: String = name
        .chars()
        .map(|c| if "\"/\\[]:;|=,+*?<>@".contains(c) || c.is_control() { '_' } else { c })
        .take(limits::GROUP_LOGON_NAME_CHARS)
        .collect();
    clean.trim_end_matches(['.', ' ']).to_owned()
}

/// Makes a group in a customer.
pub async fn create(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    name: &str,
    description: Option<&str>,
    repeated: Option<&Repeat<'_, GroupId>>,
    cause: &Cause,
) -> Result<Answer<GroupId>, AppError> {
    let mut c = Checker::default();
    let name = c.take(rules::line("name", name, limits::RDN_CHARS - limits::CODE_CHARS.end() - 1));
    let description = c.take(rules::optional_line("description", description, limits::ATTRIBUTE_CHARS));
    let (name, description) = c.finish(name.zip(description)).map_err(AppError::Invalid)?;
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = match tx.permit::<act::GroupManage>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    if let Some(answer) = repeat::before(&mut tx, repeated).await? {
        return Ok(answer);
    }
    let (Some(target), Some(folder)) = (tenant.target, tenant.folder) else {
        return Err(AppError::NotFound("customer"));
    };
    let rdn = format!("{} {name}", tenant.code);
    let logon = group_logon_name(&rdn);
    let (id, object): (GroupId, ObjectId) = (tx.id(), tx.id());
    let taken = tx.reserve(customer, &[(Name::logon(target, &logon), id.uuid())]).await?;
    if !taken.is_empty() {
        return Err(AppError::field(FieldError::new("name", Rule::Taken).with("value", &name)));
    }
    tx.open_request(customer, "group_create", json!({ "name": name }), Lane::Interactive);
    let spec = Spec::Group { name: rdn, logon_name: logon, parent: folder, description: description.clone() };
    let entity = (Entity::Group, id.uuid());
    let wanted = NewObject { id: object, tenant: customer, target, entity, spec };
    tx.want_new(&[wanted], Lane::Interactive).await?;
    let group = NewGroup { id, object, purpose: GroupPurpose::Custom, name, description };
    tx.insert_groups(&permit, &[group]).await?;
    repeat::keep(&mut tx, repeated, &id).await?;
    tx.commit(cause).await?;
    Ok(Answer::Done(id))
}

/// Puts a person into a group, or takes the person out.
pub async fn set_member(
    app: &App,
    caller: &Caller,
    id: GroupId,
    user: UserId,
    wanted: bool,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (group, tenant) = tx.group(id).await?;
    if let Err(error) = tx.permit::<act::GroupManage>(&tenant) {
        drop(tx);
        return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
    }
    if group.purpose != "custom" {
        return Err(AppError::Conflict(Conflict::BuiltInGroup));
    }
    let person = tx.user(user).await?;
    let member = person.object.filter(|_| person.tenant == tenant.id).ok_or(AppError::NotFound("user"))?;
    let args = json!({ "group": group.name, "name": person.display_name });
    let kind = if wanted { "member_add" } else { "member_remove" };
    let request = tx.open_request(tenant.id, kind, args, Lane::Interactive);
    tx.want_members_now(tenant.id, &[Edge { group: group.object, member }], wanted).await?;
    tx.note_members(tenant.id, id, &[user], wanted);
    if wanted {
        tx.keep_group(user, group.object).await?;
    }
    tx.commit(cause).await?;
    Ok(request)
}
