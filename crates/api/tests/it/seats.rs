//! A plan of many people at once, through REST.

use serde_json::{Value, json};

use crate::world::{Estate, text};

#[tokio::test]
async fn a_plan_is_given_to_all_and_taken_from_one_after_a_look() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let path = format!("/customers/{}/seats", estate.acme_id());
    let running = async || -> i64 {
        let rows = "SELECT count(*) AS n FROM subscription s JOIN plan p ON p.id = s.plan_id
                     WHERE p.code = 'desktop-l' AND s.ended_at IS NULL";
        world.db.rows(rows).await[0]["n"].as_i64().expect("a number")
    };
    let all = json!({ "plan": "desktop-l", "deed": "give", "all": true, "preview": true });
    let told = world.post(&estate.anna, &path, &all).await.expect(202);
    assert_eq!((told["people"].as_i64(), running().await), (Some(2), 0), "{told}");
    assert!(told.get("request").is_none(), "{told}");
    let all = json!({ "plan": "desktop-l", "deed": "give", "all": true });
    let given = world.post(&estate.anna, &path, &all).await.expect(202);
    assert!(given["request"].is_string(), "{given}");
    assert_eq!(running().await, 2);
    // Everybody has it: nothing is asked of the directory.
    let again = world.post(&estate.anna, &path, &all).await.expect(202);
    assert_eq!((again["people"].as_i64(), again.get("request")), (Some(0), None));
    let one = json!({ "plan": "desktop-l", "deed": "take", "people": [estate.ben_id, estate.ben_id] });
    let taken = world.post(&estate.anna, &path, &one).await.expect(202);
    assert_eq!((taken["people"].as_i64(), running().await), (Some(1), 1));
    let some = json!({ "plan": "desktop-l", "deed": "take", "all": true, "search": "nobody of that name" });
    assert_eq!(world.post(&estate.anna, &path, &some).await.expect(202)["people"], 0);
}

#[tokio::test]
async fn what_is_wrong_with_it_is_named() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let path = format!("/customers/{}/seats", estate.acme_id());
    for (body, field, rule) in [
        (json!({}), "plan", "required"),
        (json!({ "plan": "desktop-l" }), "deed", "required"),
        (json!({ "plan": "desktop-l", "deed": "lend" }), "deed", "unknown"),
        (json!({ "plan": "desktop-l", "deed": "give" }), "people", "required"),
        (json!({ "plan": "desktop-l", "deed": "give", "people": ["ben"] }), "people[0]", "unknown"),
        (
            json!({ "plan": "desktop-l", "deed": "give", "people": [estate.ben_id], "all": true }),
            "people",
            "duplicate",
        ),
        (json!({ "plan": "desktop-l", "deed": "give", "search": "b" }), "all", "required"),
    ] {
        let refused = world.post(&estate.anna, &path, &body).await.refused();
        assert_eq!(refused, [(field.to_owned(), rule.to_owned())], "{body}");
    }
    let body: Value = json!({ "plan": "no-such-plan", "deed": "give", "all": true });
    let missing = world.post(&estate.anna, &path, &body).await;
    assert_eq!((missing.status.as_u16(), text(&missing.body["code"])), (404, "not_found"));
    let body = json!({ "plan": "desktop-l", "deed": "give", "all": true });
    world.post(&estate.bert, &path, &body).await.expect(404);
    // Who has an account and no role knows of no customer.
    world.post(&estate.ben, &path, &body).await.expect(404);
}

#[tokio::test]
async fn an_attempt_that_is_denied_is_on_record_and_a_look_is_not() {
    let estate = Estate::new().await;
    let world = &estate.world;
    estate.ben_looks_after_people().await;
    let path = format!("/customers/{}/seats", estate.acme_id());
    let denied = async || world.db.values("event", "id", "code = 'access.denied'").await.len();
    let mut body =
        json!({ "plan": "desktop-l", "deed": "give", "people": [estate.acme["administrator"]["id"]] });
    body["preview"] = json!(true);
    world.post(&estate.ben, &path, &body).await.expect(403);
    assert_eq!(denied().await, 0, "nothing was tried");
    body["preview"] = json!(false);
    world.post(&estate.ben, &path, &body).await.expect(403);
    assert_eq!(denied().await, 1);
    // Of several those remain of whom he may.
    let all = json!({ "plan": "desktop-l", "deed": "give", "all": true });
    let given = world.post(&estate.ben, &path, &all).await.expect(202);
    assert_eq!((given["people"].as_i64(), given["left_out"].as_i64()), (Some(1), Some(1)), "{given}");
    assert_eq!(denied().await, 1);
}
