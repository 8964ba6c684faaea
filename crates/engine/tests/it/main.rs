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
mod members;
mod modes;
mod passwords;
mod properties;
mod random;
mod running;
mod thousands;
mod world;
