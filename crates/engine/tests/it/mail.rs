//! The outbox: what was wanted is sent, whatever breaks in between, under one Message-ID.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use connector::Lane;
use domain::{
    limits,
    mail::{Addressee, Kind, Message, Text},
};
use engine::{Engine, Mailing, Render};
use outbound::mail::{MailSettings, Mailer, Security};
use store::{
    Settings,
    activations::Purpose,
    engine::EngineStore,
    tx::{Cause, act},
};
use testkit::smtp::{Mood, Smtp};

use crate::world::{Customer, Person, World};

const BOUND: Duration = Duration::from_secs(60);

fn render(message: &Message) -> Text {
    let plain = format!("{} {} {}", message.kind.code(), message.to.login, message.token);
    Text { subject: message.kind.code().to_owned(), html: format!("<p>{plain}</p>"), plain }
}

fn mailing(server: &Smtp) -> Mailing {
    let settings = MailSettings {
        host: "127.0.0.1".to_owned(),
        port: server.port(),
        security: Security::Starttls,
        authorities: Some(server.ca_pem().as_bytes().to_vec()),
        login: None,
        from: "no-reply@provider.example".to_owned(),
        from_of: BTreeMap::new(),
    };
    let render: Render = Arc::new(render);
    Mailing::Send { mailer: Arc::new(Mailer::new(&settings).expect("a mailer")), render }
}

impl World {
    fn mailer(&self, server: &Smtp) -> Engine {
        self.engine().with_mail(mailing(server))
    }

    /// Has these people mailed a new link each, in one transaction.
    async fn mail(&self, customer: &Customer, people: &[Person]) {
        let mut tx = self.store.write(&self.root).await.expect("writing");
        let tenant = tx.tenant(customer.id).await.expect("the customer");
        tx.permit::<act::UserCreate>(&tenant).expect("may");
        let ids: Vec<_> = people.iter().map(|p| p.id).collect();
        let links = tx.issue_links(customer.id, &ids, Purpose::Activation).await.expect("links");
        for (id, token) in ids.iter().zip(&links.tokens) {
            let address = format!("{id}@acme.test");
            let to = Addressee { address, name: "Anna".to_owned(), login: "anna@acme.test".to_owned() };
            tx.send_link(Kind::Activation, customer.id, *id, token, to).expect("a mail");
        }
        tx.commit(&Cause::default()).await.expect("committing");
    }

    /// State and problem of every mail, in the order they were wanted.
    async fn mails(&self) -> Vec<(String, String)> {
        let rows = self.db.rows("SELECT state, problem->>'code' AS code FROM mail ORDER BY id").await;
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        rows.iter().map(|row| (text(&row["state"]), text(&row["code"]))).collect()
    }

    /// Whatever waits for a moment is due now, and the server may be asked.
    async fn hurry_mails(&self) {
        self.db.execute("UPDATE mail SET due_at = now() - interval '1 s'").await;
        self.db.execute("UPDATE mail_health SET retry_at = NULL").await;
    }

    async fn send_all(&self, engine: &Engine) {
        while engine.mail().await.expect("mailing") {}
    }
}

