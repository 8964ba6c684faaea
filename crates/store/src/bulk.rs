//! Bulk changes: their rows as they were shown, and how far each is. Who is in them is
//! looked up in `people`, what runs is in `run`.

mod mappings;
mod names;
mod packed;
mod people;
mod run;
mod secrets;

use std::collections::{BTreeSet, HashMap};

use domain::{
    bulk::{Act, BulkKind, BulkState, Change, RowState, Said},
    event::{Event, FieldChange, Outcome},
    field::FieldError,
    id::{BulkId, RequestId, TenantId, UserId},
};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use crate::{
    StoreError,
    error::known,
    ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

pub use packed::PackedRow;
pub use people::Key;
pub use run::Due;
pub use secrets::{FirstAccount, FirstPassword, Kept, expired};

/// Rows written by one statement: they are small.
const ROWS_AT_ONCE: usize = 5_000;

/// A bulk change.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// Its id.
    pub id: BulkId,
    /// Whose people it is about.
    pub tenant: TenantId,
    /// Where it comes from.
    pub kind: BulkKind,
    /// Name of the file, or of the act.
    pub title: String,
    /// What was asked for.
    pub ask: Value,
    /// How far it is.
    pub state: BulkState,
    /// Why it paused by itself, or why it is not known what the columns mean.
    pub problem: Option<Vec<FieldError>>,
    /// What the preview came to.
    pub foreseen: Value,
    /// Counts up with every preview.
    pub version: i64,
    /// What it takes back.
    pub undoes: Option<BulkId>,
    /// What takes it back.
    pub undone_by: Option<BulkId>,
    /// The request that carries it out.
    pub request: Option<RequestId>,
    /// Who asked for it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// In whose name it runs.
    pub run_by: Option<UserId>,
    /// Since when.
    pub run_at: Option<Timestamp>,
    /// When nothing was left to do.
    pub finished_at: Option<Timestamp>,
    /// When the links of its people were fetched.
    pub links_at: Option<Timestamp>,
    /// What was asked for together with it, of the people of other customers.
    pub series: Option<BulkId>,
    /// The directory and the names of the present preview; none where it is asked about none.
    pub names: Option<AskedNames>,
}

/// What the directory says of the names a preview would give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedNames {
    /// Since when it is asked.
    pub asked_at: Timestamp,
    /// When it had answered about all of them.
    pub answered_at: Option<Timestamp>,
    /// It said something else than the preview, which is planned anew.
    pub differ: bool,
}

impl AskedNames {
    /// Nothing of the preview changes any more because of the directory.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.answered_at.is_some() && !self.differ
    }
}

/// A bulk change that is being made.
#[derive(Debug, Clone)]
pub struct NewBulk {
    /// Its id.
    pub id: BulkId,
    /// Where it comes from.
    pub kind: BulkKind,
    /// Name of the file, or of the act.
    pub title: String,
    /// What was asked for.
    pub ask: Value,
    /// `Mapping` or `Previewed`.
    pub state: BulkState,
    /// What the preview came to.
    pub foreseen: Value,
    /// What it takes back.
    pub undoes: Option<BulkId>,
    /// What is asked for together with it, of the people of other customers.
    pub series: Option<BulkId>,
    /// Why it is not known what the columns mean.
    pub problem: Vec<FieldError>,
}

/// One row.
#[derive(Debug, Clone)]
pub struct BulkRow {
    /// Its number in the file.
    pub line: i32,
    /// As it stands in the file, without passwords.
    pub cells: Option<Value>,
    /// What that says of a person.
    pub said: Option<Said>,
    /// What becomes of it.
    pub act: Act,
    /// Who others depend on comes first.
    pub turn: i32,
    /// The person.
    pub user: Option<UserId>,
    /// Name as shown.
    pub name: String,
    /// Login name.
    pub login: String,
    /// Field by field.
    pub changes: Vec<Change>,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
    /// What somebody should look at.
    pub warnings: Vec<FieldError>,
    /// How far it is.
    pub state: RowState,
}

