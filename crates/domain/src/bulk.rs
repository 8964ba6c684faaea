//! Many people changed as one: what is said of each, what would come of it, and
//! what came of it. A file, an act on a list and the way back from either are
//! the same here.
//!
//! Start at [`differences`]: what is said of a person, beside the person.

use std::collections::{BTreeMap, BTreeSet};

pub use crate::import::Value;
use crate::{drift::codes, person::Detail};

/// Stands between the entries of a list where it is written as one text.
pub const BETWEEN: &str = "; ";
/// Values that are lists; all others are one text.
pub const LISTS: [&str; 4] = ["plans", "bundles", "groups", ROLES];
/// The roles somebody holds.
pub const ROLES: &str = "roles";

codes! {
    /// Where a bulk change comes from.
    BulkKind {
        /// A file.
        Import = "import",
        /// Something done to people of a list.
        Act = "act",
        /// The way back from another.
        Undo = "undo",
    }
}

codes! {
    /// How far a bulk change is.
    BulkState {
        /// It is not known what the columns mean: somebody has to say.
        Mapping = "mapping",
        /// It was shown what would come of it; nothing happened.
        Previewed = "previewed",
        /// It is being carried out.
        Running = "running",
        /// It waits for somebody to go on; what is done stays done.
        Paused = "paused",
        /// Nothing is left to do.
        Done = "done",
        /// What was done stays, the rest never will be.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What becomes of a row.
    Act {
        /// It was not looked at, because the columns have no meaning yet.
        Unread = "unread",
        /// Somebody new.
        Create = "create",
        /// Somebody changes.
        Update = "update",
        /// Somebody is removed, and can be restored for a time.
        Remove = "remove",
        /// Somebody who was removed is there again.
        Restore = "restore",
        /// Somebody goes to another customer, with the account.
        Move = "move",
        /// All is as the row says.
        Nothing = "nothing",
        /// The row is left out: what it says was not asked for.
        Left = "left",
        /// It contradicts what is there, or another row.
        Conflict = "conflict",
        /// Values of the row cannot be accepted.
        Error = "error",
    }
}

codes! {
    /// How far a row is.
    RowState {
        /// Nothing happened yet.
        Planned = "planned",
        /// It is wanted; the directory follows.
        Done = "done",
        /// It could not be done; its errors say why.
        Failed = "failed",
        /// It never will be: what it belongs to was cancelled.
        Left = "left",
    }
}

codes! {
    /// What becomes of people the file does not name.
    Missing {
        /// They stay as they are.
        Keep = "keep",
        /// They cannot log on any more.
        Disable = "disable",
        /// They are removed, and can be restored for a time.
        Remove = "remove",
    }
}

impl serde::Serialize for Missing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Missing {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code)
            .ok_or_else(|| serde::de::Error::unknown_variant(&code, &["keep", "disable", "remove"]))
    }
}

impl Act {
    /// Whether something is to be done.
    #[must_use]
    pub const fn changes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Remove | Self::Restore | Self::Move)
    }
}

/// What may happen to people of a file.
#[expect(clippy::struct_excessive_bools, reason = "questions that are answered each by itself")]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Those nobody knows are made.
    pub create: bool,
    /// Those who are known change.
    pub update: bool,
    /// Those who are named cannot log on any more, and nothing else happens to them: a list of leavers.
    #[serde(default)]
    pub disable: bool,
    /// Those who are not named.
    pub missing: Missing,
    /// New people get their link by mail.
    #[serde(default)]
    pub send_links: bool,
    /// Groups that are named and not there are made.
    #[serde(default)]
    pub make_groups: bool,
    /// Roles that are named are given, and in lists of ours those that are not are taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub give_roles: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            create: true,
            update: true,
            disable: false,
            missing: Missing::Keep,
            send_links: false,
            make_groups: false,
            give_roles: false,
        }
    }
}

/// What a row says of a person, by the code of the value.
pub type Said = BTreeMap<String, Value>;

/// What a person has: texts by code, and lists sorted and joined by [`BETWEEN`].
pub type Present = BTreeMap<String, String>;

/// One value that becomes another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// The code of the value.
    pub field: String,
    /// What it was; none when it was empty.
    pub before: Option<String>,
    /// What it is to be; none to empty it.
    pub after: Option<String>,
}

impl Change {
    /// The same change, back.
    #[must_use]
    pub fn back(&self) -> Self {
        Self { field: self.field.clone(), before: self.after.clone(), after: self.before.clone() }
    }

