//! Putting people into a customer: names, rows, objects, groups, plans, links.
//! Shared by orders and by the creation of one or many users.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    custom::{self, Definition, Form, Giver, Slots, Value},
    fact,
    field::{FieldError, Rule},
    id::{GroupId, ObjectId, OrderId, SubscriptionId, TargetId, TenantId, UserId},
    naming::Pattern,
    person::{self, Detail, Details},
    service::split_instance,
    spec::{Spec, UserSpec},
};
use jiff::{Timestamp, tz::TimeZone};
use store::{
    catalogue::{Bundle, Held, Instance, Meanings, NewAssignment, Plan},
    objects::Edge,
    subscriptions::NewSubscription,
    tx::WriteTx,
    users::{Account, Links, Manager, NewUser},
};

use crate::{AppError, bundles, mails, managers, names, people::Person};

/// A customer as far as its people need it.
pub(crate) struct Home<'a> {
    pub tenant: TenantId,
    pub code: &'a str,
    pub name: &'a str,
    pub target: TargetId,
    pub folder: ObjectId,
    pub members: ObjectId,
    pub zone: &'a str,
    pub pattern: &'a str,
    pub suffixes: &'a [String],
    /// The instances of services the customer has, with their groups.
    pub instances: Vec<Instance>,
    pub plans: &'a [Plan],
    /// What the plans mean for a person.
    pub meanings: Meanings,
    /// Bundles that can be given, the newest version of each first.
    pub bundles: Vec<Bundle>,
    /// The customer's own groups that bundles name, by name in lower case.
    pub groups: HashMap<String, (GroupId, ObjectId)>,
    /// Custom fields of its people.
    pub fields: Vec<Definition>,
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
    /// Custom fields, by key.
    pub fields: BTreeMap<String, String>,
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
    /// Code of the instance of its service.
    pub instance: String,
}

/// What is ready to be written for some people.
pub(crate) struct Prepared {
    pub users: Vec<NewUser>,
    pub edges: Vec<Edge>,
    subscriptions: Vec<NewSubscription>,
    /// Those that came with bundles alone.
    bundled: Vec<SubscriptionId>,
    assignments: Vec<NewAssignment>,
    pub plans: Vec<Vec<CreatedPlan>>,
    /// Who gets the activation link by mail.
    mailed: Vec<bool>,
}

/// What somebody is to have.
#[derive(Default)]
pub(crate) struct Wanted<'h> {
    /// Plans of instances, and whether a bundle alone gives it.
    pub plans: Vec<(&'h Plan, &'h Instance, bool)>,
    /// Bundles with the plans they give and the groups they bring.
    pub bundles: Vec<(&'h Bundle, Vec<String>, Vec<ObjectId>)>,
}

