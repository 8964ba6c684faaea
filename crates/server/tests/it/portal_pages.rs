//! The order from the page to live, also when a step fails; the keyboard alone; what goes over the
//! network; paper and stillness.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    browser::{Asked, Browser},
    directory::Site,
    http::Client,
    portal::shop,
    process::{PASSWORD, Process, ROOT, wait_for},
};

const ENTER: &str = "\u{E007}";
const CONTROL: char = '\u{E009}';

/// A step as the page shows it.
struct Step {
    name: String,
    kind: String,
    state: String,
}

async fn steps(browser: &Browser) -> Vec<Step> {
    let script = "return [...document.querySelectorAll('.steps > .row')].map(row => [
        row.querySelector('.what bdi').textContent, row.querySelector('.what .hint').textContent.split(' · ')[0],
        row.querySelector('.state').textContent])";
    let shown = browser.page.run(script, json!([])).await.expect("the steps");
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let step = |row: &Value| Step { name: text(&row[0]), kind: text(&row[1]), state: text(&row[2]) };
    shown.as_array().into_iter().flatten().map(step).collect()
}

/// Whether the directory shows what a step says, as its administrator sees it now.
async fn is_there(site: &Site, code: &str, step: &Step) -> bool {
    let who = site.administrator();
    let dn = async |filter: String| site.find(&who, &filter).await.into_iter().next();
    match step.kind.as_str() {
        "Container" | "Access list" => {
            dn(format!("(&(objectClass=organizationalUnit)(ou={code}))")).await.is_some()
        }
        "Group" => dn(format!("(&(objectClass=group)(cn={}))", step.name)).await.is_some(),
        "Account" => dn(format!("(&(objectClass=user)(displayName={}))", step.name)).await.is_some(),
        "Membership" => {
            let (person, group) = step.name.split_once(" in ").expect("who, and in what");
            let Some(group) = dn(format!("(&(objectClass=group)(cn={group}))")).await else { return false };
            dn(format!("(&(displayName={person})(memberOf={group}))")).await.is_some()
        }
        other => panic!("a step of a kind nobody looks for: {other}"),
    }
}

/// Looks at the page until `until`; whatever it shows as done is in the directory at that moment.
async fn watch(site: &Site, browser: &Browser, code: &str, until: &str) -> BTreeSet<String> {
    let mut proved = BTreeSet::new();
    wait_for(&format!("the progress reads {until}"), async || {
        // First, so that what was done last is looked at, too.
        let over = browser.text("#progress").await.contains(until);
        for step in steps(browser).await.iter().filter(|step| step.state == "Verified") {
            let name = format!("{} {}", step.kind, step.name);
            if !proved.contains(&name) {
                assert!(is_there(site, code, step).await, "{name} is shown as done");
                proved.insert(name);
            }
        }
        over.then_some(())
    })
    .await;
    proved
}

/// Fills the page of an order, with something wrong on the way.
async fn order_by_page(browser: &Browser, code: &str) {
    // Each field is looked at when it is left, and a free code is proposed.
    browser.fill("customer.name", code).await;
    browser.fill("customer.upn_suffix", "nodots").await;
    browser.type_keys("\u{E004}").await;
    browser.reads("#e-customer\\.upn_suffix", "Expected is").await;
    wait_for("a code is proposed from the name", async || {
        (browser.value("[name='customer.code']").await == code).then_some(())
    })
    .await;
    assert!(browser.has("[name='customer.upn_suffix'][aria-invalid='true']").await);
    browser.fill("customer.upn_suffix", &format!("{code}.example")).await;
    browser.fill("reference", &format!("SO-{code}")).await;
    browser.fill("administrator.given_name", "Ada").await;
    browser.fill("administrator.surname", code).await;
    browser.click("input[name='plans'][value='desktop-standard']").await;
    browser.reads("#total", "29.00").await;
    wait_for("the suffix is right now", async || {
        (!browser.has("[name='customer.upn_suffix'][aria-invalid='true']").await).then_some(())
    })
    .await;
    assert!(
        !browser.has("#f-seller").await && !browser.has("[name='customer.directory']").await,
        "no choice of one"
    );
    browser.click("main .acts button").await;
}

