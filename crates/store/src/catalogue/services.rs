//! Services as data: published by a tenant, changed with a version, retired.

use domain::{
    catalogue::ServiceScope,
    event::{Event, FieldChange, Outcome},
    id::{ServiceId, TenantId},
    service::Definition,
};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// A service as stored.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Who publishes it.
    pub tenant: TenantId,
    /// Code of the publisher, if the caller may see it.
    pub publisher: Option<String>,
    /// Stable code, unique in the instance.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Who subscribes to it.
    pub scope: ServiceScope,
    /// What it means in a directory.
    pub definition: Definition,
    /// Since when nobody new can subscribe.
    pub retired_at: Option<Timestamp>,
    /// Version of the definition.
    pub version: i64,
}

/// A service to be published.
#[derive(Debug, Clone)]
pub struct NewService {
    /// Stable code.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Who subscribes to it.
    pub scope: ServiceScope,
    /// What it means in a directory.
    pub definition: Definition,
}

/// New values; `None` leaves one as it is.
#[derive(Debug, Clone, Default)]
pub struct ServiceChange {
    /// Name as shown.
    pub name: Option<String>,
    /// What it means.
    pub definition: Option<Definition>,
    /// Whether nobody new can subscribe.
    pub retired: Option<bool>,
}

impl ReadTx<'_> {
    /// The services the caller may see, by code; one of them when named.
    pub async fn services(&mut self, code: Option<&str>) -> Result<Vec<Service>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT s.id, s.tenant_id, s.code, s.name, s.scope, s.version, t.code AS "publisher?",
                      s.definition AS "definition!: Json<Definition>", s.retired_at AS "retired_at: jiff_sqlx::Timestamp"
                 FROM service s LEFT JOIN tenant t ON t.id = s.tenant_id
                WHERE $1::text IS NULL OR s.code = $1 ORDER BY s.code"#,
            code
        )
        .fetch_all(self.sql())
        .await?;
        let services = rows.into_iter().map(|row| Service {
            id: ServiceId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            publisher: row.publisher,
            code: row.code,
            name: row.name,
            scope: if row.scope == "user" { ServiceScope::User } else { ServiceScope::Customer },
            definition: row.definition.0,
            retired_at: row.retired_at.map(jiff_sqlx::Timestamp::to_jiff),
            version: row.version,
        });
        Ok(services.collect())
    }

    /// The service with this code.
    pub async fn service(&mut self, code: &str) -> Result<Service, StoreError> {
        self.services(Some(code)).await?.pop().ok_or(StoreError::NotFound("service"))
    }
}

impl WriteTx<'_> {
    /// Publishes a service from the permitted tenant.
    pub async fn insert_service(
        &mut self,
        permit: &Permit<act::CatalogueManage>,
        new: &NewService,
    ) -> Result<ServiceId, StoreError> {
        let (id, now): (ServiceId, _) = (self.id(), ts(self.now));
        sqlx::query!(
            "INSERT INTO service (id, tenant_id, code, name, scope, definition, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id.uuid(),
            permit.tenant.id.uuid(),
            new.code,
            new.name,
            new.scope.code(),
            Json(&new.definition) as _,
            now as _
        )
        .execute(self.sql())
        .await?;
        let field = |field: &'static str, after: &str| FieldChange {
            field: field.into(),
            before: None,
            after: Some(after.to_owned()),
            person: None,
        };
        let changes = vec![
            field("name", &new.name),
            field("scope", new.scope.code()),
            field("definition", &serde_json::to_string(&new.definition).unwrap_or_default()),
        ];
        self.note_service(permit.tenant.id, "service.created", id, changes);
        Ok(id)
    }

    /// Changes a service of the permitted tenant, if `version` is still the present one.
    pub async fn update_service(
        &mut self,
        permit: &Permit<act::CatalogueManage>,
        before: &Service,
        version: i64,
        change: &ServiceChange,
    ) -> Result<(), StoreError> {
        if permit.tenant.id != before.tenant {
            return Err(StoreError::NotFound("service"));
        }
        let name = change.name.as_ref().unwrap_or(&before.name);
        let definition = change.definition.as_ref().unwrap_or(&before.definition);
        let retired_at = match change.retired {
            Some(true) => before.retired_at.or(Some(self.now)),
            Some(false) => None,
            None => before.retired_at,
        };
        let mut changes = Vec::new();
        let mut note = |field: &'static str, before: Option<String>, after: Option<String>| {
            if before != after {
                changes.push(FieldChange { field: field.into(), before, after, person: None });
            }
        };
        let text = |definition| serde_json::to_string(definition).ok();
        note("name", Some(before.name.clone()), Some(name.clone()));
        note("definition", text(&before.definition), text(definition));
        note("retired_at", before.retired_at.map(|t| t.to_string()), retired_at.map(|t| t.to_string()));
        let updated = sqlx::query!(
            "UPDATE service SET name = $3, definition = $4, retired_at = $5, version = version + $6
              WHERE id = $1 AND version = $2",
            before.id.uuid(),
            version,
            name,
            Json(definition) as _,
            retired_at.map(ts) as _,
            i64::from(!changes.is_empty())
        )
        .execute(self.sql())
        .await?;
        if updated.rows_affected() == 0 {
            return Err(StoreError::Stale { present: before.version });
        }
        // Without a change somebody asked that it be compared with what people have.
        let code = if changes.is_empty() { "service.applied" } else { "service.updated" };
        self.note_service(permit.tenant.id, code, before.id, changes);
        Ok(())
    }

    fn note_service(
        &mut self,
        tenant: TenantId,
        code: &'static str,
        id: ServiceId,
        changes: Vec<FieldChange>,
    ) {
        let target = ("service", id.to_string());
        self.changed = true;
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
    }
}
