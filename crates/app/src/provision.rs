//! Putting people into a customer: names, rows, objects, groups, plans, links.
//! Shared by orders and by the creation of one or many users.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    fact,
    field::{FieldError, Rule},
    id::{ObjectId, OrderId, ServiceId, SubscriptionId, TargetId, TenantId, UserId},
    naming::Pattern,
    person::{self, Detail},
    spec::{Spec, UserSpec},
};
use jiff::{Timestamp, tz::TimeZone};
use store::{
    catalogue::Plan,
    objects::Edge,
    subscriptions::NewSubscription,
    tx::WriteTx,
    users::{Account, Links, Manager, NewUser},
};

use crate::{AppError, managers, names, people::Person};

/// A customer as far as its people need it.
pub(crate) struct Home<'a> {
    pub tenant: TenantId,
    pub code: &'a str,
    pub target: TargetId,
    pub folder: ObjectId,
    pub members: ObjectId,
    pub zone: &'a str,
    pub pattern: &'a str,
    pub suffixes: &'a [String],
    /// The group of each service the customer has.
    pub services: BTreeMap<ServiceId, ObjectId>,
    pub plans: &'a [Plan],
    pub order: Option<OrderId>,
}

impl Home<'_> {
    /// The clock of its people.
    fn clock(&self) -> TimeZone {
        fact::time_zone(self.zone).unwrap_or(TimeZone::UTC)
    }
}

/// A person that was put in.
#[derive(Debug, Clone)]
pub struct Created {
    /// As stored.
    pub user: NewUser,
    /// What the person subscribes to.
    pub plans: Vec<CreatedPlan>,
    /// The secret part of the activation link.
    pub activation: String,
    /// Until when the link can be used.
    pub expires_at: Timestamp,
}

/// A plan a person was given.
#[derive(Debug, Clone)]
pub struct CreatedPlan {
    /// The subscription.
    pub id: SubscriptionId,
    /// Plan code.
    pub code: String,
    /// Plan version.
    pub version: i32,
    /// Plan name.
    pub name: String,
}

/// What is ready to be written for some people.
pub(crate) struct Prepared {
    pub users: Vec<NewUser>,
    pub edges: Vec<Edge>,
    subscriptions: Vec<NewSubscription>,
    plans: Vec<Vec<CreatedPlan>>,
}

/// The plan with this code that people may have here.
fn user_plan<'p>(home: &'p Home<'_>, field: String, code: &str) -> Result<&'p Plan, FieldError> {
    let known = || {
        let codes: Vec<_> = home
            .plans
            .iter()
            .filter(|p| p.per_user && home.services.contains_key(&p.service))
            .map(|p| p.code.as_str())
            .collect();
        codes.join(", ")
    };
    home.plans
        .iter()
        .find(|p| p.code == code && p.per_user && home.services.contains_key(&p.service))
        .ok_or_else(|| FieldError::new(field, Rule::Unknown).with("value", code).with("known", known()))
}

/// Resolves plans and names. `paths` says where each person stands in what was given.
pub(crate) async fn prepare(
    tx: &mut WriteTx<'_>,
    home: &Home<'_>,
    paths: &[String],
    people: &[Person],
) -> Result<Prepared, AppError> {
    let mut errors = Vec::new();
    let mut plans = Vec::with_capacity(people.len());
    for (path, person) in paths.iter().zip(people) {
        let mut own = Vec::new();
        for (i, code) in person.plans.iter().enumerate() {
            let field = if path.is_empty() { format!("plans[{i}]") } else { format!("{path}.plans[{i}]") };
            match user_plan(home, field.clone(), code) {
                Ok(plan) if own.iter().any(|p: &Plan| p.id == plan.id) => {
                    errors.push(FieldError::new(field, Rule::Duplicate).with("value", code));
                }
                Ok(plan) => own.push(plan.clone()),
                Err(error) => errors.push(error),
            }
        }
        plans.push(own);
    }
    errors.extend(taken_keys(tx, home.tenant, paths, people).await?);
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let pattern = Pattern::parse("naming_pattern", home.pattern).map_err(AppError::field)?;
    let ids: Vec<UserId> = people.iter().map(|_| tx.id()).collect();
    let asked: Vec<_> =
        paths.iter().zip(people).zip(&ids).map(|((path, p), id)| (path.clone(), p, *id)).collect();
    let naming = names::Naming {
        tenant: home.tenant,
        code: home.code,
        target: home.target,
        pattern: &pattern,
        suffixes: home.suffixes,
    };
    let names = names::assign(tx, &naming, &asked).await?;
    let made: Vec<(UserId, ObjectId)> = ids.into_iter().map(|id| (id, tx.id())).collect();
    let managers = managers::of_new(tx, home.tenant, paths, people, &made, &names).await?;
    let mut prepared = Prepared { users: vec![], edges: vec![], subscriptions: vec![], plans: vec![] };
    let all = people.iter().zip(made).zip(names).zip(managers).zip(plans);
    for ((((person, made), names), manager), plans) in all {
        prepared.add(tx, home, person, made, names, manager, plans);
    }
    Ok(prepared)
}

