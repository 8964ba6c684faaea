//! What an adoption writes: the customer, its containers with their access,
//! groups, people, and what they have; in one transaction, with one request.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    adoption::{Decision, Values, Wins, user_spec},
    group::nesting,
    id::{GroupId, ObjectId, RequestId, ServiceId, TargetId, TenantId, UserId},
    person::Detail,
    request::Lane,
    spec::{Attribute, GroupSpec, ObjectKind, Spec, UserSpec},
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
    tx::{Permit, TenantRef, WriteTx, act},
    users::{Account, Name, NewUser},
};
use uuid::Uuid;

use super::{
    Plan,
    ground::Ground,
    links::{Links, group_values},
    outcome::{Outcome, logon_name, members_name},
    refers::{People, Refers},
    served::Served,
};
use crate::{AppError, error::Conflict};

type Permits<'p> = (&'p Permit<act::DirectoryAdopt>, &'p Permit<act::OrderCreate>);

/// What is made of an adoption, before it is written.
pub(super) struct Build<'a> {
    plan: &'a Plan,
    outcome: &'a Outcome,
    adoption: &'a Adoption,
    /// The customer that exists.
    customer: Option<&'a TenantRef>,
    tenant: TenantId,
    folder: ObjectId,
    members: ObjectId,
    /// Ours for each object that is taken over, and for what the customer has of those.
    pub(super) ours: BTreeMap<Uuid, ObjectId>,
    /// Ours for each container, by its address.
    places: BTreeMap<String, ObjectId>,
    /// The person for each account that is taken over.
    pub(super) people: BTreeMap<Uuid, UserId>,
    /// The groups that make each service real; the first is subscribed to.
    services: BTreeMap<ServiceId, Vec<ObjectId>>,
    objects: Vec<NewObject>,
    groups: Vec<NewGroup>,
    instances: Vec<NewInstance>,
    names: Vec<(Name, Uuid)>,
    /// Groups of the customer that the product keeps.
    kept: BTreeSet<ObjectId>,
    /// Groups that were there and stand for services.
    of_services: BTreeMap<Uuid, (GroupId, ObjectId, String)>,
}

/// Writes it all; gives the request.
pub(super) async fn carry_out(
    tx: &mut WriteTx<'_>,
    (adopt, order): Permits<'_>,
    adoption: &Adoption,
    ground: &Ground,
    plan: &Plan,
    outcome: &Outcome,
) -> Result<RequestId, AppError> {
    let mut build = Build::new(tx, adoption, ground, plan, outcome)?;
    let mut refers = People::of(tx, ground, outcome, &build).await?;
    let links = Links::of(tx, ground, plan, outcome, (&mut build, &mut refers)).await?;
    build.containers(tx);
    build.all_groups(tx, &mut refers);
    build.all_services();
    let users = build.users(&mut refers);
    let tenant = build.tenant;
    build.own_names();
    build.names.extend(links.names.iter().cloned());
    if !tx.reserve(tenant, &build.names).await?.is_empty() {
        return Err(AppError::Conflict(Conflict::PreviewStale));
    }
    if ground.customer.is_none() {
        tx.insert_customer(order, &build.new_tenant(ground.seller.brand)).await?;
    }
    let lane = Lane::for_objects(build.objects.len() + users.len() + links.objects.len());
    let args = json!({ "name": plan.name, "count": users.len() + links.people.len() });
    let request = tx.open_request(tenant, "adoption", args, lane);
    for suffix in ground.customer.iter().flat_map(|_| &outcome.suffixes) {
        if !tx.claim_suffix(order, suffix, false).await? {
            return Err(AppError::Conflict(Conflict::PreviewStale));
        }
    }
    for (_, served) in build.given_services() {
        if let Some(instance) = served.restored {
            tx.restore_groups(order, instance).await?;
        }
    }
    tx.want_new(&build.objects, lane).await?;
    tx.insert_first_groups(order, tenant, &build.groups).await?;
    tx.insert_instances(order, tenant, &build.instances).await?;
    let (edges, of_ours) = build.edges();
    tx.adopt_people(adopt, tenant, &users, &edges, lane).await?;
    tx.adopt_nested(adopt, tenant, &build.nested()).await?;
    tx.found_at(adopt, tenant, adoption.target, &build.adopted()).await?;
    links.write(tx, adopt, (tenant, adoption.target), lane).await?;
    tx.adopt_references(adopt, tenant, &refers.managers, &refers.owners).await?;
    // Who is ours already may be in the groups already.
    tx.want_members(tenant, &of_ours, true).await?;
    let served = build.subscribe(tx, &links.plans).await?;
    // What services say of people is wanted beside what was found. Others are as they were.
    let services = tx.services_of(&served).await?;
    tx.lock_services(&services, false).await?;
    tx.settle_people(&served).await?;
    tx.adoption_run(adopt, adoption, tenant).await?;
    Ok(request)
}

