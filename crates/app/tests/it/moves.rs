//! People who move to another customer with the account they have.

use std::collections::BTreeMap;

use app::{
    Answer, AppError, Caller, Cause, again,
    error::Conflict,
    fields,
    groups::{self, GroupDraft, MemberChange, Wish},
    people::PersonDraft,
    quotas::{self, QuotasDraft},
    users::{self, MoveDraft, Moved, UserPatch},
};
use domain::{
    custom::{Draft, Slot},
    field::Rule,
    id::{GroupId, ObjectId, TenantId, UserId},
    request::Lane,
    spec::{Spec, UserSpec},
};
use serde_json::json;
use store::{
    tx::act,
    users::{ManagerKey, User},
};

use crate::{
    locks::held_up,
    world::{World, order, person, world},
};

fn cause() -> Cause {
    Cause::default()
}

/// A customer with an administrator and Bo (elsewhere than in acme Cy), who has a plan and is managed
/// by the administrator.
async fn customer(w: &World, code: &str, zone: &str) -> TenantId {
    let mut draft = order(&format!("SO-{code}"), code);
    draft.customer.time_zone = Some(zone.to_owned());
    let placed = w.place(&draft).await.expect("an order").order;
    let bo = PersonDraft {
        plans: vec!["desktop-s".to_owned()],
        manager: Some(placed.administrator.to_string()),
        mail: Some("bo@mail.example".to_owned()),
        title: Some("Captain".to_owned()),
        ..person(if code == "acme" { "Bo" } else { "Cy" }, "Holm")
    };
    users::create(&w.app, &w.root, placed.customer, &[bo], false, None, &cause()).await.expect("bo");
    placed.customer
}

async fn two(w: &World) -> (TenantId, TenantId) {
    (customer(w, "acme", "Europe/Copenhagen").await, customer(w, "beta", "America/New_York").await)
}

async fn by_login(w: &World, login: &str) -> User {
    let id = w.db.values("users", "id", &format!("principal_name = '{login}' AND deleted_at IS NULL")).await;
    let id = UserId::from_uuid(id[0].parse().expect("an id"));
    let mut tx = w.app.read(&w.root).await.expect("reading");
    tx.user(id).await.expect("the person")
}

async fn bo(w: &World) -> User {
    by_login(w, "bo.holm@acme.example").await
}

fn to(customer: &str) -> MoveDraft {
    MoveDraft { customer: customer.to_owned(), ..MoveDraft::default() }
}

async fn go_by(w: &World, by: &Caller, who: &User, draft: &MoveDraft) -> Result<Moved, AppError> {
    match users::transfer(&w.app, by, who.id, who.version, draft, None, &cause()).await? {
        Answer::Done(moved) => Ok(moved),
        Answer::Before { .. } => panic!("no key was sent"),
    }
}

async fn go(w: &World, who: &User, draft: &MoveDraft) -> Result<Moved, AppError> {
    go_by(w, &w.root, who, draft).await
}

fn refused<T: std::fmt::Debug>(result: Result<T, AppError>) -> Vec<(String, Rule)> {
    match result {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.rule)).collect(),
        other => panic!("not refused by field: {other:?}"),
    }
}

fn one(field: &str, rule: Rule) -> Vec<(String, Rule)> {
    vec![(field.to_owned(), rule)]
}

async fn account(w: &World, object: uuid::Uuid) -> UserSpec {
    let spec = w.db.values("object", "spec", &format!("id = '{object}'")).await.remove(0);
    match serde_json::from_str(&spec).expect("a spec") {
        Spec::User(spec) => spec,
        other => panic!("{other:?} is no account"),
    }
}

/// Names of the groups somebody is wanted in, with the code of the customer of each.
async fn groups_of(w: &World, object: uuid::Uuid) -> Vec<String> {
    let names = "SELECT t.code || ' ' || g.name AS n FROM membership m JOIN user_group g ON g.object_id = m.group_object
                   JOIN tenant t ON t.id = g.tenant_id";
    let rows =
        w.db.rows(&format!("{names} WHERE m.member_object = '{object}' AND m.wanted ORDER BY 1")).await;
    rows.iter().map(|row| row["n"].as_str().expect("a name").to_owned()).collect()
}

