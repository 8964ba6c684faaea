//! A controller that must not be trusted, and an account that is not let in:
//! the work waits with a reason, other directories go on, and nothing has to be
//! restarted when the cause is gone.

use std::net::Ipv4Addr;

use serde_json::{Value, json};
use testkit::samba::{Certificate, Domain, DomainOptions, cache};

use crate::{
    directory::Site,
    http::Client,
    process::{PASSWORD, wait_for},
};

/// A change of the account that was not told to us.
const OTHER_PASSWORD: &str = "Changed-Behind-Our-Back-7!";

/// A person more; gives the request.
async fn person(root: &Client, order: &Value, name: &str) -> String {
    let path = format!("customers/{}/users", order["customer"]["id"].as_str().expect("an id"));
    let user = root.post(&path, &json!({ "given_name": "Late", "surname": name })).await.good();
    user["provisioning"]["request"].as_str().expect("a request").to_owned()
}

/// Waits until the directory is away for this reason and the work says so.
async fn parked(root: &Client, request: &str, code: &str) -> Value {
    wait_for(&format!("the work waits because of {code}"), async || {
        let items = root.see(&format!("requests/{request}/items")).await["items"].clone();
        let items = items.as_array()?.clone();
        assert!(items.iter().all(|item| item["state"] != "failed"), "{items:?}");
        let shown = root.see("directories/shared").await;
        let says = shown["health"] == "down" && shown["last_error"]["code"] == code;
        let waits = |item: &Value| item["state"] == "parked" && item["problem"]["code"] == code;
        (says && items.iter().any(waits)).then_some(shown)
    })
    .await
}

#[tokio::test]
async fn a_bad_certificate_or_a_changed_password_parks_one_directory_until_it_is_good_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = DomainOptions::new(Ipv4Addr::LOCALHOST);
    let started = Domain::start_anywhere(&folder.path().join("ad"), &cache(), &options).await;
    let mut domain = started.expect("a domain controller of our own; see `make setup`");
    let site = Site::in_domain(domain.directory().clone(), None).await;
    let other = Site::new().await;
    site.delegate().await;
    other.delegate().await;
    let section = |site: &Site| {
        let text = std::fs::read_to_string(site.installation.config()).expect("our own file");
        text.split_once("[[directory]]").map(|(_, rest)| format!("[[directory]]{rest}")).expect("a directory")
    };
    let further = section(&other).replace("\"shared\"", "\"other\"").replace(
        "\"shared.password\"",
        &format!("\"{}\"", other.installation.path().join("shared.password").display()),
    );
    let own = std::fs::read_to_string(site.installation.config()).expect("our own file");
    site.installation.write(&format!("{own}\n{further}"));
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let order = root.order_in(&site.code('t'), "shared", 1).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;

    let cases = [
        (Certificate::Expired, "certificate_expired"),
        (Certificate::Unknown, "certificate_not_trusted"),
        (Certificate::OtherName, "certificate_name"),
    ];
    for (certificate, code) in cases {
        domain.certify(certificate).expect("a certificate");
        domain.restart().await.expect("it starts again");
        let request = person(&root, &order, code).await;
        let shown = parked(&root, &request, code).await;
        assert_eq!(shown["last_error"]["cure_kind"], "repair", "{shown}");
        if certificate == Certificate::Expired {
            let elsewhere = root.order_in(&other.code('o'), "other", 1).await;
            root.complete(elsewhere["request"]["id"].as_str().expect("a request")).await;
        }
        domain.certify(Certificate::Good).expect("a certificate");
        domain.restart().await.expect("it starts again");
        let seen = root.complete(&request).await;
        assert_eq!(seen["counts"]["failed"], 0, "{seen}");
    }

    let account = format!("svc-{}", site.tag);
    // Twice: the password before the last one is let in for an hour.
    for password in ["Between-The-Two-7!", OTHER_PASSWORD] {
        site.samba_tool(&["user", "setpassword", &account, &format!("--newpassword={password}")]).await;
    }
    // What was connected stays so: the next connection finds it.
    domain.restart().await.expect("it starts again");
    let request = person(&root, &order, "Behind").await;
    let shown = parked(&root, &request, "credentials_refused").await;
    assert_eq!(shown["last_error"]["args"]["cause"], "wrong_password", "{shown}");
    std::fs::write(site.installation.path().join("shared.password"), OTHER_PASSWORD).expect("our own folder");
    root.complete(&request).await;

    let filter = format!("(&(objectClass=user)(userPrincipalName=*@{}.example))", site.code('t'));
    assert_eq!(site.find(&site.administrator(), &filter).await.len(), 6, "everybody once");
    root.activate(&order["activation"]["link"]).await;
    assert!(site.binds(order["administrator"]["principal_name"].as_str().expect("a name"), PASSWORD).await);
    assert!(server.stop().await.success());
    domain.stop().await.expect("it stops");
}
