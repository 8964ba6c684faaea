//! Many people at once who are restored, go to another customer, or belong to several.

use app::{
    AppError, Cause,
    bulk::{self, All, Shown, Whom, run},
    error::Conflict,
    groups::{self, GroupDraft},
    quotas::{self, QuotasDraft},
};
use domain::{
    bulk::{Act, BulkState, Deed, RowState},
    field::Rule,
    id::TenantId,
    list::Standing,
};
use store::users::UserSearch;

use crate::{
    bulk::{all, counts, customer, find, one, preview, rows},
    world::{World, named, order, world},
};

const FILE: &str = "\
principal_name,given_name,surname,department,manager,plans,groups
ida.lund@acme.example,Ida,Lund,Sales,,desktop-s,Sales team
jens.krag@acme.example,Jens,Krag,Sales,ida.lund@acme.example,desktop-s,Sales team
kim.vinter@acme.example,Kim,Vinter,Sales,jens.krag@acme.example,erp-full@production,
";

/// Customers `acme` and `beta`, and three people of `acme` who manage each other.
async fn sales(w: &World) -> (TenantId, TenantId) {
    let acme = customer(w).await;
    let beta = w.place(&order("SO-2", "beta")).await.expect("an order").order.customer;
    let team = GroupDraft { name: "Sales team".to_owned(), ..GroupDraft::default() };
    groups::create(&w.app, &w.root, acme, &team, None, &Cause::default()).await.expect("a group");
    let done = all(w, &preview(w, acme, FILE).await).await;
    assert_eq!(done.in_state(RowState::Done), 3);
    (acme, beta)
}

fn department(name: &str) -> UserSearch<'_> {
    UserSearch { department: Some(name), ..named("") }
}

async fn act(w: &World, customer: TenantId, deed: Deed) -> Result<Shown, AppError> {
    let whom = Whom::Matching(department("Sales"));
    bulk::act_on(&w.app, &w.root, customer, (deed, &whom), &Cause::default()).await
}

async fn undo(w: &World, of: &Shown) -> Shown {
    bulk::undo(&w.app, &w.root, of.bulk.id, &Cause::default()).await.expect("a preview")
}

/// Plans people of a department have.
async fn plans(w: &World) -> Vec<String> {
    let held = "user_id IN (SELECT id FROM users WHERE department = 'Sales' AND deleted_at IS NULL) AND ended_at IS NULL";
    w.db.values("subscription", "user_id", held).await
}

#[tokio::test]
async fn people_who_were_removed_together_are_there_again_with_what_they_had() {
    let w = world().await;
    let (acme, _) = sales(&w).await;
    let had = plans(&w).await;
    let removed = all(&w, &act(&w, acme, Deed::Remove).await.expect("shown")).await;
    assert_eq!((removed.bulk.state, removed.in_state(RowState::Done)), (BulkState::Done, 3));
    assert!(find(&w, acme, "jens krag").await.is_empty());
    let back = undo(&w, &removed).await;
    assert_eq!(counts(&back), [(Act::Restore, 3)]);
    assert_eq!(back.foreseen.month_minor, 2 * 3900 + 9900, "what they had costs again");
    assert!(find(&w, acme, "jens krag").await.is_empty(), "it was only shown");
    let restored = all(&w, &back).await;
    assert_eq!((restored.bulk.state, restored.in_state(RowState::Done)), (BulkState::Done, 3));
    assert_eq!(plans(&w).await.len(), had.len());
    let manager =
        async |name: &str| one(&w, acme, name).await.manager.map(|manager| manager.person.principal_name);
    assert_eq!(manager("jens krag").await.as_deref(), Some("ida.lund@acme.example"));
    assert_eq!(manager("kim vinter").await.as_deref(), Some("jens.krag@acme.example"));
    let object = one(&w, acme, "jens krag").await.object.expect("an account").uuid();
    let member = format!("member_object = '{object}' AND wanted");
    assert_eq!(w.db.values("membership", "group_object", &member).await.len(), 3, "everybody, desktop, team");

    // Taking that back removes them again.
    let again = all(&w, &undo(&w, &restored).await).await;
    assert_eq!(counts(&again), [(Act::Remove, 3)]);
    assert!(find(&w, acme, "jens krag").await.is_empty());
}

