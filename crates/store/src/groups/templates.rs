//! Templates of groups, the people their groups are for, and many groups made at once.

use std::collections::BTreeMap;

use domain::{
    event::{Event, FieldChange, Outcome},
    group_template::{Template, TemplateDraft, Trait, Values},
    id::{GroupId, ObjectId, TenantId, UserId},
    limits,
};
use sqlx::types::Json;
use uuid::Uuid;

use super::Change;
use crate::{
    StoreError,
    error::known,
    objects::Edge,
    ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

/// A template that holds for a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// What it says.
    pub template: Template,
    /// The tenant says it itself, and no seller above it.
    pub own: bool,
}

/// People who are alike in what a group stands for.
#[derive(Debug, Clone, Default)]
pub struct Alike {
    /// In what, as one of them has it.
    pub values: Values,
    /// Who they are.
    pub people: Vec<(UserId, ObjectId)>,
    /// Who manages them: who manages most of them first.
    pub managers: Vec<UserId>,
}

impl ReadTx<'_> {
    /// The templates that hold for a tenant, by code; or just the one with this code.
    pub async fn group_templates(
        &mut self,
        permit: &Permit<act::TenantRead>,
        code: Option<&str>,
    ) -> Result<Vec<InForce>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT DISTINCT ON (g.code) g.code, g.content AS "content: Json<TemplateDraft>", c.depth = 0 AS "own!"
                 FROM tenant_closure c JOIN group_template g ON g.tenant_id = c.ancestor
                WHERE c.descendant = $1 AND ($2::text IS NULL OR g.code = $2) ORDER BY g.code, c.depth"#,
            permit.tenant.id.uuid(),
            code
        )
        .fetch_all(self.sql())
        .await?;
        let in_force = rows.into_iter().map(|row| {
            let template = row.content.0.check(&row.code).ok();
            Ok(InForce { template: known(template, "group_template", "content", &row.code)?, own: row.own })
        });
        in_force.collect()
    }

    /// The people of a tenant by what they are alike in, without those who have nothing
    /// there; all together when nothing is asked for. Whether letters are capital makes
    /// no difference.
    pub async fn people_alike(
        &mut self,
        permit: &Permit<act::GroupManage>,
        traits: &[Trait],
    ) -> Result<Vec<Alike>, StoreError> {
        let codes: Vec<_> = traits.iter().map(|t| t.code().to_owned()).collect();
        let rows = sqlx::query!(
            r#"SELECT u.id, u.object_id AS "object!", u.manager_id AS manager, v.had AS "values!"
                 FROM users u CROSS JOIN LATERAL (
                      SELECT coalesce(array_agg(trim(coalesce(CASE t.code WHEN 'department' THEN u.department
                                 WHEN 'title' THEN u.title ELSE u.details->>t.code END, '')) ORDER BY t.n), '{}') AS had
                        FROM unnest($2::text[]) WITH ORDINALITY AS t (code, n)) v
                WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND u.object_id IS NOT NULL ORDER BY u.id"#,
            permit.tenant.id.uuid(),
            &codes
        )
        .fetch_all(self.sql())
        .await?;
        let mut found: BTreeMap<Vec<String>, (Alike, BTreeMap<Uuid, usize>)> = BTreeMap::new();
        for row in rows {
            let values: Vec<String> = row.values;
            if values.iter().any(String::is_empty) || values.len() < traits.len() {
                continue;
            }
            let key = values.iter().map(|value| value.to_lowercase()).collect();
            let (alike, managers) = found.entry(key).or_default();
            // Of several spellings always the same one, whoever came first.
            let values: Values = traits.iter().copied().zip(values).collect();
            if alike.people.is_empty() || values < alike.values {
                alike.values = values;
            }
            alike.people.push((UserId::from_uuid(row.id), ObjectId::from_uuid(row.object)));
            if let Some(manager) = row.manager {
                *managers.entry(manager).or_default() += 1;
            }
        }
        let ranked = found.into_values().map(|(mut alike, managers)| {
            let mut managers: Vec<_> = managers.into_iter().collect();
            managers.sort_by_key(|(manager, people)| (std::cmp::Reverse(*people), *manager));
            alike.managers = managers.into_iter().map(|(manager, _)| UserId::from_uuid(manager)).collect();
            alike
        });
        Ok(ranked.collect())
    }
}

