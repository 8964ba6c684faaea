//! Quotas: how much of something there may be at and below a tenant. Checked once,
//! when a transaction commits, so that no way of giving something leaves it out. How much there
//! is is counted up under the lock of the quota (docs/decisions/0030-counted-quotas.md).

use std::collections::BTreeMap;

use domain::{
    event::{Event, FieldChange, Outcome},
    field::{FieldError, Rule},
    id::{PlanId, TenantId},
};
use tracing::warn;
use uuid::Uuid;

use crate::{
    StoreError,
    engine::EngineStore,
    error::known,
    ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// What a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuotaKind {
    /// People with an account.
    People,
    /// Running subscriptions to plans of a service.
    Service,
    /// Running subscriptions to a plan, whatever its version.
    Plan,
}

impl QuotaKind {
    /// The stable name, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Service => "service",
            Self::Plan => "plan",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::People, Self::Service, Self::Plan].into_iter().find(|k| k.code() == code)
    }
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quota {
    /// What kind.
    pub kind: QuotaKind,
    /// Code of the service or plan; empty for people.
    pub subject: String,
}

/// A quota and how far it is used.
#[derive(Debug, Clone)]
pub struct QuotaUse {
    /// What is counted.
    pub quota: Quota,
    /// At most.
    pub most: i64,
    /// At present, at and below the tenant.
    pub used: i64,
}

/// What a transaction gave to a tenant that a quota may count.
#[derive(Debug, Default)]
pub(crate) struct Grown {
    people: i64,
    plans: BTreeMap<PlanId, i64>,
}

impl ReadTx<'_> {
    /// The quotas of a tenant, with their use.
    pub async fn quotas(&mut self, tenant: TenantId) -> Result<Vec<QuotaUse>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT kind, subject, most, quota_now(tenant_id, kind, subject) AS "used!" FROM quota
                WHERE tenant_id = $1 ORDER BY kind, subject"#,
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let uses = rows.into_iter().map(|row| {
            let kind = known(QuotaKind::from_code(&row.kind), "quota", "kind", tenant)?;
            let quota = Quota { kind, subject: row.subject };
            Ok(QuotaUse { quota, most: row.most, used: row.used })
        });
        uses.collect()
    }
}

