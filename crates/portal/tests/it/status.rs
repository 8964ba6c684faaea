//! Signing in, health and requests.

use app::{
    Cause,
    people::PersonDraft,
    tenants::{ResellerDraft, create_reseller},
};
use axum::http::{StatusCode, header};

use crate::{
    browser::Browser,
    world::{PASSWORD, World, order, person, world},
};

async fn signed_in(w: &World, login: &str) -> Browser {
    let mut browser = Browser::new(w);
    let page = browser.post("/", &[("login", login), ("password", PASSWORD)]).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/status"), "{}", page.html);
    browser
}

#[tokio::test]
async fn signing_in_and_out() {
    let w = world().await;
    let mut browser = Browser::new(&w);
    assert_eq!(browser.get("/status").await.location(), "/", "not without signing in");
    let wrong = browser.post("/", &[("login", "root@provider.test"), ("password", "no")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.html.contains("value=\"root@provider.test\""), "what was typed is kept");
    assert!(!wrong.headers.contains_key(header::SET_COOKIE));
    let foreign = [("login", "root@provider.test"), ("password", PASSWORD)];
    assert_eq!(browser.post_from("/", &foreign, "cross-site").await.status, StatusCode::FORBIDDEN);

    let mut browser = signed_in(&w, "root@provider.test").await;
    let status = browser.get("/status").await;
    assert!(status.html.contains("Nothing was asked for yet"), "the empty state says what comes");
    assert!(status.html.contains("Shared") && status.html.contains("not asked yet"), "{}", status.html);
    let forged = browser.post("/sign-out", &[("form_token", "x")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let out = browser.post("/sign-out", &[("form_token", &status.form_token())]).await;
    assert_eq!(out.location(), "/");
    assert_eq!(browser.get("/status").await.location(), "/");
}

#[tokio::test]
async fn a_request_of_thousands_is_shown_in_pages() {
    let w = world().await;
    let mut draft = order("SO-1", "acme");
    draft.users = (0..3_200).map(|i| person("Bo", &format!("Holm{i}"))).collect();
    w.place(&draft).await.expect("an order");
    let mut browser = signed_in(&w, "root@provider.test").await;
    let status = browser.get("/status").await;
    let (_, rest) = status.html.split_once("href=\"/requests/").expect("a request");
    let path = format!("/requests/{}", rest.split('"').next().expect("an id"));
    let (mut rows, mut next) = (0, path.clone());
    for _ in 0..1_000 {
        let page = browser.get(&next).await;
        assert_eq!(page.status, StatusCode::OK);
        rows += page.html.matches("<tr>").count() - 1;
        match page.html.split_once("?after=") {
            Some((_, rest)) => next = format!("{path}?after={}", rest.split('"').next().expect("a cursor")),
            None => break,
        }
    }
    // OU, access list, three groups, 3,201 people and as many memberships.
    assert_eq!(rows, 5 + 3_201 * 2);
}

#[tokio::test]
async fn somebody_else_s_request_does_not_exist() {
    let w = world().await;
    let administrator = PersonDraft {
        given_name: "Rita".to_owned(),
        principal_name: Some("rita@north.test".to_owned()),
        enabled: true,
        ..PersonDraft::default()
    };
    let draft = ResellerDraft {
        code: "north".to_owned(),
        name: "North".to_owned(),
        administrator: Some(administrator),
        ..ResellerDraft::default()
    };
    let made = create_reseller(&w.app, &w.root, &draft, &Cause::default()).await.expect("a reseller");
    let (_, token, _) = made.administrator.expect("an administrator");
    let form = [("password", PASSWORD), ("again", PASSWORD)];
    Browser::new(&w).post(&format!("/activate/{token}"), &form).await;
    let request = w.place(&order("SO-1", "acme")).await.expect("an order").order.request;
    let mut rita = signed_in(&w, "rita@north.test").await;
    let page = rita.get(&format!("/requests/{request}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let status = rita.get("/status").await;
    assert!(!status.html.contains("acme") && status.html.contains("North"), "{}", status.html);
    assert!(!status.html.contains("Directories"), "a reseller does not run directories");
}

#[tokio::test]
async fn the_style_sheet_is_kept_and_pages_are_not() {
    let w = world().await;
    let mut browser = Browser::new(&w);
    let page = browser.get("/").await;
    let (_, rest) = page.html.split_once("rel=\"stylesheet\" href=\"").expect("a sheet");
    let sheet = browser.get(rest.split('"').next().expect("an address")).await;
    assert!(sheet.headers[header::CACHE_CONTROL].to_str().expect("text").contains("immutable"));
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert!(page.html.len() + sheet.html.len() < 30_000, "light enough for a bad line");
    assert!(!page.html.contains("Provider"), "no name but the brand's");
}
