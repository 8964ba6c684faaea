//! What happened to somebody: told whole to who may see the person, and to nobody else.

use serde_json::{Value, json};

use crate::world::{Estate, text};

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn what_happened_to_somebody_is_told_with_the_values_and_who_did_it() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let person = format!("/users/{}", estate.ben_id);
    let etag = world.get(&estate.anna, &person).await.header("etag").map(str::to_owned).expect("a version");
    let patch = json!({ "title": "Head of \"R&D\" – Ünïcode", "details": { "mobile": "+45 1234" } });
    let line = format!("PATCH {person}");
    world.call(&estate.anna, &line, &[("if-match", &etag)], Some(&patch)).await.expect(202);
    world.post(&estate.anna, &format!("{person}/plans"), &json!({ "plan": "desktop-l" })).await.expect(202);
    let path = format!("{person}/history");
    let all = items(&world.get(&estate.anna, &path).await.expect(200));
    let codes: Vec<_> = all.iter().map(|event| text(&event["code"])).collect();
    assert_eq!(codes[0], "plan.assigned", "{codes:?}");
    assert!(codes.contains(&"user.created"), "{codes:?}");
    let updated = all.iter().find(|event| event["code"] == "user.updated").expect("the change");
    assert_eq!(updated["actor"]["name"], "Anna Berg");
    let changes = updated["changes"].as_array().expect("changes");
    let of = |field: &str| changes.iter().find(|c| c["field"] == field).expect("a change").clone();
    assert_eq!(of("title"), json!({ "field": "title", "before": null, "after": patch["title"] }));
    assert_eq!(of("mobile")["after"], "+45 1234");
    let assigned = &all[0]["changes"][0];
    assert_eq!(
        (&assigned["field"], text(&assigned["after"]).split('/').next()),
        (&json!("plan"), Some("desktop-l"))
    );
    // Who made the customer stands above, and is not named to it.
    let created = all.iter().find(|event| event["code"] == "user.created").expect("the creation");
    assert_eq!(created["actor"], json!({ "system": false }));
    let above = items(&world.get(&estate.boss, &path).await.expect(200));
    let created = above.iter().find(|event| event["code"] == "user.created").expect("the creation");
    assert_eq!(created["actor"]["name"], "Bo Lund");

    let (mut walked, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get(&estate.anna, &format!("{path}?limit=1{after}")).await.expect(200);
        walked.extend(items(&page));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(walked, all);
    world.get(&estate.bert, &path).await.expect(404);
}

#[tokio::test]
async fn values_nobody_can_read_any_more_are_hidden_and_the_event_stays() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let path = format!("/users/{}/history", estate.ben_id);
    let before = items(&world.get(&estate.anna, &path).await.expect(200));
    world.db.execute("DELETE FROM person_key").await;
    let after = items(&world.get(&estate.anna, &path).await.expect(200));
    assert_eq!(before.len(), after.len());
    let created = after.iter().find(|event| event["code"] == "user.created").expect("the creation");
    let name = created["changes"].as_array().expect("changes").iter().find(|c| c["field"] == "given_name");
    assert_eq!(name, Some(&json!({ "field": "given_name", "before": null, "after": null, "hidden": true })));
}
