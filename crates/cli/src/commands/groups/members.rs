//! Who is in a group.

use std::path::PathBuf;

use clap::Args;
use wire::{
    common::{Page, PageQuery, UserRef},
    groups::{
        EffectiveMember, GroupRef, HeldGroup, Member, MembersChange, MembersChanged, NestedGroup, NewMember,
        OwnGroups, Owners, SetOwners,
    },
};

use super::super::{state_of, user_id, yes_no};
use crate::{
    args::{Listing, Wait},
    client::Client,
    failure::Failure,
    input,
    output::{Columns, Out, instant, or_dash},
    wait,
};

/// A group, and who should come or go.
#[derive(Debug, Args)]
pub struct Change {
    /// Id of the group
    pub group: String,
    /// Ids of people and groups, or principal or log-on names of people
    #[arg(required_unless_present = "file")]
    pub members: Vec<String>,
    /// A file with more of them, one a line; `-` for the standard input
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Customer to look names up in (code or id); your own when not given
    #[arg(long)]
    pub customer: Option<String>,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Lists people, or everybody with why.
pub async fn list(
    client: &Client,
    out: &Out,
    group: &str,
    effective: bool,
    listing: &Listing,
) -> Result<(), Failure> {
    let path = if effective { "effective-members" } else { "members" };
    let page = client.list(&["groups", group, path], &PageQuery::default(), listing).await?;
    if effective { out.list(&page, &EFFECTIVE) } else { out.list(&page, &MEMBERS) }
}

/// Lists groups in a group.
pub async fn nested(client: &Client, out: &Out, group: &str, listing: &Listing) -> Result<(), Failure> {
    let page = client.list(&["groups", group, "groups"], &PageQuery::default(), listing).await?;
    out.list(&page, &NESTED)
}

/// Lists the groups somebody is in.
pub async fn of_person(client: &Client, out: &Out, user: &str, listing: &Listing) -> Result<(), Failure> {
    let page = client.list(&["users", user, "groups"], &PageQuery::default(), listing).await?;
    out.list(&page, &HELD)
}

/// Shows who owns a group, or says it anew.
pub async fn owners(
    client: &Client,
    out: &Out,
    group: &str,
    set: Option<&[String]>,
    customer: Option<&str>,
) -> Result<(), Failure> {
    let path = ["groups", group, "owners"];
    let mut answer = client.get(&path, &()).await?;
    if let Some(named) = set {
        let mut body = SetOwners::default();
        for name in named.iter().filter(|name| !name.is_empty()) {
            body.owners.push(user_id(client, name, customer).await?);
        }
        answer = client.put_match(&path, answer.etag.as_deref(), &body).await?;
    }
    let owners: Owners = answer.read()?;
    out.list(&page(owners.owners), &PEOPLE)
}

/// Lists the groups one owns.
pub async fn mine(client: &Client, out: &Out) -> Result<(), Failure> {
    let own: OwnGroups = client.get(&["me", "groups"], &()).await?.read()?;
    out.list(&page(own.groups), &OWN)
}

fn page(items: Vec<impl serde::Serialize>) -> Page<serde_json::Value> {
    let items = items.into_iter().map(|item| serde_json::to_value(item).unwrap_or_default()).collect();
    Page { items, next: None }
}

const PEOPLE: Columns<'static, UserRef> = Columns {
    titles: &["user", "name", "principal name"],
    row: |u| vec![u.id.clone(), u.display_name.clone(), u.principal_name.clone()],
};

const OWN: Columns<'static, GroupRef> =
    Columns { titles: &["group", "name"], row: |g| vec![g.id.clone(), g.name.clone()] };

/// Puts them in, with one call.
pub async fn add(
    client: &Client,
    out: &Out,
    change: &Change,
    until: Option<&str>,
    days: Option<i64>,
) -> Result<(), Failure> {
    let ids = ids(client, change).await?.into_iter();
    let add = ids.map(|member| NewMember { member, until: until.map(str::to_owned), days });
    send(client, out, change, MembersChange { add: add.collect(), remove: vec![] }).await
}

/// Takes them out, with one call.
pub async fn remove(client: &Client, out: &Out, change: &Change) -> Result<(), Failure> {
    let remove = ids(client, change).await?;
    send(client, out, change, MembersChange { add: vec![], remove }).await
}

/// Everybody is looked up before the change.
async fn ids(client: &Client, change: &Change) -> Result<Vec<String>, Failure> {
    let mut named = change.members.clone();
    if let Some(file) = &change.file {
        let source = input::open(file)?;
        let lines = source.text().lines().map(str::trim).filter(|line| !line.is_empty());
        named.extend(lines.map(str::to_owned));
    }
    let mut ids = Vec::with_capacity(named.len());
    for named in named {
        // Ids and principal names the server knows itself.
        let known = named.starts_with("grp_") || named.starts_with("usr_") || named.contains('@');
        let id = if known { named } else { user_id(client, &named, change.customer.as_deref()).await? };
        ids.push(id);
    }
    Ok(ids)
}

async fn send(client: &Client, out: &Out, change: &Change, body: MembersChange) -> Result<(), Failure> {
    let answer = client.post(&["groups", &change.group, "members"], Some(&body)).await?;
    let changed: MembersChanged = answer.read()?;
    let fields = [
        ("request", changed.request),
        ("added", changed.added.to_string()),
        ("removed", changed.removed.to_string()),
    ];
    out.entity(&answer.body, &fields)?;
    wait::if_asked(client, change.wait, &answer.body).await
}

const MEMBERS: Columns<'static, Member> = Columns {
    titles: &["user", "name", "principal name", "wanted", "until", "provisioning"],
    row: |m| {
        let (user, until) = (&m.user, m.until.as_deref().map(instant));
        let (wanted, state) = (yes_no(m.wanted), state_of(&m.provisioning));
        let until = or_dash(until.as_deref());
        vec![user.id.clone(), user.display_name.clone(), user.principal_name.clone(), wanted, until, state]
    },
};

const NESTED: Columns<'static, NestedGroup> = Columns {
    titles: &["group", "name", "wanted", "until", "provisioning"],
    row: |m| {
        let until = m.until.as_deref().map(instant);
        let (wanted, state) = (yes_no(m.wanted), state_of(&m.provisioning));
        vec![m.group.id.clone(), m.group.name.clone(), wanted, or_dash(until.as_deref()), state]
    },
};

const HELD: Columns<'static, HeldGroup> = Columns {
    titles: &["group", "name", "by hand", "wanted", "until", "provisioning"],
    row: |m| {
        let until = m.until.as_deref().map(instant);
        let (by_hand, wanted) = (yes_no(!m.built_in), yes_no(m.wanted));
        let (id, name) = (m.group.id.clone(), m.group.name.clone());
        vec![id, name, by_hand, wanted, or_dash(until.as_deref()), state_of(&m.provisioning)]
    },
};

const EFFECTIVE: Columns<'static, EffectiveMember> = Columns {
    titles: &["user", "name", "principal name", "why"],
    row: |m| {
        let direct = m.direct.then(|| "direct".to_owned());
        let through = m.through.iter().map(|group| format!("through {}", group.name));
        let why: Vec<_> = direct.into_iter().chain(through).collect();
        let user = &m.user;
        vec![user.id.clone(), user.display_name.clone(), user.principal_name.clone(), why.join(", ")]
    },
};
