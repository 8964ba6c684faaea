//! A file of people through the real binary into a real directory, with the server killed while
//! it is at it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{directory::Site, process::wait_for};

const PEOPLE: usize = 200;
/// How long the server lives after it answered, in milliseconds: from before the first part to after the last.
const LIVES: [u64; 4] = [15, 60, 180, 400];

#[tokio::test]
async fn a_file_is_carried_out_once_whatever_kills_the_server() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (mut server, mut root) = site.installation.serve(&[]).await;
    let code = site.code('b');
    let order = root.order(&code, 0).await;
    let ordered = order["request"]["id"].as_str().expect("a request").to_owned();
    root.complete(&ordered).await;
    let mut csv = "principal_name,given_name,surname,department,manager\n".to_owned();
    csv.extend((0..PEOPLE).map(|i| {
        let manager = if i == 0 { String::new() } else { format!("p{}@{code}.example", i / 20) };
        format!("p{i}@{code}.example,Per,Nr {i},Sales,{manager}\n")
    }));
    let shown =
        root.post_bytes(&format!("imports?customer={code}&name=people.csv"), csv.as_bytes()).await.good();
    assert_eq!(shown["counts"]["acts"]["create"], PEOPLE, "{shown}");
    let id = shown["id"].as_str().expect("an id").to_owned();
    let begin = json!({ "version": shown["version"] });
    root.post(&format!("bulk/{id}/run"), &begin).await.good();
    for life in LIVES {
        tokio::time::sleep(Duration::from_millis(life)).await;
        server.kill().await;
        (server, root) = site.installation.serve(&[]).await;
        let seen = root.see(&format!("bulk/{id}")).await;
        let state = seen["state"].as_str().expect("a state").to_owned();
        assert!(["running", "done"].contains(&state.as_str()), "killed after {life} ms: {seen}");
    }
    let done = wait_for("all rows are done", async || {
        let seen = root.see(&format!("bulk/{id}")).await;
        (seen["state"] == "done").then_some(seen)
    })
    .await;
    assert_eq!(done["counts"]["states"], json!({ "done": PEOPLE }));
    let request = done["request"].as_str().expect("one request").to_owned();
    let request: Value = root.complete(&request).await;
    assert_eq!(request["counts"]["verified"], request["counts"]["total"]);
    let filter = format!("(&(objectClass=user)(userPrincipalName=p*@{code}.example))");
    let mut found = site.find(&site.administrator(), &filter).await;
    found.sort();
    let all = found.len();
    found.dedup();
    assert_eq!((all, found.len()), (PEOPLE, PEOPLE), "everybody once");
    let managed = format!("(&(objectClass=user)(userPrincipalName=p*@{code}.example)(manager=*))");
    assert_eq!(site.find(&site.administrator(), &managed).await.len(), PEOPLE - 1);
    // The same file changes nothing.
    let again =
        root.post_bytes(&format!("imports?customer={code}&name=people.csv"), csv.as_bytes()).await.good();
    assert_eq!(again["counts"]["acts"], json!({ "nothing": PEOPLE }));
    // And everything goes back.
    let back = root.post(&format!("bulk/{id}/undo"), &Value::Null).await.good();
    let back_id = back["id"].as_str().expect("an id").to_owned();
    let begin = json!({ "version": back["version"] });
    root.post(&format!("bulk/{back_id}/run"), &begin).await.good();
    let back = wait_for("the way back is done", async || {
        let seen = root.see(&format!("bulk/{back_id}")).await;
        (seen["state"] == "done").then_some(seen)
    })
    .await;
    root.complete(back["request"].as_str().expect("one request")).await;
    let enabled = format!(
        "(&(objectClass=user)(userPrincipalName=p*@{code}.example)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"
    );
    assert!(site.find(&site.administrator(), &enabled).await.is_empty(), "nobody of them can log on");
    assert!(server.stop().await.success());
}
