//! Views of lists: links above a list, the form that keeps what is asked of it under a name, and the
//! page on which they are renamed, shared and deleted.

use app::{
    AppError, Caller,
    reading::{saved_views::SavedView, users::search_key},
    saved_views::{self as use_cases, ViewDraft, ViewPatch},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    id::ViewId,
    list::{List, Query},
    permission::Permission,
};
use web::speech::say;

use crate::{
    context::{Frame, Posted, Visit},
    forms::Form,
    query::{Pairs, encoded, local},
    refusal::Refusal,
};

/// What the names of inputs begin with that say what a view keeps.
const PREFIX: &str = "query.";

/// A view above its list.
pub struct Link {
    pub name: String,
    pub href: String,
    pub here: bool,
    pub shared: bool,
}

/// The views of a list, and what one more would keep.
#[derive(Default)]
pub struct Views {
    pub list: &'static str,
    pub links: Vec<Link>,
    /// What is asked for and no view keeps yet.
    pub new: Vec<(String, String)>,
    pub may_share: bool,
    /// Where the list is.
    pub from: String,
    /// Where views are renamed and deleted, where there are some.
    pub manage: Option<String>,
}

impl Views {
    /// Of a list as an address asks for it.
    pub fn of(list: List, views: &[SavedView], caller: &Caller, (path, query): (&str, &Pairs)) -> Self {
        let asked = query.pairs().filter(|(name, _)| list.keeps(name));
        let asked: Query = asked.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
        let link = |view: &SavedView| Link {
            name: view.name.clone(),
            href: address(path, &view.query),
            here: view.query == asked,
            shared: view.shared,
        };
        let links: Vec<_> = views.iter().map(link).collect();
        let kept = links.iter().any(|link| link.here);
        Self {
            list: list.code(),
            manage: (!links.is_empty()).then(|| format!("/views?from={}", encoded(path))),
            links,
            new: if kept { Vec::new() } else { asked.into_iter().collect() },
            may_share: may_share(caller),
            from: path.to_owned(),
        }
    }
}

/// Whether sharing is offered. Whether it is allowed is decided when somebody does.
fn may_share(caller: &Caller) -> bool {
    caller.roots(Permission::TenantUpdate).contains(&caller.tenant)
}

/// A list as a view asks for it.
fn address(path: &str, query: &Query) -> String {
    let pairs = query.iter().fold(Pairs::default(), |pairs, (name, value)| pairs.and(name, value));
    pairs.with(path, "", "")
}

/// A view on its page.
struct Row {
    id: String,
    name: String,
    /// The list as it asks for it, where that is known.
    href: Option<String>,
    list: String,
    asks: String,
    shared: bool,
    may_change: bool,
}

/// A view that could not be kept.
struct New {
    list: String,
    query: Vec<(String, String)>,
    form: Form,
    /// Its name is that of another, which it can replace.
    is_taken: bool,
}

#[derive(Template)]
#[template(path = "views.html")]
struct Page {
    frame: Frame,
    from: String,
    rows: Vec<Row>,
    new: Option<New>,
    may_share: bool,
    form: Form,
}

/// All views of whoever looks, those of the tenant among them.
pub async fn show(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let from = query.given("from").unwrap_or_default().to_owned();
    page(&visit, (StatusCode::OK, &from), None, Form::default()).await
}

async fn page(
    visit: &Visit,
    (status, from): (StatusCode, &str),
    new: Option<New>,
    form: Form,
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let views = use_cases::list(&visit.surface.app, caller, None).await?;
    let from = list_at(from);
    let may_share = may_share(caller);
    let row = |view: &SavedView| Row {
        id: view.id.to_string(),
        name: view.name.clone(),
        href: path_of(view.list, from).map(|path| address(path, &view.query)),
        list: name_of(view.list),
        asks: view.query.iter().map(|(name, value)| asked(name, value)).collect::<Vec<_>>().join(" · "),
        shared: view.shared,
        may_change: !view.shared || may_share,
    };
    let mut frame = visit.frame.clone();
    frame.trail.extend(from.map(|(list, path)| (name_of(list), path.to_owned())));
    let rows = views.iter().map(row).collect();
    let from = from.map_or_else(String::new, |(_, path)| path.to_owned());
    visit.page(status, &Page { frame, from, rows, new, may_share, form })
}

fn name_of(list: List) -> String {
    say(match list {
        List::People => "customer-people",
        List::Groups => "customer-groups",
        List::Customers => "customers-title",
        List::Requests => "status-requests",
    })
}

/// What a view asks for, as its address has it, with room between the columns.
fn asked(name: &str, value: &str) -> String {
    match name {
        "columns" => format!("{name}={}", value.replace(',', ", ")),
        _ => format!("{name}={value}"),
    }
}

