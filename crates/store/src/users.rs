//! People: what is stored of them, reading, listing; below, creating and changing.

mod create;
mod managers;
mod moves;
mod remove;
mod write;

use std::collections::BTreeMap;

use domain::{
    custom::{Value, Values},
    id::{FieldId, ObjectId, RequestId, TargetId, TenantId, UserId},
    list::{Order, PeopleColumn, Standing},
    person::{Detail, Details},
    problem::Problem,
    request::ItemState,
    spec::Spec,
};
use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

pub use crate::names::{Name, NameKind};
use crate::{
    StoreError,
    error::known,
    fields::{self, Stored},
    lists::Span,
    tx::{Action, Permit, ReadTx, TenantRef, act},
};
pub use create::{Links, Made};
pub use managers::{Manager, ManagerKey};
pub use moves::MoveObstacle;
pub use remove::{Removal, Removed};

/// What people are ordered and searched by: lower case, blanks folded.
#[must_use]
pub fn search_key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A person that should exist.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Its id.
    pub id: UserId,
    /// Its account in the directory; none for staff, who have only the portal.
    pub account: Option<Account>,
    /// Given name.
    pub given_name: Option<String>,
    /// Surname.
    pub surname: Option<String>,
    /// Name as shown.
    pub display_name: String,
    /// Login name and UPN.
    pub principal_name: String,
    /// `sAMAccountName`.
    pub logon_name: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Who manages the person.
    pub manager: Option<Manager>,
    /// Whether the account may log on.
    pub enabled: bool,
    /// Holds an administrative role.
    pub administrator: bool,
    /// What else is known.
    pub details: Details,
    /// Custom fields, checked.
    pub fields: Vec<Value>,
}

/// An account that should exist in a directory.
#[derive(Debug, Clone)]
pub struct Account {
    /// The object, and the marker it will bear.
    pub object: ObjectId,
    /// The directory.
    pub target: TargetId,
    /// What should be true of it.
    pub spec: Spec,
}

/// A person as stored, with the state of its object.
#[derive(Debug, Clone)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its object in the directory.
    pub object: Option<ObjectId>,
    /// Given name.
    pub given_name: Option<String>,
    /// Surname.
    pub surname: Option<String>,
    /// Name as shown.
    pub display_name: String,
    /// Login name and UPN.
    pub principal_name: String,
    /// `sAMAccountName`.
    pub logon_name: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Who manages the person.
    pub manager: Option<Manager>,
    /// Whether the account may log on.
    pub enabled: bool,
    /// Holds an administrative role.
    pub administrator: bool,
    /// What else is known.
    pub details: Details,
    /// Custom fields.
    pub fields: Values,
    /// When the person chose a password for the first time.
    pub activated_at: Option<Timestamp>,
    /// Version of the desired state.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Where the next page of a list starts.
    pub key: String,
    /// How far the directory is.
    pub provisioning: Option<Provisioning>,
}

/// How far the target is with what was wanted last.
#[derive(Debug, Clone)]
pub struct Provisioning {
    /// The state a person sees.
    pub state: ItemState,
    /// Generation of the desired state.
    pub generation: i64,
    /// The request that wanted it.
    pub request: Option<RequestId>,
    /// Why it is not done.
    pub problem: Option<Problem>,
}

/// New values; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// Given name.
    pub given_name: Option<Option<String>>,
    /// Surname.
    pub surname: Option<Option<String>>,
    /// Name as shown.
    pub display_name: Option<String>,
    /// Mail address.
    pub mail: Option<Option<String>>,
    /// Telephone number.
    pub phone: Option<Option<String>>,
    /// Job title.
    pub title: Option<Option<String>>,
    /// Department.
    pub department: Option<Option<String>>,
    /// Who manages the person; has to be found and checked before.
    pub manager: Option<Option<Manager>>,
    /// Whether the account may log on.
    pub enabled: Option<bool>,
    /// Login name and UPN; has to be reserved before.
    pub principal_name: Option<String>,
    /// `sAMAccountName`; has to be reserved before.
    pub logon_name: Option<String>,
    /// What else is known; what is not named stays.
    pub details: BTreeMap<Detail, Option<String>>,
    /// Custom fields, checked; what is not named stays.
    pub fields: Vec<Value>,
}

/// Which people of a tenant are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct UserSearch<'a> {
    /// Whose display or principal name begins so, or whose log-on name it is.
    pub search: Option<&'a str>,
    /// In this state.
    pub state: Option<ItemState>,
    /// Who can log on, or cannot.
    pub standing: Option<Standing>,
    /// With a running subscription to any version of this plan.
    pub plan: Option<&'a str>,
    /// Of this department.
    pub department: Option<&'a str>,
    /// With these values of custom fields.
    pub fields: &'a [(FieldId, String)],
}

impl UserSearch<'_> {
    /// How many filters are in use.
    pub(crate) fn filters(&self) -> usize {
        let given = [
            self.search.is_some(),
            self.state.is_some(),
            self.standing.is_some(),
            self.plan.is_some(),
            self.department.is_some(),
        ];
        given.into_iter().filter(|given| *given).count() + self.fields.len()
    }
}

/// The state of an object from what is stored of it.
pub(crate) fn provisioning(
    generation: Option<i64>,
    state: Option<&str>,
    applied: Option<i64>,
    request: Option<Uuid>,
    problem: Option<serde_json::Value>,
    id: Uuid,
) -> Result<Option<Provisioning>, StoreError> {
    let Some(generation) = generation else { return Ok(None) };
    let state = match state {
        None => ItemState::Requested,
        Some(code) => known(ItemState::from_code(code), "external_object", "state", id)?,
    };
    // Verified, but something newer is wanted: not done.
    let behind = applied.is_none_or(|applied| applied < generation);
    let state = if behind && matches!(state, ItemState::Verified) { ItemState::Requested } else { state };
    let problem = problem.and_then(|p| serde_json::from_value(p).ok());
    Ok(Some(Provisioning { state, generation, request: request.map(RequestId::from_uuid), problem }))
}

