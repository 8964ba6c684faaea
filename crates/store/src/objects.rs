//! Desired state of objects and of group members. Whoever changes it also
//! makes it dirty: the engine takes it from there.

use domain::{
    id::{ObjectId, RequestId, TargetId, TenantId},
    request::Lane,
    spec::{SPEC_VERSION, Spec},
};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    StoreError,
    error::known,
    ts,
    tx::{ReadTx, WriteTx},
};

/// What of ours an object in a target stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// A tenant's container or its access list.
    Tenant,
    /// A person.
    User,
    /// A group.
    Group,
    /// A container within a customer's own.
    Unit,
}

impl Entity {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::User => "user",
            Self::Group => "group",
            Self::Unit => "unit",
        }
    }
}

/// An object that should exist from now on.
#[derive(Debug, Clone)]
pub struct NewObject {
    /// Its id, and the marker it will bear.
    pub id: ObjectId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Where it should exist.
    pub target: TargetId,
    /// What it stands for.
    pub entity: (Entity, Uuid),
    /// What should be true of it.
    pub spec: Spec,
}

/// The request what a transaction wants belongs to.
#[derive(Debug)]
pub(crate) struct NewRequest {
    pub id: RequestId,
    pub lane: Lane,
    /// What is written of it; nothing of one that was opened before.
    pub opened: Option<Opened>,
}

impl NewRequest {
    /// What is written of it, and its lane.
    pub fn opened(&self) -> Option<(Lane, &Opened)> {
        self.opened.as_ref().map(|opened| (self.lane, opened))
    }
}

/// What is written of a request.
#[derive(Debug)]
pub(crate) struct Opened {
    pub tenant: TenantId,
    pub kind: &'static str,
    pub args: Value,
}

/// What is wanted of an object from now on.
struct Wish<'a> {
    object: Uuid,
    tenant: Uuid,
    generation: i64,
    /// What was wanted before, if that is something to go back to.
    before: Option<&'a Spec>,
    /// What is stored; of what is not wanted any more, the last.
    stored: &'a Spec,
    wanted: bool,
}

/// A member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The group's object.
    pub group: ObjectId,
    /// The member's object.
    pub member: ObjectId,
}

