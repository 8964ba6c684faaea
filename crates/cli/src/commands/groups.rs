//! Groups. Who is in them is in `members`.

mod members;
mod templates;

use clap::{Args, Subcommand};
pub use members::of_person;
use wire::{
    groups::{Group, GroupQuery, GroupUpdate, NewGroup, RemovedGroup},
    users::Removal,
};

use super::{confirm, customer_id, provisioning_fields, state_of};
use crate::{
    args::{Listing, Wait},
    client::Client,
    failure::Failure,
    output::{Columns, Out, instant, or_dash},
    wait,
};

/// What can be done with groups.
#[derive(Debug, Subcommand)]
pub enum Groups {
    /// List the groups of a customer
    List {
        /// Customer (code or id); your own when not given
        #[arg(long)]
        customer: Option<String>,
        /// Only those whose name begins with this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// Only those of this kind
        #[arg(long, value_parser = ["security", "distribution"])]
        kind: Option<String>,
        /// Only those with somebody in them, or with nobody
        #[arg(long, value_parser = ["some", "none"])]
        members: Option<String>,
        /// Sort by created or name; with - before it from the last to the first
        #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
        sort: Option<String>,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// Show a group
    Show {
        /// Id of the group
        group: String,
    },
    /// Create a group
    Create(Create),
    /// Change a group: its name, text, kind, addresses
    Update(Update),
    /// Remove a group; it can be restored for some days
    Delete {
        /// Id of the group
        group: String,
        /// Days in which it can be restored, 0 to 365; 30 when not given
        #[arg(long, value_name = "DAYS")]
        grace_days: Option<i64>,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// List groups that were removed and can be restored
    Removed {
        /// Customer (code or id); your own when not given
        #[arg(long)]
        customer: Option<String>,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// Restore a removed group: the same with its members
    Restore {
        /// Id of the group
        group: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Show who owns a group, or say it anew; owners may change who is in it
    Owners {
        /// Id of the group
        group: String,
        /// The owners from now on, the first first: ids, or principal or log-on names, separated by commas; empty for none
        #[arg(long, value_delimiter = ',')]
        set: Option<Vec<String>>,
        /// Customer to look names up in (code or id); your own when not given
        #[arg(long)]
        customer: Option<String>,
    },
    /// List the groups one owns oneself
    Mine,
    /// List who is in a group
    Members {
        /// Id of the group
        group: String,
        /// Also who is in it through other groups, with why
        #[arg(long)]
        effective: bool,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// List the groups that are in a group
    Nested {
        /// Id of the group
        group: String,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// Put people and groups into a group
    Add {
        /// Who.
        #[command(flatten)]
        change: members::Change,
        /// An instant at which they are taken out again, as 2026-12-31T18:00:00+01:00
        #[arg(long, value_name = "INSTANT", conflicts_with = "days")]
        until: Option<String>,
        /// Days after which they are taken out again
        #[arg(long)]
        days: Option<i64>,
    },
    /// Take people and groups out of a group
    Remove(members::Change),
    /// Say how groups are called and made, and make them: one for each department
    #[command(subcommand)]
    Templates(templates::Templates),
}

/// New values of a group.
#[derive(Debug, Args)]
pub struct Update {
    /// Id of the group
    pub group: String,
    /// Name within the customer
    #[arg(long)]
    pub name: Option<String>,
    /// Free text; empty removes it
    #[arg(long)]
    pub description: Option<String>,
    /// `security` or `distribution`
    #[arg(long)]
    pub kind: Option<String>,
    /// Mail address; empty removes it
    #[arg(long)]
    pub mail: Option<String>,
    /// All further mail addresses, separated by commas; empty removes them
    #[arg(long, value_delimiter = ',')]
    pub aliases: Option<Vec<String>>,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// A group to be created.
#[derive(Debug, Args)]
pub struct Create {
    /// Name within the customer
    pub name: String,
    /// Customer (code or id); your own when not given
    #[arg(long)]
    pub customer: Option<String>,
    /// Free text
    #[arg(long)]
    pub description: Option<String>,
    /// `security` or `distribution`; `security` when not given
    #[arg(long)]
    pub kind: Option<String>,
    /// Mail address
    #[arg(long)]
    pub mail: Option<String>,
    /// Further mail addresses, separated by commas
    #[arg(long, value_delimiter = ',')]
    pub aliases: Vec<String>,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it.
pub async fn run(command: &Groups, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Groups::List { customer, search, kind, members, sort, listing } => {
            let customer = customer_id(client, customer.as_deref()).await?;
            let query = GroupQuery {
                search: search.clone(),
                kind: kind.clone(),
                members: members.clone(),
                sort: sort.clone(),
                ..GroupQuery::default()
            };
            let page = client.list(&["customers", &customer, "groups"], &query, listing).await?;
            out.list(&page, &GROUPS)
        }
        Groups::Show { group } => {
            let answer = client.get(&["groups", group], &()).await?;
            out.entity(&answer.body, &fields(&answer.read()?))
        }
        Groups::Create(create) => {
            let customer = customer_id(client, create.customer.as_deref()).await?;
            let body = NewGroup {
                name: create.name.clone(),
                description: create.description.clone(),
                kind: create.kind.clone(),
                mail: create.mail.clone(),
                aliases: create.aliases.clone(),
            };
            let answer = client.post(&["customers", &customer, "groups"], Some(&body)).await?;
            out.entity(&answer.body, &fields(&answer.read()?))?;
            wait::if_asked(client, create.wait, &answer.body).await
        }
        Groups::Update(update) => change(client, out, update).await,
        Groups::Delete { group, grace_days, yes, wait } => {
            let before = client.get(&["groups", group], &()).await?;
            confirm(&format!("Remove the group {}?", before.read::<Group>()?.name), *yes)?;
            let removal = Removal { grace_days: *grace_days };
            let answer = client.delete(&["groups", group], &removal, before.etag.as_deref()).await?;
            out.entity(&answer.body, &fields(&answer.read()?))?;
            wait::if_asked(client, *wait, &answer.body).await
        }
        Groups::Removed { customer, listing } => {
            let customer = customer_id(client, customer.as_deref()).await?;
            let page = client.list(&["customers", &customer, "removed-groups"], &(), listing).await?;
            out.list(&page, &REMOVED)
        }
        Groups::Restore { group, wait } => {
            let answer = client.post(&["groups", group, "restore"], None::<&()>).await?;
            out.entity(&answer.body, &fields(&answer.read()?))?;
            wait::if_asked(client, *wait, &answer.body).await
        }
        Groups::Owners { group, set, customer } => {
            members::owners(client, out, group, set.as_deref(), customer.as_deref()).await
        }
        Groups::Mine => members::mine(client, out).await,
        Groups::Members { group, effective, listing } => {
            members::list(client, out, group, *effective, listing).await
        }
        Groups::Nested { group, listing } => members::nested(client, out, group, listing).await,
        Groups::Add { change, until, days } => {
            members::add(client, out, change, until.as_deref(), *days).await
        }
        Groups::Remove(change) => members::remove(client, out, change).await,
        Groups::Templates(command) => templates::run(command, client, out).await,
    }
}

async fn change(client: &Client, out: &Out, update: &Update) -> Result<(), Failure> {
    // An empty value removes, as null does.
    let body = GroupUpdate {
        name: update.name.clone(),
        description: update.description.clone().map(Some),
        kind: update.kind.clone(),
        mail: update.mail.clone().map(Some),
        aliases: update.aliases.clone().map(|all| all.into_iter().filter(|a| !a.is_empty()).collect()),
    };
    let before = client.get(&["groups", &update.group], &()).await?;
    let answer = client.patch(&["groups", &update.group], before.etag.as_deref(), &body).await?;
    out.entity(&answer.body, &fields(&answer.read()?))?;
    wait::if_asked(client, update.wait, &answer.body).await
}

const GROUPS: Columns<'static, Group> = Columns {
    titles: &["id", "name", "kind", "log-on name", "members", "provisioning"],
    row: |g| {
        let (kind, state) = (g.kind.code().to_owned(), state_of(&g.provisioning));
        vec![g.id.clone(), g.name.clone(), kind, g.logon_name.clone(), g.members.to_string(), state]
    },
};

const REMOVED: Columns<'static, RemovedGroup> = Columns {
    titles: &["id", "name", "kind", "removed", "can be restored until"],
    row: |g| {
        let (removed, until) = (instant(&g.removed_at), instant(&g.purge_at));
        vec![g.id.clone(), g.name.clone(), g.kind.code().to_owned(), removed, until]
    },
};

fn fields(group: &Group) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("id", group.id.clone()),
        ("customer", format!("{} ({})", group.tenant.name, group.tenant.code)),
        ("name", group.name.clone()),
        ("log-on name", group.logon_name.clone()),
        ("kind", group.kind.code().to_owned()),
        ("mail", or_dash(group.mail.as_deref())),
        ("further addresses", or_dash(Some(group.aliases.join(", ").as_str()).filter(|a| !a.is_empty()))),
        ("description", or_dash(group.description.as_deref())),
        ("members", group.members.to_string()),
        ("created", instant(&group.created_at)),
    ];
    fields.extend(provisioning_fields(&group.provisioning));
    fields
}