macro_rules! user {
    ($row:expr) => {{
        let row = $row;
        Ok::<_, StoreError>(User {
            id: UserId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            object: row.object_id.map(ObjectId::from_uuid),
            given_name: row.given_name,
            surname: row.surname,
            display_name: row.display_name,
            principal_name: row.principal_name,
            logon_name: row.logon_name,
            mail: row.mail,
            phone: row.phone,
            title: row.title,
            department: row.department,
            manager: Manager::of(row.manager_id, row.manager_object, row.manager_name, row.manager_login),
            enabled: row.enabled,
            administrator: row.administrator,
            details: row.details.0,
            fields: fields::values(row.fields),
            activated_at: row.activated_at.map(|at| at.to_jiff()),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            key: row.search_key,
            provisioning: provisioning(
                row.generation,
                row.state.as_deref(),
                row.applied_generation,
                row.request_id,
                row.problem,
                row.id,
            )?,
        })
    }};
}

impl ReadTx<'_> {
    /// The tenant of a person the caller may know of.
    pub async fn tenant_of_user(&mut self, id: UserId) -> Result<TenantRef, StoreError> {
        let tenant = sqlx::query_scalar!(
            "SELECT tenant_id FROM users WHERE id = $1 AND deleted_at IS NULL",
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("user"))?;
        // Somebody without grants may know of their own account, not of the tenant.
        self.tenant(TenantId::from_uuid(tenant)).await.map_err(|e| match e {
            StoreError::NotFound(_) => StoreError::NotFound("user"),
            other => other,
        })
    }

    /// A person the caller may read.
    pub async fn user(&mut self, id: UserId) -> Result<User, StoreError> {
        let user = self.load_user(id).await?;
        if self.caller.user() == id {
            return Ok(user);
        }
        let tenant = self.tenant_of_user(id).await?;
        self.decide::<act::UserRead>(&tenant, Some((id, user.administrator)))?;
        Ok(user)
    }

    /// Whether the caller may do `A` to somebody who was read, for what a page offers.
    #[must_use]
    pub fn may<A: Action>(&self, tenant: &TenantRef, user: &User) -> bool {
        self.decide::<A>(tenant, Some((user.id, user.administrator))).is_ok()
    }

    pub(crate) async fn load_user(&mut self, id: UserId) -> Result<User, StoreError> {
        self.load_users(&[id.uuid()], false).await?.pop().ok_or(StoreError::NotFound("user"))
    }

    /// People by id, in no order; `removed` those who can be restored.
    pub(crate) async fn load_users(&mut self, ids: &[Uuid], removed: bool) -> Result<Vec<User>, StoreError> {
        let rows = sqlx::query!(
            r#"/* list people, rows */ SELECT u.id AS "id!", u.tenant_id AS "tenant_id!", u.object_id, u.given_name, u.surname,
                      u.display_name AS "display_name!", u.principal_name AS "principal_name!", u.logon_name, u.mail,
                      u.phone, u.title, u.department, u.enabled AS "enabled!", u.administrator AS "administrator!",
                      u.details AS "details!: Json<Details>", u.fields AS "fields!: Stored", u.version AS "version!",
                      u.search_key AS "search_key!",
                      u.activated_at AS "activated_at: jiff_sqlx::Timestamp",
                      u.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      m.id AS "manager_id?", m.object_id AS "manager_object?", m.display_name AS "manager_name?",
                      m.principal_name AS "manager_login?",
                      o.generation AS "generation?", x.state AS "state?", x.applied_generation AS "applied_generation?",
                      x.problem AS "problem?", r.request_id AS "request_id?"
                 FROM users u LEFT JOIN object o ON o.id = u.object_id
                 LEFT JOIN external_object x ON x.object_id = o.id
                 LEFT JOIN object_revision r ON r.object_id = o.id AND r.generation = o.generation
                 LEFT JOIN users m ON m.id = u.manager_id AND m.tenant_id = u.tenant_id
                WHERE u.id = ANY($1) AND CASE WHEN $2 THEN u.purge_at IS NOT NULL ELSE u.deleted_at IS NULL END"#,
            ids,
            removed
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| user!(row)).collect()
    }

    /// Which of these external ids somebody of the tenant has.
    pub async fn external_ids_taken(
        &mut self,
        tenant: TenantId,
        ids: &[String],
    ) -> Result<Vec<String>, StoreError> {
        let taken = sqlx::query_scalar!(
            r#"SELECT details ->> 'external_id' AS "id!" FROM users
                WHERE tenant_id = $1 AND details ->> 'external_id' = ANY($2) AND deleted_at IS NULL
                  AND details ? 'external_id'"#,
            tenant.uuid(),
            ids
        )
        .fetch_all(self.sql())
        .await?;
        Ok(taken)
    }

    /// People of the tenant the permit is for, by name, after `after` (key and id).
    pub async fn users(
        &mut self,
        permit: &Permit<act::UserRead>,
        which: UserSearch<'_>,
        after: Option<(&str, UserId)>,
        limit: u32,
    ) -> Result<Vec<User>, StoreError> {
        let span = Span { from: after, back: false, limit };
        self.people_page(permit, which, Order::up(PeopleColumn::Name), span).await
    }
}
