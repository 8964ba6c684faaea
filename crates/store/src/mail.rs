//! Mails to people: wanted in the transaction of what they tell of, listed for the
//! provider's staff. How they are sent is in [`crate::engine`].
//!
//! What is personal of a mail is sealed under the person's key; the secret part of its
//! link is not stored at all.

use std::collections::BTreeMap;

use domain::{
    id::{ActivationId, MailId, TenantId, UserId},
    limits,
    mail::{Addressee, Brand, Kind, Message, State},
    problem::Problem,
};
use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    StoreError, brands,
    error::known,
    seal::{Keyring, SealError, open_with},
    ts,
    tx::{ReadTx, WriteTx},
};

/// A mail somebody is to get.
#[derive(Debug, Clone)]
pub(crate) struct NewMail {
    kind: Kind,
    tenant: TenantId,
    user: UserId,
    activation: ActivationId,
    to: Addressee,
}

/// A mail, as it is listed.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its id, and that of the message on its way.
    pub id: MailId,
    /// Id, code and name of the person's tenant.
    pub tenant: (TenantId, String, String),
    /// Whom it is for.
    pub user: UserId,
    /// What it says.
    pub kind: Kind,
    /// How far it is.
    pub state: State,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it is not sent.
    pub problem: Option<Problem>,
    /// When it was wanted.
    pub created_at: Timestamp,
    /// When nothing more was to be done.
    pub ended_at: Option<Timestamp>,
    /// What its sentences are made of; none once the person's values are destroyed.
    pub message: Option<Message>,
}

/// What a stored mail says, from its columns.
pub(crate) struct Parts {
    pub id: Uuid,
    pub user: Uuid,
    pub activation: Uuid,
    pub kind: Kind,
    pub language: String,
    pub brand: Option<Brand>,
    pub tenant: String,
    pub time_zone: String,
    pub until: Timestamp,
    pub personal: Vec<u8>,
    /// The person's key, sealed.
    pub key: Option<(String, Vec<u8>)>,
}

impl Parts {
    /// The message; none when the person's key was destroyed.
    pub fn message(self, keys: &Keyring) -> Result<Option<Message>, SealError> {
        let Some((key_id, sealed)) = self.key else { return Ok(None) };
        let key = keys.open_person_key(&key_id, self.user, &sealed)?;
        let plain = open_with(&key, self.id, &self.personal)?;
        let to = serde_json::from_slice(&plain).map_err(|_| SealError::Broken)?;
        Ok(Some(Message {
            kind: self.kind,
            language: self.language,
            brand: self.brand,
            to,
            tenant: self.tenant,
            time_zone: self.time_zone,
            token: keys.activation_token(ActivationId::from_uuid(self.activation)),
            until: self.until,
        }))
    }
}

impl WriteTx<'_> {
    /// Has the person told of a link by mail. What led to the link is audited; the mail
    /// comes to be with it.
    pub fn send_link(
        &mut self,
        kind: Kind,
        tenant: TenantId,
        user: UserId,
        token: &str,
        to: Addressee,
    ) -> Result<(), StoreError> {
        let activation =
            self.store.keys.activation_of(token).ok_or(StoreError::Conflict("a link of another instance"))?;
        self.mails.push(NewMail { kind, tenant, user, activation, to });
        self.wake = true;
        Ok(())
    }

    /// Writes the mails that were wanted: few statements, however many they are.
    pub(crate) async fn write_mails(&mut self) -> Result<(), StoreError> {
        let mails = std::mem::take(&mut self.mails);
        for chunk in mails.chunks(limits::ROWS_PER_STATEMENT) {
            let people: BTreeMap<_, _> = chunk.iter().map(|m| (m.user.uuid(), m.tenant.uuid())).collect();
            let (keys, fresh) = self.keys_of(people, BTreeMap::new()).await?;
            let ids: Vec<MailId> = chunk.iter().map(|_| self.id()).collect();
            let mut personal = Vec::with_capacity(chunk.len());
            for (mail, id) in chunk.iter().zip(&ids) {
                let key = keys.get(&mail.user.uuid()).ok_or(SealError::Broken)?;
                let plain = serde_json::to_vec(&mail.to).map_err(|_| SealError::Broken)?;
                personal.push(self.store.keys.seal_with(key, id.uuid(), &plain)?);
            }
            let now = ts(self.now);
            let written = sqlx::query!(
                "WITH k AS (
                     INSERT INTO person_key (person_id, tenant_id, key_id, sealed, created_at)
                     SELECT a.*, $1 FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bytea[]) AS a),
                   b AS MATERIALIZED (SELECT x.tenant, brand_of(x.tenant) AS brand
                                        FROM (SELECT DISTINCT unnest($7::uuid[]) AS tenant) x)
                 INSERT INTO mail (id, tenant_id, user_id, activation_id, kind, personal, language, brand_id, created_at)
                 SELECT m.id, m.tenant, m.person, m.activation, m.kind, m.personal,
                        coalesce(u.language, t.language), b.brand, $1
                   FROM unnest($6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::text[], $11::bytea[])
                        AS m (id, tenant, person, activation, kind, personal)
                   JOIN users u ON u.id = m.person JOIN tenant t ON t.id = m.tenant JOIN b ON b.tenant = m.tenant",
                now as _,
                &fresh.people,
                &fresh.tenants,
                &fresh.key_ids,
                &fresh.sealed,
                &ids.iter().map(|id| id.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|m| m.tenant.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|m| m.user.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|m| m.activation.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|m| m.kind.code().to_owned()).collect::<Vec<_>>(),
                &personal
            )
            .execute(self.sql())
            .await?;
            if written.rows_affected() != chunk.len() as u64 {
                return Err(StoreError::Conflict("a mail to somebody who is not there"));
            }
        }
        Ok(())
    }
}

