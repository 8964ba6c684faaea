//! The controller: copies of one provisioned domain with the folder and the
//! account of the product, what the controller itself needs for some users, and
//! what is in it in the end, seen with an independent client.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use ad::prepare::{Controller, delegation_script};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Serialize;
use testkit::samba::{self, Domain, DomainOptions};
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::Failure;

/// Log-on name of the product's account.
const ACCOUNT: &str = "svc-tenantry";
/// Its password, in domains that are thrown away.
const ACCOUNT_PASSWORD: &str = "Svc-Account-7-Secret!";
/// The unit and the group of the floor.
const FLOOR: &str = "floor";

/// How the product's account reaches the directory.
#[derive(Debug, Clone)]
pub struct Target {
    /// `ldaps://…`.
    pub url: String,
    /// The authority of the controller's certificate.
    pub ca_file: PathBuf,
    /// The domain.
    pub base_dn: String,
    /// The folder of the product.
    pub folder_dn: String,
    /// The product's account.
    pub bind_dn: String,
    /// Its password.
    pub bind_password: String,
}

impl Target {
    /// A directory that is never asked.
    pub fn nowhere(folder: &Path) -> Result<Self, Failure> {
        let ca_file = folder.join("nobody.pem");
        std::fs::write(&ca_file, "")?;
        Ok(Self {
            url: "ldaps://127.78.9.9".to_owned(),
            ca_file,
            base_dn: "DC=nowhere,DC=test".to_owned(),
            folder_dn: "OU=Customers,DC=nowhere,DC=test".to_owned(),
            bind_dn: "CN=svc,DC=nowhere,DC=test".to_owned(),
            bind_password: "unused".to_owned(),
        })
    }
}

/// A running copy of the provisioned domain.
pub struct Site {
    domain: Domain,
    /// How the product reaches it.
    pub target: Target,
}

impl Site {
    /// Copies the provisioned domain into `data`, starts it and prepares it as
    /// the manual says: a folder, an ordinary account, the printed delegation.
    pub async fn start(data: &Path, last: u8) -> Result<Self, Failure> {
        let options = DomainOptions::new(Ipv4Addr::new(127, 78, 1, last));
        let domain = Domain::start(data, &samba::cache(), &options).await?;
        let directory = domain.directory();
        let base = directory.base_dn.clone();
        let target = Target {
            url: directory.ldaps_url.clone(),
            ca_file: directory.ca_pem.clone(),
            folder_dn: format!("OU=Customers,{base}"),
            bind_dn: format!("CN={ACCOUNT},CN=Users,{base}"),
            bind_password: ACCOUNT_PASSWORD.to_owned(),
            base_dn: base,
        };
        let site = Self { domain, target };
        site.prepare().await?;
        Ok(site)
    }

    async fn prepare(&self) -> Result<(), Failure> {
        let directory = self.domain.directory();
        let ldif = format!(
            "dn: {}\nobjectClass: organizationalUnit\n\ndn: {}\nobjectClass: user\nsAMAccountName: {ACCOUNT}\n\
             userAccountControl: 66048\nunicodePwd:: {}\n",
            self.target.folder_dn,
            self.target.bind_dn,
            unicode_password(ACCOUNT_PASSWORD)
        );
        let administrator = (directory.administrator_dn.as_str(), directory.administrator_password.as_str());
        self.ldap("ldapadd", administrator, &[], &ldif).await?;
        let script = delegation_script(Controller::Samba, &self.target.folder_dn, ACCOUNT);
        let mut command = Command::new("sh");
        command.args(["-s", "--", "-H", &format!("ldap://{}", directory.address), "-U"]);
        command.arg(format!("Administrator%{}", directory.administrator_password));
        command.arg(format!("--configfile={}", directory.config.display()));
        run(command, &script).await?;
        Ok(())
    }

    /// Stops the controller.
    pub async fn stop(self) -> Result<(), Failure> {
        Ok(self.domain.stop().await?)
    }

