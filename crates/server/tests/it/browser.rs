//! A real browser (headless Chromium through its `WebDriver`), as somebody sits before it.

use std::{
    collections::BTreeSet,
    fs,
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde_json::{Value, json};

use crate::{
    looked,
    process::{PATIENCE, POLL, wait_for},
    webdriver::{Element, Session, Told},
};

/// What axe-core is asked: WCAG 2.2 AA and what it includes.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const TAB: char = '\u{E004}';
const SHIFT: char = '\u{E008}';
/// No page has more places for the focus.
const STOPS: usize = 250;
/// Where the focus is, whether that can be seen, and whether it is where it should come to.
const FOCUS: &str = "
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const style = getComputedStyle(at), box = at.getBoundingClientRect();
    const over = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
    return {
        hit: at.matches(arguments[0]), what: at.outerHTML.slice(0, 200),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 0,
        covered: !!over && !at.contains(over) && !over.contains(at) && !(at.labels && [...at.labels].some(l => l.contains(over))),
    };";
/// Notes what can have the focus, and takes off what had it and showed that (WCAG 2.2, 2.1.1 and 2.4.7).
/// Of a group of radio buttons one is a stop. What reacts to a pointer has to be one, or a part of one.
const REACH: &str = "
    for (const fold of document.querySelectorAll('details:not(.branch)')) fold.open = true;
    const used = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex=\"-1\"])';
    const seen = e => e.checkVisibility({ visibilityProperty: true }) && !e.closest('[inert]');
    const stop = e => !e.disabled && !e.matches(':disabled') && e.tabIndex >= 0 && seen(e)
        && !(e.type === 'radio' && e.name && [...document.getElementsByName(e.name)].some(
            o => o !== e && o.form === e.form && o.type === 'radio' && (o.checked || (!e.checked
                && o.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING))) && !e.checked);
    const open = new Set([...document.querySelectorAll(used)].filter(stop)), unseen = [];
    const tell = e => e.outerHTML.slice(0, 160);
    document.addEventListener('focusin', event => {
        const at = event.target, style = getComputedStyle(at);
        if (open.delete(at) && !(style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)) {
            unseen.push('the focus cannot be seen: ' + tell(at));
        }
    }, true);
    window.reach = {
        open: () => [...open].filter(e => e.isConnected && seen(e)),
        missed: () => [...window.reach.open().map(e => 'the Tab key does not lead there: ' + tell(e)), ...unseen,
            ...[...document.querySelectorAll('main *')].filter(e => getComputedStyle(e).cursor === 'pointer'
                && seen(e) && !e.closest(used + ', label')).map(e => 'for a pointer alone: ' + tell(e))],
    };
    return open.size;";
/// Wide and narrow.
const SIZES: [(u32, u32); 2] = [(1440, 900), (390, 844)];

/// A browser of its own for each test.
pub struct Browser {
    pub page: Session,
    base: String,
    driver: Driver,
}

/// The `WebDriver`'s process, killed when dropped, with the browser it started: both are one group.
struct Driver(Child, tempfile::TempDir);

impl Drop for Driver {
    fn drop(&mut self) {
        if let Ok(group) = i32::try_from(self.0.id()) {
            let _ended_already = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        let _ended_already = self.0.wait();
    }
}

impl Browser {
    /// With scripts, or as somebody who allows none.
    pub async fn open(port: u16, scripts: bool, language: &str) -> Self {
        Self::start("127.0.0.1", port, (scripts, language), false).await
    }

    /// By a host name below `test`, which leads to this machine.
    pub async fn open_at(host: &str, port: u16, scripts: bool, language: &str) -> Self {
        Self::start(host, port, (scripts, language), false).await
    }

    /// With scripts, and a log of what goes over the network.
    pub async fn open_logged(port: u16) -> Self {
        Self::start("127.0.0.1", port, (true, "en"), true).await
    }

    async fn start(host: &str, port: u16, (scripts, language): (bool, &str), logged: bool) -> Self {
        let folder = tempfile::Builder::new().prefix("tenantry-browser-").tempdir().expect("a folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let own = free.local_addr().expect("bound").port();
        drop(free);
        let child = Command::new("chromedriver")
            .arg(format!("--port={own}"))
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is here (make setup)");
        let driver = Driver(child, folder);
        let profile = driver.1.path().display();
        let options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--hide-scrollbars", format!("--lang={language}"), format!("--user-data-dir={profile}"),
                "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            "prefs": { "intl.accept_languages": language,
                "profile.managed_default_content_settings.javascript": if scripts { 1 } else { 2 } },
        });
        let url = format!("http://127.0.0.1:{own}");
        let page =
            wait_for("the browser is open", async || Session::new(&url, &options, logged).await.ok()).await;
        Self { page, base: format!("http://{host}:{port}"), driver }
    }

    pub async fn close(self) {
        self.page.close().await.expect("the browser closes");
        drop(self.driver);
    }

    pub async fn visit(&self, path: &str) {
        self.page
            .post("url", json!({ "url": format!("{}{path}", self.base) }))
            .await
            .expect("the server answers");
    }

    /// Where the browser is, without the host.
    pub async fn path(&self) -> String {
        let url = self.page.get("url").await.expect("an address");
        let url = url.as_str().unwrap_or_default();
        url.strip_prefix(&self.base).unwrap_or_else(|| panic!("led elsewhere: {url}")).to_owned()
    }

    /// Waits until the browser is on a page below a path, and tells which: a press of a button may
    /// be answered before the page it leads to has come.
    pub async fn arrives(&self, below: &str) -> String {
        let lead = format!("{below}/");
        wait_for(&format!("a page below {below}"), async || {
            let path = self.path().await;
            let rest = path.strip_prefix(&lead)?;
            rest.split(['?', '/']).next().filter(|id| !id.is_empty()).map(str::to_owned)
        })
        .await
    }

    pub async fn text(&self, css: &str) -> String {
        self.with(css, async |found| found.text().await).await
    }

    async fn source(&self) -> String {
        self.page.get("source").await.map_or_else(|error| error, |html| html.to_string())
    }

    /// Whether something is on the page now.
    pub async fn has(&self, css: &str) -> bool {
        self.page.find(css).await.is_ok()
    }

    /// Waits until something on the page reads so.
    pub async fn reads(&self, css: &str, text: &str) {
        wait_for(&format!("{css} reads {text}"), async || {
            let found = self.page.find(css).await.ok()?;
            found.text().await.ok()?.contains(text).then_some(())
        })
        .await;
    }

    /// Waits until the focus is where the page puts it at first: what is typed before goes nowhere.
    pub async fn focuses(&self, css: &str) {
        wait_for(&format!("{css} has the focus"), async || {
            let script = "return !!document.activeElement && document.activeElement.matches(arguments[0])";
            (self.page.run(script, json!([css])).await.ok()? == json!(true)).then_some(())
        })
        .await;
    }

    pub async fn fill(&self, name: &str, text: &str) {
        let fill = async |field: Element<'_>| {
            field.clear().await?;
            field.keys(text).await
        };
        self.with(&format!("main [name=\"{name}\"]"), fill).await;
    }

    /// What stands in a field, or in whatever has a value.
    pub async fn value(&self, css: &str) -> String {
        self.with(css, async |found| found.property("value").await).await
    }

    pub async fn click(&self, css: &str) {
        self.with(css, async |found| found.click().await).await;
    }

    /// Presses keys where the focus is.
    pub async fn keys(&self, css: &str, keys: &str) {
        self.with(css, async |found| found.keys(keys).await).await;
    }

    /// Presses keys wherever the focus is, as on a keyboard.
    pub async fn type_keys(&self, keys: &str) {
        self.page.press(keys, None).await.expect("a keyboard");
    }

    /// Goes on by the Tab key until something has the focus. Everything on the way shows that it has
    /// it, and nothing lies over it (WCAG 2.2, 2.4.7 and 2.4.11).
    pub async fn tab_to(&self, css: &str) {
        self.walk_to(css, None).await;
    }

    /// As [`Browser::tab_to`], backwards.
    pub async fn tab_back_to(&self, css: &str) {
        self.walk_to(css, Some(SHIFT)).await;
    }

    async fn walk_to(&self, css: &str, held: Option<char>) {
        let mut passed = Vec::new();
        for _ in 0..STOPS {
            self.page.press(&TAB.to_string(), held).await.expect("a keyboard");
            let at = self.page.run(FOCUS, json!([css])).await.expect("a place");
            if at.is_null() {
                continue;
            }
            let what = at["what"].as_str().unwrap_or_default().to_owned();
            assert_eq!(at["seen"], true, "the focus cannot be seen on {what}");
            assert_eq!(at["covered"], false, "something lies over {what}");
            if at["hit"] == true {
                return;
            }
            passed.push(what);
        }
        panic!("the Tab key does not lead to {css}: {passed:#?}");
    }

    /// What went over the network since this was asked last.
    pub async fn traffic(&self) -> Traffic {
        let mut traffic = Traffic::default();
        // What was asked for comes a little before what it was answered with.
        wait_for("everything that was asked for", async || {
            let log = self.page.post("se/log", json!({ "type": "performance" })).await.expect("a log");
            for entry in log.as_array().into_iter().flatten() {
                let text = entry["message"].as_str().unwrap_or_default();
                let message: Value = serde_json::from_str(text).unwrap_or_default();
                traffic.note(&message["message"]);
            }
            traffic.asked.iter().all(|asked| traffic.over.contains(&asked.id)).then_some(())
        })
        .await;
        traffic
    }

    /// Where the server is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Does something with the first element a selector fits. A page that renews itself may take the
    /// element away between finding it and asking it, and a page that was asked for may not have come:
    /// then it is found once more. What was refused so has done nothing yet.
    async fn with<T>(&self, css: &str, act: impl AsyncFn(Element<'_>) -> Told<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let done = async { act(self.page.find(css).await?).await }.await;
            match done {
                Ok(done) => return done,
                Err(error) if Instant::now() < deadline && comes_yet(&error) => {
                    tokio::time::sleep(POLL).await;
                }
                Err(error) => panic!("{css}: {error}: {}", self.source().await),
            }
        }
    }

    pub async fn sign_in(&self, login: &str, password: &str) {
        self.visit("/sign-in").await;
        self.fill("login", login).await;
        self.fill("password", password).await;
        self.click("main form button").await;
        wait_for("the first page", async || (self.path().await == "/home").then_some(())).await;
    }

    /// Looks at the page in both themes and sizes: a picture of each, no rule of axe-core broken, and
    /// everything on it within reach of the keyboard.
    pub async fn look(&self, name: &str) {
        looked::check(name, &self.path().await);
        for theme in ["light", "dark"] {
            let cookie = json!({ "cookie": { "name": "tenantry_theme", "value": theme, "path": "/" } });
            self.page.post("cookie", cookie).await.expect("a cookie");
            for (width, height) in SIZES {
                self.size(width, height).await;
                self.page.post("refresh", json!({})).await.expect("the page again");
                let broken = self.broken_rules().await;
                self.picture(&format!("{name}-{width}-{theme}")).await;
                assert!(broken.is_empty(), "{name} {theme} {width}: {broken:#?}");
                let wide = self.page.run("return document.documentElement.scrollWidth", json!([])).await;
                let wide = wide.expect("a width").as_u64().unwrap_or(u64::MAX);
                assert!(wide <= u64::from(width), "{name} is {wide} wide on a screen of {width}");
            }
        }
        self.size(SIZES[0].0, SIZES[0].1).await;
        self.page.post("refresh", json!({})).await.expect("the page again");
        let missed = self.out_of_reach().await;
        assert!(missed.is_empty(), "{name}, by keys alone: {missed:#?}");
        self.page.post("refresh", json!({})).await.expect("the page again");
    }

    /// What somebody with a keyboard alone cannot use, or cannot see that it has the focus; with all that
    /// folds unfolded. Walks through the whole page by the Tab key.
    async fn out_of_reach(&self) -> Vec<String> {
        let mut left = self.page.run(REACH, json!([])).await.expect("a page").as_u64().unwrap_or_default();
        let tabs = |many: u64| TAB.to_string().repeat(usize::try_from(many).unwrap_or(STOPS));
        // Dates have several stops, and a page that renews itself takes some away.
        while left > 0 {
            self.page.press(&tabs(left + 5), None).await.expect("a keyboard");
            let now = self.page.run("return window.reach.open().length", json!([])).await.expect("a page");
            let now = now.as_u64().unwrap_or_default();
            if now == left {
                break;
            }
            left = now;
        }
        let missed = self.page.run("return window.reach.missed()", json!([])).await.expect("a page");
        missed.as_array().into_iter().flatten().map(ToString::to_string).collect()
    }

    /// As [`Browser::look`], of the answer to a form, which cannot be loaded again: as it is
    /// in one theme, in both sizes.
    pub async fn shot(&self, name: &str) {
        for (width, height) in SIZES {
            self.size(width, height).await;
            let broken = self.broken_rules().await;
            self.picture(&format!("{name}-{width}")).await;
            assert!(broken.is_empty(), "{name} {width}: {broken:#?}");
        }
        self.size(SIZES[0].0, SIZES[0].1).await;
    }

    /// The size of what is seen, also below what a window can be.
    async fn size(&self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        let call = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.page.post("goog/cdp/execute", call).await.expect("a size");
    }

    async fn broken_rules(&self) -> Vec<String> {
        let axe = fs::read_to_string(crates().join("portal/node_modules/axe-core/axe.min.js"));
        let axe = axe.expect("axe-core is here (make setup)");
        self.page.run(&axe, json!([])).await.expect("axe-core loads");
        let script = "const done = arguments[arguments.length - 1]; axe.run(document, { runOnly: arguments[0] })\
                      .then(found => done(found.violations), error => done([{ id: String(error), nodes: [] }]))";
        let found = self.page.run_async(script, json!([RULES])).await.expect("axe-core runs");
        let found = found.as_array().cloned().expect("a list");
        found
            .iter()
            .map(|rule| {
                let nodes = rule["nodes"].as_array().cloned().unwrap_or_default();
                let nodes: Vec<_> = nodes
                    .iter()
                    .take(3)
                    .map(|node| format!("{} ({})", node["html"], node["failureSummary"]))
                    .collect();
                format!("{}: {}", rule["id"], nodes.join("; "))
            })
            .collect()
    }

    pub async fn picture(&self, name: &str) {
        let png = self.page.picture().await.expect("a picture");
        let folder = crates().join("../target/screens");
        fs::create_dir_all(&folder).expect("a folder for pictures");
        fs::write(folder.join(format!("{name}.png")), png).expect("a picture is kept");
    }
}

