//! Workers that die, and workers that come back too late.

use std::time::Duration;

use connector::Lane;
use domain::request::RequestState;
use tokio::time::timeout;

use crate::{
    gate::{Gate, Stop},
    world::{World, title},
};

/// More calls than any of these orders needs.
const CALLS_MAX: u64 = 60;
const BOUND: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_at_any_call_leaves_nothing_doubled_and_nothing_undone() {
    let world = World::new().await;
    let gate = Gate::new(world.reference.clone());
    let engine = world.engine_with(gate.clone());
    for stop in [Stop::Before, Stop::After] {
        let mut killed = 0;
        for call in 0..CALLS_MAX {
            let customer = world.order(&format!("c{call}{}", stop as u8), 2, Lane::Interactive).await;
            gate.stop_at(call, stop);
            let done = tokio::select! {
                () = world.drain(&engine) => true,
                () = gate.reached() => false,
            };
            gate.open();
            world.expire_leases().await;
            world.drain(&engine).await;
            assert_eq!(world.state(customer.request).await, RequestState::Complete, "{stop:?} {call}");
            for person in &customer.people {
                assert_eq!(world.reference.creates(person.object), 1, "{stop:?} {call}");
            }
            if done {
                break;
            }
            killed += 1;
        }
        assert!(killed > 8, "an order takes more calls than {killed}");
    }
    world.assert_converged().await;
    let twice = "SELECT count(*) AS n FROM (SELECT subscription_id FROM fact WHERE kind = 'started'
                  GROUP BY 1 HAVING count(*) <> 1) f";
    assert_eq!(world.number(twice).await, 0);
    let facts = "SELECT (SELECT count(*) FROM fact WHERE kind = 'ordered') - (SELECT count(*) FROM fact WHERE kind = 'started') AS n";
    assert_eq!(world.number(facts).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lost_its_lease_changes_nothing_any_more() {
    let world = World::new().await;
    let gate = Gate::new(world.reference.clone());
    let (slow, fast) = (world.engine_with(gate.clone()), world.engine());
    let customer = world.order("acme", 3, Lane::Interactive).await;
    // The slow one stops after it observed, before it writes down what it will do.
    gate.stop_at(0, Stop::After);
    let stale = slow.step(world.target, Lane::Interactive);
    tokio::pin!(stale);
    tokio::select! {
        step = &mut stale => panic!("it should hang: {step:?}"),
        () = gate.reached() => {}
    }
    world.expire_leases().await;
    world.drain(&fast).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    world.change(&customer, customer.people[0].object, Lane::Interactive, title("Captain")).await;
    world.drain(&fast).await;
    // It notices with its next renewal that others have done its work.
    timeout(BOUND, stale).await.expect("the stale worker ends by itself").expect("without an error");
    world.assert_converged().await;
    for person in &customer.people {
        assert_eq!(world.reference.creates(person.object), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_worker_in_the_middle_of_a_create_makes_nothing_twice() {
    let world = World::new().await;
    let (slow, fast) = (world.engine(), world.engine());
    let customer = world.order("acme", 3, Lane::Interactive).await;
    // Held inside the target, after the intent was written.
    world.reference.set_held(true);
    let target = world.target;
    let stale = tokio::spawn(async move { slow.step(target, Lane::Interactive).await });
    timeout(BOUND, async {
        while world.number("SELECT count(*) AS n FROM attempt").await == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the slow worker begins");
    world.expire_leases().await;
    world.reference.set_held(false);
    world.drain(&fast).await;
    stale.await.expect("no panic").expect("no error");
    world.drain(&fast).await;
    world.assert_converged().await;
    for object in customer.people.iter().map(|p| p.object).chain([customer.folder, customer.group]) {
        assert_eq!(world.reference.creates(object), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_workers_share_the_work_and_do_each_thing_once() {
    let world = World::new().await;
    let customers = [
        world.order("one", 120, Lane::Bulk).await,
        world.order("two", 120, Lane::Bulk).await,
        world.order("six", 9, Lane::Interactive).await,
    ];
    let workers = [world.engine(), world.engine(), world.engine()];
    futures::future::join_all(workers.iter().map(|engine| world.drain(engine))).await;
    world.assert_converged().await;
    for customer in &customers {
        assert_eq!(world.state(customer.request).await, RequestState::Complete);
        for person in &customer.people {
            assert_eq!(world.reference.creates(person.object), 1);
        }
    }
}