    /// Whether somebody can log on with this name and password.
    pub async fn binds(&self, principal: &str, password: &str) -> Result<bool, Failure> {
        // The root DSE is shown to everybody who could bind.
        let arguments = ["-LLL", "-s", "base", "-b", "", "1.1"];
        match self.ldap("ldapsearch", (principal, password), &arguments, "").await {
            Ok(_) => Ok(true),
            // 49: invalid credentials.
            Err(Tool::Refused { status: 49, .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs one of `ldap-utils` as somebody.
    async fn ldap(
        &self,
        tool: &str,
        who: (&str, &str),
        arguments: &[&str],
        input: &str,
    ) -> Result<String, Tool> {
        let mut command = Command::new(tool);
        command
            .args(["-x", "-H", &self.target.url, "-D", who.0, "-w", who.1])
            .args(arguments)
            .env("LDAPTLS_CACERT", &self.target.ca_file)
            .env("LDAPTLS_REQCERT", "demand");
        run(command, input).await
    }

    async fn search(&self, base: &str, filter: &str, attributes: &[&str]) -> Result<String, Tool> {
        let mut arguments = vec!["-LLL", "-o", "ldif-wrap=no", "-E", "pr=1000/noprompt", "-b", base, filter];
        arguments.extend(attributes);
        self.ldap("ldapsearch", (&self.target.bind_dn, &self.target.bind_password), &arguments, "").await
    }

    /// What the controller itself needs for `count` users in a unit, one
    /// connection, one after another, and one modify that puts them all into
    /// one group: as the product's account, in the product's folder, with the
    /// attributes the product writes.
    pub async fn floor(&self, count: usize) -> Result<Duration, Failure> {
        let (add, group) = floor_ldif(&self.target.folder_dn, count);
        let who = (self.target.bind_dn.as_str(), self.target.bind_password.as_str());
        let started = Instant::now();
        self.ldap("ldapadd", who, &[], &add).await?;
        self.ldap("ldapmodify", who, &[], &group).await?;
        Ok(started.elapsed())
    }

    /// The accounts of people in a customer's unit.
    pub async fn accounts(&self, code: &str) -> Result<Vec<String>, Failure> {
        let unit = format!("OU={code},{}", self.target.folder_dn);
        let found = self.search(&unit, "(objectClass=user)", &["1.1"]).await?;
        Ok(found.lines().filter_map(|line| line.strip_prefix("dn: ")).map(str::to_owned).collect())
    }

    /// How many accounts in a customer's unit are as a filter says.
    pub async fn matching(&self, code: &str, filter: &str) -> Result<usize, Failure> {
        let unit = format!("OU={code},{}", self.target.folder_dn);
        let found = self.search(&unit, &format!("(&(objectClass=user){filter})"), &["1.1"]).await?;
        Ok(found.lines().filter(|line| line.starts_with("dn:")).count())
    }

    /// How long one `ldapmodify` takes to change each account, one connection, one after
    /// another, as the product's account.
    pub async fn modify(&self, accounts: &[String], change: fn(&str) -> String) -> Result<Duration, Failure> {
        let one = |dn: &String| format!("dn: {dn}\nchangetype: modify\n{}\n\n", change(dn));
        let all: String = accounts.iter().map(one).collect();
        let who = (self.target.bind_dn.as_str(), self.target.bind_password.as_str());
        let started = Instant::now();
        self.ldap("ldapmodify", who, &[], &all).await?;
        Ok(started.elapsed())
    }

    /// A container that somebody else filled with accounts, without passwords because those
    /// take the controller most of the time; gives its address.
    pub async fn foreign(&self, name: &str, count: usize) -> Result<String, Failure> {
        let unit = format!("OU={name},{}", self.target.folder_dn);
        let mut ldif = format!("dn: {unit}\nobjectClass: organizationalUnit\n\n");
        for n in 0..count {
            let Person { given, surname, user_name } = Person::new(n);
            let logon = format!("{name}{user_name}");
            let _writing_to_a_string_cannot_fail = write!(
                ldif,
                "dn: CN={logon},{unit}\nobjectClass: user\nsAMAccountName: {logon}\n\
                 userPrincipalName: {user_name}@{name}.test\ngivenName: {given}\nsn: {surname}\n\
                 displayName: {given} {surname}\nmail: {user_name}@{name}.test\ntitle: Clerk\n\
                 department: Sales\nemployeeID: {n}\nuserAccountControl: 514\n\n"
            );
        }
        let directory = self.domain.directory();
        let who = (directory.administrator_dn.as_str(), directory.administrator_password.as_str());
        self.ldap("ldapadd", who, &[], &ldif).await?;
        Ok(unit)
    }

    /// A paged search for all that a survey asks for, with the ids of groups in their
    /// names as a survey has them (MS-ADTS 3.1.1.3.4.1.5).
    pub async fn search_floor(
        &self,
        base: &str,
        attributes: &[String],
        expected: usize,
    ) -> Result<Duration, Failure> {
        let kinds = "(|(objectClass=organizationalUnit)(objectClass=group)(objectClass=user))";
        let mut arguments = vec!["-LLL", "-o", "ldif-wrap=no", "-E", "pr=1000/noprompt"];
        arguments.extend(["-E", "1.2.840.113556.1.4.529=:MAMCAQE=", "-b", base, kinds]);
        arguments.extend(attributes.iter().map(String::as_str));
        let who = (self.target.bind_dn.as_str(), self.target.bind_password.as_str());
        let started = Instant::now();
        let found = self.ldap("ldapsearch", who, &arguments, "").await?;
        let took = started.elapsed();
        let seen = found.lines().filter(|line| line.starts_with("dn:")).count();
        if seen == expected { Ok(took) } else { Err(format!("the floor saw {seen} of {expected}").into()) }
    }

    /// What is in the unit of the floor.
    pub async fn floor_state(&self) -> Result<State, Failure> {
        self.state(FLOOR, &format!("CN={FLOOR} Members,OU={FLOOR},{}", self.target.folder_dn)).await
    }

    /// What is in a customer's unit.
    pub async fn customer_state(&self, code: &str) -> Result<State, Failure> {
        self.state(code, &format!("CN={code} Members,OU={code},{}", self.target.folder_dn)).await
    }

    async fn state(&self, unit: &str, group: &str) -> Result<State, Failure> {
        let unit = format!("OU={unit},{}", self.target.folder_dn);
        let people = "(&(objectClass=user)(userAccountControl=512))";
        let all = self.search(&unit, people, &["adminDescription"]).await?;
        let markers: Vec<_> = all.lines().filter_map(|l| l.strip_prefix("adminDescription: ")).collect();
        let members = self.search(&unit, &format!("(memberOf={group})"), &["1.1"]).await?;
        let one = all.lines().find_map(|l| l.strip_prefix("dn: ")).unwrap_or(&unit).to_owned();
        let one = self.search(&one, "(objectClass=user)", &["*"]).await?;
        Ok(State {
            users: all.lines().filter(|l| l.starts_with("dn:")).count(),
            distinct_markers: markers.iter().collect::<BTreeSet<_>>().len(),
            members: members.lines().filter(|l| l.starts_with("dn:")).count(),
            attributes: one.lines().filter_map(|l| Some(l.split_once(':')?.0.to_owned())).collect(),
        })
    }
}

/// What an independent client finds in a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    /// Enabled users.
    pub users: usize,
    /// Markers they bear, each counted once.
    pub distinct_markers: usize,
    /// Those that are in the group.
    pub members: usize,
    /// Attributes of one of them.
    pub attributes: BTreeSet<String>,
}

impl State {
    /// Fails unless there are exactly `count` users, each once and in the group.
    pub fn require(&self, count: usize) -> Result<(), Failure> {
        if (self.users, self.distinct_markers, self.members) == (count, count, count) {
            return Ok(());
        }
        Err(format!("the directory does not hold {count} users, each once and in the group: {self:?}").into())
    }
}

/// As the product writes them: names of the same length, a random password each.
fn floor_ldif(folder: &str, count: usize) -> (String, String) {
    let unit = format!("OU={FLOOR},{folder}");
    let group = format!("CN={FLOOR} Members,{unit}");
    let marker = |n: usize| format!("obj_{n:026}");
    let mut add = format!(
        "dn: {unit}\nobjectClass: organizationalUnit\nadminDescription: {}\ndescription: Floor\n\n\
         dn: {group}\nobjectClass: group\nadminDescription: {}\nsAMAccountName: {FLOOR} Members\n\n",
        marker(1_000_000),
        marker(1_000_001)
    );
    let mut join = format!("dn: {group}\nchangetype: modify\nadd: member\n");
    for i in 0..count {
        let person = Person::new(i);
        let logon = format!("{}_{FLOOR}", person.user_name);
        let mut bytes = [0; 16];
        domain::clock::Random::fill(&crate::clock::SystemRandom, &mut bytes);
        let password = format!("Aa1!{}", BASE64_STANDARD.encode(bytes));
        let Person { given, surname, .. } = &person;
        let _writing_to_a_string_cannot_fail = write!(
            add,
            "dn: CN={logon},{unit}\nobjectClass: user\nsAMAccountName: {logon}\nuserPrincipalName: {}@{FLOOR}.test\n\
             givenName: {given}\nsn: {surname}\ndisplayName: {given} {surname}\nmail: {}@{FLOOR}.test\n\
             adminDescription: {}\nuserAccountControl: 512\nunicodePwd:: {}\n\n",
            person.user_name,
            person.user_name,
            marker(i),
            unicode_password(&password)
        );
        let _writing_to_a_string_cannot_fail = writeln!(join, "member: CN={logon},{unit}");
    }
    (add, join + "\n")
}

/// One of many people; the same on both sides.
pub struct Person {
    /// Given name.
    pub given: String,
    /// Surname.
    pub surname: String,
    /// Part of the principal name before the `@`.
    pub user_name: String,
}

impl Person {
    /// The person with this number.
    pub fn new(number: usize) -> Self {
        let user_name = format!("p{number}");
        Self { given: "Pat".to_owned(), surname: format!("Number {number}"), user_name }
    }
}

/// Why a program did not do what it was started for.
#[derive(Debug)]
enum Tool {
    /// It could not be started or spoken to.
    Io(String, std::io::Error),
    /// It ended with a status; `ldap-utils` give the result code of LDAP.
    Refused { program: String, status: i32, said: String },
}

impl std::fmt::Display for Tool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(program, source) => {
                write!(f, "{program} cannot be run ({source}); `make setup` installs it")
            }
            Self::Refused { program, status, said } => write!(f, "{program} ended with {status}: {said}"),
        }
    }
}

impl std::error::Error for Tool {}

async fn run(mut command: Command, input: &str) -> Result<String, Tool> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let failed = |source| Tool::Io(program.clone(), source);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(failed)?;
    let stdin = child.stdin.take();
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A program that ends early says itself why.
            let _said_by_its_status = stdin.write_all(input.as_bytes()).await;
        }
    };
    // At once, so that neither waits for the other with a full pipe.
    let (output, ()) = tokio::join!(child.wait_with_output(), feed);
    let output = output.map_err(failed)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let status = output.status.code().unwrap_or(-1);
    Err(Tool::Refused { program, status, said: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
}

/// A password as `unicodePwd` in LDIF (MS-ADTS 3.1.1.3.1.5.1).
fn unicode_password(text: &str) -> String {
    let bytes: Vec<u8> = format!("\"{text}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
    BASE64_STANDARD.encode(bytes)
}
