//! Groups through the router: kinds, members for a time, groups in groups, many at
//! once, removal and restoration, findings about members.

use serde_json::{Value, json};

use crate::world::{Estate, text};

async fn group(estate: &Estate, body: Value) -> Value {
    let path = format!("/customers/{}/groups", estate.acme_id());
    estate.world.post(&estate.anna, &path, &body).await.expect(202)
}

fn etag(group: &Value) -> String {
    format!("\"{}\"", group["version"])
}

fn items(page: &Value) -> &[Value] {
    page["items"].as_array().expect("a page")
}

#[tokio::test]
async fn a_group_has_a_kind_and_addresses_and_changes_them_on_a_version() {
    let estate = Estate::new().await;
    let (world, anna) = (&estate.world, &estate.anna);
    let body = json!({ "name": "News", "kind": "distribution", "mail": "news@acme.test",
        "aliases": ["All@acme.test", "staff@acme.test"] });
    let made = group(&estate, body).await;
    assert_eq!(
        (text(&made["kind"]), &made["aliases"]),
        ("distribution", &json!(["all@acme.test", "staff@acme.test"]))
    );
    let path = format!("/customers/{}/groups", estate.acme_id());
    for (body, field, rule) in [
        (json!({ "name": "X", "kind": "universal" }), "kind", "unknown"),
        (json!({ "name": "X", "mail": "nobody" }), "mail", "format"),
        (json!({ "name": "X", "aliases": ["a@x.test", "b"] , "mail": "x@x.test" }), "aliases", "format"),
        (json!({ "name": "X", "aliases": ["a@x.test"] }), "mail", "required"),
        (json!({ "name": "news" }), "name", "taken"),
    ] {
        let refused = world.post(anna, &path, &body).await;
        assert_eq!(refused.refused(), [(field.to_owned(), rule.to_owned())], "{body}");
    }
    let line = format!("PATCH /groups/{}", text(&made["id"]));
    let patch = json!({ "name": "Bulletin", "kind": "security", "mail": null, "aliases": [] });
    let headers = [("if-match", etag(&made))];
    let headers: Vec<_> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let changed = world.call(anna, &line, &headers, Some(&patch)).await.expect(202);
    assert_eq!((text(&changed["name"]), text(&changed["kind"])), ("Bulletin", "security"));
    assert!(changed["mail"].is_null() && changed["aliases"].is_null() && changed["version"] == 2);
    assert_eq!(text(&changed["logon_name"]), "acme Bulletin");
    let stale = world.call(anna, &line, &headers, Some(&json!({ "name": "Other" }))).await;
    assert_eq!(text(&stale.expect(412)["code"]), "stale");
    // The old name is reserved.
    let again = world.post(anna, &path, &json!({ "name": "News" })).await;
    assert_eq!(again.refused(), [("name".to_owned(), "taken".to_owned())]);
    let built_in = world.get(anna, &path).await.expect(200);
    let built_in = items(&built_in).iter().find(|g| g["built_in"] == true).expect("all people").clone();
    let line = format!("PATCH /groups/{}", text(&built_in["id"]));
    let refused = world.call(anna, &line, &[("if-match", "\"1\"")], Some(&json!({ "name": "X" }))).await;
    assert_eq!(text(&refused.expect(409)["code"]), "built_in_group");
}

