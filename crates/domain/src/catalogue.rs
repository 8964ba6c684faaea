//! Services, plans and prices.

/// An amount of money in the smallest unit of its currency (ISO 4217).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Money {
    /// Smallest units, as cents or øre.
    pub minor: i64,
    /// Three letters, upper case.
    pub currency: String,
}

/// Who subscribes to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceScope {
    /// The customer as a whole.
    Customer,
    /// Single people, after the customer was given the service.
    User,
}

impl ServiceScope {
    /// The stable name, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::User => "user",
        }
    }
}
