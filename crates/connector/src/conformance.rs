//! The cases every connector passes.
