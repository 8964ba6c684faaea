//! Links and sign-in: what opens an account and what does not.

use app::{
    Answer, AppError, Cause,
    activations::{self, LinkState, choose, look},
    error::Conflict,
    people::PersonDraft,
    sessions::{self, SignedIn},
    tenants::{ResellerDraft, create_reseller},
    users,
};
use domain::device::Device;

use crate::world::{PASSWORD, World, order, sign_in, world};

#[tokio::test]
async fn a_customer_s_password_is_on_its_way_and_not_yet_the_portal_s() {
    let w = world().await;
    let placed = w.place(&order("SO-1", "acme")).await.expect("an order");
    let token = placed.activation.expect("a link").0;
    assert_eq!(activations::state(&look(&w.app, &token).await.expect("a link")), LinkState::Open);
    let short = choose(&w.app, &token, "short", &Cause::default()).await.expect_err("too short");
    assert!(matches!(short, AppError::Invalid(_)), "{short:?}");
    let pending = choose(&w.app, &token, PASSWORD, &Cause::default()).await.expect("on its way");
    assert_eq!(activations::state(&pending), LinkState::Pending);
    // The directory has not verified it: the portal does not know it either.
    assert!(sign_in(&w.app, "anna.berg@acme.example", PASSWORD).await.is_none());
    let hex = data_encoding::HEXLOWER.encode(PASSWORD.as_bytes());
    let sealed = w.db.values("secret", "sealed", "true").await;
    assert!(sealed.len() == 1 && !sealed[0].contains(&hex), "sealed, never in clear");
}

#[tokio::test]
async fn a_password_chosen_in_time_is_on_its_way_however_long_that_takes() {
    let w = world().await;
    let placed = w.place(&order("SO-1", "acme")).await.expect("an order");
    let token = placed.activation.expect("a link").0;
    choose(&w.app, &token, PASSWORD, &Cause::default()).await.expect("on its way");
    let state = async || activations::state(&look(&w.app, &token).await.expect("the link"));
    let over = "UPDATE activation SET expires_at = created_at";
    w.db.execute(over).await;
    assert_eq!(state().await, LinkState::Pending, "nobody is sent for another link");
    w.db.execute("UPDATE request_item SET state = 'failed' WHERE state = 'requested'").await;
    assert_eq!(state().await, LinkState::Expired, "and too late for another password");
    w.db.execute("UPDATE request_item SET state = 'verified' WHERE state = 'failed'").await;
    assert_eq!(state().await, LinkState::Done);
}

#[tokio::test]
async fn a_forged_or_replaced_link_opens_nothing() {
    let w = world().await;
    let placed = w.place(&order("SO-1", "acme")).await.expect("an order");
    let token = placed.activation.expect("a link").0;
    for i in 0..token.len() {
        let mut forged = token.clone().into_bytes();
        forged[i] = if forged[i] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).expect("ASCII");
        let refused = look(&w.app, &forged).await;
        assert!(matches!(refused, Err(AppError::NotFound(_))), "byte {i}");
    }
    let (newer, _) = users::reset_password(&w.app, &w.root, placed.order.administrator, &Cause::default())
        .await
        .expect("a newer link");
    assert_eq!(activations::state(&look(&w.app, &token).await.expect("known")), LinkState::Expired);
    let refused = choose(&w.app, &token, PASSWORD, &Cause::default()).await.expect_err("replaced");
    assert!(matches!(refused, AppError::Conflict(Conflict::LinkDead)), "{refused:?}");
    assert_eq!(activations::state(&look(&w.app, &newer).await.expect("known")), LinkState::Open);
}

/// A reseller's administrator, who has the portal alone: the link.
async fn staff_link(w: &World) -> String {
    let administrator = PersonDraft {
        given_name: "Rita".to_owned(),
        principal_name: Some("rita@north.test".to_owned()),
        enabled: true,
        ..PersonDraft::default()
    };
    let draft = ResellerDraft {
        code: "north".to_owned(),
        name: "North".to_owned(),
        administrator: Some(administrator),
        ..ResellerDraft::default()
    };
    let made = create_reseller(&w.app, &w.root, &draft, None, &Cause::default()).await.expect("a reseller");
    let Answer::Done(made) = made else { panic!("made now, not before") };
    made.administrator.expect("an administrator").1
}

#[tokio::test]
async fn staff_of_a_reseller_sign_in_after_their_link_and_sell_only_below_themselves() {
    let w = world().await;
    let token = staff_link(&w).await;
    assert!(sign_in(&w.app, "rita@north.test", PASSWORD).await.is_none(), "not before the link was used");
    let done = choose(&w.app, &token, PASSWORD, &Cause::default()).await.expect("a password");
    assert_eq!(activations::state(&done), LinkState::Done);
    let again = choose(&w.app, &token, "another password", &Cause::default()).await.expect_err("used");
    assert!(matches!(again, AppError::Conflict(Conflict::LinkDead)), "{again:?}");
    let rita = sign_in(&w.app, "rita@north.test", PASSWORD).await.expect("signs in");
    let sold = app::orders::place(&w.app, &rita, &order("R-1", "rcust"), b"R-1", &Cause::default()).await;
    let sold = sold.expect("a reseller orders below itself");
    let theirs = w.place(&order("SO-9", "direct")).await.expect("the provider's own customer").order.customer;
    let mut tx = w.app.read(&rita).await.expect("a transaction");
    assert!(tx.tenant(sold.order.customer).await.is_ok());
    assert!(tx.tenant(theirs).await.is_err(), "another's customer does not exist for a reseller");
    let mut above = order("R-2", "above");
    above.seller = Some("hq".to_owned());
    let refused =
        app::orders::place(&w.app, &rita, &above, b"R-2", &Cause::default()).await.expect_err("above");
    assert!(matches!(refused, AppError::Invalid(_)), "{refused:?}");
}

