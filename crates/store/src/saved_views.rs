//! Views of lists that people keep under a name: their own, and those they share with all who
//! manage their tenant.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{UserId, ViewId},
    limits,
    list::{List, Query},
};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::{
    StoreError,
    error::known,
    ts,
    tx::{Permit, ReadTx, WriteTx, act},
    users::search_key,
};

/// A view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: ViewId,
    /// Of which list.
    pub list: List,
    /// What it is called.
    pub name: String,
    /// What it asks of the list.
    pub query: Query,
    /// Whether all who manage the tenant see it.
    pub shared: bool,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
}

macro_rules! view {
    ($row:expr) => {{
        let row = $row;
        Ok::<_, StoreError>(SavedView {
            id: ViewId::from_uuid(row.id),
            list: known(List::from_code(&row.list), "saved_view", "list", row.id)?,
            name: row.name,
            query: row.query.0,
            shared: row.shared,
            created_by: UserId::from_uuid(row.created_by),
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        })
    }};
}

impl ReadTx<'_> {
    /// The caller's own views, then those that are shared in their tenant, each by name.
    pub async fn saved_views(&mut self, list: Option<List>) -> Result<Vec<SavedView>, StoreError> {
        let (home, user) = (self.caller.tenant.uuid(), self.caller.user().uuid());
        let rows = sqlx::query!(
            r#"SELECT id, list, name, query AS "query: Json<Query>", user_id IS NULL AS "shared!", created_by,
                      created_at AS "created_at!: jiff_sqlx::Timestamp", updated_at AS "updated_at!: jiff_sqlx::Timestamp"
                 FROM saved_view WHERE tenant_id = $1 AND (user_id = $2 OR user_id IS NULL)
                  AND ($3::text IS NULL OR list = $3)
                ORDER BY user_id IS NULL, search_key, id LIMIT $4"#,
            home,
            user,
            list.map(List::code),
            2 * limits::VIEWS
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| view!(row)).collect()
    }
}

impl WriteTx<'_> {
    /// One of those, which nobody else changes meanwhile.
    pub async fn lock_saved_view(&mut self, id: ViewId) -> Result<SavedView, StoreError> {
        let (home, user) = (self.caller.tenant.uuid(), self.caller.user().uuid());
        let row = sqlx::query!(
            r#"SELECT id, list, name, query AS "query: Json<Query>", user_id IS NULL AS "shared!", created_by,
                      created_at AS "created_at!: jiff_sqlx::Timestamp", updated_at AS "updated_at!: jiff_sqlx::Timestamp"
                 FROM saved_view WHERE id = $1 AND tenant_id = $2 AND (user_id = $3 OR user_id IS NULL) FOR UPDATE"#,
            id.uuid(),
            home,
            user
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("view"))?;
        view!(row)
    }

    /// How many views the caller has, or the caller's tenant shares.
    pub async fn count_saved_views(&mut self, shared: bool) -> Result<i64, StoreError> {
        let (home, user) = (self.caller.tenant.uuid(), self.caller.user().uuid());
        Ok(sqlx::query_scalar!(
            r#"SELECT count(*) AS "n!" FROM saved_view
                WHERE tenant_id = $1 AND CASE WHEN $3 THEN user_id IS NULL ELSE user_id = $2 END"#,
            home,
            user,
            shared
        )
        .fetch_one(self.sql())
        .await?)
    }

    /// Keeps a view: the caller's own, or with a permit for their tenant one that is shared there.
    pub async fn save_view(
        &mut self,
        view: &SavedView,
        permit: Option<&Permit<act::TenantUpdate>>,
    ) -> Result<(), StoreError> {
        let (home, owner) = (self.caller.tenant, self.owner_of(view, permit)?);
        sqlx::query!(
            "INSERT INTO saved_view (id, tenant_id, user_id, list, name, search_key, query, created_by, created_at,
                 updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
            view.id.uuid(),
            home.uuid(),
            owner.map(UserId::uuid),
            view.list.code(),
            view.name,
            search_key(&view.name),
            Json(&view.query) as _,
            view.created_by.uuid(),
            ts(view.created_at) as _
        )
        .execute(self.sql())
        .await?;
        self.note_view("view.saved", None, Some(view));
        Ok(())
    }

    /// Makes another of a view that was locked. What is or becomes shared needs a permit.
    pub async fn change_view(
        &mut self,
        before: &SavedView,
        after: &SavedView,
        permit: Option<&Permit<act::TenantUpdate>>,
    ) -> Result<(), StoreError> {
        self.owner_of(before, permit)?;
        let owner = self.owner_of(after, permit)?;
        sqlx::query!(
            "UPDATE saved_view SET user_id = $2, name = $3, search_key = $4, query = $5, updated_at = $6 WHERE id = $1",
            before.id.uuid(),
            owner.map(UserId::uuid),
            after.name,
            search_key(&after.name),
            Json(&after.query) as _,
            ts(after.updated_at) as _
        )
        .execute(self.sql())
        .await?;
        self.note_view("view.changed", Some(before), Some(after));
        Ok(())
    }

    /// Forgets a view that was locked; one that is shared with a permit.
    pub async fn remove_view(
        &mut self,
        view: &SavedView,
        permit: Option<&Permit<act::TenantUpdate>>,
    ) -> Result<(), StoreError> {
        self.owner_of(view, permit)?;
        sqlx::query!("DELETE FROM saved_view WHERE id = $1", view.id.uuid()).execute(self.sql()).await?;
        self.note_view("view.removed", Some(view), None);
        Ok(())
    }

    /// Whose it is; shared ones are the tenant's, for whoever holds a permit for it.
    fn owner_of(
        &self,
        view: &SavedView,
        permit: Option<&Permit<act::TenantUpdate>>,
    ) -> Result<Option<UserId>, StoreError> {
        let home = self.caller.tenant;
        match view.shared {
            false => Ok(Some(self.caller.user())),
            true if permit.is_some_and(|permit| permit.tenant.id == home) => Ok(None),
            true => Err(StoreError::NotFound("view")),
        }
    }

    /// What somebody looks for may be a person's name: it is sealed, and so is what the own views
    /// are called.
    fn note_view(&mut self, code: &'static str, before: Option<&SavedView>, after: Option<&SavedView>) {
        let (tenant, user) = (self.caller.tenant, self.caller.user());
        let shared = before.into_iter().chain(after).any(|view| view.shared);
        let asks = |view: &SavedView| {
            let pairs = view.query.iter().map(|(name, value)| format!("{name}={value}"));
            pairs.collect::<Vec<_>>().join("&")
        };
        let change = |field: &'static str, personal: bool, value: &dyn Fn(&SavedView) -> String| {
            let (before, after) = (before.map(value), after.map(value));
            let person = personal.then_some(user);
            (before != after).then(|| FieldChange { field: field.into(), before, after, person })
        };
        let changes = [
            change("list", false, &|view| view.list.code().to_owned()),
            change("name", !shared, &|view| view.name.clone()),
            change("shared", false, &|view| view.shared.to_string()),
            change("query", true, &asks),
        ];
        let id = before.or(after).map(|view| view.id.to_string()).unwrap_or_default();
        let changes = changes.into_iter().flatten().collect();
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target: ("view", id), changes });
        self.changed = true;
    }
}
