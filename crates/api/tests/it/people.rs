//! What people have in full: managers, hours, colleagues like them, suffixes and
//! the rules for their passwords.

use serde_json::{Value, json};

use crate::world::{Estate, Reply, text};

async fn patch(estate: &Estate, token: &str, path: &str, body: &Value) -> Reply {
    let etag = estate.world.get(token, path).await.header("etag").map(str::to_owned).expect("a version");
    estate.world.call(token, &format!("PATCH {path}"), &[("if-match", &etag)], Some(body)).await
}

fn pair(field: &str, rule: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), rule.to_owned())]
}

#[tokio::test]
async fn a_manager_and_hours_are_shown_as_they_were_said() {
    let estate = Estate::new().await;
    let path = format!("/users/{}", estate.ben_id);
    let body =
        json!({ "manager": "Anna.Berg@acme.test", "details": { "logon_hours": "mon-fri 7-18; sat 8-12" } });
    let ben = patch(&estate, &estate.anna, &path, &body).await.expect(202);
    assert_eq!(ben["manager"]["display_name"], "Anna Berg");
    assert_eq!(ben["details"]["logon_hours"], "Mon-Fri 07:00-18:00; Sat 08:00-12:00");
    let wrong = json!({ "manager": estate.ben_id, "details": { "logon_hours": "Mon 7:30-9:00" } });
    let wrong = patch(&estate, &estate.anna, &path, &wrong).await;
    assert_eq!(wrong.refused(), pair("details.logon_hours", "format"));
    let own = patch(&estate, &estate.anna, &path, &json!({ "manager": estate.ben_id })).await;
    assert_eq!(own.refused(), pair("manager", "cycle"));
    // In the directory hours have no zone: Berlin is an hour ahead in winter, two in summer.
    let words = async || {
        let specs = estate
            .world
            .db
            .values(
                "object",
                "spec->'details'->>'logon_hours'",
                "spec #> '{details,logon_hours}' IS NOT NULL",
            )
            .await;
        let bits = specs.into_iter().find(|bits| bits.len() == 42).expect("hours are wanted");
        domain::hours::shown(&bits).expect("bits")
    };
    assert_eq!(words().await, "Mon-Fri 05:00-17:00; Sat 06:00-11:00 (UTC)");
    let tenant = format!("/tenants/{}", estate.acme_id());
    patch(&estate, &estate.anna, &tenant, &json!({ "time_zone": "Asia/Tokyo" })).await.expect(202);
    assert_eq!(
        words().await,
        "Mon-Thu 00:00-09:00, 22:00-24:00; Fri 00:00-09:00, 23:00-24:00; Sat 00:00-03:00; Sun 22:00-24:00 (UTC)"
    );
    let cleared = json!({ "manager": null, "details": { "logon_hours": null } });
    let ben = patch(&estate, &estate.anna, &path, &cleared).await.expect(202);
    assert!(ben["manager"].is_null() && ben["details"]["logon_hours"].is_null());
}

