//! The page of one bulk change, by how far it is.

use app::{
    AppError,
    bulk::{self as use_cases, FileFacts, Foreseen, Shown},
    error::Conflict,
    reading::tx::ReadTx,
};
use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::{
    bulk::{Act, BulkKind, BulkState, Deed, RowState},
    id::{BulkId, UserId},
    permission::Permission,
};
use web::{
    paging::Paging,
    speech::{self, instant, number, say, say_with, wait},
    texts,
};

use super::{
    columns,
    directory::{self, Asked},
    names::Names,
    progress::{self, Progress},
    rows::{Row, Shows},
    title, trail,
};
use crate::{
    context::{Frame, Visit},
    query::Pairs,
    refusal::Refusal,
    view::Tab,
};

/// Name of the list of rows in its cursors.
const LIST: &str = "bulk_rows";
/// Names of new groups in one sentence.
const GROUPS_SHOWN: usize = 10;

#[derive(Template)]
#[template(path = "bulk.html")]
struct Page {
    frame: Frame,
    title: String,
    about: String,
    path: String,
    state: String,
    tone: &'static str,
    /// Why what was asked for was not done.
    refused: Option<String>,
    /// It moves by itself, or waits.
    n: Option<Progress>,
    live: Option<String>,
    following: bool,
    is_running: bool,
    /// How far the directory is, where nothing moves any more.
    directory: Option<(String, &'static str)>,
    /// What the directory says of the names of the preview, and what tells more of it.
    asked: Option<Asked>,
    asking: Option<String>,
    /// Nothing happened yet.
    preview: Option<Preview>,
    /// Nothing happens any more.
    result: Option<Ended>,
    figures: Vec<(String, String, String)>,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    act: String,
    after: String,
    next: Option<String>,
    /// The request that carries it out.
    request: Option<String>,
    /// What takes it back, and what it takes back.
    undone_by: Option<String>,
    undoes: Option<String>,
    /// What was asked for together with it.
    series: Option<String>,
}

/// What would come of it.
struct Preview {
    version: i64,
    changes: Option<String>,
    is_danger: bool,
    consequences: Vec<String>,
    plans: Vec<(String, String, String, String)>,
    over: Vec<String>,
    /// Rows that will not be done.
    wrong: Option<String>,
    /// Of a file: what was found out, notes, and where its columns are said anew.
    facts: Vec<(String, String)>,
    notes: Vec<String>,
    mapping: Option<String>,
}

/// What came of it.
struct Ended {
    /// How many got it or went.
    did: Vec<String>,
    /// Rows that failed, where there are any.
    failed: Option<String>,
    may_undo: bool,
    /// New people have links that can be fetched.
    links: bool,
    /// When they were.
    fetched: Option<String>,
}

/// A bulk change.
pub async fn show(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, id, (StatusCode::OK, None), &query).await
}

/// The page, with why what was asked for was not done.
pub async fn refused(visit: &Visit, id: BulkId, error: AppError) -> Result<Response, Refusal> {
    let (status, said) = match &error {
        AppError::Conflict(Conflict::PreviewStale) => (StatusCode::CONFLICT, say("bulk-stale")),
        AppError::Conflict(Conflict::NotUndoable) => (StatusCode::CONFLICT, say("bulk-not-undoable")),
        AppError::Conflict(conflict) => (StatusCode::CONFLICT, texts::conflict(*conflict).detail),
        AppError::Invalid(errors) => {
            let all: Vec<_> = errors.iter().map(super::names::of_file).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, all.join(" "))
        }
        _ => return Err(error.into()),
    };
    page(visit, id, (status, Some(said)), &Pairs::default()).await
}

/// What the rows are filtered by.
struct Which {
    act: Option<Act>,
    state: Option<RowState>,
}

impl Which {
    fn of(query: &Pairs) -> Self {
        Self {
            act: query.given("act").and_then(Act::from_code),
            state: query.given("state").and_then(RowState::from_code),
        }
    }
}

