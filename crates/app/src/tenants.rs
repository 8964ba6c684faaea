//! Resellers and customers: create, change.

use domain::{
    custom::Form,
    field::{Checker, FieldError, Rule},
    id::{TenantId, UserId},
    limits, names as rules,
    permission::{self, Role},
    request::Lane,
    setting::{Setting, currency, language, time_zone},
    spec::Spec,
    tenant::{Code, Standing, TenantKind},
};
use serde_json::json;
use store::{
    Caller,
    tenants::{NewTenant, TenantChange},
    tx::{Cause, Permit, TenantRef, WriteTx, act},
    users::{Name, NewUser},
};

use crate::{
    Answer, App, AppError, Repeat, brands,
    life::settle_served,
    mails,
    people::{Person, PersonDraft},
    provision::first_values,
    repeat, settings,
};

/// A reseller as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct ResellerDraft {
    /// Code or id of the tenant it stands below; the caller's when absent.
    pub parent: Option<String>,
    /// Unchangeable short name.
    pub code: String,
    /// Display name.
    pub name: String,
    /// Code of its brand; inherited when absent.
    pub brand: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// IANA.
    pub time_zone: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// `standard`, `test` or `demo`.
    pub standing: Option<String>,
    /// Its first administrator, who signs in with `principal_name`.
    pub administrator: Option<PersonDraft>,
}

/// A reseller that was made.
#[derive(Debug)]
pub struct CreatedReseller {
    /// Its id.
    pub id: TenantId,
    /// Its administrator with the secret part of the activation link.
    pub administrator: Option<(UserId, String, jiff::Timestamp)>,
}

/// Makes a reseller and optionally its first administrator. It gets a container in a
/// directory when the first customer of its own is placed there.
pub async fn create_reseller(
    app: &App,
    caller: &Caller,
    draft: &ResellerDraft,
    repeated: Option<&Repeat<'_, CreatedReseller>>,
    cause: &Cause,
) -> Result<Answer<CreatedReseller>, AppError> {
    let mut c = Checker::default();
    let code = c.take(Code::parse("code", &draft.code));
    let name = c.take(rules::display_name("name", &draft.name));
    let administrator = draft.administrator.as_ref().and_then(|a| c.take_all("administrator", a.check()));
    if administrator.as_ref().is_some_and(|a| a.principal_name.is_none()) {
        c.note(FieldError::new("administrator.principal_name", Rule::Required));
    }
    let Some((code, name)) = code.zip(name).filter(|_| c.is_clean()) else {
        return Err(AppError::Invalid(c.finish::<()>(None).err().unwrap_or_default()));
    };
    let mut tx = app.store.write(caller).await?;
    let parent = parent(&mut tx, caller, draft.parent.as_deref()).await?;
    let role = permission::role("reseller_administrator").ok_or(AppError::NotFound("role"))?;
    let permit = tx.permit::<act::ResellerCreate>(&parent).and_then(|permit| match &administrator {
        Some(_) => tx.may_give(&parent, role).map(|()| permit),
        None => Ok(permit),
    });
    let permit = match permit {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, parent.id, error.into(), cause).await);
        }
    };
    mails::required(app, caller, &parent.path, draft.administrator.iter())?;
    if let Some(answer) = repeat::before(&mut tx, repeated).await? {
        return Ok(answer);
    }
    if !parent.kind.may_hold(TenantKind::Reseller) || parent.path.len() + 2 > domain::limits::TENANT_DEPTH {
        return Err(AppError::field(FieldError::new("parent", Rule::OutOfRange)));
    }
    let tenant = reseller(&mut tx, &parent, draft, code.as_str(), &name).await?;
    let taken = tx.reserve(tenant.id, &[(Name::code(&tenant.code), tenant.id.uuid())]).await?;
    if !taken.is_empty() {
        return Err(AppError::field(FieldError::new("code", Rule::Taken).with("value", &tenant.code)));
    }
    tx.insert_reseller(&permit, &tenant).await?;
    let administrator = match administrator {
        Some(person) => Some(staff(&mut tx, &permit, role, tenant.id, &person).await?),
        None => None,
    };
    let created = CreatedReseller { id: tenant.id, administrator };
    repeat::keep(&mut tx, repeated, &created).await?;
    tx.commit(cause).await?;
    Ok(Answer::Done(created))
}

