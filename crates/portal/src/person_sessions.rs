//! Where somebody is signed in, for whoever looks after their account.

use app::{AppError, sessions};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::id::UserId;
use web::speech::say;

use crate::{
    context::{Frame, Posted, Visit},
    customers,
    refusal::Refusal,
    sessions::{Open, open},
};

#[derive(Template)]
#[template(path = "person_sessions.html")]
struct Page {
    frame: Frame,
    name: String,
    path: String,
    sessions: Vec<Open>,
}

/// The open sessions of somebody.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let read = async {
        let mut tx = app.read(caller).await?;
        let user = tx.user(id).await?;
        let tenant = tx.tenant(user.tenant).await?;
        let sessions = tx.sessions_of(&tenant, &user).await?;
        tx.finish().await?;
        Ok::<_, AppError>((user, tenant, sessions))
    };
    let (user, tenant, sessions) = read.await?;
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(tenant.id, &tenant.name);
    frame.trail.push((say("customer-people"), format!("/customers/{}/people", tenant.id)));
    frame.trail.push((user.display_name.clone(), format!("/people/{id}")));
    let now = app.now();
    let page = Page {
        frame,
        name: user.display_name,
        path: format!("/people/{id}/sessions"),
        sessions: sessions.into_iter().map(|session| open(session, now)).collect(),
    };
    visit.page(StatusCode::OK, &page)
}

/// Ends all of them.
pub async fn end(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    sessions::end_all_of(&visit.surface.app, visit.person()?, id, &visit.cause).await?;
    Ok(Redirect::to(&format!("/people/{id}/sessions?done=sessions-ended")).into_response())
}
