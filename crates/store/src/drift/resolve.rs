//! Decisions about findings: what is wanted is made true again, or what was
//! found is wanted from now on.

use domain::{
    drift::{FindingKind, FindingState, is_of_members},
    event::{Event, FieldChange, Outcome},
    id::{ObjectId, TenantId},
    request::Lane,
};
use uuid::Uuid;

use super::{Finding, FindingFilter};
use crate::{
    StoreError,
    engine::STRAY_GENERATION,
    ts,
    tx::{Permit, ReadTx, WriteTx, act},
    views::COUNTED,
};

impl ReadTx<'_> {
    /// The tenants that have open findings which can be reverted, in order.
    pub async fn tenants_with_findings(
        &mut self,
        filter: &FindingFilter,
    ) -> Result<Vec<TenantId>, StoreError> {
        let roots: Vec<_> = filter.roots.iter().map(|t| t.uuid()).collect();
        let rows = sqlx::query_scalar!(
            "SELECT DISTINCT f.tenant_id FROM finding f JOIN target d ON d.id = f.target_id
              WHERE EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = f.tenant_id AND c.ancestor = ANY($1))
                AND ($2::uuid IS NULL OR EXISTS (SELECT FROM tenant_closure c
                      WHERE c.descendant = f.tenant_id AND c.ancestor = $2))
                AND ($3::text IS NULL OR d.code = $3) AND ($4::text IS NULL OR f.kind = $4)
                AND f.state = 'open' AND f.object_id IS NOT NULL
              ORDER BY f.tenant_id",
            &roots,
            filter.tenant.map(TenantId::uuid),
            filter.directory,
            filter.kind.map(FindingKind::code)
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(TenantId::from_uuid).collect())
    }
}

impl ReadTx<'_> {
    /// How many open findings match, and of how many tenants, up to [`COUNTED`];
    /// `ours` only those that can be reverted.
    pub async fn open_findings(
        &mut self,
        filter: &FindingFilter,
        ours: bool,
    ) -> Result<(i64, i64), StoreError> {
        let roots: Vec<_> = filter.roots.iter().map(|t| t.uuid()).collect();
        let row = sqlx::query!(
            r#"SELECT count(*) AS "findings!", count(DISTINCT tenant_id) AS "tenants!" FROM (
                   SELECT f.tenant_id FROM finding f JOIN target d ON d.id = f.target_id
                    WHERE EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = f.tenant_id AND c.ancestor = ANY($1))
                      AND ($2::uuid IS NULL OR EXISTS (SELECT FROM tenant_closure c
                            WHERE c.descendant = f.tenant_id AND c.ancestor = $2))
                      AND ($3::text IS NULL OR d.code = $3) AND ($4::text IS NULL OR f.kind = $4)
                      AND f.state = 'open' AND (NOT $5 OR f.object_id IS NOT NULL) LIMIT $6) f"#,
            &roots,
            filter.tenant.map(TenantId::uuid),
            filter.directory,
            filter.kind.map(FindingKind::code),
            ours,
            COUNTED
        )
        .fetch_one(self.sql())
        .await?;
        Ok((row.findings, row.tenants))
    }
}

