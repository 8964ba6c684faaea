//! Settings: inherited, said, reset, and what follows from a change.

use std::collections::BTreeMap;

use app::{
    AppError, Cause,
    error::Conflict,
    life::transfer,
    settings::{From, View, show, update},
    suffixes,
    tenants::{ResellerDraft, TenantPatch, create_reseller},
    users::{self, UserPatch},
};
use domain::{field::Rule, id::TenantId};
use store::users::UserSearch;

use crate::world::{World, order, person, world};

async fn reseller(w: &World, code: &str, zone: Option<&str>) -> TenantId {
    let draft = ResellerDraft {
        code: code.to_owned(),
        name: code.to_uppercase(),
        time_zone: zone.map(str::to_owned),
        ..ResellerDraft::default()
    };
    match create_reseller(&w.app, &w.root, &draft, None, &Cause::default()).await.expect("a reseller") {
        app::Answer::Done(made) => made.id,
        other @ app::Answer::Before { .. } => panic!("nothing was asked before: {other:?}"),
    }
}

async fn customer(w: &World, seller: &str, code: &str, plans: &[&str]) -> TenantId {
    let mut draft = order(&format!("SO-{code}"), code);
    draft.seller = Some(seller.to_owned());
    draft.plans = plans.iter().map(|plan| (*plan).to_owned()).collect();
    w.place(&draft).await.expect("an order").order.customer
}

async fn say(w: &World, tenant: TenantId, given: &[(&str, Option<&str>)]) -> Result<(), AppError> {
    let version = show(&w.app, &w.root, tenant).await.expect("a view").tenant.version;
    let given: BTreeMap<_, _> =
        given.iter().map(|(name, text)| ((*name).to_owned(), text.map(str::to_owned))).collect();
    update(&w.app, &w.root, tenant, version, &given, &Cause::default()).await
}

fn of(view: &View, name: &str) -> (Option<String>, From) {
    let all = view.settings.iter().chain(&view.password_rules);
    let holds = all.into_iter().find(|holds| holds.name == name).expect("a name");
    (holds.value.clone(), holds.from)
}

async fn holds(w: &World, tenant: TenantId, name: &str) -> (Option<String>, From) {
    of(&show(&w.app, &w.root, tenant).await.expect("a view"), name)
}

#[expect(clippy::unnecessary_wraps, reason = "said and nothing are compared")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn broken(result: Result<(), AppError>) -> Vec<(String, Rule)> {
    match result {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.rule)).collect(),
        other => panic!("expected refused values, got {other:?}"),
    }
}

#[tokio::test]
async fn what_nobody_says_is_inherited_and_tells_where_from() {
    let w = world().await;
    let hq = w.root.tenant;
    let north = reseller(&w, "north", Some("Europe/Berlin")).await;
    let acme = customer(&w, "north", "acme", &["desktop-s"]).await;
    assert_eq!(holds(&w, hq, "language").await, (some("en"), From::Own));
    assert_eq!(holds(&w, acme, "language").await, (some("en"), From::Above(hq)));
    assert_eq!(
        holds(&w, acme, "time_zone").await,
        (some("Europe/Berlin"), From::Above(north)),
        "said with the reseller"
    );
    assert_eq!(holds(&w, acme, "grace_days").await, (some("30"), From::Default));
    assert_eq!(holds(&w, acme, "support_mail").await, (None, From::Default));
    assert_eq!(holds(&w, acme, "min_chars").await, (some("12"), From::Default));

    say(
        &w,
        north,
        &[("language", Some("da")), ("support_mail", Some("help@north.example")), ("grace_days", Some("7"))],
    )
    .await
    .expect("said");
    assert_eq!(holds(&w, acme, "language").await, (some("da"), From::Above(north)));
    assert_eq!(holds(&w, acme, "support_mail").await, (some("help@north.example"), From::Above(north)));
    let row = format!("id = '{}'", acme.uuid());
    assert_eq!(w.db.values("tenant", "language", &row).await, ["da"], "the row has what holds");
    say(&w, acme, &[("language", Some("sv"))]).await.expect("said");
    say(&w, north, &[("language", Some("nb"))]).await.expect("said");
    assert_eq!(holds(&w, acme, "language").await, (some("sv"), From::Own), "what is said stays");
    say(&w, acme, &[("language", None)]).await.expect("reset");
    assert_eq!(holds(&w, acme, "language").await, (some("nb"), From::Above(north)));
    say(&w, north, &[("language", None), ("time_zone", None)]).await.expect("reset");
    assert_eq!(holds(&w, acme, "language").await, (some("en"), From::Above(hq)));
    assert_eq!(holds(&w, acme, "time_zone").await, (some("Europe/Copenhagen"), From::Above(hq)));

    let wrong =
        say(&w, hq, &[("language", None), ("shoe", Some("43")), ("brand_primary", Some("#ffcc00"))]).await;
    assert_eq!(
        broken(wrong),
        [("brand_primary".to_owned(), Rule::Contrast), ("shoe".to_owned(), Rule::Unknown)]
    );
    assert_eq!(broken(say(&w, hq, &[("currency", None)]).await), [("currency".to_owned(), Rule::Required)]);
    let given = BTreeMap::from([("language".to_owned(), some("de"))]);
    let old = update(&w.app, &w.root, acme, 1, &given, &Cause::default()).await;
    assert!(matches!(old, Err(AppError::Conflict(Conflict::Stale { .. }))));
    let told = w.db.values("event", "change", "code = 'tenant.settings'").await;
    assert_eq!(told.len(), 5);
    let told_of = |text: &str| told.iter().any(|change| change.contains(text));
    assert!(told_of("\"after\": \"sv\"") && told_of("\"before\": \"sv\""), "{told:?}");
}

