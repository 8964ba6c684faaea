//! Giving back what is ours: the directory keeps it as it is, without our marker, and
//! we want nothing of it any more.

use domain::{
    event::{Event, FieldChange, Outcome},
    fact::{FactKind, local_date},
    id::{AdoptionId, GroupId, ObjectId, RequestId, TenantId, UserId},
    request::Lane,
    spec::ObjectKind,
};
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::{
    StoreError,
    adoptions::Adoption,
    engine::STRAY_GENERATION,
    error::known,
    ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// What of a person or a group stands in the directory, before it is given back.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Its address; none when it never was there.
    pub dn: Option<String>,
    /// Groups of services and of all people, which it leaves.
    pub left: Vec<String>,
    /// Groups it stays in as it is.
    pub kept: Vec<String>,
}

/// An object an adoption made ours.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Ours.
    pub object: ObjectId,
    /// Container, group, user or access list.
    pub kind: ObjectKind,
    /// The person, the group or the container it stands for.
    pub entity: Uuid,
    /// It was somebody's before the adoption.
    pub is_linked: bool,
    /// It was in the directory before the adoption.
    pub was_there: bool,
    /// Something else was wanted of it since.
    pub is_changed: bool,
}

impl ReadTx<'_> {
    /// Where an object is, and which groups it is in.
    pub async fn standing_of(&mut self, object: ObjectId) -> Result<Standing, StoreError> {
        let dn = sqlx::query_scalar!("SELECT dn FROM external_object WHERE object_id = $1", object.uuid())
            .fetch_optional(self.sql())
            .await?
            .flatten();
        let rows = sqlx::query!(
            "SELECT g.name, g.purpose FROM membership m JOIN user_group g ON g.object_id = m.group_object
              WHERE m.member_object = $1 AND m.wanted AND g.deleted_at IS NULL ORDER BY g.name",
            object.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let mut standing = Standing { dn, ..Standing::default() };
        for row in rows {
            if row.purpose == "custom" { &mut standing.kept } else { &mut standing.left }.push(row.name);
        }
        Ok(standing)
    }

    /// What an adoption made ours, and whether anything of it changed since: what is
    /// wanted of it, what is known of it, or who is in its groups.
    pub async fn taken_by(
        &mut self,
        adoption: &Adoption,
        (customer, request): (TenantId, RequestId),
    ) -> Result<Vec<Taken>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT o.id, o.kind, o.entity_id,
                      -- Something may be wanted twice of what it made.
                      NOT EXISTS (SELECT FROM object_revision f WHERE f.object_id = o.id
                                     AND f.request_id = i.request_id AND f.before IS NULL) AS "linked!",
                      EXISTS (SELECT FROM external_object x JOIN adoption_item a ON a.adoption_id = $1
                                  AND a.external_id = x.external_id AND a.fate = 'create'
                               WHERE x.object_id = o.id AND o.kind <> 'access') AS "there!",
                      NOT o.wanted OR o.generation <> i.generation
                      OR EXISTS (SELECT FROM users u WHERE u.object_id = o.id AND (u.version > 1 OR u.deleted_at IS NOT NULL))
                      OR EXISTS (SELECT FROM user_group g WHERE g.object_id = o.id
                                    AND (g.version > 1 OR g.deleted_at IS NOT NULL)) AS "changed!"
                 FROM request_item i JOIN object o ON o.id = i.object_id
                 JOIN object_revision r ON r.object_id = o.id AND r.generation = i.generation AND r.request_id = i.request_id
                WHERE i.request_id = $2 AND i.member_id = '00000000-0000-0000-0000-000000000000' AND i.tenant_id = $3
                ORDER BY o.id"#,
            adoption.id.uuid(),
            request.uuid(),
            customer.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Taken {
                    object: ObjectId::from_uuid(row.id),
                    kind: known(ObjectKind::from_code(&row.kind), "object", "kind", row.id)?,
                    entity: row.entity_id,
                    is_linked: row.linked,
                    was_there: row.there,
                    is_changed: row.changed,
                })
            })
            .collect()
    }

    /// How many other requests of a customer since this one were about these objects;
    /// about anything at all without objects.
    pub async fn requests_since(
        &mut self,
        customer: TenantId,
        request: RequestId,
        objects: Option<&[ObjectId]>,
    ) -> Result<i64, StoreError> {
        let ids = objects.map(|objects| objects.iter().map(|o| o.uuid()).collect::<Vec<_>>());
        let since = sqlx::query_scalar!(
            r#"SELECT count(*) AS "n!" FROM request q WHERE q.tenant_id = $1 AND q.id > $2
                  AND ($3::uuid[] IS NULL OR EXISTS (SELECT FROM request_item i WHERE i.request_id = q.id
                        AND (i.object_id = ANY($3) OR i.member_id = ANY($3))))"#,
            customer.uuid(),
            request.uuid(),
            ids.as_deref() as _
        )
        .fetch_one(self.sql())
        .await?;
        Ok(since)
    }
}

