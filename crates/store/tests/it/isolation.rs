//! Row-level security, as the application role, over every table there is.

use std::collections::BTreeSet;

use domain::id::TenantId;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use store::{APP_ROLE, Caller};
use uuid::Uuid;

use crate::world::{Estate, World};

/// A table of a class, and the column with the tenant.
struct Table {
    name: String,
    column: &'static str,
    writable: bool,
}

async fn tables(world: &World, class: &str) -> Vec<Table> {
    let mut owner = world.owner().await;
    let rows = sqlx::query(
        "SELECT c.relname::text AS name, has_table_privilege('tenantry_app', c.oid, 'INSERT') AS writable
           FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND obj_description(c.oid, 'pg_class') = 'class: ' || $1
            -- What the application cannot read at all is nobody's to see.
            AND has_any_column_privilege('tenantry_app', c.oid, 'SELECT') ORDER BY 1",
    )
    .bind(class)
    .fetch_all(&mut owner)
    .await
    .expect("asking the catalogue");
    let table = |name: String, writable| {
        let column = match name.as_str() {
            "tenant" => "id",
            "tenant_edge" => "parent",
            _ => "tenant_id",
        };
        Table { name, column, writable }
    };
    rows.into_iter().map(|r| table(r.get("name"), r.get("writable"))).collect()
}

