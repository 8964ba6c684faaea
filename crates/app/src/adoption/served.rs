//! The services somebody gets with an adoption: those the customer has already, and
//! those that are made, for which a group that is there may stand.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    field::{FieldError, Rule},
    id::{InstanceId, ObjectId, ServiceId},
    service::MAIN_INSTANCE,
};
use store::{
    catalogue::{self, Instance, Meanings},
    surveys::Survey,
    tx::WriteTx,
    users::Name,
};
use uuid::Uuid;

use super::{Plan, ground::Ground, unknown};
use crate::{
    AppError,
    groups::group_logon_name,
    instances::{Ordered, ordered_instance},
};

/// A service of the customer.
pub(super) struct Served {
    /// It is made, with all the groups it means.
    pub ordered: Option<Ordered>,
    /// It is there, with these groups.
    pub present: Vec<ObjectId>,
    /// They are those of an instance that was taken away, and belong to it again.
    pub restored: Option<InstanceId>,
    /// The group that was there before us, and is the first of those it means.
    pub standing: Option<Uuid>,
    /// It sets something of the accounts of whoever has it.
    pub sets_attributes: bool,
}

impl Served {
    /// Groups that are made for it, by their names in the directory and as shown.
    pub(super) fn made(&self) -> impl Iterator<Item = (&str, &str)> {
        let names = self.ordered.iter().flat_map(|o| o.names.iter().zip(&o.new.groups));
        let names = names.map(|(rdn, (_, _, shown))| (rdn.as_str(), shown.as_str()));
        names.skip(usize::from(self.standing.is_some()))
    }
}

/// The plans that are asked for, as the catalogue has them, and what they need.
pub(super) async fn served(
    tx: &mut WriteTx<'_>,
    ground: &Ground,
    plan: &Plan,
) -> Result<(BTreeMap<String, catalogue::Plan>, BTreeMap<ServiceId, Served>), AppError> {
    let plans = plans(tx, ground, plan).await?;
    if plans.is_empty() {
        return Ok((plans, BTreeMap::new()));
    }
    let of: Vec<_> = plans.values().map(|plan| plan.service).collect();
    tx.lock_services(&of, false).await?;
    let present = match &ground.customer {
        Some(customer) => tx.instances(customer.id).await?,
        None => Vec::new(),
    };
    let upwards = ground.customer.as_ref().unwrap_or(&ground.seller);
    let path: Vec<_> = upwards.path.iter().map(|t| t.uuid()).collect();
    let ids: Vec<_> = plans.values().map(|plan| plan.id.uuid()).collect();
    let meanings = tx.meanings(&path, &ids, &[], &[]).await?;
    let mut services = BTreeMap::new();
    for known in plans.values() {
        if let std::collections::btree_map::Entry::Vacant(e) = services.entry(known.service) {
            let served = service(tx, plan, &plans, (known, &present, &meanings))?;
            e.insert(had_before(tx, ground, served).await?);
        }
    }
    Ok((plans, services))
}

fn service(
    tx: &WriteTx<'_>,
    plan: &Plan,
    plans: &BTreeMap<String, catalogue::Plan>,
    (known, present, meanings): (&catalogue::Plan, &[Instance], &Meanings),
) -> Result<Served, AppError> {
    let definition = meanings.service_of(known.id).map(|(_, _, definition)| definition);
    let sets_attributes = definition.is_some_and(|definition| !definition.attributes.is_empty());
    let mut own = present.iter().filter(|instance| instance.service == known.service);
    if let Some(first) = own.clone().find(|i| i.code == MAIN_INSTANCE).or_else(|| own.next()) {
        let present = first.groups.clone();
        return Ok(Served { ordered: None, present, restored: None, standing: None, sets_attributes });
    }
    let of = (plan.code.as_str(), plan.name.as_str());
    let ordered = ordered_instance(tx, of, known, (MAIN_INSTANCE, None), false, meanings);
    let ordered = ordered.map_err(|error| AppError::field(error.under(&format!("plans.{}", known.code))))?;
    // Of several groups for one service none is that of the service.
    let same = |code: &String| plans.get(code).is_some_and(|other| other.service == known.service);
    let standing: BTreeSet<_> =
        plan.groups.iter().filter(|(_, code)| same(code)).map(|(id, _)| *id).collect();
    let standing = standing.first().copied().filter(|_| standing.len() == 1);
    Ok(Served { ordered: Some(ordered), present: Vec::new(), restored: None, standing, sets_attributes })
}

/// A service the customer once had is the same again, with the groups that are still there.
async fn had_before(tx: &mut WriteTx<'_>, ground: &Ground, mut served: Served) -> Result<Served, AppError> {
    let (Some(customer), Some(ordered)) = (&ground.customer, &mut served.ordered) else { return Ok(served) };
    let of = (ordered.new.service, ordered.new.code.as_str());
    let Some(former) = tx.former_instance(customer.id, of).await? else { return Ok(served) };
    ordered.new.id = former.id;
    if former.groups.is_empty() {
        return Ok(served);
    }
    let sets_attributes = served.sets_attributes;
    Ok(Served {
        ordered: None,
        present: former.groups,
        restored: Some(former.id),
        standing: None,
        sets_attributes,
    })
}

async fn plans(
    tx: &mut WriteTx<'_>,
    ground: &Ground,
    plan: &Plan,
) -> Result<BTreeMap<String, catalogue::Plan>, AppError> {
    let codes = plan.codes();
    if codes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let buyer = ground.customer.as_ref().unwrap_or(&ground.seller);
    if let Some(customer) = &ground.customer {
        tx.hold_currency(customer).await?;
    }
    let all = tx.plans_for(buyer, &plan.currency).await?;
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

/// Whether the names of groups that are made are free.
pub(super) async fn names_are_free(
    tx: &mut WriteTx<'_>,
    survey: &Survey,
    made: &BTreeSet<String>,
) -> Result<(), AppError> {
    let names: Vec<_> = made.iter().map(|rdn| Name::logon(survey.target, &group_logon_name(rdn))).collect();
    let taken = tx.names_taken(&names).await?;
    let errors = taken.into_iter().map(|name| {
        let error = FieldError::new("customer.code", Rule::Taken).with("value", name.value);
        error.with("expected", "a code with which the names of the customer's groups are free")
    });
    let errors: Vec<_> = errors.collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
}
