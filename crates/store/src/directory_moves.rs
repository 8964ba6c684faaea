//! Moves of a customer between directories: how each stands, and what it would mean.
//! The steps themselves are functions of the database, driven by the sweep.

use std::collections::BTreeMap;

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{ActivationId, RequestId, TargetId, TenantId, UserId},
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    StoreError,
    error::known,
    placement::PlacementObstacle,
    ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

/// How far a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovePhase {
    /// Everything is made in the other directory; people still use the first one.
    Preparing,
    /// People live in the other directory; the old accounts are disabled and can be had back.
    Grace,
    /// The old accounts are gone.
    Done,
    /// Taken back before people lived in the other directory.
    Cancelled,
    /// On the way back.
    Returning,
    /// People live where they lived before, with the same accounts.
    Returned,
}

impl MovePhase {
    const ALL: [Self; 6] =
        [Self::Preparing, Self::Grace, Self::Done, Self::Cancelled, Self::Returning, Self::Returned];

    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Grace => "grace",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Returning => "returning",
            Self::Returned => "returned",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.code() == code)
    }
}

/// A move, and how far it is.
#[derive(Debug, Clone)]
pub struct DirectoryMove {
    id: Uuid,
    /// Code of the directory it began in.
    pub from: String,
    /// Code of the other one.
    pub to: String,
    /// How far.
    pub phase: MovePhase,
    /// For how many days it can be taken back.
    pub grace_days: u32,
    /// The request of the present phase.
    pub request: RequestId,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When people began to live in the other directory.
    pub switched_at: Option<Timestamp>,
    /// Until when it can be taken back.
    pub purge_at: Option<Timestamp>,
    /// When nothing was left to do.
    pub ended_at: Option<Timestamp>,
}

/// Somebody whose log-on name is taken in the other directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameConflict {
    /// The person; none for a group.
    pub user: Option<UserId>,
    /// The name as shown.
    pub name: String,
    /// The log-on name now.
    pub present: String,
    /// What it would be.
    pub proposed: Option<String>,
}

/// What a move would mean.
#[derive(Debug, Clone)]
pub struct MovePreview {
    /// Accounts that are made anew.
    pub users: i64,
    /// Groups that are made anew.
    pub groups: i64,
    /// Containers that are made anew, with those of sellers that have none there.
    pub containers: i64,
    /// Memberships that are made anew.
    pub memberships: i64,
    /// How many log-on names are taken there.
    pub conflicts: i64,
    /// The first of them.
    pub names: Vec<NameConflict>,
    /// How long making everything takes at the other directory's measured pace.
    pub seconds: i64,
}

