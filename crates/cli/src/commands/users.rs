//! People and their accounts.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;
use wire::{
    common::PageQuery,
    history::HistoryEvent,
    users::{
        CopyUser, NewPasswordReset, NewSubscription, NewUser, NewUsers, PasswordReset, Removal, RemovedUser,
        User, UserBatch, UserFileQuery, UserQuery, UserUpdate,
    },
};

use super::{confirm, customer_id, link_fields, state_of, user_fields, user_id, user_roles, yes_no};
use crate::{
    args::{Listing, Wait},
    client::Client,
    failure::Failure,
    files::To,
    input,
    output::{Columns, Out, instant, note, or_dash},
    wait,
};

/// What can be done with people.
#[derive(Debug, Subcommand)]
pub enum Users {
    /// List the people of a customer
    List(List),
    /// Fetch people of a customer as a file: edited and imported again, it changes exactly what was edited
    File(File),
    /// Show a person
    Show(Named),
    /// Create one person by options, or many from a file
    Create(Box<Create>),
    /// Create a person like another: same title, department, manager, office, groups and plans
    Copy(Box<CopyOf>),
    /// Change a person
    Update(Box<Update>),
    /// Move a person to another customer, with the account they have
    Move(Box<super::user_moves::Move>),
    /// Let a person not log on any more
    Disable(Change),
    /// Let a person log on again
    Enable(Change),
    /// Remove a person
    Delete {
        /// Who.
        #[command(flatten)]
        change: Change,
        /// Days in which the person can be restored, 0 to 365; 30 when not given
        #[arg(long, value_name = "DAYS")]
        grace_days: Option<i64>,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// List those who were removed and can be restored
    Removed {
        /// Customer (code or id); your own when not given
        #[arg(long)]
        customer: Option<String>,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// Restore somebody who was removed: the same account with its groups and plans
    Restore {
        /// Id, or principal or log-on name
        user: String,
        /// Customer to look a name up in (code or id); your own when not given
        #[arg(long)]
        customer: Option<String>,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Lift the lock that wrong passwords put on an account
    Unlock(Change),
    /// Make a person change the password at the next log-on
    ExpirePassword(Change),
    /// Make a link by which a person chooses a new password
    ResetPassword {
        /// Who.
        #[command(flatten)]
        change: Change,
        /// Also send the link to the person by mail
        #[arg(long)]
        send_link: bool,
    },
    /// List what happened to a person: who did what when, the newest first
    History {
        /// Who.
        #[command(flatten)]
        named: Named,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// List the groups a person is in, with those of plans
    Groups {
        /// Who.
        #[command(flatten)]
        named: Named,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// List the open sessions of a person
    Sessions(Named),
    /// End all sessions of a person: signed out everywhere
    EndSessions(Named),
    /// List the roles of a person, and those you may give them
    Roles(Named),
    /// Give a person a role where they are at home: it holds at once
    GiveRole(user_roles::Role),
    /// Take a role from a person: it holds no more at once
    TakeRole(user_roles::Role),
    /// Subscribe a person to a plan
    AddPlan {
        /// Who.
        #[command(flatten)]
        change: Change,
        /// Code of the plan
        #[arg(long)]
        plan: String,
    },
    /// End a person's subscription to a plan
    RemovePlan {
        /// Who.
        #[command(flatten)]
        change: Change,
        /// Code of the plan, or id of the subscription
        #[arg(long)]
        plan: String,
    },
}

/// People of a customer, all or some.
#[derive(Debug, Args)]
pub struct Which {
    /// Customer (code or id); your own when not given
    #[arg(long)]
    pub customer: Option<String>,
    /// Only those one of whose names begins with this
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Only those in this provisioning state
    #[arg(long, value_parser = ["requested", "running", "verified", "failed", "drifted", "parked", "superseded"])]
    pub state: Option<String>,
    /// Only those who can log on, never chose a password, or cannot log on
    #[arg(long, value_parser = ["active", "never_activated", "disabled"])]
    pub standing: Option<String>,
    /// Only those with this plan (code)
    #[arg(long)]
    pub plan: Option<String>,
    /// Only those of this department
    #[arg(long)]
    pub department: Option<String>,
}

/// Which people to list.
#[derive(Debug, Args)]
pub struct List {
    /// Of whom
    #[command(flatten)]
    pub which: Which,
    /// Only those with this value of a custom field
    #[arg(long, value_name = "KEY=VALUE")]
    pub field: Option<String>,
    /// Sort by name, login or created; with - before it from the last to the first
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// How many
    #[command(flatten)]
    pub listing: Listing,
}

/// Which people a file has.
#[derive(Debug, Args)]
pub struct File {
    /// Of whom
    #[command(flatten)]
    pub which: Which,
    /// Where it goes
    #[command(flatten)]
    pub to: To,
}

/// A person.
#[derive(Debug, Args)]
pub struct Named {
    /// Id, or principal or log-on name
    pub user: String,
    /// Customer to look a name up in (code or id); your own when not given
    #[arg(long)]
    pub customer: Option<String>,
}

/// A person, and whether to wait.
#[derive(Debug, Args)]
pub struct Change {
    /// Who.
    #[command(flatten)]
    pub named: Named,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// What can be said of a person, on creation and later.
#[derive(Debug, Args)]
pub struct Attributes {
    /// Given name
    #[arg(long)]
    pub given_name: Option<String>,
    /// Surname
    #[arg(long)]
    pub surname: Option<String>,
    /// Name as shown; given name and surname when not given
    #[arg(long)]
    pub display_name: Option<String>,
    /// Whole principal name, as anna.berg@acme.example
    #[arg(long)]
    pub principal_name: Option<String>,
    /// Short log-on name, at most 20 characters
    #[arg(long)]
    pub logon_name: Option<String>,
    /// Mail address
    #[arg(long)]
    pub mail: Option<String>,
    /// Telephone number
    #[arg(long)]
    pub phone: Option<String>,
    /// Job title
    #[arg(long)]
    pub title: Option<String>,
    /// Department
    #[arg(long)]
    pub department: Option<String>,
    /// Who manages the person: id or principal name
    #[arg(long)]
    pub manager: Option<String>,
    /// What else is known, as mobile=+49 170 1234567 or country=DE; may be given several times. The
    /// names are those of the API. On update an empty value clears
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub details: Vec<(String, String)>,
    /// A custom field, as `cost_centre=4711`; may be given several times. On update an empty value clears
    #[arg(long = "field", value_name = "KEY=VALUE", value_parser = name_and_value)]
    pub fields: Vec<(String, String)>,
}

/// A name and a value with an equals sign between.
pub(super) fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => Err("write NAME=VALUE, as mobile=+49 170 1234567".to_owned()),
    }
}

/// People to be created.
#[derive(Debug, Args)]
pub struct Create {
    /// Customer (code or id); your own when not given
    #[arg(long)]
    pub customer: Option<String>,
    /// Many people, in TOML or JSON; `-` for standard input. All are created, or nobody
    #[arg(
        long,
        short,
        value_name = "FILE",
        conflicts_with_all = ["Attributes", "user_name", "plan", "disabled"],
        required_unless_present_any = ["given_name", "surname"],
    )]
    pub file: Option<PathBuf>,
    /// The person.
    #[command(flatten)]
    pub attributes: Attributes,
    /// Principal name before the @; made from the customer's pattern when not given
    #[arg(long, conflicts_with = "principal_name")]
    pub user_name: Option<String>,
    /// Code of a plan to subscribe to; may be given several times
    #[arg(long)]
    pub plan: Vec<String>,
    /// Code of a bundle; may be given several times
    #[arg(long, value_name = "CODE")]
    pub bundle: Vec<String>,
    /// Create an account that cannot log on yet
    #[arg(long)]
    pub disabled: bool,
    /// Send the activation link to the person by mail; with --file to everybody in it
    #[arg(long)]
    pub send_link: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Somebody like another.
#[derive(Debug, Args)]
pub struct CopyOf {
    /// Who is there.
    #[command(flatten)]
    pub named: Named,
    /// What is of the new person.
    #[command(flatten)]
    pub attributes: Attributes,
    /// Principal name before the @; made from the customer's pattern when not given
    #[arg(long, conflicts_with = "principal_name")]
    pub user_name: Option<String>,
    /// Code of a plan instead of the other's plans; may be given several times
    #[arg(long)]
    pub plan: Vec<String>,
    /// Leave the other's groups out
    #[arg(long)]
    pub no_groups: bool,
    /// Create an account that cannot log on yet
    #[arg(long)]
    pub disabled: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// A value that can be cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Clearable {
    /// Given name
    GivenName,
    /// Surname
    Surname,
    /// Mail address
    Mail,
    /// Telephone number
    Phone,
    /// Job title
    Title,
    /// Department
    Department,
    /// Who manages the person
    Manager,
}

/// Changes of a person.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("changes").multiple(true).required(true)
    .args(["given_name", "surname", "display_name", "principal_name", "logon_name", "mail", "phone", "title", "department", "manager", "details", "fields", "clear"]))]
pub struct Update {
    /// Who.
    #[command(flatten)]
    pub named: Named,
    /// The changes.
    #[command(flatten)]
    pub attributes: Attributes,
    /// Values to clear, separated by commas
    #[arg(long, value_enum, value_delimiter = ',')]
    pub clear: Vec<Clearable>,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it.
pub async fn run(command: &Users, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Users::List(list) => {
            let which = &list.which;
            let customer = customer_id(client, which.customer.as_deref()).await?;
            let query = UserQuery {
                search: which.search.clone(),
                state: which.state.clone(),
                field: list.field.clone(),
                standing: which.standing.clone(),
                plan: which.plan.clone(),
                department: which.department.clone(),
                sort: list.sort.clone(),
                ..UserQuery::default()
            };
            let page = client.list(&["customers", &customer, "users"], &query, &list.listing).await?;
            out.list(&page, &USERS)
        }
        Users::File(of) => file(client, of).await,
        Users::Show(named) => {
            let id = id_of(client, named).await?;
            let answer = client.get(&["users", &id], &()).await?;
            out.entity(&answer.body, &user_fields(&answer.read()?))
        }
        Users::Groups { named, listing } => groups(client, out, named, listing).await,
        Users::History { named, listing } => {
            let id = id_of(client, named).await?;
            let page = client.list(&["users", &id, "history"], &PageQuery::default(), listing).await?;
            out.list(&page, &HISTORY)
        }
        Users::Copy(copy) => copy_one(client, out, copy).await,
        Users::Move(to) => super::user_moves::run(client, out, to).await,
        Users::Create(create) => match &create.file {
            Some(file) => create_many(client, out, create, file).await,
            None => create_one(client, out, create).await,
        },
        Users::Update(command) => patch(client, out, &command.named, command.wait, &update(command)).await,
        Users::Disable(change) => enable(client, out, change, false).await,
        Users::Enable(change) => enable(client, out, change, true).await,
        Users::Delete { change, grace_days, yes } => delete(client, out, change, *grace_days, *yes).await,
        Users::Removed { customer, listing } => {
            let customer = customer_id(client, customer.as_deref()).await?;
            let page = client.list(&["customers", &customer, "removed-users"], &(), listing).await?;
            out.list(&page, &REMOVED)
        }
        Users::Restore { user, customer, wait } => {
            let id = removed_id(client, user, customer.as_deref()).await?;
            let answer = client.post(&["users", &id, "restore"], None::<&()>).await?;
            changed(client, out, *wait, &answer).await
        }
        Users::Unlock(change) => once(client, out, change, "unlock").await,
        Users::ExpirePassword(change) => once(client, out, change, "expire-password").await,
        Users::ResetPassword { change, send_link } => reset_password(client, out, change, *send_link).await,
        Users::Sessions(named) => {
            let id = id_of(client, named).await?;
            super::sessions::list(&["users", &id, "sessions"], client, out).await
        }
        Users::EndSessions(named) => end_sessions(client, out, named).await,
        Users::Roles(named) => user_roles::show(client, out, named).await,
        Users::GiveRole(role) => user_roles::give(client, out, role).await,
        Users::TakeRole(role) => user_roles::take(client, out, role).await,
        Users::AddPlan { change, plan } => {
            let id = id_of(client, &change.named).await?;
            let body = NewSubscription { plan: plan.clone() };
            let answer = client.post(&["users", &id, "plans"], Some(&body)).await?;
            changed(client, out, change.wait, &answer).await
        }
        Users::RemovePlan { change, plan } => remove_plan(client, out, change, plan).await,
    }
}

async fn groups(client: &Client, out: &Out, named: &Named, listing: &Listing) -> Result<(), Failure> {
    super::groups::of_person(client, out, &id_of(client, named).await?, listing).await
}

const HISTORY: Columns<'static, HistoryEvent> = Columns {
    titles: &["at", "what", "who", "done", "changes"],
    row: |e| {
        let who = match (&e.actor.name, e.actor.system) {
            (Some(name), _) => name.clone(),
            (None, true) => "tenantry".to_owned(),
            (None, false) => "-".to_owned(),
        };
        let changes = e.changes.iter().map(|change| match (&change.before, &change.after) {
            (None, None) => change.field.clone(),
            (before, after) => {
                format!("{}: {} -> {}", change.field, or_dash(before.as_deref()), or_dash(after.as_deref()))
            }
        });
        vec![instant(&e.at), e.code.clone(), who, yes_no(e.done), changes.collect::<Vec<_>>().join("\n")]
    },
};

