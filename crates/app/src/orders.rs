//! A sales order becomes a customer: container with its access list, groups,
//! services, first administrator and optionally people, in one transaction.

mod site;
mod typing;

use domain::{
    field::{Checker, FieldError, Rule},
    id::TenantId,
    limits, names as rules,
    naming::Pattern,
    permission,
    setting::{currency, language, time_zone},
    tenant::{Code, Standing, TenantKind},
};
use jiff::civil::Date;
use store::{
    Caller,
    orders::Order,
    seal,
    tx::{Cause, ReadTx, TenantRef, act},
};

use crate::{
    App, AppError,
    error::Conflict,
    mails,
    people::{Person, PersonDraft, check_all},
};
use site::Site;

pub use typing::{check, free_code};

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
    pattern: Option<String>,
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
    /// can be used; none once the administrator has a password, nor for a caller
    /// who may not reset it.
    pub activation: Option<(String, jiff::Timestamp)>,
}

fn day(c: &mut Checker, field: &str, text: Option<&str>) -> Option<Date> {
    let text = text.map(str::trim).filter(|t| !t.is_empty())?;
    let form = || FieldError::new(field, Rule::Format).with("expected", "a day, as 2026-03-01");
    let day: Date = c.take(text.parse().map_err(|_| form()))?;
    let years = limits::CONTRACT_YEARS;
    let range = || {
        let error = FieldError::new(field, Rule::OutOfRange);
        error.with("min", format!("{}-01-01", years.start())).with("max", format!("{}-12-31", years.end()))
    };
    c.take(if years.contains(&day.year()) { Ok(day) } else { Err(range()) })
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
        let pattern = customer.naming_pattern.as_deref().map(str::trim).filter(|text| !text.is_empty());
        pattern.and_then(|pattern| c.take(Pattern::parse("customer.naming_pattern", pattern)));
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
        if self.plans.len() > limits::PLANS {
            c.note(FieldError::new("services", Rule::TooMany).with("max", limits::PLANS));
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
                pattern: pattern.map(str::to_owned),
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
    let role = permission::role("customer_administrator").ok_or(AppError::NotFound("role"))?;
    let permit = tx.permit::<act::OrderCreate>(&seller);
    let permit = match permit.and_then(|permit| tx.may_give(&seller, role).map(|()| permit)) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, seller.id, error.into(), cause).await);
        }
    };
    mails::required(app, caller, &seller.path, std::iter::once(&draft.administrator).chain(&draft.users))?;
    tx.lock_reference(seller.id, &checked.reference).await?;
    let hash = seal::hash(content);
    if let Some(order) = tx.order_by_reference(seller.id, &checked.reference).await? {
        if order.content_hash != hash {
            return Err(AppError::Conflict(Conflict::ReferenceUsed));
        }
        let activation = tx.open_links(&[order.administrator]).await?.pop();
        let activation = activation.map(|(_, token, until)| (token, until));
        return Ok(Placed { order, created: false, activation });
    }
    let mut site = Site::resolve(&mut tx, permit, role, draft, &checked).await?;
    let (order, administrator) = site.build(&mut tx, draft, &checked, &hash).await?;
    tx.commit(cause).await?;
    Ok(Placed {
        order,
        created: true,
        activation: Some((administrator.activation, administrator.expires_at)),
    })
}

async fn seller(tx: &mut ReadTx<'_>, caller: &Caller, given: Option<&str>) -> Result<TenantRef, AppError> {
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