#[tokio::test]
async fn members_come_for_a_time_groups_come_into_groups_and_a_circle_is_refused() {
    let estate = Estate::new().await;
    let (world, anna, ben) = (&estate.world, &estate.anna, &estate.ben_id);
    let outer = group(&estate, json!({ "name": "Outer" })).await;
    let inner = group(&estate, json!({ "name": "Inner" })).await;
    let (outer, inner) = (text(&outer["id"]), text(&inner["id"]));
    let put = async |path: String| world.call(anna, &format!("PUT {path}"), &[], None).await;
    for (query, field, rule) in [
        ("until=2001-01-01T00:00:00Z", "until", "out_of_range"),
        ("until=soon", "until", "format"),
        ("days=0", "days", "out_of_range"),
        ("days=2&until=2030-01-01T00:00:00Z", "until", "duplicate"),
    ] {
        let refused = put(format!("/groups/{inner}/members/{ben}?{query}")).await;
        assert_eq!(refused.refused(), [(field.to_owned(), rule.to_owned())], "{query}");
    }
    let member = put(format!("/groups/{inner}/members/{ben}?days=30")).await.expect(202);
    assert!(member["until"].is_string() && member["wanted"] == true);
    let nested = put(format!("/groups/{outer}/groups/{inner}")).await.expect(202);
    assert_eq!((text(&nested["group"]["name"]), &nested["until"]), ("Inner", &Value::Null));
    let circle = put(format!("/groups/{inner}/groups/{outer}")).await;
    assert_eq!(circle.refused(), [("member".to_owned(), "cycle".to_owned())]);
    let itself = put(format!("/groups/{inner}/groups/{inner}")).await;
    assert_eq!(itself.refused(), [("member".to_owned(), "cycle".to_owned())]);
    let all = world.get(anna, &format!("/groups/{outer}/effective-members")).await.expect(200);
    let why = &items(&all)[0];
    assert_eq!(
        (&why["user"]["id"], &why["direct"], text(&why["through"][0]["name"])),
        (&json!(ben), &json!(false), "Inner")
    );
    let listed = world.get(anna, &format!("/groups/{outer}/groups")).await.expect(200);
    assert_eq!(items(&listed).len(), 1);
    assert_eq!(world.get(anna, &format!("/groups/{outer}/members")).await.expect(200)["items"], json!([]));
    let gone =
        world.call(anna, &format!("DELETE /groups/{outer}/groups/{inner}"), &[], None).await.expect(202);
    assert_eq!(gone["wanted"], false);
    let free = put(format!("/groups/{inner}/groups/{outer}")).await;
    free.expect(202);
}

#[tokio::test]
async fn many_members_change_with_one_call_and_every_wrong_one_is_named() {
    let estate = Estate::new().await;
    let (world, anna) = (&estate.world, &estate.anna);
    let people: Vec<_> =
        (0..300).map(|n| json!({ "given_name": format!("P{n}"), "surname": "Many" })).collect();
    let path = format!("/customers/{}/users/batch", estate.acme_id());
    let made = world.post(anna, &path, &json!({ "users": people })).await.expect(202);
    let ids: Vec<_> = made["users"].as_array().expect("people").iter().map(|u| text(&u["id"])).collect();
    let team = group(&estate, json!({ "name": "Team" })).await;
    let other = group(&estate, json!({ "name": "Other" })).await;
    let path = format!("/groups/{}/members", text(&team["id"]));
    let line = format!("POST {path}");
    let wrong = json!({
        "add": [{ "member": ids[0] }, { "member": "nobody" }, { "member": ids[0] }, { "member": ids[1], "days": 0 },
            { "member": team["id"] }],
        "remove": ["usr_00000000000000000000000000"],
    });
    let refused = world.post(anna, &path, &wrong).await;
    let named = |fields: &[(&str, &str)]| -> Vec<_> {
        fields.iter().map(|(f, r)| ((*f).to_owned(), (*r).to_owned())).collect()
    };
    assert_eq!(
        refused.refused(),
        named(&[
            ("add[1].member", "unknown"),
            ("add[2].member", "duplicate"),
            ("add[3].days", "out_of_range"),
            ("remove[0]", "unknown"),
        ])
    );
    assert_eq!(world.post(anna, &path, &json!({})).await.refused(), named(&[("add", "required")]));
    let circle = json!({ "add": [{ "member": ids[0] }, { "member": team["id"] }] });
    assert_eq!(world.post(anna, &path, &circle).await.refused(), named(&[("add[1].member", "cycle")]));

    let add: Vec<_> =
        ids.iter().map(|id| json!({ "member": id })).chain([json!({ "member": other["id"] })]).collect();
    let (body, key) = (json!({ "add": add, "remove": [estate.ben_id] }), [("idempotency-key", "many")]);
    let changed = world.call(anna, &line, &key, Some(&body)).await.expect(202);
    assert_eq!((&changed["added"], &changed["removed"]), (&json!(301), &json!(1)));
    let counts = world.db.counts().await;
    assert_eq!(world.call(anna, &line, &key, Some(&body)).await.expect(202), changed);
    assert_eq!(world.db.counts().await, counts, "once");
    let request = world.get(anna, &format!("/requests/{}", text(&changed["request"]))).await.expect(200);
    assert_eq!((text(&request["cause"]), &request["counts"]["total"]), ("members_change", &json!(302)));
    let page = format!("/requests/{}/items?limit=200", text(&changed["request"]));
    let page = world.get(anna, &page).await.expect(200);
    assert!(
        items(&page).iter().all(|i| i["kind"] == "member" && text(&i["name"]).contains(" in acme Team")),
        "{page}"
    );
    let shown = world.get(anna, &format!("/groups/{}", text(&team["id"]))).await.expect(200);
    assert_eq!(shown["members"], 300, "people; the group in it is listed apart");
}

