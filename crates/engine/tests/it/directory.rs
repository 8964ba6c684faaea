//! The same with a real domain controller.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Stdio,
    sync::Arc,
};

use connector::{Connector, Lane};
use domain::{problem::ProblemCode, request::RequestState};
use serde_json::Value;
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

/// Accounts somebody changes with `ldapmodify`.
const CHANGED: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changes_in_active_directory_is_found_and_put_right() {
    let world = World::new().await;
    let engine = world.engine_with(directory(&world).await);
    let code = format!("d{}", std::process::id());
    let customer = world.order(&code, CHANGED + 6, Lane::Bulk).await;
    world.drain(&engine).await;
    let first = engine.scan(world.target).await.expect("a scan").expect("the first is due");
    assert_eq!(first.findings.opened, 0, "{:?}", world.db.rows("SELECT * FROM finding").await);
    assert_eq!(first.seen, CHANGED + 6 + 2);

    let rows = world.db.rows("SELECT object_id, dn FROM external_object JOIN object ON id = object_id").await;
    let dns: BTreeMap<_, _> = rows
        .iter()
        .map(|r| (crate::world::uuid_of(&r["object_id"]), r["dn"].as_str().unwrap_or_default().to_owned()))
        .collect();
    let folder = dns[&customer.folder.uuid()].clone();
    let (ldif, expected): (String, BTreeSet<_>) = customer.people[..CHANGED]
        .iter()
        .enumerate()
        .map(|(n, person)| {
            let (ldif, kind, attribute) = behind_our_back(n, &dns[&person.object.uuid()], &folder);
            (ldif, (person.object.uuid(), kind, attribute))
        })
        .unzip();
    let stranger = format!(
        "dn: CN=Stranger {code},{folder}\nchangetype: add\nobjectClass: user\nsAMAccountName: x{code}\n\n"
    );
    ldap("ldapmodify", &format!("{stranger}{ldif}")).await;
    // Ordinary requests go on meanwhile.
    for (n, person) in customer.people[CHANGED..].iter().enumerate() {
        world.change(&customer, person.object, Lane::Interactive, title(&format!("Ordinary {n}"))).await;
    }
    world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
    let (scanned, _) = tokio::join!(engine.scan(world.target), engine.step(world.target, Lane::Interactive));
    let scanned = scanned.expect("a scan").expect("it is due");
    assert_eq!(scanned.findings.opened, CHANGED + 1, "{:?}", world.db.rows("SELECT * FROM finding").await);
    let query = "SELECT object_id, kind, attribute, changed_at FROM finding WHERE kind <> 'foreign'";
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = world.db.rows(query).await;
    let found: BTreeSet<_> = rows
        .iter()
        .map(|r| (crate::world::uuid_of(&r["object_id"]), text(&r["kind"]), text(&r["attribute"])))
        .collect();
    assert_eq!(found, expected);
    let dated = rows.iter().filter(|r| r["kind"] != "missing").all(|r| r["changed_at"].is_string());
    assert!(dated, "the directory says when");

    crate::drift::revert(&world, &customer).await;
    world.drain(&engine).await;
    world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
    let last = engine.scan(world.target).await.expect("a scan").expect("it is due");
    assert_eq!(last.findings.opened, 0, "{:?}", world.db.rows("SELECT * FROM finding").await);
    let open = "SELECT count(*) AS n FROM finding WHERE state = 'open'";
    assert_eq!(world.number(open).await, 1, "the stranger is never touched");
    let failed = "SELECT count(*) AS n FROM request_item WHERE state NOT IN ('verified', 'superseded')";
    assert_eq!(
        world.number(failed).await,
        0,
        "{:?}",
        world.db.rows("SELECT * FROM request_item WHERE state = 'failed'").await
    );
}

/// What somebody does to the `n`th account, and what has to be found.
fn behind_our_back(n: usize, dn: &str, folder: &str) -> (String, String, String) {
    let replace = |ldap: &str, value: &str, attribute: &str| {
        let ldif = format!("dn: {dn}\nchangetype: modify\nreplace: {ldap}\n{ldap}: {value}\n\n");
        (ldif, "changed".to_owned(), attribute.to_owned())
    };
    let named = |ldif: String, kind: &str, attribute: &str| (ldif, kind.to_owned(), attribute.to_owned());
    let rdn = dn.split(',').next().unwrap_or_default();
    let above = folder.split_once(',').map_or("", |(_, above)| above);
    match n % 8 {
        0 => replace("title", &format!("Pirate {n}"), "title"),
        1 => replace("telephoneNumber", &format!("+49 30 {n}"), "phone"),
        2 => replace("mail", &format!("pirate{n}@sea.test"), "mail"),
        // A disabled ordinary account (MS-ADTS 2.2.16).
        3 => replace("userAccountControl", "514", "enabled"),
        4 => named(
            format!("dn: {dn}\nchangetype: modrdn\nnewrdn: CN=Pirate {n}\ndeleteoldrdn: 1\n\n"),
            "changed",
            "name",
        ),
        5 => named(
            format!("dn: {dn}\nchangetype: modrdn\nnewrdn: {rdn}\ndeleteoldrdn: 1\nnewsuperior: {above}\n\n"),
            "moved",
            "",
        ),
        6 => named(format!("dn: {dn}\nchangetype: modify\ndelete: adminDescription\n\n"), "marker_lost", ""),
        _ => named(format!("dn: {dn}\nchangetype: delete\n\n"), "missing", ""),
    }
}

/// A connector for a folder of its own in the shared domain.
pub async fn directory(world: &World) -> Arc<dyn Connector> {
    let domain = samba::shared();
    let name = format!("engine-{}", world.db.name());
    let folder = format!("OU={name}-{},{}", std::process::id(), domain.base_dn);
    let ldif = format!("dn: {folder}\nobjectClass: organizationalUnit\n");
    ldap("ldapadd", &ldif).await;
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

/// What the administrator of the domain does, with a program that is not ours.
async fn ldap(program: &str, ldif: &str) {
    let domain = samba::shared();
    let mut child = Command::new(program)
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
    assert!(child.wait().await.expect("it ends").success(), "{program} does what it was told");
}
