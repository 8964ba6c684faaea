//! Looking for drift: what somebody changed in a target behind our back.
//!
//! What a scan shows is only a suspicion, because it may be of a moment at
//! which something was under way. So every suspect is loaded, observed
//! directly and compared, and what is found is written only if nothing was
//! wanted or done meanwhile of all it rests on. A scan never changes a target:
//! where the policy enforces, it makes the object due, and the reconciler does
//! the rest.

mod members;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use connector::{Connector, Cursor, Lane, Unreachable};
use domain::{
    drift::differences,
    id::{FindingId, ObjectId, TargetId},
    plan::Want,
    spec::{Attribute, ObjectKind, Observed, Selector, Spec},
};
use store::{
    StoreError,
    engine::{Checked, Found, Recorded, ScanClaim, Stamp, Standing, Stranger},
};
use tokio::{sync::watch, time::sleep};
use tracing::{debug, info, warn};
use uuid::Uuid;

use crate::{
    Engine,
    run::{chain, until},
};

/// How often to ask whether a scan is due. It costs one statement, and somebody
/// who asked for a scan waits for it.
const TICK: Duration = Duration::from_secs(2);
/// Objects compared at once: two searches of a directory and one transaction.
const CHECKED: usize = 200;
/// Settled objects loaded at once to find what was not seen.
const EXPECTED: usize = 2_000;

/// What a scan did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Scanned {
    /// Everything was looked at.
    pub full: bool,
    /// Objects the target reported.
    pub seen: usize,
    /// What became of findings.
    pub findings: Recorded,
}

/// Why a scan was not carried out to its end.
enum Stopped {
    /// The target did not answer, or another process has the scan.
    Cut(String),
    Store(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Unreachable> for Stopped {
    fn from(error: Unreachable) -> Self {
        Self::Cut(error.to_string())
    }
}

/// One scan under way.
struct Scan<'a> {
    engine: &'a Engine,
    connector: &'a dyn Connector,
    claim: &'a ScanClaim,
    /// Everything that was reported, in a full scan.
    seen: HashSet<Uuid>,
    /// Of that, what is not ours.
    strangers: Vec<Uuid>,
    scanned: Scanned,
}

impl Engine {
    /// Scans a target if that is due and nobody else is at it; gives what was
    /// done. A scan that is cut off is due again and has lost nothing.
    pub async fn scan(&self, target: TargetId) -> Result<Option<Scanned>, StoreError> {
        let Some(connector) = self.connectors.get(&target) else { return Ok(None) };
        let pace = i64::try_from(connector.capabilities().pace.as_micros()).unwrap_or(i64::MAX);
        if !self.store.health(target, pace.max(1)).await?.up {
            return Ok(None);
        }
        let (every, full_every) = (self.options.scan, self.options.full_scan);
        let Some(claim) = self.store.claim_scan(target, every, full_every).await? else { return Ok(None) };
        let mut scan = Scan {
            engine: self,
            connector: connector.as_ref(),
            claim: &claim,
            seen: HashSet::new(),
            strangers: Vec::new(),
            scanned: Scanned { full: claim.full, ..Scanned::default() },
        };
        match scan.carry_out().await {
            Ok(resume) => {
                let scanned = scan.scanned;
                self.store.end_scan(&claim, resume.as_ref().map(|cursor| cursor.0.as_slice())).await?;
                debug!(%target, ?scanned, "scanned");
                Ok(Some(scanned))
            }
            Err(Stopped::Cut(reason)) => {
                info!(%target, reason, "the scan was cut off; it is done again");
                self.store.release_scan(&claim).await?;
                Ok(None)
            }
            Err(Stopped::Store(error)) => {
                // Best effort: without it the claim ends by itself.
                let _ended_by_itself = self.store.release_scan(&claim).await;
                Err(error)
            }
        }
    }

