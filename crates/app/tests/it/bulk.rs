//! Many people at once: what a file comes to before anything happens, that it happens exactly so,
//! in parts, once, and how it is paused, cancelled and taken back.

use std::{collections::BTreeSet, time::Duration};

use app::{
    AppError, Cause,
    bulk::{self, Choice, FileDraft, Shown, Turn, Whom, run},
    error::Conflict,
    groups::{self, GroupDraft},
    quotas::{self, QuotasDraft},
    users::{self, UserPatch},
};
use domain::{
    bulk::{Act, BulkState, Deed, Missing, Options, RowState},
    clock::{Random as _, SeededRandom},
    field::Rule,
    id::{BulkId, TenantId, UserId},
};
use store::{Caller, bulk::BulkRow, users::User};
use tokio::time::timeout;

use crate::world::{PASSWORD, World, named, order, person, sign_in, world};

pub async fn customer(w: &World) -> TenantId {
    let mut draft = order("SO-1", "acme");
    draft.plans.push("erp-full@production".to_owned());
    draft.users = vec![person("Bo", "Holm")];
    w.place(&draft).await.expect("an order").order.customer
}

pub fn draft(csv: &str) -> FileDraft {
    FileDraft { name: "people.csv".to_owned(), bytes: csv.as_bytes().to_vec(), ..FileDraft::default() }
}

pub async fn preview(w: &World, customer: TenantId, csv: &str) -> Shown {
    bulk::import(&w.app, &w.root, customer, draft(csv), &Cause::default()).await.expect("a preview")
}

pub async fn begin(w: &World, shown: &Shown) -> Shown {
    let run = Turn::Run { version: shown.bulk.version };
    bulk::turn(&w.app, &w.root, shown.bulk.id, run, &Cause::default()).await.expect("begun")
}

/// Begins it and does every part.
pub async fn all(w: &World, shown: &Shown) -> Shown {
    begin(w, shown).await;
    while run::work(&w.app).await.expect("parts are done") {}
    counted(w).await;
    bulk::get(&w.app, &w.root, shown.bulk.id).await.expect("as it is now")
}

/// The counts that are kept are those of the rows.
pub async fn counted(w: &World) {
    let kept = w.db.values("bulk_count", "(bulk_id, act, state, rows, warned)", "rows <> 0").await;
    let rows =
        "(SELECT bulk_id, act, state, count(*) AS n, count(*) FILTER (WHERE warnings <> '[]') AS warned
                   FROM bulk_row GROUP BY bulk_id, act, state) AS r";
    assert_eq!(kept, w.db.values(rows, "(bulk_id, act, state, n, warned)", "true").await);
}

pub async fn rows(w: &World, id: BulkId, acts: &[Act]) -> Vec<BulkRow> {
    bulk::rows(&w.app, &w.root, id, (acts, None), None, 1000).await.expect("rows")
}

pub async fn find(w: &World, customer: TenantId, name: &str) -> Vec<User> {
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    let tenant = tx.tenant(customer).await.expect("the customer");
    let permit = tx.permit_people(&tenant).expect("may see people");
    tx.users(&permit, named(name), None, 500).await.expect("people")
}

pub async fn one(w: &World, customer: TenantId, name: &str) -> User {
    find(w, customer, name).await.pop().unwrap_or_else(|| panic!("{name} is there"))
}

pub fn counts(shown: &Shown) -> Vec<(Act, i64)> {
    Act::ALL.iter().map(|act| (*act, shown.count(*act))).filter(|(_, n)| *n > 0).collect()
}

const FILE: &str = "\
First name;Last name;User principal name;Employee ID;Department;Manager;Plans;Groups
Ida;Lund;ida.lund@acme.example;0071;Sales;bo.holm@acme.example;desktop-s;
Jens;Krag;jens.krag@acme.example;0072;Sales;ida.lund@acme.example;desktop-s, erp-full;Sales team
Bo;Holm;bo.holm@acme.example;0001;Board;;;
";

