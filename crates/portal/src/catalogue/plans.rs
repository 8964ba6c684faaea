//! A plan: its versions with prices, a new one, and taking people to a newer one.

use std::collections::BTreeMap;

use app::{
    AppError,
    catalogue::{self as use_cases, PlanDraft},
    reading::{
        catalogue::{PlanVersion, Service},
        roots,
        tx::act,
    },
    upgrades::{self, UpgradeDraft},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    field::{Checker, FieldError, Rule},
    permission::Permission,
};
use web::speech::{self, number, say, say_with};

use super::{sellers, services::kind};
use crate::{
    context::{Frame, Posted, Visit},
    forms::{Choice, Form, given},
    query::Pairs,
    refusal::Refusal,
    view,
};

struct VersionRow {
    version: String,
    name: String,
    prices: String,
    properties: String,
    people: String,
    at: String,
}

#[derive(Template)]
#[template(path = "plan.html")]
struct One {
    frame: Frame,
    name: String,
    code: String,
    path: String,
    versions: Vec<VersionRow>,
    may_manage: bool,
    several: bool,
}

/// What the pages of a plan need: its versions, its service, and whether the caller manages it.
struct Known {
    versions: Vec<PlanVersion>,
    service: Service,
    currency: String,
    counts: BTreeMap<domain::id::PlanId, i64>,
    may: bool,
}

async fn known(visit: &Visit, code: &str) -> Result<Known, Refusal> {
    sellers(visit)?;
    let caller = visit.person()?;
    let read = async {
        let roots = roots(caller, Permission::CatalogueManage)?;
        let mut tx = visit.surface.app.read(caller).await?;
        let versions = tx.plan_contents(code).await?;
        let newest = versions.first().ok_or(AppError::NotFound("plan"))?;
        let service = tx.service(&newest.service_code).await?;
        let currency = tx.tenant(caller.tenant).await?.currency;
        let ids: Vec<_> = versions.iter().map(|version| version.id).collect();
        let counts = tx.subscribers(&roots, &ids, false).await?;
        let may = match tx.tenant(newest.tenant).await {
            Ok(publisher) => tx.permit::<act::CatalogueManage>(&publisher).is_ok(),
            Err(_) => false,
        };
        tx.finish().await?;
        Ok::<_, AppError>(Known { versions, service, currency, counts, may })
    };
    Ok(read.await?)
}

fn trail(of: &Known, with_plan: bool) -> Vec<(String, String)> {
    let mut trail = vec![
        (say("services-title"), "/services".to_owned()),
        (of.service.name.clone(), format!("/services/{}", of.service.code)),
    ];
    let plan = of.versions.first().filter(|_| with_plan);
    trail.extend(plan.map(|plan| (plan.name.clone(), format!("/plans/{}", plan.code))));
    trail
}

/// One plan with all its versions.
pub async fn show(visit: Visit, Path(code): Path<String>) -> Result<Response, Refusal> {
    let known = known(&visit, &code).await?;
    let row = |of: &PlanVersion| {
        let prices: Vec<_> = of.prices.iter().map(|p| speech::money(p.minor, &p.currency)).collect();
        let properties: Vec<_> =
            of.properties.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        VersionRow {
            version: number(of.version.into()),
            name: of.name.clone(),
            prices: if prices.is_empty() { "–".to_owned() } else { prices.join(", ") },
            properties: properties.join(", "),
            people: view::count(known.counts.get(&of.id).copied().unwrap_or_default()),
            at: speech::instant(of.created_at),
        }
    };
    let mut frame = visit.frame.clone();
    frame.trail = trail(&known, false);
    let page = One {
        frame,
        name: known.versions.first().map_or(String::new(), |plan| plan.name.clone()),
        path: format!("/plans/{code}"),
        versions: known.versions.iter().map(row).collect(),
        may_manage: known.may,
        several: known.versions.len() > 1,
        code,
    };
    visit.page(StatusCode::OK, &page)
}

/// A field of the form for a new version.
struct Given {
    name: String,
    hint: String,
}

#[derive(Template)]
#[template(path = "plan_new.html")]
struct New {
    frame: Frame,
    plan: String,
    path: String,
    version: String,
    form: Form,
    properties: Vec<Given>,
    prices: Vec<Given>,
    hint: String,
}

/// The form for a new version.
pub async fn new(visit: Visit, Path(code): Path<String>) -> Result<Response, Refusal> {
    new_page(&visit, &code, StatusCode::OK, None).await
}

