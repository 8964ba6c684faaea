//! What somebody else made becomes ours: marked, closed, and otherwise as it was.

use std::collections::BTreeMap;

use app::{
    App, AppError, Cause,
    adoption::{self, AdoptionDraft},
    error::Conflict,
    users::UserPatch,
};
use connector::reference::{Faults, Stored};
use domain::{
    id::{AdoptionId, ObjectId, RequestId, SurveyId},
    person::Detail,
    request::RequestState,
    spec::{Attribute, ObjectKind},
};
use engine::Engine;
use tokio::time::{Duration, timeout};
use uuid::Uuid;

use crate::{
    gate::{Gate, Stop},
    world::World,
};

/// More calls than any of these adoptions needs.
pub const CALLS_MAX: u64 = 80;
pub const BOUND: Duration = Duration::from_secs(30);

/// A customer as another tool made it: a container with one within, people in
/// both, a group with some of them.
pub struct Old {
    pub code: String,
    pub top: Uuid,
    pub inner: Uuid,
    pub group: Uuid,
    pub people: Vec<Uuid>,
}

impl Old {
    pub fn all(&self) -> impl Iterator<Item = Uuid> + '_ {
        [self.top, self.inner, self.group].into_iter().chain(self.people.iter().copied())
    }

    pub fn dn(&self, world: &World) -> String {
        world.reference.address(self.top).expect("it is there").dn
    }
}

pub fn old(world: &World, code: &str, people: usize) -> Old {
    let make = |kind, parent, attributes: &[(Attribute, &str)]| {
        let attributes = attributes.iter().map(|(a, value)| (*a, (*value).to_owned())).collect();
        world.reference.insert_foreign(kind, parent, attributes).expect("a free name")
    };
    let name = format!("{} Ltd", code.to_uppercase());
    let top = make(ObjectKind::Container, None, &[(Attribute::Name, &name)]);
    let described = [(Attribute::Name, "Staff"), (Attribute::Description, "All of them")];
    let inner = make(ObjectKind::Container, Some(top), &described);
    let logon = format!("{code}-desk");
    let group =
        make(ObjectKind::Group, Some(inner), &[(Attribute::Name, "Desk"), (Attribute::LogonName, &logon)]);
    let people: Vec<_> = (0..people)
        .map(|n| {
            let (logon, upn) = (format!("{code}.P{n}"), format!("P{n}@{code}.test"));
            let shown = [
                (Attribute::Name, logon.as_str()),
                (Attribute::LogonName, &logon),
                (Attribute::PrincipalName, &upn),
                (Attribute::Enabled, if n % 5 == 4 { "false" } else { "true" }),
                (Attribute::Detail(Detail::Mobile), "+45 1 "),
            ];
            make(ObjectKind::User, Some(if n % 2 == 0 { inner } else { top }), &shown)
        })
        .collect();
    world.reference.tamper(group, |group| group.members.extend(people.iter().step_by(2)));
    Old { code: code.to_owned(), top, inner, group, people }
}

pub async fn survey(world: &World, app: &App, engine: &Engine) -> SurveyId {
    let asked = adoption::survey(app, &world.root, "dc1", None, &Cause::default()).await.expect("asked for");
    for _ in 0..200 {
        if engine.survey(world.target).await.expect("the database") {
            return asked;
        }
        engine.probe(world.target).await.expect("a probe");
        world.clock.skip(Duration::from_secs(1));
    }
    panic!("the survey never ended")
}

pub async fn preview(world: &World, app: &App, survey: SurveyId, old: &Old) -> Result<AdoptionId, AppError> {
    let draft = AdoptionDraft {
        container: old.dn(world),
        code: old.code.clone(),
        name: format!("{} from elsewhere", old.code),
        plans: [("desk".to_owned(), "basic".to_owned())].into(),
        ..AdoptionDraft::default()
    };
    adoption::preview(app, &world.root, survey, &draft, &Cause::default()).await
}

pub async fn run(world: &World, app: &App, id: AdoptionId) -> Result<RequestId, AppError> {
    adoption::run(app, &world.root, id, false, &Cause::default()).await
}

/// What of an object is not ours to change.
pub fn untouched(mut stored: Stored) -> Stored {
    (stored.marker, stored.readers, stored.changed) = (None, None, 0);
    stored
}

pub fn state(world: &World, old: &Old) -> BTreeMap<Uuid, Stored> {
    let all = world.reference.dump();
    old.all().filter_map(|id| Some((id, untouched(all.get(&id)?.clone())))).collect()
}

