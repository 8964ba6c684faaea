//! Properties of services: what holds for a seller, a customer, one instance or a
//! person, where it comes from, and saying something else.

use std::collections::BTreeMap;

use app::{
    AppError,
    properties::{self as use_cases, Explained, PropertiesDraft, Said, Step},
    reading::{
        catalogue::{PropertyPlace, Service},
        tx::{ReadTx, act},
        views::COUNTED,
    },
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    id::{TenantId, UserId},
    service::PropertyKind,
};
use web::speech::{say, say_with};

use super::{sellers, services::kind};
use crate::{
    context::{Frame, Posted, Visit},
    customers,
    forms::{Choice, Form, given},
    query::Pairs,
    refusal::Refusal,
    view,
};

/// A property that can be said something of.
struct Row {
    field: String,
    name: String,
    hint: String,
    now: String,
    chain: Vec<(String, String)>,
    choices: Vec<Choice>,
    may: bool,
}

/// The properties of one service, or of one instance of it.
struct Block {
    service: String,
    instance: String,
    title: String,
    rows: Vec<Row>,
    form: Form,
    may: bool,
    reach: Option<String>,
}

#[derive(Template)]
#[template(path = "properties.html")]
struct Page {
    frame: Frame,
    title: String,
    hint: String,
    path: String,
    blocks: Vec<Block>,
}

/// What a page says something of.
#[derive(Clone, Copy)]
enum Place {
    /// A seller, of one service.
    Own,
    /// A customer.
    Customer(TenantId),
    /// A person.
    Person(UserId),
}

/// What is known of a place.
struct Known {
    services: Vec<Service>,
    explained: Vec<Explained>,
    title: String,
    /// Code of the tenant.
    code: String,
    trail: Vec<(String, String)>,
    all: bool,
    personal: bool,
    /// How many people each service reaches, by its code.
    reach: BTreeMap<String, i64>,
    /// What is said of one instance.
    said: Option<BTreeMap<String, String>>,
}

/// Of what one sells, for everybody below.
pub async fn own(visit: Visit, Path(code): Path<String>) -> Result<Response, Refusal> {
    sellers(&visit)?;
    page(&visit, Place::Own, (Some(&code), None), StatusCode::OK, None).await
}

/// Of a customer.
pub async fn of_customer(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let which = (query.given("service"), query.given("instance"));
    page(&visit, Place::Customer(id), which, StatusCode::OK, None).await
}

/// Of a person.
pub async fn of_person(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, Place::Person(id), (None, None), StatusCode::OK, None).await
}

async fn read(
    visit: &Visit,
    place: Place,
    service: Option<&str>,
    instance: Option<&str>,
) -> Result<Known, AppError> {
    let app = &visit.surface.app;
    let caller = visit.person().map_err(|_| AppError::NotFound("service"))?;
    let explained = match place {
        Place::Own => use_cases::explain(app, caller, caller.tenant, service).await?,
        Place::Customer(id) => use_cases::explain(app, caller, id, service).await?,
        Place::Person(id) => use_cases::explain_user(app, caller, id).await?.0,
    };
    let mut tx = app.read(caller).await?;
    let mut known = Known {
        services: tx.services(service).await?,
        explained,
        title: String::new(),
        code: String::new(),
        trail: Vec::new(),
        all: false,
        personal: false,
        reach: BTreeMap::new(),
        said: None,
    };
    if service.is_some() && known.services.is_empty() {
        return Err(AppError::NotFound("service"));
    }
    let tenant = match place {
        Place::Own => tx.tenant(caller.tenant).await?,
        Place::Customer(id) => tx.tenant(id).await?,
        Place::Person(id) => {
            let user = tx.user(id).await?;
            let tenant = tx.tenant(user.tenant).await?;
            known.personal = tx.may::<act::UserUpdate>(&tenant, &user);
            known.title = user.display_name.clone();
            known.trail = customers::trail(tenant.id, &tenant.name);
            known.trail.push((say("customer-people"), format!("/customers/{}/people", tenant.id)));
            known.trail.push((user.display_name, format!("/people/{id}")));
            tenant
        }
    };
    known.all = tx.permit::<act::CatalogueManage>(&tenant).is_ok();
    known.code.clone_from(&tenant.code);
    match place {
        Place::Person(_) => known.all &= known.personal,
        Place::Own | Place::Customer(_) => {
            if matches!(place, Place::Customer(_)) {
                // Of what it could have nobody has anything.
                let has = tx.instances(tenant.id).await?;
                known.explained.retain(|of| has.iter().any(|i| i.service_code == of.service));
                known.trail = customers::trail(tenant.id, &tenant.name);
                known.trail.push((say("customer-services"), format!("/customers/{}/services", tenant.id)));
            }
            known.title = tenant.name.clone();
            let plans = tx.plans(&tenant.currency).await?;
            let ids: Vec<_> = plans.iter().map(|plan| plan.id).collect();
            let counts = tx.subscribers(&[tenant.id], &ids, true).await?;
            for plan in &plans {
                let of = known.reach.entry(plan.service_code.clone()).or_default();
                *of = (*of + counts.get(&plan.id).copied().unwrap_or_default()).min(COUNTED);
            }
        }
    }
    if let (Some(code), Some(_)) = (instance, service) {
        of_instance(&mut tx, &mut known, tenant.id, code).await?;
    }
    tx.finish().await?;
    Ok(known)
}

