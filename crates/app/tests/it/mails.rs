//! Who is told what by mail, and what anybody may ask for who forgot a password.

use app::{
    App, AppError, Cause,
    activations::{self, LinkState, choose, look},
    error::Conflict,
    mails,
    people::PersonDraft,
    resets::{self, Asked},
    sessions,
    tenants::{ResellerDraft, create_reseller},
    users,
};
use domain::{
    limits,
    mail::{Kind, Mailing, State},
};
use store::mail::Mail;

use crate::world::{PASSWORD, World, order, person, sign_in, world};

const ANNA: &str = "anna.berg@acme.example";
const RITA: &str = "rita@north.test";
const OTHER: &str = "another good password";

fn kept(w: &World) -> App {
    w.app.clone().with_mail(Mailing::Keep)
}

/// Every mail, the oldest first, as where they may be read.
async fn all(w: &World) -> Vec<Mail> {
    // What was asked for may go on after its answer.
    w.app.settled().await;
    w.db.execute("UPDATE mail SET state = 'kept'").await;
    let mut mails = mails::list(&kept(w), &w.root, None, None, 200).await.expect("mails");
    mails.reverse();
    mails
}

fn token(mail: &Mail) -> &str {
    &mail.message.as_ref().expect("a message").token
}

/// A reseller with an administrator who has a password, and a mail address.
async fn rita(w: &World) {
    let administrator = PersonDraft {
        principal_name: Some(RITA.to_owned()),
        mail: Some("rita@private.example".to_owned()),
        ..person("Rita", "Nord")
    };
    let draft = ResellerDraft {
        code: "north".to_owned(),
        name: "North".to_owned(),
        administrator: Some(administrator),
        ..ResellerDraft::default()
    };
    let made = create_reseller(&w.app, &w.root, &draft, None, &Cause::default()).await.expect("a reseller");
    let app::Answer::Done(made) = made else { panic!("made now") };
    let token = made.administrator.expect("an administrator").1;
    choose(&w.app, &token, PASSWORD, &Cause::default()).await.expect("a password");
}

#[tokio::test]
async fn asking_is_answered_the_same_whether_there_is_an_account_or_not() {
    let w = world().await;
    rita(&w).await;
    let app = kept(&w);
    for login in [RITA, "nobody@north.test", "root@provider.test", ""] {
        let before = std::time::Instant::now();
        let answer = resets::request(&app, login, &Cause::default()).await.expect("an answer");
        assert_eq!(answer, Asked::Taken, "{login}");
        assert!(before.elapsed() >= limits::RESET_ANSWER, "{login}: not sooner for anybody");
    }
    // Root has no mail address; nobody is nobody.
    let mails = all(&w).await;
    assert_eq!(mails.len(), 1);
    let message = mails[0].message.as_ref().expect("a message");
    assert_eq!((mails[0].kind, message.to.address.as_str()), (Kind::ResetRequested, "rita@private.example"));
    let events =
        w.db.rows("SELECT actor_kind, actor_id FROM event WHERE code = 'user.reset_requested'").await;
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["actor_kind"], events[0]["actor_id"].is_null()), (&"system".into(), true));
    for _ in 1..limits::RESETS_PER_HOUR {
        for login in [" Rita@North.test ", "nobody@north.test"] {
            let again = resets::request(&app, login, &Cause::default()).await.expect("an answer");
            assert_eq!(again, Asked::Taken);
        }
    }
    for login in [RITA, "nobody@north.test"] {
        let often = resets::request(&app, login, &Cause::default()).await.expect("an answer");
        assert!(matches!(often, Asked::Wait(1..=3_600)), "{login}: {often:?}");
    }
}

