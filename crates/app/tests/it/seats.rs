//! A plan of many people at once: one request, what it comes to, and what refuses it.

use app::{
    AppError, Cause,
    catalogue::{BundleDraft, publish_bundle},
    quotas::{self, QuotasDraft},
    seats::{Chosen, Deed, change, preview},
    users::{self, UserPatch},
};
use domain::{
    field::Rule,
    id::{TenantId, UserId},
};

use crate::world::{World, named, order, person, world};

/// A customer with `people` of the desktop and an ERP nobody has yet.
async fn customer(w: &World, people: usize) -> TenantId {
    let mut draft = order("SO-1", "acme");
    draft.plans.push("erp-full@production".to_owned());
    draft.users = (0..people).map(|i| person("Bo", &format!("Holm{i}"))).collect();
    draft.users.iter_mut().for_each(|user| user.plans = vec!["desktop-s".to_owned()]);
    w.place(&draft).await.expect("an order").order.customer
}

async fn ids(w: &World, customer: TenantId) -> Vec<UserId> {
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let tenant = tx.tenant(customer).await.expect("the customer");
    let permit = tx.permit_people(&tenant).expect("may see people");
    tx.users(&permit, named("bo holm"), None, 200).await.expect("people").iter().map(|u| u.id).collect()
}

async fn facts(w: &World, kind: &str) -> usize {
    let of = "plan_id IN (SELECT id FROM plan WHERE code = 'erp-full') AND user_id IS NOT NULL";
    w.db.values("fact", "id", &format!("kind = '{kind}' AND {of}")).await.len()
}

#[tokio::test]
async fn a_plan_is_given_to_many_and_taken_from_some_as_one_request_each() {
    let w = world().await;
    let acme = customer(&w, 12).await;
    let everybody = Chosen::All(Some("bo holm".to_owned()));
    let give = (Deed::Give, &everybody);
    let told = preview(&w.app, &w.root, acme, "erp-full", give).await.expect("a preview");
    assert_eq!((told.people, told.kept, told.left_out, told.named.len()), (12, 0, 0, 10));
    assert_eq!(facts(&w, "ordered").await, 0, "a preview changes nothing");
    let request = change(&w.app, &w.root, acme, "erp-full", give, &Cause::default()).await.expect("given");
    assert_eq!(facts(&w, "ordered").await, 12);
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    assert_eq!((request.people, request.kept, request.left_out), (12, 0, 0));
    let request = tx.request(request.request.expect("one request")).await.expect("the request");
    assert_eq!(request.counts.total(), 12 * 2, "two groups of each");
    drop(tx);
    let again = change(&w.app, &w.root, acme, "erp-full", give, &Cause::default()).await.expect("an answer");
    assert_eq!((again.request, again.people), (None, 0), "nobody is left without it");

    let some = Chosen::People(ids(&w, acme).await[..2].to_vec());
    let take = (Deed::Take, &some);
    assert_eq!(preview(&w.app, &w.root, acme, "erp-full", take).await.expect("a preview").people, 2);
    change(&w.app, &w.root, acme, "erp-full", take, &Cause::default()).await.expect("taken");
    assert_eq!(facts(&w, "ended").await, 2);
    let gone =
        "member_object IN (SELECT object_id FROM users WHERE display_name LIKE 'Bo Holm%') AND NOT wanted";
    assert_eq!(
        w.db.values("membership", "(group_object, member_object)", gone).await.len(),
        4,
        "two groups of two people"
    );
    let (nobody, cause) = (Chosen::People(Vec::new()), Cause::default());
    match change(&w.app, &w.root, acme, "erp-full", (Deed::Give, &nobody), &cause).await {
        Err(AppError::Invalid(errors)) => {
            assert_eq!((errors[0].field.as_str(), errors[0].rule), ("people", Rule::Required));
        }
        other => panic!("nobody was chosen: {other:?}"),
    }
    let missing = preview(&w.app, &w.root, acme, "no-such-plan", give).await;
    assert!(matches!(missing, Err(AppError::NotFound(_))));
}

#[tokio::test]
async fn a_quota_refuses_all_of_them_and_nothing_is_given() {
    let w = world().await;
    let acme = customer(&w, 4).await;
    let draft = QuotasDraft { services: [("erp".to_owned(), Some(3))].into(), ..QuotasDraft::default() };
    quotas::set(&w.app, &w.root, acme, &draft, &Cause::default()).await.expect("a quota");
    let give = (Deed::Give, &Chosen::All(Some("bo".to_owned())));
    let told = preview(&w.app, &w.root, acme, "erp-full", give).await.expect("a preview");
    assert_eq!(told.quotas.iter().map(|q| (q.used, q.most)).collect::<Vec<_>>(), [(0, 3)]);
    let before = w.db.row_counts().await;
    match change(&w.app, &w.root, acme, "erp-full", give, &Cause::default()).await {
        Err(AppError::Invalid(errors)) => {
            assert_eq!((errors[0].rule, errors[0].args["max"].as_str()), (Rule::TooMany, "3"));
        }
        other => panic!("not refused: {other:?}"),
    }
    assert_eq!(w.db.row_counts().await, before);
}

#[tokio::test]
async fn what_a_bundle_gives_stays_when_the_plan_is_taken() {
    let w = world().await;
    let acme = customer(&w, 3).await;
    let draft =
        BundleDraft { name: "Bookkeeper".to_owned(), plans: vec!["erp-full".to_owned()], groups: vec![] };
    publish_bundle(&w.app, &w.root, w.root.tenant, "bookkeeper", &draft, &Cause::default())
        .await
        .expect("a bundle");
    let people = ids(&w, acme).await;
    let bundles = UserPatch { bundles: Some(vec!["bookkeeper".to_owned()]), ..UserPatch::default() };
    users::update(&w.app, &w.root, people[0], 1, bundles, &Cause::default())
        .await
        .expect("a bundle is given");
    let all = Chosen::People(people);
    change(&w.app, &w.root, acme, "erp-full", (Deed::Give, &all), &Cause::default()).await.expect("given");
    let take = (Deed::Take, &all);
    let told = preview(&w.app, &w.root, acme, "erp-full", take).await.expect("a preview");
    assert_eq!((told.people, told.kept), (2, 1));
    change(&w.app, &w.root, acme, "erp-full", take, &Cause::default()).await.expect("taken");
    assert_eq!(facts(&w, "ended").await, 2);
    let told = preview(&w.app, &w.root, acme, "erp-full", take).await.expect("a preview");
    assert_eq!((told.people, told.kept), (0, 1), "it is the bundle's alone now");
}