async fn group(w: &World, customer: TenantId, name: &str) -> GroupId {
    let draft = GroupDraft { name: name.to_owned(), ..GroupDraft::default() };
    match groups::create(&w.app, &w.root, customer, &draft, None, &cause()).await.expect("a group") {
        Answer::Done(id) => id,
        Answer::Before { .. } => panic!("nothing was asked before"),
    }
}

async fn put_in(w: &World, group: GroupId, who: UserId) -> Result<(), AppError> {
    let add = vec![Wish { member: who.to_string(), ..Wish::default() }];
    let change = MemberChange { add, remove: vec![] };
    groups::change_members(&w.app, &w.root, group, &change, None, &cause()).await.map(drop)
}

async fn version_of(w: &World, group: GroupId) -> i64 {
    let version = w.db.values("user_group", "version", &format!("id = '{}'", group.uuid())).await;
    version[0].parse().expect("a version")
}

/// Somebody of acme with another role than the one of who was ordered with it, and the same role in
/// these customers as well.
async fn with_role(w: &World, role: &str, also: &[TenantId]) -> Caller {
    let login = "anna.berg@acme.example";
    let only = format!("user_id = (SELECT id FROM users WHERE principal_name = '{login}')");
    w.db.execute(&format!("UPDATE role_grant SET role_code = '{role}', role_version = 1 WHERE {only}")).await;
    for tenant in also {
        let grant = format!(
            "INSERT INTO role_grant (id, tenant_id, user_id, role_code, role_version, created_at)
             SELECT gen_random_uuid(), '{}', user_id, role_code, role_version, now() FROM role_grant WHERE {only} LIMIT 1",
            tenant.uuid()
        );
        w.db.execute(&grant).await;
    }
    let (account, _) = w.store.sign_in(login).await.expect("asking");
    let session = w.store.open_session(&account.expect("an account"), login, 12).await.expect("a session");
    w.store.caller(&session.secret).await.expect("asking").expect("a caller")
}