/// Rows of every tenant in the tables few estates have something in.
const RARE: &str = "
             INSERT INTO target (id, tenant_id, code, kind, name, created_at)
                 SELECT gen_random_uuid(), id, 'other', 'ad', 'Other', now() FROM tenant WHERE kind = 'provider';
             INSERT INTO placement (tenant_id, target_id, created_at)
                 SELECT t.id, d.id, now() FROM tenant t, target d WHERE d.code = 'other';
             INSERT INTO directory_move (id, tenant_id, from_target, to_target, grace_days, request_id, created_by,
                     created_at, ended_at)
                 SELECT gen_random_uuid(), p.tenant_id, a.id, p.target_id, 0, gen_random_uuid(), gen_random_uuid(), now(),
                        now() FROM placement p, target a WHERE a.code <> 'other';
             INSERT INTO survey (id, tenant_id, target_id, asked_by, created_at, expires_at)
                 SELECT gen_random_uuid(), tenant_id, target_id, tenant_id, now(), now() FROM placement;
             INSERT INTO survey_object (survey_id, external_id, tenant_id, kind, dn, dn_key, parent_key, name, protected,
                     attributes, member_of)
                 SELECT id, id, tenant_id, 'user', '', '', '', '', false, '{}', '{}' FROM survey;
             INSERT INTO adoption (id, tenant_id, survey_id, target_id, container_id, dn, seller_id, plan, counts, digest,
                     created_by, created_at)
                 SELECT gen_random_uuid(), tenant_id, id, target_id, id, '', tenant_id, '{}', '{}', '', id, now() FROM survey;
             INSERT INTO adoption_item (adoption_id, external_id, tenant_id, kind, name, dn, fate)
                 SELECT id, id, tenant_id, 'user', '', '', 'create' FROM adoption;
             INSERT INTO bulk (id, tenant_id, kind, title, ask, state, created_by, created_at)
                 SELECT gen_random_uuid(), id, 'import', 'Own', '{}', 'previewed', id, now() FROM tenant;
             INSERT INTO bulk_row (bulk_id, tenant_id, line) SELECT id, tenant_id, 1 FROM bulk;
             INSERT INTO name_question (bulk_id, part, tenant_id, target_id, kinds, names, taken)
                 SELECT b.id, 0, b.tenant_id, d.id, '{}', '{}', '{}' FROM bulk b, target d WHERE d.code = 'other';
             INSERT INTO bulk_secret (bulk_id, tenant_id, line, place, id, key_id, sealed, errors, created_at)
                 SELECT id, tenant_id, 1, 0, gen_random_uuid(), 'short-1', '', '[]', now() FROM bulk;
             INSERT INTO import_mapping (tenant_id, name, mapping, created_by, created_at, updated_at)
                 SELECT id, 'Own', '{}', id, now(), now() FROM tenant;
             INSERT INTO saved_view (id, tenant_id, user_id, list, name, search_key, query, created_by, created_at, updated_at)
                 SELECT gen_random_uuid(), tenant_id, id, 'people', 'Own', 'own', '{}'::jsonb, id, now(), now() FROM users
                 UNION ALL
                 SELECT gen_random_uuid(), id, NULL, 'people', 'All', 'all', '{}', id, now(), now() FROM tenant;
             INSERT INTO service (id, tenant_id, code, name, scope, created_at)
                 SELECT gen_random_uuid(), id, 'of-' || code, 'Own', 'user', now() FROM tenant;
             INSERT INTO plan (id, tenant_id, service_id, code, version, name, created_at)
                 SELECT gen_random_uuid(), tenant_id, id, code, 1, 'Own', now() FROM service WHERE code LIKE 'of-%';
             INSERT INTO price_book (id, tenant_id, code, currency, created_at)
                 SELECT gen_random_uuid(), id, 'own', 'EUR', now() FROM tenant;
             INSERT INTO price (price_book_id, tenant_id, plan_id, kind, period, minor, created_at)
                 SELECT b.id, b.tenant_id, p.id, 'retail', 'month', 1, now() FROM price_book b
                   JOIN plan p ON p.tenant_id = b.tenant_id WHERE b.code = 'own' AND p.code LIKE 'of-%';
             INSERT INTO property_value (id, tenant_id, service_id, name, value, updated_at)
                 SELECT gen_random_uuid(), tenant_id, id, 'x', 'y', now() FROM service WHERE code LIKE 'of-%';
             INSERT INTO bundle (id, tenant_id, code, version, name, plans, groups, created_at)
                 SELECT gen_random_uuid(), id, 'of-' || code, 1, 'Own', '{}', '{}', now() FROM tenant;
             INSERT INTO bundle_assignment (id, tenant_id, user_id, bundle_id, created_at)
                 SELECT gen_random_uuid(), u.tenant_id, u.id, b.id, now() FROM users u
                   JOIN bundle b ON b.tenant_id = u.tenant_id;
             INSERT INTO quota (tenant_id, kind, subject, most, updated_at)
                 SELECT id, 'plan', 'x', 9, now() FROM tenant;
             INSERT INTO password_policy (tenant_id, min_chars, classes, no_names, forbidden, updated_at)
                 SELECT id, 12, 0, false, '{}', now() FROM tenant;
             INSERT INTO custom_field (id, tenant_id, key, label, kind, required, person, copied, rules, created_at)
                 SELECT gen_random_uuid(), id, 'own', 'Own', 'text', false, 'hidden', false, '{}', now() FROM tenant;
             INSERT INTO tenant_setting (tenant_id, name, value, updated_at)
                 SELECT id, 'support_name', 'Own', now() FROM tenant;
             INSERT INTO host_name (name, tenant_id, created_at)
                 SELECT 'portal.' || code || '.test', id, now() FROM tenant;
             INSERT INTO brand_picture (tenant_id, picture, digest, bytes, updated_at)
                 SELECT id, 'logo', 'd', '', now() FROM tenant;
             INSERT INTO group_template (tenant_id, code, content, updated_at)
                 SELECT id, 'own', '{}', now() FROM tenant;
             INSERT INTO hook (id, tenant_id, service_id, name, moment, occasions, kind, destination, limit_seconds, tries,
                     created_at)
                 SELECT gen_random_uuid(), tenant_id, id, 'Own', 'after', '{assign}', 'webhook', '', 1, 1, now()
                   FROM service WHERE code LIKE 'of-%';
             INSERT INTO hook_secret (id, tenant_id, hook_id, key_id, sealed, created_at)
                 SELECT gen_random_uuid(), tenant_id, id, 'k', '', now() FROM hook;
             INSERT INTO hook_delivery (id, tenant_id, hook_id, name, moment, occasion, lane, occurred_at, updated_at)
                 SELECT gen_random_uuid(), tenant_id, id, name, moment, 'test', 0, now(), now() FROM hook;
             INSERT INTO figure_day (tenant_id, day, customers, people, verified, failed)
                 SELECT id, '2026-01-01', 1, 1, 1, 1 FROM tenant;
             INSERT INTO mail (id, tenant_id, user_id, activation_id, kind, personal, language, created_at)
                 SELECT gen_random_uuid(), tenant_id, id, id, 'reset', '', 'en', now() FROM users;";

