//! Stage 1: one call, and a person can log on.

use std::time::{Duration, Instant};

use serde_json::Value;
use wire::{
    catalogue::Plan,
    groups::Group,
    orders::Order,
    tenants::{CreatedReseller, NewReseller},
};

use super::{Acme, World, require};
use crate::{
    lab::{PASSWORD, directory::Login},
    process::Failure,
};

/// From the order to the first log-on.
const BOUND: Duration = Duration::from_secs(5);
/// The client's exit code for a conflict.
const CONFLICT: i32 = 5;

const ORDER: &str = r#"reference = "STORY-1"
seller = "direct"
purchase_order = "PO 4711"
start = "2026-03-01"
notice_period_days = 90

[customer]
code = "acme"
name = "Acme Maschinenbau GmbH"
billing_id = "D-10042"
upn_suffix = "acme.example"

[[services]]
plan = "desktop-standard"

[[services]]
plan = "erp"

[administrator]
given_name = "Anna"
surname = "Berg"
mail = "anna.berg@acme.example"
plans = ["desktop-standard"]
"#;

/// Places the order with the client, follows the link, logs on to the directory.
pub async fn run(world: &mut World) -> Result<Acme, Failure> {
    direct_brand(world).await?;
    let file = world.lab.data.join("order.toml");
    let write = |text: &str| {
        std::fs::write(&file, text).map_err(Failure::io(format!("cannot write {}", file.display())))
    };
    write(ORDER)?;
    let begin = Instant::now();
    let placed = place(world, 0).await?;
    let ordered = begin.elapsed();
    let link = placed.activation.as_ref().map(|activation| activation.link.clone());
    let link = link.ok_or_else(|| Failure::Found("the order has no activation link".to_owned()))?;
    world.lab.client().activate(&link, PASSWORD).await?;
    let name = placed.administrator.as_ref().map(|user| user.principal_name.clone()).unwrap_or_default();
    let administrator = Login { name, password: PASSWORD.to_owned() };
    require(world.lab.controller.can_bind(&administrator).await?, "the administrator can log on")?;
    let took = begin.elapsed();
    world.done("1", "order with the client until everything is verified", 1, ordered, None);
    world.done("1", "order to the first log-on (bind with the chosen password)", 1, took, None);
    require(took < BOUND, format!("a log-on within {} s", BOUND.as_secs()))?;

    let again = place(world, 0).await?;
    require(again.summary.id == placed.summary.id, "the same order again is the first one")?;
    write(&ORDER.replace("PO 4711", "PO 4712"))?;
    place_expecting(world, CONFLICT).await?;
    let unit = in_the_directory(world, &administrator).await?;
    in_the_interface(world, &placed).await?;
    let administrator = world.lab.client().sign_in(&administrator.name, PASSWORD).await?;
    Ok(Acme { id: placed.customer.tenant.id, unit, administrator })
}

async fn direct_brand(world: &World) -> Result<(), Failure> {
    let body = NewReseller {
        code: "direct".to_owned(),
        name: "Example Desktops".to_owned(),
        brand: Some("direct".to_owned()),
        ..NewReseller::default()
    };
    world.root.post("resellers", &body).await?.read::<CreatedReseller>().map(drop)
}

async fn place(world: &World, expected: i32) -> Result<Order, Failure> {
    let text = place_expecting(world, expected).await?;
    // The order comes first; the end of the waiting after it.
    let first = serde_json::Deserializer::from_str(&text).into_iter::<Value>().next();
    let order = first.and_then(Result::ok).and_then(|value| serde_json::from_value(value).ok());
    order.ok_or_else(|| Failure::Found(format!("the client did not print an order: {text}")))
}

async fn place_expecting(world: &World, expected: i32) -> Result<String, Failure> {
    let file = world.lab.data.join("order.toml");
    let file = file.to_string_lossy();
    let arguments = ["order", "--file", &file, "--wait", "--timeout", "60", "--output", "json"];
    let lab = &world.lab;
    let said = lab.binaries.client(&lab.url, world.root.token(), &lab.data, &arguments).await?;
    require(
        said.status == expected,
        format!("exit code {expected}, not {}: {}", said.status, said.err.trim()),
    )?;
    Ok(said.out)
}

/// What an independent client finds.
async fn in_the_directory(world: &World, administrator: &Login) -> Result<String, Failure> {
    let controller = &world.lab.controller;
    let all = controller.administrator();
    let folder = &controller.folder;
    let units = controller.find(&all, folder, "(&(objectClass=organizationalUnit)(ou=acme))").await?;
    require(units.len() == 1, format!("one unit acme, not {units:?}"))?;
    let unit = units.into_iter().next().unwrap_or_default();
    require(unit.contains("OU=direct,"), format!("{unit} lies below its seller"))?;
    let list = controller.access_list(&unit).await?;
    let closed = list.contains("D:P") || list.contains("D:AIP") || list.contains("D:PAI");
    require(closed, format!("the unit's access list is protected: {list}"))?;
    let groups = controller.find(&all, &unit, "(objectClass=group)").await?;
    require(groups.len() == 4, format!("groups of all people, desktop and two of ERP, not {groups:?}"))?;
    let names = controller.values(&all, &unit, "(objectClass=user)", "userPrincipalName").await?;
    require(names == [administrator.name.as_str()], format!("one user with the suffix, not {names:?}"))?;
    require(administrator.name.ends_with("@acme.example"), format!("{} has the suffix", administrator.name))?;
    let own = controller.find(administrator, &unit, "(objectClass=group)").await?;
    require(own.len() == 4, "the administrator sees the groups of the own customer")?;
    Ok(unit)
}

/// What the order made, as the interface shows it.
async fn in_the_interface(world: &World, placed: &Order) -> Result<(), Failure> {
    let customer = &placed.customer;
    let id = &customer.tenant.id;
    require(customer.tenant.upn_suffix.as_deref() == Some("acme.example"), "the suffix is shown")?;
    require(customer.tenant.brand.as_deref() == Some("direct"), "the customer has the direct brand")?;
    let seen: Value = world.root.get(&format!("customers/{id}")).await?.read()?;
    let subscribed =
        seen["subscriptions"].as_array().is_some_and(|all| all.iter().any(|s| s["plan"] == "erp"));
    require(subscribed, format!("the customer subscribes to the ERP: {}", seen["subscriptions"]))?;
    let administrator = placed.administrator.as_ref().map(|user| user.id.as_str()).unwrap_or_default();
    let seen: wire::users::User = world.root.get(&format!("users/{administrator}")).await?.read()?;
    let desktop = seen.plans.iter().any(|s| s.plan == "desktop-standard" && s.started_at.is_some());
    require(desktop, format!("the administrator's desktop has started: {:?}", seen.plans))?;
    let groups: Vec<Group> = world.root.list(&format!("customers/{id}/groups")).await?;
    require(groups.len() == 4, format!("four groups, not {}", groups.len()))?;
    let plans: Vec<Plan> = world.root.list("plans").await?;
    let priced = plans.iter().filter(|plan| plan.price.as_ref().is_some_and(|p| p.minor > 0)).count();
    require(priced == 4, format!("four plans with a price in the price book, not {priced}"))
}