impl WriteTx<'_> {
    /// Locks open findings of the permitted tenant that can be reverted: those
    /// of our objects, at most `limit`.
    pub async fn revertible(
        &mut self,
        permit: &Permit<act::RequestRetry>,
        filter: &FindingFilter,
        limit: u32,
    ) -> Result<Vec<Finding>, StoreError> {
        let tenant = permit.tenant.id;
        sqlx::query!(
            "SELECT id FROM finding WHERE tenant_id = $1 AND state = 'open' AND object_id IS NOT NULL
              ORDER BY id FOR UPDATE",
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let filter = FindingFilter {
            roots: vec![tenant],
            of: Some(tenant),
            tenant: None,
            state: Some(FindingState::Open),
            ..filter.clone()
        };
        let mut found = self.findings(&filter, None, limit).await?;
        found.retain(|f| f.object.is_some());
        Ok(found)
    }

    /// Has what is wanted of the objects of these findings made true again,
    /// within the opened request. An object is put right as a whole, so all
    /// that is open about it is decided, but of the members of a group only those
    /// that are among the findings; gives how many objects.
    pub async fn revert(
        &mut self,
        permit: &Permit<act::RequestRetry>,
        findings: &[Finding],
    ) -> Result<usize, StoreError> {
        let tenant = permit.tenant.id;
        let mut objects: Vec<_> = findings.iter().filter_map(|f| f.object).collect();
        objects.sort_unstable();
        objects.dedup();
        let missing = findings.iter().filter(|f| f.kind == FindingKind::Missing);
        let missing: Vec<_> = missing.filter_map(|f| f.object.map(ObjectId::uuid)).collect();
        let ids: Vec<_> = objects.iter().map(|o| o.uuid()).collect();
        let of_members: Vec<_> =
            findings.iter().filter(|f| is_of_members(f.kind)).map(|f| f.id.uuid()).collect();
        self.right_members(tenant, &of_members).await?;
        let (request, now, actor) = (self.request_id()?, ts(self.now), self.caller.user().uuid());
        sqlx::query!(
            "WITH f AS (UPDATE finding SET state = 'reverted', resolved_by = $4, resolved_at = $5, request_id = $3
                         WHERE tenant_id = $1 AND object_id = ANY($2) AND state = 'open'
                           AND (kind NOT IN ('member_added', 'member_removed') OR id = ANY($6))),
                  old AS (UPDATE request_item i SET state = 'superseded', updated_at = $5
                            FROM object o JOIN object_revision r ON r.object_id = o.id AND r.generation = o.generation
                           WHERE o.id = ANY($2) AND i.request_id = r.request_id AND i.object_id = o.id
                             AND i.state = 'drifted')
             INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
             SELECT $3, o.id, o.tenant_id, o.generation, $5 FROM object o
              WHERE o.id = ANY($2) AND o.tenant_id = $1 AND o.wanted",
            tenant.uuid(),
            &ids,
            request,
            actor,
            now as _,
            &of_members
        )
        .execute(self.sql())
        .await?;
        let mut due = objects.clone();
        due.extend(self.make_anew(tenant, request, &missing).await?);
        self.make_due(&due, Lane::for_objects(due.len())).await?;
        for finding in findings {
            self.note_finding("drift.reverted", finding);
        }
        Ok(objects.len())
    }

    /// Members that are out are wanted in once more, and those who are in and
    /// should not be are wanted out: an item of the opened request for each.
    async fn right_members(&mut self, tenant: TenantId, findings: &[Uuid]) -> Result<(), StoreError> {
        if findings.is_empty() {
            return Ok(());
        }
        let (request, now) = (self.request_id()?, ts(self.now));
        sqlx::query!(
            "WITH m AS (UPDATE membership m SET wanted_gen = m.wanted_gen + 1 FROM finding f
                         WHERE f.id = ANY($3) AND f.tenant_id = $1 AND f.kind = 'member_removed' AND m.tenant_id = $1
                           AND m.group_object = f.object_id AND m.member_object = f.member_object AND m.wanted
                        RETURNING m.group_object, m.member_object, m.wanted_gen),
                  s AS (INSERT INTO stray_member AS s (group_object, external_id, tenant_id, dn, request_id)
                        SELECT f.object_id, f.attribute::uuid, f.tenant_id, coalesce(x.dn, f.found, ''), $2
                          FROM finding f LEFT JOIN external_object x ON x.object_id = f.member_object
                         WHERE f.id = ANY($3) AND f.tenant_id = $1 AND f.kind = 'member_added'
                        ON CONFLICT (group_object, external_id) DO UPDATE SET request_id = excluded.request_id
                        RETURNING s.group_object, s.external_id)
             INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at)
             SELECT $2::uuid, m.group_object, m.member_object, $1::uuid, m.wanted_gen, $4::timestamptz FROM m
              UNION ALL SELECT $2, s.group_object, s.external_id, $1, $5::bigint, $4 FROM s",
            tenant.uuid(),
            request,
            findings,
            now as _,
            STRAY_GENERATION
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// What is gone has no place any more, is in no group and has no members;
    /// who reads a container is told by the new id of the group. Gives the
    /// access lists that have to be written again.
    async fn make_anew(
        &mut self,
        tenant: TenantId,
        request: Uuid,
        missing: &[Uuid],
    ) -> Result<Vec<ObjectId>, StoreError> {
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let now = ts(self.now);
        let printed: Vec<_> = missing.iter().map(|id| ObjectId::from_uuid(*id).to_string()).collect();
        let access = sqlx::query_scalar!(
            "WITH x AS (UPDATE external_object SET external_id = NULL, dn = NULL WHERE object_id = ANY($3)),
                  -- The members come when they are there: their own verification makes the group due.
                  m AS (UPDATE membership SET wanted_gen = wanted_gen + 1
                         WHERE wanted AND tenant_id = $1 AND (member_object = ANY($3) OR group_object = ANY($3))
                        RETURNING group_object, member_object, wanted_gen),
                  i AS (INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at)
                        SELECT $2, group_object, member_object, $1, wanted_gen, $5 FROM m),
                  a AS (SELECT o.id, o.generation FROM object o
                         WHERE o.tenant_id = $1 AND o.kind = 'access' AND o.wanted
                           AND (o.spec->>'container' = ANY($4) OR o.spec->>'readers' = ANY($4)))
             INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
             SELECT $2, a.id, $1, a.generation, $5 FROM a
             ON CONFLICT (request_id, object_id, member_id) DO UPDATE SET updated_at = excluded.updated_at
             RETURNING object_id",
            tenant.uuid(),
            request,
            missing,
            &printed,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(access.into_iter().map(ObjectId::from_uuid).collect())
    }

    /// Marks a finding whose found value is wanted from now on, within the opened request.
    pub async fn adopted(
        &mut self,
        permit: &Permit<act::UserUpdate>,
        finding: &Finding,
    ) -> Result<(), StoreError> {
        if permit.account != finding.user || finding.user.is_none() {
            return Err(StoreError::NotFound("finding"));
        }
        self.mark_adopted(finding).await
    }

    /// The same for a finding about the members of a group, or who owns it.
    pub async fn adopted_member(
        &mut self,
        permit: &Permit<act::GroupManage>,
        finding: &Finding,
    ) -> Result<(), StoreError> {
        let of_group =
            is_of_members(finding.kind) || finding.attribute == Some(domain::spec::Attribute::Owner);
        if permit.tenant.id != finding.tenant.id || !of_group {
            return Err(StoreError::NotFound("finding"));
        }
        self.mark_adopted(finding).await
    }

    async fn mark_adopted(&mut self, finding: &Finding) -> Result<(), StoreError> {
        let (request, now, actor) = (self.request_id()?, ts(self.now), self.caller.user().uuid());
        let marked = sqlx::query!(
            "UPDATE finding SET state = 'adopted', resolved_by = $2, resolved_at = $3, request_id = $4
              WHERE id = $1 AND state = 'open'",
            finding.id.uuid(),
            actor,
            now as _,
            request
        )
        .execute(self.sql())
        .await?;
        if marked.rows_affected() == 0 {
            return Err(StoreError::NotFound("finding"));
        }
        self.note_finding("drift.adopted", finding);
        Ok(())
    }

    /// From what was found to what is wanted, or the other way.
    fn note_finding(&mut self, code: &'static str, finding: &Finding) {
        let field = finding.attribute.map_or(finding.kind.code(), domain::spec::Attribute::code);
        let told = |value: &Option<String>| match finding.member {
            // A member by its id: the name may be personal, and changes.
            Some(member) => value.as_ref().map(|_| member.to_string()),
            None => value.clone(),
        };
        let (found, wanted) = (told(&finding.found), told(&finding.wanted));
        let (before, after) = if code == "drift.adopted" { (wanted, found) } else { (found, wanted) };
        // Where something lies is nobody's personal value, and neither is a switch.
        let personal = finding.kind == FindingKind::Changed && field != "enabled";
        let person = finding.user.filter(|_| personal);
        self.events.push(Event {
            code,
            outcome: Outcome::Success,
            tenant: finding.tenant.id,
            target: ("finding", finding.id.to_string()),
            changes: vec![FieldChange { field: field.into(), before, after, person }],
        });
    }
}
