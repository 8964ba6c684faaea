//! Tenants' life: who is served, what a closing ends and a restoration begins
//! again, and who sold to a customer on which day.

use domain::{
    id::TenantId,
    limits,
    request::Lane,
    tenant::{Status, TenantKind},
};
use jiff::{SignedDuration, civil::Date};
use serde_json::json;
use store::{
    Caller, Settings,
    engine::EngineStore,
    life::MoveObstacle,
    tx::{Cause, WriteTx, act},
};

use crate::world::{Customer, Estate, Seller, World};

pub(crate) fn engine(world: &World) -> EngineStore {
    let settings = Settings { database: world.db.owner().clone(), connections: 2 };
    EngineStore::open(&settings, world.keys.clone(), world.clock.clone())
}

#[tokio::test]
async fn nobody_waits_for_a_password_that_is_none_any_more_or_for_a_member_that_is_none() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let tenant = estate.a1.id.uuid();
    world
        .sql(&format!(
            "WITH r AS (INSERT INTO request (id, tenant_id, kind, lane, created_at)
                        SELECT gen_random_uuid(), '{tenant}', kind, 0, now()
                          FROM unnest(ARRAY['password', 'user_leave', 'user_update']) AS kind RETURNING id, kind)
             INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at)
             SELECT id, gen_random_uuid(), CASE kind WHEN 'user_leave' THEN gen_random_uuid() ELSE '{}' END, '{tenant}', 1, now()
               FROM r",
            uuid::Uuid::nil()
        ))
        .await;
    engine(world).sweep().await.expect("sweeping");
    for (kind, over) in [("password", 1), ("user_leave", 1), ("user_update", 0)] {
        let of = format!(
            "SELECT count(*) FROM request r JOIN request_item i ON i.request_id = r.id
              WHERE r.kind = '{kind}' AND r.tenant_id = '{tenant}' AND i.state = 'superseded' AND r.finished_at IS NOT NULL"
        );
        assert_eq!(world.count(&of).await, over, "{kind}");
    }
}

/// Suspends or resumes; gives how many accounts that changed.
async fn set(world: &World, id: TenantId, status: Status) -> i64 {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let tenant = tx.tenant(id).await.expect("the tenant");
    let permit = tx.permit::<act::TenantSuspend>(&tenant).expect("from above");
    tx.set_status(&permit, status).await.expect("the status");
    tx.open_request(id, "tenant_suspend", json!({}), Lane::Bulk);
    let accounts = tx.settle_accounts(id).await.expect("the accounts");
    assert_eq!(tx.request_of(accounts).is_some(), accounts > 0, "no request without a change");
    tx.commit(&Cause::default()).await.expect("committing");
    accounts
}

async fn close(world: &World, id: TenantId, days: i64) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let tenant = tx.tenant(id).await.expect("the tenant");
    let permit = tx.permit::<act::TenantClose>(&tenant).expect("from above");
    tx.open_request(id, "tenant_close", json!({}), Lane::Bulk);
    let purge_at = tx.now() + SignedDuration::from_hours(24 * days);
    assert!(tx.close_tenant(&permit, purge_at).await.expect("closing"));
    let accounts = tx.settle_accounts(id).await.expect("the accounts");
    tx.request_of(accounts);
    tx.commit(&Cause::default()).await.expect("committing");
}

async fn restore(world: &World, id: TenantId) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let tenant = tx.tenant(id).await.expect("the tenant");
    let permit = tx.permit::<act::TenantClose>(&tenant).expect("from above");
    let closing = tx.closing(id).await.expect("asking").expect("it is closed");
    tx.open_request(id, "tenant_restore", json!({}), Lane::Bulk);
    tx.restore_tenant(&permit, &closing).await.expect("restoring");
    tx.settle_accounts(id).await.expect("the accounts");
    tx.commit(&Cause::default()).await.expect("committing");
}

