//! Files as people bring them, broken ones included, and what is written and read again.

mod corpus;
mod csv;
mod dirt;
mod ods;
mod support;
mod write;
mod xls;
mod xlsx;
