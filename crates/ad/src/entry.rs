//! Entries as the directory returns them, and the mapping between its
//! attributes and the product's.

use std::collections::HashMap;

use domain::{
    custom::Slot,
    group::GroupKind,
    hours,
    id::ObjectId,
    person::Detail,
    spec::{Address, Attribute, ObjectKind, Observed},
};
use jiff::Timestamp;
use ldap3::{ResultEntry, SearchEntry};
use uuid::Uuid;

use crate::{dn, security::Sid};

/// The account is disabled (MS-ADTS 2.2.16).
pub(crate) const ACCOUNT_DISABLED: u32 = 0x2;
/// An ordinary, enabled account.
pub(crate) const NORMAL_ACCOUNT: u32 = 0x200;

/// What is asked for of every object; the marker attribute and those of details are added.
const ATTRIBUTES: [&str; 22] = [
    "objectGUID",
    "objectClass",
    "objectSid",
    "name",
    "sAMAccountName",
    "userPrincipalName",
    "givenName",
    "sn",
    "displayName",
    "mail",
    "telephoneNumber",
    "title",
    "department",
    "manager",
    "managedBy",
    "description",
    "groupType",
    "userAccountControl",
    "pwdLastSet",
    "lockoutTime",
    "uSNChanged",
    "whenChanged",
];

/// Everything that is asked for of an object.
pub(crate) fn asked(marker: &str) -> Vec<&str> {
    let details = Detail::ALL.iter().filter_map(|detail| ldap_name(Attribute::Detail(*detail)));
    let custom = Slot::ALL.iter().map(|slot| slot.ldap_name());
    ATTRIBUTES.into_iter().chain(details).chain(custom).chain([marker]).collect()
}

/// The directory's attribute for one of ours; none for those that are not one
/// plain text attribute.
pub(crate) fn ldap_name(attribute: Attribute) -> Option<&'static str> {
    Some(match attribute {
        Attribute::LogonName => "sAMAccountName",
        Attribute::PrincipalName => "userPrincipalName",
        Attribute::GivenName => "givenName",
        Attribute::Surname => "sn",
        Attribute::DisplayName => "displayName",
        Attribute::Mail => "mail",
        Attribute::Phone => "telephoneNumber",
        Attribute::Title => "title",
        Attribute::Department => "department",
        Attribute::Manager => "manager",
        Attribute::Owner => "managedBy",
        Attribute::Description => "description",
        Attribute::GroupKind => "groupType",
        Attribute::Detail(detail) => return detail_name(detail),
        Attribute::Custom(slot) => slot.ldap_name(),
        Attribute::Name
        | Attribute::Enabled
        | Attribute::Readers
        | Attribute::Locked
        | Attribute::PasswordExpired => return None,
    })
}

/// The directory's attribute of a detail (MS-ADA1 to MS-ADA3); none for what it does not show.
fn detail_name(detail: Detail) -> Option<&'static str> {
    Some(match detail {
        Detail::Initials => "initials",
        Detail::Mobile => "mobile",
        Detail::HomePhone => "homePhone",
        Detail::Fax => "facsimileTelephoneNumber",
        Detail::Pager => "pager",
        Detail::IpPhone => "ipPhone",
        Detail::Aliases => "proxyAddresses",
        Detail::Office => "physicalDeliveryOfficeName",
        Detail::Company => "company",
        Detail::EmployeeId => "employeeID",
        Detail::EmployeeType => "employeeType",
        Detail::Street => "streetAddress",
        Detail::PoBox => "postOfficeBox",
        Detail::PostalCode => "postalCode",
        Detail::City => "l",
        Detail::Region => "st",
        Detail::Country => "c",
        Detail::WebPage => "wWWHomePage",
        Detail::Notes => "info",
        Detail::ProfilePath => "profilePath",
        Detail::LogonScript => "scriptPath",
        Detail::HomeFolder => "homeDirectory",
        Detail::HomeDrive => "homeDrive",
        Detail::LogonHours => "logonHours",
        Detail::ExpiresAt => "accountExpires",
        Detail::ExternalId => return None,
    })
}

