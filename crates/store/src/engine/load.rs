//! What a claim needs to know: desired state, what was seen last, references,
//! passwords on their way, members to change.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    id::{ObjectId, RequestId, SecretId, TenantId, UserId},
    limits,
    plan::Secret,
    problem::{Problem, ProblemCode},
    spec::{Address, Attribute, Naming, ObjectKind, Spec},
};
use jiff::Timestamp;
use sqlx::types::Json;
use tracing::error;
use uuid::Uuid;

use super::{Claim, EngineStore};
use crate::{StoreError, seal::SealError};

/// Everything a claim is about.
#[derive(Debug, Default)]
pub struct Workload {
    /// The claimed objects, in the order of work.
    pub jobs: Vec<Job>,
    /// Where the objects they refer to are, as far as that is known.
    pub references: BTreeMap<ObjectId, Reference>,
    /// The ids of what they link to ([`domain::spec::Spec::links`]), as far as it is wanted and there.
    pub links: BTreeMap<ObjectId, Uuid>,
    /// Objects they refer to that do not exist and are not on their way:
    /// nobody wants them, or a person has to act first.
    pub blocked: BTreeSet<ObjectId>,
    /// Claimed objects whose stored state this build cannot read, with their generation.
    pub unreadable: Vec<(ObjectId, i64)>,
}

/// One claimed object.
#[derive(Debug)]
pub struct Job {
    /// The object.
    pub object: ObjectId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What kind it is.
    pub kind: ObjectKind,
    /// What should be true of it.
    pub spec: Spec,
    /// False when it should not exist.
    pub wanted: bool,
    /// The generation of the desired state.
    pub generation: i64,
    /// It was there before us and has to be marked before anything else.
    pub adopting: bool,
    /// How often it was tried since somebody wanted it.
    pub attempts: i32,
    /// How often in a row the target refused it as busy.
    pub refusals: i32,
    /// Where it was seen last.
    pub address: Option<Address>,
    /// Under which names it may stand after an attempt that was cut off.
    pub attempted: Vec<Naming>,
    /// A password that is to be set.
    pub password: Option<PendingPassword>,
    /// For groups: members to change, at most [`limits::MEMBERS_PER_MODIFY`].
    pub edges: Vec<EdgeJob>,
    /// For groups: there are more members to change than fit into this claim.
    pub more_edges: bool,
    /// A hook has to agree before anything is done to it.
    pub held: Option<Held>,
    /// Attributes of an account that wait for a hook; everything else of it does not.
    pub guarded: Option<(Held, BTreeSet<Attribute>)>,
}

/// How far the hook is that an object waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It will be asked, or asked again.
    Pending,
    /// A person has to act first.
    Failed,
}

/// A password on its way.
#[derive(Debug)]
pub struct PendingPassword {
    /// The secret.
    pub id: SecretId,
    /// The person.
    pub user: UserId,
    /// The request it belongs to.
    pub request: RequestId,
    /// The password, or why it cannot be had any more.
    pub value: Result<Secret, Problem>,
    /// When it was chosen: the directory must say that it was set after this.
    pub chosen_at: Timestamp,
    /// Whether it has to be changed at the next log-on.
    pub must_change: bool,
}

/// One member to put in or take out.
#[derive(Debug, Clone)]
pub struct EdgeJob {
    /// The member's object.
    pub member: ObjectId,
    /// In, or out.
    pub wanted: bool,
    /// Which wish this is.
    pub generation: i64,
    /// Where the member is; none when it does not exist any more (then there
    /// is nothing to take out).
    pub address: Option<Address>,
}

/// Where an object that is referred to is.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Its address.
    pub address: Address,
    /// Its security id.
    pub security_id: Option<String>,
}

/// A member nobody wanted is wanted out once.
pub(crate) const STRAY_GENERATION: i64 = 1;