#[tokio::test]
async fn a_removed_group_is_listed_and_restored_with_its_members() {
    let estate = Estate::new().await;
    let (world, anna, ben) = (&estate.world, &estate.anna, &estate.ben_id);
    let team = group(&estate, json!({ "name": "Team" })).await;
    let path = format!("/groups/{}", text(&team["id"]));
    world.call(anna, &format!("PUT {path}/members/{ben}"), &[], None).await.expect(202);
    let delete = async |query: &str| {
        world.call(anna, &format!("DELETE {path}{query}"), &[("if-match", "\"1\"")], None).await
    };
    let long = delete("?grace_days=400").await;
    assert_eq!(long.refused(), [("grace_days".to_owned(), "out_of_range".to_owned())]);
    let removed = delete("?grace_days=14").await.expect(202);
    assert!(removed["provisioning"]["request"].is_string());
    assert_eq!(world.get(anna, &path).await.status.as_u16(), 404);
    let list = format!("/customers/{}/removed-groups", estate.acme_id());
    let listed = world.get(anna, &list).await.expect(200);
    assert_eq!(items(&listed)[0]["id"], team["id"]);
    let taken = world
        .post(anna, &format!("/customers/{}/groups", estate.acme_id()), &json!({ "name": "Team" }))
        .await;
    assert_eq!(taken.refused(), [("name".to_owned(), "taken".to_owned())], "nobody gets its name");
    let restored = world.call(anna, &format!("POST {path}/restore"), &[], None).await.expect(202);
    assert_eq!((&restored["members"], text(&restored["provisioning"]["state"])), (&json!(1), "requested"));
    assert_eq!(items(&world.get(anna, &list).await.expect(200)), [] as [Value; 0]);
    let twice = world.call(anna, &format!("POST {path}/restore"), &[], None).await;
    twice.expect(404);
}

#[tokio::test]
async fn an_owner_without_a_role_changes_the_members_of_that_group_and_nothing_else() {
    let estate = Estate::new().await;
    let (world, anna, ben) = (&estate.world, &estate.anna, &estate.ben);
    let team = group(&estate, json!({ "name": "Team" })).await;
    let other = group(&estate, json!({ "name": "Other" })).await;
    let (path, beside) =
        (format!("/groups/{}", text(&team["id"])), format!("/groups/{}", text(&other["id"])));
    let line = format!("PUT {path}/owners");
    let owners = json!({ "owners": [estate.ben_id] });
    let set = async |token: &str, version: &str, body: &Value| {
        world.call(token, &line, &[("if-match", version)], Some(body)).await
    };
    set(ben, "\"1\"", &owners).await.expect(404);
    let bert = text(&world.get(&estate.bert, "/me").await.expect(200)["user"]["id"]).to_owned();
    let foreign = set(anna, "\"1\"", &json!({ "owners": [estate.ben_id, bert, "x"] })).await;
    let unknown = |field: &str| (field.to_owned(), "unknown".to_owned());
    assert_eq!(foreign.refused(), [unknown("owners[1]"), unknown("owners[2]")]);
    let said = set(anna, "\"1\"", &owners).await.expect(200);
    assert_eq!(said["owners"][0]["id"], json!(estate.ben_id));
    set(anna, "\"1\"", &owners).await.expect(412);

    // What ben may: see the group, and change who is in it.
    let mine = world.get(ben, "/me/groups").await.expect(200);
    assert_eq!(mine["groups"], json!([{ "id": team["id"], "name": "Team" }]));
    world.get(ben, &path).await.expect(200);
    let body =
        json!({ "add": [{ "member": "anna.berg@acme.test", "days": 3 }, { "member": estate.ben_id }] });
    let changed = world.post(ben, &format!("{path}/members"), &body).await.expect(202);
    assert_eq!(changed["added"], 2);
    let members = world.get(ben, &format!("{path}/members")).await.expect(200);
    assert_eq!(items(&members).len(), 2);
    let line = format!("DELETE {path}/members/{}", estate.ben_id);
    let gone = world.call(ben, &line, &[], None).await.expect(202);
    assert_eq!(gone["wanted"], false);
    let events = world.db.table("event").await;
    let added = events.iter().find(|e| e["code"] == "group.member_added" && e["actor_id"].is_string());
    assert!(format!("{added:?}").contains("owner of the group"), "{added:?}");

    // What ben may not.
    let foreign = json!({ "add": [{ "member": "bea.wolf@beta.test" }, { "member": bert }] });
    let refused = world.post(ben, &format!("{path}/members"), &foreign).await;
    assert_eq!(
        refused.refused(),
        [unknown("add[0].member"), unknown("add[1].member")],
        "people of the customer only"
    );
    let version = [("if-match", "\"2\"")];
    world.call(ben, &format!("PATCH {path}"), &version, Some(&json!({ "name": "Mine" }))).await.expect(404);
    world.call(ben, &format!("DELETE {path}"), &version, None).await.expect(404);
    world.call(ben, &format!("PUT {path}/owners"), &version, Some(&owners)).await.expect(404);
    for closed in [&beside, &format!("{beside}/members"), &format!("/customers/{}/groups", estate.acme_id())]
    {
        let status = world.get(ben, closed).await.status.as_u16();
        assert!([403, 404].contains(&status), "{closed}: {status}");
    }
    world.post(ben, &format!("{beside}/members"), &body).await.expect(404);
    world
        .get(ben, &format!("/users/{}", text(&world.get(anna, "/me").await.expect(200)["user"]["id"])))
        .await
        .expect(404);

    // And not any more, once somebody else owns it.
    world
        .call(anna, &format!("PUT {path}/owners"), &version, Some(&json!({ "owners": [] })))
        .await
        .expect(200);
    world.post(ben, &format!("{path}/members"), &body).await.expect(404);
    assert_eq!(world.get(ben, "/me/groups").await.expect(200)["groups"], json!([]));
}

