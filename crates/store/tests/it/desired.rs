//! Desired state: generations rise, nothing of the past is lost.

use std::collections::BTreeMap;

use domain::{id::RequestId, plan::Secret, request::ItemState, request::Lane, spec::Spec};
use serde_json::{Value, json};
use sqlx::Row as _;
use store::{
    Caller, StoreError,
    objects::Edge,
    tx::{Cause, WriteTx, act},
};
use uuid::Uuid;

use crate::world::{Customer, Estate, container};

/// A request of the customer's administrator, with an event so that it may be committed.
async fn begin<'a>(estate: &'a Estate, customer: &Customer, caller: &'a Caller) -> (WriteTx<'a>, RequestId) {
    let mut tx = estate.world.store.write(caller).await.expect("writing");
    let request = tx.open_request(customer.id, "test", json!({}), Lane::Interactive);
    tx.note_members(customer.id, customer.group, &[customer.people[0].id], true);
    (tx, request)
}

async fn want(estate: &Estate, spec: Option<Spec>) -> (i64, RequestId) {
    let a1 = &estate.a1;
    let (mut tx, request) = begin(estate, a1, &a1.admin).await;
    let generation = tx.want_change(a1.folder, |_| spec, Lane::Interactive).await.expect("wanting");
    tx.commit(&Cause::default()).await.expect("committing");
    (generation, request)
}

async fn items(estate: &Estate, object: Uuid, member: Uuid) -> Vec<(Uuid, i64, String)> {
    let mut owner = estate.world.owner().await;
    sqlx::query_as(
        "SELECT request_id, generation, state FROM request_item WHERE object_id = $1 AND member_id = $2
          ORDER BY generation",
    )
    .bind(object)
    .bind(member)
    .fetch_all(&mut owner)
    .await
    .expect("items")
}