impl EngineStore {
    /// Loads what the claim is about, in a few queries however large it is.
    pub async fn load(&self, claim: &Claim) -> Result<Workload, StoreError> {
        let ids: Vec<_> = claim.objects.iter().map(|c| c.object.uuid()).collect();
        let claimed: BTreeMap<_, _> = claim.objects.iter().map(|c| (c.object, c)).collect();
        let rows = sqlx::query!(
            r#"SELECT o.id AS "id!", o.tenant_id AS "tenant_id!", o.kind AS "kind!", o.spec AS "spec!",
                      o.generation AS "generation!", o.wanted AS "wanted!", x.external_id AS "external_id?",
                      x.dn AS "dn?", coalesce(x.adopting AND o.generation = x.adopting_generation, false)
                          AND o.wanted AS "adopting!"
                 FROM object o LEFT JOIN external_object x ON x.object_id = o.id WHERE o.id = ANY($1)"#,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        let mut jobs = Vec::with_capacity(rows.len());
        let mut unreadable = Vec::new();
        for row in rows {
            let object = ObjectId::from_uuid(row.id);
            let kind = ObjectKind::from_code(&row.kind);
            let (Some(kind), Ok(spec)) = (kind, serde_json::from_value(row.spec)) else {
                unreadable.push((object, row.generation));
                continue;
            };
            jobs.push(Job {
                object,
                tenant: TenantId::from_uuid(row.tenant_id),
                kind,
                spec,
                wanted: row.wanted,
                generation: row.generation,
                adopting: row.adopting,
                attempts: claimed.get(&object).map_or(0, |c| c.attempts),
                refusals: claimed.get(&object).map_or(0, |c| c.refusals),
                address: row.external_id.zip(row.dn).map(|(external_id, dn)| Address { external_id, dn }),
                attempted: Vec::new(),
                password: None,
                edges: Vec::new(),
                more_edges: false,
                held: None,
                guarded: None,
            });
        }
        jobs.sort_by_key(|j| (j.kind, j.object));
        self.load_attempted(&mut jobs).await?;
        self.load_passwords(&mut jobs).await?;
        self.load_edges(&mut jobs).await?;
        self.load_held(&mut jobs).await?;
        self.load_guarded(&mut jobs).await?;
        let (references, blocked) = self.load_references(&jobs).await?;
        let links = self.load_links(&jobs).await?;
        Ok(Workload { jobs, references, links, blocked, unreadable })
    }

    async fn load_attempted(&self, jobs: &mut [Job]) -> Result<(), StoreError> {
        let unknown: Vec<_> = jobs.iter().filter(|j| j.address.is_none()).map(|j| j.object.uuid()).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query!(
            r#"SELECT a.object_id, a.naming AS "naming!: Json<Naming>"
                 FROM unnest($1::uuid[]) AS u (id) CROSS JOIN LATERAL
                      (SELECT object_id, naming FROM attempt WHERE object_id = u.id AND naming IS NOT NULL
                        ORDER BY id DESC LIMIT 3) a"#,
            &unknown
        )
        .fetch_all(&self.pool)
        .await?;
        let mut by_object: BTreeMap<ObjectId, Vec<Naming>> = BTreeMap::new();
        for row in rows {
            by_object.entry(ObjectId::from_uuid(row.object_id)).or_default().push(row.naming.0);
        }
        for job in jobs {
            job.attempted = by_object.remove(&job.object).unwrap_or_default();
        }
        Ok(())
    }

    async fn load_passwords(&self, jobs: &mut Vec<Job>) -> Result<(), StoreError> {
        let users: Vec<_> =
            jobs.iter().filter(|j| j.kind == ObjectKind::User).map(|j| j.object.uuid()).collect();
        if users.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let rows = sqlx::query!(
            r#"SELECT id, object_id, user_id, request_id, key_id, sealed, must_change,
                      created_at AS "created_at!: jiff_sqlx::Timestamp",
                      expires_at AS "expires_at!: jiff_sqlx::Timestamp" FROM secret WHERE object_id = ANY($1)"#,
            &users
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let object = ObjectId::from_uuid(row.object_id);
            let lost = || Problem::new(ProblemCode::SecretExpired);
            let opened = self.keys.open_sealed(&row.key_id, row.id, &row.sealed);
            let value = match opened {
                _ if row.expires_at.to_jiff() <= now => Err(lost()),
                Ok(plain) => String::from_utf8(plain.to_vec()).map(Secret).map_err(|_| lost()),
                Err(SealError::Broken) => Err(lost()),
                // Its key may be had again, so the password is not given up. Nothing is done
                // to the person until the lease ends, and the others of the claim go on.
                Err(error) => {
                    error!(%object, %error, "a password on its way cannot be opened; it waits");
                    jobs.retain(|j| j.object != object);
                    continue;
                }
            };
            if let Some(job) = jobs.iter_mut().find(|j| j.object == object) {
                job.password = Some(PendingPassword {
                    id: SecretId::from_uuid(row.id),
                    user: UserId::from_uuid(row.user_id),
                    request: RequestId::from_uuid(row.request_id),
                    value,
                    chosen_at: row.created_at.to_jiff(),
                    must_change: row.must_change,
                });
            }
        }
        Ok(())
    }

    /// Members whose object exists, or that are to go; one more than fits, to
    /// know whether there are more.
    async fn load_edges(&self, jobs: &mut [Job]) -> Result<(), StoreError> {
        let groups: Vec<_> =
            jobs.iter().filter(|j| j.kind == ObjectKind::Group).map(|j| j.object.uuid()).collect();
        if groups.is_empty() {
            return Ok(());
        }
        let most = i64::try_from(limits::MEMBERS_PER_MODIFY).unwrap_or(i64::MAX);
        let rows = sqlx::query!(
            r#"SELECT e.group_object AS "group_object!", e.member_object AS "member_object!", e.wanted AS "wanted!",
                      e.wanted_gen AS "wanted_gen!", e.external_id, e.dn
                 FROM unnest($1::uuid[]) AS g (id) CROSS JOIN LATERAL (
                      SELECT m.group_object, m.member_object, m.wanted, m.wanted_gen, x.external_id, x.dn
                        FROM membership m LEFT JOIN external_object x ON x.object_id = m.member_object
                       WHERE m.group_object = g.id AND m.wanted_gen > m.applied_gen
                         AND (NOT m.wanted OR x.external_id IS NOT NULL)
                         AND NOT EXISTS (SELECT FROM request_item i WHERE i.object_id = m.group_object
                               AND i.member_id = m.member_object AND i.generation = m.wanted_gen AND i.state = 'failed')
                         AND NOT EXISTS (SELECT FROM hook_delivery h WHERE h.holds
                               AND h.group_object = m.group_object AND h.member_object = m.member_object)
                       LIMIT $2) e"#,
            &groups,
            most + 1
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let group = ObjectId::from_uuid(row.group_object);
            let Some(job) = jobs.iter_mut().find(|j| j.object == group) else { continue };
            if job.edges.len() >= limits::MEMBERS_PER_MODIFY {
                job.more_edges = true;
                continue;
            }
            job.edges.push(EdgeJob {
                member: ObjectId::from_uuid(row.member_object),
                wanted: row.wanted,
                generation: row.wanted_gen,
                address: row.external_id.zip(row.dn).map(|(external_id, dn)| Address { external_id, dn }),
            });
        }
        self.load_strays(jobs, &groups).await
    }

    /// Members nobody wanted, of whom it was decided that they go. They need not be
    /// ours, so they go by their id in the target in place of an object's.
    async fn load_strays(&self, jobs: &mut [Job], groups: &[uuid::Uuid]) -> Result<(), StoreError> {
        let most = i64::try_from(limits::MEMBERS_PER_MODIFY).unwrap_or(i64::MAX);
        let rows = sqlx::query!(
            r#"SELECT s.group_object AS "group_object!", s.external_id AS "external_id!", s.dn AS "dn!"
                 FROM unnest($1::uuid[]) AS g (id) CROSS JOIN LATERAL (
                      SELECT * FROM stray_member s WHERE s.group_object = g.id
                         AND NOT EXISTS (SELECT FROM request_item i WHERE i.request_id = s.request_id
                               AND i.object_id = s.group_object AND i.member_id = s.external_id AND i.state = 'failed')
                         AND NOT EXISTS (SELECT FROM external_object x JOIN membership m ON m.member_object = x.object_id
                              WHERE x.external_id = s.external_id AND x.target_id = (SELECT o.target_id FROM object o
                                    WHERE o.id = s.group_object) AND m.group_object = s.group_object AND m.wanted)
                       LIMIT $2) s"#,
            groups,
            most
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let group = ObjectId::from_uuid(row.group_object);
            let Some(job) = jobs.iter_mut().find(|j| j.object == group) else { continue };
            if job.edges.len() >= limits::MEMBERS_PER_MODIFY {
                job.more_edges = true;
                continue;
            }
            job.edges.push(EdgeJob {
                member: ObjectId::from_uuid(row.external_id),
                wanted: false,
                generation: STRAY_GENERATION,
                address: Some(Address { external_id: row.external_id, dn: row.dn }),
            });
        }
        Ok(())
    }

    /// Only within the target: an object in another one cannot be referred to.
    async fn load_links(&self, jobs: &[Job]) -> Result<BTreeMap<ObjectId, Uuid>, StoreError> {
        let needed: BTreeSet<_> = jobs.iter().flat_map(|job| job.spec.linked()).collect();
        if needed.is_empty() {
            return Ok(BTreeMap::new());
        }
        let claimed: Vec<_> = jobs.iter().take(1).map(|job| job.object.uuid()).collect();
        let ids: Vec<_> = needed.iter().map(|o| o.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT o.id AS "id!", x.external_id AS "external_id!"
                 FROM object o JOIN external_object x ON x.object_id = o.id
                WHERE o.id = ANY($1) AND o.wanted AND x.external_id IS NOT NULL
                  AND o.target_id = (SELECT c.target_id FROM object c WHERE c.id = ANY($2) LIMIT 1)"#,
            &ids,
            &claimed
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|row| (ObjectId::from_uuid(row.id), row.external_id)).collect())
    }

