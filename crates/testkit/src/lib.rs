//! Real components for tests and demonstrations: a private PostgreSQL, a Samba
//! domain controller, and a proxy that breaks connections on demand.
//!
//! Development only: no binary of the product may depend on this crate. It starts
//! real programs and never imitates them; a missing one is a failure, not a skip.
//!
//! One test run starts everything once ([`services::Services`]) and tells its test
//! processes by environment variables; a test begins at [`postgres::TestDatabase::create`]
//! or [`samba::shared`], and a fault test at [`samba::Domain::start`] or [`proxy::Proxy::start`].
//! A mail server is [`smtp::Smtp`]; files of people are made by [`people_file::PeopleFile`]. A full disk is a [`disk::SmallDisk`]; a wrong clock and bad certificates are states of a domain.

pub mod disk;
pub mod people_file;
pub mod postgres;
pub mod proxy;
pub mod samba;
pub mod services;
pub mod smtp;
pub mod truth;
