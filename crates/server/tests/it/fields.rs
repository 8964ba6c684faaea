//! Custom fields in a real directory; who looks are `ldap-utils`.

use serde_json::{Value, json};

use crate::{
    directory::{Site, value},
    http::Client,
    process::wait_for,
};

/// Where the room stands.
const ROOM: &str = "roomNumber";

/// The open finding of the room, once a scan found it.
async fn found(root: &Client) -> Value {
    wait_for("the change is found", async || {
        root.post("directories/shared/scan", &json!({})).await.good();
        let page = root.see("findings?state=open").await;
        let all = page["items"].as_array().expect("findings").clone();
        all.into_iter().find(|finding| finding["attribute"] == "room_number")
    })
    .await
}

#[tokio::test]
async fn a_field_is_written_changed_compared_and_emptied_in_the_directory() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('f');
    let order = root.order(&code, 1).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let customer = order["customer"]["id"].as_str().expect("a customer");
    let fields = format!("tenants/{customer}/fields");
    for (key, attribute) in [("room", "room_number"), ("contract", "extension1")] {
        let body = json!({ "key": key, "label": key, "kind": "text", "attribute": attribute });
        root.post(&fields, &body).await.good();
    }
    // Somebody new has it from the beginning.
    let new =
        json!({ "given_name": "Cy", "surname": "Berg", "fields": { "room": "12 \"ø\"", "contract": "V-7" } });
    let made = root.post(&format!("customers/{customer}/users"), &new).await.good();
    root.complete(made["provisioning"]["request"].as_str().expect("a request")).await;
    let login = made["principal_name"].as_str().expect("a name");
    let path = format!("users/{}", made["id"].as_str().expect("an id"));
    // Not printable in LDIF as it is, so base64 of the same.
    assert_eq!(value(&site, login, ROOM).await.as_deref(), Some("MTIgIsO4Ig=="));
    assert_eq!(value(&site, login, "msDS-cloudExtensionAttribute1").await.as_deref(), Some("V-7"));
    root.change(&path, &json!({ "fields": { "room": "13" } })).await;
    assert_eq!(value(&site, login, ROOM).await.as_deref(), Some("13"));
    assert_eq!(value(&site, login, "msDS-cloudExtensionAttribute1").await.as_deref(), Some("V-7"));

    // Behind our back, once another value and once a second one.
    let dn = site.find(&site.administrator(), &format!("(userPrincipalName={login})")).await.remove(0);
    let tamper = async |how: &str, text: &str| {
        let ldif = format!("dn: {dn}\nchangetype: modify\n{how}: {ROOM}\n{ROOM}: {text}\n");
        let (status, said) = site.ldap("ldapmodify", &site.administrator(), &[], &ldif).await;
        assert_eq!(status, 0, "{said}");
    };
    tamper("replace", "99").await;
    let finding = found(&root).await;
    assert_eq!((&finding["wanted"], &finding["found"]), (&json!("13"), &json!("99")));
    let id = finding["id"].as_str().expect("an id");
    root.post(&format!("findings/{id}/adopt"), &json!({})).await.good();
    assert_eq!(root.see(&path).await["fields"]["room"], "99", "what was found is the person's value");
    tamper("add", "100").await;
    let finding = found(&root).await;
    assert_eq!((&finding["wanted"], &finding["found"]), (&json!("99"), &json!("100; 99")));
    let id = finding["id"].as_str().expect("an id");
    let reverted = root.post(&format!("findings/{id}/revert"), &json!({})).await.good();
    root.complete(reverted["request"].as_str().expect("a request")).await;
    assert_eq!(value(&site, login, ROOM).await.as_deref(), Some("99"));

    root.change(&path, &json!({ "fields": { "room": null } })).await;
    assert_eq!(value(&site, login, ROOM).await, None);
    assert_eq!(value(&site, login, "msDS-cloudExtensionAttribute1").await.as_deref(), Some("V-7"));
    assert!(server.stop().await.success());
}
