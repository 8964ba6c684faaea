//! Groups in full: kinds, groups in groups, memberships that end, many members at
//! once, removal and restoration.

use std::time::Duration;

use connector::Lane;
use domain::{
    field::Rule,
    group::GroupKind,
    id::{GroupId, ObjectId, RequestId, UserId},
    request::RequestState,
    spec::{Attribute, GroupSpec, Spec},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{
    Settings,
    engine::EngineStore,
    groups::{Change, Group, GroupPurpose, GroupValues, MemberRef, NewGroup},
    objects::{Entity, NewObject},
    tx::{Cause, act},
};

use crate::world::{Customer, World};

/// A group of a customer's own.
pub async fn group(world: &World, customer: &Customer, name: &str, kind: GroupKind) -> (GroupId, ObjectId) {
    let (id, object): (GroupId, ObjectId) = (world.id(), world.id());
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let tenant = tx.tenant(customer.id).await.expect("the customer");
    let permit = tx.permit::<act::GroupManage>(&tenant).expect("may manage groups");
    tx.open_request(customer.id, "group_create", json!({}), Lane::Interactive);
    let spec = GroupSpec {
        group_kind: kind,
        mail: Some(format!("{name}@acme.test")),
        ..GroupSpec::security(
            customer.folder,
            name.to_owned(),
            format!("{}-{name}", customer.id.uuid().simple()),
        )
    };
    let entity = (Entity::Group, id.uuid());
    let (tenant, target, spec) = (customer.id, world.target, Spec::Group(spec));
    tx.want_new(&[NewObject { id: object, tenant, target, entity, spec }], Lane::Interactive)
        .await
        .expect("it");
    let values = GroupValues { name: name.to_owned(), kind, ..GroupValues::default() };
    let new = NewGroup { id, object, purpose: GroupPurpose::Custom, values };
    tx.insert_groups(&permit, &[new]).await.expect("the group");
    tx.commit(&Cause::default()).await.expect("committing");
    (id, object)
}

/// Changes members the way the use case does.
pub async fn change(world: &World, customer: &Customer, group: GroupId, changes: &[Change]) -> RequestId {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let (group, permit) = tx.group_to_change(group).await.expect("the group");
    let lane = Lane::for_objects(changes.len());
    let request = tx.open_request(customer.id, "members_change", json!({}), lane);
    tx.change_members(permit.tenant.id, &group, changes).await.expect("the members");
    tx.commit(&Cause::default()).await.expect("committing");
    request
}

/// The object that stands for a group now.
pub async fn object_of(world: &World, group: GroupId) -> ObjectId {
    let query = format!("SELECT object_id FROM user_group WHERE id = '{}'", group.uuid());
    ObjectId::from_uuid(crate::world::uuid_of(&world.db.rows(&query).await[0]["object_id"]))
}

/// Makes these people the owners of a group.
pub async fn own(world: &World, group: GroupId, owners: &[UserId]) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let (group, permit) = tx.group_to_change(group).await.expect("the group");
    tx.open_request(permit.tenant.id, "group_owners", json!({}), Lane::Interactive);
    tx.set_owners(&permit, &group, owners).await.expect("the owners").expect("others than before");
    tx.commit(&Cause::default()).await.expect("committing");
}

/// Removes somebody the way the use case does, as far as it is about groups they own.
pub async fn remove_owner(world: &World, user: UserId) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let (user, permit) = tx.account::<act::UserDelete>(user).await.expect("the person");
    tx.open_request(permit.tenant.id, "user_delete", json!({}), Lane::Interactive);
    let at = domain::clock::Clock::now(world.clock.as_ref()) + SignedDuration::from_hours(24);
    let removal = store::users::Removal::default();
    tx.remove_user(&permit, &user, None, Some((&removal, at))).await.expect("removed");
    tx.settle_owned(&permit).await.expect("settled");
    tx.commit(&Cause::default()).await.expect("committing");
}

/// Everybody, as members.
pub fn people(customer: &Customer, until: Option<Timestamp>) -> Vec<Change> {
    let change = |p: &crate::world::Person| Change {
        member: MemberRef::User(p.id),
        object: p.object,
        wanted: true,
        until,
    };
    customer.people.iter().map(change).collect()
}

/// A group, as a member.
pub fn nested(member: (GroupId, ObjectId), wanted: bool) -> Change {
    Change { member: MemberRef::Group(member.0), object: member.1, wanted, until: None }
}

fn engine_store(world: &World) -> EngineStore {
    let settings = Settings { database: world.db.owner().clone(), connections: 4 };
    EngineStore::open(&settings, world.keys.clone(), world.clock.clone())
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}

/// People whose memberships end at the same instant.
const TOGETHER: usize = 2_100;

