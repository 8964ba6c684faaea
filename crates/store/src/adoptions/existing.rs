//! A customer that exists already: its people and groups, which may find their
//! accounts in a directory, and the wish by which they get them.

use std::collections::HashSet;

use domain::{
    adoption::{Difference, Values},
    event::{Event, FieldChange, Outcome},
    group::GroupKind,
    id::{GroupId, ObjectId, TargetId, TenantId, UserId},
    limits,
    request::Lane,
    spec::Spec,
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    StoreError,
    error::known,
    groups::GroupValues,
    names::Name,
    tx::{Permit, ReadTx, WriteTx, act},
    users::{User, search_key},
};

/// A group of the customer.
#[derive(Debug, Clone)]
pub struct KnownGroup {
    /// Its id.
    pub id: GroupId,
    /// Its object.
    pub object: ObjectId,
    /// Kept by the product.
    pub is_built_in: bool,
    /// What is said of it.
    pub values: GroupValues,
    /// Its log-on name.
    pub logon_name: String,
    /// It is in the directory already.
    pub is_linked: bool,
}

/// An object that was wanted already, and where it was found to be.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Ours.
    pub object: ObjectId,
    /// Its id in the directory.
    pub external_id: Uuid,
    /// Its address.
    pub dn: String,
    /// What is wanted of it from now on.
    pub spec: Spec,
    /// It is what is there, so it is only marked.
    pub only_marked: bool,
}

/// A person or a group whose account was found.
#[derive(Debug, Clone)]
pub struct Linked<Id, V> {
    /// Whose.
    pub id: Id,
    /// What holds from now on; none when what we know holds.
    pub values: Option<V>,
    /// What the two sides said.
    pub differences: Vec<Difference>,
    /// The address of what was found.
    pub dn: String,
}

impl ReadTx<'_> {
    /// The people of a customer that have an account or are to have one in this
    /// directory, and whether they have it. One whose account is gone has none.
    pub async fn people_to_link(
        &mut self,
        tenant: TenantId,
        target: TargetId,
    ) -> Result<Vec<(User, bool)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT u.id, x.external_id IS NOT NULL
                      AND NOT (x.state = 'failed' AND coalesce(x.problem->>'code', '') = 'gone') AS "linked!"
                 FROM users u JOIN object o ON o.id = u.object_id AND o.wanted AND o.target_id = $2
                 LEFT JOIN external_object x ON x.object_id = o.id
                WHERE u.tenant_id = $1 AND u.deleted_at IS NULL ORDER BY u.id"#,
            tenant.uuid(),
            target.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let linked: HashSet<_> = rows.iter().filter(|row| row.linked).map(|row| row.id).collect();
        let mut users = self.load_users(&ids, false).await?;
        users.sort_unstable_by_key(|user| user.id);
        let linked = |user: &User| linked.contains(&user.id.uuid());
        Ok(users.into_iter().map(|user| (linked(&user), user)).map(|(is, user)| (user, is)).collect())
    }

    /// The groups of a customer.
    pub async fn groups_to_link(&mut self, tenant: TenantId) -> Result<Vec<KnownGroup>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT g.id, g.object_id, g.purpose, g.name, g.description, g.group_kind, g.mail, g.aliases,
                      coalesce(o.spec->>'logon_name', '') AS "logon_name!",
                      x.external_id IS NOT NULL
                      AND NOT (x.state = 'failed' AND coalesce(x.problem->>'code', '') = 'gone') AS "linked!"
                 FROM user_group g JOIN object o ON o.id = g.object_id LEFT JOIN external_object x ON x.object_id = o.id
                WHERE g.tenant_id = $1 AND g.deleted_at IS NULL ORDER BY g.id"#,
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                let kind = known(GroupKind::from_code(&row.group_kind), "user_group", "group_kind", row.id)?;
                let (name, description, mail, aliases) = (row.name, row.description, row.mail, row.aliases);
                Ok(KnownGroup {
                    id: GroupId::from_uuid(row.id),
                    object: ObjectId::from_uuid(row.object_id),
                    is_built_in: row.purpose != "custom",
                    values: GroupValues { name, description, kind, mail, aliases },
                    logon_name: row.logon_name,
                    is_linked: row.linked,
                })
            })
            .collect()
    }

    /// The accounts of a customer's people in a directory, by their ids there.
    pub async fn accounts_at(
        &mut self,
        tenant: TenantId,
        target: TargetId,
    ) -> Result<Vec<(Uuid, UserId)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT x.external_id AS "external_id!", u.id FROM users u
                 JOIN external_object x ON x.object_id = u.object_id AND x.target_id = $2
                WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND x.external_id IS NOT NULL"#,
            tenant.uuid(),
            target.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (row.external_id, UserId::from_uuid(row.id))).collect())
    }

    /// The plans these people and the customer as a whole (none) have.
    pub async fn plans_held(
        &mut self,
        tenant: TenantId,
        people: &[UserId],
    ) -> Result<Vec<(Option<UserId>, String)>, StoreError> {
        let ids: Vec<_> = people.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            "SELECT s.user_id, p.code FROM subscription s JOIN plan p ON p.id = s.plan_id
              WHERE s.tenant_id = $1 AND s.ended_at IS NULL AND (s.user_id IS NULL OR s.user_id = ANY($2))",
            tenant.uuid(),
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (row.user_id.map(UserId::from_uuid), row.code)).collect())
    }

    /// What is wanted of objects at present.
    pub async fn specs(&mut self, objects: &[ObjectId]) -> Result<Vec<(ObjectId, Spec)>, StoreError> {
        let ids: Vec<_> = objects.iter().map(|o| o.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT id, spec AS "spec: Json<Spec>" FROM object WHERE id = ANY($1) AND wanted"#,
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (ObjectId::from_uuid(row.id), row.spec.0)).collect())
    }
}

