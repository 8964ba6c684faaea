//! Findings through the router: who sees them, and what decisions do.

use serde_json::{Value, json};

use crate::world::{Estate, text};

/// Something was found of ben's account; gives the id of the finding.
pub async fn found(estate: &Estate, kind: &str, attribute: &str, wanted: &str, found: &str) -> String {
    let statement = format!(
        "INSERT INTO finding (id, tenant_id, target_id, object_id, kind, attribute, subject, name, wanted, found)
         SELECT gen_random_uuid(), o.tenant_id, o.target_id, o.id, '{kind}', '{attribute}', '{attribute}', u.display_name,
                nullif('{wanted}', ''), '{found}'
           FROM users u JOIN object o ON o.id = u.object_id WHERE u.principal_name = 'ben.lund@acme.test'"
    );
    estate.world.db.execute(&statement).await;
    let all = estate.world.get(&estate.world.root, "/findings?state=open").await.expect(200);
    let items = all["items"].as_array().expect("items");
    let this = items.iter().find(|f| f["kind"] == kind && f["found"] == found).expect("the finding");
    text(&this["id"]).to_owned()
}

fn states(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("items").iter().map(|f| text(&f["state"])).collect()
}

#[tokio::test]
async fn a_finding_is_seen_by_those_above_and_by_nobody_beside() {
    let estate = Estate::new().await;
    let id = found(&estate, "moved", "", "OU=acme", "OU=elsewhere,DC=secret").await;
    for (who, sees) in [(&estate.world.root, 1), (&estate.boss, 1), (&estate.anna, 1), (&estate.bert, 0)] {
        let page = estate.world.get(who, "/findings").await.expect(200);
        assert_eq!(states(&page).len(), sees);
    }
    estate.world.get(&estate.ben, "/findings").await.expect(403);
    let mine = estate.world.get(&estate.anna, "/findings?kind=moved&directory=shared").await.expect(200);
    assert_eq!(mine["items"][0]["entity"], Value::from(estate.ben_id.as_str()));
    assert!(!mine.to_string().contains("secret"), "where something lies is the provider's business");
    let line = format!("POST /findings/{id}/revert");
    estate.world.call(&estate.bert, &line, &[], None).await.expect(404);
    estate.world.call(&estate.ben, &line, &[], None).await.expect(404);
    let adopt = format!("POST /findings/{id}/adopt");
    let refused = estate.world.call(&estate.anna, &adopt, &[], None).await.expect(409);
    assert_eq!(refused["code"], "not_adoptable");
    let unknown = estate.world.get(&estate.anna, "/findings?state=lost").await;
    assert_eq!(unknown.refused(), [("state".to_owned(), "unknown".to_owned())]);
}

#[tokio::test]
async fn what_was_found_is_adopted_or_reverted_once() {
    let estate = Estate::new().await;
    let title = found(&estate, "changed", "title", "", "Pirate").await;
    let adopt = format!("POST /findings/{title}/adopt");
    let decided = estate.world.call(&estate.anna, &adopt, &[], None).await.expect(202);
    let again = estate.world.call(&estate.anna, &adopt, &[], None).await.expect(202);
    assert_eq!(again["request"], decided["request"], "a repeated call finds the same request");
    let ben = estate.world.get(&estate.anna, &format!("/users/{}", estate.ben_id)).await.expect(200);
    assert_eq!(ben["title"], "Pirate");

    let phone = found(&estate, "changed", "phone", "", "666").await;
    let missing = found(&estate, "missing", "", "Ben Lund", "x").await;
    let revert = format!("POST /findings/{phone}/revert");
    let decided = estate.world.call(&estate.anna, &revert, &[], None).await.expect(202);
    assert_eq!(decided["findings"], 2, "an object is put right as a whole");
    let again = estate.world.call(&estate.anna, &revert, &[], None).await.expect(202);
    assert_eq!(again["request"], decided["request"]);
    let path = format!("/requests/{}", text(&decided["request"]));
    let request = estate.world.get(&estate.anna, &path).await.expect(200);
    assert_eq!(request["cause"], "drift_revert");
    // The account made anew, and its groups: the members and the desktop.
    assert_eq!(request["counts"]["total"], 3, "{request}");
    let line = format!("POST /findings/{missing}/adopt");
    assert_eq!(estate.world.call(&estate.anna, &line, &[], None).await.expect(409)["code"], "resolved");
    let page = estate.world.get(&estate.anna, "/findings").await.expect(200);
    let mut states = states(&page);
    states.sort_unstable();
    assert_eq!(states, ["adopted", "reverted", "reverted"]);
}