#[tokio::test(flavor = "multi_thread")]
async fn memberships_that_end_together_end_once_and_leave_in_few_changes() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("until", TOGETHER, Lane::Bulk).await;
    let (id, object) = group(&world, &customer, "project", GroupKind::Security).await;
    world.drain(&engine).await;
    let until = domain::clock::Clock::now(world.clock.as_ref()) + SignedDuration::from_hours(24 * 30);
    let mut changes = people(&customer, Some(until));
    changes[0].until = None;
    let joined = change(&world, &customer, id, &changes).await;
    world.drain(&engine).await;
    assert_eq!(world.state(joined).await, RequestState::Complete);
    assert_eq!(world.there(object).expect("the group").1.members.len(), TOGETHER);

    let (one, two, three) = (engine_store(&world), engine_store(&world), engine_store(&world));
    assert_eq!(one.sweep().await.expect("a sweep").memberships, 0, "not yet");
    world.clock.skip(hours(24 * 31));
    let modifies = "SELECT count(*) AS n FROM attempt WHERE step = 'change_members'";
    let before = world.number(modifies).await;
    let (a, b, c) = tokio::join!(one.sweep(), two.sweep(), three.sweep());
    let ended = [a, b, c].map(|swept| swept.expect("a sweep").memberships);
    assert_eq!(ended.iter().sum::<i64>(), i64::try_from(TOGETHER - 1).expect("few"), "{ended:?}");
    assert_eq!(one.sweep().await.expect("a sweep").memberships, 0, "once");
    world.drain(&engine).await;
    world.assert_converged().await;
    assert_eq!(world.there(object).expect("the group").1.members.len(), 1, "one has no end");
    let took = world.number(modifies).await - before;
    assert!(took <= 3, "{took} changes for {TOGETHER} members");
    let requests = "SELECT count(*) AS n FROM request WHERE kind = 'members_end' AND finished_at IS NOT NULL";
    assert_eq!(world.number(requests).await, 1);
    let events = "SELECT count(*) AS n FROM event WHERE code = 'group.member_expired'";
    assert_eq!(world.number(events).await, i64::try_from(TOGETHER - 1).expect("few"));
    let printed = "SELECT count(*) AS n FROM event WHERE code = 'group.member_expired'
        AND change->0->>'before' LIKE 'usr\\_%' AND target_id LIKE 'grp\\_%'";
    assert_eq!(world.number(printed).await, i64::try_from(TOGETHER - 1).expect("few"));

    // Wanted again without an end, nobody goes any more.
    change(&world, &customer, id, &people(&customer, None)[..2]).await;
    world.drain(&engine).await;
    assert_eq!(one.sweep().await.expect("a sweep").memberships, 0);
    assert_eq!(world.there(object).expect("the group").1.members.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_whose_end_was_recorded_leaves_although_the_worker_is_killed() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("killed", 3, Lane::Interactive).await;
    let (id, object) = group(&world, &customer, "project", GroupKind::Security).await;
    let until = domain::clock::Clock::now(world.clock.as_ref()) + SignedDuration::from_hours(24);
    world.drain(&engine).await;
    change(&world, &customer, id, &people(&customer, Some(until))).await;
    world.drain(&engine).await;
    world.clock.skip(hours(25));
    assert_eq!(engine_store(&world).sweep().await.expect("a sweep").memberships, 3);
    // A worker that claimed the group and is gone: another goes on when the lease ends.
    let gate = crate::gate::Gate::new(world.reference.clone());
    gate.stop_at(1, crate::gate::Stop::Before);
    let killed = world.engine_with(gate.clone());
    let target = world.target;
    let task = tokio::spawn(async move { killed.step(target, Lane::Interactive).await });
    gate.reached().await;
    task.abort();
    world.expire_leases().await;
    assert_eq!(engine_store(&world).sweep().await.expect("a sweep").memberships, 0);
    world.drain(&engine).await;
    assert_eq!(world.there(object).expect("the group").1.members.len(), 0);
    let requests = "SELECT count(*) AS n FROM request WHERE kind = 'members_end'";
    assert_eq!(world.number(requests).await, 1);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_in_groups_come_true_and_everybody_is_told_with_why() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("nested", 4, Lane::Interactive).await;
    let outer = group(&world, &customer, "outer", GroupKind::Distribution).await;
    let middle = group(&world, &customer, "middle", GroupKind::Security).await;
    let inner = group(&world, &customer, "inner", GroupKind::Security).await;
    let all = people(&customer, None);
    change(&world, &customer, outer.0, &[nested(middle, true), nested(inner, true), all[0]]).await;
    change(&world, &customer, middle.0, &[nested(inner, true), all[1]]).await;
    change(&world, &customer, inner.0, &[all[1], all[2]]).await;
    world.drain(&engine).await;
    world.assert_converged().await;
    let kind = world.there(outer.1).expect("it").1.attributes.remove(&Attribute::GroupKind);
    assert_eq!(kind.as_deref(), Some("distribution"));

    let mut tx = world.store.read(&world.root).await.expect("reading");
    let (view, _) = tx.group(outer.0).await.expect("the group");
    let told = tx.effective_views(&view, None, 50).await.expect("asking");
    let first = tx.effective_views(&view, None, 1).await.expect("asking");
    let rest = tx.effective_views(&view, Some(first[0].user.id), 50).await.expect("asking");
    tx.finish().await.expect("reading");
    assert_eq!((first.len(), rest.len()), (1, 2), "page by page");
    let why = |n: usize| {
        let found = told.iter().find(|m| m.user.id == customer.people[n].id);
        found.map(|m| (m.direct, m.through.iter().map(|g| g.name.clone()).collect::<Vec<_>>()))
    };
    let named = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    assert_eq!(why(0), Some((true, vec![])));
    assert_eq!(why(1), Some((false, named(&["middle", "inner"]))));
    assert_eq!(why(2), Some((false, named(&["inner"]))));
    assert_eq!(why(3), None);

    change(&world, &customer, outer.0, &[nested(middle, false), nested(inner, false)]).await;
    world.drain(&engine).await;
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_at_once_that_would_close_a_circle_one_is_refused() {
    let world = World::new().await;
    let customer = world.order("circle", 1, Lane::Interactive).await;
    let a = group(&world, &customer, "a", GroupKind::Security).await;
    let b = group(&world, &customer, "b", GroupKind::Security).await;
    let nest = async |group: (GroupId, ObjectId), member: (GroupId, ObjectId)| {
        let mut tx = world.store.write(&world.root).await.expect("writing");
        let (group, permit): (Group, _) = tx.group_to_change(group.0).await.expect("the group");
        let tenant = permit.tenant.id;
        let refused = tx.check_nesting(tenant, group.object, &[member.1]).await.expect("asking");
        if let Some((_, rule)) = refused.first() {
            return Err(*rule);
        }
        tx.open_request(tenant, "members_change", json!({}), Lane::Interactive);
        tokio::task::yield_now().await;
        tx.change_members(tenant, &group, &[nested(member, true)]).await.expect("the members");
        tx.commit(&Cause::default()).await.expect("committing");
        Ok(())
    };
    let mut both = <[_; 2]>::from(tokio::join!(nest(a, b), nest(b, a)));
    both.sort_by_key(Result::is_err);
    assert_eq!(both, [Ok(()), Err(Rule::Cycle)]);
    assert_eq!(nest(a, a).await, Err(Rule::Cycle));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_group_is_restored_with_its_security_id_and_members_and_goes_when_its_time_is_over() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("grace", 4, Lane::Interactive).await;
    let outer = group(&world, &customer, "outer", GroupKind::Security).await;
    let team = group(&world, &customer, "team", GroupKind::Security).await;
    let part = group(&world, &customer, "part", GroupKind::Security).await;
    let all = people(&customer, None);
    change(&world, &customer, team.0, &[all[0], all[1], all[2], nested(part, true)]).await;
    change(&world, &customer, outer.0, &[nested(team, true)]).await;
    world.drain(&engine).await;
    let before = world.there(team.1).expect("the group");

    remove(&world, team.0, Some(30)).await;
    world.drain(&engine).await;
    world.assert_converged().await;
    let now = world.there(team.1).expect("it is kept");
    assert_eq!((now.0, now.1.members.len()), (before.0, 0), "nobody is in it");
    assert!(world.there(outer.1).expect("it").1.members.is_empty(), "and it is in no other");

    restore(&world, &customer, team.0).await;
    world.drain(&engine).await;
    world.assert_converged().await;
    let restored = world.there(team.1).expect("the group");
    assert_eq!((restored.0, &restored.1.security_id), (before.0, &before.1.security_id));
    assert_eq!(restored.1.members, before.1.members);

    remove(&world, team.0, Some(30)).await;
    world.drain(&engine).await;
    assert_eq!(engine_store(&world).sweep().await.expect("a sweep").removed_groups, 0);
    world.clock.skip(hours(24 * 31));
    assert_eq!(engine_store(&world).sweep().await.expect("a sweep").removed_groups, 1);
    world.drain(&engine).await;
    assert_eq!(world.there(team.1), None);
    world.assert_converged().await;
    let reserved = "SELECT count(*) AS n FROM event WHERE code = 'group.purged' AND request_id IS NOT NULL";
    assert_eq!(world.number(reserved).await, 1);
}

/// Removes a group the way the use case does.
pub async fn remove(world: &World, group: GroupId, days: Option<i64>) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let (group, permit) = tx.group_to_change(group).await.expect("the group");
    tx.open_request(permit.tenant.id, "group_delete", json!({}), Lane::Interactive);
    let purge_at = days.map(|days| tx.now() + SignedDuration::from_hours(24 * days));
    tx.remove_group(&permit, &group, group.version, purge_at).await.expect("removed");
    tx.verify_again(&[group.object.uuid()]).await.expect("looked at");
    tx.commit(&Cause::default()).await.expect("committing");
}

/// Restores it, as far as no circle stands in the way.
pub async fn restore(world: &World, customer: &Customer, group: GroupId) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let (removed, permit) = tx.removed_group(group).await.expect("it can be restored");
    tx.open_request(customer.id, "group_restore", json!({}), Lane::Interactive);
    let left = tx.edges_left(&permit, &removed).await.expect("asking");
    tx.restore_group(&permit, &removed).await.expect("restored");
    for edges in [left.members, left.groups] {
        tx.want_members_now(customer.id, &edges, true).await.expect("the members");
    }
    tx.commit(&Cause::default()).await.expect("committing");
}
