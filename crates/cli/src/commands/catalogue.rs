//! Services and versions of plans.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, Subcommand};
use serde_json::Value;
use wire::{
    catalogue::{
        Instances, NewInstance, NewPlan, NewServiceDefinition, NewUpgrade, PlanVersions, Price, Service,
        ServiceRemoval, ServiceUpdate, TakeService, Upgrade as UpgradeAnswer,
    },
    common::{Money, PageQuery},
    seats::SeatDeed,
};

use super::{EVERYTHING, confirm, customer_id, overview, seats, tenant_id, user_id, yes_no};
use crate::{
    args::Wait,
    client::{Answer, Client},
    failure::Failure,
    input,
    output::{Columns, Out, or_dash},
    wait,
};

/// What can be done with services.
#[derive(Debug, Subcommand)]
pub enum Services {
    /// List services
    List,
    /// Show what a service means
    Show {
        /// Code
        service: String,
    },
    /// Publish a service from a file (TOML or JSON)
    Create {
        /// The file
        file: PathBuf,
    },
    /// Change a service from a file with what is to change
    Set {
        /// Code
        service: String,
        /// The file
        file: PathBuf,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Let nobody new subscribe; who has it keeps it
    Retire {
        /// Code
        service: String,
        /// Let people subscribe again
        #[arg(long)]
        undo: bool,
    },
    /// Compare everybody who has a service with what it means
    Apply {
        /// Code
        service: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// List the services a customer has, each instance
    Of {
        /// Customer (code or id); your own when not given
        #[arg(long)]
        customer: Option<String>,
    },
    /// Give a customer a service, or another instance of one it has
    Give {
        /// Code of a plan of the service
        plan: String,
        /// Customer (code or id)
        #[arg(long)]
        customer: String,
        /// Code of the instance; `main` when not given
        #[arg(long)]
        instance: Option<String>,
        /// Name of the instance
        #[arg(long)]
        name: Option<String>,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Take a service from a customer; all plans of it end
    Take(Take),
}

/// What is taken from whom.
#[derive(Debug, Args)]
pub struct Take {
    /// Code of the service, with the instance where there are several: erp@test
    pub service: String,
    /// Customer (code or id)
    #[arg(long)]
    pub customer: String,
    /// For so many days its empty groups stay, 0 to 365; as the settings say when not given
    #[arg(long, value_name = "DAYS")]
    pub grace_days: Option<i64>,
    /// Only tell what would end
    #[arg(long)]
    pub preview: bool,
    /// Do not ask, even if people have plans of it
    #[arg(long)]
    pub yes: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// What can be done with plans.
#[derive(Debug, Subcommand)]
pub enum Plans {
    /// Show all versions of a plan
    Show {
        /// Code
        plan: String,
    },
    /// Publish a plan from a file (TOML or JSON)
    Create {
        /// The file
        file: PathBuf,
    },
    /// Publish another version of a plan from a file with what is to change
    Version {
        /// Code
        plan: String,
        /// The file
        file: PathBuf,
    },
    /// Give a plan to many people of a customer
    Give(seats::Seats),
    /// Take a plan from many people of a customer
    Take(seats::Seats),
    /// Change subscriptions to another version of their plan
    Upgrade(Upgrade),
}

/// Whom to change to which version.
#[derive(Debug, Args)]
pub struct Upgrade {
    /// Code of the plan
    pub plan: String,
    /// To which version; the newest when not given
    #[arg(long)]
    pub to: Option<i32>,
    /// Only those that have this version
    #[arg(long)]
    pub from: Option<i32>,
    /// Only at and below this tenant (code or id)
    #[arg(long)]
    pub tenant: Option<String>,
    /// Only this person (id, or name with --tenant)
    #[arg(long)]
    pub user: Option<String>,
    /// Only tell what would change
    #[arg(long)]
    pub preview: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it.
pub async fn services(command: &Services, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Services::List => {
            let page = client.list(&["services"], &PageQuery::default(), &EVERYTHING).await?;
            let columns = Columns::<Service> {
                titles: &["code", "name", "for", "published by", "retired", "version"],
                row: |s| {
                    let (scope, version) = (s.scope.to_string(), s.version.to_string());
                    let publisher = or_dash(s.publisher.as_deref());
                    vec![
                        s.code.clone(),
                        s.name.clone(),
                        scope,
                        publisher,
                        yes_no(s.retired_at.is_some()),
                        version,
                    ]
                },
            };
            out.list(&page, &columns)
        }
        Services::Show { service } => {
            let answer = client.get(&["services", service], &()).await?;
            out.entity(&answer.body, &service_fields(&answer.read()?))
        }
        Services::Create { file } => {
            let body: NewServiceDefinition = input::open(file)?.parse()?;
            let answer = client.post(&["services"], Some(&body)).await?;
            out.entity(&answer.body, &service_fields(&answer.read()?))
        }
        Services::Set { service, file, wait } => {
            let body: ServiceUpdate = input::open(file)?.parse()?;
            let etag = client.get(&["services", service], &()).await?.etag;
            service_changed(
                client,
                out,
                *wait,
                &client.patch(&["services", service], etag.as_deref(), &body).await?,
            )
            .await
        }
        Services::Retire { service, undo } => {
            let body = ServiceUpdate { retired: Some(!undo), ..ServiceUpdate::default() };
            let etag = client.get(&["services", service], &()).await?.etag;
            let answer = client.patch(&["services", service], etag.as_deref(), &body).await?;
            service_changed(client, out, NO_WAIT, &answer).await
        }
        Services::Apply { service, wait } => {
            let answer = client.post(&["services", service, "apply"], None::<&()>).await?;
            service_changed(client, out, *wait, &answer).await
        }
        Services::Of { customer } => {
            let customer = customer_id(client, customer.as_deref()).await?;
            let answer = client.get(&["customers", &customer, "services"], &()).await?;
            instances(out, &answer)
        }
        Services::Give { plan, customer, instance, name, wait } => {
            let customer = tenant_id(client, customer).await?;
            let body = NewInstance { plan: plan.clone(), instance: instance.clone(), name: name.clone() };
            let answer = client.post(&["customers", &customer, "services"], Some(&body)).await?;
            instances(out, &answer)?;
            follow(client, *wait, &answer.body).await
        }
        Services::Take(command) => take(client, out, command).await,
    }
}

async fn take(client: &Client, out: &Out, command: &Take) -> Result<(), Failure> {
    let customer = tenant_id(client, &command.customer).await?;
    let path = ["customers", &customer, "services", &command.service];
    let preview = client.get(&[&path[..], &["removal"]].concat(), &()).await?;
    let of: ServiceRemoval = preview.read()?;
    if command.preview {
        let plans = of.plans.iter().map(|plan| format!("{} ({})", plan.plan, plan.people));
        let plans: Vec<_> = plans.chain(of.customer_plans.iter().cloned()).collect();
        let fields = [
            ("service", format!("{}@{}", of.instance.service, of.instance.instance)),
            ("name", of.instance.name.clone()),
            ("plans that end", or_dash(Some(plans.join(", ").as_str()).filter(|s| !s.is_empty()))),
            ("groups stay for days", of.grace_days.to_string()),
        ];
        return out.entity(&preview.body, &fields);
    }
    let people: i64 = of.plans.iter().map(|plan| plan.people).sum();
    let name = &of.instance.name;
    let question = match people {
        0 => format!("Take {name} from the customer?"),
        _ => format!("Take {name} from the customer? {people} plans of people end."),
    };
    confirm(&question, command.yes)?;
    // What was asked about, and no more.
    let how = TakeService { force: command.yes || people > 0, grace_days: command.grace_days };
    let answer = client.delete(&path, &how, None).await?;
    instances(out, &answer)?;
    follow(client, command.wait, &answer.body).await
}

const NO_WAIT: Wait = Wait { wait: false, timeout: 0 };

/// Waits for the request in an answer, if the person asked for it and there is one.
pub async fn follow(client: &Client, wait: Wait, body: &Value) -> Result<(), Failure> {
    match body["request"].as_str() {
        Some(request) if wait.wait => wait::until_final(client, request, wait.timeout).await,
        _ => Ok(()),
    }
}

async fn service_changed(client: &Client, out: &Out, wait: Wait, answer: &Answer) -> Result<(), Failure> {
    let changed: wire::catalogue::ServiceChanged = answer.read()?;
    let mut fields = service_fields(&changed.service);
    fields.push(("request", or_dash(changed.request.as_deref())));
    out.entity(&answer.body, &fields)?;
    follow(client, wait, &answer.body).await
}

fn service_fields(service: &Service) -> Vec<(&'static str, String)> {
    let lines = |map: &BTreeMap<String, String>| {
        map.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join("\n")
    };
    let properties: BTreeMap<_, _> = service
        .properties
        .iter()
        .map(|(name, p)| (name.clone(), p.default.clone().unwrap_or_default()))
        .collect();
    vec![
        ("code", service.code.clone()),
        ("name", service.name.clone()),
        ("for", service.scope.to_string()),
        ("published by", or_dash(service.publisher.as_deref())),
        ("groups", or_dash(Some(&service.groups.join("\n")).filter(|s| !s.is_empty()).map(String::as_str))),
        ("attributes", lines(&service.attributes)),
        ("properties", lines(&properties)),
        ("retired", or_dash(service.retired_at.as_deref())),
        ("version", service.version.to_string()),
    ]
}

fn instances(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let all: Instances = answer.read()?;
    let page = wire::common::Page { items: values(&all.services), next: None };
    let columns = Columns::<wire::catalogue::Instance> {
        titles: &["service", "instance", "name", "people"],
        row: |i| vec![i.service.clone(), i.instance.clone(), i.name.clone(), i.seats.to_string()],
    };
    out.list(&page, &columns)
}

/// Rows of a table from what an answer holds.
pub fn values<T: serde::Serialize>(all: &[T]) -> Vec<Value> {
    all.iter().map(|one| serde_json::to_value(one).unwrap_or_default()).collect()
}

fn money(prices: &[Price]) -> String {
    let one = |p: &Price| overview::money(&Money { minor: p.minor, currency: p.currency.clone() });
    or_dash(Some(prices.iter().map(one).collect::<Vec<_>>().join(", ").as_str()).filter(|s| !s.is_empty()))
}

/// Does it; without anything the list.
pub async fn plans(command: Option<&Plans>, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        None => overview::plans(client, out).await,
        Some(Plans::Show { plan }) => versions(out, &client.get(&["plans", plan], &()).await?),
        Some(Plans::Create { file }) => {
            let body: NewPlan = input::open(file)?.parse()?;
            versions(out, &client.post(&["plans"], Some(&body)).await?)
        }
        Some(Plans::Version { plan, file }) => {
            let body: NewPlan = input::open(file)?.parse()?;
            versions(out, &client.post(&["plans", plan, "versions"], Some(&body)).await?)
        }
        Some(Plans::Give(seats)) => seats::change(client, out, SeatDeed::Give, seats).await,
        Some(Plans::Take(seats)) => seats::change(client, out, SeatDeed::Take, seats).await,
        Some(Plans::Upgrade(upgrade)) => {
            let user = match &upgrade.user {
                Some(user) => Some(user_id(client, user, upgrade.tenant.as_deref()).await?),
                None => None,
            };
            let (to, from, tenant) = (upgrade.to, upgrade.from, upgrade.tenant.clone());
            let body = NewUpgrade { to, from, tenant, user, preview: upgrade.preview };
            let answer = client.post(&["plans", &upgrade.plan, "upgrade"], Some(&body)).await?;
            let told: UpgradeAnswer = answer.read()?;
            let fields = [
                ("to version", told.to.to_string()),
                ("people", told.people.to_string()),
                ("subscriptions", told.subscriptions.to_string()),
                ("a month before", money(&told.before)),
                ("a month after", money(&told.after)),
                ("without a price", told.unpriced.to_string()),
                ("request", or_dash(told.request.as_deref())),
            ];
            out.entity(&answer.body, &fields)?;
            follow(client, upgrade.wait, &answer.body).await
        }
    }
}

fn versions(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let all: PlanVersions = answer.read()?;
    let page = wire::common::Page { items: values(&all.versions), next: None };
    let columns = Columns::<wire::catalogue::PlanVersion> {
        titles: &[
            "code",
            "version",
            "name",
            "service",
            "for",
            "price a month",
            "properties",
            "subscriptions",
        ],
        row: |v| {
            let properties: Vec<_> =
                v.properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let (version, scope, prices) = (v.version.to_string(), v.scope.to_string(), money(&v.prices));
            let running = v.subscriptions.to_string();
            vec![
                v.code.clone(),
                version,
                v.name.clone(),
                v.service.clone(),
                scope,
                prices,
                properties.join(" "),
                running,
            ]
        },
    };
    out.list(&page, &columns)
}
