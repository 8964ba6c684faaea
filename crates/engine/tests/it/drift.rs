//! What somebody changes in a target behind our back is found by the next full
//! scan, all of it and nothing else, and is put right where that is wanted.

use std::collections::{BTreeMap, BTreeSet};

use connector::Lane;
use domain::{
    clock::{Random as _, SeededRandom},
    id::ObjectId,
    problem::ProblemCode,
    spec::{Attribute, ObjectKind},
};
use engine::Engine;
use serde_json::{Value, json};
use store::{
    drift::FindingFilter,
    tx::{Cause, act},
};
use uuid::Uuid;

use crate::world::{Customer, World, title};

/// Changes behind our back.
const CHANGES: usize = 500;
/// People whose accounts nobody touches but through us.
const OTHERS: usize = 60;

/// What a finding is about: the object (or the stranger), the kind, the attribute.
type Key = (Uuid, String, String);

/// Number below `n`.
fn pick(random: &SeededRandom, n: usize) -> usize {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    usize::try_from(u64::from_le_bytes(bytes) % u64::try_from(n).expect("small")).expect("small")
}

/// Everybody scans at once when somebody asks.
async fn full_scan(world: &World, engine: &Engine) -> engine::Scanned {
    world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
    let scanned = engine.scan(world.target).await.expect("a scan").expect("it is due");
    assert!(scanned.full);
    scanned
}

async fn findings(world: &World, state: &str) -> BTreeSet<Key> {
    let query = format!(
        "SELECT coalesce(object_id, external_id) AS id, kind, attribute FROM finding WHERE state IN ({state})"
    );
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = world.db.rows(&query).await;
    let keys: Vec<Key> = rows
        .iter()
        .map(|r| (crate::world::uuid_of(&r["id"]), text(&r["kind"]), text(&r["attribute"])))
        .collect();
    let set: BTreeSet<_> = keys.iter().cloned().collect();
    assert_eq!(set.len(), keys.len(), "nothing is reported twice");
    set
}

/// One change of the object of a person; tells what has to be found.
fn change(
    world: &World,
    random: &SeededRandom,
    n: usize,
    object: ObjectId,
    (customer, other): (&Customer, &Customer),
) -> Key {
    let elsewhere = world.there(other.folder).expect("the container").0;
    let (id, _) = world.there(object).expect("the account");
    let set = |attribute: Attribute, value: String| {
        assert!(world.reference.tamper(id, |o| {
            o.attributes.insert(attribute, value);
        }));
        (object.uuid(), "changed".to_owned(), attribute.code().to_owned())
    };
    let plain = |kind: &str| (object.uuid(), kind.to_owned(), String::new());
    match pick(random, 11) {
        0 => set(Attribute::Title, format!("Title {n}")),
        1 => set(Attribute::Phone, format!("+49 30 {n}")),
        2 => set(Attribute::Mail, format!("somebody{n}@else.test")),
        3 => set(Attribute::LogonName, format!("else.{n}")),
        4 => set(Attribute::Enabled, "false".to_owned()),
        5 => set(Attribute::Name, format!("Renamed {n}")),
        6 => {
            assert!(world.reference.tamper(id, |o| o.parent = Some(elsewhere)));
            plain("moved")
        }
        7 => {
            // Out of the group of all.
            let (group, _) = world.there(customer.group).expect("the group");
            assert!(world.reference.tamper(group, |g| assert!(g.members.remove(&id))));
            (customer.group.uuid(), "member_removed".to_owned(), id.to_string())
        }
        8 => {
            // Into the group of another customer.
            let (group, _) = world.there(other.group).expect("the group");
            assert!(world.reference.tamper(group, |g| assert!(g.members.insert(id))));
            (other.group.uuid(), "member_added".to_owned(), id.to_string())
        }
        9 => {
            world.reference.remove(id).expect("an account can be deleted");
            plain("missing")
        }
        _ => {
            assert!(world.reference.tamper(id, |o| o.marker = None));
            plain("marker_lost")
        }
    }
}

