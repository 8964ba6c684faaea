//! People change, go, and come back.

use app::{
    AppError, Cause,
    people::PersonDraft,
    users::{self, Once, UserPatch},
};
use domain::{
    person::Detail,
    spec::{Spec, UserSpec},
};
use store::users::User;

use crate::world::{World, named, order, person, world};

/// A customer with an administrator and three people with a service.
async fn customer(w: &World) -> (domain::id::TenantId, Vec<User>) {
    let mut draft = order("SO-1", "acme");
    draft.users = (0..3).map(|i| person("Bo", &format!("Holm{i}"))).collect();
    draft.users.iter_mut().for_each(|user| user.plans = vec!["desktop-s".to_owned()]);
    let customer = w.place(&draft).await.expect("an order").order.customer;
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let tenant = tx.tenant(customer).await.expect("the customer");
    let permit = tx.permit_people(&tenant).expect("may see people");
    let people = tx.users(&permit, named("bo holm"), None, 10).await.expect("people");
    (customer, people)
}

/// What is wanted of a person's account.
async fn account(w: &World, user: &User) -> UserSpec {
    let object = user.object.expect("an account").uuid();
    let spec = w.db.values("object", "spec", &format!("id = '{object}'")).await.remove(0);
    match serde_json::from_str(&spec).expect("a spec") {
        Spec::User(spec) => spec,
        other => panic!("{other:?} is no account"),
    }
}

/// The fields that were refused.
fn fields(result: Result<(), AppError>) -> Vec<String> {
    match result {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("not refused by field: {other:?}"),
    }
}

#[tokio::test]
async fn a_removed_person_leaves_every_group() {
    let w = world().await;
    let (customer, people) = customer(&w).await;
    let (gone, object) = (&people[0], people[0].object.expect("an account").uuid());
    let request = users::delete(&w.app, &w.root, gone.id, gone.version, None, &Cause::default()).await;
    let request = request.expect("removed").expect("a request");

    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let tenant = tx.tenant(customer).await.expect("the customer");
    let permit = tx.permit(&tenant).expect("may see it");
    let counts = tx.group_views(&permit, None, None, 10).await.expect("groups");
    let mut members: Vec<_> = counts.iter().map(|g| (g.name.as_str(), g.members)).collect();
    members.sort_unstable();
    assert_eq!(members, [("Backup", 0), ("Hosted Desktop", 2), ("Members", 3)]);
    for view in &counts {
        let (group, _) = tx.group(view.id).await.expect("the group");
        let shown = tx.member_views(&group, None, None, 10).await.expect("members");
        assert!(shown.iter().all(|m| m.user.id != gone.id), "{} shows who is gone", view.name);
        assert_eq!(i64::try_from(shown.len()), Ok(view.members));
    }
    // Leaving is part of the removal, and what was asked before cannot stay open for it.
    let removal = tx.request(request).await.expect("the request");
    assert_eq!(removal.counts.total(), 3, "the account and two memberships");
    let open =
        format!("member_id = '{object}' AND request_id <> '{}' AND state = 'requested'", request.uuid());
    assert_eq!(w.db.values("request_item", "request_id", &open).await, Vec::<String>::new());
}

/// Everything that is not ours to decide stays as it is.
#[tokio::test]
async fn names_and_details_change_together_with_the_account() {
    let w = world().await;
    let (customer, people) = customer(&w).await;
    let ben = &people[0];
    let patch = UserPatch {
        principal_name: Some("Benny.Holm@acme.example".to_owned()),
        logon_name: Some("benny".to_owned()),
        details: [("country", Some("dk")), ("mobile", Some("+45 1")), ("external_id", Some("K-7"))]
            .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
            .into(),
        ..UserPatch::default()
    };
    let after = users::update(&w.app, &w.root, ben.id, ben.version, patch, &Cause::default()).await;
    let after = after.expect("changed");
    assert_eq!(after.principal_name, "benny.holm@acme.example");
    assert_eq!(after.details[&Detail::Country], "DK");
    let spec = account(&w, ben).await;
    assert_eq!((spec.name.as_str(), spec.logon_name.as_str()), ("benny", "benny"), "the name follows");
    assert_eq!(spec.details, after.details);
    // The old name is kept for its former owner.
    let newcomer = PersonDraft { principal_name: Some(ben.principal_name.clone()), ..person("Ben", "Holm") };
    let taken = users::create(&w.app, &w.root, customer, &[newcomer], false, None, &Cause::default()).await;
    assert_eq!(fields(taken.map(drop)), ["principal_name"]);
    let copy = PersonDraft {
        details: [("external_id".to_owned(), "K-7".to_owned())].into(),
        ..person("Bo", "Lund")
    };
    let taken = users::create(&w.app, &w.root, customer, &[copy], false, None, &Cause::default()).await;
    assert_eq!(fields(taken.map(drop)), ["details.external_id"]);
    let foreign = UserPatch { principal_name: Some("ben@other.example".to_owned()), ..UserPatch::default() };
    let refused = users::update(&w.app, &w.root, ben.id, after.version, foreign, &Cause::default()).await;
    assert_eq!(fields(refused.map(drop)), ["principal_name"]);
    let odd = UserPatch {
        details: [("shoe_size".to_owned(), Some("43".to_owned()))].into(),
        ..UserPatch::default()
    };
    let refused = users::update(&w.app, &w.root, ben.id, after.version, odd, &Cause::default()).await;
    assert_eq!(fields(refused.map(drop)), ["details.shoe_size"]);
    let back = UserPatch { principal_name: Some(ben.principal_name.clone()), ..UserPatch::default() };
    let back = users::update(&w.app, &w.root, ben.id, after.version, back, &Cause::default()).await;
    assert_eq!(back.expect("the own old name").principal_name, ben.principal_name);
}

