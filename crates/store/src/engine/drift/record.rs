//! Findings: opened once, closed when what was found is not there any more,
//! and handed to the engine where the policy enforces.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    drift::{Difference, FindingKind, Mode, default_mode, is_of_members},
    id::{FindingId, ObjectId, TargetId},
    spec::Attribute,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Stamp, members::right_members};
use crate::{StoreError, engine::EngineStore, ts};

/// An object that was compared with what was observed of it.
#[derive(Debug)]
pub struct Checked {
    /// The object, and what it was compared with: nothing of it may have
    /// changed until the findings are written.
    pub stamps: Vec<Stamp>,
    /// The object.
    pub object: ObjectId,
    /// What it is called, for people.
    pub name: String,
    /// When the target says it was changed last.
    pub changed_at: Option<Timestamp>,
    /// What is different, with the ids the findings get if they are new.
    pub found: Vec<Found>,
    /// The members were compared, and nothing else.
    pub of_members: bool,
}

/// One difference of an object.
#[derive(Debug)]
pub struct Found {
    /// The id of the finding, if there is none yet.
    pub id: FindingId,
    /// What is different.
    pub difference: Difference,
    /// The object of the member it is about, if that is ours.
    pub member: Option<ObjectId>,
}

/// An object that is not ours.
#[derive(Debug)]
pub struct Stranger {
    /// The id of the finding, if there is none yet.
    pub id: FindingId,
    /// Its id in the target.
    pub external_id: Uuid,
    /// Where it lies (DN of the container).
    pub parent_dn: String,
    /// Its address (DN).
    pub dn: String,
    /// Its name within the container.
    pub name: String,
    /// When the target says it was changed last.
    pub changed_at: Option<Timestamp>,
}

/// What recording did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Findings that are new.
    pub opened: usize,
    /// Findings that are no more.
    pub closed: usize,
    /// Objects the engine was told to put right.
    pub enforced: usize,
}

impl std::ops::AddAssign for Recorded {
    fn add_assign(&mut self, other: Self) {
        self.opened += other.opened;
        self.closed += other.closed;
        self.enforced += other.enforced;
    }
}

/// What a look at an object itself finds, and a look at who is in a group.
const OF_OBJECTS: [FindingKind; 4] =
    [FindingKind::Changed, FindingKind::Missing, FindingKind::Moved, FindingKind::MarkerLost];
const OF_MEMBERS: [FindingKind; 2] = [FindingKind::MemberAdded, FindingKind::MemberRemoved];

/// A finding that is open now.
struct Open {
    id: Uuid,
    object: Uuid,
    kind: String,
    subject: Option<String>,
    new: bool,
}

#[derive(Default)]
struct Rows {
    ids: Vec<Uuid>,
    objects: Vec<Uuid>,
    kinds: Vec<String>,
    attributes: Vec<String>,
    subjects: Vec<Option<String>>,
    names: Vec<String>,
    wanted: Vec<Option<String>>,
    found: Vec<Option<String>>,
    changed: Vec<Option<jiff_sqlx::Timestamp>>,
    members: Vec<Option<Uuid>>,
}

impl Rows {
    fn of(checked: &[Checked]) -> Self {
        let mut rows = Self::default();
        for object in checked {
            for Found { id, difference, member } in &object.found {
                rows.ids.push(id.uuid());
                rows.objects.push(object.object.uuid());
                rows.kinds.push(difference.kind.code().to_owned());
                let of_member = difference.member.map(|id| id.to_string());
                let attribute = difference.attribute.map_or("", Attribute::code);
                rows.attributes.push(of_member.unwrap_or_else(|| attribute.to_owned()));
                rows.subjects.push(difference.subject().map(str::to_owned));
                rows.names.push(object.name.clone());
                rows.wanted.push(difference.wanted.clone());
                rows.found.push(difference.found.clone());
                rows.changed.push(object.changed_at.map(ts));
                rows.members.push(member.map(ObjectId::uuid));
            }
        }
        rows
    }
}

