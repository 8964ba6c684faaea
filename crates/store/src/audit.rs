//! Audit events in the transaction of the change: no event, no change.

use std::collections::BTreeMap;

use domain::{event::Event, id::EventId};
use serde_json::{Value, json};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    StoreError,
    caller::Who,
    objects::NewRequest,
    seal, ts,
    tx::{Cause, WriteTx},
};

/// Version of the form of events.
const SCHEMA_VERSION: i32 = 1;

#[derive(Default)]
struct Rows {
    ids: Vec<Uuid>,
    tenants: Vec<Uuid>,
    codes: Vec<String>,
    outcomes: Vec<String>,
    target_kinds: Vec<String>,
    target_ids: Vec<String>,
    changes: Vec<Value>,
}

#[derive(Default)]
struct Personal {
    events: Vec<Uuid>,
    people: Vec<Uuid>,
    tenants: Vec<Uuid>,
    sealed: Vec<Vec<u8>>,
}

pub(crate) type PersonKeys = BTreeMap<Uuid, Zeroizing<[u8; 32]>>;

/// Keys of people who had none.
#[derive(Default)]
pub(crate) struct FreshKeys {
    pub people: Vec<Uuid>,
    pub tenants: Vec<Uuid>,
    pub key_ids: Vec<String>,
    pub sealed: Vec<Vec<u8>>,
}

fn authority_json(authority: &policy::Authority) -> Value {
    json!({ "policies": authority.policies, "basis": authority.basis.to_string() })
}

