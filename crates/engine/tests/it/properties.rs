//! A property that many people inherit: changed with one request at the target's
//! pace, and undone with one more.

use std::process::Command;

use connector::Lane;
use domain::{
    id::{RequestId, ServiceId},
    request::RequestState,
};
use serde_json::json;
use store::{
    catalogue::{PropertyPlace, Reach},
    tx::Cause,
};
use testkit::samba;
use tokio::time::Instant;

use crate::world::{Customer, World};

/// The people of `customer` have a service that puts a path on their accounts.
pub async fn with_service(world: &World, customer: &Customer) {
    let definition = json!({
        "attributes": { "profile_path": r"\\{server}\profiles\{logon_name}" },
        "properties": { "server": { "default": "files1" } },
    });
    let (tenant, group) = (customer.id.uuid(), customer.group.uuid());
    world
        .db
        .execute(&format!(
            "UPDATE service SET definition = '{definition}';
             INSERT INTO service_instance (id, tenant_id, service_id, code, name, created_at)
             SELECT gen_random_uuid(), '{tenant}', id, 'main', name, now() FROM service;
             UPDATE user_group g SET purpose = 'service', service_id = i.service_id, instance_id = i.id
               FROM service_instance i WHERE g.object_id = '{group}'"
        ))
        .await;
}

/// Says the property at the provider, for everybody below; gives the request and how
/// many people it changes something for.
pub async fn say(world: &World, server: Option<&str>) -> (RequestId, usize) {
    let mut tx = world.store.write(&world.root).await.expect("writing");
    let service: ServiceId = tx.service("desk").await.expect("the service").id;
    tx.lock_services(&[service], true).await.expect("the lock");
    let place = PropertyPlace { tenant: world.root.tenant, service, instance: None, user: None };
    let values = [("server".to_owned(), server.map(str::to_owned))].into();
    tx.tenant(world.root.tenant).await.expect("the provider");
    tx.say(place, "desk", &values).await.expect("said");
    let reach = Reach { service, below: world.root.tenant, instance: None, user: None };
    let people = tx.reached(reach).await.expect("the people");
    let request =
        tx.open_request(world.root.tenant, "properties_set", json!({}), domain::request::Lane::Bulk);
    let changed = tx.settle_people(&people).await.expect("settled");
    tx.commit(&Cause::default()).await.expect("committing");
    (request, changed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_property_of_3200_people_is_one_request_and_so_is_its_end() {
    const PEOPLE: usize = 3_200;
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("many", PEOPLE, Lane::Bulk).await;
    world.drain(&engine).await;
    with_service(&world, &customer).await;
    let mut took = Vec::new();
    for server in [Some("files2"), None] {
        let started = Instant::now();
        let (request, changed) = say(&world, server).await;
        let written = started.elapsed();
        assert_eq!(changed, PEOPLE);
        world.drain(&engine).await;
        assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
        took.push((written, started.elapsed()));
        let items = format!("SELECT count(*) AS n FROM request_item WHERE request_id = '{}'", request.uuid());
        assert_eq!(world.number(&items).await, i64::try_from(PEOPLE).expect("a small number"));
    }
    world.assert_converged().await;
    // Where somebody looks for the figures: written, and read back from the target.
    tracing::info!(?took, "3,200 people, said and taken back");
    let again = say(&world, Some("files1")).await;
    assert_eq!(again.1, 0, "what holds already changes nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_property_is_seen_by_an_independent_client_in_active_directory() {
    const PEOPLE: usize = 120;
    let world = World::new().await;
    let engine = world.engine_with(crate::directory::directory(&world).await);
    let code = format!("p{}", std::process::id());
    let customer = world.order(&code, PEOPLE, Lane::Bulk).await;
    world.drain(&engine).await;
    with_service(&world, &customer).await;
    let dn = "SELECT dn FROM external_object WHERE dn LIKE 'OU=%'";
    let folder = world.db.rows(dn).await[0]["dn"].as_str().expect("a container").to_owned();
    assert_eq!(paths(&folder, "*"), 0);
    for server in ["files2", "files3"] {
        let (request, changed) = say(&world, Some(server)).await;
        assert_eq!(changed, PEOPLE);
        world.drain(&engine).await;
        assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
        assert_eq!(paths(&folder, &format!(r"\5c\5c{server}\5cprofiles\5c*")), PEOPLE);
    }
    assert_eq!(paths(&folder, r"\5c\5cfiles2*"), 0, "the former value is gone");
}

/// How many accounts below a container have such a path of their profile.
fn paths(folder: &str, value: &str) -> usize {
    let domain = samba::shared();
    let filter = format!("(&(objectClass=user)(profilePath={value}))");
    let found = Command::new("ldapsearch")
        .env("LDAPTLS_CACERT", &domain.ca_pem)
        .args(["-x", "-LLL", "-H", &domain.ldaps_url, "-D", &domain.administrator_dn])
        .args(["-w", &domain.administrator_password, "-b", folder, &filter, "profilePath"])
        .output()
        .expect("ldap-utils are installed");
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    String::from_utf8_lossy(&found.stdout).lines().filter(|line| line.starts_with("dn:")).count()
}