#[tokio::test]
async fn a_removed_person_is_restored_with_groups_plans_and_account() {
    let w = world().await;
    let (customer, people) = customer(&w).await;
    let (ben, cause) = (&people[0], Cause::default());
    let object = ben.object.expect("an account").uuid();
    let wanted = || async {
        let mut groups =
            w.db.values("membership", "group_object", &format!("member_object = '{object}' AND wanted"))
                .await;
        groups.sort_unstable();
        groups
    };
    let before = wanted().await;
    assert_eq!(before.len(), 2, "all people, and those with the service");
    users::delete(&w.app, &w.root, ben.id, ben.version, None, &cause).await.expect("removed");
    assert_eq!(wanted().await, Vec::<String>::new());
    let mut tx = w.app.read(&w.root).await.expect("reading");
    tx.user(ben.id).await.expect_err("gone from the lists");
    let spec = account(&w, ben).await;
    assert!(!spec.enabled, "the account is kept and cannot log on");
    let tenant = tx.tenant(customer).await.expect("the customer");
    let permit = tx.permit_people(&tenant).expect("may list");
    let removed = tx.removed_users(&permit, None, 50).await.expect("listed");
    assert_eq!(removed.iter().map(|r| r.user.id).collect::<Vec<_>>(), [ben.id]);
    tx.finish().await.expect("read");
    let newcomer = PersonDraft { principal_name: Some(ben.principal_name.clone()), ..person("Ben", "Holm") };
    let taken = users::create(&w.app, &w.root, customer, &[newcomer], false, None, &cause).await;
    assert_eq!(fields(taken.map(drop)), ["principal_name"], "the names are kept");
    let back = users::restore(&w.app, &w.root, ben.id, &cause).await.expect("restored");
    assert!(back.enabled);
    assert_eq!(wanted().await, before);
    let kind = "kind || ' ' || subscription_id";
    let mut facts = w.db.values("fact", kind, &format!("user_id = '{}'", ben.id.uuid())).await;
    for fact in &mut facts {
        fact.truncate(7);
    }
    assert_eq!(facts, ["ended 0", "ordered", "ordered"], "billing begins anew");
    users::restore(&w.app, &w.root, ben.id, &cause).await.map(drop).expect_err("restored once");
}

#[tokio::test]
async fn without_time_to_restore_the_account_goes_at_once_and_too_long_a_time_is_refused() {
    let w = world().await;
    let (_, people) = customer(&w).await;
    let (ben, cause) = (&people[0], Cause::default());
    let long = users::delete(&w.app, &w.root, ben.id, ben.version, Some(366), &cause).await;
    assert_eq!(fields(long.map(drop)), ["grace_days"]);
    users::delete(&w.app, &w.root, ben.id, ben.version, Some(0), &cause).await.expect("removed");
    let object = ben.object.expect("an account").uuid();
    assert_eq!(w.db.values("object", "wanted", &format!("id = '{object}'")).await, ["false"]);
    users::restore(&w.app, &w.root, ben.id, &cause).await.map(drop).expect_err("nothing to restore");
}

#[tokio::test]
async fn a_lock_is_lifted_and_a_password_expires_as_requests() {
    let w = world().await;
    let (_, people) = customer(&w).await;
    let ben = &people[0];
    for what in [Once::Unlock, Once::ExpirePassword] {
        users::once(&w.app, &w.root, ben.id, what, &Cause::default()).await.expect("asked");
    }
    let spec = account(&w, ben).await;
    assert!(spec.unlocked_at.is_some() && spec.password_expired_at.is_some());
    let told = w.db.values("event", "code", "code LIKE 'user.%'").await;
    assert!(["user.password_expired", "user.unlocked"].iter().all(|code| told.iter().any(|t| t == code)));
}