const USERS: Columns<'static, User> = Columns {
    titles: &["id", "name", "principal name", "log-on name", "enabled", "activated", "provisioning"],
    row: |u| {
        vec![
            u.id.clone(),
            u.display_name.clone(),
            u.principal_name.clone(),
            or_dash(u.logon_name.as_deref()),
            yes_no(u.enabled),
            yes_no(u.activated_at.is_some()),
            u.provisioning.as_ref().map_or_else(|| or_dash(None), state_of),
        ]
    },
};

const REMOVED: Columns<'static, RemovedUser> = Columns {
    titles: &["id", "name", "principal name", "removed", "can be restored until"],
    row: |r| {
        let user = &r.user;
        let (removed, until) = (instant(&r.removed_at), instant(&r.purge_at));
        vec![user.id.clone(), user.display_name.clone(), user.principal_name.clone(), removed, until]
    },
};

const CREATED: Columns<'static, User> = Columns {
    titles: &["id", "name", "principal name", "provisioning", "activation link"],
    row: |u| {
        let link = or_dash(u.activation.as_ref().map(|a| a.link.as_str()));
        let state = u.provisioning.as_ref().map_or_else(|| or_dash(None), state_of);
        vec![u.id.clone(), u.display_name.clone(), u.principal_name.clone(), state, link]
    },
};

