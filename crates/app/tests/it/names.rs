//! People of one name, many at once and at the same time.

use std::collections::HashSet;

use app::{Answer, AppError, Cause, users};
use domain::field::Rule;

use crate::world::{order, person, world};

#[tokio::test]
async fn five_hundred_people_of_one_name_get_five_hundred_names() {
    let w = world().await;
    let customer = w.place(&order("SO-1", "acme")).await.expect("an order").order.customer;
    let people: Vec<_> = (0..500).map(|_| person("Anna", "Berg")).collect();
    let mut logons = HashSet::new();
    for _ in 0..2 {
        let made = users::create(&w.app, &w.root, customer, &people, true, None, &Cause::default()).await;
        let Ok(Answer::Done(made)) = made else { panic!("{made:?}") };
        for user in made.users {
            assert!(logons.insert(user.user.logon_name.clone()), "{:?} twice", user.user.logon_name);
        }
    }
    assert_eq!(logons.len(), 1_000);
}

#[tokio::test]
async fn a_name_of_another_customer_is_refused_by_field_and_a_deleted_one_stays_reserved() {
    let w = world().await;
    let customer = w.place(&order("SO-1", "acme")).await.expect("an order").order.customer;
    let mut first = person("Carl", "Dam");
    first.logon_name = Some("carl".to_owned());
    let create = async |draft: &app::people::PersonDraft, to| {
        users::create(&w.app, &w.root, to, std::slice::from_ref(draft), false, None, &Cause::default()).await
    };
    let Ok(Answer::Done(made)) = create(&first, customer).await else { panic!("refused") };
    let other = w.place(&order("SO-2", "other")).await.expect("an order").order.customer;
    let taken = |answer: Result<Answer<users::CreatedUsers>, AppError>| match answer {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.rule)).collect::<Vec<_>>(),
        answer => panic!("{answer:?}"),
    };
    let refused = taken(create(&first, other).await);
    assert_eq!(refused, [("logon_name".to_owned(), Rule::Taken)]);
    users::delete(&w.app, &w.root, made.users[0].user.id, 1, None, &Cause::default()).await.expect("deleted");
    assert_eq!(taken(create(&first, other).await), [("logon_name".to_owned(), Rule::Taken)]);
}

#[tokio::test]
async fn two_imports_of_the_same_names_at_once_do_not_deadlock() {
    let w = world().await;
    let customer = w.place(&order("SO-1", "acme")).await.expect("an order").order.customer;
    let forward: Vec<_> = (0..60).map(|i| person("Eva", &format!("Friis{}", i % 7))).collect();
    let backward: Vec<_> = forward.iter().rev().cloned().collect();
    let cause = Cause::default();
    let (a, b) = tokio::join!(
        users::create(&w.app, &w.root, customer, &forward, true, None, &cause),
        users::create(&w.app, &w.root, customer, &backward, true, None, &cause),
    );
    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
    let names = w.db.values("users", "logon_name", "object_id IS NOT NULL").await;
    assert_eq!(names.len(), 121);
}
