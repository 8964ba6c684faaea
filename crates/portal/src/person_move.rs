//! Moving somebody to another customer, after what it comes to was shown.

use std::collections::BTreeMap;

use app::{
    Answer, AppError, Repeat, StoreError,
    reading::{tx::act, users::User},
    users::{self as use_cases, MoveDraft, Moved, Moving},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    custom::Definition,
    id::{TenantId, UserId},
    person::Detail,
};
use serde_json::json;
use web::speech::{say, say_with};

use crate::{
    context::{Frame, Posted, Visit},
    custom::{self, Input},
    customers,
    forms::{Choice, Form, given},
    people::choices,
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "person_move.html")]
struct Page {
    frame: Frame,
    name: String,
    path: String,
    back: String,
    /// The customer that asks for what follows.
    asked: Option<String>,
    fields: Vec<Input>,
    external: bool,
    form: Form,
}

/// What is to be agreed to.
#[derive(Template)]
#[template(path = "person_move_sure.html")]
struct Sure {
    frame: Frame,
    name: String,
    path: String,
    back: String,
    version: i64,
    form: Form,
    texts: Vec<String>,
    plans: Vec<Choice>,
    sent: Vec<(String, String)>,
}

/// Fields of the first page.
const FIELDS: [&str; 4] = ["customer", "principal_name", "logon_name", "reason"];

/// Field of the key in the customer's own system, which may be somebody else's in the new one.
const EXTERNAL: &str = "external_id";

/// The form.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let (user, frame) = subject(&visit, id).await?;
    page(&visit, StatusCode::OK, frame, &user, Form::default(), Asks::default())
}

/// Who it is about, if the viewer may remove them, and the path to them.
async fn subject(visit: &Visit, id: UserId) -> Result<(User, Frame), Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let user = tx.user(id).await?;
        let tenant = tx.tenant(user.tenant).await?;
        let may = tx.may::<act::UserDelete>(&tenant, &user) && user.object.is_some();
        tx.finish().await?;
        Ok::<_, AppError>((user, tenant, may))
    };
    let (user, tenant, may) = read.await?;
    if !may {
        return Err(Refusal::no_page());
    }
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(tenant.id, &tenant.name);
    frame.trail.push((say("customer-people"), format!("/customers/{}/people", tenant.id)));
    frame.trail.push((user.display_name.clone(), format!("/people/{id}")));
    Ok((user, frame))
}

fn page(
    visit: &Visit,
    status: StatusCode,
    frame: Frame,
    user: &User,
    form: Form,
    asks: Asks,
) -> Result<Response, Refusal> {
    let Asks { asked, fields, external } = asks;
    let (name, back) = (user.display_name.clone(), format!("/people/{}", user.id));
    visit.page(
        status,
        &Page { frame, name, path: format!("{back}/move"), back, asked, fields, external, form },
    )
}

/// What only some customers ask for.
#[derive(Default)]
struct Asks {
    asked: Option<String>,
    fields: Vec<Input>,
    external: bool,
}

/// Whether what the form was asked for besides is of the customer that is named now.
fn is_same_customer(posted: &Posted) -> bool {
    let customer = posted.field("customer").trim();
    !customer.is_empty() && posted.field("asked") == customer
}

/// What was refused and had no field, and what had one because of that, filled with what the
/// person has so far.
async fn asks(posted: &Posted, user: &User, form: Form) -> Result<(Form, Asks), AppError> {
    let (visit, same) = (&posted.visit, is_same_customer(posted));
    let wanted = |form: &Form, name: &str| form.error(name).is_some() || same && form.given(name).is_some();
    let external = wanted(&form, EXTERNAL);
    let named = form.wrong().iter().any(|(name, ..)| name.starts_with(custom::PREFIX));
    let mut fields = Vec::new();
    if named || same {
        fields = fields_of(visit, posted.field("customer").trim()).await?;
        fields.retain(|field| wanted(&form, &custom::name_of(field)));
    }
    let form = match external {
        true => form.begun(EXTERNAL, user.details.get(&Detail::ExternalId).map(String::as_str)),
        false => form,
    };
    let form = custom::filled(&fields, user).fold(form, |form, (name, value)| form.begun(&name, value));
    let asked = (external || !fields.is_empty()).then(|| posted.field("customer").trim().to_owned());
    Ok((form.named(custom::labels(&fields)), Asks { asked, fields: custom::inputs(&fields), external }))
}

