//! The domain controller of a laboratory, and what somebody does there with
//! `ldap-utils` and `samba-tool`: independent of the product's own code.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use testkit::samba::{Directory, Domain, DomainOptions, SambaError, cache};
use tokio::{io::AsyncWriteExt as _, process::Command};

use super::server::Binaries;
use crate::{
    process::Failure,
    term::{heading, say},
};

/// Log-on name of the product's account.
const ACCOUNT: &str = "svc-tenantry";
/// Its password; see [`super::PASSWORD`].
const ACCOUNT_PASSWORD: &str = "Svc-Account-7-Secret!";
/// Says that the delegation was run to its end.
const DELEGATED: &str = "delegated";
/// A controller whose owner was killed ends within this.
const ENDING: Duration = Duration::from_secs(15);
/// Result code of LDAP for an entry that is there already.
const ALREADY_EXISTS: i32 = 68;

/// Who acts with `ldap-utils`.
#[derive(Clone)]
pub struct Login {
    /// Distinguished or principal name.
    pub name: String,
    /// Password.
    pub password: String,
}

/// What a program said.
#[derive(Debug)]
pub struct Said {
    /// Exit status; `ldap-utils` give the result code of LDAP.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// A domain of a laboratory.
#[derive(Clone, Copy)]
pub struct Realm {
    /// Code of the directory.
    pub code: &'static str,
    /// Name of the directory.
    pub name: &'static str,
    /// DNS name of the domain, upper case.
    pub realm: &'static str,
    /// Its short name.
    pub netbios: &'static str,
    /// Its folder below that of the laboratory.
    pub folder: &'static str,
}

/// The directory most customers share.
pub const SHARED: Realm = Realm {
    code: "shared",
    name: "Shared directory",
    realm: "TENANTRY.TEST",
    netbios: "TENANTRY",
    folder: "ad",
};

/// The directory that is for the customers of one reseller alone.
pub const DEDICATED: Realm = Realm {
    code: "dedicated",
    name: "Dedicated directory",
    realm: "DEDICATED.TEST",
    netbios: "DEDICATED",
    folder: "ad2",
};

impl Realm {
    fn options(self, address: Ipv4Addr) -> DomainOptions {
        DomainOptions {
            realm: self.realm.to_owned(),
            netbios: self.netbios.to_owned(),
            ..DomainOptions::new(address)
        }
    }
}

/// A domain controller with a folder and an account for the product.
pub struct Controller {
    domain: Domain,
    data: PathBuf,
    /// What it is called.
    pub realm: Realm,
    /// The folder given to the product.
    pub folder: String,
    /// The product's account.
    pub account: String,
    /// Its password.
    pub account_password: String,
}

impl Controller {
    /// Starts the domain in `data`; provisioned first where it is new.
    pub async fn start(data: &Path, address: Ipv4Addr, realm: Realm) -> Result<Self, Failure> {
        let folder = data.join(realm.folder);
        let domain = start(&folder, &realm.options(address)).await.map_err(failed)?;
        let base = domain.directory().base_dn.clone();
        Ok(Self {
            domain,
            data: folder,
            realm,
            folder: format!("OU=Customers,{base}"),
            account: format!("CN={ACCOUNT},CN=Users,{base}"),
            account_password: ACCOUNT_PASSWORD.to_owned(),
        })
    }

    /// How to reach it.
    pub fn directory(&self) -> &Directory {
        self.domain.directory()
    }

    /// The account that may do everything.
    pub fn administrator(&self) -> Login {
        let domain = self.directory();
        Login { name: domain.administrator_dn.clone(), password: domain.administrator_password.clone() }
    }

    /// The product's account.
    pub fn service_account(&self) -> Login {
        Login { name: self.account.clone(), password: self.account_password.clone() }
    }

    /// Makes folder and account, delegates with the script the product prints,
    /// and has the product prove that it was right. Once per domain.
    pub async fn delegate(&self, binaries: &Binaries, config: &Path) -> Result<(), Failure> {
        let mark = self.data.join(DELEGATED);
        if mark.exists() {
            return Ok(());
        }
        let code = self.realm.code;
        heading(&format!("delegating the folder of {code} with the script of `tenantryd directory prepare`"));
        let account_password = password(&self.account_password);
        for ldif in [
            format!("dn: {}\nobjectClass: organizationalUnit\n", self.folder),
            format!(
                "dn: {}\nobjectClass: user\nsAMAccountName: {ACCOUNT}\nuserAccountControl: 66048\n\
                 unicodePwd:: {account_password}\n",
                self.account
            ),
        ] {
            let said = self.ldap("ldapadd", &self.administrator(), &[], &ldif).await?;
            if said.status != 0 && said.status != ALREADY_EXISTS {
                return Err(Failure::Found(format!("ldapadd: {}", said.err.trim())));
            }
        }
        let script = binaries.server(config, &["directory", "prepare", "--kind", "samba", code], "").await?;
        let mut shell = Command::new("sh");
        shell.args(["-s", "--"]).args(self.as_administrator());
        let said = run(shell, &script).await?;
        if said.status != 0 {
            return Err(Failure::Found(format!("the delegation script failed: {}", said.err.trim())));
        }
        let findings = binaries.server(config, &["directory", "check", code], "").await?;
        say(findings.trim_end());
        std::fs::write(&mark, "").map_err(Failure::io(format!("cannot write {}", mark.display())))
    }

