//! Requests the caller may read.

use domain::{
    id::{RequestId, TenantId, UserId},
    limits::FEW_ROWS,
    list::{Order, RequestColumn},
    request::RequestState,
};
use uuid::Uuid;

use super::{Few, MORE, Span, Start};
use crate::{
    StoreError,
    tx::ReadTx,
    views::{RequestFilter, RequestView},
};

/// What the statements of a page take.
#[derive(Clone)]
struct Asked {
    roots: Vec<Uuid>,
    start: Start,
    tenant: Option<Uuid>,
    kind: Option<String>,
    actor: Option<Uuid>,
    state: Option<&'static str>,
    limit: i64,
}

/// How the ids of a page are found.
enum Way {
    /// Of so few tenants that their lists are walked side by side.
    SideBySide(Vec<Uuid>),
    /// The same, of what is of one kind: a tenant with many may have none of it.
    KindSideBySide(Vec<Uuid>),
    /// These, which a filter left.
    Few(Vec<Uuid>),
    /// What one person asked.
    Actor,
    /// What is of one kind.
    Kind,
    /// The list of everybody is walked.
    All,
}

/// One statement: its name, of which requests, and in which order. The state of a request is
/// that of its items; of one that is finished none is open, so that none has to be counted.
macro_rules! ids {
    ($tx:expr, $a:expr, $ids:expr, $name:literal, $of:literal, $after:literal, $order:literal, $end:literal) => {
        sqlx::query_scalar!(
            "/* list requests " + $name + " */ " + $of + "
                AND r.id " + $after + " $2
                AND ($3::uuid IS NULL OR (SELECT true FROM tenant_closure c
                     WHERE c.descendant = r.tenant_id AND c.ancestor = $3 LIMIT 1))
                AND (SELECT true FROM tenant_closure c
                     WHERE c.descendant = r.tenant_id AND c.ancestor = ANY($1) LIMIT 1)
                AND ($4::text IS NULL OR r.kind = $4) AND ($5::uuid IS NULL OR r.actor_id = $5)
                AND ($6::text IS NULL OR $6 = CASE
                    WHEN r.finished_at IS NULL AND (SELECT true FROM request_item i WHERE i.request_id = r.id
                                            AND i.state IN ('requested', 'running', 'parked') LIMIT 1)
                    THEN CASE WHEN (SELECT true FROM request_item i WHERE i.request_id = r.id
                                       AND i.state = 'running' LIMIT 1) IS NULL
                               AND (SELECT true FROM request_item i WHERE i.request_id = r.id
                                       AND i.state = 'parked' LIMIT 1) THEN 'parked'
                              WHEN (SELECT true FROM request_item i WHERE i.request_id = r.id
                                       AND i.state <> 'requested' LIMIT 1) IS NULL THEN 'requested'
                              ELSE 'running' END
                    WHEN (SELECT true FROM request_item i WHERE i.request_id = r.id
                             AND i.state = 'failed' LIMIT 1) IS NULL THEN 'complete'
                    WHEN (SELECT true FROM request_item i WHERE i.request_id = r.id
                             AND i.state IN ('verified', 'drifted', 'superseded') LIMIT 1) IS NULL THEN 'failed'
                    ELSE 'complete_with_problems' END)
              ORDER BY r.id " + $order + " LIMIT $7" + $end,
            &$a.roots,
            $a.start.id,
            $a.tenant,
            $a.kind,
            $a.actor,
            $a.state,
            $a.limit,
            $ids
        )
        .fetch_all($tx.sql())
        .await?
    };
}

/// A way, in both directions.
macro_rules! ways {
    ($tx:expr, $a:expr, $ids:expr, [$up:literal, $down:literal], $of:literal, [$end_up:literal, $end_down:literal]) => {
        match $a.start.descending {
            false => ids!($tx, $a, $ids, $up, $of, ">", "ASC", $end_up),
            true => ids!($tx, $a, $ids, $down, $of, "<", "DESC", $end_down),
        }
    };
}