/// What only the engine writes, as it would, so that no table is empty.
async fn fill(estate: &Estate) {
    let world = &estate.world;
    world
        .sql(
            "INSERT INTO external_object (object_id, tenant_id, target_id, state)
                 SELECT id, tenant_id, target_id, 'verified' FROM object;
             INSERT INTO attempt (object_id, tenant_id, generation, lease, step)
                 SELECT id, tenant_id, 1, 1, 'create' FROM object;
             INSERT INTO finding (id, tenant_id, target_id, object_id, kind)
                 SELECT gen_random_uuid(), tenant_id, target_id, id, 'missing' FROM object;
             INSERT INTO drift_policy (target_id, tenant_id, subject, mode, updated_at)
                 SELECT target.id, tenant.id, tenant.id::text, 'report', now() FROM target, tenant;
             INSERT INTO observation (tenant_id, subject, source, kind, observed_at, value)
                 SELECT tenant_id, id, 'test', 'logon', now(), '{}' FROM users;
             INSERT INTO secret (id, tenant_id, object_id, user_id, request_id, key_id, sealed, portal_hash, created_at,
                     expires_at)
                 SELECT gen_random_uuid(), tenant_id, object_id, id, id, 'short-1', '', '', now(), now() FROM users
                  WHERE object_id IS NOT NULL;
             INSERT INTO idempotency (user_id, key, tenant_id, request_hash, created_at)
                 SELECT id, 'k', tenant_id, '', now() FROM users;
             INSERT INTO planned_move (id, tenant_id, parent, day, effective_at, created_at)
                 SELECT gen_random_uuid(), t.id, (SELECT id FROM tenant WHERE kind = 'provider'), '2030-01-01', now(), now()
                   FROM tenant t WHERE t.kind <> 'provider';
             INSERT INTO group_owner (group_id, user_id, tenant_id, position, created_at)
                 SELECT g.id, u.id, g.tenant_id, 1, now() FROM user_group g JOIN users u ON u.tenant_id = g.tenant_id
                  WHERE u.id IN (SELECT user_id FROM role_grant);
             INSERT INTO stray_member (group_object, external_id, tenant_id, dn)
                 SELECT object_id, gen_random_uuid(), tenant_id, 'CN=x' FROM user_group;
             INSERT INTO sales_order SELECT gen_random_uuid(), customer_id, reference, content_hash, purchase_order,
                     start_date, end_date, notice_days, customer_id, administrator_id, request_id, created_at
                FROM sales_order;
             INSERT INTO tenant_edge SELECT parent, child, at, at + interval '1 hour'
                 FROM (SELECT *, '2020-01-01'::timestamptz + row_number() OVER () * interval '1 day' AS at
                         FROM tenant_edge WHERE parent IS NOT NULL) e;",
        )
        .await;
    world.sql(RARE).await;
}

/// A connection of the application with the scope of a caller, as a transaction has it.
pub async fn scoped(world: &World, caller: &Caller) -> PgConnection {
    let mut sql = world.login(APP_ROLE).await;
    sqlx::query("SELECT set_config('tenantry.caller', $1, false), set_config('tenantry.home', $2, false)")
        .bind(caller.user().uuid().to_string())
        .bind(caller.tenant.uuid().to_string())
        .execute(&mut sql)
        .await
        .expect("setting the scope");
    sql
}

