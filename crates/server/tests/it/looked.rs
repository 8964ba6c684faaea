//! Which pages are looked at, under which names: every page that can be asked for is among them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What can be asked for and is no page: pictures, styles, files, streams, and ways that lead on.
const NO_PAGES: [&str; 12] = [
    "/assets/{name}",
    "/brand/{name}",
    "/bulk/{id}/export",
    "/bulk/{id}/live",
    "/bulk/{id}/wrong",
    "/customers/export",
    "/customers/{id}/groups/export",
    "/customers/{id}/people/export",
    "/settings",
    "/settings/{id}/brand/{picture}",
    "/status/export",
    "/status/requests/{id}/live",
];

/// The names under which a page is looked at.
const LOOKED: &[(&str, &[&str])] = &[
    ("/", &["sign-in", "sign-in-branded"]),
    ("/account", &["account", "account-danish", "account-fields", "account-sessions"]),
    ("/account/password", &["account-password", "account-password-wrong"]),
    ("/activate/{token}", &["link-done", "link-forgotten", "link-replaced", "link-wrong"]),
    ("/adoptions", &["adoptions", "adoptions-empty"]),
    ("/adoptions/{id}", &["adoption-preview", "adoption-run"]),
    (
        "/bulk/{id}",
        &[
            "bulk-act",
            "bulk-all-wrong",
            "bulk-cancelled",
            "bulk-done",
            "bulk-move",
            "bulk-move-back",
            "bulk-names",
            "bulk-paused",
            "bulk-preview",
            "bulk-running",
            "bulk-undo",
            "bulk-wrong",
        ],
    ),
    ("/bulk/{id}/mapping", &["bulk-columns"]),
    (
        "/customers",
        &[
            "columns-customers",
            "customers",
            "customers-empty",
            "customers-reseller",
            "customers-series",
            "list-customers",
            "tree",
        ],
    ),
    ("/customers/{id}", &["customer"]),
    ("/customers/{id}/bulk", &["bulk-list", "bulk-none"]),
    ("/customers/{id}/groups", &["columns-groups", "groups", "list-groups"]),
    ("/customers/{id}/groups/new", &["group-new"]),
    ("/customers/{id}/import", &["bulk-import"]),
    (
        "/customers/{id}/people",
        &[
            "columns-chosen",
            "columns-wide",
            "columns-wrong",
            "list-people",
            "list-people-fields",
            "list-people-filtered",
            "list-wrong",
            "people",
            "views-list",
            "views-saved",
        ],
    ),
    ("/customers/{id}/people/new", &["person-new", "person-new-fields"]),
    ("/customers/{id}/properties", &["properties-customer"]),
    ("/customers/{id}/removed", &["removed"]),
    ("/customers/{id}/seats/{plan}", &["seats", "seats-many", "seats-without"]),
    (
        "/customers/{id}/services",
        &["customer-services", "customer-services-provider", "customer-services-quota"],
    ),
    ("/customers/{id}/services/take/{service}", &["service-take"]),
    ("/design", &["design"]),
    ("/directories", &["directories"]),
    ("/directories/{code}", &["directory", "directory-maintenance"]),
    ("/directories/{code}/policy", &["directory-policy"]),
    ("/directories/{code}/surveys", &["surveys", "surveys-empty"]),
    ("/drift", &["drift-empty", "drift-many"]),
    ("/drift/revert", &["drift-revert"]),
    ("/drift/{id}", &["finding"]),
    ("/forgotten", &["forgotten", "forgotten-asked"]),
    ("/groups/{id}", &["group", "group-empty"]),
    ("/groups/{id}/edit", &["group-edit"]),
    ("/groups/{id}/release", &["group-release"]),
    ("/home", &["home", "home-branded", "home-empty", "home-reseller"]),
    ("/mails", &["mails", "mails-empty"]),
    ("/mails/{id}", &["mail"]),
    ("/order", &["order", "order-fields", "order-wrong"]),
    ("/orders/{id}", &["order-failed", "ordered"]),
    ("/people/{id}", &["person", "person-fields", "person-groups", "person-made-fields", "person-moved"]),
    ("/people/{id}/edit", &["person-edit", "person-edit-fields"]),
    ("/people/{id}/history", &["person-history"]),
    ("/people/{id}/move", &["person-move"]),
    ("/people/{id}/properties", &["properties-person"]),
    ("/people/{id}/release", &["person-release"]),
    ("/people/{id}/sessions", &["person-sessions", "person-sessions-none"]),
    ("/plans/{code}", &["plan"]),
    ("/plans/{code}/new", &["plan-new"]),
    ("/plans/{code}/upgrade", &["plan-upgrade"]),
    ("/search", &["list-search", "search"]),
    ("/series/new", &["series-new"]),
    ("/series/{id}", &["series-done", "series-preview"]),
    ("/services", &["services"]),
    ("/services/{code}", &["service"]),
    ("/services/{code}/properties", &["properties-service"]),
    ("/settings/{id}", &["settings"]),
    ("/settings/{id}/brand", &["brand", "brand-empty", "brand-wrong"]),
    ("/settings/{id}/fields", &["custom-fields", "custom-fields-empty"]),
    ("/settings/{id}/fields/{key}", &["custom-field"]),
    ("/settings/{id}/new-field", &["custom-field-new", "custom-field-wrong"]),
    ("/sign-in", &["sign-in-first", "sign-in-wrong"]),
    ("/status", &["columns-requests", "list-requests", "status"]),
    ("/status/requests/{id}", &["request"]),
    ("/surveys/{id}", &["survey"]),
    ("/surveys/{id}/adopt", &["adoption-new"]),
    ("/views", &["views-page"]),
];

