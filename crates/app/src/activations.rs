//! A person opens a one-time link and chooses a password. It goes to the
//! directory and to the portal as one visible request; if the directory
//! refuses it, the link stays good for another.

use domain::{
    password::Rules,
    plan::Secret,
    request::{ItemState, Lane},
};
use serde_json::json;
use store::activations::Activation;

use crate::{App, AppError, Cause, error::Conflict, sessions};

/// How far a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// A password can be chosen.
    Open,
    /// A password is on its way to the directory.
    Pending,
    /// The directory refused the password: another can be chosen.
    Failed,
    /// The password is set.
    Done,
    /// Too old, or replaced by a newer link.
    Expired,
}

/// The state of a link.
#[must_use]
pub fn state(activation: &Activation) -> LinkState {
    match &activation.request {
        _ if activation.used => LinkState::Done,
        _ if activation.dead => LinkState::Expired,
        None => LinkState::Open,
        Some((_, ItemState::Failed | ItemState::Superseded, _)) => LinkState::Failed,
        Some((_, ItemState::Verified | ItemState::Drifted, _)) => LinkState::Done,
        Some(_) => LinkState::Pending,
    }
}

/// The link behind a token.
pub async fn look(app: &App, token: &str) -> Result<Activation, AppError> {
    app.store.activation(token).await?.ok_or(AppError::NotFound("activation"))
}

/// The link behind a token that came by a host name: there is none for people who have no
/// business under it.
pub async fn look_at(app: &App, token: &str, host: Option<&str>) -> Result<Activation, AppError> {
    let activation = look(app, token).await?;
    let takes = match host {
        Some(host) => app.store.host_takes(host, activation.tenant).await?,
        None => true,
    };
    if takes { Ok(activation) } else { Err(AppError::NotFound("activation")) }
}

/// What the password chosen by a link has to be.
pub async fn rules(app: &App, activation: &Activation) -> Result<Rules, AppError> {
    Ok(app.store.rules_of(activation.tenant).await?)
}

/// Uses a link: sends the chosen password on its way.
pub async fn choose(app: &App, token: &str, password: &str, cause: &Cause) -> Result<Activation, AppError> {
    let activation = look(app, token).await?;
    match state(&activation) {
        LinkState::Open | LinkState::Failed => {}
        // The same form sent twice: the first is on its way.
        LinkState::Pending => return Ok(activation),
        LinkState::Done | LinkState::Expired => return Err(AppError::Conflict(Conflict::LinkDead)),
    }
    let names = [activation.display_name.as_str(), &activation.principal_name];
    rules(app, &activation).await?.accept("password", password, names).map_err(AppError::Invalid)?;
    let hash = sessions::hash(app, password).await?;
    let caller = app.store.link_caller(&activation);
    let mut tx = app.store.write(&caller).await?;
    let Some(permit) = tx.link_permit(&activation).await? else {
        drop(tx);
        return overtaken(app, token).await;
    };
    if activation.object.is_none() {
        if !tx.set_staff_password(&permit, &activation, &hash).await? {
            return Err(AppError::Conflict(Conflict::LinkDead));
        }
    } else {
        tx.open_request(activation.tenant, "password", json!({}), Lane::Interactive);
        let secret = Secret(password.to_owned());
        tx.send_password(&permit, &activation, &secret, &hash).await?;
    }
    tx.commit(cause).await?;
    look(app, token).await
}

/// What somebody is told whose link changed while the password was being hashed.
async fn overtaken(app: &App, token: &str) -> Result<Activation, AppError> {
    let activation = look(app, token).await?;
    match state(&activation) {
        LinkState::Pending | LinkState::Failed => Ok(activation),
        _ => Err(AppError::Conflict(Conflict::LinkDead)),
    }
}
