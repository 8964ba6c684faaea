//! The list of people of a customer, as a page and as a file, and what is done to many of them.

use app::{
    AppError, Caller,
    bulk::{self as many, Whom},
    reading::{
        catalogue::Plan,
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
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    field::{FieldError, Rule},
    id::{FieldId, TenantId, UserId},
    limits,
    list::{Order, PeopleColumn, Standing},
    request::ItemState,
};
use jiff::Timestamp;
use web::{
    Surface, caller,
    paging::{self, Paging},
    speech::{self, say},
};

use super::{choices, joined, standing, standing_name};
use crate::{
    bulk::{self, Deeds},
    context::{Frame, Posted, Visit},
    custom, customers, export as file,
    forms::Form,
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

/// What is asked of the list that does not say where in it one is.
const FILTERS: [&str; 6] = ["q", "state", "standing", "plan", "department", "sort"];
/// Name of the list that is edited and imported again, in its cursors.
const EDITED: &str = "people edited";

/// A row of the list.
struct Row {
    id: String,
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
    /// What can be done to many, by whoever may.
    deeds: Option<Deeds>,
    /// What was asked of the list.
    asked: Vec<(String, String)>,
    import: String,
    bulk: String,
    form: Form,
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
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, id, query, (StatusCode::OK, Form::default())).await
}

async fn page(
    visit: &Visit,
    id: TenantId,
    query: Pairs,
    (status, form): (StatusCode, Form),
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
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
        let deeds = Deeds::read(visit, &mut tx, &tenant, &plans).await?;
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((tenant, rows, fields, held, plans, may_create, deeds, now))
    };
    let (tenant, rows, fields, held, plans, may_create, deeds, now) = read.await?;
    let page = paging.shown(&asked.list("people"), rows, |u| (u.place(asked.order.by), u.id));
    let path = format!("/customers/{id}/people");
    let mut list = asked.frame(&path, "people-search", &format!("{path}/export"), &page);
    list.heads = heads(asked, &path);
    if deeds.is_some() {
        list.heads.insert(0, lists::plain("seats-choose"));
        list.exports.extend(edited(asked, &path));
    }
    pick(&mut list, &wanted, (&path, &plans));
    list.more = custom::filters(&fields, asked);
    let names: Vec<_> = fields.iter().map(custom::name_of).collect();
    let kept = FILTERS.into_iter().chain(names.iter().map(String::as_str));
    let kept = kept.filter_map(|name| Some((name.to_owned(), asked.query.given(name)?.to_owned())));
    let row = |user: &User| Row::of(user, (&held, now), (asked, &path));
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    let form = form.named(deeds.iter().flat_map(Deeds::labels));
    let page = List {
        frame,
        customer: tenant.name.clone(),
        tabs: customers::tabs(id, "/people"),
        rows: page.rows.iter().map(row).collect(),
        list,
        may_create,
        deeds,
        asked: kept.collect(),
        import: format!("/customers/{id}/import"),
        bulk: format!("/customers/{id}/bulk"),
        form,
    };
    visit.page(status, &page)
}

/// The files that are edited and imported again.
fn edited(asked: &Asked<PeopleColumn>, path: &str) -> [(String, String); 2] {
    let query = asked.query.without(&["after", "before", "format"]).and("as", "edit");
    let path = format!("{path}/export");
    [
        (say("people-export-edit"), query.with(&path, "", "")),
        (say("people-export-edit-xlsx"), query.with(&path, "format", "xlsx")),
    ]
}

/// Shows what doing something to the chosen people would come to, or to all the list would show.
pub async fn act_on_many(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let filters = posted.fields().iter().map(|(name, _)| name.as_str());
    let filters = filters.filter(|name| FILTERS.contains(name) || name.starts_with(custom::PREFIX));
    let query = filters.fold(Pairs::default(), |query, name| query.and(name, posted.field(name)));
    let wanted = Wanted::read(query.clone())?;
    let values = values(&visit.surface, caller, id, &query).await?;
    let whom = match posted.field("all") {
        "" => {
            let ids = posted.all("people").map(str::parse::<UserId>).collect::<Result<Vec<_>, _>>();
            let mut ids = ids.map_err(|_| Refusal::no_page())?;
            ids.sort_unstable();
            ids.dedup();
            Whom::People(ids)
        }
        _ => Whom::Matching(wanted.which(&values)),
    };
    let (errors, place) = match bulk::chosen(&posted) {
        Ok((deed, place)) => match many::act_on(app, caller, id, (deed, &whom), &visit.cause).await {
            Ok(shown) => return Ok(Redirect::to(&format!("/bulk/{}", shown.bulk.id)).into_response()),
            Err(AppError::Invalid(errors)) => (errors, place),
            Err(error) => return Err(error.into()),
        },
        Err(error) => (vec![error], String::new()),
    };
    let wrong = |error: FieldError| match error.field.as_str() {
        "people" | "deed" => error,
        field if field.starts_with("with.") => error,
        _ => FieldError { field: place.clone(), ..error },
    };
    let errors: Vec<_> = errors.into_iter().map(wrong).collect();
    let nobody = errors.iter().any(|error| error.field == "people" && error.rule == Rule::Required);
    let form = Form::sent(&posted).wrong_with(&errors);
    let form = if nobody { form.instead("people", &say("bulk-nobody")) } else { form };
    page(visit, id, query, (StatusCode::UNPROCESSABLE_ENTITY, form)).await
}

