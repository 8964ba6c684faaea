//! Lists of a survey and of an adoption with a hundred thousand rows: a page reads what
//! it shows, by keys, under row-level security. Only the database: no directory is asked.

use std::time::Instant;

use domain::{adoption::Fate, id::SurveyId, spec::ObjectKind};
use store::Caller;
use uuid::Uuid;

use crate::{
    plans::{check_with, statement_of},
    world::Estate,
};

const ROWS: usize = 100_000;
const TABLES: [&str; 4] = ["survey_object", "adoption_item", "external_object", "object"];

/// What a page may cost by the planner's count; reading all of it costs a thousand times as much.
const MOST: f64 = 900.0;

async fn fill(estate: &Estate) {
    let customer = estate.a1.id.uuid();
    estate
        .world
        .sql(&format!(
            "INSERT INTO survey (id, tenant_id, target_id, state, seen, asked_by, created_at, expires_at)
                 SELECT md5(n::text)::uuid, t.id, d.id, 'done', {ROWS}, t.id, now(), now() + interval '3 days'
                   FROM tenant t, target d, generate_series(1, 3) n WHERE t.kind = 'provider';
             INSERT INTO survey_object (survey_id, external_id, tenant_id, kind, dn, dn_key, parent_key, name, protected,
                    attributes, member_of)
                 SELECT s.id, md5(n::text)::uuid, s.tenant_id,
                        CASE WHEN n % 1000 = 0 THEN 'container' WHEN n % 50 = 0 THEN 'group' ELSE 'user' END,
                        'CN=p' || n || ',OU=o' || n / 1000 || ',DC=x', 'cn=p' || n || ',ou=o' || n / 1000 || ',dc=x',
                        'ou=o' || n / 1000 || ',dc=x', 'p' || n, false, '{{}}', '{{}}'
                   FROM survey s, generate_series(1, {ROWS}) n;
             INSERT INTO adoption (id, tenant_id, survey_id, target_id, container_id, dn, seller_id, plan, counts, digest,
                    created_by, created_at)
                 SELECT s.id, s.tenant_id, s.id, s.target_id, s.id, '', s.tenant_id, '{{}}', '{{}}', '', s.id, now() FROM survey s;
             INSERT INTO adoption_item (adoption_id, external_id, tenant_id, kind, name, dn, fate)
                 SELECT o.survey_id, o.external_id, o.tenant_id, o.kind, o.name, o.dn,
                        CASE WHEN o.kind = 'group' THEN 'conflict' ELSE 'create' END FROM survey_object o;
             -- Half of what was seen is ours.
             INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
                 SELECT md5('o' || n)::uuid, '{customer}', d.id, 'user', md5('o' || n)::uuid, 'user', '{{}}', 1, now()
                   FROM target d, generate_series(1, {ROWS} / 2) n;
             INSERT INTO external_object (object_id, tenant_id, target_id, external_id, state)
                 SELECT md5('o' || n)::uuid, '{customer}', d.id, md5(n::text)::uuid, 'verified'
                   FROM target d, generate_series(1, {ROWS} / 2) n;
             ANALYZE"
        ))
        .await;
}

#[tokio::test]
async fn pages_of_a_hundred_thousand_objects_read_what_they_show() {
    let estate = Estate::new().await;
    fill(&estate).await;
    let survey = "'c4ca4238-a0b9-2382-0dcc-509a6f75849b'";
    let objects = statement_of("surveys.rs", "WHERE o.survey_id = $1 AND ($3::text IS NULL OR o.kind = $3)");
    let target = "'00000000-0000-0000-0000-000000000001'";
    let mut all = vec![
        ("objects, first page", &objects, format!("{survey}, {target}, NULL, NULL, NULL, 50")),
        ("objects, deep page", &objects, format!("{survey}, {target}, NULL, NULL, 'cn=p777', 50")),
        ("containers, deep page", &objects, format!("{survey}, {target}, 'container', NULL, 'cn=p777', 50")),
        ("children, deep page", &objects, format!("{survey}, {target}, NULL, 'ou=o77,dc=x', 'cn=p777', 50")),
    ];
    let items = statement_of("adoptions.rs", "FROM adoption_item\n                WHERE adoption_id = $1");
    let deep = "'99999999-0000-0000-0000-000000000000'";
    all.push(("items, first page", &items, format!("{survey}, NULL, NULL, 50")));
    all.push(("items, deep page", &items, format!("{survey}, NULL, {deep}, 50")));
    all.push(("conflicts, deep page", &items, format!("{survey}, 'conflict', {deep}, 50")));
    for (what, query, arguments) in all {
        check_with(&estate.world, &estate.world.root, (what, query, &arguments), &TABLES, Some(MOST)).await;
    }
    walk(&estate, &estate.world.root).await;
}

/// The whole list, page by page: the last page is as cheap as the first.
async fn walk(estate: &Estate, caller: &Caller) {
    let survey = SurveyId::from_uuid("c4ca4238-a0b9-2382-0dcc-509a6f75849b".parse().expect("an id"));
    let mut tx = estate.world.store.read(caller).await.expect("reading");
    let (survey, _) = tx.survey(survey).await.expect("the survey");
    let (mut after, mut seen, mut times) = (None::<String>, 0, Vec::new());
    loop {
        let started = Instant::now();
        let page = tx
            .survey_objects(&survey, Some(ObjectKind::User), None, after.as_deref(), 200)
            .await
            .expect("a page");
        times.push(started.elapsed());
        seen += page.len();
        let Some(last) = page.last() else { break };
        after = Some(last.key());
    }
    assert_eq!(seen, ROWS - ROWS / 50, "every user once");
    let sum = |part: &[std::time::Duration]| part.iter().sum::<std::time::Duration>();
    let (first, last) = (sum(&times[1..51]), sum(&times[times.len() - 51..times.len() - 1]));
    assert!(last < 10 * first, "fifty pages took {first:?} at the beginning and {last:?} at the end");
    let mut after = None::<Uuid>;
    let mut conflicts = 0;
    loop {
        let id = domain::id::AdoptionId::from_uuid(survey.id.uuid());
        let page = tx.adoption_items(id, Some(Fate::Conflict), after, 200).await.expect("a page");
        conflicts += page.len();
        let Some(last) = page.last() else { break };
        after = Some(last.external_id);
    }
    assert_eq!(conflicts, ROWS / 50 - ROWS / 1000);
    tx.finish().await.expect("reading");
}
