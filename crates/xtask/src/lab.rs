//! A laboratory with the product in it, for the demo and the story: two real
//! domain controllers, each of a domain of its own, whose folders were delegated with
//! the product's own script, and the real binaries as child processes on a configuration file like an
//! operator's. What is in it afterwards came through the public interface.
//!
//! Start at [`Lab::start`].

pub mod client;
pub mod directory;
pub mod people;
pub mod server;

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::{
    process::Failure,
    term::{heading, say},
    workspace,
};

use client::Client;
use directory::{Controller, DEDICATED, SHARED};
use server::{Binaries, Server};

/// Who runs the instance, in every laboratory.
pub const ROOT: &str = "root@hq.example";
/// Everybody's password. It protects nothing: the laboratory listens on
/// addresses of this machine only and holds made-up data.
pub const PASSWORD: &str = "Demo-Password-2026";
/// Ports that are tried when the first one is taken.
const PORTS: u16 = 20;
/// Bytes of a folder's path, so that sockets below it still fit.
const PATH_BYTES: usize = 75;

/// Where a laboratory is.
pub struct Place {
    /// What it is called: part of the folder's name.
    pub name: &'static str,
    /// Where the domain controller listens.
    pub controller: Ipv4Addr,
    /// Where that of the dedicated domain does.
    pub dedicated: Ipv4Addr,
    /// The first port that is tried for the portal, on 127.0.0.1.
    pub port: u16,
    /// The cargo profile of the binaries.
    pub profile: &'static str,
    /// Begin without what an earlier run left.
    pub fresh: bool,
}

/// A running laboratory.
pub struct Lab {
    /// Everything is below this folder.
    pub data: PathBuf,
    /// The domain controller of the shared directory.
    pub controller: Controller,
    /// That of the dedicated one, a domain of its own.
    pub dedicated: Controller,
    /// The programs under test.
    pub binaries: Binaries,
    /// Where the portal and the interface answer.
    pub url: String,
    server: Option<Server>,
}

impl Lab {
    /// Builds the binaries, starts the controller and the server, and returns
    /// when the server is ready.
    pub async fn start(place: &Place) -> Result<Self, Failure> {
        client::install_tls();
        let data = data_folder(place.name);
        heading("building the binaries");
        let binaries = Binaries::build(place.profile).await?;
        server::end_leftover(&data).await?;
        if place.fresh && data.exists() {
            // The controllers of a crashed run may still hold the folder: they end first.
            directory::end_leftovers(&data, place.controller, SHARED).await?;
            directory::end_leftovers(&data, place.dedicated, DEDICATED).await?;
            fs::remove_dir_all(&data).map_err(Failure::io(format!("cannot remove {}", data.display())))?;
        }
        create(&data)?;
        heading("starting two domain controllers");
        let (controller, dedicated) = tokio::try_join!(
            Controller::start(&data, place.controller, SHARED),
            Controller::start(&data, place.dedicated, DEDICATED)
        )?;
        let port = free_port(place.port)?;
        let mut lab = Self {
            data,
            controller,
            dedicated,
            binaries,
            url: format!("http://127.0.0.1:{port}"),
            server: None,
        };
        let ready = lab.serve(port).await;
        match ready {
            Ok(()) => Ok(lab),
            Err(failure) => lab.stop().await.and(Err(failure)),
        }
    }

    async fn serve(&mut self, port: u16) -> Result<(), Failure> {
        for controller in [&self.controller, &self.dedicated] {
            let file = self.data.join(format!("{}.password", controller.realm.code));
            write_private(&file, &controller.account_password)?;
        }
        let config = self.config();
        fs::write(&config, configuration(&[&self.controller, &self.dedicated], port))
            .map_err(Failure::io(format!("cannot write {}", config.display())))?;
        self.controller.delegate(&self.binaries, &config).await?;
        self.dedicated.delegate(&self.binaries, &config).await?;
        heading("preparing the database and starting the server");
        self.binaries.migrate(&config, ROOT, PASSWORD).await.map_err(|failure| {
            // Before the first release a migration may change under the data of an earlier run.
            Failure::Found(format!(
                "{failure}; if these are data of another version, begin afresh with --reset"
            ))
        })?;
        let server = Server::start(&self.binaries, &config, &self.data)?;
        self.server = Some(server);
        let client = self.client();
        self.server().wait_ready(&client).await?;
        say(format!("serving on {}", self.url));
        Ok(())
    }

    /// The configuration file the server runs on.
    pub fn config(&self) -> PathBuf {
        self.data.join("tenantry.toml")
    }

