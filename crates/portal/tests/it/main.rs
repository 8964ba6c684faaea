//! The pages through their router, on a real database.

mod account;
mod bad_forms;
mod brand_pages;
mod brands;
mod bulk;
mod bulk_turns;
mod catalogue;
mod columns;
mod crawl;
mod fields;
mod forms;
mod groups;
mod guards;
mod lists;
mod mails;
mod orders;
mod pages;
mod saved_views;
mod tree;
mod visit;
#[allow(dead_code, reason = "a world that two crates share; each uses a part of it")]
#[path = "../../../api/tests/it/world.rs"]
mod world;
