//! Files so long that their rows are planned part after part: what stands in one part counts in all.

use std::{collections::BTreeSet, fmt::Write as _};

use domain::{bulk::Act, field::Rule};

use crate::{
    bulk::{counted, counts, customer, preview, rows},
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
