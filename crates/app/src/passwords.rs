//! People change their own password.

use domain::{
    field::{Checker, FieldError, Rule},
    password::Rules,
};
use jiff::Timestamp;
use store::{Caller, activations::Purpose, tx::act};

use crate::{
    App, AppError, Cause, activations,
    sessions::{self, Known},
};

/// What changing one's own password answers.
pub enum Changed {
    /// It is on its way. The token is that of a one-time link which nobody is sent: it shows
    /// how far the password is, and takes another one if the directory refuses this.
    Sent(String, Timestamp),
    /// The present password was wrong too often: this many seconds to wait, as at the sign-in.
    Wait(i64),
}

/// What the caller's own password has to be.
pub async fn rules(app: &App, caller: &Caller) -> Result<Rules, AppError> {
    Ok(app.store.rules_of(caller.tenant).await?)
}

/// Sends a new password of the caller on its way to directory and portal, as a one-time link
/// does. It takes effect everywhere at once, and then ends all sessions, also the caller's.
/// Whoever found an open session and not the password comes no further: guesses count as at the
/// sign-in, for the login and the network they come from.
pub async fn change(
    app: &App,
    caller: &Caller,
    (present, password): (&str, &str),
    network: Option<&str>,
    cause: &Cause,
) -> Result<Changed, AppError> {
    let mut tx = app.store.read(caller).await?;
    let user = tx.user(caller.user()).await?;
    tx.finish().await?;
    let mut c = Checker::default();
    if present.is_empty() {
        c.note(FieldError::new("present_password", Rule::Required));
    } else if present == password {
        c.note(FieldError::new("password", Rule::Unchanged));
    }
    let names = [user.display_name.as_str(), &user.principal_name];
    if let Err(unmet) = rules(app, caller).await?.accept("password", password, names) {
        for error in unmet {
            c.note(error);
        }
    }
    c.finish(Some(())).map_err(AppError::Invalid)?;
    match sessions::known(app, (&user.principal_name, None), present, network).await? {
        Known::Yes(_) => {}
        Known::Locked(seconds) => return Ok(Changed::Wait(seconds)),
        Known::No => {
            return Err(AppError::field(FieldError::new("present_password", Rule::Mismatch)));
        }
    }
    let mut tx = app.store.write(caller).await?;
    tx.account::<act::UserResetPassword>(user.id).await?;
    let mut links = tx.issue_links(user.tenant, &[user.id], Purpose::Change).await?;
    tx.commit(cause).await?;
    let token = links.tokens.pop().unwrap_or_default();
    // If this process ends here there is a link that nobody knows, and it ends by itself.
    activations::choose(app, &token, password, cause).await?;
    Ok(Changed::Sent(token, links.expires_at))
}