#[tokio::test]
async fn who_cannot_be_restored_is_told_and_holds_nobody_up() {
    let w = world().await;
    let (acme, _) = sales(&w).await;
    let removed = all(&w, &act(&w, acme, Deed::Remove).await.expect("shown")).await;
    w.db.execute("UPDATE users SET purge_at = NULL WHERE principal_name = 'ida.lund@acme.example'").await;
    let back = undo(&w, &removed).await;
    assert_eq!(counts(&back), [(Act::Restore, 2), (Act::Conflict, 1)]);
    let lost = rows(&w, back.bulk.id, &[Act::Conflict]).await.remove(0);
    assert_eq!(lost.errors[0].rule, Rule::Unknown);
    // One of the others goes for good after it was shown.
    w.db.execute("UPDATE users SET purge_at = NULL WHERE principal_name = 'kim.vinter@acme.example'").await;
    let restored = all(&w, &back).await;
    let states = (restored.in_state(RowState::Done), restored.in_state(RowState::Failed));
    assert_eq!((restored.bulk.state, states), (BulkState::Done, (1, 1)));
    assert_eq!(find(&w, acme, "jens krag").await.len(), 1);
}

#[tokio::test]
async fn people_go_to_another_customer_together_and_come_back_with_what_they_had() {
    let w = world().await;
    let (acme, beta) = sales(&w).await;
    let before = one(&w, acme, "jens krag").await;
    let shown = act(&w, acme, Deed::Move("beta".to_owned())).await.expect("shown");
    assert_eq!(counts(&shown), [(Act::Move, 3)]);
    let row =
        rows(&w, shown.bulk.id, &[]).await.into_iter().find(|row| row.name == "Jens Krag").expect("him");
    let change = |code: &str| {
        row.changes.iter().find(|c| c.field == code).map(|c| (c.before.as_deref(), c.after.as_deref()))
    };
    assert_eq!(change("customer"), Some((Some("acme"), Some("beta"))));
    let login = (Some("jens.krag@acme.example"), Some("jens.krag@beta.example"));
    assert_eq!(change("principal_name"), Some(login));
    assert_eq!(change("plans"), Some((Some("desktop-s"), None)));
    assert_eq!(change("groups"), Some((Some("Sales team"), None)));
    assert_eq!(shown.foreseen.month_minor, -(2 * 3900 + 9900), "what ends costs no more");
    assert_eq!(one(&w, acme, "jens krag").await.id, before.id, "it was only shown");

    let moved = all(&w, &shown).await;
    assert_eq!((moved.bulk.state, moved.in_state(RowState::Done)), (BulkState::Done, 3));
    assert!(find(&w, acme, "jens krag").await.is_empty());
    let there = one(&w, beta, "jens krag").await;
    assert_eq!((there.object, there.principal_name.as_str()), (before.object, "jens.krag@beta.example"));
    assert!(plans(&w).await.is_empty());
    // Each customer's log has its own part, under its own request.
    let of = async |what: &str, code: &str, tenant: TenantId| {
        let those = format!("code = '{code}' AND tenant_id = '{}'", tenant.uuid());
        w.db.values("event", what, &those).await
    };
    let people = (of("target_id", "user.left", acme).await, of("target_id", "user.moved", beta).await);
    assert_eq!((people.0.len(), people.1.len()), (3, 3));
    let requests = of("request_id::text", "user.left", acme).await;
    assert_eq!(requests, [moved.bulk.request.expect("one request").uuid().to_string()]);
    assert_eq!(of("request_id::text", "bulk.rows_moved", acme).await, requests);
    let came = of("request_id::text", "user.moved", beta).await;
    assert!(came.len() == 1 && came != requests, "{came:?}");

    let back = undo(&w, &moved).await;
    assert_eq!((back.tenant.id, counts(&back)), (beta, vec![(Act::Move, 3)]), "they are of the other by now");
    let home = all(&w, &back).await;
    assert_eq!((home.bulk.state, home.in_state(RowState::Done)), (BulkState::Done, 3));
    let jens = one(&w, acme, "jens krag").await;
    assert_eq!((jens.object, jens.principal_name.as_str()), (before.object, "jens.krag@acme.example"));
    assert_eq!(plans(&w).await.len(), 3);
    let member = format!("member_object = '{}' AND wanted", jens.object.expect("an account").uuid());
    assert_eq!(w.db.values("membership", "group_object", &member).await.len(), 3, "everybody, desktop, team");
}

