//! What a file brings beside what is in the directory and is nobody's here.

use app::{
    Cause,
    bulk::{self, Shown},
    users,
};
use domain::{
    bulk::{Act, RowState},
    field::Rule,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bulk::{all, counts, customer, draft, one, own_session, preview, rows},
    world::{World, person, world},
};

/// A survey of everything with objects that show these values, as the engine stores it.
async fn survey(w: &World, id: &str, objects: &[Value]) {
    w.db.execute(&format!(
        "INSERT INTO survey (id, tenant_id, target_id, state, asked_by, created_at, finished_at, expires_at)
         SELECT '{id}', t.id, d.id, 'done', '{id}', '2026-11-30T08:15:00Z', '2026-11-30T08:15:00Z', '2999-01-01'
           FROM tenant t, target d WHERE t.kind = 'provider'"
    ))
    .await;
    for (at, object) in objects.iter().enumerate() {
        let marker = object["marker"].as_bool().map_or("NULL", |_| "gen_random_uuid()");
        w.db.execute(&format!(
            "INSERT INTO survey_object (survey_id, tenant_id, external_id, kind, dn, dn_key, parent_key, name, marker,
                    protected, attributes, member_of)
             SELECT id, tenant_id, gen_random_uuid(), 'user', 'CN={at}', 'cn={at}', '', '{at}', {marker}, false,
                    '{}', '{{}}' FROM survey WHERE id = '{id}'",
            object["shows"]
        ))
        .await;
    }
}

/// The rules rows break, with the field and the value of each.
async fn broken(w: &World, shown: &Shown) -> Vec<(i32, String, Rule, String)> {
    let all = rows(w, shown.bulk.id, &[Act::Conflict, Act::Error]).await;
    let told = |line: i32, error: &domain::field::FieldError| {
        let value = error.args.get("value").cloned().unwrap_or_default();
        (line, error.field.clone(), error.rule, value)
    };
    all.iter().flat_map(|row| row.errors.iter().map(move |error| told(row.line, error))).collect()
}

const FILE: &str = "\
principal_name,given_name,surname,logon_name
Ida.Lund@acme.example,Ida,Lund,
jens.krag@acme.example,Jens,Krag,jens
,Kim,Vinter,
ours@acme.example,Our,Own,
";

#[tokio::test]
async fn a_name_of_the_directory_that_is_nobodys_here_is_a_conflict_and_made_names_give_way() {
    let w = world().await;
    let acme = customer(&w).await;
    let first = "00000000-0000-7000-8000-000000000001";
    let there = [
        json!({ "shows": { "principal_name": "ida.lund@ACME.example", "logon_name": "ilund" } }),
        json!({ "shows": { "logon_name": "Jens" } }),
        json!({ "shows": { "logon_name": "kim.vinter_acme" } }),
        json!({ "shows": { "principal_name": "kim.vinter2@acme.example" } }),
        // What bears our marker is ours.
        json!({ "shows": { "principal_name": "ours@acme.example" }, "marker": true }),
    ];
    survey(&w, first, &there).await;
    let shown = preview(&w, acme, FILE).await;
    assert_eq!(counts(&shown), [(Act::Create, 2), (Act::Conflict, 2)]);
    assert_eq!(
        broken(&w, &shown).await,
        [
            (2, "principal_name".to_owned(), Rule::InDirectory, "ida.lund@acme.example".to_owned()),
            (3, "logon_name".to_owned(), Rule::InDirectory, "jens".to_owned()),
        ]
    );
    let conflict = &rows(&w, shown.bulk.id, &[Act::Conflict]).await[0].errors[0];
    assert_eq!(conflict.args["seen"], "2026-11-30T08:15:00Z");
    let done = all(&w, &shown).await;
    assert_eq!(done.in_state(RowState::Done), 2);
    let kim = one(&w, acme, "kim vinter").await;
    assert_eq!(kim.principal_name, "kim.vinter@acme.example");
    assert_eq!(kim.logon_name.as_deref(), Some("kim.vinter2_acme"));
    // Whoever is made otherwise gives way as well, and whoever is to be renamed cannot take it.
    let kim = [person("Kim", "Vinter")];
    let made = users::create(&w.app, &w.root, acme, &kim, false, None, &Cause::default()).await;
    made.expect("a person");
    let names = w.db.values("users", "principal_name || ' ' || logon_name", "surname = 'Vinter'").await;
    assert_eq!(names[0], "kim.vinter3@acme.example kim.vinter3_acme", "{names:?}");
    let file = "principal_name,logon_name\nours@acme.example,ilund\n";
    assert_eq!(broken(&w, &preview(&w, acme, file).await).await[0].2, Rule::InDirectory);

    // The customer's own administrator is told that it is taken, and nothing of what is in the directory of all.
    let anna = own_session(&w, &one(&w, acme, "anna berg").await).await;
    let shown = bulk::import(&w.app, &anna, acme, draft(FILE), &Cause::default()).await.expect("a preview");
    let rules: Vec<_> = broken(&w, &shown).await.into_iter().map(|(.., rule, _)| rule).collect();
    assert_eq!(rules, [Rule::Taken, Rule::Taken]);

    // A newer survey in which they are gone.
    survey(&w, "00000000-0000-7000-8000-000000000002", &[]).await;
    assert_eq!(counts(&preview(&w, acme, FILE).await), [(Act::Create, 3), (Act::Nothing, 1)]);
}

