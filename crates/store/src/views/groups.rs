//! Groups with their tenant, and who is in them.

use domain::{
    group::GroupKind,
    id::{GroupId, ObjectId, RequestId, UserId},
    limits,
    list::{GroupColumn, Order},
    problem::Problem,
    request::ItemState,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{COUNTED, PersonView, TenantName};
use crate::{
    StoreError,
    error::known,
    groups::Group,
    lists::{GroupSearch, Span},
    tx::{Permit, ReadTx, TenantRef, act},
    users::{Provisioning, provisioning},
};

/// A group with the names of what it refers to.
#[derive(Debug, Clone)]
pub struct GroupView {
    /// Its id.
    pub id: GroupId,
    /// Whose it is.
    pub tenant: TenantName,
    /// Kept by the product.
    pub built_in: bool,
    /// Name as shown.
    pub name: String,
    /// `sAMAccountName`.
    pub logon_name: String,
    /// Free text.
    pub description: Option<String>,
    /// What it is for.
    pub kind: GroupKind,
    /// Mail address.
    pub mail: Option<String>,
    /// Further addresses, separated by blanks.
    pub aliases: Option<String>,
    /// People who are to be in it, up to [`COUNTED`].
    pub members: i64,
    /// Version of the desired state.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// How far the directory is.
    pub provisioning: Option<Provisioning>,
    /// Where the next page of a list by name starts.
    pub key: String,
}

/// A person in a group, or on the way into or out of it.
#[derive(Debug, Clone)]
pub struct MemberView {
    /// The person.
    pub user: PersonView,
    /// Whether the person should be in it.
    pub wanted: bool,
    /// When that ends by itself.
    pub until: Option<Timestamp>,
    /// How far the directory is.
    pub provisioning: Provisioning,
}

/// A group as others name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName {
    /// Its id.
    pub id: GroupId,
    /// Name as shown.
    pub name: String,
}

/// A group in a group, or on the way into or out of it.
#[derive(Debug, Clone)]
pub struct NestedView {
    /// The group that is a member.
    pub group: GroupName,
    /// Whether it should be in it.
    pub wanted: bool,
    /// When that ends by itself.
    pub until: Option<Timestamp>,
    /// How far the directory is.
    pub provisioning: Provisioning,
}

/// Somebody who is in a group, and why.
#[derive(Debug, Clone)]
pub struct EffectiveView {
    /// The person.
    pub user: PersonView,
    /// As a member of the group itself.
    pub direct: bool,
    /// As a member of these groups, which are in it; at most [`SHOWN_THROUGH`] are told.
    pub through: Vec<GroupName>,
}

/// A group somebody is in themselves, or is on the way into or out of.
#[derive(Debug, Clone)]
pub struct MembershipView {
    /// The group.
    pub group: GroupName,
    /// Kept by the product: who is in it follows from plans.
    pub built_in: bool,
    /// Whether they should be in it.
    pub wanted: bool,
    /// When that ends by itself.
    pub until: Option<Timestamp>,
    /// How far the directory is.
    pub provisioning: Provisioning,
    /// Where the next page starts.
    pub key: String,
}

/// Groups told as the reason why somebody is in another.
pub const SHOWN_THROUGH: i32 = 20;

/// How far a membership is in the directory.
macro_rules! edge_provisioning {
    ($row:ident) => {{
        let stored = $row.state.as_deref().map(ItemState::from_code);
        let state = match stored {
            _ if $row.applied => ItemState::Verified,
            Some(state) => known(state, "request_item", "state", $row.id)?,
            None => ItemState::Requested,
        };
        let problem: Option<Problem> = $row.problem.and_then(|p| serde_json::from_value(p).ok());
        Provisioning {
            state,
            generation: $row.wanted_gen,
            request: $row.request_id.map(RequestId::from_uuid),
            problem: problem.filter(|_| !$row.applied),
        }
    }};
}

