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
