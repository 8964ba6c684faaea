//! Nobody waits for somebody else's import. Counted in claims, not in seconds.

use connector::Lane;
use domain::request::RequestState;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn one_customers_import_delays_neither_anothers_reset_nor_anothers_import() {
    let world = World::new().await;
    let engine = world.engine();
    let small = world.order("small", 1, Lane::Interactive).await;
    world.drain(&engine).await;
    let large = world.order("large", 3_200, Lane::Bulk).await;
    for _ in 0..3 {
        assert!(engine.step(world.target, Lane::Bulk).await.expect("a step"));
    }

    // A reset in the other lane: the very next claim.
    let reset = world.choose(&small, &small.people[0], "correct horse battery").await;
    assert!(engine.step(world.target, Lane::Interactive).await.expect("a step"));
    assert_eq!(world.state(reset).await, RequestState::Complete);

    // An import in the same lane: it gets its share from the next claim on.
    let other = world.order("other", 60, Lane::Bulk).await;
    let mut claims = 0;
    while world.state(other.request).await != RequestState::Complete {
        assert!(engine.step(world.target, Lane::Bulk).await.expect("a step"));
        claims += 1;
        assert!(claims <= 6, "the smaller import waits for the larger one");
        world
            .db
            .execute(&format!("UPDATE work SET due_at = now() WHERE tenant_id = '{}'", other.id.uuid()))
            .await;
    }
    assert_ne!(world.state(large.request).await, RequestState::Complete);
    world.drain(&engine).await;
    assert_eq!(world.state(large.request).await, RequestState::Complete);
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_more_customers_than_one_claim_looks_at_everybody_gets_a_turn() {
    let world = World::new().await;
    let engine = world.engine();
    let mut requests = Vec::new();
    for n in 0..24 {
        requests.push(world.order(&format!("t{n}"), 1, Lane::Bulk).await.request);
    }
    world.drain(&engine).await;
    for request in requests {
        assert_eq!(world.state(request).await, RequestState::Complete);
    }
    world.assert_converged().await;
}
