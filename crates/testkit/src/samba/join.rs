//! A second controller of a domain, and replication between the two.
//!
//! There is no name service in which controllers would find each other, so
//! nothing is replicated by itself: a test says when, and what was not
//! replicated yet stays so. That is what a test of it needs anyway.

use std::{net::Ipv4Addr, path::Path};

use tokio::process::Command;

use super::{
    ADDRESSES, Domain, DomainOptions, SambaError,
    layout::{self, PASSWORD},
    provision::run,
};

impl Domain {
    /// Makes a further controller of this domain in a new folder, on the next
    /// free address of 127.77.1.0/24. It knows everything this one knows now.
    pub async fn join(&self, data: &Path, host: &str) -> Result<Self, SambaError> {
        let data = layout::create_folder(data)?;
        let lock = layout::lock(&data)?;
        let free = ADDRESSES.map(|last| Ipv4Addr::new(127, 77, 1, last)).find_map(|address| {
            layout::require_free(address).ok()?;
            layout::claim(address).map(|claimed| (address, claimed))
        });
        let (address, claimed) = free.ok_or(SambaError::NoAddress)?;
        let options = DomainOptions { host: host.to_owned(), address, ..self.options.clone() };
        layout::write_file(&data.join(PASSWORD), 0o600, &self.directory.administrator_password)?;
        run(
            "joining the domain",
            self.as_administrator(&data)
                .args(["domain", "join", &options.realm, "DC", "--dns-backend=NONE", "--use-kerberos=off"])
                .arg(format!("--server={}", self.directory.address))
                .arg(format!("--targetdir={}", data.display()))
                .arg(format!("--option=netbios name={}", host.to_uppercase()))
                .arg(format!("--option=interfaces={address}/8"))
                .arg("--option=bind interfaces only=yes"),
        )
        .await?;
        let directory = layout::write(&data, &options)?;
        let mut joined = Self::made(data, directory, options, lock);
        joined.address_lock = Some(claimed);
        joined.launch().await?;
        Ok(joined)
    }

    /// Fetches everything `from` knows and this controller does not.
    pub async fn replicate(&self, from: &Self) -> Result<(), SambaError> {
        run(
            "replicating",
            self.as_administrator(&self.data)
                .args(["drs", "replicate", "--local", "--use-kerberos=off"])
                .arg(self.directory.address.to_string())
                .arg(from.directory.address.to_string())
                .arg(&self.directory.base_dn)
                .arg(format!("--configfile={}", self.directory.config.display())),
        )
        .await?;
        Ok(())
    }

    /// `samba-tool` with the password in `data`, which every user of the
    /// machine could read among the arguments.
    fn as_administrator(&self, data: &Path) -> Command {
        let mut command = Command::new("samba-tool");
        // The domain as well: without it the controller would ask winbindd.
        command
            .env("USER", format!("{}\\Administrator", self.options.netbios))
            .env("PASSWD_FILE", data.join(PASSWORD));
        command
    }
}
