//! The flattened tree: always what the edges say.

use domain::clock::{Random as _, SeededRandom};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    test_runner::{Config, RngSeed, TestRunner},
};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use crate::world::{Estate, World};

/// Node n+1 stands below one of the nodes before it; then nodes move.
#[derive(Debug, Clone)]
struct Script {
    parents: Vec<usize>,
    moves: Vec<(usize, usize)>,
}

fn scripts() -> impl Strategy<Value = Script> {
    vec(any::<proptest::sample::Index>(), 1..24).prop_flat_map(|picks| {
        let parents: Vec<_> = picks.iter().enumerate().map(|(n, pick)| pick.index(n + 1)).collect();
        let nodes = parents.len() + 1;
        (Just(parents), vec((1..nodes, 0..nodes), 0..12))
            .prop_map(|(parents, moves)| Script { parents, moves })
    })
}

/// Whether `node` is at or below `top`.
fn below(parents: &[usize], mut node: usize, top: usize) -> bool {
    while node != top {
        if node == 0 {
            return false;
        }
        node = parents[node - 1];
    }
    true
}

async fn attach(
    sql: &mut PgConnection,
    child: Uuid,
    parent: Option<Uuid>,
    day: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO tenant_edge (child, parent, valid_from) VALUES ($1, $2, date '2026-01-01' + $3::int)",
    )
    .bind(child)
    .bind(parent)
    .bind(day)
    .execute(sql)
    .await
    .map(|_| ())
}

/// Moves `child`; refused where it would lie below itself, and then nothing changed.
async fn moved(sql: &mut PgConnection, child: Uuid, parent: Uuid, day: i64) -> Result<bool, sqlx::Error> {
    sqlx::query("SAVEPOINT move").execute(&mut *sql).await?;
    sqlx::query(
        "UPDATE tenant_edge SET valid_to = date '2026-01-01' + $2::int WHERE child = $1 AND valid_to IS NULL",
    )
    .bind(child)
    .bind(day)
    .execute(&mut *sql)
    .await?;
    let result = attach(sql, child, Some(parent), day).await;
    let end = if result.is_ok() { "RELEASE SAVEPOINT move" } else { "ROLLBACK TO SAVEPOINT move" };
    sqlx::query(end).execute(sql).await?;
    match result {
        Err(error)
            if error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref()
                == Some("23514") =>
        {
            Ok(false)
        }
        other => other.map(|()| true),
    }
}

/// What the closure says and the edges do not, or the reverse.
async fn differences(sql: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "WITH RECURSIVE up (ancestor, descendant, depth) AS (
             SELECT child, child, 0 FROM tenant_edge WHERE valid_to IS NULL
             UNION ALL
             SELECT e.parent, up.descendant, up.depth + 1 FROM up
               JOIN tenant_edge e ON e.child = up.ancestor AND e.valid_to IS NULL WHERE e.parent IS NOT NULL)
         SELECT (SELECT count(*) FROM (TABLE up EXCEPT ALL SELECT ancestor, descendant, depth FROM tenant_closure) a)
              + (SELECT count(*) FROM (SELECT ancestor, descendant, depth FROM tenant_closure EXCEPT ALL TABLE up) b)",
    )
    .fetch_one(sql)
    .await
}

async fn play(sql: &mut PgConnection, script: &Script, random: &SeededRandom) -> Result<(), String> {
    let say = |e: sqlx::Error| e.to_string();
    let nodes: Vec<_> = (0..=script.parents.len())
        .map(|_| {
            let mut bytes = [0; 16];
            random.fill(&mut bytes);
            Uuid::from_bytes(bytes)
        })
        .collect();
    let mut tx = sql.begin().await.map_err(say)?;
    attach(&mut tx, nodes[0], None, 0).await.map_err(say)?;
    for (n, &parent) in script.parents.iter().enumerate() {
        attach(&mut tx, nodes[n + 1], Some(nodes[parent]), 0).await.map_err(say)?;
    }
    let mut parents = script.parents.clone();
    for (day, &(child, parent)) in (1..).zip(&script.moves) {
        let cycle = below(&parents, parent, child);
        let done = moved(&mut tx, nodes[child], nodes[parent], day).await.map_err(say)?;
        if done == cycle {
            return Err(format!("move {child} below {parent}: done {done}, a cycle {cycle}"));
        }
        if done {
            parents[child - 1] = parent;
        }
        let differences = differences(&mut tx).await.map_err(say)?;
        if differences > 0 {
            return Err(format!("{differences} rows differ after moving {child} below {parent}"));
        }
    }
    let wrong = differences(&mut tx).await.map_err(say)?;
    tx.rollback().await.map_err(say)?;
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} rows differ")) }
}

