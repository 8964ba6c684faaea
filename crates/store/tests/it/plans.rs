//! Lists and look-ups use their indexes under row-level security, with the
//! statements the store sends.

use std::path::Path;

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};
use store::{APP_ROLE, Caller, ENGINE_ROLE};

use crate::world::{Estate, World};

/// 2,000 customers of 20 people, and one of 10,000.
pub async fn fill(estate: &Estate) {
    let (world, north, a1) = (&estate.world, estate.north.id.uuid(), estate.a1.id.uuid());
    let request = estate.a1.request.uuid();
    world
        .sql(&format!(
            "SET session_replication_role = origin;
             CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, 2000) n;
             INSERT INTO tenant_edge (child, parent, valid_from) SELECT id, '{north}', now() FROM made;
             INSERT INTO tenant (id, kind, code, name, search_key, language, time_zone, currency, created_at)
                 SELECT id, 'customer', 'c' || n, 'Customer ' || n, 'customer ' || n, 'en', 'UTC', 'EUR', now() FROM made;
             CREATE TEMP TABLE people AS
                 SELECT gen_random_uuid() AS id, gen_random_uuid() AS object, tenant, n FROM (
                     SELECT m.id AS tenant, m.n * 100 + p AS n FROM made m, generate_series(1, 20) p
                     UNION ALL SELECT '{a1}', 1000000 + p FROM generate_series(1, 10000) p) x;
             INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
                 SELECT object, tenant, (SELECT id FROM target), 'user', id, 'user', '{{}}', 1, now() FROM people;
             INSERT INTO object_revision (object_id, generation, tenant_id, request_id, at)
                 SELECT object, 1, tenant, '{request}', now() FROM people;
             INSERT INTO external_object (object_id, tenant_id, target_id, state)
                 SELECT object, tenant, (SELECT id FROM target), 'verified' FROM people;
             INSERT INTO users (id, tenant_id, object_id, display_name, principal_name, enabled, search_key, created_at)
                 SELECT id, tenant, object, 'P ' || n, 'p' || n || '@c.test', true, 'p ' || n, now() FROM people;
             INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
                 SELECT '{request}', object, tenant, 1, now() FROM people WHERE n > 1005000;
             INSERT INTO request (id, tenant_id, kind, lane, created_at)
                 SELECT gen_random_uuid(), id, 'test', 0, now() FROM made, generate_series(1, 5);
             INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
                 SELECT r.id, p.object, p.tenant, 1, now() FROM request r JOIN people p ON p.tenant = r.tenant_id
                  WHERE r.kind = 'test';
             ANALYZE"
        ))
        .await;
}

/// The text of a source of the store.
fn source(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name);
    std::fs::read_to_string(path).expect("a source of the store")
}

/// The one statement of this source with this text in it.
pub fn statement_of(name: &str, part: &str) -> String {
    in_sources(&source(name), part)
}

/// The one statement of the product with this text in it.
fn statement(part: &str) -> String {
    let sources = [
        "users.rs",
        "users/remove.rs",
        "tx.rs",
        "requests.rs",
        "views/catalogue.rs",
        "views/tenants.rs",
        "views/requests.rs",
        "views/groups.rs",
        "views/needs.rs",
        "figures.rs",
    ]
    .map(source)
    .concat();
    in_sources(&sources, part)
}

fn in_sources(sources: &str, part: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.sqlx");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the query data of the store") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("query data");
        let data: Value = serde_json::from_str(&text).expect("query data are JSON");
        let query = data["query"].as_str().expect("a statement").to_owned();
        // Between two runs of `cargo xtask sqlx` there are also data of statements that are no more.
        if query.contains(part) && sources.contains(&query) {
            found.push(query);
        }
    }
    assert_eq!(found.len(), 1, "one statement with {part:?}: {found:#?}");
    found.remove(0)
}

pub async fn scoped(world: &World, caller: &Caller) -> PgConnection {
    let mut sql = world.login(APP_ROLE).await;
    sqlx::query(
        "SELECT set_config('tenantry.caller', $1, false), set_config('tenantry.home', $2, false),
                set_config('plan_cache_mode', 'force_custom_plan', false)",
    )
    .bind(caller.user().uuid().to_string())
    .bind(caller.tenant.uuid().to_string())
    .execute(&mut sql)
    .await
    .expect("setting the scope");
    sql
}

/// All tables that a plan reads from end to end.
fn whole(plan: &Value, found: &mut Vec<String>) {
    match plan {
        Value::Object(node) => {
            if node.get("Node Type").is_some_and(|t| t == "Seq Scan") {
                found.push(node["Relation Name"].as_str().unwrap_or_default().to_owned());
            }
            node.values().for_each(|v| whole(v, found));
        }
        Value::Array(list) => list.iter().for_each(|v| whole(v, found)),
        _ => {}
    }
}

