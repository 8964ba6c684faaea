//! Lists: addresses that say everything, what is wrong in one, and files.

use serde_json::json;

use crate::{
    visit::Browser,
    world::{Estate, text},
};

/// Address of a link whose tag begins so.
pub fn link(html: &str, tag: &str) -> String {
    let (_, rest) = html.split_once(tag).unwrap_or_else(|| panic!("no {tag} in {html}"));
    let (_, rest) = rest.split_once("href=\"").expect("an address");
    rest.split('"').next().expect("an address").replace("&#38;", "&").replace("&amp;", "&")
}

#[tokio::test]
async fn a_list_leads_forwards_and_backwards_and_keeps_what_was_asked() {
    let estate = Estate::new().await;
    let path = format!("/customers/{}", estate.acme_id());
    let people: Vec<_> = (0..60)
        .map(|i| json!({ "given_name": "Sam", "surname": format!("Stone{i:02}"), "department": "R&D" }))
        .collect();
    let batch = json!({ "users": people });
    estate.world.post(&estate.anna, &format!("{path}/users/batch"), &batch).await.expect(202);
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let people = format!("{path}/people");
    let first = browser.get(&format!("{people}?q=sam&sort=-name&department=R%26D")).await;
    assert!(first.html.contains("Stone59") && !first.html.contains("Stone00"), "{}", first.html);
    assert!(first.html.contains("aria-sort=\"descending\"") && !first.html.contains("rel=\"prev\""));
    let next = link(&first.html, "rel=\"next\"");
    assert!(
        next.contains("q=sam") && next.contains("sort=-name") && next.contains("department=R%26D"),
        "{next}"
    );
    let second = browser.get(&next).await;
    assert!(second.html.contains("Stone00") && !second.html.contains("rel=\"next\""), "{}", second.html);
    let back = browser.get(&link(&second.html, "rel=\"prev\"")).await;
    assert!(back.html.contains("Stone59") && !back.html.contains("Stone00"), "{}", back.html);
    let shown = |html: &str| html.matches("Stone").count();
    assert_eq!(shown(&back.html), shown(&first.html));
    // What is of another order leads nowhere.
    let other = browser.get(&next.replace("sort=-name", "sort=login")).await;
    assert_eq!(other.status.as_u16(), 422, "{}", other.html);
}

#[tokio::test]
async fn what_is_wrong_in_an_address_is_said_with_what_can_stand_there() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.world.root);
    let path = format!("/customers/{}", estate.acme_id());
    for (path, known) in [
        (format!("{path}/people?sort=shoe_size"), "login, -login"),
        (format!("{path}/people?standing=asleep"), "never_activated"),
        (format!("{path}/people?state=hungry"), "failed"),
        (format!("{path}/groups?kind=nice"), "distribution"),
        (format!("{path}/groups?members=few"), "some, none"),
        ("/customers?status=gone".to_owned(), "suspended"),
        ("/customers?seller=x".to_owned(), "&#34;x&#34; does not exist here."),
        ("/status?state=bad".to_owned(), "parked"),
        ("/status?kind=wish".to_owned(), "reseller_create"),
        ("/status?after=x".to_owned(), "next"),
        ("/customers/export?sort=shoe_size".to_owned(), "code"),
        (format!("{path}/people?columns=name,shoe_size"), "external_id"),
        (format!("{path}/people/export?columns=fields.gone"), "external_id"),
        (format!("{path}/people?fields.gone=x"), "&#34;fields.gone&#34; does not exist here."),
        (format!("{path}/groups?columns=login"), "logon_name"),
        ("/customers?columns=name&columns=name".to_owned(), "name"),
        ("/customers/export?columns=people".to_owned(), "time_zone"),
        ("/status/export?columns=mail".to_owned(), "finished"),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.status.as_u16(), 422, "{path}: {}", page.html);
        assert!(page.html.contains(known), "{path}: {}", page.html);
    }
}

/// The tags of a text, with everything in them.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|tag| tag.split('>').next())
}

