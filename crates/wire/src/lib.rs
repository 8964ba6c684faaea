//! Request and response types of REST v1, shared by the server and the
//! command line. Their doc comments are the descriptions of the `OpenAPI`
//! document, so they are written for people who call the API.
//!
//! This crate must not check business rules, know the database or depend on
//! another crate of the workspace: ids, codes and instants are plain text here
//! and are parsed where they arrive.
//!
//! Conventions, kept by every type:
//! * requests refuse unknown fields ([`body::parse_json`] names the field);
//! * required texts of requests default to empty instead of failing to parse,
//!   so that a caller learns about all missing fields at once;
//! * answers never refuse unknown fields: a server may be newer than its client.
//!
//! Start at [`common`], then read [`orders`].

pub mod activations;
pub mod adoption;
pub mod body;
pub mod brands;
pub mod bulk;
pub mod catalogue;
pub mod common;
pub mod directories;
pub mod drift;
pub mod fields;
pub mod file;
pub mod group_templates;
pub mod groups;
pub mod health;
pub mod history;
pub mod hooks;
pub mod ledger;
pub mod mails;
pub mod orders;
pub mod problem;
pub mod requests;
pub mod seats;
pub mod sessions;
pub mod settings;
pub mod tenants;
pub mod tokens;
pub mod users;
pub mod views;

/// Where every path of this version begins.
pub const BASE: &str = "/api/v1";
/// Header that makes repeating a `POST` safe: the same key with the same body
/// returns the first answer.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Media type of errors (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
