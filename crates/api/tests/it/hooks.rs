//! Hooks through the router: who may, what is refused, and that secrets are shown once.

use serde_json::{Value, json};

use crate::world::{Estate, text};

pub fn new(url: &str) -> Value {
    json!({ "service": "desktop", "name": "Mailbox", "moment": "before", "occasions": ["assign", "remove"], "url": url })
}

/// A hook of the provider; its id.
pub async fn made(estate: &Estate) -> String {
    let body = new("https://hooks.example.com/tenantry");
    let hook = estate.world.post(&estate.world.root, "/hooks", &body).await.expect(201);
    text(&hook["id"]).to_owned()
}

#[tokio::test]
async fn a_hook_is_made_changed_rotated_tried_and_removed() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let hook = world.post(root, "/hooks", &new("https://hooks.example.com/tenantry?key=1")).await.expect(201);
    let first = text(&hook["secret"]).to_owned();
    assert!(first.starts_with("whsec_"), "{hook}");
    assert_eq!((&hook["time_limit_seconds"], &hook["tries"]), (&json!(10), &json!(8)));
    let path = format!("/hooks/{}", text(&hook["id"]));
    let shown = world.get(root, &path).await;
    assert_eq!(shown.header("etag"), Some("\"1\""));
    assert!(shown.expect(200).get("secret").is_none(), "a secret is shown once");

    let patch = json!({ "url": "https://hooks.example.com/new", "tries": 3 });
    let line = format!("PATCH {path}");
    let changed = world.call(root, &line, &[("if-match", "\"1\"")], Some(&patch)).await.expect(200);
    assert_eq!((&changed["url"], &changed["tries"]), (&patch["url"], &json!(3)));
    let stale = world.call(root, &line, &[("if-match", "\"1\"")], Some(&patch)).await.expect(412);
    assert_eq!(stale["code"], "stale");

    let rotated =
        world.post(root, &format!("{path}/secret"), &json!({ "old_valid_hours": 1 })).await.expect(201);
    assert_ne!(text(&rotated["secret"]), first);
    assert!(rotated["old_secret_until"].is_string(), "both are valid for a time: {rotated}");
    let again = world.post(root, &format!("{path}/secret"), &json!({})).await.expect(201);
    let valid = "SELECT count(*) AS n FROM hook_secret WHERE expires_at IS NULL
                     OR expires_at > (SELECT max(created_at) FROM hook_secret)";
    assert_eq!(world.db.rows(valid).await[0]["n"], 2, "never more than two: {again}");

    let test = world.call(root, &format!("POST {path}/test"), &[], None).await.expect(202);
    let request = world.get(root, &format!("/requests/{}", text(&test["request"]))).await.expect(200);
    assert_eq!((&request["cause"], &request["counts"]["total"]), (&json!("hook_test"), &json!(1)));
    let items = world.get(root, &format!("/requests/{}/items", text(&test["request"]))).await.expect(200);
    assert_eq!(items["items"][0]["kind"], "hook");
    assert!(text(&items["items"][0]["object"]).starts_with("dlv_"), "{items}");

    let all = world.get(root, "/hooks?service=desktop").await.expect(200);
    assert_eq!((all["items"].as_array().map(Vec::len), &all["items"][0]["waiting"]), (Some(1), &json!(1)));
    world.call(root, &format!("DELETE {path}"), &[], None).await.expect(204);
    world.get(root, &path).await.expect(404);
    let ended = world.get(root, &format!("/requests/{}", text(&test["request"]))).await.expect(200);
    assert_eq!(ended["counts"]["superseded"], 1, "{ended}");
    let told = world
        .db
        .rows("SELECT code, change::text AS change FROM event WHERE code LIKE 'hook.%' ORDER BY id")
        .await;
    let codes: Vec<_> = told.iter().map(|e| text(&e["code"])).collect();
    let rotated = "hook.secret_rotated";
    assert_eq!(codes, ["hook.created", "hook.updated", rotated, rotated, "hook.tested", "hook.removed"]);
    assert!(!told[0]["change"].to_string().contains("key=1"), "what may be a key is not in the log");
}

