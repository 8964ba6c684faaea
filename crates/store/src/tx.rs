//! Scoped transactions and permits: the one door to a tenant's rows.
//!
//! [`TenantRef`] says "exists, and the caller may know it"; [`Permit`] says
//! "the caller may do this to it". Both can only be made here, in the
//! transaction that uses them. Writes take permits, and the row's tenant comes
//! from the permit, never from the request.

use std::{
    collections::BTreeMap,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use domain::{
    event::Event,
    id::{GroupId, ObjectId, TargetId, TenantId, UserId},
    permission::{Permission, Role},
    tenant::{Standing, Status, TenantKind},
};
use jiff::Timestamp;
use policy::{Authority, Decision, GrantOnPath, Question, Target};
use sqlx::{Executor as _, PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::{
    Caller, Store, StoreError,
    caller::{Grant, Who},
    catalogue::Grown,
    error::known,
    mail::NewMail,
    objects::NewRequest,
    ts,
};

/// A transaction that reads, in the caller's scope.
pub struct ReadTx<'s> {
    pub(crate) tx: Transaction<'static, Postgres>,
    pub(crate) store: &'s Store,
    pub(crate) caller: &'s Caller,
    pub(crate) now: Timestamp,
    plans: Plans,
}

/// A transaction that writes, in the caller's scope. What it changed becomes
/// audit events when it commits; dropped without a commit, it changed nothing.
pub struct WriteTx<'s> {
    read: ReadTx<'s>,
    pub(crate) events: Vec<Event>,
    pub(crate) authority: Option<Authority>,
    pub(crate) request: Option<NewRequest>,
    pub(crate) wake: bool,
    /// Something was changed that has to be told in an event.
    pub(crate) changed: bool,
    /// What tenants got that a quota may count.
    pub(crate) grown: BTreeMap<TenantId, Grown>,
    /// What people are told of it by mail.
    pub(crate) mails: Vec<NewMail>,
}

impl<'s> Deref for WriteTx<'s> {
    type Target = ReadTx<'s>;
    fn deref(&self) -> &ReadTx<'s> {
        &self.read
    }
}

impl<'s> DerefMut for WriteTx<'s> {
    fn deref_mut(&mut self) -> &mut ReadTx<'s> {
        &mut self.read
    }
}

/// Why a transaction was made, for its events.
#[derive(Debug, Clone, Default)]
pub struct Cause {
    /// W3C `traceparent`, or the id of the HTTP request.
    pub trace: Option<String>,
    /// The `Idempotency-Key` the client sent.
    pub idempotency_key: Option<String>,
}

/// A tenant that exists and that the caller may know of.
#[derive(Debug, Clone)]
pub struct TenantRef {
    /// Its id.
    pub id: TenantId,
    /// What it is.
    pub kind: TenantKind,
    /// Its unchangeable short name.
    pub code: String,
    /// Its display name.
    pub name: String,
    /// From the provider down to the tenant itself.
    pub path: Vec<TenantId>,
    /// It, or a tenant above it, is suspended or closed.
    pub suspended: bool,
    /// Its own status; closed goes before suspended.
    pub status: Status,
    /// Whether it is billed.
    pub standing: Standing,
    /// The id the invoicing system knows it by.
    pub billing_id: Option<String>,
    /// Language of its people (BCP 47).
    pub language: String,
    /// IANA time zone: its days are billed.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// The brand it is served under.
    pub brand: Option<Uuid>,
    /// The directory its people live in, for customers; for sellers, its own default.
    pub target: Option<TargetId>,
    /// How log-on names are made.
    pub naming_pattern: String,
    /// The object of its OU.
    pub folder: Option<ObjectId>,
    /// The object of the group of all its people.
    pub members: Option<ObjectId>,
    /// The UPN suffixes of its people; made names get the first.
    pub suffixes: Vec<String>,
    /// Version of the desired state, for `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it or a tenant above defines custom fields.
    pub(crate) has_fields: bool,
    pub(crate) grants: Vec<Grant>,
}

impl TenantRef {
    fn grants_on_path(&self) -> Vec<GrantOnPath<'_>> {
        self.grants
            .iter()
            .map(|g| GrantOnPath {
                grant: g.id,
                role: &g.role,
                role_version: g.role_version,
                permissions: &g.permissions,
                scope: g.scope,
            })
            .collect()
    }
}

