//! The real binary as a process: its life, its end, and what it does with a
//! real database and a real directory.

mod adoption;
mod adoption_into;
mod browser;
mod bulk;
mod bulk_dirt;
mod bulk_kills;
mod clock;
mod config;
mod directory;
mod faults;
mod fields;
mod hooks;
mod http;
mod life;
mod lifecycle;
mod looked;
mod mail;
mod portal;
mod portal_account;
mod portal_brands;
mod portal_bulk;
mod portal_catalogue;
mod portal_directories;
mod portal_fields;
mod portal_groups;
mod portal_lists;
mod portal_pages;
mod portal_series;
mod portal_tree;
mod process;
mod storage;
mod trust;
mod webdriver;
mod workers;
