//! Health of the directories and the list of requests, as a page and as a file.

use app::{
    AppError, Caller,
    reading::{
        lists::Span,
        roots,
        saved_views::SavedView,
        views::{DirectoryView, RequestFilter, RequestView},
    },
};
use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{
    id::{RequestId, TenantId, UserId},
    limits,
    list::{List, Order, REQUEST_KINDS, REQUEST_STATES, RequestColumn},
    permission::Permission,
    request::RequestState,
};
use web::{Surface, caller, export as file, paging::Paging, speech::say, texts};

use super::cells;
use crate::{
    cells::Td,
    context::{Frame, Visit},
    lists::{self, Asked},
    query::Pairs,
    refusal::Refusal,
    saved_views::Views,
    view::{self, Tab},
};

const PATH: &str = "/status";
/// What the list keeps of the address when a state is chosen.
const BESIDE: [&str; 4] = ["state", "after", "before", "done"];

#[derive(Template)]
#[template(path = "status.html")]
struct Overview {
    frame: Frame,
    notices: Vec<String>,
    directories: Option<Vec<view::Directory>>,
    tabs: Vec<Tab>,
    list: lists::Frame,
    mine: Option<String>,
    /// Where nobody chose columns, as cards; otherwise as rows of a table.
    requests: Vec<view::Request>,
    rows: Vec<Vec<Td>>,
    nothing: String,
}

/// What was asked for.
struct Wanted {
    asked: Asked<RequestColumn>,
    state: Option<RequestState>,
    kind: Option<&'static str>,
    tenant: Option<TenantId>,
    actor: Option<UserId>,
}

/// What stands around the list.
struct Around {
    notices: Vec<String>,
    directories: Option<Vec<DirectoryView>>,
    own: bool,
    tenant: Option<String>,
    actor: Option<String>,
    views: Vec<SavedView>,
}

impl Wanted {
    fn read(query: Pairs) -> Result<Self, AppError> {
        let mut asked = Asked::new(query, Order::down(RequestColumn::Created));
        let state = asked.one_of("state", &REQUEST_STATES, RequestState::code);
        let kind = asked.one_of("kind", &REQUEST_KINDS, |kind| kind);
        let (tenant, actor) = (asked.id("tenant"), asked.id("actor"));
        asked.check()?;
        Ok(Self { asked, state, kind, tenant, actor })
    }

    fn filter(&self, caller: &Caller) -> Result<RequestFilter, AppError> {
        Ok(RequestFilter {
            roots: roots(caller, Permission::RequestRead)?,
            id: None,
            tenant: self.tenant,
            state: self.state,
            kind: self.kind.map(str::to_owned),
            actor: self.actor,
            counted: Some(view::STEPS_COUNTED),
        })
    }

    async fn page(
        &self,
        surface: &Surface,
        caller: &Caller,
        span: Span<'_, RequestId>,
    ) -> Result<(Around, Vec<RequestView>), AppError> {
        let filter = self.filter(caller)?;
        let mut tx = surface.app.read(caller).await?;
        let own = tx.is_provider_staff().await?;
        let notices = tx.directory_notices().await?.iter().map(|n| view::notice(n, own)).collect();
        let directories = match caller.may_anywhere(Permission::DirectoryRead) {
            true => Some(tx.directory_views(None, *limits::PAGE_ROWS.end()).await?),
            false => None,
        };
        let rows = tx.request_page(&filter, self.asked.order, span).await?;
        let tenant = match self.tenant {
            Some(id) => Some(tx.tenant(id).await?.name),
            None => None,
        };
        let actor = match self.actor {
            Some(id) => Some(tx.user(id).await?.display_name),
            None => None,
        };
        let views = tx.saved_views(Some(List::Requests)).await?;
        tx.finish().await?;
        Ok((Around { notices, directories, own, tenant, actor, views }, rows))
    }
}

