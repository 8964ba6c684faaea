//! Passwords in files of people: not kept, or sealed as the first ones of new accounts.

use std::collections::BTreeMap;

use app::{
    AppError, Cause,
    bulk::{self, FileFacts, Shown, Turn},
    settings,
    users::{self, UserPatch},
};
use domain::{
    bulk::{Act, Options},
    field::Rule,
    id::TenantId,
    import::{Column, Mapping},
};

use crate::{
    bulk::{all, begin, counts, customer, one, preview, rows},
    world::{World, world},
};

const FILE: &str = "\
First name;Last name;User principal name;Password;Must change password;Department
Ida;Lund;ida.lund@acme.example;Correct-Horse-7;;Sales
Jens;Krag;jens.krag@acme.example;Battery-Staple-8;no;Sales
Lis;Dahl;lis.dahl@acme.example;short;;Sales
Mia;Bech;mia.bech@acme.example;;;Sales
Bo;Holm;bo.holm@acme.example;Wrong-Donkey-9;;Board
";
const SECRETS: [&str; 3] = ["Correct-Horse-7", "Battery-Staple-8", "Wrong-Donkey-9"];

async fn allow(w: &World, customer: TenantId, said: Option<&str>) {
    let version = settings::show(&w.app, &w.root, customer).await.expect("a view").tenant.version;
    let given = BTreeMap::from([("import_passwords".to_owned(), said.map(str::to_owned))]);
    settings::update(&w.app, &w.root, customer, version, &given, &Cause::default()).await.expect("said");
}

fn facts(of: &Shown) -> FileFacts {
    serde_json::from_value(of.ask.file.clone().expect("a file")).expect("facts")
}

/// Nothing of any table can be read as a password.
async fn nobody_can_read(w: &World) {
    for (table, _) in w.db.row_counts().await {
        for row in w.db.values(&table, &format!("to_jsonb({table})"), "true").await {
            for secret in SECRETS {
                // Bytes are told in hexadecimal digits.
                let bytes = secret.bytes().fold(String::new(), |all, byte| format!("{all}{byte:02x}"));
                assert!(!row.contains(secret) && !row.contains(&bytes), "{table}: {row}");
            }
        }
    }
}

/// Lines with what is kept of their passwords.
async fn kept(w: &World) -> Vec<String> {
    w.db.values("bulk_secret", "line || CASE WHEN sealed IS NULL THEN ' refused' ELSE ' sealed' END", "true")
        .await
}

async fn mend(w: &World, of: &Shown, cell: (i32, usize, &str)) -> Result<Shown, AppError> {
    bulk::mend(&w.app, &w.root, of.bulk.id, cell, &Cause::default()).await
}

async fn shown_anew(w: &World, of: &Shown) -> Shown {
    let how = (None::<Mapping>, None::<Options>, None);
    bulk::remap(&w.app, &w.root, of.bulk.id, how, &Cause::default()).await.expect("shown anew")
}

#[tokio::test]
async fn a_customer_who_says_nothing_has_none_kept() {
    let w = world().await;
    let acme = customer(&w).await;
    let shown = preview(&w, acme, FILE).await;
    assert_eq!(counts(&shown), [(Act::Create, 4), (Act::Update, 1)]);
    assert_eq!((facts(&shown).passwords, facts(&shown).sealed), (4, 0));
    let refused = mend(&w, &shown, (2, 3, "Correct-Horse-7")).await;
    assert!(matches!(refused, Err(AppError::NotFound(_))), "{refused:?}");
    let again = shown_anew(&w, &shown).await;
    assert_eq!(facts(&again).passwords, 4, "the file still had them");
    assert!(!facts(&again).takes_passwords);
    all(&w, &again).await;
    assert_eq!((kept(&w).await.len(), w.db.values("secret", "id", "true").await.len()), (0, 0));
    nobody_can_read(&w).await;
}

