//! The only place that writes to the terminal.

/// Prints one line for the person who started the benchmarks.
#[expect(clippy::print_stdout, reason = "the terminal is the interface of a benchmark")]
pub fn say(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
}

/// Prints an error and its chain, once, to standard error.
#[expect(clippy::print_stderr, reason = "the terminal is the interface of a benchmark")]
pub fn complain(error: &dyn std::error::Error) {
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        eprintln!("  because: {inner}");
        cause = inner.source();
    }
}
