//! REST v1 through its router, on a real database.

mod adoption;
mod adoption_into;
mod bad_input;
mod brands;
mod directories;
mod drift;
mod fields;
mod files;
mod flows;
mod groups;
mod guide;
mod history;
mod hooks;
mod ledger;
mod lists;
mod mails;
mod openapi;
mod people;
mod seats;
mod strangers;
#[allow(dead_code, reason = "a world that two crates share; each uses a part of it")]
mod world;
