//! Every act on a list, carried out as it was shown and taken back; the ways in which a file may be
//! read; several who change the same people at once.

use std::collections::BTreeSet;

use app::{
    App, AppError, Cause,
    bulk::{self, FileDraft, Shown, Turn, Whom, run},
    catalogue::{BundleDraft, publish_bundle},
    error::Conflict,
    groups::{self, GroupDraft},
    suffixes,
    users::{self, UserPatch},
};
use domain::{
    bulk::{Act, BulkState, Deed, Options, RowState},
    field::Rule,
    id::TenantId,
    mail::Mailing,
};
use store::{Caller, users::UserSearch};

use crate::{
    bulk::{all, begin, counted, counts, customer, draft, find, one, own_session, preview, rows},
    roles::give,
    world::{World, named, world},
};

const FILE: &str = "\
principal_name,given_name,surname,department,mail,plans,groups
ida.lund@acme.example,Ida,Lund,Sales,ida.lund@acme.example,desktop-s,Sales team
jens.krag@acme.example,Jens,Krag,Sales,jens.krag@acme.example,desktop-s,
kim.vinter@acme.example,Kim,Vinter,Sales,,,Sales team
";

/// A customer with three people of a department, two groups, a bundle and two suffixes.
async fn sales(w: &World) -> TenantId {
    let acme = customer(w).await;
    for name in ["Sales team", "Board"] {
        let group = GroupDraft { name: name.to_owned(), ..GroupDraft::default() };
        groups::create(&w.app, &w.root, acme, &group, None, &Cause::default()).await.expect("a group");
    }
    let job = BundleDraft {
        name: "Job".to_owned(),
        plans: vec!["erp-full".to_owned()],
        groups: vec!["Board".to_owned()],
    };
    publish_bundle(&w.app, &w.root, w.root.tenant, "job", &job, &Cause::default()).await.expect("a bundle");
    suffixes::add(&w.app, &w.root, acme, "acme.test", false, &Cause::default()).await.expect("a suffix");
    let done = all(w, &preview(w, acme, FILE).await).await;
    assert_eq!(done.in_state(RowState::Done), 3);
    acme
}

fn department(name: &str) -> UserSearch<'_> {
    UserSearch { department: Some(name), ..named("") }
}

/// What people of the department are and have, as a list of theirs says it: heading and cell of each.
async fn said(w: &World, acme: TenantId) -> Vec<BTreeSet<(String, String)>> {
    let part = bulk::export(&w.app, &w.root, acme, department("Sales"), None, 200).await.expect("a list");
    let heads = part.headings.clone();
    part.rows.into_iter().map(|row| heads.iter().cloned().zip(row).collect()).collect()
}

async fn act(app: &App, by: &Caller, acme: TenantId, deed: Deed) -> Result<Shown, AppError> {
    bulk::act_on(app, by, acme, (deed, &Whom::Matching(department("Sales"))), &Cause::default()).await
}

#[tokio::test]
async fn every_act_on_a_list_is_done_as_it_was_shown_and_taken_back() {
    let w = world().await;
    let acme = sales(&w).await;
    let text = str::to_owned;
    // Each with the number of people it changes, the columns in which they differ afterwards, and what stands
    // in the first of them.
    let deeds = [
        (Deed::Disable, 3, &["enabled"][..], ["false", "false", "false"]),
        (
            Deed::GivePlan(text("erp-full")),
            3,
            &["plans"],
            ["desktop-s; erp-full", "desktop-s; erp-full", "erp-full"],
        ),
        (Deed::TakePlan(text("desktop-s")), 2, &["plans"], ["", "", ""]),
        (Deed::GiveBundle(text("job")), 3, &["bundles"], ["job", "job", "job"]),
        (Deed::Enter(text("Board")), 3, &["groups"], ["Board; Sales team", "Board", "Board; Sales team"]),
        (Deed::Leave(text("Sales team")), 2, &["groups"], ["", "", ""]),
        (
            Deed::Suffix(text("acme.test")),
            3,
            &["principal_name", "mail", "aliases"],
            ["ida.lund@acme.test", "jens.krag@acme.test", "kim.vinter@acme.test"],
        ),
        (Deed::Set { field: text("title"), value: Some(text("Seller")) }, 3, &["title"], ["Seller"; 3]),
        (Deed::Set { field: text("mail"), value: None }, 2, &["mail"], ["", "", ""]),
    ];
    let before = said(&w, acme).await;
    for (deed, changes, columns, cells) in deeds {
        let shown = act(&w.app, &w.root, acme, deed.clone()).await.expect("shown");
        assert_eq!(shown.count(Act::Update), changes, "{deed:?}");
        assert_eq!(said(&w, acme).await, before, "{deed:?} was only shown");
        let done = all(&w, &shown).await;
        assert_eq!((done.bulk.state, done.in_state(RowState::Done)), (BulkState::Done, changes), "{deed:?}");
        let after = said(&w, acme).await;
        let changed: BTreeSet<_> = before
            .iter()
            .zip(&after)
            .flat_map(|(before, after)| after.difference(before))
            .map(|(column, _)| column.as_str())
            .collect();
        // What a bundle gives is said with it, and with what it gives.
        let more: &[&str] = if matches!(deed, Deed::GiveBundle(_)) { &["plans", "groups"] } else { &[] };
        let wanted: BTreeSet<_> = columns.iter().copied().collect();
        assert!(wanted.is_subset(&changed), "{deed:?}: {changed:?}");
        assert!(changed.iter().all(|c| wanted.contains(c) || more.contains(c)), "{deed:?}: {changed:?}");
        let first: Vec<_> = after
            .iter()
            .map(|row| row.iter().find(|(column, _)| column == columns[0]).map(|(_, cell)| cell.as_str()))
            .collect();
        assert_eq!(first, cells.map(Some), "{deed:?}");
        let again = act(&w.app, &w.root, acme, deed.clone()).await.expect("shown");
        assert_eq!(counts(&again), [(Act::Nothing, 3)], "{deed:?} twice");
        let back = bulk::undo(&w.app, &w.root, done.bulk.id, &Cause::default()).await.expect("shown");
        let taken = all(&w, &back).await;
        let undone = rows(&w, back.bulk.id, &[]).await;
        assert_eq!(taken.in_state(RowState::Done), changes, "{deed:?} taken back: {undone:?}");
        assert_eq!(said(&w, acme).await, before, "{deed:?} taken back");
    }
}

