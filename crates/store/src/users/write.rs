//! Creating, changing and removing people, with one event each.

use std::collections::BTreeSet;

use domain::{
    custom::Value,
    event::{Event, FieldChange, Outcome},
    id::{TenantId, UserId},
    person::Detail,
};
use sqlx::types::Json;

use super::{User, UserChange, search_key};
use crate::{
    StoreError,
    fields::stored,
    tx::{Action, Permit, TenantRef, WriteTx, act, denied},
};

impl WriteTx<'_> {
    /// Locks a person's account and proves that the caller may do `A` to it:
    /// whether it is an administrator's cannot change until the end.
    pub async fn account<A: Action>(&mut self, id: UserId) -> Result<(User, Permit<A>), StoreError> {
        sqlx::query!("SELECT id FROM users WHERE id = $1 AND deleted_at IS NULL FOR UPDATE", id.uuid())
            .fetch_optional(self.sql())
            .await?
            .ok_or(StoreError::NotFound("user"))?;
        let user = self.load_user(id).await?;
        if user.administrator && id != self.caller.user() {
            self.hold_caller::<A>().await?;
        }
        let tenant = self.tenant_of_user(id).await?;
        let permit = self.permit_account::<A>(&tenant, id, user.administrator)?;
        Ok((user, permit))
    }

    /// Keeps the caller's own account as it is until the end, if it is in order: of two administrators who end
    /// each other's at the same moment the second may not any more.
    async fn hold_caller<A: Action>(&mut self) -> Result<(), StoreError> {
        let caller = self.caller.user().uuid();
        sqlx::query!(
            "SELECT id FROM users WHERE id = $1 AND enabled AND deleted_at IS NULL FOR SHARE",
            caller
        )
        .fetch_optional(self.sql())
        .await?
        .map(drop)
        .ok_or_else(|| denied(A::PERMISSION))
    }

    /// As [`WriteTx::account`], of many people of one tenant: all or none.
    pub async fn accounts<A: Action>(
        &mut self,
        tenant: &TenantRef,
        ids: &[UserId],
    ) -> Result<Permit<A>, StoreError> {
        let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            "SELECT id, administrator FROM users WHERE tenant_id = $1 AND id = ANY($2) AND deleted_at IS NULL
              ORDER BY id FOR UPDATE",
            tenant.id.uuid(),
            &uuids
        )
        .fetch_all(self.sql())
        .await?;
        if rows.len() != ids.len() {
            return Err(StoreError::NotFound("user"));
        }
        let caller = self.caller.user().uuid();
        let mut now = None;
        if rows.iter().any(|row| row.administrator && row.id != caller) {
            self.hold_caller::<A>().await?;
            // What the caller may was read before; one of these may have changed it.
            now = Some(self.tenant(tenant.id).await?);
        }
        let tenant = now.as_ref().unwrap_or(tenant);
        // The answer is the same for all who are as much administrator.
        let mut asked = BTreeSet::new();
        for row in rows {
            let user = UserId::from_uuid(row.id);
            if asked.insert((row.administrator, user == self.caller.user())) {
                self.permit_account::<A>(tenant, user, row.administrator)?;
            }
        }
        Ok(Self::permit_each(tenant))
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
        if permit.account != Some(before.id) {
            return Err(StoreError::NotFound("user"));
        }
        self.write_user(permit.tenant.id, before, version, change).await
    }

    /// As [`WriteTx::account`], of the caller's own account, for the fields that people
    /// change themselves: from here on the transaction writes in their tenant.
    pub async fn own_account(&mut self) -> Result<(User, Permit<act::UserFields>), StoreError> {
        let id = self.caller.user();
        let (user, permit) = self.account::<act::UserFields>(id).await?;
        self.enter(user.tenant).await?;
        Ok((user, permit))
    }

    /// Changes fields of the permitted account, if `version` is still the present one.
    pub async fn update_own_fields(
        &mut self,
        permit: &Permit<act::UserFields>,
        before: &User,
        version: i64,
        values: &[Value],
    ) -> Result<User, StoreError> {
        if permit.account != Some(before.id) {
            return Err(StoreError::NotFound("user"));
        }
        let change = UserChange { fields: values.to_vec(), ..UserChange::default() };
        self.write_user(permit.tenant.id, before, Some(version), &change).await
    }

    async fn write_user(
        &mut self,
        tenant: TenantId,
        before: &User,
        version: Option<i64>,
        change: &UserChange,
    ) -> Result<User, StoreError> {
        if version.is_some_and(|v| v != before.version) {
            return Err(StoreError::Stale { present: before.version });
        }
        let mut after = self.write_people(tenant, &[(before, change)]).await?;
        after.pop().ok_or(StoreError::NotFound("user"))
    }

    /// Changes many people whose accounts were all permitted; gives each as it is now.
    pub async fn update_people(
        &mut self,
        permit: &Permit<act::UserUpdate>,
        people: &[(&User, &UserChange)],
    ) -> Result<Vec<User>, StoreError> {
        if permit.account.is_some() || people.iter().any(|(user, _)| user.tenant != permit.tenant.id) {
            return Err(StoreError::NotFound("user"));
        }
        self.write_people(permit.tenant.id, people).await
    }

    /// One event for everybody for whom something changes.
    async fn write_people(
        &mut self,
        tenant: TenantId,
        people: &[(&User, &UserChange)],
    ) -> Result<Vec<User>, StoreError> {
        let (mut all, mut written, mut disabled) = (Vec::with_capacity(people.len()), Vec::new(), Vec::new());
        for (before, change) in people {
            let mut user = (*before).clone();
            apply(&mut user, change);
            let changes = differences(before, &user, change);
            if !changes.is_empty() {
                user.version += 1;
                user.key = search_key(&user.display_name);
                let code = match (before.enabled, user.enabled) {
                    (true, false) => "user.disabled",
                    (false, true) => "user.enabled",
                    _ => "user.updated",
                };
                if code == "user.disabled" {
                    disabled.push(user.id.uuid());
                }
                let target = ("user", user.id.to_string());
                self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
                written.push(user.clone());
            }
            all.push(user);
        }
        for chunk in written.chunks(domain::limits::ROWS_PER_STATEMENT) {
            self.write_rows(chunk).await?;
        }
        if !disabled.is_empty() {
            self.drop_passwords(&disabled, true).await?;
        }
        Ok(all)
    }

    async fn write_rows(&mut self, people: &[User]) -> Result<(), StoreError> {
        let text = |f: fn(&User) -> Option<&str>| people.iter().map(f).collect::<Vec<_>>();
        let manager = |user: &User| user.manager.as_ref().map(|manager| manager.person.id.uuid());
        sqlx::query!(
            "UPDATE users u SET given_name = a.given, surname = a.sur, display_name = a.display, mail = a.mail,
                    phone = a.phone, title = a.title, department = a.department, enabled = a.enabled,
                    search_key = a.key, version = a.version, principal_name = a.principal, logon_name = a.logon,
                    details = a.details, manager_id = a.manager, fields = a.fields
               FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                           $9::bool[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::jsonb[], $15::uuid[],
                           $16::jsonb[])
                    AS a (id, given, sur, display, mail, phone, title, department, enabled, key, version, principal,
                          logon, details, manager, fields)
              WHERE u.id = a.id",
            &people.iter().map(|p| p.id.uuid()).collect::<Vec<_>>(),
            &text(|p| p.given_name.as_deref()) as _,
            &text(|p| p.surname.as_deref()) as _,
            &text(|p| Some(&p.display_name)) as _,
            &text(|p| p.mail.as_deref()) as _,
            &text(|p| p.phone.as_deref()) as _,
            &text(|p| p.title.as_deref()) as _,
            &text(|p| p.department.as_deref()) as _,
            &people.iter().map(|p| p.enabled).collect::<Vec<_>>(),
            &text(|p| Some(&p.key)) as _,
            &people.iter().map(|p| p.version).collect::<Vec<_>>(),
            &text(|p| Some(&p.principal_name)) as _,
            &text(|p| p.logon_name.as_deref()) as _,
            &people.iter().map(|p| Json(&p.details)).collect::<Vec<_>>() as _,
            &people.iter().map(manager).collect::<Vec<_>>() as _,
            &people.iter().map(|p| stored(&p.fields)).collect::<Vec<_>>() as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }
}

