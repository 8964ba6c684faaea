//! Whose file it is, seen from its headings as a whole: one word means two things
//! in files of two vendors.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Column, cell::DateOrder, heading::Heading};

/// Where a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Our own: codes as headings. What is blank in it is to be empty.
    Own,
    /// Atria, and CPSM before it.
    Cpsm,
    /// The Microsoft 365 admin center: its template and its export of people.
    Microsoft365,
    /// Entra ID: bulk create, and the export of people.
    Entra,
    /// `ADManager` Plus, and whatever else writes names of LDAP attributes.
    AdManager,
    /// LDAP Account Manager.
    Lam,
    /// `FusionDirectory`, and other files without headings.
    FusionDirectory,
    /// UCS@school.
    Ucs,
    /// CIPP.
    Cipp,
    /// Anything else with headings.
    Other,
}

/// The headings of the template of Microsoft 365. It may be in any language, and in no other order.
pub(super) const MICROSOFT_ORDER: [Column; 15] = {
    use crate::person::Detail as D;
    [
        Column::PrincipalName,
        Column::GivenName,
        Column::Surname,
        Column::DisplayName,
        Column::Title,
        Column::Department,
        Column::Detail(D::Office),
        Column::Phone,
        Column::Detail(D::Mobile),
        Column::Detail(D::Fax),
        Column::Detail(D::Street),
        Column::Detail(D::City),
        Column::Detail(D::Region),
        Column::Detail(D::PostalCode),
        Column::Detail(D::Country),
    ]
};

impl Profile {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Own,
        Self::Cpsm,
        Self::Microsoft365,
        Self::Entra,
        Self::AdManager,
        Self::Lam,
        Self::FusionDirectory,
        Self::Ucs,
        Self::Cipp,
        Self::Other,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Cpsm => "cpsm",
            Self::Microsoft365 => "microsoft365",
            Self::Entra => "entra",
            Self::AdManager => "ad_manager",
            Self::Lam => "lam",
            Self::FusionDirectory => "fusion_directory",
            Self::Ucs => "ucs",
            Self::Cipp => "cipp",
            Self::Other => "other",
        }
    }

    /// The profile with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.code() == code)
    }

    /// What separates the entries of a list in one cell: of these the first that the cell holds.
    #[must_use]
    pub const fn separators(self) -> &'static str {
        match self {
            Self::Own | Self::AdManager | Self::Lam => ";",
            Self::Microsoft365 => "+;",
            Self::FusionDirectory => "|",
            Self::Ucs | Self::Cpsm => ",",
            Self::Entra | Self::Cipp | Self::Other => ";|,",
        }
    }

    /// What comes first in a day written with `-` or `/`.
    #[must_use]
    pub const fn dates(self) -> DateOrder {
        match self {
            Self::AdManager => DateOrder::MonthFirst,
            Self::Lam | Self::Ucs => DateOrder::DayFirst,
            _ => DateOrder::Unsaid,
        }
    }

    /// Whose headings these are.
    pub(super) fn of(headings: &[Heading]) -> Self {
        let words: BTreeSet<_> = headings.iter().map(|h| h.folded.as_str()).collect();
        let has = |word: &str| words.contains(word);
        let count = |list: &[&str]| list.iter().filter(|word| words.contains(**word)).count();
        let tokens = headings.iter().filter(|h| h.is_token).count();
        if is_own(headings) {
            return Self::Own;
        }
        if tokens >= 2 && (has("userprincipalname") || has("displayname")) {
            return Self::Entra;
        }
        if headings.iter().any(|h| h.is_of_module) || (has("dnsuffix") && has("dnrdn")) {
            return Self::Lam;
        }
        if has("mailnickname") && has("domain") {
            return Self::Cipp;
        }
        if has("userprincipalname") && has("accountenabled") {
            return Self::Entra;
        }
        let template =
            ["officenumber", "officephone", "stateorprovince", "ziporpostalcode", "countryorregion"];
        let export =
            ["blockcredential", "licenses", "dirsyncenabled", "usagelocation", "softdeletiontimestamp"];
        if (has("username") && has("displayname") && count(&template) >= 2)
            || (has("userprincipalname") && count(&export) >= 2)
        {
            return Self::Microsoft365;
        }
        let school = ["recorduid", "sourceuid", "schoolclasses", "schule", "klasse", "klassen"];
        if has("recorduid") || has("sourceuid") || count(&school) >= 2 {
            return Self::Ucs;
        }
        let custom = words.iter().any(|word| word.starts_with("customfield"));
        let panel = has("firstname") && has("displayname") && (has("upn") || has("username"));
        if panel && (custom || has("location") || count(&["roles", "roles2", "roles3", "roles4"]) > 0) {
            return Self::Cpsm;
        }
        let ldap = [
            "givenname",
            "sn",
            "cn",
            "name",
            "samaccountname",
            "userprincipalname",
            "telephonenumber",
            "ouname",
            "templatename",
            "memberof",
            "useraccountcontrol",
            "pwdlastset",
            "physicaldeliveryofficename",
            "co",
        ];
        let alone =
            ["sn", "cn", "samaccountname", "ouname", "templatename", "memberof", "useraccountcontrol"];
        if count(&ldap) >= 3 && count(&alone) >= 1 {
            return Self::AdManager;
        }
        Self::Other
    }
}

/// Only what nobody else writes is taken for our own: nothing but our codes, to the letter, with
/// what people are known by. What is blank in such a file is emptied.
fn is_own(headings: &[Heading]) -> bool {
    let mut written = headings.iter().filter(|heading| !heading.text.is_empty()).peekable();
    written.peek().is_some()
        && written.all(|heading| Column::from_code(&heading.text).is_some())
        && headings.iter().any(|heading| heading.text == "principal_name")
}
