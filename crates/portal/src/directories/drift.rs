//! What somebody changed in a directory behind our back: the list, one of them, and what
//! is done about it.

use app::{
    AppError, Caller, drift as use_cases,
    reading::{
        drift::{Finding, FindingFilter},
        roots,
        tx::act,
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
    drift::{FindingKind, FindingState, is_of_members},
    field::{Checker, FieldError, Rule},
    id::{FindingId, TenantId},
    limits,
    list::one_of,
    permission::Permission,
    spec::Attribute,
};
use jiff::Timestamp;
use web::{
    paging::Paging,
    speech::{self, ago, number, say, say_with},
};

use crate::{
    context::{Frame, Posted, Visit},
    query::Pairs,
    refusal::Refusal,
    view::{self, Tab},
};

/// A finding, as people read it.
pub struct Shown {
    pub href: String,
    pub name: String,
    pub tenant: String,
    pub directory: String,
    pub what: String,
    pub attribute: Option<String>,
    pub wanted: Option<String>,
    pub found: Option<String>,
    pub state: String,
    pub tone: &'static str,
    pub at: String,
    pub ago: String,
}

/// What an attribute is called.
pub fn attribute_name(of: Attribute) -> String {
    match of {
        Attribute::Custom(_) => view::value_name(&format!("fields.{}", of.code())),
        _ => view::value_name(of.code()),
    }
}

/// `own` for staff of the provider: where something lies in a shared directory, and who
/// else reads there, is nobody else's business.
fn shown(of: &Finding, own: bool, now: Timestamp) -> Shown {
    let place = matches!(of.kind, FindingKind::Moved | FindingKind::Foreign)
        || of.attribute == Some(Attribute::Readers)
        || is_of_members(of.kind) && of.member.is_none();
    let told = |value: &Option<String>| value.clone().filter(|_| own || !place);
    let (state, tone) = state(of.state);
    Shown {
        href: format!("/drift/{}", of.id),
        name: of.name.clone(),
        tenant: of.tenant.name.clone(),
        directory: of.directory.clone(),
        what: say(&format!("finding-{}", of.kind.code())),
        attribute: of.attribute.map(attribute_name),
        wanted: told(&of.wanted),
        found: told(&of.found),
        state,
        tone,
        at: of.first_seen_at.to_string(),
        ago: ago(of.first_seen_at, now),
    }
}

fn state(of: FindingState) -> (String, &'static str) {
    let tone = match of {
        FindingState::Open => "wait",
        FindingState::Reverted | FindingState::Adopted | FindingState::Enforced => "good",
        FindingState::Gone => "",
    };
    (say(&format!("finding-is-{}", of.code())), tone)
}

/// Directories to choose from; where there are more, the code of one is typed.
const CHOICES: u32 = *limits::PAGE_ROWS.end();

#[derive(Template)]
#[template(path = "drift.html")]
struct List {
    frame: Frame,
    rows: Vec<Shown>,
    tabs: Vec<Tab>,
    kinds: Vec<(&'static str, String, bool)>,
    directories: Vec<(String, String, bool)>,
    /// There are more: the code of one is typed.
    more_directories: bool,
    directory: String,
    state: &'static str,
    tenant: String,
    next: Option<String>,
    filtered: bool,
    revert: Option<(String, String)>,
}

/// What is asked for; open ones when nothing is said.
/// What cannot be read is refused: without it, more would be meant than was said.
fn filter(query: &Pairs, roots: Vec<TenantId>) -> Result<FindingFilter, AppError> {
    let mut c = Checker::default();
    let state = match query.given("state") {
        None => Some(FindingState::Open),
        Some("all") => None,
        Some(code) => c.take(one_of("state", code, FindingState::ALL, FindingState::code)),
    };
    let kind = query.given("kind");
    let kind = kind.and_then(|code| c.take(one_of("kind", code, FindingKind::ALL, FindingKind::code)));
    let tenant = query.given("tenant").and_then(|id| {
        let unknown = |_| FieldError::new("tenant", Rule::Unknown).with("value", id);
        c.take(id.parse().map_err(unknown))
    });
    let directory = query.given("directory").map(str::to_owned);
    let asked = FindingFilter { roots, tenant, directory, kind, state, ..FindingFilter::default() };
    c.finish(Some(asked)).map_err(AppError::Invalid)
}

/// Findings, newest first.
pub async fn list(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let Ok(seen) = roots(caller, Permission::RequestRead) else { return Err(Refusal::no_page()) };
    let paging = Paging::new("findings", None, query.given("after"))?;
    let which = filter(&query, seen)?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let own = tx.is_provider_staff().await?;
        let rows = tx.findings(&which, paging.after_id::<FindingId>()?, paging.rows()).await?;
        let directories = match caller.may_anywhere(Permission::DirectoryRead) {
            true => tx.directory_views(None, CHOICES + 1).await?,
            false => Vec::new(),
        };
        let open = match roots(caller, Permission::RequestRetry) {
            Ok(roots) => tx.open_findings(&FindingFilter { roots, ..which.clone() }, true).await?.0,
            Err(_) => 0,
        };
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((rows, directories, open, own, now))
    };
    let (rows, directories, open, own, now) = read.await?;
    let (rows, next) = paging.page("findings", rows, |f| (String::new(), f.id));
    let mut frame = visit.frame.clone();
    if caller.may_anywhere(Permission::DirectoryRead) {
        frame.trail = vec![(say("directories-title"), "/directories".to_owned())];
    }
    let here = which.state.map_or("all", FindingState::code);
    let without_place = query.without(&["after"]);
    let tab = |name: String, code: &'static str| Tab {
        name,
        href: without_place.with("/drift", "state", code),
        here: here == code,
    };
    let mut tabs: Vec<_> = FindingState::ALL.iter().map(|s| tab(state(*s).0, s.code())).collect();
    tabs.push(tab(say("all"), "all"));
    let kind = |k: &FindingKind| (k.code(), say(&format!("finding-{}", k.code())), which.kind == Some(*k));
    let may_revert =
        open > 0 && which.state == Some(FindingState::Open) && which.kind != Some(FindingKind::Foreign);
    let more_directories = directories.len() > CHOICES as usize;
    let page = List {
        frame,
        more_directories,
        directory: which.directory.clone().unwrap_or_default(),
        rows: rows.iter().map(|f| shown(f, own, now)).collect(),
        tabs,
        kinds: FindingKind::ALL.iter().map(kind).collect(),
        directories: directories
            .into_iter()
            .map(|d| (d.code.clone(), d.name, which.directory.as_ref() == Some(&d.code)))
            .collect(),
        state: here,
        next: next.map(|cursor| query.with("/drift", "after", &cursor)),
        tenant: query.given("tenant").unwrap_or_default().to_owned(),
        filtered: which.kind.is_some()
            || which.directory.is_some()
            || which.tenant.is_some()
            || query.given("after").is_some(),
        revert: may_revert.then(|| {
            let all = say_with("drift-revert-all", &[("n", view::counted(open))]);
            (without_place.with("/drift/revert", "state", ""), all)
        }),
    };
    visit.page(StatusCode::OK, &page)
}