/// A one-time link somebody got with a move.
#[derive(Debug, Clone)]
pub struct MoveLink {
    /// The person.
    pub user: UserId,
    /// The name as shown.
    pub display_name: String,
    /// The login name.
    pub principal_name: String,
    /// The log-on name in the directory.
    pub logon_name: Option<String>,
    /// The secret part; none for a caller who may not reset this password.
    pub token: Option<String>,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// Names that are shown of a preview.
const NAMES_SHOWN: i64 = 200;

impl ReadTx<'_> {
    /// The last move of a customer between directories.
    pub async fn directory_move(&mut self, tenant: TenantId) -> Result<Option<DirectoryMove>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT m.id, f.code AS "from", t.code AS "to", m.phase, m.grace_days, m.request_id,
                      m.created_at AS "created_at!: jiff_sqlx::Timestamp", m.switched_at AS "switched_at: jiff_sqlx::Timestamp",
                      m.purge_at AS "purge_at: jiff_sqlx::Timestamp", m.ended_at AS "ended_at: jiff_sqlx::Timestamp"
                 FROM directory_move m JOIN target f ON f.id = m.from_target JOIN target t ON t.id = m.to_target
                WHERE m.tenant_id = $1 ORDER BY m.id DESC LIMIT 1"#,
            tenant.uuid()
        )
        .fetch_optional(self.sql())
        .await?;
        row.map(|row| {
            Ok(DirectoryMove {
                phase: known(MovePhase::from_code(&row.phase), "directory_move", "phase", row.id)?,
                id: row.id,
                from: row.from,
                to: row.to,
                grace_days: u32::try_from(row.grace_days).unwrap_or(0),
                request: RequestId::from_uuid(row.request_id),
                created_at: row.created_at.to_jiff(),
                switched_at: row.switched_at.map(jiff_sqlx::Timestamp::to_jiff),
                purge_at: row.purge_at.map(jiff_sqlx::Timestamp::to_jiff),
                ended_at: row.ended_at.map(jiff_sqlx::Timestamp::to_jiff),
            })
        })
        .transpose()
    }

    /// What moving a customer from one directory to another would mean now.
    pub async fn preview_directory_move(
        &mut self,
        permit: &Permit<act::DirectoryManage>,
        from: TargetId,
        to: TargetId,
    ) -> Result<MovePreview, StoreError> {
        let (tenant, now) = (permit.tenant.id.uuid(), ts(self.now));
        let row = sqlx::query!(
            r#"SELECT count(*) FILTER (WHERE o.kind = 'user') AS "users!", count(*) FILTER (WHERE o.kind = 'group') AS "groups!",
                      count(*) FILTER (WHERE o.kind = 'container') AS "containers!", count(*) AS "all!",
                      (SELECT count(*) FROM membership e JOIN object g ON g.id = e.group_object
                        WHERE e.tenant_id = $1 AND e.wanted AND g.target_id = $2) AS "memberships!",
                      (SELECT count(*) FROM tenant_closure c JOIN tenant s ON s.id = c.ancestor AND s.kind = 'reseller'
                        WHERE c.descendant = $1 AND NOT EXISTS (SELECT FROM object x WHERE x.entity_id = s.id
                              AND x.target_id = $3 AND x.kind = 'container' AND x.wanted)) AS "sellers!",
                      (SELECT h.pace_micros FROM target_health h WHERE h.target_id = $3) AS pace
                 FROM object o WHERE o.tenant_id = $1 AND o.target_id = $2 AND o.wanted"#,
            tenant,
            from.uuid(),
            to.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        let names = sqlx::query!(
            r#"SELECT count(*) OVER () AS "all!", u.id AS "user?", coalesce(u.display_name, g.name, o.spec->>'name') AS "name!",
                      c.present AS "present!", c.proposed
                 FROM logon_conflicts($1, $2, $3, $4) c JOIN object o ON o.id = c.object_id
                 LEFT JOIN users u ON u.object_id = o.id LEFT JOIN user_group g ON g.object_id = o.id
                ORDER BY 3, o.id LIMIT $5"#,
            tenant,
            from.uuid(),
            to.uuid(),
            now as _,
            NAMES_SHOWN
        )
        .fetch_all(self.sql())
        .await?;
        let micros = (row.all + row.sellers).saturating_mul(row.pace.unwrap_or(0));
        Ok(MovePreview {
            users: row.users,
            groups: row.groups,
            containers: row.containers + row.sellers,
            memberships: row.memberships,
            conflicts: names.first().map_or(0, |first| first.all),
            seconds: (micros + 999_999) / 1_000_000,
            names: names
                .into_iter()
                .map(|n| NameConflict {
                    user: n.user.map(UserId::from_uuid),
                    name: n.name,
                    present: n.present,
                    proposed: n.proposed,
                })
                .collect(),
        })
    }

    /// The links people of a customer got when it changed directories and did not use yet,
    /// by name, after `after`.
    pub async fn move_links(
        &mut self,
        permit: &Permit<act::UserRead>,
        of: &DirectoryMove,
        after: Option<(&str, UserId)>,
        limit: u32,
    ) -> Result<Vec<(String, MoveLink)>, StoreError> {
        let tenant = &permit.tenant;
        let (now, switched) = (ts(self.now), of.switched_at.map(ts));
        let rows = sqlx::query!(
            r#"SELECT a.id, u.id AS user_id, u.search_key, u.display_name, u.principal_name, u.logon_name, u.administrator,
                      a.expires_at AS "expires_at!: jiff_sqlx::Timestamp"
                 FROM users u JOIN activation a ON a.user_id = u.id
                WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND a.used_at IS NULL AND a.revoked_at IS NULL
                  AND a.expires_at > $2 AND a.created_at >= $3 AND a.tenant_id = $1
                  AND ($4::text IS NULL OR (u.search_key, u.id) > ($4, $5::uuid))
                ORDER BY u.search_key, u.id LIMIT $6"#,
            tenant.id.uuid(),
            now as _,
            switched as _,
            after.map(|a| a.0),
            after.map(|a| a.1.uuid()),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        let mut answers = BTreeMap::new();
        let mut links = Vec::with_capacity(rows.len());
        for row in rows {
            let user = UserId::from_uuid(row.user_id);
            // The answer is the same for all who are as much administrator.
            let key = (row.administrator, user == self.caller.user());
            let may = *answers.entry(key).or_insert_with(|| self.may_reset(tenant, user, row.administrator));
            let token = may.then(|| self.store.keys.activation_token(ActivationId::from_uuid(row.id)));
            let link = MoveLink {
                user,
                display_name: row.display_name,
                principal_name: row.principal_name,
                logon_name: row.logon_name,
                token,
                expires_at: row.expires_at.to_jiff(),
            };
            links.push((row.search_key, link));
        }
        Ok(links)
    }

    fn may_reset(&self, tenant: &TenantRef, user: UserId, administrator: bool) -> bool {
        self.decide::<act::UserResetPassword>(tenant, Some((user, administrator))).is_ok()
    }
}

impl WriteTx<'_> {
    /// Begins to move the permitted customer to another directory: everything is wanted
    /// there, and people stay where they are until it was verified. Needs an open request.
    pub async fn begin_directory_move(
        &mut self,
        permit: &Permit<act::DirectoryManage>,
        (from, to): (TargetId, TargetId),
        (from_code, to_code): (&str, &str),
        grace_days: u32,
    ) -> Result<Option<PlacementObstacle>, StoreError> {
        let (tenant, request, now) = (permit.tenant.id, self.request_id()?, ts(self.now));
        let id: RequestId = self.id();
        sqlx::query!(
            "INSERT INTO directory_move (id, tenant_id, from_target, to_target, grace_days, request_id, created_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id.uuid(),
            tenant.uuid(),
            from.uuid(),
            to.uuid(),
            i32::try_from(grace_days).unwrap_or(i32::MAX),
            request,
            self.caller.user().uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        let obstacle = sqlx::query_scalar!("SELECT prepare_directory_move($1, $2)", id.uuid(), now as _)
            .fetch_one(self.sql())
            .await?;
        self.wake = true;
        self.note_directory_move(tenant, "tenant.directory_move_begun", from_code, to_code);
        PlacementObstacle::read(obstacle.as_deref())
    }

    /// Takes a move back: what was made in the other directory goes again, or people go
    /// back to the accounts they had. Needs an open request.
    pub async fn take_back_directory_move(
        &mut self,
        permit: &Permit<act::DirectoryManage>,
        of: &DirectoryMove,
    ) -> Result<(), StoreError> {
        let (request, now) = (self.request_id()?, ts(self.now));
        sqlx::query!("SELECT take_back_directory_move($1, $2, $3)", of.id, request, now as _)
            .fetch_one(self.sql())
            .await?;
        self.wake = true;
        self.note_directory_move(permit.tenant.id, "tenant.directory_move_taken_back", &of.to, &of.from);
        Ok(())
    }

    fn note_directory_move(&mut self, tenant: TenantId, code: &'static str, from: &str, to: &str) {
        let change = FieldChange {
            field: "directory".into(),
            before: Some(from.to_owned()),
            after: Some(to.to_owned()),
            person: None,
        };
        let target = ("tenant", tenant.to_string());
        let event = Event { code, outcome: Outcome::Success, tenant, target, changes: vec![change] };
        self.events.push(event);
    }
}
