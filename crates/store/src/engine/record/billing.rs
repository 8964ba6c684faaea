//! *Started* facts: from then on a subscription is billed.

use domain::fact::{FactKind, local_date, time_zone};
use jiff::{Timestamp, tz::TimeZone};
use sqlx::PgConnection;
use tracing::warn;
use uuid::Uuid;

use super::{
    Batch, Outcome,
    edges::{Edges, edges},
};
use crate::{StoreError, ts};

/// How often one batch looks again for what was changed to another version meanwhile.
const LOOKS: usize = 3;

/// A subscription that starts.
#[derive(Debug)]
pub(in crate::engine) struct Starting {
    pub id: Uuid,
    pub tenant: Uuid,
    pub time_zone: String,
    pub at: Timestamp,
}

/// The first verification of what makes a subscription real, on the account's own calendar.
pub(super) async fn start_billing(tx: &mut PgConnection, batch: &Batch) -> Result<(), StoreError> {
    let good = edges(batch, true);
    let verified = batch.objects.iter().filter(|o| matches!(o.outcome, Outcome::Verified));
    let groups: Vec<_> = verified.map(|o| o.object.uuid()).collect();
    for _ in 0..LOOKS {
        let found = due(tx, &good, &groups).await?;
        if found.is_empty() {
            return Ok(());
        }
        // Whoever changes one of them to another version at this moment has it locked, and
        // then it is the other that starts: that one is only seen by another look.
        let ids: Vec<_> = found.iter().map(|s| s.id).collect();
        let held = sqlx::query_scalar!(
            "SELECT id FROM subscription WHERE id = ANY($1) AND ended_at IS NULL ORDER BY id FOR NO KEY UPDATE",
            &ids
        )
        .fetch_all(&mut *tx)
        .await?;
        if held.len() == found.len() {
            return start(tx, found).await;
        }
    }
    // The sweep starts what is left.
    Ok(())
}

async fn due(tx: &mut PgConnection, good: &Edges, groups: &[Uuid]) -> Result<Vec<Starting>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT s.id, s.tenant_id, t.time_zone, now() AS "at!: jiff_sqlx::Timestamp"
           FROM subscription s JOIN tenant t ON t.id = s.tenant_id
          WHERE s.ended_at IS NULL AND (s.group_object = ANY($3) AND s.member_object IS NULL
             OR (s.group_object, s.member_object) IN
                (SELECT m.group_object, m.member_object FROM membership m
                   JOIN unnest($1::uuid[], $2::uuid[]) AS a (g, m) ON m.group_object = a.g AND m.member_object = a.m
                  WHERE m.wanted AND m.applied_gen >= m.wanted_gen))
            AND NOT EXISTS (SELECT FROM fact f WHERE f.subscription_id = s.id AND f.kind = 'started')"#,
        &good.groups,
        &good.members,
        groups
    )
    .fetch_all(tx)
    .await?;
    let starting = rows.into_iter().map(|row| Starting {
        id: row.id,
        tenant: row.tenant_id,
        time_zone: row.time_zone,
        at: row.at.to_jiff(),
    });
    Ok(starting.collect())
}

/// Writes the facts. The day is not asked of the database: it would refuse a zone it does
/// not know, and all the others with it.
pub(in crate::engine) async fn start(
    tx: &mut PgConnection,
    starting: Vec<Starting>,
) -> Result<(), StoreError> {
    let (mut ids, mut instants, mut dates, mut zones) = (vec![], vec![], vec![], vec![]);
    for one in starting {
        let zone = time_zone(&one.time_zone).unwrap_or_else(|| {
            warn!(tenant = %one.tenant, zone = one.time_zone, "not a known time zone; billed by UTC");
            TimeZone::UTC
        });
        ids.push(one.id);
        instants.push(ts(one.at));
        dates.push(jiff_sqlx::ToSqlx::to_sqlx(local_date(one.at, &zone)));
        zones.push(zone.iana_name().unwrap_or("UTC").to_owned());
    }
    sqlx::query!(
        "INSERT INTO fact (tenant_id, subscription_id, user_id, plan_id, kind, at, local_date, zone)
         SELECT s.tenant_id, s.id, s.user_id, s.plan_id, $5, a.at, a.date, a.zone
           FROM unnest($1::uuid[], $2::timestamptz[], $3::date[], $4::text[]) AS a (id, at, date, zone)
           JOIN subscription s ON s.id = a.id
         ON CONFLICT (subscription_id, kind) DO NOTHING",
        &ids,
        &instants as _,
        &dates as _,
        &zones,
        FactKind::Started.code()
    )
    .execute(tx)
    .await?;
    Ok(())
}
