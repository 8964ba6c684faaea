//! Where a directory can show custom fields: a closed list.

use std::collections::BTreeMap;

/// What a directory should show of custom fields: an attribute that is not named is
/// not ours to touch, one without a value should be empty.
pub type Slots = BTreeMap<Slot, Option<String>>;

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $ldap:literal, $chars:literal;)*) => {
        /// An attribute of people's accounts that a custom field can be written to.
        ///
        /// A list of what is allowed, not of what is forbidden: an attribute that is
        /// forgotten here cannot be written, and one that means something to the
        /// directory (`userAccountControl`, `member`, `servicePrincipalName`,
        /// `altSecurityIdentities`, `objectClass`, `userParameters`, `uid`,
        /// `msDS-AllowedToDelegateTo`, …) never gets here by a mistake in a pattern.
        /// On it are attributes of the class *user* that hold text, that no part of
        /// the directory acts on, that the product manages in no other way, and that
        /// people cannot write on their own account by the directory's default rights
        /// (which is why `url` and `homePostalAddress` are not on it).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Slot { $($(#[$doc])* $name,)* }

        impl Slot {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The name of the attribute in a directory.
            #[must_use]
            pub const fn ldap_name(self) -> &'static str {
                match self { $(Self::$name => $ldap,)* }
            }

            /// Characters it takes: the `rangeUpper` of MS-ADA1 to MS-ADA3, cut to what
            /// fits on a page where that is more.
            #[must_use]
            pub const fn max_chars(self) -> u32 {
                match self { $(Self::$name => $chars,)* }
            }
        }
    };
}

slots! {
    /// RFC 2798: identifies the vehicles of a person.
    CarLicense = "car_license", "carLicense", 128;
    /// MS-ADA1: a comment of the user; shown nowhere by Windows.
    Comment = "comment", "comment", 256;
    /// RFC 2798: identifies a department.
    DepartmentNumber = "department_number", "departmentNumber", 128;
    /// MS-ADA1: the division of the user.
    Division = "division", "division", 256;
    /// RFC 2798: a number of the person at the organisation, beside `employeeID`.
    EmployeeNumber = "employee_number", "employeeNumber", 256;
    /// X.520: the part of a name that tells generations apart, as Jr.
    GenerationQualifier = "generation_qualifier", "generationQualifier", 64;
    /// MS-ADA2: names between the first and the last.
    MiddleName = "middle_name", "middleName", 64;
    /// MS-ADA3: the title before a name.
    PersonalTitle = "personal_title", "personalTitle", 64;
    /// RFC 2798: the language of the person, written or spoken.
    PreferredLanguage = "preferred_language", "preferredLanguage", 128;
    /// RFC 4524: the number of a room.
    RoomNumber = "room_number", "roomNumber", 128;
    /// MS-ADA2: for whatever an organisation wants; needs the schema of Windows
    /// Server 2012, as the following.
    Extension1 = "extension1", "msDS-cloudExtensionAttribute1", 256;
    /// See the first.
    Extension2 = "extension2", "msDS-cloudExtensionAttribute2", 256;
    /// See the first.
    Extension3 = "extension3", "msDS-cloudExtensionAttribute3", 256;
    /// See the first.
    Extension4 = "extension4", "msDS-cloudExtensionAttribute4", 256;
    /// See the first.
    Extension5 = "extension5", "msDS-cloudExtensionAttribute5", 256;
    /// See the first.
    Extension6 = "extension6", "msDS-cloudExtensionAttribute6", 256;
    /// See the first.
    Extension7 = "extension7", "msDS-cloudExtensionAttribute7", 256;
    /// See the first.
    Extension8 = "extension8", "msDS-cloudExtensionAttribute8", 256;
    /// See the first.
    Extension9 = "extension9", "msDS-cloudExtensionAttribute9", 256;
    /// See the first.
    Extension10 = "extension10", "msDS-cloudExtensionAttribute10", 256;
}

impl Slot {
    /// The attribute with this stored name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|slot| slot.code() == code)
    }
}

impl serde::Serialize for Slot {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Slot {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        Self::from_code(&code).ok_or_else(|| serde::de::Error::custom(format_args!("no attribute {code}")))
    }
}
