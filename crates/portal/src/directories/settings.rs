//! How directories are, and what their operator decides: whether anything is sent, when
//! everything is looked at, and what is put right by itself.

use std::collections::BTreeMap;

use app::{
    AppError,
    directories::{self as use_cases, DirectoryChange, ModeChange},
    drift as drift_cases,
    reading::{drift::FindingFilter, roots, tx::act, views::DirectoryView},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    drift::{Mode, default_mode},
    limits,
    permission::Permission,
    spec::Attribute,
};
use web::speech::say;

use super::{attribute_name, owner, readers, trail};
use crate::{
    context::{Frame, Posted, Visit},
    query::{Pairs, encoded},
    refusal::Refusal,
    view,
};

#[derive(Template)]
#[template(path = "directories.html")]
struct List {
    frame: Frame,
    rows: Vec<(String, view::Directory)>,
    next: Option<String>,
    may_adopt: bool,
    findings: Option<String>,
}

/// Directories by code.
pub async fn list(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = readers(&visit)?;
    let limit = limits::PAGE_ROWS_DEFAULT;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let own = tx.is_provider_staff().await?;
        let rows = tx.directory_views(query.given("after"), limit + 1).await?;
        let findings = match roots(caller, Permission::RequestRead) {
            Ok(roots) => {
                let filter = FindingFilter { roots, ..FindingFilter::default() };
                Some(tx.open_findings(&filter, false).await?.0)
            }
            Err(_) => None,
        };
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((rows, own, findings, now))
    };
    let (mut rows, own, findings, now) = read.await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|d| query.with("/directories", "after", &d.code));
    let row =
        |of: &DirectoryView| (format!("/directories/{}", encoded(&of.code)), view::directory(of, own, now));
    let page = List {
        frame: visit.frame.clone(),
        rows: rows.iter().map(row).collect(),
        next,
        may_adopt: caller.may_anywhere(Permission::DirectoryAdopt),
        findings: findings.filter(|n| *n > 0).map(view::count),
    };
    visit.page(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "directory.html")]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part of the page stands there")]
struct One {
    frame: Frame,
    path: String,
    code: String,
    d: view::Directory,
    maintenance: bool,
    read_only: bool,
    waiting: String,
    version: i64,
    dedicated: Option<String>,
    findings: Option<String>,
    enforced: Vec<String>,
    may_manage: bool,
    may_adopt: bool,
}

/// One directory.
pub async fn show(visit: Visit, Path(code): Path<String>) -> Result<Response, Refusal> {
    let caller = readers(&visit)?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let own = tx.is_provider_staff().await?;
        let tenant = owner(&mut tx, &code).await?;
        let shown = tx.directory_view(&code).await?;
        let policy = tx.drift_policy(shown.id).await?;
        let findings = match roots(caller, Permission::RequestRead) {
            Ok(roots) => {
                let directory = Some(code.clone());
                let filter = FindingFilter { roots, directory, ..FindingFilter::default() };
                Some(tx.open_findings(&filter, false).await?.0)
            }
            Err(_) => None,
        };
        let may = (
            tx.permit::<act::DirectoryManage>(&tenant).is_ok(),
            tx.permit::<act::DirectoryAdopt>(&tenant).is_ok(),
        );
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((shown, policy, findings, own, may, now))
    };
    let (shown, policy, findings, own, (may_manage, may_adopt), now) = read.await?;
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("directories-title"), "/directories".to_owned())];
    let enforced = policy.iter().filter(|(_, mode)| **mode == Mode::Enforce);
    let page = One {
        frame,
        path: format!("/directories/{}", encoded(&code)),
        maintenance: shown.maintenance,
        read_only: shown.read_only,
        waiting: view::count(shown.interactive + shown.bulk),
        version: shown.version,
        dedicated: shown.dedicated.as_ref().map(|to| match to {
            Some(to) => to.name.clone(),
            None => say("directory-for-somebody"),
        }),
        findings: findings.map(view::count),
        enforced: enforced.map(|(subject, _)| subject_name(subject)).collect(),
        d: view::directory(&shown, own, now),
        may_manage,
        may_adopt,
        code,
    };
    visit.page(StatusCode::OK, &page)
}

