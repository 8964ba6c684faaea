//! Drift: what somebody changed in a target behind our back, and what is to be
//! done about it. Pure, like [`crate::plan`], with which it must agree: there
//! is a difference exactly when there would be a step to take.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    plan::{Want, changes},
    spec::{Attribute, ObjectKind, Observed, Spec},
};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$each])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name, as stored.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The one with this stored name.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|x| x.code() == code)
            }
        }
    };
}

pub(crate) use codes;

codes! {
    /// What was found.
    FindingKind {
        /// An attribute has another value.
        Changed = "changed",
        /// The object is not there any more.
        Missing = "missing",
        /// It lies in another container.
        Moved = "moved",
        /// It bears no marker any more, or another one.
        MarkerLost = "marker_lost",
        /// An object that is not ours lies in one of our containers.
        Foreign = "foreign",
        /// Somebody is in a group who should not be.
        MemberAdded = "member_added",
        /// Somebody is not in a group who should be.
        MemberRemoved = "member_removed",
    }
}

codes! {
    /// What became of a finding.
    FindingState {
        /// It waits for a person, or for the engine where the policy enforces.
        Open = "open",
        /// A person had the wanted state made true again.
        Reverted = "reverted",
        /// A person made what was found the wanted state.
        Adopted = "adopted",
        /// It went back by itself, or something newer was wanted.
        Gone = "gone",
        /// The engine made the wanted state true again, and read it back.
        Enforced = "enforced",
    }
}

codes! {
    /// What is done about a finding.
    Mode {
        /// The engine makes the wanted state true again at once.
        Enforce = "enforce",
        /// A person decides.
        Report = "report",
    }
}

/// What a policy speaks of that is no attribute: deleted objects, objects in
/// another container, the marker, who is in a group and should not be, and the
/// other way round.
pub const ASPECTS: [&str; 5] = ["missing", "moved", "marker", "member_added", "member_removed"];

/// Everything a policy can speak of, with what holds until somebody decides.
///
/// Enforced are the marker, without which an object could be taken for
/// somebody else's, and who may read a container, which keeps customers apart.
/// Everything else is reported: somebody who disabled an account in the
/// directory may have had a reason that cannot wait, and to undo that within a
/// minute would be worse than to ask.
pub fn subjects() -> impl Iterator<Item = (&'static str, Mode)> {
    let attributes = Attribute::compared().map(Attribute::code);
    attributes.chain(ASPECTS).map(|subject| (subject, default_mode(subject)))
}

/// What holds for a subject of [`subjects`] until somebody decides.
#[must_use]
pub fn default_mode(subject: &str) -> Mode {
    if subject == "marker" || subject == Attribute::Readers.code() { Mode::Enforce } else { Mode::Report }
}

/// One difference between what is wanted of an object and what was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What kind.
    pub kind: FindingKind,
    /// Which attribute, for [`FindingKind::Changed`].
    pub attribute: Option<Attribute>,
    /// What is wanted; none when it should be empty.
    pub wanted: Option<String>,
    /// What was found; none when it is empty or not there.
    pub found: Option<String>,
    /// The member, for [`FindingKind::MemberAdded`] and [`FindingKind::MemberRemoved`]:
    /// its id in the target.
    pub member: Option<Uuid>,
}

impl Difference {
    /// What the policy calls it; none for what no policy acts on.
    #[must_use]
    pub fn subject(&self) -> Option<&'static str> {
        match self.kind {
            FindingKind::Changed => self.attribute.map(Attribute::code),
            FindingKind::Missing => Some("missing"),
            FindingKind::Moved => Some("moved"),
            FindingKind::MarkerLost => Some("marker"),
            FindingKind::MemberAdded | FindingKind::MemberRemoved => Some(self.kind.code()),
            FindingKind::Foreign => None,
        }
    }
}