/// The values of an attribute as the directory keeps them.
pub(crate) fn ldap_values(attribute: Attribute, value: &str) -> Vec<Vec<u8>> {
    let text = match attribute {
        Attribute::Detail(Detail::Aliases) => {
            return value.split(' ').map(|mail| format!("{ALIAS}{mail}").into_bytes()).collect();
        }
        Attribute::GroupKind => group_type(value).to_owned(),
        Attribute::Detail(Detail::LogonHours) => {
            return hours::to_bytes(value).map(|bytes| bytes.to_vec()).into_iter().collect();
        }
        Attribute::Detail(Detail::ExpiresAt) => {
            value.parse().map_or_else(|_| NEVER.to_owned(), |at| filetime(at).to_string())
        }
        // Links are written by id, as members are (MS-ADTS 3.1.1.3.1.2.4).
        link if link.is_link() => value.parse().map_or_else(|_| value.to_owned(), dn::by_id),
        _ => value.to_owned(),
    };
    vec![text.into_bytes()]
}

/// `groupType` of a global group (MS-ADTS 2.2.12: `ADS_GROUP_TYPE_GLOBAL_GROUP`,
/// with `ADS_GROUP_TYPE_SECURITY_ENABLED` as the sign).
pub(crate) fn group_type(kind: &str) -> &'static str {
    match GroupKind::from_code(kind) {
        Some(GroupKind::Distribution) => "2",
        _ => "-2147483646",
    }
}

/// What a group is, with its scope if that is not ours: somebody changed it then.
fn group_kind(bits: i32) -> String {
    let kind = if bits < 0 { GroupKind::Security } else { GroupKind::Distribution };
    match bits & 0xE {
        2 => kind.code().to_owned(),
        4 => format!("{}, domain local", kind.code()),
        8 => format!("{}, universal", kind.code()),
        other => format!("{}, scope {other}", kind.code()),
    }
}

/// What marks a further address; the first one bears it in capitals, and other
/// kinds of address have words of their own. Those belong to somebody else.
const ALIAS: &str = "smtp:";
/// An account that does not expire (MS-ADA1 2.4: 0 or the highest number).
pub(crate) const NEVER: &str = "0";

/// Our attribute for one of the directory's, if it is one we manage.
pub(crate) fn our_name(ldap: &str) -> Option<Attribute> {
    use Attribute as A;
    let plain = PLAIN
        .into_iter()
        .chain([A::Manager, A::Owner])
        .find(|a| ldap_name(*a).is_some_and(|n| n.eq_ignore_ascii_case(ldap)));
    let named = |d: &&Detail| detail_name(**d).is_some_and(|n| n.eq_ignore_ascii_case(ldap));
    let detail = || Detail::ALL.iter().find(named).map(|detail| A::Detail(*detail));
    let custom = || Slot::ALL.iter().find(|slot| slot.ldap_name().eq_ignore_ascii_case(ldap));
    plain.or_else(detail).or_else(|| custom().map(|slot| A::Custom(*slot))).or_else(|| {
        match ldap.to_ascii_lowercase().as_str() {
            "cn" | "ou" | "name" => Some(A::Name),
            "useraccountcontrol" => Some(A::Enabled),
            "lockouttime" => Some(A::Locked),
            "grouptype" => Some(A::GroupKind),
            "pwdlastset" => Some(A::PasswordExpired),
            "ntsecuritydescriptor" => Some(A::Readers),
            _ => None,
        }
    })
}

const PLAIN: [Attribute; 10] = [
    Attribute::LogonName,
    Attribute::PrincipalName,
    Attribute::GivenName,
    Attribute::Surname,
    Attribute::DisplayName,
    Attribute::Mail,
    Attribute::Phone,
    Attribute::Title,
    Attribute::Department,
    Attribute::Description,
];

