//! What somebody does with a bulk change on its page: begins it, lets it wait, cancels it, fetches links
//! and takes it back; and acts on people of a list.

use app::bulk::run;
use serde_json::json;

use crate::{
    bulk::{bring, figure},
    visit::{Browser, Page},
    world::{Estate, World},
};

const FILE: &str = "\
principal_name,given_name,surname,department,external_id
ida@acme.test,Ida,Lund,Sales,1
jens@acme.test,Jens,Krag,Sales,2
";

/// Does every part that is due.
async fn carry_out(world: &World) {
    while run::work(&world.surface.app).await.expect("parts are done") {}
}

/// What stands in the first hidden field of this name.
fn hidden(page: &Page, name: &str) -> String {
    let rest = page.html.split(&format!("name=\"{name}\" value=\"")).nth(1);
    rest.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// Presses a button of the page.
async fn press(browser: &mut Browser, path: &str, what: &str) -> Page {
    let version = hidden(&browser.get(path).await, "version");
    browser.fill(path, &format!("{path}/{what}"), &[("version", version.as_str())]).await
}

#[tokio::test]
async fn it_is_begun_as_it_was_shown_watched_fetched_and_taken_back() {
    let estate = Estate::new().await;
    let (world, acme) = (&estate.world, estate.acme_id());
    let mut browser = Browser::signed_in(world, &estate.anna);
    let path = bring(&mut browser, acme, ("people.csv", FILE.as_bytes())).await;
    // Another preview than the one that was looked at is not begun, and shown.
    let cell = [("line", "2"), ("column", "3"), ("text", "Board")];
    browser.fill(&path, &format!("{path}/mend"), &cell).await;
    let stale = browser.fill(&path, &format!("{path}/run"), &[("version", "1")]).await;
    let page = stale.shows(409, "bulk-stale");
    assert!(page.contains("shown anew meanwhile") && page.contains("name=\"version\" value=\"2\""), "{page}");

    let begun = press(&mut browser, &path, "run").await;
    assert_eq!(begun.goes_to(), format!("{path}?done=bulk-run"));
    let running = browser.get(&path).await;
    let page = running.shows(200, "bulk-running");
    assert!(page.contains("hx-sse:connect=\"/bulk/") && page.contains("0 of 2 done"), "{page}");
    let followed = browser.get(&format!("{path}?follow=1")).await;
    assert!(
        followed.html.contains("http-equiv=\"refresh\" content=\"3\""),
        "without scripts: {}",
        followed.html
    );
    assert_eq!(press(&mut browser, &path, "pause").await.goes_to(), format!("{path}?done=bulk-pause"));
    let page = browser.get(&path).await.shows(200, "bulk-paused");
    assert!(page.contains("Somebody let it wait") && page.contains("/resume\""), "{page}");
    assert!(!page.contains("hx-sse:connect"), "nothing moves: {page}");
    carry_out(world).await;
    assert_eq!(world.db.values("users", "id", "department = 'Board'").await.len(), 0, "it waits");
    press(&mut browser, &path, "resume").await.goes_to();
    carry_out(world).await;
    let done = browser.get(&path).await;
    let page = done.shows(200, "bulk-done");
    assert!(page.contains("2 people were made") && page.contains("/status/requests/"), "{page}");
    // It is not done before the directory has it.
    assert!(page.contains("The directory follows") && page.contains("In the directory 0 of"), "{page}");
    assert!(page.contains("hx-sse:connect=\"/bulk/"), "and that moves by itself: {page}");
    // Nor when later requests want otherwise what it wanted, and that is not there yet either.
    let overtaken = "UPDATE request_item SET state = 'superseded'; UPDATE request SET finished_at = now()";
    world.db.execute(overtaken).await;
    let page = browser.get(&path).await.shows(200, "bulk-overtaken");
    assert!(page.contains("The directory follows") && !page.contains("The directory has it"), "{page}");
    world
        .db
        .execute("UPDATE request_item SET state = 'verified'; UPDATE request SET finished_at = now()")
        .await;
    let page = browser.get(&path).await.shows(200, "bulk-verified");
    assert!(page.contains("The directory has it") && !page.contains("hx-sse:connect"), "{page}");
    assert_eq!(figure(&done, "?state=done").as_deref(), Some("2"));
    assert_eq!(world.db.values("users", "id", "department = 'Board'").await.len(), 1);
    let live = browser.get(&format!("{path}/live")).await;
    assert!(live.html.contains("2 of 2 done") && live.html.contains("event: end"), "{}", live.html);
    let file = browser.get(&format!("{path}/export")).await.html;
    assert!(file.contains("Ida Lund,ida@acme.test,ida.lund_acme,done,Waiting,Made,usr_"), "{file}");

    let links = press(&mut browser, &path, "links").await;
    assert_eq!(links.status.as_u16(), 200);
    assert!(links.header("cache-control").contains("no-store"), "{:?}", links.headers);
    assert!(links.html.contains("Ida Lund,ida@acme.test,https://portal.test/activate/"), "{}", links.html);
    let again = press(&mut browser, &path, "links").await;
    assert_eq!(again.status.as_u16(), 409);
    let page = browser.get(&path).await;
    assert!(page.html.contains("links of new people were fetched") && !page.html.contains("/links\""));

    let back = press(&mut browser, &path, "undo").await.goes_to().to_owned();
    let page = browser.get(&back).await.shows(200, "bulk-undo");
    assert!(
        page.contains("Take back: people.csv") && page.contains("class=\"danger\">Begin: 2 people"),
        "{page}"
    );
    press(&mut browser, &back, "run").await.goes_to();
    carry_out(world).await;
    assert!(browser.get(&back).await.html.contains("2 people were removed"));
    let page = browser.get(&path).await;
    assert!(page.html.contains(&format!("<a href=\"{back}\">This was taken back.</a>")), "{}", page.html);
    assert!(!page.html.contains("/undo\""), "once: {}", page.html);
    assert_eq!(press(&mut browser, &path, "undo").await.status.as_u16(), 409);
}

#[tokio::test]
async fn what_is_discarded_is_over_and_a_quota_that_is_too_small_is_told_before() {
    let estate = Estate::new().await;
    let (world, acme) = (&estate.world, estate.acme_id());
    let quota = format!("PATCH /tenants/{acme}/quotas");
    world.call(&world.root, &quota, &[], Some(&json!({ "people": 3 }))).await.expect(200);
    let mut browser = Browser::signed_in(world, &estate.anna);
    let path = bring(&mut browser, acme, ("people.csv", FILE.as_bytes())).await;
    let page = browser.get(&path).await;
    assert!(page.html.contains("2 of 3 are used, and 2 more are asked for: 1 too many"), "{}", page.html);
    press(&mut browser, &path, "cancel").await.goes_to();
    let page = browser.get(&path).await.shows(200, "bulk-cancelled");
    assert!(page.contains("Nothing was done.") && !page.contains("/run\""), "{page}");
    let form = format!("/customers/{acme}/import");
    let begun = browser.fill(&form, &format!("{path}/run"), &[("version", "1")]).await;
    assert_eq!(begun.status.as_u16(), 409, "{}", begun.html);
}

#[tokio::test]
async fn people_of_a_list_are_chosen_and_something_is_done_to_them() {
    let estate = Estate::new().await;
    let (world, anna, acme) = (&estate.world, &estate.anna, estate.acme_id());
    let people: Vec<_> = (0..60)
        .map(|i| json!({ "given_name": "Sam", "surname": format!("Stone{i:02}"), "department": "R&D" }))
        .collect();
    world
        .post(anna, &format!("/customers/{acme}/users/batch"), &json!({ "users": people }))
        .await
        .expect(202);
    let mut browser = Browser::signed_in(world, anna);
    let list = format!("/customers/{acme}/people");
    let to = format!("/customers/{acme}/bulk");
    let page = browser.get(&list).await.shows(200, "bulk-people");
    assert!(page.contains("type=\"checkbox\" name=\"people\"") && page.contains("name=\"with.give_plan\""));
    assert!(!page.contains("value=\"send_link\""), "without mail nothing is sent");
    for (fields, place, said) in [
        (vec![("all", "1"), ("deed", "")], "e-deed", "needed"),
        (vec![("deed", "disable")], "e-people", "Nobody is chosen"),
        (vec![("all", "1"), ("deed", "give_plan")], "e-with.give_plan", "needed"),
        (vec![("all", "1"), ("deed", "enter"), ("with.enter", "Nowhere")], "e-with.enter", "Nowhere"),
    ] {
        let filter = [("q", "sam"), ("people", estate.ben_id.as_str())];
        let all = if place == "e-people" { &filter[..1] } else { &filter[..] };
        let sent = browser.fill(&list, &to, &[all, &fields].concat()).await;
        let page = sent.shows(422, "bulk-people-wrong");
        let error = page.split(&format!("id=\"{place}\">")).nth(1).and_then(|e| e.split('<').next());
        assert!(error.is_some_and(|error| error.contains(said)), "{place}: {page}");
        assert!(page.contains("Stone00") && !page.contains("Ben Lund"), "the filter stays: {page}");
        assert!(page.contains("<details class=\"fold head many\" open>"), "{page}");
    }
    let all = [("q", "sam"), ("all", "1"), ("deed", "set"), ("with.set", "department"), ("value", "Lab")];
    let shown = browser.fill(&list, &to, &all).await.goes_to().to_owned();
    let page = browser.get(&shown).await;
    assert_eq!(figure(&page, "?act=update").as_deref(), Some("60"), "not only one page: {}", page.html);
    assert!(page.html.contains("<dt>Department</dt><dd><bdi>R&#38;D → Lab</bdi></dd>"), "{}", page.html);
    assert!(!page.html.contains("/mapping\""), "no file, no columns: {}", page.html);
    press(&mut browser, &shown, "run").await.goes_to();
    carry_out(world).await;
    assert_eq!(world.db.values("users", "id", "department = 'Lab'").await.len(), 60);
    let one = [("people", estate.ben_id.as_str()), ("deed", "take_plan"), ("with.take_plan", "desktop-s")];
    let shown = browser.fill(&list, &to, &one).await.goes_to().to_owned();
    let page = browser.get(&shown).await;
    assert!(page.html.contains("39.00\u{a0}EUR less a month"), "{}", page.html);
    assert!(
        page.html.contains("<dt>Plans</dt><dd><bdi>Desktop Standard removed</bdi></dd>"),
        "{}",
        page.html
    );
    // Whoever may change nobody is not asked.
    let mut stranger = Browser::signed_in(world, &estate.bert);
    let sent = stranger.fill("/account", &to, &one).await;
    assert_eq!(sent.status.as_u16(), 404);
    let mut nobody = Browser::signed_in(world, &estate.ben);
    assert!(nobody.fill("/account", &to, &one).await.status.is_client_error());
}

#[tokio::test]
async fn an_exported_list_comes_back_and_nothing_changes() {
    let estate = Estate::new().await;
    let (world, acme) = (&estate.world, estate.acme_id());
    let mut browser = Browser::signed_in(world, &estate.anna);
    let path = format!("/customers/{acme}/people");
    let page = browser.get(&path).await;
    assert!(page.html.contains("people/export?as=edit\" download"), "{}", page.html);
    for format in ["csv", "xlsx"] {
        let file = browser.get(&format!("{path}/export?as=edit&format={format}")).await;
        assert_eq!(file.status.as_u16(), 200);
        assert!(file.header("content-disposition").contains(&format!("acme-people.{format}")));
        let shown = bring(&mut browser, acme, ("back", &file.bytes)).await;
        let page = browser.get(&shown).await;
        assert_eq!(figure(&page, "?act=nothing").as_deref(), Some("2"), "{format}: {}", page.html);
        assert!(page.html.contains("Nothing would change"), "{}", page.html);
        assert!(page.html.contains("What is blank in this file is emptied"), "{}", page.html);
    }
    let first = browser.get(&format!("{path}/export?as=edit")).await.html;
    let heads = first.trim_start_matches('\u{feff}').lines().next().unwrap_or_default().to_owned();
    assert!(heads.starts_with("principal_name,logon_name,"), "{heads}");
    assert!(!heads.contains("password"), "{heads}");
    let mut stranger = Browser::signed_in(world, &estate.bert);
    assert_eq!(stranger.get(&format!("{path}/export?as=edit")).await.status.as_u16(), 404);
    let mut nobody = Browser::signed_in(world, &estate.ben);
    assert!(nobody.get(&format!("{path}/export?as=edit")).await.status.is_client_error());
}
