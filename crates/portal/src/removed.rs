//! People and groups of a customer that were removed and can be restored.

use app::{
    AppError,
    reading::{groups::RemovedGroup, tx::act, users::Removed},
};
use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::id::{GroupId, TenantId, UserId};
use web::{
    paging::Paging,
    speech::{self, say},
};

use crate::{
    context::{Frame, Visit},
    customers,
    query::Pairs,
    refusal::Refusal,
};

/// Somebody or something that can be restored.
struct Row {
    name: String,
    hint: Option<String>,
    until: String,
    /// Where that is said; none for whoever may not.
    restore: Option<String>,
}

/// People, or groups.
struct Part {
    title: &'static str,
    none: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "removed.html")]
struct Page {
    frame: Frame,
    parts: Vec<Part>,
}

/// The cursors of the two parts stand side by side in the address.
const PEOPLE: &str = "people";
const GROUPS: &str = "groups";

/// What was removed and can be restored.
pub async fn show(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let people_from = Paging::new("removed-users", None, query.given(PEOPLE))?;
    let groups_from = Paging::new("removed-groups", None, query.given(GROUPS))?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit_people(&tenant)?;
        let people = tx.removed_users(&permit, people_from.after::<UserId>()?, people_from.rows()).await?;
        let permit = tx.permit::<act::TenantRead>(&tenant)?;
        let groups =
            tx.removed_groups(&permit, groups_from.after_id::<GroupId>()?, groups_from.rows()).await?;
        let may_people: Vec<_> =
            people.iter().map(|one| tx.may::<act::UserDelete>(&tenant, &one.user)).collect();
        let may_groups = tx.permit::<act::GroupManage>(&tenant).is_ok();
        tx.finish().await?;
        Ok::<_, AppError>((tenant, people, may_people, groups, may_groups))
    };
    let (tenant, people, may_people, groups, may_groups) = read.await?;
    let path = format!("/customers/{id}/removed");
    let rows: Vec<_> = people.into_iter().zip(may_people).collect();
    let (rows, next) =
        people_from.page("removed-users", rows, |(one, _)| (one.user.key.clone(), one.user.id));
    let people = Part {
        title: "customer-people",
        none: "removed-no-people",
        rows: rows.iter().map(|(one, may)| person(one, *may)).collect(),
        next: next.map(|cursor| query.with(&path, PEOPLE, &cursor)),
    };
    let (rows, next) = groups_from.page("removed-groups", groups, |one| (String::new(), one.group.id));
    let groups = Part {
        title: "customer-groups",
        none: "removed-no-groups",
        rows: rows.iter().map(|one| group(one, may_groups)).collect(),
        next: next.map(|cursor| query.with(&path, GROUPS, &cursor)),
    };
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    frame.trail.push((say("customer-people"), format!("/customers/{id}/people")));
    visit.page(StatusCode::OK, &Page { frame, parts: vec![people, groups] })
}

fn person(of: &Removed, may: bool) -> Row {
    Row {
        name: of.user.display_name.clone(),
        hint: Some(of.user.principal_name.clone()),
        until: speech::instant(of.purge_at),
        restore: may.then(|| format!("/people/{}/restore", of.user.id)),
    }
}

fn group(of: &RemovedGroup, may: bool) -> Row {
    Row {
        name: of.group.values.name.clone(),
        hint: of.group.values.description.clone(),
        until: speech::instant(of.purge_at),
        restore: may.then(|| format!("/groups/{}/restore", of.group.id)),
    }
}