#[tokio::test]
async fn a_survey_that_is_forgotten_or_not_done_says_nothing() {
    let w = world().await;
    let acme = customer(&w).await;
    let id = "00000000-0000-7000-8000-000000000001";
    survey(&w, id, &[json!({ "shows": { "principal_name": "ida.lund@acme.example" } })]).await;
    assert_eq!(preview(&w, acme, FILE).await.count(Act::Conflict), 1);
    for gone in ["expires_at = '2020-01-01'", "expires_at = '2999-01-01', state = 'failed'"] {
        w.db.execute(&format!("UPDATE survey SET {gone}")).await;
        assert_eq!(preview(&w, acme, FILE).await.count(Act::Conflict), 0, "{gone}");
    }
}

/// A worker asks about all names that previews wait for, of a directory in which strangers have these.
async fn answer(w: &World, strangers: &[&str]) -> Vec<String> {
    let (worker, target) = (w.worker(), w.target().await);
    let mut asked = Vec::new();
    while let Some(claim) = worker.claim_names(target).await.expect("asking") {
        let has = |name: &String| strangers.contains(&name.as_str()).then(|| stranger(name));
        let holders: Vec<_> = claim.names.iter().map(|(_, name)| has(name)).collect();
        worker.answer_names(&claim, &holders).await.expect("answering");
        asked.extend(claim.names.into_iter().map(|(_, name)| name));
    }
    asked.sort();
    asked
}

/// The id of whoever has a name.
fn stranger(name: &str) -> Uuid {
    let mut bytes = [7; 16];
    for (place, byte) in name.bytes().enumerate() {
        bytes[place % 16] ^= byte;
    }
    Uuid::from_bytes(bytes)
}

async fn now(w: &World, shown: &Shown) -> Shown {
    bulk::get(&w.app, &w.root, shown.bulk.id).await.expect("the preview")
}

/// What is planned anew without anybody asking.
async fn errands(w: &World) {
    while bulk::anew::work(&w.app).await.expect("errands") {}
}

#[tokio::test]
async fn the_directory_itself_is_asked_about_the_names_of_a_preview_and_the_preview_follows() {
    let w = world().await;
    let acme = customer(&w).await;
    let shown = preview(&w, acme, FILE).await;
    assert_eq!(counts(&shown), [(Act::Create, 4)], "nobody looked at the directory");
    assert!(!shown.bulk.names.expect("it is asked").is_settled());
    let there = ["ida.lund@acme.example", "jens", "kim.vinter_acme", "kim.vinter2_acme"];
    let asked = answer(&w, &there).await;
    let first = ["ida.lund@acme.example", "ida.lund_acme", "jens", "jens.krag@acme.example"];
    assert_eq!(asked[..4], first);
    // What it said is what the preview says, and it is asked about the names that are given now.
    let mut rounds = 0;
    while !now(&w, &shown).await.bulk.names.expect("asked").is_settled() {
        errands(&w).await;
        answer(&w, &there).await;
        rounds += 1;
        assert!(rounds < 5, "it comes to an end");
    }
    let after = now(&w, &shown).await;
    assert_eq!(counts(&after), [(Act::Create, 2), (Act::Conflict, 2)]);
    let told: Vec<_> =
        broken(&w, &after).await.into_iter().map(|(line, field, rule, _)| (line, field, rule)).collect();
    let conflict = |line, field: &str| (line, field.to_owned(), Rule::InDirectory);
    assert_eq!(told, [conflict(2, "principal_name"), conflict(3, "logon_name")]);
    // Nothing else is begun than what is shown.
    let stale = bulk::Turn::Run { version: shown.bulk.version };
    bulk::turn(&w.app, &w.root, shown.bulk.id, stale, &Cause::default())
        .await
        .expect_err("it was shown anew");
    assert_eq!(all(&w, &after).await.in_state(RowState::Failed), 0);
    assert_eq!(one(&w, acme, "kim vinter").await.logon_name.as_deref(), Some("kim.vinter3_acme"));

    // They are gone, and the next preview hears of it, whatever was said before.
    let shown = preview(&w, acme, FILE).await;
    assert_eq!(shown.count(Act::Conflict), 2);
    answer(&w, &[]).await;
    errands(&w).await;
    answer(&w, &[]).await;
    let after = now(&w, &shown).await;
    assert_eq!((after.count(Act::Conflict), after.count(Act::Create)), (0, 3));
    assert!(after.bulk.names.expect("asked").is_settled());
}