#[tokio::test]
async fn many_are_reverted_with_one_request_a_customer() {
    let estate = Estate::new().await;
    found(&estate, "changed", "title", "", "Pirate").await;
    found(&estate, "changed", "mail", "", "pirate@sea.test").await;
    let body = json!({ "tenant": "acme", "kind": "changed" });
    let none = estate.world.post(&estate.bert, "/findings/revert", &json!({})).await.expect(202);
    assert_eq!(none["requests"], json!([]), "another customer's administrator reverts nothing of acme");
    let decided = estate.world.post(&estate.boss, "/findings/revert", &body).await.expect(202);
    assert_eq!(decided["requests"].as_array().map(Vec::len), Some(1));
    assert_eq!(decided["requests"][0]["findings"], 2);
    let again = estate.world.post(&estate.boss, "/findings/revert", &body).await.expect(202);
    assert_eq!(again["requests"], json!([]));
}

#[tokio::test]
async fn the_provider_decides_what_a_directory_enforces() {
    let estate = Estate::new().await;
    let (root, path) = (&estate.world.root, "/directories/shared/drift-policy");
    let before = estate.world.get(root, path).await.expect(200);
    assert_eq!(before["subjects"]["readers"], "enforce");
    assert_eq!(before["subjects"]["enabled"], "report");
    let put = format!("PUT {path}");
    let body = json!({ "subjects": { "enabled": "enforce" } });
    let after = estate.world.call(root, &put, &[], Some(&body)).await.expect(200);
    assert_eq!(after["subjects"]["enabled"], "enforce");
    assert_eq!(after["subjects"]["readers"], "enforce", "what is left out stays");
    assert_eq!(estate.world.get(root, path).await.expect(200), after);
    // All at once, and what is named beside it goes before.
    let body = json!({ "subjects": { "all": "report", "marker": "enforce" } });
    let all = estate.world.call(root, &put, &[], Some(&body)).await.expect(200);
    let all = all["subjects"].as_object().expect("an object").clone();
    assert!(all.len() > 10 && !all.contains_key("all"), "{all:?}");
    assert!(
        all.iter().all(|(subject, mode)| *mode == if subject == "marker" { "enforce" } else { "report" })
    );
    let body = json!({ "subjects": { "all": "perhaps" } });
    let refused = estate.world.call(root, &put, &[], Some(&body)).await.refused();
    assert_eq!(refused, [("subjects.all".to_owned(), "unknown".to_owned())]);
    let body = json!({ "subjects": { "shoe_size": "enforce", "title": "maybe" } });
    let refused = estate.world.call(root, &put, &[], Some(&body)).await.refused();
    let unknown = |field: &str| (field.to_owned(), "unknown".to_owned());
    assert_eq!(refused, [unknown("subjects"), unknown("subjects.title")]);
    estate.world.call(&estate.boss, &put, &[], Some(&json!({ "subjects": {} }))).await.expect(404);
    estate.world.call(root, "POST /directories/none/scan", &[], None).await.expect(404);
    estate.world.call(root, "POST /directories/shared/scan", &[], None).await.expect(202);
    let scans = estate.world.db.rows("SELECT asked_at FROM drift_scan").await;
    assert!(scans[0]["asked_at"].is_string());
}