#[tokio::test]
async fn every_value_that_cannot_be_accepted_is_named() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let refused = async |body: Value| world.post(root, "/hooks", &body).await.refused();
    let rule = |field: &str, rule: &str| (field.to_owned(), rule.to_owned());
    let nothing = refused(json!({})).await;
    let fields = ["name", "moment", "occasions", "url"].map(|f| rule(f, "required"));
    assert_eq!(nothing, fields);
    for (change, field, broken) in [
        (json!({ "service": "none" }), "service", "unknown"),
        (json!({ "moment": "during" }), "moment", "unknown"),
        (json!({ "occasions": ["assign", "sold"] }), "occasions[1]", "unknown"),
        (json!({ "occasions": ["request_failed"] }), "occasions[0]", "unknown"),
        (json!({ "url": "http://hooks.example.com/" }), "url", "format"),
        (json!({ "url": "https://169.254.169.254/" }), "url", "format"),
        (json!({ "command": "mailbox" }), "command", "format"),
        (json!({ "url": null, "command": "/bin/sh" }), "command", "unknown"),
        (json!({ "time_limit_seconds": 61 }), "time_limit_seconds", "out_of_range"),
        (json!({ "tries": 0 }), "tries", "out_of_range"),
    ] {
        let mut body = new("https://hooks.example.com/");
        for (key, value) in change.as_object().expect("an object") {
            body[key] = value.clone();
        }
        assert_eq!(refused(body).await, [rule(field, broken)], "{change}");
    }
    let hook = made(&estate).await;
    assert_eq!(refused(new("https://hooks.example.com/")).await, [rule("name", "taken")]);
    let line = format!("PATCH /hooks/{hook}");
    let patch = json!({ "command": "mailbox" });
    let reply = world.call(root, &line, &[("if-match", "\"1\"")], Some(&patch)).await;
    assert_eq!(reply.refused(), [rule("command", "immutable")]);
    // A reseller has no services of its own, and may not see the provider's hooks.
    world.get(&estate.boss, "/hooks").await.expect(403);
    world.post(&estate.boss, "/hooks", &new("https://hooks.example.com/")).await.expect(403);
    world.get(&estate.boss, &format!("/hooks/{hook}")).await.expect(404);
}

/// What is to be told comes to be with what it is about, whoever changes it.
#[tokio::test]
async fn a_plan_given_and_taken_is_told_in_its_own_request() {
    let estate = Estate::new().await;
    let (world, anna) = (&estate.world, &estate.anna);
    made(&estate).await;
    let ben = format!("/users/{}", estate.ben_id);
    let plans = world.get(anna, &ben).await.expect(200)["plans"].clone();
    let path = format!("DELETE {ben}/plans/{}", text(&plans[0]["id"]));
    let removed = world.call(anna, &path, &[], None).await.expect(202);
    let added = world.post(anna, &format!("{ben}/plans"), &json!({ "plan": plans[0]["plan"] })).await;
    let added = added.expect(202);
    for (answer, occasion) in [(&removed, "remove"), (&added, "assign")] {
        let request = answer["request"].as_str().or(answer["provisioning"]["request"].as_str());
        let request = request.expect("a request");
        let items = world.get(anna, &format!("/requests/{request}/items")).await.expect(200);
        let hooks: Vec<_> =
            items["items"].as_array().expect("items").iter().filter(|i| i["kind"] == "hook").collect();
        assert_eq!(hooks.len(), 1, "{items}");
        assert_eq!(hooks[0]["name"], format!("Mailbox (before {occasion})"));
        assert_eq!(hooks[0]["entity"], Value::from(estate.ben_id.as_str()));
    }
    let held = "SELECT count(*) AS n FROM hook_delivery WHERE holds";
    assert_eq!(world.db.rows(held).await[0]["n"], 2, "each is asked before");
}
