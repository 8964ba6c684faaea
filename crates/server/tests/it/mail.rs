//! Mail through the binaries: from the configuration to a real mail server, and a worker
//! that dies between the server's answer and its record.

use serde_json::json;
use testkit::{
    postgres::TestDatabase,
    smtp::{Mood, Smtp},
};

use crate::{
    lifecycle::{url_of, use_keys_of_the_run},
    process::{Installation, PASSWORD, ROOT, wait_for},
};

/// The section of the configuration, with the certificate beside it.
async fn installation(server: &Smtp, database: &TestDatabase) -> Installation {
    let more = format!(
        "[[brand]]\ncode = \"north\"\nname = \"North Cloud\"\nhost_names = [\"portal.north.test\"]\n\
         [mail]\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"mail-ca.pem\"\n\
         from = \"Provider <no-reply@hq.example>\"\n",
        server.port()
    );
    let installation = Installation::new(&more, Some(url_of(database.name())));
    std::fs::write(installation.path().join("mail-ca.pem"), server.ca_pem()).expect("a certificate");
    use_keys_of_the_run(&installation);
    installation.migrate();
    database
        .execute(&format!("UPDATE users SET mail = 'root@mail.test' WHERE principal_name = '{ROOT}'"))
        .await;
    installation
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_the_same_mail_comes_again_and_its_link_sets_the_password() {
    let smtp = Smtp::start(false).await.expect("a mail server");
    let database = TestDatabase::empty().await;
    let installation = installation(&smtp, &database).await;
    let (server, _root) = installation.serve(&[]).await;
    smtp.set(Mood::SilentAfterData);
    let asked = installation.client().post("password-resets", &json!({ "login": ROOT })).await;
    assert_eq!(asked.status, 202, "{}", asked.body);
    wait_for("the mail", async || (smtp.received().len() == 1).then_some(())).await;
    server.kill().await;
    smtp.set(Mood::Accept);
    let (server, root) = installation.serve(&[]).await;
    let state = async || root.see("mails").await["items"][0]["state"].as_str().expect("a state").to_owned();
    assert_eq!(state().await, "requested", "nobody recorded what became of it");
    // The lease of the dead one ends by itself; the test does not wait for that.
    database.execute("UPDATE mail SET lease_until = now()").await;
    wait_for("the mail is sent", async || (state().await == "sent").then_some(())).await;
    let mails = smtp.received();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
    assert_eq!(mails[1].header("From").as_deref(), Some("Provider <no-reply@hq.example>"));
    assert!(mails.iter().all(|mail| mail.encrypted && mail.to == ["root@mail.test"]));
    let text = mails[1].text();
    let token = text.split("/activate/").nth(1).expect("a link");
    let token: String =
        token.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let chosen = json!({ "password": "Another-Password-2026" });
    installation.client().post(&format!("activations/{token}"), &chosen).await.good();
    assert_eq!(root.get("me").await.expect("an answer").status, 401, "signed out everywhere");
    let wrong = json!({ "login": ROOT, "password": PASSWORD });
    assert_eq!(installation.client().post("sessions", &wrong).await.status, 401);
    installation.client().sign_in(ROOT, "Another-Password-2026").await;
    assert!(server.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_mail_refuses_what_needs_it() {
    let database = TestDatabase::empty().await;
    let installation = Installation::new("", Some(url_of(database.name())));
    use_keys_of_the_run(&installation);
    installation.migrate();
    let (server, root) = installation.serve(&[]).await;
    let asked = installation.client().post("password-resets", &json!({ "login": ROOT })).await;
    assert_eq!((asked.status, &asked.body["code"]), (409, &"mail_off".into()));
    assert_eq!(root.see("mails").await["items"], json!([]));
    assert!(server.stop().await.success());
}
