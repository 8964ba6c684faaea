//! Adoptions: what would become of a container and all in it, carrying that out, and
//! giving it back.

use app::{
    AppError,
    adoption::{self as use_cases, Adoption, AdoptionDraft, AdoptionItem, Counts, Plan, ReleaseCounts},
    reading::{
        catalogue, roots,
        surveys::Survey,
        views::{RequestFilter, RequestView},
    },
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    adoption::{Fate, matching::Rule as Match},
    id::{AdoptionId, RequestId, SurveyId},
    permission::Permission,
    spec::ObjectKind,
};
use jiff::Timestamp;
use uuid::Uuid;
use web::{
    paging::Paging,
    speech::{ago, number, say, say_with},
    texts,
};

use super::{readers, trail};
use crate::{
    context::{Frame, Posted, Visit},
    forms::{Choice, Form, given},
    query::Pairs,
    refusal::Refusal,
    view::{self, Tab},
};

/// Groups that can be said to stand for a plan on one page.
const GROUPS: usize = 100;

struct Group {
    name: String,
    field: String,
}

#[derive(Template)]
#[template(path = "adoption_new.html")]
struct New {
    frame: Frame,
    container: String,
    path: String,
    form: Form,
    groups: Vec<Group>,
    more_groups: bool,
    plans: Vec<Choice>,
    rules: Vec<Choice>,
    wins: Vec<Choice>,
    people: String,
}

/// The form for a container.
pub async fn new(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let id: SurveyId = id.parse().map_err(|_| Refusal::no_page())?;
    let container = query.given("container").ok_or_else(Refusal::no_page)?;
    let name = container.split(',').next().and_then(|rdn| rdn.split_once('=')).map_or("", |(_, name)| name);
    let form = Form::of([("customer.name", Some(name)), ("wins", Some("directory"))]);
    new_page(&visit, id, container, StatusCode::OK, form).await
}

/// What a survey saw in a container: its groups, and how many people.
async fn seen(
    visit: &Visit,
    id: SurveyId,
    container: &str,
) -> Result<(Survey, String, Vec<String>, usize, Vec<catalogue::Plan>), AppError> {
    let caller = visit.person().map_err(|_| AppError::NotFound("survey"))?;
    let mut tx = visit.surface.app.read(caller).await?;
    let (survey, owner) = tx.survey(id).await?;
    let objects = tx.survey_subtree(&survey, container, domain::limits::ADOPTED_OBJECTS + 1).await?;
    if objects.is_empty() {
        return Err(AppError::NotFound("container"));
    }
    let name = tx.directory_view(&survey.directory).await?.name;
    let plans = tx.plans_for(&owner, &owner.currency).await?;
    tx.finish().await?;
    let people = objects.iter().filter(|o| o.kind == ObjectKind::User).count();
    let groups = objects.into_iter().filter(|o| o.kind == ObjectKind::Group);
    let mut groups: Vec<_> = groups.map(|group| group.name).collect();
    groups.sort_unstable_by_key(|name| name.to_lowercase());
    Ok((survey, name, groups, people, plans))
}

async fn new_page(
    visit: &Visit,
    id: SurveyId,
    container: &str,
    status: StatusCode,
    form: Form,
) -> Result<Response, Refusal> {
    readers(visit)?;
    let (survey, name, groups, people, plans) = seen(visit, id, container).await?;
    let mut frame = visit.frame.clone();
    frame.trail = trail(&survey.directory, &name);
    frame.trail.push((say("survey-title"), format!("/surveys/{id}")));
    let plain = |code: &str, name: String| Choice { code: code.to_owned(), name, hint: String::new() };
    let plan = |p: &catalogue::Plan| plain(&p.code, format!("{} – {}", p.name, p.service_name));
    let page = New {
        frame,
        container: container.to_owned(),
        path: format!("/surveys/{id}/adopt"),
        form,
        more_groups: groups.len() > GROUPS,
        groups: groups
            .into_iter()
            .take(GROUPS)
            .enumerate()
            .map(|(i, name)| Group { name, field: format!("plan-{i}") })
            .collect(),
        plans: std::iter::once(plain("", say("adopt-as-no-plan")))
            .chain(plans.iter().filter(|plan| plan.per_user).map(plan))
            .collect(),
        rules: Match::ALL.iter().map(|r| plain(r.code(), say(&format!("match-{}", r.code())))).collect(),
        wins: ["directory", "portal"].map(|code| plain(code, say(&format!("wins-{code}")))).into(),
        people: number(i64::try_from(people).unwrap_or(i64::MAX)),
    };
    visit.page(status, &page)
}

