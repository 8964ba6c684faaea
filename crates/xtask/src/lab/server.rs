//! The binaries under test, as child processes.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::process::{Child, Command};

use super::{
    client::Client,
    directory::{Said, run},
};
use crate::{
    process::{self, Failure, cargo},
    workspace,
};

/// How often a condition is looked at while waiting for it.
const POLL: Duration = Duration::from_millis(25);
/// A server that is not ready after this long never will be.
const READY: Duration = Duration::from_secs(90);
/// After this long an orderly stop becomes a kill.
const STOP: Duration = Duration::from_secs(60);
/// Lines of a log that are shown in an error.
const LOG_LINES: usize = 15;
const PID_FILE: &str = "server.pid";
const LOG_FILE: &str = "server.log";

/// Where the programs are.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// The server.
    pub tenantryd: PathBuf,
    /// The client.
    pub tenantry: PathBuf,
}

impl Binaries {
    /// Builds both with a profile of cargo.
    pub async fn build(profile: &str) -> Result<Self, Failure> {
        let mut command = cargo();
        command.current_dir(workspace::root());
        command.args(["build", "--profile", profile, "--package", "server", "--package", "cli"]);
        if profile == "measure" {
            // Cargo joins the features of what is built together: the same three packages as
            // `make bench`, or both would compile everything anew.
            command.args(["--package", "bench"]);
        }
        process::run(&mut command).await?;
        let folder = if profile == "dev" { "debug" } else { profile };
        let folder = workspace::metadata()?.target_directory.into_std_path_buf().join(folder);
        Ok(Self { tenantryd: folder.join("tenantryd"), tenantry: folder.join("tenantry") })
    }

    /// Runs a command of the server to its end and gives what it printed.
    pub async fn server(&self, config: &Path, arguments: &[&str], input: &str) -> Result<String, Failure> {
        let mut command = Command::new(&self.tenantryd);
        command
            .arg("--config")
            .arg(config)
            .args(arguments)
            .env("RUST_LOG", "warn")
            .env_remove("DATABASE_URL");
        let said = run(command, input).await?;
        if said.status == 0 {
            return Ok(said.out);
        }
        Err(Failure::Found(format!(
            "tenantryd {} failed ({}): {}{}",
            arguments.join(" "),
            said.status,
            said.out,
            said.err.trim()
        )))
    }

    /// Brings the database up to date and makes the first administrator.
    pub async fn migrate(&self, config: &Path, login: &str, password: &str) -> Result<(), Failure> {
        let arguments = [
            "migrate",
            "--administrator-login",
            login,
            "--administrator-name",
            "Robin Root",
            "--administrator-password-stdin",
        ];
        let said = self.server(config, &arguments, password).await?;
        crate::term::say(said.trim_end());
        Ok(())
    }

    /// Runs a command of the client with a token.
    pub async fn client(
        &self,
        url: &str,
        token: &str,
        folder: &Path,
        arguments: &[&str],
    ) -> Result<Said, Failure> {
        let mut command = Command::new(&self.tenantry);
        command
            .args(arguments)
            .env("TENANTRY_URL", url)
            .env("TENANTRY_TOKEN", token)
            // Whatever the person who runs this is signed in to stays out of it.
            .env("XDG_CONFIG_HOME", folder.join("client"))
            .env_remove("TENANTRY_PROFILE")
            .env_remove("TENANTRY_CA_FILE");
        run(command, "").await
    }
}

/// A running `tenantryd serve`.
pub struct Server {
    child: Child,
    log: PathBuf,
    pid_file: PathBuf,
}

impl Server {
    /// Starts it. It ends with this process, however that ends, and is not
    /// reached by the Ctrl-C of the terminal: [`Server::stop`] says when.
    pub fn start(binaries: &Binaries, config: &Path, data: &Path) -> Result<Self, Failure> {
        let log = data.join(LOG_FILE);
        let io = |what: &Path| Failure::io(format!("cannot write {}", what.display()));
        let output = File::create(&log).map_err(io(&log))?;
        let errors = output.try_clone().map_err(io(&log))?;
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "INT", "--"])
            .arg(&binaries.tenantryd)
            .arg("--config")
            .arg(config)
            .arg("serve")
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .process_group(0);
        let child = command
            .spawn()
            .map_err(|source| Failure::Start { program: "tenantryd serve".to_owned(), source })?;
        let pid_file = data.join(PID_FILE);
        fs::write(&pid_file, child.id().unwrap_or_default().to_string()).map_err(io(&pid_file))?;
        Ok(Self { child, log, pid_file })
    }

    /// Waits until it answers that it is ready.
    pub async fn wait_ready(&mut self, client: &Client) -> Result<(), Failure> {
        let deadline = Instant::now() + READY;
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Failure::Found(format!("tenantryd ended ({status}): {}", self.end_of_log())));
            }
            if client.is_ready().await {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(Failure::Found(format!("tenantryd is not ready: {}", self.end_of_log())));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Returns when it ends by itself.
    pub async fn ended(&mut self) -> Failure {
        let how = self.child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string());
        Failure::Found(format!("tenantryd ended ({how}): {}", self.end_of_log()))
    }

    /// `kill -9`.
    pub async fn kill(mut self) -> Result<(), Failure> {
        self.child.kill().await.map_err(Failure::io("cannot kill tenantryd"))
    }

    /// Stops it in an orderly way, by force if that takes too long.
    pub async fn stop(mut self) -> Result<(), Failure> {
        if let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            let _ended_meanwhile = kill(Pid::from_raw(pid), Signal::SIGINT);
        }
        let ended = tokio::time::timeout(STOP, self.child.wait()).await;
        let killed = ended.is_err();
        if killed {
            self.child.kill().await.map_err(Failure::io("cannot end tenantryd"))?;
        }
        // Gone with its process; a leftover number would only be looked at once.
        let _nothing_depends_on_it = fs::remove_file(&self.pid_file);
        match killed {
            false => Ok(()),
            true => Err(Failure::Found(format!("tenantryd did not stop: {}", self.end_of_log()))),
        }
    }

    fn end_of_log(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        format!("\n{}", lines[lines.len().saturating_sub(LOG_LINES)..].join("\n"))
    }
}

/// Ends the server a crashed run left in `data`.
pub async fn end_leftover(data: &Path) -> Result<(), Failure> {
    let Ok(text) = fs::read_to_string(data.join(PID_FILE)) else { return Ok(()) };
    let Ok(pid) = text.trim().parse::<i32>() else { return Ok(()) };
    let config = data.join("tenantry.toml");
    // Numbers are used again: it is ours only if it runs on our configuration.
    let ours = || {
        fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| {
            String::from_utf8_lossy(&line).split('\0').any(|word| Path::new(word) == config)
        })
    };
    let deadline = Instant::now() + STOP;
    let mut signal = Signal::SIGINT;
    while ours() {
        if Instant::now() > deadline {
            signal = Signal::SIGKILL;
        }
        let _ended_meanwhile = kill(Pid::from_raw(pid), signal);
        if signal == Signal::SIGKILL {
            return Ok(());
        }
        let patience = Instant::now() + STOP / 2;
        while ours() && Instant::now() < patience {
            tokio::time::sleep(POLL).await;
        }
        signal = Signal::SIGKILL;
    }
    Ok(())
}
