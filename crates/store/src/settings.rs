//! Settings: what tenants say, and what holds below them.

use std::collections::BTreeMap;

use domain::{
    event::{Event, FieldChange, Outcome},
    id::TenantId,
    setting::{Said, Setting, effective},
};

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

/// What came of a change.
#[derive(Debug, Clone, Default)]
pub struct Resettled {
    /// The version of the tenant now.
    pub version: i64,
    /// The tenants in which another time zone holds now, and which.
    pub zone: Option<(String, Vec<TenantId>)>,
}

/// Why a currency stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Billed;

impl ReadTx<'_> {
    /// Everything the tenants of `path` said.
    pub async fn said(&mut self, path: &[TenantId]) -> Result<Vec<Said>, StoreError> {
        let ids: Vec<_> = path.iter().map(|tenant| tenant.uuid()).collect();
        let rows =
            sqlx::query!("SELECT tenant_id, name, value FROM tenant_setting WHERE tenant_id = ANY($1)", &ids)
                .fetch_all(self.sql())
                .await?;
        // One that only a later version knows says nothing here.
        let said = rows.into_iter().filter_map(|row| {
            let setting = Setting::from_code(&row.name)?;
            Some(Said { setting, tenant: TenantId::from_uuid(row.tenant_id), value: row.value })
        });
        Ok(said.collect())
    }

    /// What holds of one setting for the tenant at the end of `path`.
    pub async fn setting(
        &mut self,
        path: &[TenantId],
        setting: Setting,
    ) -> Result<Option<String>, StoreError> {
        let said = self.said(path).await?;
        let found = effective(&said, path).get(&setting).map(|one| one.value.clone());
        Ok(found.or_else(|| setting.product_value()))
    }
}