#[tokio::test]
async fn who_is_off_is_let_in_again_and_what_a_bundle_gave_is_taken() {
    let w = world().await;
    let acme = sales(&w).await;
    all(&w, &act(&w.app, &w.root, acme, Deed::Disable).await.expect("shown")).await;
    let on = all(&w, &act(&w.app, &w.root, acme, Deed::Enable).await.expect("shown")).await;
    assert_eq!(on.in_state(RowState::Done), 3);
    assert!(one(&w, acme, "ida lund").await.enabled);
    let before = said(&w, acme).await;
    let bundle = |deed: fn(String) -> Deed| deed("job".to_owned());
    all(&w, &act(&w.app, &w.root, acme, bundle(Deed::GiveBundle)).await.expect("shown")).await;
    assert_ne!(said(&w, acme).await, before);
    let taken = all(&w, &act(&w.app, &w.root, acme, bundle(Deed::TakeBundle)).await.expect("shown")).await;
    assert_eq!(taken.in_state(RowState::Done), 3);
    assert_eq!(said(&w, acme).await, before, "and so is what it gave");
}

#[tokio::test]
async fn a_mail_of_before_still_arrives_after_another_suffix() {
    let w = world().await;
    let acme = sales(&w).await;
    all(&w, &act(&w.app, &w.root, acme, Deed::Suffix("acme.test".to_owned())).await.expect("shown")).await;
    let cell = |row: &BTreeSet<(String, String)>, column: &str| {
        row.iter().find(|(of, _)| of == column).map(|(_, cell)| cell.clone()).unwrap_or_default()
    };
    let after = said(&w, acme).await;
    let ida = after.iter().find(|row| cell(row, "given_name") == "Ida").expect("Ida");
    assert_eq!(cell(ida, "mail"), "ida.lund@acme.test");
    assert_eq!(cell(ida, "aliases"), "ida.lund@acme.example");
    let kim = after.iter().find(|row| cell(row, "given_name") == "Kim").expect("Kim");
    assert_eq!((cell(kim, "mail"), cell(kim, "aliases")), (String::new(), String::new()));
    let object = one(&w, acme, "ida lund").await.object.expect("an account").uuid();
    let wanted = w.db.values("object", "(spec->>'principal_name')", &format!("id = '{object}'")).await;
    assert_eq!(wanted, ["ida.lund@acme.test"], "and the directory is told");
}

#[tokio::test]
async fn links_go_to_whoever_can_get_one_and_for_the_others_it_is_told() {
    let w = world().await;
    let acme = sales(&w).await;
    let off = act(&w.app, &w.root, acme, Deed::SendLink).await;
    assert!(
        matches!(off, Err(AppError::Conflict(Conflict::MailOff))),
        "without mail there is nothing to send"
    );
    let app = w.app.clone().with_mail(Mailing::Keep);
    let shown = act(&app, &w.root, acme, Deed::SendLink).await.expect("shown");
    assert_eq!(counts(&shown), [(Act::Update, 2), (Act::Error, 1)], "Kim has no address");
    // Somebody loses the address before it is done.
    let jens = one(&w, acme, "jens krag").await;
    let nothing = UserPatch { mail: Some(None), ..UserPatch::default() };
    users::update(&app, &w.root, jens.id, jens.version, nothing, &Cause::default()).await.expect("changed");
    let run = Turn::Run { version: shown.bulk.version };
    bulk::turn(&app, &w.root, shown.bulk.id, run, &Cause::default()).await.expect("begun");
    while run::work(&app).await.expect("parts are done") {}
    let done = bulk::get(&app, &w.root, shown.bulk.id).await.expect("as it is now");
    assert_eq!((done.in_state(RowState::Done), done.in_state(RowState::Failed)), (1, 1));
    let failed = rows(&w, shown.bulk.id, &[]).await.into_iter().find(|row| row.state == RowState::Failed);
    assert_eq!(failed.expect("Jens").errors[0].rule, Rule::Required);
    w.app.settled().await;
    assert_eq!(w.db.values("mail", "id", "true").await.len(), 1, "one link, to Ida");
}

