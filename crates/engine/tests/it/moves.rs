//! A customer changes directories: with everything, with what changes meanwhile, and back.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use connector::{Connector, Lane, reference::Reference};
use domain::{
    group::GroupKind,
    id::{ObjectId, TargetId, UserId},
    request::RequestState,
    spec::Attribute,
};
use engine::Engine;
use serde_json::json;
use store::{
    Settings, StoreError,
    directory_moves::{MoveLink, MovePhase, MovePreview},
    engine::EngineStore,
    tx::{Cause, act},
};
use testkit::samba::{Directory, Domain, DomainOptions, cache};
use tokio::process::Command;

use crate::{
    groups,
    world::{Customer, Person, World, title, uuid_of},
};

/// Rounds after which a move that has not come to its next phase never will.
const ROUNDS: usize = 20;

/// A world with a second directory.
struct Two {
    world: World,
    engine: Engine,
    sweeper: EngineStore,
    second: TargetId,
}

impl Two {
    async fn new(first: Option<Arc<dyn Connector>>, other: Arc<dyn Connector>, world: World) -> Self {
        let second = world.second_directory().await;
        let first = first.unwrap_or_else(|| world.reference.clone());
        let engine = world.engine_of(BTreeMap::from([(world.target, first), (second, other)]));
        let settings = Settings { database: world.db.owner().clone(), connections: 2 };
        let sweeper = EngineStore::open(&settings, world.keys.clone(), world.clock.clone());
        Self { world, engine, sweeper, second }
    }

    async fn drain(&self) {
        for _ in 0..400 {
            let mut worked = false;
            for target in [self.world.target, self.second] {
                for lane in [Lane::Interactive, Lane::Bulk] {
                    worked |= self.engine.step(target, lane).await.expect("a step");
                }
            }
            if !worked && self.world.queue().await == 0 {
                return;
            }
            if !worked {
                for target in [self.world.target, self.second] {
                    self.engine.probe(target).await.expect("a probe");
                }
                self.world.hurry().await;
            }
        }
        panic!("never done: {:#?}", self.world.db.rows("SELECT * FROM work JOIN object ON id = object_id LEFT JOIN external_object x USING (object_id)").await);
    }

    async fn preview(&self, customer: &Customer) -> MovePreview {
        let mut tx = self.world.store.read(&self.world.root).await.expect("reading");
        let tenant = tx.tenant(customer.id).await.expect("the customer");
        let permit = tx.permit::<act::DirectoryManage>(&tenant).expect("may");
        tx.preview_directory_move(&permit, self.world.target, self.second).await.expect("a preview")
    }

    async fn begin(&self, customer: &Customer, days: u32) {
        let world = &self.world;
        let mut tx = world.store.write(&world.root).await.expect("writing");
        let tenant = tx.tenant(customer.id).await.expect("the customer");
        let permit = tx.permit::<act::DirectoryManage>(&tenant).expect("may");
        tx.open_request(customer.id, "directory_move", json!({}), domain::request::Lane::Bulk);
        let way = (world.target, self.second);
        let obstacle = tx.begin_directory_move(&permit, way, ("dc1", "dc2"), days).await.expect("begun");
        assert_eq!(obstacle, None);
        tx.commit(&Cause::default()).await.expect("committing");
    }

    async fn take_back(&self, customer: &Customer) {
        let world = &self.world;
        let mut tx = world.store.write(&world.root).await.expect("writing");
        let tenant = tx.tenant(customer.id).await.expect("the customer");
        let permit = tx.permit::<act::DirectoryManage>(&tenant).expect("may");
        let of = tx.directory_move(customer.id).await.expect("asking").expect("a move");
        tx.open_request(customer.id, "directory_move_back", json!({}), domain::request::Lane::Bulk);
        tx.take_back_directory_move(&permit, &of).await.expect("taken back");
        tx.commit(&Cause::default()).await.expect("committing");
    }

