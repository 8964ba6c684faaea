//! Groups: what they are for, and what people may say of them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{
    field::{FieldError, Rule},
    limits,
};

/// What a group is for (MS-ADTS 2.2.12): a directory gives rights to a security
/// group, and only mail goes to a distribution group.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Gives rights; may have a mail address, too.
    #[default]
    Security,
    /// For mail only.
    Distribution,
}

impl GroupKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Security, Self::Distribution];

    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Distribution => "distribution",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The kind somebody named in `field`.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldError> {
        Self::from_code(text.trim()).ok_or_else(|| {
            FieldError::new(field, Rule::Unknown).with("value", text).with("known", "security, distribution")
        })
    }
}

/// When a membership ends that somebody limited by an instant or by days; none
/// for one without an end.
pub fn membership_end(
    field: &str,
    until: Option<&str>,
    days: Option<i64>,
    now: Timestamp,
) -> Result<Option<Timestamp>, FieldError> {
    let name = |part: &str| if field.is_empty() { part.to_owned() } else { format!("{field}.{part}") };
    let most = limits::MEMBERSHIP_DAYS;
    match (until.map(str::trim).filter(|text| !text.is_empty()), days) {
        (Some(_), Some(_)) => Err(FieldError::new(name("until"), Rule::Duplicate).with("other", "days")),
        (None, None) => Ok(None),
        (None, Some(days)) if (1..=most).contains(&days) => {
            Ok(Some(now + SignedDuration::from_hours(24 * days)))
        }
        (None, Some(_)) => {
            Err(FieldError::new(name("days"), Rule::OutOfRange).with("min", 1).with("max", most))
        }
        (Some(text), None) => {
            let form = "an instant with its offset, as 2026-12-31T18:00:00+01:00";
            let at: Timestamp = text
                .parse()
                .map_err(|_| FieldError::new(name("until"), Rule::Format).with("expected", form))?;
            let last = now + SignedDuration::from_hours(24 * most);
            if at <= now || at > last {
                let error = FieldError::new(name("until"), Rule::OutOfRange);
                return Err(error.with("min", now).with("max", last));
            }
            Ok(Some(at))
        }
    }
}

/// Whether `member` in `group` would close a circle, or make a chain that is too
/// long. `parents` gives for each group the groups it is in, above `group`;
/// `children` those that are in it, below `member`.
pub fn nesting<G: Copy + Ord>(
    group: G,
    member: G,
    parents: &BTreeMap<G, Vec<G>>,
    children: &BTreeMap<G, Vec<G>>,
) -> Result<(), Rule> {
    let above = levels(group, parents);
    if above.contains_key(&member) {
        return Err(Rule::Cycle);
    }
    let highest = |levels: BTreeMap<G, usize>| levels.into_values().max().unwrap_or(1);
    if highest(above) + highest(levels(member, children)) > limits::GROUP_DEPTH {
        return Err(Rule::TooMany);
    }
    Ok(())
}

/// Every group that is reached from `from`, with the length of the longest way
/// (itself: 1). Ways longer than a permitted chain are not followed on.
fn levels<G: Copy + Ord>(from: G, next: &BTreeMap<G, Vec<G>>) -> BTreeMap<G, usize> {
    let mut levels = BTreeMap::from([(from, 1)]);
    let mut open = vec![(from, 1)];
    while let Some((group, level)) = open.pop() {
        for other in next.get(&group).into_iter().flatten() {
            let known = levels.entry(*other).or_default();
            if *known <= level && level <= limits::GROUP_DEPTH {
                *known = level + 1;
                open.push((*other, level + 1));
            }
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_membership_ends_in_the_future_or_never() {
        let now = at("2026-03-02T08:00:00Z");
        let end = |until, days| membership_end("add[3]", until, days, now);
        assert_eq!(end(None, None), Ok(None));
        assert_eq!(end(Some(" "), Some(2)), Ok(Some(at("2026-03-04T08:00:00Z"))));
        assert_eq!(end(Some("2026-03-02T10:00:00+01:00"), None), Ok(Some(at("2026-03-02T09:00:00Z"))));
        for (until, days, field, rule) in [
            (Some("2026-03-02T08:00:00Z"), None, "add[3].until", Rule::OutOfRange),
            (Some("2099-01-01T00:00:00Z"), None, "add[3].until", Rule::OutOfRange),
            (Some("tomorrow"), None, "add[3].until", Rule::Format),
            (Some("2026-04-02T08:00:00Z"), Some(3), "add[3].until", Rule::Duplicate),
            (None, Some(0), "add[3].days", Rule::OutOfRange),
        ] {
            let error = end(until, days).expect_err("refused");
            assert_eq!((error.field.as_str(), error.rule), (field, rule));
        }
    }

    #[test]
    fn a_chain_may_have_as_many_groups_as_the_limit_says() {
        let chain = |n: usize| (1..n).map(|i| (i, vec![i + 1])).collect::<BTreeMap<_, _>>();
        let none = BTreeMap::new();
        assert_eq!(nesting(1, 100, &chain(limits::GROUP_DEPTH - 1), &none), Ok(()));
        assert_eq!(nesting(1, 100, &chain(limits::GROUP_DEPTH), &none), Err(Rule::TooMany));
        assert_eq!(nesting(1, 1, &none, &none), Err(Rule::Cycle));
        assert_eq!(nesting(1, 3, &chain(3), &none), Err(Rule::Cycle));
    }

    proptest! {
        #[test]
        fn what_is_accepted_one_after_the_other_never_closes_a_circle(
            wishes in proptest::collection::vec((0u8..12, 0u8..12), 0..60),
        ) {
            let (mut parents, mut children) = (BTreeMap::<u8, Vec<u8>>::new(), BTreeMap::<u8, Vec<u8>>::new());
            for (group, member) in wishes {
                if nesting(group, member, &parents, &children).is_ok() {
                    parents.entry(member).or_default().push(group);
                    children.entry(group).or_default().push(member);
                }
            }
            for group in 0..12 {
                let below = levels(group, &children);
                prop_assert!(below.values().all(|level| *level <= limits::GROUP_DEPTH));
                for other in below.keys().filter(|other| **other != group) {
                    prop_assert!(!levels(*other, &children).contains_key(&group));
                }
            }
        }
    }
}
