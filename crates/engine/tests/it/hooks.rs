//! Hooks: who is asked before is asked before, who is told after is told after,
//! whatever breaks in between.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use connector::Lane;
use domain::{
    hook::{Moment, Occasion},
    person::Detail,
    request::RequestState,
    spec::{Attribute, Spec, UserSpec},
};
use serde_json::json;
use store::{Settings, engine::EngineStore};
use tokio::{sync::watch, time::timeout};

use crate::{receiver::Receiver, world::World};

const ALL: [Occasion; 2] = [Occasion::Assign, Occasion::Remove];
const BOUND: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_waits_for_the_hook_and_for_nothing_else() {
    let world = World::new().await;
    let receiver = Receiver::new().await;
    world.hook("Mailbox", Moment::Before, &ALL, &receiver.url, 20).await;
    receiver.answer(|_| (503, "starting".to_owned()));
    let engine = world.caller();
    let customer = world.order("acme", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    assert_eq!(engine.deliver().await.expect("delivering"), 3);
    for person in &customer.people {
        assert!(world.there(person.object).is_some(), "the account does not wait");
        assert!(!world.is_member(&customer, person), "the membership does");
    }
    assert_eq!(world.state(customer.request).await, RequestState::Running);
    // One is agreed to: this one goes on, the others go on waiting.
    receiver.answer(|body| match body["data"]["person"]["principal_name"].as_str() {
        Some("acme.1@acme.test") => (200, "made".to_owned()),
        _ => (503, "starting".to_owned()),
    });
    world.hurry_hooks().await;
    engine.deliver().await.expect("delivering");
    world.drain(&engine).await;
    let members: Vec<_> = customer.people.iter().map(|p| world.is_member(&customer, p)).collect();
    assert_eq!(members, [false, true, false]);
    receiver.answer(|_| (200, String::new()));
    world.work_and_call(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    assert!(customer.people.iter().all(|p| world.is_member(&customer, p)));
    world.assert_converged().await;
    assert_eq!(receiver.times().len(), 3, "one delivery a person, however often it was sent");
    let first = &receiver.calls()[0].body;
    assert_eq!(first["type"], "subscription.assign");
    assert_eq!(first["data"]["tenant"]["code"], "acme");
    assert_eq!(first["data"]["plan"]["code"], "basic");
    assert_eq!(first["data"]["moment"], "before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_shown_with_its_reason_and_a_retry_asks_again() {
    let world = World::new().await;
    let receiver = Receiver::new().await;
    world.hook("Licences", Moment::Before, &ALL, &receiver.url, 3).await;
    receiver.answer(|body| match body["data"]["person"]["principal_name"].as_str() {
        Some("acme.0@acme.test") => (422, json!({ "reason": "No licence is left." }).to_string()),
        _ => (200, String::new()),
    });
    let engine = world.caller();
    let customer = world.order("acme", 2, Lane::Interactive).await;
    world.work_and_call(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::CompleteWithProblems);
    let problems = world.all_problems().await;
    let told = |code: &str, said: &str| (code.to_owned(), said.to_owned());
    assert_eq!(problems, [told("hook_pending", ""), told("hook_refused", "No licence is left.")]);
    let members: Vec<_> = customer.people.iter().map(|p| world.is_member(&customer, p)).collect();
    assert_eq!(members, [false, true]);
    // A retry without a cure ends the same; with one it goes on.
    for (answer, state) in [(422, RequestState::CompleteWithProblems), (200, RequestState::Complete)] {
        receiver.answer(move |_| (answer, json!({ "reason": "Still none." }).to_string()));
        world.retry(&customer, customer.request).await;
        world.work_and_call(&engine).await;
        assert_eq!(world.state(customer.request).await, state);
    }
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_final_is_not_tried_again_and_what_passes_is_up_to_its_tries() {
    let world = World::new().await;
    let receiver = Receiver::new().await;
    let hook = world.hook("Mailbox", Moment::Before, &ALL, &receiver.url, 4).await;
    let engine = world.caller();
    for (n, (answer, calls, code)) in
        [(404, 1, "hook_failed"), (302, 1, "hook_failed"), (500, 4, "hook_failed")].into_iter().enumerate()
    {
        receiver.answer(move |_| (answer, "no".to_owned()));
        let before = receiver.calls().len();
        let customer = world.order(&format!("c{n}"), 1, Lane::Interactive).await;
        world.work_and_call(&engine).await;
        assert_eq!(receiver.calls().len() - before, calls, "{answer}");
        assert_eq!(world.problems(customer.request).await, [code, "hook_pending"], "{answer}");
    }
    // Whoever removes the hook releases what waits for it.
    world.remove_hook(hook.id).await;
    world.work_and_call(&engine).await;
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_is_after_the_directory_and_before_the_end_of_the_request() {
    let world = World::new().await;
    let receiver = Receiver::new().await;
    world.hook("Told", Moment::After, &ALL, &receiver.url, 2).await;
    receiver.answer(|_| (500, "broken".to_owned()));
    let engine = world.caller();
    let customer = world.order("acme", 2, Lane::Interactive).await;
    assert_eq!(engine.deliver().await.expect("delivering"), 0, "the directory is not changed yet");
    world.drain(&engine).await;
    assert!(customer.people.iter().all(|p| world.is_member(&customer, p)));
    assert_ne!(world.state(customer.request).await, RequestState::Complete, "it is still to be told");
    world.work_and_call(&engine).await;
    // The assignment stands, the problem is shown, a retry is possible.
    assert_eq!(world.state(customer.request).await, RequestState::CompleteWithProblems);
    assert_eq!(world.problems(customer.request).await, ["hook_failed", "hook_failed"]);
    receiver.answer(|_| (204, String::new()));
    world.retry(&customer, customer.request).await;
    world.work_and_call(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    let (request, _) = world.take_plan(&customer, &customer.people[0]).await;
    world.work_and_call(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete);
    let last = receiver.calls().pop().expect("a call");
    assert_eq!(last.body["type"], "subscription.remove");
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leaves_before_the_hook_agreed_and_what_was_to_be_told_before_is_overtaken() {
    let world = World::new().await;
    let receiver = Receiver::new().await;
    world.hook("Mailbox", Moment::Before, &ALL, &receiver.url, 20).await;
    let engine = world.caller();
    let customer = world.order("acme", 2, Lane::Interactive).await;
    world.work_and_call(&engine).await;
    receiver.answer(|_| (503, String::new()));
    let (request, _) = world.take_plan(&customer, &customer.people[0]).await;
    world.drain(&engine).await;
    engine.deliver().await.expect("delivering");
    assert!(world.is_member(&customer, &customer.people[0]), "still, because nobody agreed");
    receiver.answer(|_| (200, String::new()));
    world.work_and_call(&engine).await;
    assert!(!world.is_member(&customer, &customer.people[0]));
    assert_eq!(world.state(request).await, RequestState::Complete);
    // An assignment nobody ever agreed to, taken back.
    receiver.answer(|_| (404, String::new()));
    let other = world.order("beta", 1, Lane::Interactive).await;
    world.work_and_call(&engine).await;
    assert_eq!(world.problems(other.request).await, ["hook_failed", "hook_pending"]);
    receiver.answer(|_| (200, String::new()));
    world.take_plan(&other, &other.people[0]).await;
    world.work_and_call(&engine).await;
    assert_eq!(world.problems(other.request).await, [""; 0], "overtaken");
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_died_after_the_call_sends_the_same_id_and_its_late_word_does_not_count() {
    let world = World::new().await;
    let receiver = Receiver::new().await;
    world.hook("Mailbox", Moment::Before, &ALL, &receiver.url, 5).await;
    let engine = world.caller();
    let customer = world.order("acme", 1, Lane::Interactive).await;
    world.drain(&engine).await;
    // Claimed and called, and gone before the record.
    let settings = Settings { database: world.db.owner().clone(), connections: 2 };
    let dead = EngineStore::open(&settings, world.keys.clone(), world.clock.clone());
    let due = dead.claim_deliveries(8).await.expect("claiming").pop().expect("a delivery");
    assert_eq!(engine.deliver().await.expect("delivering"), 0, "it is leased");
    world.hurry_hooks().await;
    assert_eq!(engine.deliver().await.expect("delivering"), 1);
    assert_eq!(receiver.calls()[0].id, due.id.to_string(), "the same id");
    let late = store::engine::Delivered {
        id: due.id,
        lease: due.lease,
        hook: due.hook,
        ending: store::engine::Ending::Failed(domain::problem::Problem::new(
            domain::problem::ProblemCode::HookFailed,
        )),
        answer: None,
        away: None,
    };
    assert_eq!(dead.record_deliveries(&[late]).await.expect("recording"), 0, "fenced");
    world.work_and_call(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_is_left_alone_and_delays_no_other() {
    let world = World::new().await;
    let (receiver, closed) = (Receiver::new().await, free_port().await);
    let dead = world.hook("Dead", Moment::After, &ALL, &closed, 20).await;
    world.hook("Alive", Moment::After, &ALL, &receiver.url, 20).await;
    let engine = world.caller();
    let customer = world.order("acme", 30, Lane::Interactive).await;
    world.drain(&engine).await;
    for _ in 0..6 {
        engine.deliver().await.expect("delivering");
        world.db.execute("UPDATE hook_delivery SET due_at = now() - interval '1 s'").await;
    }
    assert_eq!(receiver.people().len(), 30, "all are told, whoever else is dead");
    let tried = world.number("SELECT sum(attempts) AS n FROM hook_delivery d JOIN hook h ON h.id = d.hook_id WHERE h.name = 'Dead'").await;
    assert!((3..=60).contains(&tried), "left alone after three rows of failures: {tried}");
    let mut tx = world.store.read(&world.root).await.expect("reading");
    let seen = tx.hook(dead.id).await.expect("the hook");
    tx.finish().await.expect("reading");
    assert!(seen.failures >= 3 && seen.reason.is_some(), "{seen:?}");
    world.remove_hook(dead.id).await;
    world.work_and_call(&engine).await;
    assert_eq!(world.state(customer.request).await, RequestState::Complete);
}

async fn free_port() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}/hook", listener.local_addr().expect("an address"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_for_everybody_whose_hook_agreed() {
    let world = World::new().await;
    let receiver = Receiver::new().await;
    world.hook("Mailbox", Moment::Before, &[Occasion::Assign], &receiver.url, 20).await;
    receiver.answer(|body| {
        let name = body["data"]["person"]["principal_name"].as_str().unwrap_or_default();
        if name.starts_with("acme.7") {
            (422, json!({ "reason": "no" }).to_string())
        } else {
            (200, String::new())
        }
    });
    let engine = world.caller();
    let customer = world.order("acme", 300, Lane::Bulk).await;
    world.work_and_call(&engine).await;
    let inside = customer.people.iter().filter(|p| world.is_member(&customer, p)).count();
    // 7 and 70 to 79.
    assert_eq!(inside, 300 - 11);
    assert_eq!(world.state(customer.request).await, RequestState::CompleteWithProblems);
    assert_eq!(world.all_problems().await.len(), 22);
}

/// Two workers, a receiver that fails at random, people who come and go: whatever the
/// directory shows was agreed to before, and whatever was told after was true then.
#[tokio::test(flavor = "multi_thread")]
async fn before_is_always_before_with_two_workers_and_a_bad_receiver() {
    let world = Arc::new(World::new().await);
    let receiver = Receiver::new().await;
    world.hook("Asked", Moment::Before, &ALL, &receiver.url, 20).await;
    world.hook("Told", Moment::After, &ALL, &receiver.url, 20).await;
    let (turn, wrong) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let (reference, bad) = (world.reference.clone(), wrong.clone());
    receiver.answer(move |body| {
        // The seed of this test: every third call fails, in a row that differs for all.
        let n = turn.fetch_add(1, Ordering::Relaxed);
        let name = body["data"]["person"]["principal_name"].as_str().unwrap_or_default();
        let logon = name.split('@').next().unwrap_or_default();
        let all = reference.dump();
        let logon_name = domain::spec::Attribute::LogonName;
        let account = all.iter().find(|(_, s)| s.attributes.get(&logon_name).is_some_and(|l| l == logon));
        let inside = account.is_some_and(|(id, _)| all.values().any(|s| s.members.contains(id)));
        let assigned = body["type"] == "subscription.assign";
        let expected = if body["data"]["moment"] == "before" { !assigned } else { assigned };
        if inside != expected {
            bad.fetch_add(1, Ordering::Relaxed);
        }
        if (n * 7 + n / 5) % 3 == 0 { (503, String::new()) } else { (200, String::new()) }
    });
    let (stop, told) = watch::channel(false);
    let workers: Vec<_> = (0..2).map(|_| tokio::spawn(Arc::new(world.caller()).run(told.clone()))).collect();
    for n in 0..4 {
        let customer = world.order(&format!("c{n}"), 5, Lane::Interactive).await;
        settled(&world).await;
        for person in &customer.people[..3] {
            world.take_plan(&customer, person).await;
        }
    }
    settled(&world).await;
    stop.send_replace(true);
    for worker in workers {
        timeout(BOUND, worker).await.expect("it ends").expect("it does not panic");
    }
    assert_eq!(wrong.load(Ordering::Relaxed), 0, "asked too late or told too early");
    assert!(receiver.calls().len() > 2 * (4 * 5 + 4 * 3), "some failed and were sent again");
    assert_eq!(receiver.times().len(), 2 * (4 * 5 + 4 * 3), "one id for each");
    world.assert_converged().await;
}

async fn settled(world: &World) {
    let open = async {
        loop {
            world.hurry_hooks_only_due().await;
            let query = "SELECT (SELECT count(*) FROM request_item WHERE state NOT IN ('verified', 'superseded'))
                              + (SELECT count(*) FROM hook_delivery WHERE state NOT IN ('verified', 'superseded')) AS n";
            if world.number(query).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(BOUND, open).await.expect("everything comes to its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_shows_the_answer_and_a_failed_request_is_told() {
    let world = World::new().await;
    let receiver = Receiver::new().await;
    receiver.answer(|_| (200, "hello".to_owned()));
    let hook = world.hook("Alarm", Moment::After, &[Occasion::RequestFailed], &receiver.url, 3).await;
    let engine = world.caller();
    let request = world.test_hook(hook.id).await;
    world.work_and_call(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete);
    let mut tx = world.store.read(&world.root).await.expect("reading");
    let found = tx.request(request).await.expect("the request");
    let items = tx.item_views(&found, None, None, 10).await.expect("items");
    tx.finish().await.expect("reading");
    assert_eq!(items[0].kind, "hook");
    assert_eq!(items[0].name, "Alarm (after test)");
    assert_eq!(items[0].answer.as_deref(), Some("200 OK: hello"));
    let customer = world.order("acme", 1, Lane::Interactive).await;
    let refused = domain::problem::Problem::new(domain::problem::ProblemCode::Refused);
    world.reference.refuse(customer.people[0].object, refused);
    world.work_and_call(&engine).await;
    let told = receiver.calls().pop().expect("a call");
    assert_eq!(told.body["type"], "request.failed");
    assert_eq!(told.body["data"]["request"]["id"], customer.request.to_string());
    assert_eq!(told.body["data"]["request"]["kind"], "order");
}

/// A service that sets two attributes, with a second version of its plan for everybody.
async fn changed_plan(world: &World, customer: &crate::world::Customer) -> domain::id::RequestId {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let to = tx.plan_versions("basic").await.expect("versions").remove(0);
    tx.lock_services(&[to.service], true).await.expect("the lock");
    tx.tenant(customer.id).await.expect("the customer");
    let upgrades = tx.lock_upgrades("basic", to.id, customer.id, None, None).await.expect("locked");
    let request = tx.open_request(customer.id, "plan_upgrade", json!({}), Lane::Interactive);
    tx.upgrade(&upgrades).await.expect("changed");
    let people: Vec<_> = customer.people.iter().map(|person| person.id.uuid()).collect();
    assert_eq!(tx.settle_people(&people).await.expect("settled"), customer.people.len());
    tx.commit(&store::tx::Cause::default()).await.expect("committing");
    request
}

async fn two_versions(world: &World, customer: &crate::world::Customer) {
    let definition = json!({
        "attributes": { "profile_path": r"\\{server}\profiles\{logon_name}", "home_folder": r"\\{server}\home\{logon_name}" },
        "properties": { "server": { "default": "files1" } },
    });
    let (tenant, group) = (customer.id.uuid(), customer.group.uuid());
    world
        .db
        .execute(&format!(
            "UPDATE service SET definition = '{definition}' WHERE code = 'desk';
             INSERT INTO service_instance (id, tenant_id, service_id, code, name, created_at)
             SELECT gen_random_uuid(), '{tenant}', id, 'main', name, now() FROM service WHERE code = 'desk';
             UPDATE user_group g SET purpose = 'service', service_id = i.service_id, instance_id = i.id
               FROM service_instance i WHERE g.object_id = '{group}';
             INSERT INTO plan (id, tenant_id, service_id, code, version, name, properties, created_at)
             SELECT gen_random_uuid(), tenant_id, service_id, code, 2, name, '{{\"server\": \"files2\"}}', created_at
               FROM plan WHERE code = 'basic'"
        ))
        .await;
}

fn shown(world: &World, person: &crate::world::Person, detail: Detail) -> Option<String> {
    world.there(person.object).expect("made").1.attributes.get(&Attribute::Detail(detail)).cloned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_plan_waits_for_the_hook_with_the_attributes_it_guards_and_with_nothing_else() {
    let world = World::new().await;
    let receiver = Receiver::new().await;
    let engine = world.caller();
    let customer = world.order("acme", 2, Lane::Interactive).await;
    world.work_and_call(&engine).await;
    two_versions(&world, &customer).await;
    let hook = world.hook("Profiles", Moment::Before, &[Occasion::Change], &receiver.url, 2).await;
    world.db.execute("UPDATE hook SET attributes = ARRAY['profile_path']").await;
    receiver.answer(|body| match body["data"]["person"]["principal_name"].as_str() {
        Some("acme.0@acme.test") => (422, json!({ "reason": "The old profile is open." }).to_string()),
        _ => (503, "starting".to_owned()),
    });
    let request = changed_plan(&world, &customer).await;
    world.drain_while_held(&engine).await;
    let [first, second] = [0, 1].map(|n| customer.people[n].clone());
    let path = |person, detail| shown(&world, person, detail);
    for person in [&first, &second] {
        assert_eq!(path(person, Detail::ProfilePath), None, "nobody agreed");
        let home = path(person, Detail::HomeFolder).expect("it does not wait");
        assert!(home.starts_with(r"\\files2\home\"), "{home}");
    }
    assert!(matches!(world.state(request).await, RequestState::Requested | RequestState::Running));
    // Somebody who is locked out meanwhile is locked out.
    let off = |spec| match spec {
        Spec::User(user) => Some(Spec::User(UserSpec { enabled: false, ..user })),
        other => Some(other),
    };
    world.change(&customer, second.object, Lane::Interactive, off).await;
    world.drain_while_held(&engine).await;
    let enabled = world.there(second.object).expect("made").1.attributes.get(&Attribute::Enabled).cloned();
    assert_eq!(enabled.as_deref(), Some("false"));

    world.call_and_work(&engine).await;
    assert_eq!(world.state(request).await, RequestState::CompleteWithProblems);
    let problems = world.problems(request).await;
    assert!(
        problems.contains(&"hook_refused".to_owned()) && problems.contains(&"hook_pending".to_owned()),
        "{problems:?}"
    );
    receiver.answer(|_| (200, String::new()));
    world.retry(&customer, request).await;
    world.call_and_work(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.all_problems().await);
    for person in [&first, &second] {
        let profile = path(person, Detail::ProfilePath).expect("agreed to");
        assert!(profile.starts_with(r"\\files2\profiles\"), "{profile}");
    }
    world.assert_converged().await;

    // Without a name everything the service sets waits; whoever removes the hook releases it.
    world.db.execute("UPDATE hook SET attributes = '{}'").await;
    world
        .db
        .execute(
            "INSERT INTO plan (id, tenant_id, service_id, code, version, name, properties, created_at)
             SELECT gen_random_uuid(), tenant_id, service_id, code, 3, name, '{\"server\": \"files3\"}', created_at
               FROM plan WHERE code = 'basic' AND version = 2",
        )
        .await;
    receiver.answer(|_| (404, String::new()));
    let request = changed_plan(&world, &customer).await;
    world.call_and_work(&engine).await;
    for detail in [Detail::ProfilePath, Detail::HomeFolder] {
        assert!(path(&first, detail).expect("as before").starts_with(r"\\files2\"));
    }
    world.remove_hook(hook.id).await;
    world.call_and_work(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.all_problems().await);
    assert!(path(&first, Detail::HomeFolder).expect("changed").starts_with(r"\\files3\"));
    world.assert_converged().await;
}
