//! Who manages whom, and people made like another.

use app::{
    AppError, Cause,
    people::PersonDraft,
    users::{self, CreatedUsers, UserPatch},
};
use domain::{
    field::Rule,
    id::{TenantId, UserId},
    spec::{Spec, UserSpec},
};
use store::users::User;

use crate::world::{World, order, person, world};

const ANNA: &str = "anna.berg@acme.example";

async fn customer(w: &World) -> TenantId {
    w.place(&order("SO-1", "acme")).await.expect("an order").order.customer
}

async fn create(w: &World, customer: TenantId, drafts: &[PersonDraft]) -> Result<Vec<UserId>, AppError> {
    let made: Result<_, AppError> =
        users::create(&w.app, &w.root, customer, drafts, true, None, &Cause::default()).await;
    made.map(|answer| match answer {
        app::Answer::Done(CreatedUsers { users, .. }) => users.into_iter().map(|u| u.user.id).collect(),
        app::Answer::Before { .. } => panic!("nothing was asked before"),
    })
}

fn managed(given: &str, by: &str) -> PersonDraft {
    PersonDraft { manager: Some(by.to_owned()), ..person(given, "Holm") }
}

async fn user(w: &World, id: UserId) -> User {
    let mut tx = w.app.read(&w.root).await.expect("reading");
    let user = tx.user(id).await.expect("the person");
    tx.finish().await.expect("read");
    user
}

async fn manager(w: &World, id: UserId) -> Option<UserId> {
    user(w, id).await.manager.map(|manager| manager.person.id)
}

/// What is wanted of the account.
async fn spec(w: &World, id: UserId) -> UserSpec {
    let object = user(w, id).await.object.expect("an account").uuid();
    let spec = w.db.values("object", "spec", &format!("id = '{object}'")).await.remove(0);
    match serde_json::from_str(&spec).expect("a spec") {
        Spec::User(spec) => spec,
        other => panic!("{other:?} is no account"),
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, AppError>) -> Vec<(String, Rule)> {
    match result {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.rule)).collect(),
        other => panic!("not refused by field: {other:?}"),
    }
}

async fn set(w: &World, id: UserId, by: Option<&str>) -> Result<User, AppError> {
    let version = user(w, id).await.version;
    let patch = UserPatch { manager: Some(by.map(str::to_owned)), ..UserPatch::default() };
    users::update(&w.app, &w.root, id, version, patch, &Cause::default()).await
}

#[tokio::test]
async fn a_batch_names_managers_who_are_there_and_who_are_made_with_it() {
    let w = world().await;
    let acme = customer(&w).await;
    let boss = PersonDraft { user_name: Some("boss".to_owned()), ..managed("Bo", ANNA) };
    let drafts = [managed("Chiara", "Boss@acme.example"), boss, managed("Dora", "chiara.holm@acme.example")];
    let ids = create(&w, acme, &drafts).await.expect("made");
    let [chiara, bo, dora] = ids[..] else { panic!("three people") };
    assert_eq!(manager(&w, chiara).await, Some(bo));
    assert_eq!(manager(&w, dora).await, Some(chiara));
    let anna = user(&w, bo).await.manager.expect("a manager");
    assert_eq!(anna.person.principal_name, ANNA);
    assert_eq!(spec(&w, bo).await.manager, Some(anna.object));
    assert_eq!(spec(&w, chiara).await.manager, user(&w, bo).await.object);

    // Nobody of it is made when one is wrong, and each is told its place.
    let other = w.place(&order("SO-2", "beta")).await.expect("an order").order.administrator;
    let wrong = [
        managed("Eve", "nobody@acme.example"),
        managed("Finn", "not a name"),
        managed("Gro", &other.to_string()),
    ];
    assert_eq!(
        refused(create(&w, acme, &wrong[1..2]).await),
        [("users[0].manager".to_owned(), Rule::Format)]
    );
    let wrong = [wrong[0].clone(), wrong[2].clone()];
    let expected = [0, 1].map(|i| (format!("users[{i}].manager"), Rule::Unknown));
    assert_eq!(refused(create(&w, acme, &wrong).await), expected, "of another customer is unknown");
    let circle = [managed("Ida", "jan.holm@acme.example"), managed("Jan", "ida.holm@acme.example")];
    let expected = [0, 1].map(|i| (format!("users[{i}].manager"), Rule::Cycle));
    assert_eq!(refused(create(&w, acme, &circle).await), expected);
}

