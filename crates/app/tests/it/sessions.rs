//! Sessions that people recognise and end, and what they choose for themselves.

use app::{
    AppError, Cause,
    preferences::{self, PreferencesPatch},
    sessions::{self, SignedIn},
    users::{self, UserPatch},
};
use domain::{device::Device, person::Theme};
use store::Caller;

use crate::world::{PASSWORD, World, order, sign_in, world};

const ROOT: &str = "root@provider.test";
const ANNA: &str = "anna.berg@acme.example";

async fn from(w: &World, browser: &str) -> Caller {
    let device = Device { browser: Some(browser.to_owned()), network: Some("192.0.2.0/24".to_owned()) };
    match sessions::sign_in_from(&w.app, ROOT, PASSWORD, &device).await.expect("an answer") {
        SignedIn::Yes { caller, .. } => *caller,
        _ => panic!("root signs in"),
    }
}

/// Anna, with a session of her own, as if the directory had verified her password.
async fn anna(w: &World) -> (Caller, domain::id::UserId) {
    let placed = w.place(&order("SO-1", "acme")).await.expect("an order").order;
    let hash = sessions::hash(&w.app, PASSWORD).await.expect("a hash");
    w.db.execute(&format!("UPDATE users SET portal_hash = '{hash}' WHERE principal_name = '{ANNA}'")).await;
    (sign_in(&w.app, ANNA, PASSWORD).await.expect("signs in"), placed.administrator)
}

async fn open(w: &World, login: &str) -> usize {
    let of = format!(
        "kind = 'session' AND revoked_at IS NULL AND user_id = (SELECT id FROM users WHERE principal_name = '{login}')"
    );
    w.db.values("api_token", "id", &of).await.len()
}

#[tokio::test]
async fn people_see_their_own_sessions_and_end_one_or_all_others() {
    let w = world().await;
    let laptop = from(&w, "Firefox on Windows").await;
    let phone = from(&w, "Safari on iPhone").await;
    let (stranger, _) = anna(&w).await;
    let list = sessions::list(&w.app, &laptop).await.expect("sessions");
    let seen: Vec<_> = list.iter().map(|s| (s.browser.as_deref(), s.current)).collect();
    assert_eq!(seen.len(), 3, "with the one of the world: {seen:?}");
    assert!(seen.contains(&(Some("Firefox on Windows"), true)));
    assert!(seen.contains(&(Some("Safari on iPhone"), false)));
    let of_phone = phone.token().expect("a session");
    let refused = sessions::end(&w.app, &stranger, of_phone, &Cause::default()).await.expect_err("not hers");
    assert!(matches!(refused, AppError::NotFound(_)), "{refused:?}");
    sessions::end(&w.app, &laptop, of_phone, &Cause::default()).await.expect("ended");
    let again = sessions::end(&w.app, &laptop, of_phone, &Cause::default()).await.expect_err("over");
    assert!(matches!(again, AppError::NotFound(_)), "{again:?}");
    assert_eq!(sessions::end_others(&w.app, &laptop, &Cause::default()).await.expect("ended"), 1);
    assert_eq!(sessions::end_others(&w.app, &laptop, &Cause::default()).await.expect("none"), 0);
    let rest = sessions::list(&w.app, &laptop).await.expect("the present one goes on");
    assert_eq!(rest.len(), 1);
    assert_eq!(open(&w, ANNA).await, 1, "nobody else's");
    let noted = w.db.values("event", "id", "code = 'user.sessions_ended'").await;
    assert_eq!(noted.len(), 2, "ending none is no event");
}

