//! Ordering a customer: one page that looks at each field as it is left, then the order as it
//! becomes real.

mod placed;

use app::{
    AppError, Caller,
    error::Conflict,
    orders::{self as use_cases, CustomerDraft, OrderDraft},
    people::PersonDraft,
    reading::{
        catalogue::Plan,
        roots,
        tx::{ReadTx, act},
    },
};
use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    custom::Definition,
    field::{FieldError, Rule},
    permission::Permission,
    tenant::TenantKind,
};
use web::{
    speech::{Language, money, say, say_with},
    texts,
};

use crate::{
    context::{Frame, Posted, Visit},
    custom::{self, Input},
    forms::{self, Choice, Form, given},
    query::Pairs,
    refusal::Refusal,
};

pub use placed::{retry, retry_of, show};

/// Where a field is looked at when it is left.
const CHECK: &str = "/order/check";
/// Sellers to choose from; somebody with more types the code of one.
const SELLERS: u32 = 200;

#[derive(Template)]
#[template(path = "order_new.html")]
struct New {
    frame: Frame,
    form: Form,
    /// To choose from, if there are several.
    sellers: Vec<Choice>,
    more_sellers: bool,
    seller: String,
    /// What the seller asks of people, and so of the administrator.
    fields: Vec<Input>,
    plans: Vec<Choice>,
    directories: Vec<Choice>,
    languages: Vec<Choice>,
    code: Option<String>,
    total: Option<String>,
}

/// The form.
pub async fn new(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let seller = query.given("seller").map(str::to_owned);
    page(&visit, StatusCode::OK, Form::default(), seller.as_deref(), None).await
}

/// What there is to choose from.
struct Choices {
    seller: String,
    /// What was typed and is none that can be chosen.
    unknown: Option<FieldError>,
    sellers: Vec<Choice>,
    more_sellers: bool,
    plans: Vec<Plan>,
    directories: Vec<Choice>,
    fields: Vec<Definition>,
}

async fn choices(tx: &mut ReadTx<'_>, caller: &Caller, given: Option<&str>) -> Result<Choices, AppError> {
    let permitted = roots(caller, Permission::OrderCreate)?;
    let sellers = tx.sellers_below(&permitted, SELLERS + 1).await?;
    let named = match given {
        None => None,
        Some(code) => match tx.tenant_by_code(code).await.map_err(AppError::from) {
            Ok(tenant) => Some(tenant).filter(|tenant| tenant.kind != TenantKind::Customer),
            Err(AppError::NotFound(_)) => None,
            Err(other) => return Err(other),
        },
    };
    let unknown = given.filter(|_| named.is_none());
    let unknown = unknown.map(|code| FieldError::new("seller", Rule::Unknown).with("value", code));
    let chosen = match named {
        Some(tenant) => tenant,
        None => {
            let own = tx.tenant(caller.tenant).await?;
            match sellers.first() {
                Some(first) if own.kind == TenantKind::Customer => tx.tenant(first.id).await?,
                _ => own,
            }
        }
    };
    let plain = |code: String, name: String| Choice { code, name, hint: String::new() };
    let plans = tx.plans_for(&chosen, &chosen.currency).await?;
    let fields = match tx.permit::<act::OrderCreate>(&chosen) {
        Ok(_) => tx.fields(&chosen).await?,
        Err(_) => Vec::new(),
    };
    let found = tx.placements(chosen.id).await?;
    let mut directories = vec![plain(String::new(), say("order-any-directory"))];
    directories.extend(found.into_iter().filter(|d| d.obstacle.is_none()).map(|d| plain(d.code, d.name)));
    let (several, more_sellers) = (sellers.len() > 1, sellers.len() > SELLERS as usize);
    let sellers =
        sellers.into_iter().filter(|_| several || unknown.is_some()).map(|s| plain(s.code, s.name)).collect();
    Ok(Choices { seller: chosen.code, unknown, sellers, more_sellers, plans, directories, fields })
}

