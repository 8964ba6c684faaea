//! Mails, forgotten passwords, sessions and preferences through REST.

use domain::mail::Mailing;
use serde_json::{Value, json};
use web::Surface;

use crate::world::{ANNA, Estate, PUBLIC, World, text};

/// From now on mails are handled so.
pub fn mailing(world: &mut World, mailing: Mailing) {
    world.router = api::router(&Surface::new(world.surface.app.clone().with_mail(mailing), PUBLIC));
}

/// A mail to somebody of acme, kept; gives its id.
pub async fn kept(estate: &mut Estate) -> String {
    mailing(&mut estate.world, Mailing::Keep);
    let made = json!({ "given_name": "Mia", "mail": "mia@acme.test", "send_link": "mail" });
    let path = format!("/customers/{}/users", estate.acme_id());
    estate.world.post(&estate.anna, &path, &made).await.expect(202);
    mailing(&mut estate.world, Mailing::Off);
    estate.world.db.execute("UPDATE mail SET state = 'kept', ended_at = created_at").await;
    text(&estate.world.get(&estate.world.root, "/mails").await.expect(200)["items"][0]["id"]).to_owned()
}

#[tokio::test]
async fn provider_administrators_see_mails_and_read_kept_ones() {
    let mut estate = Estate::new().await;
    let id = kept(&mut estate).await;
    mailing(&mut estate.world, Mailing::Keep);
    let world = &estate.world;
    for token in [&estate.boss, &estate.anna, &estate.ben] {
        world.get(token, "/mails").await.expect(403);
        world.get(token, &format!("/mails/{id}")).await.expect(404);
    }
    let mail = world.get(&world.root, &format!("/mails/{id}")).await.expect(200);
    assert_eq!(
        (&mail["to"], &mail["kind"], &mail["state"]),
        (&"mia@acme.test".into(), &"activation".into(), &"kept".into())
    );
    let plain = text(&mail["text"]["plain"]);
    let link = plain.lines().find(|line| line.starts_with(PUBLIC)).expect("a link");
    let token = link.rsplit('/').next().expect("a token");
    let state = world.get("", &format!("/activations/{token}")).await.expect(200);
    assert_eq!(state["state"], "open");
    // Where mails are sent, nobody reads one.
    mailing(&mut estate.world, Mailing::Send);
    let world = &estate.world;
    let mail = world.get(&world.root, &format!("/mails/{id}")).await.expect(200);
    assert!(mail["text"].is_null() && !mail.to_string().contains("/activate/"), "{mail}");
    let page = world.get(&world.root, "/mails?state=failed").await.expect(200);
    assert_eq!(page["items"], json!([]));
    let wrong = world.get(&world.root, "/mails?state=lost").await;
    assert_eq!(wrong.refused(), [("state".to_owned(), "unknown".to_owned())]);
}

#[tokio::test]
async fn a_batch_is_mailed_as_a_whole_and_says_who_has_no_address() {
    let mut estate = Estate::new().await;
    mailing(&mut estate.world, Mailing::Keep);
    let path = format!("/customers/{}/users/batch", estate.acme_id());
    let world = &estate.world;
    let people = |second: Value| json!({ "send_link": "mail", "users": [{ "given_name": "A", "mail": "a@acme.test" }, second] });
    let reply = world.post(&estate.anna, &path, &people(json!({ "given_name": "B" }))).await;
    assert_eq!(reply.refused(), [("users[1].mail".to_owned(), "required".to_owned())]);
    world
        .post(&estate.anna, &path, &people(json!({ "given_name": "B", "mail": "b@acme.test" })))
        .await
        .expect(202);
    let page = world.get(&world.root, "/mails").await.expect(200);
    let to: Vec<_> = page["items"].as_array().expect("a page").iter().map(|m| text(&m["to"])).collect();
    assert_eq!(to.len(), 2, "{to:?}");
    let reset = format!("/users/{}/password-reset", estate.ben_id);
    let reply = world.post(&estate.anna, &reset, &json!({ "send_link": "mail" })).await;
    assert_eq!(reply.refused(), [("mail".to_owned(), "required".to_owned())]);
    world.post(&estate.anna, &reset, &json!({})).await.expect(201);
    // Without mail the whole call is refused.
    mailing(&mut estate.world, Mailing::Off);
    let third = people(json!({ "given_name": "C", "mail": "c@acme.test" }));
    let reply = estate.world.post(&estate.anna, &path, &third).await;
    assert_eq!(text(&reply.expect(409)["code"]), "mail_off");
}

