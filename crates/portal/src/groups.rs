//! Groups of a customer: who is in one of them. The list of them is in `list`.

mod cells;
mod list;

use app::{
    Answer, AppError,
    adoption::may_release,
    groups::{self as use_cases, MemberChange, Wish},
    reading::views::{GroupView, MemberView},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::id::{GroupId, UserId};
use web::{
    paging::Paging,
    speech::{self, say},
};

pub use self::list::{export, list};
use crate::{
    context::{Frame, Posted, Visit},
    customers,
    forms::{Form, given},
    query::Pairs,
    refusal::Refusal,
    view,
};

/// What a group is for.
pub fn kind(of: &GroupView) -> String {
    say(if of.built_in { "group-built-in".to_owned() } else { format!("group-{}", of.kind.code()) }.as_str())
}

struct Member {
    id: String,
    href: String,
    name: String,
    login: String,
    until: Option<String>,
    provisioning: Option<(String, &'static str)>,
}

fn member(of: &MemberView) -> Member {
    Member {
        id: of.user.id.to_string(),
        href: format!("/people/{}", of.user.id),
        name: of.user.display_name.clone(),
        login: of.user.principal_name.clone(),
        until: of.until.map(speech::instant),
        provisioning: view::unsettled(of.provisioning.state),
    }
}

#[derive(Template)]
#[template(path = "group.html")]
struct One {
    frame: Frame,
    name: String,
    path: String,
    facts: Vec<(String, String)>,
    provisioning: Option<(String, &'static str)>,
    members: Vec<Member>,
    next: Option<String>,
    may_change: bool,
    may_release: bool,
    form: Form,
}

/// A group and who is in it.
pub async fn show(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let id: GroupId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, id, StatusCode::OK, Form::default(), &query).await
}

async fn page(
    visit: &Visit,
    id: GroupId,
    status: StatusCode,
    form: Form,
    query: &Pairs,
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let paging = Paging::new("members", None, query.given("after"))?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let (group, tenant) = tx.group(id).await?;
        let shown = tx.group_view(&group, &tenant).await?;
        let members = tx.member_views(&group, None, paging.after_id::<UserId>()?, paging.rows()).await?;
        let may = tx.may_change_members(&group, &tenant).await?;
        let may_release = may_release(&mut tx, caller, &tenant).await?;
        tx.finish().await?;
        Ok::<_, AppError>((shown, tenant, members, may, may_release))
    };
    let (shown, tenant, members, may, may_release) = read.await?;
    let (members, next) = paging.page("members", members, |m| (String::new(), m.user.id));
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(tenant.id, &tenant.name);
    frame.trail.push((say("customer-groups"), format!("/customers/{}/groups", tenant.id)));
    let path = format!("/groups/{id}");
    let mut facts =
        vec![(say("group-kind"), kind(&shown)), (say("field-logon_name"), shown.logon_name.clone())];
    facts.extend(shown.description.clone().map(|text| (say("group-description"), text)));
    facts.extend(shown.mail.clone().map(|mail| (say("field-mail"), mail)));
    facts.push((say("group-members"), view::count(shown.members)));
    let page = One {
        frame,
        name: shown.name.clone(),
        facts,
        provisioning: shown.provisioning.as_ref().and_then(|p| view::unsettled(p.state)),
        members: members.iter().map(member).collect(),
        next: next.map(|cursor| query.with(&path, "after", &cursor)),
        path,
        may_change: may && !shown.built_in,
        may_release: !shown.built_in && may_release,
        form,
    };
    visit.page(status, &page)
}

/// Puts people into a group by their logins, or takes one out.
pub async fn change(Path((id, what)): Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: GroupId = id.parse().map_err(|_| Refusal::no_page())?;
    // More than one call may change is refused at the field, and nobody is left out unseen.
    let named: Vec<_> = posted.field("member").split([',', ';', '\n', '\r']).filter_map(given).collect();
    let change = match what.as_str() {
        "add" => MemberChange {
            add: named.into_iter().map(|member| Wish { member, ..Wish::default() }).collect(),
            ..MemberChange::default()
        },
        "remove" => MemberChange { remove: named, ..MemberChange::default() },
        _ => return Err(Refusal::no_page()),
    };
    let app = &visit.surface.app;
    match use_cases::change_members(app, visit.person()?, id, &change, None, &visit.cause).await {
        Ok(Answer::Done(_) | Answer::Before { .. }) => {
            Ok(Redirect::to(&format!("/groups/{id}?done=members")).into_response())
        }
        Err(error) => {
            let form = Form::again(&posted, error)?.all_at("member");
            page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, form, &Pairs::default()).await
        }
    }
}