/// Shows what would become of it.
pub async fn preview(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: SurveyId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, readers(visit)?);
    match use_cases::preview(app, caller, id, &draft(&posted), &visit.cause).await {
        Ok(adoption) => Ok(Redirect::to(&format!("/adoptions/{adoption}")).into_response()),
        Err(error) => {
            let form = Form::again(&posted, error)?.gathered("plans", "plans");
            let container = posted.field("container").to_owned();
            new_page(visit, id, &container, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

fn draft(posted: &Posted) -> AdoptionDraft {
    let optional = |name: &str| given(posted.field(name));
    let into = optional("into");
    let is_new = into.is_none();
    let plans = (0..GROUPS).filter_map(|i| {
        let plan = given(posted.field(&format!("plan-{i}")))?;
        Some((posted.field(&format!("plan-{i}-group")).to_owned(), plan))
    });
    let suffixes = posted.field("suffixes").split([',', ';', ' ', '\n', '\r']).filter_map(given);
    AdoptionDraft {
        container: posted.field("container").to_owned(),
        rules: if is_new { Vec::new() } else { posted.all("rules").map(str::to_owned).collect() },
        wins: optional("wins").filter(|_| !is_new),
        // Beside a customer that exists nothing is said of a new one.
        code: if is_new { posted.field("customer.code").to_owned() } else { String::new() },
        name: if is_new { posted.field("customer.name").to_owned() } else { String::new() },
        seller: optional("customer.seller").filter(|_| is_new),
        billing_id: optional("customer.billing_id").filter(|_| is_new),
        suffixes: suffixes.collect(),
        plans: plans.collect(),
        into,
        ..AdoptionDraft::default()
    }
}

/// An adoption of the list.
struct Row {
    href: String,
    name: String,
    dn: String,
    people: String,
    state: String,
    tone: &'static str,
    ago: String,
}

fn standing(of: &Adoption) -> (String, &'static str) {
    match (of.state.as_str(), &of.released) {
        (_, Some(_)) => (say("adoption-is-released"), ""),
        ("run", None) => (say("adoption-is-run"), "good"),
        _ => (say("adoption-is-previewed"), "wait"),
    }
}

fn counts(of: &Adoption) -> Counts {
    serde_json::from_value(of.counts.clone()).unwrap_or_default()
}

/// Whose it becomes.
fn name(of: &Adoption) -> String {
    of.plan["name"].as_str().unwrap_or_default().to_owned()
}

fn row(of: &Adoption, now: Timestamp) -> Row {
    let (state, tone) = standing(of);
    let people = counts(of).users;
    Row {
        href: format!("/adoptions/{}", of.id),
        name: name(of),
        dn: of.dn.clone(),
        people: number(i64::try_from(people).unwrap_or(i64::MAX)),
        state,
        tone,
        ago: ago(of.created_at, now),
    }
}

#[derive(Template)]
#[template(path = "adoptions.html")]
struct List {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
}

/// Adoptions, newest first.
pub async fn list(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = readers(&visit)?;
    let Ok(roots) = roots(caller, Permission::DirectoryAdopt) else { return Err(Refusal::no_page()) };
    let paging = Paging::new("adoptions", None, query.given("after"))?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let before = paging.after_id::<AdoptionId>()?;
        let rows = tx.adoptions(&roots, None, before, paging.rows()).await?;
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((rows, now))
    };
    let (rows, now) = read.await?;
    let (rows, next) = paging.page("adoptions", rows, |a| (String::new(), a.id));
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("directories-title"), "/directories".to_owned())];
    let page = List {
        frame,
        rows: rows.iter().map(|a| row(a, now)).collect(),
        next: next.map(|cursor| query.with("/adoptions", "after", &cursor)),
    };
    visit.page(StatusCode::OK, &page)
}

