//! What a caller may do, asked in the transaction that does it.

use domain::tenant::Status;
use jiff::SignedDuration;
use sqlx::AssertSqlSafe;
use store::{
    StoreError,
    tenants::TenantChange,
    tx::{Cause, act},
    users::UserChange,
    views::{OrderFilter, RequestFilter, TenantSearch},
};

use crate::world::Estate;

#[tokio::test]
async fn outside_the_subtree_nothing_exists_and_inside_it_is_denied() {
    let estate = Estate::new().await;
    let (a1, b1) = (&estate.a1, &estate.b1);
    let mut tx = estate.world.store.write(&a1.admin).await.expect("writing");
    for hidden in [b1.id, estate.north.id, estate.south.id, estate.world.provider] {
        assert!(matches!(tx.tenant(hidden).await, Err(StoreError::NotFound("tenant"))), "{hidden}");
    }
    assert!(matches!(tx.user(b1.people[0].id).await, Err(StoreError::NotFound("user"))));
    assert!(matches!(
        tx.account::<act::UserDelete>(b1.people[1].id).await,
        Err(StoreError::NotFound("user"))
    ));
    assert!(matches!(tx.request(b1.request).await, Err(StoreError::NotFound("request"))));
    assert!(matches!(tx.group(b1.group).await, Err(StoreError::NotFound("group"))));
    assert!(matches!(tx.order(b1.order).await, Err(StoreError::NotFound("order"))));
    assert!(matches!(tx.spec(b1.folder).await, Err(StoreError::NotFound("object"))));
    let own = tx.tenant(a1.id).await.expect("the own customer");
    assert!(
        matches!(tx.permit::<act::OrderCreate>(&own), Err(StoreError::Denied(_))),
        "customers do not sell"
    );
    assert!(matches!(tx.permit::<act::TenantSuspend>(&own), Err(StoreError::Denied(_))));
    tx.permit::<act::UserCreate>(&own).expect("administrators make people");
    let error = tx.account::<act::UserDelete>(a1.people[0].id).await.expect_err("not oneself");
    assert!(matches!(error, StoreError::Denied(_)));
}

#[tokio::test]
async fn lists_show_the_own_subtree() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let mut tx = store.read(&estate.north.admin).await.expect("reading");
    let all = [estate.world.provider, estate.north.id, estate.south.id];
    let search = TenantSearch { roots: Some(all.to_vec()), ..TenantSearch::default() };
    let rows = tx.tenant_views(&search, None, 50).await.expect("listing");
    let codes: Vec<_> = rows.iter().map(|r| r.code.as_str()).collect();
    assert_eq!(codes, ["a1", "a3", "north", "sub"], "asking for more roots shows no more");
    let mut pages = Vec::new();
    let mut after: Option<(String, domain::id::TenantId)> = None;
    loop {
        let from = after.as_ref().map(|(key, id)| (key.as_str(), *id));
        let page = tx.tenant_views(&search, from, 1).await.expect("a page");
        let Some(row) = page.into_iter().next() else { break };
        pages.push(row.code);
        after = Some((row.key, row.id));
    }
    assert_eq!(pages, codes);
    let everything = RequestFilter { roots: all.to_vec(), ..RequestFilter::default() };
    assert_eq!(tx.request_views(&everything, None, 50).await.expect("listing").len(), 2);
    let everything = OrderFilter { roots: all.to_vec(), ..OrderFilter::default() };
    assert_eq!(tx.order_views(&everything, None, 50).await.expect("listing").len(), 2);
}

#[tokio::test]
async fn below_a_suspended_reseller_is_read_only() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let mut tx = store.write(&estate.world.root).await.expect("writing");
    let north = tx.tenant(estate.north.id).await.expect("the reseller");
    let permit = tx.permit::<act::TenantSuspend>(&north).expect("from above");
    tx.set_status(&permit, Status::Suspended).await.expect("suspending");
    tx.commit(&Cause::default()).await.expect("committing");
    for customer in [&estate.a1, &estate.a3] {
        let mut tx = store.write(&customer.admin).await.expect("writing");
        let tenant = tx.tenant(customer.id).await.expect("reading goes on");
        assert!(tenant.suspended);
        tx.user(customer.people[0].id).await.expect("reading people goes on");
        assert!(matches!(tx.permit::<act::UserCreate>(&tenant), Err(StoreError::Denied(_))));
        assert!(matches!(
            tx.account::<act::UserUpdate>(customer.people[0].id).await,
            Err(StoreError::Denied(_))
        ));
    }
    let mut tx = store.write(&estate.b1.admin).await.expect("writing");
    let tenant = tx.tenant(estate.b1.id).await.expect("another reseller's");
    tx.permit::<act::UserCreate>(&tenant).expect("goes on");
    let mut tx = store.write(&estate.north.admin).await.expect("writing");
    let north = tx.tenant(estate.north.id).await.expect("itself");
    assert!(matches!(tx.permit::<act::TenantSuspend>(&north), Err(StoreError::Denied(_))), "not by itself");
}

