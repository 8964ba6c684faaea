//! The two tables behind every refusal: the result codes of LDAP, and the
//! error numbers of Windows that stand at the beginning of a controller's
//! words and say more. What is not in the second table follows from the first.

use domain::{problem::ProblemCode, spec::Attribute};

/// What a code means, as far as it alone tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It was done.
    Done,
    /// This problem, whatever was tried.
    Is(ProblemCode),
    /// A name is somebody else's; which one, if the code says.
    Taken(Option<Attribute>),
    /// A value is not accepted; which one, if the code says.
    Value(Option<Attribute>),
    /// A value or a password is not accepted.
    Constraint,
    /// Something is not there: what it is, follows from what was tried.
    Missing,
    /// It was there or gone already.
    Raced,
    /// No operation of ours can be answered with it.
    CannotReachUs,
}

use Meaning::{CannotReachUs, Constraint, Done, Is, Missing, Raced, Taken, Value};
use ProblemCode as P;

/// Result codes: RFC 4511 appendix A; 60, 61 and 76 RFC 2891 and the draft of
/// virtual list views; 70 of the connectionless LDAP Windows still knows;
/// 113 to 117 RFC 3928; 118 to 121 RFC 3909; 122 RFC 4528; 123 RFC 4370; 4096 RFC 4533.
const RESULTS: &[(u32, &str, Meaning)] = &[
    (0, "success", Done),
    (1, "operationsError", Is(P::Busy)),
    (2, "protocolError", Is(P::NotSupported)),
    (3, "timeLimitExceeded", Is(P::Busy)),
    (4, "sizeLimitExceeded", Is(P::SizeLimit)),
    // Compare is not used.
    (5, "compareFalse", CannotReachUs),
    (6, "compareTrue", CannotReachUs),
    (7, "authMethodNotSupported", Is(P::SignInMethod)),
    (8, "strongerAuthRequired", Is(P::SignInMethod)),
    (10, "referral", Is(P::OtherServer)),
    (11, "adminLimitExceeded", Is(P::SizeLimit)),
    (12, "unavailableCriticalExtension", Is(P::NotSupported)),
    (13, "confidentialityRequired", Is(P::SignInMethod)),
    // Nothing of SASL is used.
    (14, "saslBindInProgress", CannotReachUs),
    (16, "noSuchAttribute", Raced),
    (17, "undefinedAttributeType", Is(P::Schema)),
    (18, "inappropriateMatching", Is(P::Schema)),
    (19, "constraintViolation", Constraint),
    (20, "attributeOrValueExists", Raced),
    (21, "invalidAttributeSyntax", Value(None)),
    (32, "noSuchObject", Missing),
    // Active Directory has no aliases.
    (33, "aliasProblem", CannotReachUs),
    (34, "invalidDNSyntax", Value(Some(Attribute::Name))),
    (36, "aliasDereferencingProblem", CannotReachUs),
    (48, "inappropriateAuthentication", Is(P::SignInMethod)),
    (49, "invalidCredentials", Is(P::CredentialsRefused)),
    (50, "insufficientAccessRights", Is(P::InsufficientRights)),
    (51, "busy", Is(P::Busy)),
    (52, "unavailable", Is(P::Unreachable)),
    (53, "unwillingToPerform", Is(P::Unwilling)),
    (54, "loopDetect", Is(P::OtherServer)),
    // Neither sorting nor list views are asked for.
    (60, "sortControlMissing", CannotReachUs),
    (61, "offsetRangeError", CannotReachUs),
    (64, "namingViolation", Value(Some(Attribute::Name))),
    (65, "objectClassViolation", Is(P::Schema)),
    (66, "notAllowedOnNonLeaf", Is(P::NotEmpty)),
    (67, "notAllowedOnRDN", Is(P::Unwilling)),
    (68, "entryAlreadyExists", Taken(None)),
    (69, "objectClassModsProhibited", Is(P::Schema)),
    (70, "resultsTooLarge", Is(P::SizeLimit)),
    (71, "affectsMultipleDSAs", Is(P::OtherServer)),
    (76, "virtualListViewError", CannotReachUs),
    (80, "other", Is(P::TargetError)),
    // Neither updates by LCUP nor synchronisation by RFC 4533 are asked for.
    (113, "lcupResourcesExhausted", CannotReachUs),
    (114, "lcupSecurityViolation", CannotReachUs),
    (115, "lcupInvalidData", CannotReachUs),
    (116, "lcupUnsupportedScheme", CannotReachUs),
    (117, "lcupReloadRequired", CannotReachUs),
    // Another operation of ours may have been given up.
    (118, "canceled", Is(P::Busy)),
    (119, "noSuchOperation", CannotReachUs),
    (120, "tooLate", CannotReachUs),
    (121, "cannotCancel", CannotReachUs),
    (122, "assertionFailed", Raced),
    (123, "authorizationDenied", Is(P::InsufficientRights)),
    (4096, "e-syncRefreshRequired", CannotReachUs),
];

