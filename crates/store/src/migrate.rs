//! Schema and roles: run by an owner of the database, never by a process that serves.

use sqlx::{Connection as _, PgConnection, migrate::Migrator, postgres::PgConnectOptions};

use crate::{APP_ROLE, AUTH_ROLE, ENGINE_ROLE, Store, StoreError, seal::Keyring};

/// All migrations, in order, embedded in the binary.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// How often setting the passwords of the roles is tried.
const ATTEMPTS: u32 = 20;

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A migration failed; it was rolled back.
    #[error("a migration failed and was rolled back")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The database could not be reached or refused.
    #[error("the database cannot be prepared")]
    Store(#[from] StoreError),
    /// The server is older than what the schema needs.
    #[error("PostgreSQL {found} is too old; 15 or newer is needed")]
    TooOld {
        /// The server's version.
        found: i32,
    },
}

/// How the schema of a database relates to what this build needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// They fit: all migrations of this build ran. Newer ones may have run as
    /// well; a migration leaves what the version before needs.
    Ready,
    /// This many migrations are missing.
    Older {
        /// How many.
        missing: usize,
    },
    /// Never migrated, or with keys of another keyring.
    Unprepared,
}

/// Runs what is missing of the migrations and gives the login roles the
/// passwords derived from `keys`. Safe to run again, and by several at once
/// (an advisory lock makes them wait).
pub async fn migrate(owner: &PgConnectOptions, keys: &Keyring) -> Result<(), MigrateError> {
    let mut connection = PgConnection::connect_with(owner).await.map_err(StoreError::from)?;
    let version = sqlx::query_scalar!(r#"SELECT current_setting('server_version_num')::int AS "v!""#)
        .fetch_one(&mut connection)
        .await
        .map_err(StoreError::from)?;
    if version < 150_000 {
        return Err(MigrateError::TooOld { found: version / 10_000 });
    }
    MIGRATOR.run(&mut connection).await?;
    // Roles belong to the whole server and locks to one database, so of two
    // databases prepared at once one may find the roles just changed. It waited
    // for the other by then, so the next attempt goes through.
    let mut attempts = 0;
    while let Err(error) = set_role_passwords(&mut connection, keys).await {
        attempts += 1;
        if attempts == ATTEMPTS || !changed_meanwhile(&error) {
            return Err(error.into());
        }
    }
    connection.close().await.map_err(StoreError::from)?;
    Ok(())
}

/// `PostgreSQL` has no error code of its own for "tuple concurrently updated".
fn changed_meanwhile(error: &StoreError) -> bool {
    match error {
        StoreError::Database(sqlx::Error::Database(db)) => {
            db.code().as_deref() == Some("XX000") && db.message().contains("concurrently updated")
        }
        _ => false,
    }
}

/// `ALTER ROLE` takes no parameters; the password is hex, so it needs no quoting.
async fn set_role_passwords(connection: &mut PgConnection, keys: &Keyring) -> Result<(), StoreError> {
    let mut tx = connection.begin().await?;
    // So that a process that serves can see whether the schema fits.
    let seen = format!("GRANT SELECT (version, success) ON _sqlx_migrations TO {AUTH_ROLE}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(seen)).execute(&mut *tx).await?;
    let database = sqlx::query_scalar!(r#"SELECT quote_ident(current_database()) AS "name!""#)
        .fetch_one(&mut *tx)
        .await?;
    // Nobody else connects, and nobody who serves makes temporary tables.
    let statement = format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await?;
    for role in [APP_ROLE, AUTH_ROLE, ENGINE_ROLE] {
        let password = keys.role_password(role);
        let statement = format!("ALTER ROLE {role} PASSWORD '{}'", password.as_str());
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await?;
        let statement = format!("GRANT CONNECT ON DATABASE {database} TO {role}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

impl Store {
    /// Whether the database has the schema this build needs.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        let applied = sqlx::query_scalar::<_, i64>("SELECT version FROM _sqlx_migrations WHERE success")
            .fetch_all(&self.auth)
            .await
            .map_err(StoreError::from);
        let applied = match applied {
            Ok(applied) => applied,
            Err(StoreError::Database(sqlx::Error::Database(refusal)))
                if refusal.code().is_some_and(|code| UNPREPARED.contains(&code.as_ref())) =>
            {
                return Ok(Schema::Unprepared);
            }
            Err(error) => return Err(error),
        };
        let missing = MIGRATOR.iter().filter(|m| !applied.contains(&m.version)).count();
        Ok(if missing == 0 { Schema::Ready } else { Schema::Older { missing } })
    }
}

/// No such table, not allowed, no such role, wrong password, no such database.
const UNPREPARED: [&str; 5] = ["42P01", "42501", "28000", "28P01", "3D000"];