/// What is answered to whoever has no grant that allows it.
pub(crate) fn denied(permission: Permission) -> StoreError {
    StoreError::Denied(Box::new(policy::Denial { permission, reason: policy::Refusal::NoGrant }))
}

/// An action with its permission, as a type, so that a permit for one cannot be
/// used for another.
pub trait Action: Send + Sync {
    /// The permission it needs.
    const PERMISSION: Permission;
}

/// The actions.
pub mod act {
    use super::{Action, Permission};

    macro_rules! actions {
        ($($name:ident)*) => { $(
            #[doc = concat!("See [`Permission::", stringify!($name), "`].")]
            #[derive(Debug)]
            pub enum $name {}
            impl Action for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )* };
    }

    /// Changing people who hold no administrative role; see [`Permission::UserUpdate`].
    #[derive(Debug)]
    pub enum Ordinary {}
    impl Action for Ordinary {
        const PERMISSION: Permission = Permission::UserUpdate;
    }

    actions! {
        TenantRead ResellerCreate OrderCreate TenantUpdate TenantSuspend TenantClose TenantMove UserRead UserCreate UserUpdate UserFields UserDelete
        UserResetPassword GroupManage GroupMembers RequestRead RequestRetry RoleGrant DirectoryRead
        DirectoryManage CatalogueManage HookManage DirectoryAdopt MailRead
    }
}

/// The caller may do `A` to this tenant or to an account in it.
#[derive(Debug)]
pub struct Permit<A> {
    /// The tenant it holds for.
    pub tenant: TenantRef,
    /// The account it holds for, if it is about one.
    pub account: Option<UserId>,
    action: PhantomData<fn() -> A>,
}

/// How statements are planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plans {
    /// Each for what it asks.
    Anew,
    /// Once for a connection, as for rows that are found by their keys; then anew again.
    KeptForNow,
    /// Once for a connection, all of them.
    Kept,
}

/// Lists depend on how much there is, so each is planned for what it asks.
const READING: &str = "BEGIN READ ONLY; SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on; \
     SET LOCAL enable_bitmapscan = on; SET LOCAL enable_memoize = on";
/// As all connections plan that do not read lists.
const BY_KEY: &str = "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off; \
     SET LOCAL enable_bitmapscan = off; SET LOCAL enable_memoize = off";
const ANEW: &str = "SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on; \
     SET LOCAL enable_bitmapscan = on; SET LOCAL enable_memoize = on";

impl Store {
    /// Opens a reading transaction for `caller`.
    pub async fn read<'s>(&'s self, caller: &'s Caller) -> Result<ReadTx<'s>, StoreError> {
        let tx = self.begin(caller, READING).await?;
        Ok(ReadTx { tx, store: self, caller, now: self.clock.now(), plans: Plans::Anew })
    }

    /// Opens a writing transaction for `caller`.
    pub async fn write<'s>(&'s self, caller: &'s Caller) -> Result<WriteTx<'s>, StoreError> {
        let tx = self.begin(caller, "BEGIN").await?;
        let read = ReadTx { tx, store: self, caller, now: self.clock.now(), plans: Plans::Kept };
        Ok(WriteTx {
            read,
            events: Vec::new(),
            authority: None,
            request: None,
            wake: false,
            changed: false,
            grown: BTreeMap::new(),
            mails: Vec::new(),
        })
    }

    async fn begin(
        &self,
        caller: &Caller,
        begin: &str,
    ) -> Result<Transaction<'static, Postgres>, StoreError> {
        let home = caller.tenant.uuid();
        // One round trip; uuids need no quoting.
        let statement = match caller.who {
            Who::Person { user, .. } | Who::Errand { user, .. } => format!(
                "{begin}; SET LOCAL tenantry.caller = '{}'; SET LOCAL tenantry.home = '{home}'",
                user.uuid()
            ),
            Who::Link { .. } | Who::Claim { .. } => format!("{begin}; SET LOCAL tenantry.tenant = '{home}'"),
        };
        Ok(self.app.begin_with(sqlx::AssertSqlSafe(statement)).await?)
    }

    /// Records an attempt that was not allowed, in a transaction of its own.
    pub async fn record_denied(
        &self,
        caller: &Caller,
        tenant: TenantId,
        denial: &policy::Denial,
        cause: &Cause,
    ) -> Result<(), StoreError> {
        let mut tx = self.write(caller).await?;
        let event = Event {
            code: "access.denied",
            outcome: domain::event::Outcome::Denied,
            tenant,
            target: ("tenant", tenant.to_string()),
            changes: Vec::new(),
        };
        tx.events.push(event);
        tx.write_events(cause, Some(&denial.to_string())).await?;
        tx.read.tx.commit().await?;
        Ok(())
    }
}