#[tokio::test]
async fn a_file_makes_and_changes_people_as_it_was_shown_and_twice_it_changes_nothing() {
    let w = world().await;
    let acme = customer(&w).await;
    let team = GroupDraft { name: "Sales team".to_owned(), ..GroupDraft::default() };
    groups::create(&w.app, &w.root, acme, &team, None, &Cause::default()).await.expect("a group");
    let before = w.db.row_counts().await;
    let shown = preview(&w, acme, FILE).await;
    assert_eq!(counts(&shown), [(Act::Create, 2), (Act::Update, 1)]);
    let after = w.db.row_counts().await;
    let changed: Vec<_> =
        after.iter().filter(|row| !before.contains(row)).map(|(table, _)| table.as_str()).collect();
    assert_eq!(
        changed,
        ["bulk", "bulk_count", "bulk_row", "event", "name_question"],
        "a preview changes nobody"
    );
    assert_eq!(shown.foreseen.month_minor, 2 * 3900 + 9900, "two desktops and an ERP");
    let update = rows(&w, shown.bulk.id, &[Act::Update]).await.remove(0);
    let changes: Vec<_> =
        update.changes.iter().map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
    assert_eq!(changes, [("department", None, Some("Board")), ("employee_id", None, Some("0001"))]);

    let done = all(&w, &shown).await;
    assert_eq!((done.bulk.state, done.in_state(RowState::Done)), (BulkState::Done, 3));
    let jens = one(&w, acme, "jens krag").await;
    assert_eq!(
        jens.manager.as_ref().map(|m| m.person.principal_name.as_str()),
        Some("ida.lund@acme.example")
    );
    assert_eq!(jens.principal_name, "jens.krag@acme.example");
    assert_eq!(one(&w, acme, "bo holm").await.department.as_deref(), Some("Board"));
    let member = format!("member_object = '{}' AND wanted", jens.object.expect("an account").uuid());
    // Everybody, the desktop, two groups of the ERP, and the team.
    assert_eq!(w.db.values("membership", "group_object", &member).await.len(), 5);
    let request = done.bulk.request.expect("one request");
    let mut tx = w.app.read(&w.root).await.expect("a transaction");
    assert!(tx.request(request).await.expect("the request").counts.total() > 5, "all parts belong to it");
    drop(tx);

    let again = preview(&w, acme, FILE).await;
    assert_eq!(counts(&again), [(Act::Nothing, 3)]);
}

#[tokio::test]
async fn good_rows_are_done_and_bad_ones_say_row_column_and_cause() {
    let w = world().await;
    let acme = customer(&w).await;
    let csv = "\
given_name,surname,mail,principal_name,plans,phone
Ida,Lund,ida.lund@acme.example,ida@acme.example,desktop-s,+45 1
Jens,Krag,no address,jens@acme.example,,
Kim,Vinter,,kim@other.example,,
Lis,Dahl,,lis@acme.example,no-such-plan,
Mia,Bech,,anna.berg@acme.example,,
Mia,Beck,,ida@acme.example,,
";
    let shown = preview(&w, acme, csv).await;
    let told: Vec<_> = rows(&w, shown.bulk.id, &[])
        .await
        .into_iter()
        .map(|row| {
            let error = row.errors.first();
            (row.line, row.act, error.map(|e| (e.field.clone(), e.rule)))
        })
        .collect();
    let error = |field: &str, rule| Some((field.to_owned(), rule));
    let expected = [
        (2, Act::Error, error("principal_name", Rule::Duplicate)),
        (3, Act::Error, error("mail", Rule::Format)),
        (4, Act::Error, error("principal_name", Rule::Unknown)),
        (5, Act::Error, error("plans", Rule::Unknown)),
        // Anna is there: her names differ, and that is what the row changes.
        (6, Act::Update, None),
        (7, Act::Error, error("principal_name", Rule::Duplicate)),
    ];
    assert_eq!(told, expected);
    let wrong = &rows(&w, shown.bulk.id, &[Act::Error]).await[1].errors[0];
    let arg = |key: &str| wrong.args.get(key).map(String::as_str);
    assert_eq!((arg("row"), arg("column"), arg("value")), (Some("3"), Some("mail"), Some("no address")));
    let done = all(&w, &shown).await;
    assert_eq!((done.in_state(RowState::Done), done.in_state(RowState::Failed)), (1, 0));
    assert!(find(&w, acme, "jens").await.is_empty());

    // One cell mended in the page, and the rest of that row is as it was.
    let again = preview(&w, acme, csv).await;
    let mended = bulk::mend(&w.app, &w.root, again.bulk.id, (3, 2, "jens@acme.example"), &Cause::default())
        .await
        .expect("mended");
    assert_eq!(mended.bulk.version, 2);
    let row = rows(&w, again.bulk.id, &[Act::Create]).await.remove(0);
    assert_eq!((row.line, row.login.as_str(), row.errors.len()), (3, "jens@acme.example", 0));
    let stale = bulk::turn(&w.app, &w.root, again.bulk.id, Turn::Run { version: 1 }, &Cause::default()).await;
    assert!(matches!(stale, Err(AppError::Conflict(Conflict::PreviewStale))), "what was shown is not that");
}

