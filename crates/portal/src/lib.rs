//! Crate `portal`.
