//! A password is set in the directory, and only then in the portal.

use std::time::Duration;

use connector::Lane;
use domain::{clock::Clock as _, limits, problem::ProblemCode, request::RequestState};
use store::{
    activations::Purpose,
    tx::{Cause, act},
    users::UserChange,
};

use crate::world::{Customer, Person, World, title};

async fn portal_hash(world: &World, customer: &Customer) -> Option<String> {
    let query = format!("SELECT portal_hash FROM users WHERE id = '{}'", customer.people[0].id.uuid());
    world.db.rows(&query).await[0]["portal_hash"].as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_changes_nothing_and_a_better_one_works() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 1, Lane::Interactive).await;
    world.drain(&engine).await;
    let person = &customer.people[0];
    let refused = world.choose(&customer, person, "short").await;
    world.drain(&engine).await;
    assert_eq!(world.state(refused).await, RequestState::Failed);
    assert_eq!(world.problems(refused).await, [ProblemCode::PasswordPolicy.code()]);
    assert_eq!(portal_hash(&world, &customer).await, None);
    assert_eq!(world.number("SELECT count(*) AS n FROM secret").await, 0, "it is kept nowhere");

    let request = world.choose(&customer, person, "correct horse battery").await;
    assert_eq!(portal_hash(&world, &customer).await, None, "not before the directory has it");
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete);
    let account = world.there(person.object).expect("the account").0;
    assert_eq!(world.reference.password(account).as_deref(), Some("correct horse battery"));
    assert_eq!(portal_hash(&world, &customer).await.as_deref(), Some("hash of correct horse battery"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_chosen_before_the_account_is_there_is_set_once_it_is() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 1, Lane::Interactive).await;
    let request = world.choose(&customer, &customer.people[0], "correct horse battery").await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    assert_eq!(world.state(request).await, RequestState::Complete);
    assert_eq!(world.reference.passwords_set(), 1);
    let seen = format!(
        "SELECT count(*) AS n FROM observation WHERE subject = '{}' AND source = 'directory' AND kind = 'password_set'",
        customer.people[0].id.uuid()
    );
    assert_eq!(world.number(&seen).await, 1, "evidence that the person used the account");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_waited_too_long_is_destroyed_also_while_the_target_is_away() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 1, Lane::Interactive).await;
    world.drain(&engine).await;
    world.reference.set_reachable(false);
    let request = world.choose(&customer, &customer.people[0], "correct horse battery").await;
    engine.step(world.target, Lane::Interactive).await.expect("a step");
    assert_eq!(world.state(request).await, RequestState::Parked);
    world.clock.skip(Duration::from_secs(limits::SECRET_HOURS.unsigned_abs() * 3600 + 1));
    let settings = store::Settings { database: world.db.owner().clone(), connections: 2 };
    let keeper = store::engine::EngineStore::open(&settings, world.keys.clone(), world.clock.clone());
    assert_eq!(keeper.sweep().await.expect("a sweep").secrets, 1);
    assert_eq!(world.state(request).await, RequestState::Failed);
    assert_eq!(world.problems(request).await, [ProblemCode::SecretExpired.code()]);
    world.reference.set_reachable(true);
    world.drain(&engine).await;
    assert_eq!(world.reference.passwords_set(), 0);
    assert_eq!(portal_hash(&world, &customer).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_password_replaces_one_on_its_way() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 1, Lane::Interactive).await;
    world.drain(&engine).await;
    let first = world.choose(&customer, &customer.people[0], "correct horse battery").await;
    let second = world.choose(&customer, &customer.people[0], "wrong donkey charger").await;
    world.drain(&engine).await;
    assert_eq!(world.state(first).await, RequestState::Complete, "overtaken");
    assert_eq!(world.state(second).await, RequestState::Complete);
    assert_eq!(portal_hash(&world, &customer).await.as_deref(), Some("hash of wrong donkey charger"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_whose_key_cannot_be_read_now_waits_for_it_and_stops_nobody() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 2, Lane::Interactive).await;
    world.drain(&engine).await;
    let request = world.choose(&customer, &customer.people[0], "correct horse battery").await;
    let other = world.change(&customer, customer.people[1].object, Lane::Interactive, title("Captain")).await;
    let key = std::fs::read_dir(world.folder.path()).expect("the keys").map(|e| e.expect("a key").path());
    let key = key.into_iter().find(|p| p.to_string_lossy().contains("short-")).expect("the key of this hour");
    let away = world.folder.path().join("away");
    std::fs::rename(&key, &away).expect("taken away");
    assert!(engine.step(world.target, Lane::Interactive).await.expect("a step"));
    // There, but not to be read.
    std::fs::create_dir(&key).expect("a folder in its place");
    world.expire_leases().await;
    assert!(engine.step(world.target, Lane::Interactive).await.expect("a step"));
    assert_eq!(world.state(other).await, RequestState::Complete);
    assert_eq!(world.state(request).await, RequestState::Requested);
    assert_eq!(world.number("SELECT count(*) AS n FROM secret").await, 1, "it is not destroyed");

    std::fs::remove_dir(&key).expect("the folder goes");
    std::fs::rename(&away, &key).expect("brought back");
    world.expire_leases().await;
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete);
    assert_eq!(portal_hash(&world, &customer).await.as_deref(), Some("hash of correct horse battery"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_change_of_the_person_does_not_end_a_password_on_its_way() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 1, Lane::Interactive).await;
    world.drain(&engine).await;
    world.reference.set_reachable(false);
    let person = &customer.people[0];
    let request = world.choose(&customer, person, "short").await;
    let change = world.change(&customer, person.object, Lane::Interactive, title("Captain")).await;
    assert_eq!(world.state(request).await, RequestState::Requested);
    world.reference.set_reachable(true);
    world.drain(&engine).await;
    assert_eq!(world.state(change).await, RequestState::Complete);
    assert_eq!(world.state(request).await, RequestState::Failed);
    assert_eq!(world.problems(request).await, [ProblemCode::PasswordPolicy.code()]);
}

