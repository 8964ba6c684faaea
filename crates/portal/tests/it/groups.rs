//! Groups in the pages: made, changed, filled with people and groups, owned, removed and restored.

use serde_json::json;

use crate::{
    visit::Browser,
    world::{Estate, text},
};

/// The id at the end of an address.
fn id_of(address: &str) -> String {
    let address = address.split('?').next().unwrap_or_default();
    address.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Makes a group in the pages; gives its id.
async fn make(browser: &mut Browser, list: &str, name: &str) -> String {
    let new = format!("{list}/new");
    let made = browser.fill(&new, &new, &[("name", name), ("group_kind", "security")]).await;
    id_of(made.goes_to())
}

#[tokio::test]
async fn a_group_is_made_changed_filled_owned_removed_and_restored_in_the_pages() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let list = format!("/customers/{}/groups", estate.acme_id());
    let mut browser = Browser::signed_in(world, &estate.anna);
    let empty = browser.get(&list).await;
    assert!(empty.html.contains(&format!("{list}/new")), "the list says what to do: {}", empty.html);

    // What is wrong is said at its field, and what was typed stays.
    let new = format!("{list}/new");
    let wrong =
        [("name", " "), ("group_description", "Who pays"), ("group_kind", "nice"), ("mail", "x@else.where")];
    let page = browser.fill(&new, &new, &wrong).await.shows(422, "group-new-wrong");
    for field in ["e-name", "e-group_kind"] {
        assert!(page.contains(&format!("id=\"{field}\"")), "{field}: {page}");
    }
    assert!(page.contains("value=\"Who pays\""), "{page}");

    let id = make(&mut browser, &list, "Accounting").await;
    let path = format!("/groups/{id}");
    let shown = browser.get(&path).await.shows(200, "group-new");
    assert!(shown.contains("Accounting") && shown.contains("Nobody is in it."), "{shown}");
    let twice = [("name", "accounting"), ("group_kind", "distribution")];
    let twice = browser.fill(&new, &new, &twice).await;
    assert!(twice.shows(422, "group-taken").contains("id=\"e-name\""));

    // Changed: a name, a kind, addresses; somebody else's change is not overwritten unseen.
    let edit = format!("{path}/edit");
    let version = world.get(&estate.anna, &format!("/groups/{id}")).await;
    let etag = version.header("etag").expect("a version").trim_matches('"').to_owned();
    let fields = |version: &str, name: &str| {
        [
            ("version", version),
            ("name", name),
            ("group_kind", "distribution"),
            ("group_description", "Bills"),
            ("mail", "bills@else.example"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = fields(&etag, "Finance");
    let send: Vec<_> = send.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let refused = browser.fill(&edit, &path, &send).await;
    // The address has to be in a domain of the customer.
    let page = refused.shows(422, "group-edit-wrong");
    assert!(page.contains("id=\"e-mail\"") && page.contains("value=\"Finance\""), "{page}");
    let suffix = text(
        &world.get(&estate.anna, &format!("/users/{}", estate.ben_id)).await.expect(200)["principal_name"],
    )
    .rsplit('@')
    .next()
    .unwrap_or_default()
    .to_owned();
    let mail = format!("bills@{suffix}");
    let send: Vec<_> =
        send.iter().map(|(n, v)| (*n, if *n == "mail" { mail.as_str() } else { *v })).collect();
    browser.fill(&edit, &path, &send).await.goes_to();
    let stale = browser.fill(&edit, &path, &send).await.shows(422, "group-stale");
    assert!(stale.contains("value=\"Finance\""), "what was typed stays: {stale}");
    let now = world.get(&estate.anna, &format!("/groups/{id}")).await.expect(200);
    assert_eq!(
        (text(&now["name"]), text(&now["kind"]), text(&now["mail"])),
        ("Finance", "distribution", mail.as_str())
    );

    // People come in by login, groups by name, and go; who is nobody is named and nothing happens.
    let inner = make(&mut browser, &list, "Clerks").await;
    let ben = text(
        &world.get(&estate.anna, &format!("/users/{}", estate.ben_id)).await.expect(200)["principal_name"],
    )
    .to_owned();
    let add = format!("{path}/add");
    let page =
        browser.fill(&path, &add, &[("member", "nobody@acme.test, Clerks")]).await.shows(422, "group-nobody");
    assert!(page.contains("nobody@acme.test"), "{page}");
    browser.fill(&path, &add, &[("member", &format!("{ben}\nclerks"))]).await.goes_to();
    let shown = browser.get(&path).await.shows(200, "group-filled");
    assert!(
        shown.contains(&format!("/groups/{inner}").replace(&inner, "grp_")) || shown.contains("Clerks"),
        "{shown}"
    );
    assert!(shown.contains(&ben), "{shown}");
    let circle = browser
        .fill(&format!("/groups/{inner}"), &format!("/groups/{inner}/add"), &[("member", "Finance")])
        .await;
    assert!(circle.shows(422, "group-circle").contains("id=\"e-member\""));
    browser.fill(&path, &format!("{path}/out"), &[("member", &inner)]).await.goes_to();

    // Owners by login.
    let version =
        |of: &crate::world::Reply| of.header("etag").expect("a version").trim_matches('"').to_owned();
    let v = version(&world.get(&estate.anna, &format!("/groups/{id}")).await);
    let owners = format!("{path}/owners");
    let page = browser.fill(&path, &owners, &[("version", &v), ("owners", "nobody@acme.test")]).await;
    assert!(page.shows(422, "group-owners-wrong").contains("id=\"e-owners\""));
    browser.fill(&path, &owners, &[("version", &v), ("owners", &ben)]).await.goes_to();
    let owned = world.get(&estate.anna, &format!("/groups/{id}/owners")).await.expect(200);
    assert_eq!(text(&owned["owners"][0]["id"]), estate.ben_id);
    // Who owns it changes who is in it, and nothing else of it.
    let mut owner = Browser::signed_in(world, &estate.ben);
    let page = owner.get(&path).await.shows(200, "group-owner");
    assert!(page.contains("/add\"") && !page.contains("/edit\"") && !page.contains("/remove\""), "{page}");
    assert_eq!(owner.get(&edit).await.status.as_u16(), 404);

    // Removed, and there again.
    let v = version(&world.get(&estate.anna, &format!("/groups/{id}")).await);
    let gone = browser.fill(&path, &format!("{path}/remove"), &[("version", &v)]).await;
    assert!(gone.goes_to().starts_with(&list));
    let removed = format!("/customers/{}/removed", estate.acme_id());
    let page = browser.get(&removed).await.shows(200, "removed");
    assert!(page.contains("Finance") && page.contains("/restore\""), "{page}");
    browser.fill(&removed, &format!("{path}/restore"), &[]).await.goes_to();
    assert!(browser.get(&path).await.shows(200, "group-restored").contains(&ben));
    assert!(browser.get(&removed).await.shows(200, "removed-none").contains("No group was removed"));
}

#[tokio::test]
async fn a_person_is_put_into_groups_unlocked_removed_and_restored_on_their_page() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let list = format!("/customers/{}/groups", estate.acme_id());
    let mut browser = Browser::signed_in(world, &estate.anna);
    let id = make(&mut browser, &list, "Accounting").await;
    let path = format!("/people/{}", estate.ben_id);
    browser.fill(&path, &format!("{path}/group"), &[("group", &id)]).await.goes_to();
    let shown = browser.get(&path).await.shows(200, "person-groups");
    assert!(shown.contains("/ungroup\"") && shown.contains("Kept by the product"), "{shown}");
    let held = world.get(&estate.anna, &format!("/users/{}/groups", estate.ben_id)).await.expect(200);
    let names: Vec<_> =
        held["items"].as_array().expect("groups").iter().map(|g| text(&g["group"]["name"])).collect();
    assert!(names.contains(&"Accounting"), "{names:?}");
    browser.fill(&path, &format!("{path}/ungroup"), &[("group", &id)]).await.goes_to();
    let held = world.get(&estate.anna, &format!("/users/{}/groups", estate.ben_id)).await.expect(200);
    let out =
        held["items"].as_array().expect("groups").iter().find(|g| g["group"]["name"] == json!("Accounting"));
    assert!(out.is_none_or(|g| g["wanted"] == json!(false)), "{held}");
    let stranger =
        browser.fill(&path, &format!("{path}/group"), &[("group", "grp_01jzk3v8x6f0p2m4q7r9s1t3vw")]).await;
    assert_eq!(stranger.status.as_u16(), 404);

    for act in ["unlock", "expire"] {
        let done = browser.fill(&path, &format!("{path}/{act}"), &[]).await;
        assert!(done.goes_to().ends_with(act), "{act}");
    }
    let asked = world.db.values("request", "kind", "kind IN ('user_unlock', 'password_expire')").await;
    assert!(!asked.is_empty(), "the directory is asked: {asked:?}");

    let etag = world.get(&estate.anna, &format!("/users/{}", estate.ben_id)).await;
    let version = etag.header("etag").expect("a version").trim_matches('"').to_owned();
    browser.fill(&path, &format!("{path}/remove"), &[("version", &version)]).await.goes_to();
    let removed = format!("/customers/{}/removed", estate.acme_id());
    let page = browser.get(&removed).await.shows(200, "removed-person");
    assert!(page.contains("can be restored until"), "{page}");
    browser.fill(&removed, &format!("{path}/restore"), &[]).await.goes_to();
    world.get(&estate.anna, &format!("/users/{}", estate.ben_id)).await.expect(200);
    // Whoever may change nobody sees neither what was removed to restore nor the way to do it.
    let mut own = Browser::signed_in(world, &estate.ben);
    assert!(!own.get(&path).await.html.contains("/ungroup\""));
}
