//! The ledger as bills read it: every fact once, in order, with its day and its seller.

use serde_json::{Value, json};

use crate::world::{ANNA, Estate, ROOT, text};

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn facts_are_read_page_by_page_and_by_days() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let path = format!("/customers/{}/facts", estate.acme_id());
    let all = items(&world.get(root, &path).await.expect(200));
    let stored = world
        .db
        .rows("SELECT f.id FROM fact f JOIN tenant t ON t.id = f.tenant_id AND t.code = 'acme'")
        .await;
    assert_eq!(stored.len(), 2, "of the customer as a whole, and of a person");
    assert_eq!(all.len(), stored.len());
    assert!(all.iter().all(|fact| fact["kind"] == "ordered" && fact["seller"]["code"] == "north"));
    assert!(all.iter().any(|fact| fact["user"] == json!(estate.ben_id)), "{all:?}");

    let (mut walked, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get(root, &format!("{path}?limit=1{after}")).await.expect(200);
        walked.extend(items(&page));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(walked, all);

    let day = text(&all[0]["day"]);
    for (days, found) in [
        (format!("from={day}&to={day}"), all.len()),
        (format!("from={day}"), all.len()),
        ("to=2001-01-01".to_owned(), 0),
        ("from=2999-01-01".to_owned(), 0),
        ("from=1900-01-01&to=2999-12-31".to_owned(), all.len()),
    ] {
        let page = world.get(root, &format!("{path}?limit=200&{days}")).await.expect(200);
        assert_eq!(items(&page).len(), found, "{days}");
    }
    let refused = async |query: &str| world.get(root, &format!("{path}?{query}")).await.refused();
    let pair = |field: &str, rule: &str| vec![(field.to_owned(), rule.to_owned())];
    assert_eq!(refused("from=tomorrow").await, pair("from", "format"));
    assert_eq!(refused("from=2026-03-02&to=2026-03-01").await, pair("to", "out_of_range"));
    assert_eq!(refused("from=-009999-01-01").await, pair("from", "out_of_range"));
    assert_eq!(refused("to=9999-12-31").await, pair("to", "out_of_range"));
    let other = web::paging::cursor("facts", "-009999-01-02T01:59:59Z", text(&all[0]["id"]));
    assert_eq!(refused(&format!("after={other}")).await, pair("after", "format"));
    assert_eq!(refused("after=nonsense").await, pair("after", "format"));
    // Whoever sees the customer sees its facts, and nobody else knows that there are any.
    assert_eq!(items(&world.get(&estate.anna, &path).await.expect(200)).len(), all.len());
    world.get(&estate.bert, &path).await.expect(404);
    let of_seller = format!("/customers/{}/facts", text(&estate.north["id"]));
    world.get(root, &of_seller).await.expect(404);
}

#[tokio::test]
async fn each_day_has_one_seller_and_only_who_sees_them_is_told_who() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let acme = estate.acme_id();
    let south = json!({ "code": "west", "name": "West",
        "administrator": { "principal_name": "wes@west.test", "display_name": "Wes" } });
    world.post(root, "/resellers", &south).await.expect(202);
    let today =
        text(&items(&world.get(root, &format!("/customers/{acme}/facts")).await.expect(200))[0]["day"])
            .to_owned();
    world.clock.advance(3 * 86_400);
    // Sessions ended meanwhile.
    let (root, anna) = (&world.session(ROOT).await, world.session(ANNA).await);
    let boss = world.session("boss@north.test").await;
    let moved =
        world.post(root, &format!("/customers/{acme}/move"), &json!({ "seller": "west" })).await.expect(200);
    let day = text(&moved["day"]).to_owned();
    let path = format!("/customers/{acme}/sellers");
    let sellers = world.get(root, &path).await.expect(200);
    let sellers = sellers["sellers"].as_array().expect("a list").clone();
    assert_eq!(sellers.len(), 2, "{sellers:?}");
    assert_eq!((&sellers[0]["seller"]["code"], &sellers[0]["first"]), (&json!("north"), &json!(today)));
    assert_eq!((&sellers[1]["seller"]["code"], &sellers[1]["first"]), (&json!("west"), &json!(day)));
    assert_eq!(sellers[1]["last"], json!(day), "today is the last day where nothing is said");
    let only = world.get(root, &format!("{path}?from={day}&to={day}")).await.expect(200);
    assert_eq!(only["sellers"], json!([sellers[1]]));
    // What was before the move stays with who sold then.
    let facts = items(&world.get(root, &format!("/customers/{acme}/facts")).await.expect(200));
    assert!(facts.iter().all(|fact| fact["seller"]["code"] == "north"), "{facts:?}");
    // A customer is not told who stands above it; the seller before does not see it any more.
    let own = world.get(&anna, &path).await.expect(200);
    assert_eq!(own["sellers"], json!([]));
    let facts = items(&world.get(&anna, &format!("/customers/{acme}/facts")).await.expect(200));
    assert!(facts.iter().all(|fact| fact.get("seller").is_none()), "{facts:?}");
    let wes = world.session("wes@west.test").await;
    let own = world.get(&wes, &path).await.expect(200);
    assert_eq!(own["sellers"], json!([sellers[1]]), "who sold before is none of its business");
    world.get(&boss, &path).await.expect(404);
}