#[tokio::test]
async fn a_person_goes_on_with_the_same_account_and_nothing_else_of_what_they_had() {
    let w = world().await;
    let (acme, beta) = two(&w).await;
    let before = bo(&w).await;
    let object = before.object.expect("an account").uuid();
    let team = group(&w, acme, "Team").await;
    put_in(&w, team, before.id).await.expect("a member");
    let owners = [before.id.to_string()];
    let version = version_of(&w, team).await;
    groups::set_owners(&w.app, &w.root, team, version, &owners, &cause()).await.expect("owned");
    let report = PersonDraft { manager: Some(before.id.to_string()), ..person("Di", "Lund") };
    users::create(&w.app, &w.root, acme, &[report], false, None, &cause()).await.expect("di");
    w.db.execute(&format!(
        "UPDATE users SET portal_hash = 'the hash', activated_at = now(), theme = 'dark' WHERE id = '{}'",
        before.id.uuid()
    ))
    .await;
    let before = bo(&w).await;

    let draft =
        MoveDraft { plans: vec!["desktop-s".to_owned()], reason: Some("Sold".to_owned()), ..to("beta") };
    let moved = go(&w, &before, &draft).await.expect("moved");
    let after = by_login(&w, "bo.holm@beta.example").await;
    assert_eq!((after.id, after.tenant, after.object), (moved.user, beta, before.object));
    assert_eq!(after.logon_name, before.logon_name, "the log-on name stays");
    assert_eq!((after.mail, after.title.as_deref()), (before.mail.clone(), Some("Captain")));
    assert!(after.manager.is_none() && !after.administrator && after.activated_at.is_some());
    let kept = format!("id = '{}'", moved.user.uuid());
    assert_eq!(w.db.values("users", "portal_hash || ' ' || theme", &kept).await, ["the hash dark"]);

    // The object is the other customer's, with all that is known of it; the row that stays has none.
    let of = format!("id = '{object}'");
    assert_eq!(w.db.values("object", "tenant_id", &of).await, [beta.uuid().to_string()]);
    assert_eq!(w.db.values("object", "entity_id", &of).await, [moved.user.uuid().to_string()]);
    assert_eq!(
        w.db.values("work", "tenant_id", &format!("object_id = '{object}'")).await,
        [beta.uuid().to_string()]
    );
    let left = format!("id = '{}'", before.id.uuid());
    let row = "object_id IS NULL AND deleted_at IS NOT NULL AND purge_at IS NULL AND moved_to IS NOT NULL";
    assert_eq!(w.db.values("users", row, &left).await, ["true"]);
    users::restore(&w.app, &w.root, before.id, &cause()).await.expect_err("not to be restored");
    let spec = account(&w, object).await;
    let folder = w.db.values("tenant", "folder_object", "code = 'beta'").await.remove(0);
    assert_eq!(spec.parent.uuid().to_string(), folder);
    assert_eq!((spec.principal_name.as_str(), spec.manager), ("bo.holm@beta.example", None));
    assert_eq!(spec.name, spec.logon_name, "nobody else has it, wherever the account stands");
    assert!(spec.service_details.values().any(|path| path.contains("beta")), "{:?}", spec.service_details);
    assert_eq!(groups_of(&w, object).await, ["beta Hosted Desktop", "beta Members"]);

    // Who had to do with them there has not any more, each with an entry.
    let di = by_login(&w, "di.lund@acme.example").await;
    assert_eq!(di.manager, None);
    let owner = "coalesce(spec->>'owner', 'nobody')";
    assert_eq!(w.db.values("object", owner, &format!("entity_id = '{}'", team.uuid())).await, ["nobody"]);
    told(&w, (before.id, acme), (moved.user, beta)).await;
    for (request, tenant, edges) in [(moved.leaving, acme, 3), (moved.request, beta, 2)] {
        let others = format!("request_id = '{}' AND tenant_id <> '{}'", request.uuid(), tenant.uuid());
        assert_eq!(w.db.values("request_item", "object_id", &others).await, Vec::<String>::new());
        let of_bo = format!("request_id = '{}' AND member_id = '{object}'", request.uuid());
        assert_eq!(w.db.values("request_item", "object_id", &of_bo).await.len(), edges, "groups");
    }
    let revision = format!("object_id = '{object}' AND tenant_id = '{}'", beta.uuid());
    assert_eq!(w.db.values("object_revision", "before IS NULL", &revision).await, ["true"]);
}

/// Both logs tell it, each sealed under the key of its own person, and neither names the other customer.
async fn told(w: &World, left: (UserId, TenantId), came: (UserId, TenantId)) {
    for (code, (who, tenant)) in [("user.left", left), ("user.moved", came)] {
        let told = format!("code = '{code}' AND target_id = '{who}'");
        assert_eq!(w.db.values("event", "tenant_id", &told).await, [tenant.uuid().to_string()]);
    }
    let sealed = "SELECT e.code, p.person_id, p.tenant_id, k.tenant_id AS of_key FROM event_personal p
                    JOIN event e ON e.id = p.event_id JOIN person_key k USING (person_id)
                   WHERE e.code IN ('user.left', 'user.moved') ORDER BY 1";
    let sealed = w.db.rows(sealed).await;
    assert_eq!(sealed.len(), 2);
    for (row, (person, tenant)) in sealed.iter().zip([left, came]) {
        assert_eq!(row["person_id"], json!(person.uuid()));
        assert_eq!((&row["tenant_id"], &row["of_key"]), (&json!(tenant.uuid()), &json!(tenant.uuid())));
    }
    let plain = w.db.values("event", "change::text", "code IN ('user.left', 'user.moved')").await.join(" ");
    assert!(!plain.contains("Sold") && !plain.contains("Holm"), "{plain}");
    assert!(!plain.contains(&left.1.to_string()) && !plain.contains(&came.1.to_string()), "{plain}");
}