#[tokio::test]
async fn managers_come_before_their_people_and_circles_are_told() {
    let w = world().await;
    let acme = customer(&w).await;
    let csv = "\
principal_name,given_name,surname,manager
c@acme.example,Cia,Three,b@acme.example
b@acme.example,Ben,Two,\"CN=Ann One,OU=Staff,DC=x\"
a@acme.example,Ann,One,
x@acme.example,Xia,Round,y@acme.example
y@acme.example,Yan,Round,x@acme.example
z@acme.example,Zoe,Lost,nobody@acme.example
";
    let shown = preview(&w, acme, csv).await;
    let wrong = rows(&w, shown.bulk.id, &[Act::Error]).await;
    assert_eq!(counts(&shown), [(Act::Create, 4), (Act::Error, 2)], "{wrong:#?}");
    for row in rows(&w, shown.bulk.id, &[Act::Error]).await {
        assert_eq!(
            (row.errors[0].field.as_str(), row.errors[0].rule),
            ("manager", Rule::Cycle),
            "row {}",
            row.line
        );
    }
    let zoe = rows(&w, shown.bulk.id, &[Act::Create]).await.pop().expect("four rows");
    assert_eq!((zoe.warnings[0].field.as_str(), zoe.warnings[0].rule), ("manager", Rule::Unknown));
    all(&w, &shown).await;
    let above = |user: User| user.manager.map(|manager| manager.person.principal_name);
    assert_eq!(above(one(&w, acme, "cia three").await).as_deref(), Some("b@acme.example"));
    assert_eq!(above(one(&w, acme, "ben two").await).as_deref(), Some("a@acme.example"));
    assert_eq!(above(one(&w, acme, "zoe lost").await), None);
}

#[tokio::test]
async fn a_manager_who_is_there_is_found_by_id_key_and_name_and_many_may_stand_below_a_circle() {
    let w = world().await;
    let acme = customer(&w).await;
    let (bo, cause) = (one(&w, acme, "bo holm").await, Cause::default());
    let details = [("external_id".to_owned(), Some("HR-17".to_owned()))].into();
    let keyed = UserPatch { details, ..UserPatch::default() };
    let bo = users::update(&w.app, &w.root, bo.id, bo.version, keyed, &cause).await.expect("a key").id;
    let mut csv = "principal_name,given_name,surname,manager\n".to_owned();
    for (i, manager) in [bo.to_string(), "HR-17".to_owned(), "Bo Holm".to_owned()].iter().enumerate() {
        csv += &["m", &i.to_string(), "@acme.example,Ida,M", &i.to_string(), ",", manager, "\n"].concat();
    }
    csv += "x@acme.example,Xia,Round,y@acme.example\ny@acme.example,Yan,Round,x@acme.example\n";
    // Each below the one before, and the first below the circle.
    csv.extend((0..3_000_usize).map(|i| {
        let above = if i == 0 { "x".to_owned() } else { format!("c{}", i - 1) };
        format!("c{i}@acme.example,Per,C{i},{above}@acme.example\n")
    }));
    let shown = preview(&w, acme, &csv).await;
    assert_eq!(counts(&shown), [(Act::Create, 3_003), (Act::Error, 2)]);
    let found = rows(&w, shown.bulk.id, &[Act::Create]).await;
    let managers = found.iter().take(3).map(|row| row.changes.iter().find(|c| c.field == "manager"));
    let managers: Vec<_> = managers.map(|change| change.and_then(|c| c.after.as_deref())).collect();
    assert_eq!(managers, [Some("bo.holm@acme.example"); 3]);
}

#[tokio::test]
async fn names_are_those_that_were_shown_unless_somebody_took_them_meanwhile() {
    let w = world().await;
    let acme = customer(&w).await;
    let csv = "External ID,First name,Last name\n1,Ida,Lund\n2,Ida,Lund\n3,Kim,Vinter\n";
    let shown = preview(&w, acme, csv).await;
    let logins: Vec<_> = rows(&w, shown.bulk.id, &[]).await.into_iter().map(|row| row.login).collect();
    assert_eq!(logins.len(), 3);
    assert_ne!(logins[0], logins[1], "two of one name get two logins");
    let kim = [person("Kim", "Vinter")];
    users::create(&w.app, &w.root, acme, &kim, false, None, &Cause::default()).await.expect("a namesake");
    let done = all(&w, &shown).await;
    assert_eq!(done.in_state(RowState::Done), 3);
    let now: Vec<_> = rows(&w, shown.bulk.id, &[]).await.into_iter().map(|row| row.login).collect();
    assert_eq!(now[..2], logins[..2]);
    assert_ne!(now[2], logins[2], "it was taken, and a made name gives way");
    assert_eq!(counts(&preview(&w, acme, csv).await), [(Act::Nothing, 3)]);
}

#[tokio::test]
async fn two_files_at_once_make_nobody_twice() {
    let w = world().await;
    let acme = customer(&w).await;
    let csv = "principal_name,given_name,surname\nida@acme.example,Ida,Lund\njens@acme.example,Jens,Krag\n";
    let (first, second) = (preview(&w, acme, csv).await, preview(&w, acme, csv).await);
    begin(&w, &first).await;
    begin(&w, &second).await;
    while run::work(&w.app).await.expect("parts are done") {}
    let second = bulk::get(&w.app, &w.root, second.bulk.id).await.expect("as it is now");
    assert_eq!((second.bulk.state, second.in_state(RowState::Failed)), (BulkState::Done, 2));
    let failed = rows(&w, second.bulk.id, &[]).await;
    assert!(failed.iter().all(|row| row.errors[0].rule == Rule::Taken), "{failed:?}");
    assert_eq!(find(&w, acme, "ida lund").await.len(), 1);
    assert_eq!(find(&w, acme, "jens krag").await.len(), 1);
}