/// Compares what is wanted with what was observed under the object's id.
#[must_use]
pub fn differences(want: &Want<'_>, have: Option<&Observed>) -> Vec<Difference> {
    let difference = |kind, wanted: Option<&str>, found: Option<&str>| {
        let own = |value: Option<&str>| value.map(str::to_owned);
        Difference { kind, attribute: None, wanted: own(wanted), found: own(found), member: None }
    };
    let Some(spec) = want.spec else { return Vec::new() };
    if let Spec::Access { .. } = spec {
        return access(want, have).into_iter().collect();
    }
    let Some(have) = have else {
        let attributes = spec.attributes();
        let name = attributes.get(&Attribute::Name).copied().flatten();
        return vec![difference(FindingKind::Missing, name, None)];
    };
    let mut all = Vec::new();
    if have.marker != Some(want.object) {
        let (ours, theirs) = (want.object.to_string(), have.marker.map(|m| m.to_string()));
        all.push(difference(FindingKind::MarkerLost, Some(&ours), theirs.as_deref()));
    }
    all.extend(changes(want, spec, have).into_iter().map(|change| Difference {
        kind: FindingKind::Changed,
        attribute: Some(change.attribute),
        wanted: change.after,
        found: change.before,
        member: None,
    }));
    if let Some(parent) = want.parent.as_ref().filter(|p| !p.dn.eq_ignore_ascii_case(&have.parent_dn)) {
        all.push(difference(FindingKind::Moved, Some(&parent.dn), Some(&have.parent_dn)));
    }
    all
}

/// A container that is gone has no access list; its own finding says so.
fn access(want: &Want<'_>, have: Option<&Observed>) -> Option<Difference> {
    let (have, _) = have.zip(want.container.as_ref())?;
    let wanted = want.readers.join(" ");
    let found = have.attributes.get(&Attribute::Readers);
    (want.kind == ObjectKind::Access && found != Some(&wanted)).then(|| Difference {
        kind: FindingKind::Changed,
        attribute: Some(Attribute::Readers),
        wanted: Some(wanted),
        found: found.cloned(),
        member: None,
    })
}

/// Whether the members of a group are found as something they should not be.
#[must_use]
pub const fn is_of_members(kind: FindingKind) -> bool {
    matches!(kind, FindingKind::MemberAdded | FindingKind::MemberRemoved)
}

/// Compares who should be in a group with who is, both by the ids the target
/// gives. Who is in `pending` is on the way in or out and is not spoken of.
/// A name stands for people beside each id.
#[must_use]
pub fn member_differences(
    wanted: &BTreeMap<Uuid, String>,
    pending: &dyn Fn(Uuid) -> bool,
    present: &BTreeMap<Uuid, String>,
) -> Vec<Difference> {
    let difference = |kind, member: Uuid, wanted: Option<&String>, found: Option<&String>| Difference {
        kind,
        attribute: None,
        wanted: wanted.cloned(),
        found: found.cloned(),
        member: Some(member),
    };
    let added = present.iter().filter(|(id, _)| !wanted.contains_key(id) && !pending(**id));
    let removed = wanted.iter().filter(|(id, _)| !present.contains_key(id) && !pending(**id));
    let added = added.map(|(id, name)| difference(FindingKind::MemberAdded, *id, None, Some(name)));
    let removed = removed.map(|(id, name)| difference(FindingKind::MemberRemoved, *id, Some(name), None));
    added.chain(removed).collect()
}

