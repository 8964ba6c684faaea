//! Who is meant by the rows of a file, and what these people have.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    id::{ObjectId, TenantId, UserId},
    limits,
};
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, act},
    users::{User, UserSearch, search_key},
};

/// By what a row and a person are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The key of the person in a system of the customer.
    ExternalId,
    /// The login name, in any case.
    PrincipalName,
    /// The number at the employer; two people may have the same.
    EmployeeId,
    /// `sAMAccountName`, in any case.
    LogonName,
    /// The name as shown, in any case; several may have the same.
    DisplayName,
}

impl ReadTx<'_> {
    /// Whether this is who calls.
    #[must_use]
    pub fn is_caller(&self, user: UserId) -> bool {
        self.caller.user() == user
    }

    /// The people of the permitted tenant with these keys: of each key, those who have it.
    pub async fn people_by(
        &mut self,
        permit: &Permit<act::UserRead>,
        key: Key,
        values: &[String],
    ) -> Result<BTreeMap<String, Vec<UserId>>, StoreError> {
        let tenant = permit.tenant.id.uuid();
        let lower: Vec<_> = values.iter().map(|value| value.to_lowercase()).collect();
        let mut found: BTreeMap<String, Vec<UserId>> = BTreeMap::new();
        let mut add = |key: Option<String>, id: Uuid| {
            found.entry(key.unwrap_or_default()).or_default().push(UserId::from_uuid(id));
        };
        match key {
            Key::PrincipalName => sqlx::query!(
                r#"SELECT id, principal_name AS key FROM users
                    WHERE tenant_id = $1 AND principal_name = ANY($2) AND deleted_at IS NULL"#,
                tenant,
                &lower
            )
            .fetch_all(self.sql())
            .await?
            .into_iter()
            .for_each(|row| add(Some(row.key), row.id)),
            Key::DisplayName => sqlx::query!(
                r#"SELECT id, search_key AS key FROM users
                    WHERE tenant_id = $1 AND search_key = ANY($2) AND deleted_at IS NULL AND object_id IS NOT NULL"#,
                tenant,
                &values.iter().map(|value| search_key(value)).collect::<Vec<_>>()
            )
            .fetch_all(self.sql())
            .await?
            .into_iter()
            .for_each(|row| add(Some(row.key), row.id)),
            Key::ExternalId => sqlx::query!(
                r#"SELECT id, details ->> 'external_id' AS key FROM users
                    WHERE tenant_id = $1 AND details ->> 'external_id' = ANY($2) AND deleted_at IS NULL
                      AND details ? 'external_id'"#,
                tenant,
                values
            )
            .fetch_all(self.sql())
            .await?
            .into_iter()
            .for_each(|row| add(row.key, row.id)),
            Key::EmployeeId => sqlx::query!(
                r#"SELECT id, details ->> 'employee_id' AS key FROM users
                    WHERE tenant_id = $1 AND details ->> 'employee_id' = ANY($2) AND deleted_at IS NULL"#,
                tenant,
                values
            )
            .fetch_all(self.sql())
            .await?
            .into_iter()
            .for_each(|row| add(row.key, row.id)),
            Key::LogonName => sqlx::query!(
                r#"SELECT id, lower(logon_name) AS key FROM users
                    WHERE tenant_id = $1 AND lower(logon_name) = ANY($2) AND deleted_at IS NULL"#,
                tenant,
                &lower
            )
            .fetch_all(self.sql())
            .await?
            .into_iter()
            .for_each(|row| add(row.key, row.id)),
        }
        Ok(found)
    }

    /// These people of the permitted tenant, in no order.
    pub async fn people_with_ids(
        &mut self,
        permit: &Permit<act::UserRead>,
        ids: &[UserId],
    ) -> Result<Vec<User>, StoreError> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let mut people = self.load_users(&ids, false).await?;
        people.retain(|user| user.tenant == permit.tenant.id);
        Ok(people)
    }

    /// The same, with those who were removed and can be restored.
    pub async fn people_with_ids_or_removed(
        &mut self,
        permit: &Permit<act::UserRead>,
        ids: &[UserId],
    ) -> Result<Vec<User>, StoreError> {
        let mut people = self.people_with_ids(permit, ids).await?;
        let here: BTreeSet<_> = people.iter().map(|user| user.id).collect();
        let missing: Vec<_> = ids.iter().filter(|id| !here.contains(id)).copied().collect();
        if !missing.is_empty() {
            people.extend(
                self.removed_with_ids(permit, &missing).await?.into_iter().map(|removed| removed.user),
            );
        }
        Ok(people)
    }

    /// Everybody of the permitted tenant with an account, who is no administrator.
    pub async fn everybody(&mut self, permit: &Permit<act::UserRead>) -> Result<Vec<UserId>, StoreError> {
        let ids = sqlx::query_scalar!(
            "SELECT id FROM users WHERE tenant_id = $1 AND deleted_at IS NULL AND object_id IS NOT NULL
                AND NOT administrator ORDER BY search_key, id",
            permit.tenant.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(ids.into_iter().map(UserId::from_uuid).collect())
    }

    /// All of the permitted tenant whom a list with this filter shows, by name, at most `most`.
    pub async fn people_matching(
        &mut self,
        permit: &Permit<act::UserRead>,
        which: UserSearch<'_>,
        most: usize,
    ) -> Result<Vec<UserId>, StoreError> {
        let (mut all, mut after): (Vec<UserId>, Option<(String, UserId)>) = (Vec::new(), None);
        while all.len() < most {
            let from = after.as_ref().map(|(key, id)| (key.as_str(), *id));
            let page = self.users(permit, which, from, limits::EXPORT_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = Some((last.key.clone(), last.id));
            all.extend(page.iter().map(|user| user.id));
        }
        all.truncate(most);
        Ok(all)
    }

    /// The names of the groups these people were put into by hand, without those that come with
    /// what they have.
    pub async fn groups_of_people(
        &mut self,
        permit: &Permit<act::UserRead>,
        people: &[UserId],
    ) -> Result<BTreeMap<UserId, BTreeSet<String>>, StoreError> {
        let ids: Vec<_> = people.iter().map(|id| id.uuid()).collect();
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT u.id, g.name FROM users u JOIN membership m ON m.member_object = u.object_id
                 JOIN user_group g ON g.object_id = m.group_object
                WHERE u.tenant_id = $1 AND u.id = ANY($2) AND m.wanted AND (m.until IS NULL OR m.until > $3)
                  AND g.purpose = 'custom' AND g.deleted_at IS NULL"#,
            permit.tenant.id.uuid(),
            &ids,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let mut groups: BTreeMap<UserId, BTreeSet<String>> = BTreeMap::new();
        for row in rows {
            groups.entry(UserId::from_uuid(row.id)).or_default().insert(row.name);
        }
        Ok(groups)
    }

    /// The groups of the permitted tenant people can be put into, by name in lower case: name and object.
    pub async fn open_groups(
        &mut self,
        permit: &Permit<act::UserRead>,
    ) -> Result<BTreeMap<String, (String, ObjectId)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT name, object_id FROM user_group
              WHERE tenant_id = $1 AND purpose = 'custom' AND deleted_at IS NULL",
            permit.tenant.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let group = |name: String, object| (name.to_lowercase(), (name, ObjectId::from_uuid(object)));
        Ok(rows.into_iter().map(|row| group(row.name, row.object_id)).collect())
    }

    /// The names of groups that can be entered and left, by name, at most so many.
    pub async fn first_groups(
        &mut self,
        permit: &Permit<act::UserRead>,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        let names = sqlx::query_scalar!(
            r#"SELECT ARRAY(SELECT name FROM user_group WHERE tenant_id = $1 AND purpose = 'custom' AND deleted_at IS NULL
                             ORDER BY search_key, id LIMIT $2) AS "names!""#,
            permit.tenant.id.uuid(),
            limit
        )
        .fetch_one(self.sql())
        .await?;
        Ok(names)
    }

    /// The names of all groups of a tenant, those of its services, too, in lower case.
    pub async fn group_names(&mut self, tenant: TenantId) -> Result<BTreeSet<String>, StoreError> {
        let names = sqlx::query_scalar!(
            r#"SELECT lower(name) AS "name!" FROM user_group WHERE tenant_id = $1 AND deleted_at IS NULL"#,
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(names.into_iter().collect())
    }

    /// What the directory of the permitted tenant takes for one object at present, in
    /// microseconds; none when that was never measured.
    pub async fn pace(&mut self, permit: &Permit<act::UserRead>) -> Result<Option<i64>, StoreError> {
        let Some(target) = permit.tenant.target else { return Ok(None) };
        let pace =
            sqlx::query_scalar!("SELECT pace_micros FROM target_health WHERE target_id = $1", target.uuid())
                .fetch_optional(self.sql())
                .await?;
        Ok(pace)
    }
}
