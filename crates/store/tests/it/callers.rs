//! Who has a caller, and who has none any more.

use domain::{device::Device, limits};
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
    let secret = tx.create_token("script", None, None).await.expect("a token").secret;
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
    let token = tx.create_token("script", None, None).await.expect("a token");
    tx.commit(&Cause::default()).await.expect("committing");
    assert!(knows(&estate, &token.secret).await);
    let mut tx = store.write(&estate.b1.admin).await.expect("writing");
    tx.revoke_token(token.id).await.expect_err("not a stranger's");
    drop(tx);
    let mut tx = store.write(&caller).await.expect("writing");
    assert_eq!(tx.tokens(None, 200).await.expect("listing").len(), 1);
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
async fn after_five_attempts_the_wait_doubles_and_success_forgets_them() {
    let estate = Estate::new().await;
    let (store, login) = (&estate.world.store, estate.a1.people[1].login.as_str());
    let here = Some("192.0.2.0/24");
    let mut waits = Vec::new();
    for _ in 0..17 {
        let wait = store.count_sign_in(login, here).await.expect("counting");
        waits.push(wait);
        if wait > 0 {
            estate.world.clock.advance(SignedDuration::from_secs(wait));
            assert_eq!(store.count_sign_in(login, here).await.expect("counting"), 0);
        }
    }
    assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    estate.world.clock.advance(SignedDuration::from_secs(300));
    assert_eq!(store.count_sign_in(login, here).await.expect("counting"), 600);
    for (login, network) in
        [(login, Some("198.51.100.0/24")), (login, None), (estate.b1.people[0].login.as_str(), here)]
    {
        assert_eq!(store.count_sign_in(login, network).await.expect("counting"), 0, "nobody else waits");
    }
    // Nobody looked at the password of one: it does not count, and those before it do.
    store.uncount_sign_in(login, here).await.expect("uncounting");
    assert!(store.count_sign_in(login, here).await.expect("counting") > 0, "still to wait");
    store.take_back_sign_in(login, here).await.expect("taking back");
    assert_eq!(store.count_sign_in(login, here).await.expect("counting"), 0);
}

#[tokio::test]
async fn attempts_made_at_once_count_one_after_the_other() {
    let estate = Estate::new().await;
    let (store, login) = (&estate.world.store, estate.a1.people[1].login.as_str());
    let attempts = (0..40).map(|_| store.count_sign_in(login, Some("192.0.2.0/24")));
    let waits = futures::future::join_all(attempts).await;
    let free = waits.iter().filter(|wait| matches!(wait, Ok(0))).count();
    assert_eq!(free, 5, "{waits:?}");
}

#[tokio::test]
async fn very_many_attempts_from_everywhere_close_a_login_to_strangers_for_an_hour() {
    let estate = Estate::new().await;
    let (store, person) = (&estate.world.store, &estate.a1.people[1]);
    for i in 0..limits::SIGN_IN_FAILURES_PER_HOUR {
        assert_eq!(store.sign_in(&person.login).await.expect("asking").1, 0);
        let from = format!("10.0.{i}.0/24");
        assert_eq!(store.count_sign_in(&person.login, Some(&from)).await.expect("counting"), 0);
    }
    let (account, closed) = store.sign_in(&person.login).await.expect("asking");
    assert_eq!(closed, 3_600);
    let (account, home) = (account.expect("an account"), "203.0.113.0/24");
    assert!(!store.knows_network(account.user, home).await.expect("asking"));
    let device = Device { browser: None, network: Some(home.to_owned()) };
    let opened = store.open_session_from(&account, &person.login, &device, 12).await.expect("opening");
    assert!(opened.is_some());
    assert!(store.knows_network(account.user, home).await.expect("asking"), "their own is not a stranger's");
    estate.world.clock.advance(SignedDuration::from_secs(3_600));
    assert_eq!(store.sign_in(&person.login).await.expect("asking").1, 0);
    estate.world.clock.advance(SignedDuration::from_hours(limits::ENDED_SESSION_HOURS));
    assert!(!store.knows_network(account.user, home).await.expect("asking"));
}

