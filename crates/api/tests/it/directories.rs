//! Several directories as programs see them: whom they are for, where sellers place
//! customers, and moves between them.

use serde_json::json;

use crate::world::{Estate, order, text};

#[tokio::test]
async fn placement_and_dedication_are_said_and_shown() {
    let estate = Estate::new().await;
    let (world, north) = (&estate.world, text(&estate.north["id"]));
    world.configure(&["shared", "north-ad"]).await;
    let path = format!("/tenants/{north}/placement");
    let seen = world.get(&estate.boss, &path).await.expect(200);
    assert_eq!((&seen["default"], &seen["restricted"]), (&json!("shared"), &json!(false)));
    assert_eq!(seen["directories"].as_array().map_or(0, Vec::len), 2);
    let rule = json!({ "directories": ["north-ad"], "default": "north-ad" });
    let line = format!("PUT {path}");
    assert_eq!(world.call(&estate.boss, &line, &[], Some(&rule)).await.status, 403);
    let wrong = json!({ "directories": ["nowhere"], "default": "neither" });
    let refused = world.call(&world.root, &line, &[], Some(&wrong)).await;
    let unknown = |field: &str| (field.to_owned(), "unknown".to_owned());
    assert_eq!(refused.refused(), [unknown("directories[0]"), unknown("default")]);
    let set = world.call(&world.root, &line, &[], Some(&rule)).await.expect(200);
    assert_eq!((&set["default_of"]["code"], &set["restricted"]), (&json!("north"), &json!(true)));
    let mut new = order("gamma", ("G", "G"), ("H", "H"));
    let placed = world.post(&estate.boss, "/orders", &new).await.expect(202);
    assert_eq!(placed["customer"]["directory"], "north-ad", "where the rule says");

    let to = json!({ "dedicated_to": "north" });
    let patch = "PATCH /directories/north-ad";
    assert_eq!(world.call(&world.root, patch, &[("if-match", "\"7\"")], Some(&to)).await.status, 412);
    let set = world.call(&world.root, patch, &[("if-match", "\"1\"")], Some(&to)).await.expect(200);
    assert_eq!((&set["dedicated"], &set["dedicated_to"]["code"]), (&json!(true), &json!("north")));
    let version = format!("\"{}\"", set["version"]);
    let south = world.get(&world.root, "/tenants?search=south").await.expect(200);
    let path = format!("/tenants/{}/placement", text(&south["items"][0]["id"]));
    let theirs = world.get(&world.root, &path).await.expect(200);
    assert_eq!(theirs["directories"][0]["obstacle"], "dedicated", "{theirs}");
    new["customer"]["code"] = json!("delta");
    new["customer"]["upn_suffix"] = json!("delta.test");
    new["customer"]["directory"] = json!("north-ad");
    new["reference"] = json!("SO-delta");
    let refused = world.post(&world.session("sue@south.test").await, "/orders", &new).await;
    assert_eq!(refused.refused(), [unknown("customer.directory")], "it is not there for strangers");
    new["seller"] = json!("south");
    let refused = world.post(&world.root, "/orders", &new).await.expect(409);
    assert_eq!(refused["code"], "directory_dedicated");
    let nobody = json!({ "dedicated_to": "nobody" });
    let refused = world.call(&world.root, patch, &[("if-match", &version)], Some(&nobody)).await;
    assert_eq!(refused.refused(), [unknown("dedicated_to")]);
    let other = json!({ "dedicated_to": "south" });
    let refused = world.call(&world.root, patch, &[("if-match", &version)], Some(&other)).await.expect(409);
    assert_eq!(refused["code"], "directory_in_use");
    let all = json!({ "dedicated_to": null });
    let shared = world.call(&world.root, patch, &[("if-match", &version)], Some(&all)).await.expect(200);
    assert_eq!(shared["dedicated"], false);
}

#[tokio::test]
async fn a_customer_is_moved_to_another_directory_after_a_look_and_back() {
    let estate = Estate::new().await;
    let (world, id) = (&estate.world, estate.acme_id());
    let path = |rest: &str| format!("/customers/{id}/directory-move{rest}");
    let to = |code: &str| json!({ "directory": code });
    for (body, rule) in [(json!({}), "required"), (to("nowhere"), "unknown"), (to("shared"), "duplicate")] {
        let refused = world.post(&world.root, &path("/preview"), &body).await;
        assert_eq!(refused.refused(), [("directory".to_owned(), rule.to_owned())], "{body}");
    }
    assert_eq!(world.get(&world.root, &path("")).await.status, 404, "there was none yet");
    world.configure(&["shared", "other"]).await;
    assert_eq!(world.post(&estate.boss, &path("/preview"), &to("other")).await.status, 403);
    let seen = world.post(&world.root, &path("/preview"), &to("other")).await.expect(200);
    // Two people, groups of everybody and of two services, its own container and its seller's.
    let made = ["users", "groups", "containers", "name_conflicts"].map(|field| seen[field].as_i64());
    assert_eq!(made, [Some(2), Some(3), Some(2), Some(0)], "{seen}");
    assert_eq!(seen["lost"], json!(["password", "security_id"]));
    let long = json!({ "directory": "other", "grace_days": 400 });
    let refused = world.post(&world.root, &path(""), &long).await;
    assert_eq!(refused.refused(), [("grace_days".to_owned(), "out_of_range".to_owned())]);
    let begun = world.post(&world.root, &path(""), &to("other")).await.expect(202);
    assert_eq!((&begun["phase"], &begun["from"]), (&json!("preparing"), &json!("shared")));
    let request = format!("/requests/{}", text(&begun["request"]));
    assert_eq!(world.get(&world.root, &request).await.expect(200)["cause"], "directory_move");
    let again = world.post(&world.root, &path(""), &to("other")).await.expect(409);
    assert_eq!(again["code"], "directory_move_open");
    assert_eq!(world.get(&estate.anna, &path("")).await.expect(200)["phase"], "preparing");
    let links = world.get(&estate.anna, &path("/links")).await.expect(200);
    assert_eq!(links["items"], json!([]), "nobody lives there yet");
    let back = format!("POST {}", path("/take-back"));
    let gone = world.call(&world.root, &back, &[], None).await.expect(202);
    assert_eq!(gone["phase"], "cancelled");
    let twice = world.call(&world.root, &back, &[], None).await.expect(202);
    assert_eq!(twice, gone, "twice is once");
}

#[tokio::test]
async fn planned_moves_are_listed_and_taken_back() {
    let estate = Estate::new().await;
    let (world, id) = (&estate.world, estate.acme_id());
    let plan = json!({ "seller": "south", "day": "2026-04-01" });
    world.post(&world.root, &format!("/customers/{id}/move"), &plan).await.expect(200);
    let listed = world.get(&world.root, "/planned-moves").await.expect(200);
    assert_eq!(listed["items"][0]["day"], "2026-04-01");
    assert_eq!(
        (&listed["items"][0]["from"]["code"], &listed["items"][0]["to"]["code"]),
        (&json!("north"), &json!("south"))
    );
    let theirs = world.get(&estate.boss, "/planned-moves").await.expect(200);
    assert!(theirs["items"][0]["to"].is_null(), "the other seller is out of sight: {theirs}");
    let line = format!("DELETE /tenants/{id}/planned-move");
    assert_eq!(world.call(&world.root, &line, &[], None).await.status, 204);
    assert_eq!(world.get(&world.root, "/planned-moves").await.expect(200)["items"], json!([]));
}