#[tokio::test]
async fn nobody_comes_to_stand_above_themselves() {
    let w = world().await;
    let acme = customer(&w).await;
    let drafts = [managed("Bo", ANNA), managed("Chiara", "bo.holm@acme.example")];
    let ids = create(&w, acme, &drafts).await.expect("made");
    let anna = manager(&w, ids[0]).await.expect("a manager");
    let cycle = [("manager".to_owned(), Rule::Cycle)];
    assert_eq!(refused(set(&w, anna, Some(&ids[1].to_string())).await), cycle);
    assert_eq!(refused(set(&w, ids[0], Some("Bo.Holm@acme.example")).await), cycle, "nor themselves");
    let changed = set(&w, ids[1], Some(ANNA)).await.expect("changed");
    assert_eq!(changed.manager.map(|m| m.person.id), Some(anna));
    set(&w, anna, Some(&ids[1].to_string())).await.map(drop).expect_err("still a circle");
    set(&w, ids[1], None).await.expect("taken away");
    assert_eq!(spec(&w, ids[1]).await.manager, None);
    set(&w, anna, Some(&ids[1].to_string())).await.expect("no circle any more");
    let told = w.db.values("event", "change::text", "code = 'user.updated'").await;
    assert!(told.iter().filter(|change| change.contains("manager")).count() == 3, "{told:?}");
}

#[tokio::test]
async fn who_goes_manages_nobody_and_gets_back_whom_nobody_else_got() {
    let w = world().await;
    let acme = customer(&w).await;
    let drafts: Vec<_> =
        std::iter::once(managed("Bo", ANNA))
            .chain((0..3).map(|n| PersonDraft {
                surname: format!("Lund{n}"),
                ..managed("Pat", "bo.holm@acme.example")
            }))
            .collect();
    let ids = create(&w, acme, &drafts).await.expect("made");
    let (bo, reports) = (ids[0], &ids[1..]);
    let cause = Cause::default();
    // One of them is removed before.
    let version = user(&w, reports[2]).await.version;
    users::delete(&w.app, &w.root, reports[2], version, None, &cause).await.expect("removed");
    let (object, version) = (user(&w, bo).await.object.expect("an account"), user(&w, bo).await.version);
    let request = users::delete(&w.app, &w.root, bo, version, None, &cause).await;
    let request = request.expect("removed").expect("a request");
    for report in &reports[..2] {
        assert_eq!(manager(&w, *report).await, None);
        assert_eq!(spec(&w, *report).await.manager, None);
    }
    let of_request = format!("request_id = '{}'", request.uuid());
    let told = w.db.values("event", "target_id", &format!("code = 'user.updated' AND {of_request}")).await;
    assert_eq!(told.len(), 3, "each is told");
    set(&w, reports[1], Some(ANNA)).await.expect("somebody else");
    users::restore(&w.app, &w.root, bo, &cause).await.expect("restored");
    assert_eq!(manager(&w, reports[0]).await, Some(bo));
    assert_eq!(spec(&w, reports[0]).await.manager, Some(object));
    assert_ne!(manager(&w, reports[1]).await, Some(bo), "somebody else set another since");
    users::restore(&w.app, &w.root, reports[2], &cause).await.expect("restored");
    assert_eq!(manager(&w, reports[2]).await, Some(bo), "also who was away meanwhile");
}