impl BulkRow {
    /// The groups the person enters.
    #[must_use]
    pub fn enters(&self) -> Vec<String> {
        match (self.act, &self.said) {
            (Act::Create, Some(said)) => match said.get("groups") {
                Some(domain::bulk::Value::List(all)) => all.clone(),
                Some(domain::bulk::Value::Text(one)) if !one.is_empty() => vec![one.clone()],
                _ => Vec::new(),
            },
            (Act::Update, _) => {
                let change = self.changes.iter().find(|change| change.field == "groups");
                change.map(|change| change.entries().0).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
}

/// As much of a row that was done as its way back needs.
#[derive(Debug, Clone)]
pub struct DoneRow {
    /// Its number in the file.
    pub line: i32,
    /// What became of it.
    pub act: Act,
    /// The person.
    pub user: UserId,
    /// Field by field.
    pub changes: Vec<Change>,
}

/// How many rows there are of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// What becomes of them.
    pub act: Act,
    /// How far they are.
    pub state: RowState,
    /// How many.
    pub rows: i64,
    /// How many of them have warnings.
    pub warned: i64,
}

macro_rules! bulk {
    ($row:expr) => {{
        let row = $row;
        Ok::<_, StoreError>(Bulk {
            id: BulkId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            kind: known(BulkKind::from_code(&row.kind), "bulk", "kind", row.id)?,
            title: row.title,
            ask: row.ask,
            state: known(BulkState::from_code(&row.state), "bulk", "state", row.id)?,
            problem: row.problem.map(|problem| problem.0),
            foreseen: row.foreseen,
            version: row.version,
            undoes: row.undoes.map(BulkId::from_uuid),
            undone_by: row.undone_by.map(BulkId::from_uuid),
            request: row.request_id.map(RequestId::from_uuid),
            created_by: UserId::from_uuid(row.created_by),
            created_at: row.created_at.to_jiff(),
            run_by: row.run_by.map(UserId::from_uuid),
            run_at: row.run_at.map(|at| at.to_jiff()),
            finished_at: row.finished_at.map(|at| at.to_jiff()),
            links_at: row.links_at.map(|at| at.to_jiff()),
            series: row.series.map(BulkId::from_uuid),
            // Of a preview, and of this one.
            names: row.names_asked_at.filter(|_| row.state == BulkState::Previewed.code()).map(|at| {
                AskedNames {
                    asked_at: at.to_jiff(),
                    answered_at: row.names_answered_at.map(|at| at.to_jiff()),
                    differ: row.names_differ,
                }
            }),
        })
    }};
}

macro_rules! bulk_row {
    ($row:expr, $bulk:expr) => {{
        let row = $row;
        Ok::<_, StoreError>(BulkRow {
            line: row.line,
            cells: row.cells,
            said: row.said.map(|said| said.0),
            act: known(Act::from_code(&row.act), "bulk_row", "act", $bulk)?,
            turn: row.turn,
            user: row.user_id.map(UserId::from_uuid),
            name: row.name,
            login: row.login,
            changes: row.changes.0,
            errors: row.errors.0,
            warnings: row.warnings.0,
            state: known(RowState::from_code(&row.state), "bulk_row", "state", $bulk)?,
        })
    }};
}
use bulk_row;

impl ReadTx<'_> {
    /// A bulk change of people the caller may change, with their tenant.
    pub async fn bulk(&mut self, id: BulkId) -> Result<(Bulk, TenantRef), StoreError> {
        let missing = || StoreError::NotFound("bulk");
        let bulk = self.load_bulk(id).await?;
        let tenant = self.tenant(bulk.tenant).await.map_err(|_| missing())?;
        self.permit_ordinary(&tenant).map_err(|_| missing())?;
        Ok((bulk, tenant))
    }

    async fn load_bulk(&mut self, id: BulkId) -> Result<Bulk, StoreError> {
        let row = sqlx::query!(
            r#"SELECT id, tenant_id, kind, title, ask, state, problem AS "problem: Json<Vec<FieldError>>", foreseen,
                      version, undoes, undone_by, request_id, created_by, run_by, series,
                      created_at AS "created_at!: jiff_sqlx::Timestamp", run_at AS "run_at: jiff_sqlx::Timestamp",
                      finished_at AS "finished_at: jiff_sqlx::Timestamp", links_at AS "links_at: jiff_sqlx::Timestamp",
                      CASE WHEN names_version = version THEN names_asked_at END AS "names_asked_at: jiff_sqlx::Timestamp",
                      names_answered_at AS "names_answered_at: jiff_sqlx::Timestamp", names_differ
                 FROM bulk WHERE id = $1"#,
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("bulk"))?;
        bulk!(row)
    }

    /// Bulk changes of the permitted tenant's people, the newest first, before `before`.
    pub async fn bulks(
        &mut self,
        permit: &Permit<act::Ordinary>,
        before: Option<BulkId>,
        limit: u32,
    ) -> Result<Vec<Bulk>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, tenant_id, kind, title, ask, state, problem AS "problem: Json<Vec<FieldError>>", foreseen,
                      version, undoes, undone_by, request_id, created_by, run_by, series,
                      created_at AS "created_at!: jiff_sqlx::Timestamp", run_at AS "run_at: jiff_sqlx::Timestamp",
                      finished_at AS "finished_at: jiff_sqlx::Timestamp", links_at AS "links_at: jiff_sqlx::Timestamp",
                      CASE WHEN names_version = version THEN names_asked_at END AS "names_asked_at: jiff_sqlx::Timestamp",
                      names_answered_at AS "names_answered_at: jiff_sqlx::Timestamp", names_differ
                 FROM bulk WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"#,
            permit.tenant.id.uuid(),
            before.map(BulkId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| bulk!(row)).collect()
    }

