//! Authorisation: who may do what to which tenant or account, and why.
//!
//! The rules are Cedar text beside this crate: `schema.cedarschema` says what
//! they may speak about, `policies.cedar` says what is allowed. Roles and
//! grants are data: a role is a named set of permissions, and the grants of a
//! person become one set of scopes per permission on the principal.
//!
//! This crate must not do I/O, know SQL or keep grants: it is given the grants
//! that are in force and answers from them alone. It does not decide *which*
//! grants are in force, nor which tenants a caller may see at all.
//!
//! Start at [`Policy::decide`]; [`may_grant`] is the ceiling of delegation, [`may_change_roles`] its guard, and
//! [`roots`] the scope of a list. What is proved about the rules, and how, is in
//! `docs/delegation.md` and `tests/it/proof.rs`.

mod ceiling;
mod decide;
mod question;
pub mod sample;

pub use ceiling::{Missing, OWN_ROLES, may_change_roles, may_grant, roots};
pub use decide::{Policy, PolicyError};
pub use question::{Authority, Basis, Bulk, Decision, Denial, GrantOnPath, Question, Refusal, Target};

/// The Cedar schema: entities, their attributes, and which action applies to what.
pub const SCHEMA: &str = include_str!("../schema.cedarschema");

/// The Cedar policies: permits, self-service and guards.
pub const POLICIES: &str = include_str!("../policies.cedar");
