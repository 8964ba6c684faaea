//! Taking a service from a customer, after what it comes to was shown.

use app::{
    AppError,
    instances::{self, Taking},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    field::{FieldError, Rule},
    id::TenantId,
};
use web::speech::{number, say, say_with};

use crate::{
    context::{Frame, Posted, Visit},
    customers,
    forms::{Form, given},
    query::encoded,
    refusal::Refusal,
};

/// What is to be agreed to.
#[derive(Template)]
#[template(path = "service_take.html")]
struct Page {
    frame: Frame,
    title: String,
    path: String,
    back: String,
    people: i64,
    plans: Vec<(String, String)>,
    whole: Vec<String>,
    consequences: Vec<String>,
    form: Form,
}

/// What taking it comes to.
pub async fn show(visit: Visit, Path((id, service)): Path<(String, String)>) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, (id, &service), (StatusCode::OK, None)).await
}

async fn page(
    visit: &Visit,
    (id, service): (TenantId, &str),
    (status, form): (StatusCode, Option<Form>),
) -> Result<Response, Refusal> {
    let of = instances::taking(&visit.surface.app, visit.person()?, id, service).await?;
    let form = form.unwrap_or_else(|| Form::of([("grace_days", Some(of.grace_days.to_string().as_str()))]));
    let back = format!("/customers/{id}/services");
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &of.customer);
    frame.trail.push((say("customer-services"), back.clone()));
    let people = |count: i64| say_with("service-take-people", &[("n", count.into())]);
    let page = Page {
        frame,
        title: say_with("service-take-what", &[("name", (&of.instance.name).into())]),
        path: format!("{back}/take/{}", encoded(service)),
        back,
        people: of.people(),
        plans: of.plans.iter().map(|plan| (plan.name.clone(), people(plan.people))).collect(),
        whole: of.whole.iter().map(|subscription| subscription.name.clone()).collect(),
        consequences: consequences(&of),
        form,
    };
    visit.page(status, &page)
}

fn consequences(of: &Taking) -> Vec<String> {
    let mut all = Vec::new();
    if of.people() > 0 || !of.whole.is_empty() {
        all.push(say("service-take-billing"));
    }
    if of.people() > 0 {
        all.push(say("service-take-works"));
    }
    all.push(say_with(
        "service-take-groups",
        &[("groups", number(i64::try_from(of.instance.groups.len()).unwrap_or(i64::MAX)).into())],
    ));
    all
}

/// Takes it.
pub async fn take(Path((id, service)): Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let wrong = |_| FieldError::new("grace_days", Rule::Format).with("expected", "a whole number");
    let grace = given(posted.field("grace_days")).map(|days| days.parse::<i64>().map_err(wrong)).transpose();
    // Who read that nobody loses anything did not agree to more.
    let force = posted.field("people").parse::<i64>().is_ok_and(|people| people > 0);
    let done = match grace {
        Ok(grace) => instances::take(app, caller, id, &service, (force, grace), &visit.cause).await,
        Err(error) => Err(AppError::field(error)),
    };
    match done {
        Ok(request) => {
            Ok(Redirect::to(&format!("/status/requests/{request}?done=service-take")).into_response())
        }
        Err(error) => {
            let form = Form::again(&posted, error)?;
            page(visit, (id, &service), (StatusCode::UNPROCESSABLE_ENTITY, Some(form))).await
        }
    }
}
