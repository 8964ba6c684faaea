//! Orders, and waiting for them.

use serde_json::{Value, json};

use crate::{
    calls::{tenant, user},
    server::{Call, Reply, Server},
};

const ORDER: &str = "reference = \"SO-1\"\n\n[customer]\ncode = \"acme\"\nname = \"Acme GmbH\"\n\
                     upn_suffix = \"acme.example\"\n\n[administrator]\ngiven_name = \"Anna\"\n";

fn request(state: &str, verified: i64, failed: i64) -> Value {
    let total = 4;
    json!({
        "id": "req_1", "tenant": tenant(), "cause": "order", "state": state,
        "counts": { "total": total, "verified": verified, "failed": failed, "running": total - verified - failed,
                    "requested": 0, "drifted": 0, "parked": 0, "superseded": 0 },
        "requested_at": "2026-03-01T10:00:00.000000Z",
    })
}

fn order() -> Value {
    let mut customer = json!({
        "kind": "customer", "status": "active", "standing": "standard", "language": "de",
        "time_zone": "Europe/Berlin", "currency": "EUR", "version": 1, "created_at": "2026-03-01T10:00:00Z",
        "subscriptions": [], "counts": { "users": 1, "users_enabled": 1, "users_not_activated": 1, "users_failed": 0, "groups": 0 },
    });
    for (key, value) in tenant().as_object().expect("an object") {
        customer[key] = value.clone();
    }
    json!({
        "id": "ord_1", "reference": "SO-1", "seller": { "id": "ten_0", "code": "direct", "name": "Direct" },
        "buyer": tenant(), "ordered_at": "2026-03-01T10:00:00.000000Z", "request_id": "req_1",
        "state": "requested", "customer": customer, "administrator": user("Anna Berg"),
        "activation": { "link": "https://portal.example.com/activate/abc", "expires_at": "2026-03-08T10:00:00Z" },
        "request": request("requested", 0, 0),
    })
}

/// A server whose request goes through `states`, one a look, and stays at the last.
fn server(states: &'static [(&'static str, i64, i64)]) -> Server {
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |call: &Call, _| match call.line().as_str() {
        "POST /orders" => Reply::Json(202, order()),
        "GET /requests/req_1" => {
            let look = looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let (state, verified, failed) = states[look.min(states.len() - 1)];
            Reply::Json(200, request(state, verified, failed))
        }
        "GET /requests/req_1/items" => {
            let problem = json!({
                "code": "name_taken", "title": "The name is taken", "what": "Somebody has \"anna\".",
                "cure": "Give another name.", "cure_kind": "change_value", "fix_and_retry": true,
            });
            let item = json!({
                "object": "obj_1", "kind": "user", "name": "Anna Berg", "state": "failed", "attempts": 1,
                "updated_at": "2026-03-01T10:00:00Z", "problem": problem,
            });
            Reply::Json(200, json!({ "items": [item], "next": null }))
        }
        _ => Reply::Json(404, json!({ "title": "Unexpected", "code": "not_found" })),
    });
    server.file("order.toml", ORDER);
    server
}

#[test]
fn an_order_waits_until_everything_was_verified() {
    let server = server(&[("requested", 0, 0), ("running", 2, 0), ("complete", 4, 0)]);
    let ran = server.run(&["order", "--file", "order.toml", "--wait", "--output", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let printed: Value = serde_json::from_str(&ran.out).expect("one JSON document");
    assert_eq!(printed["activation"]["link"], "https://portal.example.com/activate/abc");
    assert!(
        ran.err.contains("req_1 running: 2 of 4") && ran.err.contains("req_1 complete: 4 of 4"),
        "{}",
        ran.err
    );
    let sent = &server.calls()[0];
    assert_eq!(sent.json()["customer"]["code"], "acme");
    assert!(sent.header("idempotency-key").is_some());
}

#[test]
fn problems_and_failure_have_their_own_exit_codes_and_show_the_cure() {
    for (state, code) in [("complete_with_problems", 7), ("failed", 1)] {
        let states: &'static [_] =
            if code == 7 { &[("complete_with_problems", 3, 1)] } else { &[("failed", 0, 4)] };
        let ran = server(states).run(&["order", "--file", "order.toml", "--wait"]);
        assert_eq!(ran.code, code, "{state}: {ran:?}");
        assert!(
            ran.out.contains("https://portal.example.com/activate/abc"),
            "the link is not lost: {}",
            ran.out
        );
        for part in
            ["user Anna Berg: The name is taken", "Give another name.", "tenantry requests retry req_1"]
        {
            assert!(ran.err.contains(part), "{part} is missing: {}", ran.err);
        }
    }
}

#[test]
fn waiting_is_bounded() {
    let server = server(&[("running", 1, 0)]);
    let ran = server.run(&["order", "--file", "order.toml", "--wait", "--timeout", "1"]);
    assert_eq!(ran.code, 8, "{ran:?}");
    assert!(ran.err.contains("tenantry requests watch req_1"), "{}", ran.err);
}

#[test]
fn a_wrong_file_is_refused_before_anything_is_sent() {
    let server = server(&[("complete", 4, 0)]);
    for (content, expected) in [
        (ORDER.replace("upn_suffix", "upn_sufix"), "did you mean `upn_suffix`?"),
        (ORDER.replace("\"SO-1\"", "1"), "line 1, column 13"),
        (ORDER.replace("[customer]", "[customer"), "line 3"),
        ("\u{0}".to_owned(), "line 1"),
    ] {
        server.file("order.toml", &content);
        let ran = server.run(&["order", "--file", "order.toml"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(expected) && ran.err.contains("order.toml"), "{}", ran.err);
    }
    assert!(server.calls().is_empty());
}

#[test]
fn an_order_may_come_from_standard_input_in_either_form() {
    let server = server(&[("complete", 4, 0)]);
    let environment = [("TENANTRY_URL", server.url.as_str()), ("TENANTRY_TOKEN", "t")];
    let json = json!({ "reference": "SO-2", "customer": { "code": "beta" } }).to_string();
    for (input, code) in [(ORDER, "acme"), (json.as_str(), "beta")] {
        let ran = server.run_with(&["order", "--file", "-"], &environment, input);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(server.calls().last().expect("a call").json()["customer"]["code"], code);
    }
}

#[test]
fn an_order_placed_before_is_said_to_be() {
    let server = Server::start(|_, _| Reply::Json(200, order()));
    server.file("order.toml", ORDER);
    let ran = server.run(&["order", "--file", "order.toml"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("placed before"), "{}", ran.err);
}