impl ReadTx<'_> {
    /// A page of requests.
    pub async fn request_page(
        &mut self,
        filter: &RequestFilter,
        order: Order<RequestColumn>,
        span: Span<'_, RequestId>,
    ) -> Result<Vec<RequestView>, StoreError> {
        let asked = Asked {
            roots: filter.roots.iter().map(|t| t.uuid()).collect(),
            start: Start::of(span, order.descending),
            tenant: filter.tenant.map(TenantId::uuid),
            kind: filter.kind.clone(),
            actor: filter.actor.map(UserId::uuid),
            state: filter.state.map(RequestState::code),
            limit: i64::from(span.limit),
        };
        let mut ids = match self.page_of_first(filter, &asked).await? {
            Some(page) => page,
            None => match self.way_of_requests(filter).await? {
                Way::Few(few) => self.page_of_few_requests(&few, asked).await?,
                way => self.ids_of_requests(&way, &asked).await?,
            },
        };
        if span.back {
            ids.reverse();
        }
        self.by_key().await?;
        let rows = self.requests_by_id(&ids, filter.counted).await?;
        self.anew().await?;
        Ok(super::in_order(&ids, rows, |request| request.id.uuid()))
    }

    async fn way_of_requests(&mut self, filter: &RequestFilter) -> Result<Way, StoreError> {
        if let Some(id) = filter.id {
            return Ok(Way::Few(vec![id.uuid()]));
        }
        let tenants = self.tenants_of_requests(filter).await?;
        let mut few = Few::default();
        match filter.state {
            Some(RequestState::Failed | RequestState::CompleteWithProblems) => {
                few.keep(self.requests_with_failures(filter, tenants.as_deref()).await?, FEW_ROWS);
            }
            Some(RequestState::Requested | RequestState::Running | RequestState::Parked) => {
                few.keep(self.open_requests(tenants.as_deref()).await?, FEW_ROWS);
            }
            Some(RequestState::Complete) | None => {}
        }
        Ok(match (few.ids(), tenants) {
            (Some(ids), _) => Way::Few(ids),
            (None, Some(tenants)) if filter.kind.is_some() => Way::KindSideBySide(tenants),
            (None, Some(tenants)) => Way::SideBySide(tenants),
            (None, None) if filter.actor.is_some() => Way::Actor,
            (None, None) if filter.kind.is_some() => Way::Kind,
            (None, None) => Way::All,
        })
    }

    /// A page of what failed or is open of everybody, from the first of those on, part by part until it is
    /// full; none where that takes many, and where the list is of few, who are looked up by themselves.
    async fn page_of_first(
        &mut self,
        filter: &RequestFilter,
        asked: &Asked,
    ) -> Result<Option<Vec<Uuid>>, StoreError> {
        let is_failed =
            matches!(filter.state, Some(RequestState::Failed | RequestState::CompleteWithProblems));
        let is_whole = matches!(filter.state, Some(RequestState::Complete) | None);
        let is_plain = filter.id.is_none() && filter.kind.is_none() && filter.actor.is_none();
        if is_whole || !is_plain || self.tenants_of_requests(filter).await?.is_some() {
            return Ok(None);
        }
        self.by_key().await?;
        // Of three that failed or are open one at least is mostly of those that are asked for.
        let (mut asked, mut page, mut looked, mut most) = (asked.clone(), Vec::new(), 0, 3 * asked.limit);
        while looked < FEW_ROWS {
            let part = match is_failed {
                true => self.first_with_failures(&asked.start, most).await?,
                false => self.first_open(&asked.start, most).await?,
            };
            let (n, last) = (i64::try_from(part.len()).unwrap_or(most), part.last().copied());
            let found = self.ids_of_requests(&Way::Few(part), &asked).await?;
            asked.limit -= i64::try_from(found.len()).unwrap_or(asked.limit);
            page.extend(found);
            let Some(last) = last.filter(|_| n == most && asked.limit > 0) else { return Ok(Some(page)) };
            // The next is larger, so that there are few, however little is still missing.
            (asked.start.id, looked, most) = (last, looked + n, 2 * most);
        }
        self.anew().await?;
        Ok(None)
    }

    /// The first requests after a place of which something failed, each found by one step in the index.
    async fn first_with_failures(&mut self, start: &Start, most: i64) -> Result<Vec<Uuid>, StoreError> {
        Ok(match start.descending {
            false => {
                sqlx::query_scalar!(
                    r#"/* list requests, first with failures */ WITH RECURSIVE f AS (
                           (SELECT i.request_id, 1::bigint AS step FROM request_item i
                             WHERE i.state = 'failed' AND i.request_id > $1 ORDER BY i.request_id LIMIT 1)
                           UNION ALL
                           SELECT n.request_id, f.step + 1 FROM f, LATERAL (SELECT i.request_id FROM request_item i
                                WHERE i.state = 'failed' AND i.request_id > f.request_id
                                ORDER BY i.request_id LIMIT 1) n
                            WHERE f.step < $2)
                       SELECT ARRAY(SELECT request_id FROM f) AS "ids!""#,
                    start.id,
                    most
                )
                .fetch_one(self.sql())
                .await?
            }
            true => {
                sqlx::query_scalar!(
                    r#"/* list requests, first with failures, newest first */ WITH RECURSIVE f AS (
                           (SELECT i.request_id, 1::bigint AS step FROM request_item i
                             WHERE i.state = 'failed' AND i.request_id < $1 ORDER BY i.request_id DESC LIMIT 1)
                           UNION ALL
                           SELECT n.request_id, f.step + 1 FROM f, LATERAL (SELECT i.request_id FROM request_item i
                                WHERE i.state = 'failed' AND i.request_id < f.request_id
                                ORDER BY i.request_id DESC LIMIT 1) n
                            WHERE f.step < $2)
                       SELECT ARRAY(SELECT request_id FROM f) AS "ids!""#,
                    start.id,
                    most
                )
                .fetch_one(self.sql())
                .await?
            }
        })
    }

    /// The first requests after a place that are not finished.
    async fn first_open(&mut self, start: &Start, most: i64) -> Result<Vec<Uuid>, StoreError> {
        Ok(match start.descending {
            false => {
                sqlx::query_scalar!(
                    r#"/* list requests, first open */ SELECT ARRAY(SELECT id FROM request
                        WHERE finished_at IS NULL AND id > $1 ORDER BY id LIMIT $2) AS "ids!""#,
                    start.id,
                    most
                )
                .fetch_one(self.sql())
                .await?
            }
            true => {
                sqlx::query_scalar!(
                    r#"/* list requests, first open, newest first */ SELECT ARRAY(SELECT id FROM request
                        WHERE finished_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2) AS "ids!""#,
                    start.id,
                    most
                )
                .fetch_one(self.sql())
                .await?
            }
        })
    }

    /// The list is in the order of its ids, so the state of few need not be told of all of them: a part
    /// after the other is asked, each twice as large as the one before, until the page is full.
    async fn page_of_few_requests(
        &mut self,
        few: &[Uuid],
        mut asked: Asked,
    ) -> Result<Vec<Uuid>, StoreError> {
        self.by_key().await?;
        let mut page = Vec::new();
        let mut part = usize::try_from(asked.limit).unwrap_or_default().max(1);
        let few = asked.start.after(few);
        let mut rest = few.as_slice();
        while asked.limit > 0 && !rest.is_empty() {
            part = (part * 2).min(rest.len());
            let (next, others) = rest.split_at(part);
            let found = self.ids_of_requests(&Way::Few(next.to_vec()), &asked).await?;
            asked.limit -= i64::try_from(found.len()).unwrap_or(asked.limit);
            page.extend(found);
            rest = others;
        }
        Ok(page)
    }

    async fn ids_of_requests(&mut self, way: &Way, asked: &Asked) -> Result<Vec<Uuid>, StoreError> {
        let none: &[Uuid] = &[];
        Ok(match way {
            Way::SideBySide(tenants) => ways!(
                self,
                asked,
                tenants,
                ["side by side", "side by side, newest first"],
                "SELECT id AS \"id!\" FROM unnest($8::uuid[]) t (tenant), LATERAL (
                    SELECT r.id FROM request r WHERE r.tenant_id = t.tenant",
                [") r ORDER BY id LIMIT $7", ") r ORDER BY id DESC LIMIT $7"]
            ),
            Way::KindSideBySide(tenants) => ways!(
                self,
                asked,
                tenants,
                ["side by side, of one kind", "side by side, of one kind, newest first"],
                "SELECT id AS \"id!\" FROM unnest($8::uuid[]) t (tenant), LATERAL (
                    SELECT r.id FROM request r WHERE r.tenant_id = t.tenant AND r.kind = $4",
                [") r ORDER BY id LIMIT $7", ") r ORDER BY id DESC LIMIT $7"]
            ),
            Way::Few(ids) => ways!(
                self,
                asked,
                ids,
                ["few", "few, newest first"],
                "SELECT r.id AS \"id!\" FROM request r WHERE r.id = ANY($8::uuid[])",
                ["", ""]
            ),
            Way::Actor => ways!(
                self,
                asked,
                none,
                ["of one person", "of one person, newest first"],
                "SELECT r.id AS \"id!\" FROM request r WHERE r.actor_id = $5 AND $8::uuid[] IS NOT NULL",
                ["", ""]
            ),
            Way::Kind => ways!(
                self,
                asked,
                none,
                ["of one kind", "of one kind, newest first"],
                "SELECT r.id AS \"id!\" FROM request r WHERE r.kind = $4 AND $8::uuid[] IS NOT NULL",
                ["", ""]
            ),
            Way::All => ways!(
                self,
                asked,
                none,
                ["of everybody", "of everybody, newest first"],
                "SELECT r.id AS \"id!\" FROM request r WHERE $8::uuid[] IS NOT NULL",
                ["", ""]
            ),
        })
    }

    /// The tenants the list is about, if there are not too many to walk side by side.
    async fn tenants_of_requests(&mut self, filter: &RequestFilter) -> Result<Option<Vec<Uuid>>, StoreError> {
        let Some(tenant) = filter.tenant else { return self.tenants_side_by_side(&filter.roots).await };
        // Below one of the two; that it is below the other is asked of each row.
        self.tenants_side_by_side(&[tenant]).await
    }

    /// Requests of which something failed: each is found by one step in the index, however
    /// many of its items failed. A request of a customer may also make its seller's container, and
    /// one of many tenants comes once for each.
    async fn requests_with_failures(
        &mut self,
        filter: &RequestFilter,
        tenants: Option<&[Uuid]>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let tops: Vec<_> = match filter.tenant {
            Some(tenant) => vec![tenant.uuid()],
            None => filter.roots.iter().map(|root| root.uuid()).collect(),
        };
        Ok(sqlx::query_scalar!(
            r#"/* list requests, few with failures */ WITH RECURSIVE f AS (
                   (SELECT s.tenant_id, s.request_id FROM (SELECT i.tenant_id, i.request_id FROM request_item i
                     WHERE $2 AND i.state = 'failed' ORDER BY i.tenant_id, i.request_id LIMIT 1) s
                    UNION ALL
                    SELECT t.tenant, i.request_id FROM (
                        SELECT unnest($1::uuid[]) AS tenant UNION
                        SELECT c.ancestor FROM tenant_closure c WHERE c.descendant = ANY($4) AND NOT $2) t, LATERAL (
                        SELECT i.request_id FROM request_item i WHERE i.tenant_id = t.tenant AND i.state = 'failed'
                         ORDER BY i.request_id LIMIT 1) i)
                   UNION ALL
                   SELECT n.tenant_id, n.request_id FROM f, LATERAL (
                       SELECT i.tenant_id, i.request_id FROM request_item i
                        WHERE i.state = 'failed' AND (i.tenant_id, i.request_id) > (f.tenant_id, f.request_id)
                          AND ($2 OR i.tenant_id = f.tenant_id)
                        ORDER BY i.tenant_id, i.request_id LIMIT 1) n)
               SELECT ARRAY(SELECT request_id FROM f LIMIT $3) AS "ids!""#,
            tenants.unwrap_or_default(),
            tenants.is_none(),
            MORE,
            &tops
        )
        .fetch_one(self.sql())
        .await?)
    }

    /// Requests that are not finished.
    async fn open_requests(&mut self, tenants: Option<&[Uuid]>) -> Result<Vec<Uuid>, StoreError> {
        Ok(sqlx::query_scalar!(
            r#"/* list requests, few open */ SELECT ARRAY(SELECT id FROM request WHERE finished_at IS NULL
                AND ($1::uuid[] IS NULL OR tenant_id = ANY($1)) ORDER BY id DESC LIMIT $2) AS "ids!""#,
            tenants,
            MORE
        )
        .fetch_one(self.sql())
        .await?)
    }
}
