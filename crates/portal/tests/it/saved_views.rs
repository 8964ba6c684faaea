//! Views of lists: kept, shown to whom they belong, changed and forgotten.

use serde_json::json;

use crate::{
    visit::Browser,
    world::{Estate, text},
};

/// Keeps a view of the people of acme; gives where that leads.
async fn save(
    browser: &mut Browser,
    people: &str,
    query: &[(&str, &str)],
    name: &str,
    shared: bool,
) -> String {
    let asked: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let names: Vec<_> = query.iter().map(|(name, _)| format!("query.{name}")).collect();
    let mut fields = vec![("list", "people"), ("from", people), ("name", name)];
    fields.extend(names.iter().zip(query).map(|(name, (_, value))| (name.as_str(), *value)));
    if shared {
        fields.push(("shared", "1"));
    }
    let saved = browser.fill(&format!("{people}?{}", asked.join("&")), "/views", &fields).await;
    saved.goes_to().to_owned()
}

#[tokio::test]
async fn a_view_is_a_link_above_its_list_for_whoever_kept_it_and_whom_it_is_shared_with() {
    let estate = Estate::new().await;
    estate.ben_looks_after_people().await;
    let people = format!("/customers/{}/people", estate.acme_id());
    let mut anna = Browser::signed_in(&estate.world, &estate.anna);
    let plain = anna.get(&people).await.html;
    assert!(
        !plain.contains("action=\"/views\"") && !plain.contains("Saved views"),
        "nothing to keep: {plain}"
    );
    let asked = [("standing", "disabled"), ("columns", "name,mail"), ("sort", "-created")];
    let leads = save(&mut anna, &people, &asked, "Gone", false).await;
    assert_eq!(
        leads,
        format!("{people}?columns=name%2Cmail&sort=-created&standing=disabled&done=view-saved")
    );
    let page = anna.get(&leads).await.html;
    assert!(page.contains("aria-current=\"page\"><bdi>Gone</bdi>"), "{page}");
    assert!(!page.contains("action=\"/views\""), "it is kept already: {page}");
    save(&mut anna, &people, &[("standing", "never_activated")], "New ones", true).await;
    // The same list of another order is something else.
    let other = anna.get(&format!("{people}?standing=disabled&columns=name,mail")).await.html;
    assert!(
        other.contains("<bdi>Gone</bdi>") && !other.contains("aria-current=\"page\"><bdi>Gone"),
        "{other}"
    );
    let mut ben = Browser::signed_in(&estate.world, &estate.ben);
    let seen = ben.get(&people).await.html;
    assert!(seen.contains("<bdi>New ones</bdi>") && !seen.contains("Gone"), "{seen}");
    let all = ben.get("/views").await.html;
    assert!(
        all.contains("New ones") && !all.contains("value=\"New ones\""),
        "seen, and not to be changed: {all}"
    );
    // Ben keeps views of his own, and shares none.
    let unshared = ben.get(&format!("{people}?q=anna")).await.html;
    assert!(unshared.contains("action=\"/views\"") && !unshared.contains("name=\"shared\""), "{unshared}");
    let fields =
        [("list", "people"), ("from", people.as_str()), ("name", "X"), ("query.q", "anna"), ("shared", "1")];
    assert_eq!(ben.fill(&format!("{people}?q=anna"), "/views", &fields).await.status.as_u16(), 403);
    let denied = estate.world.db.values("event", "outcome", "code = 'access.denied'").await;
    assert_eq!(denied, ["denied"], "the attempt is in the log");
    save(&mut ben, &people, &[("q", "anna")], "Gone", false).await;
    for (name, token) in [("a reseller", &estate.boss), ("the provider", &estate.world.root)] {
        let mut browser = Browser::signed_in(&estate.world, token);
        let seen = browser.get(&people).await.html;
        assert!(!seen.contains("Gone") && !seen.contains("New ones"), "{name}: {seen}");
    }
    let mut bert = Browser::signed_in(&estate.world, &estate.bert);
    let seen = bert.get("/views").await.html;
    assert!(seen.contains("Nothing was saved yet") && !seen.contains("New ones"), "{seen}");
    let codes = estate.world.db.values("event", "code || ' ' || target_kind", "code LIKE 'view.%'").await;
    assert_eq!(codes, ["view.saved view"]);
    let events = estate.world.db.rows("SELECT change FROM event WHERE code = 'view.saved'").await;
    let said: String = events.iter().map(ToString::to_string).collect();
    assert!(said.contains("New ones") && !said.contains("Gone") && !said.contains("anna"), "{said}");
}

