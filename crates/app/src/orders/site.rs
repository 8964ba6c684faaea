//! What an order needs to know before it writes, and what it writes.

use std::collections::{BTreeSet, HashMap};

use domain::{
    fact,
    field::{FieldError, Rule},
    id::{GroupId, ObjectId, OrderId, TargetId},
    permission::Role,
    request::Lane,
    service::{MAIN_INSTANCE, split_instance},
    spec::{GroupSpec, Spec},
    tenant::TenantKind,
};
use jiff::civil::Date;
use serde_json::json;
use store::{
    catalogue::{Bundle, Meanings, Plan},
    groups::{GroupPurpose, GroupValues, NewGroup},
    objects::{Entity, NewObject},
    orders::{NewOrder, Order},
    subscriptions::NewSubscription,
    tenants::NewTenant,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
    users::Name,
};

use super::{Checked, OrderDraft};
use crate::{
    AppError,
    error::Conflict,
    groups::group_logon_name,
    instances::{Ordered, ordered_instance},
    placement,
    provision::{Created, Home, prepare},
};

/// Everything an order needs to know before it writes.
pub(super) struct Site {
    permit: Permit<act::OrderCreate>,
    /// What the first administrator gets.
    role: &'static Role,
    tenant: NewTenant,
    /// First day of the contract.
    start: Date,
    target: TargetId,
    /// The seller's container, once it is there.
    parent: Option<ObjectId>,
    plans: Vec<Plan>,
    /// The ordered plans, each once for an instance.
    ordered: Vec<(Plan, String)>,
    /// What the customer gets, with names of groups in the directory.
    instances: Vec<Ordered>,
    meanings: Meanings,
    bundles: Vec<Bundle>,
}

impl Site {
    pub(super) async fn resolve(
        tx: &mut WriteTx<'_>,
        permit: Permit<act::OrderCreate>,
        role: &'static Role,
        draft: &OrderDraft,
        checked: &Checked,
    ) -> Result<Self, AppError> {
        let seller = &permit.tenant;
        let target = directory(tx, seller, draft.customer.directory.as_deref()).await?;
        if tx.is_read_only(target).await? {
            return Err(AppError::Conflict(Conflict::DirectoryReadOnly));
        }
        let currency = checked.currency.clone().unwrap_or_else(|| seller.currency.clone());
        let plans = tx.plans_for(seller, &currency).await?;
        let (mut ordered, mut errors) = (Vec::<(Plan, String)>::new(), Vec::new());
        for (i, text) in draft.plans.iter().enumerate() {
            let (code, instance) = split_instance(text);
            let instance = instance.unwrap_or(MAIN_INSTANCE);
            match plans.iter().find(|p| p.code == code) {
                Some(plan) if ordered.iter().all(|(p, of)| p.id != plan.id || of != instance) => {
                    ordered.push((plan.clone(), instance.to_owned()));
                }
                Some(_) => {}
                None => {
                    let known: Vec<_> = plans.iter().map(|p| p.code.as_str()).collect();
                    let field = format!("services[{i}].plan");
                    let error = FieldError::new(field, Rule::Unknown).with("value", code);
                    errors.push(error.with("known", known.join(", ")));
                }
            }
        }
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        let services: Vec<_> = ordered.iter().map(|(plan, _)| plan.service).collect();
        tx.lock_services(&services, false).await?;
        let path: Vec<_> = seller.path.iter().map(|t| t.uuid()).collect();
        let ids: Vec<_> = plans.iter().map(|plan| plan.id.uuid()).collect();
        let meanings = tx.meanings(&path, &ids, &[], &[]).await?;
        let bundles = tx.bundles(None, Some(seller)).await?;
        let customer = (checked.code.as_str(), checked.name.as_str());
        let instances = instances(tx, customer, &ordered, &meanings)?;
        let tenant = NewTenant {
            id: tx.id(),
            kind: TenantKind::Customer,
            code: checked.code.as_str().to_owned(),
            name: checked.name.clone(),
            billing_id: checked.billing_id.clone(),
            standing: checked.standing,
            brand: seller.brand.map(domain::id::Id::from_uuid),
            language: checked.language.clone().unwrap_or_else(|| seller.language.clone()),
            time_zone: checked.time_zone.clone().unwrap_or_else(|| seller.time_zone.clone()),
            currency,
            target: Some(target),
            naming_pattern: checked.pattern.clone().unwrap_or_else(|| seller.naming_pattern.clone()),
            folder: Some(tx.id()),
            members: Some(tx.id()),
        };
        let start = first_day(tx, checked, &tenant.time_zone)?;
        // Of the new customer holds what holds of its seller, until somebody says something.
        let meanings = meanings.inherited(seller.id, tenant.id);
        Ok(Self {
            permit,
            role,
            tenant,
            start,
            target,
            parent: None,
            plans,
            ordered,
            instances,
            meanings,
            bundles,
        })
    }