/// What the list is filtered by.
fn pick(list: &mut lists::Frame, wanted: &Wanted, (path, plans): (&str, &[Plan])) {
    let asked = &wanted.asked;
    let plans = choices(plans).into_iter().map(|plan| (plan.code, plan.name));
    list.picks = vec![
        asked.pick("standing", "list-standing", "list-any-standing", Standing::ALL.map(named_standing)),
        asked.pick("state", "column-state", "people-any-state", STATES.map(named_state)),
        asked.pick("plan", "column-plans", "list-any-plan", plans),
    ];
    if !wanted.department.is_empty() {
        list.chips.push(asked.chip(path, "department", "field-department", &wanted.department));
        list.keep.push(("department", wanted.department.clone()));
    }
}

impl Row {
    fn of(
        of: &User,
        (held, now): (&[Subscription], Timestamp),
        (asked, path): (&Asked<PeopleColumn>, &str),
    ) -> Self {
        let (state, tone) = standing(of);
        let department = |name: &String| {
            (name.clone(), asked.query.without(&["after", "before"]).with(path, "department", name))
        };
        Self {
            id: of.id.to_string(),
            href: format!("/people/{}", of.id),
            name: of.display_name.clone(),
            login: of.principal_name.clone(),
            title: of.title.clone().unwrap_or_default(),
            department: of.department.as_ref().map(department),
            plans: plans_of(held, of.id),
            created: speech::ago(of.created_at, now),
            at: of.created_at.to_string(),
            state,
            tone,
            provisioning: of.provisioning.as_ref().and_then(|p| view::unsettled(p.state)),
        }
    }
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
    let format = file::Format::of(&query)?;
    let is_edited = query.given("as") == Some("edit");
    let (id, query) = (tenant.id, query.without(&["after", "before"]));
    let name = format!("{}-people", tenant.code);
    if is_edited {
        return export_edited(&visit, id, (&name, format), headers, query).await;
    }
    file::send(&visit, (&name, format), file::heads(&COLUMNS), move |after| {
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

/// The same people as a file of our own: edited and imported again it changes what was edited.
async fn export_edited(
    visit: &Visit,
    id: TenantId,
    file: (&str, file::Format),
    headers: HeaderMap,
    query: Pairs,
) -> Result<Response, Refusal> {
    let surface = visit.surface.clone();
    file::send(visit, file, Vec::new(), move |after| {
        let (surface, headers, query) = (surface.clone(), headers.clone(), query.clone());
        Box::pin(async move {
            let caller = caller::by_cookie(&surface, &headers).await?.ok_or(Refusal::SignIn(None))?;
            let wanted = Wanted::read(query)?;
            let from = Paging::export(EDITED, after.as_deref())?;
            let values = values(&surface, &caller, id, &wanted.asked.query).await?;
            let (which, from) = (wanted.which(&values), from.after::<UserId>()?);
            let part = many::export(&surface.app, &caller, id, which, from, limits::EXPORT_ROWS).await?;
            let heads = after.is_none().then_some(part.headings);
            let next = part.next.map(|(key, user)| paging::cursor(EDITED, &key, &user.to_string()));
            Ok((heads.into_iter().chain(part.rows).collect(), next))
        })
    })
    .await
}

/// The values of custom fields people are to have.
async fn values(
    surface: &Surface,
    caller: &Caller,
    id: TenantId,
    query: &Pairs,
) -> Result<Vec<(FieldId, String)>, AppError> {
    let mut tx = surface.app.read(caller).await?;
    let tenant = tx.tenant(id).await?;
    let fields = tx.fields(&tenant).await?;
    tx.finish().await?;
    custom::wanted(&fields, query)
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

fn line(of: &User, held: &[Subscription]) -> file::Line {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let state = of.provisioning.as_ref().and_then(|p| view::unsettled(p.state)).map(|(word, _)| word);
    let standing = Some(standing(of).0);
    vec![
        of.display_name.clone(),
        of.principal_name.clone(),
        text(&of.logon_name),
        text(&of.mail),
        text(&of.title),
        text(&of.department),
        plans_of(held, of.id),
        of.created_at.to_string(),
        joined([&standing, &state]),
    ]
}
