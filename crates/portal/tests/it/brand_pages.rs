//! The pages of settings and brand: what is typed stays, what is wrong is said, who may not does not.

use domain::mail::Mailing;
use serde_json::json;

use crate::{
    account::mailing,
    visit::Browser,
    world::{Estate, text},
};

/// The version in the form of a page.
pub fn version(html: &str) -> String {
    let rest = html.split("name=\"version\" value=\"").nth(1).expect("a version");
    rest.split('"').next().expect("a value").to_owned()
}

#[tokio::test]
async fn settings_are_changed_on_their_page() {
    let estate = Estate::new().await;
    let north = text(&estate.north["id"]).to_owned();
    let mut boss = Browser::signed_in(&estate.world, &estate.boss);
    let path = format!("/settings/{north}");
    assert_eq!(boss.get("/settings").await.goes_to(), path);
    let page = boss.get(&path).await.shows(200, "settings");
    assert!(page.contains("From above") && page.contains("Product default"), "{page}");
    for said in ["name=\"setting.time_zone\"", "name=\"setting.currency\""] {
        let input = page.split(said).nth(1).and_then(|rest| rest.split('>').next()).expect("an input");
        let list = input.split("list=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a list");
        let list =
            page.split(&format!("<datalist id=\"{list}\">")).nth(1).and_then(|rest| rest.split("</").next());
        let known = if said.contains("zone") { "Europe/Copenhagen" } else { "DKK" };
        assert!(list.is_some_and(|list| list.contains(&format!("value=\"{known}\""))), "{said}: {page}");
    }
    let now = version(&page);
    let typed = [("version", now.as_str()), ("setting.language", "da"), ("setting.support_url", "ftp://x")];
    let wrong = boss.fill(&path, &path, &typed).await.shows(422, "settings-wrong");
    assert!(wrong.contains("value=\"ftp://x\"") && wrong.contains("id=\"e-setting.support_url\""), "{wrong}");
    let typed = [
        ("version", now.as_str()),
        ("setting.language", "da"),
        ("setting.support_mail", "help@north.example"),
    ];
    let saved = boss.fill(&path, &path, &typed).await;
    assert_eq!(saved.goes_to(), format!("{path}?done=settings"));
    let page = boss.get(&path).await.html;
    assert!(page.contains("Said here") || page.contains("Fastlagt") || page.contains("Sagt her"), "{page}");
    let now = version(&page);
    let reset = [("version", now.as_str()), ("name", "support_mail")];
    boss.fill(&path, &format!("{path}/reset"), &reset).await.goes_to();
    assert!(!boss.get(&path).await.html.contains("value=\"help@north.example\""));
}

#[tokio::test]
async fn a_brand_is_previewed_and_changed_on_its_page() {
    let estate = Estate::new().await;
    let north = text(&estate.north["id"]).to_owned();
    let mut boss = Browser::signed_in(&estate.world, &estate.boss);
    let path = format!("/settings/{north}");
    // A preview says nothing, a colour that cannot be read is refused with the nearest.
    let brand = format!("{path}/brand");
    let page = boss.get(&brand).await.html;
    let now = version(&page);
    let typed = [
        ("version", now.as_str()),
        ("languages", "en da de sv"),
        ("setting.brand_name", "North <Cloud>"),
        ("setting.brand_primary", "#ffcc00"),
        ("setting.brand_languages", "en"),
        ("setting.brand_languages", "da"),
    ];
    let seen = boss.fill(&brand, &format!("{brand}/preview"), &typed).await.shows(200, "brand-preview");
    assert!(
        seen.contains("#ffcc00") && seen.contains("North &#60;Cloud&#62;") && seen.contains("1.2:1"),
        "{seen}"
    );
    let refused = boss.fill(&brand, &brand, &typed).await.shows(422, "brand-wrong");
    let nearest = refused.split("can be read is ").nth(1).and_then(|rest| rest.get(..7));
    let nearest = nearest.unwrap_or_else(|| panic!("a colour in {refused}"));
    let typed = [
        ("version", now.as_str()),
        ("languages", "en da de sv"),
        ("setting.brand_name", "North"),
        ("setting.brand_primary", nearest),
        ("setting.brand_languages", "en"),
    ];
    boss.fill(&brand, &brand, &typed).await.goes_to();
    let shown = estate.world.get(&estate.boss, &format!("/tenants/{north}/brand")).await.expect(200);
    assert_eq!(
        shown["parts"],
        json!({ "brand_name": "North", "brand_primary": nearest, "brand_languages": "en" })
    );
    // Where a colour is emptied, the preview shows what holds without it.
    let page = boss.get(&brand).await.html;
    let now = version(&page);
    let emptied = [
        ("version", now.as_str()),
        ("languages", "en"),
        ("setting.brand_name", "North"),
        ("setting.brand_primary", ""),
        ("setting.brand_languages", "en"),
    ];
    let seen = boss.fill(&brand, &format!("{brand}/preview"), &emptied).await.shows(200, "brand-emptied");
    let small = seen.split("id=\"preview\"").nth(1).unwrap_or_default();
    assert!(small.contains("#1d5c4d") && !small.contains(nearest), "{small}");
    // Who may not, sees and changes nothing; others know of nothing.
    let hosts = [("host.name", "portal.north.test")];
    boss.fill(&brand, &format!("{brand}/hosts"), &hosts).await.shows(403, "brand-host-denied");
    let mut ben = Browser::signed_in(&estate.world, &estate.ben);
    assert_eq!(ben.get(&brand).await.status.as_u16(), 404);
    let mut bert = Browser::signed_in(&estate.world, &estate.bert);
    assert_eq!(bert.get(&path).await.status.as_u16(), 404);
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    root.fill(&brand, &format!("{brand}/hosts"), &[("host.name", "north")])
        .await
        .shows(422, "brand-host-wrong");
    root.fill(&brand, &format!("{brand}/hosts"), &hosts).await.goes_to();
    // Under its host name it speaks the one language it offers.
    let mut nobody = Browser::new(&estate.world);
    nobody.host = "portal.north.test";
    let page = nobody.get("/").await.html;
    assert!(page.contains("<title>Sign in · North</title>") && !page.contains("Dansk"), "{page}");
}

