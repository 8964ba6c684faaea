//! Every endpoint of the document is called by every kind of stranger. An
//! endpoint that is added without an entry here fails the test.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::world::{Estate, text};

struct Operation {
    id: String,
    line: String,
    public: bool,
    body: bool,
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(api::openapi()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").clone();
    let mut operations = Vec::new();
    for (path, item) in &paths {
        for (method, operation) in item.as_object().expect("methods") {
            operations.push(Operation {
                id: text(&operation["operationId"]).to_owned(),
                line: format!("{} {path}", method.to_uppercase()),
                public: operation["security"] == json!([{}]) || operation["security"] == json!([]),
                body: !operation["requestBody"].is_null(),
            });
        }
    }
    operations.sort_by(|a, b| a.line.cmp(&b.line));
    operations
}

/// Ids of real things.
struct Ids {
    group: String,
    subscription: String,
    token: String,
    finding: String,
    hook: String,
    survey: String,
    adoption: String,
    session: String,
    mail: String,
    bulk: String,
    series: String,
    view: String,
}

/// A real thing of acme for every part of a path.
fn fill(estate: &Estate, line: &str, ids: &Ids) -> String {
    let Ids {
        group,
        subscription,
        token,
        finding,
        hook,
        survey,
        adoption,
        session,
        mail,
        bulk,
        series,
        view,
    } = ids;
    let order = &estate.acme;
    let first = line.split('/').nth(1).unwrap_or_default();
    let id: &str = match first {
        "tenants" | "customers" => estate.acme_id(),
        "users" => &estate.ben_id,
        "groups" => group,
        "orders" => text(&order["id"]),
        "requests" => text(&order["request"]["id"]),
        "tokens" => token,
        "findings" => finding,
        "hooks" => hook,
        "surveys" => survey,
        "adoptions" => adoption,
        "sessions" => session,
        "mails" => mail,
        "bulk" => bulk,
        "bulk-series" => series,
        "views" => view,
        _ => "",
    };
    let filled = line
        .replace("{id}", id)
        .replace("{user}", &estate.ben_id)
        .replace("{member}", group)
        .replace("{subscription}", subscription)
        .replace("{suffix}", "old.example")
        .replace("{role}", "user_administrator")
        .replace("{name}", "portal.old.example")
        .replace("{picture}", "logo")
        .replace("{key}", "cost_centre")
        .replace("{service}", "backup")
        .replace("{token}", "none")
        .replace("{line}", "1")
        .replace("{code}", "shared");
    assert!(!line.contains("{id}") || !id.is_empty(), "tell this test what {{id}} is in {line}");
    assert!(!filled.contains('{'), "tell this test what stands for the braces of {filled}");
    filled
}

/// A PNG of one colour.
pub const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAADAAAAAQCAIAAADfzGvmAAAAJElEQVR42mOokvcdVIhh1EGjDhp10KiDRh006qBRB406iL4IANdJsh8nCD47AAAAAElFTkSuQmCC";

/// Values that would be accepted from somebody who may.
fn body(id: &str) -> Value {
    match id {
        "forgotten_password" => json!({ "login": "nobody@x.test" }),
        "update_me" => json!({ "theme": "dark" }),
        "change_password" => json!({ "present_password": "none", "password": "a long enough password" }),
        "sign_in" => json!({ "login": "nobody@x.test", "password": "none" }),
        "create_token" => json!({ "name": "x" }),
        "save_view" => json!({ "list": "people", "name": "New", "query": { "sort": "-name" } }),
        "update_view" => json!({ "name": "Newest" }),
        "choose_password" => json!({ "password": "a long enough password" }),
        "update_directory" => json!({ "maintenance": true }),
        "define_field" => json!({ "key": "newone", "label": "New", "kind": "text" }),
        "update_field" => json!({ "label": "New" }),
        "update_settings" => json!({ "support_name": "New" }),
        "update_tenant" => json!({ "name": "New name" }),
        "close_tenant" | "close_customer" => json!({ "grace_days": 1 }),
        "move_tenant" | "move_customer" => json!({ "seller": "hq" }),
        "preview_directory_move" | "begin_directory_move" => json!({ "directory": "shared" }),
        "set_placement" => json!({ "directories": ["shared"] }),
        "create_reseller" | "create_service" => json!({ "code": "newone", "name": "New" }),
        "place_order" => crate::world::order("gamma", ("G", "G"), ("H", "H")),
        "create_user" => json!({ "given_name": "New" }),
        "create_users" => json!({ "users": [{ "given_name": "New" }] }),
        "update_user" => json!({ "title": "CFO" }),
        "add_plan" => json!({ "plan": "desktop-l" }),
        "revert_findings" | "rotate_hook" | "ask_for_survey" | "reset_password" | "import_file"
        | "remap_import" => json!({}),
        "set_drift_policy" => json!({ "subjects": { "title": "enforce" } }),
        "update_service" | "update_bundle" => json!({ "retired": true }),
        "create_plan" => json!({ "code": "newone", "service": "desktop", "name": "New" }),
        "upgrade_plan" | "use_group_template" => json!({ "preview": true }),
        "give_service" => json!({ "plan": "backup" }),
        "change_seats" => json!({ "plan": "desktop-s", "deed": "give", "all": true }),
        "set_properties" | "set_user_properties" => json!({ "service": "desktop", "values": { "x": "y" } }),
        "set_quotas" => json!({ "people": 5 }),
        "publish_bundle" => json!({ "code": "newone", "name": "New", "plans": ["desktop-s"] }),
        "copy_user" => json!({ "user": { "given_name": "New" } }),
        "move_user" | "preview_user_move" => json!({ "customer": "beta" }),
        "add_host_name" => json!({ "name": "portal.new.example" }),
        "set_brand_picture" => json!({ "png": PICTURE }),
        "add_suffix" => json!({ "suffix": "new.example" }),
        "set_password_policy" => json!({ "min_chars": 14 }),
        "create_group" | "create_plan_version" => json!({ "name": "New" }),
        "set_owners" => json!({ "owners": [] }),
        "put_group_template" => json!({ "name": "Team {department}" }),
        "update_group" => json!({ "name": "Newer" }),
        "change_members" => json!({ "remove": ["usr_00000000000000000000000000"] }),
        "create_hook" => crate::hooks::new("https://hooks.example.com/x"),
        "update_hook" => json!({ "tries": 3 }),
        "preview_adoption" => json!({ "container": "OU=Old", "customer": { "code": "old", "name": "Old" } }),
        "preview_migration" => json!({ "format": "atria" }),
        "preview_act" => json!({ "customer": "nobody", "act": "disable" }),
        "preview_series" => json!({ "below": "nobody", "act": "disable" }),
        "run_bulk" => json!({ "version": 1 }),
        "mend_import" => json!({ "column": 0, "text": "x" }),
        "run_adoption" => json!({ "leave_conflicts": true }),
        other => panic!("tell this test a body that {other} accepts"),
    }
}

async fn status(estate: &Estate, operation: &Operation, line: &str, token: &str) -> (u16, Value) {
    let body = operation.body.then(|| body(&operation.id));
    let reply = estate.world.call(token, line, &[("if-match", "\"1\"")], body.as_ref()).await;
    (reply.status.as_u16(), reply.body)
}

/// One of everything that acme has.
async fn ids(estate: &mut Estate) -> Ids {
    let path = format!("/customers/{}/groups", estate.acme_id());
    let body = json!({ "name": "Accounting" });
    let group = text(&estate.world.post(&estate.anna, &path, &body).await.expect(202)["id"]).to_owned();
    let ben = estate.world.get(&estate.anna, &format!("/users/{}", estate.ben_id)).await.expect(200);
    let subscription = text(&ben["plans"][0]["id"]).to_owned();
    let token = estate.world.post(&estate.anna, "/tokens", &json!({ "name": "script" })).await.expect(201);
    let token = text(&token["id"]).to_owned();
    let finding = crate::drift::found(estate, "changed", "title", "", "Pirate").await;
    let hook = crate::hooks::made(estate).await;
    let (survey, adoption) = crate::adoption::previewed(estate).await;
    let sessions = estate.world.get(&estate.anna, "/sessions").await.expect(200);
    let session = text(&sessions["items"][0]["id"]).to_owned();
    let mail = crate::mails::kept(estate).await;
    let act =
        json!({ "customer": estate.acme_id(), "act": "set", "with": "title", "people": [estate.ben_id] });
    let bulk = estate.world.post(&estate.anna, "/bulk", &act).await.expect(201);
    let bulk = text(&bulk["id"]).to_owned();
    let act = json!({ "below": estate.acme_id(), "act": "set", "with": "title" });
    let series = estate.world.post(&estate.anna, "/bulk-series", &act).await.expect(201);
    let series = text(&series["id"]).to_owned();
    let view = json!({ "list": "people", "name": "acme", "query": { "q": "anna" }, "shared": true });
    let view = text(&estate.world.post(&estate.anna, "/views", &view).await.expect(201)["id"]).to_owned();
    Ids { group, subscription, token, finding, hook, survey, adoption, session, mail, bulk, series, view }
}

#[tokio::test]
async fn every_endpoint_refuses_every_kind_of_stranger() {
    let mut estate = Estate::new().await;
    let ids = ids(&mut estate).await;
    let before = estate.world.db.counts().await;
    let mut table = String::new();
    for operation in operations() {
        let line = fill(&estate, &operation.line, &ids);
        let (nobody, said) = status(&estate, &operation, &line, "").await;
        let (forged, _) = status(&estate, &operation, &line, "tny_forged").await;
        let (foreign, seen) = match operation.id.as_str() {
            // Their own session and their own things: not about acme.
            "sign_out" | "create_token" | "update_me" | "end_other_sessions" | "save_view" => {
                (0, Value::Null)
            }
            _ => status(&estate, &operation, &line, &estate.bert).await,
        };
        let (colleague, _) = match operation.id.as_str() {
            // Nor is it about others what ben does to his own sessions.
            "sign_out" | "create_token" | "update_me" | "end_other_sessions" | "end_user_sessions" => {
                (0, Value::Null)
            }
            _ => status(&estate, &operation, &line, &estate.ben).await,
        };
        if !operation.public {
            assert_eq!((nobody, forged), (401, 401), "{line} without a login: {said}");
            assert_eq!(text(&said["code"]), "unauthorized");
            if operation.line.contains("{id}") {
                assert_eq!(foreign, 404, "{line} by another customer's administrator: {seen}");
            }
            assert!(!seen.to_string().contains("acme"), "{line} tells another customer of acme: {seen}");
            let own = line.contains(&estate.ben_id) && operation.line.contains("/users/{id}");
            if operation.line.contains("{id}") && !own {
                assert!(matches!(colleague, 403 | 404), "{line} by a colleague without a role: {colleague}");
            }
        }
        let _ = writeln!(table, "{:<46} {nobody} {foreign:>3} {colleague:>3}", operation.line);
    }
    // Nothing of all that changed anything but the log of denied attempts and
    // a link by which ben may reset his own password.
    let mut after = estate.world.db.counts().await;
    let links = after["activation"] - before["activation"];
    assert!(links <= 1, "{links} links");
    for table in ["event", "sign_in_count", "activation", "person_key", "event_personal"] {
        after.insert(table.to_owned(), before[table]);
    }
    assert_eq!(after, before, "nothing changed");
    insta::assert_snapshot!("strangers", format!("{:<46} nobody foreign colleague\n{table}", "operation"));
}

#[tokio::test]
async fn a_denied_attempt_is_in_the_log() {
    let estate = Estate::new().await;
    let denied = |rows: Vec<Value>| rows.into_iter().filter(|e| e["outcome"] == "denied").count();
    let before = denied(estate.world.db.table("event").await);
    let line = format!("POST /tenants/{}/suspend", estate.acme_id());
    let reply = estate.world.call(&estate.anna, &line, &[], None).await;
    assert_eq!(text(&reply.expect(403)["code"]), "forbidden");
    assert_eq!(denied(estate.world.db.table("event").await), before + 1);
}

#[tokio::test]
async fn a_token_ends_with_its_owner() {
    let estate = Estate::new().await;
    let made = estate.world.post(&estate.ben, "/tokens", &json!({ "name": "script" })).await.expect(201);
    let token = text(&made["secret"]).to_owned();
    estate.world.get(&token, "/me").await.expect(200);
    let path = format!("/users/{}", estate.ben_id);
    let etag =
        estate.world.get(&estate.anna, &path).await.header("etag").map(str::to_owned).expect("a version");
    let off = json!({ "enabled": false });
    let line = format!("PATCH {path}");
    estate.world.call(&estate.anna, &line, &[("if-match", &etag)], Some(&off)).await.expect(202);
    estate.world.get(&token, "/me").await.expect(401);
    estate.world.get(&estate.ben, "/me").await.expect(401);
}

#[tokio::test]
async fn nobody_of_a_suspended_customer_gets_in_and_nothing_of_it_changes() {
    let estate = Estate::new().await;
    let id = estate.acme_id();
    let suspend = format!("POST /tenants/{id}/suspend");
    let tenant = estate.world.call(&estate.boss, &suspend, &[], None).await.expect(200);
    assert_eq!(tenant["status"], "suspended");
    let request = format!("/requests/{}", text(&tenant["request"]));
    let request = estate.world.get(&estate.boss, &request).await.expect(200);
    assert_eq!(request["cause"], "tenant_suspend");
    estate.world.get(&estate.anna, "/me").await.expect(401);
    let body = json!({ "given_name": "New" });
    let reply = estate.world.post(&estate.boss, &format!("/customers/{id}/users"), &body).await;
    assert_eq!(text(&reply.expect(409)["code"]), "suspended");
    estate.world.get(&estate.boss, &format!("/customers/{id}")).await.expect(200);
    let resume = format!("POST /tenants/{id}/resume");
    estate.world.call(&estate.boss, &resume, &[], None).await.expect(200);
    estate.world.get(&estate.anna, "/me").await.expect(200);
}

#[tokio::test]
async fn a_closed_customer_is_listed_when_asked_for_and_can_be_restored() {
    let estate = Estate::new().await;
    let (world, boss, id) = (&estate.world, &estate.boss, estate.acme_id());
    let listed = async |query: &str| {
        let page = world.get(boss, &format!("/customers?{query}")).await.expect(200);
        page["items"].as_array().expect("a page").iter().filter(|t| t["id"] == id).count()
    };
    let path = |verb: &str| format!("/customers/{id}/{verb}");
    let wrong = world.post(boss, &path("close"), &json!({ "grace_days": 400 })).await;
    assert_eq!(wrong.refused(), [("grace_days".to_owned(), "out_of_range".to_owned())]);
    let closed = world.post(boss, &path("close"), &json!({})).await.expect(200);
    assert!(closed["status"] == "closed" && closed["purge_at"].is_string() && closed["request"].is_string());
    assert_eq!((listed("").await, listed("status=closed").await, listed("status=active").await), (0, 1, 0));
    assert_eq!(world.get(boss, &format!("/customers/{id}")).await.expect(200)["status"], "closed");
    world.get(&estate.anna, "/me").await.expect(401);
    let unseen = world.post(boss, &path("move"), &json!({ "seller": "south" })).await;
    assert_eq!(unseen.refused(), [("seller".to_owned(), "unknown".to_owned())]);
    let there = world.post(boss, &path("move"), &json!({ "seller": "north" })).await.expect(200);
    assert!(there["planned"] == false && there["request"].is_null(), "it is there already: {there}");
    let restored = world.call(boss, &format!("POST {}", path("restore")), &[], None).await.expect(200);
    assert!(restored["status"] == "active" && restored["purge_at"].is_null());
    assert_eq!(listed("").await, 1);
    world.get(&estate.anna, "/me").await.expect(200);
}
