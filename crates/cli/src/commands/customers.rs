//! Customers.

use clap::{Args, Subcommand};
use wire::tenants::{
    Customer, Naming, NamingQuery, NamingSample, NewSuffix, PasswordPolicy, PasswordRules, Suffix, Tenant,
    TenantQuery, TenantUpdate,
};

use super::{directory_moves, ledger, life, state_of, tenant_fields, tenant_id, yes_no};
use crate::{
    args::Listing,
    client::{Answer, Client},
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
    /// Change name, language, time zone or naming pattern
    Update(Update),
    /// Make a customer read-only; nobody of it signs in, its accounts are disabled
    Suspend(life::Which),
    /// Serve a suspended customer again
    Resume(life::Which),
    /// End everything a customer has; it can be restored for a time
    Close(life::Close),
    /// Restore a closed customer with the same accounts
    Restore(life::Which),
    /// List the suffixes of a customer's principal names
    Suffixes {
        /// Code or id
        customer: String,
    },
    /// Add a suffix, or make one the one for made names
    AddSuffix {
        /// Code or id
        customer: String,
        /// The domain
        suffix: String,
        /// Names that are made get it from now on
        #[arg(long)]
        primary: bool,
    },
    /// Remove a suffix nobody uses
    RemoveSuffix {
        /// Code or id
        customer: String,
        /// The domain
        suffix: String,
    },
    /// Show what a naming pattern makes of some names
    Naming {
        /// Code or id
        customer: String,
        /// A pattern to try, as {g}{surname}; the customer's own when not given
        #[arg(long)]
        pattern: Option<String>,
    },
    /// Show the rules for passwords of a tenant, or set them for it and all below it
    PasswordPolicy(PasswordPolicyOf),
    /// Move a customer to another seller, today or with effect from a later day
    Move(life::Move),
    /// Move a customer to another directory, with a preview
    #[command(subcommand)]
    Directory(directory_moves::DirectoryMoves),
    /// List what was ordered, what ran and what ended: what bills are made of
    Facts(ledger::Facts),
    /// Tell who sold to a customer on which days
    Sellers(ledger::OfDays),
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
    /// Sort by name, code or created; with - before it from the last to the first
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub sort: Option<String>,
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
    /// Id in the invoicing system; "" takes it away
    #[arg(long, value_name = "ID")]
    pub billing_id: Option<String>,
    /// Language, as de
    #[arg(long)]
    pub language: Option<String>,
    /// Time zone, as Europe/Berlin
    #[arg(long)]
    pub time_zone: Option<String>,
    /// How log-on names are made from now on, as {given}.{surname}
    #[arg(long, value_name = "PATTERN")]
    pub naming_pattern: Option<String>,
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

/// The rules for passwords of a tenant. Without any option they are shown.
#[derive(Debug, Args)]
pub struct PasswordPolicyOf {
    /// Code or id, also of a reseller or the provider
    pub tenant: String,
    /// Characters at least, 12 to 64
    #[arg(long, value_name = "NUMBER")]
    pub min_chars: Option<u32>,
    /// Of capital and small letters, digits and other characters so many kinds at least, 0 to 4
    #[arg(long, value_name = "NUMBER")]
    pub classes: Option<u32>,
    /// One's own names may not stand in it
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "TRUE|FALSE")]
    pub no_names: Option<bool>,
    /// A word that may not stand in it; may be given several times
    #[arg(long = "forbid", value_name = "WORD")]
    pub forbidden: Vec<String>,
    /// Days after which it has to be changed
    #[arg(long, value_name = "DAYS")]
    pub valid_days: Option<u32>,
    /// Take the tenant's own rules away
    #[arg(long, conflicts_with_all = ["min_chars", "classes", "no_names", "forbidden", "valid_days"])]
    pub remove: bool,
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
        Customers::Suffixes { customer } => {
            let id = tenant_id(client, customer).await?;
            let answer = client.get(&["customers", &id, "suffixes"], &()).await?;
            suffixes(out, &answer)
        }
        Customers::AddSuffix { customer, suffix, primary } => {
            let id = tenant_id(client, customer).await?;
            let body = NewSuffix { suffix: suffix.clone(), primary: *primary };
            let answer = client.post(&["customers", &id, "suffixes"], Some(&body)).await?;
            suffixes(out, &answer)
        }
        Customers::RemoveSuffix { customer, suffix } => {
            let id = tenant_id(client, customer).await?;
            let answer = client.delete(&["customers", &id, "suffixes", suffix], &(), None).await?;
            suffixes(out, &answer)
        }
        Customers::Naming { customer, pattern } => naming(client, out, customer, pattern.clone()).await,
        Customers::PasswordPolicy(command) => password_policy(client, out, command).await,
        Customers::Move(command) => life::transfer(client, out, "customers", command).await,
        Customers::Directory(command) => directory_moves::run(command, client, out).await,
        Customers::Facts(command) => ledger::facts(client, out, command).await,
        Customers::Sellers(command) => ledger::sellers(client, out, command).await,
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
        sort: list.sort.clone(),
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

