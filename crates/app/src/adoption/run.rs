//! What an adoption writes: the customer, its containers with their access,
//! groups, people, and what they have; in one transaction, with one request.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    adoption::{Values, user_spec},
    group::{GroupKind, nesting},
    id::{GroupId, InstanceKind, ObjectId, RequestId, ServiceId, TenantId, UserId},
    person::Detail,
    request::Lane,
    service::MAIN_INSTANCE,
    spec::{Attribute, GroupSpec, ObjectKind, Spec},
    tenant::TenantKind,
};
use serde_json::json;
use store::{
    adoptions::{Adopted, Adoption},
    catalogue::NewInstance,
    groups::{GroupPurpose, GroupValues, NewGroup},
    objects::{Edge, Entity, NewObject},
    subscriptions::NewSubscription,
    surveys::SurveyObject,
    tenants::NewTenant,
    tx::{Permit, WriteTx, act},
    users::{Account, Name, NewUser},
};
use uuid::Uuid;

use super::{
    Plan,
    outcome::{Outcome, logon_name, members_name},
};
use crate::{AppError, error::Conflict};

type Permits<'p> = (&'p Permit<act::DirectoryAdopt>, &'p Permit<act::OrderCreate>);

/// What is made of an adoption, before it is written.
struct Build<'a> {
    plan: &'a Plan,
    outcome: &'a Outcome,
    adoption: &'a Adoption,
    tenant: TenantId,
    folder: ObjectId,
    members: ObjectId,
    /// Ours for each object that is taken over.
    ours: BTreeMap<Uuid, ObjectId>,
    /// Ours for each container, by its address.
    places: BTreeMap<String, ObjectId>,
    /// The person for each account that is taken over.
    people: BTreeMap<Uuid, UserId>,
    /// The group that makes each service real.
    services: BTreeMap<ServiceId, ObjectId>,
    objects: Vec<NewObject>,
    groups: Vec<NewGroup>,
    instances: Vec<NewInstance>,
    names: Vec<(Name, Uuid)>,
}

/// Writes it all; gives the request.
pub(super) async fn carry_out(
    tx: &mut WriteTx<'_>,
    (adopt, order): Permits<'_>,
    adoption: &Adoption,
    plan: &Plan,
    outcome: &Outcome,
) -> Result<RequestId, AppError> {
    let mut build = Build::new(tx, adoption, plan, outcome);
    build.containers(tx);
    build.all_groups(tx);
    let users = build.users();
    let tenant = build.tenant;
    build.own_names();
    if !tx.reserve(tenant, &build.names).await?.is_empty() {
        return Err(AppError::Conflict(Conflict::PreviewStale));
    }
    let seller = &order.tenant;
    tx.insert_customer(order, &build.new_tenant(seller.brand)).await?;
    let lane = Lane::for_objects(build.objects.len() + users.len());
    let args = json!({ "name": plan.name, "count": users.len() });
    let request = tx.open_request(tenant, "adoption", args, lane);
    tx.want_new(&build.objects, lane).await?;
    tx.insert_first_groups(order, tenant, &build.groups).await?;
    tx.insert_instances(order, tenant, &build.instances).await?;
    let edges = build.edges();
    tx.adopt_people(adopt, tenant, &users, &edges, lane).await?;
    tx.adopt_nested(adopt, tenant, &build.nested()).await?;
    tx.found_at(adopt, tenant, adoption.target, &build.adopted()).await?;
    build.subscribe(tx).await?;
    tx.adoption_run(adopt, adoption, tenant).await?;
    Ok(request)
}

impl<'a> Build<'a> {
    fn new(tx: &WriteTx<'_>, adoption: &'a Adoption, plan: &'a Plan, outcome: &'a Outcome) -> Self {
        let mut ours: BTreeMap<Uuid, ObjectId> = BTreeMap::new();
        for kind in [ObjectKind::Container, ObjectKind::Group, ObjectKind::User] {
            ours.extend(outcome.created(kind).map(|(d, _)| (d.id, tx.id())));
        }
        let people = outcome.created(ObjectKind::User).map(|(d, _)| (d.id, tx.id())).collect();
        let containers = outcome.created(ObjectKind::Container);
        let places = containers.map(|(d, c)| (c.key(), ours[&d.id])).collect();
        let folder = ours[&outcome.top().external_id];
        let (tenant, members) = (tx.id(), tx.id());
        let (services, objects, groups, names) = (BTreeMap::new(), vec![], vec![], vec![]);
        Self {
            plan,
            outcome,
            adoption,
            tenant,
            folder,
            members,
            ours,
            places,
            people,
            services,
            objects,
            groups,
            instances: Vec::new(),
            names,
        }
    }

    fn object(&self, id: ObjectId, entity: (Entity, Uuid), spec: Spec) -> NewObject {
        NewObject { id, tenant: self.tenant, target: self.adoption.target, entity, spec }
    }

    /// Ours for what an object lies in.
    fn parent(&self, object: &SurveyObject) -> Option<ObjectId> {
        self.places.get(&object.parent_key).copied()
    }

