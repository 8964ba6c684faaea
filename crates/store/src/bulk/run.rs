//! What runs: begun, paused, gone on with, cancelled, and carried out part by part. Whoever
//! carries out a part holds the bulk change for so long, so nothing is done twice, and after
//! a crash nothing of the part happened.

use std::collections::HashMap;

use domain::{
    bulk::{Act, Change, RowState, Said},
    field::{FieldError, Rule},
    id::{BulkId, RequestId, UserId},
};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Bulk, BulkRow, bulk_row};
use crate::{
    Store, StoreError,
    error::known,
    ts,
    tx::{Permit, TenantRef, WriteTx, act},
};

/// A part that is to be done: rows of the same turn and act.
#[derive(Debug, Clone)]
pub struct Due {
    /// The rows, in their order.
    pub rows: Vec<BulkRow>,
    /// What is done with each of them.
    pub act: Act,
}

impl Store {
    /// Lets one wait that nobody is left to carry out: who began it may not any more.
    pub async fn pause_orphan(&self, id: BulkId) -> Result<(), StoreError> {
        let problem = [FieldError::new("run_by", Rule::Unknown)];
        sqlx::query!(
            "SELECT pause_orphan($1, $2, $3)",
            id.uuid(),
            Json(&problem) as _,
            env!("CARGO_PKG_VERSION")
        )
        .fetch_one(&self.auth)
        .await?;
        Ok(())
    }
}

