//! Forgotten passwords: anybody may ask for a link, and learns nothing by it.

use std::sync::Arc;

use domain::{
    limits,
    mail::{Addressee, Kind, Mailing},
};
use tokio::time::sleep;
use tracing::{Instrument as _, error};

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
/// after the same time, whether there is such an account or not: what is done for an account
/// may take longer, so it is not waited for. Where the link leads
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
    // Nobody's login is kept waiting by another, and nothing piles up.
    let Ok(place) = Arc::clone(&app.after).try_acquire_owned() else {
        return Ok(Asked::Wait(limits::BUSY_SECONDS));
    };
    let (own, cause) = (app.clone(), cause.clone());
    let work = async move {
        let _until_done = place;
        if let Err(failed) = mail_link(&own, &login, &cause).await {
            // Somebody without an account would not have been told of it either.
            error!(error = %failed, "a link for a forgotten password was not made");
        }
    };
    // The answer does not wait for it; the end of the process does (`App::settled`).
    drop(tokio::spawn(work.in_current_span()));
    sleep(limits::RESET_ANSWER).await;
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