impl<'a> Build<'a> {
    fn new(
        tx: &WriteTx<'_>,
        adoption: &'a Adoption,
        ground: &'a Ground,
        plan: &'a Plan,
        outcome: &'a Outcome,
    ) -> Result<Self, AppError> {
        let mut ours: BTreeMap<Uuid, ObjectId> = BTreeMap::new();
        for kind in [ObjectKind::Container, ObjectKind::Group, ObjectKind::User] {
            ours.extend(outcome.created(kind).map(|(d, _)| (d.id, tx.id())));
        }
        let people = outcome.created(ObjectKind::User).map(|(d, _)| (d.id, tx.id())).collect();
        let containers = outcome.created(ObjectKind::Container);
        let mut places: BTreeMap<_, _> = containers.map(|(d, c)| (c.key(), ours[&d.id])).collect();
        for (object, own) in outcome.own() {
            ours.insert(object.external_id, own);
            if object.kind == ObjectKind::Container {
                places.insert(object.key(), own);
            }
        }
        let customer = ground.customer.as_ref();
        let (tenant, folder, members) = match customer {
            Some(customer) => {
                let there = customer.folder.zip(customer.members).ok_or(AppError::NotFound("customer"))?;
                (customer.id, there.0, there.1)
            }
            None => {
                let members = outcome.members.map_or_else(|| tx.id(), |id| ours[&id]);
                (tx.id(), ours[&outcome.top().external_id], members)
            }
        };
        Ok(Self {
            plan,
            outcome,
            adoption,
            customer,
            tenant,
            folder,
            members,
            ours,
            places,
            people,
            services: BTreeMap::new(),
            objects: Vec::new(),
            groups: Vec::new(),
            instances: Vec::new(),
            names: Vec::new(),
            kept: ground.groups.iter().filter(|g| g.is_built_in).map(|g| g.object).collect(),
            of_services: BTreeMap::new(),
        })
    }

    fn object(&self, id: ObjectId, entity: (Entity, Uuid), spec: Spec) -> NewObject {
        NewObject { id, tenant: self.tenant, target: self.adoption.target, entity, spec }
    }

    pub(super) const fn target(&self) -> TargetId {
        self.adoption.target
    }

    /// Ours for what an object lies in.
    pub(super) fn parent(&self, object: &SurveyObject) -> Option<ObjectId> {
        self.places.get(&object.parent_key).copied()
    }

    /// The containers as they are, each closed to all but the customer's people:
    /// by default whatever lies in a container of its own can be listed by everybody.
    fn containers(&mut self, tx: &WriteTx<'_>) {
        let outcome = self.outcome;
        for (decision, found) in outcome.created(ObjectKind::Container) {
            let (id, access): (ObjectId, ObjectId) = (self.ours[&decision.id], tx.id());
            let is_top = self.customer.is_none() && id == self.folder;
            let entity = |own: ObjectId| match is_top {
                true => (Entity::Tenant, self.tenant.uuid()),
                false => (Entity::Unit, own.uuid()),
            };
            let spec = Spec::Container {
                name: found.name.clone(),
                // Of what lies in none of ours it is not said where it lies.
                parent: self.parent(found).or(outcome.parent),
                description: found.attributes.get(&Attribute::Description).cloned(),
            };
            let closed = Spec::Access { container: id, readers: self.members };
            let both = [self.object(id, entity(id), spec), self.object(access, entity(access), closed)];
            self.objects.extend(both);
        }
    }

