//! What becomes of a container and all in it: the decision about each object,
//! and what is made and written beside them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use domain::{
    adoption::{Choice, Decision, Fate, Found, Holder, Link, Names, decide, names},
    field::{FieldError, Rule},
    id::{ObjectId, ServiceId, TenantId},
    limits,
    spec::{Attribute, ObjectKind},
    tenant::TenantKind,
};
use store::{
    adoptions::AdoptionItem,
    catalogue, seal,
    surveys::{Survey, SurveyObject},
    tx::WriteTx,
    users::{Name, NameKind},
};
use uuid::Uuid;

use super::{
    Plan,
    ground::Ground,
    served::{Served, names_are_free, served},
};
use crate::{AppError, groups::group_logon_name, placement};

/// How much becomes of what, and what changes in the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Containers that are taken over; each is closed to other customers.
    pub containers: usize,
    /// Groups that are taken over.
    pub groups: usize,
    /// People that are taken over.
    pub users: usize,
    /// People and groups of the customer that get what is theirs.
    #[serde(default)]
    pub linked: usize,
    /// Objects that cannot be taken over as they are.
    pub conflicts: usize,
    /// Objects that stay what they are.
    pub skipped: usize,
    /// Groups that are made: that of all people, and one for a service that has none.
    pub new_groups: usize,
    /// Plans that people and the customer get.
    pub subscriptions: usize,
    /// People whose accounts get what services say of them; nothing else of an account changes.
    #[serde(default)]
    pub by_services: usize,
}

/// One plan somebody gets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Given {
    /// The person's id in the directory; none for the customer.
    pub person: Option<Uuid>,
    /// Code of the plan.
    pub plan: String,
}

/// What becomes of everything.
pub(super) struct Outcome {
    pub objects: BTreeMap<Uuid, SurveyObject>,
    pub decisions: Vec<Decision>,
    pub counts: Counts,
    /// Our container the customer lies in; none where that is not ours.
    pub parent: Option<ObjectId>,
    /// Domains the customer gets.
    pub suffixes: BTreeSet<String>,
    /// The plans that are given, by their codes.
    pub plans: BTreeMap<String, catalogue::Plan>,
    pub given: BTreeSet<Given>,
    /// The services of these plans.
    pub served: BTreeMap<ServiceId, Served>,
    /// The group of all people, where it was there before us.
    pub members: Option<Uuid>,
    /// What has to be as it was when it was shown.
    stamp: String,
    into: Option<TenantId>,
    top: Uuid,
}

impl Outcome {
    pub(super) async fn of(
        tx: &mut WriteTx<'_>,
        survey: &Survey,
        ground: &Ground,
        plan: &Plan,
        objects: Vec<SurveyObject>,
    ) -> Result<Self, AppError> {
        if objects.len() > limits::ADOPTED_OBJECTS {
            let error = FieldError::new("container", Rule::TooMany);
            return Err(AppError::field(error.with("max", limits::ADOPTED_OBJECTS)));
        }
        let containers = objects.iter().filter(|o| o.kind == ObjectKind::Container);
        let keys: BTreeMap<_, _> = containers.clone().map(|o| (o.key(), o.external_id)).collect();
        let top = containers.clone().find(|o| !keys.contains_key(&o.parent_key));
        let Some(top) = top else { return Err(AppError::field(FieldError::new("container", Rule::Unknown))) };
        let parent = place(tx, survey, ground, top).await?;
        let (plans, served) = served(tx, ground, plan).await?;
        let members = members(plan, &objects);
        let found: Vec<_> = objects.iter().map(|o| found(o, &keys, plan)).collect();
        let made = made(plan, &served, members.is_some());
        names_are_free(tx, survey, &made).await?;
        let mut taken = taken(tx, survey, ground, &found).await?;
        taken.logon.extend(made.iter().map(|rdn| group_logon_name(rdn).to_lowercase()));
        let choice = Choice {
            // Its own domains are the customer's whatever else it gets.
            suffixes: plan.suffixes.clone().map(|chosen| {
                let own = ground.customer.iter().flat_map(|customer| customer.suffixes.clone());
                chosen.into_iter().chain(own).collect()
            }),
            group_names: group_names(ground, plan, &served, &made),
            ambiguous: plan.ambiguous.clone(),
            into: ground.into(plan),
        };
        let decisions = decide(&found, &choice, &taken);
        let mut outcome = Self {
            top: top.external_id,
            decisions,
            counts: Counts::default(),
            parent,
            suffixes: BTreeSet::new(),
            plans,
            given: BTreeSet::new(),
            served,
            members,
            stamp: ground.stamp(),
            into: plan.into,
            objects: objects.into_iter().map(|o| (o.external_id, o)).collect(),
        };
        outcome.check_top()?;
        if members.is_some_and(|id| outcome.fate(id) != Some(Fate::Create)) {
            let error = FieldError::new("customer.code", Rule::Taken).with("value", members_name(&plan.code));
            return Err(AppError::field(error));
        }
        outcome.check_keys(tx, plan).await?;
        outcome.claim_suffixes(plan, ground)?;
        outcome.give(plan);
        outcome.count();
        Ok(outcome)
    }