impl WriteTx<'_> {
    /// Changes what the permitted tenant says, if `version` is still the present one;
    /// `None` says nothing any more. A tenant of which something was ordered keeps its
    /// currency: of it the change is refused, and for those below it does not hold.
    pub async fn say_settings(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        version: i64,
        changes: &BTreeMap<Setting, Option<String>>,
    ) -> Result<Result<Resettled, Billed>, StoreError> {
        let tenant = permit.tenant.id;
        let present =
            sqlx::query_scalar!("SELECT version FROM tenant WHERE id = $1 FOR NO KEY UPDATE", tenant.uuid())
                .fetch_one(self.sql())
                .await?;
        if version != present {
            return Err(StoreError::Stale { present });
        }
        let path = permit.tenant.path.clone();
        let said = self.said(&path).await?;
        let own =
            |setting| said.iter().find(|s| s.setting == setting && s.tenant == tenant).map(|s| &s.value);
        let changes: BTreeMap<_, _> =
            changes.iter().filter(|(setting, value)| own(**setting) != value.as_ref()).collect();
        if changes.is_empty() {
            return Ok(Ok(Resettled { version, zone: None }));
        }
        let above = path.split_last().map_or(&[][..], |(_, above)| above);
        let inherited = effective(&said, above);
        let mut resettled = Resettled { version: version + 1, zone: None };
        let holds = |setting: Setting, value: &Option<String>| {
            value.clone().or_else(|| inherited.get(&setting).map(|one| one.value.clone()))
        };
        if let Some(value) = changes.get(&Setting::Currency) {
            let other = holds(Setting::Currency, value).is_some_and(|next| next != permit.tenant.currency);
            if other {
                // Whoever subscribes to something in the present currency comes to an end first.
                sqlx::query!("SELECT pg_advisory_xact_lock(7236117)").fetch_one(self.sql()).await?;
            }
            if other && !self.keep_currency(tenant).await? {
                return Ok(Err(Billed));
            }
        }
        self.write_settings(tenant, &changes).await?;
        for (setting, value) in &changes {
            let (setting, Some(value)) = (**setting, holds(**setting, value)) else { continue };
            if !setting.is_needed() {
                continue;
            }
            let reached = self.spread(tenant, setting, &value).await?;
            if setting == Setting::TimeZone && !reached.is_empty() {
                resettled.zone = Some((value, reached));
            }
        }
        sqlx::query!("UPDATE tenant SET version = $2 WHERE id = $1", tenant.uuid(), version + 1)
            .execute(self.sql())
            .await?;
        let told = changes.iter().map(|(setting, after)| FieldChange {
            field: setting.code().into(),
            before: own(**setting).cloned(),
            after: (*after).clone(),
            person: None,
        });
        let told = told.collect();
        self.note_settings(tenant, told);
        Ok(Ok(resettled))
    }

    /// Until the end of the transaction the tenant keeps the currency in which it was read.
    pub async fn hold_currency(&mut self, tenant: &TenantRef) -> Result<(), StoreError> {
        sqlx::query!("SELECT pg_advisory_xact_lock_shared(7236117)").fetch_one(self.sql()).await?;
        let present = sqlx::query!("SELECT currency, version FROM tenant WHERE id = $1", tenant.id.uuid())
            .fetch_one(self.sql())
            .await?;
        if present.currency == tenant.currency {
            Ok(())
        } else {
            Err(StoreError::Stale { present: present.version })
        }
    }

    async fn write_settings(
        &mut self,
        tenant: TenantId,
        changes: &BTreeMap<&Setting, &Option<String>>,
    ) -> Result<(), StoreError> {
        let gone: Vec<_> =
            changes.iter().filter(|(_, v)| v.is_none()).map(|(s, _)| s.code().to_owned()).collect();
        let (names, values): (Vec<_>, Vec<_>) =
            changes.iter().filter_map(|(s, v)| Some((s.code().to_owned(), (*v).clone()?))).unzip();
        let now = ts(self.now);
        sqlx::query!(
            "WITH gone AS (DELETE FROM tenant_setting WHERE tenant_id = $1 AND name = ANY($2))
             INSERT INTO tenant_setting (tenant_id, name, value, updated_at)
             SELECT $1, a.name, a.value, $5 FROM unnest($3::text[], $4::text[]) AS a (name, value)
             ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            tenant.uuid(),
            &gone,
            &names,
            &values,
            now as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Writes what holds now into the rows of the tenant and of those below that say
    /// nothing themselves; gives those in which something else held.
    async fn spread(
        &mut self,
        tenant: TenantId,
        setting: Setting,
        value: &str,
    ) -> Result<Vec<TenantId>, StoreError> {
        let ids = sqlx::query_scalar!(
            r#"WITH reached AS (
                   SELECT c.descendant AS id FROM tenant_closure c WHERE c.ancestor = $1 AND NOT EXISTS (
                       SELECT FROM tenant_closure u JOIN tenant_setting s ON s.tenant_id = u.ancestor AND s.name = $2
                        WHERE u.descendant = c.descendant AND u.depth < c.depth))
               UPDATE tenant t SET version = t.version + 1,
                      language = CASE $2 WHEN 'language' THEN $3 ELSE t.language END,
                      time_zone = CASE $2 WHEN 'time_zone' THEN $3 ELSE t.time_zone END,
                      currency = CASE $2 WHEN 'currency' THEN $3 ELSE t.currency END,
                      naming_pattern = CASE $2 WHEN 'naming_pattern' THEN $3 ELSE t.naming_pattern END
                 FROM reached r
                WHERE t.id = r.id AND $3 <> CASE $2 WHEN 'language' THEN t.language WHEN 'time_zone' THEN t.time_zone
                      WHEN 'currency' THEN t.currency WHEN 'naming_pattern' THEN t.naming_pattern END
               RETURNING t.id"#,
            tenant.uuid(),
            setting.code(),
            value
        )
        .fetch_all(self.sql())
        .await?;
        Ok(ids.into_iter().map(TenantId::from_uuid).collect())
    }

    /// Those below a tenant that inherit its currency and of which something was ordered
    /// say it themselves from now on: facts in a ledger have no currency of their own, so
    /// another one would change what was agreed, without anybody at them having said so.
    /// False when the tenant itself is one of them.
    async fn keep_currency(&mut self, tenant: TenantId) -> Result<bool, StoreError> {
        let now = ts(self.now);
        let kept = sqlx::query!(
            r#"WITH reached AS (
                   SELECT c.descendant AS id FROM tenant_closure c WHERE c.ancestor = $1 AND NOT EXISTS (
                       SELECT FROM tenant_closure u JOIN tenant_setting s ON s.tenant_id = u.ancestor AND s.name = 'currency'
                        WHERE u.descendant = c.descendant AND u.depth < c.depth))
               INSERT INTO tenant_setting (tenant_id, name, value, updated_at)
               SELECT t.id, 'currency', t.currency, $2 FROM reached r JOIN tenant t ON t.id = r.id
                WHERE EXISTS (SELECT FROM fact f WHERE f.tenant_id = t.id) ORDER BY t.id
               ON CONFLICT (tenant_id, name) DO UPDATE SET updated_at = tenant_setting.updated_at
               RETURNING tenant_id, value"#,
            tenant.uuid(),
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        if kept.iter().any(|row| row.tenant_id == tenant.uuid()) {
            return Ok(false);
        }
        for row in kept {
            let field = Setting::Currency.code().into();
            let change = FieldChange { field, before: None, after: Some(row.value), person: None };
            self.note_settings(TenantId::from_uuid(row.tenant_id), vec![change]);
        }
        Ok(true)
    }

    fn note_settings(&mut self, tenant: TenantId, changes: Vec<FieldChange>) {
        let target = ("tenant", tenant.to_string());
        self.events.push(Event {
            code: "tenant.settings",
            outcome: Outcome::Success,
            tenant,
            target,
            changes,
        });
    }
}