#[tokio::test]
async fn a_colleague_like_another_has_the_place_and_not_the_person() {
    let estate = Estate::new().await;
    let (world, anna) = (&estate.world, &estate.anna);
    let path = format!("/users/{}", estate.ben_id);
    let body = json!({ "title": "Accountant", "department": "Finance", "phone": "+49 1", "manager": "anna.berg@acme.test",
        "details": { "office": "B 12", "employee_id": "77", "mobile": "+49 2", "country": "de" } });
    patch(&estate, anna, &path, &body).await.expect(202);
    let groups = format!("/customers/{}/groups", estate.acme_id());
    let group = world.post(anna, &groups, &json!({ "name": "Accounting" })).await.expect(202);
    let line = format!("PUT /groups/{}/members/{}", text(&group["id"]), estate.ben_id);
    world.call(anna, &line, &[], None).await.expect(202);

    let body = json!({ "user": { "given_name": "Dora", "surname": "Ek", "title": "Clerk" } });
    let headers = [("idempotency-key", "like-ben")];
    let line = format!("POST {path}/copy");
    let dora = world.call(anna, &line, &headers, Some(&body)).await.expect(202);
    assert_eq!(world.call(anna, &line, &headers, Some(&body)).await.expect(202)["id"], dora["id"]);
    assert_eq!(dora["principal_name"], "dora.ek@acme.test");
    assert_eq!((text(&dora["title"]), text(&dora["department"])), ("Clerk", "Finance"));
    assert_eq!(dora["manager"]["principal_name"], "anna.berg@acme.test");
    assert_eq!(dora["plans"][0]["plan"], "desktop-s");
    assert_eq!(dora["details"], json!({ "office": "B 12", "country": "DE" }));
    assert!(dora["phone"].is_null() && dora["activation"].is_object());
    let members = world.get(anna, &format!("/groups/{}/members", text(&group["id"]))).await.expect(200);
    let names: Vec<_> =
        members["items"].as_array().expect("a page").iter().map(|m| &m["user"]["display_name"]).collect();
    assert_eq!(names, ["Ben Lund", "Dora Ek"]);

    let wrong = json!({ "user": { "given_name": "Eve", "manager": "nobody@acme.test" } });
    let wrong = world.call(anna, &line, &[], Some(&wrong)).await;
    assert_eq!(wrong.refused(), pair("user.manager", "unknown"));
    let alone = json!({ "user": { "given_name": "Finn", "plans": ["desktop-l"] }, "groups": false });
    let finn = world.call(anna, &line, &[], Some(&alone)).await.expect(202);
    assert_eq!(finn["plans"].as_array().map(Vec::len), Some(1));
    assert_eq!(finn["plans"][0]["plan"], "desktop-l");
    let members = world.get(anna, &format!("/groups/{}/members", text(&group["id"]))).await.expect(200);
    assert_eq!(members["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn suffixes_come_and_go_and_a_pattern_is_tried_before_it_is_taken() {
    let estate = Estate::new().await;
    let (world, boss) = (&estate.world, &estate.boss);
    let path = format!("/customers/{}/suffixes", estate.acme_id());
    let list = |of: &Value| -> Vec<(String, bool, i64)> {
        let items = of["items"].as_array().cloned().unwrap_or_default();
        let one = |s: &Value| {
            (text(&s["suffix"]).to_owned(), s["primary"] == true, s["users"].as_i64().unwrap_or(-1))
        };
        items.iter().map(one).collect()
    };
    let own = ("acme.test".to_owned(), true, 2);
    assert_eq!(list(&world.get(boss, &path).await.expect(200)), std::slice::from_ref(&own));
    // One that sorts first does not become the one for made names.
    let added = world.post(boss, &path, &json!({ "suffix": "AAA.test" })).await.expect(201);
    assert_eq!(list(&added), [own, ("aaa.test".to_owned(), false, 0)]);
    let taken = world.post(boss, &path, &json!({ "suffix": "beta.test" })).await;
    assert_eq!(taken.refused(), pair("suffix", "taken"));
    let seller = world.post(&estate.anna, &path, &json!({ "suffix": "more.test" })).await;
    assert_eq!(text(&seller.expect(403)["code"]), "forbidden");
    let used = world.call(boss, &format!("DELETE {path}/acme.test"), &[], None).await.expect(409);
    assert_eq!(text(&used["code"]), "in_use");
    world.post(boss, &path, &json!({ "suffix": "aaa.test", "primary": true })).await.expect(201);

    let tenant = format!("/tenants/{}", estate.acme_id());
    let tried = world.get(boss, &format!("{tenant}/naming?pattern=%7Bg%7D%7Bsurname%7D")).await.expect(200);
    assert_eq!(tried["samples"][1]["principal_name"], "asorensen@aaa.test");
    assert_eq!(tried["samples"][0]["logon_name"], "aberg_acme");
    let wrong = world.get(boss, &format!("{tenant}/naming?pattern=static")).await;
    assert_eq!(wrong.refused(), pair("pattern", "format"));
    let changed = patch(&estate, &estate.anna, &tenant, &json!({ "naming_pattern": "{g}{surname}" })).await;
    assert_eq!(changed.expect(202)["naming_pattern"], "{g}{surname}");
    let users = format!("/customers/{}/users", estate.acme_id());
    let new = world.post(boss, &users, &json!({ "given_name": "Eva", "surname": "Ek" })).await.expect(202);
    assert_eq!(new["principal_name"], "eek@aaa.test");

    let path_of = |suffix: &str| format!("DELETE {path}/{suffix}");
    world.post(boss, &path, &json!({ "suffix": "old.test" })).await.expect(201);
    let left = world.call(boss, &path_of("old.test"), &[], None).await.expect(200);
    assert_eq!(list(&left).len(), 2);
    world.call(boss, &path_of("old.test"), &[], None).await.expect(404);
    let beta = world.get(&world.root, "/customers?search=beta").await.expect(200);
    let beta = format!("/customers/{}/suffixes", text(&beta["items"][0]["id"]));
    let reserved = world.post(&world.root, &beta, &json!({ "suffix": "old.test" })).await;
    assert_eq!(reserved.refused(), pair("suffix", "taken"), "for a year");
    let last = world.call(&world.root, &format!("DELETE {beta}/beta.test"), &[], None).await.expect(409);
    assert_eq!(text(&last["code"]), "last_suffix");
}

#[tokio::test]
async fn rules_for_passwords_reach_down_and_are_named_all_at_once() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let above = format!("/tenants/{}/password-policy", text(&estate.north["id"]));
    let own = format!("/tenants/{}/password-policy", estate.acme_id());
    let set = async |token: &str, path: &str, body: Value| {
        world.call(token, &format!("PUT {path}"), &[], Some(&body)).await
    };
    set(&estate.boss, &above, json!({ "min_chars": 14, "no_names": true, "valid_days": 365 }))
        .await
        .expect(200);
    let weak = set(&estate.anna, &own, json!({ "min_chars": 12, "valid_days": 400, "classes": 5 })).await;
    let weak = weak.refused();
    let fields: Vec<_> = weak.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["min_chars", "classes", "valid_days"]);
    let policy =
        set(&estate.anna, &own, json!({ "classes": 3, "forbidden_words": ["Summer"] })).await.expect(200);
    let expected = json!({ "min_chars": 14, "classes": 3, "no_names": true, "forbidden_words": ["summer"],
        "valid_days": 365 });
    assert_eq!(policy["effective"], expected);
    // Stricter above holds below at once.
    set(&estate.boss, &above, json!({ "min_chars": 16 })).await.expect(200);
    let policy = world.get(&estate.anna, &own).await.expect(200);
    assert_eq!((&policy["own"]["min_chars"], &policy["effective"]["min_chars"]), (&json!(14), &json!(16)));

    let reset =
        world.post(&estate.anna, &format!("/users/{}/password-reset", estate.ben_id), &json!({})).await;
    let link = reset.expect(201);
    let token = text(&link["activation"]["link"]).rsplit('/').next().expect("a token").to_owned();
    let path = format!("/activations/{token}");
    let choose = async |password: &str| world.post("", &path, &json!({ "password": password })).await;
    let refused = choose("lund-summers").await.refused();
    let rules: Vec<_> = refused.iter().map(|(_, rule)| rule.as_str()).collect();
    assert_eq!(rules, ["too_short", "too_few_kinds", "holds_word", "holds_word"]);
    choose("Correct-Horse-7-Battery").await.expect(202);
    let removed = world.call(&estate.anna, &format!("DELETE {own}"), &[], None).await.expect(200);
    assert!(removed["own"].is_null());
}

