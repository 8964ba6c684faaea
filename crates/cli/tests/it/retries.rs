//! What is sent again when the network fails, and what is not.

use serde_json::json;

use crate::{
    calls::{USER, user},
    server::{Reply, Server},
};

const CREATE: [&str; 6] = ["users", "create", "--customer", "ten_1", "--given-name", "Anna"];

#[test]
fn a_creation_is_sent_again_under_the_same_key() {
    let server = Server::start(|_, n| if n < 2 { Reply::Cut } else { Reply::Json(202, user("Anna")) });
    let ran = server.run(&CREATE);
    assert_eq!(ran.code, 0, "{ran:?}");
    let calls = server.calls();
    assert_eq!(calls.len(), 3);
    let key = calls[0].header("idempotency-key").expect("a key");
    assert!(calls.iter().all(|c| c.header("idempotency-key") == Some(key) && c.body == calls[0].body));
    let again = server.run(&CREATE);
    assert_eq!(again.code, 0);
    assert_ne!(server.calls()[3].header("idempotency-key"), Some(key), "another command, another key");
}

#[test]
fn a_creation_that_never_got_an_answer_can_be_repeated_by_its_key() {
    let server = Server::start(|_, _| Reply::Cut);
    let ran = server.run(&CREATE);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert_eq!(server.calls().len(), 3);
    let key = server.calls()[0].header("idempotency-key").expect("a key").to_owned();
    assert!(ran.err.contains(&["--idempotency-key ", &key].concat()), "{}", ran.err);
    server.run(&[&CREATE[..], &["--idempotency-key", &key]].concat());
    assert_eq!(server.calls()[3].header("idempotency-key"), Some(key.as_str()));
}

#[test]
fn a_change_whose_answer_was_lost_is_not_sent_again() {
    let server = Server::start(|call, _| match call.method.as_str() {
        "GET" => Reply::Headers(200, vec![("ETag", "\"7\"".to_owned())], user("Anna")),
        _ => Reply::Cut,
    });
    let ran = server.run(&["users", "disable", USER]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert_eq!(server.lines(), [format!("GET /users/{USER}"), format!("PATCH /users/{USER}")]);
}

#[test]
fn a_server_that_asks_for_a_moment_gets_it() {
    for status in [429, 503, 409] {
        let server = Server::start(move |_, n| {
            if n == 0 {
                let wait = vec![("Retry-After", "0".to_owned())];
                Reply::Headers(status, wait, json!({ "title": "Not now", "code": "busy", "status": status }))
            } else {
                Reply::Json(202, user("Anna"))
            }
        });
        let ran = server.run(&CREATE);
        assert_eq!((ran.code, server.calls().len()), (0, 2), "status {status}: {ran:?}");
    }
}

#[test]
fn a_refusal_is_not_sent_again() {
    let server = Server::start(|_, _| Reply::Json(409, json!({ "title": "Taken", "code": "conflict" })));
    assert_eq!(server.run(&CREATE).code, 5);
    assert_eq!(server.calls().len(), 1);
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let server = Server::start(|_, _| Reply::Cut);
    // A port of the range nobody listens on; the kernel refuses at once.
    let ran = server.run_with(&["plans"], &[("TENANTRY_URL", "http://127.77.3.2:9")], "");
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.err.contains("http://127.77.3.2:9 cannot be reached"), "{}", ran.err);
    assert!(!ran.err.contains("idempotency"), "nothing can have been done: {}", ran.err);
}
