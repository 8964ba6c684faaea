//! Beside it: two resellers of another brand, each with a customer in the shared
//! directory, one with another in a directory dedicated to it; and nobody sees anything of
//! anybody else, neither in the interface nor by LDAP in either directory.

use std::time::Instant;

use wire::{
    orders::{NewCustomer, NewOrder, NewService, Order},
    tenants::{CreatedReseller, NewReseller, Tenant},
    users::NewUser,
};

use super::{Acme, World, require};
use crate::{
    lab::{
        PASSWORD,
        client::Client,
        directory::{Controller, DEDICATED, Login, SHARED},
    },
    process::Failure,
};

/// LDAP: insufficient access rights.
const NO_RIGHT: i32 = 50;

/// A customer, and who acts for it.
struct Site {
    id: String,
    code: &'static str,
    administrator: Client,
    login: Login,
}

/// A reseller with its customers.
struct Side {
    reseller: Client,
    sites: Vec<Site>,
}

impl Side {
    fn codes(&self) -> Vec<&'static str> {
        self.sites.iter().map(|site| site.code).collect()
    }
}

/// Builds both sides, then looks from everywhere at everything.
pub async fn run(world: &mut World, acme: &Acme) -> Result<(), Failure> {
    let begin = Instant::now();
    let north = reseller(world, "north").await?;
    let south = reseller(world, "south").await?;
    world.root.dedicate(DEDICATED.code, "north").await?;
    let north = Side {
        sites: vec![
            site(world, &north, "fjord", None).await?,
            site(world, &north, "polar", Some(DEDICATED.code)).await?,
        ],
        reseller: north,
    };
    let south = Side { sites: vec![site(world, &south, "alba", None).await?], reseller: south };
    world.done("-", "customers of two resellers, one in a dedicated directory", 3, begin.elapsed(), None);
    let begin = Instant::now();
    let mut looks = strangers_are_refused(world, &south).await?;
    for (from, other) in [(&north, &south), (&south, &north)] {
        looks += in_the_interface(from, other, &acme.id).await?;
        for (number, site) in from.sites.iter().enumerate() {
            let mut hidden = other.codes();
            hidden.push("acme");
            // Customers of one reseller are strangers to each other as well.
            hidden.extend(
                from.codes().into_iter().enumerate().filter(|(i, _)| *i != number).map(|(_, code)| code),
            );
            looks += in_the_directory(world, site, &hidden).await?;
        }
    }
    for site in north.sites.iter().chain(&south.sites) {
        looks += unseen(&acme.administrator, &site.id).await?;
    }
    for controller in [&world.lab.controller, &world.lab.dedicated] {
        bind_account(controller).await?;
    }
    world.done(
        "-",
        "looks at others that found nothing (interface and ldapsearch)",
        looks,
        begin.elapsed(),
        None,
    );
    Ok(())
}

async fn reseller(world: &World, seller: &'static str) -> Result<Client, Failure> {
    let body = NewReseller {
        code: seller.to_owned(),
        name: format!("Reseller {seller}"),
        brand: Some("channel".to_owned()),
        administrator: Some(NewUser {
            given_name: "Sam".to_owned(),
            surname: seller.to_owned(),
            principal_name: Some(format!("boss@{seller}.example")),
            ..NewUser::default()
        }),
        ..NewReseller::default()
    };
    let created: CreatedReseller = world.root.post("resellers", &body).await?.read()?;
    let link = created.activation.map(|activation| activation.link).unwrap_or_default();
    world.lab.client().activate(&link, PASSWORD).await?;
    world.lab.client().sign_in(&format!("boss@{seller}.example"), PASSWORD).await
}

/// No seller is named: it is the reseller's own order.
fn order(code: &str, directory: Option<&str>) -> NewOrder {
    NewOrder {
        reference: format!("STORY-{code}"),
        customer: NewCustomer {
            code: code.to_owned(),
            name: format!("Customer {code}"),
            upn_suffix: format!("{code}.example"),
            directory: directory.map(str::to_owned),
            ..NewCustomer::default()
        },
        services: vec![NewService { plan: "desktop-standard".to_owned(), ..NewService::default() }],
        administrator: NewUser {
            given_name: "Ada".to_owned(),
            surname: code.to_owned(),
            ..NewUser::default()
        },
        ..NewOrder::default()
    }
}

async fn site(
    world: &World,
    reseller: &Client,
    code: &'static str,
    directory: Option<&str>,
) -> Result<Site, Failure> {
    let placed: Order = reseller.post("orders", &order(code, directory)).await?.read()?;
    reseller.complete(&placed.request.id).await?;
    let link = placed.activation.map(|activation| activation.link).unwrap_or_default();
    world.lab.client().activate(&link, PASSWORD).await?;
    let name = placed.administrator.map(|user| user.principal_name).unwrap_or_default();
    let login = Login { name, password: PASSWORD.to_owned() };
    let (at, not_at) = match directory {
        None => (&world.lab.controller, &world.lab.dedicated),
        Some(_) => (&world.lab.dedicated, &world.lab.controller),
    };
    require(at.can_bind(&login).await?, format!("{} logs on where it lives", login.name))?;
    require(!not_at.can_bind(&login).await?, format!("{} is nobody in the other directory", login.name))?;
    let units = at.find(&at.administrator(), &at.folder, &format!("(ou={code})")).await?;
    require(units.len() == 1, format!("one unit {code}, not {units:?}"))?;
    let units = not_at.find(&not_at.administrator(), &not_at.folder, &format!("(ou={code})")).await?;
    require(units.is_empty(), format!("no unit in the other directory, not {units:?}"))?;
    let administrator = world.lab.client().sign_in(&login.name, PASSWORD).await?;
    Ok(Site { id: placed.customer.tenant.id, code, administrator, login })
}

