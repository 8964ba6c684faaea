//! Two who change things that hang together at the same moment: one waits for the other, and
//! then decides on what is true.

use std::{future::Future, time::Duration};

use app::{
    AppError, Cause, again,
    error::Conflict,
    life::{close, restore, transfer},
    quotas::{self, QuotasDraft},
    settings,
    tenants::{ResellerDraft, create_reseller},
    users::{self, UserPatch},
};
use domain::{
    field::Rule,
    id::{TenantId, UserId},
};
use store::{
    StoreError,
    catalogue::{Quota, QuotaKind},
    tx::act,
};
use tokio::sync::oneshot;

use crate::world::{World, order, person, world};

fn cause() -> Cause {
    Cause::default()
}

/// Longer than anything here takes on any machine.
const BOUND: Duration = Duration::from_secs(30);

/// Runs `act` until it waits for a lock somebody holds, then lets `release` end; gives what
/// came of the act.
pub async fn held_up<T>(w: &World, act: impl Future<Output = T>, release: impl Future<Output = ()>) -> T {
    let (told, waits) = oneshot::channel::<()>();
    let watch = async {
        let waiting = "wait_event_type = 'Lock' AND datname = current_database()";
        while w.db.values("pg_stat_activity", "pid", waiting).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        told.send(()).expect("somebody listens");
    };
    let release = async {
        waits.await.expect("it waits");
        release.await;
    };
    let (done, (), ()) = tokio::time::timeout(BOUND, async { tokio::join!(act, watch, release) })
        .await
        .expect("nobody waited for the lock");
    done
}

