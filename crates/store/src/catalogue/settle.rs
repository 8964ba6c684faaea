//! Makes accounts what the services of their people say, in statements of a few
//! hundred, as one request: after a change of a property, of a service, of a plan.

use std::collections::BTreeSet;

use domain::{
    field::FieldError,
    id::{InstanceId, ServiceId, TenantId, UserId},
    limits,
    request::Lane,
    spec::Spec,
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Held, Meanings};
use crate::{
    StoreError, ts,
    tx::{ReadTx, WriteTx},
};

/// Whom a change concerns.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// People who have a plan of this service,
    pub service: ServiceId,
    /// at or below this tenant,
    pub below: TenantId,
    /// of this instance, if of one only,
    pub instance: Option<InstanceId>,
    /// and this person, if one only.
    pub user: Option<UserId>,
}

struct Account {
    user: Uuid,
    tenant: Uuid,
    object: Uuid,
    spec: Spec,
    code: String,
    customer: String,
    title: Option<String>,
    department: Option<String>,
}

impl Account {
    /// What stands for a place in a template.
    fn place(&self, place: &str) -> Option<&str> {
        let Spec::User(spec) = &self.spec else { return None };
        match place {
            "code" => Some(&self.code),
            "customer" => Some(&self.customer),
            "logon_name" => Some(&spec.logon_name),
            "principal_name" => Some(&spec.principal_name),
            "user_name" => spec.principal_name.rsplit_once('@').map(|(name, _)| name),
            "given_name" => spec.given_name.as_deref(),
            "surname" => spec.surname.as_deref(),
            "display_name" => Some(&spec.display_name),
            "mail" => spec.mail.as_deref(),
            "title" => self.title.as_deref(),
            "department" => self.department.as_deref(),
            _ => None,
        }
    }
}

impl ReadTx<'_> {
    /// The people a change reaches, in the order of their ids.
    pub async fn reached(&mut self, reach: Reach) -> Result<Vec<Uuid>, StoreError> {
        let people = sqlx::query_scalar!(
            r#"SELECT DISTINCT s.user_id AS "user!" FROM tenant_closure c
                 JOIN plan p ON p.service_id = $2
                 JOIN subscription s ON s.tenant_id = c.descendant AND s.plan_id = p.id AND s.ended_at IS NULL
                WHERE c.ancestor = $1 AND s.user_id IS NOT NULL AND ($4::uuid IS NULL OR s.user_id = $4)
                  AND ($3::uuid IS NULL OR (SELECT g.instance_id FROM user_group g WHERE g.object_id = s.group_object) = $3)
                ORDER BY 1"#,
            reach.below.uuid(),
            reach.service.uuid(),
            reach.instance.map(InstanceId::uuid),
            reach.user.map(UserId::uuid)
        )
        .fetch_all(self.sql())
        .await?;
        Ok(people)
    }
}

impl ReadTx<'_> {
    /// The people of a customer who have a plan, in the order of their ids, and the services
    /// of these plans; with `holding` only of services whose templates hold that.
    pub async fn served(
        &mut self,
        customer: TenantId,
        holding: Option<&str>,
    ) -> Result<(Vec<Uuid>, Vec<ServiceId>), StoreError> {
        let rows = sqlx::query!(
            r#"SELECT DISTINCT s.user_id AS "user!", p.service_id
                 FROM subscription s JOIN plan p ON p.id = s.plan_id JOIN service v ON v.id = p.service_id
                WHERE s.tenant_id = $1 AND s.ended_at IS NULL AND s.user_id IS NOT NULL
                  AND ($2::text IS NULL OR position($2 IN v.definition::text) > 0) ORDER BY 1"#,
            customer.uuid(),
            holding
        )
        .fetch_all(self.sql())
        .await?;
        let mut people: Vec<_> = rows.iter().map(|row| row.user).collect();
        people.dedup();
        let services: BTreeSet<_> = rows.iter().map(|row| ServiceId::from_uuid(row.service_id)).collect();
        Ok((people, services.into_iter().collect()))
    }

    /// The services of the plans these people have.
    pub async fn services_of(&mut self, users: &[Uuid]) -> Result<Vec<ServiceId>, StoreError> {
        let mut services = BTreeSet::new();
        for chunk in users.chunks(limits::ROWS_PER_STATEMENT) {
            let rows = sqlx::query_scalar!(
                "SELECT DISTINCT p.service_id FROM subscription s JOIN plan p ON p.id = s.plan_id
                  WHERE s.user_id = ANY($1) AND s.ended_at IS NULL",
                chunk
            )
            .fetch_all(self.sql())
            .await?;
            services.extend(rows.into_iter().map(ServiceId::from_uuid));
        }
        Ok(services.into_iter().collect())
    }
}

