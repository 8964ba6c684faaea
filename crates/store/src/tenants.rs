//! Tenants: creating them, changing them, listing them.

use std::collections::BTreeMap;

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{BrandId, ObjectId, TargetId, TenantId},
    tenant::{Standing, Status, TenantKind},
};

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
    users::search_key,
};

/// A tenant that should exist below another.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its id.
    pub id: TenantId,
    /// What it is.
    pub kind: TenantKind,
    /// Unchangeable short name.
    pub code: String,
    /// Display name.
    pub name: String,
    /// Id in the invoicing system.
    pub billing_id: Option<String>,
    /// Whether it is billed.
    pub standing: Standing,
    /// The brand it is served under; inherited when none.
    pub brand: Option<BrandId>,
    /// BCP 47.
    pub language: String,
    /// IANA.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// The directory of its people; of a seller, the one its customers go to when nobody says.
    pub target: Option<TargetId>,
    /// How log-on names are made.
    pub naming_pattern: String,
    /// Object of its OU.
    pub folder: Option<ObjectId>,
    /// Object of the group of all its people.
    pub members: Option<ObjectId>,
}

/// What may change of a tenant, besides what it says in [`crate::settings`].
#[derive(Debug, Clone, Default)]
pub struct TenantChange {
    /// Display name.
    pub name: Option<String>,
    /// Id in the invoicing system.
    pub billing_id: Option<Option<String>>,
    /// Status.
    pub status: Option<Status>,
}

impl ReadTx<'_> {
    /// What directories with these codes are called, of those the caller may see.
    pub async fn directory_names(
        &mut self,
        codes: &[String],
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let rows =
            sqlx::query!("SELECT code, name FROM target WHERE removed_at IS NULL AND code = ANY($1)", codes)
                .fetch_all(self.sql())
                .await?;
        Ok(rows.into_iter().map(|row| (row.code, row.name)).collect())
    }

    /// The directory with this code.
    pub async fn target_by_code(&mut self, code: &str) -> Result<Option<TargetId>, StoreError> {
        let id = sqlx::query_scalar!("SELECT id FROM target WHERE code = $1 AND removed_at IS NULL", code)
            .fetch_optional(self.sql())
            .await?;
        Ok(id.map(TargetId::from_uuid))
    }

    /// Code and name of a directory, if the caller may see it.
    pub async fn target_names(&mut self, target: TargetId) -> Result<Option<(String, String)>, StoreError> {
        let row = sqlx::query!("SELECT code, name FROM target WHERE id = $1", target.uuid())
            .fetch_optional(self.sql())
            .await?;
        Ok(row.map(|row| (row.code, row.name)))
    }

    /// The brand with this code.
    pub async fn brand_by_code(&mut self, code: &str) -> Result<Option<BrandId>, StoreError> {
        let id = sqlx::query_scalar!("SELECT id FROM brand WHERE code = $1", code)
            .fetch_optional(self.sql())
            .await?;
        Ok(id.map(BrandId::from_uuid))
    }
}

