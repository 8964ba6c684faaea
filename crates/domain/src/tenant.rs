//! Tenants: the provider, its resellers and theirs, and customers.

use crate::{
    field::{FieldError, Rule},
    limits,
    naming::ascii,
};

/// What a tenant is in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantKind {
    /// The company that runs the instance: the root of the tree.
    Provider,
    /// Sells under its own or the provider's brand; may have resellers of its own.
    Reseller,
    /// Whose people use the services. Always a leaf.
    Customer,
}

impl TenantKind {
    /// The stable name, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Reseller => "reseller",
            Self::Customer => "customer",
        }
    }

    /// The kind with this stored name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Provider, Self::Reseller, Self::Customer].into_iter().find(|k| k.code() == code)
    }

    /// Whether a tenant of kind `child` may stand directly below this one.
    #[must_use]
    pub const fn may_hold(self, child: Self) -> bool {
        match (self, child) {
            (Self::Provider | Self::Reseller, Self::Reseller | Self::Customer) => true,
            (Self::Customer, _) | (_, Self::Provider) => false,
        }
    }
}

/// Whether what a tenant uses is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A paying tenant.
    #[default]
    Standard,
    /// For trying things out; never billed.
    Test,
    /// For showing the product; never billed.
    Demo,
}

impl Standing {
    /// The stable name, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Test => "test",
            Self::Demo => "demo",
        }
    }

    /// The standing with this stored name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Standard, Self::Test, Self::Demo].into_iter().find(|s| s.code() == code)
    }
}

/// Whether a tenant is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Served.
    #[default]
    Active,
    /// Read-only: nothing can be ordered or changed, nobody of it signs in.
    Suspended,
    /// As suspended, and everything it had has ended. Can be restored for a while.
    Closed,
}

impl Status {
    /// The stable name, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }

    /// The status with this stored name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Closed].into_iter().find(|s| s.code() == code)
    }
}

/// Whether an account may log on: as the person's own row says, and never while
/// the tenant or one above it is not served. Who writes a person's spec uses this.
#[must_use]
pub const fn account_enabled(own: bool, suspended: bool) -> bool {
    own && !suspended
}

/// The immutable short name of a tenant, unique in the instance: part of OU
/// names and log-on names, so lower-case ASCII letters, digits and inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// The `n`-th code (from 1) that the name of a customer suggests; none where nothing of the
    /// name can stand in one.
    #[must_use]
    pub fn suggested(name: &str, n: u32) -> Option<Self> {
        let plain = ascii(name);
        let number = if n <= 1 { String::new() } else { n.to_string() };
        let room = limits::CODE_CHARS.end().saturating_sub(number.len());
        let from_letter = plain.trim_start_matches(|c: char| !c.is_ascii_lowercase());
        let cut: String = from_letter.chars().take(room).collect();
        Self::parse("", &format!("{}{number}", cut.trim_end_matches('-'))).ok()
    }

    /// Checks `text` as the code of a tenant.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldError> {
        let (min, max) = (*limits::CODE_CHARS.start(), *limits::CODE_CHARS.end());
        let count = text.chars().count();
        if count == 0 {
            return Err(FieldError::new(field, Rule::Required));
        }
        if count < min {
            return Err(FieldError::new(field, Rule::TooShort).with("min", min));
        }
        if count > max {
            return Err(FieldError::new(field, Rule::TooLong).with("max", max));
        }
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if let Some(bad) = text.chars().find(|&c| !allowed(c)) {
            return Err(FieldError::new(field, Rule::ForbiddenCharacter).with("character", bad));
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) || text.ends_with('-') {
            let form = "a letter first, then letters, digits and inner hyphens";
            return Err(FieldError::new(field, Rule::Format).with("expected", form));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_accepted_code_is_safe_in_every_name(text in "\\PC{0,16}") {
            if let Ok(code) = Code::parse("code", &text) {
                prop_assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
                prop_assert!(code.as_str().len() <= 12);
            }
        }
    }

    #[test]
    fn a_name_suggests_codes_that_are_accepted() {
        let of = |name: &str, n| Code::suggested(name, n).map(|code| code.as_str().to_owned());
        for (name, first, third) in [
            ("Acme A/S", "acme-as", "acme-as3"),
            ("Müller & Söhne GmbH", "muller-sohne", "muller-sohn3"),
            ("  3M Danmark", "m-danmark", "m-danmark3"),
            ("Å", "", "a3"),
            ("42", "", ""),
            ("!?", "", ""),
        ] {
            assert_eq!(of(name, 1).unwrap_or_default(), first, "{name}");
            assert_eq!(of(name, 3).unwrap_or_default(), third, "{name}");
        }
    }

    #[test]
    fn customers_are_leaves_and_nothing_holds_a_provider() {
        use TenantKind::{Customer, Provider, Reseller};
        for kind in [Provider, Reseller, Customer] {
            assert!(!Customer.may_hold(kind));
            assert!(!kind.may_hold(Provider));
        }
        assert!(Reseller.may_hold(Reseller), "sub-resellers");
    }
}
