//! An instance with two resellers and a customer each, made through REST.
//!
//! ```text
//! hq (root) ─┬─ north (boss) ── acme: anna (administrator), ben (no role)
//!            └─ south (sue)  ── beta: bert (administrator)
//! ```

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use app::App;
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use domain::{
    clock::{Clock, Random, SeededRandom},
    service::DefinitionDraft,
};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use policy::Policy;
use serde_json::{Value, json};
use store::{
    Settings, Store,
    bootstrap::{FirstAdministrator, Instance, PlanSetting, ServiceSetting, bootstrap},
    migrate::migrate,
    seal::Keyring,
};
use testkit::postgres::{TestDatabase, key_folder};
use tower::ServiceExt as _;
use web::Surface;

pub const ROOT: &str = "root@hq.test";
pub const ANNA: &str = "anna.berg@acme.test";
pub const BEN: &str = "ben.lund@acme.test";
pub const BERT: &str = "bert.vogel@beta.test";
/// What the portal of every test is reached by.
pub const PUBLIC: &str = "https://portal.test";

/// A millisecond later each time it is asked, so that ids are in order.
#[derive(Debug)]
pub struct StepClock(AtomicI64);

impl Clock for StepClock {
    fn now(&self) -> Timestamp {
        let millis = self.0.fetch_add(1, Ordering::Relaxed);
        Timestamp::from_millisecond(millis).expect("an instant")
    }
}

impl StepClock {
    /// Lets time pass.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

/// The instance and how to call it.
pub struct World {
    pub router: Router,
    pub surface: Surface,
    pub store: Store,
    pub db: TestDatabase,
    pub clock: Arc<StepClock>,
    pub root: String,
    _keys: tempfile::TempDir,
}

/// Two resellers with a customer each, and who calls.
pub struct Estate {
    pub world: World,
    pub boss: String,
    pub anna: String,
    pub ben: String,
    pub bert: String,
    pub north: Value,
    pub acme: Value,
    pub ben_id: String,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    /// The body, after the status was checked.
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// Field and rule of every refused value.
    pub fn refused(&self) -> Vec<(String, String)> {
        let text = |e: &Value, key: &str| e[key].as_str().unwrap_or_default().to_owned();
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|e| (text(e, "field"), text(e, "rule"))).collect()
    }
}

fn instance() -> Instance {
    let plan = |code: &str, service: &str, name: &str, minor| PlanSetting {
        code: code.to_owned(),
        service: service.to_owned(),
        name: name.to_owned(),
        price: Some((minor, "EUR".to_owned())),
        ..PlanSetting::default()
    };
    let service = |code: &str, name: &str, per_user, draft: DefinitionDraft| ServiceSetting {
        code: code.to_owned(),
        name: name.to_owned(),
        per_user,
        definition: draft.check().expect("a valid definition"),
    };
    Instance {
        code: "hq".to_owned(),
        name: "Provider".to_owned(),
        language: "en".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        brands: vec![("main".to_owned(), "Main Cloud".to_owned(), vec!["portal.test".to_owned()])],
        directories: vec![("shared".to_owned(), "Shared directory".to_owned())],
        services: vec![
            service("desktop", "Desktop", true, DefinitionDraft::default()),
            service("backup", "Backup", false, DefinitionDraft::default()),
        ],
        plans: vec![
            plan("desktop-s", "desktop", "Desktop Standard", 3_900),
            plan("desktop-l", "desktop", "Desktop Large", 5_900),
            plan("backup", "backup", "Backup", 500),
        ],
    }
}