fn apply(user: &mut User, change: &UserChange) {
    fn set<T: Clone>(slot: &mut T, value: Option<&T>) {
        if let Some(value) = value {
            slot.clone_from(value);
        }
    }
    set(&mut user.given_name, change.given_name.as_ref());
    set(&mut user.surname, change.surname.as_ref());
    set(&mut user.display_name, change.display_name.as_ref());
    set(&mut user.mail, change.mail.as_ref());
    set(&mut user.phone, change.phone.as_ref());
    set(&mut user.title, change.title.as_ref());
    set(&mut user.department, change.department.as_ref());
    set(&mut user.manager, change.manager.as_ref());
    set(&mut user.enabled, change.enabled.as_ref());
    set(&mut user.principal_name, change.principal_name.as_ref());
    if change.logon_name.is_some() {
        user.logon_name.clone_from(&change.logon_name);
    }
    for (detail, value) in &change.details {
        match value {
            Some(value) => user.details.insert(*detail, value.clone()),
            None => user.details.remove(detail),
        };
    }
    for value in &change.fields {
        match &value.value {
            Some(text) => user.fields.insert(value.field, text.clone()),
            None => user.fields.remove(&value.field),
        };
    }
}

fn differences(before: &User, after: &User, change: &UserChange) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let mut note = |field: &'static str, before: Option<String>, after: Option<String>, person| {
        if before != after {
            changes.push(FieldChange { field: field.into(), before, after, person });
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
    note("principal_name", Some(before.principal_name.clone()), Some(after.principal_name.clone()), person);
    note("logon_name", before.logon_name.clone(), after.logon_name.clone(), person);
    for detail in Detail::ALL {
        note(detail.code(), before.details.get(detail).cloned(), after.details.get(detail).cloned(), person);
    }
    let id = |user: &User| user.manager.as_ref().map(|manager| manager.person.id.to_string());
    note("manager", id(before), id(after), None);
    note("enabled", Some(before.enabled.to_string()), Some(after.enabled.to_string()), None);
    let custom = change.fields.iter().map(|value| {
        let of = |user: &User| user.fields.get(&value.field).cloned();
        let field = format!("fields.{}", value.key).into();
        FieldChange { field, before: of(before), after: of(after), person }
    });
    changes.extend(custom.filter(|change| change.before != change.after));
    changes
}
