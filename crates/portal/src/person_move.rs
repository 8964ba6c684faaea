//! Moving somebody to another customer, after what it comes to was shown.

use app::{
    Answer, AppError, Repeat,
    reading::{tx::act, users::User},
    users::{self as use_cases, MoveDraft, Moved, Moving},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::id::{TenantId, UserId};
use serde_json::json;
use web::speech::{say, say_with};

use crate::{
    context::{Frame, Posted, Visit},
    customers,
    forms::{Choice, Form, given},
    people::choices,
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "person_move.html")]
struct Page {
    frame: Frame,
    name: String,
    path: String,
    back: String,
    form: Form,
}

/// What is to be agreed to.
#[derive(Template)]
#[template(path = "person_move_sure.html")]
struct Sure {
    frame: Frame,
    name: String,
    path: String,
    back: String,
    version: i64,
    form: Form,
    texts: Vec<String>,
    plans: Vec<Choice>,
    sent: Vec<(&'static str, String)>,
}

/// Fields of the first page.
const FIELDS: [&str; 4] = ["customer", "principal_name", "logon_name", "reason"];

/// The form.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, id, StatusCode::OK, Form::default()).await
}

/// Who it is about, if the viewer may remove them, and the path to them.
async fn subject(visit: &Visit, id: UserId) -> Result<(User, Frame), Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let user = tx.user(id).await?;
        let tenant = tx.tenant(user.tenant).await?;
        let may = tx.may::<act::UserDelete>(&tenant, &user) && user.object.is_some();
        tx.finish().await?;
        Ok::<_, AppError>((user, tenant, may))
    };
    let (user, tenant, may) = read.await?;
    if !may {
        return Err(Refusal::no_page());
    }
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(tenant.id, &tenant.name);
    frame.trail.push((user.display_name.clone(), format!("/people/{id}")));
    Ok((user, frame))
}

async fn page(visit: &Visit, id: UserId, status: StatusCode, form: Form) -> Result<Response, Refusal> {
    let (user, frame) = subject(visit, id).await?;
    let back = format!("/people/{id}");
    let page = Page { frame, name: user.display_name, path: format!("{back}/move"), back, form };
    visit.page(status, &page)
}

/// Asks first, then moves.
pub async fn change(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let draft = MoveDraft {
        customer: posted.field("customer").to_owned(),
        principal_name: given(posted.field("principal_name")),
        logon_name: given(posted.field("logon_name")),
        reason: given(posted.field("reason")),
        plans: posted.all("plans").map(str::to_owned).collect(),
        ..MoveDraft::default()
    };
    let done = match posted.field("sure") {
        "" => sure(&posted, id, &draft).await,
        _ => carry_out(&posted, id, &draft).await,
    };
    match done {
        Ok(response) => response,
        Err(error) => {
            let form = Form::again(&posted, error)?.gathered("plans", "customer");
            page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

/// What came of a step, or values that cannot be accepted.
type Step = Result<Result<Response, Refusal>, AppError>;

async fn sure(posted: &Posted, id: UserId, draft: &MoveDraft) -> Step {
    let visit = &posted.visit;
    let (user, frame) = match subject(visit, id).await {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Ok(caller) = visit.person() else { return Ok(Err(Refusal::no_page())) };
    let moving = use_cases::preview_transfer(&visit.surface.app, caller, id, draft).await?;
    let mut tx = visit.surface.app.read(caller).await?;
    let plans = tx.plans_for(&moving.to, &moving.to.currency).await?;
    tx.finish().await?;
    let back = format!("/people/{id}");
    let sent = FIELDS.map(|name| (name, posted.field(name).to_owned())).to_vec();
    let page = Sure {
        frame,
        name: user.display_name,
        path: format!("{back}/move"),
        back,
        version: user.version,
        form: Form::default(),
        texts: texts(&moving),
        plans: choices(&plans),
        sent,
    };
    Ok(visit.page(StatusCode::OK, &page))
}

fn texts(of: &Moving) -> Vec<String> {
    let mut texts = vec![
        say_with("move-goes", &[("from", of.from.name.as_str().into()), ("to", of.to.name.as_str().into())]),
        say_with("move-login", &[("login", of.principal_name.1.as_str().into())]),
    ];
    if !of.plans_ended.is_empty() {
        texts.push(say_with("release-one-plans", &[("plans", of.plans_ended.join(", ").into())]));
    }
    if !of.groups_left.is_empty() {
        texts.push(say_with("release-one-left", &[("groups", of.groups_left.join(", ").into())]));
    }
    if of.reports > 0 {
        texts.push(say("move-reports"));
    }
    texts.push(say("move-ends"));
    texts
}

async fn carry_out(posted: &Posted, id: UserId, draft: &MoveDraft) -> Step {
    let visit = &posted.visit;
    let Ok(caller) = visit.person() else { return Ok(Err(Refusal::no_page())) };
    let version = posted.field("version").parse().unwrap_or(0);
    // A button pressed twice moves once.
    let (once, content) = (posted.once(), format!("people/move\n{id}"));
    let kept = |moved: &Moved| (303, json!({ "id": moved.user.to_string() }));
    let repeat = Repeat { key: &once, content: content.as_bytes(), answer: &kept };
    let app = &visit.surface.app;
    let moved = use_cases::transfer(app, caller, id, version, draft, Some(&repeat), &visit.cause).await?;
    let user = match moved {
        Answer::Done(moved) => Some(moved.user),
        Answer::Before { body, .. } => body["id"].as_str().and_then(|id| id.parse().ok()),
    };
    let to = user.map(|user| Redirect::to(&format!("/people/{user}?done=moved")).into_response());
    Ok(to.ok_or_else(Refusal::no_page))
}

/// Whether there may be another customer to which the viewer could move somebody of this one.
pub fn has_elsewhere(visit: &Visit, tenant: TenantId) -> bool {
    let creates = domain::permission::Permission::UserCreate;
    visit.person().is_ok_and(|caller| {
        caller.grants.iter().any(|grant| grant.scope != tenant && grant.permissions.contains(&creates))
    })
}