    /// Groups that stand for what a customer has as a whole, and what is to go, wait
    /// for hooks themselves; other groups wait for no one, only their members do.
    async fn load_held(&self, jobs: &mut [Job]) -> Result<(), StoreError> {
        let concerned = jobs.iter().filter(|j| j.kind == ObjectKind::Group || !j.wanted);
        let (ids, wanted): (Vec<_>, Vec<_>) = concerned.map(|j| (j.object.uuid(), j.wanted)).unzip();
        if ids.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query!(
            r#"WITH u AS (SELECT * FROM unnest($1::uuid[], $2::bool[]) AS u (id, wanted)),
                    d AS (SELECT u.id, d.state FROM u JOIN hook_delivery d ON d.group_object = u.id
                           WHERE d.holds AND (d.member_object IS NULL OR NOT u.wanted)
                          UNION ALL
                          SELECT u.id, d.state FROM u JOIN hook_delivery d ON d.member_object = u.id
                           -- Of who moved here nobody else holds what becomes of them.
                           JOIN object o ON o.id = u.id AND o.tenant_id = d.tenant_id
                           WHERE d.holds AND NOT u.wanted)
               SELECT d.id AS "id!", bool_or(d.state = 'failed') AS "failed!" FROM d GROUP BY d.id"#,
            &ids,
            &wanted
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let object = ObjectId::from_uuid(row.id);
            if let Some(job) = jobs.iter_mut().find(|j| j.object == object) {
                job.held = Some(if row.failed { Held::Failed } else { Held::Pending });
            }
        }
        Ok(())
    }

