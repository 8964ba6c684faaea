//! Adoption into a customer that exists, and giving back, through the router.

use serde_json::{Value, json};

use crate::{
    adoption::{TOP, old, person, previewed, saw},
    world::{Estate, text},
};

/// The old customer is taken over, and another account is seen in its container.
async fn taken_over(estate: &Estate) -> (String, String) {
    let (world, root) = (&estate.world, &estate.world.root);
    let (survey, adoption) = previewed(estate).await;
    let run = world.post(root, &format!("/adoptions/{adoption}/run"), &json!({})).await.expect(202);
    saw(estate, 9, "user", "CN=Quinn", TOP, &person("quinn", "quinn@old.test"), "").await;
    (survey, text(&run["customer"]).to_owned())
}

#[tokio::test]
async fn what_is_found_becomes_part_of_a_customer_that_exists() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let (survey, customer) = taken_over(&estate).await;
    // Somebody of the portal whose account is there.
    let body = json!({ "given_name": "Quinn", "surname": "Dahl", "principal_name": "quinn@old.test", "title": "Clerk" });
    let made = world.post(root, &format!("/customers/{customer}/users"), &body).await.expect(202);
    let quinn = text(&made["id"]).to_owned();
    let path = format!("/surveys/{survey}/adoptions");
    let wanted = json!({ "container": TOP, "into": "OLD", "match": ["principal_name"] });
    let adoption = world.post(root, &path, &wanted).await.expect(201);
    assert_eq!((text(&adoption["into"]), text(&adoption["wins"])), (customer.as_str(), "directory"));
    let counts = json!({ "containers": 0, "groups": 0, "users": 0, "linked": 1, "conflicts": 0, "skipped": 4,
        "new_groups": 0, "subscriptions": 0, "by_services": 0 });
    assert_eq!(adoption["counts"], counts, "{adoption}");
    let id = text(&adoption["id"]).to_owned();
    let items = world.get(root, &format!("/adoptions/{id}/items?fate=match")).await.expect(200);
    let item = &items["items"][0];
    assert_eq!((text(&item["subject"]), text(&item["rule"])), (quinn.as_str(), "principal_name"));
    let title = json!({ "field": "title", "portal": "Clerk" });
    assert!(item["differences"].as_array().expect("differences").contains(&title), "{item}");
    let run = world.post(root, &format!("/adoptions/{id}/run"), &json!({})).await.expect(202);
    assert_eq!((text(&run["state"]), text(&run["customer"])), ("run", customer.as_str()));
    let after = world.get(root, &format!("/users/{quinn}")).await.expect(200);
    assert_eq!(
        (text(&after["display_name"]), &after["title"]),
        ("quinn", &Value::Null),
        "the directory wins"
    );

    // What is wrong with what was asked for.
    let mut bad = json!({ "container": TOP, "into": "nobody", "match": ["shoe_size"], "wins": "me" });
    assert_eq!(world.post(root, &path, &bad).await.refused(), [("into".to_owned(), "unknown".to_owned())]);
    bad["into"] = json!("old");
    bad["customer"] = json!({ "code": "x" });
    let fields: Vec<_> = world.post(root, &path, &bad).await.refused().into_iter().map(|(f, _)| f).collect();
    assert_eq!(fields, ["customer", "match[0]", "wins"]);
    let seller = json!({ "container": TOP, "into": "north" });
    assert_eq!(
        world.post(root, &path, &seller).await.refused(),
        [("into".to_owned(), "out_of_range".to_owned())]
    );
}

#[tokio::test]
async fn what_was_surveyed_is_shown_to_nobody_but_who_runs_the_directory() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let (survey, customer) = taken_over(&estate).await;
    let wanted = json!({ "container": TOP, "into": customer, "match": [] });
    world.post(&estate.boss, &format!("/surveys/{survey}/adoptions"), &wanted).await.expect(404);
    let adoption =
        world.post(&world.root, &format!("/surveys/{survey}/adoptions"), &wanted).await.expect(201);
    let adoption = text(&adoption["id"]);
    for path in ["", "/items", "/release"] {
        world.get(&estate.boss, &format!("/adoptions/{adoption}{path}")).await.expect(404);
    }
    for path in ["run", "release"] {
        world.post(&estate.boss, &format!("/adoptions/{adoption}/{path}"), &json!({})).await.expect(404);
    }
}