async fn end_sessions(client: &Client, out: &Out, named: &Named) -> Result<(), Failure> {
    let id = id_of(client, named).await?;
    let ended = client.post(&["users", &id, "end-sessions"], None::<&()>).await?;
    super::sessions::ended(out, &ended)
}

pub(super) async fn id_of(client: &Client, named: &Named) -> Result<String, Failure> {
    user_id(client, &named.user, named.customer.as_deref()).await
}

/// The id of somebody removed: given as such, or looked up by a name.
async fn removed_id(client: &Client, name: &str, customer: Option<&str>) -> Result<String, Failure> {
    if name.starts_with("usr_") {
        return Ok(name.to_owned());
    }
    let customer = customer_id(client, customer).await?;
    let all = Listing { limit: u32::MAX, all: true, after: None };
    let page = client.list(&["customers", &customer, "removed-users"], &(), &all).await?;
    let people = page.items.into_iter().filter_map(|item| serde_json::from_value::<RemovedUser>(item).ok());
    let is = |user: &User| user.principal_name == name || user.logon_name.as_deref() == Some(name);
    let mut found: Vec<_> =
        people.filter(|removed| is(&removed.user)).map(|removed| removed.user.id).collect();
    match (found.pop(), found.is_empty()) {
        (Some(id), true) => Ok(id),
        (Some(_), false) => Err(Failure::usage(
            format!("several people named {name} were removed"),
            "give the id; `tenantry users removed` lists them",
        )),
        (None, _) => Err(super::not_found(&format!("nobody named {name} who can be restored"))),
    }
}

