//! People of a customer: one of them, new ones, and what is done to them. The list of them is
//! in `list`.

mod cells;
mod list;

use app::{
    Answer, AppError, Repeat,
    adoption::may_release,
    groups,
    people::PersonDraft,
    reading::{
        catalogue::Plan,
        groups::MemberRef,
        subscriptions::Subscription,
        tx::{ReadTx, TenantRef, act},
        users::User,
        views::{GroupName, MembershipView},
    },
    roles::{self, Roles},
    users::{self as use_cases, CreatedUsers, Once, UserPatch},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    custom::Definition,
    id::{GroupId, SubscriptionId, TenantId, UserId},
    list::Standing,
    person::Detail,
};
use serde_json::json;
use web::{
    speech::{self, say},
    texts,
};

pub use self::list::{act_on_many, export, list};
use crate::{
    context::{Frame, Posted, Visit},
    custom::{self, Input},
    customers,
    forms::{Choice, Form, given},
    person_move::has_elsewhere,
    query::Pairs,
    refusal::Refusal,
    view,
};

/// Details that have a field of their own in the pages, in their order.
const DETAILS: [Detail; 12] = [
    Detail::Mobile,
    Detail::Office,
    Detail::Street,
    Detail::PostalCode,
    Detail::City,
    Detail::Country,
    Detail::EmployeeId,
    Detail::ExternalId,
    Detail::Aliases,
    Detail::ExpiresAt,
    Detail::LogonHours,
    Detail::ProfilePath,
];

/// Whether somebody can log on, and how that looks.
pub fn standing(of: &User) -> (String, &'static str) {
    match (of.enabled, of.activated_at) {
        (false, _) => (standing_name(Standing::Disabled), "wait"),
        (true, None) => (standing_name(Standing::NeverActivated), ""),
        (true, Some(_)) => (standing_name(Standing::Active), "good"),
    }
}

/// The word for whether somebody can log on.
pub fn standing_name(of: Standing) -> String {
    say(match of {
        Standing::Active => "person-active",
        Standing::NeverActivated => "person-not-activated",
        Standing::Disabled => "person-disabled",
    })
}

/// A plan of a person.
struct Held {
    id: String,
    name: String,
    since: String,
    direct: bool,
}

impl Held {
    fn of(plan: &Subscription) -> Self {
        Self {
            id: plan.id.to_string(),
            name: plan.name.clone(),
            since: speech::instant(plan.created_at),
            direct: plan.direct,
        }
    }
}

/// A role of a person.
struct Role {
    code: String,
    name: String,
    since: String,
    by: Option<String>,
    may_take: bool,
}

