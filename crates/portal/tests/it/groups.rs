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

/// The version of something, as the API tells it.
async fn version(estate: &Estate, path: &str) -> String {
    let shown = estate.world.get(&estate.anna, path).await;
    shown.header("etag").expect("a version").trim_matches('"').to_owned()
}

/// The login of the person who holds no role.
async fn ben(estate: &Estate) -> String {
    let ben = estate.world.get(&estate.anna, &format!("/users/{}", estate.ben_id)).await.expect(200);
    text(&ben["principal_name"]).to_owned()
}

#[tokio::test]
async fn a_group_is_made_and_changed_in_the_pages_and_what_is_wrong_is_said_at_its_field() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let list = format!("/customers/{}/groups", estate.acme_id());
    let mut browser = Browser::signed_in(world, &estate.anna);
    let empty = browser.get(&list).await;
    assert!(empty.html.contains(&format!("{list}/new")), "the list says what to do: {}", empty.html);
    let new = format!("{list}/new");
    let wrong =
        [("name", " "), ("group_description", "Who pays"), ("group_kind", "nice"), ("mail", "nobody")];
    let page = browser.fill(&new, &new, &wrong).await.shows(422, "group-new-wrong");
    for field in ["e-name", "e-group_kind", "e-mail"] {
        assert!(page.contains(&format!("id=\"{field}\"")), "{field}: {page}");
    }
    assert!(page.contains("value=\"Who pays\""), "what was typed stays: {page}");
    let id = make(&mut browser, &list, "Accounting").await;
    let path = format!("/groups/{id}");
    let shown = browser.get(&path).await.shows(200, "group-new");
    assert!(shown.contains("Accounting") && shown.contains("Nobody is in it."), "{shown}");
    let twice = [("name", "accounting"), ("group_kind", "distribution")];
    let twice = browser.fill(&new, &new, &twice).await;
    assert!(twice.shows(422, "group-taken").contains("id=\"e-name\""));

    let edit = format!("{path}/edit");
    let first = version(&estate, &path).await;
    let fields = |mail: &'static str| {
        [("name", "Finance"), ("group_kind", "distribution"), ("group_description", "Bills"), ("mail", mail)]
    };
    let with = |mail| [&[("version", first.as_str())][..], &fields(mail)].concat();
    let page = browser.fill(&edit, &path, &with("bills@else.example")).await.shows(422, "group-edit-wrong");
    assert!(page.contains("id=\"e-mail\"") && page.contains("value=\"Finance\""), "{page}");
    browser.fill(&edit, &path, &with("bills@acme.test")).await.goes_to();
    // Somebody else's change is not overwritten unseen.
    let stale = browser.fill(&edit, &path, &with("other@acme.test")).await.shows(422, "group-stale");
    assert!(stale.contains("value=\"other@acme.test\""), "what was typed stays: {stale}");
    let now = world.get(&estate.anna, &path).await.expect(200);
    let said = (text(&now["name"]), text(&now["kind"]), text(&now["mail"]));
    assert_eq!(said, ("Finance", "distribution", "bills@acme.test"));
}

