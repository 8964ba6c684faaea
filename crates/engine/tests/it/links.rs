//! Links between objects: who manages whom and who owns a group, whatever becomes of them.

use connector::Lane;
use domain::{
    id::ObjectId,
    request::RequestState,
    spec::{Attribute, Spec, UserSpec},
};

use crate::world::{Customer, World, title};

fn managed_by(manager: Option<ObjectId>) -> impl FnOnce(Spec) -> Option<Spec> {
    move |spec| match spec {
        Spec::User(user) => Some(Spec::User(UserSpec { manager, ..user })),
        other => Some(other),
    }
}

fn manager_of(world: &World, object: ObjectId) -> Option<String> {
    world.there(object).expect("made").1.attributes.get(&Attribute::Manager).cloned()
}

fn id_of(world: &World, object: ObjectId) -> Option<String> {
    world.there(object).map(|(id, _)| id.to_string())
}

async fn scan(world: &World, engine: &engine::Engine) -> engine::Scanned {
    world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
    engine.scan(world.target).await.expect("a scan").expect("it is due")
}

async fn staffed(people: usize) -> (World, engine::Engine, Customer) {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", people, Lane::Interactive).await;
    (world, engine, customer)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_made_without_a_manager_who_comes_later_and_get_the_link_then() {
    let (world, engine, mut customer) = staffed(3).await;
    let boss = customer.people[2].object;
    // Known before it is there, and refused until somebody mends that.
    let taken = domain::problem::Problem::new(domain::problem::ProblemCode::NameTaken);
    world.reference.refuse(boss, taken);
    for report in &customer.people[..2] {
        world.change(&customer, report.object, Lane::Interactive, managed_by(Some(boss))).await;
    }
    world.drain(&engine).await;
    for report in &customer.people[..2] {
        assert_eq!(manager_of(&world, report.object), None, "made all the same");
    }
    world.reference.accept(boss);
    world.retry(&customer, customer.request).await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    for report in &customer.people[..2] {
        assert_eq!(manager_of(&world, report.object), id_of(&world, boss));
    }
    // Somebody who is made in one claim with the manager.
    world.add_person(&mut customer, 7, Lane::Interactive).await;
    let newcomer = customer.people[3].object;
    world.change(&customer, newcomer, Lane::Interactive, managed_by(Some(boss))).await;
    world.drain(&engine).await;
    assert_eq!(manager_of(&world, newcomer), id_of(&world, boss));
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_done_to_a_manager_is_work_or_drift_of_the_reports() {
    let (world, engine, customer) = staffed(3).await;
    let [boss, report, other] = [0, 1, 2].map(|n| customer.people[n].object);
    world.drain(&engine).await;
    world.change(&customer, report, Lane::Interactive, managed_by(Some(boss))).await;
    world.drain(&engine).await;
    let renamed = |spec| match spec {
        Spec::User(user) => Some(Spec::User(UserSpec { name: "Renamed".to_owned(), ..user })),
        other => Some(other),
    };
    let seen = "SELECT count(*) AS n FROM attempt";
    world.change(&customer, boss, Lane::Interactive, renamed).await;
    let before = world.number(seen).await;
    world.drain(&engine).await;
    assert_eq!(world.number(seen).await, before + 1, "the manager's own step");
    assert_eq!(scan(&world, &engine).await.findings.opened, 0);

    // Somebody changes it in the directory: one finding, put right by the next work.
    let (id, _) = world.there(report).expect("there");
    let wrong = id_of(&world, other).expect("there");
    world.reference.tamper(id, |stored| {
        stored.attributes.insert(Attribute::Manager, wrong);
    });
    assert_eq!(scan(&world, &engine).await.findings.opened, 1);
    let rows = world.db.rows("SELECT kind, attribute FROM finding WHERE state = 'open'").await;
    assert_eq!((&rows[0]["kind"], &rows[0]["attribute"]), (&"changed".into(), &"manager".into()));
    crate::drift::revert(&world, &customer).await;
    world.drain(&engine).await;
    assert_eq!(manager_of(&world, report), id_of(&world, boss));
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_who_was_deleted_in_the_directory_fails_nobody_and_comes_back() {
    let (world, engine, customer) = staffed(3).await;
    let [boss, report, late] = [0, 1, 2].map(|n| customer.people[n].object);
    world.drain(&engine).await;
    world.change(&customer, report, Lane::Interactive, managed_by(Some(boss))).await;
    world.drain(&engine).await;
    let (id, _) = world.there(boss).expect("there");
    world.reference.remove(id).expect("nobody lies in it");

    // Who is given the manager now, before anybody knows, is changed without a failure.
    let changed = world.change(&customer, late, Lane::Interactive, managed_by(Some(boss))).await;
    let other = world.change(&customer, late, Lane::Interactive, title("Captain")).await;
    world.drain(&engine).await;
    for request in [changed, other] {
        assert_eq!(world.problems(request).await, Vec::<String>::new());
    }
    assert_eq!(manager_of(&world, late), None);
    let (_, stored) = world.there(late).expect("there");
    assert_eq!(stored.attributes[&Attribute::Title], "Captain");

    let found = scan(&world, &engine).await;
    assert_eq!(found.findings.opened, 1, "one who is missing, and nothing of the reports");
    crate::drift::revert(&world, &customer).await;
    world.drain(&engine).await;
    for object in [report, late] {
        assert_eq!(manager_of(&world, object), id_of(&world, boss), "the new account");
    }
    assert_eq!(scan(&world, &engine).await.findings.opened, 0);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_wants_any_more_is_linked_to_by_nothing() {
    let (world, engine, customer) = staffed(2).await;
    let [boss, report] = [0, 1].map(|n| customer.people[n].object);
    world.drain(&engine).await;
    world.change(&customer, report, Lane::Interactive, managed_by(Some(boss))).await;
    world.drain(&engine).await;
    let gone = world.change(&customer, boss, Lane::Interactive, |_| None).await;
    let changed = world.change(&customer, report, Lane::Interactive, title("Captain")).await;
    world.drain(&engine).await;
    for request in [gone, changed] {
        assert_eq!(world.state(request).await, RequestState::Complete);
    }
    assert_eq!(manager_of(&world, report), None);
    assert_eq!(scan(&world, &engine).await.findings.opened, 0);
}
