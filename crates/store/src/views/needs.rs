//! What needs somebody: found by what is not as it should be, however much is.

use domain::id::{RequestId, TenantId};

use super::{RequestView, TenantName};
use crate::{StoreError, tx::ReadTx};

/// The highest number that is counted to here: the first page is for what to look at, and "more
/// than a thousand" says enough.
pub const NEEDS_COUNTED: i64 = 1_001;

/// How much waits for somebody, each counted up to [`NEEDS_COUNTED`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Requests that are on their way.
    pub open: i64,
    /// Changes in directories that nobody has decided about.
    pub drift: i64,
}

impl ReadTx<'_> {
    /// The newest requests of tenants at and below `roots` of which something failed, counted as a list
    /// counts them ([`RequestFilter::counted`](super::RequestFilter)).
    pub async fn requests_in_need(
        &mut self,
        roots: &[TenantId],
        limit: u32,
        counted: Option<u32>,
    ) -> Result<Vec<RequestView>, StoreError> {
        let roots: Vec<_> = roots.iter().map(|t| t.uuid()).collect();
        // From one request to the next by the index: one may have thousands of failed steps.
        let ids = sqlx::query_scalar!(
            r#"WITH RECURSIVE f AS (
                   (SELECT i.request_id, 1 AS n FROM request_item i
                     WHERE i.state = 'failed' AND EXISTS (SELECT FROM tenant_closure c
                           WHERE c.descendant = i.tenant_id AND c.ancestor = ANY($1))
                     ORDER BY i.request_id DESC LIMIT 1)
                   UNION ALL
                   SELECT (SELECT i.request_id FROM request_item i
                            WHERE i.state = 'failed' AND i.request_id < f.request_id
                              AND EXISTS (SELECT FROM tenant_closure c
                                  WHERE c.descendant = i.tenant_id AND c.ancestor = ANY($1))
                            ORDER BY i.request_id DESC LIMIT 1), f.n + 1
                     FROM f WHERE f.request_id IS NOT NULL AND f.n < $2)
               SELECT request_id AS "id!" FROM f WHERE request_id IS NOT NULL"#,
            &roots,
            i32::try_from(limit).unwrap_or(i32::MAX)
        )
        .fetch_all(self.sql())
        .await?;
        let mut found = self.requests_by_id(&ids, counted).await?;
        found.sort_unstable_by_key(|need| std::cmp::Reverse(need.id));
        Ok(found)
    }

    /// How much waits at and below `roots`.
    pub async fn needs(&mut self, roots: &[TenantId]) -> Result<Needs, StoreError> {
        let roots: Vec<_> = roots.iter().map(|t| t.uuid()).collect();
        let row = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM (SELECT FROM request r WHERE r.finished_at IS NULL AND EXISTS
                           (SELECT FROM tenant_closure c WHERE c.descendant = r.tenant_id AND c.ancestor = ANY($1))
                         LIMIT $2) r) AS "open!",
                      (SELECT count(*) FROM (SELECT FROM finding f WHERE f.state = 'open' AND EXISTS
                           (SELECT FROM tenant_closure c WHERE c.descendant = f.tenant_id AND c.ancestor = ANY($1))
                         LIMIT $2) f) AS "drift!""#,
            &roots,
            NEEDS_COUNTED
        )
        .fetch_one(self.sql())
        .await?;
        Ok(Needs { open: row.open, drift: row.drift })
    }

    /// Whether all that later requests want otherwise of this one's objects is true by now.
    pub async fn overtaken_is_verified(&mut self, request: RequestId) -> Result<bool, StoreError> {
        let verified = sqlx::query_scalar!(
            r#"SELECT NOT EXISTS (SELECT FROM request_item i JOIN object o ON o.id = i.object_id
                    LEFT JOIN external_object x ON x.object_id = o.id
                   WHERE i.request_id = $1 AND i.state = 'superseded' AND o.wanted
                     AND (x.state IS DISTINCT FROM 'verified' OR x.applied_generation < o.generation)) AS "yes!""#,
            request.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        Ok(verified)
    }

    /// Who may sell at and below `roots`: providers and resellers that are not closed, by name.
    pub async fn sellers_below(
        &mut self,
        roots: &[TenantId],
        limit: u32,
    ) -> Result<Vec<TenantName>, StoreError> {
        let roots: Vec<_> = roots.iter().map(|t| t.uuid()).collect();
        let rows = sqlx::query!(
            "SELECT t.id, t.code, t.name FROM tenant t
              WHERE t.kind <> 'customer' AND t.closed_at IS NULL AND EXISTS (SELECT FROM tenant_closure c
                    WHERE c.descendant = t.id AND c.ancestor = ANY($1))
              ORDER BY t.search_key, t.id LIMIT $2",
            &roots,
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        let seller = |(id, code, name)| TenantName { id: TenantId::from_uuid(id), code, name };
        Ok(rows.into_iter().map(|row| seller((row.id, row.code, row.name))).collect())
    }
}