#[tokio::test]
async fn a_revoked_or_expired_grant_counts_from_the_next_transaction_on() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, &estate.a1);
    let admin = a1.people[0].id.uuid();
    let may = async || {
        let mut tx = world.store.write(&a1.admin).await.expect("writing");
        match tx.tenant(a1.id).await {
            Ok(tenant) => tx.permit::<act::UserCreate>(&tenant).is_ok(),
            Err(_) => false,
        }
    };
    assert!(may().await);
    let at = "2026-03-02T09:00:00Z";
    world.sql(&format!("UPDATE role_grant SET expires_at = '{at}' WHERE user_id = '{admin}'")).await;
    world.clock.advance(SignedDuration::from_hours(1));
    assert!(!may().await, "expired");
    world.sql(&format!("UPDATE role_grant SET expires_at = NULL WHERE user_id = '{admin}'")).await;
    assert!(may().await);
    world.sql(&format!("UPDATE role_grant SET revoked_at = now() WHERE user_id = '{admin}'")).await;
    assert!(!may().await, "revoked, though the caller was established before");
    let rows = world.count(&format!("SELECT count(*) FROM caller_root WHERE user_id = '{admin}'")).await;
    assert_eq!(rows, 0, "and row-level security knows");
}

#[tokio::test]
async fn a_permitted_account_does_not_become_an_administrators_meanwhile() {
    let estate = Estate::new().await;
    let (world, person) = (&estate.world, &estate.a1.people[1]);
    let mut tx = world.store.write(&estate.a1.admin).await.expect("writing");
    let (user, permit) = tx.account::<act::UserUpdate>(person.id).await.expect("the account");
    assert!(!user.administrator);
    let mut owner = world.owner().await;
    let promote = format!("UPDATE users SET administrator = true WHERE id = '{}'", person.id.uuid());
    sqlx::raw_sql("SET lock_timeout = '200ms'").execute(&mut owner).await.expect("setting");
    let error =
        sqlx::raw_sql(AssertSqlSafe(promote.clone())).execute(&mut owner).await.expect_err("has to wait");
    assert_eq!(
        error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
        Some("55P03"),
        "lock not available"
    );
    let change = UserChange { title: Some(Some("Lead".to_owned())), ..UserChange::default() };
    tx.update_user(&permit, &user, None, &change).await.expect("changing");
    tx.commit(&Cause::default()).await.expect("committing");
    sqlx::raw_sql(AssertSqlSafe(promote)).execute(&mut owner).await.expect("afterwards it may");
}

#[tokio::test]
async fn a_permit_for_one_account_is_none_for_another() {
    let estate = Estate::new().await;
    let (one, two) = (estate.a1.people[0].id, estate.a1.people[1].id);
    let mut tx = estate.world.store.write(&estate.north.admin).await.expect("writing");
    let (_, permit) = tx.account::<act::UserUpdate>(two).await.expect("the account");
    let other = tx.user(one).await.expect("another");
    let change = UserChange { enabled: Some(false), ..UserChange::default() };
    tx.update_user(&permit, &other, None, &change).await.expect_err("not with this permit");
    let (_, permit) = tx.account::<act::UserDelete>(two).await.expect("the account");
    tx.remove_user(&permit, &other, None, None).await.expect_err("not with this permit");
    let tenant = tx.tenant(estate.a3.id).await.expect("another customer");
    let permit = tx.permit::<act::RequestRetry>(&tenant).expect("may");
    let request = tx.request(estate.a1.request).await.expect("the request");
    tx.retry(&permit, &request).await.expect_err("of another customer");
}

#[tokio::test]
async fn a_change_of_an_old_version_is_refused() {
    let estate = Estate::new().await;
    let store = &estate.world.store;
    let mut tx = store.write(&estate.a1.admin).await.expect("writing");
    let tenant = tx.tenant(estate.a1.id).await.expect("the customer");
    let permit = tx.permit::<act::TenantUpdate>(&tenant).expect("may");
    let change = |name: &str| TenantChange { name: Some(name.to_owned()), ..TenantChange::default() };
    assert_eq!(tx.update_tenant(&permit, Some(1), &change("New")).await.expect("changing"), 2);
    assert_eq!(tx.update_tenant(&permit, Some(2), &change("New")).await.expect("nothing to change"), 2);
    let stale = tx.update_tenant(&permit, Some(1), &change("Old")).await;
    assert!(matches!(stale, Err(StoreError::Stale { present: 2 })));
    let (user, permit) = tx.account::<act::UserUpdate>(estate.a1.people[1].id).await.expect("the account");
    let change = UserChange { enabled: Some(false), ..UserChange::default() };
    let stale = tx.update_user(&permit, &user, Some(7), &change).await;
    assert!(matches!(stale, Err(StoreError::Stale { present: 1 })));
}
