//! A sales order becomes a customer: container with its access list, groups,
//! services, first administrator and optionally people, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    field::{Checker, FieldError, Rule},
    id::{GroupId, ObjectId, OrderId, ServiceId, TargetId, TenantId},
    limits, names as rules,
    naming::{DEFAULT_PATTERN, Pattern},
    permission,
    request::Lane,
    spec::Spec,
    tenant::{Code, Standing, TenantKind},
};
use jiff::civil::Date;
use serde_json::json;
use store::{
    Caller,
    catalogue::Plan,
    groups::{GroupPurpose, NewGroup},
    objects::{Entity, NewObject},
    orders::{NewOrder, Order},
    seal,
    subscriptions::NewSubscription,
    tenants::NewTenant,
    tx::{Cause, Permit, TenantRef, WriteTx, act},
    users::Name,
};

use crate::{
    App, AppError,
    error::{Conflict, currency, language, time_zone},
    groups::group_logon_name,
    people::{Person, PersonDraft, check_all},
    provision::{Created, Home, prepare},
};

/// An order as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct OrderDraft {
    /// The seller's own reference: unique per seller.
    pub reference: String,
    /// Code or id of the seller; the caller's tenant when absent.
    pub seller: Option<String>,
    /// The buyer's number.
    pub purchase_order: Option<String>,
    /// First day, as 2026-03-01.
    pub start: Option<String>,
    /// Last day.
    pub end: Option<String>,
    /// Days of notice.
    pub notice_days: Option<u32>,
    /// The customer.
    pub customer: CustomerDraft,
    /// Codes of plans whose services the customer gets.
    pub plans: Vec<String>,
    /// The first administrator.
    pub administrator: PersonDraft,
    /// More people.
    pub users: Vec<PersonDraft>,
}

/// A customer as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct CustomerDraft {
    /// Unchangeable short name.
    pub code: String,
    /// Display name.
    pub name: String,
    /// Id in the invoicing system.
    pub billing_id: Option<String>,
    /// `standard`, `test` or `demo`.
    pub standing: Option<String>,
    /// BCP 47; the seller's when absent.
    pub language: Option<String>,
    /// IANA; the seller's when absent.
    pub time_zone: Option<String>,
    /// ISO 4217; the seller's when absent.
    pub currency: Option<String>,
    /// The part of principal names after the `@`.
    pub suffix: String,
    /// Code of the directory; the only one when absent.
    pub directory: Option<String>,
    /// How log-on names are made.
    pub naming_pattern: Option<String>,
}

struct Checked {
    reference: String,
    purchase_order: Option<String>,
    start: Option<Date>,
    end: Option<Date>,
    code: Code,
    name: String,
    billing_id: Option<String>,
    standing: Standing,
    language: Option<String>,
    time_zone: Option<String>,
    currency: Option<String>,
    suffix: String,
    pattern: String,
    administrator: Person,
    users: Vec<Person>,
}

/// A placed order.
#[derive(Debug)]
pub struct Placed {
    /// As stored.
    pub order: Order,
    /// False when the same order had been placed before.
    pub created: bool,
    /// The secret part of the administrator's activation link, and until when it
    /// can be used; none once the administrator has a password.
    pub activation: Option<(String, jiff::Timestamp)>,
}

fn day(c: &mut Checker, field: &str, text: Option<&str>) -> Option<Date> {
    let text = text.map(str::trim).filter(|t| !t.is_empty())?;
    let form = || FieldError::new(field, Rule::Format).with("expected", "a day, as 2026-03-01");
    c.take(text.parse().map_err(|_| form()))
}

impl OrderDraft {
    fn check(&self) -> Result<Checked, Vec<FieldError>> {
        let mut c = Checker::default();
        let (customer, line) = (&self.customer, rules::optional_line);
        let reference = c.take(rules::line("reference", &self.reference, limits::REFERENCE_CHARS));
        let code = c.take(Code::parse("customer.code", &customer.code));
        let name = c.take(rules::display_name("customer.name", &customer.name));
        let suffix = c.take(rules::suffix("customer.upn_suffix", &customer.suffix));
        let standing = match customer.standing.as_deref() {
            None | Some("") => Some(Standing::Standard),
            Some(text) => c.take(Standing::from_code(text).ok_or_else(|| {
                FieldError::new("customer.standing", Rule::Unknown).with("known", "standard, test, demo")
            })),
        };
        let pattern = customer.naming_pattern.as_deref().unwrap_or(DEFAULT_PATTERN);
        c.take(Pattern::parse("customer.naming_pattern", pattern));
        let given =
            |v: &Option<String>| v.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let language = given(&customer.language).and_then(|v| c.take(language("customer.language", &v)));
        let zone = given(&customer.time_zone).and_then(|v| c.take(time_zone("customer.time_zone", &v)));
        let currency = given(&customer.currency).and_then(|v| c.take(currency("customer.currency", &v)));
        let billing =
            c.take(line("customer.billing_id", customer.billing_id.as_deref(), limits::ATTRIBUTE_CHARS));
        let purchase =
            c.take(line("purchase_order", self.purchase_order.as_deref(), limits::REFERENCE_CHARS));
        let start = day(&mut c, "start", self.start.as_deref());
        let end = day(&mut c, "end", self.end.as_deref());
        if start.zip(end).is_some_and(|(start, end)| end < start) {
            c.note(
                FieldError::new("end", Rule::OutOfRange)
                    .with("min", self.start.as_deref().unwrap_or_default()),
            );
        }
        if self.notice_days.is_some_and(|days| days > 3_650) {
            c.note(FieldError::new("notice_period_days", Rule::OutOfRange).with("max", 3_650));
        }
        let administrator = c.take_all("administrator", self.administrator.check());
        let users = c.take_all("", check_all("users", &self.users)).unwrap_or_default();
        let checked = (|| {
            Some(Checked {
                reference: reference?,
                purchase_order: purchase?,
                start,
                end,
                code: code?,
                name: name?,
                billing_id: billing?,
                standing: standing?,
                language,
                time_zone: zone,
                currency,
                suffix: suffix?,
                pattern: pattern.to_owned(),
                administrator: administrator?,
                users,
            })
        })();
        c.finish(checked).map_err(|errors| {
            errors
                .into_iter()
                .map(|mut e| {
                    e.field = e.field.trim_start_matches('.').to_owned();
                    e
                })
                .collect()
        })
    }
}

