//! What pages and forms withstand: buttons pressed twice, other tabs, pages that are loaded
//! again, many streams, and lists that are longer than a page.

use std::fmt::Write as _;

use serde_json::json;

use crate::{
    visit::{Browser, Page},
    world::{Estate, World, text},
};

/// The token of the forms of a page.
fn token(page: &Page) -> String {
    let token = page.html.split("name=\"form_token\" value=\"").nth(1).and_then(|t| t.split('"').next());
    token.unwrap_or_else(|| panic!("a form in {}", page.html)).to_owned()
}

/// What the secret field of a page holds.
fn shown(page: &Page) -> Option<&str> {
    page.html.split("class=\"copy\" type=\"text\" readonly value=\"").nth(1)?.split('"').next()
}

/// Where the choice of a language leads back to.
fn back(page: &Page) -> &str {
    page.html.split("name=\"back\" value=\"").nth(1).and_then(|b| b.split('"').next()).unwrap_or_default()
}

const OWN: [(&str, &str); 1] = [("sec-fetch-site", "same-origin")];

#[tokio::test]
async fn forms_are_taken_from_browsers_that_do_not_say_where_they_came_from() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.boss);
    let page = browser.get("/status").await;
    assert_eq!(page.header("referrer-policy"), "same-origin", "with less they tell ourselves nothing");
    let form = token(&page);
    let path = format!("/status/requests/{}/retry", text(&estate.acme["request"]["id"]));
    // Without TLS no browser sends Sec-Fetch-Site, and some hide the origin.
    let taken = browser.post(&path, &[("origin", "null")], &[("form_token", &form)]).await;
    assert!(taken.goes_to().starts_with("/status/requests/"));
    let forged = browser.post(&path, &[("origin", "null")], &[("form_token", &"0".repeat(64))]).await;
    assert_eq!(forged.status.as_u16(), 403, "the token decides");
    let foreign = [("origin", "null"), ("sec-fetch-site", "cross-site")];
    let forged = browser.post(&path, &foreign, &[("form_token", &form)]).await;
    assert_eq!(forged.status.as_u16(), 403, "a browser that says so is believed");
}

#[tokio::test]
async fn a_mailed_link_does_not_spoil_the_sign_in_page_of_another_tab() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let page = browser.get("/").await;
    let cookie = page.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-tenantry_form="), "{cookie}");
    // Strict cookies do not come along from the mail program, and a new one replaces the old.
    assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    browser.get("/activate/nonsense").await;
    browser.get("/sign-in").await;
    let fields = [("form_token", token(&page)), ("login", "x".to_owned()), ("password", "y".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.post("/sign-in", &OWN, &fields).await;
    assert_eq!(answer.status.as_u16(), 422, "wrong, and not forged");
}

#[tokio::test]
async fn a_person_is_made_once_however_often_the_button_is_pressed() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let path = format!("/customers/{}/people/new", estate.acme_id());
    let page = browser.get(&path).await;
    let form = token(&page);
    let fields = [("form_token", form.as_str()), ("given_name", "Åse"), ("surname", "Øster")];
    let first = browser.post(&path, &OWN, &fields).await.goes_to().to_owned();
    let second = browser.post(&path, &OWN, &fields).await.goes_to().to_owned();
    assert_eq!(first, second);
    let made = estate.world.db.values("users", "id", "surname = 'Øster'").await;
    assert_eq!(made.len(), 1);
    // The page can be loaded again, and so another language can be chosen on it.
    let page = browser.get(&first).await;
    let link = shown(&page).expect("the link").to_owned();
    assert!(link.starts_with("https://portal.test/activate/"), "{link}");
    assert_eq!(back(&page), first);
    assert_eq!(shown(&browser.get(&first).await), Some(link.as_str()));
    let plain = first.split('?').next().expect("a path");
    assert_eq!(shown(&browser.get(plain).await), None, "only where one comes from making it");
    let mut other = Browser::signed_in(&estate.world, &estate.boss);
    assert_eq!(shown(&other.get(&first).await), None, "only whoever made it");
    estate.world.clock.advance(domain::limits::SHOWN_MINUTES * 60 + 60);
    assert_eq!(shown(&browser.get(&first).await), None, "and only for a while");
    // With other values the same page makes another person.
    let other = [("form_token", form.as_str()), ("given_name", "Bo"), ("surname", "Øster")];
    assert_ne!(browser.post(&path, &OWN, &other).await.goes_to(), first);
    let reset = browser.fill(plain, &format!("{plain}/reset"), &[]).await.goes_to().to_owned();
    let page = browser.get(&reset).await;
    assert!(shown(&page).is_some_and(|fresh| fresh != link));
}

