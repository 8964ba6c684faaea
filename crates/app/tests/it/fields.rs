//! Custom fields: who may define them where, and what becomes of values.

use std::collections::BTreeMap;

use app::{
    AppError, Caller, Cause,
    error::Conflict,
    fields::{change, define, list},
    life::transfer,
    people::PersonDraft,
    tenants::{ResellerDraft, create_reseller},
    users::{self, UserPatch},
};
use domain::{
    custom::{Draft, Patch, Rules, Slot, Slots},
    field::{FieldError, Rule},
    id::{TenantId, UserId},
    spec::{Spec, UserSpec},
};
use store::users::{User, UserSearch};

use crate::world::{World, order, person, world};

fn text(key: &str) -> Draft {
    Draft { key: key.to_owned(), label: key.to_uppercase(), kind: "text".to_owned(), ..Draft::default() }
}

fn shown(key: &str, attribute: &str) -> Draft {
    Draft { attribute: Some(attribute.to_owned()), ..text(key) }
}

fn errors(error: AppError) -> Vec<FieldError> {
    match error {
        AppError::Invalid(errors) => errors,
        other => panic!("expected refused values, got {other:?}"),
    }
}

fn broken(error: AppError) -> Vec<(String, Rule)> {
    errors(error).into_iter().map(|e| (e.field, e.rule)).collect()
}

async fn reseller(w: &World, code: &str) -> TenantId {
    let draft =
        ResellerDraft { code: code.to_owned(), name: code.to_uppercase(), ..ResellerDraft::default() };
    match create_reseller(&w.app, &w.root, &draft, None, &Cause::default()).await.expect("a reseller") {
        app::Answer::Done(made) => made.id,
        other @ app::Answer::Before { .. } => panic!("nothing was asked before: {other:?}"),
    }
}

async fn customer(w: &World, seller: &str, code: &str) -> TenantId {
    let mut draft = order(&format!("SO-{code}"), code);
    draft.seller = Some(seller.to_owned());
    draft.users = vec![person("Bo", "Holm")];
    w.place(&draft).await.expect("an order").order.customer
}

async fn people(w: &World, customer: TenantId) -> Vec<User> {
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let tenant = tx.tenant(customer).await.expect("the customer");
    let permit = tx.permit_people(&tenant).expect("may see people");
    tx.users(&permit, UserSearch::default(), None, 100).await.expect("people")
}

async fn account(w: &World, user: &User) -> UserSpec {
    let object = user.object.expect("an account").uuid();
    let spec = w.db.values("object", "spec", &format!("id = '{object}'")).await.remove(0);
    match serde_json::from_str(&spec).expect("a spec") {
        Spec::User(spec) => spec,
        other => panic!("{other:?} is no account"),
    }
}

async fn defined(w: &World, tenant: TenantId, draft: &Draft) {
    define(&w.app, &w.root, tenant, draft, &Cause::default()).await.expect("defined");
}

/// The clash of a definition, with whose it says it is.
async fn clash(w: &World, tenant: TenantId, draft: &Draft) -> (String, Rule, String) {
    let refused = define(&w.app, &w.root, tenant, draft, &Cause::default()).await.expect_err("a clash");
    let error = errors(refused).remove(0);
    (error.field, error.rule, error.args["by"].clone())
}

fn values(given: &[(&str, Option<&str>)]) -> UserPatch {
    let fields = given.iter().map(|(key, text)| ((*key).to_owned(), text.map(str::to_owned))).collect();
    UserPatch { fields, ..UserPatch::default() }
}

async fn update(w: &World, user: &User, patch: UserPatch) -> Result<User, AppError> {
    users::update(&w.app, &w.root, user.id, user.version, patch, &Cause::default()).await
}