#[tokio::test]
async fn each_customer_is_billed_by_its_own_calendar() {
    let w = world().await;
    let (acme, beta) = two(&w).await;
    let before = bo(&w).await;
    let draft = MoveDraft { plans: vec!["desktop-s".to_owned()], ..to("beta") };
    let moved = go(&w, &before, &draft).await.expect("moved");
    // It is half past midnight in Copenhagen, and evening in New York.
    let fact = "kind || ' ' || local_date || ' ' || zone";
    let of = |user: UserId, tenant: TenantId| {
        format!("user_id = '{}' AND tenant_id = '{}'", user.uuid(), tenant.uuid())
    };
    assert_eq!(
        w.db.values("fact", fact, &of(before.id, acme)).await,
        ["ended 2026-04-01 Europe/Copenhagen", "ordered 2026-04-01 Europe/Copenhagen"]
    );
    assert_eq!(
        w.db.values("fact", fact, &of(moved.user, beta)).await,
        ["ordered 2026-03-31 America/New_York"]
    );
    let running = format!("tenant_id = '{}' AND user_id IS NOT NULL AND ended_at IS NULL", acme.uuid());
    assert_eq!(w.db.values("subscription", "id", &running).await, Vec::<String>::new());
}

#[tokio::test]
async fn it_needs_a_right_in_both_customers_and_what_is_out_of_sight_does_not_exist() {
    let w = world().await;
    let (acme, beta) = two(&w).await;
    let before = bo(&w).await;
    // Only in the one: the other customer is unknown, and nothing was changed.
    let anna = with_role(&w, "customer_administrator", &[]).await;
    assert_eq!(refused(go_by(&w, &anna, &before, &to("beta")).await), one("customer", Rule::Unknown));
    assert_eq!(
        refused(go_by(&w, &anna, &before, &to("nowhere")).await),
        one("customer", Rule::Unknown),
        "as what is not there"
    );
    // Only in the other: the person does not exist.
    let theirs = by_login(&w, "cy.holm@beta.example").await;
    let gone = go_by(&w, &anna, &theirs, &to("acme")).await;
    assert!(matches!(gone, Err(AppError::NotFound(_))), "{gone:?}");
    // Who removes nobody moves nobody, also with the role in both; the attempt is in the log.
    let helper = with_role(&w, "user_administrator", &[beta]).await;
    let denied = go_by(&w, &helper, &before, &to("beta")).await;
    assert!(matches!(denied, Err(AppError::Forbidden(_))), "{denied:?}");
    assert_eq!(w.db.values("event", "tenant_id", "code = 'access.denied'").await, [acme.uuid().to_string()]);
    let anna = with_role(&w, "customer_administrator", &[]).await;
    let herself = by_login(&w, "anna.berg@acme.example").await;
    let oneself = go_by(&w, &anna, &herself, &to("beta")).await;
    assert!(matches!(oneself, Err(AppError::Forbidden(_))), "nobody removes their own account: {oneself:?}");
    // With the role in both it is done, by somebody of one of them.
    go_by(&w, &anna, &before, &to("beta")).await.expect("with grants in both");
    let gone = go(&w, &before, &to("beta")).await;
    assert!(matches!(gone, Err(AppError::NotFound(_))), "somebody else by now: {gone:?}");
}

