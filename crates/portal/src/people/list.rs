//! The list of people of a customer, as a page and as a file.

use app::{
    AppError, Caller,
    reading::{
        lists::Span,
        subscriptions::Subscription,
        tx::{TenantRef, act},
        users::{User, UserSearch},
    },
};
use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{
    id::{FieldId, TenantId, UserId},
    list::{Order, PeopleColumn, Standing},
    request::ItemState,
};
use web::{Surface, caller, paging::Paging, speech};

use super::{choices, joined, standing, standing_name};
use crate::{
    context::{Frame, Visit},
    custom, customers, export as file,
    lists::{self, Asked, Head},
    query::Pairs,
    refusal::Refusal,
    view::{self, Tab},
};

/// States by which the list is filtered.
const STATES: [ItemState; 5] =
    [ItemState::Failed, ItemState::Drifted, ItemState::Running, ItemState::Requested, ItemState::Verified];
/// Columns of the file.
const COLUMNS: [&str; 9] = [
    "column-name",
    "column-login",
    "field-logon_name",
    "field-mail",
    "field-title",
    "field-department",
    "column-plans",
    "column-created",
    "column-state",
];

/// A row of the list.
struct Row {
    href: String,
    name: String,
    login: String,
    title: String,
    department: Option<(String, String)>,
    plans: String,
    created: String,
    at: String,
    state: String,
    tone: &'static str,
    provisioning: Option<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct List {
    frame: Frame,
    customer: String,
    tabs: Vec<Tab>,
    list: lists::Frame,
    rows: Vec<Row>,
    may_create: bool,
}

/// What was asked for.
struct Wanted {
    asked: Asked<PeopleColumn>,
    search: String,
    state: Option<ItemState>,
    standing: Option<Standing>,
    plan: String,
    department: String,
}

impl Wanted {
    fn read(query: Pairs) -> Result<Self, AppError> {
        let mut asked = Asked::new(query, Order::up(PeopleColumn::Name));
        let state = asked.one_of("state", &STATES, ItemState::code);
        let standing = asked.one_of("standing", &Standing::ALL, Standing::code);
        asked.check()?;
        let text = |name| asked.query.text(name);
        let (search, plan, department) = (text("q"), text("plan"), text("department"));
        Ok(Self { asked, search, state, standing, plan, department })
    }

    fn which<'a>(&'a self, fields: &'a [(FieldId, String)]) -> UserSearch<'a> {
        fn some(text: &str) -> Option<&str> {
            Some(text).filter(|text| !text.is_empty())
        }
        UserSearch {
            search: some(&self.search),
            state: self.state,
            standing: self.standing,
            plan: some(&self.plan),
            department: some(&self.department),
            fields,
        }
    }
}

/// People of a customer.
pub async fn list(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let wanted = Wanted::read(query)?;
    let (asked, paging) = (&wanted.asked, wanted.asked.paging("people")?);
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit_people(&tenant)?;
        let fields = tx.fields(&tenant).await?;
        let values = custom::wanted(&fields, &asked.query)?;
        let rows = tx.people_page(&permit, wanted.which(&values), asked.order, paging.span()?).await?;
        let ids: Vec<_> = rows.iter().map(|u| u.id).collect();
        let held = tx.subscriptions_of(&ids).await?;
        let plans = tx.plans_for(&tenant, &tenant.currency).await?;
        let may_create = tx.permit::<act::UserCreate>(&tenant).is_ok();
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((tenant, rows, fields, held, plans, may_create, now))
    };
    let (tenant, rows, fields, held, plans, may_create, now) = read.await?;
    let page = paging.shown(&asked.list("people"), rows, |u| (u.place(asked.order.by), u.id));
    let path = format!("/customers/{id}/people");
    let mut list = asked.frame(&path, "people-search", &format!("{path}/export"), &page);
    list.heads = heads(asked, &path);
    list.picks = vec![
        asked.pick("standing", "list-standing", "list-any-standing", Standing::ALL.map(named_standing)),
        asked.pick("state", "column-state", "people-any-state", STATES.map(named_state)),
    ];
    let plans = choices(&plans).into_iter().map(|plan| (plan.code, plan.name));
    list.picks.push(asked.pick("plan", "column-plans", "list-any-plan", plans));
    list.more = custom::filters(&fields, asked);
    if !wanted.department.is_empty() {
        list.chips.push(asked.chip(&path, "department", "field-department", &wanted.department));
        list.keep.push(("department", wanted.department.clone()));
    }
    let department = |name: &String| {
        (name.clone(), asked.query.without(&["after", "before"]).with(&path, "department", name))
    };
    let row = |u: &User| {
        let (state, tone) = standing(u);
        Row {
            href: format!("/people/{}", u.id),
            name: u.display_name.clone(),
            login: u.principal_name.clone(),
            title: u.title.clone().unwrap_or_default(),
            department: u.department.as_ref().map(department),
            plans: plans_of(&held, u.id),
            created: speech::ago(u.created_at, now),
            at: u.created_at.to_string(),
            state,
            tone,
            provisioning: u.provisioning.as_ref().and_then(|p| view::unsettled(p.state)),
        }
    };
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    let page = List {
        frame,
        customer: tenant.name.clone(),
        tabs: customers::tabs(id, "/people"),
        rows: page.rows.iter().map(row).collect(),
        list,
        may_create,
    };
    visit.page(StatusCode::OK, &page)
}

