//! Desired state: what should be true of one object in one target, and what
//! was observed of it there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    custom::{Slot, Slots},
    group::GroupKind,
    id::ObjectId,
    person::{Detail, Details},
};

/// The version of [`Spec`] this build writes. Workers of the version before
/// must still read it, so fields are added with defaults and removed a version later.
pub const SPEC_VERSION: i32 = 1;

/// What kind of object a spec describes. The order is the order of work:
/// a container before what lies in it, access after the group it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// An organizational unit.
    Container,
    /// A security or distribution group.
    Group,
    /// A person's account.
    User,
    /// Who may read a container: its discretionary access control list.
    Access,
}

impl ObjectKind {
    /// All kinds in the order of work.
    pub const ALL: [Self; 4] = [Self::Container, Self::Group, Self::User, Self::Access];

    /// The stable name, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Group => "group",
            Self::User => "user",
            Self::Access => "access",
        }
    }

    /// The kind with this stored name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// A property of an object that the product manages, in words every target
/// shares. A connector maps it to its own attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// The name within its container (RDN value). Changed by a rename.
    Name,
    /// Unique short name for log-on (`sAMAccountName`).
    LogonName,
    /// `user@suffix` (`userPrincipalName`).
    PrincipalName,
    /// Given name.
    GivenName,
    /// Surname.
    Surname,
    /// Name as shown to people.
    DisplayName,
    /// Primary mail address.
    Mail,
    /// Telephone number.
    Phone,
    /// Job title.
    Title,
    /// Department.
    Department,
    /// Who manages a person: the target's own id of that account.
    Manager,
    /// Who owns a group (`managedBy`): the target's own id of that account.
    Owner,
    /// Free text.
    Description,
    /// What a group is for, as [`GroupKind`] has it (`groupType`).
    GroupKind,
    /// `true` when the account may log on.
    Enabled,
    /// Security ids that may read a container, sorted, separated by a blank.
    Readers,
    /// The target locked the account after wrong passwords. Never wanted: only lifted.
    Locked,
    /// The password has to be changed at the next log-on. Only ever set.
    PasswordExpired,
    /// Anything else that is known of a person.
    Detail(Detail),
    /// A custom field of a person. Managed only where a desired state names it.
    Custom(Slot),
}

impl Attribute {
    /// The stable name, as in events and problems.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::LogonName => "logon_name",
            Self::PrincipalName => "principal_name",
            Self::GivenName => "given_name",
            Self::Surname => "surname",
            Self::DisplayName => "display_name",
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Title => "title",
            Self::Department => "department",
            Self::Manager => "manager",
            Self::Owner => "owner",
            Self::Description => "description",
            Self::GroupKind => "group_kind",
            Self::Enabled => "enabled",
            Self::Readers => "readers",
            Self::Locked => "locked",
            Self::PasswordExpired => "password_expired",
            Self::Detail(detail) => detail.code(),
            Self::Custom(slot) => slot.code(),
        }
    }

    /// Its value is the target's own id of another object. Written and compared
    /// by that id, so that renames and moves of the other make no difference.
    #[must_use]
    pub const fn is_link(self) -> bool {
        matches!(self, Self::Manager | Self::Owner)
    }

    /// All that are compared with what is wanted.
    pub fn compared() -> impl Iterator<Item = Self> {
        let plain = Self::PLAIN.into_iter().filter(|a| !matches!(a, Self::Locked | Self::PasswordExpired));
        let details = Detail::ALL.iter().copied().filter(|detail| detail.is_in_directory());
        plain.chain(details.map(Self::Detail)).chain(Slot::ALL.iter().copied().map(Self::Custom))
    }

    const PLAIN: [Self; 18] = [
        Self::Name,
        Self::LogonName,
        Self::PrincipalName,
        Self::GivenName,
        Self::Surname,
        Self::DisplayName,
        Self::Mail,
        Self::Phone,
        Self::Title,
        Self::Department,
        Self::Manager,
        Self::Owner,
        Self::Description,
        Self::GroupKind,
        Self::Enabled,
        Self::Readers,
        Self::Locked,
        Self::PasswordExpired,
    ];

    /// The attribute with this stored name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let plain = Self::PLAIN.into_iter().find(|a| a.code() == code);
        let detail = || Detail::from_code(code).map(Self::Detail);
        plain.or_else(detail).or_else(|| Slot::from_code(code).map(Self::Custom))
    }
}

impl serde::Serialize for Attribute {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Attribute {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        Self::from_code(&code).ok_or_else(|| serde::de::Error::custom(format_args!("no attribute {code}")))
    }
}