pub fn markers(world: &World, old: &Old) -> Vec<Option<ObjectId>> {
    let all = world.reference.dump();
    old.all().map(|id| all[&id].marker).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_is_taken_over_as_it_is_and_works_like_everything_else() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    let (acme, other) = (old(&world, "acme", 12), old(&world, "other", 2));
    let before = (state(&world, &acme), state(&world, &other));
    let asked = survey(&world, &app, &engine).await;
    let id = preview(&world, &app, asked, &acme).await.expect("a preview");
    assert_eq!(state(&world, &acme), before.0, "a preview changes nothing");
    assert_eq!(world.number("SELECT count(*) AS n FROM tenant WHERE code = 'acme'").await, 0);
    let request = run(&world, &app, id).await.expect("carried out");
    assert_eq!(run(&world, &app, id).await.expect("again"), request, "once");
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);

    assert_eq!(state(&world, &acme), before.0, "attributes, members, passwords and ids stay");
    assert!(markers(&world, &acme).iter().all(Option::is_some));
    assert_eq!(state(&world, &other), before.1);
    assert!(markers(&world, &other).iter().all(Option::is_none), "nobody else's is touched");
    let all = world.reference.dump();
    let members =
        all.values().find(|o| o.attributes.get(&Attribute::Name).is_some_and(|n| n == "acme Members"));
    let members = members.expect("the group of all people");
    assert_eq!(members.members, acme.people.iter().copied().collect());
    for container in [acme.top, acme.inner] {
        assert_eq!(all[&container].readers, Some(vec![members.security_id.clone().expect("a group")]));
    }
    assert_eq!(world.number("SELECT count(*) AS n FROM activation").await, 0, "nobody gets a link");
    let started = "SELECT count(*) AS n FROM fact WHERE kind = 'started'";
    assert_eq!(world.number(started).await, 6, "whoever is in the group of a plan has it");
    world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
    let scanned = engine.scan(world.target).await.expect("a scan").expect("due");
    let ours = "SELECT count(*) AS n FROM finding WHERE object_id IS NOT NULL";
    assert_eq!(world.number(ours).await, 0, "{scanned:?}: nothing differs");

    // Taken over again: everything is ours.
    let again = survey(&world, &app, &engine).await;
    let refused = preview(&world, &app, again, &Old { code: "acme2".to_owned(), ..acme }).await;
    assert!(matches!(refused, Err(AppError::Invalid(errors)) if errors[0].args["reason"] == "already_ours"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_services_say_of_those_who_get_a_plan_comes_true_and_nothing_else_does() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    let acme = old(&world, "acme", 5);
    let definition = r#"{"attributes": {"profile_path": "\\\\{server}\\p\\{logon_name}"}, "properties": {"server": {"default": "files1"}}}"#;
    world.db.execute(&format!("UPDATE service SET definition = '{definition}'")).await;
    world.db.execute("UPDATE tenant SET naming_pattern = '{surname}.{given}'").await;
    let before = state(&world, &acme);
    let asked = survey(&world, &app, &engine).await;
    let id = preview(&world, &app, asked, &acme).await.expect("a preview");
    let told = world.number("SELECT (counts->>'by_services')::bigint AS n FROM adoption").await;
    assert_eq!(told, 3, "whoever is in the group of the plan");
    let request = run(&world, &app, id).await.expect("carried out");
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
    let path = Attribute::Detail(Detail::ProfilePath);
    let mut after = state(&world, &acme);
    let set = |(_, stored): (_, &mut Stored)| stored.attributes.remove(&path);
    let paths: Vec<_> = after.iter_mut().filter_map(set).collect();
    assert_eq!(paths.len(), 3, "{paths:?}");
    assert!(paths.iter().all(|path| path.starts_with(r"\\files1\p\")), "{paths:?}");
    assert_eq!(after, before);
    let pattern = world.db.rows("SELECT naming_pattern FROM tenant WHERE code = 'acme'").await;
    assert_eq!(pattern[0]["naming_pattern"], "{surname}.{given}", "the seller's");
    // It can still be taken back as a whole.
    let back = app::adoption::release(&app, &world.root, id, &Cause::default()).await.expect("given back");
    world.drain(&engine).await;
    assert_eq!(world.state(back).await, RequestState::Complete, "{:?}", world.problems(back).await);
    assert!(markers(&world, &acme).iter().all(Option::is_none));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_whom_and_who_owns_what_stays_as_it_is_and_is_ours_where_it_can_be() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    let acme = old(&world, "acme", 5);
    let make = |name: &str| {
        let shown = [(Attribute::Name, name.to_owned()), (Attribute::LogonName, name.to_owned())];
        world.reference.insert_foreign(ObjectKind::User, None, shown.into()).expect("a free name")
    };
    let stranger = make("stranger");
    let refer = |whose: Uuid, attribute, whom: Uuid| {
        world.reference.tamper(whose, |o| drop(o.attributes.insert(attribute, whom.to_string())));
    };
    // Two manage each other, one is managed by one of them, one by nobody of ours.
    for (whose, whom) in [(0, 1), (1, 0), (2, 0)] {
        refer(acme.people[whose], Attribute::Manager, acme.people[whom]);
    }
    refer(acme.people[3], Attribute::Manager, stranger);
    refer(acme.group, Attribute::Owner, acme.people[2]);
    let before = state(&world, &acme);
    let asked = survey(&world, &app, &engine).await;
    let draft = AdoptionDraft {
        container: acme.dn(&world),
        code: "acme".to_owned(),
        name: "Acme".to_owned(),
        ..AdoptionDraft::default()
    };
    let cause = Cause::default();
    let id = adoption::preview(&app, &world.root, asked, &draft, &cause).await.expect("a preview");
    let request = run(&world, &app, id).await.expect("carried out");
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
    assert_eq!(state(&world, &acme), before, "taken over as it is");
    assert_eq!(world.number("SELECT count(manager_id) AS n FROM users").await, 2, "no circle");
    assert_eq!(world.number("SELECT count(*) AS n FROM group_owner").await, 1);
    let scan = async || {
        world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
        engine.scan(world.target).await.expect("a scan").expect("due");
        world.number("SELECT count(*) AS n FROM finding WHERE object_id IS NOT NULL AND state = 'open'").await
    };
    assert_eq!(scan().await, 0, "{:?}", world.db.rows("SELECT * FROM finding").await);

    // Whatever else is changed of them, that stays.
    let users = world
        .db
        .rows("SELECT u.id, x.external_id FROM users u JOIN external_object x USING (object_id)")
        .await;
    let user = |n: usize| {
        let row =
            users.iter().find(|row| row["external_id"] == acme.people[n].to_string()).expect("taken over");
        domain::id::UserId::from_uuid(crate::world::uuid_of(&row["id"]))
    };
    let update = async |n: usize, patch: UserPatch| {
        let query = format!("SELECT version AS n FROM users WHERE id = '{}'", user(n).uuid());
        let version = world.number(&query).await;
        app::users::update(&app, &world.root, user(n), version, patch, &Cause::default())
            .await
            .expect("changed");
        world.drain(&engine).await;
    };
    let shown =
        |n: usize| world.reference.dump()[&acme.people[n]].attributes.get(&Attribute::Manager).cloned();
    let managers: Vec<_> = (0..5).map(shown).collect();
    for n in 0..5 {
        update(n, UserPatch { title: Some(Some("Captain".to_owned())), ..UserPatch::default() }).await;
    }
    assert_eq!((0..5).map(shown).collect::<Vec<_>>(), managers);
    assert_eq!(scan().await, 0);
    // From the first manager on it is ours.
    for manager in [Some(user(0).to_string()), None] {
        let expected = manager.as_ref().map(|_| acme.people[0].to_string());
        update(3, UserPatch { manager: Some(manager), ..UserPatch::default() }).await;
        assert_eq!(shown(3), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_the_survey_is_told_and_never_changed_back() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    let acme = old(&world, "acme", 4);
    let asked = survey(&world, &app, &engine).await;
    let id = preview(&world, &app, asked, &acme).await.expect("a preview");
    let (renamed, gone) = (acme.people[0], acme.people[1]);
    world.reference.tamper(renamed, |o| drop(o.attributes.insert(Attribute::Title, "Captain".to_owned())));
    world.reference.remove(gone).expect("deleted");
    let request = run(&world, &app, id).await.expect("carried out");
    world.drain(&engine).await;
    assert_eq!(world.problems(request).await, ["gone", "member_missing"], "what is gone is not made anew");
    assert!(!world.reference.dump().contains_key(&gone));
    assert_eq!(world.reference.dump()[&renamed].attributes[&Attribute::Title], "Captain");
    world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
    engine.scan(world.target).await.expect("a scan").expect("due");
    let told = "SELECT count(*) AS n FROM finding WHERE object_id IS NOT NULL AND attribute = 'title'";
    assert_eq!(world.number(told).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_that_is_not_true_any_more_changes_nothing() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    let acme = old(&world, "acme", 3);
    let asked = survey(&world, &app, &engine).await;
    let (first, second) = (
        preview(&world, &app, asked, &acme).await.expect("a preview"),
        preview(&world, &app, asked, &acme).await.expect("another"),
    );
    run(&world, &app, first).await.expect("carried out");
    let tenants = "SELECT count(*) AS n FROM tenant";
    let before = world.number(tenants).await;
    let refused = run(&world, &app, second).await;
    assert!(matches!(refused, Err(AppError::Conflict(Conflict::PreviewStale))), "{refused:?}");
    assert_eq!(world.number(tenants).await, before);
    world.drain(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_at_any_call_of_an_adoption_leaves_nothing_undone_and_nothing_changed() {
    let world = World::new().await;
    let gate = Gate::new(world.reference.clone());
    let (app, engine) = (App::new(world.store.clone()), world.engine_with(gate.clone()));
    for stop in [Stop::Before, Stop::After] {
        let mut killed = 0;
        for call in 0..CALLS_MAX {
            let acme = old(&world, &format!("k{call}{}", stop as u8), 2);
            let before = state(&world, &acme);
            gate.open();
            let asked = survey(&world, &app, &engine).await;
            let id = preview(&world, &app, asked, &acme).await.expect("a preview");
            let request = run(&world, &app, id).await.expect("carried out");
            gate.stop_at(call, stop);
            let done = tokio::select! {
                () = world.drain(&engine) => true,
                () = gate.reached() => false,
            };
            gate.open();
            world.expire_leases().await;
            timeout(BOUND, world.drain(&engine)).await.expect("done");
            assert_eq!(world.state(request).await, RequestState::Complete, "{stop:?} {call}");
            assert_eq!(state(&world, &acme), before, "{stop:?} {call}");
            assert!(markers(&world, &acme).iter().all(Option::is_some), "{stop:?} {call}");
            world.db.execute("DELETE FROM survey").await;
            if done {
                break;
            }
            killed += 1;
        }
        assert!(killed > 5, "an adoption takes more calls than {killed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_on_the_way_everything_is_taken_over_and_nothing_is_changed() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    for seed in 0..6 {
        let acme = old(&world, &format!("r{seed}x"), 20);
        let before = state(&world, &acme);
        world.reference.set_faults(Faults::random(seed, 200));
        let asked = survey(&world, &app, &engine).await;
        let id = preview(&world, &app, asked, &acme).await.expect("a preview");
        let request = run(&world, &app, id).await.expect("carried out");
        world.drain(&engine).await;
        assert!(world.reference.operations() > 5, "there were faults to meet");
        world.reference.set_faults(Faults::none());
        assert_eq!(world.state(request).await, RequestState::Complete, "seed {seed}");
        assert_eq!(state(&world, &acme), before, "seed {seed}");
        assert!(markers(&world, &acme).iter().all(Option::is_some), "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_survey_that_is_cut_off_begins_anew_and_one_outside_of_the_folder_is_refused() {
    let world = World::new().await;
    let (app, engine) = (App::new(world.store.clone()), world.engine());
    // Several pages.
    let acme = old(&world, "acme", 2_300);
    world.reference.set_faults(Faults::at([(1, connector::reference::Fault::Unreachable)]));
    let cause = Cause::default();
    adoption::survey(&app, &world.root, "dc1", None, &cause).await.expect("asked for");
    assert!(!engine.survey(world.target).await.expect("cut off"));
    let half = world.number("SELECT count(*) AS n FROM survey_object").await;
    assert_eq!(half, 1_000);
    world.reference.set_faults(Faults::none());
    assert!(engine.survey(world.target).await.expect("a survey"));
    assert!(!engine.survey(world.target).await.expect("nothing to do"));
    let all = i64::try_from(acme.all().count()).expect("few");
    assert_eq!(world.number("SELECT count(*) AS n FROM survey_object").await, all);
    assert_eq!(world.number("SELECT seen AS n FROM survey WHERE state = 'done'").await, all);
    let groups = "SELECT count(*) AS n FROM survey_object WHERE member_of <> '{}'";
    assert_eq!(world.number(groups).await, 1_150);

    let outside = Some("OU=Elsewhere,DC=reference,DC=test");
    adoption::survey(&app, &world.root, "dc1", outside, &cause).await.expect("asked for");
    assert!(engine.survey(world.target).await.expect("a survey"));
    let refused =
        "SELECT count(*) AS n FROM survey WHERE state = 'failed' AND problem->>'code' = 'outside_folder'";
    assert_eq!(world.number(refused).await, 1);
    let inner = world.reference.address(acme.inner).expect("there").dn;
    adoption::survey(&app, &world.root, "dc1", Some(&inner), &cause).await.expect("asked for");
    assert!(engine.survey(world.target).await.expect("a survey"));
    assert_eq!(world.number("SELECT max(seen) AS n FROM survey WHERE base_dn IS NOT NULL").await, 1_152);

    // What is too old is forgotten with all it saw.
    world.clock.skip(Duration::from_secs(73 * 3_600));
    let store = store::engine::EngineStore::open(
        &store::Settings { database: world.db.owner().clone(), connections: 2 },
        world.keys.clone(),
        world.clock.clone(),
    );
    assert_eq!(store.sweep().await.expect("a sweep").surveys, 3);
    assert_eq!(world.number("SELECT count(*) AS n FROM survey_object").await, 0);
}
