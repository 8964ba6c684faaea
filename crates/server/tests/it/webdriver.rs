//! As much of `WebDriver` (W3C) as the tests need: a few calls of JSON.

use std::time::Duration;

use data_encoding::BASE64;
use serde_json::{Value, json};

/// The key under which an element stands in JSON (W3C `WebDriver`, 11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What the browser answers when it cannot: the code of the error.
pub type Told<T> = Result<T, String>;

/// A session of a browser.
pub struct Session {
    http: reqwest::Client,
    url: String,
}

/// Something on a page.
pub struct Element<'s> {
    session: &'s Session,
    id: String,
}

impl Session {
    /// A new one of the driver at `driver`; `logged` keeps what goes over the network.
    pub async fn new(driver: &str, options: &Value, logged: bool) -> Told<Self> {
        let _installed_before = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build();
        let http = http.map_err(|error| error.to_string())?;
        let mut wanted = json!({ "goog:chromeOptions": options });
        if logged {
            wanted["goog:loggingPrefs"] = json!({ "performance": "ALL" });
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": wanted } });
        let made = send(http.post(format!("{driver}/session")).json(&wanted)).await?;
        let id = made["sessionId"].as_str().ok_or("a session without an id")?;
        Ok(Self { url: format!("{driver}/session/{id}"), http })
    }

    pub async fn post(&self, path: &str, body: Value) -> Told<Value> {
        send(self.http.post(format!("{}/{path}", self.url)).json(&body)).await
    }

    pub async fn get(&self, path: &str) -> Told<Value> {
        send(self.http.get(format!("{}/{path}", self.url))).await
    }

    pub async fn close(&self) -> Told<()> {
        send(self.http.delete(&self.url)).await.map(|_| ())
    }

    /// Presses keys one after another wherever the focus is, while `held` is held (W3C `WebDriver`, 15.4.1).
    pub async fn press(&self, keys: &str, held: Option<char>) -> Told<()> {
        let key = |what: &str, key: char| json!({ "type": what, "value": key.to_string() });
        let mut actions: Vec<_> = held.iter().map(|held| key("keyDown", *held)).collect();
        actions.extend(keys.chars().flat_map(|one| [key("keyDown", one), key("keyUp", one)]));
        actions.extend(held.iter().map(|held| key("keyUp", *held)));
        let keyboard = json!([{ "type": "key", "id": "keyboard", "actions": actions }]);
        self.post("actions", json!({ "actions": keyboard })).await.map(|_| ())
    }

    /// A command of the browser's own protocol.
    pub async fn devtools(&self, command: &str, params: Value) -> Told<Value> {
        self.post("goog/cdp/execute", json!({ "cmd": command, "params": params })).await
    }

    /// The first element a selector fits.
    pub async fn find(&self, css: &str) -> Told<Element<'_>> {
        let found = self.post("element", json!({ "using": "css selector", "value": css })).await?;
        let id = found[ELEMENT].as_str().ok_or("no element")?.to_owned();
        Ok(Element { session: self, id })
    }

    /// What a script of the tests returns.
    pub async fn run(&self, script: &str, args: Value) -> Told<Value> {
        self.post("execute/sync", json!({ "script": script, "args": args })).await
    }

    /// What a script of the tests hands to its last argument.
    pub async fn run_async(&self, script: &str, args: Value) -> Told<Value> {
        self.post("execute/async", json!({ "script": script, "args": args })).await
    }

    /// A picture of what is seen (PNG).
    pub async fn picture(&self) -> Told<Vec<u8>> {
        let text = self.get("screenshot").await?;
        BASE64.decode(text.as_str().unwrap_or_default().as_bytes()).map_err(|error| error.to_string())
    }
}

impl Element<'_> {
    pub async fn text(&self) -> Told<String> {
        let text = self.session.get(&format!("element/{}/text", self.id)).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    pub async fn property(&self, name: &str) -> Told<String> {
        let value = self.session.get(&format!("element/{}/property/{name}", self.id)).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    pub async fn click(&self) -> Told<()> {
        self.act("click", json!({})).await
    }

    pub async fn clear(&self) -> Told<()> {
        self.act("clear", json!({})).await
    }

    pub async fn keys(&self, text: &str) -> Told<()> {
        self.act("value", json!({ "text": text })).await
    }

    async fn act(&self, what: &str, body: Value) -> Told<()> {
        self.session.post(&format!("element/{}/{what}", self.id), body).await.map(|_| ())
    }
}

async fn send(call: reqwest::RequestBuilder) -> Told<Value> {
    let answer = call.send().await.map_err(|error| error.to_string())?;
    let good = answer.status().is_success();
    let mut body: Value = answer.json().await.map_err(|error| error.to_string())?;
    let value = body["value"].take();
    if good { Ok(value) } else { Err(format!("{}: {}", value["error"], value["message"])) }
}
