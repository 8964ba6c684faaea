//! Custom fields of people on the pages: shown, asked for, changed, and carried along by a move.

use serde_json::{Value, json};

use crate::{
    visit::{Browser, Page},
    world::{BEN, Estate, World, text},
};

/// Defines a field; what is not said otherwise is text that nobody needs.
async fn define(world: &World, token: &str, tenant: &str, key: &str, more: Value) {
    let mut body = json!({ "key": key, "label": key, "kind": "text" });
    let all = body.as_object_mut().expect("an object");
    all.extend(more.as_object().expect("an object").clone());
    world.post(token, &format!("/tenants/{tenant}/fields"), &body).await.expect(201);
}

/// Changes something by REST, whatever its version is.
async fn patch(world: &World, token: &str, path: &str, body: &Value) {
    let etag = world.get(token, path).await.header("etag").map(str::to_owned).expect("a version");
    let done = world.call(token, &format!("PATCH {path}"), &[("if-match", &etag)], Some(body)).await;
    assert!([200, 202].contains(&done.status.as_u16()), "{}", done.body);
}

/// The values somebody has.
async fn values(world: &World, token: &str, person: &str) -> Value {
    world.get(token, &format!("/users/{person}")).await.expect(200)["fields"].clone()
}

/// What stands in the first input of this name.
fn standing(page: &Page, name: &str) -> String {
    let mark = format!("name=\"{name}\"");
    let rest = page.html.split(&mark).nth(1).unwrap_or_else(|| panic!("no {name} in {}", page.html));
    let value = rest.split('>').next().and_then(|tag| tag.split("value=\"").nth(1));
    value.and_then(|value| value.split('"').next()).unwrap_or_default().to_owned()
}

fn fact(label: &str, value: &str) -> String {
    format!("<dt><bdi>{label}</bdi></dt><dd><bdi>{value}</bdi></dd>")
}

const CENTRE: &str = "fields.cost_centre";

#[tokio::test]
async fn what_a_tenant_asks_of_its_people_is_asked_with_a_new_one() {
    let estate = Estate::new().await;
    let (world, anna, acme) = (&estate.world, &estate.anna, estate.acme_id());
    let centre = json!({ "label": "Cost centre", "required": true, "rules": { "pattern": "[0-9]{4}" } });
    define(world, anna, acme, "cost_centre", centre).await;
    let level = json!({ "kind": "choice", "rules": { "choices": ["Junior", "Senior"] } });
    define(world, anna, acme, "level", level).await;
    let joined = json!({ "label": "Joined", "kind": "date", "rules": { "min": "2020-01-01" } });
    define(world, anna, acme, "joined", joined).await;
    define(world, anna, acme, "pay", json!({ "kind": "number" })).await;
    define(world, anna, acme, "gone", json!({})).await;
    patch(world, anna, &format!("/tenants/{acme}/fields/gone"), &json!({ "retired": true })).await;
    // What a seller asks is asked of its customers' people.
    let north = text(&estate.north["id"]);
    define(world, &estate.boss, north, "parking", json!({ "label": "Parks <here>", "kind": "yes_no" })).await;

    let mut browser = Browser::signed_in(world, anna);
    let path = format!("/customers/{acme}/people/new");
    let page = browser.get(&path).await.shows(200, "fields-new");
    for said in [
        "In the form [0-9]{4}.",
        "From 1 January 2020 on.",
        "id=\"f-fields.joined\" name=\"fields.joined\" type=\"date\"",
        "<select id=\"f-fields.level\"",
        "<option value=\"yes\">Yes</option>",
        "Parks &#60;here&#62;",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("fields.gone"), "what was retired is not asked for: {page}");
    let needed = page.split("name=\"fields.cost_centre\"").nth(1).and_then(|tag| tag.split('>').next());
    assert!(needed.is_some_and(|tag| tag.contains(" required")), "{needed:?}");

    let made = async || world.db.values("users", "id", "surname = 'Øster'").await.len();
    let person =
        [("given_name", "Åse"), ("surname", "Øster"), ("title", "Chief"), ("fields.level", "Senior")];
    for (typed, said) in [("", "A value is needed"), ("47", "[0-9]{4}")] {
        let sent = browser.fill(&path, &path, &[&person[..], &[(CENTRE, typed)]].concat()).await;
        assert_eq!(standing(&sent, CENTRE), typed);
        assert_eq!(standing(&sent, "title"), "Chief", "what was typed stays");
        let page = sent.shows(422, "fields-new-wrong");
        assert!(page.contains("<option value=\"Senior\" selected>"), "{page}");
        assert!(page.contains("href=\"#f-fields.cost_centre\">Cost centre</a>"), "by its label: {page}");
        let error = page.split("id=\"e-fields.cost_centre\">").nth(1).and_then(|e| e.split('<').next());
        assert!(error.is_some_and(|error| error.contains(said)), "{said} at the field: {page}");
    }
    assert_eq!(made().await, 0);
    let right = [
        (CENTRE, "4711"),
        ("fields.joined", "2026-03-01"),
        ("fields.pay", "1234.50"),
        ("fields.parking", "yes"),
    ];
    let sent = browser.fill(&path, &path, &[&person[..], &right].concat()).await;
    let page = browser.get(sent.goes_to()).await.shows(200, "fields-person");
    assert_eq!(made().await, 1);
    for (label, value) in [
        ("Cost centre", "4711"),
        ("level", "Senior"),
        ("Joined", "1 March 2026"),
        ("pay", "1,234.5"),
        ("Parks &#60;here&#62;", "Yes"),
    ] {
        assert!(page.contains(&fact(label, value)), "{label}: {page}");
    }
}