const LARGE: [&str; 7] =
    ["users", "tenant", "tenant_edge", "request", "request_item", "object", "external_object"];

async fn check(estate: &Estate, what: &str, part: &str, arguments: &str) {
    for (who, caller) in
        [("provider", &estate.world.root), ("reseller", &estate.north.admin), ("customer", &estate.a1.admin)]
    {
        let what = format!("{what}, {who}");
        check_with(&estate.world, caller, (&what, &statement(part), arguments), &LARGE, None).await;
    }
}

/// No large table is read from end to end, and what is read costs at most `most`.
pub async fn check_with(
    world: &World,
    caller: &Caller,
    (what, query, arguments): (&str, &str, &str),
    large: &[&str],
    most: Option<f64>,
) {
    let mut sql = scoped(world, caller).await;
    sqlx::raw_sql(AssertSqlSafe(format!("PREPARE q AS {query}"))).execute(&mut sql).await.expect("preparing");
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE q ({arguments})");
    let plan: Value = sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(&mut sql).await.expect("a plan");
    let mut found = Vec::new();
    whole(&plan, &mut found);
    found.retain(|table| large.contains(&table.as_str()));
    assert_eq!(found, Vec::<String>::new(), "{what}: {plan:#}");
    let cost = plan[0]["Plan"]["Total Cost"].as_f64().expect("a cost");
    assert!(most.is_none_or(|most| cost <= most), "{what} costs {cost}: {plan:#}");
}

#[tokio::test]
async fn lists_and_look_ups_of_a_large_estate_use_indexes() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let a1 = estate.a1.id.uuid();
    let person = estate.a1.people[1].id.uuid();
    let one = "r.generation = o.generation\n                 LEFT JOIN users m ON m.id = u.manager_id AND m.tenant_id = u.tenant_id\n                WHERE u.id = ANY($1)";
    check(&estate, "one person", one, &format!("ARRAY['{person}']::uuid[], false")).await;
    let removed = "AND purge_at IS NOT NULL\n                AND ($2::text";
    check(&estate, "removed people", removed, &format!("'{a1}', NULL, NULL, 50")).await;
    let keys = "details ->> 'external_id' = ANY($2)";
    check(&estate, "external ids", keys, &format!("'{a1}', ARRAY['K-1']")).await;
    check(
        &estate,
        "tenant of a person",
        "SELECT tenant_id FROM users WHERE id = $1 AND deleted_at",
        &format!("'{person}'"),
    )
    .await;
    let beside = "LEFT JOIN LATERAL (\n                      SELECT s.id, s.direct";
    let group = estate.a1.group_object.uuid();
    for has in [true, false] {
        let arguments = format!("'{a1}', '{group}', 'x', {has}, NULL, NULL, NULL, NULL, NULL, 50");
        check(&estate, "people beside a plan", beside, &arguments).await;
    }
    tenants(&estate).await;
    requests(&estate).await;
}

/// The statements of a page that have a name; what they read is told in `bench`, at another size.
async fn named(estate: &Estate, name: &str, arguments: &str) {
    let statement = named_statement(name);
    for (who, caller) in
        [("provider", &estate.world.root), ("reseller", &estate.north.admin), ("customer", &estate.a1.admin)]
    {
        let what = format!("{name}, {who}");
        check_with(&estate.world, caller, (&what, &statement, arguments), &LARGE, None).await;
    }
}

/// The statement of the product that begins with this name.
fn named_statement(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.sqlx");
    let head = format!("/* {name} */");
    let queries = std::fs::read_dir(folder).expect("the query data of the store").map(|entry| {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("query data");
        let data: Value = serde_json::from_str(&text).expect("query data are JSON");
        data["query"].as_str().expect("a statement").to_owned()
    });
    queries
        .into_iter()
        .find(|query| query.starts_with(&head))
        .unwrap_or_else(|| panic!("no statement {name}"))
}

