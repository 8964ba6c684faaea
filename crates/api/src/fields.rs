//! Custom fields of people.

use app::{AppError, fields as use_cases};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    custom::{Access, Definition, Draft, FieldKind, Patch, Rules},
    id::TenantId,
};
use web::Surface;
use wire::fields::{Field, FieldAccess, FieldAttribute, FieldRules, FieldUpdate, Fields, NewField};

use crate::{
    Refused, Tagged,
    input::{Body, Call, PathId, PathIds, Version},
    refusal::Answer,
};

/// The custom fields that hold for the people of a tenant, from the top of the tree down.
#[utoipa::path(get, path = "/tenants/{id}/fields", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "The fields.", body = Fields), Refused))]
pub async fn list_fields(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<Fields>> {
    let (_, fields) = use_cases::list(&surface.app, &call.caller, id).await?;
    Ok(Json(Fields { fields: fields.iter().map(|field| shown(field, id)).collect() }))
}

/// Define a custom field for the people of a tenant and of all below it.
#[utoipa::path(post, path = "/tenants/{id}/fields", tag = "tenants", request_body = NewField,
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 201, description = "The field; `ETag` is its version.", body = Field), Refused))]
pub async fn define_field(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<NewField>,
) -> Answer<Tagged<Field>> {
    let draft = Draft {
        key: new.key,
        label: new.label,
        kind: new.kind,
        required: new.required,
        person: new.person,
        copied: new.copied,
        attribute: new.attribute,
        rules: rules(new.rules),
    };
    let made = use_cases::define(&surface.app, &call.caller, id, &draft, &call.cause).await?;
    Ok(Tagged(StatusCode::CREATED, made.version, shown(&made, id)))
}

/// A custom field that holds for the people of a tenant.
#[utoipa::path(get, path = "/tenants/{id}/fields/{key}", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant."),
        ("key" = String, Path, description = "Key of the field.")),
    responses((status = 200, description = "The field; `ETag` is its version.", body = Field), Refused))]
pub async fn show_field(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, key): PathIds<TenantId, String>,
) -> Answer<Tagged<Field>> {
    let (_, fields) = use_cases::list(&surface.app, &call.caller, id).await?;
    let found = fields.iter().find(|field| field.key == key).ok_or(AppError::NotFound("field"))?;
    Ok(Tagged(StatusCode::OK, found.version, shown(found, id)))
}

/// Change a custom field where it was defined, retire it, or ask for it again.
#[utoipa::path(patch, path = "/tenants/{id}/fields/{key}", tag = "tenants", request_body = FieldUpdate,
    params(("id" = String, Path, description = "Id of the tenant that defined it."),
        ("key" = String, Path, description = "Key of the field."),
        ("If-Match" = String, Header, description = "The `ETag` the change is based on.")),
    responses((status = 200, description = "The field as it is now.", body = Field), Refused))]
pub async fn update_field(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, key): PathIds<TenantId, String>,
    Version(version): Version,
    Body(new): Body<FieldUpdate>,
) -> Answer<Tagged<Field>> {
    let patch = Patch {
        label: new.label,
        required: new.required,
        person: new.person,
        copied: new.copied,
        rules: new.rules.map(rules),
        retired: new.retired,
    };
    let after = use_cases::change(&surface.app, &call.caller, id, &key, version, &patch, &call.cause).await?;
    Ok(Tagged(StatusCode::OK, after.version, shown(&after, id)))
}

fn rules(of: FieldRules) -> Rules {
    let FieldRules { min_chars, max_chars, pattern, min, max, choices } = of;
    Rules { min_chars, max_chars, pattern, min, max, choices }
}

/// A field as seen from a tenant.
fn shown(of: &Definition, tenant: TenantId) -> Field {
    let Rules { min_chars, max_chars, pattern, min, max, choices } = of.rules.clone();
    Field {
        key: of.key.clone(),
        label: of.label.clone(),
        kind: match of.kind {
            FieldKind::Text => wire::fields::FieldKind::Text,
            FieldKind::Number => wire::fields::FieldKind::Number,
            FieldKind::Date => wire::fields::FieldKind::Date,
            FieldKind::Choice => wire::fields::FieldKind::Choice,
            FieldKind::YesNo => wire::fields::FieldKind::YesNo,
        },
        required: of.required,
        person: match of.person {
            Access::Hidden => FieldAccess::Hidden,
            Access::Sees => FieldAccess::Sees,
            Access::Edits => FieldAccess::Edits,
        },
        copied: of.copied,
        attribute: of.slot.and_then(|slot| FieldAttribute::from_code(slot.code())),
        rules: FieldRules { min_chars, max_chars, pattern, min, max, choices },
        inherited: of.tenant != tenant,
        retired_at: of.retired_at.map(|at| at.to_string()),
        version: of.version,
    }
}

#[cfg(test)]
mod tests {
    use domain::custom::Slot;

    use super::*;

    #[test]
    fn the_interface_names_every_attribute_there_is() {
        let ours: Vec<_> = Slot::ALL.iter().map(|slot| slot.code()).collect();
        let theirs: Vec<_> = FieldAttribute::ALL.iter().map(|attribute| attribute.code()).collect();
        assert_eq!(ours, theirs);
    }
}