#[tokio::test]
async fn what_does_not_fit_there_is_refused_by_field_and_a_preview_says_so_too() {
    let w = world().await;
    two(&w).await;
    let key = |text: &str| UserPatch {
        details: [("external_id".to_owned(), Some(text.to_owned()))].into(),
        ..UserPatch::default()
    };
    for login in ["bo.holm@acme.example", "cy.holm@beta.example"] {
        let who = by_login(&w, login).await;
        users::update(&w.app, &w.root, who.id, who.version, key("K-1"), &cause()).await.expect("a key");
    }
    let counts = w.db.row_counts().await;
    let before = bo(&w).await;
    let with = |change: fn(&mut MoveDraft)| {
        let mut draft = MoveDraft { external_id: Some("K-2".to_owned()), ..to("beta") };
        change(&mut draft);
        draft
    };
    let cases = [
        (MoveDraft::default(), "customer", Rule::Required),
        (to("acme"), "customer", Rule::Unchanged),
        (to("hq"), "customer", Rule::Unknown),
        (to("beta"), "external_id", Rule::Taken),
        (with(|d| d.reason = Some("x".repeat(201))), "reason", Rule::TooLong),
        (with(|d| d.plans = vec!["gold".to_owned()]), "plans[0]", Rule::Unknown),
        (with(|d| d.logon_name = Some("a/b".to_owned())), "logon_name", Rule::ForbiddenCharacter),
        (with(|d| d.fields = [("x".to_owned(), "y".to_owned())].into()), "fields.x", Rule::Unknown),
        (with(|d| d.principal_name = Some("bo@acme.example".to_owned())), "principal_name", Rule::Unknown),
        (with(|d| d.principal_name = Some("cy.holm@beta.example".to_owned())), "principal_name", Rule::Taken),
    ];
    for (draft, field, rule) in cases {
        assert_eq!(refused(go(&w, &before, &draft).await), one(field, rule), "{draft:?}");
        let shown = users::preview_transfer(&w.app, &w.root, before.id, &draft).await;
        assert_eq!(refused(shown), one(field, rule), "{draft:?}");
    }
    let stale = User { version: before.version - 1, ..before.clone() };
    let stale = go(&w, &stale, &with(|_| {})).await;
    assert!(matches!(stale, Err(AppError::Conflict(Conflict::Stale { .. }))), "{stale:?}");
    for (table, rows) in w.db.row_counts().await {
        let was = counts.iter().find(|(name, _)| *name == table).map(|(_, rows)| *rows);
        assert_eq!(Some(rows), was, "{table}: what is refused changes nothing");
    }
}

#[tokio::test]
async fn the_quotas_of_who_receives_count_and_a_preview_tells_what_comes() {
    let w = world().await;
    let (acme, beta) = two(&w).await;
    let before = bo(&w).await;
    let most = async |people| {
        let draft = QuotasDraft { people: Some(people), ..QuotasDraft::default() };
        quotas::set(&w.app, &w.root, beta, &draft, &cause()).await.expect("a quota");
    };
    most(Some(2)).await;
    let draft = MoveDraft { external_id: Some("K-2".to_owned()), ..to("beta") };
    assert_eq!(refused(go(&w, &before, &draft).await), one("users", Rule::TooMany));
    let shown = users::preview_transfer(&w.app, &w.root, before.id, &draft).await;
    assert_eq!(refused(shown), one("users", Rule::TooMany));
    most(None).await;
    // Above both nobody more is there than before.
    w.db.execute(&format!(
        "INSERT INTO quota (tenant_id, kind, subject, most, updated_at) VALUES ('{}', 'people', '', 4, now())",
        w.root.tenant.uuid()
    ))
    .await;
    let counts = w.db.row_counts().await;
    let preview = users::preview_transfer(&w.app, &w.root, before.id, &draft).await.expect("a preview");
    assert_eq!(w.db.row_counts().await, counts, "a look changes nothing");
    assert_eq!(
        preview.principal_name,
        ("bo.holm@acme.example".to_owned(), "bo.holm@beta.example".to_owned())
    );
    assert_eq!(
        (preview.plans_ended.as_slice(), preview.plans.len()),
        (&["desktop-s@main".to_owned()][..], 0)
    );
    assert_eq!(preview.groups_left, ["Hosted Desktop", "Members"]);
    assert_eq!((preview.from.id, preview.to.id, preview.reports), (acme, beta, 0));
    let moved = go(&w, &before, &draft).await.expect("moved");
    let after = by_login(&w, &preview.principal_name.1).await;
    assert_eq!(after.id, moved.user, "as it was shown");
    assert_eq!(after.details[&domain::person::Detail::ExternalId], "K-2");
}

