//! Services, properties, versions of plans, quotas and bundles, as people meet them.

use std::collections::BTreeMap;

use app::{
    AppError, Caller, Cause,
    catalogue::{
        BundleDraft, PlanDraft, ServiceDraft, create_plan, create_service, new_version, publish_bundle,
        retire_bundle,
    },
    error::Conflict,
    groups,
    hooks::{self, HookDraft},
    instances,
    people::PersonDraft,
    properties::{self, PropertiesDraft},
    quotas::{self, QuotasDraft},
    requests,
    upgrades::{self, UpgradeDraft},
    users::{self, UserPatch},
};
use domain::{
    field::{FieldError, Rule},
    id::{RequestId, TenantId, UserId},
    person::Detail,
    service::DefinitionDraft,
    spec::{Spec, UserSpec},
};

use crate::world::{World, named, order, person, world};

fn cause() -> Cause {
    Cause::default()
}

/// A customer with `people` of the desktop besides the administrator.
async fn customer(w: &World, code: &str, people: usize) -> TenantId {
    let mut draft = order(&format!("SO-{code}"), code);
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

/// What is wanted of somebody's account.
async fn account(w: &World, user: UserId) -> UserSpec {
    let spec = w.db.values("object", "spec", &format!("entity_id = '{}'", user.uuid())).await.remove(0);
    match serde_json::from_str(&spec).expect("a spec") {
        Spec::User(spec) => spec,
        other => panic!("{other:?} is no account"),
    }
}

fn said(service: &str, values: &[(&str, Option<&str>)]) -> PropertiesDraft {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned)));
    PropertiesDraft { service: service.to_owned(), instance: None, values: values.collect() }
}

fn errors<T: std::fmt::Debug>(result: Result<T, AppError>) -> Vec<FieldError> {
    match result {
        Err(AppError::Invalid(errors)) => errors,
        other => panic!("not refused by field: {other:?}"),
    }
}

