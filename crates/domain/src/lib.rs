//! The rules of the field, pure: ids, tenancy, people, the catalogue, desired
//! state and [`plan::plan`], problems, audit events and billing facts.
//!
//! This crate must not do I/O, read a clock, draw random bytes or be async:
//! time and randomness are parameters ([`clock`]), so that every rule can be
//! tested to the microsecond. It depends on no other crate of the workspace.
//!
//! Start at [`spec`] (what should be true of an object in a target) and
//! [`plan`] (what to do about it).

pub mod adoption;
pub mod brand;
pub mod bulk;
pub mod catalogue;
pub mod clock;
pub mod colour;
pub mod cursor;
pub mod custom;
pub mod device;
pub mod drift;
pub mod event;
pub mod fact;
pub mod field;
pub mod group;
pub mod group_template;
pub mod hook;
pub mod hours;
pub mod id;
pub mod import;
pub mod limits;
pub mod list;
pub mod mail;
pub mod mail_template;
pub mod migration;
pub mod names;
pub mod naming;
pub mod password;
pub mod permission;
pub mod person;
pub mod plan;
pub mod problem;
pub mod request;
pub mod service;
pub mod setting;
pub mod spec;
pub mod table;
pub mod tenant;
