//! Signing in and coming back, forgotten passwords, sessions, and what people choose for
//! themselves.

use domain::mail::Mailing;
use serde_json::json;
use web::Surface;

use crate::{
    visit::{Browser, Page},
    world::{BEN, Estate, PUBLIC, World, text},
};

const BOSS: &str = "boss@north.test";
const PASSWORD: &str = "three calm walruses";
const OTHER: &str = "four quiet herons";

/// From now on mails are handled so.
pub fn mailing(world: &mut World, mailing: Mailing) {
    world.surface = Surface::new(world.surface.app.clone().with_mail(mailing), PUBLIC);
}

fn path_of(link: &str) -> String {
    link.strip_prefix(PUBLIC).expect("our address").to_owned()
}

/// Somebody of a reseller, with a password; gives the id of the tenant.
async fn boss(world: &World) {
    let body = json!({ "code": "north", "name": "North",
        "administrator": { "principal_name": BOSS, "display_name": "Bo Lund", "mail": "bo@private.test" } });
    let made = world.post(&world.root, "/resellers", &body).await.expect(202);
    let link = path_of(text(&made["activation"]["link"]));
    let mut browser = Browser::new(world);
    let chosen = browser.fill(&link, &link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(chosen.goes_to(), link);
}

async fn sign_in(browser: &mut Browser, password: &str) -> Page {
    browser.fill("/", "/sign-in", &[("login", BOSS), ("password", password)]).await
}

#[tokio::test]
async fn where_one_came_from_is_where_one_gets_after_signing_in() {
    let world = World::new().await;
    boss(&world).await;
    let mut browser = Browser::new(&world);
    let asked = "/status?state=failed";
    let at = browser.get(asked).await.goes_to().to_owned();
    assert_eq!(at, "/sign-in?to=%2Fstatus%3Fstate%3Dfailed");
    let page = browser.get(&at).await.shows(200, "sign-in-first");
    assert!(page.contains("name=\"to\" value=\"/status?state=failed\""), "{page}");
    let wrong = browser.fill(&at, "/sign-in", &[("login", BOSS), ("password", "guess"), ("to", asked)]).await;
    let page = wrong.shows(422, "sign-in-wrong-first");
    assert!(page.contains(&format!("value=\"{BOSS}\"")) && page.contains("value=\"/status?state=failed\""));
    assert!(
        page.contains("role=\"alert\" tabindex=\"-1\" autofocus"),
        "the focus is where it says what is wrong"
    );
    let right =
        browser.fill(&at, "/sign-in", &[("login", BOSS), ("password", PASSWORD), ("to", asked)]).await;
    assert_eq!(right.goes_to(), asked);
    assert_eq!(browser.get(&at).await.goes_to(), asked, "already signed in");
    for elsewhere in ["https://evil.test/", "//evil.test", "/\\evil.test", ""] {
        let mut browser = Browser::new(&world);
        let fields = [("login", BOSS), ("password", PASSWORD), ("to", elsewhere)];
        assert_eq!(browser.fill("/", "/sign-in", &fields).await.goes_to(), "/home", "{elsewhere}");
    }
}

#[tokio::test]
async fn who_tries_too_often_is_told_at_the_form_how_long_to_wait() {
    let world = World::new().await;
    boss(&world).await;
    let mut browser = Browser::new(&world);
    for _ in 0..5 {
        sign_in(&mut browser, "guess").await.shows(422, "sign-in-wrong");
    }
    let page = sign_in(&mut browser, PASSWORD).await.shows(429, "sign-in-locked");
    assert!(page.contains("Too many wrong attempts. Wait 1 second, then try again."), "{page}");
    assert!(page.contains(&format!("value=\"{BOSS}\"")), "what was typed stays");
    world.clock.advance(2);
    assert_eq!(sign_in(&mut browser, PASSWORD).await.goes_to(), "/home");
}

#[tokio::test]
async fn a_forgotten_password_is_asked_for_and_the_answer_tells_nothing() {
    let mut world = World::new().await;
    boss(&world).await;
    let mut browser = Browser::new(&world);
    assert!(!browser.get("/").await.html.contains("/forgotten"), "nothing is offered that is not there");
    let page = browser.get("/forgotten").await.shows(200, "forgotten-off");
    assert!(page.contains("Ask your administrator for a link") && !page.contains("name=\"login\""), "{page}");
    mailing(&mut world, Mailing::Keep);
    let mut browser = Browser::new(&world);
    assert!(browser.get("/").await.html.contains("href=\"/forgotten\""));
    let empty = browser.fill("/forgotten", "/forgotten", &[("login", " ")]).await;
    let page = empty.shows(422, "forgotten-empty");
    assert!(page.contains("id=\"e-login\"") && page.contains("href=\"#f-login\""), "{page}");
    let mut answers = Vec::new();
    for login in [BOSS, "nobody@north.test"] {
        for _ in 0..3 {
            let asked = browser.fill("/forgotten", "/forgotten", &[("login", login)]).await;
            answers.push(asked.goes_to().to_owned());
        }
        let often = browser.fill("/forgotten", "/forgotten", &[("login", login)]).await;
        let page = often.shows(429, "forgotten-often");
        assert!(page.contains("Wait 60 minutes") && page.contains(login), "{page}");
    }
    world.surface.app.settled().await;
    answers.dedup();
    assert_eq!(answers, ["/forgotten?asked=1"]);
    let page = browser.get(&answers[0]).await.shows(200, "forgotten-asked");
    assert!(page.contains("60 minutes") && !page.contains(BOSS), "{page}");
    assert_eq!(world.db.values("mail", "id", "kind = 'reset_requested'").await.len(), 3);
}

#[tokio::test]
async fn a_link_says_what_it_is_for_and_what_to_do_when_it_does_not_work() {
    let mut estate = Estate::new().await;
    let first = path_of(text(&estate.acme["activation"]["link"]));
    let mut browser = Browser::new(&estate.world);
    assert!(browser.get(&first).await.html.contains("An account was made for you."));
    estate.world.db.change("users", "activated_at = created_at", "object_id IS NOT NULL").await;
    let path = format!("/users/{}/password-reset", estate.ben_id);
    let reset = estate.world.post(&estate.anna, &path, &json!({})).await.expect(201);
    let reset = path_of(text(&reset["activation"]["link"]));
    assert!(browser.get(&reset).await.html.contains("Your administrator asks you to choose a new password."));
    let newer = estate.world.post(&estate.anna, &path, &json!({})).await.expect(201);
    let newer = path_of(text(&newer["activation"]["link"]));
    let page = browser.get(&reset).await.shows(200, "link-replaced");
    assert!(page.contains("replaced by a newer one") && page.contains("Ask your administrator"), "{page}");
    assert!(!page.contains("/forgotten"), "there is no mail");
    estate.world.clock.advance(8 * 86_400);
    mailing(&mut estate.world, Mailing::Keep);
    let page = Browser::new(&estate.world).get(&newer).await.shows(200, "link-over");
    assert!(page.contains("It worked until 9 March 2026") && page.contains("href=\"/forgotten\""), "{page}");
}

#[tokio::test]
async fn the_rules_stand_at_the_field_and_what_is_violated_is_named_there() {
    let estate = Estate::new().await;
    let rules = json!({ "min_chars": 14, "classes": 3, "no_names": true, "forbidden_words": ["summer"] });
    let path = format!("/tenants/{}/password-policy", estate.acme_id());
    estate.world.call(&estate.world.root, &format!("PUT {path}"), &[], Some(&rules)).await.expect(200);
    let link = path_of(text(&estate.acme["activation"]["link"]));
    let mut browser = Browser::new(&estate.world);
    insta::assert_snapshot!("activate_rules", browser.get(&link).await.shows(200, "activate-rules"));
    let sent = browser.fill(&link, &link, &[("password", "annasummer"), ("again", "annasummer")]).await;
    let page = sent.shows(422, "activate-violated");
    let at_field = page.split("id=\"e-password\"").nth(1).expect("errors at the field");
    for said in
        ["At least 14 characters.", "Use at least 3 of", "must not hold \"anna\"", "must not hold \"summer\""]
    {
        assert!(at_field.replace("&#34;", "\"").contains(said), "{said}: {page}");
    }
}

#[tokio::test]
async fn a_session_that_is_ended_elsewhere_is_really_over() {
    let world = World::new().await;
    boss(&world).await;
    let (mut laptop, mut phone) = (Browser::new(&world), Browser::new(&world));
    sign_in(&mut laptop, PASSWORD).await.goes_to();
    sign_in(&mut phone, PASSWORD).await.goes_to();
    let page = laptop.get("/account").await.shows(200, "account-sessions");
    assert_eq!(page.matches("This one").count(), 1, "{page}");
    let open = laptop.get("/account").await.html;
    let other = open.split("action=\"/account/sessions/tok_").nth(1).and_then(|t| t.split('"').next());
    let other = format!("/account/sessions/tok_{}", other.expect("the other session"));
    // The form of a page that stays open there.
    let left_open = phone.get("/account").await.html;
    let form = left_open.split("name=\"form_token\" value=\"").nth(1).and_then(|t| t.split('"').next());
    let form = form.expect("a form").to_owned();
    assert_eq!(laptop.fill("/account", &other, &[]).await.goes_to(), "/account?done=session-ended");
    assert_eq!(laptop.fill("/account", &other, &[]).await.status.as_u16(), 404, "once");
    let late = phone
        .post("/account/sessions/all", &[("sec-fetch-site", "same-origin")], &[("form_token", &form)])
        .await;
    assert_eq!(late.goes_to(), "/", "it changed nothing and leads to the sign-in");
    assert_eq!(phone.get("/account").await.goes_to(), "/sign-in?to=%2Faccount");
    // What replaces a part of a page leads the whole page there.
    let part = phone.get_as("/customers?q=a", &[("hx-request", "true")]).await;
    assert_eq!(part.header("hx-redirect"), "/sign-in?to=%2Fcustomers%3Fq%3Da");
    assert_eq!(laptop.get("/account").await.status.as_u16(), 200);
    sign_in(&mut phone, PASSWORD).await.goes_to();
    assert_eq!(
        laptop.fill("/account", "/account/sessions/others", &[]).await.goes_to(),
        "/account?done=session-ended"
    );
    assert_eq!(phone.get("/home").await.goes_to(), "/");
    sign_in(&mut phone, PASSWORD).await.goes_to();
    assert_eq!(laptop.fill("/account", "/account/sessions/all", &[]).await.goes_to(), "/");
    assert_eq!(laptop.get("/home").await.goes_to(), "/");
    assert_eq!(phone.get("/home").await.goes_to(), "/");
}

#[tokio::test]
async fn administrators_see_and_end_the_sessions_of_their_people() {
    let estate = Estate::new().await;
    let path = format!("/people/{}/sessions", estate.ben_id);
    let mut anna = Browser::signed_in(&estate.world, &estate.anna);
    assert!(anna.get(&format!("/people/{}", estate.ben_id)).await.html.contains(&path));
    let page = anna.get(&path).await.shows(200, "person-sessions");
    assert!(page.contains("Ben Lund") && page.contains("Unknown program"), "{page}");
    // How long ago, and when to the minute.
    let html = anna.get(&path).await.html;
    let time = html.split("<time ").nth(1).and_then(|rest| rest.split("</time>").next()).expect("a time");
    assert!(time.ends_with(">just now") && time.contains(" at "), "{time}");
    let html = anna.get(&format!("/people/{}/history", estate.ben_id)).await.html;
    let time = html.split("<time ").nth(1).and_then(|rest| rest.split("</time>").next()).expect("a time");
    assert!(time.ends_with(">just now") && time.contains(" at "), "{time}");
    assert_eq!(Browser::signed_in(&estate.world, &estate.bert).get(&path).await.status.as_u16(), 404);
    let mut stranger = Browser::signed_in(&estate.world, &estate.bert);
    assert_eq!(stranger.fill("/account", &path, &[]).await.status.as_u16(), 404);
    let mut ben = Browser::signed_in(&estate.world, &estate.ben);
    assert_eq!(ben.get("/account").await.status.as_u16(), 200);
    assert_eq!(anna.fill(&path, &path, &[]).await.goes_to(), format!("{path}?done=sessions-ended"));
    assert!(anna.get(&path).await.html.contains("Signed in nowhere."));
    assert_eq!(ben.get("/account").await.goes_to(), "/sign-in?to=%2Faccount");
}

fn speaks(page: &Page) -> &str {
    page.html.split("<html lang=\"").nth(1).and_then(|t| t.split('"').next()).expect("a language")
}

fn looks(page: &Page) -> &str {
    let tag = page.html.split("<html").nth(1).and_then(|t| t.split('>').next()).expect("a tag");
    tag.split("data-theme=\"").nth(1).and_then(|t| t.split('"').next()).unwrap_or("auto")
}

#[tokio::test]
async fn a_choice_is_kept_with_the_person_and_wins_over_the_browser_s() {
    let world = World::new().await;
    boss(&world).await;
    world.db.change("tenant", "language = 'de'", "code = 'north'").await;
    let (mut one, mut two) = (Browser::new(&world), Browser::new(&world));
    // Nobody is signed in: the choice is this browser's.
    let choose = [("language", "sv"), ("theme", "dark"), ("back", "/sign-in")];
    assert_eq!(one.fill("/", "/appearance", &choose).await.goes_to(), "/sign-in");
    let page = one.get("/").await;
    assert_eq!((speaks(&page), looks(&page)), ("sv", "dark"));
    // Without a choice of the person's own it goes on; elsewhere it is the customer's language.
    sign_in(&mut one, PASSWORD).await.goes_to();
    sign_in(&mut two, PASSWORD).await.goes_to();
    assert_eq!((speaks(&one.get("/home").await), speaks(&two.get("/home").await)), ("sv", "de"));
    // What looks as before is no choice; the other is kept with the person, everywhere.
    let choose = [("language", "da"), ("theme", "auto"), ("back", "/home")];
    assert_eq!(two.fill("/home", "/appearance", &choose).await.goes_to(), "/home");
    for browser in [&mut one, &mut two] {
        assert_eq!(speaks(&browser.get("/home").await), "da");
    }
    let hers = "language = 'da' AND theme IS NULL AND principal_name = 'boss@north.test'";
    assert_eq!(world.db.values("users", "id", hers).await.len(), 1);
    // At the next sign-in the browser forgets what somebody chose in it.
    assert_eq!(one.cookie("tenantry_language"), Some("sv"));
    one.fill("/home", "/sign-out", &[]).await.goes_to();
    assert_eq!(speaks(&one.get("/").await), "sv");
    sign_in(&mut one, PASSWORD).await.goes_to();
    assert_eq!((one.cookie("tenantry_language"), one.cookie("tenantry_theme")), (None, Some("dark")));
    // Pages of errors look so, too.
    let choose = [("own_language", "da"), ("own_theme", "light")];
    assert_eq!(one.fill("/account", "/account/appearance", &choose).await.goes_to(), "/account?done=look");
    let page = two.get("/people/nobody").await;
    assert_eq!((page.status.as_u16(), speaks(&page), looks(&page)), (404, "da", "light"));
    // Back to the customer's language and the device's appearance.
    let choose = [("own_language", ""), ("own_theme", "")];
    one.fill("/account", "/account/appearance", &choose).await.goes_to();
    for browser in [&mut one, &mut two] {
        let page = browser.get("/home").await;
        assert_eq!((speaks(&page), looks(&page)), ("de", "auto"));
    }
    let wrong = [("own_language", "klingon!"), ("own_theme", "pink")];
    assert_eq!(one.fill("/account", "/account/appearance", &wrong).await.status.as_u16(), 422);
}

#[tokio::test]
async fn people_change_their_own_password_and_sign_in_again() {
    let world = World::new().await;
    boss(&world).await;
    let mut browser = Browser::new(&world);
    sign_in(&mut browser, PASSWORD).await.goes_to();
    let at = "/account/password";
    insta::assert_snapshot!("account_password", browser.get(at).await.shows(200, "account-password"));
    let send =
        |present, password, again| [("present_password", present), ("password", password), ("again", again)];
    let page = browser.fill(at, at, &send(PASSWORD, OTHER, "other")).await.shows(422, "password-differ");
    assert!(page.contains("id=\"e-again\"") && !page.contains(OTHER) && !page.contains(PASSWORD), "{page}");
    let page = browser.fill(at, at, &send("guess", OTHER, OTHER)).await.shows(422, "password-mismatch");
    assert!(page.contains("This is not the present password."), "{page}");
    let page =
        browser.fill(at, at, &send(PASSWORD, PASSWORD, PASSWORD)).await.shows(422, "password-unchanged");
    assert!(page.contains("This is the present one."), "{page}");
    let sent = browser.fill(at, at, &send(PASSWORD, OTHER, OTHER)).await;
    let link = sent.goes_to().to_owned();
    assert!(browser.get(&link).await.shows(200, "password-changed").contains("You can sign in"));
    assert_eq!(browser.get("/home").await.goes_to(), "/", "signed out everywhere");
    assert_eq!(sign_in(&mut browser, PASSWORD).await.status.as_u16(), 422);
    assert_eq!(sign_in(&mut browser, OTHER).await.goes_to(), "/home");
}

#[tokio::test]
async fn a_password_refused_by_the_directory_is_chosen_again_at_once() {
    let estate = Estate::new().await;
    let hash = app::sessions::hash(&estate.world.surface.app, PASSWORD).await.expect("a hash");
    estate
        .world
        .db
        .change("users", &format!("portal_hash = '{hash}'"), &format!("principal_name = '{BEN}'"))
        .await;
    let token = estate.world.session(BEN).await;
    let mut ben = Browser::signed_in(&estate.world, &token);
    let at = "/account/password";
    assert!(ben.get(at).await.html.contains("the directory may ask for more"));
    let fields = [("present_password", PASSWORD), ("password", OTHER), ("again", OTHER)];
    let link = ben.fill(at, at, &fields).await.goes_to().to_owned();
    assert!(ben.get(&link).await.html.contains("http-equiv=\"refresh\""), "on its way");
    assert_eq!(ben.get("/account").await.status.as_u16(), 200, "still signed in");
    let problem = json!({ "code": "password_policy" });
    let condition = "request_id IN (SELECT id FROM request WHERE kind = 'password')";
    let set = format!("state = 'failed', problem = '{problem}'");
    estate.world.db.change("request_item", &set, condition).await;
    let page = ben.get(&link).await.shows(200, "password-refused");
    assert!(
        page.contains("Choose another password") && page.contains("You are changing your password."),
        "{page}"
    );
    let events = estate.world.db.values("event", "actor_id", "code = 'user.password_chosen'").await;
    assert_eq!(events.len(), 1);
}
