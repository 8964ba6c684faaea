//! Running other programs so that nothing is left behind: when this task is
//! asked to stop, it lets the program finish its own clean-up and waits.

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

/// Why a task ended without success.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A program ended unsuccessfully; it has said why itself.
    #[error("{program} failed ({status})")]
    Program {
        /// The command as a person would type it.
        program: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// A program could not be started.
    #[error("{program} could not be started")]
    Start {
        /// The command as a person would type it.
        program: String,
        #[source]
        source: io::Error,
    },
    /// A file or folder could not be read or written.
    #[error("{what}")]
    Io {
        /// What was tried, with the path.
        what: String,
        #[source]
        source: io::Error,
    },
    /// Somebody pressed Ctrl-C or asked the task to end.
    #[error("stopped on request")]
    Stopped,
    /// A check found something; the findings are already printed.
    #[error("{0}")]
    Found(String),
    /// A part of the laboratory did not do what was asked for.
    #[cfg(feature = "lab")]
    #[error("{what} failed")]
    Lab {
        /// Which part.
        what: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something the task needs is not there.
    #[error("{0}")]
    Missing(String),
}

impl Failure {
    /// What the task ends with: 130 after Ctrl-C, as shells expect, else 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Stopped => ExitCode::from(130),
            _ => ExitCode::FAILURE,
        }
    }

    /// For `map_err`: says what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |source| Self::Io { what, source }
    }
}

/// Runs a program to its end, with this task's terminal.
///
/// Ctrl-C reaches the program from the terminal; a request to this task alone
/// (SIGTERM, or SIGINT without a terminal) is passed on. Either way the
/// program's own end is awaited.
pub async fn run(command: &mut Command) -> Result<(), Failure> {
    let program = shown(command);
    let start = |source| Failure::Start { program: program.clone(), source };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(start)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(start)?;
    let mut child = command.spawn().map_err(start)?;
    let mut stopped = false;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.map_err(start)?,
            _ = interrupt.recv() => {
                stopped = true;
                if !io::stdin().is_terminal() {
                    pass_on(&child, Signal::SIGINT);
                }
            }
            _ = terminate.recv() => {
                stopped = true;
                pass_on(&child, Signal::SIGTERM);
            }
        }
    };
    if stopped {
        return Err(Failure::Stopped);
    }
    if status.success() { Ok(()) } else { Err(Failure::Program { program, status }) }
}

/// Runs a program quietly; what it printed is shown only when it fails.
pub async fn run_quietly(command: &mut Command) -> Result<String, Failure> {
    let program = shown(command);
    let output =
        command.output().await.map_err(|source| Failure::Start { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    crate::term::say(String::from_utf8_lossy(&output.stdout).trim_end());
    crate::term::say(String::from_utf8_lossy(&output.stderr).trim_end());
    Err(Failure::Program { program, status: output.status })
}

/// A `cargo` of the tool chain that runs this task. What the `cargo` around this
/// task told it of its own package stays here: build scripts that watch such
/// variables would run again, and half of the dependencies with them.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|start| name.starts_with(start)) {
            cargo.env_remove(&*name);
        }
    }
    cargo
}

/// A `cargo COMMAND` that may take minutes: a person sees its progress, a log
/// only what it has to say.
pub fn slow_cargo(command: &str) -> Command {
    let mut cargo = cargo();
    cargo.arg(command);
    if !io::stderr().is_terminal() {
        cargo.arg("--quiet");
    }
    cargo
}

/// Becomes this program built with the laboratory, with the same arguments.
#[cfg(not(feature = "lab"))]
pub fn again_with_lab(args: &[std::ffi::OsString]) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;

    let mut command = slow_cargo("run");
    command.args(["--package", "xtask", "--"]).args(args);
    let program = shown(&command);
    Err(Failure::Start { program, source: command.as_std_mut().exec() })
}

fn pass_on(child: &Child, signal: Signal) {
    let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()) else { return };
    // An error means that the program has just ended, which is what was asked for.
    let _ended = kill(Pid::from_raw(id), signal);
}

fn shown(command: &Command) -> String {
    let command = command.as_std();
    let program = std::path::Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or_default().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