/// Roles as they are shown, and those that can be given.
fn roles_of(all: Roles) -> (Vec<Role>, Vec<(&'static str, String)>) {
    let may = |code: &str| all.possible.iter().any(|role| role.code == code);
    let has = |code: &str| all.held.iter().any(|held| held.role == code);
    let held = all.held.iter().map(|held| Role {
        code: held.role.clone(),
        name: texts::role(&held.role),
        since: speech::instant(held.since),
        by: held.by.clone(),
        may_take: may(&held.role),
    });
    let possible = all.possible.iter().filter(|role| !has(role.code));
    (held.collect(), possible.map(|role| (role.code, texts::role(role.code))).collect())
}

/// A group somebody is in.
struct InGroup {
    id: String,
    name: String,
    /// On the way out of it.
    leaving: bool,
    /// Kept by the product, so that nobody takes them out.
    built_in: bool,
    until: Option<String>,
    provisioning: Option<(String, &'static str)>,
}

/// The groups somebody is in, and those they can be put into.
#[derive(Default)]
struct Groups {
    held: Vec<InGroup>,
    more: bool,
    possible: Vec<Choice>,
    /// Where the others are, if not all that can be chosen stand there.
    others: Option<String>,
    /// Whether the viewer may change it.
    may_change: bool,
    /// Whether the viewer finds the groups on their own pages.
    may_look: bool,
}

/// Groups of somebody that stand on their page, and groups to choose from there.
const GROUPS: u32 = 200;

impl Groups {
    async fn read(tx: &mut ReadTx<'_>, tenant: &TenantRef, user: &User) -> Result<Self, AppError> {
        let Some(object) = user.object else { return Ok(Self::default()) };
        let mut held = tx.membership_views(object, None, GROUPS + 1).await?;
        let more = held.len() > GROUPS as usize;
        held.truncate(GROUPS as usize);
        let permit = tx.permit::<act::GroupManage>(tenant).ok();
        let mut some = match &permit {
            Some(permit) => tx.groups_to_fill(permit, GROUPS + 1).await?,
            None => Vec::new(),
        };
        let others = (some.len() > GROUPS as usize).then(|| format!("/customers/{}/groups", tenant.id));
        some.truncate(GROUPS as usize);
        some.retain(|group| !held.iter().any(|one| one.group.id == group.id && one.wanted));
        let choice =
            |of: &GroupName| Choice { code: of.id.to_string(), name: of.name.clone(), hint: String::new() };
        Ok(Self {
            held: held.iter().map(in_group).collect(),
            more,
            possible: some.iter().map(choice).collect(),
            others,
            may_change: permit.is_some(),
            may_look: tx.permit::<act::TenantRead>(tenant).is_ok(),
        })
    }
}

fn in_group(of: &MembershipView) -> InGroup {
    InGroup {
        id: of.group.id.to_string(),
        name: of.group.name.clone(),
        leaving: !of.wanted,
        built_in: of.built_in,
        until: of.until.map(speech::instant),
        provisioning: view::unsettled(of.provisioning.state),
    }
}

/// What the viewer may do to somebody.
struct May {
    update: bool,
    delete: bool,
    reset: bool,
}

#[derive(Template)]
#[template(path = "person.html")]
struct One {
    frame: Frame,
    name: String,
    login: String,
    path: String,
    version: i64,
    state: String,
    tone: &'static str,
    provisioning: Option<(String, &'static str)>,
    problem: Option<view::Problem>,
    request: Option<String>,
    facts: Vec<(String, String)>,
    plans: Vec<Held>,
    choices: Vec<Choice>,
    /// What somebody may do, and what the viewer may let them.
    roles: Vec<Role>,
    possible: Vec<(&'static str, String)>,
    groups: Groups,
    tenant: String,
    enabled: bool,
    account: bool,
    may: May,
    may_release: bool,
    /// Where they can be moved to another customer.
    move_at: Option<String>,
    link: Option<(String, String)>,
}

/// One person; with `link` also the one-time link that whoever looks made a moment ago.
pub async fn show(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let (id, caller): (UserId, _) = (id.parse().map_err(|_| Refusal::no_page())?, visit.person()?);
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let user = tx.user(id).await?;
        let tenant = tx.tenant(user.tenant).await?;
        let held = tx.subscriptions_of(&[id]).await?;
        let may = May {
            update: tx.may::<act::UserUpdate>(&tenant, &user),
            delete: tx.may::<act::UserDelete>(&tenant, &user),
            reset: tx.may::<act::UserResetPassword>(&tenant, &user),
        };
        let plans = match may.update {
            true => tx.plans_for(&tenant, &tenant.currency).await?,
            false => Vec::new(),
        };
        let own = tx.is_provider_staff().await?;
        let link = match query.given("link").is_some() && may.reset {
            true => tx.link_made(id).await?,
            false => None,
        };
        let may_release = may_release(&mut tx, caller, &tenant).await?;
        let fields = custom::seen(&mut tx, &tenant).await?;
        let roles = roles::of(&mut tx, &tenant, &user).await?;
        let groups = Groups::read(&mut tx, &tenant, &user).await?;
        tx.finish().await?;
        Ok::<_, AppError>((user, tenant, held, plans, may, own, link, may_release, fields, (roles, groups)))
    };
    let (user, tenant, held, plans, may, own, link, may_release, fields, (roles, groups)) = read.await?;
    let (roles, possible) = roles_of(roles);
    let link = match link {
        Some((token, until)) => Some((visit.surface.activation_url(&token).await?, speech::instant(until))),
        None => None,
    };
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(tenant.id, &tenant.name);
    frame.trail.push((say("customer-people"), format!("/customers/{}/people", tenant.id)));
    let (state, tone) = standing(&user);
    let how = user.provisioning.as_ref();
    let page = One {
        frame,
        name: user.display_name.clone(),
        login: user.principal_name.clone(),
        path: format!("/people/{id}"),
        version: user.version,
        state,
        tone,
        provisioning: how.and_then(|p| view::unsettled(p.state)),
        problem: how.and_then(|p| p.problem.as_ref()).map(|p| view::problem(p, own)),
        request: how.and_then(|p| p.request).map(|id| format!("/status/requests/{id}")),
        facts: facts(&user, &fields),
        choices: choices(&plans).into_iter().filter(|c| !held.iter().any(|h| h.plan == c.code)).collect(),
        plans: held.iter().map(Held::of).collect(),
        roles,
        possible,
        groups,
        tenant: tenant.name.clone(),
        enabled: user.enabled,
        account: user.object.is_some(),
        may_release: user.object.is_some() && may_release,
        move_at: (user.object.is_some() && may.delete && has_elsewhere(&visit, tenant.id))
            .then(|| format!("/people/{id}/move")),
        may,
        link,
    };
    match page.link {
        Some(_) => visit.secret_page(StatusCode::OK, &page),
        None => visit.page(StatusCode::OK, &page),
    }
}

fn facts(of: &User, fields: &[Definition]) -> Vec<(String, String)> {
    let plain = [
        ("field-logon_name", &of.logon_name),
        ("field-mail", &of.mail),
        ("field-phone", &of.phone),
        ("field-title", &of.title),
        ("field-department", &of.department),
    ];
    let mut facts: Vec<_> =
        plain.into_iter().filter_map(|(id, value)| Some((say(id), value.clone()?))).collect();
    facts.extend(of.manager.as_ref().map(|m| (say("field-manager"), m.person.display_name.clone())));
    let detail = |d: &Detail| Some((say(&format!("field-details-{}", d.code())), of.details.get(d)?.clone()));
    facts.extend(DETAILS.iter().filter_map(detail));
    facts.extend(custom::facts(fields, of));
    facts.push((say("person-since"), speech::instant(of.created_at)));
    facts.push(match of.activated_at {
        Some(at) => (say("person-activated"), speech::instant(at)),
        None => (say("person-activated"), say("person-never")),
    });
    facts
}

/// The plans somebody can have.
pub fn choices(plans: &[Plan]) -> Vec<Choice> {
    let choice = |plan: &Plan| Choice {
        code: plan.code.clone(),
        name: plan.name.clone(),
        hint: plan.service_name.clone(),
    };
    plans.iter().filter(|plan| plan.per_user).map(choice).collect()
}

#[derive(Template)]
#[template(path = "person_new.html")]
struct New {
    frame: Frame,
    customer: String,
    path: String,
    form: Form,
    fields: Vec<Input>,
    plans: Vec<Choice>,
}

/// The form for a new person.
pub async fn new(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    new_page(&visit, id, StatusCode::OK, Form::default()).await
}

async fn new_page(visit: &Visit, id: TenantId, status: StatusCode, form: Form) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        tx.permit::<act::UserCreate>(&tenant)?;
        let plans = tx.plans_for(&tenant, &tenant.currency).await?;
        let fields = tx.fields(&tenant).await?;
        tx.finish().await?;
        Ok::<_, AppError>((tenant, plans, fields))
    };
    let (tenant, plans, fields) = read.await?;
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    frame.trail.push((say("customer-people"), format!("/customers/{id}/people")));
    let path = format!("/customers/{id}/people/new");
    let form = form.named(custom::labels(&fields));
    let fields = custom::inputs(&fields);
    let page = New { frame, customer: tenant.name, path, form, fields, plans: choices(&plans) };
    visit.page(status, &page)
}

/// Where the one-time link that was just made is shown: a page that can be loaded again.
fn with_link(id: UserId) -> Response {
    Redirect::to(&format!("/people/{id}?link=1")).into_response()
}

/// Creates a person and leads to the one-time link.
pub async fn create(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let draft = PersonDraft {
        given_name: posted.field("given_name").to_owned(),
        surname: posted.field("surname").to_owned(),
        display_name: given(posted.field("display_name")),
        user_name: given(posted.field("user_name")),
        mail: given(posted.field("mail")),
        phone: given(posted.field("phone")),
        title: given(posted.field("title")),
        department: given(posted.field("department")),
        manager: given(posted.field("manager")),
        plans: posted.all("plans").map(str::to_owned).collect(),
        enabled: true,
        fields: custom::first(&posted),
        ..PersonDraft::default()
    };
    let app = &visit.surface.app;
    // A button pressed twice makes one person.
    let (once, content) = (posted.once(), format!("people/new\n{id}"));
    let kept =
        |made: &CreatedUsers| (303, json!({ "id": made.users.first().map(|new| new.user.id.to_string()) }));
    let repeat = Repeat { key: &once, content: content.as_bytes(), answer: &kept };
    let made =
        use_cases::create(app, visit.person()?, id, &[draft], false, Some(&repeat), &visit.cause).await;
    let created = match made {
        Ok(Answer::Done(made)) => made.users.first().map(|new| new.user.id),
        Ok(Answer::Before { body, .. }) => body["id"].as_str().and_then(|id| id.parse().ok()),
        Err(error) => {
            let form = Form::again(&posted, error)?;
            return new_page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, form).await;
        }
    };
    created.map(with_link).ok_or_else(Refusal::no_page)
}

