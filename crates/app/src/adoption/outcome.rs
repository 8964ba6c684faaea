//! What becomes of a container and all in it: the decision about each object,
//! and what is made and written beside them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    adoption::{Choice, Decision, Fate, Found, Names, decide, names},
    field::{FieldError, Rule},
    id::{ObjectId, ServiceId},
    limits,
    spec::ObjectKind,
    tenant::TenantKind,
};
use store::{
    adoptions::AdoptionItem,
    catalogue,
    surveys::{Survey, SurveyObject},
    tx::{TenantRef, WriteTx},
    users::{Name, NameKind},
};
use uuid::Uuid;

use super::{Plan, unknown};
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
    /// Objects that cannot be taken over as they are.
    pub conflicts: usize,
    /// Objects that stay what they are.
    pub skipped: usize,
    /// Groups that are made: that of all people, and one for a service that has none.
    pub new_groups: usize,
    /// Plans that people and the customer get.
    pub subscriptions: usize,
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
    /// The group each service is made real by, where it exists already.
    pub service_groups: BTreeMap<ServiceId, Uuid>,
    top: Uuid,
}

impl Outcome {
    pub(super) async fn of(
        tx: &mut WriteTx<'_>,
        survey: &Survey,
        seller: &TenantRef,
        plan: &Plan,
        objects: Vec<SurveyObject>,
    ) -> Result<Self, AppError> {
        if objects.len() > limits::ADOPTED_OBJECTS {
            let error = FieldError::new("container", Rule::TooMany);
            return Err(AppError::field(error.with("max", limits::ADOPTED_OBJECTS)));
        }
        let keys: BTreeMap<_, _> = objects
            .iter()
            .filter(|o| o.kind == ObjectKind::Container)
            .map(|o| (o.key(), o.external_id))
            .collect();
        let top =
            objects.iter().find(|o| o.kind == ObjectKind::Container && !keys.contains_key(&o.parent_key));
        let Some(top) = top else { return Err(AppError::field(FieldError::new("container", Rule::Unknown))) };
        let parent = place(tx, survey, seller, top).await?;
        let top = top.external_id;
        let found: Vec<_> = objects.iter().map(|o| found(o, &keys)).collect();
        let choice = Choice {
            suffixes: plan.suffixes.clone(),
            group_names: own_names(&plan.code),
            ambiguous: plan.ambiguous.clone(),
        };
        let taken = taken(tx, survey, &found).await?;
        let decisions = decide(&found, &choice, &taken);
        let plans = plans(tx, seller, plan).await?;
        let objects = objects.into_iter().map(|o| (o.external_id, o)).collect();
        let mut outcome = Self {
            objects,
            decisions,
            counts: Counts::default(),
            parent,
            suffixes: BTreeSet::new(),
            plans,
            given: BTreeSet::new(),
            service_groups: BTreeMap::new(),
            top,
        };
        if outcome.fate(top) != Some(Fate::Create) {
            let reason = outcome.decisions.iter().find(|d| d.id == top).and_then(|d| d.reason);
            let error = FieldError::new("container", Rule::Taken);
            return Err(AppError::field(
                error.with("reason", reason.map_or("", domain::adoption::Reason::code)),
            ));
        }
        outcome.claim_suffixes(plan)?;
        outcome.give(plan);
        outcome.count();
        Ok(outcome)
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
            }
        };
        self.decisions.iter().map(item).collect()
    }

    fn fate(&self, id: Uuid) -> Option<Fate> {
        self.decisions.iter().find(|d| d.id == id).map(|d| d.fate)
    }

    fn claim_suffixes(&mut self, plan: &Plan) -> Result<(), AppError> {
        let people = self.decisions.iter().filter_map(|d| d.values.as_ref());
        let found: BTreeSet<_> = people.filter_map(|v| v.suffix().map(str::to_owned)).collect();
        self.suffixes = plan.suffixes.clone().unwrap_or(found);
        if self.suffixes.is_empty() {
            let error = FieldError::new("suffixes", Rule::Required);
            return Err(AppError::field(error.with("expected", "a domain for the customer's people")));
        }
        Ok(())
    }

    /// Who gets which plan: whoever is in a group that stands for one, and whoever a file names.
    fn give(&mut self, plan: &Plan) {
        let taken: BTreeSet<_> =
            self.decisions.iter().filter(|d| d.fate == Fate::Create).map(|d| d.id).collect();
        let mut standing: BTreeMap<ServiceId, BTreeSet<Uuid>> = BTreeMap::new();
        for (group, code) in plan.groups.iter().filter(|(group, _)| taken.contains(*group)) {
            let Some(known) = self.plans.get(code) else { continue };
            standing.entry(known.service).or_default().insert(*group);
            if !known.per_user {
                self.given.insert(Given { person: None, plan: code.clone() });
            }
        }
        // Of several groups of one service none is that of the service: it gets one of its own.
        let single = standing.into_iter().filter(|(_, groups)| groups.len() == 1);
        self.service_groups = single.filter_map(|(s, groups)| Some((s, groups.first().copied()?))).collect();
        self.given.extend(plan.customer_plans.iter().map(|p| Given { person: None, plan: p.clone() }));
        for object in self.objects.values().filter(|o| o.kind == ObjectKind::User) {
            if !taken.contains(&object.external_id) {
                continue;
            }
            let by_group = object.member_of.iter().filter(|g| taken.contains(*g));
            let by_group = by_group.filter_map(|g| plan.groups.get(g));
            let by_file = plan.people.get(&object.external_id).into_iter().flat_map(|extra| &extra.plans);
            for code in by_group.chain(by_file) {
                if self.plans.get(code).is_some_and(|known| known.per_user) {
                    self.given.insert(Given { person: Some(object.external_id), plan: code.clone() });
                }
            }
        }
    }

    /// The services somebody has.
    pub(super) fn services(&self) -> BTreeSet<ServiceId> {
        self.given.iter().filter_map(|given| self.plans.get(&given.plan)).map(|plan| plan.service).collect()
    }

    fn count(&mut self) {
        let taken = |kind| self.created(kind).count();
        let of = |fate| self.decisions.iter().filter(|d| d.fate == fate).count();
        let services = self.services();
        self.counts = Counts {
            containers: taken(ObjectKind::Container),
            groups: taken(ObjectKind::Group),
            users: taken(ObjectKind::User),
            conflicts: of(Fate::Conflict),
            skipped: of(Fate::Skip),
            new_groups: 1 + services.iter().filter(|s| !self.service_groups.contains_key(s)).count(),
            subscriptions: self.given.len(),
        };
    }
}

