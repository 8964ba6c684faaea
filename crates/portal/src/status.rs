//! Health and requests: how directories are doing, what was asked, how far it
//! is, and what stands in the way, with a way to try again.

use app::{Caller, reading::views::RequestFilter, requests};
use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    id::{ObjectId, RequestId},
    limits,
    permission::Permission,
    request::{Counts, ItemState},
};
use jiff::Timestamp;
use web::{
    Surface, caller,
    texts::{self, ProblemText},
};

use crate::{
    errors::{PageError, foreign_form, render},
    frame::{Frame, is_ours},
    sign_in::{PlainForm, form},
};

/// A moment: how long ago, and exactly.
struct Moment {
    ago: String,
    exact: String,
}

impl Moment {
    fn of(at: Timestamp, now: Timestamp) -> Self {
        let seconds = now.as_second() - at.as_second();
        let ago = match seconds {
            ..=1 => "now".to_owned(),
            2..60 => format!("{seconds} s ago"),
            60..3_600 => format!("{} min ago", seconds / 60),
            3_600..86_400 => format!("{} h ago", seconds / 3_600),
            _ => format!("{} d ago", seconds / 86_400),
        };
        Self { ago, exact: at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string() }
    }
}

struct DirectoryRow {
    name: String,
    code: String,
    state: &'static str,
    since: Option<Moment>,
    reason: Option<String>,
    pace: String,
    waiting: String,
    parked: i64,
    failed: i64,
}

struct RequestRow {
    id: String,
    title: &'static str,
    about: String,
    tenant: String,
    state: &'static str,
    state_text: String,
    done: i64,
    total: i64,
    failed: i64,
    created: Moment,
}

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage {
    frame: Frame,
    directories: Vec<DirectoryRow>,
    sees_directories: bool,
    requests: Vec<RequestRow>,
    next: Option<String>,
    first: bool,
}

struct ItemRow {
    name: String,
    kind: String,
    state: &'static str,
    problem: Option<ProblemText>,
    said: Option<String>,
    updated: Moment,
}

struct Tab {
    label: &'static str,
    state: &'static str,
    count: i64,
    current: bool,
}

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage {
    frame: Frame,
    row: RequestRow,
    asked_by: Option<String>,
    tabs: Vec<Tab>,
    items: Vec<ItemRow>,
    next: Option<String>,
    may_retry: bool,
}

#[derive(serde::Deserialize)]
pub struct StatusQuery {
    before: Option<String>,
}

/// Somebody signed in, or the way to the form.
async fn person(surface: &Surface, headers: &HeaderMap) -> Result<Result<Caller, Response>, PageError> {
    let person = caller::by_cookie(surface, headers).await?;
    Ok(person.ok_or_else(|| Redirect::to("/").into_response()))
}

/// Directories and the newest requests.
pub async fn overview(
    State(surface): State<Surface>,
    Query(query): Query<StatusQuery>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let who = match person(&surface, &headers).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let before = query.before.as_deref().and_then(|id| id.parse::<RequestId>().ok());
    let now = surface.app.now();
    let sees_directories = who.may_anywhere(Permission::DirectoryRead);
    let filter = RequestFilter { roots: who.roots(Permission::RequestRead), ..RequestFilter::default() };
    let mut tx = surface.app.read(&who).await?;
    let directories =
        if sees_directories { tx.directory_views(None, *limits::PAGE_ROWS.end()).await? } else { vec![] };
    let page = limits::PAGE_ROWS_DEFAULT;
    let mut found = tx.request_views(&filter, before, page + 1).await?;
    tx.finish().await?;
    let more = found.len() > page as usize;
    found.truncate(page as usize);
    let next = found.last().filter(|_| more).map(|r| r.id.to_string());
    let mut frame = Frame::of(&surface, &headers, Some(&who)).await?;
    // The page of the present moment keeps itself true; an older one stands still.
    frame.refresh = before.is_none().then_some(5);
    let page = StatusPage {
        frame,
        directories: directories.into_iter().map(|d| directory_row(d, now)).collect(),
        sees_directories,
        requests: found.into_iter().map(|r| request_row(r, now)).collect(),
        next,
        first: before.is_none(),
    };
    Ok(render(StatusCode::OK, &page))
}

fn directory_row(directory: app::reading::views::DirectoryView, now: Timestamp) -> DirectoryRow {
    let waiting = directory.interactive + directory.bulk;
    DirectoryRow {
        state: match directory.up {
            Some(true) => "up",
            Some(false) => "down",
            None => "unknown",
        },
        name: directory.name,
        code: directory.code,
        since: directory.since.map(|at| Moment::of(at, now)),
        reason: directory.reason,
        pace: match directory.pace_micros {
            Some(micros) if micros > 0 => {
                let tenths = 10_000_000 / micros;
                format!("{}.{}/s", tenths / 10, tenths % 10)
            }
            _ => "–".to_owned(),
        },
        waiting: if waiting > 10_000 { "10,000+".to_owned() } else { waiting.to_string() },
        parked: directory.parked,
        failed: directory.failed,
    }
}

