//! An order while somebody types it: what [`super::place`] would say, and nothing is changed.

use domain::{
    field::{FieldError, Rule},
    names as rules,
    permission::Permission,
    tenant::Code,
};
use store::{Caller, tx::act, users::Name};

use super::{OrderDraft, seller, site};
use crate::{App, AppError, groups::group_logon_name, reading::roots};

/// Codes that are looked at for one that is free.
const CODES: u32 = 40;

/// What is wrong with an order as far as it is typed, by the rules that hold when it is placed.
/// An empty value that is needed is wrong; who asks knows where somebody was already.
pub async fn check(app: &App, caller: &Caller, draft: &OrderDraft) -> Result<Vec<FieldError>, AppError> {
    let mut errors = draft.check().err().unwrap_or_default();
    let mut tx = app.store.read(caller).await?;
    let seller = seller(&mut tx, caller, draft.seller.as_deref()).await?;
    tx.permit::<act::OrderCreate>(&seller)?;
    let code = Code::parse("customer.code", &draft.customer.code).ok();
    let suffix = rules::suffix("customer.upn_suffix", &draft.customer.suffix).ok();
    let mut names: Vec<(Name, &str)> = Vec::new();
    names.extend(code.as_ref().map(|code| (Name::code(code.as_str()), "customer.code")));
    names.extend(suffix.map(|suffix| (Name::suffix(&suffix), "customer.upn_suffix")));
    match site::directory(&mut tx, &seller, draft.customer.directory.as_deref()).await {
        Ok(target) => names.extend(code.as_ref().map(|code| {
            (Name::logon(target, &group_logon_name(&site::members_name(code.as_str()))), "customer.code")
        })),
        Err(AppError::Invalid(more)) => errors.extend(more),
        Err(AppError::Conflict(_)) => {}
        Err(other) => return Err(other),
    }
    let asked: Vec<_> = names.iter().map(|(name, _)| name.clone()).collect();
    for name in tx.names_taken(&asked).await? {
        let field =
            names.iter().find(|(asked, _)| *asked == name).map_or("customer.code", |(_, field)| *field);
        if errors.iter().all(|error| error.field != field) {
            errors.push(FieldError::new(field, Rule::Taken).with("value", &name.value));
        }
    }
    let reference = draft.reference.trim();
    if !reference.is_empty() && tx.order_by_reference(seller.id, reference).await?.is_some() {
        errors.push(FieldError::new("reference", Rule::Taken).with("value", reference));
    }
    tx.finish().await?;
    Ok(errors)
}

/// A code for a customer of this name that nobody has; none where nothing of the name can stand
/// in one.
pub async fn free_code(app: &App, caller: &Caller, name: &str) -> Result<Option<String>, AppError> {
    roots(caller, Permission::OrderCreate)?;
    let codes: Vec<_> = (1..=CODES).map_while(|n| Code::suggested(name, n)).collect();
    if codes.is_empty() {
        return Ok(None);
    }
    let asked: Vec<_> = codes.iter().map(|code| Name::code(code.as_str())).collect();
    let mut tx = app.store.read(caller).await?;
    let taken = tx.names_taken(&asked).await?;
    tx.finish().await?;
    let free = codes.iter().zip(&asked).find(|(_, name)| !taken.contains(name));
    Ok(free.map(|(code, _)| code.as_str().to_owned()))
}
