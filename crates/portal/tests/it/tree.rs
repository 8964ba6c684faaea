//! Customers as a tree: who sees which part of it, how it opens, how it goes on, and what it counts.

use serde_json::json;

use crate::{
    lists::link,
    visit::Browser,
    world::{Estate, World, order},
};

const TREE: &str = "/customers?view=tree";

/// The address of what is below a seller who is not open, if the page shows the seller.
fn below(html: &str, name: &str) -> Option<String> {
    let (_, rest) =
        html.split_once(&format!("<summary><span class=\"twig\"><span class=\"what\"><bdi>{name}</bdi>"))?;
    Some(link(rest, "<p class=\"more\"><a "))
}

/// Whether a customer stands in the page as one.
fn has(html: &str, customer: &str) -> bool {
    html.contains(&format!("<bdi>{customer}</bdi></a>"))
}

async fn tenant(world: &World, name: &str) -> String {
    let found = world.db.values("tenant", "id", &format!("name = '{name}'")).await;
    let id: uuid::Uuid = found.first().expect("the tenant").parse().expect("an id");
    domain::id::TenantId::from_uuid(id).to_string()
}

#[tokio::test]
async fn the_provider_opens_a_seller_and_sees_its_customers() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.world.root);
    let table = browser.get("/customers").await;
    assert!(table.html.contains(&format!("href=\"{TREE}\"")), "the way to the tree: {}", table.html);
    assert!(has(&table.html, "acme GmbH"));
    let tree = browser.get(TREE).await;
    assert_eq!(tree.status.as_u16(), 200, "{}", tree.html);
    assert!(tree.html.contains("<details class=\"branch\" open>"), "the only top is open: {}", tree.html);
    assert!(!has(&tree.html, "acme GmbH"), "what is not open is not read: {}", tree.html);
    assert!(below(&tree.html, "south IT").is_some());
    let north = below(&tree.html, "north IT").expect("the reseller is there");
    assert!(north.starts_with(&format!("{TREE}&open=ten_")), "{north}");
    let open = browser.get(&north).await;
    assert!(has(&open.html, "acme GmbH") && !has(&open.html, "beta GmbH"), "{}", open.html);
    assert!(
        open.html.contains("<bdi>Provider</bdi>") && !open.html.contains("south IT"),
        "the way: {}",
        open.html
    );
    // What is open there is the filter of the table, and back.
    let id = north.split("open=").nth(1).expect("an id");
    assert!(open.html.contains(&format!("href=\"/customers?seller={id}\"")), "{}", open.html);
    let table = browser.get(&format!("/customers?seller={id}")).await;
    let back = link(&table.html, "aria-current=\"page\">Table</a><a ");
    assert_eq!(back, north);
}

#[tokio::test]
async fn a_table_that_was_asked_for_by_name_is_not_one_that_is_filtered() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.root);
    for path in ["/customers", "/customers?view=table"] {
        let page = browser.get(path).await;
        assert!(!page.html.contains("Nothing was found"), "{path}: {}", page.html);
        assert!(page.html.contains("href=\"/customers?view=tree\""), "a provider sells: {}", page.html);
    }
    let tree = browser.get(TREE).await;
    assert!(tree.html.contains("Nothing is below here yet."), "{}", tree.html);
}

#[tokio::test]
async fn everybody_sees_their_own_part_of_the_tree_and_customers_see_none() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let (north, south) = (tenant(world, "north IT").await, tenant(world, "south IT").await);
    let provider = tenant(world, "Provider").await;
    let mut boss = Browser::signed_in(world, &estate.boss);
    let tree = boss.get(TREE).await;
    assert!(has(&tree.html, "acme GmbH"), "the own customers at once: {}", tree.html);
    for foreign in ["south IT", "beta", "<bdi>Provider</bdi>"] {
        assert!(!tree.html.contains(foreign), "{foreign}: {}", tree.html);
    }
    assert_eq!(boss.get(&format!("{TREE}&open={north}")).await.status.as_u16(), 200);
    for hidden in [south.as_str(), provider.as_str(), estate.acme_id(), "ten_01jzk3v8x6f0p2m4q7r9s1t3vw"] {
        let page = boss.get(&format!("{TREE}&open={hidden}")).await;
        assert_eq!(page.status.as_u16(), 404, "{hidden}: {}", page.html);
        assert!(!page.html.contains("south") && !page.html.contains("beta"), "{}", page.html);
    }
    let mut anna = Browser::signed_in(world, &estate.anna);
    for path in ["/customers", TREE] {
        let page = anna.get(path).await;
        assert!(has(&page.html, "acme GmbH") && page.html.contains("<table "), "{path}: {}", page.html);
        assert!(
            !page.html.contains(&format!("href=\"{TREE}")) && !page.html.contains("class=\"branch\""),
            "{}",
            page.html
        );
    }
    let mut ben = Browser::signed_in(world, &estate.ben);
    assert!(ben.get(TREE).await.status.is_client_error(), "without a role there is no list");
    let mut nobody = Browser::new(world);
    assert_eq!(nobody.get(TREE).await.goes_to(), "/sign-in?to=%2Fcustomers%3Fview%3Dtree");
}