fn heads(asked: &Asked<PeopleColumn>, path: &str) -> Vec<Head> {
    vec![
        asked.sorts(path, "column-name", PeopleColumn::Name),
        asked.sorts(path, "column-login", PeopleColumn::Login),
        lists::plain("column-role"),
        lists::plain("column-plans"),
        asked.sorts(path, "column-created", PeopleColumn::Created),
        lists::plain("column-state"),
    ]
}

fn named_standing(of: Standing) -> (String, String) {
    (of.code().to_owned(), standing_name(of))
}

fn named_state(of: ItemState) -> (String, String) {
    (of.code().to_owned(), view::item_state(of).0)
}

fn plans_of(held: &[Subscription], user: UserId) -> String {
    let own = held.iter().filter(|s| s.user == Some(user)).map(|s| s.name.as_str());
    own.collect::<Vec<_>>().join(", ")
}

/// All people the list would show, as a file.
pub async fn export(
    visit: Visit,
    Path(id): Path<String>,
    headers: HeaderMap,
    query: Pairs,
) -> Result<Response, Refusal> {
    let tenant = {
        let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
        let mut tx = visit.surface.app.read(visit.person()?).await?;
        let tenant = tx.tenant(id).await.map_err(AppError::from)?;
        tx.finish().await.map_err(AppError::from)?;
        tenant
    };
    let surface = visit.surface.clone();
    let (id, query) = (tenant.id, query.without(&["after", "before"]));
    let name = format!("{}-people", tenant.code);
    file::send(&visit, &name, &COLUMNS, move |after| {
        let (surface, headers, query) = (surface.clone(), headers.clone(), query.clone());
        Box::pin(async move {
            // Who is signed in and what they may see is asked for every part.
            let caller = caller::by_cookie(&surface, &headers).await?.ok_or(Refusal::SignIn(None))?;
            let wanted = Wanted::read(query)?;
            let paging = Paging::export(&wanted.asked.list("people"), after.as_deref())?;
            let (rows, held) = part(&surface, &caller, id, &wanted, paging.span()?).await?;
            let list = wanted.asked.list("people");
            let page = paging.shown(&list, rows, |u| (u.place(wanted.asked.order.by), u.id));
            let lines = page.rows.iter().map(|u| line(u, &held)).collect();
            Ok((lines, page.next))
        })
    })
    .await
}

async fn part(
    surface: &Surface,
    caller: &Caller,
    id: TenantId,
    wanted: &Wanted,
    span: Span<'_, UserId>,
) -> Result<(Vec<User>, Vec<Subscription>), AppError> {
    let mut tx = surface.app.read(caller).await?;
    let tenant: TenantRef = tx.tenant(id).await?;
    let permit = tx.permit_people(&tenant)?;
    let fields = tx.fields(&tenant).await?;
    let values = custom::wanted(&fields, &wanted.asked.query)?;
    let rows = tx.people_page(&permit, wanted.which(&values), wanted.asked.order, span).await?;
    let ids: Vec<_> = rows.iter().map(|u| u.id).collect();
    let held = tx.subscriptions_of(&ids).await?;
    tx.finish().await?;
    Ok((rows, held))
}

fn line(of: &User, held: &[Subscription]) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let state = of.provisioning.as_ref().and_then(|p| view::unsettled(p.state)).map(|(word, _)| word);
    let standing = Some(standing(of).0);
    file::line([
        of.display_name.clone(),
        of.principal_name.clone(),
        text(&of.logon_name),
        text(&of.mail),
        text(&of.title),
        text(&of.department),
        plans_of(held, of.id),
        of.created_at.to_string(),
        joined([&standing, &state]),
    ])
}