#[tokio::test]
async fn every_generation_can_be_undone_from_its_revision() {
    let estate = Estate::new().await;
    let folder = estate.a1.folder.uuid();
    for (spec, generation) in [
        (Some(container("a1")), 1),
        (Some(container("b")), 2),
        (Some(container("b")), 2),
        (Some(container("c")), 3),
        (None, 4),
        (None, 4),
        (Some(container("c")), 5),
        (Some(container("a1")), 6),
    ] {
        assert_eq!(want(&estate, spec.clone()).await.0, generation, "{spec:?}");
    }
    let mut owner = estate.world.owner().await;
    let rows =
        sqlx::query("SELECT generation, before, after FROM object_revision WHERE object_id = $1 ORDER BY 1")
            .bind(folder)
            .fetch_all(&mut owner)
            .await
            .expect("revisions");
    let generations: Vec<i64> = rows.iter().map(|r| r.get("generation")).collect();
    assert_eq!(generations, [1, 2, 3, 4, 5, 6]);
    let mut present: Option<Value> = None;
    for row in &rows {
        assert_eq!(row.get::<Option<Value>, _>("before"), present, "each starts where the last ended");
        present = row.get("after");
    }
    let names: Vec<_> = rows
        .iter()
        .map(|r| {
            r.get::<Option<Value>, _>("after").map(|s| s["name"].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    let expected = [Some("a1"), Some("b"), Some("c"), None, Some("c"), Some("a1")];
    assert_eq!(names, expected.map(|n| n.map(str::to_owned)));
    let mut tx = estate.world.store.write(&estate.a1.admin).await.expect("writing");
    assert_eq!(tx.spec(estate.a1.folder).await.expect("the spec"), container("a1"));
}

#[tokio::test]
async fn a_later_wish_supersedes_what_is_open_and_leaves_what_is_done() {
    let estate = Estate::new().await;
    let folder = estate.a1.folder.uuid();
    estate
        .world
        .sql(&format!("UPDATE request_item SET state = 'verified' WHERE object_id = '{folder}'"))
        .await;
    let (_, first) = want(&estate, Some(container("b"))).await;
    let (_, second) = want(&estate, Some(container("c"))).await;
    let expected = [
        (estate.a1.request.uuid(), 1, "verified".to_owned()),
        (first.uuid(), 2, "superseded".to_owned()),
        (second.uuid(), 3, "requested".to_owned()),
    ];
    assert_eq!(items(&estate, folder, Uuid::nil()).await, expected);
    let (_, third) = want(&estate, Some(container("c"))).await;
    assert_eq!(items(&estate, folder, Uuid::nil()).await.len(), 3, "the same again is no work");
    let mut tx = estate.world.store.read(&estate.a1.admin).await.expect("reading");
    assert_eq!(tx.request(third).await.expect("the request").counts.total(), 0);
    let counts = tx.request(first).await.expect("the request").counts;
    assert_eq!((counts.superseded, counts.total()), (1, 1));
}

#[tokio::test]
async fn one_request_may_want_the_same_object_twice() {
    let estate = Estate::new().await;
    let (a1, folder) = (&estate.a1, estate.a1.folder);
    let (mut tx, request) = begin(&estate, a1, &a1.admin).await;
    for name in ["b", "c"] {
        tx.want_change(folder, |_| Some(container(name)), Lane::Interactive).await.expect("wanting");
    }
    let edge = Edge { group: a1.group_object, member: a1.people[1].object };
    for wanted in [false, true] {
        tx.want_members(a1.id, &[edge, edge], wanted).await.expect("wanting");
    }
    tx.commit(&Cause::default()).await.expect("committing");
    let last = items(&estate, folder.uuid(), Uuid::nil()).await.pop();
    assert_eq!(last, Some((request.uuid(), 3, "requested".to_owned())));
    let last = items(&estate, edge.group.uuid(), edge.member.uuid()).await.pop();
    assert_eq!(last, Some((request.uuid(), 3, "requested".to_owned())));
}

#[tokio::test]
async fn members_come_and_go_with_rising_generations() {
    let estate = Estate::new().await;
    let a1 = &estate.a1;
    let edge = Edge { group: a1.group_object, member: a1.people[1].object };
    let mut requests = vec![a1.request.uuid()];
    for wanted in [false, true] {
        let (mut tx, request) = begin(&estate, a1, &a1.admin).await;
        tx.want_members(a1.id, &[edge], wanted).await.expect("wanting");
        tx.commit(&Cause::default()).await.expect("committing");
        requests.push(request.uuid());
        let mut tx = estate.world.store.read(&a1.admin).await.expect("reading");
        let (group, _) = tx.group(a1.group).await.expect("the group");
        let members = tx.member_views(&group, None, None, 50).await.expect("members");
        let member = members.iter().find(|m| m.user.id == a1.people[1].id);
        // On the way out it is still shown, as such.
        assert_eq!(member.map(|m| m.wanted), Some(wanted));
    }
    let states: Vec<_> = items(&estate, edge.group.uuid(), edge.member.uuid()).await;
    let expected: Vec<_> = [(0, 1, "superseded"), (1, 2, "superseded"), (2, 3, "requested")]
        .map(|(n, generation, state): (usize, i64, &str)| (requests[n], generation, state.to_owned()))
        .into();
    assert_eq!(states, expected);
}

#[tokio::test]
async fn many_members_are_wanted_once_each() {
    let estate = Estate::new().await;
    let a1 = &estate.a1;
    // More than one statement takes, with the same one at both ends.
    let member = a1.people[1].object;
    let edges: Vec<_> = (0..domain::limits::ROWS_PER_STATEMENT + 2)
        .map(|_| Edge { group: a1.group_object, member })
        .collect();
    let (mut tx, _) = begin(&estate, a1, &a1.admin).await;
    tx.want_members(a1.id, &edges, false).await.expect("wanting");
    tx.commit(&Cause::default()).await.expect("committing");
    let last = items(&estate, a1.group_object.uuid(), member.uuid()).await.pop().expect("an item");
    assert_eq!(last.2, "requested");
}

#[tokio::test]
async fn a_wish_needs_a_request_and_an_object_of_ones_own() {
    let estate = Estate::new().await;
    let mut tx = estate.world.store.write(&estate.a1.admin).await.expect("writing");
    let none = tx.want_change(estate.a1.folder, |_| None, Lane::Interactive).await;
    assert!(matches!(none, Err(StoreError::Conflict(_))), "{none:?}");
    drop(tx);
    let (mut tx, _) = begin(&estate, &estate.a1, &estate.a1.admin).await;
    let foreign = tx.want_change(estate.b1.folder, |_| None, Lane::Interactive).await;
    assert!(matches!(foreign, Err(StoreError::NotFound("object"))), "{foreign:?}");
}

#[tokio::test]
async fn new_wishes_are_due_at_once_and_the_interactive_lane_wins() {
    let estate = Estate::new().await;
    let a1 = &estate.a1;
    let mut owner = estate.world.owner().await;
    let due: i64 = sqlx::query_scalar("SELECT count(*) FROM work WHERE tenant_id = $1 AND due_at <= now()")
        .bind(a1.id.uuid())
        .fetch_one(&mut owner)
        .await
        .expect("work");
    assert_eq!(due, 5, "a folder, two groups, two people");
    estate.world.sql("UPDATE work SET lane = 1, attempts = 7, due_at = now() + interval '1 hour'").await;
    want(&estate, Some(container("b"))).await;
    let row: (i16, i32, bool) =
        sqlx::query_as("SELECT lane, attempts, due_at <= now() FROM work WHERE object_id = $1")
            .bind(a1.folder.uuid())
            .fetch_one(&mut owner)
            .await
            .expect("work");
    assert_eq!(row, (0, 0, true));
}

#[tokio::test]
async fn what_is_wanted_within_a_finished_request_begins_it_again() {
    let estate = Estate::new().await;
    let a1 = &estate.a1;
    let (request, object) = (a1.request.uuid(), a1.people[1].object.uuid());
    estate
        .world
        .sql(&format!(
            "UPDATE request_item SET state = 'verified'; UPDATE request SET finished_at = now(), steps = 4;
             SELECT want_specs('{request}', 0::smallint, now(), ARRAY[id], ARRAY[spec]) FROM object WHERE id = '{object}'"
        ))
        .await;
    let again = format!(
        "SELECT count(*) FROM request WHERE id = '{request}' AND finished_at IS NULL AND steps IS NULL"
    );
    assert_eq!(estate.world.count(&again).await, 1, "it is neither finished nor are its steps known");
    let open = format!(
        "SELECT count(*) FROM request_item WHERE request_id = '{request}' AND object_id = '{object}' AND state = 'requested'"
    );
    assert_eq!(estate.world.count(&open).await, 1);
    let others = format!("SELECT count(*) FROM request WHERE id <> '{request}'");
    assert!(estate.world.count(&others).await > 0);
    let touched = format!("{others} AND (finished_at IS NULL OR steps IS DISTINCT FROM 4)");
    assert_eq!(estate.world.count(&touched).await, 0, "no other request is touched");
}

#[tokio::test]
async fn a_retry_runs_what_failed_and_nothing_else() {
    let estate = Estate::new().await;
    let (a1, store) = (&estate.a1, &estate.world.store);
    let failed = a1.people[1].object.uuid();
    estate
        .world
        .sql(&format!(
            "UPDATE request_item SET state = CASE WHEN object_id = '{failed}' THEN 'failed' ELSE 'verified' END;
             UPDATE request SET finished_at = now(), steps = 4; DELETE FROM work"
        ))
        .await;
    let mut tx = store.write(&a1.admin).await.expect("writing");
    let tenant = tx.tenant(a1.id).await.expect("the customer");
    let permit = tx.permit::<act::RequestRetry>(&tenant).expect("may");
    let request = tx.request(a1.request).await.expect("the request");
    assert_eq!(tx.retry(&permit, &request).await.expect("retrying"), 1);
    tx.commit(&Cause::default()).await.expect("committing");
    let mut owner = estate.world.owner().await;
    let steps: Option<i64> = sqlx::query_scalar("SELECT steps FROM request WHERE id = $1")
        .bind(a1.request.uuid())
        .fetch_one(&mut owner)
        .await
        .expect("the request");
    assert_eq!(steps, None, "they are counted until it is finished again");
    let due: Vec<Uuid> =
        sqlx::query_scalar("SELECT object_id FROM work").fetch_all(&mut owner).await.expect("work");
    assert_eq!(due, [failed]);
    let mut tx = store.read(&a1.admin).await.expect("reading");
    let request = tx.request(a1.request).await.expect("the request");
    assert_eq!((request.counts.requested, request.counts.failed, request.finished_at), (1, 0, None));
    let open = tx.item_views(&request, Some(ItemState::Requested), None, 50).await.expect("items");
    assert_eq!(
        (open.len(), open[0].entity.clone(), open[0].name.as_str()),
        (1, Some(a1.people[1].id.to_string()), "Arno Zwiebelfisch")
    );
}

#[tokio::test]
async fn what_comes_to_a_finished_request_makes_its_steps_counted_again() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let one = format!("id = '{}'", estate.a1.request.uuid());
    world.sql(&format!("UPDATE request SET finished_at = now(), steps = 4 WHERE {one}")).await;
    let settled = format!(
        "INSERT INTO request_item (request_id, object_id, tenant_id, generation, state, updated_at)
         SELECT id, gen_random_uuid(), tenant_id, 1, 'superseded', now() FROM request WHERE {one}"
    );
    world.sql(&settled).await;
    let mut owner = world.owner().await;
    let query = format!("SELECT steps FROM request WHERE {one}");
    let steps: Option<i64> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&mut owner).await.expect("the request");
    assert_eq!(steps, None);
}

#[tokio::test]
async fn a_retry_of_nothing_leaves_a_finished_request_finished() {
    let estate = Estate::new().await;
    let (a1, store) = (&estate.a1, &estate.world.store);
    estate
        .world
        .sql("UPDATE request_item SET state = 'verified'; UPDATE request SET finished_at = now()")
        .await;
    let mut tx = store.write(&a1.admin).await.expect("writing");
    let tenant = tx.tenant(a1.id).await.expect("the customer");
    let permit = tx.permit::<act::RequestRetry>(&tenant).expect("may");
    let request = tx.request(a1.request).await.expect("the request");
    assert_eq!(tx.retry(&permit, &request).await.expect("retrying"), 0);
    assert!(tx.request(a1.request).await.expect("the request").finished_at.is_some());
}

#[tokio::test]
async fn a_failed_password_is_chosen_again_and_not_retried() {
    let estate = Estate::new().await;
    let (a1, store) = (&estate.a1, &estate.world.store);
    let link = store.activation(&a1.link).await.expect("asking").expect("the link");
    let holder = store.link_caller(&link);
    let mut requests = BTreeMap::new();
    for attempt in 0..2 {
        let mut tx = store.write(&holder).await.expect("writing");
        let permit = tx.link_permit(&link).await.expect("asking").expect("for the own account");
        let request = tx.open_request(a1.id, "password", json!({}), Lane::Interactive);
        tx.send_password(&permit, &link, &Secret("correct horse".to_owned()), "$hash")
            .await
            .expect("sending");
        tx.commit(&Cause::default()).await.expect("committing");
        requests.insert(attempt, request);
        if attempt == 0 {
            let mut tx = store.write(&holder).await.expect("writing");
            assert!(tx.link_permit(&link).await.expect("asking").is_none(), "one password is on its way");
            drop(tx);
            estate.world.sql("UPDATE request_item SET state = 'failed' WHERE state = 'requested'").await;
        }
    }
    let mut tx = store.read(&a1.admin).await.expect("reading");
    let counts = async |tx: &mut store::tx::ReadTx<'_>, id| tx.request(id).await.expect("the request").counts;
    assert_eq!(counts(&mut tx, requests[&0]).await.superseded, 1, "the later password counts");
    assert_eq!(counts(&mut tx, requests[&1]).await.requested, 1);
    assert_eq!(estate.world.count("SELECT count(*) FROM secret").await, 1);
    let shown = store.activation(&a1.link).await.expect("asking").expect("the link").request;
    assert_eq!(shown.map(|r| (r.0, r.1)), Some((requests[&1], ItemState::Requested)));
    estate.world.sql("UPDATE request_item SET state = 'failed'; DELETE FROM secret").await;
    let mut tx = store.write(&a1.admin).await.expect("writing");
    let tenant = tx.tenant(a1.id).await.expect("the customer");
    let permit = tx.permit::<act::RequestRetry>(&tenant).expect("may");
    let request = tx.request(requests[&1]).await.expect("the request");
    let refused = tx.retry(&permit, &request).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
}
