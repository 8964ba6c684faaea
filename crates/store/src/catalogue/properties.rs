//! What is said of properties at a tenant, one of its instances or a person.

use std::collections::BTreeMap;

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{InstanceId, RequestId, ServiceId, TenantId, UserId},
};
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{ReadTx, WriteTx},
};

/// Where something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PropertyPlace {
    /// At this tenant,
    pub tenant: TenantId,
    /// of this service,
    pub service: ServiceId,
    /// for one instance of it,
    pub instance: Option<InstanceId>,
    /// for one person.
    pub user: Option<UserId>,
}

/// What was said of one property before and after.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Changed {
    /// Name of the property.
    pub name: String,
    /// What was said here before; none when nothing was.
    pub before: Option<String>,
    /// What is said from now on.
    pub after: Option<String>,
}

impl ReadTx<'_> {
    /// What is said at exactly this place.
    pub async fn said_at(&mut self, place: PropertyPlace) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = sqlx::query!(
            "SELECT name, value FROM property_value
              WHERE tenant_id = $1 AND service_id = $2 AND instance_id IS NOT DISTINCT FROM $3
                AND user_id IS NOT DISTINCT FROM $4",
            place.tenant.uuid(),
            place.service.uuid(),
            place.instance.map(InstanceId::uuid),
            place.user.map(UserId::uuid)
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
    }

    /// The people whose accounts a request changed, as its revisions say.
    pub async fn people_of_request(&mut self, request: RequestId) -> Result<Vec<Uuid>, StoreError> {
        let people = sqlx::query_scalar!(
            r#"SELECT DISTINCT o.entity_id FROM request_item i
                 JOIN object_revision r ON r.object_id = i.object_id AND r.request_id = i.request_id
                 JOIN object o ON o.id = i.object_id
                WHERE i.request_id = $1 AND o.kind = 'user' AND o.wanted ORDER BY 1"#,
            request.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(people)
    }
}

impl WriteTx<'_> {
    /// Says something of properties of a service that is locked; `None` says nothing
    /// any more. Gives what really changed, one event each.
    pub async fn say(
        &mut self,
        place: PropertyPlace,
        service_code: &str,
        values: &BTreeMap<String, Option<String>>,
    ) -> Result<Vec<Changed>, StoreError> {
        let before = self.said_at(place).await?;
        let changed: Vec<_> = values
            .iter()
            .map(|(name, after)| Changed {
                name: name.clone(),
                before: before.get(name).cloned(),
                after: after.clone(),
            })
            .filter(|changed| changed.before != changed.after)
            .collect();
        if changed.is_empty() {
            return Ok(changed);
        }
        let gone: Vec<_> = changed.iter().filter(|c| c.after.is_none()).map(|c| c.name.clone()).collect();
        let (names, texts): (Vec<_>, Vec<_>) =
            changed.iter().filter_map(|c| Some((c.name.clone(), c.after.clone()?))).unzip();
        let now = ts(self.now);
        sqlx::query!(
            "WITH d AS (DELETE FROM property_value WHERE tenant_id = $1 AND service_id = $2
                           AND instance_id IS NOT DISTINCT FROM $3 AND user_id IS NOT DISTINCT FROM $4 AND name = ANY($5))
             INSERT INTO property_value (id, tenant_id, service_id, instance_id, user_id, name, value, updated_at)
             SELECT time_ordered_id($8), $1, $2, $3, $4, a.name, a.value, $8 FROM unnest($6::text[], $7::text[]) AS a (name, value)
             ON CONFLICT (tenant_id, service_id, name, coalesce(instance_id, '00000000-0000-0000-0000-000000000000'),
                          coalesce(user_id, '00000000-0000-0000-0000-000000000000'))
             DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            place.tenant.uuid(),
            place.service.uuid(),
            place.instance.map(InstanceId::uuid),
            place.user.map(UserId::uuid),
            &gone,
            &names,
            &texts,
            now as _
        )
        .execute(self.sql())
        .await?;
        for change in &changed {
            let target = match place.user {
                Some(user) => ("user", user.to_string()),
                None => ("tenant", place.tenant.to_string()),
            };
            let property = Some(format!("{service_code}.{}", change.name));
            let changes = vec![
                FieldChange { field: "property".into(), before: None, after: property, person: None },
                FieldChange {
                    field: "value".into(),
                    before: change.before.clone(),
                    after: change.after.clone(),
                    person: place.user,
                },
            ];
            let code = "property.changed";
            self.events.push(Event {
                code,
                outcome: Outcome::Success,
                tenant: place.tenant,
                target,
                changes,
            });
        }
        self.changed = true;
        Ok(changed)
    }
}
