//! Brands: what tenants said and set of them, host names, pictures. What holds of it follows
//! in [`domain::brand`].

use domain::{
    brand::{Look, Picture, Set},
    event::{Event, FieldChange, Outcome},
    id::TenantId,
    mail,
    setting::{Said, Setting},
};
use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Store, StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// Everything that was said and set of the brand of a tenant, on its way up.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub(crate) struct Parts {
    path: Vec<Uuid>,
    configured: Vec<(Uuid, String)>,
    said: Vec<(Uuid, String, String)>,
    set: Vec<(Uuid, String, String)>,
}

/// What is known of the brand of a tenant.
#[derive(Debug, Clone, Default)]
pub struct OwnBrand {
    /// Names that the configuration gives, where they begin.
    pub configured: Vec<Said>,
    /// Pictures set on the way up.
    pub set: Vec<Set>,
    /// What holds.
    pub look: Look,
}

impl Parts {
    fn own(self) -> OwnBrand {
        let path: Vec<_> = self.path.into_iter().map(TenantId::from_uuid).collect();
        let name = |(tenant, value)| Said {
            setting: Setting::BrandName,
            tenant: TenantId::from_uuid(tenant),
            value,
        };
        let configured: Vec<_> = self.configured.into_iter().map(name).collect();
        // What only a later version knows says nothing here.
        let said = self.said.into_iter().filter_map(|(tenant, name, value)| {
            let setting = Setting::from_code(&name)?;
            Some(Said { setting, tenant: TenantId::from_uuid(tenant), value })
        });
        // What a tenant says itself comes last, and holds.
        let said: Vec<_> = configured.iter().cloned().chain(said).collect();
        let set = self.set.into_iter().filter_map(|(tenant, picture, digest)| {
            let picture = Picture::from_code(&picture)?;
            Some(Set { picture, tenant: TenantId::from_uuid(tenant), digest })
        });
        let set: Vec<_> = set.collect();
        OwnBrand { look: Look::of(&path, &said, &set), configured, set }
    }
}

/// The brand of a mail, from its columns.
pub(crate) fn of_mail(
    host: Option<String>,
    parts: Option<Json<Parts>>,
    code: Option<String>,
    configured: Option<String>,
) -> Option<mail::Brand> {
    match (parts, configured) {
        (Some(parts), _) => Some(mail::Brand { code: None, host, look: parts.0.own().look }),
        (None, Some(name)) => Some(mail::Brand { code, host, look: Look::named(name) }),
        (None, None) => None,
    }
}

/// What is shown under a host name.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Whose the host name is; none of the configuration's, and of one nobody has.
    pub tenant: Option<TenantId>,
    /// The brand.
    pub look: Look,
}

/// A host name of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName {
    /// It.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
}

impl Store {
    /// What is shown under a host name: nothing under one that nobody has.
    pub async fn brand_at(&self, host: &str) -> Result<Shown, StoreError> {
        let row = sqlx::query!(
            r#"SELECT tenant AS "tenant?", parts AS "parts?: Json<Parts>", configured AS "configured?" FROM brand_at($1)"#,
            host
        )
        .fetch_optional(&self.auth)
        .await?;
        let Some(row) = row else { return Ok(Shown::default()) };
        let look = match (row.parts, row.configured) {
            (Some(parts), _) => parts.0.own().look,
            (None, name) => name.map(Look::named).unwrap_or_default(),
        };
        Ok(Shown { tenant: row.tenant.map(TenantId::from_uuid), look })
    }

    /// A picture of the brand under a host name.
    pub async fn picture_at(&self, host: &str, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar!("SELECT picture_at($1, $2)", host, digest).fetch_one(&self.auth).await?)
    }

    /// The host name by which the holder of a link, and everybody of the same tenant, comes.
    pub async fn host_of_link(&self, token: &str) -> Result<Option<String>, StoreError> {
        let Some(link) = self.keys.activation_of(token) else { return Ok(None) };
        let host = sqlx::query_scalar!(
            "SELECT host_for(a.tenant_id) FROM activation a WHERE a.id = $1",
            link.uuid()
        )
        .fetch_optional(&self.auth)
        .await?;
        Ok(host.flatten())
    }

    /// Whether people of a tenant may come by a host name: it is nobody's, the configuration's,
    /// or one of a tenant on their way up.
    pub async fn host_takes(&self, host: &str, tenant: TenantId) -> Result<bool, StoreError> {
        let takes = sqlx::query_scalar!(
            r#"SELECT NOT EXISTS (SELECT FROM host_name h WHERE h.name = $1 AND NOT EXISTS (
                   SELECT FROM tenant_closure c WHERE c.ancestor = h.tenant_id AND c.descendant = $2)) AS "takes!""#,
            host,
            tenant.uuid()
        )
        .fetch_one(&self.auth)
        .await?;
        Ok(takes)
    }
}