#[tokio::test]
async fn a_key_has_one_meaning_and_an_attribute_one_source_on_every_way_from_the_top() {
    let w = world().await;
    let (north, south) = (reseller(&w, "north").await, reseller(&w, "south").await);
    let acme = customer(&w, "north", "acme").await;
    defined(&w, north, &shown("room", "room_number")).await;
    defined(&w, acme, &text("shirt")).await;
    let above = "a field that holds here and is defined above".to_owned();
    assert_eq!(clash(&w, acme, &text("room")).await, ("key".to_owned(), Rule::Taken, above.clone()));
    assert_eq!(
        clash(&w, acme, &shown("seat", "room_number")).await,
        ("attribute".to_owned(), Rule::Taken, above)
    );
    let below = "a field of acme, which is below".to_owned();
    assert_eq!(clash(&w, north, &text("shirt")).await, ("key".to_owned(), Rule::Taken, below));
    let here = "a field of this tenant".to_owned();
    assert_eq!(clash(&w, acme, &text("shirt")).await, ("key".to_owned(), Rule::Taken, here));
    // Beside it is another tree.
    defined(&w, south, &shown("room", "room_number")).await;
    let keys = async |tenant| {
        let (_, all) = list(&w.app, &w.root, tenant).await.expect("a list");
        all.into_iter().map(|field| field.key).collect::<Vec<_>>()
    };
    assert_eq!(
        (keys(acme).await, keys(north).await),
        (vec!["room".to_owned(), "shirt".to_owned()], vec!["room".to_owned()])
    );
    // Who defined it alone changes it.
    let elsewhere = change(&w.app, &w.root, acme, "room", 1, &Patch::default(), &Cause::default()).await;
    assert!(matches!(elsewhere, Err(AppError::NotFound("field"))));
    let codes = w.db.values("event", "code", "target_kind = 'custom_field'").await;
    assert_eq!(codes, ["custom_field.created"]);
}

#[tokio::test]
async fn values_are_checked_kept_written_and_told() {
    let w = world().await;
    let provider = w.root.tenant;
    let needed = Draft {
        required: true,
        copied: true,
        rules: Rules { pattern: Some("[0-9]{4}".to_owned()), ..Rules::default() },
        ..shown("cost_centre", "department_number")
    };
    let acme = customer(&w, "hq", "acme").await;
    defined(&w, provider, &needed).await;
    defined(&w, acme, &Draft { kind: "date".to_owned(), ..text("badge_until") }).await;

    let of = |given: &[(&str, &str)]| PersonDraft {
        fields: given.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect(),
        ..person("Cy", "Berg")
    };
    let create = async |drafts: &[PersonDraft], many| {
        users::create(&w.app, &w.root, acme, drafts, many, None, &Cause::default()).await.map(drop)
    };
    let wrong = create(&[of(&[]), of(&[("cost_centre", "47"), ("shoe", "43")])], true).await;
    assert_eq!(
        broken(wrong.expect_err("refused")),
        [
            ("users[0].fields.cost_centre".to_owned(), Rule::Required),
            ("users[1].fields.cost_centre".to_owned(), Rule::Format),
            ("users[1].fields.shoe".to_owned(), Rule::Unknown),
        ]
    );
    create(&[of(&[("cost_centre", " 4711 "), ("badge_until", "2027-01-31")])], false).await.expect("created");
    let cy = people(&w, acme).await.into_iter().find(|u| u.display_name == "Cy Berg").expect("Cy");
    let slot = |value: Option<&str>| Slots::from([(Slot::DepartmentNumber, value.map(str::to_owned))]);
    assert_eq!(account(&w, &cy).await.slots, slot(Some("4711")));
    let mut kept: Vec<_> = cy.fields.values().cloned().collect();
    kept.sort();
    assert_eq!(kept, ["2027-01-31", "4711"]);

    // Who was there without one stays so, and can be changed in other ways.
    let bo = people(&w, acme).await.into_iter().find(|u| u.display_name == "Bo Holm").expect("Bo");
    let other = UserPatch { title: Some(Some("Clerk".to_owned())), ..UserPatch::default() };
    let bo = update(&w, &bo, other).await.expect("changed");
    assert_eq!(account(&w, &bo).await.slots, Slots::new(), "not ours before the first value");
    let cleared = update(&w, &bo, values(&[("cost_centre", None)])).await.expect_err("it is needed");
    assert_eq!(broken(cleared), [("fields.cost_centre".to_owned(), Rule::Required)]);

    // Changed and told, sealed for the person.
    let cy = update(&w, &cy, values(&[("cost_centre", Some("4712")), ("badge_until", None)]))
        .await
        .expect("changed");
    assert_eq!((account(&w, &cy).await.slots, cy.fields.len()), (slot(Some("4712")), 1));
    let told =
        w.db.values("event", "change", "code = 'user.updated' AND change::text LIKE '%fields.%'").await;
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("fields.cost_centre") && told[0].contains("fields.badge_until"), "{told:?}");
    assert!(told[0].contains("\"personal\": true") && !told[0].contains("4711"), "{told:?}");
    let same = update(&w, &cy, values(&[("cost_centre", Some("4712"))])).await.expect("nothing to do");
    assert_eq!(same.version, cy.version);

    // A colleague gets what is copied.
    let draft = person("Di", "Copy");
    users::copy(&w.app, &w.root, cy.id, draft, false, None, &Cause::default()).await.expect("copied");
    let di = people(&w, acme).await.into_iter().find(|u| u.display_name == "Di Copy").expect("Di");
    assert_eq!((account(&w, &di).await.slots, di.fields.len()), (slot(Some("4712")), 1));
}

