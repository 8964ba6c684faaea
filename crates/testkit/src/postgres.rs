//! A database for every test, cloned from a template that is prepared once.
//!
//! The name of a template tells the migrations apart, so that a changed one makes
//! a new template in a cluster that is still running.

use std::{
    error::Error,
    str::FromStr as _,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use crate::services::{POSTGRES_VARIABLE, required};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

/// Only one process prepares a template; roles belong to the whole cluster.
const PREPARE_LOCK: i64 = 7_236_112;
/// Databases this process has created: part of their names.
static CREATED: AtomicU32 = AtomicU32::new(0);

/// The cluster of this test run, as its owner, at its maintenance database.
///
/// # Panics
/// Where no test run has started one: a missing component is a failure.
pub fn shared() -> PgConnectOptions {
    PgConnectOptions::from_str(&required(POSTGRES_VARIABLE))
        .expect("the services write this variable as a URL")
}

/// A folder for a `store::seal::Keyring`, with the same master key in every
/// test: the passwords of the login roles are derived from it, and roles belong
/// to the whole cluster, so two tests with two keys would lock each other out.
///
/// # Panics
/// Where no folder can be made: the test cannot go on.
pub fn key_folder() -> TempDir {
    let folder = TempDir::new().expect("a folder for the keys of a test");
    let key = folder.path().join("master-1.key");
    std::fs::write(key, "7e57".repeat(16)).expect("writing the key of a test");
    folder
}

/// A database of its own for one test, dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    owner: PgConnectOptions,
    cluster: PgConnectOptions,
}

impl TestDatabase {
    /// An empty database.
    ///
    /// # Panics
    /// Where the database refuses: the test cannot go on.
    pub async fn empty() -> Self {
        Self::clone_of("template1").await
    }

    /// A clone of the template `name` (a to z, 0 to 9, _, at most 40), which
    /// `prepare` fills the first time it is asked for with the schema as it is.
    ///
    /// # Panics
    /// Where the database refuses or `prepare` fails: the test cannot go on.
    pub async fn from_template<E: Error>(
        name: &str,
        prepare: impl AsyncFnOnce(PgConnectOptions) -> Result<(), E>,
    ) -> Self {
        let name = format!("{name}_{}", schema_fingerprint());
        ensure_template(&name, prepare).await;
        Self::clone_of(&name).await
    }

    /// How the owner of the database connects to it. Tests of isolation connect as
    /// the roles of the product instead.
    pub fn owner(&self) -> &PgConnectOptions {
        &self.owner
    }

    /// Runs a statement as the owner.
    ///
    /// # Panics
    /// Where the database refuses: the test cannot go on.
    pub async fn execute(&self, statement: &str) {
        let mut connection = connect(&self.owner).await;
        execute(&mut connection, statement.to_owned()).await;
        connection.close().await.expect("closing the connection of the owner");
    }

    /// What a query gives, as the owner sees it: one object per row.
    ///
    /// # Panics
    /// Where the database refuses: the test cannot go on.
    pub async fn rows(&self, query: &str) -> Vec<serde_json::Value> {
        let mut connection = connect(&self.owner).await;
        let query = format!("SELECT to_jsonb(q) FROM ({query}) q");
        let rows = sqlx::query_scalar(AssertSqlSafe(query.clone())).fetch_all(&mut connection).await;
        connection.close().await.expect("closing the connection of the owner");
        rows.unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// Its name in the cluster.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows every table has, as the owner sees them: to prove that
    /// something was refused whole.
    ///
    /// # Panics
    /// Where the database refuses: the test cannot go on.
    pub async fn row_counts(&self) -> Vec<(String, i64)> {
        let mut owner = connect(&self.owner).await;
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
        )
        .fetch_all(&mut owner)
        .await
        .expect("the tables of the database");
        let mut rows = Vec::with_capacity(tables.len());
        for table in tables {
            let count = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")));
            rows.push((table, count.fetch_one(&mut owner).await.expect("counting a table")));
        }
        rows
    }

    /// The distinct values of an expression over a table's rows that satisfy
    /// `condition`, as texts in order, as the owner sees them.
    ///
    /// # Panics
    /// Where the database refuses: the test cannot go on.
    pub async fn values(&self, table: &str, expression: &str, condition: &str) -> Vec<String> {
        let mut owner = connect(&self.owner).await;
        let query = format!("SELECT DISTINCT ({expression})::text FROM {table} WHERE {condition} ORDER BY 1");
        sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&mut owner).await.expect("the values of a table")
    }

    async fn clone_of(template: &str) -> Self {
        let cluster = shared();
        let name = format!("test_{}_{}", std::process::id(), CREATED.fetch_add(1, Ordering::Relaxed));
        let mut connection = connect(&cluster).await;
        // Of a killed process that had the same number.
        execute(&mut connection, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        execute(&mut connection, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        connection.close().await.expect("closing the connection of the owner");
        Self { owner: cluster.clone().database(&name), name, cluster }
    }
}

impl Drop for TestDatabase {
    /// On a thread with a runtime of its own, because the test's may be ending.
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let cluster = self.cluster.clone();
        let drop = move || -> Result<(), Box<dyn Error>> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect_with(&cluster).await?;
                sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
                Ok(())
            })
        };
        // Best effort: the whole cluster goes with the run.
        let _ends_with_the_cluster = thread::spawn(move || drop().is_ok()).join();
    }
}

async fn ensure_template<E: Error>(name: &str, prepare: impl AsyncFnOnce(PgConnectOptions) -> Result<(), E>) {
    let cluster = shared();
    let mut connection = connect(&cluster).await;
    if is_ready(&mut connection, name).await {
        return;
    }
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(PREPARE_LOCK)
        .execute(&mut connection)
        .await
        .expect("waiting for the template");
    if !is_ready(&mut connection, name).await {
        // What a crashed attempt left.
        execute(&mut connection, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        execute(&mut connection, format!("CREATE DATABASE {name}")).await;
        if let Err(error) = prepare(cluster.database(name)).await {
            panic!("the template database cannot be prepared: {}", chain(&error));
        }
        execute(&mut connection, format!("ALTER DATABASE {name} IS_TEMPLATE true")).await;
    }
    // The lock ends with the connection.
    connection.close().await.expect("closing the connection of the owner");
}

/// Differs as soon as a migration does.
fn schema_fingerprint() -> String {
    let checksums: Vec<u8> =
        store::migrate::MIGRATOR.iter().flat_map(|step| step.checksum.to_vec()).collect();
    let digest = store::seal::hash(&checksums);
    // Eight bytes are plenty to tell a few schemas apart.
    format!("{:016x}", u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes")))
}

/// Begins a new file of the log of changes, so that it does not grow while a disk is full, and
/// writes out everything before.
///
/// # Panics
/// Where the database does not answer: the test cannot go on.
pub async fn begin_log_segment(options: &PgConnectOptions) {
    let mut connection = connect(options).await;
    for statement in ["SELECT pg_switch_wal()", "CHECKPOINT", "SELECT pg_switch_wal()"] {
        execute(&mut connection, statement.to_owned()).await;
    }
}

/// A template is marked as one when it is complete.
async fn is_ready(connection: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)")
        .bind(name)
        .fetch_one(connection)
        .await
        .expect("looking for the template")
}

async fn connect(options: &PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(options).await.unwrap_or_else(|error| {
        panic!("the PostgreSQL of the test run does not answer; is the run that set {POSTGRES_VARIABLE} over? {error}")
    })
}

async fn execute(connection: &mut PgConnection, statement: String) {
    if let Err(error) = sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(connection).await {
        panic!("{statement}: {error}");
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
