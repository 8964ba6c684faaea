//! What programs do: order, follow, repeat, change on a version.

use serde_json::{Value, json};

use crate::world::{Estate, World, form, order, text};

fn users(estate: &Estate) -> String {
    format!("/customers/{}/users", estate.acme_id())
}

#[tokio::test]
async fn an_order_answers_with_everything_it_made() {
    let estate = Estate::new().await;
    insta::assert_json_snapshot!("order", form(estate.acme.clone()));
    let shown =
        estate.world.get(&estate.boss, &format!("/orders/{}", text(&estate.acme["id"]))).await.expect(200);
    assert_eq!(shown["activation"], Value::Null, "the link is shown once");
    assert_eq!(shown["customer"]["id"], estate.acme["customer"]["id"]);
}

#[tokio::test]
async fn an_order_sent_again_is_the_first_and_other_content_is_refused() {
    let estate = Estate::new().await;
    let before = estate.world.db.counts().await;
    let mut same = order("acme", ("Anna", "Berg"), ("Ben", "Lund"));
    let again = estate.world.post(&estate.boss, "/orders", &same).await.expect(200);
    assert_eq!(again["id"], estate.acme["id"]);
    assert_eq!(again["activation"]["link"], estate.acme["activation"]["link"], "still usable");
    same["customer"]["name"] = json!("Another name");
    let other = estate.world.post(&estate.boss, "/orders", &same).await;
    assert_eq!(text(&other.expect(409)["code"]), "reference_used");
    assert_eq!(estate.world.db.counts().await, before);
}

#[tokio::test]
async fn a_person_is_created_once_for_one_key() {
    let estate = Estate::new().await;
    let (line, key) = (format!("POST {}", users(&estate)), [("idempotency-key", "key-1")]);
    let body = json!({ "given_name": "Cleo", "surname": "Marsh", "plans": ["desktop-s"], "title": "CFO" });
    let first = estate.world.call(&estate.anna, &line, &key, Some(&body)).await.expect(202);
    let counts = estate.world.db.counts().await;
    let again = estate.world.call(&estate.anna, &line, &key, Some(&body)).await.expect(202);
    assert_eq!(again, first, "also the link");
    assert_eq!(estate.world.db.counts().await, counts);
    let other = json!({ "given_name": "Dora" });
    let reply = estate.world.call(&estate.anna, &line, &key, Some(&other)).await;
    assert_eq!(text(&reply.expect(409)["code"]), "idempotency_key_reused");
    // Keys are a person's own.
    estate.world.call(&estate.boss, &line, &key, Some(&other)).await.expect(202);
    let kept = estate.world.db.table("idempotency").await;
    assert!(!format!("{kept:?}").contains("/activate/"), "no secret is kept");
    insta::assert_json_snapshot!("user_created", form(first));
    let long = "k".repeat(300);
    let reply = estate.world.call(&estate.anna, &line, &[("idempotency-key", &long)], Some(&other)).await;
    assert_eq!(reply.refused(), [("Idempotency-Key".to_owned(), "too_long".to_owned())]);
}

#[tokio::test]
async fn resellers_groups_and_plans_are_made_once_for_one_key() {
    let estate = Estate::new().await;
    let (world, ben) = (&estate.world, &estate.ben_id);
    let reseller = json!({ "code": "east", "name": "East",
        "administrator": { "principal_name": "x@east.test", "display_name": "Xi" } });
    let groups = format!("POST /customers/{}/groups", estate.acme_id());
    let group = json!({ "name": "Accounting" });
    let plan = json!({ "plan": "desktop-l" });
    for (token, line, body) in [
        (&world.root, "POST /resellers".to_owned(), &reseller),
        (&estate.anna, groups, &group),
        (&estate.anna, format!("POST /users/{ben}/plans"), &plan),
    ] {
        let key = [("idempotency-key", line.as_str())];
        let first = world.call(token, &line, &key, Some(body)).await.expect(202);
        let counts = world.db.counts().await;
        let again = world.call(token, &line, &key, Some(body)).await.expect(202);
        assert_eq!(again, first, "{line}");
        assert_eq!(world.db.counts().await, counts, "{line}");
        let mut other = body.clone();
        let field = if other["plan"].is_null() { "name" } else { "plan" };
        other[field] = json!("backup");
        let reply = world.call(token, &line, &key, Some(&other)).await;
        assert_eq!(text(&reply.expect(409)["code"]), "idempotency_key_reused", "{line}");
        world.call(token, &line, &[], Some(body)).await.expect(422);
    }
    let kept = world.db.table("idempotency").await;
    assert!(!format!("{kept:?}").contains("/activate/"), "no secret is kept");
}

