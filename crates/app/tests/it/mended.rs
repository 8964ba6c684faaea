//! What comes back, moves and is shared, in the orders in which it once went wrong.

use app::{
    Answer, AppError, Cause,
    catalogue::{BundleDraft, ServicePatch, publish_bundle, update_service},
    drift,
    error::Conflict,
    groups::{self, GroupDraft},
    instances,
    life::{close, restore, transfer},
    people::PersonDraft,
    properties::{self, PropertiesDraft},
    tenants::{ResellerDraft, TenantPatch, create_reseller, update},
    users::{self, UserPatch},
};
use domain::{
    field::Rule,
    id::{FindingId, GroupId, SubscriptionId, TenantId, UserId},
    person::Detail,
    spec::{Spec, UserSpec},
};

use store::groups::MemberRef;

use crate::world::{World, desktop, order, person, world};

fn cause() -> Cause {
    Cause::default()
}

fn done<T>(answer: Answer<T>) -> T {
    match answer {
        Answer::Done(done) => done,
        Answer::Before { .. } => panic!("nothing was asked before"),
    }
}

fn broken<T: std::fmt::Debug>(result: Result<T, AppError>) -> Vec<(String, Rule)> {
    match result {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.rule)).collect(),
        other => panic!("not refused by field: {other:?}"),
    }
}

/// A customer of somebody, and somebody of it with a desktop.
async fn customer(w: &World, seller: Option<&str>, code: &str) -> (TenantId, UserId) {
    let mut draft = order(&format!("SO-{code}"), code);
    draft.seller = seller.map(str::to_owned);
    draft.plans.push("erp-full@production".to_owned());
    draft.users = vec![PersonDraft { plans: vec!["desktop-s".to_owned()], ..person("Bo", "Holm") }];
    let customer = w.place(&draft).await.expect("an order").order.customer;
    let named = format!("tenant_id = '{}' AND surname = 'Holm'", customer.uuid());
    let bo = w.db.values("users", "id", &named).await.remove(0);
    (customer, UserId::from_uuid(bo.parse().expect("an id")))
}

async fn reseller(w: &World, code: &str) -> TenantId {
    let (code, name) = (code.to_owned(), code.to_uppercase());
    let draft = ResellerDraft { code, name, ..ResellerDraft::default() };
    done(create_reseller(&w.app, &w.root, &draft, None, &cause()).await.expect("a reseller")).id
}

async fn group(w: &World, customer: TenantId, name: &str) -> GroupId {
    let draft = GroupDraft { name: name.to_owned(), ..GroupDraft::default() };
    done(groups::create(&w.app, &w.root, customer, &draft, None, &cause()).await.expect("a group"))
}

async fn account(w: &World, user: UserId) -> UserSpec {
    let spec = w.db.values("object", "spec", &format!("entity_id = '{}'", user.uuid())).await.remove(0);
    match serde_json::from_str(&spec).expect("a spec") {
        Spec::User(spec) => spec,
        other => panic!("{other:?} is no account"),
    }
}

async fn version(w: &World, id: UserId) -> i64 {
    let mut tx = w.app.read(&w.root).await.expect("reading");
    tx.user(id).await.expect("the person").version
}

async fn bundle(w: &World, code: &str, plans: &[&str], groups: &[&str]) {
    let all = |of: &[&str]| of.iter().map(|text| (*text).to_owned()).collect();
    let draft = BundleDraft { name: "Job".to_owned(), plans: all(plans), groups: all(groups) };
    publish_bundle(&w.app, &w.root, w.root.tenant, code, &draft, &cause()).await.expect("published");
}

async fn give(w: &World, user: UserId, codes: &[&str]) -> Result<store::users::User, AppError> {
    let bundles = Some(codes.iter().map(|code| (*code).to_owned()).collect());
    let patch = UserPatch { bundles, ..UserPatch::default() };
    users::update(&w.app, &w.root, user, version(w, user).await, patch, &cause()).await
}

async fn say(w: &World, tenant: TenantId, server: Option<&str>) -> usize {
    let values = [("server".to_owned(), server.map(str::to_owned))].into();
    let draft = PropertiesDraft { service: "desktop".to_owned(), instance: None, values };
    properties::set(&w.app, &w.root, tenant, &draft, &cause()).await.expect("said").people
}