/// What should be true of an object.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all specs are those of people")]
pub enum Spec {
    /// An organizational unit below `parent`, or directly below the folder of
    /// the directory that was given to the product.
    Container {
        /// Name within the parent.
        name: String,
        /// The container it lies in; none for the top.
        parent: Option<ObjectId>,
        /// Free text, as the customer's display name.
        description: Option<String>,
    },
    /// A global group.
    Group(GroupSpec),
    /// A person's account.
    User(UserSpec),
    /// `container` is readable by members of `readers` and by no other tenant.
    Access {
        /// The container that is closed.
        container: ObjectId,
        /// The group whose members may read it.
        readers: ObjectId,
    },
    /// It is not ours any more and stays as it is: only our marker goes. A worker of a
    /// version that does not know this cannot read it, and so does nothing.
    Released {
        /// What it is.
        was: ObjectKind,
        /// What it was called last.
        name: String,
    },
}

/// What should be true of a group. Its members are edges of their own.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct GroupSpec {
    /// Name within the container.
    pub name: String,
    /// Unique name in the directory.
    pub logon_name: String,
    /// The container it lies in.
    pub parent: ObjectId,
    /// Free text.
    pub description: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub group_kind: GroupKind,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Further mail addresses, as those of a person ([`Detail::Aliases`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aliases: Option<String>,
    /// The account of the first of its owners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<ObjectId>,
    /// Somebody who is none of ours owns it in the target. That stays as it is until the
    /// group gets an owner here, and is ours from then on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign_owner: bool,
}

impl GroupSpec {
    /// A security group without anything that can be left out.
    #[must_use]
    pub const fn security(parent: ObjectId, name: String, logon_name: String) -> Self {
        Self {
            name,
            logon_name,
            parent,
            description: None,
            group_kind: GroupKind::Security,
            mail: None,
            aliases: None,
            owner: None,
            foreign_owner: false,
        }
    }
}

/// What should be true of a person's account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UserSpec {
    /// The container it lies in.
    pub parent: ObjectId,
    /// Name within the container.
    pub name: String,
    /// Short log-on name, unique in the directory.
    pub logon_name: String,
    /// User principal name, unique in the directory.
    pub principal_name: String,
    /// Given name.
    pub given_name: Option<String>,
    /// Surname.
    pub surname: Option<String>,
    /// Name as shown.
    pub display_name: String,
    /// Mail address.
    #[serde(default)]
    pub mail: Option<String>,
    /// Telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Job title.
    #[serde(default)]
    pub title: Option<String>,
    /// Department.
    #[serde(default)]
    pub department: Option<String>,
    /// The account of who manages the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<ObjectId>,
    /// Somebody who is none of ours manages the person in the target. That stays as it is
    /// until the person gets a manager here, and is ours from then on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign_manager: bool,
    /// Whether the account may log on.
    pub enabled: bool,
    /// What else the target shows of the person.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
    /// What the person's services say of it, where nothing else does.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub service_details: Details,
    /// Custom fields that the target shows.
    #[serde(default, skip_serializing_if = "Slots::is_empty")]
    pub slots: Slots,
    /// A lock from before this instant is lifted, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlocked_at: Option<Timestamp>,
    /// A password from before this instant has to be changed at the next log-on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_expired_at: Option<Timestamp>,
}

impl UserSpec {
    /// What a detail should be: as somebody set it for the person, otherwise as
    /// the person's services say.
    #[must_use]
    pub fn detail(&self, detail: Detail) -> Option<&str> {
        self.details.get(&detail).or_else(|| self.service_details.get(&detail)).map(String::as_str)
    }
}

impl Spec {
    /// The kind of object described.
    #[must_use]
    pub const fn kind(&self) -> ObjectKind {
        match self {
            Self::Container { .. } => ObjectKind::Container,
            Self::Group(_) => ObjectKind::Group,
            Self::User(_) => ObjectKind::User,
            Self::Access { .. } => ObjectKind::Access,
            Self::Released { was, .. } => *was,
        }
    }

    /// The container the object lies in, if it is not the directory's folder.
    #[must_use]
    pub const fn parent(&self) -> Option<ObjectId> {
        match self {
            Self::Container { parent, .. } => *parent,
            Self::Group(group) => Some(group.parent),
            Self::User(user) => Some(user.parent),
            Self::Access { .. } | Self::Released { .. } => None,
        }
    }

    /// The objects that must exist before this one can be made true.
    #[must_use]
    pub fn prerequisites(&self) -> Vec<ObjectId> {
        match self {
            Self::Access { container, readers } => vec![*container, *readers],
            other => other.parent().into_iter().collect(),
        }
    }