#[tokio::test]
async fn passwords_of_new_people_are_sealed_once_and_go_to_their_accounts() {
    let w = world().await;
    let acme = customer(&w).await;
    allow(&w, acme, Some("true")).await;
    let shown = preview(&w, acme, FILE).await;
    assert_eq!(counts(&shown), [(Act::Create, 3), (Act::Update, 1), (Act::Error, 1)]);
    assert_eq!(
        (facts(&shown).passwords, facts(&shown).sealed),
        (4, 2),
        "nobody's present one is of interest"
    );
    let wrong = rows(&w, shown.bulk.id, &[Act::Error]).await.remove(0);
    let errors: Vec<_> = wrong.errors.iter().map(|e| (e.field.as_str(), e.rule)).collect();
    assert_eq!(errors, [("password", Rule::TooShort)]);
    assert!(!wrong.errors[0].args.contains_key("value"), "{:?}", wrong.errors);
    assert_eq!(kept(&w).await, ["2 sealed", "3 sealed", "4 refused"]);
    nobody_can_read(&w).await;

    // What was sealed is there when the rows are planned anew, and so is what was wrong.
    let shown = mend(&w, &shown, (5, 1, "Beck")).await.expect("mended");
    assert_eq!(counts(&shown), [(Act::Create, 3), (Act::Update, 1), (Act::Error, 1)]);
    assert_eq!((facts(&shown).passwords, facts(&shown).sealed), (4, 2));
    let known = mend(&w, &shown, (6, 3, "Wrong-Donkey-9")).await;
    let Err(AppError::Invalid(known)) = known else { panic!("nobody's present one is changed: {known:?}") };
    assert_eq!((known[0].field.as_str(), known[0].rule), ("password", Rule::Immutable));
    let shown = mend(&w, &shown, (4, 3, "Wrong-Donkey-9")).await.expect("mended");
    assert_eq!(counts(&shown), [(Act::Create, 4), (Act::Update, 1)]);
    assert_eq!(facts(&shown).sealed, 3);
    nobody_can_read(&w).await;

    let done = all(&w, &shown).await;
    assert!(kept(&w).await.is_empty(), "what was sent is kept nowhere else");
    let sent = "(SELECT u.principal_name || ' ' || s.must_change AS who, s.portal_hash, s.activation_id, s.request_id
                   FROM secret s JOIN users u ON u.id = s.user_id AND u.object_id = s.object_id) AS s";
    let who = w.db.values(sent, "who", "portal_hash IS NULL AND activation_id IS NULL").await;
    assert_eq!(
        who,
        ["ida.lund@acme.example true", "jens.krag@acme.example false", "lis.dahl@acme.example true"]
    );
    let request = done.bulk.request.expect("a request").uuid();
    assert_eq!(w.db.values(sent, "who", &format!("request_id <> '{request}'")).await.len(), 0);
    assert_eq!(w.db.values("event", "target_id", "code = 'user.first_password'").await.len(), 3);
    nobody_can_read(&w).await;
    let ida = one(&w, acme, "ida lund").await;
    assert!(ida.activated_at.is_none(), "somebody else's choice is no sign of her");

    // But for the name that was mended in the page.
    let again = preview(&w, acme, FILE).await;
    assert_eq!(counts(&again), [(Act::Update, 1), (Act::Nothing, 4)]);
    assert_eq!((facts(&again).sealed, kept(&w).await.len()), (0, 0));
}

#[tokio::test]
async fn who_is_asked_what_columns_mean_has_them_sealed_before() {
    let w = world().await;
    let acme = customer(&w).await;
    allow(&w, acme, Some("true")).await;
    let file = FILE.replace("First name;Last name;User principal name", "Vor;Nach;Kürzel");
    let shown = preview(&w, acme, &file).await;
    assert_eq!(shown.bulk.state, domain::bulk::BulkState::Mapping);
    assert_eq!(kept(&w).await, ["2 sealed", "3 sealed", "4 refused", "6 sealed"]);
    assert_eq!((facts(&shown).passwords, facts(&shown).sealed), (4, 3), "as is said at once");
    nobody_can_read(&w).await;
    let mut mapping: Mapping =
        serde_json::from_value(shown.ask.mapping.clone().expect("suggested")).expect("a mapping");
    mapping.header = Some(1);
    for (at, code) in ["given_name", "surname", "principal_name"].into_iter().enumerate() {
        mapping.columns[at] = Column::from_code(code).expect("a code");
    }
    let how = (Some(mapping), None, None);
    let shown = bulk::remap(&w.app, &w.root, shown.bulk.id, how, &Cause::default()).await.expect("shown");
    assert_eq!(counts(&shown), [(Act::Create, 3), (Act::Update, 1), (Act::Error, 1)]);
    assert_eq!((facts(&shown).passwords, facts(&shown).sealed), (4, 2));
    assert_eq!(kept(&w).await, ["2 sealed", "3 sealed", "4 refused"], "who is there has a password");
    let done = all(&w, &shown).await;
    assert_eq!(w.db.values("secret", "id", "true").await.len(), 2);
    assert!(kept(&w).await.is_empty(), "{:?}", done.bulk.state);
}