/// Who is wanted in a group, and the group in others.
async fn edges(w: &World, group: GroupId) -> usize {
    let object = format!("(SELECT object_id FROM user_group WHERE id = '{}')", group.uuid());
    let wanted = format!("wanted AND {object} IN (group_object, member_object)");
    w.db.values("membership", "member_object", &wanted).await.len()
}

#[tokio::test]
async fn groups_that_go_over_to_another_bundle_all_go_with_it() {
    let w = world().await;
    let (acme, bo) = customer(&w, None, "acme").await;
    let (first, second) = (group(&w, acme, "First").await, group(&w, acme, "Second").await);
    bundle(&w, "clerk", &["erp-full"], &["First", "Second"]).await;
    give(&w, bo, &["clerk"]).await.expect("given");
    bundle(&w, "clerk", &[], &["First", "Second"]).await;
    give(&w, bo, &["clerk"]).await.expect("the newest version");
    assert_eq!((edges(&w, first).await, edges(&w, second).await), (1, 1));
    give(&w, bo, &[]).await.expect("taken");
    assert_eq!((edges(&w, first).await, edges(&w, second).await), (0, 0), "nothing gives either");
}

#[tokio::test]
async fn a_plan_of_a_second_instance_is_not_that_of_a_bundle_given_before() {
    let w = world().await;
    let (acme, bo) = customer(&w, None, "acme").await;
    bundle(&w, "clerk", &["erp-full"], &[]).await;
    give(&w, bo, &["clerk"]).await.expect("given, of the only instance");
    instances::give(&w.app, &w.root, acme, "erp-full@test", None, &cause()).await.expect("another");
    users::add_plan(&w.app, &w.root, bo, "erp-full@test", None, &cause()).await.expect("given by hand");
    let held = async || {
        let mut tx = w.app.read(&w.root).await.expect("reading");
        let held = tx.subscriptions(acme, Some(bo)).await.expect("plans");
        held.into_iter().filter(|s| s.plan == "erp-full").map(|s| (s.instance, s.id)).collect::<Vec<_>>()
    };
    let of = |all: &[(String, SubscriptionId)], instance: &str| {
        all.iter().find(|(code, _)| code == instance).expect("a plan").1
    };
    let all = held().await;
    let kept = users::remove_plan(&w.app, &w.root, bo, of(&all, "production"), &cause()).await;
    assert!(matches!(kept, Err(AppError::Conflict(Conflict::GivenByBundle))), "{kept:?}");
    users::remove_plan(&w.app, &w.root, bo, of(&all, "test"), &cause()).await.expect("taken");
    assert_eq!(held().await.len(), 1);
}

#[tokio::test]
async fn who_has_no_account_gets_no_bundle() {
    let w = world().await;
    bundle(&w, "clerk", &["erp-full"], &[]).await;
    assert_eq!(broken(give(&w, w.root.user(), &["clerk"]).await), [("bundles".to_owned(), Rule::Immutable)]);
}