#[tokio::test]
async fn a_step_that_fails_says_why_and_is_mended_and_tried_again_from_the_page() {
    let shop = shop().await;
    let (site, code) = (&shop.site, shop.site.code('f'));
    // Somebody of the domain has the log-on name the administrator is to get.
    let foreign = format!("CN=Somebody {code},CN=Users,{}", site.domain.base_dn);
    let ldif = format!("dn: {foreign}\nobjectClass: user\nsAMAccountName: ada.{code}_{code}\n");
    let (status, said) = site.ldap("ldapadd", &site.administrator(), &[], &ldif).await;
    assert_eq!(status, 0, "{said}");

    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    assert!(browser.text(".first").await.contains("There is no customer yet"), "what to do first");
    browser.click(".first a.button").await;
    order_by_page(&browser, &code).await;

    let before = watch(site, &browser, &code, "The name is taken").await;
    assert!(!browser.text("#progress").await.contains("users can log on"));
    assert!(before.iter().all(|step| !step.starts_with("Account")), "{before:?}");
    let said = browser.text("#progress").await;
    assert!(said.contains(&format!("ada.{code}_{code}")), "{said}");
    assert!(said.contains("Give it another name, then retry"), "{said}");
    assert!(browser.has("#progress a[href$='/edit']").await, "the value can be changed from here");
    browser.look("order-failed").await;

    // It is mended where it is wrong, and goes on from the page.
    let (status, said) = site.ldap("ldapdelete", &site.administrator(), &[&foreign], "").await;
    assert_eq!(status, 0, "{said}");
    let page = browser.path().await;
    browser.click(".retry button").await;
    let after = watch(site, &browser, &code, "users can log on").await;
    assert_eq!(browser.path().await, page, "it goes on where it was looked at");
    assert!(after.contains(&format!("Account Ada {code}")), "{after:?}");
    assert!(after.iter().filter(|step| step.starts_with("Membership")).count() >= 1, "{after:?}");
    for step in steps(&browser).await {
        assert_eq!(step.state, "Verified", "{} {}", step.kind, step.name);
        assert!(is_there(site, &code, &step).await, "{} {}", step.kind, step.name);
    }
    let link = browser.value("input.copy").await;
    shop.root.activate(&json!(link)).await;
    let login = browser.text("main .acts .hint").await;
    assert!(site.binds(&login, PASSWORD).await, "{login} logs on");

    browser.visit("/home").await;
    assert_eq!(browser.text(".figures strong").await, "1", "the first customer");
    assert!(browser.has(".chart .line").await && browser.has(".chart.good rect").await);
    browser.look("home").await;
    on_paper(&browser).await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

/// The page as it is printed: without what one can press, with what is closed opened.
async fn on_paper(browser: &Browser) {
    let media = |media: &str| json!({ "media": media });
    browser.page.devtools("Emulation.setEmulatedMedia", media("print")).await.expect("paper");
    let hidden = "return ['.top', '.side', '.foot', '.tabs'].map(css => document.querySelector(css))
        .filter(part => part && part.checkVisibility()).map(part => part.outerHTML.slice(0, 80))";
    let left = browser.page.run(hidden, json!([])).await.expect("what is left");
    assert_eq!(left, json!([]), "nobody can press paper");
    let shown =
        "return document.querySelector('.chart table').checkVisibility({ contentVisibilityAuto: true })
        && document.querySelector('.chart table').getBoundingClientRect().height > 100";
    assert_eq!(browser.page.run(shown, json!([])).await, Ok(json!(true)), "the numbers are printed");
    browser.picture("home-print").await;
    browser.page.devtools("Emulation.setEmulatedMedia", media("")).await.expect("a screen");
}

/// Somebody at a keyboard and without anything else.
struct Hands<'b>(&'b Browser);

