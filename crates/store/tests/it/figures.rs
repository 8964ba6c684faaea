//! Figures of each day: added up for a tenant and all above it, once, and right after a move.

use domain::id::TenantId;
use jiff::civil::{Date, date};
use store::{Caller, engine::EngineStore, figures::Figures, tx::act, views::RequestView};

use crate::{
    life::{contain, engine, transfer},
    world::{Estate, World},
};

/// The day of the world's clock.
const TODAY: Date = date(2026, 3, 2);

async fn figures(world: &World, caller: &Caller, id: TenantId, from: Date) -> Figures {
    let mut tx = world.store.read(caller).await.expect("reading");
    let tenant = tx.tenant(id).await.expect("the tenant");
    let permit = tx.permit::<act::TenantRead>(&tenant).expect("may read");
    let figures = tx.figures(&permit, from).await.expect("figures");
    tx.finish().await.expect("the end");
    figures
}

/// Customers and people at and below a tenant, as they are.
async fn counted(world: &World, id: TenantId) -> (i64, i64) {
    let below = format!("IN (SELECT descendant FROM tenant_closure WHERE ancestor = '{}')", id.uuid());
    let customers =
        format!("SELECT count(*) FROM tenant WHERE kind = 'customer' AND closed_at IS NULL AND id {below}");
    let people = format!("SELECT count(*) FROM users WHERE deleted_at IS NULL AND tenant_id {below}");
    (world.count(&customers).await, world.count(&people).await)
}

/// The figures are those that are counted, before they are added up and after.
async fn agree(estate: &Estate, engine: &EngineStore, when: &str) {
    for added_up in [false, true] {
        if added_up {
            engine.fold_figures().await.expect("adding up");
        }
        let when = format!("{when}, added up: {added_up}");
        compare(estate, &when).await;
        agree_below(estate, &when).await;
    }
}

/// The same, of many tenants at once.
async fn agree_below(estate: &Estate, when: &str) {
    let world = &estate.world;
    let of = [world.provider, estate.north.id, estate.south.id, estate.sub.id, estate.a1.id, estate.b1.id];
    let mut tx = world.store.read(&world.root).await.expect("reading");
    let below = tx.figures_below(&of).await.expect("figures");
    tx.finish().await.expect("the end");
    for id in of {
        let found = below.get(&id).copied().unwrap_or_default();
        assert_eq!(found, counted(world, id).await, "{when}, of many at once: {id}");
    }
    // Others' are not told.
    let mut tx = world.store.read(&estate.north.admin).await.expect("reading");
    let below = tx.figures_below(&of).await.expect("figures");
    tx.finish().await.expect("the end");
    for hidden in [world.provider, estate.south.id, estate.b1.id] {
        assert!(!below.contains_key(&hidden), "{when}: {hidden}");
    }
}

#[tokio::test]
async fn a_tree_begins_where_nothing_else_of_the_caller_is_above() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let mut tx = world.store.read(&world.root).await.expect("reading");
    let of = [estate.a1.id, estate.b1.id, estate.sub.id, estate.north.id];
    let tops = tx.tree_tops(&of, 10).await.expect("tops");
    let few = tx.tree_tops(&of, 1).await.expect("tops");
    tx.finish().await.expect("the end");
    assert_eq!(tops, [(estate.north.id, true), (estate.b1.id, false)], "who sells comes first");
    assert_eq!(few, [(estate.north.id, true)]);
}

async fn compare(estate: &Estate, when: &str) {
    let world = &estate.world;
    for id in [world.provider, estate.north.id, estate.south.id, estate.sub.id, estate.a1.id, estate.b1.id] {
        let figures = figures(world, &world.root, id, date(2026, 1, 1)).await;
        assert_eq!((figures.customers(), figures.people()), counted(world, id).await, "{when}: {id}");
    }
}

