//! What is kept for a time only is gone after it, and nothing before.

use domain::limits;
use jiff::SignedDuration;
use serde_json::json;
use store::{idempotency::Replay, tx::Cause};

use crate::world::{Estate, session};

async fn rows(estate: &Estate) -> [i64; 3] {
    let mut owner = estate.world.owner().await;
    let mut counts = [0; 3];
    for (count, what) in counts.iter_mut().zip([
        "sign_in_count WHERE network <> ''",
        "idempotency",
        "api_token WHERE kind = 'session' AND expires_at <= (SELECT max(expires_at) FROM api_token WHERE kind = 'api')",
    ]) {
        let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {what}"));
        *count = sqlx::query_scalar(query).fetch_one(&mut owner).await.expect("counting");
    }
    counts
}

#[tokio::test]
async fn failures_answers_and_sessions_are_forgotten_after_their_time() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let engine = crate::life::engine(world);
    let hours = |hours| world.clock.advance(SignedDuration::from_hours(hours));
    world.store.count_sign_in("nobody@x.example", None).await.expect("counting");
    let secret = session(&world.store, &estate.a1.people[1].login).await;
    let caller = world.store.caller(&secret).await.expect("asking").expect("a caller");
    let mut tx = world.store.write(&caller).await.expect("writing");
    assert_eq!(tx.replay("k", b"body").await.expect("asking"), Replay::First);
    tx.remember("k", 202, &json!({})).await.expect("keeping");
    // An API token is its owner's to end, however old it is.
    let later = tx.now() + SignedDuration::from_hours(limits::SESSION_HOURS + 1);
    tx.create_token("script", Some(later), None).await.expect("a token");
    tx.commit(&Cause::default()).await.expect("committing");
    let [failures, answers, sessions] = rows(&estate).await;
    assert!(failures == 1 && answers == 1 && sessions >= 1);

    hours(limits::IDEMPOTENCY_HOURS - 1);
    assert_eq!(engine.sweep().await.expect("sweeping").forgotten, 0, "not before its time");
    world.store.count_sign_in("somebody@x.example", None).await.expect("counting");
    hours(1);
    assert_eq!(engine.sweep().await.expect("sweeping").forgotten, 3, "with the sum of the login");
    assert_eq!(rows(&estate).await, [1, 0, sessions], "an hour-old failure still counts");
    hours(limits::ENDED_SESSION_HOURS);
    let forgotten = engine.sweep().await.expect("sweeping").forgotten;
    assert_eq!(rows(&estate).await, [0, 0, 0]);
    assert_eq!(forgotten, 2 + sessions);
    assert_eq!(engine.sweep().await.expect("sweeping").forgotten, 0, "once");
    let mut owner = world.owner().await;
    let tokens: i64 = sqlx::query_scalar("SELECT count(*) FROM api_token WHERE kind = 'api'")
        .fetch_one(&mut owner)
        .await
        .expect("counting");
    assert_eq!(tokens, 1);
}