    pub(super) async fn build(
        &mut self,
        tx: &mut WriteTx<'_>,
        draft: &OrderDraft,
        checked: &Checked,
        hash: &[u8],
    ) -> Result<(Order, Created), AppError> {
        self.reserve(tx, checked).await?;
        tx.insert_customer(&self.permit, &self.tenant).await?;
        let lane = Lane::for_objects(checked.users.len() + 1);
        let args = json!({ "name": self.tenant.name, "reference": checked.reference });
        let request = tx.open_request(self.tenant.id, "order", args, lane);
        let placed = tx.place_seller(self.permit.tenant.id, self.target, self.tenant.id).await?;
        self.parent = placed.map_err(placement::refused)?;
        let order_id: OrderId = tx.id();
        self.want_containers(tx, lane).await?;
        let created = self.people(tx, checked, order_id, lane).await?;
        let Some(administrator) = created.into_iter().next() else { return Err(AppError::NotFound("user")) };
        let user = administrator.user.id;
        tx.insert_grants(self.tenant.id, &[user], (self.role.code, self.role.version)).await?;
        self.customer_subscriptions(tx, order_id).await?;
        let order = NewOrder {
            id: order_id,
            reference: &checked.reference,
            content_hash: hash,
            purchase_order: checked.purchase_order.as_deref(),
            start: Some(self.start),
            end: checked.end,
            notice_days: draft.notice_days.and_then(|d| i32::try_from(d).ok()),
            customer: self.tenant.id,
            administrator: administrator.user.id,
            request,
        };
        tx.insert_order(&self.permit, &order).await?;
        Ok((tx.order(order_id).await?, administrator))
    }

    fn members_name(&self) -> String {
        members_name(&self.tenant.code)
    }

    /// The customer's own names: code, suffix and those of its groups.
    async fn reserve(&self, tx: &mut WriteTx<'_>, checked: &Checked) -> Result<(), AppError> {
        let id = self.tenant.id;
        let mut names = vec![
            (Name::code(&self.tenant.code), id.uuid()),
            (Name::suffix(&checked.suffix), id.uuid()),
            (Name::logon(self.target, &group_logon_name(&self.members_name())), id.uuid()),
        ];
        let mut fields = vec!["customer.code", "customer.upn_suffix", "customer.code"];
        for rdn in self.instances.iter().flat_map(|ordered| &ordered.names) {
            names.push((Name::logon(self.target, &group_logon_name(rdn)), id.uuid()));
            fields.push("customer.code");
        }
        let taken = tx.reserve(id, &names).await?;
        let mut errors: Vec<FieldError> = taken
            .into_iter()
            .map(|i| FieldError::new(fields[i], Rule::Taken).with("value", &names[i].0.value))
            .collect();
        // One code stands behind the names of several groups.
        let mut seen = BTreeSet::new();
        errors.retain(|e| seen.insert(e.field.clone()));
        if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
    }

    /// The OU, closed from the first instant, the group of all people, who may
    /// read it, and one group a service.
    async fn want_containers(&self, tx: &mut WriteTx<'_>, lane: Lane) -> Result<(), AppError> {
        let (Some(folder), Some(members)) = (self.tenant.folder, self.tenant.members) else {
            return Err(AppError::NotFound("customer"));
        };
        let (tenant, target) = (self.tenant.id, self.target);
        let of_tenant = (Entity::Tenant, tenant.uuid());
        let group = |name: String, description: &str| {
            let logon = group_logon_name(&name);
            let description = Some(description.to_owned());
            Spec::Group(GroupSpec { description, ..GroupSpec::security(folder, name, logon) })
        };
        let everybody: GroupId = tx.id();
        let container = Spec::Container {
            name: self.tenant.code.clone(),
            parent: self.parent,
            description: Some(self.tenant.name.clone()),
        };
        let object = |id, entity, spec| NewObject { id, tenant, target, entity, spec };
        let mut objects = vec![
            object(folder, of_tenant, container),
            object(members, (Entity::Group, everybody.uuid()), group(self.members_name(), &self.tenant.name)),
            object(tx.id(), of_tenant, Spec::Access { container: folder, readers: members }),
        ];
        let groups = [NewGroup {
            id: everybody,
            object: members,
            purpose: GroupPurpose::Members,
            values: GroupValues { name: "Members".to_owned(), ..GroupValues::default() },
        }];
        let mut instances = Vec::with_capacity(self.instances.len());
        for ordered in &self.instances {
            objects.extend(ordered.objects(tenant, target, folder));
            instances.push(ordered.new.clone());
        }
        tx.want_new(&objects, lane).await?;
        tx.insert_first_groups(&self.permit, tenant, &groups).await?;
        tx.insert_instances(&self.permit, tenant, &instances).await?;
        Ok(())
    }

