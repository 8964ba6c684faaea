//! What happened to somebody: the events of the audit log that are about them, with the values
//! that are sealed under their own key as long as that is there.

use domain::id::{EventId, UserId};
use jiff::Timestamp;
use serde::Deserialize;
use sqlx::types::Json;

use crate::{
    StoreError, seal,
    tx::{ReadTx, TenantRef, act},
    users::User,
};

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Happened {
    /// The event.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// What, by the stable code of the event.
    pub code: String,
    /// Whether it was done.
    pub done: bool,
    /// Who did it.
    pub actor: Actor,
    /// What changed.
    pub changes: Vec<Changed>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody the caller may see, by name.
    Person(UserId, String),
    /// Somebody the caller may not know.
    Hidden,
    /// The product itself.
    System,
}

/// A value that changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Changed {
    /// Which.
    pub field: String,
    /// What it was; none when it was empty, or when it is hidden.
    pub before: Option<String>,
    /// What it became.
    pub after: Option<String>,
    /// It was personal, and the key of the person is destroyed.
    #[serde(skip)]
    pub is_hidden: bool,
}

/// A change as it stands in the event: of personal values commitments only.
#[derive(Debug, Deserialize)]
struct Stored {
    field: String,
    #[serde(default)]
    personal: bool,
    before: Option<String>,
    after: Option<String>,
}

impl ReadTx<'_> {
    /// What happened to somebody of this tenant, the newest first, before `before`.
    pub async fn history(
        &mut self,
        tenant: &TenantRef,
        of: &User,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<Happened>, StoreError> {
        self.decide::<act::UserRead>(tenant, Some((of.id, of.administrator)))?;
        let user = of.id;
        let rows = sqlx::query!(
            r#"SELECT e.id, e.occurred_at AS "at!: jiff_sqlx::Timestamp", e.code, e.outcome, e.actor_kind, e.actor_id,
                      e.change AS "change!: Json<Vec<Stored>>", u.display_name AS "actor?",
                      p.sealed AS "sealed?", k.key_id AS "key_id?", k.sealed AS "key?"
                 FROM event e LEFT JOIN users u ON u.id = e.actor_id
                 LEFT JOIN event_personal p ON p.event_id = e.id AND p.person_id = $2
                 LEFT JOIN person_key k ON k.person_id = p.person_id
                WHERE e.target_id = $3 AND e.target_kind = 'user' AND e.tenant_id = $1
                  AND ($4::uuid IS NULL OR e.id < $4)
                ORDER BY e.id DESC LIMIT $5"#,
            tenant.id.uuid(),
            user.uuid(),
            user.to_string(),
            before.map(EventId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let personal: Vec<Changed> = match (row.sealed, row.key_id, row.key) {
                (Some(sealed), Some(key_id), Some(key)) => {
                    let key = self.store.keys.open_person_key(&key_id, user.uuid(), &key)?;
                    let plain = seal::open_with(&key, row.id, &sealed)?;
                    serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt {
                        table: "event_personal",
                        column: "sealed",
                        id: row.id.to_string(),
                    })?
                }
                _ => Vec::new(),
            };
            let change = |stored: Stored| match personal.iter().find(|known| known.field == stored.field) {
                Some(known) if stored.personal => known.clone(),
                _ => {
                    let is_hidden = stored.personal;
                    let shown = |value: Option<String>| value.filter(|_| !is_hidden);
                    let (before, after) = (shown(stored.before), shown(stored.after));
                    Changed { field: stored.field, before, after, is_hidden }
                }
            };
            let actor = match (row.actor_id, row.actor) {
                (Some(id), Some(name)) => Actor::Person(UserId::from_uuid(id), name),
                _ if row.actor_kind == "system" => Actor::System,
                _ => Actor::Hidden,
            };
            all.push(Happened {
                id: EventId::from_uuid(row.id),
                at: row.at.to_jiff(),
                code: row.code,
                done: row.outcome == "success",
                actor,
                changes: row.change.0.into_iter().map(change).collect(),
            });
        }
        Ok(all)
    }
}