    /// Options by which `samba-tool` reaches the domain as its administrator.
    pub fn as_administrator(&self) -> [String; 5] {
        let domain = self.directory();
        [
            "-H".to_owned(),
            format!("ldap://{}", domain.address),
            "-U".to_owned(),
            format!("Administrator%{}", domain.administrator_password),
            format!("--configfile={}", domain.config.display()),
        ]
    }

    /// The access list of an object, as `samba-tool` prints it.
    pub async fn access_list(&self, dn: &str) -> Result<String, Failure> {
        let mut command = Command::new("samba-tool");
        command.args(["dsacl", "get", "--objectdn", dn]).args(self.as_administrator());
        Ok(run(command, "").await?.out)
    }

    /// Runs one of `ldap-utils` as somebody.
    pub async fn ldap(
        &self,
        tool: &str,
        who: &Login,
        arguments: &[&str],
        input: &str,
    ) -> Result<Said, Failure> {
        let domain = self.directory();
        let mut command = Command::new(tool);
        command
            .args(["-x", "-H", &domain.ldaps_url, "-D", &who.name, "-w", &who.password])
            .args(arguments)
            .env("LDAPTLS_CACERT", &domain.ca_pem)
            .env("LDAPTLS_REQCERT", "demand");
        run(command, input).await
    }

    /// Distinguished names of what somebody finds below `base`, page by page.
    pub async fn find(&self, who: &Login, base: &str, filter: &str) -> Result<Vec<String>, Failure> {
        let arguments = ["-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt", "-b", base, filter, "1.1"];
        let said = self.ldap("ldapsearch", who, &arguments, "").await?;
        // 10 is a referral, 32 a base that cannot be seen: both mean nothing found there.
        if ![0, 10, 32].contains(&said.status) {
            return Err(Failure::Found(format!(
                "ldapsearch as {}: {} {}",
                who.name,
                said.status,
                said.err.trim()
            )));
        }
        Ok(said.out.lines().filter_map(|line| line.strip_prefix("dn: ")).map(str::to_owned).collect())
    }

    /// Values of one attribute of what somebody finds.
    pub async fn values(
        &self,
        who: &Login,
        base: &str,
        filter: &str,
        attribute: &str,
    ) -> Result<Vec<String>, Failure> {
        let arguments =
            ["-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt", "-b", base, filter, attribute];
        let said = self.ldap("ldapsearch", who, &arguments, "").await?;
        let prefix = format!("{attribute}: ");
        Ok(said.out.lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect())
    }

    /// Whether somebody can log on: a bind, and a search nobody is refused.
    pub async fn can_bind(&self, who: &Login) -> Result<bool, Failure> {
        let said = self.ldap("ldapsearch", who, &["-LLL", "-s", "base", "-b", "", "1.1"], "").await?;
        Ok(said.status == 0)
    }

    /// File with the password of its administrator.
    pub fn administrator_password_file(&self) -> PathBuf {
        self.data.join("administrator.password")
    }

    /// Stops the domain.
    pub async fn stop(self) -> Result<(), Failure> {
        self.domain.stop().await.map_err(failed)
    }
}

/// Ends the controller a crashed run left in `data`.
pub async fn end_leftovers(data: &Path, address: Ipv4Addr, realm: Realm) -> Result<(), Failure> {
    let folder = data.join(realm.folder);
    if !folder.exists() {
        return Ok(());
    }
    // Taking the folder over ends whoever still works in it.
    match start(&folder, &realm.options(address)).await {
        Ok(domain) => domain.stop().await.map_err(failed),
        Err(error @ SambaError::InUse { .. }) => Err(failed(error)),
        // Whatever else is wrong with it, it goes.
        Err(_broken) => Ok(()),
    }
}

/// Starts a domain; a controller that is just ending is waited for.
async fn start(folder: &Path, options: &DomainOptions) -> Result<Domain, SambaError> {
    let deadline = Instant::now() + ENDING;
    loop {
        match Domain::start(folder, &cache(), options).await {
            Err(SambaError::AddressTaken { .. }) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            result => return result,
        }
    }
}

/// A password as `unicodePwd` in LDIF.
pub fn password(text: &str) -> String {
    let bytes: Vec<u8> = format!("\"{text}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
    base64(&bytes)
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// Runs a program with `input`.
pub async fn run(mut command: Command, input: &str) -> Result<Said, Failure> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let failed = |source| Failure::Start { program: program.clone(), source };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(failed)?;
    let mut stdin = child.stdin.take();
    let input = input.to_owned();
    let feed = tokio::spawn(async move {
        if let Some(stdin) = stdin.as_mut() {
            // A program that ends early does not read all of it, and says why itself.
            let _said_by_the_program = stdin.write_all(input.as_bytes()).await;
        }
    });
    let output = child.wait_with_output().await.map_err(failed)?;
    feed.abort();
    Ok(Said {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

fn failed(error: SambaError) -> Failure {
    Failure::Lab { what: "the domain controller".to_owned(), source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_become_letters_with_padding() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