#[tokio::test]
async fn values_are_changed_and_emptied_and_what_is_not_touched_is_not_checked() {
    let estate = Estate::new().await;
    let (world, anna, acme, ben) = (&estate.world, &estate.anna, estate.acme_id(), &estate.ben_id);
    define(world, anna, acme, "room", json!({ "label": "Room" })).await;
    define(world, anna, acme, "cost_centre", json!({ "label": "Cost centre", "required": true })).await;
    let mut browser = Browser::signed_in(world, anna);
    let (person, edit) = (format!("/people/{ben}"), format!("/people/{ben}/edit"));
    let mut save = async |more: &[(&str, &str)]| {
        let version = standing(&browser.get(&edit).await, "version");
        let all = [("version", version.as_str()), ("display_name", "Ben Lund"), ("principal_name", BEN)];
        browser.fill(&edit, &person, &[&all[..], more].concat()).await
    };
    let saved = format!("{person}?done=saved");
    // He has no cost centre, and other changes go through.
    assert_eq!(save(&[("fields.room", " B 12 "), (CENTRE, "")]).await.goes_to(), saved);
    assert_eq!(values(world, anna, ben).await, json!({ "room": "B 12" }));
    let room = format!("/tenants/{acme}/fields/room");
    patch(world, anna, &room, &json!({ "rules": { "pattern": "[0-9]+" } })).await;
    assert_eq!(save(&[("title", "Chief"), ("fields.room", "B 12"), (CENTRE, "")]).await.goes_to(), saved);
    assert_eq!(values(world, anna, ben).await, json!({ "room": "B 12" }), "it was right when it was said");
    let wrong = save(&[("fields.room", "B 13"), (CENTRE, "")]).await;
    assert_eq!((wrong.status.as_u16(), standing(&wrong, "fields.room").as_str()), (422, "B 13"));
    assert!(
        wrong.html.contains("id=\"e-fields.room\"") && !wrong.html.contains("id=\"e-fields.cost_centre\"")
    );
    assert_eq!(save(&[("fields.room", ""), (CENTRE, "4711")]).await.goes_to(), saved);
    assert_eq!(values(world, anna, ben).await, json!({ "cost_centre": "4711" }), "emptied");
    let emptied = save(&[("fields.room", ""), (CENTRE, "")]).await;
    assert_eq!(emptied.status.as_u16(), 422);
    assert!(emptied.html.contains("id=\"e-fields.cost_centre\""), "needed, and he had one: {}", emptied.html);
    assert_eq!(save(&[("fields.room", "12"), (CENTRE, "4711")]).await.goes_to(), saved);
    // Retired: still shown, and not asked for.
    patch(world, anna, &room, &json!({ "retired": true })).await;
    let mut browser = Browser::signed_in(world, anna);
    assert!(browser.get(&person).await.html.contains(&fact("Room", "12")));
    assert!(!browser.get(&edit).await.html.contains("fields.room"));
}

