//! Pages on a real database, as a browser without scripts meets them.

mod browser;
mod links;
mod status;
#[path = "../../../app/tests/it/world.rs"]
#[expect(dead_code, reason = "shared with the use cases' tests; pages need a part of it")]
mod world;