impl WriteTx<'_> {
    /// Makes a customer below the permitted seller.
    pub async fn insert_customer(
        &mut self,
        permit: &Permit<act::OrderCreate>,
        tenant: &NewTenant,
    ) -> Result<(), StoreError> {
        self.insert_tenant(&permit.tenant.path, tenant).await
    }

    /// Makes a reseller below the permitted tenant.
    pub async fn insert_reseller(
        &mut self,
        permit: &Permit<act::ResellerCreate>,
        tenant: &NewTenant,
    ) -> Result<(), StoreError> {
        self.insert_tenant(&permit.tenant.path, tenant).await
    }

    async fn insert_tenant(&mut self, path: &[TenantId], tenant: &NewTenant) -> Result<(), StoreError> {
        let parent = *path.last().ok_or(StoreError::NotFound("tenant"))?;
        let now = ts(self.now);
        // The edge first: row-level security of the tenant asks the closure it makes.
        sqlx::query!(
            "INSERT INTO tenant_edge (child, parent, valid_from) VALUES ($1, $2, $3)",
            tenant.id.uuid(),
            parent.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        // With the edge the tree is locked: nobody closes the seller any more without seeing it.
        let closed = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM closed_tenant WHERE id = $1) AS "closed!""#,
            parent.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        if closed {
            return Err(StoreError::Closed);
        }
        sqlx::query!(
            "INSERT INTO tenant (id, kind, code, name, search_key, billing_id, standing, brand_id, language, time_zone,
                 currency, target_id, naming_pattern, folder_object, members_object, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            tenant.id.uuid(),
            tenant.kind.code(),
            tenant.code,
            tenant.name,
            search_key(&tenant.name),
            tenant.billing_id,
            tenant.standing.code(),
            tenant.brand.map(BrandId::uuid),
            tenant.language,
            tenant.time_zone,
            tenant.currency,
            tenant.target.map(TargetId::uuid),
            tenant.naming_pattern,
            tenant.folder.map(ObjectId::uuid),
            tenant.members.map(ObjectId::uuid),
            now as _
        )
        .execute(self.sql())
        .await?;
        let field = |field: &'static str, after: &str| FieldChange {
            field: field.into(),
            before: None,
            after: Some(after.to_owned()),
            person: None,
        };
        self.events.push(Event {
            code: match tenant.kind {
                TenantKind::Customer => "customer.created",
                _ => "reseller.created",
            },
            outcome: Outcome::Success,
            tenant: tenant.id,
            target: ("tenant", tenant.id.to_string()),
            changes: vec![
                field("code", &tenant.code),
                field("name", &tenant.name),
                field("standing", tenant.standing.code()),
                field("parent", &parent.to_string()),
            ],
        });
        Ok(())
    }

    /// Changes the permitted tenant, if `version` is still the present one.
    pub async fn update_tenant(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        version: Option<i64>,
        change: &TenantChange,
    ) -> Result<i64, StoreError> {
        self.change_tenant(permit.tenant.id, version, change, "tenant.updated").await
    }

    /// Suspends or resumes the permitted tenant.
    pub async fn set_status(
        &mut self,
        permit: &Permit<act::TenantSuspend>,
        status: Status,
    ) -> Result<i64, StoreError> {
        let code = match status {
            Status::Active => "tenant.resumed",
            Status::Suspended => "tenant.suspended",
            Status::Closed => return Err(StoreError::Conflict("closing is an act of its own")),
        };
        let change = TenantChange { status: Some(status), ..TenantChange::default() };
        self.change_tenant(permit.tenant.id, None, &change, code).await
    }

    async fn change_tenant(
        &mut self,
        id: TenantId,
        version: Option<i64>,
        change: &TenantChange,
        code: &'static str,
    ) -> Result<i64, StoreError> {
        let row = sqlx::query!(
            "SELECT name, billing_id, status, version FROM tenant WHERE id = $1 FOR NO KEY UPDATE",
            id.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        if version.is_some_and(|v| v != row.version) {
            return Err(StoreError::Stale { present: row.version });
        }
        let status = change.status.map(|s| s.code().to_owned());
        let mut changes = Vec::new();
        let mut note = |field: &'static str, before: &Option<String>, after: &Option<String>| {
            if before != after {
                changes.push(FieldChange {
                    field: field.into(),
                    before: before.clone(),
                    after: after.clone(),
                    person: None,
                });
            }
        };
        let own = |v: &Option<String>, old: &str| Some(v.clone().unwrap_or_else(|| old.to_owned()));
        let (name, status) = (own(&change.name, &row.name), own(&status, &row.status));
        let billing = change.billing_id.clone().unwrap_or_else(|| row.billing_id.clone());
        note("name", &Some(row.name), &name);
        note("status", &Some(row.status), &status);
        note("billing_id", &row.billing_id, &billing);
        if changes.is_empty() {
            return Ok(row.version);
        }
        let (version, now) = (row.version + 1, ts(self.now));
        sqlx::query!(
            "UPDATE tenant SET name = $2, search_key = $3, status = $4, billing_id = $5, version = $6,
                    status_at = CASE WHEN status = $4 THEN status_at ELSE $7 END WHERE id = $1",
            id.uuid(),
            name,
            name.as_deref().map(search_key),
            status,
            billing,
            version,
            now as _
        )
        .execute(self.sql())
        .await?;
        let target = ("tenant", id.to_string());
        self.events.push(Event { code, outcome: Outcome::Success, tenant: id, target, changes });
        Ok(version)
    }
}
