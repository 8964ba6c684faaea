//! The catalogue as it is sold: services with who has them, and people with and without
//! a plan.

use std::collections::BTreeMap;

use domain::{
    catalogue::ServiceScope,
    id::{ObjectId, PlanId, ServiceId, SubscriptionId, TenantId, UserId},
};
use jiff::Timestamp;

use super::COUNTED;
use crate::{
    StoreError,
    tx::{Action, Permit, ReadTx, TenantRef, act},
    users::search_key,
};

/// A service of the list.
#[derive(Debug, Clone)]
pub struct ServiceView {
    /// Its id.
    pub id: ServiceId,
    /// Who publishes it.
    pub tenant: TenantId,
    /// Name of the publisher, if the caller may see it.
    pub publisher: Option<String>,
    /// Stable code.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Who subscribes to it.
    pub scope: ServiceScope,
    /// Nobody new can subscribe.
    pub retired: bool,
    /// How many plans it has.
    pub plans: i64,
    /// Running subscriptions, up to [`COUNTED`].
    pub subscriptions: i64,
}

/// Which people to show beside a plan.
#[derive(Debug, Clone, Copy)]
pub struct SeatSearch<'a> {
    /// Code of the plan.
    pub plan: &'a str,
    /// The group that makes the plan real in the instance that is meant.
    pub group: ObjectId,
    /// Those who have it, or those who do not.
    pub has: bool,
    /// Whose name or login begins so.
    pub search: Option<&'a str>,
    /// Only of these.
    pub only: Option<&'a [UserId]>,
}

/// A person beside a plan.
#[derive(Debug, Clone)]
pub struct SeatView {
    /// The person.
    pub user: UserId,
    /// The account.
    pub object: ObjectId,
    /// Name as shown.
    pub display_name: String,
    /// Login name.
    pub principal_name: String,
    /// Holds an administrative role.
    pub administrator: bool,
    /// The running subscription.
    pub subscription: Option<SubscriptionId>,
    /// Version of the plan the person has.
    pub version: Option<i32>,
    /// Given by hand, not only with a bundle.
    pub direct: bool,
    /// When it was asked for.
    pub since: Option<Timestamp>,
    /// Where the next page of a list starts.
    pub key: String,
}

/// How many people of a customer have a plan of one instance.
#[derive(Debug, Clone)]
pub struct SeatCount {
    /// Code of the plan.
    pub plan: String,
    /// Its name.
    pub name: String,
    /// The group that makes it real.
    pub group: ObjectId,
    /// How many.
    pub people: i64,
}