#[tokio::test]
async fn a_property_of_many_is_one_request_and_so_is_undoing_it() {
    let w = world().await;
    let acme = customer(&w, "acme", 12).await;
    let people = ids(&w, acme).await;
    let path = |server: &str, spec: &UserSpec| format!(r"\\{server}\profiles\acme\{}", spec.logon_name);
    let before = account(&w, people[0]).await;
    assert_eq!(before.detail(Detail::ProfilePath), Some(path("files1", &before).as_str()), "the default");

    let provider = w.root.tenant;
    let draft = said("desktop", &[("server", Some("files2"))]);
    let done = properties::set(&w.app, &w.root, provider, &draft, &cause()).await.expect("said");
    assert_eq!(done.people, 12);
    let request = done.request.expect("one request");
    let after = account(&w, people[0]).await;
    assert_eq!(after.detail(Detail::ProfilePath), Some(path("files2", &after).as_str()));
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    assert_eq!(tx.request(request).await.expect("the request").counts.total(), 12);
    drop(tx);

    // What one person is said to have goes before, and stays in the next change.
    let own = said("desktop", &[("server", Some("files9"))]);
    properties::set_for_user(&w.app, &w.root, people[3], &own, &cause()).await.expect("said");
    let (explained, set) = properties::explain_user(&w.app, &w.root, people[3]).await.expect("explained");
    let server = explained.iter().find(|p| p.name == "server").expect("it is explained");
    let chain: Vec<_> = server.chain.iter().map(|s| (s.level.as_str(), s.value.as_str())).collect();
    assert_eq!(chain, [("service", "files1"), ("provider", "files2"), ("person", "files9")]);
    assert!(set[&Detail::ProfilePath].starts_with(r"\\files9\"));

    let undone = requests::undo(&w.app, &w.root, request, &cause()).await.expect("undone");
    let undone = undone.expect("one request");
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    assert_eq!(tx.request(undone).await.expect("the request").counts.total(), 11, "one has its own");
    drop(tx);
    assert_eq!(account(&w, people[0]).await, before, "as it was before");
    assert!(matches!(
        requests::undo(&w.app, &w.root, request, &cause()).await,
        Err(AppError::Conflict(Conflict::ChangedSince))
    ));
    // The undoing can be undone.
    requests::undo(&w.app, &w.root, undone, &cause()).await.expect("undone").expect("one request");
    assert_eq!(account(&w, people[0]).await, after);
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused_for_all() {
    let w = world().await;
    let acme = customer(&w, "acme", 2).await;
    let before = w.db.row_counts().await;
    let draft = said(
        "desktop",
        &[("server", Some("a-name-that-is-too-long")), ("size_gb", Some("0")), ("colour", Some("red"))],
    );
    let refused = errors(properties::set(&w.app, &w.root, acme, &draft, &cause()).await);
    let refused: Vec<_> = refused.iter().map(|e| (e.field.as_str(), e.rule)).collect();
    let expected = [
        ("values.colour", Rule::Unknown),
        ("values.server", Rule::TooLong),
        ("values.size_gb", Rule::OutOfRange),
    ];
    assert_eq!(refused, expected);
    assert_eq!(w.db.row_counts().await, before);
}

#[tokio::test]
async fn a_customer_has_several_instances_with_groups_of_their_own() {
    let w = world().await;
    let acme = customer(&w, "acme", 1).await;
    let bo = ids(&w, acme).await[0];
    instances::give(&w.app, &w.root, acme, "erp-full@test", Some("ERP for trying"), &cause())
        .await
        .expect("given");
    let groups = w.db.values("user_group", "name", "purpose = 'service' AND name LIKE 'ERP%'").await;
    let mut groups = groups;
    groups.sort();
    assert_eq!(groups, ["ERP production", "ERP production files", "ERP test", "ERP test files"]);
    // A desktop's group does not tell instances apart.
    let again = errors(instances::give(&w.app, &w.root, acme, "desktop-s@second", None, &cause()).await);
    assert_eq!((again[0].field.as_str(), again[0].rule), ("instance", Rule::Format));

    let which = errors(users::add_plan(&w.app, &w.root, bo, "erp-full", None, &cause()).await);
    assert_eq!(which[0].args["expected"], "erp-full@production, erp-full@test");
    for plan in ["erp-full@test", "erp-full@production"] {
        users::add_plan(&w.app, &w.root, bo, plan, None, &cause()).await.expect("given");
    }
    let mut of_test = said("erp", &[("system", Some("erp2"))]);
    of_test.instance = Some("test".to_owned());
    properties::set(&w.app, &w.root, acme, &of_test, &cause()).await.expect("said");
    // Nobody said the system of production: what needs it sets nothing.
    let spec = account(&w, bo).await;
    assert_eq!(spec.service_details[&Detail::HomeFolder], format!(r"\\erp2\test\{}", spec.logon_name));
    let of_both = said("erp", &[("system", Some("erp1"))]);
    properties::set(&w.app, &w.root, acme, &of_both, &cause()).await.expect("said");
    let spec = account(&w, bo).await;
    let first = format!(r"\\erp1\production\{}", spec.logon_name);
    assert_eq!(spec.service_details[&Detail::HomeFolder], first, "the first by name");
}

#[tokio::test]
async fn another_version_ends_and_begins_for_the_ledger_and_nobody_leaves_a_group() {
    let w = world().await;
    let acme = customer(&w, "acme", 4).await;
    let draft = PlanDraft {
        properties: Some([("server".to_owned(), "files5".to_owned())].into()),
        prices: Some(vec![(4_500, "EUR".to_owned())]),
        ..PlanDraft::default()
    };
    new_version(&w.app, &w.root, "desktop-s", &draft, &cause()).await.expect("version 2");
    let members = "group_object || ' ' || member_object || ' ' || wanted_gen";
    let memberships = w.db.values("membership", members, "true").await;
    let hook = HookDraft {
        service: Some("desktop".to_owned()),
        name: "Licences".to_owned(),
        moment: "after".to_owned(),
        occasions: ["assign", "remove", "change"].map(str::to_owned).into(),
        url: Some("https://hooks.example.com/x".to_owned()),
        ..HookDraft::default()
    };
    hooks::create(&w.app, &w.root, &hook, &cause()).await.expect("a hook");
    let told = upgrades::preview(&w.app, &w.root, "desktop-s", &UpgradeDraft::default()).await.expect("told");
    assert_eq!((told.to, told.people, told.subscriptions, told.unpriced), (2, 4, 4, 0));
    assert_eq!((told.cost[0].0.minor, told.cost[0].1.minor), (4 * 3_900, 4 * 4_500));
    let all = UpgradeDraft { below: Some(acme), ..UpgradeDraft::default() };
    let (_, request) = upgrades::upgrade(&w.app, &w.root, "desktop-s", &all, &cause()).await.expect("done");
    let request = request.expect("a request");
    assert_eq!(w.db.values("membership", members, "true").await, memberships, "nobody left");
    let facts = |kind: &str| format!("kind = '{kind}' AND request_id = '{}'", request.uuid());
    assert_eq!(w.db.values("fact", "id", &facts("ended")).await.len(), 4);
    assert_eq!(w.db.values("fact", "id", &facts("ordered")).await.len(), 4);
    assert_eq!(w.db.values("fact", "id", &facts("started")).await.len(), 0, "nothing had started");
    let told = |occasion: &str| format!("occasion = '{occasion}' AND request_id = '{}'", request.uuid());
    assert_eq!(w.db.values("hook_delivery", "id", &told("change")).await.len(), 4, "one change each");
    assert_eq!(w.db.values("hook_delivery", "id", "occasion <> 'change'").await.len(), 0, "and nothing else");
    let bo = ids(&w, acme).await[0];
    assert!(account(&w, bo).await.service_details[&Detail::ProfilePath].starts_with(r"\\files5\"));

    // Back to an older version is no sale: what brought the newer one is undone.
    for from in [None, Some(2)] {
        let back = UpgradeDraft { to: Some(1), from, below: Some(acme), ..UpgradeDraft::default() };
        let told = upgrades::preview(&w.app, &w.root, "desktop-s", &back).await;
        assert!(matches!(told, Err(AppError::Conflict(Conflict::OlderVersion))), "{told:?}");
        let done = upgrades::upgrade(&w.app, &w.root, "desktop-s", &back, &cause()).await;
        assert!(matches!(done, Err(AppError::Conflict(Conflict::OlderVersion))), "{done:?}");
    }
    requests::undo(&w.app, &w.root, request, &cause()).await.expect("undone").expect("a request");
    let running =
        "ended_at IS NULL AND user_id IS NOT NULL AND plan_id IN (SELECT id FROM plan WHERE version = 1)";
    assert_eq!(w.db.values("subscription", "id", running).await.len(), 4);
    assert!(account(&w, bo).await.service_details[&Detail::ProfilePath].starts_with(r"\\files1\"));
}

#[tokio::test]
async fn a_quota_says_whose_it_is_and_how_much_is_left() {
    let w = world().await;
    let acme = customer(&w, "acme", 2).await;
    let most = |people, desktops| QuotasDraft {
        people: Some(Some(people)),
        services: [("desktop".to_owned(), desktops)].into(),
        plans: BTreeMap::new(),
    };
    let uses = quotas::set(&w.app, &w.root, acme, &most(4, Some(3)), &cause()).await.expect("set");
    let uses: Vec<_> = uses.iter().map(|u| (u.most, u.used)).collect();
    assert_eq!(uses, [(4, 3), (3, 2)]);
    let create = async |people: Vec<PersonDraft>| {
        users::create(&w.app, &w.root, acme, &people, true, None, &cause()).await.map(drop)
    };
    let with_desktop =
        |n| PersonDraft { plans: vec!["desktop-s".to_owned()], ..person("Cy", &format!("No{n}")) };
    let before = w.db.row_counts().await;
    let refused = errors(create(vec![with_desktop(1), with_desktop(2)]).await);
    let args: Vec<_> = refused
        .iter()
        .map(|e| ["quota", "whose", "max", "used", "asked"].map(|key| e.args[key].as_str()))
        .collect();
    assert_eq!(args, [["people", "acme", "4", "3", "2"], ["service desktop", "acme", "3", "2", "2"]]);
    assert_eq!(w.db.row_counts().await, before, "nothing was written");
    create(vec![with_desktop(1)]).await.expect("there is room for one");
    // Below what is used: nothing goes, nothing is added.
    let uses = quotas::set(&w.app, &w.root, acme, &most(2, None), &cause()).await.expect("set");
    assert_eq!(uses.iter().map(|u| (u.most, u.used)).collect::<Vec<_>>(), [(2, 4)]);
    assert_eq!(errors(create(vec![person("Di", "No3")]).await).len(), 1);
    // Of the whole channel: the provider's own has nobody above it.
    let own = quotas::set(&w.app, &w.root, w.root.tenant, &most(1, None), &cause()).await;
    assert!(matches!(own, Err(AppError::Forbidden(_))), "{own:?}");
}

#[tokio::test]
async fn a_bundle_gives_what_is_missing_and_takes_only_what_nothing_else_gives() {
    let w = world().await;
    let acme = customer(&w, "acme", 1).await;
    let bo = ids(&w, acme).await[0];
    let draft = groups::GroupDraft { name: "Accounting".to_owned(), ..groups::GroupDraft::default() };
    groups::create(&w.app, &w.root, acme, &draft, None, &cause()).await.expect("a group");
    let bundle = |plans: &[&str], groups: &[&str]| BundleDraft {
        name: "Job".to_owned(),
        plans: plans.iter().map(|p| (*p).to_owned()).collect(),
        groups: groups.iter().map(|g| (*g).to_owned()).collect(),
    };
    let publish = async |code: &str, draft: BundleDraft| {
        publish_bundle(&w.app, &w.root, w.root.tenant, code, &draft, &cause()).await.expect("published");
    };
    publish("accountant", bundle(&["desktop-s", "erp-full"], &["Accounting"])).await;
    publish("clerk", bundle(&["erp-full"], &[])).await;
    let give = async |codes: &[&str]| {
        let mut tx = w.app.read(&w.root).await.expect("a transaction");
        let version = tx.user(bo).await.expect("bo").version;
        drop(tx);
        let bundles = Some(codes.iter().map(|c| (*c).to_owned()).collect());
        let patch = UserPatch { bundles, ..UserPatch::default() };
        users::update(&w.app, &w.root, bo, version, patch, &cause()).await.expect("given");
        let mut tx = w.app.read(&w.root).await.expect("a transaction");
        let held = tx.subscriptions(acme, Some(bo)).await.expect("plans");
        held.into_iter().map(|s| (s.plan, s.direct)).collect::<Vec<_>>()
    };
    let plans = |of: &[(&str, bool)]| of.iter().map(|(p, d)| ((*p).to_owned(), *d)).collect::<Vec<_>>();
    let in_group = "wanted AND group_object = (SELECT object_id FROM user_group WHERE name = 'Accounting')";
    assert_eq!(give(&["accountant", "clerk"]).await, plans(&[("desktop-s", true), ("erp-full", false)]));
    assert_eq!(w.db.values("membership", "member_object", in_group).await.len(), 1);
    // The other bundle still gives the ERP, and the desktop was bo's before.
    assert_eq!(give(&["clerk"]).await, plans(&[("desktop-s", true), ("erp-full", false)]));
    assert_eq!(w.db.values("membership", "member_object", in_group).await.len(), 0);
    assert_eq!(give(&[]).await, plans(&[("desktop-s", true)]));

    let newcomer = PersonDraft { bundles: vec!["accountant".to_owned()], ..person("Di", "New") };
    users::create(&w.app, &w.root, acme, &[newcomer], false, None, &cause()).await.expect("created");
    assert_eq!(w.db.values("membership", "member_object", in_group).await.len(), 1);
    assert_eq!(w.db.values("subscription", "id", "NOT direct AND ended_at IS NULL").await.len(), 2);
}

#[tokio::test]
async fn a_new_service_needs_no_code() {
    let w = world().await;
    let acme = customer(&w, "acme", 1).await;
    let bo = ids(&w, acme).await[0];
    let definition = DefinitionDraft {
        groups: vec!["{code} Scanner".to_owned()],
        attributes: [("office".to_owned(), "{customer}, {floor}".to_owned())].into(),
        properties: [(
            "floor".to_owned(),
            domain::service::Property { default: Some("ground".to_owned()), ..Default::default() },
        )]
        .into(),
    };
    let service =
        ServiceDraft { code: "scanner".to_owned(), name: "Scanner".to_owned(), per_user: true, definition };
    create_service(&w.app, &w.root, w.root.tenant, &service, &cause()).await.expect("published");
    let again = create_service(&w.app, &w.root, w.root.tenant, &service, &cause()).await;
    assert_eq!(errors(again)[0].rule, Rule::Taken);
    let plan = PlanDraft {
        service: Some("scanner".to_owned()),
        name: Some("Scanner".to_owned()),
        ..PlanDraft::default()
    };
    create_plan(&w.app, &w.root, w.root.tenant, "scanner", &plan, &cause()).await.expect("published");
    instances::give(&w.app, &w.root, acme, "scanner", None, &cause()).await.expect("given");
    users::add_plan(&w.app, &w.root, bo, "scanner", None, &cause()).await.expect("given");
    assert_eq!(account(&w, bo).await.detail(Detail::Office), Some("acme Ltd, ground"));
    // What somebody set for the person goes before what a service says.
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let version = tx.user(bo).await.expect("bo").version;
    drop(tx);
    let details = [("office".to_owned(), Some("Room 12".to_owned()))].into();
    let patch = UserPatch { details, ..UserPatch::default() };
    users::update(&w.app, &w.root, bo, version, patch, &cause()).await.expect("changed");
    assert_eq!(account(&w, bo).await.detail(Detail::Office), Some("Room 12"));
}

#[tokio::test]
async fn a_service_is_taken_from_a_customer_and_is_the_same_when_it_is_given_again() {
    let w = world().await;
    let acme = customer(&w, "acme", 2).await;
    let people = ids(&w, acme).await;
    instances::give(&w.app, &w.root, acme, "erp-full@test", None, &cause()).await.expect("given");
    for person in &people {
        users::add_plan(&w.app, &w.root, *person, "erp-full@test", None, &cause()).await.expect("given");
    }
    let groups = || async {
        let of = "name LIKE 'ERP test%' AND deleted_at IS NULL";
        let mut groups = w.db.values("user_group", "object_id || ' ' || instance_id", of).await;
        groups.sort();
        groups
    };
    let running =
        |plan: &str| format!("ended_at IS NULL AND plan_id IN (SELECT id FROM plan WHERE code = '{plan}')");
    let before = groups().await;
    assert_eq!(before.len(), 2);
    let told = instances::taking(&w.app, &w.root, acme, "erp@test").await.expect("told");
    assert_eq!(
        (told.people(), told.instance.code.as_str(), told.plans[0].plan.as_str()),
        (2, "test", "erp-full")
    );
    let several = instances::taking(&w.app, &w.root, acme, "erp").await;
    assert!(matches!(several, Err(AppError::NotFound("service"))), "which of two has to be said");

    let rows = w.db.row_counts().await;
    let refused = instances::take(&w.app, &w.root, acme, "erp@test", (false, None), &cause()).await;
    assert!(matches!(refused, Err(AppError::Conflict(Conflict::ServiceInUse { people: 2 }))), "{refused:?}");
    assert_eq!(w.db.row_counts().await, rows, "nothing was changed");

    let request =
        instances::take(&w.app, &w.root, acme, "erp@test", (true, None), &cause()).await.expect("taken");
    let ended = format!("kind = 'ended' AND request_id = '{}'", request.uuid());
    assert_eq!(w.db.values("fact", "id", &ended).await.len(), 2);
    assert_eq!(w.db.values("subscription", "id", &running("erp-full")).await.len(), 0);
    assert_eq!(w.db.values("subscription", "id", &running("desktop-s")).await.len(), 2, "others stay");
    assert_eq!(groups().await.len(), 0);
    let wanted = "wanted AND group_object IN (SELECT object_id FROM user_group WHERE name LIKE 'ERP test%')";
    assert_eq!(w.db.values("membership", "member_object", wanted).await.len(), 0);
    assert_eq!(w.db.values("event", "id", "code = 'service.taken'").await.len(), 1);
    let gone = instances::take(&w.app, &w.root, acme, "erp@test", (true, None), &cause()).await;
    assert!(matches!(gone, Err(AppError::NotFound("service"))), "{gone:?}");
    let unknown = errors(users::add_plan(&w.app, &w.root, people[0], "erp-full@test", None, &cause()).await);
    assert_eq!((unknown[0].field.as_str(), unknown[0].rule), ("plan", Rule::Unknown));

    // Within its days of grace the groups are the same.
    instances::give(&w.app, &w.root, acme, "erp-full@test", Some("ERP again"), &cause())
        .await
        .expect("given");
    assert_eq!(groups().await, before);
    assert_eq!(w.db.values("service_instance", "name", "code = 'test'").await, ["ERP again"]);
    assert_eq!(w.db.values("subscription", "id", &running("erp-full")).await.len(), 0, "people get it anew");
    users::add_plan(&w.app, &w.root, people[0], "erp-full@test", None, &cause()).await.expect("given");
    let edges = w.db.values("membership", "group_object || ' ' || member_object", wanted).await;
    assert_eq!(edges.len(), 2, "one of each group");

    // Without grace they go, and another time there are others.
    instances::take(&w.app, &w.root, acme, "erp@test", (true, Some(0)), &cause()).await.expect("taken");
    instances::give(&w.app, &w.root, acme, "erp-full@test", None, &cause()).await.expect("given");
    let after = groups().await;
    assert_eq!(after.len(), 2);
    let instance = |groups: &[String]| groups[0].split(' ').nth(1).map(str::to_owned);
    assert_eq!(instance(&after), instance(&before), "the instance is the same");
    assert!(after.iter().all(|group| !before.contains(group)));
}

#[tokio::test]
async fn nobody_is_given_what_is_being_taken_away() {
    let w = world().await;
    let acme = customer(&w, "acme", 12).await;
    instances::give(&w.app, &w.root, acme, "erp-full@test", None, &cause()).await.expect("given");
    let people = ids(&w, acme).await;
    let giving = people.iter().map(|person| {
        let w = &w;
        async move { users::add_plan(&w.app, &w.root, *person, "erp-full@test", None, &cause()).await.is_ok() }
    });
    let nothing = cause();
    let taking = instances::take(&w.app, &w.root, acme, "erp@test", (true, None), &nothing);
    let (given, taken) = tokio::join!(futures::future::join_all(giving), taking);
    taken.expect("taken");
    let of = "plan_id IN (SELECT id FROM plan WHERE code = 'erp-full')";
    let all = w.db.values("subscription", "id || ' ' || (ended_at IS NULL)", of).await;
    assert_eq!(all.len(), given.iter().filter(|given| **given).count());
    assert!(all.iter().all(|running| running.ends_with("false")), "nobody pays for what is not there");
}

/// Somebody of a customer with another role than the one of who was ordered with it.
async fn with_role(w: &World, login: &str, role: &str) -> Caller {
    let only = format!("user_id = (SELECT id FROM users WHERE principal_name = '{login}')");
    w.db.execute(&format!("UPDATE role_grant SET role_code = '{role}', role_version = 1 WHERE {only}")).await;
    let (account, _) = w.store.sign_in(login).await.expect("asking");
    let session = w.store.open_session(&account.expect("an account"), login, 12).await.expect("a session");
    w.store.caller(&session.secret).await.expect("asking").expect("a caller")
}

#[tokio::test]
async fn a_bundle_brings_into_groups_only_by_whoever_may_change_who_is_in_them() {
    let w = world().await;
    let acme = customer(&w, "acme", 1).await;
    let bo = ids(&w, acme).await[0];
    let draft = groups::GroupDraft { name: "Accounting".to_owned(), ..groups::GroupDraft::default() };
    groups::create(&w.app, &w.root, acme, &draft, None, &cause()).await.expect("a group");
    for (code, groups) in [("accountant", vec!["Accounting".to_owned()]), ("clerk", vec![])] {
        let draft = BundleDraft { name: "Job".to_owned(), plans: vec!["erp-full".to_owned()], groups };
        publish_bundle(&w.app, &w.root, w.root.tenant, code, &draft, &cause()).await.expect("published");
    }
    let helper = with_role(&w, "anna.berg@acme.example", "user_administrator").await;
    let give = async |by: &Caller, codes: &[&str]| {
        let mut tx = w.app.read(&w.root).await.expect("a transaction");
        let version = tx.user(bo).await.expect("bo").version;
        drop(tx);
        let bundles = Some(codes.iter().map(|c| (*c).to_owned()).collect());
        let patch = UserPatch { bundles, ..UserPatch::default() };
        users::update(&w.app, by, bo, version, patch, &cause()).await.map(drop)
    };
    give(&helper, &["clerk"]).await.expect("without groups");
    let refused = give(&helper, &["accountant"]).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    assert_eq!(w.db.values("event", "tenant_id", "code = 'access.denied'").await, [acme.uuid().to_string()]);
    let newcomer = PersonDraft { bundles: vec!["accountant".to_owned()], ..person("Di", "New") };
    let made = users::create(&w.app, &helper, acme, &[newcomer], false, None, &cause()).await.map(drop);
    assert!(matches!(made, Err(AppError::Forbidden(_))), "{made:?}");
    give(&w.root, &["accountant"]).await.expect("who manages groups");
    let taken = give(&helper, &[]).await;
    assert!(matches!(taken, Err(AppError::Forbidden(_))), "nor out of them: {taken:?}");
    // Who owns the group may, in this one.
    let owner = "INSERT INTO group_owner (group_id, user_id, tenant_id, position, created_at)
        SELECT g.id, u.id, u.tenant_id, 1, now() FROM user_group g, users u
         WHERE g.name = 'Accounting' AND u.principal_name = 'anna.berg@acme.example'";
    w.db.execute(owner).await;
    give(&helper, &[]).await.expect("its owner");
}

#[tokio::test]
async fn only_who_looks_after_a_hook_has_it_called_at_once_again() {
    let w = world().await;
    let acme = customer(&w, "acme", 1).await;
    let hook = HookDraft {
        service: Some("desktop".to_owned()),
        name: "Licences".to_owned(),
        moment: "before".to_owned(),
        occasions: vec!["remove".to_owned()],
        url: Some("https://hooks.example.com/x".to_owned()),
        ..HookDraft::default()
    };
    hooks::create(&w.app, &w.root, &hook, &cause()).await.expect("a hook");
    let bo = ids(&w, acme).await[0];
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let held = tx.subscriptions(acme, Some(bo)).await.expect("plans").remove(0);
    drop(tx);
    users::remove_plan(&w.app, &w.root, bo, held.id, &cause()).await.expect("taken");
    let request = w.db.values("hook_delivery", "request_id", "true").await.remove(0);
    let request = RequestId::from_uuid(request.parse().expect("an id"));
    let anna = with_role(&w, "anna.berg@acme.example", "customer_administrator").await;
    for (by, left_alone) in [(&anna, 1), (&w.root, 0)] {
        w.db.execute("UPDATE hook_delivery SET state = 'failed'").await;
        w.db.execute(
            "UPDATE request_item SET state = 'failed' WHERE object_id IN (SELECT id FROM hook_delivery)",
        )
        .await;
        w.db.execute(
            "INSERT INTO hook_health (hook_id, failures, since, retry_at) SELECT id, 5, now(), now() + interval '1 h'
               FROM hook ON CONFLICT (hook_id) DO UPDATE SET retry_at = excluded.retry_at",
        )
        .await;
        requests::retry(&w.app, by, request, &cause()).await.expect("tried again");
        assert_eq!(w.db.values("hook_delivery", "state", "true").await, ["requested"]);
        let waits = w.db.values("hook_health", "hook_id", "retry_at IS NOT NULL").await;
        assert_eq!(waits.len(), left_alone, "others depend on it");
    }
}

#[tokio::test]
async fn what_a_hook_guards_is_named_as_services_name_it() {
    let w = world().await;
    let hook = |moment: &str, on: &str, attributes: &[&str]| HookDraft {
        service: Some("desktop".to_owned()),
        name: "Licences".to_owned(),
        moment: moment.to_owned(),
        occasions: vec![on.to_owned()],
        url: Some("https://hooks.example.com/x".to_owned()),
        attributes: attributes.iter().map(|a| (*a).to_owned()).collect(),
        ..HookDraft::default()
    };
    let make = async |draft: HookDraft| hooks::create(&w.app, &w.root, &draft, &cause()).await;
    for (draft, field, rule) in [
        (hook("after", "change", &["profile_path"]), "attributes", Rule::Format),
        (hook("before", "assign", &["profile_path"]), "attributes", Rule::Format),
        (hook("before", "change", &["profile_path", "shoe_size"]), "attributes[1]", Rule::Unknown),
    ] {
        let refused = errors(make(draft).await.map(|(hook, _)| hook));
        assert_eq!((refused[0].field.as_str(), refused[0].rule), (field, rule));
    }
    let (made, _) = make(hook("before", "change", &["profile_path"])).await.expect("made");
    assert_eq!(made.attributes, [Detail::ProfilePath]);
}

#[tokio::test]
async fn a_retired_bundle_stays_with_who_has_it_and_goes_to_nobody_new() {
    let w = world().await;
    let acme = customer(&w, "acme", 1).await;
    let publish = async || {
        let (name, plans) = ("Clerk".to_owned(), vec!["erp-full".to_owned()]);
        let draft = BundleDraft { name, plans, groups: vec![] };
        publish_bundle(&w.app, &w.root, w.root.tenant, "clerk", &draft, &cause()).await.expect("published");
    };
    let retire = async |code: &str, retired| retire_bundle(&w.app, &w.root, code, retired, &cause()).await;
    let join = async |surname: &str| {
        let newcomer = PersonDraft { bundles: vec!["clerk".to_owned()], ..person("Di", surname) };
        users::create(&w.app, &w.root, acme, &[newcomer], false, None, &cause()).await.map(drop)
    };
    let given = async || w.db.values("subscription", "id", "NOT direct AND ended_at IS NULL").await.len();
    publish().await;
    publish().await;
    join("First").await.expect("given");
    retire("clerk", true).await.expect("retired");
    assert_eq!(
        errors(join("Second").await)[0].rule,
        Rule::Unknown,
        "the version before is not given instead"
    );
    assert_eq!(given().await, 1, "who has it keeps it");
    retire("clerk", true).await.expect("it is so already");
    retire("clerk", false).await.expect("offered again");
    join("Third").await.expect("given");
    retire("clerk", true).await.expect("retired");
    publish().await;
    join("Fourth").await.expect("another version is offered");
    assert_eq!(given().await, 3);
    assert!(matches!(retire("none", true).await, Err(AppError::NotFound("bundle"))));
    let events = async |code: &str| w.db.values("event", "id", &format!("code = '{code}'")).await.len();
    let told = (events("bundle.retired").await, events("bundle.restored").await);
    assert_eq!(told, (2, 1), "nothing for what was so already");
}