#[tokio::test]
async fn the_link_sets_the_password_once_and_ends_sessions_and_other_links() {
    let w = world().await;
    rita(&w).await;
    let app = kept(&w);
    let session = sign_in(&w.app, RITA, PASSWORD).await.expect("signs in");
    let made = sessions::create_token(&w.app, &session, "script", None, &Cause::default()).await;
    let made = made.expect("an API token");
    let (by_root, _) = users::reset_password(&w.app, &w.root, session.user(), &Cause::default())
        .await
        .expect("an administrator's link");
    resets::request(&app, RITA, &Cause::default()).await.expect("an answer");
    let mut mails = all(&w).await;
    resets::request(&app, RITA, &Cause::default()).await.expect("an answer");
    // At one and the same instant ids are in no order.
    mails.extend(all(&w).await.into_iter().filter(|mail| mail.id != mails[0].id).collect::<Vec<_>>());
    let state = async |token: &str| activations::state(&look(&w.app, token).await.expect("a link"));
    assert_eq!(state(token(&mails[0])).await, LinkState::Expired, "replaced by the newer one");
    assert_eq!(state(&by_root).await, LinkState::Open, "nobody takes an administrator's link away");
    let open = look(&w.app, token(&mails[1])).await.expect("a link");
    let minutes = (open.expires_at.as_second() - w.app.now().as_second()) / 60;
    assert_eq!(minutes, limits::RESET_LINK_MINUTES);
    assert!(sign_in(&w.app, RITA, PASSWORD).await.is_some(), "until then the old one works");
    choose(&w.app, token(&mails[1]), OTHER, &Cause::default()).await.expect("a password");
    let again = choose(&w.app, token(&mails[1]), PASSWORD, &Cause::default()).await.expect_err("used");
    assert!(matches!(again, AppError::Conflict(Conflict::LinkDead)), "{again:?}");
    assert_eq!(state(&by_root).await, LinkState::Expired, "there is a password now");
    assert!(sign_in(&w.app, RITA, PASSWORD).await.is_none());
    assert!(sign_in(&w.app, RITA, OTHER).await.is_some());
    let hers =
        "revoked_at IS NULL AND user_id = (SELECT id FROM users WHERE principal_name = 'rita@north.test')";
    let open = w.db.values("api_token", "kind || ' ' || name", hers).await;
    assert_eq!(open, ["api script", "session session"], "the new session, and what scripts use");
    assert!(w.app.caller(&made.secret).await.expect("asking").is_some());
}

#[tokio::test]
async fn a_customer_s_new_password_goes_by_its_directory_and_takes_the_old_link_with_it() {
    let w = world().await;
    let mut draft = order("SO-1", "acme");
    draft.administrator.mail = Some(ANNA.to_owned());
    let first = w.place(&draft).await.expect("an order").activation.expect("a link").0;
    resets::request(&kept(&w), ANNA, &Cause::default()).await.expect("an answer");
    let mails = all(&w).await;
    let pending = choose(&w.app, token(&mails[0]), PASSWORD, &Cause::default()).await.expect("on its way");
    assert_eq!(activations::state(&pending), LinkState::Pending);
    let dead = choose(&w.app, &first, OTHER, &Cause::default()).await.expect_err("only one of them");
    assert!(matches!(dead, AppError::Conflict(Conflict::LinkDead)), "{dead:?}");
    // A password on its way is not taken away by whoever asks for another link.
    resets::request(&kept(&w), ANNA, &Cause::default()).await.expect("an answer");
    let still = look(&w.app, token(&mails[0])).await.expect("a link");
    assert_eq!(activations::state(&still), LinkState::Pending);
    assert_eq!(w.db.values("secret", "id", "true").await.len(), 1);
    // Who may not sign in gets no mail.
    for ending in [
        "UPDATE users SET enabled = false",
        "UPDATE tenant SET status = 'suspended' WHERE kind = 'customer'",
        "UPDATE users SET mail = NULL",
    ] {
        w.db.execute("UPDATE users SET enabled = true; UPDATE tenant SET status = 'active'").await;
        w.db.execute("DELETE FROM reset_request; DELETE FROM mail").await;
        w.db.execute(ending).await;
        resets::request(&kept(&w), ANNA, &Cause::default()).await.expect("an answer");
        assert!(all(&w).await.is_empty(), "{ending}");
    }
}

#[tokio::test]
async fn somebody_without_a_role_has_a_link_mailed_to_themselves_and_to_nobody_else() {
    let w = world().await;
    let mut draft = order("SO-1", "acme");
    draft.administrator.mail = Some(ANNA.to_owned());
    draft.users = vec![PersonDraft { mail: Some("ben@acme.example".to_owned()), ..person("Ben", "Lund") }];
    let placed = w.place(&draft).await.expect("an order").order;
    let hash = sessions::hash(&w.app, PASSWORD).await.expect("a hash");
    w.db.execute(&format!(
        "UPDATE users SET portal_hash = '{hash}' WHERE principal_name = 'ben.lund@acme.example'"
    ))
    .await;
    let ben = sign_in(&w.app, "ben.lund@acme.example", PASSWORD).await.expect("signs in");
    users::reset_password_and_tell(&kept(&w), &ben, ben.user(), Some("mail"), &Cause::default())
        .await
        .expect("a link of his own");
    let other = placed.administrator;
    let refused =
        users::reset_password_and_tell(&kept(&w), &ben, other, Some("mail"), &Cause::default()).await;
    assert!(matches!(refused.expect_err("not his"), AppError::NotFound(_)));
    let mails = all(&w).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].message.as_ref().expect("a message").to.address, "ben@acme.example");
}