/// The tenants whose rows of `table` a connection sees.
async fn seen(sql: &mut PgConnection, table: &Table) -> BTreeSet<Option<Uuid>> {
    let query = match table.name.as_str() {
        // The application may not read secrets, only which objects have one.
        "secret" => {
            "SELECT DISTINCT o.tenant_id FROM secret s LEFT JOIN object o ON o.id = s.object_id".to_owned()
        }
        name => format!("SELECT DISTINCT {} FROM {name}", table.column),
    };
    let rows = sqlx::query_scalar(AssertSqlSafe(query.clone())).fetch_all(sql).await.expect(&query);
    rows.into_iter().collect()
}

fn set(tenants: &[TenantId]) -> BTreeSet<Option<Uuid>> {
    tenants.iter().map(|t| Some(t.uuid())).collect()
}

#[tokio::test]
async fn without_a_scope_nobody_sees_a_row() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let mut sql = estate.world.login(APP_ROLE).await;
    for class in ["owned", "published"] {
        for table in tables(&estate.world, class).await {
            let mut rows = seen(&mut sql, &table).await;
            if table.name == "role" {
                // The roles the product ships with belong to no tenant and hold nothing of one.
                rows.remove(&None);
            }
            assert_eq!(rows, BTreeSet::new(), "{}", table.name);
        }
    }
}

#[tokio::test]
async fn everybody_sees_the_own_subtree_and_nothing_beside_it() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let world = &estate.world;
    let plain = world.caller(&estate.a1.people[1].login).await;
    let callers = [
        ("customer a1", &estate.a1.admin, vec![estate.a1.id]),
        ("customer b1", &estate.b1.admin, vec![estate.b1.id]),
        ("sub-reseller", &estate.sub.admin, vec![estate.sub.id, estate.a3.id]),
        ("reseller", &estate.north.admin, vec![estate.north.id, estate.a1.id, estate.sub.id, estate.a3.id]),
        ("nobody's", &plain, vec![]),
    ];
    for table in tables(world, "owned").await {
        let mut owner = world.owner().await;
        let there = seen(&mut owner, &table).await;
        let both = set(&[estate.a1.id, estate.b1.id]);
        assert!(both.is_subset(&there), "{} has rows of both customers, or this proves nothing", table.name);
        for (who, caller, subtree) in &callers {
            let mut sql = scoped(world, caller).await;
            let rows = seen(&mut sql, &table).await;
            let expected: BTreeSet<_> = there.intersection(&set(subtree)).copied().collect();
            if subtree.is_empty() {
                assert!(rows.is_subset(&set(&[estate.a1.id])), "{who}: {}", table.name);
            } else {
                assert_eq!(rows, expected, "{who}: {}", table.name);
            }
        }
        let mut sql = scoped(world, &world.root).await;
        assert_eq!(
            seen(&mut sql, &table).await.len(),
            there.iter().flatten().count(),
            "provider: {}",
            table.name
        );
    }
}

#[tokio::test]
async fn somebody_without_roles_sees_the_own_rows_only() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let world = &estate.world;
    let me = world.caller(&estate.a1.people[1].login).await;
    let mut sql = scoped(world, &me).await;
    let mut visible = Vec::new();
    for table in tables(world, "owned").await {
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {}", table.name)))
            .fetch_one(&mut sql)
            .await
            .expect(&table.name);
        if rows > 0 {
            visible.push((table.name, rows));
        }
    }
    // The key of their own values is of use to nobody who cannot unseal it.
    let own = ["activation", "api_token", "idempotency", "person_key", "saved_view", "tenant", "users"];
    let expected = own.map(|name| (name, 1));
    assert_eq!(visible, expected.map(|(name, rows)| (name.to_owned(), rows)));
}