#[derive(Template)]
#[template(path = "person_edit.html")]
struct Edit {
    frame: Frame,
    name: String,
    path: String,
    version: String,
    form: Form,
    details: Vec<String>,
    fields: Vec<Input>,
    /// Values of what is asked for no more.
    left_over: Vec<Choice>,
}

/// The form to change somebody.
pub async fn edit(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    edit_page(&visit, id, StatusCode::OK, None).await
}

fn detail_field(detail: Detail) -> String {
    format!("details.{}", detail.code())
}

async fn edit_page(
    visit: &Visit,
    id: UserId,
    status: StatusCode,
    sent: Option<(Form, String)>,
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let user = tx.user(id).await?;
        let tenant = tx.tenant(user.tenant).await?;
        let may = tx.may::<act::UserUpdate>(&tenant, &user);
        let fields = tx.fields(&tenant).await?;
        tx.finish().await?;
        Ok::<_, AppError>((user, tenant, may, fields))
    };
    let (user, tenant, may, fields) = read.await?;
    if !may {
        return Err(Refusal::no_page());
    }
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(tenant.id, &tenant.name);
    frame.trail.push((say("customer-people"), format!("/customers/{}/people", tenant.id)));
    frame.trail.push((user.display_name.clone(), format!("/people/{id}")));
    let filled: Vec<_> = custom::filled(&fields, &user).collect();
    let names: Vec<_> = DETAILS.map(|d| (detail_field(d), user.details.get(&d))).to_vec();
    let present = || {
        let details = names.iter().map(|(name, value)| (name.as_str(), value.map(String::as_str)));
        let plain = [
            ("given_name", user.given_name.as_deref()),
            ("surname", user.surname.as_deref()),
            ("display_name", Some(user.display_name.as_str())),
            ("principal_name", Some(user.principal_name.as_str())),
            ("logon_name", user.logon_name.as_deref()),
            ("mail", user.mail.as_deref()),
            ("phone", user.phone.as_deref()),
            ("title", user.title.as_deref()),
            ("department", user.department.as_deref()),
            ("manager", user.manager.as_ref().map(|m| m.person.principal_name.as_str())),
        ];
        let own = filled.iter().map(|(name, value)| (name.as_str(), *value));
        Form::of(plain.into_iter().chain(details).chain(own))
    };
    let (form, version) = sent.unwrap_or_else(|| (present(), user.version.to_string()));
    // What was typed is saved over what somebody else did only after that was said.
    let version = if form.is_stale() { user.version.to_string() } else { version };
    let details = names.iter().map(|(name, _)| name.clone()).collect();
    let (name, path) = (user.display_name.clone(), format!("/people/{id}"));
    let form = form.named(custom::labels(&fields));
    let (left_over, fields) = (custom::left_over(&fields, &user), custom::inputs(&fields));
    visit.page(status, &Edit { frame, name, path, version, form, details, fields, left_over })
}