    /// The groups that were there, and those that are missing.
    fn all_groups(&mut self, tx: &WriteTx<'_>, refers: &mut People) {
        let outcome = self.outcome;
        let standing: BTreeSet<_> = self.given_services().filter_map(|(_, served)| served.standing).collect();
        for (decision, found) in outcome.created(ObjectKind::Group) {
            let (id, group): (ObjectId, GroupId) = (self.ours[&decision.id], tx.id());
            let is_of_service = standing.contains(&decision.id);
            let logon = found.attributes.get(&Attribute::LogonName).cloned().unwrap_or_default();
            self.names.push((Name::logon(self.adoption.target, &logon), group.uuid()));
            let values = group_values(found);
            let is_all = outcome.members == Some(decision.id);
            let (owner, foreign_owner) = match is_all || is_of_service {
                // Those the product keeps have no owners here.
                true => (None, found.attributes.contains_key(&Attribute::Owner)),
                false => refers.owner(found, group, false).wanted(),
            };
            // It stays as it is: what differs from what is wanted would be changed.
            let spec = GroupSpec {
                description: values.description.clone(),
                group_kind: values.kind,
                mail: values.mail.clone(),
                aliases: values.aliases.clone(),
                owner,
                foreign_owner,
                ..GroupSpec::security(self.parent(found).unwrap_or(self.folder), found.name.clone(), logon)
            };
            let object = self.object(id, (Entity::Group, group.uuid()), Spec::Group(spec));
            self.objects.push(object);
            let purpose = if is_all { GroupPurpose::Members } else { GroupPurpose::Custom };
            let name = if is_all { "Members".to_owned() } else { values.name };
            let values = GroupValues { name, ..values };
            if is_of_service {
                self.of_services.insert(decision.id, (group, id, values.name));
            } else {
                self.groups.push(NewGroup { id: group, object: id, purpose, values });
            }
        }
        if self.customer.is_none() && outcome.members.is_none() {
            let members = (members_name(&self.plan.code), self.plan.name.clone());
            let id = self.new_group(tx, self.members, members);
            let values = GroupValues { name: "Members".to_owned(), ..GroupValues::default() };
            self.groups.push(NewGroup { id, object: self.members, purpose: GroupPurpose::Members, values });
        }
    }

