//! REST v1 through its router, on a real database.

mod bad_input;
mod flows;
mod lists;
mod openapi;
mod strangers;
mod world;
