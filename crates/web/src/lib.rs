//! Crate `web`.
