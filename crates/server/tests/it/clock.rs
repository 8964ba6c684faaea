//! A controller whose clock is wrong: an hour ahead, then five minutes behind,
//! so that what happens later is written with an earlier time.

use std::net::Ipv4Addr;

use serde_json::{Value, json};
use testkit::samba::{Domain, DomainOptions, cache};

use crate::{
    directory::Site,
    http::Client,
    process::{PASSWORD, wait_for},
};

const SECOND_PASSWORD: &str = "Another-Password-2026";
const HOUR: i64 = 3_600;
const FIVE_MINUTES: i64 = 300;

async fn warned(root: &Client, direction: &str, seconds: i64) {
    wait_for("the clock is warned of", async || {
        let shown = root.see("directories/shared").await;
        assert_ne!(shown["health"], "unknown");
        let warning = shown["warnings"].as_array()?.first()?.clone();
        assert_eq!(warning["code"], "clock_skew");
        let off: i64 = warning["args"]["seconds"].as_str()?.parse().ok()?;
        (warning["args"]["direction"] == direction && (off - seconds).abs() <= 30).then_some(())
    })
    .await;
}

/// One attribute of one account, as the administrator sees it.
async fn value(site: &Site, login: &str, attribute: &str) -> Option<String> {
    let (base, filter) = (site.domain.base_dn.clone(), format!("(userPrincipalName={login})"));
    let arguments = ["-LLL", "-o", "ldif-wrap=no", "-b", &base, &filter, attribute];
    let (_, said) = site.ldap("ldapsearch", &site.administrator(), &arguments, "").await;
    let mark = format!("{attribute}: ");
    said.lines().find_map(|line| line.strip_prefix(&mark)).map(str::to_owned)
}

async fn act(root: &Client, path: &str, body: &Value) -> Value {
    let answer = root.post(path, body).await.good();
    if let Some(request) = answer["provisioning"]["request"].as_str() {
        root.complete(request).await;
    }
    answer
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_warned_of_and_everything_comes_true_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = DomainOptions::new(Ipv4Addr::LOCALHOST);
    let started = Domain::start_anywhere(&folder.path().join("ad"), &cache(), &options).await;
    let mut domain = started.expect("a domain controller of our own; see `make setup`");
    let site = Site::in_domain(domain.directory().clone(), None).await;
    site.delegate().await;
    site.samba_tool(&["domain", "passwordsettings", "set", "--account-lockout-threshold=3"]).await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;

    domain.set_clock(HOUR);
    domain.restart().await.expect("it starts again");
    let order = root.order(&site.code('c'), 1).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    root.activate(&order["activation"]["link"]).await;
    let login = order["administrator"]["principal_name"].as_str().expect("a name").to_owned();
    assert!(site.binds(&login, PASSWORD).await);
    let early: i64 = value(&site, &login, "pwdLastSet").await.expect("set").parse().expect("a number");
    warned(&root, "ahead", HOUR).await;

    domain.set_clock(-FIVE_MINUTES);
    domain.restart().await.expect("it starts again");
    let id = order["administrator"]["id"].as_str().expect("an id");
    let reset = act(&root, &format!("users/{id}/password-reset"), &json!({})).await;
    let link = &reset["activation"]["link"];
    let token =
        link.as_str().unwrap_or_else(|| panic!("a link: {reset}")).rsplit('/').next().expect("a token");
    let path = format!("activations/{token}");
    root.post(&path, &json!({ "password": SECOND_PASSWORD })).await.good();
    wait_for("the second password is verified", async || {
        let seen = root.see(&path).await;
        assert_ne!(seen["state"], "failed", "{seen}");
        (seen["state"] == "done").then_some(())
    })
    .await;
    assert!(site.binds(&login, SECOND_PASSWORD).await);
    let late: i64 = value(&site, &login, "pwdLastSet").await.expect("set").parse().expect("a number");
    assert!(late < early, "the fault happened: it was set later, and the clock says earlier");

    for _ in 0..4 {
        site.binds(&login, "Wrong-Password-1").await;
    }
    assert!(!site.binds(&login, SECOND_PASSWORD).await, "it is locked");
    act(&root, &format!("users/{id}/unlock"), &json!({})).await;
    assert!(site.binds(&login, SECOND_PASSWORD).await, "unlocked");
    warned(&root, "behind", FIVE_MINUTES).await;

    // Not before: work on the account would have put it right as a whole.
    let changed = format!(
        "dn: {}\nchangetype: modify\nreplace: title\ntitle: Changed by hand\n",
        value(&site, &login, "distinguishedName").await.expect("a name")
    );
    let (status, said) = site.ldap("ldapmodify", &site.administrator(), &[], &changed).await;
    assert_eq!(status, 0, "{said}");

    let found = wait_for("what was changed by hand is found", async || {
        let found = root.see("findings?state=open").await["items"].clone();
        found.as_array()?.iter().find(|f| f["attribute"] == "title").cloned()
    })
    .await;
    // The controller's own clock, which is the only one that saw it.
    let at: jiff::Timestamp = found["changed_at"].as_str().expect("a time").parse().expect("a time");
    let written = value(&site, &login, "whenChanged").await.expect("a time");
    assert!(written.starts_with(&at.strftime("%Y%m%d").to_string()), "{at} {written}");
    act(&root, &format!("users/{id}/expire-password"), &json!({})).await;
    assert_eq!(value(&site, &login, "pwdLastSet").await.as_deref(), Some("0"), "it has to be changed");
    assert!(server.stop().await.success());
    domain.stop().await.expect("it stops");
}
