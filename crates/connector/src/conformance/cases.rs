//! The cases themselves.
#![expect(clippy::missing_panics_doc, reason = "a case panics when a promise is broken")]

use domain::{
    custom::Slot,
    id::ObjectId,
    person::Detail,
    plan::{Action, Plan, Secret, Step, Want, plan},
    problem::ProblemCode,
    spec::{Address, Attribute, ObjectKind, Selector, Spec},
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{
    Harness,
    world::{Thing, World, assert_taken, refusal},
};
use crate::{ApplyError, Lane, Observed};

/// Created with all attributes, seen with all attributes.
pub async fn every_kind_is_created_and_found_by_name_and_by_id(harness: &dyn Harness) {
    let world = World::new(harness);
    harness.connector().probe().await.expect("the target answers");
    let customer = world.customer().await;
    let mut things = [
        world.container(Some(&customer), "Branch"),
        world.group(&customer, "Everybody"),
        world.user(&customer, "Åse Sørensen"),
    ];
    for thing in &mut things {
        assert_eq!(world.see(thing).await, None, "nothing is there yet");
        let by_name = world.make(thing).await;
        assert_eq!(by_name.kind, thing.spec.kind());
        assert_eq!(by_name.marker, Some(thing.id));
        assert_eq!(by_name.parent_dn, customer.dn);
        let is_container = thing.spec.kind() == ObjectKind::Container;
        assert_eq!(by_name.security_id.is_some(), !is_container);
        assert_eq!(by_name.password_set_at.is_some(), thing.spec.kind() == ObjectKind::User);
        let by_id = world.see(thing).await;
        assert_eq!(by_id, Some(by_name), "the same object, found by its id");
    }
    let selectors: Vec<Selector> = things.iter().map(Thing::selector).collect();
    let all = world.observe(&selectors).await;
    let seen: Vec<_> = all.into_iter().flatten().map(|o| Some(o.address.external_id)).collect();
    assert_eq!(seen, things.map(|t| t.known), "each answer in its place");
}

/// RFC 4514 and RFC 4515 both have opinions about these.
pub async fn names_of_any_script_and_with_any_character_come_back_unchanged(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    for name in [
        r#"a,b"c\d+e<f>g;h#i"#,
        "#hash first",
        "equals=sign",
        "(round) *star* & | ! ~",
        "Søren Ærø Ñandú Łódź",
        "😀 party 🎉",
        "שלום עולם",
        "山田 太郎",
        r"\2C is no comma",
        "slash/and\\back\\",
        "dots. and 'quotes'",
        "x",
    ] {
        for mut thing in [world.container(Some(&customer), name), world.user(&customer, name)] {
            let seen = world.make(&mut thing).await;
            assert_eq!(seen.attributes.get(&Attribute::Name).map(String::as_str), Some(name));
            let mut inside = match thing.spec {
                Spec::Container { .. } => world.group(&seen.address, name),
                _ => continue,
            };
            let below = world.make(&mut inside).await;
            assert_eq!(
                below.parent_dn, seen.address.dn,
                "the child names its parent as the parent names itself"
            );
        }
    }
}

/// One operation changes some and clears others.
pub async fn attributes_are_changed_and_cleared(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut user = world.user(&customer, "Anna Berg");
    world.make(&mut user).await;
    let logon = harness.unique("new");
    let spec = user.user_mut();
    spec.title = Some("Head of \"R&D\"".to_owned());
    spec.department = None;
    spec.surname = Some("Berg-Lunde".to_owned());
    spec.principal_name = format!("{logon}@other.test");
    spec.logon_name.clone_from(&logon);
    let seen = world.make(&mut user).await;
    assert_eq!(seen.attributes.get(&Attribute::LogonName), Some(&logon));
    assert_eq!(seen.attributes.get(&Attribute::Department), None);
    assert_eq!(seen.attributes.get(&Attribute::Title).map(String::as_str), Some("Head of \"R&D\""));
}

/// Every detail a directory shows, with a value of its own form.
pub async fn everything_known_of_a_person_is_set_changed_and_cleared(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let value = |detail: Detail, round: &str| {
        let text = match detail {
            Detail::Country => if round == "1" { "DE" } else { "DK" }.to_owned(),
            Detail::HomeDrive => if round == "1" { "H:" } else { "P:" }.to_owned(),
            Detail::Initials => format!("AB{round}"),
            Detail::Aliases => format!("stays@acme.test round{round}@acme.test"),
            // Kept as bits: what people write was made to them before.
            Detail::LogonHours => return format!("{round}0").repeat(domain::hours::BYTES),
            Detail::ExpiresAt => format!("203{round}-12-31T18:00:00+01:00"),
            other => format!("{} {round} Ø \"x\"", &other.code()[..3]),
        };
        detail.parse("x", &text).expect("a good value").expect("a value")
    };
    let shown = || Detail::ALL.iter().copied().filter(|detail| detail.is_in_directory());
    let mut user = world.user(&customer, "Anna Berg");
    for round in ["1", "2"] {
        user.user_mut().details = shown().map(|detail| (detail, value(detail, round))).collect();
        let seen = world.make(&mut user).await;
        for detail in shown() {
            let found = seen.attributes.get(&Attribute::Detail(detail));
            assert_eq!(found, Some(&value(detail, round)), "{}", detail.code());
        }
    }
    user.user_mut().details.clear();
    let seen = world.make(&mut user).await;
    let left: Vec<_> = seen.attributes.keys().filter(|a| matches!(a, Attribute::Detail(_))).collect();
    assert_eq!(left, Vec::<&Attribute>::new());
}

/// Custom fields: what is named is set, changed and emptied; what is not named stays.
pub async fn custom_fields_are_set_changed_and_cleared(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let value = |slot: Slot, round: u8| format!("{} {round} Ø \"x\"", slot.code());
    let mut user = world.user(&customer, "Anna Berg");
    for round in [1, 2] {
        user.user_mut().slots = Slot::ALL.iter().map(|slot| (*slot, Some(value(*slot, round)))).collect();
        let seen = world.make(&mut user).await;
        for slot in Slot::ALL {
            let found = seen.attributes.get(&Attribute::Custom(*slot));
            assert_eq!(found, Some(&value(*slot, round)), "{}", slot.code());
        }
    }
    user.user_mut().slots = [(Slot::RoomNumber, None)].into();
    let seen = world.make(&mut user).await;
    let left = |slot| seen.attributes.get(&Attribute::Custom(slot)).cloned();
    assert_eq!(left(Slot::RoomNumber), None);
    assert_eq!(left(Slot::Division), Some(value(Slot::Division, 2)), "not named, not touched");
    user.user_mut().slots = Slot::ALL.iter().map(|slot| (*slot, None)).collect();
    let seen = world.make(&mut user).await;
    let left: Vec<_> = seen.attributes.keys().filter(|a| matches!(a, Attribute::Custom(_))).collect();
    assert_eq!(left, Vec::<&Attribute>::new());
}

/// A link is the target's own id, so a move of the other is no difference.
pub async fn a_manager_is_set_kept_through_a_move_changed_and_cleared(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut branch = world.container(Some(&customer), "Branch");
    let branch_address = world.make(&mut branch).await.address;
    let mut managers = [world.user(&customer, "Anna, \"the boss\""), world.user(&customer, "Bo Lund")];
    let mut ids = Vec::new();
    for manager in &mut managers {
        ids.push(world.make(manager).await.address.external_id);
    }
    let value = |id: Option<Uuid>| id.map(|id| id.to_string());
    let mut report = world.user(&customer, "Chiara Conti");
    report.links.insert(Attribute::Manager, Some(ids[0]));
    let seen = world.make(&mut report).await;
    assert_eq!(
        seen.attributes.get(&Attribute::Manager).cloned(),
        value(Some(ids[0])),
        "from the first instant"
    );
    managers[0].user_mut().name = "Anna Berg".to_owned();
    managers[0].parent = Some(branch_address);
    world.make(&mut managers[0]).await;
    let moved = world.see(&report).await.expect("there");
    assert_eq!(plan(&report.want(), Some(&moved)), Plan::Nothing, "{moved:?}");
    for next in [Some(ids[1]), None, Some(ids[0])] {
        report.links.insert(Attribute::Manager, next);
        let seen = world.make(&mut report).await;
        assert_eq!(seen.attributes.get(&Attribute::Manager).cloned(), value(next));
    }
    let at = world.see(&managers[0]).await.expect("there").address;
    world.act(&managers[0], Action::Delete { at }).await.expect("gone");
    let left = world.see(&report).await.expect("there").attributes;
    assert_eq!(left.get(&Attribute::Manager), None, "who is gone manages nobody");
    let page = harness.connector().scan(None).await.expect("a scan");
    let ours = page.items.iter().find(|item| item.marker == Some(report.id)).expect("it is in the folder");
    assert_eq!(ours.attributes, left, "a scan shows the same");
}

/// Neither a creation nor a change is half done for it.
pub async fn a_manager_who_is_not_there_is_named_and_nothing_is_changed(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut report = world.user(&customer, "Bo Lund");
    report.links.insert(Attribute::Manager, Some(Uuid::from_u128(0x1234)));
    let expect = |problem: domain::problem::Problem| {
        assert_eq!(problem.code, ProblemCode::Waiting, "{problem:?}");
        assert_eq!(problem.args.get("attribute").map(String::as_str), Some("manager"), "{problem:?}");
    };
    expect(refusal(world.act(&report, report.create()).await));
    assert_eq!(world.see(&report).await, None);
    let wrong = std::mem::take(&mut report.links);
    let before = world.make(&mut report).await;
    report.links = wrong;
    report.user_mut().title = Some("Captain".to_owned());
    let Plan::Do(step) = plan(&report.want(), Some(&before)) else { panic!("nothing to do") };
    expect(refusal(world.apply(&[step]).await.remove(0)));
    assert_eq!(world.see(&report).await.expect("there").attributes, before.attributes);
}

/// Lifting is done once: what the target locks afterwards is its own business.
pub async fn a_lock_is_lifted_when_asked_and_a_later_one_stays(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut user = world.user(&customer, "Anna Berg");
    let seen = world.make(&mut user).await;
    harness.lock(&seen.address).await;
    let locked = world.see(&user).await.expect("there");
    let at = locked.locked_at.expect("the target says since when");
    assert_eq!(world.make(&mut user).await.locked_at, Some(at), "nobody asked for anything");
    user.user_mut().unlocked_at = Some(at);
    assert_eq!(world.make(&mut user).await.locked_at, None);
    harness.lock(&seen.address).await;
    let long_before = at - SignedDuration::from_hours(1);
    user.user_mut().unlocked_at = Some(long_before);
    assert!(world.make(&mut user).await.locked_at.is_some());
}

/// Until the person has changed it.
pub async fn a_password_has_to_be_changed_when_asked(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut user = world.user(&customer, "Anna Berg");
    let seen = world.make(&mut user).await;
    let password = Secret("Correct-Horse-7-Battery".to_owned());
    let set =
        Action::SetPassword { at: seen.address.clone(), password: password.clone(), must_change: false };
    world.act(&user, set.clone()).await.expect("set");
    let set_at = world.see(&user).await.and_then(|seen| seen.password_set_at).expect("set just now");
    user.user_mut().password_expired_at = Some(set_at);
    assert_eq!(world.make(&mut user).await.password_set_at, None);
    assert!(!harness.accepts_password(&seen.address, &password.0).await);
    world.act(&user, set).await.expect("set again");
    user.user_mut().password_expired_at = Some(set_at - SignedDuration::from_hours(1));
    assert!(world.make(&mut user).await.password_set_at.is_some());
    assert!(harness.accepts_password(&seen.address, &password.0).await);
    let first =
        Action::SetPassword { at: seen.address.clone(), password: password.clone(), must_change: true };
    world.act(&user, first).await.expect("set to be changed");
    assert_eq!(world.see(&user).await.and_then(|seen| seen.password_set_at), None);
    assert!(!harness.accepts_password(&seen.address, &password.0).await, "before it is changed");
}

/// Without touching anything else.
pub async fn an_account_is_disabled_and_enabled(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut user = world.user(&customer, "Anna Berg");
    user.user_mut().enabled = false;
    let seen = world.make(&mut user).await;
    assert_eq!(seen.attributes.get(&Attribute::Enabled).map(String::as_str), Some("false"));
    let password = Secret("Correct-Horse-7-Battery".to_owned());
    let set =
        Action::SetPassword { at: seen.address.clone(), password: password.clone(), must_change: false };
    world.act(&user, set).await.expect("set");
    assert!(
        !harness.accepts_password(&seen.address, &password.0).await,
        "a disabled account does not log on"
    );
    for enabled in [true, false, true] {
        user.user_mut().enabled = enabled;
        let seen = world.make(&mut user).await;
        assert_eq!(seen.attributes.get(&Attribute::Enabled), Some(&enabled.to_string()));
        assert_eq!(harness.accepts_password(&seen.address, &password.0).await, enabled);
    }
}

/// The id proves that it is ours although nothing on it says so any more.
pub async fn a_lost_marker_is_restored_on_what_is_known_to_be_ours(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    for mut thing in [
        world.container(Some(&customer), "Branch"),
        world.group(&customer, "All"),
        world.user(&customer, "Anna"),
    ] {
        let seen = world.make(&mut thing).await;
        harness.clear_marker(&seen.address).await;
        assert_eq!(world.see(&thing).await.expect("still there").marker, None);
        // All but the time of the change, which is told in seconds and is a later one.
        let restored = world.make(&mut thing).await;
        assert_eq!(Observed { changed_at: seen.changed_at, ..restored }, seen, "as it was");
    }
}

/// Renames and moves change the address, not the object.
pub async fn an_object_is_renamed_and_moved_and_still_found_by_id(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut branch = world.container(Some(&customer), "Branch");
    let branch = world.make(&mut branch).await.address;
    let mut user = world.user(&customer, "Anna Berg");
    let before = world.make(&mut user).await;
    let old = Thing { known: None, ..user.clone() };
    user.user_mut().name = "Anna Lunde, \"Head\"".to_owned();
    let renamed = world.make(&mut user).await;
    assert_eq!(renamed.parent_dn, customer.dn);
    user.parent = Some(branch.clone());
    user.user_mut().name = "anna lunde, \"head\"".to_owned();
    let moved = world.make(&mut user).await;
    assert_eq!(moved.address.external_id, before.address.external_id);
    assert_eq!(moved.parent_dn, branch.dn);
    assert_ne!(moved.address.dn, before.address.dn);
    let still = world.see(&old).await.expect("the log-on name did not change");
    assert_eq!(still.address, moved.address);
    let mut top = world.container(Some(&branch), "Deep");
    world.make(&mut top).await;
    top.parent = None;
    let seen = world.make(&mut top).await;
    // Without a parent nothing is compared, so the move is asked for by hand.
    let name = "Deep".to_owned();
    let up = Action::Move { at: seen.address, parent: Some(customer.clone()), name };
    world.act(&top, up).await.expect("moved up");
    assert_eq!(world.see(&top).await.expect("found").parent_dn, customer.dn);
}

/// Creating twice never makes two.
pub async fn a_name_is_given_once_whatever_its_case(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut user = world.user(&customer, "Anna Berg");
    world.make(&mut user).await;
    let again = refusal(world.act(&user, user.create()).await);
    assert_eq!(again.code, ProblemCode::NameTaken);
    let mut same_name = world.user(&customer, "ANNA berg");
    let problem = refusal(world.act(&same_name, same_name.create()).await);
    assert_taken(&problem, "name", "ANNA berg");
    same_name.user_mut().name = "Another".to_owned();
    let logon = user.user_mut().logon_name.to_uppercase();
    same_name.user_mut().logon_name.clone_from(&logon);
    let problem = refusal(world.act(&same_name, same_name.create()).await);
    assert_taken(&problem, "logon_name", &logon);
    let mut other = world.user(&customer, "Other");
    let other_seen = world.make(&mut other).await;
    let name = "anna BERG".to_owned();
    let onto = Action::Move { at: other_seen.address, parent: Some(customer.clone()), name };
    assert_taken(&refusal(world.act(&other, onto).await), "name", "anna BERG");
    other.user_mut().logon_name.clone_from(&logon);
    let Plan::Do(step) = plan(&other.want(), world.see(&other).await.as_ref()) else {
        panic!("a changed name is a change")
    };
    assert_taken(&refusal(world.apply(&[step]).await.remove(0)), "logon_name", &logon);
}

/// Across customers too.
pub async fn a_principal_name_is_given_once(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut branch = world.container(Some(&customer), "Branch");
    let branch = world.make(&mut branch).await.address;
    let mut user = world.user(&customer, "Anna Berg");
    world.make(&mut user).await;
    let mut other = world.user(&branch, "Other");
    other.user_mut().principal_name.clone_from(&user.user_mut().principal_name);
    let problem = refusal(world.act(&other, other.create()).await);
    assert_taken(&problem, "principal_name", &user.user_mut().principal_name);
}

/// Found by either of its names, without a marker: a person has to decide.
pub async fn a_foreign_object_is_reported_as_foreign_and_never_taken_over(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut by_name = world.user(&customer, "Anna Berg");
    let logon = harness.unique("strange");
    let foreign = harness.insert_foreign(ObjectKind::User, &customer, "Anna Berg", &logon).await;
    let mut by_logon = world.user(&customer, "Somebody Else");
    by_logon.user_mut().logon_name = logon.to_uppercase();
    for thing in [&mut by_name, &mut by_logon] {
        let seen = world.see(thing).await.expect("the foreign object is reported");
        assert_eq!((seen.marker, &seen.address), (None, &foreign));
        match plan(&thing.want(), Some(&seen)) {
            Plan::Stuck(problem) => assert_eq!(problem.code, ProblemCode::NameTaken),
            other => panic!("a foreign object leads to {other:?}"),
        }
        let problem = refusal(world.act(thing, thing.create()).await);
        assert_eq!(problem.code, ProblemCode::NameTaken, "{problem:?}");
    }
    let mut group = world.group(&customer, "A Group");
    group.group_mut().logon_name.clone_from(&logon);
    let seen = world.see(&group).await.expect("log-on names are shared between users and groups");
    assert_eq!(seen.kind, ObjectKind::User);
}

/// Names are asked about without knowing whose they would be: ours, somebody else's, in any case, or nobody's.
pub async fn who_has_a_name_is_told_whosever_it_is(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut user = world.user(&customer, "Anna Berg");
    let ours = world.make(&mut user).await.address.external_id;
    let strange = harness.unique("strange");
    let foreign = harness.insert_foreign(ObjectKind::Group, &customer, "A Group", &strange).await.external_id;
    let (logon, principal) = (user.user_mut().logon_name.clone(), user.user_mut().principal_name.clone());
    let asked = [
        (Attribute::LogonName, strange.to_uppercase()),
        (Attribute::PrincipalName, strange.clone()),
        (Attribute::PrincipalName, principal.to_uppercase()),
        (Attribute::LogonName, logon),
        (Attribute::LogonName, harness.unique("nobody")),
        (Attribute::LogonName, "a*(b)\\c".to_owned()),
    ];
    // More than one search asks for, and the same again.
    let many = asked.iter().cycle().take(asked.len() * 50).cloned().collect::<Vec<_>>();
    let held = harness.connector().holders(Lane::Interactive, &many).await.expect("an answer");
    let (stranger, own) = (Some((foreign, None)), Some((ours, Some(user.id))));
    for held in held.chunks(asked.len()) {
        let held: Vec<_> = held.iter().map(|h| h.as_ref().map(|h| (h.external_id, h.marker))).collect();
        assert_eq!(held, [stranger, None, own, own, None, None]);
    }
}

/// After a rename that may or may not have happened, both names are looked for.
pub async fn of_several_names_the_object_with_our_marker_is_found(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut user = world.user(&customer, "Old Name");
    let seen = world.make(&mut user).await;
    harness.insert_foreign(ObjectKind::User, &customer, "New Name", &harness.unique("strange")).await;
    let old = user.selector().names.remove(0);
    let mut new = old.clone();
    new.name = "New Name".to_owned();
    new.logon_name = Some(harness.unique("usr"));
    let selector = Selector { external_id: None, names: vec![new, old], ..user.selector() };
    let found = world.observe(&[selector]).await.remove(0).expect("found");
    assert_eq!(found.address, seen.address);
}

/// Children first; and deleting is done when the object is gone.
pub async fn what_is_not_empty_is_not_deleted_and_what_is_gone_stays_gone(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut branch = world.container(Some(&customer), "Branch");
    let at = world.make(&mut branch).await.address;
    let mut user = world.user(&at, "Anna Berg");
    let user_at = world.make(&mut user).await.address;
    let delete = |at: &Address| Action::Delete { at: at.clone() };
    let problem = refusal(world.act(&branch, delete(&at)).await);
    assert_eq!(problem.code, ProblemCode::NotEmpty);
    for _ in 0..2 {
        world.act(&user, delete(&user_at)).await.expect("gone or already gone");
        assert_eq!(world.see(&user).await, None);
    }
    world.act(&branch, delete(&at)).await.expect("empty now");
    assert_eq!(world.see(&branch).await, None);
    let by_name = Thing { known: None, ..branch };
    assert_eq!(world.see(&by_name).await, None);
    let gone = refusal(world.act(&user, Action::Update { at: user_at, changes: vec![] }).await);
    assert_eq!(gone.code, ProblemCode::ChangedMeanwhile, "it is looked at again: {gone:?}");
}

/// The engine tries again when the parent is there.
pub async fn a_parent_that_is_not_there_yet_means_waiting(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let nowhere = Address { external_id: Uuid::from_u128(9), dn: format!("OU=Nowhere,{}", customer.dn) };
    let mut user = world.user(&nowhere, "Anna Berg");
    assert_eq!(world.see(&user).await, None);
    assert_eq!(refusal(world.act(&user, user.create()).await).code, ProblemCode::Waiting);
    user.parent = Some(customer);
    let seen = world.make(&mut user).await;
    let away = Action::Move { at: seen.address, parent: Some(nowhere), name: "Anna Berg".to_owned() };
    assert_eq!(refusal(world.act(&user, away).await).code, ProblemCode::Waiting);
}

/// No tenant sees anything in it before readers are named.
pub async fn a_container_is_closed_from_its_first_instant(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let seen = world.access(&customer).await;
    assert_eq!(seen.kind, ObjectKind::Access);
    assert_eq!(seen.address, customer);
    assert_eq!(seen.attributes.get(&Attribute::Readers).map(String::as_str), Some(""));
}

/// Access is planned from what is seen, as everything else.
pub async fn only_the_readers_may_read_and_a_container_somebody_opened_is_closed_again(
    harness: &dyn Harness,
) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut group = world.group(&customer, "Everybody");
    let readers = vec![world.make(&mut group).await.security_id.expect("a group has a security id")];
    let id = world.id();
    let spec = Spec::Access { container: world.id(), readers: group.id };
    let want = Want {
        object: id,
        kind: ObjectKind::Access,
        spec: Some(&spec),
        parent: None,
        container: Some(customer.clone()),
        readers: readers.clone(),
        links: std::collections::BTreeMap::new(),
        guarded: std::collections::BTreeSet::new(),
        known: None,
    };
    for round in 0..2 {
        let seen = world.access(&customer).await;
        let Plan::Do(step) = plan(&want, Some(&seen)) else { panic!("round {round}: {seen:?} is as wanted") };
        world.apply(&[step]).await.remove(0).expect("closed");
        let seen = world.access(&customer).await;
        assert_eq!(seen.attributes.get(&Attribute::Readers), Some(&readers[0]), "round {round}");
        assert_eq!(plan(&want, Some(&seen)), Plan::Nothing);
        harness.open_to_everybody(&customer).await;
        assert_ne!(world.access(&customer).await.attributes.get(&Attribute::Readers), Some(&readers[0]));
    }
}

