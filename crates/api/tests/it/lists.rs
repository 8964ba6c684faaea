//! Lists: pages, order, filters, and only what one may see.

use serde_json::{Value, json};

use crate::world::{Estate, form, text};

/// All pages of two rows each.
async fn pages(estate: &Estate, token: &str, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    for _ in 0..50 {
        let mark = if path.contains('?') { '&' } else { '?' };
        let page = estate.world.get(token, &format!("{path}{mark}limit=2{after}")).await.expect(200);
        let rows = page["items"].as_array().expect("items").clone();
        assert!(rows.len() <= 2);
        items.extend(rows);
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return items,
        }
    }
    panic!("{path} never ends");
}

#[tokio::test]
async fn pages_show_every_row_once() {
    let estate = Estate::new().await;
    let path = format!("/customers/{}", estate.acme_id());
    let people: Vec<_> =
        (0..7).map(|i| json!({ "given_name": "Sam", "surname": format!("Stone{i}") })).collect();
    let batch = json!({ "users": people });
    let made = estate.world.post(&estate.anna, &format!("{path}/users/batch"), &batch).await.expect(202);
    let request = text(&made["request"]);
    let (token, anna) = (&estate.world.root, &estate.anna);
    for (token, path, rows) in [
        (anna, format!("{path}/users"), 9),
        (token, "/tenants".to_owned(), 5),
        (token, "/customers".to_owned(), 2),
        (token, "/orders".to_owned(), 2),
        (token, "/requests".to_owned(), 3),
        (token, "/plans".to_owned(), 3),
        (token, "/directories".to_owned(), 1),
        (anna, format!("{path}/groups"), 3),
        (anna, format!("/requests/{request}/items"), 14),
    ] {
        let all = pages(&estate, token, &path).await;
        let mut seen: Vec<_> = all.iter().map(ToString::to_string).collect();
        seen.sort();
        seen.dedup();
        assert_eq!((all.len(), seen.len()), (rows, rows), "{path}");
    }
    let cursor = estate.world.get(anna, &format!("{path}/users?limit=2")).await.expect(200);
    let cursor = text(&cursor["next"]);
    for changed in [cursor.to_uppercase(), cursor[1..].to_owned(), "%FF".to_owned()] {
        let reply = estate.world.get(anna, &format!("{path}/users?after={changed}")).await;
        assert_eq!(reply.refused(), [("after".to_owned(), "format".to_owned())], "{changed}");
    }
    let other = estate.world.get(anna, &format!("/requests?after={cursor}")).await;
    assert_eq!(other.refused()[0].0, "after", "the cursor of another list");
}

