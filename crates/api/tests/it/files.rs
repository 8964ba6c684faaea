//! Files a program fetches, and brings again.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::{Estate, text};

/// A file as it comes: its kind, its name, its bytes.
async fn file(estate: &Estate, token: &str, path: &str) -> (StatusCode, String, String, Vec<u8>) {
    let request = Request::get(format!("/api/v1{path}")).header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::empty()).expect("a request");
    let response = estate.world.router.clone().oneshot(request).await.expect("a router always answers");
    let (parts, body) = response.into_parts();
    let header = |name| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (kind, name) = (header(header::CONTENT_TYPE), header(header::CONTENT_DISPOSITION));
    (parts.status, kind, name, body.collect().await.expect("a whole file").to_bytes().to_vec())
}

async fn csv(estate: &Estate, path: &str) -> Vec<String> {
    let (status, kind, _, bytes) = file(estate, &estate.anna, path).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
    let text = String::from_utf8(bytes).expect("UTF-8");
    text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
}

async fn import(estate: &Estate, csv: &str) -> Value {
    import_with(estate, "", csv).await
}

async fn import_with(estate: &Estate, more: &str, csv: &str) -> Value {
    let path = format!("/api/v1/imports?customer={}&name=people.csv{more}", estate.acme_id());
    let request = Request::post(path)
        .header("authorization", format!("Bearer {}", estate.anna))
        .body(Body::from(csv.to_owned()))
        .expect("a request");
    estate.world.send(request).await.expect(201)
}

#[tokio::test]
async fn people_are_fetched_as_a_file_that_changes_exactly_what_is_edited() {
    let estate = Estate::new().await;
    let path = format!("/customers/{}/users/file", estate.acme_id());
    let lines = csv(&estate, &path).await;
    assert!(lines[0].contains("principal_name") && lines.len() == 3, "{lines:?}");
    let whole = lines.join("\r\n");
    assert_eq!(import(&estate, &whole).await["counts"]["acts"], json!({ "nothing": 2 }));
    let edited = import(&estate, &whole.replace("Ben", "Benjamin")).await;
    assert_eq!(edited["counts"]["acts"], json!({ "nothing": 1, "update": 1 }));
    assert_eq!(csv(&estate, &format!("{path}?search=ben")).await.len(), 2, "only those who were asked for");
    assert_eq!(csv(&estate, &format!("{path}?standing=disabled")).await.len(), 1);

    let (_, kind, name, bytes) = file(&estate, &estate.anna, &format!("{path}?format=xlsx")).await;
    assert!(kind.ends_with("spreadsheetml.sheet") && name.contains("acme-people.xlsx"), "{kind} {name}");
    assert!(bytes.starts_with(b"PK"), "a workbook");
    for (query, field) in [("format=pdf", "format"), ("standing=asleep", "standing"), ("state=odd", "state")]
    {
        let refused = estate.world.get(&estate.anna, &format!("{path}?{query}")).await;
        assert_eq!(refused.refused(), [(field.to_owned(), "unknown".to_owned())], "{query}");
    }
    estate.world.get(&estate.bert, &path).await.expect(404);
}

#[tokio::test]
async fn wrong_rows_are_fetched_as_they_were_brought_and_all_with_what_came_of_them() {
    let estate = Estate::new().await;
    let shown = import(
        &estate,
        "Vorname;Nachname;User principal name;Mail\nIda;Lund;ida@acme.test;no address\nJens;Krag;jens@acme.test;\n",
    )
    .await;
    let path = format!("/bulk/{}/file", text(&shown["id"]));
    let wrong = csv(&estate, &format!("{path}?rows=wrong")).await;
    assert_eq!(wrong[0], "Vorname,Nachname,User principal name,Mail,row,problem");
    assert!(wrong[1].starts_with("Ida,Lund,ida@acme.test,no address,2,\"Mail: "), "{wrong:?}");
    assert_eq!(wrong.len(), 2);
    let all = csv(&estate, &path).await;
    assert_eq!(all[0], "name,login,user,act,state,logon_name,directory,row,problem");
    assert!(
        all.iter().any(|line| line.starts_with("Jens Krag,jens@acme.test,,create,planned,,,3,")),
        "{all:?}"
    );
    assert_eq!((all.len(), csv(&estate, &format!("{path}?rows=failed")).await.len()), (3, 1));
    let refused = estate.world.get(&estate.anna, &format!("{path}?rows=odd")).await;
    assert_eq!(refused.refused(), [("rows".to_owned(), "unknown".to_owned())]);
    estate.world.get(&estate.bert, &path).await.expect(404);
}

#[tokio::test]
async fn roles_of_a_file_are_given_where_that_is_asked_for() {
    let estate = Estate::new().await;
    let file = "Login,Roles\nben.lund@acme.test,User Administrator\n";
    let left = import(&estate, file).await;
    assert_eq!((&left["counts"]["acts"], &left["counts"]["warned"]), (&json!({ "nothing": 1 }), &json!(1)));
    let asked = import_with(&estate, "&give_roles=true", file).await;
    assert_eq!(asked["counts"]["acts"], json!({ "update": 1 }));
    let effect = json!([{ "code": "user_administrator", "given": 1, "taken": 0 }]);
    assert_eq!((&asked["foreseen"]["roles"], &asked["options"]["give_roles"]), (&effect, &json!(true)));
}

#[tokio::test]
async fn a_file_that_is_too_large_or_of_somebody_who_may_not_is_not_read() {
    let estate = Estate::new().await;
    let bring = async |token: &str, bytes: Vec<u8>| {
        let path = format!("/api/v1/imports?customer={}&name=people.csv", estate.acme_id());
        let request = Request::post(path).header("authorization", format!("Bearer {token}"));
        estate.world.send(request.body(Body::from(bytes)).expect("a request")).await
    };
    let most = domain::limits::IMPORT_BYTES;
    let large = bring(&estate.anna, vec![b'a'; most + 1]).await;
    assert_eq!((large.status.as_u16(), text(&large.body["code"])), (413, "too_large"));
    // What it says would be wrong is not looked at.
    let nothing = b"PK\x03\x04 no workbook".to_vec();
    let wrong = bring(&estate.anna, nothing.clone()).await.refused();
    assert_eq!(wrong.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["file"]);
    for stranger in [&estate.ben, &estate.bert] {
        let refused = bring(stranger, nothing.clone()).await;
        assert!([403, 404, 422].contains(&refused.status.as_u16()), "{refused:?}");
        assert!(refused.refused().iter().all(|(field, _)| field == "customer"), "{refused:?}");
    }
    assert!(estate.world.db.values("bulk", "id", "true").await.is_empty(), "nothing is kept");
}
