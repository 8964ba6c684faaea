//! What services mean for people: definitions, plans and everything said of
//! properties, loaded once for many.

use std::collections::{BTreeMap, HashMap};

use domain::{
    field::FieldError,
    id::{InstanceId, PlanId, ServiceId, TenantId, UserId},
    limits,
    person::Details,
    service::{Definition, Holding, Level, Said, attributes, chain},
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{StoreError, tx::ReadTx};

/// Something said of a property at a tenant, an instance or a person.
#[derive(Debug, Clone)]
pub struct Word {
    service: Uuid,
    instance: Option<Uuid>,
    user: Option<Uuid>,
    name: String,
    value: String,
    level: Level,
    /// At which tenant.
    pub tenant: TenantId,
    /// Its code and kind, if the caller may see it.
    pub seen: Option<(String, String)>,
}

/// A plan somebody has, of an instance of its service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The version of the plan.
    pub plan: PlanId,
    /// The instance.
    pub instance: InstanceId,
    /// Its code.
    pub instance_code: String,
}

#[derive(Debug, Clone)]
struct PlanMeaning {
    service: Uuid,
    code: String,
    version: i32,
    properties: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
struct ServiceMeaning {
    code: String,
    definition: Definition,
}

/// What is known of some services, for some tenants and people.
#[derive(Debug, Clone, Default)]
pub struct Meanings {
    services: HashMap<Uuid, ServiceMeaning>,
    plans: HashMap<Uuid, PlanMeaning>,
    of_tenant: HashMap<(Uuid, Uuid), Vec<Word>>,
    of_user: HashMap<Uuid, Vec<Word>>,
}

/// Where a value was said, as it is shown.
#[derive(Debug, Clone)]
pub enum Source<'a> {
    /// In the definition of the service.
    Service,
    /// In this plan and version.
    Plan(&'a str, i32),
    /// By somebody.
    Word(&'a Word),
}

impl Meanings {
    /// Everything said of a property for a person of `tenant`, or for the tenant
    /// itself without a plan; the last holds.
    #[must_use]
    pub fn said<'a>(
        &'a self,
        tenant: TenantId,
        user: Option<UserId>,
        service: ServiceId,
        held: Option<&Held>,
        name: &'a str,
    ) -> Vec<Said<'a, Source<'a>>> {
        let mut said = Vec::new();
        let meaning = self.services.get(&service.uuid());
        if let Some(value) = meaning.and_then(|s| s.definition.properties.get(name)?.default.as_deref()) {
            said.push(Said { level: Level::Service, value, source: Source::Service });
        }
        let plan = held.and_then(|held| self.plans.get(&held.plan.uuid()));
        if let Some((plan, value)) = plan.and_then(|plan| Some((plan, plan.properties.get(name)?))) {
            said.push(Said { level: Level::Plan, value, source: Source::Plan(&plan.code, plan.version) });
        }
        let of_tenant = self.of_tenant.get(&(tenant.uuid(), service.uuid())).into_iter().flatten();
        let of_user = user.and_then(|user| self.of_user.get(&user.uuid())).into_iter().flatten();
        let instance = held.map(|held| held.instance.uuid());
        let words = of_tenant.chain(of_user).filter(|word| {
            word.service == service.uuid()
                && word.name == name
                && (word.instance.is_none() || word.instance == instance)
        });
        said.extend(words.map(|word| Said {
            level: word.level,
            value: &word.value,
            source: Source::Word(word),
        }));
        chain(said)
    }

    /// What the plans somebody has set on the person. `person` answers for the
    /// places of customer and person in templates.
    pub fn attributes<'a>(
        &'a self,
        tenant: TenantId,
        user: Option<UserId>,
        held: &'a [Held],
        person: &dyn Fn(&str) -> Option<&'a str>,
    ) -> Result<Details, FieldError> {
        let mut ordered: Vec<_> = held
            .iter()
            .filter_map(|held| {
                let plan = self.plans.get(&held.plan.uuid())?;
                let service = self.services.get(&plan.service)?;
                Some(((&service.code, &held.instance_code, &plan.code), held, plan, service))
            })
            .filter(|(_, _, _, service)| !service.definition.attributes.is_empty())
            .collect();
        ordered.sort_by_key(|(order, ..)| *order);
        let holdings: Vec<_> = ordered
            .into_iter()
            .map(|(_, held, plan, service)| {
                let id = ServiceId::from_uuid(plan.service);
                let values = service.definition.properties.keys().filter_map(|name| {
                    let holds = self.said(tenant, user, id, Some(held), name).pop()?;
                    Some((name.as_str(), holds.value))
                });
                Holding {
                    service: &service.code,
                    definition: &service.definition,
                    instance: &held.instance_code,
                    values: values.collect(),
                }
            })
            .collect();
        attributes(&holdings, person)
    }

