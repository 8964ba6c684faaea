//! Surveys, adoptions and migrations through the router. What a survey saw is
//! put into the database; the engine's tests show how it comes there.

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::world::{Estate, text};

pub const TOP: &str = "OU=Old,OU=Customers,DC=corp,DC=test";

/// A finished survey of the shared directory; gives its id.
async fn surveyed(estate: &Estate) -> String {
    let asked =
        estate.world.post(&estate.world.root, "/directories/shared/surveys", &json!({})).await.expect(202);
    assert_eq!(asked["state"], "requested");
    estate.world.db.execute("UPDATE survey SET state = 'done', finished_at = now()").await;
    text(&asked["id"]).to_owned()
}

/// The survey saw an object in `parent`.
pub async fn saw(
    estate: &Estate,
    n: u32,
    kind: &str,
    rdn: &str,
    parent: &str,
    attributes: &Value,
    groups: &str,
) {
    let dn = format!("{rdn},{parent}");
    let name = rdn.split_once('=').expect("a name").1;
    let statement = format!(
        "INSERT INTO survey_object (survey_id, tenant_id, external_id, kind, dn, dn_key, parent_key, name, protected,
             attributes, member_of)
         SELECT s.id, s.tenant_id, '00000000-0000-0000-0000-{n:012}', '{kind}', '{dn}', lower('{dn}'), lower('{parent}'),
                '{name}', false, '{attributes}', '{{{groups}}}' FROM survey s"
    );
    estate.world.db.execute(&statement).await;
}

pub fn person(logon: &str, upn: &str) -> Value {
    json!({ "name": logon, "logon_name": logon, "principal_name": upn, "enabled": "true", "display_name": logon })
}

/// An old customer: a container, a group, and three people, of whom one has no principal name.
pub async fn old(estate: &Estate) -> String {
    let survey = surveyed(estate).await;
    let above = "OU=Customers,DC=corp,DC=test";
    saw(estate, 1, "container", "OU=Old", above, &json!({ "name": "Old" }), "").await;
    let group = json!({ "name": "Desk", "logon_name": "old-desk" });
    saw(estate, 2, "group", "CN=Desk", TOP, &group, "").await;
    let in_group = "00000000-0000-0000-0000-000000000002";
    saw(estate, 3, "user", "CN=Ole", TOP, &person("ole", "Ole@old.test"), in_group).await;
    saw(estate, 4, "user", "CN=Pia", TOP, &person("pia", "pia@old.test"), "").await;
    survey
}

fn wanted() -> Value {
    json!({ "container": TOP, "customer": { "code": "old", "name": "Old Ltd", "seller": "north", "billing_id": "D-7" },
        "plans": { "Desk": "desktop-s" } })
}

/// A survey and an adoption of it.
pub async fn previewed(estate: &Estate) -> (String, String) {
    let survey = old(estate).await;
    let path = format!("/surveys/{survey}/adoptions");
    let adoption = estate.world.post(&estate.world.root, &path, &wanted()).await.expect(201);
    (survey, text(&adoption["id"]).to_owned())
}