#[tokio::test]
async fn what_is_forbidden_cancelled_or_too_old_is_destroyed() {
    let w = world().await;
    let acme = customer(&w).await;
    allow(&w, acme, Some("true")).await;
    let shown = preview(&w, acme, FILE).await;
    allow(&w, acme, None).await;
    let shown = shown_anew(&w, &shown).await;
    assert_eq!((kept(&w).await.len(), facts(&shown).sealed), (0, 0), "it is not allowed any more");

    allow(&w, acme, Some("true")).await;
    let shown = preview(&w, acme, FILE).await;
    assert_eq!(kept(&w).await.len(), 3);
    bulk::turn(&w.app, &w.root, shown.bulk.id, Turn::Cancel, &Cause::default()).await.expect("cancelled");
    assert!(kept(&w).await.is_empty());

    let shown = preview(&w, acme, FILE).await;
    w.db.execute("UPDATE bulk_secret SET created_at = created_at - interval '1 day' WHERE line = 2").await;
    let shown = shown_anew(&w, &shown).await;
    let ida = rows(&w, shown.bulk.id, &[Act::Create]).await.remove(0);
    assert_eq!(
        (ida.line, ida.warnings[0].field.as_str(), ida.warnings[0].rule),
        (2, "password", Rule::Expired)
    );
    // And what became too old after that.
    w.db.execute("UPDATE bulk_secret SET created_at = created_at - interval '1 day' WHERE line = 3").await;
    begin(&w, &shown).await;
    while bulk::run::work(&w.app).await.expect("parts are done") {}
    assert!(w.db.values("secret", "id", "true").await.is_empty());
    assert!(kept(&w).await.is_empty());
    let warned = w.db.values(
        "bulk_row",
        "line || ' ' || (warnings->0->>'rule')",
        "warnings <> '[]' AND state = 'done'",
    );
    assert_eq!(warned.await, ["2 expired", "3 expired"]);
    assert!(one(&w, acme, "ida lund").await.object.is_some(), "the account is made all the same");
}

#[tokio::test]
async fn what_is_no_column_of_passwords_any_more_or_not_allowed_when_it_runs_is_not_used() {
    let w = world().await;
    let acme = customer(&w).await;
    allow(&w, acme, Some("true")).await;
    let shown = preview(&w, acme, FILE).await;
    let mapping: Mapping =
        serde_json::from_value(shown.ask.mapping.clone().expect("one")).expect("a mapping");
    let mut without = mapping.clone();
    without.columns[3] = Column::Ignored;
    let how = (Some(without), None, None);
    let shown = bulk::remap(&w.app, &w.root, shown.bulk.id, how, &Cause::default()).await.expect("shown");
    assert_eq!(counts(&shown), [(Act::Create, 4), (Act::Update, 1)], "what was wrong with one is no matter");
    assert_eq!((kept(&w).await.len(), facts(&shown).sealed), (0, 0));

    let shown = preview(&w, acme, FILE).await;
    assert_eq!(facts(&shown).sealed, 2);
    allow(&w, acme, None).await;
    all(&w, &shown).await;
    assert_eq!((kept(&w).await.len(), w.db.values("secret", "id", "true").await.len()), (0, 0));
}

#[tokio::test]
async fn a_link_leaves_a_first_password_that_waits_and_disabling_does_not() {
    let w = world().await;
    let acme = customer(&w).await;
    allow(&w, acme, Some("true")).await;
    let shown = preview(&w, acme, FILE).await;
    let done = all(&w, &shown).await;
    let waiting = async || w.db.values("secret", "user_id", "true").await.len();
    assert_eq!(waiting().await, 2);
    bulk::links(&w.app, &w.root, done.bulk.id, &Cause::default()).await.expect("links");
    assert_eq!(waiting().await, 2, "the page says that there is the link besides");
    let ida = one(&w, acme, "ida lund").await;
    let patch = UserPatch { enabled: Some(false), ..UserPatch::default() };
    users::update(&w.app, &w.root, ida.id, ida.version, patch, &Cause::default()).await.expect("disabled");
    assert_eq!(waiting().await, 1);
}
