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
    /// The provider has to repair something; after that it goes on by itself.
    Repair,
}

impl Cure {
    /// Whether the request has to be retried once the cause is gone. Otherwise it goes on by
    /// itself, or something new is asked for.
    #[must_use]
    pub const fn fix_and_retry(self) -> bool {
        matches!(self, Self::ChangeValue | Self::AskProvider)
    }
}

problems! {
    // The whole target: its work is parked, and no attempt is counted.
    /// The target cannot be reached; its work is parked and goes on by itself.
    Unreachable = "unreachable", Wait;
    /// The certificate of the target is not valid any more.
    CertificateExpired = "certificate_expired", Repair;
    /// The certificate of the target is not valid yet, which is a wrong clock as a rule.
    CertificateNotYetValid = "certificate_not_yet_valid", Repair;
    /// The certificate of the target was signed by nobody we trust, or is broken or revoked.
    CertificateNotTrusted = "certificate_not_trusted", Repair;
    /// The certificate of the target bears another name.
    CertificateName = "certificate_name", Repair;
    /// The target does not let the product's account in; the argument `cause` says why.
    CredentialsRefused = "credentials_refused", Repair;
    /// The target wants another way to sign in, or to protect the connection.
    SignInMethod = "sign_in_method", Repair;
    /// The folder given to the product does not exist, or may not be seen.
    FolderMissing = "folder_missing", Repair;
    /// The target cannot write to its storage.
    DiskFull = "disk_full", Repair;
    /// The target is in maintenance: nothing is sent until that ends.
    Maintenance = "maintenance", Wait;
    /// The target may be looked at and not changed; what differs waits until that ends.
    ReadOnly = "read_only", Wait;
    /// The clocks of target and product differ: a warning, nothing is held back.
    ClockSkew = "clock_skew", Repair;

    // One object: it is tried again by itself.
    /// A controller was told that the one in use does not know of yet.
    Replicating = "replicating", Wait;
    /// Another object has to exist first and does not yet.
    Waiting = "waiting", Wait;
    /// The target was busy or gave a passing error.
    Busy = "busy", Wait;
    /// Somebody changed or removed the object in the same moment.
    ChangedMeanwhile = "changed_meanwhile", Wait;

    // One object: a person has to act.
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
    /// The target's rules do not allow this member in this kind of group.
    GroupRule = "group_rule", AskProvider;
    /// A limit of the target is reached: of a size, of a quota, of an answer.
    SizeLimit = "size_limit", AskProvider;
    /// The target has no numbers left for new accounts.
    IdsExhausted = "ids_exhausted", AskProvider;
    /// The target's schema does not know an attribute, or not for this kind of object.
    Schema = "schema", AskProvider;
    /// The target cannot do what was asked: it lacks an extension, or is no domain controller.
    NotSupported = "not_supported", AskProvider;
    /// Another server has to do it: a writable controller, or one of another domain.
    OtherServer = "other_server", AskProvider;
    /// The target's own rules forbid it.
    Unwilling = "unwilling", AskProvider;
    /// The target reports an error inside itself, and did so again and again.
    TargetError = "target_error", AskProvider;
    /// Stored by another version of the product that this one cannot read.
    OtherVersion = "other_version", AskProvider;
    /// What was to be taken over, or looked at, is not there any more.
    Gone = "gone", AskProvider;
    /// The target refused for a reason outside this catalogue; its words are attached.
    Refused = "refused", AskProvider;
    /// Something else has to agree first and did not yet.
    HookPending = "hook_pending", Wait;
    /// What was asked first refused; its words are attached.
    HookRefused = "hook_refused", AskProvider;
    /// What has to be told or asked does not answer.
    HookUnreachable = "hook_unreachable", AskProvider;
    /// What was told or asked answered with a failure.
    HookFailed = "hook_failed", AskProvider;
    /// The mail server takes no mail for this address, or not this mail.
    MailRefused = "mail_refused", ChangeValue;
    /// The mail server cannot be reached, or does not let the product in.
    MailUnreachable = "mail_unreachable", Repair;
    /// The link in the mail stopped working before the mail could be sent.
    MailLate = "mail_late", ChangeValue;
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
