//! Files so long that their rows are planned part after part: what stands in one part counts in all.

use std::{collections::BTreeSet, fmt::Write as _};

use app::{
    Answer, AppError, Cause,
    bulk::{self, FileDraft, Shown, Turn, run},
    groups::{self, GroupDraft},
};
use domain::{
    bulk::{Act, BulkState, Options, RowState},
    field::Rule,
};

use crate::{
    bulk::{all, begin, counted, counts, customer, draft, one, own_session, preview, rows},
    world::world,
};

/// More than are planned together.
const MANY: usize = 2_300;

/// Others, so that what follows stands in another part.
fn others(from: usize, many: usize) -> String {
    (from..from + many).fold(String::new(), |mut text, n| {
        let _always = writeln!(text, "Other{n};Person{n};other{n}@acme.example;k{n};;");
        text
    })
}

const HEAD: &str = "First name;Last name;User principal name;External ID;Manager;Department\n";

#[tokio::test]
async fn a_name_that_is_given_far_below_is_made_for_nobody() {
    let w = world().await;
    let acme = customer(&w).await;
    let file = format!(
        "{HEAD}Eva;Falk;;;;\nEva;Falk;;;;\n{}Eva;Falk;eva.falk@acme.example;;;\nEva;Falk;;;;\n",
        others(0, MANY)
    );
    let shown = preview(&w, acme, &file).await;
    assert_eq!(counts(&shown), [(Act::Create, i64::try_from(MANY + 4).expect("few"))]);
    let rows = rows(&w, shown.bulk.id, &[Act::Create]).await;
    let first: Vec<_> = rows.iter().take(2).map(|row| row.login.as_str()).collect();
    assert_eq!(first, ["eva.falk2@acme.example", "eva.falk3@acme.example"]);
    let logins = w.db.values("bulk_row", "login", "name = 'Eva Falk'").await;
    let all = [
        "eva.falk2@acme.example",
        "eva.falk3@acme.example",
        "eva.falk4@acme.example",
        "eva.falk@acme.example",
    ];
    assert_eq!(logins, all);
    counted(&w).await;
}

#[tokio::test]
async fn people_who_are_called_alike_get_numbers_without_gaps_and_those_of_a_second_file_go_on() {
    let w = world().await;
    let acme = customer(&w).await;
    let file = format!(
        "First name;Last name;External ID\n{}",
        (0..MANY).fold(String::new(), |mut text, n| {
            let _always = writeln!(text, "Eva;Falk;key-{n}");
            text
        })
    );
    let shown = preview(&w, acme, &file).await;
    let logins: BTreeSet<_> = w.db.values("bulk_row", "login", "true").await.into_iter().collect();
    let number = |n: usize| if n == 1 { String::new() } else { n.to_string() };
    let expected: BTreeSet<_> = (1..=MANY).map(|n| format!("eva.falk{}@acme.example", number(n))).collect();
    assert_eq!(logins, expected);
    assert_eq!(counts(&shown), [(Act::Create, i64::try_from(MANY).expect("few"))]);
}

#[tokio::test]
async fn managers_and_doubles_are_found_however_far_apart_they_stand() {
    let w = world().await;
    let acme = customer(&w).await;
    let twice = "other7@acme.example";
    let file = format!(
        "{HEAD}Ida;Lund;;;jens.krag@acme.example;\nPer;Ek;;;Nora Dahl;\n{}Jens;Krag;jens.krag@acme.example;;bo.holm@acme.example;\n\
         Nora;Dahl;;;ida.lund@acme.example;\nBo;Again;BO.HOLM@acme.example;;;\nTwice;Here;{twice};;;\nKey;Again;key.again@acme.example;k9;;\n",
        others(0, MANY)
    );
    let shown = preview(&w, acme, &file).await;
    let line = |line: usize| i32::try_from(line).expect("a line");
    let turn = async |name: &str| w.db.values("bulk_row", "turn", &format!("name = '{name}'")).await.concat();
    // Jens before Ida before Nora before Per.
    let turns =
        [turn("Jens Krag").await, turn("Ida Lund").await, turn("Nora Dahl").await, turn("Per Ek").await];
    assert_eq!(turns, ["0", "1", "2", "3"]);
    let said = w.db.values("bulk_row", "said ->> 'manager'", "name = 'Per Ek'").await;
    assert_eq!(said, [format!("row:{}", MANY + 5)]);
    let wrong = rows(&w, shown.bulk.id, &[Act::Error, Act::Conflict]).await;
    let wrong: Vec<_> = wrong
        .iter()
        .map(|row| (row.line, row.errors[0].rule, row.errors[0].args.get("other").map(String::as_str)))
        .collect();
    let (last, other) = (format!("row {}", MANY + 7), "row 11".to_owned());
    let keys = (format!("row {}", MANY + 8), "row 13".to_owned());
    assert_eq!(
        wrong,
        [
            (line(11), Rule::Duplicate, Some(last.as_str())),
            (line(13), Rule::Duplicate, Some(keys.0.as_str())),
            (line(MANY + 7), Rule::Duplicate, Some(other.as_str())),
            (line(MANY + 8), Rule::Duplicate, Some(keys.1.as_str())),
        ]
    );
}