/// Changes somebody, if nobody else did since the form was shown.
pub async fn change(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let version = posted.field("version").parse().unwrap_or(0);
    let optional = |name: &str| Some(given(posted.field(name)));
    let detail = |d: Detail| (d.code().to_owned(), given(posted.field(&detail_field(d))));
    let patch = UserPatch {
        given_name: optional("given_name"),
        surname: optional("surname"),
        display_name: Some(posted.field("display_name").to_owned()),
        principal_name: Some(posted.field("principal_name").to_owned()),
        logon_name: given(posted.field("logon_name")),
        mail: optional("mail"),
        phone: optional("phone"),
        title: optional("title"),
        department: optional("department"),
        manager: optional("manager"),
        details: DETAILS.into_iter().map(detail).collect(),
        fields: custom::changed(id, &posted).await?,
        ..UserPatch::default()
    };
    match use_cases::update(&visit.surface.app, visit.person()?, id, version, patch, &visit.cause).await {
        Ok(_) => Ok(done(id, "saved")),
        Err(error) => {
            let sent = (Form::again(&posted, error)?, posted.field("version").to_owned());
            edit_page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, Some(sent)).await
        }
    }
}

fn done(id: UserId, what: &str) -> Response {
    Redirect::to(&format!("/people/{id}?done={what}")).into_response()
}