#[tokio::test]
async fn pages_of_lists_of_a_large_estate_use_indexes() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let (a1, person) = (estate.a1.id.uuid(), estate.a1.people[1].id.uuid());
    let (nil, high) = ("00000000-0000-0000-0000-000000000000", "E'\\U0010FFFF'");
    let people = |key: &str, id: &str| {
        format!("'{a1}', {key}, '{id}', '', {high}, NULL, NULL, NULL, NULL, NULL, 51, NULL, '', {high}")
    };
    let deep = person.to_string();
    for column in ["name", "login", "created"] {
        let name = format!("list people by {column}, walked");
        named(&estate, &name, &people("''", nil)).await;
        named(&estate, &name, &people("'p 1009000'", &deep)).await;
        named(&estate, &format!("list people by -{column}, walked"), &people(high, &deep)).await;
    }
    let north = format!("ARRAY['{}']::uuid[]", estate.north.id.uuid());
    for column in ["name", "code", "created"] {
        let tenants = |key: &str, id: &str| {
            format!("{north}, {key}, '{id}', '', {high}, NULL, 'customer', NULL, 51, NULL, '', {high}")
        };
        named(&estate, &format!("list tenants by {column}, walked"), &tenants("''", nil)).await;
        named(&estate, &format!("list tenants by -{column}, walked"), &tenants(high, &deep)).await;
    }
    let requests = |tenants: &str| format!("{north}, '{deep}', NULL, NULL, NULL, NULL, 51, {tenants}");
    named(&estate, "list requests of everybody, newest first", &requests("'{}'")).await;
    for kind in ["", ", of one kind"] {
        let name = format!("list requests side by side{kind}, newest first");
        named(&estate, &name, &requests(&format!("ARRAY['{a1}']::uuid[]"))).await;
    }
}

/// Kinds of all nodes of a plan, and the indexes it uses.
fn parts(plan: &Value, found: &mut Vec<String>) {
    match plan {
        Value::Object(node) => {
            let names = ["Node Type", "Index Name"].into_iter().filter_map(|key| node.get(key)?.as_str());
            found.extend(names.map(str::to_owned));
            node.values().for_each(|v| parts(v, found));
        }
        Value::Array(list) => list.iter().for_each(|v| parts(v, found)),
        _ => {}
    }
}

#[tokio::test]
async fn a_list_is_walked_in_its_order_by_the_plan_that_is_kept_and_by_that_for_its_values() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let a1 = estate.a1.id.uuid();
    let (low, high) = ("'', '00000000-0000-0000-0000-000000000000'", "E'\\U0010FFFF'");
    let north = format!("ARRAY['{}']::uuid[]", estate.north.id.uuid());
    let top = format!("{high}, 'ffffffff-ffff-ffff-ffff-ffffffffffff'");
    let people = |standing: &str, start: &str, names: &str| {
        format!("'{a1}', {start}, {names}, {standing}, NULL, NULL, NULL, NULL, 51, NULL, {names}")
    };
    let all = format!("'', {high}");
    let mut cases = Vec::new();
    for (sign, start) in [("", low), ("-", top.as_str())] {
        for (column, index) in
            [("name", "users_list"), ("login", "users_logins"), ("created", "users_tenant_id_id_key")]
        {
            for standing in ["NULL", "'never_activated'"] {
                let name = format!("list people by {sign}{column}, walked");
                cases.push((name, people(standing, start, &all), index));
            }
        }
        let name = format!("list people by {sign}name, of a standing");
        cases.push((name.clone(), people("'active'", start, &all), "users_standings"));
        cases.push((name, people("'active'", start, "'p', E'p\\U0010FFFF'"), "users_standings"));
        let sales = format!("'{a1}', {start}, {all}, NULL, NULL, NULL, 'Sales', NULL, 51, NULL, {all}");
        for (column, index) in [("name", "users_departments"), ("login", "users_department_logins")] {
            cases.push((format!("list people by {sign}{column}, of a department"), sales.clone(), index));
        }
        let name = format!("list people by {sign}login, disabled");
        cases.push((name, people("'disabled'", start, &all), "users_disabled"));
        for (column, index) in
            [("name", "tenant_search"), ("code", "tenant_codes"), ("created", "tenant_pkey")]
        {
            let name = format!("list tenants by {sign}{column}, walked");
            let tenants = format!("{north}, {start}, {all}, NULL, 'customer', NULL, 51, NULL, {all}");
            cases.push((name, tenants, index));
        }
    }
    for (name, arguments, index) in cases {
        for mode in ["force_generic_plan", "force_custom_plan"] {
            let found = parts_of(&estate.world, &estate.world.root, &name, &arguments, mode).await;
            // What policies ask of each row stands behind; of so few grants that may be sorted.
            let walk: Vec<_> = found.iter().take_while(|part| *part != index).collect();
            assert!(walk.len() < found.len(), "{name} ({arguments}), {mode}: {found:?}");
            let is_sorted = |part: &&String| part.contains("Sort") || part.contains("Bitmap");
            assert!(!walk.iter().any(is_sorted), "{name} ({arguments}), {mode}: {found:?}");
        }
    }
    let kind = format!("{north}, {}, NULL, 'test', NULL, NULL, 51, ARRAY['{a1}']::uuid[]", &low[4..]);
    let name = "list requests side by side, of one kind";
    let found = parts_of(&estate.world, &estate.a1.admin, name, &kind, "force_generic_plan").await;
    assert!(found.iter().any(|part| part == "request_kind_of"), "{name}: {found:?}");
}