    pub(crate) async fn keep_scanning(
        self: Arc<Self>,
        target: TargetId,
        mut shutdown: watch::Receiver<bool>,
    ) {
        while !*shutdown.borrow() {
            match until(&mut shutdown, self.scan(target)).await {
                None => return,
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    warn!(%target, error = chain(&error), "the scan failed; the next one repeats it");
                }
            }
            until(&mut shutdown, sleep(TICK.min(self.options.scan))).await;
        }
    }
}

impl Scan<'_> {
    async fn carry_out(&mut self) -> Result<Option<Cursor>, Stopped> {
        let mut cursor = self.claim.resume.clone().map(Cursor);
        let resume = loop {
            let page = self.connector.scan(cursor).await?;
            self.page(&page.items).await?;
            self.hold().await?;
            match page.next {
                Some(next) => cursor = Some(next),
                None => break page.resume,
            }
        };
        if self.claim.full {
            self.rest().await?;
            let closed = self.engine.store.close_others(self.claim.target, &self.strangers).await?;
            self.scanned.findings.closed += closed;
        }
        Ok(resume)
    }

    async fn hold(&self) -> Result<(), Stopped> {
        if self.engine.store.renew_scan(self.claim).await? {
            Ok(())
        } else {
            Err(Stopped::Cut("another process has it".to_owned()))
        }
    }

    /// What a page shows: suspects among our objects, and what is not ours.
    async fn page(&mut self, items: &[Observed]) -> Result<(), Stopped> {
        let store = &self.engine.store;
        let ids: Vec<_> = items.iter().map(|item| item.address.external_id).collect();
        let known = store.known(self.claim.target, &ids).await?;
        let parents = self.parents(&known).await?;
        let by_id: BTreeMap<Uuid, &Standing> =
            known.iter().filter_map(|s| Some((s.address.as_ref()?.external_id, s))).collect();
        let (mut suspects, mut strangers, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            let known = by_id.get(&item.address.external_id);
            groups.extend(known.filter(|s| s.kind == ObjectKind::Group && s.settled).map(|s| s.stamp.object));
            match known {
                Some(standing) if is_suspect(standing, item, &parents) => {
                    suspects.push(standing.stamp.object);
                }
                Some(_) => {}
                None => strangers.push(item),
            }
        }
        self.scanned.seen += items.len();
        if self.claim.full {
            self.seen.extend(ids);
        }
        self.check(&suspects).await?;
        self.check_members(&groups).await?;
        self.meet(&strangers).await
    }

    /// What these objects lie in and link to, as seen last.
    async fn parents(&self, standings: &[Standing]) -> Result<BTreeMap<ObjectId, Standing>, Stopped> {
        let ids: BTreeSet<_> = standings.iter().flat_map(around).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let found = self.engine.store.standings(&ids).await?;
        Ok(found.into_iter().map(|s| (s.stamp.object, s)).collect())
    }

    /// What no page shows: objects that are gone, access lists, and objects
    /// about which something is open.
    async fn rest(&mut self) -> Result<(), Stopped> {
        let mut after = ObjectId::from_uuid(Uuid::nil());
        loop {
            let expected = self.engine.store.expected(self.claim.target, after, EXPECTED).await?;
            let Some(last) = expected.last().map(|e| e.object) else { return Ok(()) };
            let unseen =
                |e: &store::engine::Expected| e.access || e.open || !self.seen.contains(&e.external_id);
            let suspects: Vec<_> = expected.iter().filter(|e| unseen(e)).map(|e| e.object).collect();
            self.check(&suspects).await?;
            self.hold().await?;
            after = last;
        }
    }

    /// Looks at suspects directly, and writes what is different.
    async fn check(&mut self, suspects: &[ObjectId]) -> Result<(), Stopped> {
        for chunk in suspects.chunks(CHECKED) {
            let mut standings = self.engine.store.standings(chunk).await?;
            standings.retain(|s| s.settled);
            let parents = self.parents(&standings).await?;
            standings
                .retain(|s| s.spec.prerequisites().iter().all(|p| parents.get(p).is_some_and(|p| p.settled)));
            let (which, selectors): (Vec<_>, Vec<_>) =
                standings.iter().filter_map(|s| Some((s, selector(s, &parents)?))).unzip();
            let others: Vec<_> = parents.values().filter(|p| is_looked_at(p)).collect();
            let (around, more): (Vec<_>, Vec<_>) =
                others.into_iter().filter_map(|p| Some((p.stamp.object, selector(p, &parents)?))).unzip();
            let all: Vec<_> = selectors.into_iter().chain(more).collect();
            if which.is_empty() {
                continue;
            }
            let mut seen = self.connector.observe(Lane::Bulk, &all).await?.into_iter();
            let of_suspects: Vec<_> = seen.by_ref().take(which.len()).collect();
            let places: BTreeMap<_, _> = around.into_iter().zip(seen).collect();
            let checked = which
                .into_iter()
                .zip(of_suspects)
                .map(|(standing, seen)| self.compare(standing, seen.as_ref(), &parents, &places))
                .collect();
            let recorded = self.engine.store.record_checked(self.claim.target, checked).await?;
            self.scanned.findings += recorded;
        }
        Ok(())
    }

    fn compare(
        &self,
        standing: &Standing,
        seen: Option<&Observed>,
        parents: &BTreeMap<ObjectId, Standing>,
        places: &BTreeMap<ObjectId, Option<Observed>>,
    ) -> Checked {
        let place = |object: ObjectId| {
            let now = places.get(&object).and_then(Option::as_ref).map(|o| o.address.clone());
            // A container that is gone is nowhere, so what is ours lies elsewhere.
            now.or_else(|| parents.get(&object).and_then(|p| p.address.clone()))
        };
        // What is linked to and gone has a finding of its own; it is none of who linked to it.
        let link = |object: ObjectId| {
            let seen = places.get(&object).and_then(Option::as_ref)?;
            parents.get(&object).filter(|p| p.settled).map(|_| seen.address.external_id)
        };
        let want = want(standing, place, link, parents);
        let found = differences(&want, seen).into_iter().map(|difference| {
            let id = FindingId::new(self.engine.clock.now(), self.engine.random.as_ref());
            Found { id, difference, member: None }
        });
        let around = around(standing);
        let around = around.iter().filter_map(|p| parents.get(p)).map(|p| p.stamp.clone());
        Checked {
            stamps: std::iter::once(standing.stamp.clone()).chain(around).collect::<Vec<Stamp>>(),
            object: standing.stamp.object,
            name: name(&standing.spec),
            changed_at: seen.and_then(|seen| seen.changed_at),
            found: found.collect(),
            of_members: false,
        }
    }

    /// Writes what is not ours, once it was looked at directly: what we removed
    /// ourselves meanwhile was ours.
    async fn meet(&mut self, items: &[&Observed]) -> Result<(), Stopped> {
        let markers: BTreeSet<_> = items.iter().filter_map(|item| item.marker).collect();
        let markers: Vec<_> = markers.into_iter().collect();
        let under_way = self.engine.store.under_way(&markers).await?;
        let strange = |item: &&&Observed| item.marker.is_none_or(|marker| !under_way.contains(&marker));
        let strangers: Vec<_> = items.iter().filter(strange).collect();
        self.strangers.extend(strangers.iter().map(|item| item.address.external_id));
        for chunk in strangers.chunks(CHECKED) {
            let selectors: Vec<_> = chunk
                .iter()
                .map(|item| Selector {
                    object: item.marker.unwrap_or(ObjectId::from_uuid(Uuid::nil())),
                    kind: item.kind,
                    external_id: Some(item.address.external_id),
                    names: vec![],
                    members: vec![],
                })
                .collect();
            let seen = self.connector.observe(Lane::Bulk, &selectors).await?;
            let met: Vec<_> = seen.into_iter().flatten().map(|item| self.stranger(item)).collect();
            let opened = self.engine.store.record_strangers(self.claim.target, &met).await?;
            self.scanned.findings.opened += opened;
        }
        Ok(())
    }

    fn stranger(&self, item: Observed) -> Stranger {
        Stranger {
            id: FindingId::new(self.engine.clock.now(), self.engine.random.as_ref()),
            external_id: item.address.external_id,
            parent_dn: item.parent_dn,
            dn: item.address.dn,
            name: item.attributes.get(&Attribute::Name).cloned().unwrap_or_default(),
            changed_at: item.changed_at,
        }
    }
}

