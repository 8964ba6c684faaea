//! Crate `ad`.