const LIST: &str = "principal_name,given_name,surname,title\n\
    ida.lund@acme.example,Ida,Lund,Boss\nnew.one@acme.example,New,One,Clerk\n";

#[tokio::test]
async fn a_list_of_leavers_disables_and_other_ways_leave_out_what_they_say() {
    let w = world().await;
    let acme = sales(&w).await;
    let with = async |options: Options| {
        let file = FileDraft { options, ..draft(LIST) };
        bulk::import(&w.app, &w.root, acme, file, &Cause::default()).await.expect("shown")
    };
    let shown = with(Options { disable: true, ..Options::default() }).await;
    let changed: Vec<_> = rows(&w, shown.bulk.id, &[Act::Update]).await;
    assert_eq!(changed.len(), 1, "{:?}", counts(&shown));
    let fields: Vec<_> = changed[0].changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["enabled"], "nothing else happens");
    all(&w, &shown).await;
    let ida = one(&w, acme, "ida lund").await;
    assert_eq!((ida.enabled, ida.title), (false, None));
    assert!(find(&w, acme, "new one").await.is_empty());

    let shown = with(Options { create: false, ..Options::default() }).await;
    assert_eq!(counts(&shown), [(Act::Update, 1), (Act::Left, 1)]);
    all(&w, &shown).await;
    assert_eq!(one(&w, acme, "ida lund").await.title.as_deref(), Some("Boss"));
    assert!(find(&w, acme, "new one").await.is_empty());

    let shown = with(Options { update: false, ..Options::default() }).await;
    assert_eq!(shown.count(Act::Update), 0, "{:?}", counts(&shown));
    assert_eq!(shown.count(Act::Create), 1);
    all(&w, &shown).await;
    assert_eq!(find(&w, acme, "new one").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_with_overlapping_files_at_once_make_nobody_twice() {
    let w = world().await;
    let acme = customer(&w).await;
    let anna = one(&w, acme, "anna berg").await;
    let bo = one(&w, acme, "bo holm").await;
    give(&w, &w.root, &bo, "customer_administrator").await.expect("given");
    let (anna_in, bo_in) = (own_session(&w, &anna).await, own_session(&w, &bo).await);
    let file = |from: usize| {
        let rows = (from..from + 60).map(|n| format!("p{n}@acme.example,P{n},Nr,Team {from}\n"));
        format!("principal_name,given_name,surname,department\n{}", rows.collect::<String>())
    };
    // Of each 60 people 40 stand in both files.
    let (one_file, other_file) = (file(0), file(20));
    let cause = Cause::default();
    let import = |by, csv: &str| bulk::import(&w.app, by, acme, draft(csv), &cause);
    let (first, second) = tokio::join!(import(&anna_in, &one_file), import(&bo_in, &other_file));
    let (first, second) = (first.expect("shown"), second.expect("shown"));
    for shown in [&first, &second] {
        begin(&w, shown).await;
    }
    // As two workers do, who take whatever there is.
    let work = async || {
        for _ in 0..500 {
            match run::work(&w.app).await {
                Ok(false) => return,
                Ok(true) | Err(AppError::Conflict(Conflict::Contended) | AppError::Unavailable(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        panic!("it does not end");
    };
    tokio::join!(work(), work());
    counted(&w).await;
    let ended = async |of: &Shown| bulk::get(&w.app, &w.root, of.bulk.id).await.expect("as it is now");
    let (first, second) = (ended(&first).await, ended(&second).await);
    let (done, failed) = (
        first.in_state(RowState::Done) + second.in_state(RowState::Done),
        first.in_state(RowState::Failed) + second.in_state(RowState::Failed),
    );
    assert_eq!((done, failed), (80, 40), "everybody once, and a clear conflict for one of the two");
    let logins = w.db.values("users", "principal_name", "principal_name LIKE 'p%' AND surname = 'Nr'").await;
    assert_eq!((logins.len(), logins.iter().collect::<BTreeSet<_>>().len()), (80, 80));
    for of in [&first, &second] {
        let failed = rows(&w, of.bulk.id, &[]).await.into_iter().filter(|row| row.state == RowState::Failed);
        assert!(failed.into_iter().all(|row| row.errors[0].rule == Rule::Taken));
    }
}