/// The target's policy decides, and its refusal says so.
pub async fn a_password_is_set_and_a_weak_one_is_refused(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut user = world.user(&customer, "Anna Berg");
    let before = world.make(&mut user).await;
    let at = &before.address;
    let set = |password: &str| Action::SetPassword {
        at: at.clone(),
        password: Secret(password.to_owned()),
        must_change: false,
    };
    let problem = refusal(world.act(&user, set("abc")).await);
    assert_eq!(problem.code, ProblemCode::PasswordPolicy);
    assert_eq!(world.see(&user).await.as_ref(), Some(&before), "nothing changed");
    for good in ["Correct-Horse-7-Battery", "Grüße \"aus\" Łódź 9 😀"] {
        world.act(&user, set(good)).await.expect("set");
        assert!(harness.accepts_password(at, good).await, "{good}");
        assert!(!harness.accepts_password(at, "Wrong-Horse-7-Battery").await);
    }
    assert!(world.see(&user).await.expect("seen").password_set_at > before.password_set_at);
}

/// One bad object does not harm its neighbours.
pub async fn each_step_of_a_batch_has_its_own_outcome_in_order(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut users: Vec<Thing> = (0..30).map(|i| world.user(&customer, &format!("User {i}"))).collect();
    for i in [7, 23] {
        users[i].user_mut().name = "User 0".to_owned();
    }
    let create = |user: &Thing| Step { object: user.id, kind: ObjectKind::User, action: user.create() };
    // The first alone, so that it is certain who is too late.
    world.apply(&[create(&users[0])]).await.remove(0).expect("the first");
    let steps: Vec<Step> = users[1..].iter().map(create).collect();
    for (outcome, user) in world.apply(&steps).await.into_iter().zip(&mut users[1..]) {
        let is_bad = user.user_mut().name == "User 0";
        match outcome {
            Ok(()) => assert!(!is_bad),
            Err(ApplyError::Rejected { problem }) => {
                assert!(is_bad && problem.code == ProblemCode::NameTaken, "{problem:?}");
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    let selectors: Vec<Selector> = users.iter().map(Thing::selector).collect();
    let seen = world.observe(&selectors).await;
    let ours =
        seen.iter().zip(&users).filter(|(seen, u)| seen.as_ref().is_some_and(|s| s.marker == Some(u.id)));
    assert_eq!(ours.count(), 28);
}

/// Everything once; afterwards only what is new.
pub async fn a_scan_finds_everything_and_a_later_one_what_changed(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    let mut group = world.group(&customer, "Everybody");
    let mut user = world.user(&customer, "Anna Berg");
    let mut made = vec![customer.external_id];
    made.push(world.make(&mut group).await.address.external_id);
    made.push(world.make(&mut user).await.address.external_id);
    made.sort_unstable();
    let (found, resume) = scan(harness, None).await;
    assert_eq!(found, made);
    user.user_mut().title = Some("Head".to_owned());
    world.make(&mut user).await;
    if resume.is_some() {
        let (changed, _) = scan(harness, resume).await;
        assert_eq!(changed, [user.known.expect("made")]);
    }
}

pub(super) async fn scan(
    harness: &dyn Harness,
    from: Option<crate::Cursor>,
) -> (Vec<Uuid>, Option<crate::Cursor>) {
    let mut found = Vec::new();
    let mut after = from;
    loop {
        let page = harness.connector().scan(after).await.expect("reachable");
        for item in page.items {
            let by_id = Selector {
                object: item.marker.unwrap_or_else(|| ObjectId::from_uuid(Uuid::nil())),
                kind: item.kind,
                external_id: Some(item.address.external_id),
                names: vec![],
                members: vec![],
            };
            let seen = harness.connector().observe(Lane::Bulk, &[by_id]).await.expect("reachable").remove(0);
            assert_eq!(seen.as_ref(), Some(&item), "a scan reports what an observation reports");
            found.push(item.address.external_id);
        }
        if page.next.is_none() {
            found.sort_unstable();
            return (found, page.resume);
        }
        after = page.next;
    }
}