impl EngineStore {
    /// Writes what was found of objects, in one transaction. Objects with which
    /// something happened since they were loaded are left out: what was seen of
    /// them may have been under way.
    pub async fn record_checked(
        &self,
        target: TargetId,
        mut checked: Vec<Checked>,
    ) -> Result<Recorded, StoreError> {
        let mut tx = self.pool.begin().await?;
        let current = unchanged(&mut tx, &checked).await?;
        checked.retain(|c| c.stamps.iter().all(|stamp| current.get(&stamp.object) == Some(stamp)));
        if checked.is_empty() {
            return Ok(Recorded::default());
        }
        let rows = Rows::of(&checked);
        let open = open(&mut tx, target, &rows).await?;
        let objects: Vec<_> = checked.iter().map(|c| c.object.uuid()).collect();
        let (of_members, plain): (Vec<&Checked>, Vec<_>) = checked.iter().partition(|c| c.of_members);
        let mut closed = Vec::new();
        for (checked, kinds) in [(plain, &OF_OBJECTS[..]), (of_members, &OF_MEMBERS[..])] {
            let ids: Vec<_> = checked.iter().map(|c| c.object.uuid()).collect();
            closed.extend(close(&mut tx, target, &ids, &rows, kinds).await?);
        }
        let enforced = enforce(&mut tx, target, &open).await?;
        show(&mut tx, &objects).await?;
        let new: Vec<_> = open.iter().filter(|f| f.new).map(|f| f.id).collect();
        note(&mut tx, "drift.found", &new).await?;
        note(&mut tx, "drift.ended", &closed).await?;
        tx.commit().await?;
        Ok(Recorded { opened: new.len(), closed: closed.len(), enforced })
    }

    /// Of the objects that bear these markers, those with which something is
    /// under way: what bears their marker may just have been made by us.
    pub async fn under_way(&self, objects: &[ObjectId]) -> Result<BTreeSet<ObjectId>, StoreError> {
        let ids: Vec<_> = objects.iter().map(|o| o.uuid()).collect();
        let rows = sqlx::query_scalar!(
            "SELECT o.id FROM object o LEFT JOIN external_object x ON x.object_id = o.id
              WHERE o.id = ANY($1) AND (coalesce(x.applied_generation, 0) <> o.generation
                 OR EXISTS (SELECT FROM work w WHERE w.object_id = o.id))",
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(ObjectId::from_uuid).collect())
    }

    /// Writes objects that are not ours and lie in containers of ours. Whose
    /// container it is, is whose finding it is; elsewhere they are nobody's business.
    pub async fn record_strangers(
        &self,
        target: TargetId,
        strangers: &[Stranger],
    ) -> Result<usize, StoreError> {
        let ids: Vec<_> = strangers.iter().map(|s| s.id.uuid()).collect();
        let externals: Vec<_> = strangers.iter().map(|s| s.external_id).collect();
        let parents: Vec<_> = strangers.iter().map(|s| s.parent_dn.clone()).collect();
        let dns: Vec<_> = strangers.iter().map(|s| s.dn.clone()).collect();
        let names: Vec<_> = strangers.iter().map(|s| s.name.clone()).collect();
        let changed: Vec<_> = strangers.iter().map(|s| s.changed_at.map(ts)).collect();
        let mut tx = self.pool.begin().await?;
        let rows = sqlx::query!(
            r#"WITH a AS (SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                              $7::timestamptz[]) AS a (id, ext, parent, dn, name, changed))
               INSERT INTO finding AS f (id, tenant_id, target_id, external_id, kind, name, found, changed_at)
               SELECT DISTINCT ON (a.ext) a.id, o.tenant_id, $1, a.ext, 'foreign', a.name, a.dn, a.changed
                 FROM a JOIN external_object x ON x.target_id = $1 AND lower(x.dn) = lower(a.parent)
                  AND left(reverse(lower(x.dn)), 500) = left(reverse(lower(a.parent)), 500)
                 JOIN object o ON o.id = x.object_id AND o.kind = 'container' AND o.wanted
                WHERE NOT EXISTS (SELECT FROM external_object y WHERE y.target_id = $1 AND y.external_id = a.ext)
               ON CONFLICT (coalesce(object_id, external_id), kind, attribute) WHERE state = 'open'
               DO UPDATE SET last_seen_at = now(), found = excluded.found, name = excluded.name,
                             changed_at = excluded.changed_at
               RETURNING f.id, f.first_seen_at = f.last_seen_at AS "new!""#,
            target.uuid(),
            &ids,
            &externals,
            &parents,
            &dns,
            &names,
            &changed as _
        )
        .fetch_all(&mut *tx)
        .await?;
        let new: Vec<_> = rows.into_iter().filter(|row| row.new).map(|row| row.id).collect();
        note(&mut tx, "drift.found", &new).await?;
        tx.commit().await?;
        Ok(new.len())
    }

    /// At the end of a full scan: strangers that were not `seen` are gone, and
    /// so is what was found of objects that nobody wants any more.
    pub async fn close_others(&self, target: TargetId, seen: &[Uuid]) -> Result<usize, StoreError> {
        let mut tx = self.pool.begin().await?;
        let closed = sqlx::query_scalar!(
            "UPDATE finding f SET state = 'gone', resolved_at = now()
              WHERE f.target_id = $1 AND f.state = 'open'
                AND (f.kind = 'foreign' AND f.external_id <> ALL($2)
                  OR EXISTS (SELECT FROM object o WHERE o.id = f.object_id AND NOT o.wanted))
              RETURNING f.id",
            target.uuid(),
            seen
        )
        .fetch_all(&mut *tx)
        .await?;
        note(&mut tx, "drift.ended", &closed).await?;
        tx.commit().await?;
        Ok(closed.len())
    }
}

