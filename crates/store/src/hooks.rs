//! Hooks as people see them: made, changed, tried, removed. What is to be told comes
//! to be in the database (migration 13); how it is delivered is in [`crate::engine`].

use domain::{
    event::{Event, FieldChange, Outcome},
    hook::{Kind, Moment, Occasion},
    id::{DeliveryId, HookId, Id, ObjectId, RequestId, ServiceId, TenantId},
    limits,
    person::Detail,
    request::Lane,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    StoreError,
    error::known,
    ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// Bytes of a secret: as many as the digest has (RFC 2104, 3).
const SECRET_BYTES: usize = 32;

/// A hook as stored, with how it is doing.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its id.
    pub id: HookId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Code of that tenant.
    pub tenant_code: String,
    /// Code of the service; none for one about requests.
    pub service: Option<String>,
    /// Name as shown.
    pub name: String,
    /// When it is called.
    pub moment: Moment,
    /// What about.
    pub occasions: Vec<Occasion>,
    /// How.
    pub kind: Kind,
    /// Where it leads.
    pub destination: String,
    /// Seconds a call may take.
    pub limit_seconds: i32,
    /// How often it is tried.
    pub tries: i32,
    /// Attributes of people that wait for its consent to a change; none: all of the service.
    pub attributes: Vec<Detail>,
    /// Version, for `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when the secret before the present one still signs.
    pub old_secret_until: Option<Timestamp>,
    /// How often in a row it gave no answer.
    pub failures: i32,
    /// Why it gave none.
    pub reason: Option<String>,
    /// It is left alone until then.
    pub retry_at: Option<Timestamp>,
    /// Deliveries on their way.
    pub waiting: i64,
    /// Deliveries that need a person.
    pub failed: i64,
}

/// A hook to make.
#[derive(Debug, Clone)]
pub struct NewHook {
    /// The service; none for one about requests at and below the tenant.
    pub service: Option<ServiceId>,
    /// Name as shown.
    pub name: String,
    /// When it is called.
    pub moment: Moment,
    /// What about.
    pub occasions: Vec<Occasion>,
    /// How.
    pub kind: Kind,
    /// Where it leads.
    pub destination: String,
    /// Seconds a call may take.
    pub limit_seconds: i32,
    /// How often it is tried.
    pub tries: i32,
    /// Attributes of people that wait for its consent to a change.
    pub attributes: Vec<Detail>,
}

/// What can be changed of a hook.
#[derive(Debug, Clone, Default)]
pub struct HookChange {
    /// Name as shown.
    pub name: Option<String>,
    /// Where it leads.
    pub destination: Option<String>,
    /// Seconds a call may take.
    pub limit_seconds: Option<i32>,
    /// How often it is tried.
    pub tries: Option<i32>,
}

/// A secret that was just made: it is never shown again.
#[derive(Debug)]
pub struct NewSecret(pub Zeroizing<String>);