#[tokio::test]
async fn a_template_is_said_inherited_used_and_taken_back() {
    let estate = Estate::new().await;
    let (world, anna, root) = (&estate.world, &estate.anna, &estate.world.root);
    let acme = estate.acme_id();
    let me = world.get(root, "/me").await.expect(200);
    let above = format!("/tenants/{}/group-templates/teams", text(&me["tenant"]["id"]));
    let said =
        json!({ "name": "Team {department}", "mail": "{department}@{suffix}", "people": true, "days": 30 });
    let wrong = json!({ "name": "Team {colour}", "owners": "everybody" });
    let refused = world.call(root, &format!("PUT {above}"), &[], Some(&wrong)).await.refused();
    let named = |fields: &[(&str, &str)]| -> Vec<_> {
        fields.iter().map(|(f, r)| ((*f).to_owned(), (*r).to_owned())).collect()
    };
    assert_eq!(refused, named(&[("name", "unknown"), ("owners", "unknown")]));
    world.call(root, &format!("PUT {above}"), &[], Some(&said)).await.expect(200);
    let listed = world.get(anna, &format!("/tenants/{acme}/group-templates")).await.expect(200);
    let first = &listed["templates"][0];
    assert_eq!(
        (text(&first["code"]), &first["own"], text(&first["kind"])),
        ("teams", &json!(false), "security")
    );
    // A seller's template is the seller's to change.
    world.call(anna, &format!("DELETE /tenants/{acme}/group-templates/teams"), &[], None).await.expect(404);
    world.call(anna, &format!("PUT {above}"), &[], Some(&said)).await.expect(404);

    let use_it = format!("/customers/{acme}/group-templates/teams/groups");
    let nobody = world.post(anna, &use_it, &json!({})).await.refused();
    assert_eq!(nobody, named(&[("values", "required")]), "nobody has a department");
    let one = json!({ "values": [{ "department": "Sales" }], "preview": true });
    let shown = world.post(anna, &use_it, &one).await.expect(200);
    assert_eq!((text(&shown["groups"][0]["name"]), &shown["request"]), ("Team Sales", &Value::Null));
    assert_eq!(
        (text(&shown["groups"][0]["mail"]), &shown["groups"][0]["people"]),
        ("sales@acme.test", &json!(0))
    );
    let one = json!({ "values": [{ "department": "Sales" }] });
    let (line, key) = (format!("POST {use_it}"), [("idempotency-key", "teams")]);
    let made = world.call(anna, &line, &key, Some(&one)).await.expect(202);
    let id = text(&made["groups"][0]["id"]).to_owned();
    assert_eq!(text(&world.get(anna, &format!("/groups/{id}")).await.expect(200)["name"]), "Team Sales");
    let counts = world.db.counts().await;
    assert_eq!(world.call(anna, &line, &key, Some(&one)).await.expect(202), made);
    assert_eq!(world.db.counts().await, counts, "once");
    let missing =
        world.post(anna, &format!("/customers/{acme}/group-templates/none/groups"), &json!({})).await;
    missing.expect(404);
    world.call(root, &format!("DELETE {above}"), &[], None).await.expect(204);
    let listed = world.get(anna, &format!("/tenants/{acme}/group-templates")).await.expect(200);
    assert_eq!(listed["templates"], json!([]));
}