/// One entry of a search result.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its name as the directory prints it.
    pub(crate) dn: String,
    values: HashMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    pub(crate) fn new(result: ResultEntry) -> Self {
        let entry = SearchEntry::construct(result);
        let text = entry.attrs.into_iter().map(|(name, values)| {
            (name.to_ascii_lowercase(), values.into_iter().map(String::into_bytes).collect())
        });
        let binary = entry.bin_attrs.into_iter().map(|(name, values)| (name.to_ascii_lowercase(), values));
        Self { dn: dn::plain(&entry.dn).to_owned(), values: text.chain(binary).collect() }
    }

    /// All values of an attribute.
    pub(crate) fn all(&self, attribute: &str) -> &[Vec<u8>] {
        self.values.get(&attribute.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The first value as bytes.
    pub(crate) fn bytes(&self, attribute: &str) -> Option<&[u8]> {
        self.all(attribute).first().map(Vec::as_slice)
    }

    /// The values of an attribute that was asked for in a range, and where to go
    /// on if there are more (MS-ADTS 3.1.1.3.1.3.3: `member;range=0-1499`, at the end `-*`).
    pub(crate) fn ranged(&self, attribute: &str) -> (&[Vec<u8>], Option<usize>) {
        let prefix = format!("{};range=", attribute.to_ascii_lowercase());
        let ranged =
            self.values.iter().find_map(|(name, values)| Some((name.strip_prefix(&prefix)?, values)));
        match ranged {
            Some((range, values)) => {
                let last = range.split_once('-').and_then(|(_, last)| last.parse::<usize>().ok());
                (values, last.map(|last| last + 1).filter(|_| !values.is_empty()))
            }
            None => (self.all(attribute), None),
        }
    }

    pub(crate) fn is_group(&self) -> bool {
        self.kind() == Some(ObjectKind::Group)
    }

    /// The first value as text.
    pub(crate) fn text(&self, attribute: &str) -> Option<&str> {
        self.bytes(attribute).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// The first value as an id (MS-DTYP 2.3.4.2).
    pub(crate) fn id(&self, attribute: &str) -> Option<Uuid> {
        self.bytes(attribute)?.try_into().ok().map(Uuid::from_bytes_le)
    }

    /// The first value as a number.
    pub(crate) fn number<N: std::str::FromStr>(&self, attribute: &str) -> Option<N> {
        self.text(attribute)?.parse().ok()
    }

    /// The entry in the product's words. `expected` is the kind that was looked
    /// for: what an object of a class of no kind of ours is reported as.
    pub(crate) fn observed(&self, marker: &str, expected: ObjectKind) -> Option<Observed> {
        let kind = self.kind().unwrap_or(expected);
        let external_id = self.id("objectGUID")?;
        let sid = self.bytes("objectSid").and_then(Sid::read).map(|(sid, _)| sid.to_string());
        Some(Observed {
            address: Address { external_id, dn: self.dn.clone() },
            parent_dn: dn::parent(&self.dn).to_owned(),
            marker: self.text(marker).and_then(|text| text.parse::<ObjectId>().ok()),
            kind,
            attributes: self.attributes(kind).collect(),
            security_id: sid.filter(|_| kind != ObjectKind::Container),
            password_set_at: self.number("pwdLastSet").and_then(timestamp),
            locked_at: self.number("lockoutTime").and_then(timestamp),
            changed_at: self.text("whenChanged").and_then(generalized_time),
            present_members: Vec::new(),
        })
    }

    fn attributes(&self, kind: ObjectKind) -> impl Iterator<Item = (Attribute, String)> + '_ {
        let managed = move |attribute: &Attribute| match kind {
            ObjectKind::User => *attribute != Attribute::Description,
            ObjectKind::Group => {
                matches!(attribute, Attribute::LogonName | Attribute::Description | Attribute::Mail)
            }
            ObjectKind::Container => *attribute == Attribute::Description,
            ObjectKind::Access => false,
        };
        let plain = PLAIN.into_iter().filter(managed).filter_map(|attribute| {
            let value = self.text(ldap_name(attribute)?)?;
            Some((attribute, value.to_owned()))
        });
        let link = match kind {
            ObjectKind::User => Some(Attribute::Manager),
            ObjectKind::Group => Some(Attribute::Owner),
            ObjectKind::Container | ObjectKind::Access => None,
        };
        let links = link.into_iter().filter_map(|link| {
            let id = dn::id_before(self.text(ldap_name(link)?)?)?;
            Some((link, id.to_string()))
        });
        let name = self.text("name").map(|name| (Attribute::Name, name.to_owned()));
        let control = self.number::<u32>("userAccountControl").filter(|_| kind == ObjectKind::User);
        let enabled = control.map(|bits| (Attribute::Enabled, (bits & ACCOUNT_DISABLED == 0).to_string()));
        let group = self.number::<i32>("groupType").filter(|_| kind == ObjectKind::Group);
        let group = group.map(|bits| (Attribute::GroupKind, group_kind(bits)));
        let of_kind = move |detail: &&Detail| match kind {
            ObjectKind::User => true,
            ObjectKind::Group => **detail == Detail::Aliases,
            ObjectKind::Container | ObjectKind::Access => false,
        };
        let of_people = Detail::ALL.iter().filter(of_kind);
        let details = of_people.filter_map(|d| Some((Attribute::Detail(*d), self.detail(*d)?)));
        let custom = Slot::ALL.iter().filter(move |_| kind == ObjectKind::User);
        let custom = custom.filter_map(|slot| Some((Attribute::Custom(*slot), self.custom(*slot)?)));
        plain.chain(links).chain(name).chain(enabled).chain(group).chain(details).chain(custom)
    }

    /// Some of these attributes can have several values, of which we write one: what
    /// somebody added shows as a difference.
    fn custom(&self, slot: Slot) -> Option<String> {
        let texts = self.all(slot.ldap_name()).iter().filter_map(|value| std::str::from_utf8(value).ok());
        let mut texts: Vec<_> = texts.collect();
        texts.sort_unstable();
        (!texts.is_empty()).then(|| texts.join("; "))
    }

    fn detail(&self, detail: Detail) -> Option<String> {
        let name = detail_name(detail)?;
        match detail {
            Detail::Aliases => {
                let texts = self.all(name).iter().filter_map(|value| std::str::from_utf8(value).ok());
                let mut mails: Vec<_> = texts.filter_map(|text| text.strip_prefix(ALIAS)).collect();
                mails.sort_unstable();
                (!mails.is_empty()).then(|| mails.join(" "))
            }
            Detail::LogonHours => hours::of_bytes(self.bytes(name)?),
            Detail::ExpiresAt => self.number(name).and_then(timestamp).map(|at| at.to_string()),
            _ => self.text(name).map(str::to_owned),
        }
    }

    fn kind(&self) -> Option<ObjectKind> {
        let is =
            |class: &str| self.all("objectClass").iter().any(|c| c.eq_ignore_ascii_case(class.as_bytes()));
        if is("organizationalUnit") {
            Some(ObjectKind::Container)
        } else if is("group") {
            Some(ObjectKind::Group)
        } else if is("user") {
            Some(ObjectKind::User)
        } else {
            None
        }
    }
}

const MICROSECONDS_1601_TO_1970: i64 = 11_644_473_600_000_000;

/// To 100 ns since 1601 (MS-DTYP 2.3.3).
fn filetime(at: Timestamp) -> i64 {
    at.as_microsecond().saturating_add(MICROSECONDS_1601_TO_1970).saturating_mul(10)
}

/// From 100 ns since 1601 (MS-DTYP 2.3.3) to microseconds; 0 means "never".
fn timestamp(filetime: i64) -> Option<Timestamp> {
    let set = (filetime > 0).then_some(filetime / 10)?;
    Timestamp::from_microsecond(set - MICROSECONDS_1601_TO_1970).ok()
}

/// `20260302080000.0Z` (X.680 generalized time, as MS-ADTS 3.1.1.3.1.1 gives it: whole seconds, UTC).
pub(crate) fn generalized_time(text: &str) -> Option<Timestamp> {
    let digits = text.get(..14).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let (date, time) = digits.split_at(8);
    format!("{date}T{time}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_change_is_read() {
        let at = generalized_time("20260302081530.0Z").expect("a time");
        assert_eq!(at.to_string(), "2026-03-02T08:15:30Z");
        assert_eq!(generalized_time("2026"), None);
        assert_eq!(generalized_time("20261399999999.0Z"), None);
    }

    #[test]
    fn the_directorys_clock_becomes_ours() {
        let at = timestamp(133_485_408_000_000_000).expect("a time");
        assert_eq!(at.to_string(), "2024-01-01T00:00:00Z");
        assert_eq!(filetime(at), 133_485_408_000_000_000);
        assert_eq!(timestamp(0), None);
        assert_eq!(timestamp(i64::MAX), None);
    }

    #[test]
    fn every_managed_attribute_is_found_again_by_the_directorys_name() {
        for attribute in PLAIN {
            assert_eq!(ldap_name(attribute).and_then(our_name), Some(attribute));
        }
        assert_eq!(our_name("userAccountControl"), Some(Attribute::Enabled));
        for detail in Detail::ALL.iter().filter(|detail| detail.is_in_directory()) {
            let name = detail_name(*detail).expect("a directory shows it");
            assert_eq!(our_name(name), Some(Attribute::Detail(*detail)));
        }
        for slot in Slot::ALL {
            assert_eq!(our_name(slot.ldap_name()), Some(Attribute::Custom(*slot)), "of one owner alone");
        }
    }
}
