//! Custom fields and settings as programs say them.

use serde_json::{Value, json};

use crate::world::{Estate, Reply, text};

async fn patch(estate: &Estate, token: &str, path: &str, body: &Value) -> Reply {
    let etag = estate.world.get(token, path).await.header("etag").map(str::to_owned).expect("a version");
    estate.world.call(token, &format!("PATCH {path}"), &[("if-match", &etag)], Some(body)).await
}

fn pair(field: &str, rule: &str) -> (String, String) {
    (field.to_owned(), rule.to_owned())
}

#[tokio::test]
async fn a_field_is_defined_filled_shown_and_looked_for() {
    let estate = Estate::new().await;
    let (world, anna) = (&estate.world, &estate.anna);
    let fields = format!("/tenants/{}/fields", estate.acme_id());
    let wrong = json!({ "key": "Cost", "label": "", "kind": "money", "attribute": "userAccountControl" });
    assert_eq!(
        world.post(anna, &fields, &wrong).await.refused(),
        [
            pair("key", "forbidden_character"),
            pair("label", "required"),
            pair("kind", "unknown"),
            pair("attribute", "unknown"),
        ]
    );
    let body = json!({ "key": "cost_centre", "label": "Cost centre", "kind": "text", "attribute": "department_number",
        "rules": { "pattern": "[0-9]{4}" } });
    let made = world.post(anna, &fields, &body).await;
    assert_eq!(made.header("etag"), Some("\"1\""));
    let made = made.expect(201);
    assert_eq!((text(&made["attribute"]), &made["inherited"]), ("department_number", &json!(false)));
    let again = world.post(anna, &fields, &body).await;
    assert_eq!(again.refused(), [pair("attribute", "taken"), pair("key", "taken")]);
    let said = again.body["errors"][1]["message"].clone();
    assert_eq!(text(&said), "\"cost_centre\" is taken already by a field of this tenant.");

    let path = format!("/users/{}", estate.ben_id);
    let refused =
        patch(&estate, anna, &path, &json!({ "fields": { "cost_centre": "47", "shoe": "43" } })).await;
    assert_eq!(refused.refused(), [pair("fields.cost_centre", "format"), pair("fields.shoe", "unknown")]);
    let ben = patch(&estate, anna, &path, &json!({ "fields": { "cost_centre": "4711" } })).await.expect(202);
    assert_eq!(ben["fields"], json!({ "cost_centre": "4711" }));
    let users = format!("/customers/{}/users", estate.acme_id());
    let names = async |query: &str| {
        let page = world.get(anna, &format!("{users}?{query}")).await.expect(200);
        let all = page["items"].as_array().expect("a page").clone();
        all.iter().map(|u| text(&u["display_name"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("field=cost_centre%3D4711").await, ["Ben Lund"]);
    assert_eq!(names("field=cost_centre%3D4712").await, Vec::<String>::new());
    let odd = world.get(anna, &format!("{users}?field=shoe%3D43")).await;
    assert_eq!(odd.refused(), [pair("field", "unknown")]);

    let new = json!({ "given_name": "Cy", "fields": { "cost_centre": "4712" } });
    assert_eq!(world.post(anna, &users, &new).await.expect(202)["fields"], json!({ "cost_centre": "4712" }));
    let line = format!("{fields}/cost_centre");
    let changed = json!({ "required": true, "label": "Centre", "rules": { "max_chars": 9 } });
    let changed = patch(&estate, anna, &line, &changed).await.expect(200);
    assert_eq!((&changed["version"], &changed["rules"]), (&json!(2), &json!({ "max_chars": 9 })));
    let missing = world.post(anna, &users, &json!({ "given_name": "Di" })).await;
    assert_eq!(missing.refused(), [pair("fields.cost_centre", "required")]);
    let retired = patch(&estate, anna, &line, &json!({ "retired": true })).await.expect(200);
    assert!(retired["retired_at"].is_string());
    world.post(anna, &users, &json!({ "given_name": "Di" })).await.expect(202);
    assert_eq!(world.get(anna, &path).await.expect(200)["fields"], json!({ "cost_centre": "4711" }), "kept");
}

#[tokio::test]
async fn definitions_are_seen_below_and_nowhere_else() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let at = |tenant: &str| format!("/tenants/{tenant}/fields");
    let north = text(&estate.north["id"]);
    let body = json!({ "key": "region", "label": "Region", "kind": "choice", "rules": { "choices": ["East", "West"] } });
    world.post(&estate.boss, &at(north), &body).await.expect(201);
    let acme = at(estate.acme_id());
    let seen = world.get(&estate.anna, &acme).await.expect(200);
    assert_eq!((text(&seen["fields"][0]["key"]), &seen["fields"][0]["inherited"]), ("region", &json!(true)));
    assert!(!seen.to_string().contains("north"), "nothing is told of who defined it: {seen}");
    let line = format!("PATCH {acme}/region");
    let headers = [("if-match", "\"1\"")];
    world.call(&estate.anna, &line, &headers, Some(&json!({ "label": "X" }))).await.expect(404);
    // Another customer, of another reseller.
    world.get(&estate.bert, &acme).await.expect(404);
    world.get(&estate.bert, &format!("{acme}/region")).await.expect(404);
    world.get(&estate.bert, &at(north)).await.expect(404);
    world.call(&estate.bert, &line, &headers, Some(&json!({ "label": "X" }))).await.expect(404);
    let bert = text(&world.get(&estate.bert, "/me").await.expect(200)["tenant"]["id"]).to_owned();
    assert_eq!(world.get(&estate.bert, &at(&bert)).await.expect(200)["fields"], json!([]));
    world.post(&estate.bert, &at(&bert), &body).await.expect(201);
}

#[tokio::test]
async fn people_see_and_change_what_is_theirs() {
    let estate = Estate::new().await;
    let (world, ben) = (&estate.world, &estate.ben);
    let fields = format!("/tenants/{}/fields", estate.acme_id());
    for (key, person) in [("nickname", "edits"), ("desk", "sees"), ("rating", "hidden")] {
        let body = json!({ "key": key, "label": key, "kind": "text", "person": person });
        world.post(&estate.anna, &fields, &body).await.expect(201);
    }
    let path = format!("/users/{}", estate.ben_id);
    let body = json!({ "fields": { "desk": "B 12", "rating": "A" } });
    patch(&estate, &estate.anna, &path, &body).await.expect(202);
    let own = patch(&estate, ben, &path, &json!({ "fields": { "nickname": "Benny" } })).await.expect(202);
    assert_eq!(own["fields"], json!({ "desk": "B 12", "nickname": "Benny" }), "what is hidden is not shown");
    let refused = patch(&estate, ben, &path, &json!({ "fields": { "desk": "A 1", "rating": null } })).await;
    assert_eq!(
        refused.refused(),
        [pair("fields.desk", "administrators_only"), pair("fields.rating", "unknown")]
    );
    patch(&estate, ben, &path, &json!({ "title": "CEO", "fields": { "nickname": "B" } })).await.expect(403);
    let all = world.get(&estate.anna, &path).await.expect(200);
    assert_eq!(all["fields"], json!({ "desk": "B 12", "nickname": "Benny", "rating": "A" }));
}

#[tokio::test]
async fn settings_are_shown_with_their_origin_said_and_reset() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let north = format!("/tenants/{}/settings", text(&estate.north["id"]));
    let acme = format!("/tenants/{}/settings", estate.acme_id());
    let body = json!({ "support_mail": "help@north.example", "brand_name": "North Cloud", "brand_primary": "#1D5C4D" });
    let said = patch(&estate, &estate.boss, &north, &body).await.expect(200);
    assert_eq!(said["settings"]["brand_primary"], json!({ "value": "#1d5c4d", "from": "own" }));
    let seen = world.get(&estate.anna, &acme).await.expect(200);
    // Anna may not see who is above.
    assert_eq!(seen["settings"]["support_mail"], json!({ "value": "help@north.example", "from": "above" }));
    assert_eq!(seen["settings"]["grace_days"], json!({ "value": "30", "from": "default" }));
    assert_eq!(seen["password_rules"]["min_chars"], json!({ "value": "12", "from": "default" }));
    let of_boss = world.get(&estate.boss, &acme).await.expect(200);
    assert_eq!(of_boss["settings"]["support_mail"]["tenant"]["code"], "north");
    let own =
        patch(&estate, &estate.anna, &acme, &json!({ "support_mail": "it@acme.test" })).await.expect(200);
    assert_eq!(own["settings"]["support_mail"], json!({ "value": "it@acme.test", "from": "own" }));
    let reset = patch(&estate, &estate.anna, &acme, &json!({ "support_mail": null })).await.expect(200);
    assert_eq!(reset["settings"]["support_mail"]["from"], "above");
    let rules = format!("/tenants/{}/password-policy", estate.acme_id());
    world
        .call(&estate.anna, &format!("PUT {rules}"), &[], Some(&json!({ "min_chars": 14 })))
        .await
        .expect(200);
    let seen = world.get(&estate.anna, &acme).await.expect(200);
    assert_eq!(seen["password_rules"]["min_chars"], json!({ "value": "14", "from": "own" }));

    let wrong = json!({ "brand_accent": "#ffcc00", "terms_url": "javascript:alert(1)", "time_zone": "Mars" });
    let wrong = patch(&estate, &estate.anna, &acme, &wrong).await;
    let mut refused = wrong.refused();
    refused.sort();
    assert_eq!(
        refused,
        [pair("brand_accent", "contrast"), pair("terms_url", "format"), pair("time_zone", "unknown")]
    );
    assert!(wrong.body.to_string().contains("Contrast 1.2:1"), "{}", wrong.body);
    let billed = patch(&estate, &estate.anna, &acme, &json!({ "currency": "DKK" })).await.expect(409);
    assert_eq!(text(&billed["code"]), "currency_billed");
    world.get(&estate.bert, &acme).await.expect(404);
}

#[tokio::test]
async fn under_which_number_a_seller_bills_is_not_for_its_customer_to_say() {
    let estate = Estate::new().await;
    let acme = format!("/tenants/{}", estate.acme_id());
    for other in [json!("D-10042"), json!(null)] {
        let body = json!({ "name": "Acme GmbH & Co", "billing_id": other });
        patch(&estate, &estate.anna, &acme, &body).await.expect(403);
    }
    let seen = estate.world.get(&estate.boss, &acme).await.expect(200);
    assert_eq!((text(&seen["billing_id"]), text(&seen["name"])), ("D-acme", "acme GmbH"), "nothing of it");
    // What she sends as it is stays, and the rest of it is hers.
    let body = json!({ "name": "Acme GmbH & Co", "billing_id": "D-acme" });
    patch(&estate, &estate.anna, &acme, &body).await.expect(202);
    let said = patch(&estate, &estate.boss, &acme, &json!({ "billing_id": "D-2" })).await.expect(202);
    assert_eq!(text(&said["billing_id"]), "D-2");
    let north = format!("/tenants/{}", text(&estate.north["id"]));
    patch(&estate, &estate.boss, &north, &json!({ "billing_id": "free" })).await.expect(403);
}

#[tokio::test]
async fn what_was_said_from_above_is_sent_again_by_who_could_not_say_it() {
    let estate = Estate::new().await;
    let north = format!("/tenants/{}/settings", text(&estate.north["id"]));
    let said = json!({ "sender_mail": "no-reply@north-mail.example" });
    patch(&estate, &estate.boss, &north, &said).await.expect(422);
    patch(&estate, &estate.world.root, &north, &said).await.expect(200);
    let again = json!({ "sender_mail": "no-reply@north-mail.example", "brand_name": "North Cloud" });
    let seen = patch(&estate, &estate.boss, &north, &again).await.expect(200);
    assert_eq!(seen["settings"]["brand_name"], json!({ "value": "North Cloud", "from": "own" }));
    let other = json!({ "sender_mail": "ceo@north-mail.example" });
    patch(&estate, &estate.boss, &north, &other).await.expect(422);
}
