//! The server process: its settings, its life and its end.

use std::{
    io,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::sync::watch;

use super::{
    ClusterError, ClusterOptions, Durability, folder::Folder, installation::Installation, processes,
};

/// How often a condition is looked at while waiting for it.
pub const POLL: Duration = Duration::from_millis(20);
/// A fast shutdown writes everything out; after this long it is made to end.
const STOP_SECONDS: u64 = 60;
/// What a signal is given to work before the next, stronger one.
const SIGNAL_SECONDS: u64 = 10;
/// A value that is dropped, not stopped, waits only this long.
const DROP_SECONDS: u64 = 5;
/// What the processes are called.
const PROCESS_NAMES: &[&str] = &["postgres"];

/// A running server. A thread of its own starts it and waits for its end,
/// because the kernel sends the parent-death signal when the *thread* that
/// started a child ends (prctl(2)), and threads of a runtime come and go.
#[derive(Debug)]
pub struct Postmaster {
    pid: i32,
    end: watch::Receiver<Option<String>>,
}

impl Postmaster {
    /// Starts the server; it may not accept connections yet.
    pub fn start(
        installation: &Installation,
        folder: &Folder,
        options: &ClusterOptions,
    ) -> Result<Self, ClusterError> {
        let mut command = folder.user().command(&installation.program("postgres"), Some("INT"));
        command
            .args(arguments(folder, options))
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(folder.start_log()?);
        let (started, start) = std::sync::mpsc::sync_channel::<io::Result<u32>>(1);
        let (ends, end) = watch::channel(None);
        let body = move || match command.spawn() {
            Err(error) => drop(started.send(Err(error))),
            Ok(mut child) => {
                drop(started.send(Ok(child.id())));
                let how = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
                ends.send_replace(Some(how));
            }
        };
        let failed =
            |source| ClusterError::File { action: "started", path: folder.path().to_owned(), source };
        thread::Builder::new().name("postmaster".to_owned()).spawn(body).map_err(failed)?;
        let pid = start
            .recv()
            .unwrap_or_else(|_ended| Err(io::Error::other("the thread of the server ended")))
            .map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => ClusterError::NoSetpriv(source),
                _ => failed(source),
            })?;
        let pid = i32::try_from(pid).map_err(|_too_large| failed(io::Error::other("no process number")))?;
        Ok(Self { pid, end })
    }

    /// Its process.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Waits for its end and says how it came.
    pub async fn ended(&self) -> String {
        let mut end = self.end.clone();
        match end.wait_for(Option::is_some).await {
            Ok(how) => how.clone().unwrap_or_default(),
            Err(_closed) => "nobody waits for it any more".to_owned(),
        }
    }

    /// Ends it in an orderly way, and by force if that takes too long.
    pub async fn stop(self, cluster: &Path) -> Result<(), ClusterError> {
        self.signal(Signal::SIGINT);
        let _by_force_below = tokio::time::timeout(Duration::from_secs(STOP_SECONDS), self.ended()).await;
        end_leftovers(cluster).await
    }

    fn is_running(&self) -> bool {
        self.end.borrow().is_none()
    }

    fn signal(&self, signal: Signal) {
        if self.is_running() {
            let _ended_meanwhile = kill(Pid::from_raw(self.pid), signal);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "dropping cannot wait in any other way, and waits a bounded time"
)]
impl Drop for Postmaster {
    fn drop(&mut self) {
        self.signal(Signal::SIGINT);
        let deadline = Instant::now() + Duration::from_secs(DROP_SECONDS);
        while self.is_running() && Instant::now() < deadline {
            thread::sleep(POLL);
        }
        self.signal(Signal::SIGQUIT);
    }
}

/// Ends every process of the cluster that a crashed run left, gently first, and
/// removes its pid file, so that a number used again does not stop the start.
pub async fn end_leftovers(cluster: &Path) -> Result<(), ClusterError> {
    for signal in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGKILL] {
        let pids = processes::with_folder(cluster, PROCESS_NAMES);
        if pids.is_empty() {
            break;
        }
        // The server passes a shutdown on to its processes; SIGINT would only
        // cancel a statement of theirs. Without a server they are asked to end.
        let server = server_of(cluster).filter(|server| pids.contains(server));
        for pid in &pids {
            let signal = match (signal, server) {
                (Signal::SIGINT, None) => Signal::SIGTERM,
                (Signal::SIGINT | Signal::SIGQUIT, Some(server)) if server != *pid => continue,
                _ => signal,
            };
            let _ended_meanwhile = kill(Pid::from_raw(*pid), signal);
            // A frozen process takes a signal only when it goes on.
            let _ended_meanwhile = kill(Pid::from_raw(*pid), Signal::SIGCONT);
        }
        let deadline = Instant::now() + Duration::from_secs(SIGNAL_SECONDS);
        while Instant::now() < deadline && !processes::with_folder(cluster, PROCESS_NAMES).is_empty() {
            tokio::time::sleep(POLL).await;
        }
    }
    let pids = processes::with_folder(cluster, PROCESS_NAMES);
    if !pids.is_empty() {
        return Err(ClusterError::DoesNotEnd { path: cluster.to_owned(), pids });
    }
    let pid_file = cluster.join("postmaster.pid");
    match std::fs::remove_file(&pid_file) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(ClusterError::File { action: "removed", path: pid_file, source })
        }
        _ => Ok(()),
    }
}

/// The server a pid file names in its first line.
fn server_of(cluster: &Path) -> Option<i32> {
    std::fs::read_to_string(cluster.join("postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()
}

/// Settings are arguments, not a file: what runs is what this version says.
fn arguments(folder: &Folder, options: &ClusterOptions) -> Vec<String> {
    let mut settings = vec![
        "listen_addresses=".to_owned(),
        format!("unix_socket_directories={}", folder.socket().display()),
        "unix_socket_permissions=0700".to_owned(),
        format!("max_connections={}", options.connections),
        format!("shared_buffers={}MB", options.shared_buffers_mib),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
        // Values of people stay out of the log.
        "log_parameter_max_length_on_error=0".to_owned(),
        "log_parameter_max_length=0".to_owned(),
        // Short statements only; compiling them costs more than it gives.
        "jit=off".to_owned(),
        "random_page_cost=1.1".to_owned(),
    ];
    match options.durability {
        Durability::Durable => settings.extend([
            "fsync=on".to_owned(),
            "synchronous_commit=on".to_owned(),
            "wal_compression=on".to_owned(),
            "max_wal_size=2GB".to_owned(),
            // A file per day of the week: a bound on what is kept.
            "logging_collector=on".to_owned(),
            format!("log_directory={}", folder.logs().display()),
            "log_filename=postgresql-%a.log".to_owned(),
            "log_truncate_on_rotation=on".to_owned(),
            "log_rotation_age=1d".to_owned(),
            "log_rotation_size=0".to_owned(),
            "log_file_mode=0600".to_owned(),
        ]),
        Durability::Throwaway => settings.extend([
            "fsync=off".to_owned(),
            "synchronous_commit=off".to_owned(),
            "full_page_writes=off".to_owned(),
            "wal_level=minimal".to_owned(),
            "max_wal_senders=0".to_owned(),
            "max_wal_size=4GB".to_owned(),
        ]),
    }
    let mut arguments = vec!["-D".to_owned(), folder.cluster().display().to_string()];
    arguments.extend(settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]));
    arguments
}