#[tokio::test]
async fn both_live_in_one_directory_and_neither_is_on_its_way_to_another() {
    let w = world().await;
    let (acme, beta) = two(&w).await;
    w.configure(&["dc1", "dc2"]).await.expect("a second directory");
    let mut draft = order("SO-far", "far");
    draft.customer.directory = Some("dc2".to_owned());
    w.place(&draft).await.expect("an order");
    let before = bo(&w).await;
    let elsewhere = go(&w, &before, &to("far")).await;
    assert_eq!(refused(elsewhere), one("customer", Rule::OtherDirectory));
    for (tenant, other) in [(acme, "beta"), (beta, "acme")] {
        let who =
            by_login(&w, if other == "beta" { "bo.holm@acme.example" } else { "cy.holm@beta.example" }).await;
        for on_its_way in [tenant, if tenant == acme { beta } else { acme }] {
            w.db.execute(&format!(
                "INSERT INTO directory_move (id, tenant_id, from_target, to_target, grace_days, request_id, created_by, created_at)
                 SELECT gen_random_uuid(), '{}', a.id, b.id, 30, gen_random_uuid(), gen_random_uuid(), now()
                   FROM target a, target b WHERE a.code = 'dc1' AND b.code = 'dc2'",
                on_its_way.uuid()
            ))
            .await;
            let open = go(&w, &who, &to(other)).await;
            assert!(matches!(open, Err(AppError::Conflict(Conflict::MoveOpen))), "{open:?}");
            w.db.execute("UPDATE directory_move SET ended_at = now(), phase = 'cancelled'").await;
        }
    }
    // Whose tenant is suspended goes nowhere, and nobody comes into it.
    for (code, other) in [("acme", "beta"), ("beta", "beta")] {
        w.db.execute(&format!("UPDATE tenant SET status = 'suspended' WHERE code = '{code}'")).await;
        let denied = go(&w, &before, &to(other)).await;
        assert!(matches!(denied, Err(AppError::Forbidden(_))), "{code}: {denied:?}");
        w.db.execute("UPDATE tenant SET status = 'active'").await;
    }
    go(&w, &before, &to("beta")).await.expect("when all is over");
}

#[tokio::test]
async fn fields_that_hold_in_both_keep_their_values_and_others_are_emptied() {
    let w = world().await;
    let (acme, beta) = two(&w).await;
    let text = |key: &str, attribute: Option<&str>, required| Draft {
        key: key.to_owned(),
        label: key.to_uppercase(),
        kind: "text".to_owned(),
        attribute: attribute.map(str::to_owned),
        required,
        ..Draft::default()
    };
    let define = async |tenant, draft: Draft| {
        fields::define(&w.app, &w.root, tenant, &draft, &cause()).await.expect("defined");
    };
    define(w.root.tenant, text("badge", Some("car_license"), false)).await;
    define(acme, text("room", Some("room_number"), false)).await;
    let before = bo(&w).await;
    let values = [("badge", "B-7"), ("room", "12")].map(|(k, v)| (k.to_owned(), Some(v.to_owned())));
    let patch = UserPatch { fields: values.into(), ..UserPatch::default() };
    let before =
        users::update(&w.app, &w.root, before.id, before.version, patch, &cause()).await.expect("told");
    define(beta, text("desk", None, true)).await;
    assert_eq!(refused(go(&w, &before, &to("beta")).await), one("fields.desk", Rule::Required));
    let given: BTreeMap<_, _> = [("desk".to_owned(), "7".to_owned())].into();
    let moved = go(&w, &before, &MoveDraft { fields: given, ..to("beta") }).await.expect("moved");
    let mut tx = w.app.read(&w.root).await.expect("reading");
    let tenant = tx.tenant(beta).await.expect("beta");
    let definitions = tx.fields(&tenant).await.expect("fields");
    let after = tx.user(moved.user).await.expect("bo");
    let of = |key: &str| {
        let field = definitions.iter().find(|field| field.key == key)?;
        after.fields.get(&field.id).map(String::as_str)
    };
    assert_eq!((of("badge"), of("desk"), after.fields.len()), (Some("B-7"), Some("7"), 2));
    let spec = account(&w, before.object.expect("an account").uuid()).await;
    let slot = |code: &str| Slot::from_code(code).expect("an attribute");
    assert_eq!(spec.slots[&slot("car_license")].as_deref(), Some("B-7"));
    assert_eq!(spec.slots[&slot("room_number")], None, "what the other customer noted is not shown");
}

