//! Forgotten passwords: anybody may ask for a link, and learns nothing by it.

use domain::{
    limits,
    mail::{Addressee, Kind, Mailing},
};
use tokio::time::sleep;
use tracing::error;

use crate::{App, AppError, Cause, error::Conflict, sessions::login};

/// What asking for a link answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whoever has this login, and a mail address, gets a mail.
    Taken,
    /// Too often: this many seconds to wait. Says nothing about whether somebody has it.
    Wait(i64),
}

/// Mails a link of short life to whoever has this login. The answer is the same, and comes
/// after the same time, whether there is such an account or not. Where the link leads
/// follows from the person's brand, never from the host name of the request: otherwise
/// anybody could have people sent to another brand, or to a host of their own.
pub async fn request(app: &App, given: &str, cause: &Cause) -> Result<Asked, AppError> {
    if app.mailing == Mailing::Off {
        return Err(AppError::Conflict(Conflict::MailOff));
    }
    let login = login(given);
    let seconds = app.store.count_reset(&login).await?;
    if seconds > 0 {
        return Ok(Asked::Wait(seconds));
    }
    let (mailed, ()) = tokio::join!(mail_link(app, &login, cause), sleep(limits::RESET_ANSWER));
    if let Err(failed) = mailed {
        // Somebody without an account would not have been told of it either.
        error!(error = %failed, "a link for a forgotten password was not made");
    }
    Ok(Asked::Taken)
}

async fn mail_link(app: &App, login: &str, cause: &Cause) -> Result<(), AppError> {
    let Some(person) = app.store.forgetful(login).await? else { return Ok(()) };
    let caller = app.store.claim_caller(&person);
    let mut tx = app.store.write(&caller).await?;
    let Some(permit) = tx.claim_permit(&person).await? else { return Ok(()) };
    let user = tx.user(person.user).await?;
    let Some(address) = user.mail else { return Ok(()) };
    let token = tx.issue_forgotten_link(&permit).await?;
    let to = Addressee { address, name: user.display_name, login: user.principal_name };
    tx.send_link(Kind::ResetRequested, person.tenant, person.user, &token, to)?;
    tx.commit(cause).await?;
    Ok(())
}
