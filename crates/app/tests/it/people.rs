//! People who go take everything with them that was theirs.

use app::{Cause, users};
use store::users::User;

use crate::world::{World, order, person, world};

/// A customer with an administrator and three people with a service.
async fn customer(w: &World) -> (domain::id::TenantId, Vec<User>) {
    let mut draft = order("SO-1", "acme");
    draft.users = (0..3).map(|i| person("Bo", &format!("Holm{i}"))).collect();
    draft.users.iter_mut().for_each(|user| user.plans = vec!["desktop-s".to_owned()]);
    let customer = w.place(&draft).await.expect("an order").order.customer;
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let tenant = tx.tenant(customer).await.expect("the customer");
    let permit = tx.permit_people(&tenant).expect("may see people");
    let people = tx.users(&permit, Some("bo holm"), None, None, 10).await.expect("people");
    (customer, people)
}

#[tokio::test]
async fn a_removed_person_leaves_every_group() {
    let w = world().await;
    let (customer, people) = customer(&w).await;
    let (gone, object) = (&people[0], people[0].object.expect("an account").uuid());
    let request = users::delete(&w.app, &w.root, gone.id, gone.version, &Cause::default()).await;
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