fn suffixes(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let items = answer.body["items"].as_array().cloned().unwrap_or_default();
    out.list(&wire::common::Page { items, next: None }, &SUFFIXES)
}

const SUFFIXES: Columns<'static, Suffix> = Columns {
    titles: &["suffix", "for made names", "people"],
    row: |s| vec![s.suffix.clone(), yes_no(s.primary), s.users.to_string()],
};

async fn naming(client: &Client, out: &Out, named: &str, pattern: Option<String>) -> Result<(), Failure> {
    let id = tenant_id(client, named).await?;
    let answer = client.get(&["tenants", &id, "naming"], &NamingQuery { pattern }).await?;
    let naming: Naming = answer.read()?;
    out.entity(&answer.body, &[("pattern", naming.pattern)])?;
    let row =
        |s: NamingSample| vec![format!("{} {}", s.given_name, s.surname), s.principal_name, s.logon_name];
    let rows: Vec<_> = naming.samples.into_iter().map(row).collect();
    out.table(&["person", "principal name", "log-on name"], &rows)
}

async fn password_policy(client: &Client, out: &Out, command: &PasswordPolicyOf) -> Result<(), Failure> {
    let id = tenant_id(client, &command.tenant).await?;
    let path = ["tenants", &id, "password-policy"];
    let body = PasswordRules {
        min_chars: command.min_chars,
        classes: command.classes,
        no_names: command.no_names,
        forbidden_words: command.forbidden.clone(),
        valid_days: command.valid_days,
    };
    let answer = if command.remove {
        client.delete(&path, &(), None).await?
    } else if body == PasswordRules::default() {
        client.get(&path, &()).await?
    } else {
        client.put_body(&path, &body).await?
    };
    let policy: PasswordPolicy = answer.read()?;
    let number = |value: Option<u32>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    let row = |of: &str, rules: &PasswordRules| {
        let names = yes_no(rules.no_names.unwrap_or(false));
        let words = or_dash(Some(rules.forbidden_words.join(", ").as_str()));
        vec![
            of.to_owned(),
            number(rules.min_chars),
            number(rules.classes),
            names,
            words,
            number(rules.valid_days),
        ]
    };
    let mut rows: Vec<_> = policy.own.iter().map(|own| row("own", own)).collect();
    rows.extend([row("above", &policy.above), row("holds", &policy.effective)]);
    out.entity(&answer.body, &[("tenant", command.tenant.clone())])?;
    out.table(&["rules", "characters", "kinds", "no names", "forbidden", "days"], &rows)
}

/// Changes a tenant of any kind.
pub async fn update(client: &Client, out: &Out, command: &Update) -> Result<(), Failure> {
    let id = tenant_id(client, &command.tenant).await?;
    let changes = &command.changes;
    let body = TenantUpdate {
        name: changes.name.clone(),
        billing_id: changes.billing_id.clone().map(|id| Some(id).filter(|id| !id.is_empty())),
        language: changes.language.clone(),
        time_zone: changes.time_zone.clone(),
        naming_pattern: changes.naming_pattern.clone(),
    };
    let etag = client.get(&["tenants", &id], &()).await?.etag;
    let answer = client.patch(&["tenants", &id], etag.as_deref(), &body).await?;
    out.entity(&answer.body, &tenant_fields(&answer.read()?))
}