impl ReadTx<'_> {
    pub(crate) fn sql(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// The next statements find rows by their keys: to plan one anew costs more than to do it.
    pub(crate) async fn by_key(&mut self) -> Result<(), StoreError> {
        if self.plans == Plans::Anew {
            self.sql().execute(BY_KEY).await?;
            self.plans = Plans::KeptForNow;
        }
        Ok(())
    }

    /// The next statements are planned for what they ask.
    pub(crate) async fn anew(&mut self) -> Result<(), StoreError> {
        if self.plans == Plans::KeptForNow {
            self.sql().execute(ANEW).await?;
            self.plans = Plans::Anew;
        }
        Ok(())
    }

    /// The instant of this transaction.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The tenant, if it exists inside what the caller may know.
    pub async fn tenant(&mut self, id: TenantId) -> Result<TenantRef, StoreError> {
        self.find_tenant(id).await
    }

    /// The tenant with this code.
    pub async fn tenant_by_code(&mut self, code: &str) -> Result<TenantRef, StoreError> {
        let id = sqlx::query_scalar!("SELECT id FROM tenant WHERE code = $1 AND purged_at IS NULL", code)
            .fetch_optional(self.sql())
            .await?
            .ok_or(StoreError::NotFound("tenant"))?;
        self.find_tenant(TenantId::from_uuid(id)).await
    }

    async fn find_tenant(&mut self, id: TenantId) -> Result<TenantRef, StoreError> {
        let (user, now) = (self.caller.user().uuid(), ts(self.now));
        let row = sqlx::query!(
            r#"SELECT t.id, t.kind, t.code, t.name,
                      CASE WHEN t.closed_at IS NULL THEN t.status ELSE 'closed' END AS "status!", t.standing, t.billing_id, t.language, t.time_zone,
                      t.currency, t.brand_id, t.target_id, t.naming_pattern, t.folder_object, t.members_object,
                      t.version, t.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      (SELECT s.id FROM suspended_tenant s WHERE s.id = t.id LIMIT 1) IS NOT NULL AS "suspended!",
                      (SELECT f.id FROM tenant_with_fields f WHERE f.id = t.id LIMIT 1) IS NOT NULL AS "has_fields!",
                      ARRAY(SELECT c.ancestor FROM tenant_closure c WHERE c.descendant = t.id
                             ORDER BY c.depth DESC) AS "path!",
                      g.grants AS "grants!",
                      -- What follows in this transaction is mostly about this tenant; a grant that
                      -- reaches it was just found, so the policies need not look for one at every row.
                      CASE WHEN cardinality(g.grants) > 0
                           THEN set_config('tenantry.tenant', t.id::text, true) END AS scope,
                      ARRAY(SELECT n.value FROM reserved_name n WHERE n.owner = t.id AND n.kind = 'suffix'
                               AND n.reserved_until IS NULL
                             ORDER BY n.value IS DISTINCT FROM t.primary_suffix, n.value) AS "suffixes!"
                 FROM tenant t, LATERAL (SELECT ARRAY(
                      SELECT r.grant_id FROM caller_root r JOIN tenant_closure c ON c.ancestor = r.tenant_id
                       WHERE r.user_id = $2 AND c.descendant = t.id
                         AND (r.expires_at IS NULL OR r.expires_at > $3)) AS grants OFFSET 0) g
                WHERE t.id = $1"#,
            id.uuid(),
            user,
            now as _
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("tenant"))?;
        // What a grant allows never changes, so the caller's is still true; that it
        // is in force was asked in this transaction.
        let in_force = |grant: &&Grant| row.grants.contains(&grant.id.uuid());
        let grants = self.caller.grants.iter().filter(in_force).cloned().collect();
        Ok(TenantRef {
            id: TenantId::from_uuid(row.id),
            kind: known(TenantKind::from_code(&row.kind), "tenant", "kind", row.id)?,
            status: known(Status::from_code(&row.status), "tenant", "status", row.id)?,
            standing: known(Standing::from_code(&row.standing), "tenant", "standing", row.id)?,
            code: row.code,
            name: row.name,
            path: row.path.into_iter().map(TenantId::from_uuid).collect(),
            suspended: row.suspended,
            billing_id: row.billing_id,
            language: row.language,
            time_zone: row.time_zone,
            currency: row.currency,
            brand: row.brand_id,
            target: row.target_id.map(TargetId::from_uuid),
            naming_pattern: row.naming_pattern,
            folder: row.folder_object.map(ObjectId::from_uuid),
            members: row.members_object.map(ObjectId::from_uuid),
            suffixes: row.suffixes,
            version: row.version,
            created_at: row.created_at.to_jiff(),
            has_fields: row.has_fields,
            grants,
        })
    }

    /// Whether the caller may do `A` to `tenant`. A tenant that may not even
    /// be read does not exist for the caller.
    pub fn permit<A: Action>(&self, tenant: &TenantRef) -> Result<Permit<A>, StoreError> {
        self.decide::<A>(tenant, None).map(|(permit, _)| permit)
    }

    pub(crate) fn decide<A: Action>(
        &self,
        tenant: &TenantRef,
        account: Option<(UserId, bool)>,
    ) -> Result<(Permit<A>, Authority), StoreError> {
        let target = match account {
            None => Target::Tenant { path: &tenant.path },
            Some((user, administrator)) => Target::Account { user, administrator, path: &tenant.path },
        };
        match self.ask(tenant, A::PERMISSION, target) {
            Decision::Allowed(authority) => {
                let account = account.map(|(user, _)| user);
                Ok((Permit { tenant: tenant.clone(), account, action: PhantomData }, authority))
            }
            Decision::Denied(denial) => {
                let (seen, thing) = match account {
                    None => (Permission::TenantRead, "tenant"),
                    Some(_) => (Permission::UserRead, "user"),
                };
                match self.ask(tenant, seen, target) {
                    Decision::Allowed(_) => Err(StoreError::Denied(Box::new(denial))),
                    Decision::Denied(_) => Err(StoreError::NotFound(thing)),
                }
            }
        }
    }

    /// Whether the caller may change who is in a group: who manages the groups of
    /// the tenant may, and so may the people who own this one.
    pub(crate) fn decide_members(
        &self,
        tenant: &TenantRef,
        group: GroupId,
        owners: &[UserId],
    ) -> Result<(Permit<act::GroupMembers>, Authority), StoreError> {
        let permit = || Permit { tenant: tenant.clone(), account: None, action: PhantomData };
        let refused = match self.decide::<act::GroupManage>(tenant, None) {
            Ok((_, authority)) => return Ok((permit(), authority)),
            Err(refused) => refused,
        };
        let resource = Target::Group { group, owners, path: &tenant.path };
        match self.ask(tenant, Permission::GroupMembers, resource) {
            Decision::Allowed(authority) => Ok((permit(), authority)),
            Decision::Denied(_) => Err(refused),
        }
    }

    /// From here on the transaction reads and writes rows of this tenant although no
    /// grant reaches it: a decision about one thing of it was taken before.
    pub(crate) async fn enter(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        sqlx::query!("SELECT set_config('tenantry.tenant', $1, true)", tenant.uuid().to_string())
            .fetch_one(self.sql())
            .await?;
        Ok(())
    }

    /// Whether the caller may list the people of `tenant`. Seeing people has no
    /// guard, so the grant alone answers for each of them.
    pub fn permit_people(&self, tenant: &TenantRef) -> Result<Permit<act::UserRead>, StoreError> {
        let permission = Permission::UserRead;
        if policy::roots(&tenant.grants_on_path(), permission).is_empty() {
            self.decide::<act::TenantRead>(tenant, None)?;
            return Err(denied(permission));
        }
        Ok(Permit { tenant: tenant.clone(), account: None, action: PhantomData })
    }

    /// Whether the caller may do `A` to people of `tenant` who hold no administrative role.
    pub fn may_ordinary<A: Action>(&self, tenant: &TenantRef) -> Result<(), StoreError> {
        self.decide::<A>(tenant, Some((UserId::from_uuid(Uuid::nil()), false))).map(|_| ())
    }

    /// Whether the caller may change people of `tenant` who hold no administrative role. What may be
    /// done to each is decided when it is done.
    pub fn permit_ordinary(&self, tenant: &TenantRef) -> Result<Permit<act::Ordinary>, StoreError> {
        self.may_ordinary::<act::Ordinary>(tenant)?;
        Ok(Permit { tenant: tenant.clone(), account: None, action: PhantomData })
    }

    /// Whether the caller has all that a role would give on `tenant` and below:
    /// nobody gives more than they have.
    pub fn may_give(&self, tenant: &TenantRef, role: &Role) -> Result<(), StoreError> {
        let may = policy::may_grant(&tenant.grants_on_path(), role.permissions, &tenant.path);
        may.map_err(|missing| denied(missing.permissions.first().copied().unwrap_or(Permission::RoleGrant)))
    }

    /// Whether the caller may change the roles of these people, as far as it depends on who they are.
    pub fn may_change_roles(&self, people: &[UserId]) -> Result<(), StoreError> {
        policy::may_change_roles(self.caller.user(), people).map_err(|reason| {
            StoreError::Denied(Box::new(policy::Denial { permission: Permission::RoleGrant, reason }))
        })
    }

    fn ask(&self, tenant: &TenantRef, permission: Permission, resource: Target<'_>) -> Decision {
        self.store.policy.decide(&Question {
            person: self.caller.user(),
            permission,
            grants: &tenant.grants_on_path(),
            resource,
            suspended: tenant.suspended,
        })
    }

    /// Ends the transaction.
    pub async fn finish(self) -> Result<(), StoreError> {
        self.tx.rollback().await?;
        Ok(())
    }
}

