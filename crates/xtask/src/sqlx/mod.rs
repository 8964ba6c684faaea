//! `cargo xtask sqlx`: writes the query data in `.sqlx` again, or says with
//! `--check` whether the committed data are what today's SQL and migrations
//! give.
//!
//! The macros of sqlx ask a live database about every statement while `store`
//! compiles, and leave one file a statement. So: a database that lives as long
//! as this task, the migrations, one forced compilation of `store`, and a
//! comparison. See `docs/decisions/0005-query-data.md`.

mod throwaway;

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use crate::{
    process::{Failure, cargo, run},
    term::say,
    workspace,
};
use throwaway::Throwaway;

/// Options of the task.
#[derive(clap::Args)]
pub struct SqlxArgs {
    /// Only say whether the committed data are up to date; change nothing
    #[arg(long)]
    check: bool,
}

/// File name to content.
type QueryData = BTreeMap<String, Vec<u8>>;

pub async fn start(args: SqlxArgs) -> Result<(), Failure> {
    if args.check { check().await } else { write().await }
}

/// Fails if the committed query data are not what the sources give. Remembers
/// the last good state, so that unchanged sources cost nothing.
pub async fn check() -> Result<(), Failure> {
    let stamp = workspace::scratch()?.join("query-data-checked");
    let state = format!("{:016x}", fingerprint()?);
    if fs::read_to_string(&stamp).is_ok_and(|last| last == state) {
        say("query data: nothing changed since the last check");
        return Ok(());
    }
    let committed = read(&committed_folder())?;
    let fresh = describe_all().await?;
    let differences = compare(&committed, &fresh);
    if differences.is_empty() {
        say(format!("query data: {} statements, up to date", fresh.len()));
        return fs::write(&stamp, state).map_err(Failure::io(format!("cannot write {}", stamp.display())));
    }
    for difference in &differences {
        say(difference);
    }
    Err(Failure::Found(
        "the query data in .sqlx are out of date; run `cargo xtask sqlx` and commit them".to_owned(),
    ))
}

async fn write() -> Result<(), Failure> {
    let folder = committed_folder();
    let committed = read(&folder)?;
    let fresh = describe_all().await?;
    fs::create_dir_all(&folder).map_err(Failure::io("cannot create .sqlx"))?;
    for name in committed.keys().filter(|name| !fresh.contains_key(*name)) {
        fs::remove_file(folder.join(name)).map_err(Failure::io(format!("cannot remove .sqlx/{name}")))?;
    }
    for (name, data) in fresh.iter().filter(|(name, data)| committed.get(*name) != Some(data)) {
        fs::write(folder.join(name), data).map_err(Failure::io(format!("cannot write .sqlx/{name}")))?;
    }
    for difference in compare(&committed, &fresh) {
        say(difference);
    }
    say(format!("query data: {} statements in .sqlx", fresh.len()));
    Ok(())
}

fn committed_folder() -> PathBuf {
    workspace::root().join(".sqlx")
}

/// What the macros find out about every statement of `store` today.
async fn describe_all() -> Result<QueryData, Failure> {
    let database = Throwaway::start().await?;
    let described = describe_with(&database).await;
    let stopped = database.stop().await;
    described.and_then(|data| stopped.map(|()| data))
}

async fn describe_with(database: &Throwaway) -> Result<QueryData, Failure> {
    for migration in migrations()? {
        database.apply(&migration).await?;
    }
    let folder = workspace::scratch()?.join("query-data");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::io(format!("cannot empty {}", folder.display())))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::io(format!("cannot create {}", folder.display())))?;
    // Cargo does not know that the database is an input. A flag that is new
    // whenever an input is makes it compile `store`, and only `store`, again
    // without touching what ordinary builds have made.
    let inputs = (fingerprint()?, std::process::id());
    let mut hasher = DefaultHasher::new();
    inputs.hash(&mut hasher);
    let flag = format!("query_data=\"{:016x}\"", hasher.finish());
    let compiled = run(cargo()
        .args(["rustc", "--quiet", "--package", "store", "--lib", "--profile", "check", "--", "--cfg", &flag])
        .env("DATABASE_URL", database.url())
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &folder)
        .current_dir(workspace::root()))
    .await;
    compiled.and_then(|()| read(&folder))
}

/// The migrations in the order of their versions.
fn migrations() -> Result<Vec<PathBuf>, Failure> {
    let folder = workspace::root().join("crates/store/migrations");
    let mut files = list(&folder)?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "sql"));
    Ok(files)
}

/// Everything query data depend on, as one number.
fn fingerprint() -> Result<u64, Failure> {
    let mut hasher = DefaultHasher::new();
    let root = workspace::root();
    let mut folders =
        vec![root.join("crates/store/migrations"), root.join("crates/store/src"), committed_folder()];
    let mut files = vec![root.join("Cargo.lock")];
    while let Some(folder) = folders.pop() {
        for path in list(&folder)? {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    for path in files {
        path.hash(&mut hasher);
        fs::read(&path).map_err(Failure::io(format!("cannot read {}", path.display())))?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// What is in a folder, sorted; nothing if there is no such folder.
fn list(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> =
        entries.map_err(Failure::io(format!("cannot read {}", folder.display())))?;
    paths.sort();
    Ok(paths)
}

fn read(folder: &Path) -> Result<QueryData, Failure> {
    let mut data = QueryData::new();
    for path in list(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content = fs::read(&path).map_err(Failure::io(format!("cannot read {}", path.display())))?;
        data.insert(name, content);
    }
    Ok(data)
}

/// One line for every file that differs, naming the statement.
fn compare(committed: &QueryData, fresh: &QueryData) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, data) in fresh {
        match committed.get(name) {
            None => lines.push(format!("new: {}", statement(data))),
            Some(old) if old != data => lines.push(format!("changed: {}", statement(data))),
            Some(_) => {}
        }
    }
    let gone = committed.iter().filter(|(name, _)| !fresh.contains_key(*name));
    lines.extend(gone.map(|(_, data)| format!("no longer used: {}", statement(data))));
    lines
}

/// The beginning of the statement a file is about, on one line.
fn statement(data: &[u8]) -> String {
    let parsed: serde_json::Value = serde_json::from_slice(data).unwrap_or_default();
    let words: Vec<&str> = parsed["query"].as_str().unwrap_or("(unreadable)").split_whitespace().collect();
    words.join(" ").chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(files: &[(&str, &str)]) -> QueryData {
        files
            .iter()
            .map(|(name, query)| ((*name).to_owned(), format!("{{\"query\":\"{query}\"}}").into_bytes()))
            .collect()
    }

    #[test]
    fn stale_data_are_named_by_their_statement() {
        let committed = data(&[("a", "SELECT 1"), ("b", "SELECT 2"), ("c", "SELECT 3")]);
        let fresh = data(&[("a", "SELECT 1"), ("b", "SELECT 2 "), ("d", "SELECT\\n   4")]);
        let expected = ["changed: SELECT 2", "new: SELECT 4", "no longer used: SELECT 3"];
        assert_eq!(compare(&committed, &fresh), expected);
        assert_eq!(compare(&committed, &committed), [""; 0]);
    }

    #[test]
    fn migrations_come_in_the_order_of_their_versions() {
        let names: Vec<String> = migrations()
            .expect("the folder can be read")
            .iter()
            .map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
            .collect();
        assert!(names.is_sorted() && !names.is_empty(), "{names:?}");
    }
}
