//! The suffixes of a customer's principal names: claimed by one customer only,
//! reserved for a time after they were given up.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::TenantId,
};

use crate::{
    StoreError,
    names::Name,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

/// A suffix, and how many people use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suffix {
    /// The domain.
    pub value: String,
    /// Names that are made get it.
    pub primary: bool,
    /// People with a principal name at it, also those who can be restored.
    pub people: i64,
}

impl ReadTx<'_> {
    /// The suffixes of the permitted tenant, the one for made names first.
    pub async fn suffixes(&mut self, permit: &Permit<act::TenantRead>) -> Result<Vec<Suffix>, StoreError> {
        let tenant = &permit.tenant;
        let mut all = Vec::with_capacity(tenant.suffixes.len());
        for (place, value) in tenant.suffixes.iter().enumerate() {
            let people = self.people_at(tenant.id, value).await?;
            all.push(Suffix { value: value.clone(), primary: place == 0, people });
        }
        Ok(all)
    }

    async fn people_at(&mut self, tenant: TenantId, suffix: &str) -> Result<i64, StoreError> {
        let people = sqlx::query_scalar!(
            r#"SELECT count(*) AS "n!" FROM users WHERE tenant_id = $1 AND (deleted_at IS NULL OR purge_at IS NOT NULL)
                  AND right(principal_name, length($2::text) + 1) = '@' || $2"#,
            tenant.uuid(),
            suffix
        )
        .fetch_one(self.sql())
        .await?;
        Ok(people)
    }
}

impl WriteTx<'_> {
    /// Locks the permitted tenant's suffixes until the end and gives them as they are.
    async fn lock_suffixes(&mut self, permit: &Permit<act::OrderCreate>) -> Result<TenantRef, StoreError> {
        let id = permit.tenant.id;
        sqlx::query!("SELECT id FROM tenant WHERE id = $1 FOR NO KEY UPDATE", id.uuid())
            .fetch_one(self.sql())
            .await?;
        self.tenant(id).await
    }

    /// Claims a suffix for the permitted tenant, or makes one it has the one for
    /// made names; false when somebody else has it, or had it a short while ago.
    pub async fn claim_suffix(
        &mut self,
        permit: &Permit<act::OrderCreate>,
        suffix: &str,
        primary: bool,
    ) -> Result<bool, StoreError> {
        let before = self.lock_suffixes(permit).await?;
        let id = before.id;
        let has = before.suffixes.iter().any(|s| s == suffix);
        if !has && !self.reserve(id, &[(Name::suffix(suffix), id.uuid())]).await?.is_empty() {
            return Ok(false);
        }
        // Another that sorts before the first does not become the one for made names.
        let first = match (primary, before.suffixes.first()) {
            (false, Some(first)) => first.as_str(),
            _ => suffix,
        };
        let moved = before.suffixes.first().map(String::as_str) != Some(first);
        if has && !moved {
            return Ok(true);
        }
        self.set_first(id, first).await?;
        if !has {
            self.note_suffix(id, "tenant.suffix_added", None, Some(suffix));
        }
        if moved {
            self.note_suffix(id, "tenant.updated", before.suffixes.first().map(String::as_str), Some(first));
        }
        Ok(true)
    }

    /// Gives a suffix of the permitted tenant up. Gives how many people use it; then
    /// it stays, as the one for made names does.
    pub async fn release_suffix(
        &mut self,
        permit: &Permit<act::OrderCreate>,
        suffix: &str,
    ) -> Result<i64, StoreError> {
        let before = self.lock_suffixes(permit).await?;
        if !before.suffixes.iter().any(|s| s == suffix) {
            return Err(StoreError::NotFound("suffix"));
        }
        if before.suffixes.len() == 1 {
            return Err(StoreError::LastSuffix);
        }
        let people = self.people_at(before.id, suffix).await?;
        if people > 0 {
            return Ok(people);
        }
        self.release(before.id.uuid(), &[Name::suffix(suffix)]).await?;
        let first = before.suffixes.iter().find(|s| *s != suffix).map_or("", String::as_str);
        self.set_first(before.id, if before.suffixes[0] == suffix { first } else { &before.suffixes[0] })
            .await?;
        self.note_suffix(before.id, "tenant.suffix_removed", Some(suffix), None);
        Ok(0)
    }

    async fn set_first(&mut self, tenant: TenantId, suffix: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE tenant SET primary_suffix = $2, version = version + 1 WHERE id = $1",
            tenant.uuid(),
            suffix
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    fn note_suffix(
        &mut self,
        tenant: TenantId,
        code: &'static str,
        before: Option<&str>,
        after: Option<&str>,
    ) {
        let own = |value: Option<&str>| value.map(str::to_owned);
        let change =
            FieldChange { field: "upn_suffix".into(), before: own(before), after: own(after), person: None };
        let target = ("tenant", tenant.to_string());
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes: vec![change] });
    }
}
