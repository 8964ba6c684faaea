//! An order is one act: all of it or nothing, and twice is once.

use app::{
    AppError, Caller, Cause,
    error::Conflict,
    orders::{OrderDraft, check, free_code, place},
    people::PersonDraft,
    tenants::{ResellerDraft, create_reseller},
    users,
};
use domain::{
    field::Rule,
    permission::{self, Permission},
};

use crate::world::{PASSWORD, World, order, person, sign_in, world};

fn broken(error: AppError) -> Vec<(String, Rule)> {
    match error {
        AppError::Invalid(errors) => errors.into_iter().map(|e| (e.field, e.rule)).collect(),
        other => panic!("expected refused values, got {other:?}"),
    }
}

#[tokio::test]
async fn an_order_makes_the_whole_customer_at_once() {
    let w = world().await;
    let mut draft = order("SO-1", "acme");
    draft.users = (0..3).map(|i| person("Bo", &format!("Holm{i}"))).collect();
    draft.users[0].plans = vec!["desktop-s".to_owned()];
    let placed = w.place(&draft).await.expect("an order");
    assert!(placed.created && placed.activation.is_some());

    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let customer = tx.tenant(placed.order.customer).await.expect("the customer");
    assert_eq!((customer.code.as_str(), customer.currency.as_str()), ("acme", "EUR"));
    assert_eq!(customer.suffixes, ["acme.example"]);
    let request = tx.request(placed.order.request).await.expect("the request");
    // OU, access list, members group, two service groups, four people; four
    // memberships of everybody and one of the desktop group.
    assert_eq!(request.counts.total(), 9 + 5);
    let administrator = tx.user(placed.order.administrator).await.expect("the administrator");
    assert_eq!(administrator.principal_name, "anna.berg@acme.example");
    assert_eq!(administrator.logon_name.as_deref(), Some("anna.berg_acme"));
    assert!(administrator.administrator);
    let whole = tx.subscriptions(customer.id, None).await.expect("subscriptions");
    assert_eq!(whole.iter().map(|s| s.plan.as_str()).collect::<Vec<_>>(), ["backup-1"]);
    assert!(whole[0].started_at.is_none(), "ordered is not started: nothing was verified yet");
    // 22:30 UTC on the last of March is the first of April where the customer is.
    let dates = w.db.values("fact", "local_date", "kind = 'ordered'").await;
    assert_eq!(dates, ["2026-04-01"]);
    assert_eq!(w.db.values("sales_order", "start_date", "true").await, dates, "it begins today");
}

#[tokio::test]
async fn the_same_order_twice_is_one_and_other_content_is_refused() {
    let w = world().await;
    let draft = order("SO-2", "acme");
    let first = w.place(&draft).await.expect("an order");
    let before = w.db.row_counts().await;
    let again = w.place(&draft).await.expect("the same order");
    assert!(!again.created);
    assert_eq!(again.order.id, first.order.id);
    assert_eq!(
        again.activation.map(|a| a.0),
        first.activation.map(|a| a.0),
        "the same link can be shown again"
    );
    let mut other = draft.clone();
    other.customer.name = "Another".to_owned();
    let refused = w.place(&other).await.expect_err("other content");
    assert!(matches!(refused, AppError::Conflict(Conflict::ReferenceUsed)), "{refused:?}");
    assert_eq!(w.db.row_counts().await, before);
}

#[tokio::test]
async fn an_order_that_is_being_typed_is_looked_at_by_the_same_rules_and_changes_nothing() {
    let w = world().await;
    w.place(&order("SO-1", "acme")).await.expect("an order");
    let before = w.db.row_counts().await;
    let said = async |draft: &OrderDraft| -> Vec<(String, Rule)> {
        let errors = check(&w.app, &w.root, draft).await.expect("an answer");
        errors.into_iter().map(|e| (e.field, e.rule)).collect()
    };
    assert_eq!(said(&order("SO-2", "beta")).await, []);
    let mut taken = order("SO-1", "acme");
    taken.administrator.mail = Some("no address".to_owned());
    let found = said(&taken).await;
    for (field, rule) in [
        ("customer.code", Rule::Taken),
        ("customer.upn_suffix", Rule::Taken),
        ("reference", Rule::Taken),
        ("administrator.mail", Rule::Format),
    ] {
        assert_eq!(found.iter().filter(|(name, _)| name == field).count(), 1, "{field}: {found:?}");
        assert!(found.contains(&(field.to_owned(), rule)), "{field}: {found:?}");
    }
    let empty = said(&OrderDraft::default()).await;
    assert!(empty.contains(&("customer.name".to_owned(), Rule::Required)), "{empty:?}");
    assert_eq!(free_code(&w.app, &w.root, "Acme").await.expect("an answer").as_deref(), Some("acme2"));
    assert_eq!(free_code(&w.app, &w.root, "!?").await.expect("an answer"), None);
    assert_eq!(w.db.row_counts().await, before);
}

