//! A file of people through the real binary into a real directory, and back. What becomes of it where
//! the server is killed is in [`crate::bulk_kills`].

use serde_json::{Value, json};

use crate::{
    directory::{Site, value},
    process::wait_for,
};

const PEOPLE: usize = 200;

#[tokio::test]
async fn a_file_of_people_is_in_the_directory_once_and_goes_back() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
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

#[tokio::test]
async fn what_a_directory_has_is_in_the_preview_though_nobody_looked_at_it() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('n');
    let order = root.order(&code, 0).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let tag = &site.tag;
    // One in what was given to the product, one elsewhere in the domain, and a group.
    let (inside, outside) = (&site.folder, site.folder.split_once(',').expect("a folder in something").1);
    let ldif = format!(
        "dn: CN=Ida {tag},{inside}\nobjectClass: user\nsAMAccountName: ida.{tag}\nuserPrincipalName: Ida@{code}.example\n\n\
         dn: CN=Jens {tag},{outside}\nobjectClass: user\nsAMAccountName: Jens.{tag}\n\n\
         dn: CN=Mia {tag},{inside}\nobjectClass: group\nsAMAccountName: mia.bech_{code}\n\n"
    );
    site.ldap("ldapadd", &site.administrator(), &[], &ldif).await;
    let csv = format!(
        "principal_name,given_name,surname,logon_name\n\
         ida@{code}.example,Ida,Lund,\n\
         jens@{code}.example,Jens,Krag,jens.{tag}\n\
         ,Mia,Bech,\n\
         ole@{code}.example,Ole,Holm,\n"
    );
    let path = format!("imports?customer={code}&name=people.csv");
    let shown = root.post_bytes(&path, csv.as_bytes()).await.good();
    let id = shown["id"].as_str().expect("an id").to_owned();
    let settled = wait_for("the directory has answered", async || {
        let seen = root.see(&format!("bulk/{id}")).await;
        (seen["names"]["settled"] == true).then_some(seen)
    })
    .await;
    assert_eq!(settled["counts"]["acts"], json!({ "create": 2, "conflict": 2 }), "{settled}");
    let rows = root.see(&format!("bulk/{id}/rows?act=conflict")).await;
    let rules: Vec<_> =
        rows["items"].as_array().expect("rows").iter().map(|row| &row["errors"][0]["rule"]).collect();
    assert_eq!(rules, ["in_directory", "in_directory"], "{rows}");
    root.post(&format!("bulk/{id}/run"), &json!({ "version": settled["version"] })).await.good();
    let done = wait_for("all rows are done", async || {
        let seen = root.see(&format!("bulk/{id}")).await;
        (seen["state"] == "done").then_some(seen)
    })
    .await;
    let request: Value = root.complete(done["request"].as_str().expect("one request")).await;
    assert_eq!(request["counts"]["failed"], 0, "what was foreseen is what happens: {request}");
    let mia = format!("(&(objectClass=user)(sAMAccountName=mia.bech2_{code}))");
    assert_eq!(site.find(&site.administrator(), &mia).await.len(), 1, "the made name gave way");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_password_of_a_file_is_the_first_one_of_the_account_and_has_to_be_changed() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('w');
    let order = root.order(&code, 0).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let customer = order["customer"]["id"].as_str().expect("a customer");
    let settings = format!("tenants/{customer}/settings");
    let version = root.see(&settings).await["version"].to_string();
    root.patch(&settings, &version, &json!({ "import_passwords": "true" })).await;
    let csv = format!(
        "principal_name,given_name,surname,password,must_change_password\n\
         ida@{code}.example,Ida,Lund,Correct-Horse-7,\n\
         jens@{code}.example,Jens,Krag,Battery-Staple-8,no\n\
         mia@{code}.example,Mia,Bech,,\n"
    );
    let path = format!("imports?customer={code}&name=people.csv");
    let shown = root.post_bytes(&path, csv.as_bytes()).await.good();
    assert_eq!((&shown["file"]["passwords"], &shown["file"]["sealed"]), (&json!(2), &json!(2)), "{shown}");
    let id = shown["id"].as_str().expect("an id").to_owned();
    root.post(&format!("bulk/{id}/run"), &json!({ "version": shown["version"] })).await.good();
    let done = wait_for("all rows are done", async || {
        let seen = root.see(&format!("bulk/{id}")).await;
        (seen["state"] == "done").then_some(seen)
    })
    .await;
    root.complete(done["request"].as_str().expect("one request")).await;
    assert!(site.binds(&format!("jens@{code}.example"), "Battery-Staple-8").await, "as the file says");
    let (ida, jens) = (format!("ida@{code}.example"), format!("jens@{code}.example"));
    assert!(!site.binds(&ida, "Correct-Horse-7").await, "before it is changed");
    assert_eq!(value(&site, &ida, "pwdLastSet").await.as_deref(), Some("0"));
    assert_ne!(value(&site, &jens, "pwdLastSet").await.as_deref(), Some("0"));
    let filter = format!("(&(userPrincipalName={ida})(!(userAccountControl:1.2.840.113556.1.4.803:=2)))");
    assert_eq!(site.find(&site.administrator(), &filter).await.len(), 1, "who changes it can log on");
    // It is no password of the portal, and nobody counts as somebody who came.
    let person = root.see(&format!("customers/{customer}/users?search=jens")).await["items"][0].clone();
    assert_eq!(person["activated_at"], Value::Null, "{person}");
    assert!(server.stop().await.success());
}