impl ReadTx<'_> {
    /// Mails to people at or below `roots`, the newest first, after `after`.
    pub async fn mails(
        &mut self,
        roots: &[TenantId],
        state: Option<State>,
        after: Option<MailId>,
        limit: u32,
    ) -> Result<Vec<Mail>, StoreError> {
        self.load_mails(roots, None, state, after, limit).await
    }

    /// The mail with this id, to somebody at or below `roots`.
    pub async fn mail(&mut self, roots: &[TenantId], id: MailId) -> Result<Mail, StoreError> {
        self.load_mails(roots, Some(id), None, None, 1).await?.pop().ok_or(StoreError::NotFound("mail"))
    }

    async fn load_mails(
        &mut self,
        roots: &[TenantId],
        id: Option<MailId>,
        state: Option<State>,
        after: Option<MailId>,
        limit: u32,
    ) -> Result<Vec<Mail>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT m.id, m.tenant_id, t.code AS tenant, t.name AS tenant_name, t.time_zone, m.user_id,
                      m.activation_id, m.kind, m.state, m.attempts, m.problem, m.language, m.personal,
                      m.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      m.ended_at AS "ended_at: jiff_sqlx::Timestamp",
                      a.expires_at AS "expires_at!: jiff_sqlx::Timestamp",
                      b.host AS "host?", b.parts AS "parts?: Json<brands::Parts>", b.code AS "brand?",
                      b.configured AS "configured?", k.key_id AS "key_id?", k.sealed AS "sealed?"
                 FROM mail m JOIN tenant t ON t.id = m.tenant_id JOIN activation a ON a.id = m.activation_id
                 LEFT JOIN LATERAL brand_for(m.tenant_id) b ON true LEFT JOIN person_key k ON k.person_id = m.user_id
                WHERE EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = m.tenant_id AND c.ancestor = ANY($1))
                  AND ($2::uuid IS NULL OR m.id = $2) AND ($3::text IS NULL OR m.state = $3)
                  AND ($4::uuid IS NULL OR m.id < $4)
                ORDER BY m.id DESC LIMIT $5"#,
            &roots.iter().map(|t| t.uuid()).collect::<Vec<_>>(),
            id.map(MailId::uuid),
            state.map(State::code),
            after.map(MailId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        let keys = &self.store.keys;
        let mails = rows.into_iter().map(|row| {
            let id = MailId::from_uuid(row.id);
            let kind = known(Kind::from_code(&row.kind), "mail", "kind", id)?;
            let parts = Parts {
                id: row.id,
                user: row.user_id,
                activation: row.activation_id,
                kind,
                language: row.language,
                brand: brands::of_mail(row.host, row.parts, row.brand, row.configured),
                tenant: row.tenant_name.clone(),
                time_zone: row.time_zone,
                until: row.expires_at.to_jiff(),
                personal: row.personal,
                key: row.key_id.zip(row.sealed),
            };
            Ok(Mail {
                id,
                tenant: (TenantId::from_uuid(row.tenant_id), row.tenant, row.tenant_name),
                user: UserId::from_uuid(row.user_id),
                kind,
                state: known(State::from_code(&row.state), "mail", "state", id)?,
                attempts: row.attempts,
                problem: row.problem.and_then(|p| serde_json::from_value(p).ok()),
                created_at: row.created_at.to_jiff(),
                ended_at: row.ended_at.map(jiff_sqlx::Timestamp::to_jiff),
                message: parts.message(keys)?,
            })
        });
        mails.collect()
    }
}