    /// A customer that exists may have the container already.
    fn check_top(&self) -> Result<(), AppError> {
        let is_own = self.into.is_some_and(|into| self.top().owner.is_some_and(|(tenant, _)| tenant == into));
        if is_own || self.fate(self.top) == Some(Fate::Create) {
            return Ok(());
        }
        let reason = self.decisions.iter().find(|d| d.id == self.top).and_then(|d| d.reason);
        let error = FieldError::new("container", Rule::Taken);
        Err(AppError::field(error.with("reason", reason.map_or("", domain::adoption::Reason::code))))
    }

    /// Keys from a file that somebody else of the customer has.
    async fn check_keys(&self, tx: &mut WriteTx<'_>, plan: &Plan) -> Result<(), AppError> {
        let Some(into) = plan.into else { return Ok(()) };
        let key = |id: &Uuid| plan.people.get(id).and_then(|extra| extra.external_id.clone());
        let keys: Vec<_> = self.created(ObjectKind::User).filter_map(|(d, _)| key(&d.id)).collect();
        let taken = tx.external_ids_taken(into, &keys).await?;
        let errors = taken.iter().map(|key| FieldError::new("external_id", Rule::Taken).with("value", key));
        let errors: Vec<_> = errors.collect();
        if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
    }

    /// Over all that was decided. What was seen of an object is in the survey, which
    /// does not change.
    pub(super) fn digest(&self) -> Vec<u8> {
        let mut text = format!("{} {:?} {:?}\n", self.stamp, self.parent, self.suffixes);
        for decision in &self.decisions {
            let reason = decision.reason.map_or("", domain::adoption::Reason::code);
            let (id, fate) = (decision.id, decision.fate.code());
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{id} {fate} {reason} {:?} {:?}", decision.args, decision.link);
        }
        for given in &self.given {
            let _ = writeln!(text, "{given:?}");
        }
        seal::hash(text.as_bytes()).to_vec()
    }

    /// The container that is taken over.
    pub(super) fn top(&self) -> &SurveyObject {
        &self.objects[&self.top]
    }

    /// Decisions about what is taken over, of one kind.
    pub(super) fn created(&self, kind: ObjectKind) -> impl Iterator<Item = (&Decision, &SurveyObject)> {
        let taken = self.decisions.iter().filter(|d| d.fate == Fate::Create);
        taken.map(|d| (d, &self.objects[&d.id])).filter(move |(_, o)| o.kind == kind)
    }

    /// Decisions about what somebody of the customer gets, of one kind.
    pub(super) fn matched(
        &self,
        kind: ObjectKind,
    ) -> impl Iterator<Item = (&Decision, &Link, &SurveyObject)> {
        let matched = self.decisions.iter().filter(|d| d.fate == Fate::Match);
        let matched = matched.filter_map(|d| Some((d, d.link.as_ref()?, self.objects.get(&d.id)?)));
        matched.filter(move |(.., object)| object.kind == kind)
    }

    /// What the customer has of what was found.
    pub(super) fn own(&self) -> impl Iterator<Item = (&SurveyObject, ObjectId)> {
        let own =
            |o: &SurveyObject| o.owner.filter(|(tenant, _)| Some(*tenant) == self.into).map(|(_, id)| id);
        self.objects.values().filter_map(move |object| Some((object, own(object)?)))
    }

    /// As they are shown.
    pub(super) fn items(&self) -> Vec<AdoptionItem> {
        let item = |d: &Decision| {
            let object = &self.objects[&d.id];
            AdoptionItem {
                external_id: d.id,
                kind: object.kind,
                name: object.name.clone(),
                dn: object.dn.clone(),
                fate: d.fate,
                reason: d.reason,
                args: d.args.clone(),
                subject: d.link.as_ref().map(|link| link.whose),
                rule: d.link.as_ref().map(|link| link.rule),
                differences: d.link.as_ref().map(|link| link.differences.clone()).unwrap_or_default(),
            }
        };
        self.decisions.iter().map(item).collect()
    }

