//! The engine on a real database and the reference target: everything comes
//! true, whatever breaks in between.

mod adoption;
mod adoption_into;
mod billing;
mod contention;
mod converge;
mod copies;
mod crash;
mod directory;
mod drift;
mod fairness;
mod faults;
mod gate;
mod groups;
mod hooks;
mod leavers;
mod links;
mod mail;
mod members;
mod modes;
mod moves;
mod names;
mod passwords;
mod people_moves;
mod properties;
mod random;
mod receiver;
mod releases;
mod rules;
mod running;
mod thousands;
mod world;
