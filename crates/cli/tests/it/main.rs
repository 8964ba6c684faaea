//! The real binary against a small server that behaves as told: what is sent,
//! what is sent again, what is printed, and the exit code.

mod calls;
mod catalogue;
mod fields;
mod imports;
mod orders;
mod retries;
mod server;
mod sessions;
mod tls;
