//! What is sent and printed, and how refusals end.

use serde_json::{Value, json};

use crate::server::{Call, Reply, Server};

pub const USER: &str = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw";

pub fn tenant() -> Value {
    json!({ "id": "ten_1", "code": "acme", "name": "Acme GmbH" })
}

pub fn user(display_name: &str) -> Value {
    json!({
        "id": USER, "tenant": tenant(), "display_name": display_name, "given_name": "Anna",
        "principal_name": "anna.berg@acme.example", "logon_name": "anna.berg_acme", "enabled": true,
        "administrator": false, "plans": [], "version": 7, "created_at": "2026-03-01T10:00:00.000000Z",
        "provisioning": { "state": "requested", "generation": 7, "request": "req_1" },
    })
}

fn with_etag(display_name: &str) -> Reply {
    Reply::Headers(200, vec![("ETag", "\"7\"".to_owned())], user(display_name))
}

fn problem(status: u16, title: &str) -> Value {
    json!({ "type": "/problems/x", "title": title, "status": status, "code": "x", "request_id": "r1" })
}

#[test]
fn a_change_carries_the_version_that_was_read() {
    let server = Server::start(|call, _| match call.method.as_str() {
        "GET" => with_etag("Anna Berg"),
        _ => Reply::Json(202, user("Anna Lund")),
    });
    let ran = server.run(&["users", "update", USER, "--surname", "Lund", "--clear", "phone,mail"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let calls = server.calls();
    assert_eq!(calls[1].header("if-match"), Some("\"7\""));
    assert_eq!(calls[1].header("authorization"), Some("Bearer t0ken"));
    assert_eq!(calls[1].header("accept-language"), Some("en"), "as everything else the client says");
    assert_eq!(calls[1].json(), json!({ "surname": "Lund", "phone": null, "mail": null }));
    assert!(ran.out.contains("Anna Lund") && ran.out.contains("req_1"), "{}", ran.out);
}

#[test]
fn each_refusal_has_its_exit_code_and_says_what_to_do() {
    let cases =
        [(400, 2), (401, 4), (403, 4), (404, 3), (409, 5), (412, 5), (413, 2), (422, 2), (500, 1), (503, 6)];
    for (status, code) in cases {
        let server = Server::start(move |_, _| Reply::Json(status, problem(status, "That is refused")));
        let ran = server.run(&["users", "show", USER]);
        assert_eq!(ran.code, code, "status {status}: {ran:?}");
        assert!(ran.out.is_empty(), "{}", ran.out);
        assert!(ran.err.contains("error: That is refused") && ran.err.contains("what to do:"), "{}", ran.err);
    }
}

#[test]
fn with_json_an_error_is_one_object() {
    let server = Server::start(|_, _| Reply::Json(404, problem(404, "Not there")));
    let ran = server.run(&["users", "show", USER, "--output", "json"]);
    let error: Value = serde_json::from_str(&ran.err).expect("JSON on standard error");
    assert_eq!((&error["status"], &error["exit_code"]), (&json!(404), &json!(3)));
}

#[test]
fn a_removal_needs_a_yes_and_carries_the_version() {
    let server = Server::start(|call, _| match call.method.as_str() {
        "GET" => with_etag("Anna Berg"),
        _ => Reply::Json(202, user("Anna Berg")),
    });
    let ran = server.run(&["users", "delete", USER]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(server.calls().iter().all(|c| c.method == "GET"), "nothing was removed");
    let ran = server.run(&["users", "delete", USER, "--yes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let removal = server.calls().into_iter().find(|c| c.method == "DELETE").expect("sent");
    assert_eq!(removal.header("if-match"), Some("\"7\""));
}

#[test]
fn a_list_is_read_page_by_page_up_to_what_was_asked_for() {
    let server = Server::start(|call, _| {
        let page = if call.path.contains("after=p2") { 2 } else { 1 };
        let items: Vec<_> = (0..2).map(|i| user(&format!("Person {page}{i}"))).collect();
        Reply::Json(200, json!({ "items": items, "next": (page == 1).then_some("p2") }))
    });
    let customer = ["users", "list", "--customer", "ten_1"];
    let ran = server.run(&[&customer[..], &["--all"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out.lines().count(), 5, "a title and four people: {}", ran.out);
    let ran = server.run(&[&customer[..], &["--limit", "2", "--output", "json"]].concat());
    let page: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((page["items"].as_array().map(Vec::len), &page["next"]), (Some(2), &json!("p2")));
    let paths: Vec<_> = server.calls().into_iter().map(|c| c.path).collect();
    assert!(paths[0].contains("limit=200") && !paths[0].contains("after"), "{paths:?}");
    assert!(paths[2].contains("limit=2"), "{paths:?}");
}

#[test]
fn a_customer_is_found_by_its_whole_code_only() {
    let server = Server::start(|call, _| match call.line().as_str() {
        "GET /tenants" => {
            let other = json!({ "id": "ten_0", "code": "acme-north" });
            Reply::Json(200, json!({ "items": [other, tenant()], "next": null }))
        }
        _ => Reply::Json(200, json!({ "items": [], "next": null })),
    });
    assert_eq!(server.run(&["users", "list", "--customer", "acme"]).code, 0);
    assert_eq!(server.lines(), ["GET /tenants", "GET /customers/ten_1/users"]);
    assert_eq!(server.run(&["users", "list", "--customer", "acm"]).code, 3, "a beginning is not enough");
}

#[test]
fn an_id_cannot_leave_its_place_in_the_path() {
    let server = Server::start(|_, _| Reply::Json(404, problem(404, "Not there")));
    assert_eq!(server.run(&["groups", "show", "../users/x?y#z"]).code, 3);
    assert_eq!(server.lines(), ["GET /groups/..%2Fusers%2Fx%3Fy%23z"]);
    assert_eq!(server.run(&["groups", "show", ".."]).code, 2);
}

#[test]
fn an_answer_that_is_not_ours_is_named() {
    let server = Server::start(|_, _| Reply::Text(200, "<html>welcome</html>"));
    let ran = server.run(&["plans"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("does not answer as Tenantry does"), "{}", ran.err);
}

#[test]
fn a_redirect_is_not_followed_with_the_token() {
    let other = Server::start(|_, _| Reply::Json(200, json!({ "items": [], "next": null })));
    let to = format!("{}/api/v1/plans", other.url);
    let server = Server::start(move |_, _| Reply::Headers(302, vec![("Location", to.clone())], json!({})));
    let ran = server.run(&["plans"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("302"), "{}", ran.err);
    assert!(other.calls().is_empty());
}

#[test]
fn a_user_file_is_one_call_and_its_errors_point_into_it() {
    let server = Server::start(|call, _| {
        if call.json()["users"][1]["mail"] == "nonsense" {
            let error = json!({ "field": "users[1].mail", "rule": "format", "message": "Not an address." });
            let mut body = problem(422, "Some values cannot be accepted");
            body["errors"] = json!([error]);
            return Reply::Json(422, body);
        }
        let mut anna = user("Anna Berg");
        anna["activation"] = json!({ "link": "https://x.example/a/1", "expires_at": "2026-03-09T10:00:00Z" });
        Reply::Json(202, json!({ "users": [anna, user("Bo")], "request": "req_9" }))
    });
    let create = |file: &str| server.run(&["users", "create", "--customer", "ten_1", "--file", file]);
    server.file(
        "bad.toml",
        "[[users]]\ngiven_name = \"Anna\"\n[[users]]\ngiven_name = \"Bo\"\nmail = \"nonsense\"\n",
    );
    let ran = create("bad.toml");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("users[1].mail: Not an address. (bad.toml, line 5, column 8)"), "{}", ran.err);
    server.file("good.json", r#"[{"given_name": "Anna"}, {"given_name": "Bo"}]"#);
    let ran = create("good.json");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("https://x.example/a/1"), "{}", ran.out);
    let last: Call = server.calls().pop().expect("a call");
    assert_eq!(last.line(), "POST /customers/ten_1/users/batch");
    assert_eq!(last.json()["users"][1]["given_name"], "Bo");
    server.file("empty.toml", "");
    assert_eq!(create("empty.toml").code, 2);
    assert_eq!(create("absent.toml").code, 2);
}

#[test]
fn the_completion_script_knows_the_commands() {
    let server = Server::start(|_, _| Reply::Cut);
    let ran = server.run_with(&["completion", "bash"], &[], "");
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("reset-password"));
}

#[test]
fn a_reseller_is_created_with_its_administrator_and_the_link_is_shown() {
    let server = Server::start(|_, _| {
        let mut made = json!({
            "id": "ten_2", "kind": "reseller", "code": "east", "name": "East IT", "status": "active",
            "standing": "standard", "language": "en", "time_zone": "Europe/Berlin", "currency": "EUR",
            "version": 1, "created_at": "2026-03-01T10:00:00Z",
            "provisioning": { "state": "requested", "generation": 1, "request": "req_1" },
        });
        made["administrator"] =
            json!({ "id": USER, "display_name": "Bo Lund", "principal_name": "bo@east.example" });
        made["activation"] =
            json!({ "link": "https://x.example/activate/t", "expires_at": "2026-03-08T10:00:00Z" });
        Reply::Json(202, made)
    });
    let words = ["resellers", "create", "east", "--name", "East IT"];
    let with = [&words[..], &["--admin-login", "bo@east.example", "--admin-name", "Bo Lund"]].concat();
    let ran = server.run(&with);
    assert_eq!(ran.code, 0, "{ran:?}");
    let sent = server.calls()[0].json();
    assert_eq!(sent["administrator"]["principal_name"], "bo@east.example");
    assert_eq!(sent["administrator"]["display_name"], "Bo Lund");
    assert!(ran.out.contains("https://x.example/activate/t"), "{}", ran.out);
    let half = [&words[..], &["--admin-login", "bo@east.example"]].concat();
    assert_eq!(server.run(&half).code, 2, "a login needs a name");
}

#[test]
fn a_closed_customer_is_found_by_its_code_and_restored() {
    let full = json!({
        "id": "ten_1", "kind": "customer", "code": "acme", "name": "Acme GmbH", "status": "active",
        "standing": "standard", "language": "en", "time_zone": "UTC", "currency": "EUR", "version": 4,
        "created_at": "2026-03-01T10:00:00.000000Z", "request": "req_7",
    });
    let server = Server::start(move |call, _| match call.line().as_str() {
        "GET /tenants" if call.path.contains("status=closed") => {
            Reply::Json(200, json!({ "items": [tenant()], "next": null }))
        }
        "GET /tenants" => Reply::Json(200, json!({ "items": [], "next": null })),
        _ => Reply::Json(200, full.clone()),
    });
    let ran = server.run(&["customers", "restore", "acme"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(server.lines(), ["GET /tenants", "GET /tenants", "POST /customers/ten_1/restore"]);
    assert!(ran.out.contains("req_7"), "{}", ran.out);
    let ran = server.run(&["customers", "close", "ten_1", "--grace-days", "7"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(server.calls().pop().expect("a call").json(), json!({ "grace_days": 7 }));
}
