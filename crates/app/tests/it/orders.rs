//! An order is one act: all of it or nothing, and twice is once.

use app::{AppError, error::Conflict, orders::OrderDraft};
use domain::field::Rule;

use crate::world::{order, person, world};

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

/// Orders with something wrong, and what has to be said of them.
fn wrong() -> Vec<(OrderDraft, Vec<(&'static str, Rule)>)> {
    let with = |change: fn(&mut OrderDraft)| {
        let mut draft = order("SO-3", "acme");
        change(&mut draft);
        draft
    };
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
    for (draft, expected) in wrong() {
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
        let permit = tx.permit(&tenant).expect("a permit");
        let users = tx.users(&permit, None, None, None, 10).await.expect("people");
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
