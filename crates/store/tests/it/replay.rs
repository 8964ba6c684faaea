//! A request that is sent again is answered, not done, again.

use jiff::SignedDuration;
use serde_json::json;
use store::{StoreError, idempotency::Replay, tx::Cause};

use crate::world::Estate;

#[tokio::test]
async fn the_first_is_done_the_same_is_answered_and_another_is_refused() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let mut tx = store.write(&estate.a1.admin).await.expect("writing");
    assert_eq!(tx.replay("k", b"body").await.expect("asking"), Replay::First);
    tx.remember("k", 202, &json!({ "id": 1 })).await.expect("keeping");
    tx.commit(&Cause::default()).await.expect("committing");
    let mut tx = store.write(&estate.a1.admin).await.expect("writing");
    let answer = Replay::Answered { status: 202, body: json!({ "id": 1 }) };
    assert_eq!(tx.replay("k", b"body").await.expect("asking"), answer);
    assert_eq!(tx.replay("k", b"other").await.expect("asking"), Replay::Different);
    drop(tx);
    let mut tx = store.write(&estate.b1.admin).await.expect("writing");
    assert_eq!(tx.replay("k", b"body").await.expect("asking"), Replay::First, "a key is its sender's");
    drop(tx);
    estate.world.clock.advance(SignedDuration::from_hours(domain::limits::IDEMPOTENCY_HOURS));
    let mut tx = store.write(&estate.a1.admin).await.expect("writing");
    assert_eq!(tx.replay("k", b"other").await.expect("asking"), Replay::First, "free after its time");
}

#[tokio::test]
async fn somebody_without_roles_has_keys_too() {
    let estate = Estate::new().await;
    let caller = estate.world.caller(&estate.a1.people[1].login).await;
    let mut tx = estate.world.store.write(&caller).await.expect("writing");
    assert_eq!(tx.replay("k", b"body").await.expect("asking"), Replay::First);
    tx.remember("k", 200, &json!({})).await.expect("keeping");
    tx.commit(&Cause::default()).await.expect("committing");
}

#[tokio::test]
async fn two_at_once_do_it_once() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let once = async || -> Result<Replay, StoreError> {
        let mut tx = store.write(&estate.a1.admin).await?;
        let replay = tx.replay("k", b"body").await?;
        if replay == Replay::First {
            tx.remember("k", 201, &json!("done")).await?;
        }
        tx.commit(&Cause::default()).await?;
        Ok(replay)
    };
    let all = futures::join!(once(), once(), once());
    let all = [all.0.expect("one"), all.1.expect("two"), all.2.expect("three")];
    assert_eq!(all.iter().filter(|r| **r == Replay::First).count(), 1, "{all:?}");
    assert_eq!(all.iter().filter(|r| matches!(r, Replay::Answered { status: 201, .. })).count(), 2);
}

#[tokio::test]
async fn a_request_that_was_given_up_leaves_its_key_free() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let mut tx = store.write(&estate.a1.admin).await.expect("writing");
    assert_eq!(tx.replay("k", b"body").await.expect("asking"), Replay::First);
    drop(tx);
    let mut tx = store.write(&estate.a1.admin).await.expect("writing");
    assert_eq!(tx.replay("k", b"other").await.expect("asking"), Replay::First);
}
