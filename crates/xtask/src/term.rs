//! The only place that writes to the terminal.

use std::{error::Error, io::IsTerminal};

/// Prints one line for the person who started the task.
#[expect(clippy::print_stdout, reason = "the terminal is the interface of a task")]
pub fn say(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
}

/// Announces a stage, so that long output has landmarks.
pub fn heading(text: &str) {
    if std::io::stdout().is_terminal() {
        say(format!("\x1b[1m==> {text}\x1b[0m"));
    } else {
        say(format!("==> {text}"));
    }
}

/// Prints an error and its chain, once, to standard error.
#[expect(clippy::print_stderr, reason = "the terminal is the interface of a task")]
pub fn complain(error: &dyn Error) {
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        eprintln!("  because: {inner}");
        cause = inner.source();
    }
}
