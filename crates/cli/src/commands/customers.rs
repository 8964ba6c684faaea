//! Customers.

use clap::{Args, Subcommand};
use wire::tenants::{Customer, Tenant, TenantQuery, TenantUpdate};

use super::{directory_moves, life, state_of, tenant_fields, tenant_id};
use crate::{
    args::Listing,
    client::Client,
    failure::Failure,
    output::{Columns, Out, instant, or_dash},
};

/// What can be done with customers.
#[derive(Debug, Subcommand)]
pub enum Customers {
    /// List customers
    List(List),
    /// Show a customer with its subscriptions and counts
    Show {
        /// Code or id
        customer: String,
    },
    /// Change name, language or time zone
    Update(Update),
    /// Make a customer read-only; nobody of it signs in, its accounts are disabled
    Suspend(life::Which),
    /// Serve a suspended customer again
    Resume(life::Which),
    /// End everything a customer has; it can be restored for a time
    Close(life::Close),
    /// Restore a closed customer with the same accounts
    Restore(life::Which),
    /// Move a customer to another seller, today or with effect from a later day
    Move(life::Move),
    /// Move a customer to another directory, with a preview
    #[command(subcommand)]
    Directory(directory_moves::DirectoryMoves),
    /// List moves to other sellers that are still to come
    Moves(Listing),
    /// Take a planned move of a customer back
    CancelMove {
        /// Code or id
        customer: String,
    },
}

/// Which tenants to list.
#[derive(Debug, Args)]
pub struct List {
    /// Only those whose name, code or billing id begins with this
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Only those directly below this tenant (code or id)
    #[arg(long, value_name = "TENANT")]
    pub parent: Option<String>,
    /// Only active, suspended or closed ones; closed ones are shown only with this
    #[arg(long, value_parser = ["active", "suspended", "closed"])]
    pub status: Option<String>,
    /// How many
    #[command(flatten)]
    pub listing: Listing,
}

/// Changes of a tenant.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Changes {
    /// Display name
    #[arg(long)]
    pub name: Option<String>,
    /// Language, as de
    #[arg(long)]
    pub language: Option<String>,
    /// Time zone, as Europe/Berlin
    #[arg(long)]
    pub time_zone: Option<String>,
}

/// Which tenant, and its changes.
#[derive(Debug, Args)]
pub struct Update {
    /// Code or id
    pub tenant: String,
    /// The changes.
    #[command(flatten)]
    pub changes: Changes,
}

/// Does it.
pub async fn run(command: &Customers, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Customers::List(list) => {
            let query = query(list, None);
            let page = client.list(&["customers"], &query, &list.listing).await?;
            out.list(&page, &COLUMNS)
        }
        Customers::Show { customer } => show(client, out, customer).await,
        Customers::Update(command) => update(client, out, command).await,
        Customers::Suspend(which) => life::switch(client, out, "customers", which, "suspend").await,
        Customers::Resume(which) => life::switch(client, out, "customers", which, "resume").await,
        Customers::Close(command) => life::close(client, out, "customers", command).await,
        Customers::Restore(which) => life::switch(client, out, "customers", which, "restore").await,
        Customers::Move(command) => life::transfer(client, out, "customers", command).await,
        Customers::Directory(command) => directory_moves::run(command, client, out).await,
        Customers::Moves(listing) => life::planned(client, out, listing).await,
        Customers::CancelMove { customer } => life::cancel(client, customer).await,
    }
}

/// Columns of a list of tenants.
pub const COLUMNS: Columns<'static, Tenant> = Columns {
    titles: &["id", "code", "name", "below", "status", "standing", "provisioning"],
    row: |t| {
        vec![
            t.id.clone(),
            t.code.clone(),
            t.name.clone(),
            or_dash(t.parent.as_ref().map(|p| p.code.as_str())),
            t.status.to_string(),
            t.standing.to_string(),
            t.provisioning.as_ref().map_or_else(|| "-".to_owned(), state_of),
        ]
    },
};

/// The query of a list of tenants.
pub fn query(list: &List, kind: Option<&str>) -> TenantQuery {
    TenantQuery {
        parent: list.parent.clone(),
        kind: kind.map(str::to_owned),
        status: list.status.clone(),
        search: list.search.clone(),
        ..TenantQuery::default()
    }
}

async fn show(client: &Client, out: &Out, named: &str) -> Result<(), Failure> {
    let id = tenant_id(client, named).await?;
    let answer = client.get(&["customers", &id], &()).await?;
    let customer: Customer = answer.read()?;
    let mut fields = tenant_fields(&customer.tenant);
    let counts = &customer.counts;
    fields.push((
        "users",
        format!(
            "{} ({} enabled, {} never activated, {} need a person)",
            counts.users, counts.users_enabled, counts.users_not_activated, counts.users_failed
        ),
    ));
    fields.push(("groups", counts.groups.to_string()));
    out.entity(&answer.body, &fields)?;
    let started = |at: Option<&str>| at.map_or_else(|| "-".to_owned(), instant);
    let rows: Vec<_> = customer
        .subscriptions
        .iter()
        .map(|s| {
            let (from, to) = (s.started_at.as_deref(), s.ended_at.as_deref());
            vec![s.plan.clone(), s.name.clone(), s.plan_version.to_string(), started(from), started(to)]
        })
        .collect();
    out.table(&["plan", "name", "version", "started", "ended"], &rows)
}

/// Changes a tenant of any kind.
pub async fn update(client: &Client, out: &Out, command: &Update) -> Result<(), Failure> {
    let id = tenant_id(client, &command.tenant).await?;
    let changes = &command.changes;
    let body = TenantUpdate {
        name: changes.name.clone(),
        language: changes.language.clone(),
        time_zone: changes.time_zone.clone(),
    };
    let etag = client.get(&["tenants", &id], &()).await?.etag;
    let answer = client.patch(&["tenants", &id], etag.as_deref(), &body).await?;
    out.entity(&answer.body, &tenant_fields(&answer.read()?))
}
