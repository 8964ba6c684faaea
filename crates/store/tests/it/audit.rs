//! Every change is told, with before and after, and no name of a person in it.

use std::collections::BTreeMap;

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use domain::{id::TenantId, plan::Secret, request::Lane, tenant::Status};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row as _};
use store::{
    APP_ROLE, AUTH_ROLE, ENGINE_ROLE, StoreError,
    activations::Purpose,
    groups::GroupPurpose,
    objects::{Entity, NewObject},
    tenants::TenantChange,
    tx::{Cause, act},
    users::UserChange,
};
use uuid::Uuid;

use crate::world::{Estate, World, container, new_group};

/// A new instant, so that what is written at it can be told from the rest.
fn tick(world: &World) {
    world.clock.advance(SignedDuration::from_secs(1));
}

/// What was written at the present instant: code, target and changes, by code.
async fn told(world: &World) -> Vec<(String, String, Value)> {
    use domain::clock::Clock as _;
    let mut owner = world.owner().await;
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT code, target_id, change FROM event WHERE occurred_at = '{}' ORDER BY code, id",
        world.clock.now()
    )))
    .fetch_all(&mut owner)
    .await
    .expect("reading events");
    rows.into_iter().map(|r| (r.get("code"), r.get("target_id"), r.get("change"))).collect()
}

fn codes(events: &[(String, String, Value)]) -> BTreeMap<&str, usize> {
    let mut codes = BTreeMap::new();
    for (code, ..) in events {
        *codes.entry(code.as_str()).or_default() += 1;
    }
    codes
}

#[tokio::test]
async fn an_order_tells_of_everything_it_made() {
    let estate = Estate::new().await;
    tick(&estate.world);
    let made = estate.world.order(&estate.north, "a9", &[("Ada", "Vogelfrei"), ("Ole", "Wippsteert")]).await;
    let events = told(&estate.world).await;
    let expected = [
        ("customer.created", 1),
        ("group.created", 2),
        ("order.placed", 1),
        ("plan.assigned", 2),
        ("role.granted", 1),
        ("user.created", 2),
    ];
    assert_eq!(codes(&events), BTreeMap::from(expected));
    let (_, target, change) = &events[0];
    assert_eq!(target, &made.id.to_string());
    assert_eq!(change[0], json!({ "field": "code", "before": null, "after": "a9" }));
    let mut owner = estate.world.owner().await;
    let row = sqlx::query("SELECT * FROM event WHERE code = 'order.placed' AND request_id = $1")
        .bind(made.request.uuid())
        .fetch_one(&mut owner)
        .await
        .expect("the event of the order belongs to its request");
    assert_eq!(row.get::<Uuid, _>("actor_id"), estate.north.admin.user().uuid());
    assert_eq!(row.get::<Uuid, _>("tenant_id"), estate.north.id.uuid(), "the seller's log");
    assert_eq!(row.get::<Value, _>("authority")["policies"], json!(["order-create"]));
    let cause: Value = row.get("cause");
    assert_eq!((&cause["trace"], &cause["idempotency_key"]), (&json!("trace-1"), &json!("key-1")));
}

#[tokio::test]
async fn changes_are_told_field_by_field() {
    let estate = Estate::new().await;
    let (world, store) = (&estate.world, &estate.world.store);
    tick(world);
    let mut tx = store.write(&world.root).await.expect("writing");
    let tenant = tx.tenant(estate.a1.id).await.expect("the customer");
    let permit = tx.permit::<act::TenantUpdate>(&tenant).expect("may");
    let change = TenantChange {
        name: Some("New Name".to_owned()),
        billing_id: Some(Some("4711".to_owned())),
        ..TenantChange::default()
    };
    tx.update_tenant(&permit, None, &change).await.expect("changing");
    let permit = tx.permit::<act::TenantSuspend>(&tenant).expect("may");
    tx.set_status(&permit, Status::Suspended).await.expect("suspending");
    tx.set_status(&permit, Status::Active).await.expect("resuming");
    tx.commit(&Cause::default()).await.expect("committing");
    let events = told(world).await;
    assert_eq!(
        codes(&events),
        BTreeMap::from([("tenant.resumed", 1), ("tenant.suspended", 1), ("tenant.updated", 1)])
    );
    let fields = json!([
        { "field": "name", "before": "A1 Ltd", "after": "New Name" },
        { "field": "billing_id", "before": null, "after": "4711" },
    ]);
    assert_eq!(events[2].2, fields, "what stays is not told");
    assert_eq!(events[1].2, json!([{ "field": "status", "before": "active", "after": "suspended" }]));
}