#[test]
fn the_closure_is_what_the_edges_say_after_any_moves() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = runtime.block_on(World::new());
    let random = SeededRandom::new(11);
    let sql = std::cell::RefCell::new(runtime.block_on(world.owner()));
    let config = Config {
        cases: 60,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        max_shrink_iters: 200,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&scripts(), |script| {
            runtime
                .block_on(play(&mut sql.borrow_mut(), &script, &random))
                .map_err(proptest::test_runner::TestCaseError::fail)
        })
        .expect("the closure follows the edges");
    drop(sql);
    drop(world);
}

#[tokio::test]
async fn a_move_changes_who_sees_a_customer_and_none_of_its_rows() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, &estate.a1);
    // The versions of all rows of the customer.
    let rows = async |world: &World| {
        let mut owner = world.owner().await;
        let query = "SELECT string_agg(v, ' ' ORDER BY v) FROM (
                SELECT 't' || id || xmin::text AS v FROM tenant WHERE id = $1
                UNION ALL SELECT 'u' || id || xmin::text FROM users WHERE tenant_id = $1
                UNION ALL SELECT 'o' || id || xmin::text FROM object WHERE tenant_id = $1
                UNION ALL SELECT 'm' || member_object || xmin::text FROM membership WHERE tenant_id = $1
                UNION ALL SELECT 's' || id || xmin::text FROM subscription WHERE tenant_id = $1
                UNION ALL SELECT 'e' || id || xmin::text FROM event WHERE tenant_id = $1) r";
        sqlx::query_scalar::<_, String>(query).bind(a1.id.uuid()).fetch_one(&mut owner).await.expect("rows")
    };
    let before = rows(world).await;
    let mut owner = world.owner().await;
    let mut tx = owner.begin().await.expect("beginning");
    assert!(moved(&mut tx, a1.id.uuid(), estate.south.id.uuid(), 300).await.expect("moving"));
    tx.commit().await.expect("committing");
    assert_eq!(rows(world).await, before);
    let mut tx = world.store.read(&estate.south.admin).await.expect("reading");
    tx.tenant(a1.id).await.expect("the new reseller sees it");
    let mut tx = world.store.read(&estate.north.admin).await.expect("reading");
    tx.tenant(a1.id).await.expect_err("the old one does not");
    assert_eq!(
        world.count("SELECT count(*) FROM tenant_edge WHERE valid_to IS NOT NULL").await,
        1,
        "the past stays"
    );
}

/// Every arrangement of two brands of the configuration and of host names on the way up from a
/// customer: 3 to the power of 4 times 2 to the power of 4.
const ARRANGEMENTS: &str = r"
CREATE FUNCTION pg_temp.differ(customer uuid) RETURNS bigint LANGUAGE plpgsql AS $f$
DECLARE path uuid[]; brands uuid[]; n int; hosts int; given int; wrong bigint := 0;
BEGIN
    SELECT array_agg(ancestor ORDER BY depth) INTO path FROM tenant_closure WHERE descendant = customer;
    WITH made AS (
        INSERT INTO brand (id, tenant_id, code, name, host_names, created_at)
        SELECT gen_random_uuid(), customer, 'own-' || x, x, ARRAY[x || '.brand.test'], now() FROM unnest(ARRAY['a', 'b']) x
        RETURNING id)
    SELECT array_agg(id) INTO brands FROM made;
    FOR given IN 0..80 LOOP
        FOR n IN 0..3 LOOP
            UPDATE tenant SET brand_id = brands[(given / (3 ^ n)::int) % 3] WHERE id = path[n + 1];
        END LOOP;
        FOR hosts IN 0..15 LOOP
            DELETE FROM host_name;
            INSERT INTO host_name (name, tenant_id, created_at)
            SELECT d || '-' || x || '.test', path[d + 1], now() FROM generate_series(0, 3) d, generate_series(1, 2) x
             WHERE (hosts >> d) % 2 = 1;
            wrong := wrong + (host_for(customer) IS DISTINCT FROM (SELECT host FROM brand_for(customer)))::int;
        END LOOP;
    END LOOP;
    RETURN wrong;
END $f$";

#[tokio::test]
async fn links_lead_to_the_host_name_of_the_brand_in_every_arrangement() {
    let estate = Estate::new().await;
    let mut owner = estate.world.owner().await;
    sqlx::raw_sql(ARRANGEMENTS).execute(&mut owner).await.expect("a function");
    let differ: i64 = sqlx::query_scalar("SELECT pg_temp.differ($1)")
        .bind(estate.a3.id.uuid())
        .fetch_one(&mut owner)
        .await
        .expect("compared");
    assert_eq!(differ, 0);
}
