//! A real receiver of webhooks on this machine, which answers as a test tells it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use domain::{
    hook::{Kind, Moment, Occasion},
    id::{HookId, RequestId, SubscriptionId},
};
use engine::Engine;
use outbound::{Outbound, Settings};
use serde_json::Value;
use store::{
    hooks::{Hook, NewHook},
    subscriptions::Subscription,
    tx::{Cause, act},
};

use crate::world::{Customer, Person, World};

type Judge = Box<dyn Fn(&Value) -> (u16, String) + Send + Sync>;

/// What came in.
#[derive(Debug, Clone)]
pub struct Call {
    /// `webhook-id`.
    pub id: String,
    /// The body.
    pub body: Value,
}

#[derive(Clone)]
struct Shared {
    calls: Arc<Mutex<Vec<Call>>>,
    judge: Arc<Mutex<Judge>>,
}

/// A receiver on a port of its own.
pub struct Receiver {
    pub url: String,
    shared: Shared,
}

impl Receiver {
    /// One that agrees to everything.
    pub async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let judge: Judge = Box::new(|_| (200, String::new()));
        let shared = Shared { calls: Arc::default(), judge: Arc::new(Mutex::new(judge)) };
        let router = Router::new().route("/hook", post(receive)).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    /// Answers like this from now on.
    pub fn answer(&self, judge: impl Fn(&Value) -> (u16, String) + Send + Sync + 'static) {
        *self.shared.judge.lock().expect("nobody panicked with it") = Box::new(judge);
    }

    /// Everything that came in.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().expect("nobody panicked with it").clone()
    }

    /// How often each id came in.
    pub fn times(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for call in self.calls() {
            *times.entry(call.id).or_insert(0) += 1;
        }
        times
    }

    /// The people told of, by principal name.
    pub fn people(&self) -> BTreeSet<String> {
        let name = |call: &Call| call.body["data"]["person"]["principal_name"].as_str().map(str::to_owned);
        self.calls().iter().filter_map(name).collect()
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let id = headers["webhook-id"].to_str().expect("text").to_owned();
    assert!(headers["webhook-signature"].to_str().expect("text").starts_with("v1,"));
    let (status, said) = shared.judge.lock().expect("nobody panicked with it")(&body);
    shared.calls.lock().expect("nobody panicked with it").push(Call { id, body });
    (StatusCode::from_u16(status).expect("a status"), said)
}

impl World {
    /// A worker that also calls hooks, on this machine, too.
    pub fn caller(&self) -> Engine {
        let here: IpAddr = "127.0.0.1".parse().expect("an address");
        let settings = Settings { addresses: vec![here], ..Settings::default() };
        self.engine().with_hooks(Arc::new(Outbound::new(settings).expect("a client")))
    }

    pub async fn hook(&self, name: &str, moment: Moment, on: &[Occasion], url: &str, tries: i32) -> Hook {
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let tenant = tx.tenant(self.root.tenant).await.expect("the provider");
        let permit = tx.permit::<act::HookManage>(&tenant).expect("may");
        let service = match on {
            [Occasion::RequestFailed] => None,
            _ => tx.service_owner("desk").await.expect("asking").map(|(service, _)| service),
        };
        let new = NewHook {
            service,
            name: name.to_owned(),
            moment,
            occasions: on.to_vec(),
            kind: Kind::Webhook,
            destination: url.to_owned(),
            limit_seconds: 2,
            tries,
            attributes: vec![],
        };
        let (id, _secret) = tx.insert_hook(&permit, &new).await.expect("the hook");
        let hook = tx.hook(id).await.expect("the hook");
        tx.commit(&Cause::default()).await.expect("committing");
        hook
    }

    pub async fn remove_hook(&self, hook: HookId) {
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let tenant = tx.tenant(self.root.tenant).await.expect("the provider");
        let permit = tx.permit::<act::HookManage>(&tenant).expect("may");
        let hook = tx.hook(hook).await.expect("the hook");
        tx.remove_hook(&permit, &hook).await.expect("removed");
        tx.commit(&Cause::default()).await.expect("committing");
    }

