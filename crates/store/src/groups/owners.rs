//! People who own groups.

use domain::{
    event::FieldChange,
    id::{GroupId, TenantId, UserId},
};

use super::Group;
use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
    views::{GroupName, PersonView},
};

impl ReadTx<'_> {
    /// Who owns a group, in order; without those who were removed.
    pub(super) async fn owner_ids(&mut self, group: GroupId) -> Result<Vec<UserId>, StoreError> {
        let ids = sqlx::query_scalar!(
            "SELECT user_id FROM group_owner WHERE group_id = $1 ORDER BY position, user_id",
            group.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(ids.into_iter().map(UserId::from_uuid).collect())
    }

    /// The people who own a group, in order.
    pub async fn owners(&mut self, group: &Group) -> Result<Vec<PersonView>, StoreError> {
        let rows = sqlx::query!(
            "SELECT u.id, u.display_name, u.principal_name FROM group_owner o JOIN users u ON u.id = o.user_id
              WHERE o.group_id = $1 AND u.deleted_at IS NULL ORDER BY o.position, u.id",
            group.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let person = rows.into_iter().map(|row| PersonView {
            id: UserId::from_uuid(row.id),
            display_name: row.display_name,
            principal_name: row.principal_name,
        });
        Ok(person.collect())
    }

    /// The groups the caller owns, by id.
    pub async fn own_group_names(&mut self) -> Result<Vec<GroupName>, StoreError> {
        let user = self.caller.user().uuid();
        let rows = sqlx::query!(
            "SELECT g.id, g.name FROM group_owner o JOIN user_group g ON g.id = o.group_id
              WHERE o.user_id = $1 AND g.deleted_at IS NULL ORDER BY g.id",
            user
        )
        .fetch_all(self.sql())
        .await?;
        let name = rows.into_iter().map(|row| GroupName { id: GroupId::from_uuid(row.id), name: row.name });
        Ok(name.collect())
    }

    /// Those of `users` who can own groups of a tenant: its own people.
    pub async fn people_of(&mut self, tenant: TenantId, users: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let ids: Vec<_> = users.iter().map(|user| user.uuid()).collect();
        let found = sqlx::query_scalar!(
            "SELECT id FROM users WHERE id = ANY($2) AND tenant_id = $1 AND deleted_at IS NULL",
            tenant.uuid(),
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        Ok(found.into_iter().map(UserId::from_uuid).collect())
    }
}

impl WriteTx<'_> {
    /// Makes these people, in this order, the owners of a group; gives whether
    /// anything changed.
    pub async fn set_owners(
        &mut self,
        permit: &Permit<act::GroupManage>,
        group: &Group,
        owners: &[UserId],
    ) -> Result<bool, StoreError> {
        let before = self.owner_ids(group.id).await?;
        if before == owners {
            return Ok(false);
        }
        let ids: Vec<_> = owners.iter().map(|user| user.uuid()).collect();
        let now = ts(self.now);
        sqlx::query!(
            "DELETE FROM group_owner WHERE group_id = $1 AND tenant_id = $2",
            group.id.uuid(),
            permit.tenant.id.uuid()
        )
        .execute(self.sql())
        .await?;
        sqlx::query!(
            "INSERT INTO group_owner (group_id, user_id, tenant_id, position, created_at)
             SELECT $1, a.id, $2, a.place::int, $4 FROM unnest($3::uuid[]) WITH ORDINALITY AS a (id, place)",
            group.id.uuid(),
            permit.tenant.id.uuid(),
            &ids,
            now as _
        )
        .execute(self.sql())
        .await?;
        sqlx::query!("UPDATE user_group SET version = version + 1 WHERE id = $1", group.id.uuid())
            .execute(self.sql())
            .await?;
        let list = |users: &[UserId]| {
            (!users.is_empty()).then(|| users.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        let (before, after) = (list(&before), list(owners));
        let change = FieldChange { field: "owners".into(), before, after, person: None };
        self.note_group(permit.tenant.id, group.id, "group.owners_changed", vec![change]);
        Ok(true)
    }
}