    async fn phase(&self, customer: &Customer) -> MovePhase {
        let mut tx = self.world.store.read(&self.world.root).await.expect("reading");
        let of = tx.directory_move(customer.id).await.expect("asking").expect("a move");
        // A phase is one request: it is not at its end before the phase is.
        let request = tx.request(of.request).await.expect("its request");
        let open = matches!(of.phase, MovePhase::Preparing | MovePhase::Returning);
        assert!(!open || request.finished_at.is_none(), "{:?} is not finished", of.phase);
        of.phase
    }

    /// Works and sweeps until the move is in a phase.
    async fn until(&self, customer: &Customer, phase: MovePhase) {
        for _ in 0..ROUNDS {
            self.drain().await;
            self.sweeper.drive_directory_moves().await.expect("a step");
            if self.phase(customer).await == phase {
                self.drain().await;
                return;
            }
        }
        panic!("{:?} is never {phase:?}", self.phase(customer).await);
    }

    async fn links(&self, customer: &Customer) -> Vec<MoveLink> {
        let mut tx = self.world.store.read(&self.world.root).await.expect("reading");
        let tenant = tx.tenant(customer.id).await.expect("the customer");
        let permit = tx.permit_people(&tenant).expect("may see people");
        let of = tx.directory_move(customer.id).await.expect("asking").expect("a move");
        let links = tx.move_links(&permit, &of, None, 100).await.expect("the links");
        links.into_iter().map(|(_, link)| link).collect()
    }

    /// The customer as it is now: its container, its group, its people's objects.
    async fn now(&self, customer: &Customer) -> Customer {
        let query =
            format!("SELECT folder_object, members_object FROM tenant WHERE id = '{}'", customer.id.uuid());
        let row = self.world.db.rows(&query).await.remove(0);
        let object = |field: &str| ObjectId::from_uuid(uuid_of(&row[field]));
        let people = format!(
            "SELECT id, object_id FROM users WHERE tenant_id = '{}' ORDER BY display_name",
            customer.id.uuid()
        );
        let people = self.world.db.rows(&people).await;
        let person = |row: &serde_json::Value| Person {
            id: UserId::from_uuid(uuid_of(&row["id"])),
            object: ObjectId::from_uuid(uuid_of(&row["object_id"])),
        };
        Customer {
            folder: object("folder_object"),
            group: object("members_object"),
            people: people.iter().map(person).collect(),
            ..customer.clone()
        }
    }
}

async fn facts(world: &World) -> Vec<String> {
    let rows = world.db.rows("SELECT subscription_id, kind, at FROM fact ORDER BY 1, 2").await;
    rows.iter().map(ToString::to_string).collect()
}

/// Whether the only object with the marker is an account that may log on; none without one.
fn enabled(at: &Reference, object: ObjectId) -> Option<bool> {
    let mut all = at.marked(object);
    assert!(all.len() <= 1, "{object} exists {} times", all.len());
    let (_, stored) = all.pop()?;
    Some(stored.attributes.get(&Attribute::Enabled).is_some_and(|value| value == "true"))
}