#[tokio::test]
async fn a_batch_is_created_together_with_one_request() {
    let estate = Estate::new().await;
    let path = format!("{}/batch", users(&estate));
    let people: Vec<_> = (0..40)
        .map(|i| json!({ "given_name": "Same", "surname": "Name", "title": format!("{i}") }))
        .collect();
    let body = json!({ "users": people });
    let key = [("idempotency-key", "batch")];
    let line = format!("POST {path}");
    let batch = estate.world.call(&estate.anna, &line, &key, Some(&body)).await.expect(202);
    let made = batch["users"].as_array().expect("people");
    assert_eq!(made.len(), 40);
    let mut logins: Vec<_> = made.iter().map(|u| text(&u["principal_name"])).collect();
    logins.sort_unstable();
    logins.dedup();
    assert_eq!(logins.len(), 40, "every login is its own");
    assert_eq!(made[7]["title"], "7", "in the order they were given");
    assert_eq!(estate.world.call(&estate.anna, &line, &key, Some(&body)).await.expect(202), batch);
    let request =
        estate.world.get(&estate.anna, &format!("/requests/{}", text(&batch["request"]))).await.expect(200);
    assert_eq!(request["state"], "requested");
    assert_eq!(request["counts"]["total"], 80, "an account and a membership each");
}

#[tokio::test]
async fn a_change_needs_the_version_it_is_based_on() {
    let estate = Estate::new().await;
    let path = format!("/users/{}", estate.ben_id);
    let line = format!("PATCH {path}");
    let read = estate.world.get(&estate.anna, &path).await;
    let etag = read.header("etag").expect("a version").to_owned();
    let body = json!({ "title": "CFO", "phone": null });
    let missing = estate.world.call(&estate.anna, &line, &[], Some(&body)).await;
    assert_eq!(text(&missing.expect(428)["code"]), "version_needed");
    let odd = estate.world.call(&estate.anna, &line, &[("if-match", "seven")], Some(&body)).await;
    assert_eq!(text(&odd.expect(400)["code"]), "malformed");
    let stale = estate.world.call(&estate.anna, &line, &[("if-match", "\"99\"")], Some(&body)).await;
    assert_eq!(text(&stale.expect(412)["code"]), "stale");
    let changed = estate.world.call(&estate.anna, &line, &[("if-match", &etag)], Some(&body)).await;
    let next = changed.header("etag").expect("a version").to_owned();
    let changed = changed.expect(202);
    assert_eq!(changed["title"], "CFO");
    assert_eq!(changed["provisioning"]["state"], "requested");
    assert_ne!(next, etag);
    let again = estate.world.call(&estate.anna, &line, &[("if-match", &etag)], Some(&body)).await;
    again.expect(412);
    let name = json!({ "principal_name": "other@elsewhere.test", "details": { "country": "Denmark" } });
    let refused = estate.world.call(&estate.anna, &line, &[("if-match", &next)], Some(&name)).await;
    assert_eq!(refused.refused(), [("details.country".to_owned(), "format".to_owned())]);
    let name = json!({ "principal_name": "other@elsewhere.test" });
    let refused = estate.world.call(&estate.anna, &line, &[("if-match", &next)], Some(&name)).await;
    assert_eq!(refused.refused(), [("principal_name".to_owned(), "unknown".to_owned())]);
}

