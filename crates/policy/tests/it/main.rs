//! What the rules allow: printed, expected by hand, proved, and held against
//! lists and ceilings on random trees.

mod cover;
mod delegation;
mod proof;
mod reasons;
mod table;
mod world;
