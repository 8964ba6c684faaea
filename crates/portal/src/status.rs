//! How requests are doing, and what to do about problems. The list of them, beside the
//! health of the directories, is in `list`.

mod cells;
mod list;

use app::{AppError, reading::tx::act, requests as use_cases};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    id::{ObjectId, RequestId},
    limits,
    request::{Counts, ItemState},
};
use uuid::Uuid;
use web::speech::{number, say};

pub use self::list::{export, overview};
use crate::{
    context::{Frame, Posted, Visit},
    query::Pairs,
    refusal::Refusal,
    view::{self, Tab},
};

/// Rows of one page.
const ROWS: u32 = limits::PAGE_ROWS_DEFAULT;
#[derive(Template)]
#[template(path = "request.html")]
struct OneRequest {
    frame: Frame,
    r: view::Request,
    counts: Vec<(String, String)>,
    live: Option<String>,
    complete: bool,
    following: bool,
    may_retry: bool,
    /// Below, page by page.
    steps: Vec<view::Item>,
    retry: Option<String>,
    tabs: Vec<Tab>,
    items: Vec<view::Item>,
    next: Option<String>,
}

/// A request with its objects, what stands in the way and what to do.
pub async fn request(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let id: RequestId = id.parse().map_err(|_| Refusal::no_page())?;
    let given_state = query.given("state").and_then(ItemState::from_code);
    let after = query.given("after").and_then(place);
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let own = tx.is_provider_staff().await?;
        let plain = tx.request(id).await?;
        let tenant = tx.tenant(plain.tenant).await?;
        let may_retry = tx.permit::<act::RequestRetry>(&tenant).is_ok();
        let shown = tx.request_view(id).await?;
        let items = tx.item_views(&plain, given_state, after, ROWS + 1).await?;
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((shown, items, own, may_retry, now))
    };
    let (shown, mut items, own, may_retry, now) = read.await?;
    let more = items.len() > ROWS as usize;
    items.truncate(ROWS as usize);
    let filter = given_state.map_or(String::new(), |s| format!("state={}&", s.code()));
    let next =
        items.last().filter(|_| more).map(|i| format!("?{filter}after={}.{}", i.object, i.member.simple()));
    let open = !shown.counts.state().is_final();
    let following = open && query.given("follow").is_some();
    let mut frame = visit.frame.clone();
    frame.refresh_seconds = following.then_some(3);
    frame.trail = vec![(say("status-title"), "/status".to_owned())];
    let page = OneRequest {
        frame,
        r: view::request(&shown, now),
        counts: counts(&shown.counts),
        live: open.then(|| format!("/status/requests/{id}/live")),
        complete: false,
        following,
        may_retry: may_retry && shown.counts.failed > 0,
        steps: Vec::new(),
        retry: None,
        tabs: tabs(&shown.counts, given_state),
        items: items.iter().map(|i| view::item(i, own)).collect(),
        next,
    };
    visit.page(StatusCode::OK, &page)
}

/// The object and the member after which a page begins.
fn place(text: &str) -> Option<(ObjectId, Uuid)> {
    let (object, member) = text.split_once('.')?;
    Some((object.parse().ok()?, Uuid::parse_str(member).ok()?))
}

fn each(of: &Counts) -> [(ItemState, i64); 7] {
    [
        (ItemState::Failed, of.failed),
        (ItemState::Running, of.running),
        (ItemState::Requested, of.requested),
        (ItemState::Parked, of.parked),
        (ItemState::Drifted, of.drifted),
        (ItemState::Superseded, of.superseded),
        (ItemState::Verified, of.verified),
    ]
}

fn counts(of: &Counts) -> Vec<(String, String)> {
    let mut shown = vec![(say("request-objects"), number(of.total()))];
    let some = each(of).into_iter().filter(|(_, n)| *n > 0);
    shown.extend(some.map(|(state, n)| (view::item_state(state).0, number(n))));
    shown
}

fn tabs(of: &Counts, here: Option<ItemState>) -> Vec<Tab> {
    let mut tabs = vec![Tab { name: say("all"), href: "?".to_owned(), here: here.is_none() }];
    let some = each(of).into_iter().filter(|(state, n)| *n > 0 || here == Some(*state));
    tabs.extend(some.map(|(state, _)| Tab {
        name: view::item_state(state).0,
        href: format!("?state={}", state.code()),
        here: here == Some(state),
    }));
    tabs
}

/// Runs what failed again.
pub async fn retry(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let caller = visit.person()?;
    let id: RequestId = id.parse().map_err(|_| Refusal::no_page())?;
    use_cases::retry(&visit.surface.app, caller, id, &visit.cause).await?;
    Ok(Redirect::to(&format!("/status/requests/{id}")).into_response())
}