    /// The entries of a list that come, and those that go.
    #[must_use]
    pub fn entries(&self) -> (Vec<String>, Vec<String>) {
        let (before, after) = (entries(self.before.as_deref()), entries(self.after.as_deref()));
        (after.difference(&before).cloned().collect(), before.difference(&after).cloned().collect())
    }
}

/// The entries of a list that is written as one text.
#[must_use]
pub fn entries(text: Option<&str>) -> BTreeSet<String> {
    text.into_iter()
        .flat_map(|text| text.split(BETWEEN))
        .filter(|e| !e.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A list as one text; none when it is empty.
#[must_use]
pub fn joined(entries: &BTreeSet<String>) -> Option<String> {
    let all: Vec<_> = entries.iter().map(String::as_str).collect();
    (!all.is_empty()).then(|| all.join(BETWEEN))
}

/// What changes of a person when `said` comes true. `whole` says that a list names all
/// there is; otherwise it names what comes to it.
#[must_use]
pub fn differences(present: &Present, said: &Said, whole: bool) -> Vec<Change> {
    let change = |(field, value): (&String, &Value)| {
        let before = present.get(field);
        let after = match value {
            Value::Empty => None,
            Value::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Value::List(named) => {
                let mut all = if whole { BTreeSet::new() } else { entries(before.map(String::as_str)) };
                all.extend(named.iter().cloned());
                joined(&all)
            }
        };
        (before != after.as_ref()).then(|| Change { field: field.clone(), before: before.cloned(), after })
    };
    said.iter().filter_map(change).collect()
}

/// Something that is done to many people at once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// They can log on.
    Enable,
    /// They cannot log on any more.
    Disable,
    /// They get a plan, with an instance where there are several: `desktop@main`.
    GivePlan(String),
    /// They lose it.
    TakePlan(String),
    /// They get a bundle.
    GiveBundle(String),
    /// They lose it.
    TakeBundle(String),
    /// They come into a group, by its name.
    Enter(String),
    /// They leave it.
    Leave(String),
    /// Their logins, and addresses that are the same, get this suffix; the addresses from before are kept.
    Suffix(String),
    /// A value of theirs becomes this, by its code; none empties it.
    Set {
        /// Its code, as `department` or `field.cost_centre`.
        field: String,
        /// What it becomes.
        value: Option<String>,
    },
    /// They get a link by mail with which they choose a password.
    SendLink,
    /// They go to another customer of the same directory, by its code, with the accounts they have.
    Move(String),
    /// They are removed, and can be restored for a time.
    Remove,
}

/// Where somebody is who moves: no value of a person, and shown like one.
pub const CUSTOMER: &str = "customer";

/// A link that is sent: no value of a person, and done like one.
pub const LINK: &str = "link";

impl Deed {
    /// All codes, as people learn them.
    pub const CODES: [&'static str; 13] = [
        "enable",
        "disable",
        "give_plan",
        "take_plan",
        "give_bundle",
        "take_bundle",
        "enter",
        "leave",
        "suffix",
        "set",
        "send_link",
        "move",
        "remove",
    ];

    /// The one with this code, done with a plan, a group, a suffix, a customer or the code of a value where it
    /// needs one; none for a code nobody knows.
    pub fn from_code<E>(
        code: &str,
        with: impl FnOnce() -> Result<String, E>,
        value: Option<String>,
    ) -> Result<Option<Self>, E> {
        Ok(Some(match code {
            "enable" => Self::Enable,
            "disable" => Self::Disable,
            "give_plan" => Self::GivePlan(with()?),
            "take_plan" => Self::TakePlan(with()?),
            "give_bundle" => Self::GiveBundle(with()?),
            "take_bundle" => Self::TakeBundle(with()?),
            "enter" => Self::Enter(with()?),
            "leave" => Self::Leave(with()?),
            "suffix" => Self::Suffix(with()?),
            "set" => Self::Set { field: with()?, value },
            "send_link" => Self::SendLink,
            "move" => Self::Move(with()?),
            "remove" => Self::Remove,
            _ => return Ok(None),
        }))
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::GivePlan(_) => "give_plan",
            Self::TakePlan(_) => "take_plan",
            Self::GiveBundle(_) => "give_bundle",
            Self::TakeBundle(_) => "take_bundle",
            Self::Enter(_) => "enter",
            Self::Leave(_) => "leave",
            Self::Suffix(_) => "suffix",
            Self::Set { .. } => "set",
            Self::SendLink => "send_link",
            Self::Move(_) => "move",
            Self::Remove => "remove",
        }
    }

    /// What it is done with: the plan, the group, the suffix, the customer, the value.
    #[must_use]
    pub fn with(&self) -> &str {
        match self {
            Self::GivePlan(with)
            | Self::TakePlan(with)
            | Self::GiveBundle(with)
            | Self::TakeBundle(with)
            | Self::Enter(with)
            | Self::Leave(with)
            | Self::Suffix(with)
            | Self::Move(with) => with,
            Self::Set { field, .. } => field,
            Self::Enable | Self::Disable | Self::SendLink | Self::Remove => "",
        }
    }

    /// What it changes of somebody who has this; nothing of whom it is true already.
    #[must_use]
    pub fn changes(&self, present: &Present) -> Vec<Change> {
        let one = |field: &str, after: Option<String>| {
            let before = present.get(field).cloned();
            let changed = before != after;
            changed.then(|| Change { field: field.to_owned(), before, after }).into_iter().collect::<Vec<_>>()
        };
        let list = |field: &str, entry: &String, comes: bool| {
            let mut all = entries(present.get(field).map(String::as_str));
            if comes {
                all.insert(entry.clone());
            } else {
                all.remove(entry);
            }
            one(field, joined(&all))
        };
        match self {
            Self::Enable => one("enabled", Some("true".to_owned())),
            Self::Disable => one("enabled", Some("false".to_owned())),
            Self::GivePlan(plan) => list("plans", plan, true),
            Self::TakePlan(plan) => list("plans", plan, false),
            Self::GiveBundle(bundle) => list("bundles", bundle, true),
            Self::TakeBundle(bundle) => list("bundles", bundle, false),
            Self::Enter(group) => list("groups", group, true),
            Self::Leave(group) => list("groups", group, false),
            Self::Set { field, value } => one(field, value.clone()),
            Self::Suffix(suffix) => renamed(present, suffix),
            Self::SendLink => {
                let to = present.get("mail").cloned();
                vec![Change { field: LINK.to_owned(), before: None, after: to }]
            }
            // What these come to is not values of a person.
            Self::Move(_) | Self::Remove => Vec::new(),
        }
    }
}

