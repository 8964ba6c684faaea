//! Brands: by which host names people reach one, its pictures, and how it looks. Its texts
//! and colours are settings ([`crate::settings`]).

use std::{collections::BTreeMap, fmt::Write as _};

use domain::{
    brand::{self, Look, Picture, Set},
    field::{FieldError, Rule},
    id::TenantId,
    limits,
    permission::Permission,
    tenant::TenantKind,
};
use policy::{Denial, Refusal};
use store::{
    Caller, StoreError,
    tx::{Cause, Permit, TenantRef, WriteTx, act},
    views::TenantSearch,
};

use crate::{App, AppError, settings::From};

pub use store::brands::{HostName, Shown};

/// The brand of a tenant, as those who look after it see it.
#[derive(Debug, Clone)]
pub struct View {
    /// The tenant.
    pub tenant: TenantRef,
    /// Its own host names.
    pub hosts: Vec<HostName>,
    /// The host name by which its people come; none where nobody gave one.
    pub people_at: Option<String>,
    /// What holds of each picture, and where it comes from.
    pub pictures: Vec<(Picture, Option<Set>, From)>,
    /// What holds.
    pub look: Look,
    /// Whether the caller may change it.
    pub may_change: bool,
    /// Whether the caller may give and take its host names.
    pub may_host: bool,
    /// Code and name of the tenants above that the caller may know.
    pub known: BTreeMap<TenantId, (String, String)>,
}

impl App {
    /// What is shown under a host name.
    pub async fn brand_at(&self, host: &str) -> Result<Shown, AppError> {
        Ok(self.store.brand_at(host).await?)
    }

    /// A picture that is shown under a host name.
    pub async fn picture_at(&self, host: &str, digest: &str) -> Result<Vec<u8>, AppError> {
        self.store.picture_at(host, digest).await?.ok_or(AppError::NotFound("picture"))
    }

    /// The host name by which the holder of a link, and everybody of the same tenant, comes.
    pub async fn host_of_link(&self, token: &str) -> Result<Option<String>, AppError> {
        Ok(self.store.host_of_link(token).await?)
    }
}

/// The brand of a tenant.
pub async fn show(app: &App, caller: &Caller, tenant: TenantId) -> Result<View, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = tx.permit::<act::TenantRead>(&tenant)?;
    let own = tx.own_brand(tenant.id).await?;
    let hosts = tx.host_names(&permit).await?;
    let people_at = tx.host_of(tenant.id).await?;
    let ids = TenantSearch { ids: Some(tenant.path.clone()), ..TenantSearch::default() };
    let most = u32::try_from(limits::TENANT_DEPTH).unwrap_or(u32::MAX);
    let known = tx.tenant_views(&ids, None, most).await?;
    let may_change = tx.permit::<act::TenantUpdate>(&tenant).is_ok();
    let may_host = match tx.tenant(above(&tenant)).await {
        Ok(above) => tx.permit::<act::TenantUpdate>(&above).is_ok(),
        Err(StoreError::NotFound(_)) => false,
        Err(error) => return Err(error.into()),
    };
    tx.finish().await?;
    let pictures = Picture::ALL.iter().map(|picture| {
        let set = own.look.picture(*picture).cloned();
        let from = set.as_ref().map_or(From::Default, |set| match set.tenant == tenant.id {
            true => From::Own,
            false => From::Above(set.tenant),
        });
        (*picture, set, from)
    });
    Ok(View {
        pictures: pictures.collect(),
        look: own.look,
        known: known.into_iter().map(|t| (t.id, (t.code, t.name))).collect(),
        tenant,
        hosts,
        people_at,
        may_change,
        may_host,
    })
}

/// The bytes of the picture that holds for a tenant.
pub async fn picture(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    picture: Picture,
) -> Result<(String, Vec<u8>), AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    let own = tx.own_brand(tenant.id).await?;
    let set = own.look.picture(picture).ok_or(AppError::NotFound("picture"))?;
    let bytes = tx.picture(set).await?;
    tx.finish().await?;
    Ok((set.digest.clone(), bytes))
}