impl WriteTx<'_> {
    /// Opens the request everything this transaction wants belongs to. It is
    /// written with the events, when the transaction commits.
    pub fn open_request(
        &mut self,
        tenant: TenantId,
        kind: &'static str,
        args: Value,
        lane: Lane,
    ) -> RequestId {
        let id: RequestId = self.id();
        self.request = Some(NewRequest { id, lane, opened: Some(Opened { tenant, kind, args }) });
        self.changed = true;
        id
    }

    /// What this transaction wants belongs to a request that was opened before.
    pub fn join_request(&mut self, id: RequestId, lane: Lane) {
        self.request = Some(NewRequest { id, lane, opened: None });
        self.changed = true;
    }

    pub(crate) fn request_id(&self) -> Result<Uuid, StoreError> {
        let request = self.request.as_ref().ok_or(StoreError::Conflict("a change without a request"))?;
        Ok(request.id.uuid())
    }

    /// Wants objects that did not exist before.
    pub async fn want_new(&mut self, objects: &[NewObject], lane: Lane) -> Result<(), StoreError> {
        let request = self.request_id()?;
        for chunk in objects.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let ids: Vec<_> = chunk.iter().map(|o| o.id.uuid()).collect();
            let tenants: Vec<_> = chunk.iter().map(|o| o.tenant.uuid()).collect();
            let targets: Vec<_> = chunk.iter().map(|o| o.target.uuid()).collect();
            let entities: Vec<_> = chunk.iter().map(|o| o.entity.0.code().to_owned()).collect();
            let entity_ids: Vec<_> = chunk.iter().map(|o| o.entity.1).collect();
            let kinds: Vec<_> = chunk.iter().map(|o| o.spec.kind().code().to_owned()).collect();
            let specs: Vec<_> = chunk.iter().map(|o| Json(&o.spec)).collect();
            let now = ts(self.now);
            sqlx::query!(
                r#"WITH a AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[],
                                $6::text[], $7::jsonb[]) AS a (id, tenant, target, entity, entity_id, kind, spec)),
                   o AS (INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec,
                                spec_version, created_at)
                         SELECT id, tenant, target, entity, entity_id, kind, spec, $8, $9 FROM a),
                   r AS (INSERT INTO object_revision (object_id, generation, tenant_id, request_id, after, at)
                         SELECT id, 1, tenant, $10, spec, $9 FROM a),
                   i AS (INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
                         SELECT $10, id, tenant, 1, $9 FROM a)
                   -- On the database's clock, as the claims are; what others lie in comes first.
                   INSERT INTO work (object_id, target_id, tenant_id, lane, due_at)
                   SELECT id, target, tenant, $11, now() - CASE kind WHEN 'container' THEN interval '2 us'
                          WHEN 'group' THEN interval '1 us' ELSE interval '0' END FROM a"#,
                &ids,
                &tenants,
                &targets,
                &entities,
                &entity_ids,
                &kinds,
                &specs as _,
                SPEC_VERSION,
                now as _,
                request,
                lane.code(),
            )
            .execute(self.sql())
            .await?;
        }
        self.wake = true;
        Ok(())
    }

    /// Wants something else of an existing object: `change` makes the new spec
    /// from the present one; `None` wants the object gone. Gives the generation.
    /// An unchanged spec changes nothing, nor does wanting gone what is not
    /// wanted any more.
    pub async fn want_change(
        &mut self,
        object: ObjectId,
        change: impl FnOnce(Spec) -> Option<Spec>,
        lane: Lane,
    ) -> Result<i64, StoreError> {
        let row = sqlx::query!(
            r#"SELECT tenant_id, spec AS "spec: Json<Spec>", generation, wanted
                 FROM object WHERE id = $1 FOR NO KEY UPDATE"#,
            object.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("object"))?;
        let before = row.spec.0;
        let after = change(before.clone());
        // Of what was not wanted the last spec is stored, but it is nothing to go back to.
        let present = row.wanted.then_some(&before);
        if after.as_ref() == present {
            return Ok(row.generation);
        }
        let stored = after.as_ref().unwrap_or(&before);
        let (object, generation) = (object.uuid(), row.generation + 1);
        let wanted = after.is_some();
        let wish = Wish { object, tenant: row.tenant_id, generation, before: present, stored, wanted };
        self.record_wishes(&[wish], lane).await?;
        Ok(generation)
    }

    /// Wants this of an object that was another tenant's until now: what that tenant wanted is
    /// nothing to go back to, and not the new one's to know.
    pub(crate) async fn want_anew(
        &mut self,
        object: ObjectId,
        spec: &Spec,
        lane: Lane,
    ) -> Result<(), StoreError> {
        let row = sqlx::query!(
            "SELECT tenant_id, generation FROM object WHERE id = $1 AND wanted FOR NO KEY UPDATE",
            object.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("object"))?;
        let (object, generation) = (object.uuid(), row.generation + 1);
        let wish =
            Wish { object, tenant: row.tenant_id, generation, before: None, stored: spec, wanted: true };
        self.record_wishes(&[wish], lane).await
    }

    /// As [`WriteTx::want_change`], of many objects of one tenant. Whoever changes them has
    /// locked what they belong to.
    pub async fn want_changes(
        &mut self,
        objects: &[ObjectId],
        mut change: impl FnMut(ObjectId, Spec) -> Spec,
        lane: Lane,
    ) -> Result<(), StoreError> {
        for chunk in objects.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let ids: Vec<_> = chunk.iter().map(|o| o.uuid()).collect();
            let rows = sqlx::query!(
                r#"SELECT id, tenant_id, spec AS "spec: Json<Spec>", generation
                     FROM object WHERE id = ANY($1) AND wanted ORDER BY id FOR NO KEY UPDATE"#,
                &ids
            )
            .fetch_all(self.sql())
            .await?;
            let after = rows.iter().map(|row| change(ObjectId::from_uuid(row.id), row.spec.0.clone()));
            let after: Vec<_> = after.collect();
            let wishes = rows.iter().zip(&after).filter(|(row, after)| row.spec.0 != **after);
            let wishes: Vec<_> = wishes
                .map(|(row, after)| Wish {
                    object: row.id,
                    tenant: row.tenant_id,
                    generation: row.generation + 1,
                    before: Some(&row.spec.0),
                    stored: after,
                    wanted: true,
                })
                .collect();
            self.record_wishes(&wishes, lane).await?;
        }
        Ok(())
    }

    async fn record_wishes(&mut self, wishes: &[Wish<'_>], lane: Lane) -> Result<(), StoreError> {
        if wishes.is_empty() {
            return Ok(());
        }
        let (request, now) = (self.request_id()?, ts(self.now));
        // The object, the queue, then what depends on it: the engine, which records a batch,
        // begins at the queue.
        let objects: Vec<_> = wishes.iter().map(|wish| ObjectId::from_uuid(wish.object)).collect();
        self.make_due(&objects, lane).await?;
        sqlx::query!(
            r#"WITH a AS (SELECT * FROM unnest($1::uuid[], $2::jsonb[], $4::bigint[], $5::bool[], $6::uuid[], $8::jsonb[])
                     AS a (object, spec, generation, wanted, tenant, before)),
                    o AS (UPDATE object SET spec = a.spec, spec_version = $3, generation = a.generation, wanted = a.wanted
                            FROM a WHERE object.id = a.object),
                    r AS (INSERT INTO object_revision (object_id, generation, tenant_id, request_id, before, after, at)
                          SELECT object, generation, tenant, $7, before, CASE WHEN wanted THEN spec END, $9 FROM a),
                    old AS (UPDATE request_item SET state = 'superseded', problem = NULL, updated_at = $9
                             WHERE object_id = ANY($1) AND member_id = '00000000-0000-0000-0000-000000000000'
                               AND state IN ('requested', 'running', 'failed', 'parked') AND request_id <> $7
                               -- A password is not overtaken by another wish; it ends with its secret.
                               AND (SELECT q.kind FROM request q WHERE q.id = request_item.request_id)
                                   IS DISTINCT FROM 'password')
               INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
               SELECT $7, object, tenant, generation, $9 FROM a
               ON CONFLICT (request_id, object_id, member_id) DO UPDATE
                  SET generation = excluded.generation, state = 'requested', problem = NULL,
                      updated_at = excluded.updated_at"#,
            &wishes.iter().map(|wish| wish.object).collect::<Vec<_>>(),
            &wishes.iter().map(|wish| Json(wish.stored)).collect::<Vec<_>>() as _,
            SPEC_VERSION,
            &wishes.iter().map(|wish| wish.generation).collect::<Vec<_>>(),
            &wishes.iter().map(|wish| wish.wanted).collect::<Vec<_>>(),
            &wishes.iter().map(|wish| wish.tenant).collect::<Vec<_>>(),
            request,
            &wishes.iter().map(|wish| wish.before.map(Json)).collect::<Vec<_>>() as _,
            now as _,
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Waits for workers that are recording these objects. Whoever changes what they record
    /// after the objects, as subscriptions, takes both in their order.
    pub async fn lock_work(&mut self, objects: &[ObjectId]) -> Result<(), StoreError> {
        let ids: Vec<_> = objects.iter().map(|o| o.uuid()).collect();
        sqlx::query!(
            "SELECT object_id FROM work WHERE object_id = ANY($1) ORDER BY object_id FOR UPDATE",
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        Ok(())
    }

    /// Makes objects dirty again, at once.
    pub(crate) async fn make_due(&mut self, objects: &[ObjectId], lane: Lane) -> Result<(), StoreError> {
        let ids: Vec<_> = objects.iter().map(|o| o.uuid()).collect();
        sqlx::query!(
            "INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
             SELECT o.id, o.target_id, o.tenant_id, $2, now() - CASE o.kind WHEN 'container' THEN interval '2 us'
                    WHEN 'group' THEN interval '1 us' ELSE interval '0' END
               FROM object o WHERE o.id = ANY($1) ORDER BY o.id
             ON CONFLICT (object_id) DO UPDATE
                SET due_at = least(w.due_at, excluded.due_at), lane = least(w.lane, excluded.lane), attempts = 0,
                    refusals = 0",
            &ids,
            lane.code()
        )
        .execute(self.sql())
        .await?;
        self.wake = true;
        Ok(())
    }

    /// Wants people in groups, or out of them. Where a member already exists
    /// in the target, the group is due at once; a new member's own verification
    /// makes it due otherwise.
    pub async fn want_members(
        &mut self,
        tenant: TenantId,
        edges: &[Edge],
        wanted: bool,
    ) -> Result<(), StoreError> {
        let request = self.request_id()?;
        let lane = self.request.as_ref().map_or(Lane::Interactive, |request| request.lane);
        for chunk in edges.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let groups: Vec<_> = chunk.iter().map(|e| e.group.uuid()).collect();
            let members: Vec<_> = chunk.iter().map(|e| e.member.uuid()).collect();
            // The queue first, as in `want_change`. Only groups that have something to do
            // already: the row of a busy group would make everybody who adds to it wait for
            // each other.
            sqlx::query!(
                "INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
                 SELECT DISTINCT o.id, o.target_id, o.tenant_id, $3::smallint, now()
                   FROM unnest($1::uuid[], $2::uuid[]) AS a (g, m) JOIN object o ON o.id = a.g
                   LEFT JOIN external_object x ON x.object_id = a.m
                  WHERE NOT $4 OR x.external_id IS NOT NULL ORDER BY o.id
                 ON CONFLICT (object_id) DO UPDATE
                    SET due_at = least(w.due_at, excluded.due_at), lane = least(w.lane, excluded.lane), attempts = 0,
                    refusals = 0",
                &groups,
                &members,
                lane.code(),
                wanted
            )
            .execute(self.sql())
            .await?;
            let now = ts(self.now);
            sqlx::query!(
                r#"WITH a AS (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS a (g, m)),
                   old AS (UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = $6
                             FROM a WHERE i.object_id = a.g AND i.member_id = a.m
                              AND i.state IN ('requested', 'running', 'failed', 'parked') AND i.request_id <> $5),
                   e AS (INSERT INTO membership AS x (group_object, member_object, tenant_id, wanted)
                         SELECT g, m, $3, $4 FROM a ORDER BY g, m
                         ON CONFLICT (group_object, member_object) DO UPDATE
                            SET wanted = excluded.wanted, wanted_gen = x.wanted_gen + 1,
                                -- An end that has passed is nobody's wish any more.
                                until = CASE WHEN excluded.wanted AND x.until <= $6 THEN NULL ELSE x.until END
                         RETURNING group_object, member_object, wanted_gen)
                   INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at)
                   SELECT $5, group_object, member_object, $3, wanted_gen, $6 FROM e
                   ON CONFLICT (request_id, object_id, member_id) DO UPDATE
                      SET generation = excluded.generation, state = 'requested', problem = NULL,
                          updated_at = excluded.updated_at"#,
                &groups,
                &members,
                tenant.uuid(),
                wanted,
                request,
                now as _
            )
            .execute(self.sql())
            .await?;
        }
        self.wake = true;
        Ok(())
    }

    /// As [`WriteTx::want_members`], for members that exist in the target: the
    /// groups are due at once.
    pub async fn want_members_now(
        &mut self,
        tenant: TenantId,
        edges: &[Edge],
        wanted: bool,
    ) -> Result<(), StoreError> {
        let mut groups: Vec<_> = edges.iter().map(|e| e.group).collect();
        groups.sort_unstable();
        groups.dedup();
        self.make_due(&groups, Lane::for_objects(edges.len())).await?;
        self.want_members(tenant, edges, wanted).await
    }

    /// Wants somebody who goes to another tenant out of all groups, also out of those that could
    /// not be left so far.
    pub(crate) async fn leave_all_groups(
        &mut self,
        tenant: TenantId,
        member: ObjectId,
    ) -> Result<(), StoreError> {
        let groups = sqlx::query_scalar!(
            "SELECT group_object FROM membership
              WHERE member_object = $1 AND tenant_id = $2 AND (wanted OR wanted_gen > applied_gen)
              ORDER BY group_object",
            member.uuid(),
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let edge = |group| Edge { group: ObjectId::from_uuid(group), member };
        let edges: Vec<_> = groups.into_iter().map(edge).collect();
        self.want_members_now(tenant, &edges, false).await
    }

    /// Wants somebody who goes out of all groups.
    pub async fn leave_groups(&mut self, tenant: TenantId, member: ObjectId) -> Result<(), StoreError> {
        let groups = sqlx::query_scalar!(
            "SELECT group_object FROM membership WHERE member_object = $1 AND wanted ORDER BY group_object",
            member.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let edge = |group| Edge { group: ObjectId::from_uuid(group), member };
        let edges: Vec<_> = groups.into_iter().map(edge).collect();
        self.want_members_now(tenant, &edges, false).await
    }

    /// The container of a tenant in a target, if it has one there.
    pub async fn container_of(
        &mut self,
        tenant: TenantId,
        target: TargetId,
    ) -> Result<Option<ObjectId>, StoreError> {
        let id = sqlx::query_scalar!(
            "SELECT id FROM object WHERE entity_id = $1 AND target_id = $2 AND kind = 'container' AND wanted",
            tenant.uuid(),
            target.uuid()
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(id.map(ObjectId::from_uuid))
    }

    /// The containers of a tenant, one in each directory it is in.
    pub async fn containers_of(&mut self, tenant: TenantId) -> Result<Vec<ObjectId>, StoreError> {
        let ids = sqlx::query_scalar!(
            "SELECT id FROM object WHERE entity_id = $1 AND kind = 'container' AND wanted ORDER BY id",
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(ids.into_iter().map(ObjectId::from_uuid).collect())
    }
}

impl ReadTx<'_> {
    /// The desired state of one object.
    pub async fn spec(&mut self, object: ObjectId) -> Result<Spec, StoreError> {
        let row = sqlx::query!(r#"SELECT spec FROM object WHERE id = $1"#, object.uuid())
            .fetch_optional(self.sql())
            .await?
            .ok_or(StoreError::NotFound("object"))?;
        known(serde_json::from_value(row.spec).ok(), "object", "spec", object)
    }
}
