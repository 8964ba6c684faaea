//! Host names and pictures as programs say them.

use serde_json::json;

use crate::{
    strangers::PICTURE,
    world::{Estate, text},
};

fn pair(field: &str, rule: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), rule.to_owned())]
}

#[tokio::test]
async fn host_names_are_given_from_above_and_lead_to_one_brand() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let (north, acme) = (text(&estate.north["id"]), estate.acme_id());
    let hosts = |tenant: &str| format!("/tenants/{tenant}/host-names");
    let name = |name: &str| json!({ "name": name });
    // Nobody gives one to themselves, but for the provider.
    world.post(&estate.boss, &hosts(north), &name("portal.north.test")).await.expect(403);
    world.post(&estate.anna, &hosts(acme), &name("portal.acme.test")).await.expect(403);
    world.post(&estate.bert, &hosts(acme), &name("portal.acme.test")).await.expect(404);
    let made = world.post(&world.root, &hosts(north), &name("Portal.North.test")).await.expect(201);
    assert_eq!(
        (&made["host_names"][0]["name"], &made["people_at"]),
        (&json!("portal.north.test"), &made["host_names"][0]["name"])
    );
    world.post(&world.root, &hosts(north), &name("portal.north.test")).await.expect(201);
    let made = world.post(&estate.boss, &hosts(acme), &name("portal.acme.test")).await.expect(201);
    assert_eq!(made["people_at"], "portal.acme.test");
    // One brand of the instance, also one of the configuration; and none that is no name.
    for (taken, rule) in [
        ("portal.north.test", "taken"),
        ("portal.test", "taken"),
        ("127.0.0.1", "format"),
        ("x", "format"),
        ("", "required"),
    ] {
        let refused = world.post(&estate.boss, &hosts(acme), &name(taken)).await;
        assert_eq!(refused.refused(), pair("name", rule), "{taken}");
    }
    let seen = world.get(&estate.anna, &format!("/tenants/{acme}/brand")).await.expect(200);
    assert_eq!(seen["host_names"][0]["name"], "portal.acme.test");
    let line = format!("DELETE /tenants/{acme}/host-names/portal.acme.test");
    world.call(&estate.anna, &line, &[], None).await.expect(403);
    let left = world.call(&estate.boss, &line, &[], None).await.expect(200);
    assert_eq!((&left["host_names"], &left["people_at"]), (&json!([]), &json!("portal.north.test")));
    world.call(&estate.boss, &line, &[], None).await.expect(404);
    let told = world.db.values("event", "code", "code LIKE 'tenant.host_name%'").await;
    assert_eq!(told, ["tenant.host_name_added", "tenant.host_name_removed"]);
}

#[tokio::test]
async fn a_picture_is_inherited_within_a_brand_and_not_into_another() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let (north, acme) = (text(&estate.north["id"]), estate.acme_id());
    let logo = |tenant: &str| format!("PUT /tenants/{tenant}/brand/logo");
    let png = json!({ "png": PICTURE });
    for (bad, rule) in [("PHN2Zy8+", "format"), ("???", "format"), ("", "required")] {
        let refused = world.call(&estate.boss, &logo(north), &[], Some(&json!({ "png": bad }))).await;
        assert_eq!(refused.refused(), pair("png", rule), "{bad}");
    }
    let square = world.call(&estate.boss, &format!("PUT /tenants/{north}/brand/icon"), &[], Some(&png)).await;
    assert_eq!(square.refused(), pair("png", "out_of_range"));
    world.call(&estate.boss, &logo("ten_0"), &[], Some(&png)).await.expect(404);
    let set = world.call(&estate.boss, &logo(north), &[], Some(&png)).await.expect(200);
    assert_eq!(set["pictures"]["logo"]["from"], "own");
    let brand = format!("/tenants/{acme}/brand");
    let seen = world.get(&estate.anna, &brand).await.expect(200);
    assert_eq!(
        (&seen["pictures"]["logo"]["from"], &seen["pictures"]["logo"]["path"]),
        (&json!("above"), &set["pictures"]["logo"]["path"])
    );
    // Who names the brand begins another.
    let settings = format!("/tenants/{acme}/settings");
    let etag = world.get(&estate.anna, &settings).await.header("etag").map(str::to_owned).expect("a version");
    let body = json!({ "brand_name": "Acme", "sender_mail": "boss@north.test" });
    let line = format!("PATCH {settings}");
    let call = async |body| world.call(&estate.anna, &line, &[("if-match", &etag)], Some(&body)).await;
    assert_eq!(call(body).await.refused(), pair("sender_mail", "format"), "in the name of somebody else");
    call(json!({ "brand_name": "Acme", "sender_mail": "it@acme.test" })).await.expect(200);
    let seen = world.get(&estate.anna, &brand).await.expect(200);
    assert_eq!(seen["pictures"]["logo"], json!({ "from": "default" }));
    assert_eq!(seen["parts"], json!({ "brand_name": "Acme", "sender_mail": "it@acme.test" }));
    let line = format!("DELETE /tenants/{north}/brand/logo");
    let left = world.call(&estate.boss, &line, &[], None).await.expect(200);
    assert_eq!(left["pictures"]["logo"], json!({ "from": "default" }));
}

