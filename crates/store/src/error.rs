//! What can go wrong at the database's door.

use domain::field::FieldError;
use policy::Denial;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It does not exist, or the caller may not know that it does.
    #[error("{0} does not exist or is not visible")]
    NotFound(&'static str),
    /// The caller may see the thing but not do this to it.
    #[error("not allowed: {0}")]
    Denied(Box<Denial>),
    /// The tenant's state does not allow it.
    #[error("values cannot be accepted")]
    Invalid(Vec<FieldError>),
    /// Somebody changed it meanwhile: the version given is not the present one.
    #[error("changed meanwhile; the present version is {present}")]
    Stale {
        /// The present version.
        present: i64,
    },
    /// What was asked contradicts what is stored.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// A customer keeps one suffix.
    #[error("the last suffix stays")]
    LastSuffix,
    /// The tenant something was to stand below was closed meanwhile.
    #[error("closed")]
    Closed,
    /// A directory left the configuration while customers live in it.
    #[error(
        "the directory {code} is not in the configuration any more, but {customers} customers live there: \
         put it back, or move them to another directory first"
    )]
    DirectoryInUse {
        /// Its code.
        code: String,
        /// How many.
        customers: i64,
    },
    /// A brand of the configuration wants a host name that a tenant has.
    #[error(
        "the host name {host} belongs to the tenant {tenant}: take it from there, or from the configuration"
    )]
    HostNameInUse {
        /// It.
        host: String,
        /// The code of the tenant.
        tenant: String,
    },
    /// The database cannot be reached or is too busy; nothing was written.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The database cannot store anything, most often because its disk is full; nothing was written.
    #[error("the database has no space left")]
    Full(#[source] sqlx::Error),
    /// Two transactions got in each other's way; nothing was written, the same call may succeed now.
    #[error("the transaction has to be repeated")]
    Repeat(#[source] sqlx::Error),
    /// A stored value does not have the form this build expects.
    #[error("{table}.{column} of {id} cannot be read")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Which row.
        id: String,
    },
    /// Sealing or opening a value failed.
    #[error(transparent)]
    Seal(#[from] crate::seal::SealError),
    /// Anything else the database said.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Tls(_) => Self::Unavailable(error),
            sqlx::Error::Database(db) => match db.code().as_deref() {
                // serialization failure, deadlock
                Some("40001" | "40P01") => {
                    crate::again::met();
                    Self::Repeat(error)
                }
                // no disk space, or the disk does not take what is written
                Some("53100" | "58030") => Self::Full(error),
                // shutdown, crash shutdown, cannot connect now, too many connections, out of memory,
                // a limit of the configuration, too slow, read-only as after a change of primary
                Some("57P01" | "57P02" | "57P03" | "53300" | "53200" | "53400" | "57014" | "25006") => {
                    Self::Unavailable(error)
                }
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    /// The name of the constraint that refused the statement, if one did.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(sqlx::Error::Database(db)) => db.constraint(),
            _ => None,
        }
    }
}

/// Reads an enumeration stored as text; an unknown word names its table, column and row.
pub(crate) fn known<T>(
    value: Option<T>,
    table: &'static str,
    column: &'static str,
    id: impl ToString,
) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::Corrupt { table, column, id: id.to_string() })
}
