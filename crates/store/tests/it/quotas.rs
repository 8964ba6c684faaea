//! The engine counts what quotas count while nobody waits, and nobody who came meanwhile is missing.

use std::time::Duration;

use jiff::civil::{Date, date};
use sqlx::{AssertSqlSafe, PgConnection};
use store::{engine::EngineStore, tx::act};

use crate::{
    life::{contain, engine, transfer},
    plans::{fill, scoped},
    world::{Estate, World},
};

/// The day of the world's clock.
const TODAY: Date = date(2026, 3, 2);

async fn set(estate: &Estate, tenant: domain::id::TenantId, subject: (&str, &str), most: i64) {
    let (kind, subject) = subject;
    estate
        .world
        .sql(&format!(
            "INSERT INTO quota (tenant_id, kind, subject, most, updated_at)
             VALUES ('{}', '{kind}', '{subject}', {most}, now())",
            tenant.uuid()
        ))
        .await;
}

/// Others in the same cluster write, too: what they began has to end first.
async fn settle(world: &World, engine: &EngineStore) {
    for _ in 0..3_000 {
        engine.settle_quotas().await.expect("counting");
        if world.count("SELECT count(*) FROM quota WHERE used IS NULL").await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a quota was never counted");
}

/// How many quotas are known to be used otherwise than they are.
async fn wrong(world: &World) -> i64 {
    world
        .count(
            "SELECT count(*) FROM quota WHERE used IS NOT NULL
                AND quota_counted(tenant_id, kind, subject) <> quota_used(tenant_id, kind, subject)",
        )
        .await
}

async fn run(sql: &mut PgConnection, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(sql).await.expect("a statement");
}

#[tokio::test]
async fn who_began_before_a_quota_was_set_is_waited_for() {
    let estate = Estate::new().await;
    let (world, engine) = (&estate.world, engine(&estate.world));
    let mut open = world.owner().await;
    let person = estate.a1.people[1].id.uuid();
    run(&mut open, format!("BEGIN; UPDATE users SET deleted_at = now() WHERE id = '{person}'")).await;
    set(&estate, estate.north.id, ("people", ""), 10).await;
    for _ in 0..3 {
        engine.settle_quotas().await.expect("counting");
    }
    let known = "SELECT count(*) FROM quota WHERE used IS NOT NULL";
    assert_eq!(world.count(known).await, 0, "somebody may still change what is counted");
    run(&mut open, "COMMIT".to_owned()).await;
    settle(world, &engine).await;
    assert_eq!(world.count("SELECT quota_counted(tenant_id, kind, subject) FROM quota").await, 2);
    assert_eq!(wrong(world).await, 0);
    let mut tx = world.store.read(&estate.north.admin).await.expect("reading");
    assert_eq!(tx.quotas(estate.north.id).await.expect("quotas")[0].used, 2);
    assert!(tx.quotas(estate.south.id).await.expect("quotas").is_empty());
    tx.finish().await.expect("the end");
}

#[tokio::test]
async fn what_is_counted_up_is_what_there_is_after_orders_moves_and_the_end_of_a_customer() {
    let estate = Estate::new().await;
    let (world, engine) = (&estate.world, engine(&estate.world));
    let (north, south, sub) = (estate.north.id, estate.south.id, estate.sub.id);
    for tenant in [north, south, sub] {
        for subject in [("people", ""), ("service", "desk"), ("plan", "basic")] {
            set(&estate, tenant, subject, 20).await;
        }
    }
    settle(world, &engine).await;
    assert_eq!(wrong(world).await, 0, "counted");
    let known = async |tenant: domain::id::TenantId| {
        let of =
            format!("SELECT count(*) FROM quota WHERE tenant_id = '{}' AND used IS NOT NULL", tenant.uuid());
        world.count(&of).await
    };
    world.order(&estate.sub, "a4", &[("Dora", "Quast"), ("Dirk", "Zander")]).await;
    assert_eq!((wrong(world).await, known(north).await), (0, 3), "after an order");
    world
        .sql(&format!("UPDATE users SET deleted_at = now() WHERE tenant_id = '{}'", estate.a3.id.uuid()))
        .await;
    world
        .sql(&format!("UPDATE subscription SET ended_at = now() WHERE tenant_id = '{}'", estate.a3.id.uuid()))
        .await;
    assert_eq!(wrong(world).await, 0, "after an end");

    contain(world, &[north, south, sub]).await;
    transfer(world, &world.root, estate.a1.id, sub, TODAY).await.expect("a move");
    assert_eq!((known(north).await, known(sub).await), (3, 0), "who stands above both knows it still");
    transfer(world, &world.root, sub, south, TODAY).await.expect("a move of a reseller");
    assert_eq!((known(north).await, known(south).await), (0, 0));
    world.order(&estate.south, "b4", &[("Elsa", "Ruge")]).await;
    settle(world, &engine).await;
    assert_eq!(wrong(world).await, 0, "counted again");
    world.order(&estate.south, "b5", &[("Emil", "Sand")]).await;
    assert_eq!(wrong(world).await, 0, "and up");
}

#[tokio::test]
async fn what_was_counted_wrongly_is_put_right() {
    let estate = Estate::new().await;
    let (world, engine) = (&estate.world, engine(&estate.world));
    set(&estate, estate.north.id, ("people", ""), 3).await;
    settle(world, &engine).await;
    world.sql("UPDATE quota SET used = used + 5, counted_at = now() - interval '2 days'").await;
    assert_eq!(wrong(world).await, 1);
    assert_eq!(engine.settle_quotas().await.expect("counting"), 1);
    assert_eq!(wrong(world).await, 0);
    assert_eq!(engine.settle_quotas().await.expect("counting"), 0, "once a day");
}

#[tokio::test]
async fn what_was_taken_is_added_up_and_forgotten_with_its_quota() {
    let estate = Estate::new().await;
    let (world, engine) = (&estate.world, engine(&estate.world));
    set(&estate, estate.north.id, ("people", ""), 3).await;
    settle(world, &engine).await;
    let leave = async |place: usize| {
        let person = estate.a1.people[place].id.uuid();
        world.sql(&format!("UPDATE users SET deleted_at = now() WHERE id = '{person}'")).await;
    };
    let tallies = async || world.count("SELECT count(*) FROM quota_tally").await;
    leave(0).await;
    assert_eq!((tallies().await, wrong(world).await), (1, 0));
    engine.settle_quotas().await.expect("adding up");
    assert_eq!((tallies().await, wrong(world).await), (0, 0));
    leave(1).await;
    world.sql("DELETE FROM quota").await;
    assert_eq!(tallies().await, 0);
}

#[tokio::test]
async fn the_services_of_some_people_are_those_of_nobody_else() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let mut tx = world.store.read(&world.root).await.expect("reading");
    let tenant = tx.tenant(estate.a1.id).await.expect("the customer");
    tx.permit::<act::TenantRead>(&tenant).expect("may read");
    let person = estate.a1.people[0].id.uuid();
    assert_eq!(tx.services_of(&[person]).await.expect("services"), [world.service]);
    assert!(tx.services_of(&[]).await.expect("services").is_empty());
    tx.finish().await.expect("the end");
}

