//! The cases about groups and who is in them.
#![expect(clippy::missing_panics_doc, reason = "a case panics when a promise is broken")]

use domain::{
    group::GroupKind,
    person::Detail,
    plan::{Action, Plan, plan},
    problem::ProblemCode,
    spec::{Address, Attribute, ObjectKind},
};
use uuid::Uuid;

use super::{
    Harness,
    cases::scan,
    world::{Thing, World, refusal},
};
use crate::Lane;

/// From security to distribution and back, under another name, with the same security id.
pub async fn a_group_has_a_kind_and_mail_addresses_and_changes_them(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut group = world.group(&customer, "Everybody");
    let first = world.make(&mut group).await;
    assert_eq!(first.attributes.get(&Attribute::GroupKind).map(String::as_str), Some("security"));
    for (kind, mail, aliases) in [
        (GroupKind::Distribution, Some("all@acme.test"), Some("everybody@acme.test team@acme.test")),
        (GroupKind::Security, Some("staff@acme.test"), Some("team@acme.test")),
        (GroupKind::Distribution, None, None),
    ] {
        let spec = group.group_mut();
        (spec.group_kind, spec.mail) = (kind, mail.map(str::to_owned));
        spec.aliases = aliases.map(str::to_owned);
        spec.name = format!("Everybody {}", kind.code());
        spec.logon_name = harness.unique("grp");
        let seen = world.make(&mut group).await;
        let value = |attribute| seen.attributes.get(&attribute).map(String::as_str);
        assert_eq!(value(Attribute::GroupKind), Some(kind.code()));
        assert_eq!((value(Attribute::Mail), value(Attribute::Detail(Detail::Aliases))), (mail, aliases));
        assert_eq!(seen.security_id, first.security_id, "what it was given rights by stays");
    }
    let mut made = world.group(&customer, "Made so");
    made.group_mut().group_kind = GroupKind::Distribution;
    made.group_mut().mail = Some("made@acme.test".to_owned());
    made.group_mut().aliases = Some("also@acme.test".to_owned());
    world.make(&mut made).await;
}

/// As with the manager of a person: the target's own id of an account.
pub async fn an_owner_of_a_group_is_set_kept_through_a_move_changed_and_cleared(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut owners = [world.user(&customer, "Anna, \"the boss\""), world.user(&customer, "Bo Lund")];
    let mut ids = Vec::new();
    for owner in &mut owners {
        ids.push(world.make(owner).await.address.external_id);
    }
    let value = |id: Option<Uuid>| id.map(|id| id.to_string());
    let mut group = world.group(&customer, "Everybody");
    group.links.insert(Attribute::Owner, Some(ids[0]));
    let seen = world.make(&mut group).await;
    assert_eq!(
        seen.attributes.get(&Attribute::Owner).cloned(),
        value(Some(ids[0])),
        "from the first instant"
    );
    owners[0].user_mut().name = "Anna Berg".to_owned();
    world.make(&mut owners[0]).await;
    let renamed = world.see(&group).await.expect("there");
    assert_eq!(plan(&group.want(), Some(&renamed)), Plan::Nothing, "{renamed:?}");
    for next in [Some(ids[1]), None, Some(ids[0])] {
        group.links.insert(Attribute::Owner, next);
        let seen = world.make(&mut group).await;
        assert_eq!(seen.attributes.get(&Attribute::Owner).cloned(), value(next));
    }
    group.links.insert(Attribute::Owner, Some(Uuid::from_u128(0x1234)));
    let Plan::Do(step) = plan(&group.want(), world.see(&group).await.as_ref()) else {
        panic!("nothing to do")
    };
    let problem = refusal(world.apply(&[step]).await.remove(0));
    assert_eq!(problem.code, ProblemCode::Waiting, "{problem:?}");
    assert_eq!(problem.args.get("attribute").map(String::as_str), Some("owner"), "{problem:?}");
    let at = world.see(&owners[0]).await.expect("there").address;
    world.act(&owners[0], Action::Delete { at }).await.expect("gone");
    let left = world.see(&group).await.expect("there").attributes;
    assert_eq!(left.get(&Attribute::Owner), None, "who is gone owns nothing");
}