async fn page(
    visit: &Visit,
    id: BulkId,
    (status, refused): (StatusCode, Option<String>),
    query: &Pairs,
) -> Result<Response, Refusal> {
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let of = use_cases::followed(app, caller, id).await?;
    if of.bulk.state == BulkState::Mapping && refused.is_none() {
        return columns::page(visit, &of, None).await;
    }
    let which = Which::of(query);
    let paging = Paging::new(LIST, None, query.given("after"))?;
    let after = paging.last().and_then(|last| last.parse::<i32>().ok());
    let acts: Vec<_> = which.act.into_iter().collect();
    let rows = use_cases::rows(app, caller, id, (&acts, which.state), after, paging.rows()).await?;
    let (rows, next) = paging.page(LIST, rows, |row| (String::new(), row.line));
    let accounts = use_cases::accounts(app, caller, id, &rows).await?;
    let read = async {
        let mut tx = app.read(caller).await?;
        let names = Names::read(&mut tx, &of.tenant).await?;
        let who = who(&mut tx, of.bulk.run_by.unwrap_or(of.bulk.created_by)).await?;
        tx.finish().await?;
        Ok::<_, AppError>((names, who))
    };
    let (names, who) = read.await?;
    let path = format!("/bulk/{id}");
    let mapping = of.mapping().filter(|_| of.bulk.state == BulkState::Previewed);
    let shows = Shows { names: &names, mapping: mapping.as_ref() };
    let (state, tone) = super::state_of(&of);
    let is_open =
        matches!(of.bulk.state, BulkState::Running | BulkState::Paused) || !progress::is_settled(&of);
    let is_running = of.bulk.state == BulkState::Running || !progress::is_settled(&of);
    let following = is_running && query.given("follow").is_some();
    let mut frame = visit.frame.clone();
    frame.refresh_seconds = following.then_some(3);
    frame.trail = trail(&of);
    let page = Page {
        frame,
        title: title(&of.bulk),
        about: about(&of, &names, who),
        state,
        tone,
        refused,
        n: is_open.then(|| Progress::of(&of, app.now())),
        live: is_running.then(|| format!("{path}/live")),
        following,
        asked: Asked::of(&of, app.now()),
        asking: directory::is_asked(&of).then(|| format!("{path}/live?version={}", of.bulk.version)),
        preview: (of.bulk.state == BulkState::Previewed).then(|| Preview::of(&of, &names)),
        result: matches!(of.bulk.state, BulkState::Done | BulkState::Cancelled).then(|| Ended::of(&of)),
        directory: progress::in_directory(&of).filter(|_| !is_open),
        is_running,
        figures: figures(&of, &path),
        tabs: tabs(&of, &path, &which),
        rows: rows.iter().map(|row| shows.row(row, row.user.and_then(|user| accounts.get(&user)))).collect(),
        act: query.text("act"),
        after: query.given("after").unwrap_or_default().to_owned(),
        next: next.map(|cursor| query.without(&["follow"]).with(&path, "after", &cursor)),
        request: of
            .bulk
            .request
            .filter(|_| caller.may_anywhere(Permission::RequestRead))
            .map(|request| format!("/status/requests/{request}")),
        undone_by: of.bulk.undone_by.map(|by| format!("/bulk/{by}")),
        undoes: of.bulk.undoes.map(|undone| format!("/bulk/{undone}")),
        series: of.bulk.series.map(|series| format!("/series/{series}")),
        path,
    };
    visit.page(status, &page)
}