#[tokio::test]
async fn every_act_on_a_person_is_told() {
    let estate = Estate::new().await;
    let (world, store, person) = (&estate.world, &estate.world.store, &estate.a1.people[1]);
    let a1 = estate.a1.id;
    tick(world);
    let mut tx = store.write(&estate.a1.admin).await.expect("writing");
    let (user, permit) = tx.account::<act::UserUpdate>(person.id).await.expect("the account");
    let change = UserChange { enabled: Some(false), ..UserChange::default() };
    let user = tx.update_user(&permit, &user, None, &change).await.expect("disabling");
    let change = UserChange { enabled: Some(true), ..UserChange::default() };
    let user = tx.update_user(&permit, &user, None, &change).await.expect("enabling");
    let change = UserChange { title: Some(Some("Chief Juggler".to_owned())), ..UserChange::default() };
    let user = tx.update_user(&permit, &user, None, &change).await.expect("changing");
    tx.update_user(&permit, &user, None, &change).await.expect("changing nothing");
    tx.insert_grants(a1, &[person.id], ("user_administrator", 1)).await.expect("a role");
    tx.issue_links(a1, &[person.id], Purpose::Reset).await.expect("a link");
    tx.issue_links(a1, &[person.id], Purpose::Activation).await.expect("another first link");
    tx.note_members(a1, estate.a1.group, &[person.id], false);
    tx.unsubscribe(a1, "Europe/Berlin", person.id, None).await.expect("ending");
    let (user, permit) = tx.account::<act::UserDelete>(user.id).await.expect("the account");
    tx.remove_user(&permit, &user, None, None).await.expect("deleting");
    tx.create_token("script", None, None).await.expect("a token");
    tx.commit(&Cause::default()).await.expect("committing");
    let events = told(world).await;
    let expected = [
        "group.member_removed",
        "plan.removed",
        "role.granted",
        "token.created",
        "user.activation_link",
        "user.deleted",
        "user.disabled",
        "user.enabled",
        "user.reset_link",
        "user.updated",
    ];
    assert_eq!(codes(&events), expected.map(|code| (code, 1)).into());
    for (code, target, change) in &events {
        if code.starts_with("user.") {
            assert_eq!(target, &person.id.to_string(), "{code}");
        }
        if code == "plan.removed" {
            assert_eq!(change, &json!([{ "field": "plan", "before": "basic/1", "after": null }]));
        }
    }
}

#[tokio::test]
async fn groups_passwords_and_retries_are_told() {
    let estate = Estate::new().await;
    let (world, store, a1) = (&estate.world, &estate.world.store, &estate.a1);
    tick(world);
    let mut tx = store.write(&a1.admin).await.expect("writing");
    let tenant = tx.tenant(a1.id).await.expect("the customer");
    let permit = tx.permit::<act::GroupManage>(&tenant).expect("may");
    tx.open_request(a1.id, "group", json!({}), Lane::Interactive);
    let object = world.id();
    let new = NewObject {
        id: object,
        tenant: a1.id,
        target: world.target,
        entity: (Entity::Group, object.uuid()),
        spec: container("team"),
    };
    tx.want_new(&[new], Lane::Interactive).await.expect("an object");
    let group = new_group(world.id(), object, GroupPurpose::Custom, "Team");
    tx.insert_groups(&permit, &[group]).await.expect("a group");
    tx.commit(&Cause::default()).await.expect("committing");
    assert_eq!(codes(&told(world).await), BTreeMap::from([("group.created", 1)]));

    tick(world);
    let link = store.activation(&a1.link).await.expect("asking").expect("the link");
    let holder = store.link_caller(&link);
    let mut tx = store.write(&holder).await.expect("writing");
    let permit = tx.link_permit(&link).await.expect("asking").expect("for the own account");
    tx.open_request(a1.id, "password", json!({}), Lane::Interactive);
    tx.send_password(&permit, &link, &Secret("correct horse".to_owned()), "$hash").await.expect("sending");
    tx.commit(&Cause::default()).await.expect("committing");
    assert_eq!(codes(&told(world).await), BTreeMap::from([("user.password_chosen", 1)]));

    tick(world);
    world
        .sql("UPDATE request_item SET state = 'failed' WHERE member_id <> object_id AND state = 'requested'")
        .await;
    let mut tx = store.write(&a1.admin).await.expect("writing");
    let permit = tx.permit::<act::RequestRetry>(&tenant).expect("may");
    let request = tx.request(a1.request).await.expect("the request");
    assert!(tx.retry(&permit, &request).await.expect("retrying") > 0);
    tx.commit(&Cause::default()).await.expect("committing");
    assert_eq!(codes(&told(world).await), BTreeMap::from([("request.retried", 1)]));
}