#[tokio::test]
async fn languages_that_are_inherited_stay_so_until_others_are_ticked() {
    let estate = Estate::new().await;
    let (north, acme) = (text(&estate.north["id"]).to_owned(), estate.acme_id());
    let mut boss = Browser::signed_in(&estate.world, &estate.boss);
    let mut anna = Browser::signed_in(&estate.world, &estate.anna);
    let (above, below) = (format!("/settings/{north}/brand"), format!("/settings/{acme}/brand"));
    let own = async |token: &str, tenant: &str| {
        let seen = estate.world.get(token, &format!("/tenants/{tenant}/settings")).await.expect(200);
        let languages = &seen["settings"]["brand_languages"];
        (languages["from"].as_str().map(str::to_owned), languages["value"].as_str().map(str::to_owned))
    };
    let from = |from: &str, value: &str| (Some(from.to_owned()), Some(value.to_owned()));
    let tick = "setting.brand_languages";
    let now = version(&boss.get(&above).await.html);
    let typed = [("version", now.as_str()), ("languages", "en da de sv"), (tick, "en"), (tick, "de")];
    boss.fill(&above, &above, &typed).await.goes_to();
    assert_eq!(own(&estate.boss, &north).await, from("own", "en de"));
    // Something else is saved, with the boxes as they stood there.
    let page = anna.get(&below).await.html;
    assert!(page.contains("name=\"languages\" value=\"en de\""), "{page}");
    let now = version(&page);
    let typed = [
        ("version", now.as_str()),
        ("languages", "en de"),
        (tick, "en"),
        (tick, "de"),
        ("setting.mail_signature", "Yours, Acme"),
    ];
    anna.fill(&below, &below, &typed).await.goes_to();
    assert_eq!(own(&estate.anna, acme).await, from("above", "en de"));
    // All of them are said where somebody above says less.
    let now = version(&anna.get(&below).await.html);
    let all = ["en", "da", "de", "sv"].map(|tag| (tick, tag));
    let typed = [&[("version", now.as_str()), ("languages", "en de")][..], &all].concat();
    anna.fill(&below, &below, &typed).await.goes_to();
    assert_eq!(own(&estate.anna, acme).await, from("own", "en da de sv"));
}

#[tokio::test]
async fn what_was_typed_stays_when_somebody_else_was_faster() {
    let estate = Estate::new().await;
    let path = format!("/settings/{}", text(&estate.north["id"]));
    let mut boss = Browser::signed_in(&estate.world, &estate.boss);
    let old = version(&boss.get(&path).await.html);
    let first = [("version", old.as_str()), ("setting.support_mail", "help@north.example")];
    boss.fill(&path, &path, &first).await.goes_to();
    let late = [("version", old.as_str()), ("setting.support_mail", "other@north.example")];
    let page = boss.fill(&path, &path, &late).await.shows(422, "settings-stale");
    assert!(
        page.contains("value=\"other@north.example\"") && page.contains("Somebody else changed"),
        "{page}"
    );
    let now = version(&page);
    assert_ne!(now, old, "to save again is to mean it");
    let again = [("version", now.as_str()), ("setting.support_mail", "other@north.example")];
    boss.fill(&path, &path, &again).await.goes_to();
}