impl Home<'_> {
    /// The plan people may have here by this code, of the instance it names.
    pub(crate) fn plan(&self, field: &str, text: &str) -> Result<(&Plan, &Instance), FieldError> {
        let (code, named) = split_instance(text);
        let here = |plan: &&Plan| plan.per_user && self.instances.iter().any(|i| i.service == plan.service);
        let Some(plan) = self.plans.iter().filter(here).find(|plan| plan.code == code) else {
            let known: Vec<_> = self.plans.iter().filter(here).map(|p| p.code.as_str()).collect();
            let error = FieldError::new(field, Rule::Unknown).with("value", text);
            return Err(error.with("known", known.join(", ")));
        };
        let of: Vec<_> = self.instances.iter().filter(|i| i.service == plan.service).collect();
        let all = || of.iter().map(|i| format!("{code}@{}", i.code)).collect::<Vec<_>>().join(", ");
        match (named, of.as_slice()) {
            (None, [only]) => Ok((plan, *only)),
            (None, _) => Err(FieldError::new(field, Rule::Format).with("expected", all())),
            (Some(named), _) => match of.iter().find(|i| i.code == named) {
                Some(instance) => Ok((plan, *instance)),
                None => Err(FieldError::new(field, Rule::Unknown).with("value", text).with("known", all())),
            },
        }
    }

    /// A plan of an instance as people write it: with the instance where there are several.
    pub(crate) fn label(&self, plan: &Plan, instance: &Instance) -> String {
        match self.instances.iter().filter(|i| i.service == plan.service).count() {
            0 | 1 => plan.code.clone(),
            _ => format!("{}@{}", plan.code, instance.code),
        }
    }

    /// What a bundle gives here: its plans, and the objects of its groups.
    pub(crate) fn bundle(&self, field: &str, code: &str) -> Result<Content<'_>, Vec<FieldError>> {
        let Some(bundle) = self.bundles.iter().find(|b| b.content.code == code && !b.retired) else {
            let mut known: Vec<_> =
                self.bundles.iter().filter(|b| !b.retired).map(|b| b.content.code.as_str()).collect();
            known.dedup();
            let error = FieldError::new(field, Rule::Unknown).with("value", code);
            return Err(vec![error.with("known", known.join(", "))]);
        };
        let (mut plans, mut groups, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for plan in &bundle.content.plans {
            match self.plan(field, plan) {
                Ok(found) => plans.push(found),
                Err(error) => errors.push(error),
            }
        }
        for name in &bundle.content.groups {
            match self.groups.get(&name.to_lowercase()) {
                Some((_, object)) => groups.push(*object),
                None => errors.push(FieldError::new(field, Rule::Unknown).with("value", name)),
            }
        }
        if errors.is_empty() { Ok((bundle, plans, groups)) } else { Err(errors) }
    }

    /// What a person asked for by plans and bundles.
    pub(crate) fn wanted(&self, path: &str, person: &Person) -> Result<Wanted<'_>, Vec<FieldError>> {
        let under = |name: String| if path.is_empty() { name } else { format!("{path}.{name}") };
        let (mut wanted, mut errors) = (Wanted::default(), Vec::new());
        for (i, text) in person.plans.iter().enumerate() {
            let field = under(format!("plans[{i}]"));
            match self.plan(&field, text) {
                Ok((plan, instance)) if wanted.has(plan, instance) => {
                    errors.push(FieldError::new(field, Rule::Duplicate).with("value", text));
                }
                Ok((plan, instance)) => wanted.plans.push((plan, instance, false)),
                Err(error) => errors.push(error),
            }
        }
        let mut brought = BTreeSet::new();
        for (i, code) in person.bundles.iter().enumerate() {
            let field = under(format!("bundles[{i}]"));
            if person.bundles[..i].contains(code) {
                errors.push(FieldError::new(&field, Rule::Duplicate).with("value", code));
                continue;
            }
            match self.bundle(&field, code) {
                Ok((bundle, plans, groups)) => {
                    let given = bundles::given(&plans);
                    for (plan, instance) in plans {
                        if !wanted.has(plan, instance) {
                            wanted.plans.push((plan, instance, true));
                        }
                    }
                    wanted.bundles.push((
                        bundle,
                        given,
                        groups.into_iter().filter(|g| brought.insert(*g)).collect(),
                    ));
                }
                Err(more) => errors.extend(more),
            }
        }
        if errors.is_empty() { Ok(wanted) } else { Err(errors) }
    }

    /// What the services of a person set on the account.
    fn service_details(
        &self,
        person: &Person,
        names: &names::Names,
        wanted: &Wanted<'_>,
    ) -> Result<Details, FieldError> {
        let held: Vec<_> = wanted
            .plans
            .iter()
            .map(|(plan, instance, _)| Held {
                plan: plan.id,
                instance: instance.id,
                instance_code: instance.code.clone(),
            })
            .collect();
        let place = |place: &str| match place {
            "code" => Some(self.code),
            "customer" => Some(self.name),
            "logon_name" => Some(names.logon.as_str()),
            "principal_name" => Some(names.principal.as_str()),
            "user_name" => names.principal.rsplit_once('@').map(|(name, _)| name),
            "given_name" => person.given_name.as_deref(),
            "surname" => person.surname.as_deref(),
            "display_name" => Some(person.display_name.as_str()),
            "mail" => person.mail.as_deref(),
            "title" => person.title.as_deref(),
            "department" => person.department.as_deref(),
            _ => None,
        };
        self.meanings.attributes(self.tenant, None, &held, &place)
    }
}