#[tokio::test]
async fn what_was_refused_is_told_too() {
    let estate = Estate::new().await;
    tick(&estate.world);
    let store = &estate.world.store;
    let mut tx = store.write(&estate.a1.admin).await.expect("writing");
    let tenant = tx.tenant(estate.a1.id).await.expect("the customer");
    let Err(StoreError::Denied(denial)) = tx.permit::<act::OrderCreate>(&tenant) else {
        panic!("not denied")
    };
    drop(tx);
    store.record_denied(&estate.a1.admin, estate.a1.id, &denial, &Cause::default()).await.expect("recording");
    let mut owner = estate.world.owner().await;
    let row = sqlx::query("SELECT outcome, reason FROM event WHERE code = 'access.denied'")
        .fetch_one(&mut owner)
        .await
        .expect("the event");
    assert_eq!(row.get::<String, _>("outcome"), "denied");
    assert_eq!(row.get::<String, _>("reason"), "order_create refused: no grant");
}

#[tokio::test]
async fn a_change_that_nobody_is_told_of_is_refused() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let before = estate.world.count("SELECT sum(generation)::bigint FROM object").await;
    let mut tx = store.write(&estate.a1.admin).await.expect("writing");
    tx.open_request(estate.a1.id, "test", json!({}), Lane::Interactive);
    tx.want_change(estate.a1.folder, |_| Some(container("renamed")), Lane::Interactive)
        .await
        .expect("wanting");
    let refused = tx.commit(&Cause::default()).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    assert_eq!(
        estate.world.count("SELECT sum(generation)::bigint FROM object").await,
        before,
        "nothing changed"
    );
}

/// Words that only the people of the estate have.
const PERSONAL: &[&str] = &[
    "anna",
    "quillfeather",
    "arno",
    "zwiebelfisch",
    "cleo",
    "marzipanski",
    "bert",
    "uhrenholm",
    "bine",
    "xylander",
    "bea",
    "boss",
    "juggler",
    "5550199",
    "desperado",
];

/// Changes of every personal field of one person.
async fn change_everything(estate: &Estate) {
    let mut tx = estate.world.store.write(&estate.a1.admin).await.expect("writing");
    let (user, permit) = tx.account::<act::UserUpdate>(estate.a1.people[1].id).await.expect("the account");
    let change = UserChange {
        surname: Some(Some("Desperado".to_owned())),
        display_name: Some("Arno Desperado".to_owned()),
        phone: Some(Some("+49 30 5550199".to_owned())),
        title: Some(Some("Chief Juggler".to_owned())),
        mail: Some(None),
        ..UserChange::default()
    };
    tx.update_user(&permit, &user, None, &change).await.expect("changing");
    let (user, permit) = tx.account::<act::UserDelete>(estate.a1.people[1].id).await.expect("the account");
    tx.remove_user(&permit, &user, None, None).await.expect("deleting");
    tx.commit(&Cause::default()).await.expect("committing");
}

#[tokio::test]
async fn no_personal_value_stands_in_an_event() {
    let estate = Estate::new().await;
    change_everything(&estate).await;
    let mut owner = estate.world.owner().await;
    let rows: Vec<String> = sqlx::query_scalar("SELECT lower(event::text) FROM event")
        .fetch_all(&mut owner)
        .await
        .expect("events");
    assert!(rows.len() > 30);
    let sealed: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed FROM event_personal").fetch_all(&mut owner).await.expect("values");
    assert!(sealed.len() >= 9, "people have values");
    let sealed = sealed.iter().map(|s| String::from_utf8_lossy(s).to_lowercase());
    for text in rows.into_iter().chain(sealed) {
        for word in PERSONAL {
            // As a word: hexadecimal commitments and printed ids hold short words by chance.
            let found = text.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word);
            assert!(!found, "{word} in {text}");
        }
    }
}

/// Opens what `seal_with` sealed, written again from its description.
fn open(key: &[u8], row: Uuid, sealed: &[u8]) -> Option<Vec<u8>> {
    let nonce: [u8; 12] = sealed[..12].try_into().expect("a nonce");
    let payload = Payload { msg: &sealed[12..], aad: row.as_bytes() };
    Aes256Gcm::new_from_slice(key).expect("a key").decrypt(&nonce.into(), payload).ok()
}

