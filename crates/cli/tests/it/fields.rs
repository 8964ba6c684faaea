//! Custom fields and settings, as typed.

use serde_json::{Value, json};

use crate::{
    calls::{USER, user},
    server::{Reply, Server},
};

fn field() -> Value {
    json!({ "key": "room", "label": "Room", "kind": "text", "required": false, "person": "hidden", "copied": true,
        "attribute": "room_number", "rules": { "max_chars": 128 }, "inherited": false, "version": 3 })
}

#[test]
fn a_field_is_defined_as_typed_and_changed_on_its_version() {
    let server = Server::start(|call, _| match call.method.as_str() {
        "GET" => Reply::Headers(200, vec![("ETag", "\"3\"".to_owned())], field()),
        _ => Reply::Json(201, field()),
    });
    let ran = server.run(&[
        "fields",
        "define",
        "room",
        "--label",
        "Room",
        "--attribute",
        "room_number",
        "--copied",
        "--tenant",
        "ten_1",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("room_number") && ran.out.contains("characters at most"), "{}", ran.out);
    let ran = server.run(&["fields", "set", "room", "--choice", "A", "--choice", "B", "--tenant", "ten_1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = server.run(&["fields", "retire", "room", "--tenant", "ten_1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let calls = server.calls();
    assert_eq!(calls[0].path, "/api/v1/tenants/ten_1/fields");
    let sent = json!({ "key": "room", "label": "Room", "kind": "text", "required": false, "person": "hidden",
        "copied": true, "attribute": "room_number", "rules": {} });
    assert_eq!(calls[0].json(), sent);
    assert_eq!(calls[2].path, "/api/v1/tenants/ten_1/fields/room");
    assert_eq!(
        (calls[2].header("if-match"), calls[2].json()),
        (Some("\"3\""), json!({ "rules": { "choices": ["A", "B"] } }))
    );
    assert_eq!(calls[4].json(), json!({ "retired": true }));
}

#[test]
fn fields_of_a_person_are_given_cleared_looked_for_and_shown() {
    let with = |mut user: Value| {
        user["fields"] = json!({ "cost_centre": "4711" });
        user
    };
    let server =
        Server::start(move |call, _| match (call.method.as_str(), call.path.contains("/customers/")) {
            ("GET", true) => Reply::Json(200, json!({ "items": [user("Anna Berg")], "next": null })),
            ("GET", false) => {
                Reply::Headers(200, vec![("ETag", "\"7\"".to_owned())], with(user("Anna Berg")))
            }
            _ => Reply::Json(202, with(user("Anna Berg"))),
        });
    let ran = server.run(&["users", "update", USER, "--field", "cost_centre=4711", "--field", "badge="]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("cost_centre = 4711"), "{}", ran.out);
    let ran = server.run(&["users", "list", "--customer", "ten_1", "--field", "cost_centre=4711"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let calls = server.calls();
    assert_eq!(calls[1].json(), json!({ "fields": { "badge": null, "cost_centre": "4711" } }));
    assert!(calls[2].path.contains("field=cost_centre%3D4711"), "{}", calls[2].path);
}

#[test]
fn settings_are_said_and_reset_on_the_version_that_was_read() {
    let settings = json!({ "settings": { "language": { "value": "de", "from": "above",
            "tenant": { "id": "ten_2", "code": "north", "name": "North" } } },
        "password_rules": { "min_chars": { "value": "12", "from": "default" } }, "version": 4 });
    let server =
        Server::start(move |_, _| Reply::Headers(200, vec![("ETag", "\"4\"".to_owned())], settings.clone()));
    let ran = server.run(&["settings", "set", "language=de", "support_name=North Desk", "--tenant", "ten_1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("above (north)") && ran.out.contains("password: min_chars"), "{}", ran.out);
    let ran = server.run(&["settings", "reset", "language", "--tenant", "ten_1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let calls = server.calls();
    assert_eq!(calls[1].json(), json!({ "language": "de", "support_name": "North Desk" }));
    assert_eq!((calls[1].header("if-match"), calls[3].json()), (Some("\"4\""), json!({ "language": null })));
    let ran = server.run(&["settings", "set", "language=", "--tenant", "ten_1"]);
    assert_eq!(ran.code, 2, "nothing is no value: {ran:?}");
}

#[test]
fn roles_of_a_person_are_shown_given_and_taken() {
    let held = json!({ "roles": [{ "role": "user_administrator", "version": 1, "since": "2026-03-31T22:30:00Z",
            "given_by": "Anna Berg" }],
        "possible": ["customer_administrator", "user_administrator"] });
    let server = Server::start(move |_, _| Reply::Json(200, held.clone()));
    let ran = server.run(&["users", "roles", USER]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("user_administrator since 2026-03-31"), "{}", ran.out);
    assert!(
        ran.out.lines().any(|line| line.contains("you may give") && line.contains("customer_administrator"))
    );
    for (command, method) in [("give-role", "PUT"), ("take-role", "DELETE")] {
        let ran = server.run(&["users", command, USER, "--role", "user_administrator"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let call = server.calls().pop().expect("a call");
        assert_eq!(
            (call.method.as_str(), call.path),
            (method, format!("/api/v1/users/{USER}/roles/user_administrator"))
        );
    }
}
