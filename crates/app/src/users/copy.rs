//! A new colleague like one who is there: the place of work, not the person.

use std::collections::BTreeMap;

use domain::{
    field::FieldError,
    id::{ObjectId, UserId},
    request::Lane,
};
use serde_json::json;
use store::{
    Caller,
    objects::Edge,
    tx::{Cause, WriteTx, act},
    users::User,
};

use super::{CreatedUsers, home};
use crate::{Answer, App, AppError, Repeat, fields, mails, people::PersonDraft, provision::prepare, repeat};

/// Where the new person stands in what is sent.
const FIELD: &str = "user";

/// Creates a person of the same customer with what the other has of the place of
/// work: title, department, manager, what is known of the office, groups and
/// plans. What `draft` says itself goes before.
pub async fn copy(
    app: &App,
    caller: &Caller,
    like: UserId,
    draft: PersonDraft,
    with_groups: bool,
    repeated: Option<&Repeat<'_, CreatedUsers>>,
    cause: &Cause,
) -> Result<Answer<CreatedUsers>, AppError> {
    let mut tx = app.store.write(caller).await?;
    let source = tx.user(like).await?;
    let tenant = tx.tenant_of_user(like).await?;
    let permit = match tx.permit::<act::UserCreate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    mails::required(app, caller, &tenant.path, std::iter::once(&draft))?;
    if let Some(answer) = repeat::before(&mut tx, repeated).await? {
        return Ok(answer);
    }
    let object = source.object.ok_or(AppError::NotFound("user"))?;
    let plans = tx.subscriptions(tenant.id, Some(like)).await?;
    let plans =
        plans.into_iter().filter(|s| s.direct).map(|s| format!("{}@{}", s.plan, s.instance)).collect();
    let assigned = tx.assigned(&[like]).await?;
    let bundles = assigned.iter().map(|of| of.content.code.clone()).collect();
    let below =
        |errors: Vec<FieldError>| AppError::Invalid(errors.into_iter().map(|e| e.under(FIELD)).collect());
    let copied = fields::copied(&tx.fields(&tenant).await?, &source);
    let person = filled(draft, &source, plans, bundles, copied).check().map_err(below)?;
    let plans = tx.plans_for(&tenant, &tenant.currency).await?;
    let home = home(&mut tx, &tenant, &plans, true).await?;
    let mut prepared = prepare(&mut tx, &home, &[FIELD.to_owned()], std::slice::from_ref(&person)).await?;
    if let Err(error) = tx.may_fill(&tenant, &prepared.groups_of_bundles()).await {
        drop(tx);
        return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
    }
    let mut groups = if with_groups { groups(&mut tx, object, home.members).await? } else { Vec::new() };
    // Those come with the bundles.
    groups.retain(|(_, group)| assigned.iter().all(|of| !of.groups.contains(group)));
    if !groups.is_empty()
        && let Err(error) = tx.permit::<act::GroupManage>(&tenant)
    {
        drop(tx);
        return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
    }
    let member = prepared.users[0].account.as_ref().map(|account| account.object);
    let edges = groups.iter().filter_map(|(_, group)| Some(Edge { group: *group, member: member? }));
    prepared.edges.extend(edges);
    let args = json!({ "name": person.display_name, "like": source.display_name });
    let request = tx.open_request(tenant.id, "user_copy", args, Lane::Interactive);
    let made = tx.create_people(&permit, &prepared.users, &prepared.edges, Lane::Interactive).await?;
    for (group, _) in &groups {
        tx.note_members(tenant.id, *group, &[prepared.users[0].id], true);
    }
    let users = prepared.subscribe(&mut tx, &home, made.links).await?;
    let created = CreatedUsers { tenant: tenant.clone(), users, host: made.host, request, at: tx.now() };
    repeat::keep(&mut tx, repeated, &created).await?;
    tx.commit(cause).await?;
    Ok(Answer::Done(created))
}

/// The groups of somebody that are given by hand.
async fn groups(
    tx: &mut WriteTx<'_>,
    member: ObjectId,
    everybody: ObjectId,
) -> Result<Vec<(domain::id::GroupId, ObjectId)>, AppError> {
    let mut groups = tx.groups_of(member).await?;
    groups.retain(|(_, object)| *object != everybody);
    Ok(groups)
}

fn filled(
    draft: PersonDraft,
    source: &User,
    plans: Vec<String>,
    bundles: Vec<String>,
    mut fields: BTreeMap<String, String>,
) -> PersonDraft {
    fields.extend(draft.fields);
    let mut details: BTreeMap<_, _> = source
        .details
        .iter()
        .filter(|(detail, _)| detail.is_of_workplace())
        .map(|(detail, value)| (detail.code().to_owned(), value.clone()))
        .collect();
    details.extend(draft.details);
    let manager = source.manager.as_ref().map(|manager| manager.person.id.to_string());
    PersonDraft {
        title: draft.title.or_else(|| source.title.clone()),
        department: draft.department.or_else(|| source.department.clone()),
        manager: draft.manager.or(manager),
        plans: if draft.plans.is_empty() { plans } else { draft.plans },
        bundles: if draft.bundles.is_empty() { bundles } else { draft.bundles },
        details,
        fields,
        ..draft
    }
}
