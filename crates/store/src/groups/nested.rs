//! Groups in groups: no circles, no chains that are too long, and who is in a
//! group through others.

use std::collections::BTreeMap;

use domain::{
    field::Rule,
    group::nesting,
    id::{ObjectId, TenantId},
    limits,
};
use uuid::Uuid;

use crate::{
    StoreError,
    tx::{ReadTx, WriteTx},
};

/// Which groups follow each group in one direction.
type Next = BTreeMap<Uuid, Vec<Uuid>>;

impl WriteTx<'_> {
    /// Whether groups may become members of `group`: why not, for each that may
    /// not. Holds a lock until the end, so that of two changes at once the second
    /// sees the first: together they could close a circle that neither closes alone.
    pub async fn check_nesting(
        &mut self,
        tenant: TenantId,
        group: ObjectId,
        members: &[ObjectId],
    ) -> Result<Vec<(ObjectId, Rule)>, StoreError> {
        if members.is_empty() {
            return Ok(Vec::new());
        }
        sqlx::query!(
            "SELECT pg_advisory_xact_lock(hashtextextended('nesting' || $1::text, 0))",
            tenant.uuid().to_string()
        )
        .fetch_one(self.sql())
        .await?;
        let mut parents = self.groups_above(group).await?;
        let below: Vec<_> = members.iter().map(|member| member.uuid()).collect();
        let children = self.groups_below(&below).await?;
        let mut refused = Vec::new();
        for member in members {
            match nesting(group.uuid(), member.uuid(), &parents, &children) {
                Ok(()) => parents.entry(member.uuid()).or_default().push(group.uuid()),
                Err(rule) => refused.push((*member, rule)),
            }
        }
        Ok(refused)
    }
}

impl ReadTx<'_> {
    /// The groups a group is in, and those they are in, level by level.
    async fn groups_above(&mut self, group: ObjectId) -> Result<Next, StoreError> {
        let rows = sqlx::query!(
            r#"WITH RECURSIVE up (child, parent, level) AS (
                   SELECT m.member_object, m.group_object, 1 FROM membership m
                    WHERE m.member_object = $1 AND m.nested AND m.wanted
                   UNION
                   SELECT m.member_object, m.group_object, up.level + 1 FROM up JOIN membership m ON m.member_object = up.parent
                    WHERE m.nested AND m.wanted AND up.level <= $2)
               SELECT DISTINCT child AS "child!", parent AS "parent!" FROM up"#,
            group.uuid(),
            depth()
        )
        .fetch_all(self.sql())
        .await?;
        let mut next = Next::new();
        for row in rows {
            next.entry(row.child).or_default().push(row.parent);
        }
        Ok(next)
    }

    /// The groups that are in these, and those in them.
    async fn groups_below(&mut self, groups: &[Uuid]) -> Result<Next, StoreError> {
        let rows = sqlx::query!(
            r#"WITH RECURSIVE down (parent, child, level) AS (
                   SELECT m.group_object, m.member_object, 1 FROM membership m
                    WHERE m.group_object = ANY($1) AND m.nested AND m.wanted
                   UNION
                   SELECT m.group_object, m.member_object, down.level + 1 FROM down
                     JOIN membership m ON m.group_object = down.child
                    WHERE m.nested AND m.wanted AND down.level <= $2)
               SELECT DISTINCT parent AS "parent!", child AS "child!" FROM down"#,
            groups,
            depth()
        )
        .fetch_all(self.sql())
        .await?;
        let mut next = Next::new();
        for row in rows {
            next.entry(row.parent).or_default().push(row.child);
        }
        Ok(next)
    }
}

/// One level more than a chain may have, so that one that is too long is seen.
fn depth() -> i32 {
    i32::try_from(limits::GROUP_DEPTH).unwrap_or(i32::MAX)
}
