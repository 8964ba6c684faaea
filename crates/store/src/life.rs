//! Tenants' life: what suspending, closing, restoring and moving do to what a
//! tenant has. Thousands of accounts in few statements, as one request.

mod moves;

pub use moves::{MoveObstacle, PlannedMove, PlannedMoveView, PutsBelow, SellerDays};

use domain::{
    event::{Event, FieldChange, Outcome},
    fact::{FactKind, local_date, time_zone},
    id::{ObjectId, PlanId, RequestId, TenantId, UserId},
    request::Lane,
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::{
    StoreError,
    objects::Edge,
    ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// When a tenant was closed, and what can still be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// When.
    pub closed_at: Timestamp,
    /// Until when it can be restored.
    pub purge_at: Timestamp,
    /// Nothing of it is wanted any more.
    pub purged: bool,
    request: Option<Uuid>,
}

impl ReadTx<'_> {
    /// Whether and since when the tenant is closed.
    pub async fn closing(&mut self, tenant: TenantId) -> Result<Option<Closing>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT closed_at AS "closed_at: jiff_sqlx::Timestamp", purge_at AS "purge_at: jiff_sqlx::Timestamp",
                      purged_at IS NOT NULL AS "purged!", close_request FROM tenant WHERE id = $1"#,
            tenant.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        Ok(row.closed_at.zip(row.purge_at).map(|(closed, purge)| Closing {
            closed_at: closed.to_jiff(),
            purge_at: purge.to_jiff(),
            purged: row.purged,
            request: row.close_request,
        }))
    }

    /// Whether a tenant above this one is closed.
    pub async fn is_closed_above(&mut self, tenant: TenantId) -> Result<bool, StoreError> {
        let closed = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM closed_tenant WHERE id = $1 AND depth > 0) AS "closed!""#,
            tenant.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        Ok(closed)
    }

    /// How many tenants below this one are not closed.
    pub async fn open_below(&mut self, tenant: TenantId) -> Result<i64, StoreError> {
        let open = sqlx::query_scalar!(
            r#"SELECT count(*) AS "open!" FROM tenant_closure c JOIN tenant t ON t.id = c.descendant
                WHERE c.ancestor = $1 AND c.depth > 0 AND t.closed_at IS NULL"#,
            tenant.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        Ok(open)
    }
}

/// The customer's own day, by its own calendar.
fn day_of(at: Timestamp, tenant: TenantId, zone: &str) -> Result<Date, StoreError> {
    let broken = || StoreError::Corrupt { table: "tenant", column: "time_zone", id: tenant.to_string() };
    Ok(local_date(at, &time_zone(zone).ok_or_else(broken)?))
}

