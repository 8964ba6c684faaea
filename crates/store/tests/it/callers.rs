//! Who has a caller, and who has none any more.

use jiff::SignedDuration;
use sqlx::AssertSqlSafe;
use store::tx::{Cause, act};

use crate::world::{Estate, session};

async fn knows(estate: &Estate, secret: &str) -> bool {
    estate.world.store.caller(secret).await.expect("asking for the caller").is_some()
}

#[tokio::test]
async fn a_token_is_worth_what_its_owner_is_worth_now() {
    let estate = Estate::new().await;
    let (world, person) = (&estate.world, &estate.a1.people[1]);
    let session_secret = session(&world.store, &person.login).await;
    let caller = world.store.caller(&session_secret).await.expect("asking").expect("a caller");
    let mut tx = world.store.write(&caller).await.expect("writing");
    let secret = tx.create_token("script", None).await.expect("a token").secret;
    tx.commit(&Cause::default()).await.expect("committing");
    assert!(knows(&estate, &secret).await && knows(&estate, &session_secret).await);
    assert!(!knows(&estate, "tny_guessed").await && !knows(&estate, "").await);
    let tenant = |id: domain::id::TenantId, status: &str| {
        format!("UPDATE tenant SET status = '{status}' WHERE id = '{}'", id.uuid())
    };
    let user = |set: &str| format!("UPDATE users SET {set} WHERE id = '{}'", person.id.uuid());
    for (what, breaks, mends) in [
        ("disabled", user("enabled = false"), user("enabled = true")),
        ("deleted", user("deleted_at = now()"), user("deleted_at = NULL")),
        ("customer suspended", tenant(estate.a1.id, "suspended"), tenant(estate.a1.id, "active")),
        ("reseller suspended", tenant(estate.north.id, "suspended"), tenant(estate.north.id, "active")),
    ] {
        world.sql(&breaks).await;
        assert!(!knows(&estate, &secret).await, "{what}");
        world.sql(&mends).await;
        assert!(knows(&estate, &secret).await, "{what} no more");
    }
    assert!(!knows(&estate, &session_secret).await, "a session ended with the account, for good");
    let again = session(&world.store, &person.login).await;
    assert!(knows(&estate, &again).await);
    world.clock.advance(SignedDuration::from_hours(12));
    assert!(!knows(&estate, &again).await, "a session ends");
}

#[tokio::test]
async fn an_ended_session_and_a_revoked_token_have_no_caller() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    // Somebody without any role: their own tokens are their own matter.
    let secret = session(store, &estate.a1.people[1].login).await;
    let caller = store.caller(&secret).await.expect("asking").expect("a caller");
    let mut tx = store.write(&caller).await.expect("writing");
    let token = tx.create_token("script", None).await.expect("a token");
    tx.commit(&Cause::default()).await.expect("committing");
    assert!(knows(&estate, &token.secret).await);
    let mut tx = store.write(&estate.b1.admin).await.expect("writing");
    tx.revoke_token(token.id).await.expect_err("not a stranger's");
    drop(tx);
    let mut tx = store.write(&caller).await.expect("writing");
    assert_eq!(tx.tokens().await.expect("listing").len(), 1);
    tx.revoke_token(token.id).await.expect("revoking");
    tx.commit(&Cause::default()).await.expect("committing");
    assert!(!knows(&estate, &token.secret).await);
    store.end_session(&caller).await.expect("ending");
    assert!(!knows(&estate, &secret).await);
}

#[tokio::test]
async fn somebody_without_roles_may_act_on_the_own_account_and_sees_nothing_else() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let (me, other) = (&estate.a1.people[1], &estate.a1.people[0]);
    let caller = estate.world.caller(&me.login).await;
    let mut tx = store.write(&caller).await.expect("writing");
    tx.user(me.id).await.expect("the own account");
    tx.user(other.id).await.expect_err("not a colleague's");
    tx.tenant(estate.a1.id).await.expect("the own customer's name");
    tx.user(other.id).await.expect_err("not a colleague's, whatever was looked at before");
    tx.account::<act::UserUpdate>(me.id).await.expect_err("no change without a role");
    tx.account::<act::UserResetPassword>(other.id).await.expect_err("not a colleague's password");
    tx.account::<act::UserResetPassword>(me.id).await.expect("the own password");
    let users = store::activations::Purpose::Reset;
    tx.issue_links(estate.a1.id, &[me.id], users).await.expect("a link for oneself");
    tx.commit(&Cause::default()).await.expect("committing");
}

#[tokio::test]
async fn after_five_failures_the_wait_doubles_and_success_forgets_them() {
    let estate = Estate::new().await;
    let (store, login) = (&estate.world.store, estate.a1.people[1].login.as_str());
    let mut waits = Vec::new();
    for _ in 0..17 {
        store.sign_in_failed(login).await.expect("counting");
        waits.push(store.sign_in(login).await.expect("asking").1);
    }
    assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    estate.world.clock.advance(SignedDuration::from_secs(300));
    assert_eq!(store.sign_in(login).await.expect("asking").1, 600);
    assert_eq!(store.sign_in(&estate.b1.people[0].login).await.expect("asking").1, 0, "nobody else waits");
    session(store, login).await;
    assert_eq!(store.sign_in(login).await.expect("asking").1, 0);
}

#[tokio::test]
async fn the_last_use_is_written_once_a_minute() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let secret = session(&world.store, &estate.a1.people[1].login).await;
    let version = format!(
        "SELECT xmin::text::bigint FROM api_token WHERE secret_hash = '\\x{}'",
        data_encoding::HEXLOWER.encode(&store::seal::hash(secret.as_bytes()))
    );
    let mut owner = world.owner().await;
    let mut versions = Vec::new();
    for seconds in [0, 30, 30, 1] {
        world.clock.advance(SignedDuration::from_secs(seconds));
        assert!(knows(&estate, &secret).await);
        let row: i64 =
            sqlx::query_scalar(AssertSqlSafe(version.clone())).fetch_one(&mut owner).await.expect("the row");
        versions.push(row);
    }
    assert_eq!(versions[0], versions[1]);
    assert_eq!(versions[1], versions[2]);
    assert_ne!(versions[2], versions[3]);
}
