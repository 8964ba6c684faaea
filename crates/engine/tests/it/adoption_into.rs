//! What somebody else made becomes part of a customer that exists: as new, or as what
//! its people and groups have been waiting for; and never by half.

use std::collections::BTreeMap;

use app::{
    App, AppError, Cause,
    adoption::{self, AdoptionDraft},
    error::Conflict,
    groups::{self, GroupDraft},
    people::PersonDraft,
    users,
};
use connector::reference::{Faults, Stored};
use domain::{
    adoption::{Fate, Reason, matching::Rule},
    id::{AdoptionId, ObjectId, RequestId, TenantId, UserId},
    person::Detail,
    request::RequestState,
    spec::{Attribute, ObjectKind},
};
use engine::Engine;
use store::adoptions::AdoptionItem;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    adoption::{BOUND, CALLS_MAX, Old, old, preview, run, survey, untouched},
    gate::{Gate, Stop},
    world::World,
};

/// A customer that was taken over before, and lives in the directory.
pub struct Stage {
    pub world: World,
    pub app: App,
    pub old: Old,
    pub customer: TenantId,
}

impl Stage {
    pub async fn new(code: &str) -> Self {
        let world = World::new().await;
        let (app, engine) = (App::new(world.store.clone()), world.engine());
        let old = old(&world, code, 2);
        let asked = survey(&world, &app, &engine).await;
        let id = preview(&world, &app, asked, &old).await.expect("a preview");
        run(&world, &app, id).await.expect("carried out");
        world.drain(&engine).await;
        let customer = adopted(&world, id).await;
        Self { world, app, old, customer }
    }

    /// Somebody makes something with other tools, in the customer's own container.
    pub fn foreign(&self, kind: ObjectKind, attributes: &[(Attribute, &str)]) -> Uuid {
        let attributes = attributes.iter().map(|(a, value)| (*a, (*value).to_owned())).collect();
        self.world.reference.insert_foreign(kind, Some(self.old.top), attributes).expect("a free name")
    }

    pub fn account(&self, name: &str, title: &str) -> Uuid {
        let upn = format!("{}@acme.test", name.to_uppercase());
        let shown = [
            (Attribute::Name, name),
            (Attribute::LogonName, name),
            (Attribute::PrincipalName, &upn),
            (Attribute::Title, title),
            (Attribute::Enabled, "true"),
            (Attribute::Detail(Detail::Mobile), "+45 2"),
        ];
        self.foreign(ObjectKind::User, &shown)
    }

    /// A person of the portal.
    pub async fn person(&self, name: &str) -> (UserId, ObjectId) {
        let draft = PersonDraft {
            given_name: name.to_owned(),
            surname: "Dahl".to_owned(),
            principal_name: Some(format!("{name}@acme.test")),
            logon_name: Some(name.to_owned()),
            title: Some("Clerk".to_owned()),
            enabled: true,
            ..PersonDraft::default()
        };
        let (drafts, cause) = ([draft], Cause::default());
        let made =
            users::create(&self.app, &self.world.root, self.customer, &drafts, false, None, &cause).await;
        let app::Answer::Done(made) = made.expect("a person") else { panic!("not asked before") };
        let user = &made.users[0].user;
        (user.id, user.account.as_ref().expect("an account").object)
    }

    async fn preview(&self, engine: &Engine, rules: &[&str], wins: &str) -> Result<AdoptionId, AppError> {
        let asked = survey(&self.world, &self.app, engine).await;
        let draft = AdoptionDraft {
            container: self.old.dn(&self.world),
            into: Some("acme".to_owned()),
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            wins: Some(wins.to_owned()),
            ..AdoptionDraft::default()
        };
        adoption::preview(&self.app, &self.world.root, asked, &draft, &Cause::default()).await
    }