#[tokio::test]
async fn sealed_values_open_with_the_persons_key_and_are_what_was_committed_to() {
    let estate = Estate::new().await;
    change_everything(&estate).await;
    let mut owner = estate.world.owner().await;
    let rows = sqlx::query(
        "SELECT p.event_id, p.person_id, p.sealed, k.key_id, k.sealed AS key, e.change, e.code, e.tenant_id, p.tenant_id AS home
           FROM event_personal p JOIN person_key k USING (person_id) JOIN event e ON e.id = p.event_id",
    )
    .fetch_all(&mut owner)
    .await
    .expect("reading");
    let mut values = Vec::new();
    for row in &rows {
        let (person, event): (Uuid, Uuid) = (row.get("person_id"), row.get("event_id"));
        assert_eq!(row.get::<Uuid, _>("tenant_id"), row.get::<Uuid, _>("home"));
        let (id, key): (String, Vec<u8>) = (row.get("key_id"), row.get("key"));
        let key = estate.world.keys.open_sealed(&id, person, &key).expect("the person's key");
        let sealed: Vec<u8> = row.get("sealed");
        assert_eq!(open(&key, person, &sealed), None, "only for its event");
        let plain: Vec<Value> =
            serde_json::from_slice(&open(&key, event, &sealed).expect("opens")).expect("a list of fields");
        let change: Value = row.get("change");
        for field in plain {
            let salt = data_encoding::HEXLOWER.decode(field["salt"].as_str().expect("a salt").as_bytes());
            let salt = salt.expect("hexadecimal");
            let committed = change.as_array().expect("fields").iter().find(|c| c["field"] == field["field"]);
            let committed = committed.expect("the field stands in the event");
            for side in ["before", "after"] {
                let expected = field[side].as_str().map(|value| {
                    let hash = store::seal::hash(&[salt.as_slice(), value.as_bytes()].concat());
                    values.push(value.to_owned());
                    data_encoding::HEXLOWER.encode(&hash)
                });
                assert_eq!(committed[side].as_str(), expected.as_deref(), "{} {side}", field["field"]);
            }
        }
    }
    for value in ["Zwiebelfisch", "Desperado", "+49 30 5550199", "Chief Juggler", "arno.zwiebelfisch@a1.test"]
    {
        assert!(values.iter().any(|v| v == value), "{value}");
    }
    let keys = estate.world.count("SELECT count(DISTINCT sealed) FROM person_key").await;
    assert_eq!(keys, estate.world.count("SELECT count(*) FROM person_key").await, "each person has a key");
}

#[tokio::test]
async fn events_and_facts_are_never_changed() {
    let estate = Estate::new().await;
    let world = &estate.world;
    for role in [APP_ROLE, AUTH_ROLE, ENGINE_ROLE] {
        let mut sql = world.login(role).await;
        sqlx::query("SELECT set_config('tenantry.caller', $1, false)")
            .bind(world.root.user().uuid().to_string())
            .execute(&mut sql)
            .await
            .expect("a scope");
        for statement in [
            "UPDATE event SET code = code",
            "UPDATE event SET reason = 'x'",
            "UPDATE event SET seq = 1",
            "DELETE FROM event",
            "UPDATE event_personal SET sealed = ''",
            "DELETE FROM event_personal",
            "UPDATE fact SET kind = kind",
            "UPDATE fact SET at = now()",
            "DELETE FROM fact",
            "DELETE FROM object_revision",
            "UPDATE object_revision SET before = NULL",
        ] {
            let error = sqlx::query(statement).execute(&mut sql).await.expect_err(statement);
            assert_eq!(
                error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
                Some("42501"),
                "{role}: {statement}"
            );
        }
    }
    // Not even by the owner's mistake.
    let mut owner = world.owner().await;
    for statement in
        ["UPDATE event SET code = 'x'", "DELETE FROM event", "UPDATE fact SET at = now()", "DELETE FROM fact"]
    {
        sqlx::query(statement).execute(&mut owner).await.expect_err(statement);
    }
}

#[tokio::test]
async fn facts_say_what_was_asked_on_the_customers_own_calendar() {
    let estate = Estate::new().await;
    let (world, a1, person) = (&estate.world, estate.a1.id, &estate.a1.people[1]);
    // 23:30 UTC is the next day in Berlin.
    world.clock.advance(SignedDuration::from_mins(15 * 60 + 30));
    let mut tx = world.store.write(&estate.a1.admin).await.expect("writing");
    let ended = tx.unsubscribe(a1, "Europe/Berlin", person.id, None).await.expect("ending");
    assert_eq!((ended.len(), ended[0].plan.as_str()), (1, "basic"));
    assert!(tx.unsubscribe(a1, "Europe/Berlin", person.id, None).await.expect("again").is_empty());
    tx.commit(&Cause::default()).await.expect("committing");
    let mut owner = world.owner().await;
    let facts: Vec<(String, String)> = sqlx::query_as(
        "SELECT kind, local_date::text FROM fact WHERE user_id = $1 AND tenant_id = $2 ORDER BY at",
    )
    .bind(person.id.uuid())
    .bind(TenantId::uuid(a1))
    .fetch_all(&mut owner)
    .await
    .expect("facts");
    let expected = [("ordered", "2026-03-02"), ("ended", "2026-03-03")];
    assert_eq!(facts, expected.map(|(kind, day)| (kind.to_owned(), day.to_owned())));
}
