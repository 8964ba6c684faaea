//! What to do so that what is observed becomes what is wanted. Pure: the same
//! code plans a first creation, a repair after a crash, and a preview.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    id::ObjectId,
    limits,
    problem::{Problem, ProblemCode},
    spec::{Address, Attribute, ObjectKind, Observed, Spec, UserSpec},
};

/// A desired state whose references were resolved to addresses in the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want<'a> {
    /// The object, and the marker it must bear.
    pub object: ObjectId,
    /// What kind of object it is, also when it should be gone.
    pub kind: ObjectKind,
    /// What should be true; `None` when the object should not exist.
    pub spec: Option<&'a Spec>,
    /// Where its container is; `None` for the directory's folder.
    pub parent: Option<Address>,
    /// For [`Spec::Access`]: the container to close.
    pub container: Option<Address>,
    /// For [`Spec::Access`]: the security ids that may read it, sorted.
    pub readers: Vec<String>,
    /// The target's ids of what [`Spec::links`] refers to; `None` for nothing, and
    /// for what is not there. An attribute that is not in it is not looked at.
    pub links: BTreeMap<Attribute, Option<uuid::Uuid>>,
    /// Attributes that must stay as they are for now, because somebody has to agree first.
    pub guarded: BTreeSet<Attribute>,
    /// The object was seen by this id before, so it is ours even if somebody removed the marker.
    pub known: Option<uuid::Uuid>,
}

/// A value that has to change.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// Which attribute.
    pub attribute: Attribute,
    /// What was observed.
    pub before: Option<String>,
    /// What is wanted; `None` clears it.
    pub after: Option<String>,
}

/// One operation on a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The object it is for.
    pub object: ObjectId,
    /// The kind of object.
    pub kind: ObjectKind,
    /// What to do.
    pub action: Action,
}

/// What a step does. Steps of one batch may be in flight together, so one
/// batch never holds two steps of the same object; the next round plans again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Make the object with its marker. A user is made enabled or disabled as
    /// wanted, with a random password that nobody learns.
    Create {
        /// Where; `None` is the directory's folder.
        parent: Option<Address>,
        /// Every attribute that has a value.
        attributes: BTreeMap<Attribute, String>,
    },
    /// Change attributes in one operation; restores the marker if it is gone.
    Update {
        /// Which object.
        at: Address,
        /// What changes.
        changes: Vec<Change>,
    },
    /// Give it another name or container.
    Move {
        /// Which object.
        at: Address,
        /// The new container; `None` leaves it where it lies.
        parent: Option<Address>,
        /// The new name.
        name: String,
    },
    /// Remove it.
    Delete {
        /// Which object.
        at: Address,
    },
    /// Take our marker off and leave everything else: it is not ours any more.
    Release {
        /// Which object.
        at: Address,
    },
    /// Close a container so that only `readers` of the tenants may read it.
    SetAccess {
        /// Which container.
        at: Address,
        /// Security ids, sorted.
        readers: Vec<String>,
    },
    /// Set a password.
    SetPassword {
        /// Which account.
        at: Address,
        /// The new password.
        password: Secret,
        /// Whether the person has to change it at the next log-on.
        must_change: bool,
    },
    /// Put members into a group and take others out, in one operation.
    ChangeMembers {
        /// Which group.
        at: Address,
        /// Who comes in.
        add: Vec<Address>,
        /// Who goes.
        remove: Vec<Address>,
    },
}

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What [`plan`] found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// What is observed is what is wanted.
    Nothing,
    /// This is to be done next; plan again afterwards.
    Do(Step),
    /// A person has to decide first.
    Stuck(Problem),
}

/// Compares what is wanted with what was observed.
///
/// An object that bears no marker of ours and was never seen as ours is a
/// conflict for a person: it is neither changed nor removed.
#[must_use]
pub fn plan(want: &Want<'_>, have: Option<&Observed>) -> Plan {
    let step = |action| Plan::Do(Step { object: want.object, kind: want.kind, action });
    match (want.spec, have) {
        // What bears no marker of ours, or is gone, is nobody's any more.
        (Some(Spec::Released { .. }), have) => match have {
            Some(have) if have.marker == Some(want.object) && want.kind != ObjectKind::Access => {
                step(Action::Release { at: have.address.clone() })
            }
            _ => Plan::Nothing,
        },
        (None, None) => Plan::Nothing,
        // Access goes with the container it belongs to.
        (None, Some(_)) if want.kind == ObjectKind::Access => Plan::Nothing,
        (Some(Spec::Access { .. }), have) => match (&want.container, have) {
            (Some(at), have) if !has_readers(have, &want.readers) => {
                step(Action::SetAccess { at: at.clone(), readers: want.readers.clone() })
            }
            _ => Plan::Nothing,
        },
        (_, Some(have)) if !is_ours(want, have) => Plan::Stuck(foreign(want, have)),
        (None, Some(have)) => step(Action::Delete { at: have.address.clone() }),
        (Some(spec), None) => step(Action::Create {
            parent: want.parent.clone(),
            attributes: wanted(want, spec).filter_map(|(a, v)| Some((a, v?))).collect(),
        }),
        (Some(spec), Some(have)) => plan_change(want, spec, have, &step),
    }
}