impl WriteTx<'_> {
    /// Wants nothing of objects any more but that our marker goes, within the opened
    /// request. Out of groups of services and of all people they are taken, because
    /// those stay ours; of every other membership nothing is wanted, in or out.
    pub async fn release_objects(
        &mut self,
        _permit: &Permit<act::DirectoryAdopt>,
        tenant: TenantId,
        objects: &[ObjectId],
        lane: Lane,
    ) -> Result<(), StoreError> {
        let (request, now) = (self.request_id()?, ts(self.now));
        let ids: Vec<_> = objects.iter().map(|o| o.uuid()).collect();
        sqlx::query!(
            "SELECT id FROM object WHERE id = ANY($1) AND tenant_id = $2 ORDER BY id FOR NO KEY UPDATE",
            &ids,
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        // Then the queue, as the engine locks it when it records what became of a batch.
        sqlx::query!(
            "SELECT object_id FROM work WHERE object_id = ANY($1)
                 OR object_id IN (SELECT group_object FROM membership WHERE member_object = ANY($1))
              ORDER BY object_id FOR UPDATE",
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        self.leave_for_good(tenant, &ids, lane).await?;
        sqlx::query!(
            "WITH a AS (SELECT o.id, o.target_id, o.kind, o.generation + 1 AS gen, o.spec AS before,
                               jsonb_build_object('kind', 'released', 'was', o.kind,
                                   'name', coalesce(o.spec->>'display_name', o.spec->>'name', '')) AS after
                          FROM object o WHERE o.id = ANY($1) AND o.tenant_id = $2 AND o.wanted ORDER BY o.id FOR NO KEY UPDATE),
                  o AS (UPDATE object o SET spec = a.after, generation = a.gen, wanted = false FROM a WHERE o.id = a.id),
                  r AS (INSERT INTO object_revision (object_id, generation, tenant_id, request_id, before, at)
                        SELECT a.id, a.gen, $2, $3, a.before, $4 FROM a),
                  old AS (UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = $4 FROM a
                           WHERE i.object_id = a.id AND i.state IN ('requested', 'running', 'failed', 'parked')
                             AND i.request_id <> $3),
                  i AS (INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
                        SELECT $3, a.id, $2, a.gen, $4 FROM a)
             INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
             SELECT a.id, a.target_id, $2, $5::smallint, now() FROM a ORDER BY a.id
             ON CONFLICT (object_id) DO UPDATE SET due_at = least(w.due_at, excluded.due_at),
                lane = least(w.lane, excluded.lane), attempts = 0, refusals = 0",
            &ids,
            tenant.uuid(),
            request,
            now as _,
            lane.code()
        )
        .execute(self.sql())
        .await?;
        self.wake = true;
        Ok(())
    }

    /// By its id in the target, because what leaves is not ours when that is done.
    async fn leave_for_good(&mut self, tenant: TenantId, ids: &[Uuid], lane: Lane) -> Result<(), StoreError> {
        let (request, now) = (self.request_id()?, ts(self.now));
        let groups = sqlx::query_scalar!(
            "WITH s AS (INSERT INTO stray_member AS s (group_object, external_id, tenant_id, dn, request_id)
                        SELECT m.group_object, x.external_id, $2, coalesce(x.dn, ''), $3
                          FROM membership m JOIN user_group g ON g.object_id = m.group_object AND g.purpose <> 'custom'
                          JOIN external_object x ON x.object_id = m.member_object AND x.external_id IS NOT NULL
                         WHERE m.member_object = ANY($1) AND m.tenant_id = $2 AND m.group_object <> ALL($1)
                           AND g.deleted_at IS NULL
                        ON CONFLICT (group_object, external_id) DO UPDATE SET request_id = excluded.request_id
                        RETURNING s.group_object, s.external_id),
                  old AS (UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = $4
                            FROM membership m
                           WHERE (m.member_object = ANY($1) OR m.group_object = ANY($1)) AND m.tenant_id = $2
                             AND i.object_id = m.group_object AND i.member_id = m.member_object
                             AND i.state IN ('requested', 'running', 'failed', 'parked')),
                  m AS (DELETE FROM membership WHERE (member_object = ANY($1) OR group_object = ANY($1)) AND tenant_id = $2)
             INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at)
             SELECT $3::uuid, s.group_object, s.external_id, $2::uuid, $5::bigint, $4::timestamptz FROM s
             RETURNING object_id",
            ids,
            tenant.uuid(),
            request,
            now as _,
            STRAY_GENERATION
        )
        .fetch_all(self.sql())
        .await?;
        let mut groups: Vec<_> = groups.into_iter().map(ObjectId::from_uuid).collect();
        groups.sort_unstable();
        groups.dedup();
        self.make_due(&groups, lane).await
    }

    /// Ends people with all they hold here, plans and their facts included. Their names
    /// are free at once: the accounts that bear them are still there, and may be taken
    /// over again.
    pub async fn release_people(
        &mut self,
        permit: &Permit<act::DirectoryAdopt>,
        (tenant, zone): (TenantId, &str),
        people: &[UserId],
    ) -> Result<(), StoreError> {
        let ids: Vec<_> = people.iter().map(|id| id.uuid()).collect();
        self.drop_passwords(&ids, true).await?;
        self.end_plans(tenant, zone, Some((&ids, &[]))).await?;
        let now = ts(self.now);
        sqlx::query!(
            "WITH u AS (UPDATE users SET deleted_at = $3, version = version + 1, purge_at = NULL, removal = NULL
                         WHERE id = ANY($1) AND tenant_id = $2),
                  k AS (UPDATE api_token SET revoked_at = $3 WHERE user_id = ANY($1) AND revoked_at IS NULL),
                  g AS (UPDATE role_grant SET revoked_at = $3 WHERE user_id = ANY($1) AND revoked_at IS NULL),
                  a AS (UPDATE activation SET revoked_at = $3 WHERE user_id = ANY($1) AND used_at IS NULL)
             UPDATE reserved_name SET reserved_until = $3 WHERE owner = ANY($1) AND tenant_id = $2",
            &ids,
            tenant.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        for id in people {
            self.note_release(permit, tenant, ("user", id.to_string()), "user.released");
        }
        Ok(())
    }

    /// Ends groups, and what is subscribed to by them; their names are free at once.
    pub async fn release_groups(
        &mut self,
        permit: &Permit<act::DirectoryAdopt>,
        (tenant, zone): (TenantId, &str),
        groups: &[(GroupId, ObjectId)],
    ) -> Result<(), StoreError> {
        let objects: Vec<_> = groups.iter().map(|(_, object)| object.uuid()).collect();
        self.end_plans(tenant, zone, Some((&[], &objects))).await?;
        let (ids, now): (Vec<_>, _) = (groups.iter().map(|(id, _)| id.uuid()).collect(), ts(self.now));
        sqlx::query!(
            "WITH g AS (UPDATE user_group SET deleted_at = $3, version = version + 1, purge_at = NULL, delete_request = NULL
                         WHERE id = ANY($1) AND tenant_id = $2)
             UPDATE reserved_name SET reserved_until = $3 WHERE owner = ANY($1)",
            &ids,
            tenant.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        for (id, _) in groups {
            self.note_release(permit, tenant, ("group", id.to_string()), "group.released");
        }
        Ok(())
    }

    /// Ends a customer that was taken over: nothing of it is wanted, and its names are
    /// free at once. Its row stays for the ledger.
    pub async fn release_customer(
        &mut self,
        permit: &Permit<act::TenantClose>,
        adopt: &Permit<act::DirectoryAdopt>,
    ) -> Result<(), StoreError> {
        let (tenant, request, now) = (permit.tenant.id, self.request_id()?, ts(self.now));
        self.end_plans(tenant, &permit.tenant.time_zone, None).await?;
        sqlx::query!(
            "WITH t AS (UPDATE tenant SET closed_at = $2, purge_at = $2, purged_at = $2, close_request = $3, status_at = $2,
                               version = version + 1 WHERE id = $1)
             UPDATE reserved_name n SET reserved_until = $2 WHERE n.tenant_id = $1
                -- Who moved away keeps the names.
                AND NOT EXISTS (SELECT FROM users u WHERE u.tenant_id = $1 AND u.moved_to = n.owner)",
            tenant.uuid(),
            now as _,
            request
        )
        .execute(self.sql())
        .await?;
        self.note_release(adopt, tenant, ("tenant", tenant.to_string()), "tenant.released");
        Ok(())
    }

    /// The adoption was taken back by the opened request.
    pub async fn adoption_released(
        &mut self,
        permit: &Permit<act::DirectoryAdopt>,
        adoption: AdoptionId,
    ) -> Result<(), StoreError> {
        let (request, now, tenant) = (self.request_id()?, ts(self.now), permit.tenant.id);
        sqlx::query!(
            "UPDATE adoption SET state = 'released', released_at = $3, release_request = $4 WHERE id = $1 AND tenant_id = $2",
            adoption.uuid(),
            tenant.uuid(),
            now as _,
            request
        )
        .execute(self.sql())
        .await?;
        self.note_release(permit, tenant, ("adoption", adoption.to_string()), "adoption.released");
        Ok(())
    }

    /// Ends what these people have and what these groups stand for, or all that the tenant
    /// subscribes to, with *ended* facts.
    pub(crate) async fn end_plans(
        &mut self,
        tenant: TenantId,
        zone: &str,
        of: Option<(&[Uuid], &[Uuid])>,
    ) -> Result<(), StoreError> {
        let date = local_date(self.now, &TimeZone::get(zone).unwrap_or(TimeZone::UTC));
        let (request, now) = (self.request_id()?, ts(self.now));
        let ended = sqlx::query!(
            "WITH s AS (UPDATE subscription SET ended_at = $3 WHERE tenant_id = $1 AND ended_at IS NULL
                           AND ($2::uuid[] IS NULL OR user_id = ANY($2) OR group_object = ANY($8)) RETURNING *),
                  f AS (INSERT INTO fact (tenant_id, subscription_id, user_id, plan_id, kind, at, local_date, zone, request_id)
                        SELECT s.tenant_id, s.id, s.user_id, s.plan_id, $4, $3, $5, $6, $7 FROM s)
             SELECT s.user_id, p.code, p.version FROM s JOIN plan p ON p.id = s.plan_id ORDER BY s.id",
            tenant.uuid(),
            of.map(|(people, _)| people) as _,
            now as _,
            FactKind::Ended.code(),
            jiff_sqlx::ToSqlx::to_sqlx(date) as _,
            zone,
            request,
            of.map(|(_, groups)| groups) as _
        )
        .fetch_all(self.sql())
        .await?;
        for row in ended {
            self.note_plan_of(tenant, row.user_id, &row.code, row.version, false);
        }
        Ok(())
    }

    /// On whose word, because whoever may remove somebody may not leave an account behind
    /// of which nobody knows.
    fn note_release(
        &mut self,
        permit: &Permit<act::DirectoryAdopt>,
        tenant: TenantId,
        target: (&'static str, String),
        code: &'static str,
    ) {
        let after = Some(permit.tenant.id.to_string());
        let by = FieldChange { field: "released_by".into(), before: None, after, person: None };
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes: vec![by] });
    }
}