/// Which accounts of a customer may log on in the directory, in the order of its people.
async fn enabled(world: &World, customer: &Customer) -> Vec<bool> {
    let mut all = Vec::new();
    for person in &customer.people {
        let query = format!(
            "SELECT count(*) FROM object WHERE id = '{}' AND (spec->>'enabled')::boolean",
            person.object.uuid()
        );
        all.push(world.count(&query).await == 1);
    }
    all
}

/// The second person of a1 is disabled by its own administrator.
async fn disable_second(estate: &Estate) {
    let (id, object) = (estate.a1.people[1].id.uuid(), estate.a1.people[1].object.uuid());
    estate
        .world
        .sql(&format!(
            "UPDATE users SET enabled = false WHERE id = '{id}';
             UPDATE object SET spec = jsonb_set(spec, '{{enabled}}', 'false') WHERE id = '{object}'"
        ))
        .await;
}

#[tokio::test]
async fn suspending_disables_every_account_below_and_resuming_enables_who_was_in_both_orders() {
    let estate = Estate::new().await;
    let world = &estate.world;
    disable_second(&estate).await;
    for first in [estate.north.id, estate.a1.id] {
        let second = if first == estate.north.id { estate.a1.id } else { estate.north.id };
        assert_eq!(set(world, estate.north.id, Status::Suspended).await, 2, "one of a1, one of a3");
        assert_eq!(set(world, estate.a1.id, Status::Suspended).await, 0, "disabled already");
        assert_eq!(enabled(world, &estate.a1).await, [false, false]);
        assert_eq!(enabled(world, &estate.a3).await, [false]);
        assert_eq!(enabled(world, &estate.b1).await, [true, true], "beside");
        set(world, first, Status::Active).await;
        assert_eq!(enabled(world, &estate.a1).await, [false, false], "one suspension is left");
        assert_eq!(enabled(world, &estate.a3).await, [first == estate.north.id]);
        set(world, second, Status::Active).await;
        assert_eq!(enabled(world, &estate.a1).await, [true, false], "who was disabled stays disabled");
        assert_eq!(enabled(world, &estate.a3).await, [true]);
    }
}

#[tokio::test]
async fn a_suspension_is_one_request_with_an_item_and_a_revision_for_each_account() {
    let estate = Estate::new().await;
    let world = &estate.world;
    assert_eq!(set(world, estate.north.id, Status::Suspended).await, 3);
    let of = "FROM request_item i JOIN request r ON r.id = i.request_id WHERE r.kind = 'tenant_suspend'";
    assert_eq!(world.count(&format!("SELECT count(*) {of}")).await, 3);
    assert_eq!(world.count(&format!("SELECT count(DISTINCT request_id) {of}")).await, 1);
    let revisions = "SELECT count(*) FROM object_revision v JOIN object o ON o.id = v.object_id
        AND o.generation = v.generation WHERE v.generation = 2 AND v.before->>'enabled' = 'true'
        AND v.after = o.spec AND o.spec->>'enabled' = 'false'";
    assert_eq!(world.count(revisions).await, 3);
    let overtaken = "SELECT count(*) FROM request_item WHERE state = 'superseded'";
    assert_eq!(world.count(overtaken).await, 3, "what was on its way for them");
}

#[tokio::test]
async fn an_account_written_while_its_tenant_was_being_suspended_is_disabled_by_the_sweep() {
    let estate = Estate::new().await;
    let world = &estate.world;
    set(world, estate.a1.id, Status::Suspended).await;
    let late = estate.a1.people[0].object.uuid();
    world
        .sql(&format!("UPDATE object SET spec = jsonb_set(spec, '{{enabled}}', 'true') WHERE id = '{late}'"))
        .await;
    let swept = engine(world).sweep().await.expect("sweeping");
    assert_eq!(swept.settled, 1);
    assert_eq!(enabled(world, &estate.a1).await, [false, false]);
    assert_eq!(engine(world).sweep().await.expect("sweeping").settled, 0, "and is left alone then");
}