/// What a policy speaks of.
fn subject_name(subject: &str) -> String {
    match Attribute::from_code(subject) {
        Some(attribute) => attribute_name(attribute),
        None => say(&format!("subject-{subject}")),
    }
}

/// Begins or ends maintenance, or that it is only looked at.
pub async fn mode(Path(code): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let caller = readers(visit)?;
    let on = |name: &str| match posted.field(name) {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    };
    let modes = ModeChange { maintenance: on("maintenance"), read_only: on("read_only") };
    let change = DirectoryChange { modes, ..DirectoryChange::default() };
    let version = posted.field("version").parse().unwrap_or(0);
    use_cases::change(&visit.surface.app, caller, &code, version, change, &visit.cause).await?;
    Ok(Redirect::to(&format!("/directories/{}?done=mode", encoded(&code))).into_response())
}

/// Has everything looked at as soon as possible.
pub async fn scan(Path(code): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let caller = readers(visit)?;
    drift_cases::scan(&visit.surface.app, caller, &code, &visit.cause).await?;
    Ok(Redirect::to(&format!("/directories/{}?done=scan", encoded(&code))).into_response())
}

/// Something a directory may put right by itself.
struct Subject {
    code: &'static str,
    name: String,
    enforced: bool,
    usual: bool,
}

#[derive(Template)]
#[template(path = "directory_policy.html")]
struct Policy {
    frame: Frame,
    path: String,
    subjects: Vec<Subject>,
    may_manage: bool,
}

/// What is put right at once, and what waits for a person.
pub async fn policy(visit: Visit, Path(code): Path<String>) -> Result<Response, Refusal> {
    let caller = readers(&visit)?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = owner(&mut tx, &code).await?;
        let shown = tx.directory_view(&code).await?;
        let may = tx.permit::<act::DirectoryManage>(&tenant).is_ok();
        let policy = tx.drift_policy(shown.id).await?;
        tx.finish().await?;
        Ok::<_, AppError>((shown, policy, may))
    };
    let (shown, policy, may_manage) = read.await?;
    let mut frame = visit.frame.clone();
    frame.trail = trail(&code, &shown.name);
    let subject = |(&code, mode): (&&'static str, &Mode)| Subject {
        code,
        name: subject_name(code),
        enforced: *mode == Mode::Enforce,
        usual: *mode == default_mode(code),
    };
    let mut subjects: Vec<_> = policy.iter().map(subject).collect();
    // Custom fields are many, and few have them.
    let custom = |code| matches!(Attribute::from_code(code), Some(Attribute::Custom(_)));
    subjects.sort_by_key(|subject| (!subject.enforced, custom(subject.code), subject.name.clone()));
    let page =
        Policy { frame, path: format!("/directories/{}/policy", encoded(&code)), subjects, may_manage };
    visit.page(StatusCode::OK, &page)
}

/// Decides about all of them.
pub async fn set_policy(Path(code): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let caller = readers(visit)?;
    let enforced: Vec<_> = posted.all("enforce").collect();
    let decided: BTreeMap<_, _> = match posted.field("all") {
        "" => domain::drift::subjects()
            .map(|(subject, _)| {
                let mode = if enforced.contains(&subject) { Mode::Enforce } else { Mode::Report };
                (subject.to_owned(), mode.code().to_owned())
            })
            .collect(),
        mode => [(drift_cases::EVERYTHING.to_owned(), mode.to_owned())].into(),
    };
    drift_cases::set_policy(&visit.surface.app, caller, &code, &decided, &visit.cause).await?;
    Ok(Redirect::to(&format!("/directories/{}?done=saved", encoded(&code))).into_response())
}