async fn parent(tx: &mut WriteTx<'_>, caller: &Caller, given: Option<&str>) -> Result<TenantRef, AppError> {
    Ok(match given.map(str::trim).filter(|t| !t.is_empty()) {
        None => tx.tenant(caller.tenant).await?,
        Some(text) => match text.parse::<TenantId>() {
            Ok(id) => tx.tenant(id).await,
            Err(_) => tx.tenant_by_code(text).await,
        }
        .map_err(|e| match e {
            store::StoreError::NotFound(_) => AppError::field(FieldError::new("parent", Rule::Unknown)),
            other => other.into(),
        })?,
    })
}

async fn reseller(
    tx: &mut WriteTx<'_>,
    parent: &TenantRef,
    draft: &ResellerDraft,
    code: &str,
    name: &str,
) -> Result<NewTenant, AppError> {
    let given = |v: &Option<String>| v.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let brand =
        match given(&draft.brand) {
            None => parent.brand.map(domain::id::Id::from_uuid),
            Some(code) => Some(tx.brand_by_code(&code).await?.ok_or_else(|| {
                AppError::field(FieldError::new("brand", Rule::Unknown).with("value", &code))
            })?),
        };
    let standing = match given(&draft.standing) {
        None => Standing::Standard,
        Some(text) => Standing::from_code(&text).ok_or_else(|| {
            AppError::field(FieldError::new("standing", Rule::Unknown).with("known", "standard, test, demo"))
        })?,
    };
    let or = |v: Option<String>, parent: &str| v.unwrap_or_else(|| parent.to_owned());
    Ok(NewTenant {
        id: tx.id(),
        kind: TenantKind::Reseller,
        code: code.to_owned(),
        name: name.to_owned(),
        billing_id: None,
        standing,
        brand,
        language: language("language", &or(given(&draft.language), &parent.language))
            .map_err(AppError::field)?,
        time_zone: time_zone("time_zone", &or(given(&draft.time_zone), &parent.time_zone))
            .map_err(AppError::field)?,
        currency: currency("currency", &or(given(&draft.currency), &parent.currency))
            .map_err(AppError::field)?,
        target: None,
        naming_pattern: parent.naming_pattern.clone(),
        folder: None,
        members: None,
    })
}

/// A person of a reseller: the portal's password alone, no directory account.
async fn staff(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::ResellerCreate>,
    role: &Role,
    tenant: TenantId,
    person: &Person,
) -> Result<(UserId, String, jiff::Timestamp), AppError> {
    let principal = person.principal_name.clone().unwrap_or_default();
    if person.manager.is_some() {
        return Err(AppError::field(FieldError::new("administrator.manager", Rule::Unknown)));
    }
    let definitions = tx.fields(&permit.tenant).await?;
    let fields = first_values(&Form::new(&definitions), "administrator", &person.fields);
    let fields = fields.map_err(AppError::Invalid)?;
    let user = NewUser {
        id: tx.id(),
        account: None,
        given_name: person.given_name.clone(),
        surname: person.surname.clone(),
        display_name: person.display_name.clone(),
        principal_name: principal.clone(),
        logon_name: None,
        mail: person.mail.clone(),
        phone: person.phone.clone(),
        title: person.title.clone(),
        department: person.department.clone(),
        manager: None,
        enabled: true,
        administrator: true,
        details: person.details.clone(),
        fields,
    };
    let taken = tx.reserve(tenant, &[(Name::principal(&principal), user.id.uuid())]).await?;
    if !taken.is_empty() {
        let error = FieldError::new("administrator.principal_name", Rule::Taken).with("value", &principal);
        return Err(AppError::field(error));
    }
    let mut links = tx.create_staff(permit, tenant, std::slice::from_ref(&user)).await?;
    if let Some(token) = links.tokens.first().filter(|_| person.by_mail) {
        mails::send_activation(tx, tenant, &user, token)?;
    }
    tx.insert_grants(tenant, &[user.id], (role.code, role.version)).await?;
    Ok((user.id, links.tokens.pop().unwrap_or_default(), links.expires_at))
}