impl WriteTx<'_> {
    /// As [`ReadTx::permit`], and keeps what allowed it for the events.
    pub fn permit<A: Action>(&mut self, tenant: &TenantRef) -> Result<Permit<A>, StoreError> {
        let (permit, authority) = self.decide::<A>(tenant, None)?;
        self.authority = Some(authority);
        Ok(permit)
    }

    /// As [`WriteTx::permit`], for an account that was locked in this transaction.
    pub(crate) fn permit_account<A: Action>(
        &mut self,
        tenant: &TenantRef,
        user: UserId,
        administrator: bool,
    ) -> Result<Permit<A>, StoreError> {
        let (permit, authority) = self.decide::<A>(tenant, Some((user, administrator)))?;
        self.authority = Some(authority);
        Ok(permit)
    }

    /// For accounts of a tenant that were each decided about in this transaction.
    pub(crate) fn permit_each<A: Action>(tenant: &TenantRef) -> Permit<A> {
        Permit { tenant: tenant.clone(), account: None, action: PhantomData }
    }

    /// What the holder of a one-time link may do to its own account.
    pub(crate) fn permit_link<A: Action>(tenant: &TenantRef, user: UserId) -> Permit<A> {
        Permit { tenant: tenant.clone(), account: Some(user), action: PhantomData }
    }

    /// Writes the events and makes everything true at once. What changes desired
    /// state, subscriptions or links without an event is refused, and so is what
    /// exceeds a quota.
    pub async fn commit(mut self, cause: &Cause) -> Result<(), StoreError> {
        if self.changed && self.events.is_empty() {
            return Err(StoreError::Conflict("a change without an event"));
        }
        if self.write_events(cause, None).await? {
            self.check_quotas().await?;
        }
        self.write_mails().await?;
        self.read.tx.commit().await?;
        crate::again::kept();
        if self.wake {
            self.read.store.bell.ring();
        }
        Ok(())
    }

    /// A new id of any kind, of this transaction's instant.
    pub fn id<K: domain::id::Kind>(&self) -> domain::id::Id<K> {
        domain::id::Id::new(self.now, self.store.random())
    }
}