#[tokio::test]
async fn what_happens_is_added_up_for_the_tenant_and_all_above_it() {
    let estate = Estate::new().await;
    let (world, engine) = (&estate.world, engine(&estate.world));
    agree(&estate, &engine, "after the orders").await;
    assert_eq!(engine.fold_figures().await.expect("again"), 0, "nothing is added twice");

    // Somebody goes and comes back, a customer closes and is restored.
    let person = estate.a1.people[1].id.uuid();
    world.sql(&format!("UPDATE users SET deleted_at = now() WHERE id = '{person}'")).await;
    world
        .sql(&format!(
            "UPDATE tenant SET closed_at = now(), purge_at = now() WHERE id = '{}'",
            estate.b1.id.uuid()
        ))
        .await;
    agree(&estate, &engine, "after a removal and a closing").await;
    world.sql(&format!("UPDATE users SET deleted_at = NULL WHERE id = '{person}'")).await;
    world
        .sql(&format!(
            "UPDATE tenant SET closed_at = NULL, purge_at = NULL WHERE id = '{}'",
            estate.b1.id.uuid()
        ))
        .await;
    agree(&estate, &engine, "after a restoration").await;

    // A customer of a reseller's reseller goes to another seller, with what nobody has added up yet.
    world.sql(&format!("UPDATE users SET deleted_at = now() WHERE id = '{person}'")).await;
    contain(world, &[estate.north.id, estate.south.id, estate.sub.id]).await;
    transfer(world, &world.root, estate.a3.id, estate.south.id, TODAY).await.expect("a move");
    agree(&estate, &engine, "after a move").await;
}

#[tokio::test]
async fn steps_are_counted_when_they_are_read_back_and_when_they_come_to_need_somebody() {
    let estate = Estate::new().await;
    let (world, engine) = (&estate.world, engine(&estate.world));
    let of = |id: TenantId| format!("tenant_id = '{}'", id.uuid());
    let items = world.count(&format!("SELECT count(*) FROM request_item WHERE {}", of(estate.a1.id))).await;
    let set = |state: &str| {
        format!("UPDATE request_item SET state = '{state}', updated_at = now() WHERE {}", of(estate.a1.id))
    };
    for state in ["running", "failed", "failed", "requested", "verified", "verified"] {
        world.sql(&set(state)).await;
    }
    engine.fold_figures().await.expect("adding up");
    for (id, caller) in [
        (estate.a1.id, &estate.a1.admin),
        (estate.north.id, &estate.north.admin),
        (world.provider, &world.root),
    ] {
        let figures = figures(world, caller, id, date(2026, 1, 1)).await;
        let sum = |of: fn(&store::figures::DayFigure) -> i64| figures.days.iter().map(of).sum::<i64>();
        assert_eq!((sum(|d| d.verified), sum(|d| d.failed)), (items, items), "{id}");
    }
    let other = figures(world, &world.root, estate.south.id, date(2026, 1, 1)).await;
    assert!(other.days.iter().all(|day| day.verified == 0), "{other:?}");
}

#[tokio::test]
async fn what_needs_somebody_is_found_without_reading_what_is_well() {
    let estate = Estate::new().await;
    let world = &estate.world;
    world.sql("UPDATE request_item SET state = 'verified'").await;
    let roots = [world.provider];
    let mut tx = world.store.read(&world.root).await.expect("reading");
    assert!(tx.requests_in_need(&roots, 6, None).await.expect("asking").is_empty());
    tx.finish().await.expect("the end");
    for customer in [&estate.a1, &estate.b1] {
        let request = customer.request.uuid();
        world.sql(&format!("UPDATE request_item SET state = 'failed' WHERE request_id = '{request}'")).await;
    }
    let mut tx = world.store.read(&world.root).await.expect("reading");
    let ids = |found: Vec<RequestView>| found.iter().map(|request| request.id).collect::<Vec<_>>();
    let found = ids(tx.requests_in_need(&roots, 6, None).await.expect("asking"));
    let mut newest = [estate.a1.request, estate.b1.request];
    newest.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(found, newest, "the newest first, each once");
    assert_eq!(ids(tx.requests_in_need(&roots, 1, None).await.expect("asking")), newest[..1]);
    let sellers = tx.sellers_below(&roots, 50).await.expect("sellers");
    let mut codes: Vec<_> = sellers.iter().map(|s| s.code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["hq", "north", "south", "sub"], "no customer sells");
    assert!(tx.overtaken_is_verified(estate.a1.request).await.expect("asking"), "nothing was overtaken");
    tx.finish().await.expect("the end");
    let mut tx = world.store.read(&estate.a1.admin).await.expect("reading");
    let own = tx.requests_in_need(&[estate.a1.id], 6, None).await.expect("asking");
    assert_eq!(ids(own), [estate.a1.request], "nobody sees what others need");
    tx.finish().await.expect("the end");
}
