//! The suffixes of a customer's principal names, and how its names are made.

use domain::{
    field::{FieldError, Rule},
    id::TenantId,
    names as rules,
    naming::{Pattern, logon_candidate, principal_candidate},
};
use store::{
    Caller,
    suffixes::Suffix,
    tx::{Cause, act},
};

use crate::{App, AppError, error::Conflict};

/// Refuses an address outside the domains that are the customer's: names and addresses of a
/// customer's people and groups are its own.
pub(crate) fn is_own(field: &str, address: &str, suffixes: &[String]) -> Result<(), FieldError> {
    let suffix = address.rsplit_once('@').map_or("", |parts| parts.1);
    if suffixes.iter().any(|own| own.eq_ignore_ascii_case(suffix)) {
        return Ok(());
    }
    let error = FieldError::new(field, Rule::Unknown).with("value", address);
    Err(error.with("known", suffixes.join(", ")))
}

/// The suffixes of a customer.
pub async fn list(app: &App, caller: &Caller, customer: TenantId) -> Result<Vec<Suffix>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = tx.permit::<act::TenantRead>(&tenant)?;
    if tenant.target.is_none() {
        return Err(AppError::NotFound("customer"));
    }
    let all = tx.suffixes(&permit).await?;
    tx.finish().await?;
    Ok(all)
}

/// Claims a suffix, or makes it the one for names that are made. Whose a domain is
/// belongs to the sale, so this needs what an order needs.
pub async fn add(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    suffix: &str,
    primary: bool,
    cause: &Cause,
) -> Result<(), AppError> {
    let suffix = rules::suffix("suffix", suffix).map_err(AppError::field)?;
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = match tx.permit::<act::OrderCreate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    if tenant.target.is_none() {
        return Err(AppError::NotFound("customer"));
    }
    if !tx.claim_suffix(&permit, &suffix, primary).await? {
        return Err(AppError::field(FieldError::new("suffix", Rule::Taken).with("value", suffix)));
    }
    tx.commit(cause).await?;
    Ok(())
}

/// Gives a suffix up, if nobody uses it and another is left.
pub async fn remove(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    suffix: &str,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = match tx.permit::<act::OrderCreate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    match tx.release_suffix(&permit, &suffix.to_lowercase()).await? {
        0 => tx.commit(cause).await?,
        people => return Err(AppError::Conflict(Conflict::InUse { people })),
    }
    Ok(())
}

/// What a pattern makes of somebody's name, as long as nobody else has it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Given name.
    pub given_name: &'static str,
    /// Surname.
    pub surname: &'static str,
    /// The principal name.
    pub principal_name: String,
    /// The log-on name.
    pub logon_name: String,
}

/// How names are made.
#[derive(Debug, Clone)]
pub struct Naming {
    /// The pattern.
    pub pattern: String,
    /// What it gives for some people.
    pub samples: Vec<Sample>,
}

/// A usual name, one with accents, and a long one of several words.
const SAMPLES: [(&str, &str); 3] =
    [("Anna", "Berg"), ("Åse", "Sørensen"), ("Maria Magdalena", "van der Featherstonehaugh")];

/// Shows what a pattern makes of some names; the customer's own when none is given.
pub async fn preview(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    pattern: Option<&str>,
) -> Result<Naming, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    tx.finish().await?;
    let text = pattern.unwrap_or(&tenant.naming_pattern);
    let pattern = Pattern::parse("pattern", text).map_err(AppError::field)?;
    let suffix = tenant.suffixes.first().map_or("example.com", String::as_str);
    let samples = SAMPLES.map(|(given_name, surname)| {
        let base = pattern.fill(given_name, surname);
        Sample {
            given_name,
            surname,
            principal_name: format!("{}@{suffix}", principal_candidate(&base, 1)),
            logon_name: logon_candidate(&base, &tenant.code, 1),
        }
    });
    Ok(Naming { pattern: text.to_owned(), samples: samples.into() })
}