async fn once(client: &Client, out: &Out, change: &Change, what: &str) -> Result<(), Failure> {
    let id = id_of(client, &change.named).await?;
    let answer = client.post(&["users", &id, what], None::<&()>).await?;
    changed(client, out, change.wait, &answer).await
}

async fn file(client: &Client, of: &File) -> Result<(), Failure> {
    let which = &of.which;
    let customer = customer_id(client, which.customer.as_deref()).await?;
    let query = UserFileQuery {
        search: which.search.clone(),
        state: which.state.clone(),
        standing: which.standing.clone(),
        plan: which.plan.clone(),
        department: which.department.clone(),
        format: Some(of.to.format()?),
    };
    of.to.write(&client.get_file(&["customers", &customer, "users", "file"], &query).await?)
}

async fn copy_one(client: &Client, out: &Out, copy: &CopyOf) -> Result<(), Failure> {
    let id = id_of(client, &copy.named).await?;
    let user = new_user(&copy.attributes, copy.user_name.clone(), &copy.plan, copy.disabled);
    let body = CopyUser { user, groups: copy.no_groups.then_some(false) };
    let answer = client.post(&["users", &id, "copy"], Some(&body)).await?;
    changed(client, out, copy.wait, &answer).await
}

fn new_user(given: &Attributes, user_name: Option<String>, plans: &[String], disabled: bool) -> NewUser {
    NewUser {
        given_name: given.given_name.clone().unwrap_or_default(),
        surname: given.surname.clone().unwrap_or_default(),
        display_name: given.display_name.clone(),
        user_name,
        principal_name: given.principal_name.clone(),
        logon_name: given.logon_name.clone(),
        mail: given.mail.clone(),
        phone: given.phone.clone(),
        title: given.title.clone(),
        department: given.department.clone(),
        manager: given.manager.clone(),
        plans: plans.to_vec(),
        bundles: Vec::new(),
        enabled: disabled.then_some(false),
        details: given.details.iter().cloned().collect(),
        fields: given.fields.iter().cloned().collect(),
        send_link: None,
    }
}