/// The present stamps of everything the findings rest on, as far as nothing is under way.
async fn unchanged(
    tx: &mut PgConnection,
    checked: &[Checked],
) -> Result<BTreeMap<ObjectId, Stamp>, StoreError> {
    let ids: BTreeSet<Uuid> =
        checked.iter().flat_map(|c| &c.stamps).map(|stamp| stamp.object.uuid()).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let rows = sqlx::query!(
        r#"SELECT o.id, o.generation, x.observed_at AS "observed_at?: jiff_sqlx::Timestamp"
             FROM object o JOIN external_object x ON x.object_id = o.id AND x.applied_generation = o.generation
            WHERE o.id = ANY($1) AND o.wanted AND NOT EXISTS (SELECT FROM work w WHERE w.object_id = o.id)"#,
        &ids
    )
    .fetch_all(tx)
    .await?;
    let stamp = |id, generation, observed_at: Option<jiff_sqlx::Timestamp>| {
        let object = ObjectId::from_uuid(id);
        let observed_at = observed_at.map(jiff_sqlx::Timestamp::to_jiff);
        (object, Stamp { object, generation, observed_at })
    };
    Ok(rows.into_iter().map(|row| stamp(row.id, row.generation, row.observed_at)).collect())
}

async fn open(tx: &mut PgConnection, target: TargetId, rows: &Rows) -> Result<Vec<Open>, StoreError> {
    let open = sqlx::query!(
        r#"WITH a AS (SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                          $8::text[], $9::text[], $10::timestamptz[], $11::uuid[])
                      AS a (id, object, kind, attribute, subject, name, wanted, found, changed, member))
           INSERT INTO finding AS f (id, tenant_id, target_id, object_id, external_id, kind, attribute, subject, name,
                  wanted, found, changed_at, member_object)
           SELECT a.id, o.tenant_id, $1, o.id, x.external_id, a.kind, a.attribute, a.subject, a.name, a.wanted,
                  a.found, a.changed, a.member
             FROM a JOIN object o ON o.id = a.object JOIN external_object x ON x.object_id = o.id
           ON CONFLICT (coalesce(object_id, external_id), kind, attribute) WHERE state = 'open'
           DO UPDATE SET last_seen_at = now(), wanted = excluded.wanted, found = excluded.found,
                         name = excluded.name, changed_at = coalesce(excluded.changed_at, f.changed_at),
                         member_object = excluded.member_object
           RETURNING f.id, f.object_id AS "object!", f.kind, f.subject,
                     f.first_seen_at = f.last_seen_at AS "new!""#,
        target.uuid(),
        &rows.ids,
        &rows.objects,
        &rows.kinds,
        &rows.attributes,
        &rows.subjects as _,
        &rows.names,
        &rows.wanted as _,
        &rows.found as _,
        &rows.changed as _,
        &rows.members as _
    )
    .fetch_all(tx)
    .await?;
    let open = open.into_iter().map(|row| Open {
        id: row.id,
        object: row.object,
        kind: row.kind,
        subject: row.subject,
        new: row.new,
    });
    Ok(open.collect())
}

/// Closes what is open about the checked objects and was not found again.
async fn close(
    tx: &mut PgConnection,
    target: TargetId,
    objects: &[Uuid],
    rows: &Rows,
    kinds: &[FindingKind],
) -> Result<Vec<Uuid>, StoreError> {
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    let kinds: Vec<_> = kinds.iter().map(|kind| kind.code().to_owned()).collect();
    let closed = sqlx::query_scalar!(
        "UPDATE finding f SET state = CASE WHEN f.enforced_at IS NULL THEN 'gone' ELSE 'enforced' END,
                resolved_at = now()
          WHERE f.target_id = $1 AND f.object_id = ANY($2) AND f.state = 'open'
            AND f.kind = ANY($6)
            AND NOT EXISTS (SELECT FROM unnest($3::uuid[], $4::text[], $5::text[]) AS a (object, kind, attribute)
                  WHERE a.object = f.object_id AND a.kind = f.kind AND a.attribute = f.attribute)
          RETURNING f.id",
        target.uuid(),
        objects,
        &rows.objects,
        &rows.kinds,
        &rows.attributes,
        &kinds
    )
    .fetch_all(tx)
    .await?;
    Ok(closed)
}

