//! The exit codes, in one place: scripts and CI depend on them.

use std::fmt::Write;

/// How a command ended. 101 stays Rust's panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It did what was asked.
    Fine = 0,
    /// Anything without a code of its own: a file that can't be read or written, a port in use.
    Failed = 1,
    /// Arguments or a scenario that can't be understood.
    WrongUse = 2,
    /// No scenario, seed or case matched what was asked for.
    NothingSelected = 4,
    /// A gate, or an expectation of a scenario, failed.
    ExpectationFailed = 10,
    /// A property that must hold in every run was violated.
    PropertyViolated = 11,
    /// Two runs of one seed differed.
    RunsDiffered = 12,
    /// A baseline is missing or can't be compared; or runs of a sweep are missing or can't be put together.
    NoBaseline = 13,
    /// Interrupted by the user before the end (128 + SIGINT, as shells have it).
    Interrupted = 130,
}

const MEANINGS: [(Exit, &str); 9] = [
    (Exit::Fine, "fine"),
    (Exit::Failed, "failed: a file, the disk or the network"),
    (Exit::WrongUse, "wrong use, or a scenario with a mistake"),
    (Exit::NothingSelected, "nothing was selected to run"),
    (Exit::ExpectationFailed, "a gate or an expectation failed"),
    (Exit::PropertyViolated, "a property was violated"),
    (Exit::RunsDiffered, "two runs of one seed differed"),
    (Exit::NoBaseline, "a baseline, or runs of a sweep, are missing or can't be compared"),
    (Exit::Interrupted, "interrupted before the end"),
];

/// The table for the end of `swarmlab --help`.
pub fn help() -> String {
    let mut text = String::from("Exit codes:\n");
    for (exit, meaning) in MEANINGS {
        let _ = writeln!(text, "  {:>3}  {meaning}", exit as u8);
    }
    text.truncate(text.trim_end().len());
    text
}