#[tokio::test]
async fn people_groups_and_adoptions_are_given_back_by_who_runs_the_directory() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let survey = old(&estate).await;
    let wanted =
        json!({ "container": TOP, "customer": { "code": "old", "name": "Old Ltd", "seller": "north" } });
    let adoption = world.post(root, &format!("/surveys/{survey}/adoptions"), &wanted).await.expect(201);
    let adoption = format!("/adoptions/{}", text(&adoption["id"]));
    let none = world.post(root, &format!("{adoption}/release"), &json!({})).await.expect(409);
    assert_eq!(none["code"], "not_undoable");
    let run = world.post(root, &format!("{adoption}/run"), &json!({})).await.expect(202);
    let customer = text(&run["customer"]).to_owned();
    let preview = world.get(root, &format!("{adoption}/release")).await.expect(200);
    let told = json!({ "users": 2, "groups": 2, "containers": 1, "removed_groups": 0, "plans": 0, "kept": 0, "changed": false });
    assert_eq!(preview, told);

    let people = world.get(root, &format!("/customers/{customer}/users")).await.expect(200);
    let ole = format!("/users/{}", text(&people["items"][0]["id"]));
    let preview = world.get(root, &format!("{ole}/release")).await.expect(200);
    assert_eq!(
        (&preview["leaves"], &preview["stays_in"]),
        (&json!(["Members"]), &json!(["Desk"])),
        "{preview}"
    );
    // Who sells to the customer may remove somebody, and may not leave an account behind.
    let line = format!("POST {ole}/release");
    let version = [("If-Match", "\"1\"")];
    let denied = world.call(&estate.boss, &line, &version, None).await;
    assert_eq!(denied.status, 404, "the directory is none of theirs: {}", denied.body);
    assert_eq!(world.call(root, &line, &[("If-Match", "\"7\"")], None).await.expect(412)["code"], "stale");
    let released = world.call(root, &line, &version, None).await.expect(202);
    let request = world.get(root, &format!("/requests/{}", text(&released["request"]))).await.expect(200);
    assert_eq!(request["cause"], "user_release");
    world.get(root, &ole).await.expect(404);

    let groups = world.get(root, &format!("/customers/{customer}/groups")).await.expect(200);
    let of = |name: &str| {
        let group = groups["items"].as_array().expect("groups").iter().find(|g| g["name"] == name);
        format!("/groups/{}/release", text(&group.expect("the group")["id"]))
    };
    let kept = world.call(root, &format!("POST {}", of("Members")), &version, None).await.expect(409);
    assert_eq!(kept["code"], "built_in_group");
    world.call(root, &format!("POST {}", of("Desk")), &version, None).await.expect(202);
    let changed = world.post(root, &format!("{adoption}/release"), &json!({})).await.expect(409);
    assert_eq!(changed["code"], "changed_since");
}

#[tokio::test]
async fn an_adoption_is_taken_back_once() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let (_, adoption) = previewed(&estate).await;
    let line = format!("/adoptions/{adoption}");
    world.post(root, &format!("{line}/run"), &json!({})).await.expect(202);
    let first = world.post(root, &format!("{line}/release"), &json!({})).await.expect(202);
    assert_eq!((&first["plans"], &first["users"]), (&json!(1), &json!(2)));
    let again = world.post(root, &format!("{line}/release"), &json!({})).await.expect(202);
    assert_eq!(again["request"], first["request"], "once");
    let shown = world.get(root, &line).await.expect(200);
    assert_eq!((text(&shown["state"]), &shown["release_request"]), ("released", &first["request"]));
    let facts =
        world.db.rows("SELECT kind FROM fact f JOIN adoption a ON f.request_id = a.release_request").await;
    assert_eq!(facts, [json!({ "kind": "ended" })]);
    let gone = "SELECT count(*)::int AS n FROM tenant WHERE code = 'old' AND purged_at IS NOT NULL";
    assert_eq!(world.db.rows(gone).await, [json!({ "n": 1 })], "the customer it made ends");
}

#[tokio::test]
async fn an_export_finds_people_of_a_customer_that_exists() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let (survey, customer) = taken_over(&estate).await;
    let body = json!({ "given_name": "Q", "surname": "Dahl", "principal_name": "q.dahl@old.test",
        "details": { "external_id": "P-9" } });
    let made = world.post(root, &format!("/customers/{customer}/users"), &body).await.expect(202);
    let file = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    let body = json!({ "format": "atria", "customers": file("code;name\nold;Old Ltd\n"),
        "users": file("customer;upn;external id\nold;quinn@old.test;P-9\n"),
        "match": ["principal_name", "external_id"] });
    let migration = world.post(root, &format!("/surveys/{survey}/migrations"), &body).await.expect(201);
    let id = text(&migration["adoptions"][0]["adoption"]).to_owned();
    let items = world.get(root, &format!("/adoptions/{id}/items?fate=match")).await.expect(200);
    let item = &items["items"][0];
    assert_eq!((&item["subject"], &item["rule"]), (&made["id"], &json!("external_id")), "{items}");
}