fn found(object: &SurveyObject, keys: &BTreeMap<String, Uuid>) -> Found {
    Found {
        id: object.external_id,
        kind: object.kind,
        parent: keys.get(&object.parent_key).copied(),
        name: object.name.clone(),
        attributes: object.attributes.clone(),
        ours: object.ours,
        marked: object.marker.is_some(),
        protected: object.protected,
    }
}

/// Names of the group of all people, which the product makes itself.
fn own_names(code: &str) -> BTreeSet<String> {
    [members_name(code), "Members".to_owned()].iter().map(|name| name.to_lowercase()).collect()
}

/// What the group of all people is called in the directory.
pub(super) fn members_name(code: &str) -> String {
    format!("{code} Members")
}

/// Our container the customer's lies in: that of the seller, or none of ours.
async fn place(
    tx: &mut WriteTx<'_>,
    survey: &Survey,
    seller: &TenantRef,
    top: &SurveyObject,
) -> Result<Option<ObjectId>, AppError> {
    // Where a customer may live is asked here as for an order.
    if let Some(why) = tx.placement_obstacle(seller.id, survey.target, None).await? {
        return Err(placement::refused(why));
    }
    let Some((container, owner)) = tx.container_at(survey.target, &top.parent_key).await? else {
        return Ok(None);
    };
    if owner == seller.id && seller.kind != TenantKind::Customer {
        return Ok(Some(container));
    }
    let error = FieldError::new("container", Rule::OutOfRange);
    let expected = "a container that lies in none of ours, or in that of the seller";
    Err(AppError::field(error.with("value", &top.dn).with("expected", expected)))
}

/// Names among those found that somebody has.
async fn taken(tx: &mut WriteTx<'_>, survey: &Survey, found: &[Found]) -> Result<Names, AppError> {
    let free: Vec<_> = found.iter().filter(|f| !f.ours).cloned().collect();
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
    Ok(taken)
}

/// The plans that are asked for, as the catalogue has them.
async fn plans(
    tx: &mut WriteTx<'_>,
    seller: &TenantRef,
    plan: &Plan,
) -> Result<BTreeMap<String, catalogue::Plan>, AppError> {
    let codes = plan.codes();
    if codes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let all = tx.plans_for(seller, &plan.currency).await?;
    let missing = codes.iter().filter(|code| all.iter().all(|plan| plan.code != **code));
    let known: Vec<_> = all.iter().map(|plan| plan.code.as_str()).collect();
    let known = known.join(", ");
    let errors: Vec<_> =
        missing.map(|code| unknown(format!("plans.{code}"), code).with("known", &known)).collect();
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    Ok(all.into_iter().filter(|p| codes.contains(p.code.as_str())).map(|p| (p.code.clone(), p)).collect())
}

/// The log-on name of a group of the customer.
pub(super) fn logon_name(name: &str) -> String {
    group_logon_name(name)
}
