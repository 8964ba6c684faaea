//! People: names that nobody else has, creating, changing, listing.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{GrantId, ObjectId, RequestId, TargetId, TenantId, UserId},
    problem::Problem,
    request::ItemState,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    StoreError,
    error::known,
    ts,
    tx::{Action, Permit, ReadTx, TenantRef, WriteTx, act},
};

/// What people are ordered and searched by: lower case, blanks folded.
#[must_use]
pub fn search_key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A name that nobody else may have: kind, space, value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// `principal_name`, `logon_name`, `suffix` or `code`.
    pub kind: NameKind,
    /// The directory for log-on names; the whole instance otherwise.
    pub space: Uuid,
    /// The name, in lower case.
    pub value: String,
}

/// What a name is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// `userPrincipalName`, which is also the portal's login.
    PrincipalName,
    /// `sAMAccountName` of people and groups.
    LogonName,
    /// UPN suffix.
    Suffix,
    /// Code of a tenant.
    Code,
}

impl NameKind {
    const fn code(self) -> &'static str {
        match self {
            Self::PrincipalName => "principal_name",
            Self::LogonName => "logon_name",
            Self::Suffix => "suffix",
            Self::Code => "code",
        }
    }
}

impl Name {
    /// A login name, unique in the instance.
    pub fn principal(value: &str) -> Self {
        Self { kind: NameKind::PrincipalName, space: Uuid::nil(), value: value.to_lowercase() }
    }

    /// A log-on name, unique in its directory.
    pub fn logon(target: TargetId, value: &str) -> Self {
        Self { kind: NameKind::LogonName, space: target.uuid(), value: value.to_lowercase() }
    }

    /// A UPN suffix, unique in the instance.
    pub fn suffix(value: &str) -> Self {
        Self { kind: NameKind::Suffix, space: Uuid::nil(), value: value.to_lowercase() }
    }

    /// A tenant's code, unique in the instance.
    pub fn code(value: &str) -> Self {
        Self { kind: NameKind::Code, space: Uuid::nil(), value: value.to_lowercase() }
    }
}

/// A person that should exist.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Its id.
    pub id: UserId,
    /// Its object in the directory; none for staff, who have only the portal.
    pub object: Option<(ObjectId, TargetId)>,
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
    /// Whether the account may log on.
    pub enabled: bool,
    /// Holds an administrative role.
    pub administrator: bool,
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
    /// Whether the account may log on.
    pub enabled: bool,
    /// Holds an administrative role.
    pub administrator: bool,
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
    /// Whether the account may log on.
    pub enabled: Option<bool>,
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
            enabled: row.enabled,
            administrator: row.administrator,
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

    pub(crate) async fn load_user(&mut self, id: UserId) -> Result<User, StoreError> {
        let row = sqlx::query!(
            r#"SELECT u.id, u.tenant_id, u.object_id, u.given_name, u.surname, u.display_name, u.principal_name,
                      u.logon_name, u.mail, u.phone, u.title, u.department, u.enabled, u.administrator,
                      u.activated_at AS "activated_at: jiff_sqlx::Timestamp", u.version, u.search_key,
                      u.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      o.generation AS "generation?", x.state AS "state?", x.applied_generation AS "applied_generation?",
                      x.problem AS "problem?", r.request_id AS "request_id?"
                 FROM users u LEFT JOIN object o ON o.id = u.object_id
                 LEFT JOIN external_object x ON x.object_id = o.id
                 LEFT JOIN object_revision r ON r.object_id = o.id AND r.generation = o.generation
                WHERE u.id = $1 AND u.deleted_at IS NULL"#,
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("user"))?;
        user!(row)
    }

    /// People of the tenant the permit is for, by name, after `after` (key and id).
    pub async fn users(
        &mut self,
        permit: &Permit<act::TenantRead>,
        search: Option<&str>,
        state: Option<ItemState>,
        after: Option<(&str, UserId)>,
        limit: u32,
    ) -> Result<Vec<User>, StoreError> {
        let low = search.map(search_key);
        let high = low.as_deref().map(|low| format!("{low}\u{10FFFF}"));
        let rows = sqlx::query!(
            r#"SELECT u.id, u.tenant_id, u.object_id, u.given_name, u.surname, u.display_name, u.principal_name,
                      u.logon_name, u.mail, u.phone, u.title, u.department, u.enabled, u.administrator,
                      u.activated_at AS "activated_at: jiff_sqlx::Timestamp", u.version, u.search_key,
                      u.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      o.generation AS "generation?", x.state AS "state?", x.applied_generation AS "applied_generation?",
                      x.problem AS "problem?", r.request_id AS "request_id?"
                 FROM users u LEFT JOIN object o ON o.id = u.object_id
                 LEFT JOIN external_object x ON x.object_id = o.id
                 LEFT JOIN object_revision r ON r.object_id = o.id AND r.generation = o.generation
                WHERE u.tenant_id = $1 AND u.deleted_at IS NULL
                  AND ($2::text IS NULL OR u.search_key >= $2 AND u.search_key < $3
                       OR u.principal_name >= $2 AND u.principal_name < $3)
                  AND ($4::text IS NULL OR coalesce(x.state, 'requested') = $4)
                  AND ($5::text IS NULL OR (u.search_key, u.id) > ($5, $6::uuid))
                ORDER BY u.search_key, u.id LIMIT $7"#,
            permit.tenant.id.uuid(),
            low,
            high,
            state.map(ItemState::code),
            after.map(|a| a.0),
            after.map(|a| a.1.uuid()),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| user!(row)).collect()
    }

    /// Which of `names` somebody has.
    pub async fn names_taken(&mut self, names: &[Name]) -> Result<Vec<Name>, StoreError> {
        let kinds: Vec<_> = names.iter().map(|n| n.kind.code().to_owned()).collect();
        let spaces: Vec<_> = names.iter().map(|n| n.space).collect();
        let values: Vec<_> = names.iter().map(|n| n.value.clone()).collect();
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT kind AS "kind!", space AS "space!", value AS "value!"
                 FROM names_taken($1::text[], $2::uuid[], $3::text[], $4)"#,
            &kinds,
            &spaces,
            &values,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let kind = |code: &str| names.iter().find(|n| n.kind.code() == code).map(|n| n.kind);
        Ok(rows
            .into_iter()
            .filter_map(|r| kind(&r.kind).map(|kind| Name { kind, space: r.space, value: r.value }))
            .collect())
    }
}

