//! Suspending, closing, restoring and moving, as somebody asks for it.

use app::{
    AppError, Caller, Cause,
    error::Conflict,
    life::{close, restore, set_status, transfer},
    people::PersonDraft,
    quotas::{self, QuotasDraft},
    tenants::{ResellerDraft, create_reseller},
};
use domain::{field::Rule, id::TenantId, tenant::Status};

use crate::world::{World, order, person, world};

fn broken(error: AppError) -> Vec<(String, Rule)> {
    match error {
        AppError::Invalid(errors) => errors.into_iter().map(|e| (e.field, e.rule)).collect(),
        other => panic!("expected refused values, got {other:?}"),
    }
}

async fn customer(w: &World, seller: Option<&str>, code: &str) -> TenantId {
    let mut draft = order(&format!("SO-{code}"), code);
    draft.seller = seller.map(str::to_owned);
    w.place(&draft).await.expect("an order").order.customer
}

async fn reseller(w: &World, code: &str, parent: Option<&str>) -> TenantId {
    let draft = ResellerDraft {
        code: code.to_owned(),
        name: code.to_uppercase(),
        parent: parent.map(str::to_owned),
        administrator: Some(PersonDraft {
            principal_name: Some(format!("boss@{code}.test")),
            ..person("Bo", "Boss")
        }),
        ..ResellerDraft::default()
    };
    match create_reseller(&w.app, &w.root, &draft, None, &Cause::default()).await.expect("a reseller") {
        app::Answer::Done(made) => made.id,
        other @ app::Answer::Before { .. } => panic!("nothing was asked before: {other:?}"),
    }
}

/// The reseller's administrator, who chose no password yet but is somebody already.
async fn boss(w: &World, code: &str) -> Caller {
    let login = format!("boss@{code}.test");
    let (account, _) = w.store.sign_in(&login).await.expect("asking");
    let account = account.expect("an account");
    let session = w.store.open_session(&account, &login, 12).await.expect("a session");
    w.store.caller(&session.secret).await.expect("asking").expect("a caller")
}

#[tokio::test]
async fn suspending_twice_is_once_and_nobody_resumes_themselves() {
    let w = world().await;
    let north = reseller(&w, "north", None).await;
    let acme = customer(&w, Some("north"), "acme").await;
    let set = async |who: &Caller, id, status| set_status(&w.app, who, id, status, &Cause::default()).await;
    assert!(set(&w.root, acme, Status::Suspended).await.expect("from above").is_some(), "accounts change");
    assert_eq!(set(&w.root, acme, Status::Suspended).await.expect("again"), None);
    let boss = boss(&w, "north").await;
    assert!(set(&boss, acme, Status::Active).await.expect("its seller may").is_some());
    let refused = set(&boss, north, Status::Suspended).await.expect_err("not oneself");
    assert!(matches!(refused, AppError::Forbidden(_)), "{refused:?}");
    let denied = w.db.values("event", "tenant_id", "code = 'access.denied'").await;
    assert_eq!(denied, [north.uuid().to_string()]);
}

#[tokio::test]
async fn what_cannot_be_closed_or_restored_says_why() {
    let w = world().await;
    let north = reseller(&w, "north", None).await;
    let acme = customer(&w, Some("north"), "acme").await;
    let shut = async |id, days| close(&w.app, &w.root, id, days, &Cause::default()).await;
    let open = async |id| restore(&w.app, &w.root, id, &Cause::default()).await;
    let conflict = |error: AppError| match error {
        AppError::Conflict(conflict) => conflict,
        other => panic!("expected a conflict, got {other:?}"),
    };
    let refused = broken(shut(acme, Some(366)).await.expect_err("more than a year"));
    assert_eq!(refused, [("grace_days".to_owned(), Rule::OutOfRange)]);
    assert_eq!(conflict(shut(north, None).await.expect_err("something is below")), Conflict::OpenBelow);
    assert_eq!(open(acme).await.expect("it is open"), None);
    assert!(shut(acme, None).await.expect("closing").is_some());
    assert_eq!(shut(acme, None).await.expect("again"), None);
    assert_eq!(conflict(shut(acme, Some(1)).await.expect_err("another grace")), Conflict::Closed);
    let suspended = set_status(&w.app, &w.root, acme, Status::Suspended, &Cause::default()).await;
    assert_eq!(conflict(suspended.expect_err("it is closed")), Conflict::Closed);
    shut(north, None).await.expect("nothing is open below any more");
    assert_eq!(conflict(open(acme).await.expect_err("its seller is closed")), Conflict::ClosedAbove);
    open(north).await.expect("first the seller");
    assert!(open(acme).await.expect("then the customer").is_some());
    shut(acme, Some(0)).await.expect("without a grace");
    assert_eq!(conflict(open(acme).await.expect_err("no grace")), Conflict::GraceOver);
}

