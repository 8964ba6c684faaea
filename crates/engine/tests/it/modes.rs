//! What the operator of a target allows: nothing at all, or looking.

use std::sync::Arc;

use connector::Lane;
use domain::{request::RequestState, spec::Attribute};
use store::{
    directories::ModeChange,
    tx::{Cause, act},
};

use crate::world::{World, title};

async fn set(world: &World, maintenance: Option<bool>, read_only: Option<bool>) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let version = tx.directory_view("dc1").await.expect("the directory").version;
    let (target, owner) = tx.directory_owner("dc1").await.expect("the directory");
    let provider = tx.tenant(owner).await.expect("the provider");
    let permit = tx.permit::<act::DirectoryManage>(&provider).expect("may manage directories");
    let change = ModeChange { maintenance, read_only };
    let after = tx.change_modes(&permit, target, version, change).await.expect("changed");
    assert_eq!(after, version + 1);
    tx.commit(&Cause::default()).await.expect("committing");
}

async fn waiting(world: &World, code: &str) -> i64 {
    let query = format!(
        "SELECT count(*) AS n FROM request_item WHERE state = 'parked' AND problem->>'code' = '{code}'"
    );
    world.number(&query).await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_maintenance_work_is_accepted_waits_and_goes_on_by_itself_without_a_counted_attempt() {
    let world = World::new().await;
    let engine = world.engine();
    set(&world, Some(true), None).await;
    let customer = world.order("acme", 3, Lane::Interactive).await;
    for _ in 0..3 {
        assert!(!engine.step(world.target, Lane::Interactive).await.expect("a step"));
        assert!(!engine.probe(world.target).await.expect("a probe"));
    }
    assert_eq!(world.reference.operations(), 0, "nothing was sent");
    assert_eq!(world.state(customer.request).await, RequestState::Parked);
    assert!(waiting(&world, "maintenance").await >= 6, "everything says why it waits");
    assert_eq!(world.number("SELECT count(*) AS n FROM work WHERE attempts > 0 OR due_at > now()").await, 0);

    set(&world, Some(false), None).await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_that_begins_in_the_middle_of_a_batch_ends_it_after_what_was_sent() {
    let world = World::new().await;
    let engine = Arc::new(world.engine());
    let customer = world.order("acme", 3, Lane::Interactive).await;
    world.reference.set_held(true);
    let (worker, target) = (engine.clone(), world.target);
    let step = tokio::spawn(async move { worker.step(target, Lane::Interactive).await });
    // The container is noted before it is sent, and the sending is held.
    for _ in 0..2_000 {
        if world.number("SELECT count(*) AS n FROM attempt").await > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    set(&world, Some(true), None).await;
    world.reference.set_held(false);
    step.await.expect("it ends").expect("a step");
    assert_eq!(world.reference.dump().len(), 1, "only what was on its way was made");
    assert_eq!(world.state(customer.request).await, RequestState::Parked);
    assert!(waiting(&world, "maintenance").await > 0);
    set(&world, Some(false), None).await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    assert_eq!(world.reference.creates(customer.folder), 1);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_target_is_looked_at_and_what_differs_waits() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 2, Lane::Interactive).await;
    world.drain(&engine).await;
    set(&world, None, Some(true)).await;
    let (differs, agrees) = (customer.people[0].object, customer.people[1].object);
    let (at, _) = world.there(agrees).expect("the second person");
    // What is wanted now was made so by somebody else already.
    world.reference.tamper(at, |stored| {
        stored.attributes.insert(Attribute::Title, "Captain".to_owned());
    });
    let before = world.reference.dump();
    let waits = world.change(&customer, differs, Lane::Interactive, title("Captain")).await;
    let is_so = world.change(&customer, agrees, Lane::Interactive, title("Captain")).await;
    let left = world.member(&customer, agrees, false).await;
    for _ in 0..5 {
        engine.step(world.target, Lane::Interactive).await.expect("a step");
        world.hurry().await;
    }
    assert_eq!(world.reference.dump(), before, "nothing was changed");
    assert_eq!(world.state(is_so).await, RequestState::Complete, "it was observed and is as wanted");
    assert_eq!(world.state(waits).await, RequestState::Parked);
    assert_ne!(world.state(left).await, RequestState::Complete);
    assert!(waiting(&world, "read_only").await > 0);
    assert_eq!(world.number("SELECT count(*) AS n FROM work WHERE attempts > 0").await, 0);

    set(&world, None, Some(false)).await;
    assert!(engine.step(world.target, Lane::Interactive).await.expect("a step"), "it is due at once");
    world.drain(&engine).await;
    for request in [waits, left] {
        assert_eq!(world.state(request).await, RequestState::Complete);
    }
    world.assert_converged().await;
}
