//! The domain controller, as its clients see it.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use testkit::samba::{Directory, Domain, DomainOptions, PasswordPolicy};
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{processes_in, short_folder, wait_until};

/// What the clients of `OpenLDAP` answer for a refused password (RFC 4511).
const INVALID_CREDENTIALS: i32 = 49;
/// And for a broken rule of the directory.
const CONSTRAINT_VIOLATION: i32 = 19;

/// Time for one search on a busy machine.
const SOON: Duration = Duration::from_secs(3);

async fn start(data: &Path, password_policy: PasswordPolicy) -> Domain {
    let options = DomainOptions { password_policy, ..DomainOptions::new(Ipv4Addr::LOCALHOST) };
    Domain::start_anywhere(data, &testkit::samba::cache(), &options).await.expect("the domain starts")
}

/// One client of `OpenLDAP` over verified LDAPS, with `input` as its standard input.
async fn ldap(
    directory: &Directory,
    program: &str,
    dn: &str,
    password: &str,
    rest: &[&str],
    input: &str,
) -> Output {
    let mut child = Command::new(program)
        .args(["-x", "-o", "nettimeout=2", "-H", &directory.ldaps_url, "-D", dn, "-w", password])
        .args(rest)
        .env("LDAPTLS_CACERT", &directory.ca_pem)
        .env("LDAPTLS_REQCERT", "demand")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("ldap-utils is installed");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).await.expect("the client reads");
    drop(stdin);
    child.wait_with_output().await.expect("the client ends")
}

async fn search_as(directory: &Directory, dn: &str, password: &str) -> Output {
    ldap(
        directory,
        "ldapsearch",
        dn,
        password,
        &["-LLL", "-s", "base", "-b", &directory.base_dn, "objectSid"],
        "",
    )
    .await
}

async fn answers(directory: &Directory) -> bool {
    let search = search_as(directory, &directory.administrator_dn, &directory.administrator_password);
    tokio::time::timeout(SOON, search).await.is_ok_and(|output| output.status.success())
}

/// Adds a user with a password and returns the answer and the name.
async fn add_user(directory: &Directory, name: &str, password: &str) -> (Output, String) {
    let dn = format!("CN={name},CN=Users,{}", directory.base_dn);
    // MS-ADTS 3.1.1.3.1.5.1: in quotes, UTF-16LE.
    let quoted: Vec<u8> = format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), quoted).expect("writes");
    let ldif = format!(
        "dn: {dn}\nobjectClass: user\nsAMAccountName: {name}\nuserAccountControl: 512\nunicodePwd:< file://{}\n",
        file.path().display()
    );
    let administrator = (&directory.administrator_dn, &directory.administrator_password);
    (ldap(directory, "ldapadd", administrator.0, administrator.1, &[], &ldif).await, dn)
}

#[tokio::test]
async fn users_sign_in_over_verified_ldaps() {
    let folder = short_folder();
    let policy = PasswordPolicy { min_chars: 12, complexity: true };
    let domain = start(&folder.path().join("ad"), policy).await;
    let directory = domain.directory().clone();

    let (added, user) = add_user(&directory, "anna", "Correct-Horse-1").await;
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let found = search_as(&directory, &user, "Correct-Horse-1").await;
    assert!(String::from_utf8_lossy(&found.stdout).contains("objectSid"), "{found:?}");
    assert_eq!(search_as(&directory, &user, "Wrong-Horse-1").await.status.code(), Some(INVALID_CREDENTIALS));

    let (weak, _) = add_user(&directory, "bert", "Short-1").await;
    assert_eq!(weak.status.code(), Some(CONSTRAINT_VIOLATION));
    assert!(String::from_utf8_lossy(&weak.stderr).contains("0000052D"), "{weak:?}");

    // A client that trusts another authority refuses the controller.
    let other = short_folder();
    let stranger = Directory { ca_pem: other.path().join("none.pem"), ..directory.clone() };
    assert!(!answers(&stranger).await, "the certificate is not verified");
    domain.stop().await.expect("stops");
}

#[tokio::test]
async fn stopping_leaves_no_process_and_no_address() {
    let folder = short_folder();
    let data = folder.path().join("ad");
    // An address nobody is given, so that nobody takes it after the stop.
    let options = DomainOptions::new(Ipv4Addr::new(127, 77, 1, 255));
    let domain = Domain::start(&data, &testkit::samba::cache(), &options).await.expect("the domain starts");
    assert!(!processes_in(&data).is_empty());
    domain.stop().await.expect("stops");
    assert!(processes_in(&data).is_empty(), "processes are left");
    TcpListener::bind((options.address, 636)).expect("the address is free again");

    // Dropped, not stopped: the same.
    let domain = start(&data, PasswordPolicy::default()).await;
    drop(domain);
    wait_until("nothing runs after a drop", async || processes_in(&data).is_empty()).await;
}

#[tokio::test]
async fn it_can_be_frozen_killed_and_brought_back() {
    let folder = short_folder();
    let data = folder.path().join("ad");
    let mut domain = start(&data, PasswordPolicy::default()).await;
    let directory = domain.directory().clone();
    let (added, user) = add_user(&directory, "clara", "Correct-Horse-1").await;
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));

    domain.pause();
    assert!(!answers(&directory).await, "a frozen controller answers");
    domain.resume();
    wait_until("it answers again", async || answers(&directory).await).await;

    domain.kill().await.expect("all its processes end");
    assert!(processes_in(&data).is_empty(), "processes are left");
    assert!(!answers(&directory).await, "a killed controller answers");
    domain.restart().await.expect("comes back");
    let found = search_as(&directory, &user, "Correct-Horse-1").await;
    assert!(found.status.success(), "what was there is lost: {}", String::from_utf8_lossy(&found.stderr));

    // Frozen for good, its owner's stop ends it all the same.
    domain.pause();
    domain.stop().await.expect("stops");
    assert!(processes_in(&data).is_empty(), "processes are left");
}

#[tokio::test]
async fn a_second_controller_knows_what_was_replicated_and_nothing_else() {
    let folder = short_folder();
    let first = start(&folder.path().join("a"), PasswordPolicy::default()).await;
    let second = first.join(&folder.path().join("b"), "dc2").await.expect("it joins");
    assert_ne!(first.directory().address, second.directory().address);
    let (dn, password) = {
        let first = first.directory();
        (first.administrator_dn.clone(), first.administrator_password.clone())
    };
    let unit = format!("OU=Late,{}", first.directory().base_dn);
    let entry = format!("dn: {unit}\nobjectClass: organizationalUnit\n");
    let added = ldap(first.directory(), "ldapadd", &dn, &password, &[], &entry).await;
    assert!(added.status.success(), "{added:?}");
    let looks = ["-LLL", "-s", "base", "-b", &unit, "1.1"];
    let before = ldap(second.directory(), "ldapsearch", &dn, &password, &looks, "").await;
    assert!(!before.status.success(), "nothing travels by itself");
    second.replicate(&first).await.expect("it replicates");
    let after = ldap(second.directory(), "ldapsearch", &dn, &password, &looks, "").await;
    assert!(after.status.success(), "{after:?}");
}