/// The way to what is below the list.
fn trail(caller: &Caller) -> Vec<(String, String)> {
    let directories = caller.may_anywhere(Permission::DirectoryRead);
    let above = directories.then(|| (say("directories-title"), "/directories".to_owned()));
    above.into_iter().chain([(say("drift-title"), "/drift".to_owned())]).collect()
}

#[derive(Template)]
#[template(path = "finding.html")]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part of the page stands there")]
struct One {
    frame: Frame,
    f: Shown,
    path: String,
    facts: Vec<(String, String)>,
    open: bool,
    enforced: bool,
    may_revert: bool,
    may_adopt: bool,
    foreign: bool,
    revert_hint: String,
    adopt_hint: String,
    request: Option<String>,
    person: Option<String>,
}

/// One finding.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let id: FindingId = id.parse().map_err(|_| Refusal::no_page())?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let own = tx.is_provider_staff().await?;
        let mut finding = tx.finding(id).await?;
        finding.directory = super::name_of(&mut tx, &finding.directory).await?;
        let tenant = tx.tenant(finding.tenant.id).await?;
        let may_revert = tx.permit::<act::RequestRetry>(&tenant).is_ok();
        let may_adopt = match finding.user.filter(|_| !is_of_members(finding.kind)) {
            Some(user) => match tx.user(user).await {
                Ok(user) => tx.may::<act::UserUpdate>(&tenant, &user),
                Err(_) => false,
            },
            None => tx.permit::<act::GroupManage>(&tenant).is_ok(),
        };
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((finding, own, may_revert, may_adopt, now))
    };
    let (finding, own, may_revert, may_adopt, now) = read.await?;
    let f = shown(&finding, own, now);
    let open = finding.state == FindingState::Open;
    let mut frame = visit.frame.clone();
    frame.trail = trail(caller);
    let page = One {
        frame,
        path: format!("/drift/{id}"),
        facts: facts(&finding, &f, now),
        open,
        enforced: finding.enforced,
        may_revert: may_revert && open && finding.object.is_some(),
        may_adopt: may_adopt && open && use_cases::can_be_adopted(&finding),
        foreign: finding.object.is_none(),
        revert_hint: say(revert_hint(finding.kind)),
        adopt_hint: say(if is_of_members(finding.kind) { "adopt-hint-member" } else { "adopt-hint-value" }),
        request: finding.request.map(|id| format!("/status/requests/{id}")),
        person: finding.user.map(|id| format!("/people/{id}")),
        f,
    };
    visit.page(StatusCode::OK, &page)
}