    /// What was asked for together, of people the caller may change.
    pub async fn bulk_series(&mut self, series: BulkId) -> Result<Vec<(Bulk, TenantRef)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, tenant_id, kind, title, ask, state, problem AS "problem: Json<Vec<FieldError>>", foreseen,
                      version, undoes, undone_by, request_id, created_by, run_by, series,
                      created_at AS "created_at!: jiff_sqlx::Timestamp", run_at AS "run_at: jiff_sqlx::Timestamp",
                      finished_at AS "finished_at: jiff_sqlx::Timestamp", links_at AS "links_at: jiff_sqlx::Timestamp",
                      CASE WHEN names_version = version THEN names_asked_at END AS "names_asked_at: jiff_sqlx::Timestamp",
                      names_answered_at AS "names_answered_at: jiff_sqlx::Timestamp", names_differ
                 FROM bulk WHERE series = $1 ORDER BY id"#,
            series.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let bulk = bulk!(row)?;
            let tenant = match self.tenant(bulk.tenant).await {
                Ok(tenant) => tenant,
                Err(StoreError::NotFound(_)) => continue,
                Err(error) => return Err(error),
            };
            if self.permit_ordinary(&tenant).is_ok() {
                all.push((bulk, tenant));
            }
        }
        if all.is_empty() { Err(StoreError::NotFound("bulk_series")) } else { Ok(all) }
    }

    /// Customers below the permitted tenant that are active, the oldest first; itself where it is one.
    pub async fn customers_below(
        &mut self,
        permit: &Permit<act::TenantRead>,
        most: i64,
    ) -> Result<Vec<TenantId>, StoreError> {
        let ids = sqlx::query_scalar!(
            "SELECT t.id FROM tenant_closure c JOIN tenant t ON t.id = c.descendant
              WHERE c.ancestor = $1 AND t.kind = 'customer' AND t.status = 'active'
                AND t.folder_object IS NOT NULL
              ORDER BY t.id LIMIT $2",
            permit.tenant.id.uuid(),
            most
        )
        .fetch_all(self.sql())
        .await?;
        Ok(ids.into_iter().map(TenantId::from_uuid).collect())
    }

    /// How many rows of bulk changes the caller may see there are of each kind.
    pub async fn bulk_counts(&mut self, of: &[BulkId]) -> Result<HashMap<BulkId, Vec<Counted>>, StoreError> {
        let ids: Vec<_> = of.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            "SELECT bulk_id, act, state, rows, warned FROM bulk_count
              WHERE bulk_id = ANY($1) AND rows > 0 ORDER BY bulk_id, act, state",
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        let mut counts: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            let of = BulkId::from_uuid(row.bulk_id);
            counts.entry(of).or_default().push(Counted {
                act: known(Act::from_code(&row.act), "bulk_row", "act", of)?,
                state: known(RowState::from_code(&row.state), "bulk_row", "state", of)?,
                rows: row.rows,
                warned: row.warned,
            });
        }
        Ok(counts)
    }

    /// Rows of a bulk change the caller may see, after a line: all, those of some acts, or
    /// those in one state.
    pub async fn bulk_rows(
        &mut self,
        of: &Bulk,
        (acts, state): (&[Act], Option<RowState>),
        after: Option<i32>,
        limit: u32,
    ) -> Result<Vec<BulkRow>, StoreError> {
        // Those of each kind are in order already; what is wrong with a few of 100,000 is found at once.
        let acts = if acts.is_empty() { Act::ALL } else { acts };
        // Each once, however often it is asked for.
        let acts: BTreeSet<_> = acts.iter().map(|act| act.code().to_owned()).collect();
        let acts: Vec<_> = acts.into_iter().collect();
        let states: Vec<_> =
            RowState::ALL.iter().filter(|one| state.is_none_or(|state| state == **one)).collect();
        let states: Vec<_> = states.into_iter().map(|state| state.code().to_owned()).collect();
        let rows = sqlx::query!(
            r#"SELECT r.line, r.cells, r.said AS "said: Json<Said>", r.act, r.turn, r.user_id, r.name, r.login,
                      r.changes AS "changes!: Json<Vec<Change>>", r.errors AS "errors!: Json<Vec<FieldError>>",
                      r.warnings AS "warnings!: Json<Vec<FieldError>>", r.state
                 FROM unnest($2::text[]) AS a (act), unnest($3::text[]) AS s (state), LATERAL (
                      SELECT * FROM bulk_row b
                       WHERE b.bulk_id = $1 AND b.act = a.act AND b.state = s.state AND b.line > $4
                       ORDER BY b.line LIMIT $5) AS r
                ORDER BY r.line LIMIT $5"#,
            of.id.uuid(),
            &acts,
            &states,
            after.unwrap_or(i32::MIN),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| bulk_row!(row, of.id)).collect()
    }

    /// The rows that were done, for the way back.
    pub async fn bulk_rows_done(&mut self, of: &Bulk) -> Result<Vec<DoneRow>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT line, act, user_id AS "user!", changes AS "changes!: Json<Vec<Change>>" FROM bulk_row
                WHERE bulk_id = $1 AND state = 'done' AND user_id IS NOT NULL ORDER BY line"#,
            of.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(DoneRow {
                    line: row.line,
                    act: known(Act::from_code(&row.act), "bulk_row", "act", of.id)?,
                    user: UserId::from_uuid(row.user),
                    changes: row.changes.0,
                })
            })
            .collect()
    }

    /// What stands in the rows of a file after a line: the line, and its cells as they are kept.
    pub async fn bulk_cells(
        &mut self,
        of: &Bulk,
        after: i32,
        limit: i64,
    ) -> Result<Vec<(i32, Value)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT line, cells AS "cells!" FROM bulk_row
                WHERE bulk_id = $1 AND line > $2 AND cells IS NOT NULL ORDER BY line LIMIT $3"#,
            of.id.uuid(),
            after,
            limit
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (row.line, row.cells)).collect())
    }
}