/// What becomes of one object.
struct Item {
    name: String,
    dn: String,
    kind: String,
    fate: String,
    tone: &'static str,
    rule: Option<String>,
    why: Option<(String, String)>,
    differences: Vec<(String, String, String)>,
}

fn item(of: &AdoptionItem) -> Item {
    let tone = match of.fate {
        Fate::Create => "good",
        Fate::Match => "busy",
        Fate::Conflict => "bad",
        Fate::Skip => "",
    };
    let value = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let label = |field: &str| {
        let id = format!("field-{field}");
        if web::speech::has(&id) { say(&id) } else { field.to_owned() }
    };
    Item {
        name: of.name.clone(),
        dn: of.dn.clone(),
        kind: say(&format!("kind-{}", of.kind.code())),
        fate: say(&format!("fate-{}", of.fate.code())),
        tone,
        rule: of.rule.map(|rule| {
            say_with("adoption-found-by", &[("rule", say(&format!("match-{}", rule.code())).into())])
        }),
        why: of.reason.map(|reason| texts::adoption_reason(reason, &of.args)),
        differences: of
            .differences
            .iter()
            .map(|d| (label(&d.field), value(&d.directory), value(&d.portal)))
            .collect(),
    }
}

/// What giving back would come to.
struct Back {
    changed: bool,
    texts: Vec<String>,
}

fn back(of: &ReleaseCounts) -> Back {
    let some = [
        ("release-users", of.users),
        ("release-groups", of.groups),
        ("release-containers", of.containers),
        ("release-removed", of.removed),
        ("release-plans", of.plans),
        ("release-kept", of.kept),
    ];
    let texts = some.into_iter().filter(|(_, n)| *n > 0).map(|(id, n)| say_with(id, &[("n", n.into())]));
    Back { changed: of.changed, texts: texts.collect() }
}

#[derive(Template)]
#[template(path = "adoption.html")]
struct One {
    frame: Frame,
    name: String,
    dn: String,
    state: String,
    tone: &'static str,
    path: String,
    facts: Vec<(String, String)>,
    changes: Vec<String>,
    tabs: Vec<Tab>,
    items: Vec<Item>,
    next: Option<String>,
    may_run: bool,
    conflicts: Option<String>,
    stale: bool,
    customer: Option<String>,
    r: Option<view::Request>,
    live: Option<String>,
    back: Option<Back>,
}

/// What is read for one adoption.
struct Known {
    adoption: Adoption,
    items: Vec<AdoptionItem>,
    directory: (String, String),
    survey_there: bool,
    request: Option<RequestView>,
    now: Timestamp,
}

async fn known(
    visit: &Visit,
    id: AdoptionId,
    fate: Option<Fate>,
    after: Option<Uuid>,
    rows: u32,
) -> Result<Known, AppError> {
    let caller = visit.person().map_err(|_| AppError::NotFound("adoption"))?;
    let mut tx = visit.surface.app.read(caller).await?;
    let (adoption, _) = tx.adoption(id).await?;
    let items = tx.adoption_items(id, fate, after, rows).await?;
    let directory = tx.target_names(adoption.target).await?;
    let survey_there = match tx.survey(adoption.survey).await {
        Ok(_) => true,
        Err(error) => match AppError::from(error) {
            AppError::NotFound(_) => false,
            other => return Err(other),
        },
    };
    let newest: Option<RequestId> = adoption.released.map(|(_, request)| request).or(adoption.request);
    let request = match (newest, roots(caller, Permission::RequestRead)) {
        (Some(request), Ok(roots)) => {
            let filter = RequestFilter { roots, id: Some(request), ..RequestFilter::default() };
            tx.request_views(&filter, None, 1).await?.pop()
        }
        _ => None,
    };
    let now = tx.now();
    tx.finish().await?;
    let directory = directory.unwrap_or_default();
    Ok(Known { adoption, items, directory, survey_there, request, now })
}