/// A dedicated directory is not there for others, and takes nobody of them.
async fn strangers_are_refused(world: &World, south: &Side) -> Result<usize, Failure> {
    let answer = south.reseller.post("orders", &order("intruder", Some(DEDICATED.code))).await?;
    let error = &answer.body["errors"][0];
    require(
        answer.status == 422
            && error["field"] == "customer.directory"
            && error["args"]["known"] == SHARED.code,
        format!("an order into the directory of others is refused: {} {}", answer.status, answer.body),
    )?;
    let dedicated = &world.lab.dedicated;
    let all = dedicated.administrator();
    let units = dedicated.find(&all, &dedicated.folder, "(objectClass=organizationalUnit)").await?;
    let foreign: Vec<_> =
        units.into_iter().filter(|dn| dn.contains("south") || dn.contains("intruder")).collect();
    require(foreign.is_empty(), format!("nothing of others lies in it, not {foreign:?}"))?;
    Ok(2)
}

/// Neither the reseller nor the customers' administrators see the others.
async fn in_the_interface(from: &Side, other: &Side, acme: &String) -> Result<usize, Failure> {
    let seen: Vec<Tenant> = from.reseller.list("customers").await?;
    let codes: Vec<_> = seen.iter().map(|tenant| tenant.code.as_str()).collect();
    let mut own = from.codes();
    own.sort_unstable();
    require(codes == own, format!("the reseller sees its own customers only, not {codes:?}"))?;
    let mut looks = 1;
    for id in other.sites.iter().map(|site| &site.id).chain([acme]) {
        looks += unseen(&from.reseller, id).await?;
        for site in &from.sites {
            looks += unseen(&site.administrator, id).await?;
        }
    }
    for (site, sibling) in from.sites.iter().zip(from.sites.iter().rev()).filter(|(a, b)| a.id != b.id) {
        looks += unseen(&site.administrator, &sibling.id).await?;
    }
    Ok(looks)
}

/// Everything below a customer is as if it did not exist.
async fn unseen(who: &Client, customer: &str) -> Result<usize, Failure> {
    let paths = ["", "/users", "/groups"].map(|rest| format!("customers/{customer}{rest}"));
    for path in &paths {
        let answer = who.get(path).await?;
        require(answer.status == 404, format!("{path} is hidden: {} {}", answer.status, answer.body))?;
    }
    let answer = who.get(&format!("requests?tenant={customer}")).await?;
    let items = answer.body["items"].as_array().map_or(0, Vec::len);
    require(items == 0, format!("requests of {customer} are hidden: {}", answer.body))?;
    Ok(paths.len() + 1)
}

/// A search of a whole domain as somebody of one customer finds nothing of another, in
/// the directory it lives in; in the other one it is nobody.
async fn in_the_directory(world: &World, from: &Site, hidden: &[&str]) -> Result<usize, Failure> {
    let (shared, dedicated) = (&world.lab.controller, &world.lab.dedicated);
    let (controller, elsewhere) =
        if shared.can_bind(&from.login).await? { (shared, dedicated) } else { (dedicated, shared) };
    require(
        !elsewhere.can_bind(&from.login).await?,
        format!("{} logs on in one directory", from.login.name),
    )?;
    let base = controller.directory().base_dn.clone();
    let found = controller.find(&from.login, &base, "(objectClass=*)").await?;
    let own = format!("OU={},", from.code);
    require(found.iter().any(|dn| dn.contains(&own)), "people see their own customer in the directory")?;
    for code in hidden {
        let foreign: Vec<_> = found.iter().filter(|dn| dn.contains(&format!("OU={code}"))).collect();
        require(foreign.is_empty(), format!("{} finds {foreign:?}", from.login.name))?;
        let filter = format!("(|(userPrincipalName=*@{code}.example)(ou={code})(cn={code}*))");
        let foreign = controller.find(&from.login, &base, &filter).await?;
        require(foreign.is_empty(), format!("{} finds {foreign:?}", from.login.name))?;
    }
    let sellers =
        controller.find(&from.login, &controller.folder, "(objectClass=organizationalUnit)").await?;
    let foreign: Vec<_> = sellers.iter().filter(|dn| !dn.contains(&own)).collect();
    require(foreign.is_empty(), format!("{} finds other units: {foreign:?}", from.login.name))?;
    Ok(3 + 2 * hidden.len())
}

/// The product's account can do nothing outside its folder.
async fn bind_account(controller: &Controller) -> Result<(), Failure> {
    let base = &controller.directory().base_dn;
    let ldif = format!("dn: CN=intruder,CN=Users,{base}\nobjectClass: user\nsAMAccountName: intruder\n");
    let said = controller.ldap("ldapadd", &controller.service_account(), &[], &ldif).await?;
    require(said.status == NO_RIGHT, format!("the account is refused outside its folder: {said:?}"))
}
