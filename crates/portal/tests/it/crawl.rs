//! Every page by every role: each link leads somewhere, no address breaks anything, and nobody is
//! told of others.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path,
};

use serde_json::json;

use crate::{
    visit::{Browser, Page},
    world::{Estate, World, order, text},
};

/// Every page that can be looked at. A route that is missing here fails
/// [`every_page_is_in_the_list`].
pub const ROUTES: [&str; 77] = [
    "/",
    "/account",
    "/account/password",
    "/activate/{token}",
    "/adoptions",
    "/adoptions/{id}",
    "/assets/{name}",
    "/brand/{name}",
    "/bulk/{id}",
    "/bulk/{id}/export",
    "/bulk/{id}/live",
    "/bulk/{id}/mapping",
    "/bulk/{id}/wrong",
    "/customers",
    "/customers/export",
    "/customers/{id}",
    "/customers/{id}/bulk",
    "/customers/{id}/groups",
    "/customers/{id}/groups/export",
    "/customers/{id}/groups/new",
    "/customers/{id}/import",
    "/customers/{id}/people",
    "/customers/{id}/people/export",
    "/customers/{id}/people/new",
    "/customers/{id}/properties",
    "/customers/{id}/removed",
    "/customers/{id}/seats/{plan}",
    "/customers/{id}/services",
    "/customers/{id}/services/take/{service}",
    "/design",
    "/directories",
    "/directories/{code}",
    "/directories/{code}/policy",
    "/directories/{code}/surveys",
    "/drift",
    "/drift/revert",
    "/drift/{id}",
    "/forgotten",
    "/groups/{id}",
    "/groups/{id}/edit",
    "/groups/{id}/release",
    "/home",
    "/mails",
    "/mails/{id}",
    "/order",
    "/orders/{id}",
    "/people/{id}",
    "/people/{id}/edit",
    "/people/{id}/history",
    "/people/{id}/move",
    "/people/{id}/properties",
    "/people/{id}/release",
    "/people/{id}/sessions",
    "/plans/{code}",
    "/plans/{code}/new",
    "/plans/{code}/upgrade",
    "/search",
    "/series/new",
    "/series/{id}",
    "/services",
    "/services/{code}",
    "/services/{code}/properties",
    "/settings",
    "/settings/{id}",
    "/settings/{id}/brand",
    "/settings/{id}/brand/{picture}",
    "/settings/{id}/fields",
    "/settings/{id}/fields/{key}",
    "/settings/{id}/new-field",
    "/sign-in",
    "/status",
    "/status/export",
    "/status/requests/{id}",
    "/status/requests/{id}/live",
    "/surveys/{id}",
    "/surveys/{id}/adopt",
    "/views",
];

/// What pages look for in their address.
const NAMES: [&str; 38] = [
    "act",
    "actor",
    "after",
    "as",
    "asked",
    "before",
    "columns",
    "container",
    "department",
    "directory",
    "done",
    "fate",
    "field",
    "follow",
    "fields.cost_centre",
    "format",
    "from",
    "groups",
    "instance",
    "kind",
    "made",
    "members",
    "open",
    "order",
    "part",
    "people",
    "plan",
    "q",
    "seller",
    "service",
    "sort",
    "standing",
    "state",
    "status",
    "tenant",
    "time",
    "to",
    "view",
];

/// What nobody who means well puts there. Percent-encoded; the fifth is no UTF-8.
fn odd_values() -> Vec<String> {
    let foreign = web::paging::cursor("another list", "a key", "usr_01jzk3v8x6f0p2m4q7r9s1t3vw");
    let mut odd: Vec<_> =
        ["%00", ";drop%20table%20tenant", "'%22%3E%3Cscript%3E", "-1", "%FF%C3%28", "%", "name%0D%0Ax:y"]
            .map(str::to_owned)
            .into();
    odd.extend([foreign, "x".repeat(10_000), "%F0%9F%98%80".repeat(150)]);
    odd
}

/// Ids of a customer and what it has, as they stand in addresses.
pub struct Ids {
    customer: String,
    person: String,
    group: String,
    order: String,
    request: String,
}

