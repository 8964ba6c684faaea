//! What an account shows, as what we keep of a person; and the wish that the
//! account stay exactly as it is.

use std::collections::BTreeMap;

use crate::{
    field::{FieldError, Rule},
    id::ObjectId,
    limits, names,
    person::{Detail, Details},
    spec::{Attribute, UserSpec},
};

/// What is kept of a person, by the same rules as if somebody had typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// Given name.
    pub given_name: Option<String>,
    /// Surname.
    pub surname: Option<String>,
    /// Name as shown.
    pub display_name: String,
    /// `user@suffix`, in lower case.
    pub principal_name: String,
    /// Log-on name, in lower case.
    pub logon_name: String,
    /// Mail address.
    pub mail: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Whether the account may log on.
    pub enabled: bool,
    /// What else is known.
    pub details: Details,
}

impl Values {
    /// The domain of the principal name.
    #[must_use]
    pub fn suffix(&self) -> Option<&str> {
        self.principal_name.rsplit_once('@').map(|(_, suffix)| suffix)
    }
}

/// Reads what an account shows. A value that cannot be kept is refused and not
/// left out: with the next change of the person it would be lost.
pub fn values(attributes: &BTreeMap<Attribute, String>) -> Result<Values, FieldError> {
    let text = |attribute: Attribute| attributes.get(&attribute).map(String::as_str);
    let needed = |attribute: Attribute| {
        text(attribute).ok_or_else(|| FieldError::new(attribute.code(), Rule::Required))
    };
    let line = |attribute: Attribute, max| names::optional_line(attribute.code(), text(attribute), max);
    let principal = needed(Attribute::PrincipalName)?;
    let display = match text(Attribute::DisplayName) {
        Some(shown) => shown,
        None => needed(Attribute::Name)?,
    };
    let mail = text(Attribute::Mail).map(|mail| names::mail(Attribute::Mail.code(), mail));
    let mut details = Details::new();
    for detail in Detail::ALL.iter().copied().filter(|detail| detail.is_in_directory()) {
        let Some(shown) = text(Attribute::Detail(detail)) else { continue };
        details.extend(detail.parse(detail.code(), shown)?.map(|value| (detail, value)));
    }
    Ok(Values {
        given_name: line(Attribute::GivenName, limits::PERSON_NAME_CHARS)?,
        surname: line(Attribute::Surname, limits::PERSON_NAME_CHARS)?,
        display_name: names::display_name(Attribute::DisplayName.code(), display)?,
        principal_name: names::principal_name(Attribute::PrincipalName.code(), principal)?,
        logon_name: names::logon_name(Attribute::LogonName.code(), needed(Attribute::LogonName)?)?,
        mail: mail.transpose()?,
        phone: line(Attribute::Phone, limits::ATTRIBUTE_CHARS)?,
        title: line(Attribute::Title, limits::ATTRIBUTE_CHARS)?,
        department: line(Attribute::Department, limits::ATTRIBUTE_CHARS)?,
        enabled: text(Attribute::Enabled) == Some("true"),
        details,
    })
}

/// The wish that an account in `parent` stay exactly as it shows itself.
#[must_use]
pub fn user_spec(attributes: &BTreeMap<Attribute, String>, parent: ObjectId) -> UserSpec {
    let text = |attribute: Attribute| attributes.get(&attribute).cloned();
    // What is absent stays absent: an empty wish and no value are the same.
    let word = |attribute: Attribute| text(attribute).unwrap_or_default();
    let details = Detail::ALL.iter().filter_map(|d| Some((*d, text(Attribute::Detail(*d))?)));
    UserSpec {
        parent,
        name: word(Attribute::Name),
        logon_name: word(Attribute::LogonName),
        principal_name: word(Attribute::PrincipalName),
        given_name: text(Attribute::GivenName),
        surname: text(Attribute::Surname),
        display_name: word(Attribute::DisplayName),
        mail: text(Attribute::Mail),
        phone: text(Attribute::Phone),
        title: text(Attribute::Title),
        department: text(Attribute::Department),
        // Whom it refers to stands in the directory as its own id. Whoever knows who that
        // is of ours says so; otherwise it stays.
        manager: None,
        foreign_manager: attributes.contains_key(&Attribute::Manager),
        enabled: word(Attribute::Enabled) == "true",
        details: details.collect(),
        service_details: Details::new(),
        slots: crate::custom::Slots::new(),
        unlocked_at: None,
        password_expired_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plan::{Plan, Want, plan},
        spec::{Address, ObjectKind, Observed, Spec},
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        /// The reason for all of this: taking over changes nothing.
        #[test]
        fn what_is_wanted_of_an_account_is_what_it_shows(
            shown in proptest::collection::btree_map(0..40_usize, "[ -~]{1,12}", 0..20), enabled: bool,
        ) {
            let all: Vec<_> = Attribute::compared()
                .filter(|a| !matches!(a, Attribute::Enabled | Attribute::Readers | Attribute::Description))
                .collect();
            let mut attributes: BTreeMap<_, _> =
                shown.into_iter().filter_map(|(n, text)| Some((*all.get(n)?, text))).collect();
            attributes.insert(Attribute::Name, "x".to_owned());
            attributes.insert(Attribute::Enabled, enabled.to_string());
            let (object, id) = (ObjectId::from_uuid(Uuid::from_u128(1)), Uuid::from_u128(2));
            let parent = ObjectId::from_uuid(Uuid::from_u128(3));
            let spec = Spec::User(user_spec(&attributes, parent));
            let have = Observed {
                address: Address { external_id: id, dn: "CN=x,OU=acme".to_owned() },
                parent_dn: "OU=acme".to_owned(),
                marker: Some(object),
                kind: ObjectKind::User,
                attributes,
                security_id: None,
                password_set_at: None,
                locked_at: None,
                changed_at: None,
                present_members: vec![],
            };
            let place = Address { external_id: Uuid::from_u128(4), dn: "OU=Acme".to_owned() };
            let want = Want {
                object,
                kind: ObjectKind::User,
                spec: Some(&spec),
                parent: Some(place),
                container: None,
                links: BTreeMap::new(),
                readers: vec![],
                guarded: std::collections::BTreeSet::new(),
                known: Some(id),
            };
            prop_assert_eq!(plan(&want, Some(&have)), Plan::Nothing);
        }

        #[test]
        fn no_account_panics(text in "\\PC{0,70}") {
            let all = Attribute::compared().map(|a| (a, text.clone()));
            let _ = values(&all.collect());
        }
    }
}
