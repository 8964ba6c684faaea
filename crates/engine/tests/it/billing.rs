//! A subscription starts once, whatever happens to it while it is verified.

use std::time::Duration;

use app::{
    App,
    catalogue::{PlanDraft, new_version},
};
use connector::Lane;
use serde_json::json;
use store::{Settings, engine::EngineStore, tx::Cause, tx::WriteTx};

use crate::world::World;

const STARTED: &str = "SELECT count(*) AS n FROM subscription s JOIN fact f ON f.subscription_id = s.id
    WHERE f.kind = 'started'";

/// Everybody's plan in its newest version; not committed yet.
async fn upgraded(world: &World) -> WriteTx<'_> {
    let app = App::new(world.store.clone());
    let draft = PlanDraft { name: Some("Basic".to_owned()), ..PlanDraft::default() };
    new_version(&app, &world.root, "basic", &draft, &Cause::default()).await.expect("a version");
    let mut tx = world.store.write(&world.root).await.expect("writing");
    tx.tenant(world.root.tenant).await.expect("the provider");
    let versions = tx.plan_versions("basic").await.expect("its versions");
    let newest = versions.iter().max_by_key(|version| version.version).expect("one").id;
    let all = tx.lock_upgrades("basic", newest, world.root.tenant, None, None).await.expect("all");
    tx.open_request(world.root.tenant, "plan_upgrade", json!({}), Lane::Bulk);
    tx.upgrade(&all).await.expect("upgraded");
    tx
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_upgraded_in_the_moment_it_is_verified_starts_in_its_new_version() {
    let world = World::new().await;
    let engine = world.engine();
    world.order("acme", 3, Lane::Interactive).await;
    let tx = upgraded(&world).await;
    // Committed when the worker waits for it, or would have gone on without.
    let upgrade = async {
        let waiting = "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        while world.number(waiting).await == 0 && world.queue().await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tx.commit(&Cause::default()).await.expect("committing");
    };
    tokio::join!(world.drain(&engine), upgrade);
    assert_eq!(world.number(&format!("{STARTED} AND s.ended_at IS NULL")).await, 3, "everybody is billed");
    assert_eq!(world.number(STARTED).await, 3, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_started_the_sweep_starts_from_when_the_former_ended() {
    let world = World::new().await;
    let engine = world.engine();
    world.order("acme", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    upgraded(&world).await.commit(&Cause::default()).await.expect("committing");
    let running = format!("{STARTED} AND s.ended_at IS NULL");
    assert_eq!(world.number(&running).await, 3);
    world
        .db
        .execute(
            "ALTER TABLE fact DISABLE TRIGGER USER;
             DELETE FROM fact f USING subscription s WHERE s.id = f.subscription_id AND f.kind = 'started' AND s.ended_at IS NULL;
             ALTER TABLE fact ENABLE TRIGGER USER",
        )
        .await;
    assert_eq!(world.number(&running).await, 0);
    let settings = Settings { database: world.db.owner().clone(), connections: 2 };
    let store = EngineStore::open(&settings, world.keys.clone(), world.clock.clone());
    for _ in 0..2 {
        store.sweep().await.expect("a sweep");
        assert_eq!(world.number(&format!("{running} AND f.at = s.created_at")).await, 3);
    }
}
