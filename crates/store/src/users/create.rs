//! New people with all that belongs to them: row, desired object, first groups
//! and activation link, in one statement, because there is never one without
//! the others, and because every statement is a way to the database and back.

use std::borrow::Cow;

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{ActivationId, TenantId},
    request::Lane,
    spec::SPEC_VERSION,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::types::Json;
use uuid::Uuid;

use super::{NewUser, search_key};
use crate::{
    StoreError,
    fields::{Stored, stored},
    objects::{Edge, Entity},
    ts,
    tx::{Permit, WriteTx, act},
};

/// The activation links of new people.
#[derive(Debug)]
pub struct Links {
    /// The secret parts, in the order of the people.
    pub tokens: Vec<String>,
    /// Until when they can be used.
    pub expires_at: Timestamp,
}

/// People who were made.
#[derive(Debug)]
pub struct Made {
    /// Their links.
    pub links: Links,
    /// The host name of their brand, under which the links are opened.
    pub host: Option<String>,
}

impl WriteTx<'_> {
    /// Makes people in the permitted tenant, one event each, and puts them into
    /// `groups`; their own verification makes the groups due. Their names have
    /// to be reserved in the same transaction, and who has an account in a
    /// directory needs an open request.
    pub async fn create_people(
        &mut self,
        permit: &Permit<act::UserCreate>,
        people: &[NewUser],
        groups: &[Edge],
        lane: Lane,
    ) -> Result<Made, StoreError> {
        self.insert_people(permit.tenant.id, people, groups, lane).await
    }

    /// As [`WriteTx::create_people`], in a customer that was just ordered.
    pub async fn create_first_people(
        &mut self,
        _permit: &Permit<act::OrderCreate>,
        customer: TenantId,
        people: &[NewUser],
        groups: &[Edge],
        lane: Lane,
    ) -> Result<Links, StoreError> {
        Ok(self.insert_people(customer, people, groups, lane).await?.links)
    }

    /// Makes people of a reseller that is being made; they have the portal only.
    pub async fn create_staff(
        &mut self,
        _permit: &Permit<act::ResellerCreate>,
        reseller: TenantId,
        people: &[NewUser],
    ) -> Result<Links, StoreError> {
        Ok(self.insert_people(reseller, people, &[], Lane::Interactive).await?.links)
    }

    async fn insert_people(
        &mut self,
        tenant: TenantId,
        people: &[NewUser],
        groups: &[Edge],
        lane: Lane,
    ) -> Result<Made, StoreError> {
        let expires_at = self.now + SignedDuration::from_hours(domain::limits::ACTIVATION_HOURS);
        let request = match people.iter().any(|p| p.account.is_some()) {
            true => Some(self.request_id()?),
            false => None,
        };
        let (mut tokens, mut host) = (Vec::with_capacity(people.len()), None);
        let mut edges = groups.chunks(domain::limits::ROWS_PER_STATEMENT);
        for chunk in people.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let links: Vec<ActivationId> = chunk.iter().map(|_| self.id()).collect();
            let edges = edges.next().unwrap_or_default();
            let given: Vec<_> = links.iter().copied().map(Some).collect();
            host = self.insert_chunk(tenant, request, (chunk, &given, edges), lane, expires_at).await?;
            tokens.extend(links.into_iter().map(|link| self.store.keys.activation_token(link)));
        }
        // People may be in several groups each.
        for rest in edges {
            self.insert_chunk(tenant, request, (&[], &[], rest), lane, expires_at).await?;
        }
        self.grow_people(tenant, people.iter().filter(|p| p.account.is_some()).count());
        self.events.extend(people.iter().map(|person| created(tenant, person, "user.created")));
        self.changed = true;
        self.wake |= request.is_some();
        Ok(Made { links: Links { tokens, expires_at }, host })
    }

    /// As [`WriteTx::insert_people`], for people who have an account with a
    /// password: nobody gets a link.
    pub(crate) async fn insert_adopted(
        &mut self,
        tenant: TenantId,
        people: &[NewUser],
        groups: &[Edge],
        lane: Lane,
    ) -> Result<(), StoreError> {
        self.grow_people(tenant, people.iter().filter(|p| p.account.is_some()).count());
        let (request, now) = (Some(self.request_id()?), self.now);
        for chunk in people.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let links = vec![None; chunk.len()];
            self.insert_chunk(tenant, request, (chunk, &links, &[]), lane, now).await?;
        }
        for edges in groups.chunks(domain::limits::ROWS_PER_STATEMENT) {
            self.insert_chunk(tenant, request, (&[], &[], edges), lane, now).await?;
        }
        self.events.extend(people.iter().map(|person| created(tenant, person, "user.adopted")));
        self.changed = true;
        self.wake = true;
        Ok(())
    }

    /// The host name of the brand comes with it, because asking for it alone is a way to the
    /// database more for everybody who is made.
    async fn insert_chunk(
        &mut self,
        tenant: TenantId,
        request: Option<Uuid>,
        (people, links, edges): (&[NewUser], &[Option<ActivationId>], &[Edge]),
        lane: Lane,
        expires_at: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let text = |f: fn(&NewUser) -> Option<&str>| people.iter().map(f).collect::<Vec<_>>();
        let account = |f: fn(&super::Account) -> Uuid| {
            people.iter().map(|p| p.account.as_ref().map(f)).collect::<Vec<_>>()
        };
        let specs: Vec<_> = people.iter().map(|p| p.account.as_ref().map(|a| Json(&a.spec))).collect();
        let (now, actor) = (ts(self.now), self.caller.user().uuid());
        let host = sqlx::query_scalar!(
            r#"WITH p AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::jsonb[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
                     $12::text[], $13::text[], $14::text[], $15::bool[], $16::bool[], $17::uuid[], $29::jsonb[], $30::uuid[], $31::jsonb[])
                     AS p (id, object, target, spec, given, sur, display, principal, logon, mail, phone, title,
                           department, key, enabled, administrator, link, details, manager, fields)),
               g AS (SELECT DISTINCT * FROM unnest($18::uuid[], $19::uuid[]) AS g (g, m)),
               u AS (INSERT INTO users (id, tenant_id, object_id, target_id, given_name, surname, display_name,
                            principal_name, logon_name, mail, phone, title, department, search_key, enabled,
                            administrator, details, manager_id, fields, created_at)
                     SELECT id, $20, object, target, given, sur, display, principal, logon, mail, phone, title,
                            department, key, enabled, administrator, details, manager, fields, $21 FROM p),
               a AS (INSERT INTO activation (id, tenant_id, user_id, purpose, created_at, created_by, expires_at)
                     SELECT link, $20, id, 'activation', $21, $22, $23 FROM p WHERE link IS NOT NULL),
               o AS (INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version,
                            created_at)
                     SELECT object, $20, target, $24, id, $25, spec, $26, $21 FROM p WHERE object IS NOT NULL),
               r AS (INSERT INTO object_revision (object_id, generation, tenant_id, request_id, after, at)
                     SELECT object, 1, $20, $27, spec, $21 FROM p WHERE object IS NOT NULL),
               m AS (INSERT INTO membership (group_object, member_object, tenant_id) SELECT g, m, $20 FROM g),
               i AS (INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, updated_at)
                     SELECT $27, object, '00000000-0000-0000-0000-000000000000', $20, 1, $21 FROM p
                      WHERE object IS NOT NULL
                      UNION ALL SELECT $27, g, m, $20, 1, $21 FROM g),
               -- On the database's clock, as the claims are.
               w AS (INSERT INTO work (object_id, target_id, tenant_id, lane, due_at)
                     SELECT object, target, $20, $28, now() FROM p WHERE object IS NOT NULL)
               SELECT host_for($20)"#,
            &people.iter().map(|p| p.id.uuid()).collect::<Vec<_>>(),
            &account(|a| a.object.uuid()) as _,
            &account(|a| a.target.uuid()) as _,
            &specs as _,
            &text(|p| p.given_name.as_deref()) as _,
            &text(|p| p.surname.as_deref()) as _,
            &text(|p| Some(&p.display_name)) as _,
            &text(|p| Some(&p.principal_name)) as _,
            &text(|p| p.logon_name.as_deref()) as _,
            &text(|p| p.mail.as_deref()) as _,
            &text(|p| p.phone.as_deref()) as _,
            &text(|p| p.title.as_deref()) as _,
            &text(|p| p.department.as_deref()) as _,
            &people.iter().map(|p| search_key(&p.display_name)).collect::<Vec<_>>(),
            &people.iter().map(|p| p.enabled).collect::<Vec<_>>(),
            &people.iter().map(|p| p.administrator).collect::<Vec<_>>(),
            &links.iter().map(|a| a.map(ActivationId::uuid)).collect::<Vec<_>>() as _,
            &edges.iter().map(|e| e.group.uuid()).collect::<Vec<_>>(),
            &edges.iter().map(|e| e.member.uuid()).collect::<Vec<_>>(),
            tenant.uuid(),
            now as _,
            actor,
            ts(expires_at) as _,
            Entity::User.code(),
            domain::spec::ObjectKind::User.code(),
            SPEC_VERSION,
            request,
            lane.code(),
            &people.iter().map(|p| Json(&p.details)).collect::<Vec<_>>() as _,
            &people.iter().map(|p| p.manager.as_ref().map(|m| m.person.id.uuid())).collect::<Vec<_>>() as _,
            &people.iter().map(values).collect::<Vec<_>>() as _,
        )
        .fetch_one(self.sql())
        .await?;
        Ok(host)
    }
}

