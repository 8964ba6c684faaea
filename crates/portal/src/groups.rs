//! Groups of a customer: one of them, who is in it, who owns it. The list of them is in `list`, the forms
//! for new ones and for what is said of one in `edit`.

mod cells;
mod edit;
mod list;

use app::{
    Answer, AppError,
    adoption::may_release,
    groups::{self as use_cases, MemberChange, Wish},
    reading::{
        tx::act,
        views::{GroupView, MemberView, NestedView, PersonView},
    },
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::id::{GroupId, TenantId, UserId};
use web::{
    paging::Paging,
    speech::{self, say},
};

use self::edit::done;
pub use self::{
    edit::{create, edit, new, save},
    list::{export, list},
};
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

/// Somebody in it, or a group in it.
struct Member {
    id: String,
    href: String,
    name: String,
    login: Option<String>,
    until: Option<String>,
    provisioning: Option<(String, &'static str)>,
}

fn member(of: &MemberView) -> Member {
    Member {
        id: of.user.id.to_string(),
        href: format!("/people/{}", of.user.id),
        name: of.user.display_name.clone(),
        login: Some(of.user.principal_name.clone()),
        until: of.until.map(speech::instant),
        provisioning: view::unsettled(of.provisioning.state),
    }
}

fn nested(of: &NestedView) -> Member {
    Member {
        id: of.group.id.to_string(),
        href: format!("/groups/{}", of.group.id),
        name: of.group.name.clone(),
        login: None,
        until: of.until.map(speech::instant),
        provisioning: view::unsettled(of.provisioning.state),
    }
}

/// Where one of its forms was sent with something wrong.
#[derive(Default)]
struct Sent {
    members: Form,
    owners: Option<Form>,
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
    /// The groups in it, and whether there are more than stand there.
    nested: Vec<Member>,
    more_nested: bool,
    owners: Vec<PersonView>,
    version: i64,
    may_change: bool,
    may_manage: bool,
    /// Where it is let go of, with its group in the directory.
    release: Option<String>,
    form: Form,
    owners_form: Form,
}

/// Groups in a group that stand on its page.
const NESTED: u32 = 100;

/// A group and who is in it.
pub async fn show(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let id: GroupId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, id, StatusCode::OK, Sent::default(), &query).await
}

async fn page(
    visit: &Visit,
    id: GroupId,
    status: StatusCode,
    sent: Sent,
    query: &Pairs,
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let paging = Paging::new("members", None, query.given("after"))?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let (group, tenant) = tx.group(id).await?;
        let shown = tx.group_view(&group, &tenant).await?;
        let members = tx.member_views(&group, None, paging.after_id::<UserId>()?, paging.rows()).await?;
        let nested = tx.nested_views(&group, None, None, NESTED + 1).await?;
        let owners = tx.owners(&group).await?;
        let may = tx.may_change_members(&group, &tenant).await?;
        let may_manage = tx.permit::<act::GroupManage>(&tenant).is_ok();
        let may_release = may_release(&mut tx, caller, &tenant).await?;
        tx.finish().await?;
        Ok::<_, AppError>((shown, tenant, members, nested, owners, (may, may_manage, may_release)))
    };
    let (shown, tenant, members, mut inside, owners, (may, may_manage, may_release)) = read.await?;
    let (members, next) = paging.page("members", members, |m| (String::new(), m.user.id));
    let more_nested = inside.len() > NESTED as usize;
    inside.truncate(NESTED as usize);
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(tenant.id, &tenant.name);
    frame.trail.push((say("customer-groups"), format!("/customers/{}/groups", tenant.id)));
    let path = format!("/groups/{id}");
    let logins: Vec<_> = owners.iter().map(|owner| owner.principal_name.as_str()).collect();
    let present = || Form::of([("owners", Some(logins.join("\n").as_str()))]);
    let page = One {
        frame,
        name: shown.name.clone(),
        facts: facts(&shown),
        provisioning: shown.provisioning.as_ref().and_then(|p| view::unsettled(p.state)),
        members: members.iter().map(member).collect(),
        next: next.map(|cursor| query.with(&path, "after", &cursor)),
        nested: inside.iter().map(nested).collect(),
        more_nested,
        release: (!shown.built_in && may_release).then(|| format!("{path}/release")),
        path,
        version: shown.version,
        may_change: may && !shown.built_in,
        may_manage: may_manage && !shown.built_in,
        form: sent.members,
        owners_form: sent.owners.unwrap_or_else(present),
        owners,
    };
    visit.page(status, &page)
}