#[tokio::test]
async fn a_row_that_fails_keeps_none_of_the_names_it_wanted() {
    let w = world().await;
    let acme = customer(&w).await;
    all(&w, &preview(&w, acme, &many(2)).await).await;
    let edited = "\
employee_id,external_id,principal_name
1,x0,p0@acme.example
2,x1,p1@acme.example
";
    all(&w, &preview(&w, acme, edited).await).await;
    // By their numbers: the first gets another login and a key, the second another login.
    let renamed = "employee_id,external_id,principal_name\n1,k1,new0@acme.example\n2,x1,new1@acme.example\n";
    let mut mapping = FileDraft { name: "people.csv".to_owned(), ..draft(renamed) };
    let shown = bulk::import(&w.app, &w.root, acme, draft(renamed), &Cause::default()).await.expect("shown");
    let mut by_number: domain::import::Mapping =
        serde_json::from_value(shown.ask.mapping.clone().expect("a mapping")).expect("a mapping");
    by_number.key = Some(domain::import::Key::EmployeeId);
    mapping.mapping = Choice::Given(Box::new(by_number));
    let shown = bulk::import(&w.app, &w.root, acme, mapping, &Cause::default()).await.expect("shown");
    assert_eq!(counts(&shown), [(Act::Update, 2)]);
    let mut other = person("Kim", "Vinter");
    other.details = [("external_id".to_owned(), "k1".to_owned())].into();
    let cause = Cause::default();
    users::create(&w.app, &w.root, acme, &[other], false, None, &cause)
        .await
        .expect("somebody takes the key");
    let done = all(&w, &shown).await;
    assert_eq!((done.in_state(RowState::Done), done.in_state(RowState::Failed)), (1, 1));
    let mut free = person("Lis", "Dahl");
    free.principal_name = Some("new0@acme.example".to_owned());
    users::create(&w.app, &w.root, acme, &[free], false, None, &cause).await.expect("the name is nobody's");
}

/// A file of so many people.
fn many(n: usize) -> String {
    let mut csv = "principal_name,given_name,surname,external_id\n".to_owned();
    csv.extend((0..n).map(|i| format!("p{i}@acme.example,Per,Nr{i},x{i}\n")));
    csv
}

#[tokio::test]
async fn it_is_done_in_parts_and_can_be_paused_gone_on_with_and_cancelled() {
    let w = world().await;
    let acme = customer(&w).await;
    let shown = begin(&w, &preview(&w, acme, &many(1200)).await).await;
    let (id, cause) = (shown.bulk.id, Cause::default());
    assert!(run::work(&w.app).await.expect("a part"));
    let turn = async |what| bulk::turn(&w.app, &w.root, id, what, &cause).await.expect("an answer");
    let paused = turn(Turn::Pause).await;
    assert_eq!((paused.bulk.state, paused.in_state(RowState::Done)), (BulkState::Paused, 500));
    assert!(!run::work(&w.app).await.expect("an answer"), "nothing is done while it waits");
    assert_eq!(find(&w, acme, "per nr").await.len(), 500);
    turn(Turn::Resume).await;
    assert!(run::work(&w.app).await.expect("a part"));
    let cancelled = turn(Turn::Cancel).await;
    let rows = (cancelled.in_state(RowState::Done), cancelled.in_state(RowState::Left));
    assert_eq!((cancelled.bulk.state, rows), (BulkState::Cancelled, (1000, 200)));
    assert!(!run::work(&w.app).await.expect("an answer"));
    let again = bulk::turn(&w.app, &w.root, id, Turn::Resume, &cause).await;
    assert!(matches!(again, Err(AppError::Conflict(Conflict::BulkState))));
    // The file once more does what is left.
    let rest = all(&w, &preview(&w, acme, &many(1200)).await).await;
    assert_eq!(counts(&rest), [(Act::Create, 200), (Act::Nothing, 1000)]);
    let keys = w.db.values("users", "details ->> 'external_id'", "details ? 'external_id'").await;
    let once: BTreeSet<_> = keys.iter().collect();
    assert_eq!((keys.len(), once.len()), (1200, 1200), "nobody is lost, nobody is there twice");
}

