//! Settings of tenants.

use app::settings::{self as use_cases, From, Holds, View};
use axum::{extract::State, http::StatusCode};
use domain::id::TenantId;
use web::Surface;
use wire::{
    common::TenantRef,
    settings::{SettingFrom, SettingValue, SettingsUpdate, TenantSettings},
};

use crate::{
    Refused, Tagged,
    input::{Body, Call, PathId, Version},
    refusal::Answer,
};

/// Everything that holds for a tenant, and where each value comes from: its language, time
/// zone, currency, naming pattern, support, brand, and the rules for passwords.
#[utoipa::path(get, path = "/tenants/{id}/settings", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "The settings; `ETag` is the tenant's version.", body = TenantSettings), Refused))]
pub async fn show_settings(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Tagged<TenantSettings>> {
    let view = use_cases::show(&surface.app, &call.caller, id).await?;
    Ok(Tagged(StatusCode::OK, view.tenant.version, shown(&view)))
}

/// Say something for a tenant and all below it that say nothing themselves, or nothing
/// any more.
#[utoipa::path(patch, path = "/tenants/{id}/settings", tag = "tenants", request_body = SettingsUpdate,
    params(("id" = String, Path, description = "Id of the tenant."),
        ("If-Match" = String, Header, description = "The `ETag` the change is based on.")),
    responses((status = 200, description = "The settings as they are now.", body = TenantSettings), Refused))]
pub async fn update_settings(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Version(version): Version,
    Body(new): Body<SettingsUpdate>,
) -> Answer<Tagged<TenantSettings>> {
    use_cases::update(&surface.app, &call.caller, id, version, &new.given(), &call.cause).await?;
    let view = use_cases::show(&surface.app, &call.caller, id).await?;
    Ok(Tagged(StatusCode::OK, view.tenant.version, shown(&view)))
}

fn shown(of: &View) -> TenantSettings {
    let value = |holds: &Holds| {
        let (from, tenant) = match holds.from {
            From::Own => (SettingFrom::Own, None),
            From::Above(tenant) => (SettingFrom::Above, of.known.get(&tenant).map(|known| (tenant, known))),
            From::Default => (SettingFrom::Default, None),
        };
        let tenant = tenant.map(|(id, (code, name))| TenantRef {
            id: id.to_string(),
            code: code.clone(),
            name: name.clone(),
        });
        (holds.name.to_owned(), SettingValue { value: holds.value.clone(), from, tenant })
    };
    TenantSettings {
        settings: of.settings.iter().map(value).collect(),
        password_rules: of.password_rules.iter().map(value).collect(),
        version: of.tenant.version,
    }
}

#[cfg(test)]
mod tests {
    use domain::setting::Setting;

    use super::*;

    #[test]
    fn the_interface_takes_every_setting_there_is() {
        let all: serde_json::Map<_, _> =
            Setting::ALL.iter().map(|s| (s.code().to_owned(), serde_json::Value::Null)).collect();
        let update: SettingsUpdate = serde_json::from_value(all.into()).expect("every name is known");
        assert_eq!(update.given().len(), Setting::ALL.len());
    }
}
