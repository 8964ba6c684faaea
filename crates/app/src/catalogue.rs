//! Publishing: services, versions of plans, bundles. A tenant publishes to all below it.

use std::collections::BTreeMap;

use domain::{
    catalogue::{Money, ServiceScope},
    field::{Checker, FieldError, Rule},
    id::{PlanId, RequestId, TenantId},
    limits, names,
    request::Lane,
    service::{self, DefinitionDraft},
    setting::currency,
};
use serde_json::json;
use store::{
    Caller,
    catalogue::{NewBundle, NewPlan, NewService, Reach, ServiceChange},
    tx::{Cause, Permit, WriteTx, act},
};

use crate::{App, AppError};

/// A service as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct ServiceDraft {
    /// Code.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// For single people, or for the customer as a whole.
    pub per_user: bool,
    /// What it means.
    pub definition: DefinitionDraft,
}

/// New values as somebody typed them.
#[derive(Debug, Clone, Default)]
pub struct ServicePatch {
    /// Name as shown.
    pub name: Option<String>,
    /// What it means.
    pub definition: Option<DefinitionDraft>,
    /// Nobody new can subscribe.
    pub retired: Option<bool>,
}

/// A version of a plan as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct PlanDraft {
    /// Code of the service; only for the first version.
    pub service: Option<String>,
    /// Name; that of the version before when absent.
    pub name: Option<String>,
    /// For the customer as a whole, although its service is for single people.
    pub per_customer: bool,
    /// Values of properties; those of the version before when absent.
    pub properties: Option<BTreeMap<String, String>>,
    /// Smallest units a month and currency; those of the version before when absent.
    pub prices: Option<Vec<(i64, String)>>,
}

/// A bundle as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct BundleDraft {
    /// Name as shown.
    pub name: String,
    /// Codes of plans, with an instance where one is meant.
    pub plans: Vec<String>,
    /// Names of groups of customers.
    pub groups: Vec<String>,
}

/// Locks nothing, proves that the caller may publish from `tenant`, and notes when not.
pub(crate) async fn manage<'s>(
    app: &'s App,
    caller: &'s Caller,
    tenant: TenantId,
    cause: &Cause,
) -> Result<(WriteTx<'s>, Permit<act::CatalogueManage>), AppError> {
    let mut tx = app.store.write(caller).await?;
    let found = tx.tenant(tenant).await?;
    match tx.permit::<act::CatalogueManage>(&found) {
        Ok(permit) => Ok((tx, permit)),
        Err(error) => {
            drop(tx);
            Err(app.note_denied(caller, tenant, error.into(), cause).await)
        }
    }
}

fn taken(error: store::StoreError, code: &str) -> AppError {
    match error.constraint() {
        Some("service_code_key" | "plan_code_version_key" | "bundle_code_version_key") => {
            AppError::field(FieldError::new("code", Rule::Taken).with("value", code))
        }
        _ => error.into(),
    }
}

/// Publishes a service from a tenant.
pub async fn create_service(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    draft: &ServiceDraft,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut c = Checker::default();
    let code = c.take(service::code("code", &draft.code));
    let name = c.take(names::display_name("name", &draft.name));
    let definition = all(&mut c, draft.definition.check());
    let scope = if draft.per_user { ServiceScope::User } else { ServiceScope::Customer };
    let new = (|| Some(NewService { code: code?, name: name?, scope, definition: definition? }))();
    let new = c.finish(new).map_err(AppError::Invalid)?;
    let (mut tx, permit) = manage(app, caller, tenant, cause).await?;
    tx.insert_service(&permit, &new).await.map_err(|error| taken(error, &new.code))?;
    tx.commit(cause).await?;
    Ok(())
}

/// Changes a service, if `version` is still the present one. People who have it get
/// what it means now: one request, if anything changes for them. Groups are those the
/// service had when a customer got it.
pub async fn update_service(
    app: &App,
    caller: &Caller,
    code: &str,
    version: i64,
    patch: &ServicePatch,
    cause: &Cause,
) -> Result<Option<RequestId>, AppError> {
    let mut c = Checker::default();
    let name = patch.name.as_deref().and_then(|name| c.take(names::display_name("name", name)));
    let definition = patch.definition.as_ref().and_then(|d| all(&mut c, d.check()));
    let change = ServiceChange { name, definition, retired: patch.retired };
    let change = c.finish(Some(change)).map_err(AppError::Invalid)?;
    let found = service_of(app, caller, code).await?;
    let (mut tx, permit) = manage(app, caller, found.tenant, cause).await?;
    tx.lock_services(&[found.id], true).await?;
    let before = tx.service(code).await?;
    tx.update_service(&permit, &before, version, &change).await?;
    let reach = Reach { service: before.id, below: before.tenant, instance: None, user: None };
    let people = if change.definition.is_some() { tx.reached(reach).await? } else { Vec::new() };
    let args = json!({ "name": before.name, "service": code });
    tx.open_request(before.tenant, "service_update", args, Lane::for_objects(people.len()));
    let changed = tx.settle_people(&people).await?;
    let request = tx.request_of(i64::try_from(changed).unwrap_or(i64::MAX));
    tx.commit(cause).await?;
    Ok(request)
}