#[tokio::test]
async fn the_way_back_removes_who_was_made_and_leaves_what_changed_since() {
    let w = world().await;
    let acme = customer(&w).await;
    let csv = "\
principal_name,given_name,surname,department,title
ida@acme.example,Ida,Lund,Sales,
bo.holm@acme.example,Bo,Holm,Board,Chair
anna.berg@acme.example,Anna,Berg,Board,
";
    let done = all(&w, &preview(&w, acme, csv).await).await;
    assert_eq!(done.in_state(RowState::Done), 3);
    let bo = one(&w, acme, "bo holm").await;
    let patch = UserPatch { department: Some(Some("Sales".to_owned())), ..UserPatch::default() };
    users::update(&w.app, &w.root, bo.id, bo.version, patch, &Cause::default()).await.expect("changed since");
    let back = bulk::undo(&w.app, &w.root, done.bulk.id, &Cause::default()).await.expect("a preview");
    assert_eq!(counts(&back), [(Act::Update, 1), (Act::Remove, 1), (Act::Conflict, 1)]);
    let conflict = rows(&w, back.bulk.id, &[Act::Conflict]).await.remove(0);
    assert_eq!((conflict.name.as_str(), conflict.errors[0].rule), ("Bo Holm", Rule::ChangedMeanwhile));
    let back = all(&w, &back).await;
    assert_eq!((back.bulk.state, back.in_state(RowState::Done)), (BulkState::Done, 2));
    assert!(find(&w, acme, "ida lund").await.is_empty(), "she is removed, and can be restored");
    assert_eq!(one(&w, acme, "anna berg").await.department, None);
    let bo = one(&w, acme, "bo holm").await;
    assert_eq!((bo.department.as_deref(), bo.title.as_deref()), (Some("Sales"), Some("Chair")));
    let again = bulk::undo(&w.app, &w.root, done.bulk.id, &Cause::default()).await;
    assert!(matches!(again, Err(AppError::Conflict(Conflict::NotUndoable))), "once");
}

#[tokio::test]
async fn who_is_missing_is_disabled_or_removed_where_somebody_says_so() {
    let w = world().await;
    let acme = customer(&w).await;
    all(&w, &preview(&w, acme, &many(3)).await).await;
    let file = |missing| FileDraft {
        options: Options { missing, ..Options::default() },
        ..draft("external_id,principal_name\nx0,p0@acme.example\n")
    };
    let keep =
        bulk::import(&w.app, &w.root, acme, file(Missing::Keep), &Cause::default()).await.expect("shown");
    assert_eq!(counts(&keep), [(Act::Nothing, 1)]);
    let cause = Cause::default();
    let disable = bulk::import(&w.app, &w.root, acme, file(Missing::Disable), &cause).await.expect("shown");
    // Two of the file before, and Bo; Anna is an administrator, and stays.
    assert_eq!(counts(&disable), [(Act::Update, 3), (Act::Nothing, 1)]);
    all(&w, &disable).await;
    assert!(!one(&w, acme, "bo holm").await.enabled);
    assert!(one(&w, acme, "anna berg").await.enabled);
    let remove = bulk::import(&w.app, &w.root, acme, file(Missing::Remove), &cause).await.expect("shown");
    let removed = all(&w, &remove).await;
    assert_eq!(removed.in_state(RowState::Done), 3);
    assert_eq!(find(&w, acme, "per nr").await.len(), 1);
}

#[tokio::test]
async fn a_quota_is_foreseen_and_holds_and_the_rest_goes_on_when_it_is_raised() {
    let w = world().await;
    let acme = customer(&w).await;
    let quota = async |most| {
        let draft = QuotasDraft { people: Some(Some(most)), ..QuotasDraft::default() };
        quotas::set(&w.app, &w.root, acme, &draft, &Cause::default()).await.expect("a quota");
    };
    quota(3).await;
    let shown = preview(&w, acme, &many(4)).await;
    assert_eq!(shown.foreseen.quotas[0].exceeded_by(), 3, "two are there, four come, three may be");
    let stopped = all(&w, &shown).await;
    assert_eq!(stopped.bulk.state, BulkState::Paused);
    assert_eq!(stopped.bulk.problem.expect("why")[0].rule, Rule::TooMany);
    quota(6).await;
    bulk::turn(&w.app, &w.root, shown.bulk.id, Turn::Resume, &Cause::default()).await.expect("gone on with");
    while run::work(&w.app).await.expect("parts are done") {}
    assert_eq!(find(&w, acme, "per nr").await.len(), 4);
}

#[tokio::test]
async fn it_waits_when_who_began_it_may_not_any_more() {
    let w = world().await;
    let acme = customer(&w).await;
    let anna = one(&w, acme, "anna berg").await;
    let own: Caller = own_session(&w, &anna).await;
    let shown = bulk::import(&w.app, &own, acme, draft(&many(600)), &Cause::default()).await.expect("shown");
    let begin = Turn::Run { version: shown.bulk.version };
    bulk::turn(&w.app, &own, shown.bulk.id, begin, &Cause::default()).await.expect("begun");
    assert!(run::work(&w.app).await.expect("a part"));
    let patch = UserPatch { enabled: Some(false), ..UserPatch::default() };
    users::update(&w.app, &w.root, anna.id, anna.version, patch, &Cause::default()).await.expect("disabled");
    while run::work(&w.app).await.expect("an answer") {}
    let waits = bulk::get(&w.app, &w.root, shown.bulk.id).await.expect("as it is now");
    assert_eq!((waits.bulk.state, waits.in_state(RowState::Done)), (BulkState::Paused, 500));
    assert_eq!(waits.bulk.problem.expect("why")[0].field, "run_by");
    bulk::turn(&w.app, &w.root, shown.bulk.id, Turn::Resume, &Cause::default())
        .await
        .expect("in another's name");
    while run::work(&w.app).await.expect("parts are done") {}
    assert_eq!(find(&w, acme, "per nr").await.len(), 500, "a page of them");
    assert_eq!(w.db.values("users", "id", "display_name LIKE 'Per Nr%'").await.len(), 600);
}