#[tokio::test]
async fn what_an_ancestor_publishes_is_read_below_it_and_not_beside_it() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let north = estate.north.id.uuid();
    world
        .sql(&format!(
            "INSERT INTO brand (id, tenant_id, code, name, created_at)
                 VALUES (gen_random_uuid(), '{north}', 'north', 'North', now());
             INSERT INTO target (id, tenant_id, code, kind, name, created_at)
                 VALUES (gen_random_uuid(), '{north}', 'ndc', 'ad', 'North', now());
             INSERT INTO service (id, tenant_id, code, name, scope, created_at)
                 VALUES (gen_random_uuid(), '{north}', 'nsv', 'North', 'user', now());
             INSERT INTO plan (id, tenant_id, service_id, code, version, name, created_at)
                 SELECT gen_random_uuid(), '{north}', id, 'npl', 1, 'North', now() FROM service WHERE code = 'nsv';
             INSERT INTO price_book (id, tenant_id, code, currency, created_at)
                 VALUES (gen_random_uuid(), '{north}', 'retail', 'EUR', now());
             INSERT INTO price (price_book_id, tenant_id, plan_id, kind, period, minor, created_at)
                 SELECT b.id, '{north}', p.id, 'retail', 'month', 1, now() FROM price_book b, plan p
                  WHERE b.tenant_id = '{north}' AND p.code = 'npl';
             INSERT INTO role (code, version, tenant_id, permissions, administrator, created_at)
                 VALUES ('north', 1, '{north}', '{{}}', false, now());
             INSERT INTO property_value (id, tenant_id, service_id, name, value, updated_at)
                 SELECT gen_random_uuid(), tenant_id, id, 'x', 'y', now() FROM service;
             INSERT INTO bundle (id, tenant_id, code, version, name, plans, groups, created_at)
                 SELECT gen_random_uuid(), tenant_id, code, 1, name, '{{}}', '{{}}', now() FROM service;
             INSERT INTO custom_field (id, tenant_id, key, label, kind, required, person, copied, rules, created_at)
                 SELECT gen_random_uuid(), id, code, 'Own', 'text', false, 'hidden', false, '{{}}', now() FROM tenant
                  WHERE kind = 'provider' OR id = '{north}';
             INSERT INTO tenant_setting (tenant_id, name, value, updated_at)
                 SELECT id, 'support_name', 'Own', now() FROM tenant WHERE kind = 'provider' OR id = '{north}';
             INSERT INTO brand_picture (tenant_id, picture, digest, bytes, updated_at)
                 SELECT id, 'logo', 'd', '', now() FROM tenant WHERE kind = 'provider' OR id = '{north}';
             INSERT INTO group_template (tenant_id, code, content, updated_at)
                 SELECT id, 'own', '{{}}', now() FROM tenant WHERE kind = 'provider' OR id = '{north}';"
        ))
        .await;
    let provider = world.provider;
    for table in tables(world, "published").await {
        // The roles of the product belong to no tenant.
        let from_above = if table.name == "role" { None } else { Some(provider.uuid()) };
        let (below, beside) = (BTreeSet::from([from_above, Some(north)]), BTreeSet::from([from_above]));
        for (who, caller, expected) in [
            ("reseller", &estate.north.admin, &below),
            ("sub-reseller", &estate.sub.admin, &below),
            ("its customer", &estate.a3.admin, &below),
            ("provider", &world.root, &below),
            ("another reseller", &estate.south.admin, &beside),
            ("another's customer", &estate.b1.admin, &beside),
        ] {
            let mut sql = scoped(world, caller).await;
            assert_eq!(&seen(&mut sql, &table).await, expected, "{who}: {}", table.name);
        }
    }
}

