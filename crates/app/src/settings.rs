//! Settings of tenants in one place: what holds, where it comes from, and saying
//! something else.

use std::collections::BTreeMap;

use domain::{
    brand, fact,
    field::{Checker, FieldError, Rule},
    hours,
    id::TenantId,
    limits,
    password::Rules,
    request::Lane,
    setting::{self, Setting, effective},
    tenant::TenantKind,
};
use jiff::tz::TimeZone;
use serde_json::json;
use store::{
    Caller, StoreError,
    password_rules::PasswordRules,
    tx::{Cause, Permit, ReadTx, TenantRef, WriteTx, act},
    views::TenantSearch,
};

use crate::{App, AppError, brands, error::Conflict};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The tenant says it itself.
    Own,
    /// The nearest above that says it.
    Above(TenantId),
    /// Nobody says it: the product's own value, or none.
    Default,
}

/// A value that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holds {
    /// The name of the setting or rule.
    pub name: &'static str,
    /// What holds, if anything does.
    pub value: Option<String>,
    /// Where it comes from.
    pub from: From,
}

/// Everything that holds for a tenant.
#[derive(Debug, Clone)]
pub struct View {
    /// The tenant.
    pub tenant: TenantRef,
    /// Its settings.
    pub settings: Vec<Holds>,
    /// The rules for passwords, of which the strictest on the way up hold.
    pub password_rules: Vec<Holds>,
    /// Code and name of the tenants above that the caller may know.
    pub known: BTreeMap<TenantId, (String, String)>,
}

/// What holds for a tenant, and where it comes from.
pub async fn show(app: &App, caller: &Caller, tenant: TenantId) -> Result<View, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = tx.permit::<act::TenantRead>(&tenant)?;
    let rules = tx.password_rules(&permit).await?;
    let settings = holding(&mut tx, &tenant).await?;
    let ids = TenantSearch { ids: Some(tenant.path.clone()), ..TenantSearch::default() };
    let most = u32::try_from(limits::TENANT_DEPTH).unwrap_or(u32::MAX);
    let known = tx.tenant_views(&ids, None, most).await?;
    tx.finish().await?;
    let known = known.into_iter().map(|t| (t.id, (t.code, t.name))).collect();
    let password_rules = rules_holding(&rules, &tenant.path);
    Ok(View { tenant, settings, password_rules, known })
}

/// What would hold for a tenant of what was typed and of everything else, if what was typed were
/// said: with `None` the tenant says it no more. Nothing is checked, and nothing is said.
pub async fn as_if(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    typed: &BTreeMap<Setting, Option<String>>,
) -> Result<BTreeMap<Setting, String>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    let configured = tx.own_brand(tenant.id).await?.configured;
    let mut kept = tx.said(&tenant.path).await?;
    tx.finish().await?;
    kept.retain(|one| one.tenant != tenant.id || !typed.contains_key(&one.setting));
    let typed = typed.iter().filter_map(|(setting, value)| {
        Some(setting::Said { setting: *setting, tenant: tenant.id, value: value.clone()? })
    });
    let said: Vec<_> = configured.into_iter().chain(kept).chain(typed).collect();
    Ok(effective(&said, &tenant.path)
        .into_iter()
        .map(|(setting, said)| (setting, said.value.clone()))
        .collect())
}

/// Every setting as it holds for a tenant.
pub(crate) async fn holding(tx: &mut ReadTx<'_>, tenant: &TenantRef) -> Result<Vec<Holds>, AppError> {
    // Where the configuration gives a name a brand begins, too; what is said there goes first.
    let configured = tx.own_brand(tenant.id).await?.configured;
    let said: Vec<_> = configured.iter().cloned().chain(tx.said(&tenant.path).await?).collect();
    let near = effective(&said, &tenant.path);
    let holds = Setting::ALL.iter().map(|setting| match near.get(setting) {
        Some(said) if configured.contains(said) => {
            Holds { name: setting.code(), value: Some(said.value.clone()), from: From::Default }
        }
        Some(said) => {
            let from = if said.tenant == tenant.id { From::Own } else { From::Above(said.tenant) };
            Holds { name: setting.code(), value: Some(said.value.clone()), from }
        }
        None => Holds { name: setting.code(), value: setting.product_value(), from: From::Default },
    });
    Ok(holds.collect())
}

/// A rule for passwords of some, as text; none where it asks for nothing.
type Read<'a> = &'a dyn Fn(&Rules) -> Option<String>;

fn rules_holding(rules: &PasswordRules, path: &[TenantId]) -> Vec<Holds> {
    let holds = rules.effective();
    let words = |r: &Rules| r.forbidden.iter().cloned().collect::<Vec<_>>().join(" ");
    let all: [(&'static str, Read<'_>); 5] = [
        ("min_chars", &|r| Some(r.min_chars.to_string())),
        ("classes", &|r| Some(r.classes.to_string())),
        ("no_names", &|r| Some(r.no_names.to_string())),
        ("forbidden_words", &|r| Some(words(r)).filter(|words| !words.is_empty())),
        ("valid_days", &|r| r.valid_days.map(|days| days.to_string())),
    ];
    let plain = Rules::default();
    let from = |name: &str, of: Read<'_>| {
        // Words add up, so whoever forbids any is named; of the others who asks for what holds.
        let asks = |r: &Rules| match name {
            "forbidden_words" => !r.forbidden.is_empty(),
            _ => of(r) == of(&holds) && of(r) != of(&plain),
        };
        // The highest: the others could do without.
        let depth = rules.by.iter().filter(|(_, r)| asks(r)).map(|(depth, _)| *depth).max();
        match depth {
            None => From::Default,
            Some(0) => From::Own,
            Some(depth) => {
                let above = path.len().checked_sub(depth + 1).and_then(|place| path.get(place));
                above.map_or(From::Default, |tenant| From::Above(*tenant))
            }
        }
    };
    all.into_iter().map(|(name, of)| Holds { name, value: of(&holds), from: from(name, of) }).collect()
}