/// What drift is found by.
pub async fn a_group_is_in_a_group_and_all_members_are_told_whoever_made_them(harness: &dyn Harness) {
    let world = World::new(harness);
    let (group, at, members) = group_of(&world, 2).await;
    let customer = group.parent.clone().expect("it lies in a container");
    let mut inner = world.group(&customer, "Inner");
    let inner = world.make(&mut inner).await.address;
    let foreign =
        harness.insert_foreign(ObjectKind::User, &customer, "Strange", &harness.unique("usr")).await;
    let of = async |at: &Address| {
        let all = harness.connector().members(Lane::Bulk, std::slice::from_ref(at)).await;
        all.expect("reachable").remove(0)
    };
    assert_eq!(of(&at).await, Some(vec![]));
    let resume = scan(harness, None).await.1;
    let mut all = [members.as_slice(), &[inner.clone(), foreign]].concat();
    world.act(&group, change(&at, &all, &[])).await.expect("added");
    let mut found = of(&at).await.expect("the group");
    for list in [&mut all, &mut found] {
        list.sort_unstable_by_key(|address| address.external_id);
    }
    assert_eq!(found, all, "with their names");
    assert_eq!(world.present(&group, std::slice::from_ref(&inner)).await, [inner.external_id]);
    assert_eq!(of(&members[0]).await, None, "a person is no group");
    assert_eq!(of(&inner).await, Some(vec![]));
    if resume.is_some() {
        assert_eq!(scan(harness, resume).await.0, [at.external_id], "its members are a change of the group");
    }
}

/// In and out in one operation.
pub async fn members_come_and_go_in_one_change(harness: &dyn Harness) {
    let world = World::new(harness);
    let (group, at, members) = group_of(&world, 4).await;
    assert!(world.present(&group, &members).await.is_empty());
    world.act(&group, change(&at, &members[..3], &[])).await.expect("added");
    assert_eq!(world.present(&group, &members).await, ids(&members[..3]));
    world.act(&group, change(&at, &members[3..], &members[..2])).await.expect("changed");
    assert_eq!(world.present(&group, &members).await, ids(&members[2..]));
    assert!(world.present(&group, &members[..2]).await.is_empty(), "only those asked for are reported");
}

/// After a lost answer nobody knows what was applied.
pub async fn changing_members_that_are_as_wanted_already_is_no_error(harness: &dyn Harness) {
    let world = World::new(harness);
    let (group, at, members) = group_of(&world, 4).await;
    for _ in 0..2 {
        world.act(&group, change(&at, &members[..2], &members[2..])).await.expect("as wanted");
        assert_eq!(world.present(&group, &members).await, ids(&members[..2]));
    }
    world.act(&group, change(&at, &members[1..], &members[..1])).await.expect("partly as wanted");
    assert_eq!(world.present(&group, &members).await, ids(&members[1..]));
    let mut gone = members[0].clone();
    gone.external_id = Uuid::from_u128(17);
    world.act(&group, change(&at, &[], &[gone])).await.expect("who does not exist is not a member");
}

/// So that the others can be added without it.
pub async fn one_missing_member_is_named_and_nothing_is_changed(harness: &dyn Harness) {
    let world = World::new(harness);
    let (group, at, mut members) = group_of(&world, 3).await;
    let missing = Address { external_id: Uuid::from_u128(23), dn: members[1].dn.replace("User 1", "Nobody") };
    members.insert(1, missing.clone());
    let problem = refusal(world.act(&group, change(&at, &members, &[])).await);
    assert_eq!(problem.code, ProblemCode::MemberMissing, "{problem:?}");
    assert_eq!(problem.args.get("dn"), Some(&missing.dn));
    assert!(world.present(&group, &members).await.is_empty());
    members.remove(1);
    world.act(&group, change(&at, &members, &[])).await.expect("the others");
    assert_eq!(world.present(&group, &members).await, ids(&members));
}

async fn group_of(world: &World<'_>, count: usize) -> (Thing, Address, Vec<Address>) {
    let customer = world.customer().await;
    let mut group = world.group(&customer, "Everybody");
    let at = world.make(&mut group).await.address;
    let mut members = Vec::new();
    for i in 0..count {
        let mut user = world.user(&customer, &format!("User {i}"));
        members.push(world.make(&mut user).await.address);
    }
    (group, at, members)
}

fn ids(members: &[Address]) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = members.iter().map(|m| m.external_id).collect();
    ids.sort_unstable();
    ids
}

fn change(at: &Address, add: &[Address], remove: &[Address]) -> Action {
    Action::ChangeMembers { at: at.clone(), add: add.to_vec(), remove: remove.to_vec() }
}
