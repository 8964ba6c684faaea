//! A database of a million people, and the plans by which the product's own statements
//! read its lists, as the role that serves them.

use std::{collections::BTreeMap, fmt::Write as _, process::Stdio, time::Instant};

use serde_json::Value;
use tokio::process::Command;

use crate::{
    Failure, Scale,
    directory::Target,
    lists::cases::{Who, cases},
    stage::{Ground, Stage, psql},
    term::say,
};

/// Fills the database.
const FILL: &str = include_str!("../sql/million.sql");
/// Where reviewed plans are kept.
const PLANS: &str = "crates/bench/plans/lists.txt";
/// With this set, the plans as they are become the reviewed ones.
const ACCEPT: &str = "TENANTRY_ACCEPT_PLANS";

/// How much is in it.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Customers.
    pub customers: usize,
    /// People of all of them.
    pub people: usize,
    /// People of the first customer.
    pub big: usize,
    /// Requests besides those that made the people.
    pub requests: usize,
    /// The row of the deep pages of long lists.
    pub deep: usize,
}

impl Size {
    /// What the product promises, or little to see whether it works.
    pub fn of(scale: &Scale) -> Self {
        if scale.quick {
            Self { customers: 100, people: 10_000, big: 3_000, requests: 4_000, deep: 1_500 }
        } else {
            Self { customers: 10_000, people: 1_000_000, big: 100_000, requests: 130_000, deep: 50_000 }
        }
    }
}

/// Fills a database of its own.
pub async fn fill(ground: &Ground, name: &str, size: Size) -> Result<Stage, Failure> {
    let target = Target::nowhere(ground.folder())?;
    let stage = ground.stage(name, &target).await?;
    let started = Instant::now();
    let mut text = FILL.to_owned();
    for (variable, value) in [
        (":customers", size.customers),
        (":people", size.people),
        (":big", size.big),
        (":requests", size.requests),
    ] {
        text = text.replace(variable, &value.to_string());
    }
    let url = ground.url(name);
    psql(&url, &text).await?;
    // As after a night: every page is known to be visible.
    psql(&url, "VACUUM (ANALYZE)").await?;
    let seconds = started.elapsed().as_secs_f64();
    say(format!("  {} people of {} customers in {seconds:.0} s", size.people, size.customers));
    Ok(stage)
}

/// Who reads: the settings of a connection, as every reading transaction begins with.
pub async fn scope(url: &str, who: Who) -> Result<String, Failure> {
    // For an administrator the handler looked the customer up before.
    let (person, tenant) = match who {
        Who::Provider => ("t.kind = 'provider'", "''"),
        Who::Customer => ("u.id = bench_id(3, 1)", "' -c tenantry.tenant=' || u.tenant_id"),
    };
    let statement = format!(
        "SELECT '-c tenantry.caller=' || u.id || ' -c tenantry.home=' || u.tenant_id || {tenant}
           FROM users u JOIN tenant t ON t.id = u.tenant_id WHERE {person} AND u.deleted_at IS NULL LIMIT 1"
    );
    psql(url, &statement).await
}