    /// What hooks guard of people while their plan changes: what they name, or all that
    /// the service sets.
    async fn load_guarded(&self, jobs: &mut [Job]) -> Result<(), StoreError> {
        let people = jobs.iter().filter(|j| j.kind == ObjectKind::User && j.wanted);
        let ids: Vec<_> = people.map(|j| j.object.uuid()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query!(
            r#"SELECT d.member_object AS "id!", bool_or(d.state = 'failed') AS "failed!", array_agg(a.code) AS "codes!"
                 FROM hook_delivery d JOIN hook h ON h.id = d.hook_id JOIN service s ON s.id = h.service_id
                 CROSS JOIN LATERAL unnest(CASE WHEN cardinality(h.attributes) > 0 THEN h.attributes
                      ELSE ARRAY(SELECT jsonb_object_keys(s.definition->'attributes')) END) AS a (code)
                WHERE d.holds AND d.occasion = 'change' AND d.member_object = ANY($1) GROUP BY d.member_object"#,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let object = ObjectId::from_uuid(row.id);
            if let Some(job) = jobs.iter_mut().find(|j| j.object == object) {
                let attributes = row.codes.iter().filter_map(|code| Attribute::from_code(code)).collect();
                job.guarded = Some((if row.failed { Held::Failed } else { Held::Pending }, attributes));
            }
        }
        Ok(())
    }

    async fn load_references(
        &self,
        jobs: &[Job],
    ) -> Result<(BTreeMap<ObjectId, Reference>, BTreeSet<ObjectId>), StoreError> {
        let needed: BTreeSet<_> = jobs.iter().flat_map(|j| j.spec.prerequisites()).collect();
        let ids: Vec<_> = needed.iter().map(|o| o.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT o.id AS "id!", x.external_id AS "external_id?", x.dn AS "dn?", x.observed->>'security_id' AS security_id,
                      NOT o.wanted OR (x.state IS NOT DISTINCT FROM 'failed'
                          AND NOT EXISTS (SELECT FROM work w WHERE w.object_id = o.id)) AS "blocked!"
                 FROM object o LEFT JOIN external_object x ON x.object_id = o.id WHERE o.id = ANY($1)"#,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        let (mut references, mut blocked) = (BTreeMap::new(), BTreeSet::new());
        for row in rows {
            let object = ObjectId::from_uuid(row.id);
            match row.external_id.zip(row.dn) {
                Some((external_id, dn)) => {
                    let address = Address { external_id, dn };
                    references.insert(object, Reference { address, security_id: row.security_id });
                }
                None if row.blocked => {
                    blocked.insert(object);
                }
                None => {}
            }
        }
        Ok((references, blocked))
    }
}