#[tokio::test]
async fn a_person_is_moved_after_a_look_and_once_however_often_the_button_is_pressed() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let person = format!("/people/{}", estate.ben_id);
    let path = format!("{person}/move");
    let (mut anna, mut browser) =
        (Browser::signed_in(world, &estate.anna), Browser::signed_in(world, &world.root));
    assert!(!anna.get(&person).await.html.contains(&path), "who has one customer is offered no other");
    assert!(browser.get(&person).await.html.contains(&path));
    let form = token(&browser.get(&path).await);
    let look = async |browser: &mut Browser, customer: &str| {
        browser.post(&path, &OWN, &[("form_token", form.as_str()), ("customer", customer)]).await
    };
    assert_eq!(look(&mut browser, "nowhere").await.status.as_u16(), 422);
    let sure = look(&mut browser, "beta").await;
    assert_eq!(sure.status.as_u16(), 200, "{}", sure.html);
    assert!(sure.html.contains("ben.lund@beta.test"), "{}", sure.html);
    let moved = async || world.db.values("users", "id", "moved_to IS NOT NULL").await.len();
    assert_eq!(moved().await, 0, "a look changes nothing");
    let form = token(&sure);
    let version = sure.html.split("name=\"version\" value=\"").nth(1).and_then(|v| v.split('"').next());
    let fields = [
        ("form_token", form.as_str()),
        ("sure", "1"),
        ("version", version.expect("a version")),
        ("customer", "beta"),
        ("plans", "desktop-s"),
    ];
    let first = browser.post(&path, &OWN, &fields).await.goes_to().to_owned();
    let second = browser.post(&path, &OWN, &fields).await.goes_to().to_owned();
    assert_eq!(first, second);
    assert_eq!(moved().await, 1);
    assert!(browser.get(&first).await.html.contains("ben.lund@beta.test"));
}

#[tokio::test]
async fn a_token_is_made_once_and_shown_for_a_while() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let form = token(&browser.get("/account").await);
    let fields = [("form_token", form.as_str()), ("name", "script")];
    let first = browser.post("/account/tokens", &OWN, &fields).await.goes_to().to_owned();
    let second = browser.post("/account/tokens", &OWN, &fields).await.goes_to().to_owned();
    assert_eq!(first, second);
    assert_eq!(estate.world.db.values("api_token", "id", "kind = 'api' AND name = 'script'").await.len(), 1);
    let page = browser.get(&first).await;
    let secret = shown(&page).expect("the token").to_owned();
    assert_eq!(back(&page), first, "another language does not lose it");
    assert_eq!(shown(&browser.get(&first).await), Some(secret.as_str()));
    estate.world.get(&secret, "/me").await.expect(200);
    let mut other = Browser::signed_in(&estate.world, &estate.boss);
    assert_eq!(shown(&other.get(&first).await), None, "nobody else's");
    estate.world.clock.advance(domain::limits::SHOWN_MINUTES * 60 + 60);
    assert_eq!(shown(&browser.get(&first).await), None);
}

#[tokio::test]
async fn from_a_form_that_was_wrong_another_language_leads_to_a_page() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let form = token(&browser.get("/account").await);
    let from = [("sec-fetch-site", "same-origin"), ("referer", "https://portal.test/account?x=1")];
    let wrong = browser.post("/account/tokens", &from, &[("form_token", &form), ("name", "")]).await;
    assert_eq!((wrong.status.as_u16(), back(&wrong)), (422, "/account?x=1"));
    let elsewhere = [("sec-fetch-site", "same-origin"), ("referer", "https://evil.test/account")];
    let wrong = browser.post("/account/tokens", &elsewhere, &[("form_token", &form), ("name", "")]).await;
    assert_eq!((wrong.status.as_u16(), back(&wrong)), (422, "/"));
}