/// Reads what somebody wants to say, `None` for what should be inherited again.
fn read<'a>(
    given: impl Iterator<Item = (&'a String, &'a Option<String>)>,
) -> Result<BTreeMap<Setting, Option<String>>, AppError> {
    let (mut c, mut changes) = (Checker::default(), BTreeMap::new());
    for (name, text) in given {
        let Some(setting) = Setting::from_code(name) else {
            let known: Vec<_> = Setting::ALL.iter().map(|setting| setting.code()).collect();
            c.note(FieldError::new(name, Rule::Unknown).with("known", known.join(", ")));
            continue;
        };
        let value = match text.as_deref() {
            None => Some(None),
            Some(text) => c.take(setting.parse(name, text)).map(Some),
        };
        changes.extend(value.map(|value| (setting, value)));
    }
    c.finish(Some(changes)).map_err(AppError::Invalid)
}

/// Changes what a tenant says, if `version` is still the present one. What it says no
/// more, it inherits.
pub async fn update(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    version: i64,
    given: &BTreeMap<String, Option<String>>,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = match tx.permit::<act::TenantUpdate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    // What stays as it is may be what somebody above said, or what a rule allowed once.
    let own: BTreeMap<_, _> =
        tx.said(&[tenant.id]).await?.into_iter().map(|said| (said.setting.code(), said.value)).collect();
    let given = given.iter().filter(|(name, value)| own.get(name.as_str()) != value.as_ref());
    let changes = read(given)?;
    let args = json!({ "name": tenant.name });
    tx.open_request(tenant.id, "tenant_update", args, Lane::Bulk);
    let (settled, objects) = say(&mut tx, &permit, version, &changes).await?;
    if settled == version {
        return Ok(());
    }
    tx.request_of(objects);
    tx.commit(cause).await?;
    Ok(())
}

/// Says it within an open request; gives the version of the tenant, and how many objects change.
pub(crate) async fn say(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::TenantUpdate>,
    version: i64,
    changes: &BTreeMap<Setting, Option<String>>,
) -> Result<(i64, i64), AppError> {
    let missing = changes.iter().filter(|(setting, value)| {
        permit.tenant.kind == TenantKind::Provider && setting.is_needed() && value.is_none()
    });
    let missing: Vec<_> =
        missing.map(|(setting, _)| FieldError::new(setting.code(), Rule::Required)).collect();
    if !missing.is_empty() {
        return Err(AppError::Invalid(missing));
    }
    if let Some(Some(address)) = changes.get(&Setting::SenderMail) {
        sender(tx, permit, address).await?;
    }
    let said = tx.say_settings(permit, version, changes).await?;
    let Ok(said) = said else { return Err(AppError::Conflict(Conflict::CurrencyBilled)) };
    let objects = match &said.zone {
        Some((zone, tenants)) => move_hours(tx, permit, tenants, zone).await?,
        None => 0,
    };
    Ok((said.version, objects))
}

/// Nobody sends mails in the name of somebody else: an address is at a host name or a suffix of
/// the tenant, or whoever stands above says it.
async fn sender(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::TenantUpdate>,
    address: &str,
) -> Result<(), AppError> {
    let tenant = &permit.tenant;
    let mut domains = tx.host_names_on(&[tenant.id]).await?;
    domains.extend(tenant.suffixes.iter().cloned());
    let above = tx.tenant(brands::above(tenant)).await;
    let said_above = match above {
        Ok(above) => tx.permit::<act::TenantUpdate>(&above).is_ok(),
        Err(StoreError::NotFound(_)) => false,
        Err(error) => return Err(error.into()),
    };
    // What follows is about the tenant again.
    tx.tenant(tenant.id).await?;
    if said_above || brand::is_at(address, &domains) {
        return Ok(());
    }
    let domain = domains.first().map_or("portal.example.com", String::as_str);
    let expected = format!("an address at a host name or suffix of your own, as no-reply@{domain}");
    let error = FieldError::new(Setting::SenderMail.code(), Rule::Format);
    Err(AppError::field(error.with("expected", expected)))
}

/// Hours that people have in words mean others in UTC when the clock is another one.
async fn move_hours(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::TenantUpdate>,
    tenants: &[TenantId],
    zone: &str,
) -> Result<i64, AppError> {
    let zone = fact::time_zone(zone).unwrap_or(TimeZone::UTC);
    let now = tx.now();
    let words = tx.logon_hours(permit, tenants).await?;
    let hours: Vec<_> =
        words.into_iter().map(|(object, words)| (object, hours::bits(&words, &zone, now))).collect();
    Ok(if hours.is_empty() { 0 } else { tx.want_hours(permit, tenants, &hours).await? })
}

/// Days in which something can be restored: as somebody said, otherwise as its tenant
/// has them.
pub(crate) async fn grace_days(
    tx: &mut ReadTx<'_>,
    tenant: &TenantRef,
    given: Option<i64>,
) -> Result<i64, AppError> {
    if let Some(days) = given {
        let (min, max) = (*limits::GRACE_DAYS.start(), *limits::GRACE_DAYS.end());
        if !(i64::from(min)..=i64::from(max)).contains(&days) {
            let error = FieldError::new("grace_days", Rule::OutOfRange).with("min", min);
            return Err(AppError::field(error.with("max", max)));
        }
        return Ok(days);
    }
    let days = tx.setting(&tenant.path, Setting::GraceDays).await?;
    Ok(days.and_then(|days| days.parse().ok()).unwrap_or(i64::from(limits::GRACE_DAYS_DEFAULT)))
}