/// Places an order. `content` is the order as it came in: the same content
/// with the same reference gives the first order, other content is a conflict.
pub async fn place(
    app: &App,
    caller: &Caller,
    draft: &OrderDraft,
    content: &[u8],
    cause: &Cause,
) -> Result<Placed, AppError> {
    let checked = draft.check().map_err(AppError::Invalid)?;
    let mut tx = app.store.write(caller).await?;
    let seller = seller(&mut tx, caller, draft.seller.as_deref()).await?;
    let permit = match tx.permit::<act::OrderCreate>(&seller) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, seller.id, error.into(), cause).await);
        }
    };
    tx.lock_reference(seller.id, &checked.reference).await?;
    let hash = seal::hash(content);
    if let Some(order) = tx.order_by_reference(seller.id, &checked.reference).await? {
        if order.content_hash != hash {
            return Err(AppError::Conflict(Conflict::ReferenceUsed));
        }
        let activation = tx.open_link(order.administrator).await?;
        return Ok(Placed { order, created: false, activation });
    }
    let mut site = Site::resolve(&mut tx, permit, draft, &checked).await?;
    let (order, administrator) = site.build(&mut tx, draft, &checked, &hash).await?;
    tx.commit(cause).await?;
    Ok(Placed {
        order,
        created: true,
        activation: Some((administrator.activation, administrator.expires_at)),
    })
}

async fn seller(tx: &mut WriteTx<'_>, caller: &Caller, given: Option<&str>) -> Result<TenantRef, AppError> {
    let unknown = |e| match e {
        store::StoreError::NotFound(_) => AppError::field(FieldError::new("seller", Rule::Unknown)),
        other => other.into(),
    };
    let seller = match given.map(str::trim).filter(|t| !t.is_empty()) {
        None => tx.tenant(caller.tenant).await?,
        Some(text) => match text.parse::<TenantId>() {
            Ok(id) => tx.tenant(id).await.map_err(unknown)?,
            Err(_) => tx.tenant_by_code(text).await.map_err(unknown)?,
        },
    };
    if seller.kind == TenantKind::Customer {
        return Err(AppError::field(
            FieldError::new("seller", Rule::Format).with("expected", "a provider or reseller"),
        ));
    }
    Ok(seller)
}

/// Everything an order needs to know before it writes.
struct Site {
    permit: Permit<act::OrderCreate>,
    tenant: NewTenant,
    target: TargetId,
    parent: Option<ObjectId>,
    plans: Vec<Plan>,
    /// The ordered plans, each once.
    ordered: Vec<Plan>,
    /// One group a service: its id, its object, its name.
    groups: BTreeMap<ServiceId, (GroupId, ObjectId, String)>,
}

impl Site {
    async fn resolve(
        tx: &mut WriteTx<'_>,
        permit: Permit<act::OrderCreate>,
        draft: &OrderDraft,
        checked: &Checked,
    ) -> Result<Self, AppError> {
        let seller = &permit.tenant;
        let target = directory(tx, seller, draft.customer.directory.as_deref()).await?;
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
            naming_pattern: checked.pattern.clone(),
            folder: Some(tx.id()),
            members: Some(tx.id()),
        };
        Ok(Self { permit, tenant, target, parent, plans, ordered, groups })
    }

    async fn build(
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
        let role = permission::role("customer_administrator").ok_or(AppError::NotFound("role"))?;
        tx.insert_grant(self.tenant.id, administrator.user.id, role.code, role.version).await?;
        self.customer_subscriptions(tx, order_id).await?;
        let order = NewOrder {
            id: order_id,
            reference: &checked.reference,
            content_hash: hash,
            purchase_order: checked.purchase_order.as_deref(),
            start: checked.start,
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
