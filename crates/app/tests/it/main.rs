//! Use cases on a real PostgreSQL, as the application's own database role.

mod catalogue;
mod life;
mod links;
mod names;
mod orders;
mod people;
mod world;