/// What to do with an object that was there before us and is taken over as it
/// is: it is marked. What differs from what was seen of it before is told by
/// the next scan, and never changed back unasked; what is gone is not made anew.
#[must_use]
pub fn adopt(want: &Want<'_>, have: Option<&Observed>) -> Plan {
    match have {
        None => Plan::Stuck(Problem::new(ProblemCode::Gone).with("value", name_of(want))),
        Some(have) if !is_ours(want, have) => Plan::Stuck(foreign(want, have)),
        Some(have) if have.marker == Some(want.object) => Plan::Nothing,
        Some(have) => {
            let action = Action::Update { at: have.address.clone(), changes: vec![] };
            Plan::Do(Step { object: want.object, kind: want.kind, action })
        }
    }
}

fn plan_change(want: &Want<'_>, spec: &Spec, have: &Observed, step: &dyn Fn(Action) -> Plan) -> Plan {
    let (renames, mut changes): (Vec<_>, Vec<_>) =
        changes(want, spec, have).into_iter().partition(|change| change.attribute == Attribute::Name);
    let name = renames.into_iter().next().and_then(|change| change.after);
    if let Spec::User(user) = spec {
        changes.extend(once(user, have));
    }
    let moved = want.parent.as_ref().is_some_and(|p| !p.dn.eq_ignore_ascii_case(&have.parent_dn));
    if !changes.is_empty() || have.marker != Some(want.object) {
        return step(Action::Update { at: have.address.clone(), changes });
    }
    if name.is_some() || moved {
        let present = have.attributes.get(&Attribute::Name).map_or("", String::as_str);
        return step(Action::Move {
            at: have.address.clone(),
            parent: want.parent.clone(),
            name: name.unwrap_or_else(|| present.to_owned()),
        });
    }
    Plan::Nothing
}

/// What is done to an account once and is no lasting state of it. The target's
/// clock may be off, so an instant a little later than asked counts as before.
fn once(user: &UserSpec, have: &Observed) -> impl Iterator<Item = Change> {
    let before = |seen: Option<Timestamp>, asked: Option<Timestamp>| {
        seen.zip(asked).is_some_and(|(seen, asked)| {
            seen.as_second() <= asked.as_second() + 60 * limits::CLOCK_SKEW_MINUTES
        })
    };
    let change = |attribute, before: bool| Change {
        attribute,
        before: Some(before.to_string()),
        after: Some((!before).to_string()),
    };
    let unlock = before(have.locked_at, user.unlocked_at).then(|| change(Attribute::Locked, true));
    let expire = before(have.password_set_at, user.password_expired_at)
        .then(|| change(Attribute::PasswordExpired, false));
    unlock.into_iter().chain(expire)
}

/// Every managed attribute with the value it should have.
fn wanted<'a>(
    want: &'a Want<'_>,
    spec: &'a Spec,
) -> impl Iterator<Item = (Attribute, Option<String>)> + use<'a> {
    let plain = spec.attributes().into_iter();
    let plain = plain.map(|(a, value)| (a, value.filter(|v| !v.is_empty()).map(str::to_owned)));
    let links = spec.links().into_iter().filter_map(|(attribute, _)| {
        let id = want.links.get(&attribute)?;
        Some((attribute, id.map(|id| id.to_string())))
    });
    plain.chain(links).filter(|(attribute, _)| !want.guarded.contains(attribute))
}

/// The attributes that have another value than they should.
pub(crate) fn changes(want: &Want<'_>, spec: &Spec, have: &Observed) -> Vec<Change> {
    let differ = wanted(want, spec).filter_map(|(attribute, after)| {
        let before = have.attributes.get(&attribute).cloned();
        (before != after).then_some(Change { attribute, before, after })
    });
    differ.collect()
}

fn is_ours(want: &Want<'_>, have: &Observed) -> bool {
    match have.marker {
        Some(marker) => marker == want.object,
        None => want.known == Some(have.address.external_id),
    }
}

fn has_readers(have: Option<&Observed>, readers: &[String]) -> bool {
    have.and_then(|have| have.attributes.get(&Attribute::Readers)).is_some_and(|r| *r == readers.join(" "))
}

fn foreign(want: &Want<'_>, have: &Observed) -> Problem {
    Problem::new(ProblemCode::NameTaken).with("value", name_of(want)).with("dn", &have.address.dn)
}

fn name_of(want: &Want<'_>) -> String {
    want.spec.map_or_else(String::new, |spec| {
        let attributes = spec.attributes();
        let value = |a| attributes.get(&a).copied().flatten();
        value(Attribute::LogonName).or(value(Attribute::Name)).unwrap_or_default().to_owned()
    })
}