impl WriteTx<'_> {
    /// Gives objects of a customer what was found for them, within the opened request;
    /// false when a worker is at one of them, so that it may be making one.
    pub async fn link_objects(
        &mut self,
        _permit: &Permit<act::DirectoryAdopt>,
        (customer, target): (TenantId, TargetId),
        links: &[NewLink],
        lane: Lane,
    ) -> Result<bool, StoreError> {
        let (request, now) = (self.request_id()?, crate::ts(self.now));
        for chunk in links.chunks(limits::ROWS_PER_STATEMENT) {
            let ids: Vec<_> = chunk.iter().map(|l| l.object.uuid()).collect();
            // The objects, then the queue, as everywhere.
            sqlx::query!(
                "SELECT id FROM object WHERE id = ANY($1) AND tenant_id = $2 ORDER BY id FOR NO KEY UPDATE",
                &ids,
                customer.uuid()
            )
            .fetch_all(self.sql())
            .await?;
            let busy = sqlx::query_scalar!(
                r#"SELECT lease_until > now() AS "busy" FROM work WHERE object_id = ANY($1) ORDER BY object_id FOR UPDATE"#,
                &ids
            )
            .fetch_all(self.sql())
            .await?;
            if busy.into_iter().flatten().any(|busy| busy) {
                return Ok(false);
            }
            sqlx::query!(
                r#"SELECT coalesce(want_specs($1, $2, $3, array_agg(a.id), array_agg(a.spec)), 0) AS "n!" FROM (
                       SELECT o.id, n.spec FROM unnest($4::uuid[], $5::jsonb[]) AS n (id, spec)
                         JOIN object o ON o.id = n.id WHERE o.wanted AND o.tenant_id = $6
                        ORDER BY o.id FOR NO KEY UPDATE OF o) a"#,
                request,
                lane.code(),
                now as _,
                &ids,
                &chunk.iter().map(|l| Json(&l.spec)).collect::<Vec<_>>() as _,
                customer.uuid()
            )
            .fetch_one(self.sql())
            .await?;
            sqlx::query!(
                "INSERT INTO external_object AS x (object_id, tenant_id, target_id, external_id, dn, state, adopting,
                        adopting_generation)
                 SELECT a.id, $1, $2, a.ext, a.dn, 'requested', a.only_marked, o.generation
                   FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bool[]) AS a (id, ext, dn, only_marked)
                   JOIN object o ON o.id = a.id AND o.tenant_id = $1
                 ON CONFLICT (object_id) DO UPDATE SET external_id = excluded.external_id, dn = excluded.dn,
                    state = 'requested', problem = NULL, adopting = excluded.adopting,
                    adopting_generation = excluded.adopting_generation",
                customer.uuid(),
                target.uuid(),
                &ids,
                &chunk.iter().map(|l| l.external_id).collect::<Vec<_>>(),
                &chunk.iter().map(|l| l.dn.clone()).collect::<Vec<_>>(),
                &chunk.iter().map(|l| l.only_marked).collect::<Vec<_>>()
            )
            .execute(self.sql())
            .await?;
        }
        self.wake |= !links.is_empty();
        Ok(true)
    }

    /// People whose accounts were found, and what holds of them from now on.
    pub async fn link_people(
        &mut self,
        _permit: &Permit<act::DirectoryAdopt>,
        customer: TenantId,
        people: &[Linked<UserId, Values>],
    ) -> Result<(), StoreError> {
        let changed: Vec<_> = people.iter().filter_map(|p| Some((p.id, p.values.as_ref()?))).collect();
        for chunk in changed.chunks(limits::ROWS_PER_STATEMENT) {
            let text = |f: fn(&Values) -> Option<&str>| chunk.iter().map(|(_, v)| f(v)).collect::<Vec<_>>();
            sqlx::query!(
                "UPDATE users u SET given_name = a.given, surname = a.sur, display_name = a.display,
                        principal_name = a.principal, logon_name = a.logon, mail = a.mail, phone = a.phone,
                        title = a.title, department = a.department, search_key = a.key, enabled = a.enabled,
                        details = a.details || CASE WHEN u.details ? 'external_id'
                            THEN jsonb_build_object('external_id', u.details->'external_id') ELSE '{}' END,
                        version = u.version + 1
                   FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                               $9::text[], $10::text[], $11::text[], $12::text[], $13::bool[], $14::jsonb[])
                     AS a (id, given, sur, display, principal, logon, mail, phone, title, department, key, enabled, details)
                  WHERE u.id = a.id AND u.tenant_id = $1",
                customer.uuid(),
                &chunk.iter().map(|(id, _)| id.uuid()).collect::<Vec<_>>(),
                &text(|v| v.given_name.as_deref()) as _,
                &text(|v| v.surname.as_deref()) as _,
                &text(|v| Some(&v.display_name)) as _,
                &text(|v| Some(&v.principal_name)) as _,
                &text(|v| Some(&v.logon_name)) as _,
                &text(|v| v.mail.as_deref()) as _,
                &text(|v| v.phone.as_deref()) as _,
                &text(|v| v.title.as_deref()) as _,
                &text(|v| v.department.as_deref()) as _,
                &chunk.iter().map(|(_, v)| search_key(&v.display_name)).collect::<Vec<_>>(),
                &chunk.iter().map(|(_, v)| v.enabled).collect::<Vec<_>>(),
                &chunk.iter().map(|(_, v)| Json(&v.details)).collect::<Vec<_>>() as _
            )
            .execute(self.sql())
            .await?;
        }
        for person in people {
            let target = ("user", person.id.to_string());
            self.note_link(customer, "user.linked", target, person, Some(person.id));
        }
        Ok(())
    }

    /// Who manages people of the customer, and who owns groups, as was found.
    pub async fn adopt_references(
        &mut self,
        _permit: &Permit<act::DirectoryAdopt>,
        customer: TenantId,
        managers: &[(UserId, UserId)],
        owners: &[(GroupId, Vec<UserId>)],
    ) -> Result<(), StoreError> {
        for chunk in managers.chunks(limits::ROWS_PER_STATEMENT) {
            sqlx::query!(
                "UPDATE users u SET manager_id = a.manager, version = u.version + 1
                   FROM unnest($2::uuid[], $3::uuid[]) AS a (id, manager) WHERE u.id = a.id AND u.tenant_id = $1",
                customer.uuid(),
                &chunk.iter().map(|(user, _)| user.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|(_, manager)| manager.uuid()).collect::<Vec<_>>()
            )
            .execute(self.sql())
            .await?;
        }
        self.events.extend(managers.iter().map(|(user, manager)| Event {
            code: "user.updated",
            outcome: Outcome::Success,
            tenant: customer,
            target: ("user", user.to_string()),
            changes: vec![FieldChange {
                field: "manager".into(),
                before: None,
                after: Some(manager.to_string()),
                person: None,
            }],
        }));
        self.insert_owners(customer, owners).await
    }

    /// Groups that were found, and what is said of them from now on.
    pub async fn link_groups(
        &mut self,
        _permit: &Permit<act::DirectoryAdopt>,
        customer: TenantId,
        groups: &[Linked<GroupId, GroupValues>],
    ) -> Result<(), StoreError> {
        let changed: Vec<_> = groups.iter().filter_map(|g| Some((g.id, g.values.as_ref()?))).collect();
        for chunk in changed.chunks(limits::ROWS_PER_STATEMENT) {
            sqlx::query!(
                "UPDATE user_group g SET name = a.name, description = a.description, group_kind = a.kind, mail = a.mail,
                        aliases = a.aliases, version = g.version + 1
                   FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
                     AS a (id, name, description, kind, mail, aliases)
                  WHERE g.id = a.id AND g.tenant_id = $1",
                customer.uuid(),
                &chunk.iter().map(|(id, _)| id.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|(_, v)| v.name.clone()).collect::<Vec<_>>(),
                &chunk.iter().map(|(_, v)| v.description.clone()).collect::<Vec<_>>() as _,
                &chunk.iter().map(|(_, v)| v.kind.code().to_owned()).collect::<Vec<_>>(),
                &chunk.iter().map(|(_, v)| v.mail.clone()).collect::<Vec<_>>() as _,
                &chunk.iter().map(|(_, v)| v.aliases.clone()).collect::<Vec<_>>() as _
            )
            .execute(self.sql())
            .await?;
        }
        for group in groups {
            let target = ("group", group.id.to_string());
            self.note_link(customer, "group.linked", target, group, None);
        }
        Ok(())
    }

    fn note_link<Id, V>(
        &mut self,
        tenant: TenantId,
        code: &'static str,
        target: (&'static str, String),
        linked: &Linked<Id, V>,
        person: Option<UserId>,
    ) {
        let mut changes =
            vec![FieldChange { field: "dn".into(), before: None, after: Some(linked.dn.clone()), person }];
        if linked.values.is_some() {
            changes.extend(linked.differences.iter().filter_map(|difference| {
                let field = domain::spec::Attribute::from_code(&difference.field)?.code();
                let (before, after) = (difference.portal.clone(), difference.directory.clone());
                Some(FieldChange { field: field.into(), before, after, person })
            }));
        }
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
    }

    /// As [`WriteTx::release`], for names of several owners.
    pub async fn release_names(&mut self, names: &[(Name, Uuid)]) -> Result<(), StoreError> {
        if names.is_empty() {
            return Ok(());
        }
        let until = self.now + jiff::SignedDuration::from_hours(24 * limits::RESERVED_DAYS);
        sqlx::query!(
            "UPDATE reserved_name r SET reserved_until = $5
               FROM unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[]) AS a (kind, space, value, owner)
              WHERE (r.kind, r.space, r.value) = (a.kind, a.space, a.value) AND r.owner = a.owner",
            &names.iter().map(|(n, _)| n.kind.code().to_owned()).collect::<Vec<_>>(),
            &names.iter().map(|(n, _)| n.space).collect::<Vec<_>>(),
            &names.iter().map(|(n, _)| n.value.clone()).collect::<Vec<_>>(),
            &names.iter().map(|(_, owner)| *owner).collect::<Vec<_>>(),
            crate::ts(until) as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