#[tokio::test]
async fn a_move_is_refused_where_it_cannot_be_and_waits_where_there_is_no_room() {
    let w = world().await;
    let (acme, beta) = sales(&w).await;
    let wrong = async |to: &str| match act(&w, acme, Deed::Move(to.to_owned())).await {
        Err(AppError::Invalid(errors)) => (errors[0].field.clone(), errors[0].rule),
        other => panic!("{to}: {other:?}"),
    };
    assert_eq!(wrong("nowhere").await, ("with".to_owned(), Rule::Unknown));
    assert_eq!(wrong("acme").await, ("with".to_owned(), Rule::Unchanged));
    let quota = async |most| {
        let draft = QuotasDraft { people: Some(Some(most)), ..QuotasDraft::default() };
        quotas::set(&w.app, &w.root, beta, &draft, &Cause::default()).await.expect("a quota");
    };
    quota(2).await;
    let shown = act(&w, acme, Deed::Move("beta".to_owned())).await.expect("shown");
    assert_eq!(shown.foreseen.quotas[0].exceeded_by(), 2, "one is there, three come, two may be");
    let waits = all(&w, &shown).await;
    assert_eq!((waits.bulk.state, waits.in_state(RowState::Done)), (BulkState::Paused, 0));
    assert_eq!(find(&w, acme, "jens krag").await.len(), 1, "nobody went");
    quota(9).await;
    let go_on = bulk::Turn::Resume;
    bulk::turn(&w.app, &w.root, waits.bulk.id, go_on, &Cause::default()).await.expect("gone on with");
    while run::work(&w.app).await.expect("parts are done") {}
    assert_eq!(find(&w, beta, "jens krag").await.len(), 1);
}

#[tokio::test]
async fn one_act_is_about_people_of_several_customers_and_is_taken_back_as_one() {
    let w = world().await;
    let (acme, beta) = sales(&w).await;
    let root = {
        let mut tx = w.app.read(&w.root).await.expect("a transaction");
        tx.tenant(acme).await.expect("the customer").path[0]
    };
    let never = UserSearch { standing: Some(Standing::NeverActivated), ..named("") };
    let set = Deed::Set { field: "title".to_owned(), value: Some("Guest".to_owned()) };
    let cause = Cause::default();
    let series = bulk::act_across(&w.app, &w.root, root, (set, never), &cause).await.expect("shown");
    let of = |series: &bulk::Series| -> Vec<_> {
        series.all.iter().map(|one| (one.tenant.id, one.bulk.state, one.changing())).collect()
    };
    // Anna and Bo and the three, and the other Anna.
    assert_eq!(of(&series), [(acme, BulkState::Previewed, 5), (beta, BulkState::Previewed, 1)]);
    let begun = bulk::turn_all(&w.app, &w.root, series.id, All::Run, &cause).await.expect("begun");
    assert!(begun.all.iter().all(|one| one.bulk.state == BulkState::Running));
    while run::work(&w.app).await.expect("parts are done") {}
    let done = bulk::series(&w.app, &w.root, series.id).await.expect("as it is now");
    assert_eq!(of(&done), [(acme, BulkState::Done, 5), (beta, BulkState::Done, 1)]);
    let titled = w.db.values("users", "id", "title = 'Guest'").await;
    assert_eq!(titled.len(), 6);
    let over = bulk::turn_all(&w.app, &w.root, series.id, All::Pause, &cause).await;
    assert!(matches!(over, Err(AppError::Conflict(Conflict::BulkState))));

    let back = bulk::undo_all(&w.app, &w.root, series.id, &cause).await.expect("shown");
    assert_eq!(of(&back), [(acme, BulkState::Previewed, 5), (beta, BulkState::Previewed, 1)]);
    bulk::turn_all(&w.app, &w.root, back.id, All::Run, &cause).await.expect("begun");
    while run::work(&w.app).await.expect("parts are done") {}
    assert!(w.db.values("users", "id", "title = 'Guest'").await.is_empty());
    let again = bulk::undo_all(&w.app, &w.root, series.id, &cause).await;
    assert!(matches!(again, Err(AppError::Conflict(Conflict::NotUndoable))));

    // What one of them does not have is told for its people, and done for the others.
    let enter = Deed::Enter("Sales team".to_owned());
    let series =
        bulk::act_across(&w.app, &w.root, root, (enter, named("anna")), &cause).await.expect("shown");
    assert_eq!(counts(&series.all[0]), [(Act::Update, 1)]);
    assert_eq!(counts(&series.all[1]), [(Act::Error, 1)]);
    let nobody = bulk::act_across(&w.app, &w.root, root, (Deed::Disable, named("nobody")), &cause).await;
    assert!(matches!(nobody, Err(AppError::Invalid(errors)) if errors[0].field == "people"));
}