/// Makes due what the policy enforces. An object is put right as a whole, so
/// everything that is open about it counts as enforced; but each of its members
/// only where the policy says so of members.
async fn enforce(tx: &mut PgConnection, target: TargetId, open: &[Open]) -> Result<usize, StoreError> {
    let rows = sqlx::query!("SELECT subject, mode FROM drift_policy WHERE target_id = $1", target.uuid())
        .fetch_all(&mut *tx)
        .await?;
    let decided: BTreeMap<_, _> = rows.into_iter().map(|row| (row.subject, row.mode)).collect();
    let mode = |subject: &str| {
        let decided = decided.get(subject).and_then(|mode| Mode::from_code(mode));
        decided.unwrap_or_else(|| default_mode(subject))
    };
    let told = open.iter().filter(|f| f.subject.as_deref().is_some_and(|s| mode(s) == Mode::Enforce));
    let objects: BTreeSet<Uuid> = told.map(|f| f.object).collect();
    if objects.is_empty() {
        return Ok(0);
    }
    let of_members = open.iter().filter(|f| {
        let is_one = FindingKind::from_code(&f.kind).is_some_and(is_of_members);
        is_one && f.subject.as_deref().is_some_and(|s| mode(s) == Mode::Enforce)
    });
    let of_members: Vec<_> = of_members.map(|f| f.id).collect();
    right_members(tx, &of_members).await?;
    let missing =
        open.iter().filter(|f| f.kind == FindingKind::Missing.code() && objects.contains(&f.object));
    let missing: Vec<_> = missing.map(|f| f.object).collect();
    let objects: Vec<_> = objects.into_iter().collect();
    sqlx::query!(
        "WITH f AS (UPDATE finding SET enforced_at = now()
                     WHERE target_id = $1 AND object_id = ANY($2) AND state = 'open'
                       AND (kind NOT IN ('member_added', 'member_removed') OR id = ANY($4))),
              -- What is gone has no place, and neither its members nor its groups are there.
              x AS (UPDATE external_object SET external_id = NULL, dn = NULL WHERE object_id = ANY($3)),
              m AS (UPDATE membership SET applied_gen = 0
                     WHERE wanted AND (member_object = ANY($3) OR group_object = ANY($3)))
         INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
         SELECT o.id, o.target_id, o.tenant_id, 1, now() FROM object o WHERE o.id = ANY($2) ORDER BY o.id
         ON CONFLICT (object_id) DO UPDATE SET due_at = least(w.due_at, excluded.due_at)",
        target.uuid(),
        &objects,
        &missing,
        &of_members
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("SELECT pg_notify('tenantry_work', '')").execute(tx).await?;
    Ok(objects.len())
}

/// The items that made the objects as they are wanted are shown as drifted
/// while something is open about them, and as verified otherwise.
async fn show(tx: &mut PgConnection, objects: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!(
        "WITH n AS (SELECT o.id, r.request_id, CASE WHEN EXISTS (SELECT FROM finding f
                           WHERE f.target_id = o.target_id AND f.object_id = o.id AND f.state = 'open')
                           THEN 'drifted' ELSE 'verified' END AS state
                      FROM object o JOIN object_revision r ON r.object_id = o.id AND r.generation = o.generation
                     WHERE o.id = ANY($1))
         UPDATE request_item i SET state = n.state, updated_at = now() FROM n
          WHERE i.request_id = n.request_id AND i.object_id = n.id
            AND i.member_id = '00000000-0000-0000-0000-000000000000'
            AND i.state IN ('verified', 'drifted') AND i.state <> n.state",
        objects
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// One event for each finding. Values may be personal, so only the field is told.
async fn note(tx: &mut PgConnection, code: &str, findings: &[Uuid]) -> Result<(), StoreError> {
    if findings.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!(
        "SELECT id, tenant_id, kind, attribute, state FROM finding WHERE id = ANY($1)",
        findings
    )
    .fetch_all(&mut *tx)
    .await?;
    let (mut tenants, mut targets, mut changes) = (vec![], vec![], vec![]);
    for row in rows {
        tenants.push(row.tenant_id);
        targets.push(FindingId::from_uuid(row.id).to_string());
        let of_member = FindingKind::from_code(&row.kind).is_some_and(is_of_members);
        let field = if row.attribute.is_empty() || of_member { row.kind } else { row.attribute };
        let change: Value = json!([{ "field": field, "before": null, "after": row.state }]);
        changes.push(change);
    }
    sqlx::query!(
        "INSERT INTO event (id, tenant_id, occurred_at, recorded_at, code, outcome, actor_kind, target_kind, target_id,
             change, schema_version, software_version)
         SELECT gen_random_uuid(), a.tenant, now(), now(), $4, 'success', 'system', 'finding', a.target, a.change, 1, $5
           FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) AS a (tenant, target, change)",
        &tenants,
        &targets,
        &changes,
        code,
        env!("CARGO_PKG_VERSION")
    )
    .execute(tx)
    .await?;
    Ok(())
}
