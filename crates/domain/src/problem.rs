//! Why something could not be made true, as a code from a closed catalogue
//! with arguments. A helpdesk must be able to act on every one of them.

use std::collections::BTreeMap;

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $cure:ident;)*) => {
        /// The catalogue. Codes are stable; texts are made where they are shown.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ProblemCode { $($(#[$doc])* $name,)* }

        impl ProblemCode {
            /// The whole catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Who can do something about it, and how.
            #[must_use]
            pub const fn cure(self) -> Cure {
                match self { $(Self::$name => Cure::$cure,)* }
            }
        }
    };
}

/// What helps against a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cure {
    /// Nothing to do: it is tried again by itself.
    Wait,
    /// Change the value, then retry.
    ChangeValue,
    /// The person has to choose another password.
    ChoosePassword,
    /// The provider has to change something in the target, then retry.
    AskProvider,
}

problems! {
    /// The target cannot be reached; its work is parked and goes on by itself.
    Unreachable = "unreachable", Wait;
    /// The target is in maintenance: nothing is sent until that ends.
    Maintenance = "maintenance", Wait;
    /// The target may be looked at and not changed; what differs waits until that ends.
    ReadOnly = "read_only", Wait;
    /// A controller was told that the one in use does not know of yet.
    Replicating = "replicating", Wait;
    /// Another object has to exist first and does not yet.
    Waiting = "waiting", Wait;
    /// The target was busy or gave a passing error.
    Busy = "busy", Wait;
    /// An object that is not ours has the name already.
    NameTaken = "name_taken", ChangeValue;
    /// The target does not accept a value.
    InvalidValue = "invalid_value", ChangeValue;
    /// The password does not satisfy the target's policy.
    PasswordPolicy = "password_policy", ChoosePassword;
    /// The secret that was to be set waited too long and was destroyed.
    SecretExpired = "secret_expired", ChoosePassword;
    /// The product's account lacks a right in the target.
    InsufficientRights = "insufficient_rights", AskProvider;
    /// The object lies outside the folder given to the product.
    OutsideFolder = "outside_folder", AskProvider;
    /// The object is on the list of what is never touched.
    Protected = "protected", AskProvider;
    /// The container is not empty and cannot be removed.
    NotEmpty = "not_empty", AskProvider;
    /// What the target reported back is not what was wanted, although it accepted it.
    NotVerified = "not_verified", AskProvider;
    /// A group member does not exist in the target.
    MemberMissing = "member_missing", AskProvider;
    /// What was to be taken over, or looked at, is not there any more.
    Gone = "gone", AskProvider;
    /// The target refused for a reason outside this catalogue; its words are attached.
    Refused = "refused", AskProvider;
}

impl ProblemCode {
    /// The problem with this stored code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.code() == code)
    }
}

/// One problem of one object.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// Which.
    pub code: ProblemCode,
    /// What the text needs: the offending value, the attribute, the object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// The target's own words, for the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_message: Option<String>,
}

impl Problem {
    /// A problem with nothing to add yet.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        Self { code, args: BTreeMap::new(), target_message: None }
    }

    /// Adds an argument of the text, cut to a printable length.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.args.insert(key.to_owned(), printable(&value.to_string(), 300));
        self
    }

    /// Adds the target's own words.
    #[must_use]
    pub fn said(mut self, message: impl ToString) -> Self {
        self.target_message = Some(printable(&message.to_string(), 500).trim().to_owned());
        self
    }
}

/// As much of a text as is shown, without NULs, which the database refuses.
fn printable(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_keeps_no_nul_and_no_more_than_is_shown() {
        let problem = Problem::new(ProblemCode::Refused)
            .said("problem 1005, data 0\n\0")
            .with("dn", "CN=a\0b")
            .with("value", "x".repeat(400));
        assert_eq!(problem.target_message.as_deref(), Some("problem 1005, data 0"));
        assert_eq!(problem.args["dn"], "CN=ab");
        assert_eq!(problem.args["value"].len(), 300);
    }
}
