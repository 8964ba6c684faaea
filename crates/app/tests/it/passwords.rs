//! People change their own password.

use app::{
    AppError, Cause,
    activations::{self, LinkState, look},
    passwords::{self, Changed},
    sessions,
};
use domain::{field::Rule, limits};
use store::{Caller, activations::Purpose};

use crate::world::{PASSWORD, World, order, sign_in, world};

const ROOT: &str = "root@provider.test";
const ANNA: &str = "anna.berg@acme.example";
const OTHER: &str = "another good password";

async fn change(w: &World, caller: &Caller, present: &str, password: &str) -> Result<Changed, AppError> {
    passwords::change(&w.app, caller, (present, password), None, &Cause::default()).await
}

async fn refused(w: &World, caller: &Caller, present: &str, password: &str) -> Vec<(String, Rule)> {
    match change(w, caller, present, password).await {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.rule)).collect(),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it was accepted"),
    }
}

fn one(field: &str, rule: Rule) -> Vec<(String, Rule)> {
    vec![(field.to_owned(), rule)]
}

/// Somebody without a role, with an account in a directory.
async fn anna(w: &World) -> Caller {
    w.place(&order("SO-1", "acme")).await.expect("an order");
    let hash = sessions::hash(&w.app, PASSWORD).await.expect("a hash");
    w.db.execute(&format!("UPDATE users SET portal_hash = '{hash}' WHERE principal_name = '{ANNA}'")).await;
    w.db.execute(
        "UPDATE role_grant SET revoked_at = now() WHERE tenant_id = (SELECT id FROM tenant WHERE code = 'acme')",
    )
    .await;
    sign_in(&w.app, ANNA, PASSWORD).await.expect("signs in")
}

#[tokio::test]
async fn what_is_wrong_is_named_and_changes_nothing() {
    let w = world().await;
    let anna = anna(&w).await;
    assert_eq!(refused(&w, &anna, "", OTHER).await, one("present_password", Rule::Required));
    assert_eq!(refused(&w, &anna, PASSWORD, "short").await, one("password", Rule::TooShort));
    assert_eq!(refused(&w, &anna, PASSWORD, PASSWORD).await, one("password", Rule::Unchanged));
    let both = refused(&w, &anna, "", "short").await;
    assert_eq!(both.len(), 2, "all at once: {both:?}");
    w.db.execute(
        "INSERT INTO password_policy (tenant_id, min_chars, classes, no_names, forbidden, updated_at)
         SELECT id, 14, 3, true, '{}', now() FROM tenant WHERE kind = 'provider'",
    )
    .await;
    let strict = refused(&w, &anna, PASSWORD, "anna.berg").await;
    let rules: Vec<_> = strict.into_iter().map(|(_, rule)| rule).collect();
    assert_eq!(rules, [Rule::TooShort, Rule::TooFewKinds, Rule::HoldsWord], "the rules from above hold");
    assert!(w.db.values("activation", "id", "purpose = 'change'").await.is_empty());
    assert!(sign_in(&w.app, ANNA, PASSWORD).await.is_some());
}

#[tokio::test]
async fn whoever_guesses_at_an_open_session_has_to_wait_as_at_the_sign_in() {
    let w = world().await;
    let anna = anna(&w).await;
    for _ in 0..5 {
        assert_eq!(refused(&w, &anna, "a guess", OTHER).await, one("present_password", Rule::Mismatch));
    }
    let Ok(Changed::Wait(seconds)) = change(&w, &anna, PASSWORD, OTHER).await else {
        panic!("also the right one waits")
    };
    assert!(seconds > 0);
    assert!(sign_in(&w.app, ANNA, PASSWORD).await.is_none(), "one lock for both");
}

#[tokio::test]
async fn the_password_of_an_account_goes_by_its_directory_as_one_request() {
    let w = world().await;
    let anna = anna(&w).await;
    let Ok(Changed::Sent(token, until)) = change(&w, &anna, PASSWORD, OTHER).await else {
        panic!("it is sent")
    };
    let link = look(&w.app, &token).await.expect("the link");
    assert_eq!((activations::state(&link), link.purpose), (LinkState::Pending, Purpose::Change));
    assert_eq!((until.as_second() - w.app.now().as_second()) / 60, limits::RESET_LINK_MINUTES);
    assert_eq!(w.db.values("request", "kind", "kind = 'password'").await.len(), 1);
    let events = w
        .db
        .rows("SELECT code, actor_kind FROM event WHERE code IN ('user.reset_link', 'user.password_chosen')")
        .await;
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events.iter().all(|event| event["actor_kind"] == "human"), "{events:?}");
    assert!(sign_in(&w.app, ANNA, PASSWORD).await.is_some(), "until the directory has it the old one works");
}

#[tokio::test]
async fn staff_change_the_portal_s_password_and_are_signed_out_everywhere() {
    let w = world().await;
    let other = sign_in(&w.app, ROOT, PASSWORD).await.expect("another browser");
    let Ok(Changed::Sent(token, _)) = change(&w, &w.root, PASSWORD, OTHER).await else {
        panic!("it is sent")
    };
    let link = look(&w.app, &token).await.expect("the link");
    assert_eq!(activations::state(&link), LinkState::Done);
    let hers = format!("user_id = '{}' AND kind = 'session' AND revoked_at IS NULL", other.user().uuid());
    assert!(w.db.values("api_token", "id", &hers).await.is_empty());
    assert!(sign_in(&w.app, ROOT, PASSWORD).await.is_none());
    assert!(sign_in(&w.app, ROOT, OTHER).await.is_some());
}