fn request_row(request: app::reading::views::RequestView, now: Timestamp) -> RequestRow {
    let text = |key: &str| request.args.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let count = request.args.get("count").and_then(serde_json::Value::as_i64);
    let about = text("name").or_else(|| count.map(|n| format!("{n} people"))).unwrap_or_default();
    let counts = request.counts;
    RequestRow {
        id: request.id.to_string(),
        title: texts::request_title(&request.kind),
        about,
        tenant: request.tenant.name,
        state: counts.state().code(),
        state_text: counts.state().code().replace('_', " "),
        done: counts.verified + counts.superseded + counts.drifted,
        total: counts.total(),
        failed: counts.failed,
        created: Moment::of(request.created_at, now),
    }
}

#[derive(serde::Deserialize)]
pub struct ItemQuery {
    state: Option<String>,
    after: Option<String>,
}

/// One request with its objects.
pub async fn request(
    State(surface): State<Surface>,
    Path(id): Path<String>,
    Query(query): Query<ItemQuery>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let who = match person(&surface, &headers).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let id: RequestId = id.parse().map_err(|_| app::AppError::NotFound("request"))?;
    let state = query.state.as_deref().and_then(ItemState::from_code);
    let after = query.after.as_deref().and_then(cursor);
    let now = surface.app.now();
    let own = who.may_anywhere(Permission::DirectoryRead);
    let page = limits::PAGE_ROWS_DEFAULT;
    let mut tx = surface.app.read(&who).await?;
    let base = tx.request(id).await?;
    let view = tx.request_view(id).await?;
    let mut items = tx.item_views(&base, state, after, page + 1).await?;
    tx.finish().await?;
    let more = items.len() > page as usize;
    items.truncate(page as usize);
    let next = items.last().filter(|_| more).map(|i| format!("{}.{}", i.object, i.member.simple()));
    let counts = view.counts;
    let mut frame = Frame::of(&surface, &headers, Some(&who)).await?;
    frame.refresh = (!counts.state().is_final() && after.is_none()).then_some(2);
    let page = RequestPage {
        frame,
        asked_by: view.actor.as_ref().map(|a| a.display_name.clone()),
        tabs: tabs(counts, state),
        items: items.into_iter().map(|i| item_row(i, own, now)).collect(),
        next,
        may_retry: counts.failed > 0 && who.may_anywhere(Permission::RequestRetry),
        row: request_row(view, now),
    };
    Ok(render(StatusCode::OK, &page))
}

/// Where a page of items goes on: object and member.
fn cursor(text: &str) -> Option<(ObjectId, uuid::Uuid)> {
    let (object, member) = text.split_once('.')?;
    Some((object.parse().ok()?, uuid::Uuid::parse_str(member).ok()?))
}

fn tabs(counts: Counts, state: Option<ItemState>) -> Vec<Tab> {
    let tab = |label, code: &'static str, count| Tab {
        label,
        state: code,
        count,
        current: state.map_or("", ItemState::code) == code,
    };
    let mut tabs = vec![tab("All", "", counts.total())];
    let rest = [
        tab("Failed", "failed", counts.failed),
        tab("Waiting", "requested", counts.requested),
        tab("Running", "running", counts.running),
        tab("Parked", "parked", counts.parked),
        tab("Verified", "verified", counts.verified),
        tab("Superseded", "superseded", counts.superseded),
    ];
    tabs.extend(rest.into_iter().filter(|t| t.count > 0 || t.current));
    tabs
}

fn item_row(item: app::reading::views::ItemView, own: bool, now: Timestamp) -> ItemRow {
    let said = item.problem.as_ref().and_then(|p| p.target_message.clone()).filter(|_| own);
    ItemRow {
        name: item.name,
        kind: match item.kind.as_str() {
            "container" => "Container",
            "group" => "Group",
            "user" => "Person",
            "access" => "Access list",
            "member" => "Membership",
            _ => "Object",
        }
        .to_owned(),
        state: item.state.code(),
        problem: item.problem.as_ref().map(|p| texts::problem(p, own)),
        said,
        updated: Moment::of(item.updated_at, now),
    }
}

/// Runs the failed part again.
pub async fn retry(
    State(surface): State<Surface>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let (parts, body) = request.into_parts();
    let (headers, cause) = (parts.headers.clone(), caller::cause(&parts));
    let who = match person(&surface, &headers).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let token = match form::<PlainForm>(Request::from_parts(parts, body), &surface).await {
        Ok(Form(sent)) => sent.form_token,
        Err(_) => String::new(),
    };
    if !is_ours(&surface, &headers, &token) {
        return Ok(foreign_form());
    }
    let request: RequestId = id.parse().map_err(|_| app::AppError::NotFound("request"))?;
    requests::retry(&surface.app, &who, request, &cause).await?;
    Ok(Redirect::to(&format!("/requests/{id}")).into_response())
}