    fn fate(&self, id: Uuid) -> Option<Fate> {
        self.decisions.iter().find(|d| d.id == id).map(|d| d.fate)
    }

    fn claim_suffixes(&mut self, plan: &Plan, ground: &Ground) -> Result<(), AppError> {
        let people = self.decisions.iter().filter_map(|d| d.values.as_ref());
        let found: BTreeSet<_> = people.filter_map(|v| v.suffix().map(str::to_owned)).collect();
        self.suffixes = plan.suffixes.clone().unwrap_or(found);
        match &ground.customer {
            Some(customer) => self.suffixes.retain(|suffix| !customer.suffixes.contains(suffix)),
            None if self.suffixes.is_empty() => {
                let error = FieldError::new("suffixes", Rule::Required);
                return Err(AppError::field(error.with("expected", "a domain for the customer's people")));
            }
            None => {}
        }
        Ok(())
    }

    /// Who gets which plan: whoever is in a group that stands for one, and whoever a file names.
    fn give(&mut self, plan: &Plan) {
        let ours = |d: &&Decision| matches!(d.fate, Fate::Create | Fate::Match);
        let mut taken: BTreeSet<_> = self.decisions.iter().filter(ours).map(|d| d.id).collect();
        taken.extend(self.own().filter(|(o, _)| o.kind == ObjectKind::Group).map(|(o, _)| o.external_id));
        // A group of the customer's own stays what it is.
        let created: BTreeSet<_> = self.created(ObjectKind::Group).map(|(d, _)| d.id).collect();
        for served in self.served.values_mut() {
            served.standing = served.standing.filter(|group| created.contains(group));
        }
        let mut given: BTreeSet<_> =
            plan.customer_plans.iter().map(|p| Given { person: None, plan: p.clone() }).collect();
        for code in plan.groups.iter().filter(|(group, _)| taken.contains(*group)).map(|(_, code)| code) {
            if self.plans.get(code).is_some_and(|known| !known.per_user) {
                given.insert(Given { person: None, plan: code.clone() });
            }
        }
        let is_person = |o: &&SurveyObject| o.kind == ObjectKind::User && taken.contains(&o.external_id);
        for object in self.objects.values().filter(is_person) {
            let by_group = object.member_of.iter().filter(|g| taken.contains(*g));
            let by_group = by_group.filter_map(|g| plan.groups.get(g));
            let by_file = plan.people.get(&object.external_id).into_iter().flat_map(|extra| &extra.plans);
            for code in by_group.chain(by_file) {
                if self.plans.get(code).is_some_and(|known| known.per_user) {
                    given.insert(Given { person: Some(object.external_id), plan: code.clone() });
                }
            }
        }
        self.given = given;
    }

    /// The services somebody has.
    pub(super) fn services(&self) -> BTreeSet<ServiceId> {
        self.given.iter().filter_map(|given| self.plans.get(&given.plan)).map(|plan| plan.service).collect()
    }

    /// How many people get a plan of a service that sets something of accounts.
    fn set_by_services(&self) -> usize {
        let sets = |given: &&Given| {
            let served = self.plans.get(&given.plan).and_then(|plan| self.served.get(&plan.service));
            served.is_some_and(|served| served.sets_attributes)
        };
        self.given.iter().filter(sets).filter_map(|given| given.person).collect::<BTreeSet<_>>().len()
    }

    fn count(&mut self) {
        let taken = |kind| self.created(kind).count();
        let of = |fate| self.decisions.iter().filter(|d| d.fate == fate).count();
        let services = self.services();
        self.counts = Counts {
            containers: taken(ObjectKind::Container),
            groups: taken(ObjectKind::Group),
            users: taken(ObjectKind::User),
            linked: of(Fate::Match),
            conflicts: of(Fate::Conflict),
            skipped: of(Fate::Skip),
            new_groups: usize::from(self.into.is_none() && self.members.is_none())
                + services.iter().filter_map(|s| self.served.get(s)).map(|s| s.made().count()).sum::<usize>(),
            subscriptions: self.given.len(),
            by_services: self.set_by_services(),
        };
    }
}

