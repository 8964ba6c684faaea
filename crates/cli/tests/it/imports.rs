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
        "mapping": { "profile": "other", "header": 1, "key": "principal_name", "headings": ["Kürzel", "Wer", "Geheim"], "columns": columns },
        "file": { "passwords": 3, "sealed": 2, "columns": [{ "heading": "Kürzel", "column": null, "example": "ida@acme.example" },
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
    assert!(ran.out.contains("2 sealed as the first ones"), "{}", ran.out);
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

#[test]
fn files_are_fetched_as_they_are_printed_or_written() {
    let server = Server::start(|call, _| match call.path.contains("broken") {
        true => Reply::Json(
            404,
            json!({ "type": "/problems/x", "title": "Not found", "status": 404, "code": "x" }),
        ),
        false => Reply::Text(200, "name,login\r\nIda,ida\r\n"),
    });
    let ran = server.run(&["bulk", "file", ID, "--rows", "wrong"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "name,login\r\nIda,ida\r\n"), "{ran:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("people.xlsx");
    let to = path.to_str().expect("a path");
    let ran =
        server.run(&["users", "file", "--customer", "ten_1", "--standing", "never_activated", "--to", to]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&path).expect("written"), "name,login\r\nIda,ida\r\n");
    let calls: Vec<_> = server.calls().iter().map(|call| call.path.clone()).collect();
    assert_eq!(
        calls,
        [
            format!("/api/v1/bulk/{ID}/file?rows=wrong&format=csv"),
            "/api/v1/customers/ten_1/users/file?standing=never_activated&format=xlsx".to_owned(),
        ]
    );
    let ran = server.run(&["bulk", "file", "broken", "--to", to]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(std::fs::read_to_string(&path).expect("still there").contains("Ida"), "what was there stays");
    let ran = server.run(&["bulk", "file", ID, "--to", "/no/such/folder/rows.csv"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("cannot be written"), "{}", ran.err);
}

#[test]
fn roles_of_a_file_are_given_where_that_is_typed() {
    let server =
        Server::start(|_, _| Reply::Json(201, import("previewed", &["principal_name", "roles", "ignored"])));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("people.csv");
    std::fs::write(&file, "Login,Roles\nida@acme.example,User Administrator\n").expect("a file");
    let file = file.to_str().expect("a path");
    for (more, asked) in [(None, false), (Some("--give-roles"), true)] {
        let typed: Vec<_> =
            ["import", file, "--customer", "ten_1", "--preview"].into_iter().chain(more).collect();
        server.run(&typed);
        let posted = server.calls().into_iter().rfind(|call| call.method == "POST").expect("a file is sent");
        assert_eq!(posted.path.contains("give_roles=true"), asked, "{}", posted.path);
    }
}