/// What is said of one instance of the only service.
async fn of_instance(
    tx: &mut ReadTx<'_>,
    known: &mut Known,
    tenant: TenantId,
    code: &str,
) -> Result<(), AppError> {
    let missing = || AppError::NotFound("instance");
    let service = known.services.first().ok_or_else(missing)?.id;
    let found = tx.instances(tenant).await?.into_iter().find(|i| i.service == service && i.code == code);
    let found = found.ok_or_else(missing)?;
    let place = PropertyPlace { tenant, service, instance: Some(found.id), user: None };
    known.said = Some(tx.said_at(place).await?);
    known.title = found.name;
    Ok(())
}

async fn page(
    visit: &Visit,
    place: Place,
    (service, instance): (Option<&str>, Option<&str>),
    status: StatusCode,
    sent: Option<(Form, String, String)>,
) -> Result<Response, Refusal> {
    let known = read(visit, place, service, instance).await?;
    let mut blocks: BTreeMap<(String, String), Vec<&Explained>> = BTreeMap::new();
    for of in &known.explained {
        let instance = of.instance.clone().or_else(|| instance.map(str::to_owned)).unwrap_or_default();
        let block = blocks.entry((of.service.clone(), instance)).or_default();
        // Who has several plans of an instance says a property once, for all of them.
        if !block.iter().any(|known| known.name == of.name) {
            block.push(of);
        }
    }
    let several = |service: &str| blocks.keys().filter(|(s, _)| s == service).nth(1).is_some();
    let mut shown = Vec::new();
    for ((code, instance), explained) in &blocks {
        let Some(of) = known.services.iter().find(|s| s.code == *code) else { continue };
        // What is said of the person alone holds for all instances.
        let named: &str = if matches!(place, Place::Person(_)) && !several(code) { "" } else { instance };
        let mut block = block(&known, place, of, named, explained);
        if let Some((form, service, instance)) = &sent
            && service == code
            && instance == named
        {
            block.form = form.clone();
        }
        block.form = block.form.within(&format!("b{}-", shown.len() + 1));
        shown.push(block);
    }
    let (path, hint) = match place {
        Place::Own => (format!("/services/{}/properties", service.unwrap_or_default()), "properties-own"),
        Place::Customer(id) => (format!("/customers/{id}/properties"), "properties-customer"),
        Place::Person(id) => (format!("/people/{id}/properties"), "properties-person"),
    };
    let mut frame = visit.frame.clone();
    frame.trail = known.trail.clone();
    if let (Place::Own, Some(of)) = (place, known.services.first()) {
        frame.trail = vec![
            (say("services-title"), "/services".to_owned()),
            (of.name.clone(), format!("/services/{}", of.code)),
        ];
    }
    let title = say_with("properties-title", &[("name", (&known.title).into())]);
    visit.page(status, &Page { frame, title, hint: say(hint), path, blocks: shown })
}