#[tokio::test]
async fn a_closing_ends_what_runs_and_a_restoration_begins_only_that_again() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, &estate.a1);
    let kinds = async |kind: &str| {
        world
            .count(&format!(
                "SELECT count(*) FROM fact WHERE tenant_id = '{}' AND kind = '{kind}'",
                a1.id.uuid()
            ))
            .await
    };
    // In the very instant of the closing, a plan was taken from somebody.
    let mut tx = world.store.write(&a1.admin).await.expect("writing");
    tx.open_request(a1.id, "plan_remove", json!({}), Lane::Interactive);
    tx.unsubscribe(a1.id, "Europe/Berlin", a1.people[1].id, None).await.expect("ending a plan");
    tx.commit(&Cause::default()).await.expect("committing");
    assert_eq!((kinds("ordered").await, kinds("ended").await), (2, 1));
    close(world, a1.id, 30).await;
    assert_eq!((kinds("ordered").await, kinds("ended").await), (2, 2));
    assert_eq!(enabled(world, a1).await, [false, false]);
    let running = "SELECT count(*) FROM subscription WHERE ended_at IS NULL AND tenant_id = ";
    assert_eq!(world.count(&format!("{running} '{}'", a1.id.uuid())).await, 0);
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let tenant = tx.tenant(a1.id).await.expect("it can still be seen");
    assert!(tenant.suspended && tenant.status == Status::Closed);
    tx.permit::<act::UserCreate>(&tenant).expect_err("nothing is ordered");
    drop(tx);
    world.clock.advance(SignedDuration::from_hours(48));
    restore(world, a1.id).await;
    assert_eq!((kinds("ordered").await, kinds("ended").await), (3, 2), "what had ended before stays ended");
    assert_eq!(enabled(world, a1).await, [true, true]);
    assert_eq!(world.count(&format!("{running} '{}'", a1.id.uuid())).await, 1);
    let waiting = "SELECT count(*) FROM membership m JOIN subscription s ON s.group_object = m.group_object
        AND s.member_object = m.member_object WHERE s.ended_at IS NULL AND m.wanted AND m.wanted_gen > m.applied_gen";
    assert!(world.count(waiting).await >= 1, "it starts when it is verified again");
    assert_eq!(engine(world).sweep().await.expect("sweeping").purged, 0);
}

#[tokio::test]
async fn after_the_grace_nothing_is_wanted_and_names_facts_and_events_stay() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, &estate.a1);
    let id = a1.id.uuid();
    let kept = "SELECT (SELECT count(*) FROM fact) + (SELECT count(*) FROM event)";
    close(world, a1.id, 30).await;
    let before = world.count(kept).await;
    world.clock.advance(SignedDuration::from_hours(24 * 30 - 1));
    assert_eq!(engine(world).sweep().await.expect("sweeping").purged, 0, "not yet");
    world.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(engine(world).sweep().await.expect("sweeping").purged, 1);
    assert_eq!(engine(world).sweep().await.expect("sweeping").purged, 0, "once");
    let count = async |of: &str| world.count(&format!("SELECT count(*) FROM {of}")).await;
    assert_eq!(count(&format!("object WHERE tenant_id = '{id}' AND wanted")).await, 0);
    assert_eq!(count(&format!("users WHERE tenant_id = '{id}' AND deleted_at IS NULL")).await, 0);
    assert_eq!(count(&format!("reserved_name WHERE tenant_id = '{id}' AND reserved_until IS NULL")).await, 0);
    assert!(count(&format!("reserved_name WHERE tenant_id = '{id}'")).await >= 5, "names stay reserved");
    assert!(world.count(kept).await >= before, "nothing of the ledger or the audit is gone");
    assert_eq!(count("event WHERE code = 'tenant.purged' AND actor_kind = 'system'").await, 1);
    let removal = "request_item i JOIN request r ON r.id = i.request_id WHERE r.kind = 'tenant_purged'";
    assert_eq!(count(removal).await, 5, "its unit, two groups and two people");
    // Long after, somebody else may have the code.
    world.clock.advance(SignedDuration::from_hours(24 * limits::RESERVED_DAYS + 1));
    let root = Seller { id: world.provider, admin: world.caller("root@tenantry.test").await };
    let again = world.order(&root, "a1", &[("Nora", "Newcomer")]).await;
    let mut tx = world.store.read(&root.admin).await.expect("reading");
    assert_eq!(tx.tenant_by_code("a1").await.expect("the code").id, again.id);
}

