//! The list of customers, as a page and as a file.

use std::collections::{BTreeMap, BTreeSet};

use app::{
    AppError, Caller,
    reading::{
        lists::Span,
        roots,
        saved_views::SavedView,
        views::{TenantSearch, TenantView},
    },
};
use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{
    id::TenantId,
    list::{List, Order, TENANT_STATUSES, TenantColumn},
    permission::Permission,
    tenant::{Status, TenantKind},
};
use web::{Surface, caller, export as file, paging::Paging};

use super::{
    cells,
    tree::{self, Branch, KINDS},
};
use crate::{
    cells::Td,
    context::{Frame, Visit},
    lists::{self, Asked},
    query::Pairs,
    refusal::Refusal,
    saved_views::Views,
    view::{self, Tab},
};

/// Where the list is.
pub const PATH: &str = "/customers";

#[derive(Template)]
#[template(path = "customers.html")]
struct Page {
    frame: Frame,
    list: lists::Frame,
    /// Table and tree, where there is a tree.
    ways: Option<[Tab; 2]>,
    rows: Vec<Vec<Td>>,
    may_order: bool,
    /// Where something is done to people of all customers of the list's seller.
    across: Option<String>,
}

/// What was asked for.
struct Wanted {
    asked: Asked<TenantColumn>,
    search: Option<String>,
    status: Option<Status>,
    seller: Option<TenantId>,
    /// What of the tree, instead of the table.
    tree: Option<Branch>,
}

/// What is shown of it.
struct Rows {
    rows: Vec<TenantView>,
    /// Name of the seller by whom the list is filtered.
    seller: Option<String>,
    /// What the directories are called, by code.
    directories: BTreeMap<String, String>,
    /// What somebody kept of the list.
    views: Vec<SavedView>,
}

impl Wanted {
    fn read(query: Pairs) -> Result<Self, AppError> {
        let mut asked = Asked::new(query, Order::up(TenantColumn::Name));
        let status = asked.one_of("status", &TENANT_STATUSES, Status::code);
        let seller = asked.id("seller");
        let tree = asked.one_of("view", &["table", "tree"], |view| view) == Some("tree");
        let branch = Branch {
            open: asked.id("open"),
            part: asked.one_of("part", &KINDS, TenantKind::code),
            after: asked.query.given("after").map(str::to_owned),
        };
        asked.check()?;
        // What only the tree knows is no filter of the table.
        asked.query = asked.query.without(&["view", "open", "part"]);
        let search = Some(asked.query.text("q")).filter(|text| !text.is_empty());
        Ok(Self { asked, search, status, seller, tree: tree.then_some(branch) })
    }

    async fn rows(
        &self,
        surface: &Surface,
        caller: &Caller,
        span: Span<'_, TenantId>,
    ) -> Result<Rows, AppError> {
        let permitted = roots(caller, Permission::TenantRead)?;
        let mut tx = surface.app.read(caller).await?;
        let seller = match self.seller {
            Some(id) => Some(tx.tenant(id).await?.name),
            None => None,
        };
        let search = TenantSearch {
            roots: Some(permitted),
            kind: Some(TenantKind::Customer),
            status: self.status,
            parent: self.seller,
            search: self.search.clone(),
            ..TenantSearch::default()
        };
        let rows = tx.tenant_page(&search, self.asked.order, span).await?;
        let codes: BTreeSet<_> = rows.iter().filter_map(|row| row.directory.clone()).collect();
        let directories = tx.directory_names(&codes.into_iter().collect::<Vec<_>>()).await?;
        let views = tx.saved_views(Some(List::Customers)).await?;
        tx.finish().await?;
        Ok(Rows { rows, seller, directories, views })
    }
}

/// Customers the viewer may see.
pub async fn list(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let wanted = Wanted::read(query)?;
    let tops = tree::tops(&visit.surface, caller).await?;
    let sells = tops.iter().any(|(_, sells)| *sells);
    if let Some(branch) = wanted.tree.as_ref().filter(|_| sells) {
        return tree::show(&visit, &tops, branch).await;
    }
    let (asked, paging) = (&wanted.asked, wanted.asked.paging("customers")?);
    let columns = cells::of_page(&asked.query)?;
    let read = wanted.rows(&visit.surface, caller, paging.span()?).await?;
    let Rows { rows, seller, directories, views } = read;
    let page = paging.shown(&asked.list("customers"), rows, |t| (t.place(asked.order.by), t.id));
    let now = visit.surface.app.now();
    let mut list = asked.frame(PATH, "customers-search", "/customers/export", &columns, &page);
    list.views = Views::of(List::Customers, &views, caller, (PATH, &asked.query));
    let named = |of: Status| (of.code().to_owned(), view::tenant_state(of).0);
    list.picks = vec![asked.pick("status", "column-state", "list-any-status", TENANT_STATUSES.map(named))];
    if let (Some(name), Some(id)) = (&seller, wanted.seller) {
        list.chips.push(asked.chip(PATH, "seller", "customer-seller", name));
        list.keep.push(("seller", id.to_string()));
    }
    let row = |of: &TenantView| {
        let cell = |show: &cells::Show| cells::cell(*show, of, (&directories, &asked.query));
        columns.row(&format!("/customers/{}", of.id), now, cell)
    };
    let page = Page {
        frame: visit.frame.clone(),
        ways: sells.then(|| tree::ways(false, wanted.seller)),
        rows: page.rows.iter().map(row).collect(),
        list,
        may_order: caller.may_anywhere(Permission::OrderCreate),
        across: (sells && caller.may_anywhere(Permission::UserUpdate)).then(|| match wanted.seller {
            Some(seller) => format!("/series/new?below={seller}"),
            None => "/series/new".to_owned(),
        }),
    };
    visit.page(StatusCode::OK, &page)
}

/// All customers the list would show, as a file.
pub async fn export(visit: Visit, headers: HeaderMap, query: Pairs) -> Result<Response, Refusal> {
    visit.person()?;
    let (surface, query) = (visit.surface.clone(), query.without(&["after", "before"]).gathered("columns"));
    let format = file::Format::of(query.given("format"))?;
    let heads = cells::of_file(&query)?.heads();
    file::send((&visit.surface, visit.person()?.user()), ("customers", format), heads, move |after| {
        let (surface, headers, query) = (surface.clone(), headers.clone(), query.clone());
        Box::pin(async move {
            // Who is signed in and what they may see is asked for every part.
            let caller = caller::by_cookie(&surface, &headers).await?.ok_or(Refusal::SignIn(None))?;
            let wanted = Wanted::read(query)?;
            let list = wanted.asked.list("customers");
            let paging = Paging::export(&list, after.as_deref())?;
            let query = &wanted.asked.query;
            let columns = cells::of_file(query)?;
            let Rows { rows, directories, .. } = wanted.rows(&surface, &caller, paging.span()?).await?;
            let page = paging.shown(&list, rows, |t| (t.place(wanted.asked.order.by), t.id));
            let line = |of: &TenantView| columns.line(|show| cells::cell(*show, of, (&directories, query)));
            Ok((page.rows.iter().map(line).collect(), page.next))
        })
    })
    .await
}