async fn page(
    visit: &Visit,
    status: StatusCode,
    form: Form,
    seller: Option<&str>,
    code: Option<String>,
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let choices = choices(&mut tx, caller, seller).await?;
        tx.finish().await?;
        Ok::<_, AppError>(choices)
    };
    let of = read.await?;
    // Who was sent here without one chooses; what was typed stands beside why it is none.
    let (form, status) = match &of.unknown {
        Some(error) if status == StatusCode::OK => {
            (form.with_error("seller", &texts::field_error(error)), StatusCode::NOT_FOUND)
        }
        _ => (form, status),
    };
    let language =
        |l: Language| Choice { code: l.tag().to_owned(), name: l.name().to_owned(), hint: String::new() };
    let inherited = Choice { code: String::new(), name: say("order-any-language"), hint: String::new() };
    let chosen: Vec<_> = of.plans.iter().filter(|p| form.holds("plans", &p.code)).collect();
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("customers-title"), "/customers".to_owned())];
    let labels = custom::labels(&of.fields).map(|(name, label)| (format!("administrator.{name}"), label));
    let page = New {
        frame,
        fields: custom::inputs_of("administrator", &of.fields),
        code: code.clone(),
        form: match code {
            Some(code) => form.filled("customer.code", &code),
            None => form,
        }
        .named(labels)
        .checked_at(CHECK),
        sellers: of.sellers,
        more_sellers: of.more_sellers,
        seller: of.seller,
        total: of.plans.iter().any(|p| p.price.is_some()).then(|| total(&chosen)),
        plans: of.plans.iter().map(choice).collect(),
        directories: of.directories,
        languages: std::iter::once(inherited).chain(Language::ALL.map(language)).collect(),
    };
    visit.page(status, &page)
}

