//! How much of a quota is used is counted up, whatever is given and taken, and never passed.

use app::{
    AppError, Cause,
    catalogue::{PlanDraft, new_version},
    instances,
    life::{close, restore, transfer},
    people::PersonDraft,
    quotas::{self, QuotasDraft},
    requests,
    seats::{Chosen, Deed, change},
    tenants::{ResellerDraft, create_reseller},
    upgrades::{self, UpgradeDraft},
    users::{self, MoveDraft},
};
use domain::{
    field::Rule,
    id::{TenantId, UserId},
};
use tokio::task::JoinSet;

use crate::world::{World, named, order, person, world};

fn cause() -> Cause {
    Cause::default()
}

async fn reseller(w: &World, code: &str) -> TenantId {
    let (code, name) = (code.to_owned(), code.to_uppercase());
    let draft = ResellerDraft { code, name, ..ResellerDraft::default() };
    match create_reseller(&w.app, &w.root, &draft, None, &cause()).await.expect("a reseller") {
        app::Answer::Done(made) => made.id,
        other @ app::Answer::Before { .. } => panic!("nothing was asked before: {other:?}"),
    }
}

/// A customer with three people of the desktop besides the administrator.
async fn customer(w: &World, seller: &str) -> TenantId {
    let mut draft = order("SO-1", "acme");
    draft.seller = Some(seller.to_owned());
    draft.plans.push("erp-full@production".to_owned());
    draft.users = (0..3).map(|i| person("Bo", &format!("Holm{i}"))).collect();
    draft.users.iter_mut().for_each(|user| user.plans = vec!["desktop-s".to_owned()]);
    w.place(&draft).await.expect("an order").order.customer
}

async fn ids(w: &World, customer: TenantId) -> Vec<UserId> {
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let tenant = tx.tenant(customer).await.expect("the customer");
    let permit = tx.permit_people(&tenant).expect("may see people");
    tx.users(&permit, named("bo holm"), None, 200).await.expect("people").iter().map(|u| u.id).collect()
}

async fn set(w: &World, tenant: TenantId, people: i64) {
    let many = |codes: &[&str]| codes.iter().map(|code| ((*code).to_owned(), Some(50))).collect();
    let draft = QuotasDraft {
        people: Some(Some(people)),
        services: many(&["desktop", "erp"]),
        plans: many(&["desktop-s", "erp-full"]),
    };
    quotas::set(&w.app, &w.root, tenant, &draft, &cause()).await.expect("quotas");
}

/// As if the engine had counted.
async fn count(w: &World) {
    w.db.execute(
        "DELETE FROM quota_tally;
         UPDATE quota SET used = quota_used(tenant_id, kind, subject), sure_from = '3', counted_at = now()",
    )
    .await;
}

/// What is known is what there is.
async fn agree(w: &World, when: &str) {
    let wrong = "SELECT * FROM (SELECT kind, subject, quota_counted(tenant_id, kind, subject) AS known,
                        quota_used(tenant_id, kind, subject) AS counted FROM quota WHERE used IS NOT NULL) q
                  WHERE known <> counted";
    assert_eq!(w.db.rows(wrong).await, Vec::<serde_json::Value>::new(), "{when}");
}

async fn unknown(w: &World) -> Vec<String> {
    w.db.values("quota", "tenant_id", "used IS NULL").await
}

#[tokio::test]
async fn what_is_used_is_known_whatever_is_given_and_taken() {
    let w = world().await;
    let (north, south) = (reseller(&w, "north").await, reseller(&w, "south").await);
    let acme = customer(&w, "north").await;
    for tenant in [north, acme] {
        set(&w, tenant, 50).await;
    }
    assert_eq!(unknown(&w).await.len(), 2, "nobody has counted");
    count(&w).await;
    let with_desktop = PersonDraft { plans: vec!["desktop-s".to_owned()], ..person("Cy", "New") };
    users::create(&w.app, &w.root, acme, &[with_desktop], true, None, &cause()).await.expect("made");
    agree(&w, "somebody came").await;
    let bo = ids(&w, acme).await[0];
    for grace in [Some(30), Some(0)] {
        let version = w.db.values("users", "version", &format!("id = '{}'", bo.uuid())).await.remove(0);
        let version = version.parse().expect("a number");
        users::delete(&w.app, &w.root, bo, version, grace, &cause()).await.expect("removed");
        agree(&w, "somebody went").await;
        if grace == Some(30) {
            users::restore(&w.app, &w.root, bo, &cause()).await.expect("restored");
            agree(&w, "somebody came back").await;
        }
    }
    let all = Chosen::All(None);
    change(&w.app, &w.root, acme, "erp-full", (Deed::Give, &all), &cause()).await.expect("given");
    agree(&w, "all have a plan more").await;
    let some = Chosen::People(ids(&w, acme).await[..1].to_vec());
    change(&w.app, &w.root, acme, "erp-full", (Deed::Take, &some), &cause()).await.expect("taken");
    agree(&w, "somebody has it no more").await;
    another_version(&w, acme).await;
    instances::take(&w.app, &w.root, acme, "erp@production", (true, Some(30)), &cause())
        .await
        .expect("taken");
    agree(&w, "a service is taken").await;
    close(&w.app, &w.root, acme, None, &cause()).await.expect("closed");
    agree(&w, "all is ended").await;
    restore(&w.app, &w.root, acme, &cause()).await.expect("restored");
    agree(&w, "and begins again").await;
    assert_eq!(unknown(&w).await, Vec::<String>::new(), "nothing of this had to be counted");
    // Of who is left and who is come to it is not known; of the customer itself it is.
    set(&w, south, 50).await;
    count(&w).await;
    transfer(&w.app, &w.root, acme, "south", None, &cause()).await.expect("moved");
    let mut both = [north.uuid().to_string(), south.uuid().to_string()];
    both.sort();
    assert_eq!(unknown(&w).await, both);
    agree(&w, "it moved").await;
}

