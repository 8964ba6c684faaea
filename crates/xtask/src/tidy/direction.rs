//! Which crate may depend on which, and where the large libraries may be used.
//! `ARCHITECTURE.md` explains the reasons.

use super::{Finding, tree::Tree};

/// Crates of the product and the crates of ours they may use. Tests may use
/// more: a dev-dependency cannot reach the product.
const PRODUCT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("policy", &["domain"]),
    ("sheet", &["domain"]),
    ("store", &["domain", "policy"]),
    ("connector", &["domain"]),
    ("ad", &["connector", "domain"]),
    ("outbound", &["domain"]),
    ("engine", &["connector", "domain", "outbound", "store"]),
    ("app", &["domain", "policy", "sheet", "store"]),
    ("wire", &[]),
    ("web", &["app", "domain", "sheet"]),
    ("api", &["app", "domain", "web", "wire"]),
    ("portal", &["app", "domain", "web", "wire"]),
    (
        "server",
        &[
            "ad",
            "api",
            "app",
            "connector",
            "domain",
            "engine",
            "outbound",
            "policy",
            "portal",
            "store",
            "web",
            "wire",
        ],
    ),
    ("cli", &["wire"]),
];

/// Crates for development: they may use anything, nothing of the product may
/// use them.
const DEVELOPMENT: &[&str] = &["testkit", "hostile", "bench", "xtask"];

/// Libraries that only some crates may use.
struct Library {
    name: &'static str,
    users: &'static [&'static str],
    in_tests: &'static [&'static str],
}

const LIBRARIES: &[Library] = &[
    Library { name: "csv-core", users: &["sheet"], in_tests: &[] },
    Library { name: "encoding_rs", users: &["sheet"], in_tests: &[] },
    Library { name: "quick-xml", users: &["sheet"], in_tests: &[] },
    Library { name: "sqlx", users: &["store"], in_tests: &[] },
    Library { name: "jiff-sqlx", users: &["store"], in_tests: &[] },
    Library { name: "lettre", users: &["outbound"], in_tests: &[] },
    Library { name: "ldap3", users: &["ad"], in_tests: &[] },
    Library { name: "reqwest", users: &["outbound", "cli", "bench", "xtask"], in_tests: &["server"] },
    Library {
        name: "axum",
        users: &["web", "api", "portal", "server"],
        in_tests: &["cli", "outbound", "engine"],
    },
    Library { name: "askama", users: &["portal"], in_tests: &[] },
    Library { name: "cedar-policy", users: &["policy"], in_tests: &[] },
    Library { name: "cedar-policy-symcc", users: &["policy"], in_tests: &[] },
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &tree.packages {
        let path = format!("crates/{}/Cargo.toml", package.name);
        let allowed = PRODUCT.iter().find(|(name, _)| *name == package.name).map(|(_, allowed)| *allowed);
        let for_development = DEVELOPMENT.contains(&package.name.as_str());
        if allowed.is_none() && !for_development {
            findings.push(Finding::file(
                &path,
                "this crate is not in the table of directions; decide its place in ARCHITECTURE.md and tidy",
            ));
            continue;
        }
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if let Some(allowed) = allowed
                && !dependency.for_tests
                && tree.packages.iter().any(|other| other.name == name)
                && !allowed.contains(&name)
            {
                findings
                    .push(Finding::file(&path, format!("`{}` must not depend on `{name}`", package.name)));
            }
            if let Some(library) = LIBRARIES.iter().find(|library| library.name == name)
                && !may_use(&package.name, library, dependency.for_tests)
            {
                findings.push(Finding::file(
                    &path,
                    format!("only {} may depend on `{name}`", library.users.join(", ")),
                ));
            }
        }
    }
    findings
}

fn may_use(package: &str, library: &Library, for_tests: bool) -> bool {
    library.users.contains(&package)
        || (for_tests && library.in_tests.contains(&package))
        // The kit prepares databases and looks at them from outside the store.
        || (package == "testkit" && library.name == "sqlx")
}