impl WriteTx<'_> {
    /// Takes names for their owners; gives the positions of those that somebody
    /// else has. Waits for a transaction that is taking the same name.
    pub async fn reserve(&mut self, names: &[(Name, TenantId, Uuid)]) -> Result<Vec<usize>, StoreError> {
        let kinds: Vec<_> = names.iter().map(|n| n.0.kind.code().to_owned()).collect();
        let spaces: Vec<_> = names.iter().map(|n| n.0.space).collect();
        let values: Vec<_> = names.iter().map(|n| n.0.value.clone()).collect();
        let tenants: Vec<_> = names.iter().map(|n| n.1.uuid()).collect();
        let owners: Vec<_> = names.iter().map(|n| n.2).collect();
        let now = ts(self.now);
        let taken = sqlx::query_scalar!(
            r#"SELECT place AS "place!" FROM reserve_names($1::text[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6)"#,
            &kinds,
            &spaces,
            &values,
            &tenants,
            &owners,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(taken.into_iter().filter_map(|place| usize::try_from(place - 1).ok()).collect())
    }

    /// Makes people in the permitted tenant, one event each. Their names have
    /// to be reserved and their objects wanted in the same transaction.
    pub async fn insert_users(
        &mut self,
        permit: &Permit<act::UserCreate>,
        users: &[NewUser],
    ) -> Result<(), StoreError> {
        self.insert_people(permit.tenant.id, users).await
    }

    /// Makes the first administrator of a customer that was just ordered.
    pub async fn insert_first_users(
        &mut self,
        _permit: &Permit<act::OrderCreate>,
        customer: TenantId,
        users: &[NewUser],
    ) -> Result<(), StoreError> {
        self.insert_people(customer, users).await
    }

    async fn insert_people(&mut self, tenant: TenantId, users: &[NewUser]) -> Result<(), StoreError> {
        for chunk in users.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let all = |f: fn(&NewUser) -> Option<String>| chunk.iter().map(f).collect::<Vec<_>>();
            let ids: Vec<_> = chunk.iter().map(|u| u.id.uuid()).collect();
            let objects: Vec<_> = chunk.iter().map(|u| u.object.map(|o| o.0.uuid())).collect();
            let targets: Vec<_> = chunk.iter().map(|u| u.object.map(|o| o.1.uuid())).collect();
            let keys: Vec<_> = chunk.iter().map(|u| search_key(&u.display_name)).collect();
            let enabled: Vec<_> = chunk.iter().map(|u| u.enabled).collect();
            let administrators: Vec<_> = chunk.iter().map(|u| u.administrator).collect();
            let now = ts(self.now);
            sqlx::query!(
                "INSERT INTO users (id, tenant_id, object_id, target_id, given_name, surname, display_name,
                     principal_name, logon_name, mail, phone, title, department, search_key, enabled, administrator,
                     created_at)
                 SELECT a.id, $1, a.object, a.target, a.given, a.sur, a.display, a.principal, a.logon, a.mail, a.phone,
                        a.title, a.department, a.key, a.enabled, a.administrator, $17
                   FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
                               $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
                               $15::bool[], $16::bool[])
                        AS a (id, object, target, given, sur, display, principal, logon, mail, phone, title,
                              department, key, enabled, administrator)",
                tenant.uuid(),
                &ids,
                &objects as _,
                &targets as _,
                &all(|u| u.given_name.clone()) as _,
                &all(|u| u.surname.clone()) as _,
                &all(|u| Some(u.display_name.clone())) as _,
                &all(|u| Some(u.principal_name.clone())) as _,
                &all(|u| u.logon_name.clone()) as _,
                &all(|u| u.mail.clone()) as _,
                &all(|u| u.phone.clone()) as _,
                &all(|u| u.title.clone()) as _,
                &all(|u| u.department.clone()) as _,
                &keys,
                &enabled,
                &administrators,
                now as _
            )
            .execute(self.sql())
            .await?;
        }
        for user in users {
            let event = created(tenant, user);
            self.events.push(event);
        }
        Ok(())
    }

    /// Gives a role. The caller's ceiling has to be checked before.
    pub async fn insert_grant(
        &mut self,
        tenant: TenantId,
        user: UserId,
        role: &str,
        version: i32,
    ) -> Result<(), StoreError> {
        let id: GrantId = self.id();
        let (now, actor) = (ts(self.now), self.caller.user().uuid());
        sqlx::query!(
            "INSERT INTO role_grant (id, tenant_id, user_id, role_code, role_version, created_at, created_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id.uuid(),
            tenant.uuid(),
            user.uuid(),
            role,
            version,
            now as _,
            actor
        )
        .execute(self.sql())
        .await?;
        let field =
            |field, after: String| FieldChange { field, before: None, after: Some(after), person: None };
        self.events.push(Event {
            code: "role.granted",
            outcome: Outcome::Success,
            tenant,
            target: ("user", user.to_string()),
            changes: vec![field("role", format!("{role}/{version}")), field("scope", tenant.to_string())],
        });
        Ok(())
    }

    /// Locks a person's account and proves that the caller may do `A` to it:
    /// whether it is an administrator's cannot change until the end.
    pub async fn account<A: Action>(&mut self, id: UserId) -> Result<(User, Permit<A>), StoreError> {
        sqlx::query!("SELECT id FROM users WHERE id = $1 AND deleted_at IS NULL FOR UPDATE", id.uuid())
            .fetch_optional(self.sql())
            .await?
            .ok_or(StoreError::NotFound("user"))?;
        let user = self.load_user(id).await?;
        let tenant = self.tenant_of_user(id).await?;
        let permit = self.permit_account::<A>(&tenant, id, user.administrator)?;
        Ok((user, permit))
    }

    /// Changes the permitted account, if `version` is still the present one;
    /// gives the person as it is now.
    pub async fn update_user(
        &mut self,
        permit: &Permit<act::UserUpdate>,
        before: &User,
        version: Option<i64>,
        change: &UserChange,
    ) -> Result<User, StoreError> {
        if version.is_some_and(|v| v != before.version) {
            return Err(StoreError::Stale { present: before.version });
        }
        let mut user = before.clone();
        apply(&mut user, change);
        let changes = differences(before, &user);
        if changes.is_empty() {
            return Ok(user);
        }
        user.version += 1;
        user.key = search_key(&user.display_name);
        sqlx::query!(
            "UPDATE users SET given_name = $2, surname = $3, display_name = $4, mail = $5, phone = $6, title = $7,
                    department = $8, enabled = $9, search_key = $10, version = $11 WHERE id = $1",
            user.id.uuid(),
            user.given_name,
            user.surname,
            user.display_name,
            user.mail,
            user.phone,
            user.title,
            user.department,
            user.enabled,
            user.key,
            user.version
        )
        .execute(self.sql())
        .await?;
        let code = match (before.enabled, user.enabled) {
            (true, false) => "user.disabled",
            (false, true) => "user.enabled",
            _ => "user.updated",
        };
        let (tenant, target) = (permit.tenant.id, ("user", user.id.to_string()));
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
        Ok(user)
    }

    /// Marks the permitted account as gone, revokes what it held and keeps its
    /// names reserved for [`domain::limits::RESERVED_DAYS`].
    pub async fn delete_user(
        &mut self,
        permit: &Permit<act::UserDelete>,
        user: &User,
        version: Option<i64>,
    ) -> Result<(), StoreError> {
        if version.is_some_and(|v| v != user.version) {
            return Err(StoreError::Stale { present: user.version });
        }
        let now = self.now;
        let until = now + jiff::SignedDuration::from_hours(24 * domain::limits::RESERVED_DAYS);
        sqlx::query!(
            "WITH u AS (UPDATE users SET deleted_at = $2, version = version + 1 WHERE id = $1),
                  k AS (UPDATE api_token SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL),
                  g AS (UPDATE role_grant SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL),
                  a AS (UPDATE activation SET revoked_at = $2 WHERE user_id = $1 AND used_at IS NULL)
             UPDATE reserved_name SET reserved_until = $3 WHERE owner = $1",
            user.id.uuid(),
            ts(now) as _,
            ts(until) as _
        )
        .execute(self.sql())
        .await?;
        let (tenant, target) = (permit.tenant.id, ("user", user.id.to_string()));
        self.events.push(Event {
            code: "user.deleted",
            outcome: Outcome::Success,
            tenant,
            target,
            changes: vec![],
        });
        Ok(())
    }
}