impl Ids {
    async fn of(world: &World, administrator: &str, made: &serde_json::Value) -> Self {
        let customer = text(&made["customer"]["id"]).to_owned();
        let path = format!("/customers/{customer}");
        let people = world.get(&world.root, &format!("{path}/users")).await.expect(200);
        let group = json!({ "name": "Board" });
        let group = world.post(administrator, &format!("{path}/groups"), &group).await.expect(202);
        Self {
            person: text(&people["items"][0]["id"]).to_owned(),
            group: text(&group["id"]).to_owned(),
            order: text(&made["id"]).to_owned(),
            request: text(&made["request"]["id"]).to_owned(),
            customer,
        }
    }

    /// Ids that are well-formed and nobody's.
    fn unknown() -> Self {
        let id = |prefix: &str| format!("{prefix}_01jzk3v8x6f0p2m4q7r9s1t3vw");
        Self {
            customer: id("ten"),
            person: id("usr"),
            group: id("grp"),
            order: id("ord"),
            request: id("req"),
        }
    }

    /// The address of a page of what these are, and whether it belongs to the customer.
    pub fn fill(&self, route: &str) -> (String, bool) {
        let (id, theirs) = match route.split('/').nth(1).unwrap_or_default() {
            "customers" | "settings" => (self.customer.as_str(), true),
            "people" => (self.person.as_str(), true),
            "groups" => (self.group.as_str(), true),
            "orders" => (self.order.as_str(), true),
            "status" => (self.request.as_str(), true),
            "mails" => ("mai_01jzk3v8x6f0p2m4q7r9s1t3vw", false),
            "surveys" => ("svy_01jzk3v8x6f0p2m4q7r9s1t3vw", false),
            "adoptions" => ("adp_01jzk3v8x6f0p2m4q7r9s1t3vw", false),
            "bulk" | "series" => ("blk_01jzk3v8x6f0p2m4q7r9s1t3vw", false),
            "drift" => ("fnd_01jzk3v8x6f0p2m4q7r9s1t3vw", false),
            _ => ("x", false),
        };
        let code = match route.split('/').nth(1).unwrap_or_default() {
            "services" => "desktop",
            "plans" => "desktop-s",
            _ => "shared",
        };
        let path = route
            .replace("{id}", id)
            .replace("{code}", code)
            .replace("{plan}", "desktop-s")
            .replace("{service}", "desktop")
            .replace("{picture}", "logo")
            .replace("{key}", "nothing")
            .replace("{token}", "nonsense")
            .replace("{name}", "nothing");
        (path, theirs && route.contains("{id}"))
    }
}

/// A role of the world: who signed in, what their own is, and what they must never read.
struct Role {
    name: &'static str,
    browser: Browser,
    hidden: &'static [&'static str],
    wrong: BTreeSet<String>,
}

const OTHERS: &[&str] =
    &["gamma GmbH", "beta GmbH", "south IT", "bert.vogel@beta.test", "gus.gray@gamma.test", "Sue Moss"];

/// Whoever sees everybody.
const NOBODY: &[&str] = &[];

/// The estate with one more customer of the other reseller, and its ids.
pub async fn estate() -> (Estate, Ids, Ids) {
    let estate = Estate::new().await;
    let world = &estate.world;
    let sue = world.session("sue@south.test").await;
    let gamma = order("gamma", ("Gus", "Gray"), ("Gina", "Gold"));
    let gamma = world.post(&sue, "/orders", &gamma).await.expect(202);
    let gus = world.session("gus.gray@gamma.test").await;
    let own = Ids::of(world, &estate.anna, &estate.acme).await;
    let foreign = Ids::of(world, &gus, &gamma).await;
    // What is over is not followed: the stream of it ends.
    world.db.change("request_item", "state = 'verified'", "state = 'requested'").await;
    (estate, own, foreign)
}