impl WriteTx<'_> {
    /// Keeps what was previewed of many people of the permitted tenant.
    pub async fn insert_bulk(
        &mut self,
        permit: &Permit<act::Ordinary>,
        new: &NewBulk,
        rows: &[PackedRow],
    ) -> Result<(), StoreError> {
        let (tenant, now, actor) = (permit.tenant.id, ts(self.now), self.caller.user().uuid());
        sqlx::query!(
            "INSERT INTO bulk (id, tenant_id, kind, title, ask, state, foreseen, undoes, created_by, created_at, series,
                    problem)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            new.id.uuid(),
            tenant.uuid(),
            new.kind.code(),
            new.title,
            new.ask,
            new.state.code(),
            new.foreseen,
            new.undoes.map(BulkId::uuid),
            actor,
            now as _,
            new.series.map(BulkId::uuid),
            (!new.problem.is_empty()).then_some(Json(&new.problem)) as _
        )
        .execute(self.sql())
        .await?;
        self.insert_bulk_rows(tenant, new.id, rows).await?;
        let fields = [("kind", new.kind.code().to_owned()), ("rows", rows.len().to_string())];
        self.note_bulk(tenant, new.id, "bulk.previewed", &fields);
        Ok(())
    }

    /// Keeps another preview of a bulk change that was locked and has not begun.
    pub async fn replace_bulk(
        &mut self,
        permit: &Permit<act::Ordinary>,
        of: &Bulk,
        (ask, foreseen, state): (&Value, &Value, BulkState),
        rows: &[PackedRow],
    ) -> Result<(), StoreError> {
        if of.tenant != permit.tenant.id {
            return Err(StoreError::NotFound("bulk"));
        }
        sqlx::query!("DELETE FROM bulk_row WHERE bulk_id = $1", of.id.uuid()).execute(self.sql()).await?;
        sqlx::query!(
            "UPDATE bulk SET ask = $2, foreseen = $3, state = $4, problem = NULL, version = version + 1
              WHERE id = $1",
            of.id.uuid(),
            ask,
            foreseen,
            state.code()
        )
        .execute(self.sql())
        .await?;
        self.insert_bulk_rows(of.tenant, of.id, rows).await?;
        self.note_bulk(of.tenant, of.id, "bulk.previewed", &[("rows", rows.len().to_string())]);
        Ok(())
    }

    async fn insert_bulk_rows(
        &mut self,
        tenant: TenantId,
        bulk: BulkId,
        rows: &[PackedRow],
    ) -> Result<(), StoreError> {
        for chunk in rows.chunks(ROWS_AT_ONCE) {
            sqlx::query!(
                r#"INSERT INTO bulk_row (bulk_id, tenant_id, line, cells, said, act, turn, user_id, name, login, changes,
                          errors, warnings)
                   SELECT $1, $2, a.* FROM unnest($3::int[], $4::jsonb[], $5::jsonb[], $6::text[], $7::int[], $8::uuid[],
                          $9::text[], $10::text[], $11::jsonb[], $12::jsonb[], $13::jsonb[]) AS a"#,
                bulk.uuid(),
                tenant.uuid(),
                &chunk.iter().map(|row| row.line).collect::<Vec<_>>(),
                &chunk.iter().map(|row| row.cells.as_deref().map(Json)).collect::<Vec<_>>() as _,
                &chunk.iter().map(|row| row.said.as_deref().map(Json)).collect::<Vec<_>>() as _,
                &chunk.iter().map(|row| row.act.code()).collect::<Vec<_>>() as _,
                &chunk.iter().map(|row| row.turn).collect::<Vec<_>>(),
                &chunk.iter().map(|row| row.user.map(UserId::uuid)).collect::<Vec<_>>() as _,
                &chunk.iter().map(|row| &*row.name).collect::<Vec<_>>() as _,
                &chunk.iter().map(|row| &*row.login).collect::<Vec<_>>() as _,
                &chunk.iter().map(|row| Json(&*row.changes)).collect::<Vec<_>>() as _,
                &chunk.iter().map(|row| Json(&*row.errors)).collect::<Vec<_>>() as _,
                &chunk.iter().map(|row| Json(&*row.warnings)).collect::<Vec<_>>() as _,
            )
            .execute(self.sql())
            .await?;
        }
        self.changed = true;
        Ok(())
    }

    /// Tells what happens to a bulk change in the log of its tenant.
    pub(crate) fn note_bulk(
        &mut self,
        tenant: TenantId,
        bulk: BulkId,
        code: &'static str,
        fields: &[(&'static str, String)],
    ) {
        let change = |(field, after): &(&'static str, String)| FieldChange {
            field: (*field).into(),
            before: None,
            after: Some(after.clone()),
            person: None,
        };
        self.events.push(Event {
            code,
            outcome: Outcome::Success,
            tenant,
            target: ("bulk", bulk.to_string()),
            changes: fields.iter().map(change).collect(),
        });
        self.changed = true;
    }

    pub(crate) fn note_mapping(&mut self, tenant: TenantId, name: &str, code: &'static str) {
        let target = ("import_mapping", name.to_owned());
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes: Vec::new() });
        self.changed = true;
    }
}