impl WriteTx<'_> {
    /// Sets or lifts quotas of a tenant below the permitted one.
    pub async fn set_quotas(
        &mut self,
        above: &Permit<act::CatalogueManage>,
        tenant: TenantId,
        quotas: &[(Quota, Option<i64>)],
    ) -> Result<(), StoreError> {
        let before = self.quotas(tenant).await?;
        for (quota, most) in quotas {
            let old = before.iter().find(|b| b.quota == *quota).map(|b| b.most);
            if old == *most {
                continue;
            }
            let now = ts(self.now);
            match most {
                Some(most) => {
                    sqlx::query!(
                        "INSERT INTO quota (tenant_id, kind, subject, most, updated_at) VALUES ($1, $2, $3, $4, $5)
                         ON CONFLICT (tenant_id, kind, subject) DO UPDATE SET most = excluded.most, updated_at = excluded.updated_at",
                        tenant.uuid(),
                        quota.kind.code(),
                        quota.subject,
                        most,
                        now as _
                    )
                    .execute(self.sql())
                    .await?;
                }
                None => {
                    sqlx::query!(
                        "DELETE FROM quota WHERE tenant_id = $1 AND kind = $2 AND subject = $3",
                        tenant.uuid(),
                        quota.kind.code(),
                        quota.subject
                    )
                    .execute(self.sql())
                    .await?;
                }
            }
            let change = |field: &'static str, before: Option<String>, after| FieldChange {
                field: field.into(),
                before,
                after,
                person: None,
            };
            let changes = vec![
                change(
                    "quota",
                    None,
                    Some(format!("{} {}", quota.kind.code(), quota.subject).trim().to_owned()),
                ),
                change("most", old.map(|n| n.to_string()), most.map(|n| n.to_string())),
                change("set_by", None, Some(above.tenant.id.to_string())),
            ];
            let target = ("tenant", tenant.to_string());
            self.events.push(Event {
                code: "quota.changed",
                outcome: Outcome::Success,
                tenant,
                target,
                changes,
            });
            self.changed = true;
        }
        Ok(())
    }

    /// Notes that a tenant gets people.
    pub(crate) fn grow_people(&mut self, tenant: TenantId, people: usize) {
        if people > 0 {
            self.grown.entry(tenant).or_default().people += i64::try_from(people).unwrap_or(i64::MAX);
        }
    }

    /// Notes that a tenant gets a subscription.
    pub(crate) fn grow_plan(&mut self, tenant: TenantId, plan: PlanId) {
        *self.grown.entry(tenant).or_default().plans.entry(plan).or_default() += 1;
    }

    /// Refuses what exceeds a quota, with everything that has to be known of it.
    pub async fn check_quotas(&mut self) -> Result<(), StoreError> {
        let mut errors = Vec::new();
        for (tenant, grown) in std::mem::take(&mut self.grown) {
            let plans: Vec<_> = grown.plans.keys().map(|plan| plan.uuid()).collect();
            let seats: Vec<_> = grown.plans.values().copied().collect();
            let rows = sqlx::query!(
                r#"SELECT owner AS "owner!", kind AS "kind!", subject AS "subject!", most AS "most!", used AS "used!",
                          asked AS "asked!" FROM quotas_exceeded($1, $2, $3, $4)"#,
                tenant.uuid(),
                grown.people,
                &plans,
                &seats
            )
            .fetch_all(self.sql())
            .await?;
            for row in rows {
                let field = if row.kind == "people" { "users" } else { "plans" };
                let (owner, quota, asked) = (row.owner, (row.kind, row.subject), row.asked);
                errors.push(self.exceeded(field, owner, &quota, (row.most, row.used, asked)).await?);
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(StoreError::Invalid(errors)) }
    }

    /// Refuses a move below a seller whose quota, or that of a seller above it, would be
    /// exceeded. Ask with the tree locked.
    pub async fn check_move_quotas(&mut self, moved: TenantId, seller: TenantId) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"SELECT owner AS "owner!", kind AS "kind!", subject AS "subject!", most AS "most!", used AS "used!",
                      asked AS "asked!" FROM move_exceeds($1, $2)"#,
            moved.uuid(),
            seller.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let mut errors = Vec::new();
        for row in rows {
            let (owner, quota, asked) = (row.owner, (row.kind, row.subject), row.asked);
            errors.push(self.exceeded("seller", owner, &quota, (row.most, row.used, asked)).await?);
        }
        if errors.is_empty() { Ok(()) } else { Err(StoreError::Invalid(errors)) }
    }

    /// A quota, with what of it the caller may know.
    async fn exceeded(
        &mut self,
        field: &str,
        owner: Uuid,
        (kind, subject): &(String, String),
        (most, used, asked): (i64, i64, i64),
    ) -> Result<FieldError, StoreError> {
        let what = format!("{kind} {subject}").trim().to_owned();
        let error = FieldError::new(field, Rule::TooMany).with("quota", what).with("asked", asked);
        // How much others of a seller have is nobody's business who cannot see the seller.
        Ok(match self.code_seen(owner).await? {
            Some(whose) => error.with("whose", whose).with("max", most).with("used", used - asked),
            None => error,
        })
    }

    async fn code_seen(&mut self, tenant: Uuid) -> Result<Option<String>, StoreError> {
        let code = sqlx::query_scalar!("SELECT code FROM tenant WHERE id = $1", tenant)
            .fetch_optional(self.sql())
            .await?;
        Ok(code)
    }
}

/// Quotas counted in one sweep; the rest is counted by the next.
const COUNTED_AT_ONCE: usize = 500;

impl EngineStore {
    /// Counts what quotas count where it is not known how much there is, and once a day where it
    /// is. Until then whoever gives something under such a quota counts it. Gives how many.
    pub async fn settle_quotas(&self) -> Result<usize, StoreError> {
        sqlx::query!("SELECT note_unknown_quotas()").fetch_one(&self.pool).await?;
        sqlx::query!("SELECT fold_quota_tallies()").fetch_one(&self.pool).await?;
        for counted in 0..COUNTED_AT_ONCE {
            let wrong = sqlx::query_scalar!("SELECT settle_quota()").fetch_one(&self.pool).await?;
            match wrong {
                None => return Ok(counted),
                Some(0) => {}
                Some(wrong) => warn!(wrong, "a quota was not counted up as it should be, and was put right"),
            }
        }
        Ok(COUNTED_AT_ONCE)
    }
}
