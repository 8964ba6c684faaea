//! What the fuzzer and others found once, with every run of the tests.

mod corpus;
