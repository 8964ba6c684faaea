//! Bundles: named sets of plans and groups, in immutable versions, and who has them.

use std::collections::HashMap;

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{BundleId, GroupId, ObjectId, SubscriptionId, TenantId, UserId},
    service::split_instance,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::Instance;
use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

/// A version of a bundle to be published.
#[derive(Debug, Clone)]
pub struct NewBundle {
    /// Stable code.
    pub code: String,
    /// From 1, one more than the last.
    pub version: i32,
    /// Name as shown.
    pub name: String,
    /// Codes of plans, with an instance where one is meant.
    pub plans: Vec<String>,
    /// Names of groups of the customer.
    pub groups: Vec<String>,
}

/// A version of a bundle as stored.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Its id.
    pub id: BundleId,
    /// Who publishes it.
    pub tenant: TenantId,
    /// What is in it.
    pub content: NewBundle,
    /// Nobody new gets it.
    pub retired: bool,
    /// When it was published.
    pub created_at: Timestamp,
}

/// A bundle somebody gets.
#[derive(Debug, Clone)]
pub struct NewAssignment {
    /// Who.
    pub user: UserId,
    /// Which.
    pub bundle: BundleId,
    /// Its code and version, as printed.
    pub name: String,
    /// The plans it gives, as `code@instance`.
    pub plans: Vec<String>,
    /// The groups it brings.
    pub groups: Vec<ObjectId>,
}

/// A bundle somebody has.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// The assignment.
    pub id: Uuid,
    /// Who has it.
    pub user: UserId,
    /// What is in it.
    pub content: NewBundle,
    /// The plans it gave, as `code@instance`.
    pub plans: Vec<String>,
    /// Objects of groups the person came into by bundles alone.
    pub groups: Vec<ObjectId>,
    /// Since when.
    pub created_at: Timestamp,
}

impl Assigned {
    /// Whether it gave a plan of an instance. A bundle that names no instance means the only one
    /// there was when it was given.
    #[must_use]
    pub fn gives(&self, plan: &str, instance: &str) -> bool {
        self.plans.iter().any(|text| split_instance(text) == (plan, Some(instance)))
    }
}

