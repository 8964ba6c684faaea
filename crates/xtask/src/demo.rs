//! `cargo xtask demo`: the whole product on this machine, with made-up
//! resellers, customers and people, until Ctrl-C. What it shows stays for the
//! next time.

use std::net::Ipv4Addr;

use tokio::signal::unix::{SignalKind, signal};
use wire::{
    groups::{Group, NewGroup},
    orders::{NewCustomer, NewOrder, NewService, Order},
    tenants::{CreatedReseller, NewReseller, Tenant},
    users::{NewUser, User},
};

use crate::{
    lab::{Lab, PASSWORD, Place, ROOT, client::Client, people::person},
    process::Failure,
    term::{heading, say},
};

/// What to begin with.
#[derive(clap::Args)]
pub struct DemoArgs {
    /// Forget what an earlier demo left
    #[arg(long)]
    reset: bool,
    /// End as soon as everything is there, as a check
    #[arg(long)]
    once: bool,
}

/// A reseller of the demo.
struct Seller {
    code: &'static str,
    name: &'static str,
    brand: &'static str,
    language: &'static str,
    time_zone: &'static str,
    administrator: &'static str,
}

const SELLERS: [Seller; 3] = [
    Seller {
        code: "direct",
        name: "Example Desktops",
        brand: "direct",
        language: "de",
        time_zone: "Europe/Berlin",
        administrator: "sales@direct.example",
    },
    Seller {
        code: "north",
        name: "North IT ApS",
        brand: "channel",
        language: "da",
        time_zone: "Europe/Copenhagen",
        administrator: "boss@north.example",
    },
    Seller {
        code: "south",
        name: "Sud Informatica Srl",
        brand: "channel",
        language: "it",
        time_zone: "Europe/Rome",
        administrator: "capo@south.example",
    },
];

