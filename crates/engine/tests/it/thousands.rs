//! A customer with thousands of people: suspended and resumed as one request,
//! at the target's pace and with no change too many.

use std::time::{Duration, Instant};

use domain::{
    request::{Lane, RequestState},
    tenant::Status,
};
use serde_json::json;
use store::tx::{Cause, act};

use crate::world::{Customer, World};

const PEOPLE: usize = 3_200;
/// Looks before and after the changes, of a few hundred accounts at once.
const READS_MAX: u64 = 100;
/// Ten times what a slow machine needs for what is ours of it.
const BOUND: Duration = Duration::from_secs(100);

/// Suspends or resumes in one request; gives how long asking took and what was sent.
async fn set(world: &World, customer: &Customer, status: Status) -> (Duration, Duration, u64) {
    let engine = world.engine();
    let (asked, before) = (Instant::now(), world.reference.operations());
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let tenant = tx.tenant(customer.id).await.expect("the tenant");
    let permit = tx.permit::<act::TenantSuspend>(&tenant).expect("from above");
    tx.set_status(&permit, status).await.expect("the status");
    let request = tx.open_request(customer.id, "tenant_suspend", json!({}), Lane::Bulk);
    let accounts = tx.settle_accounts(customer.id).await.expect("the accounts");
    assert_eq!(accounts, i64::try_from(PEOPLE).expect("a number"));
    tx.commit(&Cause::default()).await.expect("committing");
    let (asked, worked) = (asked.elapsed(), Instant::now());
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete);
    (asked, worked.elapsed(), world.reference.operations() - before)
}

#[tokio::test(flavor = "multi_thread")]
async fn suspending_and_resuming_thousands_is_one_request_with_one_operation_each() {
    let world = World::new().await;
    let customer = world.order("acme", PEOPLE, Lane::Bulk).await;
    world.drain(&world.engine()).await;
    for status in [Status::Suspended, Status::Active] {
        let (asked, worked, operations) = set(&world, &customer, status).await;
        let changes = u64::try_from(PEOPLE).expect("a number");
        assert!((changes..changes + READS_MAX).contains(&operations), "{status:?}: {operations}");
        assert!(asked + worked < BOUND, "{status:?}: asked in {asked:?}, worked {worked:?}");
    }
    world.assert_converged().await;
}