/// A session of somebody whose directory has taken a password.
pub async fn own_session(w: &World, of: &User) -> Caller {
    let hash = "(SELECT portal_hash FROM users WHERE principal_name = 'root@provider.test')";
    let id = of.id.uuid();
    w.db.execute(&format!("UPDATE users SET portal_hash = {hash}, activated_at = now() WHERE id = '{id}'"))
        .await;
    sign_in(&w.app, &of.principal_name, PASSWORD).await.expect("signs in")
}

#[tokio::test]
async fn many_of_a_list_are_changed_by_a_filter_and_what_is_so_already_is_left() {
    let w = world().await;
    let acme = customer(&w).await;
    all(&w, &preview(&w, acme, &many(30)).await).await;
    let act = async |deed: Deed, search: &str| {
        let whom = Whom::Matching(named(search));
        bulk::act_on(&w.app, &w.root, acme, (deed, &whom), &Cause::default()).await.expect("shown")
    };
    let give = act(Deed::GivePlan("erp-full".to_owned()), "per").await;
    assert_eq!((counts(&give), give.foreseen.month_minor), (vec![(Act::Update, 30)], 30 * 9900));
    all(&w, &give).await;
    assert_eq!(counts(&act(Deed::GivePlan("erp-full".to_owned()), "per").await), [(Act::Nothing, 30)]);
    let disable = all(&w, &act(Deed::Disable, "per nr1").await).await;
    assert_eq!(disable.in_state(RowState::Done), 11, "1 and 10 to 19");
    assert!(!one(&w, acme, "per nr19").await.enabled);
    // The way back of an act is an act.
    let back = bulk::undo(&w.app, &w.root, disable.bulk.id, &Cause::default()).await.expect("shown");
    all(&w, &back).await;
    assert!(one(&w, acme, "per nr19").await.enabled);
    let taken =
        all(&w, &bulk::undo(&w.app, &w.root, give.bulk.id, &Cause::default()).await.expect("shown")).await;
    assert_eq!(taken.in_state(RowState::Done), 30);
    let running = "plan_id IN (SELECT id FROM plan WHERE code = 'erp-full') AND ended_at IS NULL AND user_id IS NOT NULL";
    assert!(w.db.values("subscription", "id", running).await.is_empty());
    let set = Deed::Set { field: "shoe_size".to_owned(), value: Some("43".to_owned()) };
    let whom = Whom::Matching(named("per"));
    let unknown = bulk::act_on(&w.app, &w.root, acme, (set, &whom), &Cause::default()).await;
    assert!(matches!(unknown, Err(AppError::Invalid(errors)) if errors[0].rule == Rule::Unknown));
    let nobody =
        bulk::act_on(&w.app, &w.root, acme, (Deed::Enable, &Whom::People(vec![])), &Cause::default()).await;
    assert!(matches!(nobody, Err(AppError::Invalid(errors)) if errors[0].rule == Rule::Required));
}

#[tokio::test]
async fn links_are_given_once_and_passwords_of_a_file_never_stored() {
    let w = world().await;
    let acme = customer(&w).await;
    let csv = "First name,Last name,User principal name,Password\nIda,Lund,ida@acme.example,Tr0ub4dor&3x\n";
    let shown = preview(&w, acme, csv).await;
    let facts: bulk::FileFacts =
        serde_json::from_value(shown.ask.file.clone().expect("facts")).expect("facts");
    assert_eq!(facts.passwords, 1);
    let done = all(&w, &shown).await;
    for table in ["bulk", "bulk_row", "event", "object"] {
        let all = w.db.values(table, &format!("{table}::text"), "true").await;
        assert!(all.iter().all(|row| !row.contains("Tr0ub4dor")), "{table} holds a password");
    }
    let id = done.bulk.id;
    let (links, _) = bulk::links(&w.app, &w.root, id, &Cause::default()).await.expect("the links");
    assert_eq!(links.iter().map(|link| link.login.as_str()).collect::<Vec<_>>(), ["ida@acme.example"]);
    app::activations::choose(&w.app, &links[0].token, PASSWORD, &Cause::default()).await.expect("chosen");
    let again = bulk::links(&w.app, &w.root, id, &Cause::default()).await;
    assert!(matches!(again, Err(AppError::Conflict(Conflict::LinksFetched))));
}