/// A customer: who sells to it, its code, name and people.
struct Buyer(&'static str, &'static str, &'static str, usize);

const BUYERS: [Buyer; 6] = [
    Buyer("direct", "acme", "Acme Maschinenbau GmbH", 60),
    Buyer("direct", "baltic", "Baltic Shipping AB", 6),
    Buyer("north", "fjord", "Fjord Fisk A/S", 8),
    Buyer("north", "lundco", "Lund & Co.", 4),
    Buyer("south", "alba", "Alba Ceramiche SpA", 8),
    Buyer("south", "toro", "Toro Vini Srl", 4),
];

/// Starts everything, fills it, says where it is, and waits.
pub async fn start(args: DemoArgs) -> Result<(), Failure> {
    let place = Place {
        name: "demo",
        controller: Ipv4Addr::new(127, 60, 0, 1),
        port: 8080,
        profile: "dev",
        fresh: args.reset,
    };
    let io = || Failure::io("cannot listen for signals");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(io())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(io())?;
    let mut asked = async || {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let mut lab = tokio::select! {
        lab = Lab::start(&place) => lab?,
        // What was started ends with this process.
        () = asked() => return Err(Failure::Stopped),
    };
    let result = tokio::select! {
        result = show(&mut lab, args.once) => result,
        () = asked() => Ok(()),
    };
    heading("stopping");
    let stopped = lab.stop().await;
    result.and(stopped)
}

async fn show(lab: &mut Lab, once: bool) -> Result<(), Failure> {
    heading("filling it through the public interface");
    let root = lab.client().sign_in(ROOT, PASSWORD).await?;
    for seller in &SELLERS {
        ensure_seller(&root, seller).await?;
    }
    for (number, buyer) in BUYERS.iter().enumerate() {
        ensure_buyer(&root, number, buyer).await?;
    }
    print_addresses(lab);
    if once {
        return Ok(());
    }
    say("Ctrl-C stops everything; the data stay for the next `make demo`.");
    Err(lab.server().ended().await)
}

async fn ensure_seller(root: &Client, seller: &Seller) -> Result<(), Failure> {
    let known: Vec<Tenant> = root.list("tenants?kind=reseller").await?;
    if known.iter().any(|tenant| tenant.code == seller.code) {
        return Ok(());
    }
    let administrator = NewUser {
        given_name: "Sam".to_owned(),
        surname: seller.name.split(' ').next().unwrap_or_default().to_owned(),
        principal_name: Some(seller.administrator.to_owned()),
        ..NewUser::default()
    };
    let body = NewReseller {
        code: seller.code.to_owned(),
        name: seller.name.to_owned(),
        brand: Some(seller.brand.to_owned()),
        language: Some(seller.language.to_owned()),
        time_zone: Some(seller.time_zone.to_owned()),
        administrator: Some(administrator),
        ..NewReseller::default()
    };
    let created: CreatedReseller = root.post("resellers", &body).await?.read()?;
    let link = created.activation.map(|activation| activation.link).unwrap_or_default();
    root.activate(&link, PASSWORD).await?;
    say(format!("reseller {}", seller.name));
    Ok(())
}

async fn ensure_buyer(root: &Client, number: usize, buyer: &Buyer) -> Result<(), Failure> {
    let Buyer(seller, code, name, people) = buyer;
    let domain = format!("{code}.example");
    let order = NewOrder {
        reference: format!("DEMO-{:03}", number + 1),
        seller: Some((*seller).to_owned()),
        customer: NewCustomer {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            upn_suffix: domain.clone(),
            ..NewCustomer::default()
        },
        services: ["desktop-standard", "office", "erp"]
            .map(|plan| NewService { plan: plan.to_owned(), ..NewService::default() })
            .into(),
        administrator: NewUser {
            user_name: Some("admin".to_owned()),
            ..person(number, &domain, &["desktop-plus"])
        },
        users: (0..*people).map(|i| one_of(code, number * 70 + i + 10, &domain)).collect(),
        ..NewOrder::default()
    };
    // The reference makes it the same order every time.
    let answer = root.post("orders", &order).await?;
    // 200 means that it was placed before.
    let new = answer.status != 200;
    let placed: Order = answer.read()?;
    root.complete(&placed.request.id).await?;
    if let Some(activation) = &placed.activation {
        root.activate(&activation.link, PASSWORD).await?;
    }
    ensure_group(root, &placed.customer.tenant.id).await?;
    if new {
        say(format!("customer {name}: {} people, verified in the directory", people + 1));
    }
    Ok(())
}

fn one_of(code: &str, number: usize, domain: &str) -> NewUser {
    let plans: &[&str] = match number % 5 {
        0 => &["desktop-plus", "office"],
        4 => &["office"],
        _ => &["desktop-standard"],
    };
    let mut person = person(number, domain, plans);
    person.mail = Some(format!("{code}{number}@{domain}"));
    person
}

/// A group of the customer's own, with the people of one department.
async fn ensure_group(root: &Client, customer: &str) -> Result<(), Failure> {
    const NAME: &str = "Finance team";
    let groups: Vec<Group> = root.list(&format!("customers/{customer}/groups")).await?;
    if groups.iter().any(|group| group.name == NAME) {
        return Ok(());
    }
    let body = NewGroup { name: NAME.to_owned(), description: Some("Invoices and payments".to_owned()) };
    let group: Group = root.post(&format!("customers/{customer}/groups"), &body).await?.read()?;
    let users: Vec<User> = root.list(&format!("customers/{customer}/users")).await?;
    for user in users.iter().filter(|user| user.department.as_deref() == Some("Finance")) {
        let answer = root.put(&format!("groups/{}/members/{}", group.id, user.id)).await?;
        if !(200..300).contains(&answer.status) {
            answer.read::<serde_json::Value>()?;
        }
    }
    Ok(())
}

fn print_addresses(lab: &Lab) {
    let port = lab.url.rsplit(':').next().unwrap_or_default();
    let domain = lab.controller.directory();
    let administrator = lab.controller.administrator();
    heading("ready");
    say(format!("portal and REST     {}  (interface below /api/v1)", lab.url));
    say(format!("direct brand        http://direct.localhost:{port}"));
    say(format!("reseller brand      http://partners.localhost:{port}"));
    say(format!("everybody's password  {PASSWORD}"));
    say(format!("  provider            {ROOT}"));
    for seller in &SELLERS {
        say(format!("  {:<19} {}", seller.name, seller.administrator));
    }
    for Buyer(_, code, name, people) in &BUYERS {
        say(format!("  {name:<19} admin@{code}.example  ({} people)", people + 1));
    }
    say("command line");
    say(format!("  {} login {} --login {ROOT}", lab.binaries.tenantry.display(), lab.url));
    say(format!("directory           {}  ({})", domain.ldaps_url, domain.base_dn));
    say(format!("  LDAPTLS_CACERT={} \\", domain.ca_pem.display()));
    say(format!("  ldapsearch -x -H {} -D admin@acme.example -w {PASSWORD} \\", domain.ldaps_url));
    say(format!("    -b {} '(objectClass=user)' userPrincipalName", domain.base_dn));
    say(format!("  its administrator   {}", administrator.name));
    say(format!("    password          {}", lab.data.join("ad/administrator.password").display()));
    say(format!("  our account         {}", lab.controller.account));
    say(format!("configuration       {}", lab.config().display()));
    say(format!("log                 {}", lab.data.join("server.log").display()));
}