/// A bundle with what it gives in one customer.
pub(crate) type Content<'h> = (&'h Bundle, Vec<(&'h Plan, &'h Instance)>, Vec<ObjectId>);

impl Wanted<'_> {
    fn has(&self, plan: &Plan, instance: &Instance) -> bool {
        self.plans.iter().any(|(p, i, _)| p.id == plan.id && i.id == instance.id)
    }
}

/// Resolves plans and names. `paths` says where each person stands in what was given.
pub(crate) async fn prepare(
    tx: &mut WriteTx<'_>,
    home: &Home<'_>,
    paths: &[String],
    people: &[Person],
) -> Result<Prepared, AppError> {
    let made: Vec<(UserId, ObjectId)> = people.iter().map(|_| (tx.id(), tx.id())).collect();
    prepare_as(tx, home, paths, people, made).await
}

/// As [`prepare`], of people whose ids and accounts are known.
pub(crate) async fn prepare_as(
    tx: &mut WriteTx<'_>,
    home: &Home<'_>,
    paths: &[String],
    people: &[Person],
    made: Vec<(UserId, ObjectId)>,
) -> Result<Prepared, AppError> {
    let mut errors = Vec::new();
    let mut wanted = Vec::with_capacity(people.len());
    for (path, person) in paths.iter().zip(people) {
        match home.wanted(path, person) {
            Ok(own) => wanted.push(own),
            Err(more) => errors.extend(more),
        }
    }
    errors.extend(taken_keys(tx, home.tenant, paths, people.iter()).await?);
    let form = Form::new(&home.fields);
    let mut fields = Vec::with_capacity(people.len());
    for (path, person) in paths.iter().zip(people) {
        match first_values(&form, path, &person.fields) {
            Ok(own) => fields.push(own),
            Err(more) => errors.extend(more),
        }
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let pattern = Pattern::parse("naming_pattern", home.pattern).map_err(AppError::field)?;
    let asked: Vec<_> =
        paths.iter().zip(people).zip(&made).map(|((path, p), (id, _))| (path.clone(), p, *id)).collect();
    let naming = names::Naming {
        tenant: home.tenant,
        code: home.code,
        target: home.target,
        pattern: &pattern,
        suffixes: home.suffixes,
    };
    let names = names::assign(tx, &naming, &asked).await?;
    let managers = managers::of_new(tx, home.tenant, paths, people, &made, &names).await?;
    let mut prepared = Prepared {
        users: vec![],
        edges: vec![],
        subscriptions: vec![],
        bundled: vec![],
        assignments: vec![],
        plans: vec![],
        mailed: people.iter().map(|person| person.by_mail).collect(),
    };
    let all = paths.iter().zip(people).zip(made).zip(names).zip(managers).zip(wanted).zip(fields);
    for ((((((path, person), made), names), manager), wanted), fields) in all {
        match home.service_details(person, &names, &wanted) {
            Ok(service_details) => {
                let found = Found { names, service_details, manager, fields };
                prepared.add(tx, home, person, made, found, &wanted);
            }
            Err(error) if path.is_empty() => errors.push(error),
            Err(error) => errors.push(error.under(path)),
        }
    }
    if errors.is_empty() { Ok(prepared) } else { Err(AppError::Invalid(errors)) }
}

/// The custom fields of somebody who is being created; errors say whose they are.
pub(crate) fn first_values(
    form: &Form<'_>,
    path: &str,
    given: &BTreeMap<String, String>,
) -> Result<Vec<Value>, Vec<FieldError>> {
    let given = given.iter().map(|(key, text)| (key.as_str(), Some(text.as_str())));
    form.read(Giver::Creator, given).map_err(|errors| {
        let place = |error: FieldError| if path.is_empty() { error } else { error.under(path) };
        errors.into_iter().map(place).collect()
    })
}

/// What was found out about somebody new.
struct Found {
    names: names::Names,
    service_details: Details,
    manager: Option<Manager>,
    fields: Vec<Value>,
}

/// External ids that somebody else of the customer has.
pub(crate) async fn taken_keys<'p>(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    paths: &[String],
    people: impl Iterator<Item = &'p Person> + Clone,
) -> Result<Vec<FieldError>, AppError> {
    let key = |person: &Person| person.details.get(&Detail::ExternalId).cloned();
    let keys: Vec<_> = people.clone().filter_map(key).collect();
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
        found: Found,
        wanted: &Wanted<'_>,
    ) {
        let Found { names, service_details, manager, fields } = found;
        let values = fields.iter().filter_map(|value| Some((value.field, value.value.clone()?))).collect();
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
            service_details,
            foreign_manager: false,
            slots: custom::slots(&home.fields, &values, &Slots::new()),
            unlocked_at: None,
            password_expired_at: None,
        });
        self.edges.push(Edge { group: home.members, member: object });
        let given = self.give(tx, home, (id, object), wanted);
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
            fields,
        });
    }

    /// The groups that come with bundles: to bring somebody in takes a right of its own.
    pub(crate) fn groups_of_bundles(&self) -> Vec<ObjectId> {
        let all = self.assignments.iter().flat_map(|assignment| &assignment.groups);
        all.copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Notes the groups, subscriptions and bundles somebody gets.
    fn give(
        &mut self,
        tx: &WriteTx<'_>,
        home: &Home<'_>,
        (id, object): (UserId, ObjectId),
        wanted: &Wanted<'_>,
    ) -> Vec<CreatedPlan> {
        let of_plans = wanted.plans.iter().flat_map(|(_, instance, _)| &instance.groups);
        let of_bundles = wanted.bundles.iter().flat_map(|(.., groups)| groups);
        let groups: BTreeSet<_> = of_plans.chain(of_bundles).copied().collect();
        self.edges.extend(groups.into_iter().map(|group| Edge { group, member: object }));
        let mut given = Vec::with_capacity(wanted.plans.len());
        for (plan, instance, bundled) in &wanted.plans {
            let subscription = tx.id();
            self.subscriptions.push(NewSubscription {
                id: subscription,
                user: Some(id),
                plan: plan.id,
                order: home.order,
                group: instance.groups[0],
                member: Some(object),
            });
            if *bundled {
                self.bundled.push(subscription);
            }
            given.push(CreatedPlan {
                id: subscription,
                code: plan.code.clone(),
                version: plan.version,
                name: plan.name.clone(),
                instance: instance.code.clone(),
            });
        }
        for (bundle, plans, groups) in &wanted.bundles {
            let name = format!("{}/{}", bundle.content.code, bundle.content.version);
            let (plans, groups) = (plans.clone(), groups.clone());
            self.assignments.push(NewAssignment { user: id, bundle: bundle.id, name, plans, groups });
        }
        given
    }

    /// Begins what was given: subscriptions and bundles.
    pub(crate) async fn begin(&self, tx: &mut WriteTx<'_>, home: &Home<'_>) -> Result<(), AppError> {
        if !self.subscriptions.is_empty() {
            tx.subscribe(home.tenant, home.zone, &self.subscriptions).await?;
            tx.set_direct(&self.bundled, false).await?;
        }
        tx.assign_bundles(home.tenant, &self.assignments).await?;
        for (user, plans) in self.users.iter().zip(&self.plans) {
            for plan in plans {
                tx.note_plan(home.tenant, user.id, &plan.code, plan.version, true);
            }
        }
        Ok(())
    }

    /// What belongs to people who were just created: their subscriptions.
    pub(crate) async fn subscribe(
        self,
        tx: &mut WriteTx<'_>,
        home: &Home<'_>,
        links: Links,
    ) -> Result<Vec<Created>, AppError> {
        self.begin(tx, home).await?;
        for ((user, token), _) in
            self.users.iter().zip(&links.tokens).zip(&self.mailed).filter(|(_, by)| **by)
        {
            mails::send_activation(tx, home.tenant, user, token)?;
        }
        let expires_at = links.expires_at;
        Ok(self
            .users
            .into_iter()
            .zip(self.plans)
            .zip(links.tokens)
            .map(|((user, plans), activation)| {
                let fields = user.fields.iter();
                let fields = fields.filter_map(|v| Some((v.key.clone(), v.value.clone()?))).collect();
                Created { user, plans, fields, activation, expires_at }
            })
            .collect())
    }
}