#[tokio::test]
async fn an_order_asks_for_what_is_required_above() {
    let w = world().await;
    defined(&w, w.root.tenant, &Draft { required: true, ..text("cost_centre") }).await;
    let mut draft = order("SO-1", "acme");
    draft.users = vec![person("Bo", "Holm")];
    let refused = w.place(&draft).await.expect_err("two are missing");
    assert_eq!(
        broken(refused),
        [
            ("administrator.fields.cost_centre".to_owned(), Rule::Required),
            ("users[0].fields.cost_centre".to_owned(), Rule::Required),
        ]
    );
    let fields = || BTreeMap::from([("cost_centre".to_owned(), "1".to_owned())]);
    draft.administrator.fields = fields();
    draft.users[0].fields = fields();
    let placed = w.place(&draft).await.expect("placed");
    let all = people(&w, placed.order.customer).await;
    assert!(all.iter().all(|user| user.fields.len() == 1) && all.len() == 2);
}

#[tokio::test]
async fn a_retired_field_keeps_values_and_is_asked_for_no_more() {
    let w = world().await;
    let acme = customer(&w, "hq", "acme").await;
    defined(&w, acme, &Draft { required: true, ..shown("room", "room_number") }).await;
    let bo = people(&w, acme).await.into_iter().find(|u| u.display_name == "Bo Holm").expect("Bo");
    let bo = update(&w, &bo, values(&[("room", Some("12"))])).await.expect("changed");
    let turn = async |version, retired| {
        let patch = Patch { retired: Some(retired), ..Patch::default() };
        change(&w.app, &w.root, acme, "room", version, &patch, &Cause::default()).await
    };
    turn(1, true).await.expect("retired");
    let stale = turn(1, false).await.expect_err("changed meanwhile");
    assert!(matches!(stale, AppError::Conflict(Conflict::Stale { present: 2 })));
    let create = [person("Cy", "Berg")];
    users::create(&w.app, &w.root, acme, &create, false, None, &Cause::default()).await.expect("not asked");
    let set = update(&w, &bo, values(&[("room", Some("13"))])).await.expect_err("not any more");
    assert_eq!(broken(set), [("fields.room".to_owned(), Rule::Unknown)]);
    let bo = update(&w, &bo, UserPatch { title: Some(Some("CFO".to_owned())), ..UserPatch::default() }).await;
    let bo = bo.expect("changed");
    let room = Slots::from([(Slot::RoomNumber, Some("12".to_owned()))]);
    assert_eq!((account(&w, &bo).await.slots, bo.fields.len()), (room, 1), "kept");
    let clash = clash(&w, acme, &shown("seat", "room_number")).await;
    assert_eq!(clash.0, "attribute", "it stays taken");
    turn(2, false).await.expect("asked for again");
    update(&w, &bo, values(&[("room", Some("13"))])).await.expect("changed");
    let codes = w.db.values("event", "code", "target_kind = 'custom_field'").await;
    assert_eq!(codes, ["custom_field.created", "custom_field.restored", "custom_field.retired"]);
}