#[tokio::test]
async fn what_is_asked_for_no_more_is_emptied_by_a_tick() {
    let estate = Estate::new().await;
    let (world, anna, acme, ben) = (&estate.world, &estate.anna, estate.acme_id(), &estate.ben_id);
    define(world, anna, acme, "room", json!({ "label": "Room", "required": true })).await;
    define(world, anna, acme, "since", json!({ "label": "Since", "kind": "date" })).await;
    let said = json!({ "room": "B 12", "since": "2026-03-01" });
    patch(world, anna, &format!("/users/{ben}"), &json!({ "fields": said })).await;
    let (person, edit) = (format!("/people/{ben}"), format!("/people/{ben}/edit"));
    let mut browser = Browser::signed_in(world, anna);
    assert!(!browser.get(&edit).await.html.contains("fields_emptied"), "nothing is left over");
    for key in ["room", "since"] {
        patch(world, anna, &format!("/tenants/{acme}/fields/{key}"), &json!({ "retired": true })).await;
    }
    let mut browser = Browser::signed_in(world, anna);
    let page = browser.get(&edit).await.shows(200, "fields-left-over");
    for said in ["value=\"room\"", "B 12", "1 March 2026"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let mut save = async |name: &str, more: &[(&str, &str)]| {
        let version = standing(&browser.get(&edit).await, "version");
        let all = [("version", version.as_str()), ("display_name", name), ("principal_name", BEN)];
        browser.fill(&edit, &person, &[&all[..], more].concat()).await
    };
    let saved = format!("{person}?done=saved");
    assert_eq!(save("Ben Lund", &[]).await.goes_to(), saved);
    assert_eq!(values(world, anna, ben).await, said, "what is not ticked stays");
    let wrong = save("", &[("fields_emptied", "room")]).await;
    assert_eq!(wrong.status.as_u16(), 422);
    assert!(wrong.html.contains("value=\"room\" checked"), "the tick stays: {}", wrong.html);
    assert_eq!(values(world, anna, ben).await, said);
    assert_eq!(save("Ben Lund", &[("fields_emptied", "room")]).await.goes_to(), saved);
    assert_eq!(values(world, anna, ben).await, json!({ "since": "2026-03-01" }));
    assert!(!browser.get(&edit).await.html.contains("value=\"room\""));
}

#[tokio::test]
async fn people_are_listed_by_what_they_have_in_custom_fields() {
    let estate = Estate::new().await;
    let (world, anna, acme) = (&estate.world, &estate.anna, estate.acme_id());
    let level = json!({ "label": "Level", "kind": "choice", "rules": { "choices": ["Junior", "R&D lead"] } });
    define(world, anna, acme, "level", level).await;
    define(world, anna, acme, "badge", json!({ "label": "Badge", "kind": "yes_no" })).await;
    define(world, anna, acme, "centre", json!({ "label": "Centre", "rules": { "pattern": "[0-9]{4}" } }))
        .await;
    define(world, anna, acme, "pay", json!({ "kind": "number" })).await;
    define(world, anna, acme, "gone", json!({ "kind": "yes_no" })).await;
    let people: Vec<_> = (0..60)
        .map(|i| {
            let badge = if i % 2 == 0 { "yes" } else { "no" };
            let fields = json!({ "level": if i < 55 { "R&D lead" } else { "Junior" }, "badge": badge,
                "centre": if i % 3 == 0 { "4711" } else { "4712" } });
            json!({ "given_name": "Sam", "surname": format!("Stone{i:02}"), "fields": fields })
        })
        .collect();
    let batch = json!({ "users": people });
    world.post(anna, &format!("/customers/{acme}/users/batch"), &batch).await.expect(202);
    patch(world, anna, &format!("/tenants/{acme}/fields/gone"), &json!({ "retired": true })).await;

    let mut browser = Browser::signed_in(world, anna);
    let path = format!("/customers/{acme}/people");
    let page = browser.get(&path).await.shows(200, "fields-list");
    for said in ["id=\"pick-fields.level\"", "id=\"pick-fields.badge\"", "id=\"entry-fields.centre\""] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("name=\"fields.pay\"") && !page.contains("fields.gone"), "{page}");
    assert!(
        page.contains("<details class=\"more-filters\"><summary>"),
        "closed while nothing is asked: {page}"
    );
    let names = |html: &str| {
        let rows = html.split("<bdi>Sam Stone").skip(1);
        rows.map(|row| row.split('<').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let first = browser.get(&format!("{path}?fields.level=R%26D%20lead")).await;
    assert!(first.html.contains("<details class=\"more-filters\" open>"), "{}", first.html);
    assert!(first.html.contains("value=\"R&#38;D lead\" selected"), "{}", first.html);
    let next = browser.get(&crate::lists::link(&first.html, "rel=\"next\"")).await;
    assert_eq!([names(&first.html), names(&next.html)].concat().len(), 55, "the second page, too");
    let both = browser.get(&format!("{path}?fields.level=Junior&fields.badge=yes")).await;
    assert_eq!(names(&both.html), ["56", "58"]);
    let all =
        browser.get(&format!("{path}?fields.level=Junior&fields.badge=yes&fields.centre=4712&q=sam")).await;
    assert_eq!(names(&all.html), ["56", "58"]);
    let centre = browser.get(&format!("{path}?fields.centre=%204711%20&sort=-name")).await;
    assert_eq!(names(&centre.html).len(), 20);
    assert!(centre.html.contains("value=\"4711\""), "{}", centre.html);
    // While it is typed it is nobody's.
    let typing = browser.get(&format!("{path}?fields.centre=47")).await;
    assert_eq!((typing.status.as_u16(), names(&typing.html).len()), (200, 0));
    assert!(typing.html.contains("Nothing was found"), "{}", typing.html);
    let wrong = browser.get(&format!("{path}?fields.level=Boss")).await;
    assert_eq!(wrong.status.as_u16(), 422);
    assert!(wrong.html.contains("Junior"), "what there is: {}", wrong.html);
    let file = browser.get(&format!("{path}/export?fields.level=Junior")).await;
    assert_eq!(file.html.lines().count(), 1 + 5, "{}", file.html);
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_said_once_and_then_meant() {
    let estate = Estate::new().await;
    let (world, anna, ben) = (&estate.world, &estate.anna, &estate.ben_id);
    define(world, anna, estate.acme_id(), "room", json!({})).await;
    let mut browser = Browser::signed_in(world, anna);
    let (person, edit) = (format!("/people/{ben}"), format!("/people/{ben}/edit"));
    let version = standing(&browser.get(&edit).await, "version");
    patch(world, anna, &format!("/users/{ben}"), &json!({ "fields": { "room": "1" } })).await;
    let typed = |version| {
        [("version", version), ("display_name", "Ben Lund"), ("principal_name", BEN), ("fields.room", "2")]
    };
    let stale = browser.fill(&edit, &person, &typed(version.as_str())).await;
    assert_eq!((stale.status.as_u16(), standing(&stale, "fields.room").as_str()), (422, "2"));
    assert_eq!(values(world, anna, ben).await, json!({ "room": "1" }));
    let version = standing(&stale, "version");
    let again = browser.fill(&edit, &person, &typed(version.as_str())).await;
    assert_eq!(again.goes_to(), format!("{person}?done=saved"));
    assert_eq!(values(world, anna, ben).await, json!({ "room": "2" }));
}

#[tokio::test]
async fn people_see_and_say_of_themselves_what_is_theirs() {
    let estate = Estate::new().await;
    let (world, anna, ben) = (&estate.world, &estate.anna, &estate.ben_id);
    for (key, label, person) in
        [("nickname", "Nickname", "edits"), ("desk", "Desk", "sees"), ("rating", "Rating", "hidden")]
    {
        define(world, anna, estate.acme_id(), key, json!({ "label": label, "person": person })).await;
    }
    let said = json!({ "desk": "B 12", "rating": "Zeta" });
    patch(world, anna, &format!("/users/{ben}"), &json!({ "fields": said })).await;
    let mut browser = Browser::signed_in(world, &estate.ben);
    for path in ["/account".to_owned(), format!("/people/{ben}")] {
        let page = browser.get(&path).await;
        assert_eq!(page.status.as_u16(), 200, "{path}");
        assert!(page.html.contains(&fact("Desk", "B 12")), "{path}: {}", page.html);
        assert!(!page.html.contains("Rating") && !page.html.contains("Zeta"), "{path}: {}", page.html);
    }
    let mut administrator = Browser::signed_in(world, anna);
    assert!(administrator.get(&format!("/people/{ben}")).await.html.contains(&fact("Rating", "Zeta")));
    let page = browser.get("/account").await.shows(200, "fields-account");
    assert!(page.contains("name=\"fields.nickname\"") && !page.contains("name=\"fields.desk\""), "{page}");
    let mut save = async |more: &[(&str, &str)]| {
        let version = standing(&browser.get("/account").await, "version");
        let all = [&[("version", version.as_str())], more].concat();
        browser.fill("/account", "/account/fields", &all).await
    };
    assert_eq!(save(&[("fields.nickname", "Benny")]).await.goes_to(), "/account?done=saved");
    let kept = json!({ "desk": "B 12", "nickname": "Benny", "rating": "Zeta" });
    assert_eq!(values(world, anna, ben).await, kept);
    // No page sends these; a guess at what is hidden is refused whether it is right or wrong.
    for (field, value) in [("fields.desk", "A 1"), ("fields.rating", "High"), ("fields.rating", "Zeta")] {
        let refused = save(&[("fields.nickname", "Bo"), (field, value)]).await;
        assert_eq!((refused.status.as_u16(), standing(&refused, "fields.nickname").as_str()), (422, "Bo"));
        assert!(!refused.html.contains("Rating"), "what is hidden has no name: {}", refused.html);
    }
    assert_eq!(values(world, anna, ben).await, kept);
    assert_eq!(save(&[("fields.nickname", "")]).await.goes_to(), "/account?done=saved");
    assert_eq!(values(world, anna, ben).await, json!({ "desk": "B 12", "rating": "Zeta" }));
    // Where nothing is asked there is no form for it.
    let mut elsewhere = Browser::signed_in(world, &estate.bert);
    assert!(!elsewhere.get("/account").await.html.contains("/account/fields"));
}

#[tokio::test]
async fn a_move_asks_for_what_the_other_customer_needs() {
    let estate = Estate::new().await;
    let (world, root, ben) = (&estate.world, &estate.world.root, &estate.ben_id);
    let beta = text(&world.get(&estate.bert, "/me").await.expect(200)["tenant"]["id"]).to_owned();
    let centre = json!({ "label": "Cost centre", "required": true, "rules": { "pattern": "[0-9]{4}" } });
    define(world, &estate.bert, &beta, "cost_centre", centre).await;
    define(world, &estate.bert, &beta, "room", json!({})).await;
    // His key is somebody else's there.
    let others = world.get(&estate.bert, &format!("/customers/{beta}/users?search=bea")).await.expect(200);
    let bea = format!("/users/{}", text(&others["items"][0]["id"]));
    let key = json!({ "details": { "external_id": "E-1" } });
    patch(world, root, &bea, &key).await;
    patch(world, root, &format!("/users/{ben}"), &key).await;

    let mut browser = Browser::signed_in(world, root);
    let path = format!("/people/{ben}/move");
    assert!(!browser.get(&path).await.html.contains("external_id"), "it is not asked for at first");
    let asked = browser.fill(&path, &path, &[("customer", "beta"), ("reason", "Works there")]).await;
    assert_eq!(
        (standing(&asked, "asked").as_str(), standing(&asked, "external_id").as_str()),
        ("beta", "E-1")
    );
    assert_eq!(standing(&asked, "reason"), "Works there");
    let page = asked.shows(422, "fields-move");
    for at in ["id=\"e-fields.cost_centre\"", "id=\"e-external_id\"", ">Cost centre</a>"] {
        assert!(page.contains(at), "{at}: {page}");
    }
    assert!(!page.contains("fields.room"), "only what it needs: {page}");
    let send = |customer, centre| {
        [("customer", customer), ("asked", "beta"), (CENTRE, centre), ("external_id", "E-2")]
    };
    let wrong = browser.fill(&path, &path, &send("beta", "47")).await;
    assert_eq!((standing(&wrong, CENTRE).as_str(), standing(&wrong, "external_id").as_str()), ("47", "E-2"));
    assert_eq!(wrong.status.as_u16(), 422);
    // What one customer asked for is nothing to another.
    let other = browser.fill(&path, &path, &send("nowhere", "4711")).await;
    assert_eq!(other.status.as_u16(), 422);
    assert!(!other.html.contains(CENTRE) && !other.html.contains("external_id"), "{}", other.html);

    let sure = browser.fill(&path, &path, &send("beta", "4711")).await;
    assert_eq!(sure.status.as_u16(), 200, "{}", sure.html);
    assert!(sure.html.contains("name=\"fields.cost_centre\" value=\"4711\""), "{}", sure.html);
    let sent =
        ["version", "customer", "asked", CENTRE, "external_id"].map(|name| (name, standing(&sure, name)));
    let mut all = vec![("sure", "1")];
    all.extend(sent.iter().map(|(name, value)| (*name, value.as_str())));
    let moved = browser.fill(&path, &path, &all).await.goes_to().to_owned();
    let moved = moved.strip_prefix("/people/").and_then(|at| at.split('?').next()).expect("a person");
    let person = world.get(root, &format!("/users/{moved}")).await.expect(200);
    assert_eq!(person["fields"], json!({ "cost_centre": "4711" }));
    assert_eq!(text(&person["details"]["external_id"]), "E-2");
    assert_eq!(text(&person["tenant"]["code"]), "beta");
    assert!(browser.get(&format!("/people/{moved}")).await.html.contains(&fact("Cost centre", "4711")));
}

/// A field of acme as REST shows it.
async fn field(estate: &Estate, key: &str) -> Value {
    let path = format!("/tenants/{}/fields/{key}", estate.acme_id());
    estate.world.get(&estate.anna, &path).await.expect(200)
}

#[tokio::test]
async fn a_field_is_defined_on_a_page_and_what_is_wrong_stands_where_it_is() {
    let estate = Estate::new().await;
    let acme = estate.acme_id();
    let (list, new) = (format!("/settings/{acme}/fields"), format!("/settings/{acme}/new-field"));
    let mut anna = Browser::signed_in(&estate.world, &estate.anna);
    let page = anna.get(&list).await.shows(200, "custom-fields-none");
    assert!(page.contains("Nothing is asked so far.") && page.contains("/new-field\""), "{page}");
    assert!(anna.get(&format!("/settings/{acme}")).await.html.contains(&list), "there is a way to it");
    anna.get(&new).await.shows(200, "custom-field-new");
    let wrong = [
        ("custom.label", "Level"),
        ("custom.key", "Level"),
        ("custom.kind", "choice"),
        ("custom.rules.min_chars", "few"),
    ];
    let page = anna.fill(&new, &new, &wrong).await.shows(422, "custom-field-wrong");
    assert!(page.contains("id=\"e-custom.rules.min_chars\"") && page.contains("value=\"few\""), "{page}");
    let wrong = anna.fill(&new, &new, &wrong[..3]).await;
    assert_eq!((wrong.status.as_u16(), standing(&wrong, "custom.label").as_str()), (422, "Level"));
    for at in ["id=\"e-custom.key\"", "id=\"e-custom.rules.choices\"", "<option value=\"choice\" selected>"] {
        assert!(wrong.html.contains(at), "{at}: {}", wrong.html);
    }
    let right = [
        ("custom.label", "Level"),
        ("custom.key", "level"),
        ("custom.kind", "choice"),
        ("custom.attribute", "division"),
        ("custom.person", "sees"),
        ("custom.flags", "required"),
        ("custom.rules.choices", "Junior\r\n\r\n Senior \r\n"),
    ];
    assert_eq!(anna.fill(&new, &new, &right).await.goes_to(), format!("{list}?done=settings"));
    let made = field(&estate, "level").await;
    assert_eq!(made["rules"], json!({ "choices": ["Junior", "Senior"] }));
    assert_eq!((&made["required"], &made["copied"]), (&json!(true), &json!(false)));
    assert_eq!((text(&made["attribute"]), text(&made["person"])), ("division", "sees"));
    let taken = anna.fill(&new, &new, &right).await;
    assert_eq!(taken.status.as_u16(), 422);
    for at in ["id=\"e-custom.key\"", "id=\"e-custom.attribute\""] {
        assert!(taken.html.contains(at), "{at}: {}", taken.html);
    }
    let page = anna.get(&list).await.shows(200, "custom-fields");
    assert!(page.contains("/fields/level\"") && page.contains("Needed"), "{page}");
    assert!(page.contains("division"), "{page}");
}

#[tokio::test]
async fn a_field_is_changed_retired_and_asked_for_again_on_its_page() {
    let estate = Estate::new().await;
    let (world, acme) = (&estate.world, estate.acme_id());
    let (list, one) = (format!("/settings/{acme}/fields"), format!("/settings/{acme}/fields/level"));
    let level = json!({ "kind": "choice", "required": true, "rules": { "choices": ["Junior", "Senior"] } });
    define(world, &estate.anna, acme, "level", level).await;
    let done = format!("{list}?done=settings");
    let mut anna = Browser::signed_in(world, &estate.anna);
    let shown = anna.get(&one).await;
    let version = standing(&shown, "version");
    let page = shown.shows(200, "custom-field");
    assert!(page.contains("Junior\nSenior</textarea>"), "{page}");
    assert!(
        page.contains("value=\"required\" checked") && !page.contains("value=\"copied\" checked"),
        "{page}"
    );
    assert!(!page.contains("custom.kind") && !page.contains("custom.rules.pattern"), "what stays: {page}");
    let changed = [
        ("version", version.as_str()),
        ("custom.label", "Rank"),
        ("custom.person", "edits"),
        ("custom.flags", "copied"),
        ("custom.rules.choices", "Junior\nSenior\nChief"),
    ];
    assert_eq!(anna.fill(&one, &one, &changed).await.goes_to(), done);
    let now = field(&estate, "level").await;
    assert_eq!((text(&now["label"]), text(&now["person"])), ("Rank", "edits"));
    assert_eq!((&now["required"], &now["copied"]), (&json!(false), &json!(true)));
    assert_eq!(now["rules"]["choices"], json!(["Junior", "Senior", "Chief"]));
    let stale = anna.fill(&one, &one, &changed).await;
    assert_eq!((stale.status.as_u16(), standing(&stale, "version").as_str()), (422, "2"));

    let retire = format!("{one}/retire");
    assert_eq!(
        anna.fill(&one, &retire, &[("version", "1")]).await.status.as_u16(),
        409,
        "of another version"
    );
    assert_eq!(anna.fill(&one, &retire, &[("version", "2")]).await.goes_to(), done);
    assert!(field(&estate, "level").await["retired_at"].is_string());
    assert!(anna.get(&list).await.html.contains("Retired"));
    let restored = anna.fill(&one, &format!("{one}/restore"), &[("version", "3")]).await;
    assert_eq!(restored.goes_to(), done);
    assert!(field(&estate, "level").await["retired_at"].is_null());
    assert_eq!(anna.fill(&one, &format!("{one}/burn"), &[("version", "4")]).await.status.as_u16(), 404);
}

#[tokio::test]
async fn fields_from_above_are_seen_and_changed_only_where_they_were_defined() {
    let estate = Estate::new().await;
    let (world, acme, north) = (&estate.world, estate.acme_id(), text(&estate.north["id"]));
    define(world, &estate.boss, north, "region", json!({ "label": "Region" })).await;
    let (at_acme, at_north) = (format!("/settings/{acme}/fields"), format!("/settings/{north}/fields"));
    let mut anna = Browser::signed_in(world, &estate.anna);
    let page = anna.get(&at_acme).await.shows(200, "custom-fields-above");
    assert!(page.contains("Region") && page.contains("From above"), "{page}");
    let line = format!("{at_acme}/region");
    assert!(!page.contains(&line), "no way to change it here: {page}");
    assert_eq!(anna.get(&line).await.status.as_u16(), 404);
    let sent = [("version", "1"), ("custom.label", "X")];
    assert_eq!(anna.fill(&at_acme, &line, &sent).await.status.as_u16(), 404);
    assert_eq!(anna.fill(&at_acme, &format!("{line}/retire"), &sent).await.status.as_u16(), 404);
    assert_eq!(anna.get(&at_north).await.status.as_u16(), 404);
    let mut boss = Browser::signed_in(world, &estate.boss);
    assert_eq!(boss.get(&format!("{at_north}/region")).await.status.as_u16(), 200);
    // Another seller's, and somebody without a role.
    for token in [&estate.bert, &estate.ben] {
        let mut other = Browser::signed_in(world, token);
        for path in [&at_acme, &line, &format!("/settings/{acme}/new-field")] {
            let status = other.get(path).await.status.as_u16();
            assert!([403, 404].contains(&status), "{path}: {status}");
        }
        let new = format!("/settings/{acme}/new-field");
        let mine = [("custom.label", "Mine"), ("custom.key", "mine"), ("custom.kind", "text")];
        let status = other.fill("/account", &new, &mine).await.status.as_u16();
        assert!([403, 404].contains(&status), "{status}");
    }
    let fields = world.get(&estate.anna, &format!("/tenants/{acme}/fields")).await.expect(200);
    assert_eq!(fields["fields"].as_array().map(Vec::len), Some(1), "{fields}");
    assert_eq!(text(&fields["fields"][0]["label"]), "Region");
}

#[tokio::test]
async fn an_order_asks_of_the_administrator_what_its_seller_asks_of_people() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let centre = json!({ "label": "Cost centre", "required": true, "rules": { "pattern": "[0-9]{4}" } });
    define(world, &estate.boss, text(&estate.north["id"]), "cost_centre", centre).await;
    // What a customer asks is not asked of others.
    define(world, &estate.anna, estate.acme_id(), "room", json!({})).await;
    let mut boss = Browser::signed_in(world, &estate.boss);
    let name = "administrator.fields.cost_centre";
    let page = boss.get("/order").await.shows(200, "fields-order");
    assert!(page.contains(&format!("name=\"{name}\"")) && !page.contains("fields.room"), "{page}");
    let send = |centre| {
        [
            ("seller", "north"),
            ("customer.name", "Gamma"),
            ("customer.code", "gamma"),
            ("customer.upn_suffix", "gamma.test"),
            ("reference", "SO-gamma"),
            ("administrator.surname", "Boe"),
            ("plans", "backup"),
            (name, centre),
        ]
    };
    for typed in ["", "47"] {
        let wrong = boss.fill("/order", "/order", &send(typed)).await;
        assert_eq!((wrong.status.as_u16(), standing(&wrong, name).as_str()), (422, typed), "{}", wrong.html);
        assert!(wrong.html.contains(&format!("id=\"e-{name}\"")), "{}", wrong.html);
        assert!(wrong.html.contains(&format!("href=\"#f-{name}\">Cost centre</a>")), "{}", wrong.html);
    }
    let placed = boss.fill("/order", "/order", &send("4711")).await;
    assert!(placed.goes_to().starts_with("/orders/ord_"), "{}", placed.html);
    assert_eq!(
        world.db.values("users", "id", "surname = 'Boe' AND fields::text LIKE '%4711%'").await.len(),
        1
    );
}