/// A new link for the person, or the account disabled or removed.
async fn end_link(world: &World, customer: &Customer, person: &Person, ending: &str) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    match ending {
        "disabled" => {
            let (user, permit) = tx.account::<act::UserUpdate>(person.id).await.expect("the account");
            let change = UserChange { enabled: Some(false), ..UserChange::default() };
            tx.update_user(&permit, &user, None, &change).await.expect("disabled");
        }
        "deleted" => {
            let (user, permit) = tx.account::<act::UserDelete>(person.id).await.expect("the account");
            tx.remove_user(&permit, &user, None, None).await.expect("deleted");
        }
        _ => {
            tx.issue_links(customer.id, &[person.id], Purpose::Reset).await.expect("a link");
        }
    }
    tx.commit(&Cause::default()).await.expect("committing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_on_its_way_goes_with_its_link() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    world.reference.set_reachable(false);
    for (person, ending) in customer.people.iter().zip(["disabled", "deleted", "another link"]) {
        let request = world.choose(&customer, person, "correct horse battery").await;
        world.hurry().await;
        engine.step(world.target, Lane::Interactive).await.expect("a step");
        end_link(&world, &customer, person, ending).await;
        assert_eq!(world.number("SELECT count(*) AS n FROM secret").await, 0, "{ending}");
        assert_eq!(world.state(request).await, RequestState::Complete, "{ending}: overtaken");
    }
    world.reference.set_reachable(true);
    world.drain(&engine).await;
    assert_eq!(world.reference.passwords_set(), 0);
    assert_eq!(world.number("SELECT count(*) AS n FROM users WHERE portal_hash LIKE 'hash of %'").await, 0);
}

/// The first password of an account, as a file gave it; part of the request that makes the account.
async fn first(world: &World, customer: &Customer, password: &str, must_change: bool) {
    let (person, now) = (&customer.people[0], world.clock.now());
    let id = person.object.uuid();
    let (key, sealed) = world.keys.seal_short(now, id, password.as_bytes()).expect("sealed");
    let sealed = sealed.iter().fold(String::new(), |all, byte| format!("{all}{byte:02x}"));
    world
        .db
        .execute(&format!(
            "INSERT INTO secret (id, tenant_id, object_id, user_id, request_id, key_id, sealed, created_at, expires_at,
                 must_change)
             VALUES ('{id}', '{}', '{id}', '{}', '{}', '{key}', '\\x{sealed}', '{now}', '{now}'::timestamptz + interval '1 day',
                 {must_change})",
            customer.id.uuid(),
            person.id.uuid(),
            customer.request.uuid()
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_password_is_set_with_the_account_and_is_nobodys_own() {
    for must_change in [true, false] {
        let world = World::new().await;
        let engine = world.engine();
        let customer = world.order("acme", 1, Lane::Interactive).await;
        first(&world, &customer, "correct horse battery", must_change).await;
        world.drain(&engine).await;
        assert_eq!(world.state(customer.request).await, RequestState::Complete);
        let (account, stored) = world.there(customer.people[0].object).expect("the account");
        assert_eq!(world.reference.password(account).as_deref(), Some("correct horse battery"));
        assert_eq!(stored.password_set_at.is_none(), must_change, "until it is changed");
        assert_eq!((world.reference.passwords_set(), portal_hash(&world, &customer).await), (1, None));
        for nothing in [
            "SELECT count(*) AS n FROM secret",
            "SELECT count(*) AS n FROM observation WHERE kind = 'password_set'",
            "SELECT count(*) AS n FROM users WHERE activated_at IS NOT NULL AND object_id IS NOT NULL",
        ] {
            assert_eq!(world.number(nothing).await, 0, "{nothing}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_password_that_is_refused_stays_told_until_somebody_tries_again() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 1, Lane::Interactive).await;
    first(&world, &customer, "short", true).await;
    world.drain(&engine).await;
    assert!(world.there(customer.people[0].object).is_some(), "the account is made");
    assert_eq!(world.state(customer.request).await, RequestState::CompleteWithProblems);
    assert_eq!(world.problems(customer.request).await, [ProblemCode::PasswordPolicy.code()]);
    world.retry(&customer, customer.request).await;
    world.drain(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete, "the account alone");
    assert_eq!(world.reference.passwords_set(), 0);
}
