//! With a real directory: prepared by our own script, then from an order to a
//! log-on, and nobody sees anybody else. Who looks are `ldap-utils`.

use std::{
    hash::{BuildHasher as _, Hasher as _},
    path::Path,
    process::Stdio,
};

use testkit::samba;
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::process::{Installation, PASSWORD, text};

pub const ACCOUNT_PASSWORD: &str = "Svc-Account-7-Secret!";
/// LDAP: the password is wrong, or the account unknown.
const INVALID_CREDENTIALS: i32 = 49;

/// A folder and an account of our own in a domain, and an installation for them.
pub struct Site {
    pub domain: samba::Directory,
    pub installation: Installation,
    pub folder: String,
    pub tag: String,
}

impl Site {
    /// In the domain of the run.
    pub async fn new() -> Self {
        Self::in_domain(samba::shared(), None).await
    }

    pub async fn in_domain(domain: samba::Directory, database_url: Option<String>) -> Self {
        let (urls, authorities) = (vec![domain.ldaps_url.clone()], domain.ca_pem.clone());
        Self::with_controllers(domain, &urls, &authorities, database_url).await
    }

    /// With several controllers of one domain, of which `domain` says how to reach the first.
    pub async fn with_controllers(
        domain: samba::Directory,
        urls: &[String],
        authorities: &Path,
        database_url: Option<String>,
    ) -> Self {
        // Not reproducible on purpose: tests of many processes share one domain.
        let tag = format!("{:05x}", std::hash::RandomState::new().build_hasher().finish() & 0xF_FFFF);
        let base = domain.base_dn.clone();
        let folder = format!("OU=Server {tag},{base}");
        let account = format!("svc-{tag}");
        let bind_dn = format!("CN={account},CN=Users,{base}");
        let more = format!(
            "[[directory]]\ncode = \"shared\"\nname = \"Shared\"\nurls = {urls:?}\nca_file = \"{}\"\n\
             base_dn = \"{base}\"\nfolder_dn = \"{folder}\"\nbind_dn = \"{bind_dn}\"\n\
             bind_password_file = \"shared.password\"\n",
            authorities.display(),
        );
        let installation = Installation::new(&more, database_url);
        std::fs::write(installation.path().join("shared.password"), ACCOUNT_PASSWORD)
            .expect("our own folder");
        let site = Self { domain, installation, folder, tag };
        let ldif = format!(
            "dn: {}\nobjectClass: organizationalUnit\n\ndn: {bind_dn}\nobjectClass: user\n\
             sAMAccountName: {account}\nuserAccountControl: 66048\n",
            site.folder
        );
        let (status, said) = site.ldap("ldapadd", &site.administrator(), &[], &ldif).await;
        assert_eq!(status, 0, "{said}");
        site.samba_tool(&["user", "setpassword", &account, &format!("--newpassword={ACCOUNT_PASSWORD}")])
            .await;
        site
    }

    /// Runs the script the product prints, as the administrator would.
    pub async fn delegate(&self) {
        let output = self.installation.run(&["directory", "prepare", "--kind", "samba"], "");
        assert!(output.status.success(), "{}", text(&output.stderr));
        let mut command = Command::new("sh");
        command.args(["-s", "--"]).args(self.sealed());
        let (status, said) = run(command, &text(&output.stdout)).await;
        assert_eq!(status, 0, "{said}");
    }

    /// A code for a customer that nobody else in the domain has.
    pub fn code(&self, letter: char) -> String {
        format!("{letter}{}", self.tag)
    }

    pub fn administrator(&self) -> (String, String) {
        (self.domain.administrator_dn.clone(), self.domain.administrator_password.clone())
    }

    fn sealed(&self) -> [String; 5] {
        let domain = &self.domain;
        [
            "-H".to_owned(),
            format!("ldap://{}", domain.address),
            "-U".to_owned(),
            format!("Administrator%{}", domain.administrator_password),
            format!("--configfile={}", domain.config.display()),
        ]
    }

    pub async fn samba_tool(&self, arguments: &[&str]) {
        let mut command = Command::new("samba-tool");
        command.args(arguments).args(self.sealed());
        let (status, said) = run(command, "").await;
        assert_eq!(status, 0, "{said}");
    }

    pub async fn ldap(
        &self,
        tool: &str,
        who: &(String, String),
        arguments: &[&str],
        input: &str,
    ) -> (i32, String) {
        let mut command = Command::new(tool);
        command
            .args(["-x", "-H", &self.domain.ldaps_url, "-D", &who.0, "-w", &who.1])
            .args(arguments)
            .env("LDAPTLS_CACERT", &self.domain.ca_pem)
            .env("LDAPTLS_REQCERT", "demand");
        run(command, input).await
    }

    /// What somebody finds in the whole domain.
    pub async fn find(&self, who: &(String, String), filter: &str) -> Vec<String> {
        let base = self.domain.base_dn.clone();
        let arguments = ["-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt", "-b", &base, filter, "1.1"];
        let (status, said) = self.ldap("ldapsearch", who, &arguments, "").await;
        // A referral to other parts of the forest is no failure.
        assert!([0, 10].contains(&status), "{status} {said}");
        said.lines().filter_map(|line| line.strip_prefix("dn: ")).map(str::to_owned).collect()
    }

    pub async fn binds(&self, login: &str, password: &str) -> bool {
        let who = (login.to_owned(), password.to_owned());
        let (status, said) = self.ldap("ldapsearch", &who, &["-s", "base", "-b", "", "1.1"], "").await;
        assert!([0, INVALID_CREDENTIALS].contains(&status), "{status} {said}");
        status == 0
    }
}

