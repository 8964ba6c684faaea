//! Passwords of a file, sealed until the accounts of their rows are made.

use std::collections::BTreeMap;

use domain::{
    event::{Event, Outcome},
    field::FieldError,
    id::{BulkId, RequestId, SecretId, TenantId, UserId},
    limits::SECRET_HOURS,
    plan::Secret,
};
use jiff::SignedDuration;
use sqlx::{postgres::types::PgInterval, types::Json};

use super::{Bulk, ROWS_AT_ONCE};
use crate::{
    StoreError, ts,
    tx::{ReadTx, WriteTx},
};

/// The password a row of a file gives.
#[derive(Debug, Clone)]
pub struct FirstPassword {
    /// The row.
    pub line: i32,
    /// It, or what is wrong with it, which is all that is kept then.
    pub value: Result<Secret, Vec<FieldError>>,
}

/// An account whose row may have a password.
#[derive(Debug, Clone, Copy)]
pub struct FirstAccount {
    /// The row.
    pub line: i32,
    /// The person it made.
    pub user: UserId,
    /// Whether the password has to be changed at the first log-on.
    pub must_change: bool,
}

/// How a password that was kept is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Sealed.
    Sealed,
    /// It was too old, and is destroyed: [`SECRET_HOURS`].
    Expired,
    /// Not kept, because of these.
    Refused(Vec<FieldError>),
}

fn kept_for() -> SignedDuration {
    SignedDuration::from_hours(SECRET_HOURS)
}

impl ReadTx<'_> {
    /// The rows of a bulk change that have a password.
    pub async fn first_passwords(&mut self, of: &Bulk) -> Result<BTreeMap<i32, Kept>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT line, errors AS "errors: Json<Vec<FieldError>>", created_at AS "created_at!: jiff_sqlx::Timestamp"
                 FROM bulk_secret WHERE bulk_id = $1"#,
            of.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let now = self.now();
        let kept = |created_at: jiff::Timestamp, errors: Vec<FieldError>| match errors.is_empty() {
            true if created_at + kept_for() <= now => Kept::Expired,
            true => Kept::Sealed,
            false => Kept::Refused(errors),
        };
        Ok(rows.into_iter().map(|row| (row.line, kept(row.created_at.to_jiff(), row.errors.0))).collect())
    }
}

impl WriteTx<'_> {
    /// Seals passwords for their rows; one that was kept for a row before is replaced.
    pub async fn keep_first_passwords(
        &mut self,
        tenant: TenantId,
        bulk: BulkId,
        passwords: &[FirstPassword],
    ) -> Result<(), StoreError> {
        let now = ts(self.now);
        for chunk in passwords.chunks(ROWS_AT_ONCE) {
            let (mut ids, mut keys, mut sealed, mut errors) =
                (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for password in chunk {
                let id: SecretId = self.id();
                ids.push(id.uuid());
                let (key, bytes) = match &password.value {
                    Ok(secret) => {
                        let (key, bytes) =
                            self.store.keys.seal_short(self.now, id.uuid(), secret.0.as_bytes())?;
                        (Some(key), Some(bytes))
                    }
                    Err(_) => (None, None),
                };
                keys.push(key);
                sealed.push(bytes);
                errors.push(Json(password.value.as_ref().err().map_or(&[][..], Vec::as_slice)));
            }
            let lines: Vec<_> = chunk.iter().map(|password| password.line).collect();
            sqlx::query!(
                "DELETE FROM bulk_secret WHERE bulk_id = $1 AND line = ANY($2)",
                bulk.uuid(),
                &lines
            )
            .execute(self.sql())
            .await?;
            sqlx::query!(
                "INSERT INTO bulk_secret (bulk_id, tenant_id, created_at, line, id, key_id, sealed, errors)
                 SELECT $1, $2, $3, a.* FROM unnest($4::int[], $5::uuid[], $6::text[], $7::bytea[], $8::jsonb[]) AS a",
                bulk.uuid(),
                tenant.uuid(),
                now as _,
                &lines,
                &ids,
                &keys as _,
                &sealed as _,
                &errors as _
            )
            .execute(self.sql())
            .await?;
        }
        Ok(())
    }

    /// Sends the passwords of rows on their way to the accounts that were made of them, which have to be
    /// made in the request that is open.
    pub async fn send_first_passwords(
        &mut self,
        of: &Bulk,
        request: RequestId,
        accounts: &[FirstAccount],
    ) -> Result<(), StoreError> {
        let (now, hours) = (ts(self.now), kept_for());
        let keeps = PgInterval {
            months: 0,
            days: 0,
            microseconds: i64::try_from(hours.as_micros()).unwrap_or(i64::MAX),
        };
        let sent = sqlx::query_scalar!(
            r#"SELECT send_first_passwords($1, $2, $3, $4, $5, $6, $7) AS "user!""#,
            of.id.uuid(),
            &accounts.iter().map(|account| account.line).collect::<Vec<_>>(),
            &accounts.iter().map(|account| account.user.uuid()).collect::<Vec<_>>(),
            &accounts.iter().map(|account| account.must_change).collect::<Vec<_>>(),
            request.uuid(),
            now as _,
            keeps
        )
        .fetch_all(self.sql())
        .await?;
        let tenant = of.tenant;
        self.events.extend(sent.into_iter().map(|user| Event {
            code: "user.first_password",
            outcome: Outcome::Success,
            tenant,
            target: ("user", UserId::from_uuid(user).to_string()),
            changes: vec![],
        }));
        Ok(())
    }

    /// Forgets the passwords of a bulk change, or that of one row.
    pub async fn forget_first_passwords(&mut self, of: &Bulk, line: Option<i32>) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM bulk_secret WHERE bulk_id = $1 AND ($2::int IS NULL OR line = $2)",
            of.id.uuid(),
            line
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