impl ReadTx<'_> {
    /// The service with this code, and whose it is.
    pub async fn service_owner(&mut self, code: &str) -> Result<Option<(ServiceId, TenantId)>, StoreError> {
        let row = sqlx::query!("SELECT id, tenant_id FROM service WHERE code = $1", code)
            .fetch_optional(self.sql())
            .await?;
        Ok(row.map(|r| (ServiceId::from_uuid(r.id), TenantId::from_uuid(r.tenant_id))))
    }

    /// Hooks of tenants at or below `roots`, in the order they were made, after `after`.
    pub async fn hooks(
        &mut self,
        roots: &[TenantId],
        service: Option<&str>,
        after: Option<HookId>,
        limit: u32,
    ) -> Result<Vec<Hook>, StoreError> {
        self.load_hooks(Some(roots), None, service, after, limit).await
    }

    /// The hook with this id, if the caller may know of its tenant.
    pub async fn hook(&mut self, id: HookId) -> Result<Hook, StoreError> {
        self.load_hooks(None, Some(id), None, None, 1).await?.pop().ok_or(StoreError::NotFound("hook"))
    }

    async fn load_hooks(
        &mut self,
        roots: Option<&[TenantId]>,
        id: Option<HookId>,
        service: Option<&str>,
        after: Option<HookId>,
        limit: u32,
    ) -> Result<Vec<Hook>, StoreError> {
        let roots: Option<Vec<_>> = roots.map(|all| all.iter().map(|t| t.uuid()).collect());
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT h.id, h.tenant_id, t.code AS tenant, s.code AS "service?", h.name, h.moment, h.occasions, h.kind,
                      h.destination, h.limit_seconds, h.tries, h.attributes, h.version,
                      h.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      (SELECT max(k.expires_at) FROM hook_secret k WHERE k.hook_id = h.id AND k.expires_at > $6)
                          AS "old_secret_until: jiff_sqlx::Timestamp",
                      coalesce(x.failures, 0) AS "failures!", x.reason AS "reason?",
                      x.retry_at AS "retry_at?: jiff_sqlx::Timestamp",
                      (SELECT count(*) FROM hook_delivery d WHERE d.hook_id = h.id AND NOT d.waits
                          AND d.state IN ('requested', 'running')) AS "waiting!",
                      (SELECT count(*) FROM hook_delivery d WHERE d.hook_id = h.id AND d.state = 'failed') AS "failed!"
                 FROM hook h JOIN tenant t ON t.id = h.tenant_id LEFT JOIN service s ON s.id = h.service_id
                 LEFT JOIN hook_health x ON x.hook_id = h.id
                WHERE h.removed_at IS NULL AND ($1::uuid[] IS NULL OR EXISTS (SELECT FROM tenant_closure c
                        WHERE c.descendant = h.tenant_id AND c.ancestor = ANY($1)))
                  AND ($2::uuid IS NULL OR h.id = $2) AND ($3::text IS NULL OR s.code = $3)
                  AND ($4::uuid IS NULL OR h.id > $4)
                ORDER BY h.id LIMIT $5"#,
            roots.as_deref(),
            id.map(HookId::uuid),
            service,
            after.map(HookId::uuid),
            i64::from(limit),
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let hooks = rows.into_iter().map(|row| {
            let id = HookId::from_uuid(row.id);
            let occasions: Option<Vec<_>> = row.occasions.iter().map(|o| Occasion::from_code(o)).collect();
            let attributes: Option<Vec<_>> = row.attributes.iter().map(|a| Detail::from_code(a)).collect();
            Ok(Hook {
                id,
                tenant: TenantId::from_uuid(row.tenant_id),
                tenant_code: row.tenant,
                service: row.service,
                name: row.name,
                moment: known(Moment::from_code(&row.moment), "hook", "moment", id)?,
                occasions: known(occasions, "hook", "occasions", id)?,
                kind: known(Kind::from_code(&row.kind), "hook", "kind", id)?,
                destination: row.destination,
                limit_seconds: row.limit_seconds,
                tries: row.tries,
                attributes: known(attributes, "hook", "attributes", id)?,
                version: row.version,
                created_at: row.created_at.to_jiff(),
                old_secret_until: row.old_secret_until.map(jiff_sqlx::Timestamp::to_jiff),
                failures: row.failures,
                reason: row.reason,
                retry_at: row.retry_at.map(jiff_sqlx::Timestamp::to_jiff),
                waiting: row.waiting,
                failed: row.failed,
            })
        });
        hooks.collect()
    }

    /// How many hooks the tenant of the permit has, and whether one has this name.
    pub async fn hook_names(
        &mut self,
        permit: &Permit<act::HookManage>,
        name: &str,
        but: Option<HookId>,
    ) -> Result<(i64, bool), StoreError> {
        let row = sqlx::query!(
            r#"SELECT count(*) AS "all!", coalesce(bool_or(lower(name) = lower($2) AND id IS DISTINCT FROM $3), false)
                      AS "taken!" FROM hook WHERE tenant_id = $1 AND removed_at IS NULL"#,
            permit.tenant.id.uuid(),
            name,
            but.map(HookId::uuid)
        )
        .fetch_one(self.sql())
        .await?;
        Ok((row.all, row.taken))
    }
}

