//! The reference connector passes the conformance suite, and its faults do
//! what they say.

mod conformance;
mod faults;