#[tokio::test]
async fn who_comes_back_has_the_old_name_and_nobody_else_has_it_meanwhile() {
    let w = world().await;
    let (acme, _) = two(&w).await;
    let before = bo(&w).await;
    let object = before.object.expect("an account").uuid();
    go(&w, &before, &to("beta")).await.expect("moved");
    let newcomer =
        PersonDraft { principal_name: Some(before.principal_name.clone()), ..person("Bo", "Holm") };
    let taken = users::create(&w.app, &w.root, acme, &[newcomer], false, None, &cause()).await.map(drop);
    assert_eq!(refused(taken), one("principal_name", Rule::Taken));
    let away = by_login(&w, "bo.holm@beta.example").await;
    go(&w, &away, &to("acme")).await.expect("back");
    let back = bo(&w).await;
    assert_eq!(back.object.map(ObjectId::uuid), Some(object), "the same account all the way");
    assert_eq!(groups_of(&w, object).await, ["acme Members"]);
    // The names of the two rows that ended are reserved for the one that goes on.
    let owners = format!("owner = '{}' AND kind = 'principal_name'", back.id.uuid());
    assert_eq!(
        w.db.values("reserved_name", "value || ' ' || (reserved_until IS NULL)", &owners).await,
        ["bo.holm@acme.example true", "bo.holm@beta.example false"]
    );
}

#[tokio::test]
async fn who_was_invited_gets_another_link_and_a_password_on_its_way_is_set() {
    let w = world().await;
    let (_, beta) = two(&w).await;
    let before = bo(&w).await;
    let (link, _) = users::reset_password(&w.app, &w.root, before.id, &cause()).await.expect("a link");
    let moved = go(&w, &before, &to("beta")).await.expect("moved");
    let links = |of: UserId| format!("user_id = '{}' AND revoked_at IS NULL AND used_at IS NULL", of.uuid());
    assert_eq!(w.db.values("activation", "id", &links(before.id)).await, Vec::<String>::new());
    assert_eq!(w.db.values("activation", "tenant_id", &links(moved.user)).await, [beta.uuid().to_string()]);
    let dead = w.store.activation(&link).await.expect("asking").expect("the link");
    assert!(dead.dead, "the old link works no more");

    // Chosen, and not set yet.
    let before = by_login(&w, "anna.berg@acme.example").await;
    let object = before.object.expect("an account").uuid();
    w.db.execute(&format!(
        "INSERT INTO secret (id, tenant_id, object_id, user_id, request_id, key_id, sealed, portal_hash, created_at, expires_at)
         VALUES (gen_random_uuid(), '{}', '{object}', '{}', gen_random_uuid(), 'k', 'x', 'hash', now(), now() + interval '1 h')",
        before.tenant.uuid(),
        before.id.uuid()
    ))
    .await;
    let moved = go(&w, &before, &to("beta")).await.expect("moved");
    let secret = format!("object_id = '{object}' AND tenant_id = '{}'", beta.uuid());
    assert_eq!(w.db.values("secret", "user_id", &secret).await, [moved.user.uuid().to_string()]);
    assert_eq!(
        w.db.values("activation", "id", &links(moved.user)).await,
        Vec::<String>::new(),
        "it would drop it"
    );
    let roles =
        format!("user_id IN ('{}', '{}') AND revoked_at IS NULL", before.id.uuid(), moved.user.uuid());
    assert_eq!(w.db.values("role_grant", "id", &roles).await, Vec::<String>::new(), "roles stay behind");
}

