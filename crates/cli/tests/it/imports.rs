//! What the columns of a file mean, as typed.

use serde_json::{Value, json};

use crate::{
    calls::tenant,
    server::{Reply, Server},
};

const ID: &str = "blk_01jzk3v8x6f0p2m4q7r9s1t3vw";

fn import(state: &str, columns: &[&str]) -> Value {
    json!({ "id": ID, "tenant": tenant(), "kind": "import", "title": "hr.csv", "state": state, "version": 3,
        "problem": [{ "field": "columns", "rule": "required", "message": "A value is needed.", "args": {} }],
        "counts": { "acts": { "unread": 2 }, "states": {}, "warned": 0 },
        "foreseen": { "plans": [], "month": { "minor": 0, "currency": "EUR" }, "unpriced": false, "quotas": [],
            "groups": [] },
        "options": { "create": true, "update": true, "disable": false, "missing": "keep", "send_links": false,
            "make_groups": false },
        "mapping": { "profile": "other", "header": 1, "headings": ["Kürzel", "Wer", "Geheim"], "columns": columns },
        "file": { "columns": [{ "heading": "Kürzel", "column": null, "example": "ida@acme.example" },
            { "heading": "Wer", "column": "display_name", "example": "Ida Lund" },
            { "heading": "Geheim", "column": "password", "example": "" }] },
        "created_by": "root", "created_at": "2026-03-01T10:00:00.000000Z" })
}

#[test]
fn columns_are_shown_said_by_heading_or_number_and_kept() {
    let unread = ["ignored", "display_name", "password"];
    let server = Server::start(move |call, _| match call.method.as_str() {
        "GET" => Reply::Json(200, import("mapping", &unread)),
        _ => Reply::Json(200, import("previewed", &["principal_name", "ignored", "password"])),
    });
    let ran = server.run(&["bulk", "map", ID]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for told in ["Kürzel", "ida@acme.example", "display_name", "FIRST VALUE"] {
        assert!(ran.out.contains(told), "{told}: {}", ran.out);
    }
    let ran = server.run(&["bulk", "map", ID, "kürzel=principal_name", "2=ignored", "--keep-as", "HR"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let calls = server.calls();
    let sent = calls.last().expect("a call");
    assert_eq!(
        (sent.method.as_str(), sent.path.as_str()),
        ("PUT", format!("/api/v1/bulk/{ID}/mapping").as_str())
    );
    assert_eq!(
        sent.json(),
        json!({ "keep_as": "HR", "mapping": { "profile": "other", "header": 1,
            "headings": ["Kürzel", "Wer", "Geheim"], "columns": ["principal_name", "ignored", "password"] } })
    );
    for (said, told) in
        [("Kürzel", "HEADING=MEANING"), ("Wo=city", "Kürzel, Wer, Geheim"), ("4=city", "Kürzel, Wer")]
    {
        let ran = server.run(&["bulk", "map", ID, said]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}

#[test]
fn a_cell_is_mended_by_its_row_and_column() {
    let server = Server::start(|_, _| {
        Reply::Json(200, import("previewed", &["principal_name", "ignored", "password"]))
    });
    let ran = server.run(&["bulk", "mend", ID, "7", "Wer", "Ida Lund"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = server.run(&["bulk", "mend", ID, "8", "1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let sent: Vec<_> = server
        .calls()
        .iter()
        .filter(|call| call.method == "PUT")
        .map(|c| (c.path.clone(), c.json()))
        .collect();
    assert_eq!(sent[0], (format!("/api/v1/bulk/{ID}/rows/7"), json!({ "column": 1, "text": "Ida Lund" })));
    assert_eq!(sent[1], (format!("/api/v1/bulk/{ID}/rows/8"), json!({ "column": 0, "text": "" })));
}

#[test]
fn what_has_begun_has_no_columns_to_say() {
    let server =
        Server::start(|_, _| Reply::Json(200, import("running", &["principal_name", "ignored", "password"])));
    let ran = server.run(&["bulk", "map", ID, "1=login"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("not begun"), "{}", ran.err);
    assert!(server.calls().iter().all(|call| call.method == "GET"));
}

#[test]
fn kept_mappings_are_listed_and_forgotten() {
    let server = Server::start(|call, _| match call.method.as_str() {
        "GET" => Reply::Json(
            200,
            json!([{ "name": "Acme HR", "mapping": import("mapping", &["city"])["mapping"] }]),
        ),
        _ => Reply::Json(204, Value::Null),
    });
    let ran = server.run(&["bulk", "mappings", "list", "--customer", "ten_1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("Acme HR") && ran.out.contains("Kürzel, Wer, Geheim"), "{}", ran.out);
    let ran = server.run(&["bulk", "mappings", "forget", "Acme HR", "--customer", "ten_1"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let calls = server.calls();
    let last = calls.last().expect("a call");
    assert_eq!(last.method, "DELETE");
    assert!(last.path.starts_with("/api/v1/tenants/ten_1/import-mappings/Acme"), "{}", last.path);
}