#[tokio::test]
async fn a_brand_says_its_mails_in_its_own_words() {
    let mut estate = Estate::new().await;
    let north = text(&estate.north["id"]).to_owned();
    let brand = format!("/settings/{north}/brand");
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    root.fill(&brand, &format!("{brand}/hosts"), &[("host.name", "portal.north.test")]).await.goes_to();
    let mut boss = Browser::signed_in(&estate.world, &estate.boss);
    let now = version(&boss.get(&brand).await.html);
    let typed = |text: &'static str| {
        [
            ("version", now.as_str()),
            ("setting.brand_name", "North"),
            ("setting.mail_activation_en", text),
            ("setting.mail_signature", "North Ltd"),
        ]
    };
    // What is wrong stands at its field, which is unfolded, with what was typed.
    let wrong = "Hello {nmae}\n\n{link}";
    let page = boss.fill(&brand, &brand, &typed(wrong)).await.shows(422, "brand-mail-wrong");
    assert!(page.contains("id=\"e-setting.mail_activation_en\"") && page.contains("Hello {nmae}"), "{page}");
    assert!(page.contains("{name}, {login}, {customer}, {brand}, {link}, {until}"), "{page}");
    let fold = page.split("<details class=\"fold\" open>").nth(1).unwrap_or_default();
    assert!(fold.starts_with("<summary><span lang=\"en\">"), "{page}");
    let page = boss.fill(&brand, &brand, &typed("No way in\n\nHello {name}")).await;
    assert!(page.shows(422, "brand-mail-linkless").contains("a text with {link}"));
    // How it would read is shown before it is so, beside the languages of which nothing is said.
    let good = "Welcome to {brand}, {name}\n\nYou are {login} at {customer}.\n\n{link}";
    let seen = boss.fill(&brand, &format!("{brand}/preview"), &typed(good)).await;
    let seen = seen.shows(200, "brand-mail-preview");
    let letters = seen.split("<div id=\"letters\">").nth(1).expect("how mails read");
    for said in [
        "Welcome to North, Kim Holm",
        "You are kim.holm@portal.north.test",
        "North Ltd",
        "Ihr Konto bei North",
    ] {
        assert!(letters.contains(said), "{said}: {letters}");
    }
    boss.fill(&brand, &brand, &typed(good)).await.goes_to();
    let shown = estate.world.get(&estate.boss, &format!("/tenants/{north}/brand")).await.expect(200);
    assert_eq!(shown["parts"]["mail_activation_en"], good);
    // And so it is sent to people below.
    mailing(&mut estate.world, Mailing::Keep);
    let app = estate.world.surface.app.clone();
    estate.world.router = api::router(&web::Surface::new(app, crate::world::PUBLIC));
    let mia = json!({ "given_name": "Mia", "surname": "Ny", "mail": "mia@acme.test" });
    let body = json!({ "send_link": "mail", "users": [mia] });
    estate
        .world
        .post(&estate.anna, &format!("/customers/{}/users/batch", estate.acme_id()), &body)
        .await
        .expect(202);
    estate.world.db.change("mail", "state = 'kept', ended_at = created_at", "true").await;
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    let list = root.get("/mails").await.html;
    let one =
        list.split("href=\"/mails/").nth(1).and_then(|t| t.split('"').next()).expect("a mail").to_owned();
    let mail = root.get(&format!("/mails/{one}")).await.shows(200, "mail-own-words");
    for said in
        ["Welcome to North, Mia Ny", "You are mia.ny@", "https://portal.north.test/activate/", "North Ltd"]
    {
        assert!(mail.contains(said), "{said}: {mail}");
    }
    assert!(!mail.contains("Choose a password to start"), "{mail}");
}

#[tokio::test]
async fn every_mail_of_a_brand_can_be_as_long_as_it_may() {
    let estate = Estate::new().await;
    let path = format!("/settings/{}/brand", text(&estate.north["id"]));
    let mut boss = Browser::signed_in(&estate.world, &estate.boss);
    let now = version(&boss.get(&path).await.html);
    let long = format!("Hej\n{}{{link}}", "ü".repeat(1_990));
    let names: Vec<_> = ["activation", "reset", "reset_requested"]
        .iter()
        .flat_map(|kind| ["en", "da", "de", "sv"].map(|tag| format!("setting.mail_{kind}_{tag}")))
        .collect();
    let mails = names.iter().map(|name| (name.as_str(), long.as_str()));
    let typed: Vec<_> = [("version", now.as_str())].into_iter().chain(mails).collect();
    let seen = boss.fill(&path, &format!("{path}/preview"), &typed).await;
    assert_eq!(seen.status.as_u16(), 200);
    boss.fill(&path, &path, &typed).await.goes_to();
    let shown = boss.get(&path).await.html;
    assert_eq!(shown.matches(&format!(">{long}</textarea>")).count(), names.len());
}