impl ReadTx<'_> {
    /// What is known of the brand of a tenant of the caller, or above it.
    pub async fn own_brand(&mut self, tenant: TenantId) -> Result<OwnBrand, StoreError> {
        let parts =
            sqlx::query_scalar!(r#"SELECT own_brand_parts($1) AS "parts?: Json<Parts>""#, tenant.uuid())
                .fetch_one(self.sql())
                .await?;
        Ok(parts.map(|parts| parts.0.own()).unwrap_or_default())
    }

    /// The host names of the permitted tenant, the first first.
    pub async fn host_names(
        &mut self,
        permit: &Permit<act::TenantRead>,
    ) -> Result<Vec<HostName>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT name, created_at AS "created_at!: jiff_sqlx::Timestamp" FROM host_name
                WHERE tenant_id = $1 ORDER BY created_at, name"#,
            permit.tenant.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let name = |name, at: jiff_sqlx::Timestamp| HostName { name, created_at: at.to_jiff() };
        Ok(rows.into_iter().map(|row| name(row.name, row.created_at)).collect())
    }

    /// The host name by which the people of a tenant of the caller reach their brand.
    pub async fn host_of(&mut self, tenant: TenantId) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar!("SELECT host_for($1)", tenant.uuid()).fetch_one(self.sql()).await?)
    }

    /// The host names of the tenants of a path, of those the caller may see.
    pub async fn host_names_on(&mut self, path: &[TenantId]) -> Result<Vec<String>, StoreError> {
        let ids: Vec<_> = path.iter().map(|tenant| tenant.uuid()).collect();
        Ok(sqlx::query_scalar!("SELECT name FROM host_name WHERE tenant_id = ANY($1)", &ids)
            .fetch_all(self.sql())
            .await?)
    }

    /// The bytes of a picture that was set at a tenant at or above one of the caller's.
    pub async fn picture(&mut self, set: &Set) -> Result<Vec<u8>, StoreError> {
        sqlx::query_scalar!(
            "SELECT bytes FROM brand_picture WHERE tenant_id = $1 AND picture = $2 AND digest = $3",
            set.tenant.uuid(),
            set.picture.code(),
            set.digest
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("picture"))
    }
}

impl WriteTx<'_> {
    /// Gives a host name to a tenant, which those above it permit; false when somebody has it.
    pub async fn add_host_name(
        &mut self,
        _above: &Permit<act::TenantUpdate>,
        tenant: TenantId,
        name: &str,
    ) -> Result<bool, StoreError> {
        let now = ts(self.now);
        let added = sqlx::query!(
            "INSERT INTO host_name (name, tenant_id, created_at)
             SELECT $1::text, $2::uuid, $3::timestamptz WHERE NOT host_name_taken($1) ON CONFLICT DO NOTHING",
            name,
            tenant.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        self.note_brand(tenant, "tenant.host_name_added", "host_name", None, Some(name.to_owned()));
        Ok(true)
    }

    /// Takes a host name from a tenant.
    pub async fn remove_host_name(
        &mut self,
        _above: &Permit<act::TenantUpdate>,
        tenant: TenantId,
        name: &str,
    ) -> Result<(), StoreError> {
        let gone =
            sqlx::query!("DELETE FROM host_name WHERE tenant_id = $1 AND name = $2", tenant.uuid(), name)
                .execute(self.sql())
                .await?;
        if gone.rows_affected() == 0 {
            return Err(StoreError::NotFound("host name"));
        }
        self.note_brand(tenant, "tenant.host_name_removed", "host_name", Some(name.to_owned()), None);
        Ok(())
    }

    /// Sets a picture of the permitted tenant, or, without one, inherits it again.
    pub async fn set_picture(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        picture: Picture,
        wanted: Option<(&str, &[u8])>,
    ) -> Result<(), StoreError> {
        let tenant = permit.tenant.id;
        let before = sqlx::query_scalar!(
            "SELECT digest FROM brand_picture WHERE tenant_id = $1 AND picture = $2 FOR UPDATE",
            tenant.uuid(),
            picture.code()
        )
        .fetch_optional(self.sql())
        .await?;
        let after = wanted.map(|(digest, _)| digest.to_owned());
        if before == after {
            return Ok(());
        }
        let now = ts(self.now);
        match wanted {
            Some((digest, bytes)) => {
                sqlx::query!(
                    "INSERT INTO brand_picture (tenant_id, picture, digest, bytes, updated_at)
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, picture) DO UPDATE
                        SET digest = excluded.digest, bytes = excluded.bytes, updated_at = excluded.updated_at",
                    tenant.uuid(),
                    picture.code(),
                    digest,
                    bytes,
                    now as _
                )
                .execute(self.sql())
                .await?;
            }
            None => {
                sqlx::query!(
                    "DELETE FROM brand_picture WHERE tenant_id = $1 AND picture = $2",
                    tenant.uuid(),
                    picture.code()
                )
                .execute(self.sql())
                .await?;
            }
        }
        self.note_brand(tenant, "tenant.brand_picture", picture.code(), before, after);
        Ok(())
    }

    fn note_brand(
        &mut self,
        tenant: TenantId,
        code: &'static str,
        field: &'static str,
        before: Option<String>,
        after: Option<String>,
    ) {
        let change = FieldChange { field: field.into(), before, after, person: None };
        let target = ("tenant", tenant.to_string());
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes: vec![change] });
    }
}