#[tokio::test]
async fn a_person_gets_and_loses_plans_groups_and_the_account() {
    let estate = Estate::new().await;
    let (world, anna, ben) = (&estate.world, &estate.anna, format!("/users/{}", estate.ben_id));
    let with = world.post(anna, &format!("{ben}/plans"), &json!({ "plan": "desktop-l" })).await.expect(202);
    let plans = with["plans"].as_array().expect("plans").clone();
    assert_eq!(plans.len(), 2);
    let twice = world.post(anna, &format!("{ben}/plans"), &json!({ "plan": "desktop-l" })).await;
    assert_eq!(twice.refused(), [("plan".to_owned(), "taken".to_owned())]);
    let line = format!("DELETE {ben}/plans/{}", text(&plans[0]["id"]));
    let without = world.call(anna, &line, &[], None).await.expect(202);
    assert_eq!(without["plans"].as_array().map(Vec::len), Some(1));
    let path = format!("/customers/{}/groups", estate.acme_id());
    let group = world.post(anna, &path, &json!({ "name": "Accounting" })).await.expect(202);
    insta::assert_json_snapshot!("group", form(group.clone()));
    let member = format!("/groups/{}/members/{}", text(&group["id"]), estate.ben_id);
    let joined = world.call(anna, &format!("PUT {member}"), &[], None).await.expect(202);
    assert_eq!((&joined["wanted"], &joined["provisioning"]["state"]), (&json!(true), &json!("requested")));
    let left = world.call(anna, &format!("DELETE {member}"), &[], None).await.expect(202);
    assert_eq!(left["wanted"], false);
    let reset = world.call(anna, &format!("POST {ben}/password-reset"), &[], None).await.expect(201);
    assert!(text(&reset["activation"]["link"]).starts_with("https://portal.test/activate/"));
    let etag = world.get(anna, &ben).await.header("etag").map(str::to_owned).expect("a version");
    let line = format!("DELETE {ben}");
    world.call(anna, &line, &[], None).await.expect(428);
    let gone = world.call(anna, &line, &[("if-match", &etag)], None).await.expect(202);
    assert!(text(&gone["provisioning"]["request"]).starts_with("req_"));
    world.get(anna, &ben).await.expect(404);
    world.get(&estate.ben, "/me").await.expect(401);
}

#[tokio::test]
async fn a_reseller_comes_with_its_administrator() {
    let estate = Estate::new().await;
    insta::assert_json_snapshot!("reseller", form(estate.north.clone()));
    let staff = &estate.north["administrator"]["id"];
    let shown = estate.world.get(&estate.boss, &format!("/users/{}", text(staff))).await.expect(200);
    assert_eq!((&shown["logon_name"], &shown["provisioning"]), (&Value::Null, &Value::Null));
    let plans = json!({ "code": "east", "name": "East",
        "administrator": { "principal_name": "x@east.test", "display_name": "X", "plans": ["desktop-s"] } });
    let reply = estate.world.post(&estate.world.root, "/resellers", &plans).await;
    assert_eq!(reply.refused()[0].0, "administrator.plans");
}

#[tokio::test]
async fn a_customer_says_what_it_has() {
    let estate = Estate::new().await;
    let reply = estate.world.get(&estate.anna, &format!("/customers/{}", estate.acme_id())).await;
    assert_eq!(reply.header("etag"), Some("\"1\""));
    insta::assert_json_snapshot!("customer", form(reply.expect(200)));
    let north = text(&estate.north["id"]);
    estate.world.get(&estate.boss, &format!("/customers/{north}")).await.expect(404);
    let tenant = format!("/tenants/{}", estate.acme_id());
    let name = json!({ "name": "Acme Holding" });
    let line = format!("PATCH {tenant}");
    let changed = estate.world.call(&estate.anna, &line, &[("if-match", "\"1\"")], Some(&name)).await;
    assert_eq!(changed.header("etag"), Some("\"2\""));
    assert_eq!(changed.expect(202)["provisioning"]["state"], "requested");
}

