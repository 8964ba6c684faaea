//! The modes of a directory: what its operator allows at present.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{TargetId, TenantId},
};

use crate::{
    StoreError,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// What may change of a directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ModeChange {
    /// Nothing is sent; what is wanted waits.
    pub maintenance: Option<bool>,
    /// It is looked at and never changed; what differs waits.
    pub read_only: Option<bool>,
}

impl ReadTx<'_> {
    /// The directory with this code, and whose it is.
    pub async fn directory_owner(&mut self, code: &str) -> Result<(TargetId, TenantId), StoreError> {
        let row =
            sqlx::query!("SELECT id, tenant_id FROM target WHERE code = $1 AND removed_at IS NULL", code)
                .fetch_optional(self.sql())
                .await?
                .ok_or(StoreError::NotFound("directory"))?;
        Ok((TargetId::from_uuid(row.id), TenantId::from_uuid(row.tenant_id)))
    }

    /// Whose a directory is.
    pub async fn operator_of(&mut self, target: TargetId) -> Result<TenantId, StoreError> {
        let owner = sqlx::query_scalar!("SELECT tenant_id FROM target WHERE id = $1", target.uuid())
            .fetch_optional(self.sql())
            .await?;
        owner.map(TenantId::from_uuid).ok_or(StoreError::NotFound("directory"))
    }

    /// Whether a directory is for its tenant alone.
    pub async fn is_dedicated(&mut self, target: TargetId) -> Result<bool, StoreError> {
        let dedicated = sqlx::query_scalar!("SELECT dedicated FROM target WHERE id = $1", target.uuid())
            .fetch_optional(self.sql())
            .await?;
        dedicated.ok_or(StoreError::NotFound("directory"))
    }

    /// Whether nothing may be changed in a directory.
    pub async fn is_read_only(&mut self, target: TargetId) -> Result<bool, StoreError> {
        let read_only = sqlx::query_scalar!("SELECT read_only FROM target WHERE id = $1", target.uuid())
            .fetch_optional(self.sql())
            .await?;
        read_only.ok_or(StoreError::NotFound("directory"))
    }
}

impl WriteTx<'_> {
    /// Changes the modes of a directory of the permitted tenant, if `version`
    /// is still the present one; gives the new version. What waited for a mode
    /// to end is due at once.
    pub async fn change_modes(
        &mut self,
        permit: &Permit<act::DirectoryManage>,
        target: TargetId,
        version: i64,
        change: ModeChange,
    ) -> Result<i64, StoreError> {
        let tenant = permit.tenant.id;
        let row = sqlx::query!(
            "SELECT maintenance, read_only, version FROM target WHERE id = $1 AND tenant_id = $2 FOR UPDATE",
            target.uuid(),
            tenant.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("directory"))?;
        if version != row.version {
            return Err(StoreError::Stale { present: row.version });
        }
        let maintenance = change.maintenance.unwrap_or(row.maintenance);
        let read_only = change.read_only.unwrap_or(row.read_only);
        let fields = [("maintenance", row.maintenance, maintenance), ("read_only", row.read_only, read_only)];
        let changes: Vec<_> = fields
            .into_iter()
            .filter(|(_, before, after)| before != after)
            .map(|(field, before, after)| FieldChange {
                field: field.into(),
                before: Some(before.to_string()),
                after: Some(after.to_string()),
                person: None,
            })
            .collect();
        if changes.is_empty() {
            return Ok(version);
        }
        sqlx::query!(
            "UPDATE target SET maintenance = $2, read_only = $3, version = version + 1 WHERE id = $1",
            target.uuid(),
            maintenance,
            read_only
        )
        .execute(self.sql())
        .await?;
        // Only what was looked at waits for a moment; everything else is due already.
        if row.read_only && !read_only {
            sqlx::query!(
                "UPDATE work w SET due_at = now() FROM external_object x
                  WHERE w.target_id = $1 AND x.object_id = w.object_id AND x.state = 'parked' AND w.due_at > now()",
                target.uuid()
            )
            .execute(self.sql())
            .await?;
        }
        self.wake = true;
        let of = ("directory", target.to_string());
        let (code, outcome) = ("directory.updated", Outcome::Success);
        self.events.push(Event { code, outcome, tenant, target: of, changes });
        Ok(version + 1)
    }
}
