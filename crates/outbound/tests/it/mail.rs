//! Mails through a real client to a server on this machine, and its moods.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    brand::Look,
    mail::{Addressee, Brand, Kind, Message, Text},
};
use outbound::{
    Reply, Verdict,
    mail::{MailSettings, Mailer, Security, check_from},
};
use testkit::smtp::{Mood, Smtp};
use zeroize::Zeroizing;

use crate::world::now;

const ADDRESS: &str = "anna.berg@acme.example";

fn settings(server: &Smtp, security: Security) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".to_owned(),
        port: server.port(),
        security,
        authorities: Some(server.ca_pem().as_bytes().to_vec()),
        login: None,
        from: "Provider <no-reply@provider.example>".to_owned(),
        from_of: BTreeMap::from([("north".to_owned(), "North <hello@north.example>".to_owned())]),
    }
}

fn message(brand: Option<&str>) -> Message {
    Message {
        kind: Kind::Reset,
        language: "da".to_owned(),
        brand: brand.map(|code| Brand {
            code: Some(code.to_owned()),
            host: None,
            look: Look::named(code.to_uppercase()),
        }),
        to: Addressee {
            address: ADDRESS.to_owned(), name: "Åse Berg".to_owned(), login: ADDRESS.to_owned()
        },
        tenant: "Acme".to_owned(),
        time_zone: "UTC".to_owned(),
        token: "t".to_owned(),
        until: now(),
    }
}

fn text() -> Text {
    Text {
        subject: "Vælg en adgangskode".to_owned(),
        plain: "Hej\n.\nhttps://portal.example/activate/t".to_owned(),
        html: "<p>Hej</p>".to_owned(),
    }
}

async fn send(settings: &MailSettings, brand: Option<&str>) -> Reply {
    let mailer = Mailer::new(settings).expect("a mailer");
    mailer.send("mai_1", &message(brand), &text(), now()).await
}

#[tokio::test]
async fn a_mail_arrives_whole_encrypted_and_from_the_brand() {
    for (implicit, security) in [(false, Security::Starttls), (true, Security::Implicit)] {
        let server = Smtp::start(implicit).await.expect("a server");
        let login = Some(("tenantry".to_owned(), Zeroizing::new("s3cret".to_owned())));
        let settings = MailSettings { login, ..settings(&server, security) };
        for brand in [None, Some("north"), Some("south")] {
            let reply = send(&settings, brand).await;
            assert_eq!(reply.verdict, Verdict::Done, "{}", reply.said);
        }
        let all = server.received();
        let from: Vec<_> = all.iter().map(|mail| mail.header("From").expect("a sender")).collect();
        let expected = [
            "Provider <no-reply@provider.example>",
            "North <hello@north.example>",
            // Without a sender of its own at least the name is the brand's.
            "SOUTH <no-reply@provider.example>",
        ];
        assert_eq!(from, expected);
        for mail in &all {
            assert!(mail.encrypted);
            assert_eq!(mail.login, Some(("tenantry".to_owned(), "s3cret".to_owned())));
            assert_eq!(mail.to, [ADDRESS]);
            assert!(mail.header("Message-ID").expect("an id").starts_with("<mai_1@"));
            assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
            assert_eq!(mail.header("Date").as_deref(), Some("Mon, 02 Mar 2026 08:00:00 +0000"));
            assert!(mail.text().contains("https://portal.example/activate/t"), "{}", mail.data);
            assert!(mail.data.contains("multipart/alternative"), "{}", mail.data);
        }
    }
}