/// A login with another suffix; the address for mail follows if it was the same, and the one from
/// before stays one of the further addresses, so that no mail is lost.
fn renamed(present: &Present, suffix: &str) -> Vec<Change> {
    let Some(login) = present.get("principal_name") else { return Vec::new() };
    let Some((name, old)) = login.rsplit_once('@') else { return Vec::new() };
    if old.eq_ignore_ascii_case(suffix) {
        return Vec::new();
    }
    let new = format!("{name}@{}", suffix.to_lowercase());
    let change = |field: &str, after: String| Change {
        field: field.to_owned(),
        before: present.get(field).cloned(),
        after: Some(after),
    };
    let mut changes = vec![change("principal_name", new.clone())];
    if let Some(mail) = present.get("mail").filter(|mail| mail.eq_ignore_ascii_case(login)) {
        let aliases = Detail::Aliases.code();
        let mut kept: BTreeSet<_> = present.get(aliases).into_iter().flat_map(|a| a.split(' ')).collect();
        let mail = mail.to_lowercase();
        kept.insert(&mail);
        kept.remove(new.as_str());
        changes.push(change(aliases, kept.into_iter().collect::<Vec<_>>().join(" ")));
        changes.push(change("mail", new));
    }
    changes
}

/// Whether a change can still be made, or still be taken back: the person has for every
/// value what the change begins with. Of lists but roles, what comes may be there already and
/// what goes may be gone.
#[must_use]
pub fn still_holds(present: &Present, changes: &[Change]) -> bool {
    changes.iter().all(|change| {
        // What somebody may do is not given or taken beside what somebody else decided.
        let free = LISTS.contains(&change.field.as_str()) && change.field != ROLES || change.field == LINK;
        free || present.get(&change.field) == change.before.as_ref()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn present(values: &[(&str, &str)]) -> Present {
        values.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect()
    }

    fn list(names: &[&str]) -> Value {
        Value::List(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn lists_come_to_what_is_there_or_replace_it() {
        let has = present(&[("plans", "desktop; erp")]);
        let said = Said::from([("plans".to_owned(), list(&["erp", "office"]))]);
        let added = differences(&has, &said, false);
        assert_eq!(added[0].after.as_deref(), Some("desktop; erp; office"));
        assert_eq!(added[0].entries(), (vec!["office".to_owned()], vec![]));
        let replaced = differences(&has, &said, true);
        assert_eq!(replaced[0].after.as_deref(), Some("erp; office"));
        assert_eq!(replaced[0].entries(), (vec!["office".to_owned()], vec!["desktop".to_owned()]));
    }

    #[test]
    fn what_is_as_said_is_no_change() {
        let has = present(&[("title", "Clerk"), ("groups", "Everybody")]);
        let said = Said::from([
            ("title".to_owned(), Value::Text("Clerk".to_owned())),
            ("phone".to_owned(), Value::Empty),
            ("groups".to_owned(), list(&["Everybody"])),
        ]);
        assert_eq!(differences(&has, &said, true), []);
        assert_eq!(differences(&has, &said, false), []);
    }

    #[test]
    fn a_change_holds_while_nobody_changed_what_it_begins_with() {
        let change = Change {
            field: "title".to_owned(),
            before: Some("Clerk".to_owned()),
            after: Some("Head".to_owned()),
        };
        assert!(still_holds(&present(&[("title", "Clerk")]), std::slice::from_ref(&change)));
        assert!(!still_holds(&present(&[("title", "Boss")]), std::slice::from_ref(&change)));
        assert!(!still_holds(&present(&[]), std::slice::from_ref(&change)));
        assert!(still_holds(&present(&[("title", "Head")]), &[change.back()]));
    }

    #[test]
    fn every_code_makes_the_deed_that_has_it() {
        let with = || Ok::<_, ()>("x".to_owned());
        for code in Deed::CODES {
            let deed = Deed::from_code(code, with, None).expect("a value").expect("a deed");
            assert_eq!(deed.code(), code);
        }
        assert_eq!(Deed::from_code("dismiss", with, None), Ok(None));
        assert_eq!(Deed::from_code("enter", || Err("nothing"), None), Err("nothing"));
    }

    #[test]
    fn a_new_suffix_keeps_the_address_from_before() {
        let has = present(&[("principal_name", "anna@old.example"), ("mail", "Anna@old.example")]);
        let changes = Deed::Suffix("New.example".to_owned()).changes(&has);
        let after: Vec<_> = changes.iter().map(|c| (c.field.as_str(), c.after.as_deref())).collect();
        let expected = [
            ("principal_name", Some("anna@new.example")),
            ("aliases", Some("anna@old.example")),
            ("mail", Some("anna@new.example")),
        ];
        assert_eq!(after, expected);
        let other = present(&[("principal_name", "anna@old.example"), ("mail", "anna@gmail.example")]);
        assert_eq!(Deed::Suffix("new.example".to_owned()).changes(&other).len(), 1);
        let same = present(&[("principal_name", "anna@new.example")]);
        assert_eq!(Deed::Suffix("NEW.example".to_owned()).changes(&same), []);
    }

    proptest! {
        /// What was made true is true: said again, nothing changes; and the way back leads back.
        #[test]
        fn a_file_twice_is_nothing_to_do_and_back_is_back(
            has in prop::collection::btree_map("[a-d]", "[x-z]{1,3}", 0..4),
            texts in prop::collection::btree_map("[a-d]", prop::option::of("[x-z]{1,3}"), 0..4),
            had in prop::collection::btree_set("[p-s]", 0..4),
            named in prop::collection::vec("[p-s]", 0..4),
            whole: bool,
        ) {
            let mut present: Present = has;
            present.extend(joined(&had).map(|plans| ("plans".to_owned(), plans)));
            let mut said: Said = texts
                .into_iter()
                .map(|(code, text)| (code, text.map_or(Value::Empty, Value::Text)))
                .collect();
            said.insert("plans".to_owned(), Value::List(named));
            let changes = differences(&present, &said, whole);
            let apply = |mut to: Present, changes: &[Change]| {
                for change in changes {
                    match &change.after {
                        Some(after) => drop(to.insert(change.field.clone(), after.clone())),
                        None => drop(to.remove(&change.field)),
                    }
                }
                to
            };
            let after = apply(present.clone(), &changes);
            prop_assert_eq!(differences(&after, &said, whole), []);
            let back: Vec<_> = changes.iter().map(Change::back).collect();
            prop_assert!(still_holds(&after, &back));
            prop_assert_eq!(apply(after, &back), present);
        }
    }
}