async fn create_one(client: &Client, out: &Out, create: &Create) -> Result<(), Failure> {
    let customer = customer_id(client, create.customer.as_deref()).await?;
    let user = new_user(&create.attributes, create.user_name.clone(), &create.plan, create.disabled);
    let body = NewUser { bundles: create.bundle.clone(), send_link: by_mail(create.send_link), ..user };
    let answer = client.post(&["customers", &customer, "users"], Some(&body)).await?;
    changed(client, out, create.wait, &answer).await
}

async fn create_many(client: &Client, out: &Out, create: &Create, file: &Path) -> Result<(), Failure> {
    let source = input::open(file)?;
    // A bare list is the natural form of JSON exports.
    let mut body: NewUsers = if source.is_json_array() {
        NewUsers { users: source.parse()?, ..NewUsers::default() }
    } else {
        source.parse()?
    };
    body.send_link = by_mail(create.send_link).or(body.send_link);
    if body.users.is_empty() {
        return Err(Failure::usage(
            format!("{} holds nobody", file.display()),
            "write one [[users]] table for each person",
        ));
    }
    let customer = customer_id(client, create.customer.as_deref()).await?;
    let path = ["customers", &customer, "users", "batch"];
    let answer = client.post(&path, Some(&body)).await.map_err(|failure| failure.in_file(&source))?;
    let batch: UserBatch = answer.read()?;
    let items = answer.body["users"].as_array().cloned().unwrap_or_default();
    out.list(&wire::common::Page { items, next: None }, &CREATED)?;
    note(&format!("{} people, request {}", batch.users.len(), batch.request));
    wait::if_asked(client, create.wait, &answer.body).await
}