async fn parts_of(world: &World, caller: &Caller, name: &str, arguments: &str, mode: &str) -> Vec<String> {
    let mut sql = scoped(world, caller).await;
    let prepare = format!("SET plan_cache_mode = {mode}; PREPARE q AS {}", named_statement(name));
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut sql).await.expect("preparing");
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE q ({arguments})");
    let plan: Value = sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(&mut sql).await.expect("a plan");
    let mut found = Vec::new();
    parts(&plan, &mut found);
    found
}

async fn tenants(estate: &Estate) {
    let (a1, person) = (estate.a1.id.uuid(), estate.a1.people[1].id.uuid());
    check(estate, "one tenant", "FROM tenant t, LATERAL", &format!("'{a1}', '{person}', now()")).await;
    check(estate, "one tenant by code", "SELECT id FROM tenant WHERE code", "'c77'").await;
}

async fn requests(estate: &Estate) {
    let request = estate.a1.request.uuid();
    let north = format!("ARRAY['{}']::uuid[]", estate.north.id.uuid());
    check(estate, "requests in need", "WITH RECURSIVE f AS", &format!("{north}, 6")).await;
    check(estate, "sellers", "WHERE t.kind <> 'customer' AND t.closed_at IS NULL", &format!("{north}, 50"))
        .await;
    let days = format!("'{}', '2026-01-01'", estate.north.id.uuid());
    check(estate, "figures", "FROM figures_pending($1)", &days).await;
    check(estate, "one request", "FROM request r WHERE r.id = $1", &format!("'{request}'")).await;
    check(
        estate,
        "items of a request",
        "FROM request_item i JOIN request r",
        &format!("'{request}', 'requested', NULL, NULL, 50"),
    )
    .await;
    check(
        estate,
        "members",
        "FROM membership m JOIN users u",
        &format!("'{}', NULL, NULL, 50", estate.a1.group_object.uuid()),
    )
    .await;
}

#[tokio::test]
async fn names_of_directories_are_found_by_their_index() {
    let estate = Estate::new().await;
    let world = &estate.world;
    fill(&estate).await;
    world
        .sql(
            // With few containers all of them would be looked at.
            "INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
                 SELECT t.id, t.id, g.id, 'tenant', t.id, 'container', '{}', 1, now() FROM tenant t, target g
                  WHERE t.code ~ '^c[0-9]+$';
             INSERT INTO external_object (object_id, tenant_id, target_id, state)
                 SELECT o.id, o.tenant_id, o.target_id, 'verified' FROM object o WHERE o.id = o.tenant_id;
             UPDATE external_object x SET external_id = x.object_id,
                    dn = 'CN=' || x.object_id || ',OU=' || x.tenant_id || ',DC=lab,DC=test';
             ANALYZE object; ANALYZE external_object",
        )
        .await;
    let moved = statement_of("engine/record.rs", "SET dn = left(dn");
    let strangers = statement_of("engine/drift/record.rs", "'foreign', a.name");
    let target = format!("'{}'", world.target.uuid());
    let place = format!("OU={},DC=lab,DC=test", estate.a1.id.uuid());
    let one = "ARRAY['00000000-0000-0000-0000-000000000007']::uuid[]";
    for (what, statement, arguments) in [
        ("what lies in a container", &moved, format!("{target}, '{place}', 'OU=x,DC=lab,DC=test'")),
        (
            "whose container it is",
            &strangers,
            format!("{target}, {one}, {one}, ARRAY['{place}'], ARRAY['CN=x'], ARRAY['x'], ARRAY[now()]"),
        ),
    ] {
        // With the plan that is kept and with that for these values.
        for mode in ["force_generic_plan", "force_custom_plan"] {
            let mut sql = world.login(ENGINE_ROLE).await;
            let prepare = format!("SET plan_cache_mode = {mode}; PREPARE q AS {statement}");
            sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut sql).await.expect("preparing");
            let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE q ({arguments})");
            let plan: Value =
                sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(&mut sql).await.expect("a plan");
            let mut read = Vec::new();
            whole(&plan, &mut read);
            assert!(!read.contains(&"external_object".to_owned()), "{what}, {mode}: {plan:#}");
            assert!(plan.to_string().contains("external_object_place"), "{what}, {mode}: {plan:#}");
        }
    }
}
