//! The list of groups of a customer, as a page and as a file.

use app::{
    AppError, Caller,
    reading::{
        lists::{GroupSearch, Span},
        saved_views::SavedView,
        tx::{TenantRef, act},
        views::GroupView,
    },
};
use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{
    group::GroupKind,
    id::{GroupId, TenantId},
    list::{GroupColumn, List, Order, filled},
};
use web::{Surface, caller, export as file, paging::Paging, speech::say};

use super::cells;
use crate::{
    cells::Td,
    context::{Frame, Visit},
    customers,
    lists::{self, Asked},
    query::Pairs,
    refusal::Refusal,
    saved_views::Views,
    view::Tab,
};

#[derive(Template)]
#[template(path = "groups.html")]
struct Page {
    frame: Frame,
    customer: String,
    tabs: Vec<Tab>,
    list: lists::Frame,
    rows: Vec<Vec<Td>>,
    may_manage: bool,
    /// Where those are that were removed.
    removed: String,
}

/// What was asked for.
struct Wanted {
    asked: Asked<GroupColumn>,
    search: String,
    kind: Option<GroupKind>,
    members: Option<bool>,
}

impl Wanted {
    fn read(query: Pairs) -> Result<Self, AppError> {
        let mut asked = Asked::new(query, Order::up(GroupColumn::Name));
        let kind = asked.one_of("kind", &GroupKind::ALL, GroupKind::code);
        let members = asked.one_of("members", &[true, false], filled);
        asked.check()?;
        Ok(Self { search: asked.query.text("q"), asked, kind, members })
    }

    async fn rows(
        &self,
        surface: &Surface,
        caller: &Caller,
        id: TenantId,
        span: Span<'_, GroupId>,
    ) -> Result<(TenantRef, Vec<GroupView>, Vec<SavedView>, bool), AppError> {
        let mut tx = surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit::<act::TenantRead>(&tenant)?;
        let search = Some(self.search.as_str()).filter(|text| !text.is_empty());
        let which = GroupSearch { search, kind: self.kind, members: self.members };
        let rows = tx.group_page(&permit, which, self.asked.order, span).await?;
        let views = tx.saved_views(Some(List::Groups)).await?;
        let may_manage = tx.permit::<act::GroupManage>(&tenant).is_ok();
        tx.finish().await?;
        Ok((tenant, rows, views, may_manage))
    }
}

/// Groups of a customer.
pub async fn list(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let wanted = Wanted::read(query)?;
    let (asked, paging) = (&wanted.asked, wanted.asked.paging("groups")?);
    let columns = cells::of_page(&asked.query)?;
    let (tenant, rows, views, may_manage) = wanted.rows(&visit.surface, caller, id, paging.span()?).await?;
    let page = paging.shown(&asked.list("groups"), rows, |g| (g.place(asked.order.by), g.id));
    let now = visit.surface.app.now();
    let path = format!("/customers/{id}/groups");
    let mut list = asked.frame(&path, "list-group-search", &format!("{path}/export"), &columns, &page);
    list.views = Views::of(List::Groups, &views, caller, (&path, &asked.query));
    let kinds = GroupKind::ALL.map(|k| (k.code().to_owned(), say(&format!("group-{}", k.code()))));
    let members = [true, false].map(|some| {
        (filled(some).to_owned(), say(if some { "list-members-some" } else { "list-members-none" }))
    });
    list.picks = vec![
        asked.pick("kind", "group-kind", "list-any-kind", kinds),
        asked.pick("members", "group-members", "list-any-members", members),
    ];
    let row = |of: &GroupView| columns.row(&format!("/groups/{}", of.id), now, |show| cells::cell(*show, of));
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    let page = Page {
        frame,
        customer: tenant.name,
        tabs: customers::tabs(id, "/groups"),
        rows: page.rows.iter().map(row).collect(),
        list,
        may_manage,
        removed: format!("/customers/{id}/removed"),
    };
    visit.page(StatusCode::OK, &page)
}

/// All groups the list would show, as a file.
pub async fn export(
    visit: Visit,
    Path(id): Path<String>,
    headers: HeaderMap,
    query: Pairs,
) -> Result<Response, Refusal> {
    visit.person()?;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (surface, query) = (visit.surface.clone(), query.without(&["after", "before"]).gathered("columns"));
    let format = file::Format::of(query.given("format"))?;
    let heads = cells::of_file(&query)?.heads();
    file::send((&visit.surface, visit.person()?.user()), ("groups", format), heads, move |after| {
        let (surface, headers, query) = (surface.clone(), headers.clone(), query.clone());
        Box::pin(async move {
            // Who is signed in and what they may see is asked for every part.
            let caller = caller::by_cookie(&surface, &headers).await?.ok_or(Refusal::SignIn(None))?;
            let wanted = Wanted::read(query)?;
            let list = wanted.asked.list("groups");
            let paging = Paging::export(&list, after.as_deref())?;
            let columns = cells::of_file(&wanted.asked.query)?;
            let (_, rows, ..) = wanted.rows(&surface, &caller, id, paging.span()?).await?;
            let page = paging.shown(&list, rows, |g| (g.place(wanted.asked.order.by), g.id));
            let line = |of: &GroupView| columns.line(|show| cells::cell(*show, of));
            Ok((page.rows.iter().map(line).collect(), page.next))
        })
    })
    .await
}
