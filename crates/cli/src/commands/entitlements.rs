//! What holds for whom: properties, quotas and bundles.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, Subcommand};
use wire::{
    catalogue::{
        BundleUpdate, Bundles as BundlesAnswer, NewBundle, PropertiesQuery, PropertiesSaid, PropertiesUpdate,
        PropertyValues, Quotas as QuotasAnswer, QuotasUpdate,
    },
    users::UserUpdate,
};

use super::{
    catalogue::{follow, values as rows},
    customer_id, tenant_id, user_id, yes_no,
};
use crate::{
    args::Wait,
    client::{Answer, Client},
    failure::Failure,
    input,
    output::{Columns, Out, or_dash},
    wait,
};

/// At a tenant, or for a person.
#[derive(Debug, Args)]
pub struct At {
    /// Tenant (code or id); your own when not given
    #[arg(long)]
    pub tenant: Option<String>,
    /// One person (id, or name with --tenant)
    #[arg(long)]
    pub user: Option<String>,
}

/// What can be done with properties.
#[derive(Debug, Subcommand)]
pub enum Properties {
    /// Show properties with where their values come from
    Show {
        /// Where.
        #[command(flatten)]
        at: At,
        /// Only this service, at a tenant
        #[arg(long)]
        service: Option<String>,
    },
    /// Say what properties are, for everybody below a tenant or for one person
    Set {
        /// Code of the service
        service: String,
        /// As `name=value`; `name=` takes back what was said here
        #[arg(required = true)]
        values: Vec<String>,
        /// Where.
        #[command(flatten)]
        at: At,
        /// Only for this instance
        #[arg(long)]
        instance: Option<String>,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
}

/// What can be done with quotas.
#[derive(Debug, Subcommand)]
pub enum Quotas {
    /// Show the quotas of a tenant and how far they are used
    Show {
        /// Tenant (code or id)
        tenant: String,
    },
    /// Set quotas of a tenant: `people=100`, `service:desktop=50`, `plan:office=10`; nothing after `=` lifts one
    Set {
        /// Tenant (code or id)
        tenant: String,
        /// The quotas
        #[arg(required = true)]
        quotas: Vec<String>,
    },
}

/// What can be done with bundles.
#[derive(Debug, Subcommand)]
pub enum Bundles {
    /// List bundles
    List,
    /// Publish a bundle, or another version of one, from a file (TOML or JSON)
    Publish {
        /// The file
        file: PathBuf,
    },
    /// Let nobody new have a bundle; who has it keeps it
    Retire {
        /// Code
        bundle: String,
        /// Offer it again
        #[arg(long)]
        undo: bool,
    },
    /// Show the bundles of a person, and what gives which plan
    Of {
        /// Id, or name with --customer
        user: String,
        /// Customer to look names up in (code or id); your own when not given
        #[arg(long)]
        customer: Option<String>,
    },
    /// Make these all the bundles a person has; none takes all away
    Give {
        /// Id, or name with --customer
        user: String,
        /// Codes of bundles
        bundles: Vec<String>,
        /// Customer to look names up in (code or id); your own when not given
        #[arg(long)]
        customer: Option<String>,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
}

/// Does it.
pub async fn properties(command: &Properties, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Properties::Show { at, service } => {
            let query = PropertiesQuery { service: service.clone() };
            let (kind, id) = place(client, at).await?;
            let answer = match kind {
                "users" => client.get(&[kind, &id, "properties"], &()).await?,
                _ => client.get(&[kind, &id, "properties"], &query).await?,
            };
            let all: PropertyValues = answer.read()?;
            let page = wire::common::Page { items: rows(&all.properties), next: None };
            let columns = Columns::<wire::catalogue::PropertyValue> {
                titles: &["service", "instance", "property", "value", "comes from"],
                row: |p| {
                    let steps: Vec<_> = p
                        .chain
                        .iter()
                        .map(|s| format!("{} {}: {}", s.level, s.source.as_deref().unwrap_or(""), s.value))
                        .collect();
                    let (instance, value) = (or_dash(p.instance.as_deref()), or_dash(p.value.as_deref()));
                    vec![p.service.clone(), instance, p.name.clone(), value, steps.join(" < ")]
                },
            };
            out.list(&page, &columns)
        }
        Properties::Set { service, values, at, instance, wait } => {
            let mut said = BTreeMap::new();
            for text in values {
                let (name, value) = text.split_once('=').ok_or_else(|| {
                    Failure::usage(format!("\"{text}\" is no property"), "write it as name=value")
                })?;
                said.insert(name.to_owned(), Some(value.to_owned()).filter(|value| !value.is_empty()));
            }
            let body =
                PropertiesUpdate { service: service.clone(), instance: instance.clone(), values: said };
            let (kind, id) = place(client, at).await?;
            let answer = client.patch(&[kind, &id, "properties"], None, &body).await?;
            let told: PropertiesSaid = answer.read()?;
            let fields = [("people", told.people.to_string()), ("request", or_dash(told.request.as_deref()))];
            out.entity(&answer.body, &fields)?;
            follow(client, *wait, &answer.body).await
        }
    }
}

async fn place(client: &Client, at: &At) -> Result<(&'static str, String), Failure> {
    match &at.user {
        Some(user) => Ok(("users", user_id(client, user, at.tenant.as_deref()).await?)),
        None => Ok(("tenants", customer_id(client, at.tenant.as_deref()).await?)),
    }
}

/// Does it.
pub async fn quotas(command: &Quotas, client: &Client, out: &Out) -> Result<(), Failure> {
    let answer = match command {
        Quotas::Show { tenant } => {
            client.get(&["tenants", &tenant_id(client, tenant).await?, "quotas"], &()).await?
        }
        Quotas::Set { tenant, quotas } => {
            let mut body = QuotasUpdate::default();
            for text in quotas {
                let wrong = || {
                    let cure = "write people=100, service:CODE=50 or plan:CODE=10; nothing after = lifts it";
                    Failure::usage(format!("\"{text}\" is no quota"), cure)
                };
                let (what, most) = text.split_once('=').ok_or_else(wrong)?;
                let most = if most.is_empty() { None } else { Some(most.parse().map_err(|_| wrong())?) };
                match what.split_once(':') {
                    None if what == "people" => body.people = Some(most),
                    Some(("service", code)) => drop(body.services.insert(code.to_owned(), most)),
                    Some(("plan", code)) => drop(body.plans.insert(code.to_owned(), most)),
                    _ => return Err(wrong()),
                }
            }
            client.patch(&["tenants", &tenant_id(client, tenant).await?, "quotas"], None, &body).await?
        }
    };
    let all: QuotasAnswer = answer.read()?;
    let page = wire::common::Page { items: rows(&all.quotas), next: None };
    let columns = Columns::<wire::catalogue::Quota> {
        titles: &["of", "code", "at most", "used", "over"],
        row: |q| {
            let (max, used) = (q.max.to_string(), q.used.to_string());
            vec![q.kind.clone(), q.subject.clone(), max, used, yes_no(q.over)]
        },
    };
    out.list(&page, &columns)
}

/// Does it.
pub async fn bundles(command: &Bundles, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Bundles::List => shown(out, &client.get(&["bundles"], &()).await?),
        Bundles::Publish { file } => {
            let body: NewBundle = input::open(file)?.parse()?;
            shown(out, &client.post(&["bundles"], Some(&body)).await?)
        }
        Bundles::Retire { bundle, undo } => {
            let body = BundleUpdate { retired: Some(!undo) };
            shown(out, &client.patch(&["bundles", bundle], None, &body).await?)
        }
        Bundles::Of { user, customer } => {
            let id = user_id(client, user, customer.as_deref()).await?;
            let answer = client.get(&["users", &id, "bundles"], &()).await?;
            let all: BundlesAnswer = answer.read()?;
            let page = wire::common::Page { items: rows(&all.sources), next: None };
            let columns = Columns::<wire::catalogue::PlanSource> {
                titles: &["plan", "given to the person", "by bundles"],
                row: |s| vec![s.plan.clone(), yes_no(s.direct), s.bundles.join(", ")],
            };
            shown(out, &answer)?;
            out.list(&page, &columns)
        }
        Bundles::Give { user, bundles, customer, wait } => {
            let id = user_id(client, user, customer.as_deref()).await?;
            let etag = client.get(&["users", &id], &()).await?.etag;
            let body = UserUpdate { bundles: Some(bundles.clone()), ..UserUpdate::default() };
            let answer = client.patch(&["users", &id], etag.as_deref(), &body).await?;
            shown(out, &client.get(&["users", &id, "bundles"], &()).await?)?;
            wait::if_asked(client, *wait, &answer.body).await
        }
    }
}

fn shown(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let all: BundlesAnswer = answer.read()?;
    let page = wire::common::Page { items: rows(&all.bundles), next: None };
    let columns = Columns::<wire::catalogue::Bundle> {
        titles: &["code", "version", "name", "plans", "groups", "retired"],
        row: |b| {
            let (version, retired) =
                (b.version.to_string(), b.retired.map_or_else(|| "-".to_owned(), yes_no));
            let (plans, groups) = (b.plans.join(", "), b.groups.join(", "));
            vec![b.code.clone(), version, b.name.clone(), plans, groups, retired]
        },
    };
    out.list(&page, &columns)
}
