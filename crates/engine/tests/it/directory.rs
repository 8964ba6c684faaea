//! The same with a real domain controller.

use std::{process::Stdio, sync::Arc};

use connector::{Connector, Lane};
use domain::{problem::ProblemCode, request::RequestState};
use testkit::samba;
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::world::{World, title};

/// Enough for several claims, few enough for seconds.
const PEOPLE: usize = 80;

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_people_comes_true_in_active_directory() {
    let world = World::new().await;
    let directory = directory(&world).await;
    let engine = world.engine_with(directory);
    // Log-on names are unique in the whole domain, which other runs share.
    let code = format!("e{}", std::process::id());
    let customer = world.order(&code, PEOPLE, Lane::Bulk).await;
    let started = tokio::time::Instant::now();
    world.drain(&engine).await;
    tracing::info!(took = ?started.elapsed(), "made");
    assert_eq!(
        world.state(customer.request).await,
        RequestState::Complete,
        "{:?}",
        world.problems(customer.request).await
    );

    let person = &customer.people[0];
    let refused = world.choose(&customer, person, "aaaaaaaaaaaa").await;
    world.drain(&engine).await;
    assert_eq!(world.problems(refused).await, [ProblemCode::PasswordPolicy.code()]);
    let chosen = world.choose(&customer, person, "Correct-Horse-7-Battery").await;
    let changed = world.change(&customer, person.object, Lane::Interactive, title("Captain")).await;
    let left = world.member(&customer, customer.people[1].object, false).await;
    world.drain(&engine).await;
    for request in [chosen, changed, left] {
        assert_eq!(world.state(request).await, RequestState::Complete, "{:?}", world.problems(request).await);
    }
    let wrong = "SELECT count(*) AS n FROM external_object WHERE state <> 'verified' OR external_id IS NULL";
    assert_eq!(world.number(wrong).await, 0);
}

/// A connector for a folder of its own in the shared domain.
async fn directory(world: &World) -> Arc<dyn Connector> {
    let domain = samba::shared();
    let name = format!("engine-{}", world.db.name());
    let folder = format!("OU={name}-{},{}", std::process::id(), domain.base_dn);
    let ldif = format!("dn: {folder}\nobjectClass: organizationalUnit\n");
    let mut child = Command::new("ldapadd")
        .env("LDAPTLS_CACERT", &domain.ca_pem)
        .args([
            "-x",
            "-H",
            &domain.ldaps_url,
            "-D",
            &domain.administrator_dn,
            "-w",
            &domain.administrator_password,
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("ldap-utils are installed");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(ldif.as_bytes()).await.expect("its input is open");
    drop(input);
    assert!(child.wait().await.expect("it ends").success(), "the folder {folder} can be made");
    let config = ad::Config::new(
        &domain.ldaps_url,
        &domain.ca_pem,
        &domain.base_dn,
        folder,
        &domain.administrator_dn,
        &domain.administrator_password,
    );
    Arc::new(ad::Directory::connect(config, world.random.clone()).expect("the settings are in order"))
}
