//! What the schema promises about every table, role and function, asked of the
//! catalogue, so that a new table cannot forget it.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use store::{APP_ROLE, AUTH_ROLE, ENGINE_ROLE, migrate::migrate, seal::Keyring};
use testkit::postgres::{TestDatabase, key_folder};

use crate::world::World;

const ROLES: [&str; 3] = [APP_ROLE, AUTH_ROLE, ENGINE_ROLE];

/// Tables of the product: not that of the migrations, of which sign-in reads the version.
const TABLES: &str = "SELECT c.oid, c.relname, coalesce(obj_description(c.oid, 'pg_class'), '') AS class,
        c.relrowsecurity, c.relforcerowsecurity, c.relacl
   FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
    AND c.relname <> '_sqlx_migrations'";

async fn texts(sql: &mut PgConnection, query: String) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(sql).await.expect("asking the catalogue")
}

#[tokio::test]
async fn every_table_says_its_class() {
    let world = World::new().await;
    let mut owner = world.owner().await;
    let unsaid = texts(
        &mut owner,
        format!(
            "SELECT relname::text FROM ({TABLES}) t WHERE class NOT IN ('class: owned', 'class: published', 'class: system')"
        ),
    )
    .await;
    assert_eq!(unsaid, Vec::<String>::new());
}

#[tokio::test]
async fn rows_of_tenants_are_behind_policies_for_exactly_the_roles_that_have_rights() {
    let world = World::new().await;
    let mut owner = world.owner().await;
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT relname::text, relrowsecurity AND relforcerowsecurity AS closed,
                ARRAY(SELECT DISTINCT r.rolname::text FROM pg_policy p JOIN pg_roles r ON r.oid = ANY(p.polroles)
                       WHERE p.polrelid = t.oid AND r.rolname <> CURRENT_USER ORDER BY 1) AS policies,
                ARRAY(SELECT DISTINCT r.rolname::text FROM (
                          SELECT (aclexplode(t.relacl)).grantee
                          UNION SELECT (aclexplode(a.attacl)).grantee FROM pg_attribute a WHERE a.attrelid = t.oid) g
                        JOIN pg_roles r ON r.oid = g.grantee WHERE r.rolname <> CURRENT_USER ORDER BY 1) AS rights
           FROM ({TABLES}) t WHERE class IN ('class: owned', 'class: published') ORDER BY 1"
    )))
    .fetch_all(&mut owner)
    .await
    .expect("asking the catalogue");
    assert!(rows.len() > 25, "the query finds the tables");
    for row in rows {
        let (table, policies): (String, Vec<String>) = (row.get("relname"), row.get("policies"));
        assert!(row.get::<bool, _>("closed"), "{table} has row-level security, also for its owner");
        assert_eq!(policies, row.get::<Vec<String>, _>("rights"), "policies and rights of {table}");
    }
}

#[tokio::test]
async fn nobody_has_more_rights_than_was_reviewed() {
    let world = World::new().await;
    let mut owner = world.owner().await;
    let rows = sqlx::query(AssertSqlSafe(format!(
        "WITH g AS (
            SELECT t.relname::text AS thing, x.grantee, x.privilege_type AS what, NULL AS col
              FROM ({TABLES}) t, aclexplode(t.relacl) x
            UNION ALL
            SELECT t.relname::text, x.grantee, x.privilege_type, a.attname::text
              FROM ({TABLES}) t JOIN pg_attribute a ON a.attrelid = t.oid, aclexplode(a.attacl) x
            UNION ALL
            SELECT 'sequence ' || c.relname, x.grantee, x.privilege_type, NULL
              FROM pg_class c, aclexplode(c.relacl) x
             WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace
            UNION ALL
            SELECT 'function ' || p.proname, x.grantee, x.privilege_type, NULL
              FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
             WHERE p.pronamespace = 'public'::regnamespace
            UNION ALL
            SELECT 'schema ' || n.nspname, x.grantee, x.privilege_type, NULL
              FROM pg_namespace n, aclexplode(n.nspacl) x WHERE n.nspname = 'public')
         SELECT thing, coalesce(r.rolname::text, 'PUBLIC') AS role,
                what || coalesce(' (' || string_agg(col, ', ' ORDER BY col) || ')', '') AS what
           FROM g LEFT JOIN pg_roles r ON r.oid = g.grantee
          WHERE r.rolname IS DISTINCT FROM CURRENT_USER AND r.rolname IS DISTINCT FROM 'pg_database_owner'
          GROUP BY thing, role, g.what, (col IS NULL) ORDER BY 2, 1, 3"
    )))
    .fetch_all(&mut owner)
    .await
    .expect("asking the catalogue");
    let mut table = String::new();
    for row in rows {
        let (role, thing, what): (String, String, String) =
            (row.get("role"), row.get("thing"), row.get("what"));
        writeln!(table, "{role} | {thing} | {what}").expect("writing to a text");
    }
    insta::assert_snapshot!("rights", table);
}