/// Sets a picture of a tenant; with none it inherits that of the tenant above.
pub async fn set_picture(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    picture: Picture,
    bytes: Option<&[u8]>,
    cause: &Cause,
) -> Result<(), AppError> {
    if let Some(bytes) = bytes {
        brand::check(picture, picture.code(), bytes).map_err(AppError::field)?;
    }
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = match tx.permit::<act::TenantUpdate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    let digest = bytes.map(digest).unwrap_or_default();
    tx.set_picture(&permit, picture, bytes.map(|bytes| (digest.as_str(), bytes))).await?;
    tx.commit(cause).await?;
    Ok(())
}

fn digest(bytes: &[u8]) -> String {
    store::seal::hash(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Gives a tenant a host name: people under it see its brand, and nobody but those at and
/// below it can sign in there. Those above give it, so that nobody takes the name of somebody
/// else's door; the provider has nobody above.
pub async fn add_host_name(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    name: &str,
    cause: &Cause,
) -> Result<(), AppError> {
    let name = brand::host_name("name", name).map_err(AppError::field)?;
    let mut tx = app.store.write(caller).await?;
    let (tenant, permit) = match host_permit(&mut tx, tenant).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant, error, cause).await);
        }
    };
    let taken = || AppError::field(FieldError::new("name", Rule::Taken).with("value", &name));
    // By the address of the instance everybody comes who has no host name of their own.
    if app.own_host.as_deref() == Some(name.as_str()) && tenant.kind != TenantKind::Provider {
        return Err(taken());
    }
    let read = tx.permit::<act::TenantRead>(&tenant)?;
    let present = tx.host_names(&read).await?;
    if present.iter().any(|host| host.name == name) {
        return Ok(());
    }
    if i64::try_from(present.len()).unwrap_or(i64::MAX) >= limits::HOST_NAMES {
        let error = FieldError::new("name", Rule::TooMany).with("max", limits::HOST_NAMES);
        return Err(AppError::field(error));
    }
    if !tx.add_host_name(&permit, tenant.id, &name).await? {
        return Err(taken());
    }
    tx.commit(cause).await?;
    Ok(())
}

/// Takes a host name from a tenant.
pub async fn remove_host_name(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    name: &str,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let (tenant, permit) = match host_permit(&mut tx, tenant).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant, error, cause).await);
        }
    };
    tx.remove_host_name(&permit, tenant.id, &name.to_lowercase()).await?;
    tx.commit(cause).await?;
    Ok(())
}

/// Who decides about the host names of a tenant: the one above it; of the provider, itself.
pub(crate) fn above(tenant: &TenantRef) -> TenantId {
    match tenant.path.as_slice() {
        [.., above, _] => *above,
        _ => tenant.id,
    }
}

async fn host_permit(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
) -> Result<(TenantRef, Permit<act::TenantUpdate>), AppError> {
    let tenant = tx.tenant(tenant).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    let permit = permit_above(tx, &tenant).await?;
    Ok((tenant, permit))
}

/// What only whoever stands above may do to a tenant. The transaction is about that one then.
pub(crate) async fn permit_above(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
) -> Result<Permit<act::TenantUpdate>, AppError> {
    // Who may see the tenant and not the one above may know that it is not for them.
    let permit = match tx.tenant(above(tenant)).await {
        Ok(above) => tx.permit::<act::TenantUpdate>(&above),
        Err(error) => Err(error),
    };
    match permit {
        Ok(permit) => Ok(permit),
        Err(StoreError::NotFound(_)) => {
            let denial = Denial { permission: Permission::TenantUpdate, reason: Refusal::NoGrant };
            Err(AppError::Forbidden(Box::new(denial)))
        }
        Err(error) => Err(error.into()),
    }
}