#[tokio::test]
async fn after_a_move_the_fields_of_the_old_seller_hold_no_more_and_nothing_is_lost() {
    let w = world().await;
    let (north, south) = (reseller(&w, "north").await, reseller(&w, "south").await);
    let acme = customer(&w, "north", "acme").await;
    defined(&w, north, &shown("floor", "division")).await;
    defined(&w, acme, &shown("room", "room_number")).await;
    defined(&w, south, &shown("room", "room_number")).await;
    let bo = people(&w, acme).await.into_iter().find(|u| u.display_name == "Bo Holm").expect("Bo");
    update(&w, &bo, values(&[("floor", Some("3")), ("room", Some("12"))])).await.expect("changed");
    transfer(&w.app, &w.root, acme, "south", None, &Cause::default()).await.expect("moved");
    let (_, all) = list(&w.app, &w.root, acme).await.expect("a list");
    let found: Vec<_> = all.iter().map(|f| (f.key.as_str(), f.tenant == acme)).collect();
    assert_eq!(found, [("room", true)], "the nearest");
    let bo = people(&w, acme).await.into_iter().find(|u| u.display_name == "Bo Holm").expect("Bo");
    assert_eq!(bo.fields.len(), 2, "kept");
    let gone = update(&w, &bo, values(&[("floor", Some("4"))])).await.expect_err("holds no more");
    assert_eq!(broken(gone), [("fields.floor".to_owned(), Rule::Unknown)]);
    let bo = update(&w, &bo, values(&[("room", Some("13"))])).await.expect("changed");
    let slots = account(&w, &bo).await.slots;
    assert_eq!(slots.get(&Slot::Division), Some(&Some("3".to_owned())), "left as it is");
    assert_eq!(slots.get(&Slot::RoomNumber), Some(&Some("13".to_owned())));
}

/// Somebody of a customer without any role.
async fn themselves(w: &World, user: &User) -> Caller {
    let (found, _) = w.store.sign_in(&user.principal_name).await.expect("asking");
    let found = found.expect("an account");
    let session = w.store.open_session(&found, &user.principal_name, 12).await.expect("a session");
    w.store.caller(&session.secret).await.expect("asking").expect("a caller")
}

#[tokio::test]
async fn people_change_what_is_theirs_and_nothing_else() {
    let w = world().await;
    let acme = customer(&w, "hq", "acme").await;
    let access = |key: &str, person: &str| Draft { person: Some(person.to_owned()), ..text(key) };
    defined(
        &w,
        w.root.tenant,
        &Draft { attribute: Some("comment".to_owned()), ..access("nickname", "edits") },
    )
    .await;
    defined(&w, acme, &access("desk", "sees")).await;
    defined(&w, acme, &access("rating", "hidden")).await;
    let all = people(&w, acme).await;
    let find = |name: &str| all.iter().find(|u| u.display_name == name).expect("somebody").clone();
    let (bo, anna) = (find("Bo Holm"), find("Anna Berg"));
    let own = themselves(&w, &bo).await;
    let say = async |id: UserId, version, patch: UserPatch| {
        users::update(&w.app, &own, id, version, patch, &Cause::default()).await
    };
    let after = say(bo.id, bo.version, values(&[("nickname", Some("Bobo"))])).await.expect("their own");
    assert_eq!(after.fields.len(), 1);
    let slots = Slots::from([(Slot::Comment, Some("Bobo".to_owned()))]);
    assert_eq!(account(&w, &bo).await.slots, slots);
    let basis = w.db.values("event", "authority", "code = 'user.updated'").await;
    assert!(basis[0].contains("own-account-fields"), "{basis:?}");
    let refused = say(bo.id, after.version, values(&[("desk", Some("1")), ("rating", Some("A"))])).await;
    assert_eq!(
        broken(refused.expect_err("not theirs")),
        [("fields.desk".to_owned(), Rule::AdministratorsOnly), ("fields.rating".to_owned(), Rule::Unknown),]
    );
    let more = UserPatch { title: Some(Some("CEO".to_owned())), ..values(&[("nickname", Some("B"))]) };
    let refused = say(bo.id, after.version, more).await.expect_err("more than fields");
    assert!(matches!(refused, AppError::Forbidden(_)), "{refused:?}");
    let refused =
        say(anna.id, anna.version, values(&[("nickname", Some("A"))])).await.expect_err("not theirs");
    assert!(matches!(refused, AppError::NotFound(_)), "{refused:?}");
    let refused = define(&w.app, &own, acme, &text("mine"), &Cause::default()).await.expect_err("no role");
    assert!(matches!(refused, AppError::NotFound(_) | AppError::Forbidden(_)), "{refused:?}");
}