/// The name of somebody one may see.
async fn who(tx: &mut ReadTx<'_>, id: UserId) -> Result<Option<String>, AppError> {
    match tx.user(id).await.map_err(AppError::from) {
        Ok(user) => Ok(Some(user.display_name)),
        Err(AppError::NotFound(_) | AppError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// With what something is done.
pub fn with_what(deed: &Deed, names: &Names) -> String {
    match deed {
        Deed::Set { field, value } => {
            let value = value.as_deref().map_or_else(|| say("history-emptied"), |v| names.value(field, v));
            format!("{}: {value}", names.field(field))
        }
        other => names.sold(other.with()),
    }
}

/// Whom it is about, what is done with what, by whom and when.
fn about(of: &Shown, names: &Names, who: Option<String>) -> String {
    let mut parts = vec![of.tenant.name.clone()];
    let with = of.ask.deed.as_ref().map(|deed| with_what(deed, names));
    parts.extend(with.filter(|with| !with.is_empty()));
    parts.extend(who);
    parts.push(instant(of.bulk.run_at.unwrap_or(of.bulk.created_at)));
    parts.join(" · ")
}

/// What was found out about the file.
pub fn facts_of(of: &Shown) -> FileFacts {
    of.ask.file.clone().and_then(|facts| serde_json::from_value(facts).ok()).unwrap_or_default()
}

fn acts(of: &Shown) -> impl Iterator<Item = (Act, i64)> {
    let counts = Act::ALL.iter().map(|act| (*act, of.count(*act))).filter(|(_, n)| *n > 0);
    counts.collect::<Vec<_>>().into_iter()
}

/// How many rows there are of each kind: before it is begun by what would become of them, then
/// by what became of them.
fn figures(of: &Shown, path: &str) -> Vec<(String, String, String)> {
    if of.bulk.state == BulkState::Previewed {
        let figure = |(act, n): (Act, i64)| {
            let code = act.code();
            (say(&format!("bulk-act-{code}")), number(n), format!("{path}?act={code}"))
        };
        return acts(of).map(figure).collect();
    }
    let figure = |state: &RowState| {
        let code = state.code();
        (say(&format!("bulk-row-{code}")), number(of.in_state(*state)), format!("{path}?state={code}"))
    };
    let open = matches!(of.bulk.state, BulkState::Running | BulkState::Paused);
    let some = RowState::ALL.iter().filter(|state| match state {
        RowState::Done => true,
        RowState::Planned => open,
        RowState::Failed | RowState::Left => of.in_state(**state) > 0,
    });
    some.map(figure).collect()
}

/// The rows there are, by kind.
fn tabs(of: &Shown, path: &str, which: &Which) -> Vec<Tab> {
    let none = which.act.is_none() && which.state.is_none();
    let mut all = vec![Tab { name: say("all"), href: path.to_owned(), here: none }];
    let named = |name: String, n: i64| format!("{name} ({})", number(n));
    if of.bulk.state != BulkState::Previewed {
        for state in [RowState::Planned, RowState::Done, RowState::Failed, RowState::Left] {
            let (code, n) = (state.code(), of.in_state(state));
            if n > 0 || which.state == Some(state) {
                let name = named(say(&format!("bulk-row-{code}")), n);
                all.push(Tab {
                    name,
                    href: format!("{path}?state={code}"),
                    here: which.state == Some(state),
                });
            }
        }
    }
    all.extend(acts(of).map(|(act, n)| Tab {
        name: named(say(&format!("bulk-act-{}", act.code())), n),
        href: format!("{path}?act={}", act.code()),
        here: which.act == Some(act) && which.state.is_none(),
    }));
    all
}

impl Preview {
    fn of(of: &Shown, names: &Names) -> Self {
        let (changing, wrong) = (of.changing(), of.count(Act::Error) + of.count(Act::Conflict));
        let is_file = of.bulk.kind == BulkKind::Import;
        let facts = is_file.then(|| facts_of(of));
        Self {
            version: of.bulk.version,
            changes: (changing > 0).then(|| say_with("bulk-run", &[("n", changing.into())])),
            is_danger: of.count(Act::Remove) > 0,
            consequences: consequences(&of.foreseen, changing),
            plans: plans(&of.foreseen),
            over: over(&of.foreseen, names),
            wrong: (wrong > 0).then(|| say_with("bulk-wrong", &[("n", wrong.into())])),
            notes: facts.as_ref().map(columns::notes).unwrap_or_default(),
            facts: facts.as_ref().map(columns::facts).unwrap_or_default(),
            mapping: is_file.then(|| format!("/bulk/{}/mapping", of.bulk.id)),
        }
    }
}

/// What the whole comes to, one sentence each.
fn consequences(of: &Foreseen, changing: i64) -> Vec<String> {
    let mut all = Vec::new();
    if of.month_minor != 0 {
        let id = if of.month_minor > 0 { "bulk-price-more" } else { "bulk-price-less" };
        let price = speech::money(of.month_minor.abs(), &of.currency);
        all.push(say_with(id, &[("price", price.into())]));
    } else if changing > 0 && !of.unpriced {
        all.push(say("bulk-price-same"));
    }
    if of.unpriced {
        all.push(say("bulk-unpriced"));
    }
    if !of.groups.is_empty() {
        let shown = &of.groups[..of.groups.len().min(GROUPS_SHOWN)];
        let (count, more) = (of.groups.len(), of.groups.len() - shown.len());
        let args = [("count", count.into()), ("names", shown.join(", ").into()), ("more", more.into())];
        all.push(say_with("bulk-groups-made", &args));
    }
    all.extend(of.roles.iter().map(|role| {
        let args = [
            ("role", texts::role(&role.code).into()),
            ("given", role.given.into()),
            ("taken", role.taken.into()),
        ];
        say_with("bulk-roles", &args)
    }));
    if let Some(seconds) = of.seconds.filter(|_| changing > 0) {
        all.push(say_with("bulk-time", &[("time", wait(seconds).into())]));
    }
    all
}

/// Plans somebody gets or loses: name, given, taken, price of one.
fn plans(of: &Foreseen) -> Vec<(String, String, String, String)> {
    let price =
        |minor: Option<i64>| minor.map_or_else(|| "–".to_owned(), |minor| speech::money(minor, &of.currency));
    let plan =
        |p: &app::bulk::PlanEffect| (p.name.clone(), number(p.given), number(p.taken), price(p.price_minor));
    of.plans.iter().map(plan).collect()
}

/// Quotas that would be exceeded.
fn over(of: &Foreseen, names: &Names) -> Vec<String> {
    let said = |quota: &app::bulk::QuotaEffect| {
        let name = names.sold(&quota.subject);
        let what = match quota.kind.as_str() {
            "people" => say("quota-people"),
            "service" => say_with("quota-service", &[("name", name.into())]),
            _ => say_with("quota-plan", &[("name", name.into())]),
        };
        let args = [
            ("what", what.into()),
            ("used", quota.used.into()),
            ("most", quota.most.into()),
            ("change", quota.change.into()),
            ("over", quota.exceeded_by().into()),
        ];
        say_with("bulk-quota-over", &args)
    };
    of.quotas.iter().filter(|quota| quota.exceeded_by() > 0).map(said).collect()
}

impl Ended {
    fn of(of: &Shown) -> Self {
        let done = |act: Act| {
            let those = of.counts.iter().filter(|c| c.act == act && c.state == RowState::Done);
            those.map(|counted| counted.rows).sum::<i64>()
        };
        let said = |(act, id): (Act, &str)| {
            let n = done(act);
            (n > 0).then(|| say_with(id, &[("n", n.into())]))
        };
        let all = [
            (Act::Create, "bulk-made"),
            (Act::Update, "bulk-changed"),
            (Act::Remove, "bulk-removed"),
            (Act::Restore, "bulk-restored"),
            (Act::Move, "bulk-moved"),
        ];
        let did: Vec<_> = all.into_iter().filter_map(said).collect();
        Self {
            may_undo: of.bulk.undone_by.is_none() && !did.is_empty(),
            did,
            failed: (of.in_state(RowState::Failed) > 0)
                .then(|| say_with("bulk-failed", &[("n", of.in_state(RowState::Failed).into())])),
            links: of.bulk.links_at.is_none() && done(Act::Create) > 0,
            fetched: of
                .bulk
                .links_at
                .map(|at| say_with("bulk-links-fetched", &[("when", instant(at).into())])),
        }
    }
}