async fn run(mut command: Command, input: &str) -> (i32, String) {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap_or_else(|error| {
        panic!("{command:?} cannot be started ({error}); install ldap-utils and samba (make setup)")
    });
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(input.as_bytes()).await.expect("the program reads its input");
    drop(stdin);
    let output = child.wait_with_output().await.expect("the program ends");
    (output.status.code().unwrap_or(-1), text(&output.stdout) + &text(&output.stderr))
}

#[tokio::test]
async fn an_order_becomes_a_log_on_and_no_customer_finds_another() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let mut people = Vec::new();
    for letter in ['a', 'b'] {
        let code = site.code(letter);
        let order = root.order(&code, 2).await;
        root.complete(order["request"]["id"].as_str().expect("a request")).await;
        let login = order["administrator"]["principal_name"].as_str().expect("a name").to_owned();
        assert!(!site.binds(&login, PASSWORD).await, "nobody knows the password before the link was used");
        root.activate(&order["activation"]["link"]).await;
        assert!(site.binds(&login, PASSWORD).await, "{login} logs on with the chosen password");
        people.push((code, (login, PASSWORD.to_owned())));
    }
    for (own, other) in [(0, 1), (1, 0)] {
        let found = site.find(&people[own].1, "(objectClass=*)").await;
        let of = |code: &str| -> Vec<_> {
            found.iter().filter(|dn| dn.contains(&format!("OU={code},"))).collect()
        };
        // Two groups and three people; the unit itself is listed by nobody.
        assert_eq!(of(&people[own].0).len(), 5, "{:?}", of(&people[own].0));
        assert_eq!(of(&people[other].0), Vec::<&String>::new());
        let filter = format!("(userPrincipalName=*@{}.example)", people[other].0);
        assert_eq!(site.find(&people[own].1, &filter).await, Vec::<String>::new());
    }
    assert!(server.stop().await.success());
}

/// One attribute of one object, as the administrator sees it.
pub async fn value(site: &Site, login: &str, attribute: &str) -> Option<String> {
    let (base, filter) = (site.domain.base_dn.clone(), format!("(userPrincipalName={login})"));
    let arguments = ["-LLL", "-o", "ldif-wrap=no", "-b", &base, &filter, attribute];
    let (_, said) = site.ldap("ldapsearch", &site.administrator(), &arguments, "").await;
    let mark = format!("{attribute}:");
    // A directory promises no order of values.
    let all = said.lines().filter_map(|line| line.strip_prefix(&mark)).map(|v| v.trim_matches([':', ' ']));
    let mut all: Vec<_> = all.collect();
    all.sort_unstable();
    (!all.is_empty()).then(|| all.join("; "))
}

#[tokio::test]
async fn a_person_is_renamed_removed_and_restored_as_the_same_account() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('r');
    let order = root.order(&code, 1).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let customer = order["customer"]["id"].as_str().expect("a customer");
    let people = root.see(&format!("customers/{customer}/users")).await;
    let is_staff = |p: &&serde_json::Value| p["administrator"] == true;
    let person = people["items"].as_array().expect("people").iter().find(|p| !is_staff(p)).expect("a person");
    let path = format!("users/{}", person["id"].as_str().expect("an id"));
    let login = format!(
        "new.name@{}",
        person["principal_name"].as_str().expect("a name").split_once('@').expect("a suffix").1
    );
    let old = person["principal_name"].as_str().expect("a name");
    let sid = value(&site, old, "objectSid").await.expect("an account");
    let patch = serde_json::json!({ "principal_name": login, "logon_name": format!("n{}", site.tag),
        "details": { "mobile": "+45 12 34", "country": "DK", "aliases": "b@x.example a@x.example" } });
    root.change(&path, &patch).await;
    assert_eq!(value(&site, &login, "objectSid").await.as_deref(), Some(sid.as_str()));
    assert_eq!(value(&site, &login, "mobile").await.as_deref(), Some("+45 12 34"));
    assert_eq!(value(&site, &login, "c").await.as_deref(), Some("DK"));
    let aliases = value(&site, &login, "proxyAddresses").await;
    assert_eq!(aliases.as_deref(), Some("smtp:a@x.example; smtp:b@x.example"));
    assert_eq!(
        value(&site, &login, "cn").await,
        Some(format!("n{}", site.tag)),
        "the name in the container follows"
    );
    let groups = value(&site, &login, "memberOf").await;
    assert!(groups.is_some());
    root.remove(&path).await;
    assert_eq!(
        value(&site, &login, "userAccountControl").await.as_deref(),
        Some("514"),
        "disabled, and kept"
    );
    assert_eq!(value(&site, &login, "memberOf").await, None);
    let back = root.post(&format!("{path}/restore"), &serde_json::json!({})).await.good();
    root.complete(back["provisioning"]["request"].as_str().expect("a request")).await;
    assert_eq!(value(&site, &login, "userAccountControl").await.as_deref(), Some("512"));
    assert_eq!(value(&site, &login, "objectSid").await, Some(sid));
    assert_eq!(value(&site, &login, "memberOf").await, groups);
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn the_check_names_what_is_missing_before_the_script_was_run_and_nothing_afterwards() {
    let site = Site::new().await;
    let output = site.installation.run(&["directory", "check"], "");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("BAD shared create_unit") && said.contains("directory prepare"), "{said}");
    site.delegate().await;
    let output = site.installation.run(&["directory", "check", "shared"], "");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("ok  shared outside") && !said.contains("BAD"), "{said}");
    assert!(!said.contains(ACCOUNT_PASSWORD) && !text(&output.stderr).contains(ACCOUNT_PASSWORD));
}