impl WriteTx<'_> {
    /// Compares the accounts of these people with what their services say, and wants
    /// what differs; gives how many. Needs an open request, and the services locked.
    /// Refused when a value does not fit: then for nobody.
    pub async fn settle_people(&mut self, users: &[Uuid]) -> Result<usize, StoreError> {
        let lane = Lane::for_objects(users.len());
        let (mut changed, mut errors) = (0, Vec::new());
        for chunk in users.chunks(limits::ROWS_PER_STATEMENT) {
            let accounts = self.lock_accounts(chunk).await?;
            let held = self.held_by(chunk).await?;
            let (mut tenants, mut plans): (Vec<_>, Vec<_>) = (
                accounts.iter().map(|a| a.tenant).collect(),
                held.values().flatten().map(|h| h.plan.uuid()).collect(),
            );
            tenants.sort_unstable();
            tenants.dedup();
            plans.sort_unstable();
            plans.dedup();
            let meanings = self.meanings(&tenants, &plans, &[], chunk).await?;
            let (mut ids, mut specs) = (Vec::new(), Vec::new());
            for account in accounts {
                let own = held.get(&account.user).map_or(&[][..], Vec::as_slice);
                match with_services(&account, own, &meanings) {
                    Ok(Some(spec)) => {
                        ids.push(account.object);
                        specs.push(Json(spec));
                    }
                    Ok(None) => {}
                    Err(error) => errors.push(error),
                }
            }
            if !errors.is_empty() {
                errors.truncate(limits::PEOPLE_NAMED);
                return Err(StoreError::Invalid(errors));
            }
            changed += ids.len();
            self.want_specs(&ids, &specs, lane).await?;
        }
        Ok(changed)
    }

    async fn want_specs(&mut self, ids: &[Uuid], specs: &[Json<Spec>], lane: Lane) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let (request, now) = (self.request_id()?, ts(self.now));
        sqlx::query!(
            r#"SELECT want_specs($1, $2, $3, $4, $5::jsonb[]) AS "n!""#,
            request,
            lane.code(),
            now as _,
            ids,
            specs as _
        )
        .fetch_one(self.sql())
        .await?;
        self.wake = true;
        Ok(())
    }

    /// Locks the objects of people, and gives what templates may speak of.
    async fn lock_accounts(&mut self, users: &[Uuid]) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT u.id, u.tenant_id, u.title, u.department, o.id AS object, o.spec AS "spec!: Json<Spec>",
                      t.code, t.name
                 -- One that changed hands while this waited for it is its new customer's.
                 FROM users u JOIN object o ON o.id = u.object_id AND o.tenant_id = u.tenant_id
                 JOIN tenant t ON t.id = u.tenant_id
                WHERE u.id = ANY($1) AND u.deleted_at IS NULL AND o.wanted ORDER BY o.id FOR NO KEY UPDATE OF o"#,
            users
        )
        .fetch_all(self.sql())
        .await?;
        let accounts = rows.into_iter().map(|row| Account {
            user: row.id,
            tenant: row.tenant_id,
            object: row.object,
            spec: row.spec.0,
            code: row.code,
            customer: row.name,
            title: row.title,
            department: row.department,
        });
        Ok(accounts.collect())
    }
}

/// What is wanted of an account with what its services say; none when that is wanted already.
fn with_services(account: &Account, held: &[Held], meanings: &Meanings) -> Result<Option<Spec>, FieldError> {
    let Spec::User(spec) = &account.spec else { return Ok(None) };
    let (tenant, user) = (TenantId::from_uuid(account.tenant), UserId::from_uuid(account.user));
    let set = meanings.attributes(tenant, Some(user), held, &|place| account.place(place));
    let set = set.map_err(|error| error.with("person", &spec.logon_name))?;
    if set == spec.service_details {
        return Ok(None);
    }
    let mut spec = spec.clone();
    spec.service_details = set;
    Ok(Some(Spec::User(spec)))
}