async fn reseller(w: &World, code: &str) -> TenantId {
    let (code, name) = (code.to_owned(), code.to_uppercase());
    let draft = ResellerDraft { code, name, ..ResellerDraft::default() };
    match create_reseller(&w.app, &w.root, &draft, None, &cause()).await.expect("a reseller") {
        app::Answer::Done(made) => made.id,
        other @ app::Answer::Before { .. } => panic!("nothing was asked before: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_or_restored_below_a_seller_that_is_being_closed() {
    let w = world().await;
    let north = reseller(&w, "north").await;
    let mut draft = order("SO-1", "acme");
    draft.seller = Some("north".to_owned());
    let acme = w.place(&draft).await.expect("an order").order.customer;
    close(&w.app, &w.root, acme, None, &cause()).await.expect("closed");
    let closing = async || {
        let mut tx = w.store.write(&w.root).await.expect("writing");
        let tenant = tx.tenant(north).await.expect("the seller");
        let permit = tx.permit::<act::TenantClose>(&tenant).expect("may close");
        tx.lock_tree().await.expect("the lock");
        tx.open_request(north, "tenant_close", serde_json::json!({}), domain::request::Lane::Bulk);
        let at = tx.now() + jiff::SignedDuration::from_hours(24);
        assert!(tx.close_tenant(&permit, at).await.expect("closed"));
        tx
    };
    let tx = closing().await;
    let mut second = order("SO-2", "beta");
    second.seller = Some("north".to_owned());
    let made =
        Box::pin(held_up(&w, w.place(&second), async { tx.commit(&cause()).await.expect("committing") }))
            .await;
    assert!(matches!(made, Err(AppError::Conflict(Conflict::Closed))), "{made:?}");

    restore(&w.app, &w.root, north, &cause()).await.expect("opened again");
    let tx = closing().await;
    let nothing = cause();
    let opened = restore(&w.app, &w.root, acme, &nothing);
    let opened =
        Box::pin(held_up(&w, opened, async { tx.commit(&cause()).await.expect("committing") })).await;
    assert!(matches!(opened, Err(AppError::Conflict(Conflict::ClosedAbove))), "{opened:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_currency_does_not_change_under_somebody_who_orders() {
    let w = world().await;
    let mut draft = order("SO-1", "acme");
    draft.plans = vec!["desktop-s".to_owned()];
    let acme = w.place(&draft).await.expect("an order").order.customer;
    let mut tx = w.store.write(&w.root).await.expect("writing");
    let tenant = tx.tenant(acme).await.expect("the customer");
    tx.hold_currency(&tenant).await.expect("as it was read");
    let (given, nothing) = ([("currency".to_owned(), Some("DKK".to_owned()))].into(), cause());
    let change = settings::update(&w.app, &w.root, acme, tenant.version, &given, &nothing);
    let changed =
        Box::pin(held_up(&w, change, async { tx.commit(&cause()).await.expect("nothing was ordered") }))
            .await;
    changed.expect("changed");
    let mut tx = w.store.write(&w.root).await.expect("writing");
    let late = tx.hold_currency(&tenant).await;
    assert!(matches!(late, Err(StoreError::Stale { .. })), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_met_another_transaction_is_run_again_and_who_wrote_is_not() {
    let w = world().await;
    let acme = w.place(&order("SO-1", "acme")).await.expect("an order").order.customer;
    let made = users::create(&w.app, &w.root, acme, &[person("Bo", "Holm")], false, None, &cause()).await;
    let Ok(app::Answer::Done(made)) = made else { panic!("nobody was made") };
    let bo: UserId = made.users[0].user.id;
    // Two who lock the same two in different orders, each when the other has its first.
    let rows = w.db.values("object", "id", &format!("tenant_id = '{}'", acme.uuid())).await;
    let tries = std::sync::atomic::AtomicUsize::new(0);
    let both = tokio::sync::Barrier::new(2);
    let lock = async |order: [usize; 2], first: bool| {
        let mut tx = w.store.write(&w.root).await?;
        tx.tenant(acme).await?;
        tx.open_request(acme, "change", serde_json::json!({}), domain::request::Lane::Interactive);
        for (n, place) in order.into_iter().enumerate() {
            tx.verify_again(&[rows[place].parse().expect("an id")]).await?;
            if n == 0 && first {
                both.wait().await;
            }
        }
        Ok::<_, StoreError>(())
    };
    let attempt = async |order: [usize; 2]| {
        let first = std::cell::Cell::new(true);
        again(|| {
            tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            lock(order, first.replace(false))
        })
        .await
    };
    let (one, other) = tokio::join!(attempt([0, 1]), attempt([1, 0]));
    one.and(other).expect("both came through");
    assert_eq!(tries.load(std::sync::atomic::Ordering::Relaxed), 3, "one of them twice");

    let tries = std::sync::atomic::AtomicUsize::new(0);
    let written = again(|| async {
        tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let patch = UserPatch { title: Some(Some("Captain".to_owned())), ..UserPatch::default() };
        users::update(&w.app, &w.root, bo, 1, patch, &cause()).await
    });
    Box::pin(written).await.expect("changed");
    assert_eq!(tries.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_while_a_customer_moves_is_counted_where_it_comes_to() {
    let w = world().await;
    let south = reseller(&w, "south").await;
    let acme = w.place(&order("SO-1", "acme")).await.expect("an order").order.customer;
    for (tenant, most) in [(south, 1), (acme, 10)] {
        let draft = QuotasDraft { people: Some(Some(most)), ..QuotasDraft::default() };
        quotas::set(&w.app, &w.root, tenant, &draft, &cause()).await.expect("a quota");
    }
    // Whoever comes waits for this; by then what is above acme was looked at.
    let mut tx = w.store.write(&w.root).await.expect("writing");
    let provider = tx.tenant(w.root.tenant).await.expect("the provider");
    let above = tx.permit::<act::CatalogueManage>(&provider).expect("from above");
    let people = Quota { kind: QuotaKind::People, subject: String::new() };
    tx.set_quotas(&above, acme, &[(people, Some(11))]).await.expect("set");
    let waiting = async |how_many: usize| {
        let of = "wait_event_type = 'Lock' AND datname = current_database()";
        while w.db.values("pg_stat_activity", "pid", of).await.len() < how_many {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let one = [person("Cy", "New")];
    let nothing = cause();
    let came = users::create(&w.app, &w.root, acme, &one, true, None, &nothing);
    let moved = async {
        waiting(1).await;
        transfer(&w.app, &w.root, acme, "south", None, &nothing).await
    };
    let release = async {
        waiting(2).await;
        tx.commit(&cause()).await.expect("committing");
    };
    let all = async { tokio::join!(Box::pin(came), Box::pin(moved), release) };
    let (came, moved, ()) = Box::pin(tokio::time::timeout(BOUND, all)).await.expect("nobody waited");
    came.expect("there is room in acme");
    assert!(moved.is_err(), "two are more than south may have: {moved:?}");
    match transfer(&w.app, &w.root, acme, "south", None, &cause()).await {
        Err(AppError::Invalid(errors)) => assert_eq!(errors[0].rule, Rule::TooMany),
        other => panic!("not refused: {other:?}"),
    }
}