/// The list that is at an address of ours.
fn list_at(from: &str) -> Option<(List, &str)> {
    let path = local(from)?.split(['?', '#']).next()?;
    let parts: Vec<_> = path.split('/').skip(1).collect();
    let list = match parts.as_slice() {
        ["customers"] => List::Customers,
        ["status"] => List::Requests,
        ["customers", _, "people"] => List::People,
        ["customers", _, "groups"] => List::Groups,
        _ => return None,
    };
    Some((list, path))
}

/// Where a list is: people and groups are those of the customer somebody comes from.
fn path_of(list: List, from: Option<(List, &str)>) -> Option<&str> {
    match (list, from) {
        (_, Some((here, path))) if here == list => Some(path),
        (List::Customers, _) => Some("/customers"),
        (List::Requests, _) => Some("/status"),
        _ => None,
    }
}

/// Keeps what is asked of a list under a name, and leads back to the list.
pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let (app, caller, cause) = (&visit.surface.app, visit.person()?, &visit.cause);
    let list = List::from_code(posted.field("list")).ok_or_else(Refusal::no_page)?;
    let asked = posted.fields().iter();
    let asked =
        asked.filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?.to_owned(), value.clone())));
    let draft = ViewDraft {
        list,
        name: posted.field("name").to_owned(),
        query: asked.collect(),
        shared: !posted.field("shared").is_empty(),
    };
    let there = use_cases::list(app, caller, Some(list)).await?;
    let key = search_key(&draft.name);
    let there = there.into_iter().find(|view| view.shared == draft.shared && search_key(&view.name) == key);
    let saved = match there.as_ref().filter(|_| !posted.field("replace").is_empty()) {
        Some(view) => {
            let patch = ViewPatch { query: Some(draft.query.clone()), ..ViewPatch::default() };
            use_cases::change(app, caller, view.id, &patch, cause).await
        }
        None => use_cases::save(app, caller, &draft, cause).await,
    };
    let from = posted.field("from");
    match saved {
        Ok(view) => {
            let path = path_of(list, list_at(from)).unwrap_or("/views");
            Ok(done(&address(path, &view.query), "view-saved"))
        }
        Err(error) => {
            let form = Form::again(&posted, error)?;
            let query = draft.query.into_iter().collect();
            let new = New { list: list.code().to_owned(), query, form, is_taken: there.is_some() };
            page(visit, (StatusCode::UNPROCESSABLE_ENTITY, from), Some(new), Form::default()).await
        }
    }
}

/// What the buttons beside a view do.
pub async fn change(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: ViewId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller, cause) = (&visit.surface.app, visit.person()?, &visit.cause);
    let (patch, what) = match posted.field("what") {
        "rename" => {
            let name = Some(posted.field("name").to_owned());
            (Some(ViewPatch { name, ..ViewPatch::default() }), "view-changed")
        }
        what @ ("share" | "unshare") => {
            let shared = Some(what == "share");
            (Some(ViewPatch { shared, ..ViewPatch::default() }), "view-changed")
        }
        "remove" => (None, "view-removed"),
        _ => return Err(Refusal::no_page()),
    };
    let done_so = match patch {
        Some(patch) => use_cases::change(app, caller, id, &patch, cause).await.map(drop),
        None => use_cases::remove(app, caller, id, cause).await,
    };
    let from = posted.field("from");
    match done_so {
        Ok(()) => Ok(done(&Pairs::of("from", from).with("/views", "", ""), what)),
        Err(error @ AppError::Invalid(_)) => {
            let field = format!("view-{id}");
            let form = Form::again(&posted, error)?.all_at(&field).named([(field, say("field-name"))]);
            page(visit, (StatusCode::UNPROCESSABLE_ENTITY, from), None, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Leads to an address, and says there what was done.
fn done(address: &str, what: &str) -> Response {
    let mark = if address.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{address}{mark}done={what}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_leads_to_its_list_and_nowhere_else() {
        let people = list_at("/customers/ten_1/people?q=x");
        assert_eq!(people, Some((List::People, "/customers/ten_1/people")));
        assert_eq!(path_of(List::People, people), Some("/customers/ten_1/people"));
        assert_eq!(path_of(List::Groups, people), None, "of which customer is not known");
        assert_eq!(path_of(List::Customers, people), Some("/customers"));
        for nowhere in
            ["", "//evil.test/customers", "https://evil.test/customers", "/settings", "/customers/x/y/people"]
        {
            assert_eq!(list_at(nowhere), None, "{nowhere}");
        }
    }
}