#[tokio::test]
async fn who_may_not_restore_somebody_is_on_record() {
    let estate = Estate::new().await;
    let world = &estate.world;
    estate.ben_looks_after_people().await;
    let people = format!("/customers/{}/users", estate.acme_id());
    let cy =
        world.post(&estate.anna, &people, &json!({ "given_name": "Cy", "surname": "New" })).await.expect(202);
    let path = format!("/users/{}", text(&cy["id"]));
    let etag = world.get(&estate.anna, &path).await.header("etag").map(str::to_owned).expect("a version");
    let line = format!("DELETE {path}");
    world.call(&estate.anna, &line, &[("if-match", &etag)], None).await.expect(202);
    let line = format!("POST {path}/restore");
    world.call(&estate.ben, &line, &[], None).await.expect(403);
    assert_eq!(world.db.values("event", "id", "code = 'access.denied'").await.len(), 1);
    world.call(&estate.anna, &line, &[], None).await.expect(202);
}

#[tokio::test]
async fn a_person_moves_once_however_often_it_is_asked_and_each_side_sees_its_own() {
    let estate = Estate::new().await;
    let (world, anna, root) = (&estate.world, &estate.anna, &estate.world.root);
    let path = format!("/users/{}", estate.ben_id);
    let etag = world.get(root, &path).await.header("etag").map(str::to_owned).expect("a version");
    let body = json!({ "customer": "beta", "plans": ["desktop-s"], "reason": "Sold" });
    let shown = world.post(root, &format!("{path}/move/preview"), &body).await.expect(200);
    assert_eq!((text(&shown["from"]["code"]), text(&shown["to"]["code"])), ("acme", "beta"));
    assert_eq!(text(&shown["principal_name_before"]), "ben.lund@acme.test");
    assert_eq!(text(&shown["principal_name"]), "ben.lund@beta.test");
    assert_eq!(shown["logon_name"], shown["logon_name_before"]);
    assert_eq!(shown["plans"], json!(["desktop-s@main"]));

    let line = format!("POST {path}/move");
    let unsaid = world.call(root, &line, &[], Some(&body)).await.expect(428);
    assert_eq!(text(&unsaid["code"]), "version_needed");
    let headers = [("if-match", etag.as_str()), ("idempotency-key", "ben-to-beta")];
    // Who sees the one customer only is told what there is to tell of what is not there.
    let unknown = world.call(anna, &line, &headers[..1], Some(&body)).await;
    assert_eq!(unknown.refused(), pair("customer", "unknown"));
    let moved = world.call(root, &line, &headers, Some(&body)).await.expect(202);
    let again = world.call(root, &line, &headers, Some(&body)).await.expect(202);
    assert_eq!(again, moved, "the same answer");
    assert_eq!(text(&moved["former"]), estate.ben_id);
    assert_eq!(text(&moved["user"]["principal_name"]), "ben.lund@beta.test");
    assert_eq!(text(&moved["user"]["tenant"]["code"]), "beta");
    assert!(moved["user"]["activation"].is_object(), "Ben had not chosen a password yet: {moved}");
    let other = json!({ "customer": "beta" });
    let reused = world.call(root, &line, &headers, Some(&other)).await.expect(409);
    assert_eq!(text(&reused["code"]), "idempotency_key_reused");
    world.call(root, &line, &headers[..1], Some(&body)).await.expect(404);

    // Each customer sees its own request, and nothing of the other's.
    let bert = &estate.bert;
    let request = |which: &str| format!("/requests/{}", text(&moved[which]));
    for (token, own, others) in [(anna, "leaving", "request"), (bert, "request", "leaving")] {
        world.get(token, &request(own)).await.expect(200);
        world.get(token, &request(others)).await.expect(404);
    }
    let new = format!("/users/{}", text(&moved["user"]["id"]));
    world.get(anna, &new).await.expect(404);
    world.get(bert, &path).await.expect(404);
    let history = world.get(bert, &format!("{new}/history")).await.expect(200);
    let codes: Vec<_> =
        history["items"].as_array().expect("a page").iter().map(|e| text(&e["code"])).collect();
    // What was done for Ben before is read as ever, by his name.
    let mut names = Vec::new();
    let all = world.get(anna, &format!("/requests?tenant={}", estate.acme_id())).await.expect(200);
    for request in all["items"].as_array().expect("a page") {
        let items = world.get(anna, &format!("/requests/{}/items", text(&request["id"]))).await.expect(200);
        for item in items["items"].as_array().expect("a page") {
            names.push((text(&item["kind"]).to_owned(), text(&item["name"]).to_owned()));
        }
    }
    assert!(names.iter().any(|(kind, name)| kind == "user" && name == "Ben Lund"), "{names:?}");
    assert!(
        names.iter().any(|(kind, name)| kind == "member" && name.starts_with("Ben Lund in ")),
        "{names:?}"
    );
    assert!(codes.contains(&"user.moved") && !codes.contains(&"user.created"), "{codes:?}");
}