impl WriteTx<'_> {
    /// Writes the events so far and the request they belong to; what follows in this transaction
    /// belongs to another.
    pub async fn end_part(&mut self, cause: &Cause) -> Result<(), StoreError> {
        self.write_events(cause, None).await.map(drop)
    }

    /// Writes the collected events, personal values sealed apart, and the request
    /// they belong to. Gives whether a quota may count what tenants got in this
    /// transaction ([`WriteTx::check_quotas`]): asked with it, that is no way of its own.
    pub(crate) async fn write_events(
        &mut self,
        cause: &Cause,
        reason: Option<&str>,
    ) -> Result<bool, StoreError> {
        let events = std::mem::take(&mut self.events);
        if events.is_empty() {
            return Ok(!self.grown.is_empty());
        }
        let (keys, fresh) = self.person_keys(&events).await?;
        let (rows, personal) = self.rows_of(events, &keys)?;
        let authority = self.authority.as_ref().map(authority_json);
        let (actor_kind, actor) = self.caller.actor();
        let actor = actor.map(domain::id::UserId::uuid);
        let cause_json = self.cause_json(cause);
        let (now, home) = (ts(self.now), self.caller.tenant.uuid());
        let request = self.request.take();
        let opened = request.as_ref().and_then(NewRequest::opened);
        let grown: Vec<_> = self.grown.keys().map(|tenant| tenant.uuid()).collect();
        let bounded = sqlx::query_scalar!(
            r#"WITH k AS (
                 INSERT INTO person_key (person_id, tenant_id, key_id, sealed, created_at)
                 SELECT a.*, $8 FROM unnest($22::uuid[], $23::uuid[], $24::text[], $25::bytea[]) AS a),
               q AS (
                 INSERT INTO request (id, tenant_id, kind, args, lane, actor_id, created_at)
                 SELECT $14, $26, $27, $28, $29, $11, $8 WHERE $26::uuid IS NOT NULL),
               e AS (
                 INSERT INTO event (id, tenant_id, code, outcome, target_kind, target_id, change, occurred_at,
                     recorded_at, reason, actor_kind, actor_id, actor_tenant_id, authority, request_id, cause,
                     schema_version, software_version)
                 SELECT a.id, a.tenant_id, a.code, a.outcome, a.target_kind, a.target_id, a.change, $8, $8, $9, $10,
                        $11, $12, $13, $14, $15, $16, $17
                   FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
                        AS a (id, tenant_id, code, outcome, target_kind, target_id, change)),
               p AS (
                 INSERT INTO event_personal (event_id, person_id, tenant_id, sealed)
                 SELECT * FROM unnest($18::uuid[], $19::uuid[], $20::uuid[], $21::bytea[]))
               SELECT CASE WHEN cardinality($30::uuid[]) = 0 THEN false ELSE bounded($30) END AS "bounded!""#,
            &rows.ids,
            &rows.tenants,
            &rows.codes,
            &rows.outcomes,
            &rows.target_kinds,
            &rows.target_ids,
            &rows.changes,
            now as _,
            reason,
            actor_kind,
            actor,
            home,
            authority,
            request.as_ref().map(|request| request.id.uuid()),
            cause_json,
            SCHEMA_VERSION,
            env!("CARGO_PKG_VERSION"),
            &personal.events,
            &personal.people,
            &personal.tenants,
            &personal.sealed,
            &fresh.people,
            &fresh.tenants,
            &fresh.key_ids,
            &fresh.sealed,
            opened.map(|(_, opened)| opened.tenant.uuid()),
            opened.map(|(_, opened)| opened.kind),
            opened.map(|(_, opened)| &opened.args),
            opened.map(|(lane, _)| lane.code()),
            &grown,
        )
        .fetch_one(self.sql())
        .await?;
        Ok(bounded)
    }

    /// What led to the events: how the caller proved who it is, and what it sent along.
    fn cause_json(&self, cause: &Cause) -> Value {
        let mut all = match &self.caller.who {
            Who::Person { token, .. } => json!({ "token": token.to_string() }),
            Who::Link { activation, .. } => json!({ "activation": activation.to_string() }),
            Who::Errand { bulk, .. } => json!({ "bulk": bulk.to_string() }),
            Who::Claim { .. } => json!({}),
        };
        if let Some(trace) = &cause.trace {
            all["trace"] = json!(trace);
        }
        if let Some(key) = &cause.idempotency_key {
            all["idempotency_key"] = json!(key);
        }
        all
    }

    fn rows_of(&self, events: Vec<Event>, keys: &PersonKeys) -> Result<(Rows, Personal), StoreError> {
        let (mut rows, mut personal) = (Rows::default(), Personal::default());
        for event in events {
            self.add_event(self.id(), event, keys, &mut rows, &mut personal)?;
        }
        Ok((rows, personal))
    }

    fn add_event(
        &self,
        id: EventId,
        event: Event,
        keys: &PersonKeys,
        rows: &mut Rows,
        personal: &mut Personal,
    ) -> Result<(), StoreError> {
        let mut change = Vec::with_capacity(event.changes.len());
        let mut hidden: BTreeMap<Uuid, Vec<Value>> = BTreeMap::new();
        for field in event.changes {
            let Some(person) = field.person else {
                change.push(json!({ "field": field.field, "before": field.before, "after": field.after }));
                continue;
            };
            // The event holds commitments; who has the salt can prove a value,
            // and without it even a guess of the value proves nothing.
            let mut salt = [0; 16];
            self.store.keys.fill(&mut salt);
            let commit = |value: &Option<String>| {
                value.as_ref().map(|v| {
                    data_encoding::HEXLOWER.encode(&seal::hash(&[salt.as_slice(), v.as_bytes()].concat()))
                })
            };
            change.push(json!({ "field": field.field, "personal": true,
                "before": commit(&field.before), "after": commit(&field.after) }));
            hidden.entry(person.uuid()).or_default().push(json!({ "field": field.field,
                "salt": data_encoding::HEXLOWER.encode(&salt), "before": field.before, "after": field.after }));
        }
        for (person, values) in hidden {
            let Some(key) = keys.get(&person) else { continue };
            let plain = Zeroizing::new(Value::Array(values).to_string());
            personal.events.push(id.uuid());
            personal.people.push(person);
            personal.tenants.push(event.tenant.uuid());
            personal.sealed.push(self.store.keys.seal_with(key, id.uuid(), plain.as_bytes())?);
        }
        rows.ids.push(id.uuid());
        rows.tenants.push(event.tenant.uuid());
        rows.codes.push(event.code.to_owned());
        rows.outcomes.push(event.outcome.code().to_owned());
        rows.target_kinds.push(event.target.0.to_owned());
        rows.target_ids.push(event.target.1);
        rows.changes.push(Value::Array(change));
        Ok(())
    }

    /// The keys of all people the events speak of, and those of them that are
    /// made now because there was none yet.
    async fn person_keys(&mut self, events: &[Event]) -> Result<(PersonKeys, FreshKeys), StoreError> {
        let mut people: BTreeMap<Uuid, Uuid> = BTreeMap::new();
        let mut fresh: BTreeMap<Uuid, Uuid> = BTreeMap::new();
        for event in events {
            for person in event.changes.iter().filter_map(|c| c.person) {
                // A person created in this transaction has no key yet; do not ask.
                let list = if event.code == "user.created" { &mut fresh } else { &mut people };
                list.insert(person.uuid(), event.tenant.uuid());
            }
        }
        people.retain(|person, _| !fresh.contains_key(person));
        self.keys_of(people, fresh).await
    }

    /// The keys of `people`, and those made now: for those who had none, and for the `fresh`,
    /// who cannot have one yet.
    pub(crate) async fn keys_of(
        &mut self,
        mut people: BTreeMap<Uuid, Uuid>,
        mut fresh: BTreeMap<Uuid, Uuid>,
    ) -> Result<(PersonKeys, FreshKeys), StoreError> {
        let mut keys = PersonKeys::new();
        if !people.is_empty() {
            let ids: Vec<_> = people.keys().copied().collect();
            let rows = sqlx::query!(
                "SELECT person_id, key_id, sealed FROM person_key WHERE person_id = ANY($1)",
                &ids
            )
            .fetch_all(self.sql())
            .await?;
            for row in rows {
                let key = self.store.keys.open_person_key(&row.key_id, row.person_id, &row.sealed)?;
                keys.insert(row.person_id, key);
                people.remove(&row.person_id);
            }
            fresh.append(&mut people);
        }
        let mut made = FreshKeys::default();
        for (person, tenant) in fresh {
            let (key, key_id, sealed) = self.store.keys.person_key(person)?;
            keys.insert(person, key);
            made.people.push(person);
            made.tenants.push(tenant);
            made.key_ids.push(key_id);
            made.sealed.push(sealed);
        }
        Ok((keys, made))
    }
}