/// Whether an object has to be looked at: it differs, or something is open about it.
fn is_suspect(standing: &Standing, seen: &Observed, parents: &BTreeMap<ObjectId, Standing>) -> bool {
    let place = |object: ObjectId| parents.get(&object).and_then(|p| p.address.clone());
    let link = |object: ObjectId| {
        let other = parents.get(&object).filter(|p| p.settled)?;
        other.address.as_ref().map(|a| a.external_id)
    };
    let differs = || !differences(&want(standing, place, link, parents), Some(seen)).is_empty();
    standing.settled && (standing.open || differs())
}

fn want<'a>(
    standing: &'a Standing,
    place: impl Fn(ObjectId) -> Option<domain::spec::Address>,
    link: impl Fn(ObjectId) -> Option<Uuid>,
    parents: &BTreeMap<ObjectId, Standing>,
) -> Want<'a> {
    let (container, readers) = match &standing.spec {
        Spec::Access { container, readers } => {
            let id = parents.get(readers).and_then(|r| r.security_id.clone());
            // Without the group's id nothing can be said about who should read.
            (id.is_some().then(|| place(*container)).flatten(), id.into_iter().collect())
        }
        _ => (None, vec![]),
    };
    Want {
        object: standing.stamp.object,
        kind: standing.kind,
        spec: Some(&standing.spec),
        parent: standing.spec.parent().and_then(place),
        container,
        readers,
        links: links(&standing.spec, link),
        guarded: std::collections::BTreeSet::new(),
        known: standing.address.as_ref().map(|a| a.external_id),
    }
}