    /// The managed attributes that refer to other objects, with what they should
    /// refer to; `None` means nothing. Without those that are not ours yet. No prerequisites: the object is made
    /// without what is not there yet, and gets it when that comes.
    ///
    /// At most one for each kind, under the name of its attribute in the spec:
    /// that is how the database finds what refers to an object.
    #[must_use]
    pub fn links(&self) -> Vec<(Attribute, Option<ObjectId>)> {
        match self {
            Self::User(UserSpec { manager: None, foreign_manager: true, .. })
            | Self::Group(GroupSpec { owner: None, foreign_owner: true, .. })
            | Self::Container { .. }
            | Self::Access { .. }
            | Self::Released { .. } => vec![],
            Self::User(user) => vec![(Attribute::Manager, user.manager)],
            Self::Group(group) => vec![(Attribute::Owner, group.owner)],
        }
    }

    /// The objects this one refers to by [`Spec::links`].
    pub fn linked(&self) -> impl Iterator<Item = ObjectId> {
        self.links().into_iter().filter_map(|(_, object)| object)
    }

    /// Every managed attribute with the value it should have, but for
    /// [`Spec::links`]; `None` means it should be empty. Attributes that are not listed are not ours to touch.
    #[must_use]
    pub fn attributes(&self) -> BTreeMap<Attribute, Option<&str>> {
        use Attribute as A;
        match self {
            Self::Container { name, description, .. } => {
                [(A::Name, Some(name.as_str())), (A::Description, description.as_deref())].into()
            }
            Self::Group(group) => [
                (A::Name, Some(group.name.as_str())),
                (A::LogonName, Some(&group.logon_name)),
                (A::Description, group.description.as_deref()),
                (A::GroupKind, Some(group.group_kind.code())),
                (A::Mail, group.mail.as_deref()),
                (A::Detail(Detail::Aliases), group.aliases.as_deref()),
            ]
            .into(),
            Self::User(user) => {
                let details = Detail::ALL.iter().filter(|detail| detail.is_in_directory());
                let details = details.map(|d| (A::Detail(*d), user.detail(*d)));
                let plain = [
                    (A::Name, Some(user.name.as_str())),
                    (A::LogonName, Some(&user.logon_name)),
                    (A::PrincipalName, Some(&user.principal_name)),
                    (A::GivenName, user.given_name.as_deref()),
                    (A::Surname, user.surname.as_deref()),
                    (A::DisplayName, Some(&user.display_name)),
                    (A::Mail, user.mail.as_deref()),
                    (A::Phone, user.phone.as_deref()),
                    (A::Title, user.title.as_deref()),
                    (A::Department, user.department.as_deref()),
                    (A::Enabled, Some(if user.enabled { "true" } else { "false" })),
                ];
                let custom = user.slots.iter().map(|(slot, value)| (A::Custom(*slot), value.as_deref()));
                plain.into_iter().chain(details).chain(custom).collect()
            }
            Self::Access { .. } | Self::Released { .. } => BTreeMap::new(),
        }
    }
}

/// Where an existing object is: its unchanging id in the target, and its
/// present address (a DN in a directory), which renames and moves change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Address {
    /// The target's own id (`objectGUID`).
    pub external_id: Uuid,
    /// The present address (DN).
    pub dn: String,
}

/// How to find an object: by the target's id once known, otherwise by the
/// names it has or was last meant to have; the marker proves that it is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// Our id: the marker the object bears.
    pub object: ObjectId,
    /// What kind of object is looked for.
    pub kind: ObjectKind,
    /// The target's id, once the object was seen.
    pub external_id: Option<Uuid>,
    /// Name within the parent and unique log-on name (groups, users), as wanted
    /// now and as last attempted, newest first. Not looked at when `external_id` is known.
    pub names: Vec<Naming>,
    /// Also report whether the members of this list are in the group (groups only).
    pub members: Vec<Address>,
}

/// The names under which an object may be found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Naming {
    /// Address of the parent; none for the directory's folder.
    pub parent: Option<Address>,
    /// Name within the parent.
    pub name: String,
    /// Unique log-on name, for groups and users.
    pub logon_name: Option<String>,
}

/// What was seen of an object in its target.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Observed {
    /// Where it is.
    pub address: Address,
    /// Address (DN) of the container it lies in.
    pub parent_dn: String,
    /// The marker it bears; none on a foreign object.
    pub marker: Option<ObjectId>,
    /// The kind of object.
    pub kind: ObjectKind,
    /// Managed attributes that have a value.
    pub attributes: BTreeMap<Attribute, String>,
    /// Security id (`objectSid`), for groups and users.
    #[serde(default)]
    pub security_id: Option<String>,
    /// When the password was last set (`pwdLastSet`), for users.
    #[serde(default)]
    pub password_set_at: Option<Timestamp>,
    /// Since when the account is locked (`lockoutTime`), for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_at: Option<Timestamp>,
    /// When the target says the object was changed last, by whomever (`whenChanged`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// Of the members asked for in the selector, those that are in the group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub present_members: Vec<Uuid>,
}
