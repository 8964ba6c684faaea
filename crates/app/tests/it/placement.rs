//! Several directories side by side: where customers are placed, and who is refused.

use app::{
    Answer, AppError, Caller, Cause,
    directories::{DirectoryChange, change},
    error::Conflict,
    life::{cancel_planned_move, transfer},
    people::PersonDraft,
    placement,
    tenants::{ResellerDraft, create_reseller},
};
use domain::{field::Rule, id::TenantId};

use crate::world::{World, order, person, world};

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
        Answer::Done(made) => made.id,
        other @ Answer::Before { .. } => panic!("nothing was asked before: {other:?}"),
    }
}

async fn boss(w: &World, code: &str) -> Caller {
    let login = format!("boss@{code}.test");
    let (account, _) = w.store.sign_in(&login).await.expect("asking");
    let session = w.store.open_session(&account.expect("an account"), &login, 12).await.expect("a session");
    w.store.caller(&session.secret).await.expect("asking").expect("a caller")
}

async fn place(
    w: &World,
    who: &Caller,
    seller: &str,
    code: &str,
    directory: Option<&str>,
) -> Result<TenantId, AppError> {
    let mut draft = order(&format!("SO-{code}"), code);
    draft.seller = Some(seller.to_owned());
    draft.customer.directory = directory.map(str::to_owned);
    let content = format!("{draft:?}");
    let placed = app::orders::place(&w.app, who, &draft, content.as_bytes(), &Cause::default()).await?;
    Ok(placed.order.customer)
}

async fn dedicate(w: &World, code: &str, to: Option<&str>) -> Result<(), AppError> {
    let version =
        w.db.values("target", "version", &format!("code = '{code}'")).await[0].parse().expect("a number");
    let new = DirectoryChange { dedicated_to: Some(to.map(str::to_owned)), ..DirectoryChange::default() };
    change(&w.app, &w.root, code, version, new, &Cause::default()).await
}

fn conflict(error: AppError) -> Conflict {
    match error {
        AppError::Conflict(conflict) => conflict,
        other => panic!("expected a conflict, got {other:?}"),
    }
}

fn broken(error: AppError) -> Vec<(String, Rule, Option<String>)> {
    match error {
        AppError::Invalid(errors) => {
            errors.into_iter().map(|e| (e.field, e.rule, e.args.get("known").cloned())).collect()
        }
        other => panic!("expected refused values, got {other:?}"),
    }
}

/// Containers of resellers: which directory, whose, below whose.
async fn containers(w: &World) -> Vec<String> {
    let query =
        "(SELECT d.code || ' ' || t.code || ' below ' || coalesce(p.code, '-') FROM target d, tenant t
        LEFT JOIN object po ON po.id::text = (SELECT x.id::text FROM object x
            WHERE printed_id('obj', x.id) = object.spec->>'parent') LEFT JOIN tenant p ON p.id = po.tenant_id
        WHERE d.id = object.target_id AND t.id = object.tenant_id)";
    let mut all =
        w.db.values(
            "object",
            query,
            "kind = 'container' AND wanted AND entity_id IN (SELECT id FROM tenant WHERE kind = 'reseller')",
        )
        .await;
    all.sort();
    all
}

#[tokio::test]
async fn a_seller_gets_its_container_with_its_first_customer_also_in_a_directory_that_is_new() {
    let w = world().await;
    reseller(&w, "north", None).await;
    reseller(&w, "sub", Some("north")).await;
    assert_eq!(containers(&w).await, Vec::<String>::new(), "nobody is anywhere yet");
    // The administrator of the lower reseller does not see the container above its own.
    let sub = boss(&w, "sub").await;
    place(&w, &sub, "sub", "acme", None).await.expect("the only directory");
    assert_eq!(containers(&w).await, ["dc1 north below -", "dc1 sub below north"]);
    w.configure(&["dc1", "dc2"]).await.expect("a second directory");
    place(&w, &sub, "sub", "beta", None).await.expect("the first one stays the default");
    place(&w, &sub, "sub", "gamma", Some("dc2")).await.expect("the new one when named");
    let all = ["dc1 north below -", "dc1 sub below north", "dc2 north below -", "dc2 sub below north"];
    assert_eq!(containers(&w).await, all);
    let in_dc2 =
        w.db.values("tenant", "code", "target_id = (SELECT id FROM target WHERE code = 'dc2')").await;
    assert_eq!(in_dc2, ["gamma"]);
}

