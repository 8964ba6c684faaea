//! Targets that are away, lose answers, or are busy.

use connector::{
    Lane,
    reference::{Fault, Faults},
};
use domain::{
    problem::{Problem, ProblemCode},
    request::RequestState,
};

use crate::world::{World, title};

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_away_parks_its_work_and_costs_no_attempts() {
    let world = World::new().await;
    let engine = world.engine();
    world.reference.set_reachable(false);
    let customer = world.order("acme", 3, Lane::Interactive).await;
    assert!(engine.step(world.target, Lane::Interactive).await.expect("a step"));
    assert_eq!(world.state(customer.request).await, RequestState::Parked);
    let down = "SELECT count(*) AS n FROM target_health WHERE state = 'down' AND reason IS NOT NULL";
    assert_eq!(world.number(down).await, 1);
    // The breaker is open: nobody claims.
    world.hurry().await;
    let asked = world.reference.operations();
    for _ in 0..5 {
        assert!(!engine.step(world.target, Lane::Interactive).await.expect("a step"));
    }
    assert_eq!(world.reference.operations(), asked);
    world.clock.skip(std::time::Duration::from_secs(1));
    assert!(!engine.probe(world.target).await.expect("a probe"), "still away");

    world.reference.set_reachable(true);
    world.clock.skip(std::time::Duration::from_secs(1));
    assert!(engine.probe(world.target).await.expect("a probe"), "back");
    assert_eq!(world.number("SELECT count(*) AS n FROM work WHERE due_at > now() OR attempts > 0").await, 0);
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_operation_fails_however_the_end_is_the_same() {
    let world = World::new().await;
    let engine = world.engine();
    let faults =
        [Fault::Unreachable, Fault::LostBefore, Fault::LostAfter, Fault::Rejected(ProblemCode::Busy)];
    for (f, fault) in faults.into_iter().enumerate() {
        // More operations than such an order takes: the last ones meet no fault.
        for operation in 0..24 {
            let customer = world.order(&format!("f{f}{operation}"), 2, Lane::Interactive).await;
            world.reference.set_faults(Faults::at([(operation, fault)]));
            world.drain(&engine).await;
            assert_eq!(world.state(customer.request).await, RequestState::Complete, "{fault:?} {operation}");
            for object in customer.people.iter().map(|p| p.object).chain([customer.folder, customer.group]) {
                assert_eq!(world.reference.creates(object), 1, "{fault:?} {operation}");
            }
        }
    }
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_stays_busy_is_asked_a_bounded_number_of_times() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 2, Lane::Interactive).await;
    let person = customer.people[0].object;
    world.reference.refuse(person, Problem::new(ProblemCode::Busy).said("try later"));
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::CompleteWithProblems);
    let tries = format!("SELECT count(*) AS n FROM attempt WHERE object_id = '{}'", person.uuid());
    assert!((5..=12).contains(&world.number(&tries).await));
    world.reference.accept(person);
    world.retry(&customer, customer.request).await;
    world.drain(&engine).await;
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_value_fails_that_object_alone() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    let person = customer.people[1].object;
    world.reference.refuse(person, Problem::new(ProblemCode::InvalidValue).with("attribute", "title"));
    let bad = world.change(&customer, person, Lane::Interactive, title("\u{7}")).await;
    let good = world.change(&customer, customer.people[0].object, Lane::Interactive, title("Captain")).await;
    world.drain(&engine).await;
    assert_eq!(world.state(bad).await, RequestState::Failed);
    assert_eq!(world.problems(bad).await, ["invalid_value"]);
    assert_eq!(world.state(good).await, RequestState::Complete);
    // Another value takes its place: the old request is over, the new one done.
    world.reference.accept(person);
    let better = world.change(&customer, person, Lane::Interactive, title("Mate")).await;
    world.drain(&engine).await;
    assert_eq!(world.state(better).await, RequestState::Complete);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waited_long_is_not_given_up_when_the_target_is_busy_once() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 1, Lane::Interactive).await;
    let (folder, person) = (customer.folder, customer.people[0].object);
    let later =
        format!("UPDATE work SET due_at = now() + interval '1 h' WHERE object_id = '{}'", folder.uuid());
    for _ in 0..12 {
        world.hurry().await;
        world.db.execute(&later).await;
        assert!(engine.step(world.target, Lane::Interactive).await.expect("a step"));
    }
    assert!(world.there(folder).is_none() && world.there(person).is_none());
    world.reference.refuse(person, Problem::new(ProblemCode::Busy).said("try later"));
    world.hurry().await;
    assert!(engine.step(world.target, Lane::Interactive).await.expect("a step"));
    assert!(world.there(folder).is_some() && world.there(person).is_none());
    world.reference.accept(person);
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_target_says_when_it_goes_away_can_be_kept() {
    let world = World::new().await;
    let settings = store::Settings { database: world.db.owner().clone(), connections: 2 };
    let keeper = store::engine::EngineStore::open(&settings, world.keys.clone(), world.clock.clone());
    keeper.health(world.target, 1).await.expect("known");
    let until = domain::clock::Clock::now(world.clock.as_ref());
    keeper
        .target_down(
            world.target,
            &Problem::new(ProblemCode::Unreachable).said("unavailable, data 0\n\0"),
            until,
        )
        .await
        .expect("kept");
    assert!(!keeper.health(world.target, 1).await.expect("known").up);
}