impl ReadTx<'_> {
    /// Groups of the permitted tenant, by id, after `after`; or just one of them.
    pub async fn group_views(
        &mut self,
        permit: &Permit<act::TenantRead>,
        only: Option<GroupId>,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<GroupView>, StoreError> {
        match only {
            Some(id) => self.views_of_groups(&permit.tenant, &[id.uuid()]).await,
            None => {
                let span = Span { from: after.map(|id| ("", id)), back: false, limit };
                self.group_page(permit, GroupSearch::default(), Order::up(GroupColumn::Created), span).await
            }
        }
    }

    /// A group the caller may read, or owns.
    pub async fn group_view(&mut self, group: &Group, tenant: &TenantRef) -> Result<GroupView, StoreError> {
        let view = self.views_of_groups(tenant, &[group.id.uuid()]).await?.pop();
        view.ok_or(StoreError::NotFound("group"))
    }

    /// Groups of a tenant by their ids, in no order.
    pub(crate) async fn views_of_groups(
        &mut self,
        tenant: &TenantRef,
        ids: &[Uuid],
    ) -> Result<Vec<GroupView>, StoreError> {
        let rows = sqlx::query!(
            r#"/* list groups, rows */ SELECT g.id, g.purpose, g.name, g.description, g.group_kind, g.mail, g.aliases, g.version,
                      g.search_key AS "key!", o.spec->>'logon_name' AS logon_name,
                      g.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      (SELECT count(*) FROM (SELECT FROM membership m WHERE m.group_object = g.object_id AND m.wanted AND NOT m.nested
                        LIMIT $3) m) AS "members!",
                      o.generation AS "generation?", x.state AS "state?", x.applied_generation AS "applied?",
                      x.problem AS "problem?", r.request_id AS "request_id?"
                 FROM user_group g JOIN object o ON o.id = g.object_id
                 LEFT JOIN external_object x ON x.object_id = o.id
                 LEFT JOIN object_revision r ON r.object_id = o.id AND r.generation = o.generation
                WHERE g.deleted_at IS NULL AND g.tenant_id = $1 AND g.id = ANY($2)"#,
            tenant.id.uuid(),
            ids,
            COUNTED
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                let (state, applied) = (row.state.as_deref(), row.applied);
                Ok(GroupView {
                    id: GroupId::from_uuid(row.id),
                    tenant: TenantName {
                        id: tenant.id,
                        code: tenant.code.clone(),
                        name: tenant.name.clone(),
                    },
                    built_in: row.purpose != "custom",
                    key: row.key,
                    name: row.name,
                    logon_name: row.logon_name.unwrap_or_default(),
                    description: row.description,
                    kind: known(GroupKind::from_code(&row.group_kind), "user_group", "group_kind", row.id)?,
                    mail: row.mail,
                    aliases: row.aliases,
                    members: row.members,
                    version: row.version,
                    created_at: row.created_at.to_jiff(),
                    provisioning: provisioning(
                        row.generation,
                        state,
                        applied,
                        row.request_id,
                        row.problem,
                        row.id,
                    )?,
                })
            })
            .collect()
    }

    /// The people in a group or on their way, by id, after `after`; or just one of them.
    pub async fn member_views(
        &mut self,
        group: &Group,
        only: Option<UserId>,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<MemberView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT u.id, u.display_name, u.principal_name, m.wanted, m.wanted_gen,
                      m.until AS "until: jiff_sqlx::Timestamp",
                      m.applied_gen >= m.wanted_gen AS "applied!",
                      i.state AS "state?", i.problem AS "problem?", i.request_id AS "request_id?"
                 FROM membership m JOIN users u ON u.object_id = m.member_object
                 LEFT JOIN LATERAL (SELECT i.state, i.problem, i.request_id FROM request_item i
                     WHERE i.object_id = m.group_object AND i.member_id = m.member_object
                     ORDER BY i.request_id DESC LIMIT 1) i ON true
                WHERE m.group_object = $1 AND (m.wanted OR m.wanted_gen > m.applied_gen) AND u.deleted_at IS NULL
                  AND ($2::uuid IS NULL OR u.id = $2) AND ($3::uuid IS NULL OR u.id > $3)
                ORDER BY u.id LIMIT $4"#,
            group.object.uuid(),
            only.map(UserId::uuid),
            after.map(UserId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(MemberView {
                    user: PersonView {
                        id: UserId::from_uuid(row.id),
                        display_name: row.display_name,
                        principal_name: row.principal_name,
                    },
                    wanted: row.wanted,
                    until: row.until.map(jiff_sqlx::Timestamp::to_jiff).filter(|_| row.wanted),
                    provisioning: edge_provisioning!(row),
                })
            })
            .collect()
    }

    /// The groups in a group or on their way, by id, after `after`; or just one of them.
    pub async fn nested_views(
        &mut self,
        group: &Group,
        only: Option<GroupId>,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<NestedView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT g.id, g.name, m.wanted, m.wanted_gen, m.until AS "until: jiff_sqlx::Timestamp",
                      m.applied_gen >= m.wanted_gen AS "applied!",
                      i.state AS "state?", i.problem AS "problem?", i.request_id AS "request_id?"
                 FROM membership m JOIN user_group g ON g.object_id = m.member_object
                 LEFT JOIN LATERAL (SELECT i.state, i.problem, i.request_id FROM request_item i
                     WHERE i.object_id = m.group_object AND i.member_id = m.member_object
                     ORDER BY i.request_id DESC LIMIT 1) i ON true
                WHERE m.group_object = $1 AND m.nested AND (m.wanted OR m.wanted_gen > m.applied_gen)
                  AND ($2::uuid IS NULL OR g.id = $2) AND ($3::uuid IS NULL OR g.id > $3)
                ORDER BY g.id LIMIT $4"#,
            group.object.uuid(),
            only.map(GroupId::uuid),
            after.map(GroupId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(NestedView {
                    group: GroupName { id: GroupId::from_uuid(row.id), name: row.name },
                    wanted: row.wanted,
                    until: row.until.map(jiff_sqlx::Timestamp::to_jiff).filter(|_| row.wanted),
                    provisioning: edge_provisioning!(row),
                })
            })
            .collect()
    }

    /// The groups the object of somebody is a member of itself, by name, after `after`.
    pub async fn membership_views(
        &mut self,
        member: ObjectId,
        after: Option<(&str, GroupId)>,
        limit: u32,
    ) -> Result<Vec<MembershipView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT g.id, g.name, g.purpose, g.search_key AS "key!", m.wanted, m.wanted_gen,
                      m.until AS "until: jiff_sqlx::Timestamp", m.applied_gen >= m.wanted_gen AS "applied!",
                      i.state AS "state?", i.problem AS "problem?", i.request_id AS "request_id?"
                 FROM membership m JOIN user_group g ON g.object_id = m.group_object
                 LEFT JOIN LATERAL (SELECT i.state, i.problem, i.request_id FROM request_item i
                     WHERE i.object_id = m.group_object AND i.member_id = m.member_object
                     ORDER BY i.request_id DESC LIMIT 1) i ON true
                WHERE m.member_object = $1 AND (m.wanted OR m.wanted_gen > m.applied_gen) AND g.deleted_at IS NULL
                  AND ($2::text IS NULL OR (g.search_key, g.id) > ($2, $3::uuid))
                ORDER BY g.search_key, g.id LIMIT $4"#,
            member.uuid(),
            after.map(|a| a.0),
            after.map(|a| a.1.uuid()),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(MembershipView {
                    group: GroupName { id: GroupId::from_uuid(row.id), name: row.name },
                    built_in: row.purpose != "custom",
                    wanted: row.wanted,
                    until: row.until.map(jiff_sqlx::Timestamp::to_jiff).filter(|_| row.wanted),
                    provisioning: edge_provisioning!(row),
                    key: row.key,
                })
            })
            .collect()
    }

    /// Groups of the permitted tenant that can be filled by hand, by name, at most so many.
    pub async fn groups_to_fill(
        &mut self,
        permit: &Permit<act::GroupManage>,
        limit: u32,
    ) -> Result<Vec<GroupName>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id, name FROM user_group WHERE tenant_id = $1 AND purpose = 'custom' AND deleted_at IS NULL
              ORDER BY search_key, id LIMIT $2",
            permit.tenant.id.uuid(),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        let name = rows.into_iter().map(|row| GroupName { id: GroupId::from_uuid(row.id), name: row.name });
        Ok(name.collect())
    }

    /// Everybody who should be in a group, directly or through groups in it, by id
    /// after `after`, with why.
    pub async fn effective_views(
        &mut self,
        group: &Group,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<EffectiveView>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH RECURSIVE down (object, level) AS (
                   SELECT $1::uuid, 1
                   UNION
                   SELECT m.member_object, down.level + 1 FROM down JOIN membership m ON m.group_object = down.object
                    WHERE m.nested AND m.wanted AND down.level < $4),
               inside AS (SELECT DISTINCT object FROM down)
               SELECT u.id, u.display_name, u.principal_name, bool_or(m.group_object = $1) AS "direct!",
                      coalesce((array_agg(g.id ORDER BY g.id) FILTER (WHERE g.object_id <> $1))[1:$5], '{}') AS "through!",
                      coalesce((array_agg(g.name ORDER BY g.id) FILTER (WHERE g.object_id <> $1))[1:$5], '{}') AS "names!"
                 FROM inside JOIN membership m ON m.group_object = inside.object AND m.wanted AND NOT m.nested
                 JOIN user_group g ON g.object_id = m.group_object
                 JOIN users u ON u.object_id = m.member_object AND u.deleted_at IS NULL
                WHERE ($2::uuid IS NULL OR u.id > $2)
                GROUP BY u.id ORDER BY u.id LIMIT $3"#,
            group.object.uuid(),
            after.map(UserId::uuid),
            i64::from(limit),
            i32::try_from(limits::GROUP_DEPTH).unwrap_or(i32::MAX),
            SHOWN_THROUGH
        )
        .fetch_all(self.sql())
        .await?;
        let view = rows.into_iter().map(|row| {
            let names = row.through.into_iter().zip(row.names);
            EffectiveView {
                user: PersonView {
                    id: UserId::from_uuid(row.id),
                    display_name: row.display_name,
                    principal_name: row.principal_name,
                },
                direct: row.direct,
                through: names.map(|(id, name)| GroupName { id: GroupId::from_uuid(id), name }).collect(),
            }
        });
        Ok(view.collect())
    }
}
