//! REST v1 through its router, on a real database.

mod bad_input;
mod drift;
mod flows;
mod guide;
mod lists;
mod openapi;
mod people;
mod strangers;
#[allow(dead_code, reason = "a world that two crates share; each uses a part of it")]
mod world;
