//! The page behind a one-time link.

use axum::http::{StatusCode, header};

use crate::{
    browser::Browser,
    world::{PASSWORD, order, world},
};

#[tokio::test]
async fn a_person_chooses_a_password_and_watches_it_arrive() {
    let w = world().await;
    let mut draft = order("SO-1", "acme");
    draft.administrator.display_name = Some("Anna <b>Berg</b>".to_owned());
    let (token, _) = w.place(&draft).await.expect("an order").activation.expect("a link");
    let path = format!("/activate/{token}");
    let mut browser = Browser::new(&w);

    let open = browser.get(&path).await;
    assert_eq!(open.status, StatusCode::OK);
    assert!(open.html.contains("anna.berg@acme.example"), "the login name is told");
    assert!(open.html.contains("Anna &#60;b&#62;Berg") && !open.html.contains("<b>Berg"), "{}", open.html);
    assert_eq!(open.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(open.headers[header::REFERRER_POLICY], "no-referrer", "the link is a secret");
    assert!(!open.html.contains("<script") && !open.html.contains("style="), "nothing the policy forbids");

    let different = browser.post(&path, &[("password", PASSWORD), ("again", "x")]).await;
    assert_eq!(different.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(different.html.contains("not the same") && !different.html.contains(PASSWORD));
    let short = browser.post(&path, &[("password", "short"), ("again", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.html.contains("At least 12 characters"), "{}", short.html);

    let sent = browser.post(&path, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let pending = browser.get(&path).await;
    assert!(pending.html.contains("http-equiv=\"refresh\"") && pending.html.contains("One moment"));
}

#[tokio::test]
async fn a_forged_link_and_a_foreign_page_get_nothing() {
    let w = world().await;
    let (token, _) = w.place(&order("SO-1", "acme")).await.expect("an order").activation.expect("a link");
    let mut browser = Browser::new(&w);
    for path in ["/activate/x", "/activate/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/nowhere"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let path = format!("/activate/{token}");
    let form = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(browser.post_from(&path, &form, "cross-site").await.status, StatusCode::FORBIDDEN);
    assert!(browser.get(&path).await.html.contains("Choose the password"), "nothing was done");
}