    /// The containers as they are, each closed to all but the customer's people:
    /// by default whatever lies in a container of its own can be listed by everybody.
    fn containers(&mut self, tx: &WriteTx<'_>) {
        let outcome = self.outcome;
        for (decision, found) in outcome.created(ObjectKind::Container) {
            let (id, access): (ObjectId, ObjectId) = (self.ours[&decision.id], tx.id());
            let is_top = id == self.folder;
            let entity = |own: ObjectId| match is_top {
                true => (Entity::Tenant, self.tenant.uuid()),
                false => (Entity::Unit, own.uuid()),
            };
            let spec = Spec::Container {
                name: found.name.clone(),
                parent: if is_top { outcome.parent } else { self.parent(found) },
                description: found.attributes.get(&Attribute::Description).cloned(),
            };
            let closed = Spec::Access { container: id, readers: self.members };
            let both = [self.object(id, entity(id), spec), self.object(access, entity(access), closed)];
            self.objects.extend(both);
        }
    }

    /// The groups that were there, and those that are missing.
    fn all_groups(&mut self, tx: &WriteTx<'_>) {
        let outcome = self.outcome;
        let by_group: BTreeMap<_, _> = outcome.service_groups.iter().map(|(s, g)| (*g, *s)).collect();
        for (decision, found) in outcome.created(ObjectKind::Group) {
            let (id, group): (ObjectId, GroupId) = (self.ours[&decision.id], tx.id());
            let service = by_group.get(&decision.id).copied();
            let logon = found.attributes.get(&Attribute::LogonName).cloned().unwrap_or_default();
            let description = found.attributes.get(&Attribute::Description).cloned();
            self.names.push((Name::logon(self.adoption.target, &logon), group.uuid()));
            let shown = |attribute| found.attributes.get(&attribute).cloned();
            let kind = shown(Attribute::GroupKind).and_then(|kind| GroupKind::from_code(&kind));
            // It stays as it is: what differs from what is wanted would be changed.
            let spec = GroupSpec {
                description: description.clone(),
                group_kind: kind.unwrap_or_default(),
                mail: shown(Attribute::Mail),
                aliases: shown(Attribute::Detail(Detail::Aliases)),
                ..GroupSpec::security(self.parent(found).unwrap_or(self.folder), found.name.clone(), logon)
            };
            let values = GroupValues {
                name: found.name.clone(),
                description,
                kind: spec.group_kind,
                mail: spec.mail.clone(),
                aliases: spec.aliases.clone(),
            };
            let object = self.object(id, (Entity::Group, group.uuid()), Spec::Group(spec));
            self.objects.push(object);
            match service {
                Some(service) => self.instance(tx, service, (group, id, values.name)),
                None => self.groups.push(NewGroup {
                    id: group,
                    object: id,
                    purpose: GroupPurpose::Custom,
                    values,
                }),
            }
        }
        let members = (members_name(&self.plan.code), self.plan.name.clone());
        let id = self.new_group(tx, self.members, members);
        let values = GroupValues { name: "Members".to_owned(), ..GroupValues::default() };
        let purpose = GroupPurpose::Members;
        self.groups.push(NewGroup { id, object: self.members, purpose, values });
        for service in outcome.services() {
            if self.services.contains_key(&service) {
                continue;
            }
            let Some(plan) = outcome.plans.values().find(|plan| plan.service == service) else { continue };
            let (object, name): (ObjectId, _) = (tx.id(), plan.service_name.clone());
            let group = self.new_group(tx, object, (format!("{} {name}", self.plan.code), name.clone()));
            self.instance(tx, service, (group, object, name));
        }
    }

    /// A service of the customer, which one group stands for.
    fn instance(&mut self, tx: &WriteTx<'_>, service: ServiceId, group: (GroupId, ObjectId, String)) {
        let plan = self.outcome.plans.values().find(|plan| plan.service == service);
        let name = plan.map_or_else(|| group.2.clone(), |plan| plan.service_name.clone());
        self.services.insert(service, group.1);
        let (id, code) = (tx.id::<InstanceKind>(), MAIN_INSTANCE.to_owned());
        self.instances.push(NewInstance { id, service, code, name, groups: vec![group] });
    }

    fn new_group(
        &mut self,
        tx: &WriteTx<'_>,
        object: ObjectId,
        (name, description): (String, String),
    ) -> GroupId {
        let id: GroupId = tx.id();
        let logon_name = logon_name(&name);
        self.names.push((Name::logon(self.adoption.target, &logon_name), id.uuid()));
        let description = Some(description);
        let spec = GroupSpec { description, ..GroupSpec::security(self.folder, name, logon_name) };
        let wanted = self.object(object, (Entity::Group, id.uuid()), Spec::Group(spec));
        self.objects.push(wanted);
        id
    }