/// Health of the directories and requests, the newest first.
pub async fn overview(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let wanted = Wanted::read(query)?;
    let (asked, paging) = (&wanted.asked, wanted.asked.paging("requests")?);
    let columns = cells::of(&asked.query)?;
    let (around, rows) = wanted.page(&visit.surface, caller, paging.span()?).await?;
    let page = paging.shown(&asked.list("requests"), rows, |r| (String::new(), r.id));
    let now = visit.surface.app.now();
    let mut list = asked.frame(PATH, "", "/status/export", &columns, &page);
    list.views = Views::of(List::Requests, &around.views, caller, (PATH, &asked.query));
    pick(&mut list, &wanted, &around);
    let beside = asked.query.without(&BESIDE);
    let mine = wanted.actor.is_none().then(|| beside.with(PATH, "actor", &caller.user().to_string()));
    let tab = |name: String, of: Option<RequestState>| Tab {
        name,
        href: beside.with(PATH, "state", of.map_or("", RequestState::code)),
        here: of == wanted.state,
    };
    let mut tabs = vec![tab(say("all"), None)];
    tabs.extend(REQUEST_STATES.map(|s| tab(view::request_state(s).0, Some(s))));
    let directories = around.directories.as_ref();
    let row = |of: &RequestView| {
        columns.row(&format!("/status/requests/{}", of.id), now, |show| cells::cell(*show, of, now))
    };
    let (requests, rows) = match columns.chosen {
        true => (Vec::new(), page.rows.iter().map(row).collect()),
        false => (page.rows.iter().map(|r| view::request(r, now)).collect(), Vec::new()),
    };
    let page = Overview {
        frame: visit.frame.clone(),
        notices: around.notices,
        directories: directories.map(|all| all.iter().map(|d| view::directory(d, around.own, now)).collect()),
        tabs,
        mine,
        requests,
        rows,
        nothing: say(if list.filtered { "nothing-here" } else { "status-none" }),
        list,
    };
    visit.page(StatusCode::OK, &page)
}

/// What the list is filtered by.
fn pick(list: &mut lists::Frame, wanted: &Wanted, around: &Around) {
    let asked = &wanted.asked;
    let kinds = REQUEST_KINDS.map(|kind| (kind.to_owned(), texts::request_title(kind)));
    let orders = [("created".to_owned(), say("list-oldest"))];
    list.picks = vec![
        asked.pick("kind", "group-kind", "list-any-kind", kinds),
        asked.pick("sort", "list-order", "list-newest", orders),
    ];
    // It is one of the choices.
    list.sort = String::new();
    if let Some(state) = wanted.state {
        list.keep.push(("state", state.code().to_owned()));
    }
    if let (Some(name), Some(id)) = (&around.tenant, wanted.tenant) {
        list.chips.push(asked.chip(PATH, "tenant", "column-customer", name));
        list.keep.push(("tenant", id.to_string()));
    }
    if let (Some(name), Some(id)) = (&around.actor, wanted.actor) {
        list.chips.push(asked.chip(PATH, "actor", "list-actor", name));
        list.keep.push(("actor", id.to_string()));
    }
}

/// All requests the list would show, as a file.
pub async fn export(visit: Visit, headers: HeaderMap, query: Pairs) -> Result<Response, Refusal> {
    visit.person()?;
    let (surface, query) = (visit.surface.clone(), query.without(&["after", "before"]).gathered("columns"));
    let format = file::Format::of(query.given("format"))?;
    let heads = cells::of(&query)?.heads();
    file::send((&visit.surface, visit.person()?.user()), ("requests", format), heads, move |after| {
        let (surface, headers, query) = (surface.clone(), headers.clone(), query.clone());
        Box::pin(async move {
            // Who is signed in and what they may see is asked for every part.
            let caller = caller::by_cookie(&surface, &headers).await?.ok_or(Refusal::SignIn(None))?;
            let wanted = Wanted::read(query)?;
            let list = wanted.asked.list("requests");
            let paging = Paging::export(&list, after.as_deref())?;
            let rows = part(&surface, &caller, &wanted, paging.span()?).await?;
            let page = paging.shown(&list, rows, |r| (String::new(), r.id));
            let (columns, now) = (cells::of(&wanted.asked.query)?, surface.app.now());
            let line = |of: &RequestView| columns.line(|show| cells::cell(*show, of, now));
            Ok((page.rows.iter().map(line).collect(), page.next))
        })
    })
    .await
}

async fn part(
    surface: &Surface,
    caller: &Caller,
    wanted: &Wanted,
    span: Span<'_, RequestId>,
) -> Result<Vec<RequestView>, AppError> {
    let filter = wanted.filter(caller)?;
    let mut tx = surface.app.read(caller).await?;
    let rows = tx.request_page(&filter, wanted.asked.order, span).await?;
    tx.finish().await?;
    Ok(rows)
}