/// What the buttons of a person's page do.
pub async fn act(Path((id, what)): Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller, cause) = (&visit.surface.app, visit.person()?, &visit.cause);
    let version = || posted.field("version").parse().unwrap_or(0);
    match what.as_str() {
        "enable" | "disable" => {
            let patch = UserPatch { enabled: Some(what == "enable"), ..UserPatch::default() };
            use_cases::update(app, caller, id, version(), patch, cause).await?;
        }
        "unlock" => drop(use_cases::once(app, caller, id, Once::Unlock, cause).await?),
        "expire" => drop(use_cases::once(app, caller, id, Once::ExpirePassword, cause).await?),
        "reset" => {
            use_cases::reset_password(app, caller, id, cause).await?;
            return Ok(with_link(id));
        }
        "plan" => drop(use_cases::add_plan(app, caller, id, posted.field("plan"), None, cause).await?),
        "unplan" => {
            let plan: SubscriptionId = posted.field("plan").parse().map_err(|_| Refusal::no_page())?;
            use_cases::remove_plan(app, caller, id, plan, cause).await?;
        }
        "role" | "unrole" => {
            let deed = if what == "role" { roles::Deed::Give } else { roles::Deed::Take };
            roles::change(app, caller, (id, posted.field("role")), deed, cause).await?;
        }
        "group" | "ungroup" => {
            let group: GroupId = posted.field("group").parse().map_err(|_| Refusal::no_page())?;
            let wish = (what == "group").then(groups::Wish::default);
            groups::set_member(app, caller, group, MemberRef::User(id), wish, cause).await?;
        }
        "restore" => drop(use_cases::restore(app, caller, id, cause).await?),
        "remove" => {
            let tenant = tenant_of(visit, id).await?;
            use_cases::delete(app, caller, id, version(), None, cause).await?;
            return Ok(Redirect::to(&format!("/customers/{tenant}/people?done=removed")).into_response());
        }
        _ => return Err(Refusal::no_page()),
    }
    Ok(done(id, if what == "restore" { "restored" } else { &what }))
}

async fn tenant_of(visit: &Visit, id: UserId) -> Result<TenantId, Refusal> {
    let read = async {
        let mut tx = visit.surface.app.read(visit.person().map_err(|_| AppError::NotFound("user"))?).await?;
        let user = tx.user(id).await?;
        tx.finish().await?;
        Ok::<_, AppError>(user.tenant)
    };
    Ok(read.await?)
}
