//! Surveys: asked for, how far they are, and which containers they saw.

use app::{
    AppError, adoption as use_cases,
    reading::surveys::{Survey, SurveyObject},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{id::SurveyId, spec::ObjectKind};
use jiff::Timestamp;
use web::{
    paging::Paging,
    speech::{self, ago, number, say},
};

use super::{readers, trail};
use crate::{
    context::{Frame, Posted, Visit},
    forms::{Form, given},
    query::{Pairs, encoded},
    refusal::Refusal,
    view,
};

/// A survey, as people read it.
pub struct Shown {
    pub href: String,
    pub base: Option<String>,
    pub state: String,
    pub tone: &'static str,
    pub seen: String,
    pub ago: String,
    pub until: String,
    pub problem: Option<view::Problem>,
}

fn shown(of: &Survey, now: Timestamp) -> Shown {
    let tone = match of.state.as_str() {
        "done" => "good",
        "failed" => "bad",
        "running" => "busy",
        _ => "",
    };
    Shown {
        href: format!("/surveys/{}", of.id),
        base: of.base.clone(),
        state: say(&format!("survey-{}", of.state)),
        tone,
        seen: number(of.seen),
        ago: ago(of.created_at, now),
        until: speech::instant(of.expires_at),
        problem: of.problem.as_ref().map(|problem| view::problem(problem, true)),
    }
}

#[derive(Template)]
#[template(path = "surveys.html")]
struct List {
    frame: Frame,
    path: String,
    rows: Vec<Shown>,
    next: Option<String>,
    form: Form,
}

/// Surveys of a directory, newest first.
pub async fn list(visit: Visit, Path(code): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    page(&visit, &code, &query, StatusCode::OK, Form::default()).await
}

async fn page(
    visit: &Visit,
    code: &str,
    query: &Pairs,
    status: StatusCode,
    form: Form,
) -> Result<Response, Refusal> {
    let caller = readers(visit)?;
    let paging = Paging::new("surveys", None, query.given("after"))?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let (target, permit) = use_cases::directory(&mut tx, code).await?;
        let name = tx.directory_view(code).await?.name;
        let rows = tx.surveys(&permit, target, paging.after_id::<SurveyId>()?, paging.rows()).await?;
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((rows, name, now))
    };
    let (rows, name, now) = read.await?;
    let (rows, next) = paging.page("surveys", rows, |s| (String::new(), s.id));
    let path = format!("/directories/{}/surveys", encoded(code));
    let mut frame = visit.frame.clone();
    frame.trail = trail(code, &name);
    let page = List {
        frame,
        rows: rows.iter().map(|s| shown(s, now)).collect(),
        next: next.map(|cursor| query.with(&path, "after", &cursor)),
        path,
        form,
    };
    visit.page(status, &page)
}

/// Asks for one.
pub async fn ask(Path(code): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let caller = readers(visit)?;
    let base = given(posted.field("base"));
    match use_cases::survey(&visit.surface.app, caller, &code, base.as_deref(), &visit.cause).await {
        Ok(id) => Ok(Redirect::to(&format!("/surveys/{id}")).into_response()),
        Err(error) => {
            let form = Form::again(&posted, error)?;
            page(visit, &code, &Pairs::default(), StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

/// A container a survey saw.
struct Container {
    name: String,
    dn: String,
    ours: bool,
    ignored: bool,
    adopt: String,
}

fn container(survey: SurveyId, of: &SurveyObject) -> Container {
    Container {
        name: of.name.clone(),
        dn: of.dn.clone(),
        ours: of.owner.is_some(),
        ignored: of.ignored.is_some() || of.protected,
        adopt: format!("/surveys/{survey}/adopt?container={}", encoded(&of.dn)),
    }
}

#[derive(Template)]
#[template(path = "survey.html")]
struct One {
    frame: Frame,
    s: Shown,
    going: bool,
    done: bool,
    containers: Vec<Container>,
    next: Option<String>,
    first: bool,
}

/// How far it is, then what it saw. While it runs the page looks again by itself.
pub async fn show(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let caller = readers(&visit)?;
    let id: SurveyId = id.parse().map_err(|_| Refusal::no_page())?;
    let paging = Paging::new("survey_objects", None, query.given("after"))?;
    let after = paging.after::<uuid::Uuid>()?.map(|(key, _)| key.to_owned());
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let (survey, _) = tx.survey(id).await?;
        let kind = Some(ObjectKind::Container);
        let rows = match survey.state.as_str() {
            "done" => tx.survey_objects(&survey, kind, None, after.as_deref(), paging.rows()).await?,
            _ => Vec::new(),
        };
        let name = tx.directory_view(&survey.directory).await?.name;
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((survey, rows, name, now))
    };
    let (survey, rows, name, now) = read.await?;
    let (rows, next) = paging.page("survey_objects", rows, |o| (o.key(), o.external_id));
    let going = matches!(survey.state.as_str(), "requested" | "running");
    let mut frame = visit.frame.clone();
    frame.trail = trail(&survey.directory, &name);
    frame.trail.push((say("surveys-title"), format!("/directories/{}/surveys", encoded(&survey.directory))));
    frame.refresh_seconds = going.then_some(2);
    let page = One {
        frame,
        s: shown(&survey, now),
        going,
        done: survey.state == "done",
        containers: rows.iter().map(|o| container(id, o)).collect(),
        first: query.given("after").is_none(),
        next: next.map(|cursor| query.with(&format!("/surveys/{id}"), "after", &cursor)),
    };
    visit.page(StatusCode::OK, &page)
}
