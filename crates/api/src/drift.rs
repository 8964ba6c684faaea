//! What somebody changed in a directory behind our back, and what is done about it.

use app::{
    AppError, drift as use_cases,
    reading::{drift::FindingFilter, roots},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use domain::{
    drift::{FindingKind, FindingState, Mode},
    id::FindingId,
    permission::Permission,
};
use web::Surface;
use wire::{
    common::Page,
    drift::{Decided, DecidedMany, DriftPolicy, Finding, FindingQuery, RevertFindings, ScanAsked},
};

use crate::{
    Refused,
    cursor::Paging,
    input::{Body, Call, Params, PathId},
    read,
    refusal::Answer,
    show,
    tenants::code,
};

/// What somebody changed behind our back, newest first.
#[utoipa::path(get, path = "/findings", tag = "drift", params(FindingQuery),
    responses((status = 200, description = "One page.", body = Page<Finding>), Refused))]
pub async fn list_findings(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<FindingQuery>,
) -> Answer<Json<Page<Finding>>> {
    let paging = Paging::new("findings", query.limit, query.after.as_deref())?;
    let before = paging.after_id::<FindingId>()?;
    let read = async {
        let kind = code("kind", query.kind.as_deref(), FindingKind::from_code)?;
        let state = code("state", query.state.as_deref(), FindingState::from_code)?;
        let roots = roots(&call.caller, Permission::RequestRead)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let tenant = read::named_id(&mut tx, "tenant", query.tenant.as_deref()).await?;
        let filter = FindingFilter {
            roots,
            tenant,
            directory: query.directory,
            kind,
            state,
            ..FindingFilter::default()
        };
        let rows = tx.findings(&filter, before, paging.rows()).await?;
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, viewer))
    };
    let (rows, viewer) = read.await?;
    let (rows, next) = paging.page("findings", rows, |f| (String::new(), f.id));
    Ok(Json(Page { items: rows.iter().map(|f| show::finding(f, viewer)).collect(), next }))
}

/// Make what is wanted true again.
///
/// An object is put right as a whole: all other open findings of it are
/// reverted with this one. A deleted account is made anew, with its groups, but
/// with a new security id and a password nobody knows.
#[utoipa::path(post, path = "/findings/{id}/revert", tag = "drift",
    params(("id" = String, Path, description = "Id of the finding.")),
    responses((status = 202, description = "It is on its way.", body = Decided), Refused))]
pub async fn revert_finding(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<FindingId>,
) -> Answer<(StatusCode, Json<Decided>)> {
    let reverted = use_cases::revert(&surface.app, &call.caller, id, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(decided(&reverted))))
}

/// Make what is wanted true again, for all open findings that match.
#[utoipa::path(post, path = "/findings/revert", tag = "drift", request_body = RevertFindings,
    responses((status = 202, description = "They are on their way.", body = DecidedMany), Refused))]
pub async fn revert_findings(
    State(surface): State<Surface>,
    call: Call,
    Body(body): Body<RevertFindings>,
) -> Answer<(StatusCode, Json<DecidedMany>)> {
    let revert = async {
        let kind = code("kind", body.kind.as_deref(), FindingKind::from_code)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let tenant = read::named_id(&mut tx, "tenant", body.tenant.as_deref()).await?;
        tx.finish().await?;
        let filter = FindingFilter { tenant, directory: body.directory, kind, ..FindingFilter::default() };
        use_cases::revert_many(&surface.app, &call.caller, filter, &call.cause).await
    };
    let requests = revert.await?.iter().map(decided).collect();
    Ok((StatusCode::ACCEPTED, Json(DecidedMany { requests })))
}

/// Make what was found what is wanted.
///
/// Only values of people, and no names that have to be unique in the directory.
#[utoipa::path(post, path = "/findings/{id}/adopt", tag = "drift",
    params(("id" = String, Path, description = "Id of the finding.")),
    responses((status = 202, description = "It is wanted from now on.", body = Decided), Refused))]
pub async fn adopt_finding(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<FindingId>,
) -> Answer<(StatusCode, Json<Decided>)> {
    let request = use_cases::adopt(&surface.app, &call.caller, id, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(Decided { request: request.to_string(), findings: 1 })))
}

/// Look at everything in a directory as soon as possible.
#[utoipa::path(post, path = "/directories/{code}/scan", tag = "drift",
    params(("code" = String, Path, description = "Code of the directory.")),
    responses((status = 202, description = "A worker does it within seconds.", body = ScanAsked), Refused))]
pub async fn scan_directory(
    State(surface): State<Surface>,
    call: Call,
    Path(directory): Path<String>,
) -> Answer<(StatusCode, Json<ScanAsked>)> {
    use_cases::scan(&surface.app, &call.caller, &directory, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(ScanAsked { directory })))
}

/// What is put right at once in a directory, and what waits for a person.
#[utoipa::path(get, path = "/directories/{code}/drift-policy", tag = "drift",
    params(("code" = String, Path, description = "Code of the directory.")),
    responses((status = 200, description = "For every subject.", body = DriftPolicy), Refused))]
pub async fn show_drift_policy(
    State(surface): State<Surface>,
    call: Call,
    Path(directory): Path<String>,
) -> Answer<Json<DriftPolicy>> {
    let policy = use_cases::policy(&surface.app, &call.caller, &directory).await?;
    Ok(Json(shown(&policy)))
}

/// Decide what is put right at once in a directory. What is left out stays as it is.
#[utoipa::path(put, path = "/directories/{code}/drift-policy", tag = "drift", request_body = DriftPolicy,
    params(("code" = String, Path, description = "Code of the directory.")),
    responses((status = 200, description = "For every subject, as it is now.", body = DriftPolicy), Refused))]
pub async fn set_drift_policy(
    State(surface): State<Surface>,
    call: Call,
    Path(directory): Path<String>,
    Body(body): Body<DriftPolicy>,
) -> Answer<Json<DriftPolicy>> {
    let decided = &body.subjects;
    let policy = use_cases::set_policy(&surface.app, &call.caller, &directory, decided, &call.cause).await?;
    Ok(Json(shown(&policy)))
}

fn decided(of: &use_cases::Reverted) -> Decided {
    Decided { request: of.request.to_string(), findings: of.findings }
}

fn shown(policy: &std::collections::BTreeMap<&'static str, Mode>) -> DriftPolicy {
    let subjects = policy.iter().map(|(subject, mode)| ((*subject).to_owned(), mode.code().to_owned()));
    DriftPolicy { subjects: subjects.collect() }
}
