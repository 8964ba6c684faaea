//! The connector on a real domain: Samba, started by the test run.

mod conformance;
mod controllers;
mod faults;
mod guards;
mod hours;
mod isolation;
mod lab;
mod members;
mod prepare;
