//! The list of groups of a customer, as a page and as a file.

use app::{
    AppError, Caller,
    reading::{
        lists::{GroupSearch, Span},
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
    list::{GroupColumn, Order},
};
use web::{
    Surface, caller,
    paging::Paging,
    speech::{self, say},
};

use super::kind;
use crate::{
    context::{Frame, Visit},
    customers, export as file,
    lists::{self, Asked},
    query::Pairs,
    refusal::Refusal,
    view::{self, Tab},
};

/// Columns of the file.
const COLUMNS: [&str; 8] = [
    "column-name",
    "group-kind",
    "field-logon_name",
    "group-description",
    "field-mail",
    "group-members",
    "column-created",
    "column-state",
];

/// A row of the list.
struct Row {
    href: String,
    name: String,
    hint: String,
    kind: String,
    members: String,
    created: String,
    at: String,
    provisioning: Option<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "groups.html")]
struct List {
    frame: Frame,
    customer: String,
    tabs: Vec<Tab>,
    list: lists::Frame,
    rows: Vec<Row>,
}

/// What was asked for.
struct Wanted {
    asked: Asked<GroupColumn>,
    search: String,
    kind: Option<GroupKind>,
    members: Option<bool>,
}

/// Whether somebody is in a group, as it stands in the address.
const fn filled(some: bool) -> &'static str {
    if some { "some" } else { "none" }
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
    ) -> Result<(TenantRef, Vec<GroupView>), AppError> {
        let mut tx = surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit::<act::TenantRead>(&tenant)?;
        let search = Some(self.search.as_str()).filter(|text| !text.is_empty());
        let which = GroupSearch { search, kind: self.kind, members: self.members };
        let rows = tx.group_page(&permit, which, self.asked.order, span).await?;
        tx.finish().await?;
        Ok((tenant, rows))
    }
}

/// Groups of a customer.
pub async fn list(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let wanted = Wanted::read(query)?;
    let (asked, paging) = (&wanted.asked, wanted.asked.paging("groups")?);
    let (tenant, rows) = wanted.rows(&visit.surface, caller, id, paging.span()?).await?;
    let page = paging.shown(&asked.list("groups"), rows, |g| (g.place(asked.order.by), g.id));
    let now = visit.surface.app.now();
    let path = format!("/customers/{id}/groups");
    let mut list = asked.frame(&path, "list-group-search", &format!("{path}/export"), &page);
    list.heads = vec![
        asked.sorts(&path, "column-name", GroupColumn::Name),
        lists::plain("group-kind"),
        lists::number("group-members"),
        asked.sorts(&path, "column-created", GroupColumn::Created),
        lists::plain("column-state"),
    ];
    let kinds = GroupKind::ALL.map(|k| (k.code().to_owned(), say(&format!("group-{}", k.code()))));
    let members = [true, false].map(|some| {
        (filled(some).to_owned(), say(if some { "list-members-some" } else { "list-members-none" }))
    });
    list.picks = vec![
        asked.pick("kind", "group-kind", "list-any-kind", kinds),
        asked.pick("members", "group-members", "list-any-members", members),
    ];
    let row = |of: &GroupView| Row {
        href: format!("/groups/{}", of.id),
        name: of.name.clone(),
        hint: of.description.clone().unwrap_or_default(),
        kind: kind(of),
        members: view::count(of.members),
        created: speech::ago(of.created_at, now),
        at: of.created_at.to_string(),
        provisioning: of.provisioning.as_ref().and_then(|p| view::unsettled(p.state)),
    };
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    let page = List {
        frame,
        customer: tenant.name,
        tabs: customers::tabs(id, "/groups"),
        rows: page.rows.iter().map(row).collect(),
        list,
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
    let (surface, query) = (visit.surface.clone(), query.without(&["after", "before"]));
    let format = file::Format::of(&query)?;
    file::send(&visit, ("groups", format), file::heads(&COLUMNS), move |after| {
        let (surface, headers, query) = (surface.clone(), headers.clone(), query.clone());
        Box::pin(async move {
            // Who is signed in and what they may see is asked for every part.
            let caller = caller::by_cookie(&surface, &headers).await?.ok_or(Refusal::SignIn(None))?;
            let wanted = Wanted::read(query)?;
            let list = wanted.asked.list("groups");
            let paging = Paging::export(&list, after.as_deref())?;
            let (_tenant, rows) = wanted.rows(&surface, &caller, id, paging.span()?).await?;
            let page = paging.shown(&list, rows, |g| (g.place(wanted.asked.order.by), g.id));
            Ok((page.rows.iter().map(line).collect(), page.next))
        })
    })
    .await
}

fn line(of: &GroupView) -> file::Line {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let state = of.provisioning.as_ref().map_or_else(String::new, |p| view::item_state(p.state).0);
    vec![
        of.name.clone(),
        kind(of),
        of.logon_name.clone(),
        text(&of.description),
        text(&of.mail),
        of.members.to_string(),
        of.created_at.to_string(),
        state,
    ]
}