impl Hands<'_> {
    /// Presses Enter on something the Tab key leads to.
    async fn go(&self, css: &str) {
        self.0.tab_to(css).await;
        self.0.type_keys(ENTER).await;
    }

    async fn fill(&self, name: &str, text: &str) {
        self.0.tab_to(&format!("[name='{name}']")).await;
        self.0.type_keys(text).await;
    }

    async fn sign_in(&self, login: &str) {
        self.0.reads("h1", "Sign in").await;
        self.0.focuses("[name='login']").await;
        self.0.type_keys(login).await;
        self.0.tab_to("#password").await;
        self.0.type_keys(&format!("{PASSWORD}{ENTER}")).await;
        self.0.reads("h1", "Hello").await;
    }

    async fn sign_out(&self) {
        self.go("form.who button").await;
    }

    /// Gives the administrator's link and login.
    async fn order(&self, code: &str) -> (String, String) {
        let browser = self.0;
        self.go("main a[href='/order']").await;
        browser.reads("h1", "Order").await;
        self.fill("customer.name", code).await;
        browser.tab_to("[name='customer.code']").await;
        wait_for("a code is proposed", async || {
            (browser.value("[name='customer.code']").await == code).then_some(())
        })
        .await;
        self.fill("customer.upn_suffix", &format!("{code}.example")).await;
        self.fill("reference", "SO-keys").await;
        self.fill("administrator.surname", code).await;
        browser.tab_back_to("[name='administrator.given_name']").await;
        browser.type_keys("Ada").await;
        browser.tab_to("input[name='plans']").await;
        browser.type_keys(" ").await;
        assert!(browser.has("input[name='plans']:checked").await);
        self.go("main .acts button").await;
        browser.reads("#progress", "users can log on").await;
        (browser.value("input.copy").await, browser.text("main .acts .hint").await)
    }

    /// Makes somebody, disables the account, looks at the request, enables; gives link and login.
    async fn person(&self, surname: &str) -> (String, String) {
        let browser = self.0;
        self.go("main a[href$='/people/new']").await;
        self.fill("given_name", "Kim").await;
        self.fill("surname", surname).await;
        browser.type_keys(ENTER).await;
        browser.reads("h1", "Kim").await;
        let made = (browser.value("input.copy").await, browser.text(".login").await);
        self.go("form[action$='/disable'] button").await;
        browser.reads("h1", "Disabled").await;
        self.go("main a[href^='/status/requests/']").await;
        browser.reads("#progress", "Complete").await;
        // A key leads to the search, from any page.
        browser.page.press("k", Some(CONTROL)).await.expect("a keyboard");
        assert!(browser.has("#find:focus").await);
        browser.type_keys(&format!("kim{ENTER}")).await;
        browser.reads("h1", "Found").await;
        self.go("main a[href^='/people/']").await;
        browser.reads("h1", "Kim").await;
        self.go("form[action$='/enable'] button").await;
        browser.reads("h1", "Not activated").await;
        made
    }
}

