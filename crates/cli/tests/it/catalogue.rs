//! Bundles through the client.

use serde_json::json;

use crate::server::{Reply, Server};

#[test]
fn a_bundle_is_retired_and_offered_again() {
    let server = Server::start(|call, _| {
        let retired = call.json()["retired"].clone();
        let bundle = json!({ "code": "clerk", "version": 2, "name": "Clerk", "plans": ["erp-full"], "groups": [],
            "retired": retired });
        Reply::Json(200, json!({ "bundles": [bundle] }))
    });
    let ran = server.run(&["bundles", "retire", "clerk"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("yes"), "{}", ran.out);
    let ran = server.run(&["bundles", "retire", "clerk", "--undo"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("no"), "{}", ran.out);
    let calls = server.calls();
    let sent: Vec<_> = calls.iter().map(|c| (c.method.as_str(), c.path.as_str(), c.json())).collect();
    let (method, path) = ("PATCH", "/api/v1/bundles/clerk");
    let expected = [true, false].map(|retired| (method, path, json!({ "retired": retired })));
    assert_eq!(sent, expected);
}