#[cfg(test)]
mod tests {
    use crate::person::Details;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        id::ObjectId,
        plan::{Plan, plan},
        spec::{Address, UserSpec},
    };

    fn object(n: u128) -> ObjectId {
        ObjectId::from_uuid(Uuid::from_u128(n))
    }

    fn address(dn: &str) -> Address {
        Address { external_id: Uuid::from_u128(9), dn: dn.to_owned() }
    }

    fn spec(title: Option<String>, enabled: bool) -> Spec {
        Spec::User(UserSpec {
            parent: object(1),
            name: "Anna Berg".to_owned(),
            logon_name: "acme.anna".to_owned(),
            principal_name: "anna@acme.test".to_owned(),
            given_name: Some("Anna".to_owned()),
            surname: None,
            display_name: "Anna Berg".to_owned(),
            mail: None,
            phone: None,
            title,
            department: None,
            manager: None,
            enabled,
            details: Details::new(),
            service_details: Details::new(),
            foreign_manager: false,
            slots: crate::custom::Slots::new(),
            unlocked_at: None,
            password_expired_at: None,
        })
    }

    fn seen(spec: &Spec, marker: Option<ObjectId>, parent: &str) -> Observed {
        let attributes: BTreeMap<_, _> =
            spec.attributes().into_iter().filter_map(|(a, v)| Some((a, v?.to_owned()))).collect();
        Observed {
            address: address("CN=Anna Berg,OU=acme"),
            parent_dn: parent.to_owned(),
            marker,
            kind: ObjectKind::User,
            attributes,
            security_id: None,
            password_set_at: None,
            changed_at: None,
            locked_at: None,
            present_members: vec![],
        }
    }

    fn want(spec: &Spec) -> Want<'_> {
        Want {
            object: object(2),
            kind: ObjectKind::User,
            spec: Some(spec),
            parent: Some(address("OU=acme")),
            container: None,
            readers: vec![],
            links: BTreeMap::from([(Attribute::Manager, None)]),
            guarded: std::collections::BTreeSet::new(),
            known: Some(Uuid::from_u128(9)),
        }
    }

    proptest! {
        #[test]
        fn there_is_a_difference_exactly_when_there_is_something_to_do(
            wanted in proptest::option::of("[ab]"), found in proptest::option::of("[ab]"), on: bool, off: bool,
            marked: bool, away: bool, gone: bool,
        ) {
            let spec = spec(wanted, on);
            let parent = if away { "OU=other" } else { "ou=ACME" };
            let mut have = seen(&spec, marked.then_some(object(2)), parent);
            have.attributes.remove(&Attribute::Title);
            have.attributes.extend(found.map(|f| (Attribute::Title, f)));
            have.attributes.insert(Attribute::Enabled, off.to_string());
            let have = (!gone).then_some(&have);
            let nothing = plan(&want(&spec), have) == Plan::Nothing;
            prop_assert_eq!(differences(&want(&spec), have).is_empty(), nothing);
        }
    }

    #[test]
    fn every_difference_is_told_once() {
        let spec = spec(Some("Captain".to_owned()), true);
        let mut have = seen(&spec, None, "OU=other");
        have.attributes.insert(Attribute::Enabled, "false".to_owned());
        have.attributes.insert(Attribute::Name, "A. Berg".to_owned());
        let found = differences(&want(&spec), Some(&have));
        let subjects: Vec<_> = found.iter().filter_map(Difference::subject).collect();
        assert_eq!(subjects, ["marker", "name", "enabled", "moved"]);
        let missing = differences(&want(&spec), None);
        assert_eq!(missing.iter().map(|d| d.kind).collect::<Vec<_>>(), [FindingKind::Missing]);
    }

    #[test]
    fn members_are_compared_both_ways_and_those_on_their_way_are_left_out() {
        let id = Uuid::from_u128;
        let names =
            |ids: &[u128]| ids.iter().map(|n| (id(*n), format!("CN={n}"))).collect::<BTreeMap<_, _>>();
        let found = member_differences(&names(&[1, 2, 3]), &|m| m == id(3) || m == id(5), &names(&[2, 4, 5]));
        let told: Vec<_> =
            found.iter().map(|d| (d.subject(), d.member, d.wanted.clone(), d.found.clone())).collect();
        let name = |n: u128| Some(format!("CN={n}"));
        assert_eq!(
            told,
            [
                (Some("member_added"), Some(id(4)), None, name(4)),
                (Some("member_removed"), Some(id(1)), name(1), None),
            ]
        );
    }

    #[test]
    fn only_what_keeps_customers_apart_is_enforced_until_somebody_decides() {
        let enforced: Vec<_> =
            super::subjects().filter(|(_, mode)| *mode == Mode::Enforce).map(|(s, _)| s).collect();
        assert_eq!(enforced, ["readers", "marker"]);
    }

    #[test]
    fn stored_names_are_found_again() {
        for kind in FindingKind::ALL {
            assert_eq!(FindingKind::from_code(kind.code()), Some(*kind));
        }
        for state in FindingState::ALL {
            assert_eq!(FindingState::from_code(state.code()), Some(*state));
        }
        assert_eq!(Mode::from_code("enforce"), Some(Mode::Enforce));
    }
}
