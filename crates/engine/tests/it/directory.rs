//! The same with a real domain controller.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Stdio,
    sync::Arc,
};

use connector::{Connector, Lane};
use domain::{
    group::GroupKind,
    problem::ProblemCode,
    request::RequestState,
    spec::{GroupSpec, Spec},
};
use serde_json::Value;
use testkit::samba;
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{
    groups,
    world::{World, title},
};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_is_set_in_active_directory_and_outlives_a_move_and_a_new_account() {
    let world = World::new().await;
    let engine = world.engine_with(directory(&world).await);
    let code = format!("m{}", std::process::id());
    let customer = world.order(&code, 3, Lane::Interactive).await;
    let [boss, report, other] = [0, 1, 2].map(|n| customer.people[n].object);
    let managed = |spec| match spec {
        domain::spec::Spec::User(user) => {
            Some(domain::spec::Spec::User(domain::spec::UserSpec { manager: Some(boss), ..user }))
        }
        other => Some(other),
    };
    for object in [report, other] {
        world.change(&customer, object, Lane::Interactive, managed).await;
    }
    world.drain(&engine).await;
    let dn = async |object: domain::id::ObjectId| {
        let query = format!("SELECT dn FROM external_object WHERE object_id = '{}'", object.uuid());
        world.db.rows(&query).await[0]["dn"].as_str().unwrap_or_default().to_owned()
    };
    let shown = async |object| found(&dn(object).await, "manager").await;
    assert_eq!(shown(report).await, [dn(boss).await]);

    // Renamed by us, then deleted by somebody: neither is the reports' concern.
    let renamed = |spec| match spec {
        domain::spec::Spec::User(user) => {
            Some(domain::spec::Spec::User(domain::spec::UserSpec { name: "The, Boss".to_owned(), ..user }))
        }
        other => Some(other),
    };
    world.change(&customer, boss, Lane::Interactive, renamed).await;
    world.drain(&engine).await;
    assert_eq!(shown(report).await, [dn(boss).await]);
    let scanned = engine.scan(world.target).await.expect("a scan").expect("the first is due");
    assert_eq!(scanned.findings.opened, 0, "{:?}", world.db.rows("SELECT * FROM finding").await);
    let gone = dn(boss).await;
    ldap("ldapmodify", &format!("dn: {gone}\nchangetype: delete\n")).await;
    let changed = world.change(&customer, report, Lane::Interactive, title("Captain")).await;
    world.drain(&engine).await;
    assert_eq!(world.state(changed).await, RequestState::Complete, "{:?}", world.problems(changed).await);
    assert_eq!(shown(report).await, Vec::<String>::new());
    world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
    let scanned = engine.scan(world.target).await.expect("a scan").expect("it is due");
    assert_eq!(scanned.findings.opened, 1, "{:?}", world.db.rows("SELECT * FROM finding").await);
    crate::drift::revert(&world, &customer).await;
    world.drain(&engine).await;
    for object in [report, other] {
        assert_eq!(shown(object).await, [dn(boss).await], "the new account");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_owner_of_a_group_is_shown_in_active_directory_and_follows_who_owns_it() {
    let world = World::new().await;
    let engine = world.engine_with(directory(&world).await);
    let code = format!("o{}", std::process::id());
    let customer = world.order(&code, 3, Lane::Interactive).await;
    let [anna, bo] = [0, 1].map(|n| customer.people[n].clone());
    let (group, object) = groups::group(&world, &customer, "team", GroupKind::Security).await;
    // Owned before anybody of it is there.
    groups::own(&world, group, &[anna.id, bo.id]).await;
    world.drain(&engine).await;
    let dn = async |object: domain::id::ObjectId| {
        let query = format!("SELECT dn FROM external_object WHERE object_id = '{}'", object.uuid());
        world.db.rows(&query).await[0]["dn"].as_str().unwrap_or_default().to_owned()
    };
    let shown = async || found(&dn(object).await, "managedBy").await;
    assert_eq!(shown().await, [dn(anna.object).await]);
    let renamed = |spec| match spec {
        domain::spec::Spec::User(user) => {
            Some(domain::spec::Spec::User(domain::spec::UserSpec { name: "The, Boss".to_owned(), ..user }))
        }
        other => Some(other),
    };
    world.change(&customer, anna.object, Lane::Interactive, renamed).await;
    world.drain(&engine).await;
    assert_eq!(shown().await, [dn(anna.object).await], "under another name");

    // Who is removed owns nothing any more, and what the directory shows is found.
    groups::remove_owner(&world, anna.id).await;
    world.drain(&engine).await;
    assert_eq!(shown().await, [dn(bo.object).await]);
    let (at, to) = (dn(object).await, dn(anna.object).await);
    let ldif = format!("dn: {at}\nchangetype: modify\nreplace: managedBy\nmanagedBy: {to}\n");
    ldap("ldapmodify", &ldif).await;
    let scanned = engine.scan(world.target).await.expect("a scan").expect("the first is due");
    assert_eq!(scanned.findings.opened, 1, "{:?}", world.db.rows("SELECT * FROM finding").await);
    let rows = world.db.rows("SELECT attribute FROM finding WHERE state = 'open'").await;
    assert_eq!(rows[0]["attribute"], "owner");
    crate::drift::revert(&world, &customer).await;
    world.drain(&engine).await;
    assert_eq!(shown().await, [dn(bo.object).await]);
    groups::own(&world, group, &[]).await;
    world.drain(&engine).await;
    assert_eq!(shown().await, Vec::<String>::new());
    let told =
        world.db.rows("SELECT change FROM event WHERE code = 'group.owners_changed' ORDER BY id").await;
    assert_eq!(told.len(), 3, "named, one removed, none any more: {told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_of_both_kinds_come_true_nested_renamed_and_restored_in_active_directory() {
    let world = World::new().await;
    let engine = world.engine_with(directory(&world).await);
    let code = format!("g{}", std::process::id());
    let customer = world.order(&code, 3, Lane::Interactive).await;
    let outer = groups::group(&world, &customer, "outer", GroupKind::Distribution).await;
    let inner = groups::group(&world, &customer, "inner", GroupKind::Security).await;
    let all = groups::people(&customer, None);
    let joined = groups::change(&world, &customer, outer.0, &[groups::nested(inner, true), all[0]]).await;
    groups::change(&world, &customer, inner.0, &all[1..]).await;
    world.drain(&engine).await;
    assert_eq!(world.state(joined).await, RequestState::Complete, "{:?}", world.problems(joined).await);
    let dn = async |object: domain::id::ObjectId| {
        let query = format!("SELECT dn FROM external_object WHERE object_id = '{}'", object.uuid());
        world.db.rows(&query).await[0]["dn"].as_str().unwrap_or_default().to_owned()
    };
    let told = async |object, attributes: &[&str]| {
        let all = search(&dn(object).await, "base", "(objectClass=group)", attributes).await;
        all.into_iter().filter(|line| !line.starts_with("dn:")).collect::<BTreeSet<_>>()
    };
    // A global distribution group, and a global security group (MS-ADTS 2.2.12).
    assert_eq!(
        told(outer.1, &["groupType", "mail"]).await,
        ["groupType: 2".to_owned(), "mail: outer@acme.test".to_owned()].into()
    );
    assert_eq!(told(inner.1, &["groupType"]).await, ["groupType: -2147483646".to_owned()].into());
    // Everybody in it, through the chain as well (LDAP_MATCHING_RULE_TRANSITIVE_EVAL).
    let folder = dn(customer.folder).await;
    let chain = format!("(&(objectClass=user)(memberOf:1.2.840.113556.1.4.1941:={}))", dn(outer.1).await);
    let inside = async || search(&folder, "sub", &chain, &["1.1"]).await.len();
    assert_eq!(inside().await, 3);

    let sid = told(inner.1, &["objectSid"]).await;
    let renamed = |spec| match spec {
        Spec::Group(spec) => Some(Spec::Group(GroupSpec {
            name: "Renamed, \"it\"".to_owned(),
            logon_name: format!("{code}-renamed"),
            group_kind: GroupKind::Distribution,
            aliases: Some("a@acme.test b@acme.test".to_owned()),
            ..spec
        })),
        other => Some(other),
    };
    world.change(&customer, inner.1, Lane::Interactive, renamed).await;
    groups::remove(&world, outer.0, Some(30)).await;
    world.drain(&engine).await;
    assert_eq!(told(inner.1, &["objectSid"]).await, sid, "the same group");
    let shown = told(inner.1, &["sAMAccountName", "groupType", "proxyAddresses"]).await;
    let lines = [
        format!("sAMAccountName: {code}-renamed"),
        "groupType: 2".to_owned(),
        "proxyAddresses: smtp:a@acme.test".to_owned(),
        "proxyAddresses: smtp:b@acme.test".to_owned(),
    ];
    assert_eq!(shown, lines.into());
    assert_eq!(told(outer.1, &["member"]).await, BTreeSet::new(), "kept, and nobody is in it");
    assert_eq!(inside().await, 0);

    groups::restore(&world, &customer, outer.0).await;
    world.drain(&engine).await;
    assert_eq!(told(outer.1, &["member"]).await.len(), 2);
    assert_eq!(inside().await, 3);
    let failed = "SELECT count(*) AS n FROM request_item WHERE state NOT IN ('verified', 'superseded')";
    assert_eq!(world.number(failed).await, 0);
}

/// What another client sees: one line a value, folded lines put together.
async fn search(base: &str, scope: &str, filter: &str, attributes: &[&str]) -> Vec<String> {
    let domain = samba::shared();
    let said = Command::new("ldapsearch")
        .env("LDAPTLS_CACERT", &domain.ca_pem)
        .args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", &domain.ldaps_url, "-D", &domain.administrator_dn])
        .args(["-w", &domain.administrator_password, "-b", base, "-s", scope, filter])
        .args(attributes)
        .output()
        .await
        .expect("ldap-utils are installed");
    assert!(said.status.success(), "{said:?}");
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
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
    // Somebody is taken out of the group of all, and the stranger comes in.
    let out = CHANGED + 5;
    let (group, gone) = (&dns[&customer.group.uuid()], &dns[&customer.people[out].object.uuid()]);
    let members = format!(
        "dn: {group}\nchangetype: modify\ndelete: member\nmember: {gone}\n-\nadd: member\nmember: CN=Stranger {code},{folder}\n\n"
    );
    ldap("ldapmodify", &format!("{stranger}{members}{ldif}")).await;
    // Ordinary requests go on meanwhile.
    for (n, person) in customer.people[CHANGED..out].iter().enumerate() {
        world.change(&customer, person.object, Lane::Interactive, title(&format!("Ordinary {n}"))).await;
    }
    world.db.execute("UPDATE drift_scan SET asked_at = clock_timestamp()").await;
    let (scanned, _) = tokio::join!(engine.scan(world.target), engine.step(world.target, Lane::Interactive));
    let scanned = scanned.expect("a scan").expect("it is due");
    assert_eq!(scanned.findings.opened, CHANGED + 3, "{:?}", world.db.rows("SELECT * FROM finding").await);
    let of_members =
        "SELECT string_agg(kind, ' ' ORDER BY kind) AS kinds FROM finding WHERE kind LIKE 'member%'";
    assert_eq!(world.db.rows(of_members).await[0]["kinds"], "member_added member_removed");
    let query = "SELECT object_id, kind, attribute, changed_at FROM finding WHERE kind <> 'foreign' AND kind NOT LIKE 'member%'";
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
    directory_in(world, &samba::shared()).await
}

/// The same in a domain of one's own.
pub async fn directory_in(world: &World, domain: &samba::Directory) -> Arc<dyn Connector> {
    let name = format!("engine-{}", world.db.name());
    let folder = format!("OU={name}-{},{}", std::process::id(), domain.base_dn);
    let ldif = format!("dn: {folder}\nobjectClass: organizationalUnit\n");
    ldap_in(domain, "ldapadd", &ldif).await;
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

/// The values of an attribute, as `ldapsearch` shows them to the administrator.
async fn found(dn: &str, attribute: &str) -> Vec<String> {
    let domain = samba::shared();
    let output = Command::new("ldapsearch")
        .env("LDAPTLS_CACERT", &domain.ca_pem)
        .args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", &domain.ldaps_url, "-D", &domain.administrator_dn])
        .args(["-w", &domain.administrator_password, "-s", "base", "-b", dn, attribute])
        .output()
        .await
        .expect("ldap-utils are installed");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    let value = |line: &str| line.strip_prefix(&format!("{attribute}: ")).map(str::to_owned);
    said.lines().filter_map(value).collect()
}

/// What the administrator of the domain does, with a program that is not ours.
async fn ldap(program: &str, ldif: &str) {
    ldap_in(&samba::shared(), program, ldif).await;
}

async fn ldap_in(domain: &samba::Directory, program: &str, ldif: &str) {
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
