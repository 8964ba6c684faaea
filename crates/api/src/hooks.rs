//! Hooks: what is told or asked elsewhere before and after subscriptions change.

use app::{
    AppError,
    hooks::{self as use_cases, HookDraft, HookPatch},
    reading::{hooks::NewSecret, roots},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{id::HookId, permission::Permission};
use web::Surface;
use wire::{
    common::Page,
    hooks::{Hook, HookQuery, HookTest, HookUpdate, HookWithSecret, NewHook, RotateSecret},
};

use crate::{
    Refused, Tagged,
    cursor::Paging,
    input::{Body, Call, Params, PathId, Version},
    refusal::Answer,
    show,
};

/// Hours for which an old secret signs when nothing is asked for: a working day and a night.
const OLD_VALID_HOURS: i64 = 24;

/// Hooks, in the order in which they were made.
#[utoipa::path(get, path = "/hooks", tag = "hooks", params(HookQuery),
    responses((status = 200, description = "One page.", body = Page<Hook>), Refused))]
pub async fn list_hooks(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<HookQuery>,
) -> Answer<Json<Page<Hook>>> {
    let paging = Paging::new("hooks", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<HookId>()?;
    let read = async {
        let roots = roots(&call.caller, Permission::HookManage)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let rows = tx.hooks(&roots, query.service.as_deref(), after, paging.rows()).await?;
        tx.finish().await?;
        Ok::<_, AppError>(rows)
    };
    let (rows, next) = paging.page("hooks", read.await?, |h| (String::new(), h.id));
    Ok(Json(Page { items: rows.iter().map(show::hook).collect(), next }))
}

/// Make a hook. The secret of a webhook is shown only in this answer.
///
/// A hook `before` a change is asked first: the directory is changed when it agreed. It
/// refuses with 422 and `{ "reason": "…" }`. See docs/hooks.md.
#[utoipa::path(post, path = "/hooks", tag = "hooks", request_body = NewHook,
    responses((status = 201, description = "In force.", body = HookWithSecret), Refused))]
pub async fn create_hook(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<NewHook>,
) -> Answer<(StatusCode, Json<HookWithSecret>)> {
    let draft = HookDraft {
        service: new.service,
        name: new.name,
        moment: new.moment,
        occasions: new.occasions,
        url: new.url,
        command: new.command,
        limit_seconds: new.time_limit_seconds,
        tries: new.tries,
        attributes: new.attributes,
    };
    let (hook, secret) = use_cases::create(&surface.app, &call.caller, &draft, &call.cause).await?;
    Ok((StatusCode::CREATED, Json(with_secret(&hook, secret))))
}

/// A hook, with how it is doing.
#[utoipa::path(get, path = "/hooks/{id}", tag = "hooks",
    params(("id" = String, Path, description = "Id of the hook.")),
    responses((status = 200, description = "The hook; `ETag` is its version.", body = Hook), Refused))]
pub async fn show_hook(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<HookId>,
) -> Answer<Tagged<Hook>> {
    let hook = use_cases::show(&surface.app, &call.caller, id, &call.cause).await?;
    Ok(Tagged(StatusCode::OK, hook.version, show::hook(&hook)))
}

/// Change where a hook leads, its time limit, its tries or its name.
///
/// Deliveries that failed are made again when their requests are retried.
#[utoipa::path(patch, path = "/hooks/{id}", tag = "hooks", request_body = HookUpdate,
    params(("id" = String, Path, description = "Id of the hook."),
        ("If-Match" = String, Header, description = "The `ETag` the change is based on.")),
    responses((status = 200, description = "In force.", body = Hook), Refused))]
pub async fn update_hook(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<HookId>,
    Version(version): Version,
    Body(new): Body<HookUpdate>,
) -> Answer<Tagged<Hook>> {
    let patch = HookPatch {
        name: new.name,
        url: new.url,
        command: new.command,
        limit_seconds: new.time_limit_seconds,
        tries: new.tries,
    };
    let hook = use_cases::change(&surface.app, &call.caller, id, version, &patch, &call.cause).await?;
    Ok(Tagged(StatusCode::OK, hook.version, show::hook(&hook)))
}

/// Remove a hook: nothing is told any more, and what waited for it goes on.
#[utoipa::path(delete, path = "/hooks/{id}", tag = "hooks",
    params(("id" = String, Path, description = "Id of the hook.")),
    responses((status = 204, description = "Removed."), Refused))]
pub async fn remove_hook(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<HookId>,
) -> Answer<StatusCode> {
    use_cases::remove(&surface.app, &call.caller, id, &call.cause).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook a new secret, which is shown only in this answer.
#[utoipa::path(post, path = "/hooks/{id}/secret", tag = "hooks", request_body = RotateSecret,
    params(("id" = String, Path, description = "Id of the hook.")),
    responses((status = 201, description = "In force; both sign until `old_secret_until`.", body = HookWithSecret),
        Refused))]
pub async fn rotate_hook(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<HookId>,
    Body(body): Body<RotateSecret>,
) -> Answer<(StatusCode, Json<HookWithSecret>)> {
    let hours = body.old_valid_hours.unwrap_or(OLD_VALID_HOURS);
    let (hook, secret) = use_cases::rotate(&surface.app, &call.caller, id, hours, &call.cause).await?;
    Ok((StatusCode::CREATED, Json(with_secret(&hook, Some(secret)))))
}

/// Call a hook once to see whether it works.
///
/// It is called by a worker with a `hook.test` event; the item of the request shows
/// what was answered.
#[utoipa::path(post, path = "/hooks/{id}/test", tag = "hooks",
    params(("id" = String, Path, description = "Id of the hook.")),
    responses((status = 202, description = "It is on its way.", body = HookTest), Refused))]
pub async fn test_hook(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<HookId>,
) -> Answer<(StatusCode, Json<HookTest>)> {
    let request = use_cases::test(&surface.app, &call.caller, id, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(HookTest { request: request.to_string() })))
}

fn with_secret(hook: &app::reading::hooks::Hook, secret: Option<NewSecret>) -> HookWithSecret {
    HookWithSecret { hook: show::hook(hook), secret: secret.map(|secret| secret.0.to_string()) }
}
