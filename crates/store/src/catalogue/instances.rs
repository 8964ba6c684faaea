//! What a customer has of a service: one instance or several, each with groups of its own.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{GroupId, InstanceId, ObjectId, ServiceId, TenantId},
};
use jiff::Timestamp;
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

/// An instance that was taken from a customer.
#[derive(Debug, Clone)]
pub struct FormerInstance {
    /// Its id.
    pub id: InstanceId,
    /// Objects of those of its groups that are still there, in their order.
    pub groups: Vec<ObjectId>,
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
    /// Id, object and shown name of each group that is new, in their order.
    pub groups: Vec<(GroupId, ObjectId, String)>,
    /// How many groups it has already, from when the customer had it before.
    pub restored: usize,
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

    /// The instance a tenant once had of a service under a code. Whoever gives it again gives
    /// the same one.
    pub async fn former_instance(
        &mut self,
        tenant: TenantId,
        (service, code): (ServiceId, &str),
    ) -> Result<Option<FormerInstance>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT id, ARRAY(SELECT g.object_id FROM user_group g WHERE g.instance_id = i.id AND g.purge_at > $4
                             ORDER BY g.position) AS "groups!"
                 FROM service_instance i WHERE tenant_id = $1 AND service_id = $2 AND code = $3"#,
            tenant.uuid(),
            service.uuid(),
            code,
            ts(self.now) as _
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|row| FormerInstance {
            id: InstanceId::from_uuid(row.id),
            groups: row.groups.into_iter().map(ObjectId::from_uuid).collect(),
        }))
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
    /// groups, whose objects have to be wanted in the same transaction. One that the customer
    /// had before ([`ReadTx::former_instance`]) is the same again.
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
            let first = i16::try_from(instance.restored).unwrap_or(i16::MAX);
            for (place, (id, object, name)) in (first..).zip(&instance.groups) {
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
                          FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) AS a (id, service, code, name)
                        ON CONFLICT (id) DO UPDATE SET name = excluded.name)
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

    /// The groups of an instance that was taken from the customer belong to it again, as far as
    /// they are still there.
    pub async fn restore_groups(
        &mut self,
        permit: &Permit<act::OrderCreate>,
        instance: InstanceId,
    ) -> Result<(), StoreError> {
        let restored = sqlx::query_scalar!(
            "UPDATE user_group SET deleted_at = NULL, purge_at = NULL, delete_request = NULL, version = version + 1
              WHERE instance_id = $1 AND tenant_id = $2 AND purge_at > $3 RETURNING id",
            instance.uuid(),
            permit.tenant.id.uuid(),
            ts(self.now) as _
        )
        .fetch_all(self.sql())
        .await?;
        for id in restored {
            self.note_group(permit.tenant.id, GroupId::from_uuid(id), "group.restored", vec![]);
        }
        Ok(())
    }

    /// Takes an instance from the permitted customer within the opened request: everything
    /// subscribed to of it ends, with *ended* facts, and everybody leaves its groups. Until
    /// `purge_at` these are restored when it is given again. Gives the people it was taken from.
    pub async fn remove_instance(
        &mut self,
        permit: &Permit<act::OrderCreate>,
        instance: &Instance,
        purge_at: Option<Timestamp>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let (tenant, request, now) = (permit.tenant.id, self.request_id()?, ts(self.now));
        let objects: Vec<_> = instance.groups.iter().map(|group| group.uuid()).collect();
        // First, because whoever subscribes holds the groups.
        let groups = sqlx::query_scalar!(
            "UPDATE user_group SET deleted_at = $3, version = version + 1, purge_at = $4,
                    delete_request = CASE WHEN $4::timestamptz IS NULL THEN NULL ELSE $5::uuid END
              WHERE instance_id = $1 AND tenant_id = $2 AND deleted_at IS NULL RETURNING id",
            instance.id.uuid(),
            tenant.uuid(),
            now as _,
            purge_at.map(ts) as _,
            request
        )
        .fetch_all(self.sql())
        .await?;
        if groups.is_empty() {
            return Err(StoreError::NotFound("service"));
        }
        self.lock_work(&instance.groups).await?;
        let people = sqlx::query_scalar!(
            r#"SELECT DISTINCT user_id AS "user!" FROM subscription
                WHERE tenant_id = $1 AND group_object = ANY($2) AND ended_at IS NULL AND user_id IS NOT NULL"#,
            tenant.uuid(),
            &objects
        )
        .fetch_all(self.sql())
        .await?;
        self.end_plans(tenant, &permit.tenant.time_zone, Some((&[], &objects))).await?;
        self.forget_bundled(tenant, instance).await?;
        self.empty_groups(tenant, &objects).await?;
        for group in groups {
            self.note_group(tenant, GroupId::from_uuid(group), "group.deleted", vec![]);
        }
        let field = |field: &'static str, before: &str| FieldChange {
            field: field.into(),
            before: Some(before.to_owned()),
            after: None,
            person: None,
        };
        let changes = vec![
            field("service", &instance.service.to_string()),
            field("code", &instance.code),
            field("name", &instance.name),
        ];
        let target = ("service_instance", instance.id.to_string());
        let code = "service.taken";
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
        self.changed = true;
        Ok(people)
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