impl WriteTx<'_> {
    /// Makes a hook of the permitted tenant; a webhook gets a secret.
    pub async fn insert_hook(
        &mut self,
        permit: &Permit<act::HookManage>,
        new: &NewHook,
    ) -> Result<(HookId, Option<NewSecret>), StoreError> {
        let id: HookId = self.id();
        let occasions: Vec<_> = new.occasions.iter().map(|o| o.code().to_owned()).collect();
        let attributes: Vec<_> = new.attributes.iter().map(|a| a.code().to_owned()).collect();
        let now = ts(self.now);
        sqlx::query!(
            "INSERT INTO hook (id, tenant_id, service_id, name, moment, occasions, kind, destination, limit_seconds,
                    tries, created_at, attributes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            id.uuid(),
            permit.tenant.id.uuid(),
            new.service.map(ServiceId::uuid),
            new.name,
            new.moment.code(),
            &occasions,
            new.kind.code(),
            new.destination,
            new.limit_seconds,
            new.tries,
            now as _,
            &attributes
        )
        .execute(self.sql())
        .await?;
        let secret = match new.kind {
            Kind::Webhook => Some(self.insert_hook_secret(permit, id).await?),
            Kind::Command => None,
        };
        let mut changes = vec![
            change("name", None, Some(new.name.clone())),
            change("moment", None, Some(new.moment.code().to_owned())),
            change("occasions", None, Some(occasions.join(", "))),
            change("kind", None, Some(new.kind.code().to_owned())),
            change("destination", None, Some(shown(&new.destination))),
        ];
        if !attributes.is_empty() {
            changes.push(change("attributes", None, Some(attributes.join(", "))));
        }
        self.note_hook(permit, id, "hook.created", changes);
        Ok((id, secret))
    }

    /// Changes a hook of the permitted tenant, if `version` is still the present one.
    pub async fn change_hook(
        &mut self,
        permit: &Permit<act::HookManage>,
        hook: &Hook,
        version: i64,
        to: &HookChange,
    ) -> Result<i64, StoreError> {
        let present = self.lock_hook(permit, hook.id).await?;
        if present != version {
            return Err(StoreError::Stale { present });
        }
        let (name, destination) = (to.name.as_ref(), to.destination.as_ref());
        let number = |field, before: i32, after: Option<i32>| {
            let after = after.filter(|after| *after != before)?;
            Some(change(field, Some(before.to_string()), Some(after.to_string())))
        };
        let text = |field, before: &String, after: Option<&String>| {
            let after = after.filter(|after| *after != before)?;
            Some(change(field, Some(shown(before)), Some(shown(after))))
        };
        let changes: Vec<_> = [
            text("name", &hook.name, name),
            text("destination", &hook.destination, destination),
            number("time_limit", hook.limit_seconds, to.limit_seconds),
            number("tries", hook.tries, to.tries),
        ]
        .into_iter()
        .flatten()
        .collect();
        if changes.is_empty() {
            return Ok(version);
        }
        sqlx::query!(
            "UPDATE hook SET name = coalesce($2, name), destination = coalesce($3, destination),
                    limit_seconds = coalesce($4, limit_seconds), tries = coalesce($5, tries), version = version + 1
              WHERE id = $1",
            hook.id.uuid(),
            name,
            destination,
            to.limit_seconds,
            to.tries
        )
        .execute(self.sql())
        .await?;
        // Another receiver is not the one that did not answer.
        sqlx::query!("UPDATE hook_health SET retry_at = NULL WHERE hook_id = $1", hook.id.uuid())
            .execute(self.sql())
            .await?;
        self.wake = true;
        self.note_hook(permit, hook.id, "hook.updated", changes);
        Ok(version + 1)
    }

    /// Gives a webhook a new secret; the present one signs beside it for `hours`,
    /// earlier ones no more.
    pub async fn rotate_hook(
        &mut self,
        permit: &Permit<act::HookManage>,
        hook: &Hook,
        hours: i64,
    ) -> Result<NewSecret, StoreError> {
        self.lock_hook(permit, hook.id).await?;
        let until = self.now + SignedDuration::from_hours(hours);
        let now = ts(self.now);
        sqlx::query!(
            "UPDATE hook_secret SET expires_at = CASE WHEN expires_at IS NULL THEN $2 ELSE least(expires_at, $3) END
              WHERE hook_id = $1",
            hook.id.uuid(),
            ts(until) as _,
            now as _
        )
        .execute(self.sql())
        .await?;
        let secret = self.insert_hook_secret(permit, hook.id).await?;
        self.note_hook(permit, hook.id, "hook.secret_rotated", vec![]);
        Ok(secret)
    }

    /// Removes a hook: nothing is told any more, and nothing waits for it.
    pub async fn remove_hook(
        &mut self,
        permit: &Permit<act::HookManage>,
        hook: &Hook,
    ) -> Result<(), StoreError> {
        self.lock_hook(permit, hook.id).await?;
        let now = ts(self.now);
        sqlx::query!(
            "UPDATE hook SET removed_at = $2, version = version + 1 WHERE id = $1",
            hook.id.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        let freed = sqlx::query!(
            "WITH d AS (UPDATE hook_delivery d SET state = 'superseded', holds = false, waits = false, problem = NULL,
                               updated_at = $2
                          FROM (SELECT id, holds FROM hook_delivery WHERE hook_id = $1) old
                         WHERE d.id = old.id AND d.state IN ('requested', 'running', 'failed')
                        RETURNING d.id, d.request_id, d.group_object, d.member_object, old.holds AS held),
                  i AS (UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = $2 FROM d
                         WHERE i.request_id = d.request_id AND i.object_id = d.id)
             SELECT DISTINCT d.group_object, d.member_object FROM d WHERE d.held AND d.group_object IS NOT NULL",
            hook.id.uuid(),
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let groups: Vec<_> = freed.iter().filter_map(|r| r.group_object).collect();
        let members: Vec<_> = freed.iter().map(|r| r.member_object.unwrap_or(Uuid::nil())).collect();
        sqlx::query!(
            "WITH i AS (UPDATE request_item i SET state = 'requested', problem = NULL, updated_at = $3
                          FROM unnest($1::uuid[], $2::uuid[]) AS a (g, m)
                         WHERE (i.object_id = a.g AND i.member_id = a.m
                                OR i.object_id = a.m AND i.member_id = '00000000-0000-0000-0000-000000000000')
                           AND i.state = 'failed'
                           AND i.problem->>'code' = 'hook_pending' RETURNING i.request_id)
             UPDATE request SET finished_at = NULL WHERE id IN (SELECT request_id FROM i)",
            &groups,
            &members,
            now as _
        )
        .execute(self.sql())
        .await?;
        let due: Vec<_> = groups.iter().chain(&members).copied().map(ObjectId::from_uuid).collect();
        self.make_due(&due, Lane::for_objects(groups.len())).await?;
        self.note_hook(permit, hook.id, "hook.removed", vec![change("name", Some(hook.name.clone()), None)]);
        Ok(())
    }

    /// Has a hook called once to see whether it works; gives the request that shows it.
    pub async fn test_hook(
        &mut self,
        permit: &Permit<act::HookManage>,
        hook: &Hook,
    ) -> Result<RequestId, StoreError> {
        self.lock_hook(permit, hook.id).await?;
        let args = json!({ "name": hook.name });
        let request = self.open_request(permit.tenant.id, "hook_test", args, Lane::Interactive);
        let id: DeliveryId = self.id();
        let now = ts(self.now);
        sqlx::query!(
            "WITH d AS (INSERT INTO hook_delivery (id, tenant_id, hook_id, name, request_id, moment, occasion,
                               lane, occurred_at, updated_at) VALUES ($1, $2, $3, $8, $4, $5, $6, 0, $7, $7))
             INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
             VALUES ($4, $1, $2, 1, $7)",
            id.uuid(),
            permit.tenant.id.uuid(),
            hook.id.uuid(),
            request.uuid(),
            hook.moment.code(),
            Occasion::Test.code(),
            now as _,
            hook.name
        )
        .execute(self.sql())
        .await?;
        self.wake = true;
        self.note_hook(permit, hook.id, "hook.tested", vec![]);
        Ok(request)
    }

    /// Locks a hook that is not removed; gives its version.
    async fn lock_hook(&mut self, permit: &Permit<act::HookManage>, id: HookId) -> Result<i64, StoreError> {
        let version = sqlx::query_scalar!(
            "SELECT version FROM hook WHERE id = $1 AND tenant_id = $2 AND removed_at IS NULL FOR UPDATE",
            id.uuid(),
            permit.tenant.id.uuid()
        )
        .fetch_optional(self.sql())
        .await?;
        version.ok_or(StoreError::NotFound("hook"))
    }

    async fn insert_hook_secret(
        &mut self,
        permit: &Permit<act::HookManage>,
        hook: HookId,
    ) -> Result<NewSecret, StoreError> {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        self.store.keys.fill(bytes.as_mut_slice());
        // As Standard Webhooks writes secrets.
        let text = Zeroizing::new(format!("whsec_{}", data_encoding::BASE64.encode(bytes.as_slice())));
        let id: Id<domain::id::SecretKind> = self.id();
        let (key_id, sealed) = self.store.keys.seal(id.uuid(), text.as_bytes())?;
        let now = ts(self.now);
        sqlx::query!(
            "INSERT INTO hook_secret (id, tenant_id, hook_id, key_id, sealed, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            id.uuid(),
            permit.tenant.id.uuid(),
            hook.uuid(),
            key_id,
            sealed,
            now as _
        )
        .execute(self.sql())
        .await?;
        Ok(NewSecret(text))
    }

    fn note_hook(
        &mut self,
        permit: &Permit<act::HookManage>,
        hook: HookId,
        code: &'static str,
        changes: Vec<FieldChange>,
    ) {
        self.changed = true;
        let (tenant, target) = (permit.tenant.id, ("hook", hook.to_string()));
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
    }
}

fn change(field: &'static str, before: Option<String>, after: Option<String>) -> FieldChange {
    FieldChange { field: field.into(), before, after, person: None }
}

/// A destination without its query, which may hold a key of the receiver.
fn shown(destination: &str) -> String {
    destination.split('?').next().unwrap_or_default().chars().take(limits::ADDRESS_CHARS).collect()
}