#[tokio::test]
async fn a_forgotten_password_is_asked_for_without_a_login() {
    let mut estate = Estate::new().await;
    let off = estate.world.post("", "/password-resets", &json!({ "login": ANNA })).await;
    assert_eq!(text(&off.expect(409)["code"]), "mail_off");
    mailing(&mut estate.world, Mailing::Keep);
    let world = &estate.world;
    for login in [ANNA, "nobody@x.test"] {
        for _ in 0..3 {
            let reply = world.post("", "/password-resets", &json!({ "login": login })).await;
            assert_eq!((reply.status.as_u16(), &reply.body), (202, &Value::Null), "{login}");
        }
        let often = world.post("", "/password-resets", &json!({ "login": login })).await;
        assert!(often.header("retry-after").is_some());
        often.expect(429);
    }
}

#[tokio::test]
async fn one_s_own_sessions_language_and_theme() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let other = world.session(ANNA).await;
    let listed = world.get(&estate.anna, "/sessions").await.expect(200);
    let items = listed["items"].as_array().expect("sessions").clone();
    assert_eq!(items.len(), 2);
    let theirs = items.iter().find(|s| s["current"] == false).expect("the other one");
    assert!(!listed.to_string().contains("tny_"), "no secret is shown: {listed}");
    let line = format!("DELETE /sessions/{}", text(&theirs["id"]));
    world.call(&estate.ben, &line, &[], None).await.expect(404);
    world.call(&estate.anna, &line, &[], None).await.expect(204);
    world.get(&other, "/me").await.expect(401);
    world.session(ANNA).await;
    let ended = world.call(&estate.anna, "POST /sessions/end-others", &[], None).await.expect(200);
    assert_eq!(ended["ended"], 1);
    let me =
        world.call(&estate.ben, "PATCH /me", &[], Some(&json!({ "language": "da", "theme": "dark" }))).await;
    let me = me.expect(200);
    assert_eq!(
        (&me["language"], &me["preferences"]),
        (&"da".into(), &json!({ "language": "da", "theme": "dark" }))
    );
    let me = world.call(&estate.ben, "PATCH /me", &[], Some(&json!({ "language": null }))).await.expect(200);
    assert_eq!((&me["language"], &me["preferences"]), (&"en".into(), &json!({ "theme": "dark" })));
    let wrong = world.call(&estate.ben, "PATCH /me", &[], Some(&json!({ "theme": "pink" }))).await;
    assert_eq!(wrong.refused(), [("theme".to_owned(), "unknown".to_owned())]);
    // Whoever may reset a password signs its owner out.
    let path = format!("POST /users/{}/end-sessions", estate.ben_id);
    world.call(&estate.bert, &path, &[], None).await.expect(404);
    let ended = world.call(&estate.anna, &path, &[], None).await.expect(200);
    assert_eq!(ended["ended"], 1);
    world.get(&estate.ben, "/me").await.expect(401);
}

#[tokio::test]
async fn people_change_their_own_password_with_the_present_one() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let link = text(&estate.north["activation"]["link"]).rsplit('/').next().expect("a token").to_owned();
    let chosen = json!({ "password": "three calm walruses" });
    world.post("", &format!("/activations/{link}"), &chosen).await.expect(202);
    let sign_in = json!({ "login": "boss@north.test", "password": "three calm walruses" });
    let token = text(&world.post("", "/sessions", &sign_in).await.expect(201)["token"]).to_owned();
    let change = |present: &str, password: &str| json!({ "present_password": present, "password": password });
    let refused = world.post(&token, "/me/password", &change("", "short")).await.refused();
    let pair = |field: &str, rule: &str| (field.to_owned(), rule.to_owned());
    assert_eq!(refused, [pair("present_password", "required"), pair("password", "too_short")]);
    let wrong = world.post(&token, "/me/password", &change("a guess", "four quiet herons")).await.refused();
    assert_eq!(wrong, [pair("present_password", "mismatch")]);
    let right = change("three calm walruses", "four quiet herons");
    let sent = world.post(&token, "/me/password", &right).await.expect(202);
    let follow = text(&sent["activation"]["link"]).rsplit('/').next().expect("a token").to_owned();
    let seen = world.get("", &format!("/activations/{follow}")).await.expect(200);
    assert_eq!(seen["state"], "done", "staff have no directory to wait for");
    world.get(&token, "/me").await.expect(401);
    world.post("", "/sessions", &sign_in).await.expect(401);
    // Whoever looks after somebody sees where that person is signed in.
    let sessions = format!("/users/{}/sessions", estate.ben_id);
    assert_eq!(
        world.get(&estate.anna, &sessions).await.expect(200)["items"].as_array().map(Vec::len),
        Some(1)
    );
    world.get(&estate.ben, &sessions).await.expect(200);
    world.get(&estate.bert, &sessions).await.expect(404);
}
