//! What the figures were measured on.

use serde::Serialize;
use tokio::process::Command;

/// The machine, its software and how busy it was.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// When it was measured, RFC 3339, UTC.
    pub at: String,
    /// The commit under measurement, marked when the tree differs from it.
    pub commit: String,
    /// Model of the processor.
    pub processor: String,
    /// Cores.
    pub cores: usize,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Version of the kernel.
    pub kernel: String,
    /// Version of PostgreSQL.
    pub postgres: String,
    /// Version of Samba.
    pub samba: String,
    /// Processes that wanted a core before it began: averages over 1, 5 and 15
    /// minutes. With more than half a core of others' work the figures are too bad.
    pub load_before: String,
}

impl Machine {
    /// Looks around. What cannot be found out is said to be unknown.
    pub async fn look() -> Self {
        let proc = |name: &str| std::fs::read_to_string(format!("/proc/{name}")).unwrap_or_default();
        let line = |text: &str, key: &str| {
            text.lines()
                .find(|line| line.starts_with(key))
                .and_then(|line| line.split(':').nth(1))
                .map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
        };
        let memory = line(&proc("meminfo"), "MemTotal");
        let kib = memory.split(' ').next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
        Self {
            at: said("date", &["--utc", "+%Y-%m-%dT%H:%M:%SZ"]).await,
            commit: said("git", &["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]).await,
            processor: line(&proc("cpuinfo"), "model name"),
            cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            memory_mib: kib / 1024,
            kernel: proc("sys/kernel/osrelease").trim().to_owned(),
            postgres: said("psql", &["--version"]).await,
            samba: said("samba", &["--version"]).await,
            load_before: load(),
        }
    }
}

/// The averages of load, as `uptime` shows them.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

async fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().await;
    let text = output.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default();
    if text.is_empty() { "unknown".to_owned() } else { text }
}