    pub async fn test_hook(&self, hook: HookId) -> RequestId {
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let tenant = tx.tenant(self.root.tenant).await.expect("the provider");
        let permit = tx.permit::<act::HookManage>(&tenant).expect("may");
        let hook = tx.hook(hook).await.expect("the hook");
        let request = tx.test_hook(&permit, &hook).await.expect("asked for");
        tx.commit(&Cause::default()).await.expect("committing");
        request
    }

    /// Takes the plan and the membership from a person, as a use case does.
    pub async fn take_plan(&self, customer: &Customer, person: &Person) -> (RequestId, Vec<Subscription>) {
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let request =
            tx.open_request(customer.id, "plan_remove", serde_json::json!({}), connector::Lane::Interactive);
        let none = None::<SubscriptionId>;
        let ended = tx.unsubscribe(customer.id, "Europe/Berlin", person.id, none).await.expect("ended");
        let edge = store::objects::Edge { group: customer.group, member: person.object };
        tx.want_members_now(customer.id, &[edge], false).await.expect("out of the group");
        tx.commit(&Cause::default()).await.expect("committing");
        (request, ended)
    }

    pub fn is_member(&self, customer: &Customer, person: &Person) -> bool {
        let group = self.there(customer.group).map(|(_, stored)| stored.members).unwrap_or_default();
        self.there(person.object).is_some_and(|(id, _)| group.contains(&id))
    }

    /// Works and calls until nothing is due, without waiting for the clock.
    pub async fn work_and_call(&self, engine: &Engine) {
        for _ in 0..400 {
            self.drain(engine).await;
            self.hurry_hooks().await;
            if engine.deliver().await.expect("delivering") == 0
                && self.queue().await == 0
                && self.due().await == 0
            {
                return;
            }
        }
        panic!(
            "never done: {:#?}",
            self.db.rows("SELECT * FROM hook_delivery WHERE state <> 'verified'").await
        );
    }

    /// Works a few rounds although something goes on waiting for a hook.
    pub async fn drain_while_held(&self, engine: &Engine) {
        for _ in 0..6 {
            self.hurry().await;
            for lane in [connector::Lane::Interactive, connector::Lane::Bulk] {
                engine.step(self.target, lane).await.expect("a step");
            }
        }
    }

    /// As [`World::work_and_call`], where accounts wait in the queue for hooks.
    pub async fn call_and_work(&self, engine: &Engine) {
        for _ in 0..100 {
            self.hurry_hooks().await;
            engine.deliver().await.expect("delivering");
            self.drain_while_held(engine).await;
            if self.queue().await == 0 && self.due().await == 0 {
                return;
            }
        }
        panic!("never done: {:#?}", self.db.rows("SELECT * FROM work JOIN object ON id = object_id").await);
    }

    pub async fn due(&self) -> i64 {
        self.number(
            "SELECT count(*) AS n FROM hook_delivery WHERE NOT waits AND state IN ('requested', 'running')",
        )
        .await
    }

    /// Whatever waits for a moment is due now.
    pub async fn hurry_hooks(&self) {
        self.db
            .execute("UPDATE hook_delivery SET due_at = now() - interval '1 s' WHERE due_at > now()")
            .await;
        self.db.execute("UPDATE hook_health SET retry_at = now() - interval '1 s'").await;
        self.db
            .execute("UPDATE hook_delivery SET lease_until = now() - interval '1 s' WHERE lease IS NOT NULL")
            .await;
    }

    /// The same, without taking anything from a worker that is at it.
    pub async fn hurry_hooks_only_due(&self) {
        self.db
            .execute("UPDATE hook_delivery SET due_at = now() - interval '1 s' WHERE due_at > now()")
            .await;
        self.db.execute("UPDATE hook_health SET retry_at = NULL WHERE retry_at IS NOT NULL").await;
    }

    pub async fn all_problems(&self) -> Vec<(String, String)> {
        let rows = self
            .db
            .rows("SELECT problem->>'code' AS code, coalesce(problem->>'target_message', '') AS said FROM request_item
                    WHERE state = 'failed' ORDER BY 1, 2")
            .await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        rows.iter().map(|r| (text(&r["code"]), text(&r["said"]))).collect()
    }
}
