//! Security groups.

use clap::{Args, Subcommand};
use wire::{
    common::PageQuery,
    groups::{Group, Member, NewGroup},
};

use super::{customer_id, provisioning_fields, state_of, user_id, yes_no};
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
    /// List who is in a group
    Members {
        /// Id of the group
        group: String,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// Put people into a group
    Add(Change),
    /// Take people out of a group
    Remove(Change),
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
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// A group and people.
#[derive(Debug, Args)]
pub struct Change {
    /// Id of the group
    pub group: String,
    /// Ids of the people, or their principal or log-on names
    #[arg(required = true)]
    pub users: Vec<String>,
    /// Customer to look names up in (code or id); your own when not given
    #[arg(long)]
    pub customer: Option<String>,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it.
pub async fn run(command: &Groups, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Groups::List { customer, listing } => {
            let customer = customer_id(client, customer.as_deref()).await?;
            let page =
                client.list(&["customers", &customer, "groups"], &PageQuery::default(), listing).await?;
            out.list(&page, &GROUPS)
        }
        Groups::Show { group } => {
            let answer = client.get(&["groups", group], &()).await?;
            out.entity(&answer.body, &fields(&answer.read()?))
        }
        Groups::Create(create) => {
            let customer = customer_id(client, create.customer.as_deref()).await?;
            let body = NewGroup { name: create.name.clone(), description: create.description.clone() };
            let answer = client.post(&["customers", &customer, "groups"], Some(&body)).await?;
            out.entity(&answer.body, &fields(&answer.read()?))?;
            wait::if_asked(client, create.wait, &answer.body).await
        }
        Groups::Members { group, listing } => {
            let page = client.list(&["groups", group, "members"], &PageQuery::default(), listing).await?;
            out.list(&page, &MEMBERS)
        }
        Groups::Add(change) => members(client, out, change, true).await,
        Groups::Remove(change) => members(client, out, change, false).await,
    }
}

const GROUPS: Columns<'static, Group> = Columns {
    titles: &["id", "name", "log-on name", "members", "provisioning"],
    row: |g| {
        let state = state_of(&g.provisioning);
        vec![g.id.clone(), g.name.clone(), g.logon_name.clone(), g.members.to_string(), state]
    },
};

const MEMBERS: Columns<'static, Member> = Columns {
    titles: &["user", "name", "principal name", "wanted", "provisioning"],
    row: |m| {
        let user = &m.user;
        let (wanted, state) = (yes_no(m.wanted), state_of(&m.provisioning));
        vec![user.id.clone(), user.display_name.clone(), user.principal_name.clone(), wanted, state]
    },
};

fn fields(group: &Group) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("id", group.id.clone()),
        ("customer", format!("{} ({})", group.tenant.name, group.tenant.code)),
        ("name", group.name.clone()),
        ("log-on name", group.logon_name.clone()),
        ("description", or_dash(group.description.as_deref())),
        ("members", group.members.to_string()),
        ("created", instant(&group.created_at)),
    ];
    fields.extend(provisioning_fields(&group.provisioning));
    fields
}

/// One call a person, in order; everybody is looked up before the first change.
async fn members(client: &Client, out: &Out, change: &Change, join: bool) -> Result<(), Failure> {
    let mut ids = Vec::with_capacity(change.users.len());
    for named in &change.users {
        ids.push(user_id(client, named, change.customer.as_deref()).await?);
    }
    let mut items = Vec::with_capacity(ids.len());
    for id in &ids {
        let path = ["groups", &change.group, "members", id];
        let answer = if join { client.put(&path).await? } else { client.delete(&path, &(), None).await? };
        items.push(answer.body);
    }
    let page = wire::common::Page { items, next: None };
    out.list(&page, &MEMBERS)?;
    for body in &page.items {
        wait::if_asked(client, change.wait, body).await?;
    }
    Ok(())
}