/// What an object is compared with.
fn around(standing: &Standing) -> Vec<ObjectId> {
    standing.spec.prerequisites().into_iter().chain(standing.spec.linked()).collect()
}

/// What others lie in or link to is looked at with them; readers never change.
fn is_looked_at(other: &Standing) -> bool {
    matches!(other.kind, ObjectKind::Container | ObjectKind::User)
}

/// What is not certainly there is not compared.
fn links(spec: &Spec, link: impl Fn(ObjectId) -> Option<Uuid>) -> BTreeMap<Attribute, Option<Uuid>> {
    let known = spec.links().into_iter().filter_map(|(attribute, object)| match object {
        None => Some((attribute, None)),
        Some(object) => link(object).map(|id| (attribute, Some(id))),
    });
    known.collect()
}

/// How to look at an object directly; none when it is not known where.
fn selector(standing: &Standing, parents: &BTreeMap<ObjectId, Standing>) -> Option<Selector> {
    let address = match &standing.spec {
        Spec::Access { container, .. } => parents.get(container).and_then(|c| c.address.as_ref()),
        _ => standing.address.as_ref(),
    };
    Some(Selector {
        object: standing.stamp.object,
        kind: standing.kind,
        external_id: Some(address?.external_id),
        names: vec![],
        members: vec![],
    })
}

/// What people know the object by.
fn name(spec: &Spec) -> String {
    let attributes = spec.attributes();
    let value = |attribute| attributes.get(&attribute).copied().flatten();
    value(Attribute::DisplayName).or(value(Attribute::Name)).unwrap_or_default().to_owned()
}
