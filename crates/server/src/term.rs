//! The only place that writes to the terminal: results to standard output,
//! one error to standard error.

use crate::failure::{Failure, chain};

/// Prints a line of a result.
#[expect(clippy::print_stdout, reason = "results of commands go to standard output")]
pub fn say(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
}

/// Prints why the command failed, with its causes, once.
#[expect(clippy::print_stderr, reason = "errors of commands go to standard error")]
pub fn complain(failure: &Failure) {
    eprintln!("error: {}", chain(failure));
}
