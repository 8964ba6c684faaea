//! A folder of its own for each test in the domain of the run, with an
//! ordinary account to which exactly the printed delegation was given. What
//! the domain administrator or a tenant does is done with `ldap-utils`, not
//! with our own code.

use std::{
    hash::{BuildHasher as _, Hasher as _},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use ad::{
    Config, Directory,
    prepare::{Controller, delegation_script},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use connector::{Connector as _, Lane};
use domain::{
    clock::SeededRandom,
    id::ObjectId,
    plan::{Action, Step},
    spec::{Address, Attribute, Naming, ObjectKind, Observed, Selector},
};
use tokio::{io::AsyncWriteExt as _, process::Command};
use uuid::Uuid;

/// The account every test's connector binds with.
const PASSWORD: &str = "Svc-Account-7-Secret!";

/// Who acts with `ldap-utils`.
#[derive(Debug, Clone)]
pub struct Login {
    pub dn: String,
    pub password: String,
}

/// What a program said.
#[derive(Debug)]
pub struct Said {
    /// Exit status; `ldap-utils` give the result code of LDAP.
    pub status: i32,
    pub out: String,
    pub err: String,
}

pub struct Lab {
    pub domain: testkit::samba::Directory,
    pub folder: String,
    pub account: Login,
    pub administrator: Login,
    tag: String,
    serial: AtomicU32,
}

impl Lab {
    /// A fresh folder and account, delegated by the script the product prints.
    pub async fn new() -> Self {
        let domain = testkit::samba::shared();
        // Not reproducible on purpose: tests of many processes share one domain.
        let tag = format!("{:08x}", std::hash::RandomState::new().build_hasher().finish() & 0xFFFF_FFFF);
        let base = &domain.base_dn;
        let folder = format!("OU=Customers {tag},{base}");
        let name = format!("svc-{tag}");
        let account = Login { dn: format!("CN={name},CN=Users,{base}"), password: PASSWORD.to_owned() };
        let administrator =
            Login { dn: domain.administrator_dn.clone(), password: domain.administrator_password.clone() };
        let lab = Self { domain, folder, account, administrator, tag, serial: AtomicU32::new(0) };
        let ldif = format!(
            "dn: {}\nobjectClass: organizationalUnit\n\ndn: {}\nobjectClass: user\nsAMAccountName: {name}\n\
             userAccountControl: 66048\nunicodePwd:: {}\n",
            lab.folder,
            lab.account.dn,
            password(PASSWORD)
        );
        lab.expect("ldapadd", &lab.administrator, &[], &ldif).await;
        lab.sh(&delegation_script(Controller::Samba, &lab.folder, &name)).await;
        lab
    }

    pub fn config(&self) -> Config {
        let domain = &self.domain;
        Config::new(
            &domain.ldaps_url,
            &domain.ca_pem,
            &domain.base_dn,
            &self.folder,
            &self.account.dn,
            &self.account.password,
        )
    }

    pub fn connect(&self) -> Directory {
        connect_with(self.config())
    }

    /// A log-on name nobody has, at most 20 characters.
    pub fn unique(&self, stem: &str) -> String {
        format!("{stem}.{}{}", self.tag, self.serial.fetch_add(1, Relaxed))
    }

    /// An id that was not used before in this lab.
    pub fn id(&self) -> ObjectId {
        ObjectId::from_uuid(Uuid::from_u128(0xA000 + u128::from(self.serial.fetch_add(1, Relaxed))))
    }

    /// The address for tools that speak SASL instead of TLS.
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

    /// Runs a shell script as the administrator would, on the domain of the run.
    pub async fn sh(&self, script: &str) {
        let mut command = Command::new("sh");
        command.args(["-s", "--"]).args(self.sealed());
        let said = run(command, script).await;
        assert_eq!(said.status, 0, "{said:?}");
    }

    /// Adds an entry to an access list, as the administrator.
    pub async fn grant(&self, dn: &str, sddl: &str) {
        let mut command = Command::new("samba-tool");
        command.args(["dsacl", "set", "--objectdn", dn, "--sddl", sddl]).args(self.sealed());
        let said = run(command, "").await;
        assert_eq!(said.status, 0, "{said:?}");
    }

    /// Runs one of `ldap-utils` as somebody.
    pub async fn ldap(&self, tool: &str, who: &Login, arguments: &[&str], input: &str) -> Said {
        let mut command = Command::new(tool);
        command
            .args(["-x", "-H", &self.domain.ldaps_url, "-D", &who.dn, "-w", &who.password])
            .args(arguments)
            .env("LDAPTLS_CACERT", &self.domain.ca_pem)
            .env("LDAPTLS_REQCERT", "demand");
        run(command, input).await
    }

    /// As [`Lab::ldap`], and it must succeed.
    pub async fn expect(&self, tool: &str, who: &Login, arguments: &[&str], input: &str) -> String {
        let said = self.ldap(tool, who, arguments, input).await;
        assert_eq!(said.status, 0, "{tool} {arguments:?} {input}: {}", said.err);
        said.out
    }
}

pub fn connect_with(config: Config) -> Directory {
    Directory::connect(config, Arc::new(SeededRandom::new(7))).expect("the settings are right")
}

async fn run(mut command: Command, input: &str) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap_or_else(|error| {
        panic!("{command:?} cannot be started ({error}); install ldap-utils and samba (make setup)")
    });
    let mut stdin = child.stdin.take().expect("piped");
    // Written and read at once: a program that answers line by line fills its pipe.
    let write = async move {
        // A program that refuses early does not read everything.
        let _ = stdin.write_all(input.as_bytes()).await;
    };
    let ((), output) = tokio::join!(write, child.wait_with_output());
    let output = output.expect("the program ends");
    Said {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A password as `unicodePwd` in LDIF.
pub fn password(text: &str) -> String {
    let bytes: Vec<u8> = format!("\"{text}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
    BASE64_STANDARD.encode(bytes)
}

/// A line of LDIF for any name.
pub fn dn_line(dn: &str) -> String {
    format!("dn:: {}\n", BASE64_STANDARD.encode(dn))
}

/// Makes an object through the connector and gives what is then seen of it.
pub async fn make(lab: &Lab, directory: &Directory, step: Step, parent: Option<&Address>) -> Observed {
    let selector = selector(&step, parent);
    let outcome = directory.apply(Lane::Bulk, &[step]).await.remove(0);
    outcome.unwrap_or_else(|error| panic!("{}: {error:?}", lab.folder));
    see(directory, selector).await.expect("what was made is there")
}

pub async fn see(directory: &Directory, selector: Selector) -> Option<Observed> {
    directory.observe(Lane::Interactive, &[selector]).await.expect("reachable").remove(0)
}

/// How to find what a create step makes.
pub fn selector(step: &Step, parent: Option<&Address>) -> Selector {
    let Action::Create { attributes, .. } = &step.action else { panic!("{step:?} creates nothing") };
    let naming = Naming {
        parent: parent.cloned(),
        name: attributes[&Attribute::Name].clone(),
        logon_name: attributes.get(&Attribute::LogonName).cloned(),
    };
    Selector { object: step.object, kind: step.kind, external_id: None, names: vec![naming], members: vec![] }
}

pub fn container(lab: &Lab, parent: Option<&Address>, name: &str) -> Step {
    let attributes = [(Attribute::Name, name.to_owned())].into();
    let action = Action::Create { parent: parent.cloned(), attributes };
    Step { object: lab.id(), kind: ObjectKind::Container, action }
}

pub fn group(lab: &Lab, parent: &Address, name: &str) -> Step {
    let attributes = [(Attribute::Name, name.to_owned()), (Attribute::LogonName, lab.unique("grp"))].into();
    let action = Action::Create { parent: Some(parent.clone()), attributes };
    Step { object: lab.id(), kind: ObjectKind::Group, action }
}

pub fn user(lab: &Lab, parent: &Address, name: &str) -> Step {
    let logon = lab.unique("usr");
    let attributes = [
        (Attribute::Name, name.to_owned()),
        (Attribute::PrincipalName, format!("{logon}@acme.test")),
        (Attribute::LogonName, logon),
        (Attribute::GivenName, "Anna".to_owned()),
        (Attribute::Surname, "Berg".to_owned()),
        (Attribute::DisplayName, name.to_owned()),
        (Attribute::Mail, "anna@acme.test".to_owned()),
        (Attribute::Enabled, "true".to_owned()),
    ]
    .into();
    let action = Action::Create { parent: Some(parent.clone()), attributes };
    Step { object: lab.id(), kind: ObjectKind::User, action }
}

pub fn act(step: &Step, action: Action) -> Step {
    Step { action, ..step.clone() }
}