#[tokio::test]
async fn views_are_renamed_shared_replaced_and_deleted() {
    let estate = Estate::new().await;
    let people = format!("/customers/{}/people", estate.acme_id());
    let mut anna = Browser::signed_in(&estate.world, &estate.anna);
    save(&mut anna, &people, &[("q", "anna")], "One", false).await;
    save(&mut anna, &people, &[("q", "ben")], "Two", false).await;
    let from = format!("/views?from={people}");
    let page = anna.get(&from).await.html;
    assert!(page.contains("q=anna") && page.contains(&format!("href=\"{people}?q=ben\"")), "{page}");
    let id = async |name: &str| {
        estate.world.db.values("saved_view", "'viw_' || id", &format!("name = '{name}'")).await
    };
    let all = estate.world.get(&estate.anna, "/views").await.expect(200);
    let ids: Vec<_> = all["items"].as_array().expect("views").iter().map(|view| text(&view["id"])).collect();
    let mut act = async |id: &str, what: &str, name: &str| {
        let fields = [("what", what), ("name", name), ("from", people.as_str())];
        anna.fill(&from, &format!("/views/{id}"), &fields).await
    };
    let taken = act(ids[1], "rename", " ONE ").await.shows(422, "views-taken");
    assert!(taken.contains("This is taken already."), "{taken}");
    assert!(act(ids[1], "rename", "Second").await.goes_to().ends_with("done=view-changed"));
    assert!(act(ids[1], "share", "").await.goes_to().ends_with("done=view-changed"));
    assert_eq!(estate.world.db.values("saved_view", "name", "user_id IS NULL").await, ["Second"]);
    assert!(act(ids[1], "unshare", "").await.goes_to().ends_with("done=view-changed"));
    assert_eq!(estate.world.db.values("saved_view", "name", "user_id IS NULL").await, Vec::<String>::new());
    assert!(act(ids[0], "remove", "").await.goes_to().ends_with("done=view-removed"));
    assert_eq!(act(ids[0], "remove", "").await.status.as_u16(), 404);
    assert_eq!(id("One").await, Vec::<String>::new());
    // The name is taken: it says so, and the other can be replaced.
    let fields = [("list", "people"), ("from", people.as_str()), ("name", "second"), ("query.q", "berg")];
    let again = anna.fill(&format!("{people}?q=berg"), "/views", &fields).await.shows(422, "views-again");
    assert!(
        again.contains("name=\"replace\"") && again.contains("name=\"query.q\" value=\"berg\""),
        "{again}"
    );
    let fields = [&fields[..], &[("replace", "1")]].concat();
    let replaced = anna.fill(&from, "/views", &fields).await;
    assert!(replaced.goes_to().starts_with(&format!("{people}?q=berg")), "{}", replaced.goes_to());
    assert_eq!(estate.world.db.values("saved_view", "query ->> 'q'", "true").await, ["berg"]);
    // Nobody is led elsewhere, and nothing is kept that the list does not know.
    let away = [("list", "people"), ("from", "//evil.test/"), ("name", "Away"), ("query.q", "x")];
    assert!(anna.fill(&from, "/views", &away).await.goes_to().starts_with("/views?q=x"));
    let odd = [("list", "people"), ("from", people.as_str()), ("name", "Odd"), ("query.after", "x")];
    let odd = anna.fill(&from, "/views", &odd).await;
    assert_eq!(odd.status.as_u16(), 422);
    assert!(odd.html.contains("&#34;after&#34; does not exist here."), "{}", odd.html);
}