/// Runs a statement as the role that serves, in the scope of somebody.
pub async fn ask(url: &str, scope: &str, statement: &str) -> Result<String, Failure> {
    let output = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"])
        .args(["--dbname", url, "--command", statement])
        .env("PGOPTIONS", scope)
        .stdin(Stdio::null())
        .output()
        .await?;
    if !output.status.success() {
        return Err(format!("{statement}: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The statements of the store that have a name, by that.
pub fn statements() -> Result<BTreeMap<String, String>, Failure> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(crate::root().join(".sqlx"))? {
        let data: Value = serde_json::from_str(&std::fs::read_to_string(entry?.path())?)?;
        let query = data["query"].as_str().unwrap_or_default();
        let named = query.strip_prefix("/* ").and_then(|rest| rest.split_once(" */"));
        if let Some((name, _)) =
            named.filter(|(name, _)| name.starts_with("list ") || name.starts_with("search "))
        {
            found.insert(name.to_owned(), query.to_owned());
        }
    }
    Ok(found)
}

/// A statement with values in the places of its parameters.
pub fn with_values(query: &str, values: &[String]) -> String {
    // From the last, so that $1 is not taken for the beginning of $10.
    values.iter().enumerate().rev().fold(query.to_owned(), |text, (i, value)| {
        text.replace(&format!("${}", i + 1), &format!("({value})"))
    })
}

/// Writes the plans, and compares them with those that were reviewed.
pub async fn plans(ground: &Ground, name: &str, size: Size, reviewed: bool) -> Result<(), Failure> {
    let (owner, url) = (ground.url(name), ground.app_url(name)?);
    let mut text = String::from(
        "Plans of the lists at 1,000,000 people, as the role that serves them, without costs and values.\n\
         Written and compared by `make soak`.\n",
    );
    let statements = statements()?;
    let mut seen = Vec::new();
    for case in cases(&owner, size).await? {
        let scope = scope(&owner, case.who).await?;
        for (part, statement) in case.statements(&url, &scope, &statements).await? {
            let head = format!("{part} ({}, {})", case.who.name(), case.kind);
            if seen.contains(&head) {
                continue;
            }
            let plan: Value = serde_json::from_str(
                &ask(&url, &scope, &format!("EXPLAIN (FORMAT JSON) {statement}")).await?,
            )?;
            check(&head, &plan)?;
            write!(text, "\n== {head}\n{}", shape(&plan))?;
            seen.push(head);
        }
    }
    let target = crate::root().join("target/plans.txt");
    std::fs::write(&target, &text)?;
    say(format!("  plans written to {}", target.display()));
    if reviewed { compare(&text) } else { Ok(()) }
}

/// Tables that are large with a million people.
const LARGE: [&str; 9] = [
    "users",
    "object",
    "external_object",
    "request",
    "request_item",
    "membership",
    "subscription",
    "object_revision",
    "reserved_name",
];

/// No large table is read from end to end.
fn check(head: &str, plan: &Value) -> Result<(), Failure> {
    let mut whole = Vec::new();
    nodes(plan, 0, &mut |_, node| {
        let table = node["Relation Name"].as_str().unwrap_or_default();
        if node["Node Type"] == "Seq Scan" && LARGE.contains(&table) {
            whole.push(table.to_owned());
        }
    });
    if whole.is_empty() {
        return Ok(());
    }
    Err(format!("{head} reads all of {whole:?}:\n{}", shape(plan)).into())
}

/// The nodes of a plan, from the top.
fn nodes(plan: &Value, depth: usize, see: &mut impl FnMut(usize, &Value)) {
    match plan {
        Value::Array(all) => all.iter().for_each(|one| nodes(one, depth, see)),
        Value::Object(node) => {
            if node.contains_key("Node Type") {
                see(depth, plan);
            }
            // What is below is there, and never asked.
            if node.get("One-Time Filter").is_some_and(|filter| filter == "false") {
                return;
            }
            for key in ["Plan", "Plans"] {
                if let Some(below) = node.get(key) {
                    nodes(below, depth + 1, see);
                }
            }
        }
        _ => {}
    }
}

/// A plan without what differs from run to run.
fn shape(plan: &Value) -> String {
    let mut text = String::new();
    nodes(plan, 0, &mut |depth, node| {
        let word = |key: &str| node[key].as_str().unwrap_or_default();
        let mut line = format!("{}{}", "  ".repeat(depth), word("Node Type"));
        for (before, key) in [(" ", "Join Type"), (" on ", "Relation Name"), (" by ", "Index Name")] {
            if !word(key).is_empty() {
                line.push_str(before);
                line.push_str(word(key));
            }
        }
        if word("Scan Direction") == "Backward" {
            line.push_str(", backward");
        }
        for (label, key) in [("keys", "Sort Key"), ("sorted", "Presorted Key")] {
            if let Some(keys) = node[key].as_array() {
                let keys: Vec<_> = keys.iter().filter_map(Value::as_str).collect();
                line = format!("{line}, {label} {}", keys.join(", "));
            }
        }
        if !word("Subplan Name").is_empty() {
            line = format!("{line} [{}]", word("Subplan Name"));
        }
        text.push_str(&line);
        text.push('\n');
    });
    text
}

/// Fails when a plan is another than the one somebody looked at.
fn compare(text: &str) -> Result<(), Failure> {
    let path = crate::root().join(PLANS);
    let accept = std::env::var_os(ACCEPT).is_some_and(|value| !value.is_empty());
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    if before == text {
        say("  all plans are as they were reviewed");
        return Ok(());
    }
    if accept {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text)?;
        say(format!("  plans accepted into {PLANS}; look at the difference before it is committed"));
        return Ok(());
    }
    let sections = |text: &str| {
        let all = text.split("\n== ").skip(1).filter_map(|part| part.split_once('\n'));
        all.map(|(name, plan)| (name.to_owned(), plan.trim().to_owned())).collect::<BTreeMap<_, _>>()
    };
    let (old, new) = (sections(&before), sections(text));
    let mut message = String::from("the database reads lists in another way than was reviewed:\n");
    for name in old.keys().chain(new.keys()).collect::<std::collections::BTreeSet<_>>() {
        if old.get(name) != new.get(name) {
            let of =
                |plans: &BTreeMap<String, String>| plans.get(name).cloned().unwrap_or_else(|| "-".to_owned());
            write!(message, "\n== {name}\n-- reviewed\n{}\n-- now\n{}\n", of(&old), of(&new))?;
        }
    }
    write!(
        message,
        "\nWhere that is as good, accept it: {ACCEPT}=1 target/measure/bench --plans, and commit {PLANS}."
    )?;
    Err(message.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_places_of_parameters() {
        let values: Vec<_> = (1..=10).map(|n| format!("v{n}")).collect();
        assert_eq!(with_values("$1 $10 $2", &values), "(v1) (v10) (v2)");
    }

    #[test]
    fn every_list_has_named_statements() {
        let found = statements().expect("query data");
        for list in ["people", "tenants", "requests", "groups"] {
            assert!(found.contains_key(&format!("list {list}, rows")), "{list}: {:?}", found.keys());
        }
        assert!(found.len() > 30, "{:?}", found.keys());
    }
}