/// What holds for the people of a customer where the viewer creates some; nothing elsewhere.
async fn fields_of(visit: &Visit, customer: &str) -> Result<Vec<Definition>, AppError> {
    let Ok(caller) = visit.person() else { return Ok(Vec::new()) };
    let mut tx = visit.surface.app.read(caller).await?;
    let found = match customer.parse::<TenantId>() {
        Ok(id) => tx.tenant(id).await,
        Err(_) => tx.tenant_by_code(customer).await,
    };
    let fields = match found {
        Ok(tenant) if tx.permit::<act::UserCreate>(&tenant).is_ok() => tx.fields(&tenant).await?,
        Ok(_) | Err(StoreError::NotFound(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    tx.finish().await?;
    Ok(fields)
}

/// Asks first, then moves.
pub async fn change(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let same = is_same_customer(&posted);
    let external = posted.all(EXTERNAL).next().filter(|_| same);
    let draft = MoveDraft {
        customer: posted.field("customer").to_owned(),
        principal_name: given(posted.field("principal_name")),
        logon_name: given(posted.field("logon_name")),
        reason: given(posted.field("reason")),
        external_id: external.map(str::to_owned),
        fields: if same { custom::first(&posted) } else { BTreeMap::new() },
        plans: posted.all("plans").map(str::to_owned).collect(),
        ..MoveDraft::default()
    };
    let done = match posted.field("sure") {
        "" => sure(&posted, id, &draft).await,
        _ => carry_out(&posted, id, &draft).await,
    };
    match done {
        Ok(response) => response,
        Err(error) => {
            let form = Form::again(&posted, error)?.gathered("plans", "customer");
            let (user, frame) = subject(visit, id).await?;
            let (form, asks) = asks(&posted, &user, form).await?;
            page(visit, StatusCode::UNPROCESSABLE_ENTITY, frame, &user, form, asks)
        }
    }
}

/// What came of a step, or values that cannot be accepted.
type Step = Result<Result<Response, Refusal>, AppError>;

async fn sure(posted: &Posted, id: UserId, draft: &MoveDraft) -> Step {
    let visit = &posted.visit;
    let (user, frame) = match subject(visit, id).await {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Ok(caller) = visit.person() else { return Ok(Err(Refusal::no_page())) };
    let moving = use_cases::preview_transfer(&visit.surface.app, caller, id, draft).await?;
    let mut tx = visit.surface.app.read(caller).await?;
    let plans = tx.plans_for(&moving.to, &moving.to.currency).await?;
    tx.finish().await?;
    let back = format!("/people/{id}");
    let mut sent = FIELDS.map(|name| (name.to_owned(), posted.field(name).to_owned())).to_vec();
    if is_same_customer(posted) {
        let besides = |name: &str| name == "asked" || name == EXTERNAL || name.starts_with(custom::PREFIX);
        sent.extend(posted.fields().iter().filter(|(name, _)| besides(name)).cloned());
    }
    let page = Sure {
        frame,
        name: user.display_name,
        path: format!("{back}/move"),
        back,
        version: user.version,
        form: Form::default(),
        texts: texts(&moving),
        plans: choices(&plans),
        sent,
    };
    Ok(visit.page(StatusCode::OK, &page))
}

fn texts(of: &Moving) -> Vec<String> {
    let mut texts = vec![
        say_with("move-goes", &[("from", of.from.name.as_str().into()), ("to", of.to.name.as_str().into())]),
        say_with("move-login", &[("login", of.principal_name.1.as_str().into())]),
    ];
    if !of.plans_ended.is_empty() {
        texts.push(say_with("release-one-plans", &[("plans", of.plans_ended.join(", ").into())]));
    }
    if !of.groups_left.is_empty() {
        texts.push(say_with("release-one-left", &[("groups", of.groups_left.join(", ").into())]));
    }
    if of.reports > 0 {
        texts.push(say("move-reports"));
    }
    texts.push(say("move-ends"));
    texts
}

async fn carry_out(posted: &Posted, id: UserId, draft: &MoveDraft) -> Step {
    let visit = &posted.visit;
    let Ok(caller) = visit.person() else { return Ok(Err(Refusal::no_page())) };
    let version = posted.field("version").parse().unwrap_or(0);
    // A button pressed twice moves once.
    let (once, content) = (posted.once(), format!("people/move\n{id}"));
    let kept = |moved: &Moved| (303, json!({ "id": moved.user.to_string() }));
    let repeat = Repeat { key: &once, content: content.as_bytes(), answer: &kept };
    let app = &visit.surface.app;
    let moved = use_cases::transfer(app, caller, id, version, draft, Some(&repeat), &visit.cause).await?;
    let user = match moved {
        Answer::Done(moved) => Some(moved.user),
        Answer::Before { body, .. } => body["id"].as_str().and_then(|id| id.parse().ok()),
    };
    let to = user.map(|user| Redirect::to(&format!("/people/{user}?done=moved")).into_response());
    Ok(to.ok_or_else(Refusal::no_page))
}

/// Whether there may be another customer to which the viewer could move somebody of this one.
pub fn has_elsewhere(visit: &Visit, tenant: TenantId) -> bool {
    let creates = domain::permission::Permission::UserCreate;
    visit.person().is_ok_and(|caller| {
        caller.grants.iter().any(|grant| grant.scope != tenant && grant.permissions.contains(&creates))
    })
}
