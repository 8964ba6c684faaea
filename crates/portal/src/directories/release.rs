//! Giving a person's account or a group back to the directory, after what it comes to
//! was shown.

use app::{
    AppError,
    adoption::{self as use_cases, ReleasePreview},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::id::{GroupId, TenantId, UserId};
use web::speech::{say, say_with};

use super::readers;
use crate::{
    context::{Frame, Posted, Visit},
    customers,
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "release.html")]
struct Page {
    frame: Frame,
    name: String,
    dn: String,
    path: String,
    back: String,
    version: i64,
    texts: Vec<String>,
}

/// What is needed of whom it is about.
struct Subject {
    version: i64,
    tenant: TenantId,
    customer: String,
}

fn page(
    visit: &Visit,
    of: ReleasePreview,
    subject: &Subject,
    (back, ends): (String, &str),
) -> Result<Response, Refusal> {
    let mut texts = vec![say(ends)];
    if !of.plans.is_empty() {
        texts.push(say_with("release-one-plans", &[("plans", of.plans.join(", ").into())]));
    }
    if !of.left.is_empty() {
        texts.push(say_with("release-one-left", &[("groups", of.left.join(", ").into())]));
    }
    if !of.kept.is_empty() {
        texts.push(say_with("release-one-kept", &[("groups", of.kept.join(", ").into())]));
    }
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(subject.tenant, &subject.customer);
    frame.trail.push((of.name.clone(), back.clone()));
    let page = Page {
        frame,
        name: of.name,
        dn: of.dn.unwrap_or_default(),
        path: format!("{back}/release"),
        back,
        version: subject.version,
        texts,
    };
    visit.page(StatusCode::OK, &page)
}

/// What would become of a person.
pub async fn person(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let caller = readers(&visit)?;
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let app = &visit.surface.app;
    let preview = use_cases::preview_user_release(app, caller, id).await?;
    let read = async {
        let mut tx = app.read(caller).await?;
        let user = tx.user(id).await?;
        let tenant = tx.tenant(user.tenant).await?;
        tx.finish().await?;
        Ok::<_, AppError>(Subject { version: user.version, tenant: tenant.id, customer: tenant.name })
    };
    page(&visit, preview, &read.await?, (format!("/people/{id}"), "release-one-person"))
}

/// What would become of a group.
pub async fn group(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let caller = readers(&visit)?;
    let id: GroupId = id.parse().map_err(|_| Refusal::no_page())?;
    let app = &visit.surface.app;
    let preview = use_cases::preview_group_release(app, caller, id).await?;
    let read = async {
        let mut tx = app.read(caller).await?;
        let (group, tenant) = tx.group(id).await?;
        tx.finish().await?;
        Ok::<_, AppError>(Subject { version: group.version, tenant: tenant.id, customer: tenant.name })
    };
    page(&visit, preview, &read.await?, (format!("/groups/{id}"), "release-one-group"))
}

/// Gives a person's account back.
pub async fn release_person(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let version = posted.field("version").parse().unwrap_or(0);
    let request =
        use_cases::release_user(&visit.surface.app, readers(visit)?, id, version, &visit.cause).await?;
    Ok(Redirect::to(&format!("/status/requests/{request}?done=release")).into_response())
}

/// Gives a group back.
pub async fn release_group(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: GroupId = id.parse().map_err(|_| Refusal::no_page())?;
    let version = posted.field("version").parse().unwrap_or(0);
    let request =
        use_cases::release_group(&visit.surface.app, readers(visit)?, id, version, &visit.cause).await?;
    Ok(Redirect::to(&format!("/status/requests/{request}?done=release")).into_response())
}