fn block(known: &Known, place: Place, of: &Service, instance: &str, explained: &[&Explained]) -> Block {
    let mut values = Vec::new();
    let mut rows = Vec::new();
    for explained in explained {
        let Some(property) = of.definition.properties.get(&explained.name) else { continue };
        let field = format!("values.{}", explained.name);
        let said = match (&known.said, place) {
            (Some(said), _) => said.get(&explained.name).cloned(),
            (None, _) => own_word(&explained.chain, place, &known.code),
        };
        values.push((field.clone(), said));
        let may = known.all || known.personal && property.personal;
        let choice =
            |text: &str| Choice { code: text.to_owned(), name: text.to_owned(), hint: String::new() };
        rows.push(Row {
            choices: match property.kind {
                PropertyKind::Choice => property.choices.iter().map(|text| choice(text)).collect(),
                PropertyKind::Boolean => ["true", "false"].map(choice).into(),
                PropertyKind::Text | PropertyKind::Integer => Vec::new(),
            },
            hint: kind(property),
            now: explained.chain.last().map_or_else(|| "–".to_owned(), |step| step.value.clone()),
            chain: explained.chain.iter().rev().map(|said| step(said, of)).collect(),
            name: explained.name.clone(),
            field,
            may,
        });
    }
    let title = match instance {
        "" => of.name.clone(),
        instance => format!("{} · {instance}", of.name),
    };
    let people = known.reach.get(&of.code).copied().filter(|_| known.all);
    Block {
        service: of.code.clone(),
        instance: instance.to_owned(),
        title,
        may: rows.iter().any(|row| row.may),
        rows,
        form: Form::of(values.iter().map(|(name, value)| (name.as_str(), value.as_deref()))),
        reach: people.map(|n| say_with("properties-reach", &[("people", view::counted(n))])),
    }
}

/// What is said at the place itself, not above.
fn own_word(chain: &[Step], place: Place, code: &str) -> Option<String> {
    let last = chain.last()?;
    let own = match place {
        Place::Own => last.source.as_deref() == Some(code),
        Place::Customer(_) => last.level == "customer",
        Place::Person(_) => last.level == "person",
    };
    own.then(|| last.value.clone())
}

/// By whom something is said, and what; the service itself goes by its name.
fn step(of: &Step, service: &Service) -> (String, String) {
    let level = say(&format!("level-{}", of.level));
    let who = match &of.source {
        Some(source) if of.level == "service" && *source == service.code => {
            format!("{level} {}", service.name)
        }
        Some(source) => format!("{level} {source}"),
        None => level,
    };
    (who, of.value.clone())
}

/// What was typed: of every property that stood there, what is said, or nothing any more.
fn draft(posted: &Posted) -> PropertiesDraft {
    let named = posted.fields().iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("values.")?;
        Some((name.to_owned(), given(value)))
    });
    PropertiesDraft {
        service: posted.field("service").to_owned(),
        instance: given(posted.field("instance")),
        values: named.collect(),
    }
}

/// Says something for everybody below.
pub async fn set_own(Path(code): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    sellers(visit)?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let mut draft = draft(&posted);
    draft.service.clone_from(&code);
    let said = use_cases::set(app, caller, caller.tenant, &draft, &visit.cause).await;
    answer(&posted, Place::Own, Some(&code), said, &format!("/services/{code}/properties")).await
}

/// Says something for a customer, or one instance.
pub async fn set_of_customer(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let said = use_cases::set(app, caller, id, &draft(&posted), &visit.cause).await;
    let service = posted.field("service").to_owned();
    answer(&posted, Place::Customer(id), Some(&service), said, &format!("/customers/{id}/properties")).await
}

/// Says something for a person.
pub async fn set_of_person(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let said = use_cases::set_for_user(app, caller, id, &draft(&posted), &visit.cause).await;
    answer(&posted, Place::Person(id), None, said, &format!("/people/{id}/properties")).await
}

async fn answer(
    posted: &Posted,
    place: Place,
    service: Option<&str>,
    said: Result<Said, AppError>,
    path: &str,
) -> Result<Response, Refusal> {
    match said {
        Ok(Said { request: Some(request), .. }) => {
            Ok(Redirect::to(&format!("/status/requests/{request}?done=saved")).into_response())
        }
        Ok(_) => Ok(Redirect::to(&format!("{path}?done=said")).into_response()),
        Err(error) => {
            let form = Form::again(posted, error)?;
            let (of, instance) = (posted.field("service").to_owned(), posted.field("instance").to_owned());
            let named = given(&instance).filter(|_| !matches!(place, Place::Person(_)));
            let sent = Some((form, of, instance));
            let which = (service, named.as_deref());
            page(&posted.visit, place, which, StatusCode::UNPROCESSABLE_ENTITY, sent).await
        }
    }
}