#[tokio::test]
async fn every_answer_of_the_server_says_what_to_do_and_names_nobody() {
    let server = Smtp::start(false).await.expect("a server");
    let login = Some(("tenantry".to_owned(), Zeroizing::new("wrong".to_owned())));
    let settings = MailSettings { login, ..settings(&server, Security::Starttls) };
    for (mood, verdict, said) in [
        (Mood::RefuseRecipient("anna"), Verdict::Refused, "User unknown"),
        (Mood::Busy, Verdict::Passing, "451"),
        // What is said before a mail is named is about no mail, however final it sounds.
        (Mood::RefuseLogin, Verdict::Away, "535"),
        (Mood::RefuseGreeting, Verdict::Away, "554"),
        (Mood::RefuseSender, Verdict::Away, "550"),
        (Mood::OddAfterData, Verdict::Away, "354"),
        (Mood::CutAfterData, Verdict::Away, ""),
        (Mood::Down, Verdict::Away, ""),
    ] {
        server.set(mood);
        let reply = send(&settings, None).await;
        assert_eq!(reply.verdict, verdict, "{mood:?}: {}", reply.said);
        assert!(reply.said.contains(said), "{mood:?}: {}", reply.said);
        assert!(!reply.said.is_empty() && !reply.said.contains(ADDRESS), "{mood:?}: {}", reply.said);
    }
    server.set(Mood::RefuseRecipient("somebody else"));
    assert_eq!(send(&settings, None).await.verdict, Verdict::Done);
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_nobody_vouches_for() {
    for (implicit, security) in [(false, Security::Starttls), (true, Security::Implicit)] {
        let server = Smtp::start(implicit).await.expect("a server");
        let unknown = MailSettings { authorities: None, ..settings(&server, security) };
        assert_eq!(send(&unknown, None).await.verdict, Verdict::Away);
        let misnamed = MailSettings { host: "localhost".to_owned(), ..settings(&server, security) };
        assert_eq!(send(&misnamed, None).await.verdict, Verdict::Away);
        // Nor in clear to one that has no TLS to offer where it is expected; the other way
        // round both wait for each other until the bound of a call.
        if !implicit {
            let wrong = MailSettings { security: Security::Implicit, ..settings(&server, security) };
            assert_eq!(send(&wrong, None).await.verdict, Verdict::Away);
        }
        assert!(server.connections() > 0, "it was asked");
        assert!(server.received().is_empty());
    }
}

#[test]
fn a_sender_is_an_address_with_or_without_a_name() {
    for good in ["a@x.example", "Nord & Syd <a@x.example>", "\"Nord, Syd\" <a@x.example>"] {
        assert!(check_from(good).is_ok(), "{good}");
    }
    for bad in ["", "Nord", "Nord <a@>", "a@x.example\r\nBcc: b@y.example"] {
        assert!(check_from(bad).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn an_address_the_server_cannot_take_is_refused_alone() {
    let server = Smtp::start(false).await.expect("a server");
    let mailer = Mailer::new(&settings(&server, Security::Starttls)).expect("a mailer");
    let mut message = message(None);
    for (address, verdict, said) in [
        ("änne@acme.example", Verdict::Refused, "SMTPUTF8"),
        ("no address", Verdict::Failed, "not one a mail can be sent to"),
        (ADDRESS, Verdict::Done, "queued"),
    ] {
        message.to.address = address.to_owned();
        let reply = mailer.send("mai_1", &message, &text(), now()).await;
        assert_eq!(reply.verdict, verdict, "{address}: {}", reply.said);
        assert!(reply.said.contains(said) && !reply.said.contains(address), "{address}: {}", reply.said);
    }
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_sender_of_one_brand_that_is_not_taken_stops_nobody_else() {
    let server = Smtp::start(false).await.expect("a server");
    let settings = settings(&server, Security::Starttls);
    server.set(Mood::RefuseSender);
    assert_eq!(send(&settings, Some("north")).await.verdict, Verdict::Passing);
    assert_eq!(send(&settings, Some("south")).await.verdict, Verdict::Away, "everybody's sender");
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_not_the_next_mail_s() {
    let server = Smtp::start(false).await.expect("a server");
    let mailer = Mailer::new(&settings(&server, Security::Starttls)).expect("a mailer");
    let mailer = mailer.within(Duration::from_secs(1));
    server.set(Mood::LateAfterData);
    let late = mailer.send("mai_1", &message(None), &text(), now()).await;
    assert_eq!(late.verdict, Verdict::Away, "{}", late.said);
    assert_eq!(server.received().len(), 1, "it has the mail");
    server.set(Mood::RefuseRecipient("anna"));
    server.cut();
    let patient = mailer.within(Duration::from_secs(60));
    let next = patient.send("mai_2", &message(None), &text(), now()).await;
    assert_eq!(next.verdict, Verdict::Refused, "{}", next.said);
    server.set(Mood::Accept);
    for id in ["mai_3", "mai_4"] {
        let sent = patient.send(id, &message(None), &text(), now()).await;
        assert_eq!(sent.verdict, Verdict::Done, "{}", sent.said);
    }
    assert_eq!(server.connections(), 3, "what went well rests for the next, and nothing else does");
}
