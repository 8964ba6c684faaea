//! A hook through the binaries: the process dies after the call and before its record.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use serde_json::json;
use testkit::postgres::TestDatabase;

use crate::{
    lifecycle::{url_of, use_keys_of_the_run},
    process::{Installation, wait_for},
};

type Calls = Arc<Mutex<Vec<String>>>;

/// The first call is received and never answered, the others are.
async fn receive(State(calls): State<Calls>, headers: HeaderMap) -> &'static str {
    let id = headers["webhook-id"].to_str().expect("text").to_owned();
    let first = {
        let mut all = calls.lock().expect("nobody panicked with it");
        all.push(id);
        all.len() == 1
    };
    if first {
        std::future::pending::<()>().await;
    }
    "made"
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_between_call_and_record_the_same_delivery_comes_again() {
    let calls = Calls::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let router = Router::new().route("/hook", post(receive)).with_state(calls.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let database = TestDatabase::empty().await;
    let more = "[hooks]\nallow_addresses = [\"127.0.0.1\"]\n";
    let installation = Installation::new(more, Some(url_of(database.name())));
    use_keys_of_the_run(&installation);
    installation.migrate();
    let (server, root) = installation.serve(&[]).await;
    let hook = json!({ "service": "desktop", "name": "Mailbox", "moment": "before", "occasions": ["assign"],
                       "url": url, "time_limit_seconds": 60 });
    let hook = root.post("hooks", &hook).await.good();
    let test = format!("hooks/{}/test", hook["id"].as_str().expect("an id"));
    let request = root.post(&test, &json!({})).await.good()["request"].as_str().expect("an id").to_owned();
    let received = || calls.lock().expect("nobody panicked with it").clone();
    wait_for("the first call", async || (received().len() == 1).then_some(())).await;
    server.kill().await;
    let (server, root) = installation.serve(&[]).await;
    let seen = root.see(&format!("requests/{request}")).await;
    assert_eq!(seen["state"], "running", "nobody recorded what became of it: {seen}");
    // The lease of the dead one ends by itself; the test does not wait for that.
    database.execute("UPDATE hook_delivery SET lease_until = now()").await;
    wait_for("the second call", async || (received().len() == 2).then_some(())).await;
    assert_eq!(received()[0], received()[1], "the same id");
    root.complete(&request).await;
    let items = root.see(&format!("requests/{request}/items")).await;
    assert_eq!(items["items"][0]["answer"], "200 OK: made", "{items}");
    assert!(server.stop().await.success());
}