impl World {
    pub async fn new() -> Self {
        let keys_folder = key_folder();
        let start: Timestamp = "2026-03-02T08:00:00Z".parse().expect("an instant");
        let clock = Arc::new(StepClock(AtomicI64::new(start.as_millisecond())));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(20_260_302));
        let keys = Keyring::open(keys_folder.path(), random.clone()).expect("a keyring");
        let db = TestDatabase::from_template("web_world", async |owner| migrate(&owner, &keys).await).await;
        let first = FirstAdministrator {
            login: ROOT.to_owned(),
            name: "Rita Root".to_owned(),
            portal_hash: "$argon2id$none".to_owned(),
        };
        let made = bootstrap(db.owner(), clock.as_ref(), random.as_ref(), &instance(), Some(&first)).await;
        made.expect("the instance");
        let settings = Settings { database: db.owner().clone(), connections: 6 };
        let policy = Arc::new(Policy::load().expect("the shipped policies"));
        let store = Store::open(&settings, keys, policy, clock.clone(), random);
        let surface = Surface::new(App::new(store.clone()), PUBLIC);
        let router = api::router(&surface);
        let root = session(&store, ROOT).await;
        Self { router, surface, store, db, clock, root, _keys: keys_folder }
    }

    /// The configuration names these directories from now on.
    pub async fn configure(&self, codes: &[&str]) {
        let directories = codes.iter().map(|code| ((*code).to_owned(), code.to_uppercase())).collect();
        let instance = Instance { directories, ..instance() };
        let random = SeededRandom::new(4);
        bootstrap(self.db.owner(), self.clock.as_ref(), &random, &instance, None)
            .await
            .expect("the instance");
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let body = match bytes.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&bytes).unwrap_or_else(|_| {
                panic!("every body is JSON, this is {}", String::from_utf8_lossy(&bytes))
            }),
        };
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// A call with more headers.
    pub async fn call(
        &self,
        token: &str,
        line: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let (method, path) = line.split_once(' ').expect("method and path");
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).expect("a request")).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Reply {
        self.call(token, &format!("GET {path}"), &[], None).await
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.call(token, &format!("POST {path}"), &[], Some(body)).await
    }

    /// A session of somebody, as after signing in.
    pub async fn session(&self, login: &str) -> String {
        session(&self.store, login).await
    }

    /// A reseller below the provider, and its administrator's session.
    async fn reseller(&self, code: &str, login: &str, name: &str) -> (Value, String) {
        let body = json!({ "code": code, "name": format!("{code} IT"),
            "administrator": { "principal_name": login, "display_name": name } });
        let made = self.post(&self.root, "/resellers", &body).await.expect(202);
        (made, self.session(login).await)
    }
}

async fn session(store: &Store, login: &str) -> String {
    let (account, _) = store.sign_in(login).await.expect("asking");
    store.open_session(&account.expect("an account"), login, 12).await.expect("a session").secret
}

/// An order for a customer, with one person besides the administrator.
pub fn order(code: &str, administrator: (&str, &str), other: (&str, &str)) -> Value {
    json!({
        "reference": format!("SO-{code}"),
        "customer": { "code": code, "name": format!("{code} GmbH"), "upn_suffix": format!("{code}.test"),
            "billing_id": format!("D-{code}") },
        "services": [{ "plan": "desktop-s" }, { "plan": "backup" }],
        "administrator": { "given_name": administrator.0, "surname": administrator.1 },
        "users": [{ "given_name": other.0, "surname": other.1, "plans": ["desktop-s"] }],
    })
}

impl Estate {
    /// Ben looks after people from now on, but not after administrators, and removes nobody.
    pub async fn ben_looks_after_people(&self) {
        let grant = format!(
            "INSERT INTO role_grant (id, tenant_id, user_id, role_code, role_version, created_at)
             SELECT gen_random_uuid(), tenant_id, id, 'user_administrator', 1, created_at FROM users
              WHERE principal_name = '{BEN}'"
        );
        self.world.db.execute(&grant).await;
    }

    pub async fn new() -> Self {
        let world = World::new().await;
        let (north, boss) = world.reseller("north", "boss@north.test", "Bo Lund").await;
        let (_, sue) = world.reseller("south", "sue@south.test", "Sue Moss").await;
        let acme = order("acme", ("Anna", "Berg"), ("Ben", "Lund"));
        let acme = world.post(&boss, "/orders", &acme).await.expect(202);
        let beta = order("beta", ("Bert", "Vogel"), ("Bea", "Wolf"));
        world.post(&sue, "/orders", &beta).await.expect(202);
        let anna = world.session(ANNA).await;
        let (ben, bert) = (world.session(BEN).await, world.session(BERT).await);
        let path = format!("/customers/{}/users?search=ben", text(&acme["customer"]["id"]));
        let ben_id = text(&world.get(&anna, &path).await.expect(200)["items"][0]["id"]).to_owned();
        Self { world, boss, anna, ben, bert, north, acme, ben_id }
    }

    /// Id of the customer acme.
    pub fn acme_id(&self) -> &str {
        text(&self.acme["customer"]["id"])
    }
}

/// The text in a value.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}"))
}

/// Ids, instants and links replaced, so that a snapshot shows the form.
pub fn form(mut value: Value) -> Value {
    let mut seen = Vec::new();
    replace(&mut value, &mut seen);
    value
}

fn replace(value: &mut Value, seen: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if text.len() == 30 && text.as_bytes()[3] == b'_' {
                if !seen.contains(text) {
                    seen.push(text.clone());
                }
                let place = seen.iter().position(|s| s == text).unwrap_or_default();
                *text = format!("{}_{place}", &text[..3]);
            } else if text.parse::<Timestamp>().is_ok() {
                "[instant]".clone_into(text);
            } else if text.contains("/activate/") {
                *text = format!("{}[token]", &text[..text.find("/activate/").unwrap_or_default() + 10]);
            } else if text.starts_with("/api/v1") {
                "[path]".clone_into(text);
            } else if text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
                "[request id]".clone_into(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, seen)),
        Value::Object(fields) => fields.iter_mut().for_each(|(_, field)| replace(field, seen)),
        _ => {}
    }
}