#[tokio::test]
async fn a_restored_customer_has_its_bundles_as_bundles_and_what_its_services_say_today() {
    let w = world().await;
    let (acme, bo) = customer(&w, None, "acme").await;
    bundle(&w, "clerk", &["erp-full"], &[]).await;
    give(&w, bo, &["clerk"]).await.expect("given");
    close(&w.app, &w.root, acme, None, &cause()).await.expect("closed");
    assert_eq!(say(&w, w.root.tenant, Some("files9")).await, 0, "nobody of it has a service");
    restore(&w.app, &w.root, acme, &cause()).await.expect("restored");
    let bundled = "NOT direct AND ended_at IS NULL";
    assert_eq!(w.db.values("subscription", "id", bundled).await.len(), 1);
    let path = account(&w, bo).await.detail(Detail::ProfilePath).map(str::to_owned);
    assert!(path.as_deref().is_some_and(|path| path.starts_with(r"\\files9\")), "{path:?}");
    give(&w, bo, &[]).await.expect("taken");
    assert_eq!(w.db.values("subscription", "id", bundled).await, Vec::<String>::new(), "nobody pays for it");
}

#[tokio::test]
async fn a_move_takes_along_what_was_said_of_properties_above() {
    let w = world().await;
    let (north, south) = (reseller(&w, "north").await, reseller(&w, "south").await);
    let (acme, bo) = customer(&w, Some("north"), "acme").await;
    say(&w, w.root.tenant, Some("files2")).await;
    say(&w, north, Some("files3")).await;
    say(&w, south, Some("files4")).await;
    let before = account(&w, bo).await;
    transfer(&w.app, &w.root, acme, "south", None, &cause()).await.expect("moved");
    assert_eq!(account(&w, bo).await, before);
    assert_eq!(
        w.db.values("property_value", "value", &format!("tenant_id = '{}'", acme.uuid())).await,
        ["files3"]
    );
    users::create(&w.app, &w.root, acme, &[person("Di", "New")], false, None, &cause()).await.expect("made");
    let patch = UserPatch { title: Some(Some("Captain".to_owned())), ..UserPatch::default() };
    let version = version(&w, bo).await;
    users::update(&w.app, &w.root, bo, version, patch, &cause()).await.expect("changed");
    assert_eq!(account(&w, bo).await.service_details, before.service_details);
    assert_eq!(say(&w, acme, None).await, 1, "until somebody says otherwise");
    // To where the same is said, nothing is said twice.
    say(&w, north, Some("files4")).await;
    transfer(&w.app, &w.root, acme, "north", None, &cause()).await.expect("and back");
    assert_eq!(
        w.db.values("property_value", "value", &format!("tenant_id = '{}'", acme.uuid())).await.len(),
        0
    );
}

/// Removes and restores in some order: `U`, `G` and `H` are a person, a group with that
/// person, and a group with that group; small letters restore.
async fn in_order(w: &World, code: &str, acts: &str) -> (usize, usize) {
    let (acme, user) = customer(w, None, code).await;
    let (inner, outer) = (group(w, acme, "Inner").await, group(w, acme, "Outer").await);
    for (group, member) in [(inner, MemberRef::User(user)), (outer, MemberRef::Group(inner))] {
        let wish = Some(groups::Wish::default());
        groups::set_member(&w.app, &w.root, group, member, wish, &cause()).await.expect("a member");
    }
    let remove = async |group: GroupId| {
        let version = w.db.values("user_group", "version", &format!("id = '{}'", group.uuid())).await;
        let version = version[0].parse().expect("a number");
        groups::delete(&w.app, &w.root, group, version, Some(30), &cause()).await.expect("removed");
    };
    let back = async |group: GroupId| {
        groups::restore(&w.app, &w.root, group, &cause()).await.expect("restored");
    };
    for act in acts.chars() {
        match act {
            'U' => {
                let version = version(w, user).await;
                users::delete(&w.app, &w.root, user, version, Some(30), &cause()).await.expect("removed");
            }
            'u' => drop(users::restore(&w.app, &w.root, user, &cause()).await.expect("restored")),
            'G' => remove(inner).await,
            'g' => back(inner).await,
            'H' => remove(outer).await,
            _ => back(outer).await,
        }
    }
    (edges(w, inner).await, edges(w, outer).await)
}

#[tokio::test]
async fn whatever_is_removed_and_restored_in_any_order_is_together_again() {
    let w = world().await;
    let orders =
        ["GUgu", "GUug", "UGug", "UGgu", "GHgh", "GHhg", "HGhg", "HGgh", "UGHugh", "HGUguh", "GHUhgu"];
    for (n, order) in orders.iter().enumerate() {
        assert_eq!(in_order(&w, &format!("cust{n}"), order).await, (2, 1), "{order}");
    }
}

#[tokio::test]
async fn a_name_somebody_has_here_is_taken_whatever_the_directory_calls_it() {
    let w = world().await;
    let (acme, _) = customer(&w, None, "acme").await;
    let (other, gone) = (group(&w, acme, "Other").await, group(&w, acme, "Gone").await);
    // Taken over from a directory, where it has a name of its own.
    let desk = group(&w, acme, "Elsewhere").await;
    let rename = async |name: &str| {
        w.db.execute(&format!("UPDATE user_group SET name = '{name}' WHERE id = '{}'", desk.uuid())).await;
    };
    rename("Desk").await;
    let taken = [("name".to_owned(), Rule::Taken)];
    let draft = GroupDraft { name: "desk".to_owned(), ..GroupDraft::default() };
    assert_eq!(broken(groups::create(&w.app, &w.root, acme, &draft, None, &cause()).await), taken);
    let patch = groups::GroupPatch { name: Some("Desk".to_owned()), ..groups::GroupPatch::default() };
    assert_eq!(broken(groups::update(&w.app, &w.root, other, 1, patch, &cause()).await), taken);
    groups::delete(&w.app, &w.root, gone, 1, Some(30), &cause()).await.expect("removed");
    rename("Gone").await;
    assert_eq!(broken(groups::restore(&w.app, &w.root, gone, &cause()).await), taken);
}

#[tokio::test]
async fn services_say_a_customers_new_name_and_its_billing_id_can_change() {
    let w = world().await;
    let (acme, bo) = customer(&w, None, "acme").await;
    let template = r#"{"attributes":{"office":"{customer}"}}"#;
    w.db.execute(&format!("UPDATE service SET definition = '{template}' WHERE code = 'desktop'")).await;
    let first = w.app.read(&w.root).await.expect("reading").tenant(acme).await.expect("it").version;
    let patch = TenantPatch {
        name: Some("Acme Group".to_owned()),
        billing_id: Some(Some("D-7".to_owned())),
        ..TenantPatch::default()
    };
    let renamed = update(&w.app, &w.root, acme, first, patch, &cause()).await.expect("renamed");
    assert_eq!(renamed.billing_id.as_deref(), Some("D-7"));
    assert_eq!(account(&w, bo).await.detail(Detail::Office), Some("Acme Group"));
    let patch = TenantPatch { billing_id: Some(None), ..TenantPatch::default() };
    let without = update(&w.app, &w.root, acme, renamed.version, patch, &cause()).await.expect("changed");
    assert_eq!(without.billing_id, None);
}

/// So many findings are newer than the one somebody decides on.
const NEWER: usize = 5_001;

#[tokio::test]
async fn a_finding_is_put_right_however_many_are_newer() {
    let w = world().await;
    let (acme, bo) = customer(&w, None, "acme").await;
    let first = "00000000-0000-7000-8000-000000000001";
    w.db.execute(&format!(
        "INSERT INTO finding (id, tenant_id, target_id, object_id, kind, attribute, found)
         SELECT '{first}', o.tenant_id, o.target_id, o.id, 'changed', 'title', 'Pirate' FROM object o
          WHERE o.entity_id = '{}'",
        bo.uuid()
    ))
    .await;
    w.db.execute(&format!(
        "INSERT INTO finding (id, tenant_id, target_id, object_id, kind, attribute)
         SELECT gen_random_uuid(), o.tenant_id, o.target_id, o.id, 'changed', 'x' || n
           FROM generate_series(1, {NEWER}) n, object o WHERE o.entity_id = '{}' AND o.kind = 'container'",
        acme.uuid()
    ))
    .await;
    let id = FindingId::from_uuid(first.parse().expect("an id"));
    let reverted = drift::revert(&w.app, &w.root, id, &cause()).await.expect("decided");
    assert_eq!(reverted.findings, 1);
}

#[tokio::test]
async fn a_bundle_says_what_it_gives_also_after_its_service_was_taken_and_given_again() {
    let w = world().await;
    let (acme, bo) = customer(&w, None, "acme").await;
    bundle(&w, "clerk", &["erp-full", "desktop-s"], &[]).await;
    give(&w, bo, &["clerk"]).await.expect("given");
    let says = async || {
        let mut tx = w.app.read(&w.root).await.expect("reading");
        let mut plans = tx.assigned(&[bo]).await.expect("bundles").remove(0).plans;
        plans.sort();
        plans
    };
    let held = async || {
        let mut tx = w.app.read(&w.root).await.expect("reading");
        let held = tx.subscriptions(acme, Some(bo)).await.expect("plans");
        held.into_iter().map(|s| (s.plan, s.direct, s.id)).collect::<Vec<_>>()
    };
    assert_eq!(says().await, ["desktop-s@main", "erp-full@production"]);
    instances::take(&w.app, &w.root, acme, "erp@production", (true, Some(30)), &cause())
        .await
        .expect("taken");
    assert_eq!(says().await, ["desktop-s@main"]);
    instances::give(&w.app, &w.root, acme, "erp-full@production", None, &cause()).await.expect("given again");
    assert_eq!((says().await.len(), held().await.len()), (1, 1), "nobody ordered it for anybody");
    // What is given by hand is not the bundle's: taken, it is gone.
    users::add_plan(&w.app, &w.root, bo, "erp-full", None, &cause()).await.expect("given by hand");
    let erp = held().await.into_iter().find(|(plan, ..)| plan == "erp-full").expect("the plan").2;
    users::remove_plan(&w.app, &w.root, bo, erp, &cause()).await.expect("taken");
    assert_eq!(held().await.len(), 1);
    // Who gives another bundle orders nothing of this one; who gives this one again does.
    bundle(&w, "porter", &["desktop-s"], &[]).await;
    give(&w, bo, &["clerk", "porter"]).await.expect("another one");
    assert_eq!(held().await.len(), 1);
    give(&w, bo, &["clerk", "porter"]).await.expect("given anew");
    assert_eq!(says().await, ["desktop-s@main", "erp-full@production"]);
    let direct: Vec<_> = held().await.into_iter().map(|(plan, direct, _)| (plan, direct)).collect();
    assert_eq!(direct, [("desktop-s".to_owned(), true), ("erp-full".to_owned(), false)]);
    give(&w, bo, &[]).await.expect("taken");
    assert_eq!(held().await.len(), 1, "the desktop was given by hand");
}

#[tokio::test]
async fn what_a_bundle_gave_before_its_service_was_taken_comes_back_as_given_by_hand() {
    let w = world().await;
    let (acme, bo) = customer(&w, None, "acme").await;
    bundle(&w, "clerk", &["erp-full"], &[]).await;
    give(&w, bo, &["clerk"]).await.expect("given");
    users::delete(&w.app, &w.root, bo, version(&w, bo).await, Some(30), &cause()).await.expect("removed");
    instances::take(&w.app, &w.root, acme, "erp@production", (true, Some(30)), &cause())
        .await
        .expect("taken");
    instances::give(&w.app, &w.root, acme, "erp-full@production", None, &cause()).await.expect("given again");
    users::restore(&w.app, &w.root, bo, &cause()).await.expect("restored");
    let bundled = "NOT direct AND ended_at IS NULL";
    assert_eq!(w.db.values("subscription", "id", bundled).await, Vec::<String>::new());
}

/// What the desktop sets as the company of its people from now on.
async fn company(w: &World, template: &str) {
    let mut definition = desktop();
    definition.attributes.insert("company".to_owned(), template.to_owned());
    let patch = ServicePatch { definition: Some(definition), ..ServicePatch::default() };
    let version = w.db.values("service", "version", "code = 'desktop'").await.remove(0);
    let version = version.parse().expect("a number");
    update_service(&w.app, &w.root, "desktop", version, &patch, &cause())
        .await
        .expect("nobody is in its way");
}

#[tokio::test]
async fn what_cannot_be_restored_says_which_value_of_whom_and_nothing_is_half_done() {
    let w = world().await;
    let (acme, bo) = customer(&w, None, "acme").await;
    let long = "D".repeat(60);
    let patch = UserPatch { department: Some(Some(long)), ..UserPatch::default() };
    users::update(&w.app, &w.root, bo, version(&w, bo).await, patch, &cause()).await.expect("changed");
    let logon = account(&w, bo).await.logon_name;
    let refused = async |result: Result<(), AppError>, before: Vec<(String, i64)>| {
        let Err(AppError::Invalid(errors)) = result else { panic!("not refused by field: {result:?}") };
        assert_eq!((errors[0].field.as_str(), errors[0].rule), ("attributes.company", Rule::TooLong));
        let args = ["service", "person", "max"].map(|key| errors[0].args[key].as_str());
        assert_eq!(args, ["desktop", logon.as_str(), "64"]);
        assert!(errors[0].args["value"].starts_with("acme Ltd DDD"), "{errors:?}");
        assert_eq!(w.db.row_counts().await, before, "nothing was written");
    };
    users::delete(&w.app, &w.root, bo, version(&w, bo).await, Some(30), &cause()).await.expect("removed");
    company(&w, "{customer} {department}").await;
    let before = w.db.row_counts().await;
    refused(users::restore(&w.app, &w.root, bo, &cause()).await.map(drop), before).await;
    company(&w, "{department}").await;
    users::restore(&w.app, &w.root, bo, &cause()).await.expect("it fits");

    close(&w.app, &w.root, acme, None, &cause()).await.expect("closed");
    company(&w, "{customer} {department}").await;
    let before = w.db.row_counts().await;
    refused(restore(&w.app, &w.root, acme, &cause()).await.map(drop), before).await;
    assert_eq!(w.db.values("tenant", "code", "closed_at IS NOT NULL").await, ["acme"]);
    company(&w, "{department}").await;
    restore(&w.app, &w.root, acme, &cause()).await.expect("it fits");
}
