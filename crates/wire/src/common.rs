//! What many answers share: pages, money, and how far provisioning is.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// Declares an enum of stable codes with `code`, `from_code` and `ALL`.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// Every value, in the order in which they are explained.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code, as it stands in JSON.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The value with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.code() == code)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.code())
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// How far one object is on its way to being true in its directory.
    ///
    /// `requested`: waits for its turn. `running`: a worker is at it.
    /// `verified`: read back from the directory, done. `failed`: a person has
    /// to do something, see `problem`. `drifted`: was done, and somebody
    /// changed it in the directory. `parked`: the directory is away; goes on by
    /// itself. `superseded`: a later request wants something else.
    ProvisioningState {
        /// Waits for its turn.
        Requested = "requested",
        /// A worker is at it.
        Running = "running",
        /// Read back from the directory: done.
        Verified = "verified",
        /// A person has to do something; see `problem`.
        Failed = "failed",
        /// Was done, and somebody changed it in the directory.
        Drifted = "drifted",
        /// The directory is away; goes on by itself.
        Parked = "parked",
        /// A later request wants something else of the same object.
        Superseded = "superseded",
    }
}

/// How far the last change of an entity is on its way to the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Provisioning {
    /// State of the entity's least finished object.
    pub state: ProvisioningState,
    /// Number of the desired state; grows by one with each change.
    #[schema(example = 7)]
    pub generation: i64,
    /// Id of the request that made the last change, to be followed at
    /// `/requests/{id}`. None when nothing was ever requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub request: Option<String>,
    /// What stands in the way, when `state` is `failed` or `parked`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// One page of a list, in a stable order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The entries of this page.
    pub items: Vec<T>,
    /// Give this as `after` to read the next page; null on the last one. The
    /// text is opaque: do not take it apart.
    #[serde(default)]
    pub next: Option<String>,
}

/// Which part of a list to answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// An amount of money in the smallest unit of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Money {
    /// Smallest units, as cents or øre. Never a fraction.
    #[schema(example = 4900)]
    pub minor: i64,
    /// ISO 4217 code, three upper-case letters.
    #[schema(example = "EUR")]
    pub currency: String,
}

/// A link that lets a person choose a password, once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivationLink {
    /// The address to hand to the person. Whoever has it can choose the
    /// password, so send it by a safe way. It is shown only in this answer.
    #[schema(example = "https://portal.example.com/activate/wv3kq0n8x1…")]
    pub link: String,
    /// When the link stops working. RFC 3339, UTC.
    #[schema(format = DateTime, example = "2026-03-09T10:00:00.000000Z")]
    pub expires_at: String,
}

impl std::fmt::Debug for ActivationLink {
    // The link is as good as the password: it must not reach a log by accident.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActivationLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A tenant, as far as others name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantRef {
    /// Id of the tenant.
    #[schema(example = "ten_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Its immutable short name.
    #[schema(example = "acme")]
    pub code: String,
    /// Its display name.
    #[schema(example = "Acme GmbH")]
    pub name: String,
}

/// A person, as far as others name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserRef {
    /// Id of the user.
    #[schema(example = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// The name as shown.
    #[schema(example = "Anna Berg")]
    pub display_name: String,
    /// User principal name: what the person signs in with.
    #[schema(example = "anna.berg@acme.example")]
    pub principal_name: String,
}

/// Reads a field of a `PATCH` body that can be cleared: absent means leave as
/// it is, null or empty text means clear (RFC 7396, JSON merge patch).
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three different things in a merge patch"
)]
pub(crate) fn clearable<'de, D: serde::Deserializer<'de>>(
    input: D,
) -> Result<Option<Option<String>>, D::Error> {
    Ok(Some(Option::<String>::deserialize(input)?.filter(|text| !text.trim().is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{requests::RequestState, users::UserUpdate};

    #[test]
    fn a_code_is_what_stands_in_json() {
        for state in RequestState::ALL {
            assert_eq!(serde_json::to_value(state).expect("a text"), state.code());
            assert_eq!(RequestState::from_code(state.code()), Some(*state));
        }
        assert_eq!(RequestState::from_code("done"), None);
    }

    #[test]
    fn a_patch_tells_absent_from_null() {
        let update: UserUpdate =
            serde_json::from_str(r#"{"mail": null, "phone": " ", "title": "CFO"}"#).expect("valid");
        assert_eq!(update.mail, Some(None), "null clears");
        assert_eq!(update.phone, Some(None), "blank clears");
        assert_eq!(update.title, Some(Some("CFO".to_owned())));
        assert_eq!(update.department, None, "absent stays");
        let sent = serde_json::to_string(&update).expect("JSON");
        assert_eq!(sent, r#"{"mail":null,"phone":null,"title":"CFO"}"#);
    }

    #[test]
    fn an_activation_link_is_not_printed() {
        let link = ActivationLink { link: "https://x/secret".to_owned(), expires_at: "2026".to_owned() };
        assert!(!format!("{link:?}").contains("secret"));
    }
}