/// New values of a tenant.
#[derive(Debug, Clone, Default)]
pub struct TenantPatch {
    /// Display name.
    pub name: Option<String>,
    /// Id in the invoicing system; inner `None` takes it away.
    pub billing_id: Option<Option<String>>,
    /// BCP 47.
    pub language: Option<String>,
    /// IANA.
    pub time_zone: Option<String>,
    /// How log-on names are made.
    pub naming_pattern: Option<String>,
}

/// Changes a tenant, if `version` is still the present one.
pub async fn update(
    app: &App,
    caller: &Caller,
    id: TenantId,
    version: i64,
    patch: TenantPatch,
    cause: &Cause,
) -> Result<TenantRef, AppError> {
    let mut c = Checker::default();
    let name = patch.name.and_then(|v| c.take(rules::display_name("name", &v)));
    let billing_id = patch.billing_id.map(|id| {
        c.take(rules::optional_line("billing_id", id.as_deref(), limits::ATTRIBUTE_CHARS)).flatten()
    });
    let change = TenantChange { name, billing_id, ..TenantChange::default() };
    let given = [
        (Setting::Language, patch.language),
        (Setting::TimeZone, patch.time_zone),
        (Setting::NamingPattern, patch.naming_pattern),
    ];
    let said = given.into_iter().filter_map(|(setting, text)| {
        let value = c.take(setting.parse(setting.code(), &text?))?;
        Some((setting, Some(value)))
    });
    let said = said.collect();
    let change = c.finish(Some(change)).map_err(AppError::Invalid)?;
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(id).await?;
    let permit = match tx.permit::<act::TenantUpdate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, id, error.into(), cause).await);
        }
    };
    // Under which number the seller bills is not for whoever is billed to say.
    if change.billing_id.as_ref().is_some_and(|billing| *billing != tenant.billing_id) {
        if let Err(error) = brands::permit_above(&mut tx, &tenant).await {
            drop(tx);
            return Err(app.note_denied(caller, id, error, cause).await);
        }
        tx.tenant(id).await?;
    }
    let args = json!({ "name": change.name.as_ref().unwrap_or(&tenant.name) });
    tx.open_request(id, "tenant_update", args, Lane::Interactive);
    let (settled, mut objects) = settings::say(&mut tx, &permit, version, &said).await?;
    if tx.update_tenant(&permit, Some(settled), &change).await? == version {
        return Ok(tenant);
    }
    let after = tx.tenant(id).await?;
    if after.name != tenant.name {
        objects += rename_containers(&mut tx, id, &after.name).await?;
        // Services may say the customer's name of its people.
        objects += settle_served(&mut tx, id, Some("{customer}")).await?;
    }
    tx.request_of(objects);
    tx.commit(cause).await?;
    Ok(after)
}

/// The containers of a tenant bear its name as their description: a customer has
/// one, a reseller one in every directory its customers are in, the provider none.
async fn rename_containers(tx: &mut WriteTx<'_>, tenant: TenantId, name: &str) -> Result<i64, AppError> {
    let containers = tx.containers_of(tenant).await?;
    let count = containers.len();
    for container in containers {
        let renamed = |spec| match spec {
            Spec::Container { name: rdn, parent, .. } => {
                Some(Spec::Container { name: rdn, parent, description: Some(name.to_owned()) })
            }
            other => Some(other),
        };
        tx.want_change(container, renamed, Lane::Interactive).await?;
    }
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