#[tokio::test]
async fn groups_that_nobody_made_are_made_where_that_is_asked_for() {
    let w = world().await;
    let acme = customer(&w).await;
    let file = "First name;Last name;User principal name;Groups\nIda;Lund;ida.lund@acme.example;New team, Other team\n\
                Jens;Krag;jens.krag@acme.example;new TEAM\nBo;Holm;bo.holm@acme.example;New team\n\
                Per;Ek;per.ek@acme.example;Taken\nNora;Dahl;nora.dahl@elsewhere.example;Of nobody\n";
    let without = preview(&w, acme, file).await;
    assert_eq!(without.count(Act::Error), 5, "{:?}", without.counts);

    // A group that is removed keeps its name.
    let gone = GroupDraft { name: "Taken".to_owned(), ..GroupDraft::default() };
    let cause = Cause::default();
    let made = groups::create(&w.app, &w.root, acme, &gone, None, &cause).await.expect("a group");
    let Answer::Done(gone) = made else { panic!("made once") };
    groups::delete(&w.app, &w.root, gone, 1, Some(30), &cause).await.expect("removed");
    let asked = || FileDraft { options: Options { make_groups: true, ..Options::default() }, ..draft(file) };
    let shown = bulk::import(&w.app, &w.root, acme, asked(), &cause).await.expect("a preview");
    assert_eq!(counts(&shown), [(Act::Create, 2), (Act::Update, 1), (Act::Conflict, 1), (Act::Error, 1)]);
    assert_eq!(shown.foreseen.groups, ["New team", "Other team"]);
    assert_eq!(w.db.values("user_group", "name", "purpose = 'custom' AND deleted_at IS NULL").await.len(), 0);

    let done = all(&w, &shown).await;
    assert_eq!((done.bulk.state, done.in_state(RowState::Done)), (BulkState::Done, 3));
    let names = w.db.values("user_group", "name", "purpose = 'custom' AND deleted_at IS NULL").await;
    assert_eq!(names, ["New team", "Other team"]);
    let members = "user_group g JOIN membership m ON m.group_object = g.object_id AND m.wanted";
    let count = "g.name || ' ' || (SELECT count(*) FROM membership o WHERE o.group_object = g.object_id AND o.wanted)";
    assert_eq!(w.db.values(members, count, "g.purpose = 'custom'").await, ["New team 3", "Other team 1"]);
    let again = bulk::import(&w.app, &w.root, acme, asked(), &cause).await.expect("a preview");
    assert_eq!((again.count(Act::Nothing), again.foreseen.groups.len()), (3, 0));

    // Who may make people and no groups does not do so by a file, nor by one that somebody else brought.
    let ida = one(&w, acme, "ida lund").await;
    let role = "INSERT INTO role_grant (id, tenant_id, user_id, role_code, role_version, created_at)";
    let (of, to) = (acme.uuid(), ida.id.uuid());
    w.db.execute(&format!(
        "{role} VALUES (gen_random_uuid(), '{of}', '{to}', 'user_administrator', 1, now())"
    ))
    .await;
    let helper = own_session(&w, &ida).await;
    let is_denied = |refused: Result<Shown, AppError>| match refused {
        Err(AppError::Forbidden(denial)) => assert_eq!(denial.permission.code(), "group_manage"),
        other => panic!("{other:?}"),
    };
    is_denied(bulk::import(&w.app, &helper, acme, asked(), &cause).await);
    bulk::import(&w.app, &helper, acme, draft(file), &cause).await.expect("without new groups");
    let more = "First name;Last name;User principal name;Groups\nOda;Ek;oda.ek@acme.example;Third team\n";
    let shown =
        bulk::import(&w.app, &w.root, acme, FileDraft { options: asked().options, ..draft(more) }, &cause);
    let shown = shown.await.expect("a preview");
    let run = Turn::Run { version: shown.bulk.version };
    is_denied(bulk::turn(&w.app, &helper, shown.bulk.id, run, &cause).await);
}

