//! How files are read, under names: kept by a tenant for itself and all below it.

use domain::import::{Mapping, signature};
use sqlx::types::Json;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

impl ReadTx<'_> {
    /// Names of the mappings that hold for a tenant, its own first.
    pub async fn import_mappings(
        &mut self,
        tenant: &TenantRef,
    ) -> Result<Vec<(String, Mapping)>, StoreError> {
        let path: Vec<_> = tenant.path.iter().map(|t| t.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT m.name AS "name!", m.mapping AS "mapping!: Json<Mapping>" FROM mappings_for($1) m ORDER BY m.depth DESC, m.name"#,
            &path
        )
        .fetch_all(self.sql())
        .await?;
        let mut seen = std::collections::BTreeSet::new();
        let all = rows.into_iter().map(|row| (row.name, row.mapping.0));
        Ok(all.filter(|(name, _)| seen.insert(name.clone())).collect())
    }

    /// Names of the mappings a tenant itself keeps.
    pub async fn own_import_mappings(&mut self, tenant: &TenantRef) -> Result<Vec<String>, StoreError> {
        let of = tenant.id.uuid();
        let names =
            sqlx::query_scalar!("SELECT name FROM import_mapping WHERE tenant_id = $1 ORDER BY name", of);
        Ok(names.fetch_all(self.sql()).await?)
    }

    /// The mapping of this name that holds for a tenant.
    pub async fn import_mapping(
        &mut self,
        tenant: &TenantRef,
        name: &str,
    ) -> Result<Option<Mapping>, StoreError> {
        let all = self.import_mappings(tenant).await?;
        Ok(all.into_iter().find(|(own, _)| own == name).map(|(_, mapping)| mapping))
    }

    /// The mapping that was kept for files with these headings.
    pub async fn import_mapping_for(
        &mut self,
        tenant: &TenantRef,
        headings: &[String],
    ) -> Result<Option<Mapping>, StoreError> {
        let Some(own) = signature(headings) else { return Ok(None) };
        let all = self.import_mappings(tenant).await?;
        Ok(all.into_iter().map(|(_, mapping)| mapping).find(|m| m.signature().as_ref() == Some(&own)))
    }
}

impl WriteTx<'_> {
    /// Keeps a mapping under a name, in place of the one that had it.
    pub async fn keep_import_mapping(
        &mut self,
        permit: &Permit<act::Ordinary>,
        name: &str,
        mapping: &Mapping,
    ) -> Result<(), StoreError> {
        let (tenant, now, actor) = (permit.tenant.id, ts(self.now), self.caller.user().uuid());
        sqlx::query!(
            "INSERT INTO import_mapping (tenant_id, name, mapping, created_by, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $5)
             ON CONFLICT (tenant_id, name) DO UPDATE SET mapping = excluded.mapping, updated_at = excluded.updated_at",
            tenant.uuid(),
            name,
            Json(mapping) as _,
            actor,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.note_mapping(tenant, name, "mapping.kept");
        Ok(())
    }

    /// Forgets a mapping; gives whether there was one.
    pub async fn forget_import_mapping(
        &mut self,
        permit: &Permit<act::Ordinary>,
        name: &str,
    ) -> Result<bool, StoreError> {
        let gone = sqlx::query!(
            "DELETE FROM import_mapping WHERE tenant_id = $1 AND name = $2",
            permit.tenant.id.uuid(),
            name
        )
        .execute(self.sql())
        .await?;
        if gone.rows_affected() > 0 {
            self.note_mapping(permit.tenant.id, name, "mapping.forgotten");
        }
        Ok(gone.rows_affected() > 0)
    }
}