    fn users(&mut self) -> Vec<NewUser> {
        let outcome = self.outcome;
        let mut users = Vec::with_capacity(self.people.len());
        for (decision, found) in outcome.created(ObjectKind::User) {
            let Some(values) = decision.values.clone() else { continue };
            let id = self.people[&decision.id];
            self.names.push((Name::principal(&values.principal_name), id.uuid()));
            self.names.push((Name::logon(self.adoption.target, &values.logon_name), id.uuid()));
            let parent = self.parent(found).unwrap_or(self.folder);
            let external = self.plan.people.get(&decision.id).and_then(|extra| extra.external_id.clone());
            let spec = Spec::User(user_spec(&found.attributes, parent));
            let account = Account { object: self.ours[&decision.id], target: self.adoption.target, spec };
            users.push(person(id, account, values, external));
        }
        users
    }

    fn own_names(&mut self) {
        let id = self.tenant.uuid();
        self.names.push((Name::code(&self.plan.code), id));
        self.names.extend(self.outcome.suffixes.iter().map(|suffix| (Name::suffix(suffix), id)));
    }

    fn new_tenant(&self, brand: Option<Uuid>) -> NewTenant {
        let plan = self.plan;
        NewTenant {
            id: self.tenant,
            kind: TenantKind::Customer,
            code: plan.code.clone(),
            name: plan.name.clone(),
            billing_id: plan.billing_id.clone(),
            standing: plan.standing,
            brand: brand.map(domain::id::Id::from_uuid),
            language: plan.language.clone(),
            time_zone: plan.time_zone.clone(),
            currency: plan.currency.clone(),
            target: Some(self.adoption.target),
            naming_pattern: plan.naming_pattern.clone(),
            folder: Some(self.folder),
            members: Some(self.members),
        }
    }

    /// Everybody is in the group of all; in their own groups they are already;
    /// and in that of each service they have.
    fn edges(&self) -> Vec<Edge> {
        let mut edges = BTreeSet::new();
        for (decision, found) in self.outcome.created(ObjectKind::User) {
            let member = self.ours[&decision.id];
            edges.insert((self.members, member));
            let groups = found.member_of.iter().filter_map(|group| self.ours.get(group));
            edges.extend(groups.map(|group| (*group, member)));
        }
        for given in &self.outcome.given {
            let member = given.person.and_then(|person| self.ours.get(&person));
            let group = self.outcome.plans.get(&given.plan).and_then(|plan| self.services.get(&plan.service));
            edges.extend(group.zip(member).map(|(group, member)| (*group, *member)));
        }
        edges.into_iter().map(|(group, member)| Edge { group, member }).collect()
    }

    /// Groups that are in other groups. What goes round in a circle or is too deep stays in
    /// the directory as it is, and the next scan tells it.
    fn nested(&self) -> Vec<Edge> {
        let (mut parents, mut children) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        let mut edges = Vec::new();
        for (decision, found) in self.outcome.created(ObjectKind::Group) {
            let member = self.ours[&decision.id];
            for group in found.member_of.iter().filter_map(|group| self.ours.get(group).copied()) {
                if nesting(group, member, &parents, &children).is_ok() {
                    parents.entry(member).or_default().push(group);
                    children.entry(group).or_default().push(member);
                    edges.push(Edge { group, member });
                }
            }
        }
        edges
    }

    fn adopted(&self) -> Vec<Adopted> {
        let at = |(id, object): (&Uuid, &ObjectId)| Adopted {
            object: *object,
            external_id: *id,
            dn: self.outcome.objects[id].dn.clone(),
        };
        self.ours.iter().map(at).collect()
    }

    async fn subscribe(&self, tx: &mut WriteTx<'_>) -> Result<(), AppError> {
        let (mut all, mut notes) = (Vec::new(), Vec::new());
        for given in &self.outcome.given {
            let Some(plan) = self.outcome.plans.get(&given.plan) else { continue };
            let person =
                given.person.and_then(|person| Some((*self.people.get(&person)?, *self.ours.get(&person)?)));
            all.push(NewSubscription {
                id: tx.id(),
                user: person.map(|(user, _)| user),
                plan: plan.id,
                order: None,
                group: self.services[&plan.service],
                member: person.map(|(_, object)| object),
            });
            notes.extend(person.map(|(user, _)| (user, plan)));
        }
        if !all.is_empty() {
            tx.subscribe(self.tenant, &self.plan.time_zone, &all).await?;
        }
        for (user, plan) in notes {
            tx.note_plan(self.tenant, user, &plan.code, plan.version, true);
        }
        Ok(())
    }
}

fn person(id: UserId, account: Account, values: Values, external_id: Option<String>) -> NewUser {
    let mut details = values.details;
    details.extend(external_id.map(|key| (Detail::ExternalId, key)));
    NewUser {
        id,
        account: Some(account),
        given_name: values.given_name,
        surname: values.surname,
        display_name: values.display_name,
        principal_name: values.principal_name,
        logon_name: Some(values.logon_name),
        mail: values.mail,
        phone: values.phone,
        title: values.title,
        department: values.department,
        manager: None,
        enabled: values.enabled,
        administrator: false,
        details,
        // No export and no account says which of our fields a value is of.
        fields: Vec::new(),
    }
}