/// Minor units as people type them.
fn typed(minor: i64, currency: &str) -> String {
    let places = usize::from(speech::decimals(currency).unsigned_abs());
    let digits = format!("{minor:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

/// What people typed, in minor units: with a comma or a point.
fn minor(field: &str, text: &str, currency: &str) -> Result<i64, FieldError> {
    let wrong = || FieldError::new(field, Rule::Format).with("expected", "an amount, as 29.00");
    let places = usize::from(speech::decimals(currency).unsigned_abs());
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > places {
        return Err(wrong());
    }
    format!("{whole}{part:0<places$}").parse().map_err(|_| wrong())
}

async fn new_page(
    visit: &Visit,
    code: &str,
    status: StatusCode,
    sent: Option<Form>,
) -> Result<Response, Refusal> {
    let known = known(visit, code).await?;
    let last = known.versions.first().filter(|_| known.may).ok_or_else(Refusal::no_page)?;
    let values = last.properties.iter().map(|(name, value)| (format!("properties.{name}"), value.clone()));
    let prices = last.prices.iter().map(|p| (format!("prices.{}", p.currency), typed(p.minor, &p.currency)));
    let values: Vec<_> = values.chain(prices).chain([("name".to_owned(), last.name.clone())]).collect();
    let form = sent.unwrap_or_else(|| {
        Form::of(values.iter().map(|(name, value)| (name.as_str(), Some(value.as_str()))))
    });
    let mut currencies: Vec<_> = last.prices.iter().map(|price| price.currency.clone()).collect();
    if !currencies.contains(&known.currency) {
        currencies.push(known.currency.clone());
    }
    let property = |(name, of): (&String, &domain::service::Property)| Given {
        name: format!("properties.{name}"),
        hint: match &of.default {
            Some(default) => {
                format!("{} · {}", kind(of), say_with("property-otherwise", &[("value", default.into())]))
            }
            None => kind(of),
        },
    };
    let mut frame = visit.frame.clone();
    frame.trail = trail(&known, true);
    let page = New {
        frame,
        plan: last.name.clone(),
        path: format!("/plans/{code}/new"),
        version: number(i64::from(last.version) + 1),
        form,
        properties: known.service.definition.properties.iter().map(property).collect(),
        prices: currencies
            .into_iter()
            .map(|c| Given { name: format!("prices.{c}"), hint: String::new() })
            .collect(),
        hint: say_with("plan-new-hint", &[("people", view::counted(known.counts.values().sum()))]),
    };
    visit.page(status, &page)
}

/// Publishes another version; who has the plan keeps theirs.
pub async fn publish(Path(code): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    sellers(visit)?;
    let (mut properties, mut prices, mut errors) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (name, value) in posted.fields() {
        let Some(text) = given(value) else { continue };
        if let Some(property) = name.strip_prefix("properties.") {
            properties.insert(property.to_owned(), text);
        } else if let Some(currency) = name.strip_prefix("prices.") {
            match minor(name, &text, currency) {
                Ok(minor) => prices.push((minor, currency.to_owned())),
                Err(error) => errors.push(error),
            }
        }
    }
    let draft = PlanDraft {
        name: Some(posted.field("name").to_owned()),
        properties: Some(properties),
        prices: Some(prices),
        ..PlanDraft::default()
    };
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let made = match errors.is_empty() {
        true => use_cases::new_version(app, caller, &code, &draft, &visit.cause).await,
        false => Err(AppError::Invalid(errors)),
    };
    match made {
        Ok(_) => Ok(Redirect::to(&format!("/plans/{code}?done=version")).into_response()),
        Err(error) => {
            let form = Form::again(&posted, error)?;
            new_page(visit, &code, StatusCode::UNPROCESSABLE_ENTITY, Some(form)).await
        }
    }
}

#[derive(Template)]
#[template(path = "plan_upgrade.html")]
struct Upgrade {
    frame: Frame,
    plan: String,
    path: String,
    form: Form,
    to: Vec<Choice>,
    from: Vec<Choice>,
    preview: Option<Shown>,
}

/// What a change to another version comes to.
struct Shown {
    people: String,
    subscriptions: i64,
    subscriptions_shown: String,
    to: String,
    cost: Vec<(String, String)>,
    unpriced: Option<String>,
    nobody: bool,
}

/// Whom it would concern; asked for with a `to` it tells.
pub async fn preview(visit: Visit, Path(code): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let field = |name: &str| query.given(name).unwrap_or_default().to_owned();
    let sent = ["to", "from", "below"].map(|name| (name, field(name)));
    let form = Form::of(sent.iter().map(|(name, value)| (*name, Some(value.as_str()))));
    let field: &(dyn Fn(&str) -> String + Sync) = &field;
    let asked = query.given("to").map(|_| field);
    upgrade_page(&visit, &code, StatusCode::OK, form, asked).await
}

async fn draft(visit: &Visit, field: &(dyn Fn(&str) -> String + Sync)) -> Result<UpgradeDraft, AppError> {
    let caller = visit.person().map_err(|_| AppError::NotFound("plan"))?;
    let below = match given(&field("below")) {
        None => None,
        Some(text) => {
            let mut tx = visit.surface.app.read(caller).await?;
            let found = tx.tenant_by_code(&text.to_lowercase()).await.map(|tenant| tenant.id);
            tx.finish().await?;
            let unknown = |_| AppError::field(FieldError::new("below", Rule::Unknown).with("value", &text));
            Some(found.map_err(unknown)?)
        }
    };
    let mut c = Checker::default();
    let mut version = |name: &str| {
        let text = given(&field(name))?;
        let unknown = |_| FieldError::new(name, Rule::Unknown).with("value", &text);
        c.take(text.parse().map_err(unknown))
    };
    let draft = UpgradeDraft { to: version("to"), from: version("from"), below, user: None };
    c.finish(Some(draft)).map_err(AppError::Invalid)
}

async fn upgrade_page(
    visit: &Visit,
    code: &str,
    status: StatusCode,
    form: Form,
    asked: Option<&(dyn Fn(&str) -> String + Sync)>,
) -> Result<Response, Refusal> {
    let known = known(visit, code).await?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let (mut form, mut status, mut preview) = (form, status, None);
    if let Some(field) = asked {
        let found = match draft(visit, field).await {
            Ok(draft) => upgrades::preview(app, caller, code, &draft).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(found) => preview = Some(shown(&found)),
            Err(AppError::Invalid(errors)) => {
                (form, status) = (form.wrong_with(&errors), StatusCode::UNPROCESSABLE_ENTITY);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let choice = |of: &PlanVersion| {
        let text = [("version", i64::from(of.version).into()), ("name", of.name.clone().into())];
        Choice {
            code: of.version.to_string(),
            name: say_with("plan-version-named", &text),
            hint: String::new(),
        }
    };
    let any = Choice { code: String::new(), name: say("plan-any-version"), hint: String::new() };
    let mut frame = visit.frame.clone();
    frame.trail = trail(&known, true);
    let page = Upgrade {
        frame,
        plan: known.versions.first().map_or(String::new(), |plan| plan.name.clone()),
        path: format!("/plans/{code}/upgrade"),
        form,
        to: known.versions.iter().map(choice).collect(),
        from: std::iter::once(any).chain(known.versions.iter().skip(1).map(choice)).collect(),
        preview,
    };
    visit.page(status, &page)
}

fn shown(of: &upgrades::Preview) -> Shown {
    let amount = |of: &domain::catalogue::Money| speech::money(of.minor, &of.currency);
    Shown {
        people: number(of.people),
        subscriptions: of.subscriptions,
        subscriptions_shown: number(of.subscriptions),
        to: number(of.to.into()),
        cost: of.cost.iter().map(|(before, after)| (amount(before), amount(after))).collect(),
        unpriced: (of.unpriced > 0).then(|| number(of.unpriced)),
        nobody: of.subscriptions == 0,
    }
}

/// Takes them to the version.
pub async fn upgrade(Path(code): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    sellers(visit)?;
    let field = |name: &str| posted.field(name).to_owned();
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let done = match draft(visit, &field).await {
        Ok(draft) => upgrades::upgrade(app, caller, &code, &draft, &visit.cause).await,
        Err(error) => Err(error),
    };
    match done {
        Ok((_, Some(request))) => {
            Ok(Redirect::to(&format!("/status/requests/{request}?done=upgrade")).into_response())
        }
        Ok((_, None)) => Ok(Redirect::to(&format!("/plans/{code}?done=nobody")).into_response()),
        Err(error) => {
            let form = Form::again(&posted, error)?;
            upgrade_page(visit, &code, StatusCode::UNPROCESSABLE_ENTITY, form, None).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{minor, typed};

    #[test]
    fn amounts_are_typed_and_read_alike() {
        for (text, currency, expected) in
            [("29", "EUR", 2900), ("29,5", "DKK", 2950), ("0.05", "EUR", 5), ("1200", "ISK", 1200)]
        {
            assert_eq!(minor("prices.X", text, currency).ok(), Some(expected), "{text}");
        }
        for wrong in ["", "-1", "1.234", "1.2.3", "ten", "."] {
            assert!(minor("prices.EUR", wrong, "EUR").is_err(), "{wrong}");
        }
        assert_eq!([typed(2900, "EUR"), typed(5, "EUR"), typed(12, "ISK")], ["29.00", "0.05", "12"]);
    }
}