/// Compares everybody who has a service with what it means, and puts right what
/// differs; for what the configuration file changed.
pub async fn apply_service(
    app: &App,
    caller: &Caller,
    code: &str,
    cause: &Cause,
) -> Result<Option<RequestId>, AppError> {
    let version = service_of(app, caller, code).await?.version;
    let found = service_of(app, caller, code).await?;
    let definition = DefinitionDraft {
        groups: found.definition.groups.iter().map(|g| g.text().to_owned()).collect(),
        attributes: found
            .definition
            .attributes
            .iter()
            .map(|(detail, template)| (detail.code().to_owned(), template.text().to_owned()))
            .collect(),
        properties: found.definition.properties.clone(),
    };
    let patch = ServicePatch { definition: Some(definition), ..ServicePatch::default() };
    update_service(app, caller, code, version, &patch, cause).await
}

async fn service_of(app: &App, caller: &Caller, code: &str) -> Result<store::catalogue::Service, AppError> {
    let mut tx = app.store.read(caller).await?;
    let found = tx.service(code).await?;
    tx.finish().await?;
    Ok(found)
}

/// Publishes a new plan from a tenant.
pub async fn create_plan(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    code: &str,
    draft: &PlanDraft,
    cause: &Cause,
) -> Result<PlanId, AppError> {
    let code = service::code("code", code).map_err(AppError::field)?;
    let (mut tx, permit) = manage(app, caller, tenant, cause).await?;
    let named = draft.service.as_deref().unwrap_or_default();
    // Of a service that is published to the tenant, not of one further down.
    let service = tx.services(Some(named)).await?.pop().filter(|s| permit.tenant.path.contains(&s.tenant));
    let service = service
        .ok_or_else(|| AppError::field(FieldError::new("service", Rule::Unknown).with("value", named)))?;
    tx.lock_services(&[service.id], true).await?;
    let mut c = Checker::default();
    let name = c.take(names::display_name("name", draft.name.as_deref().unwrap_or_default()));
    let given = draft.properties.clone().unwrap_or_default();
    let properties = all(&mut c, service.definition.check_values("properties", &given));
    let prices = check_prices(&mut c, draft.prices.as_deref().unwrap_or_default());
    let scope = if draft.per_customer { ServiceScope::Customer } else { service.scope };
    let new = (|| {
        let (code, version, service) = (code, 1, service.id);
        Some(NewPlan { code, version, service, name: name?, scope, properties: properties?, prices })
    })();
    let new = c.finish(new).map_err(AppError::Invalid)?;
    let id = tx.insert_plan(&permit, &new).await.map_err(|error| taken(error, &new.code))?;
    tx.commit(cause).await?;
    Ok(id)
}

/// Publishes another version of a plan. Who has the plan keeps the version they have.
pub async fn new_version(
    app: &App,
    caller: &Caller,
    code: &str,
    draft: &PlanDraft,
    cause: &Cause,
) -> Result<PlanId, AppError> {
    let mut reading = app.store.read(caller).await?;
    let publisher = reading.plan_versions(code).await?.first().map(|v| v.tenant);
    reading.finish().await?;
    let publisher = publisher.ok_or(AppError::NotFound("plan"))?;
    let (mut tx, permit) = manage(app, caller, publisher, cause).await?;
    let service = tx.plan_versions(code).await?.remove(0).service_code;
    let service = tx.service(&service).await?;
    tx.lock_services(&[service.id], true).await?;
    let last = tx.plan_versions(code).await?.remove(0);
    let mut c = Checker::default();
    let name = c.take(names::display_name("name", draft.name.as_deref().unwrap_or(&last.name)));
    let given = draft.properties.as_ref().unwrap_or(&last.properties);
    let properties = all(&mut c, service.definition.check_values("properties", given));
    let prices = match &draft.prices {
        Some(prices) => check_prices(&mut c, prices),
        None => last.prices,
    };
    let new = (|| {
        Some(NewPlan {
            code: last.code,
            version: last.version + 1,
            service: service.id,
            name: name?,
            scope: last.scope,
            properties: properties?,
            prices,
        })
    })();
    let new = c.finish(new).map_err(AppError::Invalid)?;
    let id = tx.insert_plan(&permit, &new).await.map_err(|error| taken(error, code))?;
    tx.commit(cause).await?;
    Ok(id)
}

