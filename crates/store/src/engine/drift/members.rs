//! Who should be in groups, for the comparison with who is, and what is done
//! about those who should not be, or should.

use std::collections::BTreeMap;

use domain::{
    drift::FindingKind,
    id::{ObjectId, TargetId, TenantId},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::EngineStore;
use crate::StoreError;

/// A member of a group that exists in the target, or that is on its way in or out.
#[derive(Debug)]
pub struct Insider {
    /// The group.
    pub group: ObjectId,
    /// The member's object.
    pub object: ObjectId,
    /// The member's id in the target.
    pub external_id: Uuid,
    /// What people call it.
    pub name: String,
    /// On its way in or out; nothing can be said of it.
    pub pending: bool,
}

/// Something in the target that is not a member of a group by our will.
#[derive(Debug)]
pub struct Outsider {
    /// Its object.
    pub object: ObjectId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What people call it.
    pub name: String,
}

impl EngineStore {
    /// Who should be in these groups.
    pub async fn insiders(&self, groups: &[ObjectId]) -> Result<Vec<Insider>, StoreError> {
        let ids: Vec<_> = groups.iter().map(|o| o.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT m.group_object, m.member_object, x.external_id AS "external_id!",
                      coalesce(o.spec->>'display_name', o.spec->>'name', '') AS "name!",
                      m.wanted_gen > m.applied_gen AS "pending!"
                 FROM membership m JOIN external_object x ON x.object_id = m.member_object AND x.external_id IS NOT NULL
                 JOIN object o ON o.id = m.member_object
                WHERE m.group_object = ANY($1) AND (m.wanted OR m.wanted_gen > m.applied_gen)"#,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        let insider = rows.into_iter().map(|row| Insider {
            group: ObjectId::from_uuid(row.group_object),
            object: ObjectId::from_uuid(row.member_object),
            external_id: row.external_id,
            name: row.name,
            pending: row.pending,
        });
        Ok(insider.collect())
    }

    /// Which of these things in a target are ours.
    pub async fn outsiders(
        &self,
        target: TargetId,
        external_ids: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Outsider>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT x.external_id AS "external_id!", o.id, o.tenant_id,
                      coalesce(o.spec->>'display_name', o.spec->>'name', '') AS "name!"
                 FROM external_object x JOIN object o ON o.id = x.object_id AND o.kind IN ('user', 'group')
                WHERE x.target_id = $1 AND x.external_id = ANY($2)"#,
            target.uuid(),
            external_ids
        )
        .fetch_all(&self.pool)
        .await?;
        let outsider = rows.into_iter().map(|row| {
            let (object, tenant) = (ObjectId::from_uuid(row.id), TenantId::from_uuid(row.tenant_id));
            (row.external_id, Outsider { object, tenant, name: row.name })
        });
        Ok(outsider.collect())
    }
}

/// Makes members what they should be again, as these findings tell that they are
/// not: those who are out are put in, those who are in go.
pub(super) async fn right_members(tx: &mut PgConnection, findings: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!(
        "WITH m AS (UPDATE membership m SET applied_gen = 0 FROM finding f
                     WHERE f.id = ANY($1) AND f.kind = $2 AND m.group_object = f.object_id
                       AND m.member_object = f.member_object AND m.wanted)
         INSERT INTO stray_member AS s (group_object, external_id, tenant_id, dn)
         SELECT f.object_id, f.attribute::uuid, f.tenant_id, coalesce(x.dn, f.found, '') FROM finding f
           LEFT JOIN external_object x ON x.object_id = f.member_object
          WHERE f.id = ANY($1) AND f.kind = $3
         ON CONFLICT (group_object, external_id) DO NOTHING",
        findings,
        FindingKind::MemberRemoved.code(),
        FindingKind::MemberAdded.code()
    )
    .execute(tx)
    .await?;
    Ok(())
}