#[tokio::test]
async fn a_level_shows_sellers_first_and_goes_on_where_it_ended() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let body = json!({ "code": "zsub", "name": "zsub IT", "parent": "north",
        "administrator": { "principal_name": "zoe@zsub.test", "display_name": "Zoe Sub" } });
    world.post(&world.root, "/resellers", &body).await.expect(202);
    for i in 0..55 {
        let order = order(&format!("many{i:02}"), ("Ada", "Admin"), ("Bo", "Lund"));
        world.post(&estate.boss, "/orders", &order).await.expect(202);
    }
    let mut browser = Browser::signed_in(world, &estate.boss);
    let first = browser.get(TREE).await;
    let seller = first.html.find("<bdi>zsub IT</bdi>").expect("the seller below");
    assert!(seller < first.html.find("<bdi>acme GmbH</bdi>").expect("a customer"), "who sells comes first");
    assert!(has(&first.html, "many48 GmbH") && !has(&first.html, "many49 GmbH"), "{}", first.html);
    let next = link(&first.html, "rel=\"next\"");
    assert!(next.contains("part=customer") && next.contains("after="), "{next}");
    let second = browser.get(&next).await;
    assert!(has(&second.html, "many49 GmbH") && has(&second.html, "many54 GmbH"), "{}", second.html);
    assert!(!has(&second.html, "many48 GmbH") && !second.html.contains("rel=\"next\""), "{}", second.html);
    assert!(!second.html.contains("zsub IT"), "sellers are not repeated: {}", second.html);
    assert_eq!(second.html.matches(" autofocus").count(), 1, "the focus goes where the list goes on");
    // A seller without customers says what to expect.
    let empty = browser.get(&below(&first.html, "zsub IT").expect("a seller")).await;
    assert!(empty.html.contains("Nothing is below here yet."), "{}", empty.html);
    // What goes on elsewhere does not go on here.
    for wrong in
        [next.replace("part=customer", "part=reseller"), next.replace("part=customer", "part=provider")]
    {
        assert_eq!(browser.get(&wrong).await.status.as_u16(), 422, "{wrong}");
    }
    let cursor = next.split("after=").nth(1).expect("a cursor");
    for wrong in [
        format!("/customers?after={cursor}"),
        format!("{TREE}&after=x"),
        format!("{TREE}&open=x"),
        "/customers?view=forest".to_owned(),
    ] {
        assert_eq!(browser.get(&wrong).await.status.as_u16(), 422, "{wrong}");
    }
}

#[tokio::test]
async fn customers_and_people_are_counted_and_states_are_shown() {
    let estate = Estate::new().await;
    let world = &estate.world;
    world.db.change("tenant", "status = 'suspended'", "code = 'acme'").await;
    let mut root = Browser::signed_in(world, &world.root);
    let tree = root.get(TREE).await;
    let north =
        tree.html.split("<bdi>north IT</bdi>").nth(1).and_then(|rest| rest.split("</summary>").next());
    let north = north.expect("the reseller");
    assert!(north.contains("1 customer<") && north.contains("3 people<"), "with its administrator: {north}");
    let open = root.get(&below(&tree.html, "north IT").expect("a seller")).await;
    let acme = open.html.split("<bdi>acme GmbH</bdi>").nth(1).and_then(|rest| rest.split("</li>").next());
    let acme = acme.expect("the customer");
    assert!(acme.contains("2 people<") && acme.contains("Suspended"), "{acme}");
}