#[tokio::test]
async fn people_and_groups_come_into_a_group_by_their_names_and_go() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let list = format!("/customers/{}/groups", estate.acme_id());
    let mut browser = Browser::signed_in(world, &estate.anna);
    let outer = make(&mut browser, &list, "Finance").await;
    let inner = make(&mut browser, &list, "Clerks").await;
    for name in ["Sales", "North", "Sales, North", "R&D @ Night"] {
        make(&mut browser, &list, name).await;
    }
    let (path, ben) = (format!("/groups/{outer}"), ben(&estate).await);
    let add = format!("{path}/add");
    let page = browser.fill(&path, &add, &[("member", "nobody@acme.test, Clerks")]).await;
    assert!(page.shows(422, "group-nobody").contains("nobody@acme.test"));
    let held = async |what: &str| {
        world.get(&estate.anna, &format!("{path}/{what}")).await.expect(200)["items"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!((held("members").await, held("groups").await), (0, 0), "nobody is left out unseen");
    browser.fill(&path, &add, &[("member", &format!("{ben}\nclerks"))]).await.goes_to();
    let shown = browser.get(&path).await.shows(200, "group-filled");
    assert!(shown.contains("Clerks") && shown.contains(&ben), "{shown}");
    assert_eq!((held("members").await, held("groups").await), (1, 1));
    // Names of groups may hold what separates names, and what logins hold.
    browser.fill(&path, &add, &[("member", "Sales, North\nR&D @ Night")]).await.goes_to();
    let inside = world.get(&estate.anna, &format!("{path}/groups")).await.expect(200);
    let names: Vec<_> =
        inside["items"].as_array().expect("groups").iter().map(|one| text(&one["group"]["name"])).collect();
    assert_eq!(names, ["Clerks", "Sales, North", "R&D @ Night"]);
    let within = format!("/groups/{inner}");
    let circle = browser.fill(&within, &format!("{within}/add"), &[("member", "Finance")]).await;
    assert!(circle.shows(422, "group-circle").contains("id=\"e-member\""));
    browser.fill(&path, &format!("{path}/out"), &[("member", &inner)]).await.goes_to();
    let left = world.get(&estate.anna, &format!("{path}/groups")).await.expect(200);
    let clerks =
        left["items"].as_array().expect("groups").iter().find(|one| one["group"]["name"] == "Clerks");
    assert!(clerks.is_none_or(|one| one["wanted"] == json!(false)), "{left}");
}

#[tokio::test]
async fn a_group_is_owned_removed_and_restored_in_the_pages() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let list = format!("/customers/{}/groups", estate.acme_id());
    let mut browser = Browser::signed_in(world, &estate.anna);
    let path = format!("/groups/{}", make(&mut browser, &list, "Finance").await);
    let ben = ben(&estate).await;
    browser.fill(&path, &format!("{path}/add"), &[("member", &ben)]).await.goes_to();
    let (owners, v) = (format!("{path}/owners"), version(&estate, &path).await);
    let page = browser.fill(&path, &owners, &[("version", &v), ("owners", "nobody@acme.test")]).await;
    assert!(page.shows(422, "group-owners-wrong").contains("id=\"e-owners\""));
    browser.fill(&path, &owners, &[("version", &v), ("owners", &ben)]).await.goes_to();
    let owned = world.get(&estate.anna, &owners).await.expect(200);
    assert_eq!(text(&owned["owners"][0]["id"]), estate.ben_id);
    // Who owns it changes who is in it, and nothing else of it.
    let mut owner = Browser::signed_in(world, &estate.ben);
    let page = owner.get(&path).await.shows(200, "group-owner");
    assert!(page.contains("/add\"") && !page.contains("/edit\"") && !page.contains("/remove\""), "{page}");
    assert_eq!(owner.get(&format!("{path}/edit")).await.status.as_u16(), 404);
    let v = version(&estate, &path).await;
    let refused = owner.fill(&path, &format!("{path}/remove"), &[("version", &v)]).await;
    assert_eq!(refused.status.as_u16(), 404);

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

    // Whoever may look at no group is told of none, and finds no way to change them or what was removed.
    let removed = format!("/customers/{}/removed", estate.acme_id());
    let mut own = Browser::signed_in(world, &estate.ben);
    let page = own.get(&path).await.shows(200, "person-groups-own");
    for way in ["In no group", "/ungroup\"", "/group\"", "href=\"/groups/"] {
        assert!(!page.contains(way), "{way}: {page}");
    }
    assert_eq!(own.get(&removed).await.status.as_u16(), 404);

    for act in ["unlock", "expire"] {
        let done = browser.fill(&path, &format!("{path}/{act}"), &[]).await;
        assert!(done.goes_to().ends_with(act), "{act}");
    }
    let asked = world.db.values("request", "kind", "kind IN ('user_unlock', 'password_expire')").await;
    assert!(!asked.is_empty(), "the directory is asked: {asked:?}");

    let etag = world.get(&estate.anna, &format!("/users/{}", estate.ben_id)).await;
    let version = etag.header("etag").expect("a version").trim_matches('"').to_owned();
    browser.fill(&path, &format!("{path}/remove"), &[("version", &version)]).await.goes_to();
    let page = browser.get(&removed).await.shows(200, "removed-person");
    assert!(page.contains("can be restored until"), "{page}");
    browser.fill(&removed, &format!("{path}/restore"), &[]).await.goes_to();
    world.get(&estate.anna, &format!("/users/{}", estate.ben_id)).await.expect(200);
}