#[tokio::test]
async fn a_brand_of_the_configuration_goes_on_until_a_nearer_host_name_is_given() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let new = json!({ "code": "west", "name": "West", "brand": "main",
        "administrator": { "principal_name": "wes@west.test", "display_name": "Wes" } });
    let made = world.post(&world.root, "/resellers", &new).await.expect(202);
    let west = text(&made["id"]);
    let link = text(&made["activation"]["link"]);
    assert!(link.starts_with("https://portal.test/activate/"), "{link}");
    let hq = text(&world.get(&world.root, "/me").await.expect(200)["tenant"]["id"]).to_owned();
    let settings = |tenant: &str| format!("/tenants/{tenant}/settings");
    let etag =
        world.get(&world.root, &settings(&hq)).await.header("etag").map(str::to_owned).expect("a version");
    let body = json!({ "brand_name": "Prime", "support_mail": "help@hq.test", "language": "sv" });
    let line = format!("PATCH {}", settings(&hq));
    world.call(&world.root, &line, &[("if-match", &etag)], Some(&body)).await.expect(200);
    // The configuration's name begins a brand: nothing of the provider's reaches into it.
    let seen = world.get(&world.root, &settings(west)).await.expect(200);
    assert_eq!(seen["settings"]["brand_name"], json!({ "value": "Main Cloud", "from": "default" }));
    assert_eq!(seen["settings"]["support_mail"], json!({ "from": "default" }));
    assert_eq!(seen["settings"]["language"]["value"], "sv", "no part of a brand");
    let other = world.get(&world.root, &settings(text(&estate.north["id"]))).await.expect(200);
    assert_eq!(other["settings"]["support_mail"]["value"], "help@hq.test", "without one all is inherited");
    let brand = format!("/tenants/{west}/brand");
    assert_eq!(world.get(&world.root, &brand).await.expect(200)["people_at"], "portal.test");
    let hosts = |tenant: &str| format!("/tenants/{tenant}/host-names");
    // A host name further up changes nothing for them, a nearer one does.
    world.post(&world.root, &hosts(&hq), &json!({ "name": "prime.test" })).await.expect(201);
    assert_eq!(world.get(&world.root, &brand).await.expect(200)["people_at"], "portal.test");
    world.post(&world.root, &hosts(west), &json!({ "name": "portal.west.test" })).await.expect(201);
    let seen = world.get(&world.root, &brand).await.expect(200);
    assert_eq!(
        (&seen["people_at"], &seen["parts"]),
        (&json!("portal.west.test"), &json!({ "brand_name": "Main Cloud" }))
    );
    // Who is gone for good needs no door.
    let gone = "UPDATE tenant SET closed_at = now(), purge_at = now(), purged_at = now() WHERE code = 'west'";
    world.db.execute(gone).await;
    assert_eq!(world.db.values("host_name", "name", "true").await, ["prime.test"]);
}