#[tokio::test]
async fn a_reseller_goes_after_all_below_it() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let mut tx = world.store.read(&world.root).await.expect("reading");
    assert_eq!(tx.open_below(estate.sub.id).await.expect("asking"), 1);
    drop(tx);
    close(world, estate.a3.id, 30).await;
    close(world, estate.sub.id, 0).await;
    let mut tx = world.store.read(&world.root).await.expect("reading");
    assert!(tx.is_closed_above(estate.a3.id).await.expect("asking"));
    assert!(!tx.is_closed_above(estate.sub.id).await.expect("asking"));
    drop(tx);
    assert_eq!(engine(world).sweep().await.expect("sweeping").purged, 0, "its customer can be restored yet");
    world.clock.advance(SignedDuration::from_hours(24 * 30));
    let one = engine(world).sweep().await.expect("sweeping").purged;
    let two = engine(world).sweep().await.expect("sweeping").purged;
    assert_eq!(one + two, 2, "first the customer, then the reseller");
}

/// Moves below `to`; gives the obstacle if there is one.
pub(crate) async fn transfer(
    world: &World,
    caller: &Caller,
    moved: TenantId,
    to: TenantId,
    day: Date,
) -> Result<i64, MoveObstacle> {
    let mut tx = world.store.write(caller).await.expect("writing");
    let tenant = tx.tenant(moved).await.expect("the tenant");
    let permit = tx.permit::<act::TenantMove>(&tenant).expect("from above");
    let seller = tx.tenant(to).await.expect("the seller");
    tx.lock_tree().await.expect("the tree");
    if let Some(obstacle) = tx.move_obstacle(moved, to).await.expect("asking") {
        return Err(obstacle);
    }
    tx.open_request(moved, "tenant_move", json!({}), Lane::Interactive);
    let objects = match tenant.kind {
        TenantKind::Reseller => {
            let below = tx.permit::<act::ResellerCreate>(&seller).expect("may");
            tx.move_tenant(&permit, &below, day).await
        }
        _ => {
            let below = tx.permit::<act::OrderCreate>(&seller).expect("may");
            tx.move_tenant(&permit, &below, day).await
        }
    };
    let objects = objects.expect("moving");
    tx.request_of(objects);
    tx.commit(&Cause::default()).await.expect("committing");
    Ok(objects)
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// The test's resellers have no containers; they get one each.
pub(crate) async fn contain(world: &World, sellers: &[TenantId]) {
    for seller in sellers {
        world
            .sql(&format!(
                "INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
                 SELECT gen_random_uuid(), '{0}', (SELECT id FROM target), 'tenant', '{0}', 'container',
                        '{{\"kind\": \"container\", \"name\": \"x\", \"parent\": null, \"description\": null}}', 1, now()",
                seller.uuid()
            ))
            .await;
    }
}

#[tokio::test]
async fn a_move_in_mid_month_splits_the_days_and_leaves_the_customer_s_rows() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, &estate.a1);
    contain(world, &[estate.north.id, estate.south.id]).await;
    let users = "SELECT count(*) FROM users WHERE version = 1";
    let accounts = "SELECT count(*) FROM object WHERE kind = 'user' AND generation = 1";
    let before = (world.count(users).await, world.count(accounts).await);
    world.clock.advance(SignedDuration::from_hours(24 * 13));
    let moved = transfer(world, &world.root, a1.id, estate.south.id, day("2026-03-15")).await;
    assert_eq!(moved, Ok(1), "its unit, nothing else");
    assert_eq!((world.count(users).await, world.count(accounts).await), before);
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let above = tx.container_of(estate.south.id, world.target).await.expect("asking").expect("a container");
    assert_eq!(tx.spec(a1.folder).await.expect("a spec that can be read").parent(), Some(above));
    drop(tx);
    let mut tx = world.store.read(&world.root).await.expect("reading");
    let days = tx.sellers(a1.id, day("2026-03-01"), day("2026-03-31")).await.expect("the sellers");
    let days: Vec<_> = days.iter().map(|d| (d.seller, d.first.to_string(), d.last.to_string())).collect();
    assert_eq!(
        days,
        [
            (estate.north.id, "2026-03-01".to_owned(), "2026-03-14".to_owned()),
            (estate.south.id, "2026-03-15".to_owned(), "2026-03-31".to_owned())
        ]
    );
    for (on, seller) in [("2026-03-14", estate.north.id), ("2026-03-15", estate.south.id)] {
        assert_eq!(tx.seller_on(a1.id, day(on)).await.expect("asking"), Some(seller), "{on}");
    }
    drop(tx);
    // Who sold before sees the customer no more, and its own days still.
    let mut tx = world.store.read(&estate.north.admin).await.expect("reading");
    tx.tenant(a1.id).await.expect_err("another seller's");
    let own = tx.sellers(a1.id, day("2026-03-01"), day("2026-03-31")).await.expect("the sellers");
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].last, day("2026-03-14"));
    drop(tx);
    let mut tx = world.store.read(&estate.south.admin).await.expect("reading");
    tx.tenant(a1.id).await.expect("its own now");
    tx.user(a1.people[0].id).await.expect("with its people");
}

