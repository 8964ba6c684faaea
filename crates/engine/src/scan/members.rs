//! Who is in groups and should not be, or the other way round. A directory counts
//! a change of members as a change of the group, so an incremental scan reads
//! only the members of groups that changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use connector::Lane;
use domain::{
    drift::{Difference, FindingKind, member_differences},
    id::{FindingId, ObjectId},
    spec::{Address, ObjectKind, Selector},
};
use store::engine::{Checked, Found, Insider, Standing};
use uuid::Uuid;

use super::{CHECKED, Scan, Stopped, name};

/// Groups whose members are in memory at once.
const GROUPS: usize = 25;

/// A group that was looked at, with what differs.
struct Looked {
    standing: Standing,
    differences: Vec<Difference>,
}

impl Scan<'_> {
    /// Compares the members of settled groups, and writes what is different.
    pub(super) async fn check_members(&mut self, groups: &[ObjectId]) -> Result<(), Stopped> {
        for chunk in groups.chunks(GROUPS) {
            // Who should be in is asked after the groups' stamps: whatever is done
            // in between changes those, and nothing is written then.
            let mut standings = self.engine.store.standings(chunk).await?;
            standings.retain(|s| s.settled && s.address.is_some());
            let insiders = self.engine.store.insiders(chunk).await?;
            let addresses: Vec<Address> = standings.iter().filter_map(|s| s.address.clone()).collect();
            let present = self.connector.members(Lane::Bulk, &addresses).await?;
            let mut looked = Vec::new();
            for (standing, present) in standings.into_iter().zip(present) {
                // A group that is gone is found as such.
                let Some(present) = present else { continue };
                let differences = compare(standing.stamp.object, &insiders, present);
                // Groups in order matter only if something is open about them.
                if standing.open || !differences.is_empty() {
                    looked.push(Looked { standing, differences });
                }
            }
            self.record_members(looked, &insiders).await?;
            self.hold().await?;
        }
        Ok(())
    }

    async fn record_members(&mut self, mut looked: Vec<Looked>, insiders: &[Insider]) -> Result<(), Stopped> {
        self.forget_missing(&mut looked, insiders).await?;
        looked.retain(|l| l.standing.open || !l.differences.is_empty());
        if looked.is_empty() {
            return Ok(());
        }
        let target = self.claim.target;
        let added: BTreeSet<Uuid> = of_kind(&looked, FindingKind::MemberAdded).collect();
        let added: Vec<_> = added.into_iter().collect();
        let ours = self.engine.store.outsiders(target, &added).await?;
        let inside: HashMap<(ObjectId, Uuid), ObjectId> =
            insiders.iter().map(|i| ((i.group, i.external_id), i.object)).collect();
        let checked = looked.into_iter().map(|Looked { standing, differences }| {
            let group = standing.stamp.object;
            let found = differences.into_iter().map(|mut difference| {
                let id = FindingId::new(self.engine.clock.now(), self.engine.random.as_ref());
                let external = difference.member.unwrap_or_default();
                let mut member = inside.get(&(group, external)).copied();
                if difference.kind == FindingKind::MemberAdded
                    && let Some(outsider) = ours.get(&external)
                {
                    let same = outsider.tenant == standing.tenant;
                    member = same.then_some(outsider.object);
                    // Nobody learns from a finding what another tenant's people are called.
                    difference.found =
                        Some(if same { outsider.name.clone() } else { format!("<GUID={external}>") });
                }
                Found { id, difference, member }
            });
            Checked {
                found: found.collect(),
                name: name(&standing.spec),
                object: group,
                changed_at: None,
                stamps: vec![standing.stamp],
                of_members: true,
            }
        });
        let recorded = self.engine.store.record_checked(target, checked.collect()).await?;
        self.scanned.findings += recorded;
        Ok(())
    }

    /// Who does not exist any more is in no group; that is found of the person.
    async fn forget_missing(&self, looked: &mut [Looked], insiders: &[Insider]) -> Result<(), Stopped> {
        let removed: BTreeSet<Uuid> = of_kind(looked, FindingKind::MemberRemoved).collect();
        if removed.is_empty() {
            return Ok(());
        }
        let objects: BTreeMap<Uuid, ObjectId> = insiders
            .iter()
            .filter(|i| removed.contains(&i.external_id))
            .map(|i| (i.external_id, i.object))
            .collect();
        let selectors: Vec<_> = objects
            .into_iter()
            .map(|(external_id, object)| Selector {
                object,
                kind: ObjectKind::User,
                external_id: Some(external_id),
                names: vec![],
                members: vec![],
            })
            .collect();
        let mut there = HashSet::new();
        for chunk in selectors.chunks(CHECKED) {
            let seen = self.connector.observe(Lane::Bulk, chunk).await?;
            there.extend(seen.into_iter().flatten().map(|seen| seen.address.external_id));
        }
        for group in looked {
            group.differences.retain(|d| {
                d.kind != FindingKind::MemberRemoved || d.member.is_some_and(|member| there.contains(&member))
            });
        }
        Ok(())
    }
}

fn of_kind(looked: &[Looked], kind: FindingKind) -> impl Iterator<Item = Uuid> + '_ {
    let all = looked.iter().flat_map(|l| &l.differences);
    all.filter(move |d| d.kind == kind).filter_map(|d| d.member)
}

fn compare(group: ObjectId, insiders: &[Insider], present: Vec<Address>) -> Vec<Difference> {
    let own = || insiders.iter().filter(|i| i.group == group);
    let wanted = own().filter(|i| !i.pending).map(|i| (i.external_id, i.name.clone())).collect();
    let pending: HashSet<Uuid> = own().filter(|i| i.pending).map(|i| i.external_id).collect();
    let present = present.into_iter().map(|member| (member.external_id, member.dn)).collect();
    member_differences(&wanted, &|id| pending.contains(&id), &present)
}
