//! What was asked for comes true, once, and is said to be done only then.

use connector::Lane;
use domain::{
    problem::ProblemCode,
    request::RequestState,
    spec::{Attribute, ObjectKind, Spec},
};

use crate::world::{World, title};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_becomes_a_working_customer() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 7, Lane::Interactive).await;
    assert_eq!(world.state(customer.request).await, RequestState::Requested);
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    world.assert_converged().await;
    assert_eq!(world.there(customer.group).expect("the group").1.members.len(), 7);
    assert_eq!(facts(&world).await, (7, 7));

    // Nothing is done twice when it is asked for again.
    world.change(&customer, customer.people[0].object, Lane::Interactive, title("Captain")).await;
    world.member(&customer, customer.people[1].object, false).await;
    world.change(&customer, customer.people[2].object, Lane::Interactive, |_| None).await;
    world.drain(&engine).await;
    world.assert_converged().await;
    assert_eq!(facts(&world).await, (7, 7));
    for person in &customer.people {
        assert_eq!(world.reference.creates(person.object), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_users_come_in_batches_whatever_order_they_are_claimed_in() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("bulk", 600, Lane::Bulk).await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    world.assert_converged().await;
    let modifies = "SELECT count(*) AS n FROM attempt WHERE step = 'change_members'";
    assert!(world.number(modifies).await <= 3, "members travel together");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_moves_and_goes_with_everything_in_it() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("old", 2, Lane::Interactive).await;
    world.drain(&engine).await;
    let rename = |spec| match spec {
        Spec::Container { parent, description, .. } => {
            Some(Spec::Container { name: "new".to_owned(), parent, description })
        }
        other => Some(other),
    };
    world.change(&customer, customer.folder, Lane::Interactive, rename).await;
    world.change(&customer, customer.people[0].object, Lane::Interactive, title("Captain")).await;
    world.drain(&engine).await;
    world.assert_converged().await;

    for person in &customer.people {
        world.change(&customer, person.object, Lane::Interactive, |_| None).await;
        world.member(&customer, person.object, false).await;
    }
    for object in [customer.folder, customer.access] {
        world.change(&customer, object, Lane::Interactive, |_| None).await;
    }
    world.change(&customer, customer.group, Lane::Interactive, |_| None).await;
    world.drain(&engine).await;
    assert!(world.reference.dump().is_empty(), "{:?}", world.reference.dump());
    let open = "SELECT count(*) AS n FROM request_item WHERE state NOT IN ('verified', 'superseded')";
    assert_eq!(world.number(open).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_somebody_else_has_is_a_problem_for_a_person_and_nothing_more() {
    let world = World::new().await;
    let engine = world.engine();
    let foreign = [(Attribute::Name, "acme.1".to_owned()), (Attribute::LogonName, "acme.1".to_owned())];
    let foreign =
        world.reference.insert_foreign(ObjectKind::User, None, foreign.into()).expect("a foreign account");
    let before = world.reference.dump()[&foreign].clone();
    let customer = world.order("acme", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::CompleteWithProblems);
    let problems = world.problems(customer.request).await;
    // The person, and its membership, which waits for it.
    assert_eq!(problems, [ProblemCode::NameTaken.code(), ProblemCode::Waiting.code()]);
    assert_eq!(world.reference.dump()[&foreign], before, "the foreign account was not touched");
    assert_eq!(world.reference.creates(customer.people[1].object), 0);

    world.reference.remove(foreign).expect("the foreign account goes");
    world.retry(&customer, customer.request).await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_something_that_failed_fails_with_it_and_comes_back_with_it() {
    let world = World::new().await;
    let engine = world.engine();
    let foreign = [(Attribute::Name, "acme".to_owned())];
    let foreign =
        world.reference.insert_foreign(ObjectKind::Container, None, foreign.into()).expect("a foreign OU");
    let customer = world.order("acme", 3, Lane::Bulk).await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Failed);
    world.reference.remove(foreign).expect("the foreign OU goes");
    world.retry(&customer, customer.request).await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_behind_our_back_is_made_again() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 2, Lane::Interactive).await;
    world.drain(&engine).await;
    let person = customer.people[0].object;
    world.reference.remove(world.there(person).expect("the person").0).expect("somebody deletes it");
    world.change(&customer, person, Lane::Interactive, title("Captain")).await;
    world.drain(&engine).await;
    assert_eq!(world.reference.creates(person), 2);
    assert!(world.there(person).is_some());
}

async fn facts(world: &World) -> (i64, i64) {
    let of = |kind| format!("SELECT count(*) AS n FROM fact WHERE kind = '{kind}'");
    (world.number(&of("ordered")).await, world.number(&of("started")).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_zone_the_database_does_not_know_stops_nobody() {
    let world = World::new().await;
    let engine = world.engine();
    let customers =
        [world.order("acme", 2, Lane::Interactive).await, world.order("zeta", 2, Lane::Interactive).await];
    for (customer, zone) in customers.iter().zip(["Mars/Olympus", "Etc/Unknown"]) {
        let id = customer.id.uuid();
        world.db.execute(&format!("UPDATE tenant SET time_zone = '{zone}' WHERE id = '{id}'")).await;
    }
    world.drain(&engine).await;
    world.assert_converged().await;
    assert_eq!(facts(&world).await, (4, 4));
    let by_utc = "SELECT count(*) AS n FROM fact WHERE kind = 'started' AND zone = 'UTC'
                     AND local_date = (at AT TIME ZONE 'UTC')::date";
    assert_eq!(world.number(by_utc).await, 4);
}