impl Role {
    fn new(world: &World, name: &'static str, token: &str, hidden: &'static [&'static str]) -> Self {
        Self { name, browser: Browser::signed_in(world, token), hidden, wrong: BTreeSet::new() }
    }

    async fn get(&mut self, path: &str) -> Page {
        let page = self.browser.get(path).await;
        let shown: String = path.chars().take(160).collect();
        if page.status.is_server_error() {
            self.wrong.insert(format!("{} {shown}", page.status));
        }
        for name in self.hidden.iter().filter(|name| page.html.contains(**name)) {
            self.wrong.insert(format!("{shown} tells of {name}"));
        }
        page
    }

    /// What must be answered so.
    async fn expect(&mut self, path: &str, statuses: &[u16]) {
        let status = self.get(path).await.status.as_u16();
        if !statuses.contains(&status) {
            let shown: String = path.chars().take(160).collect();
            self.wrong.insert(format!("{status} instead of {statuses:?}: {shown}"));
        }
    }

    /// Follows every link from the first page on; gives how often each kind of page was seen.
    async fn crawl(&mut self) -> BTreeMap<String, usize> {
        /// Variants of a page, by sorting and filters, that are looked at.
        const VARIANTS: usize = 6;
        let (mut seen, mut kinds) = (BTreeSet::new(), BTreeMap::new());
        let mut variants: BTreeMap<String, usize> = BTreeMap::new();
        let mut open = VecDeque::from(["/home".to_owned()]);
        while let Some(path) = open.pop_front() {
            let plain = path.split('?').next().unwrap_or_default().to_owned();
            let seen_of_it = variants.entry(plain.clone()).or_default();
            if *seen_of_it >= VARIANTS || !seen.insert(path.clone()) {
                continue;
            }
            *seen_of_it += 1;
            *kinds.entry(kind(&plain)).or_default() += 1;
            let page = self.get(&path).await;
            if page.status.is_client_error() {
                self.wrong.insert(format!("a link leads to {}: {path}", page.status));
            }
            if page.status.is_redirection() {
                open.push_back(page.header("location").to_owned());
            } else if page.header("content-type").starts_with("text/html") {
                open.extend(links(&page.html));
            }
        }
        kinds
    }

    /// Everything that went wrong, at once.
    fn done(self) {
        assert!(self.wrong.is_empty(), "{}: {:#?}", self.name, self.wrong);
    }
}

/// The addresses of ours that a page links or loads.
fn links(html: &str) -> Vec<String> {
    let mut all = Vec::new();
    for mark in ["href=\"", "src=\"", "hx-get=\""] {
        for rest in html.split(mark).skip(1) {
            let address = rest.split('"').next().unwrap_or_default();
            let address = address.replace("&#38;", "&").replace("&amp;", "&").replace("&#39;", "'");
            let address = address.split('#').next().unwrap_or_default().to_owned();
            if address.starts_with('/') && !address.starts_with("//") {
                all.push(address);
            }
        }
    }
    all
}

/// The address without ids.
pub fn kind(path: &str) -> String {
    let part = |part: &str| match part.len() == 30 && part.as_bytes().get(3) == Some(&b'_') {
        true => "{id}".to_owned(),
        false => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The routes of a file of sources that can be looked at.
fn routes_of(source: &str, found: &mut BTreeSet<String>) {
    for route in source.split(".route(").skip(1) {
        let ends = [".merge(", ".fallback(", "\n}"].into_iter().filter_map(|end| route.find(end)).min();
        let route = ends.and_then(|end| route.get(..end)).unwrap_or(route);
        let path = route.split('"').nth(1).expect("a route has a path");
        // The pictures of a brand are served and set by one handler, which has a name.
        if route.contains("get(") || route.contains("pictures)") {
            found.insert(path.to_owned());
        }
    }
}

fn read(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("the sources").path();
        if path.is_dir() {
            read(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            routes_of(&fs::read_to_string(&path).expect("a source"), found);
        }
    }
}

#[test]
fn every_page_is_in_the_list() {
    let mut found = BTreeSet::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let listed: BTreeSet<_> = ROUTES.into_iter().map(str::to_owned).collect();
    let differ: Vec<_> = found.symmetric_difference(&listed).collect();
    assert!(differ.is_empty(), "these are in the sources or in the list alone: {differ:#?}");
}

#[tokio::test]
async fn every_link_leads_somewhere_and_tells_of_nobody_else() {
    let (estate, ..) = estate().await;
    let world = &estate.world;
    let seller =
        vec!["/customers", "/customers/{id}", "/customers/{id}/people", "/people/{id}", "/settings/{id}"];
    for (name, token, hidden, reached) in [
        (
            "provider",
            &world.root,
            NOBODY,
            vec!["/services/desktop", "/directories/shared", "/status/requests/{id}"],
        ),
        ("reseller", &estate.boss, OTHERS, seller),
        (
            "customer",
            &estate.anna,
            OTHERS,
            vec!["/customers/{id}", "/groups/{id}", "/customers/{id}/services"],
        ),
        ("end user", &estate.ben, OTHERS, vec!["/home", "/account"]),
    ] {
        let mut role = Role::new(world, name, token, hidden);
        let kinds = role.crawl().await;
        for kind in reached {
            assert!(kinds.contains_key(kind), "{name}: no way to {kind}: {kinds:#?}");
        }
        role.done();
    }
}

#[tokio::test]
async fn what_is_others_or_nobodys_is_not_there() {
    let (estate, _, foreign) = estate().await;
    let (world, unknown) = (&estate.world, Ids::unknown());
    let mut root = Role::new(world, "provider", &world.root, NOBODY);
    for route in ROUTES.iter().filter(|route| route.contains('{')) {
        root.expect(&unknown.fill(&route.replace("{code}", "nothing")).0, &[404]).await;
        for odd in ["x", "%00", "%FF", "..%2F..", "ten_", "%F0%9F%98%80"] {
            let path = ["{id}", "{code}", "{token}", "{name}"]
                .iter()
                .fold((*route).to_owned(), |p, n| p.replace(n, odd));
            root.expect(&unknown.fill(&path).0, &[400, 404]).await;
        }
        let long = route.replace("{id}", &"x".repeat(10_000)).replace("{code}", &"x".repeat(10_000));
        root.expect(&unknown.fill(&long).0, &[404]).await;
    }
    root.done();
    for (name, token, may) in [
        ("reseller", &estate.boss, &[404][..]),
        ("customer", &estate.anna, &[404][..]),
        // Who may nothing may also be told so.
        ("end user", &estate.ben, &[403, 404][..]),
    ] {
        let mut role = Role::new(world, name, token, OTHERS);
        for route in ROUTES {
            let (path, theirs) = foreign.fill(route);
            if theirs {
                role.expect(&path, may).await;
                role.expect(&unknown.fill(route).0, may).await;
            }
        }
        for filter in ["/customers?seller=", "/customers?view=tree&open=", "/status?tenant="] {
            role.expect(&format!("{filter}{}", foreign.customer), &[200, 403, 404]).await;
        }
        role.done();
    }
}

#[tokio::test]
async fn odd_values_in_an_address_are_refused_or_ignored() {
    let (estate, own, _) = estate().await;
    let world = &estate.world;
    for (name, token, hidden) in [
        ("provider", &world.root, NOBODY),
        ("reseller", &estate.boss, OTHERS),
        ("customer", &estate.anna, OTHERS),
        ("end user", &estate.ben, OTHERS),
    ] {
        let mut role = Role::new(world, name, token, hidden);
        // Who sees most meets all of it; the others some.
        let step = if hidden.is_empty() { 1 } else { 3 };
        for odd in odd_values().into_iter().step_by(step) {
            // All together, as long as an address may be.
            let cut = odd.get(..1_700).unwrap_or(&odd);
            let query: Vec<_> = NAMES.iter().map(|name| format!("{name}={cut}")).collect();
            for route in ROUTES {
                role.get(&format!("{}?{}", own.fill(route).0, query.join("&"))).await;
            }
        }
        role.done();
    }
}

#[tokio::test]
async fn each_odd_value_of_a_list_is_refused_or_ignored() {
    let (estate, own, _) = estate().await;
    let world = &estate.world;
    let mut role = Role::new(world, "provider", &world.root, NOBODY);
    for route in [
        "/customers",
        "/customers/export",
        "/customers/{id}/people",
        "/customers/{id}/groups",
        "/customers/{id}/bulk",
        "/customers/{id}/seats/{plan}",
        "/status",
        "/status/requests/{id}",
        "/mails",
        "/drift",
        "/series/new",
        "/views",
    ] {
        let path = own.fill(route).0;
        for name in NAMES {
            for odd in odd_values().into_iter().step_by(2) {
                role.get(&format!("{path}?{name}={odd}")).await;
            }
        }
        // A page of another list is none of this one.
        for name in ["after", "before"] {
            let other = web::paging::cursor("another list", "a key", "usr_01jzk3v8x6f0p2m4q7r9s1t3vw");
            let status = role.get(&format!("{path}?{name}={other}")).await.status;
            let ignored = status.is_success() || status.is_redirection();
            assert!(ignored || status.as_u16() == 422, "{path} {name}: {status}");
        }
    }
    role.done();
}