#[tokio::test]
async fn what_cannot_stand_there_is_said() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let today = day("2026-03-02");
    let to = async |moved, to| transfer(world, root, moved, to, today).await.expect_err("an obstacle");
    assert_eq!(to(estate.north.id, estate.sub.id).await, MoveObstacle::BelowItself);
    assert_eq!(to(estate.a1.id, estate.north.id).await, MoveObstacle::AlreadyThere);
    assert_eq!(to(estate.a1.id, estate.b1.id).await, MoveObstacle::NotASeller);
    let rule = "INSERT INTO target (id, tenant_id, code, kind, name, created_at)
            VALUES (gen_random_uuid(), (SELECT id FROM tenant WHERE kind = 'provider'), 'dc2', 'ad', 'Other', now());
        INSERT INTO placement (tenant_id, target_id, created_at)
            SELECT '{}', id, now() FROM target WHERE code = 'dc2'";
    world.sql(&rule.replace("{}", &estate.south.id.uuid().to_string())).await;
    assert_eq!(to(estate.a1.id, estate.south.id).await, MoveObstacle::NotPlaced);
    world.sql("DELETE FROM placement").await;
    close(world, estate.a1.id, 30).await;
    assert_eq!(to(estate.a1.id, estate.south.id).await, MoveObstacle::Closed);
}

#[tokio::test]
async fn two_moves_at_once_make_no_circle() {
    let estate = Estate::new().await;
    let world = &estate.world;
    // Each below the other: whoever comes second finds it below itself.
    let today = day("2026-03-02");
    let (one, two) = futures::join!(
        transfer(world, &world.root, estate.north.id, estate.south.id, today),
        transfer(world, &world.root, estate.south.id, estate.north.id, today)
    );
    let refused = [one, two].into_iter().filter(|r| *r == Err(MoveObstacle::BelowItself)).count();
    assert_eq!(refused, 1, "{one:?} {two:?}");
    let circles = "SELECT count(*) FROM tenant_closure a JOIN tenant_closure b
        ON a.ancestor = b.descendant AND a.descendant = b.ancestor WHERE a.depth > 0";
    assert_eq!(world.count(circles).await, 0);
}

