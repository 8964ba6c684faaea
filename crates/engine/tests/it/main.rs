//! The engine on a real database and the reference target: everything comes
//! true, whatever breaks in between.

mod adoption;
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
mod random;
mod running;
mod world;
