//! Custom fields: what a tenant asks of its people and of those below it, and what a
//! person says of the own ones.

use std::collections::BTreeMap;

use domain::{
    custom::{Definition, Draft, Form, Giver, Patch, Reader, Slot, Value},
    field::{FieldError, Rule},
    id::{TenantId, UserId},
    limits,
    request::Lane,
};
use serde_json::json;
use store::{
    Caller,
    fields::{Clash, ClashPlace},
    tx::{Cause, TenantRef, act},
    users::User,
};

use crate::{App, AppError, error::Conflict, users::with_values};

/// What holds for the people of a tenant, from the top down.
pub async fn list(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
) -> Result<(TenantRef, Vec<Definition>), AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    let fields = tx.fields(&tenant).await?;
    tx.finish().await?;
    Ok((tenant, fields))
}

/// Defines a field. Nobody at, above or below the tenant may have its key or its
/// attribute, so that every key has one meaning and every attribute one source.
pub async fn define(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    draft: &Draft,
    cause: &Cause,
) -> Result<Definition, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = match tx.permit::<act::TenantUpdate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    let definition = draft.check(tx.id(), tenant.id).map_err(AppError::Invalid)?;
    let clashes = tx.field_clashes(&permit, &definition).await?;
    if !clashes.is_empty() {
        return Err(AppError::Invalid(clashes.iter().map(|clash| taken(clash, &definition)).collect()));
    }
    if tx.count_fields(&permit).await? >= limits::FIELDS {
        return Err(AppError::field(FieldError::new("key", Rule::TooMany).with("max", limits::FIELDS)));
    }
    tx.define_field(&permit, &definition).await?;
    tx.commit(cause).await?;
    Ok(definition)
}

fn taken(clash: &Clash, definition: &Definition) -> FieldError {
    let (field, value) = match (clash.attribute, definition.slot) {
        (true, Some(slot)) => ("attribute", slot.code()),
        _ => ("key", definition.key.as_str()),
    };
    let by = match &clash.place {
        ClashPlace::Here => "a field of this tenant".to_owned(),
        ClashPlace::Above => "a field that holds here and is defined above".to_owned(),
        ClashPlace::Below(code) => format!("a field of {code}, which is below"),
    };
    FieldError::new(field, Rule::Taken).with("value", value).with("by", by)
}

/// Changes a field where it is defined, if `version` is still the present one. Values
/// people have stay as they are; what they have to satisfy is asked with the next change.
pub async fn change(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    key: &str,
    version: i64,
    patch: &Patch,
    cause: &Cause,
) -> Result<Definition, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = match tx.permit::<act::TenantUpdate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    let before = tx.lock_field(&permit, key).await?;
    if before.version != version {
        return Err(AppError::Conflict(Conflict::Stale { present: before.version }));
    }
    let mut after = before.changed(patch, tx.now()).map_err(AppError::Invalid)?;
    if before == after {
        return Ok(before);
    }
    tx.change_field(&permit, &before, &after).await?;
    after.version += 1;
    tx.commit(cause).await?;
    Ok(after)
}

/// Changes what people change themselves of their own account.
pub(crate) async fn update_own(
    app: &App,
    caller: &Caller,
    (id, version): (UserId, i64),
    given: &BTreeMap<String, Option<String>>,
    cause: &Cause,
) -> Result<User, AppError> {
    let mut tx = app.store.write(caller).await?;
    let home = tx.tenant_of_user(id).await?;
    let (user, permit) = match tx.own_account().await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, home.id, error.into(), cause).await);
        }
    };
    if version != user.version {
        return Err(AppError::Conflict(Conflict::Stale { present: user.version }));
    }
    let definitions = tx.fields(&home).await?;
    let values = read(&definitions, Giver::Person, given)?;
    let updated = tx.update_own_fields(&permit, &user, version, &values).await?;
    if updated.version == user.version {
        return Ok(user);
    }
    if let Some(object) = user.object {
        let args = json!({ "name": updated.display_name });
        tx.open_request(home.id, "user_update", args, Lane::Interactive);
        let now = tx.now();
        let changed = |spec| Some(with_values(spec, &updated, &home, &definitions, now));
        tx.want_change(object, changed, Lane::Interactive).await?;
    }
    tx.commit(cause).await?;
    Ok(updated)
}

/// Values as somebody typed them.
pub(crate) fn read(
    definitions: &[Definition],
    giver: Giver,
    given: &BTreeMap<String, Option<String>>,
) -> Result<Vec<Value>, AppError> {
    let given = given.iter().map(|(key, text)| (key.as_str(), text.as_deref()));
    Form::new(definitions).read(giver, given).map_err(AppError::Invalid)
}

/// What a colleague like `source` gets, by key.
pub(crate) fn copied(definitions: &[Definition], source: &User) -> BTreeMap<String, String> {
    let copied = definitions.iter().filter(|d| d.copied && d.retired_at.is_none());
    copied.filter_map(|d| Some((d.key.clone(), source.fields.get(&d.id)?.clone()))).collect()
}

/// The value that was found in an attribute, as that of the field that is written to it.
pub(crate) fn adopted(
    definitions: &[Definition],
    slot: Slot,
    found: Option<&str>,
) -> Result<Value, AppError> {
    let field = definitions.iter().find(|d| d.slot == Some(slot));
    let field = field.ok_or(AppError::Conflict(Conflict::NotAdoptable))?;
    let place = format!("fields.{}", field.key);
    let value = match found {
        Some(text) => Reader::new(field).read(&place, text).map_err(AppError::field)?,
        None => None,
    };
    if value.is_none() && field.required {
        return Err(AppError::field(FieldError::new(place, Rule::Required)));
    }
    Ok(Value { field: field.id, key: field.key.clone(), value })
}