#[tokio::test]
async fn a_new_group_is_called_as_where_it_stands_first_and_like_nothing_that_is_there() {
    let w = world().await;
    let acme = customer(&w).await;
    let of_service = w.db.values("user_group", "name", "purpose <> 'custom'").await.remove(0);
    let file = format!(
        "First name;Last name;User principal name;Manager;Groups\n\
         Ida;Lund;ida.lund@acme.example;jens.krag@acme.example;New team, new team\n\
         Jens;Krag;jens.krag@acme.example;;new TEAM\n\
         Per;Ek;per.ek@acme.example;;Sales/EU\nEva;Ek;eva.ek@acme.example;;Sales:EU\n\
         Ole;Ek;ole.ek@acme.example;;{of_service}\nUli;Ek;uli.ek@acme.example;uli.ek@acme.example;Of a circle\n"
    );
    let options = Options { make_groups: true, ..Options::default() };
    let (asked, cause) = (FileDraft { options, ..draft(&file) }, Cause::default());
    let shown = bulk::import(&w.app, &w.root, acme, asked, &cause).await.expect("a preview");
    assert_eq!(counts(&shown), [(Act::Create, 3), (Act::Conflict, 2), (Act::Error, 1)]);
    assert_eq!(shown.foreseen.groups, ["New team", "Sales/EU"]);
    let taken: Vec<_> = rows(&w, shown.bulk.id, &[Act::Conflict]).await;
    let taken: Vec<_> =
        taken.iter().map(|row| (row.line, row.errors[0].field.as_str(), row.errors[0].rule)).collect();
    assert_eq!(taken, [(5, "groups", Rule::Taken), (6, "groups", Rule::Taken)]);

    let done = all(&w, &shown).await;
    assert_eq!((done.bulk.state, done.in_state(RowState::Done)), (BulkState::Done, 3));
    // The manager's row is done first, and is not the one that was shown.
    let names = w.db.values("user_group", "name", "purpose = 'custom' AND deleted_at IS NULL").await;
    assert_eq!(names, ["New team", "Sales/EU"]);
}

#[tokio::test]
async fn rows_of_an_act_that_is_asked_for_twice_are_given_once() {
    let w = world().await;
    let acme = customer(&w).await;
    let shown =
        preview(&w, acme, "First name;Last name;User principal name\nPer;Ek;per.ek@acme.example\n").await;
    assert_eq!(rows(&w, shown.bulk.id, &[Act::Create, Act::Create]).await.len(), 1);
}

#[tokio::test]
async fn a_defect_stops_one_and_keeps_no_other_waiting() {
    let w = world().await;
    let acme = customer(&w).await;
    let file =
        |who: &str| format!("First name;Last name;User principal name\n{who};Ek;{who}.ek@acme.example\n");
    let broken = preview(&w, acme, &file("per")).await;
    let good = preview(&w, acme, &file("eva")).await;
    let (id, changes) = (broken.bulk.id.uuid(), "UPDATE bulk_row SET changes = ");
    w.db.execute(&format!("{changes}'7' WHERE bulk_id = '{id}'")).await;
    for shown in [&broken, &good] {
        begin(&w, shown).await;
    }
    while run::work(&w.app).await.expect("parts are done") {}
    let stopped = bulk::get(&w.app, &w.root, broken.bulk.id).await.expect("as it is now");
    assert_eq!(stopped.bulk.state, BulkState::Paused);
    let problem = stopped.bulk.problem.expect("why");
    assert_eq!((problem[0].field.as_str(), problem[0].rule), ("server", Rule::Defect));
    let other = bulk::get(&w.app, &w.root, good.bulk.id).await.expect("as it is now");
    assert_eq!(other.bulk.state, BulkState::Done);

    // Once it is mended, somebody goes on with it.
    w.db.execute(&format!("{changes}'[]' WHERE bulk_id = '{id}'")).await;
    bulk::turn(&w.app, &w.root, broken.bulk.id, Turn::Resume, &Cause::default()).await.expect("it goes on");
    while run::work(&w.app).await.expect("parts are done") {}
    let mended = bulk::get(&w.app, &w.root, broken.bulk.id).await.expect("as it is now");
    assert_eq!((mended.bulk.state, mended.in_state(RowState::Done)), (BulkState::Done, 1));
    assert_eq!(one(&w, acme, "per ek").await.principal_name, "per.ek@acme.example");
}