/// Of no page that is there.
const NOWHERE: [&str; 2] = ["no-page", "no-page-branded"];

fn fits(route: &str, path: &str) -> bool {
    let plain = path.split(['?', '#']).next().unwrap_or_default();
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), plain.split('/').collect());
    route.len() == path.len() && route.iter().zip(path).all(|(r, p)| r.starts_with('{') || *r == p)
}

/// Whether a name is that of the page at this address.
pub fn check(name: &str, path: &str) {
    if NOWHERE.contains(&name) {
        return;
    }
    let route = LOOKED.iter().find(|(_, names)| names.contains(&name)).map(|(route, _)| *route);
    let route = route.unwrap_or_else(|| panic!("{name} at {path} is missing in the list of pages looked at"));
    assert!(fits(route, path), "{name} is to be a look at {route}, not at {path}");
}

/// The names of looks in the sources of these tests: what is looked at by its name, and what a table of pages
/// begins its lines with.
fn said() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let files = fs::read_dir(folder).expect("our sources").map(|entry| entry.expect("our sources").path());
    let others = files.filter(|path| !path.ends_with("looked.rs"));
    let texts = others.map(|path| fs::read_to_string(path).expect("a source"));
    let mut all = BTreeSet::new();
    for text in texts {
        let pieces: Vec<_> = text.split('"').collect();
        for (before, name) in pieces.iter().zip(pieces.iter().skip(1)) {
            let before = before.trim_end();
            let is_line = before.strip_suffix('(').is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
            if before.ends_with(".look(") || is_line {
                all.insert((*name).to_owned());
            }
        }
    }
    all
}

/// The routes of the portal that can be asked for.
fn routes(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("the sources").path();
        if path.is_dir() {
            routes(&path, found);
            continue;
        }
        let source = fs::read_to_string(&path).unwrap_or_default();
        for route in source.split(".route(").skip(1) {
            let end = [".merge(", ".fallback(", "\n}"].into_iter().filter_map(|end| route.find(end)).min();
            let route = end.and_then(|end| route.get(..end)).unwrap_or(route);
            if route.contains("get(") || route.contains("pictures)") {
                found.insert(route.split('"').nth(1).expect("a route has a path").to_owned());
            }
        }
    }
}

#[test]
fn every_page_is_looked_at_in_both_themes_and_sizes() {
    let mut found = BTreeSet::new();
    routes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../portal/src"), &mut found);
    let looked: BTreeSet<_> =
        LOOKED.iter().map(|(route, _)| *route).chain(NO_PAGES).map(str::to_owned).collect();
    let differ: Vec<_> = found.symmetric_difference(&looked).collect();
    assert!(differ.is_empty(), "these are in the sources or in the list alone: {differ:#?}");
    let said = said();
    let mut names = BTreeMap::new();
    for (route, name) in LOOKED.iter().flat_map(|(route, names)| names.iter().map(move |n| (route, n))) {
        assert!(said.contains(*name), "nobody looks at {name}");
        assert_eq!(names.insert(name, route), None, "{name} is a look at two pages");
    }
}