/// What went over the network.
#[derive(Debug, Default)]
pub struct Traffic {
    /// What was asked for, but for what the browser had already.
    pub asked: Vec<Asked>,
    /// Bytes that arrived, as they were sent.
    pub bytes: u64,
    /// What has arrived, or does not come.
    over: BTreeSet<String>,
}

/// Something that was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    id: String,
    /// Its address.
    pub url: String,
    /// Why: `parser` and the page, `script`, or `other` for the person.
    pub by: String,
}

impl Traffic {
    fn note(&mut self, message: &Value) {
        let of = &message["params"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let id = text(&of["requestId"]);
        let had = match message["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                let (url, initiator) = (text(&of["request"]["url"]), &of["initiator"]);
                let by = format!("{} {}", text(&initiator["type"]), text(&initiator["url"]));
                // The browser's own pages are nobody's.
                if !url.starts_with("chrome") && !url.starts_with("data:") {
                    self.bytes += bytes(&of["redirectResponse"]);
                    self.asked.push(Asked { id, url, by });
                }
                return;
            }
            Some("Network.loadingFailed") => {
                self.over.insert(id);
                return;
            }
            Some("Network.loadingFinished") => {
                self.over.insert(id.clone());
                let ours = self.asked.iter().any(|asked| asked.id == id);
                self.bytes += if ours { bytes(of) } else { 0 };
                false
            }
            Some("Network.requestServedFromCache") => true,
            Some("Network.responseReceived") => {
                // A stream has no end.
                if of["response"]["mimeType"] == "text/event-stream" {
                    self.over.insert(id.clone());
                }
                of["response"]["fromDiskCache"] == true
            }
            _ => false,
        };
        if had {
            self.asked.retain(|asked| asked.id != id);
        }
    }
}

/// Whether what the driver refused may go a moment later (W3C `WebDriver`, 6.6).
fn comes_yet(error: &str) -> bool {
    let of = [
        "no such element",
        "stale element reference",
        "element not interactable",
        "element click intercepted",
    ];
    of.iter().any(|code| error.starts_with(&format!("{code:?}")))
}

/// How long something was on the line; the browser counts in fractions and from below nothing.
fn bytes(of: &Value) -> u64 {
    let number = of["encodedDataLength"].as_f64().unwrap_or_default().max(0.0);
    format!("{number:.0}").parse().unwrap_or_default()
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("crates").to_owned()
}
