//! Use cases on a real PostgreSQL, as the application's own database role.

mod bulk;
mod bulk_parts;
mod bulk_passwords;
mod bulk_ways;
mod catalogue;
mod fields;
mod groups;
mod life;
mod links;
mod locks;
mod mails;
mod managers;
mod mended;
mod moves;
mod names;
mod orders;
mod passwords;
mod people;
mod placement;
mod quotas;
mod roles;
mod seats;
mod sessions;
mod settings;
mod world;
