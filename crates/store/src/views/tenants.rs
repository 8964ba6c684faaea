//! Tenants with parent, brand, directory, suffix and the state of their container.

use domain::{
    id::TenantId,
    list::{Order, TenantColumn},
    tenant::{Standing, Status, TenantKind},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{COUNTED, TenantName};
use crate::{
    StoreError,
    error::known,
    lists::Span,
    tx::{Permit, ReadTx, act},
    users::{Provisioning, provisioning},
};

/// A tenant with the names of what it refers to.
#[derive(Debug, Clone)]
pub struct TenantView {
    /// Its id.
    pub id: TenantId,
    /// What it is.
    pub kind: TenantKind,
    /// Short name.
    pub code: String,
    /// Display name.
    pub name: String,
    /// What it stands directly below, if the caller may know.
    pub parent: Option<TenantName>,
    /// Its own status.
    pub status: Status,
    /// When it was closed, and until when it can be restored.
    pub closed: Option<(Timestamp, Timestamp)>,
    /// Whether it is billed.
    pub standing: Standing,
    /// Id in the invoicing system.
    pub billing_id: Option<String>,
    /// Code of its brand.
    pub brand: Option<String>,
    /// BCP 47.
    pub language: String,
    /// IANA.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// The first suffix of its people.
    pub suffix: Option<String>,
    /// How log-on names are made.
    pub naming_pattern: String,
    /// Code of the directory of its people.
    pub directory: Option<String>,
    /// Version of the desired state.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// How far its least finished container is.
    pub provisioning: Option<Provisioning>,
    /// Where the next page of a list starts.
    pub key: String,
}

/// Which tenants to show.
#[derive(Debug, Clone, Default)]
pub struct TenantSearch {
    /// These.
    pub ids: Option<Vec<TenantId>>,
    /// At or below these.
    pub roots: Option<Vec<TenantId>>,
    /// Directly below this one.
    pub parent: Option<TenantId>,
    /// Of this kind.
    pub kind: Option<TenantKind>,
    /// In this status. Closed ones are shown only when asked for, by status or by id.
    pub status: Option<Status>,
    /// Whose name, code or billing id starts so.
    pub search: Option<String>,
}

/// How much a customer has, each counted up to [`COUNTED`].
#[derive(Debug, Clone, Copy, Default)]
pub struct CustomerCounts {
    /// People.
    pub users: i64,
    /// Of them: may log on.
    pub enabled: i64,
    /// Of them: never chose a password.
    pub not_activated: i64,
    /// Of them: need a person.
    pub failed: i64,
    /// Groups.
    pub groups: i64,
}

macro_rules! tenant_view {
    ($row:expr) => {{
        let row = $row;
        let parent = row.parent_id.zip(row.parent_code).zip(row.parent_name);
        Ok(TenantView {
            id: TenantId::from_uuid(row.id),
            kind: known(TenantKind::from_code(&row.kind), "tenant", "kind", row.id)?,
            status: known(Status::from_code(&row.status), "tenant", "status", row.id)?,
            standing: known(Standing::from_code(&row.standing), "tenant", "standing", row.id)?,
            code: row.code,
            name: row.name,
            parent: parent.map(|((id, code), name)| TenantName { id: TenantId::from_uuid(id), code, name }),
            billing_id: row.billing_id,
            brand: row.brand,
            language: row.language,
            time_zone: row.time_zone,
            currency: row.currency,
            suffix: row.suffix,
            naming_pattern: row.naming_pattern,
            directory: row.directory,
            version: row.version,
            created_at: row.created_at.to_jiff(),
            provisioning: provisioning(
                row.generation,
                row.state.as_deref(),
                row.applied,
                row.request_id,
                row.problem,
                row.id,
            )?,
            closed: row.closed_at.zip(row.purge_at).map(|(at, purge)| (at.to_jiff(), purge.to_jiff())),
            key: row.search_key,
        })
    }};
}

impl ReadTx<'_> {
    /// Tenants by name, after `after` (key and id).
    pub async fn tenant_views(
        &mut self,
        search: &TenantSearch,
        after: Option<(&str, TenantId)>,
        limit: u32,
    ) -> Result<Vec<TenantView>, StoreError> {
        let span = Span { from: after, back: false, limit };
        self.tenant_page(search, Order::up(TenantColumn::Name), span).await
    }

    /// Tenants by their ids, in no order.
    pub(crate) async fn tenants_by_id(&mut self, ids: &[Uuid]) -> Result<Vec<TenantView>, StoreError> {
        let rows = sqlx::query!(
            r#"/* list tenants, rows */ SELECT t.id AS "id!", t.kind AS "kind!", t.code AS "code!", t.name AS "name!",
                      CASE WHEN t.closed_at IS NULL THEN t.status ELSE 'closed' END AS "status!", t.standing AS "standing!",
                      t.closed_at AS "closed_at: jiff_sqlx::Timestamp", t.purge_at AS "purge_at: jiff_sqlx::Timestamp", t.billing_id, t.language AS "language!",
                      t.time_zone AS "time_zone!", t.currency AS "currency!", t.naming_pattern AS "naming_pattern!",
                      t.version AS "version!", t.search_key AS "search_key!",
                      t.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      p.id AS "parent_id?", p.code AS "parent_code?", p.name AS "parent_name?",
                      b.code AS "brand?", g.code AS "directory?",
                      (SELECT n.value FROM reserved_name n WHERE n.owner = t.id AND n.kind = 'suffix'
                          AND n.reserved_until IS NULL
                        ORDER BY n.value IS DISTINCT FROM t.primary_suffix, n.value LIMIT 1) AS suffix,
                      o.generation AS "generation?", o.state AS "state?", o.applied_generation AS "applied?",
                      o.problem AS "problem?", o.request_id AS "request_id?"
                 FROM tenant t LEFT JOIN tenant_edge e ON e.child = t.id AND e.valid_to IS NULL
                 LEFT JOIN tenant p ON p.id = e.parent LEFT JOIN brand b ON b.id = t.brand_id
                 LEFT JOIN target g ON g.id = t.target_id
                 LEFT JOIN LATERAL (
                     SELECT o.generation, x.state, x.applied_generation, x.problem, r.request_id
                       FROM object o LEFT JOIN external_object x ON x.object_id = o.id
                       LEFT JOIN object_revision r ON r.object_id = o.id AND r.generation = o.generation
                      WHERE o.entity_id = t.id AND o.kind = 'container'
                      ORDER BY CASE coalesce(x.state, 'requested') WHEN 'failed' THEN 0 WHEN 'parked' THEN 1
                               WHEN 'requested' THEN 2 WHEN 'running' THEN 3 WHEN 'drifted' THEN 4 ELSE 5 END, o.id
                      LIMIT 1) o ON true
                WHERE t.id = ANY($1)"#,
            ids
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| tenant_view!(row)).collect()
    }

    /// One tenant the caller may see.
    pub async fn tenant_view(&mut self, id: TenantId) -> Result<TenantView, StoreError> {
        let search = TenantSearch { ids: Some(vec![id]), ..TenantSearch::default() };
        self.tenant_views(&search, None, 1).await?.pop().ok_or(StoreError::NotFound("tenant"))
    }

    /// How much the permitted customer has.
    pub async fn customer_counts(
        &mut self,
        permit: &Permit<act::TenantRead>,
    ) -> Result<CustomerCounts, StoreError> {
        let row = sqlx::query!(
            r#"SELECT count(*) AS "users!", count(*) FILTER (WHERE u.enabled) AS "enabled!",
                      count(*) FILTER (WHERE u.activated_at IS NULL) AS "not_activated!",
                      count(*) FILTER (WHERE u.failed) AS "failed!",
                      (SELECT count(*) FROM (SELECT FROM user_group g WHERE g.tenant_id = $1 AND g.deleted_at IS NULL
                        LIMIT $2) g) AS "groups!"
                 FROM (SELECT u.enabled, u.activated_at, coalesce(x.state = 'failed', false) AS failed FROM users u
                         LEFT JOIN external_object x ON x.object_id = u.object_id
                        WHERE u.tenant_id = $1 AND u.deleted_at IS NULL LIMIT $2) u"#,
            permit.tenant.id.uuid(),
            COUNTED
        )
        .fetch_one(self.sql())
        .await?;
        let (users, enabled, not_activated) = (row.users, row.enabled, row.not_activated);
        Ok(CustomerCounts { users, enabled, not_activated, failed: row.failed, groups: row.groups })
    }
}
