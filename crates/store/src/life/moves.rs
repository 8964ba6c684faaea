//! Moves from one seller to another, today or with effect from a later day.

use domain::{event::FieldChange, id::TenantId, limits};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{Action, Permit, ReadTx, WriteTx, act},
    views::TenantName,
};

/// Why a tenant cannot stand below another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveObstacle {
    /// That tenant sells nothing, or this one is the provider.
    NotASeller,
    /// It stands there already.
    AlreadyThere,
    /// The other stands below this one.
    BelowItself,
    /// One of them, or one above it, is closed.
    Closed,
    /// More levels than [`limits::TENANT_DEPTH`].
    TooDeep,
    /// The new seller may not place customers in a directory this one is in.
    NotPlaced,
    /// Plans are in use below it that only sellers it leaves publish.
    PlansOfSeller,
}

impl MoveObstacle {
    /// The obstacle with this stored name.
    fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "not_a_seller" => Self::NotASeller,
            "already_there" => Self::AlreadyThere,
            "below_itself" => Self::BelowItself,
            "closed" => Self::Closed,
            "too_deep" => Self::TooDeep,
            "not_placed" => Self::NotPlaced,
            "plans_of_seller" => Self::PlansOfSeller,
            _ => return None,
        })
    }
}

/// The permissions with which a tenant is put below a seller.
pub trait PutsBelow: Action {}
impl PutsBelow for act::OrderCreate {}
impl PutsBelow for act::ResellerCreate {}

/// A move that takes effect later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMove {
    /// The new seller.
    pub parent: TenantId,
    /// Its first day, on the moved tenant's calendar.
    pub day: Date,
}

/// A move that takes effect later, with the names of those it is about.
#[derive(Debug, Clone)]
pub struct PlannedMoveView {
    /// Who moves.
    pub tenant: TenantName,
    /// The present seller, if the caller may know.
    pub from: Option<TenantName>,
    /// The new one, if the caller may know.
    pub to: Option<TenantName>,
    /// Its first day.
    pub day: Date,
    /// When it was planned.
    pub created_at: Timestamp,
    /// Where the next page of a list starts.
    pub key: Uuid,
}

/// The days one seller had a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SellerDays {
    /// The seller.
    pub seller: TenantId,
    /// Its first day of those that were asked for.
    pub first: Date,
    /// Its last.
    pub last: Date,
}

impl ReadTx<'_> {
    /// Who sold to the tenant on which of these days, as far as the caller may see the
    /// sellers. Days are the tenant's own, as in facts; each has one seller, who has it
    /// at its end.
    pub async fn sellers(
        &mut self,
        tenant: TenantId,
        first: Date,
        last: Date,
    ) -> Result<Vec<SellerDays>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT seller AS "seller!", first_day AS "first!: jiff_sqlx::Date", last_day AS "last!: jiff_sqlx::Date"
                 FROM sellers($1, $2, $3)"#,
            tenant.uuid(),
            jiff_sqlx::ToSqlx::to_sqlx(first) as _,
            jiff_sqlx::ToSqlx::to_sqlx(last) as _
        )
        .fetch_all(self.sql())
        .await?;
        let days = rows.into_iter().map(|row| SellerDays {
            seller: TenantId::from_uuid(row.seller),
            first: row.first.to_jiff(),
            last: row.last.to_jiff(),
        });
        Ok(days.collect())
    }

    /// Who sold to the tenant on this day of its own calendar, if the caller may see it.
    pub async fn seller_on(&mut self, tenant: TenantId, day: Date) -> Result<Option<TenantId>, StoreError> {
        Ok(self.sellers(tenant, day, day).await?.pop().map(|days| days.seller))
    }

    /// The moves still to come of tenants at and below `roots`, after `after`.
    pub async fn planned_moves(
        &mut self,
        roots: &[TenantId],
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<PlannedMoveView>, StoreError> {
        let roots: Vec<_> = roots.iter().map(|root| root.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT m.id AS key, m.day AS "day!: jiff_sqlx::Date", m.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      t.id, t.code, t.name, f.id AS "from?", f.code AS "from_code?", f.name AS "from_name?",
                      n.id AS "to?", n.code AS "to_code?", n.name AS "to_name?"
                 FROM planned_move m JOIN tenant t ON t.id = m.tenant_id
                 LEFT JOIN tenant_edge e ON e.child = m.tenant_id AND e.valid_to IS NULL
                 LEFT JOIN tenant f ON f.id = e.parent LEFT JOIN tenant n ON n.id = m.parent
                WHERE m.done_at IS NULL AND m.cancelled_at IS NULL AND ($2::uuid IS NULL OR m.id > $2)
                  AND EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = m.tenant_id AND c.ancestor = ANY($1))
                ORDER BY m.id LIMIT $3"#,
            &roots,
            after,
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        let name = |id, code: Option<String>, name: Option<String>| {
            Some(TenantName { id: TenantId::from_uuid(id?), code: code?, name: name? })
        };
        let views = rows.into_iter().map(|row| PlannedMoveView {
            tenant: TenantName { id: TenantId::from_uuid(row.id), code: row.code, name: row.name },
            from: name(row.from, row.from_code, row.from_name),
            to: name(row.to, row.to_code, row.to_name),
            day: row.day.to_jiff(),
            created_at: row.created_at.to_jiff(),
            key: row.key,
        });
        Ok(views.collect())
    }

    /// The move of a tenant that is still to come.
    pub async fn planned_move(&mut self, tenant: TenantId) -> Result<Option<PlannedMove>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT parent, day AS "day!: jiff_sqlx::Date" FROM planned_move
                WHERE tenant_id = $1 AND done_at IS NULL AND cancelled_at IS NULL"#,
            tenant.uuid()
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|row| PlannedMove { parent: TenantId::from_uuid(row.parent), day: row.day.to_jiff() }))
    }
}

