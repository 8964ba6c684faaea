//! Beside it: two resellers of another brand with a customer each, and nobody
//! sees anything of anybody else, neither in the interface nor by LDAP.

use std::time::Instant;

use wire::{
    orders::{NewCustomer, NewOrder, NewService, Order},
    tenants::{CreatedReseller, NewReseller, Tenant},
    users::NewUser,
};

use super::{Acme, World, require};
use crate::{
    lab::{PASSWORD, client::Client, directory::Login},
    process::Failure,
};

/// LDAP: insufficient access rights.
const NO_RIGHT: i32 = 50;

/// A reseller with its customer, and who acts for them.
struct Side {
    reseller: Client,
    customer: String,
    code: &'static str,
    administrator: Client,
    login: Login,
}

/// Builds both sides, then looks from everywhere at everything.
pub async fn run(world: &mut World, acme: &Acme) -> Result<(), Failure> {
    let begin = Instant::now();
    let north = side(world, "north", "fjord").await?;
    let south = side(world, "south", "alba").await?;
    world.done("-", "resellers with a customer each, under the reseller brand", 2, begin.elapsed(), None);
    let begin = Instant::now();
    let mut looks = 0;
    for (from, other) in [(&north, &south), (&south, &north)] {
        looks += in_the_interface(from, &[&other.customer, &acme.id]).await?;
        looks += in_the_directory(world, from, &[other.code, "acme"]).await?;
    }
    for hidden in [&north.customer, &south.customer] {
        looks += unseen(&acme.administrator, hidden).await?;
    }
    bind_account(world).await?;
    world.done(
        "-",
        "looks at others that found nothing (interface and ldapsearch)",
        looks,
        begin.elapsed(),
        None,
    );
    Ok(())
}

async fn side(world: &World, seller: &'static str, code: &'static str) -> Result<Side, Failure> {
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
    let reseller = world.lab.client().sign_in(&format!("boss@{seller}.example"), PASSWORD).await?;
    // No seller is named: it is the reseller's own order.
    let order = NewOrder {
        reference: "STORY-B".to_owned(),
        customer: NewCustomer {
            code: code.to_owned(),
            name: format!("Customer {code}"),
            upn_suffix: format!("{code}.example"),
            ..NewCustomer::default()
        },
        services: vec![NewService { plan: "desktop-standard".to_owned(), ..NewService::default() }],
        administrator: NewUser {
            given_name: "Ada".to_owned(),
            surname: code.to_owned(),
            ..NewUser::default()
        },
        ..NewOrder::default()
    };
    let placed: Order = reseller.post("orders", &order).await?.read()?;
    reseller.complete(&placed.request.id).await?;
    let link = placed.activation.map(|activation| activation.link).unwrap_or_default();
    world.lab.client().activate(&link, PASSWORD).await?;
    let name = placed.administrator.map(|user| user.principal_name).unwrap_or_default();
    let login = Login { name, password: PASSWORD.to_owned() };
    let administrator = world.lab.client().sign_in(&login.name, PASSWORD).await?;
    Ok(Side { reseller, customer: placed.customer.tenant.id, code, administrator, login })
}

/// Neither the reseller nor the customer's administrator sees the others.
async fn in_the_interface(from: &Side, hidden: &[&String]) -> Result<usize, Failure> {
    let seen: Vec<Tenant> = from.reseller.list("customers").await?;
    let codes: Vec<_> = seen.iter().map(|tenant| tenant.code.as_str()).collect();
    require(codes == [from.code], format!("the reseller sees its own customer only, not {codes:?}"))?;
    let mut looks = 1;
    for id in hidden {
        looks += unseen(&from.reseller, id).await? + unseen(&from.administrator, id).await?;
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

/// A search of the whole domain as somebody of one customer finds nothing of another.
async fn in_the_directory(world: &World, from: &Side, hidden: &[&str]) -> Result<usize, Failure> {
    let controller = &world.lab.controller;
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
    Ok(2 + 2 * hidden.len())
}

/// The product's account can do nothing outside its folder.
async fn bind_account(world: &World) -> Result<(), Failure> {
    let controller = &world.lab.controller;
    let base = &controller.directory().base_dn;
    let ldif = format!("dn: CN=intruder,CN=Users,{base}\nobjectClass: user\nsAMAccountName: intruder\n");
    let said = controller.ldap("ldapadd", &controller.service_account(), &[], &ldif).await?;
    require(said.status == NO_RIGHT, format!("the account is refused outside its folder: {said:?}"))
}
