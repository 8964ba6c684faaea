//! Mails: who gets one, and what the provider's staff sees of them.

use domain::{
    field::{FieldError, Rule},
    id::{MailId, TenantId},
    mail::{Addressee, Kind, Mailing, State},
    permission::Permission,
};
use policy::{Denial, Refusal};
use store::{Caller, mail::Mail, tx::WriteTx, users::NewUser};

use crate::{App, AppError, error::Conflict, people::PersonDraft, reading::roots};

/// Whether a link is to be sent by mail.
pub(crate) fn by_mail(text: Option<&str>) -> Result<bool, FieldError> {
    match text.map(str::trim) {
        None | Some("") => Ok(false),
        Some("mail") => Ok(true),
        Some(other) => {
            Err(FieldError::new("send_link", Rule::Unknown).with("value", other).with("known", "mail"))
        }
    }
}

/// Where somebody is to get a link by mail: there is mail, and the caller may have that
/// link. Whoever says where it goes could as well read it.
pub(crate) fn required<'d>(
    app: &App,
    caller: &Caller,
    path: &[TenantId],
    mut drafts: impl Iterator<Item = &'d PersonDraft>,
) -> Result<(), AppError> {
    if !drafts.any(|draft| by_mail(draft.send_link.as_deref()) == Ok(true)) {
        return Ok(());
    }
    let permission = Permission::UserResetPassword;
    if !caller.roots(permission).iter().any(|root| path.contains(root)) {
        return Err(AppError::Forbidden(Box::new(Denial { permission, reason: Refusal::NoGrant })));
    }
    match app.mailing {
        Mailing::Off => Err(AppError::Conflict(Conflict::MailOff)),
        Mailing::Send | Mailing::Keep => Ok(()),
    }
}

/// Has somebody who was just made told of the activation link.
pub(crate) fn send_activation(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    user: &NewUser,
    token: &str,
) -> Result<(), AppError> {
    let address =
        user.mail.clone().ok_or_else(|| AppError::field(FieldError::new("mail", Rule::Required)))?;
    let (name, login) = (user.display_name.clone(), user.principal_name.clone());
    tx.send_link(Kind::Activation, tenant, user.id, token, Addressee { address, name, login })?;
    Ok(())
}

/// Mails of people at and below the tenants whose mails the caller may see, the newest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    state: Option<State>,
    after: Option<MailId>,
    limit: u32,
) -> Result<Vec<Mail>, AppError> {
    let roots = roots(caller, Permission::MailRead)?;
    let mut tx = app.store.read(caller).await?;
    let mails = tx.mails(&roots, state, after, limit).await?;
    tx.finish().await?;
    Ok(mails.into_iter().map(|mail| shown(app, mail)).collect())
}

/// One mail.
pub async fn show(app: &App, caller: &Caller, id: MailId) -> Result<Mail, AppError> {
    // Without the permission nothing is below a root, and the mail does not exist.
    let roots = caller.roots(Permission::MailRead);
    let mut tx = app.store.read(caller).await?;
    let mail = tx.mail(&roots, id).await?;
    tx.finish().await?;
    Ok(shown(app, mail))
}

/// Whether the sentences of a mail may be read here: where nothing is sent, and nowhere
/// else, because its link opens the person's account.
#[must_use]
pub fn readable(app: &App, mail: &Mail) -> bool {
    app.mailing == Mailing::Keep && mail.state == State::Kept
}

/// A mail without the secret of its link, unless it may be read.
fn shown(app: &App, mut mail: Mail) -> Mail {
    if !readable(app, &mail)
        && let Some(message) = &mut mail.message
    {
        message.token.clear();
    }
    mail
}