fn found(object: &SurveyObject, keys: &BTreeMap<String, Uuid>, plan: &Plan) -> Found {
    let holder = |(tenant, _)| if Some(tenant) == plan.into { Holder::Here } else { Holder::Elsewhere };
    Found {
        id: object.external_id,
        kind: object.kind,
        parent: keys.get(&object.parent_key).copied(),
        name: object.name.clone(),
        attributes: object.attributes.clone(),
        ours: object.owner.map(holder),
        marker: object.marker,
        protected: object.protected,
        ignored: object.ignored,
        external_id: plan.people.get(&object.external_id).and_then(|extra| extra.external_id.clone()),
    }
}

/// The group of all people of a customer that is made anew, if one of that name is there.
fn members(plan: &Plan, objects: &[SurveyObject]) -> Option<Uuid> {
    let name = members_name(&plan.code).to_lowercase();
    let named = |o: &&SurveyObject| {
        let logon = o.attributes.get(&Attribute::LogonName).map(|logon| logon.to_lowercase());
        let logon_name = group_logon_name(&name).to_lowercase();
        o.kind == ObjectKind::Group && o.name.to_lowercase() == name && logon == Some(logon_name)
    };
    objects.iter().find(named).filter(|_| plan.into.is_none()).map(|o| o.external_id)
}

/// Names, in the directory, of groups the product makes itself.
fn made(plan: &Plan, served: &BTreeMap<ServiceId, Served>, has_members: bool) -> BTreeSet<String> {
    let of_services = served.values().flat_map(Served::made).map(|(rdn, _)| rdn.to_owned());
    let all = (plan.into.is_none() && !has_members).then(|| members_name(&plan.code));
    of_services.chain(all).collect()
}

/// Names no group that is found may have: of the customer's groups, and of those that are made.
fn group_names(
    ground: &Ground,
    plan: &Plan,
    served: &BTreeMap<ServiceId, Served>,
    made: &BTreeSet<String>,
) -> BTreeSet<String> {
    let mut names = ground.group_names();
    names.extend(made.iter().map(|rdn| rdn.to_lowercase()));
    names.extend(served.values().flat_map(Served::made).map(|(_, shown)| shown.to_lowercase()));
    names.extend(plan.into.is_none().then(|| "members".to_owned()));
    names
}

/// What the group of all people is called in the directory.
pub(super) fn members_name(code: &str) -> String {
    format!("{code} Members")
}

/// Our container the customer's lies in: that of the seller, or none of ours.
async fn place(
    tx: &mut WriteTx<'_>,
    survey: &Survey,
    ground: &Ground,
    top: &SurveyObject,
) -> Result<Option<ObjectId>, AppError> {
    // Where a customer may live is asked here as for an order.
    let (seller, customer) = (&ground.seller, ground.customer.as_ref().map(|customer| customer.id));
    if let Some(why) = tx.placement_obstacle(seller.id, survey.target, customer).await? {
        return Err(placement::refused(why));
    }
    let Some((container, owner)) = tx.container_at(survey.target, &top.parent_key).await? else {
        return Ok(None);
    };
    if Some(owner) == customer || (owner == seller.id && seller.kind != TenantKind::Customer) {
        return Ok(Some(container));
    }
    let error = FieldError::new("container", Rule::OutOfRange);
    let expected = match customer {
        None => "a container that lies in none of ours, or in that of the seller",
        Some(_) => "a container that lies in none of ours, in that of the seller, or in that of the customer",
    };
    Err(AppError::field(error.with("value", &top.dn).with("expected", expected)))
}

/// Names among those found that somebody has, but for the customer's own domains.
async fn taken(
    tx: &mut WriteTx<'_>,
    survey: &Survey,
    ground: &Ground,
    found: &[Found],
) -> Result<Names, AppError> {
    let free: Vec<_> = found.iter().filter(|f| f.ours.is_none()).cloned().collect();
    let asked = names(&free);
    let mut all: Vec<_> = asked.principal.iter().map(|name| Name::principal(name)).collect();
    all.extend(asked.logon.iter().map(|name| Name::logon(survey.target, name)));
    all.extend(asked.suffixes.iter().map(|name| Name::suffix(name)));
    let mut taken = Names::default();
    for name in tx.names_taken(&all).await? {
        match name.kind {
            NameKind::PrincipalName => taken.principal.insert(name.value),
            NameKind::LogonName => taken.logon.insert(name.value),
            NameKind::Suffix => taken.suffixes.insert(name.value),
            NameKind::Code => false,
        };
    }
    let own = ground.customer.iter().flat_map(|customer| &customer.suffixes);
    own.for_each(|suffix| {
        taken.suffixes.remove(suffix);
    });
    Ok(taken)
}

/// The log-on name of a group of the customer.
pub(super) fn logon_name(name: &str) -> String {
    group_logon_name(name)
}