#[tokio::test]
async fn who_moves_counts_where_they_come_to_and_no_more_where_they_were() {
    let w = world().await;
    let north = reseller(&w, "north").await;
    let acme = customer(&w, "north").await;
    let mut draft = order("SO-2", "beta");
    draft.seller = Some("north".to_owned());
    let beta = w.place(&draft).await.expect("an order").order.customer;
    for tenant in [north, acme, beta] {
        set(&w, tenant, 50).await;
    }
    count(&w).await;
    let used = async |tenant: TenantId| {
        let of = format!("tenant_id = '{}' AND kind = 'people'", tenant.uuid());
        w.db.values("quota", "quota_counted(tenant_id, kind, subject)", &of).await.remove(0)
    };
    let before = [used(north).await, used(acme).await, used(beta).await];
    assert_eq!(before, ["5", "4", "1"]);
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let bo = tx.user(ids(&w, acme).await[0]).await.expect("Bo");
    tx.finish().await.expect("the end");
    let draft = MoveDraft {
        customer: "beta".to_owned(),
        plans: vec!["desktop-s".to_owned()],
        ..MoveDraft::default()
    };
    users::transfer(&w.app, &w.root, bo.id, bo.version, &draft, None, &cause()).await.expect("moved");
    agree(&w, "somebody moved").await;
    assert_eq!([used(north).await, used(acme).await, used(beta).await], ["5", "3", "2"]);
}

/// Another version takes the place of one, also where there is no room for one more.
async fn another_version(w: &World, acme: TenantId) {
    w.db.execute("UPDATE quota SET most = 0 WHERE subject IN ('desktop', 'desktop-s')").await;
    let draft = PlanDraft { prices: Some(vec![(4_500, "EUR".to_owned())]), ..PlanDraft::default() };
    new_version(&w.app, &w.root, "desktop-s", &draft, &cause()).await.expect("version 2");
    let to = UpgradeDraft { below: Some(acme), ..UpgradeDraft::default() };
    let (_, request) =
        upgrades::upgrade(&w.app, &w.root, "desktop-s", &to, &cause()).await.expect("upgraded");
    agree(w, "another version").await;
    requests::undo(&w.app, &w.root, request.expect("a request"), &cause()).await.expect("undone");
    agree(w, "and back").await;
    w.db.execute("UPDATE quota SET most = 50").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_as_many_come_as_there_is_room_for() {
    let w = world().await;
    let north = reseller(&w, "north").await;
    let acme = customer(&w, "north").await;
    for (round, counted) in [false, true].into_iter().enumerate() {
        let present = w.db.values("users", "id", "deleted_at IS NULL AND object_id IS NOT NULL").await.len();
        let most = i64::try_from(present + 5).expect("a few");
        set(&w, north, most).await;
        if counted {
            count(&w).await;
        }
        let mut all = JoinSet::new();
        for n in 0..12 {
            let (app, root, name) = (w.app.clone(), w.root.clone(), format!("No{round}x{n}"));
            all.spawn(async move {
                let one = person("Cy", &name);
                users::create(&app, &root, acme, &[one], true, None, &Cause::default()).await.map(drop)
            });
        }
        let mut came = 0;
        for done in all.join_all().await {
            match done {
                Ok(()) => came += 1,
                Err(AppError::Invalid(errors)) => assert_eq!(errors[0].rule, Rule::TooMany),
                Err(other) => panic!("neither made nor refused: {other:?}"),
            }
        }
        assert_eq!(came, 5, "counted before: {counted}");
        agree(&w, "many came").await;
        let mut tx = w.app.read(&w.root).await.expect("reading");
        let uses = tx.quotas(north).await.expect("quotas");
        tx.finish().await.expect("the end");
        assert!(uses.iter().any(|of| (of.most, of.used) == (most, most)), "{uses:?}");
        // Who goes makes room for one more, whoever saw it counted.
        let gone = w.db.values("users", "id", &format!("surname LIKE 'No{round}x%'")).await.remove(0);
        w.db.execute(&format!("UPDATE users SET deleted_at = now() WHERE id = '{gone}'")).await;
        let next = [person("Cy", &format!("Next{round}"))];
        users::create(&w.app, &w.root, acme, &next, true, None, &cause()).await.expect("there is room");
        agree(&w, "one went and one came").await;
    }
}