fn inside(at: &Reference, group: ObjectId) -> usize {
    at.marked(group).pop().expect("the group").1.members.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_moves_with_everything_that_changes_meanwhile_and_goes_back_to_the_same_accounts() {
    let world = World::new().await;
    let mut acme = world.order("acme", 6, domain::request::Lane::Bulk).await;
    let beta = world.order("beta", 1, domain::request::Lane::Bulk).await;
    let other = Arc::new(Reference::new(world.clock.clone()));
    let two = Two::new(None, other.clone(), world).await;
    let (world, first) = (&two.world, two.world.reference.clone());
    two.drain().await;
    let taken = format!(
        "INSERT INTO reserved_name (kind, space, value, tenant_id, owner) VALUES ('logon_name', '{}', 'acme.1', '{1}', '{1}')",
        two.second.uuid(),
        beta.id.uuid()
    );
    world.db.execute(&taken).await;
    let preview = two.preview(&acme).await;
    assert_eq!((preview.users, preview.groups, preview.containers, preview.memberships), (6, 1, 1, 6));
    assert_eq!((preview.conflicts, preview.names.len()), (1, 1));
    assert_eq!(
        (preview.names[0].present.as_str(), preview.names[0].proposed.as_deref()),
        ("acme.1", Some("acme.12"))
    );
    assert_eq!(world.number("SELECT count(*) AS n FROM directory_move").await, 0, "looking changes nothing");
    let (billed, before) = (facts(world).await, first.marked(acme.people[0].object)[0].0);

    two.begin(&acme, 30).await;
    two.drain().await;
    assert_eq!(enabled(&first, acme.people[0].object), Some(true), "the old accounts are in use");
    assert_eq!(inside(&first, acme.group), 6);
    // Meanwhile: somebody new, somebody changed, somebody out of the group.
    world.add_person(&mut acme, 9, domain::request::Lane::Interactive).await;
    world.change(&acme, acme.people[2].object, domain::request::Lane::Interactive, title("Captain")).await;
    world.member(&acme, acme.people[3].object, false).await;
    two.until(&acme, MovePhase::Grace).await;

    let now = two.now(&acme).await;
    for (old, new) in acme.people.iter().zip(&now.people) {
        assert!(first.marked(new.object).is_empty() && other.marked(old.object).is_empty());
        assert_eq!(enabled(&first, old.object), Some(false), "left and disabled");
    }
    let there: Vec<_> = now.people.iter().map(|p| enabled(&other, p.object)).collect();
    assert_eq!(there, vec![Some(true); 7]);
    assert_eq!(inside(&other, now.group), 6, "all but the one who left it");
    let titles = world.db.rows("SELECT id FROM object WHERE spec->>'title' = 'Captain' AND wanted").await;
    assert_eq!(titles.len(), 2, "the change followed");
    let names = world.db.rows("SELECT logon_name FROM users WHERE logon_name = 'acme.12'").await;
    assert_eq!(names.len(), 1, "who had a name of somebody there has another one");
    let after = facts(world).await;
    assert!(billed.iter().all(|fact| after.contains(fact)), "what was billed goes on without a break");
    assert_eq!(after.len(), billed.len(), "and nothing began again");
    let links = two.links(&acme).await;
    assert_eq!(links.iter().filter(|link| link.token.is_some()).count(), 7);
    let open = "SELECT count(*) AS n FROM request_item WHERE state NOT IN ('verified', 'superseded')";
    assert_eq!(world.number(open).await, 0, "every item came to its end");

    two.take_back(&acme).await;
    two.until(&acme, MovePhase::Returned).await;
    let back = two.now(&acme).await;
    let same = |people: &[Person]| people.iter().map(|p| p.object).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(same(&back.people), same(&acme.people), "the accounts they had");
    assert_eq!(first.marked(acme.people[0].object)[0].0, before);
    assert!(acme.people.iter().all(|p| enabled(&first, p.object) == Some(true)));
    assert!(now.people.iter().all(|p| enabled(&other, p.object).is_none()), "nothing stays in the other one");
    assert!(other.marked(now.folder).is_empty());
    assert_eq!(facts(world).await.len(), after.len());
    assert_eq!(world.number(open).await, 0);
    assert_eq!(world.number("SELECT count(*) AS n FROM users WHERE logon_name = 'acme.1'").await, 1);
}

/// What a removed group had and what it was in is what a restoration gives, in whichever
/// directory the customer lives by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_removed_before_a_move_is_restored_with_its_members_after_it() {
    let world = World::new().await;
    let acme = world.order("acme", 4, domain::request::Lane::Bulk).await;
    let other = Arc::new(Reference::new(world.clock.clone()));
    let two = Two::new(None, other.clone(), world).await;
    let world = &two.world;
    let (team, _) = groups::group(world, &acme, "team", GroupKind::Security).await;
    let outer = groups::group(world, &acme, "outer", GroupKind::Security).await;
    groups::change(world, &acme, team, &groups::people(&acme, None)[..3]).await;
    let inside = groups::object_of(world, team).await;
    groups::change(world, &acme, outer.0, &[groups::nested((team, inside), true)]).await;
    two.drain().await;
    groups::remove(world, team, Some(30)).await;
    two.drain().await;
    two.begin(&acme, 30).await;
    two.until(&acme, MovePhase::Grace).await;
    let there = groups::object_of(world, team).await;
    assert_ne!(there, inside);
    assert_eq!(other.marked(there)[0].1.members.len(), 0, "removed as it was");

    groups::restore(world, &acme, team).await;
    two.drain().await;
    assert_eq!(other.marked(there)[0].1.members.len(), 3);
    let above = groups::object_of(world, outer.0).await;
    assert_eq!(other.marked(above)[0].1.members.len(), 1, "and in the group it was in");
    let nested = "SELECT count(*) AS n FROM membership WHERE nested AND wanted";
    assert_eq!(world.number(nested).await, 1, "known as a group in a group");

    // Removed in one directory and restored in the other, also on the way back.
    groups::remove(world, team, Some(30)).await;
    two.drain().await;
    two.take_back(&acme).await;
    two.until(&acme, MovePhase::Returned).await;
    groups::restore(world, &acme, team).await;
    two.drain().await;
    assert_eq!(groups::object_of(world, team).await, inside, "the object it was before");
    assert_eq!(world.there(inside).expect("the group").1.members.len(), 3);
    let open = "SELECT count(*) AS n FROM request_item WHERE state NOT IN ('verified', 'superseded')";
    assert_eq!(world.number(open).await, 0, "every item came to its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn memberships_that_end_during_a_move_end_once_and_their_twins_follow() {
    let world = World::new().await;
    let acme = world.order("acme", 3, domain::request::Lane::Bulk).await;
    let other = Arc::new(Reference::new(world.clock.clone()));
    let two = Two::new(None, other.clone(), world).await;
    let world = &two.world;
    let (team, object) = groups::group(world, &acme, "team", GroupKind::Security).await;
    let until = domain::clock::Clock::now(world.clock.as_ref()) + jiff::SignedDuration::from_hours(24);
    groups::change(world, &acme, team, &groups::people(&acme, Some(until))).await;
    two.drain().await;
    // Everything is there, and the move goes on only when it is asked to.
    world.db.execute("UPDATE target SET maintenance = true WHERE code = 'dc2'").await;
    two.begin(&acme, 30).await;
    let edges = "SELECT count(*) AS n FROM membership WHERE wanted AND until IS NOT NULL";
    assert_eq!(world.number(edges).await, 6, "each has a twin");
    world.clock.skip(Duration::from_hours(48));
    assert_eq!(two.sweeper.sweep().await.expect("a sweep").memberships, 3);
    let told = "SELECT count(*) AS n FROM event WHERE code = 'group.member_expired'";
    assert_eq!(world.number(told).await, 3);
    let request = world.db.rows("SELECT id, args FROM request WHERE kind = 'members_end'").await;
    assert_eq!((request.len(), &request[0]["args"]["count"]), (1, &json!(3)));
    let items =
        format!("SELECT count(*) AS n FROM request_item WHERE request_id = {}", quoted(&request[0]["id"]));
    assert_eq!(world.number(&items).await, 3);
    world.db.execute("UPDATE target SET maintenance = false WHERE code = 'dc2'").await;
    two.until(&acme, MovePhase::Grace).await;
    assert_eq!(world.number(edges).await, 0, "the twins followed");
    assert_eq!(world.there(object).expect("the group").1.members.len(), 0);
    let there = groups::object_of(world, team).await;
    assert_eq!(other.marked(there)[0].1.members.len(), 0);
    assert_eq!(two.sweeper.sweep().await.expect("a sweep").memberships, 0, "once");
}

fn quoted(id: &serde_json::Value) -> String {
    format!("'{}'", uuid_of(id))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_away_holds_a_move_up_and_after_its_grace_the_old_accounts_go() {
    let world = World::new().await;
    let acme = world.order("acme", 4, domain::request::Lane::Bulk).await;
    let other = Arc::new(Reference::new(world.clock.clone()));
    let two = Two::new(None, other.clone(), world).await;
    let (world, first) = (&two.world, two.world.reference.clone());
    two.drain().await;
    world.db.execute("UPDATE target SET maintenance = true WHERE code = 'dc2'").await;
    two.begin(&acme, 1).await;
    for _ in 0..3 {
        two.engine.step(two.second, Lane::Bulk).await.expect("a step");
        two.sweeper.drive_directory_moves().await.expect("a step");
    }
    assert_eq!(two.phase(&acme).await, MovePhase::Preparing);
    assert_eq!(enabled(&first, acme.people[0].object), Some(true), "nobody notices");
    world.db.execute("UPDATE target SET maintenance = false WHERE code = 'dc2'").await;
    two.until(&acme, MovePhase::Grace).await;

    // Somebody who looked before and writes now would write into the directory that was left.
    let mut tx = world.store.write(&world.root).await.expect("writing");
    tx.open_request(acme.id, "change", json!({}), domain::request::Lane::Interactive);
    let late = tx.want_change(acme.people[1].object, title("Late"), domain::request::Lane::Interactive).await;
    assert!(matches!(late, Err(StoreError::Repeat(_))), "{late:?}");
    drop(tx);

    world.clock.skip(Duration::from_hours(25));
    two.until(&acme, MovePhase::Done).await;
    assert!(acme.people.iter().all(|p| first.marked(p.object).is_empty()), "the old accounts are gone");
    assert!(first.marked(acme.folder).is_empty());
    let now = two.now(&acme).await;
    assert!(now.people.iter().all(|p| enabled(&other, p.object) == Some(true)));
    let open = "SELECT count(*) AS n FROM request_item WHERE state NOT IN ('verified', 'superseded')";
    assert_eq!(world.number(open).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_is_taken_back_while_it_is_prepared_leaves_nothing() {
    let world = World::new().await;
    let acme = world.order("acme", 4, domain::request::Lane::Bulk).await;
    let other = Arc::new(Reference::new(world.clock.clone()));
    let two = Two::new(None, other.clone(), world).await;
    two.drain().await;
    two.begin(&acme, 30).await;
    two.drain().await;
    two.take_back(&acme).await;
    two.until(&acme, MovePhase::Cancelled).await;
    let (first, world) = (two.world.reference.clone(), &two.world);
    assert!(acme.people.iter().all(|p| enabled(&first, p.object) == Some(true)));
    let left = "SELECT count(*) AS n FROM object WHERE wanted AND target_id <> (SELECT id FROM target WHERE code = 'dc1')";
    assert_eq!(world.number(left).await, 0);
    let there = world
        .db
        .rows("SELECT o.id FROM object o JOIN target d ON d.id = o.target_id WHERE d.code = 'dc2'")
        .await;
    assert!(
        there.len() >= 7
            && there.iter().all(|row| other.marked(ObjectId::from_uuid(uuid_of(&row["id"]))).is_empty())
    );
    assert_eq!(
        world.number("SELECT count(*) AS n FROM activation WHERE purpose = 'reset'").await,
        0,
        "no links"
    );
    two.begin(&acme, 30).await;
    two.until(&acme, MovePhase::Grace).await;
}

/// Values of an attribute, as `ldapsearch` finds them as the domain's administrator.
async fn values(domain: &Directory, filter: &str, attribute: &str) -> Vec<String> {
    let said = Command::new("ldapsearch")
        .env("LDAPTLS_CACERT", &domain.ca_pem)
        .args([
            "-x",
            "-LLL",
            "-o",
            "ldif-wrap=no",
            "-H",
            &domain.ldaps_url,
            "-D",
            &domain.administrator_dn,
            "-w",
        ])
        .args([&domain.administrator_password, "-b", &domain.base_dn, filter, attribute])
        .output()
        .await
        .expect("ldap-utils are installed");
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let mut found: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix(attribute))
        .map(|rest| rest.trim_start_matches(':').trim().to_owned())
        .collect();
    found.sort();
    found
}

async fn binds(domain: &Directory, name: &str, password: &str) -> bool {
    let said = Command::new("ldapsearch")
        .env("LDAPTLS_CACERT", &domain.ca_pem)
        .args([
            "-x",
            "-LLL",
            "-H",
            &domain.ldaps_url,
            "-D",
            name,
            "-w",
            password,
            "-s",
            "base",
            "-b",
            "",
            "1.1",
        ])
        .output()
        .await
        .expect("ldap-utils are installed");
    said.status.success()
}

/// A person follows the link got with the move.
async fn choose(two: &Two, customer: &Customer, user: UserId, password: &str) {
    let link = two.links(customer).await.into_iter().find(|link| link.user == user).expect("a link");
    let world = &two.world;
    let activation =
        world.store.activation(&link.token.expect("may see it")).await.expect("asking").expect("genuine");
    let caller = world.store.link_caller(&activation);
    let mut tx = world.store.write(&caller).await.expect("writing");
    let permit = tx.link_permit(&activation).await.expect("asking").expect("may set its password");
    let request = tx.open_request(customer.id, "password", json!({}), domain::request::Lane::Interactive);
    let secret = domain::plan::Secret(password.to_owned());
    tx.send_password(&permit, &activation, &secret, "hash").await.expect("sent");
    tx.commit(&Cause::default()).await.expect("committing");
    two.drain().await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_moves_between_two_active_directories_and_back_with_the_same_security_ids() {
    let world = World::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let options = DomainOptions {
        realm: "SECOND.TEST".to_owned(),
        netbios: "SECOND".to_owned(),
        ..DomainOptions::new(std::net::Ipv4Addr::LOCALHOST)
    };
    let domain = Domain::start_anywhere(folder.path(), &cache(), &options).await.expect("a second domain");
    let (old, new) = (testkit::samba::shared(), domain.directory().clone());
    let first = crate::directory::directory(&world).await;
    let second = crate::directory::directory_in(&world, &new).await;
    let code = format!("m{}", std::process::id());
    let acme = world.order(&code, 5, domain::request::Lane::Bulk).await;
    let two = Two::new(Some(first), second, world).await;
    two.drain().await;
    let (who, login) = (acme.people[0].id, format!("{code}.0@{code}.test"));
    let chosen = two.world.choose(&acme, &acme.people[0], "Correct-Horse-7-Battery").await;
    two.drain().await;
    assert_eq!(two.world.state(chosen).await, RequestState::Complete);
    let ours = format!("(userPrincipalName={code}.*)");
    let disabled = format!("(&{ours}(userAccountControl:1.2.840.113556.1.4.803:=2))");
    let sids = values(&old, &ours, "objectSid").await;
    assert_eq!(sids.len(), 5);
    assert!(binds(&old, &login, "Correct-Horse-7-Battery").await);

    two.begin(&acme, 30).await;
    two.drain().await;
    assert_eq!(values(&new, &disabled, "sAMAccountName").await.len(), 5, "made, and nobody can use them yet");
    assert!(binds(&old, &login, "Correct-Horse-7-Battery").await, "the old ones are in use");
    two.until(&acme, MovePhase::Grace).await;
    assert_eq!(values(&old, &disabled, "objectSid").await, sids, "left and disabled");
    assert!(!binds(&old, &login, "Correct-Horse-7-Battery").await);
    assert_eq!(values(&new, &disabled, "sAMAccountName").await.len(), 0);
    choose(&two, &acme, who, "Another-Horse-8-Battery").await;
    assert!(binds(&new, &login, "Another-Horse-8-Battery").await, "with the password of the link");
    let members = values(&new, &format!("(sAMAccountName={code}-all)"), "member").await;
    assert_eq!(members.len(), 5);

    two.take_back(&acme).await;
    two.until(&acme, MovePhase::Returned).await;
    assert_eq!(values(&old, &ours, "objectSid").await, sids, "the same accounts");
    assert_eq!(values(&old, &disabled, "objectSid").await.len(), 0);
    assert!(binds(&old, &login, "Correct-Horse-7-Battery").await, "with the password from before");
    assert_eq!(values(&new, &ours, "sAMAccountName").await.len(), 0, "nothing stays in the other one");
    assert_eq!(values(&new, &format!("(ou={code})"), "ou").await.len(), 0);
    two.world.store.ping().await.expect("the database is there to the end");
    domain.stop().await.expect("it stops");
}
