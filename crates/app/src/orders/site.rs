//! What an order needs to know before it writes, and what it writes.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    fact,
    field::{FieldError, Rule},
    id::{GroupId, ObjectId, OrderId, ServiceId, TargetId},
    permission::Role,
    request::Lane,
    spec::Spec,
    tenant::TenantKind,
};
use jiff::civil::Date;
use serde_json::json;
use store::{
    catalogue::Plan,
    groups::{GroupPurpose, NewGroup},
    objects::{Entity, NewObject},
    orders::{NewOrder, Order},
    subscriptions::NewSubscription,
    tenants::NewTenant,
    tx::{Permit, TenantRef, WriteTx, act},
    users::Name,
};

use super::{Checked, OrderDraft};
use crate::{
    AppError,
    error::Conflict,
    groups::group_logon_name,
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
    parent: Option<ObjectId>,
    plans: Vec<Plan>,
    /// The ordered plans, each once.
    ordered: Vec<Plan>,
    /// One group a service: its id, its object, its name.
    groups: BTreeMap<ServiceId, (GroupId, ObjectId, String)>,
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
        let parent = match seller.kind {
            TenantKind::Provider => None,
            _ => Some(
                tx.container_of(seller.id, target).await?.ok_or(AppError::Conflict(Conflict::NoContainer))?,
            ),
        };
        let currency = checked.currency.clone().unwrap_or_else(|| seller.currency.clone());
        let plans = tx.plans(&currency).await?;
        let (mut ordered, mut errors) = (Vec::<Plan>::new(), Vec::new());
        for (i, code) in draft.plans.iter().enumerate() {
            match plans.iter().find(|p| p.code == *code) {
                Some(plan) if ordered.iter().all(|p| p.id != plan.id) => ordered.push(plan.clone()),
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
        let mut groups = BTreeMap::new();
        for plan in &ordered {
            groups.entry(plan.service).or_insert_with(|| (tx.id(), tx.id(), plan.service_name.clone()));
        }
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
        Ok(Self { permit, role, tenant, start, target, parent, plans, ordered, groups })
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
        let order_id: OrderId = tx.id();
        self.want_containers(tx, lane).await?;
        let created = self.people(tx, checked, order_id, lane).await?;
        let Some(administrator) = created.into_iter().next() else { return Err(AppError::NotFound("user")) };
        let user = administrator.user.id;
        tx.insert_grant(self.tenant.id, user, self.role.code, self.role.version).await?;
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
        format!("{} Members", self.tenant.code)
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
        for (_, _, name) in self.groups.values() {
            let logon = group_logon_name(&format!("{} {name}", self.tenant.code));
            names.push((Name::logon(self.target, &logon), id.uuid()));
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
        let group = |name: String, description: &str| Spec::Group {
            logon_name: group_logon_name(&name),
            name,
            parent: folder,
            description: Some(description.to_owned()),
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
        let mut groups = vec![NewGroup {
            id: everybody,
            object: members,
            purpose: GroupPurpose::Members,
            name: "Members".to_owned(),
            description: None,
        }];
        for (service, (id, object_id, name)) in &self.groups {
            let spec = group(format!("{} {name}", self.tenant.code), name);
            objects.push(object(*object_id, (Entity::Group, id.uuid()), spec));
            groups.push(NewGroup {
                id: *id,
                object: *object_id,
                purpose: GroupPurpose::Service(*service),
                name: name.clone(),
                description: None,
            });
        }
        tx.want_new(&objects, lane).await?;
        tx.insert_first_groups(&self.permit, tenant, &groups).await?;
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
            target: self.target,
            folder,
            members,
            zone: &self.tenant.time_zone,
            pattern: &self.tenant.naming_pattern,
            suffixes: std::slice::from_ref(&checked.suffix),
            services: self.groups.iter().map(|(service, (_, object, _))| (*service, *object)).collect(),
            plans: &self.plans,
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
            .filter(|p| !p.per_user)
            .map(|plan| NewSubscription {
                id: tx.id(),
                user: None,
                plan: plan.id,
                order: Some(order),
                group: self.groups[&plan.service].1,
                member: None,
            })
            .collect();
        if !subscriptions.is_empty() {
            tx.subscribe(self.tenant.id, &self.tenant.time_zone, &subscriptions).await?;
        }
        Ok(())
    }
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

/// The chosen directory, or the only one there is.
async fn directory(
    tx: &mut WriteTx<'_>,
    seller: &TenantRef,
    given: Option<&str>,
) -> Result<TargetId, AppError> {
    let unknown = |known: String| {
        AppError::field(FieldError::new("customer.directory", Rule::Unknown).with("known", known))
    };
    if let Some(code) = given.map(str::trim).filter(|t| !t.is_empty()) {
        return match tx.target_by_code(code).await? {
            Some(target) => Ok(target),
            None => Err(unknown(String::new())),
        };
    }
    if let Some(target) = seller.target {
        return Ok(target);
    }
    let all = tx.targets().await?;
    match all.as_slice() {
        [(one, _)] => Ok(*one),
        many => Err(unknown(many.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>().join(", "))),
    }
}