#[tokio::test]
async fn orders_at_once_share_one_container() {
    let w = world().await;
    reseller(&w, "north", None).await;
    let north = boss(&w, "north").await;
    let codes = ["one", "two", "three", "four"];
    let orders = codes.map(|code| place(&w, &north, "north", code, None));
    for placed in futures::future::join_all(orders).await {
        placed.expect("every order is placed");
    }
    assert_eq!(containers(&w).await, ["dc1 north below -"]);
    let parents =
        w.db.values("object", "spec->>'parent'", "kind = 'container' AND spec->>'parent' IS NOT NULL").await;
    assert_eq!(parents.len(), 1, "all lie in it: {parents:?}");
}

#[tokio::test]
async fn a_dedicated_directory_is_for_its_own_and_strangers_do_not_even_see_it() {
    let w = world().await;
    for (code, parent) in [("north", None), ("sub", Some("north")), ("south", None)] {
        reseller(&w, code, parent).await;
    }
    w.configure(&["dc1", "north-ad"]).await.expect("a second directory");
    dedicate(&w, "north-ad", Some("north")).await.expect("nobody lives there");
    let (north, south) = (boss(&w, "north").await, boss(&w, "south").await);
    place(&w, &north, "sub", "acme", Some("north-ad")).await.expect("below north");
    let refused = broken(place(&w, &south, "south", "beta", Some("north-ad")).await.expect_err("a stranger"));
    let expected = ("customer.directory".to_owned(), Rule::Unknown, Some("dc1".to_owned()));
    assert_eq!(refused, [expected], "it is not there for a stranger");
    let refused = place(&w, &w.root, "south", "beta", Some("north-ad")).await.expect_err("not for south");
    assert_eq!(conflict(refused), Conflict::DirectoryDedicated);
    let seen = placement::show(&w.app, &south, south.tenant).await.expect("its own");
    assert_eq!(seen.directories.iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), ["dc1"]);
    assert_eq!(seen.default.as_deref(), Some("dc1"));
    assert!(seen.default_of.is_none(), "the provider is out of its sight");
    // For one customer alone: its seller's other customers are strangers, too.
    dedicate(&w, "north-ad", Some("acme")).await.expect("nobody else lives there");
    let refused = place(&w, &north, "north", "gamma", Some("north-ad")).await.expect_err("acme's alone");
    assert_eq!(conflict(refused), Conflict::DirectoryDedicated);
    let acme = w.db.values("tenant", "id", "code = 'acme'").await;
    assert_eq!(w.db.values("target", "tenant_id", "dedicated").await, acme);
    let told = w.db.values("event", "id", "code = 'directory.updated'").await;
    assert_eq!(told.len(), 2);
    // Shared with all only by somebody who has a say at the provider; then for anybody.
    dedicate(&w, "north-ad", None).await.expect("shared again");
    place(&w, &south, "south", "beta", Some("north-ad")).await.expect("a stranger no more");
    let refused = dedicate(&w, "north-ad", Some("north")).await.expect_err("beta lives there");
    assert_eq!(conflict(refused), Conflict::DirectoryInUse);
}

#[tokio::test]
async fn rules_say_which_directories_a_seller_uses_and_hold_below_it() {
    let w = world().await;
    let north = reseller(&w, "north", None).await;
    let sub = reseller(&w, "sub", Some("north")).await;
    w.configure(&["dc1", "dc2", "dc3"]).await.expect("three directories");
    let set = async |who: &Caller, seller, codes: &[&str], default: Option<&str>| {
        let codes: Vec<_> = codes.iter().map(|code| (*code).to_owned()).collect();
        placement::set(&w.app, who, seller, &codes, default, &Cause::default()).await
    };
    let unknown = broken(set(&w.root, north, &["dc9"], None).await.expect_err("no such directory"));
    assert_eq!(unknown[0].0, "directories[0]");
    let outside = broken(set(&w.root, north, &["dc2"], Some("dc1")).await.expect_err("not among them"));
    assert_eq!(outside[0].0, "default");
    let boss = boss(&w, "north").await;
    assert!(matches!(
        set(&boss, north, &["dc1"], None).await.expect_err("not its own"),
        AppError::Forbidden(_)
    ));
    set(&w.root, north, &["dc2", "dc3"], Some("dc3")).await.expect("a rule");
    let shown = placement::show(&w.app, &boss, sub).await.expect("below it");
    let usable: Vec<_> =
        shown.directories.iter().filter(|d| d.obstacle.is_none()).map(|d| d.code.as_str()).collect();
    assert_eq!((usable, shown.default.as_deref()), (vec!["dc2", "dc3"], Some("dc3")));
    assert_eq!(shown.default_of.map(|tenant| tenant.id), Some(north));
    let acme = place(&w, &boss, "sub", "acme", None).await.expect("the default of north");
    let lives = "(SELECT code FROM target WHERE id = target_id)";
    assert_eq!(w.db.values("tenant", lives, "code = 'acme'").await, ["dc3"]);
    let refused = place(&w, &boss, "sub", "beta", Some("dc1")).await.expect_err("against the rule");
    assert_eq!(conflict(refused), Conflict::DirectoryNotAllowed);
    // Nor is a customer moved to a seller that may not use the directory it lives in.
    let south = reseller(&w, "south", None).await;
    set(&w.root, south, &["dc1"], None).await.expect("another rule");
    let refused =
        transfer(&w.app, &w.root, acme, "south", None, &Cause::default()).await.expect_err("not there");
    assert_eq!(conflict(refused), Conflict::DirectoryNotAllowed);
    set(&w.root, south, &[], None).await.expect("no rule");
    transfer(&w.app, &w.root, acme, "south", None, &Cause::default()).await.expect("there now");
    assert!(
        containers(&w).await.contains(&"dc3 south below -".to_owned()),
        "the new seller was placed there"
    );
}