#[tokio::test]
async fn a_group_that_is_restored_takes_nobody_who_is_of_another_customer() {
    let w = world().await;
    let (acme, _) = two(&w).await;
    let (bo, anna) = (bo(&w).await, by_login(&w, "anna.berg@acme.example").await);
    let team = group(&w, acme, "Team").await;
    for who in [bo.id, anna.id] {
        put_in(&w, team, who).await.expect("a member");
    }
    let version = version_of(&w, team).await;
    groups::delete(&w.app, &w.root, team, version, None, &cause()).await.expect("removed");
    go(&w, &bo, &to("beta")).await.expect("moved");
    groups::restore(&w.app, &w.root, team, &cause()).await.expect("restored");
    let of = |user: &User| user.object.expect("an account").uuid();
    assert_eq!(groups_of(&w, of(&bo)).await, ["beta Members"]);
    assert!(groups_of(&w, of(&anna)).await.contains(&"acme Team".to_owned()), "who stayed is in it again");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_moves_at_once_or_a_move_and_a_removal_one_is_done() {
    let w = world().await;
    let (_, _) = two(&w).await;
    customer(&w, "gamma", "Europe/Berlin").await;
    let before = bo(&w).await;
    let object = before.object.expect("an account").uuid();
    let (to_beta, to_gamma) = (to("beta"), to("gamma"));
    let (one, other) =
        tokio::join!(again(|| go(&w, &before, &to_beta)), again(|| go(&w, &before, &to_gamma)));
    let lost = match (&one, &other) {
        (Ok(_), Err(lost)) | (Err(lost), Ok(_)) => lost,
        both => panic!("not one of the two: {both:?}"),
    };
    assert!(matches!(lost, AppError::NotFound(_)), "{lost:?}");
    assert_eq!(w.db.values("users", "id", &format!("object_id = '{object}'")).await.len(), 1);
    assert_eq!(groups_of(&w, object).await.len(), 1, "all people of one customer");

    let before = by_login(&w, "anna.berg@acme.example").await;
    let object = before.object.expect("an account").uuid();
    let why = cause();
    let remove = || users::delete(&w.app, &w.root, before.id, before.version, Some(30), &why);
    let (moved, removed) = tokio::join!(again(|| go(&w, &before, &to_beta)), again(remove));
    let wanted =
        w.db.values("object", "wanted::text || (spec->>'enabled')", &format!("id = '{object}'")).await;
    match (moved, removed) {
        (Ok(_), Err(_)) => assert_eq!(wanted, ["truetrue"], "nothing of the removal is left"),
        (Err(AppError::NotFound(_)), Ok(_)) => assert_eq!(wanted, ["truefalse"]),
        both => panic!("not one of the two: {both:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_puts_an_account_into_a_group_it_just_left() {
    let w = world().await;
    let (acme, beta) = two(&w).await;
    let before = bo(&w).await;
    let object = before.object.expect("an account");
    let team = group(&w, acme, "Team").await;
    let mut tx = w.store.write(&w.root).await.expect("writing");
    let to = tx.tenant(beta).await.expect("beta");
    let join = tx.permit::<act::UserCreate>(&to).expect("may make people");
    let (_, leave) = tx.account::<act::UserDelete>(before.id).await.expect("may remove people");
    let successor: UserId = tx.id();
    tx.hand_over(&leave, &join, successor).await.expect("asked").expect("handed over");
    tx.open_request(acme, "user_leave", json!({}), Lane::Interactive);
    tx.leave_customer(&leave, object).await.expect("out of its groups");
    tx.end_moved(&leave, successor, None).await.expect("ended");
    let release = async { tx.commit(&cause()).await.expect("moved") };
    // It looked the person up before, and waits for the move to write.
    let late = Box::pin(held_up(&w, again(|| put_in(&w, team, before.id)), release)).await;
    assert_eq!(refused(late), one("add[0].member", Rule::Unknown));
    assert_eq!(groups_of(&w, object.uuid()).await, Vec::<String>::new());
    let mut tx = w.store.write(&w.root).await.expect("writing");
    let key = [ManagerKey::Id(before.id)];
    assert!(
        tx.managers(acme, &key).await.expect("asking").is_empty(),
        "nor does anybody get them as manager"
    );
}