#[tokio::test]
async fn a_file_nobody_knows_waits_for_somebody_to_say_what_its_columns_mean() {
    let w = world().await;
    let acme = customer(&w).await;
    let csv = "Kürzel;Wer;Wohin\nida@acme.example;Ida Lund;Sales\n";
    let shown = preview(&w, acme, csv).await;
    assert_eq!((shown.bulk.state, counts(&shown)), (BulkState::Mapping, vec![(Act::Unread, 2)]));
    let mut mapping: domain::import::Mapping =
        serde_json::from_value(shown.ask.mapping.clone().expect("a suggestion")).expect("a mapping");
    let code = |code: &str| domain::import::Column::from_code(code).expect("a column");
    mapping.columns = vec![code("principal_name"), code("display_name"), code("department")];
    mapping.header = Some(1);
    mapping.headings = vec!["Kürzel".to_owned(), "Wer".to_owned(), "Wohin".to_owned()];
    let kept = (Some(mapping), None, Some("Ours"));
    let said = bulk::remap(&w.app, &w.root, shown.bulk.id, kept, &Cause::default()).await.expect("said");
    assert_eq!((said.bulk.state, counts(&said)), (BulkState::Previewed, vec![(Act::Create, 1)]));
    // The next file with these headings is read so at once.
    let next = preview(&w, acme, "Wohin;Kürzel;Wer\nSales;ida@acme.example;Ida Lund\n").await;
    assert_eq!((next.bulk.state, counts(&next)), (BulkState::Previewed, vec![(Act::Create, 1)]));
    let named = FileDraft { mapping: Choice::Named("Theirs".to_owned()), ..draft(csv) };
    let missing = bulk::import(&w.app, &w.root, acme, named, &Cause::default()).await;
    assert!(matches!(missing, Err(AppError::NotFound("mapping"))));
}

#[tokio::test]
async fn a_whole_list_changes_exactly_what_was_edited() {
    let w = world().await;
    let acme = customer(&w).await;
    let csv = "\
principal_name,display_name,department,title,plans
ida@acme.example,Ida Lund,Sales,Clerk,desktop-s; erp-full
jens@acme.example,Jens Krag,Sales,Clerk,desktop-s
";
    all(&w, &preview(&w, acme, csv).await).await;
    let edited = "\
principal_name,display_name,department,title,plans
ida@acme.example,Ida Lund,Sales,,desktop-s
jens@acme.example,Jens Krag,Sales,Clerk,desktop-s
";
    let shown = preview(&w, acme, edited).await;
    assert_eq!(counts(&shown), [(Act::Update, 1), (Act::Nothing, 1)]);
    let row = rows(&w, shown.bulk.id, &[Act::Update]).await.remove(0);
    let changes: Vec<_> =
        row.changes.iter().map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
    let expected =
        [("plans", Some("desktop-s; erp-full"), Some("desktop-s")), ("title", Some("Clerk"), None)];
    assert_eq!(changes, expected);
    all(&w, &shown).await;
    assert_eq!(one(&w, acme, "ida lund").await.title, None);
    assert_eq!(counts(&preview(&w, acme, edited).await), [(Act::Nothing, 2)]);
}

#[tokio::test]
async fn nobody_imports_for_others_and_looks_at_their_files() {
    let w = world().await;
    let acme = customer(&w).await;
    let other = w.place(&order("SO-2", "north")).await.expect("an order").order.customer;
    let anna = one(&w, acme, "anna berg").await;
    let own = own_session(&w, &anna).await;
    let theirs = preview(&w, other, &many(2).replace("acme", "north")).await;
    let got = bulk::get(&w.app, &own, theirs.bulk.id).await;
    assert!(matches!(got, Err(AppError::NotFound(_))), "{got:?}");
    let tried = bulk::import(&w.app, &own, other, draft(&many(1)), &Cause::default()).await;
    assert!(matches!(tried, Err(AppError::NotFound(_))), "{tried:?}");
    let begun = Turn::Run { version: 1 };
    let begun = bulk::turn(&w.app, &own, theirs.bulk.id, begun, &Cause::default()).await;
    assert!(matches!(begun, Err(AppError::NotFound(_))), "{begun:?}");
    let whom: Vec<UserId> = find(&w, other, "anna").await.iter().map(|user| user.id).collect();
    let act = bulk::act_on(&w.app, &own, acme, (Deed::Disable, &Whom::People(whom)), &Cause::default()).await;
    let act = act.expect("shown");
    assert_eq!(counts(&act), [(Act::Conflict, 1)], "somebody else's person is nobody here");
}