#[tokio::test]
async fn a_name_reaches_all_containers_and_the_present_name_changes_nothing() {
    let estate = Estate::new().await;
    let (world, north) = (&estate.world, text(&estate.north["id"]));
    let described = async |name: &str| {
        let spec =
            format!("SELECT id FROM object WHERE kind = 'container' AND spec->>'description' = '{name}'");
        world.db.rows(&spec).await.len()
    };
    for (id, present) in [(estate.acme_id(), "acme GmbH"), (north, "north IT")] {
        let (line, before) = (format!("PATCH /tenants/{id}"), world.db.counts().await);
        let same =
            world.call(&world.root, &line, &[("if-match", "\"1\"")], Some(&json!({ "name": present }))).await;
        assert_eq!(same.header("etag"), Some("\"1\""));
        same.expect(202);
        assert_eq!(world.db.counts().await, before);
        let name = format!("{present} Holding");
        world
            .call(&world.root, &line, &[("if-match", "\"1\"")], Some(&json!({ "name": name })))
            .await
            .expect(202);
        assert_eq!((described(present).await, described(&name).await), (0, 1));
        let language = json!({ "name": name, "language": "de" });
        let requests = world.db.table("request").await.len();
        world.call(&world.root, &line, &[("if-match", "\"2\"")], Some(&language)).await.expect(202);
        assert_eq!(world.db.table("request").await.len(), requests, "the directory knows no language");
    }
}