/// Keeps what was checked, or notes all that is wrong with it under its own names.
fn all<T>(c: &mut Checker, checked: Result<T, Vec<FieldError>>) -> Option<T> {
    checked.map_err(|errors| errors.into_iter().for_each(|error| c.note(error))).ok()
}

fn check_prices(c: &mut Checker, prices: &[(i64, String)]) -> Vec<Money> {
    let mut checked: Vec<Money> = Vec::new();
    for (i, (minor, code)) in prices.iter().enumerate() {
        let field = format!("prices[{i}]");
        if *minor < 0 {
            c.note(FieldError::new(format!("{field}.minor"), Rule::OutOfRange).with("min", 0));
        }
        let Some(currency) = c.take(currency(&format!("{field}.currency"), code)) else { continue };
        if checked.iter().any(|p| p.currency == currency) {
            c.note(FieldError::new(format!("{field}.currency"), Rule::Duplicate).with("value", &currency));
            continue;
        }
        checked.push(Money { minor: *minor, currency });
    }
    checked
}

/// Publishes a bundle from a tenant, or another version of one.
pub async fn publish_bundle(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    code: &str,
    draft: &BundleDraft,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut c = Checker::default();
    let code = c.take(service::code("code", code));
    let name = c.take(names::display_name("name", &draft.name));
    if draft.plans.len() > limits::PLANS {
        c.note(FieldError::new("plans", Rule::TooMany).with("max", limits::PLANS));
    }
    if draft.groups.len() > limits::GROUPS_OF_BUNDLE {
        c.note(FieldError::new("groups", Rule::TooMany).with("max", limits::GROUPS_OF_BUNDLE));
    }
    if draft.plans.is_empty() && draft.groups.is_empty() {
        c.note(FieldError::new("plans", Rule::Required).with("or", "groups"));
    }
    let (code, name) = c.finish(code.zip(name)).map_err(AppError::Invalid)?;
    let (mut tx, permit) = manage(app, caller, tenant, cause).await?;
    let published = tx.plans_for(&permit.tenant, &permit.tenant.currency).await?;
    let mut errors = Vec::new();
    for (i, text) in draft.plans.iter().enumerate() {
        let plan = service::split_instance(text).0;
        if !published.iter().any(|p| p.code == plan && p.per_user) {
            errors.push(FieldError::new(format!("plans[{i}]"), Rule::Unknown).with("value", text));
        }
    }
    for (i, group) in draft.groups.iter().enumerate() {
        errors.extend(names::line(&format!("groups[{i}]"), group, limits::RDN_CHARS).err());
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let last = tx.bundles(Some(&code), None).await?.into_iter().next();
    if last.as_ref().is_some_and(|last| last.tenant != tenant) {
        return Err(AppError::field(FieldError::new("code", Rule::Taken).with("value", &code)));
    }
    let version = last.map_or(0, |last| last.content.version) + 1;
    let (plans, groups) = (draft.plans.clone(), draft.groups.clone());
    let new = NewBundle { code, version, name, plans, groups };
    tx.insert_bundle(&permit, &new).await.map_err(|error| taken(error, &new.code))?;
    tx.commit(cause).await?;
    Ok(())
}

/// Retires a bundle, or offers it again. Who has it keeps it; nobody new gets it until it is
/// offered again or another version is published.
pub async fn retire_bundle(
    app: &App,
    caller: &Caller,
    code: &str,
    retired: bool,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut reading = app.store.read(caller).await?;
    let publisher = reading.bundles(Some(code), None).await?.first().map(|bundle| bundle.tenant);
    reading.finish().await?;
    let publisher = publisher.ok_or(AppError::NotFound("bundle"))?;
    let (mut tx, permit) = manage(app, caller, publisher, cause).await?;
    let versions = tx.bundles(Some(code), None).await?;
    let newest = versions.first().ok_or(AppError::NotFound("bundle"))?;
    tx.retire_bundle(&permit, newest, retired).await?;
    tx.commit(cause).await?;
    Ok(())
}