#[tokio::test]
async fn a_directory_leaves_the_configuration_when_nobody_lives_there_and_comes_back() {
    let w = world().await;
    reseller(&w, "north", None).await;
    w.configure(&["dc1", "dc2"]).await.expect("two");
    let acme = place(&w, &w.root, "north", "acme", Some("dc2")).await.expect("an order");
    let refused = w.configure(&["dc1"]).await.expect_err("acme lives there").to_string();
    assert!(refused.contains("dc2") && refused.contains("1 customers"), "{refused}");
    assert_eq!(w.db.values("target", "code", "removed_at IS NOT NULL").await, Vec::<String>::new());
    // As if everything of it had been removed: nothing is wanted, and nothing is on its way.
    let of_acme = format!("tenant_id = '{}'", acme.uuid());
    w.db.change("object", "wanted = false", &of_acme).await;
    w.db.change("work", "object_id = gen_random_uuid()", &of_acme).await;
    w.configure(&["dc1"]).await.expect("nobody lives there");
    let refused = broken(place(&w, &w.root, "north", "beta", Some("dc2")).await.expect_err("it is gone"));
    assert_eq!(refused[0].1, Rule::Unknown);
    w.configure(&["dc1", "dc2"]).await.expect("it comes back");
    place(&w, &w.root, "north", "beta", Some("dc2")).await.expect("with a container made anew");
    assert!(containers(&w).await.contains(&"dc2 north below -".to_owned()));
}

#[tokio::test]
async fn planned_moves_are_listed_for_whoever_sees_them_and_taken_back() {
    let w = world().await;
    for code in ["north", "south"] {
        reseller(&w, code, None).await;
    }
    let acme = place(&w, &w.root, "north", "acme", None).await.expect("an order");
    transfer(&w.app, &w.root, acme, "south", Some("2026-05-01"), &Cause::default()).await.expect("a plan");
    let listed = async |who: &Caller| {
        let mut tx = w.app.read(who).await.expect("reading");
        let moves = tx.planned_moves(&[who.tenant], None, 10).await.expect("the list");
        let name = |seller: Option<app::reading::views::TenantName>| seller.map(|s| s.code);
        moves.into_iter().map(|m| (m.tenant.code, name(m.from), name(m.to))).collect::<Vec<_>>()
    };
    let (acme_code, north, south) = ("acme".to_owned(), Some("north".to_owned()), Some("south".to_owned()));
    assert_eq!(listed(&w.root).await, [(acme_code.clone(), north.clone(), south)]);
    let (of_north, of_south) = (boss(&w, "north").await, boss(&w, "south").await);
    assert_eq!(listed(&of_north).await, [(acme_code, north, None)], "the other seller is out of sight");
    assert_eq!(listed(&of_south).await, [], "not yet its own");
    let refused = cancel_planned_move(&w.app, &of_south, acme, &Cause::default()).await;
    assert!(matches!(refused.expect_err("a stranger"), AppError::NotFound(_)));
    assert!(cancel_planned_move(&w.app, &w.root, acme, &Cause::default()).await.expect("taken back"));
    assert!(!cancel_planned_move(&w.app, &w.root, acme, &Cause::default()).await.expect("once"));
    assert_eq!(listed(&w.root).await, []);
    assert_eq!(w.db.values("event", "code", "code = 'tenant.move_cancelled'").await.len(), 1);
}