/// How the database refused; empty when it did not.
async fn refusal(sql: &mut PgConnection, statement: &str, row: &serde_json::Value) -> String {
    sqlx::raw_sql("BEGIN").execute(&mut *sql).await.expect("beginning");
    let mut result = sqlx::query(AssertSqlSafe(statement.to_owned())).bind(row).execute(&mut *sql).await;
    if result.is_ok() {
        // Deferred constraints are checked at the end.
        result = sqlx::query("SET CONSTRAINTS ALL IMMEDIATE").execute(&mut *sql).await;
    }
    sqlx::raw_sql("ROLLBACK").execute(&mut *sql).await.expect("going back");
    match result {
        Ok(_) => String::new(),
        Err(error) => error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .unwrap_or_default()
            .into_owned(),
    }
}

#[tokio::test]
async fn nothing_can_be_written_for_a_tenant_outside_the_subtree() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let world = &estate.world;
    let plain = world.caller(&estate.a1.people[1].login).await;
    let mut tried = 0;
    let mut all = tables(world, "owned").await;
    all.extend(tables(world, "published").await);
    for table in all.into_iter().filter(|t| t.writable) {
        let (name, column, b1) = (&table.name, table.column, estate.b1.id.uuid());
        let tenant = if name == "tenant_edge" { estate.south.id.uuid() } else { b1 };
        let mut owner = world.owner().await;
        let query = format!("SELECT to_jsonb(t) FROM {name} t WHERE {column} = '{tenant}' LIMIT 1");
        let row: serde_json::Value =
            sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut owner).await.expect(name);
        // What the database makes of other columns is given by nobody.
        let columns = format!(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
               FROM information_schema.columns WHERE table_name = '{name}' AND is_generated = 'NEVER'"
        );
        let columns: String =
            sqlx::query_scalar(AssertSqlSafe(columns)).fetch_one(&mut owner).await.expect(name);
        let insert = format!(
            "INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE
             SELECT {columns} FROM jsonb_populate_record(NULL::{name}, $1)"
        );
        for caller in [&estate.a1.admin, &estate.north.admin, &plain] {
            let mut sql = scoped(world, caller).await;
            assert_eq!(refusal(&mut sql, &insert, &row).await, "42501", "a copy in {name}");
            // As if it were one's own: nobody gets in by naming oneself.
            let mut forged = row.clone();
            for key in ["user_id", "actor_id", "person_id"] {
                if forged.get(key).is_some() {
                    forged[key] = serde_json::json!(caller.user().uuid());
                }
            }
            for (key, value) in [
                ("id", serde_json::json!("01980000-0000-7000-8000-00000000f0f0")),
                ("secret_hash", serde_json::json!("\\x00")),
                ("key", serde_json::json!("other")),
            ] {
                if forged.get(key).is_some() {
                    forged[key] = value;
                }
            }
            if forged.get("user_id").or(forged.get("actor_id")).or(forged.get("person_id")).is_some() {
                let code = refusal(&mut sql, &insert, &forged).await;
                assert!(code == "42501" || code == "23503", "{name} for oneself: {code:?}");
            }
            tried += 1;
        }
    }
    assert!(tried > 50, "the loop finds the tables");
}

#[tokio::test]
async fn rows_of_others_can_be_neither_changed_nor_removed() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let world = &estate.world;
    let mut owner = world.owner().await;
    let columns = sqlx::query(
        "SELECT c.relname::text AS name, min(a.attname::text) AS col
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
          WHERE c.relnamespace = 'public'::regnamespace AND obj_description(c.oid, 'pg_class') IN ('class: owned', 'class: published')
            AND has_column_privilege('tenantry_app', c.oid, a.attname, 'UPDATE') GROUP BY 1",
    )
    .fetch_all(&mut owner)
    .await
    .expect("asking the catalogue");
    assert!(columns.len() > 10, "the query finds the columns");
    for row in columns {
        let (name, col): (String, String) = (row.get("name"), row.get("col"));
        let tenant = match name.as_str() {
            "tenant" => "id",
            "tenant_edge" => "child",
            _ => "tenant_id",
        };
        let statement = format!("UPDATE {name} SET {col} = {col} WHERE {tenant} = $1");
        for (caller, others) in [(&estate.a1.admin, estate.b1.id), (&estate.south.admin, estate.a3.id)] {
            let mut sql = scoped(world, caller).await;
            let done =
                sqlx::query(AssertSqlSafe(statement.clone())).bind(others.uuid()).execute(&mut sql).await;
            assert_eq!(done.expect(&statement).rows_affected(), 0, "{statement}");
        }
    }
    let mut sql = scoped(world, &estate.a1.admin).await;
    let object = estate.b1.people[0].object.uuid();
    let removed = sqlx::query("DELETE FROM secret WHERE object_id = $1").bind(object).execute(&mut sql).await;
    assert_eq!(removed.expect("removing").rows_affected(), 0);
}

