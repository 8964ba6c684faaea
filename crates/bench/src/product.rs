//! The product as people run it: the binary `tenantryd` with a configuration.

use std::{
    fmt::Write as _,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
};

use crate::{Failure, Scale, directory::Target};

/// Where servers listen.
pub const LISTEN: &str = "127.78.2.1:8080";
/// Lines of a log that are shown when a process ended by itself.
const LOG_LINES: usize = 12;
/// A server that is not ready after this long never will be.
const READY: Duration = Duration::from_secs(60);

/// The binary under measurement.
#[derive(Debug, Clone)]
pub struct Product {
    /// Where it is.
    pub binary: PathBuf,
}

impl Product {
    /// Builds it as it is measured, beside this program.
    pub async fn build(scale: &Scale) -> Result<Self, Failure> {
        if let Some(binary) = &scale.binary {
            return Ok(Self { binary: binary.canonicalize()? });
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(["build", "--quiet", "--profile", "measure"])
            // The same packages as this program was built with, or all is compiled anew.
            .args(["--package", "server", "--package", "cli", "--package", "bench"])
            .current_dir(crate::root())
            .status()
            .await?;
        if !status.success() {
            return Err("tenantryd cannot be built".into());
        }
        let here = std::env::current_exe()?;
        // target/PROFILE/bench: the folder of the profile is not the same for everybody.
        let target = here.ancestors().nth(2).ok_or("this program lies in no target folder")?;
        Ok(Self { binary: target.join("measure/tenantryd") })
    }

    fn command(&self, configuration: &Configuration) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg("--config")
            .arg(&configuration.file)
            .env_remove("DATABASE_URL")
            .env_remove("TENANTRY_LOG")
            .env("RUST_LOG", "warn")
            .kill_on_drop(true);
        command
    }

    /// Schema, instance and first administrator.
    pub async fn migrate(
        &self,
        configuration: &Configuration,
        login: &str,
        password: &str,
    ) -> Result<(), Failure> {
        let mut child = self
            .command(configuration)
            .args(["migrate", "--administrator-login", login, "--administrator-password-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(password.as_bytes()).await?;
        }
        let output = child.wait_with_output().await?;
        if !output.status.success() {
            return Err(
                format!("tenantryd migrate: {}", String::from_utf8_lossy(&output.stderr).trim()).into()
            );
        }
        Ok(())
    }

    /// `tenantryd work`.
    pub fn work(&self, configuration: &Configuration) -> Result<Process, Failure> {
        self.start(configuration, &["work"])
    }

    /// `tenantryd serve --no-work`, until it says that it is ready.
    pub async fn serve(&self, configuration: &Configuration) -> Result<Process, Failure> {
        let mut process = self.start(configuration, &["serve", "--no-work"])?;
        process.ready().await?;
        Ok(process)
    }

    fn start(&self, configuration: &Configuration, arguments: &[&str]) -> Result<Process, Failure> {
        let log = configuration.file.with_extension("log");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log)?;
        let child = self
            .command(configuration)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        Ok(Process { child, log })
    }
}

/// A configuration in a file.
#[derive(Debug, Clone)]
pub struct Configuration {
    file: PathBuf,
}

impl Configuration {
    /// Writes one. Without a database there is a private cluster in `data`.
    pub fn write(
        folder: &Path,
        name: &str,
        database: Option<&str>,
        data: &Path,
        target: Option<&Target>,
        connections: u32,
    ) -> Result<Self, Failure> {
        // Quotes and backslashes of a Rust text are those of a TOML text.
        let mut text = format!(
            "[instance]\ncode = \"provider\"\nname = \"Provider\"\ntime_zone = \"Europe/Berlin\"\n\
             currency = \"EUR\"\ndata = \"{}\"\n\n[http]\nlisten = \"{LISTEN}\"\n\n\
             [database]\nconnections = {connections}\n",
            data.display()
        );
        if let Some(url) = database {
            writeln!(text, "url = {url:?}")?;
        }
        if let Some(target) = target {
            let password = folder.join(format!("{name}.password"));
            write_private(&password, &target.bind_password)?;
            let Target { url, ca_file, base_dn, folder_dn, bind_dn, .. } = target;
            write!(
                text,
                "\n[[directory]]\ncode = \"ad\"\nname = \"Shared directory\"\nurls = [{url:?}]\n\
                 ca_file = \"{}\"\nbase_dn = {base_dn:?}\nfolder_dn = {folder_dn:?}\n\
                 bind_dn = {bind_dn:?}\nbind_password_file = \"{}\"\n",
                ca_file.display(),
                password.display()
            )?;
        }
        text.push_str(
            "\n[[service]]\ncode = \"desktop\"\nname = \"Desktop\"\nper_user = true\n\n\
             [[plan]]\ncode = \"desktop-standard\"\nservice = \"desktop\"\nname = \"Desktop Standard\"\n\
             price_minor = 1500\n\n\
             [[service]]\ncode = \"mail\"\nname = \"Mailbox\"\nper_user = true\n\n\
             [[plan]]\ncode = \"mail-standard\"\nservice = \"mail\"\nname = \"Mailbox Standard\"\n\
             price_minor = 400\n",
        );
        let file = folder.join(format!("{name}.toml"));
        write_private(&file, &text)?;
        Ok(Self { file })
    }
}

/// It holds passwords.
fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600).open(path)?.write_all(text.as_bytes())?;
    Ok(())
}

/// A process of the product, killed with this value.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// `kill -9`, and waits until nothing of it runs.
    pub async fn kill(mut self) -> Result<(), Failure> {
        // `Child::kill` is SIGKILL and waits.
        Ok(self.child.kill().await?)
    }

    /// Asks it to end, and waits.
    pub async fn stop(mut self) -> Result<(), Failure> {
        if let Some(pid) = self.child.id() {
            nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(i32::try_from(pid)?),
                nix::sys::signal::Signal::SIGTERM,
            )?;
        }
        let status = self.child.wait().await?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("it ended with {status}: {}", self.end_of_log()).into())
        }
    }

    /// Its number.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Fails when it ended by itself.
    pub fn require_running(&mut self) -> Result<(), Failure> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("it ended by itself ({status}): {}", self.end_of_log()).into()),
        }
    }

    async fn ready(&mut self) -> Result<(), Failure> {
        let client = crate::http_client()?;
        let started = Instant::now();
        loop {
            self.require_running()?;
            let answer = client.get(format!("http://{LISTEN}/api/v1/ready")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if started.elapsed() > READY {
                return Err(format!("not ready after {} s: {}", READY.as_secs(), self.end_of_log()).into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn end_of_log(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }
}