#[tokio::test]
async fn the_call_for_a_tenant_says_it_as_well_and_another_hand_at_the_row_too() {
    let w = world().await;
    let north = reseller(&w, "north", None).await;
    let acme = customer(&w, "north", "acme", &["desktop-s"]).await;
    let version = show(&w.app, &w.root, north).await.expect("a view").tenant.version;
    let patch = TenantPatch { language: some("da"), name: some("North IT"), ..TenantPatch::default() };
    app::tenants::update(&w.app, &w.root, north, version, patch, &Cause::default()).await.expect("changed");
    assert_eq!(holds(&w, acme, "language").await, (some("da"), From::Above(north)));
    // The version before writes the row alone.
    w.db.execute(&format!(
        "UPDATE tenant SET naming_pattern = '{{g}}{{surname}}' WHERE id = '{}'",
        acme.uuid()
    ))
    .await;
    assert_eq!(holds(&w, acme, "naming_pattern").await, (some("{g}{surname}"), From::Own));
}

#[tokio::test]
async fn a_currency_in_which_something_was_ordered_stays() {
    let w = world().await;
    let north = reseller(&w, "north", None).await;
    let acme = customer(&w, "north", "acme", &["desktop-s", "backup-1"]).await;
    let fresh = customer(&w, "north", "fresh", &["desktop-s"]).await;
    let refused = say(&w, acme, &[("currency", Some("DKK"))]).await;
    assert!(matches!(refused, Err(AppError::Conflict(Conflict::CurrencyBilled))), "{refused:?}");
    assert_eq!(
        holds(&w, acme, "currency").await,
        (some("EUR"), From::Above(w.root.tenant)),
        "nothing changed"
    );
    say(&w, north, &[("currency", Some("DKK"))]).await.expect("a seller may");
    assert_eq!(holds(&w, acme, "currency").await, (some("EUR"), From::Own), "kept, and told");
    assert_eq!(holds(&w, fresh, "currency").await, (some("DKK"), From::Above(north)));
    let logs = w.db.values("event", "tenant_id", "code = 'tenant.settings'").await;
    assert!(logs.contains(&acme.uuid().to_string()), "{logs:?}");
    say(&w, acme, &[("currency", Some("EUR")), ("language", Some("da"))])
        .await
        .expect("the same is no change");
    let back = say(&w, acme, &[("currency", None)]).await;
    assert!(matches!(back, Err(AppError::Conflict(Conflict::CurrencyBilled))), "{back:?}");
}