#[tokio::test]
async fn a_container_is_previewed_and_becomes_a_customer_once() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let (survey, adoption) = previewed(&estate).await;
    let objects = world.get(root, &format!("/surveys/{survey}/objects?kind=user&limit=1")).await.expect(200);
    assert_eq!(text(&objects["items"][0]["name"]), "Ole");
    let next = text(&objects["next"]);
    let rest =
        world.get(root, &format!("/surveys/{survey}/objects?kind=user&after={next}")).await.expect(200);
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(1));
    let shown = world.get(root, &format!("/adoptions/{adoption}")).await.expect(200);
    let counts = json!({ "containers": 1, "groups": 1, "users": 2, "linked": 0, "conflicts": 0, "skipped": 0, "new_groups": 1,
        "subscriptions": 1, "by_services": 0 });
    assert_eq!((&shown["counts"], &shown["state"]), (&counts, &json!("previewed")), "{shown}");
    assert_eq!(shown["changes"].as_array().map(Vec::len), Some(3));
    assert_eq!(world.get(root, "/tenants?search=old").await.expect(200)["items"], json!([]));

    let line = format!("/adoptions/{adoption}/run");
    world.post(&estate.boss, &line, &json!({})).await.expect(404);
    let run = world.post(root, &line, &json!({})).await.expect(202);
    assert_eq!(run["state"], "run");
    let again = world.post(root, &line, &json!({})).await.expect(202);
    assert_eq!(again["request"], run["request"], "once");
    let customer = text(&run["customer"]);
    let seen = world.get(&estate.boss, &format!("/customers/{customer}")).await.expect(200);
    assert_eq!((text(&seen["billing_id"]), text(&seen["upn_suffix"])), ("D-7", "old.test"), "{seen}");
    let people = world.get(&estate.boss, &format!("/customers/{customer}/users")).await.expect(200);
    let names: Vec<_> =
        people["items"].as_array().expect("people").iter().map(|p| text(&p["principal_name"])).collect();
    assert_eq!(names, ["ole@old.test", "pia@old.test"]);
    assert!(people["items"][0].get("activation").is_none_or(Value::is_null), "nobody gets a link");
    let ole = format!("/users/{}", text(&people["items"][0]["id"]));
    assert_eq!(world.get(root, &ole).await.expect(200)["plans"][0]["plan"], "desktop-s");
    let facts =
        world.db.rows("SELECT f.kind FROM fact f JOIN adoption a ON a.request_id = f.request_id").await;
    assert_eq!(facts, [json!({ "kind": "ordered" })]);
    let request = world.get(root, &format!("/requests/{}", text(&run["request"]))).await.expect(200);
    assert_eq!(request["cause"], "adoption");
}

#[tokio::test]
async fn what_cannot_be_taken_over_is_told_with_its_cure_and_left_only_when_somebody_says_so() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let survey = old(&estate).await;
    saw(&estate, 5, "user", "CN=Nameless", TOP, &json!({ "name": "n", "logon_name": "nameless" }), "").await;
    saw(&estate, 6, "user", "CN=Thief", TOP, &person("thief", "thief@acme.test"), "").await;
    let path = format!("/surveys/{survey}/adoptions");
    let adoption = world.post(root, &path, &wanted()).await.expect(201);
    assert_eq!(adoption["counts"]["conflicts"], 2);
    let items = format!("/adoptions/{}/items?fate=conflict", text(&adoption["id"]));
    let items = world.get(root, &items).await.expect(200);
    let told: Vec<_> = items["items"].as_array().expect("items").iter().map(|i| text(&i["reason"])).collect();
    assert_eq!(told, ["value", "suffix_taken"]);
    assert!(text(&items["items"][0]["what"]).contains("principal name"));
    assert!(text(&items["items"][1]["cure"]).contains("survey again"));
    let line = format!("/adoptions/{}/run", text(&adoption["id"]));
    assert_eq!(world.post(root, &line, &json!({})).await.expect(409)["code"], "adoption_conflicts");
    let run = world.post(root, &line, &json!({ "leave_conflicts": true })).await.expect(202);
    assert_eq!(run["counts"]["users"], 2);

    // What is wrong with what was asked for.
    let mut bad = wanted();
    bad["customer"] = json!({ "code": "acme", "name": "", "seller": "nobody" });
    let seller = world.post(root, &path, &bad).await.refused();
    assert_eq!(seller, [("customer.seller".to_owned(), "unknown".to_owned())]);
    bad["customer"] = json!({ "code": "x", "name": "" });
    bad["plans"] = json!({ "Nothing": "desktop-s" });
    let fields: Vec<_> = world.post(root, &path, &bad).await.refused().into_iter().map(|(f, _)| f).collect();
    assert_eq!(fields, ["customer.code", "customer.name", "plans.Nothing"]);
    let mut bad = wanted();
    bad["container"] = json!("OU=None,DC=corp,DC=test");
    bad["customer"]["code"] = json!("new");
    bad["plans"] = json!({});
    assert_eq!(
        world.post(root, &path, &bad).await.refused(),
        [("container".to_owned(), "unknown".to_owned())]
    );
    world.db.execute("UPDATE survey SET state = 'running'").await;
    assert_eq!(world.post(root, &path, &wanted()).await.expect(409)["code"], "survey_not_done");
}