fn facts(of: &GroupView) -> Vec<(String, String)> {
    let mut facts = vec![(say("group-kind"), kind(of)), (say("field-logon_name"), of.logon_name.clone())];
    facts.extend(of.description.clone().map(|text| (say("group-description"), text)));
    facts.extend(of.mail.clone().map(|mail| (say("field-mail"), mail)));
    facts.extend(of.aliases.clone().map(|all| (say("field-group_aliases"), all)));
    facts.push((say("group-members"), view::count(of.members)));
    facts
}

/// What stands in a field that takes several: one a line, or separated by commas.
fn several(posted: &Posted, name: &str) -> Vec<String> {
    posted.field(name).split([',', ';', '\n', '\r']).filter_map(given).collect()
}

/// The same of members: a line that is the name of a group is one, whatever it holds.
async fn members_of(visit: &Visit, id: GroupId, posted: &Posted) -> Result<Vec<String>, Refusal> {
    let lines: Vec<_> = posted.field("member").split(['\n', '\r']).filter_map(given).collect();
    let (unsure, sure): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.contains([',', ';']));
    let mut all = sure;
    if unsure.is_empty() {
        return Ok(all);
    }
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let (_, tenant) = tx.group(id).await?;
        let found = tx.groups_named(tenant.id, &unsure).await?;
        tx.finish().await?;
        Ok::<_, AppError>(found)
    };
    let found = read.await?;
    for line in unsure {
        if found.contains_key(&line.to_lowercase()) {
            all.push(line);
        } else {
            all.extend(line.split([',', ';']).filter_map(given));
        }
    }
    Ok(all)
}

/// What the forms of a group's page do: people and groups come in by logins and names or go, others own it, or
/// it is removed or restored.
pub async fn change(Path((id, what)): Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: GroupId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller, cause) = (&visit.surface.app, visit.person()?, &visit.cause);
    let version = || posted.field("version").parse().unwrap_or(0);
    // More than one call may change is refused at the field, and nobody is left out unseen.
    let named = members_of(visit, id, &posted).await?;
    let change = match what.as_str() {
        "add" => MemberChange {
            add: named.into_iter().map(|member| Wish { member, ..Wish::default() }).collect(),
            ..MemberChange::default()
        },
        "out" => MemberChange { remove: named, ..MemberChange::default() },
        "owners" => {
            let owners = several(&posted, "owners");
            return match use_cases::set_owners(app, caller, id, version(), &owners, cause).await {
                Ok(()) => Ok(done(id, "saved")),
                Err(error) => {
                    let owners = Some(Form::again(&posted, error)?.all_at("owners"));
                    let sent = Sent { owners, ..Sent::default() };
                    page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, sent, &Pairs::default()).await
                }
            };
        }
        "remove" => {
            let customer = customer_of(visit, id).await?;
            use_cases::delete(app, caller, id, version(), None, cause).await?;
            let groups = format!("/customers/{customer}/groups?done=group-removed");
            return Ok(Redirect::to(&groups).into_response());
        }
        "restore" => {
            use_cases::restore(app, caller, id, cause).await?;
            return Ok(done(id, "restored"));
        }
        _ => return Err(Refusal::no_page()),
    };
    match use_cases::change_members(app, caller, id, &change, None, cause).await {
        Ok(Answer::Done(_) | Answer::Before { .. }) => Ok(done(id, "members")),
        Err(error) => {
            let members = Form::again(&posted, error)?.all_at("member");
            let sent = Sent { members, ..Sent::default() };
            page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, sent, &Pairs::default()).await
        }
    }
}

async fn customer_of(visit: &Visit, id: GroupId) -> Result<TenantId, Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let (_, tenant) = tx.group(id).await?;
        tx.finish().await?;
        Ok::<_, AppError>(tenant.id)
    };
    Ok(read.await?)
}