#[tokio::test]
async fn an_exported_list_comes_back_and_changes_exactly_what_was_edited() {
    let w = world().await;
    let acme = customer(&w).await;
    let team = GroupDraft { name: "Sales team".to_owned(), ..GroupDraft::default() };
    groups::create(&w.app, &w.root, acme, &team, None, &Cause::default()).await.expect("a group");
    all(&w, &preview(&w, acme, FILE).await).await;
    let part = bulk::export(&w.app, &w.root, acme, named(""), None, 200).await.expect("an export");
    assert_eq!((part.rows.len(), part.next.is_none()), (4, true));
    let csv = |rows: &[Vec<String>]| {
        let mut bytes = Vec::new();
        let mut writer = sheet::CsvWriter::new(&mut bytes).expect("a beginning");
        writer.row(part.headings.iter()).expect("headings");
        for row in rows {
            writer.row(row.iter()).expect("a row");
        }
        writer.finish().expect("the end");
        FileDraft { name: "out.csv".to_owned(), bytes, ..FileDraft::default() }
    };
    let same = bulk::import(&w.app, &w.root, acme, csv(&part.rows), &Cause::default()).await.expect("shown");
    assert_eq!(counts(&same), [(Act::Nothing, 4)], "nothing was edited");
    let column = |code: &str| part.headings.iter().position(|heading| heading == code).expect("a column");
    let mut rows = part.rows.clone();
    let jens = rows.iter().position(|row| row[column("given_name")] == "Jens").expect("Jens");
    rows[jens][column("groups")].clear();
    rows[jens][column("title")] = "Head of sales".to_owned();
    let edited = bulk::import(&w.app, &w.root, acme, csv(&rows), &Cause::default()).await.expect("shown");
    assert_eq!(counts(&edited), [(Act::Update, 1), (Act::Nothing, 3)]);
    let row = self::rows(&w, edited.bulk.id, &[Act::Update]).await.remove(0);
    let changed: Vec<_> = row.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(changed, ["groups", "title"]);
    all(&w, &edited).await;
    let object = one(&w, acme, "jens krag").await.object.expect("an account").uuid();
    let left = format!("member_object = '{object}' AND NOT wanted");
    assert_eq!(w.db.values("membership", "group_object", &left).await.len(), 1);
}

/// Does what is left. Until the database has rolled back what was broken off, nobody else can.
async fn settled(w: &World, id: BulkId) -> Shown {
    let settled = async {
        loop {
            run::work(&w.app).await.expect("parts are done");
            let now = bulk::get(&w.app, &w.root, id).await.expect("as it is now");
            if now.bulk.state != BulkState::Running {
                return now;
            }
        }
    };
    timeout(Duration::from_secs(30), settled).await.expect("it comes to its end")
}

/// How often a part is broken off, each at another moment; the real server is killed more often in its tests.
const KILLS: u64 = 10;
/// People of each file.
const PEOPLE: usize = 200;
/// Of the moments; printed with a failure.
const SEED: u64 = 20_261_129;

#[tokio::test(flavor = "multi_thread")]
async fn broken_off_at_any_moment_nothing_is_lost_and_nothing_is_there_twice() {
    let w = world().await;
    let acme = customer(&w).await;
    let team = GroupDraft { name: "Sales team".to_owned(), ..GroupDraft::default() };
    groups::create(&w.app, &w.root, acme, &team, None, &Cause::default()).await.expect("a group");
    let random = SeededRandom::new(SEED);
    let mut broken = 0;
    for kill in 0..KILLS {
        let mut csv = "principal_name,given_name,surname,manager,plans,groups\n".to_owned();
        csv.extend((0..PEOPLE).map(|i| {
            let manager = if i < 5 { String::new() } else { format!("k{kill}p{}@acme.example", i % 5) };
            format!("k{kill}p{i}@acme.example,Per,K{kill}n{i},{manager},desktop-s,Sales team\n")
        }));
        let shown = begin(&w, &preview(&w, acme, &csv).await).await;
        // A part takes some tens of milliseconds; what is dropped in its middle is a process that died.
        let mut moment = [0];
        random.fill(&mut moment);
        let moment = Duration::from_micros(u64::from(moment[0]) * 150);
        broken += u64::from(timeout(moment, run::work(&w.app)).await.is_err());
        let done = settled(&w, shown.bulk.id).await;
        let at = format!("kill {kill} after {moment:?}, seed {SEED}");
        assert_eq!((done.bulk.state, done.in_state(RowState::Done)), (BulkState::Done, 200), "{at}");
    }
    assert!(broken > 0, "only {broken} were broken off");
    let all = usize::try_from(KILLS).expect("a small number") * PEOPLE;
    let ours = "display_name LIKE 'Per K%'";
    let logins = w.db.values("users", "principal_name", ours).await;
    assert_eq!(logins.iter().collect::<BTreeSet<_>>().len(), all);
    assert_eq!(logins.len(), all);
    let of_ours = format!("object_id FROM users WHERE {ours}");
    let members = format!("member_object IN (SELECT {of_ours}) AND wanted");
    assert_eq!(
        w.db.values("membership", "(group_object, member_object)", &members).await.len(),
        3 * all,
        "everybody, desktop, team"
    );
    let plans = format!("user_id IN (SELECT id FROM users WHERE {ours}) AND ended_at IS NULL");
    assert_eq!(w.db.values("subscription", "user_id", &plans).await.len(), all);
    let managed = format!("{ours} AND manager_id IS NOT NULL");
    assert_eq!(w.db.values("users", "id", &managed).await.len(), all - 5 * 10);
    let created = "code = 'user.created' AND cause ? 'bulk'";
    assert_eq!(w.db.values("event", "target_id", created).await.len(), all, "each is told once");
}