    /// A client that is not signed in.
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// The server, which runs as long as the laboratory.
    pub fn server(&mut self) -> &mut Server {
        self.server.as_mut().expect("it was started with the laboratory")
    }

    /// `kill -9` for the server, and another in its place.
    pub async fn kill_server(&mut self) -> Result<(), Failure> {
        if let Some(server) = self.server.take() {
            server.kill().await?;
        }
        self.server = Some(Server::start(&self.binaries, &self.config(), &self.data)?);
        let client = self.client();
        self.server().wait_ready(&client).await
    }

    /// Stops everything, the server first.
    pub async fn stop(mut self) -> Result<(), Failure> {
        let server = match self.server.take() {
            Some(server) => server.stop().await,
            None => Ok(()),
        };
        let (controller, dedicated) = tokio::join!(self.controller.stop(), self.dedicated.stop());
        server.and(controller).and(dedicated)
    }
}

/// Below the clone, unless the database's user or a socket cannot be there.
fn data_folder(name: &str) -> PathBuf {
    let wanted = workspace::root().join("data").join(name);
    let open = |folder: &Path| {
        // What does not exist yet is created so that others can go through.
        fs::metadata(folder).map_or(true, |found| found.permissions().mode() & 0o001 != 0)
    };
    let reachable = wanted.ancestors().skip(1).all(open);
    if reachable && wanted.as_os_str().as_bytes().len() <= PATH_BYTES {
        return wanted;
    }
    let other = PathBuf::from("/var/tmp").join(format!("tenantry-{name}"));
    say(format!("{} is too deep or closed to other users; using {}", wanted.display(), other.display()));
    other
}

fn create(folder: &Path) -> Result<(), Failure> {
    let io = || Failure::io(format!("cannot create {}", folder.display()));
    fs::create_dir_all(folder).map_err(io())?;
    // The user of the database goes through; nobody else can list it.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o711)).map_err(io())
}

fn free_port(first: u16) -> Result<u16, Failure> {
    let free = |port: &u16| TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], *port))).is_ok();
    (first..first + PORTS)
        .find(free)
        .ok_or_else(|| Failure::Missing(format!("no free port from {first} to {}", first + PORTS - 1)))
}

/// Writes a file only its owner can read.
pub fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let write = || -> std::io::Result<()> {
        let mut file =
            fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(Failure::io(format!("cannot write {}", path.display())))
}

/// The configuration of an instance with two brands, as an operator writes it.
fn configuration(controllers: &[&Controller], port: u16) -> String {
    let directories: String = controllers.iter().map(|controller| directory_section(controller)).collect();
    format!(
        r#"[instance]
code = "hq"
name = "Example Hosting"
language = "en"
time_zone = "Europe/Berlin"
currency = "EUR"
data = "server"

[http]
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"

[[brand]]
code = "direct"
name = "Example Desktops"
host_names = ["direct.localhost"]

[[brand]]
code = "channel"
name = "Cloud for Partners"
host_names = ["partners.localhost"]

# Nothing leaves this machine: `tenantry mails show` reads them.
[mail]
keep = true

{directories}
[[service]]
code = "desktop"
name = "Desktop"
per_user = true
[service.attributes]
profile_path = '\\{{profile_server}}\profiles\{{code}}\{{logon_name}}'
[service.properties]
profile_server = {{ default = "files1", max = 15, personal = true }}
disk_gb = {{ kind = "integer", min = 5, max = 500, default = "20" }}

[[service]]
code = "office"
name = "Office"
per_user = true

[[service]]
code = "erp"
name = "ERP"
per_user = false
groups = ["{{code}} ERP {{instance}}", "{{code}} ERP {{instance}} files"]

[[plan]]
code = "desktop-standard"
service = "desktop"
name = "Desktop Standard"
price_minor = 2900

[[plan]]
code = "desktop-plus"
service = "desktop"
name = "Desktop Plus"
price_minor = 4900

[[plan]]
code = "office"
service = "office"
name = "Office"
price_minor = 1250

[[plan]]
code = "erp"
service = "erp"
name = "ERP"
price_minor = 49000
"#
    )
}

fn directory_section(controller: &Controller) -> String {
    let domain = controller.directory();
    format!(
        r#"[[directory]]
code = "{code}"
name = "{name}"
urls = ["{url}"]
ca_file = "{ca}"
base_dn = "{base}"
folder_dn = "{folder}"
bind_dn = "{account}"
bind_password_file = "{code}.password"

"#,
        code = controller.realm.code,
        name = controller.realm.name,
        url = domain.ldaps_url,
        ca = domain.ca_pem.display(),
        base = domain.base_dn,
        folder = controller.folder,
        account = controller.account,
    )
}
