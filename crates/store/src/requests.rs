//! Requests: what was asked, how far it is, what stands in the way.

use domain::{
    event::{Event, Outcome},
    id::{ObjectId, RequestId, TenantId, UserId},
    request::{Counts, Lane},
};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// A request with its progress.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is about, as a code.
    pub kind: String,
    /// What its title needs.
    pub args: Value,
    /// Who asked.
    pub actor: Option<UserId>,
    /// Objects per state.
    pub counts: Counts,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When a worker first touched it.
    pub started_at: Option<Timestamp>,
    /// When nothing was left to do.
    pub finished_at: Option<Timestamp>,
}

macro_rules! request {
    ($row:expr) => {
        Request {
            id: RequestId::from_uuid($row.id),
            tenant: TenantId::from_uuid($row.tenant_id),
            kind: $row.kind,
            args: $row.args,
            actor: $row.actor_id.map(UserId::from_uuid),
            counts: serde_json::from_value($row.counts).map_err(|_| StoreError::Corrupt {
                table: "request_item",
                column: "state",
                id: $row.id.to_string(),
            })?,
            created_at: $row.created_at.to_jiff(),
            started_at: $row.started_at.map(|at| at.to_jiff()),
            finished_at: $row.finished_at.map(|at| at.to_jiff()),
        }
    };
}

impl ReadTx<'_> {
    /// A request the caller may read.
    pub async fn request(&mut self, id: RequestId) -> Result<Request, StoreError> {
        let request = self.load_request(id).await?;
        let tenant = self.tenant(request.tenant).await.map_err(|_| StoreError::NotFound("request"))?;
        self.permit::<act::RequestRead>(&tenant).map_err(|_| StoreError::NotFound("request"))?;
        Ok(request)
    }

    pub(crate) async fn load_request(&mut self, id: RequestId) -> Result<Request, StoreError> {
        let row = sqlx::query!(
            r#"SELECT r.id, r.tenant_id, r.kind, r.args, r.actor_id,
                      r.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      r.started_at AS "started_at: jiff_sqlx::Timestamp",
                      r.finished_at AS "finished_at: jiff_sqlx::Timestamp",
                      (SELECT jsonb_build_object('requested', count(*) FILTER (WHERE i.state = 'requested'),
                                'running', count(*) FILTER (WHERE i.state = 'running'),
                                'verified', count(*) FILTER (WHERE i.state = 'verified'),
                                'failed', count(*) FILTER (WHERE i.state = 'failed'),
                                'drifted', count(*) FILTER (WHERE i.state = 'drifted'),
                                'parked', count(*) FILTER (WHERE i.state = 'parked'),
                                'superseded', count(*) FILTER (WHERE i.state = 'superseded'))
                         FROM request_item i WHERE i.request_id = r.id) AS "counts!"
                 FROM request r WHERE r.id = $1"#,
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("request"))?;
        Ok(request!(row))
    }
}

impl WriteTx<'_> {
    /// Runs the failed part of a request again; gives how many items. A password
    /// is not kept, so a failed one cannot be set again: it needs a new link.
    pub async fn retry(
        &mut self,
        permit: &Permit<act::RequestRetry>,
        request: &Request,
    ) -> Result<usize, StoreError> {
        if request.tenant != permit.tenant.id {
            return Err(StoreError::NotFound("request"));
        }
        if request.kind == "password" {
            return Err(StoreError::Conflict("a password is not kept; it has to be chosen again"));
        }
        let now = ts(self.now);
        let rows = sqlx::query_scalar!(
            "UPDATE request_item SET state = 'requested', problem = NULL, updated_at = $2
              WHERE request_id = $1 AND state = 'failed' RETURNING object_id",
            request.id.uuid(),
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let count = rows.len();
        // Opened again, a request ends when something of it does: with nothing to do it never would.
        if count == 0 {
            return Ok(0);
        }
        let mut objects: Vec<_> = rows.into_iter().map(ObjectId::from_uuid).collect();
        objects.sort_unstable();
        objects.dedup();
        sqlx::query!("UPDATE request SET finished_at = NULL WHERE id = $1", request.id.uuid())
            .execute(self.sql())
            .await?;
        self.retry_hooks(&objects).await?;
        self.make_due(&objects, Lane::for_objects(objects.len())).await?;
        self.events.push(Event {
            code: "request.retried",
            outcome: Outcome::Success,
            tenant: permit.tenant.id,
            target: ("request", request.id.to_string()),
            changes: vec![],
        });
        Ok(count)
    }
    /// What failed of a request is told again.
    async fn retry_hooks(&mut self, items: &[ObjectId]) -> Result<(), StoreError> {
        let ids: Vec<_> = items.iter().map(|o| o.uuid()).collect();
        let now = ts(self.now);
        let hooks = sqlx::query_scalar!(
            "UPDATE hook_delivery SET state = 'requested', problem = NULL, attempts = 0, due_at = now(), updated_at = $2
              WHERE id = ANY($1) AND state = 'failed' RETURNING hook_id",
            &ids,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let hooks = self.hooks_managed(&hooks).await?;
        if !hooks.is_empty() {
            // Whoever looks after the hook and retries believes that it works again.
            sqlx::query!("UPDATE hook_health SET retry_at = NULL WHERE hook_id = ANY($1)", &hooks)
                .execute(self.sql())
                .await?;
        }
        Ok(())
    }

    /// Those of `hooks` the caller manages: for anybody else one that does not answer stays
    /// left alone for as long as it was going to be, because others depend on that.
    async fn hooks_managed(&mut self, hooks: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
        let rows =
            sqlx::query!("SELECT id, tenant_id FROM hook WHERE id = ANY($1) ORDER BY tenant_id, id", hooks)
                .fetch_all(self.sql())
                .await?;
        let mut managed = Vec::new();
        for tenant in rows.chunk_by(|a, b| a.tenant_id == b.tenant_id) {
            let id = TenantId::from_uuid(tenant[0].tenant_id);
            let may = match self.tenant(id).await {
                Ok(found) => self.decide::<act::HookManage>(&found, None).is_ok(),
                Err(StoreError::NotFound(_)) => false,
                Err(error) => return Err(error),
            };
            managed.extend(tenant.iter().filter(|_| may).map(|row| row.id));
        }
        Ok(managed)
    }
}