const fn revert_hint(of: FindingKind) -> &'static str {
    match of {
        FindingKind::Missing => "revert-hint-missing",
        FindingKind::MemberAdded => "revert-hint-member-added",
        FindingKind::MemberRemoved => "revert-hint-member-removed",
        _ => "revert-hint",
    }
}

fn facts(of: &Finding, shown: &Shown, now: Timestamp) -> Vec<(String, String)> {
    let mut facts = vec![
        (say("finding-tenant"), shown.tenant.clone()),
        (say("finding-directory"), shown.directory.clone()),
        (say("finding-first"), ago(of.first_seen_at, now)),
        (say("finding-last"), ago(of.last_seen_at, now)),
    ];
    facts.extend(of.changed_at.map(|at| (say("finding-changed-at"), speech::instant(at))));
    facts.extend(of.resolved_at.map(|at| (say("finding-resolved"), ago(at, now))));
    facts
}

/// Puts one right, or makes what was found what is wanted.
pub async fn decide(Path((id, what)): Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: FindingId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let request = match what.as_str() {
        "revert" => use_cases::revert(app, caller, id, &visit.cause).await?.request,
        "adopt" => use_cases::adopt(app, caller, id, &visit.cause).await?,
        _ => return Err(Refusal::no_page()),
    };
    Ok(Redirect::to(&format!("/status/requests/{request}?done=drift-{what}")).into_response())
}

#[derive(Template)]
#[template(path = "drift_sure.html")]
struct Sure {
    frame: Frame,
    findings: String,
    tenants: String,
    more: bool,
    fields: Vec<(&'static str, String)>,
    back: String,
    nobody: bool,
}

const FIELDS: [&str; 3] = ["directory", "kind", "tenant"];

/// What putting all right that match would come to.
pub async fn sure(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let Ok(roots) = roots(caller, Permission::RequestRetry) else { return Err(Refusal::no_page()) };
    let which = FindingFilter { state: Some(FindingState::Open), ..filter(&query, roots)? };
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let counts = tx.open_findings(&which, true).await?;
        tx.finish().await?;
        Ok::<_, AppError>(counts)
    };
    let (findings, tenants) = read.await?;
    let mut frame = visit.frame.clone();
    frame.trail = trail(caller);
    let fields = FIELDS.into_iter().filter_map(|name| Some((name, query.given(name)?.to_owned())));
    let page = Sure {
        frame,
        findings: view::count(findings),
        tenants: number(tenants),
        more: findings >= COUNTED.min(i64::from(limits::FINDINGS_PER_REQUEST)),
        fields: fields.collect(),
        back: query.with("/drift", "state", "open"),
        nobody: findings == 0,
    };
    visit.page(StatusCode::OK, &page)
}

/// Puts all right that match.
pub async fn revert_all(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let caller = visit.person()?;
    let query = FIELDS.into_iter().fold(Pairs::default(), |pairs, name| pairs.and(name, posted.field(name)));
    let which = FindingFilter { state: None, ..filter(&query, Vec::new())? };
    let reverted = use_cases::revert_many(&visit.surface.app, caller, which, &visit.cause).await?;
    let to = match reverted.as_slice() {
        [] => query.with("/drift", "done", "nobody"),
        [one] => format!("/status/requests/{}?done=drift-revert", one.request),
        _ => "/status?done=drift-revert".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}