impl WriteTx<'_> {
    /// What stands in the way of a move now. Ask with the tree locked.
    pub async fn move_obstacle(
        &mut self,
        moved: TenantId,
        parent: TenantId,
    ) -> Result<Option<MoveObstacle>, StoreError> {
        let levels = i32::try_from(limits::TENANT_DEPTH).unwrap_or(i32::MAX);
        let code =
            sqlx::query_scalar!("SELECT move_obstacle($1, $2, $3)", moved.uuid(), parent.uuid(), levels)
                .fetch_one(self.sql())
                .await?;
        code.map(|code| {
            MoveObstacle::from_code(&code).ok_or(StoreError::Conflict("an obstacle nobody knows"))
        })
        .transpose()
    }

    /// Moves the permitted tenant below the permitted seller, with effect from `day`,
    /// which is today on its calendar. Its own rows stay as they are. Needs the lock of
    /// the tree and an open request; gives how many objects change.
    pub async fn move_tenant<A: PutsBelow>(
        &mut self,
        moved: &Permit<act::TenantMove>,
        below: &Permit<A>,
        day: Date,
    ) -> Result<i64, StoreError> {
        let (request, now) = (self.request_id()?, ts(self.now));
        let objects = sqlx::query_scalar!(
            r#"SELECT move_tenant($1, $2, $3, $4, $5) AS "n!""#,
            moved.tenant.id.uuid(),
            below.tenant.id.uuid(),
            jiff_sqlx::ToSqlx::to_sqlx(day) as _,
            request,
            now as _
        )
        .fetch_one(self.sql())
        .await?;
        sqlx::query!(
            "UPDATE tenant SET status_at = $2, version = version + 1 WHERE id = $1",
            moved.tenant.id.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        self.wake |= objects > 0;
        self.note_move(moved, "tenant.moved", Some(below.tenant.id), day);
        Ok(objects)
    }

    /// Plans the move for a later day, at whose first instant `at` it takes effect; a
    /// move that was planned before does not.
    pub async fn plan_move<A: PutsBelow>(
        &mut self,
        moved: &Permit<act::TenantMove>,
        below: &Permit<A>,
        day: Date,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.cancel_planned_move(moved).await?;
        let (now, actor) = (ts(self.now), self.caller.user().uuid());
        sqlx::query!(
            "INSERT INTO planned_move (id, tenant_id, parent, day, effective_at, created_at, created_by)
             VALUES (time_ordered_id($5), $1, $2, $3, $4, $5, $6)",
            moved.tenant.id.uuid(),
            below.tenant.id.uuid(),
            jiff_sqlx::ToSqlx::to_sqlx(day) as _,
            ts(at) as _,
            now as _,
            actor
        )
        .execute(self.sql())
        .await?;
        self.note_move(moved, "tenant.move_planned", Some(below.tenant.id), day);
        Ok(())
    }

    /// The planned move does not take place; false when there was none.
    pub async fn cancel_planned_move(&mut self, moved: &Permit<act::TenantMove>) -> Result<bool, StoreError> {
        let now = ts(self.now);
        let day = sqlx::query_scalar!(
            r#"UPDATE planned_move SET cancelled_at = $2
                WHERE tenant_id = $1 AND done_at IS NULL AND cancelled_at IS NULL
               RETURNING day AS "day!: jiff_sqlx::Date""#,
            moved.tenant.id.uuid(),
            now as _
        )
        .fetch_optional(self.sql())
        .await?;
        if let Some(day) = day {
            self.note_move(moved, "tenant.move_cancelled", None, day.to_jiff());
        }
        Ok(day.is_some())
    }

    fn note_move(
        &mut self,
        moved: &Permit<act::TenantMove>,
        code: &'static str,
        to: Option<TenantId>,
        day: Date,
    ) {
        let path = &moved.tenant.path;
        let from = path.len().checked_sub(2).and_then(|above| path.get(above)).map(TenantId::to_string);
        let day = Some(day.to_string());
        let changes = vec![
            FieldChange {
                field: "parent".into(),
                before: from,
                after: to.map(|to| to.to_string()),
                person: None,
            },
            FieldChange { field: "day".into(), before: None, after: day, person: None },
        ];
        self.note_life(moved.tenant.id, code, changes);
    }
}
