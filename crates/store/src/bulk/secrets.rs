//! Passwords of a file, sealed until the accounts of their rows are made.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    event::{Event, Outcome},
    field::{FieldError, Rule},
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
    /// The column of the file it stands in, from 0.
    pub place: i32,
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

/// What is told of a password that is too old.
#[must_use]
pub fn expired(line: i32) -> FieldError {
    FieldError::new("password", Rule::Expired).with("row", line).with("hours", SECRET_HOURS)
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
        let (key_id, key) = match passwords {
            [] => return Ok(()),
            _ => self.store.keys.short_key(self.now)?,
        };
        for chunk in passwords.chunks(ROWS_AT_ONCE) {
            let (mut ids, mut keys, mut sealed, mut errors) =
                (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for password in chunk {
                let id: SecretId = self.id();
                ids.push(id.uuid());
                let (key, bytes) = match &password.value {
                    Ok(secret) => {
                        let bytes = self.store.keys.seal_with(&key, id.uuid(), secret.0.as_bytes())?;
                        (Some(key_id.clone()), Some(bytes))
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
                "INSERT INTO bulk_secret (bulk_id, tenant_id, created_at, line, place, id, key_id, sealed, errors)
                 SELECT $1, $2, $3, a.* FROM unnest($4::int[], $5::int[], $6::uuid[], $7::text[], $8::bytea[],
                        $9::jsonb[]) AS a",
                bulk.uuid(),
                tenant.uuid(),
                now as _,
                &lines,
                &chunk.iter().map(|password| password.place).collect::<Vec<_>>(),
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
    /// made in the request that is open. Of those that are too old by now the rows warn.
    pub async fn send_first_passwords(
        &mut self,
        of: &Bulk,
        request: RequestId,
        accounts: &[FirstAccount],
    ) -> Result<(), StoreError> {
        let now = ts(self.now);
        let keeps = PgInterval {
            months: 0,
            days: 0,
            microseconds: i64::try_from(kept_for().as_micros()).unwrap_or(i64::MAX),
        };
        let had = sqlx::query!(
            r#"SELECT line AS "line!", sent AS "sent!" FROM send_first_passwords($1, $2, $3, $4, $5, $6, $7)"#,
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
        let (sent, late): (Vec<_>, Vec<_>) = had.into_iter().partition(|row| row.sent);
        let sent: BTreeSet<_> = sent.into_iter().map(|row| row.line).collect();
        let tenant = of.tenant;
        let given = accounts.iter().filter(|account| sent.contains(&account.line)).map(|account| Event {
            code: "user.first_password",
            outcome: Outcome::Success,
            tenant,
            target: ("user", account.user.to_string()),
            changes: vec![],
        });
        self.events.extend(given);
        let late: Vec<_> = late.into_iter().map(|row| row.line).collect();
        self.warn_of_expired(of, &late).await
    }

    async fn warn_of_expired(&mut self, of: &Bulk, lines: &[i32]) -> Result<(), StoreError> {
        if lines.is_empty() {
            return Ok(());
        }
        let warnings: Vec<_> = lines.iter().map(|line| Json(vec![expired(*line)])).collect();
        sqlx::query!(
            "UPDATE bulk_row r SET warnings = r.warnings || a.warnings
               FROM unnest($2::int[], $3::jsonb[]) AS a (line, warnings)
              WHERE r.bulk_id = $1 AND r.line = a.line",
            of.id.uuid(),
            lines,
            &warnings as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Keeps the password somebody types for a row; nothing where none is given any more.
    pub async fn mend_first_password(
        &mut self,
        of: &Bulk,
        line: i32,
        password: Option<FirstPassword>,
    ) -> Result<(), StoreError> {
        match password {
            Some(password) => self.keep_first_passwords(of.tenant, of.id, &[password]).await?,
            None => {
                sqlx::query!("DELETE FROM bulk_secret WHERE bulk_id = $1 AND line = $2", of.id.uuid(), line)
                    .execute(self.sql())
                    .await?;
            }
        }
        self.note_bulk(of.tenant, of.id, "bulk.mended", &[("row", line.to_string())]);
        Ok(())
    }

    /// Forgets what stands in another column than that of passwords, which there may be none of.
    pub async fn keep_first_passwords_at(&mut self, of: &Bulk, place: Option<i32>) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM bulk_secret WHERE bulk_id = $1 AND place IS DISTINCT FROM $2",
            of.id.uuid(),
            place
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Forgets the passwords of rows that make nobody, as they are planned now.
    pub async fn forget_needless_passwords(&mut self, of: BulkId) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM bulk_secret s USING bulk_row r WHERE s.bulk_id = $1 AND r.bulk_id = $1 AND r.line = s.line
                AND r.act NOT IN ('create', 'error', 'conflict', 'unread')",
            of.uuid()
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Forgets the passwords of a bulk change.
    pub async fn forget_first_passwords(&mut self, of: &Bulk) -> Result<(), StoreError> {
        self.keep_first_passwords_at(of, None).await
    }
}