impl WriteTx<'_> {
    /// Nobody makes or moves a tenant until the end of this transaction.
    pub async fn lock_tree(&mut self) -> Result<(), StoreError> {
        sqlx::query!("SELECT lock_tree()").fetch_one(self.sql()).await?;
        Ok(())
    }

    /// Nobody moves a tenant, or closes a seller, until the end of this transaction.
    pub async fn share_tree(&mut self) -> Result<(), StoreError> {
        sqlx::query!("SELECT pg_advisory_xact_lock_shared(7236113)").fetch_one(self.sql()).await?;
        Ok(())
    }

    /// Enables and disables the accounts at and below the tenant as they should be:
    /// as each person's row says, and never where the tenant or one above it is
    /// suspended or closed. Needs an open request; gives how many accounts change.
    pub async fn settle_accounts(&mut self, root: TenantId) -> Result<i64, StoreError> {
        let (request, now) = (self.request_id()?, ts(self.now));
        let changed = sqlx::query_scalar!(
            r#"SELECT settle_accounts($1, $2, $3) AS "n!""#,
            root.uuid(),
            request,
            now as _
        )
        .fetch_one(self.sql())
        .await?;
        self.wake |= changed > 0;
        Ok(changed)
    }

    /// The open request if something belongs to it; without anything there is none.
    pub fn request_of(&mut self, objects: i64) -> Option<RequestId> {
        if objects == 0 {
            self.request = None;
        }
        self.request.as_ref().map(|request| request.id)
    }

    /// Closes the permitted tenant: it is served no more, and what it subscribed to has
    /// ended today. Needs an open request; false when it is closed already.
    pub async fn close_tenant(
        &mut self,
        permit: &Permit<act::TenantClose>,
        purge_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (tenant, request, now) = (permit.tenant.id, self.request_id()?, ts(self.now));
        let closed = sqlx::query!(
            "UPDATE tenant SET closed_at = $2, purge_at = $3, close_request = $4, status_at = $2, version = version + 1
              WHERE id = $1 AND closed_at IS NULL",
            tenant.uuid(),
            now as _,
            ts(purge_at) as _,
            request
        )
        .execute(self.sql())
        .await?;
        if closed.rows_affected() == 0 {
            return Ok(false);
        }
        let before = permit.tenant.status.code().to_owned();
        let changes = vec![
            FieldChange {
                field: "status".into(),
                before: Some(before),
                after: Some("closed".to_owned()),
                person: None,
            },
            FieldChange {
                field: "purge_at".into(),
                before: None,
                after: Some(purge_at.to_string()),
                person: None,
            },
        ];
        self.note_life(tenant, "tenant.closed", changes);
        self.end_subscriptions(tenant, &permit.tenant.time_zone).await?;
        Ok(true)
    }

    /// Ends all a tenant subscribes to, with *ended* facts on its own calendar.
    async fn end_subscriptions(&mut self, tenant: TenantId, zone: &str) -> Result<(), StoreError> {
        let date = day_of(self.now, tenant, zone)?;
        let (request, now) = (self.request_id()?, ts(self.now));
        let ended = sqlx::query!(
            r#"WITH s AS (UPDATE subscription SET ended_at = $2 WHERE tenant_id = $1 AND ended_at IS NULL RETURNING *),
                    f AS (INSERT INTO fact (tenant_id, subscription_id, user_id, plan_id, kind, at, local_date, zone,
                                 request_id)
                          SELECT s.tenant_id, s.id, s.user_id, s.plan_id, $3, $2, $4, $5, $6 FROM s)
               SELECT s.user_id, p.code, p.version FROM s JOIN plan p ON p.id = s.plan_id ORDER BY s.id"#,
            tenant.uuid(),
            now as _,
            FactKind::Ended.code(),
            jiff_sqlx::ToSqlx::to_sqlx(date) as _,
            zone,
            request
        )
        .fetch_all(self.sql())
        .await?;
        for row in ended {
            self.note_plan_of(tenant, row.user_id, &row.code, row.version, false);
        }
        Ok(())
    }

    /// Opens a closed tenant again: what its closing ended begins again as new
    /// subscriptions with *ordered* facts, and starts when it is verified again. Needs
    /// an open request; gives how many objects and memberships are verified for that.
    pub async fn restore_tenant(
        &mut self,
        permit: &Permit<act::TenantClose>,
        closing: &Closing,
    ) -> Result<i64, StoreError> {
        let (tenant, now) = (permit.tenant.id, ts(self.now));
        let opened = sqlx::query!(
            "UPDATE tenant SET closed_at = NULL, purge_at = NULL, close_request = NULL, status_at = $2,
                    version = version + 1
              WHERE id = $1 AND closed_at IS NOT NULL AND purged_at IS NULL AND purge_at > $2 RETURNING status",
            tenant.uuid(),
            now as _
        )
        .fetch_optional(self.sql())
        .await?;
        let Some(opened) = opened else { return Err(StoreError::Conflict("a tenant that is gone")) };
        let before = Some("closed".to_owned());
        let status = FieldChange { field: "status".into(), before, after: Some(opened.status), person: None };
        self.note_life(tenant, "tenant.restored", vec![status]);
        self.subscribe_again(permit, closing).await
    }

    async fn subscribe_again(
        &mut self,
        permit: &Permit<act::TenantClose>,
        closing: &Closing,
    ) -> Result<i64, StoreError> {
        let (tenant, zone) = (permit.tenant.id, &permit.tenant.time_zone);
        let date = day_of(self.now, tenant, zone)?;
        let (request, now) = (self.request_id()?, ts(self.now));
        let rows = sqlx::query!(
            r#"WITH s AS (INSERT INTO subscription (id, tenant_id, user_id, plan_id, order_id, group_object,
                                 member_object, created_at, direct)
                          SELECT time_ordered_id($3), s.tenant_id, s.user_id, s.plan_id, s.order_id, s.group_object,
                                 s.member_object, $3, s.direct
                            FROM subscription s JOIN fact f ON f.subscription_id = s.id AND f.kind = $7
                            LEFT JOIN users u ON u.id = s.user_id
                           WHERE s.tenant_id = $1 AND f.tenant_id = $1 AND f.request_id = $2 AND u.deleted_at IS NULL
                          RETURNING *),
                    f AS (INSERT INTO fact (tenant_id, subscription_id, user_id, plan_id, kind, at, local_date, zone,
                                 request_id)
                          SELECT s.tenant_id, s.id, s.user_id, s.plan_id, $8, $3, $4, $5, $6 FROM s)
               SELECT s.user_id, s.group_object, s.member_object, p.id AS plan, p.code, p.version
                 FROM s JOIN plan p ON p.id = s.plan_id ORDER BY s.id"#,
            tenant.uuid(),
            closing.request,
            now as _,
            jiff_sqlx::ToSqlx::to_sqlx(date) as _,
            zone,
            request,
            FactKind::Ended.code(),
            FactKind::Ordered.code()
        )
        .fetch_all(self.sql())
        .await?;
        let (mut edges, mut groups) = (Vec::new(), Vec::new());
        for row in rows {
            let group = ObjectId::from_uuid(row.group_object);
            match row.member_object {
                Some(member) => edges.push(Edge { group, member: ObjectId::from_uuid(member) }),
                None => groups.push(row.group_object),
            }
            self.grow_plan(tenant, PlanId::from_uuid(row.plan));
            self.note_plan_of(tenant, row.user_id, &row.code, row.version, true);
        }
        edges.sort_unstable_by_key(|e| (e.group, e.member));
        edges.dedup();
        self.want_members_now(tenant, &edges, true).await?;
        let objects = self.verify_again(&groups).await?;
        Ok(objects + i64::try_from(edges.len()).unwrap_or(i64::MAX))
    }

    /// Wants what is wanted already, so that it is read back once more.
    pub async fn verify_again(&mut self, objects: &[Uuid]) -> Result<i64, StoreError> {
        let (request, now) = (self.request_id()?, ts(self.now));
        let again = sqlx::query_scalar!(
            r#"SELECT want_specs($2, $3, $4, array_agg(o.id), array_agg(o.spec)) AS "n!"
                 FROM (SELECT id, spec FROM object WHERE id = ANY($1) AND wanted ORDER BY id FOR NO KEY UPDATE) o"#,
            objects,
            request,
            Lane::Bulk.code(),
            now as _
        )
        .fetch_one(self.sql())
        .await?;
        Ok(again)
    }

    /// Notes a plan that began or ended, of a person or of the tenant as a whole.
    pub(crate) fn note_plan_of(
        &mut self,
        tenant: TenantId,
        user: Option<Uuid>,
        plan: &str,
        version: i32,
        given: bool,
    ) {
        if let Some(user) = user {
            return self.note_plan(tenant, UserId::from_uuid(user), plan, version, given);
        }
        let value = Some(format!("{plan}/{version}"));
        let (before, after) = if given { (None, value) } else { (value, None) };
        let code = if given { "plan.assigned" } else { "plan.removed" };
        self.note_life(tenant, code, vec![FieldChange { field: "plan".into(), before, after, person: None }]);
    }

    fn note_life(&mut self, tenant: TenantId, code: &'static str, changes: Vec<FieldChange>) {
        let target = ("tenant", tenant.to_string());
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
    }
}