fn update(command: &Update) -> UserUpdate {
    let given = &command.attributes;
    let value = |value: &Option<String>, which: Clearable| {
        if command.clear.contains(&which) { Some(None) } else { value.clone().map(Some) }
    };
    UserUpdate {
        given_name: value(&given.given_name, Clearable::GivenName),
        surname: value(&given.surname, Clearable::Surname),
        display_name: given.display_name.clone(),
        principal_name: given.principal_name.clone(),
        logon_name: given.logon_name.clone(),
        mail: value(&given.mail, Clearable::Mail),
        phone: value(&given.phone, Clearable::Phone),
        title: value(&given.title, Clearable::Title),
        department: value(&given.department, Clearable::Department),
        manager: value(&given.manager, Clearable::Manager),
        enabled: None,
        details: clearing(&given.details),
        fields: clearing(&given.fields),
        bundles: None,
    }
}

/// Values by name; an empty one clears.
fn clearing(given: &[(String, String)]) -> BTreeMap<String, Option<String>> {
    let value = |value: &String| Some(value.clone()).filter(|value| !value.is_empty());
    given.iter().map(|(name, text)| (name.clone(), value(text))).collect()
}

async fn patch(
    client: &Client,
    out: &Out,
    named: &Named,
    wait: Wait,
    body: &UserUpdate,
) -> Result<(), Failure> {
    let id = id_of(client, named).await?;
    let etag = client.get(&["users", &id], &()).await?.etag;
    let answer = client.patch(&["users", &id], etag.as_deref(), body).await?;
    changed(client, out, wait, &answer).await
}

async fn enable(client: &Client, out: &Out, change: &Change, enabled: bool) -> Result<(), Failure> {
    let body = UserUpdate { enabled: Some(enabled), ..UserUpdate::default() };
    patch(client, out, &change.named, change.wait, &body).await
}

async fn delete(
    client: &Client,
    out: &Out,
    change: &Change,
    grace_days: Option<i64>,
    yes: bool,
) -> Result<(), Failure> {
    let id = id_of(client, &change.named).await?;
    let before = client.get(&["users", &id], &()).await?;
    let user: User = before.read()?;
    confirm(&format!("Remove {} ({})?", user.display_name, user.principal_name), yes)?;
    let answer = client.delete(&["users", &id], &Removal { grace_days }, before.etag.as_deref()).await?;
    changed(client, out, change.wait, &answer).await
}

/// How a link is asked to be sent.
fn by_mail(send_link: bool) -> Option<String> {
    send_link.then(|| "mail".to_owned())
}

async fn reset_password(client: &Client, out: &Out, change: &Change, send_link: bool) -> Result<(), Failure> {
    let id = id_of(client, &change.named).await?;
    let body = NewPasswordReset { send_link: by_mail(send_link) };
    let answer = client.post(&["users", &id, "password-reset"], Some(&body)).await?;
    let reset: PasswordReset = answer.read()?;
    let mut fields = vec![("user", reset.user.clone())];
    fields.extend(link_fields(&reset.activation));
    out.entity(&answer.body, &fields)?;
    wait::if_asked(client, change.wait, &answer.body).await
}

async fn remove_plan(client: &Client, out: &Out, change: &Change, plan: &str) -> Result<(), Failure> {
    let id = id_of(client, &change.named).await?;
    let subscription = if plan.starts_with("sub_") {
        plan.to_owned()
    } else {
        let user: User = client.get(&["users", &id], &()).await?.read()?;
        let found = user.plans.into_iter().find(|s| s.plan == plan && s.ended_at.is_none());
        found.ok_or_else(|| super::not_found(&format!("no subscription of this person to \"{plan}\"")))?.id
    };
    let answer = client.delete(&["users", &id, "plans", &subscription], &(), None).await?;
    changed(client, out, change.wait, &answer).await
}

/// Shows the person as the answer has them, then waits if asked.
async fn changed(
    client: &Client,
    out: &Out,
    wait: Wait,
    answer: &crate::client::Answer,
) -> Result<(), Failure> {
    if answer.body != Value::Null {
        out.entity(&answer.body, &user_fields(&answer.read()?))?;
    }
    wait::if_asked(client, wait, &answer.body).await
}