impl ReadTx<'_> {
    /// Versions of bundles, by code, the newest first: those the caller may see, or
    /// those published to a tenant.
    pub async fn bundles(
        &mut self,
        code: Option<&str>,
        tenant: Option<&TenantRef>,
    ) -> Result<Vec<Bundle>, StoreError> {
        let path: Option<Vec<_>> = tenant.map(|t| t.path.iter().map(|id| id.uuid()).collect());
        let rows = sqlx::query!(
            r#"SELECT id, tenant_id, code, version, name, plans, groups, retired_at IS NOT NULL AS "retired!",
                      created_at AS "created_at!: jiff_sqlx::Timestamp"
                 FROM bundle WHERE ($1::text IS NULL OR code = $1) AND ($2::uuid[] IS NULL OR tenant_id = ANY($2))
                ORDER BY code, version DESC"#,
            code,
            path.as_deref()
        )
        .fetch_all(self.sql())
        .await?;
        let bundles = rows.into_iter().map(|row| Bundle {
            id: BundleId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            content: NewBundle {
                code: row.code,
                version: row.version,
                name: row.name,
                plans: row.plans,
                groups: row.groups,
            },
            retired: row.retired,
            created_at: row.created_at.to_jiff(),
        });
        Ok(bundles.collect())
    }

    /// The bundles people have.
    pub async fn assigned(&mut self, users: &[UserId]) -> Result<Vec<Assigned>, StoreError> {
        let ids: Vec<_> = users.iter().map(|u| u.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT a.id, a.user_id, a.groups AS given, a.plans AS given_plans, a.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      b.code, b.version, b.name, b.plans, b.groups
                 FROM bundle_assignment a JOIN bundle b ON b.id = a.bundle_id
                WHERE a.user_id = ANY($1) AND a.ended_at IS NULL ORDER BY a.user_id, b.code"#,
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        let assigned = rows.into_iter().map(|row| Assigned {
            id: row.id,
            user: UserId::from_uuid(row.user_id),
            content: NewBundle {
                code: row.code,
                version: row.version,
                name: row.name,
                plans: row.plans,
                groups: row.groups,
            },
            plans: row.given_plans,
            groups: row.given.into_iter().map(ObjectId::from_uuid).collect(),
            created_at: row.created_at.to_jiff(),
        });
        Ok(assigned.collect())
    }

    /// The customer's own groups with these names, by name in lower case.
    pub async fn groups_named(
        &mut self,
        tenant: TenantId,
        names: &[String],
    ) -> Result<HashMap<String, (GroupId, ObjectId)>, StoreError> {
        let names: Vec<_> = names.iter().map(|name| name.to_lowercase()).collect();
        let rows = sqlx::query!(
            r#"SELECT lower(name) AS "name!", id, object_id FROM user_group
                WHERE tenant_id = $1 AND lower(name) = ANY($2) AND purpose = 'custom' AND deleted_at IS NULL"#,
            tenant.uuid(),
            &names
        )
        .fetch_all(self.sql())
        .await?;
        let ids = |id, object| (GroupId::from_uuid(id), ObjectId::from_uuid(object));
        Ok(rows.into_iter().map(|row| (row.name, ids(row.id, row.object_id))).collect())
    }

    /// The name of a group by its object, in lower case.
    pub async fn groups_named_in(
        &mut self,
        tenant: TenantId,
        group: ObjectId,
    ) -> Result<Vec<String>, StoreError> {
        let names = sqlx::query_scalar!(
            r#"SELECT lower(name) AS "name!" FROM user_group WHERE tenant_id = $1 AND object_id = $2"#,
            tenant.uuid(),
            group.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(names)
    }

    /// Of these groups, those the person is in or on the way into.
    pub async fn member_among(
        &mut self,
        member: ObjectId,
        groups: &[ObjectId],
    ) -> Result<Vec<ObjectId>, StoreError> {
        let ids: Vec<_> = groups.iter().map(|g| g.uuid()).collect();
        let rows = sqlx::query_scalar!(
            "SELECT group_object FROM membership WHERE member_object = $1 AND group_object = ANY($2) AND wanted",
            member.uuid(),
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(ObjectId::from_uuid).collect())
    }
}

impl WriteTx<'_> {
    /// Publishes a version of a bundle from the permitted tenant.
    pub async fn insert_bundle(
        &mut self,
        permit: &Permit<act::CatalogueManage>,
        new: &NewBundle,
    ) -> Result<BundleId, StoreError> {
        let (id, tenant, now): (BundleId, _, _) = (self.id(), permit.tenant.id, ts(self.now));
        sqlx::query!(
            "INSERT INTO bundle (id, tenant_id, code, version, name, plans, groups, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id.uuid(),
            tenant.uuid(),
            new.code,
            new.version,
            new.name,
            &new.plans,
            &new.groups,
            now as _
        )
        .execute(self.sql())
        .await?;
        let field = |field: &'static str, after: String| FieldChange {
            field: field.into(),
            before: None,
            after: Some(after),
            person: None,
        };
        let changes = vec![
            field("bundle", format!("{}/{}", new.code, new.version)),
            field("plans", new.plans.join(", ")),
            field("groups", new.groups.join(", ")),
        ];
        let target = ("bundle", id.to_string());
        self.events.push(Event {
            code: "bundle.published",
            outcome: Outcome::Success,
            tenant,
            target,
            changes,
        });
        self.changed = true;
        Ok(id)
    }

    /// Retires all versions of a bundle of the permitted tenant, or offers them again.
    /// Nothing is written when it is so already.
    pub async fn retire_bundle(
        &mut self,
        permit: &Permit<act::CatalogueManage>,
        newest: &Bundle,
        retired: bool,
    ) -> Result<(), StoreError> {
        if permit.tenant.id != newest.tenant {
            return Err(StoreError::NotFound("bundle"));
        }
        let (code, now) = (&newest.content.code, self.now);
        // All versions, because the newest that is not retired is the one that is given.
        let changed = sqlx::query!(
            "UPDATE bundle SET retired_at = CASE WHEN $3 THEN $4::timestamptz END
              WHERE tenant_id = $1 AND code = $2 AND (retired_at IS NOT NULL) <> $3",
            permit.tenant.id.uuid(),
            code,
            retired,
            ts(now) as _
        )
        .execute(self.sql())
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(());
        }
        let text = |retired: bool| Some(retired.to_string());
        let change = |field: &'static str, before, after| FieldChange {
            field: field.into(),
            before,
            after,
            person: None,
        };
        self.events.push(Event {
            code: if retired { "bundle.retired" } else { "bundle.restored" },
            outcome: Outcome::Success,
            tenant: permit.tenant.id,
            target: ("bundle", newest.id.to_string()),
            changes: vec![
                change("bundle", Some(code.clone()), Some(code.clone())),
                change("retired", text(!retired), text(retired)),
            ],
        });
        self.changed = true;
        Ok(())
    }

    /// Gives bundles to people.
    pub async fn assign_bundles(
        &mut self,
        tenant: TenantId,
        assignments: &[NewAssignment],
    ) -> Result<(), StoreError> {
        for chunk in assignments.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let users: Vec<_> = chunk.iter().map(|a| a.user.uuid()).collect();
            let bundles: Vec<_> = chunk.iter().map(|a| a.bundle.uuid()).collect();
            // Rows of different lengths do not fit into one array, so as text.
            let groups: Vec<String> = chunk
                .iter()
                .map(|a| {
                    format!(
                        "{{{}}}",
                        a.groups.iter().map(|g| g.uuid().to_string()).collect::<Vec<_>>().join(",")
                    )
                })
                .collect();
            // Codes have neither commas nor quotes.
            let plans: Vec<_> = chunk.iter().map(|a| format!("{{{}}}", a.plans.join(","))).collect();
            let now = ts(self.now);
            sqlx::query!(
                "INSERT INTO bundle_assignment (id, tenant_id, user_id, bundle_id, groups, plans, created_at)
                 SELECT time_ordered_id($5), $1, a.person, a.bundle, a.given::uuid[], a.plans::text[], $5
                   FROM unnest($2::uuid[], $3::uuid[], $4::text[], $6::text[]) AS a (person, bundle, given, plans)",
                tenant.uuid(),
                &users,
                &bundles,
                &groups,
                now as _,
                &plans
            )
            .execute(self.sql())
            .await?;
        }
        for assignment in assignments {
            self.note_bundle(tenant, assignment.user, &assignment.name, true);
        }
        Ok(())
    }

    /// Takes a bundle from somebody.
    pub async fn end_assignment(&mut self, tenant: TenantId, assigned: &Assigned) -> Result<(), StoreError> {
        let now = ts(self.now);
        sqlx::query!("UPDATE bundle_assignment SET ended_at = $2 WHERE id = $1", assigned.id, now as _)
            .execute(self.sql())
            .await?;
        let name = format!("{}/{}", assigned.content.code, assigned.content.version);
        self.note_bundle(tenant, assigned.user, &name, false);
        Ok(())
    }

    /// Which plans an assignment gave.
    pub async fn set_assigned_plans(&mut self, assigned: &Assigned) -> Result<(), StoreError> {
        sqlx::query!("UPDATE bundle_assignment SET plans = $2 WHERE id = $1", assigned.id, &assigned.plans)
            .execute(self.sql())
            .await?;
        Ok(())
    }

    /// No bundle gives a plan of this instance any more: the customer has it no longer, and what is
    /// given of it later is not from a bundle that was given before.
    pub(super) async fn forget_bundled(
        &mut self,
        tenant: TenantId,
        instance: &Instance,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH g AS (SELECT array_agg(DISTINCT p.code || '@' || $3::text) AS given FROM plan p WHERE p.service_id = $2)
             UPDATE bundle_assignment a SET plans = ARRAY(
                    SELECT x.plan FROM unnest(a.plans) WITH ORDINALITY AS x (plan, n) WHERE x.plan <> ALL(g.given) ORDER BY n)
               FROM g WHERE a.tenant_id = $1 AND a.ended_at IS NULL AND a.plans && g.given",
            tenant.uuid(),
            instance.service.uuid(),
            instance.code
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Which groups an assignment alone brought.
    pub async fn set_assigned_groups(
        &mut self,
        assignment: Uuid,
        groups: &[ObjectId],
    ) -> Result<(), StoreError> {
        let ids: Vec<_> = groups.iter().map(|g| g.uuid()).collect();
        sqlx::query!("UPDATE bundle_assignment SET groups = $2 WHERE id = $1", assignment, &ids)
            .execute(self.sql())
            .await?;
        Ok(())
    }

    /// People were put into a group by hand: no bundle takes that away any more.
    pub(crate) async fn keep_group(&mut self, users: &[UserId], group: ObjectId) -> Result<(), StoreError> {
        let users: Vec<_> = users.iter().map(|user| user.uuid()).collect();
        sqlx::query!(
            "UPDATE bundle_assignment SET groups = array_remove(groups, $2)
              WHERE user_id = ANY($1) AND ended_at IS NULL AND $2 = ANY(groups)",
            &users,
            group.uuid()
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Whether subscriptions were given by hand, or came with bundles alone.
    pub async fn set_direct(
        &mut self,
        subscriptions: &[SubscriptionId],
        direct: bool,
    ) -> Result<(), StoreError> {
        if subscriptions.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = subscriptions.iter().map(|s| s.uuid()).collect();
        sqlx::query!("UPDATE subscription SET direct = $2 WHERE id = ANY($1)", &ids, direct)
            .execute(self.sql())
            .await?;
        self.changed = true;
        Ok(())
    }

    fn note_bundle(&mut self, tenant: TenantId, user: UserId, name: &str, given: bool) {
        let value = Some(name.to_owned());
        let (before, after) = if given { (None, value) } else { (value, None) };
        let code = if given { "bundle.assigned" } else { "bundle.removed" };
        let changes = vec![FieldChange { field: "bundle".into(), before, after, person: None }];
        let target = ("user", user.to_string());
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
        self.changed = true;
    }
}
