//! What cannot be accepted: a precise error that names the field, and nothing changed.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::world::{Estate, order, text};

/// Sends `body` and expects exactly these fields and rules, and nothing changed.
async fn refused(estate: &Estate, path: &str, body: Value, status: u16, expected: &[(&str, &str)]) {
    let before = estate.world.db.counts().await;
    let reply = estate.world.post(&estate.boss, path, &body).await;
    assert_eq!(reply.status.as_u16(), status, "{body} gave {}", reply.body);
    let found = reply.refused();
    let found: Vec<_> = found.iter().map(|(f, r)| (f.as_str(), r.as_str())).collect();
    assert_eq!(found, expected, "{body} gave {}", reply.body);
    for error in reply.body["errors"].as_array().expect("errors") {
        assert!(text(&error["message"]).ends_with('.'), "{error}");
    }
    assert_eq!(estate.world.db.counts().await, before, "nothing changed by {body}");
}

fn users(estate: &Estate) -> String {
    format!("/customers/{}/users", estate.acme_id())
}

#[tokio::test]
async fn wrong_types_and_misspelled_fields_are_named() {
    let estate = Estate::new().await;
    let path = users(&estate);
    refused(&estate, &path, json!({ "given_name": 7 }), 422, &[("given_name", "format")]).await;
    refused(&estate, &path, json!({ "givenname": "A" }), 422, &[("givenname", "unknown")]).await;
    refused(&estate, &path, json!({ "given_name": "A", "enabled": "yes" }), 422, &[("enabled", "format")])
        .await;
    refused(&estate, &path, json!({ "given_name": "A", "plans": "x" }), 422, &[("plans", "format")]).await;
    refused(&estate, &path, json!([]), 422, &[("given_name", "required")]).await;
    let many = json!({ "users": [{ "given_name": "A" }, { "enabled": 1 }] });
    refused(&estate, &format!("{path}/batch"), many, 422, &[("users[1].enabled", "format")]).await;
}

#[tokio::test]
async fn everything_that_is_missing_is_listed_at_once() {
    let estate = Estate::new().await;
    let expected = [
        ("reference", "required"),
        ("customer.code", "required"),
        ("customer.name", "required"),
        ("customer.upn_suffix", "required"),
        ("administrator.given_name", "required"),
    ];
    refused(&estate, "/orders", json!({}), 422, &expected).await;
    refused(&estate, "/resellers", json!({}), 422, &[("code", "required"), ("name", "required")]).await;
    refused(&estate, &users(&estate), json!({}), 422, &[("given_name", "required")]).await;
    refused(&estate, &format!("{}/batch", users(&estate)), json!({}), 422, &[("users", "required")]).await;
}

#[tokio::test]
async fn lengths_and_characters_are_checked_before_a_directory_sees_them() {
    let estate = Estate::new().await;
    let path = users(&estate);
    let long = "x".repeat(300);
    let person = |field: &str, value: &str| {
        let mut body = json!({ "given_name": "A", "surname": "B" });
        body[field] = value.into();
        body
    };
    for field in ["given_name", "surname", "display_name", "phone", "title", "department", "mail"] {
        refused(&estate, &path, person(field, &long), 422, &[(field, "too_long")]).await;
    }
    refused(&estate, &path, person("logon_name", "a,b"), 422, &[("logon_name", "forbidden_character")]).await;
    refused(&estate, &path, person("logon_name", &long), 422, &[("logon_name", "too_long")]).await;
    refused(
        &estate,
        &path,
        person("given_name", "A\u{202e}B"),
        422,
        &[("given_name", "forbidden_character")],
    )
    .await;
    refused(&estate, &path, person("surname", "A\u{0}B"), 422, &[("surname", "forbidden_character")]).await;
    refused(&estate, &path, person("surname", "A\nB"), 422, &[("surname", "forbidden_character")]).await;
    refused(&estate, &path, person("mail", "no mail"), 422, &[("mail", "format")]).await;
    let both = json!({ "given_name": "A", "user_name": "a", "principal_name": "a@acme.test" });
    refused(&estate, &path, both, 422, &[("user_name", "duplicate")]).await;
}

