//! What a customer has of a service: one instance or several, each with groups of its own.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{GroupId, InstanceId, ObjectId, ServiceId, TenantId},
};
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// An instance of a service at a customer.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// The service.
    pub service: ServiceId,
    /// The service's code.
    pub service_code: String,
    /// Code within customer and service.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Objects of its groups; the first makes subscriptions real.
    pub groups: Vec<ObjectId>,
    /// People who have a plan of it.
    pub seats: i64,
}

/// An instance a customer gets, with its groups.
#[derive(Debug, Clone)]
pub struct NewInstance {
    /// Its id.
    pub id: InstanceId,
    /// The service.
    pub service: ServiceId,
    /// Code within customer and service.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Id, object and shown name of each group, in their order.
    pub groups: Vec<(GroupId, ObjectId, String)>,
}

impl ReadTx<'_> {
    /// The instances a customer has, by service and code.
    pub async fn instances(&mut self, tenant: TenantId) -> Result<Vec<Instance>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT i.id, i.service_id, i.code, i.name, s.code AS service_code,
                      ARRAY(SELECT g.object_id FROM user_group g WHERE g.instance_id = i.id AND g.deleted_at IS NULL
                             ORDER BY g.position) AS "groups!",
                      (SELECT count(*) FROM user_group g JOIN subscription b ON b.group_object = g.object_id
                        WHERE g.instance_id = i.id AND g.deleted_at IS NULL AND b.ended_at IS NULL
                          AND b.user_id IS NOT NULL) AS "seats!"
                 FROM service_instance i JOIN service s ON s.id = i.service_id
                WHERE i.tenant_id = $1 ORDER BY s.code, i.code"#,
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows
            .into_iter()
            .filter(|row| !row.groups.is_empty())
            .map(|row| Instance {
                id: InstanceId::from_uuid(row.id),
                service: ServiceId::from_uuid(row.service_id),
                service_code: row.service_code,
                code: row.code,
                name: row.name,
                groups: row.groups.into_iter().map(ObjectId::from_uuid).collect(),
                seats: row.seats,
            })
            .collect())
    }
}

/// Groups of instances, a column each.
#[derive(Default)]
struct GroupRows {
    ids: Vec<Uuid>,
    objects: Vec<Uuid>,
    names: Vec<String>,
    instances: Vec<Uuid>,
    services: Vec<Uuid>,
    places: Vec<i16>,
}

impl WriteTx<'_> {
    /// Makes instances of a customer that is being ordered, with the rows of their
    /// groups, whose objects have to be wanted in the same transaction.
    pub async fn insert_instances(
        &mut self,
        _permit: &Permit<act::OrderCreate>,
        customer: TenantId,
        instances: &[NewInstance],
    ) -> Result<(), StoreError> {
        let ids: Vec<_> = instances.iter().map(|i| i.id.uuid()).collect();
        let services: Vec<_> = instances.iter().map(|i| i.service.uuid()).collect();
        let codes: Vec<_> = instances.iter().map(|i| i.code.clone()).collect();
        let names: Vec<_> = instances.iter().map(|i| i.name.clone()).collect();
        let mut groups = GroupRows::default();
        for instance in instances {
            for (place, (id, object, name)) in (0_i16..).zip(&instance.groups) {
                groups.ids.push(id.uuid());
                groups.objects.push(object.uuid());
                groups.names.push(name.clone());
                groups.instances.push(instance.id.uuid());
                groups.services.push(instance.service.uuid());
                groups.places.push(place);
            }
        }
        let now = ts(self.now);
        sqlx::query!(
            "WITH i AS (INSERT INTO service_instance (id, tenant_id, service_id, code, name, created_at)
                        SELECT a.id, $1, a.service, a.code, a.name, $12
                          FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) AS a (id, service, code, name))
             INSERT INTO user_group (id, tenant_id, purpose, service_id, instance_id, position, name, object_id, created_at)
             SELECT g.id, $1, 'service', g.service, g.instance, g.place, g.name, g.object, $12
               FROM unnest($6::uuid[], $7::uuid[], $8::text[], $9::uuid[], $10::uuid[], $11::int2[])
                    AS g (id, object, name, instance, service, place)",
            customer.uuid(),
            &ids,
            &services,
            &codes,
            &names,
            &groups.ids,
            &groups.objects,
            &groups.names,
            &groups.instances,
            &groups.services,
            &groups.places,
            now as _
        )
        .execute(self.sql())
        .await?;
        for instance in instances {
            let field = |field: &'static str, after: String| FieldChange {
                field: field.into(),
                before: None,
                after: Some(after),
                person: None,
            };
            let changes = vec![
                field("service", instance.service.to_string()),
                field("code", instance.code.clone()),
                field("name", instance.name.clone()),
            ];
            let target = ("service_instance", instance.id.to_string());
            self.events.push(Event {
                code: "service.given",
                outcome: Outcome::Success,
                tenant: customer,
                target,
                changes,
            });
        }
        self.changed = true;
        Ok(())
    }

    /// Waits until nobody changes what these services mean, and keeps it so; `alone`
    /// also keeps everybody from giving them to people. Read what they mean after it.
    pub async fn lock_services(&mut self, services: &[ServiceId], alone: bool) -> Result<(), StoreError> {
        if services.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = services.iter().map(|s| s.uuid()).collect();
        sqlx::query!("SELECT lock_services($1, $2)", &ids, alone).fetch_one(self.sql()).await?;
        Ok(())
    }
}
