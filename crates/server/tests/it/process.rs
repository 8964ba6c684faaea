//! An installation of its own for each test: a folder with a configuration,
//! and the binary started on it.

use std::{
    fs::{self, File},
    io::Write as _,
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

use crate::http::Client;

pub const ROOT: &str = "root@hq.example";
pub const PASSWORD: &str = "Chosen-Password-2026";
/// Ten times what a slow machine needs.
pub const PATIENCE: Duration = Duration::from_secs(120);
pub const POLL: Duration = Duration::from_millis(25);

/// A folder with a configuration.
pub struct Installation {
    folder: TempDir,
    port: u16,
    database_url: Option<String>,
}

impl Installation {
    /// With a private database unless a URL is given, and with more lines of configuration.
    pub fn new(more: &str, database_url: Option<String>) -> Self {
        let folder = tempfile::Builder::new().prefix("tenantryd-").tempdir().expect("a folder");
        // The user of a private database goes through.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).expect("our own folder");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let made = Self { folder, port, database_url };
        made.write(&format!(
            "[instance]\ncode = \"hq\"\nname = \"Provider\"\ncurrency = \"EUR\"\n\
             [http]\nlisten = \"127.0.0.1:{port}\"\n\
             [[service]]\ncode = \"desktop\"\nname = \"Desktop\"\nper_user = true\n\
             [[plan]]\ncode = \"desktop-standard\"\nservice = \"desktop\"\nname = \"Desktop\"\nprice_minor = 2900\n\
             {more}"
        ));
        made
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn config(&self) -> PathBuf {
        self.path().join("tenantry.toml")
    }

    pub fn write(&self, text: &str) {
        fs::write(self.config(), text).expect("writing the configuration");
    }

    pub fn client(&self) -> Client {
        Client::new(self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenantryd"));
        command.arg("--config").arg(self.config()).args(arguments).env_remove("DATABASE_URL");
        command.env("RUST_LOG", "info,sqlx=warn");
        if let Some(url) = &self.database_url {
            command.env("DATABASE_URL", url);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads its input");
        child.wait_with_output().expect("it ends")
    }

    /// Migrates and makes the first administrator.
    pub fn migrate(&self) {
        let arguments = ["migrate", "--administrator-login", ROOT, "--administrator-password-stdin"];
        let output = self.run(&arguments, PASSWORD);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }

    /// Starts a process that stays.
    pub fn spawn(&self, arguments: &[&str]) -> Process {
        let name =
            format!("{}-{}.log", arguments.join(""), fs::read_dir(self.path()).map_or(0, Iterator::count));
        let log = self.path().join(name);
        let file = File::create(&log).expect("a log");
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        Process { child: command.spawn().expect("the binary starts"), log }
    }

    /// A server that is ready, and its first administrator signed in.
    pub async fn serve(&self, more: &[&str]) -> (Process, Client) {
        let mut server = self.spawn(&[&["serve"], more].concat());
        let client = self.client();
        wait_for("the server is ready", async || {
            server.require_running();
            client.get("ready").await.is_ok_and(|answer| answer.status == 200).then_some(())
        })
        .await;
        let root = client.sign_in(ROOT, PASSWORD).await;
        (server, root)
    }

    /// Processes that belong to this installation.
    pub fn processes(&self) -> Vec<String> {
        let marker = self.path().to_string_lossy().into_owned();
        let entries = fs::read_dir("/proc").expect("Linux");
        entries
            .filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok())
            .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
            .filter(|line| line.contains(&marker))
            .collect()
    }
}

/// A running binary; killed when dropped.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process number");
        kill(Pid::from_raw(pid), signal).expect("it runs");
    }

    /// Asks it to stop and says how it ended.
    pub async fn stop(mut self) -> ExitStatus {
        self.signal(Signal::SIGINT);
        self.ended().await
    }

    /// `kill -9`.
    pub async fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        self.ended().await;
    }

    pub async fn ended(&mut self) -> ExitStatus {
        wait_for("the process ends", async || self.child.try_wait().expect("our child")).await
    }

    /// The most memory it has had so far, in MiB.
    pub fn peak(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux");
        let kib = line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok());
        kib.expect("a number") / 1024
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn require_running(&mut self) {
        if let Some(status) = self.child.try_wait().expect("our child") {
            panic!("it ended ({status}): {}", self.log());
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
        if std::thread::panicking() {
            // Shown by the runner with the failure.
            let _nobody_reads = writeln!(std::io::stderr(), "{}: {}", self.log.display(), self.log());
        }
    }
}

/// Asks until there is an answer.
pub async fn wait_for<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {} s, but not: {what}", PATIENCE.as_secs());
        tokio::time::sleep(POLL).await;
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