#[test]
fn a_table_that_becomes_cards_on_a_telephone_says_what_it_is() {
    // `display: block` takes a table's meaning away, and only a role gives it back.
    let roles = [
        ("table", "table"),
        ("thead", "rowgroup"),
        ("tbody", "rowgroup"),
        ("tr", "row"),
        ("th", "columnheader"),
        ("td", "cell"),
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).expect("templates") {
        let file = file.expect("a template").path();
        let text = std::fs::read_to_string(&file).expect("a template");
        let heads = file.ends_with("lists.html").then_some(text.as_str());
        let stacks =
            text.split("class=\"list stack\"").skip(1).filter_map(|rest| rest.split("</table>").next());
        for tag in heads.into_iter().chain(stacks).flat_map(tags) {
            let name = tag.split([' ', '{']).next().unwrap_or_default();
            let Some((_, role)) = roles.iter().find(|(of, _)| *of == name) else { continue };
            let row_head = name == "th" && tag.contains("role=\"rowheader\"");
            assert!(tag.contains(&format!("role=\"{role}\"")) || row_head, "<{tag}> in {}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 100, "tables were looked at: {seen}");
}

#[tokio::test]
async fn a_list_is_saved_as_a_file_with_all_it_would_show_and_nothing_else() {
    let estate = Estate::new().await;
    let path = format!("/customers/{}", estate.acme_id());
    let people: Vec<_> = (0..1_205)
        .map(|i| json!({ "given_name": "Sam", "surname": format!("Stone{i:04}"), "title": "=1+1" }))
        .collect();
    let batch = json!({ "users": people });
    estate.world.post(&estate.anna, &format!("{path}/users/batch"), &batch).await.expect(202);
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let file = browser.get(&format!("{path}/people/export?q=sam&sort=-name")).await;
    assert_eq!(file.status.as_u16(), 200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("acme-people.csv"));
    let lines: Vec<_> = file.html.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 1 + 1_205, "the head and everybody, in parts of a thousand");
    assert!(lines[0].starts_with("Name,Login,"), "{}", lines[0]);
    assert!(lines[1].starts_with("Sam Stone1204,"), "{}", lines[1]);
    assert!(lines[1].contains(",'=1+1,"), "no formula: {}", lines[1]);
    for (path, lines) in [
        (format!("{path}/groups/export"), 4),
        ("/customers/export?q=acme".to_owned(), 2),
        ("/status/export?kind=users_create".to_owned(), 2),
    ] {
        let file = browser.get(&path).await;
        assert_eq!((file.status.as_u16(), file.html.lines().count()), (200, lines), "{path}: {}", file.html);
    }
    // Nobody saves what they may not see.
    let mut ben = Browser::signed_in(&estate.world, &estate.ben);
    for path in [format!("{path}/people/export"), "/customers/export".to_owned(), "/status/export".to_owned()]
    {
        assert!(ben.get(&path).await.status.is_client_error(), "{path}");
    }
    let mut stranger = Browser::signed_in(&estate.world, &estate.bert);
    assert_eq!(stranger.get(&format!("{path}/people/export")).await.status.as_u16(), 404);
    let mut nobody = Browser::new(&estate.world);
    assert_eq!(nobody.get("/customers/export").await.goes_to(), "/sign-in?to=%2Fcustomers");
}

#[tokio::test]
async fn the_search_finds_customers_people_groups_and_requests_one_may_see() {
    let estate = Estate::new().await;
    let body = json!({ "name": "Acme board" });
    let path = format!("/customers/{}/groups", estate.acme_id());
    estate.world.post(&estate.anna, &path, &body).await.expect(202);
    let request = text(&estate.acme["request"]["id"]).to_owned();
    for (token, sees) in
        [(&estate.world.root, true), (&estate.boss, true), (&estate.anna, true), (&estate.bert, false)]
    {
        let mut browser = Browser::signed_in(&estate.world, token);
        for (search, found) in [
            ("acme%20b", "Acme board"),
            ("anna", "Anna Berg"),
            ("acme%20g", "acme GmbH"),
            (request.as_str(), "Order"),
        ] {
            let page = browser.get(&format!("/search?q={search}")).await;
            assert_eq!(page.html.contains(&format!(">{found}<")), sees, "{search}: {}", page.html);
        }
    }
}

#[tokio::test]
async fn of_more_directories_and_resellers_than_a_list_holds_each_is_named_by_its_code() {
    let estate = Estate::new().await;
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    let few = root.get("/drift").await;
    assert!(few.html.contains("<select id=\"directory\""), "{}", few.html);
    let few = root.get("/order").await;
    assert!(few.html.contains("<select id=\"f-seller\""), "{}", few.html);
    estate
        .world
        .db
        .execute(
            "CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, 201) n;
             INSERT INTO tenant_edge (child, parent, valid_from)
                 SELECT m.id, t.id, now() FROM made m, tenant t WHERE t.kind = 'provider';
             INSERT INTO tenant (id, kind, code, name, search_key, language, time_zone, currency, created_at)
                 SELECT id, 'reseller', 'zz' || n, 'Zz ' || n, 'zz ' || n, 'en', 'UTC', 'EUR', now() FROM made;
             INSERT INTO target (id, tenant_id, code, kind, name, created_at)
                 SELECT m.id, t.id, 'zz' || n, 'ad', 'Zz ' || n, now() FROM made m, tenant t WHERE t.kind = 'provider'",
        )
        .await;
    let many = root.get("/drift?directory=zz99").await;
    assert!(
        many.html.contains("list=\"directories\"") && many.html.contains("value=\"zz99\""),
        "{}",
        many.html
    );
    let many = root.get("/order?seller=zz99").await;
    assert_eq!(many.status.as_u16(), 200, "{}", many.html);
    assert!(many.html.contains("list=\"sellers\""), "{}", many.html);
    assert!(many.html.contains("type=\"hidden\" name=\"seller\" value=\"zz99\""), "{}", many.html);
    let none = root.get("/order?seller=nobody").await;
    assert_eq!(none.status.as_u16(), 404, "{}", none.html);
    assert!(none.html.contains("does not exist here"), "it is said beside the field: {}", none.html);
}