    /// The administrator first, then the others.
    async fn people(
        &self,
        tx: &mut WriteTx<'_>,
        checked: &Checked,
        order: OrderId,
        lane: Lane,
    ) -> Result<Vec<Created>, AppError> {
        let (Some(folder), Some(members)) = (self.tenant.folder, self.tenant.members) else {
            return Err(AppError::NotFound("customer"));
        };
        let home = Home {
            tenant: self.tenant.id,
            code: &self.tenant.code,
            name: &self.tenant.name,
            target: self.target,
            folder,
            members,
            zone: &self.tenant.time_zone,
            pattern: &self.tenant.naming_pattern,
            suffixes: std::slice::from_ref(&checked.suffix),
            instances: self.instances.iter().map(Ordered::instance).collect(),
            plans: &self.plans,
            meanings: self.meanings.clone(),
            bundles: self.bundles.clone(),
            // A customer that is only being made has no groups of its own yet.
            groups: HashMap::new(),
            fields: tx.fields(&self.permit.tenant).await?,
            order: Some(order),
        };
        let mut paths = vec!["administrator".to_owned()];
        paths.extend((0..checked.users.len()).map(|i| format!("users[{i}]")));
        let people: Vec<_> = std::iter::once(&checked.administrator).chain(&checked.users).cloned().collect();
        let mut prepared = prepare(tx, &home, &paths, &people).await?;
        prepared.users[0].administrator = true;
        let (people, groups) = (&prepared.users, &prepared.edges);
        let links = tx.create_first_people(&self.permit, self.tenant.id, people, groups, lane).await?;
        prepared.subscribe(tx, &home, links).await
    }

    /// Plans the customer has as a whole: real when the group exists.
    async fn customer_subscriptions(&self, tx: &mut WriteTx<'_>, order: OrderId) -> Result<(), AppError> {
        let subscriptions: Vec<_> = self
            .ordered
            .iter()
            .filter(|(plan, _)| !plan.per_user)
            .filter_map(|(plan, code)| {
                let of =
                    |ordered: &&Ordered| ordered.new.service == plan.service && ordered.new.code == *code;
                let (_, group, _) = self.instances.iter().find(of)?.new.groups.first()?;
                Some(NewSubscription {
                    id: tx.id(),
                    user: None,
                    plan: plan.id,
                    order: Some(order),
                    group: *group,
                    member: None,
                })
            })
            .collect();
        if !subscriptions.is_empty() {
            tx.subscribe(self.tenant.id, &self.tenant.time_zone, &subscriptions).await?;
        }
        Ok(())
    }
}

/// The instances that are ordered, each once.
fn instances(
    tx: &WriteTx<'_>,
    customer: (&str, &str),
    ordered: &[(Plan, String)],
    meanings: &Meanings,
) -> Result<Vec<Ordered>, AppError> {
    let (mut instances, mut errors) = (Vec::<Ordered>::new(), Vec::new());
    for (i, (plan, code)) in ordered.iter().enumerate() {
        let same = instances.iter().filter(|o| o.new.service == plan.service).collect::<Vec<_>>();
        if same.iter().any(|o| o.new.code == *code) {
            continue;
        }
        let several = !same.is_empty();
        match ordered_instance(tx, customer, plan, (code, None), several, meanings) {
            Ok(ordered) => instances.push(ordered),
            Err(error) => errors.push(error.under(&format!("services[{i}]"))),
        }
    }
    if errors.is_empty() { Ok(instances) } else { Err(AppError::Invalid(errors)) }
}

/// The given day, or today where the customer is.
fn first_day(tx: &WriteTx<'_>, checked: &Checked, zone: &str) -> Result<Date, AppError> {
    if let Some(day) = checked.start {
        return Ok(day);
    }
    let zone = fact::time_zone(zone).ok_or(AppError::NotFound("time zone"))?;
    let today = fact::local_date(tx.now(), &zone);
    match checked.end {
        Some(end) if end < today => {
            Err(AppError::field(FieldError::new("end", Rule::OutOfRange).with("min", today)))
        }
        _ => Ok(today),
    }
}

/// The name of the group of all people of a customer.
pub(super) fn members_name(code: &str) -> String {
    format!("{code} Members")
}

/// The chosen directory, or the seller's default.
pub(super) async fn directory(
    tx: &mut ReadTx<'_>,
    seller: &TenantRef,
    given: Option<&str>,
) -> Result<TargetId, AppError> {
    let given = given.map(str::trim).filter(|t| !t.is_empty());
    let placements = tx.placements(seller.id).await?;
    let unknown = || {
        let usable = placements.iter().filter(|p| p.obstacle.is_none());
        let known = usable.map(|p| p.code.as_str()).collect::<Vec<_>>().join(", ");
        let rule = if given.is_some() { Rule::Unknown } else { Rule::Required };
        AppError::field(FieldError::new("customer.directory", rule).with("known", known))
    };
    match given {
        Some(code) => match placements.iter().find(|p| p.code == code) {
            Some(found) => found.obstacle.map_or(Ok(found.target), |why| Err(placement::refused(why))),
            None => Err(unknown()),
        },
        None => tx.default_directory(seller.id).await?.map(|d| d.target).ok_or_else(unknown),
    }
}