#[tokio::test]
async fn without_mail_whatever_needs_it_says_so_and_nothing_is_queued() {
    let w = world().await;
    let placed = w.place(&order("SO-1", "acme")).await.expect("an order").order;
    let off = |error: AppError| assert!(matches!(error, AppError::Conflict(Conflict::MailOff)), "{error:?}");
    off(resets::request(&w.app, ANNA, &Cause::default()).await.expect_err("no mail"));
    let mailed = PersonDraft {
        mail: Some("ben@acme.example".to_owned()),
        send_link: Some("mail".to_owned()),
        ..person("Ben", "Lund")
    };
    let create = |app: App, draft: PersonDraft| {
        let (root, customer) = (w.root.clone(), placed.customer);
        async move { users::create(&app, &root, customer, &[draft], false, None, &Cause::default()).await }
    };
    off(create(w.app.clone(), mailed.clone()).await.expect_err("no mail"));
    let cause = Cause::default();
    let reset = users::reset_password_and_tell(&w.app, &w.root, placed.administrator, Some("mail"), &cause);
    off(reset.await.expect_err("no mail"));
    assert!(w.db.values("mail", "id", "true").await.is_empty());
    // With mail, the person still needs an address, and the way has to be one there is.
    let field = |error: AppError| match error {
        AppError::Invalid(errors) => errors.iter().map(|e| e.field.clone()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let nowhere = PersonDraft { mail: None, ..mailed.clone() };
    assert_eq!(field(create(kept(&w), nowhere).await.expect_err("no address")), ["mail"]);
    let pigeon = PersonDraft { send_link: Some("pigeon".to_owned()), ..mailed.clone() };
    assert_eq!(field(create(kept(&w), pigeon).await.expect_err("no such way")), ["send_link"]);
    create(kept(&w), mailed).await.expect("made and mailed");
    let mails = all(&w).await;
    assert_eq!((mails.len(), mails[0].kind), (1, Kind::Activation));
}

#[tokio::test]
async fn hundreds_of_people_are_told_in_their_language_with_links_that_work() {
    let w = world().await;
    let placed = w.place(&order("SO-1", "acme")).await.expect("an order").order;
    w.db.execute("UPDATE tenant SET language = 'da' WHERE code = 'acme'").await;
    let drafts: Vec<_> = (0..600)
        .map(|n| PersonDraft {
            mail: (n % 2 == 0).then(|| format!("p{n}@acme.example")),
            send_link: (n % 2 == 0).then(|| "mail".to_owned()),
            ..person("Per", &format!("No{n}"))
        })
        .collect();
    users::create(&kept(&w), &w.root, placed.customer, &drafts, true, None, &Cause::default())
        .await
        .expect("people");
    assert_eq!(w.db.values("mail", "id", "language = 'da' AND state = 'requested'").await.len(), 300);
    let mails = all(&w).await;
    let last = mails.last().expect("a mail");
    let link = look(&w.app, token(last)).await.expect("a link");
    assert_eq!((link.user, activations::state(&link)), (last.user, LinkState::Open));
    // Whoever is told again by an administrator is told what the link is for.
    users::reset_password_and_tell(&kept(&w), &w.root, last.user, Some("mail"), &Cause::default())
        .await
        .expect("a link");
    assert_eq!(all(&w).await.last().expect("a mail").kind, Kind::Activation, "there is no password yet");
}

#[tokio::test]
async fn mails_are_the_provider_s_to_see_and_read_only_where_nothing_is_sent() {
    let w = world().await;
    rita(&w).await;
    resets::request(&kept(&w), RITA, &Cause::default()).await.expect("an answer");
    let seller = sign_in(&w.app, RITA, PASSWORD).await.expect("signs in");
    let refused = mails::list(&kept(&w), &seller, None, None, 10).await.expect_err("not a reseller's");
    assert!(matches!(refused, AppError::Forbidden(_)), "{refused:?}");
    let id = all(&w).await[0].id;
    assert!(mails::readable(&kept(&w), &mails::show(&kept(&w), &w.root, id).await.expect("a mail")));
    let sending = w.app.clone().with_mail(Mailing::Send);
    for app in [w.app.clone(), sending] {
        let mail = mails::show(&app, &w.root, id).await.expect("a mail");
        assert!(!mails::readable(&app, &mail));
        assert_eq!(token(&mail), "", "no link opens an account from a list");
    }
    w.db.execute("UPDATE mail SET state = 'sent'").await;
    let mail = mails::show(&kept(&w), &w.root, id).await.expect("a mail");
    assert_eq!((mails::readable(&kept(&w), &mail), token(&mail), mail.state), (false, "", State::Sent));
}