/// Changes behind our back, a few of them of groups, access lists and with
/// objects of somebody else; gives what has to be found.
fn tamper(world: &World, customers: &[Customer], people: &[(ObjectId, usize)]) -> BTreeSet<Key> {
    let random = SeededRandom::new(500);
    let folder = |n: usize| world.there(customers[n % customers.len()].folder).expect("the container").0;
    let mut expected = BTreeSet::new();
    for customer in customers {
        let (group, _) = world.there(customer.group).expect("the group");
        world.reference.tamper(group, |g| {
            g.attributes.insert(Attribute::Description, "Somebody was here".to_owned());
        });
        expected.insert((customer.group.uuid(), "changed".to_owned(), "description".to_owned()));
        world.reference.tamper(world.there(customer.folder).expect("it").0, |c| c.readers = None);
        expected.insert((customer.access.uuid(), "changed".to_owned(), "readers".to_owned()));
    }
    for n in 0..20 {
        let name = BTreeMap::from([(Attribute::Name, format!("Stranger {n}"))]);
        let stranger = world.reference.insert_foreign(ObjectKind::User, Some(folder(n)), name);
        let stranger = stranger.expect("a stranger");
        expected.insert((stranger, "foreign".to_owned(), String::new()));
        if n < 10 {
            let group = customers[n % customers.len()].group;
            world.reference.tamper(world.there(group).expect("the group").0, |g| {
                g.members.insert(stranger);
            });
            expected.insert((group.uuid(), "member_added".to_owned(), stranger.to_string()));
        }
    }
    for (n, (object, customer)) in people.iter().enumerate().take(CHANGES - expected.len()) {
        let other = &customers[(customer + 1) % customers.len()];
        expected.insert(change(world, &random, n, *object, (&customers[*customer], other)));
    }
    assert_eq!(expected.len(), CHANGES);
    expected
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_behind_our_back_is_found_and_none_is_invented() {
    let world = World::new().await;
    let engine = world.engine();
    let mut customers = Vec::new();
    for n in 0..5 {
        customers.push(world.order(&format!("drift{n}"), (CHANGES + OTHERS) / 5, Lane::Bulk).await);
    }
    let quiet = world.order("quiet", 5, Lane::Bulk).await;
    world.drain(&engine).await;
    let first = engine.scan(world.target).await.expect("a scan").expect("the first is due");
    assert!(first.full);
    assert_eq!(first.findings, store::engine::Recorded::default(), "nothing was changed yet");
    assert!(engine.scan(world.target).await.expect("asking").is_none(), "the next is not due yet");

    let mut people: Vec<_> = customers
        .iter()
        .enumerate()
        .flat_map(|(n, customer)| customer.people.iter().map(move |person| (person.object, n)))
        .collect();
    people.sort_by_key(|(object, _)| object.uuid().as_u128().reverse_bits());
    let others = people.split_off(people.len() - OTHERS);
    let expected = tamper(&world, &customers, &people);
    assert!(expected.iter().map(|key| &key.1).collect::<BTreeSet<_>>().len() == 7, "all kinds");

    // Ordinary requests go on while everything is scanned: of people, and of who is in a group.
    let ordinary = async {
        for (n, person) in quiet.people.iter().cycle().take(20).enumerate() {
            world.member(&quiet, person.object, n % 10 >= 5).await;
            engine.step(world.target, Lane::Interactive).await.expect("a step");
        }
        for (n, (object, customer)) in others.iter().enumerate() {
            let customer = &customers[*customer];
            world.change(customer, *object, Lane::Interactive, title(&format!("Ordinary {n}"))).await;
            engine.step(world.target, Lane::Interactive).await.expect("a step");
        }
    };
    let ((), scanned) = tokio::join!(ordinary, full_scan(&world, &engine));
    assert_eq!(scanned.findings.opened, CHANGES);
    assert_eq!(findings(&world, "'open', 'enforced'").await, expected);
    let again = full_scan(&world, &engine).await;
    assert_eq!(again.findings.opened, 0, "nothing is told twice");

    // What keeps customers apart is put right by the engine, the rest waits.
    world.drain(&engine).await;
    full_scan(&world, &engine).await;
    let is_enforced = |key: &&Key| key.1 == "marker_lost" || key.2 == "readers";
    let (enforced, reported): (BTreeSet<_>, BTreeSet<_>) =
        expected.iter().cloned().partition(|key| is_enforced(&key));
    assert_eq!(findings(&world, "'enforced'").await, enforced);
    assert_eq!(findings(&world, "'open'").await, reported);
    for (object, kind, _) in &enforced {
        if kind == "marker_lost" {
            assert!(world.there(ObjectId::from_uuid(*object)).is_some(), "it bears its marker again");
        }
    }
    let strangers = check_items(&world, &reported).await;

    // A person has the rest put right, all at once.
    for customer in &customers {
        revert(&world, customer).await;
    }
    world.drain(&engine).await;
    world.assert_converged().await;
    let last = full_scan(&world, &engine).await;
    assert_eq!((last.findings.opened, last.findings.closed), (0, 0));
    assert_eq!(findings(&world, "'open'").await.len(), strangers, "strangers are never touched");
}

async fn check_items(world: &World, reported: &BTreeSet<Key>) -> usize {
    let drifted = "SELECT count(*) AS n FROM request_item WHERE state = 'drifted'";
    let strangers = reported.iter().filter(|key| key.1 == "foreign").count();
    let objects: BTreeSet<_> = reported.iter().filter(|key| key.1 != "foreign").map(|key| key.0).collect();
    assert_eq!(usize::try_from(world.number(drifted).await), Ok(objects.len()));
    strangers
}

/// All that is open of a customer's objects.
pub async fn revert(world: &World, customer: &Customer) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let tenant = tx.tenant(customer.id).await.expect("the customer");
    let permit = tx.permit::<act::RequestRetry>(&tenant).expect("may revert");
    let found = tx.revertible(&permit, &FindingFilter::default(), 5_000).await.expect("asking");
    tx.open_request(customer.id, "drift_revert", json!({}), Lane::Bulk);
    tx.revert(&permit, &found).await.expect("reverted");
    tx.commit(&Cause::default()).await.expect("committing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_back_by_itself_is_no_finding_any_more() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("back", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    full_scan_first(&world, &engine).await;
    let (id, _) = world.there(customer.people[0].object).expect("the account");
    let stranger = BTreeMap::from([(Attribute::Name, "Stranger".to_owned())]);
    let folder = world.there(customer.folder).expect("the container").0;
    let stranger = world.reference.insert_foreign(ObjectKind::User, Some(folder), stranger).expect("made");
    world.reference.tamper(id, |o| {
        o.attributes.insert(Attribute::Title, "Pirate".to_owned());
    });
    // An incremental scan sees what changed.
    world.db.execute("UPDATE drift_scan SET scanned_at = now() - interval '1 h'").await;
    let scanned = engine.scan(world.target).await.expect("a scan").expect("it is due");
    assert!(!scanned.full);
    assert_eq!(scanned.findings.opened, 2);
    world.reference.tamper(id, |o| {
        o.attributes.remove(&Attribute::Title);
    });
    world.reference.remove(stranger).expect("somebody removes it");
    full_scan(&world, &engine).await;
    assert_eq!(findings(&world, "'open'").await, BTreeSet::new());
    assert_eq!(findings(&world, "'gone'").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_enforces_makes_an_account_anew_with_its_groups() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("anew", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    full_scan_first(&world, &engine).await;
    world
        .db
        .execute(
            "INSERT INTO drift_policy SELECT id, tenant_id, s, 'enforce', now()
               FROM target, unnest(ARRAY['missing', 'enabled']) AS s",
        )
        .await;
    let (gone, _) = world.there(customer.people[0].object).expect("the account");
    world.reference.remove(gone).expect("somebody deletes it");
    let (disabled, _) = world.there(customer.people[1].object).expect("the account");
    world.reference.tamper(disabled, |o| {
        o.attributes.insert(Attribute::Enabled, "false".to_owned());
    });
    let scanned = full_scan(&world, &engine).await;
    assert_eq!(scanned.findings.enforced, 2);
    world.drain(&engine).await;
    full_scan(&world, &engine).await;
    assert_eq!(findings(&world, "'enforced'").await.len(), 2);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_a_group_is_reported_until_it_is_enforced_and_a_stranger_goes_only_then() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("insiders", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    full_scan_first(&world, &engine).await;
    let (group, _) = world.there(customer.group).expect("the group");
    let id = |n: usize| world.there(customer.people[n].object).expect("the account").0;
    let name = BTreeMap::from([(Attribute::Name, "Stranger".to_owned())]);
    let stranger = world.reference.insert_foreign(ObjectKind::User, None, name).expect("a stranger");
    let out = id(0);
    world.reference.tamper(group, |g| {
        g.members.remove(&out);
        g.members.insert(stranger);
    });
    let incremental = async || {
        world.db.execute("UPDATE drift_scan SET scanned_at = now() - interval '1 h'").await;
        let scanned = engine.scan(world.target).await.expect("a scan").expect("it is due");
        assert!(!scanned.full);
        scanned.findings
    };
    assert_eq!(incremental().await.opened, 2, "the group counts as changed");
    assert_eq!(incremental().await, store::engine::Recorded::default(), "told once");

    // Other work on the group, and what else is enforced of it, leaves them alone.
    world.member(&customer, customer.people[1].object, false).await;
    world.reference.tamper(group, |g| g.marker = None);
    assert_eq!(incremental().await.opened, 0, "there is work on the group");
    world.drain(&engine).await;
    world.reference.tamper(group, |g| g.marker = None);
    assert_eq!(incremental().await.enforced, 1);
    world.drain(&engine).await;
    let members = || world.there(customer.group).expect("the group").1.members;
    assert_eq!(members(), BTreeSet::from([id(2), stranger]));
    full_scan(&world, &engine).await;
    assert_eq!(findings(&world, "'open'").await.len(), 2);

    world
        .db
        .execute(
            "INSERT INTO drift_policy SELECT id, tenant_id, s, 'enforce', now()
               FROM target, unnest(ARRAY['member_added', 'member_removed']) AS s",
        )
        .await;
    assert_eq!(full_scan(&world, &engine).await.findings.enforced, 1, "one group");
    world.drain(&engine).await;
    assert_eq!(members(), BTreeSet::from([id(0), id(2)]));
    full_scan(&world, &engine).await;
    assert_eq!(findings(&world, "'open'").await, BTreeSet::new());
    assert_eq!(world.number("SELECT count(*) AS n FROM stray_member").await, 0);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_whom_the_directory_does_not_let_go_fails_alone() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("alone", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    full_scan_first(&world, &engine).await;
    let (group, _) = world.there(customer.group).expect("the group");
    let name = |n: usize| BTreeMap::from([(Attribute::Name, format!("Stranger {n}"))]);
    for n in 0..2 {
        let stranger = world.reference.insert_foreign(ObjectKind::User, None, name(n)).expect("a stranger");
        world.reference.tamper(group, |g| {
            g.members.insert(stranger);
        });
    }
    assert_eq!(full_scan(&world, &engine).await.findings.opened, 2);
    revert(&world, &customer).await;
    world.reference.refuse(customer.group, domain::problem::Problem::new(ProblemCode::InsufficientRights));
    world.drain(&engine).await;
    let failed = "SELECT count(*) AS n FROM request_item WHERE state = 'failed'";
    assert_eq!(world.number(failed).await, 2, "each has its own outcome");
    world.reference.accept(customer.group);
    let request = "SELECT request_id AS id FROM request_item WHERE state = 'failed' LIMIT 1";
    let request = crate::world::uuid_of(&world.db.rows(request).await[0]["id"]);
    world.retry(&customer, domain::id::RequestId::from_uuid(request)).await;
    world.drain(&engine).await;
    assert_eq!(world.there(customer.group).expect("the group").1.members.len(), 3);
    world.assert_converged().await;
}

async fn full_scan_first(world: &World, engine: &Engine) {
    let first = engine.scan(world.target).await.expect("a scan").expect("the first is due");
    assert_eq!(first.findings.opened, 0);
}