/// Pages of the database that are read for somebody who comes to a customer of north.
async fn pages_read(estate: &Estate) -> i64 {
    let mut sql = scoped(&estate.world, &estate.a1.admin).await;
    let asked = format!("SELECT * FROM quotas_exceeded('{}', 1, '{{}}', '{{}}')", estate.a1.id.uuid());
    // The first time a connection plans it.
    run(&mut sql, format!("BEGIN; {asked}")).await;
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked}");
    let plan: serde_json::Value =
        sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(&mut sql).await.expect("a plan");
    run(&mut sql, "ROLLBACK".to_owned()).await;
    let pages = ["Shared Hit Blocks", "Shared Read Blocks"].map(|key| plan[0]["Plan"][key].as_i64());
    pages.into_iter().map(|pages| pages.expect("a number")).sum()
}

#[tokio::test]
async fn who_comes_where_many_are_below_a_quota_counts_none_of_them() {
    let estate = Estate::new().await;
    let (world, engine) = (&estate.world, engine(&estate.world));
    fill(&estate).await;
    set(&estate, estate.north.id, ("people", ""), 1_000_000).await;
    let counted = pages_read(&estate).await;
    settle(world, &engine).await;
    let known = pages_read(&estate).await;
    assert!(counted > 500 && known < 200, "{counted} pages when it was counted, {known} when it was known");
}