#[tokio::test]
async fn nobody_reads_hashes_or_sealed_secrets_who_only_serves() {
    let estate = Estate::new().await;
    let mut sql = scoped(&estate.world, &estate.world.root).await;
    for query in [
        "SELECT sealed FROM secret",
        "SELECT sealed FROM bulk_secret",
        "SELECT portal_hash FROM secret",
        "SELECT portal_hash FROM users",
        "SELECT * FROM users",
        "SELECT * FROM sign_in_failure",
        "SELECT * FROM sign_in_count",
    ] {
        let error = sqlx::query(query).fetch_all(&mut sql).await.expect_err(query);
        assert_eq!(
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
            Some("42501"),
            "{query}"
        );
    }
}

/// Functions that run as owner ask for whom, and answer for nobody else.
#[tokio::test]
async fn functions_that_run_as_owner_answer_for_tenants_of_the_caller_only() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let world = &estate.world;
    let rules = "SELECT count(*) FROM password_rules_of($1)";
    let mut sql = scoped(world, &estate.a1.admin).await;
    for (tenant, some) in [(estate.a1.id, true), (estate.b1.id, false), (estate.a3.id, false)] {
        let count: i64 =
            sqlx::query_scalar(rules).bind(tenant.uuid()).fetch_one(&mut sql).await.expect("an answer");
        assert_eq!(count > 0, some, "{tenant}");
    }
    let clashes = "SELECT count(*) FROM field_clashes($1, 'own', NULL)";
    let own: i64 =
        sqlx::query_scalar(clashes).bind(estate.a1.id.uuid()).fetch_one(&mut sql).await.expect("an answer");
    assert!(own > 0);
    let place = "SELECT count(*) FROM place_containers($1, $1, $1, now())";
    let counted = "SELECT subscriptions_counted($1, '{}', 1)";
    let mut nobody = world.login(APP_ROLE).await;
    for query in [clashes, place, counted] {
        for sql in [&mut sql, &mut nobody] {
            let refused = sqlx::query(query).bind(estate.b1.id.uuid()).fetch_all(sql).await.expect_err(query);
            let code = refused.as_database_error().and_then(sqlx::error::DatabaseError::code);
            assert_eq!(code.as_deref(), Some("42501"), "{query}");
        }
    }
    let count: i64 =
        sqlx::query_scalar(rules).bind(estate.b1.id.uuid()).fetch_one(&mut nobody).await.expect("an answer");
    assert_eq!(count, 0, "whoever names no caller has no rules to see");
}

