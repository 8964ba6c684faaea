//! Names of a preview that the directory is asked about. How it is asked is in [`crate::engine`].

use domain::id::{BulkId, TargetId};

use super::Bulk;
use crate::{
    Store, StoreError,
    names::Name,
    ts,
    tx::{Permit, TenantRef, WriteTx, act},
};

/// Names a worker asks about at once.
const PART: usize = 1_000;

impl Store {
    /// Leaves a preview as it was shown, whatever the directory said of its names.
    pub async fn leave_preview(&self, id: BulkId) -> Result<(), StoreError> {
        sqlx::query!("SELECT leave_preview($1)", id.uuid()).fetch_one(&self.auth).await?;
        Ok(())
    }
}

impl WriteTx<'_> {
    /// Has a directory asked about the names of a preview of the permitted tenant's people that was just kept: each
    /// with whether the preview took it for somebody's there. What was asked about an earlier preview is not any more.
    pub async fn ask_names(
        &mut self,
        permit: &Permit<act::Ordinary>,
        bulk: BulkId,
        target: TargetId,
        names: &[(Name, bool)],
    ) -> Result<(), StoreError> {
        let (tenant, now, actor) = (permit.tenant.id, ts(self.now), self.caller.user().uuid());
        sqlx::query!("DELETE FROM name_question WHERE bulk_id = $1", bulk.uuid()).execute(self.sql()).await?;
        sqlx::query!(
            "UPDATE bulk SET names_asked_at = CASE WHEN $4 THEN $3::timestamptz END, names_version = version,
                    names_asked_by = $5, names_answered_at = NULL, names_differ = false
              WHERE id = $1 AND tenant_id = $2",
            bulk.uuid(),
            tenant.uuid(),
            now as _,
            !names.is_empty(),
            actor
        )
        .execute(self.sql())
        .await?;
        for (part, names) in (0_i32..).zip(names.chunks(PART)) {
            sqlx::query!(
                "INSERT INTO name_question (bulk_id, part, tenant_id, target_id, kinds, names, taken)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                bulk.uuid(),
                part,
                tenant.uuid(),
                target.uuid(),
                &names.iter().map(|(name, _)| name.kind.code()).collect::<Vec<_>>() as _,
                &names.iter().map(|(name, _)| &*name.value).collect::<Vec<_>>() as _,
                &names.iter().map(|(_, taken)| *taken).collect::<Vec<_>>()
            )
            .execute(self.sql())
            .await?;
        }
        self.wake |= !names.is_empty();
        Ok(())
    }

    /// Nobody wants to know any more what the directory says of the names of a preview.
    pub(super) async fn forget_questions(&mut self, of: &Bulk) -> Result<(), StoreError> {
        sqlx::query!("DELETE FROM name_question WHERE bulk_id = $1", of.id.uuid())
            .execute(self.sql())
            .await?;
        Ok(())
    }

    /// Locks a preview of whose names the directory said something else, and that nobody else is planning anew.
    pub async fn take_differing(&mut self, id: BulkId) -> Result<Option<(Bulk, TenantRef)>, StoreError> {
        let free = sqlx::query!(
            "SELECT id FROM bulk WHERE id = $1 AND state = 'previewed' AND names_differ AND names_answered_at IS NOT NULL
                FOR UPDATE SKIP LOCKED",
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?;
        let taken = self.bulk(id).await?;
        // Whoever may not see it any more is told so by the line before, and does not only find it locked.
        Ok(free.map(|_| taken))
    }
}
