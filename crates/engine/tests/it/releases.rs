//! What is given back stays as it is, without our marker, and is nobody's any more.

use app::{
    App, AppError, Cause,
    adoption::{self, AdoptionDraft},
    error::Conflict,
};
use domain::{
    id::{AdoptionId, GroupId, RequestId, UserId},
    request::RequestState,
    spec::Attribute,
};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    adoption::{BOUND, CALLS_MAX, Old, markers, old, preview, run, state, survey, untouched},
    adoption_into::{Stage, adopted},
    gate::{Gate, Stop},
    world::World,
};

async fn whose(world: &World, logon: &str) -> (UserId, i64) {
    let row = world
        .db
        .rows(&format!("SELECT id, version FROM users WHERE logon_name = '{logon}' AND deleted_at IS NULL"))
        .await;
    let id = row[0]["id"].as_str().and_then(|id| id.parse::<Uuid>().ok()).expect("an id");
    (UserId::from_uuid(id), row[0]["version"].as_i64().expect("a version"))
}

async fn give_back(world: &World, app: &App, logon: &str) -> Result<RequestId, AppError> {
    let (id, version) = whose(world, logon).await;
    adoption::release_user(app, &world.root, id, version, &Cause::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_given_back_keeps_the_account_and_ends_here() {
    let stage = Stage::new("acme").await;
    let (world, engine) = (&stage.world, stage.world.engine());
    let account = stage.old.people[0];
    let before = untouched(stage.stored(account));
    let (id, version) = whose(world, "acme.p0").await;
    let preview = adoption::preview_user_release(&stage.app, &world.root, id).await.expect("a preview");
    assert_eq!((preview.plans.as_slice(), preview.kept.len()), (["basic".to_owned()].as_slice(), 0));
    assert_eq!(preview.left, ["Desk", "Members"]);
    assert!(preview.dn.is_some_and(|dn| dn.starts_with("CN=acme.P0,")));
    let refused = adoption::release_user(&stage.app, &world.root, id, version + 1, &Cause::default()).await;
    assert!(matches!(refused, Err(AppError::Conflict(Conflict::Stale { .. }))));
    let request = adoption::release_user(&stage.app, &world.root, id, version, &Cause::default())
        .await
        .expect("released");
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
    assert_eq!(stage.stored(account).marker, None);
    assert_eq!(untouched(stage.stored(account)), before, "the account is as it was");
    let all = world.reference.dump();
    assert!(all.values().all(|o| !o.members.contains(&account)), "no group of ours gives it anything");
    let ended = "SELECT count(*) AS n FROM fact WHERE kind = 'ended'";
    assert_eq!(world.number(ended).await, 1);
    assert_eq!(world.number("SELECT count(*) AS n FROM event WHERE code = 'user.released'").await, 1);
    let gone = format!(
        "SELECT count(*) AS n FROM users WHERE id = '{}' AND deleted_at IS NOT NULL AND purge_at IS NULL",
        id.uuid()
    );
    assert_eq!(world.number(&gone).await, 1);
    assert_eq!(stage.scan(&engine).await, Vec::<serde_json::Value>::new(), "nothing of ours differs");

    // It can be taken over again, with its names.
    let asked = survey(world, &stage.app, &engine).await;
    let draft = AdoptionDraft {
        container: stage.old.dn(world),
        into: Some("acme".to_owned()),
        ..AdoptionDraft::default()
    };
    let again = adoption::preview(&stage.app, &world.root, asked, &draft, &Cause::default())
        .await
        .expect("a preview");
    let request = run(world, &stage.app, again).await.expect("carried out");
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete);
    assert!(stage.stored(account).marker.is_some());
    assert_eq!(untouched(stage.stored(account)), before);
    assert_ne!(whose(world, "acme.p0").await.0, id, "somebody new");
    assert_eq!(stage.scan(&engine).await, Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_given_back_keeps_its_members_and_what_the_product_keeps_is_not_given() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    let acme = old(&world, "acme", 4);
    let asked = survey(&world, &app, &engine).await;
    let draft = AdoptionDraft {
        container: acme.dn(&world),
        code: "acme".to_owned(),
        name: "Acme".to_owned(),
        ..AdoptionDraft::default()
    };
    let id = adoption::preview(&app, &world.root, asked, &draft, &Cause::default()).await.expect("a preview");
    run(&world, &app, id).await.expect("carried out");
    world.drain(&engine).await;
    let before = state(&world, &acme);
    let group = async |name: &str| {
        let row = world.db.rows(&format!("SELECT id, version FROM user_group WHERE name = '{name}'")).await;
        let id = row[0]["id"].as_str().and_then(|id| id.parse::<Uuid>().ok()).expect("an id");
        (GroupId::from_uuid(id), row[0]["version"].as_i64().expect("a version"))
    };
    let (members, version) = group("Members").await;
    let kept = adoption::release_group(&app, &world.root, members, version, &Cause::default()).await;
    assert!(matches!(kept, Err(AppError::Conflict(Conflict::BuiltInGroup))));
    let (desk, version) = group("Desk").await;
    let request =
        adoption::release_group(&app, &world.root, desk, version, &Cause::default()).await.expect("released");
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
    assert_eq!(state(&world, &acme), before, "members and values stay");
    assert_eq!(world.reference.dump()[&acme.group].marker, None);
    let edges = "SELECT count(*) AS n FROM membership m JOIN user_group g ON g.object_id = m.group_object WHERE g.name = 'Desk'";
    assert_eq!(world.number(edges).await, 0, "nothing is wanted of its members");
    assert_eq!(world.number("SELECT count(*) AS n FROM event WHERE code = 'group.released'").await, 1);
}

async fn take_over(world: &World, app: &App, of: &Old) -> AdoptionId {
    let engine = world.engine();
    let asked = survey(world, app, &engine).await;
    let id = preview(world, app, asked, of).await.expect("a preview");
    run(world, app, id).await.expect("carried out");
    world.drain(&engine).await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adoption_is_taken_back_and_can_be_done_again() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    let acme = old(&world, "acme", 6);
    let before = state(&world, &acme);
    let id = take_over(&world, &app, &acme).await;
    let customer = adopted(&world, id).await;
    let counts = adoption::preview_release(&app, &world.root, id).await.expect("a preview");
    assert_eq!((counts.users, counts.groups, counts.containers, counts.removed), (6, 2, 2, 0), "{counts:?}");
    assert_eq!((counts.plans, counts.kept, counts.changed), (3, 0, false));
    let request = adoption::release(&app, &world.root, id, &Cause::default()).await.expect("taken back");
    let again = adoption::release(&app, &world.root, id, &Cause::default()).await.expect("again");
    assert_eq!(again, request, "once");
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
    assert_eq!(state(&world, &acme), before, "as it was, but that containers are closed");
    assert!(markers(&world, &acme).iter().all(Option::is_none));
    assert!(world.reference.dump().values().all(|o| o.marker.is_none()));
    let ended = format!(
        "SELECT count(*) AS n FROM fact s WHERE s.tenant_id = '{}' AND s.kind = 'ended'",
        customer.uuid()
    );
    assert_eq!(world.number(&ended).await, 3, "billed no more");
    let gone = format!(
        "SELECT count(*) AS n FROM tenant WHERE id = '{}' AND purged_at IS NOT NULL",
        customer.uuid()
    );
    assert_eq!(world.number(&gone).await, 1);
    assert_eq!(world.number("SELECT count(*) AS n FROM object WHERE wanted").await, 0);
    // A scan makes nothing of it ours, and the sweep removes nothing.
    let readers: Vec<_> = world.reference.dump().values().filter_map(|o| o.readers.clone()).collect();
    world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
    engine.scan(world.target).await.expect("a scan").expect("due");
    assert_eq!(world.number("SELECT count(*) AS n FROM finding WHERE object_id IS NOT NULL").await, 0);

    let second = take_over(&world, &app, &acme).await;
    assert_ne!(second, id);
    assert!(markers(&world, &acme).iter().all(Option::is_some));
    assert_eq!(state(&world, &acme), before);
    let after: Vec<_> = world.reference.dump().values().filter_map(|o| o.readers.clone()).collect();
    assert_eq!(after, readers, "the group of all people is the one that was left");
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adoption_of_which_something_changed_since_is_not_taken_back() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    let acme = old(&world, "acme", 2);
    let id = take_over(&world, &app, &acme).await;
    let (person, version) = whose(&world, "acme.p1").await;
    let patch = app::users::UserPatch { title: Some(Some("Boss".to_owned())), ..Default::default() };
    app::users::update(&app, &world.root, person, version, patch, &Cause::default()).await.expect("changed");
    world.drain(&engine).await;
    assert!(adoption::preview_release(&app, &world.root, id).await.expect("a preview").changed);
    let refused = adoption::release(&app, &world.root, id, &Cause::default()).await;
    assert!(matches!(refused, Err(AppError::Conflict(Conflict::ChangedSince))), "{refused:?}");
    assert!(markers(&world, &acme).iter().all(Option::is_some));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_were_linked_stay_when_an_adoption_is_taken_back() {
    let stage = Stage::new("acme").await;
    let (world, engine) = (&stage.world, stage.world.engine());
    let (dora, egon) = (stage.account("dora", "Pilot"), stage.account("egon", "Cook"));
    let (_, object) = stage.person("dora").await;
    world.drain(&engine).await;
    let asked = survey(world, &stage.app, &engine).await;
    let draft = AdoptionDraft {
        container: stage.old.dn(world),
        into: Some("acme".to_owned()),
        ..AdoptionDraft::default()
    };
    let id = adoption::preview(&stage.app, &world.root, asked, &draft, &Cause::default())
        .await
        .expect("a preview");
    run(world, &stage.app, id).await.expect("carried out");
    world.drain(&engine).await;
    let counts = adoption::preview_release(&stage.app, &world.root, id).await.expect("a preview");
    assert_eq!((counts.users, counts.kept, counts.changed), (1, 1, false), "{counts:?}");
    let request =
        adoption::release(&stage.app, &world.root, id, &Cause::default()).await.expect("taken back");
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
    assert_eq!((stage.stored(dora).marker, stage.stored(egon).marker), (Some(object), None));
    let there = "SELECT count(*) AS n FROM tenant WHERE code = 'acme' AND closed_at IS NULL";
    assert_eq!(world.number(there).await, 1, "the customer stays");
    assert_eq!(stage.scan(&engine).await, Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_at_any_call_of_a_release_leaves_nothing_of_ours_and_nothing_changed() {
    let world = World::new().await;
    let gate = Gate::new(world.reference.clone());
    let (app, engine) = (App::new(world.store.clone()), world.engine_with(gate.clone()));
    for stop in [Stop::Before, Stop::After] {
        let mut killed = 0;
        for call in 0..CALLS_MAX {
            let acme = old(&world, &format!("k{call}{}", stop as u8), 2);
            let before = state(&world, &acme);
            gate.open();
            let id = take_over(&world, &app, &acme).await;
            // One alone, then the rest cannot go with the whole.
            let request = if call % 2 == 0 {
                adoption::release(&app, &world.root, id, &Cause::default()).await.expect("taken back")
            } else {
                give_back(&world, &app, &format!("{}.p0", acme.code)).await.expect("released")
            };
            gate.stop_at(call, stop);
            let done = tokio::select! {
                () = world.drain(&engine) => true,
                () = gate.reached() => false,
            };
            gate.open();
            world.expire_leases().await;
            timeout(BOUND, world.drain(&engine)).await.expect("done");
            assert_eq!(world.state(request).await, RequestState::Complete, "{stop:?} {call}");
            let (after, marked) = (state(&world, &acme), markers(&world, &acme));
            if call % 2 == 0 {
                assert_eq!(after, before, "{stop:?} {call}");
                assert!(marked.iter().all(Option::is_none), "{stop:?} {call}");
            } else {
                let account = acme.people[0];
                assert_eq!(after[&account], before[&account], "{stop:?} {call}");
                assert_eq!(world.reference.dump()[&account].marker, None, "{stop:?} {call}");
                let named = after[&account].attributes.get(&Attribute::LogonName);
                assert!(named.is_some(), "{stop:?} {call}");
            }
            world.db.execute("DELETE FROM survey").await;
            if done && call % 2 == 0 {
                break;
            }
            killed += 1;
        }
        assert!(killed > 3, "a release takes more calls than {killed}");
    }
}