#[tokio::test]
async fn a_view_of_what_is_there_no_more_says_so_and_can_still_be_deleted() {
    let estate = Estate::new().await;
    let field = json!({ "key": "cost_centre", "label": "Cost centre", "kind": "text" });
    let fields = format!("/tenants/{}/fields", estate.acme_id());
    estate.world.post(&estate.anna, &fields, &field).await.expect(201);
    let people = format!("/customers/{}/people", estate.acme_id());
    let mut anna = Browser::signed_in(&estate.world, &estate.anna);
    let asked = [("fields.cost_centre", "4711"), ("columns", "name,fields.cost_centre")];
    let leads = save(&mut anna, &people, &asked, "Centre", false).await;
    assert_eq!(anna.get(&leads).await.status.as_u16(), 200);
    let line = format!("PATCH {fields}/cost_centre");
    let retired = json!({ "retired": true });
    estate.world.call(&estate.anna, &line, &[("if-match", "\"1\"")], Some(&retired)).await.expect(200);
    let page = anna.get(&leads).await;
    assert_eq!(page.status.as_u16(), 422);
    assert!(page.html.contains("&#34;fields.cost_centre&#34; does not exist here."), "{}", page.html);
    let file = anna.get(&format!("{people}/export?fields.cost_centre=4711")).await;
    assert_eq!(file.status.as_u16(), 422, "nobody gets everybody instead of those of a filter");
    let all = anna.get("/views").await.html;
    assert!(all.contains("Centre") && all.contains("value=\"remove\""), "{all}");
}

#[tokio::test]
async fn programs_keep_views_as_pages_do() {
    let estate = Estate::new().await;
    let (world, anna) = (&estate.world, &estate.anna);
    let new = json!({ "list": "customers", "name": "Closed", "query": { "status": "closed", "columns": "name, closed" } });
    let made = world.post(anna, "/views", &new).await.expect(201);
    assert_eq!((&made["query"]["columns"], &made["shared"]), (&json!("name,closed"), &json!(false)));
    assert_eq!(world.post(anna, "/views", &new).await.refused(), [("name".to_owned(), "taken".to_owned())]);
    for (body, field, rule) in [
        (json!({ "list": "tenants", "name": "x", "query": { "q": "x" } }), "list", "unknown"),
        (json!({ "list": "people", "name": " ", "query": { "q": "x" } }), "name", "required"),
        (json!({ "list": "people", "name": "x" }), "query", "required"),
        (json!({ "list": "people", "name": "x", "query": { "sort": "shoe" } }), "query.sort", "unknown"),
        (json!({ "list": "people", "name": "x", "query": { "page": "2" } }), "query.page", "unknown"),
        (json!({ "list": "people", "name": "x".repeat(61), "query": { "q": "x" } }), "name", "too_long"),
    ] {
        assert_eq!(world.post(anna, "/views", &body).await.refused(), [(field.to_owned(), rule.to_owned())]);
    }
    let path = format!("/views/{}", text(&made["id"]));
    let patch = json!({ "name": "Gone", "query": { "status": "suspended" }, "shared": true });
    let changed = world.call(anna, &format!("PATCH {path}"), &[], Some(&patch)).await.expect(200);
    assert_eq!((&changed["name"], &changed["shared"]), (&json!("Gone"), &json!(true)));
    let of = async |token: &str, path: &str| {
        world.get(token, path).await.expect(200)["items"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((of(anna, "/views?list=customers").await, of(anna, "/views?list=people").await), (1, 0));
    assert_eq!(
        (of(&estate.ben, "/views").await, of(&estate.boss, "/views").await),
        (0, 0),
        "no role, another tenant"
    );
    let ben = world
        .post(&estate.ben, "/views", &json!({ "list": "people", "name": "x", "query": { "q": "x" } }))
        .await;
    assert_eq!(text(&ben.expect(403)["code"]), "forbidden");
    world.call(anna, &format!("DELETE {path}"), &[], None).await.expect(204);
    world.call(anna, &format!("DELETE {path}"), &[], None).await.expect(404);
    // There is an end.
    world
        .db
        .execute(
            "INSERT INTO saved_view (id, tenant_id, user_id, list, name, search_key, query, created_by, created_at, updated_at)
             SELECT gen_random_uuid(), u.tenant_id, u.id, 'people', n::text, n::text, '{}', u.id, now(), now()
               FROM users u, generate_series(1, 50) n WHERE u.principal_name = 'anna.berg@acme.test'",
        )
        .await;
    assert_eq!(
        world.post(anna, "/views", &new).await.refused(),
        [("name".to_owned(), "too_many".to_owned())]
    );
}