#[tokio::test]
async fn people_are_found_by_every_name_they_are_known_by() {
    let estate = Estate::new().await;
    let path = format!("/customers/{}/users", estate.acme_id());
    let found = async |search: &str| {
        let page = estate.world.get(&estate.anna, &format!("{path}?search={search}")).await.expect(200);
        page["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|u| text(&u["display_name"]).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("BEN").await, ["Ben Lund"]);
    assert_eq!(found("anna.berg@ac").await, ["Anna Berg"]);
    let anna = estate.world.get(&estate.anna, &format!("{path}?search=anna")).await.expect(200);
    assert_eq!(found(text(&anna["items"][0]["logon_name"])).await, ["Anna Berg"]);
    assert!(found("bert").await.is_empty());
    assert!(found("%25").await.is_empty());
}

#[tokio::test]
async fn lists_are_sorted_and_filtered_and_an_unknown_column_is_answered_with_those_there_are() {
    let estate = Estate::new().await;
    let (anna, path) = (&estate.anna, format!("/customers/{}", estate.acme_id()));
    let of = async |path: &str, field: &str| -> Vec<String> {
        let page = estate.world.get(anna, path).await.expect(200);
        page["items"].as_array().expect("items").iter().map(|item| text(&item[field]).to_owned()).collect()
    };
    assert_eq!(of(&format!("{path}/users?sort=name"), "display_name").await, ["Anna Berg", "Ben Lund"]);
    assert_eq!(of(&format!("{path}/users?sort=-name"), "display_name").await, ["Ben Lund", "Anna Berg"]);
    let mut logins = of(&format!("{path}/users?sort=login"), "principal_name").await;
    logins.reverse();
    assert_eq!(of(&format!("{path}/users?sort=-login"), "principal_name").await, logins);
    assert_eq!(of(&format!("{path}/users?standing=disabled"), "id").await, Vec::<String>::new());
    assert_eq!(of(&format!("{path}/users?plan=none"), "id").await, Vec::<String>::new());
    assert_eq!(of(&format!("{path}/groups?sort=-name"), "name").await.len(), 3);
    assert_eq!(of(&format!("{path}/groups?kind=distribution"), "name").await, Vec::<String>::new());
    assert_eq!(of("/requests?kind=order&sort=created", "cause").await, ["order"]);
    for (wrong, field) in [
        (format!("{path}/users?sort=shoe_size"), "sort"),
        (format!("{path}/users?standing=asleep"), "standing"),
        (format!("{path}/groups?sort=login"), "sort"),
        (format!("{path}/groups?members=few"), "members"),
        ("/customers?sort=mail".to_owned(), "sort"),
        ("/requests?sort=state".to_owned(), "sort"),
        ("/requests?kind=wish".to_owned(), "kind"),
        ("/requests?actor=anna".to_owned(), "actor"),
    ] {
        let reply = estate.world.get(anna, &wrong).await;
        assert_eq!(reply.refused(), [(field.to_owned(), "unknown".to_owned())], "{wrong}");
    }
    let reply = estate.world.get(anna, &format!("{path}/users?sort=shoe_size")).await;
    assert!(
        reply.body.to_string().contains("name, -name, login, -login, created, -created"),
        "{}",
        reply.body
    );
    let cursor = estate.world.get(anna, &format!("{path}/users?limit=1&sort=-name")).await.expect(200);
    let other = format!("{path}/users?limit=1&sort=login&after={}", text(&cursor["next"]));
    assert_eq!(estate.world.get(anna, &other).await.refused()[0].0, "after", "the cursor of another order");
}

#[tokio::test]
async fn tenants_are_found_by_name_code_and_billing_id() {
    let estate = Estate::new().await;
    for search in ["ACME%20G", "acme", "d-ac"] {
        let page = estate.world.get(&estate.boss, &format!("/tenants?search={search}")).await.expect(200);
        assert_eq!(page["items"][0]["code"], "acme", "{search}");
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    }
    let below = estate.world.get(&estate.world.root, "/tenants?parent=north").await.expect(200);
    assert_eq!(below["items"].as_array().map(Vec::len), Some(1));
    let resellers = estate.world.get(&estate.world.root, "/tenants?kind=reseller").await.expect(200);
    assert_eq!(resellers["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_reseller_sees_its_own_and_a_person_without_a_role_nothing() {
    let estate = Estate::new().await;
    let mine = estate.world.get(&estate.boss, "/tenants").await.expect(200);
    let codes: Vec<_> = mine["items"].as_array().expect("items").iter().map(|t| text(&t["code"])).collect();
    assert_eq!(codes, ["acme", "north"]);
    for path in ["/tenants", "/customers", "/orders", "/requests", "/plans", "/directories"] {
        assert_eq!(
            text(&estate.world.get(&estate.ben, path).await.expect(403)["code"]),
            "forbidden",
            "{path}"
        );
    }
    estate.world.get(&estate.ben, &format!("/users/{}", estate.ben_id)).await.expect(200);
}

#[tokio::test]
async fn lists_have_a_stable_form() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    insta::assert_json_snapshot!("plans", form(world.get(root, "/plans").await.expect(200)));
    insta::assert_json_snapshot!("directories", form(world.get(root, "/directories").await.expect(200)));
    let requests = world.get(root, "/requests?tenant=acme&limit=1").await.expect(200);
    insta::assert_json_snapshot!("requests", form(requests));
    insta::assert_json_snapshot!(
        "orders",
        form(world.get(root, "/orders?reference=SO-acme").await.expect(200))
    );
    let refused = world.get(root, "/users/usr_00000000000000000000000000").await.expect(404);
    insta::assert_json_snapshot!("not_found", form(refused));
}
