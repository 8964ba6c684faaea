//! Mails, as the provider's staff sees them.

use domain::mail::Mailing;
use serde_json::json;

use crate::{account::mailing, visit::Browser, world::Estate};

/// So many people of acme, each with a mail.
async fn people(estate: &mut Estate, count: usize) {
    mailing(&mut estate.world, Mailing::Keep);
    let app = estate.world.surface.app.clone();
    estate.world.router = api::router(&web::Surface::new(app, crate::world::PUBLIC));
    let users: Vec<_> = (0..count)
        .map(|i| json!({ "given_name": "Mia", "surname": format!("No{i}"), "mail": format!("mia{i}@acme.test") }))
        .collect();
    let path = format!("/customers/{}/users/batch", estate.acme_id());
    let body = json!({ "send_link": "mail", "users": users });
    estate.world.post(&estate.anna, &path, &body).await.expect(202);
}

#[tokio::test]
async fn mails_are_listed_filtered_and_read_where_nothing_is_sent() {
    let mut estate = Estate::new().await;
    people(&mut estate, 3).await;
    let db = &estate.world.db;
    db.change("mail", "state = 'kept', ended_at = created_at", "true").await;
    let problem = json!({ "code": "mail_refused", "target_message": "550 no such mailbox" });
    let last = "id = (SELECT id FROM mail ORDER BY id LIMIT 1)";
    assert_eq!(db.change("mail", &format!("state = 'failed', problem = '{problem}'"), last).await, 1);
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    assert!(root.get("/home").await.html.contains("href=\"/mails\""), "a way of the navigation");
    let page = root.get("/mails").await.shows(200, "mails");
    insta::assert_snapshot!("mails", page);
    let failed = root.get("/mails?state=failed").await.shows(200, "mails-failed");
    assert_eq!(failed.matches("<li class=\"row mail\">").count(), 1);
    for said in ["550 no such mailbox", "Correct the person", "Not sent"] {
        assert!(failed.contains(said), "{said}: {failed}");
    }
    assert!(root.get("/mails?state=sent").await.html.contains("Nothing here."));
    let kept = root.get("/mails?state=kept").await.html;
    let one = kept.split("href=\"/mails/").nth(1).and_then(|t| t.split('"').next()).expect("a mail");
    let one = format!("/mails/{one}");
    let page = root.get(&one).await;
    assert!(
        page.html.contains("https://portal.test/activate/") && page.html.contains("Hello Mia"),
        "{}",
        page.html
    );
    let link = page.html.split("<a href=\"https://portal.test").nth(1).and_then(|t| t.split('"').next());
    let link = link.expect("a link").to_owned();
    assert!(root.get(&link).await.html.contains("An account was made for you."));
    // Where mails are sent nobody reads one; without mail the page says so.
    mailing(&mut estate.world, Mailing::Send);
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    let page = root.get(&one).await.shows(200, "mail-sent");
    assert!(page.contains("How it reads is not shown") && !page.contains("/activate/"), "{page}");
    mailing(&mut estate.world, Mailing::Off);
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    assert!(root.get("/mails").await.html.contains("Mail is not configured"));
    assert_eq!(root.get("/mails/mai_00000000000000000000000000").await.status.as_u16(), 404);
    assert_eq!(root.get("/mails/nothing").await.status.as_u16(), 404);
    for token in [&estate.boss, &estate.anna, &estate.ben] {
        let mut other = Browser::signed_in(&estate.world, token);
        assert!(!other.get("/account").await.html.contains("href=\"/mails\""));
        assert_eq!(other.get("/mails").await.status.as_u16(), 403);
        assert_eq!(other.get(&one).await.status.as_u16(), 404);
    }
}

#[tokio::test]
async fn hundreds_of_mails_come_page_by_page() {
    let mut estate = Estate::new().await;
    people(&mut estate, 320).await;
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    let (mut next, mut pages, mut seen) = ("/mails".to_owned(), 0, std::collections::BTreeSet::new());
    loop {
        let page = root.get(&next).await;
        assert!(page.html.len() < 100_000, "a page stays small");
        seen.extend(page.html.split("href=\"/mails/").skip(1).map(|t| t[..30].to_owned()));
        pages += 1;
        let Some(href) = page.html.split("rel=\"next\" href=\"").nth(1).and_then(|h| h.split('"').next())
        else {
            break;
        };
        next = href.replace("&#38;", "&");
    }
    assert_eq!((pages, seen.len()), (7, 320));
}
