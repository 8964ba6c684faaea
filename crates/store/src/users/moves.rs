//! People who go to another customer with the account they have. The object changes hands and keeps
//! its id, so the account keeps its marker; the person is another row, because what the customer that
//! is left has of it (the ledger, the log, used links) stays there.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{ObjectId, UserId},
    limits,
    request::Lane,
    spec::Spec,
};
use jiff::SignedDuration;
use sqlx::types::Json;

use super::{
    NewUser, User,
    create::{created, values},
    search_key,
};
use crate::{
    StoreError, ts,
    tx::{Permit, WriteTx, act},
};

/// Why an account cannot change hands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveObstacle {
    /// One of the customers is on its way to another directory.
    DirectoryMove,
    /// The customers live in different directories.
    OtherDirectory,
}

impl WriteTx<'_> {
    /// Hands the account of the permitted person, with the names, to `successor`, who is to be made
    /// in the customer that receives them; tells whether a password is on its way. From here on
    /// until the end nobody else changes what the customer that is left has in its groups.
    pub async fn hand_over(
        &mut self,
        leave: &Permit<act::UserDelete>,
        join: &Permit<act::UserCreate>,
        successor: UserId,
    ) -> Result<Result<bool, MoveObstacle>, StoreError> {
        let person = leave.account.ok_or(StoreError::NotFound("user"))?;
        let now = self.now;
        let reserved = now + SignedDuration::from_hours(24 * limits::RESERVED_DAYS);
        let row = sqlx::query!(
            r#"SELECT obstacle, password_waits AS "password_waits!" FROM hand_over_account($1, $2, $3, $4, $5)"#,
            person.uuid(),
            successor.uuid(),
            join.tenant.id.uuid(),
            ts(now) as _,
            ts(reserved) as _
        )
        .fetch_one(self.sql())
        .await?;
        self.changed = true;
        match row.obstacle.as_deref() {
            None => Ok(Ok(row.password_waits)),
            Some("directory_move") => Ok(Err(MoveObstacle::DirectoryMove)),
            Some("other_directory") => Ok(Err(MoveObstacle::OtherDirectory)),
            Some(_) => Err(StoreError::Conflict("an obstacle this build does not know")),
        }
    }

    /// Whether somebody has a link for the first password that was neither used nor taken back.
    pub async fn awaits_activation(&mut self, user: UserId) -> Result<bool, StoreError> {
        let waits = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM activation a WHERE a.user_id = $1 AND a.purpose = 'activation'
                                 AND a.used_at IS NULL AND a.revoked_at IS NULL) AS "waits!""#,
            user.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        Ok(waits)
    }

    /// Wants the account, which was handed over, out of all groups of the customer that is left,
    /// within the opened request.
    pub async fn leave_customer(
        &mut self,
        leave: &Permit<act::UserDelete>,
        object: ObjectId,
    ) -> Result<(), StoreError> {
        self.leave_all_groups(leave.tenant.id, object).await
    }

    /// Ends the permitted person, who handed the account over, where it was: for good, because who
    /// has the account is somebody else.
    pub async fn end_moved(
        &mut self,
        leave: &Permit<act::UserDelete>,
        successor: UserId,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        let user = leave.account.ok_or(StoreError::NotFound("user"))?;
        self.end_user(user, None).await?;
        let after = Some(successor.to_string());
        let mut changes = vec![FieldChange { field: "moved_to".into(), before: None, after, person: None }];
        changes.extend(why(user, reason));
        self.events.push(Event {
            code: "user.left",
            outcome: Outcome::Success,
            tenant: leave.tenant.id,
            target: ("user", user.to_string()),
            changes,
        });
        Ok(())
    }

    /// Makes the person in the permitted customer who goes on with the account that was handed over:
    /// with the password `former` had, and with what is wanted of the account there. Needs an open
    /// request, and the names reserved.
    pub async fn receive_person(
        &mut self,
        join: &Permit<act::UserCreate>,
        former: &User,
        new: &NewUser,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        let tenant = join.tenant.id;
        let account = new.account.as_ref().ok_or(StoreError::NotFound("user"))?;
        let now = ts(self.now);
        sqlx::query!(
            "INSERT INTO users (id, tenant_id, object_id, target_id, given_name, surname, display_name, principal_name,
                    logon_name, mail, phone, title, department, search_key, enabled, administrator, details, fields, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, false, $16, $17, $18)",
            new.id.uuid(),
            tenant.uuid(),
            account.object.uuid(),
            account.target.uuid(),
            new.given_name,
            new.surname,
            new.display_name,
            new.principal_name,
            new.logon_name,
            new.mail,
            new.phone,
            new.title,
            new.department,
            search_key(&new.display_name),
            new.enabled,
            Json(&new.details) as _,
            values(new) as _,
            now as _
        )
        .execute(self.sql())
        .await?;
        sqlx::query!("SELECT keep_sign_in($1, $2)", former.id.uuid(), new.id.uuid())
            .fetch_one(self.sql())
            .await?;
        let spec: &Spec = &account.spec;
        self.want_anew(account.object, spec, Lane::Interactive).await?;
        self.grow_people(tenant, 1);
        let mut event = created(tenant, new, "user.moved");
        let after = Some(former.id.to_string());
        event.changes.push(FieldChange { field: "moved_from".into(), before: None, after, person: None });
        event.changes.extend(why(new.id, reason));
        self.events.push(event);
        Ok(())
    }
}

/// What somebody said about it. It may name the person, so it is sealed as the person's.
fn why(person: UserId, reason: Option<&str>) -> Option<FieldChange> {
    let after = Some(reason?.to_owned());
    Some(FieldChange { field: "reason".into(), before: None, after, person: Some(person) })
}