fn created(tenant: TenantId, user: &NewUser) -> Event {
    let mut changes = Vec::with_capacity(10);
    let mut personal = |field, value: &Option<String>| {
        if value.is_some() {
            changes.push(FieldChange { field, before: None, after: value.clone(), person: Some(user.id) });
        }
    };
    personal("given_name", &user.given_name);
    personal("surname", &user.surname);
    personal("display_name", &Some(user.display_name.clone()));
    personal("principal_name", &Some(user.principal_name.clone()));
    personal("logon_name", &user.logon_name);
    personal("mail", &user.mail);
    personal("phone", &user.phone);
    personal("title", &user.title);
    personal("department", &user.department);
    let plain = |field, value: bool| FieldChange {
        field,
        before: None,
        after: Some(value.to_string()),
        person: None,
    };
    changes.push(plain("enabled", user.enabled));
    changes.push(plain("administrator", user.administrator));
    let target = ("user", user.id.to_string());
    Event { code: "user.created", outcome: Outcome::Success, tenant, target, changes }
}

fn apply(user: &mut User, change: &UserChange) {
    fn set<T: Clone>(slot: &mut T, value: &Option<T>) {
        if let Some(value) = value {
            *slot = value.clone();
        }
    }
    set(&mut user.given_name, &change.given_name);
    set(&mut user.surname, &change.surname);
    set(&mut user.display_name, &change.display_name);
    set(&mut user.mail, &change.mail);
    set(&mut user.phone, &change.phone);
    set(&mut user.title, &change.title);
    set(&mut user.department, &change.department);
    set(&mut user.enabled, &change.enabled);
}

fn differences(before: &User, after: &User) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let mut note = |field, before: Option<String>, after: Option<String>, person| {
        if before != after {
            changes.push(FieldChange { field, before, after, person });
        }
    };
    let person = Some(after.id);
    note("given_name", before.given_name.clone(), after.given_name.clone(), person);
    note("surname", before.surname.clone(), after.surname.clone(), person);
    note("display_name", Some(before.display_name.clone()), Some(after.display_name.clone()), person);
    note("mail", before.mail.clone(), after.mail.clone(), person);
    note("phone", before.phone.clone(), after.phone.clone(), person);
    note("title", before.title.clone(), after.title.clone(), person);
    note("department", before.department.clone(), after.department.clone(), person);
    note("enabled", Some(before.enabled.to_string()), Some(after.enabled.to_string()), None);
    changes
}