#[tokio::test]
async fn unusual_names_that_are_possible_are_accepted_as_they_are() {
    let estate = Estate::new().await;
    let path = users(&estate);
    for name in [r#"O,"\+<>;#Neill"#, "Ünal-Ştefan", "שלום", "محمد", "Zoë 🦊", "李小龍"] {
        let body = json!({ "given_name": name, "surname": "Test" });
        let made = estate.world.post(&estate.boss, &path, &body).await.expect(202);
        assert_eq!(made["given_name"], name);
        let read = estate.world.get(&estate.boss, &format!("/users/{}", text(&made["id"]))).await.expect(200);
        assert_eq!(read["given_name"], name);
        let login = text(&read["principal_name"]);
        assert!(login.is_ascii() && login.ends_with("@acme.test"), "{login}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_named_with_what_does() {
    let estate = Estate::new().await;
    let path = users(&estate);
    let gold = json!({ "given_name": "A", "plans": ["gold"] });
    refused(&estate, &path, gold, 422, &[("plans[0]", "unknown")]).await;
    let mut draft = order("gamma", ("G", "G"), ("H", "H"));
    draft["services"] = json!([{ "plan": "desktop-s" }, { "plan": "gold" }]);
    refused(&estate, "/orders", draft.clone(), 422, &[("services[1].plan", "unknown")]).await;
    draft["services"] = json!([]);
    draft["seller"] = json!("nobody");
    refused(&estate, "/orders", draft.clone(), 422, &[("seller", "unknown")]).await;
    draft["seller"] = json!("north");
    draft["customer"]["directory"] = json!("elsewhere");
    draft["users"] = json!([]);
    refused(&estate, "/orders", draft.clone(), 422, &[("customer.directory", "unknown")]).await;
    draft["customer"]["directory"] = Value::Null;
    draft["customer"]["time_zone"] = json!("Europe/Atlantis");
    draft["customer"]["standing"] = json!("free");
    let expected = [("customer.standing", "unknown"), ("customer.time_zone", "unknown")];
    refused(&estate, "/orders", draft, 422, &expected).await;
}

#[tokio::test]
async fn names_of_others_are_taken_across_customers_and_within_a_batch() {
    let estate = Estate::new().await;
    let path = users(&estate);
    let mut draft = order("acme", ("G", "G"), ("H", "H"));
    draft["reference"] = json!("SO-other");
    let expected = [("customer.code", "taken"), ("customer.upn_suffix", "taken")];
    refused(&estate, "/orders", draft, 422, &expected).await;
    let foreign = json!({ "given_name": "A", "principal_name": "bert.vogel@beta.test" });
    refused(&estate, &path, foreign, 422, &[("principal_name", "unknown")]).await;
    let taken = json!({ "given_name": "A", "principal_name": "anna.berg@acme.test" });
    refused(&estate, &path, taken, 422, &[("principal_name", "taken")]).await;
    let twice = json!({ "users": [{ "given_name": "A", "user_name": "same" }, { "given_name": "B", "user_name": "same" }] });
    refused(&estate, &format!("{path}/batch"), twice, 422, &[("users[1].user_name", "duplicate")]).await;
}

#[tokio::test]
async fn bodies_that_are_no_json_or_too_large_are_refused_before_they_are_read() {
    let estate = Estate::new().await;
    let before = estate.world.db.counts().await;
    let send = async |kind: Option<&str>, body: Vec<u8>| {
        let mut request = Request::post(format!("/api/v1{}", users(&estate)))
            .header("authorization", format!("Bearer {}", estate.boss));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let reply = estate.world.send(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        (reply.status.as_u16(), text(&reply.body["code"]).to_owned())
    };
    let json = Some("application/json");
    assert_eq!(send(json, b"{\"given_name\": ".to_vec()).await, (400, "malformed".to_owned()));
    assert_eq!(send(json, b"{} {}".to_vec()).await, (400, "malformed".to_owned()));
    assert_eq!(send(json, b"{\"given_name\": \"\xff\"}".to_vec()).await, (400, "malformed".to_owned()));
    assert_eq!(send(json, vec![b' '; 10 << 20]).await, (413, "too_large".to_owned()));
    assert_eq!(send(None, b"{}".to_vec()).await, (415, "unsupported_media_type".to_owned()));
    assert_eq!(send(Some("text/plain"), b"{}".to_vec()).await, (415, "unsupported_media_type".to_owned()));
    let nested = "[".repeat(100_000);
    assert_eq!(send(json, nested.into_bytes()).await, (400, "malformed".to_owned()));
    assert_eq!(estate.world.db.counts().await, before, "nothing changed");
}

#[tokio::test]
async fn a_query_names_what_is_wrong_with_it() {
    let estate = Estate::new().await;
    for (path, field) in [
        ("/tenants?limit=0", "limit"),
        ("/tenants?limit=201", "limit"),
        ("/tenants?limit=many", "limit"),
        ("/tenants?lmit=5", "lmit"),
        ("/tenants?limit=5&limit=6", "limit"),
        ("/tenants?kind=king", "kind"),
        ("/tenants?parent=nobody", "parent"),
        ("/tenants?search=a%00b", "search"),
        ("/requests?state=done", "state"),
        ("/requests?tenant=beta", "tenant"),
        ("/orders?seller=ten_00000000000000000000000000", "seller"),
        ("/tenants?after=abc", "after"),
    ] {
        let reply = estate.world.get(&estate.boss, path).await;
        assert_eq!(reply.status.as_u16(), 422, "{path} gave {}", reply.body);
        assert_eq!(reply.refused()[0].0, field, "{path} gave {}", reply.body);
    }
}

#[tokio::test]
async fn nothing_is_called_by_a_nul() {
    let estate = Estate::new().await;
    let customer = format!("/customers/{}", estate.acme_id());
    for path in [
        "/directories/%00".to_owned(),
        "/services/a%00b".to_owned(),
        "/plans/%00".to_owned(),
        format!("{customer}/services/%00/removal"),
        "/users/%00".to_owned(),
    ] {
        let reply = estate.world.get(&estate.world.root, &path).await;
        assert_eq!((reply.status.as_u16(), text(&reply.body["code"])), (404, "not_found"), "{path}");
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems_too() {
    let estate = Estate::new().await;
    let reply = estate.world.get(&estate.boss, "/nothing").await;
    assert_eq!((reply.status.as_u16(), text(&reply.body["code"])), (404, "no_route"));
    let reply = estate.world.call(&estate.boss, "PUT /tenants", &[], None).await;
    assert_eq!((reply.status.as_u16(), text(&reply.body["code"])), (405, "method_not_allowed"));
    assert!(reply.header("allow").is_some_and(|allow| allow.contains("GET")));
    let reply = estate.world.get(&estate.boss, "/users/ten_1").await;
    assert_eq!((reply.status.as_u16(), text(&reply.body["code"])), (404, "not_found"));
    assert_eq!(reply.body["instance"], "/api/v1/users/ten_1");
    assert_eq!(Some(text(&reply.body["request_id"])), reply.header("x-request-id"));
    let head = estate.world.call(&estate.boss, "HEAD /me", &[], None).await;
    assert_eq!(head.status.as_u16(), 200);
}