    async fn items(&self, id: AdoptionId) -> BTreeMap<String, AdoptionItem> {
        let mut tx = self.world.store.read(&self.world.root).await.expect("reading");
        let items = tx.adoption_items(id, None, None, 100).await.expect("items");
        tx.finish().await.expect("reading");
        items.into_iter().map(|item| (item.name.clone(), item)).collect()
    }

    pub fn stored(&self, id: Uuid) -> Stored {
        self.world.reference.dump()[&id].clone()
    }

    async fn complete(&self, engine: &Engine, request: RequestId) {
        self.world.drain(engine).await;
        let problems = self.world.problems(request).await;
        assert_eq!(self.world.state(request).await, RequestState::Complete, "{problems:?}");
    }

    pub async fn scan(&self, engine: &Engine) -> Vec<serde_json::Value> {
        self.world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
        engine.scan(self.world.target).await.expect("a scan").expect("due");
        self.world.db.rows("SELECT kind, attribute, name, wanted, found FROM finding WHERE object_id IS NOT NULL AND state = 'open'").await
    }
}

pub async fn adopted(world: &World, id: AdoptionId) -> TenantId {
    let mut tx = world.store.read(&world.root).await.expect("reading");
    let (adoption, _) = tx.adoption(id).await.expect("the adoption");
    tx.finish().await.expect("reading");
    adoption.customer.expect("a customer")
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_groups_find_what_is_theirs_and_the_rest_becomes_new() {
    let stage = Stage::new("acme").await;
    let (world, engine) = (&stage.world, stage.world.engine());
    let (dora, egon) = (stage.account("dora", "Pilot"), stage.account("egon", "Cook"));
    let crew = stage
        .foreign(ObjectKind::Group, &[(Attribute::Name, "Old crew"), (Attribute::LogonName, "acme Crew")]);
    world.reference.tamper(crew, |group| group.members.extend([dora, egon]));
    let before: Vec<_> = [dora, egon, crew].map(|id| untouched(stage.stored(id))).into();
    let (person, object) = stage.person("dora").await;
    let draft = GroupDraft { name: "Crew".to_owned(), ..GroupDraft::default() };
    groups::create(&stage.app, &world.root, stage.customer, &draft, None, &Cause::default())
        .await
        .expect("a group");
    world.drain(&engine).await;
    let waiting = "SELECT count(*) AS n FROM external_object WHERE state = 'failed' AND problem->>'code' = 'name_taken'";
    assert_eq!(world.number(waiting).await, 2, "their names are taken by what is theirs");

    let id = stage.preview(&engine, &["principal_name", "logon_name"], "directory").await.expect("a preview");
    let items = stage.items(id).await;
    let dora_item = &items["dora"];
    assert_eq!((dora_item.fate, dora_item.rule), (Fate::Match, Some(Rule::PrincipalName)));
    assert_eq!(dora_item.subject, Some(person.uuid()));
    let title = dora_item.differences.iter().find(|d| d.field == "title").expect("a difference");
    assert_eq!((title.directory.as_deref(), title.portal.as_deref()), (Some("Pilot"), Some("Clerk")));
    assert_eq!((items["Old crew"].fate, items["Old crew"].rule), (Fate::Match, Some(Rule::LogonName)));
    assert_eq!(items["egon"].fate, Fate::Create);
    let request = run(world, &stage.app, id).await.expect("carried out");
    assert_eq!(run(world, &stage.app, id).await.expect("again"), request, "once");
    stage.complete(&engine, request).await;

    let after: Vec<_> = [dora, egon, crew].map(|id| untouched(stage.stored(id))).into();
    assert_eq!(after, before, "values, members, passwords and security ids stay");
    assert_eq!(stage.stored(dora).marker, Some(object), "the person's own object");
    assert!([egon, crew].iter().all(|id| stage.stored(*id).marker.is_some()));
    let row =
        world.db.rows(&format!("SELECT title, display_name FROM users WHERE id = '{}'", person.uuid())).await;
    assert_eq!((row[0]["title"].as_str(), row[0]["display_name"].as_str()), (Some("Pilot"), Some("dora")));
    let group = world.db.rows("SELECT name FROM user_group WHERE purpose = 'custom' ORDER BY name").await;
    assert_eq!(group.iter().filter_map(|g| g["name"].as_str()).collect::<Vec<_>>(), ["Old crew"]);
    let linked = "SELECT count(*) AS n FROM event WHERE code IN ('user.linked', 'group.linked')";
    assert_eq!(world.number(linked).await, 2);
    assert_eq!(world.number("SELECT count(*) AS n FROM adoption_item WHERE differences <> '[]'").await, 0);
    assert_eq!(stage.scan(&engine).await, Vec::<serde_json::Value>::new(), "nothing differs");

    // Everything is the customer's now.
    let again = stage.preview(&engine, &[], "directory").await.expect("a preview");
    assert!(stage.items(again).await.values().all(|i| i.reason == Some(Reason::AlreadyOurs)));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_portal_wins_the_account_becomes_what_the_person_is_and_stays_where_it_lies() {
    let stage = Stage::new("acme").await;
    let (world, engine) = (&stage.world, stage.world.engine());
    let dora = stage.account("dora", "Pilot");
    world
        .reference
        .tamper(dora, |account| drop(account.attributes.insert(Attribute::Name, "Dora, once".to_owned())));
    let before = stage.stored(dora);
    let (person, object) = stage.person("dora").await;
    world.drain(&engine).await;
    let id = stage.preview(&engine, &["principal_name"], "portal").await.expect("a preview");
    let request = run(world, &stage.app, id).await.expect("carried out");
    stage.complete(&engine, request).await;
    let after = stage.stored(dora);
    assert_eq!(after.marker, Some(object));
    assert_eq!(
        (after.security_id.clone(), after.parent),
        (before.security_id, before.parent),
        "the same account"
    );
    assert_eq!(after.attributes[&Attribute::Title], "Clerk");
    assert_eq!(after.attributes[&Attribute::PrincipalName], "dora@acme.test");
    assert!(
        !after.attributes.contains_key(&Attribute::Detail(Detail::Mobile)),
        "what nobody knows is cleared"
    );
    let row =
        world.db.rows(&format!("SELECT title, version FROM users WHERE id = '{}'", person.uuid())).await;
    assert_eq!((row[0]["title"].as_str(), row[0]["version"].as_i64()), (Some("Clerk"), Some(1)));
    assert_eq!(stage.scan(&engine).await, Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_clear_is_a_conflict_and_nobody_else_is_told_of() {
    let stage = Stage::new("acme").await;
    let (world, engine) = (&stage.world, stage.world.engine());
    // Two accounts with the number of one person; one whose mail is that of somebody linked.
    for (name, number) in [("one", "77"), ("two", "77")] {
        let id = stage.account(name, "x");
        world.reference.tamper(id, |a| {
            drop(a.attributes.insert(Attribute::Detail(Detail::EmployeeId), number.to_owned()));
        });
    }
    let third = stage.account("three", "x");
    world.reference.tamper(third, |a| drop(a.attributes.insert(Attribute::Mail, "p0@acme.test".to_owned())));
    world.db.execute("UPDATE users SET mail = 'p0@acme.test' WHERE logon_name = 'acme.p0'").await;
    stage.person("dora").await;
    world
        .db
        .execute("UPDATE users SET details = '{\"employee_id\": \"77\"}' WHERE logon_name = 'dora'")
        .await;
    // Of another customer, lying in this one's container.
    let other = stage.account("strange", "x");
    let elsewhere = world.order("other", 1, domain::request::Lane::Bulk).await;
    world.drain(&engine).await;
    world
        .db
        .execute(&format!(
            "UPDATE external_object SET external_id = '{other}' WHERE object_id = '{}'",
            elsewhere.people[0].object.uuid()
        ))
        .await;
    let id = stage.preview(&engine, &[], "directory").await.expect("a preview");
    let items = stage.items(id).await;
    let reason = |name: &str| items[name].reason;
    assert_eq!(
        (reason("one"), reason("two")),
        (Some(Reason::SeveralCandidates), Some(Reason::SeveralCandidates))
    );
    assert_eq!(reason("three"), Some(Reason::LinkedElsewhere));
    assert_eq!(reason("strange"), Some(Reason::OtherCustomer));
    assert!(items["strange"].args.is_empty() && items["strange"].subject.is_none(), "nothing of whose it is");
    let refused = run(world, &stage.app, id).await;
    assert!(matches!(refused, Err(AppError::Conflict(Conflict::AdoptionConflicts))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_at_any_call_leaves_nobody_half_linked() {
    let stage = Stage::new("acme").await;
    let world = &stage.world;
    let gate = Gate::new(world.reference.clone());
    let engine = world.engine_with(gate.clone());
    for (wins, stop) in [("directory", Stop::Before), ("portal", Stop::After), ("portal", Stop::Before)] {
        let mut killed = 0;
        for call in 0..CALLS_MAX {
            let name = format!("k{call}{wins}{}", stop as u8);
            let (theirs, new) = (stage.account(&name, "Pilot"), stage.account(&format!("n{name}"), "Cook"));
            let before = (untouched(stage.stored(theirs)), untouched(stage.stored(new)));
            gate.open();
            let (person, object) = stage.person(&name).await;
            world.drain(&engine).await;
            let id = stage.preview(&engine, &["principal_name"], wins).await.expect("a preview");
            let request = run(world, &stage.app, id).await.expect("carried out");
            gate.stop_at(call, stop);
            let done = tokio::select! {
                () = world.drain(&engine) => true,
                () = gate.reached() => false,
            };
            gate.open();
            world.expire_leases().await;
            timeout(BOUND, world.drain(&engine)).await.expect("done");
            assert_eq!(world.state(request).await, RequestState::Complete, "{wins} {stop:?} {call}");
            let (account, made) = (stage.stored(theirs), stage.stored(new));
            assert_eq!(account.marker, Some(object), "{wins} {stop:?} {call}");
            assert!(made.marker.is_some() && untouched(made) == before.1, "{wins} {stop:?} {call}");
            assert_eq!(account.security_id, before.0.security_id);
            let title = if wins == "portal" { "Clerk" } else { "Pilot" };
            assert_eq!(account.attributes[&Attribute::Title], title, "{wins} {stop:?} {call}");
            if wins == "directory" {
                assert_eq!(untouched(account), before.0, "{stop:?} {call}");
            }
            let known = format!(
                "SELECT count(*) AS n FROM users WHERE id = '{}' AND title = '{title}'",
                person.uuid()
            );
            assert_eq!(world.number(&known).await, 1, "{wins} {stop:?} {call}");
            world.db.execute("DELETE FROM survey").await;
            if done {
                break;
            }
            killed += 1;
        }
        assert!(killed > 3, "an adoption takes more calls than {killed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_any_statement_of_a_run_leaves_everything_as_it_was() {
    let stage = Stage::new("acme").await;
    let (world, engine) = (&stage.world, stage.world.engine());
    stage.account("dora", "Pilot");
    stage.account("egon", "Cook");
    let (person, _) = stage.person("dora").await;
    world.drain(&engine).await;
    let id = stage.preview(&engine, &["principal_name"], "directory").await.expect("a preview");
    let state = "SELECT (SELECT count(*) FROM users) * 1000000 + (SELECT sum(version) FROM users) * 1000
        + (SELECT sum(generation) FROM object) AS n";
    let before = world.number(state).await;
    // As if the process died, or the disk was full, at each table the run writes.
    for table in
        ["reserved_name", "object", "external_object", "users", "membership", "adoption", "event", "request"]
    {
        world
            .db
            .execute(&format!(
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
                 CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION broken();"
            ))
            .await;
        let failed = run(world, &stage.app, id).await;
        assert!(failed.is_err(), "{table}: {failed:?}");
        world.db.execute(&format!("DROP TRIGGER broken ON {table}; DROP FUNCTION broken()")).await;
        assert_eq!(world.number(state).await, before, "{table}");
    }
    let request = run(world, &stage.app, id).await.expect("carried out");
    stage.complete(&engine, request).await;
    let title = format!("SELECT count(*) AS n FROM users WHERE id = '{}' AND title = 'Pilot'", person.uuid());
    assert_eq!(world.number(&title).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_on_the_way_everybody_is_linked_in_the_end() {
    let stage = Stage::new("acme").await;
    let (world, engine) = (&stage.world, stage.world.engine());
    for seed in 0..4 {
        let wins = if seed % 2 == 0 { "directory" } else { "portal" };
        let name = format!("f{seed}");
        let theirs = stage.account(&name, "Pilot");
        let (_, object) = stage.person(&name).await;
        world.drain(&engine).await;
        world.reference.set_faults(Faults::random(seed, 150));
        let id = stage.preview(&engine, &["principal_name"], wins).await.expect("a preview");
        let request = run(world, &stage.app, id).await.expect("carried out");
        world.drain(&engine).await;
        world.reference.set_faults(Faults::none());
        assert_eq!(world.state(request).await, RequestState::Complete, "seed {seed}");
        assert_eq!(stage.stored(theirs).marker, Some(object), "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_stale_when_the_directory_the_placement_or_the_people_are_not_what_they_were() {
    let stage = Stage::new("acme").await;
    let (world, engine) = (&stage.world, stage.world.engine());
    stage.account("dora", "Pilot");
    let (person, _) = stage.person("dora").await;
    world.drain(&engine).await;
    let fresh = async || stage.preview(&engine, &["principal_name"], "directory").await.expect("a preview");
    let stale = async |id, why: &str| {
        let refused = run(world, &stage.app, id).await;
        assert!(matches!(refused, Err(AppError::Conflict(Conflict::PreviewStale))), "{why}: {refused:?}");
    };
    // Somebody wrote something else of the person.
    let id = fresh().await;
    world.db.execute(&format!("UPDATE users SET title = 'Boss' WHERE id = '{}'", person.uuid())).await;
    stale(id, "the person").await;
    // The customer's place is another.
    let id = fresh().await;
    let folder = "SELECT folder_object::text AS f FROM tenant WHERE code = 'acme'";
    let folder = world.db.rows(folder).await[0]["f"].as_str().expect("a folder").to_owned();
    world.db.execute("UPDATE tenant SET folder_object = (SELECT id FROM object WHERE kind = 'container' AND entity_kind = 'unit' LIMIT 1) WHERE code = 'acme'").await;
    stale(id, "the container").await;
    world.db.execute(&format!("UPDATE tenant SET folder_object = '{folder}' WHERE code = 'acme'")).await;
    // The directory is somebody else's, or for somebody else.
    let id = fresh().await;
    let owner = "SELECT tenant_id::text AS t FROM target";
    let owner = world.db.rows(owner).await[0]["t"].as_str().expect("an owner").to_owned();
    world.db.execute("UPDATE target SET tenant_id = (SELECT id FROM tenant WHERE code = 'acme')").await;
    stale(id, "the owner").await;
    world.db.execute(&format!("UPDATE target SET tenant_id = '{owner}'")).await;
    world.db.execute("UPDATE tenant SET target_id = NULL WHERE code = 'acme'").await;
    stale(id, "the placement").await;
    world.db.execute("UPDATE tenant SET target_id = (SELECT id FROM target) WHERE code = 'acme'").await;
    let request = run(world, &stage.app, id).await.expect("as it was shown");
    stage.complete(&engine, request).await;
}
