//! What a column can mean, with the stable code of each.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{custom::Definition, person::Detail};

/// What a column of somebody's file means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The principal name.
    PrincipalName,
    /// A login: with an `@` the principal name, without one the log-on name. In a file of
    /// our own the part of the principal name before the `@`.
    UserName,
    /// `sAMAccountName`.
    LogonName,
    /// What stands before the `@` of the principal name; [`Column::MailDomain`] has the rest.
    MailNickname,
    /// The domain of the principal name.
    MailDomain,
    /// Given name.
    GivenName,
    /// Surname.
    Surname,
    /// Name as shown.
    DisplayName,
    /// A password. It is never shown; where the customer allows it, it is sealed as the first one.
    Password,
    /// Whether the account may log on.
    Enabled,
    /// The same the other way round: sign-in is blocked.
    Disabled,
    /// The same as bits (`userAccountControl`: 512 may log on, 514 may not).
    ControlFlags,
    /// Whether the password has to be changed at the next log-on (also `pwdLastSet`: 0).
    MustChange,
    /// Mail address.
    Mail,
    /// Job title.
    Title,
    /// Department.
    Department,
    /// Telephone number.
    Phone,
    /// What else is known of a person.
    Detail(Detail),
    /// Who manages the person: a principal name, log-on name, display name or distinguished name.
    Manager,
    /// Groups by name or distinguished name.
    Groups,
    /// Codes of plans.
    Plans,
    /// Codes of bundles.
    Bundles,
    /// Roles, ours or those of the panel the file comes from.
    Roles,
    /// Licences and services of another system, as it calls them.
    Services,
    /// The container in a directory. Where accounts lie is decided here, so it is not read.
    Place,
    /// A custom field, by key.
    Field(String),
    /// Nothing that is read.
    Ignored,
}

/// Everything but details and custom fields, in the order of pages and documents.
static PLAIN: [(Column, &str); 25] = [
    (Column::PrincipalName, "principal_name"),
    (Column::UserName, "user_name"),
    (Column::LogonName, "logon_name"),
    (Column::MailNickname, "mail_nickname"),
    (Column::MailDomain, "mail_domain"),
    (Column::GivenName, "given_name"),
    (Column::Surname, "surname"),
    (Column::DisplayName, "display_name"),
    (Column::Password, "password"),
    (Column::Enabled, "enabled"),
    (Column::Disabled, "disabled"),
    (Column::ControlFlags, "control_flags"),
    (Column::MustChange, "must_change_password"),
    (Column::Mail, "mail"),
    (Column::Title, "title"),
    (Column::Department, "department"),
    (Column::Phone, "phone"),
    (Column::Manager, "manager"),
    (Column::Groups, "groups"),
    (Column::Plans, "plans"),
    (Column::Bundles, "bundles"),
    (Column::Roles, "roles"),
    (Column::Services, "services"),
    (Column::Place, "place"),
    (Column::Ignored, "ignored"),
];

/// What stands before the key of a custom field.
const FIELD: &str = "field.";

impl Column {
    /// Everything a column can mean where these custom fields hold.
    #[must_use]
    pub fn all(fields: &[Definition]) -> Vec<Self> {
        let plain = PLAIN.iter().map(|(column, _)| column.clone()).filter(|column| *column != Self::Ignored);
        let details = Detail::ALL.iter().copied().map(Self::Detail);
        let fields = fields.iter().filter(|field| field.retired_at.is_none());
        let fields = fields.map(|field| Self::Field(field.key.clone()));
        plain.chain(details).chain(fields).chain([Self::Ignored]).collect()
    }

    /// The stable code: what stands in files of our own, in mappings, in errors.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Detail(detail) => detail.code().to_owned(),
            Self::Field(key) => format!("{FIELD}{key}"),
            plain => {
                let code = PLAIN.iter().find(|(column, _)| column == plain).map(|(_, code)| *code);
                code.unwrap_or_default().to_owned()
            }
        }
    }

    /// The column with this code. Whether a custom field exists is not asked.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        if let Some(key) = code.strip_prefix(FIELD) {
            return (!key.is_empty()).then(|| Self::Field(key.to_owned()));
        }
        let plain = PLAIN.iter().find(|(_, known)| *known == code).map(|(column, _)| column.clone());
        plain.or_else(|| Detail::from_code(code).map(Self::Detail))
    }

    /// Whether several columns can mean it together.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        matches!(
            self,
            Self::Groups
                | Self::Plans
                | Self::Bundles
                | Self::Roles
                | Self::Services
                | Self::Detail(Detail::Aliases)
        )
    }

    /// Whether nothing of its cells is read.
    #[must_use]
    pub const fn is_unread(&self) -> bool {
        matches!(self, Self::Ignored | Self::Place | Self::Password)
    }

    /// Whether a number loses something there: zeros at the front, or digits at the end.
    #[must_use]
    pub const fn is_digits(&self) -> bool {
        use Detail as D;
        matches!(
            self,
            Self::Phone
                | Self::LogonName
                | Self::UserName
                | Self::MailNickname
                | Self::Detail(
                    D::Mobile
                        | D::HomePhone
                        | D::Fax
                        | D::Pager
                        | D::IpPhone
                        | D::PostalCode
                        | D::PoBox
                        | D::EmployeeId
                        | D::ExternalId
                )
        )
    }

    /// Whether somebody can have several of which one is the first: telephones, mail.
    #[must_use]
    pub const fn has_first(&self) -> bool {
        use Detail as D;
        matches!(
            self,
            Self::Phone
                | Self::Mail
                | Self::Detail(D::Mobile | D::HomePhone | D::Fax | D::Pager | D::IpPhone | D::WebPage)
        )
    }
}

/// The headings of a file that says everything there is of people, for
/// [`super::recognise()`] to know again. Passwords are not in it.
#[must_use]
pub fn own_headings(fields: &[Definition]) -> Vec<String> {
    let unsaid = |column: &Column| {
        matches!(
            column,
            Column::UserName
                | Column::MailNickname
                | Column::MailDomain
                | Column::Password
                | Column::Disabled
                | Column::ControlFlags
                | Column::MustChange
                | Column::Services
                | Column::Place
                | Column::Ignored
        )
    };
    Column::all(fields).iter().filter(|column| !unsaid(column)).map(Column::code).collect()
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.code())
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code)
            .ok_or_else(|| serde::de::Error::custom(format!("\"{code}\" is no meaning of a column")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_column_has_a_code_of_its_own_and_comes_back_from_it() {
        let mut codes = BTreeSet::new();
        for column in Column::all(&[]).into_iter().chain([Column::Field("cost_centre".to_owned())]) {
            let code = column.code();
            assert_eq!(Column::from_code(&code), Some(column.clone()), "{code}");
            let json = serde_json::to_string(&column).expect("a text");
            assert_eq!(serde_json::from_str::<Column>(&json).expect("read"), column);
            assert!(codes.insert(code.clone()), "{code} stands for two");
        }
        assert_eq!(codes.len(), PLAIN.len() + Detail::ALL.len() + 1);
        for wrong in ["", "field.", "shoe_size", "Given_Name"] {
            assert_eq!(Column::from_code(wrong), None, "{wrong}");
            assert!(serde_json::from_str::<Column>(&format!("\"{wrong}\"")).is_err());
        }
    }
}
