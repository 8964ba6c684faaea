//! API tokens: for scripts, bound to the live state of their owner.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token to be made. It can do what its owner can do at the moment of each
/// call: suspend the owner and the token stops.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for, 1 to 64 characters.
    #[serde(default)]
    #[schema(required, max_length = 64, example = "nightly import")]
    pub name: String,
    /// When it stops working. RFC 3339; without a value it works until revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, example = "2027-01-01T00:00:00Z")]
    pub expires_at: Option<String>,
}

/// A new token with its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    /// The token.
    #[serde(flatten)]
    pub token: Token,
    /// The secret, for `Authorization: Bearer …`. Shown only in this answer.
    pub secret: String,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// Id of the token.
    #[schema(example = "tok_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// What it is for.
    #[schema(example = "nightly import")]
    pub name: String,
    /// When it was made. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it stops working, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// When it was last used, to within some minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_used_at: Option<String>,
}