#[tokio::test]
async fn no_role_can_move_a_row_to_another_tenant() {
    let world = World::new().await;
    let mut owner = world.owner().await;
    let movable = texts(
        &mut owner,
        format!(
            "SELECT t.relname || ' ' || r FROM ({TABLES}) t
               JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id', unnest('{{{}}}'::text[]) r
              WHERE class IN ('class: owned', 'class: published') AND r <> 'tenantry_engine'
                AND has_column_privilege(r, t.oid, 'tenant_id', 'UPDATE')",
            ROLES.join(",")
        ),
    )
    .await;
    assert_eq!(movable, Vec::<String>::new());
}

#[tokio::test]
async fn login_roles_have_no_power_of_their_own() {
    let world = World::new().await;
    let mut owner = world.owner().await;
    let strong = texts(
        &mut owner,
        "SELECT rolname::text FROM pg_roles WHERE rolname = ANY('{tenantry_app,tenantry_auth,tenantry_engine}')
            AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
                 OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = pg_roles.oid))"
            .to_owned(),
    )
    .await;
    assert_eq!(strong, Vec::<String>::new());
    for role in ROLES {
        let mut sql = world.login(role).await;
        for statement in [
            "CREATE TABLE mine (id int)",
            "CREATE SCHEMA mine",
            "ALTER TABLE users ADD COLUMN mine int",
            "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
            "DROP TABLE fact",
            "TRUNCATE event",
            "CREATE POLICY mine ON users USING (true)",
            "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "ALTER ROLE tenantry_app SUPERUSER",
            "SET ROLE tenantry_owner",
            "SET session_replication_role = replica",
        ] {
            let error = sqlx::raw_sql(statement).execute(&mut sql).await.expect_err(statement);
            let code = error.as_database_error().and_then(|e| e.code().map(std::borrow::Cow::into_owned));
            assert_eq!(code.as_deref(), Some("42501"), "{role}: {statement}: {error}");
        }
    }
}

#[tokio::test]
async fn functions_that_run_as_owner_fix_their_search_path_and_are_not_for_everybody() {
    let world = World::new().await;
    let mut owner = world.owner().await;
    let loose = texts(
        &mut owner,
        "SELECT p.proname::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
            AND (NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=public, pg_temp')
              OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE x.grantee = 0))"
            .to_owned(),
    )
    .await;
    assert_eq!(loose, Vec::<String>::new());
    let all = world
        .count("SELECT count(*) FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace")
        .await;
    assert!(all >= 5, "the query finds the functions");
}

#[tokio::test]
async fn a_prepared_database_is_for_its_roles_only() {
    let folder = key_folder();
    let random = std::sync::Arc::new(domain::clock::SeededRandom::new(3));
    let keys = Keyring::open(folder.path(), random).expect("keys");
    let db = TestDatabase::empty().await;
    migrate(db.owner(), &keys).await.expect("migrating");
    migrate(db.owner(), &keys).await.expect("migrating again changes nothing");
    let mut owner = PgConnection::connect_with(db.owner()).await.expect("the owner");
    let everybody = texts(
        &mut owner,
        "SELECT x.privilege_type::text FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
          WHERE d.datname = current_database() AND x.grantee = 0"
            .to_owned(),
    )
    .await;
    assert_eq!(everybody, Vec::<String>::new(), "no right of PUBLIC to connect or to make temporary tables");
    for role in ROLES {
        let options = db.owner().clone().username(role).password(&keys.role_password(role));
        let mut sql = PgConnection::connect_with(&options).await.expect(role);
        let error = sqlx::raw_sql("CREATE TEMP TABLE mine (id int)").execute(&mut sql).await;
        error.expect_err("no temporary tables");
        let wrong = options.password("guessed");
        PgConnection::connect_with(&wrong).await.expect_err("a wrong password is refused");
    }
}

#[tokio::test]
async fn databases_of_one_server_are_prepared_at_once() {
    let folder = key_folder();
    let random = std::sync::Arc::new(domain::clock::SeededRandom::new(3));
    let keys = Keyring::open(folder.path(), random).expect("keys");
    let (one, two, three) =
        futures::join!(TestDatabase::empty(), TestDatabase::empty(), TestDatabase::empty());
    let all = [&one, &two, &two, &three, &three].map(|db| migrate(db.owner(), &keys));
    for result in futures::future::join_all(all).await {
        result.expect("migrating");
    }
}
