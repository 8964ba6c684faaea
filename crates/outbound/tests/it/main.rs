//! Calls to real receivers and real commands on this machine.

mod commands;
mod mail;
mod webhooks;
mod world;