#[tokio::test]
async fn a_new_password_forgets_attempts_and_sessions_of_the_old_one_do_not_begin() {
    let estate = Estate::new().await;
    let (store, person) = (&estate.world.store, &estate.a1.people[1]);
    for _ in 0..6 {
        store.count_sign_in(&person.login, None).await.expect("counting");
    }
    let (account, _) = store.sign_in(&person.login).await.expect("asking");
    let verified = account.expect("an account");
    let set = format!("UPDATE users SET portal_hash = 'another' WHERE id = '{}'", person.id.uuid());
    estate.world.sql(&set).await;
    assert_eq!(store.count_sign_in(&person.login, None).await.expect("counting"), 0);
    let device = Device::default();
    let late = store.open_session_from(&verified, &person.login, &device, 12).await.expect("asking");
    assert!(late.is_none(), "it was verified with the password before");
    let (account, _) = store.sign_in(&person.login).await.expect("asking");
    let now = account.expect("an account");
    let opened = store.open_session_from(&now, &person.login, &device, 12).await.expect("asking");
    assert!(opened.is_some());
}

#[tokio::test]
async fn tokens_are_listed_newest_first_without_those_that_ended_and_not_without_bound() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let caller = estate.world.caller(&estate.a1.people[1].login).await;
    let mut tx = store.write(&caller).await.expect("writing");
    let soon = tx.now() + SignedDuration::from_secs(60);
    tx.create_token("ends soon", Some(soon), None).await.expect("a token");
    for i in 0..limits::TOKENS - 1 {
        tx.create_token(&format!("script {i}"), None, None).await.expect("a token");
    }
    assert!(tx.create_token("too many", None, None).await.is_err(), "a hundred are enough");
    tx.commit(&Cause::default()).await.expect("committing");
    estate.world.clock.advance(SignedDuration::from_secs(61));
    let mut tx = store.write(&caller).await.expect("writing");
    tx.create_token("the newest", None, None).await.expect("one ended meanwhile");
    let first = tx.tokens(None, 10).await.expect("listing");
    assert_eq!((first.len(), first[0].name.as_str()), (10, "the newest"));
    let rest = tx.tokens(Some(first[9].id), 200).await.expect("listing");
    assert_eq!(rest.len(), 90);
    assert!(rest.iter().all(|token| token.name.starts_with("script")), "what ended is not listed");
}

#[tokio::test]
async fn a_form_sent_twice_makes_one_token_and_shows_it_for_a_while() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let caller = estate.world.caller(&estate.a1.people[1].login).await;
    let make = async |once: &str| {
        let mut tx = store.write(&caller).await.expect("writing");
        let token = tx.create_token("script", None, Some(once)).await.expect("a token");
        tx.commit(&Cause::default()).await.expect("committing");
        token
    };
    let (one, same) = (make("form").await, make("form").await);
    assert_eq!((one.id, &one.secret), (same.id, &same.secret));
    let (a, b) = tokio::join!(make("pressed twice"), make("pressed twice"));
    assert_eq!(a.secret, b.secret);
    assert_ne!(a.secret, one.secret);
    let other = estate.world.caller(&estate.a1.people[0].login).await;
    let mut tx = store.read(&other).await.expect("reading");
    assert!(tx.token_made("form").await.expect("asking").is_none(), "nobody else's");
    drop(tx);
    let shown = async || {
        let mut tx = store.read(&caller).await.expect("reading");
        tx.token_made("form").await.expect("asking").map(|token| token.secret)
    };
    assert_eq!(shown().await.as_ref(), Some(&one.secret));
    estate.world.clock.advance(SignedDuration::from_mins(limits::SHOWN_MINUTES + 1));
    assert!(shown().await.is_none(), "not for ever");
    assert_ne!(make("form").await.id, one.id, "long after it is another");
    assert!(knows(&estate, &one.secret).await);
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
