//! What the product weighs: the binary, the time to its first answer, memory.

use std::time::Instant;

use serde_json::json;
use tokio::process::Command;

use crate::{
    Failure, Scale,
    product::{Configuration, LISTEN, Process, Product},
    report::{Bar, Row},
    stage::{CONNECTIONS, LOGIN, PASSWORD, new_folder},
    stats::median,
};

/// Starts on a cluster that exists.
const STARTS: usize = 5;
/// Requests before memory is looked at again.
const REQUESTS: usize = 1_000;

/// `binary-size`: without symbols, as a package would carry it.
pub async fn binary_size(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let product = Product::build(scale).await?;
    let folder = new_folder()?;
    let stripped = folder.path().join("tenantryd");
    let status = Command::new("strip").arg("-o").arg(&stripped).arg(&product.binary).status().await?;
    if !status.success() {
        return Err("strip failed".into());
    }
    let mib = |path: &std::path::Path| -> Result<f64, Failure> {
        Ok(f64::from(u32::try_from(std::fs::metadata(path)?.len() / 1024)?) / 1024.0)
    };
    let row = Row::value("binary-size", mib(&stripped)?, "MiB", Bar::ValueBelow(64.0));
    Ok(vec![row.with_raw(json!({ "with_symbols_mib": mib(&product.binary)? }))])
}

/// `start-time`: until the server says that it is ready, with a private cluster
/// that has to be made, and with one that is there.
pub async fn start_time(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let product = Product::build(scale).await?;
    let folder = new_folder()?;
    let configuration =
        Configuration::write(folder.path(), "start", None, &folder.path().join("data"), None, CONNECTIONS)?;
    let start = async || -> Result<f64, Failure> {
        let started = Instant::now();
        let process = product.serve(&configuration).await?;
        let took = started.elapsed().as_secs_f64();
        process.stop().await?;
        Ok(took)
    };
    let new = start().await?;
    let mut existing = Vec::new();
    for _ in 0..if scale.quick { 1 } else { STARTS } {
        existing.push(start().await?);
    }
    let raw = json!({ "existing_s": existing });
    Ok(vec![
        Row::value("start-time-new-cluster", new, "s", Bar::ValueBelow(15.0)),
        Row::value("start-time", median(&existing), "s", Bar::ValueBelow(2.0)).with_raw(raw),
    ])
}

/// `memory`: resident memory of the server itself, idle and after requests;
/// its database is a process of its own.
pub async fn memory(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let product = Product::build(scale).await?;
    let folder = new_folder()?;
    let configuration =
        Configuration::write(folder.path(), "memory", None, &folder.path().join("data"), None, CONNECTIONS)?;
    product.migrate(&configuration, LOGIN, PASSWORD).await?;
    let process = product.serve(&configuration).await?;
    let idle = resident(&process)?;
    let http = crate::http_client()?;
    let session = wire::sessions::NewSession { login: LOGIN.to_owned(), password: PASSWORD.to_owned() };
    let url = |path: &str| format!("http://{LISTEN}/api/v1/{path}");
    let answer = http.post(url("sessions")).json(&session).send().await?.error_for_status()?;
    let session: wire::sessions::Session = answer.json().await?;
    for _ in 0..REQUESTS {
        let answer = http.get(url("customers")).bearer_auth(&session.token).send().await?;
        answer.error_for_status()?.bytes().await?;
    }
    let after = resident(&process)?;
    process.stop().await?;
    Ok(vec![
        Row::value("memory-idle", idle, "MiB", Bar::ValueBelow(64.0)),
        Row::value("memory-after-1000-requests", after, "MiB", Bar::ValueBelow(128.0)),
    ])
}

/// MiB of a process that are in memory (proc(5), `VmRSS`).
pub fn resident(process: &Process) -> Result<f64, Failure> {
    status(process, "VmRSS:")
}

/// A figure of a process in MiB.
pub fn status(process: &Process, name: &str) -> Result<f64, Failure> {
    let pid = process.pid().ok_or("the process has ended")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib: u32 = line.and_then(|l| l.trim().split(' ').next()?.parse().ok()).ok_or("not in /proc")?;
    Ok(f64::from(kib) / 1024.0)
}