/// Error numbers of Windows (MS-ERREF 2.2; which operation gives which: MS-ADTS
/// 3.1.1.3.1.9 and 3.1.1.5). Samba uses the same. Those that only repeat the
/// result code are not here: 0x2020, 0x2021, 0x202F, 0x2030, 0x2035, 0x2095.
const NUMBERS: &[(u32, &str, Meaning)] = &[
    (0x0005, "ERROR_ACCESS_DENIED", Is(P::InsufficientRights)),
    (0x0008, "ERROR_NOT_ENOUGH_MEMORY", Is(P::TargetError)),
    (0x000E, "ERROR_OUTOFMEMORY", Is(P::TargetError)),
    (0x0027, "ERROR_HANDLE_DISK_FULL", Is(P::DiskFull)),
    (0x0070, "ERROR_DISK_FULL", Is(P::DiskFull)),
    (0x04DC, "ERROR_NOT_AUTHENTICATED", Is(P::CredentialsRefused)),
    (0x0523, "ERROR_INVALID_ACCOUNT_NAME", Value(Some(Attribute::LogonName))),
    (0x0524, "ERROR_USER_EXISTS", Taken(Some(Attribute::LogonName))),
    (0x0525, "ERROR_NO_SUCH_USER", Missing),
    (0x0526, "ERROR_GROUP_EXISTS", Taken(Some(Attribute::LogonName))),
    (0x0527, "ERROR_NO_SUCH_GROUP", Missing),
    (0x0528, "ERROR_MEMBER_IN_GROUP", Raced),
    (0x0529, "ERROR_MEMBER_NOT_IN_GROUP", Raced),
    (0x052A, "ERROR_LAST_ADMIN", Is(P::Unwilling)),
    (0x052C, "ERROR_ILL_FORMED_PASSWORD", Is(P::PasswordPolicy)),
    (0x052D, "ERROR_PASSWORD_RESTRICTION", Is(P::PasswordPolicy)),
    (0x0534, "ERROR_NONE_MAPPED", Value(Some(Attribute::Readers))),
    (0x0539, "ERROR_INVALID_SID", Value(Some(Attribute::Readers))),
    (0x054F, "ERROR_INTERNAL_ERROR", Is(P::TargetError)),
    (0x0561, "ERROR_MEMBER_NOT_IN_ALIAS", Raced),
    (0x0562, "ERROR_MEMBER_IN_ALIAS", Raced),
    (0x0563, "ERROR_ALIAS_EXISTS", Taken(Some(Attribute::LogonName))),
    (0x056B, "ERROR_NO_SUCH_MEMBER", Is(P::MemberMissing)),
    (0x056C, "ERROR_INVALID_MEMBER", Is(P::GroupRule)),
    (0x0718, "ERROR_NOT_ENOUGH_QUOTA", Is(P::SizeLimit)),
    (0x200C, "ERROR_DS_ATTRIBUTE_TYPE_UNDEFINED", Is(P::Schema)),
    (0x200E, "ERROR_DS_BUSY", Is(P::Busy)),
    (0x200F, "ERROR_DS_UNAVAILABLE", Is(P::Unreachable)),
    (0x2010, "ERROR_DS_NO_RIDS_ALLOCATED", Is(P::IdsExhausted)),
    (0x2011, "ERROR_DS_NO_MORE_RIDS", Is(P::IdsExhausted)),
    (0x2012, "ERROR_DS_INCORRECT_ROLE_OWNER", Is(P::OtherServer)),
    (0x2013, "ERROR_DS_RIDMGR_INIT_ERROR", Is(P::IdsExhausted)),
    (0x2014, "ERROR_DS_OBJ_CLASS_VIOLATION", Is(P::Schema)),
    (0x2015, "ERROR_DS_CANT_ON_NON_LEAF", Is(P::NotEmpty)),
    (0x2017, "ERROR_DS_CANT_MOD_OBJ_CLASS", Is(P::Schema)),
    (0x2018, "ERROR_DS_CROSS_DOM_MOVE_ERROR", Is(P::OtherServer)),
    (0x2023, "ERROR_DS_SIZELIMIT_EXCEEDED", Is(P::SizeLimit)),
    (0x2024, "ERROR_DS_ADMIN_LIMIT_EXCEEDED", Is(P::SizeLimit)),
    (0x202B, "ERROR_DS_REFERRAL", Is(P::OtherServer)),
    (0x2036, "ERROR_DS_LOOP_DETECT", Is(P::GroupRule)),
    (0x206F, "ERROR_DS_ATT_NOT_DEF_IN_SCHEMA", Is(P::Schema)),
    (0x2070, "ERROR_DS_MAX_OBJ_SIZE_EXCEEDED", Is(P::SizeLimit)),
    (0x2078, "ERROR_DS_OBJ_TOO_LARGE", Is(P::SizeLimit)),
    (0x207A, "ERROR_DS_MASTERDSA_REQUIRED", Is(P::OtherServer)),
    (0x207B, "ERROR_DS_OBJECT_CLASS_REQUIRED", Is(P::Schema)),
    (0x207C, "ERROR_DS_MISSING_REQUIRED_ATT", Is(P::Schema)),
    (0x207D, "ERROR_DS_ATT_NOT_DEF_FOR_CLASS", Is(P::Schema)),
    (0x2081, "ERROR_DS_SINGLE_VALUE_CONSTRAINT", Value(None)),
    (0x2082, "ERROR_DS_RANGE_CONSTRAINT", Value(None)),
    (0x2083, "ERROR_DS_ATT_VAL_ALREADY_EXISTS", Raced),
    (0x2085, "ERROR_DS_CANT_REM_MISSING_ATT_VAL", Raced),
    (0x2089, "ERROR_DS_NO_PARENT_OBJECT", Is(P::Waiting)),
    (0x208C, "ERROR_DS_CHILDREN_EXIST", Is(P::NotEmpty)),
    (0x208D, "ERROR_DS_OBJ_NOT_FOUND", Missing),
    (0x208F, "ERROR_DS_BAD_NAME_SYNTAX", Value(Some(Attribute::Name))),
    (0x2093, "ERROR_DS_OBJECT_BEING_REMOVED", Raced),
    (0x2098, "ERROR_DS_INSUFF_ACCESS_RIGHTS", Is(P::InsufficientRights)),
    (0x209A, "ERROR_DS_ATTRIBUTE_OWNED_BY_SAM", Is(P::Unwilling)),
    (0x209B, "ERROR_DS_NAME_TOO_MANY_PARTS", Value(Some(Attribute::Name))),
    (0x209C, "ERROR_DS_NAME_TOO_LONG", Value(Some(Attribute::Name))),
    (0x209D, "ERROR_DS_NAME_VALUE_TOO_LONG", Value(Some(Attribute::Name))),
    (0x209E, "ERROR_DS_NAME_UNPARSEABLE", Value(Some(Attribute::Name))),
    (0x20A6, "ERROR_DS_CANT_ADD_SYSTEM_ONLY", Is(P::Unwilling)),
    (0x20AC, "ERROR_DS_SHUTTING_DOWN", Is(P::Unreachable)),
    (0x20AF, "ERROR_DS_COULDNT_CONTACT_FSMO", Is(P::IdsExhausted)),
    (0x20B1, "ERROR_DS_CANT_MOD_SYSTEM_ONLY", Is(P::Unwilling)),
    (0x20CE, "ERROR_DS_CANT_DELETE", Is(P::Unwilling)),
    (0x20D9, "ERROR_DS_DATABASE_ERROR", Is(P::TargetError)),
    (0x20E7, "ERROR_DS_SECURITY_ILLEGAL_MODIFY", Is(P::InsufficientRights)),
    (0x20EE, "ERROR_DS_INTERNAL_FAILURE", Is(P::TargetError)),
    (0x2141, "ERROR_DS_INVALID_GROUP_TYPE", Is(P::GroupRule)),
    (0x2142, "ERROR_DS_NO_NEST_GLOBALGROUP_IN_MIXEDDOMAIN", Is(P::GroupRule)),
    (0x2143, "ERROR_DS_NO_NEST_LOCALGROUP_IN_MIXEDDOMAIN", Is(P::GroupRule)),
    (0x2144, "ERROR_DS_GLOBAL_CANT_HAVE_LOCAL_MEMBER", Is(P::GroupRule)),
    (0x2145, "ERROR_DS_GLOBAL_CANT_HAVE_UNIVERSAL_MEMBER", Is(P::GroupRule)),
    (0x2146, "ERROR_DS_UNIVERSAL_CANT_HAVE_LOCAL_MEMBER", Is(P::GroupRule)),
    (0x2147, "ERROR_DS_GLOBAL_CANT_HAVE_CROSSDOMAIN_MEMBER", Is(P::GroupRule)),
    (0x2148, "ERROR_DS_LOCAL_CANT_HAVE_CROSSDOMAIN_LOCAL_MEMBER", Is(P::GroupRule)),
    (0x2149, "ERROR_DS_HAVE_PRIMARY_MEMBERS", Is(P::NotEmpty)),
    (0x216D, "ERROR_DS_MACHINE_ACCOUNT_QUOTA_EXCEEDED", Is(P::SizeLimit)),
    (0x2170, "ERROR_DS_CANT_TREE_DELETE_CRITICAL_OBJ", Is(P::Unwilling)),
    (0x217D, "ERROR_DS_OUT_OF_VERSION_STORE", Is(P::Busy)),
    (0x218B, "ERROR_DS_THREAD_LIMIT_EXCEEDED", Is(P::Busy)),
    (0x2197, "ERROR_DS_AUTHORIZATION_FAILED", Is(P::InsufficientRights)),
    (0x21A8, "ERROR_DS_LDAP_SEND_QUEUE_FULL", Is(P::Busy)),
    (0x21AD, "ERROR_NO_WRITABLE_DC_FOUND", Is(P::OtherServer)),
    (0x21C8, "ERROR_DS_UPN_VALUE_NOT_UNIQUE_IN_FOREST", Taken(Some(Attribute::PrincipalName))),
];