#[tokio::test]
async fn what_the_directory_says_goes_before_an_older_survey_and_not_before_a_newer_one() {
    let w = world().await;
    let acme = customer(&w).await;
    let ida = || [json!({ "shows": { "principal_name": "ida.lund@acme.example" } })];
    survey(&w, "00000000-0000-7000-8000-000000000001", &ida()).await;
    w.db.execute("UPDATE survey SET created_at = '2026-03-01T00:00:00Z'").await;
    let shown = preview(&w, acme, FILE).await;
    assert_eq!(shown.count(Act::Conflict), 1, "as the survey saw");
    answer(&w, &[]).await;
    errands(&w).await;
    assert_eq!(now(&w, &shown).await.count(Act::Conflict), 0, "she is not there any more");
    survey(&w, "00000000-0000-7000-8000-000000000002", &ida()).await;
    assert_eq!(preview(&w, acme, FILE).await.count(Act::Conflict), 1, "she is there again");
    // What was said long ago is forgotten.
    answer(&w, &["jens"]).await;
    w.db.execute("DELETE FROM survey").await;
    assert_eq!(preview(&w, acme, FILE).await.count(Act::Conflict), 1, "Jens");
    w.db.execute("UPDATE name_answer SET asked_at = asked_at - interval '73 hours'").await;
    w.worker().sweep().await.expect("sweeping");
    assert_eq!(preview(&w, acme, FILE).await.count(Act::Conflict), 0);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_or_twice_changes_nothing() {
    let w = world().await;
    let acme = customer(&w).await;
    let (worker, target) = (w.worker(), w.target().await);
    let shown = preview(&w, acme, FILE).await;
    let first = worker.claim_names(target).await.expect("asking").expect("names");
    assert!(worker.claim_names(target).await.expect("asking").is_none(), "one worker asks");
    // The directory did not answer; somebody else asks, and the first answers after all.
    worker.release_names(&first).await.expect("releasing");
    assert!(worker.claim_names(target).await.expect("asking").is_none(), "it rests");
    w.db.execute("UPDATE name_question SET lease_until = now() - interval '1 second'").await;
    let second = worker.claim_names(target).await.expect("asking").expect("names");
    let nobody = vec![None; second.names.len()];
    let everybody: Vec<_> = first.names.iter().map(|(_, name)| Some(stranger(name))).collect();
    worker.answer_names(&first, &everybody).await.expect("answering");
    assert!(!now(&w, &shown).await.bulk.names.expect("asked").differ);
    worker.answer_names(&second, &nobody).await.expect("answering");
    worker.answer_names(&second, &everybody).await.expect("answering");
    assert!(now(&w, &shown).await.bulk.names.expect("asked").is_settled());
    // Of what was begun or given up nobody asks any more.
    for turn in [bulk::Turn::Cancel, bulk::Turn::Run { version: 1 }] {
        let shown = preview(&w, acme, FILE).await;
        bulk::turn(&w.app, &w.root, shown.bulk.id, turn, &Cause::default()).await.expect("a turn");
        assert!(worker.claim_names(target).await.expect("asking").is_none(), "{turn:?}");
        assert_eq!(now(&w, &shown).await.bulk.names, None, "it is about previews");
    }
}

#[tokio::test]
async fn a_preview_of_somebody_who_is_gone_stays_as_it_was_shown_and_nothing_is_said_of_the_directory() {
    let w = world().await;
    let acme = customer(&w).await;
    let person = one(&w, acme, "anna berg").await;
    let anna = own_session(&w, &person).await;
    for (gone, name) in [("enabled = false", "jens"), ("enabled = true", "ida.lund@acme.example")] {
        let shown =
            bulk::import(&w.app, &anna, acme, draft(FILE), &Cause::default()).await.expect("a preview");
        answer(&w, &["jens", name]).await;
        // Disabled, or there and without her role.
        w.db.execute(&format!("UPDATE users SET {gone} WHERE id = '{}'", person.id.uuid())).await;
        w.db.execute(&format!(
            "UPDATE role_grant SET revoked_at = now() WHERE user_id = '{}'",
            person.id.uuid()
        ))
        .await;
        errands(&w).await;
        let after = now(&w, &shown).await;
        assert_eq!((after.bulk.version, after.bulk.names), (shown.bulk.version, None), "{gone}");
        assert!(w.store.errands(false).await.expect("errands").is_empty());
        w.db.execute("UPDATE users SET enabled = true").await;
        w.db.execute("UPDATE role_grant SET revoked_at = NULL").await;
    }
}
