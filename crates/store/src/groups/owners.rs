//! People who own groups.

use domain::{
    event::FieldChange,
    id::{GroupId, TenantId, UserId},
    request::Lane,
};
use uuid::Uuid;

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
}

impl WriteTx<'_> {
    /// Those of `users` who can own groups of a tenant: its own people. They are kept
    /// until the end, so that nobody is removed while they become an owner.
    pub async fn people_of(&mut self, tenant: TenantId, users: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let ids: Vec<_> = users.iter().map(|user| user.uuid()).collect();
        let found = sqlx::query_scalar!(
            "SELECT id FROM users WHERE id = ANY($2) AND tenant_id = $1 AND deleted_at IS NULL ORDER BY id FOR SHARE",
            tenant.uuid(),
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        Ok(found.into_iter().map(UserId::from_uuid).collect())
    }

    /// Makes these people, in this order, the owners of a group, within the opened
    /// request. Gives how many objects change with it; none when they are it already.
    pub async fn set_owners(
        &mut self,
        permit: &Permit<act::GroupManage>,
        group: &Group,
        owners: &[UserId],
    ) -> Result<Option<i64>, StoreError> {
        let before = self.owner_ids(group.id).await?;
        if before == owners {
            return Ok(None);
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
        let shown = self.settle_owners(&[group.id.uuid()]).await?;
        self.note_owners(permit.tenant.id, group.id, &before, owners);
        Ok(Some(shown))
    }

    /// The permitted person was removed, or restored: their groups are owned by the
    /// others, or by them again, within the opened request. What was said of the owners
    /// stays as it is.
    pub async fn settle_owned(&mut self, permit: &Permit<act::UserDelete>) -> Result<(), StoreError> {
        let user = permit.account.ok_or(StoreError::NotFound("user"))?;
        let rows = sqlx::query!(
            r#"SELECT g.id, u.deleted_at IS NOT NULL AS "gone!",
                      ARRAY(SELECT o.user_id FROM group_owner o JOIN users p ON p.id = o.user_id
                             WHERE o.group_id = g.id AND (p.deleted_at IS NULL OR p.id = u.id)
                             ORDER BY o.position, o.user_id) AS "owners!"
                 FROM group_owner w JOIN users u ON u.id = w.user_id JOIN user_group g ON g.id = w.group_id
                WHERE w.user_id = $1 AND w.tenant_id = $2 AND (g.deleted_at IS NULL OR g.purge_at IS NOT NULL)
                ORDER BY g.id"#,
            user.uuid(),
            permit.tenant.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        if rows.is_empty() {
            return Ok(());
        }
        self.settle_owners(&rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
        for row in rows {
            let with: Vec<_> = row.owners.into_iter().map(UserId::from_uuid).collect();
            let without: Vec<_> = with.iter().copied().filter(|owner| *owner != user).collect();
            let (before, after) = if row.gone { (with, without) } else { (without, with) };
            self.note_owners(permit.tenant.id, GroupId::from_uuid(row.id), &before, &after);
        }
        Ok(())
    }

    /// Wants the first owner of each group in the directory; gives how many change.
    async fn settle_owners(&mut self, groups: &[Uuid]) -> Result<i64, StoreError> {
        let (request, now) = (self.request_id()?, ts(self.now));
        let changed = sqlx::query_scalar!(
            r#"SELECT settle_owners($1, $2, $3, $4) AS "n!""#,
            groups,
            request,
            Lane::for_objects(groups.len()).code(),
            now as _
        )
        .fetch_one(self.sql())
        .await?;
        self.wake |= changed > 0;
        Ok(changed)
    }

    pub(super) fn note_owners(
        &mut self,
        tenant: TenantId,
        group: GroupId,
        before: &[UserId],
        after: &[UserId],
    ) {
        let list = |users: &[UserId]| {
            (!users.is_empty()).then(|| users.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        let (before, after) = (list(before), list(after));
        let change = FieldChange { field: "owners".into(), before, after, person: None };
        self.note_group(tenant, group, "group.owners_changed", vec![change]);
    }
}
