//! Directories: how they are, what somebody changed in them, and taking over what is
//! there.

mod adoptions;
mod drift;
mod release;
mod settings;
mod surveys;

pub use drift::attribute_name;

use app::{
    AppError, Caller,
    reading::tx::{ReadTx, TenantRef, act},
};
use axum::{
    Router,
    routing::{get, post},
};
use domain::permission::Permission;
use web::{Surface, speech::say};

use crate::{context::Visit, refusal::Refusal};

/// The pages of directories.
pub fn routes() -> Router<Surface> {
    Router::new()
        .route("/directories", get(settings::list))
        .route("/directories/{code}", get(settings::show))
        .route("/directories/{code}/mode", post(settings::mode))
        .route("/directories/{code}/scan", post(settings::scan))
        .route("/directories/{code}/policy", get(settings::policy).post(settings::set_policy))
        .route("/directories/{code}/surveys", get(surveys::list).post(surveys::ask))
        .route("/surveys/{id}", get(surveys::show))
        .route("/surveys/{id}/adopt", get(adoptions::new).post(adoptions::preview))
        .route("/adoptions", get(adoptions::list))
        .route("/adoptions/{id}", get(adoptions::show))
        .route("/adoptions/{id}/run", post(adoptions::run))
        .route("/adoptions/{id}/release", post(adoptions::release))
        .route("/people/{id}/release", get(release::person).post(release::release_person))
        .route("/groups/{id}/release", get(release::group).post(release::release_group))
        .route("/drift", get(drift::list))
        .route("/drift/revert", get(drift::sure).post(drift::revert_all))
        .route("/drift/{id}", get(drift::show))
        .route("/drift/{id}/{what}", post(drift::decide))
}

/// Directories are for those who may see them; there are none for others.
fn readers(visit: &Visit) -> Result<&Caller, Refusal> {
    let caller = visit.person()?;
    let may = caller.may_anywhere(Permission::DirectoryRead);
    if may { Ok(caller) } else { Err(Refusal::no_page()) }
}

/// Whose a directory is, for somebody who may see how it is.
async fn owner(tx: &mut ReadTx<'_>, code: &str) -> Result<TenantRef, AppError> {
    let missing = || AppError::NotFound("directory");
    let (_, owner) = tx.directory_owner(code).await?;
    let tenant = tx.tenant(owner).await.map_err(|_| missing())?;
    tx.permit::<act::DirectoryRead>(&tenant).map_err(|_| missing())?;
    Ok(tenant)
}

/// What a directory is called.
pub async fn name_of(tx: &mut ReadTx<'_>, code: &str) -> Result<String, AppError> {
    let mut names = tx.directory_names(&[code.to_owned()]).await?;
    Ok(names.remove(code).unwrap_or_else(|| code.to_owned()))
}

/// The way to a directory.
fn trail(code: &str, name: &str) -> Vec<(String, String)> {
    vec![
        (say("directories-title"), "/directories".to_owned()),
        (name.to_owned(), format!("/directories/{code}")),
    ]
}
