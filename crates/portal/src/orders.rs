//! Ordering a customer: one page, then the order as it becomes real.

use app::{
    AppError,
    orders::{self as use_cases, CustomerDraft, OrderDraft},
    people::PersonDraft,
    reading::{
        catalogue::Plan,
        roots,
        views::{OrderFilter, RequestFilter},
    },
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{id::OrderId, permission::Permission, request::RequestState};
use web::speech::{self, Language, say};

use crate::{
    context::{Frame, Posted, Visit},
    forms::{Choice, Form, given},
    refusal::Refusal,
    view,
};

#[derive(Template)]
#[template(path = "order_new.html")]
struct New {
    frame: Frame,
    form: Form,
    plans: Vec<Choice>,
    directories: Vec<Choice>,
    languages: Vec<Choice>,
}

/// The form.
pub async fn new(visit: Visit) -> Result<Response, Refusal> {
    page(&visit, StatusCode::OK, Form::default()).await
}

async fn page(visit: &Visit, status: StatusCode, form: Form) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let read = async {
        roots(caller, Permission::OrderCreate)?;
        let mut tx = visit.surface.app.read(caller).await?;
        let seller = tx.tenant(caller.tenant).await?;
        let plans = tx.plans_for(&seller, &seller.currency).await?;
        let directories = tx.placements(seller.id).await?;
        tx.finish().await?;
        Ok::<_, AppError>((plans, directories))
    };
    let (plans, directories) = read.await?;
    let automatic = Choice { code: String::new(), name: say("order-any-directory"), hint: String::new() };
    let inherited = Choice { code: String::new(), name: say("order-any-language"), hint: String::new() };
    let language =
        |l: Language| Choice { code: l.tag().to_owned(), name: l.name().to_owned(), hint: String::new() };
    let page = New {
        frame: visit.frame.clone(),
        form,
        plans: plans.iter().map(choice).collect(),
        directories: std::iter::once(automatic)
            .chain(directories.iter().filter(|d| d.obstacle.is_none()).map(|d| Choice {
                code: d.code.clone(),
                name: d.name.clone(),
                hint: String::new(),
            }))
            .collect(),
        languages: std::iter::once(inherited).chain(Language::ALL.map(language)).collect(),
    };
    visit.page(status, &page)
}

fn choice(plan: &Plan) -> Choice {
    Choice { code: plan.code.clone(), name: plan.name.clone(), hint: plan.service_name.clone() }
}

/// Places the order and leads to it.
pub async fn place(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let optional = |name: &str| given(posted.field(name));
    let draft = OrderDraft {
        reference: posted.field("reference").to_owned(),
        customer: CustomerDraft {
            code: posted.field("customer.code").to_owned(),
            name: posted.field("customer.name").to_owned(),
            billing_id: optional("customer.billing_id"),
            language: optional("customer.language"),
            suffix: posted.field("customer.upn_suffix").to_owned(),
            directory: optional("customer.directory"),
            ..CustomerDraft::default()
        },
        plans: posted.all("plans").map(str::to_owned).collect(),
        administrator: PersonDraft {
            given_name: posted.field("administrator.given_name").to_owned(),
            surname: posted.field("administrator.surname").to_owned(),
            user_name: optional("administrator.user_name"),
            mail: optional("administrator.mail"),
            enabled: true,
            ..PersonDraft::default()
        },
        ..OrderDraft::default()
    };
    // The same form sent twice is one order.
    let content: Vec<_> = posted.fields().iter().filter(|(name, _)| name != "form").collect();
    let content = serde_json::to_vec(&content).unwrap_or_default();
    let app = &visit.surface.app;
    match use_cases::place(app, visit.person()?, &draft, &content, &visit.cause).await {
        Ok(placed) => Ok(Redirect::to(&format!("/orders/{}", placed.order.id)).into_response()),
        Err(error) => page(visit, StatusCode::UNPROCESSABLE_ENTITY, Form::again(&posted, error)?).await,
    }
}

#[derive(Template)]
#[template(path = "order.html")]
struct One {
    frame: Frame,
    customer: String,
    customer_path: String,
    reference: String,
    at: String,
    administrator: Option<(String, String, String)>,
    link: Option<(String, String)>,
    r: view::Request,
    live: Option<String>,
    complete: bool,
}

/// An order, with how far it is.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let id: OrderId = id.parse().map_err(|_| Refusal::no_page())?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let permitted = roots(caller, Permission::TenantRead)?;
        let filter = OrderFilter { roots: permitted, id: Some(id), ..OrderFilter::default() };
        let order = tx.order_views(&filter, None, 1).await?.pop().ok_or(AppError::NotFound("order"))?;
        let filter = RequestFilter {
            roots: vec![order.buyer.id],
            id: Some(order.request),
            ..RequestFilter::default()
        };
        let request = tx.request_views(&filter, None, 1).await?.pop().ok_or(AppError::NotFound("request"))?;
        let administrator = match tx.user(order.administrator).await {
            Ok(user) => Some(user),
            Err(error) => match AppError::from(error) {
                AppError::NotFound(_) => None,
                other => return Err(other),
            },
        };
        let link = tx.open_links(&[order.administrator]).await?.pop();
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((order, request, administrator, link, now))
    };
    let (order, request, administrator, link, now) = read.await?;
    let link = match link {
        Some((_, token, until)) => {
            Some((visit.surface.activation_url(&token).await?, speech::instant(until)))
        }
        None => None,
    };
    let state = request.counts.state();
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("customers-title"), "/customers".to_owned())];
    let page = One {
        frame,
        customer: order.buyer.name.clone(),
        customer_path: format!("/customers/{}", order.buyer.id),
        reference: order.reference.clone(),
        at: speech::instant(order.created_at),
        administrator: administrator
            .map(|user| (format!("/people/{}", user.id), user.display_name, user.principal_name)),
        link,
        r: view::request(&request, now),
        live: (!state.is_final()).then(|| format!("/status/requests/{}/live", request.id)),
        complete: state == RequestState::Complete,
    };
    visit.secret_page(StatusCode::OK, &page)
}
