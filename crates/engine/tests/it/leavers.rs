//! People who were removed: kept while they can be restored, gone afterwards.

use std::time::Duration;

use connector::Lane;
use domain::{
    request::RequestState,
    spec::{Attribute, Spec, UserSpec},
};
use jiff::SignedDuration;
use serde_json::json;
use store::{
    engine::EngineStore,
    tx::{Cause, act},
    users::Removal,
};

use crate::world::{Customer, Person, World};

/// How long the person can be restored.
const DAYS: i64 = 30;

async fn remove(world: &World, customer: &Customer, person: &Person) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let (user, permit) = tx.account::<act::UserDelete>(person.id).await.expect("the account");
    tx.open_request(customer.id, "user_delete", json!({}), Lane::Interactive);
    let disabled = |spec| match spec {
        Spec::User(spec) => Some(Spec::User(UserSpec { enabled: false, ..spec })),
        other => Some(other),
    };
    tx.want_change(person.object, disabled, Lane::Interactive).await.expect("wanted");
    let purge_at = tx.now() + SignedDuration::from_hours(24 * DAYS);
    let removal = Removal { enabled: true, ..Removal::default() };
    tx.remove_user(&permit, &user, None, Some((&removal, purge_at))).await.expect("removed");
    tx.commit(&Cause::default()).await.expect("committing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_of_a_removed_person_goes_when_nobody_can_restore_it_any_more() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 2, Lane::Interactive).await;
    world.drain(&engine).await;
    let (gone, stays) = (&customer.people[0], &customer.people[1]);
    let (id, _) = world.there(gone.object).expect("made");
    remove(&world, &customer, gone).await;
    world.drain(&engine).await;
    let (same, stored) = world.there(gone.object).expect("kept");
    assert_eq!(same, id);
    assert_eq!(stored.attributes[&Attribute::Enabled], "false");

    let settings = store::Settings { database: world.db.owner().clone(), connections: 2 };
    let keeper = EngineStore::open(&settings, world.keys.clone(), world.clock.clone());
    let days = |days: i64| Duration::from_secs(days.unsigned_abs() * 24 * 3600);
    world.clock.skip(days(DAYS - 1));
    assert_eq!(keeper.sweep().await.expect("a sweep").people, 0, "not before its time");
    world.clock.skip(days(2));
    assert_eq!(keeper.sweep().await.expect("a sweep").people, 1);
    assert_eq!(keeper.sweep().await.expect("a sweep").people, 0, "once");
    world.drain(&engine).await;
    assert!(world.there(gone.object).is_none());
    assert!(world.there(stays.object).is_some());
    let query = "SELECT id::text AS id FROM request WHERE kind = 'user_purge'";
    let request = world.db.rows(query).await.remove(0);
    let request = domain::id::RequestId::from_uuid(crate::world::uuid_of(&request["id"]));
    assert_eq!(world.state(request).await, RequestState::Complete);
    let told = "SELECT count(*) AS n FROM event WHERE code = 'user.purged' AND actor_kind = 'system'";
    assert_eq!(world.number(told).await, 1);
    let kept = format!(
        "SELECT count(*) AS n FROM reserved_name WHERE owner = '{}' AND reserved_until IS NULL",
        gone.id.uuid()
    );
    assert_eq!(world.number(&kept).await, 0, "the names are free some day");
    world.assert_converged().await;
}