#[tokio::test]
async fn a_move_out_of_a_suspended_reseller_serves_the_customer_again() {
    let estate = Estate::new().await;
    let world = &estate.world;
    contain(world, &[estate.south.id]).await;
    set(world, estate.north.id, Status::Suspended).await;
    let moved = transfer(world, &world.root, estate.a1.id, estate.south.id, day("2026-03-02")).await;
    assert_eq!(moved, Ok(3), "its unit and its two accounts");
    assert_eq!(enabled(world, &estate.a1).await, [true, true]);
    assert_eq!(enabled(world, &estate.a3).await, [false]);
}

async fn plan(tx: &mut WriteTx<'_>, moved: TenantId, to: TenantId, on: Date) {
    let tenant = tx.tenant(moved).await.expect("the tenant");
    let permit = tx.permit::<act::TenantMove>(&tenant).expect("from above");
    let seller = tx.tenant(to).await.expect("the seller");
    let below = tx.permit::<act::OrderCreate>(&seller).expect("may");
    let at = on.in_tz("Europe/Berlin").expect("a zone").timestamp();
    tx.plan_move(&permit, &below, on, at).await.expect("planning");
}

#[tokio::test]
async fn a_planned_move_takes_effect_on_its_day_and_only_the_last_plan_counts() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, &estate.a1);
    contain(world, &[estate.south.id, estate.sub.id]).await;
    for (to, on) in [(estate.sub.id, "2026-03-10"), (estate.south.id, "2026-03-12")] {
        let mut tx = world.store.write(&world.root).await.expect("writing");
        plan(&mut tx, a1.id, to, day(on)).await;
        tx.commit(&Cause::default()).await.expect("committing");
    }
    let mut tx = world.store.read(&world.root).await.expect("reading");
    let planned = tx.planned_move(a1.id).await.expect("asking").expect("a plan");
    assert_eq!((planned.parent, planned.day), (estate.south.id, day("2026-03-12")));
    drop(tx);
    // 23:00 UTC is midnight in Berlin.
    world.clock.advance(SignedDuration::from_hours(24 * 9 + 14));
    assert_eq!(engine(world).sweep().await.expect("sweeping").moved, 0, "an hour before");
    world.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(engine(world).sweep().await.expect("sweeping").moved, 1);
    assert_eq!(engine(world).sweep().await.expect("sweeping").moved, 0, "once");
    let mut tx = world.store.read(&world.root).await.expect("reading");
    assert_eq!(tx.seller_on(a1.id, day("2026-03-11")).await.expect("asking"), Some(estate.north.id));
    assert_eq!(tx.seller_on(a1.id, day("2026-03-12")).await.expect("asking"), Some(estate.south.id));
    assert_eq!(tx.planned_move(a1.id).await.expect("asking"), None);
    drop(tx);
    let moved = "SELECT count(*) FROM event WHERE code = 'tenant.moved' AND outcome = 'success'
        AND request_id IN (SELECT id FROM request WHERE kind = 'tenant_moved')";
    assert_eq!(world.count(moved).await, 1);
}

#[tokio::test]
async fn a_planned_move_that_has_become_impossible_is_told_and_not_tried_again() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, &estate.a1);
    contain(world, &[estate.south.id]).await;
    let mut tx = world.store.write(&world.root).await.expect("writing");
    plan(&mut tx, a1.id, estate.south.id, day("2026-03-03")).await;
    tx.commit(&Cause::default()).await.expect("committing");
    close(world, estate.b1.id, 30).await;
    close(world, estate.south.id, 30).await;
    world.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(engine(world).sweep().await.expect("sweeping").moved, 1);
    let told = "SELECT count(*) FROM event WHERE code = 'tenant.moved' AND outcome = 'failure' AND reason = 'closed'";
    assert_eq!(world.count(told).await, 1);
    let mut tx = world.store.read(&world.root).await.expect("reading");
    assert_eq!(tx.seller_on(a1.id, day("2026-03-04")).await.expect("asking"), Some(estate.north.id));
    assert_eq!(engine(world).sweep().await.expect("sweeping").moved, 0);
}