/// External ids that somebody else of the customer has.
async fn taken_keys(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    paths: &[String],
    people: &[Person],
) -> Result<Vec<FieldError>, AppError> {
    let key = |person: &Person| person.details.get(&Detail::ExternalId).cloned();
    let keys: Vec<_> = people.iter().filter_map(key).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let taken = tx.external_ids_taken(tenant, &keys).await?;
    let errors = paths.iter().zip(people).filter_map(|(path, person)| {
        let key = key(person).filter(|key| taken.contains(key))?;
        let error = FieldError::new("details.external_id", Rule::Taken).with("value", key);
        Some(if path.is_empty() { error } else { error.under(path) })
    });
    Ok(errors.collect())
}

impl Prepared {
    fn add(
        &mut self,
        tx: &WriteTx<'_>,
        home: &Home<'_>,
        person: &Person,
        (id, object): (UserId, ObjectId),
        names: names::Names,
        manager: Option<Manager>,
        plans: Vec<Plan>,
    ) {
        let spec = Spec::User(UserSpec {
            parent: home.folder,
            // Unique in the directory already, short, and untouched by a change of name.
            name: names.logon.clone(),
            logon_name: names.logon.clone(),
            principal_name: names.principal.clone(),
            given_name: person.given_name.clone(),
            surname: person.surname.clone(),
            display_name: person.display_name.clone(),
            mail: person.mail.clone(),
            phone: person.phone.clone(),
            title: person.title.clone(),
            department: person.department.clone(),
            manager: manager.as_ref().map(|m| m.object),
            enabled: person.enabled,
            details: person::in_target(&person.details, &home.clock(), tx.now()),
            unlocked_at: None,
            password_expired_at: None,
        });
        self.edges.push(Edge { group: home.members, member: object });
        let groups: BTreeSet<_> = plans.iter().map(|plan| home.services[&plan.service]).collect();
        self.edges.extend(groups.into_iter().map(|group| Edge { group, member: object }));
        let mut given = Vec::with_capacity(plans.len());
        for plan in plans {
            let subscription = tx.id();
            self.subscriptions.push(NewSubscription {
                id: subscription,
                user: Some(id),
                plan: plan.id,
                order: home.order,
                group: home.services[&plan.service],
                member: Some(object),
            });
            given.push(CreatedPlan {
                id: subscription,
                code: plan.code,
                version: plan.version,
                name: plan.name,
            });
        }
        self.plans.push(given);
        self.users.push(NewUser {
            id,
            account: Some(Account { object, target: home.target, spec }),
            given_name: person.given_name.clone(),
            surname: person.surname.clone(),
            display_name: person.display_name.clone(),
            principal_name: names.principal,
            logon_name: Some(names.logon),
            mail: person.mail.clone(),
            phone: person.phone.clone(),
            title: person.title.clone(),
            department: person.department.clone(),
            manager,
            enabled: person.enabled,
            administrator: false,
            details: person.details.clone(),
        });
    }

    /// What belongs to people who were just created: their subscriptions.
    pub(crate) async fn subscribe(
        self,
        tx: &mut WriteTx<'_>,
        home: &Home<'_>,
        links: Links,
    ) -> Result<Vec<Created>, AppError> {
        if !self.subscriptions.is_empty() {
            tx.subscribe(home.tenant, home.zone, &self.subscriptions).await?;
        }
        for (user, plans) in self.users.iter().zip(&self.plans) {
            for plan in plans {
                tx.note_plan(home.tenant, user.id, &plan.code, plan.version, true);
            }
        }
        let expires_at = links.expires_at;
        Ok(self
            .users
            .into_iter()
            .zip(self.plans)
            .zip(links.tokens)
            .map(|((user, plans), activation)| Created { user, plans, activation, expires_at })
            .collect())
    }
}