#[tokio::test]
async fn a_move_changes_whose_brand_it_is_and_nobodys_days_or_bills() {
    let w = world().await;
    let (north, south) = (reseller(&w, "north", None).await, reseller(&w, "south", Some("Asia/Tokyo")).await);
    say(&w, north, &[("support_name", Some("North")), ("naming_pattern", Some("{g}{surname}"))])
        .await
        .expect("said");
    say(&w, south, &[("support_name", Some("South")), ("language", Some("ja"))]).await.expect("said");
    let acme = customer(&w, "north", "acme", &["desktop-s"]).await;
    transfer(&w.app, &w.root, acme, "south", None, &Cause::default()).await.expect("moved");
    assert_eq!(holds(&w, acme, "support_name").await, (some("South"), From::Above(south)));
    for (name, value) in
        [("time_zone", "Europe/Copenhagen"), ("language", "en"), ("naming_pattern", "{g}{surname}")]
    {
        assert_eq!(holds(&w, acme, name).await, (some(value), From::Own), "{name}");
    }
    assert_eq!(
        holds(&w, acme, "currency").await,
        (some("EUR"), From::Above(w.root.tenant)),
        "the same above"
    );
}

#[tokio::test]
async fn hours_of_all_people_move_with_the_clock_of_the_seller() {
    let w = world().await;
    let north = reseller(&w, "north", None).await;
    let (acme, own) = (
        customer(&w, "north", "acme", &["desktop-s"]).await,
        customer(&w, "north", "other", &["desktop-s"]).await,
    );
    say(&w, own, &[("time_zone", Some("Europe/London"))]).await.expect("said");
    let mut accounts = Vec::new();
    for customer in [acme, own] {
        let mut tx = w.app.read(&w.root).await.expect("a transaction");
        let tenant = tx.tenant(customer).await.expect("the customer");
        let permit = tx.permit_people(&tenant).expect("may see people");
        let user = tx.users(&permit, UserSearch::default(), None, 1).await.expect("people").remove(0);
        tx.finish().await.expect("read");
        let hours = [("logon_hours".to_owned(), some("Mon-Fri 07:00-18:00"))].into();
        let patch = UserPatch { details: hours, ..UserPatch::default() };
        users::update(&w.app, &w.root, user.id, user.version, patch, &Cause::default())
            .await
            .expect("changed");
        accounts.push(user.object.expect("an account").uuid());
    }
    let hours = async || {
        let mut all = Vec::new();
        for account in &accounts {
            let row = format!("id = '{account}'");
            let bits = w.db.values("object", "spec->'details'->>'logon_hours'", &row).await.remove(0);
            all.push(domain::hours::shown(&bits).expect("bits"));
        }
        all
    };
    let before = hours().await;
    say(&w, north, &[("time_zone", Some("Asia/Tokyo"))]).await.expect("said");
    let after = hours().await;
    assert_ne!(after[0], before[0], "it inherits the clock");
    assert_eq!(after[1], before[1], "it has its own");
    assert_eq!(w.db.values("request", "id", "kind = 'tenant_update'").await.len(), 1, "one request");
}

#[tokio::test]
async fn grace_is_as_the_tenant_has_it_when_nobody_says() {
    let w = world().await;
    let acme = customer(&w, "hq", "acme", &["desktop-s"]).await;
    say(&w, w.root.tenant, &[("grace_days", Some("3"))]).await.expect("said");
    let made =
        users::create(&w.app, &w.root, acme, &[person("Bo", "Holm")], false, None, &Cause::default()).await;
    let app::Answer::Done(made) = made.expect("created") else { panic!("nothing was asked before") };
    let id = made.users[0].user.id;
    users::delete(&w.app, &w.root, id, 1, None, &Cause::default()).await.expect("removed");
    let row = format!("id = '{}'", id.uuid());
    assert_eq!(w.db.values("users", "extract(day from purge_at - deleted_at)::int", &row).await, ["3"]);
}

/// Both saw two suffixes; the second may not take the last one.
#[tokio::test]
async fn the_last_suffix_stays_whoever_is_second() {
    let w = world().await;
    let acme = customer(&w, "hq", "acme", &["desktop-s"]).await;
    let cause = Cause::default();
    suffixes::add(&w.app, &w.root, acme, "two.example", false, &cause).await.expect("added");
    let (one, two) = tokio::join!(
        suffixes::remove(&w.app, &w.root, acme, "two.example", &cause),
        suffixes::remove(&w.app, &w.root, acme, "two.example", &cause),
    );
    assert!(one.is_ok() || two.is_ok(), "{one:?} {two:?}");
    let last = suffixes::remove(&w.app, &w.root, acme, "acme.example", &cause).await;
    assert!(matches!(last, Err(AppError::Conflict(Conflict::LastSuffix))), "{last:?}");
}