#[tokio::test]
async fn administrators_end_the_sessions_of_people_below_them_and_of_nobody_else() {
    let w = world().await;
    let (anna, id) = anna(&w).await;
    let root = w.root.user();
    let refused = sessions::end_all_of(&w.app, &anna, root, &Cause::default()).await.expect_err("above");
    assert!(matches!(refused, AppError::NotFound(_)), "{refused:?}");
    sign_in(&w.app, ANNA, PASSWORD).await.expect("once more");
    assert_eq!(sessions::end_all_of(&w.app, &w.root, id, &Cause::default()).await.expect("ended"), 2);
    assert_eq!(open(&w, ANNA).await, 0);
    // One's own account is everybody's to sign out.
    let again = sign_in(&w.app, ANNA, PASSWORD).await.expect("signs in");
    assert_eq!(sessions::end_all_of(&w.app, &again, id, &Cause::default()).await.expect("ended"), 1);
}

#[tokio::test]
async fn a_disabled_and_a_removed_account_have_no_sessions() {
    let w = world().await;
    let (_, id) = anna(&w).await;
    let user = {
        let mut tx = w.app.read(&w.root).await.expect("reading");
        tx.user(id).await.expect("anna")
    };
    let disable = UserPatch { enabled: Some(false), ..UserPatch::default() };
    let user =
        users::update(&w.app, &w.root, id, user.version, disable, &Cause::default()).await.expect("disabled");
    assert_eq!(open(&w, ANNA).await, 0);
    let enable = UserPatch { enabled: Some(true), ..UserPatch::default() };
    users::update(&w.app, &w.root, id, user.version, enable, &Cause::default()).await.expect("enabled");
    sign_in(&w.app, ANNA, PASSWORD).await.expect("a new session, not the old one");
    w.db.execute(&format!("UPDATE users SET title = 'CFO' WHERE principal_name = '{ANNA}'")).await;
    assert_eq!(open(&w, ANNA).await, 1, "nothing else ends one");
    w.db.execute(&format!("UPDATE users SET deleted_at = now() WHERE principal_name = '{ANNA}'")).await;
    assert_eq!(open(&w, ANNA).await, 0);
}

#[tokio::test]
async fn a_person_without_a_role_chooses_language_and_theme_and_changes_nothing_else() {
    let w = world().await;
    let (_, _) = anna(&w).await;
    w.db.execute("UPDATE role_grant SET revoked_at = now() WHERE tenant_id = (SELECT id FROM tenant WHERE code = 'acme')").await;
    w.db.execute("UPDATE tenant SET language = 'de' WHERE code = 'acme'").await;
    let anna = sign_in(&w.app, ANNA, PASSWORD).await.expect("signs in");
    assert_eq!((anna.language.as_str(), anna.theme), ("de", None), "the customer's");
    let choose = |language: Option<&str>, theme: Option<&str>| PreferencesPatch {
        language: language.map(|l| Some(l.to_owned())),
        theme: theme.map(|t| Some(t.to_owned())),
    };
    let bad = choose(Some("klingon!"), Some("pink"));
    let refused =
        preferences::change(&w.app, &anna, &bad, &Cause::default()).await.expect_err("no such things");
    let AppError::Invalid(errors) = refused else { panic!("field errors") };
    let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["language", "theme"]);
    for patch in [choose(Some("da"), None), choose(None, Some("dark")), choose(None, None)] {
        preferences::change(&w.app, &anna, &patch, &Cause::default()).await.expect("chosen");
    }
    let anna = sign_in(&w.app, ANNA, PASSWORD).await.expect("signs in");
    assert_eq!((anna.language.as_str(), anna.theme), ("da", Some(Theme::Dark)));
    assert_eq!(
        w.db.values("event", "id", "code = 'user.settings_changed'").await.len(),
        2,
        "no change, no event"
    );
    let others = w.db.values("users", "principal_name", "language IS NOT NULL OR theme IS NOT NULL").await;
    assert_eq!(others, [ANNA]);
    let back = PreferencesPatch { language: Some(None), theme: None };
    let now =
        preferences::change(&w.app, &anna, &back, &Cause::default()).await.expect("the customer's again");
    assert_eq!((now.language, now.theme), (None, Some(Theme::Dark)));
}