#[tokio::test]
async fn a_role_is_given_and_taken_by_whoever_has_it() {
    let estate = Estate::new().await;
    let (world, anna) = (&estate.world, &estate.anna);
    let path = format!("/users/{}/roles", estate.ben_id);
    let both = json!(["customer_administrator", "user_administrator"]);
    let none = world.get(anna, &path).await.expect(200);
    assert_eq!((&none["roles"], &none["possible"]), (&json!([]), &both));
    let put = format!("PUT {path}/user_administrator");
    let given = world.call(anna, &put, &[], None).await.expect(200);
    assert_eq!(given["roles"][0]["role"], "user_administrator");
    assert_eq!(given["roles"][0]["given_by"], "Anna Berg");
    assert_eq!(world.get(&estate.boss, &path).await.expect(200)["roles"], given["roles"]);
    // It holds at once, and allows no more than it says.
    let people = format!("/customers/{}/users", estate.acme_id());
    world.post(&estate.ben, &people, &json!({ "given_name": "Dora" })).await.expect(202);
    let own = world.get(&estate.ben, &path).await.expect(200);
    assert_eq!((&own["roles"][0]["role"], &own["possible"]), (&json!("user_administrator"), &json!([])));
    world.call(&estate.ben, &format!("PUT {path}/customer_administrator"), &[], None).await.expect(403);
    let wrong = world.call(anna, &format!("PUT {path}/provider_administrator"), &[], None).await;
    assert_eq!(wrong.refused(), pair("role", "unknown"));

    let delete = format!("DELETE {path}/user_administrator");
    let taken = world.call(anna, &delete, &[], None).await.expect(200);
    assert_eq!(taken["roles"], json!([]));
    world.post(&estate.ben, &people, &json!({ "given_name": "Emma" })).await.expect(404);
    let denied = world.call(&estate.ben, &put, &[], None).await;
    denied.expect(403);
    world.call(anna, &delete, &[], None).await.expect(200);
}