#[tokio::test]
async fn pages_with_a_secret_are_not_compressed() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.boss);
    let order = format!("/orders/{}", text(&estate.acme["id"]));
    let page = browser.get_as(&order, &[("accept-encoding", "gzip")]).await;
    assert_eq!(page.header("content-encoding"), "", "it repeats its address and holds the link");
    assert!(shown(&page).is_some(), "{}", page.html);
    let mut plain = Browser::signed_in(&estate.world, &estate.boss);
    let encoding = plain.encoding_of("/home", "gzip").await;
    assert_eq!(encoding, "gzip", "others are");
}

#[tokio::test]
async fn many_people_are_added_at_once_and_too_many_are_refused_at_the_field() {
    let estate = Estate::new().await;
    let (world, anna) = (&estate.world, &estate.anna);
    let people: Vec<_> =
        (0..120).map(|i| json!({ "given_name": "Sam", "surname": format!("Stone{i}") })).collect();
    let customer = format!("/customers/{}", estate.acme_id());
    world.post(anna, &format!("{customer}/users/batch"), &json!({ "users": people })).await.expect(202);
    let group = world.post(anna, &format!("{customer}/groups"), &json!({ "name": "News" })).await.expect(202);
    let path = format!("/groups/{}", text(&group["id"]));
    let logins = world.db.values("users", "principal_name", "surname LIKE 'Stone%'").await;
    assert_eq!(logins.len(), 120);
    let mut browser = Browser::signed_in(world, anna);
    assert!(browser.get(&path).await.html.contains("<textarea id=\"f-member\""), "lists have lines");
    let added = browser.fill(&path, &format!("{path}/add"), &[("member", &logins.join("\r\n"))]).await;
    assert_eq!(added.goes_to(), format!("{path}?done=members"));
    let members = world.get(anna, &format!("{path}/members?limit=200")).await.expect(200);
    assert_eq!(members["items"].as_array().expect("members").len(), 120, "nobody is left out");
    let mut many = String::new();
    for i in 0..=domain::limits::MEMBERS_PER_REQUEST {
        let _ = writeln!(many, "somebody.with.a.name{i}@acme.test");
    }
    let refused = browser.fill(&path, &format!("{path}/add"), &[("member", &many)]).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.html.contains("id=\"e-member\"") && refused.html.replace(',', "").contains("5000"));
}

#[tokio::test]
async fn a_stream_of_somebody_signed_out_or_with_too_many_says_that_it_is_over() {
    let estate = Estate::new().await;
    let path = format!("/status/requests/{}/live", text(&estate.acme["request"]["id"]));
    let mut nobody = Browser::new(&estate.world);
    let page = nobody.get(&path).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/event-stream"));
    assert!(page.html.starts_with("event: end"), "and does not ask again: {}", page.html);
    let anna = estate.world.surface.app.caller(&estate.anna).await.expect("asking").expect("anna");
    let streams = &estate.world.surface.streams;
    let open: Vec<_> = (0..domain::limits::LIVE_PER_PERSON).map(|_| streams.open(anna.user())).collect();
    assert!(open.iter().all(Option::is_some));
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    assert!(browser.get(&path).await.html.starts_with("event: end"), "one too many");
    drop(open);
    // What is over is told, and then that it is over.
    estate.world.db.change("request_item", "state = 'verified'", "state = 'requested'").await;
    let page = browser.get(&path).await;
    assert!(page.html.starts_with("data: ") && page.html.contains("event: end"), "{}", page.html);
    let mut stranger = Browser::signed_in(&estate.world, &estate.bert);
    assert_eq!(stranger.get(&path).await.status.as_u16(), 404);
    assert!(streams.open(anna.user()).is_some(), "places are free again");
}