#[tokio::test]
async fn guessing_locks_the_login_and_says_for_how_long() {
    let w = world().await;
    for _ in 0..6 {
        assert!(sign_in(&w.app, "root@provider.test", "wrong password").await.is_none());
    }
    let answer = sessions::sign_in(&w.app, "root@provider.test", PASSWORD).await.expect("an answer");
    assert!(matches!(answer, SignedIn::Locked(1..=900)), "even the right password waits");
}

#[tokio::test]
async fn guesses_from_elsewhere_keep_nobody_out_and_a_new_password_ends_those_from_here() {
    let w = world().await;
    let (login, token) = ("rita@north.test", staff_link(&w).await);
    choose(&w.app, &token, PASSWORD, &Cause::default()).await.expect("a password");
    let from = |network: &str| Device { browser: None, network: Some(network.to_owned()) };
    let (here, elsewhere) = (from("192.0.2.0/24"), from("198.51.100.0/24"));
    let attempt = async |password: &str, device: &Device| {
        sessions::sign_in_from(&w.app, login, password, device).await.expect("an answer")
    };
    for _ in 0..8 {
        attempt("wrong password", &elsewhere).await;
    }
    assert!(matches!(attempt(PASSWORD, &elsewhere).await, SignedIn::Locked(1..=900)));
    assert!(matches!(attempt(PASSWORD, &here).await, SignedIn::Yes { .. }));
    for _ in 0..8 {
        attempt("wrong password", &here).await;
    }
    assert!(matches!(attempt(PASSWORD, &here).await, SignedIn::Locked(_)));
    let rita = w.db.values("users", "id", "principal_name = 'rita@north.test'").await;
    let rita = domain::id::UserId::from_uuid(rita[0].parse().expect("an id"));
    let (token, _) = users::reset_password(&w.app, &w.root, rita, &Cause::default()).await.expect("a link");
    choose(&w.app, &token, "another good password", &Cause::default()).await.expect("a password");
    assert!(matches!(attempt("another good password", &here).await, SignedIn::Yes { .. }));
}

#[tokio::test]
async fn guesses_made_at_once_are_no_more_than_one_after_the_other() {
    let w = world().await;
    let guesses = (0..30).map(|_| sessions::sign_in(&w.app, "root@provider.test", "wrong password"));
    let answers = futures::future::join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| matches!(answer, Ok(SignedIn::No))).count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn a_link_used_twice_at_once_sets_one_password() {
    let w = world().await;
    let placed = w.place(&order("SO-1", "acme")).await.expect("an order");
    let token = placed.activation.expect("a link").0;
    let (cause, other) = (Cause::default(), "another good password");
    let (a, b) =
        tokio::join!(choose(&w.app, &token, PASSWORD, &cause), choose(&w.app, &token, other, &cause));
    for answer in [a, b] {
        // The second is told what it would be told a moment later.
        assert_eq!(activations::state(&answer.expect("on its way")), LinkState::Pending);
    }
    assert_eq!(w.db.values("request", "id", "kind = 'password'").await.len(), 1);
    assert_eq!(w.db.values("secret", "id", "true").await.len(), 1);

    let token = staff_link(&w).await;
    let (a, b) =
        tokio::join!(choose(&w.app, &token, PASSWORD, &cause), choose(&w.app, &token, other, &cause));
    let refused: Vec<_> = [a, b].into_iter().filter_map(Result::err).collect();
    assert!(matches!(refused.as_slice(), [AppError::Conflict(Conflict::LinkDead)]), "{refused:?}");
}

#[tokio::test]
async fn a_link_that_ends_while_the_password_is_hashed_sets_nothing() {
    let w = world().await;
    let placed = w.place(&order("SO-1", "acme")).await.expect("an order");
    for ending in [
        "UPDATE activation SET revoked_at = created_at",
        "UPDATE activation SET expires_at = created_at",
        "UPDATE users SET enabled = false WHERE object_id IS NOT NULL",
        "UPDATE tenant SET status = 'suspended' WHERE kind = 'customer'",
    ] {
        let id = placed.order.administrator;
        let (token, _) = users::reset_password(&w.app, &w.root, id, &Cause::default()).await.expect("a link");
        // Looked at before, used after: as when it ends in between.
        let activation = look(&w.app, &token).await.expect("the link");
        w.db.execute(ending).await;
        let holder = w.store.link_caller(&activation);
        let mut tx = w.store.write(&holder).await.expect("a transaction");
        assert!(tx.link_permit(&activation).await.expect("an answer").is_none(), "{ending}");
        drop(tx);
        let refused = choose(&w.app, &token, PASSWORD, &Cause::default()).await.expect_err("dead");
        assert!(matches!(refused, AppError::Conflict(Conflict::LinkDead)), "{ending}: {refused:?}");
        w.db.execute("UPDATE users SET enabled = true; UPDATE tenant SET status = 'active'").await;
    }
}