#[tokio::test]
async fn a_reseller_orders_and_serves_a_customer_in_the_browser() {
    let shop = shop().await;
    let (site, code) = (&shop.site, shop.site.code('r'));
    let reseller = json!({ "code": "north", "name": "North IT",
        "administrator": { "given_name": "Rita", "surname": "Nord", "principal_name": "rita@north.test" } });
    let made = shop.root.post("resellers", &reseller).await.good();
    shop.root.activate(&made["activation"]["link"]).await;
    // Somebody else's, of which the reseller must not learn.
    shop.root.order(&site.code('o'), 0).await;
    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in("rita@north.test", PASSWORD).await;
    browser.look("home-reseller").await;
    browser.visit("/order").await;
    order_by_page(&browser, &code).await;
    browser.reads("#progress", "users can log on").await;
    browser.visit("/customers").await;
    browser.reads("main", &code).await;
    assert!(!browser.text("main").await.contains(&site.code('o')), "nobody else's customer");
    browser.look("customers-reseller").await;
    browser.click("main a[href^='/customers/']:not([href$='/export'])").await;
    browser.click("main a[href$='/people']").await;
    browser.click("main a[href$='/people/new']").await;
    browser.fill("given_name", "Kim").await;
    browser.fill("surname", "Vinter").await;
    browser.click("main form .acts button").await;
    browser.reads("h1", "Kim Vinter").await;
    browser.click("form[action$='/disable'] button").await;
    browser.reads("h1", "Disabled").await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

#[tokio::test]
async fn the_keyboard_alone_is_enough_for_everybody() {
    let shop = shop().await;
    let code = shop.site.code('k');
    let browser = Browser::open(shop.site.installation.port(), true, "en").await;
    let hands = Hands(&browser);
    browser.visit("/").await;
    hands.sign_in(ROOT).await;
    let (link, login) = hands.order(&code).await;
    shop.root.activate(&json!(link)).await;
    hands.sign_out().await;

    // The customer's administrator; what to do first is on the first page.
    hands.sign_in(&login).await;
    let (link, kim) = hands.person(&format!("Key {code}")).await;
    shop.root.activate(&json!(link)).await;
    hands.sign_out().await;

    // And that person finds the own account.
    hands.sign_in(&kim).await;
    browser.reads(".login", &kim).await;
    hands.go("main a[href='/account']").await;
    browser.reads("h1", "My account").await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

/// A customer of 3,200 people in an installation of which nobody works the queue.
async fn many(site: &Site) -> (Value, Process, Client) {
    site.installation.migrate();
    let (server, root) = site.installation.serve(&["--no-work"]).await;
    let order = root.order(&site.code('m'), 3_200).await;
    (order, server, root)
}

#[tokio::test]
async fn pages_are_light_load_nothing_foreign_and_bear_a_slow_line() {
    let site = Site::new().await;
    let (order, server, _root) = many(&site).await;
    let id = order["customer"]["id"].as_str().expect("a customer");
    let person = order["administrator"]["id"].as_str().expect("a person");
    let request = order["request"]["id"].as_str().expect("a request");
    let placed = order["id"].as_str().expect("an order");
    let browser = Browser::open_logged(site.installation.port()).await;
    let foreign = |asked: &[Asked]| -> Vec<String> {
        let own = format!("{}/", browser.base());
        asked.iter().map(|of| of.url.clone()).filter(|url| !url.starts_with(&own)).collect()
    };

    browser.page.devtools("Network.clearBrowserCache", json!({})).await.expect("a cold cache");
    browser.visit("/sign-in").await;
    let first = browser.traffic().await;
    assert!((20_000..200_000).contains(&first.bytes), "the first load is {} bytes: {first:?}", first.bytes);
    assert_eq!(foreign(&first.asked), Vec::<String>::new());
    // The page, then everything else at once: two times over the line, however slow.
    let page = format!("{}/sign-in", browser.base());
    let at_once = format!("parser {page}");
    let later = first.asked.iter().filter(|of| of.url != page && of.by != at_once);
    let later: Vec<_> = later.filter(|of| !of.url.contains("/assets/icon")).collect();
    assert_eq!(later, Vec::<&Asked>::new());
    browser.sign_in(ROOT, PASSWORD).await;
    browser.traffic().await;

    for path in [
        "/home".to_owned(),
        "/customers".to_owned(),
        format!("/customers/{id}"),
        format!("/customers/{id}/people"),
        format!("/customers/{id}/people?q=person"),
        format!("/customers/{id}/people/new"),
        format!("/customers/{id}/groups"),
        format!("/customers/{id}/groups/new"),
        format!("/customers/{id}/removed"),
        format!("/customers/{id}/import"),
        format!("/customers/{id}/bulk"),
        format!("/customers/{id}/services"),
        format!("/settings/{id}"),
        format!("/settings/{id}/brand"),
        format!("/settings/{id}/fields"),
        "/services".to_owned(),
        "/directories".to_owned(),
        format!("/people/{person}"),
        format!("/people/{person}/edit"),
        format!("/status/requests/{request}"),
        format!("/orders/{placed}"),
        "/status".to_owned(),
        "/search?q=person".to_owned(),
        "/order".to_owned(),
        "/account".to_owned(),
        "/design".to_owned(),
    ] {
        browser.visit(&path).await;
        let traffic = browser.traffic().await;
        assert!((500..30_000).contains(&traffic.bytes), "{path} is {} bytes: {traffic:?}", traffic.bytes);
        assert_eq!(foreign(&traffic.asked), Vec::<String>::new(), "{path}");
        let more = traffic.asked.iter().filter(|of| of.url != format!("{}{path}", browser.base()));
        let more: Vec<_> = more.filter(|of| !of.url.contains("/live")).collect();
        assert_eq!(more, Vec::<&Asked>::new(), "{path} is one time over the line");
    }
    slowly(&browser, id).await;
    browser.close().await;
    assert!(server.stop().await.success());
}

/// Signs in, looks at people and makes one, over a line on which an answer takes 400 ms and more.
async fn slowly(browser: &Browser, id: &str) {
    let line = json!({ "offline": false, "latency": 400, "downloadThroughput": 250_000, "uploadThroughput": 60_000 });
    browser.click("form.who button").await;
    browser.reads("h1", "Sign in").await;
    browser.page.devtools("Network.enable", json!({})).await.expect("the network");
    browser.page.devtools("Network.emulateNetworkConditions", line).await.expect("a slow line");
    browser.sign_in(ROOT, PASSWORD).await;
    let took = "return performance.getEntriesByType('navigation')[0].responseStart";
    let took = browser.page.run(took, json!([])).await.expect("a time").as_f64().unwrap_or_default();
    assert!(took >= 400.0, "the line is slow: {took} ms");
    browser.traffic().await;
    browser.visit(&format!("/customers/{id}/people")).await;
    browser.click("a[href$='/people/new']").await;
    browser.fill("given_name", "Slow").await;
    browser.fill("surname", "Line").await;
    browser.click("main .acts button").await;
    browser.reads("h1", "Slow Line").await;
    assert!(browser.has("input.copy").await, "the one-time link");
    // The list, the form, the form that was sent, and the person: four times over the line, nothing beside.
    let pages: Vec<_> = browser.traffic().await.asked.into_iter().map(|of| of.url).collect();
    assert_eq!(pages.len(), 4, "{pages:?}");
}

#[tokio::test]
async fn every_component_is_clean_and_stands_still_for_who_wants_that() {
    let site = Site::new().await;
    site.installation.migrate();
    let (server, _root) = site.installation.serve(&["--no-work"]).await;
    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit("/design").await;
    browser.look("design").await;
    let button = "[popovertarget='d-dialog']:not([popovertargetaction])";
    let middle = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
    browser.page.run(middle, json!([button])).await.expect("the button is seen");
    browser.click(button).await;
    assert!(browser.has("#d-dialog:popover-open").await);
    let motion = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    browser.page.devtools("Emulation.setEmulatedMedia", motion).await.expect("stillness");
    let moving =
        "return [...document.querySelectorAll('*')].filter(part => ['', '::before', '::after'].some(of => {
        const style = getComputedStyle(part, of || null);
        return [style.animationName !== 'none' && style.animationDuration, style.transitionDuration]
            .some(of => of && parseFloat(of) > 0.001); }))
        .map(part => part.outerHTML.slice(0, 80))";
    let moving = browser.page.run(moving, json!([])).await.expect("what moves");
    assert_eq!(moving, json!([]), "nothing moves");
    for (language, title) in [("da", "Design"), ("de", "Gestaltung"), ("sv", "Design"), ("en", "Design")] {
        browser.click(&format!("#language option[value='{language}']")).await;
        browser.reads("h1", title).await;
        assert!(browser.has(&format!("html[lang='{language}']")).await);
    }
    browser.close().await;
    assert!(server.stop().await.success());
}
