//! Definitions of custom fields. Values are a part of people ([`crate::users`]).

use std::collections::BTreeMap;

use domain::{
    custom::{Access, Definition, FieldKind, Rules, Slot, Values, effective},
    event::{Event, FieldChange, Outcome},
    id::{FieldId, TenantId},
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    StoreError,
    error::known,
    ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

/// A definition that has the same key or attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// It is the attribute; otherwise the key.
    pub attribute: bool,
    /// Where it is defined.
    pub place: ClashPlace,
}

/// Where a definition is, seen from a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClashPlace {
    /// At the tenant.
    Here,
    /// At one above it, which the caller need not know.
    Above,
    /// At the one with this code below it.
    Below(String),
}

/// Values as they are stored: by the bare id.
pub(crate) type Stored = Json<BTreeMap<Uuid, String>>;

/// Values from how they are stored.
pub(crate) fn values(stored: Stored) -> Values {
    stored.0.into_iter().map(|(id, value)| (FieldId::from_uuid(id), value)).collect()
}

/// Values as they are stored.
pub(crate) fn stored<'a>(values: impl IntoIterator<Item = (&'a FieldId, &'a String)>) -> Stored {
    Json(values.into_iter().map(|(id, value)| (id.uuid(), value.clone())).collect())
}

macro_rules! definition {
    ($row:expr) => {{
        let row = $row;
        let slot =
            row.attribute.map(|code| known(Slot::from_code(&code), "custom_field", "attribute", row.id));
        Ok::<_, StoreError>(Definition {
            id: FieldId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            key: row.key,
            label: row.label,
            kind: known(FieldKind::from_code(&row.kind), "custom_field", "kind", row.id)?,
            required: row.required,
            person: known(Access::from_code(&row.person), "custom_field", "person", row.id)?,
            copied: row.copied,
            slot: slot.transpose()?,
            rules: row.rules.0,
            retired_at: row.retired_at.map(|at| at.to_jiff()),
            version: row.version,
        })
    }};
}

impl ReadTx<'_> {
    /// What holds for the people of `tenant`.
    pub async fn fields(&mut self, tenant: &TenantRef) -> Result<Vec<Definition>, StoreError> {
        if !tenant.has_fields {
            return Ok(Vec::new());
        }
        let path_ids: Vec<_> = tenant.path.iter().map(|tenant| tenant.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT id, tenant_id, key, label, kind, required, person, copied, attribute,
                      rules AS "rules!: Json<Rules>", version, retired_at AS "retired_at: jiff_sqlx::Timestamp"
                 FROM custom_field WHERE tenant_id = ANY($1)"#,
            &path_ids
        )
        .fetch_all(self.sql())
        .await?;
        let all = rows.into_iter().map(|row| definition!(row)).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(effective(all, &tenant.path))
    }
}

impl WriteTx<'_> {
    /// Which definitions at, above and below the permitted tenant have the key or the
    /// attribute of `definition`. Until the end of the transaction nobody else defines.
    pub async fn field_clashes(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        definition: &Definition,
    ) -> Result<Vec<Clash>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT what AS "what!", place AS "place!", code FROM field_clashes($1, $2, $3)"#,
            permit.tenant.id.uuid(),
            definition.key,
            definition.slot.map(Slot::code)
        )
        .fetch_all(self.sql())
        .await?;
        let clashes = rows.into_iter().map(|row| Clash {
            attribute: row.what == "attribute",
            place: match (row.place.as_str(), row.code) {
                ("here", _) => ClashPlace::Here,
                ("below", Some(code)) => ClashPlace::Below(code),
                _ => ClashPlace::Above,
            },
        });
        Ok(clashes.collect())
    }

    /// How many fields the permitted tenant defined.
    pub async fn count_fields(&mut self, permit: &Permit<act::TenantUpdate>) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "n!" FROM custom_field WHERE tenant_id = $1"#,
            permit.tenant.id.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        Ok(count)
    }

    /// Defines a field of the permitted tenant; clashes have to be asked for before.
    pub async fn define_field(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        definition: &Definition,
    ) -> Result<(), StoreError> {
        let now = ts(self.now);
        sqlx::query!(
            "INSERT INTO custom_field (id, tenant_id, key, label, kind, required, person, copied, attribute, rules,
                 created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            definition.id.uuid(),
            permit.tenant.id.uuid(),
            definition.key,
            definition.label,
            definition.kind.code(),
            definition.required,
            definition.person.code(),
            definition.copied,
            definition.slot.map(Slot::code),
            Json(&definition.rules) as _,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.note_field(permit, "custom_field.created", None, definition);
        Ok(())
    }

    /// Locks a field the permitted tenant defined itself.
    pub async fn lock_field(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        key: &str,
    ) -> Result<Definition, StoreError> {
        let row = sqlx::query!(
            r#"SELECT id, tenant_id, key, label, kind, required, person, copied, attribute,
                      rules AS "rules!: Json<Rules>", version, retired_at AS "retired_at: jiff_sqlx::Timestamp"
                 FROM custom_field WHERE tenant_id = $1 AND key = $2 FOR UPDATE"#,
            permit.tenant.id.uuid(),
            key
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("field"))?;
        definition!(row)
    }

    /// Changes a locked field.
    pub async fn change_field(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        before: &Definition,
        after: &Definition,
    ) -> Result<(), StoreError> {
        if before == after {
            return Ok(());
        }
        sqlx::query!(
            "UPDATE custom_field SET label = $3, required = $4, person = $5, copied = $6, rules = $7, retired_at = $8,
                    version = version + 1 WHERE id = $1 AND tenant_id = $2",
            before.id.uuid(),
            permit.tenant.id.uuid(),
            after.label,
            after.required,
            after.person.code(),
            after.copied,
            Json(&after.rules) as _,
            after.retired_at.map(ts) as _
        )
        .execute(self.sql())
        .await?;
        let code = match (before.retired_at, after.retired_at) {
            (None, Some(_)) => "custom_field.retired",
            (Some(_), None) => "custom_field.restored",
            _ => "custom_field.updated",
        };
        self.note_field(permit, code, Some(before), after);
        Ok(())
    }

    fn note_field(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        code: &'static str,
        before: Option<&Definition>,
        after: &Definition,
    ) {
        let rules = |d: &Definition| serde_json::to_string(&d.rules).unwrap_or_default();
        let fields: [(&str, Read<'_>); 8] = [
            ("key", &|d| d.key.clone()),
            ("label", &|d| d.label.clone()),
            ("kind", &|d| d.kind.code().to_owned()),
            ("required", &|d| d.required.to_string()),
            ("person", &|d| d.person.code().to_owned()),
            ("copied", &|d| d.copied.to_string()),
            ("attribute", &|d| d.slot.map_or("", Slot::code).to_owned()),
            ("rules", &rules),
        ];
        let changes = fields.into_iter().map(|(field, of)| FieldChange {
            field: field.into(),
            before: before.map(of),
            after: Some(of(after)),
            person: None,
        });
        let changes = changes.filter(|change| change.before != change.after).collect();
        let (tenant, target) = (permit.tenant.id, ("custom_field", after.id.to_string()));
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
    }
}

/// A part of a definition, as text.
type Read<'a> = &'a dyn Fn(&Definition) -> String;