#[tokio::test]
async fn an_account_is_handed_over_by_those_who_reach_both_customers_only() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let hand_over = "SELECT obstacle FROM hand_over_account($1, gen_random_uuid(), $2, now(), now())";
    let (mine, theirs) = (estate.a1.people[1].id.uuid(), estate.b1.people[1].id.uuid());
    let (own, foreign) = (estate.a1.id.uuid(), estate.b1.id.uuid());
    let mut admin = scoped(world, &estate.a1.admin).await;
    let mut nobody = world.login(APP_ROLE).await;
    for (person, to) in [(mine, foreign), (theirs, own), (theirs, foreign), (mine, own)] {
        for sql in [&mut admin, &mut nobody] {
            let refused = sqlx::query(hand_over).bind(person).bind(to).fetch_all(sql).await;
            let refused = refused.expect_err("out of reach, or nowhere to go");
            let code = refused.as_database_error().and_then(sqlx::error::DatabaseError::code);
            assert_eq!(code.as_deref(), Some("42501"), "{person} {to}");
        }
    }
    // Nobody gets the password of somebody whose account they did not take over.
    world.sql(&format!("UPDATE users SET portal_hash = 'of somebody' WHERE id = '{theirs}'")).await;
    world.sql(&format!("UPDATE users SET portal_hash = NULL, activated_at = NULL WHERE id = '{mine}'")).await;
    let keep = sqlx::query("SELECT keep_sign_in($1, $2)").bind(theirs).bind(mine).execute(&mut admin).await;
    keep.expect("asked for nothing");
    let taken = format!("SELECT count(*) FROM users WHERE id = '{mine}' AND portal_hash IS NOT NULL");
    assert_eq!(world.count(&taken).await, 0);
}

#[tokio::test]
async fn passwords_of_a_file_go_to_nobody_but_those_the_caller_reaches() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let kept = |tenant: TenantId, line: i32| {
        format!(
            "INSERT INTO bulk_secret (bulk_id, tenant_id, line, place, id, key_id, sealed, errors, created_at)
             SELECT id, tenant_id, {line}, 0, gen_random_uuid(), 'short-1', '', '[]', now() FROM bulk
              WHERE tenant_id = '{}'",
            tenant.uuid()
        )
    };
    world
        .sql(
            "INSERT INTO bulk (id, tenant_id, kind, title, ask, state, created_by, created_at)
             SELECT gen_random_uuid(), id, 'import', 'Own', '{}', 'running', id, now() FROM tenant;
             UPDATE users SET activated_at = NULL;
             DELETE FROM secret",
        )
        .await;
    for (tenant, line) in [(estate.a1.id, 1), (estate.a1.id, 2), (estate.a1.id, 3), (estate.b1.id, 1)] {
        world.sql(&kept(tenant, line)).await;
    }
    let (mine, theirs) = (estate.a1.people[1].id.uuid(), estate.b1.people[1].id.uuid());
    let mut admin = scoped(world, &estate.a1.admin).await;
    let mut nobody = world.login(APP_ROLE).await;
    let send = "SELECT line FROM send_first_passwords($1, ARRAY[$2], ARRAY[$3], ARRAY[true], gen_random_uuid(), now(),
                    $4::text::interval) WHERE sent";
    for (tenant, line, person, keeps, sent) in [
        (estate.b1.id, 1, mine, "1 day", 0),
        (estate.b1.id, 1, theirs, "1 day", 0),
        (estate.a1.id, 1, theirs, "1 day", 0),
        (estate.a1.id, 2, mine, "0 days", 0),
        (estate.a1.id, 3, mine, "1 day", 1),
    ] {
        let bulk: Uuid = sqlx::query_scalar("SELECT id FROM bulk WHERE tenant_id = $1")
            .bind(tenant.uuid())
            .fetch_one(&mut world.owner().await)
            .await
            .expect("a bulk change");
        for (sql, sent) in [(&mut nobody, 0), (&mut admin, sent)] {
            let asked = sqlx::query(send).bind(bulk).bind(line).bind(person).bind(keeps);
            let found = asked.fetch_all(sql).await.expect("an answer");
            assert_eq!(found.len(), sent, "{line} {person} {keeps}");
        }
    }
    let there = format!("SELECT count(*) FROM secret WHERE user_id = '{mine}' AND portal_hash IS NULL");
    assert_eq!((world.count(&there).await, world.count("SELECT count(*) FROM secret").await), (1, 1));
    let left = format!("SELECT count(*) FROM bulk_secret WHERE tenant_id = '{}'", estate.b1.id.uuid());
    assert_eq!(world.count(&left).await, 1, "what is not the caller's stays");
}
