//! Passwords that are older than the rules allow.

use std::time::Duration;

use connector::Lane;
use domain::request::RequestState;
use store::engine::EngineStore;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_too_old_has_to_be_changed_and_a_new_one_has_its_own_time() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 3, Lane::Interactive).await;
    world.drain(&engine).await;
    let (ben, never) = (&customer.people[0], &customer.people[1]);
    world.choose(&customer, ben, "Correct-Horse-7").await;
    world.drain(&engine).await;
    // Asked for by the provider, of everybody below.
    let rules = "INSERT INTO password_policy (tenant_id, min_chars, classes, no_names, forbidden, valid_days, updated_at)
                 SELECT id, 12, 0, false, '{}', 90, now() FROM tenant WHERE kind = 'provider'";
    world.db.execute(rules).await;
    let settings = store::Settings { database: world.db.owner().clone(), connections: 2 };
    let keeper = EngineStore::open(&settings, world.keys.clone(), world.clock.clone());
    let days = |days: u64| Duration::from_secs(days * 24 * 3600);
    let expired = async || keeper.sweep().await.expect("a sweep").expired;
    let set_at = |object| world.there(object).expect("made").1.password_set_at;

    world.clock.skip(days(89));
    assert_eq!(expired().await, 0, "not before its time");
    world.clock.skip(days(2));
    assert_eq!(expired().await, 1, "who chose one; the others have none yet");
    assert_eq!(expired().await, 0, "looked through once a day");
    world.drain(&engine).await;
    assert_eq!(set_at(ben.object), None, "has to be changed");
    assert!(set_at(never.object).is_some());
    let request =
        world.db.rows("SELECT id FROM request WHERE kind = 'tenant_passwords_expired'").await.remove(0);
    let request = domain::id::RequestId::from_uuid(crate::world::uuid_of(&request["id"]));
    assert_eq!(world.state(request).await, RequestState::Complete);
    world.clock.skip(days(2));
    assert_eq!(expired().await, 0, "asked for already");

    world.choose(&customer, ben, "Another-Horse-8").await;
    world.drain(&engine).await;
    assert!(set_at(ben.object).is_some());
    world.clock.skip(days(60));
    assert_eq!(expired().await, 0, "a new one has its own time");
    let told = "SELECT count(*) AS n FROM event WHERE code = 'tenant.passwords_expired'";
    assert_eq!(world.number(told).await, 1);
}
