//! Schema and roles: run by an owner of the database, never by a process that serves.

use sqlx::{Connection as _, PgConnection, migrate::Migrator, postgres::PgConnectOptions};

use crate::{APP_ROLE, AUTH_ROLE, ENGINE_ROLE, StoreError, seal::Keyring};

/// All migrations, in order, embedded in the binary.
pub static MIGRATOR: Migrator = sqlx::migrate!();

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
    set_role_passwords(&mut connection, keys).await?;
    connection.close().await.map_err(StoreError::from)?;
    Ok(())
}

/// `ALTER ROLE` takes no parameters; the password is hex, so it needs no quoting.
async fn set_role_passwords(connection: &mut PgConnection, keys: &Keyring) -> Result<(), StoreError> {
    let mut tx = connection.begin().await?;
    // Roles belong to the whole server: two databases prepared at once would collide.
    sqlx::query!("SELECT pg_advisory_xact_lock(7236111)").fetch_one(&mut *tx).await?;
    for role in [APP_ROLE, AUTH_ROLE, ENGINE_ROLE] {
        let password = keys.role_password(role);
        let statement = format!("ALTER ROLE {role} PASSWORD '{}'", password.as_str());
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await?;
        let database = sqlx::query_scalar!(r#"SELECT quote_ident(current_database()) AS "name!""#)
            .fetch_one(&mut *tx)
            .await?;
        let statement = format!("GRANT CONNECT ON DATABASE {database} TO {role}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}