    /// The services somebody gets.
    fn given_services(&self) -> impl Iterator<Item = (ServiceId, &'a Served)> + use<'a> {
        let outcome = self.outcome;
        outcome.services().into_iter().filter_map(|service| Some((service, outcome.served.get(&service)?)))
    }

    /// Every service with all the groups it means: the one that was there is the first,
    /// the others are made as for an order.
    fn all_services(&mut self) {
        for (service, served) in self.given_services() {
            let Some(ordered) = &served.ordered else {
                self.services.insert(service, served.present.clone());
                continue;
            };
            let mut objects = ordered.objects(self.tenant, self.adoption.target, self.folder);
            let mut new = ordered.new.clone();
            if let Some(found) = served.standing.and_then(|id| self.of_services.remove(&id)) {
                objects.remove(0);
                new.groups[0] = found;
            }
            for object in &objects {
                if let Spec::Group(group) = &object.spec {
                    let name = Name::logon(self.adoption.target, &group.logon_name);
                    self.names.push((name, object.entity.1));
                }
            }
            self.services.insert(service, new.groups.iter().map(|(_, object, _)| *object).collect());
            self.objects.extend(objects);
            self.instances.push(new);
        }
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

    fn users(&mut self, refers: &mut People) -> Vec<NewUser> {
        let outcome = self.outcome;
        let mut users = Vec::with_capacity(self.people.len());
        for (decision, found) in outcome.created(ObjectKind::User) {
            let Some(values) = decision.values.clone() else { continue };
            let id = self.people[&decision.id];
            self.names.push((Name::principal(&values.principal_name), id.uuid()));
            self.names.push((Name::logon(self.adoption.target, &values.logon_name), id.uuid()));
            let parent = self.parent(found).unwrap_or(self.folder);
            let external = self.plan.people.get(&decision.id).and_then(|extra| extra.external_id.clone());
            let manager = match refers.manager(found, id) {
                Refers::Here(manager) => Some(manager),
                Refers::Nowhere | Refers::Elsewhere => None,
            };
            let spec = user_spec(&found.attributes, parent);
            let spec = Spec::User(UserSpec {
                manager: manager.as_ref().map(|manager| manager.object),
                foreign_manager: spec.foreign_manager && manager.is_none(),
                ..spec
            });
            let account = Account { object: self.ours[&decision.id], target: self.adoption.target, spec };
            users.push(NewUser { manager, ..person(id, account, values, external) });
        }
        users
    }

    fn own_names(&mut self) {
        if self.customer.is_some() {
            // Its domains are claimed beside those it has.
            return;
        }
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
    /// and in those of each service they have. Of people that are made, and of those the
    /// customer has.
    fn edges(&self) -> (Vec<Edge>, Vec<Edge>) {
        let (mut new, mut of_ours) = (BTreeSet::new(), BTreeSet::new());
        let shows = |found: &SurveyObject, member| {
            let groups = found.member_of.iter().filter_map(|group| self.ours.get(group));
            groups.filter(|group| !self.is_kept(**group)).map(|group| (*group, member)).collect::<Vec<_>>()
        };
        for (decision, found) in self.outcome.created(ObjectKind::User) {
            let member = self.ours[&decision.id];
            new.insert((self.members, member));
            new.extend(shows(found, member));
        }
        if self.plan.wins() == Wins::Directory {
            for (decision, _, found) in self.outcome.matched(ObjectKind::User) {
                of_ours
                    .extend(self.ours.get(&decision.id).into_iter().flat_map(|member| shows(found, *member)));
            }
        }
        for given in &self.outcome.given {
            let Some(person) = given.person else { continue };
            let Some(member) = self.ours.get(&person).copied() else { continue };
            let service = self.outcome.plans.get(&given.plan).map(|plan| plan.service);
            let groups = service.and_then(|service| self.services.get(&service)).into_iter().flatten();
            let edges = groups.map(|group| (*group, member));
            if self.people.contains_key(&person) { new.extend(edges) } else { of_ours.extend(edges) }
        }
        let edge = |(group, member)| Edge { group, member };
        (new.into_iter().map(edge).collect(), of_ours.into_iter().map(edge).collect())
    }

    /// Who is in it follows from plans, and not from what a directory shows.
    fn is_kept(&self, group: ObjectId) -> bool {
        self.kept.contains(&group)
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
        let kinds = [ObjectKind::Container, ObjectKind::Group, ObjectKind::User];
        let created = kinds.into_iter().flat_map(|kind| self.outcome.created(kind));
        let at = |(decision, found): (&Decision, &SurveyObject)| Adopted {
            object: self.ours[&decision.id],
            external_id: decision.id,
            dn: found.dn.clone(),
        };
        created.map(at).collect()
    }

    async fn subscribe(
        &self,
        tx: &mut WriteTx<'_>,
        present: &BTreeSet<(Option<UserId>, String)>,
    ) -> Result<Vec<Uuid>, AppError> {
        let (mut all, mut notes) = (Vec::new(), Vec::new());
        let whose: BTreeMap<_, _> =
            self.outcome.matched(ObjectKind::User).map(|(d, link, _)| (d.id, link.whose)).collect();
        for given in &self.outcome.given {
            let Some(plan) = self.outcome.plans.get(&given.plan) else { continue };
            let person = given.person.and_then(|person| {
                let linked = whose.get(&person).map(|id| UserId::from_uuid(*id));
                Some((self.people.get(&person).copied().or(linked)?, *self.ours.get(&person)?))
            });
            let user = person.map(|(user, _)| user);
            if present.contains(&(user, plan.code.clone())) {
                continue;
            }
            all.push(NewSubscription {
                id: tx.id(),
                user,
                plan: plan.id,
                order: None,
                group: self.services[&plan.service][0],
                member: person.map(|(_, object)| object),
            });
            notes.extend(person.map(|(user, _)| (user, plan)));
        }
        if !all.is_empty() {
            tx.subscribe(self.tenant, &self.plan.time_zone, &all).await?;
        }
        let served: BTreeSet<_> = notes.iter().map(|(user, _)| user.uuid()).collect();
        for (user, plan) in notes {
            tx.note_plan(self.tenant, user, &plan.code, plan.version, true);
        }
        Ok(served.into_iter().collect())
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