fn is(state: &str, code: &str) -> (String, String) {
    (state.to_owned(), code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_one_mail_and_nothing_personal_is_stored_in_clear() {
    let world = World::new().await;
    let server = Smtp::start(false).await.expect("a server");
    let engine = world.mailer(&server);
    let customer = world.order("acme", 30, Lane::Interactive).await;
    world.mail(&customer, &customer.people).await;
    let stored = world.db.rows("SELECT mail::text AS all FROM mail").await;
    for row in &stored {
        let text = row["all"].as_str().expect("text");
        for word in ["acme.test", "Anna"] {
            // As the database writes bytes.
            let hex: Vec<_> = word.bytes().map(|b| format!("{b:02x}")).collect();
            assert!(!text.contains(word) && !text.contains(&hex.concat()), "{text}");
        }
    }
    world.send_all(&engine).await;
    let mails = server.received();
    assert_eq!(mails.len(), 30);
    let ids: std::collections::BTreeSet<_> = mails.iter().map(|m| m.header("Message-ID")).collect();
    assert_eq!(ids.len(), 30, "one each");
    assert!(server.connections() < 30, "connections are shared");
    assert!(world.mails().await.iter().all(|mail| *mail == is("sent", "")));
    // Who has no key any more gets nothing, and nobody can say where it would have gone.
    world.mail(&customer, &customer.people[..1]).await;
    world.db.execute("DELETE FROM person_key").await;
    world.send_all(&engine).await;
    assert_eq!(world.mails().await.last(), Some(&is("failed", "mail_late")));
    assert_eq!(server.received().len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_urgent_goes_first_and_thousands_of_one_customer_wait_for_nobody_s_turn() {
    let world = World::new().await;
    let server = Smtp::start(false).await.expect("a server");
    let engine = world.mailer(&server);
    let many = world.order("acme", 40, Lane::Interactive).await;
    world.mail(&many, &many.people).await;
    let few = world.order("beta", 2, Lane::Interactive).await;
    world.mail(&few, &few.people[..1]).await;
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let links = tx.issue_links(few.id, &[few.people[1].id], Purpose::Reset).await.expect("a link");
    let to = Addressee { address: "late@x.test".to_owned(), name: String::new(), login: String::new() };
    tx.send_link(Kind::ResetRequested, few.id, few.people[1].id, &links.tokens[0], to).expect("a mail");
    tx.commit(&Cause::default()).await.expect("committing");
    assert!(engine.mail().await.expect("mailing"), "one claim");
    let sent = server.received();
    assert_eq!(sent.len(), usize::try_from(limits::MAILS_AT_ONCE).expect("few"));
    let to: Vec<_> = sent.iter().flat_map(|mail| mail.to.clone()).collect();
    assert!(to.contains(&"late@x.test".to_owned()), "somebody waits for it: {to:?}");
    let waiting = format!("{}@acme.test", few.people[0].id);
    assert!(to.contains(&waiting), "the only one of its customer: {to:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_nobody_can_write_to_neither_stops_the_others_nor_says_the_server_is_well() {
    let world = World::new().await;
    let server = Smtp::start(false).await.expect("a server");
    let engine = world.mailer(&server);
    let customer = world.order("acme", 2, Lane::Interactive).await;
    let mail = async |address: &str| {
        let mut tx = world.store.write(&world.root).await.expect("writing");
        let id = customer.people[0].id;
        let links = tx.issue_links(customer.id, &[id], Purpose::Reset).await.expect("a link");
        let to = Addressee { address: address.to_owned(), name: String::new(), login: String::new() };
        tx.send_link(Kind::Reset, customer.id, id, &links.tokens[0], to).expect("a mail");
        tx.commit(&Cause::default()).await.expect("committing");
        world.send_all(&engine).await;
    };
    for _ in 0..=limits::MAIL_FAILURES {
        mail("änne@acme.test").await;
    }
    assert!(world.mails().await.iter().all(|mail| *mail == is("failed", "mail_refused")));
    let said = world.db.rows("SELECT problem->>'target_message' AS said FROM mail").await;
    assert!(said[0]["said"].as_str().expect("words").contains("SMTPUTF8"), "{said:?}");
    let failures = async || {
        let rows = world.db.rows("SELECT failures FROM mail_health").await;
        rows.first().and_then(|row| row["failures"].as_i64()).unwrap_or(0)
    };
    assert_eq!(failures().await, 0, "the lane is open");
    server.set(Mood::RefuseGreeting);
    mail("anna@acme.test").await;
    assert_eq!(world.mails().await.last(), Some(&is("requested", "mail_unreachable")));
    assert_eq!(failures().await, 1);
    mail("no address").await;
    assert_eq!(failures().await, 1, "nobody asked the server");
    server.set(Mood::Accept);
    mail("anna@acme.test").await;
    assert_eq!(world.mails().await.last(), Some(&is("sent", "")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rolled_back_is_not_sent() {
    let world = World::new().await;
    let customer = world.order("acme", 1, Lane::Interactive).await;
    let person = &customer.people[0];
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let links = tx.issue_links(customer.id, &[person.id], Purpose::Reset).await.expect("a link");
    let to = Addressee { address: "a@x.test".to_owned(), name: String::new(), login: String::new() };
    tx.send_link(Kind::Reset, customer.id, person.id, &links.tokens[0], to).expect("a mail");
    drop(tx);
    assert!(world.mails().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_down_gets_every_mail_once_when_it_is_back() {
    let world = World::new().await;
    let server = Smtp::start(false).await.expect("a server");
    let engine = world.mailer(&server);
    let customer = world.order("acme", 20, Lane::Interactive).await;
    world.mail(&customer, &customer.people).await;
    server.set(Mood::Down);
    for _ in 0..limits::MAIL_FAILURES + 2 {
        world.db.execute("UPDATE mail SET due_at = now() - interval '1 s'").await;
        engine.mail().await.expect("mailing");
    }
    assert!(server.connections() > 0, "it was asked");
    let health = world.db.rows("SELECT failures, reason IS NOT NULL AS why FROM mail_health").await;
    assert!(health[0]["failures"].as_i64() >= Some(i64::from(limits::MAIL_FAILURES)), "{health:?}");
    world.db.execute("UPDATE mail_health SET retry_at = now() + interval '1 h'").await;
    let asked = server.connections();
    world.db.execute("UPDATE mail SET due_at = now() - interval '1 s'").await;
    assert!(!engine.mail().await.expect("mailing"), "it is left alone");
    assert_eq!(server.connections(), asked);
    server.set(Mood::Accept);
    world.hurry_mails().await;
    world.send_all(&engine).await;
    assert!(world.mails().await.iter().all(|mail| *mail == is("sent", "")), "{:?}", world.mails().await);
    assert_eq!(server.received().len(), 20);
    let health = world.db.rows("SELECT failures, reason FROM mail_health").await;
    assert_eq!(health[0]["failures"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_address_fails_alone_and_a_busy_server_is_asked_again() {
    let world = World::new().await;
    let server = Smtp::start(false).await.expect("a server");
    let engine = world.mailer(&server);
    let customer = world.order("acme", 2, Lane::Interactive).await;
    world.mail(&customer, &customer.people[..1]).await;
    server.set(Mood::Busy);
    world.send_all(&engine).await;
    assert_eq!(world.mails().await, [is("requested", "mail_unreachable")]);
    server.set(Mood::RefuseRecipient("usr_"));
    world.hurry_mails().await;
    world.send_all(&engine).await;
    assert_eq!(world.mails().await, [is("failed", "mail_refused")]);
    let rows = world.db.rows("SELECT problem->>'target_message' AS said, attempts FROM mail").await;
    let said = rows[0]["said"].as_str().expect("its words");
    assert!(said.contains("550") && !said.contains("acme.test"), "{said}");
    assert_eq!(rows[0]["attempts"], 2);
    server.set(Mood::Accept);
    world.mail(&customer, &customer.people[1..]).await;
    world.send_all(&engine).await;
    assert_eq!(world.mails().await, [is("failed", "mail_refused"), is("sent", "")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_after_the_mail_doubles_it_under_one_message_id() {
    let world = World::new().await;
    let server = Smtp::start(false).await.expect("a server");
    let engine = world.mailer(&server);
    let customer = world.order("acme", 1, Lane::Interactive).await;
    world.mail(&customer, &customer.people).await;
    server.set(Mood::CutAfterData);
    world.send_all(&engine).await;
    assert_eq!(world.mails().await, [is("requested", "mail_unreachable")]);
    server.set(Mood::Accept);
    world.hurry_mails().await;
    world.send_all(&engine).await;
    assert_eq!(world.mails().await, [is("sent", "")]);
    let ids: Vec<_> = server.received().iter().map(|m| m.header("Message-ID").expect("an id")).collect();
    assert_eq!(ids.len(), 2, "the server took both");
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lost_its_lease_records_nothing() {
    let world = World::new().await;
    let server = Smtp::start(false).await.expect("a server");
    let customer = world.order("acme", 1, Lane::Interactive).await;
    world.mail(&customer, &customer.people).await;
    server.set(Mood::SilentAfterData);
    let slow = Arc::new(world.mailer(&server));
    let stuck = tokio::spawn({
        let slow = Arc::clone(&slow);
        async move { slow.mail().await }
    });
    let taken = async {
        while server.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(BOUND, taken).await.expect("the server took the mail");
    let other = world.mailer(&server);
    assert!(!other.mail().await.expect("mailing"), "one worker has it");
    // As when the first is gone, and comes back later.
    world.db.execute("UPDATE mail SET lease_until = now() - interval '1 s'").await;
    server.set(Mood::Accept);
    world.send_all(&other).await;
    assert_eq!(world.mails().await, [is("sent", "")]);
    server.cut();
    assert!(stuck.await.expect("it ends").expect("mailing"), "there was something to record");
    assert_eq!(world.mails().await, [is("sent", "")], "and its outcome counts no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_given_up_when_it_would_be_of_no_use() {
    let world = World::new().await;
    let server = Smtp::start(false).await.expect("a server");
    let engine = world.mailer(&server);
    let customer = world.order("acme", 4, Lane::Interactive).await;
    let hours = |hours: i64| Duration::from_secs(u64::try_from(hours * 3_600).expect("a time"));
    // Its link was replaced meanwhile; the account was disabled.
    world.mail(&customer, &customer.people[..2]).await;
    let mut tx = world.store.write(&world.root).await.expect("writing");
    tx.issue_links(customer.id, &[customer.people[0].id], Purpose::Reset).await.expect("a newer link");
    tx.commit(&Cause::default()).await.expect("committing");
    let id = customer.people[1].id.uuid();
    world.db.execute(&format!("UPDATE users SET enabled = false WHERE id = '{id}'")).await;
    world.send_all(&engine).await;
    assert_eq!(world.mails().await, [is("failed", "mail_late"), is("failed", "mail_late")]);
    assert_eq!(server.connections(), 0);
    // The server is away for days.
    world.mail(&customer, &customer.people[2..3]).await;
    server.set(Mood::Down);
    world.send_all(&engine).await;
    world.clock.skip(hours(limits::MAIL_HOURS - 1) + Duration::from_secs(3_595));
    world.hurry_mails().await;
    world.send_all(&engine).await;
    assert_eq!(world.mails().await.last(), Some(&is("failed", "mail_unreachable")));
    // Nobody worked for so long that the link is over.
    world.mail(&customer, &customer.people[3..]).await;
    world.clock.skip(hours(limits::ACTIVATION_HOURS));
    server.set(Mood::Accept);
    world.hurry_mails().await;
    world.send_all(&engine).await;
    assert_eq!(world.mails().await.last(), Some(&is("failed", "mail_late")));
    assert!(server.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_mails_are_sent_to_nobody_and_forgotten_in_time() {
    let world = World::new().await;
    let customer = world.order("acme", 3, Lane::Interactive).await;
    world.mail(&customer, &customer.people).await;
    let engine = world.engine();
    assert!(!engine.mail().await.expect("nothing is done with mail"));
    let engine = engine.with_mail(Mailing::Keep);
    assert!(engine.mail().await.expect("keeping"));
    assert!(!engine.mail().await.expect("once"));
    assert!(world.mails().await.iter().all(|mail| *mail == is("kept", "")));
    let settings = Settings { database: world.db.owner().clone(), connections: 2 };
    let sweeper = EngineStore::open(&settings, world.keys.clone(), world.clock.clone());
    sweeper.sweep().await.expect("sweeping");
    assert_eq!(world.mails().await.len(), 3, "not before their time");
    let kept = u64::try_from(limits::MAIL_KEPT_HOURS * 3_600).expect("a time");
    world.clock.skip(Duration::from_secs(kept));
    sweeper.sweep().await.expect("sweeping");
    assert!(world.mails().await.is_empty());
}