impl WriteTx<'_> {
    /// Locks a bulk change of people the caller may change; gives it as it is now, and its tenant.
    pub async fn lock_bulk(&mut self, id: BulkId) -> Result<(Bulk, TenantRef), StoreError> {
        sqlx::query!("SELECT id FROM bulk WHERE id = $1 FOR UPDATE", id.uuid())
            .fetch_optional(self.sql())
            .await?
            .ok_or(StoreError::NotFound("bulk"))?;
        self.bulk(id).await
    }

    /// As [`WriteTx::lock_bulk`], of one that runs and that nobody else is carrying out.
    pub async fn take_bulk(&mut self, id: BulkId) -> Result<Option<(Bulk, TenantRef)>, StoreError> {
        let free = sqlx::query!(
            "SELECT id FROM bulk WHERE id = $1 AND state = 'running' FOR UPDATE SKIP LOCKED",
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?;
        // Whoever may not change people any more does not go on, and does not only find it locked; the reason is told
        // by the caller.
        let taken = self.bulk(id).await?;
        Ok(free.map(|_| taken))
    }

    /// Begins it, or goes on with it, in the caller's name.
    pub async fn run_bulk(
        &mut self,
        permit: &Permit<act::Ordinary>,
        of: &Bulk,
        request: RequestId,
    ) -> Result<(), StoreError> {
        let (now, actor) = (ts(self.now), self.caller.user().uuid());
        let n = sqlx::query!(
            "UPDATE bulk SET state = 'running', problem = NULL, run_by = $3, run_at = coalesce(run_at, $4),
                    request_id = coalesce(request_id, $5)
              WHERE id = $1 AND tenant_id = $2",
            of.id.uuid(),
            permit.tenant.id.uuid(),
            actor,
            now as _,
            request.uuid()
        )
        .execute(self.sql())
        .await?;
        if n.rows_affected() == 0 {
            return Err(StoreError::NotFound("bulk"));
        }
        self.forget_questions(of).await?;
        let code = if of.run_at.is_some() { "bulk.resumed" } else { "bulk.started" };
        self.note_bulk(of.tenant, of.id, code, &[("version", of.version.to_string())]);
        self.wake = true;
        Ok(())
    }

    /// Lets it wait; with a problem it did so by itself.
    pub async fn pause_bulk(&mut self, of: &Bulk, problem: Option<&[FieldError]>) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE bulk SET state = 'paused', problem = $2 WHERE id = $1 AND state = 'running'",
            of.id.uuid(),
            problem.map(Json) as _
        )
        .execute(self.sql())
        .await?;
        let why = problem.and_then(<[_]>::first).map(|error| ("problem", error.rule.code().to_owned()));
        self.note_bulk(of.tenant, of.id, "bulk.paused", why.as_slice());
        Ok(())
    }

    /// Ends it: what was done stays, what is left never will be done.
    pub async fn cancel_bulk(&mut self, of: &Bulk) -> Result<u64, StoreError> {
        let now = ts(self.now);
        let left = sqlx::query!(
            "UPDATE bulk_row SET state = 'left', cells = NULL, done_at = $2 WHERE bulk_id = $1 AND state = 'planned'",
            of.id.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?
        .rows_affected();
        sqlx::query!(
            "UPDATE bulk SET state = 'cancelled', finished_at = $2 WHERE id = $1",
            of.id.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        self.forget_first_passwords(of).await?;
        self.forget_questions(of).await?;
        self.note_bulk(of.tenant, of.id, "bulk.cancelled", &[("left", left.to_string())]);
        Ok(left)
    }

    /// Nothing is left to do.
    pub async fn finish_bulk(&mut self, of: &Bulk) -> Result<(), StoreError> {
        let now = ts(self.now);
        sqlx::query!(
            "UPDATE bulk_row SET cells = NULL WHERE bulk_id = $1 AND cells IS NOT NULL AND state <> 'failed'
                AND act IN ('create', 'update', 'remove', 'restore', 'move', 'nothing', 'left')",
            of.id.uuid()
        )
        .execute(self.sql())
        .await?;
        sqlx::query!(
            "UPDATE bulk SET state = 'done', finished_at = $2 WHERE id = $1",
            of.id.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        let done = sqlx::query_scalar!(
            r#"SELECT count(*) AS "n!" FROM bulk_row WHERE bulk_id = $1 AND state = 'done'"#,
            of.id.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        self.forget_first_passwords(of).await?;
        self.note_bulk(of.tenant, of.id, "bulk.finished", &[("done", done.to_string())]);
        Ok(())
    }

    /// The next part of what was taken; none when nothing is left.
    pub async fn bulk_due(&mut self, of: &Bulk, limit: i64) -> Result<Option<Due>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT line, cells, said AS "said: Json<Said>", act, turn, user_id, name, login,
                      changes AS "changes!: Json<Vec<Change>>", errors AS "errors!: Json<Vec<FieldError>>",
                      warnings AS "warnings!: Json<Vec<FieldError>>", state
                 FROM bulk_row WHERE bulk_id = $1 AND state = 'planned'
                  AND act IN ('create', 'update', 'remove', 'restore', 'move')
                ORDER BY turn, line LIMIT $2"#,
            of.id.uuid(),
            limit
        )
        .fetch_all(self.sql())
        .await?;
        let rows: Vec<BulkRow> =
            rows.into_iter().map(|row| bulk_row!(row, of.id)).collect::<Result<_, StoreError>>()?;
        let Some(first) = rows.first() else { return Ok(None) };
        let (act, turn) = (first.act, first.turn);
        let rows: Vec<_> = rows.into_iter().take_while(|row| row.act == act && row.turn == turn).collect();
        Ok(Some(Due { rows, act }))
    }

    /// What was done of a part: lines, with the person, the login and what changed.
    pub async fn bulk_done(
        &mut self,
        of: &Bulk,
        done: &[(i32, Option<UserId>, String, Vec<Change>)],
    ) -> Result<(), StoreError> {
        if done.is_empty() {
            return Ok(());
        }
        let now = ts(self.now);
        sqlx::query!(
            "UPDATE bulk_row r SET state = 'done', user_id = coalesce(a.person, r.user_id), login = a.login,
                    changes = a.changes, errors = '[]', done_at = $6
               FROM unnest($2::int[], $3::uuid[], $4::text[], $5::jsonb[]) AS a (line, person, login, changes)
              WHERE r.bulk_id = $1 AND r.line = a.line AND r.state = 'planned'",
            of.id.uuid(),
            &done.iter().map(|row| row.0).collect::<Vec<_>>(),
            &done.iter().map(|row| row.1.map(UserId::uuid)).collect::<Vec<Option<Uuid>>>() as _,
            &done.iter().map(|row| row.2.clone()).collect::<Vec<_>>(),
            &done.iter().map(|row| Json(&row.3)).collect::<Vec<_>>() as _,
            now as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// What could not be done of a part, and why.
    pub async fn bulk_failed(
        &mut self,
        of: &Bulk,
        failed: &[(i32, Vec<FieldError>)],
    ) -> Result<(), StoreError> {
        if failed.is_empty() {
            return Ok(());
        }
        let now = ts(self.now);
        sqlx::query!(
            "UPDATE bulk_row r SET state = 'failed', errors = a.errors, done_at = $4
               FROM unnest($2::int[], $3::jsonb[]) AS a (line, errors)
              WHERE r.bulk_id = $1 AND r.line = a.line AND r.state = 'planned'",
            of.id.uuid(),
            &failed.iter().map(|row| row.0).collect::<Vec<_>>(),
            &failed.iter().map(|row| Json(&row.1)).collect::<Vec<_>>() as _,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.changed = true;
        self.note_bulk(of.tenant, of.id, "bulk.rows_failed", &[("rows", failed.len().to_string())]);
        Ok(())
    }

    /// Tells in the log of the customer that is left that people of these rows went to another.
    pub fn note_moved(&mut self, of: &Bulk, to: &TenantRef, rows: usize) {
        let fields = [("customer", to.code.clone()), ("rows", rows.to_string())];
        self.note_bulk(of.tenant, of.id, "bulk.rows_moved", &fields);
    }

    /// These rows lost the name that was made for them: they get another.
    pub async fn bulk_nameless(&mut self, of: &Bulk, lines: &[i32]) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE bulk_row SET login = '' WHERE bulk_id = $1 AND line = ANY($2)",
            of.id.uuid(),
            lines
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Writes the cells of one row anew; what becomes of it has to be shown again.
    pub async fn set_bulk_cells(&mut self, of: &Bulk, line: i32, cells: &Value) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE bulk_row SET cells = $3 WHERE bulk_id = $1 AND line = $2",
            of.id.uuid(),
            line,
            cells
        )
        .execute(self.sql())
        .await?;
        self.note_bulk(of.tenant, of.id, "bulk.mended", &[("row", line.to_string())]);
        Ok(())
    }

    /// Who these rows became.
    pub async fn bulk_people(
        &mut self,
        of: &Bulk,
        lines: &[i32],
    ) -> Result<HashMap<i32, UserId>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT line, user_id AS "user!" FROM bulk_row
                WHERE bulk_id = $1 AND line = ANY($2) AND user_id IS NOT NULL"#,
            of.id.uuid(),
            lines
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (row.line, UserId::from_uuid(row.user))).collect())
    }

    /// Notes what takes it back, in the transaction in which that begins.
    pub async fn bulk_undone_by(&mut self, of: BulkId, by: BulkId) -> Result<(), StoreError> {
        sqlx::query!("UPDATE bulk SET undone_by = $2 WHERE id = $1", of.uuid(), by.uuid())
            .execute(self.sql())
            .await?;
        Ok(())
    }

    /// Gives who was made by it and has not chosen a password yet, once: links are secrets.
    pub async fn bulk_links(
        &mut self,
        permit: &Permit<act::Ordinary>,
        of: &Bulk,
    ) -> Result<Vec<(i32, UserId)>, StoreError> {
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT r.line, u.id FROM bulk_row r JOIN users u ON u.id = r.user_id AND u.tenant_id = r.tenant_id
                WHERE r.bulk_id = $1 AND r.tenant_id = $2 AND r.act = 'create' AND r.state = 'done'
                  AND u.activated_at IS NULL AND u.deleted_at IS NULL
                ORDER BY r.line"#,
            of.id.uuid(),
            permit.tenant.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        sqlx::query!("UPDATE bulk SET links_at = $2 WHERE id = $1", of.id.uuid(), now as _)
            .execute(self.sql())
            .await?;
        self.note_bulk(of.tenant, of.id, "bulk.links_fetched", &[("people", rows.len().to_string())]);
        Ok(rows.into_iter().map(|row| (row.line, UserId::from_uuid(row.id))).collect())
    }
}
