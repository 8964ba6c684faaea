//! Typed ids: `UUIDv7` (RFC 9562) inside, `usr_` and 26 characters of Crockford
//! base32 outside. Ids of two kinds cannot be mixed up, neither by the
//! compiler nor by a person who pastes one into the wrong place.

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use jiff::Timestamp;
use uuid::Uuid;

use crate::clock::Random;

/// What an id identifies; gives the prefix of its printed form.
pub trait Kind: 'static {
    /// Three letters, without the underscore.
    const PREFIX: &'static str;
}

/// The id of one `K`, ordered by the instant it was made.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// A new id for something that comes into being at `now`.
    #[must_use]
    pub fn new(now: Timestamp, random: &dyn Random) -> Self {
        let mut bytes = [0; 10];
        random.fill(&mut bytes);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid(), PhantomData)
    }

    /// Wraps a stored value.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The stored value.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not an id of the form {prefix}_ and 26 characters")]
pub struct InvalidId {
    /// What was given, cut to a printable length.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0.as_u128();
        let mut text = [0_u8; 26];
        for (i, slot) in text.iter_mut().enumerate() {
            let digit = (value >> (125 - 5 * i)) & 31;
            *slot = ALPHABET[usize::try_from(digit).unwrap_or(0)];
        }
        write!(f, "{}_{}", K::PREFIX, std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId { text: text.chars().take(40).collect(), prefix: K::PREFIX };
        let digits =
            text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or_else(invalid)?;
        // 26 digits carry 130 bits; the first may hold only three of its five.
        if digits.len() != 26 || digits.as_bytes()[0] > b'7' {
            return Err(invalid());
        }
        let mut value = 0_u128;
        for byte in digits.bytes() {
            let digit = ALPHABET.iter().position(|&a| a == byte).ok_or_else(invalid)?;
            value = value << 5 | u128::try_from(digit).unwrap_or(0);
        }
        Ok(Self::from_uuid(Uuid::from_u128(value)))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $alias:ident, $prefix:literal;)*) => { $(
        #[doc = concat!("Marks ids that start with `", $prefix, "_`.")]
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind { const PREFIX: &'static str = $prefix; }
        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )* };
}

kinds! {
    /// A tenant: provider, reseller or customer.
    TenantKind, TenantId, "ten";
    /// A person who has an account.
    UserKind, UserId, "usr";
    /// A security group of a customer.
    GroupKind, GroupId, "grp";
    /// An object in a target: what the engine keeps true, and the marker it bears there.
    ObjectKind, ObjectId, "obj";
    /// A target: one directory, one Citrix site …
    TargetKind, TargetId, "dir";
    /// A provisioning request.
    RequestKind, RequestId, "req";
    /// A sales order.
    OrderKind, OrderId, "ord";
    /// An audit event.
    EventKind, EventId, "evt";
    /// One immutable version of a plan.
    PlanKind, PlanId, "pln";
    /// A subscription of a customer or a user to a plan.
    SubscriptionKind, SubscriptionId, "sub";
    /// An API token (its public part).
    TokenKind, TokenId, "tok";
    /// A grant of a role to a person on a tenant.
    GrantKind, GrantId, "gra";
    /// A billing fact.
    FactKind, FactId, "fct";
    /// An activation or password reset by one-time link.
    ActivationKind, ActivationId, "act";
    /// A brand.
    BrandKind, BrandId, "brd";
    /// A service of the catalogue.
    ServiceKind, ServiceId, "srv";
    /// One of a customer's instances of a service.
    InstanceKind, InstanceId, "ins";
    /// One immutable version of a bundle.
    BundleKind, BundleId, "bdl";
    /// A secret on its way to a target.
    SecretKind, SecretId, "sec";
    /// Something somebody changed in a target behind our back.
    FindingKind, FindingId, "fnd";
    /// A hook of a service.
    HookKind, HookId, "hok";
    /// One thing told or asked by a hook, however often it is sent.
    DeliveryKind, DeliveryId, "dlv";
    /// What was seen of a directory when somebody asked.
    SurveyKind, SurveyId, "svy";
    /// One container that is taken over with all in it.
    AdoptionKind, AdoptionId, "adp";
    /// A custom field of people.
    FieldKind, FieldId, "fld";
    /// Many people changed as one.
    BulkKind, BulkId, "blk";
    /// A view of a list, kept under a name.
    ViewKind, ViewId, "viw";
    /// A mail to a person, however often it is sent.
    MailKind, MailId, "mai";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_id_survives_printing_and_parsing(value: u128) {
            let id = UserId::from_uuid(Uuid::from_u128(value));
            prop_assert_eq!(id.to_string().parse::<UserId>(), Ok(id));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<UserId>();
        }

        #[test]
        fn printed_order_is_id_order(a: u128, b: u128) {
            let (x, y) = (UserId::from_uuid(Uuid::from_u128(a)), UserId::from_uuid(Uuid::from_u128(b)));
            prop_assert_eq!(x.cmp(&y), x.to_string().cmp(&y.to_string()));
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused_with_the_expected_form() {
        let user = UserId::from_uuid(Uuid::from_u128(7)).to_string();
        let error = user.parse::<TenantId>().expect_err("a user id is no tenant id");
        assert_eq!(error.prefix, "ten");
        assert!("usr_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<UserId>().is_err(), "more than 128 bits");
    }
}
