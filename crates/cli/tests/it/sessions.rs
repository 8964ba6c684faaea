//! Signing in, and where tokens go.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::{
    calls::{USER, tenant},
    server::{Reply, Server},
};

fn server() -> Server {
    Server::start(|call, _| {
        let person =
            json!({ "id": USER, "display_name": "Anna Berg", "principal_name": "anna@acme.example" });
        match call.line().as_str() {
            "POST /sessions" if call.json()["password"] == "correct horse" => Reply::Json(
                201,
                json!({ "token": "s3cret", "expires_at": "2026-03-01T20:00:00.000000Z", "user": person }),
            ),
            "POST /sessions" => {
                Reply::Json(401, json!({ "title": "Login or password is wrong", "code": "unauthenticated" }))
            }
            "GET /me" => Reply::Json(
                200,
                json!({ "user": person, "tenant": tenant(), "grants": [], "permissions": ["user_read"] }),
            ),
            _ => Reply::Json(204, json!(null)),
        }
    })
}

fn login(server: &Server, password: &str) -> crate::server::Ran {
    let words = ["login", &server.url, "--login", "anna@acme.example", "--password-stdin"];
    server.run_with(&words, &[], password)
}

#[test]
fn a_session_is_kept_privately_used_and_ended() {
    let server = server();
    let ran = login(&server, "correct horse\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.out.contains("s3cret") && !ran.err.contains("s3cret"), "{ran:?}");
    let file = server.folder().join("tenantry/config.toml");
    let mode = std::fs::metadata(&file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let ran = server.run_with(&["whoami"], &[], "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("anna@acme.example") && ran.out.contains("user_read"), "{}", ran.out);
    assert_eq!(server.calls()[1].header("authorization"), Some("Bearer s3cret"));

    assert_eq!(server.run_with(&["logout"], &[], "").code, 0);
    assert_eq!(server.lines().last().map(String::as_str), Some("DELETE /sessions/current"));
    assert!(!std::fs::read_to_string(&file).expect("the file").contains("s3cret"));
    assert_eq!(server.run_with(&["whoami"], &[], "").code, 2, "no server is known any more");
}

#[test]
fn a_kept_token_is_not_sent_to_another_server() {
    let server = server();
    assert_eq!(login(&server, "correct horse").code, 0);
    let other =
        Server::start(|_, _| Reply::Json(401, json!({ "title": "Sign in", "code": "unauthenticated" })));
    let ran = server.run_with(&["whoami", "--url", &other.url], &[], "");
    assert_eq!(ran.code, 4);
    assert_eq!(other.calls()[0].header("authorization"), None);
}

#[test]
fn a_wrong_password_is_refused_once_and_nothing_is_kept() {
    let server = server();
    let ran = login(&server, "wrong");
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("Login or password is wrong"), "{}", ran.err);
    assert_eq!(server.calls().len(), 1, "a password is not tried again");
    assert!(!server.folder().join("tenantry/config.toml").exists());
}

#[test]
fn plain_http_to_another_machine_is_refused_before_anything_is_sent() {
    let server = server();
    let words = ["login", "http://portal.example.com", "--login", "a", "--password-stdin"];
    let ran = server.run_with(&words, &[], "correct horse");
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("plain http") && ran.err.contains("--insecure-http"), "{}", ran.err);
}

#[test]
fn sessions_preferences_and_mails_are_asked_for_as_typed() {
    let server = Server::start(|call, _| match call.line().as_str() {
        "PATCH /me" => Reply::Json(
            200,
            json!({ "user": { "id": USER, "display_name": "A", "principal_name": "a@acme.example" },
                    "tenant": tenant(), "grants": [], "permissions": [], "language": "da",
                    "preferences": { "language": "da" } }),
        ),
        "GET /sessions" => Reply::Json(
            200,
            json!({ "items": [{ "id": "tok_1", "current": true, "created_at": "2026-03-01T10:00:00.000000Z",
                                "browser": "Firefox on Windows", "network": "192.0.2.0/24" }] }),
        ),
        "GET /mails/mai_1" => Reply::Json(
            200,
            json!({ "id": "mai_1", "tenant": tenant(), "user": USER, "kind": "reset", "state": "kept", "attempts": 0,
                    "created_at": "2026-03-01T10:00:00.000000Z",
                    "text": { "subject": "Choose", "plain": "Hello Anna", "html": "<p>" } }),
        ),
        _ => Reply::Json(200, json!({ "ended": 2 })),
    });
    let ran = server.run(&["preferences", "--language", "da", "--theme", ""]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(server.calls()[0].json(), json!({ "language": "da", "theme": null }));
    let ran = server.run(&["sessions", "list"]);
    assert!(ran.out.contains("Firefox on Windows") && ran.out.contains("192.0.2.0/24"), "{ran:?}");
    let ran = server.run(&["users", "end-sessions", USER]);
    assert!(ran.out.contains('2'), "{ran:?}");
    let ran = server.run(&["mails", "show", "mai_1"]);
    assert!(ran.out.contains("Hello Anna"), "{ran:?}");
    assert_eq!(server.run(&["preferences"]).code, 2, "nothing was chosen");
    let lines = server.lines();
    assert_eq!(lines[2], format!("POST /users/{USER}/end-sessions"));
}

#[test]
fn one_s_own_password_is_sent_once_and_followed_until_it_is_set() {
    let server = Server::start(|call, earlier| match call.line().as_str() {
        "POST /me/password" => Reply::Json(
            202,
            json!({ "activation": { "link": "https://portal.example.com/activate/t0k",
                                    "expires_at": "2026-03-01T11:00:00.000000Z" } }),
        ),
        "GET /activations/t0k" => Reply::Json(
            200,
            json!({ "state": if earlier < 2 { "pending" } else { "done" }, "display_name": "Anna Berg",
                    "login": "anna@acme.example", "expires_at": "2026-03-01T11:00:00.000000Z" }),
        ),
        _ => Reply::Json(200, json!({ "items": [] })),
    });
    let environment = [("TENANTRY_URL", server.url.as_str()), ("TENANTRY_TOKEN", "t0ken")];
    let ran = server.run_with(&["password", "--password-stdin"], &environment, "old one\nnew one\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("done") && ran.err.contains("tenantry login"), "{ran:?}");
    let calls = server.calls();
    assert_eq!(calls[0].json(), json!({ "present_password": "old one", "password": "new one" }));
    assert_eq!(calls.len(), 3, "sent once, looked at until it is done");
    assert_eq!(server.run(&["users", "sessions", USER]).code, 0);
    assert_eq!(server.lines().last(), Some(&format!("GET /users/{USER}/sessions")));
}
