//! Lists in a real browser, and what one process wrote seen through another at once.

use std::fs;

use serde_json::json;
use testkit::postgres::TestDatabase;

use crate::{
    browser::Browser,
    directory::Site,
    http::Client,
    lifecycle::{url_of, use_keys_of_the_run},
    process::{Installation, PASSWORD, Process, ROOT, wait_for},
};

/// The pages of one server, as somebody without scripts uses them.
struct Pages {
    http: reqwest::Client,
    base: String,
    cookie: String,
}

impl Pages {
    async fn open(installation: &Installation) -> Self {
        let _installed_before = rustls::crypto::ring::default_provider().install_default();
        let session = json!({ "login": ROOT, "password": PASSWORD });
        let session = installation.client().post("sessions", &session).await.good();
        let token = session["token"].as_str().expect("a token");
        Self {
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            base: format!("http://127.0.0.1:{}", installation.port()),
            cookie: format!("tenantry_session={token}"),
        }
    }

    async fn see(&self, path: &str) -> String {
        let call = self.http.get(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        let answer = call.send().await.expect("the server answers");
        let (status, html) = (answer.status(), answer.text().await.expect("a page"));
        assert!(status.is_success(), "{path}: {status}: {html}");
        html
    }

    /// Fills the form of a page and sends it.
    async fn send(&self, from: &str, to: &str, fields: &[(&str, &str)]) {
        let page = self.see(from).await;
        let token = page.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let encode = |text: &str| text.bytes().fold(String::new(), |all, b| all + &format!("%{b:02X}"));
        let token = [("form_token", token.expect("a form"))];
        let pairs = token.iter().chain(fields).map(|(name, value)| format!("{name}={}", encode(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let call = self.http.post(format!("{}{to}", self.base)).header("cookie", &self.cookie);
        let call = call.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = call.header("sec-fetch-site", "same-origin").send().await.expect("the server answers");
        let (status, html) = (answer.status(), answer.text().await.expect("a page"));
        assert!(status.is_success(), "{to}: {status}: {html}");
    }
}

/// A second installation on the database and the directory of the first.
async fn beside(first: &Installation, url: &str, how: &[&str]) -> (Installation, Process, Client) {
    let second = Installation::new("", Some(url.to_owned()));
    let (one, other) = (format!(":{}\"", first.port()), format!(":{}\"", second.port()));
    let text = fs::read_to_string(first.config()).expect("a configuration");
    // What the configuration names beside itself: secrets, certificates.
    for entry in fs::read_dir(first.path()).expect("our own folder") {
        let entry = entry.expect("our own folder");
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            fs::copy(entry.path(), second.path().join(entry.file_name())).expect("a copy");
        }
    }
    second.write(&text.replacen(&one, &other, 1));
    use_keys_of_the_run(&second);
    let (server, root) = second.serve(how).await;
    (second, server, root)
}

#[tokio::test]
async fn what_a_form_did_is_seen_at_once_through_another_process() {
    let database = TestDatabase::empty().await;
    let url = url_of(database.name());
    let site = Site::in_domain(Site::new().await.domain, Some(url.clone())).await;
    site.delegate().await;
    use_keys_of_the_run(&site.installation);
    site.installation.migrate();
    let (first, root) = site.installation.serve(&[]).await;
    let (second_place, second, other) = beside(&site.installation, &url, &[]).await;
    let code = site.code('l');
    let order = root.order(&code, 1).await;
    let id = order["customer"]["id"].as_str().expect("a customer").to_owned();
    let (here, there) = (Pages::open(&site.installation).await, Pages::open(&second_place).await);
    let path = format!("/customers/{id}");
    let group = other.post(&format!("customers/{id}/groups"), &json!({ "name": "Board" })).await.good();
    let group = format!("/groups/{}", group["id"].as_str().expect("a group"));
    assert!(here.see(&format!("{path}/groups")).await.contains("Board"), "a group of the other process");
    for round in 0..5 {
        // In turns, so that neither is always the one that wrote last.
        let (writes, reads) = if round % 2 == 0 { (&here, &there) } else { (&there, &here) };
        let surname = format!("Round{round}");
        let new = format!("{path}/people/new");
        writes
            .send(&new, &new, &[("given_name", "Rita"), ("surname", &surname), ("user_name", &surname)])
            .await;
        let people = reads.see(&format!("{path}/people?q=rita%20round{round}&sort=-created")).await;
        assert!(people.contains(&surname), "{people}");
        assert!(
            reads.see(&format!("/search?q=round{round}")).await.contains(&surname),
            "the search finds the login"
        );
        let requests = reads.see(&format!("/status?tenant={id}&kind=user_create")).await;
        assert_eq!(requests.matches("class=\"row\"").count(), round + 1, "{requests}");
        let login = format!("{}@{code}.example", surname.to_lowercase());
        writes.send(&group, &format!("{group}/add"), &[("member", &login)]).await;
        assert!(reads.see(&group).await.contains(&login), "the member is there");
        let name = format!("Customer in round {round}");
        let (client, version) = (if round % 2 == 0 { &root } else { &other }, version(&root, &id).await);
        client.patch(&format!("tenants/{id}"), &version, &json!({ "name": name })).await;
        assert!(reads.see("/customers?sort=-created").await.contains(&name), "the setting is there");
        writes.send("/account", "/account/tokens", &[("name", &format!("token {round}"))]).await;
        assert!(reads.see("/account").await.contains(&format!("token {round}")), "the token is there");
    }
    assert!(second.stop().await.success());
    assert!(first.stop().await.success());
}

#[tokio::test]
async fn progress_moves_by_itself_in_a_process_in_which_nothing_is_done() {
    let database = TestDatabase::empty().await;
    let url = url_of(database.name());
    let site = Site::in_domain(Site::new().await.domain, Some(url.clone())).await;
    site.delegate().await;
    use_keys_of_the_run(&site.installation);
    site.installation.migrate();
    let (first, root) = site.installation.serve(&[]).await;
    let (second_place, second, _) = beside(&site.installation, &url, &["--no-work"]).await;
    let there = Pages::open(&second_place).await;
    let order = root.order(&site.code('v'), 150).await;
    let request = order["request"]["id"].as_str().expect("a request");
    let bound = std::time::Duration::from_secs(180);
    let stream = tokio::time::timeout(bound, there.see(&format!("/status/requests/{request}/live"))).await;
    let stream = stream.expect("it ends when the request does");
    // Each event is the fragment as it was then: they count up, and the last says that all is done.
    let done = |event: &str| {
        let text = event.split(" of ").next().unwrap_or_default();
        text.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<u32>().ok())
    };
    let counts: Vec<_> = stream.split("\n\n").filter_map(done).collect();
    assert!(counts.len() >= 3, "{counts:?}: {stream}");
    assert!(counts.is_sorted() && counts.first() < counts.last(), "{counts:?}");
    assert!(stream.contains("Complete") && stream.trim_end().contains("event: end"), "{stream}");
    assert!(second.stop().await.success());
    assert!(first.stop().await.success());
}

async fn version(root: &Client, id: &str) -> String {
    root.see(&format!("tenants/{id}")).await["version"].to_string()
}

#[tokio::test]
async fn lists_are_sorted_filtered_and_saved_in_a_browser() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('m');
    let order = root.order(&code, 70).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let id = order["customer"]["id"].as_str().expect("a customer").to_owned();
    root.post(&format!("customers/{id}/groups"), &json!({ "name": "Board", "description": "Who decides" }))
        .await
        .good();
    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    let people = format!("/customers/{id}/people");
    browser.visit(&people).await;
    browser.look("list-people").await;
    // To the second page and back.
    browser.click("a[rel=next]").await;
    browser.reads("#list", "Person Number 9").await;
    browser.click("a[rel=prev]").await;
    browser.reads("#list", "Ada Admin").await;
    // A column that sorts, once and again.
    browser.click("th a.sort[href*='sort=login']").await;
    browser.reads("th[aria-sort=ascending]", "Login").await;
    browser.click("th[aria-sort] a.sort").await;
    browser.reads("th[aria-sort=descending]", "Login").await;
    // Filters keep the order, and the address everything.
    browser.click("#pick-standing option[value='never_activated']").await;
    wait_for("the address follows", async || {
        browser.path().await.contains("standing=never_activated").then_some(())
    })
    .await;
    assert!(browser.path().await.contains("sort=-login"), "{}", browser.path().await);
    browser.look("list-people-filtered").await;
    browser.fill("q", "nobody is called so").await;
    browser.reads("#list", "Nothing was found").await;
    for (name, path) in [
        ("list-customers", "/customers?sort=-code".to_owned()),
        ("list-groups", format!("/customers/{id}/groups?sort=-name")),
        ("list-requests", format!("/status?tenant={id}&sort=created")),
        ("list-search", format!("/search?q={code}")),
        ("list-wrong", format!("{people}?sort=shoe_size&state=hungry")),
    ] {
        browser.visit(&path).await;
        browser.look(name).await;
    }
    let said = browser.text("main").await;
    assert!(said.contains("shoe_size") && said.contains("-created"), "what can be asked for is said: {said}");
    assert!(said.contains("hungry") && said.contains("verified"), "{said}");
    browser.close().await;
    assert!(server.stop().await.success());
}

/// Looks at a list with everything opened that folds, in both themes; it stays so.
async fn opened(browser: &Browser, path: &str, name: &str) {
    for theme in ["light", "dark"] {
        let cookie = json!({ "cookie": { "name": "tenantry_theme", "value": theme, "path": "/" } });
        browser.page.post("cookie", cookie).await.expect("a cookie");
        browser.visit(path).await;
        let open = "for (const fold of document.querySelectorAll('#own details')) fold.open = true;";
        browser.page.run(open, json!([])).await.expect("opened");
        browser.shot(&format!("{name}-{theme}")).await;
    }
}

/// Somebody of whom much can be shown, a group, and a custom field.
async fn with_much_to_show(root: &Client, code: &str, id: &str) {
    let field = json!({ "key": "cost_centre", "label": "Cost centre", "kind": "text" });
    root.post(&format!("tenants/{id}/fields"), &field).await.good();
    let long = json!({ "given_name": "Wilhelmina-Alexandra", "surname": "Featherstonehaugh",
        "user_name": "wilhelmina-alexandra.featherstonehaugh", "title": "Head of customer relations",
        "mail": format!("wilhelmina-alexandra.featherstonehaugh@{code}.example"), "department": "Customer relations",
        "phone": "+45 12 34 56 78", "details": { "employee_id": "E-4711", "mobile": "+45 87 65 43 21" },
        "fields": { "cost_centre": "4711" } });
    root.post(&format!("customers/{id}/users"), &long).await.good();
    root.post(&format!("customers/{id}/groups"), &json!({ "name": "Board", "description": "Who decides" }))
        .await
        .good();
}

/// Columns are chosen, and what is asked for is kept under a name.
async fn chosen_and_kept(browser: &Browser, people: &str) {
    opened(browser, people, "columns-form").await;
    for tick in ["title", "department", "created"] {
        browser.click(&format!("#columns input[value={tick}]")).await;
    }
    for tick in ["mail", "phone", "employee_id", "'fields.cost_centre'"] {
        browser.click(&format!("#columns input[value={tick}]")).await;
    }
    browser.click("#own form.head button").await;
    browser.reads("thead", "Cost centre").await;
    let chosen = browser.path().await;
    assert!(!chosen.contains("department"), "{chosen}");
    browser.visit(&format!("{chosen}#list")).await;
    browser.look("columns-chosen").await;
    // A filter keeps the columns, and what is to be kept follows the address.
    browser.fill("q", "wilhelmina").await;
    browser.reads("#list", "4711").await;
    wait_for("one is left", async || {
        let rows =
            browser.page.run("return document.querySelectorAll('#list tbody tr').length", json!([])).await;
        (rows == Ok(json!(1))).then_some(())
    })
    .await;
    wait_for("the address follows", async || browser.path().await.contains("q=wilhelmina").then_some(()))
        .await;
    browser.reads("thead", "Cost centre").await;
    let path = browser.path().await;
    opened(browser, &path, "views-form").await;
    browser.keys("#f-view-name", "Wilhelmina").await;
    browser.click("#own form[action='/views'] button").await;
    browser.reads("#own a[aria-current=page]", "Wilhelmina").await;
    browser.look("views-saved").await;
    // A view is a way back to what it keeps.
    browser.visit(people).await;
    browser.click("#own nav a").await;
    browser.reads("thead", "Cost centre").await;
    assert_eq!(browser.value("#q").await, "wilhelmina");
}

/// Other lists with columns of their own, and a column there is not.
async fn each_list(browser: &Browser, id: &str) {
    let people = format!("/customers/{id}/people");
    for (name, path) in [
        (
            "columns-customers",
            "/customers?columns=name,code,seller,suffix,language,time_zone,currency,status,created"
                .to_owned(),
        ),
        (
            "columns-groups",
            format!("/customers/{id}/groups?columns=name,description,logon_name,members,state"),
        ),
        (
            "columns-requests",
            format!("/status?tenant={id}&columns=kind,subject,actor,progress,created,finished,state"),
        ),
        (
            "columns-wide",
            format!(
                "{people}?q=wilhelmina&columns=mail,login,logon_name,given_name,surname,title,department,mobile,manager,plans,standing,state,created,activity"
            ),
        ),
        ("columns-wrong", format!("{people}?columns=name,shoe_size")),
    ] {
        browser.visit(&format!("{path}#list")).await;
        browser.look(name).await;
    }
}

#[tokio::test]
async fn columns_are_chosen_and_views_saved_in_a_browser() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('v');
    let order = root.order(&code, 12).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let id = order["customer"]["id"].as_str().expect("a customer").to_owned();
    with_much_to_show(&root, &code, &id).await;
    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    let people = format!("/customers/{id}/people");
    chosen_and_kept(&browser, &people).await;
    for (view, shared) in
        [("Never signed in", true), ("Everybody of customer relations, with telephones", false)]
    {
        let view = json!({ "list": "people", "name": view, "shared": shared,
            "query": { "standing": "never_activated", "columns": if shared { "name,login" } else { "name,phone" } } });
        root.post("views", &view).await.good();
    }
    browser.visit(&format!("/views?from={people}")).await;
    browser.look("views-page").await;
    browser.visit(&people).await;
    browser.look("views-list").await;
    each_list(&browser, &id).await;
    browser.close().await;
    assert!(server.stop().await.success());
}
