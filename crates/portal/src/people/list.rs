//! The list of people of a customer, as a page and as a file, and what is done to many of them.

use app::{
    AppError, Caller,
    bulk::{self as many, Whom},
    reading::{
        catalogue::Plan,
        lists::Span,
        tx::{ReadTx, TenantRef, act},
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
    custom::Definition,
    field::{FieldError, Rule},
    id::{FieldId, TenantId, UserId},
    limits,
    list::{List, Order, PEOPLE_STATES, PeopleColumn, Standing},
    request::ItemState,
};
use web::{
    Surface, caller, export as file,
    paging::{self, Paging},
    speech::say,
};

use super::{
    cells::{self, Facts, Show},
    choices, standing_name,
};
use crate::{
    bulk::{self, Deeds},
    cells::{Columns, Td},
    context::{Frame, Posted, Visit},
    custom, customers,
    forms::Form,
    lists::{self, Asked},
    query::Pairs,
    refusal::Refusal,
    saved_views::Views,
    view::{self, Tab},
};

/// What is asked of the list that does not say where in it one is.
const FILTERS: [&str; 7] = ["q", "state", "standing", "plan", "department", "sort", "columns"];
/// Name of the list that is edited and imported again, in its cursors.
const EDITED: &str = "people edited";

/// A row of the list.
struct Row {
    id: String,
    name: String,
    cells: Vec<Td>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct Page {
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
    /// Where those are that were removed, for whoever may restore them.
    may_restore: bool,
    removed: String,
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
        let state = asked.one_of("state", &PEOPLE_STATES, ItemState::code);
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
        let part = Part::read(&mut tx, id, &wanted, (paging.span()?, cells::of_page)).await?;
        let plans = tx.plans_for(&part.tenant, &part.tenant.currency).await?;
        let may_create = tx.permit::<act::UserCreate>(&part.tenant).is_ok();
        let may_restore = tx.may_ordinary::<act::UserDelete>(&part.tenant).is_ok();
        let deeds = Deeds::read(visit, &mut tx, &part.tenant, &plans).await?;
        let views = tx.saved_views(Some(List::People)).await?;
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((part, plans, (may_create, may_restore), deeds, views, now))
    };
    let (part, plans, (may_create, may_restore), deeds, views, now) = read.await?;
    let Part { tenant, people, fields, columns, facts } = part;
    let page = paging.shown(&asked.list("people"), people, |u| (u.place(asked.order.by), u.id));
    let path = format!("/customers/{id}/people");
    let mut list = asked.frame(&path, "people-search", &format!("{path}/export"), &columns, &page);
    list.views = Views::of(List::People, &views, caller, (&path, &asked.query));
    if deeds.is_some() {
        list.heads.insert(0, lists::plain("seats-choose"));
        list.exports.extend(edited(asked, &path));
    }
    pick(&mut list, &wanted, (&path, &plans));
    list.more = custom::filters(&fields, asked);
    let names: Vec<_> = fields.iter().map(custom::name_of).collect();
    let kept = FILTERS.into_iter().chain(names.iter().map(String::as_str));
    let kept = kept.filter_map(|name| Some((name.to_owned(), asked.query.given(name)?.to_owned())));
    let row = |user: &User| Row {
        id: user.id.to_string(),
        name: user.display_name.clone(),
        cells: columns.row(&format!("/people/{}", user.id), now, |show| cells::cell(show, user, &facts)),
    };
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    let form = form.named(deeds.iter().flat_map(Deeds::labels));
    let page = Page {
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
        may_restore,
        removed: format!("/customers/{id}/removed"),
        form,
    };
    visit.page(status, &page)
}

/// The files that are edited and imported again.
fn edited(asked: &Asked<PeopleColumn>, path: &str) -> [(String, String); 2] {
    let query = asked.query.without(&["after", "before", "format", "columns"]).and("as", "edit");
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
        asked.pick("state", "column-state", "people-any-state", PEOPLE_STATES.map(named_state)),
        asked.pick("plan", "column-plans", "list-any-plan", plans),
    ];
    if !wanted.department.is_empty() {
        list.chips.push(asked.chip(path, "department", "field-department", &wanted.department));
        list.keep.push(("department", wanted.department.clone()));
    }
}

fn named_standing(of: Standing) -> (String, String) {
    (of.code().to_owned(), standing_name(of))
}

fn named_state(of: ItemState) -> (String, String) {
    (of.code().to_owned(), view::item_state(of).0)
}

/// All people the list would show, as a file.
pub async fn export(
    visit: Visit,
    Path(id): Path<String>,
    headers: HeaderMap,
    query: Pairs,
) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let query = query.without(&["after", "before"]).gathered("columns");
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        let fields = tx.fields(&tenant).await?;
        tx.finish().await?;
        Ok::<_, AppError>((tenant, fields))
    };
    let (tenant, fields) = read.await?;
    let surface = visit.surface.clone();
    let format = file::Format::of(query.given("format"))?;
    let name = format!("{}-people", tenant.code);
    if query.given("as") == Some("edit") {
        return export_edited(&visit, id, (&name, format), headers, query.without(&["columns"])).await;
    }
    let heads = cells::of_file(&query, &fields)?.heads();
    file::send((&visit.surface, visit.person()?.user()), (&name, format), heads, move |after| {
        let (surface, headers, query) = (surface.clone(), headers.clone(), query.clone());
        Box::pin(async move {
            // Who is signed in and what they may see is asked for every part.
            let caller = caller::by_cookie(&surface, &headers).await?.ok_or(Refusal::SignIn(None))?;
            let wanted = Wanted::read(query)?;
            let paging = Paging::export(&wanted.asked.list("people"), after.as_deref())?;
            let part = read_part(&surface, &caller, id, (&wanted, &paging)).await?;
            let list = wanted.asked.list("people");
            let page = paging.shown(&list, part.people, |u| (u.place(wanted.asked.order.by), u.id));
            let line = |of: &User| part.columns.line(|show| cells::cell(show, of, &part.facts));
            Ok((page.rows.iter().map(line).collect(), page.next))
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
    file::send((&visit.surface, visit.person()?.user()), file, Vec::new(), move |after| {
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

/// A part of the list, with what its columns show.
struct Part {
    tenant: TenantRef,
    people: Vec<User>,
    fields: Vec<Definition>,
    columns: Columns<Show>,
    facts: Facts,
}

/// The columns that are shown, where these fields are asked for.
type Choose = fn(&Pairs, &[Definition]) -> Result<Columns<Show>, AppError>;

impl Part {
    async fn read(
        tx: &mut ReadTx<'_>,
        id: TenantId,
        wanted: &Wanted,
        (span, choose): (Span<'_, UserId>, Choose),
    ) -> Result<Self, AppError> {
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit_people(&tenant)?;
        let fields = tx.fields(&tenant).await?;
        let columns = choose(&wanted.asked.query, &fields)?;
        let values = custom::wanted(&fields, &wanted.asked.query)?;
        let people = tx.people_page(&permit, wanted.which(&values), wanted.asked.order, span).await?;
        let facts = Facts::read(tx, &tenant, (&people, &columns), &wanted.asked.query).await?;
        Ok(Self { tenant, people, fields, columns, facts })
    }
}

async fn read_part(
    surface: &Surface,
    caller: &Caller,
    id: TenantId,
    (wanted, paging): (&Wanted, &Paging),
) -> Result<Part, AppError> {
    let mut tx = surface.app.read(caller).await?;
    let part = Part::read(&mut tx, id, wanted, (paging.span()?, cells::of_file)).await?;
    tx.finish().await?;
    Ok(part)
}