impl ReadTx<'_> {
    /// Services the caller may see, by code, after `after`; counted are subscriptions at
    /// and below `roots`, tenants of the caller.
    pub async fn service_views(
        &mut self,
        roots: &[TenantId],
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ServiceView>, StoreError> {
        let roots: Vec<_> = roots.iter().map(|root| root.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT s.id, s.tenant_id, s.code, s.name, s.scope, s.retired_at IS NOT NULL AS "retired!", t.name AS "publisher?",
                      (SELECT count(DISTINCT p.code) FROM plan p WHERE p.service_id = s.id) AS "plans!",
                      coalesce((SELECT sum(subscriptions_counted(r.id, ARRAY(SELECT p.id FROM plan p WHERE p.service_id = s.id), $4))
                                  FROM unnest($1::uuid[]) r (id)
                                 WHERE NOT EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = r.id
                                   AND c.depth > 0 AND c.ancestor = ANY($1))), 0)::bigint AS "subscriptions!"
                 FROM service s LEFT JOIN tenant t ON t.id = s.tenant_id
                WHERE $2::text IS NULL OR s.code COLLATE "C" > $2 ORDER BY s.code COLLATE "C" LIMIT $3"#,
            &roots,
            after,
            i64::from(limit),
            COUNTED
        )
        .fetch_all(self.sql())
        .await?;
        let views = rows.into_iter().map(|row| ServiceView {
            id: ServiceId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            publisher: row.publisher,
            code: row.code,
            name: row.name,
            scope: if row.scope == "user" { ServiceScope::User } else { ServiceScope::Customer },
            retired: row.retired,
            plans: row.plans,
            subscriptions: row.subscriptions.min(COUNTED),
        });
        Ok(views.collect())
    }

    /// Running subscriptions to versions of plans at and below `roots`, tenants of the
    /// caller, up to [`COUNTED`]; `whole` counts all versions of each plan.
    pub async fn subscribers(
        &mut self,
        roots: &[TenantId],
        versions: &[PlanId],
        whole: bool,
    ) -> Result<BTreeMap<PlanId, i64>, StoreError> {
        let roots: Vec<_> = roots.iter().map(|root| root.uuid()).collect();
        let versions: Vec<_> = versions.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT p.id, coalesce((SELECT sum(subscriptions_counted(r.id, CASE WHEN $3
                          THEN ARRAY(SELECT v.id FROM plan v WHERE v.code = p.code) ELSE ARRAY[p.id] END, $4))
                        FROM unnest($1::uuid[]) r (id)
                                 WHERE NOT EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = r.id
                                   AND c.depth > 0 AND c.ancestor = ANY($1))), 0)::bigint AS "n!"
                 FROM plan p WHERE p.id = ANY($2)"#,
            &roots,
            &versions,
            whole,
            COUNTED
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (PlanId::from_uuid(row.id), row.n.min(COUNTED))).collect())
    }

    /// People of the permitted customer with or without a plan, by name, after `after`.
    pub async fn seat_views(
        &mut self,
        permit: &Permit<act::UserRead>,
        which: SeatSearch<'_>,
        after: Option<(&str, UserId)>,
        limit: u32,
    ) -> Result<Vec<SeatView>, StoreError> {
        let low = which.search.map(search_key).filter(|text| !text.is_empty());
        let high = low.as_deref().map(|low| format!("{low}\u{10FFFF}"));
        let only: Option<Vec<_>> = which.only.map(|ids| ids.iter().map(|id| id.uuid()).collect());
        let rows = sqlx::query!(
            r#"SELECT u.id, u.object_id AS "object!", u.display_name, u.principal_name, u.administrator, u.search_key,
                      s.id AS "subscription?", s.version AS "version?", s.direct AS "direct?",
                      s.created_at AS "since?: jiff_sqlx::Timestamp"
                 FROM users u LEFT JOIN LATERAL (
                      SELECT s.id, s.direct, s.created_at, p.version FROM subscription s JOIN plan p ON p.id = s.plan_id
                       WHERE s.user_id = u.id AND s.group_object = $2 AND p.code = $3 AND s.ended_at IS NULL
                       ORDER BY s.id LIMIT 1) s ON true
                WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND u.object_id IS NOT NULL
                  AND (s.id IS NOT NULL) = $4
                  AND ($5::text IS NULL OR u.search_key >= $5 AND u.search_key < $6
                       OR u.principal_name >= $5 AND u.principal_name < $6)
                  AND ($7::uuid[] IS NULL OR u.id = ANY($7))
                  AND ($8::text IS NULL OR (u.search_key, u.id) > ($8, $9::uuid))
                ORDER BY u.search_key, u.id LIMIT $10"#,
            permit.tenant.id.uuid(),
            which.group.uuid(),
            which.plan,
            which.has,
            low,
            high,
            only.as_deref(),
            after.map(|a| a.0),
            after.map(|a| a.1.uuid()),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        let seats = rows.into_iter().map(|row| SeatView {
            user: UserId::from_uuid(row.id),
            object: ObjectId::from_uuid(row.object),
            display_name: row.display_name,
            principal_name: row.principal_name,
            administrator: row.administrator,
            subscription: row.subscription.map(SubscriptionId::from_uuid),
            version: row.version,
            direct: row.direct.unwrap_or_default(),
            since: row.since.map(jiff_sqlx::Timestamp::to_jiff),
            key: row.search_key,
        });
        Ok(seats.collect())
    }

    /// How many people of the permitted customer have each plan, by plan and instance.
    pub async fn seat_counts(
        &mut self,
        permit: &Permit<act::TenantRead>,
    ) -> Result<Vec<SeatCount>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT p.code, max(p.name) AS "name!", s.group_object, count(*) AS "people!"
                 FROM subscription s JOIN plan p ON p.id = s.plan_id
                WHERE s.tenant_id = $1 AND s.user_id IS NOT NULL AND s.ended_at IS NULL
                GROUP BY p.code, s.group_object ORDER BY p.code, s.group_object"#,
            permit.tenant.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let counts = rows.into_iter().map(|row| SeatCount {
            plan: row.code,
            name: row.name,
            group: ObjectId::from_uuid(row.group_object),
            people: row.people,
        });
        Ok(counts.collect())
    }

    /// Whether the caller may do `A` to an account that was read, for what a page offers.
    #[must_use]
    pub fn may_account<A: Action>(&self, tenant: &TenantRef, user: UserId, administrator: bool) -> bool {
        self.permit_to::<A>(tenant, user, administrator).is_ok()
    }

    /// Whether the caller may do `A` to an account that was read, and why not.
    pub fn permit_to<A: Action>(
        &self,
        tenant: &TenantRef,
        user: UserId,
        administrator: bool,
    ) -> Result<(), StoreError> {
        self.decide::<A>(tenant, Some((user, administrator))).map(|_| ())
    }
}
