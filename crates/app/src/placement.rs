//! Where sellers place their customers: which directories they may use, and which one
//! is meant when an order does not say.

use domain::{
    field::{Checker, FieldError, Rule},
    id::TenantId,
    tenant::TenantKind,
};
use store::{
    Caller,
    placement::{Placement, PlacementObstacle},
    tx::{Cause, TenantRef, act},
};

use crate::{App, AppError, error::Conflict};

/// Why a customer is not placed there, as a conflict.
pub(crate) fn refused(obstacle: PlacementObstacle) -> AppError {
    match obstacle {
        PlacementObstacle::Removed => AppError::NotFound("directory"),
        PlacementObstacle::Dedicated => AppError::Conflict(Conflict::DirectoryDedicated),
        PlacementObstacle::NotAllowed => AppError::Conflict(Conflict::DirectoryNotAllowed),
    }
}

/// Where a seller places customers.
#[derive(Debug, Clone)]
pub struct SellerPlacement {
    /// The seller.
    pub seller: TenantRef,
    /// The directories it sees, by code.
    pub directories: Vec<Placement>,
    /// Code of the one that is meant when an order does not say.
    pub default: Option<String>,
    /// Whose default that is, if the caller may know; none when it is the only one.
    pub default_of: Option<TenantRef>,
}

/// Where customers of a seller live, as its own rules and those above it say.
pub async fn show(app: &App, caller: &Caller, seller: TenantId) -> Result<SellerPlacement, AppError> {
    let mut tx = app.read(caller).await?;
    let tenant = tx.tenant(seller).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    if tenant.kind == TenantKind::Customer {
        return Err(AppError::NotFound("seller"));
    }
    let directories = tx.placements(seller).await?;
    let default = tx.default_directory(seller).await?;
    let code = default.and_then(|d| directories.iter().find(|p| p.target == d.target));
    let code = code.map(|p| p.code.clone());
    let default_of = match default.and_then(|d| d.set_by) {
        None => None,
        Some(id) => match tx.tenant(id).await {
            Ok(tenant) => Some(tenant),
            // Above what the caller may see.
            Err(store::StoreError::NotFound(_)) => None,
            Err(error) => return Err(error.into()),
        },
    };
    tx.finish().await?;
    Ok(SellerPlacement { seller: tenant, directories, default: code, default_of })
}

/// Says which directories a seller may use (empty: all it sees), and which one is meant
/// when an order does not say (none: as the sellers above it). Customers that are there
/// already stay where they are.
pub async fn set(
    app: &App,
    caller: &Caller,
    seller: TenantId,
    allowed: &[String],
    default: Option<&str>,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(seller).await?;
    if tenant.kind == TenantKind::Customer {
        return Err(AppError::NotFound("seller"));
    }
    let permit = match tx.permit::<act::DirectoryManage>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, seller, error.into(), cause).await);
        }
    };
    let known = tx.placements(seller).await?;
    let mut c = Checker::default();
    let find = |field: String, code: &str| {
        let found = known.iter().find(|p| p.code == code.trim());
        found.map(|p| (p.target, p.code.clone())).ok_or_else(|| {
            let codes: Vec<_> = known.iter().map(|p| p.code.as_str()).collect();
            FieldError::new(field, Rule::Unknown).with("value", code).with("known", codes.join(", "))
        })
    };
    let mut wanted = Vec::new();
    for (i, code) in allowed.iter().enumerate() {
        if let Some(found) = c.take(find(format!("directories[{i}]"), code))
            && !wanted.contains(&found)
        {
            wanted.push(found);
        }
    }
    let default = default.map(str::trim).filter(|code| !code.is_empty());
    let default = default.and_then(|code| c.take(find("default".to_owned(), code)));
    if let Some((_, code)) = default.as_ref().filter(|d| !wanted.is_empty() && !wanted.contains(d)) {
        c.note(
            FieldError::new("default", Rule::Unknown).with("value", code).with("known", allowed.join(", ")),
        );
    }
    c.finish(Some(())).map_err(AppError::Invalid)?;
    tx.set_placement(&permit, &wanted, default).await?;
    tx.commit(cause).await?;
    Ok(())
}