impl WriteTx<'_> {
    /// Says a template at the permitted tenant, in place of what it said before.
    pub async fn put_group_template(
        &mut self,
        permit: &Permit<act::GroupManage>,
        template: &Template,
    ) -> Result<(), StoreError> {
        let (tenant, now) = (permit.tenant.id, ts(self.now));
        let draft = template.draft();
        let before = sqlx::query_scalar!(
            r#"SELECT content AS "content: Json<TemplateDraft>" FROM group_template WHERE tenant_id = $1 AND code = $2
                FOR UPDATE"#,
            tenant.uuid(),
            template.code
        )
        .fetch_optional(self.sql())
        .await?;
        if before.as_ref().is_some_and(|before| before.0 == draft) {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO group_template (tenant_id, code, content, updated_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, code) DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at",
            tenant.uuid(),
            template.code,
            Json(&draft) as _,
            now as _
        )
        .execute(self.sql())
        .await?;
        let told = |draft: &TemplateDraft| serde_json::to_string(draft).unwrap_or_default();
        self.note_template(
            tenant,
            "group_template.changed",
            &template.code,
            (before.map(|before| told(&before.0)), Some(told(&draft))),
        );
        Ok(())
    }

    /// How many other templates the permitted tenant says itself.
    pub async fn count_group_templates(
        &mut self,
        permit: &Permit<act::GroupManage>,
        but: &str,
    ) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "n!" FROM group_template WHERE tenant_id = $1 AND code <> $2"#,
            permit.tenant.id.uuid(),
            but
        );
        Ok(count.fetch_one(self.sql()).await?)
    }

    /// Takes back what the permitted tenant said; a seller's template of the same code
    /// holds again. False when it said nothing.
    pub async fn remove_group_template(
        &mut self,
        permit: &Permit<act::GroupManage>,
        code: &str,
    ) -> Result<bool, StoreError> {
        let tenant = permit.tenant.id;
        let gone = sqlx::query!(
            "DELETE FROM group_template WHERE tenant_id = $1 AND code = $2",
            tenant.uuid(),
            code
        )
        .execute(self.sql())
        .await?;
        if gone.rows_affected() == 0 {
            return Ok(false);
        }
        self.note_template(tenant, "group_template.removed", code, (Some(code.to_owned()), None));
        Ok(true)
    }

    fn note_template(
        &mut self,
        tenant: TenantId,
        code: &'static str,
        template: &str,
        (before, after): (Option<String>, Option<String>),
    ) {
        let target = ("group_template", template.to_owned());
        let changes = vec![FieldChange { field: "content".into(), before, after, person: None }];
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
    }

    /// Makes people the owners of groups that were just made, whose objects show the
    /// first of each already.
    pub async fn own_new_groups(
        &mut self,
        permit: &Permit<act::GroupManage>,
        owners: &[(GroupId, Vec<UserId>)],
    ) -> Result<(), StoreError> {
        self.insert_owners(permit.tenant.id, owners).await
    }

    pub(crate) async fn insert_owners(
        &mut self,
        tenant: TenantId,
        owners: &[(GroupId, Vec<UserId>)],
    ) -> Result<(), StoreError> {
        let all = owners
            .iter()
            .flat_map(|(group, owners)| owners.iter().enumerate().map(move |(n, o)| (*group, *o, n)));
        let all: Vec<_> = all.collect();
        let now = ts(self.now);
        for chunk in all.chunks(limits::ROWS_PER_STATEMENT) {
            sqlx::query!(
                "INSERT INTO group_owner (group_id, user_id, tenant_id, position, created_at)
                 SELECT a.g, a.u, $1, a.n, $2 FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS a (g, u, n)",
                tenant.uuid(),
                now as _,
                &chunk.iter().map(|(group, _, _)| group.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|(_, owner, _)| owner.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|(_, _, n)| i32::try_from(*n + 1).unwrap_or(i32::MAX)).collect::<Vec<_>>()
            )
            .execute(self.sql())
            .await?;
        }
        for (group, owners) in owners.iter().filter(|(_, owners)| !owners.is_empty()) {
            self.note_owners(tenant, *group, &[], owners);
        }
        Ok(())
    }

    /// Puts members into many groups at once, within the opened request. Groups that come
    /// in have to be checked for circles before.
    pub async fn fill_groups(
        &mut self,
        tenant: &TenantRef,
        filled: &[(GroupId, ObjectId, Vec<Change>)],
    ) -> Result<(), StoreError> {
        let all =
            filled.iter().flat_map(|(_, group, changes)| changes.iter().map(move |change| (*group, change)));
        let all: Vec<_> = all.collect();
        let edges: Vec<_> =
            all.iter().map(|(group, change)| Edge { group: *group, member: change.object }).collect();
        self.want_members(tenant.id, &edges, true).await?;
        self.limit_members(&all).await?;
        for (group, _, changes) in filled {
            for change in changes {
                self.note_member(tenant.id, *group, change);
            }
        }
        Ok(())
    }
}
