//! REST v1 as somebody uses it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{PASSWORD, PATIENCE, POLL, wait_for};

/// Between two tries of the same call.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    pub fn good(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        self.body
    }
}

impl Client {
    pub fn new(port: u16) -> Self {
        let _installed_before = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build();
        Self {
            http: http.expect("a client without special settings"),
            base: format!("http://127.0.0.1:{port}/api/v1"),
            token: None,
        }
    }

    pub async fn sign_in(&self, login: &str, password: &str) -> Self {
        let body = json!({ "login": login, "password": password });
        let session = self.post("sessions", &body).await.good();
        let token = session["token"].as_str().expect("a token").to_owned();
        Self { token: Some(token), ..self.clone() }
    }

    /// What the session proves itself with.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    pub async fn get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        self.send(self.http.get(format!("{}/{path}", self.base))).await
    }

    pub async fn see(&self, path: &str) -> Value {
        self.get(path).await.expect("the server answers").good()
    }

    /// A page or a file of the portal, as a browser with this session gets it.
    pub async fn page(&self, path: &str) -> String {
        let base = self.base.trim_end_matches("/api/v1");
        let cookie = format!("{}={}", web::caller::COOKIE, self.token.as_deref().unwrap_or_default());
        let call = self.http.get(format!("{base}{path}")).header("cookie", cookie);
        let answer = call.send().await.expect("the server answers");
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        String::from_utf8_lossy(&answer.bytes().await.expect("the whole of it")).into_owned()
    }

    /// Sends a file as it is.
    pub async fn post_bytes(&self, path: &str, bytes: &[u8]) -> Answer {
        let call = self.http.post(format!("{}/{path}", self.base)).body(bytes.to_vec());
        self.send(call).await.expect("the server answers")
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let call = self.http.post(format!("{}/{path}", self.base)).json(body);
        self.send(call).await.expect("the server answers")
    }

    pub async fn put(&self, path: &str) -> Answer {
        self.send(self.http.put(format!("{}/{path}", self.base))).await.expect("the server answers")
    }

    /// As a careful client does: the same call again until it was answered for
    /// good. Gives how often it had to.
    pub async fn insist(&self, path: &str, key: &str, body: &Value) -> (Value, usize) {
        let (answer, refusals) = self.insist_noting(path, key, body).await;
        (answer, refusals.len())
    }

    /// The same, with the status and the code of every refusal; 0 where the call was cut off.
    pub async fn insist_noting(&self, path: &str, key: &str, body: &Value) -> (Value, Vec<(u16, String)>) {
        let deadline = Instant::now() + PATIENCE;
        let mut refusals = Vec::new();
        while Instant::now() < deadline {
            match self.try_post(path, key, body).await {
                Ok(answer) if answer.status < 500 => return (answer.good(), refusals),
                Ok(refused) => {
                    let code = refused.body["code"].as_str().unwrap_or_default().to_owned();
                    refusals.push((refused.status, code));
                }
                Err(_cut) => refusals.push((0, String::new())),
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{path} was not answered in {} s: {refusals:?}", PATIENCE.as_secs());
    }

    /// One try of a call that may be repeated.
    pub async fn try_post(&self, path: &str, key: &str, body: &Value) -> Result<Answer, reqwest::Error> {
        let call = self.http.post(format!("{}/{path}", self.base)).json(body);
        self.send(call.header("idempotency-key", key)).await
    }

    /// Changes something on the version it has now, and waits until that is true.
    pub async fn change(&self, path: &str, body: &Value) {
        let call = self.http.patch(format!("{}/{path}", self.base)).json(body);
        self.based(path, call).await;
    }

    /// Says something of a tenant.
    pub async fn say_settings(&self, tenant: &str, body: &Value) {
        let path = format!("tenants/{tenant}/settings");
        let version = self.see(&path).await["version"].to_string();
        let call = self.http.patch(format!("{}/{path}", self.base)).json(body);
        self.send(call.header("if-match", format!("\"{version}\""))).await.expect("an answer").good();
    }

    /// As [`Client::change`], for what is to be removed.
    pub async fn remove(&self, path: &str) {
        let call = self.http.delete(format!("{}/{path}", self.base));
        self.based(path, call).await;
    }

    /// Removes something that has no version.
    pub async fn delete(&self, path: &str) -> Answer {
        let call = self.http.delete(format!("{}/{path}", self.base));
        self.send(call).await.expect("the server answers")
    }

    /// Gives something back as it is now, and waits until that is done.
    pub async fn release(&self, path: &str) {
        let version = self.see(path).await["version"].to_string();
        let call = self.http.post(format!("{}/{path}/release", self.base));
        let call = call.header("if-match", format!("\"{version}\""));
        let answer = self.send(call).await.expect("the server answers").good();
        self.complete(answer["request"].as_str().expect("a request")).await;
    }

    /// Moves a person to another customer, and waits until the account is there and in none of the
    /// groups it left.
    pub async fn move_person(&self, id: &str, body: &Value) -> Value {
        let version = self.see(&format!("users/{id}")).await["version"].to_string();
        let call = self.http.post(format!("{}/users/{id}/move", self.base)).json(body);
        let call = call.header("if-match", format!("\"{version}\""));
        let answer = self.send(call).await.expect("the server answers").good();
        for request in ["request", "leaving"] {
            self.complete(answer[request].as_str().expect("a request")).await;
        }
        answer
    }

    /// Changes something of a version, and does not wait.
    pub async fn patch(&self, path: &str, version: &str, body: &Value) {
        let call = self.http.patch(format!("{}/{path}", self.base)).json(body);
        let call = call.header("if-match", format!("\"{version}\""));
        self.send(call).await.expect("the server answers").good();
    }

    async fn based(&self, path: &str, call: reqwest::RequestBuilder) {
        let version = self.see(path).await["version"].to_string();
        let call = call.header("if-match", format!("\"{version}\""));
        let answer = self.send(call).await.expect("the server answers").good();
        self.complete(answer["provisioning"]["request"].as_str().expect("a request")).await;
    }

    /// Waits until a request is complete.
    pub async fn complete(&self, request: &str) -> Value {
        let path = format!("requests/{request}");
        let deadline = Instant::now() + PATIENCE;
        let seen = loop {
            let seen =
                self.get(&path).await.ok().filter(|answer| answer.status == 200).map(|answer| answer.body);
            let state = |seen: &Value| seen["state"].as_str().unwrap_or_default().to_owned();
            let ends = ["complete", "complete_with_problems", "failed"];
            if let Some(seen) = seen.as_ref().filter(|seen| ends.contains(&state(seen).as_str())) {
                break seen.clone();
            }
            if Instant::now() >= deadline {
                let open = self.see(&format!("{path}/items?limit=200")).await;
                let items = open["items"].as_array().cloned().unwrap_or_default();
                let open: Vec<_> = items.iter().filter(|item| item["state"] != "verified").take(5).collect();
                panic!("the request did not end: {seen:?}; open are {open:?}");
            }
            tokio::time::sleep(POLL).await;
        };
        let good = seen["state"] == "complete";
        let failed = if good { Value::Null } else { self.see(&format!("{path}/items?state=failed")).await };
        assert!(good, "{seen}: {failed}");
        seen
    }

    /// Chooses a password and waits until the directory has it.
    pub async fn activate(&self, link: &Value) {
        let token = link.as_str().expect("a link").rsplit('/').next().expect("a token");
        let path = format!("activations/{token}");
        self.post(&path, &json!({ "password": PASSWORD })).await.good();
        wait_for("the password is in the directory", async || {
            let seen = self.get(&path).await.ok()?.good();
            assert_ne!(seen["state"], "failed", "{seen}");
            (seen["state"] == "done").then_some(())
        })
        .await;
    }

    /// Orders a customer into a directory.
    pub async fn order_in(&self, code: &str, directory: &str, people: usize) -> Value {
        let mut order = order(code, people);
        order["customer"]["directory"] = json!(directory);
        self.post("orders", &order).await.good()
    }

    /// Orders a customer with an administrator and more people.
    pub async fn order(&self, code: &str, people: usize) -> Value {
        self.post("orders", &order(code, people)).await.good()
    }

    async fn send(&self, call: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
        let call = match &self.token {
            Some(token) => call.bearer_auth(token),
            None => call,
        };
        let answer = call.send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        Ok(Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }
}

fn order(code: &str, people: usize) -> Value {
    let users: Vec<_> = (0..people)
        .map(|i| json!({ "given_name": "Person", "surname": format!("Number {i}"), "plans": ["desktop-standard"] }))
        .collect();
    json!({
        "reference": format!("SO-{code}"),
        "customer": { "code": code, "name": format!("Customer {code}"), "upn_suffix": format!("{code}.example") },
        "services": [{ "plan": "desktop-standard" }],
        "administrator": { "given_name": "Ada", "surname": "Admin", "plans": ["desktop-standard"] },
        "users": users,
    })
}