#[tokio::test]
async fn an_order_stays_readable_when_its_administrator_is_removed() {
    let estate = Estate::new().await;
    let administrator = format!("/users/{}", text(&estate.acme["administrator"]["id"]));
    let line = format!("DELETE {administrator}");
    estate.world.call(&estate.boss, &line, &[("if-match", "\"1\"")], None).await.expect(202);
    let shown =
        estate.world.get(&estate.boss, &format!("/orders/{}", text(&estate.acme["id"]))).await.expect(200);
    assert_eq!((&shown["administrator"], &shown["id"]), (&Value::Null, &estate.acme["id"]));
    let same = order("acme", ("Anna", "Berg"), ("Ben", "Lund"));
    let again = estate.world.post(&estate.boss, "/orders", &same).await.expect(200);
    assert_eq!((&again["administrator"], &again["activation"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_reseller_is_answered_again_when_its_administrator_is_removed() {
    let world = World::new().await;
    let body = json!({ "code": "east", "name": "East",
        "administrator": { "principal_name": "x@east.test", "display_name": "Xi" } });
    let key = [("idempotency-key", "east")];
    let made = world.call(&world.root, "POST /resellers", &key, Some(&body)).await.expect(202);
    let line = format!("DELETE /users/{}", text(&made["administrator"]["id"]));
    world.call(&world.root, &line, &[("if-match", "\"1\"")], None).await.expect(202);
    let again = world.call(&world.root, "POST /resellers", &key, Some(&body)).await.expect(202);
    assert_eq!((&again["id"], &again["administrator"]), (&made["id"], &Value::Null));
}

#[tokio::test]
async fn who_may_see_a_customer_sees_its_people_only_with_the_right_for_it() {
    let estate = Estate::new().await;
    estate.world.db.execute("UPDATE role SET permissions = array_remove(permissions, 'user_read')").await;
    let refused = estate.world.get(&estate.anna, &users(&estate)).await.expect(403);
    assert!(text(&refused["detail"]).contains("user_read"), "{refused}");
    estate.world.get(&estate.bert, &users(&estate)).await.expect(404);
    let shown =
        estate.world.get(&estate.boss, &format!("/orders/{}", text(&estate.acme["id"]))).await.expect(200);
    assert_eq!(shown["administrator"], Value::Null);
}

#[tokio::test]
async fn what_failed_says_why_and_what_to_do_and_can_be_retried() {
    let estate = Estate::new().await;
    let problem = json!({ "code": "name_taken", "args": { "attribute": "logon_name", "value": "ben_acme",
        "dn": "CN=Ben,OU=elsewhere" }, "target_message": "entryAlreadyExists (68)" });
    let set = format!("state = 'failed', problem = '{problem}'");
    let failed = estate.world.db.change("request_item", &set, "state = 'requested'").await;
    assert!(failed > 5);
    let request = text(&estate.acme["request"]["id"]);
    let items = format!("/requests/{request}/items?state=failed&limit=1");
    let own = estate.world.get(&estate.world.root, &items).await.expect(200);
    assert_eq!(own["items"][0]["problem"]["target_message"], "entryAlreadyExists (68)");
    let shown = estate.world.get(&estate.anna, &items).await.expect(200);
    assert!(!shown.to_string().contains("entryAlreadyExists"), "the directory's words are the provider's");
    assert!(!shown.to_string().contains("elsewhere"), "so is the place: {shown}");
    insta::assert_json_snapshot!("problem", form(shown["items"][0]["problem"].clone()));
    let state = estate.world.get(&estate.anna, "/requests?state=failed").await.expect(200);
    assert_eq!(text(&state["items"][0]["id"]), request);
    let retry = format!("POST /requests/{request}/retry");
    let after = estate.world.call(&estate.anna, &retry, &[], None).await.expect(202);
    assert_eq!(after["counts"]["failed"], 0);
    assert_eq!(after["state"], "requested");
}

#[tokio::test]
async fn somebody_signs_in_with_a_password_chosen_by_a_link() {
    let world = World::new().await;
    let body = json!({ "code": "north", "name": "North",
        "administrator": { "principal_name": "Boss@North.test", "display_name": "Bo" } });
    let made = world.post(&world.root, "/resellers", &body).await.expect(202);
    let link = text(&made["activation"]["link"]);
    let token = link.strip_prefix("https://portal.test/activate/").expect("our address");
    let path = format!("/activations/{token}");
    assert_eq!(world.get("", &path).await.expect(200)["state"], "open");
    let short = world.post("", &path, &json!({ "password": "short" })).await;
    assert_eq!(short.refused(), [("password".to_owned(), "too_short".to_owned())]);
    let chosen = json!({ "password": "a long and good one" });
    assert_eq!(world.post("", &path, &chosen).await.expect(202)["state"], "done");
    assert_eq!(text(&world.post("", &path, &chosen).await.expect(410)["code"]), "link_dead");
    world.get("", "/activations/AAAA").await.expect(404);
    let session = json!({ "login": " boss@north.test ", "password": "a long and good one" });
    let signed = world.post("", "/sessions", &session).await.expect(201);
    let token = text(&signed["token"]);
    let me = world.get(token, "/me").await.expect(200);
    insta::assert_json_snapshot!("me", form(me));
    world.call(token, "DELETE /sessions/current", &[], None).await.expect(204);
    world.get(token, "/me").await.expect(401);
}

#[tokio::test]
async fn guessing_a_password_has_to_wait() {
    let world = World::new().await;
    let guess = json!({ "login": "nobody@hq.test", "password": "guess" });
    let mut last = 0;
    for _ in 0..8 {
        let reply = world.post("", "/sessions", &guess).await;
        last = reply.status.as_u16();
        if last == 429 {
            assert!(reply.header("retry-after").is_some());
            break;
        }
        assert_eq!(text(&reply.expect(401)["code"]), "wrong_credentials");
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_bundle_is_retired_and_offered_again_by_who_publishes_it() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let new = json!({ "code": "clerk", "name": "Clerk", "plans": ["desktop-s"] });
    let made = world.post(root, "/bundles", &new).await.expect(201);
    assert_eq!(made["bundles"][0]["retired"], false);
    let turn = async |who: &str, body: Value| world.call(who, "PATCH /bundles/clerk", &[], Some(&body)).await;
    let retired = turn(root, json!({ "retired": true })).await.expect(200);
    assert_eq!(retired["bundles"][0]["retired"], true);
    // A reseller sees what the provider publishes, and does not decide about it.
    let refused = turn(&estate.boss, json!({ "retired": false })).await.status.as_u16();
    assert!(matches!(refused, 403 | 404), "{refused}");
    let listed = world.get(root, "/bundles").await.expect(200);
    assert_eq!(listed["bundles"][0]["retired"], true, "still");
    let refused = turn(root, json!({})).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "retired");
    let offered = turn(root, json!({ "retired": false })).await.expect(200);
    assert_eq!(offered["bundles"][0]["retired"], false);
}
