//! A person moves to another customer: the same account, whatever is under way with it.

use std::time::Duration;

use app::{
    Answer, App, Cause,
    users::{self, MoveDraft, Moved},
};
use connector::Lane;
use domain::{request::RequestState, spec::Attribute};
use store::{Settings, engine::EngineStore};
use tokio::time::timeout;

use crate::{
    gate::{Gate, Stop},
    world::{Customer, Person, World, title},
};

/// More calls than a move needs.
const CALLS_MAX: u64 = 40;
const BOUND: Duration = Duration::from_secs(30);

/// A customer with one person that can receive others: it has a suffix for their names.
async fn receiving(world: &World, code: &str) -> Customer {
    let customer = world.order(code, 1, Lane::Interactive).await;
    world
        .db
        .execute(&format!(
            "INSERT INTO reserved_name (kind, space, value, tenant_id, owner)
             VALUES ('suffix', '00000000-0000-0000-0000-000000000000', '{code}.test', '{0}', '{0}')",
            customer.id.uuid()
        ))
        .await;
    customer
}

async fn go(world: &World, app: &App, person: &Person, to: &str) -> Moved {
    let version = format!("SELECT version AS n FROM users WHERE id = '{}'", person.id.uuid());
    let version = world.number(&version).await;
    let draft = MoveDraft { customer: to.to_owned(), ..MoveDraft::default() };
    let done = users::transfer(app, &world.root, person.id, version, &draft, None, &Cause::default()).await;
    match done.expect("moved") {
        Answer::Done(moved) => moved,
        Answer::Before { .. } => panic!("no key was sent"),
    }
}

/// The account lies with the other customer, once, and is in none but its groups.
async fn assert_moved(world: &World, (from, to): (&Customer, &Customer), person: &Person, moved: &Moved) {
    let (id, account) = world.there(person.object).expect("the account");
    assert_eq!(account.parent, Some(world.there(to.folder).expect("the container").0));
    assert_eq!(account.attributes.get(&Attribute::Title), None, "nothing of a job of before");
    assert!(account.attributes[&Attribute::PrincipalName].ends_with("@beta.test"), "{account:?}");
    assert_eq!(world.reference.creates(person.object), 1, "it was made once");
    let inside = |group| world.there(group).expect("the group").1.members.contains(&id);
    assert_eq!((inside(from.group), inside(to.group)), (false, true));
    for request in [moved.request, moved.leaving] {
        assert_eq!(world.state(request).await, RequestState::Complete);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_moves_with_its_ids_and_its_password_and_stays_when_all_graces_are_over() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    let (acme, beta) = (world.order("acme", 2, Lane::Interactive).await, receiving(&world, "beta").await);
    let person = &acme.people[0];
    world.drain(&engine).await;
    world.choose(&acme, person, "three calm walruses").await;
    world.drain(&engine).await;
    let (id, before) = world.there(person.object).expect("made");
    let moved = go(&world, &app, person, "beta").await;
    world.drain(&engine).await;
    assert_moved(&world, (&acme, &beta), person, &moved).await;
    let (same, after) = world.there(person.object).expect("the account");
    assert_eq!((same, after.security_id, after.password), (id, before.security_id, before.password));
    assert_eq!(world.reference.password(id).as_deref(), Some("three calm walruses"));
    assert_eq!(after.attributes[&Attribute::Enabled], "true");
    let hash = format!(
        "SELECT count(*) AS n FROM users WHERE id = '{}' AND portal_hash = 'hash of three calm walruses'",
        moved.user.uuid()
    );
    assert_eq!(world.number(&hash).await, 1, "in the portal, too");
    let set = format!(
        "SELECT count(*) AS n FROM observation WHERE subject = '{}' AND kind = 'password_set' AND tenant_id = '{}'",
        moved.user.uuid(),
        beta.id.uuid()
    );
    assert_eq!(world.number(&set).await, 1, "how old the password is stays known");
    world.assert_converged().await;

    // What would have ended a removed person ends nothing of this one.
    let settings = Settings { database: world.db.owner().clone(), connections: 2 };
    let keeper = EngineStore::open(&settings, world.keys.clone(), world.clock.clone());
    world.clock.skip(Duration::from_secs(400 * 24 * 3600));
    assert_eq!(keeper.sweep().await.expect("a sweep").people, 0);
    world.drain(&engine).await;
    assert_moved(&world, (&acme, &beta), person, &moved).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_at_any_call_of_a_move_leads_to_the_same_end() {
    let world = World::new().await;
    let app = App::new(world.store.clone());
    let gate = Gate::new(world.reference.clone());
    let engine = world.engine_with(gate.clone());
    let beta = receiving(&world, "beta").await;
    for stop in [Stop::Before, Stop::After] {
        let mut killed = 0;
        for call in 0..CALLS_MAX {
            let from = world.order(&format!("c{call}{}", stop as u8), 1, Lane::Interactive).await;
            world.drain(&engine).await;
            let moved = go(&world, &app, &from.people[0], "beta").await;
            gate.stop_at(call, stop);
            let done = tokio::select! {
                () = world.drain(&engine) => true,
                () = gate.reached() => false,
            };
            gate.open();
            world.expire_leases().await;
            world.drain(&engine).await;
            assert_moved(&world, (&from, &beta), &from.people[0], &moved).await;
            if done {
                break;
            }
            killed += 1;
        }
        assert!(killed > 3, "a move takes more calls than {killed}");
    }
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_before_that_is_under_way_is_overtaken() {
    let world = World::new().await;
    let app = App::new(world.store.clone());
    let gate = Gate::new(world.reference.clone());
    let (slow, fast) = (world.engine_with(gate.clone()), world.engine());
    let beta = receiving(&world, "beta").await;
    // Its worker is gone: before it told the directory anything, and after it did.
    for call in [0, 1] {
        let from = world.order(&format!("gone{call}"), 1, Lane::Interactive).await;
        world.drain(&fast).await;
        let person = &from.people[0];
        world.change(&from, person.object, Lane::Interactive, title("Captain")).await;
        gate.stop_at(call, Stop::After);
        let stale = slow.step(world.target, Lane::Interactive);
        tokio::pin!(stale);
        tokio::select! {
            step = &mut stale => panic!("it should hang: {step:?}"),
            () = gate.reached() => {}
        }
        let moved = go(&world, &app, person, "beta").await;
        world.expire_leases().await;
        world.drain(&fast).await;
        timeout(BOUND, stale).await.expect("the stale worker ends by itself").expect("without an error");
        gate.open();
        assert_moved(&world, (&from, &beta), person, &moved).await;
    }
    // Its worker is late: what it does is undone by the job that comes after it.
    let from = world.order("late", 1, Lane::Interactive).await;
    world.drain(&fast).await;
    let person = &from.people[0];
    world.change(&from, person.object, Lane::Interactive, title("Captain")).await;
    world.reference.set_held(true);
    let late = fast.step(world.target, Lane::Interactive);
    tokio::pin!(late);
    let told = async {
        while world.number("SELECT count(*) AS n FROM attempt WHERE ended_at IS NULL AND lease IN (SELECT lease FROM work)").await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        step = &mut late => panic!("it should wait: {step:?}"),
        () = told => {}
    }
    let moved = go(&world, &app, person, "beta").await;
    world.reference.set_held(false);
    late.await.expect("a step");
    world.drain(&fast).await;
    assert_moved(&world, (&from, &beta), person, &moved).await;
    world.assert_converged().await;
}
