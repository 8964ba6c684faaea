//! The engine on a real database and the reference target: everything comes
//! true, whatever breaks in between.

mod converge;
mod copies;
mod crash;
mod directory;
mod drift;
mod fairness;
mod faults;
mod gate;
mod leavers;
mod links;
mod members;
mod modes;
mod passwords;
mod random;
mod rules;
mod running;
mod thousands;
mod world;
