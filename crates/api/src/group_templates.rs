//! Templates of groups, and groups made from them.

use app::{
    Answer as Outcome, AppError,
    error::Conflict,
    groups::templates::{self as use_cases, FromTemplate, MadeGroups, TemplateUse},
    reading::groups::InForce,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{group_template as rules, id::TenantId};
use serde_json::json;
use web::Surface;
use wire::group_templates::{
    GroupTemplate, GroupTemplates, NewGroupTemplate, OwnersRule, TemplateGroup, TemplateGroups, UseTemplate,
};

use crate::{
    Refused,
    input::{Body, Call, PathId, PathIds},
    once::{content, repeat},
    refusal::Answer,
    show,
};

/// The templates of groups that hold for a tenant: its own and those of the sellers above.
#[utoipa::path(get, path = "/tenants/{id}/group-templates", tag = "groups",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "All of them.", body = GroupTemplates), Refused))]
pub async fn list_group_templates(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<GroupTemplates>> {
    let all = use_cases::list(&surface.app, &call.caller, id).await?;
    Ok(Json(GroupTemplates { templates: all.iter().map(shown).collect() }))
}

/// Say a template of groups at a tenant, for itself and all below it.
///
/// It holds in place of one with the same code that a seller above says. Groups that were
/// made from it before stay as they are.
#[utoipa::path(put, path = "/tenants/{id}/group-templates/{code}", tag = "groups", request_body = NewGroupTemplate,
    params(("id" = String, Path, description = "Id of the tenant."),
        ("code" = String, Path, description = "Code of the template.")),
    responses((status = 200, description = "In force.", body = GroupTemplate), Refused))]
pub async fn put_group_template(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, code): PathIds<TenantId, String>,
    Body(new): Body<NewGroupTemplate>,
) -> Answer<Json<GroupTemplate>> {
    let draft = rules::TemplateDraft {
        name: new.name,
        description: new.description,
        kind: new.kind,
        mail: new.mail,
        owners: new.owners,
        member_of: new.member_of,
        people: new.people,
        days: new.days,
    };
    let in_force = use_cases::put(&surface.app, &call.caller, id, &code, &draft, &call.cause).await?;
    Ok(Json(shown(&in_force)))
}

/// Take back a template a tenant says itself. Groups that were made from it stay.
#[utoipa::path(delete, path = "/tenants/{id}/group-templates/{code}", tag = "groups",
    params(("id" = String, Path, description = "Id of the tenant."),
        ("code" = String, Path, description = "Code of the template.")),
    responses((status = 204, description = "It is gone."), Refused))]
pub async fn remove_group_template(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, code): PathIds<TenantId, String>,
) -> Answer<StatusCode> {
    use_cases::remove(&surface.app, &call.caller, id, &code, &call.cause).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make groups of a customer from a template, one or many at once.
///
/// Without `values` there is a group for everything there is among the people, as one for each
/// department. Groups that are there by their names stay as they are. If one cannot be
/// made, none is. With `preview` it is only told.
#[utoipa::path(post, path = "/customers/{id}/group-templates/{code}/groups", tag = "groups",
    request_body = UseTemplate,
    params(("id" = String, Path, description = "Id of the customer."),
        ("code" = String, Path, description = "Code of the template."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating safe.")),
    responses((status = 200, description = "What would be made.", body = TemplateGroups),
        (status = 202, description = "Recorded; on its way.", body = TemplateGroups), Refused))]
pub async fn use_group_template(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, code): PathIds<TenantId, String>,
    Body(new): Body<UseTemplate>,
) -> Answer<(StatusCode, Json<TemplateGroups>)> {
    let content = content(&call, &new);
    let answer = |made: &MadeGroups| (202, json!(groups(made)));
    let (repeat, app) = (repeat(&call, &content, &answer), &surface.app);
    let status = if new.preview { StatusCode::OK } else { StatusCode::ACCEPTED };
    let wish = TemplateUse { values: new.values, preview: new.preview };
    let done = use_cases::create(app, &call.caller, id, &code, &wish, repeat.as_ref(), &call.cause).await?;
    let made = match done {
        Outcome::Done(made) => groups(&made),
        Outcome::Before { body, .. } => {
            serde_json::from_value(body).map_err(|_| AppError::Conflict(Conflict::KeyReused))?
        }
    };
    Ok((status, Json(made)))
}

fn shown(of: &InForce) -> GroupTemplate {
    let template = of.template.clone();
    GroupTemplate {
        code: template.code,
        own: of.own,
        name: template.name,
        description: template.description,
        kind: show::group_kind(template.kind),
        mail: template.mail,
        owners: match template.owners {
            rules::OwnersRule::Nobody => OwnersRule::Nobody,
            rules::OwnersRule::Creator => OwnersRule::Creator,
            rules::OwnersRule::Managers => OwnersRule::Managers,
        },
        member_of: template.member_of,
        people: template.people,
        days: template.days,
    }
}

fn groups(made: &MadeGroups) -> TemplateGroups {
    let group = |of: &FromTemplate| TemplateGroup {
        id: of.id.map(|id| id.to_string()),
        exists: of.exists,
        name: of.values.name.clone(),
        description: of.values.description.clone(),
        kind: show::group_kind(of.values.kind),
        mail: of.values.mail.clone(),
        values: of.stands_for.iter().map(|(of, value)| (of.code().to_owned(), value.clone())).collect(),
        people: of.people,
        owners: of.owners.iter().map(ToString::to_string).collect(),
        member_of: of.member_of.clone(),
        until: of.until.map(|at| at.to_string()),
    };
    TemplateGroups {
        request: made.request.map(|id| id.to_string()),
        groups: made.groups.iter().map(group).collect(),
    }
}
