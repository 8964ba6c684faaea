//! Roles of people where they are at home: giving and taking them.
//!
//! Nobody gives or takes more than they have, and nobody changes what they hold themselves: so
//! no customer is left without an administrator by one of its own.

use domain::{
    field::{FieldError, Rule},
    id::{TenantId, UserId},
    permission::{self, Permission, Role},
};
use policy::{Denial, Refusal};
use store::{
    Caller, StoreError,
    roles::HeldRole,
    tx::{Cause, Permit, ReadTx, TenantRef, WriteTx, act},
    users::User,
};

use crate::{App, AppError};

/// What is done with a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Somebody gets it.
    Give,
    /// Somebody loses it.
    Take,
}

/// The roles somebody holds, and those the caller may give them and take from them.
#[derive(Debug, Clone)]
pub struct Roles {
    /// By code.
    pub held: Vec<HeldRole>,
    /// In the order in which they are shipped; none for whoever may not change any.
    pub possible: Vec<&'static Role>,
}

/// The roles of somebody the caller may see.
pub async fn of(tx: &mut ReadTx<'_>, tenant: &TenantRef, user: &User) -> Result<Roles, AppError> {
    let held = tx.roles_of(&[user.id]).await?;
    let possible = if tx.is_caller(user.id) { Vec::new() } else { possible(tx, tenant) };
    Ok(Roles { held, possible })
}

/// The roles the caller may give to people of a tenant, and take from them.
#[must_use]
pub fn possible(tx: &ReadTx<'_>, tenant: &TenantRef) -> Vec<&'static Role> {
    if tx.permit::<act::RoleGrant>(tenant).is_err() {
        return Vec::new();
    }
    permission::roles_on(tenant.kind).filter(|role| tx.may_give(tenant, role).is_ok()).collect()
}

/// Gives somebody a role, or takes it, and gives all they have then. What they have already is not given
/// anew, and what they have not is not taken.
pub async fn change(
    app: &App,
    caller: &Caller,
    (id, code): (UserId, &str),
    deed: Deed,
    cause: &Cause,
) -> Result<Roles, AppError> {
    let mut tx = app.store.write(caller).await?;
    let user = tx.user(id).await?;
    let tenant = tx.tenant(user.tenant).await?;
    let done = match named(&tenant, "role", code) {
        Ok(role) => change_of(&mut tx, tenant.id, (role, deed), &[id]).await,
        Err(error) => Err(AppError::field(error)),
    };
    if let Err(error) = done {
        drop(tx);
        return Err(app.note_denied(caller, tenant.id, error, cause).await);
    }
    let roles = of(&mut tx, &tenant, &user).await?;
    tx.commit(cause).await?;
    Ok(roles)
}

/// The role of a tenant that is written so: its code, however its words are put together.
pub(crate) fn named(tenant: &TenantRef, field: &str, text: &str) -> Result<&'static Role, FieldError> {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let wanted = bare(text);
    permission::roles_on(tenant.kind).find(|role| bare(role.code) == wanted).ok_or_else(|| {
        let known: Vec<_> = permission::roles_on(tenant.kind).map(|role| role.code).collect();
        FieldError::new(field, Rule::Unknown).with("value", text).with("known", known.join(", "))
    })
}

/// The same for many people of one tenant: all or none. Whoever asks is locked, too: of two who take from
/// each other at once, the second may not any more.
pub(crate) async fn change_of(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    (role, deed): (&Role, Deed),
    people: &[UserId],
) -> Result<(), AppError> {
    // Asked before, so that nobody waits for people they may do nothing to, and again for what holds now.
    let asked = tx.tenant(tenant).await?;
    may_change(tx, &asked, role, people)?;
    tx.lock_holders(tenant, people).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = may_change(tx, &tenant, role, people)?;
    match deed {
        Deed::Give => tx.give_role(&permit, people, role).await?,
        Deed::Take => tx.take_role(&permit, people, role).await?,
    }
    Ok(())
}

/// Whether the caller may give and take this role, and change what these people hold.
fn may_change(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    role: &Role,
    people: &[UserId],
) -> Result<Permit<act::RoleGrant>, AppError> {
    let permit = match tx.permit::<act::RoleGrant>(tenant) {
        // Somebody they may see, in a customer they know nothing of.
        Err(StoreError::NotFound(_)) => {
            let denial = Denial { permission: Permission::RoleGrant, reason: Refusal::NoGrant };
            return Err(AppError::Forbidden(Box::new(denial)));
        }
        permit => permit?,
    };
    tx.may_give(tenant, role)?;
    tx.may_change_roles(people)?;
    Ok(permit)
}
