//! Many people at once: a file that is brought, something done to people of a list, and the way back.
//! Each is shown before it is done; the page of one is in `show`, by how far it is.

mod across;
mod columns;
mod deeds;
mod directory;
mod files;
mod import;
mod names;
mod progress;
mod rows;
mod show;

use app::bulk::{self as use_cases, Bulk, Shown, Turn};
use askama::Template;
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{
    bulk::{BulkKind, BulkState, Deed},
    id::{BulkId, TenantId},
};
use web::{
    Surface,
    paging::Paging,
    speech::{ago, say, say_with},
};

pub use self::{
    deeds::{Deeds, chosen},
    names::column,
    progress::now,
};
use crate::{
    context::{Frame, Posted, Visit},
    customers, live, people,
    query::Pairs,
    refusal::Refusal,
};

/// The pages of bulk changes.
pub fn routes() -> Router<Surface> {
    Router::new()
        .route("/customers/{id}/import", get(import::form).post(import::bring))
        .route("/customers/{id}/import/forget", post(import::forget))
        .route("/customers/{id}/bulk", get(list).post(people::act_on_many))
        .route("/series/new", get(across::new).post(across::preview))
        .route("/series/{id}", get(across::show))
        .route("/series/{id}/{what}", post(across::turn))
        .route("/bulk/{id}", get(show::show))
        .route("/bulk/{id}/mapping", get(columns::show).post(columns::change))
        .route("/bulk/{id}/export", get(files::result))
        .route("/bulk/{id}/wrong", get(files::wrong))
        .route("/bulk/{id}/live", get(live::bulk_change))
        .route("/bulk/{id}/mend", post(rows::mend))
        .route("/bulk/{id}/links", post(files::links))
        .route("/bulk/{id}/{what}", post(turn))
}

/// The word for how far it is, and how it looks.
fn state(of: BulkState) -> (String, &'static str) {
    let tone = match of {
        BulkState::Mapping | BulkState::Paused => "wait",
        BulkState::Previewed | BulkState::Cancelled => "",
        BulkState::Running => "busy",
        BulkState::Done => "good",
    };
    (say(&format!("bulk-state-{}", of.code())), tone)
}

/// The same, and it is not done before the directory has it.
fn state_of(of: &Shown) -> (String, &'static str) {
    match of.directory.filter(|_| of.bulk.state == BulkState::Done) {
        Some(directory) if !directory.is_settled() => (say("bulk-state-recorded"), "busy"),
        Some(directory) if !directory.is_true => (say("bulk-state-problems"), "bad"),
        Some(_) | None => state(of.bulk.state),
    }
}

/// What it is called: the name of the file, or what is done.
fn title(of: &Bulk) -> String {
    let name = match Deed::CODES.contains(&of.title.as_str()) {
        true => say(&format!("bulk-deed-{}", of.title)),
        false => of.title.clone(),
    };
    match of.kind {
        BulkKind::Undo => say_with("bulk-undo-of", &[("name", name.into())]),
        BulkKind::Import | BulkKind::Act => name,
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The pages above that of a bulk change.
fn trail(of: &Shown) -> Vec<(String, String)> {
    let mut trail = customers::trail(of.tenant.id, &of.tenant.name);
    trail.push((say("bulk-list"), format!("/customers/{}/bulk", of.tenant.id)));
    trail
}

struct Row {
    href: String,
    title: String,
    kind: String,
    state: String,
    tone: &'static str,
    when: String,
    at: String,
}

#[derive(Template)]
#[template(path = "bulks.html")]
struct List {
    frame: Frame,
    customer: String,
    import: String,
    rows: Vec<Row>,
    next: Option<String>,
}

/// Bulk changes of a customer, the newest first.
async fn list(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let paging = Paging::new("bulk", None, query.given("after"))?;
    let before = paging.after_id::<BulkId>()?;
    let app = &visit.surface.app;
    let (tenant, all) = use_cases::list(app, caller, id, before, paging.rows()).await?;
    let (rows, next) = paging.page("bulk", all, |bulk| (String::new(), bulk.id));
    let now = app.now();
    let row = |of: &Bulk| {
        let (state, tone) = state(of.state);
        Row {
            href: format!("/bulk/{}", of.id),
            title: title(of),
            kind: say(&format!("bulk-kind-{}", of.kind.code())),
            state,
            tone,
            when: ago(of.created_at, now),
            at: of.created_at.to_string(),
        }
    };
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    let page = List {
        frame,
        customer: tenant.name,
        import: format!("/customers/{id}/import"),
        rows: rows.iter().map(row).collect(),
        next: next.map(|cursor| query.with(&format!("/customers/{id}/bulk"), "after", &cursor)),
    };
    visit.page(StatusCode::OK, &page)
}

/// Begins, pauses, goes on with, cancels or takes back.
async fn turn(Path((id, what)): Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let turn = match what.as_str() {
        // What is no version is none that was shown.
        "run" => Turn::Run { version: posted.field("version").parse().unwrap_or(0) },
        "pause" => Turn::Pause,
        "resume" => Turn::Resume,
        "cancel" => Turn::Cancel,
        "undo" => {
            return match use_cases::undo(app, caller, id, &visit.cause).await {
                Ok(shown) => Ok(to(shown.bulk.id, "")),
                Err(error) => show::refused(visit, id, error).await,
            };
        }
        _ => return Err(Refusal::no_page()),
    };
    match use_cases::turn(app, caller, id, turn, &visit.cause).await {
        Ok(_) => Ok(to(id, &format!("?done=bulk-{what}"))),
        Err(error) => show::refused(visit, id, error).await,
    }
}

fn to(id: BulkId, more: &str) -> Response {
    Redirect::to(&format!("/bulk/{id}{more}")).into_response()
}