fn with(change: fn(&mut OrderDraft)) -> OrderDraft {
    let mut draft = order("SO-3", "acme");
    change(&mut draft);
    draft
}

/// Orders with more or later than there can be.
fn beyond() -> Vec<(OrderDraft, Vec<(&'static str, Rule)>)> {
    vec![
        (with(|d| d.start = Some("-009999-01-01".to_owned())), vec![("start", Rule::OutOfRange)]),
        (with(|d| d.end = Some("3000-01-01".to_owned())), vec![("end", Rule::OutOfRange)]),
        // It would begin today, which is the first of April there.
        (with(|d| d.end = Some("2026-03-31".to_owned())), vec![("end", Rule::OutOfRange)]),
        (with(|d| d.plans = vec!["desktop-s".to_owned(); 51]), vec![("services", Rule::TooMany)]),
        (
            with(|d| d.administrator.plans = vec!["desktop-s".to_owned(); 51]),
            vec![("administrator.plans", Rule::TooMany)],
        ),
        (
            with(|d| d.customer.naming_pattern = Some("{given}".repeat(10))),
            vec![("customer.naming_pattern", Rule::TooLong)],
        ),
    ]
}

/// Orders with something wrong, and what has to be said of them.
fn wrong() -> Vec<(OrderDraft, Vec<(&'static str, Rule)>)> {
    vec![
        (with(|d| d.reference.clear()), vec![("reference", Rule::Required)]),
        (with(|d| d.customer.code = "Acme".to_owned()), vec![("customer.code", Rule::ForbiddenCharacter)]),
        (with(|d| d.customer.code = "taken".to_owned()), vec![("customer.code", Rule::Taken)]),
        (
            with(|d| d.customer.suffix = "taken.example".to_owned()),
            vec![("customer.upn_suffix", Rule::Taken)],
        ),
        (with(|d| d.customer.suffix = "nodots".to_owned()), vec![("customer.upn_suffix", Rule::Format)]),
        (
            with(|d| d.customer.time_zone = Some("Etc/Unknown".to_owned())),
            vec![("customer.time_zone", Rule::Unknown)],
        ),
        (with(|d| d.customer.name = "x".repeat(300)), vec![("customer.name", Rule::TooLong)]),
        (
            with(|d| d.customer.time_zone = Some("Mars/Olympus".to_owned())),
            vec![("customer.time_zone", Rule::Unknown)],
        ),
        (
            with(|d| d.customer.directory = Some("dc9".to_owned())),
            vec![("customer.directory", Rule::Unknown)],
        ),
        (with(|d| d.plans.push("gold".to_owned())), vec![("services[2].plan", Rule::Unknown)]),
        (with(|d| d.seller = Some("nobody".to_owned())), vec![("seller", Rule::Unknown)]),
        (with(|d| d.end = Some("2026-02-30".to_owned())), vec![("end", Rule::Format)]),
        (
            with(|d| d.administrator.given_name = "A\u{202E}b".to_owned()),
            vec![("administrator.given_name", Rule::ForbiddenCharacter)],
        ),
        (with(|d| d.users.push(person("", ""))), vec![("users[0].given_name", Rule::Required)]),
        (
            with(|d| {
                d.users = vec![person("A", "B"), person("C", "D")];
                d.users[0].user_name = Some("same".to_owned());
                d.users[1].user_name = Some("same".to_owned());
                d.users[1].mail = Some("not an address".to_owned());
            }),
            vec![("users[1].mail", Rule::Format)],
        ),
        (
            with(|d| {
                d.users = vec![person("A", "B"), person("C", "D")];
                d.users[0].user_name = Some("same".to_owned());
                d.users[1].user_name = Some("same".to_owned());
            }),
            vec![("users[1].user_name", Rule::Duplicate)],
        ),
        (
            with(|d| {
                d.users = vec![person("A", "B")];
                d.users[0].plans = vec!["erp-full".to_owned()];
            }),
            vec![("users[0].plans[0]", Rule::Unknown)],
        ),
        (
            with(|d| {
                d.users = vec![person("A", "B")];
                d.users[0].principal_name = Some("anna.berg@taken.example".to_owned());
            }),
            vec![("users[0].principal_name", Rule::Unknown)],
        ),
    ]
}

#[tokio::test]
async fn every_wrong_value_is_named_and_nothing_changes() {
    let w = world().await;
    w.place(&order("SO-0", "taken")).await.expect("an order");
    let before = w.db.row_counts().await;
    for (draft, expected) in wrong().into_iter().chain(beyond()) {
        let found = broken(w.place(&draft).await.expect_err("refused"));
        let found: Vec<_> = found.iter().map(|(field, rule)| (field.as_str(), *rule)).collect();
        assert_eq!(found, expected, "{draft:?}");
        assert_eq!(w.db.row_counts().await, before, "nothing may change");
    }
}

#[tokio::test]
async fn names_of_any_script_become_names_a_directory_takes() {
    let w = world().await;
    let mut draft = order("SO-4", "acme");
    draft.customer.name = "\"Ærø, Søn\\Co\" + <x>; # 😀 שלום".to_owned();
    draft.users = vec![person("😀", "+,<>;#"), person("משה", "כהן"), person("O'Neil", "van der \"Berg\"")];
    let placed = w.place(&draft).await.expect("an order");
    let names: Vec<String> = {
        let mut tx = w.app.read(&w.root).await.expect("a transaction");
        let tenant = tx.tenant(placed.order.customer).await.expect("the customer");
        let permit = tx.permit_people(&tenant).expect("a permit");
        let users = tx.users(&permit, store::users::UserSearch::default(), None, 10).await.expect("people");
        users.into_iter().filter_map(|u| u.logon_name).collect()
    };
    assert_eq!(names.len(), 4);
    for name in names {
        assert!(domain::names::logon_name("x", &name).is_ok(), "{name}");
    }
}

#[tokio::test]
async fn two_orders_with_one_reference_at_once_make_one_customer() {
    let w = world().await;
    let draft = order("SO-5", "acme");
    let (a, b) = tokio::join!(w.place(&draft), w.place(&draft));
    let (a, b) = (a.expect("first"), b.expect("second"));
    assert_eq!(a.order.id, b.order.id);
    assert!(a.created != b.created);
}

#[tokio::test]
async fn an_order_sent_again_shows_no_link_of_another_kind() {
    let w = world().await;
    let draft = order("SO-6", "acme");
    let placed = w.place(&draft).await.expect("an order");
    let id = placed.order.administrator;
    w.db.execute("UPDATE users SET activated_at = created_at WHERE object_id IS NOT NULL").await;
    users::reset_password(&w.app, &w.root, id, &Cause::default()).await.expect("a reset link");
    let again = w.place(&draft).await.expect("the same order");
    assert_eq!(again.activation, None, "who has a password needs none, and a reset is somebody else's");
}

/// Gives the provider's administrator a role of these permissions instead.
async fn only(w: &World, permissions: &[Permission]) -> Caller {
    let codes: Vec<_> = permissions.iter().map(|p| format!("'{}'", p.code())).collect();
    w.db.execute(&format!(
        "INSERT INTO role VALUES ('seller', 1, NULL, ARRAY[{}], true, now());
         UPDATE role_grant SET role_code = 'seller', role_version = 1 WHERE tenant_id = (SELECT id FROM tenant WHERE kind = 'provider')",
        codes.join(", ")
    ))
    .await;
    sign_in(&w.app, "root@provider.test", PASSWORD).await.expect("signs in")
}

#[tokio::test]
async fn an_order_sent_again_shows_a_link_only_to_who_may_reset_passwords() {
    let w = world().await;
    let draft = order("SO-7", "acme");
    assert!(w.place(&draft).await.expect("an order").activation.is_some());
    let role = permission::role("customer_administrator").expect("shipped").permissions;
    let without: Vec<_> = role.iter().copied().chain([Permission::OrderCreate]).collect();
    let seller = only(&w, &without).await;
    let content = format!("{draft:?}");
    let again = place(&w.app, &seller, &draft, content.as_bytes(), &Cause::default()).await.expect("again");
    assert!(again.activation.is_some(), "may reset passwords of administrators");
    w.db.execute("UPDATE role SET permissions = array_remove(permissions, 'administrator_manage')").await;
    let seller = sign_in(&w.app, "root@provider.test", PASSWORD).await.expect("signs in");
    let links = w.app.open_links(&seller, &[again.order.administrator]).await.expect("an answer");
    assert!(links.is_empty(), "an administrator's account is not for everybody");
}

#[tokio::test]
async fn nobody_orders_an_administrator_who_may_more_than_they() {
    let w = world().await;
    let seller =
        only(&w, &[Permission::TenantRead, Permission::OrderCreate, Permission::ResellerCreate]).await;
    let before = w.db.values("tenant", "id", "true").await;
    let refused = place(&w.app, &seller, &order("SO-8", "acme"), b"x", &Cause::default()).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    let draft =
        ResellerDraft { code: "north".to_owned(), name: "North".to_owned(), ..ResellerDraft::default() };
    let administrator = PersonDraft { principal_name: Some("x@north.test".to_owned()), ..person("X", "Y") };
    let with = ResellerDraft { administrator: Some(administrator), ..draft.clone() };
    let refused = create_reseller(&w.app, &seller, &with, None, &Cause::default()).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    assert_eq!(w.db.values("tenant", "id", "true").await, before);
    assert_eq!(w.db.values("event", "id", "code = 'access.denied'").await.len(), 2, "both were recorded");
    create_reseller(&w.app, &seller, &draft, None, &Cause::default()).await.expect("without a person");
}