/// A plan with what it is of and what it costs.
fn choice(plan: &Plan) -> Choice {
    let price = plan.price.as_ref().map(|price| {
        let id = if plan.per_user { "order-price-person" } else { "order-price-customer" };
        say_with(id, &[("price", money(price.minor, &price.currency).into())])
    });
    let hint = [Some(plan.service_name.clone()), price];
    Choice {
        code: plan.code.clone(),
        name: plan.name.clone(),
        hint: hint.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

/// What the chosen plans cost a month: for the customer as a whole, and for each person who has
/// all of them.
fn total(chosen: &[&Plan]) -> String {
    let sum = |per_user: bool| {
        let mut all = chosen.iter().filter(|p| p.per_user == per_user).filter_map(|p| p.price.as_ref());
        let first = all.next()?;
        let minor = all.fold(first.minor, |sum, price| sum.saturating_add(price.minor));
        Some(money(minor, &first.currency))
    };
    let mut said = match (sum(false), sum(true)) {
        (Some(customer), Some(person)) => {
            say_with("order-total-both", &[("customer", customer.into()), ("person", person.into())])
        }
        (Some(price), None) => say_with("order-price-customer", &[("price", price.into())]),
        (None, Some(price)) => say_with("order-price-person", &[("price", price.into())]),
        (None, None) => say("order-total-nothing"),
    };
    if chosen.iter().any(|p| p.price.is_none()) {
        said = format!("{said} {}", say("order-total-unknown"));
    }
    said
}

fn draft(posted: &Posted) -> OrderDraft {
    let optional = |name: &str| given(posted.field(name));
    OrderDraft {
        reference: posted.field("reference").to_owned(),
        seller: optional("seller"),
        customer: CustomerDraft {
            code: posted.field("customer.code").to_owned(),
            name: posted.field("customer.name").to_owned(),
            billing_id: optional("customer.billing_id"),
            language: optional("customer.language"),
            suffix: posted.field("customer.upn_suffix").to_owned(),
            directory: optional("customer.directory"),
            ..CustomerDraft::default()
        },
        plans: posted.all("plans").map(str::to_owned).collect(),
        administrator: PersonDraft {
            given_name: posted.field("administrator.given_name").to_owned(),
            surname: posted.field("administrator.surname").to_owned(),
            user_name: optional("administrator.user_name"),
            mail: optional("administrator.mail"),
            enabled: true,
            fields: custom::first_below(posted, "administrator.fields."),
            ..PersonDraft::default()
        },
        ..OrderDraft::default()
    }
}

#[derive(Template)]
#[template(path = "order_check.html")]
struct Checked {
    frame: Frame,
    name: String,
    wrong: String,
    code: Option<String>,
    total: Option<String>,
}

/// Looks at the field that was left, with the rules by which the order is placed; proposes a code
/// for a name, and adds up what is chosen.
pub async fn check(query: Pairs, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let name = query.text("field");
    let draft = draft(&posted);
    let errors = use_cases::check(app, caller, &draft).await?;
    let wrong = errors.iter().find(|e| forms::place(e) == name).map(texts::field_error).unwrap_or_default();
    let code = match name.as_str() {
        "customer.name" if draft.customer.code.trim().is_empty() => {
            use_cases::free_code(app, caller, &draft.customer.name).await?
        }
        _ => None,
    };
    let mut sum = None;
    if name == "plans" {
        let read = async {
            let mut tx = app.read(caller).await?;
            let choices = choices(&mut tx, caller, draft.seller.as_deref()).await?;
            tx.finish().await?;
            Ok::<_, AppError>(choices.plans)
        };
        let plans = read.await?;
        let chosen: Vec<_> = plans.iter().filter(|p| draft.plans.contains(&p.code)).collect();
        sum = Some(total(&chosen));
    }
    let page = Checked { frame: Frame::plain(), name, wrong, code, total: sum };
    visit.page(StatusCode::OK, &page)
}

/// The field a contradiction is about.
fn field(conflict: Conflict) -> Option<&'static str> {
    match conflict {
        Conflict::ReferenceUsed => Some("reference"),
        Conflict::DirectoryDedicated | Conflict::DirectoryNotAllowed | Conflict::DirectoryReadOnly => {
            Some("customer.directory")
        }
        _ => None,
    }
}

/// Places the order and leads to it.
pub async fn place(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let draft = draft(&posted);
    // The same form sent twice is one order.
    let content: Vec<_> = posted.fields().iter().filter(|(name, _)| name != "form_token").collect();
    let content = serde_json::to_vec(&content).unwrap_or_default();
    let (app, caller) = (&visit.surface.app, visit.person()?);
    match use_cases::place(app, caller, &draft, &content, &visit.cause).await {
        Ok(placed) => Ok(Redirect::to(&format!("/orders/{}", placed.order.id)).into_response()),
        Err(error) => {
            let form = Form::again_with(&posted, error, field)?.renamed("services", "plans");
            let code = match draft.customer.code.trim().is_empty() {
                true => use_cases::free_code(app, caller, &draft.customer.name).await?,
                false => None,
            };
            page(visit, StatusCode::UNPROCESSABLE_ENTITY, form, draft.seller.as_deref(), code).await
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use app::reading::catalogue::Plan;
    use domain::{
        catalogue::Money,
        id::{Id, Kind},
    };

    use super::total;

    fn id<K: Kind>() -> Id<K> {
        Id::from_uuid(uuid::Uuid::nil())
    }

    fn plan(per_user: bool, minor: Option<i64>) -> Plan {
        Plan {
            id: id(),
            code: "p".to_owned(),
            version: 1,
            name: "P".to_owned(),
            service: id(),
            service_code: "s".to_owned(),
            service_name: "S".to_owned(),
            per_user,
            retired: false,
            tenant: id(),
            properties: BTreeMap::new(),
            price: minor.map(|minor| Money { minor, currency: "EUR".to_owned() }),
        }
    }

    #[test]
    fn what_is_chosen_is_added_up_for_the_customer_and_for_each_person() {
        let of = |plans: &[(bool, Option<i64>)]| {
            let plans: Vec<_> = plans.iter().map(|(per_user, minor)| plan(*per_user, *minor)).collect();
            total(&plans.iter().collect::<Vec<_>>()).replace('\u{a0}', " ")
        };
        assert_eq!(of(&[(true, Some(2_900)), (true, Some(150))]), "30.50 EUR a month for each person");
        assert_eq!(of(&[(false, Some(10_000))]), "100.00 EUR a month");
        let both = of(&[(false, Some(10_000)), (true, Some(2_900))]);
        assert_eq!(both, "100.00 EUR a month, and 29.00 EUR for each person who has everything");
        assert_eq!(of(&[]), "Nothing that has a price.");
        assert_eq!(of(&[(true, None)]), "Nothing that has a price. Some of it has no price here.");
    }
}