fn file(text: &str) -> String {
    BASE64.encode(text.as_bytes())
}

#[tokio::test]
async fn an_export_becomes_an_adoption_for_each_customer_and_a_report() {
    let estate = Estate::new().await;
    let (world, root) = (&estate.world, &estate.world.root);
    let survey = old(&estate).await;
    let path = format!("/surveys/{survey}/migrations");
    let customers =
        "Customer Short Name;Full Name;Billing ID;Parent\nOLD;Old Ltd;D-7;csp1\ngone;Gone Ltd;D-8;csp1\n";
    let users = "customer;upn;external id\nold;OLE@old.test;P-1\nold;nobody@old.test;P-2\n";
    let services = "customer;user;service;plan\nold;ole@old.test;Hosted Desktop;Large\nold;;Backup;\n";
    let mut body = json!({ "format": "atria", "customers": file(customers), "users": file(users),
        "services": file(services), "sellers": { "CSP1": "north" } });
    let refused = world.post(root, &path, &body).await.refused();
    let missing = |field: &str| (field.to_owned(), "required".to_owned());
    assert_eq!(refused, [missing("plans.Backup"), missing("plans.Hosted Desktop/Large")]);
    body["plans"] = json!({ "hosted desktop/large": "desktop-l", "Backup": "backup" });
    let migration = world.post(root, &path, &body).await.expect(201);
    let told: Vec<_> = migration["leftovers"]
        .as_array()
        .expect("leftovers")
        .iter()
        .map(|l| (l["file"].as_str().unwrap_or("-"), l["row"].as_u64().unwrap_or(0), text(&l["reason"])))
        .collect();
    assert_eq!(told, [("users", 3, "no_object"), ("-", 0, "no_row"), ("customers", 3, "no_object")]);
    assert_eq!(migration["adoptions"].as_array().map(Vec::len), Some(1));
    let adoption = text(&migration["adoptions"][0]["adoption"]);
    let shown = world.get(root, &format!("/adoptions/{adoption}")).await.expect(200);
    assert_eq!(
        (&shown["billing_id"], &shown["counts"]["subscriptions"]),
        (&json!("D-7"), &json!(2)),
        "{shown}"
    );
    let run = world.post(root, &format!("/adoptions/{adoption}/run"), &json!({})).await.expect(202);
    let customer = text(&run["customer"]);
    let people =
        world.get(&estate.boss, &format!("/customers/{customer}/users?search=ole")).await.expect(200);
    let ole = format!("/users/{}", text(&people["items"][0]["id"]));
    let ole = world.get(root, &ole).await.expect(200);
    assert_eq!(
        (&ole["details"]["external_id"], &ole["plans"][0]["plan"]),
        (&json!("P-1"), &json!("desktop-l"))
    );

    // Of a customer that is here the export changes nothing, and what it says otherwise is told.
    let customers = "Customer Short Name;Full Name;Billing ID;Parent\nOLD;Old Group;D-9;hq\n";
    let mut other = body.clone();
    other["customers"] = json!(file(customers));
    let again = world.post(root, &path, &other).await.expect(201);
    let differs = again["leftovers"].as_array().expect("leftovers").iter().find(|l| l["reason"] == "differs");
    let errors = differs.expect("it differs")["errors"].as_array().expect("errors").clone();
    let fields: Vec<_> = errors.iter().map(|e| text(&e["field"])).collect();
    assert_eq!(fields, ["name", "billing_id", "seller"]);
    assert_eq!(errors[1]["args"]["present"], "D-7", "{errors:?}");

    let wrong = json!({ "format": "other", "customers": "?", "users": file("x"), "match": ["shoe_size"] });
    let fields: Vec<_> =
        world.post(root, &path, &wrong).await.refused().into_iter().map(|(f, _)| f).collect();
    assert_eq!(fields, ["format", "customers", "match[0]"]);
}