/// What a result code means; none for one no source names.
pub(crate) fn result(code: u32) -> Option<Meaning> {
    RESULTS.iter().find(|row| row.0 == code).map(|row| row.2)
}

/// What the number at the beginning of a controller's words means, if it says
/// more than the result code.
pub(crate) fn number(text: &str) -> Option<Meaning> {
    let digits = text.split_once(':')?.0;
    let number = if digits.len() == 8 { u32::from_str_radix(digits, 16).ok()? } else { return None };
    NUMBERS.iter().find(|row| row.0 == number).map(|row| row.2)
}

/// Why an account is not let in: the word after `data` in the words of a
/// refused bind (MS-ERREF 2.2, the same numbers in lower case).
pub(crate) fn sign_in_cause(text: &str) -> &'static str {
    let data = text.split_once("data ").map_or("", |(_, rest)| rest);
    match data.split([',', ' ']).next().unwrap_or_default() {
        "52e" | "525" => "wrong_password",
        "532" => "password_expired",
        "773" => "must_change",
        "533" => "disabled",
        "701" => "account_expired",
        "775" => "locked",
        "530" => "hours",
        "531" => "place",
        _ => "unknown",
    }
}

#[cfg(test)]
pub(crate) fn tables() -> [&'static [(u32, &'static str, Meaning)]; 2] {
    [RESULTS, NUMBERS]
}