    /// The same for a tenant that is only being made below another: what holds there.
    #[must_use]
    pub fn inherited(mut self, from: TenantId, to: TenantId) -> Self {
        let words: Vec<_> = self
            .of_tenant
            .iter()
            .filter(|((tenant, _), _)| *tenant == from.uuid())
            .map(|((_, service), words)| ((to.uuid(), *service), words.clone()))
            .collect();
        self.of_tenant.extend(words);
        self
    }

    /// The service a plan is of, with its code and definition.
    #[must_use]
    pub fn service_of(&self, plan: PlanId) -> Option<(ServiceId, &str, &Definition)> {
        let plan = self.plans.get(&plan.uuid())?;
        let service = self.services.get(&plan.service)?;
        Some((ServiceId::from_uuid(plan.service), &service.code, &service.definition))
    }

    /// Code and version of a plan.
    #[must_use]
    pub fn plan(&self, plan: PlanId) -> Option<(&str, i32)> {
        self.plans.get(&plan.uuid()).map(|plan| (plan.code.as_str(), plan.version))
    }
}

impl ReadTx<'_> {
    /// What these plans, and these services besides, mean for the people of these tenants.
    pub async fn meanings(
        &mut self,
        tenants: &[Uuid],
        plans: &[Uuid],
        services: &[Uuid],
        users: &[Uuid],
    ) -> Result<Meanings, StoreError> {
        let mut found = Meanings::default();
        let rows = sqlx::query!(
            r#"SELECT p.id AS "plan?", p.code AS "plan_code?", p.version AS "version?",
                      p.properties AS "properties?: Json<BTreeMap<String, String>>", s.id, s.code,
                      s.definition AS "definition!: Json<Definition>"
                 FROM service s LEFT JOIN plan p ON p.service_id = s.id AND p.id = ANY($1)
                WHERE p.id IS NOT NULL OR s.id = ANY($2)"#,
            plans,
            services
        )
        .fetch_all(self.sql())
        .await?;
        for row in rows {
            let meaning = ServiceMeaning { code: row.code, definition: row.definition.0 };
            found.services.insert(row.id, meaning);
            if let (Some(id), Some(code), Some(version), Some(properties)) =
                (row.plan, row.plan_code, row.version, row.properties)
            {
                let plan = PlanMeaning { service: row.id, code, version, properties: properties.0 };
                found.plans.insert(id, plan);
            }
        }
        let services: Vec<_> = found.services.keys().copied().collect();
        let rows = sqlx::query!(
            r#"SELECT c.descendant, c.depth, v.tenant_id, v.service_id, v.instance_id, v.user_id, v.name, v.value,
                      t.code AS "tenant_code?", t.kind AS "tenant_kind?"
                 FROM tenant_closure c JOIN property_value v ON v.tenant_id = c.ancestor
                 LEFT JOIN tenant t ON t.id = v.tenant_id
                WHERE c.descendant = ANY($1) AND v.service_id = ANY($2) AND (v.user_id IS NULL OR v.user_id = ANY($3))"#,
            tenants,
            &services,
            users
        )
        .fetch_all(self.sql())
        .await?;
        for row in rows {
            let depth = usize::try_from(row.depth).unwrap_or(0);
            let level = match (row.user_id, row.instance_id) {
                (Some(_), None) => Level::Person,
                (Some(_), Some(_)) => Level::PersonInstance,
                (None, Some(_)) => Level::Instance,
                (None, None) => Level::Tenant(limits::TENANT_DEPTH.saturating_sub(depth)),
            };
            let word = Word {
                service: row.service_id,
                instance: row.instance_id,
                user: row.user_id,
                name: row.name,
                value: row.value,
                level,
                tenant: TenantId::from_uuid(row.tenant_id),
                seen: row.tenant_code.zip(row.tenant_kind),
            };
            match word.user {
                Some(user) => found.of_user.entry(user).or_default().push(word),
                None => found.of_tenant.entry((row.descendant, row.service_id)).or_default().push(word),
            }
        }
        Ok(found)
    }

    /// The running plans of people, each of an instance.
    pub async fn held_by(&mut self, users: &[Uuid]) -> Result<HashMap<Uuid, Vec<Held>>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT s.user_id AS "user!", s.plan_id, i.id, i.code
                 FROM subscription s JOIN user_group g ON g.object_id = s.group_object
                 JOIN service_instance i ON i.id = g.instance_id
                WHERE s.user_id = ANY($1) AND s.ended_at IS NULL"#,
            users
        )
        .fetch_all(self.sql())
        .await?;
        let mut held: HashMap<Uuid, Vec<Held>> = HashMap::new();
        for row in rows {
            held.entry(row.user).or_default().push(Held {
                plan: PlanId::from_uuid(row.plan_id),
                instance: InstanceId::from_uuid(row.id),
                instance_code: row.code,
            });
        }
        Ok(held)
    }
}