#[tokio::test]
async fn a_move_needs_both_sides_and_a_day_that_is_not_over_there() {
    let w = world().await;
    for (code, parent) in [("north", None), ("south", None), ("sub", Some("north"))] {
        reseller(&w, code, parent).await;
    }
    let acme = customer(&w, Some("north"), "acme").await;
    let boss = boss(&w, "north").await;
    let go = async |who: &Caller, to: &str, day: Option<&str>| {
        transfer(&w.app, who, acme, to, day, &Cause::default()).await
    };
    // 22:30 UTC on the last of March is the first of April where the customer is.
    let over = broken(go(&w.root, "south", Some("2026-03-31")).await.expect_err("yesterday"));
    assert_eq!(over, [("day".to_owned(), Rule::OutOfRange)]);
    let unknown = broken(go(&boss, "south", None).await.expect_err("out of the reseller's sight"));
    assert_eq!(unknown, [("seller".to_owned(), Rule::Unknown)]);
    assert!(go(&boss, "sub", None).await.expect("between its own").request.is_some());
    assert!(go(&boss, "north", None).await.expect("and back").request.is_some());
    let planned = go(&w.root, "south", Some("2026-05-01")).await.expect("a plan");
    assert!(planned.planned && planned.request.is_none());
    assert_eq!(w.db.values("planned_move", "effective_at", "true").await.len(), 1);
    let back = go(&w.root, "north", None).await.expect("to where it is");
    assert!(!back.planned && back.request.is_none());
    assert_eq!(w.db.values("planned_move", "id", "cancelled_at IS NULL").await, Vec::<String>::new());
    let now = go(&w.root, "south", Some("2026-04-01")).await.expect("today");
    assert!(!now.planned && now.request.is_some());
    let gone = go(&boss, "north", None).await.expect_err("not its own any more");
    assert!(matches!(gone, AppError::NotFound(_)), "{gone:?}");
}

#[tokio::test]
async fn a_move_asks_the_quotas_of_the_sellers_it_leads_below() {
    let w = world().await;
    for (code, parent) in [("north", None), ("south", None), ("deep", Some("south"))] {
        reseller(&w, code, parent).await;
    }
    let south = w.db.values("tenant", "id", "code = 'south'").await.remove(0);
    let south = TenantId::from_uuid(south.parse().expect("an id"));
    let acme = customer(&w, Some("north"), "acme").await;
    let most = async |people| {
        let draft = QuotasDraft { people: Some(people), ..QuotasDraft::default() };
        quotas::set(&w.app, &w.root, south, &draft, &Cause::default()).await.expect("set");
    };
    let go =
        async |to: &str, day: Option<&str>| transfer(&w.app, &w.root, acme, to, day, &Cause::default()).await;
    most(Some(0)).await;
    for (to, day) in [("south", None), ("deep", None), ("deep", Some("2026-05-01"))] {
        let AppError::Invalid(errors) = go(to, day).await.expect_err("no room") else { panic!("by field") };
        let args = ["quota", "whose", "max", "used", "asked"].map(|key| errors[0].args[key].as_str());
        assert_eq!((errors[0].field.as_str(), errors[0].rule), ("seller", Rule::TooMany));
        assert_eq!(args, ["people", "south", "0", "0", "1"]);
    }
    // Lowered after it was planned: on its day the move does not take place, and says why.
    most(Some(1)).await;
    assert!(go("deep", Some("2026-05-01")).await.expect("there is room").planned);
    most(Some(0)).await;
    w.db.execute("SELECT take_planned_moves('2026-05-02T00:00:00Z', 8, 'test')").await;
    assert_eq!(w.db.values("planned_move", "problem", "done_at IS NOT NULL").await, ["quota"]);
    most(Some(1)).await;
    assert!(go("deep", None).await.expect("there is room").request.is_some());
    most(Some(0)).await;
    assert!(go("south", None).await.expect("it counts there already").request.is_some());
}