/// The custom fields of somebody who is new.
pub(super) fn values(of: &NewUser) -> Stored {
    stored(of.fields.iter().filter_map(|value| Some((&value.field, value.value.as_ref()?))))
}

pub(super) fn created(tenant: TenantId, user: &NewUser, code: &'static str) -> Event {
    let mut changes = Vec::with_capacity(10);
    let mut personal = |field: Cow<'static, str>, value: &Option<String>| {
        if value.is_some() {
            changes.push(FieldChange { field, before: None, after: value.clone(), person: Some(user.id) });
        }
    };
    personal("given_name".into(), &user.given_name);
    personal("surname".into(), &user.surname);
    personal("display_name".into(), &Some(user.display_name.clone()));
    personal("principal_name".into(), &Some(user.principal_name.clone()));
    personal("logon_name".into(), &user.logon_name);
    personal("mail".into(), &user.mail);
    personal("phone".into(), &user.phone);
    personal("title".into(), &user.title);
    personal("department".into(), &user.department);
    for (detail, value) in &user.details {
        personal(detail.code().into(), &Some(value.clone()));
    }
    for value in &user.fields {
        personal(format!("fields.{}", value.key).into(), &value.value);
    }
    let plain = |field: &'static str, value: bool| FieldChange {
        field: field.into(),
        before: None,
        after: Some(value.to_string()),
        person: None,
    };
    let manager = user.manager.as_ref().map(|manager| FieldChange {
        field: "manager".into(),
        before: None,
        after: Some(manager.person.id.to_string()),
        person: None,
    });
    changes.extend(manager);
    changes.push(plain("enabled", user.enabled));
    changes.push(plain("administrator", user.administrator));
    let target = ("user", user.id.to_string());
    Event { code, outcome: Outcome::Success, tenant, target, changes }
}