/// One adoption: before, while and after it is carried out.
pub async fn show(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let caller = readers(&visit)?;
    let id: AdoptionId = id.parse().map_err(|_| Refusal::no_page())?;
    let paging = Paging::new("adoption_items", None, query.given("after"))?;
    let fate = query.given("fate").and_then(Fate::from_code);
    let known = known(&visit, id, fate, paging.after_id::<Uuid>()?, paging.rows()).await?;
    let (items, next) = paging.page("adoption_items", known.items, |i| (String::new(), i.external_id));
    let of = &known.adoption;
    let is_run = of.state == "run";
    let back = match is_run && of.released.is_none() {
        true => match use_cases::preview_release(&visit.surface.app, caller, id).await {
            Ok(counts) => Some(back(&counts)),
            // A customer that is gone is not given back.
            Err(AppError::Conflict(_) | AppError::NotFound(_) | AppError::Forbidden(_)) => None,
            Err(error) => return Err(error.into()),
        },
        false => None,
    };
    let counts = counts(of);
    let wins = serde_json::from_value::<Plan>(of.plan.clone()).ok().map(|plan| plan.wins());
    let (state, tone) = standing(of);
    let path = format!("/adoptions/{id}");
    let mut frame = visit.frame.clone();
    frame.trail = trail(&known.directory.0, &known.directory.1);
    frame.trail.push((say("adoptions-title"), "/adoptions".to_owned()));
    let live = known.request.as_ref().filter(|r| !r.counts.state().is_final());
    let live = live.map(|r| format!("/status/requests/{}/live", r.id));
    let page = One {
        frame,
        name: name(of),
        dn: of.dn.clone(),
        state,
        tone,
        facts: facts(&counts, of.into.is_some()),
        changes: texts::adoption_changes(&counts, wins.filter(|_| of.into.is_some())),
        tabs: tabs(&path, &counts, fate),
        items: items.iter().map(item).collect(),
        next: next.map(|cursor| query.with(&path, "after", &cursor)),
        path,
        may_run: !is_run && known.survey_there,
        stale: !is_run && !known.survey_there,
        conflicts: (counts.conflicts > 0).then(|| {
            let id = if is_run { "adoption-left" } else { "adoption-conflicts" };
            say_with(id, &[("n", counts.conflicts.into())])
        }),
        customer: of.customer.map(|id| format!("/customers/{id}")),
        r: known.request.as_ref().map(|request| view::request(request, known.now)),
        live,
        back,
    };
    visit.page(StatusCode::OK, &page)
}

fn facts(of: &Counts, into: bool) -> Vec<(String, String)> {
    let n = |n: usize| number(i64::try_from(n).unwrap_or(i64::MAX));
    let mut facts = vec![
        (say("adoption-people"), n(of.users)),
        (say("adoption-group-count"), n(of.groups)),
        (say("adoption-containers"), n(of.containers)),
        (say("adoption-plans"), n(of.subscriptions)),
    ];
    if into {
        facts.insert(0, (say("adoption-linked"), n(of.linked)));
    }
    facts
}

fn tabs(path: &str, of: &Counts, here: Option<Fate>) -> Vec<Tab> {
    let all = Tab { name: say("all"), href: path.to_owned(), here: here.is_none() };
    let n = |fate: Fate| match fate {
        Fate::Create => of.containers + of.groups + of.users,
        Fate::Match => of.linked,
        Fate::Conflict => of.conflicts,
        Fate::Skip => of.skipped,
    };
    let some = Fate::ALL.iter().copied().filter(|fate| n(*fate) > 0 || here == Some(*fate));
    let tab = |fate: Fate| Tab {
        name: format!(
            "{} ({})",
            say(&format!("fate-{}", fate.code())),
            number(i64::try_from(n(fate)).unwrap_or(i64::MAX))
        ),
        href: format!("{path}?fate={}", fate.code()),
        here: here == Some(fate),
    };
    std::iter::once(all).chain(some.map(tab)).collect()
}

/// Carries it out as it was shown.
pub async fn run(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: AdoptionId = id.parse().map_err(|_| Refusal::no_page())?;
    let leave = !posted.field("leave_conflicts").is_empty();
    use_cases::run(&visit.surface.app, readers(visit)?, id, leave, &visit.cause).await?;
    Ok(Redirect::to(&format!("/adoptions/{id}?done=adoption")).into_response())
}

/// Gives it back.
pub async fn release(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: AdoptionId = id.parse().map_err(|_| Refusal::no_page())?;
    use_cases::release(&visit.surface.app, readers(visit)?, id, &visit.cause).await?;
    Ok(Redirect::to(&format!("/adoptions/{id}?done=release")).into_response())
}
