//! Crate `app`.
